//! The rows of the outputs: a light, a name with a value, lines under it, a menu, and a button that
//! starts or stops. Going on air takes a second, deliberate press at the same place, and so does
//! stopping what is there.

use egui::{Align, Color32, Popup, Rect, Response, Ui, pos2, vec2};

use super::{
    fills,
    guard::{Guard, Guarded},
    lang,
    paint::{self, Button},
    said::said,
    theme,
};

/// Width of a row's button, in points.
const BUTTON: f32 = 62.0;
/// Width of what opens a row's menu, in points.
const MORE: f32 = 24.0;

/// Size of the letters of the lines under a row's name, in points.
pub const DETAIL: f32 = 11.5;

/// Width of a row's menu, in points.
pub const MENU: f32 = 240.0;

/// A start or stop button.
#[derive(Clone, Debug)]
pub struct Switch<'a> {
    /// Of what.
    pub name: &'a str,
    /// The words on it.
    pub words: (String, String),
    /// Whether that is on.
    pub on: bool,
    /// What a press would begin, where that is guarded, and what it would end.
    pub guards: (Option<Guarded>, Guarded),
}

impl Switch<'_> {
    /// What a screen reader says of it.
    pub fn said(&self) -> String {
        let (start, stop) = &self.words;
        let word = if self.on { stop } else { start };
        let value = [("name", self.name.into()), ("do", word.as_str().into())];
        let key = if self.on {
            "outputs-say-stop"
        } else {
            "outputs-say-start"
        };
        lang::with(key, &value)
    }

    /// Of all destinations, starting and stopping have a button each.
    fn id(&self) -> bool {
        self.on && self.guards.1 == Guarded::AllDestinations
    }

    /// Draws it; true when it is to be done.
    pub fn show(&self, ui: &Ui, rect: Rect, now: f64, guard: &mut Guard) -> bool {
        let (start, stop) = &self.guards;
        let what = if self.on { Some(stop) } else { start.as_ref() };
        let armed = what.is_some_and(|what| guard.is_armed(what, now));
        let (start, stop) = &self.words;
        let word = if self.on { stop } else { start };
        let say = match (armed, self.on) {
            (false, _) => self.said(),
            (true, on) => {
                let key = if on {
                    "outputs-say-stop-again"
                } else {
                    "outputs-say-start-again"
                };
                let value = [("name", self.name.into()), ("do", word.as_str().into())];
                lang::with(key, &value)
            }
        };
        let again = lang::text("outputs-again");
        let to = lang::text(if self.on {
            "outputs-to-stop"
        } else {
            "outputs-to-start"
        });
        let button = if armed {
            Button::new(&again)
                .key(&to)
                .fill(theme::AMBER, theme::ON_TEXT)
        } else {
            Button::new(word)
        };
        // The place is the same whatever it says; so is what egui knows it by.
        let id = ("guarded", what_id(&self.guards.1), self.id());
        let response = button.say(&say).size(13.5).show(ui, rect, id);
        response.clicked() && what.is_none_or(|what| guard.press(what, now))
    }
}

fn what_id(what: &Guarded) -> &str {
    match what {
        Guarded::Destination(id)
        | Guarded::Start(id)
        | Guarded::Part(_, id)
        | Guarded::Group(id)
        | Guarded::SoundSnapshot(id) => id,
        Guarded::AllDestinations | Guarded::StartAll => " all",
        Guarded::Recorder => " recorder",
        Guarded::Show | Guarded::SavedShow => " show",
        Guarded::CueClip(id) | Guarded::RestartClip(id) => id,
        Guarded::Hold => " hold",
        Guarded::LineUp | Guarded::LineUpAlone => " line-up",
        Guarded::Autosave => " autosave",
        Guarded::UsualKeys => " keys",
    }
}

/// Where the button of a row is.
pub fn button_of(row: Rect) -> Rect {
    Rect::from_min_max(
        pos2(row.right() - BUTTON - 4.0, row.top() + 4.0),
        pos2(row.right() - 4.0, row.bottom() - 4.0),
    )
}

/// The button that opens a row's menu, and the menu while it is open.
pub fn menu(ui: &Ui, row: Rect, name: &str, id: &str, content: impl FnOnce(&mut Ui)) -> Response {
    let right = row.right() - BUTTON - 8.0;
    let rect = Rect::from_min_max(
        pos2(right - MORE, row.top() + 4.0),
        pos2(right, row.bottom() - 4.0),
    );
    let say = lang::with("outputs-say-menu", &[("name", name.into())]);
    let button = Button::new("⋯").say(&say).show(ui, rect, ("more", id));
    Popup::menu(&button).show(|ui| {
        ui.set_width(MENU);
        content(ui);
    });
    button
}

/// What is wrong, whole, at the head of a row's menu: the row itself may have no room for all of it, and
/// not every hand has a pointer that can rest on it.
pub fn reason(ui: &mut Ui, message: &str) {
    if message.is_empty() {
        return;
    }
    let text = egui::RichText::new(said(message)).font(theme::font(12.0));
    ui.add(egui::Label::new(text.color(theme::TEXT)).wrap());
    ui.separator();
}

/// Where a row's text is.
pub fn text_of(row: Rect) -> Rect {
    Rect::from_min_max(
        pos2(row.left() + 26.0, row.top() + 4.0),
        pos2(row.right() - BUTTON - MORE - 14.0, row.bottom() - 5.0),
    )
}

/// What stands under a row's name.
#[derive(Clone, Copy, Debug)]
pub struct Detail<'a> {
    /// Its words.
    pub text: &'a str,
    /// The lines that it has room for.
    pub lines: u8,
    /// It says what is wrong, where something is.
    pub is_state: bool,
}

/// What a row says.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// The light's colour, and whether it is filled.
    pub light: (Color32, bool),
    /// What it is about.
    pub name: &'a str,
    /// Beside the name.
    pub value: &'a str,
    /// Under it.
    pub details: &'a [Detail<'a>],
    /// Something is wrong.
    pub look_here: bool,
    /// Points at the right of the first of the lines that are kept free.
    pub free: f32,
    /// What egui knows it by.
    pub id: (&'a str, &'a str),
    /// The whole of it for a screen reader.
    pub said: &'a str,
}

/// Draws a light, a name with a value, and the lines under it, left of the row's buttons.
pub fn text(ui: &Ui, row: Rect, what: &Text) {
    fills::fill(ui, row, theme::ROUND, theme::PANEL);
    let text = text_of(row);
    let all = 1 + what.details.iter().map(|detail| detail.lines).sum::<u8>();
    let height = text.height() / f32::from(all);
    let line = |before: u8, lines: u8| {
        let top = text.top() + f32::from(before) * height;
        let size = vec2(text.width(), f32::from(lines) * height);
        Rect::from_min_size(pos2(text.left(), top), size)
    };
    let upper = line(0, 1);
    let light = pos2(row.left() + 13.0, upper.center().y);
    paint::light(ui, light, what.light.0, what.light.1);
    let loud = if what.look_here {
        theme::AMBER
    } else {
        theme::TEXT
    };
    let used = paint::line(ui, upper, Align::Max, what.value, theme::font(13.0), loud);
    let rest = upper.with_max_x(upper.right() - used - 6.0);
    let font = theme::bold(13.5);
    paint::line(ui, rest, Align::Min, what.name, font, theme::TEXT);
    let mut above = 1;
    for (i, detail) in what.details.iter().enumerate() {
        let Detail { text, lines, .. } = *detail;
        let quiet = if what.look_here && detail.is_state {
            theme::AMBER
        } else {
            theme::DIM
        };
        let place = line(above, lines);
        above += lines;
        let free = if i == 0 { what.free } else { 0.0 };
        let place = place.with_max_x(place.right() - free);
        let font = theme::font(DETAIL);
        if lines > 1 {
            paint::paragraph(ui, place, text, font, quiet);
        } else {
            let font = paint::shrunk(ui, text, font, place.width());
            paint::line(ui, place, Align::Min, text, font, quiet);
        }
    }
    // A line may be longer than its place: the whole of it is one pointing away.
    paint::say(ui, text, what.id, what.said).on_hover_text(what.said);
}
