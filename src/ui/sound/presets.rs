//! The words for presets.

use crate::show::StripPreset;
use crate::ui::lang;

/// All of them, each with its words.
pub fn all() -> [(StripPreset, String); 4] {
    StripPreset::ALL.map(|preset| {
        let key = match preset {
            StripPreset::SpeechLapel => "sound-preset-lapel",
            StripPreset::SpeechHeadset => "sound-preset-headset",
            StripPreset::Music => "sound-preset-music",
            StripPreset::Flat => "sound-preset-flat",
        };
        (preset, lang::text(key))
    })
}
