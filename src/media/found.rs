//! What was found where a source could come from: the cameras that are there, and what a source gave
//! when it was tried. Plain data, for who looks, who asks and who shows it.

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

/// A picture that a camera offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraMode {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Its most pictures a second; none where that is open.
    pub rate: Option<Rate>,
    /// How it is coded, such as `YUY2`, `MJPEG` or `H.264`.
    pub coding: String,
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
