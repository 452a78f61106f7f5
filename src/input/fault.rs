//! What is told of a source that broke: in regie's words to the desk, in GStreamer's to the log, and
//! its secrets to nobody.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crossbeam_channel::bounded;
use gstreamer as gst;
use url::Url;

use super::pipeline::SourceError;
use crate::media::Cause;
use crate::show::{Resolved, SourceKind};

/// As long may it take to find out whether a host answers.
const REACH: Duration = Duration::from_secs(3);

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
    let SourceError::Broken {
        mut cause,
        technical,
    } = error
    else {
        let words = hidden(&error.to_string());
        tracing::warn!(source = id, "{words}");
        return words;
    };
    let url = match kind {
        SourceKind::Network { url, .. } => Url::parse(url).ok(),
        _ => None,
    };
    // Some elements say of a host only that it did not work out.
    if let (Cause::Unknown(_), Some(url)) = (&cause, &url) {
        cause = reach(url).unwrap_or(cause);
    }
    let host = url
        .as_ref()
        .and_then(Url::host_str)
        .filter(|host| !host.is_empty());
    let words = match host {
        Some(host) if cause.is_of_the_way() => format!("{cause} ({host})"),
        _ => cause.to_string(),
    };
    let words = hidden(&words);
    tracing::warn!(source = id, technical = hidden(&technical), "{words}");
    words
}

/// Why a host cannot be reached; none where it answers, or where it is not asked by TCP.
fn reach(url: &Url) -> Option<Cause> {
    let usual = match url.scheme() {
        "rtsp" => 554,
        "rtsps" => 322,
        "http" => 80,
        "https" => 443,
        "rtmp" => 1935,
        _ => return None,
    };
    let address = (
        url.host_str()?.trim_matches(['[', ']']).to_owned(),
        url.port().unwrap_or(usual),
    );
    let (done, answer) = bounded(1);
    // A name server may keep one waiting for longer than this.
    let thread = std::thread::Builder::new().name("reach".to_owned());
    let spawned = thread.spawn(move || done.send(call(&address)));
    spawned.ok()?;
    answer
        .recv_timeout(REACH + Duration::from_millis(500))
        .unwrap_or(Some(Cause::TimedOut))
}

fn call(address: &(String, u16)) -> Option<Cause> {
    let mut found = match address.to_socket_addrs() {
        Ok(found) => found,
        Err(error) if error.to_string().contains("Temporary failure") => {
            return Some(Cause::NoNetwork);
        }
        Err(_) => return Some(Cause::HostUnknown),
    };
    use std::io::ErrorKind;
    let error = TcpStream::connect_timeout(&found.next()?, REACH).err()?;
    match error.kind() {
        ErrorKind::ConnectionRefused => Some(Cause::Refused),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Some(Cause::TimedOut),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => Some(Cause::NoNetwork),
        _ => None,
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
        assert_eq!(
            words,
            "connection refused: is it running there? (127.0.0.1)"
        );
        let closed = SourceError::Broken {
            cause: Cause::Closed,
            technical: String::new(),
        };
        let words = told(closed, "cam", &at, None);
        assert_eq!(words, "the other side closed the connection");
        let listener = kind("srt://:9000?mode=listener".to_owned());
        assert!(told(broken(), "cam", &listener, None).contains("no words for"));
    }
}
