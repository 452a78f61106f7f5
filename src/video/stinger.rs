//! A stinger's pictures, ready to be laid over the program: only the rectangle of each that is not
//! wholly transparent is kept, so that a small flying logo costs little.
//!
//! All of them wait in memory before the transition begins. What decodes a clip may be late; what is
//! in memory is not, and the T-bar can go back and forth in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;

use super::canvas::Canvas;

/// One picture of a stinger: what of it is seen.
#[derive(Debug)]
struct Overlay {
    /// Left and top, even, in luma pixels.
    at: (usize, usize),
    /// Width and height, even, in luma pixels.
    size: (usize, usize),
    /// Y, U, V, and the alpha of luma and of chroma, rows without padding.
    planes: [Vec<u8>; 5],
}

/// A picture of a stinger; of a clear one nothing is kept. Cloning shares the pixels.
#[derive(Clone, Debug)]
pub struct StingerPicture(Option<Arc<Overlay>>);

/// A stinger that is ready to be drawn.
#[derive(Debug)]
pub struct StingerPictures {
    /// Of the program for which it was made.
    size: (usize, usize),
    pictures: Vec<StingerPicture>,
    bytes: usize,
}

impl StingerPictures {
    /// An empty one for a program of this size.
    pub fn new(size: (usize, usize)) -> Self {
        Self {
            size,
            pictures: Vec::new(),
            bytes: 0,
        }
    }

    /// Makes a picture of a frame: A420 of the program's size.
    pub fn picture(&self, frame: &gst_video::VideoFrameRef<&gst::BufferRef>) -> StingerPicture {
        StingerPicture(Overlay::of(frame, self.size).map(Arc::new))
    }

    /// Adds the next picture; one that stays for several frames is added as often.
    pub fn push(&mut self, picture: &StingerPicture) {
        let is_new = match (&picture.0, self.pictures.last()) {
            (Some(new), Some(StingerPicture(Some(last)))) => !Arc::ptr_eq(new, last),
            _ => true,
        };
        if let (Some(overlay), true) = (&picture.0, is_new) {
            self.bytes += overlay.bytes();
        }
        self.pictures.push(picture.clone());
    }

    /// How many pictures it has.
    pub fn len(&self) -> usize {
        self.pictures.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.pictures.is_empty()
    }

    /// What its pictures take in memory.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn at(&self, position: f64) -> Option<&Overlay> {
        let index = index(position, self.len())?;
        self.pictures.get(index)?.0.as_deref()
    }

    /// Whether nothing of the picture at this position is seen.
    pub fn is_clear(&self, position: f64) -> bool {
        self.at(position).is_none()
    }

    /// Lays the picture at this position over a canvas. One of another size (a monitor) gets the
    /// nearest pixels.
    pub fn draw(&self, canvas: &mut Canvas, position: f64) {
        if let Some(overlay) = self.at(position) {
            if canvas.plane_size(0) == self.size {
                overlay.draw(canvas);
            } else {
                overlay.draw_scaled(canvas, self.size);
            }
        }
    }
}

/// Which of so many pictures is seen at a position, 0 to 1, of the transition: a transition of n
/// frames is at k/(n + 1) when it shows its picture k, the first being 1. None before the first; after
/// the last a number beyond it.
pub fn index(position: f64, pictures: usize) -> Option<usize> {
    let at = (position * (pictures as f64 + 1.0)).round() as usize;
    at.checked_sub(1)
}

/// Whether the new scene is seen at this position beneath a stinger of so many pictures, with its cut
/// at picture `cut`.
pub fn has_cut(position: f64, pictures: u32, cut: u32) -> bool {
    index(position, pictures as usize).is_some_and(|picture| picture >= cut as usize)
}

impl Overlay {
    fn of(
        frame: &gst_video::VideoFrameRef<&gst::BufferRef>,
        (width, height): (usize, usize),
    ) -> Option<Self> {
        let plane = |i: usize| Some((frame.plane_data(i as u32).ok()?, frame.plane_stride()[i]));
        let alpha = plane(3)?;
        let alpha_row = |y: usize| &alpha.0[y * alpha.1 as usize..][..width];
        let seen = |row: &[u8]| row.iter().any(|&a| a > 0);
        let top = (0..height).find(|&y| seen(alpha_row(y)))?;
        let bottom = (0..height).rfind(|&y| seen(alpha_row(y)))? + 1;
        let left = (top..bottom)
            .filter_map(|y| alpha_row(y).iter().position(|&a| a > 0))
            .min()?;
        let right = (top..bottom)
            .filter_map(|y| alpha_row(y).iter().rposition(|&a| a > 0))
            .max()?
            + 1;
        let (left, top) = (left & !1, top & !1);
        let size = (
            (right - left).next_multiple_of(2).min(width - left),
            (bottom - top).next_multiple_of(2).min(height - top),
        );
        let part = |i: usize, shift: usize| -> Option<Vec<u8>> {
            let (data, stride) = plane(i)?;
            let (x, y) = (left >> shift, top >> shift);
            let (w, h) = (size.0 >> shift, size.1 >> shift);
            let mut bytes = Vec::with_capacity(w * h);
            for row in y..y + h {
                bytes.extend_from_slice(&data[row * stride as usize + x..][..w]);
            }
            Some(bytes)
        };
        let full = part(3, 0)?;
        let half = halved(&full, size);
        Some(Self {
            at: (left, top),
            size,
            planes: [part(0, 0)?, part(1, 1)?, part(2, 1)?, full, half],
        })
    }

    fn bytes(&self) -> usize {
        self.planes.iter().map(Vec::len).sum()
    }

    /// A plane, its alpha, and the width of both.
    fn layer(&self, i: usize) -> (&[u8], &[u8], usize) {
        if i == 0 {
            (&self.planes[0], &self.planes[3], self.size.0)
        } else {
            (&self.planes[i], &self.planes[4], self.size.0 / 2)
        }
    }

    fn draw(&self, canvas: &mut Canvas) {
        for i in 0..3 {
            let (pixels, alpha, width) = self.layer(i);
            let shift = usize::from(i > 0);
            let (x, y) = (self.at.0 >> shift, self.at.1 >> shift);
            if width == 0 {
                continue;
            }
            let rows = pixels.chunks_exact(width).zip(alpha.chunks_exact(width));
            for (row, (pixels, alpha)) in canvas.rows(i, y).zip(rows) {
                over_row(&mut row[x..x + width], pixels, alpha);
            }
        }
    }

    fn draw_scaled(&self, canvas: &mut Canvas, (full_width, full_height): (usize, usize)) {
        for i in 0..3 {
            let (pixels, alpha, width) = self.layer(i);
            let shift = usize::from(i > 0);
            let (w, h) = canvas.plane_size(i);
            let (left, top) = (self.at.0 >> shift, self.at.1 >> shift);
            let height = self.size.1 >> shift;
            let (from_w, from_h) = (full_width >> shift, full_height >> shift);
            for (y, row) in canvas.rows(i, 0).enumerate() {
                let from_y = y * from_h / h;
                if from_y < top || from_y >= top + height {
                    continue;
                }
                for (x, pixel) in row.iter_mut().enumerate() {
                    let from_x = x * from_w / w;
                    if from_x >= left && from_x < left + width {
                        let at = (from_y - top) * width + from_x - left;
                        *pixel = over(*pixel, pixels[at], alpha[at]);
                    }
                }
            }
        }
    }
}

/// The mean alpha of each four pixels.
fn halved(alpha: &[u8], (width, height): (usize, usize)) -> Vec<u8> {
    let mut half = Vec::with_capacity(width / 2 * (height / 2));
    for rows in alpha.chunks_exact(2 * width) {
        let (upper, lower) = rows.split_at(width);
        for (a, b) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
            let sum = [a[0], a[1], b[0], b[1]].map(u32::from).iter().sum::<u32>();
            half.push(((sum + 2) / 4) as u8);
        }
    }
    half
}

/// Lays a row over another; alpha 0 leaves it as it is, to the bit, and 255 replaces it.
fn over_row(row: &mut [u8], pixels: &[u8], alpha: &[u8]) {
    for ((under, &pixel), &alpha) in row.iter_mut().zip(pixels).zip(alpha) {
        *under = over(*under, pixel, alpha);
    }
}

fn over(under: u8, pixel: u8, alpha: u8) -> u8 {
    let (under, pixel, alpha) = (u32::from(under), u32::from(pixel), u32::from(alpha));
    // x / 255, rounded, without a division (exact up to 65 535).
    let sum = under * (255 - alpha) + pixel * alpha + 128;
    ((sum + (sum >> 8)) >> 8) as u8
}

/// Where compositors take stingers from, by their ids.
#[derive(Debug, Default)]
pub struct StingerShelf(ArcSwap<BTreeMap<String, Arc<StingerPictures>>>);

impl StingerShelf {
    /// A stinger, if it is ready.
    pub fn get(&self, id: &str) -> Option<Arc<StingerPictures>> {
        self.0.load().get(id).cloned()
    }

    /// Holds these and no others.
    pub fn keep(&self, stingers: BTreeMap<String, Arc<StingerPictures>>) {
        self.0.store(Arc::new(stingers));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_frame_of_the_transition_has_its_picture() {
        for n in [1usize, 2, 24, 60, 333] {
            for k in 1..=n {
                let position = k as f64 / (n as f64 + 1.0);
                assert_eq!(index(position, n), Some(k - 1), "{k} of {n}");
            }
        }
    }

    #[test]
    fn laying_over_is_exact_at_both_ends_and_rounded_between() {
        for under in 0..=255u8 {
            for pixel in 0..=255u8 {
                assert_eq!(over(under, pixel, 0), under);
                assert_eq!(over(under, pixel, 255), pixel);
                for alpha in [1u8, 64, 127, 128, 200, 254] {
                    let share = f64::from(alpha) / 255.0;
                    let exact = f64::from(under) * (1.0 - share) + f64::from(pixel) * share;
                    assert!((f64::from(over(under, pixel, alpha)) - exact).abs() <= 0.51);
                }
            }
        }
    }
}
