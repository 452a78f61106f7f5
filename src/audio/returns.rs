//! What guests get back: everything but themselves, each with a level and a limiter of its own. A
//! guest has its place here for as long as it is one, and until it has faded out.

use super::bus::Bus;
use super::lanes::{Lanes, STRIPS, TILE};
use super::ramp::{Ramp, SHORT_RAMP, TALK_RAMP};
use crate::media::CHANNELS;

/// What one slot's source gets back, where it is a guest.
struct Return {
    /// It is one, or fades out since it is one no more.
    taken: bool,
    /// It is no guest any more.
    leaves: bool,
    bus: Bus,
    talked: Talked,
}

/// How a guest is talked to.
#[derive(Default)]
struct Talked {
    /// How much it hears of who talks, and how much less of everything else; each in all lanes.
    talk: Ramp,
    less: Ramp,
}

impl Talked {
    fn go(&mut self, talk: f32, ducked: f32) {
        for strip in 0..STRIPS {
            self.talk.go(strip, [talk; CHANNELS], TALK_RAMP);
            self.less.go(strip, [1.0 - ducked; CHANNELS], TALK_RAMP);
        }
    }

    /// Whether it is not talked to.
    fn is_nothing(&self) -> bool {
        self.talk.is_nothing() && self.less.is_nothing()
    }
}

/// See the module's words. Everything that it ever needs is there from the beginning: a place for every
/// slot, so that those who come never wait for those who fade out.
pub struct Returns {
    /// By slot.
    places: Vec<Return>,
    /// The slots that have one.
    taken: Vec<usize>,
}

impl Returns {
    /// For so many slots.
    pub fn new(slots: usize) -> Self {
        let place = || Return {
            taken: false,
            leaves: false,
            bus: Bus::limited(0.0),
            talked: Talked::default(),
        };
        Self {
            places: (0..slots).map(|_| place()).collect(),
            taken: Vec::with_capacity(slots),
        }
    }

    /// Whether there is no guest.
    pub fn are_empty(&self) -> bool {
        self.taken.is_empty()
    }

    /// How loud the source in this slot gets back what it does; none where it is no guest.
    pub fn order(&mut self, slot: usize, back: Option<f32>) {
        let Some(place) = self.places.get_mut(slot) else {
            return;
        };
        if !place.taken {
            if back.is_none() {
                return;
            }
            place.taken = true;
            self.taken.push(slot);
        }
        place.leaves = back.is_none();
        place.bus.go(back.unwrap_or(0.0), SHORT_RAMP);
    }

    /// Whether the guest in this slot is talked to, and how much it hears of everything else meanwhile.
    pub fn talk(&mut self, slot: usize, talked: bool, ducked: f32) {
        if let Some(place) = self.places.get_mut(slot).filter(|place| place.taken) {
            place.talked.go(f32::from(u8::from(talked)), ducked);
        }
    }

    /// Parts with a guest that has gone and faded out; gives its slot.
    pub fn part(&mut self) -> Option<usize> {
        let places = &self.places;
        let gone = |slot: &usize| places[*slot].leaves && places[*slot].bus.is_done();
        let slot = self.taken.swap_remove(self.taken.iter().position(gone)?);
        self.places[slot].taken = false;
        Some(slot)
    }

    /// Begins a tile: nothing is any guest's own.
    pub fn clear(&mut self, at: usize, samples: usize) {
        self.each(|bus| bus.samples[CHANNELS * at..CHANNELS * (at + samples)].fill(0.0));
    }

    /// Where shares of the block are noted, left and right interleaved, that the guest in this slot is not
    /// to hear.
    pub fn own(&mut self, slot: usize) -> Option<&mut [f32]> {
        let place = self.places.get_mut(slot).filter(|place| place.taken)?;
        Some(&mut place.bus.samples)
    }

    /// Gives each guest a tile of what all get back, but its own share; and of who talks to it.
    pub fn take(&mut self, at: usize, samples: usize, back: &[Lanes], talk: Option<&[Lanes]>) {
        if self.are_empty() {
            return;
        }
        let (mut all, mut said) = ([0.0; TILE * CHANNELS], [0.0; TILE * CHANNELS]);
        let (all, said) = (
            &mut all[..CHANNELS * samples],
            &mut said[..CHANNELS * samples],
        );
        for (rows, out) in [(Some(back), &mut *all), (talk, &mut *said)] {
            for (out, sum) in out.chunks_exact_mut(CHANNELS).zip(rows.unwrap_or_default()) {
                out.copy_from_slice(&sum.folded());
            }
        }
        for &slot in &self.taken {
            let Return { bus, talked, .. } = &mut self.places[slot];
            if talked.is_nothing() {
                bus.take_others(at, all);
                continue;
            }
            let mut shares = [[Lanes::ZERO; TILE]; 2];
            talked.talk.next(&mut shares[0][..samples]);
            talked.less.next(&mut shares[1][..samples]);
            bus.take_talked(at, all, said, shares.each_ref().map(|row| &row[..]));
        }
    }

    /// Each guest's bus.
    pub fn each(&mut self, mut with: impl FnMut(&mut Bus)) {
        for &slot in &self.taken {
            with(&mut self.places[slot].bus);
        }
    }

    /// The bus of the guest in this slot, to put something into.
    pub fn of_mut(&mut self, slot: usize) -> Option<&mut Bus> {
        let place = self.places.get_mut(slot).filter(|place| place.taken)?;
        Some(&mut place.bus)
    }

    /// The bus of the guest in this slot.
    pub fn of(&self, slot: usize) -> Option<&Bus> {
        let place = self.places.get(slot).filter(|place| place.taken)?;
        Some(&place.bus)
    }
}
