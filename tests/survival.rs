//! A show's file survives: engines that are killed while they save, a disk that is full, a folder that
//! nobody may write to, two of regie on one file, and the files of another version.

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use regie::show::{self, COPIES};
use serde_json::{Value, json};

use common::small_disk::SmallDisk;
use common::studio::{ShowText, Studio, registry};
use common::wait;

const PATIENCE: Duration = Duration::from_secs(30);

/// A small show that records into this folder.
fn show_text(masters: &Path) -> ShowText {
    ShowText::sized(320, 180, (30, 1))
        .field(&format!(
            "recording: (folder: {:?})",
            masters.display().to_string()
        ))
        .source("a", "Test(pattern: Bars)", "")
}

fn name_it(name: &str) -> Value {
    json!({"command": "edit", "label": "name", "edits": [{"name": name}]})
}

fn save() -> Value {
    json!({"command": "save"})
}

/// The number at the end of a show's name, in a file that must be a whole show.
fn take_in(path: &Path) -> u64 {
    let text = fs::read_to_string(path).unwrap();
    let show = show::parse(path, &text)
        .unwrap_or_else(|faults| panic!("{} is no whole show: {faults:?}\n{text}", path.display()));
    let number = show.name.strip_prefix("Take ").and_then(|n| n.parse().ok());
    number.unwrap_or_else(|| panic!("{}: {}", path.display(), show.name))
}

fn copy_of(file: &Path, n: usize) -> PathBuf {
    file.with_extension(format!("ron.{n}"))
}

/// Every copy that there is must be a whole show.
fn copies_are_whole(file: &Path) -> usize {
    let copies = (1..=COPIES).map(|n| copy_of(file, n));
    let there = copies.filter(|copy| copy.exists());
    there.fold(0, |count, copy| {
        take_in(&copy);
        count + 1
    })
}

/// Files that were being written in a folder.
fn half_written(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    names
        .filter(|name| name.starts_with('.') && name.ends_with(".new"))
        .collect()
}

fn file_with(folder: &Path, text: &ShowText) -> PathBuf {
    let file = folder.join("show.ron");
    fs::write(&file, text.text().replace("\"Test\"", "\"Take 0\"")).unwrap();
    file
}

#[test]
fn an_engine_killed_while_it_saves_leaves_the_old_show_or_the_new() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let file = file_with(folder.path(), &show_text(&folder.path().join("masters")));
    let mut studio = Studio::open(&file, &[]);
    let mut asked = 0;
    for round in 0..10 {
        let mark = studio.mark();
        for _ in 0..60 {
            asked += 1;
            studio.say(&name_it(&format!("Take {asked}")).to_string());
            studio.say(&save().to_string());
        }
        // In the middle of them: later in each round.
        let mut from = mark;
        for _ in 0..=3 * round {
            let is_saved = |e: &Value| e["event"] == "done" && e["command"] == "save";
            let (at, _) = studio
                .event_since(from, PATIENCE, is_saved)
                .expect("it saves");
            from = at + 1;
        }
        let mark = studio.mark();
        studio.kill_engine();
        let sure = saves_heard(&studio);
        let found = take_in(&file);
        assert!(
            (sure..=asked).contains(&found),
            "{found} of {sure} to {asked}"
        );
        assert!(copies_are_whole(&file) > 0);
        let back = studio.event_since(mark, PATIENCE, |e| e["event"] == "ready");
        assert!(back.is_some(), "no engine comes back: {}", studio.log());
    }
    // What was edited last is there, saved or not; what the killed ones left is swept up.
    studio.until("the edits are there", PATIENCE, |s| {
        s["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("Take "))
    });
    let swept = wait::until(PATIENCE, || {
        asked += 1;
        studio.command(&name_it(&format!("Take {asked}")));
        studio.command(&save());
        half_written(folder.path()).is_empty().then_some(())
    });
    assert!(swept.is_some(), "left: {:?}", half_written(folder.path()));
    assert_eq!(take_in(&file), asked);
    assert_eq!(copies_are_whole(&file), COPIES);
    studio.quit();
    assert_eq!(show::load(&file).unwrap().name, format!("Take {asked}"));
}

/// The greatest number that was certainly saved: its edit was done, and a save after it.
fn saves_heard(studio: &Studio) -> u64 {
    let (mut edited, mut saved) = (0, 0);
    for (_, event) in studio.events() {
        if event["event"] != "done" {
            continue;
        }
        if event["command"] == "save" {
            saved = edited;
        } else if let Some(name) = event["edits"][0]["name"].as_str() {
            edited = name
                .strip_prefix("Take ")
                .and_then(|n| n.parse().ok())
                .unwrap_or(edited);
        }
    }
    saved
}

#[test]
fn a_process_killed_while_it_saves_leaves_whole_shows_many_times() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let file = file_with(folder.path(), &show_text(&folder.path().join("masters")));
    let (mut begins, mut found) = (1u64, 0);
    let mut changed = 0;
    for round in 0..80u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", "--nocapture", "saves_without_end"])
            .env("REGIE_TEST_SHOW", &file)
            .env("REGIE_TEST_FIRST", begins.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let sure = Arc::new(Mutex::new(0));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let heard = sure.clone();
        let listener = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // The first stands behind what the test itself says in its line.
                if let Some(n) = line.rsplit(' ').next().and_then(|n| n.parse().ok()) {
                    *heard.lock().unwrap() = n;
                }
            }
        });
        let first = wait::until(PATIENCE, || (*sure.lock().unwrap() > 0).then_some(()));
        assert!(first.is_some(), "it never saves");
        // At another moment of a save each time.
        std::thread::sleep(Duration::from_micros(300 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        listener.join().unwrap();
        let sure = *sure.lock().unwrap();
        let now = take_in(&file);
        assert!(
            now == sure || now == sure + 1,
            "{now}, and {sure} was saved"
        );
        assert!(copies_are_whole(&file) > 0);
        changed += u64::from(now > found);
        (found, begins) = (now, now + 1);
    }
    assert_eq!(changed, 80);
}

#[test]
#[ignore = "run by another test in a process of its own, and killed"]
fn saves_without_end() {
    let path = PathBuf::from(std::env::var_os("REGIE_TEST_SHOW").unwrap());
    let first: u64 = std::env::var("REGIE_TEST_FIRST").unwrap().parse().unwrap();
    let mut show = show::open(&path).unwrap().show;
    for n in first.. {
        show.name = format!("Take {n}");
        show::save(&path, &show).unwrap();
        println!("saved {n}");
    }
}

/// Where a studio keeps what cannot be kept beside the show.
fn kept_at_home(studio: &Studio) -> Vec<PathBuf> {
    let data = studio.folder().join("home/data/regie");
    let entries = data.read_dir().into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "autosave"))
        .collect()
}

fn kept_at_home_says(studio: &Studio, name: &str) {
    let kept = wait::until(PATIENCE, || {
        kept_at_home(studio)
            .into_iter()
            .find(|path| fs::read_to_string(path).is_ok_and(|text| text.contains(name)))
    });
    assert!(
        kept.is_some(),
        "{name} is not kept at home: {}",
        studio.log()
    );
}

#[test]
fn on_a_full_disk_the_old_file_stays_and_nothing_that_was_edited_is_lost() {
    let _turn = common::alone();
    let Some(disk) = SmallDisk::mount(4) else {
        return;
    };
    let masters = tempfile::tempdir().unwrap();
    let file = file_with(disk.path(), &show_text(masters.path()));
    let mut studio = Studio::open(&file, &[]);
    studio.command(&name_it("Take 1"));
    studio.command(&save());
    let before = fs::read_to_string(&file).unwrap();

    let ballast = disk.leave(0);
    studio.command(&name_it("Take 2"));
    let refused = studio.try_command(&save()).unwrap_err();
    assert!(
        refused.contains("show.ron: not saved: No space left"),
        "{refused}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    assert_eq!(copies_are_whole(&file), 1);
    // The autosave may be trying, too.
    let nothing = wait::until(PATIENCE, || {
        half_written(disk.path()).is_empty().then_some(())
    });
    assert!(nothing.is_some(), "left: {:?}", half_written(disk.path()));
    assert_eq!(studio.snapshot()["edit"]["unsaved"], true);
    kept_at_home_says(&studio, "Take 2");
    // The engine dies on top of it.
    let mark = studio.mark();
    studio.kill_engine();
    let back = studio.event_since(mark, PATIENCE, |e| e["event"] == "ready");
    assert!(back.is_some(), "no engine comes back: {}", studio.log());
    let now = studio.until("the edit is there", PATIENCE, |s| s["name"] == "Take 2");
    assert_eq!(now["edit"]["unsaved"], true);

    fs::remove_file(ballast).unwrap();
    studio.command(&save());
    assert_eq!(take_in(&file), 2);
    assert_eq!(take_in(&copy_of(&file, 1)), 1);
    assert!(kept_at_home(&studio).is_empty(), "it is saved");
    studio.quit();
}

#[test]
fn in_a_folder_that_nobody_may_write_to_a_show_is_edited_and_saved_elsewhere() {
    let _turn = common::alone();
    let Some(disk) = SmallDisk::mount(4) else {
        return;
    };
    let masters = tempfile::tempdir().unwrap();
    let file = file_with(disk.path(), &show_text(masters.path()));
    let before = fs::read_to_string(&file).unwrap();
    disk.read_only(true);
    let mut studio = Studio::open(&file, &[]);
    studio.command(&name_it("Take 1"));
    let refused = studio.try_command(&save()).unwrap_err();
    assert!(
        refused.contains("show.ron: not saved: Read-only file system"),
        "{refused}"
    );
    kept_at_home_says(&studio, "Take 1");
    let elsewhere = masters.path().join("elsewhere.ron");
    studio.command(&json!({"command": "save_as", "path": elsewhere}));
    assert_eq!(take_in(&elsewhere), 1);
    let mut copy = json!({"command": "save_with_media", "path": disk.path().join("copy")});
    let refused = studio.try_command(&copy).unwrap_err();
    assert!(refused.contains("Read-only file system"), "{refused}");
    copy["path"] = json!(masters.path().join("copy"));
    studio.command(&copy);
    assert_eq!(take_in(&masters.path().join("copy/show.ron")), 1);

    // The show ends unsaved; whoever opens it again at this home is offered what was edited.
    let runtime = studio.runtime();
    let home = studio.folder().join("home");
    studio.quit();
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let mut again = Command::new(env!("CARGO_BIN_EXE_regie"))
        .args(["run", "--headless"])
        .arg(&file)
        .env("GST_REGISTRY", registry())
        .env("HOME", &home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("REGIE_RUNTIME_DIR", runtime)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    use std::io::Write;
    let mut stdin = again.stdin.take().unwrap();
    let mut offered = None;
    for line in BufReader::new(again.stdout.take().unwrap()).lines() {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if event["event"] == "ready" {
            writeln!(stdin, "{}", json!({"command": "snapshot"})).unwrap();
        } else if event["event"] == "snapshot" {
            offered = event["snapshot"]["edit"]["autosave"]
                .as_str()
                .map(str::to_owned);
            writeln!(stdin, "{}", json!({"command": "quit"})).unwrap();
        }
    }
    assert!(again.wait().unwrap().success());
    let offered = offered.expect("what was edited is offered");
    assert_eq!(take_in(Path::new(&offered)), 1);
    disk.read_only(false);
}

/// Two desks at one engine are in `desks` and `edits`; here each has an engine of its own, as two
/// machines do that have the folder in common.
#[test]
fn two_engines_on_one_file_lose_nothing_of_each_other() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let file = file_with(folder.path(), &show_text(&folder.path().join("masters")));
    let mut one = Studio::open(&file, &[]);
    let mut two = Studio::open(&file, &[]);
    // In one house the second is refused by name.
    let third = one
        .another(&["run", "--headless"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&third.stderr);
    assert!(
        !third.status.success() && said.contains("running already"),
        "{said}"
    );

    // Neither of their autosaves goes with the other's.
    let beside = folder.path().join("show.ron.autosave");
    let aside = folder.path().join("show.ron.autosave.old");
    let says = |path: &Path, name: &str| {
        let there = wait::until(PATIENCE, || {
            let text = fs::read_to_string(path).ok()?;
            text.contains(name).then_some(())
        });
        assert!(there.is_some(), "{name} is not in {}", path.display());
    };
    one.command(&name_it("Take 1"));
    says(&beside, "Take 1");
    two.command(&name_it("Take 2"));
    says(&beside, "Take 2");
    says(&aside, "Take 1");

    one.command(&save());
    assert_eq!(take_in(&file), 1);
    says(&aside, "Take 2");
    let refused = two.try_command(&save()).unwrap_err();
    assert!(refused.contains("another program"), "{refused}");
    assert_eq!(take_in(&file), 1);
    two.until("it is told", PATIENCE, |s| {
        s["edit"]["file_changed"] == true
    });
    two.command(&json!({"command": "save", "over": true}));
    assert_eq!((take_in(&file), take_in(&copy_of(&file, 1))), (2, 1));
    // The first is told in its turn, takes over what is there, and has its own by undoing that.
    one.until("it is told", PATIENCE, |s| {
        s["edit"]["file_changed"] == true
    });
    one.command(&json!({"command": "revert"}));
    assert_eq!(one.snapshot()["name"], "Take 2");
    one.command(&json!({"command": "undo"}));
    assert_eq!(one.snapshot()["name"], "Take 1");
    one.quit();
    two.quit();
}

/// What a later regie might write.
const NEWER: &str = "(\n    version: 2,\n    name: \"Later\",\n    sources: [(id: \"x\", \
    kind: Hologram(depth: 3))],\n    lights: [(id: \"key\", level: 0.5)],\n)\n";

#[test]
fn a_show_of_a_newer_regie_is_said_to_be_one_and_never_written_over() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.ron");
    fs::write(&newer, NEWER).unwrap();
    for arguments in [&["check"] as &[&str], &["run", "--headless"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_regie"))
            .args(arguments)
            .arg(&newer)
            .env("REGIE_RUNTIME_DIR", folder.path().join("runtime"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let lines: Vec<&str> = said.lines().collect();
        assert!(
            lines.len() == 1 && lines[0].contains("newer.ron:2:14: unknown version 2"),
            "{said}"
        );
        assert!(said.contains("a newer regie has written it"), "{said}");
    }

    let file = file_with(folder.path(), &show_text(&folder.path().join("masters")));
    let mut studio = Studio::open(&file, &[]);
    let save_as = json!({"command": "save_as", "path": newer});
    let refused = studio.try_command(&save_as).unwrap_err();
    assert!(refused.contains("newer regie"), "{refused}");
    // Somebody opened this very show with a newer regie meanwhile, and saved it.
    fs::write(&file, NEWER).unwrap();
    studio.command(&name_it("Take 1"));
    for over in [false, true] {
        let save = json!({"command": "save", "over": over});
        assert!(studio.try_command(&save).is_err());
    }
    let refused = studio
        .try_command(&json!({"command": "revert"}))
        .unwrap_err();
    assert!(refused.contains("newer regie"), "{refused}");
    for path in [&newer, &file] {
        assert_eq!(fs::read_to_string(path).unwrap(), NEWER);
        assert!(!copy_of(path, 1).exists());
    }
    assert_eq!(studio.snapshot()["name"], "Take 1");
    // An autosave of the newer one is not lost to this one's either.
    let beside = folder.path().join("show.ron.autosave");
    let kept = wait::until(PATIENCE, || beside.exists().then_some(()));
    assert!(kept.is_some(), "{}", studio.log());
    fs::write(&beside, NEWER).unwrap();
    studio.command(&name_it("Take 2"));
    let aside = folder.path().join("show.ron.autosave.old");
    let kept = wait::until(PATIENCE, || aside.exists().then_some(()));
    assert!(kept.is_some(), "{}", studio.log());
    assert_eq!(fs::read_to_string(&aside).unwrap(), NEWER);
    studio.quit();
}

/// The first show that there was, as it was written by hand, and what a show looked like that the
/// first regie saved: without all that came since.
const FIRST: &str = r#"// My show.
(
    version: 1,
    name: "Demo",
    format: (width: 320, height: 180, rate: (30, 1)),
    sources: [
        (id: "stage", label: "Stage", kind: Test(pattern: Pinwheel, tone_hz: 440.0)),
        (id: "bars", label: "Bars", kind: Test(pattern: Bars, tone_hz: Some(1000.0)), afv: Follow),
    ],
    scenes: [
        (id: "duo", label: "Side by side", layers: [
            (source: "stage", rect: (0.0, 0.25, 0.5, 0.5)),
            (source: "bars", rect: (0.5, 0.25, 0.5, 0.5)),
        ]),
    ],
    destinations: [
        (id: "one", label: "Here", server: "rtmp://127.0.0.1:19350/live", key: Open("one")),
    ],
    recording: (folder: "recordings"),
)
"#;

#[test]
fn a_show_of_an_older_regie_is_read_and_kept_as_it_was_beside_what_is_saved() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("show.ron");
    fs::write(&file, FIRST).unwrap();
    let mut studio = Studio::open(&file, &[]);
    let now = studio.snapshot();
    assert_eq!(
        (&now["name"], &now["edit"]["unsaved"]),
        (&json!("Demo"), &json!(false))
    );
    assert_eq!(now["scenes"].as_array().map(Vec::len), Some(3));
    let before = show::load(&file).unwrap();
    studio.command(&name_it("Take 1"));
    studio.command(&save());
    assert_eq!(fs::read_to_string(copy_of(&file, 1)).unwrap(), FIRST);
    let after = show::load(&file).unwrap();
    let expected = show::Show {
        name: "Take 1".to_owned(),
        ..before
    };
    assert_eq!(after, expected);
    studio.quit();
}
