//! Buses, groups and the master through a real engine: what comes out of the ways, what is refused, what
//! outlives an engine and what is saved.

mod common;

use std::f64::consts::TAU;
use std::time::Duration;

use serde_json::{Value, json};

use common::read::{self, Sound};
use common::studio::{ShowText, Studio, named};
use common::{house, wait};
use regie::audio::{BusId, TapEnd};
use regie::door::Command;
use regie::engine::Way;
use regie::media::{CHANNELS, SAMPLE_RATE};

const PATIENCE: Duration = Duration::from_secs(20);
/// Tones of the two sources, in Hz.
const LOW: f64 = 250.0;
const HIGH: f64 = 4000.0;
/// Of the line-up tone.
const LINE_UP: f64 = 1000.0;
/// Samples that are looked at, half a second.
const LOOK: usize = SAMPLE_RATE / 2;

fn show() -> ShowText {
    let tone = |hz: f64| format!("Test(pattern: Bars, tone_hz: {hz:.1})");
    ShowText::sized(320, 180, (30, 1))
        .field("sound: (auxes: [(label: \"Hall\")], groups: [(id: \"talk\", label: \"Talk\")])")
        .source("low", &tone(LOW), "afv: On, mix_minus: true")
        .source(
            "high",
            &tone(HIGH),
            "afv: On, mix_minus: true, groups: [\"talk\"], sends: [(db: -3.0)]",
        )
}

/// The levels of tones in what comes next, in dB; none while there is not enough of it.
fn heard(way: &mut (TapEnd, Way), tones: &[f64]) -> Option<Vec<f64>> {
    let mut samples = vec![0f32; LOOK * CHANNELS];
    way.0.samples.pop_entire_slice(&mut samples).ok()?;
    // In a window, for the tones' clock is not quite the house's: squared, it leaves nothing of others.
    let window = |i: usize| (1.0 - (TAU * i as f64 / LOOK as f64).cos()).powi(2) / 1.5;
    let level = |hz: &f64| {
        let (mut re, mut im) = (0f64, 0f64);
        for (i, sample) in samples.iter().step_by(CHANNELS).enumerate() {
            let angle = TAU * hz * i as f64 / SAMPLE_RATE as f64;
            let sample = f64::from(*sample) * window(i);
            re += sample * angle.cos();
            im += sample * angle.sin();
        }
        20.0 * (2.0 * re.hypot(im) / LOOK as f64).max(1e-9).log10()
    };
    Some(tones.iter().map(level).collect())
}

/// Waits until tones come at these levels, in dB; −90 and less is anything below that.
fn until_tones(way: &mut (TapEnd, Way), when: &str, tones: &[f64], wanted: &[f64]) {
    let mut last = None;
    let is = |seen: f64, wanted: f64| {
        if wanted <= -90.0 {
            seen < wanted
        } else {
            (seen - wanted).abs() < 0.1
        }
    };
    let found = wait::until(PATIENCE, || {
        let seen = heard(way, tones)?;
        let all = seen.iter().zip(wanted).all(|(seen, w)| is(*seen, *w));
        last = Some(seen);
        all.then_some(())
    });
    assert!(found.is_some(), "{when}: {last:?}, not {wanted:?}");
}

/// The same for the tones of the two sources.
fn until_heard(way: &mut (TapEnd, Way), when: &str, wanted: [f64; 2]) {
    until_tones(way, when, &[LOW, HIGH], &wanted);
}

#[test]
fn returns_and_auxes_come_out_of_the_engine() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("show.ron");
    std::fs::write(&file, show().text()).unwrap();
    let (engine, door) = house::open(&file);
    let open = |bus| engine.ways().open(bus, 50).expect("a way");
    let (mut back, mut aux) = (open(BusId::MixMinus(0)), open(BusId::Aux(0)));
    until_heard(&mut back, "a return", [-90.0, -20.0]);
    until_heard(&mut aux, "an aux", [-90.0, -23.0]);
    let group = |db, mute| Command::Group {
        group: "talk".to_owned(),
        db,
        mute,
    };
    let say = |command: Command| house::answer(&door, command).expect("it is obeyed");
    say(group(Some(-6.0), None));
    until_heard(&mut back, "a group's fader", [-90.0, -26.0]);
    say(group(None, Some(true)));
    until_heard(&mut back, "a group's mute", [-90.0, -90.0]);
    until_heard(&mut aux, "in the aux too", [-90.0, -90.0]);
    say(group(Some(0.0), Some(false)));
    let line_up = |text: &str| {
        let text = format!("{{\"command\":\"generator\",{text}}}");
        say(serde_json::from_str(&text).expect("a command"));
    };
    // At the pitch of one of the sources, in place of the other.
    line_up(r#""on":true,"to":"aux1","hz":250,"level_db":-12"#);
    until_heard(&mut aux, "the line-up tone", [-12.0, -90.0]);
    line_up(r#""alone":false"#);
    until_heard(&mut aux, "with what is there", [-12.0, -23.0]);
    line_up(r#""on":false"#);
    until_heard(&mut aux, "as before it", [-90.0, -23.0]);
    let low = || "low".to_owned();
    say(Command::Send {
        source: low(),
        aux: 1,
        db: Some(-6.0),
        pre: Some(true),
    });
    say(Command::Fader {
        source: low(),
        db: -100.0,
    });
    until_heard(&mut aux, "before the fader", [-26.0, -23.0]);
    say(Command::Pfl {
        source: low(),
        on: true,
        desk: "stage".to_owned(),
    });
    let mut pfl = open(BusId::Listen(0));
    until_heard(&mut pfl, "PFL", [-20.0, -90.0]);
    let told = wait::until(PATIENCE, || {
        let snapshot = engine.hub().snapshot()?;
        let listening = snapshot.sound.listening.first()?.clone();
        (listening.level.rms_db[0] > -24.0).then_some((snapshot, listening))
    });
    let (snapshot, listening) = told.expect("its level is told");
    assert_eq!((listening.desk.as_str(), listening.bus), ("stage", 0));
    assert_eq!((listening.pfl, listening.afl), (vec![low()], vec![]));
    assert_eq!(snapshot.sound.auxes[0].label, "Hall");
    let back = snapshot.sources[0].back.expect("it is a guest");
    assert!((back.level.rms_db[0] + 23.0).abs() < 0.5, "{back:?}");
    say(Command::Quit {});
    engine.join().expect("a report");
}

#[test]
fn ten_guests_never_hear_themselves_whatever_is_done_to_the_show() {
    const GUESTS: usize = 10;
    let _turn = common::alone();
    let hz = |n: usize| 500.0 + 200.0 * n as f64;
    let tones: Vec<f64> = (0..GUESTS).map(hz).collect();
    let source = |n: usize| format!("Test(pattern: Bars, tone_hz: {:.1})", hz(n));
    let show = (0..GUESTS).fold(ShowText::sized(320, 180, (30, 1)), |show, n| {
        // So soft that no return is limited.
        let more = "afv: On, mix_minus: true, fader_db: -12";
        show.source(&format!("g{n}"), &source(n), more)
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("show.ron");
    std::fs::write(&file, show.text()).unwrap();
    let (engine, door) = house::open(&file);
    let mut ways: Vec<_> = (0..GUESTS)
        .map(|n| {
            let way = engine.ways().open(BusId::MixMinus(n), 100);
            way.expect("a way")
        })
        .collect();
    let say = |command: Value| {
        let command = serde_json::from_value(command).expect("a command");
        house::answer(&door, command).expect("it is obeyed");
    };
    // Each gets what the others give, and nothing of itself: 90 dB below what the others get of it.
    let mut all_are = |when: &str, gives: &dyn Fn(usize) -> f64| {
        for (n, way) in ways.iter_mut().enumerate() {
            let wanted: Vec<f64> = (0..GUESTS)
                .map(|of| if of == n { -122.0 } else { gives(of) })
                .collect();
            until_tones(way, &format!("{when}: to {n}"), &tones, &wanted);
        }
    };
    all_are("all of them", &|_| -32.0);
    say(json!({"command": "sound_snapshot", "snapshot": "all", "action": "store"}));
    say(json!({"command": "mute", "source": "g4", "on": true}));
    say(json!({"command": "fader", "source": "g6", "db": -20.0}));
    let changed = |of: usize| match of {
        4 => -90.0,
        6 => -40.0,
        _ => -32.0,
    };
    all_are("a mute and a fader", &changed);
    // One gets another name, and another label; that is taken back.
    let item = json!({"source": {"id": "ann", "label": "Ann", "afv": "On", "mix_minus": true,
        "fader_db": -12.0, "kind": {"Test": {"pattern": "Bars", "tone_hz": hz(2)}}}});
    let set = json!([{"set": {"id": "g2", "item": item}}]);
    say(json!({"command": "edit", "label": "rename", "edits": set}));
    all_are("another name", &changed);
    say(json!({"command": "undo"}));
    all_are("the name taken back", &changed);
    say(json!({"command": "sound_snapshot", "snapshot": "all"}));
    all_are("a recall", &|_| -32.0);
    say(json!({"command": "quit"}));
    engine.join().expect("a report");
}

#[test]
fn what_is_wrong_is_refused_and_changes_nothing() {
    let mut studio = Studio::start(&show().source("c", "Test(pattern: Bars)", ""), &[]);
    let before = studio.snapshot();
    for (command, wanted) in [
        (
            json!({"command": "send", "source": "low", "aux": 3, "db": 0}),
            "expected 1 to 2",
        ),
        (
            json!({"command": "send", "source": "low", "aux": 1, "db": 11}),
            "expected -100 to 10 dB",
        ),
        (
            json!({"command": "aux", "aux": 0, "mute": true}),
            "expected 1 to 2",
        ),
        (
            json!({"command": "group", "group": "tlak", "db": 0}),
            "unknown group \"tlak\": expected one of talk",
        ),
        (
            json!({"command": "master", "ceiling_db": 1}),
            "expected -9 to 0",
        ),
        (
            json!({"command": "master", "target_lufs": -3}),
            "expected -40 to -6",
        ),
        (
            json!({"command": "master_eq", "hz": 100}),
            "expected a band from 1 to 4",
        ),
        (
            json!({"command": "return", "source": "c", "db": 0}),
            "is no guest",
        ),
        (
            json!({"command": "pfl", "source": "nobody", "on": true}),
            "unknown source \"nobody\"",
        ),
    ] {
        let refused = studio.try_command(&command).expect_err("it is wrong");
        assert!(refused.contains(wanted), "{command}: {refused}");
    }
    let settled = |s: &Value| {
        let mut sound = s["sound"].clone();
        for aux in sound["auxes"].as_array_mut().expect("auxes") {
            aux["level"] = Value::Null;
        }
        sound
    };
    assert_eq!(settled(&studio.snapshot()), settled(&before));
    studio.quit();
}

#[test]
fn buses_outlive_their_engine_and_are_saved() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &[]);
    for command in [
        json!({"command": "send", "source": "low", "aux": 2, "db": -12.0, "pre": true}),
        json!({"command": "aux", "aux": 2, "db": -3.0, "mute": true}),
        json!({"command": "group", "group": "talk", "db": -4.5}),
        json!({"command": "master", "ceiling_db": -2.0, "target_lufs": -16.0}),
        json!({"command": "master_eq", "on": true, "band": 2, "gain_db": 3.0}),
        json!({"command": "n_minus_one", "off_air": true}),
        json!({"command": "return", "source": "high", "db": -8.0}),
        json!({"command": "pfl", "source": "high", "on": true, "desk": "FOH"}),
        json!({"command": "afl", "source": "low", "on": true, "desk": "FOH"}),
    ] {
        studio.command(&command);
    }
    let is_unsaved = |s: &Value| s["edit"]["unsaved"] == true;
    studio.until("it counts as unsaved", PATIENCE, is_unsaved);
    let stands = |s: &Value| {
        let aux = &s["sound"]["auxes"][1];
        let desk = &s["sound"]["listening"][0];
        let is = [
            named(s, "sources", "low")["sends"][1] == json!({"db": -12.0, "pre": true}),
            aux["fader_db"] == -3.0 && aux["mute"] == true,
            s["sound"]["groups"][0]["fader_db"] == -4.5,
            s["sound"]["master"]["ceiling_db"] == -2.0,
            s["sound"]["master"]["target_lufs"] == -16.0,
            s["sound"]["master"]["eq"]["bands"][1]["gain_db"] == 3.0,
            s["sound"]["off_air"] == true,
            named(s, "sources", "high")["back"]["db"] == -8.0,
            desk["desk"] == "FOH" && desk["pfl"] == json!(["high"]),
            desk["afl"] == json!(["low"]),
        ];
        is.iter().position(|is| !is)
    };
    let before = studio.snapshot();
    assert_eq!(stands(&before), None, "{before}");
    let old = studio.kill_engine();
    let next = || studio.engine().filter(|&pid| pid != old);
    assert!(wait::until(PATIENCE, next).is_some(), "another engine");
    studio.until("as it stood", PATIENCE, |s| stands(s).is_none());
    studio.command(&json!({"command": "save"}));
    let file = studio.folder().join("show.ron");
    studio.quit();
    let saved = regie::show::load(&file).expect("it loads");
    let (low, high) = (&saved.sources[0], &saved.sources[1]);
    assert_eq!((low.sends[1].db, low.sends[1].pre), (-12.0, true));
    assert_eq!((high.return_db, high.sends[0].db), (-8.0, -3.0));
    let sound = &saved.sound;
    assert_eq!(sound.auxes[0].label, "Hall");
    assert_eq!((sound.auxes[1].fader_db, sound.auxes[1].mute), (-3.0, true));
    assert_eq!(sound.groups[0].fader_db, -4.5);
    assert_eq!(sound.master.ceiling_db, -2.0);
    assert!(sound.master.eq.on && sound.n_minus_one.off_air);
}

#[test]
fn a_line_up_tone_ends_with_its_engine_and_the_program_is_back() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &["--record"]);
    let frames = |s: &Value| s["recording"]["frames"].as_u64().unwrap_or(0);
    let is_on = |s: &Value| s["sound"]["generator"]["on"] == true;
    studio.until("the master is written", PATIENCE, |s| frames(s) > 60);
    studio.command(&json!({"command": "generator", "on": true, "hz": LINE_UP}));
    let begun = studio.until("it is told", PATIENCE, is_on);
    let (path, first) = (begun["recording"]["path"].clone(), frames(&begun));
    studio.until("it is recorded", PATIENCE, |s| frames(s) > first + 60);
    let old = studio.kill_engine();
    let next = || studio.engine().filter(|&pid| pid != old);
    assert!(wait::until(PATIENCE, next).is_some(), "another engine");
    let after = studio.until("the master goes on", PATIENCE, |s| {
        s["recording"]["path"] != path && frames(s) > 90
    });
    assert!(!is_on(&after), "{}", after["sound"]["generator"]);
    studio.quit();
    let [before, after] = &studio.recordings("mkv")[..] else {
        panic!("{:?}", studio.recordings("mkv"));
    };
    let level = |sound: &Sound, at: f64| {
        [LINE_UP, LOW, HIGH].map(|hz| sound.amplitude(hz, sound.start + at, 0.2))
    };
    let before = read::sound(before);
    let tone = level(&before, before.seconds() - 0.3);
    assert!(
        tone[0] > 0.1 && tone[1..].iter().all(|own| *own < 0.002),
        "{tone:?}"
    );
    let after = read::sound(after);
    for tenth in 1..(after.seconds() * 10.0) as u32 {
        let tone = level(&after, f64::from(tenth) / 10.0);
        assert!(tone[0] < 0.002, "{tenth}: {tone:?}");
    }
    let own = level(&after, after.seconds() - 0.5);
    assert!(
        own[1..].iter().all(|own| (own - 0.1).abs() < 0.01),
        "{own:?}"
    );
}

#[test]
fn a_show_with_wrong_buses_is_told_where() {
    let text = "(
  version: 1,
  name: \"x\",
  sound: (
    auxes: [(fader_db: 12.0)],
    groups: [(id: \"choir\"), (id: \"choir\")],
    master: (ceiling_db: 3.0),
  ),
  sources: [
    (id: \"a\", kind: Test(pattern: Bars), groups: [\"chior\"],
      sends: [(db: 20.0), (), ()]),
  ],
)";
    let faults = regie::show::parse(std::path::Path::new("x.ron"), text).unwrap_err();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for (line, wanted) in [
        (5, "12 is out of range, expected -100 to 10"),
        (6, "the id `choir` is taken in line 6"),
        (7, "3 is out of range, expected -9 to 0"),
        (10, "no group has the id `chior` (did you mean `choir`?)"),
        (11, "20 is out of range"),
        (11, "expected at most 2 sends"),
    ] {
        let found = told
            .iter()
            .any(|fault| fault.starts_with(&format!("x.ron:{line}:")) && fault.contains(wanted));
        assert!(found, "{line}: {wanted}\n{}", told.join("\n"));
    }
    assert_eq!(told.len(), 6, "{}", told.join("\n"));
}
