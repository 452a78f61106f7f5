//! What the director switches with, as a hand finds it: the transition strip, the T-bar, the monitors,
//! the keys and their panel, the second window. The door is a recorder of commands; the state is the
//! test's own.
#![cfg(feature = "desk")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui_wgpu::wgpu::TextureFormat;
use egui::{Event as Input, Key, Modifiers, PointerButton, Pos2, accesskit::Role, vec2};
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};
use fake_door::FakeDoor;
use regie::{
    door::{
        self, ClipAction, ClipState, ClipStatus, Command, Direction, Event, MonitorId,
        StingerState, StingerStatus, TransitionKind, TransitionState, TransitionStyle,
    },
    media,
    show::{self, Rgb},
    ui::{Desk, Graphics, install_theme, layout},
};

#[path = "common/fake_door.rs"]
mod fake_door;

/// A test may wait so long for what another thread does.
const PATIENCE: Duration = Duration::from_secs(30);

/// Gives AUTO this style.
fn style(door: &FakeDoor, style: TransitionStyle) {
    door.change(|s| s.transition.style = style);
}

type Window = Harness<'static, Desk>;

fn opened(door: &Arc<FakeDoor>, graphics: Graphics, step_dt: f32, desk: Option<&Path>) -> Window {
    let settings = desk;
    let mut desk = Desk::new(door.clone(), graphics, Arc::default());
    if let Some(folder) = settings {
        std::fs::write(folder.join("desk.ron"), "(language: Some(\"en\"))").unwrap();
        desk = desk.remembering(Some(folder.to_owned()));
    }
    let mut window = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(step_dt)
        // A picture that a thread has made meanwhile is shown at once.
        .with_max_steps(16)
        .with_context_setup(install_theme)
        .build_ui_state(|ui, desk: &mut Desk| desk.show(ui), desk);
    window.run();
    window
}

fn open(door: &Arc<FakeDoor>) -> Window {
    opened(door, Graphics::default(), 0.25, None)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run();
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run();
}

fn press_with(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run();
}

fn has(window: &Window, label: &str) -> bool {
    window.query_all_by_label(label).next().is_some()
}

fn bar(position: f64) -> Command {
    Command::TBar { position }
}

fn preview(scene: &str) -> Command {
    Command::Preview {
        scene: scene.to_owned(),
    }
}

#[test]
fn each_kind_is_one_press_and_keeps_the_length() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    for (label, kind) in [
        ("AUTO makes a cut", TransitionKind::Cut),
        ("AUTO makes a dip", TransitionKind::Dip),
        ("AUTO makes a wipe", TransitionKind::Wipe),
        ("AUTO makes a push", TransitionKind::Push),
        ("AUTO makes a slide", TransitionKind::Slide),
    ] {
        click(&mut window, label);
        assert_eq!(door.sent(), [Command::transition(kind, 15)], "{label}");
    }
    press(&mut window, Key::F4);
    let wipe = Command::transition(TransitionKind::Wipe, 15);
    assert_eq!(door.sent(), [wipe]);
    press(&mut window, Key::Plus);
    press(&mut window, Key::Minus);
    let lengths = [20, 10].map(|n| Command::transition(TransitionKind::Mix, n));
    assert_eq!(door.sent(), lengths);
    click(&mut window, "Preview the transition on PVW");
    press(&mut window, Key::P);
    let twice = [Command::PreviewTransition {}, Command::PreviewTransition {}];
    assert_eq!(door.sent(), twice);
    door.change(|s| s.transition.state = TransitionState::Running);
    window.run();
    press(&mut window, Key::P);
    assert_eq!(door.sent(), [], "nothing is tried while one is on air");
}

#[test]
fn what_auto_will_make_is_said_and_whose_it_is() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    assert!(has(&window, "Mix · 15 f"));
    style(
        &door,
        TransitionStyle {
            frames: 40,
            ..TransitionStyle::of(TransitionKind::Wipe)
        },
    );
    door.change(|s| s.transition.of_scene = true);
    window.run();
    assert!(has(&window, "Wipe · 40 f · own of Ann"));
    door.change(|s| s.transition.tried = Some(0.4));
    window.run();
    assert!(has(&window, "On PVW only: 40 %"));
    door.change(|s| {
        s.transition.tried = None;
        s.transition.message = "there is no wipe \"mine\"".to_owned();
    });
    window.run();
    assert!(has(&window, "there is no wipe \"mine\""));
}

fn changed(kind: TransitionKind, change: impl FnOnce(&mut Command)) -> Command {
    let mut command = Command::transition(kind, 15);
    change(&mut command);
    command
}

#[test]
fn a_wipe_is_chosen_by_its_picture_the_shows_own_too() {
    let folder = tempfile::tempdir().unwrap();
    let wipes = folder.path().join("wipes");
    std::fs::create_dir(&wipes).unwrap();
    let own = show::read_wipe(&[], "circle").unwrap();
    std::fs::write(wipes.join("of the house.png"), own).unwrap();
    let door = FakeDoor::new();
    style(&door, TransitionStyle::of(TransitionKind::Wipe));
    let mut window = open(&door);
    click(&mut window, "Everything about the transition");
    assert_eq!(door.sent(), [Command::Show {}], "to know the show's folder");
    let text = "(version: 1, name: \"x\")";
    let answer = Event::Show {
        revision: 1,
        show: Arc::new(show::parse(Path::new("x.ron"), text).unwrap()),
        file: Some(folder.path().join("x.ron")),
    };
    door.say(answer);
    let until = Instant::now() + PATIENCE;
    while !has(&window, "Wipe of the house") && Instant::now() < until {
        std::thread::yield_now();
        window.step();
    }
    // The panel has found its place.
    window.run_steps(3);
    let chosen = |wanted: &str| {
        changed(TransitionKind::Wipe, |command| {
            if let Command::Transition { wipe, .. } = command {
                *wipe = Some(wanted.to_owned());
            }
        })
    };
    click(&mut window, "Wipe of the house");
    click(&mut window, "Wipe Clock");
    assert_eq!(door.sent(), [chosen("of the house"), chosen("clock")]);
    click(&mut window, "The other way");
    let reversed = changed(TransitionKind::Wipe, |command| {
        if let Command::Transition { reverse, .. } = command {
            *reverse = Some(true);
        }
    });
    assert_eq!(door.sent(), [reversed]);
}

#[test]
fn each_kind_has_its_own_settings() {
    let door = FakeDoor::new();
    style(&door, TransitionStyle::of(TransitionKind::Push));
    let mut window = open(&door);
    click(&mut window, "Everything about the transition");
    door.sent();
    click(&mut window, "Upwards");
    let up = changed(TransitionKind::Push, |command| {
        if let Command::Transition { direction, .. } = command {
            *direction = Some(Direction::Up);
        }
    });
    assert_eq!(door.sent(), [up]);
    style(&door, TransitionStyle::of(TransitionKind::Dip));
    window.run();
    assert!(!has(&window, "Upwards"));
    window.run_steps(3);
    click(&mut window, "White");
    let white = changed(TransitionKind::Dip, |command| {
        if let Command::Transition { colour, .. } = command {
            *colour = Some(Rgb(255, 255, 255));
        }
    });
    assert_eq!(door.sent(), [white]);
    style(&door, TransitionStyle::of(TransitionKind::Mix));
    window.run();
    assert!(has(&window, "Nothing more to set for this kind."));
    press(&mut window, Key::Escape);
    assert!(!has(&window, "Nothing more to set for this kind."));
}

/// Moves the pointer to a place and gives what was sent.
fn move_to(window: &mut Window, at: Pos2) {
    window.input_mut().events.push(Input::PointerMoved(at));
    window.step();
}

fn button(window: &mut Window, at: Pos2, pressed: bool) {
    let event = Input::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window
        .input_mut()
        .events
        .extend([Input::PointerMoved(at), event]);
    window.step();
}

#[test]
fn the_bar_is_dragged_to_a_take_and_then_back_to_the_next() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let rect = window.get_by_label("T-bar").rect();
    let at = |part: f32| {
        let x = rect.left() + 11.0 + (rect.width() - 22.0) * part;
        egui::pos2(x, rect.center().y)
    };
    button(&mut window, at(0.0), true);
    assert_eq!(door.sent(), [], "a press moves nothing");
    move_to(&mut window, at(0.5));
    let sent = door.sent();
    let [
        Command::TBar { position: first },
        Command::TBar { position: then },
    ] = sent[..]
    else {
        panic!("{sent:?}");
    };
    assert_eq!(first, 0.0, "from its start, so that the engine heeds it");
    assert!((then - 0.5).abs() < 0.01, "{then}");
    door.change(|s| {
        s.transition.state = TransitionState::Paused;
        s.transition.position = 0.5;
    });
    move_to(&mut window, at(1.3));
    assert_eq!(door.sent(), [bar(1.0), bar(0.0)]);
    door.change(|s| {
        s.transition.state = TransitionState::Idle;
        s.transition.position = 0.0;
        std::mem::swap(&mut s.program, &mut s.preview);
    });
    button(&mut window, at(1.3), false);
    window.run();
    assert_eq!(door.sent(), []);

    // It stands at the right now: a drag from the left end does nothing but to move it on.
    button(&mut window, at(1.0), true);
    move_to(&mut window, at(0.75));
    let sent = door.sent();
    let Some(Command::TBar { position }) = sent.last() else {
        panic!("{sent:?}");
    };
    assert!((position - 0.25).abs() < 0.01, "{position}");
    button(&mut window, at(0.75), false);
    window.run();
    door.change(|s| {
        s.transition.state = TransitionState::Paused;
        s.transition.position = 0.25;
    });
    window.run();
    let value = window.get_by_label("T-bar").accesskit_node();
    assert_eq!(value.numeric_value(), Some(25.0));
}

#[test]
fn the_bar_goes_by_key_and_follows_auto() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    for key in [Key::ArrowLeft, Key::ArrowRight] {
        press(&mut window, key);
        assert_eq!(door.sent(), [], "an arrow alone begins no transition");
    }
    press_with(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(door.sent(), []);
    press_with(&mut window, Modifiers::ALT, Key::ArrowRight);
    assert_eq!(door.sent(), [bar(0.0), bar(0.05)]);
    door.change(|s| {
        s.transition.state = TransitionState::Running;
        s.transition.position = 0.6;
    });
    // The hand has let go for long enough.
    window.run_steps(4);
    let value = window.get_by_label("T-bar").accesskit_node();
    assert_eq!(value.numeric_value(), Some(60.0));
    window.get_by_label("T-bar").increment_accesskit();
    window.run();
    let sent = door.sent();
    let [Command::TBar { position }] = sent[..] else {
        panic!("{sent:?}");
    };
    assert!((position - 0.65).abs() < 0.003, "{position}");
}

#[test]
fn a_second_press_at_once_puts_nothing_on_air() {
    let door = FakeDoor::new();
    let mut window = opened(&door, Graphics::default(), 0.05, None);
    let at = window.get_by_label("1 Duo").rect().center();
    for _ in 0..2 {
        button(&mut window, at, true);
        button(&mut window, at, false);
    }
    assert_eq!(door.sent(), [preview("duo"), preview("duo")]);
}

#[test]
fn pvw_and_pgm_swap_their_places() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let left = |window: &Window, label: &str| window.get_by_label(label).rect().left();
    let is_usual = |window: &Window| left(window, "PVW: 3 Ann") < left(window, "PGM: 2 Stage");
    assert!(is_usual(&window));
    press(&mut window, Key::F9);
    assert!(!is_usual(&window));
    press(&mut window, Key::F9);
    assert!(is_usual(&window));
}

#[test]
fn safe_areas_are_drawn_where_they_belong() {
    let door = FakeDoor::new();
    let graphics = Graphics {
        format: Some(TextureFormat::Rgba8Unorm),
        software: false,
    };
    let mut window = opened(&door, graphics, 0.25, None);
    // The line under the picture is as wide as its place.
    let label = window.get_by_label("PGM: 2 Stage").rect();
    let top = layout::places(vec2(1280.0, 800.0)).panels.top();
    let place = label.with_min_y(top).with_max_y(label.top());
    let picture = layout::picture(place, 16.0 / 9.0, 1.0);
    let lines = |window: &mut Window| -> Vec<f32> {
        let image = window.render().unwrap();
        let (left, middle) = (picture.left() as u32 + 2, picture.center().x as u32);
        let y = picture.center().y as u32;
        let bright = (left..middle).filter(|&x| image.get_pixel(x, y).0[0] > 50);
        bright.map(|x| x as f32 - picture.left()).collect()
    };
    assert!(lines(&mut window).is_empty());
    press(&mut window, Key::F8);
    let found = lines(&mut window);
    for part in [0.93, 0.9] {
        let expected = picture.width() * (1.0 - part) / 2.0;
        let near = found.iter().any(|x| (x - expected).abs() <= 1.5);
        assert!(near, "{part}: {expected} in {found:?}");
    }
    let width = picture.width();
    let within = |x: &&f32| **x > width * 0.06 || **x < width * 0.02;
    assert_eq!(found.iter().find(within), None, "nothing else");
}

#[test]
fn a_key_is_given_to_a_function_in_the_panel() {
    let folder = tempfile::tempdir().unwrap();
    let door = FakeDoor::new();
    let mut window = opened(&door, Graphics::default(), 0.25, Some(folder.path()));
    press_with(&mut window, Modifiers::CTRL, Key::K);
    click(&mut window, "Key for CUT: Space");
    assert!(has(&window, "Key for CUT: press the new key…"));
    press(&mut window, Key::X);
    assert_eq!(door.sent(), [], "the key is given, it does nothing yet");
    press(&mut window, Key::X);
    assert_eq!(door.sent(), [Command::Cut {}]);
    press(&mut window, Key::Space);
    assert_eq!(door.sent(), [], "Space does nothing now");

    // A key that another function has is asked about.
    click(&mut window, "Key for AUTO: Enter");
    press(&mut window, Key::X);
    assert!(has(&window, "X has a function already: CUT"));
    click(&mut window, "Leave it");
    press(&mut window, Key::X);
    press(&mut window, Key::Enter);
    assert_eq!(door.sent(), [Command::Cut {}, Command::Auto {}]);
    click(&mut window, "Key for AUTO: Enter");
    press(&mut window, Key::X);
    click(&mut window, "Use it for: AUTO");
    press(&mut window, Key::X);
    assert_eq!(door.sent(), [Command::Auto {}]);
    assert!(has(&window, "Key for CUT: no key"));

    // Esc waits no longer, and gives nothing.
    click(&mut window, "Key for CUT: no key");
    press(&mut window, Key::Escape);
    assert!(has(&window, "Key for CUT: no key"));
    click(&mut window, "Usual key for CUT");
    press(&mut window, Key::Space);
    assert_eq!(door.sent(), [Command::Cut {}]);

    // Another desk of the same user has them.
    let mut window = opened(&door, Graphics::default(), 0.25, Some(folder.path()));
    press(&mut window, Key::X);
    press(&mut window, Key::Enter);
    assert_eq!(door.sent(), [Command::Auto {}]);
    press_with(&mut window, Modifiers::CTRL, Key::K);
    click(&mut window, "Usual keys for all");
    click(&mut window, "Again: chosen keys are lost");
    press(&mut window, Key::Enter);
    assert_eq!(door.sent(), [Command::Auto {}]);
    let mut window = opened(&door, Graphics::default(), 0.25, Some(folder.path()));
    press(&mut window, Key::X);
    assert_eq!(door.sent(), []);
}

#[test]
fn the_panel_finds_a_function_by_its_words_and_shows_conflicts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.ron");
    let twice = "(keys: {\"marker\": [\"F12\"], \"record\": [\"F12\"]})";
    std::fs::write(&file, twice).unwrap();
    let door = FakeDoor::new();
    let mut window = opened(&door, Graphics::default(), 0.25, Some(folder.path()));
    press_with(&mut window, Modifiers::CTRL, Key::K);
    assert!(has(
        &window,
        "Claimed more than once: F12: Record the master; twice to stop, Marker"
    ));
    let search = window.get_by_role_and_label(Role::TextInput, "Search");
    search.focus();
    window.run();
    window
        .get_by_role_and_label(Role::TextInput, "Search")
        .type_text("marker");
    window.run();
    assert!(has(&window, "Key for Marker: F12"));
    assert!(!has(&window, "Key for CUT: Space"));
    assert_eq!(door.sent(), [], "typing switches nothing");
    click(&mut window, "Usual key for Marker");
    assert!(!has(
        &window,
        "Claimed more than once: F12: Record the master; twice to stop, Marker"
    ));
}

#[test]
fn the_sheet_says_the_keys_and_the_keys_work_under_it() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    press_with(&mut window, Modifiers::SHIFT, Key::Questionmark);
    for line in [
        "Space: CUT",
        "Ctrl+B: Fade to black, or back",
        "1 … 0: Scenes 1 to 10 on PVW",
        "Shift+1 … 0: Hot cut to scenes 1 to 10",
    ] {
        assert!(has(&window, line), "{line}");
    }
    press(&mut window, Key::Num1);
    assert_eq!(door.sent(), [preview("duo")]);
    press(&mut window, Key::Escape);
    assert!(!has(&window, "Space: CUT"));
}

#[test]
fn keys_go_on_air_and_off_at_the_second_press() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    press_with(&mut window, Modifiers::CTRL, Key::R);
    let recording = [Command::Record { on: true }];
    assert_eq!(door.sent(), recording, "it takes one press, as the button");
    window.step();
    door.change(|s| s.recording.state = door::RecordingState::Recording);
    press_with(&mut window, Modifiers::CTRL, Key::R);
    assert_eq!(door.sent(), []);
    assert!(has(&window, "Again to stop the master"));
    window.step();
    press_with(&mut window, Modifiers::CTRL, Key::R);
    assert_eq!(door.sent(), [Command::Record { on: false }]);
    window.step();
    assert!(!has(&window, "Again to stop the master"));
    press_with(&mut window, Modifiers::CTRL, Key::L);
    window.step();
    press_with(&mut window, Modifiers::CTRL, Key::L);
    assert_eq!(door.sent(), [Command::StreamAll { on: true }]);
    door.change(|s| s.destinations[0].state = door::DestinationState::Live);
    press_with(&mut window, Modifiers::CTRL, Key::L);
    assert!(has(&window, "Again to stop every destination"));
    window.run_steps(16);
    press_with(&mut window, Modifiers::CTRL, Key::L);
    assert_eq!(door.sent(), [], "too late: it is a first press again");
}

#[test]
fn the_show_is_undone_and_saved_by_key() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let (ctrl, shift) = (Modifiers::CTRL, Modifiers::SHIFT);
    press_with(&mut window, ctrl, Key::Z);
    assert_eq!(door.sent(), []);
    assert!(has(&window, "There is nothing to undo"));
    door.change(|s| {
        s.edit.revision = 7;
        s.edit.undo = Some("Move".to_owned());
        s.edit.redo = Some("Crop".to_owned());
    });
    press_with(&mut window, ctrl, Key::Z);
    press_with(&mut window, ctrl | shift, Key::Z);
    press_with(&mut window, ctrl, Key::S);
    press_with(&mut window, ctrl, Key::E);
    let revision = Some(7);
    let expected = [
        Command::Undo { revision },
        Command::Redo { revision },
        Command::Save { over: false },
        Command::LiveEdit { on: true },
    ];
    assert_eq!(door.sent(), expected);
}

#[test]
fn the_second_window_shows_everything_or_the_program_alone() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let count = |window: &Window, label: &str| window.query_all_by_label(label).count();
    let before = door.wish(&MonitorId::Preview).unwrap();
    press(&mut window, Key::F11);
    window.run_steps(3);
    for label in ["PVW: 3 Ann", "PGM: 2 Stage", "1 Duo", "OFF AIR"] {
        assert_eq!(count(&window, label), 2, "{label}");
    }
    assert!(has(&window, "REC off"));
    let both = door.wish(&MonitorId::Preview).unwrap();
    assert!(both.width >= before.width, "one picture for both windows");
    // Its monitors switch as those of the first do.
    let second = window.query_all_by_label("1 Duo").last().unwrap();
    second.click();
    window.run();
    assert_eq!(door.sent(), [preview("duo")]);

    press(&mut window, Key::F11);
    window.run_steps(3);
    assert_eq!(count(&window, "1 Duo"), 1);
    assert_eq!(count(&window, "PGM"), 1);
    press(&mut window, Key::F11);
    window.run_steps(3);
    assert_eq!(count(&window, "PGM"), 0);
    assert_eq!(door.wish(&MonitorId::Preview), Some(before));
}

/// By its button, for what a pointer rests on is said beside it too.
fn click_button(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::Button, label).click();
    window.run();
}

fn is_button(window: &Window, label: &str) -> bool {
    window
        .query_by_role_and_label(Role::Button, label)
        .is_some()
}

fn clip(source: &str, action: ClipAction) -> Command {
    Command::Clip {
        source: source.to_owned(),
        action,
        position_s: None,
    }
}

/// A minute long, and waiting for its take.
fn opening() -> ClipStatus {
    ClipStatus {
        state: ClipState::Cued,
        length_s: Some(60.0),
        remaining_s: Some(60.0),
        on_take: true,
        ..ClipStatus::default()
    }
}

#[test]
fn the_clip_on_pvw_is_worked_under_its_picture_and_by_key() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    assert!(!is_button(&window, "Play Ann, on PVW"), "it is no clip");
    press(&mut window, Key::K);
    assert_eq!(door.sent(), []);
    assert!(has(&window, "There is no clip on PVW"));

    door.change(|s| s.sources[1].clip = Some(opening()));
    window.run();
    assert!(has(
        &window,
        "PVW: −1:00 left of Ann, plays on take, 0:00 / 1:00"
    ));
    assert!(
        has(&window, "−1:00 left of Ann, plays on take"),
        "on its small monitor"
    );
    let cue = "Cue Ann, on PVW: back to its start, to wait there";
    for (label, action) in [
        ("Play Ann, on PVW", ClipAction::Play),
        (cue, ClipAction::Cue),
        ("Restart Ann, on PVW", ClipAction::Restart),
    ] {
        click_button(&mut window, label);
        assert_eq!(door.sent(), [clip("ann", action)], "{label}");
    }
    door.change(|s| {
        let clip = s.sources[1].clip.as_mut().unwrap();
        clip.state = ClipState::Playing;
        (clip.position_s, clip.remaining_s) = (12.3, Some(47.7));
    });
    window.run();
    assert!(has(&window, "PVW: −0:48 left of Ann, 0:12 / 1:00"));
    click_button(&mut window, "Pause Ann, on PVW");
    for key in [Key::K, Key::J, Key::L] {
        press(&mut window, key);
    }
    let pause = clip("ann", ClipAction::Pause);
    let rest = [ClipAction::Cue, ClipAction::Restart].map(|action| clip("ann", action));
    assert_eq!(door.sent(), [&[pause.clone(), pause][..], &rest].concat());
}

#[test]
fn a_clip_on_air_is_stopped_at_once_and_goes_back_at_the_second_press() {
    let door = FakeDoor::new();
    door.change(|s| {
        let state = ClipState::Playing;
        s.sources[0].clip = Some(ClipStatus { state, ..opening() });
    });
    let mut window = open(&door);
    click_button(&mut window, "Pause Stage, on PGM");
    assert_eq!(door.sent(), [clip("cam", ClipAction::Pause)]);
    let cue = "Cue Stage, on PGM: back to its start, to wait there";
    for (label, action) in [
        (cue, ClipAction::Cue),
        ("Restart Stage, on PGM", ClipAction::Restart),
    ] {
        let place = window.get_by_role_and_label(Role::Button, label).rect();
        click_button(&mut window, label);
        assert_eq!(door.sent(), [], "{label}");
        let again = format!("On air, press again: {label}");
        let armed = window.get_by_role_and_label(Role::Button, &again).rect();
        assert_eq!(armed, place, "the second press is at the same place");
        click_button(&mut window, &again);
        assert_eq!(door.sent(), [clip("cam", action)], "{label}");
    }
    // The same clip on PVW is on air all the same.
    door.change(|s| s.preview = "cam".to_owned());
    window.run();
    press(&mut window, Key::J);
    assert_eq!(door.sent(), []);
    assert!(has(&window, "This clip is on air: again to do it"));
    press(&mut window, Key::J);
    assert_eq!(door.sent(), [clip("cam", ClipAction::Cue)]);
}

/// Where seeks went, and nothing else was sent.
fn seeks(door: &FakeDoor, of: &str) -> Vec<f64> {
    let sent = door.sent().into_iter().map(|command| match command {
        Command::Clip {
            source,
            action: ClipAction::Seek,
            position_s: Some(to),
        } if source == of => to,
        other => panic!("{other:?}"),
    });
    sent.collect()
}

#[test]
fn a_clip_is_moved_on_its_bar_and_one_on_air_by_a_drag_alone() {
    let door = FakeDoor::new();
    door.change(|s| {
        s.sources[0].clip = Some(opening());
        s.sources[1].clip = Some(opening());
    });
    let mut window = open(&door);
    for (label, source, on_air) in [
        ("Position of Ann, on PVW", "ann", false),
        ("Position of Stage, on PGM", "cam", true),
    ] {
        let rect = window.get_by_label(label).rect();
        let at = |part: f32| {
            let x = rect.left() + 6.0 + (rect.width() - 12.0) * part;
            egui::pos2(x, rect.center().y)
        };
        button(&mut window, at(0.5), true);
        button(&mut window, at(0.5), false);
        let clicked = seeks(&door, source);
        if on_air {
            assert!(clicked.is_empty(), "a stray click moves nothing on air");
        } else {
            assert!(
                (clicked[0] - 30.0).abs() < 0.5 && clicked.len() == 1,
                "{clicked:?}"
            );
        }
        button(&mut window, at(0.5), true);
        move_to(&mut window, at(0.7));
        move_to(&mut window, at(0.75));
        button(&mut window, at(0.8), false);
        let dragged = seeks(&door, source);
        let last = dragged.last().unwrap();
        assert!(
            dragged.len() > 1 && (last - 48.0).abs() < 0.5,
            "{dragged:?}"
        );
        window.run_steps(4);
        window.get_by_label(label).focus();
        window.run();
        press(&mut window, Key::ArrowRight);
        assert_eq!(seeks(&door, source), [1.0], "one step from where it is");
        press(&mut window, Key::Escape);
        window.run_steps(4);
    }
}

fn stinger(id: &str, label: &str, state: StingerState) -> StingerStatus {
    StingerStatus {
        id: id.to_owned(),
        label: label.to_owned(),
        state,
        message: String::new(),
        frames: (state == StingerState::Ready).then_some(36),
    }
}

fn sting_by(id: &str) -> Command {
    changed(TransitionKind::Stinger, |command| {
        if let Command::Transition { stinger, .. } = command {
            *stinger = Some(id.to_owned());
        }
    })
}

#[test]
fn a_stinger_is_one_of_the_shows_and_says_how_it_does() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "AUTO makes a stinger");
    let none = Command::transition(TransitionKind::Stinger, 15);
    assert_eq!(door.sent(), [none], "there is none");
    style(&door, TransitionStyle::of(TransitionKind::Stinger));
    click(&mut window, "Everything about the transition");
    door.sent();
    assert!(
        window
            .query_by_label_contains("The show has no stinger yet")
            .is_some()
    );

    door.change(|s| {
        let mut broken = stinger("star", "Star", StingerState::Broken);
        broken.message = "there is no file".to_owned();
        s.stingers = vec![stinger("logo", "Logo", StingerState::Ready), broken];
    });
    window.run_steps(3);
    click(&mut window, "Stinger Star, broken: there is no file");
    assert_eq!(door.sent(), [sting_by("star")]);
    click(&mut window, "AUTO makes a stinger");
    press(&mut window, Key::F7);
    assert_eq!(
        door.sent(),
        [sting_by("logo"), sting_by("logo")],
        "the first"
    );
    style(
        &door,
        TransitionStyle {
            stinger: "logo".to_owned(),
            ..TransitionStyle::of(TransitionKind::Stinger)
        },
    );
    window.run();
    assert!(has(&window, "Logo · 36 f"), "it is as long as its clip");
    click(&mut window, "AUTO makes a stinger");
    let same = Command::transition(TransitionKind::Stinger, 15);
    assert_eq!(door.sent(), [same], "what was chosen stays");
}

#[test]
fn the_holding_slate_goes_on_and_off_at_the_second_press() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let put = "Put the holding slate over the program";
    let place = window.get_by_role_and_label(Role::Button, put).rect();
    assert!(place.height() >= layout::TARGET && place.width() >= layout::TARGET);
    click_button(&mut window, put);
    assert_eq!(door.sent(), []);
    let again = "Again to put the holding slate over the program";
    let armed = window.get_by_role_and_label(Role::Button, again).rect();
    assert_eq!(armed, place, "the second press is at the same place");
    click_button(&mut window, again);
    assert_eq!(door.sent(), [Command::Hold { on: true }]);
    door.change(|s| s.hold = true);
    window.run();
    assert!(is_button(
        &window,
        "The holding slate is over the program: take it away"
    ));
    assert!(
        has(&window, "The holding slate is over the program"),
        "beside PGM"
    );
    press_with(&mut window, Modifiers::CTRL, Key::H);
    assert_eq!(door.sent(), []);
    assert!(has(&window, "Again to take the holding slate away"));
    press_with(&mut window, Modifiers::CTRL, Key::H);
    assert_eq!(door.sent(), [Command::Hold { on: false }]);
}
