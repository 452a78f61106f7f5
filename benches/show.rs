//! What a show costs: the standard show beside the least that could do it, destinations, memory,
//! delay, and the time to the first frame. `make bench` prints all of it.
//!
//! `REGIE_BENCH_SECONDS` is the length of each measurement (30), `REGIE_BENCH_PAIRS` how many pairs
//! are measured (5), `REGIE_BENCH_SOAK` the length of the long run (600), and `REGIE_BENCH_ONLY`
//! names the parts to be measured, with commas between: cuts, pip, title, destinations, delay, start, soak;
//! and the floor alone, which is measured only where it is named: floor.

#[path = "../tests/common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use common::media::{Clip, ffmpeg_does, kept};
use common::nginx::Nginx;
use common::read;
use common::rtmp::{Arrival, Receiver};
use common::senders;
use common::studio::{ShowText, Studio, processes_below};
use common::wait;

/// Seconds from one cut to the next.
const CUT: u64 = 2;
/// Sources of the standard show.
const SOURCES: u8 = 4;
/// Seconds before a measurement begins, in which all starts up.
const WARM: Duration = Duration::from_secs(6);
/// Options that make ffmpeg's x264 the one of the standard show: veryfast, 4.5 Mb/s constant with a
/// VBV of 600 ms (what `x264enc` has unless told otherwise), a keyframe each two seconds, and the
/// options of the normal latency in `src/output/encode.rs`.
const X264: &[&str] = &[
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-b:v",
    "4500k",
    "-maxrate",
    "4500k",
    "-bufsize",
    "2700k",
    "-g",
    "60",
    "-x264-params",
    "scenecut=0:sync-lookahead=0:rc-lookahead=10:bframes=2",
];

fn main() {
    // This program is the RTSP server of its live source too.
    senders::serve_rtsp();
    // cargo passes `--bench`, and a filter if one is given; neither is of use here.
    let only = std::env::var("REGIE_BENCH_ONLY").unwrap_or_default();
    let wanted = |part: &str| only.is_empty() || only.split(',').any(|name| name == part);
    let seconds = number("REGIE_BENCH_SECONDS", 30);
    let pairs = number("REGIE_BENCH_PAIRS", 5);
    let length = Duration::from_secs(seconds);
    println!("each measured for {seconds} s; median (least to most)");
    if wanted("start") {
        start(pairs);
    }
    if wanted("cuts") {
        beside_the_floor(Look::Cuts, pairs, length);
    }
    if wanted("pip") {
        beside_the_floor(Look::PipAndBand, pairs, length);
    }
    if wanted("title") {
        beside_the_floor(Look::LowerThird, pairs, length);
    }
    if only.split(',').any(|name| name == "floor") {
        floor_alone(pairs, length);
    }
    if wanted("destinations") {
        destinations(pairs, length);
    }
    if wanted("delay") {
        delay(length);
    }
    if wanted("soak") {
        soak(Duration::from_secs(number("REGIE_BENCH_SOAK", 600)));
    }
}

fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Median, least and most.
fn spread(values: &[f64], unit: &str, digits: usize) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else {
        return "nothing measured".to_owned();
    };
    let middle = median(values);
    format!("{middle:.digits$}{unit} ({least:.digits$} to {most:.digits$})")
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// What is on the air.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    /// One source, full frame.
    Cuts,
    /// One source with the next one small above it, and a half-transparent band over the whole width.
    PipAndBand,
    /// One source, full frame, and a lower third over it.
    LowerThird,
}

const SMALL: (f64, f64, f64, f64) = (0.65, 0.1, 0.3, 0.3);
const BAND: (f64, f64, f64, f64) = (0.0, 0.75, 1.0, 0.15);

fn clip(source: u8) -> Clip {
    Clip::new(source, 32)
}

fn id(source: u64) -> String {
    format!("cam{}", source % u64::from(SOURCES) + 1)
}

/// The standard show: four 720p30 files, destinations on nginx, a master.
fn standard(look: Look, nginx: &Nginx, applications: &[&str]) -> ShowText {
    let mut show = ShowText::new();
    for source in 1..=SOURCES {
        show = show.file(&format!("cam{source}"), &clip(source).file(), true);
    }
    if look == Look::PipAndBand {
        show = show.source("band", "Test(pattern: Blue)", "");
        for source in 0..u64::from(SOURCES) {
            let layers = format!(
                "(source: {:?}), (source: {:?}, rect: {SMALL:?}), \
                 (source: \"band\", rect: {BAND:?}, opacity: 0.5)",
                id(source),
                id(source + 1)
            );
            show = show.scene(&format!("full{}", source + 1), &layers);
        }
    }
    if look == Look::LowerThird {
        show = show.field("titles: [(id: \"lower\", template: \"lower-third.svg\")]");
    }
    for application in applications {
        show = show.destination(application, &nginx.server(application));
    }
    show
}

/// Runs the standard show for `length`, and gives CPU seconds for each program second.
fn run_show(look: Look, applications: &[&str], length: Duration) -> Measured {
    let nginx = Nginx::forgetful(applications);
    let show = standard(look, &nginx, applications);
    let mut studio = Studio::start(&show, &["--stream", "--record"]);
    let keeper = studio.keeper();
    if look == Look::LowerThird {
        studio.command(&json!({"command": "title", "title": "lower", "on": true}));
    }
    let begun = Instant::now();
    let mut cuts = 0;
    let mut at_start = None;
    loop {
        let passed = begun.elapsed();
        if at_start.is_none() && passed >= WARM {
            at_start = Some((Instant::now(), cpu_seconds(keeper)));
        }
        if passed >= WARM + length {
            break;
        }
        if passed.as_secs() >= cuts * CUT {
            let scene = match look {
                Look::Cuts | Look::LowerThird => id(cuts),
                Look::PipAndBand => format!("full{}", cuts % u64::from(SOURCES) + 1),
            };
            studio.take(&scene);
            cuts += 1;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let (since, before) = at_start.unwrap_or((begun, 0.0));
    let cpu = (cpu_seconds(keeper) - before) / since.elapsed().as_secs_f64();
    let peak = peak_memory(keeper);
    let report = studio.quit();
    Measured { cpu, peak, report }
}

struct Measured {
    /// CPU seconds a second, of all processes.
    cpu: f64,
    /// Bytes, of all processes together.
    peak: u64,
    report: Value,
}

/// CPU seconds, user and system, of a process and all below it so far.
fn cpu_seconds(pid: u32) -> f64 {
    // Linux counts in hundredths of a second here, whatever its own tick is.
    let ticks = 100.0;
    let all = std::iter::once(pid).chain(processes_below(pid));
    let of = |pid: u32| -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name may hold spaces; fields count from behind it.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let time = |i: usize| fields.get(i)?.parse::<f64>().ok();
        Some((time(11)? + time(12)?) / ticks)
    };
    all.filter_map(of).sum()
}

fn memory(pid: u32, field: &str) -> u64 {
    let of = |pid: u32| -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    let all = std::iter::once(pid).chain(processes_below(pid));
    all.filter_map(of).sum()
}

fn peak_memory(pid: u32) -> u64 {
    memory(pid, "VmHWM:")
}

fn trouble(report: &Value) -> String {
    let mut text = String::new();
    for count in ["repeated", "skipped", "late"] {
        write!(text, "{count} {} ", report[count]).ok();
    }
    let destinations = report["destinations"].as_object();
    let dropped = destinations.into_iter().flat_map(|all| all.values());
    let dropped: u64 = dropped.filter_map(|d| d["dropped"].as_u64()).sum();
    write!(text, "dropped {dropped}").ok();
    text
}

fn beside_the_floor(look: Look, pairs: u64, length: Duration) {
    let (name, most, aim) = match look {
        Look::Cuts => ("cuts", 1.15, 1.05),
        Look::PipAndBand => ("picture-in-picture and band", 1.25, 1.12),
        Look::LowerThird => ("cuts with a lower third", 1.15, 1.05),
    };
    let prepared = prepare(look);
    let applications = ["one", "two", "three"];
    let (mut shows, mut floors, mut ratios, mut peaks) = (vec![], vec![], vec![], vec![]);
    let mut lost = Vec::new();
    for pair in 0..pairs {
        // By turns which comes first.
        let (show, floor) = if pair % 2 == 0 {
            let show = run_show(look, &applications, length);
            (show, run_floor(&prepared, length))
        } else {
            let floor = run_floor(&prepared, length);
            (run_show(look, &applications, length), floor)
        };
        ratios.push(show.cpu / floor);
        shows.push(show.cpu);
        floors.push(floor);
        peaks.push(show.peak as f64 / 1e6);
        lost.push(trouble(&show.report));
    }
    println!("\nThe standard show, {name}: CPU seconds a second, {pairs} pairs");
    println!("  regie    {}", spread(&shows, "", 3));
    println!("  floor    {}", spread(&floors, "", 3));
    println!(
        "  ratio    {}   at most {most}, aim at {aim}",
        spread(&ratios, "", 3)
    );
    println!("  memory   {}   at most 400", spread(&peaks, " MB", 0));
    println!("  frames   {}", lost.join("; "));
}

/// Pictures and sound of the program, made beforehand and not coded, for the floor to encode.
struct Prepared {
    pictures: PathBuf,
    sound: PathBuf,
}

/// Two rounds of all sources, so that reading them in a loop goes on as the show does.
fn prepare(look: Look) -> Prepared {
    let shots = u64::from(SOURCES) * 2;
    let (mut pictures, mut sound) = (String::new(), String::new());
    for shot in 0..shots {
        let source = shot % u64::from(SOURCES);
        let next = (source + 1) % u64::from(SOURCES);
        let (from, to) = (shot * CUT, (shot + 1) * CUT);
        let part = format!("trim={from}:{to},setpts=PTS-STARTPTS");
        let heard = format!("atrim={from}:{to},asetpts=PTS-STARTPTS");
        write!(sound, "[{source}:a]{heard}[a{shot}];").ok();
        let whole = format!("[{source}:v]{part}");
        if look != Look::PipAndBand {
            write!(pictures, "{whole}[v{shot}];").ok();
            continue;
        }
        let ((x, y, w, h), (_, top, _, high)) = (SMALL, BAND);
        write!(
            pictures,
            "[{next}:v]{part},scale=iw*{w}:ih*{h}[s{shot}];{whole}[b{shot}];\
             [b{shot}][s{shot}]overlay=W*{x}:H*{y},\
             drawbox=0:ih*{top}:iw:ih*{high}:blue@0.5:fill[v{shot}];"
        )
        .ok();
    }
    let all = |letter: char| {
        (0..shots)
            .map(|shot| format!("[{letter}{shot}]"))
            .collect::<String>()
    };
    let pictures = format!("{pictures}{}concat=n={shots}:v=1:a=0", all('v'));
    let sound = format!("{sound}{}concat=n={shots}:v=0:a=1", all('a'));
    let clips: Vec<String> = (1..=SOURCES)
        .map(|source| clip(source).file().display().to_string())
        .collect();
    let made = |name: &str, graph: &str, form: &[&str]| {
        kept(&format!("floor-{look:?}-{name}"), |path| {
            let inputs = clips.iter().flat_map(|clip| ["-i", clip.as_str()]);
            let path = path.display().to_string();
            let output = ["-filter_complex", graph]
                .into_iter()
                .chain(form.iter().copied());
            let all: Vec<&str> = inputs.chain(output).chain([path.as_str()]).collect();
            ffmpeg_does(&all);
        })
    };
    Prepared {
        pictures: made(
            "pictures.yuv",
            &pictures,
            &["-pix_fmt", "yuv420p", "-f", "rawvideo"],
        ),
        sound: made("sound.wav", &sound, &["-ac", "2"]),
    }
}

/// The floor: one ffmpeg that decodes the four files and encodes the prepared program, all at real
/// time. CPU seconds a second.
fn run_floor(prepared: &Prepared, length: Duration) -> f64 {
    let mut floor = Floor::start(prepared);
    let pid = floor.child.id();
    std::thread::sleep(WARM);
    let (since, before, first) = (Instant::now(), cpu_seconds(pid), floor.frames());
    std::thread::sleep(length);
    let passed = since.elapsed().as_secs_f64();
    let cpu = (cpu_seconds(pid) - before) / passed;
    let pace = (floor.frames() - first) / passed;
    if (pace - 30.0).abs() > 1.0 {
        println!("  the floor does not keep time: {pace:.1} pictures a second");
    }
    floor.child.kill().ok();
    floor.child.wait().ok();
    cpu
}

fn floor_alone(times: u64, length: Duration) {
    for look in [Look::Cuts, Look::PipAndBand] {
        let prepared = prepare(look);
        let measured: Vec<f64> = (0..times).map(|_| run_floor(&prepared, length)).collect();
        println!("\nThe floor, {look:?}: {}", spread(&measured, "", 3));
    }
}

struct Floor {
    child: Child,
    folder: tempfile::TempDir,
}

impl Floor {
    fn start(prepared: &Prepared) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-nostdin", "-y", "-progress"]);
        ffmpeg.arg(folder.path().join("progress"));
        let endless = ["-re", "-stream_loop", "-1"];
        for source in 1..=SOURCES {
            ffmpeg.args(endless).arg("-i").arg(clip(source).file());
        }
        let raw = [
            "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1280x720", "-r", "30",
        ];
        ffmpeg
            .args(endless)
            .args(raw)
            .arg("-i")
            .arg(&prepared.pictures);
        ffmpeg.args(endless).arg("-i").arg(&prepared.sound);
        let (pictures, sound) = (SOURCES.to_string(), (SOURCES + 1).to_string());
        ffmpeg.args([
            "-map",
            &format!("{pictures}:v"),
            "-map",
            &format!("{sound}:a"),
        ]);
        ffmpeg.args(X264).args(["-c:a", "aac", "-b:a", "160k"]);
        ffmpeg.args(["-f", "matroska", "/dev/null"]);
        for source in 0..SOURCES {
            let picture = format!("{source}:v");
            let sound = format!("{source}:a");
            ffmpeg.args(["-map", &picture, "-map", &sound, "-f", "null", "-"]);
        }
        let child = ffmpeg.stdin(Stdio::null()).spawn().expect("ffmpeg starts");
        Self { child, folder }
    }

    /// Pictures encoded so far.
    fn frames(&self) -> f64 {
        let told = std::fs::read_to_string(self.folder.path().join("progress"));
        let told = told.unwrap_or_default();
        let last = told
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("frame="));
        last.and_then(|n| n.trim().parse().ok()).unwrap_or(0.0)
    }
}

fn destinations(pairs: u64, length: Duration) {
    let many = ["one", "two", "three", "four", "five", "six"];
    let mut each = Vec::new();
    for _ in 0..pairs {
        let few = run_show(Look::Cuts, &many[..1], length);
        let all = run_show(Look::Cuts, &many, length);
        each.push((all.cpu - few.cpu) / (many.len() - 1) as f64 * 100.0);
    }
    println!(
        "\nEach destination more: {}   at most 1 % of a core",
        spread(&each, " %", 2)
    );
}

fn start(times: u64) {
    let nginx = Nginx::forgetful(&["one"]);
    let mut took = Vec::new();
    for _ in 0..times.max(3) {
        let mut studio = Studio::start(&standard(Look::Cuts, &nginx, &["one"]), &[]);
        let events = studio.events();
        let ready = events.iter().find(|(_, event)| event["event"] == "ready");
        took.extend(ready.map(|(at, _)| (*at - studio.started()).as_secs_f64() * 1000.0));
        studio.quit();
    }
    println!(
        "\nStart to the first frame: {}   at most 1000",
        spread(&took, " ms", 0)
    );
}

fn delay(length: Duration) {
    println!("\nDelay of each picture of a live source, from each place on its way");
    for (latency, most) in [("Low", Some(120)), ("Normal", Some(600)), ("Quality", None)] {
        let receiver = Receiver::start();
        let mut show = ShowText::new().field(&format!("encoder: (latency: {latency})"));
        for source in (1..=SOURCES).filter(|source| *source != 2) {
            show = show.file(&format!("cam{source}"), &clip(source).file(), true);
        }
        // Nobody waits for what lies in a file; this one comes as it is made, as cameras do it: each
        // picture in its turn.
        let camera = Clip {
            b_frames: 0,
            kbps: 1500,
            ..Clip::new(2, 60)
        };
        let sender = senders::rtsp(&camera, wait::free_port());
        let show = show.network("cam2", &sender.url);
        let show = show.destination("near", &receiver.server("live"));
        let mut studio = Studio::start(&show, &["--stream"]);
        studio.take("cam1");
        studio.source_is("cam2", "live", Duration::from_secs(20));
        studio.destination_is("near", "live", Duration::from_secs(10));
        std::thread::sleep(WARM);
        let cut = studio.take("cam2");
        let until = Instant::now() + length.min(Duration::from_secs(15));
        let (mut held, mut jitter) = (Vec::new(), 0.0_f64);
        while Instant::now() < until {
            let seen = studio.snapshot();
            let sources = seen["sources"].as_array().into_iter().flatten();
            for source in sources.filter(|source| source["id"] == "cam2") {
                held.extend(source["held_ms"].as_f64());
                jitter = jitter.max(source["jitter_ms"].as_f64().unwrap_or(0.0));
            }
            std::thread::sleep(Duration::from_millis(37));
        }
        // When frame 0 was due, as the promptest snapshot has it.
        let zero = studio.events().into_iter().filter_map(|(heard, event)| {
            let frame = event["snapshot"]["frame"].as_u64()?;
            heard.checked_sub(Duration::from_secs_f64(frame as f64 / 30.0))
        });
        let zero = zero.min();
        studio.quit();
        let connections = receiver.connections();
        let delays = zero.and_then(|zero| {
            delays(
                &connections.first()?.flv,
                &connections[0].arrivals,
                zero,
                cut,
            )
        });
        let delays = delays.unwrap_or_default();
        // What a picture waits for its tick has nothing to do with what happens to it afterwards.
        let whole: Vec<f64> = delays.iter().map(|ms| ms + median(&held)).collect();
        let limit = most.map_or(String::new(), |most| format!("   at most {most}"));
        println!("  {latency}");
        println!(
            "    decoder to encoder's input {}   at most a frame and the jitter, {:.1} ms",
            spread(&held, " ms", 1),
            1000.0 / 30.0 + jitter
        );
        println!(
            "    tick to receiver           {}",
            spread(&delays, " ms", 0)
        );
        println!(
            "    decoder to receiver        {}{limit}",
            spread(&whole, " ms", 0)
        );
    }
}

/// Milliseconds from the tick of each picture to its arrival. Its program frame is known from the
/// first picture of source 2, which is that of frame `cut`.
fn delays(flv: &Path, arrivals: &[Arrival], zero: Instant, cut: u64) -> Option<Vec<f64>> {
    let codes = read::pictures(flv).codes();
    let at = codes
        .iter()
        .position(|code| code.is_some_and(|code| code.source == 2))?;
    let mut came: Vec<&Arrival> = arrivals.iter().filter(|a| a.video && !a.header).collect();
    came.sort_by_key(|arrival| arrival.pts);
    let delay = |(position, arrival): (usize, &&Arrival)| {
        let frame = cut as i64 + position as i64 - at as i64;
        let due = zero + Duration::from_secs_f64(frame as f64 / 30.0);
        arrival.at.duration_since(due).as_secs_f64() * 1000.0
    };
    // The first seconds of a connection are not those of a show.
    Some(came.iter().enumerate().skip(60).map(delay).collect())
}

fn soak(length: Duration) {
    let applications = ["one", "two", "three"];
    let nginx = Nginx::forgetful(&applications);
    let mut studio = Studio::start(
        &standard(Look::Cuts, &nginx, &applications),
        &["--stream", "--record"],
    );
    let keeper = studio.keeper();
    let begun = Instant::now();
    let mut cuts = 0;
    let mut samples = Vec::new();
    while begun.elapsed() < length {
        studio.take(&id(cuts));
        cuts += 1;
        samples.push(memory(keeper, "VmRSS:") as f64 / 1e6);
        let next = Duration::from_secs(cuts * CUT);
        std::thread::sleep(next.saturating_sub(begun.elapsed()));
    }
    let peak = peak_memory(keeper) as f64 / 1e6;
    let report = studio.quit();
    let master = read::packets(&studio.master(&report));
    let mut pts: Vec<f64> = master.iter().filter(|p| p.video).map(|p| p.pts).collect();
    pts.sort_by(f64::total_cmp);
    let steps = pts
        .windows(2)
        .filter(|w| (w[1] - w[0] - 1.0 / 30.0).abs() > 0.0015);
    let fifth = samples.len() / 5;
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len().max(1) as f64;
    let early = mean(&samples[fifth..fifth * 2]);
    let late = mean(&samples[samples.len() - fifth..]);
    println!("\nThe standard show for {} s", length.as_secs());
    println!("  frames   {} made; {}", report["frames"], trouble(&report));
    println!(
        "  master   {} pictures, {} steps that are not one frame",
        pts.len(),
        steps.count()
    );
    println!("  memory   peak {peak:.0} MB, at most 400; {early:.0} MB early, {late:.0} MB late");
}
