//! Sound of the program: each source brought to house time, its strip, the sum, the limiter, in
//! blocks of 10 ms. No part of that knows a clock or a thread: the position
//! to mix is passed in. Beside it, buses on their way to sound cards, by the cards' own threads.

mod bank;
mod bend;
mod card_out;
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
mod step;
mod track;

pub use card_out::{CardOutput, CardOutputs, Control, Deck, Player, deck};
pub use limiter::Limiter;
pub use loudness::{LoudnessMeter, LoudnessShown};
pub use meter::{Meter, MeterReading, Meters};
pub use mixer::{Mixer, Order, SHORT_RAMP, Strip, StripGain};
pub use track::Track;
