//! The show: what is saved, and nothing else. Ids are short and stable, labels are free.

use serde::{Deserialize, Serialize};

use super::afv::Afv;
use super::clip::{AtEnd, Play};
use super::colour::Colour;
use super::hold::Hold;
use super::layer::Layer;
use super::snapshot::SoundSnapshots;
use super::sound::{Send, Sound};
use super::sound_output::SoundOutput;
use super::stinger::Stinger;
use super::strip::StripSettings;
use super::table::Table;
use super::title::{Cue, DownstreamKey, Title};
use super::transition::TransitionStyle;
use crate::media::{CameraMode, Rate};

/// The version of the show file that this program writes.
pub const VERSION: u32 = 1;

/// A whole show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Show {
    /// Version of the file's form; [`VERSION`] is the only one so far.
    pub version: u32,
    /// The show's name, which recordings carry too.
    pub name: String,
    /// Picture size and rate of the program.
    #[serde(default)]
    pub format: Format,
    /// How the program is encoded, once for all destinations and the recorder.
    #[serde(default)]
    pub encoder: Encoder,
    /// Cameras, clips, network streams, test pictures.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// Pictures made of sources. Each source has a full-frame scene of its own id besides.
    #[serde(default)]
    pub scenes: Vec<Scene>,
    /// The ids of all scenes in the order of their numbers, those that sources have of their own among
    /// them; any that is left out comes behind those that are here. Empty where the show's own scenes
    /// come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// The transition that AUTO makes when the show begins.
    #[serde(default)]
    pub transition: TransitionStyle,
    /// Clips with transparency that are drawn over a cut.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stingers: Vec<Stinger>,
    /// What is written over the program: names, questions, a logo, a countdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub titles: Vec<Title>,
    /// The downstream keys, which carry titles and sources over everything; the last one is on top. Those
    /// that are left out are as usual.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<DownstreamKey>,
    /// Titles in the order in which they are wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rundown: Vec<Cue>,
    /// Where the rows of data for titles come from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// What goes over everything while the show has to wait.
    #[serde(default, skip_serializing_if = "Hold::is_default")]
    pub hold: Hold,
    /// Auxes, groups, the program's own processing, and what guests get back.
    #[serde(default, skip_serializing_if = "Sound::is_usual")]
    pub sound: Sound,
    /// How the sound stood, to be recalled.
    #[serde(default, skip_serializing_if = "SoundSnapshots::is_empty")]
    pub snapshots: SoundSnapshots,
    /// Where the program is sent.
    #[serde(default)]
    pub destinations: Vec<Destination>,
    /// Where the master is written.
    #[serde(default)]
    pub recording: Recording,
    /// What is given to sound cards: the hall's loudspeakers, a stage monitor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sound_outputs: Vec<SoundOutput>,
    /// A small RTMP receiver inside regie, to try a show with nothing else installed.
    #[serde(default)]
    pub receiver: Option<Receiver>,
}

/// Picture size and rate of the program.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Pixels across, even, 64 to 7680.
    pub width: u32,
    /// Pixels down, even, 64 to 4320.
    pub height: u32,
    /// Frames a second as a fraction, 1 to 120.
    pub rate: Rate,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 720,
            rate: Rate(30, 1),
        }
    }
}

/// How the program is encoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Encoder {
    /// Which H.264 encoder.
    pub name: EncoderName,
    /// Constant bitrate of the picture in kb/s, 100 to 100 000.
    pub bitrate_kbps: u32,
    /// Bitrate of the sound in kb/s, 32 to 320.
    pub audio_kbps: u32,
    /// How hard x264 tries.
    pub preset: Preset,
    /// Seconds from one keyframe to the next, 0.5 to 10.
    pub gop_s: f64,
    /// How long the encoder may look ahead.
    pub latency: Latency,
}

impl Default for Encoder {
    fn default() -> Self {
        Self {
            name: EncoderName::Auto,
            bitrate_kbps: 4500,
            audio_kbps: 160,
            preset: Preset::Veryfast,
            gop_s: 2.0,
            latency: Latency::Normal,
        }
    }
}

impl Encoder {
    /// Picture and sound together, in bits a second.
    pub fn bits_per_second(&self) -> u64 {
        u64::from(self.bitrate_kbps + self.audio_kbps) * 1000
    }
}

/// Which H.264 encoder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum EncoderName {
    /// A hardware encoder where there is one that starts, else x264.
    #[default]
    Auto,
    /// x264, in software.
    X264,
    /// A GStreamer element by its name, such as `"vah264enc"`; x264 if it fails.
    Element(String),
}

/// x264's speed presets that keep up with a live show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // x264's own names
pub enum Preset {
    Ultrafast,
    Superfast,
    #[default]
    Veryfast,
    Faster,
    Fast,
    Medium,
}

/// How long the encoder may look ahead: delay against quality.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Latency {
    /// No lookahead and no B-frames, for a conversation.
    Low,
    /// A short lookahead.
    #[default]
    Normal,
    /// The preset's own lookahead.
    Quality,
}

/// A source of picture, sound or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short and stable: letters, digits, `-` and `_`, at most 32.
    pub id: String,
    /// What the desk shows; the id where it is left out.
    #[serde(default)]
    pub label: String,
    /// Where it comes from.
    pub kind: SourceKind,
    /// The fader at start, in dB, −100 (silence) to +10.
    #[serde(default)]
    pub fader_db: f32,
    /// Muted at start.
    #[serde(default)]
    pub mute: bool,
    /// Audio follows video.
    #[serde(default)]
    pub afv: Afv,
    /// What is done to its sound before the fader.
    #[serde(default, skip_serializing_if = "StripSettings::is_neutral")]
    pub strip: StripSettings,
    /// Delays the picture against the sound, in ms, 0 to 2000.
    #[serde(default)]
    pub picture_delay_ms: u32,
    /// Correction of its picture; it reaches the air with the next take.
    #[serde(default, skip_serializing_if = "Colour::is_neutral")]
    pub colour: Colour,
    /// The groups that it belongs to, by their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// How much of it goes to the first aux and to the second; nothing where it is left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<Send>,
    /// It is a guest, who gets back everything but itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mix_minus: bool,
    /// How loud it gets that back, in dB, −100 (silence) to +10.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub return_db: f32,
}

fn is_false(on: &bool) -> bool {
    !on
}

fn is_zero(db: &f32) -> bool {
    *db == 0.0
}

fn is_at_once(ms: &i32) -> bool {
    *ms == 0
}

/// Where a source comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum SourceKind {
    /// A picture and a tone made in the house.
    Test {
        /// What is drawn.
        pattern: Pattern,
        /// A tone at −20 dBFS, 20 to 20 000 Hz; silence without.
        #[serde(default)]
        tone_hz: Option<f64>,
        /// Of [`Pattern::Flash`]: how long after the flash its beep begins, in ms, −1000 to 1000; before it
        /// where that is negative.
        #[serde(default, skip_serializing_if = "is_at_once")]
        beep_ms: i32,
    },
    /// A file: any container and codec that GStreamer plays.
    File {
        /// Read from the show file's folder if relative.
        path: String,
        /// Starts again at its end: the short way to say `at_end: Loop`.
        #[serde(default, rename = "loop")]
        looped: bool,
        /// What it does when it has been played.
        #[serde(default, skip_serializing_if = "AtEnd::is_hold")]
        at_end: AtEnd,
        /// Whether it waits for its take.
        #[serde(default, skip_serializing_if = "Play::is_always")]
        play: Play,
        /// Where it begins, in seconds into the file; its start where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_s: Option<f64>,
        /// Where it ends, in seconds into the file; its end where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        out_s: Option<f64>,
    },
    /// A camera or capture device.
    Camera {
        /// A stable name that `regie devices` lists, or a node such as `/dev/video0`.
        device: String,
        /// The picture that it is asked for; whatever it likes to give where it is left out, or where it
        /// does not offer that one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<CameraMode>,
    },
    /// RTSP, SRT, RTMP or HTTP.
    Network {
        /// `rtsp://`, `rtsps://`, `srt://`, `rtmp://`, `rtmps://`, `http://` or `https://`. Where a
        /// password or passphrase belongs stands `{secret:NAME}`.
        url: String,
        /// How long packets may wait for late ones, in ms, 0 to 10 000.
        #[serde(default = "default_latency_ms")]
        latency_ms: u32,
    },
    /// Channels of a sound card.
    SoundCard {
        /// A stable name that `regie devices` lists, what people call it, or `default`.
        device: String,
        /// By which system it is reached, such as `alsa` or `jack`; any that has it where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
        /// Its channels, counted from 1: left and right, or one that is heard on both sides.
        #[serde(default = "super::sound_output::first_pair")]
        channels: Vec<u16>,
    },
}

impl SourceKind {
    /// A clip that plays from start to end, or over and over again.
    pub fn file(path: &str, looped: bool) -> Self {
        Self::File {
            path: path.to_owned(),
            looped,
            at_end: AtEnd::default(),
            play: Play::default(),
            in_s: None,
            out_s: None,
        }
    }

    /// The same clip from another file; any other kind as it is.
    #[must_use]
    pub fn at_path(&self, to: String) -> Self {
        let mut kind = self.clone();
        if let Self::File { path, .. } = &mut kind {
            *path = to;
        }
        kind
    }

    /// What a clip does when it has been played; a source that is no clip never has been.
    pub fn at_end(&self) -> AtEnd {
        match self {
            Self::File { looped: true, .. } => AtEnd::Loop,
            Self::File { at_end, .. } => *at_end,
            _ => AtEnd::Hold,
        }
    }
}

fn default_latency_ms() -> u32 {
    200
}

/// Test pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // they say themselves
pub enum Pattern {
    Bars,
    Ball,
    Pinwheel,
    Spokes,
    Gradient,
    Snow,
    Black,
    White,
    Red,
    Green,
    Blue,
    /// Black, and each two seconds a white flash and a beep of 100 ms, for aligning sound with pictures.
    Flash,
}

/// A picture made of layers, the first at the back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// As a source's id.
    pub id: String,
    /// What the desk shows; the id where it is left out.
    #[serde(default)]
    pub label: String,
    /// From back to front.
    pub layers: Vec<Layer>,
    /// The transition that AUTO makes to this scene, unless the director chooses another while it is
    /// on PVW; the one in use where it is left out.
    #[serde(default)]
    pub transition: Option<TransitionStyle>,
}

/// Where the program is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// As a source's id.
    pub id: String,
    /// What the desk shows; the id where it is left out.
    #[serde(default)]
    pub label: String,
    /// `rtmp://HOST[:PORT]/APP` or `rtmps://…`, without the key.
    pub server: String,
    /// The stream key, or where it is found.
    pub key: Key,
}

impl Destination {
    /// Whether the same goes to the same place: all but the label.
    pub fn goes_where(&self, other: &Self) -> bool {
        (&self.id, &self.server, &self.key) == (&other.id, &other.server, &other.key)
    }
}

/// A stream key, never in the clear where it is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Key {
    /// The name under which the key is found: variable `REGIE_KEY_NAME`, keyring, secrets file.
    Secret(String),
    /// A stream name that is no secret; for loopback and private hosts alone.
    Open(String),
}

/// Where the master is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Read from the show file's folder if relative; made where it is missing.
    pub folder: String,
    /// Which kind of file it is.
    #[serde(default, skip_serializing_if = "RecordingFormat::is_usual")]
    pub format: RecordingFormat,
}

/// Which kind of file the master is. Either plays to within a second of its end whatever becomes of its
/// writer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordingFormat {
    /// Matroska.
    #[default]
    #[serde(alias = "mkv")]
    Mkv,
    /// MP4, in fragments while it is written.
    #[serde(alias = "mp4")]
    Mp4,
}

impl RecordingFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Mkv, Self::Mp4];

    /// What the names of its files end in, behind the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Mkv => "mkv",
            Self::Mp4 => "mp4",
        }
    }

    fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// What its heads and tables take beside picture and sound, in bytes a second, at so many pictures a
    /// second: reckoned from what a picture and a block of sound take in each form, rounded up.
    pub fn overhead(self, fps: f64) -> u64 {
        let per_second = match self {
            Self::Mkv => 9.0 * fps + 800.0,
            Self::Mp4 => 28.0 * fps + 1600.0,
        };
        per_second as u64
    }
}

impl Default for Recording {
    fn default() -> Self {
        Self {
            folder: "recordings".to_owned(),
            format: RecordingFormat::default(),
        }
    }
}

/// A small RTMP receiver inside regie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// A loopback address and port, such as `127.0.0.1:19350`.
    pub address: String,
}

impl Show {
    /// A show of this name with nothing in it.
    pub fn new(name: &str) -> Self {
        Self {
            version: super::VERSION,
            name: name.to_owned(),
            format: Default::default(),
            encoder: Default::default(),
            sources: Vec::new(),
            scenes: Vec::new(),
            order: Vec::new(),
            transition: Default::default(),
            stingers: Vec::new(),
            titles: Vec::new(),
            keys: Vec::new(),
            rundown: Vec::new(),
            tables: Vec::new(),
            hold: Default::default(),
            sound: Default::default(),
            snapshots: Default::default(),
            destinations: Vec::new(),
            recording: Default::default(),
            sound_outputs: Vec::new(),
            receiver: None,
        }
    }

    /// Position of the source with this id.
    pub fn source_index(&self, id: &str) -> Option<usize> {
        self.sources.iter().position(|s| s.id == id)
    }

    /// Every scene that can be taken: the show's own, then one for each source that has none of its
    /// id. (id, label, layers)
    pub fn all_scenes(&self) -> Vec<Scene> {
        let own = self.scenes.iter().cloned();
        let implied = self
            .sources
            .iter()
            .filter(|source| !self.scenes.iter().any(|scene| scene.id == source.id))
            .map(|source| Scene {
                id: source.id.clone(),
                label: source.label.clone(),
                layers: vec![Layer::full(&source.id)],
                transition: None,
            });
        let mut all: Vec<Scene> = own.chain(implied).collect();
        if !self.order.is_empty() {
            all.sort_by_key(|scene| {
                let at = self.order.iter().position(|id| *id == scene.id);
                at.unwrap_or(usize::MAX)
            });
        }
        all
    }
}
