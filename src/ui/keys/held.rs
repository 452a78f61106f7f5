//! Which keys are down, by where they are on the keyboard. What a key means may change while it is down,
//! as with Shift let go before it: told by its meaning it would stay down for ever, and the next press
//! would be taken for one that is only held.

use std::collections::HashSet;

use egui::{Event, Key};

use super::function::Function;

/// See the module's words. Each window has its own.
#[derive(Debug, Default)]
pub struct Held {
    down: HashSet<Key>,
    /// The one that talks for as long as it is down.
    talks: Option<Key>,
}

impl Held {
    /// Takes in a frame's events, and says of each press whether its key was down already.
    pub fn mark(&mut self, events: &mut [Event]) {
        for event in events {
            match event {
                Event::Key {
                    key,
                    physical_key,
                    pressed,
                    repeat,
                    ..
                } => {
                    let place = physical_key.unwrap_or(*key);
                    if *pressed {
                        *repeat = !self.down.insert(place);
                    } else {
                        self.down.remove(&place);
                    }
                }
                // Another window is told when they are let go.
                Event::WindowFocused(false) => self.down.clear(),
                _ => {}
            }
        }
    }

    /// Keeps which of these presses asks to talk, by what each asks for.
    pub fn keep_talking(&mut self, events: &[Event], asks: impl Fn(&Event) -> Option<Function>) {
        for event in events {
            if let Event::Key {
                key,
                physical_key,
                pressed: true,
                repeat: false,
                ..
            } = event
                && asks(event) == Some(Function::TalkAll)
            {
                self.talks = Some(physical_key.unwrap_or(*key));
            }
        }
    }

    /// Whether the key that talks is down.
    pub fn talks(&self) -> bool {
        self.talks.is_some_and(|place| self.down.contains(&place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Modifiers;

    fn event(key: Key, place: Key, pressed: bool) -> Event {
        Event::Key {
            key,
            physical_key: Some(place),
            pressed,
            // As who goes by the meaning would have it.
            repeat: pressed,
            modifiers: Modifiers::NONE,
        }
    }

    fn presses(held: &mut Held, mut events: Vec<Event>) -> Vec<bool> {
        held.mark(&mut events);
        let repeats = events.iter().filter_map(|event| match event {
            Event::Key {
                pressed: true,
                repeat,
                ..
            } => Some(*repeat),
            _ => None,
        });
        repeats.collect()
    }

    #[test]
    fn a_key_whose_meaning_changes_while_it_is_down_is_let_go_all_the_same() {
        let mut held = Held::default();
        let shifted = event(Key::Exclamationmark, Key::Num1, true);
        let let_go = event(Key::Num1, Key::Num1, false);
        let again = vec![shifted.clone(), shifted.clone(), let_go, shifted];
        assert_eq!(presses(&mut held, again), [false, true, false]);
        // Held over several frames.
        assert!(presses(&mut held, Vec::new()).is_empty());
        let held_on = vec![event(Key::Num1, Key::Num1, true)];
        assert_eq!(presses(&mut held, held_on), [true]);
        // And let go where this window does not hear of it.
        let back = vec![
            Event::WindowFocused(false),
            event(Key::Num1, Key::Num1, true),
        ];
        assert_eq!(presses(&mut held, back), [false]);
    }

    #[test]
    fn a_key_without_a_place_goes_by_its_meaning() {
        let mut held = Held::default();
        let press = |pressed| Event::Key {
            key: Key::Space,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let all = vec![press(true), press(true), press(false), press(true)];
        assert_eq!(presses(&mut held, all), [false, true, false]);
    }

    #[test]
    fn who_talks_by_a_key_is_heard_until_that_key_is_up() {
        let mut held = Held::default();
        let asks = |_: &Event| Some(Function::TalkAll);
        let mut turn = |mut events: Vec<Event>| {
            held.mark(&mut events);
            held.keep_talking(&events, asks);
            held.talks()
        };
        let press = |pressed| event(Key::T, Key::T, pressed);
        assert!(turn(vec![press(true)]));
        assert!(turn(vec![press(true)]), "it is held");
        assert!(!turn(vec![press(false)]));
        assert!(
            !turn(vec![press(true), press(false)]),
            "and not after a tap"
        );
        assert!(turn(vec![press(true)]));
        assert!(!turn(vec![Event::WindowFocused(false)]));
    }
}
