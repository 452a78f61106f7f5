//! The sound engineer's desk: a strip for each source, left to right, with its name at the bottom in
//! the colour of its tally, by which it is selected; above them what is done to the selected one.

use egui::{
    Align, EventFilter, Id, Key, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, accesskit::Role, vec2,
};

use super::{
    fader::Faders,
    fills, lang,
    meters::Meters,
    paint,
    sound::Editor,
    strip, theme,
    view::{View, name},
};
use crate::door::{SourceStatus, Tally};

/// A strip is no narrower than this, in points, and no wider: sixteen stand side by side in a usual
/// window.
const WIDTH: std::ops::RangeInclusive<f32> = 54.0..=150.0;
const GAP: f32 = 6.0;
/// Height of the name at its foot, in points: of two lines, where it is narrow.
const NAME: f32 = 32.0;
/// What egui knows these strips by begins here, for a source may have one under its monitor too.
const SALT: usize = 1 << 16;

/// Draws the panel; strips that do not fit are scrolled to. What opens over its foot leaves `rect` of the
/// whole, and moves nothing.
pub fn show(
    ui: &mut Ui,
    (whole, rect): (Rect, Rect),
    view: &View,
    (faders, editor): (&mut Faders, &mut Editor),
    meters: &Meters,
) {
    let sources = &view.snapshot.sources;
    if sources.is_empty() {
        let text = lang::text("desk-no-source");
        paint::lines(
            ui,
            rect,
            Align::Center,
            &text,
            theme::font(15.0),
            theme::DIM,
        );
        paint::say(ui, rect, "no sound", &text);
        return;
    }
    let above = Editor::place(whole);
    let below = above.map_or(rect, |above| rect.with_min_y(above.bottom() + GAP));
    // First, so that Tab comes to the strips before what is done to one of them.
    strips(ui, below, view, (faders, editor, above.is_some()), meters);
    if let Some(above) = above {
        editor.show(ui, above, view);
    }
}

fn strips(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    (faders, editor, selects): (&mut Faders, &mut Editor, bool),
    meters: &Meters,
) {
    let sources = &view.snapshot.sources;
    let selected = editor.selected(view).map(|source| source.id.clone());
    let width = width(rect.width(), sources.len());
    let builder = UiBuilder::new().max_rect(rect).id_salt("mixer");
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(rect);
        ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
        ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
            ui.horizontal(|ui| {
                let mut beside = None;
                for (i, source) in sources.iter().enumerate() {
                    let size = vec2(width, rect.height() - 2.0);
                    let (whole, _) = ui.allocate_exact_size(size, Sense::hover());
                    let foot = whole.with_min_y(whole.bottom() - NAME);
                    let above = whole.with_max_y(foot.top() - 2.0);
                    strip::of_source(ui, above, SALT + i, source, view, faders, meters);
                    let (fill, text) = match source.tally {
                        Tally::Program => (theme::RED, theme::RED_TEXT),
                        Tally::Preview => (theme::GREEN, theme::ON_TEXT),
                        Tally::Off => (theme::RAISED, theme::TEXT),
                    };
                    fills::fill(ui, foot, 2, fill);
                    let label = name(&source.label, &source.id);
                    let inner = foot.shrink2(vec2(2.0, 0.0));
                    if width < strip::NARROW {
                        // A name is broken between its words alone.
                        let longest = label.split(' ').max_by_key(|word| word.chars().count());
                        let longest = longest.unwrap_or(label);
                        let font = paint::shrunk(ui, longest, theme::bold(11.5), inner.width());
                        paint::lines(ui, inner, Align::Center, label, font, text);
                    } else {
                        paint::line(ui, inner, Align::Center, label, theme::bold(13.0), text);
                    }
                    if !selects {
                        paint::say(ui, foot, ("strip of", i), label).on_hover_text(label);
                        continue;
                    }
                    let is_selected = selected.as_ref() == Some(&source.id);
                    if is_selected {
                        // Below the line that is red while it is heard.
                        let frame = whole.with_min_y(whole.top() + 4.0);
                        let stroke = Stroke::new(2.0, theme::BLUE);
                        ui.painter()
                            .rect_stroke(frame, theme::ROUND, stroke, StrokeKind::Inside);
                    }
                    let response = handle(ui, foot, source, is_selected);
                    editor.select(ui, &response, &source.id, view);
                    beside = beside.or(neighbour(ui, &response, i, sources));
                }
                // After all of them: the one that gets the keyboard is not to hear this press too.
                if let Some(beside) = beside {
                    editor.choose(&beside.id);
                    ui.memory_mut(|memory| memory.request_focus(name_id(&beside.id)));
                }
            });
        });
    });
}

fn name_id(source: &str) -> Id {
    Id::unique(("strip name", source))
}

/// The name of a strip as what it is selected by.
fn handle(ui: &Ui, foot: Rect, source: &SourceStatus, selected: bool) -> Response {
    let sense = if ui.is_enabled() {
        Sense::click()
    } else {
        Sense::hover()
    };
    let response = ui.interact(foot, name_id(&source.id), sense);
    let label = name(&source.label, &source.id);
    let say = lang::with("sound-strip", &[("name", label.into())]);
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), selected, &say));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    paint::focus_ring(ui, &response);
    response.on_hover_text(label)
}

/// The strip that an arrow key goes to from this name.
fn neighbour<'a>(
    ui: &Ui,
    response: &Response,
    i: usize,
    sources: &'a [SourceStatus],
) -> Option<&'a SourceStatus> {
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let (left, right) = ui.input(|i| {
        (
            i.key_pressed(Key::ArrowLeft),
            i.key_pressed(Key::ArrowRight),
        )
    });
    match (left, right) {
        (true, false) => sources.get(i.checked_sub(1)?),
        (false, true) => sources.get(i + 1),
        _ => None,
    }
}

/// Width of each of so many strips in `room` points. Where they are scrolled to, a whole number of them is
/// seen, so that none is cut through.
fn width(room: f32, strips: usize) -> f32 {
    let most = ((room + GAP) / (WIDTH.start() + GAP)).floor().max(1.0);
    let seen = (strips as f32).clamp(1.0, most);
    ((room + GAP) / seen - GAP).min(*WIDTH.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_of_strips_is_seen() {
        assert_eq!(width(967.0, 2), 150.0);
        assert!((width(967.0, 16) * 16.0 + 15.0 * GAP - 967.0).abs() < 0.01);
        for strips in [17, 30] {
            let each = width(967.0, strips);
            assert!(each >= *WIDTH.start());
            let seen = (967.0 + GAP) / (each + GAP);
            assert!((seen - seen.round()).abs() < 0.001, "{seen}");
        }
    }
}
