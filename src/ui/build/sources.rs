//! The list of sources, and what is done with it: add, name, reorder, copy, remove.

use std::sync::Arc;

use egui::Ui;

use super::super::said::said;
use super::add::{self, Adding, Outside};
use super::draft::{self, Draft};
use super::ids;
use super::list::{self, Entry, List};
use super::parts;
use super::tools::{self, Chosen, Tool};
use super::words;
use crate::door::{SourceState, Tally};
use crate::show::{Edit, Item, ItemKind, Show};
use crate::ui::{
    guard::Guard,
    lang, theme,
    view::{View, name},
};

/// What the panel remembers.
#[derive(Default)]
pub struct Sources {
    /// The list.
    pub list: List,
    /// What is being added.
    pub adding: Adding,
    guard: Guard,
}

impl Sources {
    /// Draws the panel; the id of a source that is to be looked at, where one was chosen.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        chosen: Option<&str>,
        outside: &Outside,
    ) -> Option<String> {
        let show = Arc::clone(draft.show()?);
        self.adding.answered(draft);
        let mut asked = Vec::new();
        let is_empty = show.sources.is_empty();
        if self.adding.open {
            self.list.is_away();
        }
        if is_empty {
            ui.add_space(6.0);
            ui.label(
                egui::RichText::new(lang::text("build-teach-sources"))
                    .font(theme::bold(15.0))
                    .color(theme::TEXT),
            );
        } else {
            self.tools(ui, view, draft, &show, chosen);
        }
        let mut next = None;
        parts::scrolled("sources").show(ui, |ui| {
            if is_empty || self.adding.open {
                if let Some(refusal) = draft.refusal() {
                    parts::note(ui, refusal, theme::AMBER);
                }
                for source in self.adding.show(ui, view, &show, outside) {
                    let id = source.id.clone();
                    let label = lang::with(
                        "build-step-add",
                        &[("name", name(&source.label, &source.id).into())],
                    );
                    draft.make(&label, vec![draft::add(Item::Source(source))]);
                    if draft.refusal().is_none() {
                        next = Some(id);
                    }
                }
                ui.add_space(8.0);
            }
            // What is added has the room; the list comes back after it.
            let entries: Vec<Entry> = show.sources.iter().map(|s| entry(view, s)).collect();
            if !entries.is_empty() && !self.adding.open {
                asked = self.list.show(ui, ItemKind::Source, &entries, chosen);
            }
        });
        list::carry_out(asked, draft, ItemKind::Source, rename).or(next)
    }

    fn tools(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        show: &Show,
        chosen: Option<&str>,
    ) {
        let at = chosen.and_then(|id| show.source_index(id));
        let count = show.sources.len();
        let on_air = at.is_some_and(|i| {
            let status = view.source(&show.sources[i].id);
            status.is_some_and(|status| status.tally == Tally::Program)
        });
        let used = match on_air {
            true => Tally::Program,
            false => Tally::Off,
        };
        let tool = tools::show(
            ui,
            (
                ItemKind::Source,
                &lang::text("build-add-source"),
                self.adding.open,
            ),
            at.map(|i| Chosen {
                id: &show.sources[i].id,
                at: i,
                of: count,
                goes: true,
            }),
            used,
            (&mut self.guard, view.now),
        );
        let Some(tool) = tool else { return };
        if tool == Tool::Add {
            self.adding.open = !self.adding.open;
            return;
        }
        let Some(source) = at.map(|i| &show.sources[i]) else {
            return;
        };
        let called = name(&source.label, &source.id);
        let step = |key: &str| lang::with(key, &[("name", called.into())]);
        match tool {
            Tool::Add => {}
            Tool::Rename => self.list.rename(&source.id),
            Tool::Copy => {
                let mut copy = source.clone();
                copy.label = ids::new_label(called, |l| show.sources.iter().any(|s| s.label == l));
                copy.id = add::id_for(show, &copy.label);
                let edit = Edit::Add {
                    item: Item::Source(copy),
                    at: at.map(|i| i + 1),
                };
                draft.make(&step("build-step-copy"), vec![edit]);
            }
            Tool::Up | Tool::Down => {
                let to = at.map_or(0, |i| {
                    if tool == Tool::Up {
                        i.saturating_sub(1)
                    } else {
                        i + 1
                    }
                });
                list::shift(draft, ItemKind::Source, &source.id, to);
            }
            Tool::Remove => {
                let edit = Edit::Remove {
                    kind: ItemKind::Source,
                    id: source.id.clone(),
                };
                let label = step("build-step-remove");
                if on_air {
                    draft.make_on_air(&label, vec![edit]);
                } else {
                    draft.make(&label, vec![edit]);
                }
            }
        }
    }
}

fn rename(draft: &mut Draft, id: &str, label: &str) {
    let Some(mut source) = draft.source(id).cloned() else {
        return;
    };
    source.label = label.to_owned();
    let step = lang::with("build-step-rename", &[("name", label.into())]);
    draft.make(&step, vec![draft::set(id, Item::Source(source))]);
}

fn entry(view: &View, source: &crate::show::Source) -> Entry {
    let status = view.source(&source.id);
    let kind = words::kind(&source.kind);
    let (state, message) = match status {
        Some(status) if !status.warning.is_empty() => (status.state, status.warning.as_str()),
        Some(status) => (status.state, status.message.as_str()),
        None => (SourceState::Connecting, ""),
    };
    let ill = status.is_some_and(|status| !status.warning.is_empty())
        || matches!(
            state,
            SourceState::Frozen | SourceState::Lost | SourceState::Restarting
        );
    let detail = if ill && !message.is_empty() {
        format!("{kind} · {}", said(message))
    } else {
        kind
    };
    Entry {
        id: source.id.clone(),
        number: None,
        name: name(&source.label, &source.id).to_owned(),
        detail,
        tally: status.map_or(Tally::Off, |status| status.tally),
        look_here: ill,
    }
}
