//! The titles' panel: the downstream keys with what they carry, the show's titles, one of them as it is
//! filled in and seen, the rows of its table, and the rundown.

mod asked;
mod buttons;
mod called;
mod edit;
mod form;
mod keys;
mod list;
mod row;
mod rundown;
mod setting;
mod table;
#[cfg(test)]
mod tests;

use egui::{Rect, Ui, UiBuilder};

use asked::{is_changed, rundown, step, switch};

use super::{
    keys::{Function, KeyMap},
    lang, layout,
    pool::Pool,
    stage::Pictures,
    view::View,
};
use crate::door::{Event, KeyStatus, MonitorId, RundownAction, Snapshot, TitleStatus};

/// What the panel remembers.
#[derive(Default)]
pub struct Titles {
    /// The id of the title that is looked at.
    chosen: Option<String>,
    form: form::Form,
    table: table::Found,
    list: list::List,
    rundown: rundown::Rundown,
    settings: edit::Settings,
    pool: Pool,
}

impl Titles {
    /// Takes in what it asked for.
    pub fn take(&mut self, event: &Event) {
        self.table.take(event);
        self.list.take(event);
        self.settings.take(event);
        self.pool.take(event);
    }

    /// Told once a frame, before the panel is drawn.
    pub fn follow(&mut self, view: &View, attached: bool) {
        if !attached {
            self.pool.detach();
        }
        self.settings.follow(view, attached);
    }

    /// The title that is looked at: the one that was chosen, else the first.
    fn chosen<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a TitleStatus> {
        let chosen = self.chosen.as_ref();
        let titles = &snapshot.titles;
        let chosen = chosen.and_then(|id| titles.iter().find(|title| title.id == *id));
        chosen.or(titles.first())
    }

    /// Does what keys asked for.
    pub fn hear(&mut self, asked: &[Function], view: &View) {
        for function in asked {
            let command = match function {
                Function::TitleOnAir => {
                    let title = self.chosen(view.snapshot);
                    title.map(|title| switch(title, title.aired.is_none() || is_changed(title)))
                }
                Function::RowBefore => self.chosen(view.snapshot).and_then(|title| step(title, -1)),
                Function::RowAfter => self.chosen(view.snapshot).and_then(|title| step(title, 1)),
                Function::Go => Some(rundown(RundownAction::Go)),
                Function::CueBefore => Some(rundown(RundownAction::Previous)),
                Function::CueAfter => Some(rundown(RundownAction::Next)),
                _ => None,
            };
            if let Some(command) = command {
                view.send(command);
            }
        }
    }

    /// Draws the panel; which picture it wants of the engine, and where that is.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        (view, pictures): (&View, &Pictures),
        map: &KeyMap,
    ) -> Option<(MonitorId, Rect)> {
        let gap = layout::GAP;
        let (above, below) = rect.split_top_bottom_at_y(rect.top() + keys::HEIGHT);
        keys::show(ui, above, view, map);
        let below = below.with_min_y(below.top() + gap);
        let [left, middle, right] = columns(below);
        let mut column = |place: Rect, name: &str, show: &mut dyn FnMut(&mut Ui)| {
            let builder = UiBuilder::new().max_rect(place).id_salt(("titles", name));
            ui.scope_builder(builder, |ui| {
                ui.shrink_clip_rect(place.expand(2.0));
                show(ui);
            });
        };
        column(left, "list", &mut |ui| {
            let chosen = self.chosen(view.snapshot).map(|title| title.id.clone());
            if let Some(next) = self.list.show(ui, view, chosen.as_deref()) {
                self.chosen = Some(next);
            }
        });
        let chosen = self.chosen(view.snapshot);
        let mut seen = None;
        column(middle, "form", &mut |ui| match chosen {
            Some(title) => {
                let with = form::With {
                    pictures,
                    map,
                    settings: &mut self.settings,
                    pool: &mut self.pool,
                };
                seen = self.form.show(ui, with, view, title);
            }
            None => {
                ui.label(lang::text("titles-teach"));
            }
        });
        column(right, "rundown", &mut |ui| {
            let has_rows = chosen.is_some_and(|title| !title.table.is_empty());
            if let Some(title) = chosen.filter(|_| has_rows) {
                let half = ui.available_height() / 2.0;
                ui.scope(|ui| {
                    ui.set_max_height(half - gap);
                    self.table.show(ui, view, title);
                });
                ui.add_space(gap);
            }
            self.rundown.show(ui, view, (map, chosen));
        });
        let title = chosen?;
        Some((MonitorId::Title(title.id.clone()), seen?))
    }

    /// Draws the row for who cuts: the keys, the title that is looked at, and what is next.
    pub fn show_row(&mut self, ui: &mut Ui, rect: Rect, view: &View, map: &KeyMap) {
        let title = self.chosen(view.snapshot);
        if let Some(next) = row::show(ui, rect, view, map, title) {
            self.chosen = Some(next);
        }
    }
}

/// Whether a show has anything for the row of keys.
pub fn has_any(snapshot: &Snapshot) -> bool {
    let carries = |key: &KeyStatus| key.title.is_some() || key.source.is_some();
    !snapshot.titles.is_empty() || snapshot.keys.iter().any(carries)
}

/// Three columns side by side: the middle one as wide as both others.
fn columns(rect: Rect) -> [Rect; 3] {
    let gap = layout::GAP;
    let x = |part: f32| rect.left() + (rect.width() + gap) * part;
    let column = |from: f32, to: f32| Rect::from_x_y_ranges(x(from)..=x(to) - gap, rect.y_range());
    [column(0.0, 0.25), column(0.25, 0.72), column(0.72, 1.0)]
}
