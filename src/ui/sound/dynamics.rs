//! Gate and compressor, side by side: what becomes of each level as a curve with the present one on it,
//! points to take hold of, how far it is turned down, and the numbers.

use egui::{Id, Pos2, Rect, Response, Stroke, StrokeKind, Ui, pos2, vec2};

use super::controls::{self, LINE};
use super::figure::Figure::{self, Level, Ms, Ratio};
use super::grip::{self, Grip};
use super::transfer::{self, Axes};
use crate::door::SourceStatus;
use crate::show::{Compressor, Gate, StripSettings};
use crate::ui::{fills, lang, meters, paint, theme};

/// Room between the curve and the meter beside it, and the width of that, in points.
const BESIDE: f32 = 4.0;
const METER: f32 = 8.0;
/// Side of what is taken hold of, in points.
const SQUARE: f32 = 10.0;
/// The lines of numbers under a curve.
const NUMBERS: usize = 6;
/// The lowest levels that the curves show, in dBFS.
const GATE_DB: f32 = -80.0;
const COMPRESSOR_DB: f32 = -60.0;

/// A number of the dynamics: its word, what it is called, its name in the file, its kind, and itself.
type Number<'a> = (
    &'static str,
    &'static str,
    &'static str,
    Figure,
    &'a mut f32,
);

/// One half's places.
struct Places {
    switch: Rect,
    curve: Rect,
    meter: Rect,
    numbers: Rect,
}

fn places(rect: Rect) -> Places {
    let switch = controls::row(rect, 0);
    let numbers = rect.with_min_y(rect.bottom() - NUMBERS as f32 * LINE);
    let above = Rect::from_min_max(
        pos2(rect.left(), switch.bottom() + 4.0),
        pos2(rect.right(), numbers.top() - 4.0),
    );
    let curve = above.with_max_x(above.right() - METER - BESIDE);
    Places {
        switch,
        curve,
        meter: above.with_min_x(curve.right() + BESIDE),
        numbers,
    }
}

/// Draws both for a source, and changes what the hand asks for.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    (of, source): (&str, &SourceStatus),
    strip: &mut StripSettings,
) {
    let middle = rect.center().x;
    let gap = 5.0;
    gate(
        ui,
        &places(rect.with_max_x(middle - gap)),
        (of, source),
        &mut strip.gate,
    );
    let half = places(rect.with_min_x(middle + gap));
    compressor(ui, &half, (of, source), &mut strip.compressor);
}

fn gate(ui: &mut Ui, places: &Places, (of, source): (&str, &SourceStatus), gate: &mut Gate) {
    let named = [("name", of.into())];
    let say = lang::with("sound-gate-of", &named);
    let face = lang::text("sound-gate");
    gate.on ^= controls::switch(ui, places.switch, &face, &say, gate.on);
    let axes = Axes {
        rect: places.curve,
        least_db: GATE_DB,
    };
    let threshold = |gate: &Gate| axes.at(gate.threshold_db, gate.threshold_db);
    let range = |gate: &Gate| axes.at(gate.threshold_db, gate.threshold_db - gate.range_db);
    let say = lang::with("sound-gate-threshold", &named);
    let said = (say.as_str(), gate.threshold_db);
    let grip = handle(ui, axes, "gate threshold", threshold(gate), said);
    let opens = grip.response.clone();
    let usual = Gate::default();
    let to = grip.to.map(|to| axes.levels(to).0);
    let to = to.unwrap_or(gate.threshold_db + grip.steps.x + grip.steps.y);
    set(&mut gate.threshold_db, "gate.threshold_db", Level, to);
    if grip.usual {
        gate.threshold_db = usual.threshold_db;
    }
    let say = lang::with("sound-gate-range", &named);
    let grip = handle(ui, axes, "gate range", range(gate), (&say, gate.range_db));
    let to = grip.to.map(|to| gate.threshold_db - axes.levels(to).1);
    let to = to.unwrap_or(gate.range_db + grip.steps.x - grip.steps.y);
    set(&mut gate.range_db, "gate.range_db", Level, to);
    if grip.usual {
        gate.range_db = usual.range_db;
    }
    let level = source.gate_level_db.filter(|_| gate.on);
    // What is on its way to be closed is drawn where it is, not where it will be.
    let now = level.map(|came| axes.seen(axes.at(came, came - source.gate_db)));
    let line = axes.line(|came| gate.settled_db(came));
    draw(ui, axes, line, gate.on);
    square(ui, axes.seen(threshold(gate)), &opens);
    square(ui, axes.seen(range(gate)), &grip.response);
    present(ui, now);
    reduction(ui, places.meter, "sound-gate-reduction", of, source.gate_db);
    let all: [Number; 5] = [
        (
            "sound-threshold",
            "sound-gate-threshold-number",
            "gate.threshold_db",
            Level,
            &mut gate.threshold_db,
        ),
        (
            "sound-range",
            "sound-gate-range-number",
            "gate.range_db",
            Level,
            &mut gate.range_db,
        ),
        (
            "sound-attack",
            "sound-gate-attack",
            "gate.attack_ms",
            Ms,
            &mut gate.attack_ms,
        ),
        (
            "sound-hold",
            "sound-gate-hold",
            "gate.hold_ms",
            Ms,
            &mut gate.hold_ms,
        ),
        (
            "sound-release",
            "sound-gate-release",
            "gate.release_ms",
            Ms,
            &mut gate.release_ms,
        ),
    ];
    numbers(ui, places.numbers, of, all);
}

fn compressor(
    ui: &mut Ui,
    places: &Places,
    (of, source): (&str, &SourceStatus),
    compressor: &mut Compressor,
) {
    let named = [("name", of.into())];
    let say = lang::with("sound-compressor-of", &named);
    let face = lang::text("sound-compressor");
    compressor.on ^= controls::switch(ui, places.switch, &face, &say, compressor.on);
    let axes = Axes {
        rect: places.curve,
        least_db: COMPRESSOR_DB,
    };
    let usual = Compressor::default();
    let say = lang::with("sound-compressor-threshold", &named);
    let on_curve =
        |compressor: &Compressor, came: f32| axes.at(came, came + compressor.settled_db(came));
    let threshold = compressor.threshold_db;
    let at = on_curve(compressor, threshold);
    let grip = handle(ui, axes, "compressor threshold", at, (&say, threshold));
    let bends = grip.response.clone();
    let to = grip.to.map(|to| axes.levels(to).0);
    let to = to.unwrap_or(threshold + grip.steps.x + grip.steps.y);
    set(
        &mut compressor.threshold_db,
        "compressor.threshold_db",
        Level,
        to,
    );
    if grip.usual {
        compressor.threshold_db = usual.threshold_db;
    }
    let say = lang::with("sound-compressor-ratio", &named);
    let at = on_curve(compressor, 0.0);
    let grip = handle(ui, axes, "compressor ratio", at, (&say, compressor.ratio));
    let to = match grip.to {
        Some(to) => {
            let went = axes.levels(to).1 - compressor.makeup_db;
            transfer::ratio(compressor.threshold_db, went)
        }
        // Up on the drawing is less.
        None => compressor.ratio + (grip.steps.x - grip.steps.y) * 0.5,
    };
    set(&mut compressor.ratio, "compressor.ratio", Ratio, to);
    if grip.usual {
        compressor.ratio = usual.ratio;
    }
    let level = source.compressor_level_db.filter(|_| compressor.on);
    let now = level.map(|came| came - source.compressor_db + compressor.makeup_db);
    let now = level
        .zip(now)
        .map(|(came, went)| axes.seen(axes.at(came, went)));
    let line = axes.line(|came| compressor.settled_db(came));
    draw(ui, axes, line, compressor.on);
    let bend = on_curve(compressor, compressor.threshold_db);
    square(ui, axes.seen(bend), &bends);
    square(ui, axes.seen(on_curve(compressor, 0.0)), &grip.response);
    present(ui, now);
    let say = "sound-compressor-reduction";
    reduction(ui, places.meter, say, of, source.compressor_db);
    let all: [Number; 6] = [
        (
            "sound-threshold",
            "sound-compressor-threshold-number",
            "compressor.threshold_db",
            Level,
            &mut compressor.threshold_db,
        ),
        (
            "sound-ratio",
            "sound-compressor-ratio-number",
            "compressor.ratio",
            Ratio,
            &mut compressor.ratio,
        ),
        (
            "sound-knee",
            "sound-compressor-knee",
            "compressor.knee_db",
            Level,
            &mut compressor.knee_db,
        ),
        (
            "sound-attack",
            "sound-compressor-attack",
            "compressor.attack_ms",
            Ms,
            &mut compressor.attack_ms,
        ),
        (
            "sound-release",
            "sound-compressor-release",
            "compressor.release_ms",
            Ms,
            &mut compressor.release_ms,
        ),
        (
            "sound-makeup",
            "sound-compressor-makeup",
            "compressor.makeup_db",
            Figure::Gain,
            &mut compressor.makeup_db,
        ),
    ];
    numbers(ui, places.numbers, of, all);
}

/// Sets a number to where the hand has it, no further than it goes; one that the hand leaves alone stays
/// as it is.
fn set(value: &mut f32, name: &str, figure: Figure, to: f32) {
    if to != *value {
        let range = controls::range(name);
        *value = figure.round(to).clamp(*range.start(), *range.end());
    }
}

fn numbers<const N: usize>(ui: &mut Ui, rect: Rect, of: &str, all: [Number; N]) {
    for (n, (word, say, name, figure, value)) in all.into_iter().enumerate() {
        let row = controls::row(rect, n);
        let (before, place) = row.split_left_right_at_fraction(0.43);
        controls::name(ui, before, &lang::text(word));
        let say = lang::with(say, &[("name", of.into())]);
        let limits = (figure, controls::range(name));
        controls::number(ui, place, &say, value, limits);
    }
}

fn draw(ui: &Ui, axes: Axes, line: Vec<Pos2>, on: bool) {
    let rect = axes.rect;
    fills::fill(ui, rect, theme::ROUND, theme::BACKGROUND);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let faint = Stroke::new(1.0, theme::PANEL);
    let mut db = -20.0;
    while db > axes.least_db {
        let at = axes.at(db, db);
        painter.vline(at.x.round(), rect.y_range(), faint);
        painter.hline(rect.x_range(), at.y.round(), faint);
        db -= 20.0;
    }
    let as_it_came = [rect.left_bottom(), rect.right_top()];
    painter.line_segment(as_it_came, Stroke::new(1.0, theme::LINE));
    let colour = if on { theme::TEXT } else { theme::DIM };
    painter.line(line, Stroke::new(2.0, colour));
}

/// Draws the present level, over what it may lie on.
fn present(ui: &Ui, now: Option<Pos2>) {
    if let Some(at) = now {
        ui.painter().circle_filled(at, 4.0, theme::METER_GREEN);
    }
}

/// What is out of sight is taken hold of at the edge, and moved from where it is.
fn handle(ui: &Ui, axes: Axes, id: &'static str, at: Pos2, said: (&str, f32)) -> Grip {
    grip::grip(ui, Id::unique(("handle", id)), (axes.seen(at), at), said)
}

/// Draws what is taken hold of.
fn square(ui: &Ui, at: Pos2, response: &Response) {
    let active = response.hovered() || response.dragged() || response.has_focus();
    let edge = if active { theme::BLUE } else { theme::DIM };
    let square = Rect::from_center_size(at, vec2(SQUARE, SQUARE));
    let painter = ui.painter();
    painter.rect_filled(square, 2, theme::RAISED);
    let stroke = Stroke::new(2.0, edge);
    painter.rect_stroke(square, 2, stroke, StrokeKind::Inside);
}

fn reduction(ui: &Ui, rect: Rect, key: &str, of: &str, db: f32) {
    meters::reduction(ui, rect, db);
    let values = [("name", of.into()), ("db", Figure::Level.text(db).into())];
    let say = lang::with(key, &values);
    paint::say(ui, rect, key, &say).on_hover_text(&say);
}
