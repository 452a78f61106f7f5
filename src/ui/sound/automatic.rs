//! What works by itself in a strip: gain that open microphones share, music that gives way to speech, what
//! an alarm is given for; and what stays out of sound snapshots, talks to a guest, and follows the picture.

use egui::{Rect, Ui, pos2, vec2};

use super::controls;
use super::figure::Figure;
use crate::door::{Command, SourceStatus};
use crate::show::{Duck, Share, StripSettings};
use crate::ui::{
    fills, lang, layout, paint, strip,
    talk::{Talk, To},
    theme,
    view::View,
};

/// Between the columns, in points.
const GAP: f32 = 14.0;
/// A bar of gain shows so much of it, in dB.
const BAR_DB: f32 = 30.0;
/// Height of a bar of gain, in points.
const BAR: f32 = 8.0;
/// What stands before a number takes so much of its line.
const BEFORE: f32 = 0.48;

/// Draws it for a source that is called `of`, and changes what the hand asks for.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    (source, of): (&SourceStatus, &str),
    view: &View,
    strip: &mut StripSettings,
    talk: &mut Talk,
) {
    let width = (rect.width() - 3.0 * GAP) / 4.0;
    let column = |n: usize| {
        let left = rect.left() + n as f32 * (width + GAP);
        Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()))
    };
    share(ui, column(0), (source, of), &mut strip.share);
    let place = controls::row(column(0), 6);
    let say = lang::with("sound-speech-of", &[("name", of.into())]);
    let face = lang::text("sound-speech");
    strip.speech ^= controls::switch(ui, place, &face, &say, strip.speech);
    duck(ui, column(1), (source, of), &mut strip.duck);
    alarm(ui, column(2), (source, of), strip);
    aside(ui, column(3), (source, of), view, talk);
}

fn share(ui: &mut Ui, column: Rect, (source, of): (&SourceStatus, &str), share: &mut Share) {
    let named = [("name", of.into())];
    let say = lang::with("sound-share-of", &named);
    let face = lang::text("sound-share");
    share.on ^= controls::switch(ui, controls::row(column, 0), &face, &say, share.on);
    let (words, place) = controls::row(column, 1).split_left_right_at_fraction(BEFORE);
    controls::name(ui, words, &lang::text("sound-weight"));
    let say = lang::with("sound-weight-of", &named);
    let limits = (Figure::Gain, controls::range("share.weight_db"));
    controls::number(ui, place, &say, &mut share.weight_db, limits);
    gain(ui, column, 2, ("sound-share-gain", of), source.share_db);
}

fn duck(ui: &mut Ui, column: Rect, (source, of): (&SourceStatus, &str), duck: &mut Duck) {
    let named = [("name", of.into())];
    let say = lang::with("sound-duck-of", &named);
    let face = lang::text("sound-duck");
    duck.on ^= controls::switch(ui, controls::row(column, 0), &face, &say, duck.on);
    let all = [
        (
            "sound-threshold",
            "sound-duck-threshold",
            "duck.threshold_db",
            Figure::Level,
            &mut duck.threshold_db,
        ),
        (
            "sound-depth",
            "sound-duck-depth",
            "duck.depth_db",
            Figure::Level,
            &mut duck.depth_db,
        ),
        (
            "sound-attack",
            "sound-duck-attack",
            "duck.attack_ms",
            Figure::Ms,
            &mut duck.attack_ms,
        ),
        (
            "sound-hold",
            "sound-duck-hold",
            "duck.hold_ms",
            Figure::Ms,
            &mut duck.hold_ms,
        ),
        (
            "sound-release",
            "sound-duck-release",
            "duck.release_ms",
            Figure::Ms,
            &mut duck.release_ms,
        ),
    ];
    let numbers = all.len();
    for (n, (word, say, name, figure, value)) in all.into_iter().enumerate() {
        let (words, place) = controls::row(column, n + 1).split_left_right_at_fraction(BEFORE);
        controls::name(ui, words, &lang::text(word));
        let say = lang::with(say, &named);
        let limits = (figure, controls::range(name));
        controls::number(ui, place, &say, value, limits);
    }
    let at = numbers + 1;
    gain(ui, column, at, ("sound-duck-gain", of), source.duck_db);
}

/// The gain that something gives now, in its words and as a bar, in two rows of a column from this one on.
fn gain(ui: &Ui, column: Rect, row: usize, (key, of): (&'static str, &str), down_db: f32) {
    let (words, place) = controls::row(column, row).split_left_right_at_fraction(BEFORE);
    controls::name(ui, words, &lang::text("sound-gain-now"));
    let text = Figure::Gain.text(0.0 - down_db);
    let font = theme::bold(12.5);
    paint::line(ui, place, egui::Align::Center, &text, font, theme::TEXT);
    let below = controls::row(column, row + 1);
    let bar = below.with_max_y(below.top() + BAR);
    fills::fill(ui, bar, 0, theme::BACKGROUND);
    let part = (down_db / BAR_DB).clamp(0.0, 1.0);
    let pulled = bar.with_min_x(bar.right() - bar.width() * part);
    fills::fill(ui, pulled, 0, theme::BLUE);
    let said = lang::with(key, &[("name", of.into()), ("db", text.into())]);
    let whole = words.union(place).union(bar);
    paint::say(ui, whole, key, &said).on_hover_text(&said);
}

fn alarm(
    ui: &mut Ui,
    column: Rect,
    (source, of): (&SourceStatus, &str),
    strip: &mut StripSettings,
) {
    let named = [("name", of.into())];
    controls::name(ui, controls::row(column, 0), &lang::text("sound-alarm"));
    let says = [
        lang::with("sound-alarm-silence-of", &named),
        lang::with("sound-alarm-clipping-of", &named),
    ];
    let face = lang::text("sound-clipping");
    controls::alarm(
        ui,
        (column, 1),
        [&says[0], &says[1]],
        &face,
        &mut strip.alarm,
    );
    let now = [
        (source.alarm.silent, "sound-alarm-silent"),
        (source.alarm.clipping, "sound-alarm-clips"),
    ];
    for (n, (_, key)) in now.iter().filter(|(on, _)| *on).enumerate() {
        let place = controls::row(column, 4 + n);
        let text = lang::text(key);
        let font = theme::bold(12.5);
        paint::said_line(ui, place, egui::Align::Min, key, &text, font, theme::AMBER);
    }
}

/// What is done with the strip as a whole: it stays out of sound snapshots, its guest is talked to, and it
/// follows the picture.
fn aside(ui: &Ui, column: Rect, (source, of): (&SourceStatus, &str), view: &View, talk: &mut Talk) {
    let on = view.snapshot.sound.safe.contains(&source.id);
    let say = lang::with("sound-safe-of", &[("name", of.into())]);
    let place = controls::row(column, 0);
    if controls::switch(ui, place, &lang::text("sound-safe"), &say, on) {
        view.send(Command::Safe {
            source: source.id.clone(),
            on: !on,
        });
    }
    if source.back.is_some() {
        let top = controls::row(column, 2).min;
        let size = vec2(column.width(), layout::TARGET);
        let place = Rect::from_min_size(top, size);
        let to = To::Guest(source.id.clone());
        talk.button(ui, (place, ("talk in editor", 0)), to, "", view);
    }
    controls::name(ui, controls::row(column, 5), "AFV");
    let row = controls::row(column, 6);
    let modes = strip::AFV;
    let width = (row.width() + 2.0) / modes.len() as f32;
    for (n, (mode, face, meaning)) in modes.into_iter().enumerate() {
        let left = row.left() + n as f32 * width;
        let place = row.with_min_x(left).with_max_x(left + width - 2.0);
        let say = format!("{}, {of}", lang::text(meaning));
        if controls::switch(ui, place, &lang::text(face), &say, source.afv == mode) {
            view.send(Command::Afv {
                source: source.id.clone(),
                mode,
            });
        }
    }
}
