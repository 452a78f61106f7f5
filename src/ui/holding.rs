//! The holding slate on the desk: the button that puts it over the program or takes it away. Both ways
//! take a second, deliberate press.

use egui::{Rect, Ui};

use super::{
    guard::{Guard, Guarded},
    keys::{Function, KeyMap},
    lang,
    paint::Button,
    theme,
    view::View,
};
use crate::door::Command;

/// Draws the button: red while the slate is over the program.
pub fn button(ui: &Ui, rect: Rect, view: &View, keys: &KeyMap, guard: &mut Guard) {
    let on = view.snapshot.hold;
    let armed = guard.is_armed(&Guarded::Hold, view.now);
    let say = lang::text(match (armed, on) {
        (false, false) => "clips-slate-say",
        (false, true) => "clips-slate-say-on",
        (true, false) => "clips-slate-again",
        (true, true) => "clips-slate-again-off",
    });
    let face = lang::text(if armed {
        "clips-slate-armed"
    } else {
        "clips-slate"
    });
    let key = keys.name(Function::Hold);
    let mut button = Button::new(&face).say(&say).key(&key).size(12.0);
    if armed {
        button = button.fill(theme::AMBER, theme::ON_TEXT);
    } else if on {
        button = button.fill(theme::RED, theme::RED_TEXT);
    }
    let response = button.show(ui, rect, "holding slate");
    if response.clicked() {
        press(view, guard);
    }
    response.on_hover_text(say);
}

/// One press, of the button or of a key; whether it was the second, and did it.
pub fn press(view: &View, guard: &mut Guard) -> bool {
    let decided = guard.press(&Guarded::Hold, view.now);
    if decided {
        view.send(Command::Hold {
            on: !view.snapshot.hold,
        });
    }
    decided
}
