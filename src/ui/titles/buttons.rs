//! The buttons that put a title and a cue on air.

use egui::{Rect, Ui};

use super::asked::{is_changed, rundown, switch};
use crate::door::{CueState, RundownAction, TitleStatus};
use crate::ui::{
    keys::{Function, KeyMap},
    lang,
    paint::{self, Button},
    theme,
    view::{View, name},
};

/// The button by which a title goes on air, is changed there, and goes.
pub fn on_air(ui: &Ui, rect: Rect, view: &View, map: &KeyMap, title: &TitleStatus) {
    let called = name(&title.label, &title.id);
    let (face, key, on) = match title.aired {
        None => ("titles-on", "titles-on-say", true),
        Some(_) if is_changed(title) => ("titles-update", "titles-update-say", true),
        Some(_) => ("titles-off", "titles-off-say", false),
    };
    let (face, said) = (
        lang::text(face),
        lang::with(key, &[("title", called.into())]),
    );
    let chord = map.name(Function::TitleOnAir);
    let mut button = Button::new(&face).say(&said).key(&chord).size(13.0);
    if title.waits {
        button = button.fill(theme::AMBER, theme::ON_TEXT);
    } else if title.aired.is_some() {
        button = button.fill(theme::RED, theme::RED_TEXT);
    }
    if paint::pressed(
        ui,
        &button.show(ui, rect, ("title on air", &title.id, rect.left() as i32)),
    ) {
        view.send(switch(title, on));
    }
}

/// The button that takes a title off while another would change it.
pub fn off(ui: &Ui, rect: Rect, view: &View, title: &TitleStatus) {
    let called = name(&title.label, &title.id);
    let said = lang::with("titles-off-say", &[("title", called.into())]);
    let face = lang::text("titles-off");
    let button = Button::new(&face).say(&said).size(13.0);
    if paint::pressed(ui, &button.show(ui, rect, ("title off", &title.id))) {
        view.send(switch(title, false));
    }
}

/// GO.
pub fn go(ui: &Ui, rect: Rect, view: &View, map: &KeyMap) {
    let has_next = view
        .snapshot
        .rundown
        .iter()
        .any(|cue| cue.state == CueState::Next);
    let (said, chord) = (lang::text("titles-go-say"), map.name(Function::Go));
    let button = Button::new("GO").say(&said).key(&chord).enabled(has_next);
    if paint::pressed(ui, &button.show(ui, rect, ("go", rect.left() as i32))) {
        view.send(rundown(RundownAction::Go));
    }
}
