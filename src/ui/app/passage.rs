//! The desk on its way from one show to another, and out: what is saved before, what is asked, and what
//! is begun anew where it has arrived.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use egui::{Ui, ViewportCommand};

use super::super::{
    closing::{self, Answer, Question},
    health::Health,
    lang,
    lateness::Lateness,
    notice::Notice,
    onair,
    outcome::Outcome,
    problems,
    said::said,
    second,
    show_settings::ShowSettings,
    shows::{self, AnyDoor, Arrived, Named},
    view::View,
    waker::Waker,
};
use super::{Awaited, Desk, Then};
use crate::door::{Absence, Command, Event};

impl Desk {
    /// Goes on where an answer was waited for.
    pub(super) fn hear_answer(&mut self, ctx: &egui::Context, event: &Event, now: f64) {
        let Some((asked, awaited)) = self.awaited.clone() else {
            return;
        };
        let Some(answer) = shows::answer_to(event, asked) else {
            return;
        };
        self.awaited = None;
        match (awaited, answer) {
            (_, Err(why)) => {
                let text = lang::with("menu-not-saved", &[("why", said(&why).into())]);
                self.notice.fail(text, now);
            }
            (Awaited::Saved(None), Ok(())) => {}
            (Awaited::Saved(Some(Then::Close)), Ok(())) => self.finish(ctx, Outcome::EndShow),
            (Awaited::Saved(Some(Then::Open(path))), Ok(())) => self.way.check(path),
            (Awaited::SavedAs(path), Ok(())) => {
                let on_air = self.snapshot.as_deref().is_some_and(onair::must_ask);
                if on_air || !self.way.is_free() {
                    let named = [("name", shows::name_of(&path))];
                    let text = lang::with("menu-saved-beside", &named);
                    self.notice.tell(text, now);
                } else {
                    self.way.check(path);
                }
            }
        }
    }

    /// Takes the next step on the way to another show.
    pub(super) fn go_on(&mut self, ctx: &egui::Context, now: f64) {
        let is_gone = |(_, absence): &(f64, Absence)| !absence.kept;
        if self.way.is_leaving() && self.absence.as_ref().is_some_and(is_gone) {
            self.way.has_left();
        }
        match self.way.look() {
            None => {}
            Some(Arrived::Named(Named::Open(path))) => self.ask_to_leave_for(path, now),
            Some(Arrived::Named(Named::New(path))) => self.way.create(path),
            Some(Arrived::Named(Named::SaveAs(path))) => {
                let asked = self.door.send(Command::SaveAs { path: path.clone() });
                self.awaited = Some((asked, Awaited::SavedAs(path)));
            }
            Some(Arrived::Named(Named::SaveWithMedia(path))) => {
                self.door.send(Command::SaveWithMedia { path });
            }
            Some(Arrived::Checked(path)) => self.leave_for(path, now),
            Some(Arrived::There(path, door)) => self.sit_down_at(ctx, door, &path, now),
            Some(Arrived::Told(text)) => self.notice.tell(text, now),
            Some(Arrived::NotMade(path, why)) => {
                let folder = path.parent().unwrap_or(&path).display().to_string();
                let values = [
                    ("name", shows::name_of(&path)),
                    ("folder", folder.into()),
                    ("why", said(&why).into()),
                ];
                self.notice.fail(lang::with("menu-not-made", &values), now);
            }
            Some(Arrived::Failed(why)) => {
                let text = lang::with("menu-cannot-open", &[("why", said(&why).into())]);
                self.notice.fail(text, now);
            }
        }
    }

    /// Opens a show in this one's place, once it is known what becomes of this one's changes.
    pub(super) fn ask_to_leave_for(&mut self, path: PathBuf, now: f64) {
        let edit = self.snapshot.as_deref().map(|snapshot| &snapshot.edit);
        if edit.is_some_and(|edit| edit.file.as_ref() == Some(&path)) {
            let named = [("name", shows::name_of(&path))];
            self.notice
                .tell(lang::with("menu-already-open", &named), now);
            return;
        }
        let on_air = self.snapshot.as_deref().is_some_and(onair::must_ask);
        if !on_air && edit.is_some_and(|edit| edit.unsaved) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let question = Question {
                on_air,
                unsaved: true,
                to: Some(name.into_owned()),
            };
            self.asking = Some((question, Then::Open(path)));
        } else {
            self.way.check(path);
        }
    }

    /// Ends this show for another that can be opened; one that is on air keeps its window.
    fn leave_for(&mut self, path: PathBuf, now: f64) {
        if self.snapshot.as_deref().is_some_and(onair::must_ask) {
            self.way.open_beside(path);
            return;
        }
        let named = [("name", shows::name_of(&path))];
        self.notice.tell(lang::with("menu-going", &named), now);
        self.way.leave_for(path);
        self.door.send(Command::Quit {});
    }

    /// Goes over to another show's door.
    fn sit_down_at(&mut self, ctx: &egui::Context, door: AnyDoor, path: &Path, now: f64) {
        tracing::info!(show = %path.display(), "another show");
        if self.waker.take().is_some() {
            let waker = Waker::start(Arc::clone(&door), ctx.clone(), self.graphics.most_fps());
            match waker {
                Ok(waker) => self.waker = Some(waker),
                Err(error) => tracing::error!("the window wakes slowly: {error}"),
            }
        }
        self.door = door;
        self.snapshot = None;
        self.absence = None;
        self.was_attached = true;
        self.markers = 0;
        self.awaited = None;
        self.health = Health::default();
        self.notice = Notice::default();
        self.parts.switch.second = second::Second::new(Arc::clone(&self.door), self.graphics);
        self.parts.switch.strip = Default::default();
        self.parts.build = Default::default();
        self.parts.outputs = Default::default();
        self.show_settings = ShowSettings::default();
        self.parts.meters = Default::default();
        self.parts.faders = Default::default();
        self.parts.talk = Default::default();
        self.parts.sound = Default::default();
        self.parts.transport = Default::default();
        self.parts.guard.disarm();
        self.lateness = Lateness::default();
        self.problems = problems::Watch::default();
        self.wishes.forget();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        self.log.add(
            &(self.clock)(),
            lang::with("desk-show", &[("name", name.into())]),
        );
        tracing::debug!(now, "the desk has moved");
    }

    /// Ends the window with this outcome.
    pub(super) fn finish(&self, ctx: &egui::Context, outcome: Outcome) {
        let mut slot = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert(outcome);
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    fn is_finished(&self) -> bool {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    pub(super) fn decide_closing(&mut self, ui: &Ui, view: Option<&View>, now: f64) {
        let asked_to_close = ui.input(|i| i.viewport().close_requested());
        if asked_to_close && !self.is_finished() {
            match view {
                Some(view) => {
                    let question = Question {
                        on_air: onair::must_ask(view.snapshot),
                        unsaved: view.snapshot.edit.unsaved,
                        to: None,
                    };
                    if question.on_air || question.unsaved {
                        ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
                        self.asking = Some((question, Then::Close));
                    } else {
                        self.finish(ui.ctx(), Outcome::EndShow);
                    }
                }
                // Nothing is known of the show: it must not end by mistake.
                None => self.finish(ui.ctx(), Outcome::LeaveRunning),
            }
        }
        let (Some(view), Some((question, then))) = (view, self.asking.clone()) else {
            return;
        };
        let Some(answer) = closing::ask(ui, &question, view, &mut self.parts.guard) else {
            return;
        };
        self.asking = None;
        self.parts.guard.disarm();
        match (answer, then) {
            (Answer::Leave, _) => self.finish(ui.ctx(), Outcome::LeaveRunning),
            (Answer::Save, then) => self.save(Some(then)),
            (Answer::End, Then::Close) => self.finish(ui.ctx(), Outcome::EndShow),
            (Answer::End, Then::Open(path)) => self.way.check(path),
            (Answer::Stay, _) => tracing::debug!(now, "the window stays"),
        }
    }

    pub(super) fn save(&mut self, then: Option<Then>) {
        let asked = self.door.send(Command::Save { over: false });
        self.awaited = Some((asked, Awaited::Saved(then)));
    }
}
