//! The top bar: the show, the time of day, how long it has been, and how much room is left.

use egui::{Align, Rect, Ui, pos2, vec2};

use super::{
    fills, lang,
    onair::Air,
    paint,
    talk::{self, Talk, To},
    theme,
    view::View,
    words,
};
use crate::door::RecordingState;

/// Width of what talks to all guests, in points.
const TALK: f32 = 104.0;

/// Draws the bar, but for the menus, which take `menus` points from its left. `time_of_day` is as it is
/// to be read; with the hand on the talkback comes the key that talks.
pub fn show(
    ui: &Ui,
    rect: Rect,
    menus: f32,
    view: &View,
    (air, time_of_day): (Air, &str),
    (talk, key): (&mut Talk, String),
) {
    let snapshot = view.snapshot;
    let inner = rect.shrink2(vec2(10.0, 4.0));
    // From the right: the recorder, then the air; both keep their places whatever they say.
    let recorder = inner.with_min_x(inner.right() - 250.0);
    let badge = Rect::from_min_max(
        pos2(recorder.left() - 176.0, inner.top()),
        pos2(recorder.left() - 12.0, inner.bottom()),
    );
    let clock = Rect::from_min_max(
        pos2(badge.left() - 112.0, inner.top()),
        pos2(badge.left() - 12.0, inner.bottom()),
    );
    let format = format!(
        "{}×{} {}",
        snapshot.width,
        snapshot.height,
        rate(snapshot.rate.fps())
    );
    let mut title = inner.with_max_x(clock.left() - 8.0);
    title.min.x += menus + 12.0;
    if talk::has_guests(snapshot) {
        let place = title.with_min_x(title.right() - TALK);
        let id = (place, ("talk to all", 0));
        talk.button(ui, id, To::All, &key, view);
        title.max.x = place.left() - 8.0;
    }
    if snapshot.live_edit {
        let tag = title.with_min_x(title.right() - 132.0);
        fills::fill(ui, tag.shrink2(vec2(0.0, 2.0)), theme::ROUND, theme::AMBER);
        let text = lang::text("desk-live-edit").to_uppercase();
        let font = theme::bold(12.5);
        let centre = Align::Center;
        paint::said_line(ui, tag, centre, "live edit", &text, font, theme::ON_TEXT);
        title.max.x = tag.left() - 8.0;
    }
    let mark = if snapshot.edit.unsaved { " •" } else { "" };
    let used = paint::line(
        ui,
        title,
        Align::Min,
        &format!("{}{mark}", snapshot.name),
        theme::bold(15.0),
        theme::TEXT,
    );
    let key = if snapshot.edit.unsaved {
        "menu-show-unsaved"
    } else {
        "desk-show"
    };
    let said = lang::with(key, &[("name", snapshot.name.as_str().into())]);
    paint::say(ui, title, "show", &said);
    let rest = title.with_min_x(title.left() + used + 12.0);
    if rest.width() > 80.0 {
        paint::line(ui, rest, Align::Min, &format, theme::font(12.0), theme::DIM);
    }
    paint::said_line(
        ui,
        clock,
        Align::Center,
        "time of day",
        time_of_day,
        theme::bold(18.0),
        theme::TEXT,
    );

    if air != Air::Unknown {
        recording(ui, recorder, view);
    }
    on_air(ui, badge, air);
}

fn rate(fps: f64) -> String {
    lang::with("desk-fps", &[("n", words::rounded(fps).into())])
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
            format!("REC {}", words::clock(words::recorded_s(view.snapshot))),
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
