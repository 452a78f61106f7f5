//! Files of real pictures and sound, cut, torn and mended, and looked at with tools that know nothing of
//! ours.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use proptest::prelude::*;
use serde_json::Value;

use super::super::chapters::{ChaptersError, Sidecar, sidecar_path};
use super::super::recording_tests::ffprobe_of;
use super::super::recover;
use super::{Layout, ScanError, Table, Writer, ending, hiding};
use crate::media::{Headers, Packet, Track};

const PICTURES: usize = 120;

/// All that an encoder gives, with the times of running time.
fn encoded(track: Track, launch: &str) -> Vec<(gst::Caps, Packet)> {
    let launch = format!("{launch} ! appsink name=out sync=false");
    let pipeline = gst::parse::launch(&launch).unwrap();
    let pipeline = pipeline.downcast::<gst::Pipeline>().unwrap();
    let out = pipeline.by_name("out").unwrap();
    let out = out.downcast::<gst_app::AppSink>().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let empty = gst::Caps::new_empty();
    let mut all = Vec::new();
    while let Ok(sample) = out.pull_sample() {
        let (caps, buffer) = (sample.caps_owned().unwrap(), sample.buffer_owned().unwrap());
        let segment = sample
            .segment()
            .unwrap()
            .downcast_ref::<gst::ClockTime>()
            .unwrap();
        let time = |time: Option<gst::ClockTime>| match segment.to_running_time_full(time?) {
            Some(gst::Signed::Positive(t)) => Some(t.nseconds() as i64),
            Some(gst::Signed::Negative(t)) => Some(-(t.nseconds() as i64)),
            None => None,
        };
        let pts = time(buffer.pts()).unwrap();
        let headers = Headers {
            epoch: 0,
            video: empty.clone(),
            audio: empty.clone(),
        };
        let packet = Packet {
            track,
            pts,
            dts: time(buffer.dts()).unwrap_or(pts),
            duration: buffer
                .duration()
                .map_or(21_333_333, |d| d.nseconds() as i64),
            keyframe: track == Track::Audio
                || !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT),
            headers: Arc::new(headers),
            buffer,
        };
        all.push((caps, packet));
    }
    pipeline.set_state(gst::State::Null).unwrap();
    all
}

/// Four seconds with B-frames: the opening, and each fragment.
fn pieces() -> &'static [Vec<u8>] {
    static PIECES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    PIECES.get_or_init(|| {
        crate::media::start_gstreamer().unwrap();
        let pictures = encoded(
            Track::Video,
            &format!(
                "videotestsrc num-buffers={PICTURES} pattern=ball \
                 ! video/x-raw,width=160,height=90,framerate=30/1 \
                 ! x264enc key-int-max=30 bframes=2 speed-preset=ultrafast b-adapt=false \
                 ! h264parse ! video/x-h264,stream-format=avc,alignment=au"
            ),
        );
        let sound = encoded(
            Track::Audio,
            "audiotestsrc num-buffers=188 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 \
             ! avenc_aac ! aacparse ! audio/mpeg,stream-format=raw",
        );
        let headers = Arc::new(Headers {
            epoch: 1,
            video: pictures[0].0.clone(),
            audio: sound[0].0.clone(),
        });
        let first = pictures[0].1.pts;
        let mut all: Vec<Packet> = pictures.into_iter().chain(sound).map(|(_, p)| p).collect();
        all.retain(|packet| packet.pts >= first);
        all.sort_by_key(|packet| packet.dts);
        for packet in &mut all {
            packet.headers = headers.clone();
        }
        let mut writer = Writer::new(&all[0]).unwrap();
        let mut pieces = vec![writer.opening()];
        pieces.extend(all.iter().filter_map(|packet| writer.take(packet)));
        pieces.extend(writer.finish());
        pieces
    })
}

fn in_fragments() -> Vec<u8> {
    pieces().concat()
}

fn scan(bytes: &[u8]) -> Result<Layout, ScanError> {
    Layout::scan(&mut Cursor::new(bytes))
}

struct Recording {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn recording(bytes: &[u8], markers: &[(u64, String)]) -> Recording {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a show.mp4");
    fs::write(&path, bytes).unwrap();
    let mut sidecar = Sidecar::create(&path).unwrap();
    for (ms, label) in markers {
        sidecar.add(*ms, label).unwrap();
    }
    Recording {
        _folder: folder,
        path,
    }
}

/// What ffprobe finds; that it cannot decode the chapters' track of titles is only a warning.
fn ffprobe(path: &Path, arguments: &[&str]) -> Value {
    ffprobe_of(path, "error", arguments)
}

/// Times and sizes of the packets of pictures or sound.
fn packets(path: &Path, track: &str) -> Vec<(String, String)> {
    let found = ffprobe(
        path,
        &[
            "-select_streams",
            track,
            "-show_entries",
            "packet=pts_time,size",
        ],
    );
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packets = found["packets"].as_array().unwrap().iter();
    packets
        .map(|p| (text(&p["pts_time"]), text(&p["size"])))
        .collect()
}

/// Begin in milliseconds, and title.
fn chapters(path: &Path) -> Vec<(u64, String)> {
    let found = ffprobe(path, &["-show_chapters"]);
    let chapters = found["chapters"].as_array().unwrap().iter();
    chapters
        .map(|c| {
            let begin: f64 = c["start_time"].as_str().unwrap().parse().unwrap();
            let title = c["tags"]["title"].as_str().unwrap().to_owned();
            ((begin * 1000.0).round() as u64, title)
        })
        .collect()
}

fn markers(count: usize) -> Vec<(u64, String)> {
    (0..count)
        .map(|n| (10 + n as u64 * 10, format!("Zoé {n}")))
        .collect()
}

#[test]
fn everyone_sees_the_same_in_fragments_and_closed() {
    let bytes = in_fragments();
    let recording = recording(&bytes, &markers(3));
    let path = &recording.path;
    let (pictures, sound) = (packets(path, "v"), packets(path, "a"));
    assert_eq!(pictures.len(), PICTURES);
    assert_eq!(
        pictures[0].0, "0.000000",
        "what is decoded first is shown at once"
    );
    let recovered = recover(path).unwrap();
    assert_eq!((recovered.chapters, recovered.lost_bytes), (3, 0));
    assert_eq!(
        recovered.duration_ms.abs_diff(4000),
        recovered.duration_ms - 4000
    );
    assert_eq!(packets(path, "v"), pictures);
    assert_eq!(packets(path, "a"), sound);
    assert_eq!(chapters(path), markers(3));
    assert!(!sidecar_path(path).exists());
    // Nothing but the first table of contents was written over.
    let after = fs::read(path).unwrap();
    let begin = scan(&bytes).unwrap().begin as usize;
    assert_eq!(after[..begin], bytes[..begin]);
    assert_eq!(after[begin + 16..bytes.len()], bytes[begin + 16..]);
    // Again: there is nothing to do.
    let again = recover(path).unwrap();
    assert!(again.whole && again.duration_ms == recovered.duration_ms);
    assert_eq!(fs::read(path).unwrap(), after);

    // GStreamer's demuxer and decoder agree.
    let launch = format!(
        "filesrc location=\"{}\" ! qtdemux name=d d.video_0 ! queue ! avdec_h264 \
         ! fakesink name=seen sync=false d.audio_0 ! queue ! avdec_aac ! fakesink sync=false",
        path.display()
    );
    let pipeline = gst::parse::launch(&launch).unwrap();
    let pipeline = pipeline.downcast::<gst::Pipeline>().unwrap();
    let sink = pipeline.by_name("seen").unwrap();
    let seen = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = seen.clone();
    let pad = sink.static_pad("sink").unwrap();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        gst::PadProbeReturn::Ok
    });
    pipeline.set_state(gst::State::Playing).unwrap();
    let message = pipeline.bus().unwrap().timed_pop_filtered(
        gst::ClockTime::from_seconds(60),
        &[gst::MessageType::Eos, gst::MessageType::Error],
    );
    pipeline.set_state(gst::State::Null).unwrap();
    assert_eq!(message.map(|m| m.type_()), Some(gst::MessageType::Eos));
    assert_eq!(seen.load(std::sync::atomic::Ordering::Relaxed), PICTURES);
}

#[test]
fn more_chapters_than_the_short_list_holds_are_all_there() {
    let recording = recording(&in_fragments(), &markers(300));
    assert_eq!(recover(&recording.path).unwrap().chapters, 300);
    assert_eq!(chapters(&recording.path), markers(300));
}

#[test]
fn a_power_cut_while_it_is_mended_harms_nothing() {
    let bytes = in_fragments();
    let layout = scan(&bytes).unwrap();
    let marked = markers(2);
    let ending = ending(&layout.heads, &layout.tables, &marked, layout.end);
    let before = {
        let recording = recording(&bytes, &[]);
        (packets(&recording.path, "v"), packets(&recording.path, "a"))
    };
    // As much of the table of contents is there; with all of it, the last step may have been made.
    for there in [
        0,
        1,
        7,
        8,
        9,
        ending.len() / 2,
        ending.len() - 1,
        ending.len(),
    ] {
        let mut torn = bytes.clone();
        torn.extend(&ending[..there]);
        let recording = recording(&torn, &marked);
        let recovered = recover(&recording.path).unwrap();
        assert_eq!(
            (recovered.chapters, recovered.lost_bytes),
            (2, there as u64)
        );
        let after = (packets(&recording.path, "v"), packets(&recording.path, "a"));
        assert_eq!(after, before, "{there}");
        assert_eq!(chapters(&recording.path), marked, "{there}");
    }
    let mut done = [bytes, ending].concat();
    let (begin, end) = (layout.begin, layout.end);
    done[begin as usize..begin as usize + 16].copy_from_slice(&hiding(begin, end));
    let recording = recording(&done, &marked);
    assert!(recover(&recording.path).unwrap().whole);
    assert_eq!(chapters(&recording.path), marked);
    assert!(!sidecar_path(&recording.path).exists());
}

#[test]
fn what_holds_nothing_is_left_as_it_is() {
    for bytes in [&[][..], &pieces()[0], &pieces()[0][..40]] {
        let recording = recording(bytes, &[]);
        let refused = recover(&recording.path);
        assert!(
            matches!(refused, Err(ChaptersError::Empty(_))),
            "{refused:?}"
        );
        assert_eq!(fs::read(&recording.path).unwrap(), bytes);
    }
    let recording = recording(b"something else altogether", &[]);
    let refused = recover(&recording.path);
    assert!(
        matches!(refused, Err(ChaptersError::NotMp4(_))),
        "{refused:?}"
    );
}

/// Whether one table is the beginning of the other; the last sample may be taken to last longer.
fn begins(part: &Table, whole: &Table) -> bool {
    let same = |(a, b): (&super::Sample, &super::Sample)| {
        (a.dts, a.offset, a.size, a.keyframe) == (b.dts, b.offset, b.size, b.keyframe)
    };
    part.samples.len() <= whole.samples.len()
        && part.samples.iter().zip(&whole.samples).all(same)
        && whole.chunks.starts_with(&part.chunks)
}

proptest! {
    #[test]
    fn torn_anywhere_every_whole_fragment_is_kept(cut in 0.0..1.0f64) {
        let bytes = in_fragments();
        let whole = scan(&bytes).unwrap();
        let cut = (bytes.len() as f64 * cut) as usize;
        let ends = pieces().iter().scan(0, |at, piece| {
            *at += piece.len();
            Some(*at)
        });
        let kept = ends.filter(|end| *end <= cut).last().unwrap_or(0);
        match scan(&bytes[..cut]) {
            Ok(torn) => {
                prop_assert_eq!(torn.end, kept as u64);
                prop_assert!(torn.tables.iter().zip(&whole.tables).all(|(a, b)| begins(a, b)));
            }
            Err(_) => prop_assert!(kept <= pieces()[0].len()),
        }
    }

    #[test]
    fn no_bytes_are_too_much_for_it(
        changes in prop::collection::vec((0.0..1.0f64, any::<u8>()), 0..20),
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut bytes = in_fragments();
        for (at, value) in changes {
            let at = (bytes.len() as f64 * at * at * at) as usize;
            bytes[at] = value;
        }
        let _ = scan(&bytes);
        let _ = scan(&noise);
        let beginning = &pieces()[0];
        let _ = scan(&[beginning.as_slice(), &noise].concat());
    }
}
