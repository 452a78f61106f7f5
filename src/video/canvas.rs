//! Pictures that the house makes: buffers from a pool, written once, then shared like any other.

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;

use crate::media::{House, Picture};
use crate::show::Format;

/// Black in limited range: Y, U, V.
pub const BLACK: [u8; 3] = [16, 128, 128];

/// A pool of buffers in house format.
#[derive(Debug)]
pub struct CanvasPool {
    pool: gst::BufferPool,
    info: gst_video::VideoInfo,
}

/// A picture being made.
pub struct Canvas {
    frame: gst_video::VideoFrame<gst_video::video_frame::Writable>,
}

/// One plane to be written: rows `stride` bytes apart, each as wide as the plane.
pub struct PlaneMut<'a> {
    /// The plane's bytes, from its first row on.
    pub data: &'a mut [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
}

impl CanvasPool {
    /// A pool for pictures of this format. Fails if GStreamer refuses the format.
    pub fn new(format: Format) -> Result<Self, gst::glib::BoolError> {
        let info = video_info(format)?;
        let pool = gst::BufferPool::new();
        let mut config = pool.config();
        config.set_params(Some(&info.to_caps()?), info.size() as u32, 4, 0);
        pool.set_config(config)?;
        pool.set_active(true)?;
        Ok(Self { pool, info })
    }

    /// A canvas with whatever was last on it. `None` if memory has run out.
    pub fn canvas(&self) -> Option<Canvas> {
        let buffer = self.pool.acquire_buffer(None).ok()?;
        let frame = gst_video::VideoFrame::from_buffer_writable(buffer, &self.info).ok()?;
        Some(Canvas { frame })
    }

    /// House format as GStreamer says it.
    pub fn info(&self) -> &gst_video::VideoInfo {
        &self.info
    }
}

impl Drop for CanvasPool {
    fn drop(&mut self) {
        let _ = self.pool.set_active(false);
    }
}

/// House format as GStreamer says it: I420, BT.709, limited range.
pub fn video_info(format: Format) -> Result<gst_video::VideoInfo, gst::glib::BoolError> {
    gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, format.width, format.height)
        .fps(gst::Fraction::new(
            format.rate.0 as i32,
            format.rate.1 as i32,
        ))
        .colorimetry(&gst_video::VideoColorimetry::new(
            gst_video::VideoColorRange::Range16_235,
            gst_video::VideoColorMatrix::Bt709,
            gst_video::VideoTransferFunction::Bt709,
            gst_video::VideoColorPrimaries::Bt709,
        ))
        .chroma_site(gst_video::VideoChromaSite::MPEG2)
        .build()
}

impl Canvas {
    /// Width and height of plane `i`, rounded up for chroma.
    pub fn plane_size(&self, i: usize) -> (usize, usize) {
        let (width, height) = (self.frame.width() as usize, self.frame.height() as usize);
        if i == 0 {
            (width, height)
        } else {
            (width.div_ceil(2), height.div_ceil(2))
        }
    }

    /// The rows of plane `i`, `width` bytes each, from row `first` on.
    pub fn rows(&mut self, i: usize, first: usize) -> impl Iterator<Item = &mut [u8]> {
        let (width, height) = self.plane_size(i);
        let stride = self.frame.plane_stride()[i] as usize;
        let data = self.frame.plane_data_mut(i as u32).unwrap_or(&mut []);
        data.chunks_mut(stride)
            .take(height)
            .skip(first)
            .filter_map(move |row| row.get_mut(..width))
    }

    /// The three planes at once.
    pub fn planes(&mut self) -> [PlaneMut<'_>; 3] {
        let strides = [0, 1, 2].map(|i| self.frame.plane_stride()[i] as usize);
        let [y, u, v, _] = self.frame.planes_data_mut();
        let planes = [(y, strides[0]), (u, strides[1]), (v, strides[2])];
        planes.map(|(data, stride)| PlaneMut { data, stride })
    }

    /// Paints all of it in one colour: Y, U, V.
    pub fn fill(&mut self, colour: [u8; 3]) {
        for (i, value) in colour.into_iter().enumerate() {
            for row in self.rows(i, 0) {
                row.fill(value);
            }
        }
    }

    /// Copies a picture of the same size.
    pub fn copy(&mut self, picture: &Picture) {
        for i in 0..3 {
            let plane = picture.plane(i);
            for (y, row) in self.rows(i, 0).enumerate().take(plane.height) {
                row.copy_from_slice(plane.row(y));
            }
        }
    }

    /// The finished picture.
    pub fn finish(self, time: House) -> Option<Picture> {
        let info = self.frame.info().clone();
        let buffer = self.frame.into_buffer();
        Picture::new(buffer, &info, time)
    }
}
