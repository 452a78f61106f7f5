//! A row per destination, and the buttons for all of them.

use egui::{Align, Color32, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use super::{
    guard::{Guard, Guarded},
    lang,
    paint::{self, Button},
    problems,
    rows::{self, button_of, guarded},
    theme,
    view::{View, name},
    words,
};
use crate::door::{Command, DestinationState, DestinationStatus};

/// Height of a row, in points: as high as there is room for all, and no lower than for two lines.
const ROW: std::ops::RangeInclusive<f32> = 36.0..=58.0;
/// A row lower than this has one line under its name.
const TWO_DETAILS: f32 = 54.0;
const GAP: f32 = 4.0;

/// Height of each of so many rows in a list of this height. All of them are seen at once if that can
/// be, for the one that fails must not be the one that is scrolled away.
fn row_height(list: f32, rows: usize) -> f32 {
    let rows = rows.max(1) as f32;
    ((list - (rows - 1.0) * GAP) / rows)
        .floor()
        .clamp(*ROW.start(), *ROW.end())
}

/// Draws the rows; those that do not fit are scrolled to.
pub fn list(ui: &mut Ui, rect: Rect, view: &View, guard: &mut Guard) {
    let destinations = &view.snapshot.destinations;
    let builder = UiBuilder::new().max_rect(rect).id_salt("destinations");
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(rect);
        ui.spacing_mut().item_spacing = vec2(0.0, GAP);
        let height = row_height(rect.height(), destinations.len());
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let size = vec2(ui.available_width(), height);
            for destination in destinations {
                let (row, _) = ui.allocate_exact_size(size, Sense::hover());
                destination_row(ui, row, destination, view, guard);
            }
            if destinations.is_empty() {
                let (row, _) = ui.allocate_exact_size(size, Sense::hover());
                let text = lang::text("desk-no-destination");
                paint::lines(ui, row, Align::Center, &text, theme::font(13.0), theme::DIM);
                paint::say(ui, row, "no destination", &text);
            }
        });
    });
}

fn destination_row(
    ui: &Ui,
    row: Rect,
    destination: &DestinationStatus,
    view: &View,
    guard: &mut Guard,
) {
    let label = name(&destination.label, &destination.id);
    let (colour, filled) = colour_of(destination.state);
    let is_ill = matches!(
        destination.state,
        DestinationState::Congested | DestinationState::Reconnecting | DestinationState::Failed
    );
    let value = match destination.state {
        DestinationState::Live | DestinationState::Congested => {
            words::bitrate(destination.bitrate_bps)
        }
        state => words::destination_state(state),
    };
    let (how, cost) = details(destination);
    let both = match cost.as_str() {
        "" => how.clone(),
        cost => format!("{how} · {cost}"),
    };
    let lines: &[&str] = if row.height() < TWO_DETAILS {
        &[&both]
    } else {
        &[&how, &cost]
    };
    rows::text(
        ui,
        row,
        (colour, filled),
        (label, &value),
        lines,
        is_ill,
        (
            ("destination", destination.id.as_str()),
            &format!(
                "{label}: {}, {value}, {how}, {cost}",
                words::destination_state(destination.state)
            ),
        ),
    );
    let on = destination.state != DestinationState::Off;
    let what = Guarded::Destination(destination.id.clone());
    let button = button_of(row);
    if guarded(
        ui,
        button,
        label,
        ("desk-start", "desk-stop"),
        on,
        &what,
        view.now,
        guard,
    ) {
        view.send(Command::Stream {
            destination: destination.id.clone(),
            on: !on,
        });
    }
}

/// The colour of its light, and whether it is filled.
pub fn colour_of(state: DestinationState) -> (Color32, bool) {
    match state {
        DestinationState::Off => (theme::LINE, true),
        DestinationState::Connecting => (theme::DIM, false),
        DestinationState::Live => (theme::RED, true),
        DestinationState::Congested => (theme::AMBER, true),
        DestinationState::Reconnecting | DestinationState::Failed => (theme::AMBER, false),
    }
}

/// What the two lines under a destination's name say: how it is, and what it has cost.
fn details(destination: &DestinationStatus) -> (String, String) {
    let mut counts = Vec::new();
    if destination.dropped > 0 {
        let n = words::count(destination.dropped);
        counts.push(lang::with("desk-dropped", &[("n", n.into())]));
    }
    if destination.reconnects > 0 {
        let n = destination.reconnects;
        counts.push(lang::with("desk-reconnections", &[("n", n.into())]));
    }
    let message = |otherwise: String| {
        if destination.message.is_empty() {
            otherwise
        } else {
            destination.message.clone()
        }
    };
    let first = match destination.state {
        DestinationState::Off | DestinationState::Connecting => message(destination.server.clone()),
        DestinationState::Live => message(words::clock(f64::from(destination.live_s))),
        DestinationState::Congested => {
            let ms = destination.backlog_ms.to_string();
            counts.insert(0, lang::with("desk-behind", &[("ms", ms.into())]));
            message(lang::text("desk-network-slow"))
        }
        DestinationState::Reconnecting | DestinationState::Failed => {
            counts.insert(0, problems::next_try(destination));
            message(destination.server.clone())
        }
    };
    if counts.is_empty() && destination.state == DestinationState::Live {
        counts.push(lang::text("desk-nothing-dropped"));
    }
    (first, counts.join(" · "))
}

/// Draws the buttons that start and stop all destinations.
pub fn everything(ui: &Ui, rect: Rect, view: &View, guard: &mut Guard) {
    let destinations = &view.snapshot.destinations;
    let any_off = destinations
        .iter()
        .any(|d| d.state == DestinationState::Off);
    let any_on = destinations
        .iter()
        .any(|d| d.state != DestinationState::Off);
    let middle = rect.center().x;
    let go = Button::new(&lang::text("desk-go-live"))
        .say(&lang::text("desk-go-live-everywhere"))
        .size(14.0)
        .enabled(any_off)
        .show(ui, rect.with_max_x(middle - 3.0), "go live");
    if go.clicked() {
        view.send(Command::StreamAll { on: true });
    }
    let half = rect.with_min_x(middle + 3.0);
    if !any_on {
        Button::new(&lang::text("desk-stop-all"))
            .say(&lang::with(
                "desk-stop-it",
                &[("name", lang::text("desk-every-destination").into())],
            ))
            .size(14.0)
            .enabled(false)
            .show(ui, half, "stop all, off");
        return;
    }
    let what = Guarded::AllDestinations;
    let label = lang::text("desk-every-destination");
    let words = ("desk-go-live", "desk-stop-all");
    if guarded(ui, half, &label, words, true, &what, view.now, guard) {
        view.send(Command::StreamAll { on: false });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn rows_get_lower_before_one_is_out_of_sight() {
        assert_eq!(row_height(159.0, 0), 58.0);
        assert_eq!(row_height(159.0, 2), 58.0);
        assert_eq!(row_height(159.0, 3), 50.0);
        assert_eq!(row_height(159.0, 4), 36.0);
        assert_eq!(row_height(159.0, 9), 36.0, "the rest is scrolled to");
    }

    #[test]
    fn a_row_says_what_matters_in_its_state() {
        let mut destination = testing::snapshot().destinations[0].clone();
        let is = |destination: &DestinationStatus, how: &str, cost: &str| {
            assert_eq!(details(destination), (how.to_owned(), cost.to_owned()));
        };
        is(&destination, "a.rtmp.example/live2", "");
        destination.state = DestinationState::Live;
        destination.live_s = 75.0;
        is(&destination, "00:01:15", "nothing dropped");
        destination.reconnects = 2;
        destination.dropped = 1234;
        let counts = "1\u{a0}234 dropped · 2 reconnections";
        is(&destination, "00:01:15", counts);
        destination.state = DestinationState::Reconnecting;
        destination.attempt = 3;
        destination.next_try_s = Some(3.6);
        destination.message = "the server closed the connection".to_owned();
        is(
            &destination,
            "the server closed the connection",
            &format!("try 3 in 4 s · {counts}"),
        );
    }
}
