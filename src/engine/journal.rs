//! The journal: what the next engine needs to go on when this one dies. Written by a thread of its
//! own, whole and atomically, whenever something in it changes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use serde::{Deserialize, Serialize};

use crate::door::Counters;
use crate::media::HouseClock;
use crate::show::{Afv, Layer, TransitionStyle};

/// What was on air.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// The house's epoch on the monotonic clock, so that frame numbers go on.
    pub epoch_ns: i64,
    /// The boot in which that clock ran; filled in by the writer.
    pub boot: String,
    /// The scene on PGM, and its layers as they were taken.
    pub program: String,
    /// See `program`.
    pub program_layers: Vec<Layer>,
    /// The scene on PVW.
    pub preview: String,
    /// The transition that the director chose.
    #[serde(default)]
    pub transition_style: TransitionStyle,
    /// It goes before the own transition of the scene on PVW.
    #[serde(default)]
    pub overruled: bool,
    /// Faded to black.
    pub black: bool,
    /// The strips.
    pub strips: Vec<JournalStrip>,
    /// The destinations that were on.
    pub streaming: Vec<String>,
    /// The master was on.
    pub recording: bool,
    /// Frames so far.
    pub counters: Counters,
    /// How often the engine was started again.
    pub restarts: u32,
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

    /// The clock by which the frame numbers go on, if this is still the boot in which it ran.
    pub fn clock(&self) -> Option<HouseClock> {
        (self.boot == boot()).then(|| HouseClock::with_epoch(self.epoch_ns))
    }
}

/// Something that changes with every start of the machine.
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default()
}

/// The journal's writer.
pub struct JournalWriter {
    next: Arc<ArcSwapOption<Journal>>,
    wake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    path: PathBuf,
}

impl JournalWriter {
    /// Starts the thread that writes to `path`.
    pub fn start(path: PathBuf) -> std::io::Result<Self> {
        let next = Arc::new(ArcSwapOption::<Journal>::empty());
        let (wake, woken) = bounded(1);
        let (thread_next, thread_path) = (next.clone(), path.clone());
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || run(&thread_path, &thread_next, &woken))?;
        Ok(Self {
            next,
            wake: Some(wake),
            thread: Some(thread),
            path,
        })
    }

    /// Hands over what is to be written. Never waits; the newest wins.
    pub fn write(&self, journal: Journal) {
        self.next.store(Some(Arc::new(journal)));
        if let Some(wake) = &self.wake {
            let _ = wake.try_send(());
        }
    }

    /// Ends the thread; the show has ended and needs no journal.
    pub fn end(mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!("the journal stays: {error}");
        }
    }
}

fn run(path: &Path, next: &ArcSwapOption<Journal>, woken: &Receiver<()>) {
    loop {
        match woken.recv_timeout(Duration::from_secs(60)) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let Some(journal) = next.swap(None) else {
            continue;
        };
        let journal = Journal {
            boot: boot(),
            ..Journal::clone(&journal)
        };
        if let Err(error) = write(path, &journal) {
            tracing::error!(path = %path.display(), "the journal cannot be written: {error}");
        }
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

    #[test]
    fn a_journal_from_before_transitions_had_styles_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let written = Journal {
            program: "a".to_owned(),
            ..Journal::default()
        };
        let mut old = serde_json::to_value(&written).unwrap();
        let fields = old.as_object_mut().unwrap();
        fields.remove("transition_style").unwrap();
        fields.remove("overruled").unwrap();
        fields.insert("transition".to_owned(), "mix".into());
        fields.insert("transition_frames".to_owned(), 25.into());
        std::fs::write(&path, old.to_string()).unwrap();
        assert_eq!(Journal::read(&path), Some(written));
    }
}
