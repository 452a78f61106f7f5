//! The outputs folded to lights, for who has no hand and no room for more: one light for each
//! destination and one for the master, and the buttons that start and stop.

use egui::{Align, Color32, Rect, Ui, pos2, vec2};

use super::said::said;
use super::{
    destinations, fills,
    guard::{Guard, Guarded},
    lang, layout, paint, problems,
    rows::Switch,
    theme,
    view::{View, name},
    words,
};
use crate::door::{Command, DestinationState, RecordingState};

/// Height of a light's line, in points, where there is room.
const LINE: f32 = 26.0;

/// Draws the panel.
pub fn show(ui: &Ui, rect: Rect, view: &View, guard: &mut Guard) {
    fills::fill(ui, rect, theme::ROUND, theme::PANEL);
    let inner = rect.shrink(6.0);
    let snapshot = view.snapshot;
    let row = |from_foot: f32| {
        let bottom = inner.bottom() - from_foot * (layout::TARGET + 6.0);
        Rect::from_min_max(
            pos2(inner.left(), bottom - layout::TARGET),
            pos2(inner.right(), bottom),
        )
    };
    let recording = snapshot.recording.state != RecordingState::Off;
    let switch = Switch {
        name: &lang::text("outputs-the-master"),
        words: (
            lang::text("outputs-record"),
            lang::text("outputs-stop-recording"),
        ),
        on: recording,
        guards: (None, Guarded::Recorder),
    };
    if switch.show(ui, row(0.0), view.now, guard) {
        view.send(Command::Record { on: !recording });
    }
    // One above the other: side by side there is no room to say what each stops.
    destinations::everything(ui, (row(2.0), row(1.0)), view, guard);

    let lines = inner.with_max_y(row(2.0).top() - 6.0);
    let count = snapshot.destinations.len() + 1;
    let height = (lines.height() / count as f32).min(LINE);
    let mut top = lines.top();
    let mut line = |id: &str, label: &str, state: &str, colour: Color32, filled: bool| {
        let at = Rect::from_min_size(pos2(lines.left(), top), vec2(lines.width(), height));
        top += height;
        paint::light(ui, pos2(at.left() + 8.0, at.center().y), colour, filled);
        let text = at.with_min_x(at.left() + 20.0);
        let font = theme::font(12.5);
        let text_colour = if colour == theme::AMBER {
            theme::AMBER
        } else {
            theme::TEXT
        };
        paint::line(ui, text, Align::Min, label, font, text_colour);
        let said = lang::pair(label, state);
        paint::say(ui, at, ("light", id), &said).on_hover_text(&said);
    };
    for destination in &snapshot.destinations {
        let (colour, filled) = destinations::colour_of(destination.state);
        let mut state = words::destination_state(destination.state);
        if destination.state != DestinationState::Off && !destination.message.is_empty() {
            state = format!("{state} – {}", said(&destination.message));
        }
        if problems::is_tried_again(destination.state) {
            state = format!("{state} · {}", problems::next_try(destination));
        }
        let label = name(&destination.label, &destination.id);
        line(&destination.id, label, &state, colour, filled);
    }
    let (colour, filled) = match snapshot.recording.state {
        RecordingState::Off => (theme::LINE, true),
        RecordingState::Starting => (theme::DIM, false),
        RecordingState::Recording => (theme::ON, true),
        RecordingState::Warning => (theme::AMBER, true),
        RecordingState::Failed => (theme::AMBER, false),
    };
    let state = words::recording_state(snapshot.recording.state);
    line(
        " master",
        &lang::text("outputs-master"),
        &state,
        colour,
        filled,
    );
}
