//! Titles and the downstream keys that carry them, as they are saved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layer::Layer;

/// So many downstream keys lie over the program, the last one on top.
pub const KEYS: usize = 4;

/// A title: a template and what is filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// As a source's id.
    pub id: String,
    /// What the desk shows; the id where it is left out.
    #[serde(default)]
    pub label: String,
    /// A template that comes with regie or lies in a `titles` folder, by its name, such as
    /// `lower-third.svg`; or a file, read from the show file's folder if relative: an SVG, a picture (PNG,
    /// JPEG, WebP), numbered pictures such as `logo-%03d.png`, or a clip with transparency.
    pub template: String,
    /// What is filled in when the show begins, by the names of the template's fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// The downstream key that carries it, 1 to [`KEYS`].
    #[serde(default = "first_key", skip_serializing_if = "is_first_key")]
    pub key: usize,
    /// The id of the table whose rows fill it in: a column fills the field of its name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table: String,
    /// What changes in its row is on air at once, and not with the next take.
    #[serde(default, skip_serializing_if = "is_false")]
    pub follow: bool,
    /// Where a picture or a clip lies: left, top, width, height as fractions of the program. It keeps its
    /// shape. A template fills the program.
    #[serde(default = "whole", skip_serializing_if = "is_whole")]
    pub rect: (f64, f64, f64, f64),
    /// A clip begins again at its end; else its last picture stays. Animated pictures do so by themselves.
    #[serde(default, rename = "loop", skip_serializing_if = "is_false")]
    pub looped: bool,
}

fn first_key() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
fn is_first_key(key: &usize) -> bool {
    *key == 1
}

fn is_false(on: &bool) -> bool {
    !on
}

fn whole() -> (f64, f64, f64, f64) {
    (0.0, 0.0, 1.0, 1.0)
}

fn is_whole(rect: &(f64, f64, f64, f64)) -> bool {
    *rect == whole()
}

impl Title {
    /// Its template's path, where that is no name by which one is found.
    pub fn file(&self) -> Option<&str> {
        let path = self.template.as_str();
        let is_name = !path.contains('/') && path.to_ascii_lowercase().ends_with(".svg");
        (!is_name).then_some(path)
    }

    /// A title of a template as its designer wrote it.
    pub fn of(id: &str, template: &str) -> Self {
        Self {
            id: id.to_owned(),
            label: String::new(),
            template: template.to_owned(),
            fields: BTreeMap::new(),
            key: first_key(),
            table: String::new(),
            follow: false,
            rect: whole(),
            looped: false,
        }
    }
}

/// What a downstream key carries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Fill {
    /// Nothing, until a title is put on air that names the key.
    #[default]
    None,
    /// A title, by its id.
    Title(String),
    /// A source, placed as a layer of a scene is.
    Source(Box<Layer>),
}

impl Fill {
    /// Whether it is nothing.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// The id of the source that it is, if it is one.
    pub fn source(&self) -> Option<&str> {
        match self {
            Self::Source(layer) => Some(&layer.source),
            _ => None,
        }
    }
}

/// A downstream key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DownstreamKey {
    /// What the desk shows; its number where it is left out.
    pub label: String,
    /// What it carries when the show begins.
    #[serde(skip_serializing_if = "Fill::is_none")]
    pub fill: Fill,
    /// How long it fades where what it carries has no motion of its own, 0 to 1000 frames.
    pub frames: u32,
    /// It comes and goes with the next transition.
    pub tie: bool,
    /// It goes by itself after so many frames, 1 to 108 000; it stays where this is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off_after: Option<u32>,
    /// It goes when another scene is taken.
    pub off_on_take: bool,
    /// It is in the clean feed too.
    pub clean: bool,
}

impl Default for DownstreamKey {
    fn default() -> Self {
        Self {
            label: String::new(),
            fill: Fill::None,
            frames: 12,
            tie: false,
            off_after: None,
            off_on_take: false,
            clean: false,
        }
    }
}

impl DownstreamKey {
    /// Most frames after which it goes by itself: an hour of 30 a second.
    pub const LONGEST: u32 = 108_000;
}

/// Keys as a show says them, each of which it says none for as usual.
pub fn padded_keys(keys: &[DownstreamKey]) -> [DownstreamKey; KEYS] {
    std::array::from_fn(|n| keys.get(n).cloned().unwrap_or_default())
}

/// The same without those at the end that are as usual.
pub fn trimmed_keys(keys: &[DownstreamKey]) -> Vec<DownstreamKey> {
    let usual = DownstreamKey::default();
    let many = keys.iter().rposition(|key| *key != usual);
    keys[..many.map_or(0, |last| last + 1)].to_vec()
}

/// One of the rundown: a title, and what is filled in when its turn comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cue {
    /// As a source's id.
    pub id: String,
    /// What the desk shows; what is filled in first where it is left out.
    #[serde(default)]
    pub label: String,
    /// A title's id.
    pub title: String,
    /// Instead of what the title has, by the names of the template's fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// The row of the title's table, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
}
