//! What is asked of something that slides, other than by the pointer: by the arrow keys while it has the
//! focus, or by a screen reader.

use egui::{
    EventFilter, Key, Response, Ui, WidgetInfo,
    accesskit::{Action, ActionData},
};

/// See the module's words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asked {
    /// So many steps on, or back.
    Steps(f64),
    /// To this value, in the numbers that [`say`] says.
    Set(f64),
}

/// What it is, from 0 to `most`, to a screen reader, which may move it by `step` or set it.
pub fn say(ui: &Ui, response: &Response, label: &str, value: f64, (most, step): (f64, f64)) {
    response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), value, label));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(most);
        node.set_numeric_value_step(step);
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
        node.add_action(Action::SetValue);
    });
}

/// What is asked of it in this frame.
pub fn asked(ui: &Ui, response: &Response) -> Option<Asked> {
    if !ui.is_enabled() {
        return None;
    }
    let id = response.id;
    let set = ui.input(|i| {
        i.accesskit_action_requests(id, Action::SetValue)
            .find_map(|request| match request.data {
                Some(ActionData::NumericValue(value)) => Some(value),
                _ => None,
            })
    });
    if let Some(to) = set {
        return Some(Asked::Set(to));
    }
    let mut steps = ui.input(|i| {
        i.num_accesskit_action_requests(id, Action::Increment) as f64
            - i.num_accesskit_action_requests(id, Action::Decrement) as f64
    });
    if response.has_focus() {
        ui.memory_mut(|memory| {
            let filter = EventFilter {
                horizontal_arrows: true,
                ..EventFilter::default()
            };
            memory.set_focus_lock_filter(id, filter);
        });
        let (left, right) = ui.input(|i| {
            (
                i.num_presses(Key::ArrowLeft),
                i.num_presses(Key::ArrowRight),
            )
        });
        steps += right as f64 - left as f64;
    }
    (steps != 0.0).then_some(Asked::Steps(steps))
}
