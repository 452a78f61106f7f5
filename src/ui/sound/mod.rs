//! The selected strip, above the strips: its input, its equaliser as one drawing, its gate and its
//! compressor. What is drawn is the engine's answer; what is set is sent once a frame.

mod bands;
mod change;
mod controls;
mod curve;
mod dynamics;
mod eq;
mod figure;
mod grip;
mod hand;
mod head;
mod input;
mod presets;
mod shelf;
mod transfer;

use egui::{Rect, Response, Ui, UiBuilder, pos2};

use super::{
    fills, theme,
    view::{View, name},
};
use crate::door::SourceStatus;
use hand::Hand;
use shelf::Shelf;

/// The editor is no lower than this, in points, and no higher; it takes half of what there is.
const HEIGHT: std::ops::RangeInclusive<f32> = 300.0..=470.0;
/// Where less than this is left for the strips, or it would be narrower, there is none, in points.
const LEAST_STRIPS: f32 = 190.0;
const LEAST_WIDTH: f32 = 740.0;
/// Widths of the input and of the dynamics, of the whole and in points.
const INPUT: (f32, std::ops::RangeInclusive<f32>) = (0.175, 150.0..=190.0);
const DYNAMICS: (f32, std::ops::RangeInclusive<f32>) = (0.31, 244.0..=400.0);
const GAP: f32 = 12.0;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Editor {
    selected: Option<String>,
    /// The band that was touched last, from 0.
    band: usize,
    hand: Hand,
    shelf: Shelf,
}

impl Editor {
    /// Where it is in the room of the strips; none where there is not enough.
    pub fn place(room: Rect) -> Option<Rect> {
        let height = (room.height() * 0.5).clamp(*HEIGHT.start(), *HEIGHT.end());
        let fits = room.height() - height >= LEAST_STRIPS && room.width() >= LEAST_WIDTH;
        fits.then(|| room.with_max_y((room.top() + height).round()))
    }

    /// The selected source: the one that was selected last, as long as it is there, else the first.
    pub fn selected<'a>(&self, view: &View<'a>) -> Option<&'a SourceStatus> {
        let sources = &view.snapshot.sources;
        let is_it = |source: &&SourceStatus| self.selected.as_ref() == Some(&source.id);
        sources.iter().find(is_it).or(sources.first())
    }

    /// Selects the strip of this source.
    pub fn choose(&mut self, source: &str) {
        self.selected = Some(source.to_owned());
    }

    /// What happened to a strip's name: it is selected by a press; a press by key of the one that is
    /// selected goes to its equaliser.
    pub fn select(&mut self, ui: &Ui, response: &Response, source: &str, view: &View) {
        if !response.clicked() {
            return;
        }
        let by_key = !ui.input(|i| i.pointer.any_released());
        let is_selected = self.selected(view).is_some_and(|now| now.id == source);
        if by_key && is_selected {
            let point = eq::point(self.band);
            ui.memory_mut(|memory| memory.request_focus(point));
        }
        self.choose(source);
    }

    /// Draws it for the selected strip.
    pub fn show(&mut self, ui: &mut Ui, rect: Rect, view: &View) {
        let Some(source) = self.selected(view) else {
            return;
        };
        let ctx = ui.ctx().clone();
        let shown = self.hand.shown(&ctx, source, view.now);
        let mut strip = shown;
        let of = name(&source.label, &source.id);
        let builder = UiBuilder::new().max_rect(rect).id_salt("strip editor");
        ui.scope_builder(builder, |ui| {
            fills::fill(ui, rect, theme::ROUND, theme::PANEL);
            let inner = rect.shrink(8.0);
            let (top, below) = inner.split_top_bottom_at_y(inner.top() + head::HEIGHT);
            head::show(ui, top, (&source.id, of), &mut strip, &mut self.shelf);
            let below = below.with_min_y(below.top() + 6.0);
            let wide = |(part, range): (f32, std::ops::RangeInclusive<f32>)| {
                let width = below.width() * part;
                width.clamp(*range.start(), *range.end()).round()
            };
            let input = below.with_max_x(below.left() + wide(INPUT));
            let dynamics = below.with_min_x(below.right() - wide(DYNAMICS));
            let middle = Rect::from_min_max(
                pos2(input.right() + GAP, below.top()),
                pos2(dynamics.left() - GAP, below.bottom()),
            );
            let numbers = middle.with_min_y(middle.bottom() - bands::HEIGHT);
            let plot = middle.with_max_y(numbers.top() - 6.0);
            input::show(ui, input, of, view.snapshot.rate, &mut strip);
            eq::show(ui, plot, of, &mut strip, &mut self.band);
            bands::show(ui, numbers, of, &mut strip, &mut self.band);
            dynamics::show(ui, dynamics, (of, source), &mut strip);
        });
        self.hand.send(&ctx, view, source, (&shown, &strip));
    }
}
