//! The settings of a whole show, apart from the show: as they are, and as they are to be.

use std::path::Path;

use crate::show::{Edit, Encoder, Format, Receiver, SaveError, Show, text_of};

/// See the module's words.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The show's name.
    pub name: String,
    /// Picture size and rate.
    pub format: Format,
    /// How the program is encoded.
    pub encoder: Encoder,
    /// The receiver inside regie.
    pub receiver: Option<Receiver>,
}

impl Settings {
    /// Those of a show.
    pub fn of(show: &Show) -> Self {
        Self {
            name: show.name.clone(),
            format: show.format,
            encoder: show.encoder.clone(),
            receiver: show.receiver.clone(),
        }
    }

    /// Takes over what somebody else has changed since, and leaves what was changed here.
    pub fn follow(&mut self, before: &Self, now: &Self) {
        fn take<T: PartialEq + Clone>(mine: &mut T, before: &T, now: &T) {
            if mine == before {
                mine.clone_from(now);
            }
        }
        take(&mut self.name, &before.name, &now.name);
        take(&mut self.format, &before.format, &now.format);
        take(&mut self.encoder, &before.encoder, &now.encoder);
        take(&mut self.receiver, &before.receiver, &now.receiver);
    }

    /// The edits that lead here from others.
    pub fn edits(&self, from: &Self) -> Vec<Edit> {
        let mut edits = Vec::new();
        if self.name != from.name {
            edits.push(Edit::Name(self.name.clone()));
        }
        if self.format != from.format {
            edits.push(Edit::Format(self.format));
        }
        if self.encoder != from.encoder {
            edits.push(Edit::Encoder(self.encoder.clone()));
        }
        if self.receiver != from.receiver {
            edits.push(Edit::Receiver(self.receiver.clone()));
        }
        edits
    }

    /// Whether the engine is started again on the way here from others.
    pub fn needs_another_engine(&self, from: &Self) -> bool {
        let named = Self {
            name: from.name.clone(),
            ..self.clone()
        };
        named != *from
    }

    /// What the show's own rules find wrong with them, each with its field.
    pub fn faults(&self, show: &Show) -> Vec<String> {
        let show = Show {
            name: self.name.clone(),
            format: self.format,
            encoder: self.encoder.clone(),
            receiver: self.receiver.clone(),
            ..show.clone()
        };
        match text_of(Path::new("show.ron"), &show, &show) {
            Err(SaveError::Faulty(faults)) => faults.iter().map(|f| f.in_words()).collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_change_comes_in_and_what_was_changed_here_stays() {
        let show = crate::show::parse(Path::new("x.ron"), "(version: 1, name: \"x\")").unwrap();
        let before = Settings::of(&show);
        let mut mine = before.clone();
        mine.format.height = 1080;
        let mut now = before.clone();
        now.name = "y".to_owned();
        now.format.height = 480;
        mine.follow(&before, &now);
        assert_eq!((mine.name.as_str(), mine.format.height), ("y", 1080));
        assert_eq!(mine.edits(&now), [Edit::Format(mine.format)]);
        assert!(mine.needs_another_engine(&now) && !now.needs_another_engine(&now));
        mine.format.height = 33;
        let faults = mine.faults(&show);
        assert!(
            faults.iter().any(|f| f.starts_with("format.height: 33")),
            "{faults:?}"
        );
    }
}
