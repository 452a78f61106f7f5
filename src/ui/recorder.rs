//! The recorder's row.

use egui::{Rect, Ui};

use super::{
    guard::{Guard, Guarded},
    lang,
    rows::{self, button_of, guarded},
    theme,
    view::View,
    words,
};
use crate::door::{Command, RecordingState, RecordingStatus};

/// Height of the row, in points.
pub const HEIGHT: f32 = 72.0;

/// Draws the row.
pub fn show(ui: &Ui, rect: Rect, view: &View, guard: &mut Guard) {
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
        state => words::recording_state(state),
    };
    let (what, file) = details(recording);
    rows::text(
        ui,
        rect,
        (colour, filled),
        (&lang::text("desk-master"), &value),
        &[&what, &file],
        is_ill,
        (
            ("recorder", ""),
            &format!(
                "{}: {}, {value}, {what}, {file}",
                lang::text("desk-master"),
                words::recording_state(recording.state)
            ),
        ),
    );
    let on = recording.state != RecordingState::Off;
    let what = Guarded::Recorder;
    let button = button_of(rect);
    let label = lang::text("desk-the-master");
    let words = ("desk-record", "desk-stop");
    if guarded(ui, button, &label, words, on, &what, view.now, guard) {
        view.send(Command::Record { on: !on });
    }
}

/// What the two lines under the recorder's name say: the trouble or the room, and the file.
fn details(recording: &RecordingStatus) -> (String, String) {
    let mut parts = Vec::new();
    if !recording.message.is_empty() {
        parts.push(recording.message.clone());
    }
    if recording.dropped > 0 {
        let n = words::count(recording.dropped);
        parts.push(lang::with("desk-not-recorded", &[("n", n.into())]));
    }
    if recording.bytes > 0 {
        parts.push(words::bytes(recording.bytes));
    }
    parts.push(match recording.time_left_s {
        Some(seconds) => lang::with("desk-left", &[("time", words::rough(seconds).into())]),
        None => lang::with(
            "desk-free",
            &[("n", words::bytes(recording.free_bytes).into())],
        ),
    });
    // The end of a path says which file it is.
    let file = match &recording.path {
        Some(path) => std::path::Path::new(path)
            .file_name()
            .map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned()),
        None => lang::text("desk-no-file"),
    };
    (parts.join(" · "), file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn the_recorder_names_its_room_and_its_file() {
        let mut recording = testing::snapshot().recording;
        assert_eq!(
            details(&recording),
            ("250.0 GB free".to_owned(), "no file yet".to_owned())
        );
        recording.path = Some("/shows/recordings/forum 2026-11-21.mkv".to_owned());
        recording.message = "the disk is nearly full".to_owned();
        recording.bytes = 430_000_000;
        recording.time_left_s = Some(1200.0);
        assert_eq!(
            details(&recording),
            (
                "the disk is nearly full · 430 MB · 20 min left".to_owned(),
                "forum 2026-11-21.mkv".to_owned()
            )
        );
    }
}
