//! How a show is being saved with its media: told by event and snapshot, for it may take minutes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A copy of the show with its media that is made, or the last one that was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackingStatus {
    /// The copy's folder. It is there when the copy is whole, and not before.
    pub folder: PathBuf,
    /// How it does.
    pub state: PackingState,
    /// The file that is being copied, from the copy's folder; empty before and after.
    #[serde(default)]
    pub file: String,
    /// Bytes copied.
    pub bytes: u64,
    /// Bytes there are; 0 until that is known.
    pub total: u64,
    /// Why it failed; empty otherwise.
    #[serde(default)]
    pub message: String,
}

/// How a copy does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackingState {
    /// Being made.
    #[default]
    Running,
    /// Whole, and in its place.
    Done,
    /// Not made.
    Failed,
    /// Not made, for somebody stopped it.
    Stopped,
}
