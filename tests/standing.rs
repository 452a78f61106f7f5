//! What the hand sets while the show runs (faders, mutes, AFV, the transition in use) is in the file when
//! the show is saved, whoever saves it and whatever happens between; to undo an edit never moves it.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use regie::door::{
    Command, Door, EditStatus, Event, LocalDoor, Snapshot, SourceStatus, TransitionKind,
    TransitionStyle,
};
use regie::engine::Engine;
use regie::show::{self, Afv, Edit, Item, ItemKind, Show, Source};
use serde_json::{Value, json};

use common::house;
use common::studio::{ShowText, Studio, named};
use common::wait;

const PATIENCE: Duration = Duration::from_secs(20);
const SHOW: &str = "(version: 1, name: \"Saved\", \
    format: (width: 320, height: 180, rate: (30, 1)), sources: [\
    (id: \"a\", kind: Test(pattern: Bars), fader_db: -3.0), (id: \"b\", kind: Test(pattern: Ball))])";

/// An engine in this process, on the show in a file.
struct House {
    engine: Engine,
    desk: LocalDoor,
}

impl House {
    fn open(file: &Path) -> Self {
        let (engine, desk) = house::open(file);
        let house = Self { engine, desk };
        house.is("it is opened", |now| !now.edit.unsaved && now.frame > 0);
        house
    }

    fn command(&self, command: Command) {
        house::answer(&self.desk, command).unwrap();
    }

    fn fader(&self, source: &str, db: f32) {
        let source = source.to_owned();
        self.command(Command::Fader { source, db });
    }

    fn is(&self, what: &str, wanted: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        let seen = wait::until(PATIENCE, || self.desk.snapshot().filter(|now| wanted(now)));
        seen.unwrap_or_else(|| panic!("never: {what}: {:?}", self.desk.snapshot()))
    }

    fn edit(&self, wanted: impl Fn(&EditStatus) -> bool, what: &str) {
        self.is(what, |now| wanted(&now.edit));
    }

    fn undo(&self) {
        self.command(Command::Undo { revision: None });
    }

    fn source(&self, id: &str) -> SourceStatus {
        let now = self.desk.snapshot().unwrap();
        now.sources.iter().find(|s| s.id == id).unwrap().clone()
    }

    fn end(self) {
        self.desk.send(Command::Quit {});
        assert!(self.engine.join().is_some());
    }
}

/// The show as the engine tells it to a desk, with its revision.
fn told(desk: &LocalDoor) -> (u64, Arc<Show>) {
    desk.send(Command::Show {});
    let show = wait::until(PATIENCE, || match desk.next_event()? {
        Event::Show { revision, show, .. } => Some((revision, show)),
        _ => None,
    });
    show.expect("the show")
}

fn edit(edits: Vec<Edit>) -> Command {
    Command::Edit {
        revision: None,
        label: "an edit".to_owned(),
        joins: false,
        on_air: false,
        edits,
    }
}

fn labelled(source: &Source, label: &str) -> Edit {
    Edit::Set {
        id: source.id.clone(),
        item: Item::Source(Source {
            label: label.to_owned(),
            ..source.clone()
        }),
    }
}

fn show_in(folder: &Path) -> PathBuf {
    let file = folder.join("show.ron");
    fs::write(&file, SHOW).unwrap();
    file
}

fn saved(file: &Path) -> Show {
    show::load(file).unwrap()
}

#[test]
fn what_the_hand_set_is_there_when_the_show_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = show_in(folder.path());
    let house = House::open(&file);
    house.fader("a", -7.5);
    house.edit(|e| e.unsaved, "a fader makes it another than its file");
    house.fader("a", -3.0);
    house.edit(|e| !e.unsaved, "put back, it is the same again");
    // Nobody waits for the answers: what was said before the save is in it.
    let wipe = Command::Transition {
        kind: TransitionKind::Wipe,
        frames: 22,
        colour: None,
        wipe: Some("clock".to_owned()),
        softness: Some(0.25),
        reverse: Some(true),
        direction: None,
        stinger: None,
    };
    let (source, b) = ("a".to_owned(), "b".to_owned());
    for command in [
        Command::Fader { source, db: -7.5 },
        Command::Mute {
            source: b.clone(),
            on: true,
        },
        Command::Afv {
            source: b.clone(),
            mode: Afv::On,
        },
        wipe,
    ] {
        house.desk.send(command);
    }
    house.command(Command::Save { over: false });
    let first = saved(&file);
    assert_eq!(first.sources[0].fader_db, -7.5);
    assert_eq!(
        (first.sources[1].mute, first.sources[1].afv),
        (true, Afv::On)
    );
    let style = &first.transition;
    assert_eq!((style.kind, style.frames), (TransitionKind::Wipe, 22));
    assert_eq!(
        (style.wipe.as_str(), style.softness, style.reverse),
        ("clock", 0.25, true)
    );
    house.edit(
        |e| !e.unsaved && e.undo.is_none(),
        "saved, and nothing to undo",
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("show.ron.1")).unwrap(),
        SHOW
    );
    let copy = folder.path().join("copy.ron");
    house.fader("a", 2.0);
    house.command(Command::SaveAs { path: copy.clone() });
    house.command(Command::SaveWithMedia {
        path: folder.path().join("all"),
    });
    house.end();
    assert_eq!(saved(&file), first);
    let packed = folder.path().join("all/show.ron");
    for file in [copy, packed] {
        assert_eq!(saved(&file).sources[0].fader_db, 2.0, "{}", file.display());
    }

    fs::remove_file(folder.path().join("show.ron.autosave")).unwrap();
    let house = House::open(&file);
    let now = house.is("it begins", |now| now.frame > 0);
    assert_eq!(now.sources[0].fader_db, -7.5);
    assert_eq!((now.sources[1].mute, now.sources[1].afv), (true, Afv::On));
    assert_eq!(now.transition.style, first.transition);
    house.end();
}

#[test]
fn the_autosave_has_it_and_gives_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = show_in(folder.path());
    let beside = folder.path().join("show.ron.autosave");
    let house = House::open(&file);
    house.fader("a", -9.0);
    let there = wait::until(PATIENCE, || {
        let text = fs::read_to_string(&beside).ok()?;
        text.contains("fader_db: -9.0").then_some(())
    });
    assert!(there.is_some(), "it is kept beside the show");
    // What is done last is kept too.
    house.desk.send(Command::Fader {
        source: "b".to_owned(),
        db: -11.0,
    });
    house.end();
    assert_eq!(fs::read_to_string(&file).unwrap(), SHOW);

    let house = House::open(&file);
    house.edit(|e| e.autosave.is_some(), "it is offered");
    house.fader("a", 1.0);
    house.edit(|e| e.unsaved, "a fader is moved meanwhile");
    house.end();
    let house = House::open(&file);
    house.edit(|e| e.autosave.is_some(), "a fader has not put it aside");
    assert_eq!(house.source("a").fader_db, -3.0);
    house.command(Command::Autosave { take: true });
    house.is("it is back", |now| {
        now.sources[0].fader_db == -9.0 && now.sources[1].fader_db == -11.0
    });
    house.command(Command::Save { over: false });
    assert!(!beside.exists());
    assert_eq!(saved(&file).sources[0].fader_db, -9.0);
    house.end();
}

#[test]
fn undo_moves_no_fader_and_the_transition_only_where_that_was_edited() {
    let folder = tempfile::tempdir().unwrap();
    let file = show_in(folder.path());
    let house = House::open(&file);
    let (_, show) = told(&house.desk);
    // An edit of the source, the fader by hand, an edit of another kind: each is taken back alone.
    house.command(edit(vec![Edit::Set {
        id: "a".to_owned(),
        item: Item::Source(Source {
            fader_db: -20.0,
            label: "Stage".to_owned(),
            ..show.sources[0].clone()
        }),
    }]));
    house.is("an edit says it", |now| now.sources[0].fader_db == -20.0);
    house.fader("a", -6.0);
    house.command(Command::transition(TransitionKind::Push, 9));
    house.command(edit(vec![Edit::Name("Other".to_owned())]));
    let dip = TransitionStyle {
        frames: 40,
        ..TransitionStyle::of(TransitionKind::Dip)
    };
    house.command(edit(vec![Edit::Transition(dip.clone())]));
    house.is("the edit is in use", |now| now.transition.style == dip);
    house.undo();
    let push = |now: &Snapshot| {
        now.transition.style.kind == TransitionKind::Push && now.transition.style.frames == 9
    };
    house.is("as it was before the edit", push);
    house.command(Command::transition(TransitionKind::Slide, 12));
    house.undo();
    house.undo();
    let now = house.is("undone", |now| {
        now.sources[0].label == "a" && now.name == "Saved"
    });
    assert_eq!(now.sources[0].fader_db, -6.0, "the fader stays");
    assert_eq!(
        now.transition.style.kind,
        TransitionKind::Slide,
        "so does this"
    );
    for _ in 0..3 {
        house.command(Command::Redo { revision: None });
    }
    let now = house.is("made again", |now| now.transition.style == dip);
    assert_eq!(
        (now.sources[0].label.as_str(), now.sources[0].fader_db),
        ("Stage", -6.0)
    );

    // A source that comes back has its fader where it was.
    house.fader("b", -13.0);
    house.command(edit(vec![Edit::Remove {
        kind: ItemKind::Source,
        id: "b".to_owned(),
    }]));
    house.is("it is gone", |now| now.sources.len() == 1);
    house.undo();
    let now = house.is("it is back", |now| now.sources.len() == 2);
    assert_eq!(now.sources[1].fader_db, -13.0);
    house.end();
}

#[test]
fn the_delay_of_a_picture_is_built_and_can_be_undone() {
    let folder = tempfile::tempdir().unwrap();
    let file = show_in(folder.path());
    let house = House::open(&file);
    let delay = |ms| Command::PictureDelay {
        source: "a".to_owned(),
        ms,
    };
    let seen = |ms| house.is("the delay", |now| now.sources[0].picture_delay_ms == ms);
    house.command(delay(80));
    seen(80);
    assert_eq!(told(&house.desk).1.sources[0].picture_delay_ms, 80);
    house.edit(|e| e.unsaved && e.undo.is_some(), "an edit");
    house.undo();
    seen(0);
    let refused = house::answer(&house.desk, delay(2001)).unwrap_err();
    assert!(
        refused.contains("picture_delay_ms") && refused.contains("2000"),
        "{refused}"
    );
    let nobody = Command::PictureDelay {
        source: "x".to_owned(),
        ms: 1,
    };
    let refused = house::answer(&house.desk, nobody).unwrap_err();
    assert!(
        refused.contains("unknown source \"x\": expected one of a, b"),
        "{refused}"
    );
    house.command(delay(120));
    house.command(Command::Save { over: false });
    assert_eq!(saved(&file).sources[0].picture_delay_ms, 120);
    house.end();
}

#[test]
fn two_desks_and_another_program_lose_nobodys_fader() {
    let folder = tempfile::tempdir().unwrap();
    let file = show_in(folder.path());
    let house = House::open(&file);
    let other = house.engine.hub().door();
    let (revision, show) = told(&other);
    house.fader("a", -8.0);
    house.command(Command::Save { over: false });
    // The other desk's show knows nothing of the fader; its edit is about something else.
    let renamed = Command::Edit {
        revision: Some(revision),
        label: "rename".to_owned(),
        joins: false,
        on_air: false,
        edits: vec![labelled(&show.sources[0], "Stage")],
    };
    house::answer(&other, renamed).unwrap();
    let now = house.is("renamed", |now| now.sources[0].label == "Stage");
    assert_eq!(now.sources[0].fader_db, -8.0);

    // Another program changes one fader in the file; the hand has moved both since it was saved.
    house.command(Command::Save { over: false });
    house.fader("a", -1.0);
    house.fader("b", -2.0);
    let mut there = saved(&file);
    there.sources[1].fader_db = -30.0;
    there.name = "From elsewhere".to_owned();
    show::save(&file, &there).unwrap();
    house.edit(|e| e.file_changed, "it is seen");
    let refused = house::answer(&house.desk, Command::Save { over: false }).unwrap_err();
    assert!(refused.contains("another program"), "{refused}");
    house.command(Command::Revert {});
    let now = house.is("taken over", |now| now.name == "From elsewhere");
    assert_eq!(
        now.sources[1].fader_db, -30.0,
        "what the other program said"
    );
    assert_eq!(
        now.sources[0].fader_db, -1.0,
        "what nobody else has touched"
    );
    house.edit(|e| e.unsaved, "the hand's fader is not in the file");
    house.command(Command::Save { over: false });
    let after = saved(&file);
    assert_eq!(
        (after.sources[0].fader_db, after.sources[1].fader_db),
        (-1.0, -30.0)
    );
    house.end();
}

#[test]
fn an_engine_that_dies_between_loses_nothing_of_it() {
    let _turn = common::alone();
    let show = ShowText::new()
        .source("a", "Test(pattern: Bars)", "")
        .source("b", "Test(pattern: Ball)", "");
    let mut studio = Studio::start(&show, &[]);
    studio.command(&json!({"command": "fader", "source": "a", "db": -6.5}));
    studio.command(&json!({"command": "transition", "kind": "slide", "frames": 33}));
    let kept =
        |s: &Value| named(s, "sources", "a")["fader_db"] == -6.5 && s["transition"]["frames"] == 33;
    studio.until("they stand", PATIENCE, |s| {
        kept(s) && s["edit"]["unsaved"] == true
    });
    let old = studio.kill_engine();
    let new = wait::until(PATIENCE, || studio.engine().filter(|&pid| pid != old));
    assert!(new.is_some(), "another engine");
    studio.until("they stand again", PATIENCE, |s| {
        kept(s) && s["edit"]["unsaved"] == true
    });
    studio.command(&json!({"command": "save"}));
    studio.until("it is saved", PATIENCE, |s| s["edit"]["unsaved"] == false);
    let file = studio.snapshot()["edit"]["file"]
        .as_str()
        .map(PathBuf::from);
    let show = saved(&file.expect("a file"));
    assert_eq!(show.sources[0].fader_db, -6.5);
    assert_eq!(
        (show.transition.kind, show.transition.frames),
        (TransitionKind::Slide, 33)
    );
    studio.quit();
}
