//! What happened, with the time of day: the engine's events in plain words.

use std::cell::Cell;
use std::collections::{BTreeSet, VecDeque};

use super::said::said as in_words;
use super::{lang, words};
use crate::door::{Command, Event, SoundAlarm, SourceState};

/// So many lines are kept.
const KEEP: usize = 300;
/// A refusal stays in the health strip for so many seconds.
const REFUSAL_S: f64 = 8.0;

/// One line.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The time of day.
    pub time: String,
    /// What happened.
    pub text: String,
    /// What it tells, while something of it is known by its id alone.
    nameless: Option<Event>,
}

/// The lines, the newest last.
#[derive(Debug, Default)]
pub struct Log {
    entries: VecDeque<Entry>,
    /// Sources that are lost, which was told.
    lost: BTreeSet<String>,
    refusal: Option<(String, f64)>,
}

impl Log {
    /// Takes an event. `label` gives the name of what has an id, as far as it is known: one that comes
    /// before its source is written anew by [`Self::name`].
    pub fn take(
        &mut self,
        event: &Event,
        time_of_day: &str,
        now: f64,
        label: impl Fn(&str) -> Option<String>,
    ) {
        if let Event::Error { message, .. } = event {
            self.refusal = Some((refused(&by_name(message, &label)), now));
        }
        if self.is_one_more_try(event) {
            return;
        }
        let (text, is_named) = told(event, &label);
        if let Some(text) = text {
            self.add(time_of_day, text);
            let last = self.entries.back_mut().filter(|_| !is_named);
            if let Some(entry) = last {
                entry.nameless = Some(event.clone());
            }
        }
    }

    /// Told once a frame the names there are: a line that had only an id to tell has the name from now on.
    pub fn name(&mut self, label: impl Fn(&str) -> Option<String>) {
        for entry in &mut self.entries {
            let again = entry.nameless.as_ref().map(|event| told(event, &label));
            if let Some((Some(text), true)) = again {
                (entry.text, entry.nameless) = (text, None);
            }
        }
    }

    /// Whether a source that was told to be lost is only tried again: one that is for an hour would
    /// push everything else out of the list.
    fn is_one_more_try(&mut self, event: &Event) -> bool {
        let Event::Source { id, state, .. } = event else {
            return false;
        };
        match state {
            SourceState::Lost | SourceState::Restarting => !self.lost.insert(id.clone()),
            SourceState::Connecting => self.lost.contains(id),
            SourceState::Live | SourceState::Frozen | SourceState::Ended => {
                self.lost.remove(id);
                false
            }
        }
    }

    /// Adds a line.
    pub fn add(&mut self, time_of_day: &str, text: String) {
        if self.entries.len() == KEEP {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            time: time_of_day.to_owned(),
            text,
            nameless: None,
        });
    }

    /// The lines, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev()
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The last refusal, for as long as it is worth a look.
    pub fn refusal(&self, now: f64) -> Option<&str> {
        self.refusal
            .as_ref()
            .filter(|(_, at)| now - at < REFUSAL_S)
            .map(|(text, _)| text.as_str())
    }
}

fn refused(message: &str) -> String {
    lang::with("desk-refused", &[("why", in_words(message).into())])
}

/// A message of the engine's with names where it has ids, which stand in quotation marks.
fn by_name(message: &str, label: &dyn Fn(&str) -> Option<String>) -> String {
    let parts = message.split('"').enumerate();
    let parts = parts.map(|(i, part)| match label(part).filter(|_| i % 2 == 1) {
        Some(name) => name,
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("\"")
}

/// What is told of an event, and whether all that it names has a name.
fn told(event: &Event, label: &dyn Fn(&str) -> Option<String>) -> (Option<String>, bool) {
    let is_named = Cell::new(true);
    let name = |id: &str| {
        let found = label(id);
        is_named.set(is_named.get() && found.is_some());
        found.unwrap_or_else(|| id.to_owned())
    };
    let text = sentence(event, name, |message| by_name(message, label));
    (text, is_named.get())
}

/// An event in plain words; none where it is seen on the desk anyway.
fn sentence(
    event: &Event,
    label: impl Fn(&str) -> String,
    by_name: impl Fn(&str) -> String,
) -> Option<String> {
    let with = |what: String, message: &str| {
        if message.is_empty() {
            what
        } else {
            format!("{what} – {}", in_words(message))
        }
    };
    let said = |key: &str, name: &str| lang::with(key, &[("name", name.into())]);
    let started = |on| if on { "desk-started" } else { "desk-stopped" };
    Some(match event {
        Event::Ready { show, .. } => said("desk-program-runs", show),
        Event::Done { command, .. } => match command {
            Command::Marker { label } => said("desk-marked", label),
            Command::FadeToBlack { on: true, .. } => lang::text("desk-faded"),
            Command::FadeToBlack { on: false, .. } => lang::text("desk-back-from-black"),
            Command::Hold { on: true } => lang::text("desk-slate-on"),
            Command::Hold { on: false } => lang::text("desk-slate-off"),
            Command::Stream { destination, on } => said(started(*on), &label(destination)),
            Command::StreamAll { on } => said(started(*on), &lang::text("desk-every-destination")),
            // What becomes of the recorder is said as it comes about.
            _ => return None,
        },
        Event::Error { message, .. } => refused(&by_name(message)),
        Event::Source {
            id, state, message, ..
        } => with(
            lang::pair(&label(id), &words::source_state(*state)),
            message,
        ),
        Event::Alarm { source, alarm, .. } => return alarmed(source.as_deref(), *alarm, label),
        Event::Destination {
            id, state, message, ..
        } => with(
            lang::pair(&label(id), &words::destination_state(*state)),
            message,
        ),
        Event::Recording { state, message, .. } => with(
            lang::pair(
                &lang::text("desk-the-master"),
                &words::recording_state(*state),
            ),
            message,
        ),
        Event::Transition { message } => said("desk-mix-instead", &in_words(&by_name(message))),
        Event::Title { message } | Event::Table { message } => in_words(message),
        Event::Encoder { name, message, .. } => with(said("desk-encoder", name), message),
        Event::EngineRenews { .. } => lang::text("desk-engine-renews"),
        Event::EngineLost { message } => with(lang::text("desk-engine-was-lost"), message),
        Event::Packing(packing) => return words::packing_end(packing),
        Event::Trial(_)
        | Event::Show { .. }
        | Event::Devices { .. }
        | Event::Rows { .. }
        | Event::Templates { .. }
        | Event::Media { .. }
        | Event::Encoders { .. }
        | Event::LoudnessHistory { .. }
        | Event::Tried { .. }
        | Event::Snapshot { .. }
        | Event::EventsLost { .. }
        | Event::Levels { .. }
        | Event::Loudness { .. }
        | Event::Spectrum { .. }
        | Event::Report(_) => return None,
    })
}

/// What is to be looked at in the sound; nothing, where that is over.
fn alarmed(
    source: Option<&str>,
    alarm: SoundAlarm,
    label: impl Fn(&str) -> String,
) -> Option<String> {
    let named = |key| {
        let name = source.map(&label).unwrap_or_default();
        lang::with(key, &[("name", name.into())])
    };
    let says = match (source, alarm.silent, alarm.clipping) {
        (Some(_), true, _) => named("desk-sound-silent"),
        (Some(_), false, true) => named("desk-sound-clips"),
        (None, true, _) => lang::text("desk-program-silent"),
        (None, false, true) => lang::text("desk-program-loud"),
        (_, false, false) => return None,
    };
    Some(says)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::{DestinationState, RecordingState};

    fn take(log: &mut Log, event: Event, now: f64) {
        log.take(&event, "20:41:07", now, |id| Some(format!("<{id}>")));
    }

    #[test]
    fn events_become_lines_and_switching_does_not_flood_them() {
        let mut log = Log::default();
        let cut = Event::Done {
            command: Command::Cut {},
            frame: 1,
            id: None,
        };
        take(&mut log, cut, 0.0);
        assert_eq!(log.len(), 0);
        let event = Event::Destination {
            id: "yt".to_owned(),
            state: DestinationState::Reconnecting,
            message: "closed by the server".to_owned(),
            frame: 3,
        };
        take(&mut log, event, 1.0);
        let newest = log.newest_first().next().map(|e| e.text.as_str());
        assert_eq!(newest, Some("<yt>: reconnecting – closed by the server"));
    }

    #[test]
    fn a_line_has_the_name_as_soon_as_it_is_known_and_a_refusal_too() {
        let mut log = Log::default();
        let unknown = |_: &str| None;
        let known = |id: &str| (id == "ann").then(|| "Ann Martin".to_owned());
        let event = Event::Source {
            id: "ann".to_owned(),
            state: SourceState::Live,
            message: String::new(),
            frame: 1,
        };
        log.take(&event, "20:41:07", 0.0, unknown);
        let newest = |log: &Log| log.newest_first().next().unwrap().text.clone();
        assert_eq!(newest(&log), "ann: live");
        log.name(unknown);
        assert_eq!(newest(&log), "ann: live");
        log.name(known);
        assert_eq!(newest(&log), "Ann Martin: live");
        // It has left the show since: what happened keeps its name.
        log.name(unknown);
        assert_eq!(newest(&log), "Ann Martin: live");
        let event = Event::Error {
            message: "source \"ann\" is on air: take another scene first, or say that it is meant"
                .to_owned(),
            id: None,
        };
        log.take(&event, "20:41:08", 0.0, known);
        assert!(
            newest(&log).contains("\"Ann Martin\" is on air"),
            "{}",
            newest(&log)
        );
        assert_eq!(log.refusal(0.0), Some(newest(&log).as_str()));
    }

    #[test]
    fn the_start_and_the_end_of_a_recording_are_said_once_each() {
        let mut log = Log::default();
        for (on, state) in [
            (true, RecordingState::Starting),
            (false, RecordingState::Off),
        ] {
            let before = log.len();
            let done = Event::Done {
                command: Command::Record { on },
                frame: 1,
                id: None,
            };
            take(&mut log, done, 0.0);
            let message = String::new();
            let event = Event::Recording {
                state,
                message,
                path: None,
                frame: 1,
            };
            take(&mut log, event, 0.0);
            assert_eq!(log.len(), before + 1, "{state:?}");
        }
    }

    #[test]
    fn a_source_that_is_tried_again_and_again_is_one_line() {
        let mut log = Log::default();
        let mut tell = |state| {
            let event = Event::Source {
                id: "truck".to_owned(),
                state,
                message: String::new(),
                frame: 3,
            };
            take(&mut log, event, 1.0);
            log.len()
        };
        assert_eq!(tell(SourceState::Connecting), 1);
        assert_eq!(tell(SourceState::Live), 2);
        assert_eq!(tell(SourceState::Lost), 3);
        for _ in 0..5 {
            assert_eq!(tell(SourceState::Restarting), 3);
            assert_eq!(tell(SourceState::Connecting), 3);
        }
        assert_eq!(tell(SourceState::Live), 4);
        assert_eq!(tell(SourceState::Lost), 5);
    }

    #[test]
    fn a_refusal_is_worth_a_look_for_a_moment() {
        let mut log = Log::default();
        let event = Event::Error {
            message: "no scene “x”".to_owned(),
            id: Some(4),
        };
        take(&mut log, event, 10.0);
        assert_eq!(log.refusal(17.9), Some("refused: no scene “x”"));
        assert_eq!(log.refusal(18.1), None);
    }

    #[test]
    fn old_lines_go() {
        let mut log = Log::default();
        for i in 0..KEEP + 5 {
            log.add("t", i.to_string());
        }
        assert_eq!(log.len(), KEEP);
        assert_eq!(
            log.newest_first().last().map(|e| e.text.as_str()),
            Some("5")
        );
    }
}
