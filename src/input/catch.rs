//! The line from a card's own thread: a lock-free ring of its samples, and beside it one of its blocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cpal::Data;

use crate::card;

/// So much may wait to be fetched, in parts of a second.
const WAITING: usize = 2;
/// Blocks that may wait: the shortest that cards have are 32 frames.
const BLOCKS: usize = 2048;

/// A block that a card gave.
struct Block {
    /// Of its first frame, counted from the card's opening, those that were lost included.
    index: u64,
    frames: usize,
}

/// The card's end of the line: what is called in its own thread. It waits for nothing and allocates
/// nothing.
pub struct Catch {
    samples: rtrb::Producer<f32>,
    blocks: rtrb::Producer<Block>,
    channels: usize,
    index: u64,
    lost: Arc<AtomicU64>,
}

/// The other end.
pub struct Caught {
    samples: rtrb::Consumer<f32>,
    blocks: rtrb::Consumer<Block>,
    channels: usize,
    block: Vec<f32>,
}

/// The line from a card of so many channels and samples a second; what does not fit is counted in `lost`,
/// in frames.
pub fn caught(channels: usize, rate: u32, lost: Arc<AtomicU64>) -> (Catch, Caught) {
    let room = rate as usize / WAITING * channels;
    let (samples_in, samples_out) = rtrb::RingBuffer::new(room);
    let (blocks_in, blocks_out) = rtrb::RingBuffer::new(BLOCKS);
    let catch = Catch {
        samples: samples_in,
        blocks: blocks_in,
        channels,
        index: 0,
        lost,
    };
    let caught = Caught {
        samples: samples_out,
        blocks: blocks_out,
        channels,
        block: Vec::with_capacity(room),
    };
    (catch, caught)
}

impl Catch {
    /// Takes a block of the card's.
    pub fn take(&mut self, data: &Data) {
        let samples = data.len() - data.len() % self.channels;
        let frames = samples / self.channels;
        let index = self.index;
        self.index += frames as u64;
        if !self.keep(data, samples, Block { index, frames }) {
            self.lost.fetch_add(frames as u64, Ordering::Relaxed);
        }
    }

    fn keep(&mut self, data: &Data, samples: usize, block: Block) -> bool {
        if self.blocks.is_full() {
            return false;
        }
        let Ok(mut room) = self.samples.write_chunk(samples) else {
            return false;
        };
        let (first, second) = room.as_mut_slices();
        if !card::read(data, 0, first) || !card::read(data, first.len(), second) {
            return false;
        }
        room.commit_all();
        self.blocks.push(block).is_ok()
    }
}

impl Caught {
    /// The next block: the index of its first frame, and its samples interleaved.
    pub fn fetch(&mut self) -> Option<(u64, &[f32])> {
        let block = self.blocks.pop().ok()?;
        self.block.resize(block.frames * self.channels, 0.0);
        self.samples.pop_entire_slice(&mut self.block).ok()?;
        Some((block.index, &self.block))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpal::SizedSample;

    /// A card's block of these samples.
    pub fn block<T: SizedSample>(samples: &mut [T]) -> Data {
        // SAFETY: the samples outlive the block in each test, and are of its format.
        unsafe { Data::from_parts(samples.as_mut_ptr().cast(), samples.len(), T::FORMAT) }
    }

    #[test]
    fn what_a_card_gives_comes_out_as_it_went_in_and_what_is_lost_leaves_its_place() {
        let lost = Arc::new(AtomicU64::new(0));
        // Room for 50 frames of three channels.
        let (mut catch, mut caught) = caught(3, 100, lost.clone());
        let mut next = 0i16;
        let mut give = |catch: &mut Catch, frames: usize| {
            let mut samples: Vec<i16> = (0..3 * frames).map(|i| next + i as i16).collect();
            next += 3 * frames as i16;
            catch.take(&block(&mut samples));
        };
        give(&mut catch, 20);
        give(&mut catch, 20);
        // There is no room for this one.
        give(&mut catch, 20);
        let mut heard = |index: u64, first: i16| {
            let (at, samples) = caught.fetch().unwrap();
            assert_eq!((at, samples.len()), (index, 60));
            for (n, sample) in samples.iter().enumerate() {
                assert_eq!((sample * 32_768.0).round() as i16, first + n as i16);
            }
        };
        heard(0, 0);
        heard(20, 60);
        give(&mut catch, 20);
        heard(60, 180);
        assert!(caught.fetch().is_none());
        assert_eq!(lost.load(Ordering::Relaxed), 20);
    }
}
