//! A show that is edited while it is on air: sources, scenes and destinations come and go, what is on
//! air stays as it was taken, and nothing is lost. Read back from the master.

mod common;

use std::path::Path;
use std::time::Duration;

use regie::show;
use serde_json::{Value, json};

use common::coded::{self, Code, Rect};
use common::media::Clip;
use common::nginx::Nginx;
use common::read::{self, Seen};
use common::studio::{ShowText, Studio, named};

const LONG: Duration = Duration::from_secs(20);
const SMALL: (f64, f64, f64, f64) = (0.55, 0.5, 0.4, 0.4);
const MOVED: (f64, f64, f64, f64) = (0.05, 0.05, 0.4, 0.4);

fn file(id: &str, source: u8) -> Value {
    let path = Clip::new(source, 70).file();
    json!({"source": {"id": id, "kind": {"File": {"path": path, "loop": true}}}})
}

fn scene(id: &str, layers: Value) -> Value {
    json!({"scene": {"id": id, "layers": layers}})
}

fn add(item: Value) -> Value {
    json!({"add": {"item": item}})
}

fn set(id: &str, item: Value) -> Value {
    json!({"set": {"id": id, "item": item}})
}

fn remove(kind: &str, id: &str) -> Value {
    json!({"remove": {"kind": kind, "id": id}})
}

fn edit(edits: &[Value]) -> Value {
    json!({"command": "edit", "label": "test", "edits": edits})
}

fn on_air(edits: &[Value]) -> Value {
    json!({"command": "edit", "label": "test", "on_air": true, "edits": edits})
}

/// The code of the whole picture, and of the small ones where they may lie.
#[derive(Clone, Copy, Debug)]
struct Look {
    whole: Option<Code>,
    small: Option<Code>,
    moved: Option<Code>,
}

fn look(path: &Path) -> Vec<Seen<Look>> {
    let pictures = read::pictures_with(path, |luma| {
        let part = |p| coded::read(luma, Rect::part(luma.width, luma.height, p));
        Look {
            whole: coded::read(luma, Rect::whole(luma.width, luma.height)),
            small: part(SMALL),
            moved: part(MOVED),
        }
    });
    pictures.seen
}

fn is(code: Option<Code>, source: u8) -> bool {
    code.is_some_and(|code| code.source == source)
}

/// The frames of a shot that do not show what they should; a small picture may be too coarse to be
/// read in a few of them.
fn wrong(frames: std::ops::Range<u64>, shows: impl Fn(u64) -> (bool, bool)) -> Vec<u64> {
    let seen: Vec<(u64, bool, bool)> = frames
        .map(|frame| {
            let (right, other) = shows(frame);
            (frame, right, other)
        })
        .collect();
    let unread = seen.iter().filter(|(_, right, other)| !right && !other);
    let few = unread.clone().count() * 10 <= seen.len();
    seen.iter()
        .filter(|(_, right, other)| *other || (!right && !few))
        .map(|(frame, _, _)| *frame)
        .collect()
}

/// Waits for the first frames of the master, and gives the program frame that it begins with.
fn recording(studio: &mut Studio) {
    let begun = |s: &Value| s["recording"]["frames"].as_u64() > Some(10);
    studio.until("the master is written", LONG, begun);
}

#[test]
fn what_is_on_air_stays_as_it_was_taken_until_the_next_take() {
    common::witness::undisturbed(edited_on_air);
}

fn edited_on_air() {
    let show = ShowText::new()
        .file("cam1", &Clip::new(1, 70).file(), true)
        .file("cam2", &Clip::new(2, 70).file(), true)
        .scene(
            "pip",
            &format!("(source: \"cam1\"), (source: \"cam2\", rect: {SMALL:?})"),
        );
    let mut studio = Studio::start(&show, &["--record"]);
    studio.source_is("cam1", "live", LONG);
    studio.source_is("cam2", "live", LONG);
    recording(&mut studio);
    let alone = studio.take("cam1");
    studio.frames_pass(20);
    let pip = studio.take("pip");
    studio.frames_pass(20);

    // A source and a scene that were not there before, and a scene on air changed beneath it.
    let layers = json!([{"source": "cam1"}, {"source": "cam2", "rect": MOVED}]);
    let edited = studio.command(&edit(&[
        add(file("cam3", 3)),
        add(scene("solo", json!([{"source": "cam3"}]))),
        set("pip", scene("pip", layers)),
    ]));
    studio.source_is("cam3", "live", LONG);
    studio.frames_pass(20);
    let solo = studio.take("solo");
    studio.frames_pass(20);
    let again = studio.take("pip");
    studio.frames_pass(20);
    // The same clip changes place on air at once where edits are live.
    studio.command(&json!({"command": "live_edit", "on": true}));
    let layers = json!([{"source": "cam1"}, {"source": "cam2", "rect": SMALL}]);
    let live = studio.command(&edit(&[set("pip", scene("pip", layers))]));
    studio.frames_pass(20);
    studio.command(&json!({"command": "live_edit", "on": false}));

    // Another clip under the id of one that is on air.
    let full = studio.take("cam3");
    studio.frames_pass(20);
    let swapped = studio.command(&edit(&[set("cam3", file("cam3", 4))]));
    studio.source_is("cam3", "live", LONG);
    studio.frames_pass(20);
    let retaken = studio.take("cam3");
    studio.frames_pass(20);

    // What would take something off the air asks for a second act.
    let gone = [remove("source", "cam3")];
    let refused = studio.try_command(&edit(&gone)).unwrap_err();
    assert!(refused.contains("on air"), "{refused}");
    let black = studio.command(&on_air(&gone));
    studio.frames_pass(20);
    let end = studio.take("cam1");
    studio.frames_pass(20);

    let report = studio.quit();
    for count in ["repeated", "skipped"] {
        assert_eq!(report[count], 0, "{count}: {report}");
    }
    assert!(report["sources"]["cam3"].is_null() && !report["sources"]["cam1"].is_null());
    let seen = look(&studio.master(&report));
    // The show begins with the same scene: its first picture is behind those of one source alone.
    let is_pip = |seen: &Seen<Look>| is(seen.what.small, 2);
    let first_pip = (10..seen.len() - 3)
        .find(|&i| !seen[i - 10..i].iter().any(is_pip) && seen[i..i + 3].iter().all(is_pip))
        .expect("the picture-in-picture is taken");
    let at = |frame: u64| &seen[first_pip + (frame - pip) as usize].what;
    assert!(alone < pip);
    let small = |frame: u64| (is(at(frame).small, 2), is(at(frame).moved, 2));
    let moved = |frame: u64| (is(at(frame).moved, 2), is(at(frame).small, 2));
    let whole = |source: u8| {
        move |frame: u64| {
            let code = at(frame).whole;
            (is(code, source), code.is_some() && !is(code, source))
        }
    };
    assert!(edited + 20 < solo && swapped < retaken);
    assert_eq!(wrong(pip..solo, small), [0u64; 0]);
    assert_eq!(wrong(solo..again, whole(3)), [0u64; 0]);
    assert_eq!(wrong(again..live, moved), [0u64; 0]);
    assert_eq!(wrong(live..full, small), [0u64; 0]);
    assert_eq!(wrong(full..retaken, whole(3)), [0u64; 0]);
    assert_eq!(wrong(retaken..black, whole(4)), [0u64; 0]);
    for frame in black..end {
        assert!(at(frame).whole.is_none(), "{frame}: {:?}", at(frame));
    }
    assert!(is(at(end + 5).whole, 1));
}

#[test]
fn edits_are_undone_saved_and_never_lost() {
    let _turn = common::alone();
    let show = ShowText::new().file("cam1", &Clip::new(1, 70).file(), true);
    let mut studio = Studio::start(&show, &[]);
    let path = studio.folder().join("show.ron");
    let revision = |studio: &mut Studio| studio.snapshot()["edit"]["revision"].as_u64().unwrap();
    let seen = revision(&mut studio);
    studio.command(&edit(&[add(scene("one", json!([{"source": "cam1"}])))]));
    // A scene can be put on PVW by the very next line.
    studio.command(&json!({"command": "preview", "scene": "one"}));
    let mut stale = edit(&[set("one", scene("one", json!([])))]);
    stale["revision"] = json!(seen);
    let refused = studio.try_command(&stale).unwrap_err();
    assert!(refused.contains("somebody else"), "{refused}");
    for wrong in [
        edit(&[add(scene("one", json!([])))]),
        edit(&[set("nowhere", scene("nowhere", json!([])))]),
        edit(&[add(scene("two", json!([{"source": "nobody"}])))]),
        edit(&[add(scene(
            "two",
            json!([{"source": "cam1", "opacity": 3.0}]),
        ))]),
        edit(&[add(
            json!({"source": {"id": "gone", "kind": {"File": {"path": "no.mkv"}}}}),
        )]),
        edit(&[json!({"format": {"width": 641, "height": 360, "rate": [30, 1]}})]),
    ] {
        let refused = studio.try_command(&wrong).unwrap_err();
        assert!(refused.contains("expected"), "{refused}");
    }
    let before = revision(&mut studio);
    assert_eq!(before, seen + 1);

    studio.command(&json!({"command": "undo"}));
    let after = studio.snapshot();
    assert_eq!(after["preview"], "cam1", "{after}");
    assert_eq!(after["edit"]["redo"], "test");
    assert_eq!(after["edit"]["unsaved"], false);
    studio.command(&json!({"command": "redo", "revision": seen + 2}));
    assert!(studio.try_command(&json!({"command": "redo"})).is_err());

    studio.command(&json!({"command": "save"}));
    assert_eq!(studio.snapshot()["edit"]["unsaved"], false);
    let saved = show::load(&path).expect("the show loads");
    assert_eq!(saved.scenes.len(), 1);
    assert!(path.with_extension("ron.1").exists(), "the copy before it");

    // Another program writes the file.
    let theirs = std::fs::read_to_string(&path)
        .unwrap()
        .replace("\"Test\"", "\"Theirs\"");
    std::fs::write(&path, &theirs).unwrap();
    let told = |s: &Value| s["edit"]["file_changed"] == true;
    studio.until("the other program's work is seen", LONG, told);
    studio.command(&edit(&[json!({"name": "Ours"})]));
    let refused = studio.try_command(&json!({"command": "save"})).unwrap_err();
    assert!(refused.contains("another program"), "{refused}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), theirs);
    studio.command(&json!({"command": "revert"}));
    let now = studio.snapshot();
    assert_eq!(now["name"], "Theirs");
    assert_eq!(now["edit"]["file_changed"], false);
    studio.command(&json!({"command": "undo"}));
    assert_eq!(studio.snapshot()["name"], "Ours");
    studio.command(&json!({"command": "save", "over": true}));
    assert_eq!(show::load(&path).unwrap().name, "Ours");
    assert_eq!(
        std::fs::read_to_string(path.with_extension("ron.1")).unwrap(),
        theirs
    );

    // Written into another folder it finds the same media, and the show goes on in its own file.
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy.ron");
    studio.command(&json!({"command": "save_as", "path": copy}));
    assert_eq!(show::load(&copy).expect("the copy loads").name, "Ours");
    let file = studio.snapshot()["edit"]["file"].clone();
    assert_eq!(
        file.as_str().map(Path::new),
        path.canonicalize().ok().as_deref()
    );
    studio.quit();
}

#[test]
fn destinations_come_and_go_and_an_edited_show_is_gone_on_with() {
    let _turn = common::alone();
    let nginx = Nginx::start(&["one", "two"]);
    let show = ShowText::new()
        .file("cam1", &Clip::new(1, 70).file(), true)
        .destination("one", &nginx.server("one"));
    let mut studio = Studio::start(&show, &["--stream"]);
    studio.destination_is("one", "live", LONG);
    let two = json!({"destination": {
        "id": "two", "server": nginx.server("two"), "key": {"Open": "two"}
    }});
    studio.command(&edit(&[add(two), add(file("cam2", 2))]));
    studio.command(&json!({"command": "stream", "destination": "two", "on": true}));
    studio.destination_is("two", "live", LONG);
    studio.source_is("cam2", "live", LONG);
    studio.take("cam2");
    let refused = studio
        .try_command(&edit(&[remove("destination", "two")]))
        .unwrap_err();
    assert!(refused.contains("on air"), "{refused}");

    // The engine dies: what was edited and never saved is there, and on air.
    studio.kill_engine();
    studio.wait_event("the engine is lost", LONG, |e| e["event"] == "engine_lost");
    studio.destination_is("two", "live", LONG);
    let now = studio.source_is("cam2", "live", LONG);
    assert_eq!(now["program"], "cam2");
    assert_eq!(now["edit"]["unsaved"], true);

    studio.command(&on_air(&[remove("destination", "two")]));
    let now = studio.snapshot();
    assert_eq!(now["destinations"].as_array().map(Vec::len), Some(1));
    assert_eq!(named(&now, "destinations", "one")["state"], "live");
    let report = studio.quit();
    assert!(report["destinations"]["two"].is_null());
}

#[test]
fn an_undone_removal_is_seen_and_heard_on_air_again() {
    let _turn = common::alone();
    let show = ShowText::new()
        .file("cam1", &Clip::new(1, 70).file(), true)
        .file("cam2", &Clip::new(2, 70).file(), true);
    let mut studio = Studio::start(&show, &["--record"]);
    studio.source_is("cam2", "live", LONG);
    recording(&mut studio);
    studio.command(&json!({"command": "preview", "scene": "cam2"}));
    studio.take("cam1");
    studio.command(&edit(&[remove("source", "cam2")]));
    assert_eq!(studio.snapshot()["preview"], "cam1");
    studio.command(&json!({"command": "undo"}));
    assert_eq!(studio.snapshot()["preview"], "cam2");
    let gone = studio.command(&on_air(&[remove("source", "cam1")]));
    let now = studio.snapshot();
    assert_eq!(
        (&now["program"], &now["preview"]),
        (&json!(""), &json!("cam2"))
    );
    studio.frames_pass(30);
    let undone = studio.command(&json!({"command": "undo"}));
    let heard = |s: &Value| {
        let source = named(s, "sources", "cam1");
        s["program"] == "cam1" && source["state"] == "live" && source["heard"] == true
    };
    studio.until("it is on air again", LONG, heard);
    studio.frames_pass(60);
    let report = studio.quit();
    let path = studio.master(&report);
    let seen = look(&path);
    // The program is black for as long as the source is gone.
    let dark = |seen: &Seen<Look>| seen.what.whole.is_none();
    let first = 20 + seen[20..].iter().position(dark).expect("it leaves the air");
    let back = first + (undone - gone) as usize;
    assert!(seen[first..back].iter().all(dark), "{first}..{back}");
    let last = &seen[seen.len() - 40..];
    assert!(last.iter().all(|seen| is(seen.what.whole, 1)));
    let sound = read::sound(&path);
    let amplitude = |at| sound.amplitude(coded::tone_of(1), at, 0.4);
    let silent = (seen[first].pts + seen[back].pts) / 2.0;
    assert!(amplitude(silent) < 0.005 && amplitude(last[0].pts) > 0.02);
}
