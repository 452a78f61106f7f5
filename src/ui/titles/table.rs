//! The rows of a title's table, found by name while that is typed.

use egui::{RichText, Ui, vec2};

use crate::door::{Command, Event, TableState, TitleStatus};
use crate::ui::{build::parts, lang, said::said, theme, theme::Icon, view::View};

/// How often rows are asked for again while they are seen, in seconds: their file may have changed.
const AGAIN_S: f64 = 2.0;
/// So many rows are shown.
const MANY: usize = 100;

/// See the module's words.
#[derive(Default)]
pub struct Found {
    /// What is looked for.
    find: String,
    /// What was asked for last, and when.
    asked: Option<(String, String, f64)>,
    /// What was found last: of which table, by what, how many, and the first of them.
    table: String,
    found: usize,
    rows: Vec<(usize, Vec<String>)>,
}

impl Found {
    /// Takes in what was found.
    pub fn take(&mut self, event: &Event) {
        if let Event::Rows {
            table,
            find,
            found,
            rows,
            ..
        } = event
            && self
                .asked
                .as_ref()
                .is_some_and(|(of, by, _)| (of, by) == (table, find))
        {
            self.table.clone_from(table);
            self.found = *found;
            self.rows.clone_from(rows);
        }
    }

    /// Draws the rows of a title's table.
    pub fn show(&mut self, ui: &mut Ui, view: &View, title: &TitleStatus) {
        let table = view
            .snapshot
            .tables
            .iter()
            .find(|table| table.id == title.table);
        ui.horizontal(|ui| {
            ui.label(theme::icon(Icon::Search).to_string());
            let name = lang::text("titles-find");
            let response = parts::field(ui, &name, &mut self.find, &name);
            let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            if entered && let Some((row, _)) = self.rows.first() {
                choose(view, title, *row, None);
            }
        });
        if let Some(table) = table
            && matches!(table.state, TableState::Stale | TableState::Broken)
        {
            parts::note(ui, &said(&table.message), theme::AMBER);
        }
        self.ask(view, &title.table);
        if self.table != title.table {
            return;
        }
        parts::scrolled("rows").show(ui, |ui| {
            for (row, cells) in &self.rows {
                let is_next = title.row == Some(*row);
                let text = cells.iter().filter(|cell| !cell.is_empty());
                let text = text.map(String::as_str).collect::<Vec<_>>().join(" · ");
                let text = RichText::new(format!("{row}  {text}"));
                let button = egui::Button::new(text).selected(is_next).truncate();
                let size = vec2(ui.available_width(), 26.0);
                let response = ui.add_sized(size, button);
                if response.double_clicked() {
                    choose(view, title, *row, Some(true));
                } else if response.clicked() {
                    choose(view, title, *row, None);
                }
            }
            if self.found > self.rows.len() {
                let more = self.found - self.rows.len();
                parts::note(
                    ui,
                    &lang::with("titles-more-rows", &[("n", more.into())]),
                    theme::DIM,
                );
            }
        });
    }

    fn ask(&mut self, view: &View, table: &str) {
        let is_known = self.asked.as_ref().is_some_and(|(of, find, when)| {
            of == table && *find == self.find && view.now - when < AGAIN_S
        });
        if !is_known {
            self.asked = Some((table.to_owned(), self.find.clone(), view.now));
            view.send(Command::Rows {
                table: table.to_owned(),
                find: self.find.clone(),
                from: 0,
                many: MANY,
            });
        }
    }
}

fn choose(view: &View, title: &TitleStatus, row: usize, on: Option<bool>) {
    view.send(Command::Title {
        title: title.id.clone(),
        on,
        cut: false,
        fields: Default::default(),
        row: Some(row),
        step: None,
    });
}
