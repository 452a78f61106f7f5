//! The sheet of all keys, beside the pictures while it is asked for. The keys do what it says meanwhile.

use egui::{Align, FontId, Order, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, vec2};

use super::function::{Function, Group};
use super::map::KeyMap;
use crate::ui::scroll::{self, List};
use crate::ui::{lang, paint, theme};

/// Height of a line, in points.
const LINE: f32 = 18.0;
/// Width of a column at which another finds room beside it, in points.
const COLUMN: f32 = 390.0;
/// The keys in it are read whole: they have as much width as the longest of them needs, up to this part.
const KEYS: f32 = 0.6;
/// Between the keys and what they do, in points.
const GAP: f32 = 8.0;
/// Between two columns, in points.
const BESIDE: f32 = 12.0;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Whether it is seen.
    pub open: bool,
    /// It was when this was drawn last.
    was_open: bool,
    /// So many frames from now on it takes the keys that scroll.
    takes: u8,
}

/// One line of the sheet.
#[derive(Clone, Debug, PartialEq)]
enum Line {
    Heading(String),
    /// The keys, and what they do.
    Keys(String, String),
}

impl Sheet {
    /// Draws it into the room there is, where it hides nothing that is on air. A click puts it away.
    pub fn show(&mut self, ui: &Ui, room: Rect, map: &KeyMap) {
        let opens = self.open && !self.was_open;
        let closes = !self.open && self.was_open;
        self.was_open = self.open;
        if opens {
            // What is shown for the first time is only measured in its first frame, and lets go of them.
            self.takes = 2;
        }
        if self.open && self.takes > 0 {
            // The keys that scroll are its at once; those that switch stay the switcher's.
            super::point_at(ui.ctx(), List::Keys.id());
            self.takes -= 1;
            ui.ctx().request_repaint();
        }
        if closes {
            ui.memory_mut(|memory| memory.surrender_focus(List::Keys.id()));
        }
        if !self.open {
            return;
        }
        let area = egui::Area::new(egui::Id::unique("key sheet"))
            .order(Order::Foreground)
            .constrain(false)
            .fixed_pos(room.min);
        area.show(ui.ctx(), |ui| {
            let painter = ui.painter();
            painter.rect_filled(room, theme::ROUND, theme::BACKGROUND);
            let edge = Stroke::new(1.0, theme::PRESSED);
            painter.rect_stroke(room, theme::ROUND, edge, StrokeKind::Inside);
            // The area is as large as what is allocated in it, and is scrolled there alone.
            let response = ui.allocate_rect(room, Sense::click());
            let inside = room.shrink2(vec2(14.0, 8.0));
            let head = inside.with_max_y(inside.top() + 26.0);
            let title = lang::text("keys-sheet-title");
            paint::said_line(
                ui,
                head,
                Align::Min,
                "key sheet title",
                &title,
                theme::bold(16.0),
                theme::TEXT,
            );
            let hint = lang::text("keys-sheet-close");
            paint::line(ui, head, Align::Max, &hint, theme::font(13.0), theme::DIM);
            let mut body = inside.with_min_y(head.bottom() + 4.0);
            // Whole lines.
            body.set_height((body.height() / LINE).floor() * LINE);
            let mut body_ui = ui.new_child(UiBuilder::new().max_rect(body));
            let said = lang::text("keys-sheet-lines");
            let step = scroll::keyed(&body_ui, List::Keys, body, &said, LINE);
            let mut area = scroll::area();
            if opens {
                area = area.vertical_scroll_offset(0.0);
            }
            area.show(&mut body_ui, |ui| {
                scroll::by(ui, step);
                columns(ui, &lines(map));
            });
            self.open = !response.clicked();
        });
    }
}

/// Draws the lines in as many columns as there is room for; all of them, for they can be scrolled to.
fn columns(ui: &mut Ui, lines: &[Line]) {
    let width = ui.available_width();
    let (bold, font) = (theme::bold(12.0), theme::font(12.0));
    // A point more, so that rounding never cuts an end.
    let wide = |text: &str, font: &FontId| paint::width(ui, text, font.clone()).ceil() + 1.0;
    let (mut keys_need, mut words_need) = (0.0_f32, 0.0_f32);
    for line in lines {
        if let Line::Keys(keys, words) = line {
            keys_need = keys_need.max(wide(keys, &bold));
            words_need = words_need.max(wide(words, &theme::font(paint::SMALLEST)));
        }
    }
    // No more columns than are read whole.
    let least = (keys_need + GAP + words_need + BESIDE).max(COLUMN);
    let most = ((width / least) as usize).max(1);
    let columns = arranged(lines, most);
    let rows = columns.iter().map(Vec::len).max();
    let rows = rows.unwrap_or_default();
    let size = vec2(width, rows as f32 * LINE);
    let (body, _) = ui.allocate_exact_size(size, Sense::hover());
    let width = width / most as f32;
    let wide = keys_need.min(width * KEYS);
    let places = columns.into_iter().enumerate().flat_map(|(column, these)| {
        let rows = these.into_iter().enumerate();
        rows.map(move |(row, i)| {
            let at = vec2(column as f32 * width, row as f32 * LINE);
            (i, ("sheet", column, row), at)
        })
    });
    for (i, id, at) in places {
        let text = &lines[i];
        let corner = body.min + at;
        let rect = Rect::from_min_size(corner, vec2(width - BESIDE, LINE));
        match text {
            Line::Heading(text) => {
                let head = theme::bold(13.0);
                paint::said_line(ui, rect, Align::Min, id, text, head, theme::BLUE);
            }
            Line::Keys(keys, words) => {
                let left = rect.with_max_x(rect.left() + wide);
                let right = rect.with_min_x(left.right() + GAP);
                let smaller = paint::shrunk(ui, words, font.clone(), right.width());
                let cut = paint::fitted(ui, left, Align::Max, keys, bold.clone(), theme::TEXT).1
                    | paint::fitted(ui, right, Align::Min, words, smaller, theme::TEXT).1;
                let whole = lang::pair(keys, words);
                let said = paint::say(ui, rect, id, &whole);
                if cut {
                    said.on_hover_text(whole);
                }
            }
        }
    }
}

/// Which lines stand in each of at most so many columns, as even as can be: a heading has two of its lines
/// below it at least, a group that goes on in the next column brings two there, under its heading again,
/// and one of three is never parted.
fn arranged(lines: &[Line], most: usize) -> Vec<Vec<usize>> {
    let is_heading = |i: usize| matches!(lines.get(i), Some(Line::Heading(_)) | None);
    // Before line i a column may begin.
    let may_begin = |i: usize| {
        is_heading(i) || (i >= 3 && !is_heading(i - 1) && !is_heading(i - 2) && !is_heading(i + 1))
    };
    let into = |height: usize| {
        let mut columns: Vec<Vec<usize>> = Vec::new();
        let mut from = 0;
        while from < lines.len() {
            let heading = (0..=from).rev().find(|&i| is_heading(i));
            let again = heading.filter(|&heading| heading < from);
            let room = height - usize::from(again.is_some());
            let last = (from + room).min(lines.len());
            let to = (from + 1..=last).rev().find(|&i| may_begin(i))?;
            columns.push(again.into_iter().chain(from..to).collect());
            from = to;
        }
        Some(columns)
    };
    let least = lines.len().div_ceil(most.max(1)).max(2);
    (least..=lines.len() + 1)
        .filter_map(into)
        .find(|columns| columns.len() <= most)
        .unwrap_or_default()
}

/// What the sheet says: every function that has a key, and the keys of controls. Ten scenes on their
/// usual digits are one line.
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
                // They are held with the same keys: said once.
                let last_key = map.chords(*last).first().map(|chord| chord.key_name());
                let last_key = last_key.unwrap_or_default();
                let keys = format!("{} … {last_key}", map.name(*first));
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
    lines.push(Line::Heading(lang::text("keys-group-controls")));
    lines.extend(FIXED.map(|(keys, words)| Line::Keys(lang::text(keys), lang::text(words))));
    lines
}

/// The keys that lead through the controls, and those of the control that has the keyboard: these are
/// the same on every desk.
const FIXED: [(&str, &str); 8] = [
    ("keys-fixed-tab", "keys-fixed-tab-does"),
    ("keys-fixed-esc", "keys-fixed-esc-does"),
    ("keys-fixed-press", "keys-fixed-press-does"),
    ("keys-fixed-arrows", "keys-fixed-arrows-does"),
    ("keys-fixed-shift", "keys-fixed-shift-does"),
    ("keys-fixed-delete", "keys-fixed-delete-does"),
    ("keys-fixed-drag", "keys-fixed-drag-does"),
    ("keys-fixed-digits", "keys-fixed-digits-does"),
];

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
    fn no_heading_and_no_line_is_stranded_in_any_number_of_columns() {
        let group = |n: usize| {
            let keys = (0..n).map(|i| Line::Keys(i.to_string(), String::new()));
            std::iter::once(Line::Heading(n.to_string())).chain(keys)
        };
        let made_up: Vec<Line> = [3, 2, 9, 1, 4, 3, 12, 2]
            .into_iter()
            .flat_map(group)
            .collect();
        for lines in [made_up, lines(&KeyMap::default())] {
            for most in 1..=6 {
                let columns = arranged(&lines, most);
                assert!(columns.len() <= most, "{columns:?} of {most}");
                let head = |i: &usize| matches!(lines[*i], Line::Heading(_));
                let mut all: Vec<usize> = columns.iter().flatten().copied().collect();
                for column in &columns[1..] {
                    assert!(head(&column[0]), "every column begins with a heading");
                    let start = column[1];
                    if start == column[0] + 1 {
                        continue;
                    }
                    // The heading of a group that goes on.
                    let again = all.iter().rposition(|&i| i == column[0]).unwrap();
                    all.remove(again);
                    let after = (start..lines.len()).find(head).unwrap_or(lines.len());
                    let parted = (start - column[0] - 1, after - start);
                    assert!(
                        parted.0 >= 2 && parted.1 >= 2,
                        "{parted:?} of {:?}, {most} columns",
                        lines[column[0]]
                    );
                }
                assert_eq!(all, (0..lines.len()).collect::<Vec<_>>(), "each once");
                let rows = columns.iter().map(Vec::len).max().unwrap();
                assert!(rows <= lines.len().div_ceil(most) + 4, "{columns:?}");
            }
        }
    }

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
        map.give(Function::Cut, vec![Chord::plain(Key::F12)]);
        assert_eq!(cut(&map).0.as_deref(), Some("F12"));
        map.clear(Function::Cut);
        assert_eq!(cut(&map), (None, count - 1));
        let all = |map: &KeyMap| format!("{:?}", lines(map));
        for said in [
            "\"Alt+Shift+1 … 0\"",
            "\"Ctrl+N\"",
            "\"F10\"",
            "\"Ctrl+Shift+S\"",
            "\"Esc\"",
        ] {
            assert!(all(&map).contains(said), "{said} in {}", all(&map));
        }
        // Ten scenes are one line until one of them has another key.
        map.give(Function::Preview(3), vec![Chord::plain(Key::Y)]);
        assert_eq!(cut(&map).1, count - 1 + 9);
    }
}
