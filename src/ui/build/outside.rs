//! What these panels need of the world outside the window: files that a person chooses, and a safe
//! place for passwords. Both may take long, so both run beside the window; behind a trait each, so
//! that a test needs neither a screen nor a keyring.

use std::path::PathBuf;

use crossbeam_channel::{Receiver, bounded};

use crate::show::{CLIPS, PICTURES, SOUNDS, Secret, secrets};

/// Files that a person chooses.
pub trait Files: Send + Sync {
    /// Asks for media files, and waits for the answer; none where the person thinks better of it.
    fn media(&self, title: &str) -> Vec<PathBuf>;

    /// Asks for one file, and waits for the answer; none where the person thinks better of it.
    fn file(&self, title: &str, what: Pick) -> Option<PathBuf>;
}

/// What a file is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// A clip.
    Media,
    /// A clip with transparency.
    Stinger,
    /// A picture.
    Picture,
    /// What a title may be made of.
    Title,
    /// Rows of data.
    Table,
}

/// A safe place for passwords.
pub trait Vault: Send + Sync {
    /// Keeps a password under a name.
    ///
    /// # Errors
    /// Why it cannot be kept, in plain words.
    fn keep(&self, name: &str, secret: &Secret) -> Result<(), String>;
}

/// The system's own window for files.
pub struct SystemFiles;

impl SystemFiles {
    fn dialog(title: &str, what: Pick) -> rfd::FileDialog {
        let alpha: &[&str] = &["webm", "mov", "mkv", "avi"];
        let endings = match what {
            Pick::Media => [CLIPS, SOUNDS, PICTURES].concat(),
            Pick::Stinger => alpha.to_vec(),
            Pick::Picture => PICTURES.to_vec(),
            Pick::Title => [&["svg"], PICTURES, alpha].concat(),
            Pick::Table => vec!["csv", "tsv", "txt", "json"],
        };
        rfd::FileDialog::new()
            .set_title(title)
            .add_filter(title, &endings)
            .add_filter("*", &["*"])
    }
}

impl Files for SystemFiles {
    fn media(&self, title: &str) -> Vec<PathBuf> {
        Self::dialog(title, Pick::Media)
            .pick_files()
            .unwrap_or_default()
    }

    fn file(&self, title: &str, what: Pick) -> Option<PathBuf> {
        Self::dialog(title, what).pick_file()
    }
}

/// The system's keyring, or the secrets file where there is none.
pub struct SystemVault;

impl Vault for SystemVault {
    fn keep(&self, name: &str, secret: &Secret) -> Result<(), String> {
        secrets::store(name, secret)
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

/// Something that runs beside the window, and its answer when it has come.
pub struct Errand<T> {
    answer: Option<Receiver<T>>,
}

impl<T> Default for Errand<T> {
    fn default() -> Self {
        Self { answer: None }
    }
}

impl<T: Send + 'static> Errand<T> {
    /// Runs this on a thread of its own, and paints the window when it has ended. What runs already
    /// is left to itself.
    pub fn start(&mut self, ctx: &egui::Context, work: impl FnOnce() -> T + Send + 'static) {
        let (done, answer) = bounded(1);
        let ctx = ctx.clone();
        let spawned = std::thread::Builder::new()
            .name("desk errand".to_owned())
            .spawn(move || {
                let _ = done.send(work());
                ctx.request_repaint();
            });
        match spawned {
            Ok(_) => self.answer = Some(answer),
            Err(error) => tracing::error!("no thread beside the window: {error}"),
        }
    }

    /// Whether it runs.
    pub fn runs(&self) -> bool {
        self.answer.is_some()
    }

    /// The answer, once.
    pub fn poll(&mut self) -> Option<T> {
        let answer = self.answer.as_ref()?.try_recv();
        match answer {
            Err(crossbeam_channel::TryRecvError::Empty) => None,
            Ok(answer) => {
                self.answer = None;
                Some(answer)
            }
            Err(crossbeam_channel::TryRecvError::Disconnected) => {
                self.answer = None;
                None
            }
        }
    }
}
