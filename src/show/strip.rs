//! How a source's sound is worked on before it is mixed: the settings of a strip, as they are saved.

use serde::{Deserialize, Serialize};

use super::automatic::{Alarm, Duck, Share};
use super::number::Number;

/// Everything between a source and its fader. Left out, a setting does nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StripSettings {
    /// Gain before everything else, in dB, −60 to +36.
    pub trim_db: f32,
    /// Turns the wave upside down.
    pub invert: bool,
    /// Which of the source's channels are taken.
    pub pick: Pick,
    /// Takes away what is below the voice.
    pub high_pass: HighPass,
    /// Closes in the pauses.
    pub gate: Gate,
    /// Four bands.
    pub eq: Eq,
    /// Evens out loud and soft.
    pub compressor: Compressor,
    /// −1 is left, +1 right; the balance where the strip is stereo.
    pub pan: f32,
    /// Delays the sound, in ms, 0 to 2000.
    pub delay_ms: f32,
    /// Shares gain with other microphones.
    pub share: Share,
    /// Speech: what ducks gives way to it.
    pub speech: bool,
    /// Gives way to speech.
    pub duck: Duck,
    /// What an alarm is given for.
    pub alarm: Alarm,
}

impl StripSettings {
    /// Whether nothing is done to the sound.
    pub fn is_neutral(&self) -> bool {
        *self == Self::default()
    }

    /// Every number, with where it stands in the file and what it may be.
    pub fn numbers(&self) -> impl Iterator<Item = Number> + use<> {
        let (gate, compressor) = (&self.gate, &self.compressor);
        let alone = [
            ("trim_db", self.trim_db, -60.0..=36.0),
            ("pan", self.pan, -1.0..=1.0),
            ("delay_ms", self.delay_ms, 0.0..=2000.0),
            ("high_pass.hz", self.high_pass.hz, 20.0..=1000.0),
            ("gate.threshold_db", gate.threshold_db, -80.0..=0.0),
            ("gate.range_db", gate.range_db, 0.0..=80.0),
            ("gate.attack_ms", gate.attack_ms, 0.1..=100.0),
            ("gate.hold_ms", gate.hold_ms, 10.0..=2000.0),
            ("gate.release_ms", gate.release_ms, 10.0..=3000.0),
            (
                "compressor.threshold_db",
                compressor.threshold_db,
                -60.0..=0.0,
            ),
            ("compressor.ratio", compressor.ratio, 1.0..=20.0),
            ("compressor.knee_db", compressor.knee_db, 0.0..=24.0),
            ("compressor.attack_ms", compressor.attack_ms, 0.1..=200.0),
            (
                "compressor.release_ms",
                compressor.release_ms,
                10.0..=3000.0,
            ),
            ("compressor.makeup_db", compressor.makeup_db, 0.0..=24.0),
        ];
        let automatic = self.share.numbers().chain(self.duck.numbers());
        let automatic = automatic.chain(self.alarm.numbers());
        alone.into_iter().chain(self.eq.numbers()).chain(automatic)
    }
}

/// Which of the source's channels are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// Both as they are.
    #[default]
    #[serde(alias = "Stereo")]
    Stereo,
    /// Half of each on both sides.
    #[serde(alias = "Mono")]
    Mono,
    /// The left one on both sides.
    #[serde(alias = "Left")]
    Left,
    /// The right one on both sides.
    #[serde(alias = "Right")]
    Right,
}

/// Takes away what is below the voice: 24 dB an octave, Butterworth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HighPass {
    /// Whether it works.
    pub on: bool,
    /// Where it has taken away 3 dB, in Hz, 20 to 1000.
    pub hz: f32,
}

impl Default for HighPass {
    fn default() -> Self {
        Self {
            on: false,
            hz: 80.0,
        }
    }
}

/// Closes in the pauses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gate {
    /// Whether it works.
    pub on: bool,
    /// Opens above this level, in dBFS, −80 to 0.
    pub threshold_db: f32,
    /// How much lower the sound is while it is closed, in dB, 0 to 80.
    pub range_db: f32,
    /// Time constant of opening, in ms, 0.1 to 100.
    pub attack_ms: f32,
    /// Stays open so long after the level has fallen, in ms, 10 to 2000.
    pub hold_ms: f32,
    /// Time constant of closing, in ms, 10 to 3000.
    pub release_ms: f32,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            on: false,
            threshold_db: -45.0,
            range_db: 15.0,
            attack_ms: 1.0,
            hold_ms: 200.0,
            release_ms: 150.0,
        }
    }
}

/// Bands of the equaliser.
pub const BANDS: usize = 4;

/// A parametric equaliser of four bands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Eq {
    /// Whether it works.
    pub on: bool,
    /// From low to high, by custom.
    pub bands: [Band; BANDS],
}

impl Default for Eq {
    fn default() -> Self {
        let band = |kind, hz, q| Band {
            on: true,
            kind,
            hz,
            gain_db: 0.0,
            q,
        };
        Self {
            on: false,
            bands: [
                band(BandKind::LowShelf, 120.0, 0.71),
                band(BandKind::Bell, 400.0, 1.0),
                band(BandKind::Bell, 2500.0, 1.0),
                band(BandKind::HighShelf, 8000.0, 0.71),
            ],
        }
    }
}

impl Eq {
    /// Every number, with where it stands beside the equaliser in the file and what it may be.
    pub fn numbers(&self) -> impl Iterator<Item = Number> + use<> {
        const NAMES: [[&str; 3]; BANDS] = [
            ["eq.bands[0].hz", "eq.bands[0].gain_db", "eq.bands[0].q"],
            ["eq.bands[1].hz", "eq.bands[1].gain_db", "eq.bands[1].q"],
            ["eq.bands[2].hz", "eq.bands[2].gain_db", "eq.bands[2].q"],
            ["eq.bands[3].hz", "eq.bands[3].gain_db", "eq.bands[3].q"],
        ];
        let bands = NAMES.into_iter().zip(self.bands);
        bands.flat_map(|([hz, gain_db, q], band)| {
            [
                (hz, band.hz, 20.0..=20_000.0),
                (gain_db, band.gain_db, -18.0..=18.0),
                (q, band.q, 0.1..=20.0),
            ]
        })
    }
}

/// One band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Whether it works, where the equaliser does.
    #[serde(default = "works")]
    pub on: bool,
    /// Its shape.
    pub kind: BandKind,
    /// Its middle, corner or half-way point, in Hz, 20 to 20 000.
    pub hz: f32,
    /// How much it lifts or lowers, in dB, −18 to +18; of no account for the passes and the notch.
    #[serde(default)]
    pub gain_db: f32,
    /// How narrow it is, 0.1 to 20.
    #[serde(default = "butterworth")]
    pub q: f32,
}

fn works() -> bool {
    true
}

fn butterworth() -> f32 {
    std::f32::consts::FRAC_1_SQRT_2
}

/// Shapes of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the field's own words
pub enum BandKind {
    #[serde(alias = "Bell")]
    Bell,
    #[serde(alias = "LowShelf")]
    LowShelf,
    #[serde(alias = "HighShelf")]
    HighShelf,
    #[serde(alias = "LowPass")]
    LowPass,
    #[serde(alias = "HighPass")]
    HighPass,
    #[serde(alias = "Notch")]
    Notch,
}

/// Evens out loud and soft.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compressor {
    /// Whether it works.
    pub on: bool,
    /// Works above this level, in dBFS, −60 to 0.
    pub threshold_db: f32,
    /// So many dB above the threshold become one, 1 to 20.
    pub ratio: f32,
    /// The bend around the threshold is so many dB wide, 0 to 24.
    pub knee_db: f32,
    /// Time constant of turning down, in ms, 0.1 to 200.
    pub attack_ms: f32,
    /// Time constant of coming back, in ms, 10 to 3000.
    pub release_ms: f32,
    /// Gain behind it, in dB, 0 to 24.
    pub makeup_db: f32,
}

impl Default for Compressor {
    fn default() -> Self {
        Self {
            on: false,
            threshold_db: -20.0,
            ratio: 3.0,
            knee_db: 6.0,
            attack_ms: 10.0,
            release_ms: 150.0,
            makeup_db: 0.0,
        }
    }
}
