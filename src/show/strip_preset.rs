//! Settings of a strip to begin with. A preset is what is done to the sound: high-pass, gate, equaliser and
//! compressor. What belongs to the source and its place stays: trim, polarity, channels, pan and delay.

use serde::{Deserialize, Serialize};

use super::strip::{Band, BandKind, Compressor, Eq, Gate, HighPass, StripSettings};

/// A preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StripPreset {
    /// A microphone on a lapel.
    SpeechLapel,
    /// A microphone before the mouth.
    SpeechHeadset,
    /// Music, live or from a player.
    Music,
    /// Nothing is done.
    Flat,
}

impl StripPreset {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::SpeechLapel,
        Self::SpeechHeadset,
        Self::Music,
        Self::Flat,
    ];

    /// A strip with this preset.
    pub fn on(self, strip: &StripSettings) -> StripSettings {
        let (high_pass, gate, eq, compressor) = match self {
            Self::SpeechLapel => lapel(),
            Self::SpeechHeadset => headset(),
            Self::Music => music(),
            Self::Flat => Default::default(),
        };
        StripSettings {
            high_pass,
            gate,
            eq,
            compressor,
            ..*strip
        }
    }
}

type Settings = (HighPass, Gate, Eq, Compressor);

fn high_pass(hz: f32) -> HighPass {
    HighPass { on: true, hz }
}

fn eq(bands: [(BandKind, f32, f32, f32); 4]) -> Eq {
    Eq {
        on: true,
        bands: bands.map(|(kind, hz, gain_db, q)| Band {
            on: true,
            kind,
            hz,
            gain_db,
            q,
        }),
    }
}

/// Below the chin a voice has too much chest and too little of its consonants.
fn lapel() -> Settings {
    let gate = Gate {
        // It closes by little, and late: a room that comes and goes is heard more than one that stays.
        on: true,
        threshold_db: -50.0,
        range_db: 8.0,
        attack_ms: 2.0,
        hold_ms: 350.0,
        release_ms: 300.0,
    };
    let bands = [
        (BandKind::LowShelf, 160.0, -2.0, 0.71),
        // The chest, just below the microphone.
        (BandKind::Bell, 300.0, -3.5, 1.2),
        // What the chin shades: the consonants.
        (BandKind::Bell, 4000.0, 3.0, 0.9),
        (BandKind::HighShelf, 9000.0, 2.0, 0.71),
    ];
    let compressor = Compressor {
        on: true,
        // A speaker who turns the head is 6 to 10 dB softer: evened out by half.
        threshold_db: -26.0,
        ratio: 3.0,
        knee_db: 8.0,
        attack_ms: 8.0,
        release_ms: 180.0,
        makeup_db: 5.0,
    };
    // Clothes and steps; the lowest men's voices begin at about 85 Hz.
    (high_pass(90.0), gate, eq(bands), compressor)
}

/// At the mouth there is no room to be heard, but breath, plosives and sibilants.
fn headset() -> Settings {
    let gate = Gate {
        on: true,
        threshold_db: -45.0,
        range_db: 12.0,
        attack_ms: 1.0,
        hold_ms: 250.0,
        release_ms: 200.0,
    };
    let bands = [
        // What is near lifts the lows, where the microphone is a cardioid.
        (BandKind::LowShelf, 200.0, -3.0, 0.71),
        (BandKind::Bell, 500.0, -1.5, 1.0),
        (BandKind::Bell, 3000.0, 1.0, 1.0),
        // The sibilants.
        (BandKind::Bell, 6800.0, -3.0, 2.5),
    ];
    let compressor = Compressor {
        on: true,
        // The distance never changes, the voice does: a firmer hand, and a quicker one.
        threshold_db: -22.0,
        ratio: 4.0,
        knee_db: 6.0,
        attack_ms: 5.0,
        release_ms: 140.0,
        makeup_db: 5.0,
    };
    // Plosives and breath reach up to 120 Hz.
    (high_pass(110.0), gate, eq(bands), compressor)
}

/// Music is mixed already, or has dynamics of its own: it is held together and not shaped.
fn music() -> Settings {
    let compressor = Compressor {
        on: true,
        threshold_db: -16.0,
        ratio: 1.8,
        knee_db: 12.0,
        // Slow enough for drums to come through, and not to pump.
        attack_ms: 30.0,
        release_ms: 300.0,
        makeup_db: 0.0,
    };
    let eq = Eq {
        on: true,
        ..Eq::default()
    };
    // What no loudspeaker of a viewer gives, and every compressor hears.
    (high_pass(30.0), Gate::default(), eq, compressor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::strip::Pick;

    #[test]
    fn presets_are_in_range_differ_and_leave_what_is_the_sources_own() {
        let before = StripSettings {
            trim_db: 6.0,
            invert: true,
            pick: Pick::Left,
            pan: -0.2,
            delay_ms: 40.0,
            ..StripSettings::default()
        };
        let mut seen = Vec::new();
        for preset in StripPreset::ALL {
            let after = preset.on(&before);
            for (name, value, range) in after.numbers() {
                assert!(range.contains(&value), "{preset:?}: {name} {value}");
            }
            let own = StripSettings {
                high_pass: before.high_pass,
                gate: before.gate,
                eq: before.eq,
                compressor: before.compressor,
                ..after
            };
            assert_eq!(own, before, "{preset:?}");
            assert!(!seen.contains(&after), "{preset:?}");
            seen.push(after);
        }
        assert_eq!(StripPreset::Flat.on(&before), before);
    }

    #[test]
    fn a_voice_is_not_thinned_where_it_lives() {
        for preset in [StripPreset::SpeechLapel, StripPreset::SpeechHeadset] {
            let strip = preset.on(&StripSettings::default());
            assert!(strip.high_pass.hz < 120.0 && strip.gate.range_db < 20.0);
            let at_1k = strip.eq.gain_db(1000.0);
            assert!(at_1k.abs() < 2.0, "{preset:?}: {at_1k}");
        }
    }
}
