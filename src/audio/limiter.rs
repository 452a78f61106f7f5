//! The limiter of a bus: it looks ahead, so that nothing leaves above the ceiling and nothing is
//! bent. The ceiling holds between samples too (true peak, ITU-R BS.1770): a converter or a codec
//! that fills them in finds no more there than the ceiling.

use std::collections::VecDeque;

use super::true_peak::{SIDE, TruePeak};
use crate::media::{BLOCK, CHANNELS, SAMPLE_RATE, db_to_gain};

/// Gains move over so many samples: 2 ms.
const SMOOTH: usize = SAMPLE_RATE / 500;
/// How far behind its input the output is, in samples: what the gain needs to move, and what is
/// needed on the right of a place between samples to know what is there.
pub const LOOKAHEAD: usize = SMOOTH + SIDE;
/// The highest place may lie between those that are looked at, and the gain is not quite the same
/// all over the samples that make it: so much lower is aimed.
const MARGIN_DB: f32 = 0.12;

/// A linked stereo limiter.
pub struct Limiter {
    /// The aim, linear.
    ceiling: f32,
    true_peak: TruePeak,
    gain: Gain,
    /// Left and right interleaved: what is still to leave, then the block.
    line: Vec<f32>,
    /// The gain each sample of a block needs, kept for its memory.
    needed: Vec<f32>,
}

impl Limiter {
    /// A limiter with this ceiling in dBTP.
    pub fn new(ceiling_db: f32) -> Self {
        let mut line = Vec::with_capacity((LOOKAHEAD + BLOCK) * CHANNELS);
        line.resize(LOOKAHEAD * CHANNELS, 0.0);
        Self {
            ceiling: db_to_gain(ceiling_db - MARGIN_DB),
            true_peak: TruePeak::default(),
            gain: Gain::default(),
            line,
            needed: Vec::with_capacity(BLOCK),
        }
    }

    /// Another ceiling, in dBTP, from the next block on: the gain goes there as it does for a louder
    /// or a softer sound.
    pub fn set_ceiling(&mut self, ceiling_db: f32) {
        self.ceiling = db_to_gain(ceiling_db - MARGIN_DB);
    }

    /// Limits interleaved stereo in place, [`LOOKAHEAD`] samples late; gives the lowest gain used.
    pub fn process(&mut self, block: &mut [f32]) -> f32 {
        self.line.extend_from_slice(block);
        block.copy_from_slice(&self.line[..block.len()]);
        let lowest = if self.look(block.len() / CHANNELS) || !self.gain.is_at_rest() {
            self.gain.apply(block, &self.needed)
        } else {
            1.0
        };
        self.line.drain(..block.len());
        lowest
    }

    /// Finds the gains that so many samples need which are new to be seen whole; gives whether any is to
    /// be turned down.
    fn look(&mut self, frames: usize) -> bool {
        self.needed.clear();
        self.needed.resize(frames, 1.0);
        let seen = &self.line[CHANNELS * (LOOKAHEAD - TruePeak::BEFORE)..];
        if !self.true_peak.may_reach(seen, self.ceiling) {
            return false;
        }
        self.true_peak.find(seen, &mut self.needed);
        let mut any = false;
        for needed in &mut self.needed {
            let is_above = *needed > self.ceiling;
            any |= is_above;
            *needed = if is_above {
                self.ceiling / *needed
            } else {
                1.0
            };
        }
        any
    }
}

/// Back to unity in about 100 ms.
const RELEASE: f64 = 1.0 / (0.1 * SAMPLE_RATE as f64);
/// A gain is held for so many samples: one more on either side than it is averaged over, for a peak
/// between two samples is made by both.
const REACH: u64 = SMOOTH as u64 + 2;

/// How the gain moves.
///
/// The gain that each sample needs is held for the time of the smoothing (a sliding minimum), let go
/// slowly, and averaged over that time: the average of gains that are each low enough is low enough,
/// and it moves without a corner.
struct Gain {
    /// (sample number, gain needed), increasing in gain: the front is the minimum.
    minima: VecDeque<(u64, f32)>,
    held: f64,
    /// What was held for the samples that are averaged over, the oldest at `oldest`, and their sum.
    window: [f64; SMOOTH],
    oldest: usize,
    sum: f64,
    count: u64,
}

impl Default for Gain {
    fn default() -> Self {
        Self {
            // Room for one more, which is there before the oldest goes: no memory is asked for later.
            minima: VecDeque::with_capacity(REACH as usize + 1),
            held: 1.0,
            window: [1.0; SMOOTH],
            oldest: 0,
            sum: SMOOTH as f64,
            count: 0,
        }
    }
}

impl Gain {
    /// Turns interleaved samples down, for which these gains are needed [`SIDE`] samples later; gives the
    /// lowest gain used.
    fn apply(&mut self, block: &mut [f32], needed: &[f32]) -> f32 {
        let mut lowest = 1f32;
        for (frame, needed) in block.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(needed) {
            let gain = self.next(*needed);
            lowest = lowest.min(gain);
            *frame = [frame[0] * gain, frame[1] * gain];
        }
        if self.held > 0.999_99 && self.minima.iter().all(|&(_, gain)| gain == 1.0) {
            self.rest();
        }
        lowest
    }

    #[inline(always)]
    fn next(&mut self, needed: f32) -> f32 {
        while self.minima.back().is_some_and(|&(_, gain)| gain >= needed) {
            self.minima.pop_back();
        }
        self.minima.push_back((self.count, needed));
        let is_old = |&mut (at, _): &mut (u64, f32)| at + REACH <= self.count;
        while self.minima.pop_front_if(is_old).is_some() {}
        let target = f64::from(self.minima.front().map_or(1.0, |&(_, gain)| gain));
        self.held = if target < self.held {
            target
        } else {
            self.held + (target - self.held) * RELEASE
        };
        let old = std::mem::replace(&mut self.window[self.oldest], self.held);
        self.sum += self.held - old;
        self.oldest = (self.oldest + 1) % SMOOTH;
        self.count += 1;
        (self.sum / SMOOTH as f64) as f32
    }

    fn is_at_rest(&self) -> bool {
        self.held == 1.0 && self.minima.is_empty()
    }

    fn rest(&mut self) {
        self.held = 1.0;
        self.minima.clear();
        self.window = [1.0; SMOOTH];
        self.sum = SMOOTH as f64;
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    const CEILING_DB: f32 = -1.0;
    const BLOCKS: usize = 100;

    fn stereo(samples: impl Iterator<Item = f32>) -> Vec<f32> {
        samples.flat_map(|s| [s, -s]).collect()
    }

    fn limited(ceiling_db: f32, mut block: Vec<f32>) -> Vec<f32> {
        let mut limiter = Limiter::new(ceiling_db);
        for block in block.chunks_mut(960) {
            limiter.process(block);
        }
        block
    }

    /// The highest magnitude of one channel, four times as fine as its samples, by another filter: a
    /// sinc of 128 samples in a Blackman window, in double precision.
    fn true_peak(interleaved: &[f32]) -> f64 {
        let samples: Vec<f64> = interleaved
            .iter()
            .step_by(2)
            .map(|&s| f64::from(s))
            .collect();
        let half = 64i64;
        let mut highest = 0f64;
        for n in half..samples.len() as i64 - half {
            for quarter in 0..4 {
                let at = f64::from(quarter) / 4.0;
                let value: f64 = (1 - half..=half)
                    .map(|k| {
                        let x = k as f64 - at;
                        let t = x / half as f64;
                        let window = 0.42 + 0.5 * (PI * t).cos() + 0.08 * (2.0 * PI * t).cos();
                        let sinc = if x == 0.0 {
                            1.0
                        } else {
                            (PI * x).sin() / (PI * x)
                        };
                        samples[(n + k) as usize] * sinc * window
                    })
                    .sum();
                highest = highest.max(value.abs());
            }
        }
        highest
    }

    #[test]
    fn what_is_below_the_ceiling_passes_untouched() {
        let mut limiter = Limiter::new(CEILING_DB);
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
    fn no_true_peak_leaves_above_the_ceiling() {
        let tone = |hz: f32, phase: f32, level: f32| {
            move |i: usize| (std::f32::consts::TAU * hz * i as f32 / 48_000.0 + phase).sin() * level
        };
        let mut seed = 1u32;
        let mut noise = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let n = 480 * BLOCKS;
        let cases: Vec<(&str, Vec<f32>)> = vec![
            // Every sample is 3 dB below the peak.
            (
                "a quarter of the rate",
                (0..n)
                    .map(tone(12_000.0, std::f32::consts::FRAC_PI_4, 1.4))
                    .collect(),
            ),
            (
                "loud and high",
                (0..n).map(tone(15_000.0, 0.3, 3.0)).collect(),
            ),
            ("highest", (0..n).map(tone(19_000.0, 0.3, 3.0)).collect()),
            ("noise", (0..n).map(|_| noise() * 6.0).collect()),
            (
                "square",
                (0..n)
                    .map(|i| if i / 37 % 2 == 0 { 2.0 } else { -2.0 })
                    .collect(),
            ),
            (
                "clicks",
                (0..n)
                    .map(|i| if i % 1009 == 0 { 8.0 } else { 0.1 })
                    .collect(),
            ),
            (
                "bursts",
                (0..n)
                    .map(|i| tone(997.0, 0.0, if i / 4800 % 2 == 0 { 0.2 } else { 5.0 })(i))
                    .collect(),
            ),
        ];
        for (n, (name, case)) in cases.into_iter().enumerate() {
            let before = true_peak(&stereo(case.iter().copied()));
            assert!(before > 1.0);
            let ceiling_db = [CEILING_DB, 0.0, -9.0][n % 3];
            let after = true_peak(&limited(ceiling_db, stereo(case.into_iter())));
            let ceiling = f64::from(db_to_gain(ceiling_db));
            assert!(after <= ceiling, "{name}: {after}");
            // Nor is it turned down by more than it has to be.
            assert!(after > ceiling * 0.9, "{name}: {after}");
        }
    }

    #[test]
    fn the_gain_is_let_go_by_its_time_constant() {
        // A constant shows the gain itself: from a half it comes back.
        let level = |i: usize| if i < 24_000 { 2.0 * 0.891 } else { 0.5 };
        let heard = limited(CEILING_DB, stereo((0..72_000).map(level)));
        let end = 24_000 + LOOKAHEAD;
        let gain = |i: usize| f64::from(heard[2 * i]) / f64::from(level(i - LOOKAHEAD));
        let start = gain(end - 1);
        // Its edge is higher than itself, between the samples.
        assert!((0.42..0.5).contains(&start), "{start}");
        let way = start + (1.0 - start) * (1.0 - (-1.0f64).exp());
        let back = (end..72_000)
            .find(|i| gain(*i) > way)
            .expect("it comes back");
        let ms = (back - end) as f64 / 48.0;
        // It is averaged over 2 ms, which it has looked ahead.
        assert!((ms - 100.0).abs() < 2.5, "{ms} ms");
    }

    #[test]
    fn the_gain_comes_back_to_unity() {
        let mut limiter = Limiter::new(CEILING_DB);
        let mut loud = stereo((0..48_000).map(|i| (i as f32 * 0.13).sin() * 4.0));
        for block in loud.chunks_mut(960) {
            limiter.process(block);
        }
        let mut quiet = stereo((0..144_000).map(|i| (i as f32 * 0.13).sin() * 0.4));
        let mut last = 0.0;
        for block in quiet.chunks_mut(960) {
            last = limiter.process(block);
        }
        assert_eq!(last, 1.0);
    }

    #[test]
    fn the_gain_has_no_steps() {
        // A constant shows the gain itself.
        let level = |i: usize| if i < 2400 { 0.5 } else { 2.0 };
        let heard = limited(CEILING_DB, stereo((0..9600).map(level)));
        let gains: Vec<f32> = heard
            .iter()
            .step_by(2)
            .enumerate()
            .skip(LOOKAHEAD)
            .map(|(i, s)| s / level(i - LOOKAHEAD))
            .collect();
        let steepest = gains
            .windows(2)
            .map(|w| (w[1] - w[0]).abs())
            .fold(0.0, f32::max);
        assert!(steepest < 0.02, "{steepest}");
        assert!(gains.last().is_some_and(|gain| *gain < 0.45));
    }
}
