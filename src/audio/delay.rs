//! The delay of a strip: up to two seconds, changed without a click by fading from one reading point
//! to the other.

use super::lanes::Lanes;
use crate::media::{BLOCK, CHANNELS, SAMPLE_RATE};

/// The longest delay, in samples: 2 s.
pub const DELAY_MAX: usize = 2 * SAMPLE_RATE;
/// Places in the ring: what is delayed longest, and the block that is being written.
const PLACES: usize = DELAY_MAX + BLOCK;

/// What has gone through a strip in the last two seconds.
pub struct Delay {
    ring: Box<[[f32; CHANNELS]]>,
    at: usize,
    /// Where it reads, in samples before what is written.
    tap: usize,
    wanted: usize,
}

impl Default for Delay {
    fn default() -> Self {
        Self {
            ring: vec![[0.0; CHANNELS]; PLACES].into_boxed_slice(),
            at: 0,
            tap: 0,
            wanted: 0,
        }
    }
}

impl Delay {
    /// Begins with this delay, with silence in it.
    pub fn begin(&mut self, samples: usize) {
        self.set(samples);
        self.tap = self.wanted;
    }

    /// Delays by so many samples from the next block on, [`DELAY_MAX`] at most.
    pub fn set(&mut self, samples: usize) {
        self.wanted = samples.min(DELAY_MAX);
    }

    /// Whether it leaves everything as it is.
    pub fn is_nothing(&self) -> bool {
        self.tap == 0 && self.wanted == 0
    }

    /// Takes in one strip's block, and puts what is to be heard with it in its place. A new delay is
    /// faded to in the course of the block.
    pub fn process(&mut self, block: &mut [Lanes], strip: usize) {
        let [left, right] = [2 * strip, 2 * strip + 1];
        let (place, n) = (self.at, block.len());
        for (block, ring) in pieces(block, place) {
            for (lanes, frame) in block.iter().zip(&mut self.ring[ring..]) {
                *frame = [lanes.0[left], lanes.0[right]];
            }
        }
        self.at = (place + n) % PLACES;
        if self.tap != self.wanted {
            let share = 1.0 / n as f32;
            for (i, lanes) in block.iter_mut().enumerate() {
                let [old, new] = [self.tap, self.wanted].map(|by| self.ring[back(place + i, by)]);
                let part = (i + 1) as f32 * share;
                lanes.0[left] = old[0] + (new[0] - old[0]) * part;
                lanes.0[right] = old[1] + (new[1] - old[1]) * part;
            }
            self.tap = self.wanted;
        } else if self.tap > 0 {
            for (block, ring) in pieces(block, back(place, self.tap)) {
                for (lanes, frame) in block.iter_mut().zip(&self.ring[ring..]) {
                    [lanes.0[left], lanes.0[right]] = *frame;
                }
            }
        }
    }
}

/// The parts of a block that lie in the ring from a place on, each with the place that it begins at.
fn pieces(block: &mut [Lanes], place: usize) -> [(&mut [Lanes], usize); 2] {
    let (behind, from_start) = block.split_at_mut(block.len().min(PLACES - place));
    [(behind, place), (from_start, 0)]
}

/// A place of the ring, so many places before one that may lie behind its end.
fn back(at: usize, by: usize) -> usize {
    (at + PLACES - by) % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(delay: &mut Delay, from: usize, blocks: usize) -> Vec<f32> {
        let mut out = Vec::new();
        for b in 0..blocks {
            let mut block: Vec<_> = (0..BLOCK)
                .map(|i| {
                    let n = (from + b * BLOCK + i) as f32;
                    Lanes([0.5, 0.5, n, -n, 0.5, 0.5, 0.5, 0.5])
                })
                .collect();
            delay.process(&mut block, 1);
            assert!(
                block
                    .iter()
                    .all(|s| s.0[3] == -s.0[2] && s.0[1] == 0.5 && s.0[4] == 0.5)
            );
            out.extend(block.iter().map(|s| s.0[2]));
        }
        out
    }

    #[test]
    fn each_sample_comes_back_after_exactly_the_delay() {
        for samples in [0, 1, 479, 480, 481, 48_000, DELAY_MAX] {
            let mut delay = Delay::default();
            delay.set(samples);
            let heard = run(&mut delay, 1, 2 * DELAY_MAX / BLOCK + 3);
            for (n, heard) in heard.iter().enumerate().skip(BLOCK) {
                let wanted = if n >= samples {
                    (n + 1 - samples) as f32
                } else {
                    0.0
                };
                assert_eq!(*heard, wanted, "sample {n} delayed by {samples}");
            }
        }
    }

    #[test]
    fn a_change_fades_from_the_old_delay_to_the_new_in_one_block() {
        let mut delay = Delay::default();
        run(&mut delay, 0, 10);
        delay.set(1000);
        let from = 10 * BLOCK;
        let heard = run(&mut delay, from, 2);
        for (i, heard) in heard.iter().enumerate().take(BLOCK) {
            let part = (i + 1) as f32 / BLOCK as f32;
            let wanted = (from + i) as f32 - 1000.0 * part;
            assert!((heard - wanted).abs() < 0.01, "{i}");
        }
        assert_eq!(heard[BLOCK], (from + BLOCK - 1000) as f32);
    }
}
