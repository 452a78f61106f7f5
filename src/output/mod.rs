//! What leaves the house: stamps on pictures, the small receiver, names of recordings.

mod chapters;
mod naming;
pub mod receiver;
pub mod stamp;

pub use naming::new_file;
