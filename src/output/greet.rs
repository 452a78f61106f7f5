//! RTMP as far as the greeting: TLS where it is asked for, the handshake, and `connect`. No stream is
//! published and no key is said, so nothing of it can be seen by viewers.

use std::time::Duration;

use gio::prelude::*;
use rml_rtmp::handshake::{Handshake, HandshakeProcessResult, PeerType};
use rml_rtmp::sessions::{
    ClientSession, ClientSessionConfig, ClientSessionEvent, ClientSessionResult,
};
use url::Url;

use super::session::authority;
use super::trouble::Trouble;
use super::waiting::while_wanted;

/// RTMP's port, and the one that it has over TLS.
pub const PORTS: (u16, u16) = (1935, 443);
/// As long may the server be silent, in seconds.
const PATIENCE_S: u32 = 10;
/// As long is it greeted to learn why it closed.
const WHY: Duration = Duration::from_secs(15);
/// A server that greets says less than this before it answers, in bytes.
const GREETING: usize = 1 << 20;

/// Why a server closed without a word when it was shown the key: one that greets all the same does
/// not want it, though it does not say so. Greets it, as long as that is wanted.
pub fn why_closed(server: &str, closed: Trouble, is_wanted: impl Fn() -> bool) -> Trouble {
    let Ok(server) = Url::parse(server) else {
        return closed;
    };
    match while_wanted(is_wanted, WHY, move || greet(&server)) {
        Ok(Some(Ok(()))) => Trouble::closed_at_key(),
        _ => closed,
    }
}

/// Greets a server. Takes as long as it does, and no longer than the server is silent for ten
/// seconds.
///
/// # Errors
/// What went wrong, in plain words.
pub fn greet(server: &Url) -> Result<(), Trouble> {
    let host = authority(server);
    let said = |error: gio::glib::Error| Trouble::of_glib(&error, &host);
    let odd = |what: &dyn std::fmt::Debug| {
        tracing::debug!(?what, host, "a greeting went wrong");
        Trouble::passing(format!(
            "it answers, but not as an RTMP server does ({host})"
        ))
    };
    let is_safe = server.scheme() == "rtmps";
    let client = gio::SocketClient::new();
    client.set_tls(is_safe);
    client.set_timeout(PATIENCE_S);
    let port = server
        .port()
        .unwrap_or(if is_safe { PORTS.1 } else { PORTS.0 });
    let connection = client
        .connect_to_host(&host, port, gio::Cancellable::NONE)
        .map_err(said)?;
    let (input, output) = (connection.input_stream(), connection.output_stream());
    let send = |bytes: &[u8]| -> Result<(), Trouble> {
        let sent = output.write_all(bytes, gio::Cancellable::NONE);
        match sent.map_err(said)? {
            (_, None) => Ok(()),
            (_, Some(error)) => Err(said(error)),
        }
    };
    let mut bin = [0u8; 4096];
    let mut heard = 0;
    let mut hear = |bin: &mut [u8]| -> Result<usize, Trouble> {
        let read = input.read(bin, gio::Cancellable::NONE).map_err(said)?;
        heard += read;
        if read == 0 {
            return Err(Trouble::closed());
        }
        if heard > GREETING {
            return Err(odd(&"too much"));
        }
        Ok(read)
    };

    let mut handshake = Handshake::new(PeerType::Client);
    let hello = handshake
        .generate_outbound_p0_and_p1()
        .map_err(|error| odd(&error))?;
    send(&hello)?;
    let mut rest = loop {
        let read = hear(&mut bin)?;
        let bytes = bin.get(..read).unwrap_or_default();
        match handshake
            .process_bytes(bytes)
            .map_err(|error| odd(&error))?
        {
            HandshakeProcessResult::InProgress { response_bytes } => send(&response_bytes)?,
            HandshakeProcessResult::Completed {
                response_bytes,
                remaining_bytes,
            } => {
                send(&response_bytes)?;
                break remaining_bytes;
            }
        }
    };

    let mut config = ClientSessionConfig::new();
    config.tc_url = Some(server.as_str().trim_end_matches('/').to_owned());
    let (mut session, first) = ClientSession::new(config).map_err(|error| odd(&error))?;
    let application = server.path().trim_matches('/').to_owned();
    let ask = session
        .request_connection(application)
        .map_err(|error| odd(&error))?;
    let mut results = first;
    results.push(ask);
    loop {
        for result in results {
            match result {
                ClientSessionResult::OutboundResponse(packet) => send(&packet.bytes)?,
                ClientSessionResult::RaisedEvent(event) => match event {
                    ClientSessionEvent::ConnectionRequestAccepted => return Ok(()),
                    ClientSessionEvent::ConnectionRequestRejected { description } => {
                        tracing::debug!(description, host, "the application is refused");
                        return Err(Trouble::person(format!(
                            "the application is refused: check the server's address ({host})"
                        )));
                    }
                    _ => {}
                },
                ClientSessionResult::UnhandleableMessageReceived(_) => {}
            }
        }
        if rest.is_empty() {
            let read = hear(&mut bin)?;
            rest = bin.get(..read).unwrap_or_default().to_vec();
        }
        let bytes = std::mem::take(&mut rest);
        results = session.handle_input(&bytes).map_err(|error| odd(&error))?;
    }
}
