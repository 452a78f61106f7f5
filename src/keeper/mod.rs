//! The keeper: the small process that holds a show while its engine lives and dies. It starts the
//! engine, starts it again when it dies, and passes lines from its terminal to the door. Should it die
//! itself, the engine starts another, which adopts it.

mod apart;
mod charge;
mod heir;
mod process;

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, after, bounded, never, select, tick, unbounded};
use serde::Deserialize;

pub use apart::{open_apart, start_apart};
pub use charge::Charge;
pub use heir::stay_kept;
pub use process::inherited;

use crate::control::lines::{self, Heard};
use crate::door::{Client, Command, Event, Place, SAY_IT_AGAIN};
use process::{Ending, Handed, this_program, wait, wait_for_end_of};

/// After being asked to end, an engine has so long to close its files.
const ENDING: Duration = Duration::from_secs(30);
/// An engine that died sooner than this after its start is started again less eagerly.
const SHORT_LIFE: Duration = Duration::from_secs(3);
const EAGER: Duration = Duration::from_millis(50);
const PATIENT: Duration = Duration::from_secs(1);
/// The report follows the answer to "quit" within this time after the engine has ended, or as long as
/// what the engine said is being read, but then no longer than [`LAST_READ`].
const LAST_WORDS: Duration = Duration::from_millis(500);
const LAST_READ: Duration = Duration::from_secs(5);
/// The exit status of an engine that makes way for another: it did not die, and the next is started at
/// once.
pub const MADE_WAY: u8 = 75;
/// An engine that makes way has so long to close what it has open. Nothing of it is on air.
const MAKING_WAY: Duration = Duration::from_secs(15);
/// How often the show's files are marked as being in use.
const FRESHEN: Duration = Duration::from_secs(3600);

/// So many commands may be on their way: few enough that each answer finds room on its way back.
const UNANSWERED: usize = 256;

/// How a show is kept.
#[derive(Debug, Default)]
pub struct KeepOptions {
    /// No desk is opened beside it.
    pub headless: bool,
    /// Every destination is started at once.
    pub stream: bool,
    /// The master is started at once.
    pub record: bool,
    /// Ends by itself after so long.
    pub duration: Option<Duration>,
    /// The show's lock, where another process took it for this one.
    pub lock: Option<OwnedFd>,
}

/// Why a show could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// Another keeper has it.
    #[error("{0} is running already; `regie {0}` opens a desk on it")]
    Running(PathBuf),
    /// The engine did not start at all.
    #[error("the engine does not start ({0})")]
    Engine(String),
    /// The system refuses something.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Keeps a show until it ends. Reads commands from standard input and writes events to standard
/// output.
///
/// # Errors
/// [`KeepError`], before the show has begun.
pub fn keep(show_file: &Path, options: KeepOptions) -> Result<(), KeepError> {
    let place = Place::of(show_file)?;
    let lock = match options.lock {
        Some(lock) => lock,
        None => match place.lock()? {
            Some(lock) => lock.into(),
            None => return Err(KeepError::Running(show_file.to_owned())),
        },
    };
    // What an earlier show left: a keeper that begins a show begins it anew.
    place.clear();
    let keeper = Keeper::new(
        Charge {
            show_file: std::fs::canonicalize(show_file)?,
            place: place.clone(),
            stream: options.stream,
            record: options.record,
            until_ns: options.duration.map(charge::moment_in),
        },
        lock,
    );
    let signals = signals()?;
    lines::open_output()?;
    let heard = standard_input()?;
    let engine = keeper.start_engine(false)?;
    let client = Client::start(place, 0)?;
    if !options.headless {
        keeper.open_desk()?;
    }
    let result = keeper.follow(engine, &client, &heard, &signals);
    lines::finish();
    result
}

/// What an engine hands to the keeper that it starts.
#[derive(Debug)]
pub struct Orphan {
    /// The engine's process.
    pub id: i32,
    /// The show's lock.
    pub lock: OwnedFd,
    /// To be held open for as long as this keeper lives.
    pub leash: OwnedFd,
    /// Nobody holds its other end any more when the engine is gone.
    pub life: OwnedFd,
}

/// Keeps a show whose keeper has died, until it ends. In a session of its own, for nobody is left at
/// whatever terminal the show was started from.
///
/// # Errors
/// [`KeepError::Io`].
pub fn adopt(charge: Charge, orphan: Orphan) -> Result<(), KeepError> {
    if let Err(error) = rustix::process::setsid() {
        tracing::warn!("no session of its own: {error}");
    }
    tracing::info!(engine = orphan.id, "the engine has another keeper");
    let engine = EngineProcess {
        id: orphan.id,
        began: None,
        ended: wait_for_end_of(orphan.life)?,
        _leash: orphan.leash,
    };
    let signals = signals()?;
    lines::open_output()?;
    let client = Client::start(charge.place.clone(), 0)?;
    let result = Keeper::new(charge, orphan.lock).follow(engine, &client, &never(), &signals);
    lines::finish();
    result
}

struct Keeper {
    charge: Charge,
    /// Held by the engine too: while either lives, the show runs.
    lock: OwnedFd,
    /// The show is to end.
    quitting: bool,
    /// The engine has yet to be told so.
    quit_unsaid: bool,
    ready: bool,
    /// What was said before the first frame.
    early: Vec<Event>,
    /// The show has ended, whatever becomes of the engine.
    reported: bool,
    /// The engine has said that it makes way.
    makes_way: bool,
}

/// What comes after an engine.
enum After {
    /// Nothing: the show has ended.
    Nothing,
    /// Another, at once.
    Renewed,
    /// Another, for it died.
    Again,
}

/// A running engine.
struct EngineProcess {
    id: i32,
    /// `None` where it began before this keeper.
    began: Option<Instant>,
    ended: Receiver<Ending>,
    /// The engine sees by it that its keeper lives.
    _leash: OwnedFd,
}

impl EngineProcess {
    /// How long to wait before the next, now that this one is gone.
    fn pause(&self) -> Duration {
        let is_short = |began: Instant| began.elapsed() < SHORT_LIFE;
        if self.began.is_some_and(is_short) {
            PATIENT
        } else {
            EAGER
        }
    }
}

impl Keeper {
    fn new(charge: Charge, lock: OwnedFd) -> Self {
        Self {
            charge,
            lock,
            quitting: false,
            quit_unsaid: false,
            ready: false,
            early: Vec::new(),
            reported: false,
            makes_way: false,
        }
    }

    fn start_engine(&self, resume: bool) -> io::Result<EngineProcess> {
        let (leash_end, leash) = io::pipe()?;
        let (lock_handed, leash_handed) = (Handed::of(&self.lock)?, Handed::of(&leash_end)?);
        let mut process = this_program()?;
        process.arg("engine");
        self.charge.tell(&mut process);
        process
            .arg("--lock")
            .arg(lock_handed.number())
            .arg("--leash")
            .arg(leash_handed.number());
        if resume {
            process.arg("--resume");
        }
        // A group of its own: what the terminal sends is for the keeper, which ends it properly.
        let child = process
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(EngineProcess {
            id: child.id() as i32,
            began: Some(Instant::now()),
            ended: wait(child)?,
            _leash: leash.into(),
        })
    }

    fn open_desk(&self) -> io::Result<()> {
        let child = this_program()?
            .arg("desk")
            .arg(&self.charge.show_file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        wait(child)?;
        Ok(())
    }

    fn follow(
        mut self,
        mut engine: EngineProcess,
        client: &Client,
        heard: &Receiver<Heard>,
        signals: &Receiver<()>,
    ) -> Result<(), KeepError> {
        let silent = never();
        let unheard = never();
        let mut input = heard;
        let mut timer = self.charge.time_left().map_or_else(never, after);
        let mut deadline = never::<Instant>();
        let stale = tick(FRESHEN);
        loop {
            if self.quit_unsaid && client.try_send(Command::Quit {}).is_some() {
                self.quit_unsaid = false;
            }
            // Lines wait while the engine is being started: a command must not be lost with it. And
            // while who says them has its answers still to read.
            let listening = if client_is_there(client)
                && client.unanswered() < UNANSWERED
                && !lines::is_behind()
            {
                input
            } else {
                &unheard
            };
            select! {
                recv(engine.ended) -> status => {
                    let status = status.map_err(|_| KeepError::Engine("it was lost".into()))??;
                    match self.what_follows(status, client)? {
                        After::Nothing => {
                            self.charge.place.clear();
                            return Ok(());
                        }
                        After::Renewed => {}
                        After::Again => std::thread::sleep(engine.pause()),
                    }
                    if !self.quitting {
                        deadline = never();
                    }
                    engine = match self.resume(signals) {
                        Some(engine) => engine,
                        None => return Ok(()),
                    };
                    self.makes_way = false;
                }
                recv(client.events()) -> event => match event {
                    Ok(event) => {
                        match &event {
                            Event::EngineRenews { .. } if !self.quitting => {
                                deadline = after(MAKING_WAY);
                            }
                            // It may be heard of the last one when the next has begun.
                            Event::Ready { .. } if !self.quitting => deadline = never(),
                            _ => {}
                        }
                        self.hear(event);
                    }
                    Err(_) => return Err(KeepError::Engine("its door was lost".into())),
                },
                recv(listening) -> line => match line {
                    Ok(Heard::Command(Command::Quit {})) => deadline = self.quit(),
                    Ok(Heard::Command(command)) => {
                        if client.try_send(command).is_none() {
                            tell_error(SAY_IT_AGAIN);
                        }
                    }
                    Ok(Heard::Refused(message)) => tell_error(&message),
                    // The end of the input is not the end of the show.
                    Ok(Heard::End) | Err(_) => input = &silent,
                },
                recv(signals) -> _ => deadline = self.quit(),
                recv(timer) -> _ => {
                    timer = never();
                    deadline = self.quit();
                }
                recv(deadline) -> _ => {
                    tracing::error!("the engine does not end; it is ended by force");
                    if let Some(pid) = rustix::process::Pid::from_raw(engine.id) {
                        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                    }
                    deadline = never();
                }
                recv(stale) -> _ => self.charge.place.freshen(),
                default(Duration::from_millis(50)) => {}
            }
        }
    }

    /// Whether the show has ended with its engine, or how it goes on.
    fn what_follows(
        &mut self,
        status: Option<ExitStatus>,
        client: &Client,
    ) -> Result<After, KeepError> {
        let noted = Noted::read(&self.charge.place);
        let ended = noted.as_ref().is_some_and(|noted| noted.ended);
        let well = status.is_some_and(|status| status.success());
        self.tell_rest(client, well || ended);
        let made_way = match status {
            Some(status) if status.code() == Some(i32::from(MADE_WAY)) => true,
            // It had done all that is to be done, whatever it died of then.
            Some(_) => self.makes_way && noted.as_ref().is_some_and(|noted| noted.made_way),
            // How one ends that is not this one's child nobody tells.
            None => noted.as_ref().is_some_and(|noted| noted.made_way),
        };
        if made_way && !ended && !self.reported {
            // The engine that was told to end is gone; the next one ends the show.
            self.quit_unsaid = self.quitting;
            return Ok(After::Renewed);
        }
        let how = how_it_ended(status);
        if well || ended || self.quitting || self.reported {
            if !well && !self.reported {
                tracing::error!("the engine died while it ended the show ({how})");
            }
            return Ok(After::Nothing);
        }
        if !self.ready && noted.is_none() {
            self.charge.place.clear();
            return Err(KeepError::Engine(how));
        }
        tracing::error!("the engine is lost ({how}); it is started again");
        tell(&Event::EngineLost { message: how });
        Ok(After::Again)
    }

    /// Starts the next engine; `None` where the show is to end instead.
    fn resume(&self, signals: &Receiver<()>) -> Option<EngineProcess> {
        loop {
            // The machine may be short of something for a moment; the show is not given up.
            match self.start_engine(true) {
                Ok(engine) => return Some(engine),
                Err(error) => tracing::error!("the engine does not start: {error}"),
            }
            if signals.recv_timeout(PATIENT).is_ok() {
                return None;
            }
        }
    }

    /// Has the show end as soon as the engine hears of it; gives the moment after which it is ended by
    /// force.
    fn quit(&mut self) -> Receiver<Instant> {
        self.quitting = true;
        self.quit_unsaid = true;
        after(ENDING)
    }

    fn hear(&mut self, event: Event) {
        let is_ready = matches!(event, Event::Ready { .. });
        self.reported |= matches!(event, Event::Report(_));
        if is_ready {
            self.makes_way = false;
        }
        self.makes_way |= matches!(event, Event::EngineRenews { .. });
        if self.ready {
            tell(&event);
        } else if is_ready {
            // Whoever reads hears first that the show has begun.
            self.ready = true;
            tell(&event);
            self.early.drain(..).for_each(|event| tell(&event));
        } else {
            self.early.push(event);
        }
    }

    /// What was said before the engine ended and has not been passed on.
    fn tell_rest(&mut self, client: &Client, to_the_report: bool) {
        // An engine that died has no last words to wait for; the program waits for the next one.
        let patience = if to_the_report {
            LAST_WORDS
        } else {
            Duration::ZERO
        };
        let until = Instant::now() + LAST_READ;
        loop {
            // Asked first: where all was read, all of it is among the events by now.
            let was_read = !client_is_there(client);
            match client.events().recv_timeout(patience) {
                Ok(event) => {
                    let is_last = matches!(event, Event::Report(_));
                    self.hear(event);
                    if is_last {
                        return;
                    }
                }
                Err(_) if to_the_report && !was_read && Instant::now() < until => {}
                Err(_) => return,
            }
        }
    }
}

/// What the keeper reads of an engine's journal.
#[derive(Deserialize)]
struct Noted {
    /// The show was ended; what came after that was only the closing of files.
    #[serde(default)]
    ended: bool,
    /// The engine made way for another.
    #[serde(default)]
    made_way: bool,
}

impl Noted {
    /// `None` where no frame was made, and so no journal begun.
    fn read(place: &Place) -> Option<Self> {
        let text = std::fs::read(place.journal()).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

fn client_is_there(client: &Client) -> bool {
    crate::door::Door::attached(client)
}

/// Prints an event; the numbers of our own requests are nobody's business.
fn tell(event: &Event) {
    let event = match event.clone() {
        Event::Done { command, frame, .. } => Event::Done {
            command,
            frame,
            id: None,
        },
        Event::Error { message, .. } => Event::Error { message, id: None },
        other => other,
    };
    lines::tell(&event);
}

fn tell_error(message: &str) {
    tell(&Event::Error {
        message: message.to_owned(),
        id: None,
    });
}

fn how_it_ended(status: Option<ExitStatus>) -> String {
    match status.map(|status| (status.code(), status.signal())) {
        Some((Some(code), _)) => format!("exit status {code}"),
        Some((None, Some(signal))) => format!("signal {signal}"),
        Some((None, None)) | None => "for no known reason".to_owned(),
    }
}

fn signals() -> io::Result<Receiver<()>> {
    let (caught_in, caught) = unbounded();
    let mut signals = signal_hook::iterator::Signals::new([
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
        // A terminal that is closed is no reason to end the show.
        signal_hook::consts::SIGHUP,
    ])?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                if signal != signal_hook::consts::SIGHUP && caught_in.send(()).is_err() {
                    return;
                }
            }
        })?;
    Ok(caught)
}

fn standard_input() -> io::Result<Receiver<Heard>> {
    let (heard_in, heard) = bounded(256);
    std::thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || lines::read(io::stdin(), &heard_in))?;
    Ok(heard)
}
