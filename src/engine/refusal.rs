//! Why a command is refused, in words that say what was expected.

use super::switcher::SwitchError;
use super::unaligned::Unaligned;
use crate::show::BANDS;

/// Why a command was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// By the switcher.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// Nothing to be taken over from lip-sync.
    #[error(transparent)]
    Unaligned(#[from] Unaligned),
    /// No such source, group or destination.
    #[error("unknown {what} \"{id}\": expected one of {known}")]
    Unknown {
        /// Source, group or destination.
        what: &'static str,
        /// The id.
        id: String,
        /// The ids there are.
        known: String,
    },
    /// A number out of range.
    #[error("{what} {value}: expected {expected}")]
    OutOfRange {
        /// What it is.
        what: &'static str,
        /// The number.
        value: String,
        /// The range.
        expected: String,
    },
    /// A clip's command for what is none.
    #[error("source \"{0}\" is no clip: expected one that plays a file")]
    NoClip(String),
    /// A clip's command with a position where there must be none, or without one.
    #[error("{0}")]
    ClipPosition(&'static str),
    /// What is listened to cannot be set so: the field, and what was expected.
    #[error("monitor: {0}: {1}")]
    Monitor(String, String),
    /// An equaliser's band that is none, or is not named.
    #[error("which band? expected a band from 1 to {BANDS}")]
    NoBand,
    /// A desk more than can listen by themselves; with how many can.
    #[error("{0} desks listen by themselves already: expected one of them to listen no more first")]
    TooManyListen(usize),
    /// A desk more than can have monitors of their own; with how many can.
    #[error("{0} desks have monitors of their own already: expected one of them to be off first")]
    TooManyMonitors(usize),
    /// One subscription more than there can be.
    #[error("too many readings are subscribed to: expected some to be unsubscribed first")]
    TooManyReadings,
    /// Talkback where the show has no microphone for it.
    #[error("no source is the talkback: set it in the show first")]
    NoTalkback,
    /// The way back from a recall, where there was none.
    #[error("no sound snapshot has been recalled: there is nothing to go back to")]
    NothingRecalled,
    /// A delay in two units, or in none.
    #[error("how long? expected either ms or frames")]
    DelayOfBoth,
    /// A link of the talkback.
    #[error("source \"{0}\" is the talkback, which only guests hear: expected two others")]
    LinkedTalkback(String),
    /// What a guest gets back, of a source that is none.
    #[error("source \"{0}\" is no guest: expected one with mix_minus")]
    NoGuest(String),
    /// An edit would take a source off the air.
    #[error("source \"{0}\" is on air: take another scene first, or say that it is meant")]
    OnAir(String),
    /// An edit would take a destination off the air.
    #[error("destination \"{0}\" is on air: stop it first")]
    Streaming(String),
    /// A key that carries nothing.
    #[error("key {0} carries nothing: expected a title or a source for it first")]
    EmptyKey(usize),
    /// A title that cannot be had; with why.
    #[error("{0}")]
    BrokenTitle(String),
    /// A row of a title that has no table.
    #[error("title \"{0}\" has no table: expected one that has")]
    NoTable(String),
    /// A table that was never read.
    #[error("there are no rows of the table \"{0}\" yet: see what it says of itself")]
    NoRows(String),
    /// A row that is not there.
    #[error("the table \"{table}\" has no row {row}: expected 1 to {rows}")]
    #[allow(missing_docs)] // they say themselves
    NoRow {
        table: String,
        row: usize,
        rows: usize,
    },
    /// The rundown has nothing more, or nothing was named.
    #[error("no cue is next: expected the id of one")]
    NoCue,
    /// It changes the show, which is not the core's.
    #[error("this is for the editor of the show")]
    ForEditor,
    /// It takes long, and is no command of the core's.
    #[error("this is for who looks for sources")]
    ForScout,
    /// A marker while nothing is recorded.
    #[error("a marker needs a recording: start the recorder first")]
    NotRecording,
    /// A marker while the recorder cannot write; with what is wrong.
    #[error("no marker was set, for nothing is being recorded: {0}")]
    NotWriting(String),
    /// One marker more than a file can have; with how many that is.
    #[error(
        "no marker was set, for this recording has {0}, and more it cannot have: stop it and start it again"
    )]
    TooManyMarkers(usize),
}

/// Nothing has this id; with the ids there are.
pub fn unknown<'a>(what: &'static str, id: &str, known: impl Iterator<Item = &'a str>) -> Refusal {
    Refusal::Unknown {
        what,
        id: id.to_owned(),
        known: known.collect::<Vec<_>>().join(", "),
    }
}
