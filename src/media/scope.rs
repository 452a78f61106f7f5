//! Scopes: which there are, how their pictures are to be read, and where a window draws their marks.
//!
//! A scope's picture holds the trace alone. Its axes are codes of 8 bits, 0 to 255, of which 16 is
//! black and 235 white for luma, R, G and B; so a place in the picture follows from a code whatever
//! the picture's size.

use serde::{Deserialize, Serialize};

use super::colour::{codes, to_ycc};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// Luma: across as in the picture, up by code.
    Waveform,
    /// R, G and B side by side, each as a waveform in a third of the width.
    Parade,
    /// Chroma: Cb to the right, Cr upwards, in a square in the middle of the picture whose side is
    /// the picture's shorter one. Without chroma is its middle.
    Vectorscope,
    /// How often there is each code of luma (grey), R, G and B: code 0 left, 255 right.
    Histogram,
}

/// Black to white by quarters: codes and their names in percent, for lines across a waveform or a
/// parade and up a histogram.
pub const LEVELS: [(f64, &str); 5] = [
    (16.0, "0"),
    (70.75, "25"),
    (125.5, "50"),
    (180.25, "75"),
    (235.0, "100"),
];

/// A mark of a vectorscope, as places in its square: 0 is left and top, 1 right and bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VectorMark {
    /// What the desk writes beside it.
    pub name: &'static str,
    /// Across.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// Where a code lies on an axis: 0 at its beginning, 1 at its end, each code in the middle of its
/// share. Waveforms and the vectorscope's Cr begin at the bottom.
pub const fn place(code: f64) -> f64 {
    (code + 0.5) / 256.0
}

/// Where the six colours of colour bars at 75 % come to lie.
pub const fn vector_targets() -> [VectorMark; 6] {
    const P: f64 = 0.75;
    [
        mark("R", [P, 0.0, 0.0]),
        mark("Mg", [P, 0.0, P]),
        mark("B", [0.0, 0.0, P]),
        mark("Cy", [0.0, P, P]),
        mark("G", [0.0, P, 0.0]),
        mark("Yl", [P, P, 0.0]),
    ]
}

const fn mark(name: &'static str, rgb: [f64; 3]) -> VectorMark {
    let [_, u, v] = codes(to_ycc(rgb));
    VectorMark {
        name,
        x: place(u),
        y: 1.0 - place(v),
    }
}

/// Direction of the line near which skin of every tone lies: 123° from Cb's axis towards Cr's, the
/// I axis of NTSC (SMPTE 170M), which vectorscopes have kept.
pub const SKIN_TONE_DEGREES: f64 = 123.0;

/// The skin-tone line as places in the vectorscope's square: from its middle to where saturation is
/// full.
pub fn skin_tone_line() -> [VectorMark; 2] {
    let (sin, cos) = SKIN_TONE_DEGREES.to_radians().sin_cos();
    let at = |length: f64| VectorMark {
        name: "",
        x: place(128.0 + length * cos),
        y: 1.0 - place(128.0 + length * sin),
    };
    [at(0.0), at(112.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_the_bars_of_75_percent() {
        // Codes of 75 % bars as BT.709 gives them, rounded.
        let expected = [
            ("R", 109.0, 212.0),
            ("Mg", 193.0, 204.0),
            ("B", 212.0, 120.0),
            ("Cy", 147.0, 44.0),
            ("G", 63.0, 52.0),
            ("Yl", 44.0, 136.0),
        ];
        for (mark, (name, u, v)) in vector_targets().into_iter().zip(expected) {
            assert_eq!(mark.name, name);
            assert!((mark.x - place(u)).abs() <= 0.51 / 256.0, "{mark:?}");
            assert!(
                (mark.y - (1.0 - place(v))).abs() <= 0.51 / 256.0,
                "{mark:?}"
            );
        }
    }

    #[test]
    fn skin_lies_between_red_and_yellow() {
        let [middle, end] = skin_tone_line();
        assert_eq!((middle.x, middle.y), (128.5 / 256.0, 1.0 - 128.5 / 256.0));
        let angle = |mark: &VectorMark| (middle.y - mark.y).atan2(mark.x - middle.x).to_degrees();
        assert!((angle(&end) - 123.0).abs() < 1e-9);
        let [red, _, _, _, _, yellow] = vector_targets();
        assert!(angle(&red) < 123.0 && 123.0 < angle(&yellow));
    }
}
