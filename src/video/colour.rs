//! Colour correction of pictures: what [`Colour`] says, as tables that are built when it changes,
//! and a pass over the rows.
//!
//! The four pixels of a 2·2 block share their chroma, so each of their channels is the luma plus
//! something that the block has in common: a place in that channel's table, from which luma counts
//! on. An entry holds what the corrected channel gives to luma, Cb and Cr, packed into one number;
//! three look-ups and two sums make a pixel, and the sum over the block is its chroma.

use super::canvas::PlaneMut;
use super::white;
use crate::media::PlaneRef;
use crate::media::colour::{CB_SCALE, CR_SCALE, G_OF_CB, G_OF_CR, LUMA};
use crate::show::{Colour, Wheel};

/// Steps of a table to a code, so that chroma is not rounded to whole codes.
const FINE: usize = 4;
/// What a pixel may reach from its block's place on: luma codes 0 to 255.
const WINDOW: usize = 255 * FINE + 1;
/// How many codes of luma one of chroma is.
const CHROMA: f64 = 219.0 / 224.0;
/// The place of a block without chroma; blue strays farthest from it.
const MIDDLE: usize = ((CB_SCALE * CHROMA * 128.0) as usize + 1) * FINE;
const LENGTH: usize = 2 * MIDDLE + WINDOW;
/// Where the grey of 18 % lies, coded: 1.099 · 0.18^0.45 − 0.099 (BT.709).
const PIVOT: f64 = 0.409;
/// The codes that pictures may hold: 0 and 255 are the link's own (BT.709, item 5.6).
const LEGAL: (u8, u8) = (1, 254);

// An entry, from the top: 22 bits of luma with 12 of fraction, 21 of Cr and 21 of Cb with 9 of
// fraction. Chroma has a sign: a bias for each pixel keeps the sum over a block above 0, so that no
// field borrows from the next.
const LUMA_AT: u32 = 42;
const CR_AT: u32 = 21;
const CHROMA_FIELD: u64 = (1 << CR_AT) - 1;
const LUMA_FRACTION: u32 = 12;
const CHROMA_FRACTION: u32 = 9;
const BIAS: i64 = 1 << 18;

type Table = Box<[u64; LENGTH]>;

/// A correction, ready to be applied.
pub struct Correction {
    tables: [Table; 3],
}

impl Correction {
    /// Builds the tables for R, G and B: about 0.2 ms.
    pub fn new(colour: &Colour) -> Self {
        let white = white::gains(colour);
        let tables = [0, 1, 2].map(|channel| {
            let curve = Curve::new(colour, channel, white[channel]);
            let entry = |i: usize| {
                let code = (i as f64 - MIDDLE as f64) / FINE as f64;
                entry(
                    channel,
                    curve.at((code - 16.0) / 219.0),
                    colour.saturation.into(),
                )
            };
            Box::new(std::array::from_fn(entry))
        });
        Self { tables }
    }

    /// Corrects planes Y, U and V in house format into others of the same size.
    ///
    /// What lies below black or above white stays there where the settings leave it, but codes 0 and
    /// 255 are never written.
    pub fn apply(&self, [y, u, v]: [PlaneRef<'_>; 3], [to_y, to_u, to_v]: [PlaneMut<'_>; 3]) {
        let width = y.width;
        let mut spare = vec![0; width];
        let to_chroma = to_u
            .data
            .chunks_mut(to_u.stride)
            .zip(to_v.data.chunks_mut(to_v.stride));
        let to_luma = to_y.data.chunks_mut(2 * to_y.stride);
        let rows = to_luma.zip(to_chroma).take(y.height.div_ceil(2));
        for (k, (pair, (to_u, to_v))) in rows.enumerate() {
            // The last row of an odd picture goes with itself.
            let (upper, lower) = (2 * k, (2 * k + 1).min(y.height - 1));
            let (to_upper, to_lower) = pair.split_at_mut(to_y.stride.min(pair.len()));
            let to_lower = if lower == upper {
                &mut spare[..]
            } else {
                &mut to_lower[..width]
            };
            self.row_pair(
                [y.row(upper), y.row(lower), u.row(k), v.row(k)],
                [&mut to_upper[..width], to_lower, to_u, to_v],
            );
        }
    }

    /// Two rows of luma with their rows of chroma.
    fn row_pair(&self, [y0, y1, u, v]: [&[u8]; 4], [to_y0, to_y1, to_u, to_v]: [&mut [u8]; 4]) {
        let (pairs0, last0) = y0.as_chunks::<2>();
        let (pairs1, last1) = y1.as_chunks::<2>();
        let (to_pairs0, to_last0) = to_y0.as_chunks_mut::<2>();
        let (to_pairs1, to_last1) = to_y1.as_chunks_mut::<2>();
        let luma = pairs0.iter().zip(pairs1);
        let to_luma = to_pairs0.iter_mut().zip(to_pairs1);
        let chroma = u.iter().zip(v);
        let to_chroma = to_u.iter_mut().zip(to_v.iter_mut());
        let from = luma.zip(chroma);
        for (((a, b), (&u, &v)), ((to_a, to_b), (to_u, to_v))) in from.zip(to_luma.zip(to_chroma)) {
            let luma;
            (luma, *to_u, *to_v) = self.block([a[0], a[1], b[0], b[1]], u, v);
            (*to_a, *to_b) = ([luma[0], luma[1]], [luma[2], luma[3]]);
        }
        if let ([a], [b], [to_a], [to_b]) = (last0, last1, to_last0, to_last1) {
            let at = pairs0.len();
            let luma;
            (luma, to_u[at], to_v[at]) = self.block([*a, *a, *b, *b], u[at], v[at]);
            (*to_a, *to_b) = (luma[0], luma[2]);
        }
    }

    /// Four pixels, the upper two first, and the chroma that they share.
    #[inline(always)]
    fn block(&self, luma: [u8; 4], u: u8, v: u8) -> ([u8; 4], u8, u8) {
        let [red, green, blue] = &self.tables;
        let red = &red[RED.of(0, v)..][..WINDOW];
        let green = &green[GREEN.of(u, v)..][..WINDOW];
        let blue = &blue[BLUE.of(u, 0)..][..WINDOW];
        let pixels = luma.map(|y| {
            let at = FINE * usize::from(y);
            red[at].wrapping_add(green[at]).wrapping_add(blue[at])
        });
        let sum = pixels.into_iter().fold(0, u64::wrapping_add);
        (
            pixels.map(|pixel| (pixel >> (LUMA_AT + LUMA_FRACTION)) as u8),
            mean(sum & CHROMA_FIELD),
            mean((sum >> CR_AT) & CHROMA_FIELD),
        )
    }
}

/// The code of chroma from the sum over a block.
#[inline(always)]
fn mean(sum: u64) -> u8 {
    const FRACTION: u32 = CHROMA_FRACTION + 2;
    const ADD: i32 = (128 << FRACTION) + (1 << (FRACTION - 1)) - 4 * BIAS as i32;
    let code = (sum as i32 + ADD) >> FRACTION;
    code.clamp(LEGAL.0.into(), LEGAL.1.into()) as u8
}

/// Where a channel's table begins for a block, from its chroma.
struct Place {
    /// In 65536ths of a step for each code of U and of V.
    slopes: [i32; 2],
}

const RED: Place = Place::new(0.0, CR_SCALE);
const GREEN: Place = Place::new(-G_OF_CB, -G_OF_CR);
const BLUE: Place = Place::new(CB_SCALE, 0.0);

impl Place {
    const fn new(of_cb: f64, of_cr: f64) -> Self {
        const STEP: f64 = 65536.0 * FINE as f64 * CHROMA;
        Self {
            slopes: [(STEP * of_cb) as i32, (STEP * of_cr) as i32],
        }
    }

    #[inline(always)]
    const fn of(&self, u: u8, v: u8) -> usize {
        let middle = ((MIDDLE as i32) << 16) + (1 << 15);
        let stray = self.slopes[0] * (u as i32 - 128) + self.slopes[1] * (v as i32 - 128);
        ((middle + stray) >> 16) as usize
    }
}

/// What a corrected channel of 0 to 1 gives to luma and chroma, packed.
///
/// Saturation is the ASC CDL's with BT.709's shares: each channel moves away from luma, which itself
/// stays; so it is chroma that is multiplied.
fn entry(channel: usize, value: f64, saturation: f64) -> u64 {
    let own = |of: usize| f64::from(u8::from(of == channel)) - LUMA[channel];
    // What a pixel has but once comes with green: black's code with one half for rounding, the bias.
    let (black, bias) = if channel == 1 { (16.5, BIAS) } else { (0.0, 0) };
    let luma = black + 219.0 * LUMA[channel] * value;
    let cb = saturation * 224.0 * own(2) * value / CB_SCALE;
    let cr = saturation * 224.0 * own(0) * value / CR_SCALE;
    let fixed = |value: f64, fraction: u32| (value * f64::from(1u32 << fraction)).round() as i64;
    let packed = (fixed(luma, LUMA_FRACTION) << LUMA_AT)
        .wrapping_add((fixed(cr, CHROMA_FRACTION) + bias) << CR_AT)
        .wrapping_add(fixed(cb, CHROMA_FRACTION) + bias);
    packed as u64
}

/// What is done to one channel: a line, then a power.
struct Curve {
    slope: f64,
    offset: f64,
    power: f64,
}

impl Curve {
    fn new(colour: &Colour, channel: usize, white: f64) -> Self {
        let of = |wheel: &Wheel| (f64::from(wheel.rgb()[channel]), f64::from(wheel.master));
        let (lift, master) = of(&colour.lift);
        let lift = lift + master;
        let (gamma, master) = of(&colour.gamma);
        let gamma = gamma * master;
        let (gain, master) = of(&colour.gain);
        let gain = gain * master;
        let contrast = f64::from(colour.contrast);
        Self {
            slope: gain * (1.0 - lift) * contrast * white,
            offset: gain * ((1.0 - lift) * PIVOT * (1.0 - contrast) + lift),
            power: 1.0 / gamma,
        }
    }

    /// The corrected value. Below black the line goes straight on, for a power knows no negative.
    fn at(&self, value: f64) -> f64 {
        let line = self.slope * value + self.offset;
        let value = if line > 0.0 {
            line.powf(self.power)
        } else {
            line
        };
        let bound = |code: u8| (f64::from(code) - 16.0) / 219.0;
        value.clamp(bound(LEGAL.0), bound(LEGAL.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::colour::{codes, from_codes, to_rgb, to_ycc};

    /// Planes Y, U, V of a picture without padding.
    #[derive(Clone, Debug, PartialEq)]
    struct Planes {
        size: (usize, usize),
        data: [Vec<u8>; 3],
    }

    impl Planes {
        fn new(size: (usize, usize), code: impl Fn(usize, usize, usize) -> u8) -> Self {
            let plane = |i: usize| {
                let half = |length: usize| if i == 0 { length } else { length.div_ceil(2) };
                let (width, height) = (half(size.0), half(size.1));
                (0..height)
                    .flat_map(|y| (0..width).map(move |x| (x, y)))
                    .map(|(x, y)| code(i, x, y))
                    .collect()
            };
            Self {
                size,
                data: [plane(0), plane(1), plane(2)],
            }
        }

        fn width(&self, i: usize) -> usize {
            if i == 0 {
                self.size.0
            } else {
                self.size.0.div_ceil(2)
            }
        }

        fn corrected(&self, colour: &Colour) -> Self {
            let mut to = self.clone();
            for plane in &mut to.data {
                plane.fill(0);
            }
            let from = [0, 1, 2].map(|i| PlaneRef {
                data: &self.data[i],
                stride: self.width(i),
                width: self.width(i),
                height: self.data[i].len() / self.width(i),
            });
            let widths = [0, 1, 2].map(|i| self.width(i));
            let [y, u, v] = &mut to.data;
            let planes = [(y, widths[0]), (u, widths[1]), (v, widths[2])];
            let planes = planes.map(|(data, stride)| PlaneMut { data, stride });
            Correction::new(colour).apply(from, planes);
            to
        }

        /// The same by the formulas, a pixel at a time.
        fn exactly(&self, colour: &Colour) -> [Vec<f64>; 3] {
            let [mut y, mut u, mut v] = self.data.each_ref().map(|p| vec![0.0; p.len()]);
            let mut count = vec![0.0; u.len()];
            for (at, y) in y.iter_mut().enumerate() {
                let (px, py) = (at % self.size.0, at / self.size.0);
                let block = (py / 2) * self.width(1) + px / 2;
                let pixel = [self.data[0][at], self.data[1][block], self.data[2][block]];
                let rgb = to_rgb(from_codes(pixel.map(f64::from)));
                let corrected = codes(to_ycc(exact(colour, rgb)));
                *y = corrected[0];
                u[block] += corrected[1];
                v[block] += corrected[2];
                count[block] += 1.0;
            }
            for (block, count) in count.into_iter().enumerate() {
                u[block] /= count;
                v[block] /= count;
            }
            [y, u, v].map(|p| p.into_iter().map(|c| c.clamp(1.0, 254.0)).collect())
        }

        /// The largest difference from the formulas in codes.
        fn error(&self, colour: &Colour) -> f64 {
            let (got, exact) = (self.corrected(colour), self.exactly(colour));
            let pairs = got.data.iter().flatten().zip(exact.iter().flatten());
            pairs
                .map(|(&got, exact)| (f64::from(got) - exact).abs())
                .fold(0.0, f64::max)
        }
    }

    /// Step by step as the show says it, not as the tables do it.
    fn exact(colour: &Colour, rgb: [f64; 3]) -> [f64; 3] {
        let white = white::gains(colour);
        let master = |wheel: &Wheel| f64::from(wheel.master);
        let part = |wheel: &Wheel, c: usize| f64::from(wheel.rgb()[c]);
        let out = [0, 1, 2].map(|c| {
            let balanced = rgb[c] * white[c];
            let x = (balanced - PIVOT) * f64::from(colour.contrast) + PIVOT;
            let lift = part(&colour.lift, c) + master(&colour.lift);
            let gain = part(&colour.gain, c) * master(&colour.gain);
            let gamma = part(&colour.gamma, c) * master(&colour.gamma);
            let line = gain * (x + lift * (1.0 - x));
            let value = if line > 0.0 {
                line.powf(1.0 / gamma)
            } else {
                line
            };
            value.clamp(-15.0 / 219.0, 238.0 / 219.0)
        });
        let luma: f64 = out.iter().zip(LUMA).map(|(c, share)| c * share).sum();
        out.map(|c| luma + f64::from(colour.saturation) * (c - luma))
    }

    /// Every luma beside many chromas; neighbours differ by what real pictures' do.
    fn everything() -> Planes {
        Planes::new((512, 512), |i, x, y| match i {
            0 => ((x / 2 + 3 * (x % 2) + 5 * (y % 2)) % 256) as u8,
            1 => ((y * 7 + x) % 256) as u8,
            _ => ((y * 13 + x / 3) % 256) as u8,
        })
    }

    /// Legal colours alone: a picture of R, G and B from 0 to 1.
    fn legal() -> Planes {
        let at = |x: usize, y: usize| {
            let [r, g, b] = [x % 17, y % 17, (x / 17 + y / 17) % 17].map(|n| n as f64 / 16.0);
            codes(to_ycc([r, g, b])).map(|code| code.round() as u8)
        };
        Planes::new((272, 272), |i, x, y| {
            if i == 0 {
                at(x / 2, y / 2)[0]
            } else {
                at(x, y)[i]
            }
        })
    }

    fn wheel(r: f32, g: f32, b: f32, master: f32) -> Wheel {
        Wheel { r, g, b, master }
    }

    fn graded() -> Colour {
        Colour {
            lift: wheel(0.02, 0.0, -0.03, 0.05),
            gamma: wheel(1.0, 0.95, 1.1, 1.1),
            gain: wheel(1.1, 1.0, 0.9, 1.05),
            contrast: 0.9,
            saturation: 1.2,
            temperature_k: 5000.0,
            tint: 0.2,
        }
    }

    #[test]
    fn neutral_tables_change_nothing_but_the_links_own_codes() {
        let legal = legal();
        assert_eq!(legal.corrected(&Colour::NEUTRAL), legal);
        let greys = Planes::new((512, 2), |i, x, _| if i == 0 { (x / 2) as u8 } else { 128 });
        let got = greys.corrected(&Colour::NEUTRAL);
        for (x, code) in got.data[0].iter().enumerate() {
            assert_eq!(usize::from(*code), (x / 2 % 256).clamp(1, 254));
        }
    }

    #[test]
    fn it_does_what_the_formulas_say() {
        let only = |change: fn(&mut Colour)| {
            let mut colour = Colour::NEUTRAL;
            change(&mut colour);
            colour
        };
        let (all, legal) = (everything(), legal());
        for colour in [
            Colour::NEUTRAL,
            graded(),
            only(|c| c.lift.master = 0.2),
            only(|c| c.lift.b = -0.3),
            only(|c| c.gain.g = 1.3),
            only(|c| c.contrast = 1.5),
            only(|c| c.saturation = 2.0),
            only(|c| c.saturation = 0.0),
            only(|c| c.temperature_k = 3200.0),
            only(|c| c.temperature_k = 9000.0),
            only(|c| c.tint = 1.0),
            only(|c| c.gain.master = 2.0),
        ] {
            let error = all.error(&colour).max(legal.error(&colour));
            assert!(error <= 0.75, "{error} {colour:?}");
        }
        // A gamma is steepest just above black, where an eighth of a code is much: above it all.
        let bright = Planes::new((256, 256), |i, x, y| match i {
            0 => (60 + (x + y) % 176) as u8,
            1 => (118 + y % 20) as u8,
            _ => (118 + x % 20) as u8,
        });
        for gamma in [0.5, 0.8, 1.5, 2.5] {
            let mut colour = Colour::NEUTRAL;
            colour.gamma.master = gamma;
            let error = bright.error(&colour);
            assert!(error <= 0.9, "{error} {gamma}");
        }
    }

    #[test]
    fn nothing_leaves_the_legal_codes_whatever_is_set() {
        let picture = everything();
        for gain in [0.0, 1.0, 4.0] {
            for lift in [-0.5, 0.5] {
                for gamma in [0.25, 4.0] {
                    let colour = Colour {
                        gain: Wheel::flat(gain),
                        lift: Wheel::flat(lift),
                        gamma: Wheel::flat(gamma),
                        saturation: 2.0,
                        contrast: 2.0,
                        temperature_k: 2500.0,
                        tint: -1.0,
                    };
                    let got = picture.corrected(&colour);
                    assert!(got.data.iter().flatten().all(|c| (1..=254).contains(c)));
                }
            }
        }
    }

    #[test]
    fn each_control_does_what_its_name_says() {
        let flat = |y: u8, u: u8, v: u8| Planes::new((4, 4), move |i, _, _| [y, u, v][i]);
        let one = |planes: Planes| planes.data.each_ref().map(|p| p[0]);
        let (black, white) = (flat(16, 128, 128), flat(235, 128, 128));
        let mut colour = Colour::NEUTRAL;
        colour.lift.master = 0.1;
        // 16 + 219 · 0.1
        assert_eq!(one(black.corrected(&colour)), [38, 128, 128]);
        assert_eq!(one(white.corrected(&colour)), [235, 128, 128]);
        colour = Colour::NEUTRAL;
        colour.gain.master = 0.5;
        assert_eq!(one(black.corrected(&colour)), [16, 128, 128]);
        assert_eq!(one(white.corrected(&colour)), [126, 128, 128]);
        colour = Colour::NEUTRAL;
        colour.gamma.master = 2.0;
        assert_eq!(one(black.corrected(&colour)), [16, 128, 128]);
        assert_eq!(one(white.corrected(&colour)), [235, 128, 128]);
        // 16 + 219 · √(110 / 219)
        assert_eq!(one(flat(126, 128, 128).corrected(&colour))[0], 171);
        colour = Colour::NEUTRAL;
        colour.saturation = 0.0;
        assert_eq!(one(flat(100, 110, 150).corrected(&colour)), [100, 128, 128]);
        colour = Colour::NEUTRAL;
        colour.temperature_k = 9000.0;
        let [_, u, v] = one(flat(126, 128, 128).corrected(&colour));
        assert!(u < 128 && v > 128, "{u} {v}");
    }

    #[test]
    fn odd_pictures_are_corrected_to_their_edge() {
        let colour = graded();
        let picture = Planes::new((7, 5), |i, x, y| (100 + 9 * i + 5 * x + 3 * y) as u8);
        assert!(picture.error(&colour) <= 1.0);
        // Rows with padding are as those without.
        let (wide, mut out) = (
            vec![90u8; 16 * 8],
            [vec![0u8; 16 * 8], vec![0; 64], vec![0; 64]],
        );
        let from = [(6, 4), (3, 2), (3, 2)].map(|(width, height)| PlaneRef {
            data: &wide,
            stride: 16,
            width,
            height,
        });
        let planes = out.each_mut().map(|data| PlaneMut { data, stride: 16 });
        Correction::new(&colour).apply(from, planes);
        assert!(out[0][..6].iter().all(|code| *code == out[0][0]) && out[0][0] != 0);
        assert!(out[0][6..16].iter().all(|code| *code == 0));
        assert!(out[1][3..16].iter().all(|code| *code == 0));
    }

    #[test]
    fn a_golden_picture_stays_as_it_is() {
        // FNV-1a over Y, U and V.
        let got = everything().corrected(&graded());
        let hash = got
            .data
            .iter()
            .flatten()
            .fold(0xcbf2_9ce4_8422_2325u64, |hash, code| {
                (hash ^ u64::from(*code)).wrapping_mul(0x0100_0000_01b3)
            });
        assert_eq!(hash, 0xb9dc_5217_2b17_6b93, "{hash:#018x}");
    }
}
