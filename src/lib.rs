//! regie, a live-production switcher.
pub mod door;
pub mod media;
pub mod output;
pub mod show;
