//! What is wrong, in plain words with a verb, read from a snapshot; and which of it is newest.

use std::collections::BTreeMap;

use super::said::said;
use super::{lang, view::name, words};
use crate::door::{
    Absence, DestinationState, DestinationStatus, RecordingState, Snapshot, SourceState,
};

/// What is said while the engine is away: one sentence, and where to read more.
pub fn engine_away(absence: &Absence, renews: bool) -> (String, Option<String>) {
    if absence.kept && renews {
        return (lang::text("desk-engine-renews"), None);
    }
    if absence.kept {
        return (lang::text("desk-engine-lost"), None);
    }
    let log = absence.log.as_ref();
    (
        lang::text("desk-show-stopped"),
        log.map(|log| {
            let log = log.display().to_string();
            lang::with("desk-see-log", &[("log", log.into())])
        }),
    )
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it is about, the same for as long as it lasts.
    pub about: String,
    /// The sentence.
    pub text: String,
    /// What to do about it.
    pub advice: String,
}

/// Everything that is wrong, the gravest first.
pub fn find(snapshot: &Snapshot) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut add = |about: String, text: String, advice: String| {
        found.push(Problem {
            about,
            text,
            advice,
        });
    };

    let recording = &snapshot.recording;
    match recording.state {
        RecordingState::Failed => add(
            "recorder failed".to_owned(),
            with(&lang::text("desk-master-fails"), &recording.message),
            lang::text("desk-advice-disk"),
        ),
        RecordingState::Warning => add(
            "recorder warns".to_owned(),
            with(&lang::text("desk-master-warns"), &recording.message),
            lang::text("desk-advice-disk"),
        ),
        _ => {}
    }
    if !snapshot.encoder.message.is_empty() {
        add(
            "encoder".to_owned(),
            with(
                &lang::text("desk-encoder-changed"),
                &snapshot.encoder.message,
            ),
            lang::text("desk-advice-encoder"),
        );
    }
    let ill = |d: &&DestinationStatus| {
        !matches!(
            d.state,
            DestinationState::Off | DestinationState::Live | DestinationState::Connecting
        )
    };
    let ill_ones = snapshot.destinations.iter().filter(ill).count();
    let well = snapshot
        .destinations
        .iter()
        .filter(|d| d.state == DestinationState::Live)
        .count();
    for destination in snapshot.destinations.iter().filter(ill) {
        let label = name(&destination.label, &destination.id);
        // Who must act reads the reason first, and beneath it how it stands.
        let is_reason_first =
            destination.state == DestinationState::Failed && !destination.message.is_empty();
        let mut how = if is_reason_first {
            let state = words::destination_state(destination.state);
            format!("{state}, {}", next_try(destination))
        } else {
            destination_sentence(destination)
        };
        // Before the reason, which may be long and end out of sight.
        if ill_ones == 1 && well > 0 {
            how.push_str(" · ");
            how.push_str(&lang::with("desk-others-fine", &[("n", well.into())]));
        }
        let about = format!("destination {}", destination.id);
        let advice = lang::text(match destination.state {
            DestinationState::Congested => "desk-advice-slow",
            DestinationState::Failed => "desk-advice-mend",
            _ => "desk-advice-wait",
        });
        if is_reason_first {
            let why = said(&destination.message);
            let text = lang::with("desk-why", &[("name", label.into()), ("why", why.into())]);
            add(about, text, format!("{how} · {advice}"));
        } else {
            add(about, with(&how, &destination.message), advice);
        }
    }
    for source in &snapshot.sources {
        let label = name(&source.label, &source.id);
        if !source.warning.is_empty() {
            let text = lang::with("desk-source-otherwise", &[("name", label.into())]);
            add(
                format!("source {} otherwise", source.id),
                with(&text, &source.warning),
                lang::text("desk-advice-mode"),
            );
        }
        let what = match source.state {
            SourceState::Lost => "desk-source-lost",
            SourceState::Restarting => "desk-source-restarting",
            // Between two tries it is no better, and must not seem to come anew with each.
            SourceState::Connecting if source.restarts > 0 => "desk-source-restarting",
            SourceState::Frozen => "desk-source-frozen",
            SourceState::Connecting | SourceState::Live | SourceState::Ended => continue,
        };
        add(
            format!("source {}", source.id),
            with(
                &lang::with(what, &[("name", label.into())]),
                &source.message,
            ),
            lang::text("desk-advice-source"),
        );
    }
    if let Some(receiver) = &snapshot.receiver
        && !receiver.message.is_empty()
    {
        add(
            "receiver".to_owned(),
            with(&lang::text("desk-receiver-deaf"), &receiver.message),
            lang::text("desk-advice-receiver"),
        );
    }
    found
}

fn with(sentence: &str, message: &str) -> String {
    if message.is_empty() {
        sentence.to_owned()
    } else {
        format!("{sentence} – {}", said(message))
    }
}

fn destination_sentence(destination: &DestinationStatus) -> String {
    let label = name(&destination.label, &destination.id);
    let key = match destination.state {
        DestinationState::Congested => "desk-too-slow",
        DestinationState::Failed => "desk-needs-a-hand",
        _ => "desk-destination-reconnecting",
    };
    lang::with(
        key,
        &[
            ("name", label.into()),
            ("dropped", words::count(destination.dropped).into()),
            ("try", next_try(destination).into()),
        ],
    )
}

/// Whether a destination in this state waits to be tried again, or is just being tried.
pub fn is_tried_again(state: DestinationState) -> bool {
    matches!(
        state,
        DestinationState::Reconnecting | DestinationState::Failed
    )
}

/// `try 3 in 4 s`, or `try 3 now`.
pub fn next_try(destination: &DestinationStatus) -> String {
    let (key, seconds) = match destination.next_try_s {
        Some(seconds) if seconds >= 0.5 => ("desk-try-in", seconds),
        _ => ("desk-try-now", 0.0),
    };
    let seconds = format!("{seconds:.0}");
    let attempt = destination.attempt.to_string();
    lang::with(key, &[("n", attempt.into()), ("seconds", seconds.into())])
}

/// Knows since when each problem lasts, so that the newest can be shown.
#[derive(Debug, Default)]
pub struct Watch {
    since: BTreeMap<String, f64>,
}

impl Watch {
    /// Told once a frame what is wrong: the newest of it. Of two that came together it is the
    /// graver one.
    pub fn newest(&mut self, problems: &[Problem], now: f64) -> Option<Problem> {
        self.since
            .retain(|about, _| problems.iter().any(|p| p.about == *about));
        for problem in problems {
            self.since.entry(problem.about.clone()).or_insert(now);
        }
        let since = |p: &Problem| self.since.get(&p.about).copied().unwrap_or(now);
        problems
            .iter()
            .rev()
            .max_by(|a, b| since(a).total_cmp(&since(b)))
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn a_show_that_is_well_has_no_problem() {
        assert_eq!(find(&testing::snapshot()), []);
    }

    #[test]
    fn an_engine_that_nobody_starts_again_is_not_promised() {
        let (kept, more) = engine_away(&Absence::default(), false);
        assert!(kept.contains("starting it again") && more.is_none());
        let (renewed, more) = engine_away(&Absence::default(), true);
        assert!(renewed.contains("new settings") && more.is_none());
        let absence = Absence {
            kept: false,
            log: Some("/tmp/forum.log".into()),
        };
        let (stopped, more) = engine_away(&absence, true);
        assert!(stopped.contains("has stopped"), "{stopped}");
        assert_eq!(more.as_deref(), Some("what happened is in /tmp/forum.log"));
    }

    #[test]
    fn a_reconnecting_destination_says_when_it_tries_again() {
        let mut snapshot = testing::snapshot();
        snapshot.destinations[0].state = DestinationState::Live;
        let second = &mut snapshot.destinations[1];
        second.state = DestinationState::Reconnecting;
        second.attempt = 3;
        second.next_try_s = Some(4.2);
        second.message = "closed by the server".to_owned();
        let found = find(&snapshot);
        assert_eq!(
            found[0].text,
            "PeerTube: reconnecting, try 3 in 4 s · the other is fine – closed by the server"
        );
    }

    #[test]
    fn states_become_sentences() {
        let mut snapshot = testing::snapshot();
        snapshot.destinations[0].state = DestinationState::Failed;
        snapshot.destinations[0].message = "the key was refused: check it".to_owned();
        snapshot.destinations[0].attempt = 2;
        snapshot.destinations[0].next_try_s = Some(55.0);
        snapshot.sources[1].state = SourceState::Lost;
        snapshot.sources[1].message = "no signal".to_owned();
        snapshot.recording.state = RecordingState::Warning;
        snapshot.recording.message = "the disk is nearly full".to_owned();
        let texts: Vec<String> = find(&snapshot).into_iter().map(|p| p.text).collect();
        assert_eq!(
            texts,
            [
                "master: look at the disk – the disk is nearly full",
                "YouTube: the key was refused: check it",
                "Ann: is lost – no signal",
            ]
        );
    }

    #[test]
    fn when_a_destination_is_tried_again_is_said_once_and_truly() {
        let mut snapshot = testing::snapshot();
        let destination = &mut snapshot.destinations[0];
        destination.state = DestinationState::Failed;
        destination.message = "connection refused: is the server running? (a)".to_owned();
        destination.attempt = 8;
        destination.next_try_s = Some(4.0);
        let problem = find(&snapshot).remove(0);
        let why = "YouTube: connection refused: is the server running? (a)";
        assert_eq!(problem.text, why);
        assert!(problem.advice.contains("needs a hand, try 8 in 4 s"));
        assert!(!problem.advice.contains("minute"), "{}", problem.advice);
    }

    #[test]
    fn a_camera_that_gives_another_mode_is_looked_at() {
        let mut snapshot = testing::snapshot();
        snapshot.sources[0].warning = "the camera does not offer A: it gives B".to_owned();
        let found = find(&snapshot);
        assert_eq!(found.len(), 1);
        let text = "Stage: gives another picture – the camera does not offer A: it gives B";
        assert_eq!(found[0].text, text);
        assert!(found[0].advice.contains("mode"), "{}", found[0].advice);
    }

    #[test]
    fn a_source_that_is_tried_again_and_again_is_one_problem() {
        let mut snapshot = testing::snapshot();
        snapshot.sources[1].state = SourceState::Connecting;
        assert_eq!(find(&snapshot), [], "it is only coming up");
        snapshot.sources[1].restarts = 1;
        let connecting = find(&snapshot);
        snapshot.sources[1].state = SourceState::Restarting;
        assert_eq!(find(&snapshot), connecting);
        assert_eq!(connecting[0].text, "Ann: is lost and being started again");
    }

    #[test]
    fn the_newest_problem_wins_and_the_graver_of_two() {
        let problem = |about: &str| Problem {
            about: about.to_owned(),
            text: about.to_owned(),
            advice: String::new(),
        };
        let (a, b, c) = (problem("a"), problem("b"), problem("c"));
        let mut watch = Watch::default();
        assert_eq!(watch.newest(&[], 0.0), None);
        let both = [a.clone(), b.clone()];
        assert_eq!(watch.newest(&both, 1.0), Some(a.clone()));
        let all = [a.clone(), b.clone(), c.clone()];
        assert_eq!(watch.newest(&all, 2.0), Some(c.clone()));
        assert_eq!(watch.newest(&both, 3.0), Some(a.clone()), "c went");
        assert_eq!(
            watch.newest(&[b, a.clone()], 4.0).map(|p| p.about),
            Some("b".to_owned())
        );
    }
}
