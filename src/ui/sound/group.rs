//! What a group is called, who belongs to it, and its removal.

use egui::Ui;

use super::asked::Asked;
use crate::ui::{
    build::{parts, typed::Typed},
    guard::{Guard, Guarded},
    lang,
    theme::Icon,
    view::{View, name},
};

/// Draws it.
pub fn show(
    ui: &mut Ui,
    id: &str,
    view: &View,
    (typed, guard): (&mut Typed, &mut Guard),
    asked: &mut Vec<Asked>,
) {
    let Some(group) = view.snapshot.sound.groups.iter().find(|g| g.id == id) else {
        return;
    };
    let called = name(&group.label, id);
    let label = lang::text("build-label");
    parts::row(ui, &label, |ui| {
        if let Some(text) = typed.text(ui, (id, "label"), &label, &group.label) {
            asked.push(Asked::NameGroup(id.to_owned(), text));
        }
        // What it does is done at once: where it turns something down or off, it wants a second press.
        let what = Guarded::Group(id.to_owned());
        let is_at_work = group.mute || group.fader_db != 0.0;
        let armed = guard.is_armed(&what, view.now);
        let key = if armed {
            "sound-remove-again"
        } else {
            "sound-remove-group"
        };
        let say = lang::with(key, &[("name", called.into())]);
        let pressed = if armed {
            parts::armed(ui, Icon::Trash2, &say)
        } else {
            parts::small(ui, Icon::Trash2, &say, true)
        };
        if pressed.clicked() && (!is_at_work || guard.press(&what, view.now)) {
            asked.push(Asked::RemoveGroup(id.to_owned()));
        }
    });
    parts::head(ui, &lang::text("sound-members"));
    ui.horizontal_wrapped(|ui| {
        for source in &view.snapshot.sources {
            let on = source.groups.iter().any(|known| known == id);
            let face = name(&source.label, &source.id);
            let say = lang::with(
                "sound-member",
                &[("name", face.into()), ("group", called.into())],
            );
            if parts::switch(ui, face, &say, on).clicked() {
                asked.push(Asked::Join(source.id.clone(), id.to_owned(), !on));
            }
        }
    });
    let face = lang::text("sound-new-group");
    ui.add_space(6.0);
    if parts::icon_button(ui, Icon::Plus, &face).clicked() {
        asked.push(Asked::NewGroup(None));
    }
}
