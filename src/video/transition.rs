//! From one picture to another: dip, wipe, push and slide, row by row in I420. At position 0 each
//! gives the old picture's very pixels and at 1 the new one's.

use super::canvas::Canvas;
use super::kernels::{Edge, Share, mix_row, share, tint_row, wipe_row};
use super::wipe::WipeMap;
use crate::media::Picture;
use crate::show::{Direction, Rgb, TransitionKind, TransitionStyle};

/// What a transition looks like.
#[derive(Clone, Debug, PartialEq)]
pub enum Blend {
    /// A cross-fade, linear in gamma space.
    Mix,
    /// Out to a colour in the first half, and in from it in the second: Y, U, V.
    Dip([u8; 3]),
    /// Where a grey picture is black the new picture comes first.
    Wipe {
        /// The picture's name.
        name: String,
        /// 0 is a hard edge, 1 takes all greys.
        softness: f64,
        /// White comes first.
        reverse: bool,
    },
    /// The new picture pushes the old one out.
    Push(Direction),
    /// The new picture comes over the old one.
    Slide(Direction),
    /// A cut beneath the pictures of a stinger.
    Stinger {
        /// Its id.
        id: String,
        /// How many pictures it has.
        pictures: u32,
        /// The first beneath which the new picture is seen, counted from 0.
        cut: u32,
    },
}

impl Blend {
    /// What a style looks like on its way. A cut has no way; held on one, it is a mix, and so is a
    /// stinger of which no more is known than its style.
    pub fn of(style: &TransitionStyle) -> Self {
        match style.kind {
            TransitionKind::Cut | TransitionKind::Mix | TransitionKind::Stinger => Self::Mix,
            TransitionKind::Dip => Self::Dip(yuv(style.colour)),
            TransitionKind::Wipe => Self::Wipe {
                name: style.wipe.clone(),
                softness: style.softness,
                reverse: style.reverse,
            },
            TransitionKind::Push => Self::Push(style.heading()),
            TransitionKind::Slide => Self::Slide(style.heading()),
        }
    }
}

/// A colour in house format: Y, U, V in limited range (ITU-R BT.709).
pub fn yuv(Rgb(red, green, blue): Rgb) -> [u8; 3] {
    let [r, g, b] = [red, green, blue].map(|value| f64::from(value) / 255.0);
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [
        (16.0 + 219.0 * y).round() as u8,
        (128.0 + 224.0 * (b - y) / 1.8556).round() as u8,
        (128.0 + 224.0 * (r - y) / 1.5748).round() as u8,
    ]
}

/// Cross-fades. All of one size, as everywhere below.
pub fn mix(canvas: &mut Canvas, from: &Picture, to: &Picture, share: Share) {
    for i in 0..3 {
        let (from, to) = (from.plane(i), to.plane(i));
        for (y, row) in canvas.rows(i, 0).enumerate() {
            mix_row(row, from.row(y), to.row(y), share);
        }
    }
}

/// Which side of a dip is seen: `true` for the new one, and how much of the colour is over it.
pub fn dip_side(position: f64) -> (bool, Share) {
    if position < 0.5 {
        (false, share(2.0 * position))
    } else {
        (true, share(2.0 - 2.0 * position))
    }
}

/// Blends a picture towards a colour.
pub fn tint(canvas: &mut Canvas, picture: &Picture, colour: [u8; 3], share: Share) {
    for (i, value) in colour.into_iter().enumerate() {
        let plane = picture.plane(i);
        for (y, row) in canvas.rows(i, 0).enumerate() {
            tint_row(row, plane.row(y), value, share);
        }
    }
}

/// Wipes by a map of the canvas's size.
pub fn wipe(canvas: &mut Canvas, from: &Picture, to: &Picture, map: &WipeMap, edge: Edge) {
    for i in 0..3 {
        let (from, to) = (from.plane(i), to.plane(i));
        for ((y, row), greys) in canvas.rows(i, 0).enumerate().zip(map.rows(i)) {
            wipe_row(row, from.row(y), to.row(y), greys, edge);
        }
    }
}

/// Brings the new picture in from a side; `push` takes the old one along. Steps are of two luma
/// pixels, so that chroma goes with luma.
pub fn bring_in(
    canvas: &mut Canvas,
    from: &Picture,
    to: &Picture,
    way: Direction,
    position: f64,
    push: bool,
) {
    for i in 0..3 {
        let (width, height) = canvas.plane_size(i);
        let (from, to) = (from.plane(i), to.plane(i));
        let (length, luma) = match way {
            Direction::Left | Direction::Right => (width, canvas.plane_size(0).0),
            Direction::Up | Direction::Down => (height, canvas.plane_size(0).1),
        };
        let steps = (position * luma as f64 / 2.0).round() as usize;
        let seen = match i {
            _ if position >= 1.0 => length,
            0 => (2 * steps).min(length),
            _ => steps.min(length),
        };
        let kept = length - seen;
        // Where the old picture's part begins in the old picture.
        let ahead = match (way, push) {
            (Direction::Left | Direction::Up, true) => seen,
            (Direction::Left | Direction::Up, false) => 0,
            (Direction::Right | Direction::Down, true) => 0,
            (Direction::Right | Direction::Down, false) => seen,
        };
        for (y, row) in canvas.rows(i, 0).enumerate() {
            match way {
                Direction::Left => {
                    row[..kept].copy_from_slice(&from.row(y)[ahead..ahead + kept]);
                    row[kept..].copy_from_slice(&to.row(y)[..seen]);
                }
                Direction::Right => {
                    row[..seen].copy_from_slice(&to.row(y)[kept..]);
                    row[seen..].copy_from_slice(&from.row(y)[ahead..ahead + kept]);
                }
                Direction::Up if y < kept => row.copy_from_slice(from.row(y + ahead)),
                Direction::Up => row.copy_from_slice(to.row(y - kept)),
                Direction::Down if y < seen => row.copy_from_slice(to.row(kept + y)),
                Direction::Down => row.copy_from_slice(from.row(y - seen + ahead)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_standard() {
        // 100 % bars of ITU-R BT.709, 8 bits.
        for (colour, expected) in [
            (Rgb(0, 0, 0), [16, 128, 128]),
            (Rgb(255, 255, 255), [235, 128, 128]),
            (Rgb(255, 0, 0), [63, 102, 240]),
            (Rgb(0, 255, 0), [173, 42, 26]),
            (Rgb(0, 0, 255), [32, 240, 118]),
        ] {
            assert_eq!(yuv(colour), expected, "{colour}");
        }
    }

    #[test]
    fn a_dip_is_its_colour_in_the_middle() {
        assert_eq!(dip_side(0.0), (false, 0));
        assert_eq!(dip_side(0.25), (false, 128));
        assert_eq!(dip_side(0.5), (true, 256));
        assert_eq!(dip_side(0.75), (true, 128));
        assert_eq!(dip_side(1.0), (true, 0));
    }
}
