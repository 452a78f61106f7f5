//! Sound: each source brought to house time, its strip, the sums of the program and of every other bus,
//! their limiters, in blocks of 10 ms. No part of that knows a clock or a thread: the position to mix is
//! passed in. Beside it, buses on their way to sound cards, by the cards' own threads.

mod alarm;
mod automix;
mod bank;
mod bend;
mod bus;
mod bus_meters;
mod buses;
mod card_out;
mod delay;
mod dynamics;
mod filter;
mod gains;
mod generator;
mod lanes;
mod limiter;
mod links;
mod loudness;
mod matrix;
mod meter;
mod mixer;
mod onset;
mod order;
mod pan;
mod quad;
mod quasi;
mod ramp;
mod returns;
mod spectrum;
mod step;
mod tap;
mod tone;
mod track;
mod true_peak;
mod wide;

pub use card_out::{CardOutput, CardOutputs, Control, Deck, Player, deck};
pub use loudness::{LoudnessMeter, LoudnessShown};
pub use meter::{MeterReading, Meters};
pub use mixer::{Mixer, TAPS};
pub use onset::Onsets;
pub use order::{BusGains, Generated, Listened, Order, SendGain, StripGain};
pub use quad::Strip;
pub use ramp::SHORT_RAMP;
pub use spectrum::Spectrum;
pub use tap::{BusId, LISTENERS, Tap, TapEnd, tap};
pub use track::Track;
