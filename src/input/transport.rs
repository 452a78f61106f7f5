//! A clip's transport: what the tick asks of a clip, and how its pipeline obeys, without either
//! waiting for the other.
//!
//! A clip that does not play is *cued*: its pipeline stands at a position, its first picture is in
//! the slot, and a little of what follows, picture and sound, is decoded and held here. The tick that
//! takes it says from which house time on it plays; what is held then goes on its way, placed so that
//! the first picture belongs to that very frame. To play, pause, seek and rewind is all one: cue at a
//! position, and play from a time.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::pace::StreamKind;
use crate::media::{House, Picture};

/// It does not play.
const HELD: i64 = i64::MAX;
/// It plays from whenever it can.
const AT_ONCE: i64 = i64::MIN;
/// So much of the pictures is held, in nanoseconds, so that a busy machine has time to decode on.
const PICTURES_NS: i64 = 150_000_000;
/// And not more pictures than this, whatever their rate: they are large.
const PICTURES_MOST: usize = 12;
/// So much of the sound is held, in nanoseconds.
const SOUND_NS: i64 = 200_000_000;
/// After so long what there is must do: a clip may have no picture, or no sound, or hardly any.
const PATIENCE_NS: i64 = 500_000_000;
/// Those that wait here are called; should they miss it, they look for themselves.
const LOOK: Duration = Duration::from_millis(250);

/// See the module's words. The asking side is the tick's alone.
#[derive(Debug)]
pub struct Transport {
    play_at: AtomicI64,
    cue_at: AtomicI64,
    /// Counts the cues that were asked for.
    asked: AtomicU64,
    /// The cue whose first picture is in the slot.
    ready: AtomicU64,
    /// The cue that plays, or has played.
    begun: AtomicU64,
    /// The cue of which everything has been handed on.
    over: AtomicU64,
    length: AtomicI64,
    /// By stream: what comes is still of before the cue.
    stale: [AtomicBool; 2],
    gate: Mutex<Gate>,
    bell: Condvar,
}

/// What is held while the clip is cued.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// The cue that it is for.
    pub cue: u64,
    /// Nothing goes on its way.
    pub holds: bool,
    /// When it began to hold.
    pub since: House,
    /// By stream: it has ended.
    pub ended: [bool; 2],
    /// By stream: the clip has none.
    pub lacks: [bool; 2],
    pub pictures: Vec<Held<Picture>>,
    pub sounds: Vec<Held<Vec<f32>>>,
}

/// A picture or a block of sound that waits to be played.
#[derive(Debug)]
pub(super) struct Held<T> {
    pub what: T,
    /// Running time in nanoseconds.
    pub x: i64,
    /// In nanoseconds.
    pub duration: i64,
}

impl Transport {
    /// Of a clip that begins at `position` (nanoseconds); `held` where it waits there to be played.
    pub(super) fn new(position: i64, held: bool) -> Self {
        Self {
            play_at: AtomicI64::new(if held { HELD } else { AT_ONCE }),
            cue_at: AtomicI64::new(position),
            asked: AtomicU64::new(1),
            ready: AtomicU64::new(0),
            begun: AtomicU64::new(if held { 0 } else { 1 }),
            over: AtomicU64::new(0),
            length: AtomicI64::new(-1),
            stale: [AtomicBool::new(false), AtomicBool::new(false)],
            gate: Mutex::default(),
            bell: Condvar::new(),
        }
    }

    /// Has it go to `position`, in nanoseconds into the clip, and wait there. Never waits.
    pub fn cue(&self, position: i64) {
        self.play_at.store(HELD, Ordering::Relaxed);
        self.cue_at.store(position.max(0), Ordering::Relaxed);
        self.asked.fetch_add(1, Ordering::Release);
        self.bell.notify_all();
    }

    /// Has it play so that its first picture belongs to house time `due`; later where it is not ready
    /// by then. Never waits.
    pub fn play(&self, due: House) {
        self.play_at.store(due, Ordering::Release);
        self.bell.notify_all();
    }

    /// Calls again for what was asked and is not done yet; once a tick. Never waits.
    pub fn call(&self) {
        if self.play_at.load(Ordering::Relaxed) != HELD
            && self.begun.load(Ordering::Relaxed) != self.asked()
        {
            self.bell.notify_all();
        }
    }

    /// Whether the picture of the cue that was asked for last is in the slot.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire) == self.asked()
    }

    /// Whether everything has been handed on since the last cue.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire) == self.asked()
    }

    /// The clip's length in nanoseconds, once it is known.
    pub fn length(&self) -> Option<i64> {
        Some(self.length.load(Ordering::Relaxed)).filter(|&length| length >= 0)
    }

    pub(super) fn set_length(&self, length: i64) {
        self.length.store(length, Ordering::Relaxed);
    }

    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Acquire)
    }

    pub(super) fn cue_at(&self) -> i64 {
        self.cue_at.load(Ordering::Relaxed)
    }

    /// From when on it plays; `None` while it does not.
    pub(super) fn play_at(&self) -> Option<House> {
        Some(self.play_at.load(Ordering::Acquire)).filter(|&at| at != HELD)
    }

    /// Whether a pipeline that is built now has to hold what it gives.
    pub(super) fn begins_held(&self) -> bool {
        self.begun.load(Ordering::Relaxed) != self.asked()
    }

    pub(super) fn set_ready(&self, cue: u64) {
        self.ready.store(cue, Ordering::Release);
    }

    pub(super) fn set_begun(&self, cue: u64) {
        self.begun.store(cue, Ordering::Release);
    }

    pub(super) fn set_over(&self, cue: u64) {
        self.over.store(cue, Ordering::Release);
    }

    /// Whether what comes of a stream is still of before the cue.
    pub(super) fn is_stale(&self, kind: StreamKind) -> bool {
        self.stale[kind as usize].load(Ordering::Acquire)
    }

    pub(super) fn set_stale(&self, kind: StreamKind, stale: bool) {
        self.stale[kind as usize].store(stale, Ordering::Release);
    }

    /// Only for those who decode: the tick never takes this lock.
    pub(super) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something may have been asked.
    pub(super) fn wait<'a>(&'a self, gate: MutexGuard<'a, Gate>) -> MutexGuard<'a, Gate> {
        self.bell
            .wait_timeout(gate, LOOK)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// Calls everyone who waits here.
    pub(super) fn ring(&self) {
        self.bell.notify_all();
    }
}

impl Gate {
    /// Holds for this cue, and nothing yet.
    pub fn close(&mut self, cue: u64, now: House) {
        *self = Self {
            cue,
            holds: true,
            since: now,
            lacks: self.lacks,
            ..Self::default()
        };
    }

    /// Lets everything through, for a clip that plays from the start.
    pub fn open(&mut self, cue: u64) {
        *self = Self {
            cue,
            lacks: self.lacks,
            ..Self::default()
        };
    }

    /// Whether no more of this stream is to be held.
    pub fn is_full(&self, kind: StreamKind) -> bool {
        match kind {
            StreamKind::Picture => {
                self.pictures.len() >= PICTURES_MOST || span(&self.pictures) >= PICTURES_NS
            }
            StreamKind::Sound => span(&self.sounds) >= SOUND_NS,
        }
    }

    /// Whether what is held will do to begin with.
    pub fn will_do(&self, now: House) -> bool {
        let done = |kind: StreamKind| {
            self.ended[kind as usize] || self.lacks[kind as usize] || self.is_full(kind)
        };
        let (picture, sound) = (done(StreamKind::Picture), done(StreamKind::Sound));
        let some = !self.pictures.is_empty() || !self.sounds.is_empty();
        (picture && sound) || (some && now - self.since > PATIENCE_NS)
    }

    /// Whether every stream that there is has ended.
    pub fn has_ended(&self) -> bool {
        let done = |kind: StreamKind| self.ended[kind as usize] || self.lacks[kind as usize];
        done(StreamKind::Picture) && done(StreamKind::Sound)
    }

    /// Running time of what is played first: the first picture, or sound where there is none.
    pub fn first(&self) -> Option<i64> {
        let picture = self.pictures.first().map(|held| held.x);
        picture.or_else(|| self.sounds.first().map(|held| held.x))
    }
}

fn span<T>(held: &[Held<T>]) -> i64 {
    match (held.first(), held.last()) {
        (Some(first), Some(last)) => last.x + last.duration - first.x,
        _ => 0,
    }
}
