//! A stinger's pictures, ready to be laid over the program.
//!
//! All of them wait in memory before the transition begins. What decodes a clip may be late; what is
//! in memory is not, and the T-bar can go back and forth in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use gstreamer as gst;
use gstreamer_video as gst_video;

use super::canvas::Canvas;
use super::kernels::over;
use super::overlay::{Area, Overlay};

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
        StingerPicture(Overlay::of_frame(frame, self.size).map(Arc::new))
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

    /// Whether it is for a program of this size.
    pub fn is_of(&self, size: (usize, usize)) -> bool {
        self.size == size
    }

    /// What is seen of each picture; nothing of a clear one.
    pub fn into_overlays(self) -> impl Iterator<Item = Option<Arc<Overlay>>> {
        self.pictures.into_iter().map(|picture| picture.0)
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
                overlay.draw(canvas, (0, 0), Area::ALL, 256);
            } else {
                draw_scaled(overlay, canvas, self.size);
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

/// Lays an overlay made for frames of this size over a canvas of another: the nearest pixels.
fn draw_scaled(overlay: &Overlay, canvas: &mut Canvas, (full_width, full_height): (usize, usize)) {
    for i in 0..3 {
        let (pixels, alpha, width) = overlay.layer(i);
        let shift = usize::from(i > 0);
        let (w, h) = canvas.plane_size(i);
        let (left, top) = (
            overlay.at.0 as usize >> shift,
            overlay.at.1 as usize >> shift,
        );
        let height = overlay.size.1 >> shift;
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
}
