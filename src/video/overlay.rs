//! A picture with alpha as it is laid over the program: only the rectangle of it that is not wholly
//! transparent is kept, so that a small logo costs little. Alpha is straight, and everything is blended
//! in gamma space, as in the rest of the house.

use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;

use super::canvas::Canvas;
use super::kernels::{Share, over_row, over_row_shared};

/// A rectangle in luma pixels of the frame: left, top, right, bottom; right and bottom are outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The first column.
    pub left: i32,
    /// The first row.
    pub top: i32,
    /// Behind the last column.
    pub right: i32,
    /// Behind the last row.
    pub bottom: i32,
}

impl Area {
    /// More than any frame.
    pub const ALL: Self = Self {
        left: i32::MIN / 2,
        top: i32::MIN / 2,
        right: i32::MAX / 2,
        bottom: i32::MAX / 2,
    };

    /// What both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// The same rectangle elsewhere.
    #[must_use]
    pub fn moved(self, (x, y): (i32, i32)) -> Self {
        Self {
            left: self.left + x,
            top: self.top + y,
            right: self.right + x,
            bottom: self.bottom + y,
        }
    }

    /// Width and height of one that is not empty.
    pub fn size(self) -> (usize, usize) {
        let size = [self.right - self.left, self.bottom - self.top];
        let [width, height] = size.map(|length| length.max(0) as usize);
        (width, height)
    }

    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }
}

/// See the module's words.
#[derive(Debug)]
pub struct Overlay {
    /// Left and top in luma pixels: even, and perhaps outside the frame.
    pub(super) at: (i32, i32),
    /// Width and height in luma pixels, even.
    pub(super) size: (usize, usize),
    /// Y, U, V, and the alpha of luma and of chroma, rows without padding.
    pub(super) planes: [Vec<u8>; 5],
}

impl Overlay {
    /// What is seen of a frame in A420 of this size; nothing where it is wholly transparent.
    pub fn of_frame(
        frame: &gst_video::VideoFrameRef<&gst::BufferRef>,
        (width, height): (usize, usize),
    ) -> Option<Self> {
        let plane = |i: usize| Some((frame.plane_data(i as u32).ok()?, frame.plane_stride()[i]));
        let alpha = plane(3)?;
        let alpha_row = |y: usize| &alpha.0[y * alpha.1 as usize..][..width];
        let (left, top, right, bottom) = seen(width, height, alpha_row)?;
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
            at: (left as i32, top as i32),
            size,
            planes: [part(0, 0)?, part(1, 1)?, part(2, 1)?, full, half],
        })
    }

    /// What it takes in memory.
    pub fn bytes(&self) -> usize {
        self.planes.iter().map(Vec::len).sum()
    }

    /// A plane, its alpha, and the width of both.
    pub(super) fn layer(&self, i: usize) -> (&[u8], &[u8], usize) {
        if i == 0 {
            (&self.planes[0], &self.planes[3], self.size.0)
        } else {
            (&self.planes[i], &self.planes[4], self.size.0 / 2)
        }
    }

    /// Lays it over a canvas, `by` so many even luma pixels from its place, and no further than `clip`
    /// reaches. Chroma ends with the sample that a luma pixel within the clip has a part in.
    pub fn draw(&self, canvas: &mut Canvas, by: (i32, i32), clip: Area, opacity: Share) {
        let (width, height) = canvas.plane_size(0);
        let at = (self.at.0 + by.0, self.at.1 + by.1);
        let own = Area {
            left: at.0,
            top: at.1,
            right: at.0 + self.size.0 as i32,
            bottom: at.1 + self.size.1 as i32,
        };
        let frame = Area {
            left: 0,
            top: 0,
            right: width as i32,
            bottom: height as i32,
        };
        let drawn = own.and(frame).and(clip);
        if drawn.is_empty() || opacity == 0 {
            return;
        }
        for i in 0..3 {
            let (pixels, alpha, stride) = self.layer(i);
            let shift = i32::from(i > 0);
            let begin = |luma: i32| (luma >> shift) as usize;
            let end = |luma: i32| ((luma + shift) >> shift) as usize;
            let (left, right) = (begin(drawn.left), end(drawn.right));
            let (top, bottom) = (begin(drawn.top), end(drawn.bottom));
            let (from_x, from_y) = (
                (left as i32 - (at.0 >> shift)) as usize,
                (top as i32 - (at.1 >> shift)) as usize,
            );
            // An odd frame's last chroma sample may have no room in an even overlay.
            let length = (right - left).min(stride - from_x);
            let rows = canvas.rows(i, top).take(bottom - top);
            let from = pixels.chunks_exact(stride).zip(alpha.chunks_exact(stride));
            for (row, (pixels, alpha)) in rows.zip(from.skip(from_y)) {
                let under = &mut row[left..left + length];
                let (pixels, alpha) = (&pixels[from_x..][..length], &alpha[from_x..][..length]);
                if opacity == 256 {
                    over_row(under, pixels, alpha);
                } else {
                    over_row_shared(under, pixels, alpha, opacity);
                }
            }
        }
    }
}

/// Left, top, right and bottom of what is not wholly transparent.
pub(super) fn seen<'a>(
    width: usize,
    height: usize,
    alpha_row: impl Fn(usize) -> &'a [u8],
) -> Option<(usize, usize, usize, usize)> {
    let is_seen = |row: &[u8]| row.iter().any(|&a| a > 0);
    let top = (0..height).find(|&y| is_seen(alpha_row(y)))?;
    let bottom = (0..height).rfind(|&y| is_seen(alpha_row(y)))? + 1;
    let (mut left, mut right) = (width, 0);
    for y in top..bottom {
        let row = alpha_row(y);
        if let Some(first) = row.iter().position(|&a| a > 0) {
            left = left.min(first);
        }
        if let Some(last) = row.iter().rposition(|&a| a > 0) {
            right = right.max(last + 1);
        }
    }
    Some((left, top, right, bottom))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Rate;
    use crate::show::Format;
    use crate::video::CanvasPool;

    /// A grey frame.
    fn canvas() -> Canvas {
        crate::media::start_gstreamer().unwrap();
        let format = Format {
            width: 64,
            height: 64,
            rate: Rate(30, 1),
        };
        let mut canvas = CanvasPool::new(format).unwrap().canvas().unwrap();
        canvas.fill([100, 128, 128]);
        canvas
    }

    /// Opaque, each luma pixel with its column's number and each chroma pixel with its own.
    fn ramp(at: (i32, i32), (width, height): (usize, usize)) -> Overlay {
        let row = |width: usize| (0..width).map(|x| x as u8);
        let plane = |width, height| (0..height).flat_map(|_| row(width)).collect();
        let (w, h) = (width / 2, height / 2);
        Overlay {
            at,
            size: (width, height),
            planes: [
                plane(width, height),
                plane(w, h),
                plane(w, h),
                vec![255; width * height],
                vec![255; w * h],
            ],
        }
    }

    fn columns(canvas: &mut Canvas, plane: usize, y: usize) -> Vec<u8> {
        canvas.rows(plane, y).next().unwrap().to_vec()
    }

    #[test]
    fn what_reaches_beyond_the_frame_is_cut_off_on_every_side() {
        for x in [-70, -6, 0, 60, 70] {
            let mut canvas = canvas();
            ramp((x, -2), (8, 8)).draw(&mut canvas, (0, 0), Area::ALL, 256);
            for plane in 0..3 {
                let shift = usize::from(plane > 0);
                let under = if plane == 0 { 100 } else { 128 };
                let seen = columns(&mut canvas, plane, 1);
                for (at, value) in seen.iter().enumerate() {
                    let own = at as i32 - (x >> shift);
                    let expected = if (0..(8 >> shift)).contains(&own) {
                        own as u8
                    } else {
                        under
                    };
                    assert_eq!(*value, expected, "plane {plane} column {at} of {x}");
                }
                assert_eq!(columns(&mut canvas, plane, 8)[0], under, "below it");
            }
        }
    }

    #[test]
    fn it_is_moved_and_clipped_by_whole_pixels() {
        let mut canvas = canvas();
        let clip = Area {
            left: 13,
            top: 10,
            right: 16,
            bottom: 12,
        };
        ramp((2, 2), (16, 16)).draw(&mut canvas, (8, 4), clip, 256);
        let luma = columns(&mut canvas, 0, 10);
        assert_eq!(luma[11..18], [100, 100, 3, 4, 5, 100, 100]);
        assert_eq!(columns(&mut canvas, 0, 9)[13], 100);
        assert_eq!(columns(&mut canvas, 0, 12)[13], 100);
        // Columns 12 and 13 share a chroma sample.
        assert_eq!(columns(&mut canvas, 1, 5)[5..9], [128, 1, 2, 128]);
    }

    #[test]
    fn opacity_takes_its_share() {
        let mut canvas = canvas();
        let mut overlay = ramp((0, 0), (8, 8));
        overlay.planes[0].fill(200);
        overlay.draw(&mut canvas, (0, 0), Area::ALL, 64);
        assert_eq!(columns(&mut canvas, 0, 0)[3], 125);
    }
}
