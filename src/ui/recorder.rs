//! The recorder's row.

use egui::{Rect, Ui};

use super::said::said;
use super::{
    guard::{Guard, Guarded},
    lang,
    rows::{self, Detail, Switch, button_of},
    theme,
    view::View,
    words,
};
use crate::door::{Command, RecordingState, RecordingStatus};
use crate::show::RecordingFormat;

/// Height of the row, in points.
pub const HEIGHT: f32 = 72.0;
/// And where there is little room.
pub const LOW: f32 = 54.0;

/// What somebody wants of the recorder's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To choose another folder.
    Folder,
    /// That they are of this kind.
    Format(RecordingFormat),
}

/// Draws the row; gives what is wanted of its files.
pub fn show(ui: &Ui, rect: Rect, view: &View, guard: &mut Guard) -> Option<Asked> {
    let recording = &view.snapshot.recording;
    let (colour, filled) = match recording.state {
        RecordingState::Off => (theme::LINE, true),
        RecordingState::Starting => (theme::DIM, false),
        RecordingState::Recording => (theme::ON, true),
        RecordingState::Warning => (theme::AMBER, true),
        RecordingState::Failed => (theme::AMBER, false),
    };
    let word = lang::text(match recording.state {
        RecordingState::Off => "outputs-is-off",
        RecordingState::Starting => "outputs-rec-starting",
        RecordingState::Recording => "outputs-rec-recording",
        RecordingState::Warning => "outputs-rec-warning",
        RecordingState::Failed => "outputs-is-failed",
    });
    let value = match recording.state {
        RecordingState::Recording | RecordingState::Warning => {
            words::clock(words::recorded_s(view.snapshot))
        }
        _ => word.clone(),
    };
    let (what, file) = details(recording);
    let look_here = matches!(
        recording.state,
        RecordingState::Warning | RecordingState::Failed
    );
    let is_low = rect.height() < HEIGHT;
    let file = Detail {
        text: &file,
        lines: 1,
        is_state: false,
    };
    // What is wrong comes last, for it may need two lines; of a low row it has all.
    let state = Detail {
        text: &what,
        lines: if is_low && !look_here { 1 } else { 2 },
        is_state: true,
    };
    let both = [file, state];
    let details = if is_low && look_here {
        &both[1..]
    } else {
        &both[..]
    };
    let name = lang::text("outputs-master");
    rows::text(
        ui,
        rect,
        &rows::Text {
            light: (colour, filled),
            name: &name,
            value: &value,
            details,
            look_here,
            free: 0.0,
            id: ("recorder", ""),
            said: &lang::pair(&name, &format!("{word}, {value}, {what}, {}", file.text)),
        },
    );
    let mut asked = None;
    let the_master = lang::text("outputs-the-master");
    rows::menu(ui, rect, &the_master, " recorder", |ui| {
        asked = menu(ui, recording);
    });
    let on = recording.state != RecordingState::Off;
    let switch = Switch {
        name: &the_master,
        words: (lang::text("outputs-record"), lang::text("outputs-stop")),
        on,
        guards: (None, Guarded::Recorder),
    };
    if switch.show(ui, button_of(rect), view.now, guard) {
        view.send(Command::Record { on: !on });
    }
    asked
}

/// Where the next file goes and what it is, and what was marked in this one.
fn menu(ui: &mut Ui, recording: &RecordingStatus) -> Option<Asked> {
    let mut asked = None;
    let small = |text: String| egui::RichText::new(text).font(theme::font(12.0));
    rows::reason(ui, &recording.message);
    let folder = [("folder", recording.folder.as_str().into())];
    ui.label(small(lang::with("outputs-folder", &folder)).color(theme::DIM));
    if ui.button(lang::text("outputs-choose-folder")).clicked() {
        asked = Some(Asked::Folder);
    }
    ui.separator();
    ui.label(small(lang::text("outputs-format")).color(theme::DIM));
    for format in RecordingFormat::ALL {
        let face = named(format);
        if ui.radio(recording.format == format, face).clicked() && recording.format != format {
            asked = Some(Asked::Format(format));
        }
    }
    if let Some(written) = written(recording).filter(|written| *written != recording.format) {
        let values = [
            ("this", named(written).into()),
            ("next", named(recording.format).into()),
        ];
        ui.label(small(lang::with("outputs-format-waits", &values)));
    }
    ui.separator();
    if recording.markers.is_empty() {
        ui.label(small(lang::text("outputs-no-markers")).color(theme::DIM));
    }
    for marker in recording.markers.iter().rev() {
        let at = words::clock(marker.ms as f64 / 1000.0);
        ui.label(small(format!("{at}  {}", marker.label)));
    }
    asked
}

fn named(format: RecordingFormat) -> String {
    lang::text(match format {
        RecordingFormat::Mkv => "outputs-format-mkv",
        RecordingFormat::Mp4 => "outputs-format-mp4",
    })
}

/// Of which kind the file is that is being written; none while none is.
fn written(recording: &RecordingStatus) -> Option<RecordingFormat> {
    let is_open = matches!(
        recording.state,
        RecordingState::Recording | RecordingState::Warning
    );
    let path = recording.path.as_ref().filter(|_| is_open)?;
    let ending = std::path::Path::new(path).extension()?;
    let mut all = RecordingFormat::ALL.into_iter();
    all.find(|format| ending == format.ending())
}

/// What the two lines under the recorder's name say: the trouble or the room, and the file.
fn details(recording: &RecordingStatus) -> (String, String) {
    let mut parts = Vec::new();
    if !recording.message.is_empty() {
        parts.push(said(&recording.message));
    }
    if recording.dropped > 0 {
        let n = words::count(recording.dropped);
        parts.push(lang::with("outputs-not-recorded", &[("n", n.into())]));
    }
    if recording.bytes > 0 {
        parts.push(words::bytes(recording.bytes));
    }
    parts.push(match recording.time_left_s {
        Some(seconds) => {
            let time = words::rough(seconds);
            lang::with("outputs-left", &[("time", time.into())])
        }
        None => {
            let n = words::bytes(recording.free_bytes);
            lang::with("outputs-free", &[("n", n.into())])
        }
    });
    // The end of a path says which file it is.
    let file = match &recording.path {
        Some(path) => std::path::Path::new(path)
            .file_name()
            .map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned()),
        None => {
            let format = recording.format.ending().to_uppercase();
            lang::with("outputs-no-file", &[("format", format.into())])
        }
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
            ("250.0 GB free".to_owned(), "no file yet · MKV".to_owned())
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
