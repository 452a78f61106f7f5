//! Faders: the law between travel and decibels, and the control itself.
//!
//! 0 dB is at three quarters of the travel, −∞ at the bottom, +10 dB at the top. A drag moves the
//! cap from where it is: a press beside it changes nothing, so nothing jumps on air.

use egui::{
    Align, EventFilter, Id, Key, Rect, Sense, Ui, Vec2, WidgetInfo,
    accesskit::{Action, ActionData},
    pos2, vec2,
};

use super::{fills, keys, listening, paint, theme, view::View, words};
use crate::door::Command;

/// Travel (0 at the bottom) and decibels, linear between: the usual broadcast law.
const LAW: [(f32, f32); 8] = [
    (0.0, -100.0),
    (0.04, -60.0),
    (0.13, -40.0),
    (0.23, -30.0),
    (0.36, -20.0),
    (0.53, -10.0),
    (0.75, 0.0),
    (1.0, 10.0),
];

/// Decibels at a place of the travel, rounded to a tenth.
pub fn db_at(travel: f32) -> f32 {
    let db = interpolate(travel, |&(t, db)| (t, db));
    (db * 10.0).round() / 10.0
}

/// The place of the travel for decibels.
pub fn travel_at(db: f32) -> f32 {
    interpolate(db, |&(t, db)| (db, t))
}

fn interpolate(x: f32, axes: impl Fn(&(f32, f32)) -> (f32, f32)) -> f32 {
    let (first, last) = (axes(&LAW[0]), axes(&LAW[LAW.len() - 1]));
    let x = x.clamp(first.0, last.0);
    for pair in LAW.windows(2) {
        let ((x0, y0), (x1, y1)) = (axes(&pair[0]), axes(&pair[1]));
        if x <= x1 {
            return y0 + (x - x0) / (x1 - x0) * (y1 - y0);
        }
    }
    last.1
}

/// What a fader moves. Auxes count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moves<'a> {
    /// A source, by its id.
    Source(&'a str),
    /// What of a source goes to an aux.
    Send(&'a str, usize),
    /// An aux as a whole.
    Aux(usize),
    /// A group, by its id.
    Group(&'a str),
    /// What is listened to at the desk.
    Monitor,
}

impl Moves<'_> {
    fn to(self, db: f32) -> Command {
        match self {
            Self::Source(source) => Command::Fader {
                source: source.to_owned(),
                db,
            },
            Self::Send(source, aux) => Command::Send {
                source: source.to_owned(),
                aux,
                db: Some(db),
                pre: None,
            },
            Self::Aux(aux) => Command::Aux {
                aux,
                db: Some(db),
                mute: None,
            },
            Self::Group(group) => Command::Group {
                group: group.to_owned(),
                db: Some(db),
                mute: None,
            },
            Self::Monitor => listening::level(db),
        }
    }
}

/// A fader as the engine has it.
#[derive(Clone, Copy, Debug)]
pub struct Fader<'a> {
    /// What it moves.
    pub moves: Moves<'a>,
    /// Where it stands, in dB.
    pub db: f32,
    /// What a screen reader says of it.
    pub say: &'a str,
}

/// A fader that a hand holds, or has just let go of.
#[derive(Debug)]
struct Held {
    what: Id,
    travel: f32,
    sent_db: f32,
    released: Option<f64>,
}

/// After letting go, the cap waits so long for the engine to report the new value, in seconds.
const ECHO_S: f64 = 0.5;

/// The faders of the window. At most one is held.
#[derive(Debug, Default)]
pub struct Faders {
    held: Option<Held>,
}

impl Faders {
    /// Draws a fader and sends what the hand does.
    pub fn show(&mut self, ui: &Ui, rect: Rect, salt: usize, fader: Fader, view: &View) {
        let id = Id::unique(("fader", salt, fader.moves));
        // The same one may be seen at two places.
        let what = Id::unique(("moved by a fader", fader.moves));
        let sense = if ui.is_enabled() {
            Sense::click_and_drag()
        } else {
            Sense::hover()
        };
        let response = ui.interact(rect, id, sense);
        // A tap may come and go between two paintings.
        if response.is_pointer_button_down_on() || paint::pressed(ui, &response) {
            keys::point_at(ui.ctx(), id);
        }
        let cap = vec2((rect.width() - 4.0).min(34.0), 16.0);
        let track = rect.shrink2(vec2(0.0, cap.y / 2.0 + 1.0));

        if self.held.as_ref().is_some_and(|held| {
            held.what == what
                && held.released.is_some_and(|at| {
                    view.now - at > ECHO_S || (held.sent_db - fader.db).abs() < 0.06
                })
        }) {
            self.held = None;
        }
        let set = |db: f32| view.send(fader.moves.to(db.clamp(-100.0, 10.0)));

        if response.double_clicked() {
            self.held = None;
            set(0.0);
        } else if response.dragged() {
            let held = self.take_hold(what, fader.db);
            held.released = None;
            let moved = -response.drag_delta().y / track.height();
            held.travel = (held.travel + moved).clamp(0.0, 1.0);
            let db = db_at(held.travel);
            if db != held.sent_db {
                held.sent_db = db;
                set(db);
            }
        }
        if response.drag_stopped()
            && let Some(held) = &mut self.held
        {
            held.released = Some(view.now);
        }
        if let Some(db) = asked_by_keyboard(ui, &response, fader.db) {
            set(db);
        }

        let db = match &self.held {
            Some(held) if held.what == what => held.sent_db,
            _ => fader.db,
        };
        response
            .widget_info(|| WidgetInfo::slider(ui.is_enabled(), f64::from(fader.db), fader.say));
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_min_numeric_value(-100.0);
            node.set_max_numeric_value(10.0);
            node.set_numeric_value_step(1.0);
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
            node.add_action(Action::SetValue);
        });
        let is_send = matches!(fader.moves, Moves::Send(..));
        draw(ui, (rect, track, cap), db, is_send, &response);
    }

    fn take_hold(&mut self, what: Id, db: f32) -> &mut Held {
        if self.held.as_ref().is_some_and(|held| held.what != what) {
            self.held = None;
        }
        self.held.get_or_insert_with(|| Held {
            what,
            travel: travel_at(db),
            sent_db: db,
            released: None,
        })
    }
}

/// What the arrow keys of a focused fader, or a screen reader, ask for.
fn asked_by_keyboard(ui: &Ui, response: &egui::Response, db: f32) -> Option<f32> {
    if !ui.is_enabled() {
        return None;
    }
    let id = response.id;
    let mut steps = ui.input(|i| {
        i.num_accesskit_action_requests(id, Action::Increment) as f32
            - i.num_accesskit_action_requests(id, Action::Decrement) as f32
    });
    let asked = ui.input(|i| {
        i.accesskit_action_requests(id, Action::SetValue)
            .find_map(|request| match request.data {
                Some(ActionData::NumericValue(value)) => Some(value as f32),
                _ => None,
            })
    });
    if response.has_focus() {
        ui.memory_mut(|memory| {
            memory.set_focus_lock_filter(
                id,
                EventFilter {
                    vertical_arrows: true,
                    horizontal_arrows: true,
                    ..EventFilter::default()
                },
            );
        });
        let (up, down) = ui.input(|i| (i.key_pressed(Key::ArrowUp), i.key_pressed(Key::ArrowDown)));
        steps += f32::from(up) - f32::from(down);
    }
    if asked.is_some() {
        return asked;
    }
    (steps != 0.0).then(|| (db.max(-60.0) + steps).min(10.0))
}

/// Draws it, in blue where it moves a send: whoever mixes an aux is not to take it for the program.
fn draw(
    ui: &Ui,
    (rect, track, cap): (Rect, Rect, Vec2),
    db: f32,
    is_send: bool,
    response: &egui::Response,
) {
    let painter = ui.painter();
    let centre = rect.center().x;
    let groove = Rect::from_center_size(track.center(), vec2(4.0, track.height()));
    fills::fill(ui, groove, 2, theme::BACKGROUND);
    for mark in [10.0, 0.0, -10.0, -20.0, -30.0, -40.0, -60.0] {
        let y = track.bottom() - track.height() * travel_at(mark);
        let (half, colour) = if mark == 0.0 {
            (14.0, theme::DIM)
        } else {
            (8.0, theme::LINE)
        };
        painter.hline(centre - half..=centre + half, y.round(), (1.0, colour));
    }
    let y = track.bottom() - track.height() * travel_at(db);
    let knob = Rect::from_center_size(pos2(centre, y), cap);
    let fill = if is_send {
        theme::BLUE
    } else if response.dragged() || response.hovered() {
        theme::ON
    } else {
        theme::DIM
    };
    painter.rect_filled(knob, 3, fill);
    painter.hline(knob.x_range(), knob.center().y, (2.0, theme::ON_TEXT));
    paint::focus_ring(ui, response);
}

/// Writes a fader's value, quietly where it counts for nothing.
pub fn readout(ui: &Ui, rect: Rect, db: f32, quiet: bool) {
    let colour = if quiet { theme::DIM } else { theme::TEXT };
    let unit = if rect.width() < 64.0 { "" } else { " dB" };
    let text = format!("{}{unit}", words::db(db));
    paint::line(ui, rect, Align::Center, &text, theme::bold(12.5), colour);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_has_its_fixed_points_and_never_turns_back() {
        assert_eq!(db_at(0.75), 0.0);
        assert_eq!(db_at(0.0), -100.0);
        assert_eq!(db_at(1.0), 10.0);
        assert_eq!(db_at(2.0), 10.0);
        assert_eq!(travel_at(0.0), 0.75);
        assert_eq!(travel_at(-200.0), 0.0);
        let mut last = -101.0;
        for i in 0..=1000 {
            let travel = i as f32 / 1000.0;
            let db = db_at(travel);
            assert!(db >= last);
            last = db;
            if travel > 0.04 {
                assert!((travel_at(db) - travel).abs() < 0.006, "{travel} {db}");
            }
        }
    }
}
