//! Loudness of the program by EBU R 128 (ITU-R BS.1770), measured by libebur128's port: a standard
//! that others have proved is not written again.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use ebur128::{EbuR128, Mode};

use crate::door::Loudness;
use crate::media::{CHANNELS, SAMPLE_RATE, gain_to_db};

/// What is quieter is as good as silent, in LUFS: the absolute gate of the standard lies there.
const SILENT: f64 = -70.0;

/// Measures blocks as they leave the mixer.
pub struct LoudnessMeter {
    meter: EbuR128,
}

impl LoudnessMeter {
    /// A meter that has heard nothing.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn new() -> Result<Self, ebur128::Error> {
        // With a histogram its memory does not grow with the hours.
        let mode = Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::HISTOGRAM;
        let meter = EbuR128::new(CHANNELS as u32, SAMPLE_RATE as u32, mode)?;
        Ok(Self { meter })
    }

    /// Takes in some interleaved samples.
    pub fn take(&mut self, samples: &[f32]) {
        // It refuses nothing but another number of channels.
        if let Err(error) = self.meter.add_frames_f32(samples) {
            tracing::error!("loudness: {error}");
        }
    }

    /// Begins anew.
    pub fn reset(&mut self) {
        self.meter.reset();
    }

    /// What has been heard so far.
    pub fn reading(&self) -> Loudness {
        let lufs = |value: Result<f64, ebur128::Error>| {
            value
                .ok()
                .filter(|value| *value > SILENT)
                .map(|value| value as f32)
        };
        let peaks = (0..CHANNELS as u32).filter_map(|c| self.meter.true_peak(c).ok());
        Loudness {
            momentary: lufs(self.meter.loudness_momentary()),
            short_term: lufs(self.meter.loudness_shortterm()),
            integrated: lufs(self.meter.loudness_global()),
            range: self.meter.loudness_range().unwrap_or_default() as f32,
            true_peak_db: gain_to_db(peaks.fold(0.0, f64::max) as f32),
        }
    }
}

/// A reading as it goes from the mixer's thread to whoever shows it, without a lock.
#[derive(Debug)]
pub struct LoudnessShown {
    /// Bits of the values; not a number where there is none.
    values: [AtomicU32; 5],
    reset: AtomicBool,
}

impl Default for LoudnessShown {
    fn default() -> Self {
        let shown = Self {
            values: Default::default(),
            reset: AtomicBool::new(false),
        };
        shown.show(&Loudness::default());
        shown
    }
}

impl LoudnessShown {
    /// Shows a reading.
    pub fn show(&self, reading: &Loudness) {
        let none = |value: Option<f32>| value.unwrap_or(f32::NAN);
        let values = [
            none(reading.momentary),
            none(reading.short_term),
            none(reading.integrated),
            reading.range,
            reading.true_peak_db,
        ];
        for (shown, value) in self.values.iter().zip(values) {
            shown.store(value.to_bits(), Ordering::Relaxed);
        }
    }

    /// The last reading.
    pub fn reading(&self) -> Loudness {
        let [momentary, short_term, integrated, range, true_peak_db] =
            [0, 1, 2, 3, 4].map(|i: usize| f32::from_bits(self.values[i].load(Ordering::Relaxed)));
        let some = |value: f32| Some(value).filter(|value| !value.is_nan());
        Loudness {
            momentary: some(momentary),
            short_term: some(short_term),
            integrated: some(integrated),
            range,
            true_peak_db,
        }
    }

    /// Asks for the measurement to begin anew.
    pub fn ask_reset(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }

    /// Whether that was asked for and has not begun.
    pub fn awaits_reset(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }

    /// Whether that was asked for since this was called last.
    pub fn take_reset(&self) -> bool {
        self.reset.swap(false, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    //! The signals of EBU Tech 3341 (loudness, true peak) and 3342 (range), made from their
    //! definitions; those that are recordings, or have five channels, are not among them.

    use std::f64::consts::TAU;

    use super::*;
    use crate::media::BLOCK;

    /// Pieces of a tone of 1 kHz on both sides: (peak in dBFS, seconds).
    fn tone(pieces: &[(f64, f64)]) -> Vec<f32> {
        let mut samples = Vec::new();
        let mut n = 0u64;
        for &(db, seconds) in pieces {
            let level = 10f64.powf(db / 20.0);
            for _ in 0..(seconds * SAMPLE_RATE as f64).round() as u64 {
                let value = level * (TAU * 1000.0 * n as f64 / SAMPLE_RATE as f64).sin();
                samples.extend([value as f32; CHANNELS]);
                n += 1;
            }
        }
        samples
    }

    /// Every reading, block by block.
    fn readings(samples: &[f32]) -> Vec<Loudness> {
        let mut meter = LoudnessMeter::new().unwrap();
        let blocks = samples.chunks(BLOCK * CHANNELS);
        blocks
            .map(|block| {
                meter.take(block);
                meter.reading()
            })
            .collect()
    }

    fn last(samples: &[f32]) -> Loudness {
        let mut meter = LoudnessMeter::new().unwrap();
        for block in samples.chunks(BLOCK * CHANNELS) {
            meter.take(block);
        }
        meter.reading()
    }

    const QUIET: f64 = -200.0;

    fn is_about(value: Option<f32>, wanted: f32) -> bool {
        value.is_some_and(|value| (value - wanted).abs() <= 0.1)
    }

    #[test]
    fn a_steady_tone_reads_its_level_in_all_three() {
        for level in [-23.0, -33.0] {
            let seen = last(&tone(&[(f64::from(level), 20.0)]));
            for value in [seen.momentary, seen.short_term, seen.integrated] {
                assert!(is_about(value, level), "{seen:?}");
            }
        }
    }

    #[test]
    fn the_gates_leave_out_what_is_quiet() {
        let cases: [&[(f64, f64)]; 3] = [
            &[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)],
            &[
                (-72.0, 10.0),
                (-36.0, 10.0),
                (-23.0, 60.0),
                (-36.0, 10.0),
                (-72.0, 10.0),
            ],
            &[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
        ];
        for case in cases {
            let seen = last(&tone(case));
            assert!(is_about(seen.integrated, -23.0), "{case:?}: {seen:?}");
        }
    }

    #[test]
    fn short_term_and_momentary_stand_still_on_what_repeats_in_their_windows() {
        let short = tone(&[(-20.0, 1.34), (-30.0, 1.66)].repeat(5));
        let seen = readings(&short);
        assert!(
            seen[300..].iter().all(|r| is_about(r.short_term, -23.0)),
            "short-term"
        );
        let momentary = tone(&[(-20.0, 0.18), (-30.0, 0.22)].repeat(25));
        let seen = readings(&momentary);
        assert!(
            seen[100..].iter().all(|r| is_about(r.momentary, -23.0)),
            "momentary"
        );
    }

    #[test]
    fn the_highest_readings_find_a_tone_wherever_it_begins() {
        for i in 0..20 {
            let before = f64::from(i);
            let seen = readings(&tone(&[(QUIET, before * 0.15), (-23.0, 3.0), (QUIET, 1.0)]));
            let highest = seen.iter().filter_map(|r| r.short_term);
            assert!(is_about(highest.reduce(f32::max), -23.0), "short-term {i}");
            let seen = readings(&tone(&[(QUIET, before * 0.02), (-23.0, 0.4), (QUIET, 1.0)]));
            let highest = seen.iter().filter_map(|r| r.momentary);
            assert!(is_about(highest.reduce(f32::max), -23.0), "momentary {i}");
        }
    }

    #[test]
    fn each_of_many_tones_in_turn_has_its_highest_reading() {
        // Cases 11 and 14: each a LU louder than the one before, after a pause that grows.
        let levels = (0..20u8).map(|k| (k, -38.0 + f64::from(k)));
        for (pause, lasts, short) in [(0.15, 3.0, true), (0.02, 0.4, false)] {
            let mut meter = LoudnessMeter::new().unwrap();
            for (k, level) in levels.clone() {
                let quiet = (QUIET, f64::from(k) * pause);
                let signal = tone(&[quiet, (level, lasts), (QUIET, 1.0)]);
                let mut highest = f32::MIN;
                for block in signal.chunks(BLOCK * CHANNELS) {
                    meter.take(block);
                    let reading = meter.reading();
                    let value = if short {
                        reading.short_term
                    } else {
                        reading.momentary
                    };
                    highest = highest.max(value.unwrap_or(f32::MIN));
                }
                let wanted = level as f32;
                assert!(is_about(Some(highest), wanted), "{wanted}: {highest}");
            }
        }
    }

    #[test]
    fn true_peaks_between_samples_are_found() {
        // (part of the rate, phase in degrees, level of full scale, dBTP), +0.2 −0.4 dB.
        for (part, degrees, level, wanted) in [
            (4.0, 0.0, 0.5, -6.0),
            (4.0, 45.0, 0.5, -6.0),
            (6.0, 60.0, 0.5, -6.0),
            (8.0, 67.5, 0.5, -6.0),
            (4.0, 45.0, 1.41, 3.0),
        ] {
            let samples: Vec<f32> = (0..SAMPLE_RATE * CHANNELS)
                .map(|i| {
                    let n = (i / CHANNELS) as f64;
                    let phase = TAU * n / part + f64::to_radians(degrees);
                    // A tone that begins with a step has peaks of its own there.
                    let faded = level * (n / 4800.0).min(1.0);
                    (faded * phase.sin()) as f32
                })
                .collect();
            let seen = last(&samples).true_peak_db;
            assert!(
                (wanted - 0.4..=wanted + 0.2).contains(&seen),
                "1/{part} at {degrees}°: {seen}"
            );
        }
    }

    #[test]
    fn a_true_peak_is_found_wherever_it_lies_between_two_samples() {
        // As cases 20 to 23: a short loud stretch of a tone, made at four times the rate, without what lies
        // above half of it, and every fourth sample of that, from each of four on.
        let tone = |n: i64| {
            let loud = if n.abs() <= 12 { 1.0 } else { 0.5 };
            loud * (TAU * n as f64 / 24.0 + 0.4).sin()
        };
        let fine: Vec<f64> = (-4000..4000i64)
            .map(|n| {
                // A sinc in a Hann window, of 20 kHz.
                let weights = (-256..=256i64).map(|k| {
                    let x = k as f64 * 20.0 / 96.0;
                    let sinc = if k == 0 {
                        1.0
                    } else {
                        (TAU / 2.0 * x).sin() / (TAU / 2.0 * x)
                    };
                    (
                        k,
                        sinc * 20.0 / 96.0 * (0.5 + 0.5 * (TAU * k as f64 / 514.0).cos()),
                    )
                });
                weights.map(|(k, weight)| weight * tone(n - k)).sum()
            })
            .collect();
        let highest = fine.iter().fold(0f64, |most, x| most.max(x.abs()));
        let wanted = 20.0 * highest.log10();
        for offset in 0..4 {
            let samples = fine.iter().skip(offset).step_by(4);
            let samples: Vec<f32> = samples.flat_map(|x| [*x as f32; CHANNELS]).collect();
            let seen = f64::from(last(&samples).true_peak_db) - wanted;
            assert!((-0.4..=0.2).contains(&seen), "{offset}: {seen} dB off");
        }
    }

    #[test]
    fn the_range_is_that_between_soft_and_loud() {
        let cases: [(&[f64], f32); 4] = [
            (&[-20.0, -30.0], 10.0),
            (&[-20.0, -15.0], 5.0),
            (&[-40.0, -20.0], 20.0),
            (&[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
        ];
        for (levels, wanted) in cases {
            let pieces: Vec<_> = levels.iter().map(|level| (*level, 20.0)).collect();
            let range = last(&tone(&pieces)).range;
            assert!((range - wanted).abs() <= 1.0, "{levels:?}: {range}");
        }
    }

    #[test]
    fn silence_has_no_loudness_and_a_reset_forgets() {
        let mut meter = LoudnessMeter::new().unwrap();
        meter.take(&vec![0.0; SAMPLE_RATE * CHANNELS]);
        assert_eq!(meter.reading().integrated, None);
        meter.take(&tone(&[(-20.0, 5.0)]));
        assert!(meter.reading().integrated.is_some());
        meter.reset();
        assert_eq!(meter.reading(), Loudness::default());
        let shown = LoudnessShown::default();
        assert_eq!(shown.reading(), Loudness::default());
        let reading = Loudness {
            momentary: Some(-20.0),
            range: 3.0,
            ..Loudness::default()
        };
        shown.show(&reading);
        assert_eq!(shown.reading(), reading);
    }
}
