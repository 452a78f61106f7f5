//! Sound cards that are taken from: each is opened once, whatever number of sources takes channels of it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::catch::{Caught, caught};
use super::feed::Vitals;
use super::sound::SoundWriter;
use super::split::Split;
use crate::card::{self, CardError, CardName, CardState, Form, Kept, Opened, Shelf, Work};
use crate::media::{CardDirection, HouseClock};

/// The cards that are open.
#[derive(Debug, Default)]
pub struct Cards {
    open: Shelf<Capture>,
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
        let card = self.open.take(card, || Capture::new(clock))?;
        let capture = card.work();
        let number = capture.next.fetch_add(1, Ordering::Relaxed);
        capture.split().add(number, channels, sound, vitals);
        let lost_before = capture.lost.load(Ordering::Relaxed);
        Ok(Listener {
            card,
            number,
            last_channel: channels.iter().copied().max().unwrap_or(1),
            lost_before,
        })
    }
}

/// A source's hold on a card; the card is closed when nobody has one.
pub(super) struct Listener {
    card: Arc<Kept<Capture>>,
    number: u32,
    /// The highest that it takes.
    last_channel: u16,
    /// What was lost before it came.
    lost_before: u64,
}

impl Listener {
    /// How the card does for this source.
    pub fn state(&self) -> Arc<CardState> {
        self.card.state(self.last_channel)
    }

    /// How often it was opened again.
    pub fn restarts(&self) -> u32 {
        self.card.restarts()
    }

    /// What is not as it should be although sound comes; empty where all is.
    pub fn warning(&self) -> String {
        match self.card.work().lost.load(Ordering::Relaxed) - self.lost_before {
            0 => String::new(),
            lost => format!("{lost} samples of the sound card were lost"),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.card.work().split().remove(self.number);
    }
}

/// What is taken from one card.
struct Capture {
    split: Mutex<Split>,
    next: AtomicU32,
    clock: HouseClock,
    /// Frames that did not fit.
    lost: Arc<AtomicU64>,
}

impl Capture {
    fn new(clock: HouseClock) -> Self {
        Self {
            split: Mutex::default(),
            next: AtomicU32::new(0),
            clock,
            lost: Arc::default(),
        }
    }

    /// A lock whose holder panicked is still good: what it guards is whole between two steps.
    fn split(&self) -> MutexGuard<'_, Split> {
        self.split.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work for Capture {
    const NAME: &'static str = "card in";
    /// Short against the mixer's block.
    const LOOK: Duration = Duration::from_millis(3);
    const FADE: Duration = Duration::ZERO;
    const QUIET: &'static str = "the sound card gives nothing";
    type Card = Opened;
    type Line = Caught;

    fn channels(&self) -> u16 {
        self.split().last_channel()
    }

    fn open(&self, card: &CardName, channels: u16) -> Result<(Opened, Caught), CardError> {
        let found = card::find(card, CardDirection::In, channels)?;
        let (mut catch, caught) = caught(
            usize::from(found.config.channels),
            found.config.sample_rate,
            self.lost.clone(),
        );
        let opened = card::capture(&found, move |data| catch.take(data))?;
        Ok((opened, caught))
    }

    fn begin(&self, _: &mut Caught, form: Form) {
        self.split().begin(form.rate, form.channels);
    }

    fn look(&self, caught: &mut Caught) -> bool {
        let mut split = self.split();
        let mut called = false;
        while let Some((index, samples)) = caught.fetch() {
            called = true;
            split.take(index, samples, self.clock.now());
        }
        called
    }

    fn end(&self, _: &CardName, _: Caught, _: bool) {}
}
