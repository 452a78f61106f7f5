//! Sources: each in its own pipeline with its own supervisor, so that what happens to one stays
//! with it.

mod clock_map;
mod slot;

pub use clock_map::ClockMap;
pub use slot::{Slot, SlotCounters, SlotWriter, slot};
