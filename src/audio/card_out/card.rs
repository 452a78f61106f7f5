//! Sound cards that are given to: each is opened once, by a thread of its own, whatever number of buses
//! goes to it, and opened again when it was away.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::deck::{Hand, PLAYERS, deck};
use super::player::{Control, Player};
use crate::card::{self, Backoff, CardError, CardName, CardState, Hold, Opened};
use crate::media::{CardDirection, HouseClock};

/// How often the card is looked after.
const POLL: Duration = Duration::from_millis(10);
/// A card that asks for nothing for so long is opened again.
const GIVE_UP: Duration = Duration::from_millis(2500);
/// So long what leaves may fade out, before the card is closed.
const FADE: Duration = Duration::from_millis(60);
/// So long players may take to come back from a card that was closed.
const RETURN: Duration = Duration::from_secs(2);

/// The cards that are open.
#[derive(Debug)]
pub struct CardOutputs {
    clock: HouseClock,
    open: Mutex<BTreeMap<CardName, Weak<Hub>>>,
}

/// One bus on one card, until this is dropped.
#[derive(Debug)]
pub struct CardOutput {
    control: Arc<Control>,
    hub: Arc<Hub>,
}

#[derive(Debug)]
struct Hub {
    shared: Arc<Shared>,
    /// The card is closed when this is gone.
    _hold: Hold,
}

#[derive(Default)]
struct Shared {
    /// Players that are on no deck.
    waiting: Mutex<VecDeque<Box<Player>>>,
    state: ArcSwap<CardState>,
    restarts: AtomicU32,
    /// How often the card itself was not served in time.
    slips: AtomicU64,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl CardOutputs {
    /// None yet.
    pub fn new(clock: HouseClock) -> Self {
        Self {
            clock,
            open: Mutex::default(),
        }
    }

    /// Gives a bus (48 kHz, interleaved stereo) to channels of a card, counted from 1: left and right, or
    /// one for both together. Silent until it is set.
    ///
    /// # Errors
    /// Where the system has no thread. What is wrong with the card is its state.
    pub fn play(
        &self,
        card: &CardName,
        channels: &[u16],
        bus: rtrb::Consumer<f32>,
    ) -> std::io::Result<CardOutput> {
        let mut open = lock(&self.open);
        open.retain(|_, hub| hub.strong_count() > 0);
        let control = Arc::new(Control::default());
        let player = Box::new(Player::new(bus, channels, control.clone()));
        let hub = match open.get(card).and_then(Weak::upgrade) {
            Some(hub) => {
                lock(&hub.shared.waiting).push_back(player);
                hub
            }
            None => {
                let hub = Hub::start(card.clone(), self.clock, player)?;
                open.insert(card.clone(), Arc::downgrade(&hub));
                hub
            }
        };
        Ok(CardOutput { control, hub })
    }
}

impl CardOutput {
    /// How loud it is, linear, and whether both sides are heard together on both.
    pub fn set(&self, gain: f32, mono: bool) {
        self.control.set(gain, mono);
    }

    /// How its card does.
    pub fn state(&self) -> Arc<CardState> {
        self.hub.shared.state.load_full()
    }

    /// How often what is heard broke off: there was nothing to give when the card asked, or the card had
    /// not asked for too long.
    pub fn underruns(&self) -> u64 {
        self.control.underruns()
    }

    /// How often the card itself says that it was not served in time.
    pub fn slips(&self) -> u64 {
        self.hub.shared.slips.load(Ordering::Relaxed)
    }

    /// How often its card was opened again.
    pub fn restarts(&self) -> u32 {
        self.hub.shared.restarts.load(Ordering::Relaxed)
    }

    /// Whether it is lost with its card, so that the bus must be given to the card anew.
    pub fn is_lost(&self) -> bool {
        self.control.is_lost()
    }

    /// From the bus to the loudspeaker, in ms; 0 while nothing is heard.
    pub fn latency_ms(&self) -> f32 {
        self.control.latency_ms()
    }
}

impl Drop for CardOutput {
    fn drop(&mut self) {
        self.control.leave();
    }
}

impl Hub {
    fn start(card: CardName, clock: HouseClock, first: Box<Player>) -> std::io::Result<Arc<Self>> {
        let shared = Arc::new(Shared::default());
        lock(&shared.waiting).push_back(first);
        let own = shared.clone();
        let hold = Hold::start("card out", move |stopped| {
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

/// Why a card is closed.
enum Ending {
    /// Nothing goes to it any more.
    Stopped,
    /// More of its channels are wanted.
    Again,
    Broke(CardError),
}

struct Worker {
    card: CardName,
    clock: HouseClock,
    shared: Arc<Shared>,
    stopped: Receiver<()>,
}

impl Worker {
    fn run(&self) {
        let mut backoff = Backoff::default();
        loop {
            let began = Instant::now();
            match self
                .open()
                .map_or_else(Ending::Broke, |open| self.serve(open))
            {
                Ending::Stopped => return,
                Ending::Again => self.shared.state.store(Arc::new(CardState::Opening)),
                Ending::Broke(error) => {
                    tracing::warn!(card = self.card.device, "{error}");
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

    /// The highest channel that a waiting player needs.
    fn channels(&self) -> u16 {
        let mut waiting = lock(&self.shared.waiting);
        waiting.retain(|player| !player.control().is_leaving());
        waiting
            .iter()
            .map(|player| player.last_channel())
            .max()
            .unwrap_or(1)
    }

    fn open(&self) -> Result<(Opened, Hand), CardError> {
        let found = card::find(&self.card, CardDirection::Out, self.channels())?;
        let (mut deck, hand) = deck(usize::from(found.config.channels));
        let clock = self.clock;
        let opened = card::play(&found, move |data, lead| deck.play(data, lead, clock))?;
        Ok((opened, hand))
    }

    fn serve(&self, (opened, mut hand): (Opened, Hand)) -> Ending {
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
        let before = self.shared.slips.load(Ordering::Relaxed);
        let mut playing: Vec<Arc<Control>> = Vec::new();
        let mut last = (0, Instant::now());
        let ending = loop {
            if self.stopped.recv_timeout(POLL) != Err(RecvTimeoutError::Timeout) {
                std::thread::sleep(FADE);
                break Ending::Stopped;
            }
            while let Ok(player) = hand.returned.pop() {
                playing.retain(|control| !Arc::ptr_eq(control, player.control()));
            }
            if self.channels() > channels {
                break Ending::Again;
            }
            let mut waiting = lock(&self.shared.waiting);
            while playing.len() < PLAYERS
                && let Some(mut player) = waiting.pop_front()
            {
                player.tune(rate);
                let control = player.control().clone();
                if let Err(rtrb::PushError::Full(player)) = hand.joining.push(player) {
                    waiting.push_front(player);
                    break;
                }
                playing.push(control);
            }
            drop(waiting);
            let slips = before + opened.faults.slips();
            self.shared.slips.store(slips, Ordering::Relaxed);
            if let Some(error) = opened.faults.broke() {
                break Ending::Broke(error);
            }
            let calls = hand.calls.load(Ordering::Relaxed);
            if calls != last.0 {
                last = (calls, Instant::now());
            } else if last.1.elapsed() > GIVE_UP {
                let quiet = "the sound card asks for nothing".to_owned();
                break Ending::Broke(CardError::System(quiet));
            }
        };
        let closed = opened.close();
        self.take_back(&mut hand, playing, closed);
        ending
    }

    /// Keeps the players of a card that was closed for its next opening. Those that its system does not
    /// let go of are lost.
    fn take_back(&self, hand: &mut Hand, mut playing: Vec<Arc<Control>>, closed: bool) {
        let patience = if closed { RETURN } else { Duration::ZERO };
        let until = Instant::now() + patience;
        while !playing.is_empty() {
            match hand.returned.pop() {
                Ok(player) => {
                    playing.retain(|control| !Arc::ptr_eq(control, player.control()));
                    if !player.control().is_leaving() {
                        lock(&self.shared.waiting).push_back(player);
                    }
                }
                // Some systems end a card's thread a little later.
                Err(_) if Instant::now() < until => std::thread::sleep(POLL),
                Err(_) => break,
            }
        }
        for control in playing {
            tracing::error!(
                card = self.card.device,
                "an output was lost with its sound card"
            );
            control.lose();
        }
    }
}

/// A lock whose holder panicked is still good: what it guards is whole between two steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
