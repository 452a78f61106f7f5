//! Asks for the folder of recordings by the system's own dialog, which may stay open as long as it
//! likes: the window goes on meanwhile.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, TryRecvError, bounded};

/// A dialog that asks for a folder.
pub trait FolderDialog: Send + Sync {
    /// Asks; waits until it is closed. None where nothing was chosen.
    fn pick(&self, title: &str, begin: &Path) -> Option<PathBuf>;
}

/// The system's own.
#[derive(Debug)]
struct SystemDialog;

impl FolderDialog for SystemDialog {
    fn pick(&self, title: &str, begin: &Path) -> Option<PathBuf> {
        rfd::FileDialog::new()
            .set_title(title)
            .set_directory(begin)
            .pick_folder()
    }
}

/// The dialog, and the answer that is awaited.
pub struct FolderChoice {
    dialog: Arc<dyn FolderDialog>,
    answer: Option<Receiver<Option<PathBuf>>>,
}

impl Default for FolderChoice {
    fn default() -> Self {
        Self::by(Arc::new(SystemDialog))
    }
}

impl FolderChoice {
    /// By another dialog than the system's.
    pub fn by(dialog: Arc<dyn FolderDialog>) -> Self {
        Self {
            dialog,
            answer: None,
        }
    }

    /// Opens the dialog; one that is open already stays.
    pub fn ask(&mut self, title: String, begin: PathBuf, ctx: &egui::Context) {
        if self.answer.is_some() {
            return;
        }
        let (chosen, answer) = bounded(1);
        let (dialog, ctx) = (self.dialog.clone(), ctx.clone());
        let spawned = std::thread::Builder::new()
            .name("folder dialog".to_owned())
            .spawn(move || {
                let _ = chosen.send(dialog.pick(&title, &begin));
                ctx.request_repaint();
            });
        match spawned {
            Ok(_) => self.answer = Some(answer),
            Err(error) => tracing::error!("no thread for a dialog: {error}"),
        }
    }

    /// The folder that was chosen, once.
    pub fn take(&mut self) -> Option<PathBuf> {
        let answer = self.answer.as_ref()?.try_recv();
        if answer != Err(TryRecvError::Empty) {
            self.answer = None;
        }
        answer.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    struct Chooses(Option<PathBuf>);

    impl FolderDialog for Chooses {
        fn pick(&self, _: &str, begin: &Path) -> Option<PathBuf> {
            self.0.as_ref().map(|name| begin.join(name))
        }
    }

    #[test]
    fn what_is_chosen_is_told_once_and_a_closed_dialog_says_nothing() {
        let ctx = egui::Context::default();
        for name in [Some("masters"), None] {
            let mut choice = FolderChoice::by(Arc::new(Chooses(name.map(PathBuf::from))));
            assert_eq!(choice.take(), None);
            choice.ask("Where?".to_owned(), "/shows".into(), &ctx);
            let until = Instant::now() + Duration::from_secs(30);
            let mut taken = None;
            while choice.answer.is_some() {
                taken = taken.or(choice.take());
                assert!(Instant::now() < until, "no answer");
            }
            assert_eq!(taken, name.map(|name| Path::new("/shows").join(name)));
            assert_eq!(choice.take(), None);
        }
    }
}
