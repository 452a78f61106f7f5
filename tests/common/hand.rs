//! The real window worked by hand: a regie with a home of its own on a screen that nobody sees, whose
//! controls are found by their words, as the window tells them (`REGIE_DESK_TREE`), and used by mouse
//! and keyboard alone.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use regie::door::{Client, Command, Door, Event, Place, Report, Snapshot};
use regie::show::Show;
use serde::Deserialize;

use super::display::Display;
use super::studio::{holders_in, kill_all, program_under_test, regie_in, runtime_in};
use super::wait;

/// How long the window may take for anything: a processor draws it, beside the engine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longer than what the desk takes for a bounce of the same press.
const BREATH: Duration = Duration::from_millis(400);

/// What a press does is seen within this time, or it was none.
const ACTS: Duration = Duration::from_secs(5);

/// A control, or a line that is said, as the window tells it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Control {
    /// AccessKit's word for what it is.
    pub role: String,
    /// What it is called.
    pub label: String,
    /// What it shows.
    pub value: String,
    /// Left, top, right and bottom of what is seen of it, in pixels.
    pub seen: [i32; 4],
    /// The same of the whole of it.
    pub whole: [i32; 4],
    /// Whether it can be used.
    pub enabled: bool,
    /// Whether it is switched on.
    pub on: Option<bool>,
    /// Whether it has the keyboard.
    pub focused: bool,
}

impl Control {
    fn middle(&self) -> (u32, u32) {
        let [left, top, right, bottom] = self.seen;
        let half = |a: i32, b: i32| u32::try_from((a + b) / 2).unwrap_or(0);
        (half(left, right), half(top, bottom))
    }

    /// Whether a click on the middle of what is seen of it is one on it.
    fn is_in_reach(&self) -> bool {
        let [left, top, right, bottom] = self.seen;
        let whole = self.whole[3] - self.whole[1];
        right - left >= 4 && (bottom - top) * 3 >= whole * 2
    }

    fn is_used(&self) -> bool {
        self.role != "Label" && self.enabled
    }
}

/// regie on a screen, with a home of its own; all of it ends when this is dropped.
pub struct Desk<'a> {
    display: &'a Display,
    folder: tempfile::TempDir,
    window: Child,
}

impl<'a> Desk<'a> {
    /// Starts `regie` with nothing said: it opens what a new user sees.
    pub fn open(display: &'a Display) -> Self {
        Self::prepared(display, |_, _| {})
    }

    /// As [`Self::open`], with more put into its folder, or said to the program.
    pub fn prepared(
        display: &'a Display,
        prepare: impl FnOnce(&Path, &mut std::process::Command),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = regie_in(program_under_test(), folder.path(), Some(display.name()));
        command.env("LC_ALL", "en_US.UTF-8");
        command.env("REGIE_DESK_TREE", folder.path().join("tree"));
        let log = std::fs::File::create(folder.path().join("desk.txt"));
        command.stderr(log.expect("a file for the desk's log"));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        prepare(folder.path(), &mut command);
        let window = command.spawn().expect("regie starts");
        Self {
            display,
            folder,
            window,
        }
    }

    /// The folder in which everything lies, the home too.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The window's process.
    pub fn pid(&self) -> u32 {
        self.window.id()
    }

    /// What it wrote on standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("desk.txt")).unwrap_or_default()
    }

    /// The folder of sockets, journals and logs.
    pub fn runtime(&self) -> PathBuf {
        runtime_in(self.folder())
    }

    /// The text in which the window tells its controls.
    pub fn tree(&self) -> String {
        std::fs::read_to_string(self.folder().join("tree")).unwrap_or_default()
    }

    /// The controls, from the top.
    pub fn controls(&self) -> Vec<Control> {
        let tree = self.tree();
        let lines = tree.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("a control"))
            .collect()
    }

    /// Panics with what is seen, and leaves a picture of the screen beside the test's files.
    pub fn fail(&self, what: &str) -> ! {
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("desk-failed.png");
        self.display.shoot(&picture);
        let all = self.controls();
        let seen: Vec<String> = all
            .iter()
            .map(|c| format!("{} {:?}", c.role, c.label))
            .collect();
        let log = self.log();
        let tail: Vec<&str> = log.lines().rev().take(20).collect();
        panic!(
            "{what}\nseen, from the top:\n  {}\nlog, newest first:\n  {}\nthe screen: {}",
            seen.join("\n  "),
            tail.join("\n  "),
            picture.display()
        );
    }

    /// Waits until the window says so.
    pub fn until(&self, what: &str, said: impl Fn(&[Control]) -> bool) {
        let come = wait::until(PATIENCE, || said(&self.controls()).then_some(()));
        if come.is_none() {
            self.fail(&format!("the window does not say: {what}"));
        }
    }

    /// Waits until these words are read in the window, whole or as a part.
    pub fn reads(&self, words: &str) {
        self.until(words, |all| all.iter().any(|c| c.label.contains(words)));
    }

    /// Presses a key, in X's names.
    pub fn press(&self, key: &str) {
        self.display.press(key);
    }

    /// Clicks the one control of this name.
    pub fn click(&self, name: &str) {
        self.click_where(name, |c| c.label == name);
    }

    /// Clicks what asks for a second press, and then what it asks for, until that is done. Where the
    /// second press came too late, for the machine stood still, it begins anew.
    pub fn press_twice(&self, first: &str, again: &str, is_done: impl Fn() -> bool) {
        let asks = || self.controls().into_iter().find(|c| c.label == again);
        let within = |done: &dyn Fn() -> bool| wait::until(ACTS, || done().then_some(()));
        let end = Instant::now() + PATIENCE;
        while !is_done() {
            if Instant::now() > end {
                self.fail(&format!("{again:?} is pressed in vain"));
            }
            if asks().is_some() {
                // A deliberate press: one that comes sooner is taken for a bounce.
                std::thread::sleep(BREATH);
                if let Some(control) = asks() {
                    self.display.click(control.middle());
                }
                within(&is_done);
            } else if self.controls().iter().any(|c| c.label == first) {
                self.click(first);
                within(&|| is_done() || asks().is_some());
            }
        }
    }

    /// Whether the window's process has ended.
    pub fn has_ended(&self) -> bool {
        std::fs::read_link(format!("/proc/{}/exe", self.pid())).is_err()
    }

    /// Clicks the one control for which this is true; scrolls to it first where it is out of sight.
    pub fn click_where(&self, what: &str, which: impl Fn(&Control) -> bool) {
        let control = self.reach(what, which);
        self.display.click(control.middle());
    }

    /// Types into the field of this name, in place of what stands there.
    pub fn fill(&self, name: &str, text: &str) {
        self.fill_where(name, |_| true, text);
    }

    /// Types into what has the keyboard.
    pub fn type_text(&self, text: &str) {
        self.display.type_text(text);
    }

    /// As [`Self::fill`], of the one field of this name for which `which` is true.
    pub fn fill_where(&self, name: &str, which: impl Fn(&Control) -> bool, text: &str) {
        let is_it = |c: &Control| {
            c.label == name && matches!(c.role.as_str(), "TextInput" | "PasswordInput") && which(c)
        };
        self.click_where(name, is_it);
        self.until(&format!("{name} has the keyboard"), |all| {
            all.iter().any(|c| is_it(c) && c.focused)
        });
        self.press("ctrl+a");
        self.display.type_text(text);
    }

    /// Waits for the one control that can be used and stands still, and scrolls it into sight.
    fn reach(&self, what: &str, which: impl Fn(&Control) -> bool) -> Control {
        let end = Instant::now() + PATIENCE;
        let mut before: Option<Control> = None;
        // Where it was scrolled from last, and how often that moved nothing.
        let (mut scrolled, mut in_vain) = (None, 0);
        loop {
            let all = self.controls();
            let mut found: Vec<&Control> = all.iter().filter(|c| c.is_used() && which(c)).collect();
            // A list of entries may lie over a panel with the same words: the one in sight is meant.
            if found.len() > 1 {
                found.retain(|c| c.is_in_reach());
            }
            if let [one] = found[..] {
                let stands = before.as_ref().is_some_and(|b| b.whole == one.whole);
                if stands && one.is_in_reach() {
                    return one.clone();
                }
                if stands {
                    in_vain += usize::from(scrolled == Some(one.whole));
                    scrolled = Some(one.whole);
                    self.scroll_to(one, in_vain);
                    before = None;
                } else {
                    before = Some(one.clone());
                }
            }
            if Instant::now() > end {
                let found: Vec<String> = found.iter().map(|c| format!("{c:?}")).collect();
                self.fail(&format!("not one {what:?} to click: {found:#?}"));
            }
            // Two looks at the window apart: it may be moving.
            std::thread::sleep(Duration::from_millis(80));
        }
    }

    /// Turns the wheel a little over the panel in which a control is out of sight: what is in sight
    /// above or below it is in the same panel, the nearest most likely; where that moved nothing,
    /// the next.
    fn scroll_to(&self, control: &Control, in_vain: usize) {
        let [left, top, right, bottom] = control.whole;
        let all = self.controls();
        let mut beside: Vec<&Control> = all
            .iter()
            .filter(|c| {
                let meets = c.whole[0] < right && c.whole[2] > left;
                c.is_in_reach() && meets && c.whole != control.whole
            })
            .collect();
        beside.sort_by_key(|c| (c.whole[1] - top).abs());
        if beside.is_empty() {
            self.fail(&format!("nothing in sight above or below {control:?}"));
        }
        let under = beside[in_vain % beside.len()];
        let down = under.whole[3] <= bottom;
        self.display.wheel(under.middle(), down, 1);
    }

    /// A client of the engine that runs this show.
    pub fn engine(&self, show: &Path) -> Engine {
        let there = wait::until(PATIENCE, || show.is_file().then_some(()));
        if there.is_none() {
            self.fail(&format!("{} is not made", show.display()));
        }
        let place = Place::within(self.runtime(), show).expect("the show's place");
        let client = Client::start(place, 30).expect("a client");
        let attached = wait::until(PATIENCE, || client.snapshot());
        if attached.is_none() {
            self.fail(&format!("no engine runs {}", show.display()));
        }
        Engine { client }
    }

    /// Keeps what is seen on the screen.
    pub fn shoot(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        self.display.shoot(&folder.join(name));
    }

    /// Takes the window away without a word to it: the engine goes on.
    pub fn kill(&mut self) {
        self.window.kill().ok();
        self.window.wait().ok();
    }

    /// Waits until the window has closed.
    pub fn wait_until_closed(&mut self) {
        let status = wait::until(PATIENCE, || self.window.try_wait().ok().flatten());
        match status {
            Some(status) if status.success() => {}
            other => self.fail(&format!("the window does not close well: {other:?}")),
        }
    }
}

impl Drop for Desk<'_> {
    fn drop(&mut self) {
        self.kill();
        let runtime = self.runtime();
        let left = kill_all(|| holders_in(&runtime));
        if !left.is_empty() {
            eprintln!("processes are left: {left:?}");
        }
    }
}

/// An engine as a second client sees it.
pub struct Engine {
    client: Client,
}

impl Engine {
    /// The newest snapshot.
    pub fn snapshot(&self) -> std::sync::Arc<Snapshot> {
        self.client.snapshot().expect("an engine that was there")
    }

    /// Tells it something, without waiting for the answer.
    pub fn send(&self, command: Command) {
        self.client.send(command);
    }

    /// Waits until a snapshot is as wanted.
    pub fn until(&self, desk: &Desk, what: &str, wanted: impl Fn(&Snapshot) -> bool) {
        let come = wait::until(PATIENCE, || wanted(&self.snapshot()).then_some(()));
        if come.is_none() {
            let snapshot = self.snapshot();
            let sources: Vec<String> = snapshot
                .sources
                .iter()
                .map(|s| format!("{} {:?} {}", s.id, s.state, s.message))
                .collect();
            let destinations: Vec<String> = snapshot
                .destinations
                .iter()
                .map(|d| format!("{} {:?} {}", d.id, d.state, d.message))
                .collect();
            desk.fail(&format!(
                "the engine has not: {what}; PGM {}, PVW {}, {sources:?}, {destinations:?}, {:?}",
                snapshot.program, snapshot.preview, snapshot.recording
            ));
        }
    }

    /// Waits until so many frames more were made.
    pub fn frames_pass(&self, desk: &Desk, frames: u64) {
        let end = self.snapshot().frame + frames;
        self.until(desk, "frames pass", |s| s.frame >= end);
    }

    /// The whole show, as the engine has it now.
    pub fn show(&self) -> Show {
        let now = self.snapshot().edit.revision;
        self.client.send(Command::Show {});
        let is_new =
            |event: &Event| matches!(event, Event::Show { revision, .. } if *revision >= now);
        match self.event(is_new) {
            Some(Event::Show { show, .. }) => (*show).clone(),
            _ => panic!("the engine does not say its show"),
        }
    }

    /// Waits for the report at the end of the show.
    pub fn report(&self) -> Report {
        match self.event(|event| matches!(event, Event::Report(_))) {
            Some(Event::Report(report)) => report,
            _ => panic!("the engine gives no report"),
        }
    }

    fn event(&self, wanted: impl Fn(&Event) -> bool) -> Option<Event> {
        let end = Instant::now() + PATIENCE;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let event = self.client.events().recv_timeout(left).ok()?;
            if wanted(&event) {
                return Some(event);
            }
        }
        None
    }
}
