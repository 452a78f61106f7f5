//! Sound cards that are given to: each is opened once, whatever number of buses goes to it.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::deck::{Hand, PLAYERS, deck};
use super::player::{Control, Player};
use crate::card::{self, CardError, CardName, CardState, Form, Kept, Opened, Shelf, Work};
use crate::media::{CardDirection, HouseClock};

/// How often it is looked whether players have come back from a card that was closed.
const POLL: Duration = Duration::from_millis(10);
/// So long they may take.
const RETURN: Duration = Duration::from_secs(2);

/// The cards that are open.
#[derive(Debug)]
pub struct CardOutputs {
    clock: HouseClock,
    open: Shelf<Playing>,
}

/// One bus on one card, until this is dropped.
#[derive(Debug)]
pub struct CardOutput {
    control: Arc<Control>,
    /// The highest channel that it goes to.
    last_channel: u16,
    card: Arc<Kept<Playing>>,
}

impl CardOutputs {
    /// None yet.
    pub fn new(clock: HouseClock) -> Self {
        Self {
            clock,
            open: Shelf::default(),
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
        let control = Arc::new(Control::default());
        let player = Box::new(Player::new(bus, channels, control.clone()));
        let last_channel = player.last_channel();
        let card = self.open.take(card, || Playing {
            waiting: Mutex::default(),
            clock: self.clock,
        })?;
        card.work().waiting().push_back(player);
        Ok(CardOutput {
            control,
            last_channel,
            card,
        })
    }
}

impl CardOutput {
    /// How loud it is, linear, and whether both sides are heard together on both.
    pub fn set(&self, gain: f32, mono: bool) {
        self.control.set(gain, mono);
    }

    /// How its card does, for this output.
    pub fn state(&self) -> Arc<CardState> {
        self.card.state(self.last_channel)
    }

    /// How often what is heard broke off: there was nothing to give when the card asked, or the card had
    /// not asked for too long.
    pub fn underruns(&self) -> u64 {
        self.control.underruns()
    }

    /// How often the card itself says that it was not served in time.
    pub fn slips(&self) -> u64 {
        self.card.slips()
    }

    /// How often its card was opened again.
    pub fn restarts(&self) -> u32 {
        self.card.restarts()
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

/// What is given to one card.
struct Playing {
    /// Players that are on no deck.
    waiting: Mutex<VecDeque<Box<Player>>>,
    clock: HouseClock,
}

impl Playing {
    /// A lock whose holder panicked is still good: what it guards is whole between two steps.
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Box<Player>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known here of the players that a card's thread has.
struct Line {
    hand: Hand,
    rate: u32,
    playing: Vec<Arc<Control>>,
    /// How often the card had called.
    calls: u64,
}

impl Line {
    /// The card's thread has this one no more.
    fn parts_with(&mut self, player: &Player) {
        self.playing
            .retain(|control| !Arc::ptr_eq(control, player.control()));
    }
}

impl Work for Playing {
    const NAME: &'static str = "card out";
    const LOOK: Duration = Duration::from_millis(10);
    const FADE: Duration = Duration::from_millis(60);
    const QUIET: &'static str = "the sound card asks for nothing";
    type Card = Opened;
    type Line = Line;

    fn channels(&self) -> u16 {
        let mut waiting = self.waiting();
        waiting.retain(|player| !player.control().is_leaving());
        let channels = waiting.iter().map(|player| player.last_channel());
        channels.max().unwrap_or(1)
    }

    fn open(&self, card: &CardName, channels: u16) -> Result<(Opened, Line), CardError> {
        let found = card::find(card, CardDirection::Out, channels)?;
        let (mut deck, hand) = deck(usize::from(found.config.channels));
        let clock = self.clock;
        let opened = card::play(&found, move |data, lead| deck.play(data, lead, clock))?;
        let line = Line {
            hand,
            rate: found.config.sample_rate,
            playing: Vec::new(),
            calls: 0,
        };
        Ok((opened, line))
    }

    fn begin(&self, _: &mut Line, _: Form) {}

    fn look(&self, line: &mut Line) -> bool {
        while let Ok(player) = line.hand.returned.pop() {
            line.parts_with(&player);
        }
        let mut waiting = self.waiting();
        while line.playing.len() < PLAYERS
            && let Some(mut player) = waiting.pop_front()
        {
            player.tune(line.rate);
            let control = player.control().clone();
            if let Err(rtrb::PushError::Full(player)) = line.hand.joining.push(player) {
                waiting.push_front(player);
                break;
            }
            line.playing.push(control);
        }
        drop(waiting);
        let calls = line.hand.calls.load(Ordering::Relaxed);
        std::mem::replace(&mut line.calls, calls) != calls
    }

    /// Keeps the players for the card's next opening. Those that its system does not let go of are lost.
    fn end(&self, card: &CardName, mut line: Line, closed: bool) {
        let patience = if closed { RETURN } else { Duration::ZERO };
        let until = Instant::now() + patience;
        while !line.playing.is_empty() {
            match line.hand.returned.pop() {
                Ok(player) => {
                    line.parts_with(&player);
                    if !player.control().is_leaving() {
                        self.waiting().push_back(player);
                    }
                }
                // Some systems end a card's thread a little later.
                Err(_) if Instant::now() < until => std::thread::sleep(POLL),
                Err(_) => break,
            }
        }
        for control in line.playing {
            tracing::error!(card = card.device, "an output was lost with its sound card");
            control.lose();
        }
    }
}
