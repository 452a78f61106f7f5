//! What is in each panel: the parts of the desk, drawn where the arrangement puts them.

use egui::{Rect, Ui, UiBuilder, vec2};

use super::{
    arrange::Panel,
    bank::Choices,
    build::Build,
    fader::Faders,
    fills,
    guard::Guard,
    keys::Function,
    lang,
    layout::{self, MonitorPlace},
    lights, loudness,
    meters::{self, Meters, Numbers},
    mixer, multiview,
    outputs::Outputs,
    paint,
    sound::Editor,
    stage::{self, Line, Pictures},
    strip,
    switch::Switch,
    talk::Talk,
    theme,
    titles::Titles,
    transport::{self, Transport},
    view::View,
    wishes,
};
use crate::door::{MonitorId, MonitorRequest};

/// The program's meter is no wider, in points.
const METER: f32 = 110.0;
/// Nor narrower beside the loudness, and so far from it, in points.
const LEAST_METER: f32 = 46.0;
const BESIDE: f32 = 24.0;
/// Height of what unfolds the loudness, in points.
const FOLDED: f32 = 30.0;

/// What the panels remember from one frame to the next.
pub struct Parts {
    /// Keys, transition, small monitors.
    pub switch: Switch,
    /// What is done to the show.
    pub build: Build,
    /// The outputs' own.
    pub outputs: Outputs,
    /// The faders under a hand.
    pub faders: Faders,
    /// Whom this desk talks to.
    pub talk: Talk,
    /// What was pressed once.
    pub guard: Guard,
    /// What is selected in the mixer.
    pub sound: Editor,
    /// What the mixer's faders move, and how strips are listened to.
    pub choices: Choices,
    /// The hand on a clip.
    pub transport: Transport,
    /// The levels as they are shown.
    pub meters: Meters,
    /// How loud the show has been.
    pub past: loudness::Past,
    /// Titles and the rundown.
    pub titles: Titles,
}

impl Parts {
    /// For a desk with this switcher.
    pub fn new(switch: Switch) -> Self {
        Self {
            switch,
            build: Build::default(),
            outputs: Outputs::default(),
            faders: Faders::default(),
            talk: Talk::default(),
            guard: Guard::default(),
            sound: Editor::default(),
            choices: Choices::default(),
            transport: Transport::default(),
            meters: Meters::default(),
            past: loudness::Past::default(),
            titles: Titles::default(),
        }
    }
}

/// What the panels of one frame have in common.
pub struct Frame<'a> {
    /// The show.
    pub view: &'a View<'a>,
    /// The monitors' pictures.
    pub pictures: &'a Pictures<'a>,
    /// The panels that are shown.
    pub shown: &'a [Panel],
    /// The small monitors have strips.
    pub strips: bool,
    /// Where every panel ends at the latest, in points from the top.
    pub foot: f32,
    /// The room for what opens over the panels.
    pub room: Rect,
    /// Pictures a second of the large and of the small monitors.
    pub rates: (u32, u32),
    /// The pictures that this frame shows.
    pub wanted: Vec<MonitorRequest>,
    /// A marker was asked for.
    pub marked: bool,
    /// The arrangement for building the show was asked for.
    pub builds: bool,
}

impl Frame<'_> {
    /// Draws a panel into a rectangle.
    pub fn draw(&mut self, ui: &mut Ui, rect: Rect, panel: Panel, parts: &mut Parts) {
        let whole = rect;
        let rect = rect.with_max_y(rect.bottom().min(self.foot));
        match panel {
            Panel::Stage => self.stage(ui, rect, parts),
            // What has strips keeps its pictures in their places.
            Panel::Monitors => self.monitors(ui, (whole, rect), parts),
            Panel::Outputs => {
                let places = (rect, self.room);
                parts.outputs.show(ui, places, self.view, &mut parts.guard);
            }
            Panel::Lights => lights::show(ui, rect, self.view, &mut parts.guard),
            Panel::Mixer => {
                let keys = &parts.switch.keys.map;
                let with = mixer::With {
                    faders: &mut parts.faders,
                    talk: &mut parts.talk,
                    editor: &mut parts.sound,
                    choices: &mut parts.choices,
                    meters: &parts.meters,
                    apart: self.shown.contains(&Panel::Strip),
                    keys: mixer::KeyNames {
                        sends: [0, 1].map(|aux| keys.name(Function::Sends(aux))),
                        clear: keys.name(Function::ClearListening),
                        dim: keys.name(Function::DimMonitor),
                    },
                };
                // What is over its foot hides it rather than that nothing can be hit any more.
                let least = rect.top() + panel.least().y;
                let foot = rect.bottom().max(least.min(whole.bottom()));
                mixer::show(ui, (whole, rect.with_max_y(foot)), self.view, with);
            }
            Panel::Strip => {
                let hands = &mut strip::Hands {
                    faders: &mut parts.faders,
                    talk: &mut parts.talk,
                    meters: &parts.meters,
                };
                let choices = &mut parts.choices;
                parts.sound.show(ui, whole, self.view, hands, choices);
            }
            Panel::Program => self.program(ui, rect),
            Panel::Level => self.level(ui, rect, parts),
            Panel::Build => self.build(ui, rect, parts),
            Panel::Titles => {
                let map = &parts.switch.keys.map;
                let seen = (self.view, self.pictures);
                if let Some((what, picture)) = parts.titles.show(ui, rect, seen, map) {
                    self.want(ui, what, picture, self.rates.1);
                }
            }
            Panel::Keys => {
                let map = &parts.switch.keys.map;
                parts.titles.show_row(ui, rect, self.view, map);
            }
        }
    }

    fn stage(&mut self, ui: &mut Ui, rect: Rect, parts: &mut Parts) {
        // A level of its own beside the stage makes the stage's a second one.
        let with_meter = !self.shown.contains(&Panel::Level);
        let mut places = layout::stage(rect, self.pictures.aspect, with_meter);
        if parts.switch.multiview.ways.swapped {
            std::mem::swap(&mut places.preview, &mut places.program);
        }
        self.want(ui, MonitorId::Program, places.program.picture, self.rates.0);
        self.want(ui, MonitorId::Preview, places.preview.picture, self.rates.0);
        let (view, pictures, line) = (self.view, self.pictures, Line::Transport);
        stage::preview(ui, places.preview, line, view, pictures);
        stage::program(ui, places.program, line, view, pictures);
        let scale = ui.ctx().pixels_per_point();
        let picture = layout::picture(places.preview.picture, self.pictures.aspect, scale);
        parts.build.on_preview(ui, picture, self.view);
        // The order from here is the order in which Tab goes.
        let Switch { keys, strip, .. } = &mut parts.switch;
        let (guard, keys) = (&mut parts.guard, &keys.map);
        self.marked |= strip.show(ui, (places.transition, self.room), view, keys, guard);
        let desk = transport::Desk { view, keys };
        let next = ("PVW", view.snapshot.preview.as_str());
        let clips = &mut parts.transport;
        clips.show(ui, places.preview.label, next, desk, guard);
        let on_air = ("PGM", view.snapshot.program.as_str());
        clips.show(ui, places.program.label, on_air, desk, guard);
        if let Some(meter) = places.meter {
            let snapshot = self.view.snapshot;
            let program = &mut parts.meters.program;
            meters::program(ui, meter, program, snapshot, Numbers::Loudness);
        }
    }

    fn monitors(&mut self, ui: &mut Ui, (whole, rect): (Rect, Rect), parts: &mut Parts) {
        let view = self.view;
        if view.snapshot.scenes.is_empty() {
            let middle = rect.center();
            let place = Rect::from_center_size(middle, vec2(200.0, layout::TARGET));
            let words = rect.with_max_y(place.top());
            multiview::without_scenes(ui, words.with_min_y(words.bottom() - layout::TARGET));
            let face = lang::text("menu-build-it");
            let button = paint::Button::new(&face).show(ui, place, "build the show");
            self.builds |= button.clicked();
            return;
        }
        let mut places = layout::monitors(whole, self.pictures.aspect, self.strips);
        places.end_above(self.foot);
        let Parts {
            switch,
            meters,
            faders,
            talk,
            ..
        } = parts;
        let (multiview, keys) = (&mut switch.multiview, &switch.keys.map);
        let Some(strips) = &places.strips else {
            let seen = multiview.fill(ui, rect, view, self.pictures, meters, keys);
            for (what, picture) in seen {
                self.want(ui, what, picture, self.rates.1);
            }
            return;
        };
        let on_page = places.small.len();
        let scenes = &view.snapshot.scenes;
        multiview.show(ui, &places.small, view, self.pictures, meters, keys);
        multiview.pager(ui, places.pager, view.snapshot, on_page, keys);
        for (what, picture) in multiview.pictures(view.snapshot, &places.small) {
            self.want(ui, what, picture, self.rates.1);
        }
        let page = multiview.page(scenes.len(), on_page);
        let shown = multiview::on_page(scenes, page, on_page);
        let hands = &mut strip::Hands {
            faders,
            talk,
            meters,
        };
        for (rect, (i, scene)) in strips.iter().zip(shown) {
            strip::show(ui, *rect, i, scene, view, hands);
        }
    }

    /// Sources, scenes and what is chosen of them, side by side.
    fn build(&self, ui: &mut Ui, rect: Rect, parts: &mut Parts) {
        let build = &mut parts.build;
        let (view, pictures) = (self.view, self.pictures);
        let mut column = |from: f32, to: f32, show: &mut dyn FnMut(&mut Ui)| {
            let x = |part: f32| rect.left() + (rect.width() + layout::GAP) * part;
            let place = Rect::from_x_y_ranges(x(from)..=x(to) - layout::GAP, rect.y_range());
            let builder = UiBuilder::new()
                .max_rect(place)
                .id_salt(("build", (from * 100.0) as u32));
            ui.scope_builder(builder, |ui| {
                ui.shrink_clip_rect(place.expand(2.0));
                show(ui);
            });
        };
        column(0.0, 0.25, &mut |ui| build.sources(ui, view));
        column(0.25, 0.5, &mut |ui| build.scenes(ui, view, pictures));
        column(0.5, 1.0, &mut |ui| build.inspector(ui, view, pictures));
    }

    /// PGM alone, so that who mixes sees what is heard.
    fn program(&mut self, ui: &Ui, rect: Rect) {
        let view = self.view;
        let place = MonitorPlace {
            picture: rect.with_max_y(rect.bottom() - layout::LABEL),
            label: rect.with_min_y(rect.bottom() - layout::LABEL),
        };
        // The large picture is wanted once, at the size of the larger.
        if !self.shown.contains(&Panel::Stage) {
            self.want(ui, MonitorId::Program, place.picture, self.rates.0);
        }
        stage::program(ui, place, Line::Scene, view, self.pictures);
    }

    /// The program's meter; beside it the loudness, or where there is no room for it, below it what unfolds
    /// it.
    fn level(&self, ui: &Ui, rect: Rect, parts: &mut Parts) {
        fills::fill(ui, rect, theme::ROUND, theme::PANEL);
        let inner = rect.shrink(6.0);
        let width = rect.width().min(METER) - 12.0;
        let snapshot = self.view.snapshot;
        let meter = &mut parts.meters.program;
        let least = loudness::LEAST;
        let spare = inner.width() - least.x - BESIDE;
        if spare < LEAST_METER || inner.height() < least.y + 4.0 {
            let (above, below) = inner.split_top_bottom_at_y(inner.bottom() - FOLDED);
            let area = Rect::from_center_size(above.center(), vec2(width, above.height()));
            meters::program(ui, area, meter, snapshot, Numbers::Loudness);
            let place = below.with_min_y(below.top() + 2.0);
            loudness::folded(ui, place, self.view, &mut parts.past);
            return;
        }
        let area = inner.with_max_x(inner.left() + width.min(spare));
        meters::program(ui, area, meter, snapshot, Numbers::Limiter);
        let beside = inner
            .with_min_x(area.right() + BESIDE - 8.0)
            .shrink2(vec2(4.0, 2.0));
        loudness::show(ui, beside, self.view, &mut parts.past);
    }

    fn want(&mut self, ui: &Ui, what: MonitorId, place: Rect, fps: u32) {
        let scale = ui.ctx().pixels_per_point();
        let picture = layout::picture(place, self.pictures.aspect, scale);
        let size = picture.size() * scale;
        self.wanted.push(wishes::wish(what, size.x, size.y, fps));
    }
}
