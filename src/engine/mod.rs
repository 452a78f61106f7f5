//! The engine: starts what the show names, runs the tick, ends it all. It knows no window; all that
//! is on air lives here.

mod core;
mod crossing;
mod health;
mod journal;
mod monitors;
mod observer;
mod reception;
mod sound;
mod switcher;
mod taken;
mod tally;
mod tick;
mod wipes;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Sender, bounded, unbounded};

pub use core::{Core, Effect, Observed, Refusal, Strip};
pub use journal::{Journal, JournalStrip};
pub use switcher::{SwitchError, Switcher};
pub use taken::Taken;
pub use tally::{DestinationTally, SourceTally, Tally};

use crate::audio::{Meters, Mixer, Order, Track};
use crate::door::{
    Counters, Event, Hub, Report, ReportDestination, ReportRecording, ReportSource, SourceState,
};
use crate::input::{self, RunningSource, Setting};
use crate::media::HouseClock;
use crate::output::receiver::Receiver;
use crate::output::{
    Consumers, EncodeError, Encoders, Recorder, RunningDestination, start_fan_out,
};
use crate::show::{self, Show, SourceKind};
use crate::video::{CanvasPool, Compositor, slate};
use health::Watch;
use journal::{Counted, JournalWriter};
use monitors::Taps;
use observer::Observer;
use sound::SoundLink;
use tick::{Ended, Input, Tick};
use wipes::Wipes;

/// Clips and test pictures are waited for so long before the first frame, so that a show does not
/// begin with slates.
const PREROLL: Duration = Duration::from_millis(600);
/// Orders that may wait for the mixer.
const ORDERS: usize = 256;

/// How a show is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Every destination is started at once.
    pub stream: bool,
    /// The master is started at once.
    pub record: bool,
    /// Where the journal is kept; none without.
    pub journal: Option<PathBuf>,
    /// Go on from the journal.
    pub resume: bool,
}

/// Why an engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// GStreamer itself does not start, or a picture format is refused.
    #[error("GStreamer: {0}")]
    GStreamer(#[from] gstreamer::glib::Error),
    /// The format of the show is refused.
    #[error("the show's format: {0}")]
    Format(#[from] gstreamer::glib::BoolError),
    /// No encoder.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// No threads to be had.
    #[error("no thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// A running engine.
pub struct Engine {
    hub: Arc<Hub>,
    thread: JoinHandle<Report>,
}

impl Engine {
    /// Starts a show; relative paths are read from `folder`. Program frames flow when the event
    /// [`Event::Ready`] comes.
    ///
    /// # Errors
    /// [`EngineError`]. What can fail while the show runs is a state of the snapshot instead.
    pub fn start(show: Show, folder: &Path, options: Options) -> Result<Self, EngineError> {
        gstreamer::init()?;
        let resumed = options
            .journal
            .as_deref()
            .filter(|_| options.resume)
            .and_then(Journal::read);
        let clock = resumed
            .as_ref()
            .and_then(Journal::clock)
            .unwrap_or_else(HouseClock::start);
        let (hub, asked) = Hub::start()?;
        let mut core = Core::new(show);
        let mut wanted = Wanted {
            stream: vec![options.stream; core.show().destinations.len()],
            record: options.record,
        };
        let (mut before, mut restarts) = (Counters::default(), 0);
        let mut counted = Tally::default();
        if let Some(journal) = &resumed {
            core.restore(journal);
            wanted.stream = core.streaming().to_vec();
            wanted.record = core.is_recording();
            before = journal.counters;
            restarts = journal.restarts + 1;
            counted = journal.tally.clone();
        }

        let sources = start_sources(&core, clock, folder)?;
        let outputs = start_outputs(&core, clock, folder)?;
        wanted.apply(&mut core, &outputs.observer);

        let meters = Arc::new(Meters::new(core.show().sources.len()));
        let link = Arc::new(SoundLink::default());
        let (orders_in, orders_out) = rtrb::RingBuffer::<Order>::new(ORDERS);
        let taps = Arc::new(Taps::new(core.show().sources.len()));
        let watch = Arc::new(Watch::default());
        let (helpers, helpers_stopped) = bounded::<()>(0);
        let compositor = Compositor::new(core.show().format)?;
        let wipes = Wipes::start(
            show::wipe_folders(folder),
            compositor.wipes().clone(),
            hub.clone(),
            helpers_stopped.clone(),
        )?;
        wipes.want(core.switcher().wipes());
        health::start(watch.clone(), helpers_stopped.clone())?;
        monitors::start(
            taps.clone(),
            hub.board().clone(),
            core.show(),
            core.switcher().scenes(),
            wipes.clone(),
            helpers_stopped,
        )?;
        let journal = JournalWriter::start(options.journal, hub.clone(), counted)?;
        let encoder = outputs.observer.encoders.input();
        let mixer = Mixer::new(sources.tracks, meters.clone());
        let tick = Tick {
            clock,
            inputs: sources.inputs,
            compositor,
            encoder: encoder.clone(),
            orders: orders_in,
            link: link.clone(),
            meters,
            hub: hub.clone(),
            asked,
            outputs: outputs.observer,
            taps,
            wipes,
            watch,
            journal: Some(journal),
            before,
            restarts,
            core,
        };
        let (running, fan_out) = (sources.running, outputs.fan_out);
        let end_hub = hub.clone();
        let thread = std::thread::Builder::new()
            .name("tick".to_owned())
            .spawn(move || {
                wait_for_pictures(&tick.inputs);
                let show = tick.core.show().clone();
                let rate = show.format.rate;
                let first = rate.frame_at(clock.now()) + 1;
                let mut mixer = mixer;
                mixer.begin_at(rate.sample_of(first));
                let sound = sound::start(mixer, orders_out, link.clone(), encoder, clock);
                if let Err(error) = &sound {
                    tracing::error!("no mixer: {error}");
                }
                let mut ended = tick.run(first);
                // From here on the show is over, whatever becomes of the rest.
                let counted = ended.journal.take().map(JournalWriter::end);
                if let Ok(sound) = sound
                    && sound.join().is_err()
                {
                    tracing::error!("the mixer panicked");
                }
                let counted = counted.unwrap_or_default();
                let report = end(ended, counted, &show, running, fan_out, helpers);
                end_hub.say(Event::Report(report.clone()));
                report
            })?;
        Ok(Self { hub, thread })
    }

    /// The door's inside.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Waits until the show has ended; `None` if the tick itself died.
    pub fn join(self) -> Option<Report> {
        self.thread.join().ok()
    }

    /// Whether the show has ended.
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }
}

/// What is to run from the first frame on.
struct Wanted {
    stream: Vec<bool>,
    record: bool,
}

impl Wanted {
    fn apply(&self, core: &mut Core, outputs: &Observer) {
        use crate::door::Command;
        let ids: Vec<String> = core
            .show()
            .destinations
            .iter()
            .zip(&self.stream)
            .filter(|(_, on)| **on)
            .map(|(destination, _)| destination.id.clone())
            .collect();
        for destination in ids {
            let command = Command::Stream {
                destination,
                on: true,
            };
            if let Ok(Effect::Stream(indices, on)) = core.apply(&command) {
                outputs.stream(&indices, on);
            }
        }
        if self.record && core.apply(&Command::Record { on: true }).is_ok() {
            outputs.record(true);
        }
    }
}

struct Sources {
    running: Vec<RunningSource>,
    inputs: Vec<Input>,
    tracks: Vec<Track>,
}

fn start_sources(core: &Core, clock: HouseClock, folder: &Path) -> Result<Sources, EngineError> {
    let show = core.show();
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let setting = Setting {
        clock,
        format: show.format,
        folder: folder.to_owned(),
        decoder_threads: (cores / show.sources.len().max(1)).max(1) as u32,
    };
    let pool = CanvasPool::new(show.format)?;
    let mut sources = Sources {
        running: Vec::new(),
        inputs: Vec::new(),
        tracks: Vec::new(),
    };
    for (source, strip) in show.sources.iter().zip(core.strips()) {
        let (running, slot, sound) = input::start(source, &setting)?;
        running
            .status()
            .vitals
            .set_picture_delay_ms(strip.picture_delay_ms);
        sources.inputs.push(Input {
            slot,
            status: running.status().clone(),
            slate: slate(&pool, &core::label(&source.label, &source.id)),
            told: SourceState::Connecting,
            held_ns: 0,
            waits_at_start: matches!(
                source.kind,
                SourceKind::File { .. } | SourceKind::Test { .. }
            ),
        });
        sources
            .tracks
            .push(Track::new(sound, input::is_live(&source.kind)));
        sources.running.push(running);
    }
    Ok(sources)
}

struct Outputs {
    observer: Observer,
    fan_out: JoinHandle<()>,
}

fn start_outputs(core: &Core, clock: HouseClock, folder: &Path) -> Result<Outputs, EngineError> {
    let show = core.show();
    let (encoded_in, encoded_out) = unbounded();
    let consumers = Consumers::default();
    let mut destinations = Vec::new();
    for destination in &show.destinations {
        let (running, queue) = RunningDestination::start(destination, show.format, &show.encoder)?;
        consumers.add(queue);
        destinations.push(running);
    }
    let bits = u64::from(show.encoder.bitrate_kbps + show.encoder.audio_kbps) * 1000;
    let (recorder, queue) = Recorder::start(
        folder.join(&show.recording.folder),
        show.name.clone(),
        bits / 8,
    )?;
    consumers.add(queue);
    let fan_out = start_fan_out(encoded_out, consumers)?;
    let encoders = Encoders::start(clock, show.format, &show.encoder, encoded_in)?;
    let receiver = show
        .receiver
        .as_ref()
        .map(|receiver| start_receiver(receiver, clock));
    Ok(Outputs {
        observer: Observer::new(destinations, recorder, encoders, receiver),
        fan_out,
    })
}

fn start_receiver(receiver: &show::Receiver, clock: HouseClock) -> Result<Receiver, String> {
    let address = receiver
        .address
        .parse()
        .map_err(|_| format!("{} is no address and port", receiver.address))?;
    Receiver::start(address, move || clock.now()).map_err(|error| error.to_string())
}

/// Waits, but not long, until every clip and test picture has begun.
fn wait_for_pictures(inputs: &[Input]) {
    let until = std::time::Instant::now() + PREROLL;
    let waits = |input: &Input| {
        input.status.vitals.last_picture().is_none()
            && input.status.state() == SourceState::Connecting
            && input.waits_at_start
    };
    while inputs.iter().any(waits) && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Ends everything in the order of a frame's way, so that nothing made is lost.
fn end(
    ended: Ended,
    counted: Counted,
    show: &Show,
    running: Vec<RunningSource>,
    fan_out: JoinHandle<()>,
    helpers: Sender<()>,
) -> Report {
    for source in &running {
        source.stop();
    }
    let (statuses, recording) = ended.outputs.end(fan_out);
    for source in running {
        source.join();
    }
    drop(helpers);

    let Counted { before, mut own } = counted;
    for (source, seen) in show.sources.iter().zip(&ended.sources) {
        own.see_source(&source.id, seen.frames, seen.lost);
    }
    for status in &statuses {
        own.see_destination(status);
    }
    own.see_recording(&recording);
    let whole = before.and(&own);
    Report {
        frames: ended.counters.frames,
        repeated: ended.counters.repeated,
        skipped: ended.counters.skipped,
        late: ended.counters.late,
        restarts: ended.restarts,
        sources: show
            .sources
            .iter()
            .zip(&ended.sources)
            .map(|(source, seen)| {
                let counts = whole.sources.get(&source.id).copied().unwrap_or_default();
                let report = ReportSource {
                    state: seen.state,
                    frames: counts.frames,
                    lost: counts.lost,
                };
                (source.id.clone(), report)
            })
            .collect(),
        destinations: statuses
            .iter()
            .map(|status| {
                let counts = whole
                    .destinations
                    .get(&status.id)
                    .copied()
                    .unwrap_or_default();
                let report = ReportDestination {
                    state: status.state,
                    frames: counts.frames,
                    dropped: counts.dropped,
                    reconnects: counts.reconnects,
                };
                (status.id.clone(), report)
            })
            .collect(),
        recording: whole.parts.last().cloned().map(|last| ReportRecording {
            path: last.path,
            frames: last.frames,
            parts: whole.parts,
        }),
    }
}
