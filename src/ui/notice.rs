//! What has to be told, and perhaps answered, without stopping anybody: a bar below what is wrong in the
//! health strip, which keeps a line for that. No picture, no control and no figure is beneath it.

use egui::{Align, Area, Id, Order, Rect, Sense, Stroke, StrokeKind, Ui, vec2};

use super::{
    guard::{Guard, Guarded},
    lang,
    paint::{self, Button},
    shows,
    theme::{self, Icon},
    view::View,
    words,
};
use crate::door::{Command, PackingState, PackingStatus};

/// What is told of its own accord goes after so many seconds.
const STAYS_S: f64 = 12.0;

/// Width of a button, in points.
const BUTTON: f32 = 124.0;
/// Width of one in a window that is small, in points.
const NARROW_BUTTON: f32 = 106.0;

/// What was told last.
#[derive(Debug, Default)]
pub struct Notice {
    told: Option<Told>,
}

#[derive(Debug)]
struct Told {
    text: String,
    at: f64,
    /// It went wrong.
    ill: bool,
}

impl Told {
    fn is_over(&self, now: f64) -> bool {
        now - self.at > STAYS_S
    }
}

fn is_running(packing: &PackingStatus) -> bool {
    packing.state == PackingState::Running
}

impl Notice {
    /// Tells something at `now` seconds.
    pub fn tell(&mut self, text: String, now: f64) {
        let ill = false;
        self.told = Some(Told { text, at: now, ill });
    }

    /// Tells that something went wrong.
    pub fn fail(&mut self, text: String, now: f64) {
        let ill = true;
        self.told = Some(Told { text, at: now, ill });
    }

    /// Tells how a copy with media ended; one that is made is shown for as long as that lasts.
    pub fn tell_of(&mut self, packing: &PackingStatus, now: f64) {
        match words::packing_end(packing) {
            Some(text) if packing.state == PackingState::Failed => self.fail(text, now),
            Some(text) => self.tell(text, now),
            None => {}
        }
    }

    /// Whether there is something to say.
    pub fn stands(&self, view: &View) -> bool {
        let edit = &view.snapshot.edit;
        let is_told = self
            .told
            .as_ref()
            .is_some_and(|told| !told.is_over(view.now));
        let is_packing = edit.packing.as_ref().is_some_and(is_running);
        edit.file_changed || is_told || is_packing || edit.autosave.is_some()
    }

    /// Draws the bar, where there is something to say.
    pub fn show(&mut self, ui: &Ui, rect: Rect, view: &View, guard: &mut Guard) {
        self.told.take_if(|told| told.is_over(view.now));
        if view.snapshot.edit.file_changed {
            changed(ui, rect, view);
        } else if let Some(told) = &self.told {
            let close = [Choice::plain("menu-notice-close")];
            let gone = bar(ui, rect, told.ill, &told.text, &close);
            if gone.is_some() {
                self.told = None;
            }
        } else if let Some(packing) = &view.snapshot.edit.packing
            && is_running(packing)
        {
            let text = progress(packing);
            if bar(ui, rect, false, &text, &[Choice::plain("menu-pack-stop")]).is_some() {
                view.send(Command::StopSaveWithMedia {});
            }
        } else if view.snapshot.edit.autosave.is_some() {
            left_over(ui, rect, view, guard);
        }
    }
}

/// How far a copy with media is.
fn progress(packing: &PackingStatus) -> String {
    let per_cent = packing.bytes.saturating_mul(100) / packing.total.max(1);
    lang::with(
        "menu-packing",
        &[
            ("name", shows::name_of(&packing.folder)),
            ("done", per_cent.min(100).into()),
            ("file", packing.file.clone().into()),
        ],
    )
}

/// What was edited before this show was opened and never saved: letting it go is for good, and takes a
/// second press.
fn left_over(ui: &Ui, rect: Rect, view: &View, guard: &mut Guard) {
    let text = lang::text("clips-autosave");
    let armed = guard.is_armed(&Guarded::Autosave, view.now);
    let away = Choice {
        key: if armed {
            "clips-autosave-again"
        } else {
            "clips-autosave-let-go"
        },
        armed,
    };
    let choices = [Choice::plain("clips-autosave-take"), away];
    match bar(ui, rect, false, &text, &choices) {
        Some(0) => view.send(Command::Autosave { take: true }),
        Some(_) if guard.press(&Guarded::Autosave, view.now) => {
            view.send(Command::Autosave { take: false });
        }
        _ => {}
    }
}

/// A button of the bar.
#[derive(Clone, Copy, Debug)]
struct Choice {
    key: &'static str,
    /// The next press does it.
    armed: bool,
}

impl Choice {
    const fn plain(key: &'static str) -> Self {
        let armed = false;
        Self { key, armed }
    }
}

/// Another program changed the show's file.
fn changed(ui: &Ui, rect: Rect, view: &View) {
    let text = lang::text("menu-file-changed");
    match bar(
        ui,
        rect,
        true,
        &text,
        &[
            Choice::plain("menu-keep-mine"),
            Choice::plain("menu-take-theirs"),
        ],
    ) {
        Some(0) => view.send(Command::Save { over: true }),
        Some(_) => view.send(Command::Revert {}),
        None => {}
    }
}

/// Draws the bar with its buttons; gives the one that was pressed.
fn bar(ui: &Ui, rect: Rect, ill: bool, text: &str, buttons: &[Choice]) -> Option<usize> {
    let area = Area::new(Id::unique("notice"))
        .order(Order::Foreground)
        // Its place is in the window; egui would guess at its size, and push it up and block what is there.
        .constrain(false)
        .fixed_pos(rect.min);
    let shown = area.show(ui.ctx(), |ui| {
        ui.allocate_rect(rect, Sense::hover());
        let edge = if ill { theme::AMBER } else { theme::PRESSED };
        let painter = ui.painter();
        painter.rect_filled(rect, theme::ROUND, theme::PANEL);
        let edge = Stroke::new(2.0, edge);
        painter.rect_stroke(rect, theme::ROUND, edge, StrokeKind::Inside);
        let mut inner = rect.shrink2(vec2(10.0, 2.0)).with_max_x(rect.right() - 2.0);
        let width = if rect.width() < 520.0 {
            NARROW_BUTTON
        } else {
            BUTTON
        };
        let mut pressed = None;
        for (i, choice) in buttons.iter().enumerate().rev() {
            let place = inner.with_min_x(inner.right() - width);
            let face = lang::text(choice.key);
            let mut button = Button::new(&face).size(11.5);
            if choice.armed {
                button = button.fill(theme::AMBER, theme::ON_TEXT);
            }
            if button.show(ui, place, ("notice", i)).clicked() {
                pressed = Some(i);
            }
            inner.max.x = place.left() - 6.0;
        }
        let icon = if ill { Icon::TriangleAlert } else { Icon::Info };
        let line = format!("{}  {text}", theme::icon(icon));
        let colour = if ill { theme::AMBER } else { theme::TEXT };
        let font = paint::shrunk(ui, &line, theme::bold(11.5), inner.width());
        paint::line(ui, inner, Align::Min, &line, font, colour);
        paint::say(ui, inner, "notice", text).on_hover_text(text);
        pressed
    });
    shown.inner
}
