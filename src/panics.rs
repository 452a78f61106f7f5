//! What becomes of a thread that panics. Its message goes out by the log, which waits for nobody; and
//! where there is no program without that thread, the process ends, so that the keeper starts another.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;

use crate::logging;

/// Threads of the engine without which there is no program. Should one of them panic, an engine that is
/// started again within a second is better than one that is silent to the end of the show.
pub const VITAL: [&str; 6] = [
    "tick",
    "mixer",
    "fan-out",
    "recorder",
    "encoder",
    "sound encoder",
];

/// Tells of panics by the log. To be called when the log is started.
pub fn tell() {
    std::panic::set_hook(Box::new(|panic| {
        say(panic);
        if std::thread::current().name() == Some("main") {
            // The program ends with it.
            logging::flush();
        }
    }));
}

/// As [`tell`], and ends the process where a [`VITAL`] thread panics: for the engine.
pub fn end_with_vital_threads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        if std::thread::current()
            .name()
            .is_some_and(|name| VITAL.contains(&name))
        {
            logging::flush();
            std::process::abort();
        }
    }));
}

fn say(panic: &PanicHookInfo) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("without a name");
    let place = panic.location().map_or_else(
        || "an unknown place".to_owned(),
        std::string::ToString::to_string,
    );
    let message = panic.payload_as_str().unwrap_or("no message");
    let mut text = format!("thread '{name}' panicked at {place}:\n{message}");
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        text.push_str(&format!("\n{trace}"));
    }
    logging::say(&text);
}
