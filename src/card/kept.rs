//! A card that is kept open: once, by a thread of its own, whatever number of users it has, and opened
//! again when it was away. What goes through it is the business of who uses it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::backoff::Backoff;
use super::find::{CardError, CardName};
use super::hold::Hold;
use super::{CardState, Form};

/// So long before a card is opened for the first time, all that begins together has said which of its
/// channels it needs.
const GATHER: Duration = Duration::from_millis(50);
/// A card that calls for nothing for so long is opened again.
const GIVE_UP: Duration = Duration::from_millis(2500);

/// A card that runs.
pub trait Running {
    /// How it is open.
    fn form(&self) -> Form;
    /// Why it has to be opened again, if it has.
    fn broke(&self) -> Option<CardError>;
    /// How often it says that it was not served in time.
    fn slips(&self) -> u64;
    /// Closes it; gives whether its system let go of it.
    fn close(self) -> bool;
}

/// What is done with a card that is kept open.
pub trait Work: Send + Sync + 'static {
    /// The thread's name.
    const NAME: &'static str;
    /// How often it is looked after.
    const LOOK: Duration;
    /// So long what leaves may fade out, before it is closed for good.
    const FADE: Duration;
    /// What is wrong with one that does not call.
    const QUIET: &'static str;
    /// A card.
    type Card: Running;
    /// The line to its own thread.
    type Line;

    /// The highest channel that anybody needs who is not served yet.
    fn channels(&self) -> u16;
    /// Opens it, with so many channels or all that it has.
    ///
    /// # Errors
    /// [`CardError`].
    fn open(&self, card: &CardName, channels: u16) -> Result<(Self::Card, Self::Line), CardError>;
    /// It runs.
    fn begin(&self, line: &mut Self::Line, form: Form);
    /// Looks after it; gives whether it has called since the last time.
    fn look(&self, line: &mut Self::Line) -> bool;
    /// It is closed, or its system does not let go of it.
    fn end(&self, card: &CardName, line: Self::Line, closed: bool);
}

/// The cards that are kept open for one kind of work.
pub struct Shelf<W: Work> {
    open: Mutex<BTreeMap<CardName, Weak<Kept<W>>>>,
}

/// One card; closed when nobody has it any more.
pub struct Kept<W: Work> {
    shared: Arc<Shared<W>>,
    /// The card is closed when this is gone.
    _hold: Hold,
}

struct Shared<W> {
    card: CardName,
    work: W,
    state: ArcSwap<CardState>,
    restarts: AtomicU32,
    slips: AtomicU64,
}

impl<W: Work> std::fmt::Debug for Kept<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept")
            .field("card", &self.shared.card)
            .field("state", &self.shared.state)
            .finish_non_exhaustive()
    }
}

impl<W: Work> std::fmt::Debug for Shelf<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl<W: Work> Default for Shelf<W> {
    fn default() -> Self {
        Self {
            open: Mutex::default(),
        }
    }
}

impl<W: Work> Shelf<W> {
    /// The card of this name: the one that is open, or one that is opened for this work.
    ///
    /// # Errors
    /// Where the system has no thread. What is wrong with the card is its state.
    pub fn take(&self, card: &CardName, work: impl FnOnce() -> W) -> std::io::Result<Arc<Kept<W>>> {
        // A map whose holder panicked is still good: it is whole between two steps.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, kept| kept.strong_count() > 0);
        if let Some(kept) = open.get(card).and_then(Weak::upgrade) {
            return Ok(kept);
        }
        let shared = Arc::new(Shared {
            card: card.clone(),
            work: work(),
            state: ArcSwap::default(),
            restarts: AtomicU32::new(0),
            slips: AtomicU64::new(0),
        });
        let own = shared.clone();
        let hold = Hold::start(W::NAME, move |stopped| own.run(&stopped))?;
        let kept = Arc::new(Kept {
            shared,
            _hold: hold,
        });
        open.insert(card.clone(), Arc::downgrade(&kept));
        Ok(kept)
    }
}

impl<W: Work> Kept<W> {
    /// What is done with it.
    pub fn work(&self) -> &W {
        &self.shared.work
    }

    /// How it does, for one who needs this channel of it.
    pub fn state(&self, channel: u16) -> Arc<CardState> {
        let state = self.shared.state.load_full();
        match *state {
            CardState::Running(form) if form.has < channel => {
                let error = CardError::TooFewChannels {
                    has: form.has,
                    wanted: channel,
                };
                Arc::new(CardState::Broken(error.to_string()))
            }
            _ => state,
        }
    }

    /// How often it was opened again.
    pub fn restarts(&self) -> u32 {
        self.shared.restarts.load(Ordering::Relaxed)
    }

    /// How often the card itself says that it was not served in time.
    pub fn slips(&self) -> u64 {
        self.shared.slips.load(Ordering::Relaxed)
    }
}

/// Why a card is closed.
enum Ending {
    /// Nobody needs it any more.
    Stopped,
    /// More of its channels are needed.
    Again,
    Broke(CardError),
}

impl<W: Work> Shared<W> {
    fn run(&self, stopped: &Receiver<()>) {
        let ends_within = |time| stopped.recv_timeout(time) != Err(RecvTimeoutError::Timeout);
        let mut backoff = Backoff::default();
        let mut told = String::new();
        if ends_within(GATHER) {
            return;
        }
        loop {
            let began = Instant::now();
            let opened = self.work.open(&self.card, self.work.channels());
            let ending = opened.map_or_else(Ending::Broke, |(card, line)| {
                told.clear();
                self.serve(card, line, ends_within)
            });
            match ending {
                Ending::Stopped => return,
                Ending::Again => self.state.store(Arc::new(CardState::Opening)),
                Ending::Broke(error) => {
                    let why = error.to_string();
                    if told != why {
                        tracing::warn!(card = self.card.device, "{why}");
                        told.clone_from(&why);
                    }
                    self.state.store(Arc::new(CardState::Broken(why)));
                    self.restarts.fetch_add(1, Ordering::Relaxed);
                    if ends_within(backoff.broke(began.elapsed())) {
                        return;
                    }
                }
            }
        }
    }

    fn serve(
        &self,
        card: W::Card,
        mut line: W::Line,
        ends_within: impl Fn(Duration) -> bool,
    ) -> Ending {
        let form = card.form();
        let (rate, channels) = (form.rate, form.channels);
        tracing::info!(
            card = self.card.device,
            rate,
            channels,
            "a sound card is open"
        );
        self.state.store(Arc::new(CardState::Running(form)));
        self.work.begin(&mut line, form);
        let before = self.slips.load(Ordering::Relaxed);
        let mut called = Instant::now();
        let ending = loop {
            if ends_within(W::LOOK) {
                std::thread::sleep(W::FADE);
                break Ending::Stopped;
            }
            // Who needs one that the card does not have is told so; the others do not suffer by it.
            if self.work.channels().min(form.has) > channels {
                break Ending::Again;
            }
            if self.work.look(&mut line) {
                called = Instant::now();
            }
            self.slips.store(before + card.slips(), Ordering::Relaxed);
            if let Some(error) = card.broke() {
                break Ending::Broke(error);
            }
            if called.elapsed() > GIVE_UP {
                break Ending::Broke(CardError::System(W::QUIET.to_owned()));
            }
        };
        let closed = card.close();
        if !closed {
            tracing::error!(card = self.card.device, "a sound card does not close");
        }
        self.work.end(&self.card, line, closed);
        ending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicU16};

    const LONG: Duration = Duration::from_secs(20);

    /// A card of two channels that calls whenever it is looked after.
    #[derive(Default)]
    struct Made {
        wanted: AtomicU16,
        away: AtomicBool,
        breaks: Arc<AtomicBool>,
        opened: Mutex<Vec<u16>>,
        looks: AtomicU32,
        ended: AtomicU32,
    }

    struct Card(u16, Arc<AtomicBool>);

    impl Running for Card {
        fn form(&self) -> Form {
            Form {
                rate: 48_000,
                channels: self.0,
                has: 2,
            }
        }

        fn broke(&self) -> Option<CardError> {
            let breaks = self.1.swap(false, Ordering::Relaxed);
            breaks.then(|| CardError::System("unplugged".to_owned()))
        }

        fn slips(&self) -> u64 {
            3
        }

        fn close(self) -> bool {
            true
        }
    }

    impl Work for Made {
        const NAME: &'static str = "made up";
        const LOOK: Duration = Duration::from_millis(1);
        const FADE: Duration = Duration::ZERO;
        const QUIET: &'static str = "quiet";
        type Card = Card;
        type Line = ();

        fn channels(&self) -> u16 {
            self.wanted.load(Ordering::Relaxed)
        }

        fn open(&self, card: &CardName, channels: u16) -> Result<(Card, ()), CardError> {
            if self.away.load(Ordering::Relaxed) {
                return Err(CardError::NoCard(card.device.clone()));
            }
            self.opened.lock().unwrap().push(channels);
            Ok((Card(channels.clamp(1, 2), self.breaks.clone()), ()))
        }

        fn begin(&self, (): &mut (), _: Form) {}

        fn look(&self, (): &mut ()) -> bool {
            self.looks.fetch_add(1, Ordering::Relaxed);
            true
        }

        fn end(&self, _: &CardName, (): (), closed: bool) {
            assert!(closed);
            self.ended.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn until(what: &str, is: impl Fn() -> bool) {
        let deadline = Instant::now() + LONG;
        while !is() {
            assert!(Instant::now() < deadline, "never: {what}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn shelf() -> (Shelf<Made>, CardName) {
        let name = CardName {
            host: None,
            device: "x".to_owned(),
        };
        (Shelf::default(), name)
    }

    fn runs(kept: &Kept<Made>, channels: u16) -> bool {
        matches!(*kept.state(1), CardState::Running(form) if form.channels == channels)
    }

    #[test]
    fn who_needs_a_channel_that_is_not_there_is_told_so_and_nobody_else_feels_it() {
        let (shelf, name) = shelf();
        let kept = shelf.take(&name, Made::default).unwrap();
        until("it runs", || runs(&kept, 1));
        // One more is there: the card is opened again.
        kept.work().wanted.store(2, Ordering::Relaxed);
        until("it has both", || runs(&kept, 2));
        kept.work().wanted.store(6, Ordering::Relaxed);
        let looks = kept.work().looks.load(Ordering::Relaxed);
        until("it goes on", || {
            kept.work().looks.load(Ordering::Relaxed) > looks + 20
        });
        assert_eq!(*kept.work().opened.lock().unwrap(), [0, 2]);
        assert!(runs(&kept, 2));
        assert_eq!(kept.restarts(), 0);
        let words = "the sound card has 2 channels, and channel 6 is asked for".to_owned();
        assert_eq!(*kept.state(6), CardState::Broken(words));
        // All that take it have the same one.
        let other = shelf.take(&name, Made::default).unwrap();
        assert!(Arc::ptr_eq(&kept, &other));
    }

    #[test]
    fn one_that_breaks_is_opened_again_and_says_why_meanwhile() {
        let (shelf, name) = shelf();
        let kept = shelf.take(&name, Made::default).unwrap();
        until("it runs", || runs(&kept, 1));
        until("it slips", || kept.slips() == 3);
        kept.work().away.store(true, Ordering::Relaxed);
        kept.work().breaks.store(true, Ordering::Relaxed);
        let gone = CardState::Broken("no sound card named \"x\" is there".to_owned());
        until("it is away", || *kept.state(1) == gone);
        kept.work().away.store(false, Ordering::Relaxed);
        until("it is back", || runs(&kept, 1));
        until("it slips again", || kept.slips() == 6);
        assert!(kept.restarts() > 1);
        assert_eq!(kept.work().ended.load(Ordering::Relaxed), 1);
        let shared = kept.shared.clone();
        drop(kept);
        assert_eq!(shared.work.ended.load(Ordering::Relaxed), 2, "it is closed");
    }
}
