//! Pictures with transparency, brought to house format over black, their alpha beside. GStreamer would scale
//! colours that nobody sees into those at the edges, and put black bars where nothing is.

use fast_image_resize::images::Image;
use fast_image_resize::{MulDiv, PixelType, ResizeOptions, Resizer};
use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;

use crate::media::colour::{CB_SCALE, CR_SCALE, LUMA};
use crate::media::{House, Picture};
use crate::show::Format;

/// What GStreamer is to give of them: straight R, G, B and alpha, of whatever size they are.
pub(super) fn caps() -> gst::Caps {
    gst::Caps::builder("video/x-raw")
        .field("format", "RGBA")
        .build()
}

/// See the module's words.
pub(super) struct Transparent {
    size: (usize, usize),
    resizer: Resizer,
}

/// A picture of the house being made: its planes over black, and its alpha.
struct Canvas {
    size: (usize, usize),
    planes: [Vec<u8>; 3],
    alpha: Vec<u8>,
}

impl Transparent {
    pub(super) fn new(format: Format) -> Self {
        Self {
            size: (format.width as usize, format.height as usize),
            resizer: Resizer::new(),
        }
    }

    /// A picture in RGBA as the house has it, as large as fits in the middle. `None` if it cannot be read.
    pub(super) fn picture(
        &mut self,
        buffer: &gst::BufferRef,
        info: &gst_video::VideoInfo,
        time: House,
    ) -> Option<Picture> {
        let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, info).ok()?;
        let (width, height) = (info.width() as usize, info.height() as usize);
        let stride = frame.plane_stride()[0] as usize;
        let data = frame.plane_data(0).ok()?;
        let mut bytes = Vec::with_capacity(width * height * 4);
        for row in data.chunks(stride).take(height) {
            bytes.extend_from_slice(row.get(..width * 4)?);
        }
        let (from_width, from_height) = (info.width(), info.height());
        let mut pixels =
            Image::from_vec_u8(from_width, from_height, bytes, PixelType::U8x4).ok()?;
        MulDiv::default().multiply_alpha_inplace(&mut pixels).ok()?;
        let par = f64::from(info.par().numer()) / f64::from(info.par().denom().max(1));
        let fitted = self.fitted((width as f64 * par, height as f64));
        if fitted != (width, height) {
            let mut scaled = Image::new(fitted.0 as u32, fitted.1 as u32, PixelType::U8x4);
            let options = ResizeOptions::new().use_alpha(false);
            self.resizer.resize(&pixels, &mut scaled, &options).ok()?;
            pixels = scaled;
        }
        let mut canvas = Canvas::new(self.size);
        canvas.put(pixels.buffer(), fitted);
        canvas.finish(buffer, time)
    }

    /// The size in the house, even, of what is seen in this one.
    fn fitted(&self, (width, height): (f64, f64)) -> (usize, usize) {
        let (most_width, most_height) = self.size;
        let scale = (most_width as f64 / width).min(most_height as f64 / height);
        let even = |length: f64, most: usize| {
            let even = (length * scale / 2.0).round() as usize * 2;
            even.clamp(2, most)
        };
        (even(width, most_width), even(height, most_height))
    }
}

impl Canvas {
    fn new((width, height): (usize, usize)) -> Self {
        let chroma = vec![128; width.div_ceil(2) * height.div_ceil(2)];
        Self {
            size: (width, height),
            planes: [vec![16; width * height], chroma.clone(), chroma],
            alpha: vec![0; width * height],
        }
    }

    /// Puts pixels of this even size, multiplied by their alpha, in the middle.
    fn put(&mut self, rgba: &[u8], (width, height): (usize, usize)) {
        let (full_width, full_height) = self.size;
        let left = (full_width - width) / 4 * 2;
        let top = (full_height - height) / 4 * 2;
        let half_width = full_width.div_ceil(2);
        // U and V of two rows, summed, with one column left of the first that is as that.
        let mut sums = [vec![0.0f32; width + 1], vec![0.0f32; width + 1]];
        let [luma_plane, chroma_planes @ ..] = &mut self.planes;
        for (y, rows) in rgba.chunks_exact(8 * width).enumerate() {
            sums.iter_mut().for_each(|sum| sum.fill(0.0));
            for (down, row) in rows.chunks_exact(4 * width).enumerate() {
                let at = (top + 2 * y + down) * full_width + left;
                let luma_row = &mut luma_plane[at..at + width];
                let alpha_row = &mut self.alpha[at..at + width];
                let [u, v] = &mut sums;
                let out = luma_row.iter_mut().zip(alpha_row);
                let sums = u[1..].iter_mut().zip(&mut v[1..]);
                for ((pixel, (luma, alpha)), (u, v)) in row.chunks_exact(4).zip(out).zip(sums) {
                    let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
                    let y = LUMA[0] as f32 * r + LUMA[1] as f32 * g + LUMA[2] as f32 * b;
                    *luma = (16.5 + y * (219.0 / 255.0)) as u8;
                    *alpha = pixel[3];
                    *u += (b - y) * (224.0 / 255.0 / CB_SCALE) as f32;
                    *v += (r - y) * (224.0 / 255.0 / CR_SCALE) as f32;
                }
            }
            let at = (top / 2 + y) * half_width + left / 2;
            for (plane, sum) in chroma_planes.iter_mut().zip(&mut sums) {
                sum[0] = sum[1];
                // MPEG-2 siting: a sample lies on its left luma column, between two rows.
                let around = sum.windows(3).step_by(2);
                for (out, around) in plane[at..at + width / 2].iter_mut().zip(around) {
                    let mean = (around[0] + 2.0 * around[1] + around[2]) / 8.0;
                    *out = (128.5 + mean) as u8;
                }
            }
        }
    }

    /// The picture, with the times of `of`. One that covers everything needs no alpha.
    fn finish(self, of: &gst::BufferRef, time: House) -> Option<Picture> {
        let (width, height) = (self.size.0 as u32, self.size.1 as u32);
        let i420 = gst_video::VideoFormat::I420;
        let info = gst_video::VideoInfo::builder(i420, width, height)
            .build()
            .ok()?;
        let mut bytes = vec![0; info.size()];
        for (i, plane) in self.planes.iter().enumerate() {
            let (at, stride) = (info.offset()[i], info.stride()[i] as usize);
            let width = if i == 0 {
                self.size.0
            } else {
                self.size.0.div_ceil(2)
            };
            let rows = bytes[at..].chunks_mut(stride);
            for (to, from) in rows.zip(plane.chunks_exact(width)) {
                to[..width].copy_from_slice(from);
            }
        }
        let mut buffer = gst::Buffer::from_slice(bytes);
        {
            let buffer = buffer.get_mut()?;
            buffer.set_pts(of.pts());
            buffer.set_duration(of.duration());
        }
        let picture = Picture::new(buffer, &info, time)?;
        if self.alpha.iter().all(|alpha| *alpha == 255) {
            return Some(picture);
        }
        picture.with_alpha(self.alpha.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::colour::{codes, to_ycc};

    fn house((width, height): (u32, u32), rgba: &[u8]) -> Picture {
        crate::media::start_gstreamer().unwrap();
        let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::Rgba, width, height)
            .build()
            .unwrap();
        let buffer = gst::Buffer::from_slice(rgba.to_vec());
        let format = Format {
            width: 64,
            height: 36,
            ..Format::default()
        };
        let mut transparent = Transparent::new(format);
        transparent.picture(&buffer, &info, 0).unwrap()
    }

    /// Y, U, V and alpha at a luma pixel.
    fn at(picture: &Picture, (x, y): (usize, usize)) -> [u8; 4] {
        let alpha = picture.alpha().map_or(255, |alpha| alpha.row(y)[x]);
        let [luma, u, v] = [0, 1, 2].map(|i| {
            let half = usize::from(i > 0);
            picture.plane(i).row(y >> half)[x >> half]
        });
        [luma, u, v, alpha]
    }

    #[test]
    fn a_half_transparent_colour_is_half_over_black_with_its_alpha_beside() {
        let pixel = [200, 40, 90, 128];
        let picture = house((64, 36), &pixel.repeat(64 * 36));
        let half = [200.0, 40.0, 90.0].map(|value| value / 255.0 * 128.0 / 255.0);
        let expected = codes(to_ycc(half));
        for place in [(0, 0), (31, 17), (63, 35)] {
            let seen = at(&picture, place);
            assert_eq!(seen[3], 128);
            for (seen, expected) in seen.into_iter().zip(expected) {
                assert!(
                    (f64::from(seen) - expected).abs() <= 1.0,
                    "{seen} {expected}"
                );
            }
        }
    }

    #[test]
    fn what_lies_beside_it_is_transparent_and_bleeds_nothing_in() {
        // A square of which the left half is white and the right nothing, of a colour that would be seen.
        let row = [[255, 255, 255, 255].repeat(9), [255, 0, 0, 0].repeat(9)].concat();
        let picture = house((18, 18), &row.repeat(18));
        // 36 by 36 in the middle: from 14 to 50.
        for (x, expected) in [(13, [16, 128, 128, 0]), (15, [235, 128, 128, 255])] {
            assert_eq!(at(&picture, (x, 20)), expected, "{x}");
        }
        for x in 30..34 {
            let [y, u, v, alpha] = at(&picture, (x, 20));
            let white = 16.0 + 219.0 * f64::from(alpha) / 255.0;
            assert!((f64::from(y) - white).abs() <= 1.0, "{x}: {y}, {alpha}");
            assert_eq!([u, v], [128, 128], "{x}");
        }
        assert_eq!(at(&picture, (48, 20)), [16, 128, 128, 0]);
    }

    #[test]
    fn what_covers_everything_has_no_alpha() {
        assert!(
            house((32, 18), &[9, 9, 9, 255].repeat(32 * 18))
                .alpha()
                .is_none()
        );
        assert!(
            house((18, 18), &[9, 9, 9, 255].repeat(18 * 18))
                .alpha()
                .is_some()
        );
    }
}
