//! The cast: a show as the tick plays it, with each source's slot. Made beside the tick when the show
//! is opened or edited, and taken over by it in one step.

use std::sync::Arc;

use crate::show::{Layer, Scene, Show, Source};
use crate::video::Stage;

/// So many sources can run at once, those that left the show but are still on air among them.
pub const SLOTS: usize = 128;

/// A label that was left out is the id.
pub fn name_of(label: &str, id: &str) -> String {
    if label.is_empty() { id } else { label }.to_owned()
}

/// See the module's words. A source keeps its slot, whatever its place in the show.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The show.
    pub show: Arc<Show>,
    /// How often it was changed since it was opened.
    pub revision: u64,
    /// The slot of each source, in the show's order.
    slots: Vec<usize>,
    /// Every scene that can be taken, with what is drawn.
    scenes: Vec<(Scene, Stage)>,
    /// Sources that left the show, with the slots in which they may still run: on air, for one.
    former: Vec<(Source, usize)>,
}

/// What has another id in the next show, and is the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Renamed {
    /// The old ids and the new ones.
    sources: Vec<(String, String)>,
    /// As `sources`.
    scenes: Vec<(String, String)>,
}

impl Renamed {
    /// Puts the new id of a source in the place of its old one.
    pub fn source(&self, id: &mut String) {
        follow(&self.sources, id);
    }

    /// Puts the new id of a scene in the place of its old one.
    pub fn scene(&self, id: &mut String) {
        follow(&self.scenes, id);
    }
}

fn follow(renamed: &[(String, String)], id: &mut String) {
    if let Some((_, new)) = renamed.iter().find(|(old, _)| old == id) {
        id.clone_from(new);
    }
}

impl Cast {
    /// A show whose sources have these slots, in its order.
    pub fn new(show: Arc<Show>, revision: u64, slots: Vec<usize>) -> Self {
        let mut cast = Self {
            scenes: Vec::new(),
            former: Vec::new(),
            show,
            revision,
            slots,
        };
        cast.scenes = cast
            .show
            .all_scenes()
            .into_iter()
            .map(|scene| {
                let stage = cast.stage_of(&scene.layers);
                (scene, stage)
            })
            .collect();
        cast
    }

    /// A show that was just opened: its sources have the first slots. Its first revision is 0 but
    /// for an engine that goes on with it.
    pub fn opened(show: Show, revision: u64) -> Self {
        let slots = (0..show.sources.len()).collect();
        Self::new(Arc::new(show), revision, slots)
    }

    /// The show after an edit. A source keeps its slot as long as it comes from the same place, under
    /// another id too, and one that comes back has the slot in which it still runs; any other gets one
    /// that is not taken. `None` where there are too many.
    pub fn next(&self, show: Arc<Show>, is_taken: impl Fn(usize) -> bool) -> Option<Self> {
        let old = || self.show.sources.iter().zip(&self.slots);
        let mut taken: Vec<usize> = Vec::new();
        let mut slots: Vec<Option<usize>> = vec![None; show.sources.len()];
        for (slot, source) in slots.iter_mut().zip(&show.sources) {
            *slot = old()
                .find(|(o, _)| o.id == source.id && o.kind == source.kind)
                .map(|(_, slot)| *slot);
            taken.extend(*slot);
        }
        for (slot, source) in slots.iter_mut().zip(&show.sources) {
            if slot.is_none() && self.slot(&source.id).is_none() {
                *slot = old()
                    .find(|(o, slot)| {
                        o.kind == source.kind
                            && show.source_index(&o.id).is_none()
                            && !taken.contains(slot)
                    })
                    .map(|(_, slot)| *slot);
                taken.extend(*slot);
            }
        }
        for (slot, source) in slots.iter_mut().zip(&show.sources) {
            if slot.is_none() {
                let mut former = self.former.iter();
                *slot = former
                    .find(|(o, slot)| {
                        o.id == source.id && o.kind == source.kind && !taken.contains(slot)
                    })
                    .map(|(_, slot)| *slot);
                taken.extend(*slot);
            }
        }
        for slot in &mut slots {
            if slot.is_none() {
                let mut all = 0..SLOTS;
                *slot = all.find(|slot| !taken.contains(slot) && !is_taken(*slot));
                taken.extend(*slot);
            }
        }
        let slots: Vec<usize> = slots.into_iter().collect::<Option<_>>()?;
        let left = old().map(|(source, slot)| (source.clone(), *slot));
        let former = left.chain(self.former.iter().cloned());
        let former = former.filter(|(_, slot)| is_taken(*slot) && !slots.contains(slot));
        let former = former.collect();
        Some(Self {
            former,
            ..Self::new(show, self.revision + 1, slots)
        })
    }

    /// What has another id in the show after this one: a source that keeps its slot, a scene that
    /// keeps its place and its layers, and the scene that such a source has of its own.
    pub fn renamed(&self, next: &Self) -> Renamed {
        let old = self.show.sources.iter().zip(&self.slots);
        let sources = old.filter_map(|(source, slot)| {
            let new = next.source_at(*slot)?;
            let is_other = next.slot(&source.id).is_none() && self.slot(&new.id).is_none();
            is_other.then(|| (source.id.clone(), new.id.clone()))
        });
        let mut renamed = Renamed {
            sources: sources.collect(),
            scenes: Vec::new(),
        };
        let own = renamed.sources.iter();
        let own = own.filter(|(old, new)| self.is_implied(old) && next.is_implied(new));
        let mut scenes: Vec<_> = own.cloned().collect();
        for (old, new) in self.show.scenes.iter().zip(&next.show.scenes) {
            let mut layers = old.layers.clone();
            let ids = layers.iter_mut().flat_map(Layer::sources_mut);
            ids.for_each(|id| renamed.source(id));
            let is_other = next.scene(&old.id).is_none() && self.scene(&new.id).is_none();
            if is_other && layers == new.layers {
                scenes.push((old.id.clone(), new.id.clone()));
            }
        }
        renamed.scenes = scenes;
        renamed
    }

    /// The slot of each source, in the show's order.
    pub fn slots(&self) -> &[usize] {
        &self.slots
    }

    /// The source that had this slot last, in the show or since it left it.
    pub fn last_at(&self, slot: usize) -> Option<&Source> {
        let former = || self.former.iter().find(|(_, other)| *other == slot);
        self.source_at(slot)
            .or_else(|| former().map(|(source, _)| source))
    }

    /// A source's slot.
    pub fn slot(&self, source: &str) -> Option<usize> {
        let index = self.show.source_index(source)?;
        self.slots.get(index).copied()
    }

    /// The source that has this slot.
    pub fn source_at(&self, slot: usize) -> Option<&Source> {
        let index = self.slots.iter().position(|other| *other == slot)?;
        self.show.sources.get(index)
    }

    /// Every scene that can be taken, in the order of their numbers: the show's own, and those of the
    /// sources that have none of their id.
    pub fn scenes(&self) -> impl ExactSizeIterator<Item = &Scene> {
        self.scenes.iter().map(|(scene, _)| scene)
    }

    /// Whether this is the scene that a source has of its own because the show has none of its id.
    pub fn is_implied(&self, id: &str) -> bool {
        self.show.source_index(id).is_some() && !self.show.scenes.iter().any(|s| s.id == id)
    }

    /// A scene and what it draws.
    pub fn scene(&self, id: &str) -> Option<(&Scene, &Stage)> {
        let (scene, stage) = self.scenes.iter().find(|(scene, _)| scene.id == id)?;
        Some((scene, stage))
    }

    /// What layers draw; those of unknown sources are left out.
    pub fn stage_of(&self, layers: &[Layer]) -> Stage {
        Stage::of(layers, |source| {
            let slot = self.slot(source)?;
            Some((slot, self.source_at(slot)?.colour))
        })
    }
}
