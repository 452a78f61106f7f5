//! Where sound leaves the house by a sound card, and what is listened to at the desk.

use serde::{Deserialize, Serialize};

use super::words::one_of;

/// The buses that can be listened to.
pub const BUSES: [&str; 3] = [PROGRAM, AUX_1, AUX_2];
/// What goes on air.
pub const PROGRAM: &str = "program";
/// The first mix of its own.
pub const AUX_1: &str = "aux1";
/// The second.
pub const AUX_2: &str = "aux2";
/// The highest channel that a card may be asked for.
const LAST_CHANNEL: u16 = 64;
/// How loud an output may be made, in dB.
const LEVELS: std::ops::RangeInclusive<f32> = -100.0..=10.0;

/// A bus that is given to a sound card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoundOutput {
    /// One of [`BUSES`].
    pub bus: String,
    /// As [`super::SourceKind::SoundCard`] names it.
    pub device: String,
    /// Likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Channels of the card, counted from 1: left and right, or one for both together.
    #[serde(default = "first_pair")]
    pub channels: Vec<u16>,
    /// −100 (silence) to +10 dB.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub level_db: f32,
}

/// What is listened to at the desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Monitor {
    /// Anything is.
    pub on: bool,
    /// By which card: as of a [`SoundOutput`].
    pub device: String,
    /// Likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Likewise.
    pub channels: Vec<u16>,
    /// What: one of [`BUSES`].
    pub bus: String,
    /// −100 (silence) to +10 dB.
    pub level_db: f32,
    /// 20 dB down, to talk over it.
    pub dim: bool,
    /// Both sides together, on both sides.
    pub mono: bool,
}

impl Default for Monitor {
    fn default() -> Self {
        Self {
            on: false,
            device: "default".to_owned(),
            host: None,
            channels: first_pair(),
            bus: PROGRAM.to_owned(),
            level_db: 0.0,
            dim: false,
            mono: false,
        }
    }
}

impl SoundOutput {
    /// What is wrong with it: the field, and what was expected.
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults = card_faults(&self.device, self.host.as_deref(), &self.channels);
        faults.extend(bus_fault(&self.bus));
        faults.extend(level_fault(self.level_db));
        faults
    }
}

impl Monitor {
    /// What is wrong with it: the field, and what was expected.
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults = card_faults(&self.device, self.host.as_deref(), &self.channels);
        faults.extend(bus_fault(&self.bus));
        faults.extend(level_fault(self.level_db));
        faults
    }
}

/// What is wrong with the name of a sound card and its channels.
pub(super) fn card_faults(
    device: &str,
    host: Option<&str>,
    channels: &[u16],
) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let mut fault = |field: String, message: String| faults.push((field, message));
    if device.trim().is_empty() {
        let expected =
            "the device is empty, expected a name that `regie devices` lists, or default";
        fault("device".to_owned(), expected.to_owned());
    }
    if host.is_some_and(|host| host.trim().is_empty()) {
        let expected = "the host is empty, expected one that `regie devices` lists, such as alsa";
        fault("host".to_owned(), expected.to_owned());
    }
    if channels.is_empty() || channels.len() > 2 {
        let message = format!("{} channels, expected 1 or 2", channels.len());
        fault("channels".to_owned(), message);
    }
    for (n, channel) in channels.iter().enumerate() {
        if !(1..=LAST_CHANNEL).contains(channel) {
            let message = format!("{channel} is out of range, expected 1 to {LAST_CHANNEL}");
            fault(format!("channels[{n}]"), message);
        }
    }
    faults
}

fn bus_fault(bus: &str) -> Option<(String, String)> {
    (!BUSES.contains(&bus)).then(|| {
        let message = format!(
            "no bus is named `{}`, expected {}",
            bus.escape_debug(),
            one_of(&BUSES)
        );
        ("bus".to_owned(), message)
    })
}

fn level_fault(level_db: f32) -> Option<(String, String)> {
    (!LEVELS.contains(&level_db)).then(|| {
        let (least, most) = (LEVELS.start(), LEVELS.end());
        let message = format!("{level_db} is out of range, expected {least} to {most}");
        ("level_db".to_owned(), message)
    })
}

pub(super) fn first_pair() -> Vec<u16> {
    vec![1, 2]
}

fn is_zero(level_db: &f32) -> bool {
    *level_db == 0.0
}
