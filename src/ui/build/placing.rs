//! The layers of the scene on PVW, placed by hand on its picture: drag a layer or one of its eight
//! handles, or give the chosen one the arrow keys.

use egui::{
    Color32, CursorIcon, EventFilter, Id, Key, Pos2, Rect, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::draft::Draft;
use super::handles::{self, Area, Grip, Lines, Rules};
use crate::show::{Layer, Scene};
use crate::ui::{
    keys, lang, paint, theme,
    view::{View, name},
};

/// So near a line, in points, a layer snaps to it.
const NEAR: f32 = 7.0;
/// Side of a handle as it is drawn, and as it is hit, in points.
const HANDLE: f32 = 9.0;
const HIT: f32 = 20.0;

/// A drag that goes on.
#[derive(Clone, Debug)]
struct Held {
    layer: usize,
    grip: Grip,
    /// Where the layer and the hand were when it began.
    start: Area,
    hand: Pos2,
}

/// What the picture remembers.
#[derive(Debug, Default)]
pub struct Placing {
    held: Option<Held>,
    /// The last click was here: the next one means the layer below.
    clicked: bool,
}

impl Placing {
    /// Draws over the picture of PVW in this rectangle; `layer` is the chosen layer of the scene.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        picture: Rect,
        view: &View,
        draft: &mut Draft,
        layer: &mut usize,
    ) {
        let Some(scene) = draft.scene(&view.snapshot.preview) else {
            return;
        };
        if scene.layers.is_empty() || !picture.is_positive() {
            return;
        }
        *layer = (*layer).min(scene.layers.len() - 1);
        let areas: Vec<Area> = scene.layers.iter().map(|layer| layer.rect).collect();
        let on_screen = |(left, top, width, height): Area| {
            let at = |x: f64, y: f64| {
                picture.min + vec2(x as f32 * picture.width(), y as f32 * picture.height())
            };
            Rect::from_min_max(at(left, top), at(left + width, top + height))
        };
        let picture_id = Id::unique(("placing", &scene.id));
        let body = ui.interact(picture, picture_id, Sense::click_and_drag());
        let called = |i: usize| {
            let source = &scene.layers[i].source;
            let found = draft
                .source(source)
                .map(|s| name(&s.label, &s.id).to_owned());
            found.unwrap_or_else(|| source.clone())
        };
        let values = [("n", (*layer + 1).into()), ("name", called(*layer).into())];
        let said = lang::with("build-place-layer", &values);
        let enabled = ui.is_enabled();
        body.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &said));
        // An arrow pressed next is meant for the layer; Space stays CUT.
        if paint::pressed(ui, &body) || body.drag_started() {
            keys::point_at(ui.ctx(), picture_id);
        }

        let within = |hand: Pos2| {
            let at = (hand - picture.min) / picture.size();
            (f64::from(at.x), f64::from(at.y))
        };
        let pressed_at = ui.input(|input| input.pointer.press_origin());
        let hand = ui.input(|input| input.pointer.latest_pos());
        if body.drag_started()
            && let Some(origin) = pressed_at
        {
            if let Some(hit) = handles::hit(&areas, *layer, within(origin)) {
                *layer = hit;
                self.hold(hit, Grip::ALL, areas[hit], origin);
            }
        } else if body.clicked()
            && let Some(hand) = hand
        {
            // A click means the front; the one below it comes with a further click.
            let front = handles::hit(&areas, usize::MAX, within(hand));
            *layer = match front {
                Some(front) if front == *layer && self.clicked => {
                    handles::hit(&areas[..front], usize::MAX, within(hand)).unwrap_or(front)
                }
                Some(front) => front,
                None => *layer,
            };
            self.clicked = true;
        }
        if body.clicked_elsewhere() {
            self.clicked = false;
        }
        let mut ended = body.drag_stopped();
        for grip in Grip::HANDLES {
            let (x, y) = grip.on(areas[*layer]);
            let centre = on_screen((x, y, 0.0, 0.0)).min;
            let place = Rect::from_center_size(centre, vec2(HIT, HIT));
            let id = Id::unique(("handle", &scene.id, grip));
            let response = ui.interact(place, id, Sense::drag());
            let response = response.on_hover_and_drag_cursor(cursor(grip));
            if response.drag_started()
                && let Some(origin) = pressed_at
            {
                self.hold(*layer, grip, areas[*layer], origin);
                keys::point_at(ui.ctx(), picture_id);
            }
            ended |= response.drag_stopped();
        }
        let rules = rules(ui, picture, &scene, *layer);
        let mut lines = (None, None);
        if let (Some(held), Some(hand)) = (&self.held, hand)
            && let Some(there) = scene.layers.get(held.layer)
        {
            let by = (hand - held.hand) / picture.size();
            let by = (f64::from(by.x), f64::from(by.y));
            let placed = handles::drag(held.start, held.grip, by, &rules);
            lines = (placed.line_x, placed.line_y);
            if placed.area == there.rect {
                draft.rest(view.now);
            } else {
                let what = format!("place {} {}", scene.id, held.layer);
                self.put(view, draft, &scene, held.layer, placed.area, &what);
            }
        }
        if ended {
            self.held = None;
            draft.drop_it();
        }
        self.keys(ui, view, draft, &scene, *layer, &body);
        if let Some(now) = draft.scene(&scene.id) {
            let areas: Vec<Area> = now.layers.iter().map(|layer| layer.rect).collect();
            draw(ui, picture, &areas, *layer, &on_screen, body.has_focus());
        }
        guides(ui, picture, lines, self.held.is_some());
    }

    fn hold(&mut self, layer: usize, grip: Grip, start: Area, hand: Pos2) {
        self.held = Some(Held {
            layer,
            grip,
            start,
            hand,
        });
    }

    fn put(
        &self,
        view: &View,
        draft: &mut Draft,
        scene: &Scene,
        layer: usize,
        rect: Area,
        what: &str,
    ) {
        let mut scene = scene.clone();
        let Some(there) = scene.layers.get_mut(layer) else {
            return;
        };
        *there = Layer {
            rect,
            ..there.clone()
        };
        let edit = draft.put_scene(scene);
        draft.drag(what, view.now, &lang::text("build-step-place"), vec![edit]);
    }

    /// The arrow keys, while the picture has the keyboard.
    fn keys(
        &self,
        ui: &Ui,
        view: &View,
        draft: &mut Draft,
        scene: &Scene,
        layer: usize,
        body: &egui::Response,
    ) {
        if !body.has_focus() {
            return;
        }
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(body.id, filter));
        let by = ui.input(|input| {
            let far = if input.modifiers.shift { 10 } else { 1 };
            let pressed = |key| i32::try_from(input.num_presses(key)).unwrap_or(0);
            let along = |less, more| (pressed(more) - pressed(less)) * far;
            (
                along(Key::ArrowLeft, Key::ArrowRight),
                along(Key::ArrowUp, Key::ArrowDown),
            )
        });
        let (Some(show), Some(there)) = (draft.show(), scene.layers.get(layer)) else {
            return;
        };
        if by != (0, 0) {
            let rect = handles::nudge(there.rect, by, show.format);
            let what = format!("keys {} {layer}", scene.id);
            self.put(view, draft, scene, layer, rect, &what);
        }
    }
}

/// Alt lets go of the lines, Shift keeps the shape.
fn rules(ui: &Ui, picture: Rect, scene: &Scene, layer: usize) -> Rules {
    let modifiers = ui.input(|input| input.modifiers);
    let others: Vec<Area> = scene
        .layers
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != layer)
        .map(|(_, layer)| layer.rect)
        .collect();
    Rules {
        lines: (!modifiers.alt).then(|| Lines::of(&others)),
        near: (
            f64::from(NEAR / picture.width()),
            f64::from(NEAR / picture.height()),
        ),
        keep_shape: modifiers.shift,
    }
}

fn cursor(grip: Grip) -> CursorIcon {
    match (grip.x, grip.y) {
        (0, _) => CursorIcon::ResizeVertical,
        (_, 0) => CursorIcon::ResizeHorizontal,
        (x, y) if x == y => CursorIcon::ResizeNwSe,
        _ => CursorIcon::ResizeNeSw,
    }
}

fn draw(
    ui: &Ui,
    picture: Rect,
    areas: &[Area],
    layer: usize,
    on_screen: &dyn Fn(Area) -> Rect,
    focused: bool,
) {
    // A layer may reach beyond the program; its handles are still seen in the picture's margin.
    let painter = ui.painter().with_clip_rect(picture.expand(HANDLE));
    for (i, area) in areas.iter().enumerate() {
        let rect = on_screen(*area);
        if i == layer {
            let width = if focused { 2.5 } else { 1.5 };
            let stroke = Stroke::new(width, theme::BLUE);
            painter.rect_stroke(rect, 0, stroke, StrokeKind::Middle);
        } else {
            let quiet = Stroke::new(1.0, Color32::from_white_alpha(70));
            painter.rect_stroke(rect, 0, quiet, StrokeKind::Middle);
        }
    }
    let Some(area) = areas.get(layer) else { return };
    for grip in Grip::HANDLES {
        let (x, y) = grip.on(*area);
        let centre = on_screen((x, y, 0.0, 0.0)).min;
        let handle = Rect::from_center_size(centre, vec2(HANDLE, HANDLE));
        painter.rect_filled(handle, 1, theme::BLUE);
        let edge = Stroke::new(1.0, theme::BACKGROUND);
        painter.rect_stroke(handle, 1, edge, StrokeKind::Outside);
    }
}

/// The lines that the layer snapped to.
fn guides(ui: &Ui, picture: Rect, (x, y): (Option<f64>, Option<f64>), held: bool) {
    if !held {
        return;
    }
    let painter = ui.painter().with_clip_rect(picture);
    let stroke = Stroke::new(1.0, theme::BLUE);
    if let Some(x) = x {
        let x = picture.left() + x as f32 * picture.width();
        painter.line_segment([pos2(x, picture.top()), pos2(x, picture.bottom())], stroke);
    }
    if let Some(y) = y {
        let y = picture.top() + y as f32 * picture.height();
        painter.line_segment([pos2(picture.left(), y), pos2(picture.right(), y)], stroke);
    }
}
