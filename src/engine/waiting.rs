//! A scene that waits, on PVW or for a transition's end: where it goes when it leaves the show, and
//! that it comes back when that is undone and nobody has put another there.

use serde::{Deserialize, Serialize};

use super::book::Passed;
use super::cast::{Cast, Renamed};

/// See the module's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// Its id; empty where there is none.
    pub scene: String,
    /// What somebody has said of this very scene, which goes and comes with it.
    pub marked: bool,
    /// Those that left the show while they waited here, the last one last.
    away: Vec<Away>,
}

/// A scene that left the show while it waited.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Away {
    scene: String,
    marked: bool,
    /// The step with which it left.
    by: Passed,
}

impl Waiting {
    /// A scene that was put here.
    pub fn new(scene: &str) -> Self {
        Self {
            scene: scene.to_owned(),
            ..Self::default()
        }
    }

    /// The same where these scenes waited before and left the show.
    #[must_use]
    pub fn after(mut self, away: &[Away]) -> Self {
        self.away = away.to_vec();
        self
    }

    /// The same with nothing said of it.
    #[must_use]
    pub fn unmarked(mut self) -> Self {
        self.marked = false;
        for away in &mut self.away {
            away.marked = false;
        }
        self
    }

    /// Those that left the show while they waited here, the last one last.
    pub fn away(&self) -> &[Away] {
        &self.away
    }

    /// Goes on with a show that was edited by a step; `other` is what waits here where the scene is
    /// gone.
    pub fn recast(&mut self, cast: &Cast, passed: Passed, other: &str) {
        let has = |scene: &str| cast.scene(scene).is_some();
        while let Some(back) = self
            .away
            .pop_if(|away| passed.takes_back(away.by) && has(&away.scene))
        {
            (self.scene, self.marked) = (back.scene, back.marked);
        }
        if !has(&self.scene) {
            let gone = Away {
                marked: std::mem::take(&mut self.marked),
                scene: std::mem::replace(&mut self.scene, other.to_owned()),
                by: passed,
            };
            if !gone.scene.is_empty() {
                self.away.push(gone);
            }
        }
    }

    /// Follows what has another id since; one that has left the show keeps its own, whoever bears it now.
    pub fn rename(&mut self, renamed: &Renamed) {
        renamed.scene(&mut self.scene);
    }
}
