//! The name at the foot of a strip, by which it is selected: by a press, or from the one beside it by an
//! arrow.

use egui::{
    Align, Color32, EventFilter, Id, Key, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role,
    vec2,
};

use crate::ui::{fills, lang, paint, sound::Selected, strip, theme};

/// What egui knows the name of a strip by.
pub fn id(what: &Selected) -> Id {
    Id::unique(("strip name", what))
}

/// What happened to a name.
pub struct Pressed {
    /// What is to be selected.
    pub what: Selected,
    /// It was pressed by key, not by the pointer.
    pub by_key: bool,
    /// An arrow led there from the one beside it: the keyboard goes with it.
    pub goes: bool,
}

/// A name, and its colours.
pub struct Foot<'a> {
    /// What it says.
    pub label: &'a str,
    /// Its fill.
    pub fill: Color32,
    /// Its letters.
    pub text: Color32,
}

impl Foot<'_> {
    /// Draws it.
    pub fn draw(&self, ui: &Ui, place: Rect) {
        fills::fill(ui, place, 2, self.fill);
        let inner = place.shrink2(vec2(2.0, 0.0));
        if place.width() < strip::NARROW {
            // A name is broken between its words alone.
            let longest = self
                .label
                .split(' ')
                .max_by_key(|word| word.chars().count());
            let longest = longest.unwrap_or(self.label);
            let font = paint::shrunk(ui, longest, theme::bold(11.5), inner.width());
            if paint::width(ui, longest, font.clone()) > inner.width() {
                paint::line(ui, inner, Align::Min, self.label, font, self.text);
            } else {
                paint::lines(ui, inner, Align::Center, self.label, font, self.text);
            }
        } else {
            let font = theme::bold(13.0);
            paint::line(ui, inner, Align::Center, self.label, font, self.text);
        }
    }

    /// Says it where nothing is selected.
    pub fn say(&self, ui: &Ui, place: Rect, what: &Selected) {
        let said = paint::say(ui, place, ("strip of", what), self.label);
        said.on_hover_text(self.label);
    }

    /// What is done with it; `row` are all of the names, left to right.
    pub fn handle(
        &self,
        ui: &Ui,
        place: Rect,
        (what, is_selected): (&Selected, bool),
        row: &[Selected],
    ) -> Option<Pressed> {
        let sense = if ui.is_enabled() {
            Sense::click()
        } else {
            Sense::hover()
        };
        let response = ui.interact(place, id(what), sense);
        let say = lang::with("sound-strip", &[("name", self.label.into())]);
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, is_selected, &say));
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        paint::focus_ring(ui, &response);
        let response = response.on_hover_text(self.label);
        let beside = neighbour(ui, &response, what, row).map(|what| Pressed {
            what: what.clone(),
            by_key: true,
            goes: true,
        });
        let pressed = response.clicked().then(|| Pressed {
            what: what.clone(),
            by_key: !ui.input(|i| i.pointer.any_released()),
            goes: false,
        });
        beside.or(pressed)
    }
}

/// The one that an arrow key goes to from this name.
fn neighbour<'a>(
    ui: &Ui,
    response: &Response,
    what: &Selected,
    row: &'a [Selected],
) -> Option<&'a Selected> {
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
    let i = row.iter().position(|one| one == what)?;
    match (left, right) {
        (true, false) => row.get(i.checked_sub(1)?),
        (false, true) => row.get(i + 1),
        _ => None,
    }
}
