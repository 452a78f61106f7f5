//! The whole chain on the air: files in, cuts, a mix and a picture-in-picture, three servers and a
//! master. What was shown is read back from what the servers received and from the master.

mod common;

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use common::coded::{self, CELLS, Code, Rect};
use common::media::{Channels, Clip};
use common::nginx::Nginx;
use common::read::{self, Fault, Pictures, Seen, Shot, Sound};
use common::studio::{ShowText, Studio, named};

/// Where the small picture lies in the picture-in-picture.
const SMALL: (f64, f64, f64, f64) = (0.55, 0.5, 0.4, 0.4);
const LEFT: (f64, f64, f64, f64) = (0.0, 0.25, 0.5, 0.5);
const RIGHT: (f64, f64, f64, f64) = (0.5, 0.25, 0.5, 0.5);

/// All that the checks read from one picture of the program.
#[derive(Clone, Copy)]
struct Look {
    whole: Option<Code>,
    small: Option<Code>,
    left: Option<Code>,
    right: Option<Code>,
    levels: [f64; CELLS],
}

fn look(path: &Path) -> Pictures<Look> {
    read::pictures_with(path, |luma| {
        let part = |p| coded::read(luma, Rect::part(luma.width, luma.height, p));
        let whole = Rect::whole(luma.width, luma.height);
        Look {
            whole: coded::read(luma, whole),
            small: part(SMALL),
            left: part(LEFT),
            right: part(RIGHT),
            levels: coded::levels(luma, whole),
        }
    })
}

/// What was taken when: the source and the program frame that the answer named.
#[derive(Clone, Copy)]
struct Take {
    source: u8,
    frame: u64,
}

/// What the director did.
struct Played {
    takes: Vec<Take>,
    /// Frame at which the mix began, from and to.
    mix: (u64, u8, u8),
    pip: u64,
    duo: u64,
    end: u64,
}

const MIX_FRAMES: u64 = 15;

fn id(source: u8) -> String {
    format!("cam{source}")
}

fn play(studio: &mut Studio) -> Played {
    let mut takes = Vec::new();
    for i in 0..30u8 {
        let source = (i + 1) % 4 + 1;
        // By turns as a hot cut, and over PVW.
        let frame = if i % 2 == 0 {
            studio.take(&id(source))
        } else {
            studio.command(&json!({"command": "preview", "scene": id(source)}));
            studio.command(&json!({"command": "cut"}))
        };
        takes.push(Take { source, frame });
        studio.frame_is(frame + 29, Duration::from_secs(10));
    }
    let from = takes[29].source;
    let to = from % 4 + 1;
    studio.command(&json!({"command": "transition", "kind": "mix", "frames": MIX_FRAMES}));
    studio.command(&json!({"command": "preview", "scene": id(to)}));
    let mix = studio.command(&json!({"command": "auto"}));
    studio.frame_is(mix + MIX_FRAMES + 30, Duration::from_secs(10));
    let pip = studio.take("pip");
    studio.frame_is(pip + 60, Duration::from_secs(10));
    let duo = studio.take("duo");
    studio.frame_is(duo + 45, Duration::from_secs(10));
    let end = studio.take("cam1");
    studio.frame_is(end + 45, Duration::from_secs(10));
    Played {
        takes,
        mix: (mix, from, to),
        pip,
        duo,
        end,
    }
}

#[test]
fn four_sources_reach_three_servers_and_the_master_whole() {
    common::witness::undisturbed(three_servers);
}

fn three_servers() {
    let nginx = Nginx::start(&["one", "two", "three"]);
    let mut show = ShowText::new();
    for source in 1..=4 {
        show = show.file(&id(source), &Clip::new(source, 70).file(), false);
    }
    for application in ["one", "two", "three"] {
        show = show.destination(application, &nginx.server(application));
    }
    let small = format!("(source: \"cam1\"), (source: \"cam2\", rect: {SMALL:?})");
    let both = format!("(source: \"cam3\", rect: {LEFT:?}), (source: \"cam4\", rect: {RIGHT:?})");
    show = show.scene("pip", &small).scene("duo", &both);

    let mut studio = Studio::start(&show, &["--stream", "--record"]);
    studio.take("cam1");
    for source in 1..=4 {
        studio.source_is(&id(source), "live", Duration::from_secs(30));
    }
    for application in ["one", "two", "three"] {
        studio.destination_is(application, "live", Duration::from_secs(30));
    }
    let recording = |s: &serde_json::Value| s["recording"]["frames"].as_u64() > Some(30);
    studio.until("the master is written", Duration::from_secs(30), recording);

    let played = play(&mut studio);
    let report = studio.quit();
    for count in ["repeated", "skipped"] {
        assert_eq!(report[count], 0, "{count}: {report}");
    }
    let master = look(&studio.master(&report));
    assert_eq!(
        report["recording"]["frames"],
        master.seen.len(),
        "frames of the master"
    );
    let judged = judge("the master", &studio.master(&report), &master, &played);
    assert_eq!(judged, Vec::<String>::new());

    for application in ["one", "two", "three"] {
        let destination = &report["destinations"][application];
        assert_eq!(destination["dropped"], 0, "{application}: {report}");
        assert_eq!(destination["reconnects"], 0, "{application}: {report}");
        let files = nginx.received(application);
        assert_eq!(files.len(), 1, "{application}: {files:?}");
        let received = look(&files[0]);
        let judged = judge(application, &files[0], &received, &played);
        assert_eq!(judged, Vec::<String>::new());
        let same = read::overlap(&received.seen, &master.seen)
            .unwrap_or_else(|error| panic!("{application} and the master: {error}"));
        let shorter = received.seen.len().min(master.seen.len());
        assert!(
            same.length + 90 >= shorter,
            "{application}: {same:?} of {shorter}"
        );
    }
}

/// Everything that is wrong with a recording of what was played.
fn judge(name: &str, path: &Path, pictures: &Pictures<Look>, played: &Played) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |what: String| wrong.push(format!("{name}: {what}"));
    if !pictures.complaints.is_empty() {
        say(format!("the decoder complains: {:?}", pictures.complaints));
    }
    for fault in read::uneven(&pictures.seen, 30.0, 0.0015) {
        say(format!("a step in time (position, seconds): {fault:?}"));
    }
    let whole: Vec<_> = pictures.codes().iter().map(|look| look.whole).collect();
    let first = played.takes[0];
    let Some(origin) = origin(&whole, first) else {
        say("the first take is not there".to_owned());
        return wrong;
    };
    let at = |frame: u64| (frame as i64 - origin) as usize;
    if at(played.end) + 30 > whole.len() {
        say(format!("ends at {}, long before the end", whole.len()));
        return wrong;
    }
    for fault in check_shots(&whole, played, at) {
        say(fault);
    }
    for fault in check_mix(&pictures.seen, &whole, played, at) {
        say(fault);
    }
    for fault in check_parts(&pictures.codes(), played, at) {
        say(fault);
    }
    let sound = read::sound(path);
    if !sound.gaps.is_empty() {
        say(format!("holes in the sound: {:?}", sound.gaps));
    }
    for fault in check_sound(&pictures.seen, &whole, &sound, played, at) {
        say(fault);
    }
    wrong
}

/// The program frame of the first picture, as the first take tells it.
fn origin(whole: &[Option<Code>], first: Take) -> Option<i64> {
    let is = |code: &Option<Code>| code.is_some_and(|code| code.source == first.source);
    // The source before is another one.
    let at = whole.iter().position(is)?;
    (at > 0).then_some(first.frame as i64 - at as i64)
}

fn check_shots(whole: &[Option<Code>], played: &Played, at: impl Fn(u64) -> usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let ends = played.takes.iter().skip(1).map(|t| t.frame);
    let ends = ends.chain([played.mix.0]);
    // Number of a source's picture less the position in the recording.
    let mut running: [Option<i64>; 5] = [None; 5];
    for (take, end) in played.takes.iter().zip(ends) {
        let shot = Shot::new(take.source, at(take.frame), at(end));
        for fault in read::check_shot(whole, shot, 0.0) {
            wrong.push(format!(
                "shot of {} at frame {}: {fault:?}",
                take.source, take.frame
            ));
        }
        let begins = whole[shot.at].filter(|code| code.source == take.source);
        let lead = begins.map(|code| i64::from(code.number) - shot.at as i64);
        let before = running[usize::from(take.source)];
        if let (Some(before), Some(lead)) = (before, lead)
            && before != lead
        {
            wrong.push(format!(
                "source {} slipped by {}",
                take.source,
                lead - before
            ));
        }
        running[usize::from(take.source)] = lead.or(before);
    }
    let shot = Shot::new(1, at(played.end), at(played.end) + 30);
    let last = read::check_shot(whole, shot, 0.0);
    wrong.extend(
        last.iter()
            .map(|fault: &Fault| format!("the last shot: {fault:?}")),
    );
    wrong
}

fn check_mix(
    seen: &[Seen<Look>],
    whole: &[Option<Code>],
    played: &Played,
    at: impl Fn(u64) -> usize,
) -> Vec<String> {
    let (frame, from, to) = played.mix;
    let (begin, end) = (at(frame), at(frame + MIX_FRAMES));
    let (Some(before), Some(after)) = (whole[begin - 1], whole[end]) else {
        return vec!["nothing to be read beside the mix".to_owned()];
    };
    if (before.source, after.source) != (from, to) {
        return vec![format!("a mix from {before:?} to {after:?}")];
    }
    let mut wrong = Vec::new();
    for (position, picture) in seen.iter().enumerate().take(end).skip(begin) {
        let a = Code::new(from, before.number + (position - begin + 1) as u32);
        let b = Code::new(to, after.number - (end - position) as u32);
        let (share, error) = coded::mixed(&picture.what.levels, a, b);
        let step = 1.0 / MIX_FRAMES as f64;
        let least = (position - begin) as f64 * step;
        // Either the first picture of the mix has a step of it already, or half a step.
        let fits = share > least - 0.03 && share < least + step + 0.03;
        if !fits || error > 14.0 || (position == begin && share < step * 0.3) {
            wrong.push(format!(
                "mix at {}: {share:.3} with an error of {error:.1}",
                position - begin
            ));
        }
    }
    wrong
}

fn check_parts(looks: &[Look], played: &Played, at: impl Fn(u64) -> usize) -> Vec<String> {
    let column = |which: fn(&Look) -> Option<Code>| -> Vec<_> { looks.iter().map(which).collect() };
    let (pip, duo, end) = (at(played.pip), at(played.duo), at(played.end));
    let parts = [
        (
            "behind the small picture",
            column(|l| l.whole),
            Shot::new(1, pip, duo),
        ),
        (
            "the small picture",
            column(|l| l.small),
            Shot::new(2, pip, duo),
        ),
        ("the left half", column(|l| l.left), Shot::new(3, duo, end)),
        (
            "the right half",
            column(|l| l.right),
            Shot::new(4, duo, end),
        ),
    ];
    let mut wrong = Vec::new();
    for (name, codes, shot) in parts {
        let faults = read::check_shot(&codes, shot, 0.0);
        wrong.extend(faults.iter().map(|fault| format!("{name}: {fault:?}")));
    }
    wrong
}

fn check_sound(
    seen: &[Seen<Look>],
    whole: &[Option<Code>],
    sound: &Sound,
    played: &Played,
    at: impl Fn(u64) -> usize,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for pair in played.takes.windows(2) {
        let (from, to) = (
            coded::tone_of(pair[0].source),
            coded::tone_of(pair[1].source),
        );
        let due = seen[at(pair[1].frame)].pts;
        match sound.takes_over(from, to, due, 0.15) {
            Some(t) if (t - due).abs() <= 0.02 => {}
            other => wrong.push(format!("tone at {due:.3} changes at {other:?}")),
        }
        // In the middle of the shot nothing else is heard.
        let middle = due + 0.3;
        let heard = sound.amplitude(to, middle, 0.02);
        let left = sound.amplitude(from, middle, 0.02);
        if heard < 0.01 || left > heard * 0.1 {
            wrong.push(format!(
                "at {middle:.3}: {heard:.4} of the tone, {left:.4} of another"
            ));
        }
    }
    let codes: Vec<_> = seen
        .iter()
        .zip(whole)
        .map(|(seen, code)| Seen {
            pts: seen.pts,
            hash: seen.hash,
            what: *code,
        })
        .collect();
    let mut offsets = Vec::new();
    for source in 1..=4 {
        offsets.extend(read::av_measured(&codes, sound, source, 30.0));
    }
    if offsets.len() < 20 {
        wrong.push(format!(
            "only {} places to measure sound against picture",
            offsets.len()
        ));
    }
    if offsets.iter().any(|(_, late)| late.abs() > 0.02) {
        wrong.push(format!("sound against picture (at, late): {offsets:.3?}"));
    }
    wrong
}

#[test]
fn other_rates_keep_their_exact_cadence() {
    common::witness::undisturbed(cadences);
}

fn cadences() {
    let rates = [(25, 1), (24, 1), (30000, 1001), (50, 1), (60, 1)];
    let mut show = ShowText::sized(640, 360, (30, 1));
    let clips: Vec<Clip> = rates
        .iter()
        .zip(1u8..)
        .map(|(&rate, source)| Clip {
            rate,
            size: (640, 360),
            kbps: 2000,
            channels: Channels::Stereo,
            ..Clip::new(source, 40)
        })
        .collect();
    for clip in &clips {
        show = show.file(&id(clip.source), &clip.file(), false);
    }
    let mut studio = Studio::start(&show, &["--record"]);
    for clip in &clips {
        studio.source_is(&id(clip.source), "live", Duration::from_secs(30));
    }
    studio.until("the master is written", Duration::from_secs(30), |s| {
        s["recording"]["frames"].as_u64() > Some(15)
    });
    let mut takes = Vec::new();
    // The first is on the air already.
    for clip in clips.iter().skip(1).chain(&clips[..1]) {
        let frame = studio.take(&id(clip.source));
        takes.push((clip, frame));
        studio.frame_is(frame + 120, Duration::from_secs(20));
    }
    let report = studio.quit();
    let path = studio.master(&report);
    let pictures = read::pictures(&path);
    let codes = pictures.codes();
    let (clip, frame) = takes[0];
    let first = Take {
        source: clip.source,
        frame,
    };
    let origin = origin(&codes, first).expect("the first take is in the master");
    let sound = read::sound(&path);
    for (clip, frame) in takes {
        let at = (frame as i64 - origin) as usize;
        let shot = Shot {
            pace: clip.fps() / 30.0,
            ..Shot::new(clip.source, at, at + 110)
        };
        // Matroska counts whole milliseconds, which moves a picture by that much.
        let slack = 0.001 * clip.fps();
        let faults = read::check_shot(&codes, shot, slack);
        assert_eq!(faults, [], "{:?} in 30", clip.rate);
        let offsets = read::av_offsets(&pictures.seen, &sound, clip.source, clip.fps());
        assert!(offsets.len() >= 3, "{:?}: {offsets:?}", clip.rate);
        assert!(
            offsets.iter().all(|o| o.abs() < 0.02),
            "{:?}: {offsets:?}",
            clip.rate
        );
    }
}

#[test]
fn commands_are_answered_and_what_is_wrong_is_refused() {
    let _turn = common::alone();
    let show = ShowText::sized(320, 180, (30, 1))
        .source("red", "Test(pattern: Red)", "")
        .source("blue", "Test(pattern: Blue, tone_hz: Some(440.0))", "");
    let mut studio = Studio::start(&show, &[]);
    for line in [
        "no JSON",
        "{\"command\":\"fly\"}",
        "{\"command\":\"cut\",\"x\":1}",
        "[1]",
    ] {
        let from = studio.mark();
        studio.say(line);
        let error = studio.event_since(from, Duration::from_secs(10), |e| e["event"] == "error");
        let (_, error) = error.unwrap_or_else(|| panic!("{line} is refused"));
        assert!(
            error["message"].as_str().is_some_and(|m| !m.is_empty()),
            "{error}"
        );
    }
    for command in [
        json!({"command": "program", "scene": "green"}),
        json!({"command": "fader", "source": "red", "db": 99.0}),
        json!({"command": "stream", "destination": "none", "on": true}),
        json!({"command": "transition", "kind": "mix", "frames": 0}),
    ] {
        let before = studio.snapshot();
        let refused = studio.try_command(&command);
        assert!(refused.is_err(), "{command}: {refused:?}");
        let after = studio.snapshot();
        for part in ["program", "preview", "destinations"] {
            assert_eq!(before[part], after[part], "{command}");
        }
    }
    let first = studio.command(&json!({"command": "fader", "source": "red", "db": -6.0}));
    let second = studio.command(&json!({"command": "mute", "source": "blue", "on": true}));
    let third = studio.command(&json!({"command": "afv", "source": "blue", "mode": "on"}));
    assert!(
        first <= second && second <= third,
        "{first} {second} {third}"
    );
    let snapshot = studio.snapshot();
    assert_eq!(named(&snapshot, "sources", "red")["fader_db"], -6.0);
    assert_eq!(named(&snapshot, "sources", "blue")["mute"], true);
    assert_eq!(named(&snapshot, "sources", "blue")["afv"], "on");
    // The end of input is not the end of the show; the signal is.
    let made = studio.snapshot()["counters"]["frames"].as_u64();
    assert!(made.is_some());
    studio.close_input();
    let keeper = studio.keeper();
    studio.signal(keeper, rustix::process::Signal::INT);
    let report = studio.report();
    assert!(report["frames"].as_u64() >= made, "{report}");
    assert!(report["recording"].is_null(), "{report}");
}
