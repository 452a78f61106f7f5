//! A thread of the engine without which there is no program does not die alone: its process ends with
//! it, its last words are heard, and the keeper starts another.
//!
//! Nothing in a running engine can be made to panic from outside, so this is shown in three steps: the
//! hook that the engine sets ends a process with such a thread; the engine's threads bear these names;
//! an engine that ends in this way is started again.

mod common;

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use regie::{logging, panics};
use rustix::process::Signal;

use common::studio::{ShowText, Studio};
use common::wait;

const PATIENCE: Duration = Duration::from_secs(20);
/// Names the thread that is to panic to a process of its own.
const THREAD: &str = "REGIE_TEST_THREAD";

#[test]
#[ignore = "the process in which a thread panics, which another test starts"]
fn a_thread_panics() {
    let name = std::env::var(THREAD).expect("started by a test");
    logging::start().unwrap();
    panics::tell();
    panics::end_with_vital_threads();
    let thread = std::thread::Builder::new()
        .name(name)
        .spawn(|| panic!("these words are heard"))
        .unwrap();
    assert!(thread.join().is_err());
    logging::flush();
}

fn panicking(thread: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_thread_panics", "--ignored", "--nocapture"])
        .env(THREAD, thread)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn the_process_ends_with_a_vital_thread_and_with_no_other() {
    for name in panics::VITAL {
        let output = panicking(name);
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        let abort = Signal::ABORT.as_raw();
        assert_eq!(output.status.signal(), Some(abort), "{name}: {log}");
        assert!(log.contains("these words are heard"), "{name}: {log}");
        assert!(log.contains(&format!("'{name}'")), "{name}: {log}");
    }
    let output = panicking("source cam");
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{:?}: {log}", output.status);
    assert!(log.contains("these words are heard"), "{log}");
}

#[test]
fn the_engine_has_these_threads_and_is_started_again_when_it_aborts() {
    let _turn = common::alone();
    let show = ShowText::sized(640, 360, (30, 1))
        .field("encoder: (preset: Ultrafast, bitrate_kbps: 800)")
        .source("red", "Test(pattern: Red)", "");
    let mut studio = Studio::start(&show, &[]);
    let engine = studio.engine().expect("an engine runs");
    let threads: Vec<String> = std::fs::read_dir(format!("/proc/{engine}/task"))
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .map(|name| name.trim_end().to_owned())
        .collect();
    for name in panics::VITAL {
        assert!(threads.iter().any(|t| t == name), "{name} in {threads:?}");
    }

    let before = studio.snapshot()["frame"].as_u64().unwrap();
    let mark = studio.mark();
    studio.signal(engine, Signal::ABORT);
    let lost = studio.event_since(mark, PATIENCE, |e| e["event"] == "engine_lost");
    let Some((_, lost)) = lost else {
        studio.fail("the loss is not told");
    };
    assert_eq!(lost["message"], "signal 6", "{lost}");
    let other = wait::until(PATIENCE, || studio.engine().filter(|&pid| pid != engine));
    assert!(other.is_some(), "another engine");
    studio.until("the program goes on", PATIENCE, |s| {
        s["frame"].as_u64().is_some_and(|frame| frame > before + 30)
    });
    assert_eq!(studio.quit()["restarts"], 1);
}
