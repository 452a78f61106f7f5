//! Where the program goes: a row per destination, the recorder, and the receiver inside regie.
//!
//! Going live is one press; stopping what is live takes a second, deliberate one at the same place.

use egui::{Align, Color32, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::{
    fills,
    guard::{Guard, Guarded},
    paint::{self, Button},
    problems, theme,
    view::{View, name},
    words,
};
use crate::door::{
    Command, DestinationState, DestinationStatus, ReceiverStatus, RecordingState, RecordingStatus,
};

const ROW: f32 = 58.0;
const RECORDER: f32 = 72.0;
const BUTTON: f32 = 62.0;
const RECEIVER_HEAD: f32 = 18.0;
const RECEIVER_ROW: f32 = 17.0;

/// Draws the panel.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, guard: &mut Guard) {
    let snapshot = view.snapshot;
    // From the foot: what is fixed keeps its place, the destinations scroll in what is left.
    let mut foot = rect.bottom();
    let mut take = |height: f32| {
        let out = Rect::from_min_max(pos2(rect.left(), foot - height), pos2(rect.right(), foot));
        foot -= height + 6.0;
        out
    };
    if let Some(receiver) = &snapshot.receiver {
        let rows = snapshot.destinations.len().clamp(1, 2) as f32;
        received(
            ui,
            take(RECEIVER_HEAD + rows * RECEIVER_ROW + 8.0),
            receiver,
        );
    }
    recorder(ui, take(RECORDER), view, guard);
    everything(ui, take(theme::TARGET), view, guard);
    let list = rect.with_max_y(foot);
    ui.scope_builder(
        UiBuilder::new().max_rect(list).id_salt("destinations"),
        |ui| {
            ui.shrink_clip_rect(list);
            ui.spacing_mut().item_spacing = vec2(0.0, 4.0);
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                for destination in &snapshot.destinations {
                    let size = vec2(ui.available_width(), ROW);
                    let (row, _) = ui.allocate_exact_size(size, Sense::hover());
                    destination_row(ui, row, destination, view, guard);
                }
                if snapshot.destinations.is_empty() {
                    let size = vec2(ui.available_width(), ROW);
                    let (row, _) = ui.allocate_exact_size(size, Sense::hover());
                    let text = "The show names no destination yet";
                    paint::lines(ui, row, text, theme::font(13.0), theme::DIM);
                    paint::say(ui, row, "no destination", text);
                }
            });
        },
    );
}

/// A start or stop button. Stopping what is on air is guarded: true when it is to be done.
fn guarded(
    ui: &Ui,
    rect: Rect,
    (label, start, stop): (&str, &str, &str),
    on: bool,
    what: &Guarded,
    now: f64,
    guard: &mut Guard,
) -> bool {
    let armed = on && guard.is_armed(what, now);
    let say = match (on, armed) {
        (false, _) => format!("{start} {label}"),
        (true, false) => format!("Stop {label}"),
        (true, true) => format!("Again to stop {label}"),
    };
    let button = if armed {
        Button::new("again")
            .key("to stop")
            .fill(theme::AMBER, theme::ON_TEXT)
    } else {
        Button::new(if on { stop } else { start })
    };
    // The place is the same whatever it says; so is what egui knows it by.
    let response = button.say(&say).show(ui, rect, ("guarded", what_id(what)));
    response.clicked() && (!on || guard.press(what, now))
}

fn what_id(what: &Guarded) -> &str {
    match what {
        Guarded::Destination(id) => id,
        Guarded::AllDestinations => " all",
        Guarded::Recorder => " recorder",
        Guarded::Show => " show",
    }
}

fn colour_of(state: DestinationState) -> (Color32, bool) {
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
        counts.push(format!("{} dropped", words::count(destination.dropped)));
    }
    match destination.reconnects {
        0 => {}
        1 => counts.push("1 reconnection".to_owned()),
        n => counts.push(format!("{n} reconnections")),
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
            counts.insert(0, format!("{} ms behind", destination.backlog_ms));
            message("the network is too slow".to_owned())
        }
        DestinationState::Reconnecting | DestinationState::Failed => {
            counts.insert(0, problems::next_try(destination));
            message(destination.server.clone())
        }
    };
    if counts.is_empty() && destination.state == DestinationState::Live {
        counts.push("nothing dropped".to_owned());
    }
    (first, counts.join(" · "))
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
        state => words::destination_state(state).to_owned(),
    };
    let (how, cost) = details(destination);
    row_text(
        ui,
        row,
        (colour, filled),
        (label, &value),
        &[&how, &cost],
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
        (label, "Start", "Stop"),
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

fn button_of(row: Rect) -> Rect {
    Rect::from_min_max(
        pos2(row.right() - BUTTON - 4.0, row.top() + 4.0),
        pos2(row.right() - 4.0, row.bottom() - 4.0),
    )
}

/// Draws a light, a name with a value, and the lines under it, left of the row's button.
fn row_text(
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

fn everything(ui: &Ui, rect: Rect, view: &View, guard: &mut Guard) {
    let destinations = &view.snapshot.destinations;
    let any_off = destinations
        .iter()
        .any(|d| d.state == DestinationState::Off);
    let any_on = destinations
        .iter()
        .any(|d| d.state != DestinationState::Off);
    let middle = rect.center().x;
    let go = Button::new("Go live")
        .say("Go live everywhere")
        .size(14.0)
        .enabled(any_off)
        .show(ui, rect.with_max_x(middle - 3.0), "go live");
    if go.clicked() {
        view.send(Command::StreamAll { on: true });
    }
    let half = rect.with_min_x(middle + 3.0);
    if !any_on {
        Button::new("Stop all")
            .say("Stop every destination")
            .size(14.0)
            .enabled(false)
            .show(ui, half, "stop all, off");
        return;
    }
    let what = Guarded::AllDestinations;
    let words = ("every destination", "Go live", "Stop all");
    if guarded(ui, half, words, true, &what, view.now, guard) {
        view.send(Command::StreamAll { on: false });
    }
}

fn recorder(ui: &Ui, rect: Rect, view: &View, guard: &mut Guard) {
    let recording = &view.snapshot.recording;
    let (colour, filled) = match recording.state {
        RecordingState::Off => (theme::LINE, true),
        RecordingState::Starting => (theme::DIM, false),
        RecordingState::Recording => (theme::ON, true),
        RecordingState::Warning => (theme::AMBER, true),
        RecordingState::Failed => (theme::AMBER, false),
    };
    let is_ill = matches!(
        recording.state,
        RecordingState::Warning | RecordingState::Failed
    );
    let value = match recording.state {
        RecordingState::Recording | RecordingState::Warning => {
            words::clock(f64::from(recording.length_s))
        }
        state => words::recording_state(state).to_owned(),
    };
    let (what, file) = recorder_details(recording);
    row_text(
        ui,
        rect,
        (colour, filled),
        ("Master", &value),
        &[&what, &file],
        is_ill,
        (
            ("recorder", ""),
            &format!(
                "Master: {}, {value}, {what}, {file}",
                words::recording_state(recording.state)
            ),
        ),
    );
    let on = recording.state != RecordingState::Off;
    let what = Guarded::Recorder;
    let button = button_of(rect);
    let words = ("the master", "Record", "Stop");
    if guarded(ui, button, words, on, &what, view.now, guard) {
        view.send(Command::Record { on: !on });
    }
}

/// What the two lines under the recorder's name say: the trouble or the room, and the file.
fn recorder_details(recording: &RecordingStatus) -> (String, String) {
    let mut parts = Vec::new();
    if !recording.message.is_empty() {
        parts.push(recording.message.clone());
    }
    if recording.dropped > 0 {
        parts.push(format!("{} not recorded", words::count(recording.dropped)));
    }
    if recording.bytes > 0 {
        parts.push(words::bytes(recording.bytes));
    }
    parts.push(match recording.time_left_s {
        Some(seconds) => format!("{} left", words::rough(seconds)),
        None => format!("{} free", words::bytes(recording.free_bytes)),
    });
    // The end of a path says which file it is.
    let file = match &recording.path {
        Some(path) => std::path::Path::new(path)
            .file_name()
            .map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned()),
        None => "no file yet".to_owned(),
    };
    (parts.join(" · "), file)
}

fn received(ui: &mut Ui, rect: Rect, receiver: &ReceiverStatus) {
    fills::fill(ui, rect, theme::ROUND, theme::PANEL);
    let inner = rect.shrink2(vec2(10.0, 4.0));
    let head = inner.with_max_y(inner.top() + RECEIVER_HEAD);
    let (text, colour) = if receiver.message.is_empty() {
        (format!("Receiver {}", receiver.address), theme::DIM)
    } else {
        (format!("Receiver: {}", receiver.message), theme::AMBER)
    };
    paint::said_line(
        ui,
        head,
        Align::Min,
        "receiver",
        &text,
        theme::font(11.5),
        colour,
    );
    let list = inner.with_min_y(head.bottom());
    ui.scope_builder(UiBuilder::new().max_rect(list).id_salt("received"), |ui| {
        ui.shrink_clip_rect(list);
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for stream in &receiver.streams {
                let size = vec2(ui.available_width(), RECEIVER_ROW);
                let (row, _) = ui.allocate_exact_size(size, Sense::hover());
                let figures = if stream.live {
                    let delay = match stream.delay_ms {
                        Some(ms) => format!(" · {ms:.0} ms"),
                        None => String::new(),
                    };
                    format!(
                        "{} · key {:.1} s{delay}",
                        words::bitrate(stream.bitrate_bps),
                        stream.keyframe_interval_s
                    )
                } else {
                    format!("ended, {} pictures", words::count(stream.frames))
                };
                let colour = if stream.live { theme::TEXT } else { theme::DIM };
                let used = paint::line(ui, row, Align::Max, &figures, theme::font(11.5), colour);
                let rest = row.with_max_x(row.right() - used - 6.0);
                paint::line(
                    ui,
                    rest,
                    Align::Min,
                    &stream.name,
                    theme::font(11.5),
                    colour,
                );
                let said = format!("Receiver gets {}: {figures}", stream.name);
                paint::say(ui, row, ("received", &stream.name), &said);
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

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

    #[test]
    fn the_recorder_names_its_room_and_its_file() {
        let mut recording = testing::snapshot().recording;
        let details = recorder_details(&recording);
        assert_eq!(
            details,
            ("250.0 GB free".to_owned(), "no file yet".to_owned())
        );
        recording.path = Some("/shows/recordings/forum 2026-11-21.mkv".to_owned());
        recording.message = "the disk is nearly full".to_owned();
        recording.bytes = 430_000_000;
        recording.time_left_s = Some(1200.0);
        let details = recorder_details(&recording);
        assert_eq!(
            details,
            (
                "the disk is nearly full · 430 MB · 20 min left".to_owned(),
                "forum 2026-11-21.mkv".to_owned()
            )
        );
    }
}
