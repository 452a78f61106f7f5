//! Which key does what: the usual keys, and those that somebody chose instead. A key does one thing;
//! where two functions claim the same, the panel shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::chord::Chord;
use super::function::Function;

/// The keys as they are kept: of each function that has other keys than the usual, by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// By a function's name: its keys, such as `"Ctrl+Shift+B"`; none for a function without a key.
    pub keys: BTreeMap<String, Vec<String>>,
}

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyMap {
    chords: BTreeMap<Function, Vec<Chord>>,
    /// What each key does: of those that claim it, the one that has it.
    does: BTreeMap<Chord, Function>,
}

impl Default for KeyMap {
    fn default() -> Self {
        Self::of(Function::all().map(|f| (f, f.usual())).collect())
    }
}

impl KeyMap {
    fn of(chords: BTreeMap<Function, Vec<Chord>>) -> Self {
        let mut map = Self {
            chords,
            does: BTreeMap::new(),
        };
        map.settle();
        map
    }

    /// Gives each key to the first function that claims it, chosen keys before usual ones.
    fn settle(&mut self) {
        let mut does = BTreeMap::new();
        for usual in [false, true] {
            let these = self
                .chords
                .iter()
                .filter(|(f, _)| self.is_usual(**f) == usual);
            for (&function, chords) in these {
                for &chord in chords {
                    does.entry(chord).or_insert(function);
                }
            }
        }
        self.does = does;
    }

    /// What a key does.
    pub fn function(&self, chord: Chord) -> Option<Function> {
        self.does.get(&chord).copied()
    }

    /// The keys of a function, the first of them the one on its button.
    pub fn chords(&self, function: Function) -> &[Chord] {
        self.chords.get(&function).map_or(&[], Vec::as_slice)
    }

    /// The name of the key that a button shows; empty where the function has none.
    pub fn name(&self, function: Function) -> String {
        let mut chords = self.chords(function).iter();
        let first = chords.find(|&&chord| self.function(chord) == Some(function));
        first.map(|chord| chord.name()).unwrap_or_default()
    }

    /// Whether nobody has chosen any key.
    pub fn is_all_usual(&self) -> bool {
        self.chords.keys().all(|&function| self.is_usual(function))
    }

    /// Whether a function has its usual keys.
    pub fn is_usual(&self, function: Function) -> bool {
        self.chords(function) == function.usual()
    }

    /// The other functions that claim a key.
    pub fn claimed_by(&self, chord: Chord, but: Function) -> Vec<Function> {
        let others = self.chords.iter().filter(|(f, _)| **f != but);
        others
            .filter(|(_, chords)| chords.contains(&chord))
            .map(|(function, _)| *function)
            .collect()
    }

    /// Every key that more than one function claims, with those functions.
    pub fn conflicts(&self) -> BTreeMap<Chord, Vec<Function>> {
        let mut all: BTreeMap<Chord, Vec<Function>> = BTreeMap::new();
        for (&function, chords) in &self.chords {
            for &chord in chords {
                all.entry(chord).or_default().push(function);
            }
        }
        all.retain(|_, functions| functions.len() > 1);
        all
    }

    /// Gives a function these keys in place of those it had, and takes them from every other.
    pub fn give(&mut self, function: Function, chords: Vec<Chord>) {
        for (_, others) in self.chords.iter_mut().filter(|(f, _)| **f != function) {
            others.retain(|chord| !chords.contains(chord));
        }
        self.chords.insert(function, chords);
        self.settle();
    }

    /// Leaves a function without a key.
    pub fn clear(&mut self, function: Function) {
        self.give(function, Vec::new());
    }

    /// As it is kept.
    pub fn kept(&self) -> Kept {
        let changed = self.chords.iter().filter(|(f, _)| !self.is_usual(**f));
        let keys = changed.map(|(function, chords)| {
            let chords = chords.iter().map(ToString::to_string).collect();
            (function.id(), chords)
        });
        Kept {
            keys: keys.collect(),
        }
    }

    /// From what was kept. What this version does not know is left out, and said in the log.
    pub fn from_kept(kept: &Kept) -> Self {
        let mut map = Self::default();
        for (id, texts) in &kept.keys {
            let Some(function) = Function::of_id(id) else {
                tracing::warn!(id, "no such key function, passed over");
                continue;
            };
            let read = texts.iter().filter_map(|text| match text.parse() {
                Ok(chord) => Some(chord),
                Err(error) => {
                    tracing::warn!(id, text, "{error}");
                    None
                }
            });
            map.chords.insert(function, read.collect());
        }
        map.settle();
        map
    }
}

#[cfg(test)]
mod tests {
    use egui::Key;

    use super::*;

    #[test]
    fn a_key_that_is_given_is_taken_from_who_had_it() {
        let mut map = KeyMap::default();
        assert!(map.conflicts().is_empty());
        let space = Chord::plain(Key::Space);
        assert_eq!(map.claimed_by(space, Function::Marker), [Function::Cut]);
        map.give(Function::Marker, vec![space]);
        assert_eq!(map.function(space), Some(Function::Marker));
        assert_eq!(map.chords(Function::Cut), []);
        assert_eq!(map.name(Function::Cut), "");
        assert_eq!(map.function(Chord::plain(Key::M)), None, "in place of M");
        assert!(map.conflicts().is_empty());
        assert!(!map.is_all_usual());
        map.give(Function::Cut, Function::Cut.usual());
        assert_eq!(map.function(space), Some(Function::Cut));
        assert_eq!(map.chords(Function::Marker), []);
        map.give(Function::Marker, Function::Marker.usual());
        assert_eq!(map, KeyMap::default());
        assert!(map.is_all_usual());
        map.clear(Function::Marker);
        assert_eq!(map.function(Chord::plain(Key::M)), None);
    }

    #[test]
    fn what_is_kept_comes_back_and_holds_no_more_than_what_changed() {
        let mut map = KeyMap::default();
        assert!(map.kept().keys.is_empty());
        map.give(Function::Record, vec![Chord::plain(Key::F12)]);
        map.clear(Function::LiveEdit);
        let kept = map.kept();
        let expected = [("live_edit", vec![]), ("record", vec!["F12".to_owned()])];
        let expected = expected.map(|(id, keys)| (id.to_owned(), keys));
        assert_eq!(kept.keys, BTreeMap::from(expected));
        assert_eq!(KeyMap::from_kept(&kept), map);
    }

    #[test]
    fn a_file_that_gives_a_key_twice_makes_a_conflict_that_can_be_resolved() {
        let keys = [
            ("marker", vec!["F12", "Nonsense"]),
            ("record", vec!["F12"]),
            ("undo", vec!["Space"]),
            ("of_a_later_version", vec!["F5"]),
        ];
        let keys = keys.map(|(id, keys)| {
            let keys = keys.into_iter().map(str::to_owned).collect();
            (id.to_owned(), keys)
        });
        let mut map = KeyMap::from_kept(&Kept { keys: keys.into() });
        let (f12, space) = (Chord::plain(Key::F12), Chord::plain(Key::Space));
        let conflicts = [
            (f12, vec![Function::Record, Function::Marker]),
            (space, vec![Function::Cut, Function::Undo]),
        ];
        assert_eq!(map.conflicts(), conflicts.into());
        assert_eq!(
            map.function(space),
            Some(Function::Undo),
            "a chosen key goes before a usual one"
        );
        assert_eq!(map.name(Function::Cut), "", "no button shows it twice");
        assert_eq!(map.claimed_by(f12, Function::Record), [Function::Marker]);
        map.give(Function::Record, vec![f12]);
        map.give(Function::Undo, Function::Undo.usual());
        assert!(map.conflicts().is_empty());
        assert_eq!(map.function(space), Some(Function::Cut));
    }
}
