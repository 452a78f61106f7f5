//! The panel of outputs as a hand and a screen reader find it: destinations are added with their
//! keys, tried, changed and moved; what each of them does is seen and said.
#![cfg(feature = "desk")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Key;
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};
use fake_door::FakeDoor;
use regie::door::{
    Command, DestinationState, Event, MarkerStatus, RecordingState, TrialState, TrialStatus, Tried,
};
use regie::show::{self, Destination, Edit, Item, ItemKind, Recording, RecordingFormat, Show};
use regie::ui::{Desk, FolderDialog, Graphics, install_theme};
use regie::{door, media};

#[path = "common/fake_door.rs"]
mod fake_door;

type Window = Harness<'static, Desk>;

fn open_with(door: &Arc<FakeDoor>, change: impl FnOnce(Desk) -> Desk) -> Window {
    let desk = change(Desk::new(door.clone(), Graphics::default(), Arc::default()));
    let mut window = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(0.25)
        // A picture that a thread has made meanwhile is shown at once.
        .with_max_steps(16)
        .with_context_setup(install_theme)
        .build_ui_state(|ui, desk: &mut Desk| desk.show(ui), desk);
    window.run();
    window
}

fn open(door: &Arc<FakeDoor>) -> Window {
    open_with(door, |desk| desk)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run();
}

fn type_into(window: &mut Window, label: &str, text: &str) {
    click(window, label);
    window.get_by_label(label).type_text(text);
    window.run();
}

fn is_said(window: &Window, label: &str) -> bool {
    window.query_all_by_label(label).next().is_some()
}

/// The show of the test's destinations.
fn show_of(text: &str) -> Arc<Show> {
    let text = format!("(version: 1, name: \"Forum\", destinations: [{text}])");
    Arc::new(show::parse(Path::new("forum.ron"), &text).unwrap())
}

fn only_edit(sent: Vec<Command>) -> Edit {
    match &sent[..] {
        [Command::Edit { edits, .. }] if edits.len() == 1 => edits[0].clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_stops_to_think_while_typing_does_not_cut_with_the_next_letter() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "Add a destination");
    click(&mut window, "Name on the desk");
    window.get_by_label("Name on the desk").focus();
    window.run();
    // Ten seconds.
    window.run_steps(40);
    assert!(window.get_by_label("Name on the desk").is_focused());
    for key in [Key::Num1, Key::Space, Key::Enter] {
        window.key_press(key);
        window.run();
    }
    assert_eq!(door.sent(), []);
}

#[test]
fn a_destination_is_added_with_its_key_which_goes_to_the_engine_alone() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "Add a destination");
    let server = window.get_by_label("Server").value();
    assert_eq!(server.as_deref(), Some("rtmps://a.rtmps.youtube.com/live2"));
    assert!(door.sent().is_empty());
    type_into(&mut window, "Stream key", "hunter2-hunter2");
    let shown = window
        .get_by_label("Stream key")
        .value()
        .unwrap_or_default();
    assert!(!shown.contains("hunter2"), "it is hidden: {shown}");
    click(&mut window, "Save");
    let sent = door.sent();
    let added = only_edit(sent);
    assert!(!format!("{added:?}").contains("hunter2"));
    window.run();
    assert!(door.sent().is_empty(), "the show must take it first");
    let Edit::Add {
        item: Item::Destination(destination),
        at: None,
    } = &added
    else {
        panic!("{added:?}");
    };
    assert_eq!(destination.label, "YouTube");
    assert_eq!(destination.id, "youtube");
    assert_eq!(destination.server, "rtmps://a.rtmps.youtube.com/live2");
    door.answer(Ok(Command::Show {}));
    window.run();
    let sent = door.sent();
    let [Command::StoreKey { name, key }] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!(key.secret().expose(), "hunter2-hunter2");
    assert!(name.starts_with("youtube-"), "{name}");
    assert!(!format!("{sent:?}").contains("hunter2"));
    assert_eq!(destination.key, show::Key::Secret(name.clone()));
    door.answer(Ok(Command::Show {}));
    window.run();
    window.run();
    assert!(!is_said(&window, "Stream key"), "the form is closed");
}

#[test]
fn what_the_engine_refuses_is_seen_in_the_form() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "Add a destination");
    type_into(&mut window, "Stream key", "hunter2");
    click(&mut window, "Save");
    only_edit(door.sent());
    door.answer(Err("two destinations have this server and key"));
    window.run();
    assert!(is_said(
        &window,
        "two destinations have this server and key"
    ));
    assert!(door.sent().is_empty(), "no key of one that is refused");
    // The key that was typed is still there: it need not be fetched again.
    click(&mut window, "Save");
    only_edit(door.sent());
    door.answer(Ok(Command::Show {}));
    window.run();
    let is_key = |sent: &[Command]| match sent {
        [Command::StoreKey { key, .. }] => key.secret().expose() == "hunter2",
        _ => false,
    };
    assert!(is_key(&door.sent()));
    door.answer(Err("the disk of the settings is full"));
    window.run();
    assert!(is_said(&window, "the disk of the settings is full"));
    // The show has it already: only its key is left to be kept.
    click(&mut window, "Save");
    assert!(is_key(&door.sent()));
    door.answer(Err("the disk of the settings is full"));
    window.run();
    window.key_press(Key::Escape);
    window.run();
    assert!(!is_said(&window, "Stream key"));
}

#[test]
fn a_server_of_the_house_has_a_name_that_is_no_secret() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "Add a destination");
    click(&mut window, "Platform");
    click(&mut window, "Another server");
    for (label, text) in [
        ("Name on the desk", "Hall"),
        ("Server", "rtmp://127.0.0.1/live"),
    ] {
        type_into(&mut window, label, text);
    }
    click(
        &mut window,
        "The stream name is no secret (a server of the house)",
    );
    type_into(&mut window, "Stream name", "hall");
    click(&mut window, "Save");
    let added = only_edit(door.sent());
    let expected = Destination {
        id: "hall".to_owned(),
        label: "Hall".to_owned(),
        server: "rtmp://127.0.0.1/live".to_owned(),
        key: show::Key::Open("hall".to_owned()),
    };
    let expected = Edit::Add {
        item: Item::Destination(expected),
        at: None,
    };
    assert_eq!(added, expected);
}

#[test]
fn one_that_is_there_is_changed_moved_duplicated_and_removed() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "More for YouTube");
    click(&mut window, "Edit…");
    assert_eq!(door.sent(), [Command::Show {}]);
    let show = show_of(
        "(id: \"yt\", label: \"YouTube\", server: \"rtmps://a.rtmps.youtube.com/live2\", \
         key: Secret(\"tube\"))",
    );
    let event = |revision| Event::Show {
        revision,
        show: show.clone(),
        file: None,
    };
    door.say(event(3));
    window.run();
    type_into(&mut window, "Name on the desk", " (main)");
    click(&mut window, "Save");
    let sent = door.sent();
    let [
        Command::Edit {
            revision: Some(3),
            edits,
            ..
        },
    ] = &sent[..]
    else {
        panic!("{sent:?}");
    };
    let mut changed = show.destinations[0].clone();
    changed.label.push_str(" (main)");
    let set = Edit::Set {
        id: "yt".to_owned(),
        item: Item::Destination(changed),
    };
    assert_eq!(edits[..], [set], "its key stays where it is");
    door.answer(Ok(Command::Show {}));
    window.run();
    window.run();

    click(&mut window, "More for YouTube");
    click(&mut window, "Move down");
    let kind = ItemKind::Destination;
    let id = "yt".to_owned();
    assert_eq!(only_edit(door.sent()), Edit::Move { kind, id, to: 1 });
    click(&mut window, "More for PeerTube");
    click(&mut window, "Remove");
    let id = "pt".to_owned();
    assert_eq!(only_edit(door.sent()), Edit::Remove { kind, id });

    click(&mut window, "More for YouTube");
    click(&mut window, "Duplicate…");
    assert_eq!(door.sent(), [Command::Show {}]);
    door.say(event(4));
    window.run();
    let label = window.get_by_label("Name on the desk").value();
    assert_eq!(label.as_deref(), Some("YouTube 2"));
    window.key_press(Key::Escape);
    window.run();
    // Another part of the desk asked for this one.
    door.say(event(5));
    window.run();
    assert!(!is_said(&window, "Stream key"));
}

#[test]
fn what_is_on_air_is_stopped_before_it_is_changed() {
    let door = FakeDoor::new();
    door.change(|s| s.destinations[0].state = DestinationState::Live);
    let mut window = open(&door);
    click(&mut window, "More for YouTube");
    assert!(is_said(&window, "It is on air: stop it to change it."));
    for label in ["Edit…", "Remove", "Try with the key, and measure"] {
        let item = window.get_by_label(label);
        assert!(item.accesskit_node().is_disabled(), "{label}");
    }
    click(&mut window, "Remove");
    assert_eq!(door.sent(), []);
}

fn trial(id: &str, state: TrialState, bitrate_bps: u64) -> Event {
    Event::Trial(TrialStatus {
        destination: id.to_owned(),
        state,
        target_bps: 4_660_000,
        bitrate_bps,
        published: true,
        answer_ms: Some(23),
        ..TrialStatus::default()
    })
}

#[test]
fn all_are_tried_together_and_the_uplink_is_told() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let wanted = |id: &str, publish| Command::TryDestination {
        destination: Tried::Id(id.to_owned()),
        seconds: 8.0,
        publish,
    };
    click(&mut window, "Try every destination");
    let warning = "With the key, 8 seconds of black are sent. Some platforms show that as live.";
    assert!(is_said(&window, warning));
    click(&mut window, "Try with the key, and measure");
    assert_eq!(door.sent(), [wanted("yt", true), wanted("pt", true)]);
    door.say(trial("yt", TrialState::Measuring, 3_000_000));
    door.say(trial("pt", TrialState::Connecting, 0));
    window.run();
    window.run();
    assert!(is_said(
        &window,
        "Uplink: 3.0 Mb/s of 4.7 Mb/s · 1 of 2 measured"
    ));
    assert!(is_said(
        &window,
        "PeerTube: calling, apart from the program, "
    ));
    click(&mut window, "Try every destination");
    click(&mut window, "Stop trying");
    let stop = |id: &str| Command::StopTrial {
        destination: id.to_owned(),
    };
    assert_eq!(door.sent(), [stop("pt"), stop("yt")]);
    door.say(trial("yt", TrialState::Passed, 4_650_000));
    door.say(trial("pt", TrialState::Slow, 2_000_000));
    window.run();
    window.run();
    assert!(is_said(&window, "Uplink: 6.7 Mb/s of 9.3 Mb/s"));
    let passed = "YouTube: fine, 4.7 Mb/s of 4.7 Mb/s · answers in 23 ms, ";
    assert!(is_said(&window, passed));
    assert!(is_said(
        &window,
        "PeerTube: too slow, 2.0 Mb/s of 4.7 Mb/s, "
    ));

    click(&mut window, "More for PeerTube");
    click(&mut window, "Try the connection, unseen");
    assert_eq!(door.sent(), [wanted("pt", false)]);
}

#[test]
fn two_minutes_are_drawn_and_said_and_a_missing_key_is_seen() {
    let door = FakeDoor::new();
    door.change(|s| {
        let yt = &mut s.destinations[0];
        yt.state = DestinationState::Live;
        yt.bitrate_bps = 4_500_000;
        s.destinations[1].has_key = Some(false);
    });
    let mut window = open(&door);
    window.run_steps(12);
    door.change(|s| {
        s.destinations[0].bitrate_bps = 3_000_000;
        s.destinations[0].backlog_ms = 700;
    });
    window.run_steps(12);
    let history = "YouTube, the last two minutes: 3.0 Mb/s to 4.5 Mb/s, up to 700 ms behind";
    assert!(is_said(&window, history));
    let missing = "PeerTube: no key, peertube.example/live, ";
    assert!(is_said(&window, missing));
}

struct Chooses(&'static str);

impl FolderDialog for Chooses {
    fn pick(&self, _: &str, begin: &Path) -> Option<PathBuf> {
        assert_eq!(begin, Path::new("/shows/recordings"));
        Some(PathBuf::from(self.0))
    }
}

#[test]
fn the_recorders_menu_has_its_folder_and_its_markers() {
    let door = FakeDoor::new();
    door.change(|s| {
        s.recording.state = RecordingState::Recording;
        s.recording.folder = "/shows/recordings".to_owned();
        s.recording.markers = Arc::new(vec![MarkerStatus {
            ms: 75_000,
            label: "Question 1".to_owned(),
        }]);
    });
    let dialog = Arc::new(Chooses("/disks/two"));
    let mut window = open_with(&door, |desk| desk.with_folder_dialog(dialog));
    click(&mut window, "More for the master");
    assert!(is_said(&window, "Next file in /shows/recordings"));
    assert!(is_said(&window, "00:01:15  Question 1"));
    click(&mut window, "Choose the folder of recordings…");
    let until = Instant::now() + Duration::from_secs(30);
    let mut sent = door.sent();
    while sent.is_empty() {
        assert!(Instant::now() < until, "the folder is not taken over");
        window.step();
        sent = door.sent();
    }
    let folder = "/disks/two".to_owned();
    assert_eq!(
        only_edit(sent),
        Edit::Recording(Recording {
            folder,
            format: RecordingFormat::Mkv
        })
    );
}

#[test]
fn who_switches_leaves_an_open_menu() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "More for the master");
    assert!(is_said(&window, "Choose the folder of recordings…"));
    door.sent();
    window.key_press(egui::Key::Enter);
    window.run();
    assert_eq!(door.sent(), [], "it may be meant for the menu");
    for (key, command) in [
        (egui::Key::Space, Command::Cut {}),
        (egui::Key::Enter, Command::Auto {}),
    ] {
        window.key_press(key);
        window.run();
        assert_eq!(door.sent(), [command], "{key:?}");
        assert!(!is_said(&window, "Choose the folder of recordings…"));
    }
}

#[test]
fn the_kind_of_file_is_chosen_and_what_it_means_for_this_one_is_said() {
    let door = FakeDoor::new();
    door.change(|s| {
        s.recording.state = RecordingState::Recording;
        s.recording.path = Some("/shows/recordings/forum.mkv".to_owned());
        s.recording.folder = "/shows/recordings".to_owned();
    });
    let mut window = open_with(&door, |desk| desk);
    click(&mut window, "More for the master");
    let waits = "This file stays Matroska (MKV); the next one is MP4.";
    assert!(!is_said(&window, waits));
    click(&mut window, "MP4");
    // The show is asked for, and its folder stays as it is written there.
    assert_eq!(door.sent(), [Command::Show {}]);
    let mut show = Show::clone(&show_of(""));
    show.recording.folder = "masters".to_owned();
    door.say(Event::Show {
        revision: 7,
        show: Arc::new(show),
        file: None,
    });
    window.run_steps(3);
    let sent = door.sent();
    let [
        Command::Edit {
            revision, edits, ..
        },
    ] = &sent[..]
    else {
        panic!("{sent:?}")
    };
    let expected = Recording {
        folder: "masters".to_owned(),
        format: RecordingFormat::Mp4,
    };
    assert_eq!(
        (*revision, &edits[..]),
        (Some(7), &[Edit::Recording(expected)][..])
    );
    door.change(|s| s.recording.format = RecordingFormat::Mp4);
    window.run_steps(3);
    if !is_said(&window, waits) {
        click(&mut window, "More for the master");
    }
    assert!(is_said(&window, waits));
    click(&mut window, "Matroska (MKV)");
    assert_eq!(door.sent(), [Command::Show {}]);
}
