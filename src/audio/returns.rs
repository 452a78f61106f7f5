//! What guests get back: everything but themselves, each with a level and a limiter of its own. A
//! guest has a place here for as long as it is one, and until it has faded out.

use super::bus::Bus;
use super::lanes::{Lanes, TILE};
use super::ramp::SHORT_RAMP;
use crate::media::CHANNELS;

/// One guest's.
struct Return {
    /// Whose it is.
    slot: Option<usize>,
    /// It is no guest any more.
    leaves: bool,
    bus: Bus,
}

/// See the module's words. Everything that it ever needs is there from the beginning.
pub struct Returns {
    places: Vec<Return>,
    taken: usize,
    /// A tile of what all get back, left and right interleaved.
    all: [f32; TILE * CHANNELS],
}

impl Returns {
    /// Room for so many guests.
    pub fn new(places: usize) -> Self {
        let place = || Return {
            slot: None,
            leaves: false,
            bus: Bus::limited(0.0),
        };
        Self {
            places: (0..places).map(|_| place()).collect(),
            taken: 0,
            all: [0.0; TILE * CHANNELS],
        }
    }

    /// Whether there is no guest.
    pub fn are_empty(&self) -> bool {
        self.taken == 0
    }

    /// How loud the source in this slot gets back what it does; none where it is no guest. Gives the
    /// place that it has; none where there is none for it.
    pub fn order(&mut self, slot: usize, back: Option<f32>) -> Option<usize> {
        let has = |place: &Return| place.slot == Some(slot);
        let found = self.places.iter().position(has).or_else(|| {
            back?;
            let free = self.places.iter().position(|p| p.slot.is_none())?;
            self.places[free].slot = Some(slot);
            self.taken += 1;
            Some(free)
        })?;
        let place = &mut self.places[found];
        place.leaves = back.is_none();
        place.bus.go(back.unwrap_or(0.0), SHORT_RAMP);
        Some(found)
    }

    /// Parts with a guest that has gone and faded out; gives its slot.
    pub fn part(&mut self) -> Option<usize> {
        let gone = |place: &&mut Return| place.leaves && place.bus.is_done();
        let place = self.places.iter_mut().find(gone)?;
        place.leaves = false;
        self.taken -= 1;
        place.slot.take()
    }

    /// Begins a tile: nothing is any guest's own.
    pub fn clear(&mut self, at: usize, samples: usize) {
        for (_, bus) in self.guests() {
            bus.samples[CHANNELS * at..CHANNELS * (at + samples)].fill(0.0);
        }
    }

    /// Notes a guest's own share of a sample, left and right.
    #[inline(always)]
    pub fn own(&mut self, place: usize, at: usize, own: &[f32]) {
        let at = CHANNELS * at;
        self.places[place].bus.samples[at..at + CHANNELS].copy_from_slice(own);
    }

    /// Gives each guest a tile of what all get back, but its own share.
    pub fn take(&mut self, at: usize, samples: usize, back: &[Lanes]) {
        if self.are_empty() {
            return;
        }
        let all = &mut self.all[..CHANNELS * samples];
        for (out, sum) in all.chunks_exact_mut(CHANNELS).zip(back) {
            out.copy_from_slice(&sum.folded());
        }
        for place in self.places.iter_mut().filter(|p| p.slot.is_some()) {
            place.bus.take_others(at, all);
        }
    }

    /// Each guest's slot and bus.
    pub fn guests(&mut self) -> impl Iterator<Item = (usize, &mut Bus)> {
        let places = self.places.iter_mut();
        places.filter_map(|place| Some((place.slot?, &mut place.bus)))
    }

    /// The bus of the guest in this slot.
    pub fn of(&self, slot: usize) -> Option<&Bus> {
        let place = self.places.iter().find(|p| p.slot == Some(slot))?;
        Some(&place.bus)
    }
}
