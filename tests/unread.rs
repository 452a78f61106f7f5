//! A show of which nobody reads what it says, on standard output and standard error: nothing in it
//! waits for a reader. And a reader who is slow but reads gets each answer.

mod common;

use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use regie::door::{Client, Door, Place, Snapshot};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use common::studio::{ShowText, processes_below};
use common::wait;

const PATIENCE: Duration = Duration::from_secs(60);
const FILLER: &[u8] = b"filler\n";

/// A pipe that is full, and stays so while it is not read.
struct FullPipe {
    reader: PipeReader,
    stop: Arc<AtomicBool>,
    filling: JoinHandle<()>,
}

impl FullPipe {
    /// The pipe, and its end for the program.
    fn new() -> (Self, PipeWriter) {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut filler = writer.try_clone().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let written = Arc::new(AtomicU64::new(0));
        let (stopped, count) = (stop.clone(), written.clone());
        let filling = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) && filler.write_all(FILLER).is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        let (mut last, mut same) = (0, 0);
        let full = wait::until(PATIENCE, || {
            let now = written.load(Ordering::Relaxed);
            same = if now == last { same + 1 } else { 0 };
            last = now;
            (now > 0 && same >= 30).then_some(())
        });
        assert!(full.is_some(), "a pipe that never is full");
        let pipe = Self {
            reader,
            stop,
            filling,
        };
        (pipe, writer)
    }

    /// All that was written by others, line by line, once nobody holds the other end.
    fn read(self) -> JoinHandle<Vec<String>> {
        self.stop.store(true, Ordering::Relaxed);
        std::thread::spawn(move || {
            let lines = BufReader::new(self.reader).lines();
            let lines = lines.map(|line| line.expect("text"));
            let lines = lines.filter(|line| line.as_bytes() != FILLER.trim_ascii_end());
            let lines = lines.collect();
            self.filling.join().unwrap();
            lines
        })
    }
}

/// A show whose outputs are in the test's hands.
struct Unread {
    folder: tempfile::TempDir,
    child: Child,
}

impl Unread {
    fn start(show: &ShowText, out: impl Into<Stdio>, log: impl Into<Stdio>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("show.ron"), show.text()).unwrap();
        let mut process = Process::new(env!("CARGO_BIN_EXE_regie"));
        process.args(["run", "show.ron", "--headless"]);
        process
            .current_dir(folder.path())
            .env("HOME", folder.path());
        for (name, part) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "runtime"),
            ("REGIE_RUNTIME_DIR", "places"),
        ] {
            let path = folder.path().join(part);
            std::fs::create_dir(&path).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).unwrap();
            process.env(name, path);
        }
        let registry = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gstreamer-registry.bin");
        process.env("GST_REGISTRY", registry);
        process.stdin(Stdio::piped()).stdout(out).stderr(log);
        let child = process.spawn().unwrap();
        Self { folder, child }
    }

    fn client(&self) -> Client {
        let folder = self.folder.path().join("places");
        let place = Place::within(folder, &self.folder.path().join("show.ron")).unwrap();
        Client::start(place, 30).unwrap()
    }

    fn engine(&self) -> Option<u32> {
        processes_below(self.child.id()).into_iter().find(|pid| {
            std::fs::read(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|line| line.split(|b| *b == 0).nth(1) == Some(b"engine"))
        })
    }

    fn say(&mut self, lines: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(lines.as_bytes()).unwrap();
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        // The keeper first, or it would start its engine again.
        let below = processes_below(self.child.id());
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = self.child.kill();
            let _ = self.child.wait();
            for pid in below
                .into_iter()
                .filter_map(|pid| Pid::from_raw(pid as i32))
            {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}

fn until<T>(what: &str, client: &Client, mut ask: impl FnMut(&Snapshot) -> Option<T>) -> T {
    let answer = wait::until(PATIENCE, || ask(&*client.snapshot()?));
    answer.unwrap_or_else(|| panic!("not within {PATIENCE:?}: {what}"))
}

fn show() -> ShowText {
    ShowText::sized(320, 180, (30, 1))
        .field("encoder: (preset: Ultrafast, bitrate_kbps: 400)")
        .source("red", "Test(pattern: Red)", "")
}

/// No more goes wrong than usually. A machine that others use as well loses frames now and then:
/// what lasts is in each of several stretches.
fn is_like(usual: u64, losses_over: &impl Fn(u64) -> u64) {
    let mut found = Vec::new();
    while found.len() < 5 && found.last().is_none_or(|lost| *lost > usual + 1) {
        found.push(losses_over(90));
    }
    let least = found.iter().min().copied();
    assert!(least <= Some(usual + 1), "{found:?}, else {usual}");
}

/// Frames that went wrong.
fn losses(snapshot: &Snapshot) -> u64 {
    snapshot.counters.repeated + snapshot.counters.skipped
}

#[test]
fn a_show_goes_on_though_nobody_reads_what_it_says() {
    const REFUSED: usize = 50_000;
    let _turn = common::alone();
    let nobody = format!("rtmp://127.0.0.1:{}/live/cam", wait::free_port());
    let (out, out_end) = FullPipe::new();
    let (log, log_end) = FullPipe::new();
    let mut unread = Unread::start(&show().network("cam", &nobody), out_end, log_end);
    let client = unread.client();
    let frame = until("a frame", &client, |s| Some(s.frame));
    let losses_over = |frames: u64| {
        let (from, before) = until("a snapshot", &client, |s| Some((s.frame, losses(s))));
        until("frames", &client, |s| {
            (s.frame >= from + frames).then(|| losses(s) - before)
        })
    };
    let usual = losses_over(90);

    // Each attempt at the source is logged, and none waits for the log.
    let restarts = |s: &Snapshot| s.sources[1].restarts;
    let before = until("a snapshot", &client, |s| Some(restarts(s)));
    until("the source is tried again", &client, |s| {
        (restarts(s) > before + 2).then_some(())
    });
    is_like(usual, &losses_over);

    // The keeper logs and tells the loss of its engine.
    let engine = unread.engine().expect("an engine runs");
    let pid = Pid::from_raw(engine as i32).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    let other = wait::until(PATIENCE, || unread.engine().filter(|pid| *pid != engine));
    assert!(other.is_some(), "no engine is started again");
    until("the program goes on", &client, |s| {
        (s.frame > frame + 300 && client.attached()).then_some(())
    });

    // More than is held for a reader who might come: when he has not for a while, the commands are
    // obeyed without him.
    let usual = losses_over(90);
    unread.say(&"{\"command\":\"preview\",\"scene\":\"nowhere\"}\n".repeat(REFUSED));
    unread.say("{\"command\":\"mute\",\"source\":\"red\",\"on\":true}\n");
    until("the last command is obeyed", &client, |s| {
        s.sources[0].mute.then_some(())
    });
    is_like(usual, &losses_over);

    unread.say("{\"command\":\"quit\"}\n");
    let (out, log) = (out.read(), log.read());
    let status = wait::until(PATIENCE, || unread.child.try_wait().unwrap());
    assert!(status.is_some_and(|s| s.success()), "{status:?}");
    let events: Vec<Value> = out
        .join()
        .unwrap()
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let count = |kind: &str| events.iter().filter(|e| e["event"] == kind).count();
    let last = events.last().expect("events");
    assert_eq!(last["event"], "report", "{last}");
    assert_eq!(last["restarts"], 1, "{last}");
    assert_eq!(count("ready"), 2);
    assert_eq!(count("engine_lost"), 1);
    assert_eq!(count("error"), REFUSED);
    assert_eq!(count("done"), 2);
    assert_eq!(count("events_lost"), 0);
    let log = log.join().unwrap();
    assert!(
        log.iter().any(|line| line.contains("the engine is lost")),
        "{log:#?}"
    );
}

#[test]
fn a_slow_reader_gets_each_answer_and_is_not_answered_faster_than_he_reads() {
    const ASKED: u64 = 8000;
    let _turn = common::alone();
    let nobody = format!("rtmp://127.0.0.1:{}/live/cam", wait::free_port());
    let (mut out, out_end) = std::io::pipe().unwrap();
    let mut unread = Unread::start(&show().network("cam", &nobody), out_end, Stdio::null());
    let client = unread.client();
    until("a frame", &client, |s| Some(s.frame));
    let mut input = unread.child.stdin.take().unwrap();
    let said = Arc::new(AtomicU64::new(0));
    let count = said.clone();
    let saying = std::thread::spawn(move || {
        for _ in 0..ASKED {
            input.write_all(b"{\"command\":\"snapshot\"}\n").unwrap();
            count.fetch_add(1, Ordering::Relaxed);
        }
        input.write_all(b"{\"command\":\"quit\"}\n").unwrap();
    });
    let (mut last, mut same) = (0, 0);
    let held = wait::until(PATIENCE, || {
        let now = said.load(Ordering::Relaxed);
        same = if now == last { same + 1 } else { 0 };
        last = now;
        (now > 0 && same >= 100).then_some(now)
    });
    let held = held.expect("who does not read is held up");
    assert!(held < ASKED, "all was taken from who reads nothing");
    // There is news meanwhile: the source is tried again and again. Who takes nothing at all for
    // long is no slow reader.
    let mut all = Vec::new();
    let mut part = vec![0; 64 << 10];
    let mut taken = None;
    let restarts = |s: &Snapshot| s.sources[1].restarts;
    let before = until("a snapshot", &client, |s| Some(restarts(s)));
    until("the source is tried again", &client, |s| {
        if taken.is_none_or(|at: Instant| at.elapsed() > Duration::from_secs(1)) {
            let read = out.read(&mut part).unwrap();
            all.extend_from_slice(&part[..read]);
            taken = Some(Instant::now());
        }
        (restarts(s) > before + 1).then_some(())
    });

    loop {
        match out.read(&mut part).unwrap() {
            0 => break,
            read => all.extend_from_slice(&part[..read]),
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    saying.join().unwrap();
    let status = unread.child.wait().unwrap();
    assert!(status.success(), "{status}");
    let events: Vec<Value> = all
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    let of = |kind: &'static str| events.iter().filter(move |e| e["event"] == kind);
    assert_eq!(of("snapshot").count() as u64, ASKED);
    let done = |command: &'static str| of("done").filter(move |e| e["command"] == command);
    assert_eq!(done("snapshot").count() as u64, ASKED);
    assert_eq!(done("quit").count(), 1);
    assert_eq!(of("events_lost").count(), 0);
    let last = events.last().expect("events");
    assert_eq!(last["event"], "report", "{last}");
}
