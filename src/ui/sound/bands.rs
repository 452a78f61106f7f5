//! The numbers of the high-pass and of the bands, typed beside the drawing: a column for each.

use egui::{Align, Rect, Ui};

use super::controls::{self, LINE};
use super::eq::has_gain;
use super::figure::Figure;
use crate::show::{BANDS, Band, BandKind, Eq, HighPass};
use crate::ui::{lang, paint, theme};

/// Height of the columns, in points.
pub const HEIGHT: f32 = 5.0 * LINE;

const GAP: f32 = 6.0;

/// A column that is narrower, in points, has no room for the word of a kind.
const WORDS: f32 = 82.0;

/// The kinds of bands, each with the keys of its word and of a short one.
const KINDS: [(BandKind, &str, &str); 6] = [
    (BandKind::Bell, "sound-kind-bell", "sound-short-bell"),
    (
        BandKind::LowShelf,
        "sound-kind-low-shelf",
        "sound-short-low-shelf",
    ),
    (
        BandKind::HighShelf,
        "sound-kind-high-shelf",
        "sound-short-high-shelf",
    ),
    (
        BandKind::LowPass,
        "sound-kind-low-pass",
        "sound-short-low-pass",
    ),
    (
        BandKind::HighPass,
        "sound-kind-high-pass",
        "sound-short-high-pass",
    ),
    (BandKind::Notch, "sound-kind-notch", "sound-short-notch"),
];

/// Draws them, and changes what is set; the master has no high-pass. `chosen` is the band that was touched
/// last.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    of: &str,
    (eq, filter): (&mut Eq, Option<&mut HighPass>),
    chosen: &mut usize,
) {
    let each = (rect.width() + GAP) / (BANDS + 1) as f32;
    let column = |n: usize| {
        let left = (rect.left() + n as f32 * each).round();
        rect.with_min_x(left).with_max_x(left + each - GAP)
    };
    if let Some(filter) = filter {
        high_pass(ui, column(0), of, filter);
    }
    let face = lang::text("sound-eq");
    let say = lang::with("sound-eq-of", &[("name", of.into())]);
    let place = controls::row(column(0), 3).union(controls::row(column(0), 4));
    eq.on ^= controls::switch(ui, place, &face, &say, eq.on);
    for n in 0..BANDS {
        let before = eq.bands[n];
        band(ui, column(n + 1), of, n, &mut eq.bands[n]);
        let after = eq.bands[n];
        if after != before {
            *chosen = n;
            // As where its point is dragged: what is set is heard.
            eq.on |= Band {
                on: before.on,
                ..after
            } != before;
        }
    }
}

fn high_pass(ui: &mut Ui, column: Rect, of: &str, filter: &mut HighPass) {
    let named = [("name", of.into())];
    let face = lang::text("sound-high-pass");
    let say = lang::with("sound-high-pass-of", &named);
    filter.on ^= controls::switch(ui, controls::row(column, 0), &face, &say, filter.on);
    let say = lang::with("sound-high-pass-hz", &named);
    let limits = (Figure::Hz, controls::range("high_pass.hz"));
    controls::number(ui, controls::row(column, 1), &say, &mut filter.hz, limits);
    let slope = controls::row(column, 2);
    let text = lang::text("sound-slope");
    paint::line(
        ui,
        slope,
        Align::Center,
        &text,
        theme::font(11.5),
        theme::DIM,
    );
}

fn band(ui: &mut Ui, column: Rect, of: &str, n: usize, band: &mut Band) {
    let number = n + 1;
    let say = |key| lang::with(key, &[("n", number.into()), ("name", of.into())]);
    let names = [
        ["eq.bands[0].hz", "eq.bands[0].gain_db", "eq.bands[0].q"],
        ["eq.bands[1].hz", "eq.bands[1].gain_db", "eq.bands[1].q"],
        ["eq.bands[2].hz", "eq.bands[2].gain_db", "eq.bands[2].q"],
        ["eq.bands[3].hz", "eq.bands[3].gain_db", "eq.bands[3].q"],
    ][n];
    let face = number.to_string();
    let pressed = controls::switch(
        ui,
        controls::row(column, 0),
        &face,
        &say("sound-band-of"),
        band.on,
    );
    band.on ^= pressed;
    let kinds = KINDS.map(|(kind, word, _)| (kind, lang::text(word)));
    let now = KINDS.iter().find(|(kind, ..)| *kind == band.kind);
    let place = controls::row(column, 1);
    let shown = now.map_or_else(String::new, |(_, word, short)| {
        lang::text(if place.width() < WORDS { short } else { word })
    });
    let chosen = controls::choice(
        ui,
        place,
        &say("sound-band-kind"),
        (Some(band.kind), &shown),
        &kinds,
    );
    if let Some(kind) = chosen {
        band.kind = kind;
    }
    let limits = |i: usize, figure| (figure, controls::range(names[i]));
    let place = |i| controls::row(column, i);
    let words = say("sound-band-hz");
    controls::number(ui, place(2), &words, &mut band.hz, limits(0, Figure::Hz));
    // What counts for nothing in this kind is there, so that nothing moves, and cannot be set.
    ui.add_enabled_ui(has_gain(band.kind), |ui| {
        let words = say("sound-band-gain");
        let limits = limits(1, Figure::Gain);
        controls::number(ui, place(3), &words, &mut band.gain_db, limits);
    });
    let words = say("sound-band-q");
    controls::number(ui, place(4), &words, &mut band.q, limits(2, Figure::Q));
}
