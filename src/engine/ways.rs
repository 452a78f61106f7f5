//! The ways out of the mixer, as those who play its buses elsewhere ask for them: they wait for
//! nothing, and the mixer's thread neither allocates nor frees for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::audio::{BusId, Mixer, TAPS, Tap, TapEnd, tap};

/// A place among the taps, and the tap that it is to have.
type Tapping = (usize, Option<(BusId, Tap)>);

/// The mixer's end of the line.
pub struct WaysLine {
    asked: rtrb::Consumer<Tapping>,
    done: rtrb::Producer<Tapping>,
}

/// Where buses are asked for.
pub struct Ways {
    desk: Mutex<Desk>,
}

struct Desk {
    asked: rtrb::Producer<Tapping>,
    done: rtrb::Consumer<Tapping>,
    taken: [bool; TAPS],
}

/// A bus comes in for as long as this is held.
pub struct Way {
    place: usize,
    ways: Arc<Ways>,
}

/// The line and both its ends.
pub fn ways() -> (Arc<Ways>, WaysLine) {
    // Each place is asked for and given up once before it can be asked for again.
    let (asked_in, asked) = rtrb::RingBuffer::new(2 * TAPS);
    let (done, done_out) = rtrb::RingBuffer::new(2 * TAPS);
    let desk = Desk {
        asked: asked_in,
        done: done_out,
        taken: [false; TAPS],
    };
    let desk = Mutex::new(desk);
    (Arc::new(Ways { desk }), WaysLine { asked, done })
}

impl Ways {
    /// Has a bus come in, into a ring with room for so many blocks of 10 ms; `None` where as many
    /// come in elsewhere as can.
    pub fn open(self: &Arc<Self>, bus: BusId, blocks: usize) -> Option<(TapEnd, Way)> {
        let mut desk = self.desk();
        desk.tidy();
        let place = desk.taken.iter().position(|taken| !taken)?;
        let (tap, end) = tap(blocks);
        desk.asked.push((place, Some((bus, tap)))).ok()?;
        desk.taken[place] = true;
        drop(desk);
        let way = Way {
            place,
            ways: self.clone(),
        };
        Some((end, way))
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Frees what has been given up.
    fn tidy(&mut self) {
        while let Ok((place, before)) = self.done.pop() {
            if before.is_some() {
                self.taken[place] = false;
            }
        }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        let mut desk = self.ways.desk();
        desk.tidy();
        // There is room for it: a place is given up but once.
        let _ = desk.asked.push((self.place, None));
    }
}

impl WaysLine {
    /// Opens and closes what was asked for.
    pub fn carry_out(&mut self, mixer: &mut Mixer) {
        // What cannot be given back is not taken on.
        while !self.done.is_full() {
            let Ok((place, tap)) = self.asked.pop() else {
                return;
            };
            let before = mixer.tap(place, tap);
            let _ = self.done.push((place, before));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Meters;
    use crate::media::{BLOCK, CHANNELS};

    #[test]
    fn a_way_is_there_while_it_is_held_and_its_place_free_after_it() {
        let (ways, mut line) = ways();
        let mut mixer = Mixer::new(1, Arc::new(Meters::new(1)));
        let mut held: Vec<(TapEnd, Way)> = (0..TAPS)
            .map(|_| ways.open(BusId::Program, 2).unwrap())
            .collect();
        assert!(ways.open(BusId::Program, 2).is_none());
        line.carry_out(&mut mixer);
        mixer.block();
        let waits = |(end, _): &(TapEnd, Way)| end.samples.slots();
        assert!(held.iter().all(|way| waits(way) == BLOCK * CHANNELS));
        held.pop();
        assert!(
            ways.open(BusId::Aux(0), 2).is_none(),
            "the mixer has it still"
        );
        line.carry_out(&mut mixer);
        let aux = ways.open(BusId::Aux(0), 2).unwrap();
        line.carry_out(&mut mixer);
        (0..3).for_each(|_| {
            mixer.block();
        });
        assert_eq!((waits(&aux), aux.0.lost()), (2 * BLOCK * CHANNELS, 1));
        assert_eq!(held[0].0.lost(), 2);
    }
}
