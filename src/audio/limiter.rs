//! The program's limiter: looks ahead, so that no sample leaves above the ceiling and none is bent.

use std::collections::VecDeque;

use crate::media::{CHANNELS, SAMPLE_RATE};

/// How far it looks ahead, in samples: 2 ms. Its output is late by as much.
pub const LOOKAHEAD: usize = SAMPLE_RATE / 500;
/// −1 dBFS.
const CEILING: f32 = 0.891_250_9;
/// Back to unity in about 100 ms.
const RELEASE: f64 = 1.0 / (0.1 * SAMPLE_RATE as f64);

/// A linked stereo limiter.
///
/// The gain that each sample needs is held for the lookahead (a sliding minimum), let go slowly, and
/// averaged over the lookahead: the average of gains that are each low enough is low enough, and it
/// moves without a corner.
#[derive(Debug)]
pub struct Limiter {
    delayed: VecDeque<[f32; CHANNELS]>,
    /// (sample number, gain needed), increasing in gain: the front is the minimum.
    minima: VecDeque<(u64, f32)>,
    held: f64,
    window: VecDeque<f64>,
    window_sum: f64,
    count: u64,
}

impl Default for Limiter {
    fn default() -> Self {
        Self {
            delayed: std::iter::repeat_n([0.0; CHANNELS], LOOKAHEAD).collect(),
            minima: VecDeque::with_capacity(LOOKAHEAD + 1),
            held: 1.0,
            window: std::iter::repeat_n(1.0, LOOKAHEAD).collect(),
            window_sum: LOOKAHEAD as f64,
            count: 0,
        }
    }
}

impl Limiter {
    /// Limits interleaved stereo in place, [`LOOKAHEAD`] samples late; gives the lowest gain used.
    pub fn process(&mut self, block: &mut [f32]) -> f32 {
        let loud = block.iter().any(|s| s.abs() > CEILING);
        if !loud && self.is_at_rest() {
            for frame in block.chunks_exact_mut(CHANNELS) {
                self.delayed.push_back([frame[0], frame[1]]);
                if let Some(out) = self.delayed.pop_front() {
                    frame.copy_from_slice(&out);
                }
            }
            return 1.0;
        }
        let mut lowest = 1f32;
        for frame in block.chunks_exact_mut(CHANNELS) {
            let peak = frame[0].abs().max(frame[1].abs());
            let needed = if peak > CEILING { CEILING / peak } else { 1.0 };
            while self.minima.back().is_some_and(|&(_, gain)| gain >= needed) {
                self.minima.pop_back();
            }
            self.minima.push_back((self.count, needed));
            while self
                .minima
                .front()
                .is_some_and(|&(at, _)| at + LOOKAHEAD as u64 <= self.count)
            {
                self.minima.pop_front();
            }
            let target = f64::from(self.minima.front().map_or(1.0, |&(_, gain)| gain));
            self.held = if target < self.held {
                target
            } else {
                self.held + (target - self.held) * RELEASE
            };
            self.window.push_back(self.held);
            self.window_sum += self.held;
            if let Some(old) = self.window.pop_front() {
                self.window_sum -= old;
            }
            let gain = (self.window_sum / LOOKAHEAD as f64) as f32;
            lowest = lowest.min(gain);
            self.delayed.push_back([frame[0], frame[1]]);
            if let Some(out) = self.delayed.pop_front() {
                for (sample, out) in frame.iter_mut().zip(out) {
                    // The sum's rounding is far below one step of 24 bits, but a ceiling is a ceiling.
                    *sample = (out * gain).clamp(-CEILING, CEILING);
                }
            }
            self.count += 1;
        }
        if self.held > 0.999_99 && self.minima.iter().all(|&(_, gain)| gain == 1.0) {
            self.rest();
        }
        lowest
    }

    fn is_at_rest(&self) -> bool {
        self.held == 1.0 && self.minima.is_empty()
    }

    fn rest(&mut self) {
        self.held = 1.0;
        self.minima.clear();
        self.window.iter_mut().for_each(|gain| *gain = 1.0);
        self.window_sum = LOOKAHEAD as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stereo(samples: impl Iterator<Item = f32>) -> Vec<f32> {
        samples.flat_map(|s| [s, s]).collect()
    }

    #[test]
    fn what_is_below_the_ceiling_passes_untouched_two_ms_late() {
        let mut limiter = Limiter::default();
        let input = stereo((0..4800).map(|i| (i as f32 * 0.01).sin() * 0.8));
        let mut output = input.clone();
        for block in output.chunks_mut(960) {
            assert_eq!(limiter.process(block), 1.0);
        }
        assert_eq!(
            output[LOOKAHEAD * 2..],
            input[..input.len() - LOOKAHEAD * 2]
        );
    }

    #[test]
    fn nothing_leaves_above_the_ceiling_and_the_gain_comes_back() {
        let mut limiter = Limiter::default();
        let mut block = stereo((0..48_000).map(|i| {
            let loud = if (1000..9000).contains(&(i % 20_000)) {
                4.0
            } else {
                0.5
            };
            (i as f32 * 0.13).sin() * loud
        }));
        for block in block.chunks_mut(960) {
            limiter.process(block);
        }
        assert!(block.iter().all(|s| s.abs() <= CEILING));
        let mut quiet = stereo((0..96_000).map(|i| (i as f32 * 0.13).sin() * 0.5));
        let mut last = 0.0;
        for block in quiet.chunks_mut(960) {
            last = limiter.process(block);
        }
        assert_eq!(last, 1.0);
    }

    #[test]
    fn the_gain_has_no_steps() {
        let mut limiter = Limiter::default();
        // A constant shows the gain itself.
        let mut block = stereo((0..9600).map(|i| if i < 2400 { 0.5 } else { 2.0 }));
        limiter.process(&mut block);
        let left: Vec<f32> = block.iter().step_by(2).copied().collect();
        let level = |i: usize| if i < 2400 + LOOKAHEAD { 0.5 } else { 2.0 };
        for i in LOOKAHEAD + 1..left.len() {
            let step = (left[i] / level(i) - left[i - 1] / level(i - 1)).abs();
            assert!(step < 0.02, "{step} at {i}");
        }
    }
}
