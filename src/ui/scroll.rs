//! Lists that are longer than their place are scrolled by keyboard too: Tab reaches them, the arrows
//! go line by line, the page keys by what is seen, Home and End to the ends.

use egui::{EventFilter, Id, Key, Rect, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

/// Room for the ring of the keyboard around a list, in points.
const RING: f32 = 4.0;

/// A list that the keyboard can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// What is wrong.
    Problems,
    /// What happened.
    Events,
    /// The sheet of keys.
    Keys,
}

impl List {
    const ALL: [Self; 3] = [Self::Problems, Self::Events, Self::Keys];

    /// What egui knows it by.
    pub fn id(self) -> Id {
        Id::unique(("list", self as u8))
    }
}

/// Whether this is a list, so that the keys that scroll are its while it has the keyboard.
pub fn is_list(id: Id) -> bool {
    List::ALL.iter().any(|list| list.id() == id)
}

/// What scrolls a list in this place, in points, called `said`, whose lines are so high. Give the
/// distance to [`by`] inside of it.
pub fn keyed(ui: &Ui, list: List, place: Rect, said: &str, line: f32) -> f32 {
    // The ring around it lies beside the lines.
    let response = ui.interact(
        place.expand(RING),
        list.id(),
        Sense::focusable_noninteractive(),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollView, ui.is_enabled(), said));
    if !response.has_focus() {
        return 0.0;
    }
    let own = EventFilter {
        vertical_arrows: true,
        horizontal_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, own));
    let page = (place.height() - line).max(line);
    // Farther than any list is long.
    let end = 1e6;
    let steps = [
        (Key::ArrowUp, line),
        (Key::ArrowDown, -line),
        (Key::PageUp, page),
        (Key::PageDown, -page),
        (Key::Home, end),
        (Key::End, -end),
    ];
    ui.input(|i| {
        let each = steps.iter();
        each.map(|(key, step)| i.num_presses(*key) as f32 * step)
            .sum()
    })
}

/// The area of a list: it goes where it is told at once.
pub fn area() -> ScrollArea {
    ScrollArea::vertical().auto_shrink(false).animated(false)
}

/// Moves the content of the list that is being drawn by so many points.
pub fn by(ui: &Ui, points: f32) {
    if points != 0.0 {
        ui.scroll_with_delta(vec2(0.0, points));
    }
}
