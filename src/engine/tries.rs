//! The tries of destinations that run: who may be tried, how they wait for each other, and when they
//! have to make way.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::door::{DestinationState, Event, Hub, TrialStatus, Tried};
use crate::output::{TryOut, Watcher};
use crate::show::{self, Destination, SaveError, Show};

/// So many run at once.
const AT_ONCE: usize = 16;
/// How long the uplink can be measured, in seconds.
const SECONDS: std::ops::RangeInclusive<f32> = 2.0..=60.0;

/// Why a destination is not tried.
#[derive(Debug, thiserror::Error)]
pub enum TryRefusal {
    /// No such destination.
    #[error("unknown destination \"{0}\": expected one of the show's, or a whole one")]
    Unknown(String),
    /// It makes no sense.
    #[error("{0}")]
    Faulty(String),
    /// The program goes there.
    #[error("\"{0}\" is switched on: stop it first, for it is the try by itself")]
    OnAir(String),
    /// The program would feel it.
    #[error(
        "the program is on air: measuring would take from its uplink; try the connection without \
         publishing"
    )]
    Uplink,
    /// It is being tried.
    #[error("\"{0}\" is being tried already")]
    Running(String),
    /// Nothing to stop.
    #[error("\"{0}\" is not being tried")]
    NotRunning(String),
    /// Too many.
    #[error("{AT_ONCE} tries run already")]
    TooMany,
    /// A length out of range.
    #[error("{0} seconds: expected 2 to 60")]
    Length(f32),
    /// No thread to be had.
    #[error("no thread for a try: {0}")]
    Thread(#[from] std::io::Error),
}

/// See the module's words. Dropping it ends all of them, without waiting for that.
pub struct Tries {
    hub: Arc<Hub>,
    connecting: Arc<AtomicUsize>,
    running: BTreeMap<String, Arc<Running>>,
}

/// One that runs.
struct Running {
    hub: Arc<Hub>,
    id: String,
    /// It takes from the uplink.
    publishes: bool,
    stopped: AtomicBool,
    /// How many have not connected yet, this one among them until it has.
    connecting: Arc<AtomicUsize>,
    has_connected: AtomicBool,
}

impl Tries {
    /// None runs yet.
    pub fn new(hub: Arc<Hub>) -> Self {
        Self {
            hub,
            connecting: Arc::default(),
            running: BTreeMap::new(),
        }
    }

    /// Begins one, which tells of itself from then on.
    ///
    /// # Errors
    /// [`TryRefusal`]; nothing has begun then.
    pub fn begin(
        &mut self,
        show: &Show,
        tried: &Tried,
        seconds: f32,
        publish: bool,
    ) -> Result<(), TryRefusal> {
        if !SECONDS.contains(&seconds) {
            return Err(TryRefusal::Length(seconds));
        }
        let destination = destination(show, tried)?;
        let id = destination.id.clone();
        if is_on(&self.hub, |on| on == id) {
            return Err(TryRefusal::OnAir(id));
        }
        if publish && is_on(&self.hub, |_| true) {
            return Err(TryRefusal::Uplink);
        }
        // A thread that has ended let go of its handle.
        self.running
            .retain(|_, running| Arc::strong_count(running) > 1);
        if self.running.contains_key(&id) {
            return Err(TryRefusal::Running(id));
        }
        if self.running.len() >= AT_ONCE {
            return Err(TryRefusal::TooMany);
        }
        let try_out = TryOut {
            destination,
            format: show.format,
            encoder: show.encoder.clone(),
            measure: Duration::from_secs_f32(seconds),
            publish,
        };
        let running = Arc::new(Running {
            hub: self.hub.clone(),
            id: id.clone(),
            publishes: publish,
            stopped: AtomicBool::new(false),
            connecting: self.connecting.clone(),
            has_connected: AtomicBool::new(false),
        });
        running.connecting.fetch_add(1, Ordering::Relaxed);
        let watcher = running.clone();
        let spawned = std::thread::Builder::new()
            .name(format!("try {id}"))
            .spawn(move || try_out.run(&*watcher));
        if let Err(error) = spawned {
            running.connected();
            return Err(error.into());
        }
        self.running.insert(id, running);
        Ok(())
    }

    /// Asks one to end.
    ///
    /// # Errors
    /// [`TryRefusal::NotRunning`].
    pub fn stop(&mut self, id: &str) -> Result<(), TryRefusal> {
        match self.running.get(id) {
            Some(running) if Arc::strong_count(running) > 1 => {
                running.stopped.store(true, Ordering::Relaxed);
                Ok(())
            }
            _ => Err(TryRefusal::NotRunning(id.to_owned())),
        }
    }
}

impl Drop for Tries {
    fn drop(&mut self) {
        for running in self.running.values() {
            running.stopped.store(true, Ordering::Relaxed);
        }
    }
}

impl Watcher for Running {
    fn is_wanted(&self) -> bool {
        // The program itself goes first.
        let in_the_way = |on: &str| self.publishes || on == self.id;
        !self.stopped.load(Ordering::Relaxed) && !is_on(&self.hub, in_the_way)
    }

    fn connected(&self) {
        if !self.has_connected.swap(true, Ordering::Relaxed) {
            self.connecting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn all_connected(&self) -> bool {
        self.connecting.load(Ordering::Relaxed) == 0
    }

    fn tell(&self, status: TrialStatus) {
        self.hub.say(Event::Trial(status));
    }
}

fn destination(show: &Show, tried: &Tried) -> Result<Destination, TryRefusal> {
    match tried {
        Tried::Id(id) => {
            let found = show.destinations.iter().find(|d| d.id == *id);
            found
                .cloned()
                .ok_or_else(|| TryRefusal::Unknown(id.clone()))
        }
        Tried::New(destination) => {
            // It must be one that a show can have.
            let with = Show {
                destinations: vec![Destination::clone(destination)],
                ..show.clone()
            };
            match show::text_of(Path::new(""), &with, show) {
                Ok(_) => Ok(Destination::clone(destination)),
                Err(SaveError::Faulty(faults)) => {
                    let messages: Vec<&str> = faults.iter().map(|f| f.message.as_str()).collect();
                    Err(TryRefusal::Faulty(messages.join("; ")))
                }
                Err(error) => Err(TryRefusal::Faulty(error.to_string())),
            }
        }
    }
}

/// Whether the program is asked to go to a destination of such an id.
fn is_on(hub: &Hub, such: impl Fn(&str) -> bool) -> bool {
    hub.snapshot().is_some_and(|now| {
        let mut all = now.destinations.iter();
        all.any(|d| such(&d.id) && d.state != DestinationState::Off)
    })
}
