//! Where Tab leads while something is open, and the ring that shows where it has led.
//!
//! What is open keeps Tab and Shift+Tab to itself, round and round, until it is closed; only one who
//! types elsewhere stays there. Nothing else is kept back: the pointer and the switcher's keys reach
//! the desk under it.

use egui::{
    Context, Event, FocusDirection, Id, Key, LayerId, Order, Plugin, Stroke, StrokeKind, Ui,
};

/// Leads Tab on within what is open, and from what was `typed` last to what is beside it. Call before
/// anything is drawn. `windows` are the layers of what may lie over the desk.
pub fn lead(ctx: &Context, windows: &[LayerId], typed: Option<Id>) {
    let Some(forward) = ctx.input(|i| i.events.iter().rev().find_map(tab)) else {
        return;
    };
    // What asks for an answer takes care of itself.
    if ctx.memory(|memory| memory.top_modal_layer().is_some()) {
        return;
    }
    let open = open(ctx, windows);
    let mut controls: Vec<Id> = open
        .iter()
        .flat_map(|layer| self::controls(ctx, *layer))
        .collect();
    let focused = ctx.memory(|memory| memory.focused());
    if controls.is_empty() && focused.is_none() {
        controls = typed.map_or(Vec::new(), |typed| beside(ctx, typed));
    }
    let (Some(first), Some(last)) = (controls.first(), controls.last()) else {
        return;
    };
    let focused = focused.or(typed);
    let at = controls.iter().position(|id| Some(*id) == focused);
    if at.is_none() && ctx.text_edit_focused() {
        return;
    }
    let next = match (at, forward) {
        (Some(at), true) => controls.get(at + 1).unwrap_or(first),
        (Some(at), false) => at
            .checked_sub(1)
            .and_then(|at| controls.get(at))
            .unwrap_or(last),
        (None, true) => first,
        (None, false) => last,
    };
    ctx.memory_mut(|memory| {
        memory.move_focus(FocusDirection::None);
        memory.request_focus(*next);
    });
}

/// Whether an event is Tab (true) or Shift+Tab (false).
fn tab(event: &Event) -> Option<bool> {
    match event {
        Event::Key {
            key: Key::Tab,
            pressed: true,
            modifiers,
            ..
        } if !modifiers.any() || modifiers.shift_only() => Some(!modifiers.shift),
        _ => None,
    }
}

/// The layers of what was opened last: every menu that is open, else the topmost window.
fn open(ctx: &Context, windows: &[LayerId]) -> Vec<LayerId> {
    let popups: Vec<LayerId> = ctx.viewport(|viewport| {
        let layers = viewport.prev_pass.layers.values();
        let popups = layers.flat_map(|layer| layer.open_popups.iter());
        popups
            .map(|id| LayerId::new(Order::Foreground, *id))
            .collect()
    });
    ctx.memory(|memory| {
        let seen: Vec<LayerId> = memory
            .layer_ids()
            .filter(|layer| memory.areas().is_visible(layer))
            .collect();
        let of = |these: &[LayerId]| -> Vec<LayerId> {
            let found = seen.iter().filter(|layer| these.contains(layer));
            found.copied().collect()
        };
        match of(&popups) {
            menus if menus.is_empty() => of(windows).pop().into_iter().collect(),
            menus => menus,
        }
    })
}

/// What Tab comes to in the layer of a control; nothing where that is gone.
fn beside(ctx: &Context, control: Id) -> Vec<Id> {
    let widget = ctx.viewport(|viewport| viewport.prev_pass.widgets.get(control).copied());
    widget.map_or(Vec::new(), |widget| controls(ctx, widget.layer_id))
}

/// What Tab comes to in a layer, in the order in which it was drawn last.
fn controls(ctx: &Context, layer: LayerId) -> Vec<Id> {
    ctx.viewport(|viewport| {
        let widgets = viewport.prev_pass.widgets.get_layer(layer);
        widgets
            .filter(|widget| widget.enabled && widget.sense.is_focusable())
            .map(|widget| widget.id)
            .collect()
    })
}

/// Draws the ring of the keyboard in windows and menus, whose controls are egui's own and look each
/// its own way. The desk's own draw theirs themselves.
pub struct Ring {
    /// How it is drawn.
    pub stroke: Stroke,
    /// Rounding of its corners, in points.
    pub round: u8,
}

impl Plugin for Ring {
    fn debug_name(&self) -> &'static str {
        "focus ring"
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx();
        let Some(id) = ctx.memory(|memory| memory.focused()) else {
            return;
        };
        let Some(widget) = ctx.viewport(|v| v.this_pass.widgets.get(id).copied()) else {
            return;
        };
        let over = matches!(widget.layer_id.order, Order::Middle | Order::Foreground);
        let place = widget.interact_rect;
        if !over || !place.is_positive() || !widget.visible {
            return;
        }
        // Entries of a menu lie close to each other.
        ctx.layer_painter(widget.layer_id).rect_stroke(
            place,
            self.round,
            self.stroke,
            StrokeKind::Inside,
        );
    }
}
