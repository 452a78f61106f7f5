//! What is seen of a try of a destination before the show.

use serde::{Deserialize, Serialize};

use crate::show::Destination;

/// What is to be tried. In JSON an id, or a whole destination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Tried {
    /// A destination of the show, by its id.
    Id(String),
    /// One that need not be in the show.
    New(Box<Destination>),
}

impl Tried {
    /// The id under which the try is told.
    pub fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::New(destination) => &destination.id,
        }
    }
}

/// How a try goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrialStatus {
    /// The destination's id.
    pub destination: String,
    /// How far it is, or how it ended.
    pub state: TrialState,
    /// What is wrong and what to do, in plain words; empty while all is well. Never the key.
    pub message: String,
    /// Bits a second that the program would take there.
    pub target_bps: u64,
    /// Bits a second that went out since the measuring began; 0 where nothing was measured.
    pub bitrate_bps: u64,
    /// Milliseconds that the test is behind.
    pub backlog_ms: u32,
    /// How long the server's host took to answer, in ms.
    pub answer_ms: Option<u32>,
    /// Seconds that it still measures.
    pub left_s: f32,
    /// Whether the server was reached, and does not want the stream.
    #[serde(default)]
    pub refused: bool,
    /// Whether the server was asked to take the stream, with its key.
    pub published: bool,
}

/// How far a try is, in this order, or how it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialState {
    /// Looks for the host.
    #[default]
    Resolving,
    /// Calls the host.
    Connecting,
    /// TLS and RTMP's handshake, and the key where it is shown.
    Greeting,
    /// Waits until every other try has connected, for they are measured together.
    Waiting,
    /// Sends a test at the show's bitrate.
    Measuring,
    /// All went well.
    Passed,
    /// It connects, but less goes through than the show needs.
    Slow,
    /// It does not connect.
    Failed,
    /// It was ended before it was done.
    Stopped,
}

impl TrialState {
    /// Whether the try is over.
    pub fn has_ended(self) -> bool {
        matches!(
            self,
            Self::Passed | Self::Slow | Self::Failed | Self::Stopped
        )
    }
}
