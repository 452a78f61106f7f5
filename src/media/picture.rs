//! A picture in house format: I420, BT.709, limited range, in a GStreamer buffer.
//!
//! The buffer stays what the decoder gave, so that a cut hands it to the encoder without a copy. What can be
//! seen through has its alpha beside the buffer, which holds it over black: whoever does not ask for the
//! alpha shows that.

use std::sync::Arc;

use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;

use super::House;

/// One picture, with the house time at which it is to be seen. Cloning shares the pixels.
#[derive(Clone, Debug)]
pub struct Picture {
    frame: Arc<gst_video::VideoFrame<gst_video::video_frame::Readable>>,
    /// As many bytes as there are luma pixels.
    alpha: Option<Arc<[u8]>>,
    /// House time of the moment that the picture shows.
    pub time: House,
    /// House time at which it left its decoder; its own time for pictures made in the house.
    pub arrived: House,
    /// Counts up by one for each picture that its source gave; 0 for pictures made in the house.
    pub number: u64,
    /// Nanoseconds into its clip; 0 where it is of none.
    pub position: i64,
}

/// One plane of a picture: `height` rows of `width` bytes, `stride` bytes apart.
#[derive(Clone, Copy)]
pub struct PlaneRef<'a> {
    /// The plane's bytes, from its first row on.
    pub data: &'a [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl<'a> PlaneRef<'a> {
    /// Row `y` without its padding.
    pub fn row(&self, y: usize) -> &'a [u8] {
        &self.data[y * self.stride..y * self.stride + self.width]
    }
}

impl Picture {
    /// Takes a decoded buffer. `None` if it cannot be mapped or is not I420.
    pub fn new(buffer: gst::Buffer, info: &gst_video::VideoInfo, time: House) -> Option<Self> {
        if info.format() != gst_video::VideoFormat::I420 {
            return None;
        }
        let frame = gst_video::VideoFrame::from_buffer_readable(buffer, info).ok()?;
        Some(Self {
            frame: Arc::new(frame),
            alpha: None,
            time,
            arrived: time,
            number: 0,
            position: 0,
        })
    }

    /// The same with the alpha of each luma pixel, 0 to 255, rows without padding; its colours are multiplied
    /// by it already. `None` if these are not as many.
    pub fn with_alpha(self, alpha: Arc<[u8]>) -> Option<Self> {
        (alpha.len() == self.width() * self.height()).then_some(Self {
            alpha: Some(alpha),
            ..self
        })
    }

    /// The alpha of its luma pixels, where not all of it covers what is behind it. Its colours are multiplied
    /// by it.
    pub fn alpha(&self) -> Option<PlaneRef<'_>> {
        let (width, height) = (self.width(), self.height());
        self.alpha.as_deref().map(|data| PlaneRef {
            data,
            stride: width,
            width,
            height,
        })
    }

    /// The buffer that holds the pixels.
    pub fn buffer(&self) -> &gst::BufferRef {
        self.frame.buffer()
    }

    /// Luma width in pixels.
    pub fn width(&self) -> usize {
        self.frame.width() as usize
    }

    /// Luma height in pixels.
    pub fn height(&self) -> usize {
        self.frame.height() as usize
    }

    /// Plane `i`: 0 is Y, 1 is U, 2 is V; the chroma planes are half as wide and high, rounded up.
    pub fn plane(&self, i: usize) -> PlaneRef<'_> {
        let stride = self.frame.plane_stride()[i] as usize;
        let (width, height) = if i == 0 {
            (self.width(), self.height())
        } else {
            (self.width().div_ceil(2), self.height().div_ceil(2))
        };
        PlaneRef {
            // A plane exists for each of the three components: checked when the frame was mapped.
            data: self.frame.plane_data(i as u32).unwrap_or(&[]),
            stride,
            width,
            height,
        }
    }

    /// Whether two pictures are the same buffer.
    pub fn same_pixels(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.frame, &other.frame)
    }
}
