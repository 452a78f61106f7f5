//! The holding slate on the desk: the button that puts it over the program or takes it away, and what
//! stands over PGM while it is there. Both ways take a second, deliberate press.

use std::{fmt::Debug, hash::Hash};

use egui::{Align, Rect, Ui, Vec2, vec2};

use super::{
    guard::{Guard, Guarded},
    keys::{Function, KeyMap},
    lang,
    paint::{self, Button},
    theme,
    view::View,
};
use crate::door::Command;

/// Size of what stands over PGM, in points.
const TAG: Vec2 = vec2(84.0, 24.0);

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

/// Says in a corner of PGM that the slate is over it: on every PGM of the desk, whatever stands in the
/// line beneath. `which` tells the one
/// from the other.
pub fn over_program(ui: &Ui, picture: Rect, which: impl Hash + Debug) {
    let face = Rect::from_min_size(picture.min + vec2(6.0, 6.0), TAG).intersect(picture);
    ui.painter().rect_filled(face, 2, theme::RED);
    let text = lang::text("clips-slate");
    let bold = theme::bold(13.0);
    paint::line(ui, face, Align::Center, &text, bold, theme::RED_TEXT);
    let said = lang::text("clips-slate-is-on");
    paint::say(
        ui,
        face,
        ("slate over program", which, ui.layer_id()),
        &said,
    );
}
