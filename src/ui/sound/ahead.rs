//! A number of the engine's that is set by a command: drawn as the hand has it until the engine's answer
//! shows it, so that a drag is not taken back by a snapshot that is still on its way.

use std::ops::RangeInclusive;

use egui::{Id, Rect, Ui};

use super::controls;
use super::figure::Figure;

/// The engine's answer is there after so many seconds; from then on what it says is drawn.
const ECHO_S: f64 = 0.5;
/// Nearer than this it is the answer.
const ALIKE: f32 = 0.006;

/// Draws it; what it is to be from now on, where the hand asks for that. `now` is in seconds.
pub fn number(
    ui: &mut Ui,
    rect: Rect,
    say: &str,
    value: f32,
    limits: (Figure, RangeInclusive<f32>),
    now: f64,
) -> Option<f32> {
    let id = Id::unique(("ahead", say));
    let held: Option<(f32, f64)> = ui.data(|data| data.get_temp(id));
    let held = held.filter(|(held, at)| now - at <= ECHO_S && (held - value).abs() > ALIKE);
    let shown = held.map_or(value, |(held, _)| held);
    let mut to = shown;
    let response = controls::number(ui, rect, say, &mut to, limits);
    if to != shown || (held.is_some() && response.dragged()) {
        ui.data_mut(|data| data.insert_temp(id, (to, now)));
    }
    (to != shown).then_some(to)
}
