//! What is told of a source that broke: in regie's words to the desk, in GStreamer's to the log, and
//! its secrets to nobody.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::Duration;

use crossbeam_channel::bounded;
use gstreamer as gst;
use url::Url;

use super::pipeline::SourceError;
use crate::media::Cause;
use crate::show::{Resolved, SourceKind};

/// As long may it take to find out whether a host answers.
const REACH: Duration = Duration::from_secs(3);
/// And as long whether a port refuses a datagram.
const KNOCK: Duration = Duration::from_millis(500);

/// What an element put on its bus.
pub(super) fn of(error: &gst::message::Error) -> SourceError {
    let (cause, technical) = Cause::of_message(error);
    SourceError::Broken { cause, technical }
}

/// The desk's words for what is wrong with a source; what is technical goes into the log.
pub(super) fn told(
    error: SourceError,
    id: &str,
    kind: &SourceKind,
    secrets: Option<&Resolved>,
) -> String {
    let hidden = |text: &str| match secrets {
        Some(secrets) => secrets.hidden_in(text),
        None => text.to_owned(),
    };
    let url = match kind {
        SourceKind::Network { url, .. } => address(url),
        _ => None,
    };
    let (cause, technical) = match error {
        // Some elements say of a host only that it did not work out, and some what it is not: that
        // nothing is found at an address where nobody listens.
        SourceError::Broken { cause, technical } if is_vague(&cause) => {
            let found = url.as_ref().and_then(reach);
            (found.unwrap_or(cause), technical)
        }
        SourceError::Broken { cause, technical } => (cause, technical),
        other => match url.as_ref().filter(|_| is_silent(&other)).and_then(reach) {
            // That it does not answer there is no more than that nothing came.
            Some(cause) if cause != Cause::TimedOut => (cause, other.to_string()),
            _ => {
                let words = hidden(&other.to_string());
                tracing::warn!(source = id, "{words}");
                return words;
            }
        },
    };
    let place = url.as_ref().and_then(place);
    let words = match place {
        Some(place) if cause.is_of_the_way() || cause == Cause::Busy => {
            format!("{cause} ({place})")
        }
        _ => cause.to_string(),
    };
    let words = hidden(&words);
    tracing::warn!(source = id, technical = hidden(&technical), "{words}");
    words
}

/// Stands for every address of this machine.
const ANYWHERE: &str = "0.0.0.0";

/// Reads a URL; a listener's may have no host.
fn address(url: &str) -> Option<Url> {
    let anywhere = || Url::parse(&url.replacen("://:", &format!("://{ANYWHERE}:"), 1));
    Url::parse(url).or_else(|_| anywhere()).ok()
}

/// Host and port as the URL has them, an IPv6 address in its brackets; the port alone of one that is
/// listened at everywhere.
fn place(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?;
    Some(match url.port() {
        Some(port) if host == ANYWHERE => format!("port {port}"),
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn is_vague(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::Unknown(_) | Cause::Missing | Cause::NotMedia | Cause::BadFormat
    )
}

fn is_silent(error: &SourceError) -> bool {
    matches!(error, SourceError::Silent(_))
}

/// How a host is asked whether anybody listens there.
#[derive(Clone, Copy)]
enum Way {
    Tcp,
    Udp,
}

/// Why a host cannot be reached; none where it answers, or where it is not for us to call.
fn reach(url: &Url) -> Option<Cause> {
    let (way, usual) = match url.scheme() {
        "rtsp" => (Way::Tcp, Some(554)),
        "rtsps" => (Way::Tcp, Some(322)),
        "http" => (Way::Tcp, Some(80)),
        "https" => (Way::Tcp, Some(443)),
        "rtmp" => (Way::Tcp, Some(1935)),
        "rtmps" => (Way::Tcp, Some(443)),
        "srt" if is_caller(url) => (Way::Udp, None),
        "srt" if is_listener(url) => return taken(url),
        _ => return None,
    };
    let address = (
        url.host_str()?.trim_matches(['[', ']']).to_owned(),
        url.port().or(usual)?,
    );
    let (done, answer) = bounded(1);
    // A name server may keep one waiting for longer than this.
    let thread = std::thread::Builder::new().name("reach".to_owned());
    let spawned = thread.spawn(move || done.send(call(way, &address)));
    spawned.ok()?;
    answer
        .recv_timeout(REACH + Duration::from_millis(500))
        .unwrap_or(Some(Cause::TimedOut))
}

fn is_caller(url: &Url) -> bool {
    let mut modes = url.query_pairs().filter(|(name, _)| name == "mode");
    modes.all(|(_, mode)| mode == "caller")
}

fn is_listener(url: &Url) -> bool {
    url.query_pairs()
        .any(|(name, mode)| name == "mode" && mode == "listener")
}

/// Whether another program holds the port that is listened at.
fn taken(url: &Url) -> Option<Cause> {
    let at = url.host_str()?.trim_matches(['[', ']']).parse::<IpAddr>();
    let bound = UdpSocket::bind((at.ok()?, url.port()?));
    let is_taken = bound.is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
    is_taken.then_some(Cause::Busy)
}

/// Calls every address of a host, for `localhost` has two: it is refused where none takes the call.
fn call(way: Way, address: &(String, u16)) -> Option<Cause> {
    let found: Vec<SocketAddr> = match address.to_socket_addrs() {
        Ok(found) => found.collect(),
        Err(error) if error.to_string().contains("Temporary failure") => {
            return Some(Cause::NoNetwork);
        }
        Err(_) => return Some(Cause::HostUnknown),
    };
    let patience = REACH / u32::try_from(found.len().max(1)).ok()?;
    let mut causes = Vec::new();
    for at in found {
        let called = match way {
            Way::Tcp => TcpStream::connect_timeout(&at, patience).map(drop),
            Way::Udp => knock(at),
        };
        // An address of a kind that this machine has not is no answer.
        causes.extend(Cause::of_io(&called.err()?));
    }
    let refused = causes.iter().position(|cause| *cause == Cause::Refused);
    (!causes.is_empty()).then(|| causes.swap_remove(refused.unwrap_or(0)))
}

/// Sends a byte that means nothing to a port, which the system refuses where nobody has it.
fn knock(at: SocketAddr) -> std::io::Result<()> {
    let own: IpAddr = if at.is_ipv6() {
        Ipv6Addr::UNSPECIFIED.into()
    } else {
        Ipv4Addr::UNSPECIFIED.into()
    };
    let socket = UdpSocket::bind((own, 0))?;
    socket.connect(at)?;
    socket.set_read_timeout(Some(KNOCK))?;
    socket.send(&[0])?;
    match socket.recv(&mut [0; 64]) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Err(error),
        // Nobody answers to that, and somebody may be there all the same.
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_camera_that_nobody_answers_for_is_told_with_its_cause_and_its_host() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        let kind = |url: String| SourceKind::Network { url, latency_ms: 0 };
        let broken = || SourceError::Broken {
            cause: Cause::Unknown("Could not open resource".to_owned()),
            technical: "Could not open resource (Generic error)".to_owned(),
        };
        let at = kind(format!("rtsp://127.0.0.1:{port}/stage"));
        let words = told(broken(), "cam", &at, None);
        assert!(words.contains("no words for"), "it answers: {words}");
        drop(free);
        let words = told(broken(), "cam", &at, None);
        let refused = format!("connection refused: is it running there? (127.0.0.1:{port})");
        assert_eq!(words, refused);
        let closed = SourceError::Broken {
            cause: Cause::Closed,
            technical: String::new(),
        };
        let words = told(closed, "cam", &at, None);
        assert_eq!(words, "the other side closed the connection");
        let held = UdpSocket::bind("0.0.0.0:0").unwrap();
        let port = held.local_addr().unwrap().port();
        let listener = kind(format!("srt://:{port}?mode=listener"));
        let words = told(broken(), "cam", &listener, None);
        let busy = format!("another program is using it: close that one (port {port})");
        assert_eq!(words, busy);
    }

    /// A port of this address where nobody listens, by TCP and by UDP.
    fn free_port(at: &str) -> u16 {
        let taken = TcpListener::bind((at, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        // Another program may have it by UDP alone: then the next one.
        match UdpSocket::bind((at, port)) {
            Ok(_) => port,
            Err(_) => free_port(at),
        }
    }

    #[test]
    fn a_refused_port_is_refused_by_every_way_and_address() {
        crate::media::start_gstreamer().unwrap();
        let setting = super::super::pipeline::Setting {
            clock: crate::media::HouseClock::start(),
            format: crate::show::Format::default(),
            folder: std::path::PathBuf::new(),
            decoder_threads: 1,
            cards: Default::default(),
        };
        let ways = [
            "rtsp://H/x",
            "rtmp://H/a/b",
            "http://H/x.mp4",
            "https://H/x",
            "srt://H",
        ];
        let hosts = [
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "[::1]"),
            ("127.0.0.1", "localhost"),
        ];
        let (said, heard) = bounded(20);
        // Not every machine has both.
        let is_there = |(at, _): &(&str, &str)| TcpListener::bind((*at, 0)).is_ok();
        let hosts: Vec<_> = hosts.into_iter().filter(is_there).collect();
        let attempt = |setting: &super::super::pipeline::Setting, url: &str| {
            let text = format!(
                "(version: 1, name: \"x\", sources: [(id: \"cam\", kind: Network(url: {url:?}))])"
            );
            let show = crate::show::parse(std::path::Path::new("x.ron"), &text);
            let source = &show.unwrap().sources[0];
            let found = super::super::trial::attempt(source, setting);
            found.map_err(|error| error.to_string())
        };
        for way in ways {
            for (at, host) in hosts.iter().copied() {
                let (setting, said) = (setting.clone(), said.clone());
                std::thread::spawn(move || {
                    // Another program may take a port that was free a moment ago: then another port says.
                    let (mut words, mut refused) = (Ok(String::new()), String::new());
                    for _ in 0..2 {
                        let place = format!("{host}:{}", free_port(at));
                        words = attempt(&setting, &way.replace('H', &place))
                            .map(|found| format!("{found:?}"));
                        refused = format!("connection refused: is it running there? ({place})");
                        if words.as_ref() == Err(&refused) {
                            break;
                        }
                    }
                    said.send((way, host, words, refused))
                });
            }
        }
        for _ in 0..ways.len() * hosts.len() {
            let (way, host, words, refused) = heard.recv_timeout(Duration::from_secs(90)).unwrap();
            assert_eq!(words, Err(refused), "{way} {host}");
        }
    }

    #[test]
    fn what_is_said_in_another_language_or_is_not_true_is_looked_at() {
        let port = free_port("127.0.0.1");
        let url = format!("rtmp://127.0.0.1:{port}/live/x");
        let kind = SourceKind::Network { url, latency_ms: 0 };
        for cause in [Cause::Missing, Cause::NotMedia] {
            let broken = SourceError::Broken {
                cause,
                technical: "Connexion refusée".to_owned(),
            };
            let words = told(broken, "cam", &kind, None);
            assert!(words.starts_with("connection refused"), "{words}");
        }
        // Somebody is there who does not have it.
        let there = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("rtmp://{}/live/x", there.local_addr().unwrap());
        let broken = SourceError::Broken {
            cause: Cause::Missing,
            technical: String::new(),
        };
        let kind = SourceKind::Network { url, latency_ms: 0 };
        let words = told(broken, "cam", &kind, None);
        assert!(words.starts_with("nothing is found there"), "{words}");
    }
}
