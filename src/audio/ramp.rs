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
            self.left[lane] = 0;
        }
    }

    /// Where one strip's gain goes.
    pub fn wanted(&self, strip: usize) -> [f32; 2] {
        [self.wanted.0[2 * strip], self.wanted.0[2 * strip + 1]]
    }

    /// The gains of the next sample.
    #[inline(always)]
    pub fn next(&mut self) -> Lanes {
        for lane in 0..LANES {
            let left = self.left[lane];
            let moved = self.now.0[lane] + self.slope.0[lane];
            self.now.0[lane] = if left > 1 { moved } else { self.wanted.0[lane] };
            self.left[lane] = left.saturating_sub(1);
        }
        self.now
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

    #[test]
    fn each_goes_in_its_own_time_and_arrives_exactly() {
        let mut ramp = Ramp::default();
        ramp.go(0, [1.0, 0.5], 4);
        ramp.go(3, [1.0, 1.0], 2);
        let seen: Vec<_> = (0..5).map(|_| ramp.next().0).collect();
        assert_eq!(
            seen.iter().map(|s| s[0]).collect::<Vec<_>>(),
            [0.25, 0.5, 0.75, 1.0, 1.0]
        );
        assert_eq!(
            seen.iter().map(|s| s[1]).collect::<Vec<_>>(),
            [0.125, 0.25, 0.375, 0.5, 0.5]
        );
        assert_eq!(
            seen.iter().map(|s| s[6]).collect::<Vec<_>>(),
            [0.5, 1.0, 1.0, 1.0, 1.0]
        );
        assert!(ramp.is_still());
        assert!(seen.iter().all(|s| s[2] == 0.0));
    }

    #[test]
    fn one_that_is_asked_for_again_goes_on_as_it_was() {
        let mut ramp = Ramp::default();
        ramp.go(1, [1.0; 2], 10);
        for _ in 0..5 {
            ramp.next();
        }
        ramp.go(1, [1.0; 2], 10);
        for _ in 0..5 {
            ramp.next();
        }
        assert!(ramp.is_still());
        assert_eq!(ramp.now().0[2], 1.0);
    }
}
