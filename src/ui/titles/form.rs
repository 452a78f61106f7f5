//! One title as it is taken next: its picture, and what is filled into its fields. What is typed is seen at
//! once, and goes on air with the next press alone, all of it in one frame.

use std::collections::BTreeMap;

use egui::{Rect, Sense, TextEdit, Ui, vec2};

use super::asked::is_changed;
use super::buttons;
use super::edit::Settings;
use crate::door::{Command, FieldKind, FieldStatus, MonitorId, Tally, TitleState, TitleStatus};
use crate::show::{MediaFile, fills_in};
use crate::ui::{
    build::parts, keys::KeyMap, lang, layout, pool::Pool, stage::Pictures, theme, view::View,
};

/// The picture takes no more of the panel's width.
const PICTURE: f32 = 0.56;
/// Width of OFF, in points.
const OFF: f32 = 60.0;

/// See the module's words.
#[derive(Default)]
pub struct Form {
    /// What stands in the fields of this title while it is typed.
    typed: BTreeMap<(String, String), String>,
}

/// What it is drawn with.
pub struct With<'a> {
    /// The newest pictures.
    pub pictures: &'a Pictures<'a>,
    /// Which keys do what.
    pub map: &'a KeyMap,
    /// How the title is set, instead of what is filled in.
    pub settings: &'a mut Settings,
    /// Pictures to fill in.
    pub pool: &'a mut Pool,
}

impl Form {
    /// Draws it; where the title's picture is.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        with: With,
        view: &View,
        title: &TitleStatus,
    ) -> Option<Rect> {
        let With {
            pictures,
            map,
            settings,
            pool,
        } = with;
        let room = ui.available_rect_before_wrap();
        let width =
            (room.width() * PICTURE).min((room.height() - layout::TARGET - 8.0) * pictures.aspect);
        let size = vec2(width, width / pictures.aspect);
        let picture = Rect::from_min_size(room.min, size);
        pictures.draw(
            ui,
            picture,
            &MonitorId::Title(title.id.clone()),
            // What is on air is another: this is what comes next.
            match is_changed(title) {
                true => Tally::Preview,
                false => title.tally,
            },
            false,
        );
        let button = Rect::from_min_size(
            picture.left_bottom() + vec2(0.0, 6.0),
            vec2(width.min(180.0), layout::TARGET),
        );
        buttons::on_air(ui, button, view, map, title);
        let mut right = button.right_top();
        if is_changed(title) {
            let size = vec2(OFF, layout::TARGET);
            let off = Rect::from_min_size(right + vec2(6.0, 0.0), size);
            buttons::off(ui, off, view, title);
            right = off.right_top();
        }
        let beside = Rect::from_min_max(
            right + vec2(6.0, 0.0),
            picture.right_bottom() + vec2(0.0, 6.0 + layout::TARGET),
        );
        let builder = egui::UiBuilder::new().max_rect(beside).id_salt("settings");
        ui.scope_builder(builder, |ui| {
            let face = lang::text("titles-settings");
            if parts::switch(ui, &face, &face, settings.open).clicked() {
                settings.open = !settings.open;
            }
        });
        let fields = room.with_min_x(picture.right() + layout::GAP);
        let builder = egui::UiBuilder::new().max_rect(fields).id_salt("fields");
        ui.scope_builder(builder, |ui| {
            if title.state == TitleState::Broken || !title.message.is_empty() {
                parts::note(ui, &title.message, theme::AMBER);
            }
            if settings.open {
                parts::scrolled("set").show(ui, |ui| settings.show(ui, view, &title.id));
                return;
            }
            parts::scrolled("fields").show(ui, |ui| {
                for field in title.fields.iter() {
                    self.field(ui, (view, &mut *pool), title, field);
                }
            });
        });
        ui.allocate_rect(room, Sense::hover());
        Some(picture)
    }

    fn field(
        &mut self,
        ui: &mut Ui,
        (view, pool): (&View, &mut Pool),
        title: &TitleStatus,
        field: &FieldStatus,
    ) {
        let held = title.next.get(&field.name).unwrap_or(&field.usual);
        let key = (title.id.clone(), field.name.clone());
        let mut text = self.typed.get(&key).unwrap_or(held).clone();
        let hint = match field.kind {
            FieldKind::Text => field.usual.clone(),
            FieldKind::Picture => lang::text("titles-picture-hint"),
            FieldKind::Clock => lang::text("titles-clock-hint"),
        };
        ui.label(
            egui::RichText::new(&field.name)
                .color(theme::DIM)
                .size(12.0),
        );
        let width = ui.available_width() - 4.0;
        let is_long = field.usual.contains('\n') || held.contains('\n');
        let edit = match is_long {
            true => TextEdit::multiline(&mut text).desired_rows(4),
            false => TextEdit::singleline(&mut text),
        };
        let hint = egui::RichText::new(hint.replace('\n', " ")).color(theme::DIM);
        let edit = edit.hint_text(hint).desired_width(width);
        let response = ui.add(edit).accessible_name(field.name.as_str());
        if response.changed() {
            view.send(filled(title, field, &text));
        }
        if field.kind == FieldKind::Picture
            && let Some(path) = chosen(ui, (view, pool), field, held)
        {
            view.send(filled(title, field, &path));
        }
        // What the engine says holds, but while somebody types.
        if response.has_focus() {
            self.typed.insert(key, text);
        } else {
            self.typed.remove(&key);
        }
    }
}

/// Fills a text into a field.
fn filled(title: &TitleStatus, field: &FieldStatus, text: &str) -> Command {
    Command::Title {
        title: title.id.clone(),
        on: None,
        cut: false,
        fields: [(field.name.clone(), text.to_owned())].into(),
        row: None,
        step: None,
    }
}

/// A picture of the pool that is chosen for a field.
fn chosen(
    ui: &mut Ui,
    (view, pool): (&View, &mut Pool),
    field: &FieldStatus,
    held: &str,
) -> Option<String> {
    let is_picture = |file: &&MediaFile| fills_in(&file.path) && !file.missing;
    let pictures = pool.files(view, "").filter(is_picture);
    let pictures = pictures.map(|file| (file.path.clone(), file.path.clone()));
    let none = (String::new(), lang::text("titles-no-picture"));
    let all: Vec<(String, String)> = std::iter::once(none).chain(pictures).collect();
    let say = lang::with("media-choose", &[("name", field.name.as_str().into())]);
    parts::choice(ui, &say, &held.trim().to_owned(), &all)
}
