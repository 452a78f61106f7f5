//! The health strip at the foot: the program's frames, the machine, the foremost problem; and the lists
//! of what is wrong and of what happened, which unfold above it and cover no control.

use egui::{
    Align, Area, Color32, Id, Order, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    accesskit::Role,
    text::{LayoutJob, TextFormat},
    vec2,
};

use super::{
    fills, lang,
    layout::{self, EVENT},
    log::Log,
    paint::{self, Button},
    problems::{Lasting, News},
    scroll::{self, List},
    theme::{self, Icon},
    view::{View, name},
    words,
};
use crate::door::{Counters, DestinationState, DestinationStatus, RecordingState, Snapshot};

/// A machine this busy is amber: there is nothing left for a moment that costs more.
const FULL: f32 = 0.95;
/// A count that rose is amber for so many seconds.
const LOOK_S: f64 = 10.0;
/// Width of the time of day before a line of a list, in points.
const TIME: f32 = 64.0;
/// Sizes of the letters of a problem that takes both lines, in points: the larger where that has room.
const FLOWING: [f32; 2] = [14.5, 13.0];
/// A place that is lower than this has one line, in points.
const ONE_LINE: f32 = 30.0;

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

    /// Draws the strip, with room for a notice where there is one. The lists of all that is wrong and of
    /// what happened unfold in `list`.
    pub fn show(
        &mut self,
        ui: &Ui,
        (rect, list, with_notice): (Rect, Rect, bool),
        view: &View,
        log: &Log,
        news: &News,
    ) {
        let snapshot = view.snapshot;
        let fresh = self.watch(snapshot.counters, view.now);
        fills::fill(ui, rect, 0, theme::PANEL);
        let figures = figures(snapshot, fresh);
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

        let button = layout::events_button(rect);
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

        let (place, _) = layout::problem(rect, with_notice);
        // While a figure asks to be looked at, not all is well.
        let look = figures.iter().find(|figure| figure.look);
        let look = look.map(|figure| {
            let what = figure.text.as_str();
            lang::with("desk-look-at", &[("what", what.into())])
        });
        if problem(ui, place, news, look.as_deref()) {
            self.unfolded = true;
        }
        if self.unfolded {
            unfold(ui, list, log, (&news.problems, look));
        }
    }
}

/// What comes first, to be read from three metres: the engine that is away, else the foremost problem
/// with what to do about it, else what was refused. A refusal beside a problem has its second line. A
/// press unfolds the lists, where all of it is read whole; whether that is asked for. Where nothing is
/// wrong, the figure to `look` at is said, if there is one.
fn problem(ui: &Ui, place: Rect, news: &News, look: Option<&str>) -> bool {
    let foremost = news.problems.first().map(|known| &known.problem);
    let refusal = news.refusal.as_deref();
    let (text, below, others) = match (&news.away, foremost, refusal) {
        (Some(away), ..) => (away.as_str(), "", news.problems.len()),
        (None, Some(problem), refusal) => (
            problem.text.as_str(),
            refusal.unwrap_or(&problem.advice),
            news.problems.len() - 1,
        ),
        (None, None, Some(refusal)) => (refusal, "", 0),
        (None, None, None) => {
            let well = lang::text("desk-all-is-well");
            let (text, colour) = match look {
                Some(look) => (look, theme::AMBER),
                None => (well.as_str(), theme::DIM),
            };
            let font = theme::font(13.0);
            paint::said_line(ui, place, Align::Min, "problem", text, font, colour);
            return false;
        }
    };
    fills::fill(ui, place, theme::ROUND, theme::AMBER);
    let whole = format!("{text}\n{below}");
    let whole = whole.trim_end();
    let response = ui.interact(place, Id::unique("foremost"), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    paint::focus_ring(ui, &response);
    let is_pressed = response.clicked();
    if response.has_focus() {
        response.show_tooltip_text(whole);
    } else {
        response.on_hover_text(whole);
    }
    let inner = place.shrink2(vec2(10.0, 2.0));
    let (dark, bold) = (theme::ON_TEXT, theme::bold(18.0));
    // Above a notice it has one line: the rest is read where the pointer rests, and by a press.
    let is_single = below.is_empty() || place.height() < ONE_LINE;
    let (mut above, under) = if is_single {
        (inner, inner)
    } else {
        inner.split_top_bottom_at_fraction(0.58)
    };
    // How many there are besides is never cut off: it has its own room.
    if others > 0 {
        let more = lang::with("desk-more", &[("n", others.into())]);
        let font = theme::bold(13.0);
        let width = paint::line(ui, above, Align::Max, &more, font, dark);
        let right = above.with_min_x(above.right() - width);
        paint::say(ui, right, "more problems", &more);
        above.max.x = right.left() - 12.0;
    }
    let line = format!("{} {text}", theme::icon(Icon::TriangleAlert));
    // It is read from three metres: letters get only a little smaller for it.
    let mut font = paint::shrunk(ui, &line, bold, above.width());
    font.size = font.size.max(14.5);
    let is_long = paint::width(ui, &line, font.clone()) > above.width();
    if is_long && !is_single {
        // Both as one text, where the second line has room for the end of the first.
        let both = format!("{line} · {below}");
        let room = inner.with_max_x(above.right());
        let laid_out = |size| paint::whole(ui, room, &both, theme::bold(size), dark);
        match FLOWING.into_iter().find_map(laid_out) {
            Some(galley) => paint::place(ui, room, Align::Min, galley, dark),
            // What is wrong is read whole; of what to do as much as there is room for.
            None => paint::lines(ui, room, Align::Min, &both, theme::bold(FLOWING[1]), dark),
        }
        paint::say(ui, under, "what to do", below);
        return is_pressed;
    }
    paint::line(ui, above, Align::Min, &line, font, dark);
    if !is_single {
        let font = paint::shrunk(ui, below, theme::bold(13.0), under.width());
        paint::line(ui, under, Align::Min, below, font, dark);
    }
    if !below.is_empty() {
        paint::say(ui, under, "what to do", below);
    }
    is_pressed
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
    // The whole machine, for whatever fills it takes from the show; regie's own part for who looks.
    let own = health.cpu / health.cores.max(1) as f32;
    let percent = |share: f32| [("n", format!("{:.0}", share * 100.0).into())];
    let cpu = lang::with("desk-cpu", &percent(health.machine.unwrap_or(own)));
    let is_full = health.machine.is_some_and(|share| share >= FULL);
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
        Figure {
            more: lang::with("desk-cpu-own", &percent(own)),
            ..figure("cpu", cpu, is_full)
        },
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
        look: on.iter().any(|d| d.state == DestinationState::Congested),
    }
}

/// The lists lie at the foot of the panels, which end above them: at the left what is wrong now, at the
/// right what happened, so that neither pushes the other out of sight.
fn unfold(ui: &Ui, rect: Rect, log: &Log, (problems, look): (&[Lasting], Option<String>)) {
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
            let (wrong, happened) = rect
                .shrink2(vec2(10.0, 5.0))
                .split_left_right_at_fraction(0.5);
            let wrong = wrong.with_max_x(wrong.right() - 12.0);
            all_wrong(ui, wrong, problems, look.as_deref());
            let said = "desk-events-said";
            list(
                ui,
                happened,
                (List::Events, said),
                log.len().max(1),
                |row| match log.newest_first().nth(row) {
                    Some(entry) => Line {
                        time: &entry.time,
                        text: entry.text.clone(),
                        colour: theme::TEXT,
                    },
                    None => Line::quiet("desk-nothing-yet"),
                },
            );
        });
}

/// A line of a list.
struct Line<'a> {
    /// The time of day.
    time: &'a str,
    text: String,
    colour: Color32,
}

impl Line<'_> {
    /// There is nothing to list.
    fn quiet(key: &str) -> Self {
        Self {
            time: "",
            text: lang::text(key),
            colour: theme::DIM,
        }
    }
}

/// What is wrong, each problem on as many lines as it takes, and under it what to do.
fn all_wrong(ui: &mut Ui, rect: Rect, problems: &[Lasting], look: Option<&str>) {
    let said = "desk-problems-said";
    if problems.is_empty() {
        let quiet = |_| match look {
            Some(look) => Line {
                time: "",
                text: look.to_owned(),
                colour: theme::AMBER,
            },
            None => Line::quiet("desk-all-is-well"),
        };
        return list(ui, rect, (List::Problems, said), 1, quiet);
    }
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(said), |ui| {
        let step = scroll::keyed(ui, List::Problems, rect, &lang::text(said), EVENT);
        let area = scroll::area().id_salt(said).min_scrolled_height(0.0);
        area.show(ui, |ui| {
            scroll::by(ui, step);
            ui.spacing_mut().item_spacing.y = 0.0;
            for (row, Lasting { problem, since }) in problems.iter().enumerate() {
                let width = ui.available_width() - TIME;
                // Each line is as high as those of the other list: the room for them is whole lines.
                let laid_out = |text: &str, size: f32, colour| {
                    let mut format = TextFormat::simple(theme::font(size), colour);
                    format.line_height = Some(EVENT);
                    let mut job = LayoutJob::single_section(text.to_owned(), format);
                    job.wrap.max_width = width;
                    ui.painter().layout_job(job)
                };
                let text = laid_out(&problem.text, 12.5, theme::AMBER);
                let advice = laid_out(&problem.advice, 12.0, theme::DIM);
                let height = text.size().y + advice.size().y;
                let size = vec2(ui.available_width(), height);
                let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                let first = rect.with_max_y(rect.top() + text.size().y.min(EVENT));
                paint::line(ui, first, Align::Min, since, theme::font(12.0), theme::DIM);
                let at = rect.min + vec2(TIME, 0.0);
                let below = at + vec2(0.0, text.size().y);
                ui.painter().galley(at, text, theme::AMBER);
                ui.painter().galley(below, advice, theme::DIM);
                let all = format!("{since} {}", problem.text);
                let node = paint::say(ui, rect, (said, row), &all).id;
                ui.ctx()
                    .accesskit_node_builder(node, |node| node.set_description(&*problem.advice));
            }
        });
    });
}

fn list<'a>(
    ui: &mut Ui,
    rect: Rect,
    (list, said): (List, &str),
    lines: usize,
    line: impl Fn(usize) -> Line<'a>,
) {
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(said), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let step = scroll::keyed(ui, list, rect, &lang::text(said), EVENT);
        scroll::area()
            .id_salt(said)
            .min_scrolled_height(0.0)
            .show_rows(ui, EVENT, lines, |ui, rows| {
                scroll::by(ui, step);
                for row in rows {
                    list_row(ui, (said, row), &line(row));
                }
            });
    });
}

fn list_row(ui: &mut Ui, id: (&str, usize), line: &Line) {
    let size = vec2(ui.available_width(), EVENT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let Line { time, text, .. } = line;
    let left = rect.with_max_x(rect.left() + TIME);
    paint::line(ui, left, Align::Min, time, theme::font(12.0), theme::DIM);
    // Where no time is, the words begin at the edge.
    let rest = if time.is_empty() {
        rect
    } else {
        rect.with_min_x(left.right())
    };
    paint::line(ui, rest, Align::Min, text, theme::font(12.5), line.colour);
    paint::say(ui, rect, id, format!("{time} {text}").trim()).on_hover_text(text);
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
