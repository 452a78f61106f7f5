//! Sources: each in its own pipeline with its own supervisor, so that what happens to one stays
//! with it; sound cards are taken from by all that name them at once. A picture leaves here in house format with its house time, in its source's slot; sound
//! in its source's ring.

mod camera;
mod capture;
mod card;
mod catch;
mod chain;
mod clock_map;
mod convert;
mod decode;
mod downmix;
mod fault;
mod feed;
mod file;
mod flash;
mod lateness;
mod modes;
mod network;
mod pace;
mod pipeline;
mod quiet;
mod slot;
mod sound;
mod split;
mod status;
mod still;
mod supervisor;
mod test;
mod transparent;
mod transport;
mod trial;

pub use camera::cameras;
pub use capture::Cards;
pub use catch::{Catch, Caught, caught};
pub use clock_map::ClockMap;
pub use feed::Vitals;
pub use pipeline::{Setting, SourceError};
pub use slot::{Slot, SlotCounters, SlotWriter, slot};
pub use sound::{Mark, SoundReader, SoundWriter, sound_ring};
pub use split::Split;
pub use status::Status;
pub use still::still;
pub use supervisor::{LOST_NS, RunningSource, is_live, start};
pub use transport::Transport;
pub use trial::attempt;
