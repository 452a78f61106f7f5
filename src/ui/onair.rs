//! Whether the show is on air, and for how long.

use super::lang;
use crate::door::{DestinationState, RecordingState, Snapshot};

/// How the show reaches its viewers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Air {
    /// No destination is switched on.
    Off,
    /// Switched on a moment ago.
    Connecting,
    /// Switched on, but nothing arrives anywhere.
    Waiting,
    /// At least one destination is being sent to, for so many seconds.
    On(f64),
    /// Nobody knows: the engine is away.
    Unknown,
}

/// Counts the time on air over reconnections, which start each destination's own time anew.
#[derive(Debug, Default)]
pub struct AirTime {
    since: Option<f64>,
}

impl AirTime {
    /// Told once a frame.
    pub fn update(&mut self, snapshot: &Snapshot, now: f64) -> Air {
        let (mut on, mut ill) = (false, false);
        let mut longest = None;
        for destination in &snapshot.destinations {
            on |= destination.state != DestinationState::Off;
            ill |= matches!(
                destination.state,
                DestinationState::Reconnecting | DestinationState::Failed
            );
            if matches!(
                destination.state,
                DestinationState::Live | DestinationState::Congested
            ) {
                longest = Some(f64::from(destination.live_s).max(longest.unwrap_or(0.0)));
            }
        }
        if !on {
            self.since = None;
            return Air::Off;
        }
        let Some(longest) = longest else {
            return if ill { Air::Waiting } else { Air::Connecting };
        };
        let since = self.since.map_or(now - longest, |s| s.min(now - longest));
        self.since = Some(since);
        Air::On(now - since)
    }
}

/// Whether closing the window must ask first: something is switched on, or being recorded.
pub fn must_ask(snapshot: &Snapshot) -> bool {
    snapshot
        .destinations
        .iter()
        .any(|d| d.state != DestinationState::Off)
        || snapshot.recording.state != RecordingState::Off
}

/// What is on, for the question at the end: "YouTube and PeerTube are on air. The master is being
/// recorded."
pub fn what_is_on(snapshot: &Snapshot) -> String {
    let named = |wanted: fn(DestinationState) -> bool| -> Vec<&str> {
        let on = snapshot.destinations.iter().filter(|d| wanted(d.state));
        on.map(|d| super::view::name(&d.label, &d.id)).collect()
    };
    let arrives = |state| matches!(state, DestinationState::Live | DestinationState::Congested);
    let is_tried = |state| {
        matches!(
            state,
            DestinationState::Connecting
                | DestinationState::Reconnecting
                | DestinationState::Failed
        )
    };
    let mut parts = Vec::new();
    for (names, what) in [
        (named(arrives), "desk-are-on-air"),
        (named(is_tried), "desk-are-not-reached"),
    ] {
        let all = match &names[..] {
            [] => continue,
            [one] => (*one).to_owned(),
            [first @ .., last] => {
                let first = first.join(", ");
                lang::with(
                    "desk-and",
                    &[("first", first.into()), ("last", (*last).into())],
                )
            }
        };
        let values = [("n", names.len().into()), ("names", all.into())];
        parts.push(lang::with(what, &values));
    }
    match snapshot.recording.state {
        RecordingState::Off => {}
        RecordingState::Failed => parts.push(lang::text("desk-master-not-written")),
        _ => parts.push(lang::text("desk-master-recorded")),
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn the_time_on_air_runs_on_over_a_reconnection() {
        let mut snapshot = testing::snapshot();
        let mut air = AirTime::default();
        assert_eq!(air.update(&snapshot, 10.0), Air::Off);
        snapshot.destinations[0].state = DestinationState::Connecting;
        assert_eq!(air.update(&snapshot, 11.0), Air::Connecting);
        snapshot.destinations[0].state = DestinationState::Live;
        snapshot.destinations[0].live_s = 60.0;
        assert_eq!(
            air.update(&snapshot, 12.0),
            Air::On(60.0),
            "a desk that came late"
        );
        snapshot.destinations[0].state = DestinationState::Reconnecting;
        assert_eq!(air.update(&snapshot, 13.0), Air::Waiting);
        snapshot.destinations[0].state = DestinationState::Live;
        snapshot.destinations[0].live_s = 0.0;
        assert_eq!(air.update(&snapshot, 15.0), Air::On(63.0));
        snapshot.destinations[0].state = DestinationState::Off;
        assert_eq!(air.update(&snapshot, 16.0), Air::Off);
    }

    #[test]
    fn what_is_on_is_named() {
        let mut snapshot = testing::snapshot();
        assert!(!must_ask(&snapshot));
        snapshot.destinations[0].state = DestinationState::Congested;
        snapshot.destinations[1].state = DestinationState::Live;
        snapshot.recording.state = RecordingState::Recording;
        assert!(must_ask(&snapshot));
        assert_eq!(
            what_is_on(&snapshot),
            "YouTube and PeerTube are on air. The master is being recorded."
        );
        snapshot.destinations[0].state = DestinationState::Failed;
        snapshot.recording.state = RecordingState::Failed;
        assert!(must_ask(&snapshot));
        assert_eq!(
            what_is_on(&snapshot),
            "PeerTube is on air. YouTube is switched on but not reached. \
             The master cannot be written."
        );
    }
}
