//! Whether a source's sound goes by its picture.

use serde::{Deserialize, Serialize};

/// Audio follows video.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Afv {
    /// Heard always.
    #[serde(alias = "On")]
    On,
    /// Never heard.
    #[serde(alias = "Off")]
    Off,
    /// Heard while it is seen in the program, crossfading over transitions.
    #[default]
    #[serde(alias = "Follow")]
    Follow,
}
