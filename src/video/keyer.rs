//! Upstream keys: planes in house format become a fill and its matte.
//!
//! A chroma key takes the screen's part in each pixel to be
//! `m = (c − max(a, b)) / (the same of the screen)`, where c is the screen's strongest colour and a and b are
//! the two others (colour difference: P. Vlahos, US patent 3,158,477). In gamma-coded R'G'B' that is a plane
//! in Cb and Cr alone, whatever the luma, and goes in a straight line from the screen to every colour
//! without it, so that a mixture of both has the right matte. Where the screen's part is m, the screen's
//! colour is taken out m times: what is left over black is the foreground, and a spill goes with it.

use std::ops::Range;

use super::canvas::BLACK;
use super::kernels::{
    Screen, bend_row, between_rows, screen_row, span_row, spread_row, unscreen_chroma_row,
    unscreen_luma_row,
};
use super::matte;
use crate::media::colour::{CB_SCALE, CR_SCALE, G_OF_CB, G_OF_CR, codes, to_ycc};
use crate::show::{ChromaKey, LumaKey, MatteEdge, Rgb};

/// What makes a matte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DrawKey {
    /// By the colour of a screen.
    Chroma(ChromaKey),
    /// By luma.
    Luma(LumaKey),
    /// By another source.
    Linear {
        /// Its slot; without one nothing is seen.
        matte: Option<usize>,
        /// The other way round.
        invert: bool,
        /// The fill is multiplied by the matte already.
        premultiplied: bool,
    },
}

/// Keys a layer: its planes, Y, U and V without padding and of an even size, become the fill; the matte at
/// luma's resolution is given back. `matte` is the luma of a linear key's other source in the same place. A
/// height of the program is so many `lines`.
pub fn key(
    key: &DrawKey,
    planes: &mut [Vec<u8>; 3],
    size: (usize, usize),
    matte: Option<&[u8]>,
    lines: f64,
) -> Vec<u8> {
    let (alpha, edge) = match key {
        DrawKey::Chroma(key) => (chroma(key, planes, size, lines), key.edge),
        DrawKey::Luma(key) => (luma(key, &planes[0]), key.edge),
        DrawKey::Linear {
            invert,
            premultiplied,
            ..
        } => {
            let alpha = match matte {
                Some(matte) => linear(matte, *invert),
                None => vec![0; planes[0].len()],
            };
            if *premultiplied {
                divide(planes, size, &alpha);
            }
            (alpha, MatteEdge::default())
        }
    };
    matte::edged(alpha, size, edge, lines)
}

/// What a chroma key asks of each pixel, in codes.
fn screen(key: &ChromaKey) -> Screen {
    let Rgb(r, g, b) = key.colour;
    let rgb = [r, g, b].map(|value| f64::from(value) / 255.0);
    // R, G and B less Y, as shares of Cb and Cr.
    let less_luma = [[0.0, CR_SCALE], [-G_OF_CB, -G_OF_CR], [CB_SCALE, 0.0]];
    let strongest = (1..3).fold(0, |best, i| if rgb[i] > rgb[best] { i } else { best });
    let others = [(strongest + 1) % 3, (strongest + 2) % 3];
    let above = others.map(|other| rgb[strongest] - rgb[other]);
    let least = above[0].min(above[1]).max(1e-3);
    let planes = others.map(|other| {
        let of =
            |i: usize| ((less_luma[strongest][i] - less_luma[other][i]) / least / 224.0) as f32;
        (of(0), of(1))
    });
    let [y, u, v] = codes(to_ycc(rgb));
    let end = 1.0 - key.tolerance;
    Screen {
        planes,
        codes: [y - 16.0, u - 128.0, v - 128.0].map(|code| code as f32),
        end: end as f32,
        gain: (1.0 / (key.softness * end).max(1e-3)) as f32,
        spill: key.spill as f32,
    }
}

fn chroma(
    key: &ChromaKey,
    planes: &mut [Vec<u8>; 3],
    (width, height): (usize, usize),
    lines: f64,
) -> Vec<u8> {
    let screen = screen(key);
    let (half, rows) = (width / 2, height / 2);
    let [luma, u, v] = planes;
    let mut parts = vec![0.0; half * rows];
    screen_row(&mut parts, u, v, screen);
    let mut known = Known::of(&parts, half, screen.end);
    // What is not seen comes into sight where the edge grows.
    known.widen(matte::reach(key.edge, lines).div_ceil(2));
    let fitted = Fitted::of(&parts, &matte::halved(luma, (width, height)), &known);
    let mut alpha = vec![255; width * height];
    let (mut base, mut slope) = (vec![0.0; width], vec![0.0; width]);
    let mut column = vec![0.0; half];
    for (y, (luma, alpha)) in luma
        .chunks_exact_mut(width)
        .zip(alpha.chunks_exact_mut(width))
        .enumerate()
    {
        // MPEG-2 siting: a sample lies on its left luma column, between two rows.
        let near = y / 2;
        let far = if y % 2 == 0 {
            near.saturating_sub(1)
        } else {
            (near + 1).min(rows - 1)
        };
        for (what, run) in known.runs(near) {
            let pixels = 2 * run.start..2 * run.end;
            let (luma, alpha) = (&mut luma[pixels.clone()], &mut alpha[pixels.clone()]);
            match what {
                What::Seen => continue,
                What::Screen => {
                    alpha.fill(0);
                    continue;
                }
                What::Edge => {}
            }
            // And the sample to the right, towards which the last one goes.
            let end = (run.end + 1).min(half);
            let [near, far] = [near, far].map(|row| row * half + run.start..row * half + end);
            let column = &mut column[..end - run.start];
            let (base, slope) = (&mut base[pixels.clone()], &mut slope[pixels]);
            for (out, of) in [(&mut *base, &fitted.base), (&mut *slope, &fitted.slope)] {
                between_rows(column, &of[near.clone()], &of[far.clone()]);
                spread_row(out, column);
            }
            bend_row(base, slope, luma);
            unscreen_luma_row(luma, alpha, base, screen);
        }
    }
    let seen = matte::halved(&alpha, (width, height));
    for (plane, code) in [(u, screen.codes[1]), (v, screen.codes[2])] {
        let screen = Screen {
            codes: [0.0, code, 0.0],
            ..screen
        };
        for row in 0..rows {
            for (what, run) in known.runs(row) {
                if what == What::Edge {
                    let run = row * half + run.start..row * half + run.end;
                    let plane = &mut plane[run.clone()];
                    unscreen_chroma_row(plane, &seen[run.clone()], &parts[run], screen);
                }
            }
        }
    }
    alpha
}

/// What is in a block of chroma samples and in all that is beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// Nothing of the screen: all of it is seen as it is.
    Seen,
    /// The screen alone.
    Screen,
    /// Anything else.
    Edge,
}

/// Most of a picture is either screen or none of it. What is in each block of each row, by the lowest and the
/// highest part of the screen in it.
struct Known {
    width: usize,
    /// Of three rows around each.
    low: Vec<f32>,
    high: Vec<f32>,
    blocks: Vec<What>,
}

/// Samples of a block.
const BLOCK: usize = 16;
/// So many samples beside a block have a say in it: the line that is fitted around its neighbour hears the
/// next one.
const BESIDE: usize = 2;

impl Known {
    fn of(parts: &[f32], width: usize, end: f32) -> Self {
        let height = parts.len() / width;
        let (mut low, mut high) = (vec![0.0; parts.len()], vec![0.0; parts.len()]);
        let mut blocks = Vec::with_capacity(height * width.div_ceil(BLOCK));
        for y in 0..height {
            let own = y * width..(y + 1) * width;
            let [above, below] = [y.saturating_sub(1), (y + 1).min(height - 1)];
            let [above, below] = [above, below].map(|y| &parts[y * width..][..width]);
            let (low, high) = (&mut low[own.clone()], &mut high[own.clone()]);
            span_row(low, high, above, &parts[own], below);
            blocks.extend((0..width).step_by(BLOCK).map(|x| {
                let around = x.saturating_sub(BESIDE)..(x + BLOCK + BESIDE).min(width);
                let lowest = low[around.clone()].iter().copied().fold(f32::MAX, f32::min);
                let highest = high[around].iter().copied().fold(f32::MIN, f32::max);
                if highest <= 0.0 {
                    What::Seen
                } else if lowest >= end {
                    What::Screen
                } else {
                    What::Edge
                }
            }));
        }
        Self {
            width,
            low,
            high,
            blocks,
        }
    }

    /// Takes the screen that is no more than so many samples from anything else to be of its edge.
    fn widen(&mut self, reach: usize) {
        if reach == 0 {
            return;
        }
        let many = self.width.div_ceil(BLOCK);
        let across = reach.div_ceil(BLOCK);
        let mut near = Vec::with_capacity(self.blocks.len());
        for row in self.blocks.chunks_exact(many) {
            near.extend((0..many).map(|b| {
                let beside = &row[b.saturating_sub(across)..(b + across + 1).min(many)];
                beside.iter().any(|what| *what != What::Screen)
            }));
        }
        let rows = self.blocks.len() / many;
        for b in 0..many {
            // Down, and up again: how far the last one is.
            let up = (0..rows).rev();
            let mut far = usize::MAX;
            for row in (0..rows).chain(up) {
                let at = row * many + b;
                far = if near[at] { 0 } else { far.saturating_add(1) };
                if far <= reach && self.blocks[at] == What::Screen {
                    self.blocks[at] = What::Edge;
                }
            }
        }
    }

    /// The blocks of a row, those of one kind together, by their samples.
    fn runs(&self, row: usize) -> impl Iterator<Item = (What, Range<usize>)> {
        let many = self.width.div_ceil(BLOCK);
        let blocks = &self.blocks[row * many..][..many];
        let mut at = 0;
        blocks.chunk_by(|a, b| a == b).map(move |run| {
            let begin = at;
            at += run.len();
            (run[0], begin * BLOCK..(at * BLOCK).min(self.width))
        })
    }
}

/// The screen's part at luma's resolution: chroma knows it for four pixels at once, and where it changes luma
/// mostly does so too. Around each chroma sample it is taken to be a line in luma, fitted as the guided filter
/// does (K. He, J. Sun, X. Tang, "Guided Image Filtering", 2010; eq. 5 and 6).
struct Fitted {
    slope: Vec<f32>,
    base: Vec<f32>,
}

/// Luma that varies less than this, squared codes, says nothing.
const FLAT: f32 = 30.0;
/// Parts that differ less are of one thing.
const ALIKE: f32 = 0.06;

impl Fitted {
    fn of(parts: &[f32], luma: &[u8], known: &Known) -> Self {
        let mut slope = vec![0.0; parts.len()];
        let mut base = parts.to_vec();
        let width = known.width;
        let height = parts.len() / width;
        for y in 1..height.saturating_sub(1) {
            let edges = known.runs(y).filter(|(what, _)| *what == What::Edge);
            // Both beside it too: what lies between them and the edge hears them.
            let edges = edges.map(|(_, run)| run.start.saturating_sub(1)..run.end + 1);
            for x in edges.flat_map(|run| run.start.max(1)..run.end.min(width - 1)) {
                let at = y * width + x;
                let three = at - 1..at + 2;
                let [low, high] = [&known.low, &known.high].map(|of| &of[three.clone()]);
                let low = low[0].min(low[1]).min(low[2]);
                let high = high[0].max(high[1]).max(high[2]);
                if high - low < ALIKE {
                    continue;
                }
                let around = [at - width, at, at + width].map(|at| at - 1..at + 2);
                let (mut sum, mut squares, mut of_parts, mut product) = (0.0, 0.0, 0.0, 0.0);
                for row in around {
                    for (part, luma) in parts[row.clone()].iter().zip(&luma[row]) {
                        let luma = f32::from(*luma);
                        sum += luma;
                        squares += luma * luma;
                        of_parts += part;
                        product += luma * part;
                    }
                }
                let (mean, part) = (sum / 9.0, of_parts / 9.0);
                let varies = squares / 9.0 - mean * mean;
                slope[at] = (product / 9.0 - mean * part) / (varies + FLAT);
                base[at] = part - slope[at] * mean;
            }
        }
        Self { slope, base }
    }
}

/// Alpha of the luma of a linear key's other source.
fn linear(matte: &[u8], invert: bool) -> Vec<u8> {
    let table: [u8; 256] = std::array::from_fn(|code| {
        let seen = ((code as f64 - 16.0) / 219.0).clamp(0.0, 1.0);
        let seen = if invert { 1.0 - seen } else { seen };
        (seen * 255.0).round() as u8
    });
    matte.iter().map(|code| table[usize::from(*code)]).collect()
}

/// Takes the multiplication by the matte off a fill.
pub fn divide(planes: &mut [Vec<u8>; 3], size: (usize, usize), alpha: &[u8]) {
    let half = matte::halved(alpha, size);
    for (i, plane) in planes.iter_mut().enumerate() {
        let alpha = if i == 0 { alpha } else { &half };
        let zero = i32::from(BLACK[i]);
        for (value, alpha) in plane.iter_mut().zip(alpha) {
            let own = (i32::from(*value) - zero) * 255;
            let of = i32::from((*alpha).max(1));
            // Rounded to the nearest, away from black.
            let alone = (own + own.signum() * of / 2) / of;
            *value = (zero + alone).clamp(0, 255) as u8;
        }
    }
}

fn luma(key: &LumaKey, luma: &[u8]) -> Vec<u8> {
    let table: [u8; 256] = std::array::from_fn(|code| {
        let luma = (code as f64 - 16.0) / 219.0;
        let alpha = if key.high > key.low {
            ((luma - key.low) / (key.high - key.low)).clamp(0.0, 1.0)
        } else {
            f64::from(u8::from(luma >= key.high))
        };
        let alpha = if key.invert { 1.0 - alpha } else { alpha };
        (alpha * 255.0).round() as u8
    });
    luma.iter().map(|code| table[usize::from(*code)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (usize, usize) = (16, 8);

    fn code([r, g, b]: [f64; 3]) -> [u8; 3] {
        codes(to_ycc([r, g, b])).map(|code| code.round() as u8)
    }

    fn flat(code: [u8; 3]) -> [Vec<u8>; 3] {
        let half = SIZE.0 / 2 * SIZE.1 / 2;
        [
            vec![code[0]; SIZE.0 * SIZE.1],
            vec![code[1]; half],
            vec![code[2]; half],
        ]
    }

    fn rgb(Rgb(r, g, b): Rgb) -> [f64; 3] {
        [r, g, b].map(|value| f64::from(value) / 255.0)
    }

    /// The matte and the fill of one colour.
    fn keyed(by: &DrawKey, code: [u8; 3]) -> (u8, [u8; 3]) {
        let mut planes = flat(code);
        let alpha = key(by, &mut planes, SIZE, None, 1080.0);
        assert!(alpha.iter().all(|a| *a == alpha[0]));
        (alpha[0], planes.map(|plane| plane[plane.len() / 2]))
    }

    #[test]
    fn a_screen_goes_and_what_has_nothing_of_it_stays_to_the_bit() {
        for screen in [ChromaKey::GREEN, ChromaKey::BLUE, Rgb(200, 20, 30)] {
            let by = DrawKey::Chroma(ChromaKey {
                colour: screen,
                ..ChromaKey::default()
            });
            for light in [0.9, 1.0, 1.1] {
                let lit = rgb(screen).map(|part| (part * light).min(1.0));
                assert_eq!(keyed(&by, code(lit)).0, 0, "{screen:?} {light}");
            }
            for grey in 0..=10 {
                let grey = code([f64::from(grey) / 10.0; 3]);
                assert_eq!(keyed(&by, grey), (255, grey));
            }
        }
        let by = DrawKey::Chroma(ChromaKey::default());
        for colour in [
            [0.82, 0.6, 0.49],
            [0.9, 0.8, 0.1],
            [0.5, 0.7, 0.9],
            [0.8, 0.1, 0.1],
        ] {
            assert_eq!(keyed(&by, code(colour)), (255, code(colour)), "{colour:?}");
        }
    }

    #[test]
    fn a_mixture_has_the_matte_of_its_mixture_and_the_screen_is_taken_out() {
        let key = ChromaKey {
            tolerance: 0.0,
            softness: 1.0,
            ..ChromaKey::default()
        };
        let by = DrawKey::Chroma(key);
        for grey in [0.1, 0.5, 0.9] {
            for share in [0.2, 0.5, 0.8] {
                let screen = rgb(key.colour);
                let mixed = screen.map(|part| share * grey + (1.0 - share) * part);
                let (alpha, fill) = keyed(&by, code(mixed));
                assert!(
                    (f64::from(alpha) / 255.0 - share).abs() < 0.015,
                    "{grey} {share}: {alpha}"
                );
                for (fill, right) in fill.into_iter().zip(code([grey; 3])) {
                    // What rounding to whole codes leaves, spread over so little.
                    assert!(
                        f64::from(fill.abs_diff(right)) <= 2.5 / share,
                        "{fill} {right}"
                    );
                }
            }
        }
        // With none of the spill taken out it is as it came.
        let by = DrawKey::Chroma(ChromaKey { spill: 0.0, ..key });
        let mixed = code(rgb(key.colour).map(|part| 0.25 + part / 2.0));
        assert_eq!(keyed(&by, mixed).1, mixed);
    }

    #[test]
    fn tolerance_and_softness_are_where_the_edge_begins_and_ends() {
        let key = ChromaKey {
            tolerance: 0.2,
            softness: 0.5,
            ..ChromaKey::default()
        };
        let by = DrawKey::Chroma(key);
        let alpha = |part: f64| {
            let mixed = rgb(key.colour).map(|of| part * of + (1.0 - part) * 0.5);
            f64::from(keyed(&by, code(mixed)).0) / 255.0
        };
        // Nothing from 0.8 of the screen's colour on, all below 0.8 − 0.5 · 0.8.
        assert_eq!((alpha(0.83), alpha(0.37)), (0.0, 1.0));
        assert!((alpha(0.6) - 0.5).abs() < 0.03, "{}", alpha(0.6));
    }

    #[test]
    fn a_luma_key_is_a_line_between_two_lumas() {
        let at = |luma: f64, key: LumaKey| {
            let code = [(16.0 + 219.0 * luma).round() as u8, 90, 160];
            let (alpha, fill) = keyed(&DrawKey::Luma(key), code);
            assert_eq!(fill, code);
            f64::from(alpha) / 255.0
        };
        let key = LumaKey {
            low: 0.2,
            high: 0.6,
            ..LumaKey::default()
        };
        for (luma, alpha) in [(0.0, 0.0), (0.2, 0.0), (0.4, 0.5), (0.6, 1.0), (1.0, 1.0)] {
            assert!((at(luma, key) - alpha).abs() < 0.01, "{luma}");
            let turned = LumaKey {
                invert: true,
                ..key
            };
            assert!((at(luma, turned) - 1.0 + alpha).abs() < 0.01, "{luma}");
        }
        let hard = LumaKey {
            low: 0.5,
            high: 0.5,
            ..key
        };
        assert_eq!((at(0.49, hard), at(0.51, hard)), (0.0, 1.0));
    }

    #[test]
    fn a_linear_key_takes_its_matte_and_gives_back_what_was_multiplied() {
        let by = |invert, premultiplied| DrawKey::Linear {
            matte: Some(0),
            invert,
            premultiplied,
        };
        let matte: Vec<u8> = (0..SIZE.0 * SIZE.1)
            .map(|n| 16 + (n % 16) as u8 * 14)
            .collect();
        let right = |n: usize| (f64::from(matte[n]) - 16.0) / 219.0;
        let fill = [180, 90, 160];
        let mut planes = flat(fill);
        let alpha = key(&by(false, false), &mut planes, SIZE, Some(&matte), 1080.0);
        assert_eq!(planes, flat(fill));
        let turned = key(&by(true, false), &mut planes, SIZE, Some(&matte), 1080.0);
        for n in 0..matte.len() {
            assert!((f64::from(alpha[n]) / 255.0 - right(n)).abs() < 0.003);
            assert_eq!(turned[n], 255 - alpha[n]);
        }
        // Multiplied by it, and taken back where there is enough of it.
        let mut planes = flat(fill);
        for (n, luma) in planes[0].iter_mut().enumerate() {
            *luma = (16.0 + 164.0 * right(n)).round() as u8;
        }
        key(&by(false, true), &mut planes, SIZE, Some(&matte), 1080.0);
        for n in (0..matte.len()).filter(|n| right(*n) > 0.2) {
            assert!(planes[0][n].abs_diff(180) <= 3, "{n}: {}", planes[0][n]);
        }
        // Without a matte nothing is seen.
        assert!(
            key(&by(false, false), &mut planes, SIZE, None, 1080.0)
                .iter()
                .all(|a| *a == 0)
        );
    }
}
