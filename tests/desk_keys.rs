//! The desk by keyboard: what Tab comes to while something is open, how lists are scrolled, how keys are
//! given to functions without losing others, and what the monitors say of keys and pages. The door is a
//! recorder of commands; the state is the test's own.
#![cfg(feature = "desk")]

use std::sync::Arc;

use eframe::egui_wgpu::wgpu::TextureFormat;
use egui::{
    Event as Input, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Rect, TouchPhase,
    accesskit::Role, vec2,
};
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};
use fake_door::FakeDoor;
use regie::{
    door::{self, Command, Event, TransitionState},
    media, show,
    ui::{Desk, Graphics, install_theme},
};

#[path = "common/fake_door.rs"]
mod fake_door;

type Window = Harness<'static, Desk>;

fn opened(door: &Arc<FakeDoor>, graphics: Graphics, size: [f32; 2]) -> Window {
    let desk = Desk::new(door.clone(), graphics, Arc::default());
    let mut window = Harness::builder()
        .with_size(size)
        .with_step_dt(0.25)
        .with_max_steps(16)
        .with_context_setup(install_theme)
        .build_ui_state(|ui, desk: &mut Desk| desk.show(ui), desk);
    window.run();
    window
}

fn open(door: &Arc<FakeDoor>) -> Window {
    opened(door, Graphics::default(), [1280.0, 800.0])
}

fn press(window: &mut Window, key: Key) {
    press_with(window, Modifiers::NONE, key);
}

fn press_with(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run();
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run();
}

fn has(window: &Window, label: &str) -> bool {
    window.query_all_by_label(label).next().is_some()
}

fn place(window: &Window, label: &str) -> Rect {
    window.get_by_label(label).rect()
}

/// What the control is called that has the keyboard.
fn focused(window: &Window) -> Option<String> {
    let mut all = window.root().children_recursive();
    let found = all.find(|node| node.is_focused())?.accesskit_node();
    found.label().or_else(|| found.value())
}

/// Where Tab, or Shift+Tab, leads in so many presses.
fn walk(window: &mut Window, modifiers: Modifiers, times: usize) -> Vec<String> {
    let mut steps = Vec::new();
    for i in 0..times {
        press_with(window, modifiers, Key::Tab);
        let found = focused(window);
        steps.push(found.unwrap_or_else(|| panic!("nothing after {i} of {steps:?}")));
    }
    steps
}

/// Goes once round what is open and back, and gives what there is in it.
fn round(window: &mut Window, what: &str) -> Vec<String> {
    let first = walk(window, Modifiers::NONE, 1).remove(0);
    let mut all = vec![first.clone()];
    loop {
        let next = walk(window, Modifiers::NONE, 1).remove(0);
        if next == first {
            break;
        }
        all.push(next);
        assert!(all.len() < 60, "{what} has no end: {all:?}");
    }
    let mut back = walk(window, Modifiers::SHIFT, all.len());
    back.reverse();
    assert_eq!(back, all, "{what}, the other way");
    all
}

#[test]
fn tab_and_shift_tab_stay_within_what_is_open() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    let desks = ["CUT", "AUTO", "Marker", "List of events", "1 Duo"];
    let is_inside = |all: &[String], what: &str| {
        let left = all.iter().find(|label| desks.contains(&label.as_str()));
        assert_eq!(left, None, "{what}: {all:?}");
    };

    press_with(&mut window, Modifiers::CTRL, Key::K);
    window
        .get_by_role_and_label(Role::TextInput, "Search")
        .type_text("safe areas");
    window.run();
    let all = round(&mut window, "the keys");
    is_inside(&all, "the keys");
    for label in ["Search", "Key for Safe areas: F8", "Close window"] {
        assert!(all.iter().any(|found| found == label), "{label} in {all:?}");
    }
    press(&mut window, Key::Escape);
    press(&mut window, Key::Escape);

    click(&mut window, "File");
    click(&mut window, "Show settings…");
    let text = "(version: 1, name: \"Forum\", format: (width: 1920, height: 1080, rate: (25, 1)))";
    let show = show::parse(std::path::Path::new("x.ron"), text).unwrap();
    door.say(Event::Show {
        revision: 0,
        show: Arc::new(show),
        file: None,
    });
    window.run();
    let all = round(&mut window, "the settings");
    is_inside(&all, "the settings");
    assert!(all.iter().any(|label| label == "Close window"), "{all:?}");
    press(&mut window, Key::Escape);
    press(&mut window, Key::Escape);
    assert!(!has(&window, "Format"), "the settings are closed");

    door.change(|s| s.transition.style.kind = door::TransitionKind::Dip);
    click(&mut window, "Everything about the transition");
    let all = round(&mut window, "the transition");
    is_inside(&all, "the transition");
    press(&mut window, Key::Escape);

    press(&mut window, Key::F10);
    press(&mut window, Key::Enter);
    let all = round(&mut window, "a menu");
    is_inside(&all, "a menu");
    assert_eq!(all, ["Show settings…", "Quit"], "what can be chosen");
    press(&mut window, Key::Escape);
    press(&mut window, Key::Escape);

    door.sent();
    let all = walk(&mut window, Modifiers::NONE, 12);
    assert!(all.iter().any(|label| label == "AUTO"), "{all:?}");
    assert_eq!(door.sent(), [], "Tab does nothing but to lead");
}

#[test]
fn who_types_beside_a_window_that_is_open_types_on() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    press_with(&mut window, Modifiers::CTRL, Key::K);
    let length = "Length of the transition in frames";
    click(&mut window, length);
    press(&mut window, Key::Tab);
    let next = focused(&window).unwrap_or_default();
    assert_eq!(next, "Longer transition", "the next beside it");
}

#[test]
fn while_a_row_waits_tab_leads_nowhere_and_is_refused_by_its_name() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    press_with(&mut window, Modifiers::CTRL, Key::K);
    let (row, waits) = ("Key for CUT: Space", "Key for CUT: press the new key…");
    window.get_by_label(row).focus();
    window.run();
    press(&mut window, Key::Enter);
    for (modifiers, name) in [
        (Modifiers::NONE, "Tab"),
        (Modifiers::SHIFT, "Shift+Tab"),
        (Modifiers::NONE, "Tab"),
    ] {
        press_with(&mut window, modifiers, Key::Tab);
        assert_eq!(focused(&window).as_deref(), Some(waits), "{name}");
        let refused = format!("{name} cannot be given to a function: press another key, or Esc");
        assert!(has(&window, &refused), "{refused}");
    }
    press(&mut window, Key::Escape);
    assert_eq!(focused(&window).as_deref(), Some(row), "it was given up");
    press(&mut window, Key::Enter);
    press(&mut window, Key::ArrowDown);
    let taken = "Key for CUT: ↓";
    assert_eq!(focused(&window).as_deref(), Some(taken), "no arrow leads");
    assert_eq!(door.sent(), []);
}

#[test]
fn the_usual_keys_of_all_take_two_presses_at_the_same_place() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    press_with(&mut window, Modifiers::CTRL, Key::K);
    let (usual, again) = ("Usual keys for all", "Again: chosen keys are lost");
    let is_disabled = |window: &Window| {
        let button = window.get_by_label(usual);
        button.accesskit_node().is_disabled()
    };
    assert!(is_disabled(&window), "nothing was chosen");
    click(&mut window, "Key for CUT: Space");
    press(&mut window, Key::Y);
    let before = place(&window, usual);
    click(&mut window, usual);
    assert!(has(&window, "Key for CUT: Y"), "one press is not enough");
    assert_eq!(place(&window, again), before);
    window.run_steps(16);
    assert!(has(&window, usual), "too late: it is a first press again");
    click(&mut window, usual);
    click(&mut window, again);
    assert!(has(&window, "Key for CUT: Space"));
    assert!(is_disabled(&window));
}

#[test]
fn a_usual_key_that_another_has_now_is_asked_about_and_no_row_moves() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    press_with(&mut window, Modifiers::CTRL, Key::K);
    let row = "Key for AUTO: Enter";
    let before = place(&window, row);
    click(&mut window, "Key for CUT: Space");
    assert_eq!(place(&window, row), before, "while it waits");
    press(&mut window, Key::Y);
    // Marker takes what CUT had.
    window
        .get_by_role_and_label(Role::TextInput, "Search")
        .focus();
    window.run();
    window
        .get_by_role_and_label(Role::TextInput, "Search")
        .type_text("marker");
    window.run();
    click(&mut window, "Key for Marker: M");
    press(&mut window, Key::Space);
    window
        .get_by_role_and_label(Role::TextInput, "Search")
        .focus();
    window.run();
    for _ in 0..6 {
        press(&mut window, Key::Backspace);
    }
    assert_eq!(place(&window, row), before);

    click(&mut window, "Usual key for CUT");
    assert!(has(&window, "Space has a function already: Marker"));
    assert_eq!(place(&window, row), before, "while it is asked");
    assert!(has(&window, "Key for CUT: Y"), "nothing is taken yet");
    click(&mut window, "Leave it");
    assert!(has(&window, "Key for CUT: Y"));
    click(&mut window, "Usual key for CUT");
    click(&mut window, "Use it for: CUT");
    assert!(has(&window, "Key for CUT: Space"));
    assert_eq!(place(&window, row), before);
    press(&mut window, Key::Escape);
    press(&mut window, Key::Escape);
    press(&mut window, Key::Space);
    assert_eq!(door.sent(), [Command::Cut {}], "and no marker");
}

/// Tab until this has the keyboard.
fn tab_to(window: &mut Window, label: &str) {
    for _ in 0..90 {
        press(window, Key::Tab);
        if focused(window).as_deref() == Some(label) {
            return;
        }
    }
    panic!("Tab does not come to {label}");
}

#[test]
fn the_list_of_events_is_scrolled_by_keyboard() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    // The first that is said is the first that happened.
    for i in (1..=40).rev() {
        door.say(Event::Error {
            message: format!("number {i}"),
            id: None,
        });
    }
    window.run();
    click(&mut window, "List of events");
    tab_to(&mut window, "Events, the newest first");
    let seen = |window: &Window, i: usize| {
        let text = format!("refused: number {i}");
        let mut lines = window.query_all_by_label_contains(&text);
        // The newest is in the health strip too, which lies below.
        let list = place(window, "Events, the newest first");
        lines.any(|line| line.rect().intersects(list))
    };
    assert!(seen(&window, 40) && !seen(&window, 1));
    press(&mut window, Key::End);
    assert!(seen(&window, 1) && !seen(&window, 40));
    press(&mut window, Key::Home);
    assert!(seen(&window, 40) && !seen(&window, 1));
    press(&mut window, Key::PageDown);
    assert!(!seen(&window, 40));
    press(&mut window, Key::PageUp);
    assert!(seen(&window, 40));
    for _ in 0..3 {
        press(&mut window, Key::ArrowDown);
    }
    assert!(!seen(&window, 40) && seen(&window, 36));
    for _ in 0..3 {
        press(&mut window, Key::ArrowUp);
    }
    assert!(seen(&window, 40));
    assert_eq!(
        focused(&window).as_deref(),
        Some("Events, the newest first"),
        "no arrow leads away"
    );
    assert_eq!(door.sent(), [], "neither the T-bar nor a page");
    press(&mut window, Key::Num1);
    assert_eq!(door.sent().len(), 1, "digits are the switcher's");
}

#[test]
fn the_sheet_of_keys_is_scrolled_by_wheel_and_by_keyboard() {
    let door = FakeDoor::new();
    let mut window = opened(&door, Graphics::default(), [1024.0, 640.0]);
    press_with(&mut window, Modifiers::SHIFT, Key::Questionmark);
    let (first, last) = (
        "Space: CUT",
        "1 … 0: Go by their place: so no − on the 6 key (AZERTY)",
    );
    let list = place(&window, "All keys");
    let is_seen = |window: &Window, line: &str| list.contains_rect(place(window, line).shrink(2.0));
    assert!(is_seen(&window, first) && !is_seen(&window, last));
    let wheel = |window: &mut Window, points: f32| {
        let over = Input::PointerMoved(list.center());
        let turn = Input::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        };
        window.input_mut().events.extend([over, turn]);
        window.step();
        window.run();
    };
    wheel(&mut window, -4000.0);
    assert!(is_seen(&window, last) && !is_seen(&window, first));
    wheel(&mut window, 4000.0);
    assert!(is_seen(&window, first));
    tab_to(&mut window, "All keys");
    press(&mut window, Key::End);
    assert!(is_seen(&window, last) && !is_seen(&window, first));
    press(&mut window, Key::Home);
    assert!(is_seen(&window, first));
    let before = place(&window, first).top();
    press(&mut window, Key::ArrowDown);
    assert!(place(&window, first).top() < before);
    assert_eq!(door.sent(), []);
}

#[test]
fn the_sheet_of_keys_has_the_arrows_as_it_opens_and_nothing_else() {
    let door = FakeDoor::new();
    let mut window = opened(&door, Graphics::default(), [1024.0, 640.0]);
    press_with(&mut window, Modifiers::SHIFT, Key::Questionmark);
    assert!(window.get_by_label("All keys").is_focused());
    let first = "Space: CUT";
    let before = place(&window, first).top();
    press(&mut window, Key::ArrowDown);
    assert!(place(&window, first).top() < before, "it scrolls at once");
    press(&mut window, Key::ArrowUp);
    assert_eq!(place(&window, first).top(), before);
    assert_eq!(door.sent(), [], "neither the T-bar nor a page");
    press(&mut window, Key::Space);
    assert_eq!(
        door.sent(),
        [Command::Cut {}],
        "what switches goes on switching"
    );
    press(&mut window, Key::Escape);
    assert!(window.query_by_label("All keys").is_none());
    assert_eq!(
        focused(&window),
        None,
        "the arrows are the switcher's again"
    );
}

#[test]
fn the_focus_is_blue_in_menus_and_windows_too() {
    let door = FakeDoor::new();
    let graphics = Graphics {
        format: Some(TextureFormat::Rgba8Unorm),
        software: false,
    };
    let mut window = opened(&door, graphics, [1280.0, 800.0]);
    let edge = |window: &mut Window| {
        let of = focused(window).unwrap();
        let rect = window.get_by_label(&of).rect();
        let image = window.render().unwrap();
        let (x, y) = (rect.left() as i32, rect.center().y as u32);
        let pixels: Vec<[u8; 4]> = (x - 3..x + 4)
            .map(|x| image.get_pixel(x.max(0) as u32, y).0)
            .collect();
        let is_blue = |[r, g, b, _]: &[u8; 4]| *b > 200 && b > g && g > r && *r < 150;
        let is_white = |p: &[u8; 4]| p[..3].iter().all(|part| *part > 180);
        assert!(pixels.iter().any(is_blue), "{of}: {pixels:?}");
        assert!(!pixels.iter().any(is_white), "{of}: {pixels:?}");
    };
    press(&mut window, Key::F10);
    edge(&mut window);
    press(&mut window, Key::Enter);
    press(&mut window, Key::Tab);
    edge(&mut window);
    press(&mut window, Key::Escape);
    press(&mut window, Key::Escape);
    press_with(&mut window, Modifiers::CTRL, Key::K);
    press(&mut window, Key::Tab);
    press(&mut window, Key::Tab);
    edge(&mut window);
}

#[test]
fn a_scene_that_waits_for_the_end_of_a_transition_says_so() {
    let door = FakeDoor::new();
    let mut window = open(&door);
    assert!(has(&window, "1 Duo"));
    door.change(|s| {
        s.transition.state = TransitionState::Running;
        s.transition.then = Some("duo".to_owned());
    });
    window.run();
    assert!(has(&window, "1 Duo, next after this transition"));
    door.change(|s| {
        s.transition.state = TransitionState::Idle;
        s.transition.then = None;
    });
    window.run();
    assert!(has(&window, "1 Duo"));
}

/// A show of so many scenes more.
fn many(more: usize) -> Arc<FakeDoor> {
    FakeDoor::with(|s| {
        for i in 0..more {
            let mut scene = s.scenes[0].clone();
            scene.id = format!("more{i}");
            scene.label = format!("More {i}");
            s.scenes.push(scene);
        }
    })
}

#[test]
fn the_pager_says_on_which_side_pgm_and_pvw_are() {
    let door = many(14);
    let graphics = Graphics {
        format: Some(TextureFormat::Rgba8Unorm),
        software: false,
    };
    let mut window = opened(&door, graphics, [1280.0, 800.0]);
    assert!(has(&window, "Page before") && has(&window, "Next page"));
    press(&mut window, Key::PageDown);
    let both = "Page before, PGM is there, PVW is there";
    assert!(has(&window, both) && has(&window, "Next page"));
    // Red beside green at the button's outer edge.
    let button = place(&window, both);
    let image = window.render().unwrap();
    let colour = |part: f32| {
        let x = button.left() + button.width() * part;
        image.get_pixel(x as u32, button.top() as u32 + 3).0
    };
    let ([r, g, ..], [left, ..]) = (colour(0.75), colour(0.25));
    assert!(g > 150 && r < 100 && left > 150, "{r} {g} {left}");

    door.change(|s| {
        s.preview = "more13".to_owned();
    });
    window.run();
    assert!(has(&window, "Page before, PGM is there"));
    assert!(has(&window, "Next page, PVW is there"));
    // What a transition goes to is on air.
    door.change(|s| s.transition.state = TransitionState::Running);
    window.run();
    assert!(has(&window, "Next page, PGM is there"));
    press(&mut window, Key::PageDown);
    assert!(has(&window, "Page before, PGM is there") && has(&window, "Next page"));
    door.change(|s| s.hold = true);
    window.run();
    assert!(has(&window, "Page before"), "the slate is on air");
}

#[test]
fn a_tile_says_by_which_key_it_is_taken() {
    let door = many(19);
    let mut window = open(&door);
    assert!(has(&window, "8 More 4"), "the number is the key");
    press(&mut window, Key::PageDown);
    assert!(has(&window, "10 More 6"));
    assert!(has(&window, "11 More 7, key Alt+1"));
    assert!(has(&window, "12 More 8, key Alt+2"));
    press_with(&mut window, Modifiers::ALT, Key::Num1);
    let scene = "more7".to_owned();
    assert_eq!(door.sent(), [Command::Preview { scene }]);
    press(&mut window, Key::PageDown);
    assert!(has(&window, "20 More 16, key Alt+0"));
    assert!(has(&window, "21 More 17"), "no key takes it");
}
