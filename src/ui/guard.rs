//! A second, deliberate press at the same place: what guards everything that goes on air, and
//! everything that would end something there. Time is passed in, so that the rule can be tested.

use crate::show::ItemKind;

/// The second press counts for so many seconds after the first.
pub const WINDOW_S: f64 = 3.0;
/// A second press that comes sooner is a double click or a bounce, not a decision.
pub const BOUNCE_S: f64 = 0.3;

/// What a guarded button would begin or end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guarded {
    /// Beginning to send to the destination of this id.
    Start(String),
    /// Beginning to send to every destination.
    StartAll,
    /// Sending to the destination of this id.
    Destination(String),
    /// Sending to every destination.
    AllDestinations,
    /// The master.
    Recorder,
    /// The show.
    Show,
    /// The show, once it is saved.
    SavedShow,
    /// The clip of this id on air, back to its start.
    CueClip(String),
    /// And from its start.
    RestartClip(String),
    /// The holding slate over the program, or away from it.
    Hold,
    /// What was kept of edits that were never saved, for good.
    Autosave,
    /// Every key that was chosen, for the usual ones.
    UsualKeys,
    /// A source or scene that is in use, out of the show.
    Part(ItemKind, String),
    /// A group of strips that is at work, out of the show.
    Group(String),
    /// The line-up tone on what goes out.
    LineUp,
    /// The line-up tone in place of what goes out.
    LineUpAlone,
    /// A sound snapshot that a scene recalls, out of the show.
    SoundSnapshot(String),
}

/// Remembers the first press. At most one thing is armed at a time.
#[derive(Debug, Default)]
pub struct Guard {
    armed: Option<(Guarded, f64)>,
}

impl Guard {
    /// A press at `now` seconds: whether it is the second, deliberate one.
    pub fn press(&mut self, what: &Guarded, now: f64) -> bool {
        if let Some((armed, since)) = &self.armed
            && armed == what
            && (0.0..=WINDOW_S).contains(&(now - since))
        {
            if now - since < BOUNCE_S {
                return false;
            }
            self.armed = None;
            return true;
        }
        self.armed = Some((what.clone(), now));
        false
    }

    /// Whether the next press would count, so that the button can say so.
    pub fn is_armed(&self, what: &Guarded, now: f64) -> bool {
        self.armed
            .as_ref()
            .is_some_and(|(armed, since)| armed == what && now - since <= WINDOW_S)
    }

    /// Forgets the first press.
    pub fn disarm(&mut self) {
        self.armed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_press_counts_within_the_window_alone() {
        let mut guard = Guard::default();
        assert!(!guard.press(&Guarded::Recorder, 10.0));
        assert!(guard.is_armed(&Guarded::Recorder, 12.9));
        assert!(guard.press(&Guarded::Recorder, 12.9));
        assert!(!guard.is_armed(&Guarded::Recorder, 12.9));

        assert!(!guard.press(&Guarded::Recorder, 20.0));
        assert!(!guard.is_armed(&Guarded::Recorder, 23.1));
        assert!(
            !guard.press(&Guarded::Recorder, 23.1),
            "too late: arms anew"
        );
        assert!(guard.press(&Guarded::Recorder, 24.0));
    }

    #[test]
    fn a_double_click_is_no_decision() {
        let mut guard = Guard::default();
        assert!(!guard.press(&Guarded::Show, 5.0));
        assert!(!guard.press(&Guarded::Show, 5.1));
        assert!(guard.press(&Guarded::Show, 5.5));
    }

    #[test]
    fn another_button_takes_the_guard_over() {
        let mut guard = Guard::default();
        let (a, b) = (
            Guarded::Destination("a".to_owned()),
            Guarded::Destination("b".to_owned()),
        );
        assert!(!guard.press(&a, 1.0));
        assert!(!guard.press(&b, 2.0));
        assert!(!guard.press(&a, 2.5), "b was armed, not a");
        guard.disarm();
        assert!(!guard.is_armed(&a, 2.6));
    }
}
