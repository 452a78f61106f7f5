//! Who is told readings of the sound again and again, and how often. Levels and loudness are read from
//! snapshots; a spectrum is computed here, where it makes nothing late, and only for those who ask for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError};

use super::monitors::Taps;
use super::refusal::{Refusal, unknown};
use super::ways::{Way, Ways};
use crate::audio::{BusId, Spectrum, TapEnd};
use crate::door::{Ask, Command, Event, Hub, Levels, Reading, Snapshot, SourceStatus};
use crate::media::{BLOCK, CHANNELS};
use crate::nice::{self, Nice};

/// How often it is looked whether something is to be told: more often than there are frames.
const STEP: Duration = Duration::from_millis(8);
/// So many subscriptions there can be, of all clients.
const MOST: usize = 64;
/// And of so many different spectra.
const SPECTRA: usize = 8;
/// How often something may be told, a second.
const PER_S: std::ops::RangeInclusive<f32> = 0.1..=30.0;
/// Blocks of 10 ms that may wait for a spectrum.
const BLOCKS: usize = 100;
/// The shortest and the longest time after which a subscription ends by itself, in seconds.
const SECONDS: std::ops::RangeInclusive<f32> = 0.1..=86_400.0;

/// Carries out subscriptions until `stopped` is closed.
///
/// # Errors
/// Where the system has no thread.
pub fn start(
    asked: Receiver<Ask>,
    hub: Arc<Hub>,
    taps: Arc<Taps>,
    ways: Arc<Ways>,
    stopped: Receiver<()>,
) -> std::io::Result<()> {
    let mut readings = Readings {
        hub,
        taps,
        ways,
        subscriptions: Vec::new(),
        spectra: BTreeMap::new(),
        frame: None,
    };
    std::thread::Builder::new()
        .name("readings".to_owned())
        .spawn(move || {
            nice::give_way(Nice::Monitor);
            while readings.wait(&asked, &stopped) {
                readings.tell(Instant::now());
            }
        })?;
    Ok(())
}

/// What somebody is told.
struct Subscription {
    to: Reading,
    /// Of which source, by its id; of the program where it is none.
    source: Option<String>,
    client: Sender<Event>,
    every: Duration,
    due: Instant,
    ends: Option<Instant>,
    /// Since it was told last.
    levels: Option<Levels>,
}

/// What is computed of one bus.
struct Heard {
    bus: BusId,
    /// None while the mixer has no room for it.
    way: Option<(TapEnd, Way)>,
    spectrum: Spectrum,
}

struct Readings {
    hub: Arc<Hub>,
    taps: Arc<Taps>,
    ways: Arc<Ways>,
    subscriptions: Vec<Subscription>,
    /// By the ids of their sources; that of the program has none.
    spectra: BTreeMap<Option<String>, Heard>,
    /// Of the snapshot that was looked at last.
    frame: Option<u64>,
}

impl Readings {
    /// Takes what is asked until it is time to look again; whether the show goes on.
    fn wait(&mut self, asked: &Receiver<Ask>, stopped: &Receiver<()>) -> bool {
        // With nobody to be told anything there is nothing to look at.
        let step = match self.subscriptions.is_empty() {
            true => Duration::from_millis(200),
            false => STEP,
        };
        match asked.recv_timeout(step) {
            Ok(ask) => self.answer(ask),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        while let Ok(ask) = asked.try_recv() {
            self.answer(ask);
        }
        stopped.try_recv() != Err(crossbeam_channel::TryRecvError::Disconnected)
    }

    fn answer(&mut self, ask: Ask) {
        let done = self.carry_out(&ask, Instant::now());
        let answer = match done {
            Ok(()) => Event::Done {
                command: ask.command,
                frame: self.hub.snapshot().map_or(0, |now| now.frame),
                id: Some(ask.id),
            },
            Err(refusal) => Event::Error {
                message: refusal.to_string(),
                id: Some(ask.id),
            },
        };
        // A client that does not read its answers goes without.
        let _ = ask.answer.try_send(answer);
    }

    fn carry_out(&mut self, ask: &Ask, now: Instant) -> Result<(), Refusal> {
        let is_it = |known: &Subscription, to: Reading, source: &Option<String>| {
            known.client.same_channel(&ask.answer) && known.to == to && known.source == *source
        };
        match &ask.command {
            Command::Subscribe {
                to,
                source,
                per_s,
                seconds,
            } => {
                is_within("per_s", *per_s, PER_S)?;
                if let Some(seconds) = *seconds {
                    is_within("seconds", seconds, SECONDS)?;
                }
                if let Some(id) = source {
                    self.has_source(*to, id)?;
                }
                let before = self
                    .subscriptions
                    .iter()
                    .position(|s| is_it(s, *to, source));
                let before = before.map(|at| self.subscriptions.swap_remove(at));
                self.has_room(*to, source)?;
                self.subscriptions.push(Subscription {
                    to: *to,
                    source: source.clone(),
                    client: ask.answer.clone(),
                    every: Duration::from_secs_f32(1.0 / per_s),
                    // Who asks again goes on as it was.
                    due: before.as_ref().map_or(now, |before| before.due),
                    ends: seconds.map(|seconds| now + Duration::from_secs_f32(seconds)),
                    levels: before.and_then(|before| before.levels),
                });
            }
            Command::Unsubscribe { to, source } => {
                self.subscriptions.retain(|s| !is_it(s, *to, source));
            }
            _ => return Err(Refusal::ForScout),
        }
        Ok(())
    }

    fn has_source(&self, to: Reading, id: &str) -> Result<(), Refusal> {
        if to != Reading::Spectrum {
            return Err(Refusal::OutOfRange {
                what: "source",
                value: id.to_owned(),
                expected: "none: only a spectrum is of one".to_owned(),
            });
        }
        let snapshot = self.hub.snapshot();
        let sources = snapshot.iter().flat_map(|now| &now.sources);
        let mut ids = sources.map(|source| source.id.as_str());
        match ids.clone().any(|known| known == id) {
            true => Ok(()),
            false => Err(unknown("source", id, ids.by_ref())),
        }
    }

    fn has_room(&self, to: Reading, source: &Option<String>) -> Result<(), Refusal> {
        let all = self.subscriptions.iter();
        let spectra = all.filter(|known| known.to == Reading::Spectrum);
        let mut others: BTreeSet<_> = spectra.map(|known| &known.source).collect();
        others.remove(source);
        let is_full = to == Reading::Spectrum && others.len() >= SPECTRA;
        if is_full || self.subscriptions.len() >= MOST {
            return Err(Refusal::TooManyReadings);
        }
        Ok(())
    }

    /// Tells everybody what is due.
    fn tell(&mut self, now: Instant) {
        self.subscriptions
            .retain(|subscription| subscription.ends.is_none_or(|ends| now < ends));
        if let Some(snapshot) = self.hub.snapshot()
            && self.frame != Some(snapshot.frame)
        {
            self.frame = Some(snapshot.frame);
            for subscription in &mut self.subscriptions {
                if subscription.to == Reading::Levels {
                    let levels = subscription.levels.get_or_insert_default();
                    levels.take(levels_of(&snapshot));
                }
            }
        }
        self.listen();
        let Self {
            hub,
            subscriptions,
            spectra,
            ..
        } = self;
        subscriptions.retain_mut(|subscription| {
            if now < subscription.due {
                return true;
            }
            let Some(snapshot) = hub.snapshot() else {
                return true;
            };
            let Some(event) = reading(subscription, &snapshot, spectra) else {
                return true;
            };
            // What it was too late for is not made up for.
            let next = subscription.due + subscription.every;
            subscription.due = match next > now {
                true => next,
                false => now + subscription.every,
            };
            // A client that is behind goes without this one; one that has left goes.
            !matches!(
                subscription.client.try_send(event),
                Err(TrySendError::Disconnected(_))
            )
        });
    }

    /// Listens to what somebody wants the spectrum of, and to nothing else.
    fn listen(&mut self) {
        let Self {
            subscriptions,
            spectra,
            taps,
            ways,
            ..
        } = self;
        let wanted = |source: &Option<String>| {
            let mut all = subscriptions.iter();
            all.any(|s| s.to == Reading::Spectrum && s.source == *source)
        };
        spectra.retain(|source, _| wanted(source));
        let now = taps.now.load_full();
        for subscription in subscriptions.iter() {
            if subscription.to != Reading::Spectrum {
                continue;
            }
            let bus = match &subscription.source {
                None => Some(BusId::Program),
                Some(id) => now
                    .as_ref()
                    .and_then(|now| now.cast.slot(id))
                    .map(BusId::Strip),
            };
            let source = &subscription.source;
            let Some(bus) = bus else {
                spectra.remove(source);
                continue;
            };
            // A source that was made anew is heard from its new slot.
            if spectra.get(source).is_none_or(|heard| heard.bus != bus) {
                let heard = Heard {
                    bus,
                    way: None,
                    spectrum: Spectrum::default(),
                };
                spectra.insert(source.clone(), heard);
            }
        }
        let mut block = [0f32; BLOCK * CHANNELS];
        for heard in spectra.values_mut() {
            if heard.way.is_none() {
                heard.way = ways.open(heard.bus, BLOCKS);
            }
            if let Some((end, _)) = &mut heard.way {
                while end.samples.pop_entire_slice(&mut block).is_ok() {
                    heard.spectrum.take(&block);
                }
            }
        }
    }
}

/// What is to be told now; nothing where there is nothing yet.
fn reading(
    subscription: &mut Subscription,
    snapshot: &Snapshot,
    spectra: &mut BTreeMap<Option<String>, Heard>,
) -> Option<Event> {
    let frame = snapshot.frame;
    Some(match subscription.to {
        Reading::Levels => Event::Levels {
            frame,
            levels: subscription.levels.take()?,
        },
        Reading::Loudness => Event::Loudness {
            frame,
            loudness: snapshot.loudness,
        },
        Reading::Spectrum => Event::Spectrum {
            frame,
            source: subscription.source.clone(),
            bands_db: spectra.get_mut(&subscription.source)?.spectrum.bands_db()?,
        },
    })
}

/// The levels of a snapshot.
fn levels_of(snapshot: &Snapshot) -> Levels {
    let of = |source: &SourceStatus| (source.id.clone(), source.level);
    let returned = |source: &SourceStatus| Some((source.id.clone(), source.back?.level));
    Levels {
        program: snapshot.program_level,
        auxes: snapshot.sound.auxes.iter().map(|aux| aux.level).collect(),
        sources: snapshot.sources.iter().map(of).collect(),
        returns: snapshot.sources.iter().filter_map(returned).collect(),
    }
}

fn is_within(
    what: &'static str,
    value: f32,
    range: std::ops::RangeInclusive<f32>,
) -> Result<(), Refusal> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(Refusal::OutOfRange {
        what,
        value: value.to_string(),
        expected: format!("{} to {}", range.start(), range.end()),
    })
}
