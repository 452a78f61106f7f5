//! The program's loudness as an engineer watches it: the numbers of EBU R 128 against the target, whether
//! left and right agree, and how loud the show has been from its beginning.

use egui::{
    Align, Painter, Popup, PopupCloseBehavior, Rect, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2,
};

use super::{fills, lang, layout, paint, paint::Button, theme, view::View, words};
use crate::door::{Command, Event, Loudness, LoudnessHistory, Snapshot};

/// It needs so much room beside the meter, in points.
pub const LEAST: Vec2 = vec2(138.0, 5.0 * LOW_ROW + 4.0 + AGREES);
/// The loudest and the softest that the history draws, in LUFS.
const TOP: f32 = 0.0;
const BOTTOM: f32 = -50.0;
/// An engine that has not answered is asked again after so many seconds.
const ASK_AGAIN_S: f64 = 5.0;
/// A row of numbers, in points; and where the room is low.
const ROW: f32 = 22.0;
const LOW_ROW: f32 = 19.0;
/// Before it is drawn lower than this, it takes room from the others, in points.
const USUAL: f32 = 110.0;
/// Height of the line that says whether left and right agree, in points.
const AGREES: f32 = 30.0;
/// Where it is lower than this, the history has the room of the button beneath it, in points.
const LOW: f32 = 5.0 * ROW + 8.0 + AGREES + 8.0 + layout::TARGET + 8.0 + USUAL;
/// A drawing that is lower has every other mark, in points.
const MARKS: f32 = 90.0;
/// Width of that button then, in points.
const ANEW: f32 = 34.0;
/// How far what is beneath a number of the drawing is covered.
const VEIL: f32 = 0.75;
/// The history is not drawn lower than this, in points: it unfolds from a button then.
const DRAWING: f32 = 44.0;
/// Where they are narrower, the numbers have the short names of EBU Tech 3341, in points.
const NAMES: f32 = 150.0;
const SHORT: [&str; 5] = ["I", "S", "M", "LRA", "TP"];
/// Sizes of what unfolds, the history alone and all of it, in points.
const HISTORY: Vec2 = vec2(360.0, 170.0);
const WHOLE: Vec2 = vec2(240.0, LOW);

/// How loud the show has been, as this desk knows it.
#[derive(Debug, Default)]
pub struct Past {
    history: Option<LoudnessHistory>,
    asked: Option<f64>,
    uptime_s: f64,
}

impl Past {
    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::LoudnessHistory { history } => {
                self.history = Some(history.clone());
                self.asked = None;
            }
            // Whichever desk asked for it; and another engine measures anew.
            Event::Done {
                command: Command::ResetLoudness {},
                ..
            }
            | Event::EngineLost { .. }
            | Event::EngineRenews { .. } => self.forget(),
            _ => {}
        }
    }

    /// Takes in a snapshot.
    pub fn update(&mut self, snapshot: &Snapshot) {
        if snapshot.uptime_s < self.uptime_s {
            self.forget();
        }
        self.uptime_s = snapshot.uptime_s;
        if let Some(history) = &mut self.history {
            history.take(&snapshot.loudness, snapshot.uptime_s);
        }
    }

    /// Another engine, or another measurement: what was known is no longer so.
    fn forget(&mut self) {
        self.history = None;
        self.asked = None;
    }

    /// What is known; the engine is asked for what is not.
    fn known(&mut self, view: &View) -> Option<&LoudnessHistory> {
        let waits = self.asked.is_some_and(|at| view.now - at < ASK_AGAIN_S);
        if self.history.is_none() && !waits {
            self.asked = Some(view.now);
            view.send(Command::LoudnessHistory {});
        }
        self.history.as_ref()
    }
}

/// A loudness in LUFS, or a dash where there is none.
pub fn lufs(value: Option<f32>) -> String {
    value.map_or_else(|| "–".to_owned(), words::db)
}

/// All that was measured, in one line.
pub fn said(loudness: &Loudness) -> String {
    let values = [
        ("momentary", lufs(loudness.momentary).into()),
        ("short", lufs(loudness.short_term).into()),
        ("integrated", lufs(loudness.integrated).into()),
        ("range", words::tenths(loudness.range).into()),
        ("peak", words::db(loudness.true_peak_db).into()),
    ];
    lang::with("desk-loudness", &values)
}

/// Draws all of it.
pub fn show(ui: &Ui, rect: Rect, view: &View, past: &mut Past) {
    let snapshot = view.snapshot;
    let is_low = rect.height() < LOW;
    let (row, gap) = if is_low { (LOW_ROW, 4.0) } else { (ROW, 8.0) };
    let numbers = rect.with_max_y(rect.top() + 5.0 * row + gap);
    let target = snapshot.sound.master.target_lufs;
    figures(ui, numbers, row, &snapshot.loudness);
    let whole = Rect::from_min_size(numbers.left_bottom(), vec2(rect.width(), AGREES));
    let (mut agrees, button, below) = if is_low {
        let button = whole.with_min_x(whole.right() - ANEW);
        let agrees = whole.with_max_x(button.left() - 8.0);
        (agrees, button, rect.bottom())
    } else {
        let foot = rect.with_min_y(rect.bottom() - layout::TARGET);
        (whole, foot, foot.top() - gap)
    };
    let drawing = Rect::from_min_max(
        pos2(rect.left(), agrees.bottom() + gap),
        pos2(rect.right(), below),
    );
    if drawing.height() >= DRAWING {
        history(ui, drawing, view, past, target);
    } else {
        let place = agrees.with_min_x(agrees.right() - ANEW);
        agrees.max.x = place.left() - 8.0;
        let icon = theme::icon(theme::Icon::ChartLine).to_string();
        let face = (icon.as_str(), "desk-loudness-past");
        unfold(ui, place, face, HISTORY, |ui, rect| {
            history(ui, rect, view, past, target);
        });
    }
    correlation(ui, agrees, snapshot.program_level.correlation);
    let text = if is_low {
        theme::icon(theme::Icon::RotateCcw).to_string()
    } else {
        lang::text("desk-loudness-anew")
    };
    let say = lang::text("desk-loudness-anew-say");
    let shown = Button::new(&text).say(&say).size(12.5);
    let response = shown.show(ui, button, "measure anew").on_hover_text(&say);
    if response.clicked() {
        view.send(Command::ResetLoudness {});
    }
}

/// A button that unfolds all of it, for where nothing of it has room.
pub fn folded(ui: &Ui, place: Rect, view: &View, past: &mut Past) {
    let icon = theme::icon(theme::Icon::ChartLine);
    let face = format!("{icon} LUFS");
    unfold(
        ui,
        place,
        (&face, "desk-loudness-all"),
        WHOLE,
        |ui, rect| {
            show(ui, rect, view, past);
        },
    );
}

/// A button, by its face and the key of what it says, with what unfolds from it.
fn unfold(
    ui: &Ui,
    place: Rect,
    (face, key): (&str, &str),
    size: Vec2,
    draw: impl FnOnce(&Ui, Rect),
) {
    let say = lang::text(key);
    let button = Button::new(face).say(&say).size(12.5);
    let button = button.show(ui, place, key).on_hover_text(&say);
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            draw(ui, rect);
        });
}

/// Name and value, one below the other; the integrated loudness, which is what is delivered, first.
fn figures(ui: &Ui, rect: Rect, height: f32, loudness: &Loudness) {
    // Of nothing there is no range.
    let range = match loudness.integrated {
        Some(_) => words::tenths(loudness.range),
        None => lufs(None),
    };
    let rows = [
        ("desk-loud-integrated", lufs(loudness.integrated), "LUFS"),
        ("desk-loud-short", lufs(loudness.short_term), "LUFS"),
        ("desk-loud-momentary", lufs(loudness.momentary), "LUFS"),
        ("desk-loud-range", range, "LU"),
        ("desk-loud-peak", words::db(loudness.true_peak_db), "dBTP"),
    ];
    let is_narrow = rect.width() < NAMES;
    for (i, (key, value, unit)) in rows.into_iter().enumerate() {
        let row = Rect::from_min_size(
            rect.left_top() + vec2(0.0, i as f32 * height),
            vec2(rect.width(), height),
        );
        let size = if i == 0 { 18.0 } else { 13.5 };
        let units = row.with_min_x(row.right() - 36.0);
        paint::line(ui, units, Align::Min, unit, theme::font(10.5), theme::DIM);
        let values = row.with_max_x(units.left() - 4.0);
        let wide = paint::width(ui, &value, theme::bold(size));
        paint::line(
            ui,
            values,
            Align::Max,
            &value,
            theme::bold(size),
            theme::TEXT,
        );
        let name = lang::text(key);
        let names = values.with_max_x(values.right() - wide - 4.0);
        let seen = if is_narrow { SHORT[i] } else { &name };
        paint::line(ui, names, Align::Min, seen, theme::font(12.0), theme::DIM);
        let said = format!("{name}: {value} {unit}");
        let place = paint::say(ui, row, ("loud", i), &said);
        if is_narrow {
            place.on_hover_text(&said);
        }
    }
}

/// Whether left and right are in step, from −1 to 1.
fn correlation(ui: &Ui, rect: Rect, value: Option<f32>) {
    let bar = Rect::from_min_max(
        pos2(rect.left(), rect.top() + 4.0),
        pos2(rect.right(), rect.top() + 12.0),
    );
    fills::fill(ui, bar, 2, theme::BACKGROUND);
    let against = bar.with_max_x(bar.center().x);
    fills::fill(ui, against, 2, theme::METER_RED.gamma_multiply(0.25));
    if let Some(value) = value {
        let x = bar.center().x + value * bar.width() / 2.0;
        let mark = Rect::from_center_size(pos2(x, bar.center().y), vec2(4.0, 12.0));
        let hue = if value < 0.0 {
            theme::METER_RED
        } else {
            theme::TEXT
        };
        ui.painter().rect_filled(mark, 1, hue);
    }
    let scale = rect.with_min_y(bar.bottom() + 2.0);
    let marks = [("−1", Align::Min), ("0", Align::Center), ("+1", Align::Max)];
    for (text, align) in marks {
        paint::line(ui, scale, align, text, theme::font(10.5), theme::DIM);
    }
    let number = value.map_or_else(|| "–".to_owned(), words::tenths);
    let say = lang::with("desk-correlation", &[("value", number.into())]);
    paint::say(ui, rect, "correlation", &say).on_hover_text(&say);
}

/// Draws the short-term loudness of the show as a line, and the momentary one as its shadow; and how loud
/// it is meant to be.
fn history(ui: &Ui, rect: Rect, view: &View, past: &mut Past, target: f32) {
    fills::fill(ui, rect, 2, theme::BACKGROUND);
    let y = |lufs: f32| {
        let part = (lufs.clamp(BOTTOM, TOP) - BOTTOM) / (TOP - BOTTOM);
        rect.bottom() - part * rect.height()
    };
    let painter = ui.painter().with_clip_rect(rect);
    let across = |lufs: f32| [pos2(rect.left(), y(lufs)), pos2(rect.right(), y(lufs))];
    let known = past.known(view);
    if let Some(history) = known {
        curve(&painter, rect, &y, history);
    }
    // Over the curve, so that it can be read against them.
    let is_low = rect.height() < MARKS;
    let marks: &[f32] = if is_low {
        &[-20.0, -40.0]
    } else {
        &[-10.0, -20.0, -30.0, -40.0]
    };
    for &mark in marks {
        let ends = across(mark);
        painter.line_segment(ends, Stroke::new(1.0, theme::LINE));
        if is_low && (mark - target).abs() < 8.0 {
            continue;
        }
        let text = words::db(mark);
        let text = text.split(['.', ',']).next().unwrap_or_default();
        let font = theme::font(9.5);
        let size = vec2(paint::width(ui, text, font.clone()) + 4.0, 12.0);
        let place = Rect::from_min_size(ends[0] - vec2(0.0, size.y), size);
        painter.rect_filled(place, 2, theme::BACKGROUND.gamma_multiply(VEIL));
        paint::line(ui, place, Align::Center, text, font, theme::DIM);
    }
    // Where the show is meant to be, and how far around it is as good.
    let band = Rect::from_x_y_ranges(rect.x_range(), y(target + 1.0)..=y(target - 1.0));
    painter.rect_filled(band, 0, theme::BLUE.gamma_multiply(0.16));
    let line = across(target);
    painter.line_segment(line, Stroke::new(1.5, theme::BLUE));
    let (text, font) = (words::db(target), theme::bold(10.0));
    let size = vec2(paint::width(ui, &text, font.clone()) + 4.0, 13.0);
    let place = Rect::from_min_size(line[1] - size, size);
    painter.rect_filled(place, 2, theme::BACKGROUND.gamma_multiply(VEIL));
    paint::line(ui, place, Align::Center, &text, font, theme::BLUE);
    let Some(history) = known else {
        return;
    };
    let points = &history.points;
    let length = words::rough(points.len() as f64 * f64::from(history.every_s));
    let values = [
        ("length", length.into()),
        ("target", words::db(target).into()),
    ];
    let say = lang::with("desk-loudness-history", &values);
    paint::say(ui, rect, "loudness history", &say).on_hover_text(&say);
}

/// Draws the momentary loudness as bars, and the short-term one as a line that is broken where there was
/// silence.
fn curve(painter: &Painter, rect: Rect, y: &impl Fn(f32) -> f32, history: &LoudnessHistory) {
    let points = &history.points;
    let step = rect.width() / points.len().max(60) as f32;
    let x = |i: usize| rect.right() - (points.len() - i) as f32 * step;
    for (i, point) in points.iter().enumerate() {
        if let Some(momentary) = point.momentary {
            let bar = Rect::from_min_max(pos2(x(i), y(momentary)), pos2(x(i + 1), rect.bottom()));
            painter.rect_filled(bar, 0, theme::RAISED);
        }
    }
    let line = |of: &[(usize, f32)]| {
        let places = of
            .iter()
            .map(|(i, lufs)| pos2(x(*i) + step / 2.0, y(*lufs)));
        Shape::line(places.collect(), Stroke::new(1.5, theme::TEXT))
    };
    let mut run = Vec::new();
    for (i, point) in points.iter().enumerate() {
        match point.short_term {
            Some(lufs) => run.push((i, lufs)),
            None => {
                painter.add(line(&run));
                run.clear();
            }
        }
    }
    painter.add(line(&run));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{build::testing::Recorder, testing};

    #[test]
    fn the_past_is_asked_for_once_and_goes_on_with_the_snapshots() {
        let mut snapshot = testing::snapshot();
        snapshot.uptime_s = 100.0;
        snapshot.loudness.momentary = Some(-20.0);
        let door = Recorder::default();
        let mut past = Past::default();
        let at = |past: &mut Past, snapshot: &Snapshot, now: f64| {
            let view = View {
                snapshot,
                now,
                door: &door,
            };
            past.known(&view).map(|history| history.points.len())
        };
        assert_eq!(at(&mut past, &snapshot, 1.0), None);
        assert_eq!(at(&mut past, &snapshot, 2.0), None);
        assert_eq!(door.sent(), [Command::LoudnessHistory {}]);
        let mut history = LoudnessHistory::new(90.0);
        history.take(&snapshot.loudness, 95.0);
        past.take(&Event::LoudnessHistory { history });
        past.update(&snapshot);
        assert_eq!(at(&mut past, &snapshot, 3.0), Some(11));
        assert_eq!(door.sent(), []);
        // Another engine: its time begins anew.
        snapshot.uptime_s = 3.0;
        past.update(&snapshot);
        assert_eq!(at(&mut past, &snapshot, 4.0), None);
        assert_eq!(door.sent(), [Command::LoudnessHistory {}]);
        assert_eq!(at(&mut past, &snapshot, 4.0 + ASK_AGAIN_S), None);
        assert_eq!(door.sent(), [Command::LoudnessHistory {}], "no answer");
        past.take(&Event::LoudnessHistory {
            history: LoudnessHistory::new(2.0),
        });
        assert_eq!(at(&mut past, &snapshot, 10.0), Some(0));
        past.take(&Event::Done {
            command: Command::ResetLoudness {},
            frame: 7,
            id: None,
        });
        assert_eq!(at(&mut past, &snapshot, 11.0), None);
    }
}
