//! One matrix of gains from all strips to all buses, worked through in tiles so short that the sound
//! of every strip stays near the processor while bus after bus takes its share of it. What a bus gets
//! nothing of costs it nothing.
//!
//! What guests get back is the same for all of them but for themselves: it is summed once, and each
//! has its own share taken out again. What is left of that is the rounding of the sum.

use std::ops::Range;

use super::gains::{Gains, Heard};
use super::lanes::{LANES, Lanes, STRIPS, TILE};
use super::returns::Returns;
use super::tap::LISTENERS;
use crate::media::CHANNELS;
use crate::show::AUXES;

/// The sums of a tile for one bus, before the four strips of each lane are added up.
pub type Row = [Lanes; TILE];

/// The sums of a tile for all buses.
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
            self.add_still(at, &four, &heard, returns);
        } else {
            self.add_moving(at, four, &heard, returns);
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

    fn add_still(&mut self, at: usize, four: &Four, heard: &Heard, returns: &mut Returns) {
        let column = four.gains.now();
        let (block, aligned) = (four.block, four.aligned);
        weigh(&mut self.program, aligned, column.program);
        if !returns.are_empty() {
            weigh(&mut self.back, block, column.back);
            for (place, guest) in guests(four.kept_out) {
                let lanes = lanes_of(place);
                for (i, sample) in block.iter().enumerate() {
                    let own = *sample * column.back;
                    returns.own(guest, at + i, &own.0[lanes.clone()]);
                }
            }
        }
        if heard.talk {
            weigh(&mut self.talk, block, column.talk);
        }
        for k in (0..AUXES).filter(|k| heard.auxes[*k]) {
            weigh(&mut self.auxes[k], block, column.auxes[k]);
        }
        for n in (0..LISTENERS).filter(|n| heard.listeners[*n]) {
            weigh(&mut self.listeners[n], block, column.before[n]);
            weigh(&mut self.listeners[n], aligned, column.after[n]);
        }
    }

    fn add_moving(&mut self, at: usize, four: Four, heard: &Heard, returns: &mut Returns) {
        let has_guests = !returns.are_empty();
        for (i, (sample, aligned)) in four.block.iter().zip(four.aligned).enumerate() {
            let column = four.gains.next();
            self.program[i] = self.program[i] + *aligned * column.program;
            if has_guests {
                let own = *sample * column.back;
                self.back[i] = self.back[i] + own;
                for (place, guest) in guests(four.kept_out) {
                    returns.own(guest, at + i, &own.0[lanes_of(place)]);
                }
            }
            if heard.talk {
                self.talk[i] = self.talk[i] + *sample * column.talk;
            }
            for k in (0..AUXES).filter(|k| heard.auxes[*k]) {
                self.auxes[k][i] = self.auxes[k][i] + *sample * column.auxes[k];
            }
            for n in (0..LISTENERS).filter(|n| heard.listeners[*n]) {
                let both = *sample * column.before[n] + *aligned * column.after[n];
                self.listeners[n][i] = self.listeners[n][i] + both;
            }
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

fn lanes_of(place: usize) -> Range<usize> {
    let from = CHANNELS * place % LANES;
    from..from + CHANNELS
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
