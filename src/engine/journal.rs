//! The journal: what the next engine needs to go on when this one dies. Written by a thread of its
//! own, whole and atomically, whenever something in it changes. What the report counts is gathered by
//! that thread too, from what the engine shows, so that the tick has no work by it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use serde::{Deserialize, Serialize};

use super::downstream::JournalDownstream;
use super::since::Since;
use super::taken::Dropped;
use super::tally::Tally;
use super::waiting::Away;
use crate::door::{Counters, Hub};
use crate::media::{HouseClock, Rate};
use crate::show::{Afv, Colour, Layer, Send, Sound, StripSettings, TransitionStyle};

/// What was on air.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// The house's epoch on the monotonic clock, so that frame numbers go on.
    pub epoch_ns: i64,
    /// When the show began on the same clock; at the epoch where it says nothing.
    #[serde(default)]
    pub began_ns: Option<i64>,
    /// The rate of the frames; that of the show where it says nothing.
    #[serde(default)]
    pub rate: Option<Rate>,
    /// The boot in which that clock ran; filled in by the writer.
    pub boot: String,
    /// The scene on PGM, and its layers as they were taken.
    pub program: String,
    /// See `program`.
    pub program_layers: Vec<Layer>,
    /// The corrections with which its sources were taken, by their ids.
    #[serde(default)]
    pub program_colours: BTreeMap<String, Colour>,
    /// Its sources that were taken off the air, by their ids.
    #[serde(default)]
    pub program_dropped: BTreeMap<String, Dropped>,
    /// The scene on PVW.
    pub preview: String,
    /// Scenes that left the show while they were on PVW.
    #[serde(default)]
    pub preview_away: Vec<Away>,
    /// The transition that the director chose.
    #[serde(default)]
    pub transition_style: TransitionStyle,
    /// It goes before the own transition of the scene on PVW.
    #[serde(default)]
    pub overruled: bool,
    /// Faded to black.
    pub black: bool,
    /// Titles and downstream keys.
    #[serde(default)]
    pub downstream: JournalDownstream,
    /// How often the show had been edited.
    #[serde(default)]
    pub revision: u64,
    /// The strips.
    pub strips: Vec<JournalStrip>,
    /// Auxes, groups, the program's own processing and the monitors.
    #[serde(default)]
    pub sound: Sound,
    /// The desks that listened by themselves.
    #[serde(default)]
    pub listening: Vec<JournalListener>,
    /// The destinations that were on.
    pub streaming: Vec<String>,
    /// The master was on.
    pub recording: bool,
    /// The holding slate was over everything.
    #[serde(default)]
    pub hold: bool,
    /// Edits of the scenes on air are seen at once.
    #[serde(default)]
    pub live_edit: bool,
    /// Since when it was on air, on the clock of `began_ns`.
    #[serde(default)]
    pub since: Since,
    /// Frames so far.
    pub counters: Counters,
    /// How often the engine was started again.
    pub restarts: u32,
    /// The show was ended: nothing is to go on, even should the engine die while it closes its files.
    #[serde(default)]
    pub ended: bool,
    /// The engine made way for the next: it did not die.
    #[serde(default)]
    pub made_way: bool,
    /// What this engine and those before it counted; filled in by the writer.
    #[serde(default)]
    pub tally: Tally,
}

/// One strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in the show
pub struct JournalStrip {
    pub source: String,
    pub fader_db: f32,
    pub mute: bool,
    pub afv: Afv,
    pub picture_delay_ms: u32,
    #[serde(default)]
    pub settings: StripSettings,
    #[serde(default)]
    pub sends: Vec<Send>,
    #[serde(default)]
    pub return_db: f32,
}

/// One desk that listened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalListener {
    /// Its name.
    pub desk: String,
    /// The sources that it listened to before their faders.
    pub before: Vec<String>,
    /// The sources that it listened to after them.
    pub after: Vec<String>,
}

impl Journal {
    /// Reads a journal; `None` where there is none that makes sense.
    pub fn read(path: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(path).ok()?;
        match serde_json::from_str(&text) {
            Ok(journal) => Some(journal),
            Err(error) => {
                tracing::error!(path = %path.display(), "the journal is broken: {error}");
                None
            }
        }
    }

    /// The clock by which the frame numbers go on at this rate, and when the show began by it, if this
    /// is still the boot in which it ran.
    pub fn clock(&self, rate: Rate) -> Option<(HouseClock, i64)> {
        if self.boot != boot() {
            return None;
        }
        let clock = HouseClock::with_epoch(self.epoch_ns);
        let clock = clock.at_rate(clock.now(), self.rate.unwrap_or(rate), rate);
        Some((clock, self.began_ns.unwrap_or(self.epoch_ns)))
    }
}

/// Something that changes with every start of the machine.
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default()
}

/// How often the writer looks at what the engine shows. A file of the master that is closed shows its
/// last count for longer than this.
const LOOK: Duration = Duration::from_millis(100);

/// The journal's writer.
pub struct JournalWriter {
    next: Arc<ArcSwapOption<Journal>>,
    wake: Sender<()>,
    closing: Arc<ArcSwapOption<Closing>>,
    thread: JoinHandle<Closed>,
}

/// Why a journal comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// The show has ended.
    Ended,
    /// Another engine goes on with it.
    MakesWay,
}

/// A journal that nobody writes to any more.
#[derive(Debug, Default)]
pub struct Closed {
    /// What the report counts, up to the end of the journal.
    pub counted: Counted,
    path: Option<PathBuf>,
    last: Journal,
}

impl Closed {
    /// Notes that this engine made way for the next, with all that it counted. To be called when
    /// everything is closed.
    pub fn made_way(mut self, whole: Tally) {
        self.last.tally = whole;
        self.last.made_way = true;
        put(self.path.as_deref(), &mut self.last);
    }
}

/// What the report counts.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// By engines before this one.
    pub before: Tally,
    /// By this engine.
    pub own: Tally,
}

impl JournalWriter {
    /// Starts the thread that writes to `path`, where there is one, and counts on from `before`.
    ///
    /// # Errors
    /// Where the system has no thread.
    pub fn start(path: Option<PathBuf>, hub: Arc<Hub>, before: Tally) -> std::io::Result<Self> {
        let next = Arc::new(ArcSwapOption::<Journal>::empty());
        let (wake, woken) = bounded(1);
        let mut pen = Pen {
            path,
            hub,
            next: next.clone(),
            last: Journal::default(),
            counted: Counted {
                before,
                own: Tally::default(),
            },
        };
        let closing = Arc::new(ArcSwapOption::<Closing>::empty());
        let how = closing.clone();
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                pen.run(&woken, &how);
                Closed {
                    counted: pen.counted,
                    path: pen.path,
                    last: pen.last,
                }
            })?;
        Ok(Self {
            next,
            wake,
            closing,
            thread,
        })
    }

    /// Hands over what is to be written. Never waits; the newest wins.
    pub fn write(&self, journal: Journal) {
        self.next.store(Some(Arc::new(journal)));
        let _ = self.wake.try_send(());
    }

    /// Notes that the show has ended, if it has, and waits until that is written. To be called before
    /// anything is closed. The file stays, for the keeper to see it.
    pub fn close(self, closing: Closing) -> Closed {
        self.closing.store(Some(Arc::new(closing)));
        let Self { wake, thread, .. } = self;
        drop(wake);
        thread.join().unwrap_or_else(|_| {
            tracing::error!("the journal's writer panicked");
            Closed::default()
        })
    }
}

/// The writing thread's own.
struct Pen {
    path: Option<PathBuf>,
    hub: Arc<Hub>,
    next: Arc<ArcSwapOption<Journal>>,
    last: Journal,
    counted: Counted,
}

impl Pen {
    fn run(&mut self, woken: &Receiver<()>, closing: &ArcSwapOption<Closing>) {
        loop {
            let told = woken.recv_timeout(LOOK);
            let snapshot = self.hub.snapshot();
            let is_another = snapshot.is_some_and(|now| self.counted.own.see(&now));
            let next = self.next.swap(None);
            let is_new = next.is_some();
            if let Some(next) = next {
                self.last = Journal::clone(&next);
            }
            if told == Err(RecvTimeoutError::Disconnected) {
                // A tick that panicked has not said that the show is over.
                self.last.ended = closing.load().as_deref() == Some(&Closing::Ended);
                self.write();
                return;
            }
            if is_new || is_another {
                self.write();
            }
        }
    }

    fn write(&mut self) {
        self.last.tally = self.counted.before.and(&self.counted.own);
        put(self.path.as_deref(), &mut self.last);
    }
}

/// Writes the journal to its path, where it has one.
fn put(path: Option<&Path>, journal: &mut Journal) {
    let Some(path) = path else { return };
    journal.boot = boot();
    if let Err(error) = write(path, journal) {
        tracing::error!(path = %path.display(), "the journal cannot be written: {error}");
    }
}

fn write(path: &Path, journal: &Journal) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, journal)?;
    file.flush()?;
    // Against a crash of the engine the rename is enough; the disk need not be waited for.
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::ReportPart;

    fn part(path: &str) -> ReportPart {
        ReportPart {
            path: path.to_owned(),
            frames: 7,
        }
    }

    #[test]
    fn a_show_that_was_ended_is_noted_with_all_that_was_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (hub, _lines) = Hub::start().unwrap();
        let before = Tally {
            parts: vec![part("a.mkv")],
            ..Tally::default()
        };
        let writer = JournalWriter::start(Some(path.clone()), hub, before.clone()).unwrap();
        let on_air = Journal {
            program: "one".to_owned(),
            streaming: vec!["hall".to_owned()],
            ..Journal::default()
        };
        writer.write(on_air.clone());
        let until = std::time::Instant::now() + Duration::from_secs(20);
        let running = loop {
            match Journal::read(&path) {
                Some(journal) => break journal,
                None => assert!(std::time::Instant::now() < until, "nothing is written"),
            }
            std::thread::yield_now();
        };
        assert!(!running.ended);
        assert_eq!(running.tally, before);
        let closed = writer.close(Closing::Ended);
        assert_eq!(closed.counted.before, before);
        let ended = Journal::read(&path).unwrap();
        let expected = Journal {
            ended: true,
            ..running
        };
        assert_eq!(ended, expected);
        assert_eq!(ended.streaming, ["hall"]);
    }

    #[test]
    fn an_engine_that_makes_way_has_not_ended_the_show() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (hub, _lines) = Hub::start().unwrap();
        let writer = JournalWriter::start(Some(path.clone()), hub, Tally::default()).unwrap();
        let last = Journal {
            preview: "two".to_owned(),
            rate: Some(Rate(50, 1)),
            ..Journal::default()
        };
        writer.write(last.clone());
        let closed = writer.close(Closing::MakesWay);
        let so_far = Journal::read(&path).unwrap();
        assert_eq!((so_far.ended, so_far.made_way), (false, false));
        let whole = Tally {
            parts: vec![part("a.mkv")],
            ..Tally::default()
        };
        closed.made_way(whole.clone());
        let expected = Journal {
            made_way: true,
            tally: whole,
            boot: boot(),
            ..last
        };
        assert_eq!(Journal::read(&path).unwrap(), expected);
    }

    #[test]
    fn a_journal_of_an_earlier_program_is_understood() {
        let text = serde_json::to_value(Journal::default()).unwrap();
        let mut fields = text.as_object().unwrap().clone();
        let new = [
            "ended",
            "made_way",
            "tally",
            "transition_style",
            "overruled",
        ];
        let newer = [
            "began_ns",
            "rate",
            "live_edit",
            "program_dropped",
            "preview_away",
            "sound",
            "listening",
        ];
        for new in new.into_iter().chain(newer) {
            assert!(fields.remove(new).is_some(), "{new}");
        }
        fields.insert("transition".to_owned(), "mix".into());
        fields.insert("transition_frames".to_owned(), 25.into());
        let read: Journal = serde_json::from_value(fields.into()).unwrap();
        assert_eq!(read, Journal::default());
    }
}
