//! What lies between samples, four times as fine as they are (true peak, ITU-R BS.1770).
//!
//! The place in the middle between two samples is made by a long windowed sinc; between those and the
//! samples nothing is left to be found above half their rate, so that a short one makes the quarters.

use std::f64::consts::PI;

use super::wide::wide;
use crate::media::{BLOCK, CHANNELS};

/// Samples on each side of a place from which it is made.
pub const SIDE: usize = 48;
/// Samples and middles on each side of a quarter.
const QUARTER_SIDE: usize = 4;
/// Samples on each side of a middle.
const MIDDLE_SIDE: usize = SIDE - QUARTER_SIDE / 2;
/// Shape of the Kaiser windows: what lies up to 22 kHz is found to a hundredth of a dB.
const BETA: f64 = 6.0;
/// Places that are worked on together, so that their sums stay in registers; left and right interleaved.
const TOGETHER: usize = 32;

/// Finds the highest places.
pub struct TruePeak {
    /// Weights of the two samples that lie nearest to a middle, of the next two, and so on.
    middle: [f32; MIDDLE_SIDE],
    /// The same for a quarter, of samples and middles.
    quarter: [f32; QUARTER_SIDE],
    /// Sum of the magnitudes of all weights of a place: none is higher than the highest sample times this.
    most: f32,
    /// The middles behind samples, interleaved; kept for its memory.
    middles: Vec<f32>,
}

impl Default for TruePeak {
    fn default() -> Self {
        let (middle, quarter) = (halfway::<MIDDLE_SIDE>(), halfway::<QUARTER_SIDE>());
        Self {
            most: most(&middle, &quarter),
            middle: middle.map(|weight| weight as f32),
            quarter: quarter.map(|weight| weight as f32),
            middles: Vec::with_capacity((BLOCK + QUARTER_SIDE + 1) * CHANNELS + TOGETHER),
        }
    }
}

/// Weights, from the nearest pair outwards, of a sinc in a Kaiser window that finds what lies halfway
/// between two values.
fn halfway<const N: usize>() -> [f64; N] {
    let weights: [f64; N] = std::array::from_fn(|k| {
        let x = k as f64 + 0.5;
        (PI * x).sin() / (PI * x) * kaiser(x / N as f64)
    });
    let sum = 2.0 * weights.iter().sum::<f64>();
    weights.map(|weight| weight / sum)
}

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

/// What a place can be above the highest sample, the larger of a middle and a quarter; in a quarter samples
/// and middles have the same weights.
fn most(middle: &[f64], quarter: &[f64]) -> f32 {
    let sum = |weights: &[f64]| weights.iter().map(|weight| weight.abs()).sum::<f64>();
    let of_middle = 2.0 * sum(middle);
    of_middle.max(sum(quarter) * (1.0 + of_middle)) as f32
}

impl TruePeak {
    /// Samples before those of a block that are needed to find what lies between those that are now seen
    /// from both sides.
    pub const BEFORE: usize = 2 * SIDE - 1;

    /// Whether anything in these interleaved samples could be above a level.
    pub fn may_reach(&self, samples: &[f32], level: f32) -> bool {
        highest(samples) * self.most > level
    }

    /// The highest place at and after each sample, of either channel; the first is that of the sample
    /// [`SIDE`] before the block, which lies [`Self::BEFORE`] behind the beginning of these interleaved
    /// ones.
    pub fn find(&mut self, samples: &[f32], peaks: &mut [f32]) {
        find(self, samples, peaks);
    }
}

wide! {
    fn highest(samples: &[f32]) -> f32 {
        let (whole, rest) = samples.as_chunks::<TOGETHER>();
        let mut high = [0f32; TOGETHER];
        for chunk in whole {
            for (high, sample) in high.iter_mut().zip(chunk) {
                *high = higher(*high, sample.abs());
            }
        }
        let all = high.iter().chain(rest);
        all.fold(0f32, |high, sample| higher(high, sample.abs()))
    }
}

wide! {
    fn find(finder: &mut TruePeak, samples: &[f32], peaks: &mut [f32]) {
        let TruePeak { middle, quarter, middles, .. } = finder;
        middles.clear();
        middles.resize(CHANNELS * (peaks.len() + QUARTER_SIDE), 0.0);
        let (whole, rest) = middles.as_chunks_mut::<TOGETHER>();
        let mut at = 0;
        for middles in whole {
            *middles = make_middles(middle, samples, at);
            at += TOGETHER;
        }
        for middles in rest.as_chunks_mut::<CHANNELS>().0 {
            *middles = make_middles(middle, samples, at);
            at += CHANNELS;
        }
        let (whole, rest) = peaks.as_chunks_mut::<{ TOGETHER / CHANNELS }>();
        let mut at = 0;
        for peaks in whole {
            let high: [f32; TOGETHER] = highest_places(quarter, samples, middles, at);
            for (peak, [left, right]) in peaks.iter_mut().zip(high.as_chunks().0) {
                *peak = higher(*left, *right);
            }
            at += TOGETHER;
        }
        for peak in rest {
            let [left, right] = highest_places(quarter, samples, middles, at);
            *peak = higher(left, right);
            at += CHANNELS;
        }
    }
}

/// The middles from place `at` of all on.
#[inline(always)]
fn make_middles<const N: usize>(weights: &[f32], samples: &[f32], at: usize) -> [f32; N] {
    let mut sums = [0f32; N];
    for (k, weight) in weights.iter().enumerate() {
        let before = &samples[at + CHANNELS * (MIDDLE_SIDE - 1 - k)..][..N];
        let behind = &samples[at + CHANNELS * (MIDDLE_SIDE + k)..][..N];
        add(&mut sums, before, behind, *weight);
    }
    sums
}

/// The highest of each sample from place `at` of all on, the middle behind it, and the quarters beside
/// that.
#[inline(always)]
fn highest_places<const N: usize>(
    weights: &[f32],
    samples: &[f32],
    middles: &[f32],
    at: usize,
) -> [f32; N] {
    let sample = |back: usize, on: usize| &samples[at + CHANNELS * (SIDE - 1 + on - back)..][..N];
    let middle =
        |back: usize, on: usize| &middles[at + CHANNELS * (QUARTER_SIDE / 2 + on - back)..][..N];
    let mut quarters = [[0f32; N]; 2];
    for (k, weight) in weights.iter().enumerate() {
        // Samples and middles take turns, outwards from the quarter.
        let (far, next) = (k / 2, k.div_ceil(2));
        let pairs = if k % 2 == 0 {
            [
                (sample(far, 0), middle(0, far)),
                (middle(far, 0), sample(0, far + 1)),
            ]
        } else {
            [
                (middle(next, 0), sample(0, next)),
                (sample(next - 1, 0), middle(0, next)),
            ]
        };
        for (quarter, (before, behind)) in quarters.iter_mut().zip(pairs) {
            add(quarter, before, behind, *weight);
        }
    }
    let mut high = [0f32; N];
    for places in [sample(0, 0), middle(0, 0), &quarters[0], &quarters[1]] {
        for (high, place) in high.iter_mut().zip(places) {
            *high = higher(*high, place.abs());
        }
    }
    high
}

/// Adds two values each at one weight.
#[inline(always)]
fn add<const N: usize>(sums: &mut [f32; N], before: &[f32], behind: &[f32], weight: f32) {
    for ((sum, before), behind) in sums.iter_mut().zip(before).zip(behind) {
        *sum += (before + behind) * weight;
    }
}

#[inline(always)]
fn higher(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places found in a tone of full scale on one side alone, and how far the highest lies from 1, in dB.
    fn off(hz: f64, phase: f64, side: usize) -> f64 {
        let frames = 480;
        let mut samples = vec![0f32; CHANNELS * (TruePeak::BEFORE + frames)];
        for (i, frame) in samples.chunks_exact_mut(CHANNELS).enumerate() {
            frame[side] = (2.0 * PI * hz * i as f64 / 48_000.0 + phase).sin() as f32;
        }
        let mut peaks = vec![0f32; frames];
        TruePeak::default().find(&samples, &mut peaks);
        let highest = peaks.iter().copied().fold(0.0, f32::max);
        20.0 * f64::from(highest).log10()
    }

    #[test]
    fn a_tone_is_found_as_high_as_it_is_up_to_22_khz() {
        for (n, hz) in [
            997.0, 6000.0, 11_003.0, 15_013.0, 19_001.0, 21_001.0, 22_000.0,
        ]
        .into_iter()
        .enumerate()
        {
            let off = off(hz, 0.3 + n as f64, n % CHANNELS);
            // Its highest may lie an eighth of a sample from a place that is looked at.
            let missed = (PI * hz / 48_000.0 / 4.0).cos();
            let least = 20.0 * missed.log10() - 0.012;
            assert!(off < 0.012 && off > least, "{hz} Hz: {off} {least}");
        }
    }

    #[test]
    fn what_lies_between_the_samples_of_a_quarter_of_the_rate_is_found() {
        // Every sample is 3 dB below the peak, which lies in the middle.
        assert!(off(12_000.0, PI / 4.0, 0).abs() < 0.012);
        // Here it lies on a quarter.
        assert!(off(12_000.0, PI / 8.0, 1).abs() < 0.012);
        assert!(off(12_000.0, 3.0 * PI / 8.0, 1).abs() < 0.012);
    }

    #[test]
    fn no_place_is_higher_than_is_said() {
        let finder = TruePeak::default();
        let mut seed = 1u32;
        let mut sign = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if seed >> 31 == 0 { -1.0 } else { 1.0f32 }
        };
        // The worst there is: every sample has the sign of its weight.
        let worst: Vec<f32> = (0..SIDE)
            .flat_map(|k| {
                [if (SIDE - k).is_multiple_of(2) {
                    1.0
                } else {
                    -1.0
                }; CHANNELS]
            })
            .collect();
        let mut samples = worst.clone();
        samples.extend(worst.chunks_exact(CHANNELS).rev().flatten());
        samples.extend((0..CHANNELS * 480).map(|_| sign()));
        let mut peaks = vec![0f32; samples.len() / CHANNELS - TruePeak::BEFORE];
        let highest = {
            let mut finder = TruePeak::default();
            finder.find(&samples, &mut peaks);
            peaks.iter().copied().fold(0.0, f32::max)
        };
        assert!(
            highest > 2.5 && finder.may_reach(&samples, highest),
            "{highest}"
        );
        assert!(!finder.may_reach(&samples, 2.0 * highest));
    }
}
