//! What can be seen of the engine, once each tick.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    CueStatus, KeyStatus, Level, PackingStatus, ReturnStatus, SoundAlarm, SoundStatus, TableStatus,
    Tally, TitleStatus,
};
use crate::media::Rate;
use crate::show::{
    Afv, AtEnd, Monitor, RecordingFormat, Send, SourceKind, StereoLink, StripSettings,
    TransitionStyle,
};

/// The whole state of the show after one tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The show's name.
    pub name: String,
    /// Program width in pixels.
    pub width: u32,
    /// Program height in pixels.
    pub height: u32,
    /// Program rate.
    pub rate: Rate,
    /// The frame that this tick made.
    pub frame: u64,
    /// Seconds since the show was started, kept over an engine that was started again.
    pub uptime_s: f64,
    /// Seconds since the first destination was reached; none while no destination is asked for, or
    /// none was reached since. Kept over reconnections and over an engine that was started again.
    #[serde(default)]
    pub on_air_s: Option<f64>,
    /// Seconds since the recorder's first file began, over all of its files and engines; none while it
    /// is not asked for, or has written nothing since.
    #[serde(default)]
    pub recording_s: Option<f64>,
    /// The scene on PGM.
    pub program: String,
    /// The scene on PVW.
    pub preview: String,
    /// The transition that AUTO makes, and how far it is.
    pub transition: Transition,
    /// Fade to black: 0 is the program, 1 is black.
    pub black: f32,
    /// Where fade to black is going: true is to black.
    pub fade_to_black: bool,
    /// The holding slate is over everything.
    #[serde(default)]
    pub hold: bool,
    /// In the show's order.
    pub sources: Vec<SourceStatus>,
    /// All of them in the order of their numbers, those that sources have of their own among them.
    pub scenes: Vec<SceneStatus>,
    /// In the show's order.
    #[serde(default)]
    pub stingers: Vec<StingerStatus>,
    /// The downstream keys, the last one on top.
    #[serde(default)]
    pub keys: Vec<KeyStatus>,
    /// In the show's order.
    #[serde(default)]
    pub titles: Vec<TitleStatus>,
    /// In the show's order.
    #[serde(default)]
    pub rundown: Vec<CueStatus>,
    /// In the show's order.
    #[serde(default)]
    pub tables: Vec<TableStatus>,
    /// Level of the program.
    pub program_level: Level,
    /// How far the limiter turns the program down, in dB, 0 or more.
    pub limiter_db: f32,
    /// Loudness of the program since the show began, or since it was reset.
    #[serde(default)]
    pub loudness: Loudness,
    /// The buses and the groups.
    #[serde(default)]
    pub sound: SoundStatus,
    /// In the show's order.
    pub destinations: Vec<DestinationStatus>,
    /// The master.
    pub recording: RecordingStatus,
    /// The encoders.
    pub encoder: EncoderStatus,
    /// The receiver inside regie, where the show asks for it.
    pub receiver: Option<Arc<ReceiverStatus>>,
    /// What is given to sound cards, in the show's order.
    #[serde(default)]
    pub sound_outputs: Vec<CardOutputStatus>,
    /// What is listened to in the house.
    #[serde(default)]
    pub monitor: MonitorStatus,
    /// What is listened to at desks that have a monitor of their own, by their names.
    #[serde(default)]
    pub monitors: BTreeMap<String, MonitorStatus>,
    /// The show as it is edited.
    pub edit: EditStatus,
    /// Edits of the scenes on air are seen at once.
    pub live_edit: bool,
    /// Frames of the program.
    pub counters: Counters,
    /// How the machine fares.
    pub health: Health,
}

/// The transition that AUTO makes, or the one that it is making.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// What it is, with its own fields beside the others.
    #[serde(flatten)]
    pub style: TransitionStyle,
    /// Whether it is the own transition of the scene on PVW.
    pub of_scene: bool,
    /// What it does.
    pub state: TransitionState,
    /// How far it is, 0 to 1.
    pub position: f32,
    /// The scene that was put on PVW while it runs: it waits there for its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
    /// How far it is on the PVW monitor, where it is being tried there; it is not on air.
    pub tried: Option<f32>,
    /// Why it cannot be had as chosen and a mix is made instead; empty while all is well.
    pub message: String,
    /// It will be had in a moment: it is only being read.
    #[serde(default)]
    pub reads: bool,
    /// The show's own: what the director chose last, before which a scene's own may go. It is what is
    /// saved as the show's `transition`.
    #[serde(default)]
    pub chosen: TransitionStyle,
}

/// What a transition does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionState {
    /// Waits for AUTO or the T-bar.
    #[default]
    Idle,
    /// Runs.
    Running,
    /// Stands still: paused by a second AUTO, or held by the T-bar.
    Paused,
}

/// One source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceStatus {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// How it does.
    pub state: SourceState,
    /// What is wrong or awaited, in plain words; empty while all is well.
    pub message: String,
    /// Where it is seen; that of the holding slate is on air while it is heard with it.
    pub tally: Tally,
    /// Its sound is in the program, be it ever so little.
    #[serde(default)]
    pub heard: bool,
    /// What is not as it was asked for although it gives its pictures; empty where all is.
    #[serde(default)]
    pub warning: String,
    /// Its fader in dB.
    pub fader_db: f32,
    /// Muted.
    pub mute: bool,
    /// Audio follows video.
    pub afv: Afv,
    /// What is done to its sound before the fader.
    #[serde(default, skip_serializing_if = "StripSettings::is_neutral")]
    pub strip: StripSettings,
    /// The groups that it belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The stereo link that it is one side of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<StereoLink>,
    /// How much of it goes to the first aux and to the second.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<Send>,
    /// What it gets back; none where it is no guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<ReturnStatus>,
    /// The most that its gate turned it down since the last snapshot, in dB, 0 or more.
    #[serde(default)]
    pub gate_db: f32,
    /// The most that its compressor turned it down since the last snapshot, in dB, 0 or more.
    #[serde(default)]
    pub compressor_db: f32,
    /// The loudest that its gate heard since the last snapshot, in dBFS; none where it was not looked at.
    #[serde(default)]
    pub gate_level_db: Option<f32>,
    /// The loudest that its compressor heard since the last snapshot, in dBFS; none where it was not looked at.
    #[serde(default)]
    pub compressor_level_db: Option<f32>,
    /// The most that sharing gain with others turned it down since the last snapshot, in dB, 0 or more.
    #[serde(default)]
    pub share_db: f32,
    /// The most that giving way to speech turned it down since the last snapshot, in dB, 0 or more.
    #[serde(default)]
    pub duck_db: f32,
    /// What is to be looked at in its sound.
    #[serde(default, skip_serializing_if = "SoundAlarm::is_none")]
    pub alarm: SoundAlarm,
    /// Delay of its picture against its sound, in ms.
    pub picture_delay_ms: u32,
    /// Level behind the fader.
    pub level: Level,
    /// Pictures that came from it.
    pub frames: u64,
    /// Pictures that came too late or too many to be shown.
    pub lost: u64,
    /// Ticks that showed a picture a second time because no newer one was due.
    pub repeated: u64,
    /// Pictures passed over because a newer one was due.
    pub dropped: u64,
    /// How far its clock runs fast (+) or slow (−) of the house's, in parts per million.
    pub drift_ppm: f32,
    /// How far its sound is from its picture, in ms, + where the sound is late.
    pub av_offset_ms: f32,
    /// How irregularly it delivers, in ms.
    pub jitter_ms: f32,
    /// How long its last picture took from its decoder to the encoder's input, in ms.
    pub held_ms: f32,
    /// How often its pipeline was started again.
    pub restarts: u32,
    /// How a clip is played; none for what is no clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<ClipStatus>,
}

/// How a clip is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClipStatus {
    /// What it does.
    pub state: ClipState,
    /// Where in the file the picture is that is shown, in seconds.
    pub position_s: f64,
    /// Length of the file in seconds, once it is known.
    pub length_s: Option<f64>,
    /// Seconds from there to where it ends, once that is known.
    pub remaining_s: Option<f64>,
    /// It waits for its take, and goes back when it has left the air.
    pub on_take: bool,
    /// What it does when it has been played.
    pub at_end: AtEnd,
}

/// What a clip does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClipState {
    /// Plays.
    #[default]
    Playing,
    /// Stands where it was stopped or sent to.
    Paused,
    /// Stands at its start and waits.
    Cued,
    /// Was played to its end.
    Ended,
}

/// Where a source comes from, in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Made in the house.
    #[default]
    Test,
    /// A file.
    File,
    /// A camera or capture device.
    Camera,
    /// RTSP, SRT, RTMP or HTTP.
    Network,
    /// Channels of a sound card.
    SoundCard,
}

impl From<&SourceKind> for Origin {
    fn from(kind: &SourceKind) -> Self {
        match kind {
            SourceKind::Test { .. } => Self::Test,
            SourceKind::File { .. } => Self::File,
            SourceKind::Camera { .. } => Self::Camera,
            SourceKind::Network { .. } => Self::Network,
            SourceKind::SoundCard { .. } => Self::SoundCard,
        }
    }
}

/// How a source does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Its pipeline was started and has given no picture yet.
    #[default]
    Connecting,
    /// Pictures come (or sound, where it has no picture).
    Live,
    /// No new picture for a second; the last one stays.
    Frozen,
    /// Gone: a slate with its label is shown.
    Lost,
    /// Gone, and its pipeline waits to be started again.
    Restarting,
    /// A clip that played to its end.
    Ended,
}

/// A bus that is given to a sound card.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CardOutputStatus {
    /// Which bus.
    pub bus: String,
    /// The card.
    pub device: String,
    /// By which system it is asked for, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Of the card, counted from 1.
    pub channels: Vec<u16>,
    /// How it does.
    pub state: CardOutputState,
    /// What is wrong; empty while all is well.
    pub message: String,
    /// How often what is heard there, and nowhere else, broke off: there was nothing to give when the card
    /// asked, or the card had not asked for too long.
    pub underruns: u64,
    /// How often the card itself says that it was not served in time.
    pub slips: u64,
    /// How often the card was opened again.
    pub restarts: u32,
    /// From the bus to the loudspeaker, in ms, as far as the card says; 0 while nothing is heard.
    pub latency_ms: f32,
}

/// How an output to a sound card does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardOutputState {
    /// Nothing goes out.
    #[default]
    Off,
    /// The card is being opened.
    Opening,
    /// It plays.
    Playing,
    /// The card is away or has broken, and is tried again.
    Restarting,
}

/// What is listened to in the house or at a desk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MonitorStatus {
    /// As it is set.
    pub set: Monitor,
    /// What a desk listens to by PFL or AFL is heard in place of the bus that is set.
    #[serde(default)]
    pub listens: bool,
    /// How it does.
    #[serde(flatten)]
    pub output: CardOutputStatus,
}

/// One scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneStatus {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Where it is.
    pub tally: Tally,
    /// The ids of its sources, back to front.
    pub sources: Vec<String>,
}

/// One stinger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StingerStatus {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Whether it can be played.
    pub state: StingerState,
    /// Why it cannot be played; empty while nothing is wrong.
    pub message: String,
    /// Its length in program frames, once it is ready.
    pub frames: Option<u32>,
}

/// Whether a stinger can be played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StingerState {
    /// No transition names it: it is not read.
    #[default]
    Unread,
    /// It is being read; a mix is made meanwhile.
    Reading,
    /// It can be played.
    Ready,
    /// It cannot be read; a mix is made instead.
    Broken,
}

/// Loudness by EBU R 128. Nothing where it is silent, or too short to be measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loudness {
    /// Over 400 ms, in LUFS.
    pub momentary: Option<f32>,
    /// Over 3 s, in LUFS.
    pub short_term: Option<f32>,
    /// From the beginning, gated, in LUFS.
    pub integrated: Option<f32>,
    /// Loudness range from the beginning, in LU.
    pub range: f32,
    /// The highest true peak from the beginning, in dBTP, −100 for silence.
    pub true_peak_db: f32,
}

impl Default for Loudness {
    fn default() -> Self {
        Self {
            momentary: None,
            short_term: None,
            integrated: None,
            range: 0.0,
            true_peak_db: -100.0,
        }
    }
}

/// One destination.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DestinationStatus {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Host and application, never the key.
    pub server: String,
    /// How it does.
    pub state: DestinationState,
    /// What is wrong and what to do, in plain words; empty while all is well.
    pub message: String,
    /// The attempt that runs or comes next, 1 for the first.
    pub attempt: u32,
    /// Seconds to the next attempt, where it waits for one.
    pub next_try_s: Option<f32>,
    /// Bits a second handed to the network over the last two seconds.
    pub bitrate_bps: u64,
    /// Milliseconds of program that wait to be sent.
    pub backlog_ms: u32,
    /// Program frames sent.
    pub frames: u64,
    /// Program frames that were not sent while it was on.
    pub dropped: u64,
    /// Connections made after the first.
    pub reconnects: u32,
    /// Seconds of this connection.
    pub live_s: f32,
    /// Bits a second of the program, picture and sound.
    #[serde(default)]
    pub target_bps: u64,
    /// Whether its key is where the engine runs; `None` until that was looked up.
    #[serde(default)]
    pub has_key: Option<bool>,
}

/// How a destination does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DestinationState {
    /// Not asked for.
    #[default]
    Off,
    /// First attempt.
    Connecting,
    /// Sending.
    Live,
    /// Sending slower than the program is made; groups of pictures are being dropped.
    Congested,
    /// The connection broke, or the last attempt failed; tries again by itself.
    Reconnecting,
    /// Failed for a reason that a person must mend, or so often that it looks like one; still tried, as
    /// `next_try_s` says.
    Failed,
}

/// The master.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecordingStatus {
    /// How it does.
    pub state: RecordingState,
    /// What is wrong and what to do; empty while all is well.
    pub message: String,
    /// The file being written, or the last one.
    pub path: Option<String>,
    /// Seconds in this file.
    pub length_s: f32,
    /// Bytes in this file.
    pub bytes: u64,
    /// Program frames in this file.
    pub frames: u64,
    /// Program frames that are in no file although recording was on.
    pub dropped: u64,
    /// Bytes free on the folder's disk.
    pub free_bytes: u64,
    /// Seconds until the disk is full at the present rate.
    pub time_left_s: Option<f64>,
    /// Where the next file will be written.
    #[serde(default)]
    pub folder: String,
    /// Which kind of file the next one will be.
    #[serde(default)]
    pub format: RecordingFormat,
    /// The last markers of this file, in the order in which they were set.
    #[serde(default)]
    pub markers: Arc<Vec<MarkerStatus>>,
}

/// A marker in the master.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkerStatus {
    /// Milliseconds from the beginning of the file.
    pub ms: u64,
    /// What was marked.
    pub label: String,
}

/// How the recorder does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// Not asked for.
    #[default]
    Off,
    /// Waits for the next keyframe.
    Starting,
    /// Writes.
    Recording,
    /// Writes, but the disk is slow or nearly full.
    Warning,
    /// Asked for, but cannot write; tries again by itself.
    Failed,
}

/// The encoders.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EncoderStatus {
    /// Name of the H.264 encoder in use.
    pub name: String,
    /// What is wrong with it or the sound's; empty while all is well.
    pub message: String,
    /// Bits a second of picture and sound over the last two seconds.
    pub bitrate_bps: u64,
    /// How often either encoder, of picture or of sound, was started again.
    pub restarts: u32,
    /// Sound that could not be encoded, in milliseconds.
    #[serde(default)]
    pub sound_lost_ms: u64,
}

/// The receiver inside regie.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReceiverStatus {
    /// Where it listens.
    pub address: String,
    /// Why it does not listen; empty while all is well.
    pub message: String,
    /// One for each stream that came.
    pub streams: Vec<ReceivedStream>,
}

/// A stream that the receiver inside regie gets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReceivedStream {
    /// Application and stream name; the receiver is for names that are no secret.
    pub name: String,
    /// Whether it is being sent now.
    pub live: bool,
    /// Bits a second over the last two seconds.
    pub bitrate_bps: u64,
    /// Pictures that came.
    pub frames: u64,
    /// Keyframes that came.
    pub keyframes: u64,
    /// Seconds from the last keyframe to the one before.
    pub keyframe_interval_s: f32,
    /// Milliseconds from the tick to the arrival, median of the last 2 s.
    pub delay_ms: Option<f32>,
}

/// The show as it is edited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditStatus {
    /// How often it was changed since it was opened.
    pub revision: u64,
    /// It is another than its file holds.
    pub unsaved: bool,
    /// What UNDO would take back.
    pub undo: Option<String>,
    /// What REDO would make again.
    pub redo: Option<String>,
    /// The show's file.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// Another program changed the file since it was read or written: saving is refused until this
    /// show is put over it, or what it holds is taken over.
    #[serde(default)]
    pub file_changed: bool,
    /// What was edited before this show was opened and never saved lies in this file: to be taken over
    /// or let go with the command `autosave`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autosave: Option<PathBuf>,
    /// The copy with its media that is being made, or the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing: Option<PackingStatus>,
}

/// Frames of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Made.
    pub frames: u64,
    /// Given under their own number with the picture before, because the tick was late.
    pub repeated: u64,
    /// Turned away by a full encoder queue.
    pub skipped: u64,
    /// Ticks that began more than half a frame after they were due.
    pub late: u64,
}

/// How the machine fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Share of one core that this process used over the last second; 2.0 is two cores.
    pub cpu: f32,
    /// Cores of this machine.
    pub cores: u32,
    /// Share of all cores that all programs together used over the last second, 0 to 1; none where the
    /// system does not say.
    #[serde(default)]
    pub machine: Option<f32>,
    /// Resident memory in bytes.
    pub memory_bytes: u64,
    /// Longest work of a tick in the last second, in ms.
    pub tick_ms: f32,
}
