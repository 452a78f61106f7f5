//! Stingers as they are saved: a short clip with transparency that is drawn over a cut.

use serde::{Deserialize, Serialize};

/// A clip that is played over both scenes, with the cut beneath it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stinger {
    /// As a source's id.
    pub id: String,
    /// What the desk shows; the id where it is left out.
    #[serde(default)]
    pub label: String,
    /// A file with transparency that GStreamer plays (VP8 or VP9 in WebM, ProRes 4444 or Animation in
    /// QuickTime), or numbered pictures such as `sting-%03d.png`. Read from the show file's folder if
    /// relative.
    pub path: String,
    /// The first picture of it, in program frames from its start and counted from 0, beneath which
    /// the new scene is seen.
    pub cut_frame: u32,
    /// Level of its sound in dB, −100 (silence) to +10.
    #[serde(default)]
    pub level_db: f32,
}
