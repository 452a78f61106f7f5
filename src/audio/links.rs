//! Strips that are linked as the left and the right of one sound: their dynamics work by the louder of
//! both, so that the picture of the sound does not lean, and among what works by itself they are one.

use super::automix::Heard;
use super::dynamics::{Key, STEPS};
use super::lanes::STRIPS;

/// By slot, the other side.
#[derive(Clone, Debug)]
pub struct Links(Vec<Option<usize>>);

impl Links {
    /// For so many slots, none of which is linked.
    pub fn new(slots: usize) -> Self {
        Self(vec![None; slots])
    }

    /// The other side of a slot, or that it has none; it is linked once that says so too.
    pub fn set(&mut self, slot: usize, other: Option<usize>) {
        if let Some(place) = self.0.get_mut(slot) {
            *place = other.filter(|other| *other != slot);
        }
    }

    fn other(&self, slot: usize) -> Option<usize> {
        let other = (*self.0.get(slot)?)?;
        (*self.0.get(other)? == Some(slot)).then_some(other)
    }

    /// Whether any of the strips that are worked on together is linked.
    pub fn is_in(&self, quad: usize) -> bool {
        (quad * STRIPS..(quad + 1) * STRIPS).any(|slot| self.other(slot).is_some())
    }

    /// The slot by whose gain a slot goes: its own, or that of the other side.
    pub fn leader(&self, slot: usize) -> usize {
        self.other(slot).map_or(slot, |other| other.min(slot))
    }

    /// What counts as heard of a slot, by what is heard of each: of both sides the louder, once.
    pub fn heard(&self, slot: usize, heard: impl Fn(usize) -> Heard) -> Heard {
        let Some(other) = self.other(slot) else {
            return heard(slot);
        };
        if other < slot {
            return Heard::default();
        }
        let (one, other) = (heard(slot), heard(other));
        Heard {
            power: one.power.max(other.power),
            open: one.open.max(other.open),
        }
    }

    /// Has the keys of both sides be that of the louder, step by step; `key` has that of each quad.
    pub fn join<Q>(&self, quads: &mut [Q], key: impl Fn(&mut Q) -> &mut Key) {
        for slot in 0..self.0.len() {
            let Some(other) = self.other(slot).filter(|other| slot < *other) else {
                continue;
            };
            let sides = [slot, other];
            let mut louder = [0.0f32; STEPS];
            for side in sides {
                let key = key(&mut quads[side / STRIPS]);
                for (louder, level) in louder.iter_mut().zip(key) {
                    *louder = louder.max(level.0[2 * (side % STRIPS)]);
                }
            }
            for side in sides {
                let key = key(&mut quads[side / STRIPS]);
                for (level, louder) in key.iter_mut().zip(&louder) {
                    level.0[2 * (side % STRIPS)..][..2].fill(*louder);
                }
            }
        }
    }
}
