//! The master as MP4: to the last picture when it is closed, to the last second when its writer dies, with
//! its chapters in either case; and the kind of file is chosen while the show runs.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use common::coded::Code;
use common::media::Clip;
use common::read::{self, Shot};
use common::studio::{ShowText, Studio};
use common::wait;

const PATIENCE: Duration = Duration::from_secs(30);
const FPS: f64 = 30.0;

fn clip() -> Clip {
    Clip::new(1, 20)
}

fn show() -> ShowText {
    ShowText::new()
        .field("recording: (folder: \"recordings\", format: Mp4)")
        .file("cam1", &clip().file(), true)
}

fn ffprobe(path: &Path, arguments: &[&str]) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json"])
        .args(arguments)
        .arg(path)
        .output()
        .expect("ffprobe runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{path:?}");
    serde_json::from_slice(&output.stdout).expect("ffprobe speaks JSON")
}

/// Begin in seconds, and title.
fn chapters(path: &Path) -> Vec<(f64, String)> {
    let found = ffprobe(path, &["-show_chapters"]);
    let all = found["chapters"].as_array().cloned().unwrap_or_default();
    let chapter = |c: &Value| {
        let begin = c["start_time"].as_str().and_then(|t| t.parse().ok());
        let title = c["tags"]["title"].as_str().unwrap_or_default();
        (begin.expect("a time"), title.to_owned())
    };
    all.iter().map(chapter).collect()
}

fn seconds(path: &Path) -> f64 {
    let found = ffprobe(path, &["-show_format"]);
    let told = found["format"]["duration"].as_str();
    told.and_then(|t| t.parse().ok()).expect("a duration")
}

/// The kinds of the boxes of a file, in their order.
fn boxes(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).expect("the file is there");
    let mut kinds = Vec::new();
    let mut at = 0usize;
    while let Some(head) = bytes.get(at..at + 8) {
        let mut size = u64::from(u32::from_be_bytes(head[..4].try_into().unwrap()));
        if size == 1 {
            size = u64::from_be_bytes(bytes[at + 8..at + 16].try_into().unwrap());
        }
        kinds.push(String::from_utf8_lossy(&head[4..]).into_owned());
        assert!(size >= 8, "a box of {size} bytes at {at}");
        at += size as usize;
    }
    kinds
}

fn grown(frames: u64) -> impl Fn(&Value) -> bool {
    move |s| s["recording"]["frames"].as_u64() > Some(frames)
}

fn sidecar(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".chapters");
    PathBuf::from(name)
}

/// The show, recorded from a moment on at which its clip plays.
fn recorded(frames: u64) -> Studio {
    let mut studio = Studio::start(&show(), &[]);
    studio.source_is("cam1", "live", PATIENCE);
    studio.record(frames);
    studio
}

/// What is missing, repeated or out of order from the moment on at which the clip plays, but for
/// what the engine owns to.
fn faults(codes: &[Option<Code>], owned: &Value) -> Vec<read::Fault> {
    let begin = codes.iter().position(Option::is_some);
    let begin = begin.filter(|&begin| begin < 30).expect("it plays soon");
    let shot = Shot {
        wraps: Some(clip().frames()),
        ..Shot::new(1, begin, codes.len())
    };
    let owned = owned.as_u64().expect("a count");
    read::beyond(read::check_sequence(codes, &[shot]), owned)
}

/// Every picture in its place, and its sound with it.
fn assert_aligned(path: &Path, pictures: &read::Pictures<Option<Code>>) {
    let sound = read::sound(path);
    assert_eq!(sound.complaints, Vec::<String>::new());
    assert_eq!(sound.gaps, []);
    let offsets = read::av_offsets(&pictures.seen, &sound, 1, FPS);
    assert!(offsets.len() >= 3, "{offsets:?}");
    assert!(offsets.iter().all(|o| o.abs() < 0.02), "{offsets:?}");
    let length = pictures.seen.len() as f64 / FPS;
    let heard = sound.start + sound.seconds();
    assert!((heard - length).abs() < 0.6, "{heard} s of {length} s");
}

#[test]
fn closed_it_has_every_picture_with_its_sound_and_its_chapters() {
    common::witness::undisturbed(closed);
}

fn closed() {
    let mut studio = recorded(40);
    studio.command(&json!({"command": "marker", "label": "Question 1: Zoé?"}));
    studio.until("it grows", PATIENCE, grown(130));
    studio.command(&json!({"command": "marker", "label": "Question 2"}));
    let snapshot = studio.until("it grows", PATIENCE, grown(220));
    assert_eq!(snapshot["recording"]["format"], "Mp4");
    let marked = snapshot["recording"]["markers"].clone();
    let report = studio.quit();
    let path = studio.master(&report);
    assert_eq!(path.extension().and_then(|e| e.to_str()), Some("mp4"));
    assert_eq!(
        boxes(&path),
        ["ftyp", "mdat", "mdat", "moov"],
        "one table of contents"
    );
    assert!(!sidecar(&path).exists());

    let pictures = read::pictures(&path);
    assert_eq!(pictures.complaints, Vec::<String>::new());
    let frames = report["recording"]["frames"].as_u64();
    assert_eq!(Some(pictures.seen.len() as u64), frames, "{report}");
    assert_eq!(pictures.seen[0].pts, 0.0);
    assert_eq!(read::uneven(&pictures.seen, FPS, 0.0005), []);
    let codes = pictures.codes();
    assert_eq!(faults(&codes, &report["repeated"]), []);
    assert_aligned(&path, &pictures);
    assert!((seconds(&path) - pictures.seen.len() as f64 / FPS).abs() < 0.1);

    let found = chapters(&path);
    let labels: Vec<&str> = found.iter().map(|(_, label)| label.as_str()).collect();
    assert_eq!(labels, ["Question 1: Zoé?", "Question 2"]);
    for ((begin, _), marker) in found.iter().zip(marked.as_array().expect("markers")) {
        let ms = marker["ms"].as_f64().expect("ms");
        assert!((begin - ms / 1000.0).abs() < 0.002, "{begin} {ms}");
    }
    // A keyframe can be sought to by the table.
    let found = ffprobe(
        &path,
        &[
            "-select_streams",
            "v",
            "-read_intervals",
            "4.5%+#1",
            "-show_entries",
            "packet=pts_time,flags",
        ],
    );
    let at: f64 = found["packets"][0]["pts_time"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        found["packets"][0]["flags"]
            .as_str()
            .unwrap()
            .starts_with('K')
    );
    assert!((2.0..=4.5).contains(&at), "{at}");
}

#[test]
fn killed_it_has_all_but_the_last_second_and_is_mended_at_the_next_start() {
    common::witness::undisturbed(killed);
}

fn killed() {
    let mut studio = recorded(60);
    studio.command(&json!({"command": "marker", "label": "Before it died"}));
    let snapshot = studio.until("it grows", PATIENCE, grown(200));
    let written = snapshot["recording"]["frames"].as_u64().expect("frames");
    let path = PathBuf::from(snapshot["recording"]["path"].as_str().expect("a path"));
    let engine = studio.engine().expect("an engine");
    // Both at once: nobody is left to mend anything.
    let keeper = studio.keeper();
    studio.signal(keeper, Signal::STOP);
    studio.signal(engine, Signal::KILL);
    studio.signal(keeper, Signal::KILL);
    let gone = || (!Path::new(&format!("/proc/{engine}/fd/0")).exists()).then_some(());
    assert!(wait::until(PATIENCE, gone).is_some(), "the engine is dead");

    let kinds = boxes(&path);
    assert_eq!(kinds[..4], ["ftyp", "moov", "moof", "mdat"], "{kinds:?}");
    let torn = read::pictures(&path);
    let codes = torn.codes_of_torn(FPS);
    assert!(
        codes.len() as u64 + 45 >= written,
        "{} of {written}",
        codes.len()
    );
    assert_eq!(faults(&codes, &snapshot["counters"]["repeated"]), []);
    assert_aligned(&path, &torn);

    // Another start mends it, beside its own file.
    let file = studio.folder().join("show.ron");
    let mut next = Studio::open(&file, &["--record"]);
    let mended = wait::until(PATIENCE, || (!sidecar(&path).exists()).then_some(()));
    assert!(mended.is_some(), "it is mended");
    next.quit();
    assert_eq!(boxes(&path), ["ftyp", "mdat", "mdat", "moov"]);
    let whole = read::pictures(&path);
    assert_eq!(whole.complaints, Vec::<String>::new());
    let times = |pictures: &read::Pictures<_>| -> Vec<f64> {
        pictures.seen.iter().map(|seen| seen.pts).collect()
    };
    let (whole_times, torn_times) = (times(&whole), times(&torn));
    assert_eq!(whole_times.len(), torn_times.len());
    let moved = whole_times
        .iter()
        .zip(&torn_times)
        .map(|(a, b)| (a - b).abs());
    assert!(moved.fold(0.0, f64::max) < 0.001, "nothing has moved");
    assert_aligned(&path, &whole);
    let found = chapters(&path);
    assert!(
        found.len() == 1 && found[0].1 == "Before it died",
        "{found:?}"
    );
}

#[test]
fn another_kind_of_file_is_the_next_one() {
    let _turn = common::alone();
    let show = ShowText::sized(320, 180, (30, 1)).source("bars", "Test(pattern: Bars)", "");
    let mut studio = Studio::start(&show, &["--record"]);
    let first = studio.until("the first", PATIENCE, grown(30));
    assert_eq!(first["recording"]["format"], "Mkv");
    let path = first["recording"]["path"].clone();
    studio.command(&json!({"command": "edit", "label": "test", "edits": [
        {"recording": {"folder": "recordings", "format": "Mp4"}},
    ]}));
    let told = studio.until("it is told", PATIENCE, |s| {
        s["recording"]["format"] == "Mp4"
    });
    assert_eq!(told["recording"]["path"], path, "this file goes on");
    for on in [false, true] {
        studio.command(&json!({"command": "record", "on": on}));
        let off = |s: &Value| on || s["recording"]["state"] == "off";
        studio.until("it is closed", PATIENCE, off);
    }
    let other = |s: &Value| s["recording"]["path"] != path && grown(30)(s);
    studio.until("the next", PATIENCE, other);
    let report = studio.quit();
    assert_eq!(
        report["recording"]["parts"].as_array().map(Vec::len),
        Some(2)
    );
    for ending in ["mkv", "mp4"] {
        let files = studio.recordings(ending);
        assert_eq!(files.len(), 1, "{ending}");
        let pictures = read::pictures(&files[0]);
        assert_eq!(pictures.complaints, Vec::<String>::new(), "{ending}");
        assert!(pictures.seen.len() > 30, "{ending}");
    }
}
