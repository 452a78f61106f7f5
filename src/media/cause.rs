//! Why a pipeline broke, in regie's own words: what GStreamer and the libraries behind it say is for
//! the log. Read from the error's kind, and from its words where its kind says too little.

use std::fmt;
use std::io;

use gstreamer as gst;
use gstreamer::glib;

/// Why a pipeline broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nobody listens at that address.
    Refused,
    /// The name of the host is not known.
    HostUnknown,
    /// No name server answers, or there is no way there.
    NoNetwork,
    /// The other side does not answer.
    TimedOut,
    /// The other side wants another user, password or key.
    Denied,
    /// There is nothing of that name.
    Missing,
    /// The other side is in trouble of its own.
    ServerTrouble,
    /// Something about TLS.
    Tls,
    /// The other side ended the connection.
    Closed,
    /// Another program holds it.
    Busy,
    /// GStreamer lacks what decodes or fetches this.
    NoPlugin(String),
    /// It is no picture or sound at all.
    NotMedia,
    /// It is in a form that cannot be used.
    BadFormat,
    /// What comes cannot be decoded.
    Damaged,
    /// The disk is full.
    NoSpace,
    /// Nobody knows; with the technical words.
    Unknown(String),
}

impl Cause {
    /// Reads an error with what its element adds to it.
    pub fn of(error: &glib::Error, debug: &str) -> Self {
        let text = error.message();
        match Self::of_words(text, debug) {
            Self::Unknown(words) => Self::of_kind(error).unwrap_or(Self::Unknown(words)),
            known => known,
        }
    }

    /// Reads an error that an element put on its bus; with the words for the log.
    pub fn of_message(error: &gst::message::Error) -> (Self, String) {
        let (error, debug) = (error.error(), error.debug().unwrap_or_default());
        (Self::of(&error, &debug), technical(error.message(), &debug))
    }

    /// Reads words alone.
    pub fn of_words(text: &str, debug: &str) -> Self {
        let has = |what: &str| text.contains(what) || debug.contains(what);
        let any = |all: &[&str]| all.iter().any(|what| has(what));
        if has("Connection refused") {
            Self::Refused
        } else if any(&["Temporary failure", "unreachable", "No route to host"]) {
            Self::NoNetwork
        } else if any(&[
            "Error resolving",
            "g-resolver-error",
            "resolve host",
            "resolve server",
        ]) {
            Self::HostUnknown
        } else if any(&["timed out", "Timeout"]) {
            Self::TimedOut
        } else if any(&[
            "end-of-file",
            "closed remotely",
            "reset by peer",
            "closed unexpectedly",
            "non-properly",
        ]) {
            Self::Closed
        } else if any(&["g-tls-error", "TLS", "certificate", "Secure connection"]) {
            Self::Tls
        } else if any(&["(401)", "(403)", "(407)", "nauthorized", "passphrase"]) {
            Self::Denied
        } else if any(&["(404)", "(410)"]) {
            Self::Missing
        } else if any(&["(500)", "(502)", "(503)", "(504)"]) {
            Self::ServerTrouble
        } else if any(&["is busy", "resource busy"]) {
            Self::Busy
        } else if any(&["text file", "typefind stream"]) {
            Self::NotMedia
        } else if let Some(what) = missing(text).or_else(|| missing(debug)) {
            if what.starts_with("application/") || what.starts_with("text/") {
                Self::NotMedia
            } else {
                Self::NoPlugin(what)
            }
        } else if has("not-negotiated") {
            Self::BadFormat
        } else {
            Self::Unknown(technical(text, debug))
        }
    }

    /// Reads what the system says of a connection, in whatever language it says so.
    pub fn of_io(error: &io::Error) -> Option<Self> {
        use io::ErrorKind as Kind;
        Some(match error.kind() {
            Kind::ConnectionRefused => Self::Refused,
            Kind::TimedOut | Kind::WouldBlock => Self::TimedOut,
            Kind::NetworkUnreachable | Kind::HostUnreachable => Self::NoNetwork,
            _ => return None,
        })
    }

    fn of_kind(error: &glib::Error) -> Option<Self> {
        use gio::IOErrorEnum as Io;
        use gst::{CoreError, ResourceError as Resource, StreamError as Stream};
        if let Some(kind) = error.kind::<Resource>() {
            return Some(match kind {
                Resource::NotFound => Self::Missing,
                Resource::NotAuthorized => Self::Denied,
                Resource::Busy => Self::Busy,
                Resource::NoSpaceLeft => Self::NoSpace,
                _ => return None,
            });
        }
        if let Some(kind) = error.kind::<Stream>() {
            return Some(match kind {
                Stream::TypeNotFound | Stream::WrongType => Self::NotMedia,
                Stream::Format => Self::BadFormat,
                Stream::Decode | Stream::Demux | Stream::Decrypt | Stream::DecryptNokey => {
                    Self::Damaged
                }
                _ => return None,
            });
        }
        if let Some(kind) = error.kind::<Io>() {
            return Some(match kind {
                Io::ConnectionRefused => Self::Refused,
                Io::TimedOut => Self::TimedOut,
                Io::NetworkUnreachable | Io::HostUnreachable => Self::NoNetwork,
                Io::BrokenPipe => Self::Closed,
                _ => return None,
            });
        }
        match error.kind::<CoreError>()? {
            CoreError::Negotiation | CoreError::Caps => Some(Self::BadFormat),
            _ => None,
        }
    }

    /// Whether it is about the way to the other side, so that its address helps.
    pub fn is_of_the_way(&self) -> bool {
        matches!(
            self,
            Self::Refused | Self::HostUnknown | Self::NoNetwork | Self::TimedOut
        )
    }
}

/// The words of a log: what is wrong, and where it was found to be. The first line of what an element
/// adds is where in its source it happened, the last is what.
pub fn technical(text: &str, debug: &str) -> String {
    match debug.lines().last().map(str::trim) {
        Some(what) if !what.is_empty() && !what.contains(".c(") && !text.contains(what) => {
            format!("{text} ({what})")
        }
        _ => text.to_owned(),
    }
}

/// What GStreamer says it lacks.
fn missing(words: &str) -> Option<String> {
    if let Some((_, scheme)) = words.split_once("No URI handler implemented for \"") {
        let scheme = scheme.split('"').next()?;
        return Some(format!("{scheme}://"));
    }
    let line = words.lines().find(|line| line.starts_with("Missing "))?;
    let (_, what) = line.split_once(": ")?;
    let what = what.rsplit_once(" (").map_or(what, |(what, _)| what);
    Some(what.to_owned())
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "connection refused: is it running there?",
            Self::HostUnknown => "no such host: check the address",
            Self::NoNetwork => "no way there: is the network connected?",
            Self::TimedOut => "no answer: check the address and the network",
            Self::Denied => "access denied: check the user and the password",
            Self::Missing => "nothing is found there: check the name and the path",
            Self::ServerTrouble => "the server has a fault of its own: look at it there",
            Self::Tls => "no safe connection: check its certificate and the clocks",
            Self::Closed => "the other side closed the connection",
            Self::Busy => "another program is using it: close that one",
            Self::NotMedia => "this is neither picture nor sound: check the address",
            Self::BadFormat => "it comes in a format that cannot be used",
            Self::Damaged => "what comes is damaged and cannot be decoded",
            Self::NoSpace => "the disk is full",
            Self::NoPlugin(what) => {
                return write!(
                    f,
                    "GStreamer has nothing for {what}: install its plugin package"
                );
            }
            Self::Unknown(words) => {
                return write!(
                    f,
                    "a fault that regie has no words for; GStreamer says: {words}"
                );
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gstreamer_says_becomes_plain_words() {
        let any = gst::StreamError::Failed;
        let of = |text: &str, debug: &str| Cause::of(&glib::Error::new(any, text), debug);
        let open = "Could not open resource for reading and writing.";
        for (text, debug, cause) in [
            (
                "Connection refused",
                "Could not connect to 127.0.0.1: Connection refused",
                Cause::Refused,
            ),
            (
                open,
                "x.c(1): f ():\nFailed to resolve host 'a': Error resolving “a”: Name or service not known",
                Cause::HostUnknown,
            ),
            (
                "Failed to connect: Socket I/O timed out",
                "domain g-io-error-quark, code 24",
                Cause::TimedOut,
            ),
            ("Unauthorized", "Unauthorized (401)", Cause::Denied),
            ("Unhandled error", "Forbidden (403)", Cause::Denied),
            (
                "Not Found",
                "Not Found (404), URL: http://a/x, Redirect to: (NULL)",
                Cause::Missing,
            ),
            (
                "Unhandled error",
                "Internal Server Error (500)",
                Cause::ServerTrouble,
            ),
            (
                "Could not read from resource.",
                "Could not receive message. (Received end-of-file)",
                Cause::Closed,
            ),
            (
                "Failed to connect",
                "domain g-tls-error-quark, code 3",
                Cause::Tls,
            ),
            (
                "TLS connection closed unexpectedly",
                "g-tls-error-quark",
                Cause::Closed,
            ),
            ("Device '/dev/video0' is busy", "", Cause::Busy),
            (
                "No URI handler implemented for \"foo\".",
                "",
                Cause::NoPlugin("foo://".to_owned()),
            ),
            (
                "Your GStreamer installation is missing a plug-in.",
                "x.c(1): f ():\nno suitable plugins found:\nMissing decoder: H.265 (Main Profile) (video/x-h265, level=4)",
                Cause::NoPlugin("H.265 (Main Profile)".to_owned()),
            ),
            (
                "Your GStreamer installation is missing a plug-in.",
                "no suitable plugins found:\nMissing decoder: application/x-executable (application/x-executable)",
                Cause::NotMedia,
            ),
            (
                "This appears to be a text file",
                "decodebin cannot decode plain text files",
                Cause::NotMedia,
            ),
            (
                "Internal data stream error.",
                "streaming stopped, reason not-negotiated (-4)",
                Cause::BadFormat,
            ),
        ] {
            assert_eq!(of(text, debug), cause, "{text}");
        }
        let unknown = of("Odd", "x.c(1): f ():\nvery odd");
        let words = "a fault that regie has no words for; GStreamer says: Odd (very odd)";
        assert_eq!(unknown.to_string(), words);
        let placed = of("Odd", "../gst/x.c(1): f (): /GstPipeline:p/GstX:x");
        assert_eq!(placed, Cause::Unknown("Odd".to_owned()));
    }

    #[test]
    fn the_kind_of_an_error_says_what_its_words_do_not() {
        let of = |error: glib::Error| Cause::of(&error, "");
        let resource = |kind| of(glib::Error::new(kind, "said in another language"));
        assert_eq!(resource(gst::ResourceError::NotFound), Cause::Missing);
        assert_eq!(resource(gst::ResourceError::NotAuthorized), Cause::Denied);
        assert_eq!(resource(gst::ResourceError::Busy), Cause::Busy);
        let stream = |kind| of(glib::Error::new(kind, "said in another language"));
        assert_eq!(stream(gst::StreamError::Decode), Cause::Damaged);
        assert_eq!(stream(gst::StreamError::WrongType), Cause::NotMedia);
        let io = |kind| of(glib::Error::new(kind, "Connexion refusée"));
        assert_eq!(io(gio::IOErrorEnum::ConnectionRefused), Cause::Refused);
        assert_eq!(io(gio::IOErrorEnum::HostUnreachable), Cause::NoNetwork);
        let core = of(glib::Error::new(gst::CoreError::Negotiation, "odd"));
        assert_eq!(core, Cause::BadFormat);
    }
}
