//! The sound engineer's desk: a strip for each source, left to right, with its name at the bottom in
//! the colour of its tally.

use egui::{Align, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use super::{
    fader::Faders,
    fills, lang,
    meters::Meters,
    paint, strip, theme,
    view::{View, name},
};
use crate::door::Tally;

/// A strip is no narrower than this, in points, and no wider: sixteen stand side by side in a usual
/// window.
const WIDTH: std::ops::RangeInclusive<f32> = 54.0..=150.0;
const GAP: f32 = 6.0;
/// Height of the name at its foot, in points: of two lines, where it is narrow.
const NAME: f32 = 32.0;
/// What egui knows these strips by begins here, for a source may have one under its monitor too.
const SALT: usize = 1 << 16;

/// Draws the panel; strips that do not fit are scrolled to.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, faders: &mut Faders, meters: &Meters) {
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
    let width = width(rect.width(), sources.len());
    let builder = UiBuilder::new().max_rect(rect).id_salt("mixer");
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(rect);
        ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
        ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
            ui.horizontal(|ui| {
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
                    paint::say(ui, foot, ("strip of", i), label).on_hover_text(label);
                }
            });
        });
    });
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
