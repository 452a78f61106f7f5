//! The editor of the selected strip as a hand, a keyboard and a screen reader find it: what each sends,
//! and that what another desk sets is drawn. The door is a recorder of commands; the state is the test's
//! own.
#![cfg(feature = "desk")]

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eframe::egui_wgpu::wgpu::TextureFormat;
use egui::{
    Key, Modifiers, Pos2, Rect,
    accesskit::{Role, Toggled},
    vec2,
};
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults, kittest::NodeT, kittest::Queryable};
use fake_door::FakeDoor;
use regie::{
    door::{
        self, AuxStatus, CardOutputState, CardOutputStatus, Command, Door, GroupStatus, Level,
        ListenStatus, ReturnStatus, Snapshot, Tally,
    },
    media,
    show::{self, BandKind, Pick, StripSettings},
    ui::{Desk, Graphics, install_theme},
};

#[path = "common/fake_door.rs"]
mod fake_door;

#[path = "sound/automatic.rs"]
mod automatic;
#[path = "sound/small.rs"]
mod small;
#[path = "sound/snapshots.rs"]
mod snapshots;
#[path = "sound/tab.rs"]
mod tab;
#[path = "sound/talkback.rs"]
mod talkback;

/// The language is the whole process's.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Opened {
    window: Harness<'static, Desk>,
    door: Arc<FakeDoor>,
    _folder: tempfile::TempDir,
    _alone: MutexGuard<'static, ()>,
}

/// The Sound arrangement on this door.
fn open(door: Arc<FakeDoor>, language: &str, size: (f32, f32)) -> Opened {
    let alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let kept = format!("(language: Some(\"{language}\"), arrangement: Sound)");
    std::fs::write(folder.path().join("desk.ron"), kept).unwrap();
    let graphics = Graphics {
        format: Some(TextureFormat::Rgba8Unorm),
        software: false,
    };
    let desk = Desk::new(door.clone(), graphics, Arc::default())
        .remembering(Some(folder.path().to_owned()))
        .with_clock(|| "20:41:07".to_owned());
    let mut window = Harness::builder()
        .with_size(vec2(size.0, size.1))
        .with_step_dt(0.05)
        .with_max_steps(16)
        .with_context_setup(install_theme)
        .build_ui_state(|ui, desk: &mut Desk| desk.show(ui), desk);
    window.run();
    Opened {
        window,
        door,
        _folder: folder,
        _alone: alone,
    }
}

fn two() -> Opened {
    open(FakeDoor::new(), "en", (1280.0, 800.0))
}

impl Opened {
    fn rect(&self, label: &str) -> Rect {
        self.window.get_by_label(label).rect()
    }

    fn click(&mut self, label: &str) {
        self.window.get_by_label(label).click();
        self.window.run();
    }

    /// Presses a button that says this as its tooltip too.
    fn click_button(&mut self, label: &str) {
        let button = self.window.get_by_role_and_label(Role::Button, label);
        button.click();
        self.window.run();
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.window.key_press_modifiers(modifiers, key);
        self.window.run();
    }

    fn focus(&mut self, label: &str) {
        self.window.get_by_label(label).focus();
        self.window.run();
    }

    /// Drags from one place to another in some frames, and lets go.
    fn drag(&mut self, from: Pos2, by: egui::Vec2) {
        self.window.hover_at(from);
        self.window.run_steps(1);
        self.window.drag_at(from);
        self.window.run_steps(1);
        for n in 1..=8 {
            self.window.hover_at(from + by * (n as f32 / 8.0));
            self.window.run_steps(1);
        }
        self.window.drop_at(from + by);
        self.window.run_steps(2);
    }

    /// What was sent since the last call, but for what was only asked; what is of strips is done by the
    /// engine.
    fn done(&mut self) -> Vec<Command> {
        let mut sent = self.door.sent();
        let is_asked = |command: &Command| {
            matches!(
                command,
                Command::LoudnessHistory {} | Command::Show {} | Command::Devices {}
            )
        };
        sent.retain(|command| !is_asked(command));
        for command in &sent {
            if let Some((source, change)) = command.on_strip() {
                self.door.change(|s| {
                    let found = s.sources.iter_mut().find(|known| known.id == source);
                    let strip = &mut found.expect("a source").strip;
                    *strip = change(*strip).expect("a band");
                });
            }
        }
        self.window.run();
        sent
    }

    fn strip(&self, source: usize) -> StripSettings {
        self.door.snapshot().unwrap().sources[source].strip
    }

    /// What stands in a number's field.
    fn value(&self, label: &str) -> String {
        let node = self.window.get_by_label(label);
        node.accesskit_node().value().unwrap_or_default()
    }

    /// Walks on with Tab, so many times, and comes by all of these.
    fn reaches_by_tab(&mut self, times: usize, labels: &[&str]) {
        let mut reached = std::collections::BTreeSet::new();
        for _ in 0..times {
            self.press(Modifiers::NONE, Key::Tab);
            reached.extend(self.focused());
        }
        for label in labels {
            assert!(reached.contains(*label), "{label} in {reached:?}");
        }
    }

    /// The label of what has the keyboard.
    fn focused(&self) -> Option<String> {
        let nodes = self.window.root().children_recursive();
        let focused = nodes.into_iter().find(|node| node.is_focused());
        focused.and_then(|node| node.accesskit_node().label())
    }

    /// Types into a number's field.
    fn type_in(&mut self, label: &str, text: &str) {
        self.click(label);
        self.press(Modifiers::COMMAND, Key::A);
        self.window.event(egui::Event::Text(text.to_owned()));
        self.window.run();
        self.press(Modifiers::NONE, Key::Enter);
    }
}

#[test]
fn a_point_is_dragged_and_each_frame_sends_one_command_at_most() {
    let mut desk = two();
    let point = "Point of band 2, Stage";
    let from = desk.rect(point).center();
    let plot_left = desk.rect("Point of band 1, Stage").center();
    assert!(plot_left.x < from.x);
    desk.drag(from, vec2(60.0, -30.0));
    let sent = desk.done();
    assert!((2..=9).contains(&sent.len()), "{sent:?}");
    for command in &sent {
        let Command::Eq {
            source,
            band: Some(2),
            hz,
            gain_db,
            q: None,
            kind: None,
            ..
        } = command
        else {
            panic!("{command:?}");
        };
        assert_eq!(source, "cam");
        assert!(hz.is_some() || gain_db.is_some());
    }
    let strip = desk.strip(0);
    assert!(strip.eq.on, "who moves a point wants to hear it");
    let band = strip.eq.bands[1];
    assert!((450.0..1500.0).contains(&band.hz), "{band:?}");
    assert!((2.0..10.0).contains(&band.gain_db), "{band:?}");
    // It is where the hand has left it, drawn from the engine's numbers.
    let now = desk.rect(point).center();
    assert!((now - from - vec2(60.0, -30.0)).length() < 2.0, "{now:?}");
    let others = [0, 2, 3].map(|n| strip.eq.bands[n]);
    let usual = StripSettings::default().eq.bands;
    assert_eq!(others, [usual[0], usual[2], usual[3]]);
}

#[test]
fn a_late_answer_takes_no_point_back_under_the_hand() {
    let mut desk = two();
    let point = "Point of band 3, Stage";
    let from = desk.rect(point).center();
    desk.window.hover_at(from);
    desk.window.run_steps(1);
    desk.window.drag_at(from);
    for n in 1..=20 {
        // The engine answers nothing for a second.
        let to = from + vec2(0.0, -2.0 * n as f32);
        desk.window.hover_at(to);
        desk.window.run_steps(1);
        let now = desk.rect(point).center();
        // A frame behind, and rounded.
        assert!(n < 5 || (now - to).length() < 4.5, "{n}: {now:?} {to:?}");
    }
    for _ in 0..20 {
        desk.window.run_steps(1);
    }
    let held = desk.rect(point).center();
    assert!((held - from - vec2(0.0, -40.0)).length() < 2.0, "it rests");
    desk.window.drop_at(from + vec2(0.0, -40.0));
    desk.window.run_steps(20);
    // What the engine never did is not drawn for long.
    assert_eq!(desk.rect(point).center(), from);
}

#[test]
fn a_slanted_drag_sends_each_change_once_and_nothing_at_rest() {
    let mut desk = two();
    let from = desk.rect("Point of band 3, Stage").center();
    desk.window.hover_at(from);
    desk.window.run_steps(1);
    desk.window.drag_at(from);
    for n in 1..=20 {
        desk.window.hover_at(from + vec2(2.0 * n as f32, -n as f32));
        desk.window.run_steps(1);
    }
    desk.window.run_steps(2);
    // The engine answers nothing for a while.
    desk.door.sent();
    desk.window.run_steps(20);
    assert_eq!(desk.door.sent(), [], "the hand rests");
    let now = desk.rect("Point of band 3, Stage").center();
    let moved = now - from;
    assert!((moved - vec2(40.0, -20.0)).length() < 4.5, "{moved:?}");
}

#[test]
fn keys_that_come_faster_than_the_answer_are_all_counted() {
    let mut desk = two();
    desk.focus("Point of band 3, Stage");
    let mut strip = desk.strip(0);
    for key in [Key::ArrowUp, Key::ArrowRight, Key::ArrowUp] {
        desk.window.key_press(key);
        desk.window.run_steps(1);
    }
    for command in desk.done() {
        let (_, change) = command.on_strip().expect("of a strip");
        strip = change(strip).expect("it can be done");
    }
    assert_eq!(strip.eq.bands[2].gain_db, 2.0);
    assert!(strip.eq.on && strip.eq.bands[2].hz > 2500.0, "{strip:?}");
}

#[test]
fn who_passes_through_a_number_changes_nothing() {
    let mut desk = two();
    let settings = |s: &mut Snapshot| {
        s.sources[0].strip.eq.bands[2].hz = 1234.0;
        s.sources[0].strip.eq.bands[2].q = std::f32::consts::FRAC_1_SQRT_2;
        s.sources[0].strip.delay_ms = 12.25;
    };
    desk.door.change(settings);
    desk.window.run();
    for label in [
        "Frequency of band 3, Stage",
        "Q of band 3, Stage",
        "Delay, Stage",
    ] {
        desk.focus(label);
        desk.press(Modifiers::NONE, Key::Tab);
        desk.window.run();
    }
    assert_eq!(desk.done(), []);
}

#[test]
fn a_list_that_was_chosen_from_by_key_is_closed_and_keeps_the_keyboard() {
    let mut desk = two();
    desk.focus("Channels, Stage");
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.window.query_by_label("Left").is_some(), "it is open");
    desk.press(Modifiers::NONE, Key::Tab);
    desk.press(Modifiers::NONE, Key::Tab);
    desk.press(Modifiers::NONE, Key::Enter);
    desk.window.run();
    assert_eq!(desk.done().len(), 1, "one was chosen");
    let list = desk.window.get_by_label("Channels, Stage");
    assert!(list.is_focused(), "Enter is no AUTO now");
    assert!(desk.window.query_by_label("Left").is_none(), "it is closed");
}

#[test]
fn an_arrow_after_a_click_moves_what_was_clicked_and_not_the_t_bar() {
    for control in ["Point of band 3, Stage", "Fader Stage"] {
        let mut desk = two();
        let at = desk.rect(control).center();
        // A tap that comes and goes between two paintings.
        desk.window.hover_at(at);
        desk.window.run_steps(1);
        for pressed in [true, false] {
            desk.window.event(egui::Event::PointerButton {
                pos: at,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
        }
        desk.window.run();
        desk.done();
        for key in [Key::ArrowRight, Key::ArrowUp] {
            desk.press(Modifiers::NONE, key);
        }
        // However long the hand rests.
        desk.window.run_steps(200);
        desk.press(Modifiers::NONE, Key::ArrowUp);
        let sent = desk.done();
        let is_its =
            |command: &Command| matches!(command, Command::Eq { .. } | Command::Fader { .. });
        assert!(
            sent.len() >= 2 && sent.iter().all(is_its),
            "{control}: {sent:?}"
        );
        // Space is the switcher's, wherever the hand is.
        desk.press(Modifiers::NONE, Key::Space);
        assert_eq!(desk.done(), [Command::Cut {}], "{control}");
    }
}

#[test]
fn a_t_bar_that_is_not_seen_is_not_moved_by_key() {
    let mut desk = two();
    for key in [Key::ArrowRight, Key::ArrowLeft] {
        desk.press(Modifiers::NONE, key);
    }
    assert_eq!(desk.done(), []);
}

#[test]
fn a_second_enter_after_a_typed_number_takes_nothing() {
    let mut desk = two();
    desk.type_in("Frequency of band 3, Stage", "2k");
    desk.press(Modifiers::NONE, Key::Enter);
    desk.press(Modifiers::NONE, Key::Space);
    let sent = desk.done();
    assert!(matches!(sent[..], [Command::Eq { .. }]), "{sent:?}");
    // Later it is AUTO, as always.
    desk.window.run_steps(60);
    desk.press(Modifiers::NONE, Key::Enter);
    assert_eq!(desk.done(), [Command::Auto {}]);
}

#[test]
fn an_arrow_goes_to_the_next_of_sixteen_strips() {
    let mut desk = open(sixteen(), "en", (1280.0, 800.0));
    desk.focus("Strip Stage");
    desk.press(Modifiers::NONE, Key::ArrowRight);
    assert!(desk.window.get_by_label("Strip Ann").is_focused());
}

#[test]
fn a_point_is_moved_by_key() {
    let mut desk = two();
    let point = "Point of band 3, Stage";
    desk.focus(point);
    desk.press(Modifiers::NONE, Key::ArrowUp);
    let source = || "cam".to_owned();
    let eq = |on, hz, gain_db, q| Command::Eq {
        source: source(),
        on,
        band: Some(3),
        band_on: None,
        kind: None,
        hz,
        gain_db,
        q,
    };
    assert_eq!(desk.done(), [eq(Some(true), None, Some(1.0), None)]);
    desk.press(Modifiers::SHIFT, Key::ArrowUp);
    assert_eq!(desk.done(), [eq(None, None, Some(1.1), None)]);
    desk.press(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(desk.done(), [eq(None, Some(2810.0), None, None)]);
    desk.press(Modifiers::NONE, Key::Plus);
    assert_eq!(desk.done(), [eq(None, None, None, Some(1.1))]);
    desk.press(Modifiers::NONE, Key::Minus);
    assert_eq!(desk.done(), [eq(None, None, None, Some(1.0))]);
    desk.press(Modifiers::NONE, Key::Delete);
    let usual = eq(None, Some(2500.0), Some(0.0), None);
    assert_eq!(desk.done(), [usual]);
    desk.press(Modifiers::NONE, Key::Space);
    let off = Command::Eq {
        source: source(),
        on: None,
        band: Some(3),
        band_on: Some(false),
        kind: None,
        hz: None,
        gain_db: None,
        q: None,
    };
    assert_eq!(desk.done(), [off], "and nothing was cut");
}

#[test]
fn the_wheel_and_alt_make_a_band_narrower_and_a_double_click_takes_it_back() {
    let mut desk = two();
    let at = desk.rect("Point of band 2, Stage").center();
    desk.window.hover_at(at);
    desk.window.run_steps(2);
    desk.window.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        source: egui::MouseWheelSource::Wheel,
        delta: vec2(0.0, 2.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    desk.window.run();
    assert_eq!(desk.done().len(), 1);
    assert_eq!(desk.strip(0).eq.bands[1].q, 1.21);
    desk.window
        .event(egui::Event::ModifiersChanged(Modifiers::ALT));
    desk.drag(at, vec2(0.0, -60.0));
    desk.window
        .event(egui::Event::ModifiersChanged(Modifiers::NONE));
    assert!(!desk.done().is_empty());
    let band = desk.strip(0).eq.bands[1];
    assert!(band.q > 1.5, "{band:?}");
    assert_eq!((band.hz, band.gain_db), (400.0, 0.0));
    let at = desk.rect("Point of band 2, Stage").center();
    desk.window.hover_at(at);
    for _ in 0..2 {
        desk.window.drag_at(at);
        desk.window.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed: false,
            modifiers: Modifiers::NONE,
        });
    }
    desk.window.run();
    desk.done();
    let usual = StripSettings::default().eq.bands[1];
    assert_eq!(desk.strip(0).eq.bands[1], usual);
}

#[test]
fn numbers_are_typed_with_their_units_and_go_no_further_than_they_may() {
    let mut desk = two();
    desk.type_in("Frequency of band 1, Stage", "2,5k");
    let [Command::Eq { band, hz, .. }] = &desk.done()[..] else {
        panic!("one command");
    };
    assert_eq!((*band, *hz), (Some(1), Some(2500.0)));
    assert_eq!(desk.value("Frequency of band 1, Stage"), "2.50 kHz");
    desk.type_in("Trim, Stage", "-99");
    let source = "cam".to_owned();
    assert_eq!(desk.done(), [Command::Trim { source, db: -60.0 }]);
    desk.type_in("Trim, Stage", "loud");
    assert_eq!(desk.done(), [], "no number changes nothing");
    desk.type_in("Ratio of the compressor, Stage", "4:1");
    assert_eq!(desk.done().len(), 1);
    assert_eq!(desk.strip(0).compressor.ratio, 4.0);
    desk.type_in("Delay, Stage", "100");
    let source = "cam".to_owned();
    assert_eq!(
        desk.done(),
        [Command::Delay {
            source,
            ms: Some(100.0),
            frames: None
        }]
    );
}

#[test]
fn gate_and_compressor_are_set_on_their_curves() {
    let mut desk = two();
    for (point, by) in [
        (
            "Point of the compressor’s threshold, Stage",
            vec2(-20.0, 0.0),
        ),
        ("Point of the compressor’s ratio, Stage", vec2(0.0, 12.0)),
        ("Point of the gate’s threshold, Stage", vec2(10.0, 0.0)),
        ("Point of the gate’s range, Stage", vec2(0.0, 10.0)),
    ] {
        let from = desk.rect(point).center();
        desk.drag(from, by);
        let sent = desk.done();
        assert!(!sent.is_empty(), "{point}");
    }
    let (strip, was) = (desk.strip(0), StripSettings::default());
    let (gate, usual) = (strip.gate, was.gate);
    assert!(gate.threshold_db > usual.threshold_db && gate.range_db > usual.range_db);
    let (compressor, usual) = (strip.compressor, was.compressor);
    assert!(compressor.threshold_db < usual.threshold_db);
    assert!(compressor.ratio > usual.ratio, "{compressor:?}");
    assert_eq!(compressor.makeup_db, usual.makeup_db);
    desk.focus("Point of the compressor’s threshold, Stage");
    desk.press(Modifiers::NONE, Key::ArrowRight);
    desk.done();
    let moved = desk.strip(0).compressor.threshold_db;
    assert!((moved - compressor.threshold_db - 1.0).abs() < 1e-4);
    desk.click("Gate, Stage");
    assert_eq!(desk.done().len(), 1);
    assert!(desk.strip(0).gate.on);
}

#[test]
fn the_strip_that_is_selected_stays_whatever_becomes_of_the_others() {
    let mut desk = two();
    desk.click("Strip Ann");
    desk.window.get_by_label("Trim, Ann");
    desk.door.change(|s| s.sources.swap(0, 1));
    desk.window.run();
    desk.window.get_by_label("Trim, Ann");
    desk.door
        .change(|s| s.sources.retain(|source| source.id != "ann"));
    desk.window.run();
    desk.window.get_by_label("Trim, Stage");
    assert_eq!(desk.done(), [], "a look changes nothing");
}

#[test]
fn strips_are_selected_and_their_points_reached_by_key_alone() {
    let mut desk = two();
    desk.focus("Strip Stage");
    desk.press(Modifiers::NONE, Key::ArrowRight);
    desk.window.get_by_label("Trim, Ann");
    assert!(desk.window.get_by_label("Strip Ann").is_focused());
    desk.press(Modifiers::NONE, Key::Enter);
    assert_eq!(desk.done(), [], "Enter is the strip's, and no AUTO");
    assert!(
        desk.window
            .get_by_label("Point of band 1, Ann")
            .is_focused()
    );
    let all = [
        "Strip Ann",
        "Fader Ann",
        "Presets, Ann",
        "Copy the settings of Ann",
        "Trim, Ann",
        "Polarity upside down, Ann",
        "Channels, Ann",
        "Pan, Ann",
        "Delay, Ann",
        "Point of the low cut, Ann",
        "Point of band 4, Ann",
        "Low cut, Ann",
        "Equaliser, Ann",
        "Band 3, Ann",
        "Kind of band 3, Ann",
        "Frequency of band 3, Ann",
        "Gain of band 3, Ann",
        "Q of band 3, Ann",
        "Gate, Ann",
        "Point of the gate’s threshold, Ann",
        "Hold of the gate, Ann",
        "Compressor, Ann",
        "Point of the compressor’s ratio, Ann",
        "Make-up gain of the compressor, Ann",
    ];
    desk.reaches_by_tab(120, &all);
}

#[test]
fn presets_copies_and_resets_can_be_taken_back() {
    let mut desk = two();
    desk.click("Polarity upside down, Stage");
    desk.done();
    let before = desk.strip(0);
    desk.click("Presets, Stage");
    desk.click("Speech, lapel");
    let sent = desk.done();
    let [Command::Strip { source, settings }] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!(source, "cam");
    assert!(settings.high_pass.on && settings.compressor.on && settings.invert);
    let lapel = desk.strip(0);

    desk.click("Copy the settings of Stage");
    desk.click("Strip Ann");
    desk.click("Paste on Ann: the settings of Stage");
    let sent = desk.done();
    assert!(matches!(&sent[..], [Command::Strip { source, .. }] if source == "ann"));
    // What is its own source's stays.
    let pasted = StripSettings {
        invert: false,
        ..lapel
    };
    assert_eq!(desk.strip(1), pasted);
    desk.click("Reset the settings of Ann");
    desk.done();
    assert_eq!(desk.strip(1), StripSettings::default());
    let back = "Ann as before the last preset, paste or reset";
    desk.click(back);
    desk.done();
    assert_eq!(desk.strip(1), pasted);
    desk.click(back);
    desk.done();
    assert_eq!(desk.strip(1), StripSettings::default());

    desk.click("Strip Stage");
    desk.click("Stage as before the last preset, paste or reset");
    desk.done();
    assert_eq!(desk.strip(0), before);
}

#[test]
fn what_another_desk_sets_is_drawn() {
    let mut desk = two();
    let point = "Point of band 2, Stage";
    let was = desk.rect(point).center();
    desk.door.change(|s| {
        let strip = &mut s.sources[0].strip;
        strip.eq.on = true;
        strip.eq.bands[1].hz = 4000.0;
        strip.eq.bands[1].gain_db = -9.0;
        strip.eq.bands[3].kind = BandKind::Notch;
        strip.pick = Pick::Mono;
        strip.delay_ms = 40.0;
        strip.pan = -0.25;
        s.sources[0].gate_db = 6.0;
    });
    desk.window.run();
    let now = desk.rect(point).center();
    assert!(
        now.x > was.x + 50.0 && now.y > was.y + 20.0,
        "{was:?} {now:?}"
    );
    assert_eq!(desk.value("Gain of band 2, Stage"), "−9.0 dB");
    assert_eq!(desk.value("Kind of band 4, Stage"), "Notch");
    assert_eq!(desk.value("Channels, Stage"), "Mono");
    assert_eq!(desk.value("Pan, Stage"), "L 25");
    desk.window
        .get_by_label("Gate of Stage: 6.0 dB of reduction");
    assert_eq!(desk.done(), [], "a look changes nothing");
}

/// A show of sixteen strips, two of them worked on, with three groups.
fn sixteen() -> Arc<FakeDoor> {
    FakeDoor::with(|s| {
        with_buses(s);
        for n in 2..16 {
            let mut source = s.sources[1].clone();
            source.id = format!("s{n}");
            source.label = ["Guest", "Clip", "Hall", "Truck"][n % 4].to_owned() + &n.to_string();
            source.tally = Tally::Off;
            s.sources.push(source);
        }
        for (n, source) in s.sources.iter_mut().enumerate() {
            let db = -14.0 - 3.0 * (n % 7) as f32;
            source.level.peak_db = [db, db - 2.0];
            source.compressor_db = (n % 4) as f32 * 2.0;
            source.share_db = (n % 3) as f32 * 3.0;
        }
        s.sound.talkback.guests = vec!["s4".to_owned()];
        s.sound.safe = vec!["cam".to_owned(), "s5".to_owned()];
        let ann = &mut s.sources[1];
        ann.strip.high_pass.on = true;
        ann.strip.eq.on = true;
        ann.strip.eq.bands[1].gain_db = -5.5;
        ann.strip.eq.bands[2].gain_db = 4.0;
        ann.strip.eq.bands[2].hz = 3500.0;
        ann.strip.gate.on = true;
        ann.strip.compressor.on = true;
        ann.strip.compressor.threshold_db = -26.0;
        ann.strip.compressor.makeup_db = 4.0;
        ann.strip.pan = -0.2;
        ann.strip.delay_ms = 40.0;
        (ann.gate_db, ann.gate_level_db) = (0.0, Some(-16.0));
        (ann.compressor_db, ann.compressor_level_db) = (6.2, Some(-16.0));
    })
}

/// Two auxes, three groups, a guest, a card for each of them, and a monitor.
fn with_buses(s: &mut Snapshot) {
    let level = |db: f32| Level {
        peak_db: [db, db - 1.5],
        ..Level::default()
    };
    let aux = |label: &str, db: f32| AuxStatus {
        label: label.to_owned(),
        level: level(db),
        limiter_db: 1.5,
        ..AuxStatus::default()
    };
    s.sound.auxes = vec![aux("Hall", -12.0), aux("", -22.0)];
    s.sound.groups = [("choir", "Choir"), ("band", "Band"), ("talk", "Speech")]
        .map(|(id, label)| GroupStatus {
            id: id.to_owned(),
            label: label.to_owned(),
            ..GroupStatus::default()
        })
        .to_vec();
    s.sound.groups[1].mute = true;
    s.sources[0].groups = vec!["talk".to_owned()];
    s.sources[1].groups = vec!["choir".to_owned(), "talk".to_owned()];
    s.sources[1].sends = vec![show::Send {
        db: -6.0,
        pre: true,
    }];
    s.sources[1].back = Some(ReturnStatus {
        db: -3.0,
        level: level(-18.0),
        limiter_db: 0.0,
    });
    s.sound.talkback.source = "cam".to_owned();
    s.program_level = level(-9.5);
    s.limiter_db = 2.0;
    s.monitor.set.on = true;
    s.monitor.output.state = CardOutputState::Playing;
    s.sound_outputs = ["program", "aux1"]
        .map(|bus| CardOutputStatus {
            bus: bus.to_owned(),
            device: "hall".to_owned(),
            host: Some("jack".to_owned()),
            channels: vec![1, 2],
            state: CardOutputState::Playing,
            latency_ms: 21.3,
            ..CardOutputStatus::default()
        })
        .to_vec();
}

/// Two strips with these buses, and the show that goes with them.
const BUSES: &str = r#"(version: 1, name: "Forum",
    sources: [
        (id: "cam", label: "Stage", kind: Test(pattern: Bars), groups: ["talk"]),
        (id: "ann", label: "Ann", kind: Test(pattern: Bars), groups: ["choir", "talk"],
            sends: [(db: -6.0, pre: true)], mix_minus: true),
    ],
    sound: (auxes: [(label: "Hall")],
        groups: [(id: "choir", label: "Choir"), (id: "band", label: "Band"),
            (id: "talk", label: "Speech")]),
    sound_outputs: [
        (bus: "program", device: "hall", host: Some("jack"), channels: [1, 2]),
        (bus: "aux1", device: "hall", host: Some("jack"), channels: [1, 2]),
    ])"#;

fn buses() -> Opened {
    let door = FakeDoor::with(with_buses);
    door.gives(show::parse(Path::new("forum.ron"), BUSES).unwrap());
    open(door, "en", (1280.0, 800.0))
}

/// The edits of the one command that was sent.
fn edits(sent: &[Command]) -> &[show::Edit] {
    let [Command::Edit { label, edits, .. }] = sent else {
        panic!("{sent:?}");
    };
    assert!(!label.is_empty(), "it can be undone by its name");
    edits
}

fn pfl(source: &str, on: bool) -> Command {
    Command::Pfl {
        source: source.to_owned(),
        on,
        desk: String::new(),
    }
}

#[test]
fn strips_are_listened_to_before_or_after_their_faders_until_that_is_cleared() {
    let mut desk = buses();
    desk.click("PFL Ann");
    assert_eq!(desk.done(), [pfl("ann", true)]);
    let listens = |s: &mut Snapshot| {
        s.sound.listening = vec![ListenStatus {
            pfl: vec!["ann".to_owned()],
            ..ListenStatus::default()
        }];
    };
    desk.door.change(listens);
    desk.window.run();
    let lit = desk.window.get_by_label("PFL Ann");
    assert_eq!(lit.accesskit_node().toggled(), Some(Toggled::True));
    desk.click("PFL Ann");
    assert_eq!(desk.done(), [pfl("ann", false)]);
    desk.press(Modifiers::NONE, Key::C);
    assert_eq!(desk.done(), [pfl("ann", false)], "cleared by key");
    desk.click("Clear PFL and AFL (1)");
    assert_eq!(desk.done(), [pfl("ann", false)], "and by hand");

    desk.click("Strip MON");
    desk.click("The strips’ buttons listen after the fader");
    desk.done();
    desk.click("AFL Stage");
    let after = |source: &str, on| Command::Afl {
        source: source.to_owned(),
        on,
        desk: String::new(),
    };
    assert_eq!(desk.done(), [after("cam", true)]);
    // A group is listened to as all of its sources.
    desk.click("AFL Speech");
    let all = [after("cam", true), pfl("ann", false), after("ann", true)];
    assert_eq!(desk.done(), all);
}

#[test]
fn the_faders_move_the_sends_of_an_aux_and_go_back_to_the_mix() {
    let mut desk = buses();
    desk.press(Modifiers::CTRL, Key::Num1);
    desk.window
        .get_by_label("The faders move the sends to Hall");
    assert!(desk.window.query_by_label("Fader Stage").is_none());
    let fader = "Send of Ann to Hall";
    let faders = desk.window.get_all_by_label(fader);
    assert_eq!(faders.count(), 1, "Stage is selected, and not Ann");
    desk.focus(fader);
    desk.press(Modifiers::NONE, Key::ArrowUp);
    let send = |db, pre| Command::Send {
        source: "ann".to_owned(),
        aux: 1,
        db,
        pre,
    };
    assert_eq!(desk.done(), [send(Some(-5.0), None)]);
    desk.click("Send of Ann to Hall before the fader");
    assert_eq!(desk.done(), [send(None, Some(false))]);
    // The mute stays the source's: nothing of it goes anywhere.
    desk.click("Mute Ann");
    let mute = Command::Mute {
        source: "ann".to_owned(),
        on: true,
    };
    assert_eq!(desk.done(), [mute]);
    desk.press(Modifiers::CTRL, Key::Num2);
    desk.window.get_by_label("Send of Ann to Aux 2");
    desk.press(Modifiers::NONE, Key::Escape);
    desk.press(Modifiers::NONE, Key::Escape);
    desk.window.get_by_label("Fader Ann");
    desk.click("The faders move the sends to Aux 2");
    desk.window.get_by_label("Send of Ann to Aux 2");
    desk.press(Modifiers::CTRL, Key::Num2);
    desk.window.get_by_label("Fader Ann");
    assert_eq!(desk.done(), [], "what they move is this desk's own");
}

#[test]
fn faders_that_nobody_sees_never_move_sends() {
    let mut desk = buses();
    desk.press(Modifiers::CTRL, Key::Num1);
    desk.click("View");
    desk.click("Director");
    desk.window.run();
    desk.click("View");
    desk.click("Sound");
    desk.window.run();
    desk.window.get_by_label("Fader Stage");
}

#[test]
fn groups_auxes_and_the_monitor_are_moved_and_muted() {
    let mut desk = buses();
    desk.focus("Fader Choir");
    desk.press(Modifiers::NONE, Key::ArrowDown);
    let group = |group: &str, db, mute| Command::Group {
        group: group.to_owned(),
        db,
        mute,
    };
    assert_eq!(desk.done(), [group("choir", Some(-1.0), None)]);
    desk.click("Mute Band");
    assert_eq!(desk.done(), [group("band", None, Some(false))]);
    desk.focus("Fader Hall");
    desk.press(Modifiers::NONE, Key::ArrowUp);
    let aux = |aux, db, mute| Command::Aux { aux, db, mute };
    assert_eq!(desk.done(), [aux(1, Some(1.0), None)]);
    desk.click("Mute Aux 2");
    assert_eq!(desk.done(), [aux(2, None, Some(true))]);

    desk.press(Modifiers::NONE, Key::D);
    desk.click("Dim the monitor by 20 dB");
    desk.click("Mute the monitor");
    desk.click("Hear Hall in the monitor");
    desk.focus("Fader of the monitor");
    desk.press(Modifiers::NONE, Key::ArrowDown);
    let said: Vec<_> = desk.done().into_iter().map(said_of_monitor).collect();
    let nothing = Said::default();
    let dimmed = Said {
        dim: Some(true),
        ..nothing.clone()
    };
    let off = Said {
        on: Some(false),
        ..nothing.clone()
    };
    let hall = Said {
        on: Some(true),
        bus: Some("aux1".to_owned()),
        ..nothing.clone()
    };
    let softer = Said {
        level_db: Some(-1.0),
        ..nothing
    };
    assert_eq!(said, [dimmed.clone(), dimmed, off, hall, softer]);
}

/// What a command says of the monitor.
#[derive(Clone, Debug, Default, PartialEq)]
struct Said {
    on: Option<bool>,
    bus: Option<String>,
    level_db: Option<f32>,
    dim: Option<bool>,
    channels: Option<Vec<u16>>,
}

fn said_of_monitor(command: Command) -> Said {
    let Command::Monitor {
        on,
        bus,
        level_db,
        dim,
        channels,
        ..
    } = command
    else {
        panic!("{command:?}");
    };
    Said {
        on,
        bus,
        level_db,
        dim,
        channels,
    }
}

#[test]
fn the_master_has_the_same_equaliser_and_its_limits() {
    let mut desk = buses();
    desk.click("Strip PGM");
    assert!(
        desk.window
            .query_by_label("Point of the low cut, Program")
            .is_none()
    );
    let from = desk.rect("Point of band 2, Program").center();
    desk.drag(from, vec2(40.0, -25.0));
    let sent = desk.done();
    assert!((2..=9).contains(&sent.len()), "{sent:?}");
    let mut master = desk.door.snapshot().unwrap().sound.master;
    for command in &sent {
        master = command.on_master().expect("of the master")(master).expect("a band");
    }
    assert!(
        master.eq.on && master.eq.bands[1].gain_db > 2.0,
        "{master:?}"
    );
    desk.type_in("Ceiling of the program, in dBTP", "-2");
    let set = |ceiling_db, target_lufs| Command::Master {
        ceiling_db,
        target_lufs,
    };
    assert_eq!(desk.done(), [set(Some(-2.0), None)]);
    desk.type_in("Ceiling of the program, in dBTP", "+3");
    assert_eq!(
        desk.done(),
        [set(Some(0.0), None)],
        "no further than it goes"
    );
    desk.click("Usual loudness targets");
    desk.click("−16 LUFS");
    assert_eq!(desk.done(), [set(None, Some(-16.0))]);
    desk.click("Guests hear each other while AFV keeps them off the air");
    assert_eq!(desk.done(), [Command::NMinusOne { off_air: true }]);
    desk.click("Equaliser, Program");
    assert_eq!(desk.done().len(), 1);
}

#[test]
fn a_strips_sends_and_return_are_typed() {
    let mut desk = buses();
    desk.click("Strip Ann");
    assert_eq!(desk.value("Send of Ann to Hall"), "−6.0 dB");
    assert_eq!(desk.value("Send of Ann to Aux 2"), "−∞ dB");
    let send = |aux, db, pre| Command::Send {
        source: "ann".to_owned(),
        aux,
        db,
        pre,
    };
    desk.type_in("Send of Ann to Aux 2", "-3");
    assert_eq!(desk.done(), [send(2, Some(-3.0), None)]);
    desk.type_in("Send of Ann to Hall", "off");
    assert_eq!(desk.done(), [send(1, Some(-100.0), None)]);
    desk.click("Send of Ann to Aux 2 before the fader");
    assert_eq!(desk.done(), [send(2, None, Some(true))]);
    desk.type_in("Return of Ann", "2");
    let back = Command::Return {
        source: "ann".to_owned(),
        db: 2.0,
    };
    assert_eq!(desk.done(), [back]);
}

#[test]
fn guests_and_groups_are_edits_that_can_be_undone() {
    let mut desk = buses();
    desk.click("Stage is a guest with a return of its own (N−1)");
    let sent = desk.done();
    let [
        show::Edit::Set {
            id,
            item: show::Item::Source(source),
        },
    ] = edits(&sent)
    else {
        panic!("{sent:?}");
    };
    assert!(id == "cam" && source.mix_minus);

    drop(desk);
    let mut desk = buses();
    desk.click("Strip Ann");
    desk.click("Groups of Ann");
    desk.click("Choir");
    let sent = desk.done();
    let [
        show::Edit::Set {
            item: show::Item::Source(source),
            ..
        },
    ] = edits(&sent)
    else {
        panic!("{sent:?}");
    };
    assert_eq!(source.groups, ["talk"]);

    drop(desk);
    let mut desk = buses();
    desk.click("Strip Choir");
    desk.click("Stage in Choir");
    let sent = desk.done();
    let [
        show::Edit::Set {
            item: show::Item::Source(source),
            ..
        },
    ] = edits(&sent)
    else {
        panic!("{sent:?}");
    };
    assert_eq!((source.id.as_str(), source.groups.len()), ("cam", 2));

    drop(desk);
    let mut desk = buses();
    desk.click("Strip Choir");
    desk.type_in("Name", "Tenors");
    let sent = desk.done();
    let [show::Edit::Sound(sound)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    assert_eq!(
        (sound.groups.len(), sound.groups[0].label.as_str()),
        (3, "Tenors")
    );

    drop(desk);
    let mut desk = buses();
    desk.click("Strip Hall");
    desk.type_in("Name", "Foyer");
    let sent = desk.done();
    let [show::Edit::Sound(sound)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    assert_eq!(sound.auxes[0].label, "Foyer");
}

#[test]
fn two_strips_are_linked_as_left_and_right_and_say_so() {
    let opened = |talkback: &str| {
        let talkback = talkback.to_owned();
        let door = FakeDoor::with(move |snapshot| {
            with_buses(snapshot);
            snapshot.sound.talkback.source = talkback;
        });
        door.gives(show::parse(Path::new("forum.ron"), BUSES).unwrap());
        open(door, "en", (1280.0, 800.0))
    };
    // The talkback is no side of a sound.
    let mut desk = opened("cam");
    desk.click("Stereo link of Stage");
    desk.window.get_by_label("Not linked");
    let offered = desk.window.query_by_label("Left, with Ann as right");
    assert!(offered.is_none());

    drop(desk);
    let mut desk = opened("");
    desk.click("Stereo link of Stage");
    desk.click("Left, with Ann as right");
    let sent = desk.done();
    let [show::Edit::Sound(sound)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    let [link] = &sound.links[..] else {
        panic!("{sound:?}");
    };
    assert_eq!((link.left.as_str(), link.right.as_str()), ("cam", "ann"));
    assert_eq!(sound.groups.len(), 3, "nothing else has changed");

    drop(desk);
    let link = link.clone();
    let mut show = show::parse(Path::new("forum.ron"), BUSES).unwrap();
    show.sound.links.push(link.clone());
    let door = FakeDoor::with(move |snapshot| {
        with_buses(snapshot);
        for source in &mut snapshot.sources {
            source.link = Some(link.clone()).filter(|link| link.has(&source.id));
        }
    });
    door.gives(show);
    let mut desk = open(door, "en", (1280.0, 800.0));
    desk.window
        .get_by_label("Stage is linked: Left, with Ann as right");
    desk.window
        .get_by_label("Ann is linked: Right, with Stage as left");
    let shown = desk.window.get_by_label("Stereo link of Stage");
    assert_eq!(shown.value().as_deref(), Some("R: Ann"));
    desk.click("Strip Ann");
    desk.click("Stereo link of Ann");
    desk.click("Not linked");
    let sent = desk.done();
    let [show::Edit::Sound(sound)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    assert!(sound.links.is_empty());
}

#[test]
fn a_group_that_is_at_work_is_removed_at_the_second_press() {
    let mut desk = buses();
    desk.click("Strip Band");
    desk.click("Remove Band");
    assert_eq!(desk.done(), [], "its sources would be heard");
    desk.window.run_steps(8);
    desk.click_button("Band is at work: again to remove");
    let sent = desk.done();
    let [show::Edit::Sound(sound)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    assert!(sound.group("band").is_none() && sound.groups.len() == 2);

    drop(desk);
    let mut desk = buses();
    desk.click("Strip Choir");
    desk.click("Remove Choir");
    assert_eq!(
        edits(&desk.done()).len(),
        1,
        "it does nothing: UNDO is enough"
    );
}

#[test]
fn buses_are_given_to_sound_cards_with_how_they_do_beside_them() {
    let mut desk = buses();
    desk.click("Strip Hall");
    desk.window.get_by_label("plays · 21.3 ms, no breaks");
    desk.click("Channels of output 2");
    desk.click("3 + 4");
    let sent = desk.done();
    let [show::Edit::SoundOutputs(outputs)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    assert_eq!((outputs.len(), &outputs[1].channels[..]), (2, &[3, 4][..]));

    drop(desk);
    let mut desk = buses();
    desk.click("Strip Aux 2");
    desk.click("Add an output");
    let sent = desk.done();
    let [show::Edit::SoundOutputs(outputs)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    assert_eq!((outputs.len(), outputs[2].bus.as_str()), (3, "aux2"));

    drop(desk);
    let mut desk = buses();
    desk.click("Strip MON");
    desk.click("Remove output 1");
    let sent = desk.done();
    let [show::Edit::SoundOutputs(outputs)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    assert_eq!((outputs.len(), outputs[0].bus.as_str()), (1, "aux1"));
    desk.click("Channels of the monitor");
    desk.click("3 + 4");
    let sent = desk.done();
    let said = said_of_monitor(sent[0].clone());
    assert_eq!(said.channels, Some(vec![3, 4]));
}

#[test]
fn a_card_that_is_away_is_told_in_the_strip_and_at_its_bus() {
    let mut desk = buses();
    desk.door.change(|s| {
        s.sound_outputs[1].state = CardOutputState::Restarting;
        s.sound_outputs[1].message = String::new();
    });
    desk.window.run();
    let nodes = desk.window.root().children_recursive();
    let told = nodes.into_iter().any(|node| {
        let label = node.accesskit_node().label().unwrap_or_default();
        label.contains("Hall → hall: its sound does not come out")
    });
    assert!(told);
    desk.click("Strip Hall");
    desk.window.get_by_label("away");
}

#[test]
fn every_bus_is_reached_by_key_alone() {
    let mut desk = buses();
    desk.focus("Strip Stage");
    let mut last = "Strip Stage".to_owned();
    for next in [
        "Ann", "Choir", "Band", "Speech", "Hall", "Aux 2", "MON", "PGM",
    ] {
        desk.press(Modifiers::NONE, Key::ArrowRight);
        let strip = format!("Strip {next}");
        assert!(
            desk.window.get_by_label(&strip).is_focused(),
            "{strip} after {last}"
        );
        last = strip;
    }
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(
        desk.window
            .get_by_label("Point of band 1, Program")
            .is_focused()
    );
    let all = [
        "Fader Choir",
        "Mute Choir",
        "AFL Choir",
        "Fader Hall",
        "Hear Hall in the monitor",
        "The faders move the sends to Hall",
        "Fader of the monitor",
        "Mute the monitor",
        "Dim the monitor by 20 dB",
        "Clear PFL and AFL (0)",
        "PFL Stage",
        "Ceiling of the program, in dBTP",
        "Loudness target",
        "Usual loudness targets",
        "New group",
        "Add an output",
        "Sound card of output 1",
        "Remove output 1",
    ];
    desk.reaches_by_tab(140, &all);
}

/// The sends of an aux on the faders, with the master selected, as pictures.
#[test]
fn the_buses_look_as_they_did() {
    let mut results = SnapshotResults::new();
    for (language, strip) in [("en", "Strip PGM"), ("fr", "Tranche PGM")] {
        let mut desk = open(sixteen(), language, (1280.0, 800.0));
        desk.click(strip);
        desk.press(Modifiers::CTRL, Key::Num1);
        let options = SnapshotOptions::new()
            .threshold(2.0)
            .max_failed_pixels(2000);
        desk.window
            .snapshot_options(format!("buses-{language}"), &options);
        results.extend(desk.window.take_snapshot_results());
    }
}

/// Sixteen strips with the editor over them, as pictures. Other drivers draw letters a little otherwise.
#[test]
fn the_editor_looks_as_it_did() {
    let mut results = SnapshotResults::new();
    for (language, strip) in [("en", "Strip Ann"), ("fr", "Tranche Ann")] {
        let mut desk = open(sixteen(), language, (1280.0, 800.0));
        desk.click(strip);
        let options = SnapshotOptions::new()
            .threshold(2.0)
            .max_failed_pixels(2000);
        desk.window
            .snapshot_options(format!("strip-{language}"), &options);
        results.extend(desk.window.take_snapshot_results());
    }
}

/// The texts of the editor that end in "…" for want of room; it ends above this, in points.
fn elided_above(desk: &Opened, top: f32, width: f32) -> Vec<String> {
    let mut texts = Vec::new();
    for clipped in &desk.window.output().shapes {
        let at = clipped.shape.visual_bounding_rect();
        if at.bottom() < top && at.right() < width * 0.77 {
            elided(&clipped.shape, &mut texts);
        }
    }
    texts
}

/// The texts that end in "…" for want of room.
fn elided(shape: &egui::Shape, texts: &mut Vec<String>) {
    match shape {
        egui::Shape::Text(text) if text.galley.elided => texts.push(text.galley.job.text.clone()),
        egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| elided(shape, texts)),
        _ => {}
    }
}

#[test]
fn no_word_of_the_editor_ends_in_dots_and_no_control_lies_outside_it() {
    for language in ["en", "fr"] {
        for size in [(1280.0, 800.0), (1920.0, 1080.0), (1024.0, 640.0)] {
            let mut desk = open(sixteen(), language, size);
            let strip = ["Strip Ann", "Tranche Ann"][usize::from(language == "fr")];
            let editor = |desk: &Opened| {
                let nodes = desk.window.root().children_recursive();
                let of_ann = nodes.into_iter().filter(|node| {
                    let label = node.accesskit_node().label().unwrap_or_default();
                    label.ends_with(", Ann")
                });
                of_ann.map(|node| node.rect()).collect::<Vec<_>>()
            };
            desk.click(strip);
            for kind in [
                BandKind::Bell,
                BandKind::LowShelf,
                BandKind::HighShelf,
                BandKind::LowPass,
                BandKind::HighPass,
                BandKind::Notch,
            ] {
                desk.door
                    .change(|s| s.sources[1].strip.eq.bands[1].kind = kind);
                desk.window.run();
                let places = editor(&desk);
                assert!(places.len() > 45, "{} controls", places.len());
                let top = desk.rect("Fader Ann").top();
                for place in places {
                    let is_strips = place.top() >= top - 1.0;
                    let room = Rect::from_min_max(Pos2::ZERO, egui::pos2(size.0, top));
                    assert!(is_strips || room.contains_rect(place), "{place:?}");
                }
                let texts = elided_above(&desk, top, size.0);
                assert!(texts.is_empty(), "{language} {size:?}: {texts:?}");
            }
        }
    }
}
