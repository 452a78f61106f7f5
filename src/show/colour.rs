//! Colour correction of a source: what the wheels and sliders of a control room set.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Range of each part of [`Colour::lift`].
pub const LIFT: RangeInclusive<f32> = -0.5..=0.5;
/// Range of each part of [`Colour::gamma`].
pub const GAMMA: RangeInclusive<f32> = 0.25..=4.0;
/// Range of each part of [`Colour::gain`].
pub const GAIN: RangeInclusive<f32> = 0.0..=4.0;
/// Range of [`Colour::contrast`].
pub const CONTRAST: RangeInclusive<f32> = 0.0..=2.0;
/// Range of [`Colour::saturation`].
pub const SATURATION: RangeInclusive<f32> = 0.0..=2.0;
/// Range of [`Colour::temperature_k`].
pub const TEMPERATURE_K: RangeInclusive<f32> = 2500.0..=10_000.0;
/// Range of [`Colour::tint`].
pub const TINT: RangeInclusive<f32> = -1.0..=1.0;

/// A correction, in the order in which it is made: white balance, contrast, lift, gain, gamma,
/// saturation. Each alone is a line or a curve on gamma-coded R, G and B from 0 (black) to 1 (white).
///
/// Lift, gamma and gain are those of Blender's colour balance,
/// `out = (gain · (x + lift · (1 − x))) ^ (1 / gamma)`, which is the ASC Color Decision List (version
/// 1.2) with slope `gain · (1 − lift)`, offset `gain · lift` and power `1 / gamma`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Colour {
    /// Raises (or lowers) black and leaves white where it is: −0.5 to 0.5, neutral 0. The master is
    /// added to each.
    pub lift: Wheel,
    /// Brightens (above 1) or darkens the middle and leaves black and white where they are: 0.25 to
    /// 4, neutral 1. The master multiplies each.
    pub gamma: Wheel,
    /// Multiplies, which moves white most and black not at all: 0 to 4, neutral 1. The master
    /// multiplies each.
    pub gain: Wheel,
    /// Distance from the grey of 18 %: 0 to 2, neutral 1.
    pub contrast: f32,
    /// 0 (grey) to 2, neutral 1; as in the ASC CDL, so that luma stays as it is.
    pub saturation: f32,
    /// Colour temperature in K of the light that is to look white: 2500 to 10 000, neutral 6500.
    /// Higher makes the picture warmer.
    pub temperature_k: f32,
    /// −1 (green) to 1 (magenta), neutral 0: half a stop of green light either way.
    pub tint: f32,
}

/// One wheel: a number for each channel, and one for all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // they say themselves
pub struct Wheel {
    pub r: f32,
    pub g: f32,
    pub b: f32,
    pub master: f32,
}

impl Wheel {
    /// A wheel whose four parts are alike.
    pub const fn flat(value: f32) -> Self {
        Self {
            r: value,
            g: value,
            b: value,
            master: value,
        }
    }

    /// The three channels without the master.
    pub const fn rgb(&self) -> [f32; 3] {
        [self.r, self.g, self.b]
    }

    /// Every part with its name, the master last.
    pub fn parts(&self) -> [(&'static str, f32); 4] {
        [
            ("r", self.r),
            ("g", self.g),
            ("b", self.b),
            ("master", self.master),
        ]
    }
}

impl Colour {
    /// Changes nothing.
    pub const NEUTRAL: Self = Self {
        lift: Wheel::flat(0.0),
        gamma: Wheel::flat(1.0),
        gain: Wheel::flat(1.0),
        contrast: 1.0,
        saturation: 1.0,
        temperature_k: 6500.0,
        tint: 0.0,
    };

    /// Whether it changes nothing.
    pub fn is_neutral(&self) -> bool {
        *self == Self::NEUTRAL
    }
}

impl Default for Colour {
    fn default() -> Self {
        Self::NEUTRAL
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::show::{Show, parse};

    fn show(colour: &str) -> Show {
        let text = format!(
            "(version: 1, name: \"x\", sources: [(id: \"a\", kind: Test(pattern: Bars){colour})])"
        );
        parse(Path::new("x.ron"), &text).unwrap()
    }

    #[test]
    fn what_is_left_out_is_neutral_and_neutral_is_left_out() {
        let plain = show("");
        assert!(plain.sources[0].colour.is_neutral());
        assert_eq!(show(", colour: ()"), plain);
        assert!(!ron::to_string(&plain.sources).unwrap().contains("colour"));
        let grey = show(", colour: (saturation: 0)");
        let expected = Colour {
            saturation: 0.0,
            ..Colour::NEUTRAL
        };
        assert_eq!(grey.sources[0].colour, expected);
        assert!(ron::to_string(&grey.sources).unwrap().contains("colour"));
    }
}
