//! A row per destination, and the buttons for all of them.

use egui::{Align, Color32, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::said::said;
use super::{
    fills,
    guard::{Guard, Guarded},
    lang,
    outputs::{
        history::History,
        trials::{Trials, words_of},
        wish::Wish,
    },
    paint::{self, Button},
    problems,
    rows::{self, Detail, Switch, button_of},
    theme,
    view::{View, name},
    words,
};
use crate::door::{Command, DestinationState, DestinationStatus, TrialState, TrialStatus};

/// Height of a row, in points: as high as there is room for all, and no lower than for two lines.
const ROW: std::ops::RangeInclusive<f32> = 36.0..=72.0;
/// A row lower than this has one line under its name.
const TWO_DETAILS: f32 = 52.0;
/// And one lower than this has two.
const THREE_DETAILS: f32 = 68.0;
const GAP: f32 = 4.0;
/// Width of the drawing of the last two minutes, in points.
const HISTORY: f32 = 62.0;
/// Height of the bar that shows the bitrate against what is wanted, in points.
const BAR: f32 = 3.0;

/// Height of each of so many rows in a list of this height. All of them are seen at once if that can
/// be, for the one that fails must not be the one that is scrolled away.
fn row_height(list: f32, rows: usize) -> f32 {
    let rows = rows.max(1) as f32;
    ((list - (rows - 1.0) * GAP) / rows)
        .floor()
        .clamp(*ROW.start(), *ROW.end())
}

/// The height at which each of so many rows says what is wrong with it under its figures, in points.
pub fn needed(rows: usize) -> f32 {
    let rows = rows.max(1) as f32;
    rows * TWO_DETAILS + (rows - 1.0) * GAP
}

/// Draws the rows; those that do not fit are scrolled to. Gives what a row's menu asks for.
pub fn list(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    guard: &mut Guard,
    seen: (&History, &Trials),
) -> Option<Wish> {
    let destinations = &view.snapshot.destinations;
    let builder = UiBuilder::new().max_rect(rect).id_salt("destinations");
    let mut wish = None;
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(rect);
        ui.spacing_mut().item_spacing = vec2(0.0, GAP);
        let height = row_height(rect.height(), destinations.len());
        ScrollArea::vertical()
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .show(ui, |ui| {
                let size = vec2(ui.available_width(), height);
                for position in 0..destinations.len() {
                    let (row, _) = ui.allocate_exact_size(size, Sense::hover());
                    wish = destination_row(ui, row, position, view, guard, seen).or(wish.take());
                }
                if destinations.is_empty() {
                    let (row, _) = ui.allocate_exact_size(size, Sense::hover());
                    let text = lang::text("outputs-none");
                    paint::lines(ui, row, Align::Center, &text, theme::font(13.0), theme::DIM);
                    paint::say(ui, row, "no destination", &text);
                }
            });
    });
    wish
}

fn destination_row(
    ui: &Ui,
    row: Rect,
    position: usize,
    view: &View,
    guard: &mut Guard,
    (history, trials): (&History, &Trials),
) -> Option<Wish> {
    let destination = view.snapshot.destinations.get(position)?;
    let id = destination.id.as_str();
    let label = name(&destination.label, id);
    let trial = trials
        .of(id)
        .filter(|_| destination.state == DestinationState::Off);
    let said = Said::of(destination, trial);
    // What is wrong needs the room.
    let has_history =
        history.has(id) && !said.look_here && rows::text_of(row).width() > HISTORY * 2.0;
    let room = match row.height() {
        low if low < TWO_DETAILS => 1,
        middle if middle < THREE_DETAILS => 2,
        _ => 3,
    };
    // The name has a line to itself, so that it is read whole.
    // Which server it is says nothing of what is wrong.
    let is_known = problems::is_tried_again(destination.state) && destination.message.is_empty();
    let how = if is_known { "" } else { &said.how };
    let below = |first: &str, how: &str| said.below(ui, rows::text_of(row).width(), first, how);
    let (first, rest) = match room {
        1 if has_history => (said.value.clone(), String::new()),
        1 => (below(&said.value, how), String::new()),
        // A reason has all the room under the figures.
        _ if said.look_here && !how.is_empty() => (below(&said.value, ""), how.to_owned()),
        2 => (said.value.clone(), below("", how)),
        _ => (said.value.clone(), said.all(how)),
    };
    let detail = |text, lines, is_state| Detail {
        text,
        lines,
        is_state,
    };
    let state = detail(first.as_str(), 1, true);
    let lines: &[Detail] = match room {
        1 => &[state],
        lines => &[state, detail(rest.as_str(), lines - 1, false)],
    };
    rows::text(
        ui,
        row,
        &rows::Text {
            light: colour_of(destination.state),
            name: label,
            value: "",
            details: lines,
            look_here: said.look_here,
            free: if has_history { HISTORY + 6.0 } else { 0.0 },
            id: ("destination", id),
            said: &lang::pair(label, &said.whole(destination.state)),
        },
    );
    let text = rows::text_of(row);
    if has_history {
        let line = text.height() / f32::from(room + 1);
        let place = Rect::from_min_size(
            pos2(text.right() - HISTORY, text.top() + line + 1.0),
            vec2(HISTORY, line - 2.0),
        );
        let target = destination.target_bps;
        history.draw(ui, place, (id, label), target, view.now);
    }
    if matches!(
        destination.state,
        DestinationState::Live | DestinationState::Congested
    ) {
        bar(ui, row, destination);
    }
    let mut wish = None;
    let last = view.snapshot.destinations.len() - 1;
    rows::menu(ui, row, label, id, |ui| {
        let any_on = any_on(view);
        if said.look_here {
            rows::reason(ui, &said.how);
        }
        wish = menu(ui, destination, trial, any_on, (position, last));
    });
    let on = destination.state != DestinationState::Off;
    let switch = Switch {
        name: label,
        words: (lang::text("outputs-start"), lang::text("outputs-stop")),
        on,
        guards: (
            Some(Guarded::Start(id.to_owned())),
            Guarded::Destination(id.to_owned()),
        ),
    };
    if switch.show(ui, button_of(row), view.now, guard) {
        view.send(Command::Stream {
            destination: id.to_owned(),
            on: !on,
        });
    }
    wish
}

/// The bitrate against what the program takes, along the foot of the row's text.
fn bar(ui: &Ui, row: Rect, destination: &DestinationStatus) {
    let text = rows::text_of(row);
    let foot = Rect::from_min_max(
        pos2(text.left(), row.bottom() - BAR - 1.0),
        pos2(text.right(), row.bottom() - 1.0),
    );
    let share = destination.bitrate_bps as f32 / destination.target_bps.max(1) as f32;
    fills::fill(ui, foot, 1, theme::LINE);
    let done = foot.with_max_x(foot.left() + foot.width() * share.min(1.0));
    let colour = if destination.state == DestinationState::Congested {
        theme::AMBER
    } else {
        theme::DIM
    };
    fills::fill(ui, done, 1, colour);
}

/// Whether the program is asked to go anywhere.
pub fn any_on(view: &View) -> bool {
    let mut all = view.snapshot.destinations.iter();
    all.any(|d| d.state != DestinationState::Off)
}

/// What can be done with a destination besides starting and stopping it. What would take it off the
/// air waits until it is stopped.
fn menu(
    ui: &mut Ui,
    destination: &DestinationStatus,
    trial: Option<&TrialStatus>,
    any_on: bool,
    (position, last): (usize, usize),
) -> Option<Wish> {
    let is_off = destination.state == DestinationState::Off;
    let id = || destination.id.clone();
    let mut wish = None;
    let mut item = |ui: &mut Ui, key: &str, enabled: bool, what: Wish| {
        let button = ui.add_enabled(enabled, egui::Button::new(lang::text(key)));
        if button.clicked() {
            wish = Some(what);
        }
    };
    if trial.is_some_and(|trial| !trial.state.has_ended()) {
        item(ui, "outputs-try-stop", true, Wish::StopTrial(id()));
    } else {
        let wanted = |publish| Wish::Try { id: id(), publish };
        item(ui, "outputs-try-connection", is_off, wanted(false));
        item(ui, "outputs-try-with-key", !any_on, wanted(true));
    }
    ui.separator();
    item(ui, "outputs-edit", is_off, Wish::Edit(id()));
    item(ui, "outputs-duplicate", true, Wish::Duplicate(id()));
    let up = Wish::Move(id(), position.saturating_sub(1));
    item(ui, "outputs-up", position > 0, up);
    let down = Wish::Move(id(), position + 1);
    item(ui, "outputs-down", position < last, down);
    item(ui, "outputs-remove", is_off, Wish::Remove(id()));
    let hint = match (is_off, any_on) {
        (false, _) => "outputs-stop-first",
        (true, true) => "outputs-uplink-busy",
        (true, false) => "outputs-try-warning",
    };
    let hint = egui::RichText::new(lang::text(hint)).font(theme::font(12.0));
    ui.label(hint.color(theme::DIM));
    wish
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

/// What a row says.
#[derive(Debug, PartialEq)]
struct Said {
    /// Beside the name.
    value: String,
    /// How it is.
    how: String,
    /// What it has cost.
    cost: String,
    look_here: bool,
}

impl Said {
    fn of(destination: &DestinationStatus, trial: Option<&TrialStatus>) -> Self {
        if let Some(trial) = trial {
            let (value, how) = words_of(trial);
            return Self {
                value,
                how,
                cost: String::new(),
                look_here: matches!(trial.state, TrialState::Failed | TrialState::Slow),
            };
        }
        let (how, cost) = details(destination);
        let lacks_key = destination.has_key == Some(false);
        Self {
            value: match destination.state {
                DestinationState::Live | DestinationState::Congested => {
                    words::bitrate(destination.bitrate_bps)
                }
                DestinationState::Off if lacks_key => lang::text("outputs-no-key"),
                state => words::destination_state(state),
            },
            how,
            cost,
            look_here: match destination.state {
                DestinationState::Congested
                | DestinationState::Reconnecting
                | DestinationState::Failed => true,
                DestinationState::Off => lacks_key,
                _ => false,
            },
        }
    }
}

impl Said {
    /// What stands on one line of so many points, behind what is said `first`: `how` it is with as many
    /// figures as have room, and of what is wrong the reason last, whose end may be out of sight.
    fn below(&self, ui: &Ui, room: f32, first: &str, how: &str) -> String {
        let (how, reason) = if self.look_here { ("", how) } else { (how, "") };
        let figures = self.cost.split(" · ");
        let mut line = String::new();
        for part in [first, how].into_iter().chain(figures) {
            let longer = match (line.as_str(), part) {
                (_, "") => continue,
                ("", part) => part.to_owned(),
                (line, part) => format!("{line} · {part}"),
            };
            if !line.is_empty() && paint::width(ui, &longer, theme::font(rows::DETAIL)) > room {
                break;
            }
            line = longer;
        }
        match (line.as_str(), reason) {
            (_, "") => line,
            ("", reason) => reason.to_owned(),
            (line, reason) => format!("{line} · {reason}"),
        }
    }

    /// What stands below its value where there is room for more than one line.
    fn all(&self, how: &str) -> String {
        let parts = [how, &self.cost].into_iter();
        parts
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
    }

    /// All of it, for a screen reader.
    fn whole(&self, state: DestinationState) -> String {
        let rest = format!("{}, {}, {}", self.value, self.how, self.cost);
        match state {
            // Its bitrate does not say how it is.
            DestinationState::Live | DestinationState::Congested => {
                format!("{}, {rest}", words::destination_state(state))
            }
            _ => rest,
        }
    }
}

/// What the two lines under a destination's name say: how it is, and what it has cost.
fn details(destination: &DestinationStatus) -> (String, String) {
    let mut counts = Vec::new();
    if destination.dropped > 0 {
        let n = words::count(destination.dropped);
        counts.push(lang::with("outputs-dropped", &[("n", n.into())]));
    }
    if destination.reconnects > 0 {
        let n = destination.reconnects;
        counts.push(lang::with("outputs-reconnections", &[("n", n.into())]));
    }
    let message = |otherwise: String| {
        if destination.message.is_empty() {
            otherwise
        } else {
            said(&destination.message)
        }
    };
    let first = match destination.state {
        DestinationState::Off | DestinationState::Connecting => message(destination.server.clone()),
        DestinationState::Live => message(words::clock(f64::from(destination.live_s))),
        DestinationState::Congested => {
            let ms = destination.backlog_ms.to_string();
            counts.insert(0, lang::with("outputs-behind", &[("ms", ms.into())]));
            message(lang::text("outputs-slow-network"))
        }
        DestinationState::Reconnecting | DestinationState::Failed => {
            counts.insert(0, problems::next_try(destination));
            message(destination.server.clone())
        }
    };
    if counts.is_empty() && destination.state == DestinationState::Live {
        counts.push(lang::text("outputs-nothing-dropped"));
    }
    (first, counts.join(" · "))
}

/// Draws the buttons that start and stop all destinations, each in its place.
pub fn everything(ui: &Ui, (start, stop): (Rect, Rect), view: &View, guard: &mut Guard) {
    let destinations = &view.snapshot.destinations;
    let any_off = destinations
        .iter()
        .any(|d| d.state == DestinationState::Off);
    let any_on = any_on(view);
    let words = (
        lang::text("outputs-go-live"),
        lang::text("outputs-stop-all"),
    );
    for (on, possible) in [(false, any_off), (true, any_on)] {
        let (place, word, name, id) = if on {
            (stop, &words.1, lang::text("outputs-every"), "stop all")
        } else {
            (start, &words.0, lang::text("outputs-everywhere"), "go live")
        };
        let switch = Switch {
            name: &name,
            words: words.clone(),
            on,
            guards: (Some(Guarded::StartAll), Guarded::AllDestinations),
        };
        if !possible {
            let say = switch.said();
            let button = Button::new(word).say(&say).size(14.0).enabled(false);
            button.show(ui, place, (id, "off"));
        } else if switch.show(ui, place, view.now, guard) {
            view.send(Command::StreamAll { on: !on });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn rows_get_lower_before_one_is_out_of_sight() {
        assert_eq!(row_height(159.0, 0), 72.0);
        assert_eq!(row_height(159.0, 2), 72.0);
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
        is(&destination, "00:01:15", "0 dropped");
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
    fn a_key_that_is_missing_and_a_try_that_failed_are_seen() {
        let mut destination = testing::snapshot().destinations[0].clone();
        destination.has_key = Some(false);
        let said = Said::of(&destination, None);
        assert!(said.look_here && said.value == "no key", "{said:?}");
        let trial = TrialStatus {
            state: TrialState::Failed,
            message: "the server refuses the stream: check the key".to_owned(),
            ..TrialStatus::default()
        };
        let said = Said::of(&destination, Some(&trial));
        assert!(
            said.look_here && said.how.contains("check the key"),
            "{said:?}"
        );
    }
}
