//! The engine's side of the local sockets. Each client has threads of its own; one that is stopped,
//! slow or talks rubbish is its own trouble.

use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, bounded};

use super::hub::{Hub, LocalDoor};
use super::place::Place;
use super::talking::Talking;
use super::wire::{ASKED_MAX, FromEngine, Lines, ToEngine, write_line, write_picture};
use super::{Command, Door, Event, MonitorRequest};
use crate::nice::{self, Nice};

/// More clients than this are turned away.
const CLIENTS_MAX: usize = 32;
/// A client that takes nothing for so long is cut off; it may come again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Opens both sockets of a show and serves them until the process ends.
///
/// # Errors
/// What the system says of the sockets.
pub fn serve(hub: &Arc<Hub>, place: &Place) -> io::Result<()> {
    listen(
        &place.pictures(),
        hub.clone(),
        Nice::Monitor,
        serve_pictures,
    )?;
    listen(&place.socket(), hub.clone(), Nice::Door, serve_commands)
}

fn listen(
    path: &Path,
    hub: Arc<Hub>,
    nice: Nice,
    serve: fn(Arc<Hub>, UnixStream) -> io::Result<()>,
) -> io::Result<()> {
    // What an engine before this one left; the keeper's lock says that it is gone.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    let clients = Arc::new(AtomicUsize::new(0));
    std::thread::Builder::new()
        .name("door".to_owned())
        .spawn(move || {
            // The threads that it starts for its clients begin as it is.
            nice::give_way(nice);
            for stream in listener.incoming() {
                let Ok(stream) = stream else {
                    // No more handles, most likely: it passes.
                    std::thread::sleep(Duration::from_millis(100));
                    continue;
                };
                let seat = Seat::take(&clients);
                if seat.0.load(Ordering::Relaxed) > CLIENTS_MAX {
                    continue;
                }
                let hub = hub.clone();
                let spawned =
                    std::thread::Builder::new()
                        .name("client".to_owned())
                        .spawn(move || {
                            let _seat = seat;
                            let _ = stream.set_write_timeout(Some(PATIENCE));
                            if let Err(error) = serve(hub, stream) {
                                tracing::debug!("a client left: {error}");
                            }
                        });
                if let Err(error) = spawned {
                    tracing::error!("no thread for a client: {error}");
                }
            }
        })?;
    Ok(())
}

/// One of the clients there may be; free again however its thread ends, or fails to begin.
struct Seat(Arc<AtomicUsize>);

impl Seat {
    fn take(taken: &Arc<AtomicUsize>) -> Self {
        taken.fetch_add(1, Ordering::Relaxed);
        Self(taken.clone())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn serve_commands(hub: Arc<Hub>, stream: UnixStream) -> io::Result<()> {
    if hub.has_ended() {
        // Who has heard the report and comes again would hear the show begin anew.
        return Ok(());
    }
    let door = Arc::new(hub.door());
    write_line(&mut &stream, &FromEngine::Welcome)?;
    let (rate_in, rate_out) = bounded(4);
    let reader = stream.try_clone()?;
    let reading = door.clone();
    let gone = Arc::new(AtomicBool::new(false));
    let left = gone.clone();
    let thread = std::thread::Builder::new()
        .name("client in".to_owned())
        .spawn(move || {
            let mut lines = Lines::new(&reader, ASKED_MAX);
            let mut talking = Talking::default();
            while let Ok(Some(text)) = lines.next_text() {
                match serde_json::from_str(text) {
                    Ok(ToEngine::Request(request)) => {
                        talking.hear(&request.command);
                        reading.ask(request.id, request.command);
                    }
                    Ok(ToEngine::StoreKey { id, name, key }) => {
                        reading.ask(id, Command::StoreKey { name, key: key.0 });
                    }
                    Ok(ToEngine::Snapshots(rate)) => {
                        if rate_in.send(rate.min(60)).is_err() {
                            break;
                        }
                    }
                    Err(error) => {
                        reading.complain(number_in(text), format!("not understood: {error}"));
                    }
                }
            }
            for command in talking.closing() {
                reading.send(command);
            }
            left.store(true, Ordering::Relaxed);
        })?;
    let result = write_to(&hub, &door, &stream, &rate_out, &gone);
    let _ = stream.shutdown(std::net::Shutdown::Both);
    let _ = thread.join();
    result
}

/// The number of a request that is not understood otherwise, so that its asker does not wait.
fn number_in(text: &str) -> Option<u64> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let request = value.get("request").or_else(|| value.get("store_key"));
    request?.get("id")?.as_u64()
}

fn write_to(
    hub: &Hub,
    door: &LocalDoor,
    mut stream: &UnixStream,
    rates: &crossbeam_channel::Receiver<u32>,
    gone: &AtomicBool,
) -> io::Result<()> {
    let mut every: Option<Duration> = None;
    let mut due = Instant::now();
    let mut shown = None;
    loop {
        while let Ok(rate) = rates.try_recv() {
            every = (rate > 0).then(|| Duration::from_secs_f64(1.0 / f64::from(rate)));
            due = Instant::now();
        }
        if let Some(every) = every
            && Instant::now() >= due
        {
            due = (due + every).max(Instant::now());
            if let Some(snapshot) = hub.snapshot()
                && shown != Some(snapshot.frame)
            {
                shown = Some(snapshot.frame);
                write_line(&mut stream, &FromEngine::Snapshot(snapshot))?;
            }
        }
        let wait = match every {
            Some(_) => due.saturating_duration_since(Instant::now()),
            None => Duration::from_millis(50),
        };
        match door.events().recv_timeout(wait) {
            Ok(event) => {
                let is_last = matches!(event, Event::Report(_));
                write_line(&mut stream, &FromEngine::Event(Box::new(event)))?;
                if is_last {
                    return Ok(());
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                if gone.load(Ordering::Relaxed) || hub.is_closed() {
                    return Ok(());
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn serve_pictures(hub: Arc<Hub>, stream: UnixStream) -> io::Result<()> {
    let door = Arc::new(hub.door());
    let reader = stream.try_clone()?;
    let wishing = door.clone();
    let gone = Arc::new(AtomicBool::new(false));
    let left = gone.clone();
    let thread = std::thread::Builder::new()
        .name("wishes in".to_owned())
        .spawn(move || {
            let mut lines = Lines::new(&reader, ASKED_MAX);
            while let Ok(Some(wishes)) = lines.next::<Vec<MonitorRequest>>() {
                wishing.watch(wishes);
            }
            left.store(true, Ordering::Relaxed);
        })?;
    let result = write_pictures(&hub, &door, &stream, &gone);
    let _ = stream.shutdown(std::net::Shutdown::Both);
    let _ = thread.join();
    result
}

fn write_pictures(
    hub: &Hub,
    door: &LocalDoor,
    mut stream: &UnixStream,
    gone: &AtomicBool,
) -> io::Result<()> {
    let mut sent = std::collections::HashMap::new();
    loop {
        for picture in hub.board().wait(door.client(), Duration::from_millis(200)) {
            let key = (picture.what.clone(), picture.width, picture.height);
            // The newest there is: what came while the last was being written is passed over.
            if sent.insert(key, picture.frame) != Some(picture.frame) {
                write_picture(&mut stream, &picture)?;
            }
        }
        while let Some(event) = door.next_event() {
            if matches!(event, Event::Report(_) | Event::EngineRenews { .. }) {
                return Ok(());
            }
        }
        if gone.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
}
