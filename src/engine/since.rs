//! Since when the program is on air and the master is being written: one time for every desk, over
//! reconnections, over the files of the master and over the engine itself.

use serde::{Deserialize, Serialize};

use crate::door::{DestinationState, DestinationStatus, RecordingState, RecordingStatus};

/// Both moments, in nanoseconds of the monotonic clock's own time; none where it is not so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    on_air_ns: Option<i64>,
    recording_ns: Option<i64>,
}

impl Since {
    /// Sees how the destinations do at `now`. While one is asked for, the time runs from the first
    /// that was reached; when none is any more, it is over.
    pub fn see_destinations(&mut self, asked: bool, all: &[DestinationStatus], now: i64) {
        let is_reached = |d: &&DestinationStatus| {
            matches!(
                d.state,
                DestinationState::Live | DestinationState::Congested
            )
        };
        let reached = all.iter().filter(is_reached).map(|d| d.live_s);
        see(&mut self.on_air_ns, asked, reached.reduce(f32::max), now);
    }

    /// Sees how the recorder does at `now`. While it is asked for, the time runs from its first file;
    /// when it is stopped, it is over.
    pub fn see_recording(&mut self, asked: bool, recording: &RecordingStatus, now: i64) {
        let writes = matches!(
            recording.state,
            RecordingState::Recording | RecordingState::Warning
        );
        let length = writes.then_some(recording.length_s);
        see(&mut self.recording_ns, asked, length, now);
    }

    /// Seconds on air at `now`.
    pub fn on_air_s(&self, now: i64) -> Option<f64> {
        self.on_air_ns.map(|since| seconds(now - since))
    }

    /// Seconds of recording at `now`.
    pub fn recording_s(&self, now: i64) -> Option<f64> {
        self.recording_ns.map(|since| seconds(now - since))
    }
}

fn see(since: &mut Option<i64>, asked: bool, so_far_s: Option<f32>, now: i64) {
    if !asked {
        *since = None;
    } else if let (None, Some(so_far)) = (*since, so_far_s) {
        *since = Some(now - (f64::from(so_far) * 1e9) as i64);
    }
}

fn seconds(ns: i64) -> f64 {
    ns.max(0) as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    fn destination(state: DestinationState, live_s: f32) -> DestinationStatus {
        DestinationStatus {
            state,
            live_s,
            ..DestinationStatus::default()
        }
    }

    #[test]
    fn the_time_on_air_runs_on_over_a_reconnection_and_a_new_engine() {
        use DestinationState::{Connecting, Live, Off, Reconnecting};
        let mut since = Since::default();
        let off = destination(Off, 0.0);
        since.see_destinations(true, &[destination(Connecting, 0.0), off.clone()], 10 * S);
        assert_eq!(since.on_air_s(11 * S), None, "nothing is reached yet");
        since.see_destinations(true, &[destination(Live, 0.5), off.clone()], 12 * S);
        assert_eq!(since.on_air_s(12 * S), Some(0.5));
        since.see_destinations(true, &[destination(Reconnecting, 0.0), off.clone()], 20 * S);
        assert_eq!(since.on_air_s(20 * S), Some(8.5));
        // The next engine's destinations are off for a moment, though they are asked for.
        let text = serde_json::to_string(&since).unwrap();
        let mut next: Since = serde_json::from_str(&text).unwrap();
        next.see_destinations(true, &[off.clone(), off.clone()], 22 * S);
        next.see_destinations(true, &[destination(Live, 0.0), off.clone()], 24 * S);
        assert_eq!(next.on_air_s(24 * S), Some(12.5));
        next.see_destinations(false, &[destination(Live, 2.0), off.clone()], 26 * S);
        assert_eq!(next.on_air_s(26 * S), None);
        next.see_destinations(true, &[destination(Live, 1.0), off], 30 * S);
        assert_eq!(next.on_air_s(31 * S), Some(2.0));
    }

    #[test]
    fn the_time_recorded_runs_on_over_the_files_of_one_recording() {
        let recording = |state, length_s| RecordingStatus {
            state,
            length_s,
            ..RecordingStatus::default()
        };
        let mut since = Since::default();
        since.see_recording(true, &recording(RecordingState::Starting, 0.0), 5 * S);
        assert_eq!(since.recording_s(5 * S), None);
        since.see_recording(true, &recording(RecordingState::Recording, 1.0), 8 * S);
        assert_eq!(since.recording_s(9 * S), Some(2.0));
        since.see_recording(true, &recording(RecordingState::Warning, 0.2), 17 * S);
        assert_eq!(since.recording_s(17 * S), Some(10.0), "another file");
        since.see_recording(false, &recording(RecordingState::Recording, 1.2), 18 * S);
        assert_eq!(since.recording_s(18 * S), None);
    }
}
