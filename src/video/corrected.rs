//! What a compositor keeps of corrections: tables while their settings are seen, and the pictures
//! that they made of full frames while those have not changed.

use std::sync::Arc;

use super::canvas::{CanvasPool, PlaneMut};
use super::colour::Correction;
use crate::media::{Picture, PlaneRef};
use crate::show::Colour;

/// See the module's words.
#[derive(Default)]
pub struct Corrected {
    tables: Vec<Tables>,
    frames: Vec<Frame>,
    scratch: Vec<u8>,
}

struct Tables {
    of: Colour,
    correction: Arc<Correction>,
    used: bool,
}

struct Frame {
    of: Picture,
    colour: Colour,
    made: Picture,
    used: bool,
}

impl Corrected {
    /// A new picture begins: what the last one did not use is forgotten.
    pub fn begin(&mut self) {
        self.tables
            .retain_mut(|kept| std::mem::take(&mut kept.used));
        self.frames
            .retain_mut(|kept| std::mem::take(&mut kept.used));
    }

    /// A whole picture, corrected; the very same one if nothing is to be done. `None` only if memory
    /// has run out.
    pub fn frame(
        &mut self,
        pool: &CanvasPool,
        picture: &Picture,
        colour: &Colour,
    ) -> Option<Picture> {
        if colour.is_neutral() {
            return Some(picture.clone());
        }
        let correction = self.correction(colour);
        let kept = self
            .frames
            .iter_mut()
            .find(|kept| kept.colour == *colour && kept.of.same_pixels(picture));
        if let Some(kept) = kept {
            kept.used = true;
            return Some(kept.made.clone());
        }
        let mut canvas = pool.canvas()?;
        correction.apply([0, 1, 2].map(|i| picture.plane(i)), canvas.planes());
        let made = canvas.finish(picture.time)?;
        self.frames.push(Frame {
            of: picture.clone(),
            colour: *colour,
            made: made.clone(),
            used: true,
        });
        Some(made)
    }

    /// Corrects planes Y, U and V where they are, rows without padding; `size` is the luma's, even.
    pub fn planes(
        &mut self,
        planes: &mut [Vec<u8>; 3],
        (width, height): (usize, usize),
        colour: &Colour,
    ) {
        if colour.is_neutral() {
            return;
        }
        let correction = self.correction(colour);
        self.scratch.clear();
        for plane in planes.iter() {
            self.scratch.extend_from_slice(plane);
        }
        let (luma, chroma) = self.scratch.split_at(planes[0].len());
        let (u, v) = chroma.split_at(planes[1].len());
        let plane = |data, half: usize| PlaneRef {
            data,
            stride: width >> half,
            width: width >> half,
            height: height >> half,
        };
        let from = [plane(luma, 0), plane(u, 1), plane(v, 1)];
        let [y, u, v] = planes;
        let to = [(y, width), (u, width / 2), (v, width / 2)];
        correction.apply(from, to.map(|(data, stride)| PlaneMut { data, stride }));
    }

    fn correction(&mut self, colour: &Colour) -> Arc<Correction> {
        if let Some(kept) = self.tables.iter_mut().find(|kept| kept.of == *colour) {
            kept.used = true;
            return kept.correction.clone();
        }
        let correction = Arc::new(Correction::new(colour));
        self.tables.push(Tables {
            of: *colour,
            correction: correction.clone(),
            used: true,
        });
        correction
    }
}
