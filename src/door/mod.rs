//! The one door to the engine. Everything that can be done is a [`Command`]; everything that can be
//! seen is a [`Snapshot`], an [`Event`] or a monitor picture. All of it is plain serde data.
//!
//! Users hold a [`Door`]: in process the engine's own, in a desk the one over the local sockets.

mod board;
mod client;
mod command;
mod event;
mod given_key;
mod hub;
mod lip_sync;
mod loudness_history;
mod monitor;
mod packing;
mod place;
mod reading;
mod server;
mod snapshot;
mod sound;
mod strip;
mod talking;
mod tally;
mod titles;
mod trial;
mod wire;

pub use board::{MONITORS_MAX, MonitorBoard, MonitorKey};
pub use client::Client;
pub use command::{ClipAction, Command, LipSyncAction, Request, SnapshotAction};
pub use event::{Event, Report, ReportDestination, ReportPart, ReportRecording, ReportSource};
pub use given_key::GivenKey;
pub use hub::{Ask, Hub, Lines, LocalDoor, SAY_IT_AGAIN};
pub use lip_sync::{LipSyncProposal, LipSyncState, LipSyncStatus};
pub use loudness_history::{LoudnessHistory, LoudnessPoint};
pub use monitor::{Absence, Door, MonitorId, MonitorPicture, MonitorRequest};
pub use packing::{PackingState, PackingStatus};
pub use place::Place;
pub use reading::{Levels, Reading, USUAL_PER_S};
pub use server::serve;
pub use snapshot::{
    CardOutputState, CardOutputStatus, ClipState, ClipStatus, Counters, DestinationState,
    DestinationStatus, EditStatus, EncoderStatus, Health, Loudness, MarkerStatus, MonitorStatus,
    Origin, ReceivedStream, ReceiverStatus, RecordingState, RecordingStatus, SceneStatus, Snapshot,
    SourceState, SourceStatus, StingerState, StingerStatus, Transition, TransitionState,
};
pub use sound::{
    AuxStatus, GroupStatus, Level, ListenStatus, ReturnStatus, SoundAlarm, SoundSnapshotStatus,
    SoundStatus, TalkbackStatus,
};
pub use tally::Tally;
pub use titles::{
    CueState, CueStatus, FieldKind, FieldStatus, KeyChange, KeyState, KeyStatus, RundownAction,
    TitleState, TitleStatus,
};
pub use trial::{TrialState, TrialStatus, Tried};

pub use crate::data::{TableState, TableStatus};
pub use crate::show::{Direction, Rgb, TransitionKind, TransitionStyle};
