//! Chapters and mending on real files: written by GStreamer, closed, killed and cut, and looked at
//! with tools that know nothing of ours: ffprobe, MKVToolNix, GStreamer's demuxer.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use proptest::prelude::*;
use serde_json::Value;

use super::chapters::{ChaptersError, Sidecar, prepare_muxer, sidecar_path};
use super::matroska::{Layout, LayoutError, id};
use super::mend::{Mending, Step, apply};
use super::recover::mend_without_growing;
use super::{Recovered, recover};

/// Long enough for any machine; reached only where something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// Six seconds of picture (a keyframe each second, B-frames) and sound, written as regie does.
fn record(path: &Path) {
    crate::media::start_gstreamer().unwrap();
    let pipeline = gst::parse::launch(&format!(
        "videotestsrc num-buffers=180 pattern=ball ! video/x-raw,width=160,height=90,framerate=30/1 \
         ! x264enc key-int-max=30 bframes=2 speed-preset=ultrafast b-adapt=false \
         ! h264parse ! matroskamux name=mux ! filesink location=\"{}\" \
         audiotestsrc num-buffers=282 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 \
         ! avenc_aac ! aacparse ! mux.",
        path.display()
    ))
    .unwrap()
    .downcast::<gst::Pipeline>()
    .unwrap();
    prepare_muxer(&pipeline.by_name("mux").unwrap());
    pipeline.set_state(gst::State::Playing).unwrap();
    let message = pipeline.bus().unwrap().timed_pop_filtered(
        gst::ClockTime::try_from(PATIENCE).unwrap(),
        &[gst::MessageType::Eos, gst::MessageType::Error],
    );
    assert_eq!(
        message.expect("it ends").type_(),
        gst::MessageType::Eos,
        "recorded"
    );
    pipeline.set_state(gst::State::Null).unwrap();
}

/// The same file for all tests, closed properly.
fn closed() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("closed.mkv");
        record(&path);
        fs::read(path).unwrap()
    })
}

/// A file whose writer was killed, as the disk has it.
fn killed() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("killed.mkv");
        let mut writer = Command::new("gst-launch-1.0")
            .args(["-q", "videotestsrc", "pattern=ball", "!"])
            .args(["video/x-raw,width=160,height=90,framerate=30/1", "!"])
            .args(["x264enc", "key-int-max=30", "bframes=2", "b-adapt=false"])
            .args(["speed-preset=ultrafast", "!", "h264parse", "!"])
            .args(["matroskamux", "name=mux", "!", "filesink"])
            .arg(format!("location={}", path.display()))
            .args([
                "audiotestsrc",
                "!",
                "audio/x-raw,rate=48000,channels=2",
                "!",
            ])
            .args(["avenc_aac", "!", "aacparse", "!", "mux."])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while fs::metadata(&path).map_or(0, |m| m.len()) < 400_000 {
            assert!(began.elapsed() < PATIENCE, "nothing is written");
            std::thread::sleep(Duration::from_millis(1));
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        // What was written beyond is of no interest.
        let mut bytes = fs::read(path).unwrap();
        bytes.truncate(600_000);
        bytes
    })
}

/// A recording in a folder of its own.
struct Recording {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Recording {
    fn of(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a show.mkv");
        fs::write(&path, bytes).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    fn with_markers(bytes: &[u8], markers: &[(u64, &str)]) -> Self {
        let this = Self::of(bytes);
        let mut sidecar = Sidecar::create(&this.path).unwrap();
        for (ms, label) in markers {
            sidecar.add(*ms, label).unwrap();
        }
        this
    }
}

/// What ffprobe finds in a file, of which it has nothing to complain.
fn ffprobe(path: &Path, arguments: &[&str]) -> Value {
    ffprobe_of(path, "warning", arguments)
}

/// What ffprobe finds in a file, of which it has nothing to complain that weighs as much as `least`.
pub(super) fn ffprobe_of(path: &Path, least: &str, arguments: &[&str]) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", least, "-of", "json"])
        .args(arguments)
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert_eq!(complaints, "", "{arguments:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Start in ms, and title, as ffprobe sees them.
fn ffprobe_chapters(path: &Path) -> Vec<(u64, String)> {
    let found = ffprobe(path, &["-show_chapters"]);
    let chapters = found["chapters"].as_array().unwrap();
    chapters
        .iter()
        .map(|c| {
            assert_eq!(c["time_base"], "1/1000000000");
            let title = c["tags"]["title"].as_str().unwrap().to_owned();
            (c["start"].as_u64().unwrap() / 1_000_000, title)
        })
        .collect()
}

fn ffprobe_duration_ms(path: &Path) -> u64 {
    let found = ffprobe(path, &["-show_format"]);
    let seconds: f64 = found["format"]["duration"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    (seconds * 1000.0).round() as u64
}

/// Packets of both tracks, by the time and size of each. Complaints of ffprobe about a torn last
/// packet are for the caller to allow.
fn packets(path: &Path, torn: bool) -> Vec<(u64, u64, u64)> {
    let output = Command::new("ffprobe")
        .args(["-v", "warning", "-of", "csv=p=0", "-show_entries"])
        .arg("packet=stream_index,pts,size")
        .arg(path)
        .output()
        .unwrap();
    if !torn {
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert!(output.status.success());
    }
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let mut fields = line.split(',').map(|f| f.parse().unwrap_or(u64::MAX));
            let mut field = || fields.next().unwrap();
            (field(), field(), field())
        })
        .collect()
}

/// Where each frame's bytes end, as mkvinfo sees it.
fn frame_ends(path: &Path) -> Vec<u64> {
    let output = Command::new("mkvinfo")
        .args(["-v", "-v", "-v"])
        .env("LC_ALL", "C")
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .filter_map(|line| {
            let (_, rest) = line.split_once("Frame with size ")?;
            let (size, rest) = rest.split_once(" at ")?;
            let at: String = rest.chars().take_while(char::is_ascii_digit).collect();
            Some(size.parse::<u64>().ok()? + at.parse::<u64>().ok()?)
        })
        .collect()
}

/// Start in ms, and title, as GStreamer's demuxer sees them; and whether it can seek.
fn gstreamer_chapters(path: &Path) -> (Vec<(u64, String)>, bool) {
    crate::media::start_gstreamer().unwrap();
    let pipeline = gst::parse::launch(
        "filesrc name=file ! matroskademux name=demux \
         demux.video_0 ! queue ! fakesink demux.audio_0 ! queue ! fakesink",
    )
    .unwrap()
    .downcast::<gst::Pipeline>()
    .unwrap();
    let file = pipeline.by_name("file").unwrap();
    file.set_property("location", path.to_str().unwrap());
    pipeline.set_state(gst::State::Paused).unwrap();
    let mut chapters = Vec::new();
    loop {
        let message = pipeline.bus().unwrap().timed_pop_filtered(
            gst::ClockTime::try_from(PATIENCE).unwrap(),
            &[
                gst::MessageType::Toc,
                gst::MessageType::AsyncDone,
                gst::MessageType::Error,
            ],
        );
        match message.expect("it starts").view() {
            gst::MessageView::Toc(toc) => {
                // It tells what it knows each time that it learns more.
                chapters.clear();
                for edition in toc.toc().0.entries() {
                    for chapter in edition.sub_entries() {
                        let start = chapter.start_stop_times().unwrap().0 / 1_000_000;
                        let tags = chapter.tags().unwrap();
                        let title = tags.get::<gst::tags::Title>().unwrap();
                        chapters.push((start as u64, title.get().to_owned()));
                    }
                }
            }
            gst::MessageView::Error(error) => panic!("{}", error.error()),
            _ => break,
        }
    }
    let mut query = gst::query::Seeking::new(gst::Format::Time);
    let seekable = pipeline.query(&mut query) && query.result().0;
    pipeline.set_state(gst::State::Null).unwrap();
    (chapters, seekable)
}

fn mkvmerge_chapters(path: &Path) -> u64 {
    let output = Command::new("mkvmerge")
        .arg("-J")
        .arg(path)
        .output()
        .unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["errors"], serde_json::json!([]));
    assert_eq!(found["warnings"], serde_json::json!([]));
    let editions = found["chapters"].as_array().unwrap();
    editions
        .iter()
        .map(|edition| edition["num_entries"].as_u64().unwrap())
        .sum()
}

const MARKERS: [(u64, &str); 3] = [
    (4000, "Question 2"),
    (1500, "Question 1: Zoé?"),
    (99_000, "after the end"),
];

fn expected(duration_ms: u64) -> Vec<(u64, String)> {
    vec![
        (1500, "Question 1: Zoé?".to_owned()),
        (4000, "Question 2".to_owned()),
        (duration_ms, "after the end".to_owned()),
    ]
}

/// Everyone sees the chapters, and the file is as it should be.
fn assert_chapters(path: &Path, expected: &[(u64, String)]) {
    assert_eq!(ffprobe_chapters(path), expected, "ffprobe");
    let (chapters, seekable) = gstreamer_chapters(path);
    assert_eq!(chapters, expected, "GStreamer");
    assert!(seekable);
    assert_eq!(mkvmerge_chapters(path), expected.len() as u64, "mkvmerge");
    let output = Command::new("mkvextract")
        .arg(path)
        .args(["chapters", "-s"])
        .output()
        .unwrap();
    let names = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| Some(line.split_once("NAME=")?.1.to_owned()))
        .collect::<Vec<_>>();
    let wanted: Vec<_> = expected.iter().map(|(_, label)| label.clone()).collect();
    assert_eq!(names, wanted, "mkvextract");
    assert!(!sidecar_path(path).exists());
}

/// A keyframe can be sought to by the table.
fn assert_seekable(path: &Path) {
    let found = ffprobe(
        path,
        &["-select_streams", "v", "-read_intervals", "2.5%+#1"]
            .into_iter()
            .chain(["-show_entries", "packet=pts_time,flags"])
            .collect::<Vec<_>>(),
    );
    let packet = &found["packets"][0];
    assert!(packet["flags"].as_str().unwrap().starts_with('K'));
    let at: f64 = packet["pts_time"].as_str().unwrap().parse().unwrap();
    assert!((1.9..=2.6).contains(&at), "{at}");
    let layout = Layout::scan(&mut File::open(path).unwrap()).unwrap();
    assert!(layout.is_whole(), "{layout:?}");
    assert_eq!(layout.file_length, layout.end);
}

#[test]
fn a_closed_file_gets_its_chapters() {
    let recording = Recording::with_markers(closed(), &MARKERS);
    let path = &recording.path;
    let before = (packets(path, false), ffprobe_duration_ms(path));
    assert_eq!(recover(path).unwrap().chapters, 3);
    assert_eq!((packets(path, false), ffprobe_duration_ms(path)), before);
    assert_chapters(path, &expected(before.1));
    assert_seekable(path);
    // Nothing in front of the chapters was moved.
    let after = fs::read(path).unwrap();
    let layout = Layout::scan(&mut Cursor::new(closed())).unwrap();
    let info = layout.find(id::INFO).unwrap().start as usize;
    assert_eq!(after[info..closed().len()], closed()[info..]);

    // Again, with what was forgotten.
    Sidecar::create(path).unwrap().add(3000, "new").unwrap();
    assert_eq!(recover(path).unwrap().chapters, 1);
    assert_chapters(path, &[(3000, "new".to_owned())]);
    assert_eq!(packets(path, false), before.0);
}

#[test]
fn without_markers_nothing_changes() {
    let recording = Recording::of(closed());
    Sidecar::create(&recording.path).unwrap();
    let recovered = recover(&recording.path).unwrap();
    assert!(recovered.whole);
    assert_eq!(recovered.chapters, 0);
    assert!(!sidecar_path(&recording.path).exists());
    assert_eq!(fs::read(&recording.path).unwrap(), closed());
}

#[test]
fn a_power_cut_at_any_moment_harms_nothing() {
    // Closed, killed, and closed with chapters that are to be replaced.
    let old = Recording::with_markers(closed(), &[(700, "old"), (800, "older")]);
    recover(&old.path).unwrap();
    let old = fs::read(&old.path).unwrap();
    for bytes in [closed(), killed(), &old] {
        let torn = Recording::of(bytes);
        let before = packets(&torn.path, true);
        let plan = {
            let recording = Recording::with_markers(bytes, &MARKERS);
            recover(&recording.path).unwrap();
            let mended = fs::read(&recording.path).unwrap();
            let layout = Layout::scan(&mut Cursor::new(mended.clone())).unwrap();
            let chapters = layout.find(id::CHAPTERS).unwrap();
            let chapters = mended[chapters.start as usize..chapters.end as usize].to_vec();
            let mut file = File::open(&torn.path).unwrap();
            let layout = Layout::scan(&mut file).unwrap();
            Mending::plan(&layout, &mut file, true, Some(&chapters)).unwrap()
        };
        assert!(plan.with_chapters);
        for done in 0..=plan.steps.len() {
            // What the next step had got to the disk: nothing, or a part of it. What is in the first
            // sector gets there whole or not at all.
            let mut parts = vec![None];
            if let Some(Step::Write { at, bytes }) = plan.steps.get(done)
                && *at >= 512
            {
                let lengths = [1, 2, 5, bytes.len() / 2, bytes.len() - 1];
                let lengths = lengths.into_iter().filter(|length| *length < bytes.len());
                parts.extend(lengths.map(|length| Some((*at, &bytes[..length]))));
            }
            for part in parts {
                let recording = Recording::with_markers(bytes, &MARKERS);
                let mut file = File::options()
                    .read(true)
                    .write(true)
                    .open(&recording.path)
                    .unwrap();
                apply(&mut file, &plan.steps[..done]).unwrap();
                if let Some((at, bytes)) = part {
                    let bytes = bytes.to_vec();
                    apply(&mut file, &[Step::Write { at, bytes }]).unwrap();
                }
                let now = packets(&recording.path, true);
                assert!(
                    before.starts_with(&now) && now.len() + 1 >= before.len(),
                    "{done}"
                );
                assert_eq!(recover(&recording.path).unwrap().chapters, 3);
                let layout = Layout::scan(&mut File::open(&recording.path).unwrap()).unwrap();
                let chapters = layout.elements.iter().filter(|e| e.id == id::CHAPTERS);
                assert_eq!(chapters.count(), 1, "{done}");
                let duration = ffprobe_duration_ms(&recording.path);
                assert_eq!(
                    ffprobe_chapters(&recording.path),
                    expected(duration),
                    "{done}"
                );
                assert_seekable(&recording.path);
                assert_eq!(packets(&recording.path, false), now);
            }
        }
    }
}

/// Cuts the file everywhere that matters, and in many places more.
fn assert_recovers_wherever_cut(bytes: &[u8]) {
    let whole = Recording::of(bytes);
    let ends = frame_ends(&whole.path);
    let all = packets(&whole.path, true);
    let layout = Layout::scan(&mut Cursor::new(bytes)).unwrap();
    let first = layout.clusters().next().unwrap().start;
    let mut cuts: Vec<u64> = (1..25)
        .map(|n| first + (bytes.len() as u64 - first) * n / 25)
        .collect();
    for element in layout.elements.iter().rev().take(4) {
        cuts.extend([element.start - 1, element.start, element.start + 1]);
        cuts.extend([element.start + 4, element.start + 11, element.start + 12]);
        cuts.extend([element.start + 16, element.end - 1]);
    }
    cuts.extend(
        ends.iter()
            .skip(40)
            .take(3)
            .flat_map(|end| [end - 1, *end, end + 1]),
    );
    for cut in cuts {
        let expected_packets = ends.iter().filter(|end| **end <= cut).count();
        let recording = Recording::with_markers(&bytes[..cut as usize], &[(400, "early")]);
        let path = &recording.path;
        let recovered = recover(path).unwrap();
        assert!(!recovered.whole);
        let now = packets(path, false);
        assert_eq!(now.len(), expected_packets, "cut at {cut}");
        assert!(all.starts_with(&now), "cut at {cut}");
        assert_eq!(recovered.chapters, 1);
        assert_eq!(
            ffprobe_chapters(path),
            [(400.min(recovered.duration_ms), "early".to_owned())]
        );
        assert!(ffprobe_duration_ms(path).abs_diff(recovered.duration_ms) <= 1);
        let last = now.iter().map(|(_, pts, _)| *pts).max().unwrap();
        assert!(
            (last + 20..last + 40).contains(&recovered.duration_ms),
            "{last} {recovered:?}"
        );
        let layout = Layout::scan(&mut File::open(path).unwrap()).unwrap();
        assert!(layout.is_whole(), "cut at {cut}");
        assert_eq!(layout.end, layout.file_length);
        // A second time there is nothing left to do.
        let bytes = fs::read(path).unwrap();
        let again = recover(path).unwrap();
        assert_eq!(
            (again.whole, again.lost_bytes, again.chapters),
            (true, 0, 0)
        );
        assert_eq!(fs::read(path).unwrap(), bytes);
    }
}

#[test]
fn a_closed_file_recovers_wherever_it_is_cut() {
    assert_recovers_wherever_cut(closed());
}

#[test]
fn a_killed_file_recovers_wherever_it_is_cut() {
    assert_recovers_wherever_cut(killed());
}

#[test]
fn a_killed_file_is_as_good_as_a_closed_one() {
    let recording = Recording::with_markers(killed(), &MARKERS);
    let path = &recording.path;
    let Recovered {
        whole,
        duration_ms,
        chapters,
        ..
    } = recover(path).unwrap();
    assert!(!whole && duration_ms > 4000 && chapters == 3);
    assert_chapters(path, &expected(duration_ms));
    assert_seekable(path);
    // The table is what the muxer itself would have written.
    let cues = |bytes: &[u8]| -> Vec<u8> {
        let layout = Layout::scan(&mut Cursor::new(bytes)).unwrap();
        let count = layout.clusters().count();
        let cues = layout.find(id::CUES).unwrap();
        let content = &bytes[cues.content as usize..cues.end as usize];
        let times = super::ebml::children(content)
            .flat_map(|(_, _, point)| super::ebml::children(point))
            .filter(|(id, ..)| *id == id::CUE_TIME)
            .map(|(_, _, time)| (super::ebml::unsigned(time) / 1000) as u8)
            .collect::<Vec<u8>>();
        assert_eq!(times.len(), count);
        times
    };
    let made = cues(&fs::read(path).unwrap());
    let muxers = cues(closed());
    assert_eq!(made[..4], muxers[..4]);
}

#[test]
fn a_hole_in_the_middle_costs_what_is_in_it() {
    let layout = Layout::scan(&mut Cursor::new(closed())).unwrap();
    let clusters: Vec<_> = layout.clusters().copied().collect();
    let whole = Recording::of(closed());
    let all = packets(&whole.path, false);
    // The head of the third cluster and what follows is zeros, as after a power cut.
    let mut bytes = closed().to_vec();
    let hole = clusters[2].start as usize..clusters[2].start as usize + 700;
    bytes[hole].fill(0);
    let recording = Recording::with_markers(&bytes, &MARKERS);
    let recovered = recover(&recording.path).unwrap();
    assert!(!recovered.whole);
    let now = packets(&recording.path, false);
    let lost = frame_ends(&whole.path)
        .iter()
        .filter(|end| **end > clusters[2].start && **end <= clusters[2].end)
        .count();
    assert!(lost > 10);
    assert_eq!(now.len(), all.len() - lost);
    assert_eq!(recovered.duration_ms, ffprobe_duration_ms(&whole.path));
    assert_chapters(&recording.path, &expected(recovered.duration_ms));
}

#[test]
fn a_full_disk_leaves_a_file_with_a_length() {
    let recording = Recording::with_markers(killed(), &MARKERS);
    let path = &recording.path;
    // As far as the Cues went onto the disk.
    let mut file = File::options().read(true).write(true).open(path).unwrap();
    let layout = Layout::scan(&mut file).unwrap();
    let plan = Mending::plan(&layout, &mut file, true, None).unwrap();
    let tail = plan
        .steps
        .iter()
        .position(|step| matches!(step, Step::Write { at, .. } if *at == layout.end));
    let tail = tail.expect("something is written behind the end");
    apply(&mut file, &plan.steps[..tail]).unwrap();
    let bytes = vec![0x1c, 0x53, 0xbb];
    let at = layout.end;
    apply(&mut file, &[Step::Write { at, bytes }]).unwrap();

    mend_without_growing(path, &mut file).unwrap();
    assert!(fs::metadata(path).unwrap().len() <= killed().len() as u64);
    let length = ffprobe_duration_ms(path);
    assert!(length > 4000);
    let whole = Recording::of(killed());
    assert!(packets(&whole.path, true).starts_with(&packets(path, false)));
    assert!(sidecar_path(path).exists(), "the markers wait for room");
    // When there is room, the rest follows.
    assert_eq!(recover(path).unwrap().chapters, 3);
    assert_chapters(path, &expected(length));
    assert_seekable(path);
}

#[test]
fn what_holds_nothing_is_left_as_it_is() {
    let first = Layout::scan(&mut Cursor::new(closed())).unwrap();
    let first = first.clusters().next().unwrap().start as usize;
    for cut in [0, 3, 30, 44, 100, 300, first, first + 6, first + 16] {
        let recording = Recording::with_markers(&closed()[..cut], &MARKERS);
        let error = recover(&recording.path).unwrap_err();
        assert!(
            matches!(
                error,
                ChaptersError::Empty(_) | ChaptersError::NotMatroska(_)
            ),
            "{cut}: {error}"
        );
        assert_eq!(fs::read(&recording.path).unwrap(), &closed()[..cut]);
        assert!(sidecar_path(&recording.path).exists());
    }
    let recording = Recording::with_markers(b"no Matroska", &MARKERS);
    assert!(matches!(
        recover(&recording.path),
        Err(ChaptersError::NotMatroska(_))
    ));
    assert!(recover(Path::new("/nonexistent/a.mkv")).is_err());
}

/// Applies steps in memory.
fn apply_to(bytes: &mut Vec<u8>, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Truncate(length) => bytes.truncate(*length as usize),
            Step::Write { at, bytes: new } => {
                let end = *at as usize + new.len();
                assert!(*at as usize <= bytes.len(), "no gaps are written");
                bytes.resize(bytes.len().max(end), 0);
                bytes[*at as usize..end].copy_from_slice(new);
            }
        }
    }
}

/// Mends in memory, and checks that what came out needs no more mending.
fn mend_rubbish(mut bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let chapters = super::ebml::element(id::CHAPTERS, &[0x45, 0xb9, 0x80]);
    let layout = match Layout::scan(&mut Cursor::new(&bytes)) {
        Ok(layout) => layout,
        Err(LayoutError::Io(error)) => panic!("{error}"),
        Err(_) => return Ok(()),
    };
    let blocks = layout.measure_duration(&mut Cursor::new(&bytes)).unwrap();
    let plan = Mending::plan(&layout, &mut Cursor::new(&bytes), true, Some(&chapters)).unwrap();
    apply_to(&mut bytes, &plan.steps);
    let after = Layout::scan(&mut Cursor::new(&bytes)).unwrap();
    prop_assert_eq!(after.clusters().count(), layout.clusters().count());
    prop_assert_eq!(
        after.measure_duration(&mut Cursor::new(&bytes)).unwrap(),
        blocks
    );
    prop_assert_eq!(
        after.find(id::CHAPTERS).is_some_and(|e| e.end == after.end),
        plan.with_chapters
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn rubbish_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(Layout::scan(&mut Cursor::new(&bytes)).is_err());
        // With a beginning that makes sense.
        let mut file = closed()[..700].to_vec();
        file.extend(bytes);
        mend_rubbish(file)?;
    }

    #[test]
    fn a_spoilt_file_never_panics(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        heads in prop::collection::vec((0usize..800, any::<u8>()), 0..3),
        cut in any::<prop::sample::Index>(),
        cut_off in any::<bool>(),
    ) {
        let mut bytes = closed().to_vec();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        for (at, value) in heads {
            bytes[at] = value;
        }
        if cut_off {
            bytes.truncate(cut.index(bytes.len()));
        }
        mend_rubbish(bytes)?;
    }
}
