//! regie, a live-production switcher.
pub mod audio;
pub mod door;
pub mod input;
pub mod media;
pub mod nice;
pub mod output;
pub mod show;
pub mod video;
