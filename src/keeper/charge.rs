//! What is handed from process to process with a show: the keeper starts an engine with it, an engine
//! that lost its keeper another keeper, and that one the next engine.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::door::Place;
use crate::media::HouseClock;

/// A show in somebody's care.
#[derive(Clone, Debug)]
pub struct Charge {
    /// The show file by its full name. It may be changed, moved or gone since.
    pub show_file: PathBuf,
    /// Where the show's door is.
    pub place: Place,
    /// Every destination is started at once.
    pub stream: bool,
    /// The master is started at once.
    pub record: bool,
    /// When it ends by itself, in nanoseconds of the monotonic clock.
    pub until_ns: Option<i64>,
}

impl Charge {
    /// Adds it to a command line, in the form that the hidden commands take.
    pub(super) fn tell(&self, process: &mut Command) {
        process.arg(&self.show_file);
        process.arg("--place").arg(self.place.base());
        for (flag, wanted) in [("--stream", self.stream), ("--record", self.record)] {
            if wanted {
                process.arg(flag);
            }
        }
        if let Some(until) = self.until_ns {
            process.arg("--until").arg(until.to_string());
        }
    }

    /// The folder from which the show's relative paths are read.
    pub fn folder(&self) -> &Path {
        self.show_file.parent().unwrap_or(Path::new("/"))
    }

    /// How long it lasts from now on; `None` where it does not end by itself.
    pub(super) fn time_left(&self) -> Option<Duration> {
        let left = self.until_ns? - HouseClock::start().epoch_ns();
        Some(Duration::from_nanos(u64::try_from(left).unwrap_or(0)))
    }
}

/// The moment so long from now, in nanoseconds of the monotonic clock.
pub(super) fn moment_in(duration: Duration) -> i64 {
    let length = i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    HouseClock::start().epoch_ns().saturating_add(length)
}
