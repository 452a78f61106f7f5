//! The scout: looks for devices and tries sources while the show runs, beside the tick and the editor.
//! It takes seconds and changes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, select};

use crate::card;
use crate::door::{Ask, Command, Event, Hub};
use crate::input::{self, Setting};
use crate::output;

/// So many things are looked for at once.
const AT_ONCE: usize = 4;

/// Answers the hub's errands until `stopped` is closed.
///
/// # Errors
/// Where the system has no thread.
pub fn start(
    errands: Receiver<Ask>,
    setting: Setting,
    hub: Arc<Hub>,
    stopped: Receiver<()>,
) -> std::io::Result<()> {
    let running = Arc::new(AtomicUsize::new(0));
    std::thread::Builder::new()
        .name("scout".to_owned())
        .spawn(move || {
            loop {
                select! {
                    recv(stopped) -> _ => return,
                    recv(errands) -> errand => match errand {
                        Ok(errand) => send_out(errand, &setting, &hub, &running),
                        Err(_) => return,
                    },
                }
            }
        })?;
    Ok(())
}

/// Does one errand on a thread of its own, so that a source that gives nothing holds up no other.
fn send_out(errand: Ask, setting: &Setting, hub: &Arc<Hub>, running: &Arc<AtomicUsize>) {
    let refuse = |answer: &crossbeam_channel::Sender<Event>, id, message: &str| {
        // A client that does not read its answers goes without.
        let _ = answer.try_send(Event::Error {
            message: message.to_owned(),
            id: Some(id),
        });
    };
    let (answer, id) = (errand.answer.clone(), errand.id);
    if running.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
        running.fetch_sub(1, Ordering::Relaxed);
        return refuse(
            &answer,
            id,
            "too much is being looked for at once: try again",
        );
    }
    let (setting, hub, finished) = (setting.clone(), hub.clone(), running.clone());
    let spawned = std::thread::Builder::new()
        .name("errand".to_owned())
        .spawn(move || {
            let event = carry_out(&errand.command, &setting);
            let frame = hub.snapshot().map_or(0, |now| now.frame);
            let done = Event::Done {
                command: errand.command,
                frame,
                id: Some(errand.id),
            };
            for event in event.into_iter().chain([done]) {
                let _ = errand.answer.try_send(event);
            }
            finished.fetch_sub(1, Ordering::Relaxed);
        });
    if let Err(error) = spawned {
        tracing::error!("no thread to look for a source: {error}");
        running.fetch_sub(1, Ordering::Relaxed);
        refuse(&answer, id, "the system has no thread to look for it");
    }
}

fn carry_out(command: &Command, setting: &Setting) -> Option<Event> {
    match command {
        Command::Devices {} => Some(Event::Devices {
            devices: input::cameras(),
            sound_cards: card::cards(),
        }),
        Command::Encoders {} => Some(Event::Encoders {
            encoders: output::h264_encoders(),
        }),
        Command::TrySource { source } => {
            let (found, message) = match input::attempt(source, setting) {
                Ok(finding) => (Some(finding), String::new()),
                Err(error) => (None, error.to_string()),
            };
            Some(Event::Tried {
                source: source.id.clone(),
                found,
                message,
            })
        }
        // No other command is for the scout.
        _ => None,
    }
}
