//! One matrix of gains from all strips to all buses, worked through in tiles so short that the sound
//! of every strip stays near the processor while bus after bus takes its share of it. What a bus gets
//! nothing of costs it nothing.
//!
//! What guests get back is the same for all of them but for themselves: it is summed once, and each
//! has its own share taken out again. What is left of that is the rounding of the sum.

use super::gains::{Columns, Gains, Heard};
use super::lanes::{LANES, Lanes, Row, STRIPS, TILE};
use super::returns::Returns;
use super::tap::LISTENERS;
use super::wide::wide;
use crate::media::CHANNELS;
use crate::show::AUXES;

/// The sums of a tile for all buses, before the four strips of each lane are added up.
pub struct Sums {
    pub program: Row,
    /// Of all guests.
    pub back: Row,
    pub auxes: [Row; AUXES],
    /// To guests that are talked to.
    pub talk: Row,
    pub listeners: [Row; LISTENERS],
    /// Those of which there is anything in the tile; the others are not even silent.
    pub heard: Heard,
    columns: Columns,
}

impl Default for Sums {
    fn default() -> Self {
        let row = [Lanes::ZERO; TILE];
        Self {
            program: row,
            back: row,
            auxes: [row; AUXES],
            talk: row,
            listeners: [row; LISTENERS],
            heard: Heard::default(),
            columns: Columns::default(),
        }
    }
}

/// The slots of those in whose returns a strip is not: its own where it is a guest, and the one that is the
/// same guest made anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptOut {
    pub own: Option<usize>,
    pub twin: Option<usize>,
}

/// Four strips with a tile's samples of their sound: as it comes from the processors, and aligned with
/// the picture.
pub struct Four<'a> {
    pub gains: &'a mut Gains,
    pub block: &'a [Lanes],
    pub aligned: &'a [Lanes],
    /// Whose returns each is kept out of, by their slots.
    pub kept_out: &'a [KeptOut; STRIPS],
}

impl Sums {
    /// Begins a tile.
    pub fn clear(&mut self) {
        self.program = [Lanes::ZERO; TILE];
        self.back = [Lanes::ZERO; TILE];
        self.heard = Heard::default();
    }

    /// Adds four strips' samples of a tile, which begins at sample `at` of the block.
    pub fn add(&mut self, at: usize, four: Four, returns: &mut Returns) {
        let heard = four.gains.heard();
        self.open(&heard);
        if four.gains.are_still() {
            add_still(self, at, &four, &heard, returns);
        } else {
            add_moving(self, at, four, &heard, returns);
        }
    }

    /// Rows that get something for the first time in this tile begin from silence.
    fn open(&mut self, heard: &Heard) {
        for (k, on) in heard.auxes.iter().enumerate() {
            if *on && !self.heard.auxes[k] {
                self.heard.auxes[k] = true;
                self.auxes[k] = [Lanes::ZERO; TILE];
            }
        }
        if heard.talk && !self.heard.talk {
            self.heard.talk = true;
            self.talk = [Lanes::ZERO; TILE];
        }
        for (n, on) in heard.listeners.iter().enumerate() {
            if *on && !self.heard.listeners[n] {
                self.heard.listeners[n] = true;
                self.listeners[n] = [Lanes::ZERO; TILE];
            }
        }
    }
}

wide! {
    fn add_still(sums: &mut Sums, at: usize, four: &Four, heard: &Heard, returns: &mut Returns) {
        let column = four.gains.now();
        let (block, aligned) = (four.block, four.aligned);
        weigh(&mut sums.program, aligned, column.program);
        if !returns.are_empty() {
            weigh(&mut sums.back, block, column.back);
            for (place, guest) in guests(four.kept_out) {
                let own = block.iter().map(|sample| *sample * column.back);
                note(returns.own(guest), at, place, own);
            }
        }
        if heard.talk {
            weigh(&mut sums.talk, block, column.talk);
        }
        for k in (0..AUXES).filter(|k| heard.auxes[*k]) {
            weigh(&mut sums.auxes[k], block, column.auxes[k]);
        }
        for n in (0..LISTENERS).filter(|n| heard.listeners[*n]) {
            weigh(&mut sums.listeners[n], block, column.before[n]);
            weigh(&mut sums.listeners[n], aligned, column.after[n]);
        }
    }
}

wide! {
    fn add_moving(sums: &mut Sums, at: usize, four: Four, heard: &Heard, returns: &mut Returns) {
        let columns = &mut sums.columns;
        let (block, aligned) = (four.block, four.aligned);
        four.gains.next(block.len(), heard, columns);
        weigh_each(&mut sums.program, aligned, &columns.program);
        if !returns.are_empty() {
            weigh_each(&mut sums.back, block, &columns.back);
            for (place, guest) in guests(four.kept_out) {
                let own = block.iter().zip(&columns.back);
                let own = own.map(|(sample, back)| *sample * *back);
                note(returns.own(guest), at, place, own);
            }
        }
        if heard.talk {
            weigh_each(&mut sums.talk, block, &columns.talk);
        }
        for k in (0..AUXES).filter(|k| heard.auxes[*k]) {
            weigh_each(&mut sums.auxes[k], block, &columns.auxes[k]);
        }
        for n in (0..LISTENERS).filter(|n| heard.listeners[*n]) {
            weigh_each(&mut sums.listeners[n], block, &columns.before[n]);
            weigh_each(&mut sums.listeners[n], aligned, &columns.after[n]);
        }
    }
}

/// The place of each strip, with the slot of each return that it is kept out of.
fn guests(all: &[KeptOut; STRIPS]) -> impl Iterator<Item = (usize, usize)> {
    let all = all.iter().enumerate();
    all.flat_map(|(place, out)| {
        let slots = [out.own, out.twin].into_iter().flatten();
        slots.map(move |slot| (place, slot))
    })
}

/// Adds what a guest is not to hear of one of four strips, of the block from sample `at` on, to what is
/// noted for it.
#[inline(always)]
fn note(noted: Option<&mut [f32]>, at: usize, place: usize, own: impl Iterator<Item = Lanes>) {
    let (left, right) = (CHANNELS * place % LANES, CHANNELS * place % LANES + 1);
    let noted = noted.map_or(&mut [][..], |noted| &mut noted[CHANNELS * at..]);
    for (noted, own) in noted.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(own) {
        *noted = [noted[0] + own.0[left], noted[1] + own.0[right]];
    }
}

/// Adds samples at a gain that stands still.
#[inline(always)]
fn weigh(sums: &mut [Lanes], samples: &[Lanes], gain: Lanes) {
    if gain != Lanes::ZERO {
        for (sum, sample) in sums.iter_mut().zip(samples) {
            *sum = *sum + *sample * gain;
        }
    }
}

/// Adds samples, each at a gain of its own.
#[inline(always)]
fn weigh_each(sums: &mut [Lanes], samples: &[Lanes], gains: &[Lanes]) {
    for ((sum, sample), gain) in sums.iter_mut().zip(samples).zip(gains) {
        *sum = *sum + *sample * *gain;
    }
}
