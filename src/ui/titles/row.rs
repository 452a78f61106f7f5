//! The row for who cuts: the four keys, the title that is looked at with what stands in it, and the next
//! of the rundown.

use egui::{Align, Rect, Ui};

use super::buttons::{go, on_air};
use super::{called, keys};
use crate::door::{CueState, TitleStatus};
use crate::ui::{
    keys::KeyMap,
    lang,
    paint::{self, Button},
    theme,
    view::{View, name},
};

const GAP: f32 = 6.0;
/// Shares of the row: the keys, the title, the rundown.
const SHARES: [f32; 3] = [0.42, 0.33, 0.25];
/// Widths of ON and GO, in points.
const ON: f32 = 66.0;

/// Draws it; the id of another title where one was asked for.
pub fn show(
    ui: &Ui,
    rect: Rect,
    view: &View,
    map: &KeyMap,
    title: Option<&TitleStatus>,
) -> Option<String> {
    let mut left = rect.left();
    let places = SHARES.map(|share| {
        let place = rect
            .with_min_x(left)
            .with_max_x(left + rect.width() * share - GAP);
        left = place.right() + GAP;
        place
    });
    let many = view.snapshot.keys.len().max(1) as f32;
    let width = (places[0].width() + GAP) / many;
    for (n, key) in view.snapshot.keys.iter().enumerate() {
        let at = places[0].left() + width * n as f32;
        let place = places[0].with_min_x(at).with_max_x(at + width - GAP);
        keys::one(ui, place, view, map, (n, key));
    }
    let next = title.and_then(|title| of_title(ui, places[1], view, map, title));
    of_rundown(ui, places[2].with_max_x(rect.right()), view, map);
    next
}

fn of_title(ui: &Ui, rect: Rect, view: &View, map: &KeyMap, title: &TitleStatus) -> Option<String> {
    let (words, button) = rect.split_left_right_at_x(rect.right() - ON);
    on_air(ui, button, view, map, title);
    let words = words.with_max_x(words.right() - GAP);
    let of = name(&title.label, &title.id);
    let said = lang::pair(of, &called::summary(title));
    // The next one of the list is a press away.
    let next = lang::with("titles-next", &[("title", said.as_str().into())]);
    let choose = Button::new(&said).say(&next);
    if !choose.show(ui, words, "title of the row").clicked() {
        return None;
    }
    let titles = &view.snapshot.titles;
    let now = titles.iter().position(|other| other.id == title.id)?;
    titles
        .get((now + 1) % titles.len())
        .map(|next| next.id.clone())
}

fn of_rundown(ui: &Ui, rect: Rect, view: &View, map: &KeyMap) {
    let cues = &view.snapshot.rundown;
    let next = cues.iter().find(|cue| cue.state == CueState::Next);
    let (words, button) = rect.split_left_right_at_x(rect.right() - ON);
    let text = match next {
        Some(cue) => {
            let at = cues
                .iter()
                .position(|other| other.id == cue.id)
                .unwrap_or_default();
            format!("{} {}", at + 1, called::cue(view, cue))
        }
        None if cues.is_empty() => String::new(),
        None => lang::text("titles-rundown-done"),
    };
    let colour = if next.is_some() {
        theme::TEXT
    } else {
        theme::DIM
    };
    let words = words.with_max_x(words.right() - GAP);
    paint::said_line(
        ui,
        words,
        Align::Max,
        "next cue",
        &text,
        theme::font(13.0),
        colour,
    );
    go(ui, button, view, map);
}
