//! What was copied of a strip, and what strips were before something was done to all of one at once.

use crate::show::StripSettings;

/// So many steps can be taken back.
const STEPS: usize = 50;

/// See the module's words. It is this desk's own.
#[derive(Debug, Default)]
pub struct Shelf {
    copied: Option<(String, StripSettings)>,
    before: Vec<(String, StripSettings)>,
}

impl Shelf {
    /// Copies the settings of a strip of this name.
    pub fn copy(&mut self, name: &str, strip: &StripSettings) {
        self.copied = Some((name.to_owned(), *strip));
    }

    /// What was copied last, with the name of the strip that it is from.
    pub fn copied(&self) -> Option<&(String, StripSettings)> {
        self.copied.as_ref()
    }

    /// Keeps how a source's strip stands before it is changed as a whole.
    pub fn keep(&mut self, source: &str, strip: &StripSettings) {
        if self.before.len() == STEPS {
            self.before.remove(0);
        }
        self.before.push((source.to_owned(), *strip));
    }

    /// Whether a source's strip has been kept.
    pub fn has_kept(&self, source: &str) -> bool {
        self.before.iter().any(|(id, _)| id == source)
    }

    /// How a source's strip stood when it was kept last, which is forgotten with it.
    pub fn back(&mut self, source: &str) -> Option<StripSettings> {
        let at = self.before.iter().rposition(|(id, _)| id == source)?;
        Some(self.before.remove(at).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trimmed(db: f32) -> StripSettings {
        StripSettings {
            trim_db: db,
            ..StripSettings::default()
        }
    }

    #[test]
    fn each_strip_goes_back_by_itself_and_step_by_step() {
        let mut shelf = Shelf::default();
        shelf.keep("ann", &trimmed(1.0));
        shelf.keep("cam", &trimmed(2.0));
        shelf.keep("ann", &trimmed(3.0));
        assert_eq!(shelf.back("ann"), Some(trimmed(3.0)));
        assert_eq!(shelf.back("ann"), Some(trimmed(1.0)));
        assert_eq!(shelf.back("ann"), None);
        assert!(shelf.has_kept("cam") && !shelf.has_kept("ann"));
        for n in 0..100 {
            shelf.keep("cam", &trimmed(n as f32));
        }
        assert_eq!(shelf.before.len(), STEPS);
        assert_eq!(shelf.back("cam"), Some(trimmed(99.0)));
    }
}
