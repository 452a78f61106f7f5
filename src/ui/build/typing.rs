//! A text of the show while it is typed. Another desk may change it meanwhile: then it takes a second Enter
//! to write over that, for neither is to lose what it wrote without a word.

use egui::Response;

use crate::ui::lang;

/// See the module's words.
#[derive(Debug)]
pub struct Typing {
    /// As it stands in the field.
    pub text: String,
    /// What the show held when this was last seen by who types.
    began: String,
    contested: bool,
}

/// What has come of it where it was typed to its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is to be changed.
    Same,
    /// The show is to hold this.
    Text(String),
    /// The show holds another text than when this was begun: it goes on.
    Contested,
}

impl Typing {
    /// Begins with what the show holds.
    pub fn of(now: &str) -> Self {
        Self {
            text: now.to_owned(),
            began: now.to_owned(),
            contested: false,
        }
    }

    /// Told once a frame what the show holds; what nobody has typed in goes with it.
    pub fn follow(&mut self, now: &str) {
        if self.text == self.began && self.began != now {
            *self = Self::of(now);
        }
    }

    /// It is typed to its end, and the show holds this.
    pub fn end(&mut self, now: &str) -> Ended {
        let text = self.text.trim();
        if text == now || self.text == self.began {
            Ended::Same
        } else if self.began == now {
            Ended::Text(text.to_owned())
        } else {
            now.clone_into(&mut self.began);
            self.contested = true;
            Ended::Contested
        }
    }

    /// Says over its field what another desk has made of it.
    pub fn tell(&self, field: &Response) {
        if self.contested {
            let other = self.began.as_str().into();
            field.show_tooltip_text(lang::with("build-contested", &[("other", other)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_desk_wrote_is_written_over_at_the_second_word_alone() {
        let mut typing = Typing::of("Stage");
        typing.follow("Stage");
        assert_eq!(typing.end("Stage"), Ended::Same);
        typing.text = "Hall ".to_owned();
        assert_eq!(typing.end("Stage"), Ended::Text("Hall".to_owned()));
        typing.follow("Theatre");
        assert_eq!(typing.end("Theatre"), Ended::Contested);
        assert!(typing.contested);
        assert_eq!(typing.end("Theatre"), Ended::Text("Hall".to_owned()));
        assert_eq!(typing.end("Forum"), Ended::Contested, "and again");
        assert_eq!(typing.end("Hall"), Ended::Same, "it is so already");
    }

    #[test]
    fn a_field_that_is_only_looked_at_goes_with_the_show() {
        let mut typing = Typing::of("Stage");
        typing.follow("Theatre");
        assert_eq!(typing.text, "Theatre");
        assert_eq!(typing.end("Theatre"), Ended::Same);
        // Told too late: it was not typed in all the same.
        assert_eq!(typing.end("Forum"), Ended::Same);
    }
}
