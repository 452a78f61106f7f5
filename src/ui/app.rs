//! The desk itself: reads the door once a frame, gives every part its place, and decides when to
//! paint again.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use egui::{Align2, Rect, Ui, ViewportCommand};

mod chosen;
mod fit;
mod passage;

use super::{
    arrange::{Arrangement, Arranging, Panel, Tool},
    arranging::Session,
    breaks::Breaks,
    closing::Question,
    fills, focus,
    graphics::Graphics,
    health::Health,
    keys::{Function, Panel as KeysPanel},
    lang,
    lateness::Lateness,
    layout::{self, Places},
    log::Log,
    notice::Notice,
    onair::Air,
    outcome::Outcome,
    outputs::{FolderDialog, Form},
    panels::{self, Parts},
    problems, second,
    settings::Keeper,
    show_settings::ShowSettings,
    shows::{AnyDoor, Chooser, Shows, Way},
    stage::Pictures,
    switch::Switch,
    theme, titles, topbar,
    transition::Strip,
    typed::Typed,
    view::{self, View, name},
    waker::Waker,
    wishes::{self, Wishes},
};
use crate::door::{Absence, Command, Event, MonitorRequest, Snapshot};

/// Without news from the engine the window is painted so often.
const QUIET: Duration = Duration::from_millis(250);

/// The displays are looked up so often, in seconds.
const LOOK_FOR_DISPLAYS_S: f64 = 5.0;

/// Whether somebody keeps a show whose engine is away is looked up so often, in seconds.
const LOOK_FOR_KEEPER_S: f64 = 0.5;

/// What is done once a question is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    /// The window closes.
    Close,
    /// This show is opened.
    Open(PathBuf),
}

/// An answer of the engine that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Awaited {
    /// The show is being saved, and then comes this, if anything.
    Saved(Option<Then>),
    /// The show is being written there.
    SavedAs(PathBuf),
}

/// The window's whole state.
pub struct Desk {
    door: AnyDoor,
    graphics: Graphics,
    outcome: Arc<Mutex<Option<Outcome>>>,
    snapshot: Option<Arc<Snapshot>>,
    was_attached: bool,
    /// What was found, and when, while the engine is away.
    absence: Option<(f64, Absence)>,
    title: String,
    clock: fn() -> String,
    markers: usize,
    asking: Option<(Question, Then)>,
    awaited: Option<(u64, Awaited)>,
    arranging: Session,
    /// The window has been fitted to its display.
    fits: bool,
    /// When the displays were looked up.
    displays: f64,
    health: Health,
    log: Log,
    notice: Notice,
    parts: Parts,
    /// Where the panels were drawn last, in points.
    panels: Vec<(Panel, Rect)>,
    lateness: Lateness,
    breaks: Breaks,
    problems: problems::Watch,
    settings: Keeper,
    show_settings: ShowSettings,
    way: Way,
    wishes: Wishes,
    waker: Option<Waker>,
}

impl Desk {
    /// A desk on a door. The outcome is put where the caller finds it when the window has closed.
    pub fn new(door: AnyDoor, graphics: Graphics, outcome: Arc<Mutex<Option<Outcome>>>) -> Self {
        Self {
            parts: Parts::new(Switch::new(Arc::clone(&door), graphics)),
            door,
            graphics,
            outcome,
            snapshot: None,
            was_attached: true,
            absence: None,
            title: String::new(),
            clock: time_of_day,
            markers: 0,
            asking: None,
            awaited: None,
            arranging: Session::default(),
            fits: false,
            displays: f64::MIN,
            health: Health::default(),
            log: Log::default(),
            notice: Notice::default(),
            panels: Vec::new(),
            lateness: Lateness::default(),
            breaks: Breaks::default(),
            problems: problems::Watch::default(),
            settings: Keeper::default(),
            show_settings: ShowSettings::default(),
            way: Way::default(),
            wishes: Wishes::default(),
            waker: None,
        }
    }

    /// Remembers how its user likes the desk, in this folder, and speaks their language.
    pub fn remembering(mut self, folder: Option<PathBuf>) -> Self {
        if let Some(folder) = &folder {
            self.parts.switch.load(folder);
        }
        self.settings = Keeper::of(folder);
        self.settings.speak();
        self
    }

    /// Lets the desk go to other shows.
    pub fn with_shows(mut self, shows: Arc<dyn Shows>) -> Self {
        self.way.open_by(shows);
        self
    }

    /// Reads the time of day from this clock, and not from the system's.
    pub fn with_clock(mut self, clock: fn() -> String) -> Self {
        self.clock = clock;
        self
    }

    /// Files are named by this, and not in the system's dialogs.
    pub fn choosing_by(mut self, chooser: Arc<dyn Chooser>) -> Self {
        self.way.choose_by(chooser);
        self
    }

    /// Asks for folders by another dialog than the system's.
    pub fn with_folder_dialog(mut self, dialog: Arc<dyn FolderDialog>) -> Self {
        self.parts.outputs = self.parts.outputs.with_dialog(dialog);
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
        let time_of_day = (self.clock)();
        let attached = self.door.attached();
        if attached && !self.was_attached {
            self.wishes.forget();
        }
        self.was_attached = attached;
        if let Some(snapshot) = &self.snapshot {
            self.log.name(|id| label_of(Some(snapshot), id));
        }
        self.look_for_keeper(attached, now);
        self.read_events(ui.ctx(), &time_of_day, now);
        self.go_on(ui.ctx(), now);
        self.settings.keep(now);
        self.zoom(ui.ctx());

        let Parts { outputs, .. } = &self.parts;
        let questioned = self.asking.is_some() || self.way.asks() || outputs.asks();
        self.parts.switch.hear(ui, now, questioned);
        let typed = self.parts.switch.typed();
        focus::lead(ui.ctx(), &over_the_desk(), typed);
        if self.arranging.is_on() && self.parts.switch.take_back(Function::Undo) {
            self.arrange_by(Tool::Undo);
        }
        let window = ui.ctx().content_rect();
        ui.set_clip_rect(window);

        fills::begin(ui, window, self.graphics.format);
        let places = layout::places(window.size());
        let (_, foot) = self.foot(&places);
        let room = self.room(places.panels.with_max_y(foot));
        self.close_topmost(ui.ctx());
        self.way.show(ui.ctx(), room);
        let newest = self.door.snapshot();
        let is_new = match (&newest, &self.snapshot) {
            (Some(a), Some(b)) => !Arc::ptr_eq(a, b),
            (a, _) => a.is_some(),
        };
        if newest.is_some() {
            self.snapshot = newest;
        }
        let Some(snapshot) = self.snapshot.clone() else {
            self.parts.switch.listen_alone();
            self.decide_closing(ui, None, now);
            match self.away() {
                Some(absence) if !absence.kept => banner(ui, window, absence, false),
                _ => waiting(ui, window),
            }
            let top = layout::places(window.size()).top;
            let (wanted, _) = self.menus(ui, top, None);
            self.carry_out(ui.ctx(), wanted, None, now);
            ui.ctx().request_repaint_after(QUIET);
            return;
        };
        self.entitle(ui.ctx(), &snapshot);
        if is_new && attached {
            let peaks = self.waker.as_ref().map(Waker::take_peaks);
            self.parts.meters.ballistics = self.parts.switch.multiview.ways.ballistics;
            self.parts
                .meters
                .update(&snapshot, &peaks.unwrap_or_default(), now);
            self.parts.past.update(&snapshot);
        }
        let door = Arc::clone(&self.door);
        let view = View {
            snapshot: &snapshot,
            now,
            door: &*door,
        };
        self.decide_closing(ui, Some(&view), now);
        let Parts { switch, .. } = &mut self.parts;
        let key = switch.talk_key();
        self.parts.talk.follow(ui.ctx(), &view, key, attached);
        let Parts { switch, guard, .. } = &mut self.parts;
        switch.strip.is_seen = self.panels.iter().any(|(panel, _)| *panel == Panel::Stage);
        let marks = switch.listen(&view, attached, guard);
        self.parts.outputs.look(&view);
        self.draw(ui, (window, room), &view, attached, &time_of_day);
        let waker = self.waker.as_ref();
        let Parts { switch, guard, .. } = &mut self.parts;
        switch.finish(ui, room, &view, guard, waker);
        for _ in 0..marks {
            self.mark(&view);
        }
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

    /// The title says which show this is, and whether it is saved.
    fn entitle(&mut self, ctx: &egui::Context, snapshot: &Snapshot) {
        let mark = if snapshot.edit.unsaved { "• " } else { "" };
        let title = format!("{mark}{} – regie", snapshot.name);
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Draws everything as large as it was chosen, where the window has room for that.
    fn zoom(&self, ctx: &egui::Context) {
        let window = ctx.content_rect().size() * ctx.zoom_factor();
        let zoom = layout::scale(self.settings.now.scale, window);
        if (ctx.zoom_factor() - zoom).abs() > 1e-3 {
            ctx.set_zoom_factor(zoom);
        }
    }

    fn read_events(&mut self, ctx: &egui::Context, time_of_day: &str, now: f64) {
        while let Some(event) = self.door.next_event() {
            self.hear_answer(ctx, &event, now);
            if let Event::Report(_) = event {
                if self.way.is_leaving() {
                    self.way.has_left();
                } else {
                    self.finish(ctx, Outcome::Ended);
                }
            }
            if let Event::Show { file, .. } = &event {
                let folder = file.as_deref().and_then(Path::parent);
                self.parts.switch.strip.show_folder = folder.map(Path::to_owned);
            }
            if let Event::Done {
                command: Command::Marker { label },
                ..
            } = &event
            {
                self.markers = self.markers.max(number_of(label));
            }
            if let Event::Packing(packing) = &event {
                self.notice.tell_of(packing, now);
            }
            self.parts.build.take(&event);
            self.parts.outputs.take(&event);
            self.parts.sound.take(&event);
            self.parts.past.take(&event);
            self.parts.titles.take(&event);
            self.show_settings.take(&event);
            let snapshot = self.snapshot.as_deref();
            self.log
                .take(&event, time_of_day, now, |id| label_of(snapshot, id));
        }
    }

    /// What is left to do while the window is not seen: take the events, and spare the engine the
    /// pictures.
    pub fn rest(&mut self, ctx: &egui::Context) {
        let now = ctx.input(|i| i.time);
        self.read_events(ctx, &(self.clock)(), now);
        self.parts.talk.let_go(&*self.door, now);
        self.watch(self.parts.switch.second.wanted(), now);
        ctx.request_repaint_after(QUIET);
    }

    fn mark(&mut self, view: &View) {
        let there = view.snapshot.recording.markers.iter();
        let highest = there.map(|marker| number_of(&marker.label)).max();
        self.markers = self.markers.max(highest.unwrap_or(0)) + 1;
        view.send(Command::Marker {
            label: marker(self.markers),
        });
    }

    /// Where the list of events is, and where the panels end at the latest, in points.
    fn foot(&self, places: &Places) -> (Rect, f32) {
        let aspect = self.snapshot.as_deref().map_or(16.0 / 9.0, view::aspect);
        let monitors = self.panels.iter().find(|(p, _)| *p == Panel::Monitors);
        let monitors = monitors.filter(|_| self.settings.now.strips);
        let least = monitors.and_then(|(_, at)| layout::monitors(*at, aspect, true).least_foot());
        let mixer = self.panels.iter().find(|(p, _)| *p == Panel::Mixer);
        let mixer = mixer.map(|(panel, at)| at.top() + panel.least().y);
        let least = least.into_iter().chain(mixer).reduce(f32::max);
        let events = layout::events(places.panels, least);
        let foot = if self.health.is_unfolded() {
            layout::above_events(events)
        } else {
            places.panels.bottom()
        };
        (events, foot)
    }

    /// The room for what opens over the panels: beside the pictures and what takes one to the other.
    fn room(&self, panels: Rect) -> Rect {
        let of = |these: &[Panel]| -> Vec<Rect> {
            let seen = self
                .panels
                .iter()
                .filter(|(panel, _)| these.contains(panel));
            seen.map(|(_, rect)| *rect).collect()
        };
        let keep = of(&[Panel::Stage, Panel::Program]);
        let spare = of(&[Panel::Monitors, Panel::Mixer, Panel::Outputs, Panel::Lights]);
        layout::room(panels, &keep, &spare)
    }

    /// Esc closes what is open, the topmost first, and no more than one thing. A menu, a list that is
    /// unfolded and the question at the end close themselves.
    fn close_topmost(&mut self, ctx: &egui::Context) {
        let switch = &mut self.parts.switch;
        let is_pressed = ctx.input(|i| i.key_pressed(egui::Key::Escape));
        let closes_itself =
            self.asking.is_some() || egui::Popup::is_any_open(ctx) || switch.panel.waits_for_key();
        if !is_pressed || closes_itself {
            return;
        }
        if switch.sheet.open {
            switch.sheet.open = false;
            return;
        }
        if switch.strip.open {
            switch.strip.open = false;
            return;
        }
        let windows = windows();
        let shown = |id: &egui::Id| {
            let layer = egui::LayerId::new(egui::Order::Middle, *id);
            ctx.memory(|memory| memory.areas().is_visible(&layer))
        };
        let layers: Vec<egui::LayerId> = ctx.memory(|memory| memory.layer_ids().collect());
        let top = layers.into_iter().map(|layer| layer.id).rev();
        let mut top = top.filter(|id| windows.contains(id) && shown(id));
        match top.next() {
            Some(id) if id == windows[0] => switch.panel = KeysPanel::default(),
            Some(id) if id == windows[1] => self.show_settings.open = false,
            Some(id) if id == windows[2] => self.parts.outputs.close_form(),
            Some(_) => {
                self.way.give_up();
                self.parts.outputs.close_folder();
            }
            None if self.arranging.is_on() => self.arranging.set(false),
            None if self.parts.choices.back_to_mix() => {}
            None => self.health.fold(),
        }
    }

    fn draw(
        &mut self,
        ui: &mut Ui,
        (window, room): (Rect, Rect),
        view: &View,
        attached: bool,
        time: &str,
    ) {
        let snapshot = view.snapshot;
        let aspect = view::aspect(snapshot);
        let places = layout::places(window.size());
        let air = if attached {
            Air::of(snapshot)
        } else {
            Air::Unknown
        };
        if self.parts.switch.for_the_desk.contains(&Function::Rename) {
            self.parts.build.rename();
        }
        // A hand on what it does not see is a hand that meant something else.
        let is_titled = |panel: &Panel| matches!(panel, Panel::Titles | Panel::Keys);
        if attached && self.panels.iter().any(|(panel, _)| is_titled(panel)) {
            let asked = &self.parts.switch.for_the_desk;
            self.parts.titles.hear(asked, view);
        }
        let is_mixed = self.panels.iter().any(|(panel, _)| *panel == Panel::Mixer);
        if is_mixed {
            self.parts.choices.hear(&self.parts.switch.for_the_desk);
        } else {
            // Nobody sees that the faders move something else.
            self.parts.choices.back_to_mix();
        }
        self.parts.build.follow(view, attached);
        self.parts.sound.follow(view, attached);
        self.parts.titles.follow(view, attached);
        self.show_settings.follow(view, attached);
        let (events, foot) = self.foot(&places);
        self.draw_panels(ui, (&places, foot, room), view, attached, aspect);
        self.draw_health(ui, (&places, events), view);
        if let Some((_, absence)) = &self.absence
            && !self.way.is_moving()
        {
            let renews = self.show_settings.renews();
            banner(ui, places.panels, absence, renews);
        }
        self.show_settings.show(ui, room, view, attached);
        self.notice
            .show(ui, places.notice, view, &mut self.parts.guard);
        // Last, so that Tab comes to the menus after the switcher's own controls.
        let (wanted, width) = self.menus(ui, places.top, Some(snapshot));
        let keys = &self.parts.switch.keys.map;
        let talk = (&mut self.parts.talk, keys.name(Function::TalkAll));
        topbar::show(ui, places.top, width, view, (air, time), talk);
        self.carry_out(ui.ctx(), wanted, Some(view), view.now);
    }

    fn draw_panels(
        &mut self,
        ui: &mut Ui,
        (places, foot, room): (&Places, f32, Rect),
        view: &View,
        attached: bool,
        aspect: f32,
    ) {
        let door = Arc::clone(&self.door);
        let pictures = Pictures {
            newest: &move |what| door.monitor(what),
            graphics: self.graphics,
            aspect,
            stale: !attached,
            safe: self.parts.switch.multiview.ways.safe,
        };
        let settings = &self.settings.now;
        let arrangement = settings.arrangement;
        let mut layout = settings.layout();
        let has_keys = layout.is_shown(Panel::Keys);
        if !titles::has_any(view.snapshot) {
            layout.set_shown(Panel::Keys, false);
        }
        let layout = layout.fitted(arrangement, places.panels.size());
        let shown: Vec<Panel> = layout.visible();
        let arranging = self.arranging.is_on().then(|| Arranging {
            can_undo: self.arranging.can_undo(arrangement),
            is_changed: self.arranging.is_changed(arrangement),
            key: self.parts.switch.keys.map.name(Function::Undo),
            refused: self.arranging.is_refused(view.now),
        });
        let mut frame = panels::Frame {
            view,
            pictures: &pictures,
            shown: &shown,
            strips: settings.strips,
            foot,
            room,
            rates: self.parts.switch.fps(view.snapshot),
            wanted: Vec::new(),
            marked: false,
            builds: false,
        };
        let parts = &mut self.parts;
        let panels = &mut self.panels;
        panels.clear();
        let builder = egui::UiBuilder::new()
            .max_rect(places.panels)
            .id_salt("panels");
        let moved = ui.scope_builder(builder, |ui| {
            if !attached {
                ui.disable();
            }
            layout.show(ui, arranging.as_ref(), &mut |ui, rect, panel| {
                panels.push((panel, rect));
                // A list that goes on below its edge fades into what is behind the panels.
                let behind = egui::Frame::new().fill(theme::BACKGROUND);
                let behind = egui::UiStackInfo::new(egui::UiKind::CentralPanel).with_frame(behind);
                let builder = egui::UiBuilder::new()
                    .max_rect(ui.max_rect())
                    .ui_stack_info(behind);
                ui.scope_builder(builder, |ui| frame.draw(ui, rect, panel, parts));
            })
        });
        let panels::Frame {
            mut wanted,
            marked,
            builds,
            ..
        } = frame;
        wanted.extend(parts.build.wishes());
        let done = moved.inner;
        if let Some(mut layout) = done.layout {
            // What only has nothing to show now comes again with it.
            if !titles::has_any(view.snapshot) {
                layout.set_shown(Panel::Keys, has_keys);
            }
            self.settings.now.set_layout(layout);
        }
        if done.refused {
            self.arranging.refuse(view.now);
        }
        let down = ui.input(|i| i.pointer.any_down());
        self.arranging
            .watch(arrangement, &self.settings.now.layout(), down);
        if let Some(tool) = done.tool {
            self.arrange_by(tool);
        }
        let wanted = wishes::join(wanted, self.parts.switch.second.wanted());
        self.watch(wanted, view.now);
        if marked {
            self.mark(view);
        }
        if builds {
            self.settings.now.arrangement = Arrangement::Build;
        }
    }

    /// Does what was asked for all panels while they are arranged.
    fn arrange_by(&mut self, tool: Tool) {
        let arrangement = self.settings.now.arrangement;
        let layout = match tool {
            Tool::Undo => self.arranging.undo(arrangement),
            Tool::AsItWas => self.arranging.as_it_was(arrangement),
            Tool::Done => {
                self.arranging.set(false);
                None
            }
        };
        if let Some(layout) = layout {
            self.settings.now.set_layout(layout);
        }
    }

    fn draw_health(&mut self, ui: &Ui, (places, events): (&Places, Rect), view: &View) {
        let late = self.lateness.look(view.snapshot.counters, view.now);
        let mut problems = problems::find(view.snapshot);
        problems.extend(late);
        problems.extend(self.breaks.look(view.snapshot, view.now));
        problems.extend(self.parts.outputs.problems(view.snapshot));
        let absence = self.absence.as_ref().filter(|_| !self.way.is_moving());
        let renews = self.show_settings.renews();
        let news = problems::News {
            away: absence.map(|(_, absence)| problems::engine_away(absence, renews).0),
            refusal: self.log.refusal(view.now).map(str::to_owned),
            problems: self.problems.order(problems, view.now, &(self.clock)()),
        };
        let strip = (places.health, events, self.notice.stands(view));
        self.health.show(ui, strip, view, &self.log, &news);
    }

    /// Asks the engine for the pictures that are seen, at the sizes they are seen.
    fn watch(&mut self, wanted: Vec<MonitorRequest>, now: f64) {
        if let Some(wishes) = self.wishes.update(wanted, now) {
            if let Some(waker) = &self.waker {
                waker.look_at(wishes.iter().map(|wish| wish.what.clone()).collect());
            }
            self.door.watch(wishes);
        }
    }
}

/// What egui knows the windows within the window by.
fn windows() -> [egui::Id; 4] {
    [
        KeysPanel::window(),
        ShowSettings::window(),
        Form::window(),
        Typed::window(),
    ]
}

/// The layers of what lies over the desk while it is open.
fn over_the_desk() -> Vec<egui::LayerId> {
    let windows = windows().map(|id| egui::LayerId::new(egui::Order::Middle, id));
    windows.into_iter().chain([Strip::layer()]).collect()
}

fn time_of_day() -> String {
    jiff::Zoned::now().strftime("%H:%M:%S").to_string()
}

/// What a marker of this number is called.
fn marker(number: usize) -> String {
    lang::with("desk-marker-number", &[("n", number.into())])
}

/// The number of a marker that is called by one; 0 for any other.
fn number_of(label: &str) -> usize {
    let number = label.rsplit(' ').next().and_then(|n| n.parse().ok());
    number.filter(|&n| marker(n) == label).unwrap_or(0)
}

/// The name of the part of the show that has this id, or the id where it was given none; none where
/// there is no such part.
fn label_of(snapshot: Option<&Snapshot>, id: &str) -> Option<String> {
    let snapshot = snapshot?;
    let sources = snapshot.sources.iter().map(|s| (&s.id, &s.label));
    let destinations = snapshot.destinations.iter().map(|d| (&d.id, &d.label));
    let scenes = snapshot.scenes.iter().map(|s| (&s.id, &s.label));
    let stingers = snapshot.stingers.iter().map(|s| (&s.id, &s.label));
    let mut all = sources.chain(destinations).chain(scenes).chain(stingers);
    let (id, label) = all.find(|(found, _)| *found == id)?;
    Some(name(label, id).to_owned())
}

/// Says that nothing has come of the engine yet.
fn waiting(ui: &Ui, window: Rect) {
    let text = lang::text("desk-waiting");
    ui.painter().text(
        window.center(),
        Align2::CENTER_CENTER,
        &text,
        theme::font(16.0),
        theme::DIM,
    );
    super::paint::say(ui, window, "waiting", &text);
}

/// Says calmly, over the pictures, that the engine is away, and what comes of it.
fn banner(ui: &Ui, over: Rect, absence: &Absence, renews: bool) {
    let (text, more) = problems::engine_away(absence, renews);
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
        return said(rect, "engine lost", &text, theme::bold(16.0), theme::AMBER);
    };
    let inside = rect.shrink2(egui::vec2(12.0, 10.0));
    let (above, below) = inside.split_top_bottom_at_fraction(0.5);
    said(above, "engine lost", &text, theme::bold(16.0), theme::AMBER);
    said(below, "why", &more, theme::font(13.5), theme::DIM);
}
impl eframe::App for Desk {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        if ctx.input(|i| i.viewport().visible()) == Some(false) {
            self.rest(ctx);
        }
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let now = ui.input(|i| i.time);
        self.fits = self.fits || fit::fit(ui.ctx(), now);
        let switch = &mut self.parts.switch;
        if now - self.displays > LOOK_FOR_DISPLAYS_S {
            self.displays = now;
            switch.displays = second::displays(frame);
        }
        if let Some(seconds) = frame.info().cpu_usage {
            switch.rates.painted(f64::from(seconds));
        }
        self.show(ui);
    }

    fn on_exit(&mut self) {
        self.settings.write();
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::BACKGROUND.to_normalized_gamma_f32()
    }
}
