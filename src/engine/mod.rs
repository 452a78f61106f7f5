//! The engine: starts what the show names, runs the tick, ends it all. It knows no window; all that
//! is on air lives here.

mod alarms;
mod aligner;
mod book;
mod cast;
mod clip;
mod core;
mod crossing;
mod decoded;
mod downstream;
#[cfg(test)]
mod editing_tests;
mod editor;
mod exchange;
mod file_pictures;
mod health;
mod inspect;
mod journal;
mod keys;
mod monitors;
mod observer;
mod packing;
mod pairs;
mod past;
mod played;
mod preparer;
mod readings;
mod reception;
mod refusal;
mod scout;
mod since;
mod sound;
mod sound_desk;
mod speakers;
mod stagehands;
mod standing;
mod sting;
mod stingers;
mod switcher;
mod taken;
mod tally;
mod tick;
mod titles;
mod tries;
mod unaligned;
mod waiting;
mod watched;
mod ways;
mod wipes;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Sender, bounded, unbounded};

pub use book::{Book, BookError, Draft, Passed, Past};
pub use cast::{Cast, SLOTS};
pub use core::{Brings, Core, Effect, Leaving, Observed, OnAir};
pub use inspect::inspect;
pub use journal::{Journal, JournalListener, JournalStrip};
pub use past::go_back;
pub use refusal::Refusal;
pub use sound_desk::{Faders, Strip};
pub use switcher::{SwitchError, Switcher};
pub use taken::{Dropped, Taken};
pub use tally::{DestinationTally, SourceTally, Tally};
pub use waiting::Away;
pub use ways::{Way, Ways};

use crate::audio::{Meters, Mixer, Order};
use crate::data::Tables;
use crate::door::{
    Command, Counters, EditStatus, Event, Hub, Place, Report, ReportDestination, ReportRecording,
    ReportSource, SourceState,
};
use crate::media::HouseClock;
use crate::output::receiver::Receiver;
use crate::output::{Aim, Consumers, EncodeError, Encoders, Recorder, start_fan_out};
use crate::show::{self, Show};
use crate::video::{Compositor, StingerShelf, TitleShelf};
use alarms::Alarms;
use aligner::Aligner;
use editor::Editor;
use file_pictures::FilePictures;
use health::Watch;
use journal::{Closed, Closing, Counted, JournalWriter};
use keys::Keys;
use monitors::Taps;
use observer::Observer;
use packing::Packing;
use played::Input;
use since::Since;
use sound::{MixerLines, SoundLink, StripLine};
use speakers::Speakers;
use stagehands::{Stagehands, StripsEnd};
use sting::Sting;
use stingers::Stingers;
use tick::{Ended, Tick};
use titles::Titles;
use tries::Tries;
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
    /// The show's file, to which it is saved; none for a show that is in no file.
    pub file: Option<PathBuf>,
    /// Where the show is kept as it is edited, for the next engine; nowhere without.
    pub place: Option<Place>,
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
    ways: Arc<Ways>,
    thread: JoinHandle<Report>,
}

impl Engine {
    /// Starts a show; relative paths are read from `folder`. Program frames flow when the event
    /// [`Event::Ready`] comes.
    ///
    /// # Errors
    /// [`EngineError`]. What can fail while the show runs is a state of the snapshot instead.
    pub fn start(show: Show, folder: &Path, options: Options) -> Result<Self, EngineError> {
        crate::media::start_gstreamer()?;
        let resumed = options
            .journal
            .as_deref()
            .filter(|_| options.resume)
            .and_then(Journal::read);
        let past = options.place.as_ref().filter(|_| options.resume);
        let past = past.and_then(past::find);
        let (clock, began_ns) = resumed
            .as_ref()
            .and_then(|journal| journal.clock(show.format.rate))
            .unwrap_or_else(|| {
                let clock = HouseClock::start();
                (clock, clock.epoch_ns())
            });
        let (hub, lines) = Hub::start()?;
        // A revision that somebody may have seen is never another one's number.
        let revision = resumed.as_ref().map_or(0, |journal| journal.revision + 1);
        let revision = revision.max(past.as_ref().map_or(0, |past| past.revision));
        let cast = Arc::new(Cast::opened(show, revision));
        let format = cast.show.format;
        let mut core = Core::new(cast.clone());
        let mut wanted = Wanted {
            stream: options.stream,
            record: options.record,
        };
        let (mut before, mut restarts) = (Counters::default(), 0);
        let mut since = Since::default();
        let mut counted = Tally::default();
        if let Some(journal) = &resumed {
            core.restore(journal);
            wanted = Wanted {
                stream: false,
                record: core.is_recording(),
            };
            before = journal.counters;
            restarts = journal.restarts + u32::from(!journal.made_way);
            counted = journal.tally.clone();
            if journal.clock(format.rate).is_some() {
                since = journal.since;
            }
        }

        let consumers = Consumers::default();
        let edit = Arc::new(ArcSwap::from_pointee(EditStatus::default()));
        let keys = Keys::start(hub.clone())?;
        let aim = Aim::new(
            folder.join(&cast.show.recording.folder),
            cast.show.name.clone(),
            cast.show.recording.format,
        );
        let told = (edit.clone(), keys.clone());
        let mut outputs = start_outputs(&core, clock, aim.clone(), &consumers, told)?;
        wanted.apply(&mut core, &mut outputs.observer);

        // One more for the sound of stingers.
        let meters = Arc::new(Meters::new(SLOTS + 1));
        let link = Arc::new(SoundLink::default());
        let (orders_in, orders_out) = rtrb::RingBuffer::<Order>::new(ORDERS);
        let (spent_in, spent_out) = rtrb::RingBuffer::<Order>::new(ORDERS);
        let (placings_in, placings_out) = rtrb::RingBuffer::new(SLOTS);
        let (placed_in, placed_out) = rtrb::RingBuffer::new(SLOTS);
        let strips = StripLine {
            placings: placings_out,
            placed: placed_in,
        };
        let (ways, ways_line) = ways::ways();
        let mixer_lines = MixerLines {
            orders: orders_out,
            spent: spent_in,
            strips,
            ways: ways_line,
        };
        let hands = StripsEnd {
            placings: placings_in,
            placed: placed_out,
        };
        let (arrivals_in, arrivals) = unbounded();
        let (departures, departures_out) = unbounded();
        let (changes_in, changes) = bounded(1);
        let mut hands = Stagehands::new(
            clock,
            &cast.show,
            folder.to_owned(),
            (meters.clone(), hands, consumers, aim),
            arrivals_in,
        )?;
        for (source, &slot) in cast.show.sources.iter().zip(cast.slots()) {
            hands.start_source(slot, source, core.strips()[slot].picture_delay_ms);
        }
        hands.write_hold(&cast.show.hold);
        for destination in &cast.show.destinations {
            hands.start_destination(destination);
        }
        let setting = hands.setting().clone();
        let (speakers, speaking) = Speakers::start(clock, ways.clone())?;
        speakers.play(sound_desk::outputs(&cast));
        speakers.listen(core.hear());
        let aligner = Aligner::start(ways.clone())?;
        let (standing, heard) = standing::line(core.standing());
        let editor = Editor {
            file: options.file,
            asked: lines.edited,
            changes: changes_in,
            departures: departures_out,
            hands,
            hub: hub.clone(),
            packing: Packing::new(hub.clone(), edit.clone()),
            status: edit,
            standing: heard,
            place: options.place,
            keys,
            speakers: speakers.clone(),
            tries: Tries::new(hub.clone()),
            offers_autosave: !options.resume,
            past,
        };

        let taps = Arc::new(Taps::new());
        let watch = Arc::new(Watch::default());
        let (helpers, helpers_stopped) = bounded::<()>(0);
        let mut compositor = Compositor::new(format)?;
        let shelf = Arc::new(StingerShelf::default());
        compositor.take_stingers_from(shelf.clone());
        let title_shelf = Arc::new(TitleShelf::default());
        compositor.take_titles_from(title_shelf.clone());
        let titles = Titles::start(
            folder.to_owned(),
            (format, clock),
            title_shelf.clone(),
            hub.clone(),
            helpers_stopped.clone(),
        )?;
        let told = hub.clone();
        let tables = Tables::start(
            folder.to_owned(),
            move |message| told.say(Event::Table { message }),
            helpers_stopped.clone(),
        )?;
        let wipes = Wipes::start(
            show::wipe_folders(folder),
            compositor.wipes().clone(),
            hub.clone(),
            helpers_stopped.clone(),
        )?;
        let stingers = Stingers::start(
            folder.to_owned(),
            format,
            shelf.clone(),
            hub.clone(),
            helpers_stopped.clone(),
        )?;
        health::start(watch.clone(), helpers_stopped.clone())?;
        monitors::start(
            taps.clone(),
            hub.board().clone(),
            format,
            (wipes.clone(), shelf, title_shelf),
            FilePictures::start(folder.to_owned(), format, helpers_stopped.clone())?,
            helpers_stopped.clone(),
        )?;
        readings::start(
            lines.read,
            hub.clone(),
            taps.clone(),
            ways.clone(),
            helpers_stopped.clone(),
        )?;
        let finds = scout::Finds {
            setting,
            tables: tables.clone(),
            folder: folder.to_owned(),
            taps: taps.clone(),
        };
        scout::start(lines.scouted, finds, hub.clone(), helpers_stopped)?;
        let journal = JournalWriter::start(options.journal, hub.clone(), counted)?;
        let encoder = outputs.observer.encoders.input();
        let mut mixer = Mixer::new(SLOTS + 1, meters.clone());
        let (sting, strip) = Sting::new(format.rate);
        mixer.put(SLOTS, Some(strip));
        let sounding = meters.clone();
        let mut tick = Tick {
            clock,
            inputs: (0..SLOTS).map(|_| None).collect(),
            compositor,
            encoder: encoder.clone(),
            orders: orders_in,
            spent: spent_out,
            link: link.clone(),
            meters,
            hub: hub.clone(),
            asked: lines.asked,
            changes,
            arrivals,
            departures,
            outputs: outputs.observer,
            taps,
            standing,
            wipes,
            stingers,
            stingers_known: 0,
            titles,
            titles_known: 0,
            tables,
            tables_known: 0,
            sting,
            hold: None,
            speakers,
            aligner,
            watch,
            journal: Some(journal),
            before,
            restarts,
            began_ns,
            since,
            loudness: None,
            alarms: Alarms::default(),
            makes_way: false,
            core,
        };
        // Everything that the show begins with is there before its first frame.
        tick.receive();
        tick.want_transitions();
        tick.want_titles();
        let editor = editor.start(cast)?;
        let fan_out = outputs.fan_out;
        let end_hub = hub.clone();
        let thread = std::thread::Builder::new()
            .name("tick".to_owned())
            .spawn(move || {
                wait_for_pictures(&tick.inputs);
                let first = format.rate.frame_at(clock.now()) + 1;
                let mut mixer = mixer;
                mixer.begin_at(format.rate.sample_of(first));
                let sound =
                    sound::start(mixer, mixer_lines, link.clone(), encoder, clock, sounding);
                if let Err(error) = &sound {
                    tracing::error!("no mixer: {error}");
                }
                let mut ended = tick.run(first);
                // From here on the show is over, whatever becomes of the rest.
                let makes_way = ended.makes_way;
                let closing = if makes_way {
                    Closing::MakesWay
                } else {
                    Closing::Ended
                };
                let closed = ended.journal.take().map(|journal| journal.close(closing));
                if let Ok(sound) = sound
                    && sound.join().is_err()
                {
                    tracing::error!("the mixer panicked");
                }
                let closed = closed.unwrap_or_default();
                let (report, whole) = end(ended, &closed, (editor, speaking), fan_out, helpers);
                if makes_way {
                    closed.made_way(whole);
                } else {
                    end_hub.say(Event::Report(report.clone()));
                }
                report
            })?;
        Ok(Self { hub, ways, thread })
    }

    /// The door's inside.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Where buses are asked for, to be played elsewhere.
    pub fn ways(&self) -> &Arc<Ways> {
        &self.ways
    }

    /// Waits until the show has ended, or this engine has made way for another, which its hub tells; gives
    /// what there is to say of the show so far, or `None` if the tick itself died.
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
    stream: bool,
    record: bool,
}

impl Wanted {
    fn apply(&self, core: &mut Core, outputs: &mut Observer) {
        if self.stream {
            // Each is started when it comes to the tick.
            let _ = core.apply(&Command::StreamAll { on: true });
        }
        if self.record && core.apply(&Command::Record { on: true }).is_ok() {
            outputs.record(true);
        }
    }
}

struct Outputs {
    observer: Observer,
    fan_out: JoinHandle<()>,
}

fn start_outputs(
    core: &Core,
    clock: HouseClock,
    aim: Aim,
    consumers: &Consumers,
    (edit, keys): (Arc<ArcSwap<EditStatus>>, Keys),
) -> Result<Outputs, EngineError> {
    let show = core.show();
    let (encoded_in, encoded_out) = unbounded();
    let bytes = show.encoder.bits_per_second() / 8;
    let (recorder, queue) = Recorder::start(aim, bytes, show.format.rate.fps())?;
    consumers.add(queue);
    let fan_out = start_fan_out(encoded_out, consumers.clone())?;
    let encoders = Encoders::start(clock, show.format, &show.encoder, encoded_in)?;
    let receiver = show
        .receiver
        .as_ref()
        .map(|receiver| start_receiver(receiver, clock));
    Ok(Outputs {
        observer: Observer::new(recorder, encoders, receiver, edit, keys),
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
fn wait_for_pictures(inputs: &[Option<Box<Input>>]) {
    let until = std::time::Instant::now() + PREROLL;
    let waits = |input: &Input| {
        input.status.vitals.last_picture().is_none()
            && input.status.state() == SourceState::Connecting
            && input.waits_at_start
    };
    while inputs.iter().flatten().any(|input| waits(input)) && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Ends everything in the order of a frame's way, so that nothing made is lost. Gives what there is to say
/// of the show, and what was counted in all.
fn end(
    ended: Ended,
    closed: &Closed,
    (editor, speakers): (JoinHandle<Stagehands>, JoinHandle<()>),
    fan_out: JoinHandle<()>,
    helpers: Sender<()>,
) -> (Report, Tally) {
    // The tick's end of their lines is gone.
    let hands = editor.join().ok();
    if let Some(hands) = &hands {
        hands.stop_all();
    }
    let (statuses, recording) = ended.outputs.end(fan_out);
    if let Some(hands) = hands {
        hands.end_all();
    }
    drop(helpers);
    // Nobody has a hand on them any more.
    if speakers.join().is_err() {
        tracing::error!("the speakers panicked");
    }

    let Counted { before, mut own } = closed.counted.clone();
    for (source, seen) in ended.show.sources.iter().zip(&ended.sources) {
        own.see_source(&source.id, seen.frames, seen.lost);
    }
    for status in &statuses {
        own.see_destination(status);
    }
    own.see_recording(&recording);
    let whole = before.and(&own);
    let report = Report {
        frames: ended.counters.frames,
        repeated: ended.counters.repeated,
        skipped: ended.counters.skipped,
        late: ended.counters.late,
        restarts: ended.restarts,
        sources: ended
            .show
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
            parts: whole.parts.clone(),
        }),
    };
    (report, whole)
}
