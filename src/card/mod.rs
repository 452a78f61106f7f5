//! Sound cards, of every system that this machine has: what is there, and one of them opened. What goes
//! through it is the business of who opened it: sources take sound from a card, outputs give it to one.

mod backoff;
mod find;
mod hold;
mod kept;
mod list;
mod pcm;
mod stream;
mod watch;

pub use backoff::Backoff;
pub use find::{CardError, CardName, Found, find};
pub use kept::{Kept, Running, Shelf, Work};
pub use list::cards;
pub use pcm::{read, write};
pub use stream::{Opened, capture, play};

/// How a card is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Samples a second.
    pub rate: u32,
    /// Channels that are open.
    pub channels: u16,
    /// The most that it has.
    pub has: u16,
}

/// The state of a card that somebody has open, or tries to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CardState {
    /// It is being opened.
    #[default]
    Opening,
    /// It runs.
    Running(Form),
    /// It is not there or has broken, and will be opened again; with why.
    Broken(String),
}
