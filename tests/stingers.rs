//! Stingers on the air: the cut beneath them in its very frame, their pictures over both scenes, their
//! sound in the program; and one that is broken, in whose place a mix is made.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use common::coded::{self, Code};
use common::media::{Clip, kept};
use common::read;
use common::studio::{ShowText, Studio};

const PATIENCE: Duration = Duration::from_secs(20);
/// Of the stinger's sound, in Hz.
const STING: f64 = 3000.0;
/// Pictures of the stinger, and beneath which of them the cut is.
const FRAMES: u64 = 24;
const CUT: u64 = 9;
/// From the first to the last of these the stinger is white all over.
const WHITE: std::ops::Range<u64> = 14..18;

/// A stinger: a white box in the lower right corner, and for four pictures white all over; with a
/// tone. Coded by `options` into a file with this ending.
fn stinger(ending: &str, options: &[&str]) -> PathBuf {
    let name = format!(
        "stinger-1-{}.{ending}",
        options.join("").replace(['/', ' '], "")
    );
    kept(&name, |path| {
        let alpha = format!(
            "format=rgba,geq=r=255:g=255:b=255:a='255*max(gt(X,W*0.75)*gt(Y,H*0.75),\
             between(N,{},{}))'",
            WHITE.start,
            WHITE.end - 1
        );
        let picture = format!("color=white:s=640x360:r=30:d=0.8,{alpha}");
        let tone = format!("sine=frequency={STING}:sample_rate=48000:duration=0.8");
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args([
            "-v", "error", "-y", "-nostdin", "-f", "lavfi", "-i", &picture,
        ]);
        ffmpeg
            .args(["-f", "lavfi", "-i", &tone])
            .args(options)
            .arg(path);
        assert!(ffmpeg.status().expect("ffmpeg starts").success());
    })
}

fn clip(source: u8) -> PathBuf {
    Clip {
        size: (640, 360),
        kbps: 1500,
        ..Clip::new(source, 60)
    }
    .file()
}

fn show(path: &Path) -> ShowText {
    let stinger = format!(
        "stingers: [(id: \"sting\", path: {:?}, cut_frame: {CUT}, level_db: -6.0)]",
        path.display().to_string()
    );
    ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 2500)")
        .field(&stinger)
        .file("cam1", &clip(1), true)
        .file("cam2", &clip(2), true)
}

/// What a picture shows, its code and how bright it is in its lower half and its corner.
#[derive(Clone, Copy)]
struct Look {
    code: Option<Code>,
    lower: f64,
    corner: f64,
}

fn looks(path: &Path) -> Vec<read::Seen<Look>> {
    let pictures = read::pictures_with(path, |luma| {
        let part = |rect| coded::Rect::part(luma.width, luma.height, rect);
        Look {
            code: coded::read(luma, coded::Rect::whole(luma.width, luma.height)),
            lower: luma.mean(part((0.1, 0.8, 0.5, 0.15))),
            corner: luma.mean(part((0.8, 0.8, 0.15, 0.15))),
        }
    });
    pictures.seen
}

#[test]
fn a_stinger_of_every_form_covers_the_cut_and_is_heard() {
    common::witness::undisturbed(stingers_of_every_form);
}

fn stingers_of_every_form() {
    let forms: [(&str, &[&str]); 4] = [
        (
            "webm",
            &[
                "-c:v",
                "libvpx",
                "-pix_fmt",
                "yuva420p",
                "-auto-alt-ref",
                "0",
                "-b:v",
                "2M",
            ],
        ),
        (
            "webm",
            &["-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-b:v", "2M"],
        ),
        (
            "mov",
            &[
                "-c:v",
                "prores_ks",
                "-profile:v",
                "4444",
                "-pix_fmt",
                "yuva444p10le",
            ],
        ),
        ("mov", &["-c:v", "qtrle", "-pix_fmt", "argb"]),
    ];
    for (ending, options) in forms {
        let what = options.join(" ");
        let text = show(&stinger(ending, options))
            .field("transition: (kind: Stinger, frames: 10, stinger: \"sting\")");
        let mut studio = Studio::start(&text, &["--record"]);
        studio.until("the stinger is ready", PATIENCE, |s| {
            s["transition"]["message"] == "" && s["recording"]["frames"].as_u64() > Some(10)
        });
        for id in ["cam1", "cam2"] {
            studio.source_is(id, "live", PATIENCE);
        }
        studio.frames_pass(30);
        let ready = &studio.snapshot()["stingers"][0];
        assert_eq!(ready["id"], "sting");
        assert_eq!(
            (&ready["state"], &ready["frames"]),
            (&json!("ready"), &json!(FRAMES))
        );
        let begun = studio.command(&json!({"command": "auto"}));
        studio.frame_is(begun + FRAMES + 20, PATIENCE);
        let after = studio.snapshot();
        assert_eq!(
            (&after["program"], &after["preview"]),
            (&json!("cam2"), &json!("cam1"))
        );
        let report = studio.quit();
        let path = PathBuf::from(report["recording"]["path"].as_str().unwrap());
        let seen = looks(&path);
        // The first picture with the white corner is the stinger's first.
        let first = seen.iter().position(|s| s.what.corner > 200.0);
        let first = first.unwrap_or_else(|| panic!("{what}: no stinger is seen"));
        for k in 0..FRAMES + 10 {
            let look = seen[first + k as usize].what;
            let source = if k < CUT { 1 } else { 2 };
            let is_white = look.lower > 225.0 && look.corner > 225.0;
            assert_eq!(is_white, WHITE.contains(&k), "{what}: white in picture {k}");
            assert_eq!(
                look.corner > 200.0,
                k < FRAMES,
                "{what}: the box in picture {k}"
            );
            if !is_white {
                let code = look
                    .code
                    .unwrap_or_else(|| panic!("{what}: no code in picture {k}"));
                assert_eq!(code.source, source, "{what}: beneath picture {k}");
            }
        }
        let sound = read::sound(&path);
        let (from, to) = (seen[first].pts, seen[first + FRAMES as usize].pts);
        assert!(
            sound.amplitude(STING, from - 0.1, 0.1) < 0.002,
            "{what}: heard before"
        );
        assert!(
            sound.amplitude(STING, from + 0.08, 0.1) > 0.01,
            "{what}: not heard"
        );
        assert!(
            sound.amplitude(STING, to - 0.08, 0.1) > 0.01,
            "{what}: not heard to its end"
        );
        assert!(
            sound.amplitude(STING, to + 0.1, 0.1) < 0.002,
            "{what}: heard behind it"
        );
    }
}

#[test]
fn in_place_of_a_broken_stinger_a_mix_is_made_and_it_is_told() {
    common::witness::undisturbed(broken_stinger);
}

fn broken_stinger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sting.webm");
    std::fs::write(&path, "this is no clip").unwrap();
    // Not from the start: what is told before anybody listens is heard by nobody.
    let text = show(&path).field("transition: (kind: Mix, frames: 10)");
    let mut studio = Studio::start(&text, &["--record"]);
    assert_eq!(studio.snapshot()["stingers"][0]["state"], "unread");
    studio.command(&json!(
        {"command": "transition", "kind": "stinger", "frames": 10, "stinger": "sting"}
    ));
    let told = studio.wait_event("the stinger is broken", PATIENCE, |event| {
        event["event"] == "transition"
    });
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("sting"), "{message}");
    let before = studio.until("the snapshot says so too", PATIENCE, |s| {
        s["transition"]["message"] == message
    });
    assert_eq!(before["transition"]["kind"], "stinger");
    let broken = &before["stingers"][0];
    assert_eq!(
        (&broken["state"], &broken["message"]),
        (&json!("broken"), &json!(message))
    );
    let begun = studio.command(&json!({"command": "auto"}));
    let running = studio.until("the mix runs", PATIENCE, |s| {
        s["transition"]["state"] == "running" || s["program"] == "cam2"
    });
    if running["program"] != "cam2" {
        assert_eq!(running["transition"]["kind"], "mix");
    }
    studio.frame_is(begun + 20, PATIENCE);
    assert_eq!(studio.snapshot()["program"], "cam2");
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");
}

#[test]
fn a_stinger_whose_file_comes_late_is_played_without_being_asked_for_again() {
    let _turn = common::alone();
    let options = ["-c:v", "qtrle", "-pix_fmt", "argb"];
    let there = stinger("mov", &options);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sting.mov");
    let text = show(&path).field("transition: (kind: Stinger, frames: 10, stinger: \"sting\")");
    let mut studio = Studio::start(&text, &[]);
    let is = |s: &serde_json::Value, state: &str| s["stingers"][0]["state"] == state;
    let broken = studio.until("it is missing", PATIENCE, |s| is(s, "broken"));
    let told = broken["stingers"][0]["message"].to_string();
    assert!(told.contains("there is no file"), "{told}");
    std::fs::copy(there, &path).unwrap();
    let ready = studio.until("it has come", PATIENCE, |s| is(s, "ready"));
    assert_eq!(ready["transition"]["message"], "");
    studio.command(&json!({"command": "auto"}));
    let plays = |s: &serde_json::Value| s["transition"]["state"] == "running";
    let running = studio.until("it is played", PATIENCE, plays);
    assert_eq!(running["transition"]["kind"], "stinger");
    studio.quit();
}
