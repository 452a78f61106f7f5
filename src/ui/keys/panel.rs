//! The panel in which keys are given to functions: search, press the new key, and decide where two
//! claim the same.

use egui::{Align, Event, Id, Key, Layout, Rect, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::chord::Chord;
use super::function::{Function, Group};
use super::map::KeyMap;
use crate::ui::{lang, layout, theme};

/// See the module's words.
#[derive(Debug, Default)]
pub struct Panel {
    /// Whether it is seen.
    pub open: bool,
    search: String,
    /// Waits for the new key of this function.
    waiting: Option<Function>,
    /// A key that was pressed for a function, though others have it.
    taken: Option<(Function, Chord)>,
    /// It was not there in the frame before.
    opened: bool,
    was_open: bool,
}

impl Panel {
    /// Whether the next key is to be given to a function, and not to do what it does now.
    pub fn waits_for_key(&self) -> bool {
        self.open && self.waiting.is_some()
    }

    /// Takes the key that it waits for out of the events; Esc ends the waiting. Gives whether the map
    /// was changed.
    pub fn take_key(&mut self, events: &mut Vec<Event>, map: &mut KeyMap) -> bool {
        let Some(function) = self.waiting else {
            return false;
        };
        let mut found = None;
        let mut ended = false;
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
                return !matches!(event, Event::Text(_));
            };
            if *pressed && !*repeat && !ended {
                found = Chord::pressed(*key, *physical_key, *modifiers);
                ended = found.is_some() || *key == Key::Escape;
            }
            false
        });
        if ended {
            self.waiting = None;
        }
        let Some(chord) = found else {
            return false;
        };
        if map.claimed_by(chord, function).is_empty() {
            map.give(function, chord);
            return true;
        }
        self.taken = Some((function, chord));
        false
    }

    /// What egui knows its window by.
    pub fn window() -> Id {
        Id::unique("keys panel")
    }

    /// Draws the panel, in a window of its own in this room, and gives whether the map was changed.
    pub fn show(&mut self, ui: &Ui, room: Rect, map: &mut KeyMap) -> bool {
        self.opened |= self.open && !self.was_open;
        self.was_open = self.open;
        let mut open = self.open;
        let before = map.clone();
        egui::Window::new(lang::text("keys-panel-title"))
            .id(Self::window())
            .open(&mut open)
            .fixed_rect(layout::window(room, layout::WINDOW))
            .collapsible(false)
            .show(ui.ctx(), |ui| self.contents(ui, map));
        self.open = open;
        if !open {
            *self = Self::default();
        }
        *map != before
    }

    fn contents(&mut self, ui: &mut Ui, map: &mut KeyMap) {
        ui.horizontal(|ui| {
            let label = ui.label(lang::text("keys-panel-search"));
            let search = TextEdit::singleline(&mut self.search).desired_width(220.0);
            let search = ui.add(search).labelled_by(label.id);
            if std::mem::take(&mut self.opened) {
                search.request_focus();
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button(lang::text("keys-panel-reset-all")).clicked() {
                    *map = KeyMap::default();
                    self.taken = None;
                }
            });
        });
        self.decide(ui, map);
        let conflicts = map.conflicts();
        if !conflicts.is_empty() {
            let each = conflicts.into_iter().map(|(chord, functions)| {
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
            ui.label(RichText::new(text).color(theme::AMBER));
        }
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

    /// The key that was pressed is another function's: whose it is to be.
    fn decide(&mut self, ui: &mut Ui, map: &mut KeyMap) {
        let Some((function, chord)) = self.taken else {
            return;
        };
        let others = map.claimed_by(chord, function);
        let others: Vec<String> = others.into_iter().map(Function::words).collect();
        let values = [
            ("key", chord.name().into()),
            ("others", others.join(", ").into()),
        ];
        let text = lang::with("keys-panel-taken", &values);
        ui.label(RichText::new(text).color(theme::AMBER));
        ui.horizontal(|ui| {
            let values = [("what", function.words().into())];
            if ui.button(lang::with("keys-panel-take", &values)).clicked() {
                map.give(function, chord);
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
            ui.add_sized(
                vec2((ui.available_width() - 236.0).clamp(100.0, 340.0), 24.0),
                egui::Label::new(&words).truncate().halign(Align::Min),
            );
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
                self.taken = None;
            }
            let what = [("what", words.as_str().into())];
            let has_key = !map.chords(function).is_empty();
            let clear = ui.add_enabled(has_key, egui::Button::new("×"));
            label(&clear, &lang::with("keys-panel-clear", &what));
            if clear.clicked() {
                map.clear(function);
            }
            let back = ui.add_enabled(!map.is_usual(function), egui::Button::new("↺"));
            label(&back, &lang::with("keys-panel-reset", &what));
            if back.clicked() {
                map.reset(function);
            }
        });
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
