//! Sources: each in its own pipeline with its own supervisor, so that what happens to one stays
//! with it. A picture leaves here in house format with its house time, in its source's slot; sound
//! in its source's ring.

mod camera;
mod chain;
mod clock_map;
mod decode;
mod downmix;
mod fault;
mod feed;
mod file;
mod modes;
mod network;
mod pace;
mod pipeline;
mod quiet;
mod slot;
mod sound;
mod still;
mod supervisor;
mod test;
mod transport;
mod trial;

pub use camera::cameras;
pub use clock_map::ClockMap;
pub use feed::Vitals;
pub use pipeline::{Setting, SourceError};
pub use slot::{Slot, SlotCounters, SlotWriter, slot};
pub use sound::{Mark, SoundReader, SoundWriter, sound_ring};
pub use still::still;
pub use supervisor::{LOST_NS, RunningSource, Status, is_live, start};
pub use transport::Transport;
pub use trial::attempt;
