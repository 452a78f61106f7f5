//! Sound in house format: 48 kHz, stereo, interleaved `f32`, in blocks of 10 ms.

use super::{House, NS_PER_S, SAMPLE_RATE, mul_div};

/// Channels of a source and of the program.
pub const CHANNELS: usize = 2;
/// Samples of each channel in one block of the mixer: 10 ms.
pub const BLOCK: usize = SAMPLE_RATE / 100;

/// One block of the program: left and right interleaved, full scale at ±1.
#[derive(Clone, Debug)]
pub struct SoundBlock {
    /// Position of the first sample in the program, counted from frame 0.
    pub position: u64,
    /// `BLOCK · CHANNELS` samples.
    pub samples: Vec<f32>,
}

/// House time of a sample position.
pub fn block_start(position: u64) -> House {
    mul_div(position as i64, NS_PER_S, SAMPLE_RATE as i64)
}

/// Decibels to an amplitude factor; −100 dB and below is silence.
pub fn db_to_gain(db: f32) -> f32 {
    if db <= -100.0 {
        0.0
    } else {
        10f32.powf(db / 20.0)
    }
}

/// An amplitude to decibels, −100 at the least so that it can be written as JSON.
pub fn gain_to_db(gain: f32) -> f32 {
    if gain > 1e-5 {
        20.0 * gain.log10()
    } else {
        -100.0
    }
}
