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

impl Air {
    /// As the engine shows it: the same in every window.
    pub fn of(snapshot: &Snapshot) -> Self {
        use DestinationState::{Congested, Failed, Live, Off, Reconnecting};
        let any = |states: &[DestinationState]| {
            let mut all = snapshot.destinations.iter();
            all.any(|destination| states.contains(&destination.state))
        };
        if any(&[Live, Congested]) {
            Self::On(snapshot.on_air_s.unwrap_or(0.0))
        } else if any(&[Reconnecting, Failed]) {
            Self::Waiting
        } else if snapshot.destinations.iter().any(|d| d.state != Off) {
            Self::Connecting
        } else {
            Self::Off
        }
    }
}

/// Whether somebody gets the program now, or a file does.
pub fn goes_out(snapshot: &Snapshot) -> bool {
    snapshot.on_air_s.is_some() || snapshot.recording_s.is_some()
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
    fn the_time_on_air_is_the_engines() {
        let mut snapshot = testing::snapshot();
        assert_eq!(Air::of(&snapshot), Air::Off);
        snapshot.destinations[0].state = DestinationState::Connecting;
        assert_eq!(Air::of(&snapshot), Air::Connecting);
        snapshot.destinations[0].state = DestinationState::Live;
        snapshot.destinations[0].live_s = 2.0;
        snapshot.on_air_s = Some(3723.0);
        assert_eq!(Air::of(&snapshot), Air::On(3723.0));
        snapshot.destinations[0].state = DestinationState::Reconnecting;
        assert_eq!(Air::of(&snapshot), Air::Waiting);
        snapshot.destinations[1].state = DestinationState::Congested;
        assert_eq!(Air::of(&snapshot), Air::On(3723.0));
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
