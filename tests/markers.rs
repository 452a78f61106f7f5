//! Markers are chapters of the master, or whoever sets them is told at once that they are not.

mod common;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use common::studio::{ShowText, Studio};

const PATIENCE: Duration = Duration::from_secs(30);

fn show() -> ShowText {
    ShowText::sized(640, 360, (30, 1))
        .field("encoder: (preset: Ultrafast, bitrate_kbps: 800)")
        .field("recording: (folder: \"master\")")
        .source("red", "Test(pattern: Red)", "")
}

/// The chapters of a file, each with its beginning in seconds.
fn chapters(path: &Path) -> Vec<(f64, String)> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_chapters", "-of", "json"])
        .arg(path)
        .output()
        .expect("ffprobe runs");
    let all: Value = serde_json::from_slice(&output.stdout).expect("ffprobe speaks JSON");
    let all = all["chapters"].as_array().cloned().unwrap_or_default();
    all.iter()
        .map(|chapter| {
            let begins = chapter["start_time"].as_str().expect("a time");
            let title = chapter["tags"]["title"].as_str().unwrap_or_default();
            (begins.parse().expect("a number"), title.to_owned())
        })
        .collect()
}

fn grows(snapshot: &Value) -> bool {
    snapshot["recording"]["frames"].as_u64() > Some(30)
}

/// Waits until a file other than `old` grows; its path.
fn next_file(studio: &mut Studio, old: &Value) -> Value {
    let begun = studio.until("another master is written", PATIENCE, |s| {
        grows(s) && s["recording"]["path"] != *old
    });
    begun["recording"]["path"].clone()
}

#[test]
fn one_set_while_the_recorder_starts_is_held_until_the_file_begins() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &[]);
    let marker = |label: &str| json!({"command": "marker", "label": label});
    let refused = studio.try_command(&marker("too early"));
    assert!(refused.is_err_and(|message| message.contains("start the recorder")));
    // A file begins with a keyframe, each two seconds: this soon after one the next is still to come.
    // A machine with much to do may miss it, and then the marker lies in the file as any other.
    let rounds = 8;
    let mut file = Value::Null;
    for _ in 0..rounds {
        let record = |on: bool| json!({"command": "record", "on": on}).to_string();
        studio.say(&record(true));
        file = next_file(&mut studio, &file);
        studio.say(&record(false));
        let is_off = |s: &Value| s["recording"]["state"] == "off";
        studio.until("it is closed", PATIENCE, is_off);
        // In one breath: no file is there yet.
        studio.say(&format!("{}\n{}", record(true), marker("at once")));
        file = next_file(&mut studio, &file);
        studio.command(&marker("later"));
        studio.frames_pass(5);
        studio.say(&record(false));
        studio.until("it is closed too", PATIENCE, is_off);
        let path = file.as_str().expect("a path");
        let chapters = chapters(&studio.folder().join(path));
        let [(first, at_once), (second, later)] = &chapters[..] else {
            panic!("{chapters:?}");
        };
        assert_eq!((at_once.as_str(), later.as_str()), ("at once", "later"));
        assert!(second > first, "{chapters:?}");
        if *first < 0.001 {
            return;
        }
    }
    panic!("in {rounds} rounds no file began after its marker");
}

#[test]
fn one_set_while_the_recorder_has_failed_is_refused() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show(), &[]);
    // A file stands where the folder is to be.
    let blocked = studio.folder().join("master");
    std::fs::write(&blocked, "in the way").expect("a file");
    studio.command(&json!({"command": "record", "on": true}));
    studio.until("the recorder fails", PATIENCE, |s| {
        s["recording"]["state"] == "failed"
    });
    let marker = |label: &str| json!({"command": "marker", "label": label});
    let Err(message) = studio.try_command(&marker("nowhere")) else {
        studio.fail("a marker was taken while nothing is recorded");
    };
    assert!(message.contains("nothing is being recorded"), "{message}");
    assert!(message.contains("master"), "says what is wrong: {message}");

    std::fs::remove_file(&blocked).expect("the file is removed");
    studio.until("it records", PATIENCE, grows);
    studio.command(&marker("there"));
    studio.frames_pass(30);
    let report = studio.quit();
    let chapters = chapters(&studio.master(&report));
    let labels: Vec<&str> = chapters.iter().map(|(_, label)| label.as_str()).collect();
    assert_eq!(labels, ["there"], "{chapters:?}");
}
