//! What can be seen of the sound: levels, and behind the strips the buses, the groups and who listens.

use serde::{Deserialize, Serialize};

use super::LipSyncStatus;
use crate::show::{LineUp, Master};

/// A level in dBFS, −100 for silence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Highest sample since the last snapshot, left and right.
    pub peak_db: [f32; 2],
    /// Highest reading of a peak programme meter of Type I and of Type II (IEC 60268-10) since the last
    /// snapshot, left and right.
    pub quasi_db: [[f32; 2]; 2],
    /// RMS over 300 ms, left and right.
    pub rms_db: [f32; 2],
    /// How alike left and right have been over 300 ms: 1 in step, 0 strangers, −1 against each other, so that
    /// they are lost to who hears in mono. None in silence.
    pub correlation: Option<f32>,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            peak_db: [-100.0; 2],
            quasi_db: [[-100.0; 2]; 2],
            rms_db: [-100.0; 2],
            correlation: None,
        }
    }
}

/// What somebody is to look at. Only what is asked for in a strip's, or the program's, settings is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundAlarm {
    /// Nothing has been heard for as long as was set.
    pub silent: bool,
    /// It was too loud within the last three seconds.
    pub clipping: bool,
}

impl SoundAlarm {
    /// Whether there is nothing to look at.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// How the buses and groups stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SoundStatus {
    /// The first and the second.
    pub auxes: Vec<AuxStatus>,
    /// In the show's order.
    pub groups: Vec<GroupStatus>,
    /// What is done to the program.
    pub master: Master,
    /// What is to be looked at in the program.
    #[serde(default, skip_serializing_if = "SoundAlarm::is_none")]
    pub alarm: SoundAlarm,
    /// Guests hear each other also while AFV keeps them off the air.
    pub off_air: bool,
    /// Who talks to guests.
    #[serde(default)]
    pub talkback: TalkbackStatus,
    /// What is measured of a picture and a sound; none where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lip_sync: Option<LipSyncStatus>,
    /// The line-up generator.
    #[serde(default, skip_serializing_if = "LineUp::is_usual")]
    pub generator: LineUp,
    /// The desks that listen by themselves.
    pub listening: Vec<ListenStatus>,
    /// Sound snapshots, in the show's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<SoundSnapshotStatus>,
    /// There is a way back from the last recall.
    #[serde(default)]
    pub goes_back: bool,
    /// The sources whose strips no snapshot touches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub safe: Vec<String>,
}

/// The director's microphone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TalkbackStatus {
    /// The id of its source; empty where there is none.
    pub source: String,
    /// It is open to all guests, whoever they are.
    pub all: bool,
    /// The ids of the guests to whom it is open.
    pub guests: Vec<String>,
}

/// How the sound stood once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SoundSnapshotStatus {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// The scenes that recall it.
    pub scenes: Vec<String>,
    /// It is the one that was recalled last.
    pub recalled: bool,
}

/// A mix of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AuxStatus {
    /// Its label; empty where the show has none.
    pub label: String,
    /// Its fader in dB.
    pub fader_db: f32,
    /// Muted.
    pub mute: bool,
    /// Level behind the fader.
    pub level: Level,
    /// How far its limiter turned it down since the last snapshot, in dB, 0 or more.
    pub limiter_db: f32,
}

/// A fader and a mute for many strips.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupStatus {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its fader in dB.
    pub fader_db: f32,
    /// Muted.
    pub mute: bool,
}

/// What a guest gets back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReturnStatus {
    /// How loud, in dB.
    pub db: f32,
    /// Its level.
    pub level: Level,
    /// How far its limiter turned it down since the last snapshot, in dB, 0 or more.
    pub limiter_db: f32,
}

/// A desk that listens by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListenStatus {
    /// Its name.
    pub desk: String,
    /// The number of its bus, counted from 0.
    pub bus: u8,
    /// The sources that it listens to before their faders.
    pub pfl: Vec<String>,
    /// The sources that it listens to after them.
    pub afl: Vec<String>,
    /// What it hears.
    pub level: Level,
}
