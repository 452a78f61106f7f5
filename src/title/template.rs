//! A template: read and checked once, then filled in and drawn as often as that is wanted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::clock::Clock;
use super::drawing::{Drawing, NUMBER};
use super::fault::TitleFault;
use super::fill::{Field, field_name, fields, fill, leave_out};
use super::fit::fit;
use super::fonts::{Fonts, USUAL};
use super::guard;
use super::parts::{Part, alone, set_ticking_text, split, ticking_text};
use super::pictures;
use super::still;
use super::ticker::Ticker;
use super::tree::{Child, Element};
use super::words::Said;
use crate::show::{Direction, Format};
use crate::video::{Area, Content, Motion, Move, Sprite, Ticking, Title, TitleLayer, Travel};

/// Bytes of a template at the most.
const BYTES: u64 = 4 << 20;
/// Frames that a title may say it stays.
const LONGEST: f64 = 108_000.0;
/// What its pictures may cost, as [`pictures::weigh`] has it, each as often as it is used.
const PICTURES: u64 = 20_000;

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Template {
    /// What faults call it.
    file: String,
    root: Element,
    fields: Vec<Field>,
    /// Where its own pictures lie.
    folder: Option<PathBuf>,
}

/// A title that was made.
pub struct Made {
    /// Ready to be drawn.
    pub title: Arc<Title>,
    /// What is to be known of it: fonts that are missing.
    pub warnings: Vec<String>,
    /// What has to be drawn as time goes by.
    pub tickers: Vec<Ticker>,
}

impl Template {
    /// Reads an SVG file.
    ///
    /// # Errors
    /// [`TitleFault`].
    pub fn read(path: &Path) -> Result<Self, TitleFault> {
        let unread = |message: String| TitleFault::Unread(path.to_owned(), message);
        let length = std::fs::metadata(path)
            .map_err(|error| unread(error.to_string()))?
            .len();
        if length > BYTES {
            let (many, most) = (length >> 20, BYTES >> 20);
            return Err(unread(format!(
                "{many} MB are too many, expected at most {most}"
            )));
        }
        let bytes = std::fs::read(path).map_err(|error| unread(error.to_string()))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| unread("it is no text in UTF-8: expected an SVG".to_owned()))?;
        let file = path.display().to_string();
        Self::parse(&file, &text, path.parent().map(Path::to_owned))
    }

    /// Reads a picture that lies in a part of the program: left, top, width, height as fractions of it.
    ///
    /// # Errors
    /// [`TitleFault`].
    pub fn of_picture(path: &Path, rect: (f64, f64, f64, f64)) -> Result<Self, TitleFault> {
        if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("svg"))
            && rect == (0.0, 0.0, 1.0, 1.0)
        {
            return Self::read(path);
        }
        let file = path.display().to_string();
        let unread = |message| TitleFault::Unread(path.to_owned(), message);
        let text = still::svg_of(path, rect).map_err(unread)?;
        Self::parse(&file, &text, path.parent().map(Path::to_owned))
    }

    /// Reads an SVG's text; `folder` is where its pictures lie.
    ///
    /// # Errors
    /// [`TitleFault`].
    pub fn parse(file: &str, text: &str, folder: Option<PathBuf>) -> Result<Self, TitleFault> {
        let text = text.trim_start_matches('\u{feff}');
        let mut root = Element::parse(file, text)?;
        guard::check(file, &root)?;
        // What is wrong with its motions is told when it is read.
        split(&mut root.clone()).map_err(|(line, message)| TitleFault::Refused {
            file: file.to_owned(),
            line,
            message,
        })?;
        number(&mut root, &mut 0);
        Ok(Self {
            file: file.to_owned(),
            fields: fields(&root),
            root,
            folder,
        })
    }

    /// What can be filled in.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The places at which the pictures may lie that it shows when it is filled in so.
    pub fn pictures(&self, values: &BTreeMap<String, String>, folders: &[PathBuf]) -> Vec<PathBuf> {
        let values = by_field(&self.fields, values);
        let mut places = Vec::new();
        self.root.visit(&mut |element| {
            let own = picture(element).map(str::to_owned);
            let filled = field_name(element).and_then(|name| values.get(name).cloned());
            let filled = filled.filter(|_| element.name == "image");
            if let Some(name) = filled.or(own).map(|name| name.trim().to_owned())
                && !name.is_empty()
                && !name.starts_with("data:")
            {
                let folders = self.folder.iter().chain(folders);
                places.extend(folders.map(|folder| folder.join(&name)));
            }
        });
        places.sort();
        places.dedup();
        places
    }

    /// Fills it in and draws it for a program of this format. Pictures are looked for in these folders.
    ///
    /// # Errors
    /// [`TitleFault`].
    pub fn make(
        &self,
        values: &BTreeMap<String, String>,
        format: Format,
        fonts: &Fonts,
        folders: &[PathBuf],
    ) -> Result<Made, TitleFault> {
        let folders: Vec<PathBuf> = self.folder.iter().chain(folders).cloned().collect();
        let values = &by_field(&self.fields, values);
        let mut root = self.root.clone();
        fill(&mut root, values, &folders)?;
        let empty = self.empty(values);
        leave_out(&mut root, &|name| empty.contains(name));
        self.check_pictures(&root, &folders)?;
        self.fit(&mut root, (fonts, &folders), format)?;
        self.hug(&mut root, (fonts, &folders), format)?;
        let parts = split(&mut root).map_err(|(line, message)| self.refused(line, message))?;
        let drawing = Drawing::new(&self.file, &root, (fonts, &folders), format)?;
        let missing = drawing.missing_fonts(&root);
        let warnings = missing
            .iter()
            .map(|name| format!("the font \"{name}\" is not installed: {USUAL} stands in for it"));
        let mut layers = Vec::new();
        let mut tickers = Vec::new();
        for (n, part) in parts.iter().enumerate() {
            if part.ticks {
                let (layer, ticker) =
                    self.tick(&root, (n, part), values, (&drawing, fonts, &folders))?;
                layers.push((layer, part));
                tickers.push(ticker);
            } else {
                let drawn = self.draw(&root, (n, part), &drawing, format)?;
                layers.extend(drawn.into_iter().map(|layer| (layer, part)));
            }
        }
        mirror(&mut layers);
        let hold = self
            .root
            .number("data-hold")
            .filter(|n| (1.0..=LONGEST).contains(n));
        Ok(Made {
            title: Arc::new(Title {
                layers: layers.into_iter().map(|(layer, _)| layer).collect(),
                hold: hold.map(|frames| frames as u32),
            }),
            warnings: warnings.collect(),
            tickers,
        })
    }

    fn refused(&self, line: u32, message: String) -> TitleFault {
        TitleFault::Refused {
            file: self.file.clone(),
            line,
            message,
        }
    }

    /// The fields that nothing is in.
    fn empty(&self, values: &BTreeMap<String, String>) -> BTreeSet<String> {
        let empty = self.fields.iter().filter(|field| {
            let value = values.get(&field.name).unwrap_or(&field.usual);
            value.trim().is_empty()
        });
        empty.map(|field| field.name.clone()).collect()
    }

    fn check_pictures(&self, root: &Element, folders: &[PathBuf]) -> Result<(), TitleFault> {
        let mut weights: HashMap<String, u64> = HashMap::new();
        let mut wrong = None;
        root.visit(&mut |element| {
            if let Some(href) = picture(element)
                && wrong.is_none()
                && !weights.contains_key(href)
            {
                match pictures::weigh(href, folders) {
                    Ok(weight) => drop(weights.insert(href.to_owned(), weight)),
                    Err(message) => wrong = Some((element.line, message)),
                }
            }
        });
        if let Some((line, message)) = wrong {
            return Err(self.refused(line, message));
        }
        let weight = |element: &Element| {
            let weight = picture(element).and_then(|href| weights.get(href));
            weight.copied().unwrap_or(1)
        };
        if guard::weight(root, &weight) > PICTURES {
            let message = "its pictures are too much to draw, those that are used again counted each time: expected fewer or smaller ones".to_owned();
            return Err(self.refused(root.line, message));
        }
        Ok(())
    }

    /// Makes every text fit that was filled in.
    fn fit(
        &self,
        root: &mut Element,
        sources: (&Fonts, &[PathBuf]),
        format: Format,
    ) -> Result<(), TitleFault> {
        let mut filled = Vec::new();
        root.visit(&mut |element| {
            if element.name == "text" && element.get("data-filled").is_some() {
                filled.push(element.clone());
            }
        });
        for mut text in filled {
            let before = root.clone();
            let drawing = Drawing::new(&self.file, &before, sources, format)?;
            let line = text.line;
            fit(&mut text, &before, &drawing).map_err(|message| self.refused(line, message))?;
            let number = text.get(NUMBER).map(str::to_owned);
            let is_it = |element: &Element| element.get(NUMBER) == number.as_deref();
            if let Some(place) = root.find_mut(&is_it) {
                *place = text;
            }
        }
        Ok(())
    }

    /// Makes what hugs texts (`data-hug`) as wide as they are.
    fn hug(
        &self,
        root: &mut Element,
        sources: (&Fonts, &[PathBuf]),
        format: Format,
    ) -> Result<(), TitleFault> {
        let before = root.clone();
        let mut hugging = Vec::new();
        before.visit(&mut |element| {
            if let Some(names) = element.get("data-hug") {
                hugging.push((element, names));
            }
        });
        if hugging.is_empty() {
            return Ok(());
        }
        let drawing = Drawing::new(&self.file, &before, sources, format)?;
        for (rect, names) in hugging {
            let names: Vec<&str> = names.split_whitespace().collect();
            let mut reach: Option<(f64, f64)> = None;
            before.visit(&mut |element| {
                if element.name == "text"
                    && field_name(element).is_some_and(|name| names.contains(&name))
                    && let Some(box_) = drawing.measure(element)
                {
                    let (left, right) = reach.unwrap_or((box_.left, box_.right));
                    reach = Some((left.min(box_.left), right.max(box_.right)));
                }
            });
            let pad = rect.number("data-pad").unwrap_or(0.0);
            let (left, width) = match reach {
                Some((left, right)) => (left - pad, right - left + 2.0 * pad),
                None => (rect.number("x").unwrap_or(0.0), 0.0),
            };
            let least = rect.number("data-min-width").unwrap_or(0.0);
            let missing = (least - width).max(0.0);
            let left = match rect.get("data-grow") {
                Some("left") => left - missing,
                Some("both") => left - missing / 2.0,
                _ => left,
            };
            let width = width + missing;
            let line = rect.line;
            let wanted = rect.get("data-hug").map(str::to_owned);
            let is_it = |element: &Element| {
                element.line == line && element.get("data-hug") == wanted.as_deref()
            };
            if let Some(place) = root.find_mut(&is_it) {
                place.set("x", format!("{left:.3}"));
                place.set("width", format!("{width:.3}"));
            }
        }
        Ok(())
    }

    /// Draws a part that never changes.
    fn draw(
        &self,
        root: &Element,
        (n, part): (usize, &Part),
        drawing: &Drawing,
        format: Format,
    ) -> Result<Vec<TitleLayer>, TitleFault> {
        let own = alone(root, n);
        let slides = [&part.enter, &part.leave];
        let slides = slides
            .into_iter()
            .flatten()
            .any(|said| said.slide.is_some());
        let (drawn, area) = drawing.draw(&own, slides || part.travel.is_some())?;
        let Some(area) = area else {
            return Ok(Vec::new());
        };
        let motion = motion(part, area, drawing, format);
        let typed = motion.enter.typed || motion.leave.typed;
        let reveal = if typed {
            drawing.characters(&own)
        } else {
            Vec::new()
        };
        let layers = drawn.into_iter().filter_map(|drawn| {
            let sprite = Sprite::of_rgba(drawn.at, drawn.size, &drawn.rgba, motion.moves())?;
            Some(TitleLayer {
                content: Content::Still(Arc::new(sprite)),
                motion: motion.clone(),
                area,
                reveal: reveal.clone(),
            })
        });
        Ok(layers.collect())
    }

    /// Makes a part that ticks.
    fn tick(
        &self,
        root: &Element,
        (n, part): (usize, &Part),
        values: &BTreeMap<String, String>,
        (drawing, fonts, folders): (&Drawing, &Fonts, &[PathBuf]),
    ) -> Result<(TitleLayer, Ticker), TitleFault> {
        let text = ticking_text(root, n);
        let name = text.and_then(field_name).unwrap_or_default().to_owned();
        let attribute = |name: &str| text.and_then(|text| text.get(name));
        let usual = attribute("data-value").unwrap_or_default();
        let value = values.get(&name).map_or(usual, String::as_str);
        let words = attribute("data-clock").unwrap_or_default();
        let clock = Clock::of(words, value, attribute("data-after"), Timestamp::now());
        let clock = clock.map_err(|message| TitleFault::Field {
            field: name,
            message,
        })?;
        let mut own = alone(root, n);
        set_ticking_text(&mut own, n, &clock.text(0));
        let (_, area) = drawing.draw(&own, false)?;
        let area = area.unwrap_or_else(|| drawing.frame());
        let format = drawing.format();
        let motion = motion(part, area, drawing, format);
        let ticking = Arc::new(Ticking::new(clock.count(), 1, format.rate));
        let layer = TitleLayer {
            content: Content::Ticking(ticking.clone()),
            motion: motion.clone(),
            area,
            reveal: Vec::new(),
        };
        let ticker = Ticker::new(
            (self.file.clone(), own, n),
            clock,
            ticking,
            (fonts.clone(), folders.to_vec(), format),
            motion.moves(),
        );
        Ok((layer, ticker))
    }
}

/// The picture that an element draws.
fn picture(element: &Element) -> Option<&str> {
    let draws = matches!(element.name.as_str(), "image" | "feImage");
    element.get("href").filter(|_| draws)
}

/// Whether a name is meant to be a field's, capitals and signs aside.
pub fn is_field(name: &str, field: &str) -> bool {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    name == field || plain(name) == plain(field)
}

/// What is filled in by the fields' own names: a spreadsheet's column `Full Name` fills the field `full_name`.
fn by_field(fields: &[Field], values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut by_field = values.clone();
    for field in fields {
        if values.contains_key(&field.name) {
            continue;
        }
        let mut alike = values
            .iter()
            .filter(|(name, _)| is_field(name, &field.name));
        if let Some((_, value)) = alike.next() {
            by_field.insert(field.name.clone(), value.clone());
        }
    }
    by_field
}

/// Gives every text a number by which it is found again.
fn number(element: &mut Element, next: &mut usize) {
    if element.name == "text" {
        element.set(NUMBER, next.to_string());
        *next += 1;
    }
    for child in &mut element.children {
        if let Child::Element(element) = child {
            number(element, next);
        }
    }
}

/// How a part of this place lives.
fn motion(part: &Part, area: Area, drawing: &Drawing, format: Format) -> Motion {
    let size = (area.right - area.left, area.bottom - area.top);
    let enter = part
        .enter
        .as_ref()
        .map(|said| moved(said, size, drawing, true));
    let enter = enter.unwrap_or_default();
    let leave = match &part.leave {
        Some(said) => moved(said, size, drawing, false),
        None => Move {
            wipe: enter.wipe.map(opposite),
            fade: enter.fade || enter.typed,
            typed: false,
            delay: 0,
            ..enter.clone()
        },
    };
    let travel = part.travel.map(|(way, speed, loops)| {
        let window = part.window.as_deref().and_then(|id| drawing.place_of(id));
        let window = window.unwrap_or_else(|| drawing.frame());
        travelling(way, speed, loops, (area, window), format)
    });
    Motion {
        enter,
        leave,
        travel,
    }
}

fn moved(said: &Said, (width, height): (i32, i32), drawing: &Drawing, comes: bool) -> Move {
    let distance = said
        .distance
        .map(|far| (far * drawing.scale()).round() as i32);
    // It comes from where it would be if it had not begun to go its way.
    let side = if comes { -1 } else { 1 };
    let slide = match said.slide {
        None => (0, 0),
        Some(Direction::Left) => (-side * distance.unwrap_or(width), 0),
        Some(Direction::Right) => (side * distance.unwrap_or(width), 0),
        Some(Direction::Up) => (0, -side * distance.unwrap_or(height)),
        Some(Direction::Down) => (0, side * distance.unwrap_or(height)),
    };
    Move {
        slide,
        ..said.way.clone()
    }
}

fn opposite(way: Direction) -> Direction {
    match way {
        Direction::Left => Direction::Right,
        Direction::Right => Direction::Left,
        Direction::Up => Direction::Down,
        Direction::Down => Direction::Up,
    }
}

/// The way of a crawl or a roll: whole luma pixels a frame, and from one side of its window to the other.
fn travelling(
    way: Direction,
    speed: f64,
    loops: bool,
    (area, window): (Area, Area),
    format: Format,
) -> Travel {
    let pixels = speed * f64::from(format.height) / 1080.0 / format.rate.fps();
    let step = (pixels.round() as i32).max(1);
    let (from, step, length) = match way {
        Direction::Left => (
            (window.right - area.left, 0),
            (-step, 0),
            across(area, window),
        ),
        Direction::Right => (
            (window.left - area.right, 0),
            (step, 0),
            across(area, window),
        ),
        Direction::Up => (
            (0, window.bottom - area.top),
            (0, -step),
            down(area, window),
        ),
        Direction::Down => ((0, window.top - area.bottom), (0, step), down(area, window)),
    };
    let frames = (length / step.0.abs().max(step.1.abs())).max(1) as u32 + 1;
    Travel {
        from,
        step,
        window,
        every: loops.then_some(frames),
        lasts: (!loops).then_some(frames),
    }
}

fn across(area: Area, window: Area) -> i32 {
    (area.right - area.left) + (window.right - window.left)
}

fn down(area: Area, window: Area) -> i32 {
    (area.bottom - area.top) + (window.bottom - window.top)
}

/// Has parts that do not say how they go do that in the turned order of their coming.
fn mirror(layers: &mut [(TitleLayer, &Part)]) {
    let all = layers.iter().map(|(layer, _)| layer.motion.enter.length());
    let all = all.max().unwrap_or(0);
    for (layer, part) in layers {
        if part.leave.is_none() {
            layer.motion.leave.delay = all - layer.motion.enter.length();
            if part.enter.is_none() {
                // What just stands there goes when all of it has gone.
                layer.motion.leave.delay = all;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heavy_picture_is_not_drawn_thousands_of_times() {
        let folder = tempfile::tempdir().unwrap();
        let head = "<svg xmlns='http://www.w3.org/2000/svg' width='64' height='36'>";
        let paths = "<path d='M0 0L9 9'/>".repeat(900);
        std::fs::write(
            folder.path().join("heavy.svg"),
            format!("{head}{paths}</svg>"),
        )
        .unwrap();
        let photo = crate::show::read_wipe(&[], "circle").unwrap();
        std::fs::write(folder.path().join("photo.png"), photo).unwrap();
        let made = |picture: &str, many: usize| {
            let image = format!("<image id='i' href='{picture}' width='9' height='9'/>");
            let uses = "<use href='#i'/>".repeat(many);
            let text = format!("{head}\n{image}{uses}</svg>");
            let template = Template::parse("x.svg", &text, Some(folder.path().to_owned()));
            let made =
                template
                    .unwrap()
                    .make(&BTreeMap::new(), Format::default(), &Fonts::load(), &[]);
            made.map(drop).map_err(|fault| fault.to_string())
        };
        assert_eq!(made("heavy.svg", 20), Ok(()));
        let fault = made("heavy.svg", 3000).unwrap_err();
        assert!(
            fault.starts_with("x.svg:") && fault.contains("expected fewer"),
            "{fault}"
        );
        assert_eq!(made("photo.png", 20), Ok(()));
        assert!(made("photo.png", 9000).is_err());
    }
}
