//! What is selected in the mixer, above its strips or in a panel of its own. Of a strip: its input, its
//! sends and groups, its equaliser as one drawing, its gate and its compressor, and on a page of their own
//! what works by itself; of the master its equaliser and its limits; of auxes, groups and the monitor their
//! names, members and sound cards. In its place the sound snapshots, where they are asked for. What is drawn
//! is the engine's answer; what is set is sent once a frame.

mod ahead;
mod asked;
mod automatic;
mod aux;
mod bands;
mod change;
mod controls;
mod curve;
mod dynamics;
mod eq;
mod figure;
mod generator;
mod grip;
mod group;
mod hand;
mod head;
mod input;
mod link;
mod lip_sync;
mod master;
mod monitor;
mod outputs;
mod presets;
mod selected;
mod sends;
mod shelf;
mod snapshots;
mod spectrum;
mod talkback;
#[cfg(test)]
mod tests;
mod transfer;

use egui::{Rect, Ui, UiBuilder, pos2};

use super::{
    bank::Choices,
    build::{devices::Devices, draft::Draft, parts, typed::Typed},
    fills,
    guard::Guard,
    paint::Button,
    strip::Hands,
    theme,
    view::{View, name},
};
use crate::door::{Event, SourceStatus};
use asked::Asked;
use hand::Hand;
pub use link::linked;
use outputs::Form;
pub use selected::Selected;
use shelf::Shelf;
use snapshots::Snapshots;
use spectrum::Spectrum;

/// The editor is no lower than this, in points, and no higher; it takes half of what there is.
const HEIGHT: std::ops::RangeInclusive<f32> = 284.0..=470.0;
/// Where less than this is left for the strips, or it would be narrower, there is none, in points.
const LEAST_STRIPS: f32 = 230.0;
const LEAST_WIDTH: f32 = 740.0;
/// Widths of the input and of the dynamics, of the whole and in points.
const INPUT: (f32, std::ops::RangeInclusive<f32>) = (0.175, 150.0..=190.0);
const DYNAMICS: (f32, std::ops::RangeInclusive<f32>) = (0.31, 244.0..=400.0);
const GAP: f32 = 12.0;

/// What is worked on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Page {
    /// What is selected.
    #[default]
    Selected,
    /// Of a strip, what works by itself.
    Automatic,
    /// The sound snapshots.
    Snapshots,
}

/// See the module's words. Each frame: [`Editor::take`] every event, [`Editor::follow`], then
/// [`Editor::show`].
#[derive(Debug, Default)]
pub struct Editor {
    selected: Option<Selected>,
    page: Page,
    snapshots: Snapshots,
    /// The band that was touched last, from 0.
    band: usize,
    hand: Hand,
    shelf: Shelf,
    spectrum: Spectrum,
    draft: Draft,
    /// What is to be done once the show is held.
    asked: Vec<Asked>,
    /// Something is drawn that is of the show itself.
    needs_show: bool,
    typed: Typed,
    devices: Devices,
    guard: Guard,
}

impl Editor {
    /// Where it is in the room of the strips; none where there is not enough.
    pub fn place(room: Rect) -> Option<Rect> {
        let height = (room.height() * 0.5).clamp(*HEIGHT.start(), *HEIGHT.end());
        let fits = room.height() - height >= LEAST_STRIPS && room.width() >= LEAST_WIDTH;
        fits.then(|| room.with_max_y((room.top() + height).round()))
    }

    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        self.draft.take(event);
        self.devices.take(event);
        self.spectrum.take(event);
    }

    /// Told once a frame, before anything is drawn: holds on to the engine's show while that is needed, and
    /// makes of it what was asked for.
    pub fn follow(&mut self, view: &View, attached: bool) {
        if !attached {
            self.draft.detach();
            self.devices = Devices::default();
            self.asked.clear();
            return;
        }
        let needs = std::mem::take(&mut self.needs_show) || !self.asked.is_empty();
        if needs || self.draft.has_more() {
            self.draft.follow(view.door, view.snapshot);
        }
        if !self.draft.is_current(view.snapshot) {
            return;
        }
        for asked in std::mem::take(&mut self.asked) {
            let Some(show) = self.draft.show().cloned() else {
                return;
            };
            if let Some((step, edits)) = asked.edits(&show) {
                self.draft.make(&step, edits);
            }
        }
    }

    /// All that can be selected, as it stands from left to right.
    pub fn row(&self, view: &View) -> Vec<Selected> {
        Selected::row(view.snapshot)
    }

    /// What is selected: what was selected last, as long as it is there, else the first.
    pub fn selected(&self, view: &View) -> Selected {
        let row = self.row(view);
        let is_it = |one: &&Selected| self.selected.as_ref() == Some(*one);
        let found = row.iter().find(is_it).or(row.first());
        found.cloned().unwrap_or(Selected::Master)
    }

    /// Selects this.
    pub fn choose(&mut self, what: Selected) {
        self.selected = Some(what);
        if self.page == Page::Snapshots {
            self.page = Page::Selected;
        }
        self.draft.forget_refusal();
    }

    /// Whether the sound snapshots are worked on.
    pub fn is_on_snapshots(&self) -> bool {
        self.page == Page::Snapshots
    }

    /// A name was pressed: it is selected; a press by key of the one that is selected goes to its equaliser.
    pub fn select(&mut self, ui: &Ui, what: Selected, by_key: bool, view: &View) {
        let has_eq = matches!(what, Selected::Source(_) | Selected::Master);
        let shows_it = has_eq && self.page == Page::Selected;
        if by_key && shows_it && self.selected(view) == what {
            let point = eq::point(self.band);
            ui.memory_mut(|memory| memory.request_focus(point));
        }
        self.choose(what);
    }

    /// Draws it for what is selected.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        view: &View,
        hands: &mut Hands,
        choices: &mut Choices,
    ) {
        fills::fill(ui, rect, theme::ROUND, theme::PANEL);
        let inner = rect.shrink(8.0);
        let builder = UiBuilder::new().max_rect(rect).id_salt("strip editor");
        ui.scope_builder(builder, |ui| self.page(ui, inner, view, hands, choices));
        if !self.asked.is_empty() || self.draft.has_more() {
            ui.ctx().request_repaint();
        }
    }

    fn page(
        &mut self,
        ui: &mut Ui,
        inner: Rect,
        view: &View,
        hands: &mut Hands,
        choices: &mut Choices,
    ) {
        let selected = self.selected(view);
        let source = match &selected {
            Selected::Source(id) => view.source(id),
            _ => None,
        };
        let (top, below) = inner.split_top_bottom_at_y(inner.top() + head::HEIGHT);
        let below = below.with_min_y(below.top() + 6.0);
        let top = self.pages(ui, top, source.is_some());
        if self.page == Page::Snapshots {
            head::name(ui, top, &super::lang::text("sound-snapshots"));
            self.needs_show = true;
            let of = (&mut self.draft, &mut self.typed, &mut self.guard);
            self.snapshots.show(ui, below, view, of, &mut self.asked);
            return;
        }
        if let Some(source) = source {
            self.strip(ui, (top, below), view, source, hands);
            return;
        }
        head::name(ui, top, &selected.called(view.snapshot));
        match &selected {
            Selected::Source(_) => {}
            Selected::Master => self.master(ui, below, view),
            Selected::Group(id) => self.form(ui, below, |editor, ui| {
                let typed = (&mut editor.typed, &mut editor.guard);
                group::show(ui, id, view, typed, &mut editor.asked);
            }),
            Selected::Aux(n) => self.form(ui, below, |editor, ui| {
                let asked = &mut editor.asked;
                aux::show(ui, *n, view, &mut editor.typed, asked);
                editor.outputs(ui, view, Some(super::bank::bus_of(*n)));
            }),
            Selected::Monitor => self.form(ui, below, |editor, ui| {
                monitor::show(ui, view, &editor.devices, choices);
                talkback::show(ui, view, &mut editor.draft);
                editor.outputs(ui, view, None);
                generator::show(ui, view, &mut editor.guard);
            }),
        }
    }

    /// The switches of the pages, at the right of the line above; what is left of that.
    fn pages(&mut self, ui: &Ui, top: Rect, is_source: bool) -> Rect {
        let mut left = top;
        let pages = [
            (Page::Snapshots, "sound-page-snapshots", "sound-snapshots"),
            (Page::Automatic, "sound-page-automatic", "sound-automatic"),
        ];
        for (page, face, say) in pages {
            if page == Page::Automatic && !is_source {
                continue;
            }
            let (face, say) = (super::lang::text(face), super::lang::text(say));
            let (rest, place) = head::from_right(left, head::PAGE);
            left = rest;
            let on = self.page == page;
            let button = Button::new(&face).say(&say).size(12.0).selected(on);
            let button = button.show(ui, place, ("page", page)).on_hover_text(&say);
            if button.clicked() {
                self.page = if on { Page::Selected } else { page };
            }
        }
        left
    }

    /// What is not drawn but filled in, as high as there is room.
    fn form(&mut self, ui: &mut Ui, rect: Rect, show: impl FnOnce(&mut Self, &mut Ui)) {
        self.needs_show = true;
        let builder = UiBuilder::new().max_rect(rect).id_salt("sound form");
        ui.scope_builder(builder, |ui| {
            ui.shrink_clip_rect(rect.expand(2.0));
            parts::scrolled("sound form").show(ui, |ui| {
                ui.set_width(ui.available_width());
                if let Some(refusal) = self.draft.refusal() {
                    parts::note(ui, refusal, theme::AMBER);
                }
                show(self, ui);
            });
        });
    }

    /// The sound cards that a bus is given to; those of every bus where none is named.
    fn outputs(&mut self, ui: &mut Ui, view: &View, bus: Option<&str>) {
        self.needs_show = true;
        self.devices.ask(view);
        let form = Form {
            view,
            devices: &self.devices,
            bus,
        };
        if form.show(ui, &mut self.draft) {
            self.devices = Devices::default();
        }
    }

    fn strip(
        &mut self,
        ui: &mut Ui,
        (top, below): (Rect, Rect),
        view: &View,
        source: &SourceStatus,
        hands: &mut Hands,
    ) {
        let ctx = ui.ctx().clone();
        let engine = (source.id.as_str(), source.strip);
        let shown = self.hand.shown(&ctx, engine, view.now);
        let mut strip = shown;
        let of = name(&source.label, &source.id);
        head::show(ui, top, (&source.id, of), &mut strip, &mut self.shelf);
        if self.page == Page::Automatic {
            automatic::show(ui, below, (source, of), view, &mut strip, hands.talk);
            self.hand.send(&ctx, view, engine, (shown, strip));
            return;
        }
        let Columns {
            left,
            plot,
            numbers,
            right,
        } = columns(below);
        input::show(ui, left, of, view.snapshot.rate, &mut strip);
        link::show(ui, input::link(left), (source, of), view, &mut self.asked);
        lip_sync::show(ui, input::below_delay(left), source, view);
        let level = hands.meters.returns.get(&source.id);
        sends::show(ui, left, (source, of), view, level, &mut self.asked);
        let filters = (&mut strip.eq, Some(&mut strip.high_pass));
        eq::show(ui, plot, (of, &self.spectrum), filters, &mut self.band);
        let seen = (Some(source.id.as_str()), of);
        self.spectrum.switch(ui, plot, seen, view);
        let filters = (&mut strip.eq, Some(&mut strip.high_pass));
        bands::show(ui, numbers, of, filters, &mut self.band);
        dynamics::show(ui, right, (of, source), &mut strip);
        self.hand.send(&ctx, view, engine, (shown, strip));
    }

    fn master(&mut self, ui: &mut Ui, below: Rect, view: &View) {
        let ctx = ui.ctx().clone();
        let engine = ("", view.snapshot.sound.master);
        let shown = self.hand.shown(&ctx, engine, view.now);
        let mut to = shown;
        let of = super::lang::text("sound-master");
        let Columns {
            left,
            plot,
            numbers,
            right,
        } = columns(below);
        master::show(ui, left, view, &mut to, &mut self.asked);
        let seen = (of.as_str(), &self.spectrum);
        eq::show(ui, plot, seen, (&mut to.eq, None), &mut self.band);
        self.spectrum.switch(ui, plot, (None, &of), view);
        bands::show(ui, numbers, &of, (&mut to.eq, None), &mut self.band);
        self.form(ui, right, |editor, ui| {
            editor.outputs(ui, view, Some(crate::show::PROGRAM));
        });
        self.hand.send(&ctx, view, engine, (shown, to));
    }
}

/// Where the parts of what has an equaliser are.
struct Columns {
    left: Rect,
    plot: Rect,
    numbers: Rect,
    right: Rect,
}

fn columns(below: Rect) -> Columns {
    let wide = |(part, range): (f32, std::ops::RangeInclusive<f32>)| {
        let width = below.width() * part;
        width.clamp(*range.start(), *range.end()).round()
    };
    let left = below.with_max_x(below.left() + wide(INPUT));
    let right = below.with_min_x(below.right() - wide(DYNAMICS));
    let middle = Rect::from_min_max(
        pos2(left.right() + GAP, below.top()),
        pos2(right.left() - GAP, below.bottom()),
    );
    let numbers = middle.with_min_y(middle.bottom() - bands::HEIGHT);
    Columns {
        left,
        plot: middle.with_max_y(numbers.top() - 6.0),
        numbers,
        right,
    }
}
