//! The show's stingers: the list with what is done with it, and one looked at, with how it does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Ui;

use super::draft::{self, Draft};
use super::ids;
use super::list::{self, Entry, List};
use super::outside::{Errand, Files, Pick};
use super::parts::{self, Figures};
use super::rules;
use super::tools::{self, Chosen, Tool};
use super::typed::Typed;
use crate::door::{
    Command, StingerState, StingerStatus, Tally, TransitionKind, TransitionState, TransitionStyle,
};
use crate::show::{Edit, Item, ItemKind, Show, Stinger};
use crate::ui::{
    guard::Guard,
    kinds, lang, theme,
    theme::Icon,
    view::{View, name},
};

const FRAMES: Figures = Figures {
    decimals: 0,
    speed: 0.2,
    unit: "",
};
const DB: Figures = Figures {
    decimals: 1,
    speed: 0.2,
    unit: " dB",
};

/// What these panels remember.
#[derive(Default)]
pub struct Stingers {
    /// The list.
    pub list: List,
    guard: Guard,
    typed: Typed,
    /// A path that is being typed for a new one.
    path: String,
    /// The form for a new one is unfolded.
    adding: bool,
    picking: Errand<Option<PathBuf>>,
    /// The stinger whose file is being chosen; none for a new one.
    picking_for: Option<String>,
}

impl Stingers {
    /// Draws the list; the id of one that is to be looked at, where one was chosen.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        chosen: Option<&str>,
        files: &Arc<dyn Files>,
    ) -> Option<String> {
        let show = Arc::clone(draft.show()?);
        let mut next = self.tools(ui, view, draft, &show, chosen);
        let is_empty = show.stingers.is_empty();
        if is_empty {
            parts::note(ui, &lang::text("clips-teach-stingers"), theme::TEXT);
        }
        let mut asked = Vec::new();
        parts::scrolled("stingers").show(ui, |ui| {
            if is_empty || self.adding {
                next = self.add(ui, draft, &show, files).or(next.take());
            }
            let entries: Vec<Entry> = show.stingers.iter().map(|s| entry(view, s)).collect();
            if !entries.is_empty() {
                asked = self.list.show(ui, ItemKind::Stinger, &entries, chosen);
            }
        });
        list::carry_out(asked, draft, ItemKind::Stinger, rename).or(next)
    }

    /// A file for a new one, typed or chosen; the id of the one that was added.
    fn add(
        &mut self,
        ui: &mut Ui,
        draft: &mut Draft,
        show: &Show,
        files: &Arc<dyn Files>,
    ) -> Option<String> {
        let choose = lang::text("clips-choose-stinger");
        ui.add_enabled_ui(!self.picking.runs(), |ui| {
            if parts::icon_button(ui, Icon::FolderOpen, &choose).clicked() {
                self.pick(ui, None, choose.clone(), files);
            }
        });
        let mut path = None;
        if self.picking_for.is_none()
            && let Some(Some(chosen)) = self.picking.poll()
        {
            path = Some(chosen.to_string_lossy().into_owned());
        }
        let name = lang::text("clips-stinger-path");
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let is_there = !self.path.trim().is_empty();
                let add = lang::text("clips-add-stinger");
                let pressed = parts::small(ui, Icon::Plus, &add, is_there).clicked();
                let field = parts::field(ui, &name, &mut self.path, &name);
                let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
                if (pressed || entered) && is_there {
                    path = Some(self.path.trim().to_owned());
                }
            });
        });
        let new = new(show, path?);
        self.path.clear();
        self.adding = false;
        let values = [("name", new.label.as_str().into())];
        let step = lang::with("build-step-add", &values);
        let id = new.id.clone();
        draft.make(&step, vec![draft::add(Item::Stinger(new))]);
        Some(id)
    }

    fn pick(&mut self, ui: &Ui, of: Option<String>, title: String, files: &Arc<dyn Files>) {
        self.picking_for = of;
        let files = files.clone();
        self.picking
            .start(ui.ctx(), move || files.file(&title, Pick::Stinger));
    }

    fn tools(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        show: &Show,
        chosen: Option<&str>,
    ) -> Option<String> {
        let at = chosen.and_then(|id| show.stingers.iter().position(|s| s.id == id));
        // While it runs, it is on air.
        let transition = &view.snapshot.transition;
        let in_use = at.is_some_and(|i| {
            transition.state != TransitionState::Idle
                && transition.style.stinger == show.stingers[i].id
        });
        let add = lang::text("clips-new-stinger");
        let tool = tools::show(
            ui,
            (ItemKind::Stinger, &add, self.adding),
            at.map(|i| Chosen {
                id: &show.stingers[i].id,
                at: i,
                of: show.stingers.len(),
                goes: true,
            }),
            if in_use { Tally::Preview } else { Tally::Off },
            (&mut self.guard, view.now),
        )?;
        if tool == Tool::Add {
            self.adding = !self.adding;
            return None;
        }
        let stinger = at.map(|i| &show.stingers[i])?;
        let called = name(&stinger.label, &stinger.id);
        let step = |key: &str| lang::with(key, &[("name", called.into())]);
        let to = at.unwrap_or(0);
        match tool {
            Tool::Add => {}
            Tool::Rename => self.list.rename(&stinger.id),
            Tool::Copy => {
                let mut copy = stinger.clone();
                (copy.id, copy.label) = named(show, called);
                let id = copy.id.clone();
                let edit = Edit::Add {
                    item: Item::Stinger(copy),
                    at: Some(to + 1),
                };
                draft.make(&step("build-step-copy"), vec![edit]);
                return Some(id);
            }
            Tool::Up => list::shift(draft, ItemKind::Stinger, &stinger.id, to.saturating_sub(1)),
            Tool::Down => list::shift(draft, ItemKind::Stinger, &stinger.id, to + 1),
            Tool::Remove => {
                let edit = Edit::Remove {
                    kind: ItemKind::Stinger,
                    id: stinger.id.clone(),
                };
                draft.make(&step("build-step-remove"), vec![edit]);
            }
        }
        None
    }

    /// Draws what can be changed of the one of this id.
    pub fn inspect(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        id: &str,
        files: &Arc<dyn Files>,
    ) {
        let Some(stinger) = find(draft, id) else {
            return;
        };
        let called = name(&stinger.label, &stinger.id).to_owned();
        ui.label(egui::RichText::new(&called).font(theme::bold(16.0)));
        let status = view.snapshot.stingers.iter().find(|s| s.id == id);
        if let Some(status) = status {
            let colour = match status.state {
                StingerState::Broken => theme::AMBER,
                _ => theme::DIM,
            };
            parts::note(ui, &kinds::stinger(status), colour);
        }
        let label = lang::text("build-label");
        parts::row(ui, &label, |ui| {
            if let Some(text) = self.typed.text(ui, (id, "label"), &label, &stinger.label) {
                rename(draft, id, &text);
            }
        });
        self.file(ui, draft, &stinger, files);
        self.numbers(ui, view, draft, &stinger, status);
        let transition = &view.snapshot.transition;
        let is_chosen =
            transition.style.kind == TransitionKind::Stinger && transition.style.stinger == id;
        let face = lang::text("clips-use-stinger");
        if parts::switch(ui, &face, &face, is_chosen).clicked() && !is_chosen {
            let mut wanted = Command::transition(TransitionKind::Stinger, transition.style.frames);
            if let Command::Transition { stinger, .. } = &mut wanted {
                *stinger = Some(id.to_owned());
            }
            view.send(wanted);
        }
    }

    fn file(&mut self, ui: &mut Ui, draft: &mut Draft, stinger: &Stinger, files: &Arc<dyn Files>) {
        let id = stinger.id.as_str();
        let label = lang::text("clips-stinger-path");
        let mut chosen = None;
        if let Some(of) = self.picking_for.clone()
            && let Some(answer) = self.picking.poll()
        {
            self.picking_for = None;
            chosen = answer.map(|path| (of, path.to_string_lossy().into_owned()));
        }
        parts::row(ui, &lang::text("clips-file"), |ui| {
            let choose = lang::text("clips-choose-file");
            if parts::small(ui, Icon::FolderOpen, &choose, !self.picking.runs()).clicked() {
                self.pick(ui, Some(id.to_owned()), choose, files);
            }
            if let Some(path) = self.typed.text(ui, (id, "path"), &label, &stinger.path) {
                chosen = Some((id.to_owned(), path));
            }
        });
        if let Some((of, path)) = chosen
            && let Some(old) = find(draft, &of)
            && let Some(show) = draft.show().cloned()
        {
            let next = Stinger { path, ..old };
            if self
                .typed
                .accepts(&of, "path", rules::stinger(&show, &next))
            {
                put(draft, &of, next);
            }
        }
        self.typed.complaint(ui, id, "path");
    }

    fn numbers(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        stinger: &Stinger,
        status: Option<&StingerStatus>,
    ) {
        let step = lang::text("clips-step-stinger");
        let set = |next: Stinger| vec![draft::set(&stinger.id, Item::Stinger(next))];
        let label = lang::text("clips-cut-frame");
        parts::row(ui, &label, |ui| {
            let mut cut_frame = stinger.cut_frame;
            let frames = status.and_then(|status| status.frames);
            let last = frames.map_or(TransitionStyle::LONGEST, |n| n.saturating_sub(1));
            let range = 0..=last.max(stinger.cut_frame);
            let number = parts::number(ui, &label, &mut cut_frame, range, FRAMES);
            parts::apply(draft, &number, view.now, ("cut frame", &step), |_| {
                set(Stinger {
                    cut_frame,
                    ..stinger.clone()
                })
            });
            if let Some(frames) = frames {
                let values = [("n", frames.into())];
                parts::note(ui, &lang::with("clips-of-frames", &values), theme::DIM);
            }
        });
        let label = lang::text("clips-level");
        parts::row(ui, &label, |ui| {
            let mut level_db = stinger.level_db;
            let number = parts::number(ui, &label, &mut level_db, -100.0..=10.0, DB);
            parts::apply(draft, &number, view.now, ("level", &step), |_| {
                set(Stinger {
                    level_db,
                    ..stinger.clone()
                })
            });
        });
    }
}

fn find(draft: &Draft, id: &str) -> Option<Stinger> {
    let show = draft.show()?;
    show.stingers.iter().find(|s| s.id == id).cloned()
}

fn put(draft: &mut Draft, id: &str, next: Stinger) {
    let step = lang::text("clips-step-stinger");
    draft.make(&step, vec![draft::set(id, Item::Stinger(next))]);
}

/// A new id and a new label for one that is called so.
fn named(show: &Show, called: &str) -> (String, String) {
    let label = ids::new_label(called, |l| show.stingers.iter().any(|s| s.label == l));
    let id = ids::new_id(&label, "stinger", |id| {
        show.stingers.iter().any(|s| s.id == id)
    });
    (id, label)
}

/// A new one of this file, with its cut a quarter of a second behind its start until it is known better.
pub fn new(show: &Show, path: String) -> Stinger {
    let stem = Path::new(&path).file_stem().unwrap_or_default();
    // Of numbered pictures the number is no part of the name.
    let stem = stem.to_string_lossy();
    let stem = stem.split('%').next().unwrap_or_default();
    let stem = stem.trim_end_matches(['-', '_', '.', ' ']);
    let called = match stem {
        "" => kinds::words(TransitionKind::Stinger),
        stem => stem.to_owned(),
    };
    let (id, label) = named(show, &called);
    Stinger {
        id,
        label,
        path,
        cut_frame: (show.format.rate.fps() / 4.0) as u32,
        level_db: 0.0,
    }
}

fn rename(draft: &mut Draft, id: &str, label: &str) {
    let Some(mut stinger) = find(draft, id) else {
        return;
    };
    label.clone_into(&mut stinger.label);
    let step = lang::with("build-step-rename", &[("name", label.into())]);
    draft.make(&step, vec![draft::set(id, Item::Stinger(stinger))]);
}

fn entry(view: &View, stinger: &Stinger) -> Entry {
    let status = view.snapshot.stingers.iter().find(|s| s.id == stinger.id);
    Entry {
        id: stinger.id.clone(),
        number: None,
        name: name(&stinger.label, &stinger.id).to_owned(),
        detail: status.map(kinds::stinger).unwrap_or_default(),
        tally: Tally::Off,
        look_here: status.is_some_and(|status| status.state == StingerState::Broken),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::show;
    use super::*;

    #[test]
    fn a_new_stinger_is_called_after_its_file_and_is_new_among_its_like() {
        let mut show = show();
        let first = new(&show, "/clips/Logo fly.webm".to_owned());
        assert_eq!(
            (first.id.as_str(), first.label.as_str()),
            ("logo-fly", "Logo fly")
        );
        show.stingers.push(first);
        let second = new(&show, "Logo fly.webm".to_owned());
        assert_eq!(
            (second.id.as_str(), second.label.as_str()),
            ("logo-fly-2", "Logo fly 2")
        );
        assert_eq!(new(&show, "sting-%03d.png".to_owned()).label, "sting");
        assert_eq!(new(&show, "%03d.png".to_owned()).label, "Stinger");
    }
}
