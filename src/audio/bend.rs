//! Two clocks brought together: sound of the one is resampled to the other, its speed bent so slightly
//! that nobody hears it (after F. Adriaensen, "Controlling adaptive resampling", 2012: the ratio follows
//! a filtered error, never the error itself).

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Adjustable, Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

use crate::media::{CHANNELS, SAMPLE_RATE};

/// An error is worked off with this time constant, in seconds.
const SETTLE_S: f64 = 2.0;
/// The speed is bent by so much at most: less than three cents.
const BEND_MAX: f64 = 0.0017;
/// Smoothing of the error, in seconds.
const SMOOTH_S: f64 = 0.32;

/// How late sound is, and how it is worked off.
#[derive(Debug, Default)]
pub struct Bend {
    late: f64,
}

impl Bend {
    /// It is where it should be.
    pub fn reset(&mut self) {
        self.late = 0.0;
    }

    /// It was seen to be so many samples of the house late, so many seconds after it was seen last.
    pub fn see(&mut self, late: f64, seconds: f64) {
        self.late += (late - self.late) * (seconds / SMOOTH_S).min(1.0);
    }

    /// How late it is, in samples of the house.
    pub fn late(&self) -> f64 {
        self.late
    }

    /// How much faster than usual it must be used up, less one.
    pub fn speed(&self) -> f64 {
        (self.late / (SETTLE_S * SAMPLE_RATE as f64)).clamp(-BEND_MAX, BEND_MAX)
    }
}

/// A resampler of stereo whose speed can be bent. It allocates nothing once it is made.
pub struct Bender {
    resampler: Async<f32>,
    input: Vec<f32>,
}

impl Bender {
    /// One that gives `ratio` samples for each that it is given, a chunk of so many frames at once.
    pub fn new(ratio: f64, chunk: usize) -> Option<Self> {
        let parameters = SincInterpolationParameters::new(64, WindowFunction::BlackmanHarris2)
            .oversampling_factor(128)
            .interpolation(SincInterpolationType::Quadratic);
        let resampler =
            Async::new_sinc(ratio, 1.1, &parameters, chunk, CHANNELS, FixedAsync::Output)
                .map_err(|error| tracing::error!("no resampler: {error}"))
                .ok()?;
        let input = Vec::with_capacity(resampler.input_frames_max() * CHANNELS);
        Some(Self { resampler, input })
    }

    /// Forgets what it was given.
    pub fn restart(&mut self) {
        self.resampler.reset();
    }

    /// By how many of the samples that it is given what comes out lags behind.
    pub fn delay(&self) -> f64 {
        self.resampler.output_delay() as f64 / self.resampler.resample_ratio()
    }

    /// From now on what it is given is used up faster by this, less one.
    pub fn bend(&mut self, speed: f64) {
        let ratio = 1.0 / (1.0 + speed);
        if self
            .resampler
            .set_resample_ratio_relative(ratio, true)
            .is_err()
        {
            tracing::error!("sound cannot be bent by {speed}");
        }
    }

    /// How many frames it needs for the next chunk.
    pub fn needs(&self) -> usize {
        self.resampler.input_frames_next()
    }

    /// Fills one chunk (interleaved) from what `take` gives, which must fill what it is handed.
    pub fn run(&mut self, take: impl FnOnce(&mut [f32]) -> usize, out: &mut [f32]) -> bool {
        let needed = self.needs();
        self.input.resize(needed * CHANNELS, 0.0);
        if take(&mut self.input) < needed {
            return false;
        }
        let frames = out.len() / CHANNELS;
        match (
            InterleavedSlice::new(&self.input, CHANNELS, needed),
            InterleavedSlice::new_mut(out, CHANNELS, frames),
        ) {
            (Ok(from), Ok(mut to)) => self
                .resampler
                .process_into_buffer(&from, &mut to, None)
                .is_ok(),
            _ => false,
        }
    }
}
