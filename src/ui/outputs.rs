//! Where the program goes: the destinations, the recorder, and the receiver inside regie.

mod folder;
mod form;
pub mod history;
mod presets;
pub mod trials;
pub mod wish;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Align, Popup, Rect, Ui, pos2};

pub use folder::FolderDialog;
pub use form::Form;

use super::{
    destinations,
    guard::Guard,
    lang, layout,
    paint::{self, Button},
    problems::Problem,
    receiver, recorder, rows, theme,
    view::View,
    words,
};
use crate::door::{Command, DestinationState, Event, Snapshot, Tried};
use crate::show::{Edit, ItemKind, Recording, RecordingFormat, Show};
use folder::FolderChoice;
use history::History;
use presets::Preset;
use trials::Trials;
use wish::Wish;

/// Height of the row of small buttons, in points.
const SMALL: f32 = 28.0;
/// Between the parts of the panel, in points.
const SPACE: f32 = 6.0;
/// Height of the line about the uplink, in points.
const LINE: f32 = 18.0;
/// How long a try measures, in seconds.
const TRY_S: f32 = 8.0;

/// The panel's own state: none of it is the show's.
#[derive(Default)]
pub struct Outputs {
    history: History,
    trials: Trials,
    form: Option<Form>,
    /// The form waits for the show.
    wish: Option<Wish>,
    folder: FolderChoice,
    /// The kind of file that is to be recorded, and the show's recording by it once the show has come.
    format: Option<RecordingFormat>,
    recording: Option<(u64, Recording)>,
}

impl Outputs {
    /// By another dialog than the system's.
    pub fn with_dialog(mut self, dialog: Arc<dyn FolderDialog>) -> Self {
        self.folder = FolderChoice::by(dialog);
        self
    }

    /// Takes in what the engine says.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Trial(status) => self.trials.take(status),
            Event::Show { revision, show, .. } => self.open_form(*revision, show),
            _ => {}
        }
        if let Some(form) = &mut self.form {
            form.take(event);
        }
    }

    fn open_form(&mut self, revision: u64, show: &Show) {
        let find = |id: &String| show.destinations.iter().find(|d| d.id == *id);
        if let Some(format) = self.format.take() {
            let folder = show.recording.folder.clone();
            self.recording = Some((revision, Recording { folder, format }));
        }
        self.form = match self.wish.take() {
            Some(Wish::Edit(id)) => find(&id).map(|d| Form::of(d, revision)),
            Some(Wish::Duplicate(id)) => find(&id).map(|d| Form::like(d, revision)),
            // The show was asked for by another part of the desk.
            _ => return,
        };
    }

    /// What the tries found wrong.
    pub fn problems(&self, snapshot: &Snapshot) -> Vec<Problem> {
        trials::problems(&self.trials, snapshot)
    }

    /// The form that is open is closed; what was typed as key is overwritten.
    pub fn close_form(&mut self) {
        self.form = None;
    }

    /// Told once a frame, whether the panel is drawn or not: the last minutes are drawn there later.
    pub fn look(&mut self, view: &View) {
        self.history.update(view.snapshot, view.now);
    }

    /// Whether a folder is asked for in the window.
    pub fn asks(&self) -> bool {
        self.folder.asks()
    }

    /// Nothing is typed as a folder any more.
    pub fn close_folder(&mut self) {
        self.folder.give_up();
    }

    /// Draws the panel in `rect`; what it opens lies in `room`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        (rect, room): (Rect, Rect),
        view: &View,
        guard: &mut Guard,
    ) {
        let snapshot = view.snapshot;
        self.trials.update(snapshot);
        // From the foot: what is fixed keeps its place, the destinations scroll in what is left.
        let mut foot = rect.bottom();
        let mut take = |height: f32| {
            let out =
                Rect::from_min_max(pos2(rect.left(), foot - height), pos2(rect.right(), foot));
            foot -= height + SPACE;
            out
        };
        let heights = heights(rect.height(), snapshot);
        let received = snapshot.receiver.as_ref().zip(heights.receiver);
        let received = received.map(|(status, height)| (status, take(height)));
        let recorder = take(heights.recorder);
        let everything = take(layout::TARGET);
        let small = take(SMALL);
        let uplink = self
            .trials
            .uplink(snapshot)
            .map(|uplink| (uplink, take(LINE)));
        let seen = (&self.history, &self.trials);
        let list = rect.with_max_y(foot);
        let wish = destinations::list(ui, list, view, guard, seen);
        if let Some((uplink, rect)) = uplink {
            uplink_line(ui, rect, uplink);
        }
        self.small_buttons(ui, small, view);
        let middle = everything.center().x;
        let halves = (
            everything.with_max_x(middle - 3.0),
            everything.with_min_x(middle + 3.0),
        );
        destinations::everything(ui, halves, view, guard);
        match recorder::show(ui, recorder, view, guard) {
            Some(recorder::Asked::Folder) => {
                let title = lang::text("outputs-choose-folder");
                let begin = PathBuf::from(&snapshot.recording.folder);
                self.folder.ask(title, begin, ui.ctx());
            }
            Some(recorder::Asked::Format(format)) => {
                // The folder stays as the show writes it.
                self.format = Some(format);
                view.send(Command::Show {});
            }
            None => {}
        }
        if let Some((revision, recording)) = self.recording.take() {
            let undo = lang::text("outputs-undo-format");
            record_by(view, revision, undo, recording);
        }
        if let Some((status, rect)) = received {
            receiver::show(ui, rect, status);
        }
        if let Some(wish) = wish {
            self.do_it(wish, view);
        }
        if let Some(folder) = self.folder.show(ui.ctx(), room) {
            change_folder(view, folder);
        }
        let stays = self
            .form
            .as_mut()
            .is_none_or(|form| form.show(ui.ctx(), view, room));
        if !stays {
            self.form = None;
        }
    }

    fn do_it(&mut self, wish: Wish, view: &View) {
        match wish {
            Wish::Try { id, publish } => send_try(view, id, publish),
            Wish::StopTrial(destination) => view.send(Command::StopTrial { destination }),
            Wish::Edit(_) | Wish::Duplicate(_) => {
                self.wish = Some(wish);
                view.send(Command::Show {});
            }
            Wish::Move(id, to) => {
                let kind = ItemKind::Destination;
                edit(
                    view,
                    "outputs-undo-move",
                    &id,
                    Edit::Move {
                        kind,
                        id: id.clone(),
                        to,
                    },
                );
            }
            Wish::Remove(id) => {
                let kind = ItemKind::Destination;
                edit(
                    view,
                    "outputs-undo-remove",
                    &id,
                    Edit::Remove {
                        kind,
                        id: id.clone(),
                    },
                );
            }
        }
    }

    /// Tries all, and adds one.
    fn small_buttons(&mut self, ui: &Ui, rect: Rect, view: &View) {
        let destinations = &view.snapshot.destinations;
        let middle = rect.center().x;
        let half = rect.with_max_x(middle - 3.0);
        let off = |d: &&crate::door::DestinationStatus| d.state == DestinationState::Off;
        let any_off = destinations.iter().any(|d| off(&d));
        let (label, say) = (
            lang::text("outputs-try-all"),
            lang::text("outputs-say-try-all"),
        );
        let button = Button::new(&label).say(&say).enabled(any_off);
        let button = button.show(ui, half, "try all");
        Popup::menu(&button).show(|ui| {
            ui.set_width(rows::MENU);
            if self.trials.run() {
                if ui.button(lang::text("outputs-try-stop")).clicked() {
                    for id in self.trials.running() {
                        view.send(Command::StopTrial { destination: id });
                    }
                }
                return;
            }
            let any_on = destinations::any_on(view);
            for (key, publish) in [
                ("outputs-try-connection", false),
                ("outputs-try-with-key", true),
            ] {
                let item = egui::Button::new(lang::text(key));
                if ui.add_enabled(!(publish && any_on), item).clicked() {
                    for destination in destinations.iter().filter(off) {
                        send_try(view, destination.id.clone(), publish);
                    }
                }
            }
            let warning = egui::RichText::new(lang::text(if any_on {
                "outputs-uplink-busy"
            } else {
                "outputs-try-warning"
            }));
            ui.label(warning.font(theme::font(12.0)).color(theme::DIM));
        });
        let add = lang::text("outputs-add");
        let say = lang::text("outputs-say-add");
        let half = rect.with_min_x(middle + 3.0);
        if Button::new(&add)
            .say(&say)
            .show(ui, half, "add destination")
            .clicked()
        {
            self.form = Some(Form::new(view.snapshot.edit.revision, Preset::YouTube));
        }
    }
}

fn send_try(view: &View, id: String, publish: bool) {
    view.send(Command::TryDestination {
        destination: Tried::Id(id),
        seconds: TRY_S,
        publish,
    });
}

fn edit(view: &View, key: &str, id: &str, edit: Edit) {
    let mut all = view.snapshot.destinations.iter();
    let label = all.find(|d| d.id == id).map_or(id, |d| &d.label);
    view.send(Command::Edit {
        revision: Some(view.snapshot.edit.revision),
        label: lang::with(key, &[("name", label.into())]),
        joins: false,
        on_air: false,
        edits: vec![edit],
    });
}

/// From the next file on.
fn change_folder(view: &View, folder: PathBuf) {
    let Some(folder) = folder.to_str() else {
        tracing::warn!("a folder whose name is not UTF-8 cannot be in a show");
        return;
    };
    let recording = Recording {
        folder: folder.to_owned(),
        format: view.snapshot.recording.format,
    };
    let undo = lang::text("outputs-undo-folder");
    record_by(view, view.snapshot.edit.revision, undo, recording);
}

fn record_by(view: &View, revision: u64, label: String, recording: Recording) {
    view.send(Command::Edit {
        revision: Some(revision),
        label,
        joins: false,
        on_air: false,
        edits: vec![Edit::Recording(recording)],
    });
}

/// How high the recorder and the receiver are, in points.
struct Heights {
    recorder: f32,
    receiver: Option<f32>,
}

/// These heights in a panel so high, in points. What is only looked at gives way first where the
/// destinations lack the room to say what is wrong with them. Of what comes and goes nothing is asked:
/// nothing jumps.
fn heights(panel: f32, snapshot: &Snapshot) -> Heights {
    let count = snapshot.destinations.len();
    let fixed = layout::TARGET + SMALL + 3.0 * SPACE + destinations::needed(count);
    let streams = receiver::most(count);
    let lower = (0..=streams).rev().map(|n| (recorder::HEIGHT, n));
    let mut all = lower
        .chain([(recorder::LOW, 0)])
        .map(|(recorder, n)| Heights {
            recorder,
            receiver: snapshot.receiver.as_ref().map(|_| receiver::height(n)),
        });
    let fits = |heights: &Heights| {
        let receiver = heights.receiver.map_or(0.0, |height| height + SPACE);
        fixed + heights.recorder + receiver <= panel + 0.5
    };
    let lowest = Heights {
        recorder: recorder::LOW,
        receiver: snapshot.receiver.as_ref().map(|_| receiver::height(0)),
    };
    all.find(fits).unwrap_or(lowest)
}

/// What the uplink gave against what the destinations take that were measured.
fn uplink_line(ui: &Ui, rect: Rect, uplink: trials::Uplink) {
    let key = if uplink.measured < uplink.all {
        "outputs-uplink-some"
    } else {
        "outputs-uplink"
    };
    let text = lang::with(
        key,
        &[
            ("got", words::bitrate(uplink.got_bps).into()),
            ("needed", words::bitrate(uplink.needed_bps).into()),
            ("measured", uplink.measured.to_string().into()),
            ("all", uplink.all.to_string().into()),
        ],
    );
    let colour = if uplink.runs || uplink.is_enough {
        theme::DIM
    } else {
        theme::AMBER
    };
    paint::said_line(
        ui,
        rect,
        Align::Min,
        "uplink",
        &text,
        theme::font(12.5),
        colour,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::ReceiverStatus;
    use crate::ui::testing;

    #[test]
    fn what_is_only_looked_at_gives_way_to_destinations_that_need_the_room() {
        let mut snapshot = testing::snapshot();
        snapshot.receiver = Some(Arc::new(ReceiverStatus::default()));
        let at = |snapshot: &Snapshot, panel| {
            let heights = heights(panel, snapshot);
            (heights.recorder, heights.receiver)
        };
        let (none, one, two) = (
            receiver::height(0),
            receiver::height(1),
            receiver::height(2),
        );
        assert_eq!(at(&snapshot, 900.0), (recorder::HEIGHT, Some(two)));
        let fixed = layout::TARGET + SMALL + 4.0 * SPACE + destinations::needed(2);
        let all = fixed + recorder::HEIGHT + two;
        let lines = two - one;
        assert_eq!(at(&snapshot, all), (recorder::HEIGHT, Some(two)));
        assert_eq!(at(&snapshot, all - 2.0), (recorder::HEIGHT, Some(one)));
        let less = all - lines - 2.0;
        assert_eq!(at(&snapshot, less), (recorder::HEIGHT, Some(none)));
        let least = all - 2.0 * lines - 2.0;
        assert_eq!(at(&snapshot, least), (recorder::LOW, Some(none)));
        assert_eq!(at(&snapshot, 0.0), (recorder::LOW, Some(none)));
        snapshot.receiver = None;
        assert_eq!(at(&snapshot, least), (recorder::HEIGHT, None));
    }
}
