//! The few controls that the strip's editor is made of, each put into a rectangle: a number, a switch, a
//! choice, and a name before them.

use std::ops::RangeInclusive;

use egui::{
    Align, ComboBox, DragValue, Rect, Response, RichText, TextWrapMode, Ui, UiBuilder, vec2,
};

use super::figure::Figure;
use crate::show::{Alarm, Master, StripSettings};
use crate::ui::{choice, lang, paint, theme};

/// Height of a line of controls, in points.
pub const LINE: f32 = 23.0;

/// The range that holds for a number of a strip or of the master, by its name in the file.
pub fn range(name: &str) -> RangeInclusive<f32> {
    let mut numbers = StripSettings::default()
        .numbers()
        .chain(Master::default().numbers());
    let found = numbers.find(|(known, _, _)| *known == name);
    found.map_or(0.0..=0.0, |(_, _, range)| range)
}

/// A number that is typed or dragged; where the pointer rests it says what it is, and its limits.
pub fn number(
    ui: &mut Ui,
    rect: Rect,
    say: &str,
    value: &mut f32,
    (figure, range): (Figure, RangeInclusive<f32>),
) -> Response {
    let limits = [range.start(), range.end()].map(|end| figure.text(*end));
    let [least, most] = limits;
    let mut now = *value;
    let builder = UiBuilder::new().max_rect(rect).id_salt(say);
    let inner = ui.scope_builder(builder, |ui| {
        ui.spacing_mut().interact_size = rect.size();
        ui.spacing_mut().button_padding = vec2(4.0, 2.0);
        let drag = DragValue::new(&mut now)
            .range(range.clone())
            .custom_formatter(|number, _| figure.text(number as f32))
            .custom_parser(|text| figure.read(text))
            .speed(figure.speed(*value))
            .update_while_editing(false);
        ui.add_sized(rect.size(), drag)
    });
    let values = [
        ("what", say.into()),
        ("least", least.into()),
        ("most", most.into()),
    ];
    let response = inner.inner.accessible_name(say);
    let response = response.on_hover_text(lang::with("sound-limits", &values));
    paint::focus_ring(ui, &response);
    // Who only passes through types its rounded text again: that changes nothing.
    if response.changed() && figure.text(now) != figure.text(*value) {
        *value = figure.round(now).clamp(*range.start(), *range.end());
    }
    response
}

/// One of several, in a list that unfolds: the one that was chosen now.
pub fn choice<T: Clone + PartialEq>(
    ui: &mut Ui,
    rect: Rect,
    say: &str,
    (now, shown): (Option<T>, &str),
    all: &[(T, String)],
) -> Option<T> {
    let mut chosen = None;
    let builder = UiBuilder::new().max_rect(rect).id_salt(say);
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().interact_size.y = rect.height();
        ui.spacing_mut().button_padding = vec2(5.0, 1.0);
        ui.spacing_mut().icon_width = 11.0;
        ui.spacing_mut().icon_spacing = 3.0;
        let room = rect.width() - 2.0 * 5.0 - 11.0 - 3.0;
        let font = paint::shrunk(ui, shown, theme::font(12.0), room);
        let combo = ComboBox::from_id_salt(say)
            .selected_text(RichText::new(shown).font(font))
            .wrap_mode(TextWrapMode::Truncate)
            .width(rect.width());
        chosen = choice::show(ui, combo, (say, shown), now.as_ref(), all);
    });
    chosen
}

/// A switch that is on or off: whether it was pressed.
pub fn switch(ui: &Ui, rect: Rect, face: &str, say: &str, on: bool) -> bool {
    let button = paint::Button::new(face).say(say).size(12.0).selected(on);
    button.show(ui, rect, ("strip switch", say)).clicked()
}

/// What an alarm is given for, in two rows of a column from this one on: silence, and what is too loud, by
/// what each is called, and by the latter's face.
pub fn alarm(
    ui: &mut Ui,
    (column, first): (Rect, usize),
    [silence, loud]: [&str; 2],
    face: &str,
    alarm: &mut Alarm,
) {
    let (words, place) = row(column, first).split_left_right_at_fraction(0.48);
    name(ui, words, &lang::text("sound-silence"));
    let limits = (Figure::Seconds, range("alarm.silence_s"));
    number(ui, place, silence, &mut alarm.silence_s, limits);
    let place = row(column, first + 1);
    alarm.clipping ^= switch(ui, place, face, loud, alarm.clipping);
}

/// What stands before a control, or over it.
pub fn name(ui: &Ui, rect: Rect, text: &str) {
    paint::line(ui, rect, Align::Min, text, theme::font(12.0), theme::DIM);
}

/// The row of this number, of a column of controls.
pub fn row(column: Rect, n: usize) -> Rect {
    let top = column.top() + n as f32 * LINE;
    column.with_min_y(top).with_max_y(top + LINE - 2.0)
}
