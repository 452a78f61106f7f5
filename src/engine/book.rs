//! The book of the show: its revisions, what can be undone, and whose edit came first. It is told
//! what is to change and says what that would make; nothing changes until that is committed, for the
//! tick has a say in it.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::standing::Standing;
use crate::show::{Edit, EditError, Part, Show};

/// What an edit of the whole show touches.
const EVERYTHING: Part = Part::setting("contents");
const TRANSITION: Part = Part::setting("transition");

/// So many steps can be undone.
const STEPS: usize = 500;

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Book {
    show: Arc<Show>,
    /// What the hand has set since, where it is known.
    standing: Option<Arc<Standing>>,
    revision: u64,
    /// The revision that the show had when it was opened.
    first: u64,
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    /// The revision that last touched a part; parts of the show as it was opened are not in it.
    touched: HashMap<Part, u64>,
}

/// A step of the show's past, and which way it is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The revision that it made first, by which it is known.
    pub step: u64,
    /// It is undone.
    pub back: bool,
}

impl Passed {
    /// Whether this takes the other back: the same step, the other way.
    pub fn takes_back(self, other: Self) -> bool {
        self.step == other.step && self.back != other.back
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Step {
    /// As in [`Passed`].
    #[serde(default)]
    id: u64,
    label: String,
    /// The show on the other side of the step.
    show: Arc<Show>,
    parts: BTreeSet<Part>,
}

/// What a book knows beside the show itself: for the next engine's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// The revision of the show that it leads to.
    pub revision: u64,
    first: u64,
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    touched: Vec<(Part, u64)>,
}

/// What an edit would make.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The show as it would be.
    pub show: Arc<Show>,
    /// The show on the other side, with what the hand had set.
    before: Arc<Show>,
    label: String,
    parts: BTreeSet<Part>,
    /// As in [`Passed`].
    step: u64,
    way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    New { joins: bool },
    Undo,
    Redo,
}

/// Why nothing can be drafted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// An edit cannot be made on this show.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Somebody else changed the same thing since.
    #[error(
        "{what} was changed by somebody else meanwhile (revision {now}, and this was made on \
         {made_on}): nothing is changed; look again"
    )]
    Stale {
        /// What both changed.
        what: String,
        /// The revision that the edit names.
        made_on: u64,
        /// The revision there is.
        now: u64,
    },
    /// A revision that was never made.
    #[error("there is no revision {0}: expected at most {1}")]
    Unborn(u64, u64),
    /// Nothing to undo or redo.
    #[error("there is nothing to {0}")]
    Nothing(&'static str),
}

impl Book {
    /// A show that was just opened, under this revision.
    pub fn new(show: Arc<Show>, revision: u64) -> Self {
        Self {
            show,
            standing: None,
            revision,
            first: revision,
            undo: VecDeque::new(),
            redo: Vec::new(),
            touched: HashMap::new(),
        }
    }

    /// A show that goes on under this revision, with what an engine before this one knew of it.
    pub fn going_on(show: Arc<Show>, revision: u64, past: Past) -> Self {
        Self {
            show,
            standing: None,
            revision,
            first: past.first,
            undo: past.undo,
            redo: past.redo,
            touched: past.touched.into_iter().collect(),
        }
    }

    /// What the next engine's book is to know.
    pub fn past(&self) -> Past {
        let touched = self.touched.iter().map(|(part, at)| (part.clone(), *at));
        Past {
            revision: self.revision,
            first: self.first,
            undo: self.undo.clone(),
            redo: self.redo.clone(),
            touched: touched.collect(),
        }
    }

    /// Is told what the hand has set. It belongs to what is saved and to what can be undone, but to no
    /// revision.
    pub fn know(&mut self, standing: Arc<Standing>) {
        self.standing = Some(standing);
    }

    /// The show as it is saved: with what the hand has set.
    pub fn as_it_stands(&self) -> Show {
        match &self.standing {
            Some(standing) => standing.written_into(&self.show),
            None => Show::clone(&self.show),
        }
    }

    /// The show as it was edited.
    pub fn show(&self) -> &Arc<Show> {
        &self.show
    }

    /// How often it was changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What UNDO would take back.
    pub fn undoes(&self) -> Option<&str> {
        self.undo.back().map(|step| step.label.as_str())
    }

    /// What REDO would make again.
    pub fn redoes(&self) -> Option<&str> {
        self.redo.last().map(|step| step.label.as_str())
    }

    /// What these edits would make, all or none of them. Those that were made on an earlier revision
    /// are fine as long as nobody else touched the same parts since; without a revision they are
    /// made on what there is. `joins` makes them part of the step before, if that has the same label
    /// and touched the same: a drag is one step.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn draft(
        &self,
        made_on: Option<u64>,
        edits: &[Edit],
        label: &str,
        joins: bool,
    ) -> Result<Draft, BookError> {
        let before = self.as_it_stands();
        let mut show = Show::clone(&self.show);
        show.transition.clone_from(&before.transition);
        let mut parts = BTreeSet::new();
        for edit in edits {
            parts.append(&mut edit.apply(&mut show)?);
        }
        self.fresh(made_on, &parts)?;
        let last = self.undo.back().filter(|last| joins && last.label == label);
        let joined = last.filter(|last| last.parts == parts);
        Ok(Draft {
            step: joined.map_or(self.revision + 1, |last| last.id),
            show: Arc::new(show),
            before: Arc::new(before),
            label: label.to_owned(),
            parts,
            way: Way::New {
                joins: joined.is_some(),
            },
        })
    }

    /// Another show in place of this one: everything is touched by it.
    pub fn draft_whole(&self, show: Arc<Show>, label: &str) -> Draft {
        Draft {
            show,
            before: Arc::new(self.as_it_stands()),
            label: label.to_owned(),
            parts: [EVERYTHING].into(),
            step: self.revision + 1,
            way: Way::New { joins: false },
        }
    }

    /// The show before the last step.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn draft_undo(&self, made_on: Option<u64>) -> Result<Draft, BookError> {
        let step = self.undo.back().ok_or(BookError::Nothing("undo"))?;
        self.draft_back(made_on, step, Way::Undo)
    }

    /// The show before the last UNDO.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn draft_redo(&self, made_on: Option<u64>) -> Result<Draft, BookError> {
        let step = self.redo.last().ok_or(BookError::Nothing("redo"))?;
        self.draft_back(made_on, step, Way::Redo)
    }

    fn draft_back(&self, made_on: Option<u64>, step: &Step, way: Way) -> Result<Draft, BookError> {
        // Who undoes means the step that was last when they looked.
        if let Some(made_on) = made_on
            && made_on != self.revision
        {
            return Err(BookError::Stale {
                what: "the show".to_owned(),
                made_on,
                now: self.revision,
            });
        }
        let before = self.as_it_stands();
        let mut show = Show::clone(&step.show);
        if !touches_transition(&step.parts) {
            show.transition.clone_from(&before.transition);
        }
        Ok(Draft {
            show: Arc::new(show),
            before: Arc::new(before),
            label: step.label.clone(),
            parts: step.parts.clone(),
            step: step.id,
            way,
        })
    }

    fn fresh(&self, made_on: Option<u64>, parts: &BTreeSet<Part>) -> Result<(), BookError> {
        let Some(made_on) = made_on else {
            return Ok(());
        };
        if made_on > self.revision {
            return Err(BookError::Unborn(made_on, self.revision));
        }
        // What was touched before this book was opened is not known.
        let changed = |part: &&Part| {
            made_on < self.first || self.touched.get(part).is_some_and(|&at| at > made_on)
        };
        match [EVERYTHING].iter().chain(parts).find(changed) {
            None => Ok(()),
            Some(part) => Err(BookError::Stale {
                what: word(part),
                made_on,
                now: self.revision,
            }),
        }
    }

    /// Makes a draft of this book the show; gives the new revision.
    pub fn commit(&mut self, draft: Draft) -> u64 {
        self.revision += 1;
        for part in &draft.parts {
            self.touched.insert(part.clone(), self.revision);
        }
        self.show = draft.show;
        let step = Step {
            id: draft.step,
            label: draft.label,
            show: draft.before,
            parts: draft.parts,
        };
        match draft.way {
            Way::New { joins } => {
                self.redo.clear();
                if !joins {
                    self.undo.push_back(step);
                }
                if self.undo.len() > STEPS {
                    self.undo.pop_front();
                }
            }
            Way::Undo => {
                self.undo.pop_back();
                self.redo.push(step);
            }
            Way::Redo => {
                self.redo.pop();
                self.undo.push_back(step);
            }
        }
        self.revision
    }
}

impl Draft {
    /// The step that it is.
    pub fn passes(&self) -> Passed {
        Passed {
            step: self.step,
            back: self.way == Way::Undo,
        }
    }

    /// Whether it says which transition is used.
    pub fn touches_transition(&self) -> bool {
        touches_transition(&self.parts)
    }
}

fn touches_transition(parts: &BTreeSet<Part>) -> bool {
    [EVERYTHING, TRANSITION].iter().any(|p| parts.contains(p))
}

fn word(part: &Part) -> String {
    match part {
        Part::Item(kind, id) => format!("{} \"{id}\"", kind.word()),
        Part::Order(kind) => format!("the order of the {}s", kind.word()),
        Part::Setting(name) => format!("the show's {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::ItemKind;
    use crate::show::{Item, Layer, Scene, Source};

    fn scene(id: &str, opacity: f64) -> Item {
        let layer = Layer {
            opacity,
            ..Layer::full("cam1")
        };
        Item::Scene(Scene {
            id: id.to_owned(),
            label: String::new(),
            layers: vec![layer],
            transition: None,
        })
    }

    fn add(id: &str) -> Edit {
        Edit::Add {
            item: scene(id, 1.0),
            at: None,
        }
    }

    fn set(id: &str, opacity: f64) -> Edit {
        Edit::Set {
            id: id.to_owned(),
            item: scene(id, opacity),
        }
    }

    fn book() -> Book {
        let text = "(version: 1, name: \"Test\", sources: [\
                    (id: \"cam1\", kind: Test(pattern: Bars))])";
        let show = crate::show::parse(std::path::Path::new("test.ron"), text);
        Book::new(Arc::new(show.unwrap()), 0)
    }

    fn make(book: &mut Book, edit: Edit, label: &str, joins: bool) {
        let draft = book.draft(None, &[edit], label, joins).unwrap();
        book.commit(draft);
    }

    fn opacity(book: &Book) -> f64 {
        book.show().scenes[0].layers[0].opacity
    }

    #[test]
    fn a_drag_is_one_step_to_undo() {
        let mut book = book();
        make(&mut book, add("one"), "add", false);
        make(&mut book, set("one", 0.9), "opacity", false);
        for k in 0..5 {
            make(&mut book, set("one", 0.1 * f64::from(k)), "opacity", true);
        }
        assert_eq!((book.undoes(), book.redoes()), (Some("opacity"), None));
        let draft = book.draft_undo(Some(book.revision())).unwrap();
        book.commit(draft);
        assert_eq!(opacity(&book), 1.0);
        assert_eq!(
            (book.undoes(), book.redoes()),
            (Some("add"), Some("opacity"))
        );
        let draft = book.draft_redo(None).unwrap();
        book.commit(draft);
        assert_eq!(opacity(&book), 0.4);
        let draft = book.draft_undo(None).unwrap();
        book.commit(draft);
        make(&mut book, add("two"), "add", false);
        assert_eq!(
            book.draft_redo(None).unwrap_err(),
            BookError::Nothing("redo")
        );
    }

    #[test]
    fn two_who_edit_the_same_are_told_and_others_are_not_in_the_way() {
        let mut book = book();
        make(&mut book, add("one"), "add", false);
        make(&mut book, add("two"), "add", false);
        let seen = book.revision();
        make(&mut book, set("one", 0.5), "mine", false);
        assert!(
            book.draft(Some(seen), &[set("two", 0.2)], "yours", false)
                .is_ok()
        );
        let both = [set("two", 0.2), set("one", 0.2)];
        let refused = book.draft(Some(seen), &both, "yours", false).unwrap_err();
        assert!(matches!(&refused, BookError::Stale { what, .. } if what == "scene \"one\""));
        assert!(matches!(
            book.draft_undo(Some(seen)),
            Err(BookError::Stale { .. })
        ));
        assert!(matches!(
            book.draft(Some(99), &both, "", false),
            Err(BookError::Unborn(99, _))
        ));
        // Nothing of it was made.
        assert_eq!(book.show().scenes[1].layers[0].opacity, 1.0);
    }

    #[test]
    fn two_who_change_the_scenes_numbers_are_told() {
        let mut book = book();
        make(&mut book, add("one"), "add", false);
        make(&mut book, add("two"), "add", false);
        let second = Source {
            id: "cam2".to_owned(),
            ..book.show().sources[0].clone()
        };
        let item = Item::Source(second);
        make(&mut book, Edit::Add { item, at: None }, "add", false);
        let seen = book.revision();
        let moved = |kind, id: &str, to| Edit::Move {
            kind,
            id: id.to_owned(),
            to,
        };
        make(&mut book, moved(ItemKind::Source, "cam2", 0), "mine", false);
        let yours = [moved(ItemKind::Scene, "one", 0)];
        let refused = book.draft(Some(seen), &yours, "yours", false).unwrap_err();
        assert!(
            matches!(&refused, BookError::Stale { what, .. } if what == "the order of the scenes"),
            "{refused}"
        );
    }

    #[test]
    fn a_source_leaves_its_scenes_and_comes_back_with_them() {
        let mut book = book();
        make(&mut book, add("one"), "add", false);
        let gone = Edit::Remove {
            kind: ItemKind::Source,
            id: "cam1".to_owned(),
        };
        make(&mut book, gone.clone(), "remove", false);
        assert!(book.show().sources.is_empty() && book.show().scenes[0].layers.is_empty());
        let again = book.draft(None, &[gone], "remove", false).unwrap_err();
        assert!(
            again.to_string().contains("there is no source \"cam1\""),
            "{again}"
        );
        let draft = book.draft_undo(None).unwrap();
        book.commit(draft);
        assert_eq!(book.show().scenes[0].layers[0].source, "cam1");
    }

    #[test]
    fn a_book_goes_on_with_its_past() {
        let mut book = book();
        make(&mut book, add("one"), "add", false);
        let seen = book.revision();
        make(&mut book, set("one", 0.3), "opacity", false);
        let undone = book.draft_undo(None).unwrap();
        book.commit(undone);
        let text = serde_json::to_string(&book.past()).unwrap();
        let past: Past = serde_json::from_str(&text).unwrap();
        assert_eq!(past, book.past());
        let mut next = Book::going_on(book.show().clone(), past.revision + 1, past);
        assert_eq!(
            (next.undoes(), next.redoes()),
            (Some("add"), Some("opacity"))
        );
        let stale = next.draft(Some(seen), &[set("one", 0.2)], "late", false);
        assert!(matches!(stale, Err(BookError::Stale { .. })));
        let again = next.draft_redo(Some(next.revision())).unwrap();
        next.commit(again);
        assert_eq!(opacity(&next), 0.3);
    }

    #[test]
    fn a_new_id_is_followed_by_what_names_it() {
        let mut book = book();
        make(&mut book, add("one"), "add", false);
        let mut source = book.show().sources[0].clone();
        source.id = "stage".to_owned();
        let rename = Edit::Set {
            id: "cam1".to_owned(),
            item: Item::Source(source),
        };
        make(&mut book, rename, "rename", false);
        assert_eq!(book.show().scenes[0].layers[0].source, "stage");
        let taken = book.draft(None, &[add("one")], "add", false).unwrap_err();
        assert!(taken.to_string().contains("already"), "{taken}");
    }
}
