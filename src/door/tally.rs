//! Tally: what is on air, and what is next.

use serde::{Deserialize, Serialize};

/// Where a source or scene is seen: red wins over green.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tally {
    /// Nowhere.
    #[default]
    Off,
    /// On preview.
    Preview,
    /// In the program, be it in a small corner.
    Program,
}
