//! The parts of a template that move by themselves: each group with a motion, each text that ticks, and
//! what lies between them, in the order in which they are painted.

use super::tree::{Child, Element};
use super::words::{Said, travel};
use crate::show::Direction;

/// The attribute by which what is drawn says its part.
const PART: &str = "data-part";
/// Parts of a template at the most.
const PARTS: usize = 40;

/// One part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// How it comes; it is just there where nothing is said.
    pub enter: Option<Said>,
    /// How it goes; the other way round than it comes where nothing is said.
    pub leave: Option<Said>,
    /// Which way it travels, and how many luma pixels a second at 1080 lines; and whether it comes again.
    pub travel: Option<(Direction, f64, bool)>,
    /// The id of what it is seen through while it travels.
    pub window: Option<String>,
    /// It is a text that ticks.
    pub ticks: bool,
}

/// What is wrong, and in which line.
pub type Wrong = (u32, String);

/// Finds the parts, and marks what belongs to each.
///
/// # Errors
/// The line, what was found there and what was expected.
pub fn split(root: &mut Element) -> Result<Vec<Part>, Wrong> {
    let mut parts = Vec::new();
    let whole = part_of(root)?.unwrap_or_default();
    let mut current = None;
    for child in &mut root.children {
        if let Child::Element(element) = child {
            mark(element, &whole, &mut current, &mut parts)?;
        }
    }
    if parts.len() > PARTS {
        let message = format!(
            "{} parts move by themselves, expected at most {PARTS}",
            parts.len()
        );
        return Err((root.line, message));
    }
    Ok(parts)
}

/// The motion that an element says, if it says one.
fn part_of(element: &Element) -> Result<Option<Part>, Wrong> {
    let wrong = |name: &str, message: String| (element.line, format!("{name}: {message}"));
    let said = |name: &str| match element.get(name) {
        None => Ok(None),
        Some(words) => Said::of(words)
            .map(Some)
            .map_err(|message| wrong(name, message)),
    };
    let (enter, leave) = (said("data-in")?, said("data-out")?);
    let loops = element
        .get("data-loop")
        .is_some_and(|on| on != "false" && on != "no");
    let way = ["data-crawl", "data-roll"].into_iter();
    let way = way
        .filter_map(|name| Some((name, element.get(name)?)))
        .next();
    let travel = match way {
        None => None,
        Some((name, words)) => {
            let (way, speed) = travel(words).map_err(|message| wrong(name, message))?;
            Some((way, speed, loops))
        }
    };
    if enter.is_none() && leave.is_none() && travel.is_none() {
        return Ok(None);
    }
    Ok(Some(Part {
        enter,
        leave,
        travel,
        window: element.get("data-window").map(str::to_owned),
        ticks: false,
    }))
}

/// Whether an element is never painted where it stands.
fn is_aside(name: &str) -> bool {
    matches!(
        name,
        "defs"
            | "style"
            | "title"
            | "desc"
            | "metadata"
            | "linearGradient"
            | "radialGradient"
            | "clipPath"
            | "mask"
            | "filter"
            | "symbol"
            | "marker"
            | "pattern"
    )
}

fn mark(
    element: &mut Element,
    around: &Part,
    current: &mut Option<usize>,
    parts: &mut Vec<Part>,
) -> Result<(), Wrong> {
    if is_aside(&element.name) {
        return Ok(());
    }
    let own = part_of(element)?;
    if element.name == "text" && element.get("data-clock").is_some() {
        let part = own.unwrap_or_else(|| around.clone());
        parts.push(Part {
            ticks: true,
            ..part
        });
        element.set(PART, (parts.len() - 1).to_string());
        // What follows is painted over it.
        *current = None;
        return Ok(());
    }
    if let Some(own) = own {
        let mut within = None;
        mark_inside(element, &own, &mut within, parts)?;
        *current = None;
        return Ok(());
    }
    mark_inside(element, around, current, parts)
}

fn mark_inside(
    element: &mut Element,
    around: &Part,
    current: &mut Option<usize>,
    parts: &mut Vec<Part>,
) -> Result<(), Wrong> {
    if matches!(element.name.as_str(), "g" | "svg" | "a") {
        for child in &mut element.children {
            if let Child::Element(child) = child {
                mark(child, around, current, parts)?;
            }
        }
        return Ok(());
    }
    let part = *current.get_or_insert_with(|| {
        parts.push(around.clone());
        parts.len() - 1
    });
    element.set(PART, part.to_string());
    Ok(())
}

/// A part alone, with whatever it needs.
pub fn alone(root: &Element, part: usize) -> Element {
    let number = part.to_string();
    let children = root.children.iter().filter_map(|child| match child {
        Child::Text(_) => Some(child.clone()),
        Child::Element(element) if is_aside(&element.name) => Some(child.clone()),
        Child::Element(element) => match element.get(PART) {
            Some(own) => (own == number).then(|| child.clone()),
            None => Some(Child::Element(alone(element, part))),
        },
    });
    Element {
        children: children.collect(),
        ..root.clone()
    }
}

/// The text of a part that ticks.
pub fn ticking_text(root: &Element, part: usize) -> Option<&Element> {
    let number = part.to_string();
    let mut found = None;
    root.visit(&mut |element| {
        if element.name == "text" && element.get(PART) == Some(&number) {
            found = found.or(Some(element));
        }
    });
    found
}

/// Puts words into the text of a part that ticks.
pub fn set_ticking_text(root: &mut Element, part: usize, words: &str) {
    let number = part.to_string();
    let is_it = |element: &Element| element.name == "text" && element.get(PART) == Some(&number);
    if let Some(text) = root.find_mut(&is_it) {
        super::fill::set_lines(text, &[words.to_owned()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_of(inside: &str) -> Result<(Element, Vec<Part>), Wrong> {
        let text = format!("<svg xmlns='http://www.w3.org/2000/svg'>\n{inside}</svg>");
        let mut root = Element::parse("x.svg", &text).unwrap();
        let parts = split(&mut root)?;
        Ok((root, parts))
    }

    fn drawn(root: &Element, part: usize) -> usize {
        let mut many = 0;
        alone(root, part).visit(&mut |element| {
            many += usize::from(matches!(element.name.as_str(), "rect" | "text"));
        });
        many
    }

    #[test]
    fn what_moves_is_a_part_and_so_is_what_lies_before_and_behind_it() {
        let (root, parts) = split_of(
            "<defs><rect/></defs><rect/><g><rect/></g><g data-in='fade 5'><rect/><text>A</text></g>\
             <rect/><text data-clock='down'>1</text><g data-crawl='left 200' data-loop=''><text>B</text></g>",
        )
        .unwrap();
        let motions: Vec<(bool, bool, bool)> = parts
            .iter()
            .map(|part| (part.enter.is_some(), part.travel.is_some(), part.ticks))
            .collect();
        let none = (false, false, false);
        let expected = [
            none,
            (true, false, false),
            none,
            (false, false, true),
            (false, true, false),
        ];
        assert_eq!(motions, expected);
        // Each with the one that is defined.
        let many: Vec<usize> = (0..5).map(|part| drawn(&root, part) - 1).collect();
        assert_eq!(many, [2, 2, 1, 1, 1]);
    }

    #[test]
    fn the_whole_may_move_as_one() {
        let text = "<svg xmlns='http://www.w3.org/2000/svg' data-in='slide-up 9'><rect/><g><text>A</text></g></svg>";
        let mut root = Element::parse("x.svg", text).unwrap();
        let parts = split(&mut root).unwrap();
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].enter.as_ref().unwrap().way.frames, 9);
    }

    #[test]
    fn a_motion_that_is_none_is_told_with_its_line() {
        let (line, message) = split_of("<g data-in='bounce'/>").unwrap_err();
        assert_eq!(line, 2);
        assert!(
            message.contains("data-in") && message.contains("expected"),
            "{message}"
        );
        assert!(split_of("<g data-roll='up fast'/>").is_err());
    }
}
