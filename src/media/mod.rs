//! What flows through the house: picture, sound block, packet, time; and what their numbers mean. Plain data, no threads.

mod cause;
pub mod colour;
mod found;
mod packet;
mod picture;
pub mod scope;
mod sound;
mod spectrum;
mod start;
mod time;

pub use cause::{Cause, technical};
pub use found::{
    CameraInfo, CameraMode, CardDirection, Finding, FoundPicture, FoundSound, SoundCardInfo,
};
pub use packet::{Headers, Packet, Track};
pub use picture::{Picture, PlaneRef};
pub use sound::{BLOCK, CHANNELS, SoundBlock, block_start, db_to_gain, gain_to_db};
pub use spectrum::{SPECTRUM_BANDS, band_hz};
pub use start::start_gstreamer;
pub use time::{House, HouseClock, NS_PER_S, Rate, SAMPLE_RATE, mul_div};
