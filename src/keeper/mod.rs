//! The keeper: the small process that holds a show while its engine lives and dies. It starts the
//! engine, starts it again when it dies, and passes lines from its terminal to the door.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, after, bounded, never, select, unbounded};

use crate::control::lines::{self, Heard};
use crate::door::{Client, Command, Event, Place};

/// After being asked to end, an engine has so long to close its files.
const ENDING: Duration = Duration::from_secs(30);
/// An engine that died sooner than this after its start is started again less eagerly.
const SHORT_LIFE: Duration = Duration::from_secs(3);
const EAGER: Duration = Duration::from_millis(50);
const PATIENT: Duration = Duration::from_secs(1);
/// The report follows the answer to "quit" within this time after the engine has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// So many commands may be on their way: few enough that each answer finds room on its way back.
const UNANSWERED: usize = 256;

/// How a show is kept.
#[derive(Clone, Debug, Default)]
pub struct KeepOptions {
    /// No desk is opened beside it.
    pub headless: bool,
    /// Every destination is started at once.
    pub stream: bool,
    /// The master is started at once.
    pub record: bool,
    /// Ends by itself after so long.
    pub duration: Option<Duration>,
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
pub fn keep(show_file: &Path, options: &KeepOptions) -> Result<(), KeepError> {
    let place = Place::of(show_file)?;
    let Some(lock) = place.lock()? else {
        return Err(KeepError::Running(show_file.to_owned()));
    };
    // What an earlier show left: a keeper that begins a show begins it anew.
    let _ = std::fs::remove_file(place.journal());
    let _ = std::fs::remove_file(place.socket());
    let mut keeper = Keeper {
        show_file: show_file.to_owned(),
        lock,
        options: options.clone(),
        quitting: false,
        ready: false,
        early: Vec::new(),
        reported: false,
    };
    let signals = signals()?;
    lines::open_output()?;
    let heard = standard_input()?;
    let mut engine = keeper.start_engine(false)?;
    let client = Client::start(place.clone(), 0)?;
    if !options.headless {
        keeper.open_desk()?;
    }
    let result = keeper.follow(&mut engine, &client, &heard, &signals);
    // The show has ended: another may begin while the last events are being read.
    drop(keeper);
    lines::finish();
    result
}

struct Keeper {
    show_file: PathBuf,
    /// Held by the engine too: while either lives, the show runs.
    lock: File,
    options: KeepOptions,
    quitting: bool,
    ready: bool,
    /// What was said before the first frame.
    early: Vec<Event>,
    /// The show has ended, whatever becomes of the engine.
    reported: bool,
}

/// A running engine.
struct EngineProcess {
    id: i32,
    began: Instant,
    ended: Receiver<io::Result<ExitStatus>>,
}

impl Keeper {
    fn start_engine(&self, resume: bool) -> io::Result<EngineProcess> {
        let mut process = this_program()?;
        process.arg("engine").arg(&self.show_file);
        for (flag, wanted) in [
            ("--stream", self.options.stream),
            ("--record", self.options.record),
            ("--resume", resume),
        ] {
            if wanted {
                process.arg(flag);
            }
        }
        let lock = self.lock.as_raw_fd();
        // SAFETY: between fork and exec only fcntl is called, on a file that is open in both.
        unsafe {
            process.pre_exec(move || {
                let lock = std::os::fd::BorrowedFd::borrow_raw(lock);
                rustix::io::fcntl_setfd(lock, rustix::io::FdFlags::empty())?;
                Ok(())
            });
        }
        // A group of its own: what the terminal sends is for the keeper, which ends it properly.
        let child = process
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()?;
        let id = child.id() as i32;
        Ok(EngineProcess {
            id,
            began: Instant::now(),
            ended: wait(child)?,
        })
    }

    fn open_desk(&self) -> io::Result<()> {
        let child = this_program()?
            .arg("desk")
            .arg(&self.show_file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        wait(child)?;
        Ok(())
    }

    fn follow(
        &mut self,
        engine: &mut EngineProcess,
        client: &Client,
        heard: &Receiver<Heard>,
        signals: &Receiver<()>,
    ) -> Result<(), KeepError> {
        let silent = never();
        let unheard = never();
        let mut input = heard;
        let mut timer = self.options.duration.map_or_else(never, after);
        let mut deadline = never::<Instant>();
        loop {
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
                    self.tell_rest(client);
                    if status.success() || self.quitting || self.reported {
                        return Ok(());
                    }
                    let how = how_it_ended(status);
                    if !self.ready {
                        return Err(KeepError::Engine(how));
                    }
                    tracing::error!("the engine is lost ({how}); it is started again");
                    tell(&Event::EngineLost { message: how });
                    std::thread::sleep(if engine.began.elapsed() < SHORT_LIFE { PATIENT } else { EAGER });
                    // The machine may be short of something for a moment; the show is not given up.
                    *engine = loop {
                        match self.start_engine(true) {
                            Ok(engine) => break engine,
                            Err(error) => tracing::error!("the engine does not start: {error}"),
                        }
                        std::thread::sleep(PATIENT);
                    };
                }
                recv(client.events()) -> event => match event {
                    Ok(event) => self.hear(event),
                    Err(_) => return Err(KeepError::Engine("its door was lost".into())),
                },
                recv(listening) -> line => match line {
                    Ok(Heard::Command(command)) => {
                        if command == (Command::Quit {}) {
                            self.quitting = true;
                            deadline = after(ENDING);
                        }
                        if client.try_send(command).is_none() {
                            tell_error("the engine is being started again: say it once more");
                        }
                    }
                    Ok(Heard::Refused(message)) => tell_error(&message),
                    // The end of the input is not the end of the show.
                    Ok(Heard::End) | Err(_) => input = &silent,
                },
                recv(signals) -> _ => {
                    self.quit(client);
                    deadline = after(ENDING);
                }
                recv(timer) -> _ => {
                    timer = never();
                    self.quit(client);
                    deadline = after(ENDING);
                }
                recv(deadline) -> _ => {
                    tracing::error!("the engine does not end; it is ended by force");
                    if let Some(pid) = rustix::process::Pid::from_raw(engine.id) {
                        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                    }
                    deadline = never();
                }
                default(Duration::from_millis(50)) => {}
            }
        }
    }

    fn quit(&mut self, client: &Client) {
        self.quitting = true;
        let until = Instant::now() + Duration::from_secs(5);
        while client.try_send(Command::Quit {}).is_none() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn hear(&mut self, event: Event) {
        let is_ready = matches!(event, Event::Ready { .. });
        self.reported |= matches!(event, Event::Report(_));
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
    fn tell_rest(&mut self, client: &Client) {
        while let Ok(event) = client.events().recv_timeout(LAST_WORDS) {
            let is_last = matches!(event, Event::Report(_));
            self.hear(event);
            if is_last {
                return;
            }
        }
    }
}

/// This very program, though its file may have been replaced by a newer one since.
fn this_program() -> io::Result<Process> {
    if cfg!(target_os = "linux") {
        let mut process = Process::new("/proc/self/exe");
        process.arg0("regie");
        return Ok(process);
    }
    std::env::current_exe().map(Process::new)
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

fn how_it_ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "for no known reason".to_owned(),
    }
}

fn wait(mut child: Child) -> io::Result<Receiver<io::Result<ExitStatus>>> {
    let (ended_in, ended) = bounded(1);
    std::thread::Builder::new()
        .name("wait".to_owned())
        .spawn(move || {
            let _ = ended_in.send(child.wait());
        })?;
    Ok(ended)
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

/// Starts a keeper of its own for a show, apart from this process, unless one keeps it already. What
/// it says goes to the show's log.
///
/// # Errors
/// What the system says.
pub fn start_apart(show_file: &Path) -> io::Result<()> {
    let place = Place::of(show_file)?;
    if place.lock()?.is_none() {
        return Ok(());
    }
    let log = File::create(place.log())?;
    let mut process = this_program()?;
    process
        .args(["run", "--headless"])
        .arg(show_file)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    // SAFETY: between fork and exec only setsid is called, which touches no memory.
    unsafe {
        process.pre_exec(|| {
            rustix::process::setsid()?;
            Ok(())
        });
    }
    let child = process.spawn()?;
    wait(child)?;
    Ok(())
}
