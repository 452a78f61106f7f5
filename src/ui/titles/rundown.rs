//! The rundown: what is on air of it, what is next, and what is done.

use egui::{RichText, Ui, vec2};

use super::asked::{edited, rundown};
use super::{buttons, called};
use crate::door::{Command, CueState, CueStatus, RundownAction, TitleStatus};
use crate::show::{Cue, Edit, Item, ItemKind};
use crate::ui::{
    build::{ids::new_id, parts},
    keys::{Function, KeyMap},
    lang, layout, theme,
    theme::Icon,
    view::View,
};

/// See the module's words.
#[derive(Default)]
pub struct Rundown {
    /// The cue that is to be taken out by a second press.
    leaving: Option<String>,
}

impl Rundown {
    /// Draws it; `chosen` can be added to it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &View,
        (map, chosen): (&KeyMap, Option<&TitleStatus>),
    ) {
        let cues = &view.snapshot.rundown;
        ui.horizontal(|ui| {
            let (place, _) =
                ui.allocate_exact_size(vec2(76.0, layout::TARGET), egui::Sense::hover());
            buttons::go(ui, place, view, map);
            let steps = [
                (
                    Icon::ChevronUp,
                    "titles-cue-before",
                    RundownAction::Previous,
                    Function::CueBefore,
                ),
                (
                    Icon::ChevronDown,
                    "titles-cue-after",
                    RundownAction::Next,
                    Function::CueAfter,
                ),
                (
                    Icon::RotateCcw,
                    "titles-rundown-again",
                    RundownAction::Reset,
                    Function::Go,
                ),
            ];
            for (icon, key, action, function) in steps {
                let mut said = lang::text(key);
                if function != Function::Go {
                    said = format!("{said} ({})", map.name(function));
                }
                if parts::small(ui, icon, &said, !cues.is_empty()).clicked() {
                    view.send(rundown(action));
                }
            }
            let off = lang::text("titles-rundown-off");
            let is_on = cues.iter().any(|cue| cue.state == CueState::OnAir);
            if parts::small(ui, Icon::Square, &off, is_on).clicked() {
                view.send(rundown(RundownAction::Off));
            }
            let add = lang::text("titles-add-cue");
            if parts::small(ui, Icon::Plus, &add, chosen.is_some()).clicked()
                && let Some(title) = chosen
            {
                view.send(added(view, title, &add));
            }
        });
        if cues.is_empty() {
            parts::note(ui, &lang::text("titles-teach-rundown"), theme::DIM);
        }
        parts::scrolled("rundown").show(ui, |ui| {
            for (n, cue) in cues.iter().enumerate() {
                self.cue(ui, view, n, cue);
            }
        });
    }

    fn cue(&mut self, ui: &mut Ui, view: &View, n: usize, cue: &CueStatus) {
        let (fill, text, state) = match cue.state {
            CueState::OnAir => (theme::RED, theme::RED_TEXT, "titles-cue-on-air"),
            CueState::Next => (theme::GREEN, theme::ON_TEXT, "titles-cue-next"),
            CueState::Done => (theme::PANEL, theme::DIM, "titles-cue-done"),
            CueState::Waits => (theme::RAISED, theme::TEXT, "titles-cue-waits"),
        };
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                self.remove(ui, view, cue);
                let called = called::cue(view, cue);
                let face = RichText::new(format!("{}  {called}", n + 1)).color(text);
                let width = ui.available_width();
                let button = egui::Button::new(face).fill(fill).truncate();
                let response = ui.add_sized(vec2(width, parts::HEIGHT), button);
                let values = [
                    ("n", (n + 1).into()),
                    ("what", called.into()),
                    ("state", lang::text(state).into()),
                ];
                let response = response.accessible_name(lang::with("titles-cue-say", &values));
                if response.clicked() {
                    view.send(Command::Rundown {
                        action: RundownAction::Select,
                        cue: Some(cue.id.clone()),
                    });
                }
            });
        });
    }

    /// Takes a cue out, by two presses.
    fn remove(&mut self, ui: &mut Ui, view: &View, cue: &CueStatus) {
        let said = lang::text("titles-remove-cue");
        if self.leaving.as_ref() != Some(&cue.id) {
            if parts::small(ui, Icon::X, &said, true).clicked() {
                self.leaving = Some(cue.id.clone());
            }
            return;
        }
        let button = parts::armed(ui, Icon::X, &lang::text("titles-remove-again"));
        if button.clicked() {
            self.leaving = None;
            let edit = Edit::Remove {
                kind: ItemKind::Cue,
                id: cue.id.clone(),
            };
            view.send(edited(view, &said, edit));
        } else if button.clicked_elsewhere() {
            self.leaving = None;
        }
    }
}

/// A title as it is filled in now, at the end of the rundown.
fn added(view: &View, title: &TitleStatus, label: &str) -> Command {
    let is_taken = |id: &str| view.snapshot.rundown.iter().any(|cue| cue.id == id);
    let id = new_id(&called::summary(title), "cue", is_taken);
    let cue = Cue {
        id,
        label: String::new(),
        title: title.id.clone(),
        fields: (*title.next).clone(),
        row: None,
    };
    let edit = Edit::Add {
        item: Item::Cue(cue),
        at: None,
    };
    edited(view, label, edit)
}
