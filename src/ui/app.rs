//! The desk itself: reads the door once a frame, gives every part its place, and decides when to
//! paint again.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use egui::{Align2, Event as Input, Rect, Ui, ViewportCommand};

use super::{
    closing::{self, Answer},
    fader::Faders,
    fills,
    graphics::Graphics,
    guard::Guard,
    health::Health,
    keys::{self, Action, Focus, FocusTimer},
    layout::{self, Places},
    log::Log,
    meters::Meters,
    multiview,
    onair::{self, Air, AirTime},
    outcome::Outcome,
    outputs::{FolderDialog, Outputs},
    problems,
    stage::{self, Pictures},
    strip, theme, topbar, transition,
    view::{View, name},
    waker::{Waker, even_rate},
    wishes::{self, Wishes},
};
use crate::door::{Absence, Command, Door, Event, MonitorId, MonitorRequest, Snapshot};

/// Without news from the engine the window is painted so often.
const QUIET: Duration = Duration::from_millis(250);

/// Whether somebody keeps a show whose engine is away is looked up so often, in seconds.
const LOOK_FOR_KEEPER_S: f64 = 0.5;

/// The window's whole state.
pub struct Desk {
    door: Arc<dyn Door + Sync>,
    graphics: Graphics,
    outcome: Arc<Mutex<Option<Outcome>>>,
    snapshot: Option<Arc<Snapshot>>,
    was_attached: bool,
    /// What was found, and when, while the engine is away.
    absence: Option<(f64, Absence)>,
    page: usize,
    markers: usize,
    asking: bool,
    air: AirTime,
    faders: Faders,
    focus: FocusTimer,
    guard: Guard,
    health: Health,
    log: Log,
    meters: Meters,
    outputs: Outputs,
    problems: problems::Watch,
    wishes: Wishes,
    waker: Option<Waker>,
}

impl Desk {
    /// A desk on a door. The outcome is put where the caller finds it when the window has closed.
    pub fn new(
        door: Arc<dyn Door + Sync>,
        graphics: Graphics,
        outcome: Arc<Mutex<Option<Outcome>>>,
    ) -> Self {
        Self {
            door,
            graphics,
            outcome,
            snapshot: None,
            was_attached: true,
            absence: None,
            page: 0,
            markers: 0,
            asking: false,
            air: AirTime::default(),
            faders: Faders::default(),
            focus: FocusTimer::default(),
            guard: Guard::default(),
            health: Health::default(),
            log: Log::default(),
            meters: Meters::default(),
            outputs: Outputs::default(),
            problems: problems::Watch::default(),
            wishes: Wishes::default(),
            waker: None,
        }
    }

    /// Asks for folders by another dialog than the system's.
    pub fn with_folder_dialog(mut self, dialog: Arc<dyn FolderDialog>) -> Self {
        self.outputs = self.outputs.with_dialog(dialog);
        self
    }

    /// Keeps what wakes this window for as long as the window is there.
    pub(super) fn woken_by(mut self, waker: Waker) -> Self {
        self.waker = Some(waker);
        self
    }

    /// Draws the whole window and does what the hand asks for. Call once a frame.
    pub fn show(&mut self, ui: &mut Ui) {
        let now = ui.input(|i| i.time);
        let time_of_day = time_of_day();
        let attached = self.door.attached();
        if attached && !self.was_attached {
            self.wishes.forget();
        }
        self.was_attached = attached;
        self.look_for_keeper(attached, now);
        self.read_events(ui.ctx(), &time_of_day, now);

        let window = ui.ctx().content_rect();
        ui.set_clip_rect(window);

        fills::begin(ui, window, self.graphics.format);
        let newest = self.door.snapshot();
        let is_new = match (&newest, &self.snapshot) {
            (Some(a), Some(b)) => !Arc::ptr_eq(a, b),
            (a, _) => a.is_some(),
        };
        if newest.is_some() {
            if self.snapshot.is_none()
                && let Some(first) = &newest
            {
                let title = format!("{} – regie", first.name);
                ui.ctx().send_viewport_cmd(ViewportCommand::Title(title));
            }
            self.snapshot = newest;
        }
        let Some(snapshot) = self.snapshot.clone() else {
            self.decide_closing(ui, None, now);
            match self.away() {
                Some(absence) if !absence.kept => banner(ui, window, absence),
                _ => waiting(ui, window),
            }
            ui.ctx().request_repaint_after(QUIET);
            return;
        };
        if is_new && attached {
            let peaks = self.waker.as_ref().map(Waker::take_peaks);
            self.meters
                .update(&snapshot, &peaks.unwrap_or_default(), now);
        }
        let door = Arc::clone(&self.door);
        let view = View {
            snapshot: &snapshot,
            now,
            door: &*door,
        };
        self.decide_closing(ui, Some(&view), now);
        self.act_on_keys(ui, &view, attached);
        self.draw(ui, window, &view, attached, &time_of_day);
        // The engine's news wake the window; the clock and the guards need no more than this.
        ui.ctx().request_repaint_after(QUIET);
    }

    fn look_for_keeper(&mut self, attached: bool, now: f64) {
        let is_fresh = |(at, _): &(f64, Absence)| now < at + LOOK_FOR_KEEPER_S;
        if attached {
            self.absence = None;
        } else if !self.absence.as_ref().is_some_and(is_fresh) {
            self.absence = Some((now, self.door.absence()));
        }
    }

    /// What is known of an engine that is away.
    fn away(&self) -> Option<&Absence> {
        self.absence.as_ref().map(|(_, absence)| absence)
    }

    fn read_events(&mut self, ctx: &egui::Context, time_of_day: &str, now: f64) {
        while let Some(event) = self.door.next_event() {
            if let Event::Report(_) = event {
                self.finish(ctx, Outcome::Ended);
            }
            if let Event::Done {
                command: Command::Marker { label },
                ..
            } = &event
            {
                let number = label.strip_prefix("Marker ").and_then(|n| n.parse().ok());
                self.markers = self.markers.max(number.unwrap_or(0));
            }
            self.outputs.take(&event);
            let snapshot = self.snapshot.as_deref();
            self.log
                .take(&event, time_of_day, now, |id| label_of(snapshot, id));
        }
    }

    /// What is left to do while the window is not seen: take the events, and spare the engine the
    /// pictures.
    pub fn rest(&mut self, ctx: &egui::Context) {
        let now = ctx.input(|i| i.time);
        self.read_events(ctx, &time_of_day(), now);
        if let Some(none) = self.wishes.update(Vec::new(), now) {
            self.door.watch(none);
        }
        ctx.request_repaint_after(QUIET);
    }

    /// Ends the window with this outcome.
    fn finish(&self, ctx: &egui::Context, outcome: Outcome) {
        let mut slot = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert(outcome);
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    fn is_finished(&self) -> bool {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    fn decide_closing(&mut self, ui: &Ui, view: Option<&View>, now: f64) {
        let asked_to_close = ui.input(|i| i.viewport().close_requested());
        if asked_to_close && !self.is_finished() {
            match view {
                Some(view) if onair::must_ask(view.snapshot) => {
                    ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
                    self.asking = true;
                }
                Some(_) => self.finish(ui.ctx(), Outcome::EndShow),
                // Nothing is known of the show: it must not end by mistake.
                None => self.finish(ui.ctx(), Outcome::LeaveRunning),
            }
        }
        let Some(view) = view.filter(|_| self.asking) else {
            return;
        };
        if let Some(answer) = closing::ask(ui, view, &mut self.guard) {
            self.asking = false;
            self.guard.disarm();
            match answer {
                Answer::Leave => self.finish(ui.ctx(), Outcome::LeaveRunning),
                Answer::End => self.finish(ui.ctx(), Outcome::EndShow),
                Answer::Stay => tracing::debug!(now, "the window stays"),
            }
        }
    }

    fn act_on_keys(&mut self, ui: &Ui, view: &View, attached: bool) {
        let ctx = ui.ctx();
        let focused = ctx.memory(|memory| memory.focused());
        let key_pressed = ui.input(|i| {
            i.events
                .iter()
                .any(|e| matches!(e, Input::Key { pressed: true, .. }))
        });
        let expired = self.focus.expired(key_pressed, focused.is_some(), view.now);
        let focus = match focused {
            Some(id) if expired => {
                ctx.memory_mut(|memory| memory.surrender_focus(id));
                Focus::Free
            }
            Some(_) if ctx.text_edit_focused() => Focus::Text,
            Some(_) => Focus::Control,
            None => Focus::Free,
        };
        let actions = ui.input_mut(|i| keys::take(&mut i.events, focus));
        if !attached {
            return;
        }
        for action in actions {
            self.act(action, view);
        }
    }

    fn act(&mut self, action: Action, view: &View) {
        let scene = |position: usize| view.snapshot.scenes.get(position).map(|s| s.id.clone());
        let last_page = layout::pages(view.snapshot.scenes.len()) - 1;
        match action {
            Action::Preview(position) => {
                if let Some(scene) = scene(position) {
                    view.send(Command::Preview { scene });
                }
            }
            Action::HotCut(position) => {
                if let Some(scene) = scene(position) {
                    view.send(Command::Program { scene });
                }
            }
            Action::Cut => view.send(Command::Cut {}),
            Action::Auto => view.send(Command::Auto {}),
            Action::FadeToBlack => transition::toggle_black(view),
            Action::PageBefore => self.page = self.page.saturating_sub(1),
            Action::PageAfter => self.page = (self.page + 1).min(last_page),
            Action::Marker => self.mark(view),
        }
    }

    fn mark(&mut self, view: &View) {
        self.markers += 1;
        view.send(Command::Marker {
            label: format!("Marker {}", self.markers),
        });
    }

    fn draw(&mut self, ui: &mut Ui, window: Rect, view: &View, attached: bool, time: &str) {
        let snapshot = view.snapshot;
        let aspect = snapshot.width.max(1) as f32 / snapshot.height.max(1) as f32;
        let places = layout::places(window.size(), aspect);
        self.page = self.page.min(layout::pages(snapshot.scenes.len()) - 1);
        self.watch(ui, &places, view, aspect);

        let air = if attached {
            self.air.update(snapshot, view.now)
        } else {
            Air::Unknown
        };
        topbar::show(ui, places.top, view, air, time);
        let door = Arc::clone(&self.door);
        let pictures = Pictures {
            newest: &move |what| door.monitor(what),
            graphics: self.graphics,
            aspect,
            stale: !attached,
        };
        ui.scope(|ui| {
            if !attached {
                ui.disable();
            }
            stage::preview(ui, places.preview, view, &pictures);
            stage::program(ui, places.program, view, &pictures);
            // The order from here is the order in which Tab goes.
            if transition::show(ui, places.transition, view) {
                self.mark(view);
            }
            multiview::show(ui, &places, self.page, view, &pictures, &self.meters);
            self.page = multiview::pager(ui, places.pager, self.page, snapshot.scenes.len());
            if let Some(strips) = &places.strips {
                let scenes = multiview::on_page(&snapshot.scenes, self.page);
                for (rect, (i, scene)) in strips.iter().zip(scenes) {
                    strip::show(ui, *rect, i, scene, view, &mut self.faders, &self.meters);
                }
            }
            self.outputs.show(ui, places.outputs, view, &mut self.guard);
            let limiter = snapshot.limiter_db;
            super::meters::program(ui, places.meter, &mut self.meters.program, limiter);
        });
        let problems = problems::find(snapshot);
        let newest = self.problems.newest(&problems, view.now);
        let away = self.absence.as_ref().map(|(_, absence)| absence);
        let news = match away {
            Some(absence) => Some(problems::engine_away(absence).0),
            None => {
                let refusal = self.log.refusal(view.now);
                refusal.or(newest.as_ref().map(|p| p.text.as_str()))
            }
        };
        let strip = (places.health, places.events);
        self.health
            .show(ui, strip, view, &self.log, news, &problems);
        if let Some(absence) = away {
            let over = places.preview.picture.union(places.program.picture);
            banner(ui, over, absence);
        }
    }

    /// Asks the engine for the pictures that are seen, at the sizes they are seen.
    fn watch(&mut self, ui: &Ui, places: &Places, view: &View, aspect: f32) {
        let (large, small) = self.rates(view.snapshot);
        let scale = ui.ctx().pixels_per_point();
        let wish = |what: MonitorId, place: Rect, fps: u32| -> MonitorRequest {
            let size = layout::picture(place, aspect, scale).size() * scale;
            wishes::wish(what, size.x, size.y, fps)
        };
        let mut wanted = vec![
            wish(MonitorId::Program, places.program.picture, large),
            wish(MonitorId::Preview, places.preview.picture, large),
        ];
        let scenes = multiview::on_page(&view.snapshot.scenes, self.page);
        for (place, (_, scene)) in places.small.iter().zip(scenes) {
            wanted.push(wish(
                MonitorId::Scene(scene.id.clone()),
                place.picture,
                small,
            ));
        }
        if let Some(wishes) = self.wishes.update(wanted, view.now) {
            self.door.watch(wishes);
        }
    }

    /// Pictures a second of the large and the small monitors.
    fn rates(&self, snapshot: &Snapshot) -> (u32, u32) {
        let large = even_rate(snapshot.rate.fps(), self.graphics.most_fps());
        (large, (self.graphics.most_fps() / 3).min(large))
    }
}

fn time_of_day() -> String {
    jiff::Zoned::now().strftime("%H:%M:%S").to_string()
}

fn label_of(snapshot: Option<&Snapshot>, id: &str) -> String {
    let Some(snapshot) = snapshot else {
        return id.to_owned();
    };
    let sources = snapshot.sources.iter().map(|s| (&s.id, &s.label));
    let destinations = snapshot.destinations.iter().map(|d| (&d.id, &d.label));
    sources
        .chain(destinations)
        .find(|(found, _)| *found == id)
        .map_or_else(|| id.to_owned(), |(id, label)| name(label, id).to_owned())
}

/// Says that nothing has come of the engine yet.
fn waiting(ui: &Ui, window: Rect) {
    let text = "waiting for the engine";
    ui.painter().text(
        window.center(),
        Align2::CENTER_CENTER,
        text,
        theme::font(16.0),
        theme::DIM,
    );
    super::paint::say(ui, window, "waiting", text);
}

/// Says calmly, over the pictures, that the engine is away, and what comes of it.
fn banner(ui: &Ui, over: Rect, absence: &Absence) {
    let (text, more) = problems::engine_away(absence);
    let size = if absence.kept {
        egui::vec2(520.0, 54.0)
    } else {
        egui::vec2(800.0, 76.0)
    };
    let rect = Rect::from_center_size(over.center(), size);
    ui.painter().rect_filled(rect, theme::ROUND, theme::PANEL);
    ui.painter().rect_stroke(
        rect,
        theme::ROUND,
        egui::Stroke::new(1.0, theme::AMBER),
        egui::StrokeKind::Inside,
    );
    let said = |rect: Rect, id: &str, text: &str, font, colour| {
        super::paint::said_line(ui, rect, egui::Align::Center, id, text, font, colour);
    };
    let Some(more) = more else {
        return said(rect, "engine lost", text, theme::bold(16.0), theme::AMBER);
    };
    let inside = rect.shrink2(egui::vec2(12.0, 10.0));
    let (above, below) = inside.split_top_bottom_at_fraction(0.5);
    said(above, "engine lost", text, theme::bold(16.0), theme::AMBER);
    said(below, "why", &more, theme::font(13.5), theme::DIM);
}

impl eframe::App for Desk {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        if ctx.input(|i| i.viewport().visible()) == Some(false) {
            self.rest(ctx);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::BACKGROUND.to_normalized_gamma_f32()
    }
}
