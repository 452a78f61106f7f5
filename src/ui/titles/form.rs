//! One title as it is taken next: its picture, and what is filled into its fields. What is typed is seen at
//! once, and goes on air with the next press alone, all of it in one frame.

use std::collections::BTreeMap;

use egui::{Rect, Sense, TextEdit, Ui, vec2};

use super::buttons;
use crate::door::{Command, FieldKind, FieldStatus, MonitorId, TitleState, TitleStatus};
use crate::ui::{build::parts, keys::KeyMap, lang, layout, stage::Pictures, theme, view::View};

/// The picture takes no more of the panel's width.
const PICTURE: f32 = 0.56;

/// See the module's words.
#[derive(Default)]
pub struct Form {
    /// What stands in the fields of this title while it is typed.
    typed: BTreeMap<(String, String), String>,
}

impl Form {
    /// Draws it; where the title's picture is.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        (pictures, map): (&Pictures, &KeyMap),
        view: &View,
        title: &TitleStatus,
    ) -> Option<Rect> {
        let room = ui.available_rect_before_wrap();
        let width =
            (room.width() * PICTURE).min((room.height() - layout::TARGET - 8.0) * pictures.aspect);
        let size = vec2(width, width / pictures.aspect);
        let picture = Rect::from_min_size(room.min, size);
        pictures.draw(
            ui,
            picture,
            &MonitorId::Title(title.id.clone()),
            title.tally,
            false,
        );
        let button = Rect::from_min_size(
            picture.left_bottom() + vec2(0.0, 6.0),
            vec2(width.min(180.0), layout::TARGET),
        );
        buttons::on_air(ui, button, view, map, title);
        let fields = room.with_min_x(picture.right() + layout::GAP);
        let builder = egui::UiBuilder::new().max_rect(fields).id_salt("fields");
        ui.scope_builder(builder, |ui| {
            if title.state == TitleState::Broken || !title.message.is_empty() {
                parts::note(ui, &title.message, theme::AMBER);
            }
            parts::scrolled("fields").show(ui, |ui| {
                for field in title.fields.iter() {
                    self.field(ui, view, title, field);
                }
            });
        });
        ui.allocate_rect(room, Sense::hover());
        Some(picture)
    }

    fn field(&mut self, ui: &mut Ui, view: &View, title: &TitleStatus, field: &FieldStatus) {
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
            view.send(Command::Title {
                title: title.id.clone(),
                on: None,
                cut: false,
                fields: [(field.name.clone(), text.clone())].into(),
                row: None,
                step: None,
            });
        }
        // What the engine says holds, but while somebody types.
        if response.has_focus() {
            self.typed.insert(key, text);
        } else {
            self.typed.remove(&key);
        }
    }
}
