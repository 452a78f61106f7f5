//! What is known of the tries of destinations, in words: of each, and of all of them against what the
//! uplink gave.

use std::collections::BTreeMap;

use super::super::said::said;
use super::super::{lang, words};
use crate::door::{DestinationState, Snapshot, TrialState, TrialStatus};

/// See the module's words.
#[derive(Debug, Default)]
pub struct Trials {
    /// The last of each destination.
    latest: BTreeMap<String, TrialStatus>,
}

/// All tries together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uplink {
    /// Bits a second that went out to all that were measured.
    pub got_bps: u64,
    /// Bits a second that all destinations of the show take together.
    pub needed_bps: u64,
    /// Whether some are still being measured.
    pub runs: bool,
    /// Whether every destination was measured, and all took what they were to take.
    pub is_enough: bool,
}

impl Trials {
    /// Takes in how one goes.
    pub fn take(&mut self, status: &TrialStatus) {
        self.latest
            .insert(status.destination.clone(), status.clone());
    }

    /// Forgets those of destinations that are gone, or that the program has been sent to since.
    pub fn update(&mut self, snapshot: &Snapshot) {
        self.latest.retain(|id, _| {
            let mut all = snapshot.destinations.iter();
            all.any(|d| d.id == *id && d.state == DestinationState::Off)
        });
    }

    /// The last try of a destination.
    pub fn of(&self, id: &str) -> Option<&TrialStatus> {
        self.latest.get(id)
    }

    /// Whether any runs.
    pub fn run(&self) -> bool {
        self.latest.values().any(|t| !t.state.has_ended())
    }

    /// The destinations whose tries run.
    pub fn running(&self) -> Vec<String> {
        let running = self.latest.iter().filter(|(_, t)| !t.state.has_ended());
        running.map(|(id, _)| id.clone()).collect()
    }

    /// What the uplink gave; `None` where nothing was measured.
    pub fn uplink(&self, snapshot: &Snapshot) -> Option<Uplink> {
        let measured = |t: &&TrialStatus| {
            matches!(
                t.state,
                TrialState::Measuring | TrialState::Passed | TrialState::Slow
            ) && t.published
        };
        if !self.latest.values().any(|t| measured(&t)) {
            return None;
        }
        let all = &snapshot.destinations;
        let passed = |id: &str| {
            let trial = self.latest.get(id);
            trial.is_some_and(|t| t.published && t.state == TrialState::Passed)
        };
        Some(Uplink {
            got_bps: self
                .latest
                .values()
                .filter(measured)
                .map(|t| t.bitrate_bps)
                .sum(),
            needed_bps: all.iter().map(|d| d.target_bps).sum(),
            runs: self.run(),
            is_enough: all.iter().all(|d| passed(&d.id)),
        })
    }
}

/// One try in words: its state beside the name, and what there is to say of it.
pub fn words_of(trial: &TrialStatus) -> (String, String) {
    let state = lang::text(match trial.state {
        TrialState::Resolving => "outputs-try-resolving",
        TrialState::Connecting => "outputs-try-connecting",
        TrialState::Greeting => "outputs-try-greeting",
        TrialState::Waiting => "outputs-try-waiting",
        TrialState::Measuring => "outputs-try-measuring",
        TrialState::Passed => "outputs-try-passed",
        TrialState::Slow => "outputs-try-slow",
        TrialState::Failed => "outputs-try-failed",
        TrialState::Stopped => "outputs-try-stopped",
    });
    let rates = || {
        lang::with(
            "outputs-try-rates",
            &[
                ("got", words::bitrate(trial.bitrate_bps).into()),
                ("needed", words::bitrate(trial.target_bps).into()),
            ],
        )
    };
    let answer = || {
        let ms = trial.answer_ms.unwrap_or(0).to_string();
        lang::with("outputs-try-answer", &[("ms", ms.into())])
    };
    let more = match trial.state {
        TrialState::Measuring => {
            let seconds = format!("{:.0}", trial.left_s.ceil());
            let left = lang::with("outputs-try-left", &[("seconds", seconds.into())]);
            format!("{} · {left}", rates())
        }
        TrialState::Slow => rates(),
        TrialState::Passed if trial.published => format!("{} · {}", rates(), answer()),
        TrialState::Passed => format!("{} · {}", lang::text("outputs-try-greeted"), answer()),
        TrialState::Failed => said(&trial.message),
        _ => lang::text("outputs-try-private"),
    };
    (state, more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    fn trial(id: &str, state: TrialState, bitrate_bps: u64) -> TrialStatus {
        TrialStatus {
            destination: id.to_owned(),
            state,
            target_bps: 4_660_000,
            bitrate_bps,
            published: true,
            ..TrialStatus::default()
        }
    }

    #[test]
    fn the_uplink_is_the_sum_of_what_was_measured_together() {
        let snapshot = testing::snapshot();
        let mut trials = Trials::default();
        assert_eq!(trials.uplink(&snapshot), None);
        trials.take(&trial("yt", TrialState::Measuring, 4_000_000));
        trials.take(&trial("pt", TrialState::Greeting, 0));
        let uplink = trials.uplink(&snapshot).unwrap();
        assert_eq!((uplink.got_bps, uplink.needed_bps), (4_000_000, 9_320_000));
        assert!(uplink.runs && !uplink.is_enough);
        trials.take(&trial("yt", TrialState::Passed, 4_660_000));
        trials.take(&trial("pt", TrialState::Slow, 2_000_000));
        let uplink = trials.uplink(&snapshot).unwrap();
        assert_eq!(uplink.got_bps, 6_660_000);
        assert!(!uplink.runs && !uplink.is_enough);
        trials.take(&trial("pt", TrialState::Passed, 4_600_000));
        assert!(trials.uplink(&snapshot).unwrap().is_enough);
    }

    #[test]
    fn a_destination_that_was_sent_to_has_proved_itself() {
        let mut snapshot = testing::snapshot();
        let mut trials = Trials::default();
        trials.take(&trial("yt", TrialState::Failed, 0));
        trials.update(&snapshot);
        assert!(trials.of("yt").is_some());
        snapshot.destinations[0].state = DestinationState::Connecting;
        trials.update(&snapshot);
        assert!(trials.of("yt").is_none());
    }

    #[test]
    fn a_greeting_alone_says_nothing_of_the_uplink() {
        let mut trials = Trials::default();
        let greeted = TrialStatus {
            published: false,
            answer_ms: Some(23),
            ..trial("yt", TrialState::Passed, 0)
        };
        trials.take(&greeted);
        assert_eq!(trials.uplink(&testing::snapshot()), None);
        let (_, more) = words_of(&greeted);
        assert!(more.contains("23 ms") && !more.contains("Mb/s"), "{more}");
    }
}
