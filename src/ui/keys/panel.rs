//! The panel in which keys are given to functions: search, press the new key, and decide where two
//! claim the same.

use egui::{
    Align, Button, Color32, Event, Id, Key, Label, Layout, Rect, RichText, ScrollArea, Sense,
    TextEdit, Ui, UiBuilder, vec2,
};

use super::chord::Chord;
use super::function::{Function, Group};
use super::map::KeyMap;
use crate::ui::guard::{Guard, Guarded};
use crate::ui::{lang, layout, theme};

/// Height of the room for what has to be said or asked, in points: it is there before, so that no row
/// moves away under the hand.
const ASIDE: f32 = 56.0;
/// Width of the button that gives every function its usual keys back, in points, whatever it says.
const ALL: f32 = 230.0;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Panel {
    /// Whether it is seen.
    pub open: bool,
    search: String,
    /// Waits for the new key of this function.
    waiting: Option<Function>,
    /// Its button had the keyboard, and gets it back.
    held: bool,
    returns: Option<Function>,
    /// What was pressed for it and cannot be given, by its name.
    refused: Option<String>,
    /// Keys that are wanted for a function, though others have some of them.
    taken: Option<(Function, Vec<Chord>)>,
    /// It was not there in the frame before.
    opened: bool,
    was_open: bool,
}

impl Panel {
    /// Whether the next key is to be given to a function, and not to do what it does now.
    pub fn waits_for_key(&self) -> bool {
        self.open && self.waiting.is_some()
    }

    /// Takes the key that it waits for out of the events; Esc ends the waiting, and a key that cannot be
    /// given is refused by its name. Gives whether the map was changed.
    pub fn take_key(&mut self, events: &mut Vec<Event>, map: &mut KeyMap) -> bool {
        let Some(function) = self.waiting else {
            return false;
        };
        let mut found = None;
        let mut refused = None;
        let mut ended = false;
        let mut gave_up = false;
        events.retain(|event| {
            let Event::Key {
                key,
                physical_key,
                pressed,
                repeat,
                modifiers,
            } = event
            else {
                // A click elsewhere is no key, and what comes after it is not for here.
                ended |= matches!(event, Event::PointerButton { pressed: true, .. });
                if let Some(key) = of_the_clipboard(event)
                    && !ended
                {
                    refused = Some(Chord::ctrl(key).name());
                    return false;
                }
                return !matches!(event, Event::Text(_));
            };
            if *pressed && !*repeat && !ended {
                found = Chord::pressed(*key, *physical_key, *modifiers);
                gave_up = *key == Key::Escape;
                ended = found.is_some() || gave_up;
                if let Some(name) = Chord::refused(*key, *modifiers) {
                    refused = Some(name);
                }
            }
            false
        });
        if refused.is_some() {
            self.refused = refused;
        }
        if ended {
            self.waiting = None;
            self.refused = None;
            // Esc has taken the keyboard away from every control.
            self.returns = (gave_up && self.held).then_some(function);
        }
        found.is_some_and(|chord| self.want(function, vec![chord], map))
    }

    /// Gives a function these keys where they are free, and asks where they are not. Gives whether the
    /// map was changed.
    fn want(&mut self, function: Function, chords: Vec<Chord>, map: &mut KeyMap) -> bool {
        let is_free = |chord: &Chord| map.claimed_by(*chord, function).is_empty();
        if chords.iter().all(is_free) {
            map.give(function, chords);
            self.taken = None;
            return true;
        }
        self.taken = Some((function, chords));
        false
    }

    /// What egui knows its window by.
    pub fn window() -> Id {
        Id::unique("keys panel")
    }

    /// Draws the panel, in a window of its own in this room, and gives whether the map was changed.
    pub fn show(
        &mut self,
        ui: &Ui,
        room: Rect,
        map: &mut KeyMap,
        guard: &mut Guard,
        now: f64,
    ) -> bool {
        self.opened |= self.open && !self.was_open;
        self.was_open = self.open;
        let mut open = self.open;
        let before = map.clone();
        egui::Window::new(lang::text("keys-panel-title"))
            .id(Self::window())
            .open(&mut open)
            .fixed_rect(layout::window(room, layout::WINDOW))
            .collapsible(false)
            .show(ui.ctx(), |ui| self.contents(ui, map, guard, now));
        self.open = open;
        if !open {
            *self = Self::default();
        }
        *map != before
    }

    fn contents(&mut self, ui: &mut Ui, map: &mut KeyMap, guard: &mut Guard, now: f64) {
        ui.horizontal(|ui| {
            let label = ui.label(lang::text("keys-panel-search"));
            let search = TextEdit::singleline(&mut self.search).desired_width(220.0);
            let search = ui.add(search).labelled_by(label.id);
            if std::mem::take(&mut self.opened) {
                search.request_focus();
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.all_usual(ui, map, guard, now);
            });
        });
        let size = vec2(ui.available_width(), ASIDE);
        let (aside, _) = ui.allocate_exact_size(size, Sense::hover());
        let aside = UiBuilder::new().max_rect(aside).id_salt("aside");
        self.aside(&mut ui.new_child(aside), map);
        ui.separator();
        let wanted = self.search.to_lowercase();
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let mut any = false;
            for group in Group::ALL {
                let found: Vec<Function> = Function::all()
                    .filter(|f| f.group() == group && fits(*f, map, &wanted))
                    .collect();
                if found.is_empty() {
                    continue;
                }
                any = true;
                ui.add_space(4.0);
                ui.label(RichText::new(group.words()).font(theme::bold(13.0)));
                for function in found {
                    self.row(ui, function, map);
                }
            }
            if !any {
                ui.label(lang::text("keys-panel-nothing"));
            }
        });
    }

    /// The button that gives up every key that was chosen: it takes two presses.
    fn all_usual(&mut self, ui: &mut Ui, map: &mut KeyMap, guard: &mut Guard, now: f64) {
        let armed = guard.is_armed(&Guarded::UsualKeys, now);
        let button = if armed {
            let again = lang::text("keys-panel-reset-all-again");
            Button::new(RichText::new(again).color(theme::ON_TEXT)).fill(theme::AMBER)
        } else {
            Button::new(lang::text("keys-panel-reset-all"))
        };
        let button = button.truncate().min_size(vec2(ALL, 0.0));
        let enabled = !map.is_all_usual();
        let pressed = ui
            .add_enabled_ui(enabled, |ui| {
                ui.set_max_width(ALL);
                ui.add(button).clicked()
            })
            .inner;
        if pressed && guard.press(&Guarded::UsualKeys, now) {
            *map = KeyMap::default();
            self.taken = None;
        }
    }

    /// What has to be asked or said of the keys, in a room that is kept for it.
    fn aside(&mut self, ui: &mut Ui, map: &mut KeyMap) {
        if let Some((function, chords)) = self.taken.clone() {
            self.decide(ui, map, function, chords);
        } else if let Some(key) = self.refused.clone().filter(|_| self.waiting.is_some()) {
            let text = lang::with("keys-panel-refused", &[("key", key.into())]);
            line(ui, text, theme::AMBER);
        } else if map.conflicts().is_empty() {
            line(ui, lang::text("keys-panel-how"), theme::DIM);
        } else {
            let each = map.conflicts().into_iter().map(|(chord, functions)| {
                let all: Vec<String> = functions.into_iter().map(Function::words).collect();
                let values = [("key", chord.name().into()), ("all", all.join(", ").into())];
                lang::with("keys-panel-conflict", &values)
            });
            let each: Vec<String> = each.collect();
            let text = format!(
                "{} {}",
                lang::text("keys-panel-conflicts"),
                each.join(" · ")
            );
            line(ui, text, theme::AMBER);
        }
    }

    /// Some of the keys that are wanted are another function's: whose they are to be.
    fn decide(&mut self, ui: &mut Ui, map: &mut KeyMap, function: Function, chords: Vec<Chord>) {
        let mut keys = Vec::new();
        let mut others: Vec<String> = Vec::new();
        for &chord in &chords {
            let found = map.claimed_by(chord, function);
            if !found.is_empty() {
                keys.push(chord.name());
                for other in found.into_iter().map(Function::words) {
                    if !others.contains(&other) {
                        others.push(other);
                    }
                }
            }
        }
        let values = [
            ("key", keys.join(", ").into()),
            ("others", others.join(", ").into()),
        ];
        line(ui, lang::with("keys-panel-taken", &values), theme::AMBER);
        ui.horizontal(|ui| {
            let values = [("what", function.words().into())];
            if ui.button(lang::with("keys-panel-take", &values)).clicked() {
                map.give(function, chords);
                self.taken = None;
            }
            if ui.button(lang::text("keys-panel-leave")).clicked() {
                self.taken = None;
            }
        });
    }

    fn row(&mut self, ui: &mut Ui, function: Function, map: &mut KeyMap) {
        let words = function.words();
        ui.horizontal(|ui| {
            let size = vec2((ui.available_width() - 236.0).clamp(100.0, 340.0), 24.0);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_size(size);
                ui.add(Label::new(&words).truncate());
            });
            let waits = self.waiting == Some(function);
            let chords = map.chords(function);
            let conflict = chords
                .iter()
                .any(|&c| !map.claimed_by(c, function).is_empty());
            let text = match chords {
                _ if waits => lang::text("keys-panel-press"),
                [] => lang::text("keys-panel-none"),
                chords => {
                    let names: Vec<String> = chords.iter().map(|chord| chord.name()).collect();
                    names.join(", ")
                }
            };
            let said = lang::with(
                "keys-panel-key-of",
                &[
                    ("what", words.as_str().into()),
                    ("key", text.as_str().into()),
                ],
            );
            let mut shown = RichText::new(text);
            if conflict {
                shown = shown.color(theme::AMBER);
            }
            let button = egui::Button::new(shown)
                .selected(waits)
                .truncate()
                .min_size(vec2(140.0, 24.0));
            let response = ui.add(button);
            label(&response, &said);
            if response.clicked() {
                self.waiting = (!waits).then_some(function);
                self.held = response.has_focus();
                self.refused = None;
                self.taken = None;
            }
            if self.returns == Some(function) {
                self.returns = None;
                response.request_focus();
            }
            if response.gained_focus() {
                response.scroll_to_me(None);
            }
            let what = [("what", words.as_str().into())];
            let has_key = !map.chords(function).is_empty();
            let clear = ui.add_enabled(has_key, egui::Button::new("×"));
            label(&clear, &lang::with("keys-panel-clear", &what));
            if clear.clicked() {
                map.clear(function);
                // It may have been what was asked about.
                self.taken = None;
            }
            let back = ui.add_enabled(!map.is_usual(function), egui::Button::new("↺"));
            label(&back, &lang::with("keys-panel-reset", &what));
            if back.clicked() {
                self.waiting = None;
                self.want(function, function.usual(), map);
            }
        });
    }
}

/// One line, whatever it says; the whole of it one pointing away.
fn line(ui: &mut Ui, text: String, colour: Color32) {
    ui.add(Label::new(RichText::new(text).color(colour)).truncate());
}

/// The key of what comes in place of a key, with Ctrl: it is every text field's.
fn of_the_clipboard(event: &Event) -> Option<Key> {
    match event {
        Event::Copy => Some(Key::C),
        Event::Cut => Some(Key::X),
        Event::Paste(_) => Some(Key::V),
        _ => None,
    }
}

/// Says what a button does where its sign does not.
fn label(response: &egui::Response, text: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_label(text);
    });
    response.clone().on_hover_text(text);
}

/// Whether a function is looked for, by its words or its keys.
fn fits(function: Function, map: &KeyMap, wanted: &str) -> bool {
    wanted.is_empty()
        || function.words().to_lowercase().contains(wanted)
        || map
            .chords(function)
            .iter()
            .any(|chord| chord.name().to_lowercase() == wanted)
}
