//! The spectrum of a sound, in bands of a third of an octave whose middles lie a twelfth apart: a sine reads
//! its level wherever it lies, and noise what a third-octave analyser reads of it.

use std::f64::consts::TAU;
use std::ops::Range;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use crate::media::{CHANNELS, SAMPLE_RATE, SPECTRUM_BANDS, band_hz};

/// So many samples are looked at: a third of a second, for 3 Hz from one line to the next.
const LENGTH: usize = 16_384;
/// Half the width of a band, in octaves.
const HALF: f32 = 1.0 / 6.0;
/// A sine is within as many lines to each side of where it lies, by the window; no band is narrower than
/// twice that.
const LOBE: f32 = 3.0;
/// The power of a sine of full scale.
const SINE: f64 = 0.5;
/// Nothing softer is told, in dBFS.
const FLOOR_DB: f32 = -120.0;

/// See the module's words.
pub struct Spectrum {
    /// The newest samples of each side, the next one's place in them.
    sides: [Vec<f32>; CHANNELS],
    at: usize,
    /// So many have come, up to [`LENGTH`].
    heard: usize,
    window: Vec<f32>,
    /// By which a sum of squared lines is the power of the sound.
    scale: f64,
    bands: Vec<Range<usize>>,
    transform: Arc<dyn RealToComplex<f32>>,
    input: Vec<f32>,
    lines: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Default for Spectrum {
    fn default() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(LENGTH);
        // Hann's.
        let window = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / LENGTH as f64).cos();
        let window: Vec<f32> = (0..LENGTH).map(|n| window(n) as f32).collect();
        let energy: f64 = window.iter().map(|w| f64::from(*w).powi(2)).sum();
        let bands = (0..SPECTRUM_BANDS).map(|band| lines_of(band_hz(band)));
        Self {
            sides: std::array::from_fn(|_| vec![0.0; LENGTH]),
            at: 0,
            heard: 0,
            window,
            // Parseval: the lines of a half spectrum count twice.
            scale: 2.0 / (LENGTH as f64 * energy),
            bands: bands.collect(),
            input: transform.make_input_vec(),
            lines: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
        }
    }
}

/// The lines of the band around a frequency in Hz.
fn lines_of(hz: f32) -> Range<usize> {
    let line = |hz: f32| hz * LENGTH as f32 / SAMPLE_RATE as f32;
    let from = line(hz * (-HALF).exp2()).min(line(hz) - LOBE);
    let to = line(hz * HALF.exp2()).max(line(hz) + LOBE);
    // Of the first line, what stands still is no part.
    let last = LENGTH / 2;
    (from.round().max(1.0) as usize)..(to.round() as usize).min(last) + 1
}

impl Spectrum {
    /// Takes in what comes next, left and right interleaved.
    pub fn take(&mut self, sound: &[f32]) {
        for frame in sound.chunks_exact(CHANNELS) {
            for (side, sample) in self.sides.iter_mut().zip(frame) {
                side[self.at] = *sample;
            }
            self.at = (self.at + 1) % LENGTH;
            self.heard = (self.heard + 1).min(LENGTH);
        }
    }

    /// The level of each band in dBFS, of the louder side; −120 at the least. A sine of full scale is 0 dBFS.
    /// `None` until enough has been heard.
    pub fn bands_db(&mut self) -> Option<Vec<f32>> {
        if self.heard < LENGTH {
            return None;
        }
        let mut power = [0f64; SPECTRUM_BANDS];
        for side in &self.sides {
            let (new, old) = side.split_at(self.at);
            let in_order = old.iter().chain(new).zip(&self.window);
            for (place, (sample, window)) in self.input.iter_mut().zip(in_order) {
                *place = sample * window;
            }
            let (input, lines, scratch) = (&mut self.input, &mut self.lines, &mut self.scratch);
            self.transform
                .process_with_scratch(input, lines, scratch)
                .ok()?;
            for (power, band) in power.iter_mut().zip(&self.bands) {
                let lines = lines[band.clone()].iter();
                let sum: f64 = lines.map(|line| f64::from(line.norm_sqr())).sum();
                *power = power.max(sum * self.scale);
            }
        }
        let level = |power: f64| (10.0 * (power / SINE).log10()) as f32;
        Some(power.iter().map(|p| level(*p).max(FLOOR_DB)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bands of a sound of so many samples, left alone.
    fn bands(sound: impl Fn(usize) -> f64) -> Vec<f32> {
        let mut spectrum = Spectrum::default();
        for block in 0..(LENGTH + 5000) / 480 {
            let samples = (block * 480..(block + 1) * 480).flat_map(|n| [sound(n) as f32, 0.0]);
            let samples: Vec<f32> = samples.collect();
            spectrum.take(&samples);
        }
        spectrum.bands_db().expect("enough was heard")
    }

    fn sine(hz: f64) -> impl Fn(usize) -> f64 {
        move |n| (TAU * hz * n as f64 / SAMPLE_RATE as f64).sin()
    }

    #[test]
    fn a_sine_of_full_scale_reads_0_db_wherever_it_lies() {
        // No whole numbers of lines or bands: 311 steps from 20 Hz to 20 kHz.
        for n in 0..=311 {
            let hz = 20.0 * 1000f64.powf(f64::from(n) / 311.0);
            let bands = bands(sine(hz));
            let nearest = (12.0 * (hz / 20.0).log2()).round() as usize;
            let nearest = bands[nearest.min(SPECTRUM_BANDS - 1)];
            let highest = bands.iter().copied().fold(f32::MIN, f32::max);
            assert!(
                nearest.abs() < 0.5 && highest.abs() < 0.5,
                "{hz} Hz: {nearest} {highest}"
            );
        }
    }

    #[test]
    fn what_is_an_octave_away_reads_nothing_of_it() {
        for hz in [200.0, 1000.0, 7000.0] {
            let bands = bands(sine(hz));
            let at = (12.0 * f64::log2(hz / 20.0)).round() as usize;
            for (n, level) in bands.iter().enumerate() {
                if n.abs_diff(at) > 12 {
                    assert!(*level < -60.0, "{hz} Hz in {} Hz: {level}", band_hz(n));
                }
            }
        }
    }

    #[test]
    fn two_levels_stand_side_by_side_and_silence_is_the_floor() {
        let (low, high) = (sine(100.0), sine(3000.0));
        let both = bands(|n| 0.1 * low(n) + 0.01 * high(n));
        let at = |hz: f64| both[(12.0 * (hz / 20.0).log2()).round() as usize];
        assert!((at(100.0) + 20.0).abs() < 0.5, "{}", at(100.0));
        assert!((at(3000.0) + 40.0).abs() < 0.5, "{}", at(3000.0));
        assert!(bands(|_| 0.0).iter().all(|level| *level == FLOOR_DB));
        assert_eq!(Spectrum::default().bands_db(), None);
    }
}
