//! A show is saved with its media beside the show: by a thread of its own, which gives way to all
//! others, tells how far it is, and can be stopped.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, bounded};

use crate::door::{Ask, EditStatus, Event, Hub, PackingState, PackingStatus, Place};
use crate::nice::{self, Nice};
use crate::show::Show;
use crate::show::pack::{self, PackError, Watch};

/// How often its progress is told.
const TOLD: Duration = Duration::from_millis(250);
/// At the end of the show it is waited for so long, until it has taken away what it had begun.
const ENDING: Duration = Duration::from_secs(5);

/// Why a copy does not begin or end.
#[derive(Debug, thiserror::Error)]
pub enum PackingRefusal {
    /// One at a time.
    #[error("the show is being saved with its media already, into {0}: stop that first")]
    Running(PathBuf),
    /// Nothing to stop.
    #[error("the show is not being saved with its media")]
    NotRunning,
    /// The file of the copy that would be replaced.
    #[error("{0} is the file of a show that is running: expected another folder")]
    RunsThere(PathBuf),
    /// A folder that cannot be.
    #[error("the folder: {0}")]
    Folder(std::io::Error),
    /// No thread to be had.
    #[error("no thread for the copy: {0}")]
    Thread(std::io::Error),
}

/// The copy that is made, if any. Dropping it stops that, and waits for it, but not long.
pub struct Packing {
    hub: Arc<Hub>,
    status: Arc<ArcSwap<EditStatus>>,
    running: Option<Running>,
}

struct Running {
    wanted: Arc<AtomicBool>,
    /// Closed when it has ended.
    ended: Receiver<()>,
}

impl Packing {
    /// None is made yet. What there is to tell goes into `status`.
    pub fn new(hub: Arc<Hub>, status: Arc<ArcSwap<EditStatus>>) -> Self {
        Self {
            hub,
            status,
            running: None,
        }
    }

    /// Begins a copy of the show, whose own file is `show_file`, into a folder. The answer is given
    /// when it is whole, or has failed.
    pub fn begin(&mut self, ask: Ask, show: Arc<Show>, show_file: &Path, folder: &Path) {
        let (id, answer) = (ask.id, ask.answer.clone());
        if let Err(refusal) = self.try_begin(ask, show, show_file, folder) {
            // A client that does not read its answers goes without.
            let _ = answer.try_send(Event::Error {
                message: refusal.to_string(),
                id: Some(id),
            });
        }
    }

    fn try_begin(
        &mut self,
        ask: Ask,
        show: Arc<Show>,
        show_file: &Path,
        folder: &Path,
    ) -> Result<(), PackingRefusal> {
        if self.runs() {
            let told = self.status.load().packing.clone();
            let folder = told.map(|told| told.folder).unwrap_or_default();
            return Err(PackingRefusal::Running(folder));
        }
        let folder = std::path::absolute(folder).map_err(PackingRefusal::Folder)?;
        let there = pack::show_file_in(&folder, show_file);
        if there.is_file() && Place::of(&there).is_ok_and(|p| p.is_kept().unwrap_or(false)) {
            return Err(PackingRefusal::RunsThere(there));
        }
        let wanted = Arc::new(AtomicBool::new(true));
        let (open, ended) = bounded::<()>(0);
        let status = PackingStatus {
            folder,
            ..PackingStatus::default()
        };
        let mut teller = Teller {
            hub: self.hub.clone(),
            shown: self.status.clone(),
            wanted: wanted.clone(),
            status,
            told: None,
        };
        let show_file = show_file.to_owned();
        std::thread::Builder::new()
            .name("packing".to_owned())
            .spawn(move || {
                nice::give_way(Nice::Monitor);
                teller.tell();
                let folder = teller.status.folder.clone();
                let made = pack::pack(&show, &show_file, &folder, &mut teller);
                teller.end(ask, made.map(drop));
                drop(open);
            })
            .map_err(PackingRefusal::Thread)?;
        self.running = Some(Running { wanted, ended });
        Ok(())
    }

    /// Asks the copy that is made to end.
    ///
    /// # Errors
    /// [`PackingRefusal::NotRunning`].
    pub fn stop(&self) -> Result<(), PackingRefusal> {
        match &self.running {
            Some(running) if self.runs() => {
                running.wanted.store(false, Ordering::Relaxed);
                Ok(())
            }
            _ => Err(PackingRefusal::NotRunning),
        }
    }

    fn runs(&self) -> bool {
        let is_open = |running: &Running| {
            let ended = running.ended.try_recv();
            ended == Err(crossbeam_channel::TryRecvError::Empty)
        };
        self.running.as_ref().is_some_and(is_open)
    }
}

impl Drop for Packing {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.wanted.store(false, Ordering::Relaxed);
            // Closed, whether it was stopped or had ended.
            let _ = running.ended.recv_timeout(ENDING);
        }
    }
}

/// Tells how far a copy is.
struct Teller {
    hub: Arc<Hub>,
    shown: Arc<ArcSwap<EditStatus>>,
    wanted: Arc<AtomicBool>,
    status: PackingStatus,
    told: Option<Instant>,
}

impl Teller {
    fn tell(&mut self) {
        self.told = Some(Instant::now());
        // The editor writes there too.
        self.shown.rcu(|shown| EditStatus {
            packing: Some(self.status.clone()),
            ..EditStatus::clone(shown)
        });
        self.hub.say(Event::Packing(self.status.clone()));
    }

    fn end(&mut self, ask: Ask, made: Result<(), PackError>) {
        let id = Some(ask.id);
        self.status.file.clear();
        let answer = match made {
            Ok(()) => {
                tracing::info!(folder = %self.status.folder.display(), "saved with its media");
                self.status.state = PackingState::Done;
                self.status.bytes = self.status.total;
                Event::Done {
                    command: ask.command,
                    frame: self.hub.snapshot().map_or(0, |now| now.frame),
                    id,
                }
            }
            Err(error) => {
                let message = error.to_string();
                self.status.state = match error {
                    PackError::Stopped => PackingState::Stopped,
                    _ => PackingState::Failed,
                };
                if self.status.state == PackingState::Failed {
                    tracing::warn!("not saved with its media: {message}");
                    self.status.message = message.clone();
                }
                Event::Error { message, id }
            }
        };
        self.tell();
        let _ = ask.answer.try_send(answer);
    }
}

impl Watch for Teller {
    fn is_wanted(&mut self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    fn copies(&mut self, file: &str, bytes: u64, of: u64) {
        self.status.bytes = bytes;
        self.status.total = of;
        if self.status.file != file {
            self.status.file = file.to_owned();
        }
        if self.told.is_none_or(|told| told.elapsed() >= TOLD) {
            self.tell();
        }
    }
}
