//! One destination: its own queue, its own connection, its own supervisor. Whatever happens to it
//! happens to nobody else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bitrate::Bitrate;
use super::control::{Handle, Wanted};
use super::flv;
use super::greet;
use super::queue::PacketQueue;
use super::session::{Session, place_of};
use super::trouble::Trouble;
use crate::door::{DestinationState, DestinationStatus};
use crate::media::{Headers, Packet, Track};
use crate::nice::{self, Nice};
use crate::show::{self, Encoder, Format};

/// Program time that may wait in the queue before a group of pictures is dropped.
const BACKLOG: Duration = Duration::from_secs(6);
/// Behind by so much, a destination is congested.
const CONGESTED_NS: i64 = 1_500_000_000;
/// Tags that may wait inside the pipeline.
const IN_PIPELINE: u64 = 16;
/// A connection through which nothing goes for so long is given up.
const STALLED: Duration = Duration::from_secs(10);
/// As long may a connection take to be made.
const CONNECT: Duration = Duration::from_secs(12);
/// What has worked before is tried so many times before it is believed that a person must act.
const TRUST: u32 = 6;
/// A server that closes sooner than this after the first tags has most likely not taken the key.
const TAKEN: Duration = Duration::from_secs(3);
/// A connection that held for so long starts the count of attempts anew.
const STEADY: Duration = Duration::from_secs(10);
/// How often the status is told while all goes well.
const TELL: Duration = Duration::from_millis(200);

/// A destination's supervisor, as the engine holds it.
pub struct RunningDestination {
    handle: Handle<DestinationStatus>,
}

impl RunningDestination {
    /// Starts the supervisor of a destination that is off.
    ///
    /// # Errors
    /// What the system says where there is no thread to be had.
    pub fn start(
        destination: &show::Destination,
        format: Format,
        encoder: &Encoder,
    ) -> std::io::Result<(Self, Arc<PacketQueue>)> {
        let queue = Arc::new(PacketQueue::new(BACKLOG));
        let status = DestinationStatus {
            id: destination.id.clone(),
            label: destination.label.clone(),
            server: destination.server.clone(),
            target_bps: encoder.bits_per_second(),
            ..DestinationStatus::default()
        };
        let host = place_of(&destination.server);
        let name = format!("to {}", destination.id);
        let (destination, encoder) = (destination.clone(), encoder.clone());
        let packets = queue.clone();
        let handle = Handle::start(name, status, move |wanted| {
            let mut supervisor = Supervisor {
                destination,
                format,
                encoder,
                queue: packets,
                wanted,
                attempts: 0,
                connections: 0,
                frames: 0,
                host,
                connected: None,
                trouble: None,
            };
            supervisor.run();
        })?;
        Ok((Self { handle }, queue))
    }

    /// Starts or stops sending.
    pub fn set_on(&self, on: bool) {
        self.handle.set_on(on);
    }

    /// Whether it is asked to send.
    pub fn is_on(&self) -> bool {
        self.handle.is_on()
    }

    /// How it does.
    pub fn status(&self) -> Arc<DestinationStatus> {
        self.handle.status()
    }

    /// Sends what waits, says goodbye to the server and ends.
    pub fn end(&mut self) {
        self.handle.end();
    }
}

struct Supervisor {
    destination: show::Destination,
    format: Format,
    encoder: Encoder,
    queue: Arc<PacketQueue>,
    wanted: Wanted<DestinationStatus>,
    /// In a row without success.
    attempts: u32,
    connections: u32,
    frames: u64,
    host: String,
    /// When the connection that is there came to stand.
    connected: Option<Instant>,
    /// What ended the last attempt, until one succeeds.
    trouble: Option<(DestinationState, String)>,
}

impl Supervisor {
    fn run(&mut self) {
        nice::give_way(Nice::Encoder);
        loop {
            if self.wanted.is_ended() {
                return;
            }
            if !self.wanted.is_on() {
                self.attempts = 0;
                self.trouble = None;
                self.queue.count_missed(false);
                self.tell(DestinationState::Off, "", |_| ());
                self.wanted.wait(Duration::from_secs(3600));
                continue;
            }
            self.attempts += 1;
            let (began, frames) = (Instant::now(), self.frames);
            let ending = self.session();
            self.queue.close();
            let Err(mut trouble) = ending else { continue };
            // It worked with this key and this host: give it time to do so again.
            trouble.person &= self.connections == 0 || self.attempts > TRUST;
            if self.frames > frames && began.elapsed() > STEADY {
                self.attempts = 1;
            }
            self.wait(&trouble);
        }
    }

    /// Waits for the next attempt, and says so.
    fn wait(&mut self, trouble: &Trouble) {
        let state = if trouble.is_failure(self.attempts) {
            DestinationState::Failed
        } else {
            DestinationState::Reconnecting
        };
        self.trouble = Some((state, trouble.message.clone()));
        tracing::warn!(
            destination = self.destination.id,
            attempt = self.attempts,
            "{}",
            trouble.message
        );
        let until = Instant::now() + trouble.wait(self.attempts);
        while self.wanted.is_on() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            self.tell(state, &trouble.message, |status| {
                status.attempt = self.attempts + 1;
                status.next_try_s = Some(left.as_secs_f32());
            });
            self.wanted.wait(left.min(Duration::from_millis(250)));
        }
    }

    /// Connects and sends until it is stopped (`Ok`) or the connection breaks.
    fn session(&mut self) -> Result<(), Trouble> {
        self.tell_connecting("");
        let session = Session::start(&self.destination, "")?;
        let connections = self.connections;
        let result = self.send(&session);
        session.end(result.is_ok());
        let held = self
            .connected
            .take()
            .map_or(Duration::ZERO, |at| at.elapsed());
        // What has worked before with this key is believed to do so again.
        let is_new = connections == 0 || self.attempts > TRUST;
        match result {
            Err(trouble) if trouble.is_closing() && is_new && held < TAKEN => {
                // The sink may have handed on the first tags before it heard of that.
                self.connections = connections;
                let server = &self.destination.server;
                let is_wanted = || self.wanted.is_on();
                Err(greet::why_closed(server, trouble, is_wanted))
            }
            result => result,
        }
    }

    /// Tells that it connects; while what ended the last attempt is not over, that is what is told.
    fn tell_connecting(&self, message: &str) {
        match &self.trouble {
            Some((state, trouble)) => self.tell(*state, trouble, |_| ()),
            None if self.connections == 0 && self.attempts <= 1 => {
                self.tell(DestinationState::Connecting, message, |_| ());
            }
            None => self.tell(DestinationState::Reconnecting, message, |_| ()),
        }
    }

    fn send(&mut self, session: &Session) -> Result<(), Trouble> {
        // The opening goes out as soon as the encoders have given their headers, and its third tag
        // reaches the sink when the server has taken the first two: the connection stands.
        self.queue.open();
        let mut connect_by = Instant::now() + CONNECT;
        let mut first: Option<Packet> = None;
        let mut opening = 0;
        while opening == 0 || session.tags() < opening {
            if !self.wanted.is_on() {
                return Ok(());
            }
            session.check()?;
            if opening == 0 {
                if let Some(packet) = self.queue.pop(Duration::from_millis(50)) {
                    opening = session.open(&packet.headers, self.format, &self.encoder, 0);
                    connect_by = Instant::now() + CONNECT;
                    first = Some(packet);
                } else {
                    self.tell_connecting("waiting for the encoder's next keyframe");
                }
            } else {
                std::thread::sleep(Duration::from_millis(5));
            }
            if opening > 0 && Instant::now() > connect_by {
                return Err(Trouble::passing(format!("no answer from {}", self.host)));
            }
        }
        // If connecting took a while, what waited is old: begin with the next keyframe instead.
        if self.queue.backlog_ns() > CONGESTED_NS / 3 {
            self.queue.open();
            first = None;
        }
        self.stream(session, first)
    }

    /// Sends packets over a connection that stands.
    fn stream(&mut self, session: &Session, mut next: Option<Packet>) -> Result<(), Trouble> {
        self.connections += 1;
        self.trouble = None;
        self.queue.count_missed(true);
        let since = Instant::now();
        self.connected = Some(since);
        let mut base: Option<i64> = None;
        let mut headers: Option<Arc<Headers>> = None;
        let mut moved = (0, Instant::now());
        let mut bitrate = Bitrate::default();
        let mut told = Instant::now() - TELL;
        loop {
            if !self.wanted.is_on() {
                // The end of the show is sent whole; another stop leaves no hole behind.
                let rest = self.queue.rest(self.wanted.is_ended());
                for packet in next.into_iter().chain(rest) {
                    if let Some(tag) = flv::packet(&packet, base.unwrap_or(packet.dts)) {
                        let _ = session.push(tag);
                        self.frames += u64::from(packet.track == Track::Video);
                    }
                }
                self.tell(DestinationState::Live, "", |_| ());
                return Ok(());
            }
            session.check()?;
            let tags = session.tags();
            if tags != moved.0 {
                moved = (tags, Instant::now());
            } else if session.waiting() > 0 && moved.1.elapsed() > STALLED {
                return Err(Trouble::passing(format!(
                    "nothing is taken any more by {}",
                    self.host
                )));
            }
            let backlog = self.queue.backlog_ns();
            if told.elapsed() >= TELL {
                told = Instant::now();
                let rate = bitrate.at(told, session.bytes());
                let (state, message) = if backlog > CONGESTED_NS {
                    let message = "the network is too slow: pictures are being dropped";
                    (DestinationState::Congested, message)
                } else {
                    (DestinationState::Live, "")
                };
                self.tell(state, message, |status| {
                    status.bitrate_bps = rate;
                    status.live_s = since.elapsed().as_secs_f32();
                });
            }
            if session.waiting() >= IN_PIPELINE {
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
            let Some(packet) = next
                .take()
                .or_else(|| self.queue.pop(Duration::from_millis(100)))
            else {
                continue;
            };
            // An encoder that was replaced brings new headers; players take them in mid-stream.
            if headers
                .as_ref()
                .is_none_or(|h| h.epoch != packet.headers.epoch)
            {
                if headers.is_some() {
                    session.open(
                        &packet.headers,
                        self.format,
                        &self.encoder,
                        packet.dts - base.unwrap_or(packet.dts),
                    );
                }
                headers = Some(packet.headers.clone());
            }
            let base = *base.get_or_insert(packet.dts);
            if let Some(tag) = flv::packet(&packet, base) {
                session.push(tag)?;
                self.frames += u64::from(packet.track == Track::Video);
            }
        }
    }

    fn tell(
        &self,
        state: DestinationState,
        message: &str,
        more: impl FnOnce(&mut DestinationStatus),
    ) {
        let last = self.wanted.status();
        let mut status = DestinationStatus {
            state,
            message: message.to_owned(),
            attempt: self.attempts,
            next_try_s: None,
            bitrate_bps: 0,
            backlog_ms: (self.queue.backlog_ns() / 1_000_000) as u32,
            frames: self.frames,
            dropped: self.queue.dropped(),
            reconnects: self.connections.saturating_sub(1),
            live_s: 0.0,
            ..DestinationStatus::clone(&last)
        };
        more(&mut status);
        if last.state != status.state {
            tracing::info!(
                destination = status.id,
                "{:?} {}",
                status.state,
                status.message
            );
        }
        self.wanted.tell(status);
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::show::Key;

    /// Reached only where something is broken.
    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn one_that_needs_a_hand_says_so_while_it_is_tried_again() {
        crate::media::start_gstreamer().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let nobody = show::Destination {
            id: "nobody".to_owned(),
            label: String::new(),
            server: format!("rtmp://127.0.0.1:{port}/live"),
            key: Key::Open("x".to_owned()),
        };
        let started =
            RunningDestination::start(&nobody, Format::default(), &Encoder::default()).unwrap();
        let (mut destination, _queue) = started;
        destination.set_on(true);
        let end = Instant::now() + PATIENCE;
        let mut failed: Option<u32> = None;
        loop {
            assert!(Instant::now() < end, "{:?}", destination.status());
            let status = destination.status();
            match failed {
                None if status.state == DestinationState::Failed => failed = Some(status.attempt),
                None => {}
                Some(attempt) if status.attempt > attempt => break,
                Some(_) => assert_eq!(status.state, DestinationState::Failed, "{status:?}"),
            }
            if failed.is_some() {
                let why = format!("connection refused: is the server running? (127.0.0.1:{port})");
                assert_eq!(status.message, why);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        destination.end();
    }
}
