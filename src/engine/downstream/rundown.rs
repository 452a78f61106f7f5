//! The rundown: titles in the order in which they are wanted, with what is on air, next and done.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::door::CueState;
use crate::show::Cue;

/// See the module's words. All of it by the ids of the cues.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rundown {
    /// Whose turn it is; that of the first that is not done where it is none.
    next: Option<String>,
    on_air: Option<String>,
    done: BTreeSet<String>,
}

impl Rundown {
    /// Whose turn it is.
    pub fn next<'a>(&self, cues: &'a [Cue]) -> Option<&'a Cue> {
        let chosen = self.next.as_ref();
        let chosen = chosen.and_then(|id| cues.iter().find(|cue| cue.id == *id));
        let is_open = |cue: &&Cue| !self.is_done(&cue.id) && self.on_air.as_ref() != Some(&cue.id);
        chosen.or_else(|| cues.iter().find(is_open))
    }

    fn is_done(&self, id: &str) -> bool {
        self.done.contains(id)
    }

    /// Which is on air.
    pub fn on_air(&self) -> Option<&str> {
        self.on_air.as_deref()
    }

    /// Gives the turn to this one.
    pub fn select(&mut self, id: &str) {
        self.next = Some(id.to_owned());
    }

    /// Gives the turn to the one so many places away; the ends hold it. None where there is no cue.
    pub fn step<'a>(&mut self, cues: &'a [Cue], by: isize) -> Option<&'a Cue> {
        let last = cues.len().checked_sub(1)?;
        let now = self.next(cues);
        let index = now.and_then(|now| cues.iter().position(|cue| cue.id == now.id));
        let to = match index {
            Some(index) => index.saturating_add_signed(by).min(last),
            // Behind the last one.
            None if by < 0 => last,
            None => return None,
        };
        self.select(&cues[to].id);
        cues.get(to)
    }

    /// This one is on air; the turn goes to the one behind it.
    pub fn take(&mut self, id: &str, cues: &[Cue]) {
        self.leave();
        self.on_air = Some(id.to_owned());
        self.done.remove(id);
        let index = cues.iter().position(|cue| cue.id == id);
        let behind = index.and_then(|index| cues.get(index + 1));
        self.next = behind.map(|cue| cue.id.clone());
        if behind.is_none() {
            // Nothing is behind the last one but what was left out.
            self.next = None;
        }
    }

    /// What was on air is done.
    pub fn leave(&mut self) {
        self.done.extend(self.on_air.take());
    }

    /// Begins again.
    pub fn reset(&mut self) {
        *self = Self {
            on_air: self.on_air.take(),
            ..Self::default()
        };
    }

    /// Forgets what the show has no more.
    pub fn recast(&mut self, cues: &[Cue]) {
        let is_there = |id: &String| cues.iter().any(|cue| cue.id == *id);
        self.done.retain(is_there);
        self.next.take_if(|id| !is_there(id));
        self.on_air.take_if(|id| !is_there(id));
    }

    /// How one of them stands.
    pub fn state(&self, id: &str, cues: &[Cue]) -> CueState {
        if self.on_air.as_deref() == Some(id) {
            CueState::OnAir
        } else if self.next(cues).is_some_and(|cue| cue.id == id) {
            CueState::Next
        } else if self.is_done(id) {
            CueState::Done
        } else {
            CueState::Waits
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CueState::{Done, Next, OnAir, Waits};

    fn cues() -> Vec<Cue> {
        let cue = |id: &str| Cue {
            id: id.to_owned(),
            label: String::new(),
            title: "lower".to_owned(),
            fields: Default::default(),
            row: None,
        };
        ["a", "b", "c"].map(cue).into()
    }

    fn states(rundown: &Rundown, cues: &[Cue]) -> Vec<CueState> {
        let states = cues.iter().map(|cue| rundown.state(&cue.id, cues));
        states.collect()
    }

    #[test]
    fn one_after_the_other_is_next_on_air_and_done() {
        let (mut rundown, cues) = (Rundown::default(), cues());
        assert_eq!(states(&rundown, &cues), [Next, Waits, Waits]);
        rundown.take("a", &cues);
        assert_eq!(states(&rundown, &cues), [OnAir, Next, Waits]);
        rundown.leave();
        assert_eq!(states(&rundown, &cues), [Done, Next, Waits]);
        rundown.take("b", &cues);
        rundown.take("c", &cues);
        assert_eq!(states(&rundown, &cues), [Done, Done, OnAir]);
        assert_eq!(rundown.next(&cues), None);
        rundown.leave();
        assert_eq!(states(&rundown, &cues), [Done, Done, Done]);
        assert_eq!(
            rundown.step(&cues, -1).map(|cue| cue.id.as_str()),
            Some("c")
        );
        rundown.reset();
        assert_eq!(states(&rundown, &cues), [Next, Waits, Waits]);
    }

    #[test]
    fn the_turn_goes_back_and_forth_and_to_whom_is_chosen() {
        let (mut rundown, cues) = (Rundown::default(), cues());
        rundown.step(&cues, 1);
        assert_eq!(states(&rundown, &cues), [Waits, Next, Waits]);
        rundown.step(&cues, 9);
        assert_eq!(states(&rundown, &cues), [Waits, Waits, Next]);
        rundown.step(&cues, -1);
        rundown.take("b", &cues);
        // What was left out waits until it is asked for, and so it is what comes when the rest is done.
        assert_eq!(states(&rundown, &cues), [Waits, OnAir, Next]);
        rundown.take("c", &cues);
        assert_eq!(states(&rundown, &cues), [Next, Done, OnAir]);
        assert_eq!(rundown.step(&[], 1), None);
    }

    #[test]
    fn what_left_the_show_is_forgotten() {
        let (mut rundown, mut cues) = (Rundown::default(), cues());
        rundown.take("a", &cues);
        cues.remove(1);
        rundown.recast(&cues);
        assert_eq!(states(&rundown, &cues), [OnAir, Next]);
        cues.remove(0);
        rundown.recast(&cues);
        assert_eq!(states(&rundown, &cues), [Next]);
    }
}
