//! The way of a source's sound from its pipeline to the mixer: a lock-free ring of samples, and
//! beside it marks that say which sample is to be heard when.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::media::{CHANNELS, House, SAMPLE_RATE};

/// Two seconds may wait.
const RING: usize = 2 * SAMPLE_RATE * CHANNELS;
const MARKS: usize = 512;
/// 40 dB over full scale. No sound is meant to be louder, and sums and squares of it stay numbers.
const LOUDEST: f32 = 100.0;

/// Says when a sample is to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Index of the sample (of each channel) since the ring was made.
    pub index: u64,
    /// House time at which it is to be heard.
    pub time: House,
    /// Whether the source's time has jumped here, so that nothing before says anything of it.
    pub jump: bool,
}

/// The source's end.
pub struct SoundWriter {
    samples: rtrb::Producer<f32>,
    marks: rtrb::Producer<Mark>,
    written: u64,
    lost: Arc<AtomicU64>,
}

/// The mixer's end.
pub struct SoundReader {
    samples: rtrb::Consumer<f32>,
    marks: rtrb::Consumer<Mark>,
    read: u64,
}

/// A ring and both its ends.
pub fn sound_ring() -> (SoundWriter, SoundReader) {
    let (samples_in, samples_out) = rtrb::RingBuffer::new(RING);
    let (marks_in, marks_out) = rtrb::RingBuffer::new(MARKS);
    (
        SoundWriter {
            samples: samples_in,
            marks: marks_in,
            written: 0,
            lost: Arc::new(AtomicU64::new(0)),
        },
        SoundReader {
            samples: samples_out,
            marks: marks_out,
            read: 0,
        },
    )
}

impl SoundWriter {
    /// Hands over interleaved stereo whose first sample is to be heard at `time`. Never waits: what
    /// does not fit is lost and counted, whole frames of it. What is no number becomes silence: one
    /// broken decoder must not silence the whole program.
    pub fn push(&mut self, interleaved: &[f32], time: House, jump: bool) {
        let mark = Mark {
            index: self.written,
            time,
            jump,
        };
        let frames = interleaved.len() / CHANNELS;
        let fits = frames.min(self.samples.slots() / CHANNELS);
        // Without its mark a block would be heard at the wrong moment, so both or neither.
        if self.marks.push(mark).is_err() || fits < frames {
            self.lost.fetch_add(frames as u64, Ordering::Relaxed);
            return;
        }
        if let Ok(mut chunk) = self.samples.write_chunk(fits * CHANNELS) {
            let (first, second) = chunk.as_mut_slices();
            let split = first.len();
            for (to, from) in first.iter_mut().zip(&interleaved[..split]) {
                *to = tame(*from);
            }
            for (to, from) in second.iter_mut().zip(&interleaved[split..]) {
                *to = tame(*from);
            }
            chunk.commit_all();
            self.written += fits as u64;
        }
    }

    /// Samples lost because the mixer did not take them.
    pub fn lost(&self) -> Arc<AtomicU64> {
        self.lost.clone()
    }
}

fn tame(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(-LOUDEST, LOUDEST)
    } else {
        0.0
    }
}

impl SoundReader {
    /// Samples (of each channel) that wait.
    pub fn waiting(&self) -> usize {
        self.samples.slots() / CHANNELS
    }

    /// Index of the next sample that [`SoundReader::take`] gives.
    pub fn position(&self) -> u64 {
        self.read
    }

    /// The next mark, if one has come.
    pub fn next_mark(&mut self) -> Option<Mark> {
        self.marks.pop().ok()
    }

    /// Takes as many frames as fit into `out` (interleaved) and are there; gives how many.
    pub fn take(&mut self, out: &mut [f32]) -> usize {
        let frames = (out.len() / CHANNELS).min(self.waiting());
        if let Ok(chunk) = self.samples.read_chunk(frames * CHANNELS) {
            let (first, second) = chunk.as_slices();
            out[..first.len()].copy_from_slice(first);
            out[first.len()..first.len() + second.len()].copy_from_slice(second);
            chunk.commit_all();
            self.read += frames as u64;
        }
        frames
    }

    /// Drops as many frames as asked and there are; gives how many.
    pub fn skip(&mut self, frames: usize) -> usize {
        let frames = frames.min(self.waiting());
        if let Ok(chunk) = self.samples.read_chunk(frames * CHANNELS) {
            chunk.commit_all();
            self.read += frames as u64;
        }
        frames
    }
}
