//! How a title is set: what it is called, its template, the key that carries it, the table whose rows fill it
//! in, and where a picture lies.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Ui;

use crate::show::{Edit, Item, KEYS, MediaKind, Show, Table, TableFrom, Title};
use crate::ui::{
    build::{
        draft::{self, Draft},
        ids,
        outside::{Errand, Files, Pick, SystemFiles},
        parts::{self, Figures},
        typed::Typed,
    },
    lang, theme,
    theme::Icon,
    view::{View, name},
};

const PERCENT: Figures = Figures {
    decimals: 1,
    speed: 0.2,
    unit: " %",
};

/// See the module's words.
pub struct Settings {
    /// They are unfolded.
    pub open: bool,
    draft: Draft,
    typed: Typed,
    /// A file or an address that is being typed for a new table.
    rows: String,
    picking: Errand<Option<PathBuf>>,
    /// What the file that is being chosen is for: a table's rows, or else the template; of this title.
    picking_for: Option<(String, bool)>,
    /// Where files are chosen.
    pub files: Arc<dyn Files>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            open: false,
            draft: Draft::default(),
            typed: Typed::default(),
            rows: String::new(),
            picking: Errand::default(),
            picking_for: None,
            files: Arc::new(SystemFiles),
        }
    }
}

impl Settings {
    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &crate::door::Event) {
        self.draft.take(event);
    }

    /// Told once a frame.
    pub fn follow(&mut self, view: &View, attached: bool) {
        if !attached {
            self.draft.detach();
        } else if self.open || self.draft.has_more() {
            self.draft.follow(view.door, view.snapshot);
        }
    }

    /// Draws them for the title of this id.
    pub fn show(&mut self, ui: &mut Ui, view: &View, id: &str) {
        let Some(show) = self.draft.show().cloned() else {
            return;
        };
        let Some(title) = show.titles.iter().find(|title| title.id == id) else {
            return;
        };
        if let Some(refusal) = self.draft.refusal() {
            parts::note(ui, refusal, theme::AMBER);
        }
        let mut next = title.clone();
        self.naming(ui, &mut next);
        carried(ui, &mut next);
        let table = self.table(ui, &show, &mut next);
        if is_placed(title) {
            self.placed(ui, view, title);
        }
        self.picked(id, &mut next);
        let step = lang::with(
            "titles-step-set",
            &[("name", name(&title.label, &title.id).into())],
        );
        let mut edits: Vec<Edit> = table
            .map(|table| draft::add(Item::Table(table)))
            .into_iter()
            .collect();
        if next != *title {
            edits.push(draft::set(id, Item::Title(next)));
        }
        if !edits.is_empty() {
            self.draft.make(&step, edits);
        }
    }

    fn naming(&mut self, ui: &mut Ui, title: &mut Title) {
        let id = title.id.clone();
        let label = lang::text("build-label");
        parts::row(ui, &label, |ui| {
            if let Some(text) = self.typed.text(ui, (&id, "label"), &label, &title.label) {
                title.label = text;
            }
        });
        let label = lang::text("titles-template");
        parts::row(ui, &label, |ui| {
            let choose = lang::text("titles-choose-template");
            if parts::small(ui, Icon::FolderOpen, &choose, !self.picking.runs()).clicked() {
                self.pick(ui, (id.clone(), false), choose, Pick::Title);
            }
            if let Some(text) = self
                .typed
                .text(ui, (&id, "template"), &label, &title.template)
            {
                title.template = text;
            }
        });
    }

    fn pick(&mut self, ui: &Ui, what: (String, bool), face: String, pick: Pick) {
        self.picking_for = Some(what);
        let files = self.files.clone();
        self.picking
            .start(ui.ctx(), move || files.file(&face, pick));
    }

    /// Takes the file that was chosen meanwhile.
    fn picked(&mut self, id: &str, title: &mut Title) {
        let Some(answer) = self.picking.poll() else {
            return;
        };
        let (Some(path), Some((whose, is_rows))) = (answer, self.picking_for.take()) else {
            return;
        };
        let path = path.to_string_lossy().into_owned();
        if is_rows {
            self.rows = path;
        } else if whose == id {
            title.template = path;
        }
    }

    /// The table, chosen or new; the new one.
    fn table(&mut self, ui: &mut Ui, show: &Show, title: &mut Title) -> Option<Table> {
        let label = lang::text("titles-table");
        let none = (String::new(), lang::text("titles-no-table"));
        let tables = show.tables.iter().map(|table| {
            let called = name(&table.label, &table.id).to_owned();
            (table.id.clone(), called)
        });
        let all: Vec<(String, String)> = std::iter::once(none).chain(tables).collect();
        parts::row(ui, &label, |ui| {
            if let Some(table) = parts::choice(ui, &label, &title.table, &all) {
                title.table = table;
            }
        });
        let mut new = None;
        let label = lang::text("titles-new-table");
        parts::note(ui, &label, theme::DIM);
        ui.horizontal(|ui| {
            let choose = lang::text("titles-choose-table");
            if parts::small(ui, Icon::FolderOpen, &choose, !self.picking.runs()).clicked() {
                self.pick(ui, (title.id.clone(), true), choose, Pick::Table);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let is_there = !self.rows.trim().is_empty();
                let add = lang::text("titles-add-table");
                let pressed = parts::small(ui, Icon::Plus, &add, is_there).clicked();
                let hint = lang::text("titles-table-hint");
                let field = parts::field(ui, &label, &mut self.rows, &hint);
                let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
                if (pressed || entered) && is_there {
                    new = Some(new_table(show, self.rows.trim()));
                    self.rows.clear();
                }
            });
        });
        if let Some(table) = &new {
            title.table.clone_from(&table.id);
        }
        if !title.table.is_empty() {
            let face = lang::text("titles-follow");
            if parts::switch(ui, &face, &face, title.follow).clicked() {
                title.follow = !title.follow;
            }
        }
        new
    }

    /// Where a picture lies.
    fn placed(&mut self, ui: &mut Ui, view: &View, title: &Title) {
        let (left, top, width, height) = title.rect;
        let step = lang::with(
            "titles-step-set",
            &[("name", name(&title.label, &title.id).into())],
        );
        let sides = [
            ("titles-left", left, -100.0..=100.0),
            ("titles-top", top, -100.0..=100.0),
            ("titles-width", width, 1.0..=200.0),
            ("titles-height", height, 1.0..=200.0),
        ];
        for (n, (key, part, range)) in sides.into_iter().enumerate() {
            let label = lang::text(key);
            parts::row(ui, &label, |ui| {
                let mut percent = part * 100.0;
                let number = parts::number(ui, &label, &mut percent, range, PERCENT);
                parts::apply(&mut self.draft, &number, view.now, (key, &step), |_| {
                    let mut sides = [left, top, width, height];
                    sides[n] = percent / 100.0;
                    let [left, top, width, height] = sides;
                    let next = Title {
                        rect: (left, top, width, height),
                        ..title.clone()
                    };
                    vec![draft::set(&title.id, Item::Title(next))]
                });
            });
        }
    }
}

/// Which key carries it, and whether a clip begins again.
fn carried(ui: &mut Ui, title: &mut Title) {
    let label = lang::text("titles-on-key");
    parts::row(ui, &label, |ui| {
        for key in 1..=KEYS {
            let say = lang::pair(&label, &key.to_string());
            if parts::switch(ui, &key.to_string(), &say, title.key == key).clicked() {
                title.key = key;
            }
        }
    });
    let moves = title.file().and_then(MediaKind::of);
    if matches!(moves, Some(MediaKind::Clip | MediaKind::Numbered)) {
        let face = lang::text("titles-loop");
        if parts::switch(ui, &face, &face, title.looped).clicked() {
            title.looped = !title.looped;
        }
    }
}

/// Whether a title is a picture that lies somewhere.
fn is_placed(title: &Title) -> bool {
    title.file().is_some()
}

/// A table of the rows of a file or an address.
fn new_table(show: &Show, rows: &str) -> Table {
    let is_web = ["http://", "https://"]
        .iter()
        .any(|begin| rows.starts_with(begin));
    let stem = rows.split(['?', '#']).next().unwrap_or_default();
    let stem = Path::new(stem).file_stem().unwrap_or_default();
    let label = ids::new_label(&stem.to_string_lossy(), |label| {
        show.tables.iter().any(|table| table.label == label)
    });
    let is_taken = |id: &str| show.tables.iter().any(|table| table.id == id);
    Table {
        id: ids::new_id(&label, "table", is_taken),
        label,
        from: match is_web {
            true => TableFrom::Url {
                url: rows.to_owned(),
                every_s: 10,
            },
            false => TableFrom::File(rows.to_owned()),
        },
        delimiter: None,
    }
}
