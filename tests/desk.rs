//! The window as a hand and a screen reader find it: what each key and button sends, what it says
//! of the show's state, and what it guards. The door is a recorder of commands; the state is the
//! test's own.
#![cfg(feature = "desk")]

use std::sync::{Arc, Mutex};

use eframe::egui_wgpu::wgpu::TextureFormat;
use egui::{
    Key, Modifiers, PointerButton, ViewportCommand, ViewportEvent, ViewportId, accesskit::Role,
};
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};
use fake_door::FakeDoor;
use regie::{
    door::{
        self, Absence, Command, DestinationState, Event, MonitorId, RecordingState, SourceState,
        Tally, TransitionKind, TransitionState,
    },
    media,
    show::{self, Afv},
    ui::{Desk, Graphics, Outcome, install_theme},
};

#[path = "common/fake_door.rs"]
mod fake_door;

type Window = Harness<'static, Desk>;

struct Opened {
    window: Window,
    outcome: Arc<Mutex<Option<Outcome>>>,
}

fn open_with(door: &Arc<FakeDoor>, graphics: Graphics, step_dt: f32) -> Opened {
    let outcome = Arc::new(Mutex::new(None));
    let desk = Desk::new(door.clone(), graphics, Arc::clone(&outcome));
    let mut window = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(step_dt)
        // A picture that a thread has made meanwhile is shown at once.
        .with_max_steps(16)
        .with_context_setup(install_theme)
        .build_ui_state(|ui, desk: &mut Desk| desk.show(ui), desk);
    window.run();
    Opened { window, outcome }
}

fn open(door: &Arc<FakeDoor>) -> Window {
    open_with(door, Graphics::default(), 0.25).window
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

fn preview(scene: &str) -> Command {
    Command::Preview {
        scene: scene.to_owned(),
    }
}

#[test]
fn each_key_sends_its_command_once() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    press(&mut window, Key::Num1);
    press(&mut window, Key::Num3);
    press(&mut window, Key::Num9);
    assert_eq!(
        door.sent(),
        [preview("duo"), preview("ann")],
        "there is no ninth scene"
    );
    press_with(&mut window, Modifiers::SHIFT, Key::Num2);
    let program = Command::Program {
        scene: "cam".to_owned(),
    };
    assert_eq!(door.sent(), [program]);
    press(&mut window, Key::Space);
    assert_eq!(door.sent(), [Command::Cut {}]);
    press(&mut window, Key::Enter);
    assert_eq!(door.sent(), [Command::Auto {}]);
    press(&mut window, Key::B);
    assert_eq!(door.sent(), [], "fade to black needs a modifier");
    press_with(&mut window, Modifiers::CTRL, Key::B);
    let to_black = |on| Command::FadeToBlack { on, frames: None };
    assert_eq!(door.sent(), [to_black(true)]);
    door.change(|s| s.fade_to_black = true);
    press_with(&mut window, Modifiers::CTRL, Key::B);
    assert_eq!(door.sent(), [to_black(false)]);
}

#[test]
fn pgm_says_that_it_is_faded_to_black() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let fading = "PGM: Fade to black, fading";
    let black = "PGM: Fade to black, the program is black";
    let says = |window: &Window, label: &str| window.query_by_label(label).is_some();
    assert!(!says(&window, fading) && !says(&window, black));
    door.change(|s| (s.fade_to_black, s.black) = (true, 0.0));
    window.run();
    let place = window.get_by_label(fading).rect();
    door.change(|s| s.black = 1.0);
    window.run();
    assert_eq!(window.get_by_label(black).rect(), place);
    let pgm = window.get_by_label("PGM: 2 Stage").rect();
    assert!(place.left() > pgm.left() - 4.0 && place.bottom() < pgm.top());
    // On its way back it is not over yet.
    door.change(|s| (s.fade_to_black, s.black) = (false, 0.4));
    window.run();
    assert!(says(&window, fading));
    door.change(|s| s.black = 0.0);
    window.run();
    assert!(!says(&window, fading) && !says(&window, black));
}

#[test]
fn all_is_well_only_while_no_figure_asks_for_a_look() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let says = |window: &Window, label: &str| window.query_by_label(label).is_some();
    assert!(says(&window, "all is well"));
    door.change(|s| s.health.machine = Some(0.97));
    window.run();
    assert!(!says(&window, "all is well"));
    assert!(says(&window, "keep an eye on: CPU 97 %"));
    click(&mut window, "List of events");
    let lines = window.query_all_by_label("keep an eye on: CPU 97 %");
    assert_eq!(lines.count(), 2, "in the list too");
    assert!(!says(&window, "all is well"));
    door.change(|s| s.health.machine = Some(0.5));
    window.run();
    let well = window.query_all_by_label("all is well");
    assert_eq!(well.count(), 2);
}

#[test]
fn pgm_that_lost_its_scene_is_said_to_be_black() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let black = "PGM is black: no scene is on it";
    door.change(|s| s.on_air_s = Some(3.0));
    window.run();
    assert!(window.query_by_label(black).is_none());
    door.change(|s| s.program.clear());
    window.run();
    window.get_by_label(black);
    window.get_by_label("Take a scene, or undo.");
    // Nobody sees it: nothing was taken yet.
    door.change(|s| s.on_air_s = None);
    window.run();
    assert!(window.query_by_label(black).is_none());
    door.change(|s| s.recording_s = Some(3.0));
    window.run();
    window.get_by_label(black);
    // The slate is over it: viewers see no black.
    door.change(|s| s.hold = true);
    window.run();
    assert!(window.query_by_label(black).is_none());
}

#[test]
fn markers_are_numbered_after_those_that_are_there() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let marker = |n: u32| Command::Marker {
        label: format!("Marker {n}"),
    };
    press(&mut window, Key::M);
    click(&mut window, "Marker");
    assert_eq!(door.sent(), [marker(1), marker(2)]);
    door.say(Event::Done {
        command: marker(7),
        frame: 9,
        id: None,
    });
    window.run();
    press(&mut window, Key::M);
    assert_eq!(door.sent(), [marker(8)]);
}

#[test]
fn each_button_sends_its_command() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "CUT");
    click(&mut window, "AUTO");
    click(&mut window, "Fade to black");
    click(&mut window, "3 Ann, next");
    let black = Command::FadeToBlack {
        on: true,
        frames: None,
    };
    let expected = [Command::Cut {}, Command::Auto {}, black, preview("ann")];
    assert_eq!(door.sent(), expected);

    window
        .get_by_label("1 Duo")
        .click_modifiers(Modifiers::SHIFT);
    window.run();
    let program = Command::Program {
        scene: "duo".to_owned(),
    };
    assert_eq!(door.sent(), [program], "with Shift it is a hot cut");

    let transition = Command::transition;
    click(&mut window, "AUTO makes a cut");
    click(&mut window, "Longer transition");
    click(&mut window, "Shorter transition");
    let expected = [
        transition(TransitionKind::Cut, 15),
        transition(TransitionKind::Mix, 20),
        transition(TransitionKind::Mix, 10),
    ];
    assert_eq!(door.sent(), expected);
}

#[test]
fn sound_is_set_under_each_monitor() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "Mute Ann");
    click(&mut window, "Sound always off, Stage");
    let muted = Command::Mute {
        source: "ann".to_owned(),
        on: true,
    };
    let off = Command::Afv {
        source: "cam".to_owned(),
        mode: Afv::Off,
    };
    assert_eq!(door.sent(), [muted, off]);

    let fader = window.get_by_label("Fader Stage");
    assert_eq!(fader.accesskit_node().numeric_value(), Some(0.0));
    fader.decrement_accesskit();
    window.run();
    let set = |db| Command::Fader {
        source: "cam".to_owned(),
        db,
    };
    assert_eq!(door.sent(), [set(-1.0)]);

    // A press beside the cap moves nothing; a drag moves it from where it is.
    let rect = window.get_by_label("Fader Stage").rect();
    window.drag_at(rect.center_bottom() - egui::vec2(0.0, 20.0));
    window.run();
    assert_eq!(door.sent(), []);
    window.hover_at(rect.center_bottom() + egui::vec2(0.0, 20.0));
    window.run();
    let moved = door.sent();
    let [Command::Fader { source, db }] = &moved[..] else {
        panic!("{moved:?}");
    };
    assert_eq!(source, "cam");
    assert!((-20.0..0.0).contains(db), "{db}");
    window.drop_at(rect.center_bottom() + egui::vec2(0.0, 20.0));
    window.run();
}

#[test]
fn a_destination_that_needs_a_hand_is_told_alike_everywhere() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let why = "the server refuses the stream: check the key";
    door.change(|s| {
        let yt = &mut s.destinations[0];
        yt.state = DestinationState::Failed;
        yt.attempt = 8;
        yt.next_try_s = Some(4.0);
        yt.message = why.to_owned();
    });
    door.say(Event::Destination {
        id: "yt".to_owned(),
        state: DestinationState::Failed,
        message: why.to_owned(),
        frame: 1,
    });
    window.run();
    window.get_by_label(&format!("YouTube: needs a hand, {why}, try 8 in 4 s"));
    window.get_by_label(&format!("YouTube: {why}"));
    click(&mut window, "List of events");
    let told = format!("YouTube: needs a hand – {why}");
    let lines = window.query_all_by_label_contains(&told);
    assert_eq!(lines.count(), 1, "in the list of events");
    click(&mut window, "List of events");
    click(&mut window, "View");
    click(&mut window, "One person");
    window.get_by_label(&format!("YouTube: needs a hand – {why} · try 8 in 4 s"));
}

#[test]
fn the_slate_is_on_every_pgm_and_what_it_silences_is_not_red() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let on = "The holding slate is over the program";
    let count = |window: &Window| window.query_all_by_label(on).count();
    assert_eq!(count(&window), 0);
    door.change(|s| {
        s.hold = true;
        s.sources[0].clip = Some(door::ClipStatus::default());
        s.sources[0].heard = false;
        s.sources[0].tally = Tally::Off;
        s.sources[1].afv = Afv::Off;
        s.sources[1].heard = true;
        s.sources[1].tally = Tally::Program;
        s.sources[0].state = SourceState::Frozen;
    });
    window.run();
    assert_eq!(count(&window), 1, "a clip is beneath it");
    window.get_by_label("Stage: sound off air");
    window.get_by_label("Ann: sound on air");
    click(&mut window, "View");
    click(&mut window, "Sound");
    assert_eq!(count(&window), 1, "PGM alone");
    window.get_by_label("PGM: 2 Stage, frozen");
    window.get_by_label("Stage: sound off air");
}

#[test]
fn the_state_is_said() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    for label in [
        "PVW: 3 Ann",
        "PGM: 2 Stage",
        "1 Duo",
        "2 Stage, on air",
        "3 Ann, next",
        "Show Forum",
        "OFF AIR",
        "YouTube: off, a.rtmp.example/live2, ",
        "all is well",
        "Stage: sound on air",
        "Ann: sound off air",
    ] {
        assert!(window.query_all_by_label(label).next().is_some(), "{label}");
    }

    door.change(|s| {
        s.sources[1].state = SourceState::Lost;
        s.sources[1].message = "no signal".to_owned();
        s.scenes[0].tally = Tally::Program;
        s.transition.state = TransitionState::Running;
        s.transition.position = 0.4;
        s.black = 1.0;
        s.fade_to_black = true;
        let yt = &mut s.destinations[0];
        yt.state = DestinationState::Live;
        yt.bitrate_bps = 4_500_000;
        yt.live_s = 64.0;
        s.on_air_s = Some(764.0);
        s.destinations[1].state = DestinationState::Reconnecting;
        s.destinations[1].attempt = 3;
        s.destinations[1].next_try_s = Some(4.0);
        s.recording.state = RecordingState::Warning;
        s.recording.length_s = 4.0;
        s.recording_s = Some(764.0);
        s.recording.time_left_s = Some(840.0);
        s.counters.frames = 22_914;
        s.counters.repeated = 2;
        s.receiver = Some(std::sync::Arc::new(door::ReceiverStatus {
            address: "127.0.0.1:19350".to_owned(),
            message: String::new(),
            streams: vec![door::ReceivedStream {
                name: "live/one".to_owned(),
                live: true,
                bitrate_bps: 4_600_000,
                keyframe_interval_s: 2.0,
                delay_ms: Some(412.0),
                ..door::ReceivedStream::default()
            }],
        }));
    });
    window.run();
    for label in [
        "1 Duo, on air, lost: Ann: no signal",
        "3 Ann, next, lost: no signal",
        "PVW: 3 Ann, lost – no signal",
        "AUTO, running, 40 %",
        "Fade to black, the program is black",
        "ON AIR 00:12:44",
        "REC 00:12:44 · 14 min left",
        "YouTube: live, 4.5 Mb/s, 00:01:04, 0 dropped",
        "PeerTube: reconnecting, peertube.example/live, try 3 in 4 s",
        "frames 22\u{a0}914 · 2 repeated",
        "Receiver gets live/one: 4.6 Mb/s · key 2.0 s · 412 ms",
    ] {
        assert!(window.query_all_by_label(label).next().is_some(), "{label}");
    }
    assert_eq!(
        window.query_all_by_label("all is well").count(),
        0,
        "it is not"
    );
}

#[test]
fn going_live_and_stopping_take_two_presses_and_recording_one() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let stream = |on| Command::Stream {
        destination: "yt".to_owned(),
        on,
    };
    let place = window.get_by_label("Start YouTube").rect();
    click(&mut window, "Start YouTube");
    assert_eq!(door.sent(), []);
    let again = window.get_by_label("Again: Start YouTube").rect();
    assert_eq!(place, again, "the second press is at the same place");
    click(&mut window, "Again: Start YouTube");
    assert_eq!(door.sent(), [stream(true)]);
    click(&mut window, "Go live everywhere");
    assert_eq!(door.sent(), []);
    click(&mut window, "Again: Go live everywhere");
    assert_eq!(door.sent(), [Command::StreamAll { on: true }]);
    click(&mut window, "Record the master");
    assert_eq!(door.sent(), [Command::Record { on: true }]);

    door.change(|s| {
        for destination in &mut s.destinations {
            destination.state = DestinationState::Live;
        }
        s.recording.state = RecordingState::Recording;
    });
    window.run();
    let place = window.get_by_label("Stop YouTube").rect();
    click(&mut window, "Stop YouTube");
    assert_eq!(door.sent(), []);
    let again = window.get_by_label("Again to stop YouTube").rect();
    assert_eq!(place, again, "the second press is at the same place");
    click(&mut window, "Again to stop YouTube");
    assert_eq!(door.sent(), [stream(false)]);

    click(&mut window, "Stop the master");
    window.run_steps(14);
    assert!(
        window.query_by_label("Stop the master").is_some(),
        "after three seconds it is as if nothing had been pressed"
    );
    click(&mut window, "Stop the master");
    assert_eq!(door.sent(), []);
    click(&mut window, "Again to stop the master");
    assert_eq!(door.sent(), [Command::Record { on: false }]);

    click(&mut window, "Stop every destination");
    click(&mut window, "Again to stop every destination");
    assert_eq!(door.sent(), [Command::StreamAll { on: false }]);
}

#[test]
fn a_double_click_stops_nothing() {
    let door = FakeDoor::new();
    door.change(|s| s.recording.state = RecordingState::Recording);
    let mut window = open_with(&door, Graphics::default(), 0.02).window;
    for _ in 0..2 {
        let button = window.get_by_role_and_label(
            Role::Button,
            match window.query_by_label("Stop the master") {
                Some(_) => "Stop the master",
                None => "Again to stop the master",
            },
        );
        button.click();
        window.run();
    }
    assert_eq!(door.sent(), []);
}

#[test]
fn after_tab_the_focused_control_has_space_and_enter_until_it_is_left_alone() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    press(&mut window, Key::Tab);
    assert!(window.get_by_label("CUT").is_focused());
    press(&mut window, Key::Enter);
    assert_eq!(door.sent(), [Command::Cut {}], "Enter pressed CUT");
    press(&mut window, Key::Tab);
    assert!(window.get_by_label("AUTO").is_focused());
    press(&mut window, Key::Space);
    assert_eq!(door.sent(), [Command::Auto {}], "Space pressed AUTO");
    press(&mut window, Key::Num1);
    assert_eq!(door.sent(), [preview("duo")], "digits are the switcher's");

    window.run_steps(20);
    assert!(!window.get_by_label("AUTO").is_focused(), "left alone");
    press(&mut window, Key::Space);
    assert_eq!(door.sent(), [Command::Cut {}]);

    press(&mut window, Key::Tab);
    press(&mut window, Key::Escape);
    press(&mut window, Key::Enter);
    assert_eq!(door.sent(), [Command::Auto {}], "Esc gave the keys back");
}

/// The mouse's button goes down or up at the middle of what is labelled so.
fn button_at(window: &Window, label: &str, pressed: bool) -> [egui::Event; 2] {
    let pos = window.get_by_label(label).rect().center();
    let button = egui::Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    [egui::Event::PointerMoved(pos), button]
}

fn at_once(window: &mut Window, events: impl IntoIterator<Item = egui::Event>) {
    window.input_mut().events.extend(events);
    window.step();
}

#[test]
fn a_tap_counts_though_it_comes_and_goes_between_two_paintings() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let tap = |window: &mut Window, label: &str| {
        let [down, up] = [true, false].map(|pressed| button_at(window, label, pressed));
        at_once(window, down.into_iter().chain(up));
        window.run();
    };
    tap(&mut window, "CUT");
    assert_eq!(door.sent(), [Command::Cut {}]);
    tap(&mut window, "1 Duo");
    assert_eq!(door.sent(), [preview("duo")]);
    tap(&mut window, "Mute Ann");
    assert!(matches!(&door.sent()[..], [Command::Mute { .. }]));

    // One button is let go and the next one pressed before the window is painted again.
    let down = button_at(&window, "AUTO", true);
    at_once(&mut window, down);
    assert_eq!(door.sent(), [Command::Auto {}], "when the button goes down");
    let up = button_at(&window, "AUTO", false);
    let next = button_at(&window, "CUT", true);
    at_once(&mut window, up.into_iter().chain(next));
    assert_eq!(door.sent(), [Command::Cut {}], "the next one, and it alone");
    let up = button_at(&window, "CUT", false);
    at_once(&mut window, up);
    window.run();
    assert_eq!(door.sent(), [], "letting go is nothing more");
}

#[test]
fn the_question_at_the_end_lies_over_the_buttons() {
    let door = FakeDoor::new();
    door.change(|s| s.recording.state = RecordingState::Recording);
    let mut window = open(&door);
    assert!(!ask_to_close(&mut window));
    let under = window.get_by_label("Longer transition").rect();
    let question = window.get_by_label("Stay").rect();
    assert!(under.top() < question.bottom(), "one lies over the other");
    for label in ["CUT", "1 Duo"] {
        for pressed in [true, false] {
            let events = button_at(&window, label, pressed);
            at_once(&mut window, events);
        }
    }
    window.run();
    assert_eq!(door.sent(), []);
}

#[test]
fn the_mouse_takes_no_key_from_the_switcher() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    for label in [
        "Mute Ann",
        "AUTO makes a mix",
        "Fader Stage",
        "List of events",
        "Stop every destination",
    ] {
        click(&mut window, label);
        door.sent();
        press(&mut window, Key::Space);
        press(&mut window, Key::Enter);
        assert_eq!(door.sent(), [Command::Cut {}, Command::Auto {}], "{label}");
    }
    press(&mut window, Key::Tab);
    assert!(window.get_by_label("CUT").is_focused());
    click(&mut window, "Mute Ann");
    door.sent();
    press(&mut window, Key::Enter);
    assert_eq!(door.sent(), [Command::Auto {}], "the mouse ended the focus");
}

#[test]
fn the_focus_shows() {
    let door = FakeDoor::new();
    let graphics = Graphics {
        format: Some(TextureFormat::Rgba8Unorm),
        software: false,
    };
    let mut window = open_with(&door, graphics, 0.25).window;
    let edge = window.get_by_label("CUT").rect().center_top();
    let is_blue = |window: &mut Window| {
        let image = window.render().unwrap();
        let [r, g, b, _] = image.get_pixel(edge.x as u32, edge.y as u32 - 2).0;
        b > 200 && b > g && g > r
    };
    assert!(!is_blue(&mut window));
    press(&mut window, Key::Tab);
    assert!(is_blue(&mut window));
    press(&mut window, Key::Escape);
    assert!(!is_blue(&mut window));
}

#[test]
fn the_question_at_the_end_is_answered_by_key() {
    let door = FakeDoor::new();
    door.change(|s| s.recording.state = RecordingState::Recording);
    let Opened {
        mut window,
        outcome,
    } = open_with(&door, Graphics::default(), 0.25);
    assert!(!ask_to_close(&mut window));
    for key in [Key::Space, Key::Enter, Key::Num1] {
        assert!(window.get_by_label("Stay").is_focused(), "{key:?}");
        press(&mut window, key);
        assert_eq!(door.sent(), [], "{key:?} is the question's");
        assert_eq!(*outcome.lock().unwrap(), None);
        if key != Key::Num1 {
            assert!(
                window.query_by_label("Stay").is_none(),
                "{key:?} answers it"
            );
            assert!(!ask_to_close(&mut window));
        }
    }
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::Tab);
    window.run();
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::Tab);
    window.run();
    assert!(window.get_by_label("Leave the show running").is_focused());
    press(&mut window, Key::Enter);
    assert_eq!(door.sent(), []);
    assert_eq!(*outcome.lock().unwrap(), Some(Outcome::LeaveRunning));
}

#[test]
fn every_control_is_reached_by_tab() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let mut reached = std::collections::BTreeSet::new();
    for _ in 0..80 {
        press(&mut window, Key::Tab);
        let focused = window
            .root()
            .children_recursive()
            .find(|node| node.is_focused())
            .and_then(|node| node.accesskit_node().label());
        reached.extend(focused);
    }
    for label in [
        "CUT",
        "AUTO",
        "AUTO makes a mix",
        "Length of the transition in frames",
        "Marker",
        "Fade to black",
        "2 Stage, on air",
        "Fader Ann",
        "Mute Stage",
        "Sound always on, Stage",
        "Start PeerTube",
        "Go live everywhere",
        "Record the master",
        "List of events",
    ] {
        assert!(reached.contains(label), "{label} in {reached:?}");
    }
}

#[test]
fn keys_do_not_switch_while_a_number_is_typed() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    click(&mut window, "Length of the transition in frames");
    press(&mut window, Key::Num3);
    press(&mut window, Key::Space);
    window
        .get_by_label("Length of the transition in frames")
        .type_text("30");
    window.run();
    assert_eq!(door.sent(), []);
    // Once more, to be sure.
    for _ in 0..2 {
        window.key_press(Key::Enter);
        window.run_steps(1);
    }
    let transition = Command::transition(TransitionKind::Mix, 30);
    assert_eq!(door.sent(), [transition], "and no AUTO");
    window.run_steps(100);
    press(&mut window, Key::Enter);
    assert_eq!(door.sent(), [Command::Auto {}], "the field was left");
}

#[test]
fn a_lost_engine_greys_the_desk_and_comes_back_by_itself() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let lost = "engine lost – the keeper is starting it again";
    door.attach(false);
    window.run();
    assert_eq!(
        window.query_all_by_label(lost).count(),
        2,
        "over the pictures and in the health strip"
    );
    assert!(window.get_by_label("CUT").accesskit_node().is_disabled());
    press(&mut window, Key::Space);
    assert_eq!(door.sent(), [], "nobody hears it");

    let wishes = door.wishes();
    door.attach(true);
    window.run();
    assert_eq!(window.query_all_by_label(lost).count(), 0);
    assert!(
        door.wishes() > wishes,
        "a new engine is told anew what to show"
    );
    press(&mut window, Key::Space);
    assert_eq!(door.sent(), [Command::Cut {}]);
}

#[test]
fn a_show_that_nobody_keeps_is_said_to_have_stopped() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    door.is_away(Absence {
        kept: false,
        log: Some("/tmp/forum.log".into()),
    });
    door.attach(false);
    window.run();
    let stopped = "the show has stopped – close this desk and open the show again";
    assert_eq!(window.query_all_by_label(stopped).count(), 2);
    window.get_by_label("what happened is in /tmp/forum.log");
    let promise = "engine lost – the keeper is starting it again";
    assert_eq!(window.query_all_by_label(promise).count(), 0);
    door.attach(true);
    window.run();
    assert_eq!(window.query_all_by_label(stopped).count(), 0);
}

#[test]
fn the_visible_page_alone_is_watched() {
    let door = FakeDoor::new();
    door.change(|s| {
        for i in 0..9 {
            let mut scene = s.scenes[1].clone();
            scene.id = format!("more{i}");
            s.scenes.push(scene);
        }
    });
    let mut window = open(&door);
    let watched = || -> Vec<MonitorId> { door.watched().into_iter().map(|w| w.what).collect() };
    let scene = |id: &str| MonitorId::Scene(id.to_owned());
    assert_eq!(watched().len(), 10, "PGM, PVW and eight small ones");
    assert!(watched().contains(&scene("duo")) && !watched().contains(&scene("more8")));
    press(&mut window, Key::PageDown);
    assert_eq!(watched().len(), 6);
    assert!(watched().contains(&scene("more8")) && !watched().contains(&scene("duo")));
    press(&mut window, Key::Num1);
    assert_eq!(
        door.sent(),
        [preview("duo")],
        "a digit is always the same scene"
    );
    click(&mut window, "Page before, PGM is there, PVW is there");
    assert!(watched().contains(&scene("duo")));

    for wish in door.watched() {
        assert_eq!((wish.width % 2, wish.height % 2), (0, 0));
        let is_large = matches!(wish.what, MonitorId::Program | MonitorId::Preview);
        assert_eq!(wish.fps, if is_large { 30 } else { 10 });
    }
}

#[test]
fn monitors_give_way_to_a_late_engine_and_come_back() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    // The window's clock is the test's: a quarter of a second a step.
    let pass = |window: &mut Window, seconds: u32| (0..seconds * 4).for_each(|_| window.step());
    let rates = || -> (u32, u32) {
        let watched = door.watched();
        let of = |is: fn(&MonitorId) -> bool| {
            let mut wishes = watched.iter();
            wishes.find(|wish| is(&wish.what)).unwrap().fps
        };
        let large = of(|what| *what == MonitorId::Program);
        (large, of(|what| matches!(what, MonitorId::Scene(_))))
    };
    pass(&mut window, 2);
    assert_eq!(rates(), (30, 10), "the small ones have a third of the rate");
    door.change(|s| s.counters.repeated += 1);
    pass(&mut window, 2);
    assert_eq!(rates(), (15, 5), "a frame was lost: the pictures give way");
    pass(&mut window, 6);
    assert_eq!(rates(), (15, 5), "not back too soon");
    for _ in 0..4 {
        door.change(|s| s.counters.late += 1);
        pass(&mut window, 2);
    }
    assert_eq!(
        rates(),
        (6, 2),
        "it goes on giving way, but never to nothing"
    );
    pass(&mut window, 12);
    assert_eq!(rates(), (15, 5), "all was well for ten seconds");
    pass(&mut window, 12);
    assert_eq!(rates(), (30, 10));
}

#[test]
fn a_window_that_is_not_seen_asks_for_no_picture() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let watched = || door.watched().len();
    assert_eq!(watched(), 5);
    let ctx = window.ctx.clone();
    window.state_mut().rest(&ctx);
    assert_eq!(watched(), 0);
    window.run();
    assert_eq!(watched(), 5);
}

fn ask_to_close(window: &mut Window) -> bool {
    window
        .input_mut()
        .viewports
        .entry(ViewportId::ROOT)
        .or_default()
        .events
        .push(ViewportEvent::Close);
    window.step();
    let commands = &window.output().viewport_output[&ViewportId::ROOT].commands;
    let kept = commands.contains(&ViewportCommand::CancelClose);
    window.run();
    !kept
}

#[test]
fn off_air_closing_ends_the_show() {
    let door = FakeDoor::new();
    let Opened {
        mut window,
        outcome,
    } = open_with(&door, Graphics::default(), 0.25);
    assert!(ask_to_close(&mut window));
    assert_eq!(*outcome.lock().unwrap(), Some(Outcome::EndShow));
}

#[test]
fn on_air_closing_asks() {
    let door = FakeDoor::new();
    door.change(|s| s.destinations[0].state = DestinationState::Live);
    let Opened {
        mut window,
        outcome,
    } = open_with(&door, Graphics::default(), 0.25);
    let outcome = || *outcome.lock().unwrap();
    assert!(!ask_to_close(&mut window), "the window stays open");
    assert!(window.query_by_label("YouTube is on air.").is_some());
    click(&mut window, "Stay");
    assert!(window.query_by_label("YouTube is on air.").is_none());
    assert_eq!(outcome(), None);

    assert!(!ask_to_close(&mut window));
    press(&mut window, Key::Escape);
    assert!(window.query_by_label("Stay").is_none(), "Esc stays too");

    assert!(!ask_to_close(&mut window));
    press(&mut window, Key::Space);
    assert!(window.query_by_label("Stay").is_none(), "so does Space");
    assert_eq!(door.sent(), [], "and it is no CUT");
    assert!(!ask_to_close(&mut window));
    click(&mut window, "End the show");
    assert_eq!(outcome(), None, "one press is not enough");
    click(&mut window, "Again to end the show");
    assert_eq!(outcome(), Some(Outcome::EndShow));
}

#[test]
fn on_air_the_show_can_be_left_running() {
    let door = FakeDoor::new();
    door.change(|s| s.recording.state = RecordingState::Recording);
    let Opened {
        mut window,
        outcome,
    } = open_with(&door, Graphics::default(), 0.25);
    assert!(!ask_to_close(&mut window));
    click(&mut window, "Leave the show running");
    assert_eq!(*outcome.lock().unwrap(), Some(Outcome::LeaveRunning));
    assert_eq!(door.sent(), []);
}

#[test]
fn a_show_that_ended_elsewhere_closes_the_window() {
    let door = FakeDoor::new();
    let Opened {
        mut window,
        outcome,
    } = open_with(&door, Graphics::default(), 0.25);
    let report = Event::Report(door::Report::default());
    door.say(report);
    window.run();
    assert_eq!(*outcome.lock().unwrap(), Some(Outcome::Ended));
}

#[test]
fn events_are_listed_in_plain_words() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    door.say(Event::Destination {
        id: "pt".to_owned(),
        state: DestinationState::Reconnecting,
        message: "closed by the server".to_owned(),
        frame: 4,
    });
    door.say(Event::Error {
        message: "no such scene".to_owned(),
        id: None,
    });
    window.run();
    assert!(window.query_by_label("refused: no such scene").is_some());
    door.change(|s| s.sources[1].state = SourceState::Lost);
    click(&mut window, "List of events");
    window.run_steps(2);
    assert!(
        window
            .query_by_label_contains("PeerTube: reconnecting – closed by the server")
            .is_some()
    );
    // Since when, and what.
    let lost = window.query_all_by_label_contains("Ann: is lost");
    let mut said = lost.filter_map(|node| node.value());
    assert!(
        said.any(|text| {
            let time = text.strip_suffix(" Ann: is lost");
            time.is_some_and(|time| time.len() == 8 && time.split(':').count() == 3)
        }),
        "no problem with its time"
    );
}

#[test]
fn pictures_have_their_colours_and_change_with_their_frame() {
    let door = FakeDoor::new();
    let graphics = Graphics {
        format: Some(TextureFormat::Rgba8Unorm),
        software: false,
    };
    // BT.709, limited range: red, green and middle grey.
    let (red, green, grey) = ([63, 102, 240], [173, 42, 26], [126, 128, 128]);
    door.paint(MonitorId::Program, 1, red);
    door.paint(MonitorId::Preview, 1, grey);
    let mut window = open_with(&door, graphics, 0.25).window;
    let mut colours = |expected: [[u8; 3]; 2]| {
        window.run();
        let image = window.render().unwrap();
        // The middles of PGM and PVW in a window of this size.
        for (x, rgb) in [(704, expected[0]), (237, expected[1])] {
            let seen = image.get_pixel(x, 170).0;
            for (channel, expected) in seen.into_iter().zip(rgb) {
                assert!(channel.abs_diff(expected) <= 3, "{seen:?}, not {rgb:?}");
            }
        }
    };
    let (r, g, m) = ([255, 0, 0], [0, 255, 0], [128, 128, 128]);
    colours([r, m]);
    door.paint(MonitorId::Program, 1, green);
    colours([r, m]);
    door.paint(MonitorId::Program, 2, green);
    colours([g, m]);
}

#[test]
fn panels_are_filled_evenly_up_to_their_edges() {
    let door = FakeDoor::new();
    let graphics = Graphics {
        format: Some(TextureFormat::Rgba8Unorm),
        software: false,
    };
    let mut window = open_with(&door, graphics, 0.25).window;
    let image = window.render().unwrap();
    // Corners of the health strip, and the middle of a strip without a control.
    for (x, y) in [(1, 756), (1, 798), (1278, 798), (20, 740)] {
        assert_eq!(image.get_pixel(x, y).0, [23, 26, 30, 255], "{x} {y}");
    }
    // Beside the panels lies the window's own ground, whatever it is cleared to.
    assert_ne!(image.get_pixel(156, 640).0[..3], [23, 26, 30]);
}
