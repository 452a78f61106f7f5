//! regie, a live-production switcher.
pub mod door;
pub mod media;
pub mod show;
#[cfg(feature = "desk")]
pub mod ui;
