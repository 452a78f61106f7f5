//! A destination is tried before the show, apart from the program: its host is looked for and called,
//! the server is greeted, and where it may be shown the key, black and silence are sent at the show's
//! bitrate to see what the uplink takes.

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use url::Url;

use super::bitrate::Bitrate;
use super::encode::Still;
use super::flv;
use super::greet::{self, PORTS, greet};
use super::session::{Session, host_of, place_of};
use super::trouble::Trouble;
use super::waiting::while_wanted;
use crate::door::{TrialState, TrialStatus};
use crate::nice::{self, Nice};
use crate::show::{Destination, Encoder, Format, Key, secrets};

/// A name server that says nothing for so long says nothing.
const RESOLVE: Duration = Duration::from_secs(10);
/// As long may the host take to answer.
const ANSWER: Duration = Duration::from_secs(5);
/// As long may the greeting take, and the publishing.
const GREET: Duration = Duration::from_secs(15);
/// As long is it waited for the other tries.
const OTHERS: Duration = Duration::from_secs(30);
/// What a connection takes in its first moments says nothing of the uplink.
const SETTLES: Duration = Duration::from_secs(1);
/// Tags that may wait inside the pipeline.
const IN_PIPELINE: u64 = 16;
/// A connection through which nothing goes for so long is given up.
const STALLED: Duration = Duration::from_secs(10);
/// The measuring begins and ends when all that was due has gone, so that a moment in which nothing
/// was sent changes nothing; but an uplink that takes too little is waited for no longer than this.
const CATCHES_UP: Duration = Duration::from_secs(1);
/// How often it is told how the measuring goes.
const TELL: Duration = Duration::from_millis(250);
/// So much of the show's bitrate must go through.
const ENOUGH: f64 = 0.95;
/// And no more than so much may be left behind.
const BEHIND_MS: u32 = 1000;

/// Whoever watches a try.
pub trait Watcher {
    /// Whether it is to go on.
    fn is_wanted(&self) -> bool;
    /// It has connected, or never will: the others need not wait for it. May be said twice.
    fn connected(&self);
    /// Whether no other try is connecting.
    fn all_connected(&self) -> bool;
    /// How it goes.
    fn tell(&self, status: TrialStatus);
}

/// A destination that is to be tried.
#[derive(Clone, Debug)]
pub struct TryOut {
    /// Where; it need not be in the show.
    pub destination: Destination,
    /// The show's.
    pub format: Format,
    /// The show's.
    pub encoder: Encoder,
    /// How long the uplink is measured.
    pub measure: Duration,
    /// Whether the server is shown the key and sent something.
    pub publish: bool,
}

/// How a try ends that did not fail.
enum Ending {
    Stopped,
    Greeted,
    Measured { bitrate_bps: u64, backlog_ms: u32 },
}

impl TryOut {
    /// Tries it, on a thread that may wait; everything is told to the watcher, the end too.
    pub fn run(&self, watcher: &impl Watcher) {
        nice::give_way(Nice::Monitor);
        let mut status = TrialStatus {
            destination: self.destination.id.clone(),
            target_bps: self.encoder.bits_per_second(),
            ..TrialStatus::default()
        };
        let ending = self.all(watcher, &mut status);
        watcher.connected();
        status.left_s = 0.0;
        match ending {
            Ok(Ending::Stopped) => status.state = TrialState::Stopped,
            Ok(Ending::Greeted) => status.state = TrialState::Passed,
            Ok(Ending::Measured {
                bitrate_bps,
                backlog_ms,
            }) => {
                status.bitrate_bps = bitrate_bps;
                status.backlog_ms = backlog_ms;
                let least = status.target_bps as f64 * ENOUGH;
                if (bitrate_bps as f64) < least || backlog_ms > BEHIND_MS {
                    status.state = TrialState::Slow;
                    status.message = format!(
                        "the network takes {:.1} Mb/s of {:.1}: lower the show's bitrate, or send to fewer",
                        bitrate_bps as f64 / 1e6,
                        status.target_bps as f64 / 1e6
                    );
                } else {
                    status.state = TrialState::Passed;
                }
            }
            Err(trouble) => {
                status.state = TrialState::Failed;
                status.refused = trouble.is_refusal();
                status.message = trouble.message;
            }
        }
        tracing::info!(
            destination = status.destination,
            bitrate = status.bitrate_bps,
            "tried: {:?} {}",
            status.state,
            status.message
        );
        watcher.tell(status);
    }

    fn all(&self, watcher: &impl Watcher, status: &mut TrialStatus) -> Result<Ending, Trouble> {
        // Without its key there is nothing to try, and nobody need be called for that.
        if let Key::Secret(name) = &self.destination.key {
            secrets::lookup(name).map_err(|error| Trouble::person(error.to_string()))?;
        }
        let host = place_of(&self.destination.server);
        let server = Url::parse(&self.destination.server)
            .map_err(|_| Trouble::person("the server's address cannot be read"))?;
        let step = |status: &mut TrialStatus, state: TrialState| {
            status.state = state;
            watcher.tell(status.clone());
        };
        step(status, TrialState::Resolving);
        let Some(addresses) =
            while_wanted(|| watcher.is_wanted(), RESOLVE, resolver(server.clone()))
                .map_err(|_| Trouble::passing("no name server answers: is the network there?"))?
        else {
            return Ok(Ending::Stopped);
        };
        let addresses = addresses.map_err(|error| unresolved(&error, &host))?;
        step(status, TrialState::Connecting);
        let Some(answered) =
            while_wanted(|| watcher.is_wanted(), 3 * ANSWER, move || call(&addresses))
                .map_err(|_| Trouble::passing(format!("no answer from {host}")))?
        else {
            return Ok(Ending::Stopped);
        };
        let answered = answered.map_err(|error| Trouble::of_io(&error, &host))?;
        status.answer_ms = Some(answered.as_millis() as u32);
        step(status, TrialState::Greeting);
        if self.publish {
            return self.publish(watcher, status);
        }
        match while_wanted(|| watcher.is_wanted(), 2 * GREET, move || greet(&server)) {
            Ok(Some(greeted)) => greeted.map(|()| Ending::Greeted),
            Ok(None) => Ok(Ending::Stopped),
            Err(_) => Err(Trouble::passing(format!("no answer from {host}"))),
        }
    }

    fn publish(&self, watcher: &impl Watcher, status: &mut TrialStatus) -> Result<Ending, Trouble> {
        // Before the server waits for it.
        let still = Still::encode(self.format, &self.encoder)
            .map_err(|error| Trouble::person(format!("no test can be made: {error}")))?;
        let session = Session::start(&self.destination, kept_private(&self.destination.server))?;
        let ending = self.send(watcher, status, &session, &still);
        session.end(ending.is_ok());
        match ending {
            // The sink may have handed on the first tags before it hears of that.
            Err(trouble) if trouble.is_closing() && status.state != TrialState::Measuring => {
                let server = &self.destination.server;
                Err(greet::why_closed(server, trouble, || watcher.is_wanted()))
            }
            ending => ending,
        }
    }

    fn send(
        &self,
        watcher: &impl Watcher,
        status: &mut TrialStatus,
        session: &Session,
        still: &Still,
    ) -> Result<Ending, Trouble> {
        let opening = session.open(still.headers(), self.format, &self.encoder, 0);
        let connect_by = Instant::now() + GREET;
        while session.tags() < opening {
            if !watcher.is_wanted() {
                return Ok(Ending::Stopped);
            }
            session.check()?;
            if Instant::now() > connect_by {
                let host = place_of(&self.destination.server);
                return Err(Trouble::passing(format!("no answer from {host}")));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        status.published = true;
        status.state = TrialState::Waiting;
        watcher.tell(status.clone());
        watcher.connected();
        self.measure(watcher, status, session, still)
    }

    fn measure(
        &self,
        watcher: &impl Watcher,
        status: &mut TrialStatus,
        session: &Session,
        still: &Still,
    ) -> Result<Ending, Trouble> {
        let mut packets = still.packets();
        let mut next = packets.next_packet();
        let began = Instant::now();
        let mut together: Option<Instant> = None;
        let mut measured: Option<(Instant, u64)> = None;
        let mut rate = Bitrate::default();
        let mut moved = (session.tags(), Instant::now());
        let mut told = began;
        loop {
            if !watcher.is_wanted() {
                return Ok(Ending::Stopped);
            }
            session.check()?;
            let now = began.elapsed().as_nanos() as i64;
            let has_gone = next.dts > now && session.waiting() == 0;
            while next.dts <= now && session.waiting() < IN_PIPELINE {
                if let Some(tag) = flv::packet(&next, 0) {
                    session.push(tag)?;
                }
                next = packets.next_packet();
            }
            let tags = session.tags();
            if tags != moved.0 {
                moved = (tags, Instant::now());
            } else if session.waiting() > 0 && moved.1.elapsed() > STALLED {
                let host = place_of(&self.destination.server);
                return Err(Trouble::passing(format!(
                    "nothing is taken any more by {host}"
                )));
            }
            if together.is_none() && (watcher.all_connected() || began.elapsed() > OTHERS) {
                together = Some(Instant::now());
            }
            let settled = together.map(|since| since.elapsed());
            if measured.is_none() && settled.is_some_and(|since| is_over(since, SETTLES, has_gone))
            {
                measured = Some((Instant::now(), session.bytes()));
            }
            let backlog_ms = ((now - next.dts).max(0) / 1_000_000) as u32;
            if let Some((since, bytes)) = measured {
                let length = since.elapsed();
                if is_over(length, self.measure, has_gone) {
                    let bits = (session.bytes() - bytes) as f64 * 8.0;
                    return Ok(Ending::Measured {
                        bitrate_bps: (bits / length.as_secs_f64()) as u64,
                        backlog_ms,
                    });
                }
                status.state = TrialState::Measuring;
                status.left_s = self.measure.saturating_sub(length).as_secs_f32();
            }
            if told.elapsed() >= TELL {
                told = Instant::now();
                status.bitrate_bps = rate.at(told, session.bytes());
                status.backlog_ms = backlog_ms;
                watcher.tell(status.clone());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Whether a time is over that ends when all that was due `has_gone`, or a while later.
fn is_over(time: Duration, end: Duration, has_gone: bool) -> bool {
    time >= end + if has_gone { Duration::ZERO } else { CATCHES_UP }
}

/// Looks a server's addresses up.
fn resolver(server: Url) -> impl FnOnce() -> std::io::Result<Vec<SocketAddr>> + Send + 'static {
    move || {
        server.socket_addrs(|| match server.scheme() {
            "rtmps" => Some(PORTS.1),
            _ => Some(PORTS.0),
        })
    }
}

fn unresolved(error: &std::io::Error, host: &str) -> Trouble {
    tracing::debug!(%error, host, "not found");
    if error.to_string().contains("Temporary failure") {
        Trouble::passing("no name server answers: is the network there?")
    } else {
        Trouble::person(format!("no such host: {host}"))
    }
}

/// What a server is told behind the key so that a test is not shown to viewers, where it knows such a
/// thing. (Twitch, "Video Broadcasting Overview")
fn kept_private(server: &str) -> &'static str {
    let host = host_of(server);
    let is_of = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    if is_of("twitch.tv") || is_of("live-video.net") {
        "?bandwidthtest=true"
    } else {
        ""
    }
}

/// How long the first of these takes to answer that does.
fn call(addresses: &[SocketAddr]) -> std::io::Result<Duration> {
    let mut last = std::io::Error::new(std::io::ErrorKind::NotFound, "it has no address");
    for address in addresses.iter().take(3) {
        let began = Instant::now();
        match TcpStream::connect_timeout(address, ANSWER) {
            Ok(_) => return Ok(began.elapsed()),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_can_keep_a_test_private_is_asked_to() {
        for (server, said) in [
            ("rtmp://live.twitch.tv/app", true),
            (
                "rtmps://ingest.global-contribute.live-video.net:443/app",
                true,
            ),
            ("rtmp://twitch.tv.example/app", false),
            ("rtmp://nottwitch.tv/app", false),
            ("rtmps://a.rtmps.youtube.com/live2", false),
        ] {
            assert_eq!(!kept_private(server).is_empty(), said, "{server}");
        }
    }
}
