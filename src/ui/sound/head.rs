//! Above the strip's editor: whose strip it is, and what is done to all of it at once.

use egui::{Align, Rect, Ui, vec2};

use super::controls;
use super::presets;
use super::shelf::Shelf;
use crate::show::StripSettings;
use crate::ui::{
    fills, lang,
    paint::{self, Button},
    theme::{self, Icon},
};

/// Height of the line, in points.
pub const HEIGHT: f32 = 30.0;

const GAP: f32 = 6.0;
/// Width of what leads to a page, in points.
pub const PAGE: f32 = 96.0;
/// Width of the list of presets, of each button, and of one that has no room for its word, in points.
const PRESETS: f32 = 148.0;
const BUTTON: f32 = 92.0;
const ICON: f32 = 38.0;
/// Where the line is shorter, words give way to the name, in points.
const WORDS: f32 = 690.0;

/// What is left of a line without so much at its right, and that.
pub fn from_right(line: Rect, width: f32) -> (Rect, Rect) {
    let place = line.with_min_x(line.right() - width);
    let left = line.with_max_x(place.left() - GAP);
    (left, place.shrink2(vec2(0.0, 2.0)))
}

/// Whose it is.
pub fn name(ui: &Ui, place: Rect, of: &str) {
    let mark = place.with_max_x(place.left() + 4.0).shrink2(vec2(0.0, 5.0));
    fills::fill(ui, mark, 2, theme::BLUE);
    let place = place.with_min_x(mark.right() + 8.0);
    paint::line(ui, place, Align::Min, of, theme::bold(16.0), theme::TEXT);
}

/// Draws it for a source, by id and name, and changes what is asked for.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    (id, of): (&str, &str),
    strip: &mut StripSettings,
    shelf: &mut Shelf,
) {
    let before = *strip;
    let named = [("name", of.into())];
    let has_words = rect.width() >= WORDS;
    let mut left = rect;
    let mut place = |width: f32| {
        let (rest, place) = from_right(left, width);
        left = rest;
        place
    };
    let width = if has_words { BUTTON } else { ICON };
    let [reset, back, paste, copy] = [width; 4].map(&mut place);
    let choice = place(PRESETS);
    name(ui, left, of);

    let say = lang::with("sound-presets-of", &named);
    let all = presets::all();
    // A preset is chosen and not kept: it is named as long as the strip stands as it says.
    let now = all.iter().find(|(preset, _)| preset.on(strip) == *strip);
    let shown = now.map_or_else(|| lang::text("sound-presets"), |(_, word)| word.clone());
    let now = now.map(|(preset, _)| *preset);
    if let Some(preset) = controls::choice(ui, choice, &say, (now, &shown), &all) {
        *strip = preset.on(strip);
    }
    let button = |face: &str, icon: Icon, say: &str, place: Rect, enabled: bool| {
        let icon = theme::icon(icon);
        let face = if has_words {
            format!("{icon} {face}")
        } else {
            icon.to_string()
        };
        let button = Button::new(&face).say(say).size(12.0).enabled(enabled);
        button
            .show(ui, place, ("whole strip", say))
            .on_hover_text(say)
    };
    let say = lang::with("sound-copy-of", &named);
    let face = lang::text("sound-copy");
    if button(&face, Icon::Copy, &say, copy, true).clicked() {
        shelf.copy(of, strip);
    }
    let from = shelf.copied().map_or("–", |(name, _)| name);
    let say = lang::with(
        "sound-paste-on",
        &[("name", of.into()), ("from", from.into())],
    );
    let face = lang::text("sound-paste");
    let pasted = shelf.copied().map(|(_, copied)| strip.worked_like(copied));
    let can_paste = pasted.is_some_and(|pasted| pasted != *strip);
    if button(&face, Icon::ClipboardPaste, &say, paste, can_paste).clicked()
        && let Some(pasted) = pasted
    {
        *strip = pasted;
    }
    let say = lang::with("sound-reset-of", &named);
    let face = lang::text("sound-reset");
    if button(&face, Icon::RotateCcw, &say, reset, !strip.is_neutral()).clicked() {
        *strip = StripSettings::default();
    }
    if *strip != before {
        shelf.keep(id, &before);
    }
    let say = lang::with("sound-back-of", &named);
    let face = lang::text("sound-back");
    if button(&face, Icon::Undo2, &say, back, shelf.has_kept(id)).clicked()
        && let Some(kept) = shelf.back(id)
    {
        *strip = kept;
    }
}
