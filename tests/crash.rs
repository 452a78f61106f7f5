//! Deaths by SIGKILL: what was promised is on the disk, and the engine goes on where it was.

mod common;

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use common::coded::Code;
use common::media::Clip;
use common::nginx::Nginx;
use common::read::{self, Shot};
use common::studio::{ShowText, Studio, named};
use common::wait;

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
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &["--record"]);
    studio.source_is("cam1", "live", Duration::from_secs(10));
    studio.source_is("cam2", "live", Duration::from_secs(10));
    let begun = studio.until("the master is written", Duration::from_secs(10), |s| {
        s["recording"]["frames"].as_u64() > Some(30)
    });
    let path = begun["recording"]["path"]
        .as_str()
        .map(|p| studio.folder().join(p));
    let path = path.expect("the snapshot names the file");
    let cut = studio.take("cam2");
    studio.frame_is(cut + 120, Duration::from_secs(20));
    let engine = studio.engine().expect("an engine runs");
    let last = studio.snapshot()["frame"].as_u64().expect("a frame");
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
    let codes = pictures.codes();
    let is_second = |code: &Option<Code>| code.is_some_and(|code| code.source == 2);
    let at = codes
        .iter()
        .position(is_second)
        .expect("the cut is in the master");
    let shot = Shot {
        wraps: Some(clip(2).frames()),
        ..Shot::new(2, at, codes.len())
    };
    assert_eq!(read::check_sequence(&codes, &[shot]), []);
    let promised = (last - cut) as usize - 30;
    let there = codes.len() - at;
    assert!(
        there >= promised,
        "{there} pictures after the cut, {promised} were promised"
    );
    let sound = read::sound(&path);
    let heard = sound.start + sound.seconds();
    let seen = pictures.seen.last().expect("a picture").pts;
    assert!(
        (heard - seen).abs() < 0.5,
        "sound until {heard:.2}, picture until {seen:.2}"
    );
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
    studio.until("on the air", Duration::from_secs(20), on_air);
    // Some of each part, so that it is worth looking at.
    let grown = |s: &Value| s["recording"]["frames"].as_u64() > Some(60);
    studio.until("the first part grows", Duration::from_secs(10), grown);
    for round in 0..10u32 {
        let scene = if round % 2 == 0 { "cam2" } else { "cam1" };
        studio.take(scene);
        studio.command(
            &json!({"command": "preview", "scene": if round % 2 == 0 { "cam1" } else { "cam2" }}),
        );
        studio.command(&json!({"command": "mute", "source": "cam1", "on": round % 3 == 0}));
        let before = state(&studio.snapshot());
        let mark = studio.mark();
        let killed = Instant::now();
        let old = studio.kill_engine();
        let lost = studio.event_since(mark, Duration::from_secs(5), |e| {
            e["event"] == "engine_lost"
        });
        assert!(lost.is_some(), "round {round}: the loss is told");
        let new = wait::until(Duration::from_secs(5), || {
            studio.engine().filter(|&pid| pid != old)
        });
        assert!(new.is_some(), "round {round}: another engine");
        let patience = Duration::from_secs(20);
        let after = studio.until(
            &format!("round {round}: on the air again"),
            patience,
            on_air,
        );
        let took = killed.elapsed();
        assert_eq!(state(&after), before, "round {round}");
        assert_eq!(
            named(&after, "destinations", "idle")["state"],
            "off",
            "round {round}"
        );
        assert!(took < Duration::from_secs(5), "round {round}: {took:?}");
        studio.until("the new part grows", Duration::from_secs(10), grown);
    }
    let report = studio.quit();
    assert_eq!(report["restarts"], 10, "{report}");
    let parts = studio.recordings("mkv");
    assert_eq!(parts.len(), 11, "{parts:?}");
    for part in &parts {
        let pictures = read::pictures(part);
        let coded = pictures.codes().into_iter().flatten().count();
        assert!(coded > 15, "{}: {coded} pictures", part.display());
    }
    let received = nginx.received("hall");
    assert!(received.len() >= 2, "{received:?}");
    assert_eq!(nginx.received("idle").len(), 0);
}
