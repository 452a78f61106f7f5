//! The scout: looks for devices, media and rows and tries sources while the show runs, beside the tick and the editor.
//! It takes seconds and changes nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, select};

use super::monitors::Taps;
use crate::card;
use crate::data::{self, Tables};
use crate::door::{Ask, Command, Event, Hub, Snapshot};
use crate::input::{self, Setting};
use crate::output;
use crate::show;
use crate::title;

/// So many things are looked for at once.
const AT_ONCE: usize = 4;
/// Rows of a table that are told at once.
const MOST_ROWS: usize = 500;
/// Characters of what is looked for in a table or in the media pool.
const LONGEST_FIND: usize = 200;

/// Where the scout looks.
#[derive(Clone)]
pub struct Finds {
    /// For sources that are tried.
    pub setting: Setting,
    /// For rows.
    pub tables: Arc<Tables>,
    /// The show's own folder, for templates and media.
    pub folder: PathBuf,
    /// For the show as it is.
    pub taps: Arc<Taps>,
}

/// Answers the hub's errands until `stopped` is closed.
///
/// # Errors
/// Where the system has no thread.
pub fn start(
    errands: Receiver<Ask>,
    finds: Finds,
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
                        Ok(errand) => send_out(errand, &finds, &hub, &running),
                        Err(_) => return,
                    },
                }
            }
        })?;
    Ok(())
}

/// Does one errand on a thread of its own, so that a source that gives nothing holds up no other.
fn send_out(errand: Ask, finds: &Finds, hub: &Arc<Hub>, running: &Arc<AtomicUsize>) {
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
    let (finds, hub, finished) = (finds.clone(), hub.clone(), running.clone());
    let spawned = std::thread::Builder::new()
        .name("errand".to_owned())
        .spawn(move || {
            let snapshot = hub.snapshot();
            let event = carry_out(&errand.command, &finds, snapshot.as_deref());
            let frame = hub.snapshot().map_or(0, |now| now.frame);
            let id = Some(errand.id);
            let done = |command| Event::Done { command, frame, id };
            let events = match event {
                Ok(event) => vec![event, done(errand.command)],
                Err(message) => vec![Event::Error { message, id }],
            };
            for event in events {
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

/// The answer, or why there is none.
fn carry_out(
    command: &Command,
    finds: &Finds,
    snapshot: Option<&Snapshot>,
) -> Result<Event, String> {
    match command {
        Command::Templates {} => Ok(Event::Templates {
            templates: title::template_names(&finds.folder),
        }),
        Command::Media { find } => {
            let find = short(find)?;
            let now = finds.taps.now.load_full();
            let now = now.ok_or("there is no show yet: try again")?;
            let titles = snapshot.map_or(&[][..], |now| &now.titles);
            let filled: Vec<_> = titles
                .iter()
                .flat_map(|title| {
                    let held = title.aired.iter().chain([&title.next]);
                    held.map(|fields| (title.id.clone(), fields.clone()))
                })
                .collect();
            let (files, more) = show::media_pool(&now.cast.show, &finds.folder, &filled, find);
            let find = find.to_owned();
            Ok(Event::Media { find, files, more })
        }
        Command::Rows {
            table,
            find,
            from,
            many,
        } => rows(&finds.tables, (table, find), *from, *many),
        Command::Devices {} => Ok(Event::Devices {
            devices: input::cameras(),
            sound_cards: card::cards(),
        }),
        Command::Encoders {} => Ok(Event::Encoders {
            encoders: output::h264_encoders(),
        }),
        Command::TrySource { source } => {
            let (found, message) = match input::attempt(source, &finds.setting) {
                Ok(finding) => (Some(finding), String::new()),
                Err(error) => (None, error.to_string()),
            };
            Ok(Event::Tried {
                source: source.id.clone(),
                found,
                message,
            })
        }
        _ => Err("this is not for who looks for sources".to_owned()),
    }
}

/// What may be looked for.
fn short(find: &str) -> Result<&str, String> {
    if find.chars().count() > LONGEST_FIND {
        return Err(format!(
            "what is looked for is too long: expected at most {LONGEST_FIND} characters"
        ));
    }
    Ok(find)
}

/// Rows of a table, those in which something was found.
fn rows(
    tables: &Tables,
    (table, find): (&str, &str),
    from: usize,
    many: usize,
) -> Result<Event, String> {
    if !(1..=MOST_ROWS).contains(&many) {
        return Err(format!("{many} rows: expected 1 to {MOST_ROWS}"));
    }
    let find = short(find)?;
    let all = tables
        .rows(table)
        .ok_or_else(|| format!("there are no rows of a table \"{table}\""))?;
    let found = data::find(&all, find);
    let given = found.iter().skip(from).take(many);
    Ok(Event::Rows {
        table: table.to_owned(),
        find: find.to_owned(),
        found: found.len(),
        columns: all.columns.clone(),
        rows: given
            .filter_map(|&n| Some((n + 1, all.rows.get(n)?.clone())))
            .collect(),
    })
}
