//! A source's supervisor: a thread that builds its pipeline, watches it, and builds it again.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use gstreamer as gst;
use gstreamer::prelude::*;

use super::feed::{Ends, Feed, Pacing, Vitals};
use super::pipeline::{Built, Setting, SourceError, Span, Start};
use super::quiet::Quiet;
use super::slot::{Slot, slot};
use super::sound::{SoundReader, sound_ring};
use super::transport::Transport;
use super::{camera, fault, file, network, test};
use crate::door::SourceState;
use crate::media::{House, NS_PER_S};
use crate::nice::{self, Nice};
use crate::show::{AtEnd, Play, Source, SourceKind};

/// Without a new picture for so long, a source is frozen.
pub const FROZEN_NS: i64 = NS_PER_S;
/// Without a new picture for so long, a source is lost and its slate is shown.
pub const LOST_NS: i64 = 3 * NS_PER_S;
/// A live source that gives nothing for so long is started again: an SRT listener, say, would hold
/// on to a dead caller for five seconds, and a new one could not get in.
const GIVE_UP_NS: i64 = 2_500_000_000;
/// One that is fetched over the network and held to real time, so long: the pieces of a playlist may
/// each be ten seconds long.
const STUCK_NS: i64 = 15 * NS_PER_S;
/// As long may a source that is not in the house take to give its first picture.
const CONNECT_NS: i64 = 10 * NS_PER_S;
/// Waits between attempts: a source is to be back within seconds of its sender.
const BACKOFF: [Duration; 4] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_millis(1000),
    Duration::from_millis(2000),
];
/// Matroska rounds times to whole milliseconds: without this the picture before the one that is meant
/// seems to reach into its time.
const ROUNDING_NS: i64 = 1_000_000;
/// A pipeline that ran for so long has earned a quick new start.
const STABLE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(100);
/// Looks that are further apart than so many of these: the machine had no time for this source.
const LATE_LOOK: i64 = 5;
/// A clip is looked after more often: somebody may have asked it to be elsewhere.
const CLIP_POLL: Duration = Duration::from_millis(25);

/// A running source, as the engine holds it.
pub struct RunningSource {
    status: Arc<Status>,
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

/// What a source's supervisor says of it.
#[derive(Debug)]
pub struct Status {
    state: AtomicU8,
    message: ArcSwap<String>,
    warning: ArcSwap<String>,
    restarts: AtomicU32,
    /// What its threads say of it.
    pub vitals: Arc<Vitals>,
    /// A clip's.
    pub transport: Option<Arc<Transport>>,
}

impl Status {
    /// How it does.
    pub fn state(&self) -> SourceState {
        STATES
            .get(usize::from(self.state.load(Ordering::Relaxed)))
            .copied()
            .unwrap_or_default()
    }

    /// What is wrong or awaited; empty while all is well.
    pub fn message(&self) -> Arc<String> {
        self.message.load_full()
    }

    /// What is not as it was asked for although pictures come; empty where all is.
    pub fn warning(&self) -> Arc<String> {
        self.warning.load_full()
    }

    /// How often its pipeline was started again.
    pub fn restarts(&self) -> u32 {
        self.restarts.load(Ordering::Relaxed)
    }

    fn set(&self, state: SourceState, message: &str) {
        let index = STATES.iter().position(|s| *s == state).unwrap_or(0);
        // The message first: whoever sees the new state sees its reason.
        if self.message.load().as_str() != message {
            self.message.store(Arc::new(message.to_owned()));
        }
        if state != SourceState::Live {
            self.warn(String::new());
        }
        self.state.store(index as u8, Ordering::Relaxed);
    }

    fn warn(&self, warning: String) {
        if *self.warning.load_full() != warning {
            self.warning.store(Arc::new(warning));
        }
    }
}

const STATES: [SourceState; 6] = [
    SourceState::Connecting,
    SourceState::Live,
    SourceState::Frozen,
    SourceState::Lost,
    SourceState::Restarting,
    SourceState::Ended,
];

/// Starts a source: what the engine holds of it, the tick's end and the mixer's end.
pub fn start(
    source: &Source,
    setting: &Setting,
) -> std::io::Result<(RunningSource, Slot, SoundReader)> {
    let (picture_writer, slot) = slot(setting.format.rate);
    let (sound_writer, sound) = sound_ring();
    let status = Arc::new(Status {
        state: AtomicU8::new(0),
        message: ArcSwap::default(),
        warning: ArcSwap::default(),
        restarts: AtomicU32::new(0),
        vitals: Arc::new(Vitals::new(source.picture_delay_ms)),
        transport: transport_of(&source.kind).map(Arc::new),
    });
    let (stop, stopped) = bounded(1);
    let mut supervisor = Supervisor {
        source: source.clone(),
        setting: setting.clone(),
        status: status.clone(),
        ends: Arc::new(Mutex::new(Ends {
            pictures: picture_writer,
            sound: sound_writer,
        })),
        stopped,
        resume_at: first_of(&source.kind),
        cued: 0,
        seeking: Seeking::Segments,
    };
    let thread = std::thread::Builder::new()
        .name(format!("source {}", source.id))
        .spawn(move || supervisor.run())?;
    let running = RunningSource {
        status,
        stop,
        thread: Some(thread),
    };
    Ok((running, slot, sound))
}

/// Where a clip begins, in nanoseconds.
fn first_of(kind: &SourceKind) -> i64 {
    match kind {
        SourceKind::File { in_s: Some(s), .. } => nanoseconds(*s),
        _ => 0,
    }
}

fn nanoseconds(seconds: f64) -> i64 {
    (seconds * NS_PER_S as f64).round() as i64
}

fn transport_of(kind: &SourceKind) -> Option<Transport> {
    match kind {
        SourceKind::File { play, .. } => {
            Some(Transport::new(first_of(kind), *play == Play::OnTake))
        }
        _ => None,
    }
}

/// Whether this kind of source keeps its own clock, or may, so that its sound must be resampled.
pub fn is_live(kind: &SourceKind) -> bool {
    pacing(kind) != Pacing::Paced
}

fn pacing(kind: &SourceKind) -> Pacing {
    match kind {
        SourceKind::Test { .. } | SourceKind::File { .. } => Pacing::Paced,
        SourceKind::Camera { .. } => Pacing::Live,
        SourceKind::Network { url, .. } => network::pacing(url),
    }
}

impl RunningSource {
    /// What its supervisor says.
    pub fn status(&self) -> &Arc<Status> {
        &self.status
    }

    /// Asks it to end; [`RunningSource::join`] waits for it.
    pub fn stop(&self) {
        let _ = self.stop.try_send(());
    }

    /// Waits until it has ended.
    pub fn join(mut self) {
        self.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a source's supervisor panicked");
        }
    }
}

struct Supervisor {
    source: Source,
    setting: Setting,
    status: Arc<Status>,
    ends: Arc<Mutex<Ends>>,
    stopped: Receiver<()>,
    /// Where a clip goes on after it broke.
    resume_at: i64,
    /// The cue that its pipeline has gone to.
    cued: u64,
    /// What the clip's container has shown it knows.
    seeking: Seeking,
}

/// How far a clip can be sought in; found out by trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seeking {
    /// By segments: it loops without a gap.
    Segments,
    /// With a flush alone, as MPEG-TS.
    Plain,
    /// Not at all: it is played from its start, and opened again to loop.
    Never,
}

/// How one life of a pipeline ended.
enum Ending {
    Stopped,
    PlayedOut,
    /// To be built anew at once: nothing is wrong.
    Again,
    Broke(SourceError),
}

impl Supervisor {
    fn run(&mut self) {
        nice::give_way(Nice::Decoder);
        let mut attempt = 0;
        self.status.set(SourceState::Connecting, self.awaited());
        loop {
            let began = Instant::now();
            let (ending, secrets) = match self.build() {
                Ok(mut built) => {
                    let secrets = built.secrets.take();
                    (self.watch(built), secrets)
                }
                Err(error) => (Ending::Broke(error), None),
            };
            match ending {
                Ending::Stopped => return,
                Ending::Again => {}
                Ending::PlayedOut => {
                    self.status.set(SourceState::Ended, "");
                    if !self.rests() {
                        return;
                    }
                }
                Ending::Broke(error) => {
                    if began.elapsed() > STABLE {
                        attempt = 0;
                    }
                    let wait = BACKOFF[attempt.min(BACKOFF.len() - 1)];
                    attempt += 1;
                    let Source { id, kind, .. } = &self.source;
                    let message = fault::told(error, id, kind, secrets.as_ref());
                    self.status.set(SourceState::Restarting, &message);
                    self.status.restarts.fetch_add(1, Ordering::Relaxed);
                    if self.stopped.recv_timeout(wait).is_ok() {
                        return;
                    }
                    self.status.set(SourceState::Connecting, self.awaited());
                }
            }
        }
    }

    /// Waits until a clip that cannot go on is asked to be elsewhere; `false` where it is to end.
    fn rests(&mut self) -> bool {
        loop {
            match self.stopped.recv_timeout(CLIP_POLL) {
                Err(RecvTimeoutError::Timeout) => {}
                _ => return false,
            }
            if let Some(transport) = &self.status.transport
                && transport.asked() != self.cued
            {
                self.resume_at = transport.cue_at();
                return true;
            }
        }
    }

    fn build(&mut self) -> Result<Built, SourceError> {
        if let Some(transport) = &self.status.transport {
            if transport.begins_held() {
                self.resume_at = transport.cue_at();
            }
            self.cued = transport.asked();
        }
        let feed = Feed::new(
            self.setting.clock,
            pacing(&self.source.kind),
            self.setting.format.rate,
            self.status.vitals.clone(),
            self.ends.clone(),
            matches!(self.source.kind, SourceKind::Camera { .. }),
            self.status.transport.clone(),
        );
        match &self.source.kind {
            SourceKind::Test { pattern, tone_hz } => {
                test::build(&self.setting, feed, *pattern, *tone_hz)
            }
            SourceKind::File { path, out_s, .. } => {
                let path = self.setting.folder.join(path);
                let span = Span {
                    looped: self.source.kind.at_end() == AtEnd::Loop,
                    position: self.resume_at,
                    first: first_of(&self.source.kind),
                    last: out_s.map(nanoseconds),
                };
                file::build(&self.setting, feed, &path, span)
            }
            SourceKind::Camera { device, mode } => {
                camera::build(&self.setting, feed, device, mode.as_ref())
            }
            SourceKind::Network { url, latency_ms } => {
                network::build(&self.setting, feed, url, *latency_ms)
            }
        }
    }

    /// What a source that gives nothing yet is waited for.
    fn awaited(&self) -> &'static str {
        match &self.source.kind {
            SourceKind::Network { url, .. } if network::waits_for_caller(url) => {
                "waiting for a sender to call"
            }
            SourceKind::Camera { .. } => "opening the camera",
            SourceKind::File { .. } => "opening the file",
            // Its state says it.
            SourceKind::Network { .. } | SourceKind::Test { .. } => "",
        }
    }

    /// Runs a pipeline until it ends, and ends it.
    fn watch(&mut self, built: Built) -> Ending {
        let Some(bus) = built.pipeline.bus() else {
            return Ending::Broke(SourceError::plain("the pipeline has no bus"));
        };
        // House time is the monotonic clock's, and so must be the pipeline's.
        built.pipeline.use_clock(Some(&gst::SystemClock::obtain()));
        nice::streaming_threads_give_way(&built.pipeline, Nice::Decoder);
        let first = match built.start {
            Start::Play => gst::State::Playing,
            Start::Seek(_) => gst::State::Paused,
        };
        let ending = match built.pipeline.set_state(first) {
            Ok(_) => self.follow(&built, &bus),
            Err(error) => Ending::Broke(first_error(&bus).unwrap_or_else(|| error.into())),
        };
        built.feed.release();
        bus.unset_sync_handler();
        end_aside(built.pipeline);
        ending
    }

    fn follow(&mut self, built: &Built, bus: &gst::Bus) -> Ending {
        let began = self.setting.clock.now();
        let span = match built.start {
            Start::Seek(span) => Some(span),
            Start::Play => None,
        };
        let poll = match span {
            Some(_) => CLIP_POLL,
            None => POLL,
        };
        let poll = gst::ClockTime::from_mseconds(poll.as_millis() as u64);
        // A clip is sought before it plays.
        let mut opening = span;
        let mut sought = false;
        let mut played_out = false;
        let mut quiet = Quiet::new(began, LATE_LOOK * POLL.as_nanos() as i64);
        loop {
            if self.stopped.try_recv().is_ok() {
                return Ending::Stopped;
            }
            if let Some(message) = bus.timed_pop(poll) {
                match message.view() {
                    gst::MessageView::Error(error) => {
                        return self.broke(built.start, fault::of(error));
                    }
                    gst::MessageView::Eos(_) => match span {
                        Some(span) if span.looped => {
                            let segment = self.seeking == Seeking::Segments;
                            if self.seeking == Seeking::Never
                                || seek(&built.pipeline, span, span.first, true, segment).is_err()
                            {
                                self.resume_at = span.first;
                                return Ending::Again;
                            }
                        }
                        // What it was cued to since has not come to its end.
                        Some(_) => played_out = !built.feed.awaits_flush(),
                        None => {
                            return Ending::Broke(SourceError::plain(
                                "the sender ended the stream",
                            ));
                        }
                    },
                    gst::MessageView::SegmentDone(_) => {
                        if let Some(span) = span
                            && let Err(error) = seek(&built.pipeline, span, span.first, false, true)
                        {
                            return Ending::Broke(error.into());
                        }
                    }
                    gst::MessageView::Latency(_) => {
                        let _ = built.pipeline.recalculate_latency();
                    }
                    gst::MessageView::AsyncDone(_) => {
                        if let Some(span) = opening {
                            // Even to the start: Matroska's first segment may begin elsewhere
                            // than the one that follows it, and the first pictures with it.
                            if sought || self.seeking == Seeking::Never {
                                opening = None;
                                self.measure(&built.pipeline);
                                if built.pipeline.set_state(gst::State::Playing).is_err() {
                                    return Ending::Broke(SourceError::plain(
                                        "the clip does not play",
                                    ));
                                }
                            } else {
                                sought = true;
                                if let Some(ending) = self.seek(built, span, span.position) {
                                    return ending;
                                }
                            }
                        }
                    }
                    _ => {}
                }
            }
            if let Some(span) = span
                && opening.is_none()
            {
                match self.obey(built, span) {
                    Ok(elsewhere) => played_out &= !elsewhere,
                    Err(ending) => return ending,
                }
            }
            if played_out && !built.feed.holds() {
                self.status.set(SourceState::Ended, "");
            } else if let Some(ending) = self.judge(built, began, &mut quiet) {
                return ending;
            }
        }
    }

    /// Has a clip do what was asked of it; gives whether it was sent elsewhere.
    fn obey(&mut self, built: &Built, span: Span) -> Result<bool, Ending> {
        let Some(transport) = self.status.transport.clone() else {
            return Ok(false);
        };
        built.feed.let_go_if_asked();
        let asked = transport.asked();
        if asked == self.cued {
            return Ok(false);
        }
        self.cued = asked;
        built.feed.cue(asked);
        match self.seek(built, span, transport.cue_at()) {
            Some(ending) => Err(ending),
            None => {
                // An end that was told meanwhile is of before the seek.
                if let Some(bus) = built.pipeline.bus() {
                    while bus.pop_filtered(&[gst::MessageType::Eos]).is_some() {}
                }
                Ok(true)
            }
        }
    }

    /// Seeks; an ending where the clip cannot be sought in like this.
    fn seek(&mut self, built: &Built, span: Span, position: i64) -> Option<Ending> {
        let segment = span.looped && self.seeking == Seeking::Segments;
        if self.seeking != Seeking::Never
            && seek(&built.pipeline, span, position, true, segment).is_ok()
        {
            return None;
        }
        // A refused seek has flushed the pipeline all the same.
        self.seeking = if segment {
            Seeking::Plain
        } else {
            Seeking::Never
        };
        Some(Ending::Again)
    }

    /// Takes down how long a clip is.
    fn measure(&self, pipeline: &gst::Pipeline) {
        if let Some(transport) = &self.status.transport
            && let Some(length) = pipeline.query_duration::<gst::ClockTime>()
        {
            transport.set_length(length.nseconds() as i64);
        }
    }

    /// Sets the state by what has come lately; an ending where it is time to give up.
    fn judge(&self, built: &Built, began: House, quiet: &mut Quiet) -> Option<Ending> {
        let now = self.setting.clock.now();
        let vitals = &self.status.vitals;
        let streams = built.streams.as_deref();
        let sound_only = streams.is_some_and(|streams| {
            streams.complete.load(Ordering::Relaxed)
                && !streams.picture.load(Ordering::Relaxed)
                && streams.sound.load(Ordering::Relaxed)
        });
        let last = if sound_only {
            vitals.last_sound()
        } else {
            vitals.last_picture()
        };
        if built.feed.holds() && last.is_some_and(|last| last >= began) {
            self.status.set(SourceState::Live, "");
            return None;
        }
        let live = built.feed.is_live();
        let fetched = matches!(self.source.kind, SourceKind::Network { .. });
        let last = last.filter(|&last| last >= began);
        let Some(last) = last else {
            let waits = match &self.source.kind {
                SourceKind::Network { url, .. } => network::waits_for_caller(url),
                _ => false,
            };
            if (live || fetched) && !waits && now - began > CONNECT_NS {
                return Some(Ending::Broke(SourceError::plain("nothing came for 10 s")));
            }
            return None;
        };
        let quiet = quiet.look(now, last);
        if (live && quiet > GIVE_UP_NS) || (fetched && quiet > STUCK_NS) {
            return Some(Ending::Broke(SourceError::plain(format!(
                "nothing came for {:.1} s",
                quiet as f64 / NS_PER_S as f64
            ))));
        }
        if quiet > LOST_NS {
            self.status.set(SourceState::Lost, "no picture any more");
        } else if quiet > FROZEN_NS {
            self.status
                .set(SourceState::Frozen, "no new picture for a second");
        } else {
            let message = if sound_only { "sound only" } else { "" };
            self.status.set(SourceState::Live, message);
            if let Some(instead) = &built.instead {
                self.status.warn(instead.in_words());
            }
        }
        None
    }

    /// A clip that breaks in its middle goes on behind the spot; at its end it starts over or ends.
    fn broke(&mut self, start: Start, error: SourceError) -> Ending {
        if let Start::Seek(Span {
            position,
            looped,
            first,
            ..
        }) = start
        {
            let reached = self.status.vitals.position();
            if !looped && position > first && reached <= position {
                // Nothing more to be had behind the spot, and it is not to start over on air.
                return Ending::PlayedOut;
            }
            // No progress since the last attempt: there is nothing more to be had behind it.
            self.resume_at = if reached > position {
                reached + NS_PER_S
            } else {
                first
            };
        }
        Ending::Broke(error)
    }
}

fn seek(
    pipeline: &gst::Pipeline,
    span: Span,
    position: i64,
    flush: bool,
    segment: bool,
) -> Result<(), gst::glib::BoolError> {
    let position = match position {
        ..=0 => 0,
        position => position + ROUNDING_NS,
    };
    let mut flags = gst::SeekFlags::ACCURATE;
    flags.set(gst::SeekFlags::FLUSH, flush);
    flags.set(gst::SeekFlags::SEGMENT, segment);
    pipeline.seek(
        1.0,
        flags,
        gst::SeekType::Set,
        gst::ClockTime::from_nseconds(position as u64),
        match span.last {
            Some(_) => gst::SeekType::Set,
            None => gst::SeekType::None,
        },
        span.last
            .map(|last| gst::ClockTime::from_nseconds(last.max(position + 1) as u64)),
    )
}

/// What an element has put on the bus, if anything.
pub(super) fn first_error(bus: &gst::Bus) -> Option<SourceError> {
    let message = bus.pop_filtered(&[gst::MessageType::Error])?;
    match message.view() {
        gst::MessageView::Error(error) => Some(fault::of(error)),
        _ => None,
    }
}

/// Ends a pipeline on a thread of its own: one that hangs in the network must not hold up the next.
pub(super) fn end_aside(pipeline: gst::Pipeline) {
    let (done, ended) = bounded::<()>(1);
    let spawned = std::thread::Builder::new()
        .name("source end".to_owned())
        .spawn(move || {
            let _ = pipeline.set_state(gst::State::Null);
            let _ = done.send(());
        });
    if spawned.is_ok() {
        let _ = ended.recv_timeout(Duration::from_secs(2));
    }
}
