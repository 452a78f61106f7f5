//! The buttons of the downstream keys: what each carries and what it does, as the engine says.

use egui::{Rect, Ui, vec2};

use super::setting;
use crate::door::{Command, KeyChange, KeyState, KeyStatus, Snapshot};
use crate::ui::{
    keys::{Function, KeyMap},
    lang, layout,
    paint::{self, Button},
    theme,
    theme::Icon,
    view::{View, name},
};

/// Height of the buttons, in points.
pub const HEIGHT: f32 = layout::TARGET;
/// Width of what stands beside each: TIE.
const TIE: f32 = 40.0;
/// And of what unfolds its settings.
const MORE: f32 = 26.0;
const GAP: f32 = 6.0;

/// Draws them side by side, each with its TIE and its settings, and behind them what clears all.
pub fn show(ui: &Ui, rect: Rect, view: &View, map: &KeyMap) {
    let many = view.snapshot.keys.len().max(1) as f32;
    let clear = (rect.width() * 0.1).clamp(64.0, 110.0);
    let width = (rect.width() - clear - GAP * many) / many;
    for (n, key) in view.snapshot.keys.iter().enumerate() {
        let left = rect.left() + (width + GAP) * n as f32;
        let place = Rect::from_min_size(egui::pos2(left, rect.top()), vec2(width, rect.height()));
        let (button, beside) = place.split_left_right_at_x(place.right() - TIE - MORE);
        let (tie, more) = beside.split_left_right_at_x(beside.right() - MORE);
        one(
            ui,
            button.with_max_x(button.right() - 2.0),
            view,
            map,
            (n, key),
        );
        let said = lang::with("titles-tie", &[("n", (n + 1).into())]);
        let face = Button::new("TIE")
            .say(&said)
            .selected(key.set.tie)
            .size(11.5);
        if face.show(ui, tie, ("tie", n)).clicked() {
            view.send(Command::Key(KeyChange {
                key: n + 1,
                tie: Some(!key.set.tie),
                ..KeyChange::default()
            }));
        }
        let said = lang::with("titles-key-settings", &[("n", (n + 1).into())]);
        let face = theme::icon(Icon::Settings2).to_string();
        let face = Button::new(&face).say(&said);
        let unfolds = face.show(ui, more.with_min_x(more.left() + 2.0), ("set key", n));
        setting::unfold(&unfolds, view, n + 1, key);
    }
    let is_on = view
        .snapshot
        .keys
        .iter()
        .any(|key| key.state != KeyState::Off);
    let place = rect.with_min_x(rect.right() - clear);
    let (face, said) = (lang::text("titles-clear"), lang::text("titles-clear-say"));
    let chord = map.name(Function::KeysOff);
    let button = Button::new(&face).say(&said).key(&chord).enabled(is_on);
    if paint::pressed(ui, &button.show(ui, place, "keys off")) {
        view.send(Command::KeysOff { cut: false });
    }
}

/// The button of one key: red on air, green where it comes with the next transition, amber while what was
/// asked for is not ready.
pub fn one(ui: &Ui, rect: Rect, view: &View, map: &KeyMap, (n, key): (usize, &KeyStatus)) {
    let carried = carried(view.snapshot, key);
    let number = n + 1;
    let text = match carried.as_str() {
        "" => number.to_string(),
        carried => format!("{number}  {carried}"),
    };
    let state = lang::text(match key.state {
        KeyState::Off if key.set.tie => "titles-key-tied",
        KeyState::Off => "titles-key-off",
        KeyState::Waits => "titles-key-waits",
        KeyState::On => "titles-key-on",
        KeyState::Leaves => "titles-key-leaves",
    });
    let values = [
        ("n", number.into()),
        ("what", carried.as_str().into()),
        ("state", state.into()),
    ];
    let said = lang::with("titles-key-say", &values);
    let function = u8::try_from(n).map(Function::KeyAuto);
    let chord = function
        .map(|function| map.name(function))
        .unwrap_or_default();
    let mut button = Button::new(&text)
        .say(&said)
        .key(&chord)
        .enabled(!carried.is_empty() || key.state != KeyState::Off);
    button = match key.state {
        KeyState::On | KeyState::Leaves => button.fill(theme::RED, theme::RED_TEXT),
        KeyState::Waits => button.fill(theme::AMBER, theme::ON_TEXT),
        KeyState::Off if key.set.tie && !carried.is_empty() => {
            button.fill(theme::GREEN, theme::ON_TEXT)
        }
        KeyState::Off => button,
    };
    if paint::pressed(ui, &button.show(ui, rect, ("key", n))) {
        view.send(Command::KeyAuto { key: number });
    }
}

/// What a key carries, as the desk calls it; empty where it carries nothing.
fn carried(snapshot: &Snapshot, key: &KeyStatus) -> String {
    if let Some(id) = &key.title {
        let title = snapshot.titles.iter().find(|title| title.id == *id);
        return name(title.map_or("", |title| &title.label), id).to_owned();
    }
    if let Some(id) = &key.source {
        let source = snapshot.sources.iter().find(|source| source.id == *id);
        return name(source.map_or("", |source| &source.label), id).to_owned();
    }
    key.set.label.clone()
}
