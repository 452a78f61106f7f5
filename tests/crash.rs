//! Deaths by SIGKILL: what was promised is on the disk, and the engine goes on where it was.

mod common;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use regie::door::{Client, Command, Door, Event, Place};
use rustix::process::Signal;
use serde_json::{Value, json};

use common::coded::Code;
use common::media::Clip;
use common::nginx::Nginx;
use common::read::{self, Shot};
use common::studio::{ShowText, Studio, named};
use common::wait;

/// An engine that was killed is back by then, however slow the machine is.
const BACK: Duration = Duration::from_secs(60);

fn clip(source: u8) -> Clip {
    Clip {
        size: (640, 360),
        kbps: 1500,
        ..Clip::new(source, 40)
    }
}

fn show() -> ShowText {
    ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 1500)")
        .file("cam1", &clip(1).file(), true)
        .file("cam2", &clip(2).file(), true)
}

#[test]
fn what_was_recorded_before_the_kill_plays() {
    common::witness::undisturbed(killed);
}

fn killed() {
    let mut studio = Studio::start(&show(), &["--record"]);
    studio.source_is("cam1", "live", Duration::from_secs(30));
    studio.source_is("cam2", "live", Duration::from_secs(30));
    let begun = studio.until("the master is written", Duration::from_secs(30), |s| {
        s["recording"]["frames"].as_u64() > Some(30)
    });
    let path = begun["recording"]["path"]
        .as_str()
        .map(|p| studio.folder().join(p));
    let path = path.expect("the snapshot names the file");
    let cut = studio.take("cam2");
    studio.frame_is(cut + 120, Duration::from_secs(20));
    let engine = studio.engine().expect("an engine runs");
    let last = studio.snapshot();
    let written = last["recording"]["frames"].as_u64().expect("frames");
    let late = last["counters"]["repeated"].as_u64().expect("a count");
    // Both at once: nobody is left to mend anything.
    let keeper = studio.keeper();
    studio.signal(keeper, Signal::STOP);
    studio.signal(engine, Signal::KILL);
    studio.signal(keeper, Signal::KILL);
    let gone = || (!std::path::Path::new(&format!("/proc/{engine}/fd/0")).exists()).then_some(());
    assert!(
        wait::until(Duration::from_secs(10), gone).is_some(),
        "the engine is dead"
    );

    let pictures = read::pictures(&path);
    let codes = pictures.codes_of_torn(30.0);
    let is_second = |code: &Option<Code>| code.is_some_and(|code| code.source == 2);
    let at = codes
        .iter()
        .position(is_second)
        .expect("the cut is in the master");
    let shot = Shot {
        wraps: Some(clip(2).frames()),
        ..Shot::new(2, at, codes.len())
    };
    let faults = read::check_sequence(&codes, &[shot]);
    assert_eq!(read::beyond(faults, late), []);
    // All but the last second of what the recorder had.
    let there = codes.len() as u64;
    assert!(
        there + 30 >= written,
        "{there} pictures of {written} that were written"
    );
    assert!(codes.len() > at + 60, "{there} pictures, the cut at {at}");
    let sound = read::sound(&path);
    let heard = sound.start + sound.seconds();
    let seen = pictures.seen.last().expect("a picture").pts;
    assert!(
        (heard - seen).abs() < 0.5,
        "sound until {heard:.2}, picture until {seen:.2}"
    );
}

/// The files of the master that a report lists, with the frames in each.
fn reported(report: &Value) -> Vec<(PathBuf, u64)> {
    let parts = report["recording"]["parts"].as_array();
    let parts = parts.expect("a list of parts").iter();
    let part = |part: &Value| {
        let path = part["path"].as_str().expect("a path");
        (
            PathBuf::from(path),
            part["frames"].as_u64().expect("frames"),
        )
    };
    parts.map(part).collect()
}

/// What must be as it was after the engine was started again.
fn state(snapshot: &Value) -> Vec<Value> {
    let mut state = vec![snapshot["program"].clone(), snapshot["preview"].clone()];
    for id in ["cam1", "cam2"] {
        let source = named(snapshot, "sources", id);
        state.extend(["fader_db", "mute", "afv"].map(|field| source[field].clone()));
    }
    state
}

#[test]
fn the_engine_resumes_ten_times_in_a_row() {
    let _turn = common::alone();
    let nginx = Nginx::start(&["hall", "idle"]);
    let show = show()
        .destination("hall", &nginx.server("hall"))
        .destination("idle", &nginx.server("idle"));
    let mut studio = Studio::start(&show, &["--record"]);
    let on_air = |s: &Value| {
        named(s, "destinations", "hall")["state"] == "live"
            && s["recording"]["state"]
                .as_str()
                .is_some_and(|s| s == "recording" || s == "warning")
    };
    studio.command(&json!({"command": "stream", "destination": "hall", "on": true}));
    studio.command(&json!({"command": "fader", "source": "cam2", "db": -6.0}));
    studio.until("on the air", BACK, on_air);
    // Some of each part, so that it is worth looking at.
    let grown = |s: &Value| s["recording"]["frames"].as_u64() > Some(60);
    studio.until("the first part grows", BACK, grown);
    let mut took = Vec::new();
    for round in 0..10u32 {
        let scene = if round % 2 == 0 { "cam2" } else { "cam1" };
        studio.take(scene);
        studio.command(
            &json!({"command": "preview", "scene": if round % 2 == 0 { "cam1" } else { "cam2" }}),
        );
        studio.command(&json!({"command": "mute", "source": "cam1", "on": round % 3 == 0}));
        let times = |s: &Value| ["on_air_s", "recording_s"].map(|time| s[time].as_f64());
        let running = times(&studio.snapshot());
        let before = state(&studio.snapshot());
        let mark = studio.mark();
        let killed = Instant::now();
        let old = studio.kill_engine();
        let lost = studio.event_since(mark, BACK, |e| e["event"] == "engine_lost");
        assert!(lost.is_some(), "round {round}: the loss is told");
        let new = wait::until(BACK, || studio.engine().filter(|&pid| pid != old));
        assert!(new.is_some(), "round {round}: another engine");
        let after = studio.until(&format!("round {round}: on the air again"), BACK, on_air);
        took.push(killed.elapsed());
        assert_eq!(state(&after), before, "round {round}");
        assert!(running.iter().all(Option::is_some), "{running:?}");
        let ran_on = times(&after)
            .into_iter()
            .zip(running)
            .all(|(now, then)| now > then);
        assert!(
            ran_on,
            "round {round}: {running:?}, then {:?}",
            times(&after)
        );
        assert_eq!(
            named(&after, "destinations", "idle")["state"],
            "off",
            "round {round}"
        );
        studio.until("the new part grows", BACK, grown);
    }
    // Others use this machine too: what is promised is judged by the middle one.
    took.sort();
    assert!(took[took.len() / 2] < Duration::from_secs(5), "{took:?}");
    let report = studio.quit();
    assert_eq!(report["restarts"], 10, "{report}");
    let parts = studio.recordings("mkv");
    assert_eq!(parts.len(), 11, "{parts:?}");
    assert_eq!(reported(&report).len(), 11, "{report}");
    // Each engine connected anew, and the first connection is none again.
    assert_eq!(report["destinations"]["hall"]["reconnects"], 10, "{report}");
    for part in &parts {
        let pictures = read::pictures(part);
        let coded = pictures.codes().into_iter().flatten().count();
        assert!(coded > 15, "{}: {coded} pictures", part.display());
    }
    let received = nginx.received("hall");
    assert!(received.len() >= 2, "{received:?}");
    assert_eq!(nginx.received("idle").len(), 0);
}

/// A client at the door, for a show whose keeper can no longer be spoken to.
fn client(studio: &Studio) -> Client {
    let show = studio.folder().join("show.ron");
    let place = Place::within(studio.runtime(), &show).expect("the show's place");
    Client::start(place, 30).expect("a client")
}

/// Waits for a state that is as wanted.
fn seen(client: &Client, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let found = wait::until(Duration::from_secs(20), || {
        let snapshot = client.snapshot().filter(|_| client.attached())?;
        let snapshot = serde_json::to_value(&*snapshot).ok()?;
        wanted(&snapshot).then_some(snapshot)
    });
    found.unwrap_or_else(|| panic!("not seen: {what}"))
}

#[test]
fn an_engine_that_lost_its_keeper_gets_another_and_loses_no_frame() {
    common::witness::undisturbed(lost_keeper);
}

fn lost_keeper() {
    let mut studio = Studio::start(&show(), &["--record"]);
    studio.source_is("cam1", "live", Duration::from_secs(30));
    studio.source_is("cam2", "live", Duration::from_secs(30));
    let is_written = |s: &Value| s["recording"]["frames"].as_u64() > Some(30);
    studio.until("the master is written", Duration::from_secs(30), is_written);
    studio.take("cam2");
    studio.command(&json!({"command": "fader", "source": "cam1", "db": -6.0}));
    studio.command(&json!({"command": "mute", "source": "cam2", "on": true}));
    let before = studio.snapshot();
    let engine = studio.engine().expect("an engine runs");

    studio.signal(studio.keeper(), Signal::KILL);
    let heir_but = |old: Option<u32>| {
        let heir = wait::until(Duration::from_secs(10), || {
            let heirs = studio.started_as("adopt");
            heirs.into_iter().find(|heir| Some(*heir) != old)
        });
        heir.unwrap_or_else(|| studio.fail("nobody keeps the engine"))
    };
    let heir = heir_but(None);
    let desk = client(&studio);
    let frame = |s: &Value| s["frame"].as_u64().expect("a frame");
    let adopted = frame(&seen(&desk, "the show", |_| true));
    seen(&desk, "frames pass", |s| frame(s) > adopted + 60);
    // The new one is no more immortal than the first.
    studio.signal(heir, Signal::KILL);
    heir_but(Some(heir));
    let kept = frame(&seen(&desk, "the show", |_| true));
    seen(&desk, "frames pass", |s| frame(s) > kept + 60);
    assert_eq!(studio.started_as("engine"), [engine]);

    studio.signal(engine, Signal::KILL);
    let next = wait::until(Duration::from_secs(10), || {
        let engines = studio.started_as("engine");
        engines.into_iter().find(|pid| *pid != engine)
    });
    assert!(next.is_some(), "another engine");
    let on_air = |s: &Value| {
        let state = s["recording"]["state"].as_str();
        state == Some("recording") || state == Some("warning")
    };
    let later = frame(&seen(&desk, "the show", |_| true));
    let after = seen(&desk, "on the air again", |s| on_air(s) && frame(s) > later);
    assert_eq!(state(&after), state(&before));
    seen(&desk, "the new part grows", |s| on_air(s) && is_written(s));
    assert_eq!(studio.started_as("engine").len(), 1);

    let second = studio.another(&["run", "show.ron", "--headless"]).output();
    let second = second.expect("a second keeper starts");
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(
        !second.status.success() && said.contains("running already"),
        "{said}"
    );

    assert!(desk.try_send(Command::Quit {}).is_some());
    let report = wait::until(Duration::from_secs(30), || match desk.next_event()? {
        Event::Report(report) => Some(report),
        _ => None,
    });
    let report = serde_json::to_value(report.expect("a report")).expect("JSON");
    assert_eq!(report["restarts"], 1, "{report}");
    let late = report["repeated"].as_u64().expect("a count");
    let nobody = wait::until(Duration::from_secs(20), || {
        studio.holders().is_empty().then_some(())
    });
    assert!(nobody.is_some(), "left: {:?}", studio.holders());
    let left: Vec<_> = std::fs::read_dir(studio.runtime())
        .expect("the folder is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_none_or(|e| e != "lock" && e != "log"))
        .collect();
    assert!(left.is_empty(), "{left:?}");

    let parts = reported(&report);
    let files: Vec<_> = parts.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(files, studio.recordings("mkv"));
    assert_eq!(files.len(), 2);
    let pictures = read::pictures(&files[0]);
    let codes = pictures.codes_of_torn(30.0);
    let cut = codes
        .iter()
        .position(|code| code.is_some_and(|code| code.source == 2));
    let shot = Shot {
        wraps: Some(clip(2).frames()),
        ..Shot::new(2, cut.expect("the cut is in the master"), codes.len())
    };
    assert!(codes.len() - shot.at > 90, "{} pictures", codes.len());
    let faults = read::check_sequence(&codes, &[shot]);
    assert_eq!(read::beyond(faults, late), []);
}

#[test]
fn a_show_goes_on_as_it_began_whatever_is_done_to_its_file() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &["--record"]);
    let grown = |s: &Value| s["recording"]["frames"].as_u64() > Some(30);
    studio.until("the master is written", Duration::from_secs(20), grown);
    studio.take("cam2");
    studio.command(&json!({"command": "fader", "source": "cam2", "db": -6.0}));
    let before = state(&studio.snapshot());
    let file = studio.folder().join("show.ron");
    let spoil: [&dyn Fn() -> std::io::Result<()>; 2] = [
        &|| std::fs::write(&file, "(version: 1, name: \"Another\")"),
        &|| std::fs::remove_file(&file),
    ];
    for (round, spoil) in spoil.iter().enumerate() {
        spoil().expect("the show file is spoilt");
        let old = studio.kill_engine();
        let new = wait::until(Duration::from_secs(10), || {
            studio.engine().filter(|&pid| pid != old)
        });
        assert!(new.is_some(), "round {round}: another engine");
        let after = studio.until("the master goes on", Duration::from_secs(20), grown);
        assert_eq!(after["name"], "Test", "round {round}");
        assert_eq!(state(&after), before, "round {round}");
    }
    let report = studio.quit();
    assert_eq!(report["restarts"], 2, "{report}");
    // Beside the show file as before, though that is gone.
    assert_eq!(studio.recordings("mkv").len(), 3);
}

#[test]
fn the_report_is_of_the_whole_show() {
    common::witness::undisturbed(reported_whole);
}

fn reported_whole() {
    let mut studio = Studio::start(&show(), &["--record"]);
    studio.source_is("cam1", "live", Duration::from_secs(30));
    let grown = |s: &Value| {
        s["recording"]["state"] != "starting" && s["recording"]["frames"].as_u64() > Some(60)
    };
    let first = studio.until("the master is written", Duration::from_secs(20), grown);
    studio.command(&json!({"command": "record", "on": false}));
    studio.until("it is closed", Duration::from_secs(20), |s| {
        s["recording"]["state"] == "off"
    });
    studio.command(&json!({"command": "record", "on": true}));
    let path = &first["recording"]["path"];
    studio.until("another is written", Duration::from_secs(20), |s| {
        s["recording"]["path"] != *path && grown(s)
    });
    let before = studio.snapshot();
    let mark = studio.mark();
    studio.kill_engine();
    let is_ready = |event: &Value| event["event"] == "ready";
    let ready = studio.event_since(mark, Duration::from_secs(20), is_ready);
    assert!(ready.is_some(), "another engine");
    studio.until("a third is written", Duration::from_secs(20), grown);
    let report = studio.quit();

    let parts = reported(&report);
    let files: Vec<_> = parts.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(files, studio.recordings("mkv"));
    assert_eq!(files.len(), 3, "{report}");
    for (n, (path, frames)) in parts.iter().enumerate() {
        let there = read::pictures(path).seen.len() as u64;
        // Of the one that was killed, what was known a second before.
        let slack = if n == 1 { 60 } else { 0 };
        assert!(
            there.abs_diff(*frames) <= slack,
            "part {n}: {frames} told, {there} there"
        );
    }
    let last = parts.last().expect("a part");
    assert_eq!(report["recording"]["path"], last.0.display().to_string());
    assert_eq!(report["recording"]["frames"], last.1);
    let frames = |value: &Value| value["frames"].as_u64().expect("frames");
    let known = frames(named(&before, "sources", "cam1"));
    let told = frames(&report["sources"]["cam1"]);
    // A second may be missing of what the first engine saw; the second one saw 60 at least.
    assert!(told > known + 15, "{told} told, {known} before the kill");
    // Each engine's clip is a few pictures ahead of its program.
    assert!(told <= frames(&report) + 10, "{report}");
}

#[test]
fn a_terminal_that_is_closed_ends_nothing() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &[]);
    let (keeper, engine) = (studio.keeper(), studio.engine());
    for pid in [keeper, engine.expect("an engine runs")] {
        studio.signal(pid, Signal::HUP);
    }
    studio.frames_pass(60);
    assert_eq!(studio.engine(), engine);
    let report = studio.quit();
    assert_eq!(report["restarts"], 0, "{report}");
}

#[test]
fn an_engine_that_is_told_to_end_by_the_system_closes_its_files() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &["--record"]);
    let grown = |s: &Value| s["recording"]["frames"].as_u64() > Some(30);
    studio.until("the master is written", Duration::from_secs(20), grown);
    studio.signal(studio.engine().expect("an engine runs"), Signal::TERM);
    let report = studio.report();
    assert_eq!(report["restarts"], 0, "{report}");
    let there = read::pictures(&studio.master(&report)).seen.len() as u64;
    assert_eq!(report["recording"]["frames"], there);
}

#[test]
fn a_program_file_that_is_replaced_on_air_is_not_needed() {
    let _turn = common::alone();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let program = folder.path().join("regie");
    // Another name for the same file: this one can go while the tests go on with theirs.
    std::fs::hard_link(env!("CARGO_BIN_EXE_regie"), &program).expect("a second name");
    let mut studio = Studio::launch_program(&program, &show(), &[]);
    let ready = |event: &Value| event["event"] == "ready";
    studio.wait_event("ready", Duration::from_secs(20), ready);
    std::fs::remove_file(&program).expect("the program is removed");
    std::fs::write(&program, "#!/bin/false\n").expect("another is in its place");
    for round in 0..2 {
        let old = studio.kill_engine();
        let new = wait::until(Duration::from_secs(10), || {
            studio.engine().filter(|&pid| pid != old)
        });
        assert!(new.is_some(), "round {round}: another engine");
        studio.frames_pass(30);
    }
    studio.signal(studio.keeper(), Signal::KILL);
    let heir = wait::until(Duration::from_secs(10), || studio.started_as("adopt").pop());
    assert!(heir.is_some(), "another keeper");
}

#[test]
fn a_show_that_was_ended_does_not_come_back_when_its_engine_dies_of_it() {
    let _turn = common::alone();
    // Closing takes a moment and no more: a kill may come too late.
    for _ in 0..15 {
        let mut studio = Studio::start(&show(), &["--record"]);
        let grown = |s: &Value| s["recording"]["frames"].as_u64() > Some(30);
        studio.until("the master is written", Duration::from_secs(20), grown);
        let engine = studio.engine().expect("an engine runs");
        let show = studio.folder().join("show.ron");
        let place = Place::within(studio.runtime(), &show).expect("the show's place");
        let desk = client(&studio);
        let asked = wait::until(Duration::from_secs(10), || desk.try_send(Command::Quit {}));
        assert!(asked.is_some(), "the desk is attached");
        let limit = Instant::now() + Duration::from_secs(20);
        let is_ended = |text: String| text.contains(r#""ended":true"#);
        while !std::fs::read_to_string(place.journal()).is_ok_and(is_ended) {
            let runs = std::path::Path::new(&format!("/proc/{engine}/exe")).exists();
            if !runs || Instant::now() > limit {
                break;
            }
        }
        if let Some(pid) = rustix::process::Pid::from_raw(engine as i32) {
            // It may have gone meanwhile.
            rustix::process::kill_process(pid, Signal::KILL).ok();
        }
        assert!(studio.ends().success());
        let events = studio.events();
        let count = |name: &str| events.iter().filter(|(_, e)| e["event"] == name).count();
        assert_eq!((count("ready"), count("engine_lost")), (1, 0));
        assert_eq!(studio.holders(), Vec::<u32>::new());
        if count("report") == 0 {
            return;
        }
    }
    panic!("the engine was never killed before it had ended");
}
