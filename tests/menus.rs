//! The window's menus, its arrangements and its two languages: what each entry sends, how the desk
//! goes from one show to another, what it remembers, and what it looks like.
#![cfg(feature = "desk")]

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use eframe::egui_wgpu::wgpu::TextureFormat;
use egui::{Key, Modifiers, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults, kittest::NodeT, kittest::Queryable};
use fake_door::FakeDoor;
use regie::{
    door::{
        self, Command, DestinationState, Door, Event, MonitorId, MonitorPicture, PackingState,
        PackingStatus, RecordingState, Report, Snapshot, SourceState,
    },
    media, show,
    ui::{AnyDoor, Chooser, Desk, Graphics, Outcome, Shows, install_theme},
};

#[path = "common/fake_door.rs"]
mod fake_door;

/// Names the files that a test says, and opens the door that a test made.
#[derive(Default)]
struct House {
    chosen: Mutex<Option<PathBuf>>,
    doors: Mutex<Vec<Arc<FakeDoor>>>,
    opened: Mutex<Vec<PathBuf>>,
    beside: Mutex<Vec<PathBuf>>,
    recent: Vec<PathBuf>,
    /// Its dialog is open and nobody answers it.
    dialog_waits: AtomicBool,
}

impl Chooser for House {
    fn open(&self, _: Option<&Path>) -> Option<PathBuf> {
        while self.dialog_waits.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.chosen.lock().unwrap().take()
    }
    fn save(&self, _: &str, _: Option<&Path>, _: &str) -> Option<PathBuf> {
        self.chosen.lock().unwrap().take()
    }
    fn folder(&self, _: &str, _: Option<&Path>) -> Option<PathBuf> {
        self.chosen.lock().unwrap().take()
    }
}

impl Shows for House {
    fn open(&self, show: &Path) -> Result<AnyDoor, String> {
        self.opened.lock().unwrap().push(show.to_owned());
        let door = self.doors.lock().unwrap().pop();
        door.map(|door| door as AnyDoor)
            .ok_or_else(|| "no engine".to_owned())
    }
    fn open_beside(&self, show: &Path) -> Result<(), String> {
        self.beside.lock().unwrap().push(show.to_owned());
        Ok(())
    }
    fn recent(&self) -> Vec<PathBuf> {
        self.recent.clone()
    }
}

/// The language is the whole process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Opened {
    window: Harness<'static, Desk>,
    outcome: Arc<Mutex<Option<Outcome>>>,
    _alone: MutexGuard<'static, ()>,
    folder: tempfile::TempDir,
}

struct Opening {
    settings: String,
    size: [f32; 2],
    graphics: Graphics,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            settings: "(language: Some(\"en\"))".to_owned(),
            size: [1280.0, 800.0],
            graphics: Graphics::default(),
        }
    }
}

impl Opening {
    fn open(self, door: &Arc<FakeDoor>, house: &Arc<House>) -> Opened {
        let alone = alone();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("desk.ron"), self.settings).unwrap();
        let outcome = Arc::new(Mutex::new(None));
        let desk = Desk::new(door.clone(), self.graphics, Arc::clone(&outcome))
            .remembering(Some(folder.path().to_owned()))
            .with_shows(house.clone())
            .choosing_by(house.clone())
            .with_clock(|| "20:41:07".to_owned());
        let mut window = Harness::builder()
            .with_size(self.size)
            .with_step_dt(0.25)
            // A window within the window fades in.
            .with_max_steps(16)
            .with_context_setup(install_theme)
            .build_ui_state(|ui, desk: &mut Desk| desk.show(ui), desk);
        window.run();
        Opened {
            window,
            outcome,
            _alone: alone,
            folder,
        }
    }
}

fn open(door: &Arc<FakeDoor>, house: &Arc<House>) -> Opened {
    Opening::default().open(door, house)
}

impl Opened {
    /// Clicks the row of a list that begins so: it is a button, and what it names may be said elsewhere.
    fn click_row(&mut self, row: &str) {
        let rows = self.window.query_all_by_label_contains(row);
        let row = rows.into_iter().find(|row| {
            let role = row.accesskit_node().role();
            role == egui::accesskit::Role::Button
        });
        row.unwrap().click();
        self.window.run();
    }

    fn click(&mut self, label: &str) {
        self.window.get_by_label(label).click();
        self.window.run();
    }

    /// Opens a menu and chooses an entry of it.
    fn choose(&mut self, menu: &str, entry: &str) {
        self.click(menu);
        self.click(entry);
        if self.window.query_by_label(entry).is_some() {
            // A menu of switches stays open: closed as by a click elsewhere.
            self.window.key_press(Key::Escape);
            self.window.run();
        }
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.window.key_press_modifiers(modifiers, key);
        self.window.run();
    }

    /// Goes on painting until something has come about.
    fn until(&mut self, what: &str, mut come: impl FnMut(&Harness<'static, Desk>) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !come(&self.window) {
            assert!(Instant::now() < deadline, "{what} has not come about");
            std::thread::sleep(Duration::from_millis(5));
            self.window.step();
        }
        self.window.run();
    }

    fn is_said(&self, label: &str) -> bool {
        self.window.query_all_by_label(label).next().is_some()
    }

    fn outcome(&self) -> Option<Outcome> {
        *self.outcome.lock().unwrap()
    }

    /// Asks the window to close; whether it does.
    fn close(&mut self) -> bool {
        let viewports = &mut self.window.input_mut().viewports;
        let events = &mut viewports.entry(ViewportId::ROOT).or_default().events;
        events.push(ViewportEvent::Close);
        self.window.step();
        let commands = &self.window.output().viewport_output[&ViewportId::ROOT].commands;
        let kept = commands.contains(&ViewportCommand::CancelClose);
        self.window.run();
        !kept
    }
}

fn edited(snapshot: &mut Snapshot) {
    snapshot.edit.revision = 7;
    snapshot.edit.unsaved = true;
    snapshot.edit.undo = Some("add camera".to_owned());
    snapshot.edit.redo = Some("rename".to_owned());
}

const CTRL_SHIFT: Modifiers = Modifiers {
    ctrl: true,
    command: true,
    shift: true,
    ..Modifiers::NONE
};

#[test]
fn each_entry_sends_its_command() {
    let door = FakeDoor::with(edited);
    let mut desk = open(&door, &Arc::default());
    desk.choose("File", "Save");
    assert_eq!(door.sent(), [Command::Save { over: false }]);
    desk.choose("File", "Revert to the file");
    assert_eq!(door.sent(), [Command::Revert {}]);
    let revision = Some(7);
    desk.choose("Edit", "Undo: add camera");
    assert_eq!(door.sent(), [Command::Undo { revision }]);
    desk.choose("Edit", "Redo: rename");
    assert_eq!(door.sent(), [Command::Redo { revision }]);
    let live = "Live edit: changes reach the air at once";
    desk.choose("Edit", live);
    assert_eq!(door.sent(), [Command::LiveEdit { on: true }]);
    assert!(!desk.is_said("LIVE EDIT"));
    door.change(|s| s.live_edit = true);
    desk.window.run();
    assert!(desk.is_said("LIVE EDIT"), "it is seen while it is on");
    desk.choose("Edit", live);
    assert_eq!(door.sent(), [Command::LiveEdit { on: false }]);

    for (modifiers, key, command) in [
        (Modifiers::COMMAND, Key::S, Command::Save { over: false }),
        (Modifiers::COMMAND, Key::Z, Command::Undo { revision }),
        (Modifiers::COMMAND, Key::Y, Command::Redo { revision }),
        (CTRL_SHIFT, Key::Z, Command::Redo { revision }),
    ] {
        desk.press(modifiers, key);
        assert_eq!(door.sent(), [command]);
    }
}

#[test]
fn the_shows_settings_are_in_the_menu_and_another_engine_is_no_alarm() {
    let door = FakeDoor::new();
    let mut desk = open(&door, &Arc::default());
    desk.choose("File", "Show settings…");
    assert_eq!(door.sent(), [Command::Encoders {}, Command::Show {}]);
    let text = "(version: 1, name: \"Forum\", format: (width: 1920, height: 1080, rate: (25, 1)))";
    let show = show::parse(Path::new("x.ron"), text).unwrap();
    door.say(Event::Show {
        revision: 0,
        show: Arc::new(show),
        file: None,
    });
    desk.window.run();
    let chosen = desk.window.get_by_label("Format").accesskit_node().value();
    assert_eq!(chosen.as_deref(), Some("1080p25 (1920 × 1080)"));

    let message = "the format was changed".to_owned();
    door.say(Event::EngineRenews { message });
    door.attach(false);
    desk.window.run();
    let calm = "The program starts again with the new settings";
    assert!(desk.is_said(calm));
    assert!(desk.is_said("The program is starting again…"));
    door.attach(true);
    door.say(Event::Ready {
        show: "Forum".to_owned(),
        frame: 200,
    });
    desk.window.run();
    assert!(!desk.is_said(calm));
    // One that is lost is another matter.
    door.attach(false);
    desk.window.run();
    assert!(!desk.is_said(calm));
}

#[test]
fn what_cannot_be_done_cannot_be_chosen() {
    let door = FakeDoor::new();
    let mut desk = open(&door, &Arc::default());
    desk.click("Edit");
    for label in ["Undo", "Redo"] {
        let entry = desk.window.get_by_label(label);
        assert!(entry.accesskit_node().is_disabled(), "{label}");
    }
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(door.sent(), []);
}

#[test]
fn a_menu_is_reached_by_key_and_takes_no_cut() {
    let door = FakeDoor::with(edited);
    let mut desk = open(&door, &Arc::default());
    desk.press(Modifiers::NONE, Key::F10);
    assert!(desk.window.get_by_label("File").is_focused());
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.is_said("Save as…"), "the menu is open");
    assert_eq!(door.sent(), []);
}

#[test]
fn who_types_a_path_takes_nothing() {
    let door = FakeDoor::new();
    let house = Arc::new(House::default());
    house.dialog_waits.store(true, Ordering::Relaxed);
    let mut desk = open(&door, &house);
    desk.press(Modifiers::COMMAND, Key::O);
    desk.until("the field", |w| {
        w.query_by_label("Path of the file").is_some()
    });
    desk.window.run();
    let field = desk.window.get_by_label("Path of the file");
    assert!(field.is_focused());
    field.type_text("/nowhere/show.ron");
    desk.window.run();
    for _ in 0..2 {
        desk.press(Modifiers::NONE, Key::Enter);
        desk.until("the refusal", |w| {
            w.query_by_label("There is no folder /nowhere.").is_some()
        });
        let field = desk.window.get_by_label("Path of the file");
        assert!(field.is_focused(), "one types on");
        desk.press(Modifiers::NONE, Key::Num2);
        desk.press(Modifiers::NONE, Key::Space);
    }
    desk.click("Path of the file");
    desk.window.get_by_label("Cancel").focus();
    for key in [Key::Num2, Key::ArrowRight, Key::M] {
        desk.press(Modifiers::NONE, key);
    }
    assert_eq!(door.sent(), [], "the field is still there");
    house.dialog_waits.store(false, Ordering::Relaxed);
}

#[test]
fn an_open_menu_has_the_keys_that_it_may_want() {
    let door = FakeDoor::new();
    let mut desk = open(&door, &Arc::default());
    desk.click("View");
    for key in [Key::Enter, Key::ArrowRight, Key::ArrowLeft] {
        desk.press(Modifiers::NONE, key);
        assert_eq!(door.sent(), [], "{key:?}");
    }
}

#[test]
fn a_menu_that_is_left_alone_goes_with_its_focus() {
    let door = FakeDoor::new();
    let mut desk = open(&door, &Arc::default());
    desk.press(Modifiers::NONE, Key::F10);
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.is_said("Save as…"));
    desk.window.run_steps(20);
    assert!(!desk.is_said("Save as…"), "it is closed");
    desk.press(Modifiers::NONE, Key::Enter);
    assert_eq!(door.sent(), [Command::Auto {}]);
}

#[test]
fn who_looks_for_a_key_types_at_once() {
    let door = FakeDoor::new();
    let mut desk = open(&door, &Arc::default());
    desk.press(Modifiers::COMMAND, Key::K);
    desk.window.run();
    assert!(desk.window.get_by_label("Search").is_focused());
    for key in [Key::Space, Key::M, Key::Num2] {
        desk.press(Modifiers::NONE, key);
    }
    assert_eq!(door.sent(), []);
}

fn show_file(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, "(version: 1, name: \"Other\")").unwrap();
    path
}

#[test]
fn off_air_another_show_takes_this_ones_place() {
    let door = FakeDoor::new();
    let other = FakeDoor::with(|s| s.name = "Other".to_owned());
    let house = Arc::new(House::default());
    house.doors.lock().unwrap().push(other.clone());
    let mut desk = open(&door, &house);
    let path = show_file(desk.folder.path(), "other.ron");
    *house.chosen.lock().unwrap() = Some(path.clone());
    desk.choose("File", "Open…");
    desk.until("the end of the first show", |_| {
        door.has_sent(&Command::Quit {})
    });
    assert_eq!(*house.opened.lock().unwrap(), [] as [PathBuf; 0]);
    door.say(Event::Report(Report::default()));
    desk.until("the other show", |window| {
        window.query_all_by_label("Show Other").next().is_some()
    });
    assert_eq!(*house.opened.lock().unwrap(), [path]);
    assert_eq!(desk.outcome(), None, "the window stays");
    desk.press(Modifiers::NONE, Key::Space);
    assert_eq!(other.sent(), [Command::Cut {}], "its keys go to the other");
}

#[test]
fn on_air_another_show_gets_a_window_of_its_own() {
    let door = FakeDoor::with(|s| s.destinations[0].state = DestinationState::Live);
    let house = Arc::new(House::default());
    let mut desk = open(&door, &house);
    let path = show_file(desk.folder.path(), "other.ron");
    *house.chosen.lock().unwrap() = Some(path.clone());
    desk.press(Modifiers::COMMAND, Key::O);
    let said = "other.ron is opened in a window of its own, for this show is on air.";
    desk.until("the notice", |window| {
        window.query_all_by_label(said).next().is_some()
    });
    assert_eq!(*house.beside.lock().unwrap(), [path]);
    assert_eq!(door.sent(), []);
}

#[test]
fn a_show_that_cannot_be_opened_leaves_this_one_alone() {
    let door = FakeDoor::new();
    let house = Arc::new(House::default());
    let mut desk = open(&door, &house);
    let path = desk.folder.path().join("broken.ron");
    std::fs::write(&path, "(version: 1, nme: 2)").unwrap();
    *house.chosen.lock().unwrap() = Some(path);
    desk.choose("File", "Open…");
    desk.until("the notice", |window| {
        let said = window.query_all_by_label_contains("Cannot be opened: ");
        said.count() > 0
    });
    assert_eq!(door.sent(), []);
    assert!(desk.is_said("Show Forum"));
}

#[test]
fn changes_are_saved_or_given_up_before_another_show_is_opened() {
    let door = FakeDoor::with(edited);
    let house = Arc::new(House {
        recent: vec![PathBuf::from("/shows/older.ron")],
        ..House::default()
    });
    let mut desk = open(&door, &house);
    let path = show_file(desk.folder.path(), "other.ron");
    let question = "Open other in place of this show?";
    for (answer, sent) in [
        ("Stay", vec![]),
        ("Save and open", vec![Command::Save { over: false }]),
    ] {
        *house.chosen.lock().unwrap() = Some(path.clone());
        desk.choose("File", "Open…");
        desk.until("the question", |window| {
            window.query_by_label(question).is_some()
        });
        desk.click(answer);
        assert_eq!(door.sent(), sent);
    }
    door.answer(Err("the disk is full"));
    desk.window.run();
    assert!(desk.is_said("Not saved: the disk is full"));
    assert_eq!(door.sent(), [], "and it stays open");

    desk.click("File");
    desk.window.get_by_label_contains("Open recent").click();
    desk.window.run();
    assert!(
        desk.window
            .query_by_label_contains("older – /shows")
            .is_some()
    );
}

#[test]
fn a_new_show_is_an_empty_file_and_save_as_goes_on_there() {
    let door = FakeDoor::new();
    let house = Arc::new(House::default());
    let mut desk = open(&door, &house);
    let new = desk.folder.path().join("new.ron");
    *house.chosen.lock().unwrap() = Some(new.clone());
    desk.choose("File", "New show…");
    desk.until("the end of the first show", |_| {
        door.has_sent(&Command::Quit {})
    });
    assert_eq!(show::load(&new).unwrap().sources, []);
    drop(desk);

    let door = FakeDoor::with(edited);
    let mut desk = open(&door, &house);
    let copy = show_file(desk.folder.path(), "copy.ron");
    *house.chosen.lock().unwrap() = Some(copy.clone());
    desk.press(CTRL_SHIFT, Key::S);
    let save_as = Command::SaveAs { path: copy };
    desk.until("the command", |_| door.has_sent(&save_as));
    door.answer(Ok(save_as));
    desk.until("the end of the first show", |_| {
        door.has_sent(&Command::Quit {})
    });
}

#[test]
fn saving_with_media_is_told_as_it_goes_and_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let file = show_file(folder.path(), "forum.ron");
    let door = FakeDoor::with(|s| s.edit.file = Some(file));
    let house = Arc::new(House::default());
    let mut desk = open(&door, &house);
    let stick = folder.path().join("stick");
    std::fs::create_dir(&stick).unwrap();
    std::fs::write(stick.join("others.txt"), "work").unwrap();
    *house.chosen.lock().unwrap() = Some(stick.clone());
    desk.choose("File", "Save with media…");
    let path = stick.join("forum");
    let save = Command::SaveWithMedia { path: path.clone() };
    desk.until("the command", |_| door.has_sent(&save));
    door.sent();

    let mut status = PackingStatus {
        folder: path,
        file: "media/opening.mp4".to_owned(),
        bytes: 25,
        total: 100,
        ..PackingStatus::default()
    };
    let tell = |door: &FakeDoor, status: &PackingStatus| {
        door.change(|s| s.edit.packing = Some(status.clone()));
        let event = Event::Packing(status.clone());
        door.say(event);
    };
    tell(&door, &status);
    desk.window.run();
    assert!(desk.is_said("Saving forum with its media: 25 % · media/opening.mp4"));
    desk.click("File");
    let entry = desk.window.get_by_label("Save with media…");
    assert!(entry.accesskit_node().is_disabled(), "one at a time");
    desk.press(Modifiers::NONE, Key::Escape);
    desk.click("Stop saving");
    assert_eq!(door.sent(), [Command::StopSaveWithMedia {}]);

    status.state = PackingState::Stopped;
    tell(&door, &status);
    desk.window.run();
    assert!(!desk.is_said("Stop saving"));
    assert!(desk.is_said("Saving with media was stopped. Nothing is left of it."));
    status.state = PackingState::Failed;
    status.message = "no room".to_owned();
    tell(&door, &status);
    desk.window.run();
    assert!(desk.is_said("Not saved with its media: no room"));
    status.state = PackingState::Done;
    tell(&door, &status);
    desk.window.run();
    assert!(
        desk.window
            .query_by_label_contains("Saved with its media: ")
            .is_some()
    );
}

#[test]
fn the_folder_of_a_show_with_its_media_is_typed_where_there_is_no_dialog() {
    let folder = tempfile::tempdir().unwrap();
    let stick = folder.path().join("stick");
    let file = show_file(folder.path(), "forum.ron");
    let door = FakeDoor::with(|s| s.edit.file = Some(file));
    // Nobody chooses: the dialog ends at once.
    let mut desk = open(&door, &Arc::new(House::default()));
    desk.choose("File", "Save with media…");
    desk.until("the field", |window| {
        window.query_by_label("Path of the folder").is_some()
    });
    let field = desk.window.get_by_label("Path of the folder");
    assert!(field.is_focused(), "one types at once");
    desk.press(Modifiers::COMMAND, Key::A);
    let type_it = |desk: &mut Opened, path: &Path| {
        let field = desk.window.get_by_label("Path of the folder");
        field.type_text(&path.display().to_string());
        desk.window.run();
        desk.press(Modifiers::NONE, Key::Enter);
    };
    let nowhere = folder.path().join("nowhere");
    type_it(&mut desk, &nowhere.join("stick"));
    desk.until("the refusal", |window| {
        let refusal = format!("There is no folder {}.", nowhere.display());
        window.query_by_label(&refusal).is_some()
    });
    let field = desk.window.get_by_label("Path of the folder");
    field.focus();
    desk.window.run();
    desk.press(Modifiers::COMMAND, Key::A);
    type_it(&mut desk, &stick);
    // One that is not there yet is the copy's own; one with work of others in it holds it.
    let save = Command::SaveWithMedia {
        path: stick.clone(),
    };
    desk.until("the command", |_| door.has_sent(&save));
    std::fs::create_dir(&stick).unwrap();
    std::fs::write(stick.join("others.txt"), "work").unwrap();
    desk.choose("File", "Save with media…");
    desk.until("the field again", |window| {
        window.query_by_label("Path of the folder").is_some()
    });
    let field = desk.window.get_by_label("Path of the folder");
    field.focus();
    desk.window.run();
    desk.press(Modifiers::COMMAND, Key::A);
    type_it(&mut desk, &stick);
    let path = stick.join("forum");
    let save = Command::SaveWithMedia { path };
    desk.until("the second command", |_| door.has_sent(&save));
}

#[test]
fn an_arrow_down_on_a_menus_title_opens_it() {
    let door = FakeDoor::new();
    let mut desk = open(&door, &Arc::default());
    desk.press(Modifiers::NONE, Key::F10);
    desk.press(Modifiers::NONE, Key::ArrowDown);
    assert!(desk.is_said("Save as…"), "the menu is open");
    desk.press(Modifiers::NONE, Key::ArrowDown);
    assert!(desk.window.get_by_label("New show…").is_focused());
    desk.press(Modifiers::NONE, Key::ArrowDown);
    assert!(desk.window.get_by_label("Open…").is_focused());
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.is_said("Save as…"), "it is closed");
    assert_eq!(door.sent(), [], "nothing below it was pressed");
}

/// A window of this size in which the busy show is built.
fn building(door: &Arc<FakeDoor>, size: [f32; 2]) -> Opened {
    door.gives(show::parse(Path::new("x.ron"), BUSY).unwrap());
    let opening = Opening {
        settings: "(language: Some(\"en\"), arrangement: Build)".to_owned(),
        size,
        ..Opening::default()
    };
    opening.open(door, &Arc::default())
}

#[test]
fn an_arrow_after_a_click_moves_the_layer_and_not_the_t_bar() {
    let door = busy();
    door.change(|s| {
        s.preview = "duo".to_owned();
        s.scenes[0].tally = door::Tally::Preview;
    });
    let mut desk = building(&door, [1280.0, 800.0]);
    desk.click_row("1 Duo, Stage + Ann");
    door.sent();
    for key in [Key::ArrowLeft, Key::ArrowRight] {
        desk.press(Modifiers::NONE, key);
        assert_eq!(
            door.sent(),
            [],
            "no mix begins by an arrow that a row is given"
        );
    }
    let layer = desk.window.get_by_label_contains("Place layer");
    let at = layer.rect().center();
    desk.window.hover_at(at);
    desk.window.run_steps(1);
    desk.window.drag_at(at);
    desk.window.run_steps(1);
    desk.window.drop_at(at);
    desk.window.run();
    door.sent();
    desk.press(Modifiers::NONE, Key::ArrowRight);
    let layer = desk.window.get_by_label_contains("Place layer");
    assert!(layer.is_focused(), "it has the arrows");
    let is_edit = |command: &Command| matches!(command, Command::Edit { .. });
    let sent = door.sent();
    assert!(sent.iter().any(is_edit), "{sent:?}");
    let is_its = |command: &Command| is_edit(command) || *command == Command::Show {};
    assert!(sent.iter().all(is_its), "no T-bar: {sent:?}");
}

#[test]
fn a_wheel_that_was_clicked_has_the_arrows_and_space_is_cut() {
    let door = busy();
    let mut desk = building(&door, [1920.0, 1080.0]);
    assert_eq!(door.sent().last(), Some(&Command::Show {}));
    door.answer(Ok(Command::Show {}));
    desk.window.run();
    desk.click_row("Ann, ");
    desk.click("Colour correction");
    desk.window.get_by_label("Lift wheel").scroll_to_me();
    desk.window.run();
    let at = desk.window.get_by_label("Lift wheel").rect().center();
    desk.window.hover_at(at);
    desk.window.run_steps(1);
    desk.window.drag_at(at);
    desk.window.run_steps(1);
    desk.window.drop_at(at);
    desk.window.run();
    door.sent();
    assert!(desk.window.get_by_label("Lift wheel").is_focused());
    desk.press(Modifiers::NONE, Key::ArrowRight);
    desk.window.run_steps(4);
    let sent = door.sent();
    let is_moved = matches!(sent[..], [Command::Edit { .. }, Command::Show {}]);
    assert!(is_moved, "the wheel alone: {sent:?}");
    // Longer than an idle focus is kept.
    desk.window.run_steps(20);
    desk.press(Modifiers::NONE, Key::Space);
    let sent = door.sent();
    assert_eq!(sent, [Command::Cut {}], "the wheel has its arrows alone");
    assert!(desk.window.get_by_label("Lift wheel").is_focused());
}

#[test]
fn closing_asks_what_becomes_of_changes() {
    let door = FakeDoor::with(edited);
    let mut desk = open(&door, &Arc::default());
    assert!(desk.is_said("Show Forum, with changes that are not saved"));
    assert!(!desk.close());
    assert!(desk.is_said("There are changes that are not saved."));
    desk.click("Stay");
    assert_eq!(desk.outcome(), None);

    assert!(!desk.close());
    desk.click("Save and close");
    assert_eq!(door.sent(), [Command::Save { over: false }]);
    assert_eq!(desk.outcome(), None, "not before it is saved");
    door.answer(Ok(Command::Save { over: false }));
    desk.window.run();
    assert_eq!(desk.outcome(), Some(Outcome::EndShow));
    drop(desk);

    let mut desk = open(&door, &Arc::default());
    assert!(!desk.close());
    desk.click("Close without saving");
    assert_eq!(desk.outcome(), Some(Outcome::EndShow));
    assert_eq!(door.sent(), []);
}

#[test]
fn on_air_saving_and_ending_takes_two_presses() {
    let door = FakeDoor::with(|s| {
        edited(s);
        s.recording.state = RecordingState::Recording;
    });
    let mut desk = open(&door, &Arc::default());
    assert!(!desk.close());
    desk.click("Save and end the show");
    assert_eq!(door.sent(), []);
    desk.click("End the show without saving");
    assert_eq!(desk.outcome(), None, "another button is no second press");
    desk.click("Again to end the show");
    assert_eq!(desk.outcome(), Some(Outcome::EndShow));
}

#[test]
fn a_file_changed_by_another_program_is_one_choice() {
    let door = FakeDoor::with(|s| s.edit.file_changed = true);
    let mut desk = open(&door, &Arc::default());
    assert!(desk.is_said("Another program has changed the file of this show."));
    desk.click("Keep mine");
    desk.click("Take theirs");
    assert_eq!(
        door.sent(),
        [Command::Save { over: true }, Command::Revert {}]
    );
    desk.press(Modifiers::NONE, Key::Space);
    assert_eq!(door.sent(), [Command::Cut {}], "the show goes on meanwhile");
}

#[test]
fn what_was_never_saved_is_taken_over_or_let_go_at_the_second_press() {
    let door = FakeDoor::with(|s| s.edit.autosave = Some("/shows/forum.ron.autosave".into()));
    let mut desk = open(&door, &Arc::default());
    assert!(
        desk.window
            .query_by_label_contains("Unsaved edits from last time")
            .is_some()
    );
    desk.press(Modifiers::NONE, Key::Space);
    assert_eq!(door.sent(), [Command::Cut {}], "the show goes on meanwhile");
    desk.click("Let them go");
    assert_eq!(door.sent(), [], "it would be gone for good");
    desk.click("Again to let them go");
    desk.click("Take them over");
    let decided = [false, true].map(|take| Command::Autosave { take });
    assert_eq!(door.sent(), decided);
    door.change(|s| s.edit.autosave = None);
    desk.window.run();
    assert!(
        desk.window
            .query_by_label_contains("Unsaved edits")
            .is_none()
    );
}

#[test]
fn panels_are_hidden_and_remembered_but_for_the_heart() {
    let door = FakeDoor::new();
    let mut desk = open(&door, &Arc::default());
    assert!(desk.is_said("Go live everywhere"));
    let toggle = |desk: &mut Opened, panel: &str| {
        desk.click("View");
        desk.click("Panels");
        desk.window.run();
        desk.click(panel);
        desk.press(Modifiers::NONE, Key::Escape);
        desk.press(Modifiers::NONE, Key::Escape);
    };
    toggle(&mut desk, "Outputs");
    assert!(!desk.is_said("Go live everywhere"));
    toggle(&mut desk, "PVW and PGM");
    assert!(desk.is_said("CUT"), "CUT is never out of sight");
    desk.window.run_steps(8);
    let kept = std::fs::read_to_string(desk.folder.path().join("desk.ron")).unwrap();
    drop(desk);

    let again = Opening {
        settings: kept,
        ..Opening::default()
    };
    let mut desk = again.open(&door, &Arc::default());
    assert!(!desk.is_said("Go live everywhere"), "it is remembered");
    desk.choose("View", "One person");
    assert!(desk.is_said("Go live everywhere"), "each has its own");
    assert!(desk.is_said("YouTube: off"), "as lights");
    desk.choose("View", "Sound");
    assert!(!desk.is_said("CUT") && desk.is_said("Fader Ann"));
    desk.choose("View", "Director");
    desk.choose("View", "Panels as they came");
    assert!(desk.is_said("Go live everywhere"));
}

#[test]
fn panels_are_moved_only_while_they_are_arranged() {
    let door = FakeDoor::new();
    let mut desk = open(&door, &Arc::default());
    assert!(!desk.is_said("Move Outputs"));
    desk.choose("View", "Move and resize panels");
    assert!(desk.is_said("Move Outputs") && desk.is_said("Move PVW and PGM"));
    assert!(!desk.is_said("Hide PVW and PGM"));
    let before = desk.window.get_by_label("Move Outputs").rect();
    let target = desk.window.get_by_label("Move PVW and PGM").rect();
    desk.window.drag_at(before.center());
    desk.window.run();
    desk.window
        .hover_at(target.left_center() + egui::vec2(4.0, 150.0));
    desk.window.run();
    desk.window
        .drop_at(target.left_center() + egui::vec2(4.0, 150.0));
    desk.window.run();
    let after = desk.window.get_by_label("Move Outputs").rect();
    assert!(after.left() < before.left() - 200.0, "{before} to {after}");
    desk.click("Hide Outputs");
    assert!(!desk.is_said("Go live everywhere"));
    assert_eq!(door.sent(), []);
}

#[test]
fn pvw_and_pgm_are_swapped() {
    let door = FakeDoor::new();
    let mut desk = open(&door, &Arc::default());
    let left = |desk: &Opened, label: &str| desk.window.get_by_label(label).rect().left();
    assert!(left(&desk, "PVW: 3 Ann") < left(&desk, "PGM: 2 Stage"));
    desk.choose("View", "PGM left, PVW right");
    assert!(left(&desk, "PGM: 2 Stage") < left(&desk, "PVW: 3 Ann"));
}

#[test]
fn the_language_is_chosen_spoken_and_remembered() {
    let door = FakeDoor::with(|s| s.sources[1].state = SourceState::Lost);
    let mut desk = open(&door, &Arc::default());
    desk.click("View");
    desk.window.get_by_label_contains("Language").click();
    desk.window.run();
    desk.click("Français");
    desk.window.run_steps(8);
    assert!(desk.is_said("Fichier") && desk.is_said("HORS ANTENNE"));
    assert!(desk.is_said("Ann : source perdue"));
    let kept = std::fs::read_to_string(desk.folder.path().join("desk.ron")).unwrap();
    drop(desk);
    let again = Opening {
        settings: kept,
        ..Opening::default()
    };
    let desk = again.open(&door, &Arc::default());
    assert!(desk.is_said("Affichage"));
}

/// A show with something to see: pictures, tallies, levels, one problem.
fn busy() -> Arc<FakeDoor> {
    let door = FakeDoor::with(|s| {
        for i in 0..5 {
            let mut scene = s.scenes[0].clone();
            scene.id = format!("more{i}");
            scene.label = ["Slides", "Close", "Trio", "Clip", "Hall"][i].to_owned();
            s.scenes.push(scene);
        }
        s.destinations[0].state = DestinationState::Live;
        s.destinations[0].bitrate_bps = 4_500_000;
        s.destinations[0].live_s = 764.0;
        s.on_air_s = Some(764.0);
        s.destinations[1].state = DestinationState::Reconnecting;
        s.destinations[1].attempt = 3;
        s.destinations[1].next_try_s = Some(4.0);
        s.recording.state = RecordingState::Recording;
        s.recording.length_s = 764.0;
        s.recording.time_left_s = Some(11_400.0);
        s.counters.frames = 22_914;
        s.health.tick_ms = 4.0;
        s.health.cores = 2;
        s.health.cpu = 1.22;
        s.health.memory_bytes = 412_000_000;
    });
    let scenes = door.snapshot().unwrap().scenes.clone();
    let scenes = scenes.into_iter().map(|s| MonitorId::Scene(s.id));
    let all = [MonitorId::Program, MonitorId::Preview]
        .into_iter()
        .chain(scenes);
    for (i, what) in all.enumerate() {
        let (width, height) = (320u32, 180u32);
        let ramp = |x: u32, y: u32| 40 + ((x + y * 2) * 120 / 680) as u8;
        let mut data: Vec<u8> = (0..width * height)
            .map(|n| ramp(n % width, n / width))
            .collect();
        let quarter = (width * height / 4) as usize;
        data.extend(vec![100 + 12 * (i as u8 % 6); quarter]);
        data.extend(vec![160 - 11 * (i as u8 % 7); quarter]);
        door.show(MonitorPicture {
            what,
            width,
            height,
            frame: 1,
            data,
        });
    }
    door
}

/// The arrangements in both languages, as pictures. Other drivers draw letters a little otherwise.
#[test]
fn the_arrangements_look_as_they_did() {
    let door = busy();
    let mut results = SnapshotResults::new();
    for language in ["en", "fr"] {
        for arrangement in ["Director", "Sound", "OnePerson"] {
            let opening = Opening {
                settings: format!("(language: Some(\"{language}\"), arrangement: {arrangement})"),
                graphics: Graphics {
                    format: Some(TextureFormat::Rgba8Unorm),
                    software: false,
                },
                ..Opening::default()
            };
            let mut desk = opening.open(&door, &Arc::default());
            let name = format!("{}-{language}", arrangement.to_lowercase());
            let options = SnapshotOptions::new()
                .threshold(2.0)
                .max_failed_pixels(2000);
            desk.window.snapshot_options(name, &options);
            results.extend(desk.window.take_snapshot_results());
        }
    }
}

/// The show that goes with [`busy`].
const BUSY: &str = r#"(version: 1, name: "Forum", sources: [
    (id: "cam", label: "Stage", kind: Test(pattern: Bars, tone_hz: Some(1000.0))),
    (id: "ann", label: "Ann", kind: Network(url: "srt://:9000?mode=listener"))],
    scenes: [(id: "duo", label: "Duo", layers: [
        (source: "cam"), (source: "ann", rect: (0.55, 0.1, 0.4, 0.4))]),
        (id: "more0", label: "Slides", layers: [(source: "cam")]),
        (id: "more1", label: "Close", layers: [(source: "ann")]),
        (id: "more2", label: "Trio", layers: [(source: "cam"), (source: "ann")])],
    destinations: [(id: "yt", label: "YouTube", server: "rtmps://a.rtmp.example/live2", key: Secret("yt")),
        (id: "pt", label: "PeerTube", server: "rtmps://peertube.example/live", key: Secret("pt"))])"#;

/// The picture of a source with its scopes, as the engine makes them.
fn measured(door: &FakeDoor, source: &str) {
    gstreamer::init().unwrap();
    let (width, height) = (320u32, 180u32);
    let at = |x: u32, y: u32, part: usize| {
        let (x, y) = (x as f32 / 320.0, y as f32 / 180.0);
        let face = ((x - 0.5).powi(2) * 3.2 + (y - 0.45).powi(2)).sqrt() < 0.22;
        let [luma, cb, cr] = if face {
            [150.0 + 40.0 * (0.5 - x), 112.0, 152.0]
        } else {
            [50.0 + 120.0 * x, 138.0 - 20.0 * y, 118.0]
        };
        [luma, cb, cr][part] as u8
    };
    let mut data = Vec::new();
    for (part, step) in [(0, 1), (1, 2), (2, 2)] {
        for y in (0..height).step_by(step) {
            data.extend((0..width).step_by(step).map(|x| at(x, y, part)));
        }
    }
    let info =
        gstreamer_video::VideoInfo::builder(gstreamer_video::VideoFormat::I420, width, height);
    let buffer = gstreamer::Buffer::from_slice(data.clone());
    let time = media::House::default();
    let picture = media::Picture::new(buffer, &info.build().unwrap(), time).unwrap();
    let of = MonitorId::Source(source.to_owned());
    let show = |what: MonitorId, data: Vec<u8>| {
        door.show(MonitorPicture {
            what,
            width,
            height,
            frame: 1,
            data,
        });
    };
    use media::scope::ScopeKind::{Histogram, Parade, Vectorscope, Waveform};
    for kind in [Waveform, Parade, Vectorscope, Histogram] {
        let of = Box::new(of.clone());
        let size = (width as usize, height as usize);
        let scope = regie::video::scope_picture(kind, &picture, size);
        show(MonitorId::Scope { of, kind }, scope);
    }
    show(of, data);
}

/// The show being built, in both languages: a source, its colours, a scene with its layers, and a
/// destination.
#[test]
fn the_show_being_built_looks_as_it_did() {
    let mut results = SnapshotResults::new();
    let looked_at = [
        ("en", "Colour correction", "More for PeerTube", "Edit…"),
        (
            "fr",
            "Étalonnage",
            "Autres actions\u{a0}: PeerTube",
            "Modifier…",
        ),
    ];
    for (language, colours, more, edit) in looked_at {
        for what in ["source", "colours", "scene", "destination"] {
            let door = busy();
            door.change(|s| {
                s.preview = "duo".to_owned();
                s.scenes[0].tally = door::Tally::Preview;
                s.scenes[2].tally = door::Tally::Off;
                s.destinations[1].state = DestinationState::Off;
            });
            door.gives(show::parse(Path::new("x.ron"), BUSY).unwrap());
            measured(&door, "ann");
            let opening = Opening {
                settings: format!("(language: Some(\"{language}\"), arrangement: Build)"),
                graphics: Graphics {
                    format: Some(TextureFormat::Rgba8Unorm),
                    software: false,
                },
                ..Opening::default()
            };
            let mut desk = opening.open(&door, &Arc::default());
            let row = match what {
                "scene" => "1 Duo, Stage + Ann",
                _ => "Ann, ",
            };
            desk.click_row(row);
            match what {
                "colours" => {
                    desk.window.get_by_label(colours).scroll_to_me();
                    desk.window.run();
                    desk.click(colours);
                    let wheel = if language == "en" {
                        "Lift wheel"
                    } else {
                        "Roue Lift"
                    };
                    assert!(desk.window.query_by_label(wheel).is_some(), "unfolded");
                }
                "destination" => desk.choose(more, edit),
                _ => {}
            }
            desk.window.remove_cursor();
            desk.window.run_steps(8);
            let options = SnapshotOptions::new()
                .threshold(2.0)
                .max_failed_pixels(2000);
            let name = format!("build-{what}-{language}");
            desk.window.snapshot_options(name, &options);
            results.extend(desk.window.take_snapshot_results());
        }
    }
}
