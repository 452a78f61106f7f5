//! The sound snapshots in a list, each to be recalled, and beside it the one that is worked on: its name,
//! how its faders move, the scenes that recall it.

use egui::{Rect, Ui, UiBuilder};

use super::asked::Asked;
use crate::door::{Command, SnapshotAction, SoundSnapshotStatus};
use crate::show::{Edit, SoundSnapshot};
use crate::ui::{
    build::{
        draft::Draft,
        ids,
        parts::{self, Figures},
        typed::Typed,
    },
    guard::{Guard, Guarded},
    lang, theme,
    theme::Icon,
    view::{View, name},
};

/// The list takes so much of the width, and is no wider, in points.
const LIST: (f32, f32) = (0.4, 340.0);
const GAP: f32 = 16.0;
/// Width of what recalls a snapshot, beside its name, in points.
const RECALL: f32 = 96.0;
/// What is pressed twice within this was pressed once, in seconds.
const ONCE_S: f64 = 0.5;
/// How long faders may take, in frames.
const FRAMES: std::ops::RangeInclusive<u32> = 0..=1000;
const WHOLE: Figures = Figures {
    decimals: 0,
    speed: 0.5,
    unit: "",
};

/// What is done to the show, what is being typed, and what was pressed once.
type Of<'a> = (&'a mut Draft, &'a mut Typed, &'a mut Guard);

/// What the panel remembers.
#[derive(Debug, Default)]
pub struct Snapshots {
    /// The id of the one that is worked on.
    chosen: Option<String>,
    /// When the way back was taken.
    went_back: f64,
}

impl Snapshots {
    /// Draws it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        view: &View,
        (draft, typed, guard): Of,
        asked: &mut Vec<Asked>,
    ) {
        let width = (rect.width() * LIST.0).min(LIST.1);
        let left = rect.with_max_x(rect.left() + width);
        let right = rect.with_min_x(left.right() + GAP);
        scrolled(ui, left, "snapshots", |ui| self.list(ui, view));
        scrolled(ui, right, "snapshot", |ui| {
            if let Some(refusal) = draft.refusal() {
                parts::note(ui, refusal, theme::AMBER);
            }
            match self.chosen(view) {
                Some((at, status)) => one(ui, (at, status), view, (draft, typed, guard), asked),
                None => parts::note(ui, &lang::text("sound-teach-snapshots"), theme::DIM),
            }
        });
    }

    /// The one that is worked on, with its place: what was chosen, else what was recalled last, else the
    /// first.
    fn chosen<'a>(&self, view: &View<'a>) -> Option<(usize, &'a SoundSnapshotStatus)> {
        let all = &view.snapshot.sound.snapshots;
        let is_chosen = |s: &SoundSnapshotStatus| self.chosen.as_ref() == Some(&s.id);
        let at = all.iter().position(is_chosen);
        let at = at.or_else(|| all.iter().position(|status| status.recalled));
        let at = at.unwrap_or(0);
        all.get(at).map(|status| (at, status))
    }

    fn list(&mut self, ui: &mut Ui, view: &View) {
        let all = &view.snapshot.sound.snapshots;
        let chosen = self.chosen(view).map(|(at, _)| at);
        for (at, status) in all.iter().enumerate() {
            let called = name(&status.label, &status.id);
            let named = [("name", called.into())];
            ui.horizontal(|ui| {
                let say = lang::with("sound-snapshot-of", &named);
                let room = ui.available_width() - RECALL;
                let on = chosen == Some(at);
                ui.allocate_ui(egui::vec2(room, parts::HEIGHT), |ui| {
                    ui.set_min_width(room);
                    if parts::switch_within(ui, room, called, &say, on).clicked() {
                        self.chosen = Some(status.id.clone());
                    }
                });
                let key = if status.recalled {
                    "sound-recalled-last"
                } else {
                    "sound-recall-it"
                };
                let say = lang::with(key, &named);
                let face = lang::text("sound-recall");
                let pressed = parts::switch(ui, &face, &say, status.recalled);
                if pressed.on_hover_text(&say).clicked() {
                    view.send(command(&status.id, SnapshotAction::Recall, None));
                }
            });
        }
        if view.snapshot.sound.goes_back {
            let pressed = parts::icon_button(ui, Icon::Undo2, &lang::text("sound-recall-back"));
            let say = lang::text("sound-recall-back-say");
            // A double click goes back once.
            let is_new = view.now - self.went_back > ONCE_S;
            if pressed.on_hover_text(&say).clicked() && is_new {
                self.went_back = view.now;
                view.send(command("", SnapshotAction::Back, None));
            }
        }
        if parts::icon_button(ui, Icon::Plus, &lang::text("sound-store-new")).clicked() {
            let label = lang::text("sound-snapshot");
            let label = ids::new_label(&label, |l| {
                all.iter()
                    .any(|status| name(&status.label, &status.id) == l)
            });
            let id = ids::new_id(&label, "snapshot", |id| all.iter().any(|s| s.id == id));
            view.send(command(&id, SnapshotAction::Store, Some(label)));
            self.chosen = Some(id);
        }
    }
}

/// The one that is worked on.
fn one(
    ui: &mut Ui,
    (at, status): (usize, &SoundSnapshotStatus),
    view: &View,
    (draft, typed, guard): Of,
    asked: &mut Vec<Asked>,
) {
    let called = name(&status.label, &status.id);
    let named = [("name", called.into())];
    let label = lang::text("build-label");
    parts::row(ui, &label, |ui| {
        if let Some(text) = typed.text(ui, (&status.id, "label"), &label, &status.label) {
            asked.push(Asked::NameSnapshot(status.id.clone(), text));
        }
    });
    let of = view.snapshot.sound.snapshots.len();
    ui.horizontal_wrapped(|ui| {
        let face = lang::text("sound-store-again");
        let say = lang::with("sound-store-again-say", &named);
        if parts::icon_button(ui, Icon::Save, &face)
            .on_hover_text(&say)
            .clicked()
        {
            view.send(command(&status.id, SnapshotAction::Store, None));
        }
        let moves = [
            (Icon::ChevronUp, "build-up", at.checked_sub(1)),
            (
                Icon::ChevronDown,
                "build-down",
                Some(at + 1).filter(|to| *to < of),
            ),
        ];
        for (icon, key, to) in moves {
            let pressed = parts::small(ui, icon, &lang::text(key), to.is_some());
            if let Some(to) = to.filter(|_| pressed.clicked()) {
                asked.push(Asked::MoveSnapshot(status.id.clone(), to));
            }
        }
        remove(ui, status, view, guard, asked);
    });
    if let Some(show) = draft.show().cloned()
        && let Some(known) = show.snapshots.get(&status.id)
    {
        frames(ui, known, view, draft);
    }
    parts::head(ui, &lang::text("sound-recalled-by"));
    ui.horizontal_wrapped(|ui| {
        for scene in &view.snapshot.scenes {
            let on = status.scenes.contains(&scene.id);
            let face = name(&scene.label, &scene.id);
            let values = [("scene", face.into()), ("name", called.into())];
            let say = lang::with("sound-recalled-by-scene", &values);
            if parts::switch(ui, face, &say, on).clicked() {
                let id = (!on).then(|| status.id.clone());
                asked.push(Asked::Recalls(scene.id.clone(), id));
            }
        }
    });
    parts::note(ui, &lang::text("sound-safe-says"), theme::DIM);
}

/// How long faders take to get there.
fn frames(ui: &mut Ui, known: &SoundSnapshot, view: &View, draft: &mut Draft) {
    let label = lang::text("sound-fade");
    parts::row(ui, &label, |ui| {
        let mut frames = known.frames;
        let say = lang::text("sound-fade-say");
        let number = parts::number(ui, &say, &mut frames, FRAMES, WHOLE);
        let what = format!("frames of {}", known.id);
        let step = lang::text("sound-step-fade");
        parts::apply(draft, &number, view.now, (&what, &step), |draft| {
            let show = draft.show();
            let next = show.map(|show| {
                let mut next = show.snapshots.clone();
                let its = next.list.iter_mut().find(|s| s.id == known.id);
                if let Some(its) = its {
                    its.frames = frames;
                }
                Edit::Snapshots(next)
            });
            next.into_iter().collect()
        });
        let rate = view.snapshot.rate.fps();
        let seconds = crate::ui::numbers::decimal(f64::from(frames) / rate, 1);
        let text = lang::with("sound-fade-seconds", &[("n", seconds.into())]);
        ui.label(egui::RichText::new(text).color(theme::DIM));
    });
}

/// One that a scene recalls is missed by it: that takes a second press.
fn remove(
    ui: &mut Ui,
    status: &SoundSnapshotStatus,
    view: &View,
    guard: &mut Guard,
    asked: &mut Vec<Asked>,
) {
    let what = Guarded::SoundSnapshot(status.id.clone());
    let armed = guard.is_armed(&what, view.now);
    let key = if armed {
        "sound-snapshot-remove-again"
    } else {
        "sound-remove-group"
    };
    let called = name(&status.label, &status.id);
    let say = lang::with(key, &[("name", called.into())]);
    let pressed = if armed {
        parts::armed(ui, Icon::Trash2, &say)
    } else {
        parts::small(ui, Icon::Trash2, &say, true)
    };
    let is_used = !status.scenes.is_empty();
    if pressed.clicked() && (!is_used || guard.press(&what, view.now)) {
        asked.push(Asked::RemoveSnapshot(status.id.clone()));
    }
}

fn command(id: &str, action: SnapshotAction, label: Option<String>) -> Command {
    Command::SoundSnapshot {
        snapshot: id.to_owned(),
        action,
        label,
    }
}

/// A part of the panel, as high as there is room.
fn scrolled(ui: &mut Ui, rect: Rect, id: &'static str, show: impl FnOnce(&mut Ui)) {
    let builder = UiBuilder::new().max_rect(rect).id_salt(id);
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(rect.expand(2.0));
        parts::scrolled(id).show(ui, |ui| {
            ui.set_width(ui.available_width());
            show(ui);
        });
    });
}
