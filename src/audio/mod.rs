//! Sound of the program: each source brought to house time, its strip, the sum, the limiter, in
//! blocks of 10 ms. Nothing here knows a clock or a thread: the position to mix is passed in.

mod bank;
mod delay;
mod dynamics;
mod filter;
mod lanes;
mod limiter;
mod loudness;
mod meter;
mod mixer;
mod pan;
mod ramp;
mod tap;
mod track;

pub use limiter::Limiter;
pub use loudness::{LoudnessMeter, LoudnessShown};
pub use meter::{Meter, MeterReading, Meters};
pub use mixer::{Mixer, Order, SHORT_RAMP, Strip, StripGain};
pub use tap::{BusId, LISTENERS, Tap, TapEnd, tap};
pub use track::Track;
