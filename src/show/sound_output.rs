//! Where sound leaves the house by a sound card, and what is listened to at a desk.

use serde::{Deserialize, Serialize};

use super::words::one_of;

/// The buses that every show has.
pub const BUSES: [&str; 3] = [PROGRAM, AUX_1, AUX_2];
/// What goes on air.
pub const PROGRAM: &str = "program";
/// The first mix of its own.
pub const AUX_1: &str = "aux1";
/// The second.
pub const AUX_2: &str = "aux2";
/// Begins the name of what a guest gets back; its source's id follows.
pub const N_MINUS_ONE: &str = "n-1:";
/// What a desk listens to by PFL and AFL, and silence else: for its monitor alone.
pub const LISTENING: &str = "listen";
/// The highest channel that a card may be asked for.
const LAST_CHANNEL: u16 = 64;
/// How loud an output may be made, in dB.
const LEVELS: std::ops::RangeInclusive<f32> = -100.0..=10.0;

/// A bus, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusName<'a> {
    /// What goes on air.
    Program,
    /// A mix of its own, counted from 0.
    Aux(usize),
    /// What the guest of this id gets back: everything but itself.
    NMinusOne(&'a str),
    /// What a desk listens to by PFL and AFL.
    Listening,
}

impl<'a> BusName<'a> {
    /// What a name means; none where it means nothing.
    pub fn of(name: &'a str) -> Option<Self> {
        match name {
            PROGRAM => Some(Self::Program),
            AUX_1 => Some(Self::Aux(0)),
            AUX_2 => Some(Self::Aux(1)),
            LISTENING => Some(Self::Listening),
            _ => name.strip_prefix(N_MINUS_ONE).map(Self::NMinusOne),
        }
    }

    /// The id of the guest whose return it is.
    pub fn guest(name: &'a str) -> Option<&'a str> {
        match Self::of(name) {
            Some(Self::NMinusOne(source)) => Some(source),
            _ => None,
        }
    }

    /// The name of what a guest gets back.
    pub fn n_minus_one(source: &str) -> String {
        format!("{N_MINUS_ONE}{source}")
    }
}

/// A bus that is given to a sound card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoundOutput {
    /// One of [`BUSES`], or `n-1:` and a guest's id.
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

/// What is listened to at a desk.
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
    /// What: one of [`BUSES`], `n-1:` and a guest's id, or [`LISTENING`]. What the desk listens to by PFL and
    /// AFL is heard in its place.
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
        faults.extend(bus_fault(&self.bus, &BUSES));
        faults.extend(level_fault(self.level_db));
        faults
    }
}

/// As many desks can have a monitor of their own.
pub const MONITORS: usize = 4;

impl Monitor {
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with it: the field, and what was expected.
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults = card_faults(&self.device, self.host.as_deref(), &self.channels);
        let [program, aux_1, aux_2] = BUSES;
        faults.extend(bus_fault(&self.bus, &[program, aux_1, aux_2, LISTENING]));
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

/// Whether a name is one of these, or that of a return. Whose that is is looked at elsewhere.
fn bus_fault(bus: &str, buses: &[&str]) -> Option<(String, String)> {
    (!buses.contains(&bus) && BusName::guest(bus).is_none()).then(|| {
        let message = format!(
            "no bus is named `{}`, expected {}, or `n-1:` and the id of a guest",
            bus.escape_debug(),
            one_of(buses)
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
