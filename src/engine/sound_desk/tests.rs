use std::path::Path;
use std::sync::Arc;

use super::super::core::{Brings, Core, Leaving};
use super::*;
use crate::show::{Pick, StripPreset};

const SHOW: &str =
    "(version: 1, name: \"x\", format: (width: 640, height: 360, rate: (30000, 1001)), sources: [
        (id: \"host\", kind: Test(pattern: Bars), strip: (pan: 0.5, delay_ms: 40.0)),
        (id: \"guest\", kind: Test(pattern: Ball)),
    ], sound: (monitor: (device: \"hw:1\", level_db: -12.0),
        monitors: {\"foh\": (on: true, bus: \"aux1\")}))";

fn core() -> Core {
    let show = crate::show::parse(Path::new("x.ron"), SHOW).unwrap();
    Core::new(Arc::new(Cast::opened(show, 0)))
}

fn settings(core: &Core, slot: usize) -> StripSettings {
    core.strips()[slot].settings
}

#[test]
fn a_delay_is_set_in_ms_or_in_frames_and_in_nothing_else() {
    let mut core = core();
    let mut delay = |ms, frames| {
        let source = "host".to_owned();
        let done = core.apply(&Command::Delay { source, ms, frames });
        done.map(|_| settings(&core, 0).delay_ms)
    };
    assert_eq!(delay(Some(12.5), None), Ok(12.5));
    let three = delay(None, Some(3)).unwrap();
    assert!((three - 100.1).abs() < 1e-3, "{three}");
    assert_eq!(delay(None, None), Err(Refusal::DelayOfBoth));
    assert_eq!(delay(Some(1.0), Some(1)), Err(Refusal::DelayOfBoth));
    assert!(delay(None, Some(60)).is_err(), "more than two seconds");
    assert_eq!(settings(&core, 0).delay_ms, three);
}

#[test]
fn a_preset_and_a_copy_leave_what_is_the_sources_own() {
    let mut core = core();
    let preset = StripPreset::SpeechLapel;
    let source = "guest".to_owned();
    core.apply(&Command::Preset { source, preset }).unwrap();
    let guest = settings(&core, 1);
    assert_eq!(guest, preset.on(&StripSettings::default()));
    let trim = Command::Trim {
        source: "guest".to_owned(),
        db: 6.0,
    };
    core.apply(&trim).unwrap();
    let copy = |from: &str| Command::CopyStrip {
        source: "host".to_owned(),
        from: from.to_owned(),
    };
    core.apply(&copy("guest")).unwrap();
    let host = settings(&core, 0);
    assert_eq!((host.eq, host.gate), (guest.eq, guest.gate));
    let own = (host.trim_db, host.pick, host.pan, host.delay_ms);
    assert_eq!(own, (0.0, Pick::Stereo, 0.5, 40.0));
    assert!(core.apply(&copy("nobody")).is_err());
}

#[test]
fn the_monitors_are_the_shows_as_they_stand() {
    let mut core = core();
    let set = |desk: &str, level_db| Command::Monitor {
        desk: desk.to_owned(),
        on: None,
        device: None,
        host: None,
        channels: None,
        bus: None,
        level_db: Some(level_db),
        dim: None,
        mono: None,
    };
    let heard = core.hear();
    assert_eq!(
        (heard[0].set.device.as_str(), heard[0].set.level_db),
        ("hw:1", -12.0)
    );
    assert!(heard[1].desk == "foh" && heard[1].set.on && heard[1].set.bus == "aux1");
    core.apply(&set("", -20.0)).unwrap();
    core.apply(&set("foh", -3.0)).unwrap();
    let dimmed = Command::Monitor {
        desk: String::new(),
        on: None,
        device: None,
        host: None,
        channels: None,
        bus: None,
        level_db: None,
        dim: Some(true),
        mono: None,
    };
    core.apply(&dimmed).unwrap();
    assert!(core.journal().sound.monitor.dim);
    let saved = core.standing().written_into(core.show());
    let text = crate::show::text_of(Path::new("x.ron"), &saved, core.show()).unwrap();
    let again = crate::show::parse(Path::new("x.ron"), &text).unwrap();
    assert_eq!(again.sound.monitor.level_db, -20.0);
    assert_eq!(again.sound.monitors["foh"].level_db, -3.0);
    assert!(!again.sound.monitor.dim, "that is of a moment");
    assert_eq!(again.sound.monitors["foh"].bus, "aux1");
    // An edit of something else leaves them, one that brings others brings them.
    let next = core
        .cast()
        .next(core.show().clone().into(), |_| false)
        .unwrap();
    let brings = Brings::default();
    core.recast(next.into(), Leaving::Refused, &brings).unwrap();
    assert_eq!(core.hear()[0].set.level_db, -20.0);
    let mut show = core.show().clone();
    show.sound.monitor.level_db = -7.0;
    let next = core.cast().next(show.into(), |_| false).unwrap();
    core.recast(next.into(), Leaving::Refused, &brings).unwrap();
    assert_eq!(core.hear()[0].set.level_db, -7.0);
    let foh = core.hear()[1].set.clone();
    assert!(foh.on && foh.level_db == -3.0, "which it says nothing of");
}
