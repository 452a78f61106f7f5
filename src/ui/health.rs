//! The health strip at the foot: the program's frames, the machine, the newest problem; and the
//! list of what happened, which unfolds above it and covers no control.

use egui::{
    Align, Area, Id, Order, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2,
};

use super::{
    fills, lang,
    layout::{self, EVENT},
    log::Log,
    paint::{self, Button},
    problems::Problem,
    theme::{self, Icon},
    view::{View, name},
    words,
};
use crate::door::{Counters, DestinationState, DestinationStatus, RecordingState, Snapshot};

/// A count that rose is amber for so many seconds.
const LOOK_S: f64 = 10.0;

/// The strip's own memory.
#[derive(Debug, Default)]
pub struct Health {
    counters: Option<Counters>,
    rose: Option<f64>,
    unfolded: bool,
}

impl Health {
    /// Whether a picture was lost a moment ago, judged from the counters of this frame.
    fn watch(&mut self, counters: Counters, now: f64) -> bool {
        let losses = |c: Counters| c.repeated + c.skipped + c.late;
        if let Some(before) = self.counters
            && losses(counters) > losses(before)
        {
            self.rose = Some(now);
        }
        self.counters = Some(counters);
        self.rose.is_some_and(|at| now - at < LOOK_S)
    }

    /// Whether the list of events is seen.
    pub fn is_unfolded(&self) -> bool {
        self.unfolded
    }

    /// Folds the list of events away.
    pub fn fold(&mut self) {
        self.unfolded = false;
    }

    /// Draws the strip; `news` is the newest problem. The list of all of them and of what happened
    /// unfolds in `list`.
    pub fn show(
        &mut self,
        ui: &Ui,
        (rect, list): (Rect, Rect),
        view: &View,
        log: &Log,
        news: Option<&str>,
        problems: &[Problem],
    ) {
        let snapshot = view.snapshot;
        let fresh = self.watch(snapshot.counters, view.now);
        fills::fill(ui, rect, 0, theme::PANEL);
        let inner = rect.shrink2(vec2(10.0, 3.0));
        let figures = figures(snapshot, fresh);
        let all = layout::health_figures(rect);
        let (above, below) = layout::health_rows(rect);
        // One row of them is about the program, the other about the machine.
        let rows: [(Rect, &[Figure], &[f32]); 2] = [
            (above, &figures[..3], &[0.6, 0.27, 0.13]),
            (below, &figures[3..], &[0.2, 0.29, 0.28, 0.23]),
        ];
        for (row, figures, shares) in rows {
            let mut x = row.left();
            for (figure, share) in figures.iter().zip(shares) {
                let place = row.with_min_x(x).with_max_x(x + row.width() * share - 6.0);
                x += row.width() * share;
                let colour = if figure.look {
                    theme::AMBER
                } else {
                    theme::DIM
                };
                let font = theme::font(12.0);
                let text = match &figure.short {
                    Some(short) if paint::width(ui, &figure.text, font.clone()) > place.width() => {
                        short
                    }
                    _ => &figure.text,
                };
                let font = paint::shrunk(ui, text, font, place.width());
                paint::line(ui, place, Align::Min, text, font, colour);
                let said = paint::say(ui, place, figure.id, &figure.text);
                if !figure.more.is_empty() {
                    said.on_hover_text(&figure.more);
                }
            }
        }

        let button = inner.with_min_x(inner.right() - 124.0);
        let arrow = if self.unfolded {
            Icon::ChevronDown
        } else {
            Icon::ChevronUp
        };
        let text = format!("{} {}", lang::text("desk-events"), theme::icon(arrow));
        let toggle = Button::new(&text)
            .say(&lang::text("desk-list-of-events"))
            .size(12.5)
            .selected(self.unfolded)
            .show(ui, button, "events");
        if toggle.clicked() {
            self.unfolded = !self.unfolded;
        }

        let place = Rect::from_min_max(
            pos2(all.right() + 6.0, rect.top() + 1.0),
            pos2(button.left() - 8.0, rect.bottom() - 1.0),
        );
        problem(ui, place, news, problems);
        if self.unfolded {
            unfold(ui, list, log, problems);
        }
    }
}

/// The problem that is newest, to be read from three metres, with what to do about it.
fn problem(ui: &Ui, place: Rect, news: Option<&str>, problems: &[Problem]) {
    let Some(text) = news else {
        let text = lang::text("desk-all-is-well");
        let font = theme::font(13.0);
        paint::said_line(ui, place, Align::Min, "problem", &text, font, theme::DIM);
        return;
    };
    let others = problems.iter().filter(|p| p.text != text).count();
    let said = match others {
        0 => text.to_owned(),
        n => format!("{text} · {}", lang::with("desk-more", &[("n", n.into())])),
    };
    fills::fill(ui, place, theme::ROUND, theme::AMBER);
    let inner = place.shrink2(vec2(10.0, 2.0));
    let line = format!("{} {said}", theme::icon(Icon::TriangleAlert));
    let advice = problems.iter().find(|p| p.text == text);
    let advice = advice.map_or("", |p| p.advice.as_str());
    // It is read from three metres: letters get only a little smaller for it.
    let mut bold = paint::shrunk(ui, &line, theme::bold(18.0), inner.width());
    bold.size = bold.size.max(14.5);
    let dark = theme::ON_TEXT;
    let whole = if advice.is_empty() {
        paint::line(ui, inner, Align::Min, &line, bold, dark);
        said.clone()
    } else {
        let (above, below) = inner.split_top_bottom_at_fraction(0.58);
        paint::line(ui, above, Align::Min, &line, bold, dark);
        let font = paint::shrunk(ui, advice, theme::bold(13.0), below.width());
        paint::line(ui, below, Align::Min, advice, font, dark);
        format!("{said}\n{advice}")
    };
    paint::say(ui, place, "problem", &said).on_hover_text(whole);
}

/// One figure of the strip.
struct Figure {
    id: &'static str,
    text: String,
    /// What is written where there is no room for that.
    short: Option<String>,
    /// More of it, one pointing away.
    more: String,
    look: bool,
}

/// The figures: three of the program, four of the machine and the outputs. `fresh`: a picture was
/// lost a moment ago.
fn figures(snapshot: &Snapshot, fresh: bool) -> [Figure; 7] {
    let figure = |id, text, look| Figure {
        id,
        text,
        short: None,
        more: String::new(),
        look,
    };
    let health = snapshot.health;
    let frame_ms = snapshot.rate.frame_ns() as f32 / 1e6;
    let tick = lang::with(
        "desk-tick",
        &[
            ("took", words::tenths(health.tick_ms).into()),
            ("frame", words::tenths(frame_ms).into()),
        ],
    );
    let cores = health.cores.max(1) as f32;
    let cpu = format!("{:.0}", health.cpu / cores * 100.0);
    let cpu = lang::with("desk-cpu", &[("n", cpu.into())]);
    let memory = words::bytes(health.memory_bytes);
    let memory = lang::with("desk-memory", &[("n", memory.into())]);
    let recording = &snapshot.recording;
    let disk = match recording.time_left_s {
        Some(seconds) => words::rough(seconds),
        None => words::bytes(recording.free_bytes),
    };
    let disk = lang::with("desk-disk", &[("n", disk.into())]);
    let is_low = recording.state == RecordingState::Warning;

    let of_each: Vec<String> = snapshot
        .destinations
        .iter()
        .filter(|d| d.dropped > 0)
        .map(|d| format!("{} {}", name(&d.label, &d.id), words::count(d.dropped)))
        .collect();
    let all: u64 = snapshot.destinations.iter().map(|d| d.dropped).sum();
    let all = words::count(all);
    let all = lang::with("desk-dropped-by", &[("all", all.into())]);
    let drops = match &of_each[..] {
        [] => lang::text("desk-nothing-dropped"),
        some => lang::with("desk-dropped-by", &[("all", some.join(" · ").into())]),
    };
    let drops_now = |d: &DestinationStatus| d.state == DestinationState::Congested;
    let look = snapshot.destinations.iter().any(drops_now);
    [
        figure("frames", frames(snapshot.counters), fresh),
        figure("tick", tick, health.tick_ms > frame_ms * 0.8),
        figure("cpu", cpu, false),
        figure("memory", memory, false),
        figure("disk", disk, is_low),
        uplink(snapshot),
        Figure {
            short: (!of_each.is_empty()).then_some(all),
            more: of_each.join("\n"),
            ..figure("dropped", drops, look)
        },
    ]
}

/// What goes out to all destinations together, of what they are to get.
fn uplink(snapshot: &Snapshot) -> Figure {
    let on = |d: &&DestinationStatus| d.state != DestinationState::Off;
    let on: Vec<&DestinationStatus> = snapshot.destinations.iter().filter(on).collect();
    let sent: u64 = on.iter().map(|d| d.bitrate_bps).sum();
    let wanted: u64 = on.iter().map(|d| d.target_bps).sum();
    let values = |sent, wanted| {
        [
            ("sent", words::megabits(sent).into()),
            ("wanted", words::megabits(wanted).into()),
        ]
    };
    let text = match on[..] {
        [] => lang::text("desk-nothing-sent"),
        _ => lang::with("desk-uplink", &values(sent, wanted)),
    };
    let each = on.iter().map(|d| {
        let rates = lang::with("desk-uplink", &values(d.bitrate_bps, d.target_bps));
        lang::pair(name(&d.label, &d.id), &rates)
    });
    Figure {
        id: "sent",
        text,
        short: None,
        more: each.collect::<Vec<_>>().join("\n"),
        look: false,
    }
}

/// The list lies at the foot of the panels, which end above it. What is wrong now comes first.
fn unfold(ui: &Ui, rect: Rect, log: &Log, problems: &[Problem]) {
    Area::new(Id::unique("event list"))
        .order(Order::Foreground)
        .constrain(false)
        .fixed_pos(rect.min)
        .show(ui.ctx(), |ui| {
            fills::fill(ui, rect, theme::ROUND, theme::PANEL);
            let edge = Stroke::new(1.0, theme::PRESSED);
            ui.painter()
                .rect_stroke(rect, theme::ROUND, edge, StrokeKind::Inside);
            ui.allocate_rect(rect, Sense::hover());
            let inner = rect.shrink2(vec2(10.0, 5.0));
            ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let lines = problems.len() + log.len().max(1);
                ScrollArea::vertical()
                    .min_scrolled_height(0.0)
                    .auto_shrink(false)
                    .show_rows(ui, EVENT, lines, |ui, rows| {
                        for row in rows {
                            list_row(ui, row, log, problems);
                        }
                    });
            });
        });
}

fn list_row(ui: &mut Ui, row: usize, log: &Log, problems: &[Problem]) {
    let size = vec2(ui.available_width(), EVENT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let (time, text, colour) = match problems.get(row) {
        Some(problem) => (lang::text("desk-now"), problem.text.clone(), theme::AMBER),
        None => match log.newest_first().nth(row - problems.len()) {
            Some(entry) => (entry.time.clone(), entry.text.clone(), theme::TEXT),
            None => (String::new(), lang::text("desk-nothing-yet"), theme::DIM),
        },
    };
    let left = rect.with_max_x(rect.left() + 70.0);
    paint::line(ui, left, Align::Min, &time, theme::font(12.0), theme::DIM);
    let rest = rect.with_min_x(left.right());
    paint::line(ui, rest, Align::Min, &text, theme::font(12.5), colour);
    paint::say(ui, rect, ("event", row), &format!("{time} {text}")).on_hover_text(text);
}

/// The program's frames in words.
fn frames(counters: Counters) -> String {
    let with = |key, n| lang::with(key, &[("n", words::count(n).into())]);
    let lost: Vec<String> = [
        (counters.repeated, "desk-repeated"),
        (counters.skipped, "desk-skipped"),
        (counters.late, "desk-late"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, key)| with(key, n))
    .collect();
    if lost.is_empty() {
        return with("desk-frames-none-lost", counters.frames);
    }
    format!(
        "{} · {}",
        with("desk-frames", counters.frames),
        lost.join(" · ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_frames_are_named_and_amber_for_a_moment() {
        let mut counters = Counters {
            frames: 22_914,
            ..Counters::default()
        };
        assert_eq!(frames(counters), "frames 22\u{a0}914, none lost");
        let mut health = Health::default();
        assert!(!health.watch(counters, 0.0));
        counters.repeated = 2;
        counters.late = 1;
        assert_eq!(frames(counters), "frames 22\u{a0}914 · 2 repeated · 1 late");
        assert!(health.watch(counters, 1.0));
        assert!(health.watch(counters, 10.9));
        assert!(!health.watch(counters, 11.1));
    }

    #[test]
    fn what_was_lost_before_this_desk_opened_is_not_news() {
        let counters = Counters {
            repeated: 40,
            ..Counters::default()
        };
        assert!(!Health::default().watch(counters, 0.0));
    }
}
