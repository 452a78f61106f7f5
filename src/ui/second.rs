//! The second window: the multiview, the program or the clean feed, full screen on another display or in a
//! window of its own. It is painted apart from the first, which does not wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use egui::{
    Align, Color32, Context, CursorIcon, Key, Rect, Ui, Vec2, ViewportBuilder, ViewportClass,
    ViewportId, pos2, vec2,
};

use super::{
    fills,
    graphics::Graphics,
    keys::{self, Focus, FocusTimer, Function, KeyMap},
    lang,
    layout::{self, BORDER, MonitorPlace},
    meters::{Meters, Peaks},
    monitor,
    multiview::{Multiview, Ways},
    onair::Air,
    paint,
    stage::{self, Line, Pictures},
    theme,
    view::{self, View},
    wishes, words,
};
use crate::door::{Door, MonitorId, MonitorRequest, RecordingState, Snapshot};

/// Without news the window is painted so often, for its clock.
const QUIET: Duration = Duration::from_millis(250);
const MARGIN: f32 = 8.0;
const BAR: f32 = 40.0;
const LABEL: f32 = 28.0;

/// Size of the window in points, where nothing says how large it may be.
const SIZE: Vec2 = vec2(1280.0, 720.0);
/// And the least of it.
const LEAST: Vec2 = vec2(320.0, 180.0);

/// What the second window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// PVW, PGM, every scene, the clock and the times.
    Multiview,
    /// The program and nothing else.
    Program,
    /// The same without the downstream keys that are not in the clean feed.
    Clean,
}

/// A display of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Display {
    /// Its number, by which it is asked for.
    pub index: usize,
    /// What the system calls it.
    pub name: String,
    /// Pixels across and down.
    pub size: (u32, u32),
    /// The desk's first window is on it.
    pub is_here: bool,
}

/// The displays there are, as the window system knows them. Asks it: not for each picture.
pub fn displays(frame: &eframe::Frame) -> Vec<Display> {
    let Some(window) = frame.winit_window() else {
        return Vec::new();
    };
    let here = window.current_monitor();
    let display = |(index, monitor)| {
        let is_here = here.as_ref() == Some(&monitor);
        let size = monitor.size();
        Display {
            index,
            name: monitor.name().unwrap_or_default(),
            size: (size.width, size.height),
            is_here,
        }
    };
    window
        .available_monitors()
        .enumerate()
        .map(display)
        .collect()
}

/// What the first window tells the second one.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Which key does what.
    pub keys: Arc<KeyMap>,
    /// How monitors are shown; the page is each window's own.
    pub ways: Ways,
    /// Pictures a second of large and small monitors.
    pub rates: (u32, u32),
}

/// See the module's words.
pub struct Second {
    shared: Arc<Shared>,
    open: Option<Open>,
}

/// How it is open.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Open {
    shows: Shows,
    /// Full screen on this display; without one in a window.
    display: Option<usize>,
    /// Where that window was opened, in points of the screen.
    place: Option<Rect>,
}

struct Shared {
    door: Arc<dyn Door + Sync>,
    graphics: Graphics,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    told: Told,
    /// Somebody closed it.
    closed: bool,
    wanted: Vec<MonitorRequest>,
    asked: Vec<Function>,
    focus: FocusTimer,
    held: keys::Held,
    multiview: Multiview,
    meters: Meters,
    /// The frame that the meters have seen last.
    seen: Option<u64>,
}

impl Second {
    /// A second window on the same door, not yet open.
    pub fn new(door: Arc<dyn Door + Sync>, graphics: Graphics) -> Self {
        let inner = Mutex::default();
        let shared = Shared {
            door,
            graphics,
            inner,
        };
        Self {
            shared: Arc::new(shared),
            open: None,
        }
    }

    /// Its viewport.
    pub fn viewport() -> ViewportId {
        ViewportId::from_hash_of("second window")
    }

    /// What it shows, while it is open.
    pub fn shows(&self) -> Option<Shows> {
        self.open.map(|open| open.shows)
    }

    /// Opens it full screen on a display, or in a window.
    pub fn open(&mut self, shows: Shows, display: Option<usize>) {
        let place = self.open.and_then(|open| open.place);
        self.open = Some(Open {
            shows,
            display,
            place,
        });
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// What the key does, in whichever window it is pressed: the multiview, then the program, then the clean feed, then nothing; on the
    /// display that the first window is not on, where there is another. Where it is not known on which
    /// it is, in a window: it must not lie over the controls.
    pub fn next(&mut self, displays: &[Display]) {
        let is_known = displays.iter().any(|display| display.is_here);
        let other = displays.iter().find(|display| is_known && !display.is_here);
        let other = other.map(|display| display.index);
        match self.shows() {
            None => self.open(Shows::Multiview, other),
            Some(Shows::Multiview) => self.open(Shows::Program, other),
            Some(Shows::Program) => self.open(Shows::Clean, other),
            Some(Shows::Clean) => self.close(),
        }
    }

    /// The pictures that it shows.
    pub fn wanted(&self) -> Vec<MonitorRequest> {
        match self.open {
            Some(_) => lock(&self.shared.inner).wanted.clone(),
            None => Vec::new(),
        }
    }

    /// To be called for each frame of the first window, in its pass: keeps the second one open. Where it
    /// has no display of its own it is opened over `room`, the part of the first window where it hides
    /// neither the pictures nor what is switched with.
    pub fn show(&mut self, ctx: &Context, room: Rect, told: Told) {
        {
            let mut inner = lock(&self.shared.inner);
            inner.multiview.ways.swapped = told.ways.swapped;
            inner.multiview.ways.safe = told.ways.safe;
            inner.meters.ballistics = told.ways.ballistics;
            inner.told = told;
            if std::mem::take(&mut inner.closed) {
                self.open = None;
            }
            if self.open.is_none() {
                inner.wanted.clear();
            }
        }
        let Some(open) = &mut self.open else {
            return;
        };
        if open.display.is_none() && open.place.is_none() {
            open.place = beside(ctx, room);
        }
        let Open {
            shows,
            display,
            place,
        } = *open;
        let title = lang::text(match shows {
            Shows::Multiview => "switch-second-multiview",
            Shows::Program => "switch-second-program",
            Shows::Clean => "switch-second-clean",
        });
        let mut builder = ViewportBuilder::default()
            .with_title(title)
            .with_app_id("regie")
            .with_inner_size(place.map_or(SIZE, |place| place.size()))
            .with_min_inner_size(LEAST)
            .with_fullscreen(display.is_some());
        if let Some(index) = display {
            builder = builder.with_monitor(index);
        } else if let Some(place) = place {
            builder = builder.with_position(place.min);
        }
        let shared = Arc::clone(&self.shared);
        ctx.show_viewport_deferred(Self::viewport(), builder, move |ui, class| {
            shared.paint(ui, class, shows);
        });
    }

    /// Whether the key that talks is down in it.
    pub fn talks(&self) -> bool {
        self.open.is_some() && lock(&self.shared.inner).held.talks()
    }

    /// As if keys of these functions had been pressed in it.
    #[cfg(test)]
    pub fn ask(&self, functions: &[Function]) {
        lock(&self.shared.inner).asked.extend(functions);
    }

    /// What was asked for by the keys pressed in it since the last call.
    pub fn take_asked(&mut self) -> Vec<Function> {
        std::mem::take(&mut lock(&self.shared.inner).asked)
    }
}

/// Where a window lies over this room of the first one, in points of the screen; none where the window
/// system does not say where that is.
fn beside(ctx: &Context, room: Rect) -> Option<Rect> {
    let first = ctx.input(|i| i.viewport().inner_rect)?;
    let place = layout::window(room, room.size().min(SIZE)).translate(first.min.to_vec2());
    Some(Rect::from_min_size(place.min, place.size().max(LEAST)))
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn paint(&self, ui: &mut Ui, class: ViewportClass, shows: Shows) {
        let mut inner = lock(&self.inner);
        let inner = &mut *inner;
        let ctx = ui.ctx().clone();
        let has_own_window = class != ViewportClass::EmbeddedWindow;
        let window = match has_own_window {
            true => ctx.content_rect(),
            false => ui.allocate_space(vec2(900.0, 560.0)).1,
        };
        // Under the fills, which are under everything else.
        ui.painter().rect_filled(window, 0, Color32::BLACK);
        if has_own_window {
            fills::begin(ui, window, self.graphics.format);
            inner.listen(ui);
        }
        ui.set_clip_rect(window);
        let before = std::mem::take(&mut inner.wanted);
        match self.door.snapshot() {
            Some(snapshot) => {
                let view = View {
                    snapshot: &snapshot,
                    now: ui.input(|i| i.time),
                    door: &*self.door,
                };
                let door = Arc::clone(&self.door);
                let pictures = Pictures {
                    newest: &move |what| door.monitor(what),
                    graphics: self.graphics,
                    aspect: view::aspect(&snapshot),
                    stale: false,
                    safe: inner.told.ways.safe,
                };
                match shows {
                    Shows::Program => inner.alone(ui, window, &pictures, MonitorId::Program),
                    Shows::Clean => inner.alone(ui, window, &pictures, MonitorId::Clean),
                    Shows::Multiview => {
                        inner.all(ui, window, &view, &pictures, self.door.attached());
                    }
                }
            }
            None if shows == Shows::Multiview => waiting(ui, window),
            None => {}
        }
        // The first window asks for them, for both.
        if inner.wanted != before {
            ctx.request_repaint_of(ViewportId::ROOT);
        }
        ctx.request_repaint_after(QUIET);
    }
}

impl Inner {
    /// The window's keys do what those of the first one do: after Tab, Space and Enter press the control
    /// that shows the focus, until it is left alone. Esc closes it, wherever the focus is.
    fn listen(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let talked = self.held.talks();
        ui.input_mut(|i| self.held.mark(&mut i.events));
        let focused = ctx.memory(|memory| memory.focused());
        let (pressed, now) = ui.input(|i| {
            let pressed = |e: &egui::Event| matches!(e, egui::Event::Key { pressed: true, .. });
            (i.events.iter().any(pressed), i.time)
        });
        let expired = self.focus.expired(pressed, focused.is_some(), now);
        let focus = match focused {
            Some(id) if expired => {
                ctx.memory_mut(|memory| memory.surrender_focus(id));
                Focus::Free
            }
            Some(id) => keys::focus_of(&ctx, id),
            None => Focus::Free,
        };
        let keys = Arc::clone(&self.told.keys);
        let asked = ui.input_mut(|i| keys::hear(&mut i.events, focus, &keys, &mut self.held));
        self.closed |= ui.input(|i| i.key_pressed(Key::Escape) || i.viewport().close_requested());
        if self.closed || !asked.is_empty() || talked != self.held.talks() {
            self.asked.extend(asked);
            ctx.request_repaint_of(ViewportId::ROOT);
        }
    }

    fn want(&mut self, what: MonitorId, rect: Rect, scale: f32, fps: u32) {
        let size = rect.size() * scale;
        self.wanted.push(wishes::wish(what, size.x, size.y, fps));
    }

    fn alone(&mut self, ui: &Ui, window: Rect, pictures: &Pictures, what: MonitorId) {
        let scale = ui.pixels_per_point();
        // A picture's place has a border for its tally, and this one has none.
        let rect = layout::picture(window.expand(BORDER), pictures.aspect, scale);
        self.want(what.clone(), rect, scale, self.told.rates.0);
        if let Some(picture) = (pictures.newest)(&what)
            && monitor::is_whole(&picture)
            && let Some(shape) = monitor::shape(rect, picture, pictures.graphics)
        {
            ui.painter().add(shape);
        }
        if ui.rect_contains_pointer(window) {
            ui.ctx().set_cursor_icon(CursorIcon::None);
        }
        let said = match what {
            MonitorId::Clean => lang::text("switch-clean-feed"),
            _ => "PGM".to_owned(),
        };
        paint::say(ui, window, "alone", &said);
    }

    fn all(&mut self, ui: &Ui, window: Rect, view: &View, pictures: &Pictures, attached: bool) {
        let snapshot = view.snapshot;
        if attached && self.seen != Some(snapshot.frame) {
            self.seen = Some(snapshot.frame);
            self.meters.update(snapshot, &Peaks::default(), view.now);
        }
        let air = match attached {
            true => Air::of(snapshot),
            false => Air::Unknown,
        };
        let places = places(window, pictures.aspect);
        bar(ui, places.bar, snapshot, air);
        let (preview, program) = match self.told.ways.swapped {
            false => (places.large[0], places.large[1]),
            true => (places.large[1], places.large[0]),
        };
        stage::preview(ui, preview, Line::Scene, view, pictures);
        stage::program(ui, program, Line::Scene, view, pictures);
        let keys = Arc::clone(&self.told.keys);
        let meters = std::mem::take(&mut self.meters);
        let small = self
            .multiview
            .fill(ui, places.small, view, pictures, &meters, &keys);
        self.meters = meters;
        let scale = ui.pixels_per_point();
        let (large_fps, small_fps) = self.told.rates;
        let mut want = |what, place, fps| {
            let rect = layout::picture(place, pictures.aspect, scale);
            self.want(what, rect, scale, fps);
        };
        want(MonitorId::Preview, preview.picture, large_fps);
        want(MonitorId::Program, program.picture, large_fps);
        for (what, place) in small {
            want(what, place, small_fps);
        }
    }
}

struct Places {
    bar: Rect,
    /// Left and right.
    large: [MonitorPlace; 2],
    small: Rect,
}

/// Where everything is in a window: the pictures as large as they can be beside a useful number of
/// small ones.
fn places(window: Rect, aspect: f32) -> Places {
    let bar = window.with_max_y(window.top() + BAR);
    let inner = window.with_min_y(bar.bottom()).shrink2(vec2(MARGIN, 0.0));
    let by_width = (inner.width() - MARGIN) / 2.0;
    let high = |width: f32| (width - 2.0 * BORDER) / aspect.clamp(0.25, 4.0) + 2.0 * BORDER;
    let most = inner.height() * 0.6 - LABEL;
    let height = high(by_width).min(most).max(40.0);
    let large = [0.0, 1.0].map(|i| {
        let corner = pos2(inner.left() + i * (by_width + MARGIN), inner.top());
        let picture = Rect::from_min_size(corner, vec2(by_width, height));
        let label = Rect::from_min_size(picture.left_bottom(), vec2(by_width, LABEL));
        MonitorPlace { picture, label }
    });
    let small = inner
        .with_min_y(large[0].label.bottom() + MARGIN)
        .with_max_y(inner.bottom() - MARGIN);
    Places { bar, large, small }
}

/// The time of day, the time on air and the time recorded, to be read from across the room.
fn bar(ui: &Ui, rect: Rect, snapshot: &Snapshot, air: Air) {
    let inner = rect.shrink2(vec2(MARGIN, 4.0));
    let third = inner.width() / 3.0;
    let part = |i: f32| {
        let corner = pos2(inner.left() + i * third, inner.top());
        Rect::from_min_size(corner, vec2(third, inner.height())).shrink2(vec2(4.0, 0.0))
    };
    let (text, colours) = match air {
        Air::Off => (lang::text("switch-air-off"), None),
        Air::Connecting => (lang::text("switch-air-connecting"), None),
        Air::Waiting => (lang::text("switch-air-waiting"), None),
        Air::Unknown => (lang::text("switch-air-unknown"), None),
        Air::On(seconds) => {
            let values = [("time", words::clock(seconds).into())];
            let red = (theme::RED, theme::RED_TEXT);
            (lang::with("switch-air-on", &values), Some(red))
        }
    };
    let colour = match (colours, air) {
        (Some((fill, colour)), _) => {
            fills::fill(ui, part(0.0), theme::ROUND, fill);
            colour
        }
        (None, Air::Waiting | Air::Unknown) => theme::AMBER,
        (None, _) => theme::DIM,
    };
    let font = || theme::bold(20.0);
    let centre = Align::Center;
    paint::said_line(ui, part(0.0), centre, "second air", &text, font(), colour);
    let clock = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
    let bold = theme::bold(26.0);
    paint::said_line(
        ui,
        part(1.0),
        centre,
        "second clock",
        &clock,
        bold,
        theme::TEXT,
    );
    let recording = &snapshot.recording;
    let (text, colour) = match recording.state {
        RecordingState::Off => (lang::text("switch-rec-off"), theme::DIM),
        RecordingState::Failed => (lang::text("switch-rec-failed"), theme::AMBER),
        state => {
            let time = words::clock(words::recorded_s(snapshot));
            let is_low = state == RecordingState::Warning;
            let colour = if is_low { theme::AMBER } else { theme::TEXT };
            (
                lang::with("switch-rec-on", &[("time", time.into())]),
                colour,
            )
        }
    };
    paint::said_line(
        ui,
        part(2.0),
        centre,
        "second recorder",
        &text,
        font(),
        colour,
    );
}

fn waiting(ui: &Ui, window: Rect) {
    let text = lang::text("switch-air-unknown");
    let font = theme::bold(20.0);
    paint::said_line(
        ui,
        window,
        Align::Center,
        "second waits",
        &text,
        font,
        theme::DIM,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_its_place_in_any_window() {
        for (w, h) in [
            (320.0, 180.0),
            (1280.0, 720.0),
            (3840.0, 2160.0),
            (1080.0, 1920.0),
        ] {
            let window = Rect::from_min_size(pos2(0.0, 0.0), vec2(w, h));
            let places = places(window, 16.0 / 9.0);
            let [left, right] = places.large;
            let all = [places.bar, left.picture, right.picture, places.small];
            for (i, a) in all.iter().enumerate() {
                assert!(a.is_positive(), "{a} in {w}×{h}");
                assert!(window.contains_rect(*a), "{a} in {w}×{h}");
                for b in &all[i + 1..] {
                    assert!(!a.intersect(*b).is_positive(), "{a} and {b} in {w}×{h}");
                }
            }
        }
    }

    #[test]
    fn the_key_goes_through_what_there_is_on_the_other_display() {
        struct Nowhere;
        impl Door for Nowhere {
            fn send(&self, _command: crate::door::Command) -> u64 {
                0
            }
            fn snapshot(&self) -> Option<Arc<Snapshot>> {
                None
            }
            fn next_event(&self) -> Option<crate::door::Event> {
                None
            }
            fn watch(&self, _monitors: Vec<MonitorRequest>) {}
            fn monitor(&self, _what: &MonitorId) -> Option<Arc<crate::door::MonitorPicture>> {
                None
            }
            fn attached(&self) -> bool {
                false
            }
        }
        let mut second = Second::new(Arc::new(Nowhere), Graphics::default());
        let display = |index, is_here| Display {
            index,
            name: format!("HDMI-{index}"),
            size: (1920, 1080),
            is_here,
        };
        let open = |second: &Second| second.open.map(|open| (open.shows, open.display));
        second.next(&[display(0, false), display(1, true)]);
        assert_eq!(open(&second), Some((Shows::Multiview, Some(0))));
        second.next(&[display(0, true)]);
        let in_a_window = Some((Shows::Program, None));
        assert_eq!(open(&second), in_a_window);
        second.next(&[]);
        assert_eq!(open(&second), Some((Shows::Clean, None)));
        second.next(&[]);
        assert_eq!(second.open, None);
        // Wayland need not say on which display a window is.
        second.next(&[display(0, false)]);
        assert_eq!(open(&second), Some((Shows::Multiview, None)));
    }

    #[test]
    fn esc_closes_it_and_every_other_key_does_what_it_does_in_the_first_window() {
        let press = |key, inner: &mut Inner, ctx: &Context| {
            let event = |pressed| egui::Event::Key {
                key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers: egui::Modifiers::NONE,
            };
            let input = egui::RawInput {
                events: vec![event(true), event(false)],
                ..Default::default()
            };
            let mut clicked = false;
            let mut output = ctx.run_ui(input, |ui| {
                inner.listen(ui);
                // Its only control.
                let one = ui.interact(
                    Rect::from_min_size(pos2(0.0, 0.0), vec2(9.0, 9.0)),
                    egui::Id::unique("one"),
                    egui::Sense::click(),
                );
                clicked |= one.clicked();
            });
            output.shapes.clear();
            (
                std::mem::take(&mut inner.closed),
                std::mem::take(&mut inner.asked),
                clicked,
            )
        };
        let (mut inner, ctx) = (Inner::default(), Context::default());
        let mut press = |key| press(key, &mut inner, &ctx);
        let cut = (false, vec![Function::Cut], false);
        assert_eq!(press(Key::Space), cut);
        let goes_on = (false, vec![Function::SecondWindow], false);
        assert_eq!(press(Key::F11), goes_on, "to what comes after it");
        assert_eq!(press(Key::Escape), (true, vec![], false));
        press(Key::Tab);
        press(Key::Num1);
        let pressed = (false, vec![], true);
        assert_eq!(press(Key::Space), pressed, "it is the focused control's");
        assert_eq!(press(Key::Escape), (true, vec![], false), "at once");
        assert_eq!(press(Key::Space), cut, "nothing has the focus now");
    }

    #[test]
    fn pgm_says_there_too_that_it_is_black_or_beneath_the_slate() {
        use crate::ui::{build::testing::Recorder, testing};
        use egui_kittest::{Harness, kittest::Queryable};

        let state = (Inner::default(), testing::snapshot());
        let draw = |ui: &mut Ui, (inner, snapshot): &mut (Inner, Snapshot)| {
            let door = Recorder::default();
            let view = View {
                snapshot,
                now: 0.0,
                door: &door,
            };
            let pictures = Pictures {
                newest: &|_| None,
                graphics: Graphics::default(),
                aspect: 16.0 / 9.0,
                stale: false,
                safe: false,
            };
            inner.all(ui, ui.max_rect(), &view, &pictures, true);
        };
        let mut window = Harness::builder()
            .with_size(vec2(1280.0, 720.0))
            .with_context_setup(crate::ui::install_theme)
            .build_ui_state(draw, state);
        let said = |window: &Harness<(Inner, Snapshot)>, words: &str| {
            window.query_all_by_label_contains(words).count()
        };
        let (black, slate) = ("black", lang::text("clips-slate-is-on"));
        assert_eq!((said(&window, black), said(&window, &slate)), (0, 0));
        window.state_mut().1.black = 1.0;
        window.step();
        assert_eq!((said(&window, black), said(&window, &slate)), (1, 0));
        window.state_mut().1.hold = true;
        window.step();
        assert_eq!((said(&window, black), said(&window, &slate)), (1, 1));
    }

    #[test]
    fn on_the_same_display_it_opens_where_it_hides_nothing_that_is_switched_with() {
        let ctx = Context::default();
        let room = Rect::from_min_max(pos2(8.0, 420.0), pos2(1000.0, 750.0));
        let mut input = egui::RawInput::default();
        let first = Rect::from_min_size(pos2(100.0, 40.0), vec2(1280.0, 800.0));
        let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
        viewport.inner_rect = Some(first);
        let mut found = None;
        let _ = ctx.run_ui(input, |ui| found = beside(ui.ctx(), room));
        let found = found.unwrap();
        assert!(room.translate(vec2(100.0, 40.0)).contains_rect(found));
        assert!(found.width() >= LEAST.x && found.height() >= LEAST.y);
        let mut found = Some(room);
        let _ = ctx.run_ui(Default::default(), |ui| found = beside(ui.ctx(), room));
        assert_eq!(found, None, "nobody says where the first one is");
    }
}
