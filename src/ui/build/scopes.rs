//! Scopes of a source, with the marks by which they are read. The engine draws the traces.

use egui::{Align, Color32, Rect, Sense, Stroke, Ui, UiBuilder, Vec2, pos2, vec2};

use super::parts;
use crate::door::{MonitorId, MonitorRequest};
use crate::media::scope::{self, ScopeKind, VectorMark};
use crate::ui::{lang, layout, monitor, paint, stage::Pictures, theme, wishes};

/// So many a second are plenty.
const RATE: u32 = 10;

/// Narrower than so many points nothing can be read.
const LEAST: f32 = 60.0;

/// What is shown: its picture, which scope it is, and what it is called.
type Shown = (MonitorId, Option<ScopeKind>, String);

/// Every scope, as they are shown.
const ALL: [(ScopeKind, &str); 4] = [
    (ScopeKind::Waveform, "build-waveform"),
    (ScopeKind::Parade, "build-parade"),
    (ScopeKind::Vectorscope, "build-vectorscope"),
    (ScopeKind::Histogram, "build-histogram"),
];

/// What the panel remembers.
#[derive(Debug)]
pub struct Scopes {
    /// Those that are switched on.
    on: Vec<ScopeKind>,
    /// What was drawn last, with its size in pixels: what is wished for.
    seen: Vec<(MonitorId, f32, f32)>,
}

impl Default for Scopes {
    fn default() -> Self {
        Self {
            on: vec![ScopeKind::Waveform, ScopeKind::Vectorscope],
            seen: Vec::new(),
        }
    }
}

impl Scopes {
    /// Wishes for what was drawn since the last call.
    pub fn wishes(&mut self) -> Vec<MonitorRequest> {
        let seen = std::mem::take(&mut self.seen);
        seen.into_iter()
            .map(|(what, width, height)| wishes::wish(what, width, height, RATE))
            .collect()
    }

    /// Draws the picture of this source and its scopes below what is there, as wide as there is room.
    pub fn below(&mut self, ui: &mut Ui, source: &str, pictures: &Pictures) {
        self.switches(ui);
        let all = self.all(source);
        let room = ui.available_width().min(820.0);
        let columns = if room > 380.0 { 2 } else { 1 };
        let gap = ui.spacing().item_spacing.x;
        let width = (room - gap * (columns as f32 - 1.0)) / columns as f32;
        self.rows(ui, &all, columns, width, pictures);
    }

    /// Draws the same into a place of their own, all of them within its height.
    pub fn beside(&mut self, ui: &mut Ui, place: Rect, source: &str, pictures: &Pictures) {
        ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
            self.switches(ui);
            let all = self.all(source);
            let room = vec2(place.width(), place.bottom() - ui.cursor().top());
            let (columns, width) = fitting(all.len(), room, ui.spacing().item_spacing, pictures);
            self.rows(ui, &all, columns, width, pictures);
        });
    }

    fn switches(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            for (kind, key) in ALL {
                let name = lang::text(key);
                let on = self.on.contains(&kind);
                if parts::switch(ui, &name, &name, on).clicked() {
                    if on {
                        self.on.retain(|other| *other != kind);
                    } else {
                        self.on.push(kind);
                    }
                }
            }
        });
    }

    /// What is shown of a source, with its name.
    fn all(&self, source: &str) -> Vec<Shown> {
        let said = |key: &str| {
            let values = [("what", lang::text(key).into()), ("name", source.into())];
            lang::with("build-scope-of", &values)
        };
        let of = MonitorId::Source(source.to_owned());
        let kinds = ALL.into_iter().filter(|(kind, _)| self.on.contains(kind));
        let scopes = kinds.map(|(kind, key)| {
            let what = MonitorId::Scope {
                of: Box::new(of.clone()),
                kind,
            };
            (what, Some(kind), said(key))
        });
        let picture = (of.clone(), None, said("build-picture"));
        std::iter::once(picture).chain(scopes).collect()
    }

    fn rows(
        &mut self,
        ui: &mut Ui,
        all: &[Shown],
        columns: usize,
        width: f32,
        pictures: &Pictures,
    ) {
        let size = vec2(width, width / pictures.aspect.max(0.5));
        for row in all.chunks(columns) {
            ui.horizontal(|ui| {
                for (what, kind, name) in row {
                    self.one(ui, size, what, *kind, name, pictures);
                }
            });
        }
    }

    fn one(
        &mut self,
        ui: &mut Ui,
        size: egui::Vec2,
        what: &MonitorId,
        kind: Option<ScopeKind>,
        name: &str,
        pictures: &Pictures,
    ) {
        let (place, _) = ui.allocate_exact_size(size, Sense::hover());
        paint::say(ui, place, ("scope", name), name);
        ui.painter().rect_filled(place, 0, Color32::BLACK);
        let scale = ui.pixels_per_point();
        let rect = layout::picture(place, pictures.aspect, scale);
        let pixels = rect.size() * scale;
        self.seen.push((what.clone(), pixels.x, pixels.y));
        if let Some(picture) = (pictures.newest)(what)
            && monitor::is_whole(&picture)
            && let Some(shape) = monitor::shape(rect, picture, pictures.graphics)
        {
            ui.painter().add(shape);
        }
        match kind {
            None => {}
            Some(ScopeKind::Waveform | ScopeKind::Parade) => levels(ui, rect),
            Some(ScopeKind::Histogram) => uprights(ui, rect),
            Some(ScopeKind::Vectorscope) => targets(ui, rect),
        }
    }
}

/// In how many columns so many pictures are largest within this room, and how wide each is then.
fn fitting(count: usize, room: Vec2, gap: Vec2, pictures: &Pictures) -> (usize, f32) {
    let aspect = pictures.aspect.max(0.5);
    let width = |columns: usize| {
        let rows = count.div_ceil(columns) as f32;
        let wide = (room.x - gap.x * (columns as f32 - 1.0)) / columns as f32;
        let high = (room.y - gap.y * rows) / rows;
        wide.min(high * aspect).max(LEAST)
    };
    let (one, two) = (width(1), width(2));
    if two > one { (2, two) } else { (1, one) }
}

fn faint() -> Stroke {
    Stroke::new(1.0, Color32::from_white_alpha(46))
}

/// Lines of 0, 25, 50, 75 and 100 % across.
fn levels(ui: &Ui, rect: Rect) {
    for (code, name) in scope::LEVELS {
        let y = rect.bottom() - scope::place(code) as f32 * rect.height();
        ui.painter().hline(rect.x_range(), y, faint());
        let line = Rect::from_min_size(pos2(rect.left() + 2.0, y - 11.0), vec2(28.0, 11.0));
        paint::line(ui, line, Align::Min, name, theme::font(9.0), theme::DIM);
    }
}

/// The same upright.
fn uprights(ui: &Ui, rect: Rect) {
    for (code, name) in scope::LEVELS {
        let x = rect.left() + scope::place(code) as f32 * rect.width();
        ui.painter().vline(x, rect.y_range(), faint());
        let line = Rect::from_min_size(pos2(x + 2.0, rect.top() + 1.0), vec2(28.0, 11.0));
        paint::line(ui, line, Align::Min, name, theme::font(9.0), theme::DIM);
    }
}

/// What the desk calls a colour of the bars.
fn letters(mark: &str) -> &'static str {
    match mark {
        "R" => "build-red",
        "Mg" => "build-magenta",
        "B" => "build-blue",
        "Cy" => "build-cyan",
        "G" => "build-green",
        _ => "build-yellow",
    }
}

/// The boxes of 75 % bars, and the line near which skin lies.
fn targets(ui: &Ui, rect: Rect) {
    let side = rect.width().min(rect.height());
    let square = Rect::from_center_size(rect.center(), vec2(side, side));
    let at = |mark: &VectorMark| {
        pos2(
            square.left() + mark.x as f32 * side,
            square.top() + mark.y as f32 * side,
        )
    };
    for mark in &scope::vector_targets() {
        let place = Rect::from_center_size(at(mark), vec2(9.0, 9.0));
        let stroke = Stroke::new(1.0, theme::DIM);
        ui.painter()
            .rect_stroke(place, 0, stroke, egui::StrokeKind::Middle);
        let name = Rect::from_min_size(place.right_top() + vec2(2.0, -2.0), vec2(20.0, 12.0));
        paint::line(
            ui,
            name,
            Align::Min,
            &lang::text(letters(mark.name)),
            theme::font(9.0),
            theme::DIM,
        );
    }
    let [middle, end] = scope::skin_tone_line();
    ui.painter().line_segment([at(&middle), at(&end)], faint());
}
