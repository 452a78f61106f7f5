//! The health strip at the foot: the program's frames, the machine, the newest problem; and the
//! list of what happened, which unfolds above it.

use egui::{
    Align, Area, Id, Order, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2,
};

use super::{
    fills, lang,
    log::Log,
    paint::{self, Button},
    problems::Problem,
    theme,
    view::View,
    words,
};
use crate::door::Counters;

/// Height of a line in the list, in points.
const LIST_ROW: f32 = 20.0;
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
        let inner = rect.shrink2(vec2(10.0, 2.0));
        let mut x = inner.left();
        let mut cell = |width: f32, id: &str, text: &str, colour| {
            let at = Rect::from_min_max(pos2(x, inner.top()), pos2(x + width, inner.bottom()));
            paint::said_line(ui, at, Align::Min, id, text, theme::font(12.0), colour);
            x += width + 6.0;
        };
        let colour = if fresh { theme::AMBER } else { theme::DIM };
        let frames = frames(snapshot.counters);
        let width = (rect.width() * 0.18).clamp(210.0, 340.0);
        cell(width, "frames", &frames, colour);
        let frame_ms = snapshot.rate.frame_ns() as f32 / 1e6;
        let tick = lang::with(
            "desk-tick",
            &[
                ("took", words::tenths(snapshot.health.tick_ms).into()),
                ("frame", words::tenths(frame_ms).into()),
            ],
        );
        let late = snapshot.health.tick_ms > frame_ms * 0.8;
        let colour = if late { theme::AMBER } else { theme::DIM };
        cell(122.0, "tick", &tick, colour);
        let cores = snapshot.health.cores.max(1) as f32;
        let cpu = format!("{:.0}", snapshot.health.cpu / cores * 100.0);
        let cpu = lang::with("desk-cpu", &[("n", cpu.into())]);
        cell(62.0, "cpu", &cpu, theme::DIM);
        let memory = words::bytes(snapshot.health.memory_bytes);
        cell(64.0, "memory", &memory, theme::DIM);

        let button = inner
            .with_min_x(inner.right() - 104.0)
            .shrink2(vec2(0.0, 1.0));
        let arrow = if self.unfolded { "▼" } else { "▲" };
        let text = format!("{} {arrow}", lang::text("desk-events"));
        let toggle = Button::new(&text)
            .say(&lang::text("desk-list-of-events"))
            .size(12.0)
            .selected(self.unfolded)
            .show(ui, button, "events");
        if toggle.clicked() {
            self.unfolded = !self.unfolded;
        }

        let place = Rect::from_min_max(
            pos2(x + 6.0, inner.top()),
            pos2(button.left() - 8.0, inner.bottom()),
        );
        let others = problems.iter().filter(|p| Some(p.text.as_str()) != news);
        let (text, colour) = match (news, others.count()) {
            (None, _) => (lang::text("desk-all-is-well"), theme::DIM),
            (Some(text), 0) => (text.to_owned(), theme::AMBER),
            (Some(text), n) => {
                let more = lang::with("desk-more", &[("n", n.into())]);
                (format!("{text} · {more}"), theme::AMBER)
            }
        };
        let said = paint::say(ui, place, "problem", &text);
        if news.is_some() {
            paint::line(
                ui,
                place,
                Align::Min,
                &format!("▲ {text}"),
                theme::bold(12.5),
                colour,
            );
            said.on_hover_text(text);
        } else {
            paint::line(ui, place, Align::Min, &text, theme::font(12.5), colour);
        }
        if self.unfolded {
            unfold(ui, list, log, problems);
        }
    }
}

/// The list lies over the strips; nothing moves for it. What is wrong now comes first.
fn unfold(ui: &Ui, rect: Rect, log: &Log, problems: &[Problem]) {
    Area::new(Id::unique("event list"))
        .order(Order::Foreground)
        .fixed_pos(rect.min)
        .show(ui.ctx(), |ui| {
            fills::fill(ui, rect, theme::ROUND, theme::PANEL);
            let edge = Stroke::new(1.0, theme::PRESSED);
            ui.painter()
                .rect_stroke(rect, theme::ROUND, edge, StrokeKind::Inside);
            ui.allocate_rect(rect, Sense::hover());
            let inner = rect.shrink(10.0);
            ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let lines = problems.len() + log.len().max(1);
                ScrollArea::vertical().auto_shrink(false).show_rows(
                    ui,
                    LIST_ROW,
                    lines,
                    |ui, rows| {
                        for row in rows {
                            list_row(ui, row, log, problems);
                        }
                    },
                );
            });
        });
}

fn list_row(ui: &mut Ui, row: usize, log: &Log, problems: &[Problem]) {
    let size = vec2(ui.available_width(), LIST_ROW);
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
