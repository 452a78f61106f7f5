//! Lines of text, buttons and what they say to a screen reader: the desk's few building blocks.
//!
//! Everything is put into a rectangle that was computed beforehand, so that no text, however long,
//! can push anything else aside.

use std::sync::Arc;

use egui::{
    Align, Color32, Event, FontId, Galley, Id, PointerButton, Pos2, Rect, Response, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo,
    accesskit::Role,
    pos2,
    text::{LayoutJob, TextFormat, TextWrapping},
    vec2,
};

use super::{fills, theme};

/// Letters are made no smaller than this to have room for all of a line, in points.
pub const SMALLEST: f32 = 10.5;
/// Height of a line of letters of the size 1.
const LINE: f32 = 1.25;

/// How wide a line is, in points.
pub fn width(ui: &Ui, text: &str, font: FontId) -> f32 {
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), font, Color32::WHITE);
    galley.size().x
}

/// Letters so much smaller as it takes for all of a line to have room, as long as they can be read.
pub fn shrunk(ui: &Ui, text: &str, font: FontId, room: f32) -> FontId {
    let wide = width(ui, text, font.clone());
    if wide <= room {
        return font;
    }
    let mut size = ((font.size * room / wide) * 2.0).floor() / 2.0;
    // Small letters are a little wider than in proportion.
    if width(ui, text, FontId::new(size.max(1.0), font.family.clone())) > room {
        size -= 0.5;
    }
    FontId::new(size.max(SMALLEST.min(font.size)), font.family)
}

/// Writes one line into a rectangle, in the middle of its height; what does not fit ends in "…".
/// Returns the width that was used, in points.
pub fn line(ui: &Ui, rect: Rect, align: Align, text: &str, font: FontId, colour: Color32) -> f32 {
    fitted(ui, rect, align, text, font, colour).0
}

/// As [`line`]; returns too whether some of it did not fit.
pub fn fitted(
    ui: &Ui,
    rect: Rect,
    align: Align,
    text: &str,
    font: FontId,
    colour: Color32,
) -> (f32, bool) {
    let mut job = LayoutJob::single_section(
        text.to_owned(),
        TextFormat {
            font_id: font,
            color: colour,
            ..TextFormat::default()
        },
    );
    job.wrap = TextWrapping::truncate_at_width(rect.width());
    let galley = ui.painter().layout_job(job);
    let size = galley.size();
    let x = match align {
        Align::Min => rect.left(),
        Align::Center => rect.center().x - size.x / 2.0,
        Align::Max => rect.right() - size.x,
    };
    let y = (rect.center().y - size.y / 2.0).round();
    ui.painter()
        .with_clip_rect(rect.intersect(ui.clip_rect()))
        .galley(pos2(x.round(), y), Arc::clone(&galley), colour);
    (size.x, galley.elided)
}

/// Writes as many lines as fit into a rectangle, in the middle of its height; what does not fit ends
/// in "…".
pub fn lines(ui: &Ui, rect: Rect, align: Align, text: &str, font: FontId, colour: Color32) {
    let galley = wrapped(ui, rect, align, text, font, colour);
    place(ui, rect, align, galley, colour);
}

/// Writes as many lines as fit, from the top on, in letters so much smaller as it takes for all of it to have
/// room, as long as they can be read.
pub fn paragraph(ui: &Ui, rect: Rect, text: &str, font: FontId, colour: Color32) {
    let galley = readable(ui, rect, Align::Min, text, font, colour);
    let rect = rect.with_max_y(rect.top() + galley.size().y);
    place(ui, rect, Align::Min, galley, colour);
}

/// As [`lines`], in letters so much smaller as it takes, as long as they can be read.
pub fn small_lines(ui: &Ui, rect: Rect, align: Align, text: &str, font: FontId, colour: Color32) {
    let galley = readable(ui, rect, align, text, font, colour);
    place(ui, rect, align, galley, colour);
}

fn readable(
    ui: &Ui,
    rect: Rect,
    align: Align,
    text: &str,
    mut font: FontId,
    colour: Color32,
) -> Arc<Galley> {
    loop {
        let galley = wrapped(ui, rect, align, text, font.clone(), colour);
        if !galley.elided || font.size - 0.5 < SMALLEST {
            return galley;
        }
        font.size -= 0.5;
    }
}

/// A text in as many lines as fit into a rectangle; none where some of it would not fit.
pub fn whole(
    ui: &Ui,
    rect: Rect,
    text: &str,
    font: FontId,
    colour: Color32,
) -> Option<Arc<Galley>> {
    let galley = wrapped(ui, rect, Align::Min, text, font, colour);
    (!galley.elided).then_some(galley)
}

fn wrapped(
    ui: &Ui,
    rect: Rect,
    align: Align,
    text: &str,
    font: FontId,
    colour: Color32,
) -> Arc<Galley> {
    let height = font.size * LINE;
    let mut job = LayoutJob::single_section(
        text.to_owned(),
        TextFormat {
            font_id: font,
            color: colour,
            ..TextFormat::default()
        },
    );
    job.wrap = TextWrapping {
        max_width: rect.width(),
        max_rows: ((rect.height() / height) as usize).max(1),
        ..TextWrapping::default()
    };
    job.halign = align;
    ui.painter().layout_job(job)
}

/// Writes what was laid out for a rectangle into it, in the middle of its height.
pub fn place(ui: &Ui, rect: Rect, align: Align, galley: Arc<Galley>, colour: Color32) {
    let top = rect.center().y - galley.size().y / 2.0;
    let x = match align {
        Align::Min => rect.left(),
        Align::Center => rect.center().x,
        Align::Max => rect.right(),
    };
    ui.painter()
        .with_clip_rect(rect.intersect(ui.clip_rect()))
        .galley(pos2(x, top), galley, colour);
}

/// Says to a screen reader what is drawn in a rectangle.
pub fn say(
    ui: &Ui,
    rect: Rect,
    id: impl std::hash::Hash + std::fmt::Debug,
    text: &str,
) -> Response {
    let response = ui.interact(rect, Id::unique(("said", id)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    response
}

/// Writes one line and says it too.
pub fn said_line(
    ui: &Ui,
    rect: Rect,
    align: Align,
    id: impl std::hash::Hash + std::fmt::Debug,
    text: &str,
    font: FontId,
    colour: Color32,
) {
    line(ui, rect, align, text, font, colour);
    say(ui, rect, id, text);
}

/// A round light: filled, or a ring where `filled` is false.
pub fn light(ui: &Ui, centre: egui::Pos2, colour: Color32, filled: bool) {
    if filled {
        ui.painter().circle_filled(centre, 5.0, colour);
    } else {
        ui.painter()
            .circle_stroke(centre, 4.0, Stroke::new(2.0, colour));
    }
}

/// Whether a control was pressed: by the pointer as soon as its button goes down, for a cut is made
/// at that moment and not when the finger leaves; else by key or by a screen reader.
pub fn pressed(ui: &Ui, response: &Response) -> bool {
    let released = ui.input(|i| i.pointer.any_released());
    touched(ui, response) || (response.clicked() && !released)
}

/// Whether the pointer's button went down on a control.
///
/// Read from the events themselves: a tap may come and go between two paintings, and egui says of
/// such a one that the button is not down.
pub fn touched(ui: &Ui, response: &Response) -> bool {
    let presses = ui.input(|i| {
        let presses = i.events.iter().filter_map(|event| match event {
            Event::PointerButton {
                pos,
                button: PointerButton::Primary,
                pressed: true,
                ..
            } => Some(*pos),
            _ => None,
        });
        presses.collect::<Vec<_>>()
    });
    let is_here = |pos: Pos2| {
        response.interact_rect.contains(pos) && ui.ctx().layer_id_at(pos) == Some(response.layer_id)
    };
    response.sense.senses_click() && presses.into_iter().any(is_here)
}

/// The ring around the control that has the keyboard; outside, so that a tally's border stays seen.
pub fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        ui.painter().rect_stroke(
            response.rect.expand(1.0),
            theme::ROUND,
            Stroke::new(2.0, theme::BLUE),
            StrokeKind::Outside,
        );
    }
}

/// A button in a given rectangle.
#[derive(Clone, Debug)]
pub struct Button<'a> {
    text: &'a str,
    say: &'a str,
    key: &'a str,
    size: f32,
    fill: Option<(Color32, Color32)>,
    enabled: bool,
    selected: Option<bool>,
    progress: f32,
}

impl<'a> Button<'a> {
    /// A button with this text, which is also what a screen reader says.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            say: text,
            key: "",
            size: 13.0,
            fill: None,
            enabled: true,
            selected: None,
            progress: 0.0,
        }
    }

    /// What a screen reader says instead of the text.
    pub fn say(mut self, say: &'a str) -> Self {
        self.say = say;
        self
    }

    /// The key that does the same, shown under the text.
    pub fn key(mut self, key: &'a str) -> Self {
        self.key = key;
        self
    }

    /// Size of the letters in points.
    pub fn size(mut self, size: f32) -> Self {
        self.size = size;
        self
    }

    /// Fill and colour of the text, instead of the usual grey.
    pub fn fill(mut self, fill: Color32, text: Color32) -> Self {
        self.fill = Some((fill, text));
        self
    }

    /// Whether it can be pressed.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// A switch that is on or off.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = Some(selected);
        self
    }

    /// How much of what it started is done, 0 to 1, as a fill from the left.
    pub fn progress(mut self, progress: f32) -> Self {
        self.progress = progress.clamp(0.0, 1.0);
        self
    }

    /// Draws it and tells what happened to it.
    pub fn show(self, ui: &Ui, rect: Rect, id: impl std::hash::Hash + std::fmt::Debug) -> Response {
        let enabled = self.enabled && ui.is_enabled();
        let sense = if enabled {
            Sense::click()
        } else {
            Sense::hover()
        };
        let response = ui.interact(rect, Id::unique(("button", id)), sense);
        response.widget_info(|| match self.selected {
            Some(selected) => WidgetInfo::selected(Role::Button, enabled, selected, self.say),
            None => WidgetInfo::labeled(Role::Button, enabled, self.say),
        });

        let on = self.selected == Some(true);
        let (fill, text) = match self.fill {
            Some(colours) => colours,
            None if on => (theme::ON, theme::ON_TEXT),
            None if !self.enabled => (theme::PANEL, theme::DIM),
            None if response.is_pointer_button_down_on() => (theme::PRESSED, theme::TEXT),
            None if response.hovered() => (theme::HOVERED, theme::TEXT),
            None => (theme::RAISED, theme::TEXT),
        };
        let edge = if self.enabled {
            theme::LINE
        } else {
            theme::RAISED
        };
        let face = rect.shrink(1.0);
        fills::fill(ui, rect, theme::ROUND, edge);
        fills::fill(ui, face, theme::ROUND - 1, fill);
        if self.progress > 0.0 {
            let done = face.with_max_x(face.left() + face.width() * self.progress);
            fills::fill(ui, done, theme::ROUND - 1, theme::PRESSED);
        }
        let inner = rect.shrink2(vec2(3.0, 2.0));
        let letters = shrunk(ui, self.text, theme::bold(self.size), inner.width());
        if self.key.is_empty() {
            line(ui, inner, Align::Center, self.text, letters, text);
        } else {
            let split = rect.top() + rect.height() * 0.6;
            line(
                ui,
                inner.with_max_y(split).translate(vec2(0.0, 2.0)),
                Align::Center,
                self.text,
                letters,
                text,
            );
            let quiet = if self.fill.is_some() || on {
                text
            } else {
                theme::DIM
            };
            line(
                ui,
                inner.with_min_y(split - 2.0),
                Align::Center,
                self.key,
                shrunk(ui, self.key, theme::font(11.5), inner.width()),
                quiet,
            );
        }
        focus_ring(ui, &response);
        response
    }
}
