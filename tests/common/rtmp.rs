//! An RTMP receiver that notes when each message came: what nginx's recordings cannot tell, such as
//! the delay, and which message was the very first of a connection.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rml_rtmp::handshake::{Handshake, HandshakeProcessResult, PeerType};
use rml_rtmp::sessions::{
    ServerSession, ServerSessionConfig, ServerSessionEvent, ServerSessionResult,
};

/// A message of sound or picture.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// When its last byte was read.
    pub at: Instant,
    /// Picture, or else sound.
    pub video: bool,
    /// The decoder's headers or an end mark rather than a picture or sound.
    pub header: bool,
    /// Decoding can start here.
    pub key: bool,
    /// When it is decoded, in ms of the connection.
    pub dts: u32,
    /// When it is seen or heard, in ms.
    pub pts: i64,
}

/// What came over one connection.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Application and stream name.
    pub name: String,
    /// In the order in which they came.
    pub arrivals: Vec<Arrival>,
    /// The same as a file.
    pub flv: PathBuf,
}

/// A running receiver that takes every stream, or those of one key.
pub struct Receiver {
    folder: tempfile::TempDir,
    port: u16,
    connections: Arc<Mutex<Vec<Connection>>>,
    ends: Arc<AtomicBool>,
    /// How often all were cut off.
    cuts: Arc<AtomicUsize>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Receiver {
    /// Starts one on a free loopback port.
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// Starts one that turns every key away but this, by hanging up as the platforms do.
    pub fn with_key(key: &str) -> Self {
        Self::start_with(Some(key.to_owned()))
    }

    fn start_with(key: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let port = listener.local_addr().expect("its address").port();
        listener.set_nonblocking(true).expect("not to block");
        let connections = Arc::new(Mutex::new(Vec::new()));
        let ends = Arc::new(AtomicBool::new(false));
        let cuts = Arc::new(AtomicUsize::new(0));
        let (all, end, path) = (connections.clone(), ends.clone(), folder.path().to_owned());
        let cut = cuts.clone();
        let thread = std::thread::spawn(move || {
            let mut sessions = Vec::new();
            while !end.load(Ordering::Relaxed) {
                let Ok((stream, _)) = listener.accept() else {
                    std::thread::sleep(Duration::from_millis(5));
                    continue;
                };
                let (all, end, path) = (all.clone(), end.clone(), path.clone());
                let (cut, before) = (cut.clone(), cut.load(Ordering::Relaxed));
                let ends =
                    move || end.load(Ordering::Relaxed) || cut.load(Ordering::Relaxed) != before;
                let key = key.clone();
                sessions.push(std::thread::spawn(move || {
                    // An error is the end of a connection.
                    session(stream, &all, &ends, &path, key.as_deref()).ok();
                }));
            }
            for session in sessions {
                session.join().ok();
            }
        });
        Self {
            folder,
            port,
            connections,
            ends,
            cuts,
            thread: Some(thread),
        }
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cuts off all who are connected now; who comes after is served.
    pub fn cut(&self) {
        self.cuts.fetch_add(1, Ordering::Relaxed);
    }

    /// Address of an application, as a show file has it.
    pub fn server(&self, application: &str) -> String {
        format!("rtmp://127.0.0.1:{}/{application}", self.port)
    }

    /// What came over each connection that published, oldest first.
    pub fn connections(&self) -> Vec<Connection> {
        let connections = self.connections.lock();
        connections.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The folder in which the files lie until this is dropped.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn other(error: impl std::fmt::Debug) -> std::io::Error {
    std::io::Error::other(format!("{error:?}"))
}

fn session(
    mut stream: TcpStream,
    all: &Mutex<Vec<Connection>>,
    ends: &dyn Fn() -> bool,
    folder: &Path,
    key: Option<&str>,
) -> std::io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut handshake = Some(Handshake::new(PeerType::Server));
    let mut session = None;
    let mut taken: Option<(usize, std::fs::File)> = None;
    let mut bytes = vec![0u8; 1 << 16];
    while !ends() {
        let count = match stream.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        };
        let at = Instant::now();
        let mut input = bytes[..count].to_vec();
        if let Some(hands) = handshake.as_mut() {
            match hands.process_bytes(&input).map_err(other)? {
                HandshakeProcessResult::InProgress { response_bytes } => {
                    stream.write_all(&response_bytes)?;
                    continue;
                }
                HandshakeProcessResult::Completed {
                    response_bytes,
                    remaining_bytes,
                } => {
                    stream.write_all(&response_bytes)?;
                    handshake = None;
                    input = remaining_bytes;
                }
            }
        }
        let mut results = Vec::new();
        if session.is_none() {
            let (new, first) = ServerSession::new(ServerSessionConfig::new()).map_err(other)?;
            session = Some(new);
            results = first;
        }
        let Some(session) = session.as_mut() else {
            continue;
        };
        results.extend(session.handle_input(&input).map_err(other)?);
        // Answers may bring further results.
        let mut next = std::collections::VecDeque::from(results);
        while let Some(result) = next.pop_front() {
            match result {
                ServerSessionResult::OutboundResponse(packet) => stream.write_all(&packet.bytes)?,
                ServerSessionResult::RaisedEvent(event) => match event {
                    ServerSessionEvent::ConnectionRequested { request_id, .. }
                    | ServerSessionEvent::ReleaseStreamRequested { request_id, .. } => {
                        next.extend(session.accept_request(request_id).map_err(other)?);
                    }
                    ServerSessionEvent::PublishStreamRequested {
                        request_id,
                        app_name,
                        stream_key,
                        ..
                    } => {
                        if key.is_some_and(|key| key != stream_key) {
                            return Ok(());
                        }
                        next.extend(session.accept_request(request_id).map_err(other)?);
                        taken = Some(begin(all, folder, format!("{app_name}/{stream_key}"))?);
                    }
                    ServerSessionEvent::AudioDataReceived {
                        data, timestamp, ..
                    } => {
                        note(all, &mut taken, at, false, timestamp.value, &data)?;
                    }
                    ServerSessionEvent::VideoDataReceived {
                        data, timestamp, ..
                    } => {
                        note(all, &mut taken, at, true, timestamp.value, &data)?;
                    }
                    _ => {}
                },
                ServerSessionResult::UnhandleableMessageReceived(_) => {}
            }
        }
    }
    Ok(())
}

fn begin(
    all: &Mutex<Vec<Connection>>,
    folder: &Path,
    name: String,
) -> std::io::Result<(usize, std::fs::File)> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    let flv = folder.join(format!("{}.flv", all.len()));
    let mut file = std::fs::File::create(&flv)?;
    file.write_all(b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00")?;
    all.push(Connection {
        name,
        arrivals: Vec::new(),
        flv,
    });
    Ok((all.len() - 1, file))
}

fn note(
    all: &Mutex<Vec<Connection>>,
    taken: &mut Option<(usize, std::fs::File)>,
    at: Instant,
    video: bool,
    dts: u32,
    data: &[u8],
) -> std::io::Result<()> {
    let (Some((index, file)), [first, second, ..]) = (taken.as_mut(), data) else {
        return Ok(());
    };
    let offset = match (video, data) {
        // 24 bits with a sign.
        (true, [_, _, a, b, c, ..]) => i64::from(i32::from_be_bytes([*a, *b, *c, 0]) >> 8),
        _ => 0,
    };
    let arrival = Arrival {
        at,
        video,
        header: *second != 1,
        key: !video || first >> 4 == 1,
        dts,
        pts: i64::from(dts) + offset,
    };
    let mut tag = vec![if video { 9 } else { 8 }];
    tag.extend_from_slice(&(data.len() as u32).to_be_bytes()[1..]);
    let [high, time @ ..] = dts.to_be_bytes();
    tag.extend_from_slice(&time);
    tag.extend_from_slice(&[high, 0, 0, 0]);
    tag.extend_from_slice(data);
    tag.extend_from_slice(&(data.len() as u32 + 11).to_be_bytes());
    file.write_all(&tag)?;
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all[*index].arrivals.push(arrival);
    Ok(())
}
