//! Asks for the folder of recordings by the system's own dialog, which may stay open as long as it
//! likes, and in a field of the window's own beside it: the window goes on meanwhile.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use egui::{Context, Rect};

use super::super::typed::{self, Answer, Typed};

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
    /// What was chosen, and how long that took.
    answer: Option<Receiver<(Option<PathBuf>, Duration)>>,
    typed: Option<Typed>,
    /// Relative names are read from here.
    begin: PathBuf,
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
            typed: None,
            begin: PathBuf::new(),
        }
    }

    /// Opens the dialog; one that is open already stays.
    pub fn ask(&mut self, title: String, begin: PathBuf, ctx: &Context) {
        if self.answer.is_some() || self.typed.is_some() {
            return;
        }
        let given = begin.to_string_lossy().into_owned();
        self.typed = Some(Typed::new(title.clone(), given).of_folder());
        self.begin.clone_from(&begin);
        let (chosen, answer) = bounded(1);
        let (dialog, ctx) = (self.dialog.clone(), ctx.clone());
        let spawned = std::thread::Builder::new()
            .name("folder dialog".to_owned())
            .spawn(move || {
                let _ = chosen.send(typed::timed(|| dialog.pick(&title, &begin)));
                ctx.request_repaint();
            });
        match spawned {
            Ok(_) => self.answer = Some(answer),
            Err(error) => tracing::error!("no thread for a dialog: {error}"),
        }
    }

    /// Whether a folder is asked for in the window.
    pub fn asks(&self) -> bool {
        self.typed.is_some()
    }

    /// Nothing is to be chosen any more; a dialog that is still open is not heard.
    pub fn give_up(&mut self) {
        (self.answer, self.typed) = (None, None);
    }

    /// Draws the field while a folder is asked for, in this room; the folder that was chosen, once.
    pub fn show(&mut self, ctx: &Context, room: Rect) -> Option<PathBuf> {
        if let Some(answer) = self.answer.as_ref().map(Receiver::try_recv)
            && answer != Err(TryRecvError::Empty)
        {
            self.answer = None;
            // Where the thread died, no dialog came.
            let (chosen, open_for) = answer.unwrap_or_default();
            let stays = |typed: &Typed| typed.stays_without_dialog(open_for);
            if chosen.is_some() || !self.typed.as_ref().is_some_and(stays) {
                self.typed = None;
                return chosen;
            }
        }
        let answer = self.typed.as_mut()?.show(ctx, room)?;
        self.give_up();
        match answer {
            Answer::Path(text) => Some(self.begin.join(text)),
            Answer::GaveUp => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::install_theme;
    use egui_kittest::{Harness, kittest::Queryable};
    use std::time::{Duration, Instant};

    struct Chooses(Option<PathBuf>);

    impl FolderDialog for Chooses {
        fn pick(&self, _: &str, begin: &Path) -> Option<PathBuf> {
            self.0.as_ref().map(|name| begin.join(name))
        }
    }

    /// A window that asks for a folder, with a dialog that answers this; and what it was given.
    fn asked(answer: Option<PathBuf>) -> Harness<'static, (FolderChoice, Vec<PathBuf>)> {
        let choice = FolderChoice::by(Arc::new(Chooses(answer)));
        let mut window = Harness::builder()
            .with_step_dt(1e-3)
            .with_context_setup(install_theme)
            .build_ui_state(
                |ui, (choice, taken): &mut (FolderChoice, Vec<PathBuf>)| {
                    taken.extend(choice.show(ui.ctx(), ui.ctx().content_rect()));
                },
                (choice, Vec::new()),
            );
        let ctx = window.ctx.clone();
        let choice = &mut window.state_mut().0;
        choice.ask("Where?".to_owned(), "/shows".into(), &ctx);
        window
    }

    #[test]
    fn what_is_chosen_is_told_once_and_a_dialog_that_never_came_leaves_the_field() {
        for name in [Some("masters"), None] {
            let mut window = asked(name.map(PathBuf::from));
            let until = Instant::now() + Duration::from_secs(30);
            while window.state().0.answer.is_some() {
                window.step();
                assert!(Instant::now() < until, "no answer");
            }
            window.step();
            let expected = name.map(|name| Path::new("/shows").join(name));
            assert_eq!(window.state().1, Vec::from_iter(expected));
            assert_eq!(window.state().0.typed.is_some(), name.is_none());
        }
    }

    #[test]
    fn a_folder_is_typed_where_there_is_no_dialog() {
        for clear in [false, true] {
            let mut window = asked(None);
            window.run_steps(2);
            if clear {
                window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
                window.run_steps(2);
            }
            let name = crate::ui::lang::text("menu-path-folder");
            let field = window.get_by_label(&name);
            field.type_text(if clear { "masters" } else { "/masters" });
            window.run_steps(2);
            window.key_press(egui::Key::Enter);
            window.run_steps(2);
            assert_eq!(window.state().1, [PathBuf::from("/shows/masters")]);
            assert!(window.state().0.typed.is_none());
        }
    }
}
