//! What the engine says of its own accord.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Command, DestinationState, Levels, Loudness, LoudnessHistory, PackingStatus, RecordingState,
    Snapshot, SoundAlarm, SourceState, TrialStatus,
};
use crate::media::{CameraInfo, Finding, SoundCardInfo};
use crate::show::{MediaFile, Show};

/// One thing that happened. The JSON form is `{"event":"ready",…}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Program frames flow.
    Ready {
        /// The show's name.
        show: String,
        /// The first frame.
        frame: u64,
    },
    /// A command took effect.
    Done {
        /// The command, with its own fields beside it.
        #[serde(flatten)]
        command: Command,
        /// The first program frame that shows it.
        frame: u64,
        /// The number that the request carried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
    },
    /// A command or a line was refused; nothing changed.
    Error {
        /// What is wrong, and what was expected.
        message: String,
        /// The number that the request carried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
    },
    /// The answer to the command of that name.
    Snapshot {
        /// The state.
        snapshot: Arc<Snapshot>,
    },
    /// The answer to the command of that name.
    Show {
        /// How often the show was changed since it was opened.
        revision: u64,
        /// The show.
        show: Arc<Show>,
        /// Its file.
        file: Option<PathBuf>,
    },
    /// The answer to the command of that name.
    Devices {
        /// The cameras and capture devices that are there.
        devices: Vec<CameraInfo>,
        /// The sound cards, each once for each direction.
        #[serde(default)]
        sound_cards: Vec<SoundCardInfo>,
    },
    /// The answer to the command of that name.
    Encoders {
        /// Names of GStreamer's elements, the one that `Auto` begins with first.
        encoders: Vec<String>,
    },
    /// The answer to the command of that name.
    LoudnessHistory {
        /// Since the measurement began.
        history: LoudnessHistory,
    },
    /// Told who subscribed to it.
    Levels {
        /// The frame at which they were read.
        frame: u64,
        /// The levels since this was told last.
        #[serde(flatten)]
        levels: Levels,
    },
    /// Told who subscribed to it.
    Loudness {
        /// The frame at which it was read.
        frame: u64,
        /// Of the program.
        loudness: Loudness,
    },
    /// Told who subscribed to it.
    Spectrum {
        /// The frame at which it was computed.
        frame: u64,
        /// The id of the source whose strip it is of, before its delay and fader; none for the program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// The level of each of [`crate::media::SPECTRUM_BANDS`] bands in dBFS, −120 at the least: of a third of an
        /// octave, their middles a twelfth apart from 20 Hz on ([`crate::media::band_hz`]). A sine of full scale is
        /// 0 dBFS.
        bands_db: Vec<f32>,
    },
    /// The answer to `try_source`.
    Tried {
        /// The id of the source that was tried.
        source: String,
        /// What it gave; none where it gave nothing.
        found: Option<Finding>,
        /// What is wrong with it; empty where all is well.
        message: String,
    },
    /// What is to be looked at in the sound is another than it was.
    Alarm {
        /// The id of the source whose strip it is; none for the program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// What it is now; nothing, where it is over.
        #[serde(flatten)]
        alarm: SoundAlarm,
        /// The frame after which.
        frame: u64,
    },
    /// A title cannot be had as it is wanted; what was ready before stays.
    Title {
        /// Which, why, and what was expected.
        message: String,
    },
    /// A table cannot be read as it is now; what was good before stays.
    Table {
        /// Which, why, and what was expected.
        message: String,
    },
    /// The answer to the command of that name.
    Templates {
        /// Names of files, those that come with regie first.
        templates: Vec<String>,
    },
    /// The answer to the command of that name.
    Media {
        /// What was looked for.
        find: String,
        /// By their names.
        files: Vec<MediaFile>,
        /// How many more there are.
        more: usize,
    },
    /// The answer to the command of that name.
    Rows {
        /// The table's id.
        table: String,
        /// What was looked for.
        find: String,
        /// How many rows were found.
        found: usize,
        /// The names of the columns.
        columns: Vec<String>,
        /// Those that were asked for, the best first: each with its number in the table, counted from 1.
        rows: Vec<(usize, Vec<String>)>,
    },
    /// A source changed its state.
    Source {
        /// Its id.
        id: String,
        /// The new state.
        state: SourceState,
        /// Why.
        message: String,
        /// The frame at which it was seen.
        frame: u64,
    },
    /// A destination changed its state.
    Destination {
        /// Its id.
        id: String,
        /// The new state.
        state: DestinationState,
        /// Why.
        message: String,
        /// The frame at which it was seen.
        frame: u64,
    },
    /// How the try of a destination goes; said at each step, a few times a second while it is
    /// measured, and at its end.
    Trial(TrialStatus),
    /// How the saving with media goes; said at its beginning, a few times a second, and at its end.
    Packing(PackingStatus),
    /// The recorder changed its state or its file.
    Recording {
        /// The new state.
        state: RecordingState,
        /// Why.
        message: String,
        /// The file.
        path: Option<String>,
        /// The frame at which it was seen.
        frame: u64,
    },
    /// The H.264 encoder was changed or failed.
    Encoder {
        /// The one in use.
        name: String,
        /// Why.
        message: String,
        /// The frame at which it was seen.
        frame: u64,
    },
    /// A transition cannot be made as chosen: a mix is made instead.
    Transition {
        /// What is wrong with it, by its picture's name.
        message: String,
    },
    /// The engine makes way for another, which plays the show as it was edited: what was changed cannot
    /// be changed in a running one. Nothing was on air. What is said from now on waits for that other.
    EngineRenews {
        /// What was changed.
        message: String,
    },
    /// The engine ended without being asked; the keeper starts it again.
    EngineLost {
        /// How it ended.
        message: String,
    },
    /// So many events before this one were not said: nobody read them. On standard output alone.
    EventsLost {
        /// How many.
        count: u64,
    },
    /// The show has ended.
    Report(Report),
}

/// What there is to say of a show that has ended: of all of it, whatever number of engines it had.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Program frames made.
    pub frames: u64,
    /// Given with the picture before, because the tick was late.
    pub repeated: u64,
    /// Turned away by a full encoder queue.
    pub skipped: u64,
    /// Ticks that began more than half a frame after they were due.
    pub late: u64,
    /// How often the engine was started again.
    #[serde(default)]
    pub restarts: u32,
    /// By id.
    pub sources: BTreeMap<String, ReportSource>,
    /// By id.
    pub destinations: BTreeMap<String, ReportDestination>,
    /// The master; `None` where nothing was recorded.
    pub recording: Option<ReportRecording>,
}

/// A source in the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportSource {
    /// At the end.
    pub state: SourceState,
    /// Pictures that came.
    pub frames: u64,
    /// Pictures that came too late or too many to be shown.
    pub lost: u64,
}

/// A destination in the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportDestination {
    /// At the end.
    pub state: DestinationState,
    /// Program frames sent.
    pub frames: u64,
    /// Program frames not sent while it was on.
    pub dropped: u64,
    /// Connections made after the first, by this or a later engine.
    pub reconnects: u32,
}

/// The master in the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportRecording {
    /// The last file.
    pub path: String,
    /// Program frames in it.
    pub frames: u64,
    /// Every file, in the order in which they were begun, with the last.
    #[serde(default)]
    pub parts: Vec<ReportPart>,
}

/// One file of the master.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportPart {
    /// The file.
    pub path: String,
    /// Program frames in it; about so many where the engine died that wrote it.
    pub frames: u64,
}
