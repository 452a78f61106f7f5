//! The ways out of the mixer beside the program's encoder: whoever plays a bus on a device has a ring
//! into which the mixer's thread puts that bus, block by block. It never waits for the reader, and
//! neither end allocates or locks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::media::{BLOCK, CHANNELS};

/// So many desks can listen by themselves at once.
pub const LISTENERS: usize = 4;

/// A bus of the mixer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BusId {
    /// The program, as the encoder gets it.
    Program,
    /// An aux, counted from 0.
    Aux(u8),
    /// What the source in this slot gets back: everything but itself. Silent where it is no guest.
    MixMinus(usize),
    /// What a desk listens to by PFL and AFL, counted from 0.
    Listen(u8),
    /// The sound of the source in this slot as it came, at its house time, before anything is done to it.
    Input(usize),
    /// The same as it comes from its strip's processors, before its delay and its fader.
    Strip(usize),
}

/// The mixer's end: takes in a bus.
#[derive(Debug)]
pub struct Tap {
    samples: rtrb::Producer<f32>,
    shared: Arc<Shared>,
}

/// What both ends know.
#[derive(Debug)]
struct Shared {
    lost: AtomicU64,
    /// Of the first block that was given; [`NOT_YET`] before it.
    began: AtomicU64,
}

const NOT_YET: u64 = u64::MAX;

/// The reader's end.
#[derive(Debug)]
pub struct TapEnd {
    /// 48 kHz, left and right interleaved, full scale at ±1; whole blocks of 10 ms.
    pub samples: rtrb::Consumer<f32>,
    shared: Arc<Shared>,
}

/// A tap with room for so many blocks of 10 ms, one at the least.
pub fn tap(blocks: usize) -> (Tap, TapEnd) {
    let (producer, consumer) = rtrb::RingBuffer::new(blocks.max(1) * BLOCK * CHANNELS);
    let shared = Arc::new(Shared {
        lost: AtomicU64::new(0),
        began: AtomicU64::new(NOT_YET),
    });
    let end = TapEnd {
        samples: consumer,
        shared: shared.clone(),
    };
    let tap = Tap {
        samples: producer,
        shared,
    };
    (tap, end)
}

impl Tap {
    /// Gives the block that begins at this sample of the show, all of it or, where the ring has no room,
    /// none, which is counted.
    pub fn give(&mut self, position: u64, block: &[f32]) {
        if self.shared.began.load(Ordering::Relaxed) == NOT_YET {
            self.shared.began.store(position, Ordering::Relaxed);
        }
        if self.samples.push_entire_slice(block).is_err() {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl TapEnd {
    /// Blocks that the reader was too slow for, since the tap was made.
    pub fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }

    /// The sample of the show at which the first block began; those that follow do so without a gap as long
    /// as none is lost. `None` while none has come.
    pub fn began(&self) -> Option<u64> {
        Some(self.shared.began.load(Ordering::Relaxed)).filter(|began| *began != NOT_YET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_ring_loses_whole_blocks_and_counts_them() {
        let (mut tap, mut end) = tap(2);
        let block = |level: f32| vec![level; BLOCK * CHANNELS];
        assert_eq!(end.began(), None);
        let at = |n: u64| 480 * n;
        (1..=5).for_each(|n| tap.give(at(n), &block(n as f32)));
        assert_eq!((end.lost(), end.began()), (3, Some(at(1))));
        let mut read = vec![0.0; 2 * BLOCK * CHANNELS];
        assert!(end.samples.pop_entire_slice(&mut read).is_ok());
        assert_eq!(read[..BLOCK * CHANNELS], block(1.0));
        assert_eq!(read[BLOCK * CHANNELS..], block(2.0));
        assert_eq!(end.samples.slots(), 0);
        tap.give(at(6), &block(6.0));
        assert_eq!((end.lost(), end.samples.slots()), (3, BLOCK * CHANNELS));
    }
}
