//! The form of a show file: from RON text to a show, with a fault for everything that is misspelt,
//! missing or of a wrong type.
//!
//! The RON reader stops at its first error. So that all are told at once, the field or list element
//! that it stumbled over is blanked out with spaces, which moves nothing else, and the text is read
//! again, until it reads well or what is wrong cannot be left out.

use std::collections::BTreeSet;
use std::path::Path;

use ron::error::{Error, SpannedError};
use ron::extensions::Extensions;

use super::fault::Fault;
use super::locate::{Around, Item, Tree, offset};
use super::model::Show;
use super::words::{nearest, one_of};

/// After so many a reader has enough to do; it also bounds the work on a hopeless file.
const MOST_FAULTS: usize = 100;

/// What reading a text gave.
pub(super) struct Reading<'t> {
    /// The show, without what had to be blanked out; none where nothing could be made of the text.
    pub show: Option<Show>,
    /// Where its values stand in the text.
    pub tree: Tree<'t>,
    /// What was wrong.
    pub faults: Vec<Fault>,
    /// Ids of sources that were blanked out: scenes that name them are not at fault.
    pub blanked_sources: Vec<String>,
}

/// The one way in which shows are read: `Some` may be left out.
pub(super) fn options() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

/// Reads a text. Never panics, whatever the text.
pub(super) fn read<'t>(file: &Path, text: &'t str) -> Reading<'t> {
    let mut reading = Reading {
        show: None,
        tree: Tree::scan(text),
        faults: Vec::new(),
        blanked_sources: Vec::new(),
    };
    let mut blanked = text.to_owned();
    // (where a struct starts, a field of it that was blanked out)
    let mut gone = BTreeSet::new();
    while reading.faults.len() < MOST_FAULTS {
        let error = match options().from_str::<Show>(&blanked) {
            Ok(show) => {
                reading.show = Some(show);
                break;
            }
            Err(error) => error,
        };
        let Some((item, fault)) = explain(file, &reading.tree, &error, &gone) else {
            let fault = Fault::new(file, (1, 1), NO_SHOW.to_owned());
            reading.faults.push(fault);
            break;
        };
        reading.faults.extend(fault);
        let Some(item) = item else { break };
        if item.element && item.name == "sources" {
            reading.note_source(&item);
        }
        if !item.element {
            gone.insert((item.holder, item.name.clone()));
        }
        blank(&mut blanked, &reading.tree, &item);
        reading.tree.remove(&item);
    }
    reading
}

impl Reading<'_> {
    /// Remembers the id of an element that is about to be blanked out.
    fn note_source(&mut self, item: &Item) {
        let id = self
            .tree
            .text_of(item.start, "id")
            .and_then(|text| options().from_str::<String>(text).ok());
        self.blanked_sources.extend(id);
    }
}

/// Replaces an item by spaces, keeping every line and column.
fn blank(text: &mut String, tree: &Tree, item: &Item) {
    // Earlier blanking may have changed byte offsets, but no line or column.
    let there = |at| {
        let (line, column) = tree.position(at);
        offset(text, line, column)
    };
    let (start, end) = (there(item.start), there(item.end));
    let spaces: String = text[start..end]
        .chars()
        .map(|c| if c == '\n' { '\n' } else { ' ' })
        .collect();
    text.replace_range(start..end, &spaces);
}

/// Says what an error means and what to leave out to read on. The fault is none where it follows
/// from what was left out before; all is none where nothing can be said at all.
fn explain(
    file: &Path,
    tree: &Tree,
    error: &SpannedError,
    gone: &BTreeSet<(usize, String)>,
) -> Option<(Option<Item>, Option<Fault>)> {
    let start = tree.offset(error.span.start.line, error.span.start.col);
    let end = tree.offset(error.span.end.line, error.span.end.col);
    let fault = |offset, message| Fault::new(file, tree.position(offset), message);
    if let Some(stopped) = tree.stopped {
        // The text is no RON: the position is where its form breaks.
        let at = match error.code {
            Error::UnclosedBlockComment | Error::ExpectedStringEnd | Error::Eof => stopped,
            _ => tree.skip_space(start),
        };
        let message = if at == tree.end() && tree.skip_space(0) < at {
            "a bracket is not closed, expected `)` or `]`".to_owned()
        } else {
            broken(&error.code)
        };
        return Some((None, Some(fault(at, message))));
    }
    match &error.code {
        Error::NoSuchExtension(name) => {
            // The reader tells no place; extensions are named before anything else.
            let at = tree.find(name).unwrap_or(start);
            Some((None, Some(fault(at, broken(&error.code)))))
        }
        Error::NoSuchStructField {
            expected, found, ..
        } => {
            let around = tree.around(start)?;
            let message = unknown("field", found, expected);
            Some((around.items.last().cloned(), Some(fault(start, message))))
        }
        Error::DuplicateStructField { field, .. } => {
            // Both are of one name: blank the one the reader stands at.
            let around = tree.around(start)?;
            let message = format!("`{field}` is given twice, expected once");
            Some((around.items.last().cloned(), Some(fault(start, message))))
        }
        Error::MissingStructField { field, .. } => {
            let around = tree.strictly_around(start)?;
            let holder = around.bracketed.start;
            let items = around.items.iter().rev();
            let item = items
                .filter(|i| i.start <= holder && i.holder != holder)
                .find(|i| holder < i.end)
                .cloned();
            let known = gone.contains(&(holder, (*field).to_owned()));
            let message = format!("field `{field}` is missing, expected it in these brackets");
            Some((item, (!known).then(|| fault(holder, message))))
        }
        Error::NoSuchEnumVariant {
            expected, found, ..
        } => {
            let around = tree.around(start)?;
            let message = if around.field == Some("key") {
                value_message(&error.code, &around)
            } else {
                unknown("name", found, expected)
            };
            Some((around.items.last().cloned(), Some(fault(start, message))))
        }
        code => {
            let around = tree.around(end)?;
            let value = match code {
                Error::ExpectedDifferentLength { .. } | Error::ExpectedStructLikeEnd => {
                    around.bracketed
                }
                _ => around.value,
            };
            let message = value_message(code, &around);
            Some((
                around.items.last().cloned(),
                Some(fault(value.start, message)),
            ))
        }
    }
}

fn unknown(what: &str, found: &str, expected: &[&str]) -> String {
    // Names that are read small too, as commands write them, are told once, as RON writes them.
    let large = |name: &str| {
        let mut letters = name.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    let is_double = |name: &str| large(name) != name && expected.contains(&large(name).as_str());
    let expected: Vec<&str> = expected
        .iter()
        .copied()
        .filter(|name| !is_double(name))
        .collect();
    let hint = match nearest(found, &expected) {
        Some(near) => format!(" (did you mean `{near}`?)"),
        None => String::new(),
    };
    format!(
        "unknown {what} `{}`{hint}, expected {}",
        found.escape_debug(),
        one_of(&expected)
    )
}

const NO_SHOW: &str = "this is no show, expected `(` and a show's fields";

/// What a value of a wrong type should have been. Never repeats the value: it may be a secret.
fn value_message(code: &Error, around: &Around) -> String {
    match around.field {
        Some("key") => {
            return "a stream key is never written in a show file, expected Secret(\"NAME\") that \
                    names where it is found, or Open(\"NAME\") for a stream name that is no secret"
                .to_owned();
        }
        Some("kind") if !around.is_in("transition") => {
            return "wrong form of source, expected Test(…), File(…), Camera(…) or Network(…)"
                .to_owned();
        }
        _ => {}
    }
    let expected = match code {
        Error::ExpectedInteger | Error::InvalidIntegerDigit { .. } => {
            "a whole number that is not negative".to_owned()
        }
        // The reader takes `1` of `1.5` and misses the comma.
        Error::ExpectedComma if !around.value.is_bracketed() => "a whole number".to_owned(),
        Error::IntegerOutOfBounds => "a whole number from 0 to 4294967295".to_owned(),
        Error::ExpectedFloat | Error::FloatUnderscore => "a number".to_owned(),
        Error::ExpectedString | Error::ExpectedByteString => "a text in double quotes".to_owned(),
        Error::InvalidEscape(_) => {
            "a text whose escapes are \\n, \\r, \\t, \\\", \\\\, \\0, \\xNN or \\u{N}".to_owned()
        }
        Error::ExpectedBoolean => "true or false".to_owned(),
        Error::ExpectedArray => "a list in square brackets".to_owned(),
        Error::ExpectedStructLike
        | Error::ExpectedNamedStructLike(_)
        | Error::ExpectedDifferentStructName { .. } => "values in round brackets".to_owned(),
        Error::ExpectedStructLikeEnd => "fewer values in these brackets".to_owned(),
        Error::ExpectedIdentifier
        | Error::SuggestRawIdentifier(_)
        | Error::InvalidIdentifier(_) => "a name without quotes".to_owned(),
        Error::ExpectedDifferentLength { expected, .. } => {
            let count: String = expected.chars().filter(char::is_ascii_digit).collect();
            format!("{count} values in round brackets")
        }
        Error::InvalidValueForType { expected, .. } => expected.clone(),
        _ => "a value of another type".to_owned(),
    };
    match around.field {
        Some(field) => format!("wrong value of `{field}`, expected {expected}"),
        None if around.items.is_empty() => NO_SHOW.to_owned(),
        None => format!("wrong value, expected {expected}"),
    }
}

/// What is wrong where the text is no RON at all.
fn broken(code: &Error) -> String {
    match code {
        Error::ExpectedComma => {
            "something stands between two values, expected a comma or a closing bracket"
        }
        Error::ExpectedStringEnd => "this text is not closed, expected `\"` at its end",
        Error::UnclosedBlockComment => "this comment is not closed, expected `*/`",
        Error::ExpectedMapColon => "a value is missing, expected a colon and a value",
        Error::TrailingCharacters => "something follows the show, expected the end of the file",
        Error::ExpectedNamedStructLike(_)
        | Error::ExpectedDifferentStructName { .. }
        | Error::ExpectedStructLike => NO_SHOW,
        Error::ExpectedAttribute | Error::ExpectedAttributeEnd | Error::NoSuchExtension(_) => {
            "unknown attribute, expected `#![enable(…)]` with an extension of RON"
        }
        Error::InvalidEscape(_) => {
            "unknown escape in a text, expected \\n, \\r, \\t, \\\", \\\\, \\0, \\xNN or \\u{N}"
        }
        Error::ExceededRecursionLimit => "brackets are nested too deep, expected a show",
        _ => "this is not RON, expected a value",
    }
    .to_owned()
}
