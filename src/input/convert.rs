//! Stereo at any rate brought to the house's.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

use crate::media::{CHANNELS, NS_PER_S, SAMPLE_RATE};

/// Frames that are converted at once.
const CHUNK: usize = 128;

/// See the module's words. What it gives lags behind what it was given by [`Convert::lag_ns`].
pub struct Convert {
    resampler: Async<f32>,
    rate: u32,
    /// Interleaved, less than a chunk.
    waiting: Vec<f32>,
    out: Vec<f32>,
    room: Vec<f32>,
}

impl Convert {
    /// From `rate` samples a second.
    ///
    /// # Errors
    /// Where there is no way from that rate.
    pub fn new(rate: u32) -> Result<Self, rubato::ResamplerConstructionError> {
        let parameters = SincInterpolationParameters::new(128, WindowFunction::BlackmanHarris2)
            .oversampling_factor(256)
            .interpolation(SincInterpolationType::Quadratic);
        let ratio = SAMPLE_RATE as f64 / f64::from(rate);
        let resampler =
            Async::new_sinc(ratio, 1.01, &parameters, CHUNK, CHANNELS, FixedAsync::Input)?;
        let room = vec![0.0; resampler.output_frames_max() * CHANNELS];
        Ok(Self {
            resampler,
            rate,
            waiting: Vec::with_capacity(CHUNK * CHANNELS),
            out: Vec::new(),
            room,
        })
    }

    /// How long before the first frame that is given next that frame is which comes out first, in
    /// nanoseconds.
    pub fn lag_ns(&self) -> i64 {
        let waits = (self.waiting.len() / CHANNELS) as i64 * NS_PER_S / i64::from(self.rate);
        waits + self.resampler.output_delay() as i64 * NS_PER_S / SAMPLE_RATE as i64
    }

    /// What comes next does not follow what was last.
    pub fn restart(&mut self) {
        self.waiting.clear();
        self.resampler.reset();
    }

    /// Takes interleaved stereo and gives as much of it as is converted.
    pub fn take(&mut self, samples: &[f32]) -> &[f32] {
        self.out.clear();
        self.waiting.extend_from_slice(samples);
        let mut done = 0;
        while let Some(chunk) = self.waiting.get(done..done + CHUNK * CHANNELS) {
            done += CHUNK * CHANNELS;
            let room = self.room.len() / CHANNELS;
            let (Ok(from), Ok(mut to)) = (
                InterleavedSlice::new(chunk, CHANNELS, CHUNK),
                InterleavedSlice::new_mut(&mut self.room, CHANNELS, room),
            ) else {
                break;
            };
            match self.resampler.process_into_buffer(&from, &mut to, None) {
                Ok((_, frames)) => self.out.extend_from_slice(&self.room[..frames * CHANNELS]),
                Err(error) => tracing::error!("sound of {} Hz: {error}", self.rate),
            }
        }
        self.waiting.drain(..done);
        &self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a tone of amplitude 0.5 when the tone itself is taken out, and how far it is from
    /// where it should be, in samples.
    fn residue(rate: u32, hz: f64) -> (f64, f64) {
        let mut convert = Convert::new(rate).unwrap();
        let mut heard: Vec<(f64, f32)> = Vec::new();
        let mut first: Option<f64> = None;
        let mut at = 0usize;
        // Blocks of a length that fits nothing.
        while at < rate as usize {
            let samples: Vec<f32> = (at..at + 441)
                .flat_map(|i| {
                    let phase = i as f64 / f64::from(rate) * hz * std::f64::consts::TAU;
                    [phase.sin() as f32 * 0.5; CHANNELS]
                })
                .collect();
            let begins = at as f64 / f64::from(rate) - convert.lag_ns() as f64 / 1e9;
            let out: Vec<f32> = convert
                .take(&samples)
                .iter()
                .step_by(CHANNELS)
                .copied()
                .collect();
            // The first that it gives is short of what it was given.
            if at > rate as usize / 10 && !out.is_empty() {
                // What is said of each block goes on where the last ended, to within two samples.
                let follows = first.get_or_insert(begins - heard.len() as f64 / 48e3);
                let off = begins - *follows - heard.len() as f64 / 48e3;
                assert!(off.abs() < 2.0 / 48e3, "{rate}: {off} s at {at}");
            }
            if let Some(first) = first {
                let from = heard.len();
                let timed = out.iter().enumerate();
                heard.extend(timed.map(|(i, s)| (first + (from + i) as f64 / 48e3, *s)));
            }
            at += 441;
        }
        let settled = &heard[heard.len() / 4..heard.len() - 100];
        let (mut re, mut im) = (0.0, 0.0);
        for (t, s) in settled {
            let phase = t * hz * std::f64::consts::TAU;
            re += f64::from(*s) * phase.sin() * 2.0 / settled.len() as f64;
            im += f64::from(*s) * phase.cos() * 2.0 / settled.len() as f64;
        }
        let late = -im.atan2(re) / std::f64::consts::TAU / hz * 48e3;
        let rest = settled.iter().map(|(t, s)| {
            let phase = t * hz * std::f64::consts::TAU;
            (f64::from(*s) - re * phase.sin() - im * phase.cos()).abs()
        });
        (rest.fold(0.0, f64::max), late)
    }

    #[test]
    fn a_tone_of_any_rate_comes_out_whole_and_when_it_is_said_to() {
        for rate in [32_000, 44_100, 96_000] {
            let (rest, late) = residue(rate, 997.0);
            assert!(rest < 5e-4, "{rate}: {rest} beside the tone");
            // A tenth of a millisecond.
            assert!(late.abs() < 4.8, "{rate}: {late} samples late");
        }
    }
}
