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

/// A strip is no narrower than this, in points, and no wider.
const WIDTH: std::ops::RangeInclusive<f32> = 92.0..=150.0;
const GAP: f32 = 6.0;
const NAME: f32 = 26.0;
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
    let each = (rect.width() + GAP) / sources.len() as f32 - GAP;
    let width = each.clamp(*WIDTH.start(), *WIDTH.end());
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
                    let inner = foot.shrink2(vec2(4.0, 0.0));
                    paint::line(ui, inner, Align::Center, label, theme::bold(13.0), text);
                }
            });
        });
    });
}
