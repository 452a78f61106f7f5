//! What was found where a source could come from, or sound could go: the cameras and sound cards that are
//! there, and what a source gave when it was tried. Plain data, for who looks, who asks and who shows it.

use serde::{Deserialize, Serialize};

use super::Rate;

/// A camera or capture device that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraInfo {
    /// The stable name, for the show file.
    pub name: String,
    /// What its maker calls it.
    pub label: String,
    /// The node, where the system has one.
    pub node: Option<String>,
    /// What it offers, the largest picture first; empty where it does not say.
    #[serde(default)]
    pub modes: Vec<CameraMode>,
}

/// A sound card that is there, in one direction: one that takes and gives is two of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundCardInfo {
    /// By which system it is reached: `alsa`, `jack`, `pulseaudio`, `coreaudio`, `wasapi`.
    pub host: String,
    /// The stable name, for the show file.
    pub device: String,
    /// What people call it.
    pub label: String,
    /// Which way.
    pub direction: CardDirection,
    /// The most channels that it has.
    pub channels: u16,
    /// The usual sample rates that it knows, in Hz, the lowest first.
    pub rates: Vec<u32>,
}

/// Which way sound goes through a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardDirection {
    /// From it into the house.
    In,
    /// From the house out by it.
    Out,
}

/// A picture that a camera offers, or is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraMode {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures a second; the most there are where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// How it is coded, in the four letters of the field: `YUY2`, `NV12`, `MJPG`, `H264` and so on; any
    /// where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub format: String,
}

impl CameraMode {
    /// As people say it: `1920×1080 · 30 · MJPEG`.
    pub fn in_words(&self) -> String {
        let mut words = format!("{}×{}", self.width, self.height);
        if let Some(rate) = self.rate {
            let fps = format!("{:.2}", rate.fps());
            words += &format!(" · {}", fps.trim_end_matches('0').trim_end_matches('.'));
        }
        let format = match self.format.as_str() {
            "MJPG" => "MJPEG",
            "H264" => "H.264",
            "H265" => "H.265",
            other => other,
        };
        if !format.is_empty() {
            words += &format!(" · {format}");
        }
        words
    }
}

/// What a source gave when it was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its picture.
    pub picture: Option<FoundPicture>,
    /// Its sound.
    pub sound: Option<FoundSound>,
}

/// A picture that came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPicture {
    /// Name of its codec; empty where nothing says it.
    pub codec: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures a second, where the stream says it.
    pub rate: Option<Rate>,
}

/// Sound that came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSound {
    /// Name of its codec; empty where nothing says it.
    pub codec: String,
    /// Samples a second.
    pub rate_hz: u32,
    /// Channels.
    pub channels: u32,
}
