//! The show as this desk edits it: what the engine holds, with what was done here since on top, so
//! that a drag follows the hand though each of its steps goes to the engine and back.
//!
//! One step is on its way at a time, made on the revision that was seen; what comes meanwhile waits,
//! and of a drag only the newest. What the engine refuses is taken back here too.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::door::{Command, Door, Event, Snapshot};
use crate::show::{Edit, Item, Scene, Show, Source, TransitionStyle};

/// The steps of one drag, or one run of arrow keys, follow each other within so many seconds.
const ONE_GO_S: f64 = 0.8;

/// One change of the show that can be undone.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    label: String,
    joins: bool,
    on_air: bool,
    edits: Vec<Edit>,
}

/// See the module's words.
#[derive(Debug, Default)]
pub struct Draft {
    /// Revision and show as the engine said them last.
    held: Option<(u64, Arc<Show>)>,
    /// The same with what is on its way and what waits.
    show: Option<Arc<Show>>,
    /// The number of a question for the show.
    asked: Option<u64>,
    on_its_way: Option<(u64, Step)>,
    waiting: VecDeque<Step>,
    /// What is being dragged, and when it last moved.
    dragged: Option<(String, f64)>,
    refusal: Option<String>,
}

impl Draft {
    /// The show, once it has come.
    pub fn show(&self) -> Option<&Arc<Show>> {
        self.show.as_ref()
    }

    /// Why the last step was refused, until another is made.
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }

    /// Something else is looked at: what was refused there is no longer said.
    pub fn forget_refusal(&mut self) {
        self.refusal = None;
    }

    /// Whether the engine has answered all that was made here.
    pub fn is_settled(&self) -> bool {
        self.on_its_way.is_none() && self.waiting.is_empty()
    }

    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Show { revision, show, .. } => {
                self.held = Some((*revision, show.clone()));
                self.build();
            }
            Event::Done { id: Some(id), .. } => self.answered(*id, None),
            Event::Error {
                id: Some(id),
                message,
            } => self.answered(*id, Some(message)),
            _ => {}
        }
    }

    fn answered(&mut self, id: u64, refusal: Option<&String>) {
        if self.asked == Some(id) {
            self.asked = None;
        }
        if self.on_its_way.as_ref().is_some_and(|(own, _)| *own == id) {
            self.on_its_way = None;
            self.refusal = refusal.cloned();
            if refusal.is_some() {
                // What waits was made on what was refused.
                self.waiting.clear();
                self.build();
            }
        }
    }

    /// Forgets what an engine that is gone was asked.
    pub fn detach(&mut self) {
        *self = Self::default();
    }

    /// Told once a frame: asks for a show that is newer than what is held, and sends what waits.
    pub fn follow(&mut self, door: &dyn Door, snapshot: &Snapshot) {
        if self.asked.is_some() || self.on_its_way.is_some() {
            return;
        }
        let newest = snapshot.edit.revision;
        match &self.held {
            Some((revision, _)) if *revision >= newest => self.send(door),
            _ => self.asked = Some(door.send(Command::Show {})),
        }
    }

    /// Whether the show is held as it is now.
    pub fn is_current(&self, snapshot: &Snapshot) -> bool {
        let held = self.held.as_ref();
        held.is_some_and(|(revision, _)| *revision >= snapshot.edit.revision)
    }

    /// Whether something waits to be sent.
    pub fn has_more(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Sends the next step, with a question for what it made.
    fn send(&mut self, door: &dyn Door) {
        let Some((revision, _)) = &self.held else {
            return;
        };
        let Some(step) = self.waiting.pop_front() else {
            return;
        };
        let number = door.send(Command::Edit {
            revision: Some(*revision),
            label: step.label.clone(),
            joins: step.joins,
            on_air: step.on_air,
            edits: step.edits.clone(),
        });
        self.on_its_way = Some((number, step));
        self.asked = Some(door.send(Command::Show {}));
    }

    /// One step: all of these edits, under what UNDO will call it.
    pub fn make(&mut self, label: &str, edits: Vec<Edit>) {
        self.dragged = None;
        self.put(label, false, false, edits);
    }

    /// One step that may take something off the air.
    pub fn make_on_air(&mut self, label: &str, edits: Vec<Edit>) {
        self.dragged = None;
        self.put(label, false, true, edits);
    }

    /// A step of a drag, or of keys that are pressed one after the other: those of one `what` that
    /// follow each other are one step to undo.
    pub fn drag(&mut self, what: &str, now: f64, label: &str, edits: Vec<Edit>) {
        let joins = self
            .dragged
            .as_ref()
            .is_some_and(|(last, at)| last == what && now - at < ONE_GO_S);
        self.dragged = Some((what.to_owned(), now));
        self.put(label, joins, false, edits);
    }

    /// What is held still goes on as the same drag, however long it rests.
    pub fn rest(&mut self, now: f64) {
        if let Some((_, at)) = &mut self.dragged {
            *at = now;
        }
    }

    /// The drag has ended: the next step is another.
    pub fn drop_it(&mut self) {
        self.dragged = None;
    }

    fn put(&mut self, label: &str, joins: bool, on_air: bool, edits: Vec<Edit>) {
        let Some(show) = &self.show else { return };
        let mut next = Show::clone(show);
        for edit in &edits {
            if let Err(error) = edit.apply(&mut next) {
                self.refusal = Some(error.to_string());
                return;
            }
        }
        self.refusal = None;
        self.show = Some(Arc::new(next));
        let step = Step {
            label: label.to_owned(),
            joins,
            on_air,
            edits,
        };
        match self.waiting.back_mut() {
            // The newest of a drag says it all.
            Some(last) if joins && last.label == step.label && same_things(last, &step) => {
                last.edits = step.edits;
            }
            _ => self.waiting.push_back(step),
        }
    }

    /// Puts what was done here on top of what the engine holds.
    fn build(&mut self) {
        let Some((_, held)) = &self.held else { return };
        let mine = self.on_its_way.iter().map(|(_, step)| step);
        let mut edits = mine.chain(&self.waiting).flat_map(|s| &s.edits).peekable();
        if edits.peek().is_none() {
            self.show = Some(held.clone());
            return;
        }
        let mut show = Show::clone(held);
        for edit in edits {
            // Somebody else may have taken away what it is about: then the engine refuses it.
            let _ = edit.apply(&mut show);
        }
        self.show = Some(Arc::new(show));
    }

    /// The source of this id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.show.as_ref()?.sources.iter().find(|s| s.id == id)
    }

    /// The scene of this id, a source's own among them.
    pub fn scene(&self, id: &str) -> Option<Scene> {
        let all = self.show.as_ref()?.all_scenes();
        all.into_iter().find(|scene| scene.id == id)
    }

    /// The show's own transition. It is chosen by keys and commands too, which make no revision: what is on
    /// its way from here goes before what the engine says.
    pub fn transition(&self, snapshot: &Snapshot) -> TransitionStyle {
        let on_its_way = self.on_its_way.iter().map(|(_, step)| step);
        let mut edits = on_its_way.chain(&self.waiting).flat_map(|s| &s.edits);
        let is_mine = edits.any(|edit| matches!(edit, Edit::Transition(_)));
        let (held, seen) = (self.held.as_ref(), snapshot.edit.revision);
        match &self.show {
            Some(show) if is_mine || held.is_some_and(|(held, _)| *held > seen) => {
                show.transition.clone()
            }
            _ => snapshot.transition.chosen.clone(),
        }
    }

    /// The edit that makes a scene what it is to be. A source's own is in the show from then on.
    pub fn put_scene(&self, mut scene: Scene) -> Edit {
        let id = scene.id.clone();
        let before = self.scene(&id).map(|scene| scene.layers);
        let before = before.unwrap_or_default();
        // What was not touched stays as the show has it.
        for layer in scene.layers.iter_mut().filter(|l| !before.contains(l)) {
            layer.rect = rounded(layer.rect);
            layer.crop = rounded(layer.crop);
        }
        let there = self.show.as_ref();
        if there.is_some_and(|show| show.scenes.iter().any(|s| s.id == id)) {
            set(&id, Item::Scene(scene))
        } else {
            add(Item::Scene(scene))
        }
    }
}

/// Finer than a tenth of a pixel, no hand places a layer.
fn rounded((a, b, c, d): (f64, f64, f64, f64)) -> (f64, f64, f64, f64) {
    let round = |part: f64| (part * 1e4).round() / 1e4;
    (round(a), round(b), round(c), round(d))
}

/// Whether one step replaces all that the other does.
fn same_things(a: &Step, b: &Step) -> bool {
    let replaced = |edit: &Edit| match edit {
        Edit::Set { id, item } if item.id() == id => Some(Some((item.kind(), id.clone()))),
        Edit::Transition(_) => Some(None),
        _ => None,
    };
    let things = |step: &Step| step.edits.iter().map(replaced).collect::<Option<Vec<_>>>();
    things(a).is_some_and(|a| things(b) == Some(a))
}

/// Puts something new at the end of its list.
pub fn add(item: Item) -> Edit {
    Edit::Add { item, at: None }
}

/// Replaces what has this id.
pub fn set(id: &str, item: Item) -> Edit {
    Edit::Set {
        id: id.to_owned(),
        item,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Recorder, show};
    use super::*;
    use crate::show::{ItemKind, Layer};

    fn held() -> (Draft, Recorder) {
        let (mut draft, door) = (Draft::default(), Recorder::default());
        draft.follow(&door, &door.state());
        assert_eq!(door.sent(), [Command::Show {}]);
        answer_show(&mut draft, 0, show());
        done(&mut draft, 1);
        (draft, door)
    }

    fn answer_show(draft: &mut Draft, revision: u64, show: Show) {
        draft.take(&Event::Show {
            revision,
            show: Arc::new(show),
            file: None,
        });
    }

    fn done(draft: &mut Draft, id: u64) {
        draft.take(&Event::Done {
            command: Command::Show {},
            frame: 1,
            id: Some(id),
        });
    }

    fn opacity(draft: &Draft, opacity: f64) -> Vec<Edit> {
        let mut scene = draft.scene("duo").unwrap();
        scene.layers[0].opacity = opacity;
        vec![draft.put_scene(scene)]
    }

    fn seen(draft: &Draft) -> f64 {
        draft.scene("duo").unwrap().layers[0].opacity
    }

    #[test]
    fn a_drag_is_seen_at_once_and_sent_one_step_at_a_time() {
        let (mut draft, door) = held();
        for (n, value) in [0.9, 0.8, 0.7, 0.6].into_iter().enumerate() {
            let edits = opacity(&draft, value);
            draft.drag("opacity", n as f64 * 0.1, "opacity", edits);
            draft.follow(&door, &door.state());
            assert_eq!(seen(&draft), value);
        }
        let sent = door.sent();
        let joined = |command: &Command| match command {
            Command::Edit {
                joins, revision, ..
            } => Some((*joins, *revision)),
            _ => None,
        };
        // The first goes, with a question for what it made; the others wait.
        assert_eq!(sent.len(), 2);
        assert_eq!(joined(&sent[0]), Some((false, Some(0))));
        let mut after = show();
        let Command::Edit { edits, .. } = &sent[0] else {
            panic!("{sent:?}")
        };
        edits[0].apply(&mut after).unwrap();
        done(&mut draft, 1 + 1);
        answer_show(&mut draft, 1, after);
        done(&mut draft, 1 + 2);
        assert_eq!(seen(&draft), 0.6, "what waits is on top");
        draft.follow(&door, &door.state());
        let sent = door.sent();
        assert_eq!(joined(&sent[0]), Some((true, Some(1))));
        assert_eq!(sent.len(), 2, "of those that waited only the newest goes");
        let Command::Edit { edits, .. } = &sent[0] else {
            panic!("{sent:?}")
        };
        let Edit::Set {
            item: Item::Scene(scene),
            ..
        } = &edits[0]
        else {
            panic!("{edits:?}")
        };
        assert_eq!(scene.layers[0].opacity, 0.6);
    }

    #[test]
    fn a_layer_that_is_placed_has_four_places_and_the_others_stay() {
        let (draft, _) = held();
        let mut scene = draft.scene("duo").unwrap();
        scene.layers[1].rect = (1.0 - 0.05 - 0.3, 0.1, 1.0 / 3.0, 0.4);
        let Edit::Set {
            item: Item::Scene(put),
            ..
        } = draft.put_scene(scene.clone())
        else {
            panic!("another edit")
        };
        assert_eq!(put.layers[1].rect, (0.65, 0.1, 0.3333, 0.4));
        let (mut fine, door) = (show(), Recorder::default());
        fine.scenes[0].layers[0].rect = (0.0, 0.0, 0.123_456_7, 0.123_456_7);
        let mut draft = Draft::default();
        draft.follow(&door, &door.state());
        answer_show(&mut draft, 0, fine.clone());
        let mut scene = fine.scenes[0].clone();
        scene.layers[1].opacity = 0.5;
        let edit = draft.put_scene(scene.clone());
        assert_eq!(edit, set("duo", Item::Scene(scene)));
    }

    #[test]
    fn a_refusal_goes_with_the_next_success() {
        let (mut draft, door) = held();
        for refused in [true, false] {
            let edits = opacity(&draft, 0.5);
            draft.make("opacity", edits);
            assert!(!draft.is_settled());
            draft.follow(&door, &door.state());
            let sent = door.sent().len() as u64;
            assert_eq!(sent, 2, "the edit and the question");
            if refused {
                draft.take(&Event::Error {
                    message: "no".to_owned(),
                    id: Some(2),
                });
                assert_eq!(draft.refusal(), Some("no"));
                done(&mut draft, 3);
            } else {
                done(&mut draft, 4);
                assert_eq!(draft.refusal(), None);
            }
            assert!(draft.is_settled());
        }
    }

    #[test]
    fn what_is_refused_is_taken_back_and_said() {
        let (mut draft, door) = held();
        let edits = opacity(&draft, 0.5);
        draft.make("opacity", edits);
        draft.follow(&door, &door.state());
        let edits = opacity(&draft, 0.4);
        draft.make("opacity", edits);
        draft.take(&Event::Error {
            message: "somebody else".to_owned(),
            id: Some(2),
        });
        assert_eq!(draft.refusal(), Some("somebody else"));
        assert_eq!(seen(&draft), 1.0);
        done(&mut draft, 3);
        draft.follow(&door, &door.state());
        door.sent();
        draft.follow(&door, &door.state());
        assert_eq!(door.sent(), [], "nothing of it is sent later");
    }

    #[test]
    fn another_desks_edit_is_asked_for_and_comes_in() {
        let (mut draft, door) = held();
        draft.follow(&door, &door.state());
        assert_eq!(door.sent(), []);
        door.change(|s| s.edit.revision = 4);
        draft.follow(&door, &door.state());
        draft.follow(&door, &door.state());
        assert_eq!(door.sent(), [Command::Show {}], "it is asked for once");
        let mut other = show();
        other.scenes[0].layers[0].opacity = 0.3;
        answer_show(&mut draft, 4, other);
        assert_eq!(seen(&draft), 0.3);
    }

    #[test]
    fn a_sources_own_scene_becomes_one_of_the_show() {
        let (mut draft, _) = held();
        let mut scene = draft.scene("ann").unwrap();
        scene.layers.push(Layer::full("cam"));
        let edit = draft.put_scene(scene);
        assert!(matches!(&edit, Edit::Add { .. }));
        draft.make("layer", vec![edit]);
        let scene = draft.scene("ann").unwrap();
        assert_eq!(scene.layers.len(), 2);
        assert!(matches!(draft.put_scene(scene), Edit::Set { .. }));
        draft.make(
            "none",
            vec![Edit::Remove {
                kind: ItemKind::Scene,
                id: "nobody".to_owned(),
            }],
        );
        assert!(draft.refusal().is_some_and(|r| r.contains("nobody")));
    }
}
