//! Quasi-peak: what a peak programme meter reads, whose needle leaves out peaks too short to be heard as
//! distortion. IEC 60268-10 says how: a burst of 5 kHz of a given length reads so much below a
//! steady tone of its height. Its integration time is the length of the burst that reads 2 dB less:
//! 5 ms for Type I (DIN, Nordic), 10 ms for Type II (BBC, EBU).
//!
//! | Burst     | 100 ms  | 10 ms   | 5 ms    | 3 ms    | 1.5 ms | 0.5 ms | 0.4 ms |
//! |-----------|---------|---------|---------|---------|--------|--------|--------|
//! | Type I    |         | −1 dB   | −2 dB   | −4 dB   |        |        | −15 dB |
//! | Type II   | 0 dB    | −2 dB   | −4 dB   |         | −9 dB  | −17 dB |        |
//!
//! One detector with one time constant cannot read all of a row: each type is two of them, a fast and a
//! slow one, weighed. Their constants were found by a search for the least error over the row; the
//! widest is 0.3 dB.

use super::lanes::Lanes;
use crate::media::SAMPLE_RATE;

/// The meters that there are.
pub const TYPES: usize = 2;

/// Samples from one reading to the next: a needle that falls 12 dB a second falls by a thousandth of a dB
/// meanwhile.
pub const STEP: usize = 4;

/// How a type's needle moves.
struct Needle {
    /// Of each detector, how much of what is above it it takes in with a sample.
    rise: [f32; 2],
    /// Their weights, by which a steady tone of 5 kHz reads its height.
    weight: [f32; 2],
    /// How fast it falls, in dB a second.
    fall: f32,
}

const NEEDLES: [Needle; TYPES] = [
    Needle {
        rise: [0.018_778_9, 0.004_712_475],
        weight: [0.815_512 / 0.977_779, 0.184_488 / 0.977_779],
        fall: 20.0 / 1.7,
    },
    Needle {
        rise: [0.012_761_66, 0.001_244_668],
        weight: [0.810_547 / 0.969_072, 0.189_453 / 0.969_072],
        fall: 24.0 / 2.8,
    },
];

/// The detectors of eight channels.
#[derive(Clone, Debug)]
pub struct QuasiPeak {
    /// By type, by detector.
    held: [[Lanes; 2]; TYPES],
    /// By type, what is left of it a step later.
    left: [f32; TYPES],
}

impl Default for QuasiPeak {
    fn default() -> Self {
        let left =
            |needle: &Needle| 10f32.powf(-needle.fall / 20.0 * STEP as f32 / SAMPLE_RATE as f32);
        Self {
            held: [[Lanes::ZERO; 2]; TYPES],
            left: [left(&NEEDLES[0]), left(&NEEDLES[1])],
        }
    }
}

impl QuasiPeak {
    /// Takes in a block of whole steps; gives the highest that each type has read in it.
    #[inline(always)]
    pub fn read(&mut self, block: &[Lanes]) -> [Lanes; TYPES] {
        let mut held = self.held;
        let mut highest = [Lanes::ZERO; TYPES];
        for step in block.as_chunks::<STEP>().0 {
            for (held, left) in held.iter_mut().zip(self.left) {
                *held = held.map(|held| held * left);
            }
            for sample in step {
                let sample = sample.abs();
                for (held, needle) in held.iter_mut().zip(&NEEDLES) {
                    for (held, rise) in held.iter_mut().zip(needle.rise) {
                        *held = *held + (sample - *held).max(Lanes::ZERO) * rise;
                    }
                }
            }
            // Within a step nothing falls: its end is its highest.
            for ((highest, held), needle) in highest.iter_mut().zip(&held).zip(&NEEDLES) {
                let reading = held[0] * needle.weight[0] + held[1] * needle.weight[1];
                *highest = highest.max(reading);
            }
        }
        self.held = held.map(|pair| pair.map(Lanes::without_dust));
        highest
    }

    /// Both channels of a strip begin anew.
    pub fn clear(&mut self, strip: usize) {
        for held in self.held.iter_mut().flatten() {
            held.0[2 * strip..2 * strip + 2].fill(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::gain_to_db;

    /// What each type reads of a tone that lasts so long and begins so many samples late, against its
    /// height, in dB.
    fn read(hz: f64, ms: f32, late: usize) -> [f32; TYPES] {
        let samples = (ms * SAMPLE_RATE as f32 / 1000.0).round() as usize;
        let tone = |n: usize| {
            let turns = n as f64 * hz / SAMPLE_RATE as f64;
            let value = 0.5 * (turns * std::f64::consts::TAU).sin();
            Lanes::all(value as f32)
        };
        let mut block = vec![Lanes::ZERO; late];
        block.extend((0..samples).map(tone));
        block.resize((block.len() + 480).next_multiple_of(STEP), Lanes::ZERO);
        let highest = QuasiPeak::default().read(&block);
        highest.map(|lanes| gain_to_db(lanes.0[5] / 0.5))
    }

    #[test]
    fn bursts_read_what_the_standard_says() {
        let rows: [&[(f32, f32)]; TYPES] = [
            &[(10.0, -1.0), (5.0, -2.0), (3.0, -4.0), (0.4, -15.0)],
            &[
                (100.0, 0.0),
                (10.0, -2.0),
                (5.0, -4.0),
                (1.5, -9.0),
                (0.5, -17.0),
            ],
        ];
        for (t, row) in rows.into_iter().enumerate() {
            for (ms, wanted) in row {
                for late in 0..STEP {
                    let seen = read(5000.0, *ms, late)[t];
                    let off = (seen - wanted).abs();
                    assert!(off < 0.3, "type {t}, {ms} ms, {late} late: {seen}");
                }
            }
        }
    }

    #[test]
    fn a_steady_tone_reads_its_height_wherever_it_lies() {
        for hz in [31.5, 63.0, 440.0, 997.0, 3150.0, 5000.0, 9973.0, 15_000.0] {
            for (t, seen) in read(hz, 2000.0, 0).into_iter().enumerate() {
                assert!(seen.abs() < 0.25, "type {t}, {hz} Hz: {seen}");
            }
        }
    }

    #[test]
    fn the_needles_fall_as_they_should_and_each_channel_for_itself() {
        let mut meter = QuasiPeak::default();
        let mut loud = Lanes::ZERO;
        loud.0[2] = 1.0;
        let before = meter.read(&vec![loud; SAMPLE_RATE]);
        assert_eq!(before[0].0[3], 0.0);
        let mut after = before;
        for _ in 0..170 {
            after = meter.read(&vec![Lanes::ZERO; SAMPLE_RATE / 100]);
        }
        let fallen = [0, 1].map(|t| gain_to_db(before[t].0[2]) - gain_to_db(after[t].0[2]));
        // The highest of a block is that at its beginning.
        assert!((fallen[0] - 20.0).abs() < 0.3, "{fallen:?}");
        assert!((fallen[1] - 24.0 * 1.7 / 2.8).abs() < 0.3, "{fallen:?}");
        meter.clear(1);
        assert_eq!(meter.read(&[Lanes::ZERO; STEP]), [Lanes::ZERO; TYPES]);
    }
}
