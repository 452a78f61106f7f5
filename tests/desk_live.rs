//! The whole of it at once: the real window beside the real engine, on a screen of its own, worked
//! with keys and mouse. What went on air is read from the master, and what the director saw from the
//! screen.
#![cfg(feature = "desk")]

mod common;

use std::time::Duration;

use egui::{Pos2, Rect, vec2};
use regie::ui::layout::{self, MonitorPlace, Places};
use serde_json::{Value, json};

use common::coded::Code;
use common::display::Display;
use common::media::Clip;
use common::read::{self, Shot};
use common::studio::{ShowText, Studio, named};
use common::wait;

/// A processor draws the window, beside the engine and other tests.
const PATIENCE: Duration = Duration::from_secs(60);
const SIZE: (u32, u32) = (1280, 800);
/// Program frames that each shot lasts at least.
const SHOT: u64 = 20;
const MIX: u64 = 10;
const TITLE: &str = "Test . regie";

fn id(source: u8) -> String {
    format!("cam{source}")
}

/// Four small coded sources: the window is what weighs here.
fn show() -> ShowText {
    let show = ShowText::sized(640, 360, (30, 1))
        .field("encoder: (preset: Ultrafast, bitrate_kbps: 2000)");
    (1..=4).fold(show, |show, source| {
        let mut clip = Clip::new(source, 240);
        (clip.size, clip.kbps) = ((640, 360), 1200);
        show.file(&id(source), &clip.file(), false)
    })
}

/// Red, green or amber of this desk, as an eye would have it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Colour {
    Red,
    Green,
    Amber,
    Other,
}

fn colour([r, g, b]: [u8; 3]) -> Colour {
    match (r > 150, g > 150, b < 120) {
        (true, false, true) if g < 90 => Colour::Red,
        (false, true, true) => Colour::Green,
        (true, true, true) => Colour::Amber,
        _ => Colour::Other,
    }
}

/// A window on the screen, and where its parts are.
struct Desk<'a> {
    display: &'a Display,
    places: Places,
    closing: Rect,
}

impl<'a> Desk<'a> {
    /// Waits for the window.
    fn find(display: &'a Display) -> Self {
        let window = display.window(TITLE);
        let (width, height) = display.size(&window);
        let size = vec2(width as f32, height as f32);
        let whole = Rect::from_min_size(Pos2::ZERO, size);
        Self {
            display,
            places: layout::places(size, 16.0 / 9.0),
            closing: Rect::from_center_size(whole.center(), layout::CLOSING),
        }
    }

    fn click(&self, place: Rect) {
        self.display.click(pixel_at(place.center()));
    }

    fn colour_at(&self, at: Pos2) -> Colour {
        colour(self.display.pixel(pixel_at(at)))
    }

    /// The tally around a picture.
    fn tally(&self, place: MonitorPlace) -> Colour {
        let inside = place.picture.shrink(layout::BORDER / 2.0);
        self.colour_at(inside.left_center())
    }

    /// Waits until the screen shows these scenes on PGM and PVW: their tallies, and no other's.
    fn shows(&self, program: u8, preview: u8) {
        let wanted: Vec<Colour> = (1..=4)
            .map(|source| match source {
                _ if source == program => Colour::Red,
                _ if source == preview => Colour::Green,
                _ => Colour::Other,
            })
            .collect();
        let seen = || -> Vec<Colour> {
            let small = self.places.small.iter().take(4);
            small.map(|place| self.tally(*place)).collect()
        };
        let large = || {
            (
                self.tally(self.places.program),
                self.tally(self.places.preview),
            )
        };
        let fits = || seen() == wanted && large() == (Colour::Red, Colour::Green);
        let shown = wait::until(PATIENCE, || fits().then_some(()));
        assert!(shown.is_some(), "{:?} and {:?}", seen(), large());
    }

    /// Whether the closing question is there: its ground is one grey along its upper edge.
    fn asks(&self) -> bool {
        let ground: Vec<[u8; 3]> = (1..40)
            .map(|i| {
                let along = self.closing.width() * i as f32 / 40.0;
                let at = self.closing.left_top() + vec2(along, 8.0);
                self.display.pixel(pixel_at(at))
            })
            .collect();
        let [r, g, b] = ground[0];
        let is_dark_grey = r.abs_diff(g) < 16 && g.abs_diff(b) < 16 && (16..48).contains(&g);
        // At a few places in the window, this may be so for a moment; not around the question too.
        let beside = self.closing.left_top() - vec2(8.0, -8.0);
        is_dark_grey
            && ground.iter().all(|pixel| *pixel == ground[0])
            && self.display.pixel(pixel_at(beside)) != ground[0]
    }

    /// Asks the window to close, and waits for its question.
    fn close(&self) {
        self.display.press("alt+F4");
        let asked = wait::until(PATIENCE, || self.asks().then_some(()));
        assert!(asked.is_some(), "on air, the window asks before it closes");
    }

    fn wait_until_gone(&self) {
        let gone = wait::until(PATIENCE, || {
            self.display.windows(TITLE).is_empty().then_some(())
        });
        assert!(gone.is_some(), "the window closes");
    }
}

fn pixel_at(at: Pos2) -> (u32, u32) {
    (at.x as u32, at.y as u32)
}

/// Does something at the desk and waits until the engine says that it is done: the frame.
fn done(studio: &Studio, what: &Value, act: impl FnOnce()) -> u64 {
    let from = studio.mark();
    act();
    let is_it = |event: &Value| {
        let parts = what.as_object().into_iter().flatten();
        event["event"] == "done" && parts.into_iter().all(|(key, value)| event[key] == *value)
    };
    match studio.event_since(from, PATIENCE, is_it) {
        Some((_, event)) => event["frame"].as_u64().expect("a frame"),
        None => studio.fail(&format!("the desk did not do {what}")),
    }
}

fn preview(source: u8) -> Value {
    json!({"command": "preview", "scene": id(source)})
}

/// A scene on air from one frame to another.
struct Aired {
    source: u8,
    from: u64,
    to: u64,
}

/// What the director does with six takes; what was then on air when.
fn direct(studio: &mut Studio, desk: &Desk) -> Vec<Aired> {
    let display = desk.display;
    let row = layout::transition(desk.places.transition);
    let cut = json!({"command": "cut"});
    let auto = json!({"command": "auto"});
    let mut takes: Vec<(u8, u64, u64)> = Vec::new();
    let mut take = |studio: &mut Studio, source: u8, begins: u64, mix: u64, next: u8| {
        studio.frame_is(begins + mix + SHOT, PATIENCE);
        desk.shows(source, next);
        takes.push((source, begins, mix));
    };

    done(studio, &preview(2), || display.press("2"));
    let frame = done(studio, &cut, || display.press("space"));
    take(studio, 2, frame, 0, 1);

    done(studio, &preview(3), || display.press("3"));
    let frame = done(studio, &auto, || display.press("Return"));
    take(studio, 3, frame, MIX, 2);

    let hot = json!({"command": "program", "scene": id(4)});
    let frame = done(studio, &hot, || display.press("shift+4"));
    take(studio, 4, frame, 0, 2);

    done(studio, &preview(1), || display.press("1"));
    let frame = done(studio, &cut, || desk.click(row.cut));
    take(studio, 1, frame, 0, 4);

    // The mouse alone: a small monitor, then AUTO.
    let third = desk.places.small[2].picture;
    done(studio, &preview(3), || desk.click(third));
    let frame = done(studio, &auto, || desk.click(row.auto));
    take(studio, 3, frame, MIX, 1);

    // A key belongs to the switcher though the mouse was used last.
    let frame = done(studio, &cut, || display.press("space"));
    take(studio, 1, frame, 0, 3);

    let ends = takes.iter().skip(1).map(|(_, begins, _)| *begins);
    let last = takes.last().map(|(_, begins, _)| begins + SHOT);
    let shots = takes.iter().zip(ends.chain(last));
    shots
        .map(|(&(source, begins, mix), to)| Aired {
            source,
            from: begins + mix,
            to,
        })
        .collect()
}

/// Each shot's pictures are in the master, whole and in order, where the answers said.
fn check_master(codes: &[Option<Code>], aired: &[Aired]) {
    // The master began after frame 0; the first take says by how much.
    let first = &aired[0];
    let at = codes
        .iter()
        .position(|code| code.is_some_and(|code| code.source == first.source))
        .expect("the first take is in the master");
    let before = first.from as usize - at;
    let shots: Vec<Shot> = aired
        .iter()
        .map(|a| Shot::new(a.source, a.from as usize - before, a.to as usize - before))
        .collect();
    assert_eq!(read::check_sequence(codes, &shots), []);
    let sources: Vec<u8> = shots.iter().map(|shot| shot.source).collect();
    assert_eq!(sources, [2, 3, 4, 1, 3, 1]);
    // Between the shots of a mix both are seen, so that no code can be read.
    for pair in shots.windows(2).filter(|p| p[1].at > p[0].end) {
        assert_eq!(pair[1].at - pair[0].end, MIX as usize);
        let mixed = &codes[pair[0].end + 2..pair[1].at - 2];
        assert!(mixed.iter().any(Option::is_none), "a mix, not a cut");
    }
}

#[test]
fn a_show_is_directed_left_alone_and_ended_from_the_window() {
    let _turn = common::alone();
    let display = Display::start(SIZE.0, SIZE.1);
    let mut studio = Studio::with_desk(&show(), &["--record"], display.name());
    for source in 1..=4 {
        studio.source_is(&id(source), "live", PATIENCE);
    }
    let recording = |s: &Value| s["recording"]["frames"].as_u64() > Some(30);
    studio.until("the master is written", PATIENCE, recording);
    studio.command(&json!({"command": "transition", "kind": "mix", "frames": MIX}));
    studio.take(&id(1));

    let desk = Desk::find(&display);
    let aired = direct(&mut studio, &desk);

    desk.close();
    desk.click(layout::closing(desk.closing).leave);
    desk.wait_until_gone();
    studio.frames_pass(60);
    let snapshot = studio.snapshot();
    assert_eq!(snapshot["program"], id(1), "{snapshot}");
    assert_eq!(snapshot["recording"]["state"], "recording");
    assert_eq!(named(&snapshot, "sources", "cam1")["state"], "live");

    let mut second = studio.open_desk(display.name());
    let desk = Desk::find(&display);
    desk.shows(1, 3);
    done(&studio, &json!({"command": "cut"}), || {
        display.press("space")
    });
    desk.shows(3, 1);
    desk.close();
    let end = layout::closing(desk.closing).end;
    desk.click(end);
    let corner = end.shrink(6.0).left_top();
    let armed = || (desk.colour_at(corner) == Colour::Amber).then_some(());
    assert!(wait::until(PATIENCE, armed).is_some(), "one press arms");
    assert!(
        studio
            .event_since(0, Duration::ZERO, |e| e["event"] == "report")
            .is_none(),
        "one press does not end the show"
    );
    // The second press must not be taken for a double click, nor come too late.
    let ended = wait::until(PATIENCE, || {
        desk.click(end);
        wait::until(Duration::from_millis(600), || {
            display.windows(TITLE).is_empty().then_some(())
        })
    });
    assert!(ended.is_some(), "the second press closes the window");
    let report = studio.report();
    let status = wait::until(PATIENCE, || second.try_wait().ok().flatten());
    assert!(status.is_some_and(|s| s.success()), "{status:?}");

    for count in ["repeated", "skipped"] {
        assert_eq!(report[count], 0, "{count}: {report}");
    }
    for source in 1..=4 {
        assert_eq!(report["sources"][id(source)]["lost"], 0, "{report}");
    }
    let master = read::pictures(&studio.master(&report));
    assert_eq!(master.complaints, Vec::<String>::new());
    assert_eq!(report["recording"]["frames"], master.seen.len());
    assert_eq!(read::uneven(&master.seen, 30.0, 0.0015), []);
    check_master(&master.codes(), &aired);
}
