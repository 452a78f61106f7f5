//! What the two ends of one encoder share: the tick or the mixer that feeds it, and the supervisor
//! that starts it again when it dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};
use gstreamer as gst;
use gstreamer_app as gst_app;

use crate::media::{House, HouseClock, NS_PER_S, Track};

/// Nothing was given for so long: the house stood still, or had not begun. Longer than any picture lasts.
const PAUSE_NS: i64 = 2 * NS_PER_S;

/// One of the two encoders, whichever pipeline it runs in just now.
pub struct Side {
    track: Track,
    clock: HouseClock,
    input: ArcSwapOption<Input>,
    /// House time of the last buffer that was given, be it taken or not: an encoder that is stuck
    /// takes no more once its queue is full, and must not seem idle then.
    last_in: AtomicI64,
    /// House time of the last packet.
    last_out: AtomicI64,
    refused: AtomicU64,
    name: ArcSwap<String>,
    message: ArcSwap<String>,
}

/// Where one pipeline is fed.
pub struct Input {
    source: gst_app::AppSrc,
    most: u64,
    is_behind: AtomicBool,
    is_over: AtomicBool,
}

impl Input {
    /// An input in which at most so many buffers wait.
    pub fn new(source: gst_app::AppSrc, most: u64) -> Arc<Self> {
        Arc::new(Self {
            source,
            most,
            is_behind: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
        })
    }

    /// Whether a buffer found the queue full.
    pub fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::Relaxed)
    }

    /// Whether another took its place: what a driver that hung still gives is too late.
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// No more comes; what waits is still encoded.
    pub fn end(&self) {
        // One that has failed already takes no end, and its pipeline says so.
        let _ = self.source.end_of_stream();
    }
}

impl Side {
    /// The side of a track, without an encoder as yet.
    pub fn new(track: Track, clock: HouseClock) -> Self {
        Self {
            track,
            clock,
            input: ArcSwapOption::empty(),
            last_in: AtomicI64::new(0),
            last_out: AtomicI64::new(0),
            refused: AtomicU64::new(0),
            name: ArcSwap::default(),
            message: ArcSwap::default(),
        }
    }

    /// Which.
    pub fn track(&self) -> Track {
        self.track
    }

    /// Feeds a new encoder from now on.
    pub fn begin(&self, name: &str, input: &Arc<Input>) {
        let now = self.clock.now();
        self.last_in.store(now, Ordering::Relaxed);
        self.last_out.store(now, Ordering::Relaxed);
        self.name.store(Arc::new(name.to_owned()));
        self.input.store(Some(input.clone()));
    }

    /// Feeds none until the next [`Self::begin`].
    pub fn halt(&self) {
        if let Some(input) = self.input.swap(None) {
            input.is_over.store(true, Ordering::Relaxed);
        }
    }

    /// Gives what `make` makes, if there is room for it. Never waits; false where it was not taken,
    /// which is counted.
    pub fn give(&self, make: impl FnOnce() -> gst::Buffer) -> bool {
        self.feed(self.clock.now());
        let taken = self.input.load_full().is_some_and(|input| {
            if input.source.current_level_buffers() >= input.most {
                input.is_behind.store(true, Ordering::Relaxed);
                return false;
            }
            input.source.push_buffer(make()).is_ok()
        });
        if !taken {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        taken
    }

    /// Something is given now. What was not given meanwhile the encoder could not give back.
    fn feed(&self, now: House) {
        let relaxed = Ordering::Relaxed;
        let pause = now - self.last_in.load(relaxed);
        if pause > PAUSE_NS {
            // First this, so that nobody sees the pause as silence in between.
            let later = |last: House| Some((last + pause).min(now));
            let _ = self.last_out.fetch_update(relaxed, relaxed, later);
        }
        self.last_in.store(now, Ordering::Release);
    }

    /// A packet came out.
    pub fn gave(&self) {
        self.last_out.store(self.clock.now(), Ordering::Relaxed);
    }

    /// For how long it has been fed and has given nothing, in nanoseconds.
    pub fn quiet_ns(&self) -> i64 {
        self.last_in.load(Ordering::Relaxed) - self.last_out.load(Ordering::Relaxed)
    }

    /// Buffers that were not taken: the queue was full, or no encoder ran.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// The encoder in use, or last in use.
    pub fn name(&self) -> Arc<String> {
        self.name.load_full()
    }

    /// What is wrong; empty while all is well.
    pub fn message(&self) -> Arc<String> {
        self.message.load_full()
    }

    /// Tells what is wrong.
    pub fn tell(&self, message: String) {
        self.message.store(Arc::new(message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoder_is_not_silent_while_nobody_feeds_it() {
        let side = Side::new(Track::Video, HouseClock::start());
        let frame = NS_PER_S / 25;
        let feed = |from: House, frames: i64| {
            let times = (1..=frames).map(|k| from + k * frame);
            times.inspect(|now| side.feed(*now)).last().unwrap()
        };
        let fed = feed(0, 25);
        assert_eq!(side.quiet_ns(), NS_PER_S);
        // An hour passes.
        let again = feed(fed + 3600 * NS_PER_S, 25);
        assert_eq!(side.quiet_ns(), 2 * NS_PER_S - frame);
        // It has given nothing since the first picture: pauses do not hide that.
        let last = feed(again + 5 * NS_PER_S, 75);
        assert!(side.quiet_ns() > 4 * NS_PER_S);
        side.last_out.store(last, Ordering::Relaxed);
        side.feed(last + 9 * NS_PER_S);
        assert_eq!(side.quiet_ns(), 0);
    }
}
