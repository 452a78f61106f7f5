//! Sources of every form, and sources that fail: the program keeps its clock, shows each as it is,
//! and has it back soon after its sender.

mod common;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use common::coded::{self, Code, Rect};
use common::media::{AMPLITUDE, Channels, Clip, Coding, kept};
use common::nginx::Nginx;
use common::read::{self, Fault, Seen, Shot};
use common::senders::{self, TsServer};
use common::studio::{ShowText, Studio, named};
use common::wait;

/// Size of the program in these tests: light to code.
const SIZE: (usize, usize) = (640, 360);
/// A source is to be back so soon after its sender.
const BACK_WITHIN: Duration = Duration::from_secs(5);
/// Pictures of the program a second.
const FPS: f64 = 30.0;

fn show() -> ShowText {
    ShowText::sized(640, 360, (30, 1)).field("encoder: (bitrate_kbps: 2500)")
}

/// Waits until a while of the anchor is in the master.
fn recorded(studio: &mut Studio) {
    studio.source_is("cam1", "live", Duration::from_secs(30));
    studio.until("the master is written", Duration::from_secs(30), |s| {
        s["recording"]["frames"].as_u64() > Some(10)
    });
    studio.frames_pass(30);
}

/// The source that all these shows begin with: its pictures show that the clock goes on, and give
/// the position of every program frame.
fn anchor(seconds: u32) -> Clip {
    Clip {
        size: SIZE,
        kbps: 1500,
        ..Clip::new(1, seconds)
    }
}

/// So far may sound and picture of a source be apart that has a clock of its own, in seconds: a picture is
/// shown at most half a frame and 3 ms from its time (`input/slot.rs`), and the reading errs by 2 ms.
const TOGETHER: f64 = 0.5 / FPS + 0.005;

/// A recording and where in it each program frame lies.
struct Recorded<T> {
    seen: Vec<Seen<T>>,
    origin: i64,
}

impl<T> Recorded<T> {
    /// Reads a recording in which `second`, taken at `frame`, is the first shot after the anchor.
    fn new(
        path: &Path,
        frame: u64,
        look: impl Fn(coded::Luma<'_>) -> T,
        is_anchor: impl Fn(&T) -> bool,
    ) -> Self {
        let pictures = read::pictures_with(path, look);
        assert_eq!(
            read::uneven(&pictures.seen, FPS, 0.0015),
            [],
            "the program keeps its clock"
        );
        let mut seen = pictures.seen.iter();
        let begins = seen
            .position(|s| is_anchor(&s.what))
            .expect("the anchor is seen");
        let ends = pictures.seen[begins..]
            .iter()
            .position(|s| !is_anchor(&s.what));
        let cut = begins + ends.expect("another source is seen");
        Self {
            seen: pictures.seen,
            origin: frame as i64 - cut as i64,
        }
    }

    fn at(&self, frame: u64) -> usize {
        (frame as i64 - self.origin).max(0) as usize
    }
}

/// A file and how it must look and sound.
struct Case {
    clip: Clip,
    /// Display width by height.
    aspect: f64,
}

fn cases() -> Vec<Case> {
    let small = |source: u8| Clip {
        size: SIZE,
        kbps: 1500,
        ..Clip::new(source, 10)
    };
    let wide = 16.0 / 9.0;
    let case = |clip: Clip, aspect: f64| Case { clip, aspect };
    vec![
        case(
            Clip {
                container: "mp4",
                size: (1920, 1080),
                rate: (25, 1),
                ..small(2)
            },
            wide,
        ),
        case(
            Clip {
                container: "mov",
                rate: (30000, 1001),
                channels: Channels::Mono,
                ..small(3)
            },
            wide,
        ),
        case(
            Clip {
                container: "ts",
                rate: (50, 1),
                ..small(4)
            },
            wide,
        ),
        case(
            Clip {
                rate: (60, 1),
                channels: Channels::Surround,
                ..small(5)
            },
            wide,
        ),
        // European television: fields, and pixels wider than high.
        case(
            Clip {
                container: "ts",
                coding: Some(Coding::Mpeg2),
                size: (720, 576),
                rate: (25, 1),
                interlaced: true,
                pixel_aspect: (64, 45),
                kbps: 4000,
                ..small(6)
            },
            wide,
        ),
        case(
            Clip {
                interlaced: true,
                rate: (25, 1),
                ..small(7)
            },
            wide,
        ),
        case(
            Clip {
                coding: Some(Coding::Vp8),
                size: (431, 241),
                ..small(8)
            },
            431.0 / 241.0,
        ),
        case(
            Clip {
                size: (480, 360),
                channels: Channels::None,
                ..small(9)
            },
            4.0 / 3.0,
        ),
        // A telephone held upright.
        case(
            Clip {
                container: "mp4",
                rotation: 90,
                ..small(10)
            },
            9.0 / 16.0,
        ),
        case(
            Clip {
                container: "mp4",
                rotation: 180,
                ..small(11)
            },
            wide,
        ),
        case(
            Clip {
                container: "mp4",
                coding: None,
                ..small(12)
            },
            wide,
        ),
    ]
}

/// What is read from each picture of the program: the code in each of the places where a case may
/// lie, and how combed it is.
#[derive(Clone)]
struct Look {
    whole: Option<Code>,
    cases: Vec<Option<Code>>,
    combing: f64,
}

#[test]
fn files_of_every_form_are_seen_and_heard() {
    common::witness::undisturbed(forms);
}

fn forms() {
    let cases = cases();
    let id = |case: &Case| format!("src{}", case.clip.source);
    let mut show = show().file("cam1", &anchor(90).file(), false);
    for case in &cases {
        show = show.file(&id(case), &case.clip.file(), true);
    }
    let mut studio = Studio::start(&show, &["--record"]);
    for case in &cases {
        studio.source_is(&id(case), "live", Duration::from_secs(20));
    }
    recorded(&mut studio);
    let mut takes = Vec::new();
    for case in &cases {
        takes.push(studio.take(&id(case)));
        studio.frames_pass(75);
    }
    let end = studio.take("cam1");
    studio.frames_pass(30);
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");

    let rects: Vec<Rect> = cases
        .iter()
        .map(|case| Rect::letterbox(SIZE.0, SIZE.1, case.aspect))
        .collect();
    let path = studio.master(&report);
    let look = |luma: coded::Luma<'_>| Look {
        whole: coded::read(luma, Rect::whole(SIZE.0, SIZE.1)),
        cases: rects.iter().map(|&rect| coded::read(luma, rect)).collect(),
        combing: luma.combing(),
    };
    let is_anchor = |look: &Look| look.whole.is_some_and(|code| code.source == 1);
    let recorded = Recorded::new(&path, takes[0], look, is_anchor);
    let sound = read::sound(&path);
    let calm: Vec<f64> = recorded.seen[..recorded.at(takes[0])]
        .iter()
        .map(|s| s.what.combing)
        .collect();
    let calm = read::median(&calm).unwrap_or(0.0);

    let mut wrong = Vec::new();
    let ends = takes.iter().skip(1).copied().chain([end]);
    for (i, (case, (&take, end))) in cases.iter().zip(takes.iter().zip(ends)).enumerate() {
        let name = format!("{:?}", case.clip);
        let codes: Vec<_> = recorded.seen.iter().map(|s| s.what.cases[i]).collect();
        let (begin, end) = (recorded.at(take), recorded.at(end));
        if case.clip.coding.is_some() {
            let shot = Shot {
                pace: case.clip.fps() / FPS,
                wraps: Some(case.clip.frames()),
                ..Shot::new(case.clip.source, begin, end)
            };
            // Containers count in milliseconds.
            for fault in read::check_shot(&codes, shot, 0.001 * case.clip.fps()) {
                wrong.push(format!("{name}: {fault:?}"));
            }
        }
        if case.clip.interlaced {
            let combs: Vec<f64> = recorded.seen[begin..end]
                .iter()
                .map(|s| s.what.combing)
                .collect();
            let combs = read::median(&combs).unwrap_or(f64::MAX);
            if combs > calm * 1.6 + 0.3 {
                wrong.push(format!("{name}: combed, {combs:.2} beside {calm:.2}"));
            }
        }
        let middle = recorded.seen[(begin + end) / 2].pts;
        wrong.extend(heard_wrong(case, &sound, middle).map(|what| format!("{name}: {what}")));
        if case.clip.coding.is_some() && case.clip.channels != Channels::None {
            let seen: Vec<_> = recorded
                .seen
                .iter()
                .zip(&codes)
                .map(|(seen, &what)| Seen {
                    pts: seen.pts,
                    hash: seen.hash,
                    what,
                })
                .collect();
            let offsets = read::av_offsets(&seen, &sound, case.clip.source, case.clip.fps());
            if offsets.is_empty() || offsets.iter().any(|o| o.abs() > 0.02) {
                wrong.push(format!("{name}: sound against picture {offsets:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with the sound of a case around a time, where its tone may be in a dip.
fn heard_wrong(
    case: &Case,
    sound: &read::Sound,
    middle: f64,
) -> impl Iterator<Item = String> + use<> {
    let tone = coded::tone_of(case.clip.source);
    let loudest = |channel: usize| {
        let around = [-0.2, 0.0, 0.2].map(|t| sound.channel(channel, tone, middle + t, 0.05));
        around.into_iter().fold(0.0, f64::max)
    };
    let (left, right) = (loudest(0), loudest(1));
    // What ITU-R BS.775 leaves of a centre.
    let reduced = AMPLITUDE * std::f64::consts::FRAC_1_SQRT_2;
    let wanted = match case.clip.channels {
        Channels::None => (0.0, 0.0),
        // As loud on the left as in the file, half on the right.
        Channels::Stereo => (AMPLITUDE, AMPLITUDE / 2.0),
        // On both sides as loud as in the file.
        Channels::Mono => (AMPLITUDE, AMPLITUDE),
        Channels::Surround => (reduced, reduced),
    };
    // 12 % (1 dB): coded twice, once as MP2, and the window's edges.
    let near = |found: f64, wanted: f64| (found - wanted).abs() < 0.002 + 0.12 * wanted;
    let right_one = near(left, wanted.0) && near(right, wanted.1);
    let what = format!("{left:.3} on the left, {right:.3} on the right");
    (!right_one).then_some(what).into_iter()
}

/// A file without its last third, as a copy that was broken off.
fn cut_short(clip: &Clip) -> PathBuf {
    changed(clip, "short", |bytes| bytes.truncate(bytes.len() * 2 / 3))
}

/// A file with rubbish in its middle.
fn corrupt(clip: &Clip) -> PathBuf {
    changed(clip, "corrupt", |bytes| {
        let middle = bytes.len() / 2;
        let mut state = 1u32;
        for byte in &mut bytes[middle..middle + 30_000] {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
    })
}

fn changed(clip: &Clip, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let file = clip.file();
    let stem = file.file_name().map(|n| n.to_string_lossy().into_owned());
    kept(&format!("{name}-{}", stem.unwrap_or_default()), |path| {
        let mut bytes = std::fs::read(&file).expect("the clip");
        change(&mut bytes);
        std::fs::write(path, bytes).expect("the changed clip");
    })
}

/// Shots of the anchor in a recording: everything that breaks its order.
fn anchor_faults(codes: &[Option<Code>], begin: usize, end: usize) -> Vec<Fault> {
    read::check_shot(codes, Shot::new(1, begin, end), 0.0)
}

#[test]
fn torn_corrupt_flooding_and_jumping_sources_harm_nothing() {
    common::witness::undisturbed(troublemakers);
}

fn troublemakers() {
    let small = |source: u8, container: &'static str| Clip {
        container,
        size: SIZE,
        kbps: 1500,
        ..Clip::new(source, 8)
    };
    let flood = Clip {
        rate: (240, 1),
        ..small(5, "mkv")
    };
    let jumping = Clip {
        b_frames: 0,
        ..small(7, "mkv")
    };
    let early = senders::transport_stream(&jumping, 10);
    let late = senders::transport_stream(&jumping, 3 * 3600);
    // Forwards by three hours, back again, and forwards.
    let jumps = TsServer::start(&[&early, &late, &early, &late, &early, &late], 1.0);
    let torrent = Clip {
        b_frames: 0,
        ..small(6, "mkv")
    };
    let torrent = senders::transport_stream_of(&torrent, 60, 1);
    let torrent = TsServer::start(&[&torrent], 8.0);
    let rubbish = kept("rubbish.mp4", |path| {
        std::fs::write(path, vec![0x5a; 100_000]).expect("rubbish");
    });
    let show = show()
        .file("cam1", &anchor(90).file(), false)
        .file("src2", &cut_short(&small(2, "mkv")), true)
        .file("src3", &corrupt(&small(3, "mkv")), true)
        .file("src4", &corrupt(&small(4, "ts")), true)
        .file("src5", &flood.file(), true)
        .network("src6", &torrent.url())
        .network("src7", &jumps.url())
        .file("rubbish", &rubbish, true);
    let mut studio = Studio::start(&show, &["--record"]);
    recorded(&mut studio);
    // All of them do their worst behind the scenes.
    studio.frames_pass(20 * 30);
    let troubled: [u8; 6] = [2, 3, 4, 5, 6, 7];
    let mut takes = Vec::new();
    for source in troubled {
        takes.push((source, studio.take(&format!("src{source}"))));
        studio.frames_pass(150);
    }
    let lost = studio.take("rubbish");
    studio.frames_pass(30);
    let last = studio.take("cam1");
    studio.frames_pass(60);
    let snapshot = studio.snapshot();
    let state = named(&snapshot, "sources", "rubbish")["state"].clone();
    assert!(
        ["connecting", "lost", "restarting"]
            .iter()
            .any(|s| state == *s),
        "{state}"
    );
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");
    assert_eq!(report["repeated"], 0, "{report}");

    let look = |luma: coded::Luma<'_>| coded::read(luma, Rect::whole(SIZE.0, SIZE.1));
    let is_anchor = |code: &Option<Code>| code.is_some_and(|code| code.source == 1);
    let master = Recorded::new(&studio.master(&report), takes[0].1, look, is_anchor);
    let codes: Vec<_> = master.seen.iter().map(|s| s.what).collect();
    let begin = codes.iter().position(is_anchor).expect("the anchor");
    assert_eq!(anchor_faults(&codes, begin, master.at(takes[0].1)), []);
    let tail = master.at(last);
    assert_eq!(anchor_faults(&codes, tail, tail + 45), []);
    let ends = takes.iter().skip(1).map(|t| t.1).chain([lost]);
    for (&(source, take), end) in takes.iter().zip(ends) {
        let shot = &codes[master.at(take)..master.at(end)];
        // A source that is being started again may be away for a while, no longer than 5 s.
        let shown = shot.iter().flatten().filter(|code| code.source == source);
        let mut numbers: Vec<u32> = shown.map(|code| code.number).collect();
        numbers.dedup();
        assert!(
            numbers.len() >= 20,
            "source {source}: {} pictures in 5 s",
            numbers.len()
        );
        // Nothing of another source is ever shown in its place.
        let others = shot.iter().flatten().find(|code| code.source != source);
        assert_eq!(others, None, "in place of source {source}");
    }
}

#[test]
fn why_a_source_was_lost_is_told_while_it_is_tried_again() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    // First it hangs up on everyone, then it lets everyone wait.
    let server = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = server.local_addr().expect("its address").port();
    let waits = Arc::new(AtomicBool::new(false));
    let lets_wait = Arc::clone(&waits);
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for call in server.incoming().flatten() {
            if lets_wait.load(Ordering::Relaxed) {
                held.push(call);
            }
        }
    });
    let url = format!("rtsp://127.0.0.1:{port}/stage");
    let mut studio = Studio::start(&show().network("truck", &url), &[]);
    let patience = Duration::from_secs(60);
    let broke = studio.source_is("truck", "restarting", patience);
    let why = named(&broke, "sources", "truck")["message"].clone();
    assert_ne!(why, "", "{broke}");
    waits.store(true, Ordering::Relaxed);
    let again = studio.source_is("truck", "connecting", patience);
    let truck = named(&again, "sources", "truck");
    assert!(truck["restarts"].as_u64() >= Some(1), "{truck}");
    assert_eq!(truck["message"], why, "{truck}");
    studio.quit();
}

/// Waits until a source is no longer live.
fn gone(studio: &mut Studio, id: &str) {
    studio.until(&format!("{id} is missed"), Duration::from_secs(20), |s| {
        named(s, "sources", id)["state"] != "live"
    });
}

#[test]
fn senders_that_die_are_back_within_five_seconds() {
    common::witness::undisturbed(dying_senders);
}

fn dying_senders() {
    let clip = |source: u8| Clip {
        size: SIZE,
        kbps: 1500,
        b_frames: 0,
        ..Clip::new(source, 60)
    };
    let ports = [(); 3].map(|()| wait::free_port());
    let mut listener = senders::srt_listener(&clip(2), ports[0]);
    let mut caller = senders::srt_caller(&clip(3), ports[1]);
    let mut rtsp = senders::rtsp(&clip(4), ports[2]);
    let mut http = TsServer::start(&[&senders::transport_stream(&clip(5), 1)], 1.0);
    let show = show()
        .file("cam1", &anchor(150).file(), false)
        .network("src2", &listener.url)
        .network("src3", &caller.url)
        .network("src4", &rtsp.url)
        .network("src5", &http.url());
    let mut studio = Studio::start(&show, &["--record"]);
    recorded(&mut studio);
    // A caller gives up where nobody listened yet.
    if !caller.runs() {
        caller = senders::srt_caller(&clip(3), ports[1]);
    }
    for id in ["src2", "src3", "src4", "src5"] {
        studio.source_is(id, "live", Duration::from_secs(15));
    }
    let mut takes = Vec::new();
    for source in 2u8..=5 {
        takes.push((source, studio.take(&format!("src{source}"))));
        studio.frames_pass(60);
    }
    let between = studio.take("cam1");
    for (source, id) in [(2u8, "src2"), (3, "src3"), (4, "src4"), (5, "src5")] {
        // The sender's own start is in it: of two, the better one is judged.
        let mut took = Vec::new();
        while took.len() < 2 && took.last().is_none_or(|took| *took >= BACK_WITHIN) {
            match source {
                2 => listener.kill(),
                3 => caller.kill(),
                4 => rtsp.kill(),
                _ => http.kill(),
            }
            gone(&mut studio, id);
            studio.frames_pass(60);
            match source {
                2 => listener = senders::srt_listener(&clip(2), ports[0]),
                3 => caller = senders::srt_caller(&clip(3), ports[1]),
                4 => rtsp = senders::rtsp(&clip(4), ports[2]),
                _ => http.restart(),
            }
            let begun = Instant::now();
            let back = wait::until(Duration::from_secs(30), || {
                // As any caller does that found nobody listening.
                if source == 3 && !caller.runs() {
                    caller = senders::srt_caller(&clip(3), ports[1]);
                }
                let snapshot = studio.snapshot();
                (named(&snapshot, "sources", id)["state"] == "live").then_some(())
            });
            if back.is_none() {
                studio.fail(&format!("{id} does not come back"));
            }
            took.push(begun.elapsed());
        }
        let best = took.iter().min();
        assert!(best < Some(&BACK_WITHIN), "{id} is back after {took:?}");
    }
    let again: Vec<u64> = (2u8..=5)
        .map(|source| {
            let frame = studio.take(&format!("src{source}"));
            studio.frames_pass(60);
            frame
        })
        .collect();
    let last = studio.take("cam1");
    studio.frames_pass(30);
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");

    let path = studio.master(&report);
    let look = |luma: coded::Luma<'_>| coded::read(luma, Rect::whole(SIZE.0, SIZE.1));
    let is_anchor = |code: &Option<Code>| code.is_some_and(|code| code.source == 1);
    let master = Recorded::new(&path, takes[0].1, look, is_anchor);
    let sound = read::sound(&path);
    let codes: Vec<_> = master.seen.iter().map(|s| s.what).collect();
    // The anchor runs on undisturbed through all of it.
    assert_eq!(
        anchor_faults(&codes, master.at(between), master.at(again[0])),
        []
    );
    let ends = takes.iter().skip(1).map(|t| t.1).chain([between]);
    let first = takes
        .iter()
        .zip(ends)
        .map(|(&(source, at), end)| (source, at, end));
    let ends = again.iter().skip(1).copied().chain([last]);
    let second = again
        .iter()
        .zip(2u8..)
        .zip(ends)
        .map(|((&at, source), end)| (source, at, end));
    for (source, begin, end) in first.chain(second) {
        let shot = Shot::new(source, master.at(begin), master.at(end));
        let faults = read::check_shot(&codes, shot, 0.2);
        // Its clock is not the program's, and packets come when they come.
        assert!(faults.len() <= 2, "source {source}: {faults:?}");
        let part = &master.seen[shot.at..shot.end];
        let offsets = read::av_offsets(part, &sound, source, FPS);
        let off = read::median(&offsets).unwrap_or(f64::MAX);
        assert!(off.abs() < TOGETHER, "source {source}: {offsets:?}");
    }
}

#[test]
fn a_clock_that_drifts_repeats_or_drops_singly_and_never_clicks() {
    common::witness::undisturbed(drifting_clocks);
}

fn drifting_clocks() {
    let clip = |source: u8| Clip {
        size: SIZE,
        kbps: 1500,
        b_frames: 0,
        ..Clip::new(source, 110)
    };
    let fast = TsServer::start(&[&senders::transport_stream(&clip(2), 1)], 1.0005);
    let slow = TsServer::start(&[&senders::transport_stream(&clip(3), 1)], 0.9995);
    let show = show()
        .file("cam1", &anchor(20).file(), true)
        .network("src2", &fast.url())
        .network("src3", &slow.url());
    let mut studio = Studio::start(&show, &["--record"]);
    for id in ["cam1", "src2", "src3"] {
        studio.source_is(id, "live", Duration::from_secs(15));
    }
    recorded(&mut studio);
    let mut takes = Vec::new();
    for source in [2u8, 3] {
        takes.push((source, studio.take(&format!("src{source}"))));
        studio.frames_pass(45 * 30);
    }
    let end = studio.command(&json!({"command": "program", "scene": "cam1"}));
    studio.frames_pass(15);
    let snapshot = studio.snapshot();
    let drift = |id: &str| named(&snapshot, "sources", id)["drift_ppm"].as_f64();
    let report = studio.quit();
    for (id, wanted) in [("src2", 500.0), ("src3", -500.0)] {
        let found = drift(id).unwrap_or(0.0);
        assert!((found - wanted).abs() < 250.0, "{id}: {found} ppm");
    }
    let path = studio.master(&report);
    let look = |luma: coded::Luma<'_>| coded::read(luma, Rect::whole(SIZE.0, SIZE.1));
    let is_anchor = |code: &Option<Code>| code.is_some_and(|code| code.source == 1);
    let master = Recorded::new(&path, takes[0].1, look, is_anchor);
    let sound = read::sound(&path);
    let codes: Vec<_> = master.seen.iter().map(|s| s.what).collect();
    for (&(source, begin), end) in takes.iter().zip([takes[1].1, end]) {
        let (begin, end) = (master.at(begin), master.at(end));
        let faults = read::check_shot(&codes, Shot::new(source, begin, end), 0.0);
        // 45 s at 500 ppm are two thirds of a picture.
        assert!(faults.len() <= 3, "source {source}: {faults:?}");
        for fault in &faults {
            let single = match fault {
                Fault::Missing { count, .. } => *count == 1,
                Fault::Repeated { .. } => true,
                _ => false,
            };
            assert!(single, "source {source}: {fault:?}");
        }
        let part = &master.seen[begin..end];
        let offsets = read::av_offsets(part, &sound, source, FPS);
        assert!(
            offsets.len() > 35,
            "source {source}: {} measured",
            offsets.len()
        );
        let middle = read::median(&offsets).unwrap_or(f64::MAX);
        let worst = offsets.iter().fold(0.0, |w: f64, o| w.max(o.abs()));
        assert!(middle.abs() < 0.01, "source {source}: median {middle:.4}");
        assert!(worst < TOGETHER, "source {source}: worst {worst:.4}");
        // A tone of 0.25 at this pitch steps by so much from sample to sample, and no more.
        let calm = 0.25 * std::f64::consts::TAU * coded::tone_of(source) / 48_000.0;
        let steepest = sound.steepest(part[5].pts, part[part.len() - 5].pts);
        assert!(
            f64::from(steepest) < calm * 1.25,
            "source {source}: a click of {steepest:.3}"
        );
    }
}

#[test]
fn rtmp_and_a_playlist_are_pulled_and_are_back_after_their_publisher() {
    common::witness::undisturbed(dying_publishers);
}

fn dying_publishers() {
    let nginx = Nginx::with_playlists(&["live", "parts"]);
    let clip = |source: u8| Clip {
        size: SIZE,
        kbps: 1500,
        b_frames: 0,
        ..Clip::new(source, 90)
    };
    let pull = format!("{}/two", nginx.server("live"));
    let push = format!("{}/three", nginx.server("parts"));
    let mut two = senders::rtmp(&clip(2), &pull);
    let mut three = senders::rtmp(&clip(3), &push);
    let show = show()
        .file("cam1", &anchor(150).file(), false)
        .network("src2", &pull)
        .network("src3", &nginx.playlist("parts", "three"));
    let mut studio = Studio::start(&show, &["--record"]);
    recorded(&mut studio);
    let mut shots = Vec::new();
    for life in 0..2 {
        // A playlist is there when its first pieces are.
        for id in ["src2", "src3"] {
            studio.source_is(id, "live", Duration::from_secs(40));
        }
        // Over the end of a piece, and of the one after it.
        for source in [2u8, 3] {
            let begin = studio.take(&format!("src{source}"));
            studio.frames_pass(150);
            shots.push((source, begin));
        }
        shots.push((1, studio.take("cam1")));
        if life == 0 {
            two.kill();
            three.kill();
            for id in ["src2", "src3"] {
                gone(&mut studio, id);
            }
            two = senders::rtmp(&clip(2), &pull);
            three = senders::rtmp(&clip(3), &push);
        }
    }
    studio.frames_pass(30);
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");

    let path = studio.master(&report);
    let look = |luma: coded::Luma<'_>| coded::read(luma, Rect::whole(SIZE.0, SIZE.1));
    let is_anchor = |code: &Option<Code>| code.is_some_and(|code| code.source == 1);
    let master = Recorded::new(&path, shots[0].1, look, is_anchor);
    let sound = read::sound(&path);
    let codes: Vec<_> = master.seen.iter().map(|s| s.what).collect();
    for (&(source, begin), &(_, end)) in shots.iter().zip(&shots[1..]) {
        let shot = Shot::new(source, master.at(begin), master.at(end));
        if source == 1 {
            assert_eq!(anchor_faults(&codes, shot.at, shot.end), []);
            continue;
        }
        let (held, faults): (Vec<Fault>, Vec<Fault>) = read::check_shot(&codes, shot, 0.2)
            .into_iter()
            .partition(|fault| source == 3 && matches!(fault, Fault::Repeated { .. }));
        assert!(faults.len() <= 2, "source {source}: {faults:?}");
        // A piece that comes later than any before it is waited for, once.
        let at = |fault: &Fault| match fault {
            Fault::Repeated { at, .. } => *at,
            _ => 0,
        };
        let span = held.iter().map(at).max().unwrap_or(0) - held.iter().map(at).min().unwrap_or(0);
        assert!(span <= 45, "source {source}: {held:?}");
        let part = &master.seen[shot.at..shot.end];
        let offsets = read::av_offsets(part, &sound, source, FPS);
        let off = read::median(&offsets).unwrap_or(f64::MAX);
        assert!(off.abs() < TOGETHER, "source {source}: {offsets:?}");
    }
}

#[test]
fn a_source_whose_size_and_pixels_change_on_air_is_fitted_anew() {
    common::witness::undisturbed(changing_sizes);
}

fn changing_sizes() {
    let part = |source: u8, size: (usize, usize), pixel_aspect: (u32, u32)| Clip {
        size,
        pixel_aspect,
        kbps: 1500,
        b_frames: 0,
        ..Clip::new(source, 6)
    };
    // An encoder that adapts to its network, and a broadcast of old and new programmes.
    let parts = [
        (part(2, (1280, 720), (1, 1)), 16.0 / 9.0),
        (part(3, (854, 480), (1, 1)), 854.0 / 480.0),
        (part(4, (640, 480), (1, 1)), 4.0 / 3.0),
        (part(5, (720, 576), (64, 45)), 16.0 / 9.0),
        (part(6, (360, 640), (1, 1)), 9.0 / 16.0),
    ];
    let files: Vec<PathBuf> = parts
        .iter()
        .map(|(clip, _)| senders::transport_stream(clip, 6 * u64::from(clip.source)))
        .collect();
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let server = TsServer::start(&files, 1.0);
    let show = show()
        .file("cam1", &anchor(60).file(), false)
        .network("src2", &server.url());
    let mut studio = Studio::start(&show, &["--record"]);
    studio.source_is("src2", "live", Duration::from_secs(15));
    recorded(&mut studio);
    let begin = studio.take("src2");
    // Until the sender has sent all of it and ended.
    studio.frames_pass(24 * 30);
    gone(&mut studio, "src2");
    let end = studio.take("cam1");
    studio.frames_pass(30);
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");

    let rects: Vec<Rect> = parts
        .iter()
        .map(|(_, aspect)| Rect::letterbox(SIZE.0, SIZE.1, *aspect))
        .collect();
    let look = |luma: coded::Luma<'_>| {
        let whole = coded::read(luma, Rect::whole(SIZE.0, SIZE.1));
        let fitted: Vec<_> = rects.iter().map(|&rect| coded::read(luma, rect)).collect();
        (whole, fitted)
    };
    type Fitted = (Option<Code>, Vec<Option<Code>>);
    let is_anchor = |(whole, _): &Fitted| whole.is_some_and(|code| code.source == 1);
    let master = Recorded::new(&studio.master(&report), begin, look, is_anchor);
    let shot = &master.seen[master.at(begin)..master.at(end)];
    // Then it is asked for anew, and begins with its first part.
    let ends = shot.iter().rposition(|seen| {
        let (code, (clip, _)) = (seen.what.1[parts.len() - 1], &parts[parts.len() - 1]);
        code.is_some_and(|code| code.source == clip.source)
    });
    let shot = &shot[..ends.expect("the last part is seen")];
    let mut from = 0;
    for (i, (clip, _)) in parts.iter().enumerate() {
        // Now and then a code comes out where nothing lies; a picture that two claim is nobody's.
        let code = |seen: &Seen<Fitted>| {
            let claims =
                |j: &usize| seen.what.1[*j].is_some_and(|c| c.source == parts[*j].0.source);
            let alone = (0..parts.len()).filter(claims).eq([i]);
            seen.what.1[i].filter(|_| alone)
        };
        let shown: Vec<usize> = (0..shot.len())
            .filter(|&n| code(&shot[n]).is_some())
            .collect();
        let mut numbers: Vec<u32> = shot.iter().filter_map(code).map(|c| c.number).collect();
        numbers.dedup();
        let (Some(&first), Some(&last)) = (shown.first(), shown.last()) else {
            panic!("{clip:?} is never seen where it should lie");
        };
        assert!(first >= from, "{clip:?} is in its turn");
        from = last;
        // The first part has begun before it is taken; a seam may cost a few pictures.
        let whole = if i == 0 {
            30
        } else {
            clip.frames() as usize - 15
        };
        assert!(numbers.len() >= whole, "{} of {clip:?}", numbers.len());
        assert!(numbers.is_sorted(), "{clip:?}: {numbers:?}");
    }
}

/// Not a test: the RTSP server that tests start as a process of its own.
#[test]
#[ignore = "a server for other tests"]
fn rtsp_server_process() {
    senders::serve_rtsp();
}

#[test]
fn a_clip_that_ends_says_so() {
    let _turn = common::alone();
    let clip = Clip {
        size: SIZE,
        ..Clip::new(2, 4)
    };
    let show = show()
        .file("cam1", &anchor(20).file(), true)
        .file("clip", &clip.file(), false);
    let mut studio = Studio::start(&show, &[]);
    studio.source_is("clip", "ended", Duration::from_secs(20));
    studio.source_is("cam1", "live", Duration::from_secs(30));
    let report: Value = studio.quit();
    assert_eq!(report["sources"]["clip"]["state"], "ended", "{report}");
    let frames = report["sources"]["clip"]["frames"].as_u64();
    assert!(frames >= Some(118), "{report}");
}
