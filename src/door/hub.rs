//! The door inside the engine's process: where every client's commands come in, and from where
//! snapshots, events and monitor pictures go out. A client that does not listen holds up nobody.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};

use super::board::MonitorBoard;
use super::{
    Command, DestinationState, Door, Event, MonitorId, MonitorPicture, MonitorRequest,
    RecordingState, Snapshot, SourceState,
};

/// Events that may wait for a client; one that is further behind loses the newest.
const EVENTS: usize = 4096;

/// Commands that may wait for the tick; who sends more than it takes is held up.
const COMMANDS: usize = 1024;

/// Errands that may wait for the scout; what is more is refused.
const ERRANDS: usize = 16;

/// The answer to a command that reaches an engine which another takes the place of.
pub const SAY_IT_AGAIN: &str = "the engine is being started again: say it once more";

/// So many events answer one editing command at most.
const ANSWERS: usize = 2;

/// A command on its way to the tick.
#[derive(Debug)]
pub struct Ask {
    /// What is asked.
    pub command: Command,
    /// The number that the answer carries.
    pub id: u64,
    /// Where the answer goes.
    pub answer: Sender<Event>,
}

/// Where commands come out of a hub.
#[derive(Debug)]
pub struct Lines {
    /// The tick's.
    pub asked: Receiver<Ask>,
    /// The editor's.
    pub edited: Receiver<Ask>,
    /// The scout's.
    pub scouted: Receiver<Ask>,
    /// Those for readings.
    pub read: Receiver<Ask>,
}

#[derive(Default)]
struct Subscribers {
    list: Vec<Sender<Event>>,
    /// Said to each who comes later, so that everybody hears it once.
    ready: Option<Event>,
    /// Said when the show had ended, or another engine was to take it over. Who comes after it hears it
    /// alone.
    last: Option<Event>,
    /// Everything has been said.
    closed: bool,
}

impl Subscribers {
    fn say(&mut self, event: &Event) {
        self.list.retain(|subscriber| {
            !matches!(
                subscriber.try_send(event.clone()),
                Err(TrySendError::Disconnected(_))
            )
        });
    }
}

/// See the module's words.
pub struct Hub {
    commands: Sender<Ask>,
    edits: Sender<Ask>,
    errands: Sender<Ask>,
    readings: Sender<Ask>,
    said: Sender<Event>,
    snapshot: ArcSwapOption<Snapshot>,
    subscribers: Mutex<Subscribers>,
    board: Arc<MonitorBoard>,
    clients: AtomicU64,
}

impl Hub {
    /// A hub, and where the tick, the editor and the scout take their commands. Ends its thread when
    /// the last handle is gone.
    pub fn start() -> std::io::Result<(Arc<Self>, Lines)> {
        let (commands, asked) = bounded(COMMANDS);
        let (edits, edited) = bounded(COMMANDS);
        let (errands, scouted) = bounded(ERRANDS);
        let (readings, read) = bounded(COMMANDS);
        let (said, heard) = unbounded::<Event>();
        let hub = Arc::new(Self {
            commands,
            edits,
            errands,
            readings,
            said,
            snapshot: ArcSwapOption::empty(),
            subscribers: Mutex::default(),
            board: Arc::default(),
            clients: AtomicU64::new(0),
        });
        let weak = Arc::downgrade(&hub);
        std::thread::Builder::new()
            .name("events".to_owned())
            .spawn(move || {
                while let Ok(event) = heard.recv() {
                    let Some(hub) = weak.upgrade() else { return };
                    let mut subscribers = hub.lock();
                    if matches!(event, Event::Ready { .. }) {
                        subscribers.ready = Some(event.clone());
                    }
                    if matches!(event, Event::Report(_)) {
                        subscribers.last = Some(event.clone());
                    }
                    subscribers.say(&event);
                }
            })?;
        let lines = Lines {
            asked,
            edited,
            scouted,
            read,
        };
        Ok((hub, lines))
    }

    /// Says something to every client. Never waits.
    pub fn say(&self, event: Event) {
        let _ = self.said.send(event);
    }

    /// Shows a new state. Never waits.
    pub fn publish(&self, snapshot: Arc<Snapshot>) {
        self.snapshot.store(Some(snapshot));
    }

    /// The newest state.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.load_full()
    }

    /// The monitor pictures.
    pub fn board(&self) -> &Arc<MonitorBoard> {
        &self.board
    }

    /// Waits, but not long, until every client has heard the report and left.
    pub fn wait_for_clients(&self, patience: Duration) {
        let until = Instant::now() + patience;
        while !self.lock().list.is_empty() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Says to every client that another engine takes the show over, before anything that is answered
    /// from now on: what is said after the answer is said to that one.
    pub fn make_way(&self, message: String) {
        let event = Event::EngineRenews { message };
        let mut subscribers = self.lock();
        subscribers.say(&event);
        subscribers.last = Some(event);
    }

    /// Whether another engine is to take the show over.
    pub fn makes_way(&self) -> bool {
        matches!(self.lock().last, Some(Event::EngineRenews { .. }))
    }

    /// Whether the last has been said, but for answers.
    pub fn has_ended(&self) -> bool {
        self.lock().last.is_some()
    }

    /// Lets every client go that has read what was said to it.
    pub fn close(&self) {
        self.lock().closed = true;
    }

    /// Whether clients are let go.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Why a command is carried out no more.
    fn farewell(&self) -> String {
        if self.makes_way() {
            SAY_IT_AGAIN.to_owned()
        } else {
            "the show has ended".to_owned()
        }
    }

    /// A new client's door.
    pub fn door(self: &Arc<Self>) -> LocalDoor {
        let (answers, events) = bounded(EVENTS);
        let mut subscribers = self.lock();
        if let Some(last) = &subscribers.last {
            let _ = answers.try_send(last.clone());
        } else if let Some(ready) = &subscribers.ready {
            let _ = answers.try_send(ready.clone());
            // Whoever hears events alone must know what happened before it came.
            for event in self.snapshot().iter().flat_map(|now| states(now)) {
                let _ = answers.try_send(event);
            }
        }
        subscribers.list.push(answers.clone());
        drop(subscribers);
        LocalDoor {
            hub: self.clone(),
            client: self.clients.fetch_add(1, Ordering::Relaxed) + 1,
            answers,
            events,
            last: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Subscribers> {
        self.subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The events that lead to a state, where it is not what a show begins with.
fn states(now: &Snapshot) -> Vec<Event> {
    let frame = now.frame;
    let sources = now
        .sources
        .iter()
        .filter(|source| source.state != SourceState::default())
        .map(|source| Event::Source {
            id: source.id.clone(),
            state: source.state,
            message: source.message.clone(),
            frame,
        });
    let destinations = now
        .destinations
        .iter()
        .filter(|destination| destination.state != DestinationState::default())
        .map(|destination| Event::Destination {
            id: destination.id.clone(),
            state: destination.state,
            message: destination.message.clone(),
            frame,
        });
    let recording = Some(&now.recording)
        .filter(|recording| recording.state != RecordingState::default())
        .map(|recording| Event::Recording {
            state: recording.state,
            message: recording.message.clone(),
            path: recording.path.clone(),
            frame,
        });
    let alarms = now
        .sources
        .iter()
        .map(|source| (Some(&source.id), source.alarm));
    let alarms = alarms.chain([(None, now.sound.alarm)]);
    let alarms = alarms.filter(|(_, alarm)| !alarm.is_none());
    let alarms = alarms.map(|(source, alarm)| Event::Alarm {
        source: source.cloned(),
        alarm,
        frame,
    });
    let states = sources.chain(destinations).chain(recording);
    states.chain(alarms).collect()
}

/// A client inside the engine's process.
pub struct LocalDoor {
    hub: Arc<Hub>,
    client: u64,
    answers: Sender<Event>,
    events: Receiver<Event>,
    last: AtomicU64,
}

impl LocalDoor {
    /// Sends a command whose answer carries a number that the client chose. Waits where commands come
    /// faster than the tick takes them, and for the answer to an edit: what the same client says next
    /// is said of the show as it is then.
    pub fn ask(&self, id: u64, command: Command) {
        let ended = || Event::Error {
            message: self.hub.farewell(),
            id: Some(id),
        };
        if command.is_aside() {
            let ask = Ask {
                command,
                id,
                answer: self.answers.clone(),
            };
            if self.hub.edits.send(ask).is_err() {
                let _ = self.answers.try_send(ended());
            }
            return;
        }
        if command.is_for_editor() {
            let (answer, answered) = bounded(ANSWERS);
            let ask = Ask {
                command,
                id,
                answer,
            };
            let is_last = |event: &Event| matches!(event, Event::Done { .. } | Event::Error { .. });
            let sent = self.hub.edits.send(ask).is_ok();
            while sent && let Ok(event) = answered.recv() {
                let last = is_last(&event);
                let _ = self.answers.try_send(event);
                if last {
                    return;
                }
            }
            let _ = self.answers.try_send(ended());
            return;
        }
        let ask = Ask {
            command,
            id,
            answer: self.answers.clone(),
        };
        if ask.command.is_for_scout() {
            // The next thing that is said must not wait for what takes seconds.
            match self.hub.errands.try_send(ask) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => {
                    let message = "too much is being looked for at once: try again".to_owned();
                    self.complain(Some(id), message);
                }
                Err(TrySendError::Disconnected(_)) => {
                    let _ = self.answers.try_send(ended());
                }
            }
            return;
        }
        let to = match ask.command.is_for_readings() {
            true => &self.hub.readings,
            false => &self.hub.commands,
        };
        if to.send(ask).is_err() {
            let _ = self.answers.try_send(ended());
        }
    }

    /// Tells the client that it was not understood, with the number of its request where that was.
    pub fn complain(&self, id: Option<u64>, message: String) {
        let _ = self.answers.try_send(Event::Error { message, id });
    }

    /// Where events come out, for who waits for them.
    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// The client's number on the board.
    pub(super) fn client(&self) -> u64 {
        self.client
    }
}

impl Door for LocalDoor {
    fn send(&self, command: Command) -> u64 {
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.ask(id, command);
        id
    }

    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.hub.snapshot()
    }

    fn next_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    fn watch(&self, monitors: Vec<MonitorRequest>) {
        self.hub.board.watch(self.client, monitors);
    }

    fn monitor(&self, what: &MonitorId) -> Option<Arc<MonitorPicture>> {
        self.hub.board.picture(self.client, what)
    }

    fn attached(&self) -> bool {
        true
    }
}

impl Drop for LocalDoor {
    fn drop(&mut self) {
        self.hub.board.forget(self.client);
        let mine = &self.answers;
        self.hub
            .lock()
            .list
            .retain(|other| !other.same_channel(mine));
    }
}
