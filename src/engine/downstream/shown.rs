//! What lies over the program on a downstream key: since when, and whether it is on its way out.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::cast::Cast;
use crate::engine::taken::Taken;
use crate::show::Layer;
use crate::video::{Over, Overlaid, Pose, TitleKey};

/// What is known of a title that is ready.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Length {
    /// Frames until all of it is there; none where it has no way of its own to come.
    pub in_frames: Option<u32>,
    /// Frames until nothing of it is there; none where it has no way of its own to go.
    pub out_frames: Option<u32>,
    /// Frames after which it goes by itself.
    pub lasts: Option<u32>,
    /// The age at which most of it is seen, for who looks at it before it is on air.
    pub shows_at: u32,
}

/// The titles that are ready.
pub type Lengths = BTreeMap<TitleKey, Length>;

/// What is filled into a title, under a number of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    /// Given once.
    pub number: u64,
    /// By the names of the fields.
    pub fields: Arc<BTreeMap<String, String>>,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A title, filled in.
    Title {
        /// Its id.
        id: String,
        /// With what.
        filling: Filling,
    },
    /// A source as a layer, as it was taken.
    Source(Box<Taken>),
}

/// See the module's words.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// What it is.
    pub what: What,
    /// The first frame that shows it; none while it waits for its title to be ready.
    pub came: Option<u64>,
    /// It is there from its first frame on.
    pub cut: bool,
    /// It is to go; since which frame it does, once that is known.
    pub leaves: Option<Option<u64>>,
    /// What is to stand in its title from the frame on in which that is ready.
    pub next: Option<Filling>,
    /// Its key is tied to the transition that runs: it comes with it, or goes.
    pub tied: Option<bool>,
}

/// As the next engine reads it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JournalShown {
    /// A title's id; a source's layer where it is empty.
    #[serde(default)]
    title: String,
    #[serde(default)]
    filling: Filling,
    #[serde(default)]
    layer: Option<Layer>,
    #[serde(default)]
    came: Option<u64>,
    cut: bool,
    #[serde(default)]
    leaves: bool,
    #[serde(default)]
    left: Option<u64>,
    #[serde(default)]
    next: Option<Filling>,
}

impl Shown {
    /// Something that is to come, by a cut or in its own way.
    pub fn coming(what: What, cut: bool) -> Self {
        Self {
            what,
            came: None,
            cut,
            leaves: None,
            next: None,
            tied: None,
        }
    }

    /// Whether it stays.
    pub fn stays(&self) -> bool {
        self.leaves.is_none()
    }

    /// Which title it is, with the number of its filling.
    pub fn title(&self) -> Option<TitleKey> {
        match &self.what {
            What::Title { id, filling } => Some(TitleKey {
                id: id.clone(),
                filling: filling.number,
            }),
            What::Source(_) => None,
        }
    }

    /// Whether it is on air: it came, and what it is, is there. After a crash it may have to be made anew.
    pub fn is_seen(&self, lengths: &Lengths) -> bool {
        let title = self.title();
        self.came.is_some() && title.is_none_or(|title| lengths.contains_key(&title))
    }

    /// Whether it is this title.
    pub fn is_title(&self, title: &str) -> bool {
        matches!(&self.what, What::Title { id, .. } if id == title)
    }

    /// The titles that have to be ready for it: what is seen, and what is to be.
    pub fn wanted(&self) -> impl Iterator<Item = (&str, &Filling)> {
        let (id, seen) = match &self.what {
            What::Title { id, filling } => (id.as_str(), Some(filling)),
            What::Source(_) => ("", None),
        };
        let next = self.next.as_ref();
        seen.into_iter()
            .chain(next)
            .map(move |filling| (id, filling))
    }

    /// Takes in the frame: what was ready comes, what has gone has ended. Gives whether it is still there.
    pub fn step(&mut self, frame: u64, lengths: &Lengths, fade: u32) -> bool {
        if self.came.is_none() {
            let is_ready = self
                .title()
                .is_none_or(|title| lengths.contains_key(&title));
            if is_ready {
                self.came = Some(frame);
            }
        }
        self.change_over(lengths);
        let Some(came) = self.came else {
            return true;
        };
        if let (None, Some(lasts)) = (self.leaves, self.length(lengths).lasts)
            && frame >= came + u64::from(lasts)
        {
            self.leaves = Some(None);
        }
        match &mut self.leaves {
            None => true,
            Some(left) => {
                let since = *left.get_or_insert(frame);
                frame < since + u64::from(self.out_frames(lengths, fade))
            }
        }
    }

    /// Puts in what is to stand there, all of it at once, when it is ready.
    fn change_over(&mut self, lengths: &Lengths) {
        let What::Title { id, filling } = &mut self.what else {
            return;
        };
        let is_ready = |next: &mut Filling| {
            lengths.contains_key(&TitleKey {
                id: id.clone(),
                filling: next.number,
            })
        };
        if let Some(next) = self.next.take_if(is_ready) {
            *filling = next;
        }
    }

    /// What is known of its title; nothing of a source.
    pub fn length(&self, lengths: &Lengths) -> Length {
        let title = self.title();
        let length = title.and_then(|title| lengths.get(&title));
        length.cloned().unwrap_or_default()
    }

    fn out_frames(&self, lengths: &Lengths, fade: u32) -> u32 {
        self.length(lengths).out_frames.unwrap_or(fade)
    }

    /// How it is seen in this frame, where a fade takes so many frames and a transition is so far.
    pub fn over(&self, frame: u64, lengths: &Lengths, fade: u32, crossed: f64) -> Option<Overlaid> {
        let came = self.came?;
        let age = u32::try_from(frame.saturating_sub(came)).unwrap_or(u32::MAX);
        let left = self.leaves.flatten();
        let leaving = left.map(|left| frame.saturating_sub(left) as u32);
        let part = |k: u32| (f64::from(k + 1) / f64::from(fade + 1)).min(1.0);
        // What has a way of its own to come or go does not fade.
        let length = self.length(lengths);
        let come = match self.cut || length.in_frames.is_some() {
            true => 1.0,
            false => part(age),
        };
        let (stay, leaving) = match leaving {
            Some(k) if length.out_frames.is_none() => (1.0 - part(k), None),
            _ => (1.0, leaving),
        };
        let tied = match self.tied {
            None => 1.0,
            Some(true) => crossed,
            Some(false) => 1.0 - crossed,
        };
        Some(Overlaid {
            clean: false,
            opacity: come * stay * tied,
            what: match &self.what {
                What::Title { .. } => Over::Title {
                    key: self.title()?,
                    pose: Pose {
                        frame,
                        age,
                        cut: self.cut,
                        leaving,
                    },
                },
                What::Source(taken) => Over::Stage(taken.stage.clone()),
            },
        })
    }

    /// As the next engine reads it. What comes with a transition is not there before that has ended: the next
    /// engine is where it began.
    pub fn journal(&self) -> Option<JournalShown> {
        if self.tied == Some(true) {
            return None;
        }
        let (title, filling, layer) = match &self.what {
            What::Title { id, filling } => (id.clone(), filling.clone(), None),
            What::Source(taken) => {
                let layer = taken.layers.first().cloned();
                (String::new(), Filling::default(), layer)
            }
        };
        Some(JournalShown {
            title,
            filling,
            layer,
            came: self.came,
            cut: self.cut,
            leaves: !self.stays(),
            left: self.leaves.flatten(),
            next: self.next.clone(),
        })
    }

    /// What an engine before this one showed.
    pub fn restored(journal: &JournalShown, cast: &Cast) -> Option<Self> {
        let what = match &journal.layer {
            Some(layer) => What::Source(Box::new(source(layer, cast))),
            None if journal.title.is_empty() => return None,
            None => What::Title {
                id: journal.title.clone(),
                filling: journal.filling.clone(),
            },
        };
        Some(Self {
            came: journal.came,
            leaves: journal.leaves.then_some(journal.left),
            next: journal.next.clone(),
            ..Self::coming(what, journal.cut)
        })
    }
}

/// A source as it is taken over everything.
pub fn source(layer: &Layer, cast: &Cast) -> Taken {
    Taken::new("", std::slice::from_ref(layer), cast)
}
