//! Why a destination fails, in words that say what to do, and how soon it is tried again.

use std::time::Duration;

use gstreamer::glib;

use crate::media::Cause;

/// Why an attempt or a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Whether a person must mend it; it is tried again all the same, but seldom.
    pub person: bool,
    /// What is wrong, in plain words.
    pub message: String,
}

/// What only a person can mend is tried once a minute.
const PERSON: Duration = Duration::from_secs(60);
/// The longest wait otherwise. A server that is back is not to wait long for its stream.
const LONGEST: Duration = Duration::from_secs(10);
const CLOSED: &str = "the server closed the connection";
const CLOSED_AT_KEY: &str =
    "the server greets, but closes when it is shown the key: check the key and the address";
const KEY_REFUSED: &str = "the server refuses the stream: check the key";
const OTHER_KEY: &str = "the server wants another key or password";
const FIRST: Duration = Duration::from_secs(1);
/// So many attempts in a row that were refused, and it looks as if a person must act.
const PATIENCE: u32 = 4;

impl Trouble {
    /// Trouble that passes by itself.
    pub fn passing(message: impl Into<String>) -> Self {
        Self {
            person: false,
            message: message.into(),
        }
    }

    /// Trouble that a person must mend.
    pub fn person(message: impl Into<String>) -> Self {
        Self {
            person: true,
            message: message.into(),
        }
    }

    /// The server closed the connection, and said no more.
    pub fn closed() -> Self {
        Self::passing(CLOSED)
    }

    /// The server closed the connection when it was shown the key.
    pub fn closed_at_key() -> Self {
        Self::person(CLOSED_AT_KEY)
    }

    /// Whether the server was reached and does not want the stream.
    pub fn is_refusal(&self) -> bool {
        [CLOSED_AT_KEY, KEY_REFUSED, OTHER_KEY].contains(&self.message.as_str())
    }

    /// Whether the server closed the connection without a word.
    pub fn is_closing(&self) -> bool {
        self.message == CLOSED
    }

    /// Reads what `rtmp2sink` says: `text`, and `debug` where GLib's own words are.
    pub fn of_rtmp(text: &str, debug: &str, host: &str) -> Self {
        Self::of(Cause::of_words(text, debug), (text, debug), host)
    }

    /// Reads what GLib says of a connection.
    pub fn of_glib(error: &glib::Error, host: &str) -> Self {
        let (text, domain) = (error.message(), error.domain().as_str());
        Self::of(Cause::of(error, domain), (text, domain), host)
    }

    /// Reads what the system says of a connection.
    pub fn of_io(error: &std::io::Error, host: &str) -> Self {
        let text = error.to_string();
        let cause = Cause::of_io(error).unwrap_or_else(|| Cause::of_words(&text, ""));
        Self::of(cause, (&text, ""), host)
    }

    fn of(cause: Cause, (text, debug): (&str, &str), host: &str) -> Self {
        let has = |what: &str| text.contains(what) || debug.contains(what);
        if has("Already publishing") || has("stream already exists") {
            return Self::passing("the server still holds the last session");
        }
        if has("publish denied") || has("NetStream.Publish") {
            return Self::person(KEY_REFUSED);
        }
        match cause {
            Cause::Denied => Self::person(OTHER_KEY),
            _ if has("authmod") || has("auth failed") => Self::person(OTHER_KEY),
            Cause::Refused => Self::passing(format!(
                "connection refused: is the server running? ({host})"
            )),
            Cause::HostUnknown => Self::person(format!("no such host: {host}")),
            Cause::NoNetwork => Self::passing(format!("the connection was lost ({host})")),
            Cause::Closed if has("unexpectedly") || has("non-properly") => {
                Self::passing(format!("the connection was lost ({host})"))
            }
            Cause::Closed => Self::closed(),
            Cause::TimedOut => Self::passing(format!("no answer from {host}")),
            Cause::Tls => Self::person(format!(
                "no safe connection: check the address, the certificate and the clocks ({host})"
            )),
            other => Self::passing(other.to_string()),
        }
    }

    /// Whether the desk is to show it as failed after so many attempts in a row without success.
    pub fn is_failure(&self, attempts: u32) -> bool {
        self.person || attempts >= PATIENCE
    }

    /// How long to wait before the next attempt after so many in a row without success (from 1).
    pub fn wait(&self, attempts: u32) -> Duration {
        if self.person {
            return PERSON;
        }
        FIRST
            .mul_f64(1.5f64.powi(attempts.saturating_sub(1).min(20) as i32))
            .min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gstreamer_says_is_told_in_words_that_help() {
        let table = [
            (
                "Connection refused",
                "Could not connect to 127.0.0.1: Connection refused",
                false,
                "connection refused",
            ),
            (
                "Failed to connect",
                "Error resolving “nowhere.invalid”: Name or service not known, g-resolver-error-quark",
                true,
                "no such host",
            ),
            (
                "publish denied; stream already exists: { \"code\": \"NetStream.Publish.BadName\", \"description\": \"Already publishing\" }",
                "",
                false,
                "last session",
            ),
            (
                "publish denied: { \"code\": \"NetStream.Publish.Unauthorized\" }",
                "",
                true,
                "key",
            ),
            (
                "Failed to connect",
                "domain g-tls-error-quark, code 3",
                true,
                "safe",
            ),
            ("connection closed remotely", "", false, "closed"),
            (
                "TLS connection closed unexpectedly",
                "g-tls-error-quark",
                false,
                "lost",
            ),
            (
                "Error resolving “host”: Temporary failure in name resolution",
                "",
                false,
                "lost",
            ),
            ("Socket I/O timed out", "", false, "no answer"),
            ("something new", "", false, "no words for"),
        ];
        for (text, debug, person, message) in table {
            let trouble = Trouble::of_rtmp(text, debug, "host");
            assert_eq!(trouble.person, person, "{text}");
            assert!(trouble.message.contains(message), "{}", trouble.message);
        }
    }

    #[test]
    fn a_port_where_nobody_listens_is_refused_in_every_language() {
        let words = "connection refused: is the server running? (hall)";
        let french = "Impossible de se connecter à 10.0.0.2 : Connexion refusée";
        let error = glib::Error::new(gio::IOErrorEnum::ConnectionRefused, french);
        assert_eq!(Trouble::of_glib(&error, "hall"), Trouble::passing(words));
        let error = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, french);
        assert_eq!(Trouble::of_io(&error, "hall"), Trouble::passing(words));
    }

    #[test]
    fn waits_grow_to_ten_seconds_and_a_person_gets_a_minute() {
        let passing = Trouble::passing("");
        let waits: Vec<f64> = (1..=8).map(|n| passing.wait(n).as_secs_f64()).collect();
        assert_eq!(waits[..3], [1.0, 1.5, 2.25]);
        assert!(waits.windows(2).all(|w| w[1] >= w[0]) && waits[7] == 10.0);
        assert_eq!(passing.wait(u32::MAX).as_secs(), 10);
        assert_eq!(Trouble::person("").wait(1).as_secs(), 60);
    }
}
