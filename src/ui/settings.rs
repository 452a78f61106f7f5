//! How its user likes the desk: language, size, arrangement. Kept on this machine, for all shows.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    arrange::{Arrangement, Layout, Panel},
    kept,
    lang::{self, Language},
};

/// What was changed is written when it has been left alone for so many seconds.
const SETTLE_S: f64 = 1.0;

/// The sizes to choose from, in percent.
pub const SCALES: [u32; 6] = [75, 100, 125, 150, 175, 200];

/// What is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The tag of the desk's language; the system's where there is none.
    pub language: Option<String>,
    /// Size of everything, in percent.
    pub scale: u32,
    /// The small monitors have the strips of their sound under them.
    pub strips: bool,
    /// The arrangement that is shown.
    pub arrangement: Arrangement,
    /// The arrangements that were changed.
    pub layouts: BTreeMap<Arrangement, Layout>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: None,
            scale: 100,
            strips: true,
            arrangement: Arrangement::default(),
            layouts: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Where the panels of the arrangement that is shown are.
    pub fn layout(&self) -> Layout {
        let changed = self.layouts.get(&self.arrangement).cloned();
        changed.unwrap_or_else(|| Layout::usual(self.arrangement))
    }

    /// Puts the panels of the arrangement that is shown elsewhere.
    pub fn set_layout(&mut self, layout: Layout) {
        if layout == Layout::usual(self.arrangement) {
            self.layouts.remove(&self.arrangement);
        } else {
            self.layouts.insert(self.arrangement, layout);
        }
    }

    /// Shows a panel or hides it.
    pub fn set_shown(&mut self, panel: Panel, shown: bool) {
        let mut layout = self.layout();
        layout.set_shown(panel, shown);
        self.set_layout(layout);
    }

    /// Puts the arrangement that is shown back to how it came.
    pub fn reset_layout(&mut self) {
        self.layouts.remove(&self.arrangement);
    }
}

/// The settings, their folder, and the languages there are.
#[derive(Debug)]
pub struct Keeper {
    /// The settings, to be changed at will.
    pub now: Settings,
    /// The languages to choose from.
    pub languages: Vec<Arc<Language>>,
    folder: Option<PathBuf>,
    written: Settings,
    changing: Option<(Settings, f64)>,
}

impl Default for Keeper {
    fn default() -> Self {
        Self::of(None)
    }
}

impl Keeper {
    /// The settings of a folder, with its languages; without one nothing is kept.
    pub fn of(folder: Option<PathBuf>) -> Self {
        let mut now: Settings = folder
            .as_ref()
            .and_then(|folder| kept::read(&folder.join("desk.ron")))
            .unwrap_or_default();
        for (arrangement, layout) in &mut now.layouts {
            layout.mend(*arrangement);
        }
        let languages = lang::languages(folder.as_ref().map(|f| f.join("lang")).as_deref());
        Self {
            written: now.clone(),
            now,
            languages,
            folder,
            changing: None,
        }
    }

    /// Speaks the language that is chosen.
    pub fn speak(&self) {
        let chosen = self.now.language.as_ref();
        let chosen = chosen.and_then(|tag| self.languages.iter().find(|l| l.tag == *tag));
        let language = match chosen {
            Some(language) => language.clone(),
            None => lang::of_system(&self.languages),
        };
        if language.tag != lang::spoken().tag {
            lang::speak(language);
        }
    }

    /// Told once a frame: writes what was changed when it has been left alone for a moment.
    pub fn keep(&mut self, now: f64) {
        if self.now == self.written {
            self.changing = None;
            return;
        }
        match &self.changing {
            Some((changing, since)) if *changing == self.now => {
                if now - since >= SETTLE_S {
                    self.write();
                }
            }
            _ => self.changing = Some((self.now.clone(), now)),
        }
    }

    /// Writes what was changed.
    pub fn write(&mut self) {
        self.changing = None;
        if self.now == self.written {
            return;
        }
        // A disk that refuses is asked again with the next change, not with each frame.
        self.written = self.now.clone();
        let Some(folder) = &self.folder else { return };
        if let Err(error) = kept::write(&folder.join("desk.ron"), &self.now) {
            tracing::warn!("the desk's settings are not kept: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_is_remembered_once_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Keeper::of(Some(folder.path().to_owned()));
        let mut keeper = open();
        keeper.now.arrangement = Arrangement::OnePerson;
        keeper.now.set_shown(Panel::Outputs, true);
        keeper.keep(10.0);
        assert_eq!(open().now, Settings::default(), "it may still be moving");
        keeper.keep(10.5);
        keeper.now.scale = 150;
        keeper.keep(11.1);
        assert_eq!(open().now, Settings::default(), "it did");
        keeper.keep(12.2);
        assert_eq!(open().now, keeper.now);
        assert!(open().now.layout().is_shown(Panel::Outputs));
        keeper.now.reset_layout();
        keeper.write();
        assert!(!open().now.layout().is_shown(Panel::Outputs));
    }

    #[test]
    fn a_broken_file_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.ron");
        std::fs::write(&file, "(scale: \"large\")").unwrap();
        let keeper = Keeper::of(Some(folder.path().to_owned()));
        assert_eq!(keeper.now, Settings::default());
        assert!(folder.path().join("desk.ron.broken").is_file());
        assert!(!file.exists());
    }
}
