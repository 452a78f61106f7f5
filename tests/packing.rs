//! A show that is saved with its media: carried to another place it opens and plays there as it did,
//! what is made of it while the show runs costs the program nothing, and nothing half made is left.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use regie::show;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use common::coded::{self, Code};
use common::media::Clip;
use common::read::{self, Seen};
use common::small_disk::SmallDisk;
use common::studio::{ShowText, Studio};
use common::wait;

const PATIENCE: Duration = Duration::from_secs(30);
/// Pictures of the stinger; all of them are white all over.
const WHITE: usize = 6;

fn ffmpeg(arguments: &[&str], to: &Path) {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y", "-nostdin", "-f", "lavfi"]);
    ffmpeg.args(arguments).arg(to);
    assert!(ffmpeg.status().expect("ffmpeg starts").success());
}

/// Where a show was made: its folder, and another one with more of its media.
struct Maker {
    root: tempfile::TempDir,
}

impl Maker {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["show/wipes", "archive", "home"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let maker = Self { root };
        let clip = |source| Clip {
            size: (640, 360),
            kbps: 1500,
            ..Clip::new(source, 60)
        };
        // Two of the same name.
        fs::copy(clip(1).file(), maker.at("show/camera.mkv")).unwrap();
        fs::copy(clip(2).file(), maker.at("archive/camera.mkv")).unwrap();
        let white = format!("color=white:s=640x360:r=30:d={}", WHITE as f64 / 30.0);
        let rgba = ["-i", &white, "-start_number", "0", "-pix_fmt", "rgba"];
        ffmpeg(&rgba, &maker.at("archive/sting-%03d.png"));
        let grey = ["-i", "color=0xc0c0c0:s=320x180", "-frames:v", "1"];
        ffmpeg(&grey, &maker.at("archive/soon.png"));
        let ramp = [
            "-i",
            "gradients=s=64x36:c0=black:c1=white",
            "-frames:v",
            "1",
        ];
        let ramp: Vec<&str> = ramp.into_iter().chain(["-pix_fmt", "gray"]).collect();
        ffmpeg(&ramp, &maker.at("show/wipes/house.png"));
        let archive = |name: &str| maker.at("archive").join(name).display().to_string();
        let text = ShowText::sized(640, 360, (30, 1))
            .field("encoder: (bitrate_kbps: 2500)")
            .field(&format!(
                "stingers: [(id: \"sting\", path: {:?}, cut_frame: 3)]",
                archive("sting-%03d.png")
            ))
            .field("transition: (kind: Stinger, stinger: \"sting\")")
            .field(&format!("hold: (picture: {:?})", archive("soon.png")))
            .field(&format!("recording: (folder: {:?})", archive("masters")))
            .file("cam1", Path::new("camera.mkv"), true)
            .file("cam2", &maker.at("archive/camera.mkv"), true)
            .secret_destination("tube", "rtmps://a.rtmps.youtube.com/live2", "channel");
        fs::write(maker.file(), text.text()).unwrap();
        maker
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn file(&self) -> PathBuf {
        self.at("show/forum.ron")
    }

    /// regie itself, in a home of its own.
    fn regie(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regie"));
        command.args(arguments).current_dir(self.root.path());
        for (name, part) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/config"),
            ("XDG_DATA_HOME", "home/data"),
            ("REGIE_RUNTIME_DIR", "home/runtime"),
        ] {
            command.env(name, self.at(part));
        }
        // What it is not to copy, had it a way to.
        command.env("REGIE_KEY_CHANNEL", "abcd-efgh-ijkl");
        command.stdin(Stdio::null());
        command
    }

    fn pack(&self, folder: &str) -> Output {
        let mut pack = self.regie(&["pack", "show/forum.ron", folder]);
        pack.output().expect("regie starts")
    }

    /// What is in the root and in the folder of the show: nothing half made may be.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = ["", "show"]
            .iter()
            .flat_map(|folder| self.at(folder).read_dir().unwrap())
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        // What an edit and a save leave beside the show.
        names.retain(|name| !name.starts_with("forum.ron."));
        names.sort();
        names
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn packing(snapshot: &Value, state: &str) -> bool {
    snapshot["edit"]["packing"]["state"] == state
}

/// What a picture of the master shows: its code, and how bright it is.
type Look = (Option<Code>, f64);

fn looks(master: &Path) -> Vec<Seen<Look>> {
    let pictures = read::pictures_with(master, |luma| {
        let whole = coded::Rect::whole(luma.width, luma.height);
        (coded::read(luma, whole), luma.mean(whole))
    });
    pictures.seen
}

#[test]
fn carried_to_another_place_it_plays_all_that_it_had() {
    common::witness::undisturbed(carried);
}

fn carried() {
    let maker = Maker::new();
    let packed = maker.pack("copy");
    assert!(packed.status.success(), "{}", said(&packed));
    assert!(said(&packed).contains("channel"), "the key is named");
    let letter = fs::read_to_string(maker.at("copy/README.txt")).unwrap();
    assert!(letter.contains("channel (REGIE_KEY_CHANNEL)"), "{letter}");
    let copied = fs::read_to_string(maker.at("copy/forum.ron")).unwrap();
    assert!(!(letter + &copied).contains("abcd-efgh"));

    // Elsewhere, and nothing that it was made from is there.
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("Friday");
    fs::rename(maker.at("copy"), &moved).unwrap();
    fs::remove_dir_all(maker.at("show")).unwrap();
    fs::remove_dir_all(maker.at("archive")).unwrap();
    let file = moved.join("forum.ron");
    let check = maker.regie(&["check"]).arg(&file).output().unwrap();
    assert!(check.status.success(), "{}", said(&check));

    let mut studio = Studio::open(&file, &["--record"]);
    studio.until("the stinger is ready", PATIENCE, |s| {
        s["transition"]["message"] == "" && s["recording"]["frames"].as_u64() > Some(30)
    });
    let stung = studio.command(&json!({"command": "auto"}));
    studio.frame_is(stung + 30, PATIENCE);
    assert_eq!(studio.snapshot()["program"], "cam2");
    studio.command(&json!(
        {"command": "transition", "kind": "wipe", "wipe": "house", "frames": 150}
    ));
    studio.until("the wipe's picture is read", PATIENCE, |s| {
        s["transition"]["kind"] == "wipe" && s["transition"]["message"] == ""
    });
    studio.command(&json!({"command": "auto"}));
    let wiping = studio.until("the wipe runs", PATIENCE, |s| {
        s["transition"]["position"].as_f64() > Some(0.1)
    });
    let transition = &wiping["transition"];
    // Without its picture a mix would be made, and said.
    assert_eq!(
        (&transition["kind"], &transition["message"]),
        (&json!("wipe"), &json!(""))
    );
    studio.until("it is made", PATIENCE, |s| s["program"] == "cam1");
    studio.frames_pass(15);
    let on = studio.command(&json!({"command": "hold", "on": true}));
    studio.frame_is(on + 30, PATIENCE);
    let report = studio.quit();
    let master = studio.master(&report);
    assert!(master.starts_with(moved.join("recordings").canonicalize().unwrap()));

    let seen = looks(&master);
    let whose: Vec<Option<u8>> = seen
        .iter()
        .map(|seen| seen.what.0.map(|code| code.source))
        .collect();
    // cam1, white, cam2, the wipe, cam1, and the slate's grey: 0xc0 in limited range.
    let white = seen.iter().filter(|seen| seen.what.1 > 225.0).count();
    assert_eq!(white, WHITE, "pictures of the stinger");
    let is_grey = |seen: &Seen<Look>| seen.what.0.is_none() && (seen.what.1 - 181.0).abs() < 4.0;
    let grey = seen.iter().rev().take_while(|seen| is_grey(seen)).count();
    assert!(grey >= 25, "{grey} pictures of the slate");
    // A picture half wiped may happen to spell a code, but hardly two after each other.
    let runs = whose.chunk_by(|a, b| a == b).filter(|run| run.len() > 2);
    let mut order: Vec<u8> = runs.filter_map(|run| run[0]).collect();
    order.dedup();
    assert_eq!(order, [1, 2, 1], "the two files of one name are two");
}

#[test]
fn it_is_made_while_the_show_runs_told_and_stopped() {
    common::witness::undisturbed(made_on_air);
}

fn made_on_air() {
    let maker = Maker::new();
    let mut studio = Studio::open(&maker.file(), &["--record"]);
    studio.command(&json!({"command": "edit", "label": "", "edits": [{"name": "Unsaved"}]}));
    let refused = studio.try_command(&json!({"command": "stop_save_with_media"}));
    assert!(refused.unwrap_err().contains("not being saved"));
    let copy = maker.at("copy");
    let save = json!({"command": "save_with_media", "path": copy});
    studio.command(&save);
    let done = studio.until("it is told", PATIENCE, |s| packing(s, "done"));
    let told = &done["edit"]["packing"];
    assert_eq!(told["folder"], json!(copy));
    assert!(
        told["bytes"].as_u64() > Some(1000) && told["bytes"] == told["total"],
        "{told}"
    );
    assert_eq!(show::load(&copy.join("forum.ron")).unwrap().name, "Unsaved");
    assert_eq!(show::load(&maker.file()).unwrap().name, "Test");
    let states: Vec<Value> = studio
        .events()
        .into_iter()
        .filter(|(_, event)| event["event"] == "packing")
        .map(|(_, event)| event["state"].clone())
        .collect();
    assert_eq!(
        (states.first(), states.last()),
        (Some(&json!("running")), Some(&json!("done")))
    );

    // A file that takes long: sparse, and never read, for no transition names it.
    let long = fs::File::create(maker.at("archive/long.webm")).unwrap();
    long.set_len(3 << 28).unwrap();
    let stinger = json!({"stinger": {
        "id": "long", "path": maker.at("archive/long.webm"), "cut_frame": 0
    }});
    let edits = json!([{"add": {"item": stinger}}]);
    studio.command(&json!({"command": "edit", "label": "", "edits": edits}));
    let names = maker.names();
    let mark = studio.mark();
    studio.say(&save.to_string());
    studio.until("it is half way", PATIENCE, |s| {
        packing(s, "running") && s["edit"]["packing"]["file"] == "media/long.webm"
    });
    // Nobody waits for it meanwhile.
    studio.command(&json!({"command": "save"}));
    studio.take("cam2");
    studio.command(&json!({"command": "stop_save_with_media"}));
    let (_, refused) = studio
        .event_since(mark, PATIENCE, |event| event["event"] == "error")
        .expect("who asked for it is told");
    assert_eq!(refused["message"], "the copy was stopped");
    assert!(packing(&studio.snapshot(), "stopped"));
    // The copy before it is as it was, and nothing else is there.
    assert_eq!(maker.names(), names);
    assert_eq!(
        show::load(&copy.join("forum.ron")).unwrap().stingers.len(),
        1
    );

    // The end of the show is the end of it too.
    let mark = studio.mark();
    studio.say(&save.to_string());
    let begun = |event: &Value| event["event"] == "packing" && event["file"] == "media/long.webm";
    assert!(studio.event_since(mark, PATIENCE, begun).is_some());
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");
    assert_eq!(maker.names(), names);
}

#[test]
fn what_cannot_be_copied_is_said_and_nothing_is_left() {
    let _turn = common::alone();
    let maker = Maker::new();
    let names = maker.names();
    fs::rename(maker.at("archive/camera.mkv"), maker.at("archive/away.mkv")).unwrap();
    fs::remove_file(maker.at("show/wipes/house.png")).unwrap();
    let output = maker.pack("copy");
    assert_eq!(output.status.code(), Some(1));
    let missing = maker.at("archive/camera.mkv").display().to_string();
    let message = said(&output);
    assert!(
        message.contains(&missing) && message.contains("source \"cam2\""),
        "{message}"
    );
    assert_eq!(maker.names(), names);
    fs::rename(maker.at("archive/away.mkv"), maker.at("archive/camera.mkv")).unwrap();

    let output = maker.pack("archive");
    assert!(
        said(&output).contains("something else"),
        "{}",
        said(&output)
    );
    fs::write(maker.at("show/forum.ron"), "(version: 1,\n name: 5)").unwrap();
    let output = maker.pack("copy");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("forum.ron:2:8"), "{}", said(&output));
    assert_eq!(maker.names(), names);
}

#[test]
fn a_disk_without_room_is_said_before_anything_is_written() {
    let _turn = common::alone();
    let maker = Maker::new();
    let Some(disk) = SmallDisk::mount(64) else {
        return;
    };
    let ballast = disk.leave(2 << 20);
    let to = disk.path().join("copy").display().to_string();
    let output = maker.pack(&to);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("are free there"),
        "{}",
        said(&output)
    );
    assert_eq!(disk.path().read_dir().unwrap().count(), 1, "the ballast");
    fs::remove_file(ballast).unwrap();
    let output = maker.pack(&to);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn one_that_is_interrupted_or_killed_is_never_taken_for_whole() {
    let _turn = common::alone();
    let maker = Maker::new();
    let long = fs::File::create(maker.at("archive/long.webm")).unwrap();
    long.set_len(3 << 28).unwrap();
    let text = fs::read_to_string(maker.file()).unwrap();
    let stinger = format!(
        "stingers: [(id: \"long\", path: {:?}, cut_frame: 0), ",
        maker.at("archive/long.webm").display().to_string()
    );
    fs::write(maker.file(), text.replace("stingers: [", &stinger)).unwrap();
    let names = maker.names();
    let is_part = |name: &String| name.starts_with(".copy.") && name.ends_with(".part");
    for signal in [Signal::INT, Signal::KILL] {
        let mut pack = maker.regie(&["pack", "show/forum.ron", "copy"]);
        let mut pack = pack.stderr(Stdio::null()).spawn().expect("regie starts");
        let begun = wait::until(PATIENCE, || {
            let part = maker.names().into_iter().find(is_part)?;
            let long = maker.at(&part).join("media/long.webm").metadata().ok()?;
            (long.len() > 1 << 20).then_some(())
        });
        assert!(begun.is_some(), "it never begins");
        kill_process(Pid::from_child(&pack), signal).unwrap();
        assert!(!pack.wait().unwrap().success());
        assert!(!maker.at("copy").exists());
        let left = maker.names().iter().any(is_part);
        assert_eq!(left, signal == Signal::KILL, "{:?}", maker.names());
    }
    // What the killed one left goes with the next.
    fs::write(maker.file(), text).unwrap();
    let output = maker.pack("copy");
    assert!(output.status.success(), "{}", said(&output));
    let mut expected = [names, vec!["copy".to_owned()]].concat();
    expected.sort();
    assert_eq!(maker.names(), expected);
}
