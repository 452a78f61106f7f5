//! What is pressed at once: a key with its modifiers, how it is written in a file, and how it is
//! called on a button.

use std::fmt;
use std::str::FromStr;

use egui::{Key, Modifiers};

use crate::ui::lang;

/// A key and the modifiers that are held with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// The key: a digit by its place on the keyboard, any other by what is printed on it.
    pub key: Key,
    /// Ctrl, or ⌘ where there is one.
    pub ctrl: bool,
    /// Alt.
    pub alt: bool,
    /// Shift; never for a sign, which keyboards have with and without it.
    pub shift: bool,
}

impl Chord {
    /// A key alone.
    pub const fn plain(key: Key) -> Self {
        Self {
            key,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// With Ctrl.
    pub const fn ctrl(key: Key) -> Self {
        Self {
            ctrl: true,
            ..Self::plain(key)
        }
    }

    /// What was pressed; `None` for what cannot be given a function: modifiers alone, and Tab and Esc,
    /// which lead through the controls. `physical` is the key's place on a US keyboard, where it is
    /// known: digits go by place, for some layouts have them behind Shift.
    pub fn pressed(key: Key, physical: Option<Key>, modifiers: Modifiers) -> Option<Self> {
        let key = physical.filter(|&key| is_digit(key)).unwrap_or(key);
        is_free(key).then(|| Self {
            key,
            ctrl: modifiers.command || modifiers.ctrl,
            alt: modifiers.alt,
            shift: modifiers.shift && !is_sign(key),
        })
    }

    /// How a key is called that was pressed and cannot be given a function; `None` for one that can, and
    /// for those that something else is held with or that end the asking.
    pub fn refused(key: Key, modifiers: Modifiers) -> Option<String> {
        let refused = matches!(
            key,
            Key::Tab | Key::CapsLock | Key::NumLock | Key::ScrollLock | Key::Fn
        );
        refused.then(|| {
            let chord = Self {
                key,
                ctrl: modifiers.command || modifiers.ctrl,
                alt: modifiers.alt,
                shift: modifiers.shift,
            };
            chord.name()
        })
    }

    /// Whether a focused control has a use for it, so that it is not the switcher's then.
    pub fn is_a_controls(self) -> bool {
        !self.ctrl
            && !self.alt
            && matches!(
                self.key,
                Key::Space
                    | Key::Enter
                    | Key::ArrowUp
                    | Key::ArrowDown
                    | Key::ArrowLeft
                    | Key::ArrowRight
            )
    }

    /// Whether it is + or −, as they are typed on any keyboard.
    pub fn is_plus_or_minus(self) -> bool {
        !self.ctrl && !self.alt && matches!(self.key, Key::Plus | Key::Equals | Key::Minus)
    }

    /// Whether it is an arrow alone, or with Shift.
    pub fn is_an_arrow(self) -> bool {
        self.is_a_controls() && !matches!(self.key, Key::Space | Key::Enter)
    }

    /// Whether a list that is scrolled has a use for it.
    pub fn is_a_lists(self) -> bool {
        let pages = matches!(self.key, Key::PageUp | Key::PageDown | Key::Home | Key::End);
        self.is_a_controls() || (pages && self == Self::plain(self.key))
    }

    /// Whether nobody types text with it, so that it is not a text field's.
    pub fn types_nothing(self) -> bool {
        self.ctrl || self.alt || (Key::F1..=Key::F35).contains(&self.key)
    }

    /// How the key alone is called, without what is held with it.
    pub fn key_name(self) -> String {
        match named(self.key) {
            Some(key) => lang::text(key),
            None => self.key.symbol_or_name().to_owned(),
        }
    }

    /// How it is called on buttons, in the desk's language.
    pub fn name(self) -> String {
        let mut name = String::new();
        for (held, key) in [
            (self.ctrl, "keys-name-ctrl"),
            (self.alt, "keys-name-alt"),
            (self.shift, "keys-name-shift"),
        ] {
            if held {
                name.push_str(&lang::text(key));
                name.push('+');
            }
        }
        name.push_str(&self.key_name());
        name
    }
}

/// The text for a key that is called otherwise than what is printed on it.
fn named(key: Key) -> Option<&'static str> {
    Some(match key {
        Key::Space => "keys-name-space",
        Key::Tab => "keys-name-tab",
        Key::Enter => "keys-name-enter",
        Key::Backspace => "keys-name-backspace",
        Key::Insert => "keys-name-insert",
        Key::Delete => "keys-name-delete",
        Key::Home => "keys-name-home",
        Key::End => "keys-name-end",
        Key::PageUp => "keys-name-page-up",
        Key::PageDown => "keys-name-page-down",
        Key::ArrowUp => "keys-name-up",
        Key::ArrowDown => "keys-name-down",
        Key::ArrowLeft => "keys-name-left",
        Key::ArrowRight => "keys-name-right",
        _ => return None,
    })
}

fn is_digit(key: Key) -> bool {
    (Key::Num0..=Key::Num9).contains(&key)
}

fn is_sign(key: Key) -> bool {
    (Key::Colon..=Key::Quote).contains(&key)
}

fn is_free(key: Key) -> bool {
    !matches!(
        key,
        Key::Tab
            | Key::Escape
            | Key::ShiftLeft
            | Key::ShiftRight
            | Key::ControlLeft
            | Key::ControlRight
            | Key::AltLeft
            | Key::AltRight
            | Key::SuperLeft
            | Key::SuperRight
            | Key::CapsLock
            | Key::NumLock
            | Key::ScrollLock
            | Key::Fn
    )
}

/// A text that is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no key, expected one such as \"Ctrl+Shift+B\"")]
pub struct NoChord;

impl FromStr for Chord {
    type Err = NoChord;

    fn from_str(text: &str) -> Result<Self, NoChord> {
        let mut modifiers = Modifiers::NONE;
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix("Ctrl+") {
                (modifiers.ctrl, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("Alt+") {
                (modifiers.alt, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("Shift+") {
                (modifiers.shift, rest) = (true, after);
            } else {
                break;
            }
        }
        let key = Key::from_name(rest).ok_or(NoChord)?;
        Self::pressed(key, None, modifiers).ok_or(NoChord)
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [
            (self.ctrl, "Ctrl+"),
            (self.alt, "Alt+"),
            (self.shift, "Shift+"),
        ] {
            if held {
                f.write_str(name)?;
            }
        }
        f.write_str(self.key.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_is_read_as_it_is_written() {
        for key in Key::ALL.iter().copied().filter(|&key| is_free(key)) {
            for bits in 0..8 {
                let chord = Chord {
                    key,
                    ctrl: bits & 1 != 0,
                    alt: bits & 2 != 0,
                    shift: bits & 4 != 0 && !is_sign(key),
                };
                assert_eq!(chord.to_string().parse(), Ok(chord), "{chord}");
            }
        }
        for text in ["", "Ctrl+", "Hyper+B", "Tab", "Shift+ShiftLeft", "ctrl+B"] {
            assert_eq!(text.parse::<Chord>(), Err(NoChord), "{text}");
        }
    }

    #[test]
    fn digits_go_by_their_place_and_signs_without_shift() {
        // A French keyboard gives "'" for the key at 4, a US one "!" for Shift and the key at 1.
        let four = Chord::pressed(Key::Quote, Some(Key::Num4), Modifiers::NONE);
        assert_eq!(four, Some(Chord::plain(Key::Num4)));
        let one = Chord::pressed(Key::Exclamationmark, Some(Key::Num1), Modifiers::SHIFT);
        let shifted = Chord {
            shift: true,
            ..Chord::plain(Key::Num1)
        };
        assert_eq!(one, Some(shifted));
        // "?" is Shift and "/" here, Shift and "," there.
        for physical in [Key::Slash, Key::Comma] {
            let chord = Chord::pressed(Key::Questionmark, Some(physical), Modifiers::SHIFT);
            assert_eq!(chord, Some(Chord::plain(Key::Questionmark)));
        }
        // The − of a French keyboard is the sixth digit's key.
        let six = Chord::pressed(Key::Minus, Some(Key::Num6), Modifiers::NONE);
        assert_eq!(six, Some(Chord::plain(Key::Num6)));
        assert_eq!(Chord::pressed(Key::Tab, None, Modifiers::NONE), None);
        assert_eq!(Chord::pressed(Key::ShiftLeft, None, Modifiers::SHIFT), None);
    }
}
