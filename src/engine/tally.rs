//! What the report counts: sources, destinations and the files of the master, over every engine that
//! the show has had.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::door::{DestinationStatus, RecordingStatus, ReportPart, Snapshot};

/// Counts, by id; of one engine, or of several together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// The sources.
    pub sources: BTreeMap<String, SourceTally>,
    /// The destinations.
    pub destinations: BTreeMap<String, DestinationTally>,
    /// The files of the master, in the order in which they were begun.
    pub parts: Vec<ReportPart>,
}

/// One source; fields as in the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in ReportSource
pub struct SourceTally {
    pub frames: u64,
    pub lost: u64,
}

/// One destination; fields as in the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in ReportDestination
pub struct DestinationTally {
    pub frames: u64,
    pub dropped: u64,
    pub reconnects: u32,
}

impl Tally {
    /// Takes the present counts of an engine from what it shows. True where another file was begun.
    pub fn see(&mut self, now: &Snapshot) -> bool {
        for source in &now.sources {
            self.see_source(&source.id, source.frames, source.lost);
        }
        for destination in &now.destinations {
            self.see_destination(destination);
        }
        self.see_recording(&now.recording)
    }

    /// As [`Self::see`], of one source.
    pub fn see_source(&mut self, id: &str, frames: u64, lost: u64) {
        let counts = SourceTally { frames, lost };
        match self.sources.get_mut(id) {
            Some(known) => *known = counts,
            None => _ = self.sources.insert(id.to_owned(), counts),
        }
    }

    /// As [`Self::see`], of one destination.
    pub fn see_destination(&mut self, now: &DestinationStatus) {
        let counts = DestinationTally {
            frames: now.frames,
            dropped: now.dropped,
            reconnects: now.reconnects,
        };
        match self.destinations.get_mut(&now.id) {
            Some(known) => *known = counts,
            None => _ = self.destinations.insert(now.id.clone(), counts),
        }
    }

    /// As [`Self::see`], of the master.
    pub fn see_recording(&mut self, now: &RecordingStatus) -> bool {
        let Some(path) = &now.path else { return false };
        match self.parts.last_mut() {
            Some(part) if part.path == *path => {
                part.frames = now.frames;
                false
            }
            _ => {
                self.parts.push(ReportPart {
                    path: path.clone(),
                    frames: now.frames,
                });
                true
            }
        }
    }

    /// This and what a later engine counted. That the later one connected to a server that this one
    /// had reached is a connection after the first, too.
    pub fn and(&self, later: &Self) -> Self {
        let mut sum = self.clone();
        for (id, more) in &later.sources {
            let source = sum.sources.entry(id.clone()).or_default();
            source.frames += more.frames;
            source.lost += more.lost;
        }
        for (id, more) in &later.destinations {
            let destination = sum.destinations.entry(id.clone()).or_default();
            let again = destination.frames > 0 && more.frames > 0;
            destination.frames += more.frames;
            destination.dropped += more.dropped;
            destination.reconnects += more.reconnects + u32::from(again);
        }
        sum.parts.extend(later.parts.iter().cloned());
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(path: &str, frames: u64) -> RecordingStatus {
        RecordingStatus {
            path: Some(path.to_owned()),
            frames,
            ..RecordingStatus::default()
        }
    }

    fn part(path: &str, frames: u64) -> ReportPart {
        ReportPart {
            path: path.to_owned(),
            frames,
        }
    }

    #[test]
    fn each_file_is_listed_once_with_its_last_count() {
        let mut tally = Tally::default();
        assert!(!tally.see_recording(&RecordingStatus::default()));
        assert!(tally.see_recording(&recording("a", 3)));
        assert!(!tally.see_recording(&recording("a", 9)));
        assert!(tally.see_recording(&recording("b", 0)));
        assert!(!tally.see_recording(&recording("b", 4)));
        assert_eq!(tally.parts, [part("a", 9), part("b", 4)]);
    }

    #[test]
    fn engines_are_summed_and_a_new_connection_counts() {
        let tally = |frames, reconnects, path: &str| {
            let mut tally = Tally::default();
            tally.see_source("cam", frames, 2);
            let counts = DestinationTally {
                frames,
                dropped: 1,
                reconnects,
            };
            tally.destinations.insert("hall".to_owned(), counts);
            tally.see_recording(&recording(path, frames));
            tally
        };
        let sum = tally(10, 1, "a").and(&tally(20, 0, "b"));
        let source = SourceTally {
            frames: 30,
            lost: 4,
        };
        assert_eq!(sum.sources["cam"], source);
        let destination = DestinationTally {
            frames: 30,
            dropped: 2,
            reconnects: 2,
        };
        assert_eq!(sum.destinations["hall"], destination);
        assert_eq!(sum.parts, [part("a", 10), part("b", 20)]);
        let never_reached = tally(0, 0, "c").and(&tally(20, 0, "d"));
        assert_eq!(never_reached.destinations["hall"].reconnects, 0);
        let read: Tally = serde_json::from_str(&serde_json::to_string(&sum).unwrap()).unwrap();
        assert_eq!(read, sum);
    }
}
