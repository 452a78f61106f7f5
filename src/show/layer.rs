//! A layer: where a source is seen in a scene, or on a downstream key.

use serde::{Deserialize, Serialize};

use super::keying::LayerKey;
use super::outline::{Border, Mask, Shadow};

/// One source in a scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// A source's id.
    pub source: String,
    /// Left, top, width, height as fractions of the program; may reach beyond it: left and top
    /// −10 to 10, width and height above 0 to 10.
    #[serde(default = "full_rect")]
    pub rect: (f64, f64, f64, f64),
    /// Cut off at left, top, right, bottom as fractions of the source; opposite sides below 1.
    #[serde(default)]
    pub crop: (f64, f64, f64, f64),
    /// 0 (unseen) to 1.
    #[serde(default = "one")]
    pub opacity: f64,
    /// Its upstream key: what of it is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyer: Option<LayerKey>,
    /// What of it is masked off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<Mask>,
    /// Of its corners, in heights of the program: 0 (square) to 0.5.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub radius: f64,
    /// Along the inside of its rectangle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub border: Option<Border>,
    /// Thrown on what lies behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<Shadow>,
}

fn full_rect() -> (f64, f64, f64, f64) {
    (0.0, 0.0, 1.0, 1.0)
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn one() -> f64 {
    1.0
}

impl Layer {
    /// A source that fills the program.
    pub fn full(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            rect: full_rect(),
            crop: (0.0, 0.0, 0.0, 0.0),
            opacity: 1.0,
            keyer: None,
            mask: None,
            radius: 0.0,
            border: None,
            shadow: None,
        }
    }

    /// The sources that it is made of: its own, and that of a linear key's matte.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let matte = self.keyer.as_ref().and_then(LayerKey::matte);
        [Some(self.source.as_str()), matte].into_iter().flatten()
    }

    /// Whether it is made of this source.
    pub fn needs(&self, source: &str) -> bool {
        self.sources().any(|other| other == source)
    }

    /// Follows a source to another id; gives whether it was made of that.
    pub fn follow_source(&mut self, old: &str, new: &str) -> bool {
        let mut follows = false;
        for id in self.sources_mut().filter(|id| *id == old) {
            new.clone_into(id);
            follows = true;
        }
        follows
    }

    /// As [`Self::sources`].
    pub fn sources_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let matte = self.keyer.as_mut().and_then(LayerKey::matte_mut);
        [Some(&mut self.source), matte].into_iter().flatten()
    }
}
