//! Upstream keys: what of a layer is seen by its colour, its brightness or another source.

use serde::{Deserialize, Serialize};

use super::transition::Rgb;

/// How far a matte is grown or shrunk, and softened, in heights of the program.
pub const MATTE_REACH: f64 = 0.01;

/// What makes a matte: where it is 1 the layer is seen, where it is 0 what lies behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
pub enum LayerKey {
    /// A screen of one colour is taken away.
    Chroma(ChromaKey),
    /// What is dark (or bright) is taken away.
    Luma(LumaKey),
    /// The brightness of another source, the matte, says what is seen of this one, the fill.
    Linear(LinearKey),
}

/// A chroma key. Its matte is the screen's part in a picture by colour difference (P. Vlahos, US patent
/// 3,158,477): how far the screen's strongest colour is above the two others, against that of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChromaKey {
    /// The screen's: red, green or blue must stand out.
    pub colour: Rgb,
    /// What may be missing of the screen's colour where nothing of the layer is seen: 0 to 0.9. More takes
    /// uneven light, folds and shadows away.
    pub tolerance: f64,
    /// How much of the rest is the edge: 0 (hard) to 1 (up to where nothing of the screen's colour is).
    pub softness: f64,
    /// How much of the screen's colour is taken out of what is seen: 0 to 1.
    pub spill: f64,
    /// What becomes of the matte afterwards.
    pub edge: MatteEdge,
}

/// A luma key, by luma from 0 (black) to 1 (white).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LumaKey {
    /// Up to here nothing is seen.
    pub low: f64,
    /// From here on all is seen; not below `low`.
    pub high: f64,
    /// The other way round: the bright is taken away.
    pub invert: bool,
    /// What becomes of the matte afterwards.
    pub edge: MatteEdge,
}

/// A linear key: fill and matte.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearKey {
    /// A source's id: its white is seen, its black is not. Without its picture nothing is.
    pub matte: String,
    /// The other way round.
    pub invert: bool,
    /// The fill is multiplied by the matte already, on black.
    pub premultiplied: bool,
}

/// The edge of a matte, in heights of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MatteEdge {
    /// So far it is moved inwards; below 0 outwards. To 0.01 either way.
    pub shrink: f64,
    /// So far it is softened: 0 to 0.01.
    pub soften: f64,
}

impl MatteEdge {
    /// Whether nothing is to be done.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl ChromaKey {
    /// The green of screens.
    pub const GREEN: Rgb = Rgb(0, 177, 64);
    /// The blue of screens.
    pub const BLUE: Rgb = Rgb(0, 71, 187);
    /// One colour is to be above both others by as much, of 255.
    pub const STANDS_OUT: u8 = 24;

    /// By how much the colour's strongest part is above the two others.
    pub fn stands_out(&self) -> u8 {
        let Rgb(r, g, b) = self.colour;
        let mut parts = [r, g, b];
        parts.sort_unstable();
        parts[2] - parts[1]
    }
}

impl Default for ChromaKey {
    fn default() -> Self {
        Self {
            colour: Self::GREEN,
            tolerance: 0.15,
            softness: 0.85,
            spill: 1.0,
            edge: MatteEdge::default(),
        }
    }
}

impl Default for LumaKey {
    fn default() -> Self {
        Self {
            low: 0.1,
            high: 0.3,
            invert: false,
            edge: MatteEdge::default(),
        }
    }
}

/// As it is written: one pair of brackets.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum Form {
    Chroma {
        #[serde(default = "green")]
        colour: Rgb,
        #[serde(default = "tolerance")]
        tolerance: f64,
        #[serde(default = "softness")]
        softness: f64,
        #[serde(default = "spill")]
        spill: f64,
        #[serde(default, skip_serializing_if = "MatteEdge::is_usual")]
        edge: MatteEdge,
    },
    Luma {
        #[serde(default = "low")]
        low: f64,
        #[serde(default = "high")]
        high: f64,
        #[serde(default, skip_serializing_if = "is_false")]
        invert: bool,
        #[serde(default, skip_serializing_if = "MatteEdge::is_usual")]
        edge: MatteEdge,
    },
    Linear {
        matte: String,
        #[serde(default, skip_serializing_if = "is_false")]
        invert: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        premultiplied: bool,
    },
}

fn green() -> Rgb {
    ChromaKey::default().colour
}

fn tolerance() -> f64 {
    ChromaKey::default().tolerance
}

fn softness() -> f64 {
    ChromaKey::default().softness
}

fn spill() -> f64 {
    ChromaKey::default().spill
}

fn low() -> f64 {
    LumaKey::default().low
}

fn high() -> f64 {
    LumaKey::default().high
}

impl From<Form> for LayerKey {
    fn from(form: Form) -> Self {
        match form {
            Form::Chroma {
                colour,
                tolerance,
                softness,
                spill,
                edge,
            } => Self::Chroma(ChromaKey {
                colour,
                tolerance,
                softness,
                spill,
                edge,
            }),
            Form::Luma {
                low,
                high,
                invert,
                edge,
            } => Self::Luma(LumaKey {
                low,
                high,
                invert,
                edge,
            }),
            Form::Linear {
                matte,
                invert,
                premultiplied,
            } => Self::Linear(LinearKey {
                matte,
                invert,
                premultiplied,
            }),
        }
    }
}

impl From<LayerKey> for Form {
    fn from(key: LayerKey) -> Self {
        match key {
            LayerKey::Chroma(key) => Self::Chroma {
                colour: key.colour,
                tolerance: key.tolerance,
                softness: key.softness,
                spill: key.spill,
                edge: key.edge,
            },
            LayerKey::Luma(key) => Self::Luma {
                low: key.low,
                high: key.high,
                invert: key.invert,
                edge: key.edge,
            },
            LayerKey::Linear(key) => Self::Linear {
                matte: key.matte,
                invert: key.invert,
                premultiplied: key.premultiplied,
            },
        }
    }
}

impl LayerKey {
    /// The other source that it needs.
    pub fn matte(&self) -> Option<&str> {
        match self {
            Self::Linear(key) => Some(&key.matte),
            Self::Chroma(_) | Self::Luma(_) => None,
        }
    }

    pub(super) fn matte_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Linear(key) => Some(&mut key.matte),
            Self::Chroma(_) | Self::Luma(_) => None,
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
