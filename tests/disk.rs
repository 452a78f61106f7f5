//! A disk that fills up: the recording ends or thins out, the program and its destinations do not,
//! and what was written plays.

mod common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use common::media::Clip;
use common::nginx::Nginx;
use common::read::{self, Shot};
use common::small_disk::SmallDisk;
use common::studio::{ShowText, Studio};

#[test]
fn a_full_disk_ends_nothing_but_the_recording() {
    common::witness::undisturbed(|| fills("Mkv", "mkv"));
}

#[test]
fn a_full_disk_ends_nothing_but_the_recording_in_mp4() {
    common::witness::undisturbed(|| fills("Mp4", "mp4"));
}

fn fills(format: &str, ending: &str) {
    let Some(disk) = SmallDisk::mount(400) else {
        return;
    };
    let clip = Clip {
        size: (640, 360),
        kbps: 1500,
        ..Clip::new(1, 150)
    };
    let nginx = Nginx::start(&["hall"]);
    let show = ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 6000)")
        .field(&format!(
            "recording: (folder: {:?}, format: {format})",
            disk.path().display().to_string()
        ))
        .file("cam1", &clip.file(), false)
        .destination("hall", &nginx.server("hall"));
    let mut studio = Studio::start(&show, &["--stream", "--record"]);
    studio.source_is("cam1", "live", Duration::from_secs(30));
    studio.destination_is("hall", "live", Duration::from_secs(30));
    let recording = studio.until("the master is written", Duration::from_secs(30), |s| {
        s["recording"]["frames"].as_u64() > Some(30)
    });
    let path = recording["recording"]["path"]
        .as_str()
        .map(|p| studio.folder().join(p));
    let path = path.expect("the snapshot names the file");

    // Little is left at once: the warning comes while there still is some, then the end.
    let ballast = disk.leave(12_000_000);
    let mark = studio.mark();
    let state =
        |event: &Value, wanted: &str| event["event"] == "recording" && event["state"] == wanted;
    let warned = studio.event_since(0, Duration::from_secs(20), |e| state(e, "warning"));
    let Some((_, warned)) = warned else {
        studio.fail("no warning");
    };
    assert!(
        warned["message"].as_str().is_some_and(|m| !m.is_empty()),
        "{warned}"
    );
    let full = studio.event_since(mark, Duration::from_secs(60), |e| {
        state(e, "failed") || state(e, "off")
    });
    let Some((_, full)) = full else {
        studio.fail("the disk never is full");
    };
    assert!(
        full["message"].as_str().is_some_and(|m| !m.is_empty()),
        "{full}"
    );
    studio.frames_pass(150);
    let parts_when_full = files_in(disk.path(), ending).len();

    // Room again: the recorder goes on in a new file by itself, where it had not been ended.
    if full["state"] == "failed" {
        std::fs::remove_file(ballast).expect("the ballast is taken away");
        studio.until("it records again", Duration::from_secs(40), |s| {
            let again = s["recording"]["path"]
                .as_str()
                .map(|p| studio_path(&path, p));
            again.is_some_and(|again| again != path) && s["recording"]["frames"].as_u64() > Some(30)
        });
        assert!(files_in(disk.path(), ending).len() > parts_when_full);
    }
    let report = studio.quit();
    assert_eq!(report["repeated"], 0, "{report}");
    assert_eq!(report["skipped"], 0, "{report}");
    assert_eq!(report["destinations"]["hall"]["dropped"], 0, "{report}");
    assert_eq!(report["destinations"]["hall"]["reconnects"], 0, "{report}");

    let received = read::pictures(&nginx.received("hall")[0]);
    assert_eq!(read::uneven(&received.seen, 30.0, 0.0015), []);
    let codes = received.codes();
    let first = codes
        .iter()
        .position(Option::is_some)
        .expect("coded pictures");
    assert_eq!(
        read::check_sequence(&codes, &[Shot::new(1, first, codes.len())]),
        []
    );

    let master = read::pictures(&path);
    assert!(
        master.seen.len() > 60,
        "{} pictures in the master",
        master.seen.len()
    );
    let codes = master.codes_of_torn(30.0);
    let first = codes
        .iter()
        .position(Option::is_some)
        .expect("coded pictures");
    // The last picture may be torn.
    let shot = Shot::new(1, first, codes.len() - 1);
    assert_eq!(read::check_sequence(&codes, &[shot]), []);
}

fn studio_path(first: &Path, path: &str) -> PathBuf {
    // Both lie in the folder of recordings, named in the same way.
    first
        .parent()
        .unwrap_or(first)
        .join(Path::new(path).file_name().unwrap_or_default())
}

fn files_in(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the small disk");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect()
}
