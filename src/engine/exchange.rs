//! What goes between the tick and those beside it: shows to be played, what was started for them, and
//! what they no longer need.

use std::sync::Arc;

use crossbeam_channel::Sender;

use super::cast::Cast;
use super::core::{Brings, Leaving, OnAir};
use super::played::Input;
use super::refusal::Refusal;
use crate::media::Picture;
use crate::output::RunningDestination;

/// What the tick is asked for by who edits the show.
pub enum Change {
    /// To play another show from now on.
    Play(Next),
    /// To make way for another engine, if nothing is on air; with where the answer goes.
    MakeWay(Sender<Result<u64, OnAir>>),
    /// To say when every command that came before this has been carried out, and how things stand
    /// then has been told.
    Settle(Sender<()>),
}

/// A show that the tick is asked to play from now on.
pub struct Next {
    /// The show.
    pub cast: Arc<Cast>,
    /// What becomes of what it would take off the air.
    pub on_air: Leaving,
    /// What it changes of that which the hand sets.
    pub brings: Brings,
    /// Where the answer goes.
    pub answer: Sender<Result<Taken, Refusal>>,
}

/// The tick plays the new show.
pub struct Taken {
    /// From this frame on.
    pub frame: u64,
    /// The slots of the show that have no source yet.
    pub missing: Vec<usize>,
}

/// Something that the tick is to have.
pub enum Arrival {
    /// A source, for its slot.
    Source(usize, Box<Input>),
    /// A slot's new slate.
    Slate(usize, Option<Picture>),
    /// A destination.
    Destination(RunningDestination),
    /// The holding slate.
    Hold(Picture),
}

/// Something that the tick no longer has.
pub enum Departure {
    /// A source, from its slot.
    Source(usize, Box<Input>),
    /// A destination.
    Destination(RunningDestination),
}
