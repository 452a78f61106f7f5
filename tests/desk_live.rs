//! The whole of it at once: the real window beside the real engine, on a screen of its own, worked
//! with keys and mouse. What went on air is read from the master, and what the director saw from the
//! screen.
#![cfg(feature = "desk")]

mod common;

use std::time::Duration;

use egui::{Pos2, Rect, vec2};
use regie::ui::layout::{self, MonitorPlace, StagePlaces};
use serde_json::Value;

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
const MIX: usize = 10;
const TITLE: &str = "Test .* regie";

fn id(source: u8) -> String {
    format!("cam{source}")
}

/// Four small coded sources: the window is what weighs here.
fn show() -> ShowText {
    let show = ShowText::sized(640, 360, (30, 1))
        .field("encoder: (preset: Ultrafast, bitrate_kbps: 2000)")
        .field(&format!("transition: (kind: Mix, frames: {MIX})"));
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
    stage: StagePlaces,
    small: [MonitorPlace; layout::PAGE],
    closing: Rect,
}

impl<'a> Desk<'a> {
    /// Waits for the window.
    fn find(display: &'a Display) -> Self {
        let window = display.window(TITLE);
        let (width, height) = display.size(&window);
        let size = vec2(width as f32, height as f32);
        let whole = Rect::from_min_size(Pos2::ZERO, size);
        // The director's arrangement as it comes: the stage and the outputs above, the monitors below.
        let panels = layout::places(size).panels;
        let high = (panels.height() - layout::GAP) * 0.535;
        let wide = (panels.width() - layout::GAP) * 0.79;
        let above = Rect::from_min_size(panels.min, vec2(wide, high));
        let below = panels.with_min_y(above.bottom() + layout::GAP);
        Self {
            display,
            stage: layout::stage(above, 16.0 / 9.0, true),
            small: layout::monitors(below, 16.0 / 9.0, true).small,
            // Leave, end, stay.
            closing: Rect::from_center_size(whole.center(), layout::closing_size(0.0, 3)),
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
            let small = self.small.iter().take(4);
            small.map(|place| self.tally(*place)).collect()
        };
        let large = || {
            (
                self.tally(self.stage.program),
                self.tally(self.stage.preview),
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

/// Does something at the desk and waits until the engine has these scenes on PGM and PVW.
fn switch(studio: &mut Studio, (program, preview): (u8, u8), act: impl FnOnce()) {
    act();
    let what = format!("the desk put {program} on PGM and {preview} on PVW");
    studio.until(&what, PATIENCE, |s| {
        let on = (s["program"].as_str(), s["preview"].as_str());
        on == (Some(&id(program)), Some(&id(preview))) && s["transition"]["state"] == "idle"
    });
}

/// What the director does with six takes: each is seen on the screen before the next.
fn direct(studio: &mut Studio, desk: &Desk) {
    let display = desk.display;
    let row = layout::transition(desk.stage.transition);
    let lasts = |studio: &mut Studio, program: u8, preview: u8| {
        desk.shows(program, preview);
        studio.frames_pass(SHOT);
    };
    switch(studio, (1, 2), || display.press("2"));
    switch(studio, (2, 1), || display.press("space"));
    lasts(studio, 2, 1);

    switch(studio, (2, 3), || display.press("3"));
    switch(studio, (3, 2), || display.press("Return"));
    lasts(studio, 3, 2);

    switch(studio, (4, 2), || display.press("shift+4"));
    lasts(studio, 4, 2);

    switch(studio, (4, 1), || display.press("1"));
    switch(studio, (1, 4), || desk.click(row.cut));
    lasts(studio, 1, 4);

    // The mouse alone: a small monitor, then AUTO.
    let third = desk.small[2].picture;
    switch(studio, (1, 3), || desk.click(third));
    switch(studio, (3, 1), || desk.click(row.auto));
    lasts(studio, 3, 1);

    // A key belongs to the switcher though the mouse was used last.
    switch(studio, (1, 3), || display.press("space"));
    lasts(studio, 1, 3);
}

/// Pictures of one source that lie side by side.
fn runs(codes: &[Option<Code>]) -> Vec<Shot> {
    let mut runs: Vec<Shot> = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let Some(code) = code else { continue };
        match runs.last_mut() {
            Some(run) if run.source == code.source && run.end == at => run.end = at + 1,
            _ => runs.push(Shot::new(code.source, at, at + 1)),
        }
    }
    runs
}

/// The takes are in the master in the order in which they were made, each picture once and in its
/// place, but for the `repeated` that the engine owns to; `mixes` are the positions of those that
/// came by a mix.
fn check_master(codes: &[Option<Code>], takes: &[u8], mixes: &[usize], repeated: usize) {
    let runs = runs(codes);
    // Before the first take the sources came up.
    let first = runs.iter().position(|run| run.source == takes[0]);
    let runs = &runs[first.expect("the first take is in the master")..];
    let sources: Vec<u8> = runs.iter().map(|run| run.source).collect();
    assert_eq!(sources, takes);
    // Where one came twice, the next one is missing.
    let faults = read::check_sequence(codes, runs);
    assert!(faults.len() <= 2 * repeated, "{repeated}: {faults:?}");
    for (position, pair) in runs.windows(2).enumerate() {
        // Of a mix, both are seen at once in the middle, so that no code can be read there.
        let unread = pair[1].at - pair[0].end;
        if mixes.contains(&(position + 1)) {
            assert!((1..=MIX).contains(&unread), "{unread} pictures of {pair:?}");
        } else {
            assert_eq!(unread, 0, "a cut has nothing between: {pair:?}");
        }
    }
    for run in runs {
        assert!(run.end - run.at >= SHOT as usize, "{run:?}");
    }
}

#[test]
fn a_show_is_directed_left_alone_and_ended_from_the_window() {
    common::witness::undisturbed(directed);
}

fn directed() {
    let display = Display::start(SIZE.0, SIZE.1);
    let mut studio = Studio::with_desk(&show(), &["--record"], display.name());
    for source in 1..=4 {
        studio.source_is(&id(source), "live", PATIENCE);
    }
    let recording = |s: &Value| s["recording"]["frames"].as_u64() > Some(30);
    studio.until("the master is written", PATIENCE, recording);
    studio.take(&id(1));

    let desk = Desk::find(&display);
    direct(&mut studio, &desk);

    desk.close();
    desk.click(layout::closing(desk.closing, 0.0).2(0));
    desk.wait_until_gone();
    studio.frames_pass(60);
    let snapshot = studio.snapshot();
    assert_eq!(snapshot["program"], id(1), "{snapshot}");
    assert_eq!(snapshot["recording"]["state"], "recording");
    assert_eq!(named(&snapshot, "sources", "cam1")["state"], "live");

    let mut second = studio.open_desk(display.name());
    let desk = Desk::find(&display);
    desk.shows(1, 3);
    switch(&mut studio, (3, 1), || display.press("space"));
    desk.shows(3, 1);
    studio.frames_pass(SHOT);
    desk.close();
    let end = layout::closing(desk.closing, 0.0).2(1);
    let corner = end.shrink(6.0).left_top();
    let armed = || (desk.colour_at(corner) == Colour::Amber).then_some(());
    // It is armed for three seconds: who looks later presses again.
    let armed = wait::until(PATIENCE, || {
        desk.click(end);
        wait::until(Duration::from_secs(4), armed)
    });
    assert!(armed.is_some(), "one press arms");
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

    let master = read::pictures(&studio.master(&report));
    assert_eq!(report["skipped"], 0, "{report}");
    // Others use this machine too: a tick that came late for it is counted, and is a rare one.
    let repeated = report["repeated"].as_u64().expect("a count") as usize;
    assert!(repeated * 100 <= master.seen.len(), "{report}");
    assert_eq!(master.complaints, Vec::<String>::new());
    assert_eq!(report["recording"]["frames"], master.seen.len());
    assert_eq!(read::uneven(&master.seen, 30.0, 0.0015), []);
    check_master(&master.codes(), &[2, 3, 4, 1, 3, 1, 3], &[1, 4], repeated);
}
