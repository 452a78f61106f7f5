//! What is given to sound cards: the show's outputs and what is listened to at the desk. A thread beside
//! the show sets them up, for a card may take seconds to open; the mixer's thread and the cards' own
//! then have a ring between them and nothing else.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::ways::{Way, Ways};
use crate::audio::{BusId, CardOutput, CardOutputs};
use crate::card::{CardName, CardState};
use crate::door::{CardOutputState, CardOutputStatus};
use crate::media::{BLOCK, HouseClock, SAMPLE_RATE, db_to_gain};
use crate::show::{AUX_1, AUX_2, Monitor, PROGRAM, SoundOutput};

/// How often it is looked how they do.
const LOOK: Duration = Duration::from_millis(100);
/// How much quieter the monitor is while it is dimmed.
const DIM_DB: f32 = -20.0;
/// So many blocks of a bus may wait for its card: a second.
const WAITING: usize = SAMPLE_RATE / BLOCK;

/// What the thread is told.
enum Wish {
    Outputs(Vec<SoundOutput>),
    Monitor(Monitor),
}

/// How they do.
#[derive(Debug, Default)]
pub struct Heard {
    /// In the show's order.
    pub outputs: Vec<CardOutputStatus>,
    /// At the desk.
    pub monitor: CardOutputStatus,
}

/// The hand on all of them. Nothing of it waits.
#[derive(Clone)]
pub struct Speakers {
    wishes: Sender<Wish>,
    heard: Arc<ArcSwap<Heard>>,
}

impl Speakers {
    /// Starts the thread, which ends with the last hand and closes every card; buses come to it by `ways`.
    ///
    /// # Errors
    /// Where the system has no thread.
    pub fn start(clock: HouseClock, ways: Arc<Ways>) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (wishes, wished) = unbounded();
        let heard = Arc::new(ArcSwap::default());
        let mut room = Room {
            cards: CardOutputs::new(clock),
            ways,
            outputs: Vec::new(),
            monitor: None,
            heard: heard.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("speakers".to_owned())
            .spawn(move || room.follow(&wished))?;
        Ok((Self { wishes, heard }, thread))
    }

    /// These are the show's outputs from now on. What is the same goes on without a break.
    pub fn play(&self, outputs: &[SoundOutput]) {
        let _ = self.wishes.send(Wish::Outputs(outputs.to_vec()));
    }

    /// This is listened to at the desk from now on.
    pub fn listen(&self, monitor: &Monitor) {
        let _ = self.wishes.send(Wish::Monitor(monitor.clone()));
    }

    /// How they do.
    pub fn heard(&self) -> Arc<Heard> {
        self.heard.load_full()
    }
}

/// A bus on a card.
struct Played {
    bus: String,
    card: CardName,
    channels: Vec<u16>,
    /// How loud, linear, and whether both sides are heard together.
    gain: f32,
    mono: bool,
    /// None where there is no room for it in the mixer, or no thread.
    output: Option<(CardOutput, Way)>,
}

struct Room {
    cards: CardOutputs,
    ways: Arc<Ways>,
    outputs: Vec<Played>,
    monitor: Option<Played>,
    heard: Arc<ArcSwap<Heard>>,
}

impl Room {
    fn follow(&mut self, wished: &Receiver<Wish>) {
        loop {
            match wished.recv_timeout(LOOK) {
                Ok(Wish::Outputs(outputs)) => self.play(&outputs),
                Ok(Wish::Monitor(monitor)) => self.listen(&monitor),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.replace_lost();
            self.heard.store(Arc::new(Heard {
                outputs: self.outputs.iter().map(Played::status).collect(),
                monitor: self
                    .monitor
                    .as_ref()
                    .map_or_else(CardOutputStatus::default, Played::status),
            }));
        }
    }

    fn play(&mut self, outputs: &[SoundOutput]) {
        let mut before = std::mem::take(&mut self.outputs);
        for output in outputs {
            let card = CardName {
                host: output.host.clone(),
                device: output.device.clone(),
            };
            let same = |way: &Played| way.is(&output.bus, &card, &output.channels);
            let mut way = match before.iter().position(same) {
                Some(n) => before.swap_remove(n),
                None => self.open(&output.bus, card, &output.channels),
            };
            way.set(db_to_gain(output.level_db), false);
            self.outputs.push(way);
        }
    }

    fn listen(&mut self, monitor: &Monitor) {
        let card = CardName {
            host: monitor.host.clone(),
            device: monitor.device.clone(),
        };
        let same = |way: &Played| way.is(&monitor.bus, &card, &monitor.channels);
        if !monitor.on {
            self.monitor = None;
        } else if !self.monitor.as_ref().is_some_and(same) {
            // The one before goes when this has the card: on the same one, it stays open.
            self.monitor = Some(self.open(&monitor.bus, card, &monitor.channels));
        }
        if let Some(way) = &mut self.monitor {
            let dim = if monitor.dim { DIM_DB } else { 0.0 };
            let gain = db_to_gain(monitor.level_db) * db_to_gain(dim);
            way.set(gain, monitor.mono);
        }
    }

    /// What was lost with its card is given to it anew.
    fn replace_lost(&mut self) {
        let Self {
            cards,
            ways,
            outputs,
            monitor,
            ..
        } = self;
        for way in outputs.iter_mut().chain(monitor) {
            if way
                .output
                .as_ref()
                .is_some_and(|(output, _)| output.is_lost())
            {
                way.output = output(cards, ways, &way.bus, &way.card, &way.channels);
                way.set(way.gain, way.mono);
            }
        }
    }

    fn open(&mut self, bus: &str, card: CardName, channels: &[u16]) -> Played {
        let output = output(&self.cards, &self.ways, bus, &card, channels);
        Played {
            bus: bus.to_owned(),
            card,
            channels: channels.to_owned(),
            gain: 0.0,
            mono: false,
            output,
        }
    }
}

fn output(
    cards: &CardOutputs,
    ways: &Arc<Ways>,
    bus: &str,
    card: &CardName,
    channels: &[u16],
) -> Option<(CardOutput, Way)> {
    let (end, way) = ways.open(bus_id(bus)?, WAITING)?;
    let played = cards.play(card, channels, end.samples);
    let failed = |error: &std::io::Error| {
        tracing::error!(card = card.device, "no thread for a sound card: {error}");
    };
    Some((played.inspect_err(failed).ok()?, way))
}

/// The mixer's bus of a name.
fn bus_id(name: &str) -> Option<BusId> {
    match name {
        PROGRAM => Some(BusId::Program),
        AUX_1 => Some(BusId::Aux(0)),
        AUX_2 => Some(BusId::Aux(1)),
        _ => None,
    }
}

impl Played {
    fn set(&mut self, gain: f32, mono: bool) {
        (self.gain, self.mono) = (gain, mono);
        if let Some((output, _)) = &self.output {
            output.set(gain, mono);
        }
    }

    fn is(&self, bus: &str, card: &CardName, channels: &[u16]) -> bool {
        self.bus == bus && self.card == *card && self.channels == channels
    }

    fn status(&self) -> CardOutputStatus {
        let mut status = CardOutputStatus {
            bus: self.bus.clone(),
            device: self.card.device.clone(),
            host: self.card.host.clone(),
            channels: self.channels.clone(),
            ..CardOutputStatus::default()
        };
        let Some((output, _)) = &self.output else {
            status.state = CardOutputState::Restarting;
            status.message = "there is no way from the mixer to it".to_owned();
            return status;
        };
        (status.state, status.message) = match &*output.state() {
            CardState::Opening => (CardOutputState::Opening, String::new()),
            CardState::Running(_) => (CardOutputState::Playing, String::new()),
            CardState::Broken(why) => (CardOutputState::Restarting, why.clone()),
        };
        status.underruns = output.underruns();
        status.slips = output.slips();
        status.restarts = output.restarts();
        status.latency_ms = output.latency_ms();
        status
    }
}
