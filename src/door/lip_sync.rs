//! What is seen of the helper that measures how much later a picture is than a sound.

use serde::{Deserialize, Serialize};

/// One source's pictures against one strip's sound.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LipSyncStatus {
    /// The id of the source whose pictures are looked at.
    pub picture: String,
    /// The id of the source whose sound is listened to, before its strip's delay.
    pub sound: String,
    /// Flashes that were seen.
    pub flashes: u32,
    /// Beeps or claps that were heard.
    pub beeps: u32,
    /// Of a flash and a beep each, the newest ten at most.
    pub events: u32,
    /// How much later the picture is than the sound, in ms: the median of the events that agree. Without the
    /// strip's delay, and with the picture's. None before the first event.
    pub offset_ms: Option<f32>,
    /// How far the events that agree are apart, in ms.
    pub spread_ms: Option<f32>,
    /// From one picture to the next, in ms. When within it the light came is not known, nor how long the
    /// camera exposed before the time that it gives: no flash is known better than this.
    pub picture_ms: f32,
    /// How far it has come.
    pub state: LipSyncState,
    /// What aligns the two; none until enough events agree, and where nothing can.
    pub proposal: Option<LipSyncProposal>,
}

/// How far a measurement has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LipSyncState {
    /// Too few events yet.
    #[default]
    Waiting,
    /// No flash has been seen for long.
    NothingSeen,
    /// No beep has been heard for long.
    NothingHeard,
    /// Flashes and beeps have come, but never one of each alone within a second.
    NothingTogether,
    /// The events disagree.
    Disagree,
    /// Further apart than any delay reaches.
    TooFar,
    /// Something is proposed.
    Ready,
}

/// What aligns a picture and a sound.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LipSyncProposal {
    /// The picture is later: the strip's delay, all of it.
    Sound {
        /// In ms.
        ms: f32,
        /// In frames of the program.
        frames: f32,
    },
    /// The sound is later, which no delay of it mends: the delay of the source's picture, all of it.
    Picture {
        /// In ms.
        ms: u32,
        /// In frames of the program.
        frames: f32,
    },
}
