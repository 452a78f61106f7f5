//! The command line.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use regie::door::{Command, Door, Hub, Place, serve};
use regie::engine::{Engine, Options};
use regie::keeper::{self, Charge, KeepOptions, Orphan};
use regie::media::CardDirection;
use regie::show::{self, Show};
use regie::{logging, panics};

/// A live-production switcher: one program, several destinations, nothing stops the clock.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Task>,
    /// Opens a desk on this show; the last one, or the demo, where it is left out.
    show: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Task {
    /// Runs a show: commands as lines of JSON on standard input, events on standard output.
    Run(RunArgs),
    /// Checks a show file: exit status 2 and one line for each fault.
    Check {
        /// The show file.
        show: PathBuf,
    },
    /// Writes a show with every file it needs into a folder that can be carried to another machine.
    Pack {
        /// The show file.
        show: PathBuf,
        /// The folder: a new one, an empty one, or an earlier copy of the same show.
        folder: PathBuf,
    },
    /// Lists the cameras and capture devices that are there, by the names for a show file.
    Devices,
    /// The engine of a show, as its keeper starts it.
    #[command(hide = true)]
    Engine(EngineArgs),
    /// The keeper of an engine that lost its own, as that engine starts it.
    #[command(hide = true)]
    Adopt(AdoptArgs),
    /// A desk on a show that is running.
    #[command(hide = true)]
    Desk {
        /// The show file.
        show: PathBuf,
    },
}

#[derive(Args)]
struct RunArgs {
    /// The show file.
    show: PathBuf,
    /// Opens no desk.
    #[arg(long)]
    headless: bool,
    /// Starts every destination at once.
    #[arg(long)]
    stream: bool,
    /// Starts the master at once.
    #[arg(long)]
    record: bool,
    /// Ends the show after so many seconds.
    #[arg(long = "for", value_name = "SECONDS")]
    seconds: Option<f64>,
    /// The show's lock, as an open handle of whoever starts this.
    #[arg(long, hide = true)]
    lock: Option<i32>,
}

/// A show as it is handed on between processes.
#[derive(Args)]
struct ChargeArgs {
    show: PathBuf,
    #[arg(long)]
    place: PathBuf,
    #[arg(long)]
    stream: bool,
    #[arg(long)]
    record: bool,
    #[arg(long)]
    until: Option<i64>,
}

impl From<&ChargeArgs> for Charge {
    fn from(args: &ChargeArgs) -> Self {
        Self {
            show_file: args.show.clone(),
            place: Place::at(args.place.clone()),
            stream: args.stream,
            record: args.record,
            until_ns: args.until,
        }
    }
}

/// Numbers are those of open handles.
#[derive(Args)]
struct EngineArgs {
    #[command(flatten)]
    charge: ChargeArgs,
    #[arg(long)]
    lock: i32,
    #[arg(long)]
    leash: i32,
    #[arg(long)]
    resume: bool,
}

/// Numbers are those of open handles, but for the engine's.
#[derive(Args)]
struct AdoptArgs {
    #[command(flatten)]
    charge: ChargeArgs,
    #[arg(long)]
    lock: i32,
    #[arg(long)]
    leash: i32,
    #[arg(long)]
    life: i32,
    #[arg(long)]
    engine: i32,
}

fn main() -> ExitCode {
    // Started through /proc/self/exe it would be called "exe" in every list of processes.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::set_name(c"regie");
    let cli = Cli::parse();
    if let Err(error) = logging::start() {
        eprintln!("regie: no log: {error}");
        return ExitCode::FAILURE;
    }
    panics::tell();
    let code = carry_out(cli);
    logging::flush();
    code
}

fn carry_out(cli: Cli) -> ExitCode {
    let result = match cli.command {
        None => open_desk(cli.show),
        Some(Task::Run(args)) => run(&args),
        Some(Task::Adopt(args)) => adopt(&args),
        Some(Task::Check { show }) => check(&show),
        Some(Task::Pack { show, folder }) => pack(&show, &folder),
        Some(Task::Devices) => devices(),
        Some(Task::Engine(args)) => engine(&args),
        Some(Task::Desk { show }) => desk(&show, false),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            logging::say(&format!("regie: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Looks whether a show can be played; says each of its faults. What it names and the disk does not
/// have is said too, and is no reason not to begin.
fn look_at(path: &Path) -> Result<(), ExitCode> {
    let (faults, code) = match show::open(path) {
        Ok(opened) => (opened.missing, Ok(())),
        Err(faults) => (faults, Err(ExitCode::from(2))),
    };
    for fault in faults {
        logging::say(&fault.to_string());
    }
    code
}

fn check(path: &Path) -> Result<ExitCode> {
    regie::media::start_gstreamer()?;
    let Err(faults) = show::load_closely(path, regie::engine::inspect) else {
        return Ok(ExitCode::SUCCESS);
    };
    // Nothing is on air, and none of them may be lost: this waits for its reader.
    for fault in faults {
        eprintln!("{fault}");
    }
    Ok(ExitCode::from(2))
}

/// A copy that a person waits for at a terminal.
struct Waited {
    stopped: Arc<std::sync::atomic::AtomicBool>,
    file: String,
}

impl show::pack::Watch for Waited {
    fn is_wanted(&mut self) -> bool {
        !self.stopped.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn copies(&mut self, file: &str, _bytes: u64, _of: u64) {
        if self.file != file {
            file.clone_into(&mut self.file);
            eprintln!("{file}");
        }
    }
}

fn pack(show_file: &Path, folder: &Path) -> Result<ExitCode> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    // What it needs that cannot be had is told by the copy itself, all of it at once.
    let show = match show::open(show_file) {
        Ok(opened) => opened.show,
        Err(faults) => {
            for fault in faults {
                eprintln!("{fault}");
            }
            return Ok(ExitCode::from(2));
        }
    };
    let there = show::pack::show_file_in(folder, show_file);
    if there.is_file() && Place::of(&there).is_ok_and(|place| place.is_kept().unwrap_or(false)) {
        bail!("{} is running: expected another folder", there.display());
    }
    let mut waited = Waited {
        stopped: Arc::default(),
        file: String::new(),
    };
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, waited.stopped.clone())?;
    }
    let packed = show::pack::pack(&show, show_file, folder, &mut waited)?;
    println!("{}", packed.show_file.display());
    if !packed.keys.is_empty() {
        eprintln!(
            "not in it, and needed on the other machine: {}",
            packed.keys.join(", ")
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn devices() -> Result<ExitCode> {
    regie::media::start_gstreamer()?;
    for camera in regie::input::cameras() {
        let node = camera.node.unwrap_or_default();
        println!("{}\t{}\t{node}", camera.name, camera.label);
        for mode in camera.modes {
            println!("\t{}", mode.in_words());
        }
    }
    for card in regie::card::cards() {
        let way = match card.direction {
            CardDirection::In => "in",
            CardDirection::Out => "out",
        };
        let rates: Vec<String> = card.rates.iter().map(u32::to_string).collect();
        println!("{}\t{}\t{}", card.device, card.label, card.host);
        println!("\t{way} · {} · {} Hz", card.channels, rates.join(" "));
    }
    Ok(ExitCode::SUCCESS)
}

fn run(args: &RunArgs) -> Result<ExitCode> {
    // First of all, so that nothing started from here inherits it.
    let lock = args.lock.map(keeper::inherited).transpose()?;
    if let Err(code) = look_at(&args.show) {
        return Ok(code);
    }
    if !args.headless {
        check_display()?;
    }
    let duration = match args.seconds {
        Some(seconds) => {
            Some(Duration::try_from_secs_f64(seconds).context("--for takes a number of seconds")?)
        }
        None => None,
    };
    keeper::keep(
        &args.show,
        KeepOptions {
            headless: args.headless,
            stream: args.stream,
            record: args.record,
            duration,
            lock,
        },
    )?;
    Ok(ExitCode::SUCCESS)
}

fn engine(args: &EngineArgs) -> Result<ExitCode> {
    let charge = Charge::from(&args.charge);
    let lock = keeper::inherited(args.lock)?;
    let leash = keeper::inherited(args.leash)?;
    // Before the engine stands ahead: what this starts must not come before a decoder.
    keeper::stay_kept(charge.clone(), lock, leash)?;
    regie::nice::stand_ahead();
    panics::end_with_vital_threads();
    let asked_to_end = end_signals()?;
    let show = match show_of(&charge, args.resume) {
        Ok(show) => show,
        Err(code) => return Ok(code),
    };
    let engine = Engine::start(
        show,
        charge.folder(),
        Options {
            stream: charge.stream,
            record: charge.record,
            journal: Some(charge.place.journal()),
            resume: args.resume,
            file: Some(charge.show_file.clone()),
            place: Some(charge.place.clone()),
        },
    )
    .inspect_err(|_| {
        if args.resume && regie::engine::go_back(&charge.place) {
            tracing::error!(
                "the show as it was edited cannot be played: it goes back to the one before"
            );
        }
    })?;
    let hub = engine.hub().clone();
    serve(&hub, &charge.place).context("the door does not open")?;
    end_when_asked(asked_to_end, hub.clone())?;
    if engine.join().is_none() {
        bail!("the tick died");
    }
    hub.close();
    hub.wait_for_clients(Duration::from_secs(2));
    Ok(if hub.makes_way() {
        ExitCode::from(keeper::MADE_WAY)
    } else {
        ExitCode::SUCCESS
    })
}

/// The show as its file has it when it begins, and as it began when it goes on: whatever was done to
/// the file since, or to a medium, is no reason to leave the air.
fn show_of(charge: &Charge, resume: bool) -> Result<Show, ExitCode> {
    let say = |faults: Vec<show::Fault>| {
        for fault in faults {
            eprintln!("{fault}");
        }
        ExitCode::from(2)
    };
    if resume {
        let text = charge.place.kept_show().or_else(|error| {
            tracing::warn!("the show as it began is gone, its file is read: {error}");
            std::fs::read_to_string(&charge.show_file)
        });
        return match text {
            Ok(text) => show::parse(&charge.show_file, &text).map_err(say),
            Err(error) => {
                tracing::error!("nothing says how to go on: {error}");
                Err(ExitCode::FAILURE)
            }
        };
    }
    let opened = show::open(&charge.show_file).map_err(say)?;
    for fault in opened.missing {
        tracing::warn!("{fault}");
    }
    if let Err(error) = charge.place.keep_show(&opened.text) {
        tracing::error!("only the show file says how to go on: {error}");
    }
    Ok(opened.show)
}

/// A system that shuts down tells every process to end: the engine then closes its files, as when its
/// keeper asks. A terminal that is closed is no reason to end the show.
fn end_signals() -> Result<signal_hook::iterator::Signals> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    Ok(signal_hook::iterator::Signals::new([
        SIGHUP, SIGINT, SIGTERM,
    ])?)
}

fn end_when_asked(mut signals: signal_hook::iterator::Signals, hub: Arc<Hub>) -> Result<()> {
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                if signal != signal_hook::consts::SIGHUP {
                    tracing::info!(signal, "the show is to end");
                    hub.door().send(Command::Quit {});
                }
            }
        })?;
    Ok(())
}

fn adopt(args: &AdoptArgs) -> Result<ExitCode> {
    let orphan = Orphan {
        id: args.engine,
        lock: keeper::inherited(args.lock)?,
        leash: keeper::inherited(args.leash)?,
        life: keeper::inherited(args.life)?,
    };
    keeper::adopt(Charge::from(&args.charge), orphan)?;
    Ok(ExitCode::SUCCESS)
}

/// Says what to do where there is no display.
fn check_display() -> Result<()> {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !has("DISPLAY") && !has("WAYLAND_DISPLAY") {
        bail!(
            "there is no display to open a desk on; to run without one: regie run SHOW.ron --headless"
        );
    }
    if cfg!(not(feature = "desk")) {
        bail!("this regie was built without the desk: regie run SHOW.ron --headless");
    }
    Ok(())
}

fn open_desk(show: Option<PathBuf>) -> Result<ExitCode> {
    check_display()?;
    let show = match show {
        Some(show) => show,
        None => regie::show::last_or_demo().context("the demo show")?,
    };
    // One that runs already does so as it was read, whatever its file says by now.
    let runs = Place::of(&show).is_ok_and(|place| place.is_kept().unwrap_or(false));
    if !runs && let Err(code) = look_at(&show) {
        return Ok(code);
    }
    regie::show::remember(&show);
    let started = keeper::start_apart(&show).context("the keeper does not start")?;
    desk(&show, started)
}

/// A desk asks for so many snapshots a second.
#[cfg(feature = "desk")]
const SNAPSHOTS: u32 = 30;

/// The engines that a desk can go to: each in a process of its own.
#[cfg(feature = "desk")]
struct Engines {
    /// The one that the desk is on.
    present: std::sync::Mutex<Arc<regie::door::Client>>,
}

#[cfg(feature = "desk")]
impl Engines {
    fn present(&self) -> std::sync::MutexGuard<'_, Arc<regie::door::Client>> {
        let present = self.present.lock();
        present.unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(feature = "desk")]
impl regie::ui::Shows for Engines {
    fn open(&self, show: &Path) -> Result<regie::ui::AnyDoor, String> {
        let open = || -> Result<_> {
            keeper::start_apart(show).context("the keeper does not start")?;
            let client = regie::door::Client::start(Place::of(show)?, SNAPSHOTS)?;
            Ok(Arc::new(client))
        };
        let client = open().map_err(|error| format!("{error:#}"))?;
        regie::show::remember(show);
        *self.present() = client.clone();
        Ok(client)
    }

    fn open_beside(&self, show: &Path) -> Result<(), String> {
        keeper::open_apart(show).map_err(|error| error.to_string())
    }

    fn recent(&self) -> Vec<PathBuf> {
        regie::show::recent()
    }
}

/// Opens the desk on a show; `started` where its engine was started for that.
#[cfg(feature = "desk")]
fn desk(show: &Path, started: bool) -> Result<ExitCode> {
    use regie::door::Client;
    let client = Arc::new(Client::start(Place::of(show)?, SNAPSHOTS)?);
    let engines = Arc::new(Engines {
        present: std::sync::Mutex::new(client.clone()),
    });
    let options = regie::ui::Options::default();
    let ran = regie::ui::run(client.clone(), engines.clone(), &options);
    if ran.is_err() && started {
        end_unseen(&client);
    }
    let outcome = ran?;
    let client = engines.present().clone();
    if outcome == regie::ui::Outcome::EndShow {
        return end_show(&client);
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends the engine that was started for a window which never came: nobody would see that it runs. One
/// that is on air or records already, by another's hand, goes on.
#[cfg(feature = "desk")]
fn end_unseen(client: &regie::door::Client) {
    use regie::door::{DestinationState, RecordingState};
    let until = std::time::Instant::now() + Duration::from_secs(10);
    let snapshot = loop {
        match client.snapshot() {
            Some(snapshot) => break Some(snapshot),
            None if !client.absence().kept || std::time::Instant::now() > until => break None,
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    let is_used = snapshot.is_some_and(|snapshot| {
        let mut destinations = snapshot.destinations.iter();
        destinations.any(|d| d.state != DestinationState::Off)
            || snapshot.recording.state != RecordingState::Off
    });
    if is_used {
        logging::say("regie: the show is on air or recording, and goes on without a window");
        return;
    }
    match end_show(client) {
        Ok(_) => logging::say("regie: the show that was started for the window has been ended"),
        Err(error) => logging::say(&format!("regie: {error:#}")),
    }
}

/// Ends a show, and waits until it has.
#[cfg(feature = "desk")]
fn end_show(client: &regie::door::Client) -> Result<ExitCode> {
    use regie::door::Event;
    // An engine that is just being started again is asked when it is there.
    let until = std::time::Instant::now() + Duration::from_secs(10);
    while client.try_send(Command::Quit {}).is_none() {
        if !client.absence().kept {
            eprintln!("regie: the show had stopped already");
            return Ok(ExitCode::SUCCESS);
        }
        if std::time::Instant::now() > until {
            bail!("the engine does not answer: the show is still running");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    // Files are closed and servers left before the report comes.
    let patience = Duration::from_secs(30);
    while let Ok(event) = client.events().recv_timeout(patience) {
        if matches!(event, Event::Report(_)) {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "desk"))]
fn desk(_: &Path, _: bool) -> Result<ExitCode> {
    check_display().map(|()| ExitCode::FAILURE)
}
