//! What is edited and not saved is kept beside the show file, never in its place, and offered when the
//! show is opened again.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use regie::door::{Command, Door, EditStatus, LocalDoor};
use regie::engine::Engine;
use regie::show::Edit;

use common::{house, wait};

const PATIENCE: Duration = Duration::from_secs(20);
const SHOW: &str = "(version: 1, name: \"Saved\", \
    format: (width: 320, height: 180, rate: (30, 1)), sources: [(id: \"a\", kind: Test(pattern: Bars))])";

/// An engine in this process, on the show in a file.
struct Studio {
    engine: Engine,
    door: LocalDoor,
}

impl Studio {
    fn open(file: &Path) -> Self {
        let (engine, door) = house::open(file);
        Self { engine, door }
    }

    fn command(&self, command: Command) -> Result<(), String> {
        house::answer(&self.door, command)
    }

    fn name_it(&self, name: &str) {
        let edit = Command::Edit {
            revision: None,
            label: String::new(),
            joins: false,
            on_air: false,
            edits: vec![Edit::Name(name.to_owned())],
        };
        self.command(edit).unwrap();
    }

    fn is(&self, what: &str, wanted: impl Fn(&EditStatus, &str) -> bool) -> EditStatus {
        let seen = wait::until(PATIENCE, || {
            let now = self.door.snapshot()?;
            wanted(&now.edit, &now.name).then(|| now.edit.clone())
        });
        seen.unwrap_or_else(|| panic!("never: {what}"))
    }

    fn end(self) {
        self.door.send(Command::Quit {});
        assert!(self.engine.join().is_some());
    }
}

fn kept(path: &Path, name: &str) {
    let there = wait::until(PATIENCE, || {
        fs::read_to_string(path)
            .ok()
            .filter(|text| text.contains(name))
    });
    assert!(there.is_some(), "{name} is not in {}", path.display());
}

fn show_in(folder: &Path) -> (PathBuf, PathBuf) {
    let file = folder.join("show.ron");
    fs::write(&file, SHOW).unwrap();
    (file, folder.join("show.ron.autosave"))
}

#[test]
fn what_was_not_saved_is_offered_and_taken_over_as_an_edit() {
    let folder = tempfile::tempdir().unwrap();
    let (file, beside) = show_in(folder.path());
    let studio = Studio::open(&file);
    studio.is("nothing is offered", |edit, _| edit.autosave.is_none());
    studio.name_it("Edited");
    kept(&beside, "Edited");
    // What is edited at the very end is kept too.
    studio.name_it("Edited last");
    studio.end();
    kept(&beside, "Edited last");
    assert_eq!(fs::read_to_string(&file).unwrap(), SHOW);

    let studio = Studio::open(&file);
    studio.is("it is offered", |edit, name| {
        edit.autosave.as_deref() == Some(&beside) && name == "Saved" && !edit.unsaved
    });
    studio.command(Command::Autosave { take: true }).unwrap();
    studio.is("it is taken over", |edit, name| {
        name == "Edited last" && edit.unsaved && edit.autosave.is_none()
    });
    studio.command(Command::Undo { revision: None }).unwrap();
    studio.is("undone", |_, name| name == "Saved");
    studio.command(Command::Redo { revision: None }).unwrap();
    studio.command(Command::Save { over: false }).unwrap();
    assert!(!beside.exists(), "what is saved needs no autosave");
    assert!(fs::read_to_string(&file).unwrap().contains("Edited last"));
    let refused = studio
        .command(Command::Autosave { take: true })
        .unwrap_err();
    assert!(refused.contains("no autosave"), "{refused}");
    studio.end();
    assert!(!beside.exists());
}

#[test]
fn what_is_offered_is_let_go_or_put_aside_and_never_lost_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let (file, beside) = show_in(folder.path());
    fs::write(&beside, SHOW.replace("Saved", "Left")).unwrap();
    let studio = Studio::open(&file);
    studio.is("it is offered", |edit, _| edit.autosave.is_some());
    studio.command(Command::Autosave { take: false }).unwrap();
    assert!(!beside.exists());
    studio.end();

    fs::write(&beside, SHOW.replace("Saved", "Left again")).unwrap();
    let studio = Studio::open(&file);
    studio.is("it is offered", |edit, _| edit.autosave.is_some());
    studio.name_it("Other work");
    kept(&beside, "Other work");
    kept(&folder.path().join("show.ron.autosave.old"), "Left again");
    studio.is("it is not offered any more", |edit, _| {
        edit.autosave.is_none()
    });
    studio.end();
}
