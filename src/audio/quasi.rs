//! Quasi-peak: what a peak programme meter reads, whose needle leaves out peaks too short to be heard as
//! distortion. IEC 60268-10 says how: a burst of 5 kHz of a given length reads so much below a
//! steady tone of its height.
//!
//! | Burst     | 10 ms   | 5 ms    | 3 ms | 1.5 ms | 0.5 ms | 0.4 ms |
//! |-----------|---------|---------|------|--------|--------|--------|
//! | Type I    | −1 dB   | −2 dB   | −4 dB |       |        | −15 dB |
//! | Type II   | −2.5 dB | −4 dB   |      | −9 dB  | −17 dB |        |
//!
//! One detector with one time constant cannot read all of a row: each type is two of them, a fast and a
//! slow one, weighed. Their constants were found by a search for the least error over the row.

use super::lanes::Lanes;
use crate::media::SAMPLE_RATE;

/// The meters that there are.
pub const TYPES: usize = 2;

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
        rise: [0.019_564_86, 0.006_245_936],
        weight: [0.734_564 / 0.977_539, 0.265_436 / 0.977_539],
        fall: 20.0 / 1.7,
    },
    Needle {
        rise: [0.014_520_217, 0.000_767_65],
        weight: [0.739_265 / 0.949_11, 0.260_735 / 0.949_11],
        fall: 24.0 / 2.8,
    },
];

/// The detectors of eight channels.
#[derive(Clone, Debug)]
pub struct QuasiPeak {
    /// By type, by detector.
    held: [[Lanes; 2]; TYPES],
    /// By type, what is left of it a sample later.
    left: [f32; TYPES],
}

impl Default for QuasiPeak {
    fn default() -> Self {
        let left = |needle: &Needle| 10f32.powf(-needle.fall / 20.0 / SAMPLE_RATE as f32);
        Self {
            held: [[Lanes::ZERO; 2]; TYPES],
            left: [left(&NEEDLES[0]), left(&NEEDLES[1])],
        }
    }
}

impl QuasiPeak {
    /// Takes in a block; gives the highest that each type has read in it.
    pub fn read(&mut self, block: &[Lanes]) -> [Lanes; TYPES] {
        let mut held = self.held;
        let mut highest = [Lanes::ZERO; TYPES];
        for sample in block {
            let sample = sample.abs();
            for (t, needle) in NEEDLES.iter().enumerate() {
                let mut reading = Lanes::ZERO;
                for (d, held) in held[t].iter_mut().enumerate() {
                    let fallen = *held * self.left[t];
                    *held = fallen + (sample - fallen).max(Lanes::ZERO) * needle.rise[d];
                    reading = reading + *held * needle.weight[d];
                }
                highest[t] = highest[t].max(reading);
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

    /// What each type reads of a burst of 5 kHz, against a steady tone of its height, in dB.
    fn burst(ms: f32) -> [f32; TYPES] {
        let samples = (ms * SAMPLE_RATE as f32 / 1000.0).round() as usize;
        let tone = |n: usize| {
            let turns = n as f64 * 5000.0 / SAMPLE_RATE as f64;
            let value = if n < samples {
                0.5 * (turns * std::f64::consts::TAU).sin()
            } else {
                0.0
            };
            Lanes::all(value as f32)
        };
        let block: Vec<Lanes> = (0..samples + 480).map(tone).collect();
        let highest = QuasiPeak::default().read(&block);
        highest.map(|lanes| gain_to_db(lanes.0[5] / 0.5))
    }

    #[test]
    fn bursts_read_what_the_standard_says() {
        for (ms, wanted, within) in [
            (2000.0, 0.0, 0.1),
            (10.0, -1.0, 0.5),
            (5.0, -2.0, 1.0),
            (3.0, -4.0, 1.0),
            (0.4, -15.0, 4.0),
        ] {
            let seen = burst(ms)[0];
            assert!((seen - wanted).abs() <= within, "Type I, {ms} ms: {seen}");
        }
        for (ms, wanted, within) in [
            (2000.0, 0.0, 0.1),
            (10.0, -2.5, 0.5),
            (5.0, -4.0, 0.75),
            (1.5, -9.0, 1.0),
            (0.5, -17.0, 2.0),
        ] {
            let seen = burst(ms)[1];
            assert!((seen - wanted).abs() <= within, "Type II, {ms} ms: {seen}");
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
        assert_eq!(meter.read(&[Lanes::ZERO]), [Lanes::ZERO; TYPES]);
    }
}
