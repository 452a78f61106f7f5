//! Panels being arranged: what was moved since it began can be taken back. It is this desk's own; the show
//! and what can be undone of it have no part in it.

use std::collections::BTreeMap;

use super::arrange::{Arrangement, Layout};

/// A move that was refused is told of for so many seconds.
const TOLD_S: f64 = 6.0;

/// What was done to the panels of one arrangement.
#[derive(Debug)]
struct Past {
    began: Layout,
    now: Layout,
    before: Vec<Layout>,
}

/// See the module's words.
#[derive(Debug, Default)]
pub struct Session {
    on: bool,
    past: BTreeMap<Arrangement, Past>,
    /// The pointer that made the last move is still down: what follows is the same move.
    in_hand: bool,
    refused: Option<f64>,
}

impl Session {
    /// Whether panels are being arranged.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Begins, or ends: then nothing of it is taken back any more.
    pub fn set(&mut self, on: bool) {
        *self = Self {
            on,
            ..Self::default()
        };
    }

    /// Told once a frame where the panels are, and whether the pointer is down.
    pub fn watch(&mut self, arrangement: Arrangement, layout: &Layout, down: bool) {
        if !self.on {
            return;
        }
        let past = self.past.entry(arrangement).or_insert_with(|| Past {
            began: layout.clone(),
            now: layout.clone(),
            before: Vec::new(),
        });
        if past.now != *layout {
            if !(self.in_hand && down) {
                past.before.push(past.now.clone());
            }
            past.now = layout.clone();
            self.in_hand = down;
            self.refused = None;
        }
        self.in_hand &= down;
    }

    /// Whether there is a move to be taken back.
    pub fn can_undo(&self, arrangement: Arrangement) -> bool {
        let past = self.past.get(&arrangement);
        past.is_some_and(|past| !past.before.is_empty())
    }

    /// Whether the panels are elsewhere than when it began.
    pub fn is_changed(&self, arrangement: Arrangement) -> bool {
        let past = self.past.get(&arrangement);
        past.is_some_and(|past| past.began != past.now)
    }

    /// The panels without the last move.
    pub fn undo(&mut self, arrangement: Arrangement) -> Option<Layout> {
        let past = self.past.get_mut(&arrangement)?;
        past.now = past.before.pop()?;
        self.refused = None;
        Some(past.now.clone())
    }

    /// The panels as they were when it began, which is one more move that can be taken back.
    pub fn as_it_was(&mut self, arrangement: Arrangement) -> Option<Layout> {
        let past = self.past.get_mut(&arrangement)?;
        past.before.push(past.now.clone());
        past.now = past.began.clone();
        self.refused = None;
        Some(past.now.clone())
    }

    /// A move was refused for want of room, at `now` seconds.
    pub fn refuse(&mut self, now: f64) {
        self.refused = Some(now);
    }

    /// Whether that is still to be told.
    pub fn is_refused(&self, now: f64) -> bool {
        self.refused.is_some_and(|at| now - at < TOLD_S)
    }
}

#[cfg(test)]
mod tests {
    use super::super::arrange::Panel;
    use super::*;

    const HERE: Arrangement = Arrangement::Director;

    fn without(panels: &[Panel]) -> Layout {
        let mut layout = Layout::usual(HERE);
        for panel in panels {
            layout.set_shown(*panel, false);
        }
        layout
    }

    #[test]
    fn each_move_is_taken_back_and_all_of_them_at_once() {
        let (a, b, c) = (
            without(&[]),
            without(&[Panel::Outputs]),
            without(&[Panel::Outputs, Panel::Monitors]),
        );
        let mut session = Session::default();
        session.watch(HERE, &a, false);
        session.watch(HERE, &b, false);
        assert_eq!(session.undo(HERE), None, "nothing is being arranged");
        session.set(true);
        for layout in [&a, &b, &c] {
            session.watch(HERE, layout, false);
        }
        assert!(!session.can_undo(Arrangement::Sound));
        assert_eq!(session.as_it_was(HERE), Some(a.clone()));
        session.watch(HERE, &a, false);
        assert!(!session.is_changed(HERE));
        for before in [&c, &b, &a] {
            assert_eq!(session.undo(HERE).as_ref(), Some(before));
            session.watch(HERE, before, false);
        }
        assert!(!session.can_undo(HERE));
    }

    #[test]
    fn a_drag_is_one_move() {
        let mut session = Session::default();
        session.set(true);
        let a = without(&[]);
        let b = without(&[Panel::Outputs]);
        let c = without(&[Panel::Monitors]);
        session.watch(HERE, &a, true);
        session.watch(HERE, &b, true);
        session.watch(HERE, &c, true);
        session.watch(HERE, &c, false);
        session.watch(HERE, &b, true);
        assert_eq!(session.undo(HERE), Some(c));
        assert_eq!(session.undo(HERE), Some(a));
        assert_eq!(session.undo(HERE), None);
    }
}
