//! What is known of the tries of destinations, in words: of each, and of all of them against what the
//! uplink gave.

use std::collections::BTreeMap;

use super::super::said::said;
use super::super::{lang, problems::Problem, view::name, words};
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
    /// Bits a second that those take together.
    pub needed_bps: u64,
    /// How many were measured, or are being measured.
    pub measured: usize,
    /// How many destinations the show has.
    pub all: usize,
    /// Whether some are still being tried.
    pub runs: bool,
    /// Whether all that were measured took what they were to take.
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
        // One that was refused says nothing of the uplink.
        let is_measured = |t: &&TrialStatus| {
            matches!(
                t.state,
                TrialState::Measuring | TrialState::Passed | TrialState::Slow
            ) && t.published
        };
        let measured: Vec<&TrialStatus> = self.latest.values().filter(is_measured).collect();
        if measured.is_empty() {
            return None;
        }
        Some(Uplink {
            got_bps: measured.iter().map(|t| t.bitrate_bps).sum(),
            needed_bps: measured.iter().map(|t| t.target_bps).sum(),
            measured: measured.len(),
            all: snapshot.destinations.len(),
            runs: self.run(),
            is_enough: measured.iter().all(|t| t.state == TrialState::Passed),
        })
    }
}

/// What the tries found wrong, for the strip that everybody sees.
pub fn problems(trials: &Trials, snapshot: &Snapshot) -> Vec<Problem> {
    let tried = snapshot.destinations.iter().filter_map(|destination| {
        let trial = trials.of(&destination.id)?;
        let is_ill = matches!(trial.state, TrialState::Failed | TrialState::Slow);
        // Once the program is sent there, that says more.
        (is_ill && destination.state == DestinationState::Off).then_some((destination, trial))
    });
    tried
        .map(|(destination, trial)| {
            let label = name(&destination.label, &destination.id);
            let why = said(&trial.message);
            Problem {
                about: format!("try {}", destination.id),
                text: lang::with("desk-why", &[("name", label.into()), ("why", why.into())]),
                advice: lang::text("outputs-advice-try"),
                grave: false,
            }
        })
        .collect()
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
        TrialState::Failed if trial.refused => "outputs-try-refused",
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
        assert_eq!((uplink.got_bps, uplink.needed_bps), (4_000_000, 4_660_000));
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
    fn one_that_was_refused_says_nothing_of_the_uplink() {
        let snapshot = testing::snapshot();
        let mut trials = Trials::default();
        trials.take(&trial("yt", TrialState::Passed, 4_660_000));
        trials.take(&TrialStatus {
            published: false,
            ..trial("pt", TrialState::Failed, 0)
        });
        let uplink = trials.uplink(&snapshot).unwrap();
        assert_eq!((uplink.got_bps, uplink.needed_bps), (4_660_000, 4_660_000));
        assert_eq!((uplink.measured, uplink.all), (1, 2));
        assert!(uplink.is_enough, "it took all that was sent");
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
    fn a_refused_try_is_called_so_and_stands_in_the_strip() {
        let mut snapshot = testing::snapshot();
        let mut trials = Trials::default();
        let failed = TrialStatus {
            message: "the server refuses the stream: check the key".to_owned(),
            ..trial("yt", TrialState::Failed, 0)
        };
        assert_eq!(words_of(&failed).0, "not reached");
        let refused = TrialStatus {
            refused: true,
            ..failed
        };
        assert_eq!(words_of(&refused).0, "refused");
        assert_eq!(problems(&trials, &snapshot), []);
        trials.take(&refused);
        let found = problems(&trials, &snapshot);
        assert_eq!(
            found[0].text,
            "YouTube: the server refuses the stream: check the key"
        );
        snapshot.destinations[0].state = DestinationState::Connecting;
        assert_eq!(problems(&trials, &snapshot), [], "it is being sent to");
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
