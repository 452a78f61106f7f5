//! The small monitors, in pages: a press puts a scene on PVW, one with Shift on PGM. A double click is
//! two presses and no more: nothing goes on air by a hand that trembles.

use std::path::{Path, PathBuf};

use egui::{Align, Id, Rect, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use serde::{Deserialize, Serialize};

use super::{
    ballistics::Ballistics,
    fills, kept,
    keys::{Function, KeyMap},
    lang,
    layout::{self, BORDER, MonitorPlace, PAGE},
    meters::{self, Meter, Meters},
    paint::{self, Button},
    stage::{self, Pictures},
    theme::{self, Icon},
    transport,
    view::{View, name},
    words,
};
use crate::door::{Command, MonitorId, SceneStatus, Snapshot, Tally, TransitionState};

/// The file of what is kept in the folder of settings.
const FILE: &str = "monitors.ron";
/// Monitors are not made narrower than this, in points, to get more of them on a page.
const NARROW: f32 = 140.0;
/// Nor than this to get [`PAGE`] of them on a page.
const NARROWEST: f32 = 84.0;
/// Height of the line under a small monitor, in points.
const LABEL: f32 = 24.0;
const GAP: f32 = 8.0;
const PAGER: f32 = 44.0;
/// Height of the mark on a page button, in points.
const MARK: f32 = 6.0;

/// How the monitors and their meters are shown; kept from one show to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ways {
    /// The page of small monitors, 0 is the first.
    pub page: usize,
    /// PGM is left and PVW right.
    pub swapped: bool,
    /// Safe areas are drawn over the pictures.
    pub safe: bool,
    /// How every meter moves.
    pub ballistics: Ballistics,
}

/// See the module's words.
#[derive(Debug, Default)]
pub struct Multiview {
    /// How the monitors are shown.
    pub ways: Ways,
    kept: Ways,
    file: Option<PathBuf>,
}

impl Multiview {
    /// As it was kept in this folder of settings.
    pub fn load(folder: &Path) -> Self {
        let file = folder.join(FILE);
        let ways = kept::read(&file).unwrap_or_default();
        Self {
            ways,
            kept: ways,
            file: Some(file),
        }
    }

    /// Keeps what has changed. What cannot be written is in the log.
    pub fn keep(&mut self) {
        if self.ways == self.kept {
            return;
        }
        self.kept = self.ways;
        if let Some(file) = &self.file
            && let Err(error) = kept::write(file, &self.ways)
        {
            tracing::warn!("the page of monitors is not kept: {error}");
        }
    }

    /// The page that is shown of so many scenes, so many on a page.
    pub fn page(&self, scenes: usize, on_page: usize) -> usize {
        self.ways.page.min(pages(scenes, on_page) - 1)
    }

    /// Turns to the page before or the next one.
    pub fn turn(&mut self, forward: bool, scenes: usize, on_page: usize) {
        let page = self.page(scenes, on_page);
        self.ways.page = match forward {
            true => (page + 1).min(pages(scenes, on_page) - 1),
            false => page.saturating_sub(1),
        };
    }

    /// Draws the monitors of the page into their places.
    pub fn show(
        &mut self,
        ui: &Ui,
        places: &[MonitorPlace],
        view: &View,
        pictures: &Pictures,
        meters: &Meters,
        keys: &KeyMap,
    ) {
        let scenes = &view.snapshot.scenes;
        let page = self.page(scenes.len(), places.len());
        let shown = on_page(scenes, page, places.len());
        for (place, (position, scene)) in places.iter().zip(shown) {
            self.small(ui, *place, position, scene, view, pictures, meters, keys);
        }
        if let (true, [first, .., last]) = (scenes.is_empty(), places) {
            without_scenes(ui, first.picture.union(last.label));
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn small(
        &mut self,
        ui: &Ui,
        place: MonitorPlace,
        position: usize,
        scene: &SceneStatus,
        view: &View,
        pictures: &Pictures,
        meters: &Meters,
        keys: &KeyMap,
    ) {
        let label = name(&scene.label, &scene.id);
        let trouble = view.trouble(scene);
        let whole = place.picture.union(place.label);
        let sense = if ui.is_enabled() {
            Sense::click()
        } else {
            Sense::hover()
        };
        let id = Id::unique(("scene", ui.layer_id(), position));
        let response = ui.interact(whole, id, sense);
        let mut said = format!("{} {label}", position + 1);
        let waits = view.snapshot.transition.then.as_ref() == Some(&scene.id);
        let key = key_of(position, keys);
        let tally = match scene.tally {
            Tally::Program => Some("switch-on-air"),
            Tally::Preview => Some("switch-next"),
            Tally::Off => None,
        };
        if let Some(key) = tally {
            said += &format!(", {}", lang::text(key));
        }
        if waits {
            said += &format!(", {}", lang::text("switch-then"));
        }
        if let Key::Beside(key) = &key {
            let key = [("key", key.as_str().into())];
            said += &format!(", {}", lang::with("switch-key", &key));
        }
        if let Some((state, message)) = &trouble {
            said += &format!(", {}", words::source_state(*state));
            if !message.is_empty() {
                said += &format!(": {message}");
            }
        }
        let warnings = view.warnings(scene);
        if !warnings.is_empty() {
            said += &format!(", {warnings}");
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &said));
        if paint::pressed(ui, &response) {
            let scene = scene.id.clone();
            view.send(match ui.input(|i| i.modifiers.shift) {
                true => Command::Program { scene },
                false => Command::Preview { scene },
            });
        }

        let what = MonitorId::Scene(scene.id.clone());
        let inside = place.picture.shrink(BORDER);
        pictures.draw(ui, place.picture, &what, scene.tally, response.hovered());
        if let Some((state, message)) = &trouble {
            ui.painter().rect_filled(inside, 0, theme::SCRIM);
            let inner = inside.shrink(4.0).with_max_x(inside.right() - 14.0);
            let head = inner.with_max_y(inner.top() + 18.0);
            let word = words::source_state(*state).to_uppercase();
            let bold = theme::bold(13.0);
            paint::line(ui, head, Align::Center, &word, bold, theme::AMBER);
            paint::small_lines(
                ui,
                inner.with_min_y(head.bottom() + 2.0),
                Align::Center,
                message,
                theme::font(11.5),
                theme::TEXT,
            );
        } else if self.ways.safe {
            let scale = ui.pixels_per_point();
            stage::safe_areas(ui, layout::picture(place.picture, pictures.aspect, scale));
        }
        if let Some(clip) = transport::clip_among(view.snapshot, &scene.sources) {
            transport::tag(ui, inside, clip, (ui.layer_id(), position));
        }
        if waits {
            mark(ui, inside);
        }
        if let Some(meter) = highest(meters, &scene.sources) {
            meters::slim(ui, inside, &meter);
        }
        let mut line = place.label;
        if !warnings.is_empty() {
            let mark = line.with_min_x(line.right() - 18.0);
            let icon = theme::icon(Icon::TriangleAlert).to_string();
            paint::line(ui, mark, Align::Max, &icon, theme::font(14.0), theme::AMBER);
            line.max.x = mark.left();
        }
        number_and_label(ui, line, position, label, scene.tally, &key);
        paint::focus_ring(ui, &response);
        if !warnings.is_empty() || trouble.is_some() {
            response.on_hover_text(said);
        }
    }

    /// Draws the page buttons, where there is more than one page: each says whether PGM or PVW lies
    /// beyond it.
    pub fn pager(
        &mut self,
        ui: &Ui,
        rect: Rect,
        snapshot: &Snapshot,
        on_page: usize,
        keys: &KeyMap,
    ) {
        let scenes = snapshot.scenes.len();
        let pages = pages(scenes, on_page);
        if pages == 1 {
            return;
        }
        let page = self.page(scenes, on_page);
        let layer = ui.layer_id();
        let fifth = rect.height() / 5.0;
        let part = |from: f32, length: f32| {
            let corner = pos2(rect.left(), rect.top() + from * fifth);
            Rect::from_min_size(corner, vec2(rect.width(), length * fifth)).shrink2(vec2(0.0, 1.0))
        };
        let first = page * on_page;
        let [above, below] = [0..first, first + on_page..scenes].map(|these| {
            let there = snapshot.scenes.get(these.start..these.end.max(these.start));
            Beyond::of(there.unwrap_or_default(), snapshot)
        });
        let before = Button::new("▲")
            .say(&above.say("switch-page-before"))
            .key(&keys.name(Function::PageBefore))
            .enabled(page > 0)
            .show(ui, part(0.0, 2.0), ("page before", layer));
        let text = format!("{}/{pages}", page + 1);
        paint::said_line(
            ui,
            part(2.0, 1.0),
            Align::Center,
            ("page", layer),
            &text,
            theme::bold(13.0),
            theme::DIM,
        );
        let after = Button::new("▼")
            .say(&below.say("switch-page-after"))
            .key(&keys.name(Function::PageAfter))
            .enabled(page + 1 < pages)
            .show(ui, part(3.0, 2.0), ("page after", layer));
        let (before_at, after_at) = (part(0.0, 2.0), part(3.0, 2.0));
        above.mark(ui, before_at.with_max_y(before_at.top() + MARK));
        below.mark(ui, after_at.with_min_y(after_at.bottom() - MARK));
        if before.clicked() {
            self.turn(false, scenes, on_page);
        } else if after.clicked() {
            self.turn(true, scenes, on_page);
        }
    }

    /// Draws as many monitors as a place holds, with their page buttons, and gives where the pictures
    /// of which scenes are, for who asks the engine for them.
    pub fn fill(
        &mut self,
        ui: &Ui,
        rect: Rect,
        view: &View,
        pictures: &Pictures,
        meters: &Meters,
        keys: &KeyMap,
    ) -> Vec<(MonitorId, Rect)> {
        let scenes = &view.snapshot.scenes;
        let grid = grid(rect, pictures.aspect, scenes.len());
        let on_page = grid.places.len();
        self.show(ui, &grid.places, view, pictures, meters, keys);
        if let Some(pager) = grid.pager {
            self.pager(ui, pager, view.snapshot, on_page, keys);
        }
        self.pictures(view.snapshot, &grid.places)
    }

    /// Where the pictures of which scenes are.
    pub fn pictures(&self, show: &Snapshot, places: &[MonitorPlace]) -> Vec<(MonitorId, Rect)> {
        let page = self.page(show.scenes.len(), places.len());
        let shown = on_page(&show.scenes, page, places.len());
        let pictures = places.iter().zip(shown).map(|(place, (_, scene))| {
            let what = MonitorId::Scene(scene.id.clone());
            (what, place.picture)
        });
        pictures.collect()
    }
}

/// The scenes on a page, with their positions in the show.
pub fn on_page(
    scenes: &[SceneStatus],
    page: usize,
    on_page: usize,
) -> impl Iterator<Item = (usize, &SceneStatus)> {
    scenes.iter().enumerate().skip(page * on_page).take(on_page)
}

/// Pages that so many monitors need, at least one.
fn pages(monitors: usize, on_page: usize) -> usize {
    monitors.div_ceil(on_page.max(1)).max(1)
}

/// Places for monitors. Rectangles in points.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Row by row; as many as are on a page.
    pub places: Vec<MonitorPlace>,
    /// The page buttons, where one page does not hold all.
    pub pager: Option<Rect>,
}

/// Places for monitors of this shape (width / height) in a rectangle: as large as they can be for so
/// many scenes, as many on a page as stay readable, and no fewer places than [`PAGE`] where those can
/// be had, so that a scene more or less moves nothing.
pub fn grid(rect: Rect, aspect: f32, scenes: usize) -> Grid {
    let wanted = scenes.max(PAGE);
    let whole = arrange(rect, aspect, wanted);
    if let Some(places) = whole.filter(|places| scenes <= PAGE || width(places) >= NARROW) {
        return Grid {
            places,
            pager: None,
        };
    }
    let beside = rect.with_max_x(rect.right() - PAGER - GAP);
    let pager = rect.with_min_x(rect.right() - PAGER);
    let most = |least: f32, up_to: usize| {
        let counts = (1..=up_to).rev();
        let mut fitting = counts.filter_map(|n| arrange(beside, aspect, n));
        fitting.find(|places| width(places) >= least)
    };
    let more = most(NARROW, wanted).filter(|places| places.len() >= PAGE);
    let places = more
        .or_else(|| most(NARROWEST, PAGE))
        .or_else(|| arrange(beside, aspect, 1))
        .unwrap_or_default();
    let pager = (scenes > places.len()).then_some(pager);
    Grid { places, pager }
}

fn width(places: &[MonitorPlace]) -> f32 {
    places.first().map_or(0.0, |place| place.picture.width())
}

/// So many monitors of one size in a rectangle, as large as they can be; `None` where there is no
/// room.
fn arrange(rect: Rect, aspect: f32, count: usize) -> Option<Vec<MonitorPlace>> {
    let size = |columns: usize| {
        let rows = count.div_ceil(columns);
        let wide = (rect.width() - GAP * (columns - 1) as f32) / columns as f32;
        let high = (rect.height() - GAP * (rows - 1) as f32) / rows as f32 - LABEL;
        let width = wide.min((high - 2.0 * BORDER) * aspect + 2.0 * BORDER);
        (width, (width - 2.0 * BORDER) / aspect + 2.0 * BORDER)
    };
    let columns = (1..=count).max_by(|&a, &b| size(a).0.total_cmp(&size(b).0))?;
    let (width, height) = size(columns);
    if width < 24.0 || height < 16.0 {
        return None;
    }
    let place = |i: usize| {
        let (column, row) = ((i % columns) as f32, (i / columns) as f32);
        let corner = rect.min + vec2(column * (width + GAP), row * (height + LABEL + GAP));
        let picture = Rect::from_min_size(corner, vec2(width, height));
        MonitorPlace {
            picture,
            label: Rect::from_min_size(picture.left_bottom(), vec2(width, LABEL)),
        }
    };
    Some((0..count).map(place).collect())
}

/// The highest of the levels of these sources, for one meter.
fn highest(meters: &Meters, sources: &[String]) -> Option<Meter> {
    let mut all = sources.iter().filter_map(|id| meters.sources.get(id));
    let mut highest = *all.next()?;
    for meter in all {
        for side in 0..2 {
            let (channel, other) = (&mut highest.channels[side], meter.channels[side]);
            channel.shown_db = channel.shown_db.max(other.shown_db);
            channel.hold_db = channel.hold_db.max(other.hold_db);
            channel.clipped |= other.clipped;
            highest.rms_db[side] = highest.rms_db[side].max(meter.rms_db[side]);
        }
    }
    Some(highest)
}

/// Which of PGM and PVW are on the pages beyond a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Beyond {
    /// PGM, or what a transition that runs goes to.
    program: bool,
    preview: bool,
}

impl Beyond {
    fn of(scenes: &[SceneStatus], snapshot: &Snapshot) -> Self {
        let has = |id: &str| scenes.iter().any(|scene| scene.id == id);
        let next = has(&snapshot.preview);
        let runs = snapshot.transition.state != TransitionState::Idle;
        // Under the slate no scene is on air.
        let on_air = has(&snapshot.program) || (next && runs);
        Self {
            program: on_air && !snapshot.hold,
            preview: next && !runs,
        }
    }

    fn say(self, button: &'static str) -> String {
        let mut said = lang::text(button);
        for (is_there, key) in [
            (self.program, "switch-page-program"),
            (self.preview, "switch-page-preview"),
        ] {
            if is_there {
                said += &format!(", {}", lang::text(key));
            }
        }
        said
    }

    /// Draws it at the edge of its button: side by side where both are there.
    fn mark(self, ui: &Ui, edge: Rect) {
        let (left, right) = match self.program && self.preview {
            true => edge.split_left_right_at_fraction(0.5),
            false => (edge, edge),
        };
        if self.program {
            fills::fill(ui, left, 2, theme::RED);
        }
        if self.preview {
            fills::fill(ui, right, 2, theme::GREEN);
        }
    }
}

/// Says in the corner of a picture that its scene waits for the end of the transition.
fn mark(ui: &Ui, picture: Rect) {
    let place = Rect::from_min_size(picture.min + vec2(2.0, 2.0), vec2(66.0, 18.0));
    let place = place.intersect(picture);
    ui.painter().rect_filled(place, 2, theme::ON);
    let text = lang::text("switch-then-mark");
    let bold = theme::bold(12.0);
    paint::line(ui, place, Align::Center, &text, bold, theme::ON_TEXT);
}

/// The key that previews a scene, as its tile shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    /// As short as a number, and in its place.
    Number(String),
    /// Beside the label.
    Beside(String),
    None,
}

fn key_of(position: usize, keys: &KeyMap) -> Key {
    let scene = u8::try_from(position).ok();
    let name = scene.map(|scene| keys.name(Function::Preview(scene)));
    let name = name.unwrap_or_default();
    match name.chars().count() {
        0 => Key::None,
        1..=2 => Key::Number(name),
        _ => Key::Beside(name),
    }
}

fn number_and_label(ui: &Ui, rect: Rect, position: usize, label: &str, tally: Tally, shown: &Key) {
    let (fill, text) = match tally {
        Tally::Program => (theme::RED, theme::RED_TEXT),
        Tally::Preview => (theme::GREEN, theme::ON_TEXT),
        Tally::Off => (theme::RAISED, theme::TEXT),
    };
    let key = Rect::from_min_size(rect.min + vec2(0.0, 3.0), vec2(24.0, rect.height() - 4.0));
    fills::fill(ui, key, 2, fill);
    let number = match shown {
        Key::Number(key) => key.clone(),
        Key::Beside(_) | Key::None => format!("{}", position + 1),
    };
    paint::line(ui, key, Align::Center, &number, theme::bold(13.0), text);
    let mut rest = rect.with_min_x(key.right() + 6.0);
    if let Key::Beside(name) = shown {
        let half = rest.with_min_x(rest.center().x);
        let used = paint::line(ui, half, Align::Max, name, theme::font(11.5), theme::DIM);
        rest.max.x -= used + 4.0;
    }
    paint::line(ui, rest, Align::Min, label, theme::font(13.0), theme::TEXT);
}

/// Says that there is nothing to switch between yet.
pub fn without_scenes(ui: &Ui, area: Rect) {
    let text = lang::text("switch-no-sources");
    let font = theme::font(15.0);
    paint::lines(ui, area, Align::Center, &text, font, theme::DIM);
    paint::say(ui, area, "no sources", &text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::Level;
    use crate::ui::{meters::Peaks, testing};

    #[test]
    fn places_fit_and_pages_begin_where_monitors_would_be_too_small() {
        for (w, h) in [
            (1264.0, 110.0),
            (600.0, 400.0),
            (1900.0, 500.0),
            (300.0, 900.0),
        ] {
            for aspect in [9.0 / 16.0, 16.0 / 9.0] {
                for scenes in [0, 1, 8, 9, 20, 60] {
                    let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(w, h));
                    let grid = grid(rect, aspect, scenes);
                    let what = format!("{scenes} of {aspect} in {w}×{h}: {grid:?}");
                    assert!(!grid.places.is_empty(), "{what}");
                    assert_eq!(grid.pager.is_some(), scenes > grid.places.len(), "{what}");
                    let mut all: Vec<Rect> = grid
                        .places
                        .iter()
                        .map(|place| place.picture.union(place.label))
                        .chain(grid.pager)
                        .collect();
                    while let Some(a) = all.pop() {
                        assert!(rect.expand(0.1).contains_rect(a), "{what}");
                        for b in &all {
                            let both = a.intersect(*b);
                            assert!(both.width() < 0.1 || both.height() < 0.1, "{what}");
                        }
                    }
                }
            }
        }
        let row = Rect::from_min_size(pos2(0.0, 0.0), vec2(1264.0, 110.0));
        assert_eq!(grid(row, 16.0 / 9.0, 8).places.len(), 8);
        assert_eq!(grid(row, 16.0 / 9.0, 9).places.len(), 8, "a second page");
        let wall = Rect::from_min_size(pos2(0.0, 0.0), vec2(1900.0, 500.0));
        assert_eq!(grid(wall, 16.0 / 9.0, 20).places.len(), 20, "all on one");
    }

    #[test]
    fn a_scene_has_the_highest_level_of_its_sources() {
        let mut snapshot = testing::snapshot();
        let level = |left, right| Level {
            peak_db: [left, right],
            quasi_db: [[left, right]; 2],
            rms_db: [left, right],
            correlation: None,
        };
        snapshot.sources[0].level = level(-20.0, -3.0);
        snapshot.sources[1].level = level(-6.0, -30.0);
        let mut meters = Meters::default();
        meters.update(&snapshot, &Peaks::default(), 1.0);
        let duo = &snapshot.scenes[0];
        assert_eq!(duo.sources.len(), 2);
        let meter = highest(&meters, &duo.sources).unwrap();
        let shown = meter.channels.map(|channel| channel.shown_db);
        assert_eq!(shown, [-6.0, -3.0]);
        assert_eq!(highest(&meters, &[]), None);
    }

    #[test]
    fn the_page_is_kept_and_stays_within_the_show() {
        let folder = tempfile::tempdir().unwrap();
        let mut multiview = Multiview::load(folder.path());
        multiview.turn(true, 20, 8);
        multiview.turn(true, 20, 8);
        multiview.turn(true, 20, 8);
        assert_eq!(multiview.page(20, 8), 2);
        assert_eq!(multiview.page(9, 8), 1, "a show with fewer scenes");
        multiview.ways.safe = true;
        multiview.keep();
        let again = Multiview::load(folder.path());
        assert_eq!(again.ways, multiview.ways);
        multiview.turn(false, 20, 8);
        assert_eq!(multiview.page(20, 8), 1);
    }
}
