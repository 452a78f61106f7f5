//! A point that is taken hold of: dragged by the pointer, moved by the arrow keys while it has the
//! focus, set back by a double click or Delete.

use egui::{
    EventFilter, Id, Key, Pos2, Rect, Response, Sense, Ui, Vec2, WidgetInfo, accesskit::Action,
    pos2, vec2,
};

use crate::ui::{keys, paint};

/// Side of what the pointer may hit, in points.
const SIZE: f32 = 24.0;
/// What an arrow with Shift counts.
const FINE: f32 = 0.1;
/// So many points of a drag with Alt, or of the wheel, are one step of the narrowness.
const NARROW_POINTS: f32 = 12.0;
/// What a turn of the wheel by one notch is, in points, where the system counts in notches.
const NOTCH: f32 = 50.0;

/// What happened to a point in this frame.
#[derive(Debug)]
pub struct Grip {
    /// Of the place where it is.
    pub response: Response,
    /// Where the hand has it.
    pub to: Option<Pos2>,
    /// Steps of the keyboard, right and up.
    pub steps: Vec2,
    /// Steps by which it is made narrower.
    pub narrower: f32,
    /// It is to go where it usually is.
    pub usual: bool,
    /// It was pressed by key.
    pub pressed: bool,
}

/// A point that is drawn at a place, and by its numbers is at another where that one is out of sight;
/// with what a screen reader says of it and the number that it gives there.
pub fn grip(ui: &Ui, id: Id, (drawn, at): (Pos2, Pos2), (say, value): (&str, f32)) -> Grip {
    let sense = if ui.is_enabled() {
        Sense::click_and_drag()
    } else {
        Sense::hover()
    };
    let response = ui.interact(Rect::from_center_size(drawn, vec2(SIZE, SIZE)), id, sense);
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::slider(enabled, f64::from(value), say));
    ui.ctx().accesskit_node_builder(id, |node| {
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
    });
    let mut grip = Grip {
        to: None,
        steps: vec2(0.0, 0.0),
        narrower: 0.0,
        usual: response.double_clicked(),
        pressed: false,
        response,
    };
    if enabled {
        grip.by_pointer(ui, id, at);
        grip.by_keys(ui, id);
    }
    paint::focus_ring(ui, &grip.response);
    grip
}

impl Grip {
    fn by_pointer(&mut self, ui: &Ui, id: Id, at: Pos2) {
        let response = &self.response;
        // A tap may come and go between two paintings.
        if response.is_pointer_button_down_on() || paint::pressed(ui, response) {
            keys::point_at(ui.ctx(), id);
        }
        let (pointer, pressed_at, alt) = ui.input(|i| {
            let pointer = i.pointer.interact_pos();
            (pointer, i.pointer.press_origin(), i.modifiers.alt)
        });
        if let Some(pointer) = pointer.filter(|_| response.dragged()) {
            // The point keeps its distance from the hand: nothing hops when it is taken.
            let mut distance: Vec2 = if response.drag_started() {
                at - pressed_at.unwrap_or(pointer)
            } else {
                ui.data(|data| data.get_temp(id)).unwrap_or_default()
            };
            if alt {
                self.narrower -= response.drag_delta().y / NARROW_POINTS;
                distance = at - pointer;
            } else {
                self.to = Some(pos2(pointer.x + distance.x, pointer.y + distance.y));
            }
            ui.data_mut(|data| data.insert_temp(id, distance));
        }
        if response.hovered() {
            let turned = ui.input(|i| {
                let wheel = i.events.iter().map(|event| match event {
                    egui::Event::MouseWheel {
                        unit: egui::MouseWheelUnit::Point,
                        delta,
                        ..
                    } => delta.y / NOTCH,
                    egui::Event::MouseWheel { delta, .. } => delta.y,
                    _ => 0.0,
                });
                wheel.sum::<f32>()
            });
            self.narrower += turned;
        }
    }

    fn by_keys(&mut self, ui: &Ui, id: Id) {
        let asked = |action| ui.input(|i| i.num_accesskit_action_requests(id, action)) as f32;
        self.steps.y += asked(Action::Increment) - asked(Action::Decrement);
        if !self.response.has_focus() {
            return;
        }
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        keys::keep_plus_and_minus(ui.ctx(), id);
        // The press that brought the focus here is not for it.
        let is_new = self.response.gained_focus();
        ui.input(|i| {
            let along = |less, more| i.num_presses(more) as f32 - i.num_presses(less) as f32;
            let step = if i.modifiers.shift { FINE } else { 1.0 };
            self.steps += step
                * vec2(
                    along(Key::ArrowLeft, Key::ArrowRight),
                    along(Key::ArrowDown, Key::ArrowUp),
                );
            let more = i.num_presses(Key::Plus) + i.num_presses(Key::Equals);
            self.narrower += more as f32 - i.num_presses(Key::Minus) as f32;
            self.usual |= i.key_pressed(Key::Delete) || i.key_pressed(Key::Backspace);
            self.pressed = i.key_pressed(Key::Space) && !is_new;
        });
    }
}
