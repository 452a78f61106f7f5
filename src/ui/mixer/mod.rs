//! The sound engineer's desk: a strip for each source, left to right, and beside them the groups, the
//! auxes, the monitor and the master. Each has its name at the foot, by which it is selected; what is done
//! to the selected one stands above them, or in a panel of its own.

mod buses;
mod foot;

use egui::{Align, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, vec2};

use super::{
    bank::Choices,
    fader::Faders,
    keys, lang,
    meters::Meters,
    paint,
    sound::{Editor, Selected},
    strip::{self, Hands, Kind},
    talk::{self, Talk},
    theme,
    view::{View, name},
};
use crate::door::Tally;
pub use buses::KeyNames;
use foot::Foot;

/// A strip is no narrower than this, in points, and no wider: sixteen stand beside three groups, the
/// auxes, the monitor and the master in a usual window.
const WIDTH: std::ops::RangeInclusive<f32> = 50.0..=150.0;
/// A bus is no wider, in points: beside its fader it has few words.
const BUS: f32 = 86.0;
const GAP: f32 = 4.0;
/// Between the sources and the buses, in points.
const APART: f32 = 10.0;
/// The buses have no more than this part of the room; further groups are scrolled to.
const BUSES: f32 = 0.5;
/// Height of the name at its foot, in points: of two lines, where it is narrow.
const NAME: f32 = 32.0;
/// What egui knows these strips by begins here, for a source may have one under its monitor too.
const SALT: usize = 1 << 16;

/// What is drawn and sent with it.
pub struct With<'a> {
    /// The faders under a hand.
    pub faders: &'a mut Faders,
    /// Whom this desk talks to.
    pub talk: &'a mut Talk,
    /// What is selected.
    pub editor: &'a mut Editor,
    /// What the faders move, and how strips are listened to.
    pub choices: &'a mut Choices,
    /// The levels as they are shown.
    pub meters: &'a Meters,
    /// What is done to the selected one stands in a panel of its own.
    pub apart: bool,
    /// The keys of the buses.
    pub keys: KeyNames,
}

/// Draws the panel; strips that do not fit are scrolled to. What opens over its foot leaves `rect` of the
/// whole, and moves nothing.
pub fn show(ui: &mut Ui, (whole, rect): (Rect, Rect), view: &View, with: With) {
    let With {
        faders,
        talk,
        editor,
        choices,
        meters,
        apart,
        keys,
    } = with;
    let hands = &mut Hands {
        faders,
        talk,
        meters,
    };
    let above = Editor::place(whole).filter(|_| !apart);
    let below = above.map_or(rect, |above| rect.with_min_y(above.bottom() + GAP));
    let selects = apart || above.is_some();
    let row = editor.row(view);
    let selected = selects.then(|| editor.selected(view));
    let sources = view.snapshot.sources.len();
    let buses = row.len() - sources;
    let (left, right, wide) = split(below, sources, buses);
    let strips = Row {
        view,
        row: &row,
        selected: selected.as_ref(),
    };
    // First, so that Tab comes to the strips before what is done to one of them.
    let kind = (*choices, selects && editor.is_on_snapshots());
    let mut pressed = sources_of(ui, left, &strips, hands, kind);
    let builder = UiBuilder::new().max_rect(right).id_salt("buses");
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(right.expand(1.0));
        ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
        let area = ScrollArea::horizontal().id_salt("buses").auto_shrink(false);
        area.show(ui, |ui| {
            ui.horizontal(|ui| {
                for (n, what) in row.iter().enumerate().skip(sources) {
                    let size = vec2(wide, right.height() - 2.0);
                    let (whole, _) = ui.allocate_exact_size(size, Sense::hover());
                    let foot = whole.with_min_y(whole.bottom() - NAME);
                    let body = whole.with_max_y(foot.top() - 2.0);
                    let salt = SALT * 2 + n;
                    let shown = (&mut *hands, &keys);
                    buses::show(ui, (body, salt), what, view, shown, &mut choices.bank);
                    let label = buses::label(view.snapshot, what);
                    let (fill, text) = buses::colours(view.snapshot, what);
                    let foot = Foot {
                        label: &label,
                        fill,
                        text,
                    };
                    pressed.extend(strips.foot(ui, whole, what, &foot));
                }
            });
        });
    });
    // After all of them: the one that gets the keyboard is not to hear this press too.
    for foot::Pressed { what, by_key, goes } in pressed {
        if goes {
            ui.memory_mut(|memory| memory.request_focus(foot::id(&what)));
            editor.choose(what);
        } else {
            if !by_key {
                // Arrows and Tab go on from there; Space and Enter stay the switcher's.
                keys::point_at(ui.ctx(), foot::id(&what));
            }
            editor.select(ui, what, by_key, view);
        }
    }
    if let Some(above) = above {
        editor.show(ui, above, view, hands, choices);
    }
}

fn sources_of(
    ui: &mut Ui,
    rect: Rect,
    strips: &Row,
    hands: &mut Hands,
    (choices, safes): (Choices, bool),
) -> Vec<foot::Pressed> {
    let view = strips.view;
    let sources = &view.snapshot.sources;
    let mut pressed = Vec::new();
    if sources.is_empty() {
        let text = lang::text("desk-no-source");
        let font = theme::font(15.0);
        paint::lines(ui, rect, Align::Center, &text, font, theme::DIM);
        paint::say(ui, rect, "no sound", &text);
        return pressed;
    }
    let width = width(rect.width(), sources.len());
    let kind = Kind::Long {
        bank: choices.bank,
        after: choices.after,
        talks: talk::has_guests(view.snapshot),
        safes,
    };
    let builder = UiBuilder::new().max_rect(rect).id_salt("mixer");
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(rect);
        ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
        ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
            ui.horizontal(|ui| {
                for (i, source) in sources.iter().enumerate() {
                    let size = vec2(width, rect.height() - 2.0);
                    let (whole, _) = ui.allocate_exact_size(size, Sense::hover());
                    let above = whole.with_max_y(whole.bottom() - NAME - 2.0);
                    strip::of_source(ui, (above, SALT + i), source, view, hands, kind);
                    let (fill, text) = match source.tally {
                        Tally::Program => (theme::RED, theme::RED_TEXT),
                        Tally::Preview => (theme::GREEN, theme::ON_TEXT),
                        Tally::Off => (theme::RAISED, theme::TEXT),
                    };
                    let foot = Foot {
                        label: name(&source.label, &source.id),
                        fill,
                        text,
                    };
                    pressed.extend(strips.foot(ui, whole, &strips.row[i], &foot));
                }
            });
        });
    });
    pressed
}

/// All strips and buses, left to right, and which is selected; none where none can be.
struct Row<'a> {
    view: &'a View<'a>,
    row: &'a [Selected],
    selected: Option<&'a Selected>,
}

impl Row<'_> {
    /// The name at the foot of a strip, and the frame around the selected one.
    fn foot(&self, ui: &Ui, whole: Rect, what: &Selected, foot: &Foot) -> Option<foot::Pressed> {
        let place = whole.with_min_y(whole.bottom() - NAME);
        foot.draw(ui, place);
        let Some(selected) = self.selected else {
            foot.say(ui, place, what);
            return None;
        };
        let is_selected = selected == what;
        if is_selected {
            // Below the line that is red while it is heard.
            let frame = whole.with_min_y(whole.top() + 4.0);
            let stroke = Stroke::new(2.0, theme::BLUE);
            ui.painter()
                .rect_stroke(frame, theme::ROUND, stroke, StrokeKind::Inside);
        }
        foot.handle(ui, place, (what, is_selected), self.row)
    }
}

/// The room of the sources' strips and of the buses, and the width of each bus, in points.
fn split(rect: Rect, sources: usize, buses: usize) -> (Rect, Rect, f32) {
    let all = (sources + buses) as f32;
    let each = (rect.width() - APART + GAP * 2.0) / all.max(1.0) - GAP;
    let wide = each.clamp(*WIDTH.start(), BUS).floor();
    let needed = buses as f32 * (wide + GAP) - GAP;
    // What few sources leave is the buses' too.
    let left = rect.width() - APART - sources as f32 * (WIDTH.end() + GAP);
    let room = needed.min((rect.width() * BUSES).floor().max(left));
    let right = rect.with_min_x(rect.right() - room);
    (rect.with_max_x(right.left() - APART), right, wide)
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
    use egui::pos2;

    #[test]
    fn a_whole_number_of_strips_is_seen() {
        assert_eq!(width(967.0, 2), 150.0);
        assert!((width(967.0, 16) * 16.0 + 15.0 * GAP - 967.0).abs() < 0.01);
        for strips in [18, 30] {
            let each = width(967.0, strips);
            assert!(each >= *WIDTH.start());
            let seen = (967.0 + GAP) / (each + GAP);
            assert!((seen - seen.round()).abs() < 0.001, "{seen}");
        }
    }

    #[test]
    fn sixteen_strips_and_seven_buses_are_all_seen_in_a_usual_window() {
        let room = Rect::from_min_size(pos2(8.0, 400.0), vec2(1264.0, 330.0));
        for (sources, groups) in [(16, 3), (8, 0), (2, 6), (12, 4)] {
            let buses = groups + 4;
            let (left, right, wide) = split(room, sources, buses);
            assert!(room.contains_rect(left) && room.contains_rect(right));
            assert!(left.right() < right.left());
            let needed = buses as f32 * (wide + GAP) - GAP;
            assert!(needed <= right.width() + 0.01, "{buses}: {needed}");
            let each = width(left.width(), sources);
            let needed = sources as f32 * (each + GAP) - GAP;
            assert!(needed <= left.width() + 0.01, "{sources}: {needed}");
        }
        let (_, right, wide) = split(room, 16, 20);
        assert_eq!(wide, *WIDTH.start());
        assert!(right.width() <= room.width() * BUSES, "the others scroll");
    }
}
