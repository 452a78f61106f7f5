//! A client's side of the local sockets: the door of an engine in another process. It finds the
//! engine again by itself when that was started anew.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::place::Place;
use super::wire::{FromEngine, Lines, TOLD_MAX, ToEngine, read_picture, write_line};
use super::{Absence, Command, Door, Event, MonitorId, MonitorPicture, MonitorRequest, Snapshot};

/// How long to wait before the engine is looked for again.
const AGAIN: Duration = Duration::from_millis(100);
const EVENTS: usize = 4096;
/// The answer to a command with which its engine was lost.
const LOST_UNANSWERED: &str =
    "the engine was lost before it answered: see whether it was done, or say it once more";

/// See the module's words.
pub struct Client {
    shared: Arc<Shared>,
    events: Receiver<Event>,
}

struct Shared {
    place: Place,
    snapshots: u32,
    /// The line to the engine, whether it has welcomed this client or not.
    line: Mutex<Option<UnixStream>>,
    commands: Mutex<Option<UnixStream>>,
    wishes: Mutex<Wishes>,
    snapshot: ArcSwapOption<Snapshot>,
    pictures: Mutex<HashMap<MonitorId, Arc<MonitorPicture>>>,
    heard: Sender<Event>,
    attached: AtomicBool,
    closed: AtomicBool,
    last: AtomicU64,
    /// The numbers of the commands sent to this engine that it has not answered.
    unanswered: Mutex<BTreeSet<u64>>,
}

#[derive(Default)]
struct Wishes {
    stream: Option<UnixStream>,
    wanted: Vec<MonitorRequest>,
}

impl Client {
    /// A client of the show's engine, that may not be there yet; it is told the state so many times
    /// a second, and gets pictures if it asks for them.
    ///
    /// # Errors
    /// Where the system has no threads.
    pub fn start(place: Place, snapshots: u32) -> io::Result<Self> {
        let (heard, events) = bounded(EVENTS);
        let shared = Arc::new(Shared {
            place,
            snapshots,
            line: Mutex::default(),
            commands: Mutex::default(),
            wishes: Mutex::default(),
            snapshot: ArcSwapOption::empty(),
            pictures: Mutex::default(),
            heard,
            attached: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            last: AtomicU64::new(0),
            unanswered: Mutex::default(),
        });
        let reading = shared.clone();
        std::thread::Builder::new()
            .name("door in".to_owned())
            .spawn(move || reading.follow(Shared::read_events))?;
        if snapshots > 0 {
            let reading = shared.clone();
            std::thread::Builder::new()
                .name("pictures in".to_owned())
                .spawn(move || reading.follow(Shared::read_pictures))?;
        }
        Ok(Self { shared, events })
    }

    /// Where events come out, for who waits for them.
    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// Sends a command; gives its number, or `None` if the engine is not there.
    pub fn try_send(&self, command: Command) -> Option<u64> {
        let id = self.shared.last.fetch_add(1, Ordering::Relaxed) + 1;
        let request = ToEngine::ask(id, command);
        let mut stream = lock(&self.shared.commands);
        let stream = stream.as_mut()?;
        // Before it is sent, for the answer may come at once.
        lock(&self.shared.unanswered).insert(id);
        let sent = write_line(stream, &request);
        if sent.is_err() {
            lock(&self.shared.unanswered).remove(&id);
        }
        sent.ok().map(|()| id)
    }

    /// Commands that the engine has not answered yet. Who sends many keeps this small: answers that
    /// nobody takes in time are lost.
    pub fn unanswered(&self) -> usize {
        lock(&self.shared.unanswered).len()
    }
}

impl Shared {
    /// Attaches again and again until the client is dropped.
    fn follow(&self, read: fn(&Self) -> io::Result<()>) {
        while !self.closed.load(Ordering::Relaxed) {
            if let Err(error) = read(self) {
                tracing::debug!("the engine is not there: {error}");
            }
            std::thread::sleep(AGAIN);
        }
    }

    fn read_events(&self) -> io::Result<()> {
        let mut stream = UnixStream::connect(self.place.socket())?;
        *lock(&self.line) = Some(stream.try_clone()?);
        // Who drops the client closes the line that is there; this is for one that came after.
        if self.closed.load(Ordering::SeqCst) {
            return Ok(());
        }
        write_line(&mut stream, &ToEngine::Snapshots(self.snapshots))?;
        let mut lines = Lines::new(stream.try_clone()?, TOLD_MAX);
        let result = self.listen(&mut lines, stream);
        self.attached.store(false, Ordering::Relaxed);
        *lock(&self.commands) = None;
        for id in std::mem::take(&mut *lock(&self.unanswered)) {
            let _ = self.heard.try_send(Event::Error {
                message: LOST_UNANSWERED.to_owned(),
                id: Some(id),
            });
        }
        result
    }

    /// Hears one engine out; what is said to it goes to `stream`.
    fn listen(&self, lines: &mut Lines<UnixStream>, stream: UnixStream) -> io::Result<()> {
        let mut stream = Some(stream);
        while let Some(said) = lines.next()? {
            match said {
                // Not before: an engine that is ending is still connected to, and hears nobody.
                FromEngine::Welcome => {
                    *lock(&self.commands) = stream.take();
                    self.attached.store(true, Ordering::Relaxed);
                }
                FromEngine::Event(event) => {
                    if let Event::Done { id: Some(id), .. } | Event::Error { id: Some(id), .. } =
                        &*event
                    {
                        lock(&self.unanswered).remove(id);
                    }
                    if let Event::EngineRenews { .. } = &*event {
                        // Before anybody hears of it: what they say then is for the next.
                        self.attached.store(false, Ordering::Relaxed);
                        *lock(&self.commands) = None;
                    }
                    // Nobody reads them: the newest are lost.
                    let _ = self.heard.try_send(*event);
                }
                FromEngine::Snapshot(snapshot) => self.snapshot.store(Some(snapshot)),
            }
        }
        Ok(())
    }

    fn read_pictures(&self) -> io::Result<()> {
        let mut stream = UnixStream::connect(self.place.pictures())?;
        let mut lines = Lines::new(stream.try_clone()?, TOLD_MAX);
        {
            let mut wishes = lock(&self.wishes);
            write_line(&mut stream, &wishes.wanted)?;
            wishes.stream = Some(stream);
            if self.closed.load(Ordering::SeqCst) {
                return Ok(());
            }
        }
        let result = loop {
            match read_picture(&mut lines) {
                Ok(Some(picture)) => {
                    lock(&self.pictures).insert(picture.what.clone(), Arc::new(picture));
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        lock(&self.wishes).stream = None;
        result
    }
}

impl Door for Client {
    fn send(&self, command: Command) -> u64 {
        match self.try_send(command) {
            Some(id) => id,
            None => {
                let id = self.shared.last.load(Ordering::Relaxed);
                let _ = self.shared.heard.try_send(Event::Error {
                    message: "the engine is not there".to_owned(),
                    id: Some(id),
                });
                id
            }
        }
    }

    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.shared.snapshot.load_full()
    }

    fn next_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    fn watch(&self, monitors: Vec<MonitorRequest>) {
        let mut wishes = lock(&self.shared.wishes);
        if wishes.wanted == monitors {
            return;
        }
        lock(&self.shared.pictures).retain(|what, _| monitors.iter().any(|m| m.what == *what));
        if let Some(stream) = &mut wishes.stream {
            // A lost engine is found again with the wishes that stand then.
            let _ = write_line(stream, &monitors);
        }
        wishes.wanted = monitors;
    }

    fn monitor(&self, what: &MonitorId) -> Option<Arc<MonitorPicture>> {
        lock(&self.shared.pictures).get(what).cloned()
    }

    fn attached(&self) -> bool {
        self.shared.attached.load(Ordering::Relaxed)
    }

    fn absence(&self) -> Absence {
        let place = &self.shared.place;
        Absence {
            // Where it cannot be told, the show is not given up.
            kept: place.is_kept().unwrap_or(true),
            log: Some(place.log()).filter(|log| log.is_file()),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        for stream in [
            lock(&self.shared.line).take(),
            lock(&self.shared.wishes).stream.take(),
        ]
        .into_iter()
        .flatten()
        {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::wire::ASKED_MAX;
    use std::os::unix::net::UnixListener;
    use std::time::Instant;

    const LONG: Duration = Duration::from_secs(30);

    fn attach(client: &Client) {
        let end = Instant::now() + LONG;
        while !client.attached() {
            assert!(Instant::now() < end, "it does not attach");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn a_client_that_is_dropped_before_it_is_welcome_leaves_nobody_behind() {
        let folder = tempfile::tempdir().unwrap();
        let show = folder.path().join("show.ron");
        std::fs::write(&show, "").unwrap();
        let place = Place::within(folder.path().to_owned(), &show).unwrap();
        let engine = UnixListener::bind(place.socket()).unwrap();
        let client = Client::start(place, 0).unwrap();
        let (silent, _) = engine.accept().unwrap();
        let mut lines = Lines::new(&silent, ASKED_MAX);
        let _: ToEngine = lines.next().unwrap().unwrap();
        let shared = Arc::downgrade(&client.shared);
        drop(client);
        let end = Instant::now() + LONG;
        while shared.strong_count() > 0 {
            assert!(Instant::now() < end, "its thread goes on");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn an_engine_that_does_not_welcome_is_told_nothing_and_what_is_lost_with_another_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let show = folder.path().join("show.ron");
        std::fs::write(&show, "").unwrap();
        let place = Place::within(folder.path().to_owned(), &show).unwrap();
        let engine = UnixListener::bind(place.socket()).unwrap();
        let client = Client::start(place, 0).unwrap();

        // An engine that is ending: its socket is there, and closes on who comes.
        let (ending, _) = engine.accept().unwrap();
        let mut lines = Lines::new(&ending, ASKED_MAX);
        let hello: ToEngine = lines.next().unwrap().unwrap();
        assert_eq!(hello, ToEngine::Snapshots(0));
        assert!(!client.attached());
        assert_eq!(client.try_send(Command::Cut {}), None);
        drop(lines);
        drop(ending);

        let (mut next, _) = engine.accept().unwrap();
        write_line(&mut next, &FromEngine::Welcome).unwrap();
        attach(&client);
        let (cut, auto) = (Command::Cut {}, Command::Auto {});
        let answered = client.try_send(cut).unwrap();
        let lost = client.try_send(auto).unwrap();
        assert_eq!(client.unanswered(), 2);
        let refused = Event::Error {
            message: "no".to_owned(),
            id: Some(answered),
        };
        write_line(&mut next, &FromEngine::Event(Box::new(refused.clone()))).unwrap();
        drop(next);
        assert_eq!(client.events().recv_timeout(LONG), Ok(refused));
        let told = Event::Error {
            message: LOST_UNANSWERED.to_owned(),
            id: Some(lost),
        };
        assert_eq!(client.events().recv_timeout(LONG), Ok(told));
        assert_eq!(client.unanswered(), 0);
        assert_eq!(client.try_send(Command::Cut {}), None);
    }
}
