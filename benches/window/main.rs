//! What the window costs: with eight small monitors at 1280 × 800, drawn by the processor on a screen
//! that nobody sees; beside OBS with its multiview as large on the same screen, where it is installed;
//! and a window in which nothing changes. `make bench` prints it.
//!
//! `REGIE_BENCH_SECONDS` is the length of each measurement (30).

#[path = "../../tests/common/mod.rs"]
mod common;
mod obs;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use common::display::Display;
use common::hand::Desk;
use common::media::Clip;
use common::studio::{ShowText, holders_in};
use regie::door::{Command, SourceState};

const SIZE: (u32, u32) = (1280, 800);
/// Seconds before a measurement begins, in which all starts up and the window finds its rate.
const WARM: Duration = Duration::from_secs(12);
const SOURCES: u8 = 4;
const TITLE: &str = "regie";

fn main() {
    let seconds = std::env::var("REGIE_BENCH_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(30);
    let length = Duration::from_secs(seconds);
    println!("\nThe window at 1280 × 800, drawn by the processor; {seconds} s each");
    let show = standard();
    let alone = regie(&show, length, Seen::No);
    println!("  engine without a window   {:.3} of a core", alone.engine);
    let seen = regie(&show, length, Seen::Yes);
    println!("  engine with the window    {:.3} of a core", seen.engine);
    println!("  the window, 8 monitors    {:.3} of a core", seen.window);
    println!("  painted                   {:.1} times a second", seen.fps);
    println!(
        "  program                   {} frames, {} lost (repeated {}, skipped {})",
        seen.frames,
        seen.repeated + seen.skipped,
        seen.repeated,
        seen.skipped
    );
    match obs::measure(&clips(), SIZE, WARM, length) {
        Ok(cpu) => {
            let all = seen.engine + seen.window;
            println!("  regie, all of it          {all:.3} of a core");
            println!("  OBS, with its multiview   {:.3} of a core", cpu.cores);
            println!("  OBS says                  {}", cpu.said);
        }
        Err(why) => println!("  beside OBS                not measured: {why}"),
    }
    let still = regie(&still(), length, Seen::Yes);
    println!("\nA window in which nothing changes");
    println!(
        "  painted                   {:.1} times a second",
        still.fps
    );
    println!("  the window                {:.3} of a core", still.window);
}

fn clips() -> Vec<PathBuf> {
    (1..=SOURCES).map(|n| Clip::new(n, 32).file()).collect()
}

/// Four 720p30 files, and a scene each with the next one small in a corner: eight monitors.
fn standard() -> ShowText {
    let mut show = ShowText::new();
    for (n, clip) in (1..=SOURCES).zip(clips()) {
        show = show.file(&format!("cam{n}"), &clip, true);
        let next = n % SOURCES + 1;
        let layers =
            format!("(source: \"cam{n}\"), (source: \"cam{next}\", rect: (0.65, 0.65, 0.3, 0.3))");
        show = show.scene(&format!("corner{n}"), &layers);
    }
    show
}

/// A picture that stands, without sound. (Bars have snow in a corner.)
fn still() -> ShowText {
    ShowText::new().source("blue", "Test(pattern: Blue)", "")
}

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Yes,
    No,
}

/// CPU in cores; what the engine counted from the measurement's beginning on.
struct Measured {
    engine: f64,
    window: f64,
    fps: f64,
    frames: u64,
    repeated: u64,
    skipped: u64,
}

/// Runs a show with its master; two of its scenes stand on PGM and PVW.
fn regie(show: &ShowText, length: Duration, seen: Seen) -> Measured {
    let display = Display::start(SIZE.0, SIZE.1);
    let desk = Desk::prepared(&display, |folder, command| {
        let file = folder.join("show.ron");
        std::fs::write(&file, show.text()).expect("the show is written");
        command.arg(&file);
        // Telling its controls would cost the window something.
        command.env_remove("REGIE_DESK_TREE");
        command.env("REGIE_LOG", "info,regie::ui::rates=trace");
    });
    display.window(TITLE);
    let engine = desk.engine(&desk.folder().join("show.ron"));
    let live = |s: &regie::door::Snapshot| {
        let mut all = s.sources.iter();
        all.all(|source| source.state == SourceState::Live)
    };
    engine.until(&desk, "every source is live", live);
    let mut desk = desk;
    if seen == Seen::No {
        desk.kill();
    }
    engine.send(Command::Record { on: true });
    let scenes: Vec<String> = engine
        .snapshot()
        .scenes
        .iter()
        .map(|s| s.id.clone())
        .collect();
    for scene in scenes.iter().take(2).rev().cloned() {
        engine.send(Command::Program { scene });
    }
    std::thread::sleep(WARM);
    let runs = holders_in(&desk.runtime());
    let engine_cpu = || runs.iter().map(|pid| cpu_seconds(*pid)).sum::<f64>();
    let window_cpu = || {
        if seen == Seen::Yes {
            cpu_seconds(desk.pid())
        } else {
            0.0
        }
    };
    let (since, before) = (Instant::now(), (engine_cpu(), window_cpu()));
    let counted = engine.snapshot().counters;
    let log = desk.log().len();
    std::thread::sleep(length);
    let passed = since.elapsed().as_secs_f64();
    let now = engine.snapshot().counters;
    Measured {
        engine: (engine_cpu() - before.0) / passed,
        window: (window_cpu() - before.1) / passed,
        fps: paintings(&desk.log()[log..]),
        frames: now.frames - counted.frames,
        repeated: now.repeated - counted.repeated,
        skipped: now.skipped - counted.skipped,
    }
}

/// Paintings a second, from what the window wrote of them.
fn paintings(log: &str) -> f64 {
    let number = |line: &str, name: &str| -> Option<f64> {
        let (_, rest) = line.split_once(name)?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let lines = log.lines().filter(|line| line.contains("paintings"));
    let (mut count, mut seconds) = (0.0, 0.0);
    for line in lines {
        if let (Some(n), Some(s)) = (number(line, " count="), number(line, " over_s=")) {
            count += n;
            seconds += s;
        }
    }
    if seconds > 0.0 { count / seconds } else { 0.0 }
}

/// CPU seconds of a process so far.
fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name may hold spaces; fields count from behind it.
    let behind = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = behind.split_whitespace().collect();
    let time = |i: usize| {
        fields
            .get(i)
            .and_then(|f| f.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    // Linux counts in hundredths of a second here, whatever its own tick is.
    (time(11) + time(12)) / 100.0
}
