//! A door that records what is sent, and a show as it is edited, for the tests of these panels.

use std::sync::{Arc, Mutex};

use crate::door::{Command, Door, Event, MonitorId, MonitorPicture, MonitorRequest, Snapshot};
use crate::show::{Layer, Pattern, Scene, Show, Source, SourceKind, parse};

/// See the module's words.
pub struct Recorder {
    snapshot: Mutex<Snapshot>,
    sent: Mutex<Vec<Command>>,
    count: Mutex<u64>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            snapshot: Mutex::new(crate::ui::testing::snapshot()),
            sent: Mutex::default(),
            count: Mutex::new(0),
        }
    }
}

impl Recorder {
    /// What was sent since the last call.
    pub fn sent(&self) -> Vec<Command> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// The state that is shown.
    pub fn state(&self) -> Snapshot {
        self.snapshot.lock().unwrap().clone()
    }

    /// Changes the state that is shown.
    pub fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.snapshot.lock().unwrap());
    }
}

impl Door for Recorder {
    fn send(&self, command: Command) -> u64 {
        self.sent.lock().unwrap().push(command);
        let mut count = self.count.lock().unwrap();
        *count += 1;
        *count
    }
    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        Some(Arc::new(self.state()))
    }
    fn next_event(&self) -> Option<Event> {
        None
    }
    fn watch(&self, _monitors: Vec<MonitorRequest>) {}
    fn monitor(&self, _what: &MonitorId) -> Option<Arc<MonitorPicture>> {
        None
    }
    fn attached(&self) -> bool {
        true
    }
}

fn source(id: &str, label: &str) -> Source {
    let text = "(version: 1, name: \"x\", sources: [(id: \"x\", kind: Test(pattern: Bars))])";
    let show = parse(std::path::Path::new("x.ron"), text).unwrap();
    Source {
        id: id.to_owned(),
        label: label.to_owned(),
        kind: SourceKind::Test {
            pattern: Pattern::Bars,
            tone_hz: None,
            beep_ms: 0,
        },
        ..show.sources[0].clone()
    }
}

/// The show that goes with the snapshot: two sources, and one scene of both.
pub fn show() -> Show {
    let text = "(version: 1, name: \"Forum\")";
    let mut show = parse(std::path::Path::new("x.ron"), text).unwrap();
    show.sources = vec![source("cam", "Stage"), source("ann", "Ann")];
    let small = Layer {
        rect: (0.55, 0.1, 0.4, 0.4),
        ..Layer::full("ann")
    };
    show.scenes = vec![Scene {
        id: "duo".to_owned(),
        label: "Duo".to_owned(),
        layers: vec![Layer::full("cam"), small],
        transition: None,
    }];
    show
}
