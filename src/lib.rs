//! regie, a live-production switcher.
pub mod door;
pub mod input;
pub mod media;
pub mod show;
