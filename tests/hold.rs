//! The holding slate on the air: over everything at one command, with the sound that the show chose
//! for it, and still there after the engine has died.

mod common;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use common::coded::{self, Code};
use common::media::Clip;
use common::read;
use common::studio::{ShowText, Studio};

const PATIENCE: Duration = Duration::from_secs(20);

/// A picture that is light grey all over.
fn picture(path: &Path) {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y", "-nostdin", "-f", "lavfi"]);
    ffmpeg
        .args(["-i", "color=0xc0c0c0:s=320x180", "-frames:v", "1"])
        .arg(path);
    assert!(ffmpeg.status().expect("ffmpeg starts").success());
}

fn show(hold: &str) -> ShowText {
    let clip = |source| Clip {
        size: (640, 360),
        kbps: 1500,
        ..Clip::new(source, 60)
    };
    ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 2500)")
        .field(&format!("hold: ({hold})"))
        .file("cam1", &clip(1).file(), true)
        .file("music", &clip(2).file(), true)
}

struct Master {
    seen: Vec<read::Seen<(Option<Code>, f64)>>,
    sound: read::Sound,
}

fn master(path: &str) -> Master {
    let path = Path::new(path);
    let pictures = read::pictures_with(path, |luma| {
        let whole = coded::Rect::whole(luma.width, luma.height);
        (coded::read(luma, whole), luma.mean(whole))
    });
    Master {
        seen: pictures.seen,
        sound: read::sound(path),
    }
}

#[test]
fn the_slate_is_over_everything_with_the_sound_that_was_chosen() {
    common::witness::undisturbed(slate);
}

fn slate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hold.png");
    picture(&path);
    let hold = format!(
        "picture: {:?}, source: \"music\"",
        path.display().to_string()
    );
    let mut studio = Studio::start(&show(&hold), &["--record"]);
    for id in ["cam1", "music"] {
        studio.source_is(id, "live", PATIENCE);
    }
    studio.until("the master is written", PATIENCE, |s| {
        s["recording"]["frames"].as_u64() > Some(10)
    });
    studio.frames_pass(30);
    let on = studio.command(&json!({"command": "hold", "on": true}));
    assert_eq!(studio.snapshot()["hold"], true);
    // What is done beneath is not seen; black is not over it.
    studio.command(&json!({"command": "fade_to_black", "on": true, "frames": 0}));
    studio.take("music");
    studio.frame_is(on + 60, PATIENCE);
    studio.command(&json!({"command": "fade_to_black", "on": false, "frames": 0}));
    studio.take("cam1");
    let off = studio.command(&json!({"command": "hold", "on": false}));
    studio.frame_is(off + 40, PATIENCE);
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");
    let master = master(report["recording"]["path"].as_str().unwrap());
    // The show may have begun with the slate of a source that was not there yet.
    let begins = master.seen.iter().position(|s| s.what.0.is_some()).unwrap();
    let mut behind = master.seen[begins..].iter();
    let first = begins + behind.position(|s| s.what.0.is_none()).unwrap();
    let length = (off - on) as usize;
    // sRGB 0xc0 in limited range.
    for (k, seen) in master.seen[first..first + length].iter().enumerate() {
        assert!(
            seen.what.0.is_none(),
            "{:?} shines through in {k}",
            seen.what
        );
        assert!((seen.what.1 - 181.0).abs() < 4.0, "{k}: {:?}", seen.what);
    }
    let back = master.seen[first + length].what.0;
    assert_eq!(back.map(|code| code.source), Some(1), "the frame behind it");
    let middle = (master.seen[first].pts + master.seen[first + length].pts) / 2.0;
    let heard = |source, at| master.sound.amplitude(coded::tone_of(source), at, 0.4);
    assert!(heard(2, middle) > 0.02 && heard(1, middle) < 0.002);
    let before = master.seen[first].pts - 0.5;
    assert!(heard(1, before) > 0.02 && heard(2, before) < 0.002);
}

#[test]
fn the_slate_is_still_there_after_the_engine_has_died() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show("text: \"Bientôt\""), &["--record"]);
    studio.command(&json!({"command": "hold", "on": true}));
    studio.frames_pass(20);
    let from = studio.mark();
    studio.kill_engine();
    let back = studio.event_since(from, PATIENCE, |event| event["event"] == "ready");
    assert!(back.is_some(), "no engine comes back: {}", studio.log());
    assert_eq!(studio.snapshot()["hold"], true);
    studio.until("the next part is written", PATIENCE, |s| {
        s["recording"]["frames"].as_u64() > Some(30)
    });
    let report = studio.quit();
    let master = master(report["recording"]["path"].as_str().unwrap());
    let quiet = master.sound.amplitude(coded::tone_of(1), 0.6, 0.3);
    assert!(quiet < 0.002, "heard: {quiet}");
    // The slate's dark grey, and the text on it.
    for seen in &master.seen {
        assert!(
            seen.what.0.is_none() && (38.0..70.0).contains(&seen.what.1),
            "{:?}",
            seen.what
        );
    }
}

#[test]
fn the_slates_picture_is_there_when_its_file_is() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hold.png");
    let hold = format!("picture: {:?}", path.display().to_string());
    let mut studio = Studio::start(&show(&hold), &["--record"]);
    studio.command(&json!({"command": "hold", "on": true}));
    studio.until("the master is written", PATIENCE, |s| {
        s["recording"]["frames"].as_u64() > Some(40)
    });
    let coming = folder.path().join("coming.png");
    picture(&coming);
    std::fs::rename(&coming, &path).unwrap();
    let is_told = || {
        let log = studio.log();
        log.contains("the holding slate's picture has come")
            .then_some(())
    };
    common::wait::until(PATIENCE, is_told).expect("the picture is tried again");
    studio.frames_pass(30);
    let report = studio.quit();
    let master = master(report["recording"]["path"].as_str().unwrap());
    let (first, last) = (&master.seen[0], &master.seen[master.seen.len() - 1]);
    assert!((first.what.1 - 181.0).abs() > 40.0, "{:?}", first.what);
    assert!((last.what.1 - 181.0).abs() < 4.0, "{:?}", last.what);
}
