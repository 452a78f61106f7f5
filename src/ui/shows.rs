//! From one show to another: the dialogs that name a file, the question whether the present show can
//! be left, and the way over. The window never waits: whatever takes time is done on a thread, and
//! looked at once a frame.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};

use super::lang;
use crate::door::{Door, Event};
use crate::show::{self, Show};

/// The door of an engine.
pub type AnyDoor = Arc<dyn Door + Sync>;

/// Where engines are, for a desk that goes from one show to another. Calls may take seconds and are
/// never made on the window's thread.
pub trait Shows: Send + Sync {
    /// The door of a show's engine, which is started where none runs.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn open(&self, show: &Path) -> Result<AnyDoor, String>;

    /// Opens a desk in a process of its own.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn open_beside(&self, show: &Path) -> Result<(), String>;

    /// The shows that were opened last, the newest first.
    fn recent(&self) -> Vec<PathBuf>;
}

/// Who names a file. Calls wait for the user and are never made on the window's thread.
pub trait Chooser: Send + Sync {
    /// A show to be opened, looked for in this folder first; none where the user gave up.
    fn open(&self, folder: Option<&Path>) -> Option<PathBuf>;

    /// A folder for a show with its media, looked for in this one first; none where the user gave up.
    fn folder(&self, title: &str, folder: Option<&Path>) -> Option<PathBuf>;

    /// Where a show is to be written; none where the user gave up.
    fn save(&self, title: &str, folder: Option<&Path>, name: &str) -> Option<PathBuf>;
}

/// The system's own dialogs.
pub struct Dialogs;

impl Dialogs {
    fn begin(folder: Option<&Path>) -> rfd::FileDialog {
        let dialog = rfd::FileDialog::new().add_filter(lang::text("menu-show-files"), &["ron"]);
        match folder {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        }
    }
}

impl Chooser for Dialogs {
    fn open(&self, folder: Option<&Path>) -> Option<PathBuf> {
        let title = lang::text("menu-open-title");
        Self::begin(folder).set_title(title).pick_file()
    }

    fn folder(&self, title: &str, folder: Option<&Path>) -> Option<PathBuf> {
        Self::begin(folder).set_title(title).pick_folder()
    }

    fn save(&self, title: &str, folder: Option<&Path>, name: &str) -> Option<PathBuf> {
        let dialog = Self::begin(folder).set_title(title).set_file_name(name);
        // Not every dialog adds the ending.
        dialog.save_file().map(|path| match path.extension() {
            Some(_) => path,
            None => path.with_extension("ron"),
        })
    }
}

/// What is to be done with a file once it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Opened.
    Open(PathBuf),
    /// An empty show is made there, and opened.
    New(PathBuf),
    /// The present show is written there, and goes on there.
    SaveAs(PathBuf),
    /// The present show is written into this folder, with its media.
    SaveWithMedia(PathBuf),
}

/// What a step on the way has come to.
pub enum Arrived {
    /// A file was named.
    Named(Named),
    /// The other show can be opened: this one is to be ended.
    Checked(PathBuf),
    /// The other show's door.
    There(PathBuf, AnyDoor),
    /// Something is to be told, and nothing more is done.
    Told(String),
    /// It went wrong: why.
    Failed(String),
}

/// A thread's answer, or `None` where there is nothing to say.
type Answer = Option<Arrived>;

/// Where the desk is on its way.
#[derive(Default)]
enum Step {
    #[default]
    Still,
    /// A thread is at it.
    Waits(Receiver<Answer>),
    /// The present engine was told to end.
    Ends(PathBuf),
}

/// The way to another show.
pub struct Way {
    shows: Option<Arc<dyn Shows>>,
    chooser: Arc<dyn Chooser>,
    step: Step,
    /// The present show is being left, and the other is not there yet.
    moving: bool,
    recent: Vec<PathBuf>,
}

impl Default for Way {
    fn default() -> Self {
        Self {
            shows: None,
            chooser: Arc::new(Dialogs),
            step: Step::Still,
            moving: false,
            recent: Vec::new(),
        }
    }
}

impl Way {
    /// Lets the desk go to other shows.
    pub fn open_by(&mut self, shows: Arc<dyn Shows>) {
        self.recent = shows.recent();
        self.shows = Some(shows);
    }

    /// Who names files.
    pub fn choose_by(&mut self, chooser: Arc<dyn Chooser>) {
        self.chooser = chooser;
    }

    /// Whether another show can be gone to now.
    pub fn is_free(&self) -> bool {
        self.shows.is_some() && matches!(self.step, Step::Still)
    }

    /// Whether the present engine was told to end for another show.
    pub fn is_leaving(&self) -> bool {
        matches!(self.step, Step::Ends(_))
    }

    /// Whether the desk is between two shows: the one has been told to end, the other is not there.
    pub fn is_moving(&self) -> bool {
        self.moving
    }

    /// The shows that were opened last, the newest first, without the present one.
    pub fn recent(&self, present: Option<&Path>) -> impl Iterator<Item = &PathBuf> {
        let present = present.map(Path::to_owned);
        self.recent
            .iter()
            .filter(move |show| Some(show.as_path()) != present.as_deref())
    }

    fn go(&mut self, work: impl FnOnce() -> Answer + Send + 'static) {
        let (done, waits) = bounded(1);
        let begun = std::thread::Builder::new()
            .name("desk shows".to_owned())
            .spawn(move || {
                // A window that has closed is told nothing.
                let _ = done.send(work());
            });
        match begun {
            Ok(_) => self.step = Step::Waits(waits),
            Err(error) => tracing::error!("no thread for a dialog: {error}"),
        }
    }

    /// Asks for a show to open.
    pub fn ask_open(&mut self, present: Option<&Path>) {
        let chooser = self.chooser.clone();
        let folder = folder_of(present);
        self.go(move || {
            let path = chooser.open(folder.as_deref())?;
            Some(Arrived::Named(Named::Open(path)))
        });
    }

    /// Asks where a new show is to be.
    pub fn ask_new(&mut self, present: Option<&Path>) {
        let chooser = self.chooser.clone();
        let folder = folder_of(present);
        self.go(move || {
            let name = format!("{}.ron", lang::text("menu-new-name"));
            let path = chooser.save(&lang::text("menu-new-title"), folder.as_deref(), &name)?;
            Some(Arrived::Named(Named::New(path)))
        });
    }

    /// Asks where the present show is to be written.
    pub fn ask_save_as(&mut self, present: Option<&Path>) {
        let chooser = self.chooser.clone();
        let folder = folder_of(present);
        let name = present.and_then(Path::file_name);
        let name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        self.go(move || {
            let path = chooser.save(&lang::text("menu-save-title"), folder.as_deref(), &name)?;
            Some(Arrived::Named(Named::SaveAs(path)))
        });
    }

    /// Asks in which folder the present show is to be written with its media.
    pub fn ask_save_with_media(&mut self, present: Option<&Path>) {
        let Some(present) = present.map(Path::to_owned) else {
            return;
        };
        let chooser = self.chooser.clone();
        let above = folder_of(Some(&present)).and_then(|folder| folder_of(Some(&folder)));
        self.go(move || {
            let named = chooser.folder(&lang::text("menu-save-media-title"), above.as_deref())?;
            let folder = show::pack::folder_in(&named, &present);
            Some(Arrived::Named(Named::SaveWithMedia(folder)))
        });
    }

    /// Looks whether a show can be opened, before the present one is left for it.
    pub fn check(&mut self, path: PathBuf) {
        self.go(move || {
            Some(match show::load(&path) {
                Ok(_) => Arrived::Checked(path),
                Err(faults) => Arrived::Failed(words_of(&faults)),
            })
        });
    }

    /// Makes an empty show, and looks whether it can be opened.
    pub fn create(&mut self, path: PathBuf) {
        self.go(move || {
            Some(match show::save(&path, &empty(&path)) {
                Ok(()) => Arrived::Checked(path),
                Err(error) => Arrived::Failed(error.to_string()),
            })
        });
    }

    /// Opens a desk of its own on a show.
    pub fn open_beside(&mut self, path: PathBuf) {
        let Some(shows) = self.shows.clone() else {
            return;
        };
        self.go(move || {
            Some(match shows.open_beside(&path) {
                Ok(()) => Arrived::Told(lang::with("menu-beside", &[("name", name_of(&path))])),
                Err(why) => Arrived::Failed(why),
            })
        });
    }

    /// The present engine was told to end; when it has, the way goes on to this show.
    pub fn leave_for(&mut self, path: PathBuf) {
        self.moving = true;
        self.step = Step::Ends(path);
    }

    /// The present engine has ended.
    pub fn has_left(&mut self) {
        if let Step::Ends(path) = std::mem::take(&mut self.step) {
            self.arrive(path);
        }
    }

    /// Opens a show, with nothing left to end before.
    fn arrive(&mut self, path: PathBuf) {
        let Some(shows) = self.shows.clone() else {
            return;
        };
        self.go(move || {
            Some(match shows.open(&path) {
                Ok(door) => Arrived::There(path, door),
                Err(why) => Arrived::Failed(why),
            })
        });
    }

    /// Told once a frame: what the step that was under way has come to.
    pub fn look(&mut self) -> Option<Arrived> {
        let Step::Waits(waits) = &self.step else {
            return None;
        };
        let answer = match waits.try_recv() {
            Ok(answer) => answer,
            Err(crossbeam_channel::TryRecvError::Empty) => return None,
            // The thread died; it has said why.
            Err(crossbeam_channel::TryRecvError::Disconnected) => None,
        };
        self.step = Step::Still;
        self.moving = false;
        if let (Some(Arrived::There(..)), Some(shows)) = (&answer, &self.shows) {
            self.recent = shows.recent();
        }
        answer
    }
}

/// A file's name as a text is filled in with it.
pub fn name_of(path: &Path) -> fluent_bundle::FluentValue<'static> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned().into()
}

fn folder_of(present: Option<&Path>) -> Option<PathBuf> {
    present.and_then(Path::parent).map(Path::to_owned)
}

fn words_of(faults: &[show::Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

/// A show with nothing in it, named after its file.
fn empty(path: &Path) -> Show {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Show {
        version: show::VERSION,
        name: name.into_owned(),
        format: Default::default(),
        encoder: Default::default(),
        sources: Vec::new(),
        scenes: Vec::new(),
        transition: Default::default(),
        stingers: Vec::new(),
        hold: Default::default(),
        destinations: Vec::new(),
        recording: Default::default(),
        receiver: None,
    }
}

/// Whether an event says that this command was done, or refused and why.
pub fn answer_to(event: &Event, asked: u64) -> Option<Result<(), String>> {
    match event {
        Event::Done { id: Some(id), .. } if *id == asked => Some(Ok(())),
        Event::Error {
            id: Some(id),
            message,
        } if *id == asked => Some(Err(message.clone())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_show_can_be_saved_and_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Conseil du 3 mai.ron");
        show::save(&path, &empty(&path)).unwrap();
        let read = show::load(&path).unwrap();
        assert_eq!(read.name, "Conseil du 3 mai");
        assert_eq!(read.sources, []);
    }
}
