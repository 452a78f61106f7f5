//! The sheet of all keys, over the window while it is asked for. The keys do what it says meanwhile.

use egui::{Align, Color32, Order, Rect, Sense, Ui, UiBuilder, pos2, vec2};

use super::function::{Function, Group};
use super::map::KeyMap;
use crate::ui::{lang, paint, theme};

/// Height of a line, in points.
const LINE: f32 = 20.0;
/// Least width of a column, in points.
const COLUMN: f32 = 360.0;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Whether it is seen.
    pub open: bool,
}

/// One line of the sheet.
#[derive(Clone, Debug, PartialEq)]
enum Line {
    Heading(String),
    /// The keys, and what they do.
    Keys(String, String),
}

impl Sheet {
    /// Draws it over a window. A click or Esc puts it away.
    pub fn show(&mut self, ui: &Ui, window: Rect, map: &KeyMap) {
        if !self.open {
            return;
        }
        let area = egui::Area::new(egui::Id::unique("key sheet"))
            .order(Order::Foreground)
            .fixed_pos(window.min);
        area.show(ui.ctx(), |ui| {
            let back = Color32::from_rgba_premultiplied(10, 12, 14, 246);
            ui.painter().rect_filled(window, 0, back);
            let response = ui.interact(window, egui::Id::unique("key sheet back"), Sense::click());
            let inside = window.shrink2(vec2(28.0, 20.0));
            let head = inside.with_max_y(inside.top() + 30.0);
            let title = lang::text("keys-sheet-title");
            paint::said_line(
                ui,
                head,
                Align::Min,
                "key sheet title",
                &title,
                theme::bold(18.0),
                theme::TEXT,
            );
            let hint = lang::text("keys-sheet-close");
            paint::line(ui, head, Align::Max, &hint, theme::font(13.0), theme::DIM);
            let body = inside.with_min_y(head.bottom() + 8.0);
            let mut body_ui = ui.new_child(UiBuilder::new().max_rect(body));
            columns(&mut body_ui, body, &lines(map));
            let away = response.clicked() || ui.input(|i| i.key_pressed(egui::Key::Escape));
            self.open = !away;
        });
    }
}

fn columns(ui: &mut Ui, body: Rect, lines: &[Line]) {
    let most = ((body.width() / COLUMN) as usize).max(1);
    let fits = |line: f32| (body.height() / line) as usize * most >= lines.len();
    // A low window gets smaller letters rather than a sheet that is cut off.
    let size = [LINE, 17.0, 14.0].into_iter().find(|&line| fits(line));
    let line = size.unwrap_or(12.0);
    let rows = ((body.height() / line) as usize).max(1);
    let width = body.width() / lines.len().div_ceil(rows).clamp(1, most.max(1)) as f32;
    for (i, text) in lines.iter().enumerate() {
        let corner = body.min + vec2((i / rows) as f32 * width, (i % rows) as f32 * line);
        let rect = Rect::from_min_size(corner, vec2(width - 16.0, line));
        match text {
            Line::Heading(text) => {
                let font = theme::bold(line * 0.68);
                paint::said_line(ui, rect, Align::Min, ("sheet", i), text, font, theme::BLUE);
            }
            Line::Keys(keys, words) => {
                let split = rect.left() + 168.0;
                let left = rect.with_max_x(split - 8.0);
                let right = Rect::from_min_max(pos2(split, rect.top()), rect.max);
                let bold = theme::bold(line * 0.64);
                paint::line(ui, left, Align::Max, keys, bold, theme::TEXT);
                let font = theme::font(line * 0.64);
                paint::line(ui, right, Align::Min, words, font, theme::TEXT);
                paint::say(ui, rect, ("sheet", i), &format!("{keys}: {words}"));
            }
        }
    }
}

/// What the sheet says: every function that has a key. Ten scenes on their usual digits are one line.
fn lines(map: &KeyMap) -> Vec<Line> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        let of_group: Vec<Function> = Function::all().filter(|f| f.group() == group).collect();
        let mut found = Vec::new();
        let by_scene = matches!(group, Group::Preview | Group::HotCut);
        let size = if by_scene { 10 } else { 1 };
        for some in of_group.chunks(size) {
            let usual = some
                .iter()
                .all(|&f| map.is_usual(f) && !map.name(f).is_empty());
            if let (true, [first, .., last]) = (usual, some) {
                let keys = format!("{} … {}", map.name(*first), map.name(*last));
                found.push(Line::Keys(keys, range(*first, *last)));
                continue;
            }
            for &function in some {
                let chords = map.chords(function).iter();
                let names: Vec<String> = chords
                    .filter(|&&chord| map.function(chord) == Some(function))
                    .map(|chord| chord.name())
                    .collect();
                if !names.is_empty() {
                    found.push(Line::Keys(names.join(", "), function.words()));
                }
            }
        }
        if !found.is_empty() {
            lines.push(Line::Heading(group.words()));
            lines.append(&mut found);
        }
    }
    lines
}

fn range(first: Function, last: Function) -> String {
    let (key, from, to) = match (first, last) {
        (Function::Preview(from), Function::Preview(to)) => ("keys-do-previews", from, to),
        (Function::HotCut(from), Function::HotCut(to)) => ("keys-do-hot-cuts", from, to),
        _ => return first.words(),
    };
    let values = [("from", (from + 1).into()), ("to", (to + 1).into())];
    lang::with(key, &values)
}

#[cfg(test)]
mod tests {
    use egui::Key;

    use super::super::chord::Chord;
    use super::*;

    #[test]
    fn the_sheet_says_what_the_keys_do_now() {
        let mut map = KeyMap::default();
        let cut = |map: &KeyMap| {
            let lines = lines(map);
            let found = lines.iter().find_map(|line| match line {
                Line::Keys(keys, words) if *words == Function::Cut.words() => Some(keys.clone()),
                _ => None,
            });
            (found, lines.len())
        };
        let (keys, count) = cut(&map);
        assert_eq!(keys.as_deref(), Some("Space"));
        map.give(Function::Cut, Chord::plain(Key::F12));
        assert_eq!(cut(&map).0.as_deref(), Some("F12"));
        map.clear(Function::Cut);
        assert_eq!(cut(&map), (None, count - 1));
        // Ten scenes are one line until one of them has another key.
        map.give(Function::Preview(3), Chord::plain(Key::D));
        assert_eq!(cut(&map).1, count - 1 + 9);
    }
}
