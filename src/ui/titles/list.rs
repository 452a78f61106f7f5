//! The show's titles: what each is, how it does, and the button that puts it on air.

use std::path::Path;

use egui::{ComboBox, RichText, Ui, vec2};

use super::asked::{edited, is_changed, switch};
use crate::door::{Command, Event, Tally, TitleState, TitleStatus};
use crate::show::{Edit, Item, ItemKind, Title};
use crate::ui::{
    build::{ids::new_id, parts},
    lang,
    said::said,
    theme,
    theme::Icon,
    view::{View, name},
};

/// Width of ON, in points.
const ON: f32 = 62.0;
/// And of OFF where both are there.
const OFF: f32 = 40.0;

/// See the module's words.
#[derive(Default)]
pub struct List {
    /// The templates that there are; none until somebody asked.
    templates: Vec<String>,
    asked: bool,
    leaving: Option<String>,
}

impl List {
    /// Takes in what was asked for.
    pub fn take(&mut self, event: &Event) {
        if let Event::Templates { templates } = event {
            self.templates.clone_from(templates);
        }
    }

    /// Draws it; the id of a title where one was chosen.
    pub fn show(&mut self, ui: &mut Ui, view: &View, chosen: Option<&str>) -> Option<String> {
        let mut next = None;
        ui.horizontal(|ui| {
            next = self.add(ui, view);
            self.remove(ui, view, chosen);
        });
        parts::scrolled("titles").show(ui, |ui| {
            for title in &view.snapshot.titles {
                if row(ui, view, title, chosen == Some(title.id.as_str())) {
                    next = Some(title.id.clone());
                }
            }
        });
        next
    }

    /// A title of one of the templates that there are.
    fn add(&mut self, ui: &mut Ui, view: &View) -> Option<String> {
        let face = lang::text("titles-add");
        let list = ComboBox::from_id_salt("add title")
            .selected_text(&face)
            .width(150.0);
        let mut template = None;
        let response = list.show_ui(ui, |ui| {
            for name in &self.templates {
                if ui.selectable_label(false, stem(name)).clicked() {
                    template = Some(name.clone());
                }
            }
        });
        let opened = response.inner.is_some();
        response.response.accessible_name(face.as_str());
        if opened && !self.asked {
            view.send(Command::Templates {});
        }
        self.asked = opened;
        let template = template?;
        let is_taken = |id: &str| view.snapshot.titles.iter().any(|title| title.id == id);
        let id = new_id(&stem(&template), "title", is_taken);
        let title = Title {
            label: stem(&template),
            ..Title::of(&id, &template)
        };
        let edit = Edit::Add {
            item: Item::Title(title),
            at: None,
        };
        view.send(edited(view, &face, edit));
        Some(id)
    }

    /// Takes the chosen title out of the show, by two presses.
    fn remove(&mut self, ui: &mut Ui, view: &View, chosen: Option<&str>) {
        let said = lang::text("titles-remove");
        let Some(id) = chosen else { return };
        if self.leaving.as_deref() != Some(id) {
            if parts::small(ui, Icon::Trash2, &said, true).clicked() {
                self.leaving = Some(id.to_owned());
            }
            return;
        }
        let button = parts::armed(ui, Icon::Trash2, &lang::text("titles-remove-again"));
        if button.clicked() {
            self.leaving = None;
            let edit = Edit::Remove {
                kind: ItemKind::Title,
                id: id.to_owned(),
            };
            view.send(edited(view, &said, edit));
        } else if button.clicked_elsewhere() {
            self.leaving = None;
        }
    }
}

/// What a template is called: its file without the ending, in words.
fn stem(template: &str) -> String {
    let file = Path::new(template).file_stem().unwrap_or_default();
    let words = file.to_string_lossy().replace(['-', '_'], " ");
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

/// One title; whether it was chosen.
fn row(ui: &mut Ui, view: &View, title: &TitleStatus, is_chosen: bool) -> bool {
    let called = name(&title.label, &title.id);
    let mut chosen = false;
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            on_air(ui, view, title, called);
            let is_broken = title.state == TitleState::Broken;
            let colour = if is_broken { theme::AMBER } else { theme::TEXT };
            let state = lang::text(match title.state {
                TitleState::Reading => "titles-reading",
                TitleState::Ready => "titles-ready",
                TitleState::Broken => "titles-broken",
            });
            let text = match is_broken {
                true => format!("{} {called}", theme::icon(Icon::TriangleAlert)),
                false => called.to_owned(),
            };
            let button = egui::Button::new(RichText::new(text).color(colour)).truncate();
            let button = button.selected(is_chosen);
            let size = vec2(ui.available_width(), parts::HEIGHT);
            let values = [("title", called.into()), ("state", state.into())];
            let response = ui.add_sized(size, button);
            let response = response.accessible_name(lang::with("titles-title-say", &values));
            if is_chosen {
                let ring = egui::Stroke::new(2.0, theme::BLUE);
                let inside = egui::StrokeKind::Inside;
                ui.painter()
                    .rect_stroke(response.rect, theme::ROUND, ring, inside);
            }
            chosen = response.clicked();
            if !title.message.is_empty() {
                response.on_hover_text(said(&title.message));
            }
        });
    });
    chosen
}

fn on_air(ui: &mut Ui, view: &View, title: &TitleStatus, called: &str) {
    if is_changed(title) {
        let button = egui::Button::new(lang::text("titles-off"));
        let response = ui.add_sized(vec2(OFF, parts::HEIGHT), button);
        let said = lang::with("titles-off-say", &[("title", called.into())]);
        if response.accessible_name(said).clicked() {
            view.send(switch(title, false));
        }
    }
    let (face, key, on) = match title.aired {
        None => ("titles-on", "titles-on-say", true),
        Some(_) if is_changed(title) => ("titles-update", "titles-update-say", true),
        Some(_) => ("titles-off", "titles-off-say", false),
    };
    let (fill, text) = match (title.waits, title.tally) {
        (true, _) => (theme::AMBER, theme::ON_TEXT),
        (false, Tally::Program) => (theme::RED, theme::RED_TEXT),
        (false, Tally::Preview) => (theme::GREEN, theme::ON_TEXT),
        (false, Tally::Off) => (theme::RAISED, theme::TEXT),
    };
    let button = egui::Button::new(RichText::new(lang::text(face)).color(text)).fill(fill);
    let response = ui.add_sized(vec2(ON, parts::HEIGHT), button);
    let said = lang::with(key, &[("title", called.into())]);
    if response.accessible_name(said).clicked() {
        view.send(switch(title, on));
    }
}
