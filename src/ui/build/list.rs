//! A list of sources or scenes: chosen by a click, put elsewhere by a drag, renamed in place.

use egui::{
    Align, Id, Key, Rect, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo,
    accesskit::Role,
    pos2,
    text::{CCursor, CCursorRange},
    vec2,
};

use super::draft::Draft;
use super::typing::{Ended, Typing};
use crate::door::Tally;
use crate::show::{Edit, ItemKind};
use crate::ui::{lang, paint, theme};

/// Height of a row with the space under it, in points.
const ROW: f32 = 44.0;
const GAP: f32 = 3.0;
/// Room for a number of two digits before the name.
const NUMBER: f32 = 24.0;

/// One row.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// The number it goes by, where it has one.
    pub number: Option<usize>,
    /// What it is called.
    pub name: String,
    /// What else there is to say.
    pub detail: String,
    /// Where it is seen.
    pub tally: Tally,
    /// Something is wrong with it.
    pub look_here: bool,
}

/// What a list remembers.
#[derive(Debug, Default)]
pub struct List {
    /// The id of what is renamed, and the name as it is typed, once the field has been shown.
    renaming: Option<(String, Option<Typing>)>,
    /// A row had the keyboard when it was drawn last.
    pub has_focus: bool,
    /// What has the keyboard, or else is chosen, is to be renamed.
    asked: bool,
    /// What was chosen when it was drawn last.
    chosen: Option<String>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// This one is looked at.
    Choose(String),
    /// This one has another name.
    Rename(String, String),
    /// This one goes to another place.
    Move(String, usize),
}

impl List {
    /// Begins to rename this one.
    pub fn rename(&mut self, id: &str) {
        self.renaming = Some((id.to_owned(), None));
    }

    /// Begins to rename what has the keyboard, or else what is chosen, when it is drawn next.
    pub fn ask_name(&mut self) {
        self.asked = true;
    }

    /// It is not drawn: nothing of it has the keyboard, or is to be renamed when it comes back.
    pub fn is_away(&mut self) {
        (self.has_focus, self.asked) = (false, false);
    }

    /// Draws the list.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        kind: ItemKind,
        entries: &[Entry],
        chosen: Option<&str>,
    ) -> Vec<Asked> {
        let mut asked = Vec::new();
        let is_new = self.chosen.as_deref() != chosen;
        self.chosen = chosen.map(str::to_owned);
        let by_key = std::mem::take(&mut self.asked);
        let had_focus = std::mem::take(&mut self.has_focus);
        let size = vec2(ui.available_width(), ROW * entries.len() as f32);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        let row = |i: usize| {
            let top = area.top() + i as f32 * ROW;
            Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), ROW - GAP))
        };
        for (i, entry) in entries.iter().enumerate() {
            let rect = row(i);
            if self
                .renaming
                .as_ref()
                .is_some_and(|(id, _)| *id == entry.id)
            {
                asked.extend(self.name_field(ui, rect, entry));
                continue;
            }
            if is_new && chosen == Some(entry.id.as_str()) {
                ui.scroll_to_rect(rect, None);
            }
            let id = Id::unique(("listed", kind, &entry.id));
            let response = ui.interact(rect, id, Sense::click_and_drag());
            let is_chosen = chosen == Some(entry.id.as_str());
            let enabled = ui.is_enabled();
            response.widget_info(|| {
                WidgetInfo::selected(Role::Button, enabled, is_chosen, said(entry))
            });
            let is_cut = draw(ui, rect, entry, is_chosen, response.hovered());
            paint::focus_ring(ui, &response);
            self.has_focus |= response.has_focus();
            let is_meant = if had_focus {
                response.has_focus()
            } else {
                is_chosen
            };
            if is_cut {
                response.clone().on_hover_text(whole(entry));
            }
            if response.double_clicked() || (by_key && is_meant) {
                self.rename(&entry.id);
            } else if response.clicked() {
                asked.push(Asked::Choose(entry.id.clone()));
            }
            let hand = ui.input(|input| input.pointer.latest_pos());
            if (response.dragged() || response.drag_stopped())
                && let Some(hand) = hand
            {
                let to = ((hand.y - area.top()) / ROW).floor().max(0.0) as usize;
                let to = to.min(entries.len() - 1);
                if to != i {
                    // Where it will come to lie: above that row, or below it on its way down.
                    let y = if to > i {
                        row(to).bottom()
                    } else {
                        row(to).top()
                    };
                    let line = Stroke::new(2.0, theme::BLUE);
                    ui.painter().hline(area.x_range(), y, line);
                    if response.drag_stopped() {
                        asked.push(Asked::Move(entry.id.clone(), to));
                    }
                }
            }
        }
        asked
    }

    /// The field in which a name is typed: Enter keeps it, Esc does not.
    fn name_field(&mut self, ui: &mut Ui, rect: Rect, entry: &Entry) -> Option<Asked> {
        let (id, typing) = self.renaming.as_mut()?;
        let is_first = typing.is_none();
        let typing = typing.get_or_insert_with(|| Typing::of(&entry.name));
        typing.follow(&entry.name);
        let response = ui.put(
            rect.shrink(4.0),
            TextEdit::singleline(&mut typing.text).font(theme::bold(13.5)),
        );
        let response = response.accessible_name(lang::text("build-name"));
        typing.tell(&response);
        if is_first {
            response.request_focus();
            // What is typed takes the place of the name.
            let end = CCursor::new(typing.text.chars().count());
            let mut state = TextEdit::load_state(ui.ctx(), response.id).unwrap_or_default();
            let all = CCursorRange::two(CCursor::new(0), end);
            state.cursor.set_char_range(Some(all));
            state.store(ui.ctx(), response.id);
            return None;
        }
        if !response.lost_focus() {
            return None;
        }
        let is_left = ui.input(|input| input.key_pressed(Key::Escape));
        let ended = match is_left {
            true => Ended::Same,
            false => typing.end(&entry.name),
        };
        if ended == Ended::Contested {
            response.request_focus();
            return None;
        }
        let id = id.clone();
        self.renaming = None;
        match ended {
            Ended::Text(name) => Some(Asked::Rename(id, name)),
            Ended::Same | Ended::Contested => None,
        }
    }
}

/// Does what was asked of a list of these; `rename` gives one another name. The id of what is to be
/// looked at, where one was chosen.
pub fn carry_out(
    asked: Vec<Asked>,
    draft: &mut Draft,
    kind: ItemKind,
    rename: impl Fn(&mut Draft, &str, &str),
) -> Option<String> {
    let mut chosen = None;
    for one in asked {
        match one {
            Asked::Choose(id) => chosen = Some(id),
            Asked::Rename(id, label) => rename(draft, &id, &label),
            Asked::Move(id, to) => shift(draft, kind, &id, to),
        }
    }
    chosen
}

/// Puts one of these at another place.
pub fn shift(draft: &mut Draft, kind: ItemKind, id: &str, to: usize) {
    let id = id.to_owned();
    let edit = Edit::Move { kind, id, to };
    draft.make(&lang::text("build-step-order"), vec![edit]);
}

/// The words of a row, for where it has no room for them.
fn whole(entry: &Entry) -> String {
    format!("{}\n{}", entry.name, entry.detail)
}

/// The whole of a row for a screen reader.
fn said(entry: &Entry) -> String {
    let mut said = match entry.number {
        Some(number) => format!("{number} {}", entry.name),
        None => entry.name.clone(),
    };
    if !entry.detail.is_empty() {
        said = format!("{said}, {}", entry.detail);
    }
    match entry.tally {
        Tally::Program => format!("{said}, PGM"),
        Tally::Preview => format!("{said}, PVW"),
        Tally::Off => said,
    }
}

/// Draws a row; whether it has less room than its words need.
fn draw(ui: &Ui, rect: Rect, entry: &Entry, is_chosen: bool, hovered: bool) -> bool {
    let fill = if hovered { theme::RAISED } else { theme::PANEL };
    ui.painter().rect_filled(rect, theme::ROUND, fill);
    let tally = match entry.tally {
        Tally::Program => Some(theme::RED),
        Tally::Preview => Some(theme::GREEN),
        Tally::Off => None,
    };
    if let Some(colour) = tally {
        let edge = rect.with_max_x(rect.left() + 4.0);
        ui.painter().rect_filled(edge, 1, colour);
    }
    if is_chosen {
        let stroke = Stroke::new(1.5, theme::BLUE);
        ui.painter()
            .rect_stroke(rect, theme::ROUND, stroke, StrokeKind::Inside);
    }
    let mut text = rect.shrink2(vec2(12.0, 4.0));
    let bold = theme::bold(13.5);
    if let Some(number) = entry.number {
        let (place, rest) = text.split_left_right_at_x(text.left() + NUMBER);
        let number = number.to_string();
        paint::line(ui, place, Align::Min, &number, bold.clone(), theme::DIM);
        text = rest;
    }
    let (above, below) = text.split_top_bottom_at_fraction(0.55);
    let cut = paint::fitted(ui, above, Align::Min, &entry.name, bold, theme::TEXT).1;
    let quiet = if entry.look_here {
        theme::AMBER
    } else {
        theme::DIM
    };
    let font = theme::font(11.5);
    cut | paint::fitted(ui, below, Align::Min, &entry.detail, font, quiet).1
}
