//! Format, encoder and receiver of a show that runs are changed by another engine, while nothing is on air:
//! whoever edits, looks or waits notices no more than a moment, and nothing is lost by it.

mod common;

use std::time::Duration;

use regie::door::{
    Client, Command, Door, Event, MonitorId, MonitorRequest, Place, Snapshot, SourceState,
};
use regie::media::Rate;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use common::media::Clip;
use common::read;
use common::studio::{ShowText, Studio, named};
use common::wait;

const LONG: Duration = Duration::from_secs(30);

fn clip(source: u8) -> Clip {
    Clip {
        size: (640, 360),
        kbps: 1500,
        ..Clip::new(source, 40)
    }
}

fn show() -> ShowText {
    ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 1500, preset: Ultrafast)")
        .file("cam1", &clip(1).file(), true)
        .file("cam2", &clip(2).file(), true)
}

fn format(width: u32, height: u32, fps: u32) -> Value {
    json!({"command": "edit", "label": "format", "edits": [
        {"format": {"width": width, "height": height, "rate": [fps, 1]}}]})
}

fn size(snapshot: &Value) -> (u64, u64, u64) {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    (
        number(&snapshot["width"]),
        number(&snapshot["height"]),
        number(&snapshot["rate"][0]),
    )
}

/// What the director and the sound engineer have done.
fn hands(snapshot: &Value) -> Vec<Value> {
    let cam1 = named(snapshot, "sources", "cam1");
    vec![
        snapshot["program"].clone(),
        snapshot["preview"].clone(),
        snapshot["live_edit"].clone(),
        cam1["fader_db"].clone(),
        cam1["mute"].clone(),
    ]
}

fn place(studio: &Studio) -> Place {
    let show = studio.folder().join("show.ron");
    Place::within(studio.runtime(), &show).expect("the show's place")
}

/// A desk in this process, that looks at PGM.
fn desk(studio: &Studio) -> Client {
    let desk = Client::start(place(studio), 30).expect("a desk");
    desk.watch(vec![MonitorRequest {
        what: MonitorId::Program,
        width: 160,
        height: 90,
        fps: 10,
    }]);
    desk
}

/// Waits until a desk sees the show as wanted, with a monitor picture of that time or later.
fn sees(desk: &Client, what: &str, wanted: impl Fn(&Snapshot) -> bool) {
    let seen = wait::until(LONG, || {
        let now = desk.snapshot().filter(|now| wanted(now))?;
        let picture = desk.monitor(&MonitorId::Program)?;
        (desk.attached() && picture.frame + 60 > now.frame).then_some(())
    });
    assert!(seen.is_some(), "the desk does not see {what}");
}

#[test]
fn a_format_that_is_changed_off_air_is_that_of_everything_from_then_on() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &[]);
    studio.source_is("cam1", "live", LONG);
    let desk = desk(&studio);
    sees(&desk, "the show", |s| s.height == 360);
    let scene = json!({"scene": {"id": "solo", "layers": [{"source": "cam1"}]}});
    studio.command(&json!({"command": "edit", "label": "a scene",
        "edits": [{"add": {"item": scene}}]}));
    studio.take("cam2");
    for command in [
        json!({"command": "preview", "scene": "solo"}),
        json!({"command": "fader", "source": "cam1", "db": -6.0}),
        json!({"command": "mute", "source": "cam1", "on": true}),
        json!({"command": "live_edit", "on": true}),
    ] {
        studio.command(&command);
    }
    let before = studio.snapshot();
    let old = studio.engine().expect("an engine runs");

    let made = studio.command(&format(960, 540, 25));
    // Said at once: it is for the engine that records in the new format, and not lost with the old.
    let recorded = studio.command(&json!({"command": "record", "on": true}));
    assert!(recorded > made, "frame {recorded} after {made}");
    let grown = |s: &Value| s["recording"]["frames"].as_u64() > Some(50);
    let after = studio.until("it is recorded", LONG, grown);
    assert_ne!(studio.engine(), Some(old));
    assert_eq!(size(&after), (960, 540, 25));
    assert_eq!(hands(&after), hands(&before));
    assert_eq!(after["edit"]["undo"], "format");
    assert!(after["edit"]["revision"].as_u64() > before["edit"]["revision"].as_u64());
    assert!(after["uptime_s"].as_f64() > before["uptime_s"].as_f64());
    assert!(after["uptime_s"].as_f64() < Some(600.0), "{after}");
    sees(&desk, "the new format", |s| {
        let cam2 = s.sources.iter().find(|source| source.id == "cam2");
        (s.height, s.rate) == (540, Rate(25, 1))
            && cam2.is_some_and(|cam2| cam2.state == SourceState::Live)
    });
    studio.command(&json!({"command": "record", "on": false}));
    let is_off = |s: &Value| s["recording"]["state"] == "off";
    studio.until("it is closed", LONG, is_off);

    // UNDO is an edit as any other, and what came before it can be undone too.
    let undone = studio.command(&json!({"command": "undo"}));
    let again = studio.until("the format before", LONG, |s| size(s) == (640, 360, 30));
    assert_eq!(again["edit"]["redo"], "format");
    assert_eq!(again["edit"]["undo"], "a scene");
    assert_eq!(hands(&again), hands(&before));
    assert!(again["frame"].as_u64() > Some(undone));
    sees(&desk, "the old format again", |s| s.height == 360);

    let report = studio.quit();
    assert_eq!(report["restarts"], 0, "{report}");
    let events = studio.events();
    let count = |name: &str| events.iter().filter(|(_, e)| e["event"] == name).count();
    assert_eq!((count("ready"), count("engine_renews")), (3, 2));
    assert_eq!(count("engine_lost"), 0);
    // Of all three engines.
    assert!(report["frames"].as_u64() > again["counters"]["frames"].as_u64());
    assert!(again["counters"]["frames"].as_u64() > after["counters"]["frames"].as_u64());
    let pictures = read::pictures(&studio.master(&report));
    assert_eq!(pictures.size, (960, 540));
    assert_eq!(report["recording"]["frames"], pictures.seen.len());
    for pair in pictures.seen.windows(2) {
        let apart = pair[1].pts - pair[0].pts;
        assert!((apart - 0.04).abs() < 0.002, "{apart} s between pictures");
    }
    let shown = pictures.codes();
    let cam2 = shown.iter().flatten().filter(|code| code.source == 2);
    assert!(cam2.count() > 40, "PGM is not in the master");
}

#[test]
fn on_air_and_with_a_bad_value_it_is_refused_with_what_to_do() {
    let _turn = common::alone();
    let nobody = format!("rtmp://127.0.0.1:{}/live", wait::free_port());
    let mut studio = Studio::start(&show().destination("hall", &nobody), &["--record"]);
    studio.source_is("cam1", "live", LONG);
    let engine = studio.engine();
    for (edit, field) in [
        (
            json!({"format": {"width": 640, "height": 33, "rate": [30, 1]}}),
            "format.height: 33",
        ),
        (
            json!({"format": {"width": 640, "height": 360, "rate": [300, 1]}}),
            "format.rate: ",
        ),
        (
            json!({"encoder": {"bitrate_kbps": 50}}),
            "encoder.bitrate_kbps: 50",
        ),
        (
            json!({"receiver": {"address": "10.0.0.1:19350"}}),
            "receiver.address: ",
        ),
    ] {
        let edit = json!({"command": "edit", "edits": [edit]});
        let refused = studio.try_command(&edit).expect_err("it is refused");
        assert!(
            refused.contains(field) && refused.contains("expected"),
            "{refused}"
        );
    }
    let refused = studio
        .try_command(&format(960, 540, 25))
        .expect_err("it is refused");
    assert!(refused.contains("(the recording)"), "{refused}");
    assert!(refused.contains("stop it first"), "{refused}");
    studio.command(&json!({"command": "stream", "destination": "hall", "on": true}));
    studio.command(&json!({"command": "record", "on": false}));
    let encoder = json!({"command": "edit", "edits": [{"encoder": {"bitrate_kbps": 900}}]});
    let refused = studio.try_command(&encoder).expect_err("it is refused");
    assert!(
        refused.contains("the encoder") && refused.contains("(hall)"),
        "{refused}"
    );
    let after = studio.snapshot();
    assert_eq!(size(&after), (640, 360, 30));
    assert_eq!(after["edit"]["undo"], Value::Null);
    assert_eq!(studio.engine(), engine);
    // A next engine knows nothing of what was refused.
    let old = studio.kill_engine();
    let next = wait::until(LONG, || studio.engine().filter(|&pid| pid != old));
    assert!(next.is_some(), "another engine");
    assert_eq!(size(&studio.snapshot()), (640, 360, 30));

    studio.command(&json!({"command": "stream_all", "on": false}));
    studio.command(&encoder);
    let target = |s: &Value| named(s, "destinations", "hall")["target_bps"] == 1_060_000;
    studio.until("the new bitrate", LONG, target);
    let report = studio.quit();
    assert_eq!(report["restarts"], 1, "{report}");
}

#[test]
fn an_engine_that_is_killed_while_it_makes_way_loses_nothing() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &[]);
    studio.source_is("cam1", "live", LONG);
    studio.take("cam2");
    studio.command(&json!({"command": "fader", "source": "cam1", "db": -6.0}));
    let before = hands(&studio.snapshot());
    let mut height = 360;
    let mut made = 0;
    for round in 0..6_u32 {
        let wanted = if height == 360 { 540 } else { 360 };
        let engine = studio.engine().expect("an engine runs");
        let mark = studio.mark();
        studio.say(&format(wanted * 16 / 9, wanted, 25).to_string());
        // At once, as soon as it says that it makes way, and as soon as the edit is answered.
        let said = match round % 3 {
            0 => None,
            1 => Some("engine_renews"),
            _ => Some("done"),
        };
        if let Some(said) = said {
            let heard = studio.event_since(mark, LONG, |e| e["event"] == said);
            assert!(heard.is_some(), "round {round}: {said}");
        }
        // It may have gone already.
        if let Some(pid) = Pid::from_raw(engine as i32) {
            kill_process(pid, Signal::KILL).ok();
        }
        let ready = studio.event_since(mark, LONG, |e| e["event"] == "ready");
        assert!(ready.is_some(), "round {round}: another engine");
        let after = studio.snapshot();
        let events = studio.events();
        let is_answer = |e: &Value| e["event"] == "done" && e["command"] == "edit";
        let answered = events[mark..].iter().any(|(_, e)| is_answer(e));
        let now = size(&after).1;
        if answered {
            assert_eq!(now, u64::from(wanted), "round {round}: it was answered");
        }
        assert!(
            [height, wanted].map(u64::from).contains(&now),
            "round {round}: {now}"
        );
        if now == u64::from(wanted) {
            made += 1;
            height = wanted;
            assert_eq!(after["edit"]["undo"], "format", "round {round}");
        }
        assert_eq!(hands(&after), before, "round {round}");
        studio.source_is("cam2", "live", LONG);
    }
    assert!(made >= 2, "{made} of them were made");
    // The autosave holds what was edited, for whoever opens the show next.
    let report = studio.quit();
    assert!(report["frames"].as_u64() > Some(0));
}

#[test]
fn an_engine_whose_keeper_has_died_makes_way_as_well() {
    let _turn = common::alone();
    let studio = Studio::start(&show(), &[]);
    let desk = desk(&studio);
    sees(&desk, "the show", |s| s.height == 360);
    studio.signal(studio.keeper(), Signal::KILL);
    let heir = wait::until(LONG, || studio.started_as("adopt").pop());
    assert!(heir.is_some(), "another keeper");
    let edit: Command = serde_json::from_value(format(960, 540, 50)).expect("a command");
    let asked = wait::until(LONG, || desk.try_send(edit.clone())).expect("the desk is attached");
    let answered = wait::until(LONG, || match desk.next_event()? {
        Event::Done { id: Some(id), .. } if id == asked => Some(()),
        Event::Error {
            id: Some(id),
            message,
        } if id == asked => panic!("refused: {message}"),
        _ => None,
    });
    assert!(answered.is_some(), "the edit is answered");
    sees(&desk, "the new format", |s| {
        (s.height, s.rate) == (540, Rate(50, 1))
    });
    let report = wait::until(LONG, || {
        desk.try_send(Command::Quit {});
        match desk.next_event()? {
            Event::Report(report) => Some(report),
            _ => None,
        }
    });
    assert_eq!(report.expect("a report").restarts, 0);
    let nobody = wait::until(LONG, || studio.holders().is_empty().then_some(()));
    assert!(nobody.is_some(), "left: {:?}", studio.holders());
}
