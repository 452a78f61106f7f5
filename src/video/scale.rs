//! Scaling, by the library `fast_image_resize`: a triangle filter as wide as the step, so that small
//! pictures do not shimmer.

use fast_image_resize as fir;
use fast_image_resize::images::{TypedCroppedImage, TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8;

use crate::media::PlaneRef;

/// A part of a plane in fractions of pixels: left, top, width, height.
pub type Part = (f64, f64, f64, f64);

/// Scales planes; keeps its tables from one picture to the next.
#[derive(Default)]
pub struct Scaler {
    resizer: fir::Resizer,
}

impl Scaler {
    /// Scales `part` of `source` to `width` · `height` bytes in `out`, rows without padding.
    /// Gives whether it could: not with an empty part or size, or a short `out`.
    pub fn scale(
        &mut self,
        source: PlaneRef<'_>,
        part: Part,
        out: &mut [u8],
        (width, height): (usize, usize),
    ) -> bool {
        let rows = (source.data.len() / source.stride.max(1)).min(source.height);
        let Some(bytes) = source.data.get(..rows * source.stride) else {
            return false;
        };
        let Ok(padded) = TypedImageRef::<U8>::from_buffer(source.stride as u32, rows as u32, bytes)
        else {
            return false;
        };
        // The filter must not see what lies beyond the part: padding, or what was cropped off.
        let (left, top, part_width, part_height) = part;
        if !(left >= 0.0 && top >= 0.0 && part_width > 0.0 && part_height > 0.0) {
            return false;
        }
        let (x, y) = (left.floor(), top.floor());
        let right = (left + part_width).ceil().min(source.width as f64);
        let bottom = (top + part_height).ceil().min(rows as f64);
        let Ok(from) = TypedCroppedImage::from_ref(
            &padded,
            x as u32,
            y as u32,
            (right - x).max(0.0) as u32,
            (bottom - y).max(0.0) as u32,
        ) else {
            return false;
        };
        let Some(out) = out.get_mut(..width * height) else {
            return false;
        };
        let Ok(mut to) = TypedImage::<U8>::from_buffer(width as u32, height as u32, out) else {
            return false;
        };
        let options = fir::ResizeOptions::new()
            .crop(left - x, top - y, part_width, part_height)
            .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Bilinear));
        self.resizer.resize_typed(&from, &mut to, &options).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_left_out_and_flat_stays_flat() {
        let (stride, width, height) = (48, 40, 20);
        let mut data = vec![255u8; stride * height];
        for y in 0..height {
            data[y * stride..y * stride + width].fill(77);
        }
        let plane = PlaneRef {
            data: &data,
            stride,
            width,
            height,
        };
        let mut out = vec![0; 10 * 5];
        let part = (0.0, 0.0, width as f64, height as f64);
        assert!(Scaler::default().scale(plane, part, &mut out, (10, 5)));
        assert!(out.iter().all(|&p| p == 77), "{out:?}");
    }

    #[test]
    fn a_part_beyond_the_plane_is_refused() {
        let data = vec![0u8; 100];
        let plane = PlaneRef {
            data: &data,
            stride: 10,
            width: 10,
            height: 10,
        };
        let mut out = vec![0; 4];
        assert!(!Scaler::default().scale(plane, (5.0, 5.0, 10.0, 10.0), &mut out, (2, 2)));
    }
}
