//! What is wrong, in plain words with a verb, read from a snapshot; and which of it comes first.

use std::collections::BTreeMap;

use super::said::said;
use super::{alarms, lang, onair, view::name, words};
use crate::door::{
    Absence, DestinationState, DestinationStatus, Origin, RecordingState, Snapshot, SourceState,
    SourceStatus, Tally,
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
    /// It is on air or in the recording at this moment: it comes before all that isn't.
    pub grave: bool,
}

/// Everything that is wrong.
pub fn find(snapshot: &Snapshot) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut add = |about: String, text: String, advice: String, grave: bool| {
        found.push(Problem {
            about,
            text,
            advice,
            grave,
        });
    };

    if onair::goes_out(snapshot) && snapshot.program.is_empty() && !snapshot.hold {
        add(
            "program".to_owned(),
            lang::text("desk-program-empty"),
            lang::text("desk-advice-take"),
            true,
        );
    }
    alarms::find(snapshot, &mut add);
    let transition = &snapshot.transition;
    if !transition.message.is_empty() && !transition.reads {
        add(
            "transition".to_owned(),
            with(&lang::text("desk-auto-mixes"), &transition.message),
            lang::text("desk-advice-transition"),
            false,
        );
    }
    let recording = &snapshot.recording;
    match recording.state {
        RecordingState::Failed => add(
            "recorder failed".to_owned(),
            with(&lang::text("desk-master-fails"), &recording.message),
            lang::text("desk-advice-disk"),
            true,
        ),
        RecordingState::Warning => add(
            "recorder warns".to_owned(),
            with(&lang::text("desk-master-warns"), &recording.message),
            lang::text("desk-advice-disk"),
            false,
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
            false,
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
        // Nobody gets the program, but for those who may get it late.
        let grave = well == 0 && destination.state != DestinationState::Congested;
        let about = format!("destination {}", destination.id);
        let advice = lang::text(match destination.state {
            DestinationState::Congested => "desk-advice-slow",
            DestinationState::Failed => "desk-advice-mend",
            _ => "desk-advice-wait",
        });
        if is_reason_first {
            let why = said(&destination.message);
            let text = lang::with("desk-why", &[("name", label.into()), ("why", why.into())]);
            add(about, text, format!("{advice} · {how}"), grave);
        } else {
            add(about, with(&how, &destination.message), advice, grave);
        }
    }
    for source in &snapshot.sources {
        let label = name(&source.label, &source.id);
        if !source.warning.is_empty() {
            // Of a camera it is its mode, of a clip its end.
            let (what, advice) = match source.clip {
                Some(_) => ("desk-source-short", "desk-advice-whole"),
                None => ("desk-source-otherwise", "desk-advice-mode"),
            };
            let text = lang::with(what, &[("name", label.into())]);
            add(
                format!("source {} otherwise", source.id),
                with(&text, &source.warning),
                lang::text(advice),
                false,
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
        let on_air = source.tally == Tally::Program;
        add(
            format!("source {}", source.id),
            with(
                &lang::with(what, &[("name", label.into())]),
                &source.message,
            ),
            source_advice(source, on_air),
            on_air || source.heard,
        );
    }
    if let Some(receiver) = &snapshot.receiver
        && !receiver.message.is_empty()
    {
        add(
            "receiver".to_owned(),
            with(&lang::text("desk-receiver-deaf"), &receiver.message),
            lang::text("desk-advice-receiver"),
            false,
        );
    }
    found
}

/// What to do about a source that gives nothing: where it is on air, the program comes first.
fn source_advice(source: &SourceStatus, on_air: bool) -> String {
    let mend = lang::text(match source.origin {
        Origin::Camera => "desk-advice-camera",
        Origin::File => "desk-advice-file",
        Origin::Network => "desk-advice-network",
        Origin::SoundCard => "desk-advice-sound-card",
        Origin::Test => "desk-advice-restart",
    });
    if on_air {
        lang::with("desk-advice-on-air", &[("mend", mend.into())])
    } else {
        mend
    }
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

/// A problem, and the time of day at which it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// What is wrong.
    pub problem: Problem,
    /// Since when.
    pub since: String,
}

/// Knows since when each problem lasts, so that the one to look at comes first.
#[derive(Debug, Default)]
pub struct Watch {
    /// When in seconds, and the time of day.
    since: BTreeMap<String, (f64, String)>,
}

impl Watch {
    /// Told once a frame what is wrong: that again, what is grave before the rest, and of either the
    /// newest before the older.
    pub fn order(&mut self, problems: Vec<Problem>, now: f64, time_of_day: &str) -> Vec<Lasting> {
        self.since
            .retain(|about, _| problems.iter().any(|p| p.about == *about));
        let mut known: Vec<(f64, Lasting)> = Vec::with_capacity(problems.len());
        for problem in problems {
            let new = || (now, time_of_day.to_owned());
            let (at, since) = self.since.entry(problem.about.clone()).or_insert_with(new);
            let since = since.clone();
            known.push((*at, Lasting { problem, since }));
        }
        // What came together keeps its order.
        known.sort_by(|(a, left), (b, right)| {
            let graver = right.problem.grave.cmp(&left.problem.grave);
            graver.then(b.total_cmp(a))
        });
        known.into_iter().map(|(_, lasting)| lasting).collect()
    }
}

/// What the desk has to say of trouble at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The engine is away, in a sentence.
    pub away: Option<String>,
    /// What was refused a moment ago.
    pub refusal: Option<String>,
    /// All that is wrong, the foremost first.
    pub problems: Vec<Lasting>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::ClipStatus;
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
    fn a_transition_that_cannot_be_had_is_told_unless_it_is_only_being_read() {
        let mut snapshot = testing::snapshot();
        snapshot.transition.message = "the wipe \"mine\" is still being read".to_owned();
        snapshot.transition.reads = true;
        assert_eq!(find(&snapshot), []);
        snapshot.transition.reads = false;
        snapshot.transition.message = "there is no wipe \"mine\"".to_owned();
        let found = find(&snapshot);
        let text = "AUTO makes a mix – there is no wipe \"mine\"";
        assert_eq!((found.len(), found[0].text.as_str()), (1, text));
        assert!(!found[0].grave && found[0].advice.contains("Choose"));
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
    fn a_clip_that_ended_too_early_is_looked_at_in_its_own_words() {
        let mut snapshot = testing::snapshot();
        snapshot.sources[0].state = SourceState::Ended;
        snapshot.sources[0].warning =
            "it ended at 4.2 s, though its file says 12.0 s: is the file whole?".to_owned();
        snapshot.sources[0].clip = Some(ClipStatus::default());
        let found = find(&snapshot);
        assert_eq!(found.len(), 1);
        assert!(
            found[0]
                .text
                .starts_with("Stage: ended too early – it ended at 4.2 s")
        );
        assert!(
            found[0].advice.contains("whole file"),
            "{}",
            found[0].advice
        );
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
    fn a_source_on_air_comes_first_and_says_what_to_do_at_once() {
        let mut snapshot = testing::snapshot();
        let mut watch = Watch::default();
        snapshot.destinations[0].state = DestinationState::Live;
        snapshot.sources[0].state = SourceState::Lost;
        snapshot.sources[0].origin = Origin::Camera;
        watch.order(find(&snapshot), 1.0, "20:00:01");
        snapshot.destinations[1].state = DestinationState::Reconnecting;
        let known = watch.order(find(&snapshot), 2.0, "20:00:02");
        let first = &known[0];
        assert!(first.problem.text.starts_with("Stage"), "{known:?}");
        assert!(first.problem.advice.starts_with("Cut away"));
        assert!(first.problem.advice.contains("cable"), "{known:?}");
        assert_eq!(first.since, "20:00:01");
        assert_eq!(known[1].since, "20:00:02");

        // Heard alone, it can't be cut away from.
        snapshot.sources[0].tally = Tally::Off;
        let known = watch.order(find(&snapshot), 3.0, "20:00:03");
        assert!(known[0].problem.text.starts_with("Stage"), "{known:?}");
        assert!(known[0].problem.advice.starts_with("Check"), "{known:?}");

        // Off air it waits behind what is newer.
        snapshot.sources[0].heard = false;
        let known = watch.order(find(&snapshot), 3.0, "20:00:03");
        assert!(known[0].problem.text.starts_with("PeerTube"), "{known:?}");
        let advice = &known[1].problem.advice;
        assert!(!advice.contains("Cut") && advice.contains("cable"));
    }

    #[test]
    fn advice_is_about_what_the_source_is() {
        let mut snapshot = testing::snapshot();
        snapshot.sources[1].state = SourceState::Lost;
        let mut all = std::collections::BTreeSet::new();
        let origins = [
            Origin::Test,
            Origin::File,
            Origin::Camera,
            Origin::Network,
            Origin::SoundCard,
        ];
        for origin in origins {
            snapshot.sources[1].origin = origin;
            all.insert(find(&snapshot).remove(0).advice);
        }
        assert_eq!(all.len(), origins.len(), "{all:?}");
    }

    #[test]
    fn a_program_that_nobody_gets_is_grave() {
        let mut snapshot = testing::snapshot();
        snapshot.destinations[0].state = DestinationState::Live;
        snapshot.destinations[1].state = DestinationState::Failed;
        assert!(!find(&snapshot)[0].grave);
        snapshot.destinations[0].state = DestinationState::Reconnecting;
        assert!(find(&snapshot).iter().all(|p| p.grave));
    }

    #[test]
    fn what_is_grave_comes_first_then_the_newest_and_what_came_together_stays() {
        let problem = |about: &str, grave| Problem {
            about: about.to_owned(),
            text: about.to_owned(),
            advice: String::new(),
            grave,
        };
        let (a, b, c) = (
            problem("a", false),
            problem("b", false),
            problem("c", false),
        );
        let mut watch = Watch::default();
        let mut order = |problems: &[&Problem], now: f64| {
            let problems = problems.iter().map(|p| (*p).clone()).collect();
            let known = watch.order(problems, now, "20:41:07");
            let about = known.iter().map(|k| k.problem.about.as_str());
            about.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(order(&[], 0.0), "");
        assert_eq!(order(&[&a, &b], 1.0), "a b");
        assert_eq!(order(&[&a, &b, &c], 2.0), "c a b");
        assert_eq!(order(&[&a, &b], 3.0), "a b", "c went");
        assert_eq!(order(&[&a, &b, &c], 4.0), "c a b", "and came again");
        let grave = problem("a", true);
        assert_eq!(order(&[&grave, &b, &c], 5.0), "a c b");
    }
}
