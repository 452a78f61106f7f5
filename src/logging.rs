//! The log on standard error, which nobody may be reading: no thread waits to say what it has to say.
//! Who reads too little is told how many lines were lost.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::OnceLock;
use std::time::Duration;

use crate::outlet::Outlet;

/// So much of the log may wait for its reader: an hour of an ordinary show.
const ROOM: usize = 1 << 20;
/// At the end a reader of the log is waited for while it reads, but not for long.
const PATIENCE: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(2);

/// What is logged where nothing else is asked for. JACK's own library writes a dozen lines each time that its
/// server is not there, which is said once elsewhere; PulseAudio's calls it an error that a connection was
/// closed, by whichever side.
const USUAL: &str = "info,jack::logging=off,pulseaudio::client=off";

/// There is one standard error.
static LOG: OnceLock<Outlet> = OnceLock::new();

/// Starts the log; what is logged before is lost. To be called once, at the start of a program that
/// then calls [`flush`] at its end.
///
/// # Errors
/// Where the system has no thread or no handle to be had.
pub fn start() -> io::Result<()> {
    // A handle of our own: `std`'s has a lock, in which others would wait.
    let to = std::fs::File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let outlet = Outlet::start("log", to, |lost| {
        format!("… {lost} lines of the log were lost: nobody read them\n").into_bytes()
    })?;
    // A second start changes nothing.
    let _ = LOG.set(outlet);
    let filter = tracing_subscriber::EnvFilter::try_from_env("REGIE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(USUAL));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Lines)
        .with_ansi(false)
        .init();
    // GLib's own warnings would be written to standard error by whoever causes them.
    gstreamer::glib::log_set_default_handler(|domain, level, message| {
        use gstreamer::glib::LogLevel;
        let domain = domain.unwrap_or("GLib");
        match level {
            LogLevel::Error => {
                tracing::error!("{domain}: {message}");
                // GLib ends the process after an error.
                flush();
            }
            LogLevel::Critical => tracing::error!("{domain}: {message}"),
            LogLevel::Warning => tracing::warn!("{domain}: {message}"),
            LogLevel::Message | LogLevel::Info => tracing::info!("{domain}: {message}"),
            LogLevel::Debug => tracing::debug!("{domain}: {message}"),
        }
    });
    Ok(())
}

/// Says a line on standard error that is for whoever started the program, as it is.
pub fn say(line: &str) {
    if let Some(log) = LOG.get() {
        log.push(format!("{line}\n").into_bytes(), ROOM);
    }
}

/// Waits until what was logged is written, as long as somebody reads it, and 2 s at most.
pub fn flush() {
    if let Some(log) = LOG.get() {
        log.flush(PATIENCE, LIMIT);
    }
}

/// Takes lines of the log; each comes in one piece.
struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(log) = LOG.get() {
            log.push(line.to_vec(), ROOM);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
