//! Text that is too long for its place is made to fit, as the template says: smaller letters, more lines,
//! and at last an ellipsis. All of it is measured by what resvg lays out.

use unicode_segmentation::UnicodeSegmentation;

use super::drawing::Drawing;
use super::fill::{lines_of, set_lines};
use super::tree::{Child, Element};

/// Letters get no smaller than this share of their size, where a template does not say.
const SMALLEST: f64 = 0.6;
/// From the picture's edge, where a template names no box (EBU R 95, action safe).
const SAFE: f64 = 0.035;
/// Sizes are found to this share.
const STEP: f64 = 0.01;
const ELLIPSIS: char = '…';

/// What may be done, in the order in which it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Shrink,
    Wrap,
    Ellipsis,
}

/// How a text is to fit.
#[derive(Clone, Debug, PartialEq)]
struct Rules {
    ways: Vec<Way>,
    /// In units of the template.
    width: f64,
    lines: usize,
    smallest: f64,
}

impl Rules {
    fn of(text: &Element, root: &Element, drawing: &Drawing) -> Result<Self, String> {
        let mut ways = Vec::new();
        for word in text
            .get("data-fit")
            .unwrap_or("shrink ellipsis")
            .split_whitespace()
        {
            ways.push(match word {
                "shrink" => Way::Shrink,
                "wrap" => Way::Wrap,
                "ellipsis" => Way::Ellipsis,
                "none" => continue,
                _ => {
                    return Err(format!(
                        "data-fit \"{word}\": expected shrink, wrap, ellipsis or none"
                    ));
                }
            });
        }
        let width = match (text.number("data-width"), text.get("data-box")) {
            (Some(width), _) => width,
            (None, Some(id)) => {
                let mut width = None;
                root.visit(&mut |element| {
                    if element.get("id") == Some(id) {
                        width = width.or(element.number("width"));
                    }
                });
                width.ok_or_else(|| {
                    format!("data-box \"{id}\": expected the id of a rect with a width")
                })?
            }
            (None, None) => room(text, drawing),
        };
        let lines = text
            .number("data-lines")
            .map_or(usize::MAX, |lines| lines.max(1.0) as usize);
        Ok(Self {
            lines: match ways.contains(&Way::Wrap) {
                true => lines.min(40),
                false => lines.min(lines_of(text).len()),
            },
            ways,
            width,
            smallest: text.number("data-min").unwrap_or(SMALLEST).clamp(0.1, 1.0),
        })
    }
}

/// How wide a text may be that has no box: as far as it is safe to go from where it stands.
fn room(text: &Element, drawing: &Drawing) -> f64 {
    let whole = drawing.width();
    let (left, right) = (whole * SAFE, whole * (1.0 - SAFE));
    let Some(box_) = drawing.measure(text) else {
        return right - left;
    };
    let middle = (box_.left + box_.right) / 2.0;
    match drawing.anchor(text) {
        Some("middle") => 2.0 * (middle - left).min(right - middle).max(1.0),
        Some("end") => (box_.right - left).max(1.0),
        _ => (right - box_.left).max(1.0),
    }
}

/// Makes a text that was filled in fit.
///
/// # Errors
/// What its template says that cannot be understood, and what was expected.
pub fn fit(text: &mut Element, root: &Element, drawing: &Drawing) -> Result<bool, String> {
    let rules = Rules::of(text, root, drawing)?;
    let words = lines_of(text);
    let size = drawing.font_size(text).unwrap_or(0.0);
    let whole = text.clone();
    let mut smallest = 1.0;
    let mut wraps = false;
    // Tried one after the other; each goes on where the one before came to its end.
    for way in &rules.ways {
        match way {
            Way::Shrink => smallest = rules.smallest,
            Way::Wrap => wraps = true,
            Way::Ellipsis => continue,
        }
        let fits = |share: f64| {
            let mut text = whole.clone();
            shrink(&mut text, size, share);
            let lines = if wraps {
                wrap(&text, &words, &rules, drawing)
            } else {
                words.clone()
            };
            set_lines(&mut text, &lines);
            let narrow = width(&text, drawing) <= rules.width;
            (narrow && lines.len() <= rules.lines).then_some(text)
        };
        if let Some(found) = fits(1.0) {
            *text = found;
            return Ok(true);
        }
        if smallest < 1.0
            && let Some(mut best) = fits(smallest)
        {
            let (mut low, mut high) = (smallest, 1.0);
            while high - low > STEP {
                let middle = (low + high) / 2.0;
                match fits(middle) {
                    Some(found) => (low, best) = (middle, found),
                    None => high = middle,
                }
            }
            *text = best;
            return Ok(true);
        }
    }
    if !rules.ways.contains(&Way::Ellipsis) {
        let is_narrow = width(text, drawing) <= rules.width;
        return Ok(is_narrow);
    }
    shrink(text, size, smallest);
    let mut lines = if wraps {
        wrap(text, &words, &rules, drawing)
    } else {
        words
    };
    let cut_off = lines.len() > rules.lines;
    lines.truncate(rules.lines);
    let last = lines.len().saturating_sub(1);
    for (n, line) in lines.iter_mut().enumerate() {
        let is_cut = cut_off && n == last;
        *line = shortened(text, line, is_cut, rules.width, drawing);
    }
    set_lines(text, &lines);
    Ok(true)
}

/// Makes the letters of a text smaller.
fn shrink(text: &mut Element, size: f64, share: f64) {
    if share >= 1.0 || size <= 0.0 {
        return;
    }
    let pixels = format!("{:.3}px", size * share);
    text.style("font-size", &pixels);
    for child in &mut text.children {
        if let Child::Element(span) = child {
            span.style("font-size", &pixels);
        }
    }
}

fn width(text: &Element, drawing: &Drawing) -> f64 {
    drawing
        .measure(text)
        .map_or(0.0, |box_| box_.right - box_.left)
}

/// The width of a line in a text's style.
fn width_of(text: &Element, line: &str, drawing: &Drawing) -> f64 {
    let mut text = text.clone();
    set_lines(&mut text, &[line.to_owned()]);
    width(&text, drawing)
}

/// Breaks lines where Unicode allows it (UAX #14), each as late as it still fits; one more than there may be
/// at the most.
fn wrap(text: &Element, words: &[String], rules: &Rules, drawing: &Drawing) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in words {
        let breaks: Vec<usize> = unicode_linebreak::linebreaks(paragraph)
            .map(|(at, _)| at)
            .collect();
        let mut start = 0;
        while start < paragraph.len() && lines.len() <= rules.lines {
            let fits =
                |end: usize| width_of(text, paragraph[start..end].trim(), drawing) <= rules.width;
            let ends: Vec<usize> = breaks.iter().copied().filter(|end| *end > start).collect();
            // Wider lines are longer: the last that fits is found by halves.
            let many = ends.partition_point(|end| fits(*end));
            let end = match many {
                0 => grapheme_that_fits(paragraph, start, ends.first().copied(), &fits),
                many => ends[many - 1],
            };
            lines.push(paragraph[start..end].trim().to_owned());
            start = end;
        }
        if paragraph.is_empty() {
            lines.push(String::new());
        }
    }
    lines
}

/// Where a word that is too long for a line is broken.
fn grapheme_that_fits(
    paragraph: &str,
    start: usize,
    end: Option<usize>,
    fits: &dyn Fn(usize) -> bool,
) -> usize {
    let end = end.unwrap_or(paragraph.len());
    let word = &paragraph[start..end];
    let ends: Vec<usize> = word
        .grapheme_indices(true)
        .map(|(at, g)| start + at + g.len())
        .collect();
    let many = ends.partition_point(|end| fits(*end)).max(1);
    ends.get(many - 1).copied().unwrap_or(end)
}

/// As much of a line as fits with an ellipsis; all of it where it fits and nothing is cut off behind it.
fn shortened(text: &Element, line: &str, is_cut: bool, most: f64, drawing: &Drawing) -> String {
    if !is_cut && width_of(text, line, drawing) <= most {
        return line.to_owned();
    }
    let ends: Vec<usize> = line
        .grapheme_indices(true)
        .map(|(at, g)| at + g.len())
        .collect();
    let with = |end: usize| format!("{}{ELLIPSIS}", line[..end].trim_end());
    let many = ends.partition_point(|end| width_of(text, &with(*end), drawing) <= most);
    match many {
        0 => ELLIPSIS.to_string(),
        many => with(ends[many - 1]),
    }
}
