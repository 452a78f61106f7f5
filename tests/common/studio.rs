//! `regie run` as a process of its own, driven as anyone from outside would: JSON lines in, JSON
//! lines out.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::wait;

/// How long a studio may take to answer a command before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it may take to begin: the first of all looks through GStreamer's plugins before.
const BEGINS: Duration = Duration::from_secs(60);

/// What has been said so far, and when it was heard.
#[derive(Default)]
struct Heard {
    events: Mutex<(Vec<(Instant, Value)>, bool)>,
    news: Condvar,
}

/// A running `regie run`.
pub struct Studio {
    folder: tempfile::TempDir,
    keeper: Child,
    stdin: Option<ChildStdin>,
    heard: Arc<Heard>,
    /// Position in the events up to which answers were matched.
    answered: usize,
    reader: Option<std::thread::JoinHandle<()>>,
    log: PathBuf,
    started: Instant,
    ended: bool,
}

/// A show file's text, put together piece by piece.
#[derive(Clone, Debug, Default)]
pub struct ShowText {
    head: Vec<String>,
    sources: Vec<String>,
    scenes: Vec<String>,
    destinations: Vec<String>,
}

impl ShowText {
    /// A show with nothing in it at 1280×720 and 30 frames a second.
    pub fn new() -> Self {
        Self::default().field("version: 1").field("name: \"Test\"")
    }

    /// A show of another size and rate.
    pub fn sized(width: u32, height: u32, rate: (u32, u32)) -> Self {
        let (num, den) = rate;
        Self::new().field(&format!(
            "format: (width: {width}, height: {height}, rate: ({num}, {den}))"
        ))
    }

    /// Adds a field of the show, such as `recording: (folder: "x")`.
    pub fn field(mut self, text: &str) -> Self {
        self.head.push(text.to_owned());
        self
    }

    /// Adds a source; `kind` is RON, and `more` further fields.
    pub fn source(mut self, id: &str, kind: &str, more: &str) -> Self {
        let sep = if more.is_empty() { "" } else { ", " };
        self.sources.push(format!(
            "(id: {id:?}, label: {id:?}, kind: {kind}{sep}{more})"
        ));
        self
    }

    /// Adds a file as a source.
    pub fn file(self, id: &str, path: &Path, looped: bool) -> Self {
        let kind = format!(
            "File(path: {:?}, loop: {looped})",
            path.display().to_string()
        );
        self.source(id, &kind, "")
    }

    /// Adds a network source.
    pub fn network(self, id: &str, url: &str) -> Self {
        self.source(id, &format!("Network(url: {url:?})"), "")
    }

    /// Adds a scene; `layers` is RON.
    pub fn scene(mut self, id: &str, layers: &str) -> Self {
        self.scenes
            .push(format!("(id: {id:?}, layers: [{layers}])"));
        self
    }

    /// Adds a destination with its stream name in the open.
    pub fn destination(mut self, id: &str, server: &str) -> Self {
        self.destinations.push(format!(
            "(id: {id:?}, server: {server:?}, key: Open({id:?}))"
        ));
        self
    }

    /// Adds a destination whose key is a secret of this name.
    pub fn secret_destination(mut self, id: &str, server: &str, name: &str) -> Self {
        self.destinations.push(format!(
            "(id: {id:?}, server: {server:?}, key: Secret({name:?}))"
        ));
        self
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let list = |name: &str, items: &[String]| format!("{name}: [{}]", items.join(",\n    "));
        let mut fields = self.head.clone();
        fields.push(list("sources", &self.sources));
        fields.push(list("scenes", &self.scenes));
        fields.push(list("destinations", &self.destinations));
        format!("(\n  {},\n)\n", fields.join(",\n  "))
    }
}

impl Studio {
    /// Runs a show headless with these further arguments and waits until program frames flow.
    pub fn start(show: &ShowText, arguments: &[&str]) -> Self {
        let mut studio = Self::launch(show, arguments);
        studio.wait_event("ready", BEGINS, |event| event["event"] == "ready");
        studio
    }

    /// As [`Self::start`], without waiting for anything.
    pub fn launch(show: &ShowText, arguments: &[&str]) -> Self {
        Self::begin(
            program_under_test(),
            Some(show),
            Path::new("show.ron"),
            arguments,
            None,
        )
    }

    /// As [`Self::start`], of a show in a file that is there already.
    pub fn open(file: &Path, arguments: &[&str]) -> Self {
        let mut studio = Self::begin(program_under_test(), None, file, arguments, None);
        studio.wait_event("ready", BEGINS, |event| event["event"] == "ready");
        studio
    }

    /// As [`Self::launch`], of regie in another file.
    pub fn launch_program(program: &Path, show: &ShowText, arguments: &[&str]) -> Self {
        Self::begin(program, Some(show), Path::new("show.ron"), arguments, None)
    }

    /// As [`Self::start`], with a desk beside the engine on this X display.
    pub fn with_desk(show: &ShowText, arguments: &[&str], display: &str) -> Self {
        let file = Path::new("show.ron");
        let program = program_under_test();
        let mut studio = Self::begin(program, Some(show), file, arguments, Some(display));
        studio.wait_event("ready", BEGINS, |event| event["event"] == "ready");
        studio
    }

    /// `show` is written into `file` before, which is in the studio's folder where it is relative.
    fn begin(
        program: &Path,
        show: Option<&ShowText>,
        file: &Path,
        arguments: &[&str],
        display: Option<&str>,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join(file);
        if let Some(show) = show {
            std::fs::write(&file, show.text()).expect("the show is written");
        }
        let log = folder.path().join("log.txt");
        let errors = std::fs::File::create(&log).expect("a file for the log");
        let mut command = regie_in(program, folder.path(), display);
        command.arg("run").arg(&file).args(arguments);
        if display.is_none() {
            command.arg("--headless");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(errors);
        let started = Instant::now();
        let mut keeper = command.spawn().expect("regie starts");
        let stdout = keeper.stdout.take().expect("stdout is piped");
        let heard = Arc::new(Heard::default());
        let listener = heard.clone();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line)
                    .unwrap_or_else(|_| json!({"event": "not JSON", "line": line}));
                let mut events = listener
                    .events
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                events.0.push((Instant::now(), event));
                listener.news.notify_all();
            }
            let mut events = listener
                .events
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            events.1 = true;
            listener.news.notify_all();
        });
        Self {
            folder,
            stdin: keeper.stdin.take(),
            keeper,
            heard,
            answered: 0,
            reader: Some(reader),
            log,
            started,
            ended: false,
        }
    }

    /// The folder in which the show file lies, where it was not there before; its home is there.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// When the process was started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// All that was said so far, with the time at which it was heard.
    pub fn events(&self) -> Vec<(Instant, Value)> {
        let events = self
            .heard
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        events.0.clone()
    }

    /// How many events were heard so far: where to look from for what comes later.
    pub fn mark(&self) -> usize {
        let events = self
            .heard
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        events.0.len()
    }

    /// What it wrote on standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits for an event from position `from` on; its position and the event.
    pub fn event_since(
        &self,
        from: usize,
        limit: Duration,
        wanted: impl Fn(&Value) -> bool,
    ) -> Option<(usize, Value)> {
        let end = Instant::now() + limit;
        let mut next = from;
        let mut events = self
            .heard
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        loop {
            while let Some((_, event)) = events.0.get(next) {
                if wanted(event) {
                    return Some((next, event.clone()));
                }
                next += 1;
            }
            let left = end.checked_duration_since(Instant::now())?;
            if events.1 {
                return None;
            }
            let waited = self.heard.news.wait_timeout(events, left);
            events = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for an event among all that were and will be; panics with the log where none comes.
    pub fn wait_event(
        &mut self,
        what: &str,
        limit: Duration,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        match self.event_since(0, limit, wanted) {
            Some((_, event)) => event,
            None => self.fail(&format!("no event: {what}")),
        }
    }

    /// Panics with what is known.
    pub fn fail(&self, what: &str) -> ! {
        let events = self.events();
        // Snapshots are long and many.
        let short = events.iter().rev().map(|(_, event)| event);
        let short = short.filter(|e| e["event"] != "snapshot" && e["command"] != "snapshot");
        let last: Vec<String> = short.take(15).map(Value::to_string).collect();
        let log = self.log();
        let tail: Vec<&str> = log.lines().rev().take(40).collect();
        panic!(
            "{what}\nlast events, newest first:\n  {}\nlog, newest first:\n  {}",
            last.join("\n  "),
            tail.join("\n  ")
        );
    }

    /// Writes a line to its standard input.
    pub fn say(&mut self, line: &str) {
        let Some(stdin) = self.stdin.as_mut() else {
            self.fail("standard input is closed");
        };
        let said = stdin
            .write_all(line.as_bytes())
            .and_then(|()| stdin.write_all(b"\n"));
        if said.and_then(|()| stdin.flush()).is_err() {
            self.fail("regie does not read");
        }
    }

    /// Closes its standard input, which is not the end of the show.
    pub fn close_input(&mut self) {
        self.stdin = None;
    }

    /// Gives a command and waits for its answer: the frame at which it took effect.
    pub fn command(&mut self, command: &Value) -> u64 {
        match self.try_command(command) {
            Ok(frame) => frame,
            Err(message) => self.fail(&format!("{command} was refused: {message}")),
        }
    }

    /// As [`Self::command`]; the message where it is refused.
    pub fn try_command(&mut self, command: &Value) -> Result<u64, String> {
        let from = self.mark().max(self.answered);
        self.say(&command.to_string());
        let name = command["command"].clone();
        let answer = self.event_since(from, PATIENCE, |event| {
            event["event"] == "error" || (event["event"] == "done" && event["command"] == name)
        });
        let Some((at, event)) = answer else {
            self.fail(&format!("no answer to {command}"));
        };
        self.answered = at + 1;
        if event["event"] == "error" {
            return Err(event["message"].as_str().unwrap_or_default().to_owned());
        }
        match event["frame"].as_u64() {
            Some(frame) => Ok(frame),
            None => self.fail(&format!("an answer without a frame: {event}")),
        }
    }

    /// Starts the recorder, and waits until the master has these frames and more.
    pub fn record(&mut self, frames: u64) -> Value {
        self.command(&json!({"command": "record", "on": true}));
        self.until("the master is written", BEGINS, |s| {
            s["recording"]["frames"].as_u64() > Some(frames)
        })
    }

    /// Hot cut; the frame at which it took effect.
    pub fn take(&mut self, scene: &str) -> u64 {
        self.command(&json!({"command": "program", "scene": scene}))
    }

    /// Asks for a snapshot.
    pub fn snapshot(&mut self) -> Value {
        let from = self.mark();
        self.say(r#"{"command":"snapshot"}"#);
        let answer = self.event_since(from, PATIENCE, |event| event["event"] == "snapshot");
        match answer {
            Some((_, event)) => event["snapshot"].clone(),
            None => self.fail("no snapshot"),
        }
    }

    /// Asks for snapshots until one is as wanted; panics with `what` where none comes.
    pub fn until(&mut self, what: &str, limit: Duration, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + limit;
        loop {
            let snapshot = self.snapshot();
            if wanted(&snapshot) {
                return snapshot;
            }
            if Instant::now() > end {
                self.fail(&format!(
                    "not within {limit:?}: {what}; {}",
                    brief(&snapshot)
                ));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until a source is in a state.
    pub fn source_is(&mut self, id: &str, state: &str, limit: Duration) -> Value {
        let what = format!("source {id} is {state}");
        self.until(&what, limit, |s| named(s, "sources", id)["state"] == state)
    }

    /// Waits until a destination is in a state.
    pub fn destination_is(&mut self, id: &str, state: &str, limit: Duration) -> Value {
        let what = format!("destination {id} is {state}");
        self.until(&what, limit, |s| {
            named(s, "destinations", id)["state"] == state
        })
    }

    /// Waits until the program has come to a frame.
    pub fn frame_is(&mut self, frame: u64, limit: Duration) {
        self.until(&format!("frame {frame}"), limit, |s| {
            s["frame"].as_u64().is_some_and(|f| f >= frame)
        });
    }

    /// Waits until so many frames more were made.
    pub fn frames_pass(&mut self, frames: u64) {
        let now = self.snapshot()["frame"].as_u64().unwrap_or(0);
        let limit = PATIENCE + Duration::from_millis(frames * 100);
        self.frame_is(now + frames, limit);
    }

    /// Opens another desk on this show on an X display, as `regie SHOW.ron` does.
    pub fn open_desk(&self, display: &str) -> Child {
        let mut command = regie_in(program_under_test(), self.folder(), Some(display));
        command.arg(self.folder().join("show.ron"));
        let log = self.folder().join("desk.txt");
        let log = std::fs::File::create(log).expect("a file for the desk's log");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(log).spawn().expect("regie starts")
    }

    /// The keeper's process.
    pub fn keeper(&self) -> u32 {
        self.keeper.id()
    }

    /// The engine's process: the keeper's first child that is regie too.
    pub fn engine(&self) -> Option<u32> {
        processes_below(self.keeper.id())
            .into_iter()
            .find(|pid| name_of(*pid).is_some_and(|name| name.starts_with("regie")))
    }

    /// The folder of its sockets, journal and log.
    pub fn runtime(&self) -> PathBuf {
        runtime_in(self.folder.path())
    }

    /// Every process that keeps or runs the show: whoever has its lock open.
    pub fn holders(&self) -> Vec<u32> {
        holders_in(&self.runtime())
    }

    /// The holders that were started with this hidden command.
    pub fn started_as(&self, command: &str) -> Vec<u32> {
        let is_so = |pid: &u32| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            line.split(|byte| *byte == 0).nth(1) == Some(command.as_bytes())
        };
        self.holders().into_iter().filter(is_so).collect()
    }

    /// Another regie in this studio's surroundings.
    pub fn another(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regie"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path().join("home"))
            .env("REGIE_RUNTIME_DIR", self.runtime())
            .env("GST_REGISTRY", registry())
            .stdin(Stdio::null());
        command
    }

    /// Sends a signal to a process of this studio.
    pub fn signal(&self, pid: u32, signal: Signal) {
        let mine = pid == self.keeper.id()
            || processes_below(self.keeper.id()).contains(&pid)
            || self.holders().contains(&pid);
        assert!(mine, "process {pid} is not this studio's");
        let pid = Pid::from_raw(pid as i32).expect("a process number");
        kill_process(pid, signal).expect("the signal is sent");
    }

    /// Kills the engine with SIGKILL; its process number.
    pub fn kill_engine(&self) -> u32 {
        let pid = self.engine().expect("an engine runs");
        self.signal(pid, Signal::KILL);
        pid
    }

    /// Ends the show by command; the report.
    pub fn quit(&mut self) -> Value {
        self.say(r#"{"command":"quit"}"#);
        self.report()
    }

    /// Waits for the report and the end of the process, which must be a good one.
    pub fn report(&mut self) -> Value {
        let limit = Duration::from_secs(30);
        let report = self.event_since(0, limit, |event| event["event"] == "report");
        let Some((at, report)) = report else {
            self.fail("no report");
        };
        let status = wait::until(limit, || self.keeper.try_wait().ok().flatten());
        let Some(status) = status else {
            self.fail("regie does not end");
        };
        self.ended = true;
        assert!(
            status.success(),
            "regie ended with {status}: {}",
            self.log()
        );
        if let Some(reader) = self.reader.take() {
            reader.join().ok();
        }
        if at + 1 != self.mark() {
            self.fail("something was said after the report");
        }
        report
    }

    /// Waits for the end of the process, whatever it said before.
    pub fn ends(&mut self) -> std::process::ExitStatus {
        let status = wait::until(Duration::from_secs(30), || {
            self.keeper.try_wait().ok().flatten()
        });
        match status {
            Some(status) => status,
            None => self.fail("regie does not end"),
        }
    }

    /// The file of the master that a report names.
    pub fn master(&self, report: &Value) -> PathBuf {
        let path = report["recording"]["path"].as_str();
        let Some(path) = path else {
            self.fail("the report names no recording");
        };
        self.folder.path().join(path)
    }

    /// Every file in the folder of recordings with this ending, by name.
    pub fn recordings(&self, ending: &str) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join("recordings")) else {
            return Vec::new();
        };
        let mut files: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|e| e == ending))
            .collect();
        files.sort();
        files
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        // For a look at what a failed test recorded.
        if std::thread::panicking() && std::env::var_os("REGIE_TEST_KEEP").is_some() {
            self.folder.disable_cleanup(true);
            eprintln!("kept: {}", self.folder.path().display());
        }
        if !self.ended {
            let left = kill_all(|| {
                let below = processes_below(self.keeper.id());
                let regie = |pid: &u32| name_of(*pid).is_some_and(|n| n.starts_with("regie"));
                let mut all = self.holders();
                all.extend(below.into_iter().filter(regie));
                all
            });
            self.keeper.kill().ok();
            self.keeper.wait().ok();
            if !left.is_empty() {
                eprintln!("processes are left: {left:?}");
            }
        }
    }
}

/// Kills processes of regie's until none is found any more; gives those that are left. Held still
/// first, or each of them would start the other again.
pub fn kill_all(find: impl Fn() -> Vec<u32>) -> Vec<u32> {
    let gone = wait::until(Duration::from_secs(10), || {
        let all = find();
        for signal in [Signal::STOP, Signal::KILL] {
            for pid in all.iter().filter_map(|pid| Pid::from_raw(*pid as i32)) {
                kill_process(pid, signal).ok();
            }
        }
        // A child that is dead holds nothing any more.
        all.is_empty().then_some(())
    });
    if gone.is_some() { Vec::new() } else { find() }
}

/// Every process that keeps or runs a show of this runtime folder: whoever has a lock in it open.
pub fn holders_in(runtime: &Path) -> Vec<u32> {
    let is_lock =
        |path: &Path| path.starts_with(runtime) && path.extension().is_some_and(|e| e == "lock");
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            let handles = std::fs::read_dir(format!("/proc/{pid}/fd"));
            let mut handles = handles.into_iter().flatten().flatten();
            handles.any(|handle| std::fs::read_link(handle.path()).is_ok_and(|l| is_lock(&l)))
        })
        .collect()
}

/// The folder of sockets, journals and logs of a home in this folder.
pub fn runtime_in(folder: &Path) -> PathBuf {
    folder.join("home").join("runtime").join("regie")
}

/// What a snapshot says of states, in short.
fn brief(snapshot: &Value) -> String {
    let states = |list: &str| -> Vec<String> {
        let items = snapshot[list].as_array().into_iter().flatten();
        items
            .map(|item| format!("{} {} {}", item["id"], item["state"], item["message"]))
            .collect()
    };
    format!(
        "frame {}, program {}, sources {:?}, destinations {:?}, recording {}",
        snapshot["frame"],
        snapshot["program"],
        states("sources"),
        states("destinations"),
        snapshot["recording"]
    )
}

/// The entry of a list in a snapshot by its id; null where there is none.
pub fn named<'a>(snapshot: &'a Value, list: &str, id: &str) -> &'a Value {
    static NULL: Value = Value::Null;
    snapshot[list]
        .as_array()
        .and_then(|items| items.iter().find(|item| item["id"] == id))
        .unwrap_or(&NULL)
}

/// Processes that descend from this one.
pub fn processes_below(pid: u32) -> Vec<u32> {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let children = tasks
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("children")).ok())
        .flat_map(|text| {
            let numbers = text.split_whitespace().filter_map(|n| n.parse().ok());
            numbers.collect::<Vec<u32>>()
        });
    children
        .flat_map(|child| std::iter::once(child).chain(processes_below(child)))
        .collect()
}

fn name_of(pid: u32) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()
}

/// regie as it was built for this test.
pub fn program_under_test() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_regie"))
}

/// The program under test, in a home of its own in this folder: nothing of the user's is read or
/// written, and it sees this X display or none.
pub fn regie_in(program: &Path, folder: &Path, display: Option<&str>) -> Command {
    let home = folder.join("home");
    std::fs::create_dir_all(&home).expect("a home");
    let mut command = Command::new(program);
    command.current_dir(folder).env("HOME", &home);
    for (name, part) in [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "runtime"),
    ] {
        let path = home.join(part);
        std::fs::create_dir_all(&path).expect("a folder of the home");
        command.env(name, path);
    }
    let runtime = home.join("runtime");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(runtime, private).expect("a runtime folder of one's own");
    command.env("REGIE_RUNTIME_DIR", runtime_in(folder));
    // Plugins were looked through once already; a studio need not do so again.
    command.env("GST_REGISTRY", registry());
    command.env_remove("WAYLAND_DISPLAY").env_remove("DISPLAY");
    // The user's keyring answers there.
    command.env_remove("DBUS_SESSION_BUS_ADDRESS");
    if let Some(display) = display {
        command.env("DISPLAY", display);
    }
    command
}

/// One registry of GStreamer's plugins for all studios of all tests.
pub fn registry() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("gstreamer-registry.bin")
}
