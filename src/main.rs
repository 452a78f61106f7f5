//! The command line.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use regie::door::{Place, serve};
use regie::engine::{Engine, Options};
use regie::keeper::{self, KeepOptions};
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
    /// Lists the cameras and capture devices that are there, by the names for a show file.
    Devices,
    /// The engine of a show, as its keeper starts it.
    #[command(hide = true)]
    Engine(EngineArgs),
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
}

#[derive(Args)]
struct EngineArgs {
    show: PathBuf,
    #[arg(long)]
    stream: bool,
    #[arg(long)]
    record: bool,
    #[arg(long)]
    resume: bool,
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
        Some(Task::Check { show }) => Ok(check(&show)),
        Some(Task::Devices) => devices(),
        Some(Task::Engine(args)) => engine(&args),
        Some(Task::Desk { show }) => desk(&show),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            logging::say(&format!("regie: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Reads a show, or says each of its faults.
fn load(path: &Path) -> Result<Show, ExitCode> {
    show::load(path).map_err(|faults| {
        for fault in faults {
            logging::say(&fault.to_string());
        }
        ExitCode::from(2)
    })
}

fn check(path: &Path) -> ExitCode {
    let Err(faults) = show::load(path) else {
        return ExitCode::SUCCESS;
    };
    // Nothing is on air, and none of them may be lost: this waits for its reader.
    for fault in faults {
        eprintln!("{fault}");
    }
    ExitCode::from(2)
}

fn devices() -> Result<ExitCode> {
    gstreamer::init()?;
    for camera in regie::input::cameras() {
        let node = camera.node.unwrap_or_default();
        println!("{}\t{}\t{node}", camera.name, camera.label);
    }
    Ok(ExitCode::SUCCESS)
}

fn run(args: &RunArgs) -> Result<ExitCode> {
    if let Err(code) = load(&args.show) {
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
        &KeepOptions {
            headless: args.headless,
            stream: args.stream,
            record: args.record,
            duration,
        },
    )?;
    Ok(ExitCode::SUCCESS)
}

fn engine(args: &EngineArgs) -> Result<ExitCode> {
    regie::nice::stand_ahead();
    panics::end_with_vital_threads();
    let show = match load(&args.show) {
        Ok(show) => show,
        // A medium that has gone missing since must not keep a show from going on.
        Err(code) if !args.resume => return Ok(code),
        Err(_) => {
            let text = std::fs::read_to_string(&args.show)?;
            match show::parse(&args.show, &text) {
                Ok(show) => show,
                Err(_) => return Ok(ExitCode::from(2)),
            }
        }
    };
    let place = Place::of(&args.show)?;
    let folder = std::fs::canonicalize(&args.show)?
        .parent()
        .map(Path::to_owned)
        .context("a show file is in a folder")?;
    let engine = Engine::start(
        show,
        &folder,
        Options {
            stream: args.stream,
            record: args.record,
            journal: Some(place.journal()),
            resume: args.resume,
        },
    )?;
    let hub = engine.hub().clone();
    serve(&hub, &place).context("the door does not open")?;
    if engine.join().is_none() {
        bail!("the tick died");
    }
    hub.wait_for_clients(Duration::from_secs(2));
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
    if let Err(code) = load(&show) {
        return Ok(code);
    }
    regie::show::remember(&show);
    keeper::start_apart(&show).context("the keeper does not start")?;
    desk(&show)
}

/// A desk asks for so many snapshots a second.
#[cfg(feature = "desk")]
const SNAPSHOTS: u32 = 30;

#[cfg(feature = "desk")]
fn desk(show: &Path) -> Result<ExitCode> {
    use regie::door::{Client, Command, Event};
    let client = std::sync::Arc::new(Client::start(Place::of(show)?, SNAPSHOTS)?);
    let outcome = regie::ui::run(client.clone(), &regie::ui::Options::default())?;
    if outcome == regie::ui::Outcome::EndShow {
        // An engine that is just being started again is asked when it is there.
        let until = std::time::Instant::now() + Duration::from_secs(10);
        while client.try_send(Command::Quit {}).is_none() {
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
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "desk"))]
fn desk(_: &Path) -> Result<ExitCode> {
    check_display().map(|()| ExitCode::FAILURE)
}
