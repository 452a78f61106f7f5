//! The rows of the outputs: a light, a name with a value, lines under it, and a button that starts or
//! stops. Going live is one press; stopping what is live takes a second, deliberate one at the same
//! place.

use egui::{Align, Color32, Rect, Ui, pos2, vec2};

use super::{
    fills,
    guard::{Guard, Guarded},
    lang,
    paint::{self, Button},
    theme,
};

/// Width of a row's button, in points.
const BUTTON: f32 = 62.0;

/// A start or stop button, of what is named, with the keys of the words on it for start and stop.
/// Stopping what is on air is guarded: true when it is to be done.
#[expect(clippy::too_many_arguments, reason = "what, where, and in which words")]
pub fn guarded(
    ui: &Ui,
    rect: Rect,
    label: &str,
    (start, stop): (&str, &str),
    on: bool,
    what: &Guarded,
    now: f64,
    guard: &mut Guard,
) -> bool {
    let armed = on && guard.is_armed(what, now);
    let (start, stop) = (lang::text(start), lang::text(stop));
    let (again, to_stop) = (lang::text("desk-again"), lang::text("desk-to-stop"));
    let name = [("name", label.into()), ("start", start.as_str().into())];
    let say = match (on, armed) {
        (false, _) => lang::with("desk-start-it", &name),
        (true, false) => lang::with("desk-stop-it", &name),
        (true, true) => lang::with("desk-again-to-stop", &name),
    };
    let button = if armed {
        Button::new(&again)
            .key(&to_stop)
            .fill(theme::AMBER, theme::ON_TEXT)
    } else {
        Button::new(if on { &stop } else { &start })
    };
    // The place is the same whatever it says; so is what egui knows it by.
    let response = button.say(&say).show(ui, rect, ("guarded", what_id(what)));
    response.clicked() && (!on || guard.press(what, now))
}

fn what_id(what: &Guarded) -> &str {
    match what {
        Guarded::Destination(id) | Guarded::Part(_, id) => id,
        Guarded::AllDestinations => " all",
        Guarded::Recorder => " recorder",
        Guarded::Show | Guarded::SavedShow => " show",
    }
}

/// Where the button of a row is.
pub fn button_of(row: Rect) -> Rect {
    Rect::from_min_max(
        pos2(row.right() - BUTTON - 4.0, row.top() + 4.0),
        pos2(row.right() - 4.0, row.bottom() - 4.0),
    )
}

/// Draws a light, a name with a value, and the lines under it, left of the row's button.
/// `said` is the whole of it for a screen reader.
pub fn text(
    ui: &Ui,
    row: Rect,
    (colour, filled): (Color32, bool),
    (label, value): (&str, &str),
    details: &[&str],
    look_here: bool,
    (id, said): ((&str, &str), &str),
) {
    fills::fill(ui, row, theme::ROUND, theme::PANEL);
    let text = Rect::from_min_max(
        pos2(row.left() + 26.0, row.top() + 4.0),
        pos2(row.right() - BUTTON - 12.0, row.bottom() - 4.0),
    );
    let height = text.height() / (details.len() + 1) as f32;
    let line = |i: usize| {
        let top = text.top() + i as f32 * height;
        Rect::from_min_size(pos2(text.left(), top), vec2(text.width(), height))
    };
    let upper = line(0);
    let light = pos2(row.left() + 13.0, upper.center().y);
    paint::light(ui, light, colour, filled);
    let loud = if look_here { theme::AMBER } else { theme::TEXT };
    let used = paint::line(ui, upper, Align::Max, value, theme::font(13.0), loud);
    let rest = upper.with_max_x(upper.right() - used - 6.0);
    paint::line(ui, rest, Align::Min, label, theme::bold(13.5), theme::TEXT);
    for (i, detail) in details.iter().enumerate() {
        let quiet = if look_here && i == 0 {
            theme::AMBER
        } else {
            theme::DIM
        };
        paint::line(
            ui,
            line(i + 1),
            Align::Min,
            detail,
            theme::font(11.5),
            quiet,
        );
    }
    // A line may be longer than its place: the whole of it is one pointing away.
    paint::say(ui, text, id, said).on_hover_text(details.join("\n"));
}
