//! Text whose letters are not all in the font that it asks for, or that is read from right to left: each
//! piece of a line is laid out alone, in a font that has its letters, and put in its place. resvg shapes what
//! is in one font and of one direction well; where fonts meet within a text it takes letters for each
//! other's, and it begins every line at the left.

use std::ops::Range;

use resvg::usvg;
use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation;

use super::fonts::{EMOJI, Fonts};
use super::tree::{Child, Element};

/// Attributes by which letters have places of their own; such a text is left as it is.
const PLACED: [&str; 4] = ["dx", "rotate", "textLength", "lengthAdjust"];
/// Opens and ends what is read from right to left (UAX #9).
const RIGHT_TO_LEFT: (char, char) = ('\u{2067}', '\u{2069}');

/// How a text is written, by its first words.
#[derive(Clone, Debug)]
pub struct Style {
    /// What it asks for.
    pub font: usvg::Font,
    /// At which end it stands.
    pub anchor: usvg::TextAnchor,
}

/// Who can tell how texts come out.
pub trait Ruler {
    /// The fonts that are there.
    fn fonts(&self) -> &Fonts;
    /// How a text is written, by its first words.
    fn style(&self, text: &Element) -> Option<Style>;
    /// How far a piece of a text reaches, spaces at its ends too.
    fn width_of(&self, text: &Element, piece: &Element) -> f64;
}

/// A piece of a line in one font, of one direction.
#[derive(Clone, Debug, PartialEq)]
struct Run {
    /// In the line, in bytes.
    range: Range<usize>,
    /// The family that has it, where the text's own has not.
    family: Option<String>,
    is_rtl: bool,
}

/// The text in pieces, where it needs that.
pub fn laid(text: &Element, ruler: &dyn Ruler) -> Option<Element> {
    if text.text().is_ascii() || PLACED.iter().any(|name| text.get(name).is_some()) {
        return None;
    }
    let lines = lines(text)?;
    let style = ruler.style(text)?;
    let fonts = ruler.fonts();
    let is_rtl = text.get("direction").map(|way| way.trim() == "rtl");
    let mut children = Vec::new();
    let mut changed = false;
    for (n, (line, words)) in lines.iter().enumerate() {
        let runs = runs(words, &style.font, fonts, is_rtl);
        if let [
            Run {
                family: None,
                is_rtl: false,
                ..
            },
        ]
        | [] = runs[..]
        {
            let mut line = line.clone();
            line.children = vec![Child::Text(words.clone())];
            children.push(Child::Element(line));
            continue;
        }
        changed = true;
        let x = match (line.get("x"), text.get("x")) {
            (Some(x), _) => plain(x)?,
            (None, Some(x)) if n == 0 => plain(x)?,
            (None, None) if n == 0 => 0.0,
            _ => return None,
        };
        children.extend(placed((text, line), words, &runs, (x, style.anchor), ruler));
    }
    changed.then(|| {
        let mut text = Element {
            children,
            ..text.clone()
        };
        text.set("xml:space", "preserve");
        text
    })
}

/// The pieces of a line in their places, in the order in which they are read.
fn placed(
    (text, line): (&Element, &Element),
    words: &str,
    runs: &[Run],
    (x, anchor): (f64, usvg::TextAnchor),
    ruler: &dyn Ruler,
) -> Vec<Child> {
    let piece = |run: &Run, words: &str| {
        let mut piece = line.clone();
        let words = match run.is_rtl {
            true => format!("{}{words}{}", RIGHT_TO_LEFT.0, RIGHT_TO_LEFT.1),
            false => words.to_owned(),
        };
        piece.children = vec![Child::Text(words)];
        piece.style("text-anchor", "start");
        if let Some(family) = &run.family {
            piece.style("font-family", &format!("'{family}'"));
        }
        piece
    };
    let width = |run: &Run| {
        let words = &words[run.range.clone()];
        let wide = |words: &str| ruler.width_of(text, &piece(run, words));
        match words.trim().is_empty() {
            // resvg does not measure nothing.
            true => (wide(&format!("|{words}|")) - wide("||")).max(0.0),
            false => wide(words),
        }
    };
    let widths: Vec<f64> = runs.iter().map(width).collect();
    let whole: f64 = widths.iter().sum();
    let mut left = match anchor {
        usvg::TextAnchor::Start => x,
        usvg::TextAnchor::Middle => x - whole / 2.0,
        usvg::TextAnchor::End => x - whole,
    };
    let mut pieces = Vec::new();
    for (run, width) in runs.iter().zip(widths) {
        let mut piece = piece(run, &words[run.range.clone()]);
        piece.set("x", format!("{left:.4}"));
        left += width;
        pieces.push((run.range.start, piece));
    }
    pieces.sort_by_key(|(start, _)| *start);
    let pieces = pieces.into_iter().enumerate().map(|(n, (_, mut piece))| {
        if n > 0 {
            // The line has been begun.
            piece
                .attributes
                .retain(|(name, _)| !matches!(name.as_str(), "y" | "dy" | "id"));
        }
        Child::Element(piece)
    });
    pieces.collect()
}

/// The lines of a text, each with the element that gives it its style; none where it is more than lines of
/// plain words.
fn lines(text: &Element) -> Option<Vec<(Element, String)>> {
    let plain = |element: &Element| {
        let is_text = |child: &Child| matches!(child, Child::Text(_));
        element.children.iter().all(is_text)
    };
    let clean = |words: String| words.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain(text) {
        let span = Element {
            name: "tspan".to_owned(),
            line: text.line,
            ..Element::default()
        };
        return Some(vec![(span, clean(text.text()))]);
    }
    let mut lines = Vec::new();
    for child in &text.children {
        match child {
            Child::Text(words) if words.trim().is_empty() => {}
            Child::Element(span) if span.name == "tspan" && plain(span) => {
                if PLACED.iter().any(|name| span.get(name).is_some()) {
                    return None;
                }
                lines.push((span.clone(), clean(span.text())));
            }
            _ => return None,
        }
    }
    Some(lines)
}

/// A place in the template's own units.
fn plain(x: &str) -> Option<f64> {
    let x = x.trim();
    x.strip_suffix("px").unwrap_or(x).parse().ok()
}

/// A line in pieces, from left to right as they are seen.
fn runs(line: &str, font: &usvg::Font, fonts: &Fonts, is_rtl: Option<bool>) -> Vec<Run> {
    let base = is_rtl.map(|is_rtl| if is_rtl { Level::rtl() } else { Level::ltr() });
    let info = BidiInfo::new(line, base);
    let mut runs = Vec::new();
    for paragraph in &info.paragraphs {
        let (levels, ranges) = info.visual_runs(paragraph, paragraph.range.clone());
        for range in ranges {
            let is_rtl = levels.get(range.start).is_some_and(Level::is_rtl);
            let mut own = by_font(line, range, is_rtl, font, fonts);
            if is_rtl {
                own.reverse();
            }
            runs.append(&mut own);
        }
    }
    runs
}

/// What is of one direction in pieces by the fonts that have it, in the order in which it is read.
fn by_font(
    line: &str,
    range: Range<usize>,
    is_rtl: bool,
    font: &usvg::Font,
    fonts: &Fonts,
) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, grapheme) in line[range.clone()].grapheme_indices(true) {
        let start = range.start + at;
        let whole = start..start + grapheme.len();
        let before = runs.last_mut();
        let is_space = grapheme.chars().all(char::is_whitespace);
        let family = match &before {
            // As wide as those of the words before it, but pictures have none of use.
            Some(before) if is_space => before.family.clone().filter(|name| name != EMOJI),
            _ => fonts.family_of(grapheme, font),
        };
        // At the end of what is read from right to left a space would be put at the right (UAX #9, L1).
        let is_rtl = is_rtl && !is_space;
        match before {
            Some(before) if before.family == family && before.is_rtl == is_rtl => {
                before.range.end = whole.end;
            }
            _ => runs.push(Run {
                range: whole,
                family,
                is_rtl,
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use proptest::prelude::*;

    use super::*;
    use crate::media::Rate;
    use crate::show::Format;
    use crate::title::Template;
    use crate::title::drawing::Drawing;

    fn svg(attributes: &str) -> String {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1280 720'>\
             <text id='name' data-field='name' font-family='Inter' font-size='40' y='300' {attributes}>x</text></svg>"
        )
    }

    const FORMAT: Format = Format {
        width: 1280,
        height: 720,
        rate: Rate(30, 1),
    };

    fn fonts() -> &'static Fonts {
        static FONTS: OnceLock<Fonts> = OnceLock::new();
        FONTS.get_or_init(Fonts::load)
    }

    /// The pieces of a text in the order in which they are read: words, family, left edge.
    fn pieces(words: &str, attributes: &str) -> Vec<(String, Option<String>, f64)> {
        let mut root = Element::parse("x.svg", &svg(attributes)).unwrap();
        let text = root.find_mut(&|e| e.name == "text").unwrap();
        text.set("data-number", "0");
        text.children = vec![Child::Text(words.to_owned())];
        let text = text.clone();
        let drawing = Drawing::new("x.svg", &root, (fonts(), &[]), FORMAT).unwrap();
        let laid = laid(&text, &drawing).unwrap_or_default();
        let family = |style: &str| style.split('\'').nth(1).map(str::to_owned);
        let pieces = laid.elements().map(|piece| {
            let words = piece.text().replace([RIGHT_TO_LEFT.0, RIGHT_TO_LEFT.1], "");
            let x = piece.number("x").unwrap();
            (words, piece.get("style").and_then(family), x)
        });
        pieces.collect()
    }

    #[test]
    fn every_piece_is_in_a_font_that_has_it_and_stands_behind_the_one_before() {
        let pieces = pieces("Zoë 日本 🚀 live", "x='100'");
        let words: Vec<&str> = pieces.iter().map(|(words, ..)| words.as_str()).collect();
        assert_eq!(words, ["Zoë ", "日本 ", "🚀", " live"]);
        let families: Vec<Option<&str>> = pieces
            .iter()
            .map(|(_, family, _)| family.as_deref())
            .collect();
        assert_eq!(
            families,
            [
                None,
                Some("Noto Sans CJK JP"),
                Some("Noto Color Emoji"),
                None
            ]
        );
        assert_eq!(pieces[0].2, 100.0);
        // Two full-width characters and a space of 40 units.
        assert!(
            (88.0..92.0).contains(&(pieces[2].2 - pieces[1].2)),
            "{pieces:?}"
        );
        assert!(pieces.windows(2).all(|two| two[0].2 < two[1].2));
    }

    #[test]
    fn what_is_read_from_right_to_left_stands_so() {
        let edges = |words, attributes: &str| -> Vec<(String, f64)> {
            let pieces = pieces(words, attributes).into_iter();
            pieces.map(|(words, _, x)| (words, x)).collect()
        };
        // By its first letter the line begins at the right; the number within is read from left to right.
        let line = edges("שלום 2026!", "x='100'");
        let words: Vec<&str> = line.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(words, ["שלום", " ", "2026", "!"]);
        assert!(line.windows(2).all(|two| two[1].1 < two[0].1), "{line:?}");
        assert_eq!(line[3].1, 100.0);
        // Said otherwise it begins at the left, and an end that is given stays.
        let line = edges("שלום!", "x='100' direction='ltr'");
        assert!(line[0].1 < line[1].1, "{line:?}");
        let ended = edges("مرحبا Zoë", "x='900' text-anchor='end'");
        assert!(ended.iter().all(|(_, x)| *x < 900.0), "{ended:?}");
    }

    #[test]
    fn what_one_font_has_is_left_as_it_is() {
        assert_eq!(pieces("Zoë Ælfgård-Čapek, Ελληνικά", "x='100'"), []);
        assert_eq!(pieces("日本", "x='100' dx='1 2'"), []);
        assert_eq!(pieces("日本", "x='10%'"), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        /// Whatever somebody writes can be drawn.
        #[test]
        fn any_words_are_drawn(words in prop_oneof![
            "[a-zàéß ]{0,8}[\u{600}-\u{6ff}]{0,6}[ 0-9()!]{0,4}[\u{5d0}-\u{5ea}]{0,6}[日本語]{0,3}",
            "[\u{900}-\u{97f}\u{e00}-\u{e4f}\u{300}-\u{36f}a-z]{0,20}",
            "[👩👨👧🚀🇫🇷\u{200d}\u{fe0f}\u{20e3}1a]{0,12}",
            any::<String>().prop_map(|words| words.chars().take(40).collect()),
        ]) {
            let template = Template::parse("x.svg", &svg("x='100' data-fit='wrap shrink ellipsis' data-width='500'"), None);
            let values = [("name".to_owned(), words)].into();
            let made = template.unwrap().make(&values, FORMAT, fonts(), &[]);
            prop_assert!(made.is_ok(), "{:?}", made.err());
        }
    }
}
