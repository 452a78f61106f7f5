//! The few controls that these panels are made of: each says what it is, shows its focus, and tells a
//! drag from a number that was set.

use std::ops::RangeInclusive;

use egui::{
    Align, Color32, ComboBox, DragValue, Response, RichText, ScrollArea, Sense, Slider, TextEdit,
    Ui, WidgetInfo, accesskit::Role, emath::Numeric, vec2,
};

use super::super::said::said;
use super::draft::Draft;
use crate::show::Edit;
use crate::ui::{
    choice, paint,
    theme::{self, Icon},
    words,
};

/// Least height of a control, in points.
pub const HEIGHT: f32 = 30.0;

/// Width of a button with an icon alone, in points.
pub const ICON: f32 = 32.0;

/// Width of what stands before a control, in points.
const NAMES: f32 = 104.0;

/// A button with an icon and words.
pub fn icon_button(ui: &mut Ui, icon: Icon, face: &str) -> Response {
    let both = format!("{} {face}", theme::icon(icon));
    pressable(
        ui,
        egui::Button::new(both).min_size(vec2(0.0, HEIGHT)),
        face,
    )
}

/// A button with an icon alone, which says what it does.
pub fn small(ui: &mut Ui, icon: Icon, say: &str, enabled: bool) -> Response {
    let face = RichText::new(theme::icon(icon).to_string()).size(15.0);
    let response = ui
        .add_enabled_ui(enabled, |ui| {
            pressable(
                ui,
                egui::Button::new(face).min_size(vec2(ICON, HEIGHT)),
                say,
            )
        })
        .inner;
    response.on_hover_text(say)
}

/// A button that is on or off.
pub fn switch(ui: &mut Ui, face: &str, say: &str, on: bool) -> Response {
    let response = ui.add(switchable(face, on));
    switched(ui, response, say, on)
}

/// As [`switch`], no wider than this many points: what does not fit ends in "…", and is read in full where
/// the pointer rests.
pub fn switch_within(ui: &mut Ui, width: f32, face: &str, say: &str, on: bool) -> Response {
    let wide = ui.scope(|ui| {
        ui.set_max_width(width);
        ui.add(switchable(face, on).truncate())
    });
    switched(ui, wide.inner, say, on).on_hover_text(say)
}

fn switchable(face: &str, on: bool) -> egui::Button<'_> {
    let (fill, text) = if on {
        (theme::ON, theme::ON_TEXT)
    } else {
        (theme::RAISED, theme::TEXT)
    };
    let button = egui::Button::new(RichText::new(face).color(text)).fill(fill);
    button.min_size(vec2(0.0, HEIGHT))
}

fn switched(ui: &Ui, response: Response, say: &str, on: bool) -> Response {
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, on, say));
    paint::focus_ring(ui, &response);
    response
}

/// A button of [`small`]'s size that asks to be looked at: the next press does what it says beside it.
pub fn armed(ui: &mut Ui, icon: Icon, say: &str) -> Response {
    let face = RichText::new(theme::icon(icon).to_string()).size(15.0);
    let face = egui::Button::new(face.color(theme::ON_TEXT)).fill(theme::AMBER);
    let response = pressable(ui, face.min_size(vec2(ICON, HEIGHT)), say);
    response.show_tooltip_text(say);
    response
}

/// As [`armed`], of a [`switch`]'s size.
pub fn armed_switch(ui: &mut Ui, face: &str, say: &str) -> Response {
    let face = RichText::new(face).color(theme::ON_TEXT);
    let face = egui::Button::new(face).fill(theme::AMBER);
    let response = pressable(ui, face.min_size(vec2(0.0, HEIGHT)), say);
    response.show_tooltip_text(say);
    response
}

fn pressable(ui: &mut Ui, button: egui::Button<'_>, say: &str) -> Response {
    let response = ui.add(button);
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, say));
    paint::focus_ring(ui, &response);
    response
}

/// What is longer than its panel is scrolled there, and never reaches below it.
pub fn scrolled(name: &str) -> ScrollArea {
    ScrollArea::vertical()
        .id_salt(name)
        .min_scrolled_height(0.0)
}

/// What stands over a group of controls.
pub fn head(ui: &mut Ui, text: &str) {
    ui.add_space(6.0);
    ui.label(
        RichText::new(text)
            .font(theme::bold(13.0))
            .color(theme::DIM),
    );
}

/// A line that says something, in this colour; a sentence of the engine's in the desk's language.
pub fn note(ui: &mut Ui, text: &str, colour: Color32) {
    let text = said(text);
    ui.add(egui::Label::new(RichText::new(text).font(theme::font(12.0)).color(colour)).wrap());
}

/// A line of controls with what they are before them. The controls say that themselves, so the words
/// before them are only seen.
pub fn row(ui: &mut Ui, name: &str, controls: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 24.0;
        let (place, _) = ui.allocate_exact_size(vec2(NAMES, 24.0), Sense::hover());
        let font = theme::font(12.5);
        paint::line(ui, place, Align::Min, name, font, theme::DIM);
        controls(ui);
    });
}

/// A field for text on one line, as wide as there is room.
pub fn field(ui: &mut Ui, say: &str, text: &mut String, hint: &str) -> Response {
    let width = (ui.available_size_before_wrap().x - 8.0).clamp(60.0, 420.0);
    let edit = TextEdit::singleline(text)
        .hint_text(RichText::new(hint).color(theme::DIM))
        .desired_width(width);
    let response = ui.add(edit).accessible_name(say);
    paint::focus_ring(ui, &response);
    response
}

/// A field for text that nobody looking over a shoulder is to read.
pub fn hidden_field(ui: &mut Ui, say: &str, text: &mut String) -> Response {
    let width = (ui.available_size_before_wrap().x - 8.0).clamp(60.0, 420.0);
    let edit = TextEdit::singleline(text)
        .password(true)
        .desired_width(width);
    let response = ui.add(edit).accessible_name(say);
    paint::focus_ring(ui, &response);
    response
}

/// How a number is shown.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Places behind the point.
    pub decimals: usize,
    /// What one point of a drag is worth.
    pub speed: f64,
    /// What stands behind it.
    pub unit: &'static str,
}

/// A number that is typed or dragged.
pub fn number<N: Numeric>(
    ui: &mut Ui,
    say: &str,
    value: &mut N,
    range: RangeInclusive<N>,
    figures: Figures,
) -> Response {
    let response = ui.add(
        DragValue::new(value)
            .range(range)
            .fixed_decimals(figures.decimals)
            .custom_formatter(|number, _| words::decimal(number, figures.decimals))
            .custom_parser(words::typed)
            .speed(figures.speed)
            .suffix(figures.unit)
            .update_while_editing(false),
    );
    let response = response.accessible_name(say).on_hover_text(say);
    paint::focus_ring(ui, &response);
    response
}

/// A slider with its number.
pub fn slider(
    ui: &mut Ui,
    say: &str,
    value: &mut f32,
    range: RangeInclusive<f32>,
    figures: Figures,
) -> Response {
    let room = (ui.available_size_before_wrap().x - 130.0).clamp(60.0, 220.0);
    ui.spacing_mut().slider_width = room;
    let slide = Slider::new(value, range.clone()).show_value(false);
    let slide = ui.add(slide).accessible_name(say);
    paint::focus_ring(ui, &slide);
    let typed = number(ui, &format!("{say} #"), value, range, figures);
    if typed.changed() || typed.dragged() || typed.drag_stopped() {
        typed
    } else {
        slide
    }
}

/// One of several, in a list that unfolds: the one that was chosen now.
pub fn choice<T: Clone + PartialEq>(
    ui: &mut Ui,
    say: &str,
    now: &T,
    all: &[(T, String)],
) -> Option<T> {
    let shown = all.iter().find(|(one, _)| one == now);
    let shown = shown.map_or(String::new(), |(_, name)| name.clone());
    // All that there is, where the window has room for it.
    let combo = ComboBox::from_id_salt(say)
        .selected_text(shown.clone())
        .width(150.0);
    let chosen = choice::show(ui, combo, (say, &shown), Some(now), all);
    chosen.filter(|one| one != now)
}

/// Makes what a control asks for an edit of the show: a drag is one step, anything else is one each.
pub fn apply(
    draft: &mut Draft,
    response: &Response,
    now: f64,
    (what, label): (&str, &str),
    edits: impl FnOnce(&Draft) -> Vec<Edit>,
) {
    if response.changed() {
        let edits = edits(draft);
        if response.dragged() || response.drag_stopped() {
            draft.drag(what, now, label, edits);
        } else {
            draft.make(label, edits);
        }
    } else if response.dragged() {
        draft.rest(now);
    }
    if response.drag_stopped() {
        draft.drop_it();
    }
}
