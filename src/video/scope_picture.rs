//! Scopes as pictures: the trace on black, without any marks. Axes as in [`ScopeKind`].

use super::scopes::{COLUMNS, Counts, histogram, parade, vectorscope, waveform};
use crate::media::Picture;
use crate::media::colour::{codes, from_codes, to_rgb, to_ycc};
use crate::media::scope::ScopeKind;

/// How soon a waveform's trace is bright: at this inverse share of its column's pixels it is at 63 %.
const TRACE: f32 = 40.0;
const WAVEFORM: Ink = [0.55, 1.0, 0.65];
const PARADE: [Ink; 3] = [[1.0, 0.3, 0.3], [0.3, 1.0, 0.3], [0.4, 0.5, 1.0]];
const HISTOGRAM: [Ink; 4] = [
    [0.3, 0.3, 0.3],
    [0.6, 0.0, 0.0],
    [0.0, 0.6, 0.0],
    [0.1, 0.1, 0.7],
];
/// The vectorscope's trace is of the colour that it stands for, at this luma.
const VECTOR_LUMA: f64 = 0.55;

/// R, G and B, 0 to 1, gamma-coded.
type Ink = [f32; 3];

/// A scope of `picture`, `width` by `height` pixels, both even: I420 in house format, planes one
/// after the other without padding.
pub fn scope_picture(
    kind: ScopeKind,
    picture: &Picture,
    (width, height): (usize, usize),
) -> Vec<u8> {
    let mut sheet = Sheet {
        width,
        height,
        ink: vec![[0.0; 3]; width * height],
    };
    match kind {
        ScopeKind::Waveform => sheet.trace(0, width, &waveform(picture), WAVEFORM),
        ScopeKind::Parade => {
            for (n, (counts, ink)) in parade(picture).iter().zip(PARADE).enumerate() {
                let (left, right) = (n * width / 3, (n + 1) * width / 3);
                sheet.trace(left, right, counts, ink);
            }
        }
        ScopeKind::Vectorscope => sheet.vectors(&vectorscope(picture)),
        ScopeKind::Histogram => {
            let all = histogram(picture);
            let most = all.iter().flatten().copied().max().unwrap_or(0);
            for (counts, ink) in all.iter().zip(HISTOGRAM) {
                sheet.mountains(counts, most, ink);
            }
        }
    }
    sheet.finish()
}

struct Sheet {
    width: usize,
    height: usize,
    ink: Vec<Ink>,
}

/// The places, of so many, that pixel `at` of `length` stands for: one at least.
fn share(at: usize, length: usize, places: usize) -> std::ops::Range<usize> {
    let first = at * places / length;
    first..((at + 1) * places / length).max(first + 1)
}

impl Sheet {
    /// Pixel rows, the lowest first.
    fn row_from_below(&self, y: usize) -> usize {
        (self.height - 1 - y) * self.width
    }

    fn trace(&mut self, left: usize, right: usize, counts: &Counts, ink: Ink) {
        for x in left..right {
            let columns = &counts[share(x - left, right - left, COLUMNS)];
            let all: u32 = columns.iter().flatten().map(|&n| u32::from(n)).sum();
            for y in 0..self.height {
                let levels = share(y, self.height, 256);
                let here = columns.iter().flat_map(|column| &column[levels.clone()]);
                let here: u32 = here.map(|&n| u32::from(n)).sum();
                if here > 0 {
                    let bright = 1.0 - (-TRACE * here as f32 / all as f32).exp();
                    let at = self.row_from_below(y) + x;
                    self.ink[at] = ink.map(|part| part * bright);
                }
            }
        }
    }

    fn vectors(&mut self, counts: &Counts) {
        let most = counts.iter().flatten().copied().max().unwrap_or(0);
        let brightest = f32::from(most).ln_1p();
        let side = self.width.min(self.height);
        let (left, below) = ((self.width - side) / 2, (self.height - side) / 2);
        for x in 0..side {
            let us = share(x, side, 256);
            let columns = &counts[us.clone()];
            for y in 0..side {
                let vs = share(y, side, 256);
                let here = columns.iter().flat_map(|column| &column[vs.clone()]);
                let here = here.copied().max().unwrap_or(0);
                if here > 0 {
                    let bright = 0.25 + 0.75 * f32::from(here).ln_1p() / brightest;
                    let [_, cb, cr] = from_codes([0.0, us.start as f64, vs.start as f64]);
                    let hue = to_rgb([VECTOR_LUMA, cb, cr]);
                    let at = self.row_from_below(below + y) + left + x;
                    self.ink[at] = hue.map(|part| part.clamp(0.0, 1.0) as f32 * bright);
                }
            }
        }
    }

    /// Heights by the square root, so that what is rare is seen beside what is frequent.
    fn mountains(&mut self, counts: &[u32; 256], most: u32, ink: Ink) {
        for x in 0..self.width {
            let here = counts[share(x, self.width, 256)].iter().copied().max();
            let part = f64::from(here.unwrap_or(0)) / f64::from(most.max(1));
            let top = (part.sqrt() * self.height as f64).ceil() as usize;
            for y in 0..top.min(self.height) {
                let at = self.row_from_below(y) + x;
                for (sum, part) in self.ink[at].iter_mut().zip(ink) {
                    *sum += part;
                }
            }
        }
    }

    /// As I420; chroma is the mean of its four pixels.
    fn finish(self) -> Vec<u8> {
        let (width, height) = (self.width, self.height);
        let size = width * height;
        let mut data = vec![128; size + size / 2];
        data[..size].fill(16);
        let mut chroma = vec![[0f64; 2]; size / 4];
        for (at, ink) in self.ink.iter().enumerate() {
            if *ink != [0.0; 3] {
                let ycc = to_ycc(ink.map(|part| f64::from(part.min(1.0))));
                data[at] = codes(ycc)[0].round() as u8;
                let (x, y) = (at % width, at / width);
                let sum = &mut chroma[y / 2 * (width / 2) + x / 2];
                sum[0] += ycc[1] / 4.0;
                sum[1] += ycc[2] / 4.0;
            }
        }
        for (at, [cb, cr]) in chroma.into_iter().enumerate() {
            let [_, u, v] = codes([0.0, cb, cr]);
            data[size + at] = u.round() as u8;
            data[size + size / 4 + at] = v.round() as u8;
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Rate;
    use crate::show::Format;
    use crate::video::CanvasPool;

    const SIZE: (usize, usize) = (256, 128);

    /// A picture whose left half is dark red and whose right half is mid grey.
    fn halves() -> Picture {
        crate::media::start_gstreamer().unwrap();
        let format = Format {
            width: 320,
            height: 180,
            rate: Rate(30, 1),
        };
        let mut canvas = CanvasPool::new(format).unwrap().canvas().unwrap();
        canvas.fill([126, 128, 128]);
        for (i, code) in [50, 110, 200].into_iter().enumerate() {
            for row in canvas.rows(i, 0) {
                let half = row.len() / 2;
                row[..half].fill(code);
            }
        }
        canvas.finish(0).unwrap()
    }

    fn luma(data: &[u8], x: usize, y: usize) -> u8 {
        data[y * SIZE.0 + x]
    }

    fn lit(data: &[u8]) -> Vec<(usize, usize)> {
        let all = (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y)));
        all.filter(|&(x, y)| luma(data, x, y) != 16).collect()
    }

    #[test]
    fn a_waveform_has_its_levels_where_the_picture_has_them() {
        let data = scope_picture(ScopeKind::Waveform, &halves(), SIZE);
        assert_eq!(data.len(), 256 * 128 * 3 / 2);
        // Two codes a row, code 0 in the lowest.
        let expected = |x: usize| 127 - if x < 128 { 50 / 2 } else { 126 / 2 };
        let lit = lit(&data);
        assert_eq!(lit.len(), 256);
        assert!(lit.into_iter().all(|(x, y)| y == expected(x)));
    }

    #[test]
    fn a_parade_shows_each_channel_in_its_third_and_its_colour() {
        let data = scope_picture(ScopeKind::Parade, &halves(), SIZE);
        // Grey is as high in all of them; the middle of each right half.
        for x in [74, 160, 244] {
            assert_ne!(luma(&data, x, 127 - 63), 16, "{x}");
        }
        let chroma = |plane: usize, x: usize| data[256 * 128 + plane * 128 * 64 + 32 * 128 + x];
        assert!(chroma(1, 37) > 140 && chroma(1, 80) < 120 && chroma(0, 122) > 140);
        // Red is above grey in the left half of its third, green and blue below it.
        let highest = |x: usize| (0..128).find(|&y| luma(&data, x, y) != 16).unwrap();
        assert!(highest(20) < 64 && highest(105) > 64 && highest(190) > 64);
    }

    #[test]
    fn a_vectorscope_has_grey_in_the_middle_and_red_above() {
        let data = scope_picture(ScopeKind::Vectorscope, &halves(), SIZE);
        // A square of 128 in the middle, two codes a pixel.
        let place = |u: usize, v: usize| (64 + u / 2, 127 - v / 2);
        assert_eq!(lit(&data), [place(110, 200), place(128, 128)]);
    }

    #[test]
    fn a_histogram_stands_on_the_codes_that_there_are() {
        let data = scope_picture(ScopeKind::Histogram, &halves(), SIZE);
        let lit = lit(&data);
        let columns: std::collections::BTreeSet<usize> = lit.iter().map(|(x, _)| *x).collect();
        // 50 and 126 of luma; red 50 + 1.5748 · 72 · 219/224 = 160.9; green 50 + 0.1873 · 18 · 219/224
        // − 0.4681 · 72 · 219/224 = 20.3; blue 50 − 1.8556 · 18 · 219/224 = 17.3.
        assert_eq!(columns, [17, 20, 50, 126, 161].into());
        // Each is one half of the picture, but grey is in all four.
        assert_eq!(lit.len(), 5 * 128);
    }

    #[test]
    fn any_size_that_a_monitor_may_have_is_drawn() {
        let picture = halves();
        for kind in [
            ScopeKind::Waveform,
            ScopeKind::Parade,
            ScopeKind::Vectorscope,
            ScopeKind::Histogram,
        ] {
            for size in [(16, 16), (16, 300), (1000, 18)] {
                let data = scope_picture(kind, &picture, size);
                assert_eq!(data.len(), size.0 * size.1 * 3 / 2);
                assert!(data[..size.0 * size.1].iter().any(|code| *code != 16));
            }
        }
    }
}
