//! A template as a tree that can be changed: what resvg draws of it, and what regie reads of it. All else
//! that drawing programs leave in their files is left out.

use roxmltree::{Document, NodeType, ParsingOptions};

use super::fault::TitleFault;

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const INKSCAPE: &str = "http://www.inkscape.org/namespaces/inkscape";

/// Elements and texts in a file at the most, as they are written.
const NODES: u32 = 60_000;
/// How deep they may be nested.
const DEPTH: usize = 200;

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element {
    /// Without a prefix.
    pub name: String,
    /// `href` is without a prefix, whichever it had.
    pub attributes: Vec<(String, String)>,
    /// In their order.
    pub children: Vec<Child>,
    /// Line in the file, counted from 1.
    pub line: u32,
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Child {
    /// An element.
    Element(Element),
    /// Words.
    Text(String),
}

impl Element {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`TitleFault::Syntax`].
    pub fn parse(file: &str, text: &str) -> Result<Self, TitleFault> {
        let options = ParsingOptions {
            // Illustrator says its namespaces by entities.
            allow_dtd: true,
            nodes_limit: NODES,
            ..ParsingOptions::default()
        };
        let syntax = |(line, column), message: String| TitleFault::Syntax {
            file: file.to_owned(),
            line,
            column,
            message,
        };
        let document = Document::parse_with_options(text, options).map_err(|error| {
            let at = error.pos();
            syntax((at.row, at.col), format!("it is no SVG: {error}"))
        })?;
        let root = document.root_element();
        if root.tag_name().name() != "svg" {
            let at = document.text_pos_at(root.range().start);
            let found = root.tag_name().name();
            let message = format!("it is no SVG: found <{found}>, expected <svg>");
            return Err(syntax((at.row, at.col), message));
        }
        Self::of(&document, root, 0)
            .ok_or_else(|| syntax((1, 1), format!("it is nested deeper than {DEPTH} elements")))
    }

    fn of(document: &Document, node: roxmltree::Node, depth: usize) -> Option<Self> {
        if depth > DEPTH {
            return None;
        }
        let attributes = node.attributes().filter_map(|attribute| {
            let name = match attribute.namespace() {
                None | Some(SVG | XLINK) => attribute.name().to_owned(),
                Some(XML) => format!("xml:{}", attribute.name()),
                Some(INKSCAPE) if attribute.name() == "label" => "data-label".to_owned(),
                Some(_) => return None,
            };
            Some((name, attribute.value().to_owned()))
        });
        let mut element = Self {
            name: node.tag_name().name().to_owned(),
            attributes: attributes.collect(),
            children: Vec::new(),
            line: document.text_pos_at(node.range().start).row,
        };
        for child in node.children() {
            match child.node_type() {
                NodeType::Element => {
                    // What is in no namespace was written by hand.
                    let is_svg = matches!(child.tag_name().namespace(), None | Some(SVG));
                    if is_svg {
                        let child = Self::of(document, child, depth + 1)?;
                        element.children.push(Child::Element(child));
                    }
                }
                NodeType::Text => {
                    let text = child.text().unwrap_or_default().to_owned();
                    element.children.push(Child::Text(text));
                }
                _ => {}
            }
        }
        Some(element)
    }

    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.attributes.retain(|(other, _)| other != name);
        self.attributes.push((name.to_owned(), value.into()));
    }

    /// Adds a property to the style, where it goes before everything else.
    pub fn style(&mut self, property: &str, value: &str) {
        let before = self.get("style").unwrap_or_default();
        let before = before.trim_end_matches([';', ' ']);
        let style = if before.is_empty() {
            format!("{property}:{value}")
        } else {
            format!("{before};{property}:{value}")
        };
        self.set("style", style);
    }

    /// A number, whatever its unit.
    pub fn number(&self, name: &str) -> Option<f64> {
        let value = self.get(name)?.trim();
        let end = value
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E')))
            .unwrap_or(value.len());
        value[..end].parse().ok().filter(|n: &f64| n.is_finite())
    }

    /// Its elements.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// All words in it, one behind the other.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.gather(&mut text);
        text
    }

    fn gather(&self, text: &mut String) {
        for child in &self.children {
            match child {
                Child::Text(words) => text.push_str(words),
                Child::Element(element) => element.gather(text),
            }
        }
    }

    /// Calls this with itself and everything in it.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Self)) {
        see(self);
        for element in self.elements() {
            element.visit(see);
        }
    }

    /// The first in it of which this holds, to be changed.
    pub fn find_mut(&mut self, is_it: &dyn Fn(&Self) -> bool) -> Option<&mut Self> {
        if is_it(self) {
            return Some(self);
        }
        for child in &mut self.children {
            if let Child::Element(element) = child
                && let Some(found) = element.find_mut(is_it)
            {
                return Some(found);
            }
        }
        None
    }

    /// As SVG.
    pub fn written(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, true);
        out
    }

    fn write(&self, out: &mut String, is_root: bool) {
        out.push('<');
        out.push_str(&self.name);
        if is_root {
            out.push_str(&format!(" xmlns=\"{SVG}\" xmlns:xlink=\"{XLINK}\""));
        }
        for (name, value) in &self.attributes {
            // resvg knows it by this name wherever it is.
            let name = if name == "href" { "xlink:href" } else { name };
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &self.children {
            match child {
                Child::Element(element) => element.write(out, false),
                Child::Text(text) => escape(text, out),
            }
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

/// Writes text so that it is read as it was. What XML cannot hold is left out.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(c),
            c if (c as u32) < 0x20 || matches!(c as u32, 0xfffe | 0xffff) => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Element, TitleFault> {
        Element::parse("x.svg", text)
    }

    #[test]
    fn what_drawing_programs_write_is_read_and_written_again() {
        let text = r##"<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd" [
            <!ENTITY ns_svg "http://www.w3.org/2000/svg">
            <!ENTITY ns_xlink "http://www.w3.org/1999/xlink">]>
            <svg xmlns="&ns_svg;" xmlns:xl="&ns_xlink;" viewBox="0 0 16 9"
                xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
                xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd">
            <sodipodi:namedview id="v"/><g inkscape:label="Name" inkscape:groupmode="layer">
            <text id="t">A &amp; <tspan>B</tspan></text></g><use xl:href="#t"/></svg>"##;
        let root = parse(text).unwrap();
        let group = root.elements().next().unwrap();
        assert_eq!(group.get("data-label"), Some("Name"));
        assert_eq!(group.attributes.len(), 1);
        assert_eq!(group.text().trim(), "A & B");
        let again = parse(&root.written()).unwrap();
        assert_eq!(again.written(), root.written());
        assert!(root.written().contains("xlink:href=\"#t\""));
    }

    #[test]
    fn what_is_no_svg_says_where_and_what_was_expected() {
        for (text, expected) in [
            ("<svg><g></svg>", "x.svg:1:"),
            ("hello", "x.svg:1:1: it is no SVG"),
            ("<html/>", "expected <svg>"),
            ("", "it is no SVG"),
        ] {
            let fault = parse(text).unwrap_err().to_string();
            assert!(fault.contains(expected), "{text}: {fault}");
        }
    }

    #[test]
    fn what_would_grow_without_end_is_refused() {
        // Each entity is ten of the one before.
        let mut laughs = String::from("<!DOCTYPE svg [<!ENTITY l0 \"ha\">");
        for n in 1..=9 {
            let ten = format!("&l{};", n - 1).repeat(10);
            laughs += &format!("<!ENTITY l{n} \"{ten}\">");
        }
        laughs += "]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&l9;</text></svg>";
        let many = format!("<svg xmlns='{SVG}'>{}</svg>", "<g/>".repeat(100_000));
        let deep = format!(
            "<svg xmlns='{SVG}'>{}{}</svg>",
            "<g>".repeat(300),
            "</g>".repeat(300)
        );
        for text in [laughs, many, deep] {
            assert!(parse(&text).is_err());
        }
    }

    #[test]
    fn words_stay_words() {
        let mut root =
            parse("<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>").unwrap();
        let text = root.find_mut(&|element| element.name == "text").unwrap();
        text.children = vec![Child::Text("<b>&\"'\u{1}</b> Zoé 漢字".to_owned())];
        let again = parse(&root.written()).unwrap();
        assert_eq!(again.text(), "<b>&\"'</b> Zoé 漢字");
    }
}
