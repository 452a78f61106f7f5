//! What flows through the house: picture, sound block, packet, time. Plain data, no threads.

mod packet;
mod picture;
mod sound;
mod time;

pub use packet::{Headers, Packet, Track};
pub use picture::{Picture, PlaneRef};
pub use sound::{BLOCK, CHANNELS, SoundBlock, block_start, db_to_gain, gain_to_db};
pub use time::{House, HouseClock, NS_PER_S, Rate, SAMPLE_RATE, mul_div};
