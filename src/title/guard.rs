//! What a template may hold. It comes from anywhere, and is drawn by foreign code in the engine's process:
//! what would fetch, run or grow without bounds is refused by name.

use std::collections::HashMap;

use super::fault::TitleFault;
use super::tree::Element;

/// Elements of a template, each `use`, marker and pattern counted with what it brings.
const ELEMENTS: u64 = 20_000;
/// Attributes that name another element which is drawn with this one.
const REFERENCES: [&str; 8] = [
    "fill",
    "stroke",
    "mask",
    "clip-path",
    "filter",
    "marker-start",
    "marker-mid",
    "marker-end",
];
/// A blur or an offset of a filter may be so big, as a share of the picture.
const BLUR: f64 = 0.25;

/// Refuses what is not to be drawn.
///
/// # Errors
/// [`TitleFault::Refused`], with the line.
pub fn check(file: &str, root: &Element) -> Result<(), TitleFault> {
    let mut fault = None;
    let size = root.number("width").unwrap_or(1920.0).max(1.0);
    root.visit(&mut |element| {
        if fault.is_none()
            && let Some(message) = refused(element, size)
        {
            fault = Some((element.line, message));
        }
    });
    let refuse = |line, message| TitleFault::Refused {
        file: file.to_owned(),
        line,
        message,
    };
    if let Some((line, message)) = fault {
        return Err(refuse(line, message));
    }
    if Counter::of(root, &|_| 1).all() > ELEMENTS {
        let message = format!(
            "it draws more than {ELEMENTS} elements, those that are used again counted each time: expected fewer"
        );
        return Err(refuse(root.line, message));
    }
    Ok(())
}

/// How much is drawn, each element with its weight as often as it is used.
pub fn weight(root: &Element, of: &dyn Fn(&Element) -> u64) -> u64 {
    Counter::of(root, of).all()
}

/// Why an element is refused.
fn refused(element: &Element, size: f64) -> Option<String> {
    let name = element.name.as_str();
    if matches!(
        name,
        "script" | "foreignObject" | "iframe" | "audio" | "video" | "handler"
    ) {
        // Illustrator leaves one of its own that nobody draws.
        let is_own = name == "foreignObject" && element.get("requiredExtensions").is_some();
        if !is_own {
            return Some(format!(
                "<{name}> is not drawn: expected a template without it"
            ));
        }
    }
    for (attribute, value) in &element.attributes {
        let lower = attribute.to_ascii_lowercase();
        if lower.starts_with("on") && lower.len() > 3 {
            return Some(format!(
                "the script in \"{attribute}\" is not run: expected none"
            ));
        }
        if attribute == "href"
            && let Some(message) = refused_link(name, value)
        {
            return Some(message);
        }
        if let Some(message) = refused_style(value) {
            return Some(message);
        }
    }
    if name == "style"
        && let Some(message) = refused_style(&element.text())
    {
        return Some(message);
    }
    if name.starts_with("fe") {
        for attribute in ["stdDeviation", "radius", "dx", "dy", "scale"] {
            if element
                .number(attribute)
                .is_some_and(|n| n.abs() > BLUR * size)
            {
                return Some(format!(
                    "{attribute} of <{name}> is too big: expected at most {BLUR} of the width"
                ));
            }
        }
        if name == "feTurbulence" && element.number("numOctaves").is_some_and(|n| n > 8.0) {
            return Some("numOctaves is too big: expected at most 8".to_owned());
        }
    }
    None
}

fn refused_link(name: &str, value: &str) -> Option<String> {
    let value = value.trim();
    if value.starts_with('#') || value.is_empty() || name == "a" {
        return None;
    }
    let shown: String = value.chars().take(60).collect();
    if name != "image" && name != "feImage" {
        return Some(format!(
            "\"{shown}\" is another document: expected an id of this one"
        ));
    }
    if value.starts_with("data:image/svg") {
        return Some("a picture within is an SVG again: expected PNG, JPEG or WebP".to_owned());
    }
    if value.starts_with("data:") {
        return None;
    }
    let is_remote = value.contains("://") || value.starts_with("//") || value.starts_with("file:");
    is_remote.then(|| format!("\"{shown}\" is not fetched: expected a file beside the template"))
}

/// Links in a style.
fn refused_style(style: &str) -> Option<String> {
    let lower = style.to_ascii_lowercase();
    if lower.contains("@import") {
        return Some("@import is not fetched: expected the style itself".to_owned());
    }
    for (at, _) in lower.match_indices("url(") {
        let target = lower[at + 4..].trim_start_matches([' ', '"', '\'']);
        if !target.starts_with('#') && !target.starts_with("data:font") && !target.is_empty() {
            let shown: String = target.chars().take(60).collect();
            return Some(format!("url({shown} is not fetched: expected url(#id)"));
        }
    }
    None
}

/// Counts what is drawn.
struct Counter<'a> {
    root: &'a Element,
    weight: &'a dyn Fn(&Element) -> u64,
    by_id: HashMap<&'a str, &'a Element>,
    known: HashMap<*const Element, u64>,
    open: Vec<*const Element>,
}

impl<'a> Counter<'a> {
    fn of(root: &'a Element, weight: &'a dyn Fn(&Element) -> u64) -> Self {
        let mut by_id = HashMap::new();
        root.visit(&mut |element| {
            if let Some(id) = element.get("id") {
                by_id.entry(id).or_insert(element);
            }
        });
        Self {
            root,
            weight,
            by_id,
            known: HashMap::new(),
            open: Vec::new(),
        }
    }

    fn all(&mut self) -> u64 {
        self.count(self.root)
    }

    fn count(&mut self, element: &'a Element) -> u64 {
        let this: *const Element = element;
        if let Some(known) = self.known.get(&this) {
            return *known;
        }
        if self.open.contains(&this) {
            // A circle: resvg leaves it out.
            return 1;
        }
        self.open.push(this);
        let mut many = (self.weight)(element);
        if element.name == "use"
            && let Some(id) = element
                .get("href")
                .and_then(|href| href.trim().strip_prefix('#'))
            && let Some(used) = self.by_id.get(id).copied()
        {
            many = many.saturating_add(self.count(used));
        }
        let style = element.get("style").unwrap_or_default();
        let named = REFERENCES.iter().filter_map(|name| element.get(name));
        for value in named.chain([style]) {
            for id in ids(value) {
                let Some(used) = self.by_id.get(id).copied() else {
                    continue;
                };
                let times = if used.name == "marker" {
                    vertices(element)
                } else {
                    1
                };
                many = many.saturating_add(self.count(used).saturating_mul(times));
            }
        }
        for child in element.elements() {
            many = many.saturating_add(self.count(child));
        }
        self.open.pop();
        self.known.insert(this, many);
        many
    }
}

/// The ids in each `url(#…)`.
fn ids(value: &str) -> impl Iterator<Item = &str> {
    value.match_indices("url(").filter_map(|(at, _)| {
        let rest = value[at + 4..].trim_start_matches([' ', '"', '\'']);
        let rest = rest.strip_prefix('#')?;
        let end = rest.find([')', '"', '\''])?;
        Some(&rest[..end])
    })
}

/// At most so many points has a shape.
fn vertices(element: &Element) -> u64 {
    let points = ["d", "points"]
        .into_iter()
        .filter_map(|name| element.get(name));
    let many = points.map(|value| value.len() as u64 / 2 + 1).sum::<u64>();
    many.max(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(inside: &str) -> Result<(), String> {
        let text = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>\n{inside}</svg>"
        );
        let root = Element::parse("x.svg", &text).map_err(|fault| fault.to_string())?;
        check("x.svg", &root).map_err(|fault| fault.to_string())
    }

    #[test]
    fn what_would_fetch_or_run_is_refused_with_its_line() {
        for inside in [
            "<script>alert(1)</script>",
            "<rect onclick='x()'/>",
            "<image xlink:href='http://127.0.0.1:9/x.png'/>",
            "<image href='https://x/y.png'/>",
            "<image href='//x/y.png'/>",
            "<image href='file:///etc/passwd'/>",
            "<image href='data:image/svg+xml;base64,AAAA'/>",
            "<use href='other.svg#x'/>",
            "<style>@import url('http://x/y.css');</style>",
            "<style>text { fill: url(http://x#y) }</style>",
            "<rect style='fill:url(https://x/y)'/>",
            "<filter><feGaussianBlur stdDeviation='9000'/></filter>",
            "<foreignObject/>",
        ] {
            let fault = checked(inside).unwrap_err();
            assert!(fault.starts_with("x.svg:2: "), "{inside}: {fault}");
            assert!(fault.contains("expected"), "{inside}: {fault}");
        }
    }

    #[test]
    fn what_is_harmless_is_not() {
        for inside in [
            "<image href='logo.png'/>",
            "<image href='data:image/png;base64,AAAA'/>",
            "<a href='https://example.org'><text>x</text></a>",
            "<rect fill='url(#g)' style=\"stroke: url('#g')\"/>",
            "<switch><foreignObject requiredExtensions='&amp;ns_ai;'/><g/></switch>",
            "<g id='online' once='1'/>",
        ] {
            // An attribute that begins with "on" is refused, whatever it is.
            let expected = !inside.contains("once");
            assert_eq!(checked(inside).is_ok(), expected, "{inside}");
        }
    }

    #[test]
    fn what_is_used_again_counts_each_time() {
        let mut inside = String::from("<g id='a0'><rect/></g>");
        for n in 1..=40 {
            let used = format!("<use href='#a{}'/>", n - 1).repeat(2);
            inside += &format!("<g id='a{n}'>{used}</g>");
        }
        assert!(checked(&inside).unwrap_err().contains("20000"));
        let circle = "<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>";
        assert!(checked(circle).is_ok());
        let markers = format!(
            "<marker id='m'>{}</marker><path d='{}' marker-mid='url(#m)'/>",
            "<rect/>".repeat(500),
            "M0 0L".repeat(500)
        );
        assert!(checked(&markers).is_err());
        assert!(checked(&"<rect/>".repeat(25_000)).is_err());
        assert!(checked(&"<rect/>".repeat(15_000)).is_ok());
    }
}
