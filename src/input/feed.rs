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
use super::pace::{LOOKAHEAD_NS, PaceMap, StreamKind};
use super::slot::{Slot, SlotWriter};
use super::sound::SoundWriter;
use crate::media::{CHANNELS, House, HouseClock, NS_PER_S, Picture, Rate, SAMPLE_RATE};

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
    picture_delay_ms: AtomicU32,
    drift: AtomicU32,
    jitter: AtomicU32,
    jumps: AtomicU64,
}

impl Vitals {
    pub(super) fn new(picture_delay_ms: u32) -> Self {
        let vitals = Self::default();
        vitals.forget();
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

    /// When the last picture came.
    pub fn last_picture(&self) -> Option<House> {
        Some(self.last_picture.load(Ordering::Relaxed)).filter(|&t| t != i64::MIN)
    }

    /// When the last sound came.
    pub fn last_sound(&self) -> Option<House> {
        Some(self.last_sound.load(Ordering::Relaxed)).filter(|&t| t != i64::MIN)
    }

    pub(super) fn position(&self) -> i64 {
        self.position.load(Ordering::Relaxed)
    }

    pub(super) fn set_position(&self, position: i64) {
        self.position.store(position, Ordering::Relaxed);
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
}

impl Feed {
    pub(super) fn new(
        clock: HouseClock,
        pacing: Pacing,
        rate: Rate,
        vitals: Arc<Vitals>,
        ends: Arc<Mutex<Ends>>,
        copies: bool,
    ) -> Arc<Self> {
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
        })
    }

    /// Lets go of every callback that waits, for good. Must be called before the pipeline is stopped.
    pub(super) fn release(&self) {
        *lock(&self.stopped) = true;
        self.stop.notify_all();
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
        let Some(x) = self.running_time(&sample, buffer.pts()) else {
            return Ok(gst::FlowSuccess::Ok);
        };
        let arrival = self.clock.now();
        let (time, _) = self.place(sink, StreamKind::Picture, x, duration, arrival)?;
        self.vitals
            .last_picture
            .store(self.clock.now(), Ordering::Relaxed);
        let delay = i64::from(self.vitals.picture_delay_ms()) * 1_000_000;
        let buffer = if self.copies {
            buffer.copy_deep().map_err(|_| gst::FlowError::Error)?
        } else {
            buffer
        };
        if let Some(mut picture) = Picture::new(buffer, &info, time + delay) {
            picture.arrived = self.clock.now();
            lock(&self.ends).pictures.push(picture);
        }
        Ok(gst::FlowSuccess::Ok)
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
        let Some(x) = self.running_time(&sample, buffer.pts()) else {
            return Ok(gst::FlowSuccess::Ok);
        };
        let map = buffer.map_readable().map_err(|_| gst::FlowError::Error)?;
        let samples = Downmix::new(&info).stereo(map.as_slice());
        let frames = samples.len() / CHANNELS;
        let duration = frames as i64 * NS_PER_S / SAMPLE_RATE as i64;
        let arrival = self.clock.now();
        let (time, jump) = self.place(sink, StreamKind::Sound, x, duration, arrival)?;
        self.vitals
            .last_sound
            .store(self.clock.now(), Ordering::Relaxed);
        lock(&self.ends).sound.push(&samples, time, jump);
        Ok(gst::FlowSuccess::Ok)
    }

    fn running_time(&self, sample: &gst::Sample, pts: Option<gst::ClockTime>) -> Option<i64> {
        let pts = pts?;
        let segment = sample.segment()?.downcast_ref::<gst::format::Time>()?;
        if let Some(position) = segment.to_stream_time(pts) {
            self.vitals.set_position(position.nseconds() as i64);
        }
        match segment.to_running_time_full(pts)? {
            gst::Signed::Positive(time) => Some(time.nseconds() as i64),
            gst::Signed::Negative(time) => Some(-(time.nseconds() as i64)),
        }
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
                self.vitals
                    .drift
                    .store((map.drift_ppm() as f32).to_bits(), Ordering::Relaxed);
                self.vitals
                    .jitter
                    .store((map.jitter_ns() as f32 / 1e6).to_bits(), Ordering::Relaxed);
                self.vitals.jumps.store(map.jumps(), Ordering::Relaxed);
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
