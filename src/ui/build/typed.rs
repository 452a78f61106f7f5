//! Texts of the show that are typed: what a field holds counts when it is left, Esc forgets it, and
//! what the show's rules forbid is said beneath it.

use egui::{Key, Ui};

use super::parts;
use super::typing::{Ended, Typing};
use crate::ui::theme;

/// See the module's words. A field is known by whose it is and what of it.
#[derive(Debug, Default)]
pub struct Typed {
    /// What is being typed.
    held: Option<(String, &'static str, Typing)>,
    /// What is wrong with what was given last.
    wrong: Option<(String, &'static str, String)>,
}

impl Typed {
    /// Draws a field; what it is to hold, when another text was typed to its end.
    pub fn text(
        &mut self,
        ui: &mut Ui,
        (owner, field): (&str, &'static str),
        say: &str,
        now: &str,
    ) -> Option<String> {
        let mine =
            |(whose, what, _): &(String, &'static str, Typing)| whose == owner && *what == field;
        let mut typing = match self.held.take_if(|held| mine(held)) {
            Some((_, _, typing)) => typing,
            None => Typing::of(now),
        };
        typing.follow(now);
        let response = parts::field(ui, say, &mut typing.text, "");
        let mut given = None;
        if response.lost_focus() {
            if ui.input(|input| input.key_pressed(Key::Escape)) {
                return None;
            }
            match typing.end(now) {
                Ended::Same => return None,
                Ended::Text(text) => given = Some(text),
                Ended::Contested => response.request_focus(),
            }
        }
        if given.is_none() && response.has_focus() {
            typing.tell(&response);
            self.held = Some((owner.to_owned(), field, typing));
        }
        given
    }

    /// Takes down what is wrong with what a field gave; whether nothing is.
    pub fn accepts(&mut self, owner: &str, field: &'static str, faults: Vec<String>) -> bool {
        let fault = faults.into_iter().next();
        self.wrong = fault.map(|fault| (owner.to_owned(), field, fault));
        self.wrong.is_none()
    }

    /// Says beneath a field what is wrong with what it gave.
    pub fn complaint(&self, ui: &mut Ui, owner: &str, field: &'static str) {
        if let Some((whose, what, message)) = &self.wrong
            && whose == owner
            && *what == field
        {
            parts::note(ui, message, theme::AMBER);
        }
    }
}
