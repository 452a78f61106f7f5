//! What can be filled into a template, and how that is done: words and pictures by the names that their
//! designer gave them, whatever program that was drawn with.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::fault::TitleFault;
use super::pictures;
use super::tree::{Child, Element};

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Words.
    Text,
    /// A picture's file.
    Picture,
    /// A length or a time of day.
    Clock,
}

/// A field of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What its designer wrote.
    pub usual: String,
}

/// Characters of a name; what is longer is none that somebody gave.
const NAME: usize = 60;

/// The name of the field that an element is, if it is one: what the designer called it, and no number that
/// a program gave it.
pub fn field_name(element: &Element) -> Option<&str> {
    if !matches!(element.name.as_str(), "text" | "image" | "tspan") {
        return None;
    }
    if let Some(name) = element.get("data-field") {
        return Some(name.trim()).filter(|name| !name.is_empty());
    }
    if element.name == "tspan" {
        return None;
    }
    let names = ["data-label", "data-name", "id"].into_iter();
    let mut names = names.filter_map(|name| element.get(name)).map(str::trim);
    names.find(|name| is_given(name))
}

/// Whether a name is one that a person gave: `name` is, `text1234-5` is not.
fn is_given(name: &str) -> bool {
    let letters =
        name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
    let stem = letters.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_'));
    let is_numbered = letters.len() < name.len() || stem.is_empty();
    let is_kind = [
        "text", "tspan", "image", "flowroot", "g", "path", "rect", "layer", "svg",
    ]
    .contains(&stem.to_ascii_lowercase().as_str());
    !name.is_empty() && name.chars().count() <= NAME && !(is_kind && (is_numbered || stem == name))
}

/// Every field, in the order in which they are drawn; one that is there twice is named once.
pub fn fields(root: &Element) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    root.visit(&mut |element| {
        let Some(name) = field_name(element) else {
            return;
        };
        if fields.iter().any(|field| field.name == name) {
            return;
        }
        let (kind, usual) = match element.name.as_str() {
            "image" => (FieldKind::Picture, String::new()),
            _ if element.get("data-clock").is_some() => (
                FieldKind::Clock,
                element.get("data-value").unwrap_or_default().to_owned(),
            ),
            _ => (FieldKind::Text, lines_of(element).join("\n")),
        };
        fields.push(Field {
            name: name.to_owned(),
            kind,
            usual,
        });
    });
    fields
}

/// The lines that a designer wrote, one of each `tspan` with a place of its own.
pub fn lines_of(text: &Element) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = String::new();
    for child in &text.children {
        match child {
            Child::Element(span)
                if span.name == "tspan"
                    && (span.get("y").is_some() || span.get("dy").is_some()) =>
            {
                if !rest.trim().is_empty() {
                    lines.push(clean(&rest));
                }
                rest = String::new();
                lines.push(clean(&span.text()));
            }
            Child::Element(element) => rest.push_str(&element.text()),
            Child::Text(words) => rest.push_str(words),
        }
    }
    if !rest.trim().is_empty() || lines.is_empty() {
        lines.push(clean(&rest));
    }
    lines
}

fn clean(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A letter that is not seen, and that no reader of XML takes for nothing: a no-break space.
const BLANK: &str = "\u{a0}";

/// Puts lines in the place of what a text says, in the style of its first words.
pub fn set_lines(text: &mut Element, lines: &[String]) {
    let leading = leading(text);
    let mut first = None;
    text.visit(&mut |element| {
        if first.is_none() && element.name == "tspan" {
            first = Some(element.clone());
        }
    });
    let own_x = text.get("x").map(str::to_owned);
    let mut span = first.unwrap_or_else(|| Element {
        name: "tspan".to_owned(),
        ..Element::default()
    });
    span.attributes
        .retain(|(name, _)| !matches!(name.as_str(), "dy" | "dx" | "textLength"));
    text.attributes.retain(|(name, _)| name != "textLength");
    let x = span.get("x").map(str::to_owned).or(own_x);
    let last = lines.len().saturating_sub(1) as f64;
    let up = match text.get("data-valign") {
        Some("bottom") => last,
        Some("middle") => last / 2.0,
        _ => 0.0,
    };
    text.children.clear();
    for (n, line) in lines.iter().enumerate() {
        let mut own = span.clone();
        // SVG moves down by a letter; a line without one would be none.
        let line = match line.is_empty() {
            true => BLANK,
            false => line.as_str(),
        };
        own.children = vec![Child::Text(line.to_owned())];
        if let Some(x) = &x {
            own.set("x", x.clone());
        }
        if n > 0 {
            own.attributes
                .retain(|(name, _)| name != "y" && name != "id");
            own.set("dy", leading.times(1.0));
        } else if up > 0.0 {
            own.set("dy", leading.times(-up));
        }
        text.children.push(Child::Element(own));
    }
}

/// How far lines are apart.
struct Leading(f64, &'static str);

impl Leading {
    fn times(&self, many: f64) -> String {
        format!("{}{}", self.0 * many, self.1)
    }
}

fn leading(text: &Element) -> Leading {
    if let Some(own) = text.number("data-leading") {
        return Leading(own, "");
    }
    let spans: Vec<&Element> = text.elements().filter(|e| e.name == "tspan").collect();
    if let [first, second, ..] = spans[..] {
        if let (Some(first), Some(second)) = (first.number("y"), second.number("y"))
            && second > first
        {
            return Leading(second - first, "");
        }
        let unit = second.get("dy").map(|dy| dy.trim().ends_with("em"));
        if let (Some(dy), Some(is_em)) = (second.number("dy"), unit)
            && dy > 0.0
        {
            return Leading(dy, if is_em { "em" } else { "" });
        }
    }
    Leading(1.2, "em")
}

/// Fills in what is given, and leaves what the designer wrote where nothing is.
///
/// # Errors
/// [`TitleFault::Field`] of a picture that cannot be had.
pub fn fill(
    root: &mut Element,
    values: &BTreeMap<String, String>,
    folders: &[PathBuf],
) -> Result<(), TitleFault> {
    if let Some(name) = field_name(root).map(str::to_owned)
        && let Some(value) = values.get(&name)
    {
        match root.name.as_str() {
            "image" => {
                if value.trim().is_empty() {
                    root.attributes.retain(|(name, _)| name != "href");
                } else {
                    let path = pictures::find(value.trim(), folders).map_err(|message| {
                        TitleFault::Field {
                            field: name.clone(),
                            message,
                        }
                    })?;
                    root.set("href", path.to_string_lossy());
                }
            }
            "text" if root.get("data-clock").is_none() => {
                let lines: Vec<String> = value.lines().map(|line| cased(root, line)).collect();
                set_lines(root, &lines);
                root.set("data-filled", "");
            }
            "tspan" => root.children = vec![Child::Text(cased(root, value))],
            _ => {}
        }
    }
    for child in &mut root.children {
        if let Child::Element(element) = child {
            fill(element, values, folders)?;
        }
    }
    Ok(())
}

fn cased(text: &Element, line: &str) -> String {
    match text.get("data-case") {
        Some("upper") => line.to_uppercase(),
        Some("lower") => line.to_lowercase(),
        _ => line.to_owned(),
    }
}

/// Takes out what is there only with a field that nothing is in (`data-if`), and what is there only without
/// fields of which something is in one (`data-unless`).
pub fn leave_out(root: &mut Element, is_empty: &dyn Fn(&str) -> bool) {
    root.children.retain_mut(|child| {
        let Child::Element(element) = child else {
            return true;
        };
        if let Some(names) = element.get("data-if")
            && names.split_whitespace().all(is_empty)
        {
            return false;
        }
        if let Some(names) = element.get("data-unless")
            && !names.split_whitespace().all(is_empty)
        {
            return false;
        }
        leave_out(element, is_empty);
        true
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(inside: &str) -> Element {
        let text = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:inkscape='http://www.inkscape.org/namespaces/inkscape'>{inside}</svg>"
        );
        Element::parse("x.svg", &text).unwrap()
    }

    fn names(inside: &str) -> Vec<String> {
        fields(&parse(inside))
            .into_iter()
            .map(|field| field.name)
            .collect()
    }

    #[test]
    fn fields_have_the_names_that_people_gave() {
        for (inside, expected) in [
            ("<text data-field='name'>A</text>", vec!["name"]),
            (
                "<text id='Role'>A</text><image id='logo'/>",
                vec!["Role", "logo"],
            ),
            // Inkscape numbers what nobody named, and keeps names in labels.
            (
                "<text id='text1234'><tspan id='tspan1234-5'>A</tspan></text>",
                vec![],
            ),
            (
                "<text id='text7' inkscape:label='name'>A</text>",
                vec!["name"],
            ),
            // Figma and Illustrator.
            (
                "<text id='Full Name'><tspan x='1' y='2'>A</tspan></text>",
                vec!["Full Name"],
            ),
            ("<text id='Name_1_' data-name='Name'>A</text>", vec!["Name"]),
            (
                "<text id='line2'>A</text><text id='line2'>B</text>",
                vec!["line2"],
            ),
            (
                "<image id='image1'/><rect id='name'/><g id='name'/>",
                vec![],
            ),
            ("<text>A <tspan data-field='n'>B</tspan></text>", vec!["n"]),
        ] {
            assert_eq!(names(inside), expected, "{inside}");
        }
    }

    #[test]
    fn what_the_designer_wrote_is_known_line_by_line() {
        let root = parse(
            "<text id='a'> One\n two </text><text id='b'><tspan x='0' y='1'>A</tspan><tspan x='0' y='5'>B</tspan></text>",
        );
        let usual: Vec<String> = fields(&root).into_iter().map(|field| field.usual).collect();
        assert_eq!(usual, ["One two", "A\nB"]);
    }

    #[test]
    fn what_is_filled_in_has_the_style_of_the_first_words_and_the_places_of_the_lines() {
        let mut root = parse(
            "<text id='n' x='9'><tspan x='7' y='10' style='fill:red'>A</tspan><tspan x='7' y='30'>B</tspan></text>",
        );
        let values = [("n".to_owned(), "Zoé <b>\nzwei\ndrei".to_owned())].into();
        fill(&mut root, &values, &[]).unwrap();
        let text = root.elements().next().unwrap();
        let spans: Vec<&Element> = text.elements().collect();
        assert_eq!(spans.len(), 3);
        assert_eq!(
            (spans[0].get("x"), spans[0].get("y")),
            (Some("7"), Some("10"))
        );
        assert_eq!((spans[2].get("dy"), spans[2].get("y")), (Some("20"), None));
        assert!(
            spans
                .iter()
                .all(|span| span.get("style") == Some("fill:red"))
        );
        assert_eq!(spans[0].text(), "Zoé <b>");
        let again = Element::parse("x.svg", &root.written()).unwrap();
        assert_eq!(
            again
                .elements()
                .next()
                .unwrap()
                .elements()
                .next()
                .unwrap()
                .text(),
            "Zoé <b>"
        );
    }

    #[test]
    fn a_line_that_is_blank_is_a_line() {
        let mut root = parse("<text id='n'>A</text>");
        let values = [("n".to_owned(), "A\n\nB\n".to_owned())].into();
        fill(&mut root, &values, &[]).unwrap();
        let text = root.elements().next().unwrap();
        assert_eq!(lines_of(text), ["A", "", "B"]);
        assert!(text.elements().all(|span| !span.text().is_empty()));
    }

    #[test]
    fn what_belongs_to_an_empty_field_is_left_out() {
        let mut root = parse("<g data-if='role'><rect/></g><rect data-if='name role'/>");
        leave_out(&mut root, &|name| name == "role");
        assert_eq!(root.elements().count(), 1);
        let mut root = parse("<g data-unless='role'/><g data-unless='role name'/>");
        leave_out(&mut root, &|name| name == "role");
        assert_eq!(root.elements().count(), 1);
    }
}
