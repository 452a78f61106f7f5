//! A template's tree as resvg draws it: how big its texts are, and what it looks like.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, FontFamily, Group, Node, Options, Text, Tree};

use super::fault::TitleFault;
use super::fonts::{Fonts, USUAL};
use super::pictures;
use super::scripts::{self, Ruler, Style};
use super::tree::{Child, Element};
use crate::show::Format;
use crate::video::Area;

/// The id that a text has while it is measured.
const MEASURED: &str = "regie-measured";
/// The attribute by which a text is found again.
pub const NUMBER: &str = "data-number";
/// Pixels that are drawn at once at the most.
const TILE: usize = 4 << 20;
/// A part may have so many tiles; more would be more memory than there is for titles.
const TILES: usize = 24;

/// What a text takes, in units of the template and by its own transform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextBox {
    /// The left edge.
    pub left: f64,
    /// The top edge.
    pub top: f64,
    /// The right edge.
    pub right: f64,
    /// The bottom edge.
    pub bottom: f64,
}

/// See the module's words.
pub struct Drawing<'a> {
    file: &'a str,
    root: &'a Element,
    fonts: &'a Fonts,
    folders: &'a [PathBuf],
    format: Format,
    size: (f64, f64),
    /// What was found out of texts, by their numbers.
    styles: RefCell<BTreeMap<String, Option<Style>>>,
    /// How wide pieces are, by what resvg was given.
    widths: RefCell<HashMap<String, f64>>,
}

/// A part that was drawn: left and top in luma pixels of the frame, width and height, and its pixels.
pub struct Drawn {
    /// In luma pixels of the frame.
    pub at: (i32, i32),
    /// Pixels.
    pub size: (usize, usize),
    /// R, G, B and alpha, the colours multiplied by alpha.
    pub rgba: Vec<u8>,
}

impl<'a> Drawing<'a> {
    /// The drawing of a template for a program of this format.
    ///
    /// # Errors
    /// [`TitleFault::Undrawn`].
    pub fn new(
        file: &'a str,
        root: &'a Element,
        (fonts, folders): (&'a Fonts, &'a [PathBuf]),
        format: Format,
    ) -> Result<Self, TitleFault> {
        let mut drawing = Self {
            file,
            root,
            fonts,
            folders,
            format,
            size: (1.0, 1.0),
            styles: RefCell::default(),
            widths: RefCell::default(),
        };
        let head = Element {
            children: Vec::new(),
            ..root.clone()
        };
        let size = drawing.tree(&head)?.size();
        drawing.size = (f64::from(size.width()), f64::from(size.height()));
        Ok(drawing)
    }

    /// Of the program.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How wide the template is, in its units.
    pub fn width(&self) -> f64 {
        self.view().2
    }

    /// Left, top, width and height of what is seen, in units of the template.
    fn view(&self) -> (f64, f64, f64, f64) {
        let view = self.root.get("viewBox").unwrap_or_default();
        let numbers: Vec<f64> = view
            .split([' ', ','])
            .filter_map(|number| number.parse().ok())
            .collect();
        match numbers[..] {
            [left, top, width, height] => (left, top, width, height),
            _ => (0.0, 0.0, self.size.0, self.size.1),
        }
    }

    /// Luma pixels of the frame to a unit of the template.
    pub fn scale(&self) -> f64 {
        let (width, height) = (f64::from(self.format.width), f64::from(self.format.height));
        let fit = (width / self.size.0).min(height / self.size.1);
        fit * self.size.0 / self.view().2.max(1e-6)
    }

    /// From what resvg draws to the frame: the whole template in the middle of it.
    fn to_frame(&self) -> Transform {
        let (width, height) = (f64::from(self.format.width), f64::from(self.format.height));
        let fit = (width / self.size.0).min(height / self.size.1);
        let left = (width - fit * self.size.0) / 2.0;
        let top = (height - fit * self.size.1) / 2.0;
        Transform::from_row(fit as f32, 0.0, 0.0, fit as f32, left as f32, top as f32)
    }

    fn tree(&self, root: &Element) -> Result<Tree, TitleFault> {
        let mut root = root.clone();
        self.lay(&mut root);
        self.read(&root.written())
    }

    /// Lays out what resvg would not lay out well.
    fn lay(&self, element: &mut Element) {
        if element.name == "text" {
            if let Some(laid) = scripts::laid(element, self) {
                *element = laid;
            }
            return;
        }
        for child in &mut element.children {
            if let Child::Element(element) = child {
                self.lay(element);
            }
        }
    }

    fn read(&self, svg: &str) -> Result<Tree, TitleFault> {
        let options = Options {
            font_family: USUAL.to_owned(),
            fontdb: self.fonts.database(),
            font_resolver: self.fonts.resolver(),
            image_href_resolver: pictures::resolver(self.folders, self.fonts),
            ..Options::default()
        };
        // Its layout of text panics over some that nobody would write: no reason to lose who prepares titles.
        let read = || Tree::from_str(svg, &options);
        let tree = catch_unwind(AssertUnwindSafe(read));
        let tree = tree.map_err(|_| "its text cannot be laid out".to_owned());
        let tree = tree.and_then(|tree| tree.map_err(|error| error.to_string()));
        tree.map_err(|message| TitleFault::Undrawn(self.file.to_owned(), message))
    }

    /// A text alone, where it stands.
    fn alone(&self, text: &Element) -> Option<Element> {
        let path = path_to(self.root, text.get(NUMBER)?)?;
        let mut alone = text.clone();
        alone.set("id", text.get("id").unwrap_or(MEASURED).to_owned());
        Some(along(self.root, &path, &alone))
    }

    fn measured<T>(&self, text: &Element, read: impl FnOnce(&Text) -> T) -> Option<T> {
        let tree = self.tree(&self.alone(text)?).ok()?;
        match tree.node_by_id(text.get("id").unwrap_or(MEASURED))? {
            Node::Text(text) => Some(read(text)),
            _ => None,
        }
    }

    /// What a text takes; nothing where nothing is written.
    pub fn measure(&self, text: &Element) -> Option<TextBox> {
        if text.text().trim().is_empty() {
            return None;
        }
        self.measured(text, |text| {
            let box_ = text.bounding_box();
            TextBox {
                left: f64::from(box_.left()),
                top: f64::from(box_.top()),
                right: f64::from(box_.right()),
                bottom: f64::from(box_.bottom()),
            }
        })
    }

    /// How big the first letters of a text are, in units of the template.
    pub fn font_size(&self, text: &Element) -> Option<f64> {
        let size = |text: &Text| {
            let span = text.chunks().first()?.spans().first()?;
            Some(f64::from(span.font_size().get()))
        };
        self.measured(text, size)?
    }

    /// At which end a text stands: `start`, `middle` or `end`.
    pub fn anchor(&self, text: &Element) -> Option<&'static str> {
        let anchor = |text: &Text| Some(text.chunks().first()?.anchor());
        match self.measured(text, anchor)?? {
            usvg::TextAnchor::Middle => Some("middle"),
            usvg::TextAnchor::End => Some("end"),
            usvg::TextAnchor::Start => Some("start"),
        }
    }

    /// Draws all of a tree: its tiles, and the rectangle that they cover. `beyond` says that what lies outside
    /// of the frame comes into it some time.
    ///
    /// # Errors
    /// [`TitleFault::Undrawn`].
    pub fn draw(
        &self,
        root: &Element,
        beyond: bool,
    ) -> Result<(Vec<Drawn>, Option<Area>), TitleFault> {
        let tree = self.tree(root)?;
        let Some(area) = self.area(&tree, beyond) else {
            return Ok((Vec::new(), None));
        };
        let (width, height) = (
            (area.right - area.left) as usize,
            (area.bottom - area.top) as usize,
        );
        let (tile_width, tile_height) = tile(width, height);
        let many = width.div_ceil(tile_width) * height.div_ceil(tile_height);
        if many > TILES {
            return Err(TitleFault::Undrawn(
                self.file.to_owned(),
                format!(
                    "{width} × {height} pixels are too many: expected less to crawl or to roll"
                ),
            ));
        }
        let mut drawn = Vec::new();
        for top in (0..height).step_by(tile_height) {
            for left in (0..width).step_by(tile_width) {
                let size = (tile_width.min(width - left), tile_height.min(height - top));
                let at = (area.left + left as i32, area.top + top as i32);
                drawn.extend(self.pixels(&tree, at, size));
            }
        }
        Ok((drawn, Some(area)))
    }

    fn pixels(&self, tree: &Tree, at: (i32, i32), size: (usize, usize)) -> Option<Drawn> {
        let mut pixmap = Pixmap::new(size.0 as u32, size.1 as u32)?;
        let moved = Transform::from_translate(-at.0 as f32, -at.1 as f32);
        let transform = moved.pre_concat(self.to_frame());
        resvg::render(tree, transform, &mut pixmap.as_mut());
        Some(Drawn {
            at,
            size,
            rgba: pixmap.take(),
        })
    }

    /// What is drawn of a tree, in luma pixels of the frame.
    fn area(&self, tree: &Tree, beyond: bool) -> Option<Area> {
        if !tree.root().has_children() {
            return None;
        }
        let box_ = tree.root().abs_layer_bounding_box();
        let box_ = box_.transform(self.to_frame())?;
        let area = Area {
            left: box_.left().floor() as i32 - 1,
            top: box_.top().floor() as i32 - 1,
            right: box_.right().ceil() as i32 + 1,
            bottom: box_.bottom().ceil() as i32 + 1,
        };
        let area = if beyond { area } else { area.and(self.frame()) };
        (!area.is_empty()).then_some(area)
    }

    /// The whole frame.
    pub fn frame(&self) -> Area {
        Area {
            left: 0,
            top: 0,
            right: self.format.width as i32,
            bottom: self.format.height as i32,
        }
    }

    /// Where an element of this id lies in the frame.
    pub fn place_of(&self, id: &str) -> Option<Area> {
        let tree = self.tree(self.root).ok()?;
        let box_ = tree.node_by_id(id)?.abs_bounding_box();
        let box_ = box_.transform(self.to_frame())?;
        Some(Area {
            left: box_.left().round() as i32,
            top: box_.top().round() as i32,
            right: box_.right().round() as i32,
            bottom: box_.bottom().round() as i32,
        })
    }

    /// The places of all characters of a tree, in the order in which they are read.
    pub fn characters(&self, root: &Element) -> Vec<Area> {
        let Ok(tree) = self.tree(root) else {
            return Vec::new();
        };
        let mut places = Vec::new();
        texts(tree.root(), &mut |text| {
            places.extend(places_in(text, self.to_frame()));
        });
        places
    }

    /// The fonts that a template asks for and that are not there.
    pub fn missing_fonts(&self, root: &Element) -> Vec<String> {
        let Ok(tree) = self.tree(root) else {
            return Vec::new();
        };
        let mut missing: Vec<String> = Vec::new();
        texts(tree.root(), &mut |text| {
            for span in text.chunks().iter().flat_map(|chunk| chunk.spans()) {
                if let Some(FontFamily::Named(name)) = span.font().families().first()
                    && !self.fonts.has(name)
                    && !missing.contains(name)
                {
                    missing.push(name.clone());
                }
            }
        });
        missing
    }
}

impl Ruler for Drawing<'_> {
    fn fonts(&self) -> &Fonts {
        self.fonts
    }

    fn style(&self, text: &Element) -> Option<Style> {
        let number = text.get(NUMBER)?;
        if let Some(known) = self.styles.borrow().get(number) {
            return known.clone();
        }
        let found = || {
            // Letters that every font has: what a text says decides nothing.
            let mut sample = text.clone();
            say(&mut sample, "x");
            let tree = self.read(&self.alone(&sample)?.written()).ok()?;
            let Node::Text(text) = tree.node_by_id(text.get("id").unwrap_or(MEASURED))? else {
                return None;
            };
            let chunk = text.chunks().first()?;
            Some(Style {
                font: chunk.spans().first()?.font().clone(),
                anchor: chunk.anchor(),
            })
        };
        let found = found();
        let mut styles = self.styles.borrow_mut();
        styles.insert(number.to_owned(), found.clone());
        found
    }

    fn width_of(&self, text: &Element, piece: &Element) -> f64 {
        let mut alone = text.clone();
        let mut piece = piece.clone();
        for element in [&mut alone, &mut piece] {
            let placed = |name: &str| matches!(name, "x" | "y" | "dx" | "dy");
            element.attributes.retain(|(name, _)| !placed(name));
        }
        alone.set("xml:space", "preserve");
        alone.children = vec![Child::Element(piece)];
        let Some(svg) = self.alone(&alone).map(|root| root.written()) else {
            return 0.0;
        };
        if let Some(width) = self.widths.borrow().get(&svg) {
            return *width;
        }
        let tree = self.read(&svg).ok();
        let found = tree
            .as_ref()
            .and_then(|tree| tree.node_by_id(text.get("id").unwrap_or(MEASURED)));
        let width = match found {
            Some(Node::Text(text)) => f64::from(text.bounding_box().width()),
            _ => 0.0,
        };
        self.widths.borrow_mut().insert(svg, width);
        width
    }
}

/// Calls this with every text.
fn texts(group: &Group, see: &mut dyn FnMut(&Text)) {
    for node in group.children() {
        match node {
            Node::Group(group) => texts(group, see),
            Node::Text(text) => see(text),
            _ => {}
        }
    }
}

/// The places of a text's characters: as high as its line, each as wide as it reaches to the next.
fn places_in(text: &Text, to_frame: Transform) -> Vec<Area> {
    let transform = to_frame.pre_concat(text.abs_transform());
    // Left edge, baseline and size of each, by lines.
    let mut glyphs: Vec<(f32, f32, f32)> = Vec::new();
    for glyph in text
        .layouted()
        .iter()
        .flat_map(|span| &span.positioned_glyphs)
    {
        let at = transform.pre_concat(glyph.transform());
        let size =
            glyph.font_size() * (transform.sy * transform.sy + transform.kx * transform.kx).sqrt();
        glyphs.push((at.tx, at.ty, size));
    }
    let end = text.bounding_box().to_non_zero_rect();
    let end = end.and_then(|box_| box_.transform(transform));
    let end = end.map_or(0.0, |box_| box_.right());
    let mut places = Vec::new();
    for &(left, base, size) in &glyphs {
        let same_line = |other: &&(f32, f32, f32)| (other.1 - base).abs() < size * 0.5;
        // The nearest that begins further right, whichever way they are read.
        let next = glyphs
            .iter()
            .filter(same_line)
            .map(|other| other.0)
            .filter(|x| *x > left + 0.01)
            .fold(f32::INFINITY, f32::min);
        let right = if next.is_finite() {
            next
        } else {
            end.max(left + size)
        };
        let first = glyphs
            .iter()
            .filter(same_line)
            .all(|other| other.0 >= left - 0.01);
        // Letters lean out of their places a little.
        let lean = if first { size * 0.2 } else { 0.0 };
        let lean_right = if next.is_finite() { 0.0 } else { size * 0.2 };
        places.push(Area {
            left: (left - lean).floor() as i32,
            top: (base - size * 1.15).floor() as i32,
            right: (right + lean_right).ceil() as i32,
            bottom: (base + size * 0.45).ceil() as i32,
        });
    }
    places
}

/// How big a tile is of a picture so big.
fn tile(width: usize, height: usize) -> (usize, usize) {
    if width * height <= TILE {
        return (width.max(1), height.max(1));
    }
    if width >= height {
        (
            (TILE / height.max(1)).clamp(64, 1 << 14),
            height.min(1 << 14),
        )
    } else {
        (width.min(1 << 14), (TILE / width.max(1)).clamp(64, 1 << 14))
    }
}

/// Has a text say this, in the style of its first words.
fn say(element: &mut Element, words: &str) {
    let first = element.elements().next().cloned();
    match first {
        Some(mut first) => {
            say(&mut first, words);
            element.children = vec![Child::Element(first)];
        }
        None => element.children = vec![Child::Text(words.to_owned())],
    }
}

/// The way from the root to a text, as the places of children.
fn path_to(root: &Element, number: &str) -> Option<Vec<usize>> {
    for (n, child) in root.children.iter().enumerate() {
        let Child::Element(element) = child else {
            continue;
        };
        if element.get(NUMBER) == Some(number) {
            return Some(vec![n]);
        }
        if let Some(mut path) = path_to(element, number) {
            path.insert(0, n);
            return Some(path);
        }
    }
    None
}

/// What is on the way to an element, with that in its place, and whatever gives it its style.
fn along(root: &Element, path: &[usize], text: &Element) -> Element {
    let mut out = Element {
        children: Vec::new(),
        ..root.clone()
    };
    for (n, child) in root.children.iter().enumerate() {
        let Child::Element(element) = child else {
            continue;
        };
        if path.first() == Some(&n) {
            let inner = match path.len() {
                1 => text.clone(),
                _ => along(element, &path[1..], text),
            };
            out.children.push(Child::Element(inner));
        } else if matches!(element.name.as_str(), "style" | "defs") {
            out.children.push(child.clone());
        }
    }
    out
}
