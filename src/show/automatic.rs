//! What turns a strip up and down by itself: gain that open microphones share, music that gives way to
//! speech; and what it gives an alarm for. Settings, as they are saved.

use serde::{Deserialize, Serialize};

use super::number::Number;

/// Shares the gain of one open microphone with all others that take part: who speaks has it, and where
/// nobody does, the room is heard as by one microphone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Share {
    /// Takes part.
    pub on: bool,
    /// Counts for so much more than the others, in dB, −15 to +15: a moderator who is to prevail.
    pub weight_db: f32,
}

impl Share {
    /// Every number, with where it stands in the file and what it may be.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Number> + use<> {
        [("share.weight_db", self.weight_db, -15.0..=15.0)].into_iter()
    }
}

/// Goes down while somebody speaks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Duck {
    /// Whether it does.
    pub on: bool,
    /// A strip of speech that is louder than this is somebody who speaks, in dBFS (RMS), −80 to 0.
    pub threshold_db: f32,
    /// How far it goes down, in dB, 0 to 60.
    pub depth_db: f32,
    /// Time constant of going down, in ms, 10 to 1000.
    pub attack_ms: f32,
    /// Stays down so long after the last word, in ms, 0 to 5000.
    pub hold_ms: f32,
    /// Time constant of coming back, in ms, 10 to 5000.
    pub release_ms: f32,
}

impl Default for Duck {
    fn default() -> Self {
        Self {
            on: false,
            threshold_db: -40.0,
            depth_db: 12.0,
            attack_ms: 80.0,
            // Longer than the pauses between words.
            hold_ms: 800.0,
            release_ms: 700.0,
        }
    }
}

impl Duck {
    /// Every number, with where it stands in the file and what it may be.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Number> + use<> {
        [
            ("duck.threshold_db", self.threshold_db, -80.0..=0.0),
            ("duck.depth_db", self.depth_db, 0.0..=60.0),
            ("duck.attack_ms", self.attack_ms, 10.0..=1000.0),
            ("duck.hold_ms", self.hold_ms, 0.0..=5000.0),
            ("duck.release_ms", self.release_ms, 10.0..=5000.0),
        ]
        .into_iter()
    }
}

/// What an alarm is given for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alarm {
    /// For silence of so many seconds, 1 to 600; 0 is for none.
    pub silence_s: f32,
    /// For what is too loud: cut off at full scale in a strip; held down by the limiter, and by a lot, in
    /// the program.
    pub clipping: bool,
}

impl Alarm {
    /// For clipping alone: who has a microphone need not speak.
    pub const CLIPPING: Self = Self {
        silence_s: 0.0,
        clipping: true,
    };
    /// A program is never silent for long, but for a fault.
    pub const PROGRAM: Self = Self {
        silence_s: 10.0,
        clipping: true,
    };

    /// Every number, with where it stands in the file and what it may be.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Number> + use<> {
        [("alarm.silence_s", self.silence_s, 0.0..=600.0)].into_iter()
    }
}

impl Default for Alarm {
    fn default() -> Self {
        Self::CLIPPING
    }
}
