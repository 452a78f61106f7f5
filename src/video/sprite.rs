//! A part of a title, made once, that can be laid over the program at any whole luma pixel. Chroma has
//! half the resolution, so what moves by odd steps is kept once for each parity of its place, each made
//! beside the tick from the full picture.

use std::sync::Arc;

use super::canvas::Canvas;
use super::kernels::Share;
use super::overlay::{Area, Overlay, seen};

/// See the module's words.
#[derive(Debug)]
pub struct Sprite {
    /// Left and top in the frame, in luma pixels, where it rests.
    at: (i32, i32),
    /// Width and height of what is seen of it.
    size: (usize, usize),
    /// By the parity of left, and twice that of top: an overlay whose place is that pixel or the even one
    /// before it. Those that its way never needs are left out.
    phases: [Option<Arc<Overlay>>; 4],
}

/// Along which axes a part of a title moves, so that it needs both parities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// To the left or the right.
    pub across: bool,
    /// Up or down.
    pub down: bool,
}

/// Full-resolution pixels: straight Y, U, V and alpha, 0 to 255, a row's padding none.
struct Full {
    size: (usize, usize),
    y: Vec<u8>,
    /// U and V, not rounded, for they are averaged.
    chroma: [Vec<f32>; 2],
    alpha: Vec<u8>,
}

impl Sprite {
    /// A sprite of a picture whose left and top are `at` in the frame: rows of R, G, B and alpha, 8 bits
    /// each, the colours multiplied by alpha. Nothing where the picture is wholly transparent, or the bytes
    /// are not `width` × `height` × 4.
    pub fn of_rgba(
        (x, y): (i32, i32),
        (width, height): (usize, usize),
        rgba: &[u8],
        moves: Moves,
    ) -> Option<Self> {
        if rgba.len() != width * height * 4 || rgba.is_empty() {
            return None;
        }
        let alpha: Vec<u8> = rgba.chunks_exact(4).map(|pixel| pixel[3]).collect();
        let row = |y: usize| &alpha[y * width..][..width];
        let (left, top, right, bottom) = seen(width, height, row)?;
        let full = Full::of(rgba, width, (left, top, right, bottom));
        let at = (x + left as i32, y + top as i32);
        let size = (right - left, bottom - top);
        let own = (at.0 & 1, at.1 & 1);
        let phases = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|phase| {
            let is_needed = (moves.across || phase.0 == own.0) && (moves.down || phase.1 == own.1);
            is_needed.then(|| Arc::new(full.overlay((phase.0 as usize, phase.1 as usize))))
        });
        Some(Self { at, size, phases })
    }

    /// A sprite of an overlay, `by` so many even luma pixels from its place.
    pub fn of_overlay(overlay: Arc<Overlay>, by: (i32, i32)) -> Self {
        let by = (by.0 & !1, by.1 & !1);
        Self {
            at: (overlay.at.0 + by.0, overlay.at.1 + by.1),
            size: overlay.size,
            phases: [Some(overlay), None, None, None],
        }
    }

    /// What it takes in memory.
    pub fn bytes(&self) -> usize {
        self.phases
            .iter()
            .flatten()
            .map(|overlay| overlay.bytes())
            .sum()
    }

    /// The rectangle that it covers where it rests.
    pub fn area(&self) -> Area {
        Area {
            left: self.at.0,
            top: self.at.1,
            right: self.at.0 + self.size.0 as i32,
            bottom: self.at.1 + self.size.1 as i32,
        }
    }

    /// Lays it over a canvas, `by` so many luma pixels from where it rests. A way that it was not made
    /// ready for goes by even pixels.
    pub fn draw(&self, canvas: &mut Canvas, by: (i32, i32), clip: Area, opacity: Share) {
        let at = (self.at.0 + by.0, self.at.1 + by.1);
        let phase = (at.0 & 1) + 2 * (at.1 & 1);
        let exact = self.phases[phase as usize].as_ref();
        let any = || self.phases.iter().flatten().next();
        if let Some(overlay) = exact.or_else(any) {
            let by = ((at.0 & !1) - overlay.at.0, (at.1 & !1) - overlay.at.1);
            overlay.draw(canvas, by, clip, opacity);
        }
    }
}

impl Full {
    fn of(
        rgba: &[u8],
        width: usize,
        (left, top, right, bottom): (usize, usize, usize, usize),
    ) -> Self {
        let size = (right - left, bottom - top);
        let many = size.0 * size.1;
        let mut full = Self {
            size,
            y: Vec::with_capacity(many),
            chroma: [Vec::with_capacity(many), Vec::with_capacity(many)],
            alpha: Vec::with_capacity(many),
        };
        for row in rgba.chunks_exact(4 * width).take(bottom).skip(top) {
            for pixel in row[4 * left..4 * right].chunks_exact(4) {
                let alpha = pixel[3];
                let straight = |value: u8| {
                    let of = f32::from(alpha.max(1));
                    (f32::from(value) / of).min(1.0)
                };
                let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(straight);
                // ITU-R BT.709 in limited range, as everywhere in the house.
                let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
                full.y.push((16.0 + 219.0 * luma).round() as u8);
                full.chroma[0].push(128.0 + 224.0 * (b - luma) / 1.8556);
                full.chroma[1].push(128.0 + 224.0 * (r - luma) / 1.5748);
                full.alpha.push(alpha);
            }
        }
        full
    }

    /// The same as an overlay that begins so many pixels, 0 or 1, right of and below its even place.
    fn overlay(&self, (right, down): (usize, usize)) -> Overlay {
        let (width, height) = self.size;
        // A chroma sample on each even column hears its neighbours, one of them left of the first.
        let size = (
            (width + right + 1).next_multiple_of(2),
            (height + down).next_multiple_of(2),
        );
        let mut luma = vec![16; size.0 * size.1];
        let mut alpha = vec![0; size.0 * size.1];
        for y in 0..height {
            let to = (y + down) * size.0 + right;
            let from = y * width..(y + 1) * width;
            luma[to..to + width].copy_from_slice(&self.y[from.clone()]);
            alpha[to..to + width].copy_from_slice(&self.alpha[from]);
        }
        let half = (size.0 / 2, size.1 / 2);
        let mut chroma = [vec![128; half.0 * half.1], vec![128; half.0 * half.1]];
        let mut chroma_alpha = vec![0; half.0 * half.1];
        for y in 0..half.1 {
            for x in 0..half.0 {
                // MPEG-2 siting: a sample lies on its left luma column, between two rows.
                let mut sum = [0.0; 3];
                for (dx, weight) in [(-1, 1.0), (0, 2.0), (1, 1.0)] {
                    for dy in 0..2 {
                        let from_x = (2 * x) as i64 + dx - right as i64;
                        let from_y = (2 * y + dy) as i64 - down as i64;
                        let inside = (0..width as i64).contains(&from_x)
                            && (0..height as i64).contains(&from_y);
                        if inside {
                            let at = from_y as usize * width + from_x as usize;
                            let alpha = weight * f32::from(self.alpha[at]);
                            sum[0] += alpha;
                            sum[1] += alpha * self.chroma[0][at];
                            sum[2] += alpha * self.chroma[1][at];
                        }
                    }
                }
                let at = y * half.0 + x;
                chroma_alpha[at] = (sum[0] / 8.0).round() as u8;
                if sum[0] > 0.0 {
                    chroma[0][at] = (sum[1] / sum[0]).round() as u8;
                    chroma[1][at] = (sum[2] / sum[0]).round() as u8;
                }
            }
        }
        let [u, v] = chroma;
        Overlay {
            at: (0, 0),
            size,
            planes: [luma, u, v, alpha, chroma_alpha],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Picture, Rate};
    use crate::show::Format;
    use crate::video::CanvasPool;

    const ALL: Moves = Moves {
        across: true,
        down: true,
    };

    fn pool() -> CanvasPool {
        crate::media::start_gstreamer().unwrap();
        CanvasPool::new(Format {
            width: 64,
            height: 64,
            rate: Rate(30, 1),
        })
        .unwrap()
    }

    /// A canvas of one colour, with what is drawn on it.
    fn drawn(under: [u8; 3], draw: impl FnOnce(&mut Canvas)) -> Picture {
        let mut canvas = pool().canvas().unwrap();
        canvas.fill(under);
        draw(&mut canvas);
        canvas.finish(0).unwrap()
    }

    fn exact(rgba: [u8; 4], under: [u8; 3]) -> [f64; 3] {
        let share = f64::from(rgba[3]) / 255.0;
        // Colours are multiplied by alpha already.
        let [r, g, b] = [0, 1, 2].map(|i| f64::from(rgba[i]) / 255.0);
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let over = [
            16.0 * share + 219.0 * y,
            128.0 * share + 224.0 * (b - y) / 1.8556,
            128.0 * share + 224.0 * (r - y) / 1.5748,
        ];
        [0, 1, 2].map(|i| f64::from(under[i]) * (1.0 - share) + over[i])
    }

    #[test]
    fn every_alpha_is_blended_as_the_formula_says() {
        for alpha in 0..=255u8 {
            let part = |of: u16| (u16::from(alpha) * of / 255) as u8;
            let rgba = [part(255), part(90), part(20), alpha];
            let pixels: Vec<u8> = rgba.repeat(16 * 16);
            for under in [[16, 128, 128], [235, 90, 170]] {
                let sprite = Sprite::of_rgba((8, 8), (16, 16), &pixels, Moves::default());
                let Some(sprite) = sprite else {
                    assert_eq!(alpha, 0);
                    continue;
                };
                let seen = drawn(under, |c| sprite.draw(c, (0, 0), Area::ALL, 256));
                for (i, exact) in exact(rgba, under).into_iter().enumerate() {
                    let half = usize::from(i > 0);
                    let value = f64::from(seen.plane(i).row(14 >> half)[14 >> half]);
                    assert!(
                        (value - exact).abs() <= 1.01,
                        "{alpha} plane {i}: {value} {exact}"
                    );
                    if alpha == 255 {
                        assert_eq!(value, exact.round(), "opaque is exact");
                    }
                }
            }
        }
    }

    #[test]
    fn at_every_pixel_it_is_the_same_picture() {
        // A white square, moved by each of nine steps: luma follows to the pixel, and chroma of what is
        // coloured has the same weight wherever it lies.
        let red: Vec<u8> = [255, 0, 0, 255].repeat(5 * 5);
        let sprite = Sprite::of_rgba((20, 20), (5, 5), &red, ALL).unwrap();
        let weight = |picture: &Picture| -> i64 {
            let plane = picture.plane(2);
            let rows = (0..plane.height).flat_map(|y| plane.row(y).to_vec());
            rows.map(|v| i64::from(v) - 128).sum()
        };
        let luma = 16 + (219.0f64 * 0.2126).round() as u8;
        for by in [(0, 0), (1, 0), (0, 1), (1, 1), (-3, 2), (4, -5)] {
            let seen = drawn([16, 128, 128], |c| sprite.draw(c, by, Area::ALL, 256));
            for y in 0..64i32 {
                for x in 0..64i32 {
                    let inside = (20..25).contains(&(x - by.0)) && (20..25).contains(&(y - by.1));
                    let value = seen.plane(0).row(y as usize)[x as usize];
                    assert_eq!(value, if inside { luma } else { 16 }, "{x} {y} by {by:?}");
                }
            }
            // 25 pixels of 4 to a chroma sample, V of red being 240.
            let exact = 112.0 * 25.0 / 4.0;
            let error = (weight(&seen) as f64 - exact).abs();
            assert!(error <= 8.0, "{by:?}: {} {exact}", weight(&seen));
        }
    }

    #[test]
    fn only_what_is_seen_is_kept_and_what_stands_is_kept_once() {
        let mut pixels = vec![0; 4 * 40 * 40];
        let at = 4 * (40 * 7 + 9);
        pixels[at..at + 4].fill(255);
        let still = Sprite::of_rgba((0, 0), (40, 40), &pixels, Moves::default()).unwrap();
        let area = still.area();
        assert_eq!(
            (area.left, area.top, area.right, area.bottom),
            (9, 7, 10, 8)
        );
        assert!(still.bytes() < 40, "{}", still.bytes());
        let moving = Sprite::of_rgba((0, 0), (40, 40), &pixels, ALL).unwrap();
        assert!(moving.bytes() > 2 * still.bytes());
        assert!(Sprite::of_rgba((0, 0), (40, 40), &vec![0; 6400], ALL).is_none());
        assert!(Sprite::of_rgba((0, 0), (40, 41), &pixels, ALL).is_none());
    }
}
