//! Texts of the show that are typed: what a field holds counts when it is left, Esc forgets it, and
//! what the show's rules forbid is said beneath it.

use egui::{Key, Ui};

use super::parts;
use crate::ui::theme;

/// See the module's words. A field is known by whose it is and what of it.
#[derive(Debug, Default)]
pub struct Typed {
    /// What is being typed.
    held: Option<(String, &'static str, String)>,
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
        let mine = |held: &&mut (String, &'static str, String)| held.0 == owner && held.1 == field;
        let mut fresh = now.to_owned();
        let held = self.held.as_mut().filter(mine);
        let text = held.map_or(&mut fresh, |(_, _, text)| text);
        let response = parts::field(ui, say, text, "");
        let text = text.clone();
        if response.lost_focus() {
            self.held = None;
            let kept = !ui.input(|input| input.key_pressed(Key::Escape));
            let text = text.trim().to_owned();
            return (kept && text != now).then_some(text);
        }
        if response.has_focus() {
            self.held = Some((owner.to_owned(), field, text));
        }
        None
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
