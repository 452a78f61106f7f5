//! Titles and keys on the air: each on the frame that was asked for, as one change, at a steady pace, over everything;
//! and what stays on air when a template is mended, broken, or the engine dies.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use common::coded::{self, Code, Luma, Rect};
use common::media::Clip;
use common::read::{self, Seen};
use common::studio::{ShowText, Studio};

const PATIENCE: Duration = Duration::from_secs(30);
/// An engine that was killed is back by then, however slow the machine is.
const BACK: Duration = Duration::from_secs(60);
/// The coded picture is in the upper half; nothing but titles is in the lower one.
const CODED: (f64, f64, f64, f64) = (0.0, 0.0, 1.0, 0.5);

fn clip(source: u8) -> PathBuf {
    Clip {
        size: (640, 360),
        kbps: 1500,
        ..Clip::new(source, 60)
    }
    .file()
}

/// Two scenes with a coded picture in the upper half; `titles` and more fields of the show.
fn show(fields: &[&str]) -> ShowText {
    let layer = |source: &str| format!("(source: \"{source}\", rect: {CODED:?})");
    let mut show = ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 3000)")
        .field("order: [\"one\", \"two\"]")
        .file("cam1", &clip(1), true)
        .file("cam2", &clip(2), true)
        .scene("one", &layer("cam1"))
        .scene("two", &layer("cam2"));
    for field in fields {
        show = show.field(field);
    }
    show
}

/// A template of 640 × 360 in a file.
fn template(folder: &Path, name: &str, inside: &str) -> String {
    let svg =
        format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 360'>{inside}</svg>");
    let path = folder.join(name);
    // As programs save: all of it at once.
    let aside = folder.join(format!("{name}.new"));
    fs::write(&aside, svg).unwrap();
    fs::rename(&aside, &path).unwrap();
    path.display().to_string()
}

/// A box in the lower half, in eighths of the picture's width and quarters of its height.
fn box_at(column: u32, row: u32, fill: &str, more: &str) -> String {
    let (x, y) = (column * 80, row * 90);
    format!("<rect x='{x}' y='{y}' width='80' height='90' fill='{fill}' {more}/>")
}

/// What a picture shows: its code, and how bright the middles of the eight boxes of each lower quarter are.
#[derive(Clone, Copy, Debug)]
struct Look {
    code: Option<Code>,
    boxes: [[f64; 8]; 2],
}

fn look(luma: Luma<'_>) -> Look {
    let part = |rect| Rect::part(luma.width, luma.height, rect);
    let brightness = |row: usize, column: usize| {
        let (x, y) = (column as f64 / 8.0, 0.5 + row as f64 / 4.0);
        luma.mean(part((x + 0.03, y + 0.06, 0.065, 0.13)))
    };
    Look {
        code: coded::read(luma, part(CODED)),
        boxes: std::array::from_fn(|row| std::array::from_fn(|column| brightness(row, column))),
    }
}

fn master(report: &Value) -> Vec<Seen<Look>> {
    let path = PathBuf::from(report["recording"]["path"].as_str().expect("a master"));
    read::pictures_with(&path, look).seen
}

fn title(studio: &mut Studio, id: &str, on: bool) -> u64 {
    studio.command(&json!({"command": "title", "title": id, "on": on}))
}

fn ready(studio: &mut Studio, id: &str) -> Value {
    title_is(studio, id, |title| title["state"] == "ready")
}

fn title_is(studio: &mut Studio, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let find = |s: &Value| {
        let titles = s["titles"].as_array().cloned().unwrap_or_default();
        titles.into_iter().find(|title| title["id"] == id)
    };
    let is = |s: &Value| find(s).is_some_and(|title| wanted(&title));
    let snapshot = studio.until(&format!("title {id}"), PATIENCE, is);
    find(&snapshot).unwrap()
}

/// Waits until the next engine records.
fn recording_again(studio: &Studio, mark: usize) {
    let records = |event: &Value| event["event"] == "recording" && event["state"] == "recording";
    if studio.event_since(mark, BACK, records).is_none() {
        studio.fail("the engine is not back");
    }
}

/// Where it is first so that this holds.
fn first(seen: &[Seen<Look>], from: usize, what: &str, is_it: impl Fn(&Look) -> bool) -> usize {
    let found = seen[from..].iter().position(|seen| is_it(&seen.what));
    from + found.unwrap_or_else(|| panic!("{what}: nowhere"))
}

fn is_white(brightness: f64) -> bool {
    brightness > 220.0
}

fn is_black(brightness: f64) -> bool {
    brightness < 20.0
}

#[test]
fn titles_come_stay_and_go_on_their_frames() {
    common::witness::undisturbed(on_their_frames);
}

fn on_their_frames() {
    let folder = tempfile::tempdir().unwrap();
    let fades = template(
        folder.path(),
        "fades.svg",
        &box_at(7, 3, "#fff", "data-in='fade 10 linear'"),
    );
    let cuts = template(folder.path(), "cuts.svg", &box_at(5, 3, "#fff", ""));
    let counts = template(
        folder.path(),
        "counts.svg",
        "<rect x='0' y='180' width='320' height='90' fill='#000'/><text id='length' x='10' y='262' \
         font-family='Noto Sans' font-weight='700' font-size='96' fill='#fff' data-clock='down s' \
         data-value='3' data-after='MMMM'>3</text>",
    );
    let titles = format!(
        "titles: [(id: \"fades\", template: {fades:?}), (id: \"cuts\", template: {cuts:?}, key: 2), \
         (id: \"counts\", template: {counts:?}, key: 3)]"
    );
    let keys = "keys: [(off_after: Some(40)), (frames: 0, off_on_take: true), (frames: 0)]";
    let mut studio = Studio::start(&show(&[&titles, keys]), &["--record"]);
    studio.source_is("cam1", "live", PATIENCE);
    studio.source_is("cam2", "live", PATIENCE);
    for id in ["fades", "cuts", "counts"] {
        ready(&mut studio, id);
    }
    studio.take("one");
    studio.frames_pass(20);
    // A cut says where in the master the house's frames are.
    let cut = studio.take("two");
    studio.frames_pass(10);
    let fade = title(&mut studio, "fades", true);
    let count = title(&mut studio, "counts", true);
    let shown = title(&mut studio, "cuts", true);
    studio.frames_pass(70);
    let taken = studio.take("one");
    studio.frames_pass(40);
    let away = title(&mut studio, "counts", false);
    studio.frames_pass(15);
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");
    let seen = master(&report);
    let is_of = |look: &Look, source| look.code.is_some_and(|code| code.source == source);
    let begun = first(&seen, 0, "scene one", |look| is_of(look, 1));
    let at_cut = first(&seen, begun, "scene two", |look| is_of(look, 2));
    let at = |frame: u64| at_cut + (frame - cut) as usize;
    assert_eq!(
        first(&seen, at_cut, "the take", |look| is_of(look, 1)),
        at(taken)
    );

    // Ten frames in, there until forty have gone by, ten frames out; each a tenth more or less.
    let corner = |k: usize| seen[at(fade) + k].what.boxes[1][7];
    assert!(is_black(seen[at(fade) - 1].what.boxes[1][7]));
    for k in 0..60 {
        let share = match k {
            0..10 => (k + 1) as f64 / 11.0,
            10..40 => 1.0,
            40..50 => 1.0 - (k - 40 + 1) as f64 / 11.0,
            _ => 0.0,
        };
        let expected = 16.0 + 219.0 * share;
        let there = corner(k);
        assert!(
            (there - expected).abs() < 8.0,
            "picture {k}: {there:.0}, not {expected:.0}"
        );
    }
    // It goes with the take, on that very frame.
    for (frame, there) in [
        (shown - 1, false),
        (shown, true),
        (taken - 1, true),
        (taken, false),
    ] {
        let brightness = seen[at(frame)].what.boxes[1][5];
        let is_right = if there {
            is_white(brightness)
        } else {
            is_black(brightness)
        };
        assert!(
            is_right,
            "frame {frame} of {shown} to {taken}: {brightness:.0}"
        );
    }
    // A countdown steps each second, and is over on its frame.
    let digits = |frame: u64| seen[at(frame)].what.boxes[0];
    let moved = |frame: u64| {
        let (then, now) = (digits(frame - 1), digits(frame));
        let most = then.iter().zip(now).map(|(then, now)| (then - now).abs());
        most.fold(0.0, f64::max)
    };
    for frame in count..away {
        let age = frame - count;
        let steps = age <= 90 && age.is_multiple_of(30);
        let moved = moved(frame);
        assert_eq!(moved > 1.5, steps, "at the age of {age} frames: {moved:.1}");
    }
    assert!(
        digits(count + 89)[3] < 20.0 && digits(count + 90)[3] > 40.0,
        "what stands there after it"
    );
    assert!(moved(away) > 40.0 && digits(away).iter().all(|brightness| is_black(*brightness)));
}

#[test]
fn a_crawl_goes_at_one_pace() {
    common::witness::undisturbed(crawls);
}

fn crawls() {
    let folder = tempfile::tempdir().unwrap();
    // 540 pixels a second where there are 1080 lines: six a frame here.
    let crawl = template(
        folder.path(),
        "crawl.svg",
        "<g data-crawl='left 540'><rect x='0' y='200' width='60' height='120' fill='#fff'/></g>",
    );
    let titles = format!("titles: [(id: \"crawl\", template: {crawl:?})]");
    let mut studio = Studio::start(&show(&[&titles]), &["--record"]);
    studio.source_is("cam1", "live", PATIENCE);
    ready(&mut studio, "crawl");
    studio.take("one");
    title(&mut studio, "crawl", true);
    // It is as long on its way as the picture and itself are wide, and then it has gone.
    studio.until("it has gone", PATIENCE, |s| s["keys"][0]["state"] == "off");
    let report = studio.quit();
    let path = PathBuf::from(report["recording"]["path"].as_str().unwrap());
    let middle = |luma: Luma<'_>| {
        let columns = (0..luma.width).map(|x| {
            let column = Rect {
                x: x as f64,
                y: 220.0,
                w: 1.0,
                h: 80.0,
            };
            (luma.mean(column) - 16.0).max(0.0)
        });
        let columns: Vec<f64> = columns.collect();
        let all: f64 = columns.iter().sum();
        let moment: f64 = columns
            .iter()
            .enumerate()
            .map(|(x, value)| (x as f64 + 0.5) * value)
            .sum();
        (all > 60.0 * 217.0).then(|| moment / all)
    };
    let seen = read::pictures_with(&path, middle).seen;
    let whole: Vec<f64> = seen.iter().filter_map(|seen| seen.what).collect();
    assert!(
        (93..=97).contains(&whole.len()),
        "whole in {} pictures",
        whole.len()
    );
    for (k, x) in whole.iter().enumerate() {
        let expected = whole[0] - 6.0 * k as f64;
        assert!(
            (x - expected).abs() < 0.35,
            "picture {k}: at {x:.2}, not {expected:.2}"
        );
    }
    assert_eq!(report["skipped"], 0, "{report}");
}

#[test]
fn what_is_filled_in_changes_as_one_and_a_take_brings_what_is_tied() {
    common::witness::undisturbed(as_one);
}

fn as_one() {
    let folder = tempfile::tempdir().unwrap();
    let words = |name: &str, x: u32| {
        format!(
            "<text data-field='{name}' x='{x}' y='350' font-family='Noto Sans' font-weight='900' \
             font-size='110' fill='#fff' data-fit='none'></text>"
        )
    };
    let names = template(
        folder.path(),
        "names.svg",
        &format!("{}{}", words("left", 0), words("right", 320)),
    );
    let titles =
        format!("titles: [(id: \"names\", template: {names:?}, fields: {{\"left\": \"MM\"}})]");
    let camera = "(fill: Source((source: \"cam2\", rect: (0.5, 0.5, 0.5, 0.25))), tie: true)";
    let keys = format!("keys: [(frames: 0), {camera}]");
    let mut studio = Studio::start(&show(&[&titles, &keys]), &["--record"]);
    studio.source_is("cam1", "live", PATIENCE);
    studio.source_is("cam2", "live", PATIENCE);
    ready(&mut studio, "names");
    studio.take("one");
    title(&mut studio, "names", true);
    studio.frames_pass(15);
    let other = json!({"left": "", "right": "MM"});
    studio.command(&json!({"command": "title", "title": "names", "on": true, "fields": other}));
    title_is(&mut studio, "names", |title| title["aired"] == other);
    studio.frames_pass(15);
    studio.command(&json!({"command": "preview", "scene": "two"}));
    studio.command(&json!({"command": "transition", "kind": "mix", "frames": 12}));
    let begun = studio.command(&json!({"command": "auto"}));
    studio.frame_is(begun + 25, PATIENCE);
    let after = studio.snapshot();
    assert_eq!(after["keys"][1]["state"], "on", "{after}");
    let lit = common::studio::named(&after, "sources", "cam2");
    assert_eq!(lit["tally"], "program");
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");
    let path = PathBuf::from(report["recording"]["path"].as_str().unwrap());
    let picture = |luma: Luma<'_>| {
        let part = |rect| Rect::part(luma.width, luma.height, rect);
        let look = look(luma);
        // Where letters are, over their whole width.
        let left = luma.mean(part((0.02, 0.8, 0.3, 0.15)));
        let right = luma.mean(part((0.52, 0.8, 0.3, 0.15)));
        let keyed = coded::read(luma, part((0.5, 0.5, 0.5, 0.25)));
        (
            look.code.map(|code| code.source),
            left > 40.0,
            right > 40.0,
            keyed,
        )
    };
    let seen = read::pictures_with(&path, picture).seen;
    let mut words: Vec<(bool, bool)> = seen.iter().map(|seen| (seen.what.1, seen.what.2)).collect();
    words.dedup();
    // One picture has the old, the next the new.
    assert_eq!(words, [(false, false), (true, false), (false, true)]);
    // What is tied comes with the mix: it can be read when scene two can.
    let mut sources = seen.iter().map(|seen| seen.what.0);
    let arrived = sources.position(|source| source == Some(2));
    let arrived = arrived.expect("scene two");
    let keyed: Vec<bool> = seen
        .iter()
        .map(|seen| seen.what.3.is_some_and(|code| code.source == 2))
        .collect();
    let came = keyed
        .iter()
        .position(|keyed| *keyed)
        .expect("the camera on its key");
    assert!(came.abs_diff(arrived) <= 6, "{came} with {arrived}");
    assert!(keyed[arrived + 8..].iter().all(|keyed| *keyed));
}

#[test]
fn a_template_is_mended_and_broken_and_an_engine_dies_beneath_it() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let write = |column, fill| {
        template(
            folder.path(),
            "bug.svg",
            &box_at(column, 3, fill, "data-in='fade 30'"),
        )
    };
    let bug = write(7, "#fff");
    let (width, height) = (640 / 8, 360 / 4);
    let image = format!(
        "<g data-in='cut'><image id='logo' y='{}' width='{width}' height='{height}'/></g>",
        3 * height
    );
    let pic = template(folder.path(), "pic.svg", &image);
    let picture = |colour: &str| {
        let [new, path] = ["new.png", "logo.png"].map(|name| folder.path().join(name));
        let of = format!("color=c={colour}:s={width}x{height},format=rgb24");
        let new_path = new.to_str().unwrap();
        let all = ["-f", "lavfi", "-i", &of, "-frames:v", "1", new_path];
        common::media::ffmpeg_does(&all);
        fs::rename(&new, &path).unwrap();
    };
    picture("white");
    let titles = format!(
        "titles: [
            (id: \"bug\", template: {bug:?}), (id: \"none\", template: \"nothing.svg\", key: 2),
            (id: \"pic\", template: {pic:?}, key: 3, fields: {{\"logo\": \"logo.png\"}}),
        ]"
    );
    let mut studio = Studio::start(&show(&[&titles]), &["--record"]);
    studio.source_is("cam1", "live", PATIENCE);
    // One that is not there says so, by what it is and where it was looked for.
    let none = title_is(&mut studio, "none", |title| title["state"] == "broken");
    assert!(
        none["message"].as_str().unwrap().contains("nothing.svg"),
        "{none}"
    );
    let none = json!({"command": "title", "title": "none", "on": true});
    let refused = studio.try_command(&none).unwrap_err();
    assert!(refused.contains("nothing.svg"), "{refused}");
    assert_eq!(studio.snapshot()["keys"][1]["state"], "off");
    ready(&mut studio, "bug");
    ready(&mut studio, "pic");
    studio.take("one");
    title(&mut studio, "pic", true);
    let shown = title(&mut studio, "bug", true);
    studio.frame_is(shown + 40, PATIENCE);
    // Another picture under the name that is filled in.
    picture("black");
    // Mended on air: moved to the left.
    write(6, "#fff");
    let moves = |boxes: [f64; 8]| is_white(boxes[6]) && is_black(boxes[7]);
    studio.frames_pass(90);
    // Broken on air: what was ready stays.
    fs::write(folder.path().join("bug.svg"), "<svg").unwrap();
    let broken = title_is(&mut studio, "bug", |title| title["state"] == "broken");
    let told = broken["message"].as_str().unwrap();
    assert!(told.contains("bug.svg:1"), "{told}");
    studio.frames_pass(20);
    // The engine dies with it: nothing is ready, and the file is still broken; then it is mended.
    let mark = studio.mark();
    studio.kill_engine();
    recording_again(&studio, mark);
    let back = studio.snapshot();
    let key = &back["keys"][0];
    assert_eq!(
        (&key["title"], &key["state"]),
        (&json!("bug"), &json!("waits")),
        "{back}"
    );
    write(6, "#fff");
    ready(&mut studio, "bug");
    studio.until("it is on air again", PATIENCE, |s| {
        s["keys"][0]["state"] == "on"
    });
    studio.frames_pass(30);
    let mark = studio.mark();
    studio.kill_engine();
    recording_again(&studio, mark);
    studio.until("it is on air again", PATIENCE, |s| {
        s["keys"][0]["state"] == "on"
    });
    studio.frames_pass(30);
    let report = studio.quit();
    let parts = report["recording"]["parts"]
        .as_array()
        .expect("parts")
        .iter();
    let parts: Vec<PathBuf> = parts
        .map(|part| PathBuf::from(part["path"].as_str().unwrap()))
        .collect();
    assert_eq!(parts.len(), 3, "{parts:?}");
    let seen: Vec<Vec<Seen<Look>>> = parts
        .iter()
        .map(|path| read::pictures_with(path, look).seen)
        .collect();
    // In the first part: at the right, then at the left at once, to the end.
    let begun = &seen[0];
    let came = first(begun, 0, "the title", |look| is_white(look.boxes[1][7]));
    let moved = first(begun, came, "the mended one", |look| moves(look.boxes[1]));
    for (k, seen) in begun.iter().enumerate().skip(came) {
        let boxes = seen.what.boxes[1];
        let is_right = if k < moved {
            is_white(boxes[7]) && is_black(boxes[6])
        } else {
            moves(boxes)
        };
        assert!(is_right, "picture {k}, moved in {moved}: {boxes:?}");
    }
    // The picture is white from its first frame on, and black to the end when it is another.
    let white = first(begun, 0, "the picture", |look| is_white(look.boxes[1][0]));
    let black = white
        + first(&begun[white..], 0, "the other picture", |look| {
            is_black(look.boxes[1][0])
        });
    let is_whole = |seen: &Seen<Look>| is_white(seen.what.boxes[1][0]);
    assert!(begun[white..black].iter().all(is_whole));
    let is_other = |seen: &Seen<Look>| is_black(seen.what.boxes[1][0]);
    assert!(begun[black..].iter().all(is_other));
    // In the last it is there without coming anew, from some picture on.
    let last = &seen[2];
    let there = first(last, 0, "the title again", |look| moves(look.boxes[1]));
    assert!(
        last[..there]
            .iter()
            .all(|seen| is_black(seen.what.boxes[1][6])),
        "it came by its fade"
    );
    assert!(last[there..].iter().all(|seen| moves(seen.what.boxes[1])));
}

/// Frames of an animation; in the second half of them it is black.
const LENGTH: usize = 30;

/// A file of a box whose right half is there and whose left half is not, but for the lower part of that, which
/// half is: white, and where it moves black from the middle of its time on.
fn form(folder: &Path, name: &str, options: &[&str]) -> String {
    let is_animation = !matches!(name, "still.png" | "still.webp" | "still.jpg");
    let frames = if is_animation { LENGTH } else { 1 };
    let shade = format!("if(lt(N,{}),255,0)", LENGTH / 2);
    let picture = format!(
        "color=c=black:s=80x90:r=30:d={},format=rgba,\
         geq=r='{shade}':g='{shade}':b='{shade}':a='if(gt(X,39),255,if(gt(Y,44),128,0))'",
        frames as f64 / 30.0
    );
    let path = folder.join(name);
    let many = frames.to_string();
    let path = path.to_str().unwrap().to_owned();
    let mut all = vec!["-f", "lavfi", "-i", &picture, "-frames:v", &many];
    all.extend(options);
    all.push(&path);
    common::media::ffmpeg_does(&all);
    path
}

/// What is seen in the left half of the box of a form, above and below, and in the right.
type Halves = (f64, f64, f64);

fn halves(luma: Luma<'_>) -> (Option<Code>, Halves) {
    let part = |rect| Rect::part(luma.width, luma.height, rect);
    let mean = |left: f64, top: f64| luma.mean(part((left, top, 0.035, 0.07)));
    let halves = (mean(0.012, 0.53), mean(0.012, 0.66), mean(0.076, 0.6));
    (coded::read(luma, part(CODED)), halves)
}

/// The grey that lies beneath, 16 + 219 · 128 / 255.
const GREY: f64 = 126.0;

fn is_grey(brightness: f64) -> bool {
    (brightness - GREY).abs() < 8.0
}

/// Whether a brightness is half of this over grey.
fn is_half(brightness: f64, of: f64) -> bool {
    (brightness - (of + GREY) / 2.0).abs() < 10.0
}

/// A drawing as a form is.
fn drawn(folder: &Path) -> String {
    let logo = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 80 90'>\
                <rect x='40' width='40' height='90' fill='#fff'/>\
                <rect y='45' width='40' height='45' fill='#fff' fill-opacity='0.5'/></svg>";
    fs::write(folder.join("logo.svg"), logo).unwrap();
    folder.join("logo.svg").display().to_string()
}

const VP9: [&str; 6] = ["-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-b:v", "1M"];
const PRORES: [&str; 6] = [
    "-c:v",
    "prores_ks",
    "-profile:v",
    "4444",
    "-pix_fmt",
    "yuva444p10le",
];

#[test]
fn pictures_of_every_form_are_titles_with_their_transparency() {
    common::witness::undisturbed(of_every_form);
}

fn of_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("numbers")).unwrap();
    let vp8 = [
        "-c:v",
        "libvpx",
        "-pix_fmt",
        "yuva420p",
        "-auto-alt-ref",
        "0",
        "-b:v",
        "1M",
    ];
    let palette = "split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse";
    let forms: [(&str, bool, String); 11] = [
        (
            "gif",
            true,
            form(
                path,
                "a.gif",
                &["-filter_complex", &format!("[0:v]{palette}"), "-r", "25"],
            ),
        ),
        (
            "apng",
            true,
            form(path, "a.apng", &["-f", "apng", "-plays", "1"]),
        ),
        (
            "webp",
            true,
            form(
                path,
                "a.webp",
                &["-c:v", "libwebp_anim", "-lossless", "1", "-loop", "1"],
            ),
        ),
        ("vp8", true, form(path, "vp8.webm", &vp8)),
        ("vp9", true, form(path, "vp9.webm", &VP9)),
        ("prores", true, form(path, "prores.mov", &PRORES)),
        (
            "qtrle",
            true,
            form(path, "qtrle.mov", &["-c:v", "qtrle", "-pix_fmt", "argb"]),
        ),
        (
            "numbers",
            true,
            // Some programs begin to count at 1.
            form(path, "numbers/%03d.png", &["-start_number", "1"]),
        ),
        ("png", false, form(path, "still.png", &[])),
        (
            "stillwebp",
            false,
            form(path, "still.webp", &["-c:v", "libwebp", "-lossless", "1"]),
        ),
        ("svg", false, drawn(path)),
    ];
    let grey = template(path, "grey.svg", &box_at(0, 2, "#808080", ""));
    let titles: Vec<String> = forms
        .iter()
        .map(|(id, _, path)| {
            format!("(id: \"{id}\", template: {path:?}, key: 2, rect: (0.0, 0.5, 0.125, 0.25))")
        })
        .collect();
    let titles = format!(
        "titles: [(id: \"grey\", template: {grey:?}), {}]",
        titles.join(", ")
    );
    let keys = "keys: [(frames: 0), (frames: 0)]";
    let mut studio = Studio::start(&show(&[&titles, keys]), &["--record"]);
    studio.source_is("cam1", "live", PATIENCE);
    studio.source_is("cam2", "live", PATIENCE);
    ready(&mut studio, "grey");
    for (id, ..) in &forms {
        ready(&mut studio, id);
    }
    let mark = studio.mark();
    studio.command(&json!({"command": "media"}));
    let is_pool = |event: &Value| event["event"] == "media";
    let (_, pool) = studio
        .event_since(mark, PATIENCE, is_pool)
        .expect("the pool");
    for (id, moves, path) in &forms {
        let file = |file: &&Value| file["used"] == json!([{"title": id}]);
        let file = pool["files"].as_array().unwrap().iter().find(file);
        let file = file.unwrap_or_else(|| panic!("{id} is not in {pool}"));
        assert!(
            file["path"] == json!(path) && file["missing"].is_null(),
            "{file}"
        );
        let kind = match *id {
            "numbers" => "numbered",
            "svg" => "drawing",
            "gif" | "apng" | "webp" => "picture",
            _ if *moves => "clip",
            _ => "picture",
        };
        assert_eq!(file["kind"], kind, "{file}");
    }
    title(&mut studio, "grey", true);
    studio.take("one");
    studio.frames_pass(20);
    let cut = studio.take("two");
    studio.frames_pass(10);
    let mut shown = Vec::new();
    for (id, ..) in &forms {
        let on = title(&mut studio, id, true);
        studio.frames_pass(LENGTH as u64 + 10);
        let off = title(&mut studio, id, false);
        studio.frames_pass(15);
        shown.push((on, off));
    }
    let report = studio.quit();
    assert_eq!(report["skipped"], 0, "{report}");
    let path = PathBuf::from(report["recording"]["path"].as_str().expect("a master"));
    let seen = read::pictures_with(&path, halves).seen;
    let is_of = |seen: &Seen<(Option<Code>, Halves)>, source| {
        seen.what.0.is_some_and(|code| code.source == source)
    };
    let begun = seen.iter().position(|seen| is_of(seen, 1)).unwrap();
    let at_cut = begun
        + seen[begun..]
            .iter()
            .position(|seen| is_of(seen, 2))
            .unwrap();
    let at = |frame: u64, age: usize| &seen[at_cut + (frame - cut) as usize + age].what;
    for ((id, moves, _), (on, off)) in forms.iter().zip(shown) {
        let (_, (left, _, right)) = at(on - 1, 0);
        assert!(
            is_grey(*left) && is_grey(*right),
            "{id}: {left:.0} {right:.0} before it"
        );
        for age in 0..LENGTH - 2 {
            let (_, (left, half, right)) = at(on, age);
            assert!(is_grey(*left), "{id} at {age}: {left:.0} beside it");
            // A GIF's pixels are there or not.
            assert!(
                *id == "gif" || is_half(*half, *right),
                "{id} at {age}: {half:.0} is not half of {right:.0}"
            );
            // Pictures of other rates change within a frame of the program.
            let is_change = age.abs_diff(LENGTH / 2) <= 1;
            let is_right = if *moves && age > LENGTH / 2 {
                *right < 30.0
            } else {
                *right > 215.0
            };
            assert!(
                is_right || (*moves && is_change),
                "{id} at {age}: {right:.0}"
            );
        }
        let (_, (left, _, right)) = at(off, 1);
        assert!(
            is_grey(*left) && is_grey(*right),
            "{id}: {left:.0} {right:.0} behind it"
        );
    }
}

#[test]
fn layers_are_seen_through_as_their_files_say() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("numbers")).unwrap();
    let sources = [
        ("vp9", form(path, "vp9.webm", &VP9)),
        ("prores", form(path, "prores.mov", &PRORES)),
        (
            "numbers",
            form(path, "numbers/%02d.png", &["-start_number", "1"]),
        ),
        ("png", form(path, "still.png", &[])),
        (
            "webp",
            form(path, "still.webp", &["-c:v", "libwebp", "-lossless", "1"]),
        ),
        ("svg", drawn(path)),
    ];
    let grey = path.join("grey.png");
    let grey_of = "color=c=0x808080:s=640x360,format=rgb24";
    let grey_path = grey.to_str().unwrap();
    let all = ["-f", "lavfi", "-i", grey_of, "-frames:v", "1", grey_path];
    common::media::ffmpeg_does(&all);
    let mut layers = format!(
        "(source: \"cam1\", rect: {CODED:?}), (source: \"grey\", rect: (0.0, 0.5, 1.0, 0.5))"
    );
    let mut show = ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 3000)")
        .file("cam1", &clip(1), true)
        .file("grey", &grey, false);
    for (n, (id, file)) in sources.iter().enumerate() {
        let left = n as f64 / 8.0;
        layers += &format!(", (source: \"{id}\", rect: ({left}, 0.5, 0.125, 0.25))");
        show = show.file(id, Path::new(file), true);
    }
    let mut studio = Studio::start(&show.scene("over", &layers), &["--record"]);
    for id in ["cam1", "vp9", "prores", "numbers"] {
        studio.source_is(id, "live", PATIENCE);
    }
    studio.take("over");
    studio.frames_pass(2 * LENGTH as u64 + 20);
    let report = studio.quit();
    let path = PathBuf::from(report["recording"]["path"].as_str().expect("a master"));
    // Each as tall as its layer and in the middle of that, half as wide; and what is beside it.
    let look = |luma: Luma<'_>| {
        let of = |n: usize| {
            let mean = |left: f64, top: f64| {
                let left = (n as f64 + left) / 8.0;
                luma.mean(Rect::part(
                    luma.width,
                    luma.height,
                    (left, top, 0.018, 0.07),
                ))
            };
            let beside = [mean(0.05, 0.6), mean(0.81, 0.6)];
            (
                beside,
                (mean(0.29, 0.53), mean(0.29, 0.66), mean(0.56, 0.6)),
            )
        };
        let code = coded::read(luma, Rect::part(luma.width, luma.height, CODED));
        (code, std::array::from_fn::<_, 6, _>(of))
    };
    let seen = read::pictures_with(&path, look).seen;
    let taken = seen.iter().position(|seen| seen.what.0.is_some()).unwrap();
    let mut shades = [[0; 2]; 6];
    for (age, seen) in seen[taken + 5..].iter().enumerate() {
        for (n, (beside, (left, half, right))) in seen.what.1.iter().enumerate() {
            let what = format!(
                "{} at {age}: {beside:.0?} {left:.0} {half:.0} {right:.0}",
                sources[n].0
            );
            assert!(
                beside.iter().chain([left]).all(|seen| is_grey(*seen)),
                "{what}"
            );
            assert!(is_white(*right) || is_black(*right), "{what}");
            assert!(is_half(*half, *right), "{what}");
            shades[n][usize::from(is_white(*right))] += 1;
        }
    }
    // What moves is black for half of its time, and begins again.
    for (n, [black, white]) in shades.into_iter().enumerate() {
        let moves = n < 3;
        assert!(
            white > LENGTH / 2 && (black > LENGTH / 2) == moves,
            "{shades:?}"
        );
    }
}

/// A clip of one second of this filter's pictures, as BT.709.
fn coloured(folder: &Path, name: &str, filter: &str) -> PathBuf {
    let path = folder.join(name);
    let text = path.to_str().unwrap();
    let convert = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p";
    let filter = format!("{filter},{convert}");
    let mut all = vec!["-f", "lavfi", "-i", &filter, "-t", "1", "-c:v", "libx264"];
    all.extend([
        "-crf",
        "12",
        "-colorspace",
        "bt709",
        "-color_range",
        "tv",
        text,
    ]);
    common::media::ffmpeg_does(&all);
    path
}

#[test]
fn layers_are_keyed_on_air_from_the_frame_of_their_take_and_by_the_next_engine_too() {
    common::witness::undisturbed(keyed_on_air);
}

fn keyed_on_air() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    // A white box before a green screen, and a matte that shows the left half.
    let green = "color=c=0x00b140:s=640x360:r=30,drawbox=x=160:y=180:w=80:h=90:color=white:t=fill";
    let green = coloured(path, "green.mp4", green);
    let white = coloured(path, "white.mp4", "color=c=white:s=320x180:r=30");
    let matte = "color=c=black:s=320x180:r=30,drawbox=x=0:y=0:w=160:h=180:color=white:t=fill";
    let matte = coloured(path, "matte.mp4", matte);
    let keyed = format!(
        "(source: \"cam2\", rect: {CODED:?}), (source: \"green\", keyer: Chroma(colour: \"#00b140\")),
         (source: \"white\", rect: (0.5, 0.5, 0.25, 0.25), keyer: Linear(matte: \"matte\")),
         (source: \"white\", rect: (0.75, 0.75, 0.25, 0.25), mask: (hide: (0.0, 0.0, 0.5, 0.0)))"
    );
    let show = ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 3000)")
        .file("cam1", &clip(1), true)
        .file("cam2", &clip(2), true)
        .file("green", &green, true)
        .file("white", &white, true)
        .file("matte", &matte, true)
        .scene("plain", &format!("(source: \"cam1\", rect: {CODED:?})"))
        .scene("keyed", &keyed);
    let mut studio = Studio::start(&show, &["--record"]);
    for id in ["cam1", "cam2", "green", "white", "matte"] {
        studio.source_is(id, "live", PATIENCE);
    }
    studio.take("plain");
    studio.frames_pass(20);
    let took = studio.take("keyed");
    let tally = |s: &Value, id: &str| common::studio::named(s, "sources", id)["tally"].clone();
    let now = studio.snapshot();
    assert_eq!(
        (tally(&now, "matte"), tally(&now, "green")),
        (json!("program"), json!("program"))
    );
    studio.frames_pass(60);
    let mark = studio.mark();
    studio.kill_engine();
    recording_again(&studio, mark);
    studio.frames_pass(60);
    let report = studio.quit();
    let parts = report["recording"]["parts"].as_array().expect("parts");
    let parts = parts.iter().map(|part| {
        let path = PathBuf::from(part["path"].as_str().unwrap());
        read::pictures_with(&path, look).seen
    });
    let [before, after]: [Vec<Seen<Look>>; 2] = parts.collect::<Vec<_>>().try_into().unwrap();
    let is_keyed = |look: &Look| {
        let [upper, lower] = look.boxes;
        let white = [upper[2], upper[4], lower[6]];
        let black = [upper[0], upper[3], upper[5], lower[2], lower[5], lower[7]];
        white.into_iter().all(is_white) && black.into_iter().all(is_black)
    };
    let of = |look: &Look| look.code.map(|code| code.source);
    let cut = first(&before, 0, "the second", |look| of(look) == Some(2));
    assert!(
        before[..cut]
            .iter()
            .all(|seen| !is_white(seen.what.boxes[0][2]))
    );
    let one = first(&before, 0, "the first", |look| of(look) == Some(1));
    assert!(cut > one + 15 && took > 0, "{one} {cut}");
    // The code is read through the green: nothing of it is left.
    for (n, seen) in before[cut..].iter().enumerate() {
        assert!(
            is_keyed(&seen.what) && of(&seen.what) == Some(2),
            "{n}: {:?}",
            seen.what
        );
    }
    // Its sources begin anew, and no picture shows the screen.
    let again = first(&after, 0, "keyed again", |look| {
        is_keyed(look) && of(look) == Some(2)
    });
    assert!(after[again..].len() > 30, "{again} of {}", after.len());
    for (n, seen) in after[again..].iter().enumerate() {
        assert!(is_keyed(&seen.what), "{n} after: {:?}", seen.what);
    }
}
