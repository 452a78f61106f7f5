//! The one question that the desk asks: what is to become of a show that is on air, or has changes
//! that are not saved, when its window is closed or another show is opened in it.

use egui::{Align, Color32, Frame, Id, Modal, Rect, Ui};

use super::{
    guard::{Guard, Guarded},
    lang, layout, onair, paint,
    paint::Button,
    theme,
    view::View,
};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The show is on air or recorded: ending it takes two presses.
    pub on_air: bool,
    /// It has changes that are not saved.
    pub unsaved: bool,
    /// The show that is to be opened in its place, by its name.
    pub to: Option<String>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The window closes, the show runs on.
    Leave,
    /// The show is saved, and ends.
    Save,
    /// The show ends as it is.
    End,
    /// The window stays.
    Stay,
}

/// Size of what is said of the show, in points.
const LETTERS: f32 = 13.5;

impl Question {
    /// What is on, and what is not saved.
    fn says(&self, view: &View) -> String {
        let on = onair::what_is_on(view.snapshot);
        if !self.unsaved {
            return on;
        }
        let unsaved = lang::text("menu-unsaved");
        [on.as_str(), &unsaved].join(" ").trim().to_owned()
    }

    /// The answers there are, with the keys of their words.
    fn answers(&self) -> Vec<(Answer, &'static str)> {
        let (saved, unsaved) = match (&self.to, self.on_air) {
            (Some(_), _) => ("menu-save-and-open", "menu-open-unsaved"),
            (None, true) => ("menu-save-and-end", "menu-end-unsaved"),
            (None, false) => ("menu-save-and-close", "menu-close-unsaved"),
        };
        let mut answers = Vec::new();
        if self.on_air {
            answers.push((Answer::Leave, "desk-leave-running"));
        }
        if self.unsaved {
            answers.extend([(Answer::Save, saved), (Answer::End, unsaved)]);
        } else {
            answers.push((Answer::End, "desk-end-show"));
        }
        answers.push((Answer::Stay, "desk-stay"));
        answers
    }
}

/// Asks; none while there is no answer yet.
pub fn ask(ui: &Ui, question: &Question, view: &View, guard: &mut Guard) -> Option<Answer> {
    let answers = question.answers();
    let (font, wide) = (theme::font(LETTERS), layout::CLOSING_WIDTH);
    let says = question.says(view);
    let galley = ui.painter().layout(says.clone(), font, theme::DIM, wide);
    let modal = Modal::new(Id::unique("closing"))
        .backdrop_color(Color32::from_black_alpha(110))
        .frame(
            Frame::new()
                .fill(theme::PANEL)
                .stroke((1.0, theme::PRESSED))
                .corner_radius(6),
        )
        .show(ui.ctx(), |ui| {
            let size = layout::closing_size(galley.size().y, answers.len());
            let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
            let places = layout::closing(rect, galley.size().y);
            let corner = places.1.left_top();
            ui.painter().galley(corner, galley, theme::DIM);
            paint::say(ui, places.1, "what is on", &says);
            draw(ui, places, question, &answers, view, guard)
        });
    if modal.inner.is_some() {
        modal.inner
    } else if modal.should_close() {
        Some(Answer::Stay)
    } else {
        None
    }
}

fn draw(
    ui: &Ui,
    (head, _, row): (Rect, Rect, impl Fn(usize) -> Rect),
    question: &Question,
    answers: &[(Answer, &str)],
    view: &View,
    guard: &mut Guard,
) -> Option<Answer> {
    let title = match &question.to {
        Some(name) => lang::with("menu-leave-question", &[("name", name.as_str().into())]),
        None => lang::text("desk-close-question"),
    };
    let font = theme::bold(17.0);
    paint::said_line(ui, head, Align::Min, "closing", &title, font, theme::TEXT);

    let mut given = None;
    for (i, (answer, key)) in answers.iter().enumerate() {
        let what = match answer {
            Answer::Save => Guarded::SavedShow,
            _ => Guarded::Show,
        };
        let ends = matches!(answer, Answer::Save | Answer::End);
        let guarded = question.on_air && ends;
        let armed = guarded && guard.is_armed(&what, view.now);
        let text = lang::text(if armed { "desk-again-to-end" } else { key });
        let escape = lang::text("desk-key-esc");
        let mut button = Button::new(&text).size(14.0);
        if armed {
            button = button.fill(theme::AMBER, theme::ON_TEXT);
        }
        if *answer == Answer::Stay {
            button = button.key(&escape);
        }
        let response = button.show(ui, row(i), ("answer", i));
        // The answer that changes nothing is the one that a key gives by accident.
        if *answer == Answer::Stay && ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        let pressed = response.clicked();
        if pressed && (!guarded || guard.press(&what, view.now)) {
            given = Some(*answer);
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_answered_follows_from_what_is_asked() {
        let question = |on_air, unsaved, to: Option<&str>| {
            let to = to.map(str::to_owned);
            let answers = Question {
                on_air,
                unsaved,
                to,
            }
            .answers();
            answers.into_iter().map(|a| a.0).collect::<Vec<_>>()
        };
        use Answer::{End, Leave, Save, Stay};
        assert_eq!(question(true, false, None), [Leave, End, Stay]);
        assert_eq!(question(true, true, None), [Leave, Save, End, Stay]);
        assert_eq!(question(false, true, None), [Save, End, Stay]);
        assert_eq!(question(false, true, Some("b")), [Save, End, Stay]);
    }
}
