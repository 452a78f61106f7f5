//! The recorder of a show that is edited: where the next file goes and what it is called, and what
//! was marked in this one.

mod common;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use common::read;
use common::studio::{ShowText, Studio};

const LONG: Duration = Duration::from_secs(30);

fn path(snapshot: &Value) -> String {
    let path = snapshot["recording"]["path"].as_str();
    path.unwrap_or_default().to_owned()
}

fn recorded(studio: &mut Studio, others: &[&str]) -> String {
    let snapshot = studio.until("another file is written", LONG, |s| {
        s["recording"]["frames"].as_u64() > Some(30) && !others.contains(&path(s).as_str())
    });
    path(&snapshot)
}

#[test]
fn the_next_file_is_where_and_what_the_show_says_by_then() {
    let _turn = common::alone();
    let show = ShowText::sized(320, 180, (30, 1))
        .field("recording: (folder: \"first\")")
        .source("bars", "Test(pattern: Bars)", "");
    let mut studio = Studio::start(&show, &["--record"]);
    let first = recorded(&mut studio, &[]);
    studio.command(&json!({"command": "marker", "label": "Question 1"}));
    let marked = |s: &Value| s["recording"]["markers"][0]["label"] == "Question 1";
    let snapshot = studio.until("the marker is told", LONG, marked);
    assert!(snapshot["recording"]["markers"][0]["ms"].as_u64() > Some(500));

    studio.command(&json!({"command": "edit", "label": "test", "edits": [
        {"recording": {"folder": "second"}}, {"name": "Renamed"},
    ]}));
    let second = studio.folder().join("second");
    let told = |s: &Value| s["recording"]["folder"].as_str().map(Path::new) == Some(&second);
    let snapshot = studio.until("the folder is told", LONG, told);
    assert_eq!(path(&snapshot), first, "this file goes on");
    studio.frames_pass(30);
    for on in [false, true] {
        studio.command(&json!({"command": "record", "on": on}));
        if !on {
            let off = |s: &Value| s["recording"]["state"] == "off";
            studio.until("it has stopped", LONG, off);
        }
    }
    let next = recorded(&mut studio, &[&first]);
    let snapshot = studio.snapshot();
    assert_eq!(snapshot["recording"]["markers"], json!([]));
    let (first, next) = (Path::new(&first), Path::new(&next));
    assert_eq!(next.parent(), Some(second.as_path()));
    let name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned());
    assert!(
        name(next).is_some_and(|n| n.starts_with("Renamed ")),
        "{next:?}"
    );
    assert!(
        name(first).is_some_and(|n| n.starts_with("Test ")),
        "{first:?}"
    );
    assert_eq!(
        first.parent(),
        Some(studio.folder().join("first").as_path())
    );
    let report = studio.quit();
    let parts = report["recording"]["parts"].as_array().map(Vec::len);
    assert_eq!(parts, Some(2), "{report}");
    for file in [first, next] {
        let pictures = read::pictures(file);
        assert_eq!(pictures.complaints, Vec::<String>::new(), "{file:?}");
        assert!(pictures.seen.len() > 30, "{file:?}");
    }
}
