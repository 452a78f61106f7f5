//! What is on air does not change when the show is edited: a scene is kept as it was taken, with the
//! slots that its sources had then. Only a source that was meant to leave the air leaves it, and comes
//! back when that is undone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::book::Passed;
use super::cast::{Cast, Renamed};
use crate::show::{Colour, Layer};
use crate::video::Stage;

/// A scene as it was taken: what is on air does not change when the show is edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The scene's id; another where the scene was given another since.
    pub scene: String,
    /// Its layers when it was taken.
    pub layers: Vec<Layer>,
    /// What is drawn.
    pub stage: Stage,
    /// By the ids of its sources: the slots and corrections with which they were taken.
    drawn: BTreeMap<String, (usize, Colour)>,
    /// By their ids: those that were taken off the air since.
    dropped: BTreeMap<String, Dropped>,
}

/// A source that was taken off the air.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    /// The step that took it off.
    by: Passed,
    /// The correction with which it was taken.
    colour: Colour,
}

impl Taken {
    /// A scene with these layers; those of sources that there are not stay dark.
    pub fn new(scene: &str, layers: &[Layer], cast: &Cast) -> Self {
        let sources = layers.iter().flat_map(Layer::sources).filter_map(|id| {
            let slot = cast.slot(id)?;
            let colour = cast.source_at(slot)?.colour;
            Some((id.to_owned(), (slot, colour)))
        });
        let mut taken = Self {
            scene: scene.to_owned(),
            layers: layers.to_vec(),
            stage: Stage::default(),
            drawn: sources.collect(),
            dropped: BTreeMap::new(),
        };
        taken.draw();
        taken
    }

    /// The same with these corrections, by the ids of its sources, and without those that had been
    /// taken off the air: as an engine before this one had it.
    #[must_use]
    pub fn going_on(
        mut self,
        colours: &BTreeMap<String, Colour>,
        dropped: &BTreeMap<String, Dropped>,
    ) -> Self {
        for (id, (_, colour)) in &mut self.drawn {
            *colour = colours.get(id).copied().unwrap_or(*colour);
        }
        self.drawn.retain(|id, _| !dropped.contains_key(id));
        self.dropped.clone_from(dropped);
        self.draw();
        self
    }

    /// The name under which it is told: none where it had sources and all of them are gone, for then
    /// nothing of the scene is seen.
    pub fn name(&self) -> &str {
        let is_dark = self.drawn.is_empty() && !self.layers.is_empty();
        if is_dark { "" } else { &self.scene }
    }

    /// The slot in which a source was taken, and from which it is on air.
    pub fn slot(&self, source: &str) -> Option<usize> {
        self.drawn.get(source).map(|(slot, _)| *slot)
    }

    /// Whether a source is on air: it is seen, or what is seen is keyed by it.
    pub fn needs(&self, source: &str) -> bool {
        self.slot(source).is_some_and(|slot| self.stage.needs(slot))
    }

    /// The corrections with which its sources were taken, by their ids.
    pub fn colours(&self) -> BTreeMap<String, Colour> {
        let colours = self.drawn.iter();
        colours
            .map(|(id, (_, colour))| (id.clone(), *colour))
            .collect()
    }

    /// Its sources that were taken off the air, by their ids.
    pub fn dropped(&self) -> &BTreeMap<String, Dropped> {
        &self.dropped
    }

    /// Takes sources off the air with this step.
    pub fn drop_sources(&mut self, sources: &[String], by: Passed) {
        for id in sources {
            if let Some((_, colour)) = self.drawn.remove(id) {
                self.dropped.insert(id.clone(), Dropped { by, colour });
            }
        }
        self.draw();
    }

    /// Takes up again, as it was, what the step had taken off the air that is now taken back.
    pub fn bring_back(&mut self, cast: &Cast, passed: Passed) {
        let drawn = &mut self.drawn;
        self.dropped.retain(|id, dropped| {
            let back = passed.takes_back(dropped.by);
            match cast.slot(id).filter(|_| back) {
                Some(slot) => {
                    drawn.insert(id.clone(), (slot, dropped.colour));
                    false
                }
                None => true,
            }
        });
        self.draw();
    }

    /// Follows what has another id in the show as it is now than in the one `before`. A source that is no longer in it, was made anew
    /// there or taken off the air, keeps its id here, whoever bears that in the show; and none gets the id of
    /// such a one.
    pub fn rename(&mut self, renamed: &Renamed, before: &Cast, cast: &Cast) {
        // The scene that a source has of its own goes by the source; another may have its id meanwhile.
        let is_scene = before.show.scenes.iter().any(|s| s.id == self.scene);
        let is_own = self.layers.len() == 1 && self.layers[0].source == self.scene && !is_scene;
        if is_scene {
            renamed.scene(&mut self.scene);
        }
        while let Some((old, new)) = self.renamed(cast) {
            if is_own && cast.is_implied(&new) {
                self.scene.clone_from(&new);
            }
            for layer in &mut self.layers {
                layer.follow_source(&old, &new);
            }
            let at = self.drawn.remove(&old);
            self.drawn.extend(at.map(|at| (new, at)));
        }
    }

    /// A source that has another id in the show, with both, where nothing here has the new one.
    fn renamed(&self, cast: &Cast) -> Option<(String, String)> {
        self.drawn.iter().find_map(|(old, (slot, _))| {
            let new = &cast.source_at(*slot)?.id;
            let is_taken = self.drawn.contains_key(new) || self.dropped.contains_key(new);
            (!is_taken).then(|| (old.clone(), new.clone()))
        })
    }

    fn draw(&mut self) {
        let drawn = &self.drawn;
        self.stage = Stage::of(&self.layers, |source| drawn.get(source).copied());
    }
}
