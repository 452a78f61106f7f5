//! A door without an engine: it notes what is sent and asked for, and its state, its pictures and what it
//! says are the test's own. For a test of the window, which has `door`, `media` and `show` at its root.

#![allow(dead_code)] // each test binary uses its own share

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use regie::door::{
    Absence, Command, Door, Event, MonitorId, MonitorPicture, MonitorRequest, Snapshot,
};
use regie::show::Show;

#[path = "../../src/ui/testing.rs"]
pub mod testing;

/// See the module's words.
#[derive(Default)]
pub struct FakeDoor {
    snapshot: Mutex<Option<Snapshot>>,
    sent: Mutex<Vec<Command>>,
    last: AtomicU64,
    events: Mutex<Vec<Event>>,
    watched: Mutex<Vec<Vec<MonitorRequest>>>,
    pictures: Mutex<BTreeMap<MonitorId, Arc<MonitorPicture>>>,
    given: Mutex<Option<Arc<Show>>>,
    gone: AtomicBool,
    absence: Mutex<Absence>,
}

impl Door for FakeDoor {
    fn send(&self, command: Command) -> u64 {
        let given = self.given.lock().unwrap().clone();
        if let Some(show) = given.filter(|_| command == (Command::Show {})) {
            // The newest is heard first.
            self.say(Event::Done {
                command: command.clone(),
                frame: 1,
                id: Some(self.last() + 1),
            });
            self.say(Event::Show {
                revision: 0,
                show,
                file: None,
            });
        }
        self.sent.lock().unwrap().push(command);
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }
    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.lock().unwrap().clone().map(Arc::new)
    }
    fn next_event(&self) -> Option<Event> {
        self.events.lock().unwrap().pop()
    }
    fn watch(&self, monitors: Vec<MonitorRequest>) {
        self.watched.lock().unwrap().push(monitors);
    }
    fn monitor(&self, what: &MonitorId) -> Option<Arc<MonitorPicture>> {
        self.pictures.lock().unwrap().get(what).cloned()
    }
    fn attached(&self) -> bool {
        !self.gone.load(Ordering::Relaxed)
    }
    fn absence(&self) -> Absence {
        self.absence.lock().unwrap().clone()
    }
}

impl FakeDoor {
    /// Of a show with two sources, three scenes and two destinations, all well and off air.
    pub fn new() -> Arc<Self> {
        Self::showing(testing::snapshot())
    }

    /// The same with something else about it.
    pub fn with(change: impl FnOnce(&mut Snapshot)) -> Arc<Self> {
        let door = Self::new();
        door.change(change);
        door
    }

    /// Of a show in this state.
    pub fn showing(snapshot: Snapshot) -> Arc<Self> {
        let door = Self::default();
        *door.snapshot.lock().unwrap() = Some(snapshot);
        Arc::new(door)
    }

    /// Whoever asks for the show is given this one.
    pub fn gives(&self, show: Show) {
        *self.given.lock().unwrap() = Some(Arc::new(show));
    }

    /// Changes the state.
    pub fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        change(self.snapshot.lock().unwrap().as_mut().expect("a state"));
    }

    /// What was sent since the last call.
    pub fn sent(&self) -> Vec<Command> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// Whether this was sent since the last call of [`FakeDoor::sent`].
    pub fn has_sent(&self, command: &Command) -> bool {
        self.sent.lock().unwrap().contains(command)
    }

    /// The number of the command that was sent last.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::Relaxed)
    }

    /// Says something.
    pub fn say(&self, event: Event) {
        self.events.lock().unwrap().push(event);
    }

    /// Answers the command that was sent last.
    pub fn answer(&self, answer: Result<Command, &str>) {
        let id = Some(self.last());
        self.say(match answer {
            Ok(command) => Event::Done {
                command,
                frame: 1,
                id,
            },
            Err(message) => Event::Error {
                message: message.to_owned(),
                id,
            },
        });
    }

    /// How often monitors were asked for.
    pub fn wishes(&self) -> usize {
        self.watched.lock().unwrap().len()
    }

    /// The monitors that were asked for last.
    pub fn watched(&self) -> Vec<MonitorRequest> {
        let all = self.watched.lock().unwrap();
        all.last().cloned().unwrap_or_default()
    }

    /// How this monitor was asked for last.
    pub fn wish(&self, what: &MonitorId) -> Option<MonitorRequest> {
        self.watched().into_iter().find(|wish| wish.what == *what)
    }

    /// Shows a picture on its monitor.
    pub fn show(&self, picture: MonitorPicture) {
        let mut all = self.pictures.lock().unwrap();
        all.insert(picture.what.clone(), Arc::new(picture));
    }

    /// Shows one colour on a monitor, in Y, Cb and Cr.
    pub fn paint(&self, what: MonitorId, frame: u64, [y, u, v]: [u8; 3]) {
        let (width, height) = (64, 36);
        let pixels = (width * height) as usize;
        let mut data = vec![y; pixels];
        data.extend(vec![u; pixels / 4]);
        data.extend(vec![v; pixels / 4]);
        self.show(MonitorPicture {
            what,
            width,
            height,
            frame,
            data,
        });
    }

    /// Goes away, or comes back.
    pub fn attach(&self, there: bool) {
        self.gone.store(!there, Ordering::Relaxed);
    }

    /// What is known of the engine while it is away.
    pub fn is_away(&self, absence: Absence) {
        *self.absence.lock().unwrap() = absence;
    }
}
