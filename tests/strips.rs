//! What strips do to their sound by command: read from the master, kept over the death of an engine,
//! and found again in the file that is saved.

mod common;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use common::read::{self, Sound};
use common::studio::{ShowText, Studio, named};
use common::wait;

/// Tones of the two sources, in Hz.
const LOW: f64 = 250.0;
const HIGH: f64 = 4000.0;
const RATE: u64 = 30;

fn show() -> ShowText {
    let tone = |hz: f64| format!("Test(pattern: Bars, tone_hz: {hz:.1})");
    ShowText::sized(320, 180, (30, 1))
        .source("low", &tone(LOW), "afv: On")
        .source(
            "high",
            &tone(HIGH),
            "afv: On, strip: (high_pass: (on: true, hz: 80.0))",
        )
}

fn start() -> (Studio, PathBuf, u64) {
    let mut studio = Studio::start(&show(), &["--record"]);
    for id in ["low", "high"] {
        studio.source_is(id, "live", Duration::from_secs(20));
    }
    let is_written = |s: &Value| s["recording"]["frames"].as_u64() > Some(30);
    let written = studio.until("the master is written", Duration::from_secs(20), is_written);
    let path = written["recording"]["path"].as_str().expect("a path");
    let path = studio.folder().join(path);
    // Where it lies in the master tells with which frame that began.
    let marked = studio.command(&json!({"command": "marker", "label": "first"}));
    let ms = |s: &Value| s["recording"]["markers"][0]["ms"].as_u64();
    let seen = studio.until("the marker", Duration::from_secs(20), |s| ms(s).is_some());
    let ms = ms(&seen).expect("a marker");
    let first = marked - (ms as f64 * RATE as f64 / 1000.0).round() as u64;
    (studio, path, first)
}

/// A tone's level in dB on one side, so many frames after the master's first.
fn level(sound: &Sound, side: usize, hz: f64, frame: u64) -> f64 {
    let t = sound.start + frame as f64 / RATE as f64;
    20.0 * sound.channel(side, hz, t, 0.2).max(1e-9).log10()
}

#[test]
fn commands_are_heard_in_the_master() {
    let _turn = common::alone();
    let (mut studio, path, first) = start();
    let mut after = |commands: &[Value]| {
        let done = commands.iter().map(|command| studio.command(command)).max();
        // All that is smoothed has arrived a second later.
        let heard = done.expect("a command") + 30;
        studio.frame_is(heard + 15, Duration::from_secs(20));
        heard - first
    };
    let untouched = after(&[json!({"command": "snapshot"})]);
    let filtered = after(&[
        json!({"command": "eq", "source": "high", "on": true, "band": 4,
        "kind": "low_pass", "hz": 500.0, "q": 0.7}),
    ]);
    let panned = after(&[json!({"command": "pan", "source": "low", "pan": -1.0})]);
    let pressed = after(
        &[json!({"command": "compressor", "source": "low", "on": true,
        "threshold_db": -40.0, "ratio": 4.0, "knee_db": 0.0})],
    );
    let trimmed = after(&[
        json!({"command": "compressor", "source": "low", "on": false}),
        json!({"command": "trim", "source": "low", "db": 6.0}),
        json!({"command": "channels", "source": "low", "pick": "left"}),
        json!({"command": "pan", "source": "low", "pan": 0.0}),
    ]);
    let seen = studio.snapshot();
    assert_eq!(named(&seen, "sources", "low")["strip"]["trim_db"], 6.0);
    studio.quit();

    let sound = read::sound(&path);
    let is = |what: &str, side: usize, hz: f64, frame: u64, wanted: f64| {
        let seen = level(&sound, side, hz, frame);
        let fine = if wanted < -70.0 {
            seen < wanted
        } else {
            (seen - wanted).abs() < 0.5
        };
        assert!(fine, "{what}: {seen:.2} dB, {wanted:.2} were expected");
    };
    for side in [0, 1] {
        is("low", side, LOW, untouched, -20.0);
        is("high", side, HIGH, untouched, -20.0);
        // Of the second order: 40 dB a decade, from 500 Hz to 4 kHz and the bilinear transform's bend.
        is("high, filtered", side, HIGH, filtered, -20.0 - 36.7);
        is("low beside it", side, LOW, filtered, -20.0);
    }
    is("low on the left", 0, LOW, panned, -20.0);
    is("low on the right", 1, LOW, panned, -75.0);
    is("compressed", 0, LOW, pressed, -40.0 + 20.0 / 4.0);
    for side in [0, 1] {
        is("left in the middle", side, LOW, trimmed, -20.0 + 6.0 - 3.01);
    }
}

#[test]
fn what_is_wrong_is_refused_and_changes_nothing() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &[]);
    let before = named(&studio.snapshot(), "sources", "high")["strip"].clone();
    assert_eq!(before["high_pass"]["on"], true);
    for (command, wanted) in [
        (
            json!({"command": "eq", "source": "high", "band": 5, "hz": 100.0}),
            "expected a band from 1 to 4",
        ),
        (
            json!({"command": "eq", "source": "high", "hz": 100.0}),
            "expected a band from 1 to 4",
        ),
        (
            json!({"command": "eq", "source": "high", "band_on": false}),
            "expected a band from 1 to 4",
        ),
        (
            json!({"command": "eq", "source": "high", "band": 2, "gain_db": 18.5}),
            "expected -18 to 18",
        ),
        (
            json!({"command": "trim", "source": "high", "db": 60}),
            "expected -60 to 36",
        ),
        (
            json!({"command": "gate", "source": "high", "hold_ms": 1}),
            "expected 10 to 2000",
        ),
        (
            json!({"command": "delay", "source": "high", "ms": 2001}),
            "expected 0 to 2000",
        ),
        (
            json!({"command": "pan", "source": "hihg", "pan": 0}),
            "unknown source \"hihg\"",
        ),
        (
            json!({"command": "compressor", "source": "high", "speed": 3}),
            "unknown field `speed`",
        ),
    ] {
        let refused = studio.try_command(&command).expect_err("it is wrong");
        assert!(refused.contains(wanted), "{command}: {refused}");
    }
    let after = named(&studio.snapshot(), "sources", "high")["strip"].clone();
    assert_eq!(after, before);
    studio.quit();
}

#[test]
fn an_alarm_is_an_event_when_it_comes_and_when_it_goes() {
    let _turn = common::alone();
    let (mut studio, _, _) = start();
    studio.command(&json!({"command": "alarm", "source": "low", "silence_s": 1.0}));
    let trim = |db: f64| json!({"command": "trim", "source": "low", "db": db});
    for (db, silent) in [(-60.0, true), (0.0, false)] {
        let from = studio.mark();
        studio.command(&trim(db));
        let told = studio.event_since(from, Duration::from_secs(20), |event| {
            event["event"] == "alarm" && event["source"] == "low" && event["silent"] == silent
        });
        if told.is_none() {
            studio.fail(&format!("no alarm at {db} dB"));
        }
    }
    let others = studio.events();
    let others = others.iter().filter(|(_, event)| event["event"] == "alarm");
    assert!(others.clone().all(|(_, event)| event["source"] == "low"));
    assert_eq!(others.count(), 2);
    studio.quit();
}

#[test]
fn two_strips_are_linked_as_the_left_and_the_right_of_one_sound() {
    let _turn = common::alone();
    let (mut studio, path, first) = start();
    let patience = Duration::from_secs(20);
    let link = |left: &str, right: &str, on: bool| json!({"command": "link", "left": left, "right": right, "on": on});
    let lost = studio.try_command(&link("low", "lost", true));
    let refused = lost.expect_err("there is none");
    assert!(refused.contains("lost"), "{refused}");
    let linked = studio.command(&link("low", "high", true));
    let faded = studio.command(&json!({"command": "fader", "source": "high", "db": -6.0}));
    let last = faded - first + 2 * RATE;
    let seen = studio.until("it has been recorded", patience, |s| {
        s["recording"]["frames"].as_u64() > Some(last)
    });
    let of = |s: &Value, id: &str| named(s, "sources", id).clone();
    for id in ["low", "high"] {
        assert_eq!(of(&seen, id)["fader_db"], -6.0);
        assert_eq!(
            of(&seen, id)["link"],
            json!({"left": "low", "right": "high"})
        );
    }
    studio.command(&json!({"command": "save"}));
    // Whichever is said to be left.
    studio.command(&link("high", "low", false));
    studio.command(&json!({"command": "fader", "source": "low", "db": 0.0}));
    let seen = studio.until("they are apart", patience, |s| {
        of(s, "low")["fader_db"] == 0.0
    });
    assert_eq!(of(&seen, "high")["fader_db"], -6.0);
    assert_eq!(of(&seen, "high")["link"], Value::Null);
    let file = studio.folder().join("show.ron");
    studio.quit();
    let saved = regie::show::load(&file).expect("it loads");
    let faders: Vec<f32> = saved.sources.iter().map(|s| s.fader_db).collect();
    assert_eq!(
        (saved.sound.links.len(), &faders[..]),
        (1, &[-6.0, -6.0][..])
    );

    let sound = read::sound(&path);
    let before = [0, 1].map(|side| level(&sound, side, LOW, linked - first - 10));
    let after = |hz: f64| [0, 1].map(|side| level(&sound, side, hz, faded - first + RATE));
    let ([low, none], [nothing, high]) = (after(LOW), after(HIGH));
    assert!((before[0] - before[1]).abs() < 0.2, "{before:?}");
    assert!((low - (before[0] - 6.0)).abs() < 0.3, "{low} {before:?}");
    assert!((high - low).abs() < 0.5, "{high} {low}");
    assert!(
        none < low - 50.0 && nothing < high - 50.0,
        "{none} {nothing}"
    );
}

#[test]
fn strips_outlive_their_engine_and_are_saved() {
    let _turn = common::alone();
    let (mut studio, _, _) = start();
    studio.command(
        &json!({"command": "eq", "source": "low", "on": true, "band": 2,
        "gain_db": -6.0, "hz": 300.0}),
    );
    studio.command(&json!({"command": "eq", "source": "low", "band": 3, "band_on": false}));
    studio.command(&json!({"command": "delay", "source": "low", "ms": 40.0}));
    let is_unsaved = |s: &Value| s["edit"]["unsaved"] == true;
    studio.until("it counts as unsaved", Duration::from_secs(20), is_unsaved);
    let strip = |s: &Value| named(s, "sources", "low")["strip"].clone();
    let before = strip(&studio.snapshot());
    assert_eq!(before["delay_ms"], 40.0);
    let old = studio.kill_engine();
    let patience = Duration::from_secs(20);
    let next = || studio.engine().filter(|&pid| pid != old);
    assert!(wait::until(patience, next).is_some(), "another engine");
    studio.until("another engine", patience, |s| {
        strip(s) == before && s["recording"]["frames"].as_u64() > Some(15)
    });
    // Of this engine, not of the one before it.
    studio.command(&json!({"command": "trim", "source": "low", "db": 3.0}));
    studio.command(&json!({"command": "save"}));
    let file = studio.folder().join("show.ron");
    studio.quit();
    let saved = regie::show::load(&file).expect("it loads");
    let low = saved.source_index("low").map(|n| saved.sources[n].strip);
    let low = low.expect("the source");
    assert_eq!((low.delay_ms, low.trim_db), (40.0, 3.0));
    assert!(low.eq.on && low.eq.bands[1].gain_db == -6.0 && low.eq.bands[1].hz == 300.0);
    assert_eq!(low.eq.bands.map(|band| band.on), [true, true, false, true]);
}

#[test]
fn a_sound_snapshot_is_stored_recalled_heard_and_saved() {
    let _turn = common::alone();
    let (mut studio, path, first) = start();
    let patience = Duration::from_secs(20);
    let fade = |source: &str, db: f64| json!({"command": "fader", "source": source, "db": db});
    let store = |id: &str| json!({"command": "sound_snapshot", "snapshot": id, "action": "store"});
    studio.command(&fade("low", -20.0));
    studio.command(&fade("high", -6.0));
    let mut soft = store("soft");
    soft["label"] = json!("Soft");
    studio.command(&soft);
    studio.command(&fade("low", 0.0));
    studio.command(&fade("high", 0.0));
    studio.command(&store("loud"));
    studio.command(&json!({"command": "safe", "source": "high", "on": true}));
    let is_listed = |s: &Value| {
        let list = s["sound"]["snapshots"].as_array();
        list.is_some_and(|l| l.len() == 2) && s["sound"]["safe"] == json!(["high"])
    };
    studio.until("both are told, and who is safe", patience, is_listed);
    let lost = json!({"command": "sound_snapshot", "snapshot": "lost"});
    let refused = studio.try_command(&lost).expect_err("there is none");
    assert!(refused.contains("soft, loud"), "{refused}");
    let recalled = studio.command(&json!({"command": "sound_snapshot", "snapshot": "soft"}));
    let last = recalled - first + 2 * RATE;
    let seen = studio.until("it has been recorded", patience, |s| {
        s["recording"]["frames"].as_u64() > Some(last)
    });
    let faders = ["low", "high"].map(|id| named(&seen, "sources", id)["fader_db"].clone());
    assert_eq!(faders, [json!(-20.0), json!(0.0)]);
    assert_eq!(seen["sound"]["snapshots"][0]["recalled"], true);
    studio.command(&json!({"command": "sound_snapshot", "snapshot": "loud", "action": "remove"}));
    studio.command(&json!({"command": "save"}));
    let file = studio.folder().join("show.ron");
    studio.quit();
    let saved = regie::show::load(&file).expect("it loads").snapshots;
    assert_eq!(saved.safe, ["high"]);
    assert_eq!(saved.list.len(), 1);
    assert_eq!(saved.list[0].label, "Soft");
    assert_eq!(saved.list[0].strips[0].fader_db, -20.0);
    let sound = read::sound(&path);
    let at = |frame: u64| [LOW, HIGH].map(|hz| level(&sound, 0, hz, frame - first));
    let ([low, high], [low_then, high_then]) = (at(recalled - RATE / 2), at(recalled + RATE / 2));
    assert!((low_then - low + 20.0).abs() < 0.3, "{low} {low_then}");
    assert!((high_then - high).abs() < 0.3, "{high} {high_then}");
}
