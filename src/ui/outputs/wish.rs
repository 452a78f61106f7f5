//! What a row asks of the panel that it stands in.

/// What a menu asks to be done with a destination.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Try it; with its key or without.
    Try {
        /// Which.
        id: String,
        /// Whether the server is shown the key.
        publish: bool,
    },
    /// End its try.
    StopTrial(String),
    /// Open the form of one that is there.
    Edit(String),
    /// Open the form for another like it.
    Duplicate(String),
    /// Put it at this position.
    Move(String, usize),
    /// Take it out.
    Remove(String),
}
