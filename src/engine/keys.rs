//! The stream keys that a show names: whether they are where this engine can find them, and how they
//! come there. A keyring may take seconds to answer, so all of it is done by a thread of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use crate::door::{Ask, Command, Event, Hub};
use crate::nice::{self, Nice};
use crate::show::{Key, Show, secrets};

/// Keys that were put in their place by another way are noticed after so long.
const EVERY: Duration = Duration::from_secs(5);

/// See the module's words.
#[derive(Clone)]
pub struct Keys {
    found: Arc<ArcSwap<BTreeMap<String, bool>>>,
    jobs: Sender<Job>,
}

enum Job {
    /// These are the names that matter from now on.
    Look(Vec<String>),
    /// Keep a key, or forget one, and answer.
    Change(Ask),
}

impl Keys {
    /// Starts the thread; it ends with the last handle.
    ///
    /// # Errors
    /// Where the system has no thread.
    pub fn start(hub: Arc<Hub>) -> std::io::Result<Self> {
        let (jobs, given) = unbounded();
        let found = Arc::new(ArcSwap::from_pointee(BTreeMap::new()));
        let shown = found.clone();
        std::thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || {
                nice::give_way(Nice::Monitor);
                work(&given, &shown, &hub);
            })?;
        Ok(Self { found, jobs })
    }

    /// Looks for the keys that a show names, from now on.
    pub fn look(&self, show: &Show) {
        let names = show.destinations.iter().filter_map(|d| match &d.key {
            Key::Secret(name) => Some(name.clone()),
            Key::Open(_) => None,
        });
        let _ = self.jobs.send(Job::Look(names.collect()));
    }

    /// Keeps a key or forgets one, and answers.
    pub fn change(&self, ask: Ask) {
        let _ = self.jobs.send(Job::Change(ask));
    }

    /// Whether a destination's key is there; `None` while that is not known. Never waits.
    pub fn has(&self, key: &Key) -> Option<bool> {
        match key {
            Key::Open(_) => Some(true),
            Key::Secret(name) => self.found.load().get(name).copied(),
        }
    }
}

fn work(given: &Receiver<Job>, found: &ArcSwap<BTreeMap<String, bool>>, hub: &Hub) {
    let mut names = Vec::new();
    loop {
        match given.recv_timeout(EVERY) {
            Ok(Job::Look(wanted)) => names = wanted,
            Ok(Job::Change(ask)) => {
                let answer = answer(&ask, hub);
                // What was changed is seen with the answer, not a while after it.
                found.store(Arc::new(look(&names)));
                let _ = ask.answer.try_send(answer);
                continue;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let now = look(&names);
        if **found.load() != now {
            found.store(Arc::new(now));
        }
    }
}

fn look(names: &[String]) -> BTreeMap<String, bool> {
    let has = |name: &String| (name.clone(), secrets::lookup(name).is_ok());
    names.iter().map(has).collect()
}

fn answer(ask: &Ask, hub: &Hub) -> Event {
    let changed = match &ask.command {
        Command::StoreKey { name, key } => secrets::store(name, key.secret()).map(|kept| {
            tracing::info!(name, ?kept, "a key is kept");
        }),
        Command::ForgetKey { name } => secrets::forget(name).map(|()| {
            tracing::info!(name, "a key is forgotten");
        }),
        // No other command is for the keys.
        _ => Ok(()),
    };
    match changed {
        Ok(()) => Event::Done {
            command: ask.command.clone(),
            frame: hub.snapshot().map_or(0, |now| now.frame),
            id: Some(ask.id),
        },
        Err(error) => Event::Error {
            message: error.to_string(),
            id: Some(ask.id),
        },
    }
}
