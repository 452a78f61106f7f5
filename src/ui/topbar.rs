//! The top bar: the show, the time of day, how long it has been, and how much room is left.

use egui::{Align, Rect, Ui, pos2, vec2};

use super::{fills, lang, onair::Air, paint, theme, view::View, words};
use crate::door::RecordingState;

/// Draws the bar. `time_of_day` is as it is to be read.
pub fn show(ui: &Ui, rect: Rect, view: &View, air: Air, time_of_day: &str) {
    let snapshot = view.snapshot;
    let inner = rect.shrink2(vec2(10.0, 4.0));
    let third = inner.width() / 3.0;
    let format = format!(
        "{}×{} {}",
        snapshot.width,
        snapshot.height,
        rate(snapshot.rate.fps())
    );
    let title = inner.with_max_x(inner.left() + third);
    let used = paint::line(
        ui,
        title,
        Align::Min,
        &snapshot.name,
        theme::bold(15.0),
        theme::TEXT,
    );
    paint::say(
        ui,
        title,
        "show",
        &lang::with("desk-show", &[("name", snapshot.name.as_str().into())]),
    );
    let rest = title.with_min_x(title.left() + used + 12.0);
    if rest.width() > 80.0 {
        paint::line(ui, rest, Align::Min, &format, theme::font(12.0), theme::DIM);
    }
    let middle = Rect::from_center_size(inner.center(), vec2(third * 0.6, inner.height()));
    paint::said_line(
        ui,
        middle,
        Align::Center,
        "time of day",
        time_of_day,
        theme::bold(18.0),
        theme::TEXT,
    );

    // From the right: the recorder, then the air; both keep their places whatever they say.
    let recorder = inner.with_min_x(inner.right() - 236.0);
    if air != Air::Unknown {
        recording(ui, recorder, view);
    }
    let badge = Rect::from_min_max(
        pos2(recorder.left() - 172.0, inner.top()),
        pos2(recorder.left() - 12.0, inner.bottom()),
    );
    on_air(ui, badge, air);
}

fn rate(fps: f64) -> String {
    let rounded = (fps * 100.0).round() / 100.0;
    let fps = words::comma(rounded.to_string());
    lang::with("desk-fps", &[("n", fps.into())])
}

fn on_air(ui: &Ui, rect: Rect, air: Air) {
    let (text, fill, colour) = match air {
        Air::Off => (lang::text("desk-off-air"), theme::PANEL, theme::DIM),
        Air::Unknown => (lang::text("desk-no-engine"), theme::PANEL, theme::AMBER),
        Air::Connecting => (lang::text("desk-air-connecting"), theme::PANEL, theme::TEXT),
        Air::Waiting => (
            lang::text("desk-nothing-arrives"),
            theme::PANEL,
            theme::AMBER,
        ),
        Air::On(seconds) => (
            lang::with("desk-on-air", &[("time", words::clock(seconds).into())]),
            theme::RED,
            theme::RED_TEXT,
        ),
    };
    fills::fill(ui, rect, theme::ROUND, fill);
    paint::said_line(
        ui,
        rect,
        Align::Center,
        "on air",
        &text,
        theme::bold(14.0),
        colour,
    );
}

fn recording(ui: &Ui, rect: Rect, view: &View) {
    let recording = &view.snapshot.recording;
    let (text, colour) = match recording.state {
        RecordingState::Off => (lang::text("desk-rec-off"), theme::DIM),
        RecordingState::Starting => (lang::text("desk-rec-starting"), theme::TEXT),
        RecordingState::Recording | RecordingState::Warning => (
            format!("REC {}", words::clock(f64::from(recording.length_s))),
            theme::TEXT,
        ),
        RecordingState::Failed => (lang::text("desk-rec-failed"), theme::AMBER),
    };
    let left = match recording.time_left_s {
        Some(seconds) => lang::with("desk-left", &[("time", words::rough(seconds).into())]),
        None => lang::with(
            "desk-free",
            &[("n", words::bytes(recording.free_bytes).into())],
        ),
    };
    let left = format!(" · {left}");
    let is_low = recording.state == RecordingState::Warning;
    let used = paint::line(ui, rect, Align::Min, &text, theme::bold(14.0), colour);
    let rest = rect.with_min_x(rect.left() + used);
    let colour = if is_low { theme::AMBER } else { theme::DIM };
    paint::line(ui, rest, Align::Min, &left, theme::font(13.0), colour);
    paint::say(ui, rect, "recording time", &format!("{text}{left}"));
}
