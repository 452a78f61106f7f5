//! Monitor pictures: what a desk sees, at the sizes and rates it asks for. Latest only.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Command, Event, Snapshot};
use crate::media::scope::ScopeKind;

/// What a monitor shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonitorId {
    /// PGM, as it goes to the encoder.
    Program,
    /// PVW.
    Preview,
    /// A source alone, by its id, with its correction as the show has it.
    Source(String),
    /// A scene, by its id.
    Scene(String),
    /// A title, by its id, as it is taken next: over PVW.
    Title(String),
    /// A file of the media pool, by the path by which a show names it: its first picture, as a title of it
    /// would be seen over grey where it has transparency.
    File(String),
    /// The clean feed: the program without the downstream keys that are not in it.
    Clean,
    /// A scope of one of the others; there is no scope of a scope. Ten a second are plenty.
    Scope {
        /// What is measured.
        of: Box<MonitorId>,
        /// How; it says how the picture is to be read.
        kind: ScopeKind,
    },
}

/// A wish for a monitor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonitorRequest {
    /// What to show.
    pub what: MonitorId,
    /// Pixels across, even, 16 to 3840.
    pub width: u32,
    /// Pixels down, even, 16 to 2160.
    pub height: u32,
    /// At most so many pictures a second, 1 to 60.
    pub fps: u32,
}

/// A monitor picture: I420, BT.709 limited range, planes one after the other without padding.
#[derive(Clone, Debug, PartialEq)]
pub struct MonitorPicture {
    /// What it shows.
    pub what: MonitorId,
    /// Pixels across, even.
    pub width: u32,
    /// Pixels down, even.
    pub height: u32,
    /// The program frame at which it was made.
    pub frame: u64,
    /// `width · height · 3 / 2` bytes: Y, U, V.
    pub data: Vec<u8>,
}

/// The door as its users hold it: the desk, and tests that stand in for one.
pub trait Door: Send {
    /// Sends a command; its answer is an [`Event::Done`] or [`Event::Error`] with this number.
    fn send(&self, command: Command) -> u64;
    /// The newest snapshot, once one has come.
    fn snapshot(&self) -> Option<Arc<Snapshot>>;
    /// The next event, if there is one; never waits.
    fn next_event(&self) -> Option<Event>;
    /// Replaces all wishes for monitors.
    fn watch(&self, monitors: Vec<MonitorRequest>);
    /// The newest picture of a monitor; each is given at least once.
    fn monitor(&self, what: &MonitorId) -> Option<Arc<MonitorPicture>>;
    /// Whether the engine is there. A door that lost it tries to reach it again by itself.
    fn attached(&self) -> bool;
    /// What there is to say of an engine that is not there. Asks the system: not for each picture.
    fn absence(&self) -> Absence {
        Absence::default()
    }
}

/// An engine that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Somebody keeps the show, and starts the engine again.
    pub kept: bool,
    /// Where its keeper says what happened, if that is a file.
    pub log: Option<PathBuf>,
}

impl Default for Absence {
    fn default() -> Self {
        Self {
            kept: true,
            log: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_asked_for_as_any_monitor_is() {
        let text = r#"{"scope":{"of":{"source":"cam1"},"kind":"vectorscope"}}"#;
        let scope = MonitorId::Scope {
            of: Box::new(MonitorId::Source("cam1".to_owned())),
            kind: ScopeKind::Vectorscope,
        };
        assert_eq!(serde_json::to_string(&scope).unwrap(), text);
        assert_eq!(serde_json::from_str::<MonitorId>(text).unwrap(), scope);
    }
}
