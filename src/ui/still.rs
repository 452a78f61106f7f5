//! Whether a window would look otherwise than when it was painted last. A show that stands still, a
//! slide before the show begins, is not painted thirty times a second; its numbers change at the
//! window's own quiet pace.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::meters::BOTTOM_DB;
use crate::door::{Level, Loudness, MonitorId, MonitorPicture, Snapshot};

/// A meter that nothing feeds any more has come down after so many seconds: 60 dB at 20 dB in 1.7 s.
const FALL_S: f64 = 5.5;

/// What was painted last. Times in seconds.
#[derive(Debug, Default)]
pub struct Still {
    snapshot: Option<Snapshot>,
    pictures: BTreeMap<MonitorId, Arc<MonitorPicture>>,
    heard: Option<f64>,
}

impl Still {
    /// Whether this looks otherwise than what was told the last time. `pictures` are the newest of the
    /// monitors that are seen.
    pub fn changed(
        &mut self,
        snapshot: &Snapshot,
        pictures: Vec<Arc<MonitorPicture>>,
        now: f64,
    ) -> bool {
        if is_heard(snapshot) {
            self.heard = Some(now);
        }
        let mut changed = self.heard.is_some_and(|heard| now - heard < FALL_S);
        let plain = plain(snapshot);
        if self.snapshot.as_ref() != Some(&plain) {
            self.snapshot = Some(plain);
            changed = true;
        }
        let before = std::mem::take(&mut self.pictures);
        changed |= before.len() != pictures.len();
        for picture in pictures {
            let same = before
                .get(&picture.what)
                .is_some_and(|old| Arc::ptr_eq(old, &picture) || alike(old, &picture));
            changed |= !same;
            self.pictures.insert(picture.what.clone(), picture);
        }
        changed
    }
}

/// Whether two pictures look alike, though they are of two frames.
fn alike(a: &MonitorPicture, b: &MonitorPicture) -> bool {
    (a.width, a.height) == (b.width, b.height) && a.data == b.data
}

fn is_heard(snapshot: &Snapshot) -> bool {
    let levels = snapshot.sources.iter().map(|source| &source.level);
    let mut levels = levels.chain([&snapshot.program_level]);
    levels.any(|level| level.peak_db.iter().any(|&db| db > BOTTOM_DB))
}

/// A snapshot without what runs on by itself.
fn plain(snapshot: &Snapshot) -> Snapshot {
    let mut plain = snapshot.clone();
    plain.frame = 0;
    plain.uptime_s = 0.0;
    plain.on_air_s = None;
    plain.recording_s = None;
    plain.program_level = Level::default();
    plain.loudness = Loudness::default();
    plain.counters = Default::default();
    plain.health = Default::default();
    plain.receiver = None;
    plain.encoder.bitrate_bps = 0;
    for source in &mut plain.sources {
        source.level = Level::default();
        (source.frames, source.lost) = (0, 0);
        (source.repeated, source.dropped) = (0, 0);
        (source.drift_ppm, source.av_offset_ms) = (0.0, 0.0);
        (source.jitter_ms, source.held_ms) = (0.0, 0.0);
    }
    for destination in &mut plain.destinations {
        (destination.bitrate_bps, destination.backlog_ms) = (0, 0);
        (destination.frames, destination.dropped) = (0, 0);
        (destination.live_s, destination.next_try_s) = (0.0, None);
    }
    let recording = &mut plain.recording;
    (recording.length_s, recording.time_left_s) = (0.0, None);
    (recording.bytes, recording.frames) = (0, 0);
    (recording.dropped, recording.free_bytes) = (0, 0);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::Tally;
    use crate::ui::testing;

    fn picture(frame: u64, grey: u8) -> Arc<MonitorPicture> {
        Arc::new(MonitorPicture {
            what: MonitorId::Program,
            width: 16,
            height: 16,
            frame,
            data: vec![grey; 384],
        })
    }

    #[test]
    fn only_what_is_seen_counts() {
        let mut snapshot = testing::snapshot();
        let mut still = Still::default();
        assert!(
            still.changed(&snapshot, vec![picture(1, 16)], 0.0),
            "the first"
        );
        snapshot.frame += 1;
        snapshot.counters.frames += 1;
        snapshot.health.tick_ms = 4.0;
        snapshot.sources[0].frames += 1;
        assert!(!still.changed(&snapshot, vec![picture(2, 16)], 0.1));
        assert!(still.changed(&snapshot, vec![picture(3, 17)], 0.2));
        assert!(!still.changed(&snapshot, vec![picture(4, 17)], 0.3));
        snapshot.scenes[0].tally = Tally::Preview;
        assert!(still.changed(&snapshot, vec![picture(5, 17)], 0.4));
        assert!(still.changed(&snapshot, Vec::new(), 0.5));
        assert!(!still.changed(&snapshot, Vec::new(), 0.6));
    }

    #[test]
    fn a_meter_is_painted_until_it_has_come_down() {
        let mut snapshot = testing::snapshot();
        let mut still = Still::default();
        still.changed(&snapshot, Vec::new(), 0.0);
        snapshot.sources[1].level.peak_db = [-100.0, -20.0];
        assert!(still.changed(&snapshot, Vec::new(), 1.0));
        snapshot.sources[1].level.peak_db = [-100.0; 2];
        assert!(still.changed(&snapshot, Vec::new(), 6.0));
        assert!(!still.changed(&snapshot, Vec::new(), 7.0));
    }
}
