//! The shape of a layer's rectangle: what of it is masked off, its corners, its border and its shadow.
//! Lengths are in heights of the program, so that a show looks the same at 720 and at 2160 lines.

use serde::{Deserialize, Serialize};

use super::transition::Rgb;

/// How far corners, borders and shadows may reach.
pub const SHAPE_REACH: f64 = 0.5;

/// What of a layer is seen at all; the picture stays where it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mask {
    /// From left, top, right and bottom so much is hidden, as fractions of the layer's rectangle; opposite
    /// sides below 1 together.
    pub hide: (f64, f64, f64, f64),
    /// What is left is an ellipse, not a rectangle.
    #[serde(skip_serializing_if = "is_false")]
    pub ellipse: bool,
    /// So far from its edge it is wholly seen, in heights of the program.
    #[serde(skip_serializing_if = "is_zero")]
    pub feather: f64,
    /// The other way round: what lies within is hidden.
    #[serde(skip_serializing_if = "is_false")]
    pub invert: bool,
}

/// A line along the inside of a layer's rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Border {
    /// How wide it is, in heights of the program.
    pub width: f64,
    /// Its colour.
    pub colour: Rgb,
}

/// What a layer throws on what lies behind it: it has the shape that is seen, keyed and masked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shadow {
    /// To the right and down, in heights of the program: −0.5 to 0.5.
    pub offset: (f64, f64),
    /// How soft it is: the standard deviation of its edge, in heights of the program, 0 to 0.1.
    pub blur: f64,
    /// 0 to 1.
    pub opacity: f64,
    /// Its colour.
    pub colour: Rgb,
}

impl Default for Border {
    fn default() -> Self {
        Self {
            width: 0.004,
            colour: Rgb(255, 255, 255),
        }
    }
}

impl Default for Shadow {
    fn default() -> Self {
        Self {
            offset: (0.006, 0.009),
            blur: 0.01,
            opacity: 0.6,
            colour: Rgb(0, 0, 0),
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}
