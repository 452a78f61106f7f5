//! Whether the machine keeps up: the program's frames that were repeated or skipped lately, counted from
//! what the engine says of all of them.

use std::collections::VecDeque;

use super::{lang, problems::Problem, words};
use crate::door::Counters;

/// Frames lost so many seconds ago and longer are past.
const LATELY_S: f64 = 10.0;
/// So often is noted how many there are, in seconds.
const NOTE_S: f64 = 0.25;
/// Fewer than so many are a hiccup, which the figures of the strip tell.
const LEAST: u64 = 3;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Lateness {
    /// When, and how many frames were lost by then; the oldest first.
    noted: VecDeque<(f64, u64)>,
}

impl Lateness {
    /// Told once a frame, at `now` seconds, what the engine has counted: what is wrong, if it is.
    pub fn look(&mut self, counters: Counters, now: f64) -> Option<Problem> {
        let lost = counters.repeated + counters.skipped;
        // Another engine counts anew.
        if self.noted.back().is_some_and(|(_, before)| lost < *before) {
            self.noted.clear();
        }
        // One older than that stays: it is what the others are counted from.
        while self
            .noted
            .get(1)
            .is_some_and(|(at, _)| now - at >= LATELY_S)
        {
            self.noted.pop_front();
        }
        if self.noted.back().is_none_or(|(at, _)| now - at >= NOTE_S) {
            self.noted.push_back((now, lost));
        }
        let (_, before) = self.noted.front()?;
        let lately = lost - before;
        (lately >= LEAST).then(|| Problem {
            about: "too slow".to_owned(),
            text: lang::with("desk-machine-slow", &[("n", words::count(lately).into())]),
            advice: lang::text("desk-advice-machine"),
            grave: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(repeated: u64, skipped: u64) -> Counters {
        Counters {
            repeated,
            skipped,
            ..Counters::default()
        }
    }

    #[test]
    fn frames_lost_lately_are_a_problem_until_they_are_past() {
        let mut lateness = Lateness::default();
        let before = counters(40, 40);
        assert_eq!(lateness.look(before, 0.0), None, "that was before");
        assert_eq!(lateness.look(counters(41, 41), 0.5), None, "a hiccup");
        let problem = lateness.look(counters(80, 50), 5.0).unwrap();
        let text = "the machine is too slow: 50 frames repeated or skipped in the last 10 s";
        assert_eq!(problem.text, text);
        assert!(!problem.advice.is_empty());
        let mut last = None;
        for step in 1..=60 {
            last = lateness.look(counters(80, 50), 5.0 + f64::from(step) * 0.25);
            assert_eq!(last.is_some(), step < 40, "{step}: {last:?}");
        }
        assert_eq!(last, None);
        assert_eq!(lateness.look(counters(0, 0), 21.0), None, "another engine");
        assert_eq!(lateness.look(counters(2, 0), 22.0), None);
        assert!(lateness.look(counters(3, 0), 23.0).is_some());
    }
}
