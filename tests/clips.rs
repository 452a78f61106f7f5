//! Clips on the air: one that waits for its take begins with its first picture in the very frame of
//! the take, its sound with it, and goes back when it has left. What was shown and heard is read from
//! the master.

mod common;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use common::coded::{self, Code};
use common::media::{self, Clip};
use common::read::{self, Seen, Sound};
use common::studio::{ShowText, Studio, named};

const FPS: f64 = 30.0;
const PATIENCE: Duration = Duration::from_secs(20);

fn clip(source: u8, seconds: u32) -> Clip {
    Clip {
        size: (640, 360),
        kbps: 1500,
        ..Clip::new(source, seconds)
    }
}

/// A show whose first source is on PGM at the start and tells where each program frame lies.
fn show() -> ShowText {
    ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 2500)")
        .file("cam1", &clip(1, 60).file(), true)
        .scene("cam1", "(source: \"cam1\")")
}

fn file(path: &Path, more: &str) -> String {
    format!("File(path: {:?}, {more})", path.display().to_string())
}

/// Waits until a while of the first source is in the master.
fn recorded(studio: &mut Studio) {
    studio.source_is("cam1", "live", PATIENCE);
    studio.until("the master is written", PATIENCE, |s| {
        s["recording"]["frames"].as_u64() > Some(10)
    });
    studio.frames_pass(30);
}

fn clip_is(studio: &mut Studio, id: &str, state: &str) -> Value {
    let what = format!("clip {id} is {state}");
    let snapshot = studio.until(&what, PATIENCE, |s| {
        let source = named(s, "sources", id);
        source["clip"]["state"] == state && source["frames"].as_u64() > Some(0)
    });
    named(&snapshot, "sources", id)["clip"].clone()
}

/// Waits until a clip is in a state and shows a picture that lies there in it, in seconds; the frame,
/// and how many pictures of the clip lie before that one.
fn clip_is_at(
    studio: &mut Studio,
    id: &str,
    state: &str,
    place: std::ops::Range<f64>,
) -> (u64, i64) {
    let position = |s: &Value| named(s, "sources", id)["clip"]["position_s"].as_f64();
    let snapshot = studio.until(
        &format!("clip {id} is {state} at {place:?}"),
        PATIENCE,
        |s| {
            let is_there = position(s).is_some_and(|at| place.contains(&at));
            is_there && named(s, "sources", id)["clip"]["state"] == state
        },
    );
    let frame = snapshot["frame"].as_u64().expect("a frame");
    let before = position(&snapshot).expect("a position") * FPS;
    (frame, before.round() as i64)
}

fn act(studio: &mut Studio, source: &str, action: &str) -> u64 {
    studio.command(&json!({"command": "clip", "source": source, "action": action}))
}

#[test]
fn a_show_whose_files_are_gone_begins_and_a_clip_is_there_when_its_file_is() {
    common::witness::undisturbed(missing_files);
}

fn missing_files() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("opening.mkv");
    let show = show()
        .source("clip", &file(&gone, "loop: true"), "")
        .field("hold: (picture: \"gone.png\")");
    let mut studio = Studio::start(&show, &["--record"]);
    let lost = studio.until("the clip is lost by name", PATIENCE, |s| {
        let clip = named(s, "sources", "clip");
        clip["state"] == "restarting" || clip["state"] == "lost"
    });
    let message = named(&lost, "sources", "clip")["message"].to_string();
    assert!(message.contains("no such file"), "{message}");
    for missing in [
        "opening.mkv, expected a media file",
        "gone.png, expected a media file",
    ] {
        let log = studio.log();
        assert!(log.contains(missing), "{missing} is not said: {log}");
    }
    studio.take("clip");
    studio.command(&json!({"command": "hold", "on": true}));
    studio.command(&json!({"command": "hold", "on": false}));

    let there = clip(2, 10).file();
    std::fs::copy(there, folder.path().join("coming")).unwrap();
    std::fs::rename(folder.path().join("coming"), &gone).unwrap();
    studio.source_is("clip", "live", Duration::from_secs(60));
    let before = studio.snapshot()["frame"].as_u64().unwrap();
    studio.frame_is(before + 30, PATIENCE);
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");
    let seen = read::pictures(&studio.master(&report));
    let of_the_clip = seen
        .codes()
        .into_iter()
        .flatten()
        .filter(|code| code.source == 2);
    assert!(of_the_clip.count() > 10, "the clip is not in the master");
}

/// A master, and where in it each program frame lies.
struct Master {
    seen: Vec<Seen<(Option<Code>, f64)>>,
    sound: Sound,
    origin: i64,
    /// Pictures that the engine owns to having given a second time, for want of time.
    repeated: usize,
}

impl Master {
    /// Ends the show and reads its master, in which source 1 was left for the first time at `frame`.
    fn of(studio: &mut Studio, frame: u64) -> Self {
        let report = studio.quit();
        assert_eq!(report["skipped"], 0, "{report}");
        let path = report["recording"]["path"].as_str().unwrap().to_owned();
        let path = Path::new(&path);
        let seen = read::pictures_with(path, |luma| {
            let whole = coded::Rect::whole(luma.width, luma.height);
            (coded::read(luma, whole), luma.mean(whole))
        })
        .seen;
        let is_anchor = |s: &Seen<(Option<Code>, f64)>| s.what.0.is_some_and(|c| c.source == 1);
        let begins = seen.iter().position(is_anchor).expect("source 1 is seen");
        let ends = seen[begins..].iter().position(|s| !is_anchor(s));
        let cut = begins + ends.expect("another source is seen");
        Self {
            seen,
            sound: read::sound(path),
            origin: frame as i64 - cut as i64,
            repeated: report["repeated"].as_u64().expect("a count") as usize,
        }
    }

    fn at(&self, frame: u64) -> usize {
        (frame as i64 - self.origin) as usize
    }

    /// The numbers of the pictures of a source in these program frames; −1 where another is seen.
    fn numbers(&self, source: u8, frames: std::ops::Range<u64>) -> Vec<i64> {
        frames
            .map(|frame| match self.seen[self.at(frame)].what.0 {
                Some(code) if code.source == source => i64::from(code.number),
                _ => -1,
            })
            .collect()
    }

    fn time(&self, frame: u64) -> f64 {
        self.seen[self.at(frame)].pts
    }

    /// Number after number from `first` on, one picture off at most; those aside that stayed behind
    /// because the engine repeated them.
    fn follows(&self, numbers: &[i64], first: i64, what: &str) {
        let off = (first..).zip(numbers).map(|(due, number)| number - due);
        let behind = off.clone().filter(|off| *off < -1).count();
        let ahead = off.filter(|off| *off > 1).count();
        assert!(ahead == 0 && behind <= self.repeated, "{what}: {numbers:?}");
    }
}

#[test]
fn a_clip_plays_from_its_first_picture_at_each_take_and_its_sound_with_it() {
    common::witness::undisturbed(taken_again_and_again);
}

fn taken_again_and_again() {
    let roll = clip(2, 20).file();
    let show = show()
        .source("roll", &file(&roll, "play: OnTake, in_s: 2.0"), "")
        .scene(
            "solo",
            "(source: \"cam1\", opacity: 0.0), (source: \"roll\")",
        );
    let mut studio = Studio::start(&show, &["--record"]);
    recorded(&mut studio);
    let mut takes = Vec::new();
    for round in 0..5 {
        let cued = clip_is(&mut studio, "roll", "cued");
        let at = cued["position_s"].as_f64().unwrap();
        assert!((at - 2.0).abs() < 0.002, "{cued}");
        assert_eq!(cued["on_take"], true);
        // By hot cut, over PVW, and in a scene of its own.
        let scene = if round == 3 { "solo" } else { "roll" };
        let frame = if round % 2 == 0 {
            studio.take(scene)
        } else {
            studio.command(&json!({"command": "preview", "scene": scene}));
            studio.command(&json!({"command": "cut"}))
        };
        takes.push(frame);
        studio.frame_is(frame + 70, PATIENCE);
        let playing = clip_is(&mut studio, "roll", "playing");
        let (at, left) = (&playing["position_s"], &playing["remaining_s"]);
        let (at, left) = (at.as_f64().unwrap(), left.as_f64().unwrap());
        assert!(at > 4.0 && (at + left - 20.0).abs() < 0.1, "{playing}");
        studio.take("cam1");
        studio.frames_pass(10);
    }
    let master = Master::of(&mut studio, takes[0]);
    for (round, &frame) in takes.iter().enumerate() {
        let what = format!("take {round}");
        let numbers = master.numbers(2, frame..frame + 70);
        // The container's times are a little later than the pictures' numbers say.
        assert!((59..=60).contains(&numbers[0]), "{what}: {numbers:?}");
        master.follows(&numbers, numbers[0], &what);
        let (tone, other) = (coded::tone_of(2), coded::tone_of(1));
        let at = master.time(frame);
        let heard = master.sound.takes_over(other, tone, at, 0.3);
        let heard = heard.unwrap_or_else(|| panic!("{what}: the clip is not heard"));
        assert!(
            (heard - at).abs() < 0.04,
            "{what}: heard at {heard}, seen at {at}"
        );
    }
    let codes: Vec<Seen<Option<Code>>> = master
        .seen
        .iter()
        .map(|s| Seen {
            pts: s.pts,
            hash: s.hash,
            what: s.what.0,
        })
        .collect();
    let offsets = read::av_offsets(&codes, &master.sound, 2, FPS);
    assert!(offsets.len() >= takes.len(), "{offsets:?}");
    for offset in &offsets {
        assert!(offset.abs() < 0.04, "{offsets:?}");
    }
}

#[test]
fn a_clip_that_is_mixed_in_begins_with_the_mix() {
    common::witness::undisturbed(mixed_in);
}

fn mixed_in() {
    let roll = clip(2, 20).file();
    let show = show().source("roll", &file(&roll, "play: OnTake"), "");
    let mut studio = Studio::start(&show, &["--record"]);
    recorded(&mut studio);
    clip_is(&mut studio, "roll", "cued");
    studio.command(&json!({"command": "transition", "kind": "mix", "frames": 12}));
    studio.command(&json!({"command": "preview", "scene": "roll"}));
    let mix = studio.command(&json!({"command": "auto"}));
    studio.frame_is(mix + 50, PATIENCE);
    // The mix's first picture is no longer the anchor's alone, and so can not be read as its.
    let master = Master::of(&mut studio, mix + 1);
    let numbers = master.numbers(2, mix + 14..mix + 45);
    for (k, number) in (14..).zip(&numbers) {
        assert!((number - k).abs() <= 2, "picture {k}: {numbers:?}");
    }
}

#[test]
fn a_clip_does_at_its_end_what_it_is_told() {
    common::witness::undisturbed(ends);
}

fn ends() {
    let mut show = show();
    for (n, at_end) in (2..).zip(["Hold", "Black", "Loop", "Rewind"]) {
        let path = clip(n, 4).file();
        let kind = file(
            &path,
            &format!("play: OnTake, at_end: {at_end}, in_s: 1.0, out_s: 2.0"),
        );
        show = show.source(&at_end.to_lowercase(), &kind, "");
    }
    let mut studio = Studio::start(&show, &["--record"]);
    recorded(&mut studio);
    let mut takes = Vec::new();
    for (id, state) in [
        ("hold", "ended"),
        ("black", "ended"),
        ("loop", "playing"),
        ("rewind", "cued"),
    ] {
        clip_is(&mut studio, id, "cued");
        let frame = studio.take(id);
        takes.push(frame);
        studio.frame_is(frame + 75, PATIENCE);
        let clip = clip_is(&mut studio, id, state);
        if state == "ended" {
            assert_eq!(clip["remaining_s"], 0.0, "{clip}");
            assert_eq!(clip["position_s"], 2.0, "its end, not its last picture");
        }
        studio.take("cam1");
        // Whatever it did, it waits for its next take.
        clip_is(&mut studio, id, "cued");
    }
    let master = Master::of(&mut studio, takes[0]);
    let part = |n: usize| master.numbers(n as u8 + 2, takes[n]..takes[n] + 70);
    for n in 0..4 {
        let played = part(n);
        assert!((29..=30).contains(&played[0]), "clip {n}: {played:?}");
        master.follows(&played[..29], played[0], &format!("clip {n}"));
    }
    let hold = part(0);
    assert!(hold[32..].iter().all(|&n| n == 59), "{hold:?}");
    let black: Vec<f64> = (takes[1] + 32..takes[1] + 70)
        .map(|frame| master.seen[master.at(frame)].what.1)
        .collect();
    assert!(black.iter().all(|&luma| luma < 20.0), "{black:?}");
    let looped = part(2);
    for (k, number) in (0..).zip(&looped) {
        let due = 30 + k % 30;
        let off = (number - due).rem_euclid(30);
        assert!(off <= 1 || off >= 29, "{k}: {looped:?}");
    }
    let rewound = part(3);
    assert!(
        rewound[50..].iter().all(|&n| n == rewound[0]),
        "{rewound:?}"
    );
}

#[test]
fn a_clip_is_paused_sought_and_played_again_by_command() {
    common::witness::undisturbed(paused_and_sought);
}

fn paused_and_sought() {
    let roll = clip(2, 20).file();
    let show = show().source("roll", &file(&roll, "loop: false"), "");
    let mut studio = Studio::start(&show, &["--record"]);
    recorded(&mut studio);
    let seek = |studio: &mut Studio, to: f64| {
        studio.command(&json!(
            {"command": "clip", "source": "roll", "action": "seek", "position_s": to}
        ))
    };
    for (bad, why) in [
        (
            json!({"command": "clip", "source": "cam9", "action": "play"}),
            "unknown source",
        ),
        (
            json!({"command": "clip", "source": "roll", "action": "seek"}),
            "position_s",
        ),
        (
            json!({"command": "clip", "source": "roll", "action": "cue", "position_s": 1.0}),
            "seek alone",
        ),
        (
            json!({"command": "clip", "source": "roll", "action": "seek", "position_s": -1.0}),
            "0 s or more",
        ),
    ] {
        let refused = studio.try_command(&bad).unwrap_err();
        assert!(refused.contains(why), "{refused}");
    }
    let taken = studio.take("roll");
    studio.frame_is(taken + 20, PATIENCE);
    let paused = act(&mut studio, "roll", "pause");
    clip_is(&mut studio, "roll", "paused");
    studio.frame_is(paused + 120, PATIENCE);
    let source = studio.snapshot();
    assert_eq!(named(&source, "sources", "roll")["state"], "live");
    let played = act(&mut studio, "roll", "play");
    studio.frame_is(played + 30, PATIENCE);
    // To find the picture takes as long as it takes.
    seek(&mut studio, 10.0);
    let (sought, there) = clip_is_at(&mut studio, "roll", "playing", 9.9..13.0);
    studio.frame_is(sought + 40, PATIENCE);
    act(&mut studio, "roll", "pause");
    seek(&mut studio, 5.0);
    let (still, _) = clip_is_at(&mut studio, "roll", "paused", 4.9..5.1);
    studio.frame_is(still + 30, PATIENCE);
    let restarted = act(&mut studio, "roll", "restart");
    let (again, begun) = clip_is_at(&mut studio, "roll", "playing", 0.0..3.0);
    studio.frame_is(again + 40, PATIENCE);
    let master = Master::of(&mut studio, taken);
    let stands = master.numbers(2, paused..played);
    assert!(
        stands.windows(2).all(|w| w[0] == w[1]) && stands[0] > 0,
        "{stands:?}"
    );
    let before = master.numbers(2, paused - 1..paused)[0];
    assert_eq!(before, stands[0], "what was seen stays");
    master.follows(&master.numbers(2, played..played + 25), before, "played on");
    let (from, to) = (master.time(paused), master.time(played));
    let tone = coded::tone_of(2);
    assert!(master.sound.amplitude(tone, from + 0.1, 0.05) < 0.005);
    assert!(master.sound.amplitude(tone, (from + to) / 2.0, 0.5) < 0.005);
    assert!(master.sound.amplitude(tone, to + 0.3, 0.2) > 0.02);
    let after = master.numbers(2, sought + 1..sought + 26);
    assert!(
        after[0] >= 299 && after[0].abs_diff(there + 1) <= 2,
        "{after:?}"
    );
    master.follows(&after, after[0], "sought");
    let stands = master.numbers(2, still + 1..restarted);
    // The container's times are a little later than the pictures' numbers say.
    let there = |n: i64| n == stands[0] && (149..=150).contains(&n);
    assert!(stands.iter().all(|&n| there(n)), "{stands:?}");
    let again = master.numbers(2, again + 1..again + 26);
    assert!(again[0].abs_diff(begun + 1) <= 2, "{again:?}");
    master.follows(&again, again[0], "restarted");
}

#[test]
fn a_clip_that_ends_before_its_announced_end_says_so_and_no_other_does() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let whole = clip(2, 12).file();
    let made = whole.display().to_string();
    // Tracks of other lengths than each other, and a file that does not say how long it is.
    let make = |name: &str, picture: &str, sound: &str, more: &[&str]| {
        let file = path(name).display().to_string();
        let inputs = ["-t", picture, "-i", &made, "-t", sound, "-i", &made];
        let streams = ["-map", "0:v", "-map", "1:a", "-c", "copy"];
        media::ffmpeg_does(&[&inputs[..], &streams, more, &[&file]].concat());
    };
    make("sound.mkv", "2", "6", &[]);
    make("picture.mp4", "6", "2", &[]);
    make("unsaid.mkv", "6", "6", &["-live", "1"]);
    make("left.mkv", "6", "6", &[]);
    let cut_short = |name: &str| {
        let file = std::fs::OpenOptions::new().write(true).open(path(name));
        let file = file.unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length / 2).unwrap();
    };
    cut_short("unsaid.mkv");
    std::fs::copy(&whole, path("cut.mkv")).unwrap();
    let mut show = show();
    let names = [
        "cut.mkv",
        "sound.mkv",
        "picture.mp4",
        "unsaid.mkv",
        "left.mkv",
    ];
    for name in names {
        let id = name.split('.').next().unwrap();
        show = show.source(id, &file(&path(name), "loop: false"), "");
    }
    let mut studio = Studio::start(&show, &[]);
    studio.source_is("cut", "live", PATIENCE);
    cut_short("cut.mkv");
    act(&mut studio, "left", "cue");
    let ended = studio.until("they have ended", Duration::from_secs(60), |s| {
        let ended = |id| named(s, "sources", id)["state"] == "ended";
        ["cut", "sound", "picture", "unsaid"].into_iter().all(ended)
    });
    let warning = |id| named(&ended, "sources", id)["warning"].to_string();
    let told = warning("cut");
    assert!(told.contains("though its file says 12.0 s"), "{told}");
    for id in ["sound", "picture", "unsaid", "left"] {
        assert_eq!(warning(id), "\"\"", "{id}");
    }
    let came_to = &named(&ended, "sources", "cut")["clip"]["position_s"];
    assert!(
        came_to.as_f64().unwrap() < 11.0,
        "not to its end: {came_to}"
    );
    studio.quit();
}
