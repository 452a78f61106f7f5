//! Sound cards that are taken from: each is opened once, by a thread of its own, whatever number of
//! sources takes channels of it, and opened again when it was away.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::catch::{Caught, caught};
use super::feed::Vitals;
use super::sound::SoundWriter;
use super::split::Split;
use crate::card::{self, Backoff, CardError, CardName, CardState, Hold, Opened};
use crate::media::{CardDirection, HouseClock};

/// How often what a card gave is fetched: short against the mixer's block.
const FETCH: Duration = Duration::from_millis(3);
/// So long before a card is opened for the first time, all that begins with the show has said which of its
/// channels it takes.
const GATHER: Duration = Duration::from_millis(50);
/// A card that gives nothing for so long is opened again.
const GIVE_UP: Duration = Duration::from_millis(2500);

/// The cards that are open.
#[derive(Debug, Default)]
pub struct Cards {
    open: Mutex<BTreeMap<CardName, Weak<Hub>>>,
}

impl Cards {
    /// Takes channels of a card, numbered from 1: two are left and right, one is heard on both sides. What
    /// comes goes into `sound`, at its times of the house. Opens the card if nobody has it open.
    ///
    /// # Errors
    /// Where the system has no thread. What is wrong with the card is its state.
    pub(super) fn listen(
        &self,
        card: &CardName,
        channels: &[u16],
        sound: SoundWriter,
        vitals: Arc<Vitals>,
        clock: HouseClock,
    ) -> std::io::Result<Listener> {
        let mut open = lock(&self.open);
        open.retain(|_, hub| hub.strong_count() > 0);
        let hub = match open.get(card).and_then(Weak::upgrade) {
            Some(hub) => hub,
            None => {
                let hub = Hub::start(card.clone(), clock)?;
                open.insert(card.clone(), Arc::downgrade(&hub));
                hub
            }
        };
        let number = hub.shared.next.fetch_add(1, Ordering::Relaxed);
        lock(&hub.shared.split).add(number, channels, sound, vitals);
        Ok(Listener { hub, number })
    }
}

/// A source's hold on a card; the card is closed when nobody has one.
pub(super) struct Listener {
    hub: Arc<Hub>,
    number: u32,
}

impl Listener {
    /// How the card does.
    pub fn state(&self) -> Arc<CardState> {
        self.hub.shared.state.load_full()
    }

    /// How often it was opened again.
    pub fn restarts(&self) -> u32 {
        self.hub.shared.restarts.load(Ordering::Relaxed)
    }

    /// What is not as it should be although sound comes; empty where all is.
    pub fn warning(&self) -> String {
        match self.hub.shared.lost.load(Ordering::Relaxed) {
            0 => String::new(),
            lost => format!("{lost} samples of the sound card were lost"),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        lock(&self.hub.shared.split).remove(self.number);
    }
}

/// One card.
#[derive(Debug)]
struct Hub {
    shared: Arc<Shared>,
    /// The card is closed when this is gone.
    _hold: Hold,
}

#[derive(Default)]
struct Shared {
    split: Mutex<Split>,
    next: AtomicU32,
    state: ArcSwap<CardState>,
    restarts: AtomicU32,
    /// Frames that did not fit.
    lost: Arc<AtomicU64>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Hub {
    fn start(card: CardName, clock: HouseClock) -> std::io::Result<Arc<Self>> {
        let shared = Arc::new(Shared::default());
        let own = shared.clone();
        let hold = Hold::start("card in", move |stopped| {
            let worker = Worker {
                card,
                clock,
                shared: own,
                stopped,
            };
            worker.run();
        })?;
        Ok(Arc::new(Self {
            shared,
            _hold: hold,
        }))
    }
}

struct Worker {
    card: CardName,
    clock: HouseClock,
    shared: Arc<Shared>,
    stopped: Receiver<()>,
}

/// Why a card is closed.
enum Ending {
    /// Nobody takes from it any more.
    Stopped,
    /// More of its channels are wanted.
    Again,
    Broke(CardError),
}

impl Worker {
    fn run(&self) {
        let mut backoff = Backoff::default();
        if self.stopped.recv_timeout(GATHER) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        loop {
            let began = Instant::now();
            let ending = self.open().map_or_else(Ending::Broke, |(opened, caught)| {
                let ending = self.follow(&opened, caught);
                if !opened.close() {
                    tracing::error!(card = self.card.device, "a sound card does not close");
                }
                ending
            });
            match ending {
                Ending::Stopped => return,
                Ending::Again => self.shared.state.store(Arc::new(CardState::Opening)),
                Ending::Broke(error) => {
                    let state = CardState::Broken(error.to_string());
                    self.shared.state.store(Arc::new(state));
                    self.shared.restarts.fetch_add(1, Ordering::Relaxed);
                    let wait = backoff.broke(began.elapsed());
                    if self.stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
                        return;
                    }
                }
            }
        }
    }

    fn open(&self) -> Result<(Opened, Caught), CardError> {
        let channels = lock(&self.shared.split).last_channel();
        let found = card::find(&self.card, CardDirection::In, channels)?;
        let (mut catch, caught) = caught(
            usize::from(found.config.channels),
            found.config.sample_rate,
            self.shared.lost.clone(),
        );
        let opened = card::capture(&found, move |data| catch.take(data))?;
        Ok((opened, caught))
    }

    fn follow(&self, opened: &Opened, mut caught: Caught) -> Ending {
        let (rate, channels) = (opened.config.sample_rate, opened.config.channels);
        tracing::info!(
            card = self.card.device,
            rate,
            channels,
            "a sound card is open"
        );
        self.shared
            .state
            .store(Arc::new(CardState::Running { rate, channels }));
        lock(&self.shared.split).begin(rate, channels);
        let mut last = Instant::now();
        loop {
            if self.stopped.recv_timeout(FETCH) != Err(RecvTimeoutError::Timeout) {
                return Ending::Stopped;
            }
            let mut split = lock(&self.shared.split);
            while let Some((index, samples)) = caught.fetch() {
                last = Instant::now();
                split.take(index, samples, self.clock.now());
            }
            let wanted = split.last_channel();
            drop(split);
            if let Some(error) = opened.faults.broke() {
                return Ending::Broke(error);
            }
            if last.elapsed() > GIVE_UP {
                let quiet = "the sound card gives nothing".to_owned();
                return Ending::Broke(CardError::System(quiet));
            }
            if wanted > channels {
                return Ending::Again;
            }
        }
    }
}

/// A lock whose holder panicked is still good: what it guards is whole between two steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
