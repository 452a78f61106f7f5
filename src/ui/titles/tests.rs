//! The titles' panel as a hand and a screen reader find it: state in, commands out.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};

use super::Titles;
use crate::door::{
    Command, CueState, CueStatus, Event, FieldKind, FieldStatus, KeyChange, KeyState, KeyStatus,
    RundownAction, Snapshot, TableState, TableStatus, Tally, TitleState, TitleStatus,
};
use crate::show::{Edit, Fill, Item, MediaFile, MediaKind, Show, TableFrom, Title};
use crate::ui::build::testing::Recorder;
use crate::ui::graphics::Graphics;
use crate::ui::install_theme;
use crate::ui::keys::{Function, KeyMap};
use crate::ui::stage::Pictures;
use crate::ui::view::View;

struct Stand {
    titles: Titles,
    door: Arc<Recorder>,
    map: KeyMap,
    in_row: bool,
}

type Window = Harness<'static, Stand>;

fn filled(name: &str) -> Arc<BTreeMap<String, String>> {
    Arc::new([("name".to_owned(), name.to_owned())].into())
}

fn title(id: &str, label: &str) -> TitleStatus {
    let field = |name: &str, usual: &str| FieldStatus {
        name: name.to_owned(),
        kind: FieldKind::Text,
        usual: usual.to_owned(),
    };
    TitleStatus {
        id: id.to_owned(),
        label: label.to_owned(),
        key: 1,
        state: TitleState::Ready,
        fields: Arc::new(vec![field("name", "Name"), field("role", "")]),
        next: filled("Zoë"),
        ..TitleStatus::default()
    }
}

fn with_titles(snapshot: &mut Snapshot) {
    snapshot.titles = vec![title("name", "Lower third"), title("end", "Credits")];
    snapshot.keys = vec![KeyStatus::default(); 4];
    snapshot.keys[0].title = Some("name".to_owned());
    let cue = |id: &str, state| CueStatus {
        id: id.to_owned(),
        title: "name".to_owned(),
        summary: id.to_owned(),
        state,
        ..CueStatus::default()
    };
    snapshot.rundown = vec![cue("Ann", CueState::Done), cue("Ben", CueState::Next)];
}

fn window(in_row: bool, change: impl FnOnce(&mut Snapshot)) -> (Window, Arc<Recorder>) {
    let door = Arc::new(Recorder::default());
    door.change(with_titles);
    door.change(change);
    let stand = Stand {
        titles: Titles::default(),
        door: door.clone(),
        map: KeyMap::default(),
        in_row,
    };
    let mut window = Harness::builder()
        .with_size([1280.0, 500.0])
        .with_step_dt(0.1)
        .with_context_setup(install_theme)
        .build_ui_state(
            |ui, stand: &mut Stand| {
                let snapshot = stand.door.state();
                let door = stand.door.clone();
                let view = View {
                    snapshot: &snapshot,
                    now: ui.input(|i| i.time),
                    door: &*door,
                };
                let pictures = Pictures {
                    newest: &|_| None,
                    graphics: Graphics::default(),
                    aspect: 16.0 / 9.0,
                    stale: false,
                    safe: false,
                };
                let rect = ui.max_rect();
                stand.titles.follow(&view, true);
                if stand.in_row {
                    let rect = rect.with_max_y(rect.top() + 44.0);
                    stand.titles.show_row(ui, rect, &view, &stand.map);
                } else {
                    stand.titles.show(ui, rect, (&view, &pictures), &stand.map);
                }
            },
            stand,
        );
    window.run_steps(2);
    door.sent();
    (window, door)
}

fn sent(door: &Recorder) -> Vec<Command> {
    let mut sent = door.sent();
    sent.retain(|command| !matches!(command, Command::Rows { .. }));
    sent
}

fn click(window: &mut Window, door: &Recorder, label: &str) -> Vec<Command> {
    // Beside a tip that says the same.
    let button = window
        .query_all_by_role_and_label(Role::Button, label)
        .next();
    button.expect(label).click();
    window.run_steps(3);
    sent(door)
}

fn switched(on: bool) -> Command {
    Command::Title {
        title: "name".to_owned(),
        on: Some(on),
        cut: false,
        fields: BTreeMap::new(),
        row: None,
        step: None,
    }
}

#[test]
fn a_title_goes_on_air_is_changed_there_and_goes() {
    for in_row in [true, false] {
        let (mut window, door) = window(in_row, |_| {});
        assert_eq!(
            click(&mut window, &door, "Lower third on air"),
            [switched(true)]
        );
        door.change(|s| {
            s.titles[0].aired = Some(filled("Zoë"));
            s.titles[0].tally = Tally::Program;
        });
        window.run_steps(2);
        let off = click(&mut window, &door, "Lower third off the air");
        assert_eq!(off, [switched(false)]);
        // What is filled in is another than what is on air.
        door.change(|s| s.titles[0].next = filled("Ann"));
        window.run_steps(2);
        let update = click(
            &mut window,
            &door,
            "On air as it is filled in now: Lower third",
        );
        assert_eq!(update, [switched(true)]);
    }
}

#[test]
fn what_is_typed_is_filled_in_at_once_and_put_on_air_by_nobody() {
    let (mut window, door) = window(false, |_| {});
    let field = window.get_by_role_and_label(Role::TextInput, "role");
    field.click();
    window.run_steps(2);
    window.event(egui::Event::Text("Host".to_owned()));
    window.run_steps(2);
    let typed = Command::Title {
        title: "name".to_owned(),
        on: None,
        cut: false,
        fields: [("role".to_owned(), "Host".to_owned())].into(),
        row: None,
        step: None,
    };
    assert_eq!(sent(&door), [typed]);
}

#[test]
fn keys_are_pressed_tied_cleared_and_set() {
    let (mut window, door) = window(false, |_| {});
    let sent_by = click(&mut window, &door, "Key 1: Lower third, off");
    assert_eq!(sent_by, [Command::KeyAuto { key: 1 }]);
    let tied = click(
        &mut window,
        &door,
        "Key 2 comes and goes with the next transition",
    );
    let change = KeyChange {
        key: 2,
        tie: Some(true),
        ..KeyChange::default()
    };
    assert_eq!(tied, [Command::Key(change)]);
    // An empty key does nothing, and there is nothing to clear.
    let empty = window.get_by_label("Key 3: , off");
    assert!(empty.accesskit_node().is_disabled());
    let clear = window.get_by_label("All keys off the air");
    assert!(clear.accesskit_node().is_disabled());
    door.change(|s| s.keys[0].state = KeyState::On);
    window.run_steps(2);
    let cleared = click(&mut window, &door, "All keys off the air");
    assert_eq!(cleared, [Command::KeysOff { cut: false }]);
    // Its settings unfold.
    click(&mut window, &door, "Settings of key 2");
    let clean = click(&mut window, &door, "In the clean feed");
    let change = KeyChange {
        key: 2,
        clean: Some(true),
        ..KeyChange::default()
    };
    assert_eq!(clean, [Command::Key(change)]);
    let take = click(&mut window, &door, "Off with the next take");
    let change = KeyChange {
        key: 2,
        off_on_take: Some(true),
        ..KeyChange::default()
    };
    assert_eq!(take, [Command::Key(change)]);
    let carries = click(&mut window, &door, "Carries: Ann");
    let Some(Command::Key(KeyChange {
        fill: Some(Fill::Source(layer)),
        ..
    })) = carries.first()
    else {
        panic!("{carries:?}");
    };
    assert_eq!(layer.source, "ann");
}

#[test]
fn the_rundown_is_taken_stepped_filled_and_emptied() {
    let (mut window, door) = window(false, |_| {});
    let rundown = |action| Command::Rundown { action, cue: None };
    let go = click(&mut window, &door, "Take the next of the rundown");
    assert_eq!(go, [rundown(RundownAction::Go)]);
    let select = click(&mut window, &door, "Cue 1: Lower third: Ann, done");
    let selected = Command::Rundown {
        action: RundownAction::Select,
        cue: Some("Ann".to_owned()),
    };
    assert_eq!(select, [selected]);
    let add = "Add the title as it is filled in to the rundown";
    let added = click(&mut window, &door, add);
    let [Command::Edit { edits, .. }] = &added[..] else {
        panic!("{added:?}");
    };
    let [
        Edit::Add {
            item: Item::Cue(cue),
            at: None,
        },
    ] = &edits[..]
    else {
        panic!("{edits:?}");
    };
    assert_eq!(
        (cue.title.as_str(), cue.fields["name"].as_str()),
        ("name", "Zoë")
    );
    // Two presses take one out.
    assert_eq!(click(&mut window, &door, "Remove from the rundown"), []);
    let removed = click(&mut window, &door, "Again: it is removed");
    assert!(matches!(&removed[..], [Command::Edit { edits, .. }]
        if matches!(&edits[..], [Edit::Remove { id, .. }] if id == "Ann")));
}

#[test]
fn rows_are_found_while_typing_and_taken_with_enter() {
    let (mut window, door) = window(false, |s| {
        s.titles[0].table = "people".to_owned();
        s.tables = vec![TableStatus {
            id: "people".to_owned(),
            state: TableState::Stale,
            message: "the server answers 503, expected 200 and the table".to_owned(),
            rows: 2,
            columns: vec!["name".to_owned()],
        }];
    });
    assert!(
        window
            .query_by_label_contains("the server answers 503")
            .is_some()
    );
    window.get_by_label("Find a row").click();
    window.run_steps(2);
    door.sent();
    window.event(egui::Event::Text("zo".to_owned()));
    window.run_steps(2);
    let asked = Command::Rows {
        table: "people".to_owned(),
        find: "zo".to_owned(),
        from: 0,
        many: 100,
    };
    assert!(door.sent().contains(&asked));
    window.state_mut().titles.take(&Event::Rows {
        table: "people".to_owned(),
        find: "zo".to_owned(),
        found: 1,
        columns: vec!["name".to_owned()],
        rows: vec![(7, vec!["Zoë".to_owned()])],
    });
    window.run_steps(2);
    assert!(window.query_by_label("7  Zoë").is_some());
    window.key_press_modifiers(Modifiers::NONE, Key::Enter);
    window.run_steps(2);
    let row = |on| Command::Title {
        title: "name".to_owned(),
        on,
        cut: false,
        fields: BTreeMap::new(),
        row: Some(7),
        step: None,
    };
    assert_eq!(sent(&door), [row(None)]);
}

#[test]
fn the_keys_of_the_keyboard_mean_the_title_that_is_looked_at() {
    let (mut window, door) = window(false, |s| s.titles[1].table = "people".to_owned());
    click(&mut window, &door, "Title Credits, ready");
    let snapshot = door.state();
    let view = View {
        snapshot: &snapshot,
        now: 0.0,
        door: &*door,
    };
    let asked = [
        Function::TitleOnAir,
        Function::RowAfter,
        Function::Go,
        Function::CueBefore,
    ];
    window.state_mut().titles.hear(&asked, &view);
    let title = |on, step| Command::Title {
        title: "end".to_owned(),
        on,
        cut: false,
        fields: BTreeMap::new(),
        row: None,
        step,
    };
    let rundown = |action| Command::Rundown { action, cue: None };
    let expected = [
        title(Some(true), None),
        title(None, Some(1)),
        rundown(RundownAction::Go),
        rundown(RundownAction::Previous),
    ];
    assert_eq!(sent(&door), expected);
}

#[test]
fn a_broken_title_says_why_and_can_be_taken_out() {
    let (mut window, door) = window(false, |s| {
        s.titles[0].state = TitleState::Broken;
        s.titles[0].message = "there is no template \"x.svg\"".to_owned();
    });
    assert!(
        window
            .query_by_label_contains("there is no template")
            .is_some()
    );
    assert!(window.query_by_label("Title Lower third, broken").is_some());
    assert_eq!(click(&mut window, &door, "Remove the title"), []);
    let removed = click(&mut window, &door, "Again: it is removed");
    assert!(matches!(&removed[..], [Command::Edit { edits, .. }]
        if matches!(&edits[..], [Edit::Remove { id, .. }] if id == "name")));
}

/// The panel with the settings unfolded, and a show that the engine would have.
fn set_up() -> (Window, Arc<Recorder>, Show) {
    let (mut window, door) = window(false, |_| {});
    let mut show = crate::ui::build::testing::show();
    show.titles = vec![
        Title::of("name", "lower-third.svg"),
        Title::of("end", "media/end.png"),
    ];
    assert!(click(&mut window, &door, "Settings").contains(&Command::Show {}));
    window.state_mut().titles.take(&Event::Show {
        revision: 0,
        show: Arc::new(show.clone()),
        file: None,
    });
    // Whichever number the question had.
    for id in 0..100 {
        window.state_mut().titles.take(&Event::Done {
            command: Command::Show {},
            frame: 0,
            id: Some(id),
        });
    }
    window.run_steps(2);
    door.sent();
    (window, door, show)
}

fn edits_of(sent: &[Command]) -> Vec<Edit> {
    let edits = sent.iter().find_map(|command| match command {
        Command::Edit { edits, .. } => Some(edits.clone()),
        _ => None,
    });
    edits.unwrap_or_else(|| panic!("{sent:?}"))
}

#[test]
fn a_title_goes_to_another_key_and_gets_the_rows_of_a_file() {
    let (mut window, door, show) = set_up();
    let sent = click(&mut window, &door, "On key: 3");
    let next = Title {
        key: 3,
        ..show.titles[0].clone()
    };
    let expected = Edit::Set {
        id: "name".to_owned(),
        item: Item::Title(next),
    };
    assert_eq!(edits_of(&sent), [expected]);
    assert!(
        window.query_by_label("Left").is_none(),
        "a template fills the program"
    );

    let (mut window, door, show) = set_up();
    let field = window.get_by_role_and_label(Role::TextInput, "New table");
    field.click();
    window.run_steps(2);
    window.event(egui::Event::Text(
        "https://example.org/talk/people.csv?x=1".to_owned(),
    ));
    window.run_steps(2);
    let sent = click(&mut window, &door, "Add the table");
    match &edits_of(&sent)[..] {
        [
            Edit::Add {
                item: Item::Table(table),
                ..
            },
            Edit::Set {
                item: Item::Title(title),
                ..
            },
        ] => {
            assert_eq!(
                (table.id.as_str(), title.table.as_str()),
                ("people", "people")
            );
            let url = "https://example.org/talk/people.csv?x=1".to_owned();
            assert_eq!(table.from, TableFrom::Url { url, every_s: 10 });
            assert_eq!(title.template, show.titles[0].template);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_picture_is_placed_and_a_field_gets_one_of_the_pool() {
    let (mut window, door, _) = set_up();
    window
        .get_by_role_and_label(Role::Button, "Title Credits, ready")
        .click();
    window.run_steps(2);
    let number = window.get_by_label("Width");
    number.click();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(egui::Event::Text("25".to_owned()));
    window.key_press(Key::Enter);
    window.run_steps(3);
    match &edits_of(&sent(&door))[..] {
        [
            Edit::Set {
                item: Item::Title(title),
                ..
            },
        ] => assert_eq!(
            (title.id.as_str(), title.rect),
            ("end", (0.0, 0.0, 0.25, 1.0))
        ),
        other => panic!("{other:?}"),
    }

    let (mut window, door) = self::window(false, |s| {
        let fields = Arc::make_mut(&mut s.titles[0].fields);
        fields[1].kind = FieldKind::Picture;
    });
    let file = |path: &str, kind| MediaFile {
        path: path.to_owned(),
        kind,
        bytes: 1,
        files: 1,
        missing: false,
        used: Vec::new(),
    };
    window.state_mut().titles.take(&Event::Media {
        find: String::new(),
        files: vec![
            file("ann.png", MediaKind::Picture),
            file("a.mp4", MediaKind::Clip),
        ],
        more: 0,
    });
    window.run_steps(2);
    let chooser = window.get_by_role_and_label(Role::ComboBox, "Choose a picture for role");
    chooser.click();
    window.run_steps(3);
    assert!(window.query_by_label("a.mp4").is_none());
    window.get_by_label("ann.png").click();
    window.run_steps(3);
    let filled = Command::Title {
        title: "name".to_owned(),
        on: None,
        cut: false,
        fields: [("role".to_owned(), "ann.png".to_owned())].into(),
        row: None,
        step: None,
    };
    assert!(sent(&door).contains(&filled));
}
