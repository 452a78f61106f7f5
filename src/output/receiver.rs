//! A small RTMP receiver inside regie, so that a newcomer sees the whole chain work with nothing else
//! installed: it takes what is published to it, measures it and throws it away.
//!
//! It is for the demo and for tests of a show, on loopback alone. Since it listens inside the engine,
//! what a peer can make it hold, do or wait for is bounded everywhere:
//!
//! - 16 connections, each with a thread; a 17th is closed at once.
//! - 5 s from connecting to publishing, 15 s of silence while publishing.
//! - Chunks, messages, names and commands have greatest sizes (see `chunks` and `session`).
//! - A name that is live already is refused, as real servers do.
//! - 32 names are remembered; the longest gone is forgotten first.
//!
//! The handshake, messages and AMF come from `rml_rtmp`. Its reader of chunks is not used: it
//! holds whatever a peer announces and can be made to panic.

mod chunks;
mod meter;
mod session;

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::RecvTimeoutError;
use rml_rtmp::handshake::{Handshake, HandshakeProcessResult, PeerType};

use self::meter::Streams;
use self::session::{Session, SessionError};
use crate::door::ReceiverStatus;
use crate::media::House;

/// Connections at once.
const CONNECTIONS: usize = 16;
/// From connecting to publishing.
const SETUP: Duration = Duration::from_secs(5);
/// Silence of a publisher.
const IDLE: Duration = Duration::from_secs(15);
/// How long an answer may take to leave.
const WRITE: Duration = Duration::from_secs(5);
/// How long a refused peer has to read why.
const FAREWELL: Duration = Duration::from_secs(1);
/// Pause after the system refused to give a connection (no file descriptors left).
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Why the receiver does not start.
#[derive(Debug, thiserror::Error)]
pub enum ReceiverError {
    /// Only 127.0.0.0/8 and ::1 are served.
    #[error("the receiver inside regie listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The address is taken, or the system refuses.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// A running receiver. Dropping it closes every connection and ends its threads.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Dropped to wake an accepting thread from its pause.
    pause: Option<crossbeam_channel::Sender<()>>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    streams: Arc<Streams>,
    now: Box<dyn Fn() -> House + Send + Sync>,
    stop: AtomicBool,
    /// To end connections from outside: a handle of each, by a number of our own.
    connections: Mutex<HashMap<u64, TcpStream>>,
    /// Why no connection can be taken; empty while all is well.
    message: Mutex<String>,
}

impl Receiver {
    /// Listens on `address`; port 0 lets the system choose one ([`Receiver::address`] tells it).
    /// `now` gives house time, which the stamps in the pictures are compared with.
    ///
    /// # Errors
    /// [`ReceiverError`]: not a loopback address, or it cannot be listened on.
    pub fn start(
        address: SocketAddr,
        now: impl Fn() -> House + Send + Sync + Clone + 'static,
    ) -> Result<Self, ReceiverError> {
        if !address.ip().is_loopback() {
            return Err(ReceiverError::NotLoopback(address));
        }
        let listen = |source| ReceiverError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let shared = Arc::new(Shared {
            streams: Arc::new(Streams::default()),
            now: Box::new(now),
            stop: AtomicBool::new(false),
            connections: Mutex::new(HashMap::new()),
            message: Mutex::new(String::new()),
        });
        let (pause, paused) = crossbeam_channel::bounded(0);
        let accepting = thread::Builder::new()
            .name("receiver".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || accept(&listener, &shared, &paused)
            })
            .map_err(listen)?;
        Ok(Self {
            address,
            shared,
            pause: Some(pause),
            accepting: Some(accepting),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it gets, one entry for each name that came.
    pub fn status(&self) -> ReceiverStatus {
        ReceiverStatus {
            address: self.address.to_string(),
            message: lock(&self.shared.message).clone(),
            streams: self.shared.streams.status(Instant::now()),
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.pause.take();
        for connection in lock(&self.shared.connections).values() {
            // Fails where the peer was quicker, which is as good.
            let _ = connection.shutdown(Shutdown::Both);
        }
        // Wakes the accepting thread. Where even this cannot connect, the thread is left behind
        // rather than waited for: it holds no more than the port.
        if TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok()
            && let Some(accepting) = self.accepting.take()
            && accepting.join().is_err()
        {
            tracing::error!("the receiver's thread panicked");
        }
    }
}

/// Takes connections until told to stop, then waits for their threads.
fn accept(listener: &TcpListener, shared: &Arc<Shared>, paused: &crossbeam_channel::Receiver<()>) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    let mut number = 0;
    while !shared.stop.load(Ordering::SeqCst) {
        let (socket, peer) = match listener.accept() {
            Ok(taken) => taken,
            Err(error) => {
                let message = format!("takes no connections: {error}");
                let mut shown = lock(&shared.message);
                if *shown != message {
                    tracing::warn!(%error, "the receiver takes no connections");
                    *shown = message;
                }
                drop(shown);
                if paused.recv_timeout(ACCEPT_PAUSE) == Err(RecvTimeoutError::Disconnected) {
                    break;
                }
                continue;
            }
        };
        lock(&shared.message).clear();
        threads.retain(|thread| !thread.is_finished());
        number += 1;
        let Some(connection) = Connection::enter(socket, number, shared) else {
            tracing::debug!(%peer, "turned a connection away");
            continue;
        };
        let spawned = thread::Builder::new()
            .name("receiver peer".to_owned())
            .spawn(move || connection.serve(peer));
        match spawned {
            Ok(thread) => threads.push(thread),
            Err(error) => tracing::warn!(%error, "no thread for a connection"),
        }
    }
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a connection's thread panicked");
        }
    }
}

/// One connection, in the list of connections for as long as it lives.
struct Connection {
    socket: TcpStream,
    number: u64,
    shared: Arc<Shared>,
}

impl Connection {
    /// `None` where there are too many, or where the receiver stops.
    fn enter(socket: TcpStream, number: u64, shared: &Arc<Shared>) -> Option<Self> {
        let mut connections = lock(&shared.connections);
        if connections.len() >= CONNECTIONS || shared.stop.load(Ordering::SeqCst) {
            return None;
        }
        connections.insert(number, socket.try_clone().ok()?);
        Some(Self {
            socket,
            number,
            shared: Arc::clone(shared),
        })
    }

    fn serve(self, peer: SocketAddr) {
        match self.talk() {
            Ok(()) => tracing::debug!(%peer, "a connection ended"),
            Err(error) => tracing::debug!(%peer, %error, "closed a connection"),
        }
    }

    fn talk(&self) -> Result<(), PeerError> {
        let mut socket = &self.socket;
        socket.set_write_timeout(Some(WRITE))?;
        socket.set_nodelay(true)?;
        let mut handshake = Some(Handshake::new(PeerType::Server));
        let mut session = Session::new(Arc::clone(&self.shared.streams));
        let mut buffer = vec![0; 64 * 1024];
        let mut setup_ends = Instant::now() + SETUP;
        loop {
            let patience = if session.publishing() {
                setup_ends = Instant::now() + SETUP;
                IDLE
            } else {
                setup_ends.saturating_duration_since(Instant::now())
            };
            if patience.is_zero() {
                return Err(PeerError::Slow);
            }
            socket.set_read_timeout(Some(patience))?;
            let length = match socket.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) =>
                {
                    return Err(PeerError::Slow);
                }
                Err(error) => return Err(error.into()),
            };
            let arrived = (Instant::now(), (self.shared.now)());
            let result = match &mut handshake {
                None => session.feed(&buffer[..length], arrived),
                Some(shaking) => match shaking
                    .process_bytes(&buffer[..length])
                    .map_err(|error| PeerError::Handshake(error.to_string()))?
                {
                    HandshakeProcessResult::InProgress { response_bytes } => {
                        socket.write_all(&response_bytes)?;
                        Ok(())
                    }
                    HandshakeProcessResult::Completed {
                        response_bytes,
                        remaining_bytes,
                    } => {
                        socket.write_all(&response_bytes)?;
                        handshake = None;
                        session.feed(&remaining_bytes, arrived)
                    }
                },
            };
            socket.write_all(&session.take_answers())?;
            if let Err(error) = result {
                self.farewell()?;
                return Err(error.into());
            }
        }
    }

    /// Lets the peer read the last answer: closing with unread bytes would take it back.
    fn farewell(&self) -> io::Result<()> {
        let mut socket = &self.socket;
        socket.shutdown(Shutdown::Write)?;
        let mut rest = [0; 16 * 1024];
        let ends = Instant::now() + FAREWELL;
        loop {
            let left = ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            socket.set_read_timeout(Some(left))?;
            if socket.read(&mut rest)? == 0 {
                return Ok(());
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        lock(&self.shared.connections).remove(&self.number);
    }
}

/// Why a connection is closed.
#[derive(Debug, thiserror::Error)]
enum PeerError {
    #[error("took too long")]
    Slow,
    #[error("no RTMP handshake: {0}")]
    Handshake(String),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The data behind these locks is whole between any two statements, so a panic elsewhere is no
/// reason to stop.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
