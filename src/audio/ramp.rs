//! Gains of four strips on their way to others, in straight lines.

use super::lanes::{LANES, Lanes};
use crate::media::BLOCK;

/// Without a longer one, gains change over 5 ms: short enough to be a cut, too long to be a click.
pub const SHORT_RAMP: u32 = (BLOCK / 2) as u32;

/// Talkback opens and closes over 30 ms: what it interrupts is not to be torn off.
pub const TALK_RAMP: u32 = (3 * BLOCK) as u32;

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct Ramp {
    now: Lanes,
    wanted: Lanes,
    /// By a sample; 0 for those that have arrived.
    slope: Lanes,
    /// Samples that each has still to go.
    left: [u32; LANES],
}

impl Ramp {
    /// One strip's gain goes to `wanted` over so many samples; it is left alone where it goes there
    /// already.
    pub fn go(&mut self, strip: usize, wanted: [f32; 2], samples: u32) {
        for (lane, wanted) in (2 * strip..).zip(wanted) {
            if wanted != self.wanted.0[lane] {
                let samples = samples.max(1);
                self.wanted.0[lane] = wanted;
                self.slope.0[lane] = (wanted - self.now.0[lane]) / samples as f32;
                self.left[lane] = samples;
            }
        }
    }

    /// One strip's gain is this, at once.
    pub fn put(&mut self, strip: usize, gain: [f32; 2]) {
        for (lane, gain) in (2 * strip..).zip(gain) {
            self.now.0[lane] = gain;
            self.wanted.0[lane] = gain;
            self.slope.0[lane] = 0.0;
            self.left[lane] = 0;
        }
    }

    /// Where one strip's gain goes.
    pub fn wanted(&self, strip: usize) -> [f32; 2] {
        [self.wanted.0[2 * strip], self.wanted.0[2 * strip + 1]]
    }

    /// Gives the gains of the next samples, as many as there is room for.
    #[inline(always)]
    pub fn next(&mut self, mut out: &mut [Lanes]) {
        while !out.is_empty() {
            // All go straight on until one arrives.
            let left = self.left.iter().filter(|left| **left > 0).min();
            let Some(&left) = left else {
                return out.fill(self.now);
            };
            let (run, rest) = out.split_at_mut(out.len().min(left as usize));
            let (slope, mut now) = (self.slope, self.now);
            for out in run.iter_mut() {
                now = now + slope;
                *out = now;
            }
            self.now = now;
            for (lane, left) in self.left.iter_mut().enumerate() {
                let before = *left;
                *left = before.saturating_sub(run.len() as u32);
                if before > 0 && *left == 0 {
                    self.now.0[lane] = self.wanted.0[lane];
                    self.slope.0[lane] = 0.0;
                }
            }
            if let Some(last) = run.last_mut() {
                *last = self.now;
            }
            out = rest;
        }
    }

    /// Whether all are silent, and stay so.
    pub fn is_nothing(&self) -> bool {
        self.now == Lanes::ZERO && self.is_still()
    }

    /// The gains of the last sample.
    pub fn now(&self) -> Lanes {
        self.now
    }

    /// Whether all have arrived.
    pub fn is_still(&self) -> bool {
        self.left == [0; LANES]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(ramp: &mut Ramp, samples: usize) -> Vec<[f32; LANES]> {
        let mut seen = vec![Lanes::ZERO; samples];
        ramp.next(&mut seen);
        seen.iter().map(|lanes| lanes.0).collect()
    }

    #[test]
    fn each_goes_in_its_own_time_and_arrives_exactly() {
        for at_once in 1..=5 {
            let mut ramp = Ramp::default();
            ramp.go(0, [1.0, 0.5], 4);
            ramp.go(3, [1.0, 1.0], 2);
            let mut seen = Vec::new();
            while seen.len() < 5 {
                seen.extend(next(&mut ramp, at_once));
            }
            let lane = |lane: usize| seen[..5].iter().map(|s| s[lane]).collect::<Vec<_>>();
            assert_eq!(lane(0), [0.25, 0.5, 0.75, 1.0, 1.0]);
            assert_eq!(lane(1), [0.125, 0.25, 0.375, 0.5, 0.5]);
            assert_eq!(lane(6), [0.5, 1.0, 1.0, 1.0, 1.0]);
            assert_eq!(lane(2), [0.0; 5]);
            assert!(ramp.is_still());
        }
    }

    #[test]
    fn one_that_is_asked_for_again_goes_on_as_it_was() {
        let mut ramp = Ramp::default();
        ramp.go(1, [1.0; 2], 10);
        next(&mut ramp, 5);
        ramp.go(1, [1.0; 2], 10);
        assert!(!ramp.is_still());
        next(&mut ramp, 5);
        assert!(ramp.is_still());
        assert_eq!(ramp.now().0[2], 1.0);
    }

    #[test]
    fn one_that_is_put_somewhere_stays_there() {
        let mut ramp = Ramp::default();
        ramp.go(0, [1.0; 2], 10);
        ramp.go(1, [1.0; 2], 10);
        next(&mut ramp, 5);
        ramp.put(0, [0.25; 2]);
        assert_eq!(next(&mut ramp, 10)[9][..4], [0.25, 0.25, 1.0, 1.0]);
    }
}
