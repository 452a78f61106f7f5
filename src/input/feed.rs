//! From a source's appsinks to its slot and its sound ring: house time is given here.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_audio as gst_audio;
use gstreamer_video as gst_video;

use super::clock_map::ClockMap;
use super::downmix::Downmix;
use super::pace::{LOOKAHEAD_NS, PaceMap, StreamKind, tick_at};
use super::slot::{Slot, SlotWriter};
use super::sound::SoundWriter;
use super::transparent::Transparent;
use super::transport::{Gate, Held, Transport};
use crate::media::{CHANNELS, House, HouseClock, NS_PER_S, Picture, Rate, SAMPLE_RATE};
use crate::show::Format;

/// How a source's time becomes house time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// It gives as fast as it is taken, and is held to real time.
    Paced,
    /// It gives when it will, by a clock of its own.
    Live,
    /// One or the other: it is live if its length is unknown when it begins to give, and it is not
    /// fetched piece by piece.
    Either,
}

/// The writing ends, which outlive the pipelines that feed them one after the other.
pub struct Ends {
    /// To the tick.
    pub pictures: SlotWriter,
    /// To the mixer.
    pub sound: SoundWriter,
}

/// What a source tells of itself; written by its threads, read by anyone.
#[derive(Debug, Default)]
pub struct Vitals {
    /// House time at which the last picture came; `i64::MIN` before the first.
    last_picture: AtomicI64,
    /// The same for sound.
    last_sound: AtomicI64,
    /// Stream position of the last picture or sound, in nanoseconds, for a clip to go on from.
    position: AtomicI64,
    /// Where in the stream the last picture and the last sound ended, in nanoseconds, by kind; since a
    /// clip was sent somewhere.
    reached: [AtomicI64; 2],
    /// The longest that a picture stood since then, in nanoseconds.
    stood: AtomicI64,
    picture_delay_ms: AtomicU32,
    drift: AtomicU32,
    jitter: AtomicU32,
    jumps: AtomicU64,
}

impl Vitals {
    pub(super) fn new(picture_delay_ms: u32) -> Self {
        let vitals = Self::default();
        vitals.forget();
        vitals.forget_reached();
        vitals
            .picture_delay_ms
            .store(picture_delay_ms, Ordering::Relaxed);
        vitals
    }

    /// As if nothing had come yet.
    pub(super) fn forget(&self) {
        self.last_picture.store(i64::MIN, Ordering::Relaxed);
        self.last_sound.store(i64::MIN, Ordering::Relaxed);
    }

    /// Sound came, by a clock that does so.
    pub(super) fn hear(&self, now: House, map: &ClockMap) {
        self.last_sound.store(now, Ordering::Relaxed);
        self.tell_clock(map);
    }

    fn tell_clock(&self, map: &ClockMap) {
        let drift = (map.drift_ppm() as f32).to_bits();
        self.drift.store(drift, Ordering::Relaxed);
        let jitter = (map.jitter_ns() as f32 / 1e6).to_bits();
        self.jitter.store(jitter, Ordering::Relaxed);
        self.jumps.store(map.jumps(), Ordering::Relaxed);
    }

    /// When the last picture came.
    pub fn last_picture(&self) -> Option<House> {
        Some(self.last_picture.load(Ordering::Relaxed)).filter(|&t| t != i64::MIN)
    }

    /// When the last sound came.
    pub fn last_sound(&self) -> Option<House> {
        Some(self.last_sound.load(Ordering::Relaxed)).filter(|&t| t != i64::MIN)
    }

    /// Where in its stream the last picture or sound was, in nanoseconds.
    pub fn position(&self) -> i64 {
        self.position.load(Ordering::Relaxed)
    }

    pub(super) fn set_position(&self, position: i64) {
        self.position.store(position, Ordering::Relaxed);
    }

    /// Nothing has come since a clip was sent to another place.
    pub(super) fn forget_reached(&self) {
        for reached in &self.reached {
            reached.store(i64::MIN, Ordering::Relaxed);
        }
        self.stood.store(0, Ordering::Relaxed);
    }

    /// Something has come, from `position` on for so long, both in nanoseconds.
    pub(super) fn reach(&self, kind: StreamKind, position: i64, duration: i64) {
        let end = position + duration;
        let before = self.reached[kind as usize].fetch_max(end, Ordering::Relaxed);
        if kind == StreamKind::Picture && before != i64::MIN {
            self.stood.fetch_max(end - before, Ordering::Relaxed);
        }
    }

    /// How far into its stream it has come since it was sent somewhere, whichever of picture and sound
    /// went farther, and the longest that a picture stood; both in nanoseconds.
    pub(super) fn reached(&self) -> Option<(i64, i64)> {
        let ends = self.reached.iter().map(|end| end.load(Ordering::Relaxed));
        let end = ends.max().filter(|&end| end != i64::MIN)?;
        Some((end, self.stood.load(Ordering::Relaxed)))
    }

    /// Delay of the picture against the sound, in ms.
    pub fn picture_delay_ms(&self) -> u32 {
        self.picture_delay_ms.load(Ordering::Relaxed)
    }

    /// Sets the delay of the picture against the sound, in ms.
    pub fn set_picture_delay_ms(&self, ms: u32) {
        self.picture_delay_ms.store(ms, Ordering::Relaxed);
    }

    /// How far the source's clock runs fast, in parts per million.
    pub fn drift_ppm(&self) -> f32 {
        f32::from_bits(self.drift.load(Ordering::Relaxed))
    }

    /// Spread of the arrivals, in ms.
    pub fn jitter_ms(&self) -> f32 {
        f32::from_bits(self.jitter.load(Ordering::Relaxed))
    }

    /// How often the source's time stamps jumped.
    pub fn jumps(&self) -> u64 {
        self.jumps.load(Ordering::Relaxed)
    }
}

enum Map {
    Paced(PaceMap),
    /// With the breaks of the line that each stream has seen.
    Live(ClockMap, [u64; 2]),
    Undecided(Rate),
}

impl Map {
    fn live() -> Self {
        Self::Live(ClockMap::default(), [0; 2])
    }
}

/// What one pipeline's callbacks share.
pub struct Feed {
    clock: HouseClock,
    vitals: Arc<Vitals>,
    ends: Arc<Mutex<Ends>>,
    map: Mutex<Map>,
    stopped: Mutex<bool>,
    stop: Condvar,
    keep_rate: (u64, u64),
    /// So long before its time a picture of a live source must be there.
    lead_ns: i64,
    /// Pictures come from a pool so small that keeping one would stop their source.
    copies: bool,
    rate: Rate,
    transparent: Mutex<Transparent>,
    /// A clip's.
    transport: Option<Arc<Transport>>,
}

/// A clip that is asked to play at once begins so long after.
const SOON_NS: i64 = 20_000_000;

impl Feed {
    pub(super) fn new(
        clock: HouseClock,
        pacing: Pacing,
        format: Format,
        vitals: Arc<Vitals>,
        ends: Arc<Mutex<Ends>>,
        copies: bool,
        transport: Option<Arc<Transport>>,
    ) -> Arc<Self> {
        if let Some(transport) = &transport {
            let (cue, mut gate) = (transport.asked(), transport.gate());
            if transport.begins_held() {
                gate.close(cue, clock.now());
            } else {
                gate.open(cue);
            }
            drop(gate);
            vitals.forget_reached();
            for kind in [StreamKind::Picture, StreamKind::Sound] {
                transport.set_stale(kind, false);
            }
        }
        let rate = format.rate;
        let map = match pacing {
            Pacing::Paced => Map::Paced(PaceMap::new(rate)),
            Pacing::Live => Map::live(),
            Pacing::Either => Map::Undecided(rate),
        };
        Arc::new(Self {
            clock,
            vitals,
            ends,
            map: Mutex::new(map),
            stopped: Mutex::new(false),
            stop: Condvar::new(),
            keep_rate: (2 * u64::from(rate.0), u64::from(rate.1)),
            lead_ns: Slot::lead_ns(rate.frame_ns()),
            copies,
            rate,
            transparent: Mutex::new(Transparent::new(format)),
            transport,
        })
    }

    /// Lets go of every callback that waits, for good. Must be called before the pipeline is stopped.
    pub(super) fn release(&self) {
        *lock(&self.stopped) = true;
        self.stop.notify_all();
        if let Some(transport) = &self.transport {
            transport.ring();
        }
    }

    /// Holds what comes from now on for another cue; to be called before the pipeline is sought. What
    /// comes until it is flushed is dropped.
    pub(super) fn cue(&self, cue: u64) {
        if let Some(transport) = &self.transport {
            let mut gate = transport.gate();
            gate.close(cue, self.clock.now());
            for kind in [StreamKind::Picture, StreamKind::Sound] {
                transport.set_stale(kind, true);
            }
            self.vitals.forget_reached();
            drop(gate);
            // Whoever waits here for the cue before, or for its time, stands in the way of the seek.
            transport.ring();
            drop(lock(&self.stopped));
            self.stop.notify_all();
        }
    }

    /// Whether what comes is still of before the last cue.
    pub(super) fn awaits_flush(&self) -> bool {
        self.is_stale(StreamKind::Picture) && self.is_stale(StreamKind::Sound)
    }

    /// A stream was flushed: what comes now is of behind the seek.
    pub(super) fn flushed(&self, kind: StreamKind) {
        if let Some(transport) = &self.transport {
            transport.set_stale(kind, false);
        }
    }

    /// Of a clip, every stream is known; it lacks those that were not found.
    pub(super) fn knows_streams(&self, picture: bool, sound: bool) {
        if let Some(transport) = &self.transport {
            transport.gate().lacks = [!picture, !sound];
        }
    }

    /// A stream has ended.
    pub(super) fn ended(&self, kind: StreamKind) {
        if let Some(transport) = &self.transport {
            let mut gate = transport.gate();
            if !transport.is_stale(kind) {
                gate.ended[kind as usize] = true;
                self.tell_over(transport, &gate);
            }
        }
    }

    fn tell_over(&self, transport: &Transport, gate: &Gate) {
        if !gate.holds && gate.has_ended() {
            transport.set_over(gate.cue);
        }
    }

    /// Whether it holds a clip back.
    pub(super) fn holds(&self) -> bool {
        self.transport.as_ref().is_some_and(|t| t.gate().holds)
    }

    /// Lets a clip go that was asked to play, if it can.
    pub(super) fn let_go_if_asked(&self) {
        if let Some(transport) = &self.transport {
            self.let_go(transport, &mut transport.gate());
        }
    }

    fn let_go(&self, transport: &Transport, gate: &mut Gate) {
        let now = self.clock.now();
        let (Some(play_at), Some(first)) = (transport.play_at(), gate.first()) else {
            return;
        };
        if !gate.holds || gate.cue != transport.asked() || !gate.will_do(now) {
            return;
        }
        let start = if play_at >= now - self.rate.frame_ns() {
            play_at
        } else {
            tick_at(self.rate, now + SOON_NS)
        };
        let mut map = PaceMap::from(self.rate, first, start);
        let delay = i64::from(self.vitals.picture_delay_ms()) * 1_000_000;
        let mut ends = lock(&self.ends);
        for (n, held) in gate.pictures.drain(..).enumerate() {
            let (time, _) = map.place(StreamKind::Picture, held.x, held.duration, now);
            // The first is in the slot already.
            if n > 0 {
                let mut picture = held.what;
                picture.time = time + delay;
                ends.pictures.push(picture);
            }
        }
        for (n, held) in gate.sounds.drain(..).enumerate() {
            let (time, _) = map.place(StreamKind::Sound, held.x, held.duration, now);
            ends.sound.push(&held.what, time, n == 0);
        }
        drop(ends);
        *lock(&self.map) = Map::Paced(map);
        // It has been quiet as long as it was held; from here on that would be a fault.
        self.vitals.last_picture.store(now, Ordering::Relaxed);
        gate.holds = false;
        transport.set_begun(gate.cue);
        self.tell_over(transport, gate);
        transport.ring();
    }

    /// Keeps a picture or sound of a clip that is cued, and waits once enough is kept; gives back what
    /// is to go on its way.
    fn hold<T>(
        &self,
        kind: StreamKind,
        held: Held<T>,
        keep: impl FnOnce(&mut Gate, Held<T>),
    ) -> Result<Option<Held<T>>, gst::FlowError> {
        let Some(transport) = &self.transport else {
            return Ok(Some(held));
        };
        let mut gate = transport.gate();
        if *lock(&self.stopped) {
            return Err(gst::FlowError::Flushing);
        }
        if transport.is_stale(kind) {
            return Ok(None);
        }
        if !gate.holds {
            return Ok(Some(held));
        }
        let cue = gate.cue;
        keep(&mut gate, held);
        loop {
            self.let_go(transport, &mut gate);
            if !gate.holds || gate.cue != cue || !gate.is_full(kind) {
                return Ok(None);
            }
            gate = transport.wait(gate);
            if *lock(&self.stopped) {
                return Err(gst::FlowError::Flushing);
            }
        }
    }

    /// The first picture of a cue is seen at once.
    fn show_cue(&self, gate: &mut Gate, held: Held<Picture>) {
        if gate.pictures.is_empty() {
            let now = self.clock.now();
            let mut still = held.what.clone();
            still.time = now;
            still.arrived = now;
            lock(&self.ends).pictures.push(still);
            self.vitals.last_picture.store(now, Ordering::Relaxed);
            if let Some(transport) = &self.transport {
                transport.set_ready(gate.cue);
            }
        }
        gate.pictures.push(held);
    }

    /// Whether the source gives by a clock of its own; not while that is undecided.
    pub(super) fn is_live(&self) -> bool {
        matches!(*lock(&self.map), Map::Live(..))
    }

    /// Pictures a second, as a fraction, beyond which a source floods: twice the program's rate.
    pub(super) fn keep_rate(&self) -> (u64, u64) {
        self.keep_rate
    }

    /// Takes the next picture from `sink`.
    pub(super) fn picture(
        &self,
        sink: &gst_app::AppSink,
    ) -> Result<gst::FlowSuccess, gst::FlowError> {
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        let (Some(buffer), Some(caps)) = (sample.buffer_owned(), sample.caps()) else {
            return Ok(gst::FlowSuccess::Ok);
        };
        let info =
            gst_video::VideoInfo::from_caps(caps).map_err(|_| gst::FlowError::NotNegotiated)?;
        let duration = match info.fps() {
            fps if fps.numer() > 0 => NS_PER_S * i64::from(fps.denom()) / i64::from(fps.numer()),
            _ => buffer.duration().map_or(0, |d| d.nseconds() as i64),
        };
        let Some((x, position)) = self.running_time(&sample, buffer.pts()) else {
            return Ok(gst::FlowSuccess::Ok);
        };
        if !self.is_stale(StreamKind::Picture) {
            self.vitals.reach(StreamKind::Picture, position, duration);
        }
        let arrival = self.clock.now();
        let picture = if info.has_alpha() {
            lock(&self.transparent).picture(&buffer, &info, 0)
        } else if self.copies {
            let copy = buffer.copy_deep().map_err(|_| gst::FlowError::Error)?;
            Picture::new(copy, &info, 0)
        } else {
            Picture::new(buffer, &info, 0)
        };
        let Some(mut picture) = picture else {
            return Ok(gst::FlowSuccess::Ok);
        };
        picture.position = position;
        let held = Held {
            what: picture,
            x,
            duration,
        };
        let keep = |gate: &mut Gate, held| self.show_cue(gate, held);
        let Some(Held { what, .. }) = self.hold(StreamKind::Picture, held, keep)? else {
            return Ok(gst::FlowSuccess::Ok);
        };
        let mut picture = what;
        let (time, _) = self.place(sink, StreamKind::Picture, x, duration, arrival)?;
        if self.is_stale(StreamKind::Picture) {
            return Ok(gst::FlowSuccess::Ok);
        }
        let now = self.clock.now();
        self.vitals.last_picture.store(now, Ordering::Relaxed);
        let delay = i64::from(self.vitals.picture_delay_ms()) * 1_000_000;
        picture.time = time + delay;
        picture.arrived = now;
        lock(&self.ends).pictures.push(picture);
        Ok(gst::FlowSuccess::Ok)
    }

    fn is_stale(&self, kind: StreamKind) -> bool {
        self.transport.as_ref().is_some_and(|t| t.is_stale(kind))
    }

    /// Takes the next block of sound from `sink`.
    pub(super) fn sound(
        &self,
        sink: &gst_app::AppSink,
    ) -> Result<gst::FlowSuccess, gst::FlowError> {
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        let (Some(buffer), Some(caps)) = (sample.buffer(), sample.caps()) else {
            return Ok(gst::FlowSuccess::Ok);
        };
        // Asked anew for each block: broadcasts change from stereo to 5.1 and back on air.
        let info =
            gst_audio::AudioInfo::from_caps(caps).map_err(|_| gst::FlowError::NotNegotiated)?;
        let Some((x, position)) = self.running_time(&sample, buffer.pts()) else {
            return Ok(gst::FlowSuccess::Ok);
        };
        let map = buffer.map_readable().map_err(|_| gst::FlowError::Error)?;
        let samples = Downmix::new(&info).stereo(map.as_slice());
        let frames = samples.len() / CHANNELS;
        let duration = frames as i64 * NS_PER_S / SAMPLE_RATE as i64;
        if !self.is_stale(StreamKind::Sound) {
            self.vitals.reach(StreamKind::Sound, position, duration);
        }
        let arrival = self.clock.now();
        let held = Held {
            what: samples,
            x,
            duration,
        };
        let keep = |gate: &mut Gate, held| gate.sounds.push(held);
        let Some(Held { what: samples, .. }) = self.hold(StreamKind::Sound, held, keep)? else {
            return Ok(gst::FlowSuccess::Ok);
        };
        let (time, jump) = self.place(sink, StreamKind::Sound, x, duration, arrival)?;
        if self.is_stale(StreamKind::Sound) {
            return Ok(gst::FlowSuccess::Ok);
        }
        self.vitals
            .last_sound
            .store(self.clock.now(), Ordering::Relaxed);
        lock(&self.ends).sound.push(&samples, time, jump);
        Ok(gst::FlowSuccess::Ok)
    }

    /// Running time and the position in the stream, both in nanoseconds.
    fn running_time(
        &self,
        sample: &gst::Sample,
        pts: Option<gst::ClockTime>,
    ) -> Option<(i64, i64)> {
        let pts = pts?;
        let segment = sample.segment()?.downcast_ref::<gst::format::Time>()?;
        let position = segment.to_stream_time(pts).map(|at| at.nseconds() as i64);
        if let Some(position) = position {
            self.vitals.set_position(position);
        }
        let running = match segment.to_running_time_full(pts)? {
            gst::Signed::Positive(time) => time.nseconds() as i64,
            gst::Signed::Negative(time) => -(time.nseconds() as i64),
        };
        Some((running, position.unwrap_or(0)))
    }

    /// House time for running time `x`; a paced source is held here until shortly before it.
    fn place(
        &self,
        sink: &gst_app::AppSink,
        kind: StreamKind,
        x: i64,
        duration: i64,
        arrival: House,
    ) -> Result<(House, bool), gst::FlowError> {
        let mut map = lock(&self.map);
        if let Map::Undecided(rate) = *map {
            *map = if has_length(sink) || is_fetched_in_pieces(sink) {
                Map::Paced(PaceMap::fetched(rate))
            } else {
                Map::live()
            };
        }
        let (time, jump, paced) = match &mut *map {
            Map::Undecided(_) => (arrival, false, false),
            Map::Paced(map) => {
                let (time, jump) = map.place(kind, x, duration, arrival);
                self.vitals.jumps.store(map.jumps(), Ordering::Relaxed);
                (time, jump, true)
            }
            Map::Live(map, seen) => {
                let lead = match kind {
                    StreamKind::Picture => self.lead_ns,
                    StreamKind::Sound => 0,
                };
                let time = map.observe(x, arrival, lead);
                self.vitals.tell_clock(map);
                let last = std::mem::replace(&mut seen[kind as usize], map.breaks());
                (time, map.breaks() != last, false)
            }
        };
        drop(map);
        if paced {
            let mut stopped = lock(&self.stopped);
            loop {
                if *stopped {
                    return Err(gst::FlowError::Flushing);
                }
                if self.is_stale(kind) {
                    break;
                }
                let wait = time - LOOKAHEAD_NS - self.clock.now();
                if wait <= 0 {
                    break;
                }
                stopped = self
                    .stop
                    .wait_timeout(stopped, Duration::from_nanos(wait as u64))
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
        }
        Ok((time, jump))
    }
}

/// Whether what is being played has an end that is known: a clip, however far away it is kept.
fn has_length(sink: &gst_app::AppSink) -> bool {
    sink.query_duration::<gst::ClockTime>().is_some()
        || sink.query_duration::<gst::format::Bytes>().is_some()
}

/// Whether what is being played comes as pieces named in a playlist, live or not: each at once, as
/// fast as it is taken, and then none for seconds.
fn is_fetched_in_pieces(sink: &gst_app::AppSink) -> bool {
    let Some(mut top) = sink.parent() else {
        return false;
    };
    while let Some(above) = top.parent() {
        top = above;
    }
    let Ok(pipeline) = top.downcast::<gst::Bin>() else {
        return false;
    };
    pipeline
        .iterate_recurse()
        .into_iter()
        .flatten()
        .filter_map(|element| element.factory())
        .any(|factory| {
            let klass = factory.metadata(gst::ELEMENT_METADATA_KLASS);
            klass.is_some_and(|klass| klass.contains("Adaptive"))
        })
}

/// A lock whose holder panicked is still good: what it guards is replaced whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
