//! A table fetched from the web: whatever the other side does, it takes no longer, brings no more and
//! leads nowhere else than a table may. No message holds a secret.

use std::time::{Duration, Instant};

use base64::Engine;
use percent_encoding::percent_decode_str;
use ureq::Agent;
use ureq::http::header::{
    ACCEPT, AUTHORIZATION, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use ureq::http::{HeaderMap, HeaderName, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};
use url::{Host, Url};

use super::limits;
use crate::media::Cause;
use crate::show::resolve_secrets;

/// By what a server knows whether there is anything new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Validators {
    etag: Option<String>,
    modified: Option<String>,
}

/// What a server gave.
#[derive(Debug)]
pub(super) enum Answer {
    /// Nothing new.
    Same,
    /// Something else than was known.
    Body {
        /// All of it.
        bytes: Vec<u8>,
        /// By what it is known.
        known: Validators,
        /// What messages call the server that was asked.
        host: String,
    },
}

/// Fetches what is at a URL, whose secrets are looked up first, unless it is as it was. Takes no longer
/// than [`limits::ANSWER`] once these are found.
///
/// # Errors
/// What is wrong, with the host.
pub(super) fn fetch(url: &str, known: &Validators) -> Result<Answer, String> {
    let resolved = resolve_secrets(url).map_err(|error| error.to_string())?;
    let at = Url::parse(resolved.url.expose())
        .map_err(|_| "the URL is malformed, expected http:// or https://".to_owned())?;
    let host = shown_host(&at);
    match fetch_from(at, known) {
        Ok(None) => Ok(Answer::Same),
        Ok(Some((bytes, known))) => Ok(Answer::Body { bytes, known, host }),
        Err(why) => Err(resolved.hidden_in(&format!("{why} ({host})"))),
    }
}

/// What a message calls a server: never more than its host and port.
fn shown_host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The bytes and by what they are known; none where they are known already.
fn fetch_from(mut at: Url, known: &Validators) -> Result<Option<(Vec<u8>, Validators)>, String> {
    let end = Instant::now() + limits::ANSWER;
    for _ in 0..=limits::REDIRECTS {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(too_late());
        }
        let answer = get(&at, known, left)?;
        let status = answer.status();
        if status == StatusCode::NOT_MODIFIED && *known != Validators::default() {
            return Ok(None);
        }
        let leads_on = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
        if leads_on && let Some(to) = header(answer.headers(), &LOCATION) {
            at = led(&at, &to)?;
            continue;
        }
        if status != StatusCode::OK {
            return Err(format!(
                "the server answers {}, expected 200 and the table",
                status.as_u16()
            ));
        }
        let known = Validators {
            etag: header(answer.headers(), &ETAG),
            modified: header(answer.headers(), &LAST_MODIFIED),
        };
        let body = answer.into_body().into_with_config();
        let bytes = body.limit(limits::BYTES as u64).read_to_vec();
        return Ok(Some((bytes.map_err(said)?, known)));
    }
    Err(format!(
        "the server leads on more than {} times, expected the table",
        limits::REDIRECTS
    ))
}

/// Where a server leads on to; never from a safe connection to an open one, and to nothing but the web.
fn led(from: &Url, to: &str) -> Result<Url, String> {
    let mut next = from
        .join(to)
        .map_err(|_| "the server leads on to what is no address, expected one".to_owned())?;
    let is_web = matches!(next.scheme(), "http" | "https");
    if !is_web || (from.scheme() == "https" && next.scheme() == "http") {
        return Err(format!(
            "the server leads on from {}: to {}:, expected the table by {0}:",
            from.scheme(),
            next.scheme()
        ));
    }
    next.set_fragment(None);
    Ok(next)
}

fn get(
    at: &Url,
    known: &Validators,
    left: Duration,
) -> Result<ureq::http::Response<ureq::Body>, String> {
    let mut config = Agent::config_builder()
        // Each step is looked at here.
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(left))
        .timeout_connect(Some(limits::CONNECT.min(left)))
        .max_idle_connections(0)
        .user_agent(concat!("regie/", env!("CARGO_PKG_VERSION")))
        // As everything else on this machine: a house may have an authority of its own.
        .tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::PlatformVerifier)
                .build(),
        );
    if is_this_machine(at) {
        config = config.proxy(None);
    }
    let mut bare = at.clone();
    // Never refused for a URL with a host.
    let _ = bare.set_username("").and_then(|()| bare.set_password(None));
    bare.set_fragment(None);
    let mut request = config.build().new_agent().get(bare.as_str()).header(
        ACCEPT,
        "text/csv, application/json, text/*;q=0.9, */*;q=0.8",
    );
    if !at.username().is_empty() || at.password().is_some() {
        request = request.header(AUTHORIZATION, basic(at));
    }
    for (name, value) in [
        (IF_NONE_MATCH, &known.etag),
        (IF_MODIFIED_SINCE, &known.modified),
    ] {
        if let Some(value) = value {
            request = request.header(name, value.as_str());
        }
    }
    request.call().map_err(said)
}

/// User and password of a URL for the server (RFC 7617).
fn basic(url: &Url) -> String {
    let plain = |part: &str| percent_decode_str(part).collect::<Vec<u8>>();
    let mut both = plain(url.username());
    both.push(b':');
    both.extend(plain(url.password().unwrap_or_default()));
    let both = base64::engine::general_purpose::STANDARD.encode(both);
    format!("Basic {both}")
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

fn too_late() -> String {
    format!(
        "there is no whole answer after {} s, expected one sooner",
        limits::ANSWER.as_secs()
    )
}

/// Why nothing came, in words for whoever looks after the address.
fn said(error: ureq::Error) -> String {
    use ureq::{Error, Timeout};
    match error {
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => Cause::TimedOut.to_string(),
        Error::Timeout(_) => too_late(),
        Error::BodyExceedsLimit(_) => format!(
            "there are more than {} MB of it, expected less",
            limits::BYTES >> 20
        ),
        Error::HostNotFound => Cause::HostUnknown.to_string(),
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => Cause::Tls.to_string(),
        Error::Io(error) => said_by_system(&error),
        error => format!("this is no answer of a web server, expected one: {error}"),
    }
}

fn said_by_system(error: &std::io::Error) -> String {
    use std::io::ErrorKind as Kind;
    let words = error.to_string();
    let cause = match error.kind() {
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::UnexpectedEof => {
            Some(Cause::Closed)
        }
        // What the resolver and the TLS library say comes in no kind of its own.
        _ if words.contains("Temporary failure") => Some(Cause::NoNetwork),
        _ if words.contains("lookup address") => Some(Cause::HostUnknown),
        Kind::InvalidData if words.contains("certificate") => Some(Cause::Tls),
        _ => Cause::of_io(error),
    };
    match cause {
        Some(cause) => cause.to_string(),
        None => format!("the answer cannot be read: {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_server_leads_on_within_the_web_and_never_out_of_safety() {
        let at = url("https://a.example/x/y?z=1");
        for (to, whole) in [
            ("/q", "https://a.example/q"),
            ("b.csv#top", "https://a.example/x/b.csv"),
            ("//b.example/", "https://b.example/"),
            ("https://c.example/d", "https://c.example/d"),
        ] {
            assert_eq!(led(&at, to).unwrap().as_str(), whole);
        }
        for to in [
            "http://a.example/",
            "file:///etc/passwd",
            "ftp://a.example/",
            "data:text/csv,a",
            "https://",
        ] {
            assert!(led(&at, to).is_err(), "{to}");
        }
        let open = url("http://a.example/");
        assert_eq!(led(&open, "https://a.example/").unwrap().scheme(), "https");
    }

    #[test]
    fn user_and_password_are_sent_as_they_are_meant() {
        // RFC 7617, 2: "Aladdin" and "open sesame".
        let at = url("http://Aladdin:open%20sesame@a.example/");
        assert_eq!(basic(&at), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(
            shown_host(&url("http://u:p@a.example:81/k?t=1")),
            "a.example:81"
        );
        for (at, own) in [
            ("http://localhost:1/", true),
            ("http://127.0.0.1/", true),
            ("http://[::1]/", true),
            ("http://10.0.0.1/", false),
            ("http://localhost.example/", false),
        ] {
            assert_eq!(is_this_machine(&url(at)), own, "{at}");
        }
    }
}
