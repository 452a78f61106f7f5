//! The row of tools over a list: they act on what is chosen in it, and keep their places whatever that
//! is, so that a second, deliberate press is one at the same place.

use egui::Ui;

use super::parts;
use crate::door::Tally;
use crate::show::ItemKind;
use crate::ui::{
    guard::{Guard, Guarded},
    lang, paint,
    theme::{self, Icon},
};

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Something new.
    Add,
    /// Another name for what is chosen.
    Rename,
    /// A second one like it.
    Copy,
    /// Before the one before it.
    Up,
    /// Behind the one behind it.
    Down,
    /// Out of the show.
    Remove,
}

/// What is chosen in a list.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its position, counted from 0.
    pub at: usize,
    /// How many there are.
    pub of: usize,
    /// It can be taken out of the list.
    pub goes: bool,
}

/// Draws the tools. `adding` are the words of the first one and whether it is switched on. Removing
/// something that is `used` takes a second press.
pub fn show(
    ui: &mut Ui,
    (kind, add, adding): (ItemKind, &str, bool),
    chosen: Option<Chosen>,
    used: Tally,
    (guard, now): (&mut Guard, f64),
) -> Option<Tool> {
    let mut pressed = None;
    let what = Guarded::Part(kind, chosen.map_or_else(String::new, |c| c.id.to_owned()));
    let is_first = chosen.is_none_or(|c| c.at == 0);
    let is_last = chosen.is_none_or(|c| c.at + 1 >= c.of);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        ui.spacing_mut().button_padding.x = 6.0;
        // The words get what the icons leave of the row, whatever language they are in.
        let icons = 5.0 * (parts::ICON + ui.spacing().item_spacing.x);
        let width = (ui.available_width() - icons).max(parts::ICON);
        let icon = theme::icon(Icon::Plus);
        let mut face = format!("{icon} {add}");
        let padding = 2.0 * ui.spacing().button_padding.x;
        if paint::width(ui, &face, theme::font(13.0)) + padding > width {
            face = icon.to_string();
        }
        if parts::switch_within(ui, width, &face, add, adding).clicked() {
            pressed = Some(Tool::Add);
        }
        let is = chosen.is_some();
        for (tool, icon, key, enabled) in [
            (Tool::Rename, Icon::Pencil, "build-rename", is),
            (Tool::Copy, Icon::CopyPlus, "build-copy", is),
            (Tool::Up, Icon::ArrowUp, "build-up", !is_first),
            (Tool::Down, Icon::ArrowDown, "build-down", !is_last),
        ] {
            if parts::small(ui, icon, &lang::text(key), enabled).clicked() {
                pressed = Some(tool);
            }
        }
        let goes = chosen.is_some_and(|c| c.goes);
        let is_used = goes && used != Tally::Off;
        if is_used && guard.is_armed(&what, now) {
            let say = lang::text(match used {
                Tally::Program => "build-remove-on-air",
                _ => "build-remove-again",
            });
            let again = parts::armed(ui, Icon::Trash2, &say);
            if again.clicked() && guard.press(&what, now) {
                pressed = Some(Tool::Remove);
            }
        } else if parts::small(ui, Icon::Trash2, &lang::text("build-remove"), goes).clicked()
            && (!is_used || guard.press(&what, now))
        {
            pressed = Some(Tool::Remove);
        }
    });
    pressed
}
