//! Whether what goes out by sound cards is heard without breaks: a card that is away, and one that ran dry
//! lately, counted from what the engine says of all breaks.

use std::collections::{BTreeMap, VecDeque};

use super::{bank, lang, problems::Problem, said::said, view::name, words};
use crate::door::{CardOutputState, CardOutputStatus, Snapshot};
use crate::show::{AUX_1, AUX_2};

/// Breaks so many seconds ago and longer are past.
const LATELY_S: f64 = 10.0;
/// So often is noted how many there are, in seconds.
const NOTE_S: f64 = 0.25;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Breaks {
    /// Of each output when, and how many there had been by then; the oldest first.
    noted: BTreeMap<String, VecDeque<(f64, u64)>>,
}

impl Breaks {
    /// Told once a frame, at `now` seconds: all that is wrong.
    pub fn look(&mut self, snapshot: &Snapshot, now: f64) -> Vec<Problem> {
        let outputs = all(snapshot);
        self.noted
            .retain(|known, _| outputs.iter().any(|(about, ..)| about == known));
        let mut found = Vec::new();
        for (about, called, output) in outputs {
            let lately = self.count(&about, output, now);
            let named = [("name", called.as_str().into())];
            if output.state == CardOutputState::Restarting {
                let text = lang::with("desk-output-away", &named);
                let text = match output.message.as_str() {
                    "" => text,
                    why => format!("{text} – {}", said(why)),
                };
                found.push(problem(about, text, "desk-advice-card"));
            } else if lately > 0 {
                let many = words::count(lately);
                let values = [named[0].clone(), ("n", many.into())];
                let text = lang::with("desk-output-breaks", &values);
                found.push(problem(about, text, "desk-advice-breaks"));
            }
        }
        found
    }

    /// How many breaks an output had lately.
    fn count(&mut self, about: &str, output: &CardOutputStatus, now: f64) -> u64 {
        let breaks = output.underruns + output.slips;
        let noted = self.noted.entry(about.to_owned()).or_default();
        // One that was opened anew counts anew.
        if noted.back().is_some_and(|(_, before)| breaks < *before) {
            noted.clear();
        }
        // One older than that stays: it is what the others are counted from.
        while noted.get(1).is_some_and(|(at, _)| now - at >= LATELY_S) {
            noted.pop_front();
        }
        if noted.back().is_none_or(|(at, _)| now - at >= NOTE_S) {
            noted.push_back((now, breaks));
        }
        let before = noted.front().map_or(breaks, |(_, before)| *before);
        breaks.saturating_sub(before)
    }
}

/// Every output with what it is known by and called: the show's, and the monitor while that is on.
fn all(snapshot: &Snapshot) -> Vec<(String, String, &CardOutputStatus)> {
    let outputs = snapshot.sound_outputs.iter().enumerate();
    let mut all: Vec<_> = outputs
        .map(|(n, output)| {
            let bus = match output.bus.as_str() {
                AUX_1 => bank::aux_name(snapshot, 1),
                AUX_2 => bank::aux_name(snapshot, 2),
                _ => lang::text("sound-master"),
            };
            let called = format!("{bus} → {}", name(&output.device, &output.bus));
            (format!("sound output {n} {}", output.bus), called, output)
        })
        .collect();
    if snapshot.monitor.set.on {
        let called = lang::text("sound-monitor");
        all.push(("monitor".to_owned(), called, &snapshot.monitor.output));
    }
    all
}

fn problem(about: String, text: String, advice: &str) -> Problem {
    Problem {
        about,
        text,
        advice: lang::text(advice),
        // Neither the program nor the master is touched by it.
        grave: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn a_card_that_is_away_and_breaks_lately_are_told_and_nothing_that_is_past() {
        let mut snapshot = testing::snapshot();
        snapshot.sound_outputs = vec![CardOutputStatus {
            bus: AUX_1.to_owned(),
            device: "hall".to_owned(),
            state: CardOutputState::Playing,
            underruns: 7,
            ..CardOutputStatus::default()
        }];
        let mut breaks = Breaks::default();
        assert_eq!(breaks.look(&snapshot, 0.0), [], "that was before");
        snapshot.sound_outputs[0].slips = 2;
        let found = breaks.look(&snapshot, 1.0);
        let text = "Aux 1 → hall: the sound card runs dry, 2 breaks in the last 10 s";
        assert_eq!(found[0].text, text);
        assert!(!found[0].grave && !found[0].advice.is_empty());
        assert_eq!(breaks.look(&snapshot, 12.0), [], "it is past");
        snapshot.sound_outputs[0].state = CardOutputState::Restarting;
        snapshot.sound_outputs[0].message = "the card is away".to_owned();
        let found = breaks.look(&snapshot, 13.0);
        assert_eq!(found.len(), 1);
        assert!(
            found[0]
                .text
                .contains("does not come out – the card is away")
        );
        snapshot.sound_outputs.clear();
        snapshot.monitor.output.state = CardOutputState::Restarting;
        assert_eq!(breaks.look(&snapshot, 14.0), [], "nobody listens");
        snapshot.monitor.set.on = true;
        assert_eq!(breaks.look(&snapshot, 15.0).len(), 1);
    }
}
