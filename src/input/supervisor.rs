//! A source's supervisor: a thread that builds its pipeline, watches it, and builds it again.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use gstreamer as gst;
use gstreamer::prelude::*;

use super::feed::{Ends, Feed, Pacing, Vitals};
use super::pipeline::{Built, Instead, Setting, SourceError, Span, Start};
use super::quiet::Quiet;
use super::slot::{Slot, slot};
use super::sound::{SoundReader, sound_ring};
use super::status::Status;
use super::transport::Transport;
use super::{camera, card, fault, file, network, test};
use crate::card::Backoff;
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
/// Matroska rounds times to whole milliseconds: without this the picture before the one that is meant
/// seems to reach into its time.
const ROUNDING_NS: i64 = 1_000_000;
/// A clip that ends so long before its announced end is not whole.
const EARLY_NS: i64 = NS_PER_S;
/// What reads the containers in which a length stands.
const STATES_LENGTH: [&str; 5] = [
    "matroskademux",
    "qtdemux",
    "avidemux",
    "flvdemux",
    "wavparse",
];
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

/// Starts a source: what the engine holds of it, the tick's end and the mixer's end.
pub fn start(
    source: &Source,
    setting: &Setting,
) -> std::io::Result<(RunningSource, Slot, SoundReader)> {
    let (picture_writer, slot) = slot(setting.format.rate);
    let (sound_writer, sound) = sound_ring();
    let vitals = Vitals::new(source.picture_delay_ms);
    let status = Arc::new(Status::new(vitals, transport_of(&source.kind)));
    let (stop, stopped) = bounded(1);
    let thread = std::thread::Builder::new().name(format!("source {}", source.id));
    let thread = if let Some((card, channels)) = card::of(&source.kind) {
        let listener = setting.cards.listen(
            &card,
            channels,
            sound_writer,
            status.vitals.clone(),
            setting.clock,
        )?;
        let (told, clock) = (status.clone(), setting.clock);
        thread.spawn(move || card::watch(&listener, &told, clock, &stopped))?
    } else {
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
            stated: None,
            early: String::new(),
        };
        thread.spawn(move || supervisor.run())?
    };
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
        SourceKind::Camera { .. } | SourceKind::SoundCard { .. } => Pacing::Live,
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
    /// How long the clip's container says it is, in nanoseconds, where it says so.
    stated: Option<i64>,
    /// That the clip ended before that, when it was played last.
    early: String,
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
        let mut backoff = Backoff::default();
        let mut restarts = 0;
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
                    self.status.warn(self.early.clone());
                    if !self.rests() {
                        return;
                    }
                }
                Ending::Broke(error) => {
                    let wait = backoff.broke(began.elapsed());
                    let Source { id, kind, .. } = &self.source;
                    let message = fault::told(error, id, kind, secrets.as_ref());
                    self.status.set(SourceState::Restarting, &message);
                    restarts += 1;
                    self.status.count_restarts(restarts);
                    if self.stopped.recv_timeout(wait).is_ok() {
                        return;
                    }
                    // While it is tried again, why it has to be is what there is to know.
                    let awaited = match self.awaited() {
                        "" => &message,
                        awaited => awaited,
                    };
                    self.status.set(SourceState::Connecting, awaited);
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
            self.setting.format,
            self.status.vitals.clone(),
            self.ends.clone(),
            matches!(self.source.kind, SourceKind::Camera { .. }),
            self.status.transport.clone(),
        );
        match &self.source.kind {
            SourceKind::Test {
                pattern,
                tone_hz,
                beep_ms,
            } => test::build(&self.setting, feed, *pattern, (*tone_hz, *beep_ms)),
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
            SourceKind::SoundCard { .. } => Err(SourceError::plain("the pipeline does not start")),
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
            SourceKind::Network { .. } | SourceKind::Test { .. } | SourceKind::SoundCard { .. } => {
                ""
            }
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
                if let Some(span) = span {
                    self.early = self.early_end(span);
                }
                self.status.set(SourceState::Ended, "");
                self.status.warn(self.early.clone());
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
    fn measure(&mut self, pipeline: &gst::Pipeline) {
        if let Some(transport) = &self.status.transport
            && let Some(length) = pipeline.query_duration::<gst::ClockTime>()
        {
            let length = length.nseconds() as i64;
            transport.set_length(length);
            self.stated = states_length(pipeline).then_some(length);
        }
    }

    /// That a clip has ended long before the end that its file announces; empty where it has not, or
    /// where the file announces none. A track that is shorter than the other is no fault.
    fn early_end(&self, span: Span) -> String {
        let Some(stated) = self.stated else {
            return String::new();
        };
        let end = span.last.map_or(stated, |last| last.min(stated));
        // Where nothing has come since, it ended where it was sent to, or a second before the spot behind
        // which it went on when it broke.
        let broke_at = self.resume_at - NS_PER_S;
        let transport = self.status.transport.as_ref();
        let sent_to = transport.map(|t| (t.cue_at().max(broke_at), 0));
        let Some((reached, stood)) = self.status.vitals.reached().or(sent_to) else {
            return String::new();
        };
        // The last of pictures that stand for long may not say how long it stands itself.
        if end - reached <= EARLY_NS.max(2 * stood) {
            return String::new();
        }
        let seconds = |ns: i64| ns as f64 / NS_PER_S as f64;
        format!(
            "it ended at {:.1} s, though its file says {:.1} s: is the file whole?",
            seconds(reached),
            seconds(end)
        )
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
            self.status.warn(self.early.clone());
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
                return Some(Ending::Broke(SourceError::silent("nothing came for 10 s")));
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
            let instead = built.instead.as_ref();
            let early = || self.early.clone();
            self.status
                .warn(instead.map_or_else(early, Instead::in_words));
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
                if let Start::Seek(span) = start {
                    self.early = self.early_end(span);
                }
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

/// Whether what is played says itself how long it is. Of other files it is estimated, or found by
/// looking at their end.
fn states_length(pipeline: &gst::Pipeline) -> bool {
    let mut elements = pipeline.iterate_recurse().into_iter().flatten();
    elements.any(|element| {
        let factory = element.factory();
        factory.is_some_and(|factory| STATES_LENGTH.contains(&factory.name().as_str()))
    })
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
