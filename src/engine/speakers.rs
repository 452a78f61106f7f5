//! What is given to sound cards: the show's outputs and what is listened to in the house and at desks. A
//! thread beside the show sets them up, for a card may take seconds to open; the mixer's thread and the
//! cards' own then have a ring between them and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::sound_desk::Hearing;
use super::ways::{Way, Ways};
use crate::audio::{BusId, CardOutput, CardOutputs};
use crate::card::{CardName, CardState};
use crate::door::{CardOutputState, CardOutputStatus};
use crate::media::{BLOCK, HouseClock, SAMPLE_RATE, db_to_gain};
use crate::show::{LISTENING, SoundOutput};

/// How often it is looked how they do.
const LOOK: Duration = Duration::from_millis(100);
/// How much quieter a monitor is while it is dimmed.
const DIM_DB: f32 = -20.0;
/// So many blocks of a bus may wait for its card: a second.
const WAITING: usize = SAMPLE_RATE / BLOCK;

/// What the thread is told.
enum Wish {
    Outputs(Vec<(SoundOutput, Option<BusId>)>),
    Monitors(Vec<Hearing>),
}

/// How they do.
#[derive(Debug, Default)]
pub struct Heard {
    /// In the show's order.
    pub outputs: Vec<CardOutputStatus>,
    /// By the names of the desks; that of the house has none.
    pub monitors: BTreeMap<String, CardOutputStatus>,
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
            monitors: Vec::new(),
            heard: heard.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("speakers".to_owned())
            .spawn(move || room.follow(&wished))?;
        Ok((Self { wishes, heard }, thread))
    }

    /// These are the show's outputs from now on. What is the same goes on without a break.
    pub fn play(&self, outputs: Vec<(SoundOutput, Option<BusId>)>) {
        let _ = self.wishes.send(Wish::Outputs(outputs));
    }

    /// This is listened to from now on.
    pub fn listen(&self, monitors: Vec<Hearing>) {
        let _ = self.wishes.send(Wish::Monitors(monitors));
    }

    /// How they do.
    pub fn heard(&self) -> Arc<Heard> {
        self.heard.load_full()
    }
}

/// Where a bus goes.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    /// The bus as it is named.
    name: String,
    /// None where the show has none of this name.
    bus: Option<BusId>,
    card: CardName,
    channels: Vec<u16>,
}

/// A bus on a card.
struct Played {
    place: Place,
    /// How loud, linear, and whether both sides are heard together.
    gain: f32,
    mono: bool,
    /// None where there is no such bus, and until there is room for it in the mixer and a thread.
    output: Option<(CardOutput, Way)>,
}

/// What one monitor plays.
struct Monitored {
    desk: String,
    /// The bus that is set. It goes on unheard while the desk listens by itself.
    set: Played,
    /// What is heard in its place.
    solo: Vec<Played>,
}

struct Room {
    cards: CardOutputs,
    ways: Arc<Ways>,
    outputs: Vec<Played>,
    monitors: Vec<Monitored>,
    heard: Arc<ArcSwap<Heard>>,
}

impl Room {
    fn follow(&mut self, wished: &Receiver<Wish>) {
        loop {
            match wished.recv_timeout(LOOK) {
                Ok(Wish::Outputs(outputs)) => self.play(&outputs),
                Ok(Wish::Monitors(monitors)) => self.listen(&monitors),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.open_missing();
            let monitors = self.monitors.iter();
            self.heard.store(Arc::new(Heard {
                outputs: self.outputs.iter().map(Played::status).collect(),
                monitors: monitors
                    .map(|monitor| (monitor.desk.clone(), monitor.set.status()))
                    .collect(),
            }));
        }
    }

    fn play(&mut self, outputs: &[(SoundOutput, Option<BusId>)]) {
        // Those before go when these have their cards: on the same one, it stays open.
        let mut before = std::mem::take(&mut self.outputs);
        for (output, bus) in outputs {
            let place = Place {
                name: output.bus.clone(),
                bus: *bus,
                card: CardName {
                    host: output.host.clone(),
                    device: output.device.clone(),
                },
                channels: output.channels.clone(),
            };
            let mut played = self.keep_or_open(&mut before, place);
            played.set(db_to_gain(output.level_db), false);
            self.outputs.push(played);
        }
    }

    fn listen(&mut self, monitors: &[Hearing]) {
        let mut before = std::mem::take(&mut self.monitors);
        // They go when the others have their cards, as outputs do.
        let mut left = Vec::new();
        for hearing in monitors.iter().filter(|hearing| hearing.set.on) {
            let set = &hearing.set;
            let own = before.iter().position(|m| m.desk == hearing.desk);
            if let Some(own) = own.map(|own| before.swap_remove(own)) {
                left.push(own.set);
                left.extend(own.solo);
            }
            let place = |name: &str, bus| Place {
                name: name.to_owned(),
                bus,
                card: CardName {
                    host: set.host.clone(),
                    device: set.device.clone(),
                },
                channels: set.channels.clone(),
            };
            let dim = if set.dim { DIM_DB } else { 0.0 };
            let gain = db_to_gain(set.level_db) * db_to_gain(dim);
            let mut bus = self.keep_or_open(&mut left, place(&set.bus, hearing.bus));
            bus.set(if hearing.is_bus_heard() { gain } else { 0.0 }, set.mono);
            let solo = hearing.solo.iter().map(|n| {
                let place = place(LISTENING, Some(BusId::Listen(*n)));
                let mut solo = self.keep_or_open(&mut left, place);
                solo.set(gain, set.mono);
                solo
            });
            let monitored = Monitored {
                desk: hearing.desk.clone(),
                set: bus,
                solo: solo.collect(),
            };
            self.monitors.push(monitored);
        }
    }

    /// What is at this place already, or is to be there from now on.
    fn keep_or_open(&self, before: &mut Vec<Played>, place: Place) -> Played {
        if let Some(n) = before.iter().position(|played| played.place == place) {
            return before.swap_remove(n);
        }
        Played {
            output: output(&self.cards, &self.ways, &place),
            place,
            gain: 0.0,
            mono: false,
        }
    }

    /// What was lost with its card is given to it anew, and what had no way is tried again.
    fn open_missing(&mut self) {
        let Self {
            cards,
            ways,
            outputs,
            monitors,
            ..
        } = self;
        let monitors = monitors.iter_mut();
        let monitors =
            monitors.flat_map(|monitor| [&mut monitor.set].into_iter().chain(&mut monitor.solo));
        for played in outputs.iter_mut().chain(monitors) {
            if played
                .output
                .as_ref()
                .is_none_or(|(output, _)| output.is_lost())
            {
                played.output = output(cards, ways, &played.place);
                played.set(played.gain, played.mono);
            }
        }
    }
}

/// Gives a bus to its card; none where there is no such bus, no room for it in the mixer, or no thread.
fn output(cards: &CardOutputs, ways: &Arc<Ways>, place: &Place) -> Option<(CardOutput, Way)> {
    let (end, way) = ways.open(place.bus?, WAITING)?;
    let played = cards.play(&place.card, &place.channels, end.samples);
    let failed = |error: &std::io::Error| {
        tracing::error!(
            card = place.card.device,
            "no thread for a sound card: {error}"
        );
    };
    Some((played.inspect_err(failed).ok()?, way))
}

impl Played {
    fn set(&mut self, gain: f32, mono: bool) {
        (self.gain, self.mono) = (gain, mono);
        if let Some((output, _)) = &self.output {
            output.set(gain, mono);
        }
    }

    fn status(&self) -> CardOutputStatus {
        let Place {
            name,
            bus,
            card,
            channels,
        } = &self.place;
        let mut status = CardOutputStatus {
            bus: name.clone(),
            device: card.device.clone(),
            host: card.host.clone(),
            channels: channels.clone(),
            ..CardOutputStatus::default()
        };
        let Some((output, _)) = &self.output else {
            let (state, message) = match bus {
                None => (
                    CardOutputState::Off,
                    format!("the show has no bus named {name}"),
                ),
                Some(_) => {
                    let message = "there is no way from the mixer to it".to_owned();
                    (CardOutputState::Restarting, message)
                }
            };
            (status.state, status.message) = (state, message);
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
        if status.state == CardOutputState::Playing {
            status.latency_ms = output.latency_ms();
        }
        status
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;
    use std::time::Instant;

    use super::super::ways::ways;
    use super::*;
    use crate::audio::{Meters, Mixer, TAPS};

    /// Waits until all outputs say why they do not play.
    fn until_all_say(speakers: &Speakers, channels: RangeInclusive<u16>, why: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let heard = speakers.heard();
            let say = |output: &CardOutputStatus| output.message.contains(why);
            let of = heard.outputs.iter().flat_map(|output| &output.channels);
            if of.copied().eq(channels.clone()) && heard.outputs.iter().all(say) {
                return;
            }
            assert!(Instant::now() < deadline, "{why}: {:?}", heard.outputs);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn an_output_that_found_no_way_out_of_the_mixer_has_one_as_soon_as_there_is_room() {
        let (ways, mut line) = ways();
        let mut mixer = Mixer::new(1, Arc::new(Meters::new(1)));
        let (speakers, thread) = Speakers::start(HouseClock::start(), ways.clone()).unwrap();
        let taken: Vec<_> = (0..TAPS)
            .map(|_| ways.open(BusId::Program, 1).unwrap())
            .collect();
        let output = |n: u16, bus| {
            let output = SoundOutput {
                bus: "aux1".to_owned(),
                device: "no such card".to_owned(),
                host: None,
                channels: vec![n],
                level_db: 0.0,
            };
            (output, bus)
        };
        // As many as a show may have.
        let all: Vec<_> = (1..=32).map(|n| output(n, Some(BusId::Aux(0)))).collect();
        speakers.play(all);
        until_all_say(&speakers, 1..=32, "no way from the mixer");
        drop(taken);
        line.carry_out(&mut mixer);
        until_all_say(&speakers, 1..=32, "no sound card named \"no such card\"");
        // All of them anew, while the mixer has those before still.
        let others = (33..=64).map(|n| output(n, Some(BusId::Aux(1)))).collect();
        speakers.play(others);
        until_all_say(&speakers, 33..=64, "no sound card named \"no such card\"");
        speakers.play(vec![output(1, None)]);
        until_all_say(&speakers, 1..=1, "the show has no bus named aux1");
        drop(speakers);
        thread.join().unwrap();
    }
}
