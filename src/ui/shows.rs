//! From one show to another: the dialogs that name a file and the field in which it is typed instead,
//! the question whether the present show can be left, and the way over. The window never waits: whatever
//! takes time is done on a thread, and looked at once a frame.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};

use super::{
    lang,
    typed::{self, Answer as Entered, Typed},
};
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
    /// A new show could not be made there: why.
    NotMade(PathBuf, String),
    /// It went wrong: why.
    Failed(String),
}

/// A thread's answer, or `None` where there is nothing to say.
type Answer = Option<Arrived>;

/// What is to be done with a file that is being named, and its name is known to be wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Open,
    New,
    SaveAs,
    /// A folder is named, not a file.
    SaveWithMedia,
}

impl Asked {
    fn named(self, path: PathBuf) -> Named {
        match self {
            Self::Open => Named::Open(path),
            Self::New => Named::New(path),
            Self::SaveAs => Named::SaveAs(path),
            Self::SaveWithMedia => Named::SaveWithMedia(path),
        }
    }
}

/// A file that is being named, in the system's dialog or in the field beside it.
struct Naming {
    asked: Asked,
    typed: Typed,
    /// Relative names are read from here.
    folder: PathBuf,
    /// The present show.
    present: Option<PathBuf>,
    /// The file that was refused because it is there already: named again, it is replaced.
    refused: Option<PathBuf>,
}

/// Where the desk is on its way.
#[derive(Default)]
enum Step {
    #[default]
    Still,
    /// A thread is at it; it tells how long that took.
    Waits(Receiver<(Answer, Duration)>),
    /// A thread looks at a file that was typed: what is wrong with it, in words.
    Looks(Receiver<Result<Arrived, String>>),
    /// The present engine was told to end.
    Ends(PathBuf),
}

/// The way to another show.
pub struct Way {
    shows: Option<Arc<dyn Shows>>,
    chooser: Arc<dyn Chooser>,
    step: Step,
    naming: Option<Naming>,
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
            naming: None,
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
        self.shows.is_some() && matches!(self.step, Step::Still) && self.naming.is_none()
    }

    /// Whether a name is asked for in the window.
    pub fn asks(&self) -> bool {
        self.naming.is_some()
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
        if let Some(waits) = beside(|| typed::timed(work)) {
            self.step = Step::Waits(waits);
        }
    }

    /// Asks for a show to open.
    pub fn ask_open(&mut self, present: Option<&Path>) {
        let title = lang::text("menu-open-title");
        self.ask(Asked::Open, title, (folder_of(present), present), "");
    }

    /// Asks where a new show is to be.
    pub fn ask_new(&mut self, present: Option<&Path>) {
        let title = lang::text("menu-new-title");
        let name = format!("{}.ron", lang::text("menu-new-name"));
        self.ask(Asked::New, title, (folder_of(present), present), &name);
    }

    /// Asks where the present show is to be written.
    pub fn ask_save_as(&mut self, present: Option<&Path>) {
        let title = lang::text("menu-save-title");
        let name = present.and_then(Path::file_name);
        let name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        self.ask(Asked::SaveAs, title, (folder_of(present), present), &name);
    }

    /// Asks in which folder the present show is to be written with its media.
    pub fn ask_save_with_media(&mut self, present: Option<&Path>) {
        if present.is_none() {
            return;
        }
        let title = lang::text("menu-save-media-title");
        let above = folder_of(present.and_then(Path::parent));
        self.ask(Asked::SaveWithMedia, title, (above, present), "");
    }

    /// Asks for a file or a folder, in the system's dialog and in a field of the window's own; it
    /// is looked for in this folder first.
    fn ask(
        &mut self,
        asked: Asked,
        title: String,
        (folder, present): (Option<PathBuf>, Option<&Path>),
        name: &str,
    ) {
        let chooser = self.chooser.clone();
        let present = present.map(Path::to_owned);
        let begin = folder.clone().unwrap_or_default();
        let given = begin.join(name).to_string_lossy().into_owned();
        self.naming = Some(Naming {
            asked,
            typed: match asked {
                Asked::SaveWithMedia => Typed::new(title.clone(), given).of_folder(),
                _ => Typed::new(title.clone(), given),
            },
            folder: begin,
            present: present.clone(),
            refused: None,
        });
        let name = name.to_owned();
        self.go(move || {
            let path = match asked {
                Asked::Open => chooser.open(folder.as_deref())?,
                Asked::SaveWithMedia => {
                    let named = chooser.folder(&title, folder.as_deref())?;
                    show::pack::folder_in(&named, &present?)
                }
                Asked::New | Asked::SaveAs => chooser.save(&title, folder.as_deref(), &name)?,
            };
            Some(Arrived::Named(asked.named(path)))
        });
    }

    /// No file is to be named any more. One that was, and is looked at, goes its way.
    pub fn give_up(&mut self) {
        if self.naming.is_some() && !matches!(self.step, Step::Looks(_)) {
            self.naming = None;
            self.step = Step::Still;
        }
    }

    /// Draws the field for the file that is being named, if one is, in this room.
    pub fn show(&mut self, ctx: &egui::Context, room: egui::Rect) {
        let Some(naming) = &mut self.naming else {
            return;
        };
        // Where this or another show is on its way, the field has nothing to ask.
        if matches!(self.step, Step::Looks(_)) {
            naming.typed.show(ctx, room);
            return;
        }
        match naming.typed.show(ctx, room) {
            None => {}
            Some(Entered::GaveUp) => self.give_up(),
            Some(Entered::Path(text)) => {
                let asked = naming.asked;
                let path = path_of(&text, &naming.folder, asked);
                let again = naming.refused.replace(path.clone()).as_ref() == Some(&path);
                let present = naming.present.clone();
                let looks = beside(move || match trouble(&path, asked, again) {
                    None => {
                        let path = match (asked, present) {
                            (Asked::SaveWithMedia, Some(present)) => {
                                show::pack::folder_in(&path, &present)
                            }
                            _ => path,
                        };
                        Ok(Arrived::Named(asked.named(path)))
                    }
                    Some(why) => Err(why),
                });
                if let Some(looks) = looks {
                    // A dialog that is still open is not heard any more.
                    self.step = Step::Looks(looks);
                }
            }
        }
    }

    /// Looks whether a show can be opened, before the present one is left for it.
    pub fn check(&mut self, path: PathBuf) {
        self.go(move || {
            Some(match show::open(&path) {
                // What is missing on disk is lost, and says so when the show is there.
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
                Err(error) => Arrived::NotMade(path, why_of(error)),
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
        use crossbeam_channel::TryRecvError::{Disconnected, Empty};
        let (answer, took) = match &self.step {
            Step::Still | Step::Ends(_) => return None,
            Step::Waits(waits) => match waits.try_recv() {
                Ok(answer) => answer,
                Err(Empty) => return None,
                // The thread died; it has said why.
                Err(Disconnected) => (None, Duration::ZERO),
            },
            Step::Looks(looks) => match looks.try_recv() {
                Ok(Ok(arrived)) => (Some(arrived), Duration::ZERO),
                Ok(Err(why)) => {
                    self.step = Step::Still;
                    if let Some(naming) = &mut self.naming {
                        naming.typed.refuse(why);
                    }
                    return None;
                }
                Err(Empty) => return None,
                Err(Disconnected) => (None, Duration::ZERO),
            },
        };
        self.step = Step::Still;
        self.moving = false;
        let stays = |naming: &Naming| naming.typed.stays_without_dialog(took);
        if answer.is_some() || !self.naming.as_ref().is_some_and(stays) {
            self.naming = None;
        }
        if let (Some(Arrived::There(..)), Some(shows)) = (&answer, &self.shows) {
            self.recent = shows.recent();
        }
        answer
    }
}

/// Does this on a thread of its own; its answer, unless the system has no thread.
fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<Receiver<T>> {
    let (done, waits) = bounded(1);
    let begun = std::thread::Builder::new()
        .name("desk shows".to_owned())
        .spawn(move || {
            // A window that has closed is told nothing.
            let _ = done.send(work());
        });
    match begun {
        Ok(_) => Some(waits),
        Err(error) => {
            tracing::error!("no thread for a dialog: {error}");
            None
        }
    }
}

/// The file that was typed: `~` is the home folder, a name alone lies in `folder`, and a show that is
/// to be written has its ending.
fn path_of(text: &str, folder: &Path, asked: Asked) -> PathBuf {
    let typed = match text.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            let home = home().unwrap_or_else(|| PathBuf::from("~"));
            home.join(rest.trim_start_matches('/'))
        }
        _ => PathBuf::from(text),
    };
    let path = folder.join(typed);
    match path.extension() {
        None if matches!(asked, Asked::New | Asked::SaveAs) => path.with_extension("ron"),
        _ => path,
    }
}

/// What is wrong with a file that was typed. One that is there is replaced only where it was named
/// `again` after that was said, as the system's dialogs ask too.
fn trouble(path: &Path, asked: Asked, again: bool) -> Option<String> {
    let folder_is_there = path.parent().is_some_and(Path::is_dir);
    let key = match asked {
        Asked::Open if path.is_dir() => "menu-path-is-folder",
        Asked::Open if !folder_is_there => "menu-path-no-folder",
        Asked::Open if !path.is_file() => "menu-path-missing",
        Asked::Open => return None,
        // What is in the folder already stays: the packing sees to that.
        Asked::SaveWithMedia if path.exists() && !path.is_dir() => "menu-path-is-file",
        Asked::SaveWithMedia if path.is_dir() && !is_closed(path) => return None,
        Asked::SaveWithMedia if path.is_dir() => "menu-path-closed-itself",
        Asked::SaveWithMedia if folder_is_there && !path.parent().is_some_and(is_closed) => {
            return None;
        }
        _ if path.is_dir() => "menu-path-is-folder",
        _ if !folder_is_there => "menu-path-no-folder",
        _ if path.parent().is_some_and(is_closed) => "menu-path-closed",
        _ if path.exists() && !again => "menu-path-taken",
        _ => return None,
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let folder = folder.display().to_string().into();
    Some(lang::with(
        key,
        &[("name", name_of(path)), ("folder", folder)],
    ))
}

/// Whether nothing can be written into a folder: seen by writing, for rights alone do not tell it.
fn is_closed(folder: &Path) -> bool {
    tempfile::tempfile_in(folder).is_err()
}

fn home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

/// Where documents are kept, or the home folder.
fn documents() -> Option<PathBuf> {
    let dirs = directories::UserDirs::new()?;
    let documents = dirs.document_dir().filter(|folder| folder.is_dir());
    Some(documents.unwrap_or(dirs.home_dir()).to_owned())
}

/// A file's name as a text is filled in with it.
pub fn name_of(path: &Path) -> fluent_bundle::FluentValue<'static> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned().into()
}

/// Where a show is looked for first: beside the present one, unless that is the demo in regie's own
/// folder, which nobody would find again.
fn folder_of(present: Option<&Path>) -> Option<PathBuf> {
    let folder = present.and_then(Path::parent);
    let folder = folder.filter(|folder| !show::is_own_folder(folder));
    folder.map(Path::to_owned).or_else(documents)
}

/// Why a show was not saved, without its file's name.
fn why_of(error: show::SaveError) -> String {
    match error {
        show::SaveError::Io { error, .. } => error.to_string(),
        error => error.to_string(),
    }
}

fn words_of(faults: &[show::Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

/// A show with nothing in it, named after its file.
fn empty(path: &Path) -> Show {
    let name = path.file_stem().unwrap_or_default();
    Show::new(&name.to_string_lossy())
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
    fn a_typed_path_is_read_as_a_person_means_it() {
        let folder = Path::new("/shows");
        let path = |text, asked| path_of(text, folder, asked);
        assert_eq!(path("Forum", Asked::New), Path::new("/shows/Forum.ron"));
        assert_eq!(path("Forum", Asked::Open), Path::new("/shows/Forum"));
        assert_eq!(path("/x/a.ron", Asked::SaveAs), Path::new("/x/a.ron"));
        let home = home().unwrap();
        assert_eq!(path("~/a.ron", Asked::New), home.join("a.ron"));
        assert_eq!(path("x", Asked::SaveWithMedia), Path::new("/shows/x"));
        assert_eq!(path("~a", Asked::New), Path::new("/shows/~a.ron"));
    }

    #[test]
    fn what_is_wrong_with_a_typed_path_is_said_before_anything_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("there.ron");
        std::fs::write(&there, "").unwrap();
        let new = folder.path().join("new.ron");
        let says = |path: &Path, asked, again| trouble(path, asked, again).is_some();
        assert!(says(&new, Asked::Open, false) && !says(&there, Asked::Open, false));
        assert!(!says(&new, Asked::New, false));
        assert!(says(&there, Asked::SaveAs, false) && !says(&there, Asked::SaveAs, true));
        assert!(
            says(folder.path(), Asked::New, true),
            "a folder is never replaced"
        );
        assert!(says(&folder.path().join("no/new.ron"), Asked::New, true));
        // Nobody writes there, not even who may everything.
        if cfg!(target_os = "linux") {
            let closed = Path::new("/proc/new.ron");
            assert!(says(closed, Asked::New, true) && says(closed, Asked::SaveAs, true));
            assert!(says(Path::new("/proc"), Asked::SaveWithMedia, false));
        }
        let media = |path: &Path| says(path, Asked::SaveWithMedia, false);
        assert!(!media(folder.path()) && !media(&folder.path().join("stick")));
        assert!(media(&there) && media(&folder.path().join("no/stick")));
    }

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
