//! What the engine says, in the desk's language. The engine speaks English to everyone: to programs, to
//! logs, to desks. A desk of another language knows its sentences by `said.ftl` and says them anew;
//! what it does not know, such as the words of a driver, stays as it is. What the show's file and the
//! operating system call things is said in the desk's words in every language, English too.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::{
    lang::{self, Language},
    numbers,
};

mod fields;
mod system;
#[cfg(test)]
mod tests;

/// What is filled in under these names has numbers in it.
const DECIMAL: &[&str] = &[
    "seconds", "mode", "given", "value", "least", "most", "took", "wanted", "in", "out",
];
/// What is filled in under this name is an error: the system's, or one that has words of its own.
const ERROR: &str = "error";
/// What is filled in under this name is a part of the show, as its file calls it.
const PART: &str = "part";
/// Sentences within sentences, so deep.
const DEPTH: usize = 5;
/// Longer texts are no sentences.
const LONGEST: usize = 2000;
/// So many ways in which a text may be one of the engine's are looked at.
const WAYS: usize = 32;
/// So many sentences are kept; a show says few, but again and again.
const KEPT: usize = 500;

/// One of the engine's sentences.
struct Sentence {
    key: String,
    /// What stands before, between and behind what is filled in: one more than there are names.
    fixed: Vec<String>,
    /// What is filled in; those that begin with `why` are sentences again.
    names: Vec<String>,
}

static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    let all = lang::patterns("said").into_iter();
    all.map(|(key, pattern)| Sentence::new(key, &pattern))
        .collect()
});

/// What was said already, by language and sentence.
static SAID: LazyLock<Mutex<HashMap<(String, String), String>>> = LazyLock::new(Mutex::default);

/// A sentence of the engine's in the language that the desk speaks.
pub fn said(sentence: &str) -> String {
    let language = lang::spoken();
    if sentence.is_empty() || sentence.len() > LONGEST {
        return sentence.to_owned();
    }
    let key = (language.tag.clone(), sentence.to_owned());
    let mut known = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(said) = known.get(&key) {
        return said.clone();
    }
    let (_, said) = translate(&language, sentence, DEPTH);
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert(key, said.clone());
    said
}

/// The sentence in a language, and how many of its letters were known.
fn translate(language: &Language, text: &str, depth: usize) -> (usize, String) {
    if let Some((place, known, why)) = fields::split(language, text)
        && depth > 0
    {
        let (more, why) = translate(language, why, depth - 1);
        let values = [
            ("place", place.as_str().into()),
            ("why", why.as_str().into()),
        ];
        if let Some(said) = language.say("fields-says", &values) {
            return (known + more, said);
        }
    }
    let mut best: Option<(usize, &Sentence, Vec<String>)> = None;
    for sentence in SENTENCES.iter() {
        for parts in sentence.read(text) {
            let mut known = sentence.known();
            let mut filled = Vec::new();
            for (name, part) in sentence.names.iter().zip(parts) {
                let is_sentence = name.starts_with("why") || name == ERROR;
                if is_sentence && depth > 0 {
                    let (more, said) = translate(language, part, depth - 1);
                    known += more;
                    filled.push(said);
                } else if name == PART {
                    let said = fields::part(language, part);
                    filled.push(said.unwrap_or_else(|| part.to_owned()));
                } else if DECIMAL.contains(&name.as_str()) {
                    let sign = language.say("desk-decimal-sign", &[]);
                    filled.push(numbers::decimals_with(part, sign.as_deref().unwrap_or(".")));
                } else {
                    filled.push(part.to_owned());
                }
            }
            if best.as_ref().is_none_or(|(most, _, _)| known > *most) {
                best = Some((known, sentence, filled));
            }
        }
    }
    if let Some((known, said)) = system::said(language, text)
        && best.as_ref().is_none_or(|(most, _, _)| known > *most)
    {
        return (known, said);
    }
    let Some((known, sentence, filled)) = best else {
        return (0, text.to_owned());
    };
    let values: Vec<lang::Value<'_>> = sentence
        .names
        .iter()
        .zip(&filled)
        .map(|(name, part)| (name.as_str(), part.as_str().into()))
        .collect();
    let said = language.say(&sentence.key, &values);
    (known, said.unwrap_or_else(|| text.to_owned()))
}

impl Sentence {
    /// From a pattern in which `{$name}` stands for what is filled in.
    fn new(key: String, pattern: &str) -> Self {
        let (mut fixed, mut names) = (Vec::new(), Vec::new());
        let mut rest = pattern;
        while let Some((before, behind)) = rest.split_once("{$")
            && let Some((name, after)) = behind.split_once('}')
        {
            fixed.push(before.to_owned());
            names.push(name.to_owned());
            rest = after;
        }
        fixed.push(rest.to_owned());
        Self { key, fixed, names }
    }

    /// How many letters of it are its own.
    fn known(&self) -> usize {
        self.fixed.iter().map(String::len).sum()
    }

    /// The ways in which a text can be this sentence, each with what is filled in.
    fn read<'a>(&self, text: &'a str) -> Vec<Vec<&'a str>> {
        let mut ways = Vec::new();
        let Some((first, rest)) = self.fixed.split_first() else {
            return ways;
        };
        if let Some(text) = text.strip_prefix(first.as_str()) {
            fill(rest, text, &mut Vec::new(), &mut ways);
        }
        ways
    }
}

/// Reads what is filled in before each of these fixed parts, of which the last ends the text.
fn fill<'a>(
    fixed: &[String],
    text: &'a str,
    filled: &mut Vec<&'a str>,
    ways: &mut Vec<Vec<&'a str>>,
) {
    match fixed {
        [] => {
            if text.is_empty() {
                ways.push(filled.clone());
            }
        }
        [last] => {
            if let Some(part) = text.strip_suffix(last.as_str())
                && !part.is_empty()
            {
                filled.push(part);
                ways.push(filled.clone());
                filled.pop();
            }
        }
        [next, rest @ ..] => {
            for (at, _) in text.match_indices(next.as_str()) {
                if ways.len() >= WAYS {
                    return;
                }
                if at > 0 {
                    filled.push(&text[..at]);
                    fill(rest, &text[at + next.len()..], filled, ways);
                    filled.pop();
                }
            }
        }
    }
}
