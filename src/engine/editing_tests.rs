//! A show that is edited and undone while it is on air: what PGM and PVW are named, and what is seen and
//! heard under these names. Book, switcher and strips together, without a tick.

use std::path::Path;
use std::sync::Arc;

use super::book::{Book, Draft};
use super::cast::Cast;
use super::core::{Brings, Core, Leaving, Observed};
use super::refusal::Refusal;
use super::sound_desk::Faders;
use crate::door::{Command, Tally};
use crate::show::{
    Afv, Edit, Item, ItemKind, Layer, LayerKey, LinearKey, Pattern, Scene, Source, SourceKind,
    TransitionKind,
};

/// A show that is edited: three sources, and two of them in a scene.
struct Edited {
    book: Book,
    core: Core,
}

impl Edited {
    fn new() -> Self {
        let text = "(version: 1, name: \"x\", sources: [
                (id: \"a\", fader_db: -6.0, colour: (tint: 0.5), kind: Test(pattern: Bars)),
                (id: \"b\", kind: Test(pattern: Ball)), (id: \"c\", kind: Test(pattern: Pinwheel)),
            ], scenes: [(id: \"duo\", layers: [(source: \"a\"), (source: \"b\")])])";
        let show = crate::show::parse(Path::new("x.ron"), text).unwrap();
        let cast = Arc::new(Cast::opened(show, 0));
        Self {
            book: Book::new(cast.show.clone(), 0),
            core: Core::new(cast),
        }
    }

    fn make(&mut self, draft: Draft, on_air: Leaving) -> Result<(), Refusal> {
        let core = &self.core;
        let next = core.cast().next(draft.show.clone(), |slot| core.uses(slot));
        let brings = Brings {
            faders: match on_air {
                Leaving::Stays => Faders::None,
                _ => Faders::Edited,
            },
            transition: draft.touches_transition(),
            passed: draft.passes(),
        };
        self.core.recast(Arc::new(next.unwrap()), on_air, &brings)?;
        self.book.commit(draft);
        Ok(())
    }

    fn edit(&mut self, edit: Edit, on_air: Leaving) -> Result<(), Refusal> {
        let draft = self.book.draft(None, &[edit], "edit", false).unwrap();
        self.make(draft, on_air)
    }

    fn remove(&mut self, kind: ItemKind, id: &str, on_air: Leaving) -> Result<(), Refusal> {
        let id = id.to_owned();
        self.edit(Edit::Remove { kind, id }, on_air)
    }

    fn undo(&mut self) {
        let draft = self.book.draft_undo(None).unwrap();
        self.make(draft, Leaving::Stays).unwrap();
    }

    fn redo(&mut self) {
        let draft = self.book.draft_redo(None).unwrap();
        self.make(draft, Leaving::Stays).unwrap();
    }

    fn take(&mut self, scene: &str) {
        let scene = scene.to_owned();
        self.core.apply(&Command::Program { scene }).unwrap();
    }

    fn preview(&mut self, scene: &str) {
        let scene = scene.to_owned();
        self.core.apply(&Command::Preview { scene }).unwrap();
    }

    /// The names of PGM and PVW.
    fn named(&self) -> (String, String) {
        let snapshot = self.core.snapshot(0, Observed::default());
        (snapshot.program, snapshot.preview)
    }

    /// The sources in the picture, from back to front.
    fn seen(&self) -> Vec<String> {
        let cast = self.core.cast();
        let draws = self.core.clone().tick(0).from.draws.into_iter();
        let source = |slot| cast.last_at(slot).map_or("?".to_owned(), |s| s.id.clone());
        draws.map(|draw| source(draw.source)).collect()
    }

    fn heard(&self, source: &str) -> bool {
        let slot = self.core.cast().slot(source).unwrap();
        let gain = self.core.gains()[slot];
        gain.fader * gain.follow > 0.0
    }
}

fn names(program: &str, preview: &str) -> (String, String) {
    (program.to_owned(), preview.to_owned())
}

#[test]
fn an_undone_removal_brings_back_what_was_on_air() {
    let mut show = Edited::new();
    show.take("a");
    show.preview("c");
    let refused = show.remove(ItemKind::Source, "a", Leaving::Refused);
    assert_eq!(refused, Err(Refusal::OnAir("a".to_owned())));
    let colour = show.core.clone().tick(0).from.draws[0].colour;
    show.remove(ItemKind::Source, "a", Leaving::Meant).unwrap();
    assert_eq!((show.named(), show.seen().len()), (names("", "c"), 0));
    // Another edit, undone too, is not in the way; neither is an engine that goes on.
    show.edit(Edit::Name("y".to_owned()), Leaving::Refused)
        .unwrap();
    show.undo();
    let journal = serde_json::to_string(&show.core.journal()).unwrap();
    show.core.restore(&serde_json::from_str(&journal).unwrap());
    assert_eq!((show.named(), show.seen().len()), (names("", "c"), 0));
    show.undo();
    assert_eq!(
        (show.named(), show.seen()),
        (names("a", "c"), vec!["a".to_owned()])
    );
    assert!(show.heard("a"));
    assert_eq!(show.core.clone().tick(0).from.draws[0].colour, colour);
    assert_eq!(
        show.core.snapshot(0, Observed::default()).sources[0].fader_db,
        -6.0
    );
    // One layer of two.
    show.take("duo");
    show.remove(ItemKind::Source, "b", Leaving::Meant).unwrap();
    assert_eq!(
        (show.named().0.as_str(), show.seen()),
        ("duo", vec!["a".to_owned()])
    );
    show.undo();
    assert_eq!(show.seen(), ["a", "b"]);
}

#[test]
fn what_was_taken_since_is_not_changed_by_an_undone_removal() {
    let mut show = Edited::new();
    show.take("a");
    show.remove(ItemKind::Source, "a", Leaving::Meant).unwrap();
    show.take("c");
    show.undo();
    assert_eq!(
        (show.named().0.as_str(), show.seen()),
        ("c", vec!["c".to_owned()])
    );
    // What is put there anew under the old name is not what was there.
    show.take("b");
    show.remove(ItemKind::Source, "b", Leaving::Meant).unwrap();
    let mut source = show.book.show().sources[0].clone();
    source.id = "b".to_owned();
    let item = Item::Source(source);
    show.edit(Edit::Add { item, at: None }, Leaving::Refused)
        .unwrap();
    assert_eq!((show.named().0.as_str(), show.seen().len()), ("", 0));
    show.undo();
    show.undo();
    assert_eq!(
        (show.named().0.as_str(), show.seen()),
        ("b", vec!["b".to_owned()])
    );
}

#[test]
fn what_leaves_pvw_with_a_removal_comes_back_with_its_undo() {
    let mut show = Edited::new();
    show.take("a");
    show.preview("duo");
    show.remove(ItemKind::Scene, "duo", Leaving::Refused)
        .unwrap();
    assert_eq!(show.named(), names("a", "a"));
    show.undo();
    assert_eq!(show.named(), names("a", "duo"));
    show.preview("c");
    show.remove(ItemKind::Source, "c", Leaving::Refused)
        .unwrap();
    show.remove(ItemKind::Source, "a", Leaving::Meant).unwrap();
    assert_eq!(show.named(), names("", "duo"));
    show.undo();
    show.undo();
    assert_eq!(show.named(), names("a", "c"));
    // The director has put another there.
    show.remove(ItemKind::Source, "c", Leaving::Refused)
        .unwrap();
    show.preview("b");
    show.undo();
    assert_eq!(show.named(), names("a", "b"));
    // During a transition it is what waits for its end.
    show.preview("b");
    let style = Command::transition(TransitionKind::Mix, 10);
    show.core.apply(&style).unwrap();
    show.core.apply(&Command::Auto {}).unwrap();
    show.preview("c");
    show.remove(ItemKind::Source, "c", Leaving::Refused)
        .unwrap();
    show.undo();
    show.core.apply(&Command::Cut {}).unwrap();
    assert_eq!(show.named(), names("b", "c"));
}

#[test]
fn a_scene_that_left_the_show_on_air_does_not_go_to_pvw() {
    let mut show = Edited::new();
    show.take("duo");
    show.preview("c");
    show.remove(ItemKind::Scene, "duo", Leaving::Refused)
        .unwrap();
    assert_eq!(
        (show.named(), show.seen()),
        (names("duo", "c"), vec!["a".to_owned(), "b".to_owned()])
    );
    show.core.apply(&Command::Cut {}).unwrap();
    assert_eq!(show.named(), names("c", "c"));
}

#[test]
fn what_is_on_air_keeps_its_sound_and_its_name_when_it_is_made_anew_or_renamed() {
    let mut show = Edited::new();
    show.take("a");
    show.preview("b");
    let mut source = show.book.show().sources[0].clone();
    source.kind = SourceKind::Test {
        pattern: Pattern::Snow,
        tone_hz: None,
        beep_ms: 0,
    };
    let set = |id: &str, source: &Source| Edit::Set {
        id: id.to_owned(),
        item: Item::Source(source.clone()),
    };
    let slot = show.core.cast().slot("a").unwrap();
    show.edit(set("a", &source), Leaving::Refused).unwrap();
    assert_ne!(show.core.cast().slot("a"), Some(slot));
    // It is on air from where it was, and its fader is that of what is heard.
    let mute = Command::Mute {
        source: "a".to_owned(),
        on: true,
    };
    show.core.apply(&mute).unwrap();
    assert_eq!(show.core.gains()[slot].fader, 0.0);
    let snapshot = show.core.snapshot(0, Observed::default());
    assert_eq!(snapshot.sources[0].tally, Tally::Program);
    let refused = show.remove(ItemKind::Source, "a", Leaving::Refused);
    assert_eq!(refused, Err(Refusal::OnAir("a".to_owned())));
    // Undone it is the one that is on air, and not a third.
    show.undo();
    assert_eq!(show.core.cast().slot("a"), Some(slot));

    let mut source = show.book.show().sources[0].clone();
    source.id = "stage".to_owned();
    show.edit(set("a", &source), Leaving::Refused).unwrap();
    assert_eq!(
        (show.named(), show.seen()),
        (names("stage", "b"), vec!["stage".to_owned()])
    );
    let program = show.core.journal().program_layers;
    assert_eq!(program[0].source, "stage");
    show.core.apply(&Command::Cut {}).unwrap();
    assert_eq!(show.named(), names("b", "stage"));
    show.undo();
    assert_eq!(show.named(), names("b", "a"));
    show.redo();
    assert_eq!(show.named(), names("b", "stage"));
}

#[test]
fn a_source_whose_adding_is_undone_on_air_is_the_same_when_it_is_redone() {
    let mut show = Edited::new();
    let mut source = show.book.show().sources[0].clone();
    source.id = "new".to_owned();
    let item = Item::Source(source);
    show.edit(Edit::Add { item, at: None }, Leaving::Refused)
        .unwrap();
    show.take("new");
    let slot = show.core.cast().slot("new");
    show.undo();
    assert_eq!(
        (show.named().0.as_str(), show.seen()),
        ("new", vec!["new".to_owned()])
    );
    show.redo();
    assert_eq!(show.core.cast().slot("new"), slot);
    assert!(show.heard("new"));
}

#[test]
fn a_source_that_takes_the_id_of_one_that_left_the_air_does_not_take_its_place() {
    let rename = |show: &mut Edited, old: &str, new: &str| {
        let sources = &show.book.show().sources;
        let mut source = sources.iter().find(|s| s.id == old).unwrap().clone();
        source.id = new.to_owned();
        let set = Edit::Set {
            id: old.to_owned(),
            item: Item::Source(source),
        };
        show.edit(set, Leaving::Refused).unwrap();
    };
    // The only source of PGM.
    let mut show = Edited::new();
    show.take("a");
    show.preview("c");
    show.remove(ItemKind::Source, "a", Leaving::Meant).unwrap();
    let snapshot = show.core.snapshot(0, Observed::default());
    assert!(snapshot.scenes.iter().all(|s| s.tally != Tally::Program));
    rename(&mut show, "b", "a");
    assert_eq!((show.named(), show.seen()), (names("", "c"), Vec::new()));
    let snapshot = show.core.snapshot(0, Observed::default());
    assert!(snapshot.scenes.iter().all(|s| s.tally != Tally::Program));
    show.undo();
    show.undo();
    assert_eq!(
        (show.named(), show.seen()),
        (names("a", "c"), vec!["a".to_owned()])
    );
    // One of two.
    show.take("duo");
    show.remove(ItemKind::Source, "a", Leaving::Meant).unwrap();
    assert_eq!(show.seen(), ["b"]);
    rename(&mut show, "b", "a");
    assert_eq!(show.core.clone().tick(0).from.draws.len(), 1);
}

#[test]
fn nothing_that_is_heard_changes_by_an_adding() {
    let mut show = Edited::new();
    let mut source = show.book.show().sources[2].clone();
    source.id = "new".to_owned();
    let add = |source: &Source| Edit::Add {
        item: Item::Source(source.clone()),
        at: None,
    };
    show.edit(add(&source), Leaving::Refused).unwrap();
    show.take("new");
    let mute = Command::Mute {
        source: "new".to_owned(),
        on: true,
    };
    show.core.apply(&mute).unwrap();
    let slot = show.core.cast().slot("new").unwrap();
    show.undo();
    assert_eq!(show.core.gains()[slot].fader, 0.0);
    for pattern in [Pattern::Snow, Pattern::Pinwheel] {
        source.kind = SourceKind::Test {
            pattern,
            tone_hz: None,
            beep_ms: 0,
        };
        show.edit(add(&source), Leaving::Refused).unwrap();
        assert_eq!(show.core.gains()[slot].fader, 0.0, "{pattern:?}");
        show.undo();
    }
}

#[test]
fn what_left_the_show_on_air_stays_in_its_groups_and_out_of_its_own_return() {
    let mut show = Edited::new();
    let sound = ron::from_str("(groups: [(id: \"g\", fader_db: -6.0)])").unwrap();
    show.edit(Edit::Sound(sound), Leaving::Refused).unwrap();
    let like = show.book.show().sources[1].clone();
    let guest = |pattern| Source {
        id: "d".to_owned(),
        kind: SourceKind::Test {
            pattern,
            tone_hz: None,
            beep_ms: 0,
        },
        groups: vec!["g".to_owned()],
        mix_minus: true,
        afv: Afv::On,
        ..like.clone()
    };
    let add = Edit::Add {
        item: Item::Source(guest(Pattern::Bars)),
        at: None,
    };
    // Its adding is undone: it is heard as before, and the group's mute silences it.
    show.edit(add, Leaving::Refused).unwrap();
    show.take("d");
    let slot = show.core.cast().slot("d").unwrap();
    let before = show.core.gains()[slot].fader;
    assert!((before - 0.501).abs() < 0.001, "{before}");
    show.undo();
    assert_eq!(show.core.gains()[slot].fader, before);
    let mute = |mute| Command::Group {
        group: "g".to_owned(),
        db: None,
        mute: Some(mute),
    };
    show.core.apply(&mute(true)).unwrap();
    assert_eq!(show.core.gains()[slot].fader, 0.0);
    show.core.apply(&mute(false)).unwrap();
    // Made anew it is a guest from another slot, and heard from this one until the next take.
    show.redo();
    let listen = Command::Pfl {
        source: "d".to_owned(),
        on: true,
        desk: "foh".to_owned(),
    };
    show.core.apply(&listen).unwrap();
    let made_anew = Edit::Set {
        id: "d".to_owned(),
        item: Item::Source(guest(Pattern::Ball)),
    };
    show.edit(made_anew, Leaving::Refused).unwrap();
    let own = show.core.cast().slot("d").unwrap();
    assert_ne!(own, slot);
    assert_eq!(show.core.journal().listening[0].before, ["d"]);
    let gains = show.core.gains();
    assert_eq!((gains[slot].twin, gains[own].twin), (Some(own), Some(slot)));
    assert_eq!((gains[slot].fader, gains[slot].follow_back), (before, 1.0));
    // Not twice at once, whatever AFV says.
    assert_eq!((gains[own].fader, gains[own].open), (0.0, 0.0));
    // With the holding slate it is heard from where it is in the show.
    let hold = crate::show::Hold {
        source: Some("d".to_owned()),
        ..Default::default()
    };
    show.edit(Edit::Hold(hold), Leaving::Refused).unwrap();
    show.core.apply(&Command::Hold { on: true }).unwrap();
    let gains = show.core.gains();
    assert_eq!((gains[own].fader, gains[own].follow), (before, 1.0));
    assert_eq!(gains[slot].follow, 0.0);
    show.core.apply(&Command::Hold { on: false }).unwrap();
    let send = Command::Send {
        source: "d".to_owned(),
        aux: 1,
        db: Some(0.0),
        pre: Some(true),
    };
    show.core.apply(&send).unwrap();
    let gains = show.core.gains();
    assert_eq!((gains[slot].sends[0].gain, gains[slot].open), (1.0, 1.0));
    show.take("a");
    let gains = show.core.gains();
    assert_eq!((gains[slot].twin, gains[own].twin), (None, None));
    assert_eq!((gains[own].fader, gains[own].open), (before, 1.0));
}

#[test]
fn a_matte_is_on_air_with_its_fill_and_is_not_heard() {
    let mut show = Edited::new();
    let layer = Layer {
        keyer: Some(LayerKey::Linear(LinearKey {
            matte: "c".to_owned(),
            invert: false,
            premultiplied: false,
        })),
        ..Layer::full("b")
    };
    let scene = Scene {
        layers: vec![Layer::full("a"), layer],
        ..show.core.cast().show.scenes[0].clone()
    };
    let id = "duo".to_owned();
    let item = Item::Scene(scene);
    show.edit(Edit::Set { id, item }, Leaving::Refused).unwrap();
    let tally = |show: &Edited| show.core.snapshot(0, Observed::default()).sources[2].tally;
    show.preview("duo");
    assert_eq!(tally(&show), Tally::Preview);
    show.take("duo");
    assert_eq!(
        (show.seen(), tally(&show)),
        (vec!["a".to_owned(), "b".to_owned()], Tally::Program)
    );
    assert!(show.heard("b") && !show.heard("c"));
    // It leaves by nobody's mistake, and under another name it stays.
    let refused = show.remove(ItemKind::Source, "c", Leaving::Refused);
    assert_eq!(refused, Err(Refusal::OnAir("c".to_owned())));
    let matte = |show: &Edited| show.core.clone().tick(0).from.draws[1].matte();
    let slot = matte(&show).unwrap();
    let item = Item::Source(Source {
        id: "cut-out".to_owned(),
        ..show.core.cast().show.sources[2].clone()
    });
    let id = "c".to_owned();
    show.edit(Edit::Set { id, item }, Leaving::Refused).unwrap();
    assert_eq!((matte(&show), tally(&show)), (Some(slot), Tally::Program));
    let journal = show.core.journal();
    assert_eq!(journal.program_layers[1].sources().last(), Some("cut-out"));
    // Taken away on purpose, it takes what it keyed with it, and brings that back.
    show.remove(ItemKind::Source, "cut-out", Leaving::Meant)
        .unwrap();
    assert_eq!(matte(&show), None);
    assert_eq!(show.core.cast().show.scenes[0].layers.len(), 1);
    show.undo();
    assert_eq!((matte(&show), tally(&show)), (Some(slot), Tally::Program));
}
