//! The limiter of a bus: it looks ahead, so that nothing leaves above the ceiling and nothing is
//! bent. The ceiling holds between samples too (true peak, ITU-R BS.1770): a converter or a codec
//! that fills them in finds no more there than the ceiling.

use std::collections::VecDeque;
use std::f64::consts::PI;

use crate::media::{BLOCK, CHANNELS, SAMPLE_RATE, db_to_gain};

/// Gains move over so many samples: 2 ms.
const SMOOTH: usize = SAMPLE_RATE / 500;
/// How far behind its input the output is, in samples: what the gain needs to move, and what is
/// needed on the right of a place between samples to know what is there.
pub const LOOKAHEAD: usize = SMOOTH + SIDE;
/// Places between samples that are looked at besides the samples themselves.
const BETWEEN: usize = 3;
/// Samples on each side of a place from which it is computed.
const SIDE: usize = 48;
/// Shape of the Kaiser window: what lies up to 22 kHz is found to a hundredth of a dB.
const BETA: f64 = 6.0;
/// The highest place may lie between those that are looked at, and the gain is not quite the same
/// all over the samples that make it: so much lower is aimed.
const MARGIN_DB: f32 = 0.12;
/// Back to unity in about 100 ms.
const RELEASE: f64 = 1.0 / (0.1 * SAMPLE_RATE as f64);

/// A linked stereo limiter.
///
/// The gain that each sample needs is held for the time of the smoothing (a sliding minimum), let go
/// slowly, and averaged over that time: the average of gains that are each low enough is low enough,
/// and it moves without a corner.
#[derive(Clone, Debug)]
pub struct Limiter {
    /// The aim, linear.
    ceiling: f32,
    places: Places,
    delayed: VecDeque<[f32; CHANNELS]>,
    /// (sample number, gain needed), increasing in gain: the front is the minimum.
    minima: VecDeque<(u64, f32)>,
    held: f64,
    window: VecDeque<f64>,
    window_sum: f64,
    count: u64,
    /// The gain each sample of a block needs, kept for its memory.
    needed: Vec<f32>,
}

impl Limiter {
    /// A limiter with this ceiling in dBTP.
    pub fn new(ceiling_db: f32) -> Self {
        // Room for one more, which is there before the oldest goes: no memory is asked for later.
        let mut delayed = VecDeque::with_capacity(LOOKAHEAD + 1);
        delayed.extend([[0.0; CHANNELS]; LOOKAHEAD]);
        let mut window = VecDeque::with_capacity(SMOOTH + 1);
        window.extend([1.0; SMOOTH]);
        Self {
            ceiling: db_to_gain(ceiling_db - MARGIN_DB),
            places: Places::default(),
            delayed,
            minima: VecDeque::with_capacity(SMOOTH + 4),
            held: 1.0,
            window,
            window_sum: SMOOTH as f64,
            count: 0,
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
        self.places.take_in(block);
        let loud = self.places.may_reach(self.ceiling);
        if !loud && self.is_at_rest() {
            for frame in block.chunks_exact_mut(CHANNELS) {
                self.delayed.push_back([frame[0], frame[1]]);
                if let Some(out) = self.delayed.pop_front() {
                    frame.copy_from_slice(&out);
                }
            }
            return 1.0;
        }
        self.needed.clear();
        self.needed.resize(block.len() / CHANNELS, 1.0);
        if loud {
            self.places.peaks(&mut self.needed, self.ceiling);
            for needed in &mut self.needed {
                *needed = if *needed > self.ceiling {
                    self.ceiling / *needed
                } else {
                    1.0
                };
            }
        }
        let mut lowest = 1f32;
        for (i, frame) in block.chunks_exact_mut(CHANNELS).enumerate() {
            let gain = self.next_gain(self.needed[i]);
            lowest = lowest.min(gain);
            self.delayed.push_back([frame[0], frame[1]]);
            if let Some(out) = self.delayed.pop_front() {
                for (sample, out) in frame.iter_mut().zip(out) {
                    *sample = out * gain;
                }
            }
        }
        if self.held > 0.999_99 && self.minima.iter().all(|&(_, gain)| gain == 1.0) {
            self.rest();
        }
        lowest
    }

    fn next_gain(&mut self, needed: f32) -> f32 {
        while self.minima.back().is_some_and(|&(_, gain)| gain >= needed) {
            self.minima.pop_back();
        }
        self.minima.push_back((self.count, needed));
        // One more on either side, for a peak between two samples is made by both.
        let reach = SMOOTH as u64 + 2;
        while self
            .minima
            .front()
            .is_some_and(|&(at, _)| at + reach <= self.count)
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
        self.count += 1;
        (self.window_sum / SMOOTH as f64) as f32
    }

    fn is_at_rest(&self) -> bool {
        self.held == 1.0 && self.minima.is_empty()
    }

    fn rest(&mut self) {
        self.held = 1.0;
        self.minima.clear();
        self.window.iter_mut().for_each(|gain| *gain = 1.0);
        self.window_sum = SMOOTH as f64;
    }
}

/// Finds what is between samples, by a windowed sinc four times as fine.
#[derive(Clone, Debug)]
struct Places {
    /// For each place between two samples the weights of those around it.
    weights: [[f32; 2 * SIDE]; BETWEEN],
    /// Sum of the magnitudes of the weights: no place is higher than the highest sample times this.
    most: f32,
    /// By channel: the samples before the block, then the block.
    samples: [Vec<f32>; CHANNELS],
}

impl Default for Places {
    fn default() -> Self {
        let weights: [[f32; 2 * SIDE]; BETWEEN] = std::array::from_fn(|p| {
            let at = (p + 1) as f64 / (BETWEEN + 1) as f64;
            let weight = |k: usize| {
                let x = k as f64 - (SIDE - 1) as f64 - at;
                let window = kaiser(x / SIDE as f64);
                (PI * x).sin() / (PI * x) * window
            };
            let sum: f64 = (0..2 * SIDE).map(weight).sum();
            std::array::from_fn(|k| (weight(k) / sum) as f32)
        });
        let most = weights
            .iter()
            .map(|w| w.iter().map(|w| w.abs()).sum::<f32>())
            .fold(1.0, f32::max);
        Self {
            weights,
            most,
            samples: std::array::from_fn(|_| {
                let mut samples = Vec::with_capacity(BEFORE + BLOCK);
                samples.resize(BEFORE, 0.0);
                samples
            }),
        }
    }
}

/// Samples that are kept from one block to the next: those around the first place of a block, which
/// lies after the sample that came [`SIDE`] before its first.
const BEFORE: usize = 2 * SIDE - 1;

fn kaiser(x: f64) -> f64 {
    // The modified Bessel function of order 0, by its series.
    let bessel = |x: f64| {
        let (mut sum, mut term) = (1.0, 1.0);
        for n in 1..40 {
            term *= (x / 2.0 / f64::from(n)).powi(2);
            sum += term;
        }
        sum
    };
    bessel(BETA * (1.0 - x * x).max(0.0).sqrt()) / bessel(BETA)
}

impl Places {
    /// Takes in a block, and lets go of the one before.
    fn take_in(&mut self, block: &[f32]) {
        for (c, samples) in self.samples.iter_mut().enumerate() {
            let old = samples.len() - BEFORE;
            samples.copy_within(old.., 0);
            samples.truncate(BEFORE);
            samples.extend(block.iter().skip(c).step_by(CHANNELS));
        }
    }

    /// Whether anything in what was taken in could be above a level.
    fn may_reach(&self, level: f32) -> bool {
        let mut channels = self.samples.iter();
        channels.any(|samples| highest(samples) * self.most > level)
    }

    /// The highest place at and after each sample, of either channel; the first is that of the sample
    /// [`SIDE`] before the block. Where nothing can be above `level`, it is not looked at what lies
    /// between.
    fn peaks(&self, peaks: &mut [f32], level: f32) {
        peaks.fill(0.0);
        for samples in &self.samples {
            for (peak, sample) in peaks.iter_mut().zip(&samples[SIDE - 1..]) {
                *peak = peak.max(sample.abs());
            }
            let (whole, rest) = peaks.as_chunks_mut::<TOGETHER>();
            for (n, peaks) in whole.iter_mut().enumerate() {
                self.raise(peaks, &samples[n * TOGETHER..], level);
            }
            let from = whole.len() * TOGETHER;
            for (i, peak) in rest.iter_mut().enumerate() {
                self.raise(std::array::from_mut(peak), &samples[from + i..], level);
            }
        }
    }

    /// Raises peaks to what lies between samples; their places are computed from those that begin
    /// with `samples`.
    #[inline(always)]
    fn raise<const N: usize>(&self, peaks: &mut [f32; N], samples: &[f32], level: f32) {
        let around = samples.get(..N + BEFORE).unwrap_or(samples);
        if highest(around) * self.most <= level {
            return;
        }
        for weights in &self.weights {
            let mut sums = [0f32; N];
            for (k, weight) in weights.iter().enumerate() {
                if let Some(samples) = around.get(k..).and_then(|s| s.first_chunk::<N>()) {
                    for (sum, sample) in sums.iter_mut().zip(samples) {
                        *sum += sample * weight;
                    }
                }
            }
            for (peak, sum) in peaks.iter_mut().zip(sums) {
                *peak = peak.max(sum.abs());
            }
        }
    }
}

/// So many places are computed together, so that their sums stay in registers.
const TOGETHER: usize = 16;

/// The highest magnitude.
fn highest(samples: &[f32]) -> f32 {
    let (whole, rest) = samples.as_chunks::<8>();
    let mut high = [0f32; 8];
    for chunk in whole {
        for (high, sample) in high.iter_mut().zip(chunk) {
            let sample = sample.abs();
            *high = if sample > *high { sample } else { *high };
        }
    }
    let all = high.iter().chain(rest);
    all.fold(0f32, |high, sample| high.max(sample.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CEILING_DB: f32 = -1.0;
    const BLOCKS: usize = 100;

    fn stereo(samples: impl Iterator<Item = f32>) -> Vec<f32> {
        samples.flat_map(|s| [s, -s]).collect()
    }

    fn limited(mut block: Vec<f32>) -> Vec<f32> {
        let mut limiter = Limiter::new(CEILING_DB);
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
        for (name, case) in cases {
            let before = true_peak(&stereo(case.iter().copied()));
            let after = true_peak(&limited(stereo(case.into_iter())));
            assert!(before > 1.0);
            assert!(
                after <= f64::from(db_to_gain(CEILING_DB)),
                "{name}: {after}"
            );
        }
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
        let heard = limited(stereo((0..9600).map(level)));
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
