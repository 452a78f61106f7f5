//! A step in the sound, where what comes does not follow what was last, let die away so that it is no
//! click.

use crate::media::{BLOCK, CHANNELS};

/// A step is let die away over 5 ms at the house's rate.
const DECAY: usize = BLOCK / 2;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Step {
    last: [f32; CHANNELS],
    /// What is left of a step, and how many samples of it.
    step: [f32; CHANNELS],
    left: usize,
}

impl Step {
    /// What comes next does not follow what was last.
    pub fn begins(&mut self) {
        self.left = DECAY + 1;
    }

    /// Smooths the next samples, interleaved.
    pub fn smooth(&mut self, out: &mut [f32]) {
        if self.left == 0 {
            if let Some(last) = out.last_chunk() {
                self.last = *last;
            }
            return;
        }
        for frame in out.chunks_exact_mut(CHANNELS) {
            if self.left > DECAY {
                // The first sample behind the step says how high it is.
                for ((step, last), now) in self.step.iter_mut().zip(&self.last).zip(&*frame) {
                    *step = last - now;
                }
                self.left = DECAY;
            }
            if self.left > 0 {
                let share = self.left as f32 / DECAY as f32;
                // Cubed, it is gone softly.
                let share = share * share * share;
                for (sample, step) in frame.iter_mut().zip(&self.step) {
                    *sample += step * share;
                }
                self.left -= 1;
            }
            self.last.copy_from_slice(frame);
        }
    }
}
