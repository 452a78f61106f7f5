//! Judges the addresses in a show: form, what is secret in them, and whether a host is near.
//!
//! No message repeats a URL or a part of it, for a key may have been pasted into it anywhere.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use url::{ParseError, Url};

use super::placeholder::{self, Malformed};
use super::words::looks_like_key;

/// What a network source may be pulled from.
const SOURCE_SCHEMES: [&str; 7] = ["rtsp", "rtsps", "srt", "rtmp", "rtmps", "http", "https"];

/// What a table may be fetched by.
const TABLE_SCHEMES: [&str; 2] = ["http", "https"];

/// What the program may be sent by.
const SERVER_SCHEMES: [&str; 2] = ["rtmp", "rtmps"];

/// Parameters whose values are secrets by their names.
const SECRET_PARAMETERS: [&str; 15] = [
    "passphrase",
    "password",
    "passwd",
    "pass",
    "pwd",
    "token",
    "access_token",
    "key",
    "streamkey",
    "stream_key",
    "apikey",
    "api_key",
    "secret",
    "auth",
    "signature",
];

const USE_REFERENCE: &str =
    "expected {secret:NAME} in its place, which names where the secret is found";

const USE_KEY: &str = "expected it to be left out here and named as key: Secret(\"NAME\")";

/// What is wrong with a network source's URL.
pub(super) fn network_faults(text: &str) -> Vec<String> {
    pulled_faults(text, &SOURCE_SCHEMES)
}

/// What is wrong with a table's URL.
pub(super) fn web_faults(text: &str) -> Vec<String> {
    pulled_faults(text, &TABLE_SCHEMES)
}

/// What is wrong with a URL that something is pulled from, by one of these schemes.
fn pulled_faults(text: &str, schemes: &[&str]) -> Vec<String> {
    let token = unused_token(text);
    let placeholders = match placeholder::find(text) {
        Ok(placeholders) => placeholders,
        Err(Malformed) => {
            return vec![
                "a reference to a secret is malformed, expected {secret:NAME} with letters, \
                 digits, - and _"
                    .to_owned(),
            ];
        }
    };
    let mut faults: Vec<String> = placeholders
        .iter()
        .filter(|p| looks_like_key(p.name))
        .map(|_| KEY_AS_NAME.to_owned())
        .collect();
    let plain = placeholder::replace(text, &placeholders, |_| {
        Ok::<_, std::convert::Infallible>(token.clone())
    });
    let url = match plain.map(|plain| read(&plain, schemes)) {
        Ok(Ok(url)) => url,
        Ok(Err(message)) => {
            faults.push(message);
            return faults;
        }
        Err(never) => match never {},
    };
    if url.host_str().is_some_and(|host| host.contains(&token)) {
        faults.push(
            "a reference to a secret stands in the host, expected it in the user's part, the path \
             or a parameter"
                .to_owned(),
        );
    }
    let literal = |part: &str| !part.is_empty() && part != token;
    let without = |part: &str| part.replace(&token, "");
    let path_is_secret =
        url.scheme().starts_with("rtmp") && url.path().split('/').any(looks_like_key);
    if url.password().is_some_and(literal) || looks_like_key(&without(url.username())) {
        faults.push(format!("a password stands in the URL, {USE_REFERENCE}"));
    }
    if path_is_secret {
        faults.push(format!("a stream key stands in the URL, {USE_REFERENCE}"));
    }
    for (name, value) in url.query_pairs() {
        let named = SECRET_PARAMETERS.contains(&name.to_lowercase().as_str());
        if (named && literal(&value)) || pasted(&without(&value)) {
            faults.push(format!(
                "a parameter of the URL is a secret, {USE_REFERENCE}"
            ));
        }
    }
    faults.extend(srt_fault(&url));
    faults
}

/// What is wrong with a destination's server, and its URL where it can be read.
pub(super) fn server_faults(text: &str) -> (Vec<String>, Option<Url>) {
    if text.contains("{secret:") {
        let message = format!("a server's URL holds no reference to a secret, {USE_KEY}");
        return (vec![message], None);
    }
    let url = match read(text, &SERVER_SCHEMES) {
        Ok(url) => url,
        Err(message) => return (vec![message], None),
    };
    let mut faults = Vec::new();
    if !url.username().is_empty() || url.password().is_some() {
        faults.push(format!("a user or password stands in the URL, {USE_KEY}"));
    }
    let secret = |(name, value): (std::borrow::Cow<str>, std::borrow::Cow<str>)| {
        SECRET_PARAMETERS.contains(&name.to_lowercase().as_str()) || pasted(&value)
    };
    if url.path().split('/').any(looks_like_key) || url.query_pairs().any(secret) {
        faults.push(format!("a stream key stands in the URL, {USE_KEY}"));
    }
    if url.path().split('/').all(str::is_empty) {
        faults.push(
            "the URL names no application, expected rtmp://HOST[:PORT]/APP or rtmps://…".to_owned(),
        );
    }
    (faults, Some(url))
}

/// What is said of a key where its name was expected.
pub(super) const KEY_AS_NAME: &str = "this looks like a key itself, expected the name under which \
    the key is found: variable REGIE_KEY_NAME, system keyring, or secrets file";

/// What is wrong with the receiver's address.
pub(super) fn receiver_fault(text: &str) -> Option<String> {
    let expected = "expected a loopback address and port, such as 127.0.0.1:19350";
    match text.parse::<SocketAddr>() {
        Err(_) => Some(format!("this is no address, {expected}")),
        Ok(address) if !address.ip().to_canonical().is_loopback() => Some(format!(
            "other machines could reach this address, {expected}"
        )),
        Ok(address) if address.port() == 0 => Some(format!("port 0 is no port, {expected}")),
        Ok(_) => None,
    }
}

/// True for a loopback, private or link-local address, for `.local` names and names of one label.
pub(super) fn is_near(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return match address.to_canonical() {
            IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_loopback() || is_local_v6(v6),
        };
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    // Resolvers read 134744072 and 0x8080808 as addresses of four parts.
    let number = name.starts_with(|c: char| c.is_ascii_digit())
        && name
            .trim_start_matches("0x")
            .chars()
            .all(|c| c.is_ascii_hexdigit());
    let label = !name.is_empty() && !name.contains('.') && !number;
    label || name.ends_with(".local") || name.ends_with(".localhost")
}

/// fc00::/7 and fe80::/10.
fn is_local_v6(address: Ipv6Addr) -> bool {
    address.is_unique_local() || address.is_unicast_link_local()
}

/// True for a parameter's value that looks like a key; a long number alone is a time or a size.
fn pasted(value: &str) -> bool {
    looks_like_key(value) && !value.chars().all(|c| c.is_ascii_digit())
}

/// A word that the text does not hold, to stand for secrets while the URL is read.
fn unused_token(text: &str) -> String {
    let mut token = "secret".to_owned();
    while text.contains(&token) {
        token.push('x');
    }
    token
}

/// Reads a URL of one of these schemes, with a host (an SRT listener needs none) and a sound port.
fn read(text: &str, schemes: &[&str]) -> Result<Url, String> {
    let expected = match schemes.split_last() {
        Some((last, rest)) => format!("expected {}:// or {last}://", rest.join("://, ")),
        None => String::new(),
    };
    if text.is_empty() {
        return Err(format!("the URL is empty, {expected}"));
    }
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("the URL holds white space, expected none".to_owned());
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => return Err(format!("this is no URL, {expected}")),
    };
    if !schemes.contains(&scheme.as_str()) {
        return Err(format!("the URL's scheme is another, {expected}"));
    }
    let no_host = || "the URL has no host, expected one after ://".to_owned();
    if rest.is_empty() || rest.starts_with(['/', '?', '#']) {
        return Err(no_host());
    }
    // The standard knows no URL with a port and no host; SRT listens on one.
    let listener = scheme == "srt" && rest.starts_with(':');
    let parsed = if listener {
        Url::parse(&format!("srt://0.0.0.0{rest}"))
    } else {
        Url::parse(text)
    };
    let url = parsed.map_err(|error| match error {
        ParseError::EmptyHost => no_host(),
        ParseError::InvalidPort => bad_port(),
        ParseError::IdnaError
        | ParseError::InvalidIpv4Address
        | ParseError::InvalidIpv6Address
        | ParseError::InvalidDomainCharacter => {
            "the URL's host is malformed, expected a name or an address".to_owned()
        }
        _ => format!("the URL is malformed, {expected}"),
    })?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(no_host());
    }
    if url.port() == Some(0) {
        return Err(bad_port());
    }
    if listener && srt_mode(&url).as_deref() != Some("listener") {
        return Err(
            "the URL has no host, expected one after ://, or ?mode=listener to wait for a caller"
                .to_owned(),
        );
    }
    Ok(url)
}

fn bad_port() -> String {
    "the URL's port is out of range, expected a number from 1 to 65535".to_owned()
}

fn srt_mode(url: &Url) -> Option<String> {
    url.query_pairs()
        .find(|(name, _)| name == "mode")
        .map(|(_, value)| value.into_owned())
}

fn srt_fault(url: &Url) -> Option<String> {
    if url.scheme() != "srt" {
        return None;
    }
    if url.port().is_none() {
        return Some("an SRT URL has no port, expected srt://HOST:PORT".to_owned());
    }
    match srt_mode(url).as_deref() {
        None | Some("caller" | "listener" | "rendezvous") => None,
        Some(_) => Some(
            "unknown mode of an SRT URL, expected `caller`, `listener` or `rendezvous`".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_sources_have_no_fault() {
        for url in [
            "srt://:9000?mode=listener",
            "srt://[::1]:9000",
            "srt://stage.example:9000?mode=caller&latency=200&streamid=read:stage",
            "srt://h:9000?passphrase={secret:stage}&pbkeylen=16",
            "srt://h:9000?streamid=publish:stage:ann:{secret:stage}",
            "rtsp://10.0.0.5/h264",
            "rtsp://admin@10.0.0.5/h264",
            "rtsp://admin:{secret:stagecam}@10.0.0.5:554/h264",
            "RTSPS://{secret:user}:{secret:word}@cam.local/h264",
            "rtmp://127.0.0.1:1935/live/secret",
            "rtmp://127.0.0.1/live/{secret:pull}",
            "https://example.com/live/index.m3u8?quality=high&until=1800000000",
            "http://[2001:db8::1]:8080/cam.mjpg",
        ] {
            assert_eq!(network_faults(url), Vec::<String>::new(), "{url}");
        }
    }

    #[test]
    fn hosts_are_near_or_far() {
        let near = |host: &str| is_near(&Url::parse(&format!("rtmp://{host}/live")).unwrap());
        for host in [
            "127.0.0.1",
            "127.9.9.9:1935",
            "[::1]",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.1.1",
            "[fe80::1]",
            "[fd12::1]",
            "[::ffff:10.0.0.1]",
            "nas",
            "localhost",
            "studio.local",
            "Studio.LOCAL.",
            "a.localhost",
        ] {
            assert!(near(host), "{host}");
        }
        for host in [
            "8.8.8.8",
            "172.32.0.1",
            "[2001:db8::1]",
            "[::ffff:8.8.8.8]",
            "example.com",
            "a.rtmp.youtube.com",
            "134744072",
            "0x8080808",
            "0.0.0.0",
            "local.example",
            "192.168.1.1.example.com",
            "100.64.0.1",
        ] {
            assert!(!near(host), "{host}");
        }
    }

    #[test]
    fn no_message_repeats_a_part_of_the_url() {
        let secret = "Hunter2Hunter2";
        for url in [
            format!("rtsp://admin:{secret}@10.0.0.5/x"),
            format!("{secret}://10.0.0.5/x"),
            format!("srt://h:1?passphrase={secret}"),
            format!("srt://h:{secret}?a=b"),
            format!("http://h^{secret}/a"),
            format!("srt://h:1?mode={secret}"),
            format!("srt://h:1?x={{secret:{secret}"),
            secret.to_owned(),
        ] {
            let faults = network_faults(&url);
            assert!(!faults.is_empty(), "{url}");
            assert!(
                faults.iter().all(|f| !f.to_lowercase().contains("hunter")),
                "{faults:?}"
            );
            let (faults, _) = server_faults(&url.replace("srt", "rtmp"));
            assert!(!faults.is_empty(), "{url}");
            assert!(
                faults.iter().all(|f| !f.to_lowercase().contains("hunter")),
                "{faults:?}"
            );
        }
    }
}
