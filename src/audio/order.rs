//! What the mixer is told: for each strip and each bus how loud it is to be, from which sample on.

use super::tap::{BusId, LISTENERS};
use crate::show::{AUXES, Ident, Master, StripSettings, Wave};

/// What becomes of a strip, linear.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StripGain {
    /// Fader, mute and groups.
    pub fader: f32,
    /// Audio follows video: 0 is unheard, 1 is heard.
    pub follow: f32,
    /// The same, for what guests get back.
    pub follow_back: f32,
    /// 0 while a mute silences it, 1 else: for what does not heed the fader.
    pub open: f32,
    /// To each aux.
    pub sends: [SendGain; AUXES],
    /// How loud it gets back everything but itself; none where it is no guest.
    pub back: Option<f32>,
    /// The slot of the same source made anew, or of what it was made from, while both are heard: neither
    /// is in what the other gets back.
    pub twin: Option<usize>,
    /// The slot of the other side of its stereo link. It takes effect with the next block.
    pub linked: Option<usize>,
    /// Where it is a guest: it is talked to, and what it gets back is turned down for it.
    pub talked: bool,
    /// As talkback, to all guests that are talked to. That heeds neither fader nor AFV.
    pub talk: f32,
    /// Who listens to it.
    pub listened: Listened,
}

/// How much of a strip goes to an aux, linear.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SendGain {
    /// The send's own gain.
    pub gain: f32,
    /// Whatever fader and AFV do.
    pub pre: bool,
}

/// Which desks listen to a strip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listened {
    /// Before its fader.
    pub before: [bool; LISTENERS],
    /// After it, as it is in the program.
    pub after: [bool; LISTENERS],
}

impl StripGain {
    /// A strip that is in the program with these gains, and nowhere else.
    pub fn in_program(fader: f32, follow: f32) -> Self {
        Self {
            fader,
            follow,
            follow_back: follow,
            open: 1.0,
            sends: Default::default(),
            back: None,
            twin: None,
            linked: None,
            talked: false,
            talk: 0.0,
            listened: Listened::default(),
        }
    }

    /// Nothing is heard of it anywhere; what it gets back goes on.
    pub fn silence(&mut self) {
        self.fader = 0.0;
        self.open = 0.0;
        self.talk = 0.0;
        self.listened = Listened::default();
    }
}

/// What the line-up generator makes, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Generated {
    /// The bus that it is heard in.
    pub bus: BusId,
    /// What it is.
    pub wave: Wave,
    /// Pitch of the sine, in Hz.
    pub hz: f32,
    /// Amplitude of the sine, linear; the noise has the power of that sine.
    pub level: f32,
    /// Nothing else is heard of the bus.
    pub alone: bool,
    /// How its sides are told apart.
    pub ident: Ident,
}

/// How loud the buses are, linear, and what is done to the program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BusGains {
    /// The program's gain: fade to black.
    pub program: f32,
    /// Fader and mute of each aux.
    pub auxes: [f32; AUXES],
    /// What guests get back while they are talked to.
    pub ducked: f32,
    /// The program's equaliser and ceiling. They take effect with the next block.
    pub master: Master,
    /// The line-up tone. It takes effect with the block.
    pub generated: Option<Generated>,
}

impl Default for BusGains {
    fn default() -> Self {
        Self {
            program: 1.0,
            auxes: [1.0; AUXES],
            ducked: 1.0,
            master: Master::default(),
            generated: None,
        }
    }
}

/// A change of gains, at a sample of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The first sample that it concerns.
    pub position: u64,
    /// Over so many samples pictures and what follows them go to their new gains; everything else is
    /// followed at once.
    pub ramp: u32,
    /// By slot.
    pub strips: Vec<StripGain>,
    /// Settings that are new, with their slots. They take effect with the next block.
    pub settings: Vec<(usize, StripSettings)>,
    /// The buses.
    pub buses: BusGains,
}
