//! CUT, AUTO, the transition that AUTO makes, the marker, and fade to black.

use egui::{DragValue, Rect, Ui, UiBuilder};

use super::{
    lang, layout,
    paint::{Button, pressed},
    theme,
    view::View,
};
use crate::door::{Command, TransitionKind, TransitionState};

/// AUTO's longest transition, in frames.
const MOST_FRAMES: u32 = 1000;

/// The next shorter or longer length in steps of five frames.
pub fn step(frames: u32, longer: bool) -> u32 {
    let next = if longer {
        (frames / 5 + 1) * 5
    } else {
        frames.saturating_sub(1) / 5 * 5
    };
    next.clamp(1, MOST_FRAMES)
}

/// Draws the row; `mark` says whether a marker is asked for.
pub fn show(ui: &mut Ui, rect: Rect, view: &View) -> bool {
    let snapshot = view.snapshot;
    let places = layout::transition(rect);
    let cut = Button::new("CUT")
        .key(&lang::text("desk-key-space"))
        .size(19.0)
        .show(ui, places.cut, "cut");
    if pressed(ui, &cut) {
        view.send(Command::Cut {});
    }

    let (text, progress) = match snapshot.transition.state {
        TransitionState::Idle => ("AUTO".to_owned(), 0.0),
        TransitionState::Running => ("AUTO".to_owned(), snapshot.transition.position),
        TransitionState::Paused => (lang::text("desk-paused"), snapshot.transition.position),
    };
    let percent = format!("{:.0}", progress * 100.0);
    let percent = [("n", percent.into())];
    let said = match snapshot.transition.state {
        TransitionState::Idle => "AUTO".to_owned(),
        TransitionState::Running => lang::with("desk-auto-runs", &percent),
        TransitionState::Paused => lang::with("desk-auto-paused", &percent),
    };
    let done = (progress * snapshot.transition.style.frames as f32).round() as u32;
    let key = match snapshot.transition.state {
        TransitionState::Idle => lang::text("desk-key-enter"),
        _ => lang::with(
            "desk-frames-done",
            &[
                ("done", done.into()),
                ("all", snapshot.transition.style.frames.into()),
            ],
        ),
    };
    let auto = Button::new(&text)
        .say(&said)
        .key(&key)
        .size(19.0)
        .progress(progress)
        .show(ui, places.auto, "auto");
    if pressed(ui, &auto) {
        view.send(Command::Auto {});
    }

    let transition = |kind, frames| {
        view.send(Command::transition(kind, frames));
    };
    let kinds = [
        (TransitionKind::Mix, "desk-mix", "desk-auto-mixes"),
        (TransitionKind::Cut, "desk-cut", "desk-auto-cuts"),
    ];
    for ((kind, text, say), place) in kinds.into_iter().zip(places.kinds) {
        let selected = snapshot.transition.style.kind == kind;
        let button = Button::new(&lang::text(text))
            .say(&lang::text(say))
            .selected(selected)
            .show(ui, place, ("kind", text));
        if button.clicked() {
            transition(kind, snapshot.transition.style.frames);
        }
    }

    let frames = snapshot.transition.style.frames;
    let kind = snapshot.transition.style.kind;
    if Button::new("−")
        .say(&lang::text("desk-shorter"))
        .size(17.0)
        .show(ui, places.shorter, "shorter")
        .clicked()
    {
        transition(kind, step(frames, false));
    }
    if let Some(asked) = length(ui, places.length, frames) {
        transition(kind, asked);
    }
    if Button::new("+")
        .say(&lang::text("desk-longer"))
        .size(17.0)
        .show(ui, places.longer, "longer")
        .clicked()
    {
        transition(kind, step(frames, true));
    }

    let mark = Button::new(&lang::text("desk-marker"))
        .key("M")
        .show(ui, places.marker, "marker");
    fade(ui, places.black, view);
    mark.clicked()
}

/// The length in frames, to be dragged or typed.
fn length(ui: &mut Ui, rect: Rect, frames: u32) -> Option<u32> {
    let mut asked = frames;
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt("length"), |ui| {
        ui.spacing_mut().interact_size = rect.size();
        let response = ui.put(
            rect,
            DragValue::new(&mut asked)
                .range(1..=MOST_FRAMES)
                .suffix(lang::text("desk-frames-suffix"))
                .speed(0.2)
                .update_while_editing(false),
        );
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_label(lang::text("desk-length"));
        });
    });
    (asked != frames).then_some(asked)
}

/// Fade to black: flashes red while the program is black or on its way there, and is never without
/// red then, for one glance must tell a black program from a dead camera.
fn fade(ui: &Ui, rect: Rect, view: &View) {
    let snapshot = view.snapshot;
    let black = snapshot.fade_to_black || snapshot.black > 0.0;
    let lit = black && view.now.rem_euclid(1.0) < 0.6;
    let said = lang::text(if snapshot.black >= 1.0 {
        "desk-is-black"
    } else if black {
        "desk-is-fading"
    } else {
        "desk-fade-to-black"
    });
    let mut button = Button::new("FTB").say(&said).key("Ctrl+B").size(17.0);
    if black {
        let fill = if lit { theme::RED } else { theme::DARK_RED };
        button = button.fill(fill, theme::RED_TEXT);
    }
    if button.show(ui, rect, "ftb").clicked() {
        toggle_black(view);
    }
}

/// To black, or back.
pub fn toggle_black(view: &View) {
    view.send(Command::FadeToBlack {
        on: !view.snapshot.fade_to_black,
        frames: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_steps_in_fives_and_stays_in_bounds() {
        assert_eq!(step(15, true), 20);
        assert_eq!(step(15, false), 10);
        assert_eq!(step(12, true), 15);
        assert_eq!(step(12, false), 10);
        assert_eq!(step(5, false), 1);
        assert_eq!(step(1, false), 1);
        assert_eq!(step(1, true), 5);
        assert_eq!(step(1000, true), 1000);
    }
}
