//! How a clip is played, as it is saved: what happens at its end, whether it waits for its take, and
//! which part of it is played.

use serde::{Deserialize, Serialize};

/// What a clip does when it has been played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtEnd {
    /// Its last picture stays.
    #[default]
    #[serde(alias = "Hold")]
    Hold,
    /// Its picture goes black.
    #[serde(alias = "Black")]
    Black,
    /// It is played again without a gap.
    #[serde(alias = "Loop")]
    Loop,
    /// It goes back to its start and waits there.
    #[serde(alias = "Rewind")]
    Rewind,
}

impl AtEnd {
    /// Whether this is what a show that says nothing gets.
    pub fn is_hold(&self) -> bool {
        *self == Self::Hold
    }
}

/// When a clip is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Play {
    /// From the show's start on, on air or not.
    #[default]
    #[serde(alias = "Always")]
    Always,
    /// It waits at its start, silent, until it is taken to PGM; when it has left the air it goes back
    /// there and waits again.
    #[serde(alias = "OnTake")]
    OnTake,
}

impl Play {
    /// Whether this is what a show that says nothing gets.
    pub fn is_always(&self) -> bool {
        *self == Self::Always
    }
}
