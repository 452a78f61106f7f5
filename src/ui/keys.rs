//! What the keys do, and when they belong to a focused control instead.
//!
//! Space is CUT and Enter is AUTO wherever the hand is, but in a text field; every key can be given
//! another function. After Tab the focus shows, and Space, Enter and the arrows are the focused
//! control's, until Esc or some idle seconds. What is open and may want a key has those that it may
//! want: nothing goes on air by a key that was meant for it.

mod chord;
mod function;
mod held;
mod map;
mod panel;
mod sheet;

use std::path::PathBuf;

use egui::{Context, Event, Id, Key};

pub use chord::Chord;
pub use function::Function;
pub use held::Held;
pub use map::KeyMap;
pub use panel::Panel;
pub use sheet::Sheet;

use super::{kept, scroll};

/// After so many seconds without a key, the focus goes and the keys are the switcher's again.
pub const IDLE_S: f64 = 4.0;

/// The file of chosen keys in the folder of settings.
const FILE: &str = "keys.ron";

/// Who has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Nobody: every key is the switcher's.
    Free,
    /// Nobody, under an open menu: neither the arrows nor Enter are the switcher's. Space is: no menu
    /// wants it before it was gone into.
    Menu,
    /// A control that was reached with Tab: Space, Enter and the arrows are its.
    Control,
    /// A list that was reached with Tab: besides those, what turns pages and leads to its ends.
    List,
    /// A control that was reached with Tab and has a use for + and −: they are its too.
    Finer,
    /// A control that the pointer took: what moves it is its, until another is taken. Space and Enter
    /// stay the switcher's.
    Pointed,
    /// A list that was opened to be read: what scrolls it is its. Space and Enter stay the switcher's.
    Read,
    /// A text field: every key is its, but those that type nothing and are the whole desk's.
    Text,
    /// A question, or a field for a name, whoever has the focus: every key is its.
    Question,
}

impl Focus {
    /// Whether a key stays with who has the keyboard, though the switcher would know what to do.
    fn keeps(self, chord: Chord) -> bool {
        let is_arrow = chord.is_an_arrow();
        match self {
            Self::Free => false,
            Self::Menu => is_arrow || (chord.is_a_controls() && chord.key != Key::Space),
            Self::Control | Self::Text => chord.is_a_controls(),
            Self::List => chord.is_a_lists(),
            Self::Finer => chord.is_a_controls() || chord.is_plus_or_minus(),
            Self::Read => chord.is_a_lists() && !matches!(chord.key, Key::Space | Key::Enter),
            Self::Pointed => is_arrow || chord.is_plus_or_minus(),
            Self::Question => true,
        }
    }
}

fn finer() -> Id {
    Id::unique("has a use for plus and minus")
}

/// Says of a control that it has a use for + and − while it has the focus.
pub fn keep_plus_and_minus(ctx: &Context, control: Id) {
    ctx.data_mut(|data| data.insert_temp(finer(), control));
}

fn pointed() -> Id {
    Id::unique("taken by the pointer")
}

/// Gives what the pointer has taken the keys that move it; Space and Enter stay the switcher's.
pub fn point_at(ctx: &Context, control: Id) {
    ctx.memory_mut(|memory| memory.request_focus(control));
    ctx.data_mut(|data| data.insert_temp(pointed(), control));
}

/// A control that Tab or its like has reached is no longer one that the pointer took.
pub fn reached_by_key(ctx: &Context) {
    ctx.data_mut(|data| data.remove::<Id>(pointed()));
}

/// Who has the keyboard where a control does that takes no text.
pub fn focus_of(ctx: &Context, control: Id) -> Focus {
    if ctx.data(|data| data.get_temp(pointed())) == Some(control) {
        return if scroll::is_list(control) {
            Focus::Read
        } else {
            Focus::Pointed
        };
    }
    match ctx.data(|data| data.get_temp::<Id>(finer())) {
        Some(kept) if kept == control => Focus::Finer,
        _ => Focus::Control,
    }
}

/// The keys and where they are kept.
#[derive(Debug, Default)]
pub struct Keys {
    /// Which key does what.
    pub map: KeyMap,
    file: Option<PathBuf>,
}

impl Keys {
    /// The keys that are kept in this folder of settings; the usual ones, kept nowhere, without one.
    pub fn load(folder: Option<PathBuf>) -> Self {
        let file = folder.map(|folder| folder.join(FILE));
        let kept = file.as_deref().and_then(kept::read::<map::Kept>);
        Self {
            map: kept
                .map(|kept| KeyMap::from_kept(&kept))
                .unwrap_or_default(),
            file,
        }
    }

    /// Keeps them. What cannot be written is in the log: the keys work all the same.
    pub fn save(&self) {
        if let Some(file) = &self.file
            && let Err(error) = kept::write(file, &self.map.kept())
        {
            tracing::warn!("the keys are not kept: {error}");
        }
    }
}

/// What a press asks for, where it does not stay with who has the keyboard.
fn meant(event: &Event, focus: Focus, map: &KeyMap) -> Option<Function> {
    let Event::Key {
        key,
        physical_key,
        pressed: true,
        modifiers,
        ..
    } = event
    else {
        return None;
    };
    let chord = Chord::pressed(*key, *physical_key, *modifiers)?;
    let function = map.function(chord).filter(|_| !focus.keeps(chord))?;
    let is_heard = focus != Focus::Text || (chord.types_nothing() && function.is_the_desks());
    is_heard.then_some(function)
}

/// As [`take`], of a window with these keys down: keeps by which of them somebody talks.
pub fn hear(events: &mut Vec<Event>, focus: Focus, map: &KeyMap, held: &mut Held) -> Vec<Function> {
    held.keep_talking(events, |event| meant(event, focus, map));
    take(events, focus, map)
}

/// Takes the switcher's keys out of the events, so that no control sees them, and gives what they
/// ask for in order. Of a key held down only the first press counts, for controls too, save where
/// holding means more: a held key is not a second decision.
fn take(events: &mut Vec<Event>, focus: Focus, map: &KeyMap) -> Vec<Function> {
    let mut asked = Vec::new();
    events.retain(|event| {
        let Event::Key {
            key,
            pressed: true,
            repeat,
            ..
        } = event
        else {
            return true;
        };
        match meant(event, focus, map) {
            Some(function) => {
                if !repeat || function.repeats() {
                    asked.push(function);
                }
                false
            }
            None => focus == Focus::Text || !(*repeat && matches!(key, Key::Space | Key::Enter)),
        }
    });
    asked
}

/// Watches how long the focused control has been left alone.
#[derive(Debug, Default)]
pub struct FocusTimer {
    last_key_s: f64,
}

impl FocusTimer {
    /// Told once a frame whether a key was pressed and whether a control has the focus that does not
    /// take text: whether the focus is to go now.
    pub fn expired(&mut self, key_pressed: bool, focused: bool, now: f64) -> bool {
        if key_pressed || !focused {
            self.last_key_s = now;
        }
        focused && now - self.last_key_s > IDLE_S
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Modifiers;

    fn press(key: Key, modifiers: Modifiers, repeat: bool) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat,
            modifiers,
        }
    }

    fn asked(key: Key, modifiers: Modifiers) -> Option<Function> {
        let mut events = vec![press(key, modifiers, false)];
        let asked = take(&mut events, Focus::Free, &KeyMap::default());
        assert_eq!(events.is_empty(), !asked.is_empty());
        asked.first().copied()
    }

    #[test]
    fn each_key_asks_for_its_function() {
        use Function::*;
        let (none, shift) = (Modifiers::NONE, Modifiers::SHIFT);
        assert_eq!(asked(Key::Num1, none), Some(Preview(0)));
        assert_eq!(asked(Key::Num0, none), Some(Preview(9)));
        assert_eq!(asked(Key::Num1, Modifiers::ALT), Some(Preview(10)));
        assert_eq!(asked(Key::Num3, shift), Some(HotCut(2)));
        assert_eq!(asked(Key::Num3, shift | Modifiers::ALT), Some(HotCut(12)));
        assert_eq!(asked(Key::Space, none), Some(Cut));
        assert_eq!(asked(Key::Enter, none), Some(Auto));
        assert_eq!(asked(Key::B, none), None, "FTB needs a modifier");
        assert_eq!(asked(Key::B, Modifiers::CTRL), Some(FadeToBlack));
        assert_eq!(asked(Key::PageUp, none), Some(PageBefore));
        assert_eq!(asked(Key::PageDown, none), Some(PageAfter));
        assert_eq!(asked(Key::M, none), Some(Marker));
        assert_eq!(asked(Key::Questionmark, shift), Some(KeySheet));
        assert_eq!(asked(Key::Num2, Modifiers::CTRL), Some(Sends(1)));
        assert_eq!(asked(Key::Num3, Modifiers::CTRL), None);
        let (back, forward) = (Key::ArrowLeft, Key::ArrowRight);
        for key in [back, forward, Key::ArrowUp, Key::ArrowDown] {
            assert_eq!(asked(key, none), None, "it is for what has the focus");
        }
        assert_eq!(asked(back, Modifiers::ALT), Some(BarBack));
        assert_eq!(asked(forward, Modifiers::ALT), Some(BarForward));
        assert_eq!(asked(back, Modifiers::CTRL), Some(Shorter));
    }

    #[test]
    fn a_key_that_was_given_another_function_has_it() {
        let mut map = KeyMap::default();
        map.give(Function::Cut, vec![Chord::plain(Key::C)]);
        let mut events = vec![
            press(Key::Space, Modifiers::NONE, false),
            press(Key::C, Modifiers::NONE, false),
        ];
        assert_eq!(take(&mut events, Focus::Free, &map), [Function::Cut]);
        assert_eq!(events.len(), 1, "Space is nobody's now");
    }

    #[test]
    fn a_focused_control_keeps_its_keys_and_a_text_field_keeps_all() {
        let map = KeyMap::default();
        let mut events = vec![
            press(Key::Space, Modifiers::NONE, false),
            press(Key::ArrowLeft, Modifiers::NONE, false),
            press(Key::Num2, Modifiers::NONE, false),
        ];
        let asked = take(&mut events, Focus::Control, &map);
        assert_eq!(asked, [Function::Preview(1)]);
        assert_eq!(events.len(), 2, "Space and the arrow stay for the control");
        for (focus, asked_for) in [
            (Focus::Control, vec![Function::Longer]),
            (Focus::Finer, vec![]),
        ] {
            let mut events = vec![press(Key::Plus, Modifiers::NONE, false)];
            assert_eq!(take(&mut events, focus, &map), asked_for);
        }

        let mut events = vec![
            press(Key::Num2, Modifiers::NONE, false),
            press(Key::Space, Modifiers::NONE, true),
        ];
        assert_eq!(take(&mut events, Focus::Text, &map), []);
        assert_eq!(events.len(), 2);
    }

    #[test]
    fn who_types_still_reaches_the_menus_but_never_by_a_letter() {
        let mut map = KeyMap::default();
        let mut events = vec![
            press(Key::N, Modifiers::CTRL, false),
            press(Key::F10, Modifiers::NONE, false),
            press(Key::Z, Modifiers::CTRL, false),
        ];
        let asked = take(&mut events, Focus::Text, &map);
        assert_eq!(asked, [Function::New, Function::Menus]);
        assert_eq!(events.len(), 1, "undo is the field's own");
        map.give(Function::New, vec![Chord::plain(Key::N)]);
        let mut events = vec![press(Key::N, Modifiers::NONE, false)];
        assert_eq!(take(&mut events, Focus::Text, &map), []);
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn a_key_held_down_acts_once_but_moves_the_bar_on() {
        let map = KeyMap::default();
        let held = |modifiers, key| {
            let repeat = [false, true, true];
            repeat.map(|repeat| press(key, modifiers, repeat)).to_vec()
        };
        let mut events = held(Modifiers::NONE, Key::Space);
        assert_eq!(take(&mut events, Focus::Free, &map), [Function::Cut]);
        assert!(events.is_empty());
        let mut events = held(Modifiers::ALT, Key::ArrowRight);
        let asked = take(&mut events, Focus::Free, &map);
        assert_eq!(asked, [Function::BarForward; 3]);
        let mut events = held(Modifiers::NONE, Key::Enter);
        assert_eq!(take(&mut events, Focus::Control, &map), []);
        assert_eq!(events.len(), 1, "one press reaches the control, no repeat");
    }

    #[test]
    fn the_focus_goes_after_some_idle_seconds() {
        let mut timer = FocusTimer::default();
        assert!(!timer.expired(true, true, 100.0));
        assert!(!timer.expired(false, true, 103.9));
        assert!(!timer.expired(true, true, 103.95), "a key keeps it");
        assert!(!timer.expired(false, true, 107.9));
        assert!(timer.expired(false, true, 108.0));
        assert!(!timer.expired(false, false, 200.0), "nothing to lose");
    }

    #[test]
    fn chosen_keys_are_kept_and_a_broken_file_gives_the_usual_ones() {
        let folder = tempfile::tempdir().unwrap();
        let load = || Keys::load(Some(folder.path().to_owned()));
        let mut keys = load();
        assert_eq!(keys.map, KeyMap::default());
        keys.map
            .give(Function::Record, vec![Chord::plain(Key::F12)]);
        keys.save();
        assert_eq!(load().map, keys.map);
        std::fs::write(folder.path().join(FILE), "(keys: {\"cut\": 3").unwrap();
        assert_eq!(load().map, KeyMap::default());
        assert!(folder.path().join("keys.ron.broken").exists());
    }
}
