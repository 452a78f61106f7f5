//! What leaves the house: stamps on pictures, the small receiver, names of recordings, and what is
//! done to a recording once it is written.

pub mod chapters;
mod ebml;
mod matroska;
mod mend;
mod naming;
pub mod receiver;
#[cfg(test)]
mod recording_tests;
mod recover;
pub mod stamp;

pub use naming::new_file;
pub use recover::{Recovered, recover};
