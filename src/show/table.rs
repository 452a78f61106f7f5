//! Tables as they are saved: where the names, questions and results come from that titles show.

use serde::{Deserialize, Serialize};

/// Rows of data for titles. What it holds is read while the show runs, and is no part of the show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// As a source's id.
    pub id: String,
    /// What the desk shows; the id where it is left out.
    #[serde(default)]
    pub label: String,
    /// Where the rows are.
    pub from: TableFrom,
    /// What stands between the cells of CSV; found by itself where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
}

/// Where the rows of a table are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum TableFrom {
    /// A file of CSV or JSON, read again whenever it changes. Read from the show file's folder if
    /// relative.
    File(String),
    /// The same by the web.
    Url {
        /// `http://` or `https://`. Where a password or token belongs stands `{secret:NAME}`.
        url: String,
        /// How often it is fetched, in seconds, 1 to 3600.
        #[serde(default = "usual_every_s")]
        every_s: u32,
    },
}

fn usual_every_s() -> u32 {
    10
}

/// What stands between the cells of CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // they say themselves
pub enum Delimiter {
    Comma,
    Semicolon,
    Tab,
}

impl Delimiter {
    /// All of them; the first is the least likely to stand in a text.
    pub const ALL: [Self; 3] = [Self::Tab, Self::Semicolon, Self::Comma];

    /// The sign itself.
    pub fn sign(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}
