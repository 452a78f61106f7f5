//! The equaliser of a bus: the strips' own, for left and right of one sum. Where it is off, every bit
//! passes.

use super::filter::{Filter, cascade};
use super::lanes::Lanes;
use super::wide::wide;
use crate::media::{BLOCK, CHANNELS};
use crate::show::{BANDS, Eq, Shape};

/// See the module's words.
pub struct Tone {
    bands: [Filter; BANDS],
    block: Vec<Lanes>,
}

impl Default for Tone {
    fn default() -> Self {
        Self {
            bands: Default::default(),
            block: vec![Lanes::ZERO; BLOCK],
        }
    }
}

impl Tone {
    /// Settings; they are gone to in the course of the next block.
    pub fn set(&mut self, eq: &Eq) {
        for (filter, band) in self.bands.iter_mut().zip(&eq.bands) {
            let shape = Shape::of(band);
            let works = eq.on && band.on;
            filter.set(0, if works { shape } else { shape.silent() });
        }
    }

    /// Works on a block of interleaved stereo in place.
    pub fn process(&mut self, samples: &mut [f32]) {
        if self.bands.iter().all(Filter::is_idle) {
            self.bands.iter_mut().for_each(|filter| filter.clear(0));
            return;
        }
        let frames = samples.chunks_exact(CHANNELS);
        for (lanes, frame) in self.block.iter_mut().zip(frames) {
            lanes.0[..CHANNELS].copy_from_slice(frame);
        }
        filter(&mut self.bands, &mut self.block);
        let frames = samples.chunks_exact_mut(CHANNELS);
        for (lanes, frame) in self.block.iter().zip(frames) {
            frame.copy_from_slice(&lanes.0[..CHANNELS]);
        }
    }
}

wide! {
    fn filter(bands: &mut [Filter; BANDS], block: &mut [Lanes]) {
        cascade(bands, block);
    }
}
