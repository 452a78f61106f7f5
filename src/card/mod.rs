//! Sound cards, of every system that this machine has: what is there, and one of them opened. What goes
//! through it is the business of who opened it: sources take sound from a card, outputs give it to one.

mod backoff;
mod find;
mod hold;
mod list;
mod pcm;
mod stream;

pub use backoff::Backoff;
pub use find::{CardError, CardName, Found, find};
pub use hold::Hold;
pub use list::cards;
pub use pcm::{read, write};
pub use stream::{Faults, Opened, capture, play};

/// The state of a card that somebody has open, or tries to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CardState {
    /// It is being opened.
    #[default]
    Opening,
    /// It runs.
    Running {
        /// Samples a second.
        rate: u32,
        /// Channels that are open.
        channels: u16,
    },
    /// It is not there or has broken, and will be opened again; with why.
    Broken(String),
}
