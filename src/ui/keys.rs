//! What the keys do, and when they belong to a focused control instead.
//!
//! Space is CUT and Enter is AUTO wherever the hand is, but in a text field. After Tab the focus
//! shows, and Space and Enter press the focused control, until Esc or some idle seconds.

use egui::{Event, Key, Modifiers};

/// After so many seconds without a key, the focus goes and the keys are the switcher's again.
pub const IDLE_S: f64 = 4.0;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Puts the scene at this position (0 is the first) on PVW.
    Preview(usize),
    /// Puts it on PGM at once.
    HotCut(usize),
    /// CUT.
    Cut,
    /// AUTO.
    Auto,
    /// Fade to black, or back.
    FadeToBlack,
    /// The page of monitors before.
    PageBefore,
    /// The next page of monitors.
    PageAfter,
    /// A marker at this frame.
    Marker,
}

/// Who has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Nobody: every key is the switcher's.
    Free,
    /// A control that was reached with Tab: Space, Enter and the arrows are its.
    Control,
    /// A text field: every key is its.
    Text,
}

/// What a pressed key asks for. `physical` is the key's place on a US keyboard, where it is known:
/// digits go by place, for some layouts have them behind Shift.
pub fn action(
    key: Key,
    physical: Option<Key>,
    modifiers: Modifiers,
    focus: Focus,
) -> Option<Action> {
    if focus == Focus::Text || modifiers.alt {
        return None;
    }
    if modifiers.command || modifiers.ctrl {
        return (key == Key::B && !modifiers.shift).then_some(Action::FadeToBlack);
    }
    if let Some(digit) = physical.and_then(digit).or_else(|| digit(key)) {
        return Some(if modifiers.shift {
            Action::HotCut(digit)
        } else {
            Action::Preview(digit)
        });
    }
    if modifiers.shift {
        return None;
    }
    match key {
        Key::Space if focus == Focus::Free => Some(Action::Cut),
        Key::Enter if focus == Focus::Free => Some(Action::Auto),
        Key::PageUp => Some(Action::PageBefore),
        Key::PageDown => Some(Action::PageAfter),
        Key::M => Some(Action::Marker),
        _ => None,
    }
}

/// Position of the scene that a digit names: 1 to 9 are the first nine, 0 is the tenth.
fn digit(key: Key) -> Option<usize> {
    let keys = [
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
        Key::Num0,
    ];
    keys.iter().position(|k| *k == key)
}

/// The name of the key that previews the scene at this position, where there is one.
pub fn name_of(position: usize) -> Option<char> {
    match position {
        0..=8 => char::from_digit(position as u32 + 1, 10),
        9 => Some('0'),
        _ => None,
    }
}

/// Takes the switcher's keys out of the events, so that no control sees them, and gives what they
/// ask for in order. Of a key held down only the first press counts, for controls too: a held key
/// is not a second decision.
pub fn take(events: &mut Vec<Event>, focus: Focus) -> Vec<Action> {
    let mut actions = Vec::new();
    events.retain(|event| {
        let Event::Key {
            key,
            physical_key,
            pressed: true,
            repeat,
            modifiers,
        } = event
        else {
            return true;
        };
        match action(*key, *physical_key, *modifiers, focus) {
            Some(found) => {
                if !repeat {
                    actions.push(found);
                }
                false
            }
            None => !(*repeat && focus != Focus::Text && matches!(key, Key::Space | Key::Enter)),
        }
    });
    actions
}

/// Watches how long the focused control has been left alone.
#[derive(Debug, Default)]
pub struct FocusTimer {
    last_key_s: f64,
}

impl FocusTimer {
    /// Told once a frame whether a key was pressed and whether anything has the focus: whether the
    /// focus is to go now.
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

    fn press(key: Key, modifiers: Modifiers, repeat: bool) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat,
            modifiers,
        }
    }

    #[test]
    fn each_key_asks_for_its_action() {
        let free = |key, modifiers| action(key, None, modifiers, Focus::Free);
        assert_eq!(free(Key::Num1, Modifiers::NONE), Some(Action::Preview(0)));
        assert_eq!(free(Key::Num0, Modifiers::NONE), Some(Action::Preview(9)));
        assert_eq!(free(Key::Num3, Modifiers::SHIFT), Some(Action::HotCut(2)));
        assert_eq!(free(Key::Space, Modifiers::NONE), Some(Action::Cut));
        assert_eq!(free(Key::Enter, Modifiers::NONE), Some(Action::Auto));
        assert_eq!(free(Key::B, Modifiers::NONE), None, "FTB needs a modifier");
        assert_eq!(free(Key::B, Modifiers::CTRL), Some(Action::FadeToBlack));
        assert_eq!(free(Key::PageUp, Modifiers::NONE), Some(Action::PageBefore));
        assert_eq!(
            free(Key::PageDown, Modifiers::NONE),
            Some(Action::PageAfter)
        );
        assert_eq!(free(Key::M, Modifiers::NONE), Some(Action::Marker));
        assert_eq!(free(Key::Num1, Modifiers::CTRL), None);
        assert_eq!(free(Key::Num1, Modifiers::ALT), None);
    }

    #[test]
    fn digits_go_by_their_place_on_the_keyboard() {
        // A French keyboard gives "&" for the key at 1, and "1" with Shift.
        assert_eq!(
            action(Key::Quote, Some(Key::Num4), Modifiers::NONE, Focus::Free),
            Some(Action::Preview(3))
        );
        // A US keyboard gives "!" with Shift.
        assert_eq!(
            action(
                Key::Exclamationmark,
                Some(Key::Num1),
                Modifiers::SHIFT,
                Focus::Free
            ),
            Some(Action::HotCut(0))
        );
    }

    #[test]
    fn a_focused_control_keeps_space_and_enter_and_a_text_field_keeps_all() {
        let mut events = vec![
            press(Key::Space, Modifiers::NONE, false),
            press(Key::Num2, Modifiers::NONE, false),
        ];
        assert_eq!(take(&mut events, Focus::Control), [Action::Preview(1)]);
        assert_eq!(events.len(), 1, "Space stays for the control");

        let mut events = vec![press(Key::Num2, Modifiers::NONE, false)];
        assert_eq!(take(&mut events, Focus::Text), []);
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn a_key_held_down_acts_once() {
        let mut events = vec![
            press(Key::Space, Modifiers::NONE, false),
            press(Key::Space, Modifiers::NONE, true),
            press(Key::Space, Modifiers::NONE, true),
        ];
        assert_eq!(take(&mut events, Focus::Free), [Action::Cut]);
        assert!(events.is_empty());

        let mut events = vec![
            press(Key::Enter, Modifiers::NONE, false),
            press(Key::Enter, Modifiers::NONE, true),
        ];
        assert_eq!(take(&mut events, Focus::Control), []);
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
    fn ten_scenes_have_a_key() {
        assert_eq!(name_of(0), Some('1'));
        assert_eq!(name_of(8), Some('9'));
        assert_eq!(name_of(9), Some('0'));
        assert_eq!(name_of(10), None);
    }
}
