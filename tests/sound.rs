//! The editor of the selected strip as a hand, a keyboard and a screen reader find it: what each sends,
//! and that what another desk sets is drawn. The door is a recorder of commands; the state is the test's
//! own.
#![cfg(feature = "desk")]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eframe::egui_wgpu::wgpu::TextureFormat;
use egui::{Key, Modifiers, Pos2, Rect, vec2};
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults, kittest::NodeT, kittest::Queryable};
use fake_door::FakeDoor;
use regie::{
    door::{self, Command, Door, Tally},
    media,
    show::{self, BandKind, Pick, StripSettings},
    ui::{Desk, Graphics, install_theme},
};

#[path = "common/fake_door.rs"]
mod fake_door;

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
        sent.retain(|command| *command != Command::LoudnessHistory {});
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

    /// Types into a number's field.
    fn type_in(&mut self, label: &str, text: &str) {
        self.click(label);
        self.press(Modifiers::CTRL, Key::A);
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
    let settings = |s: &mut regie::door::Snapshot| {
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
    assert_eq!(desk.done(), [Command::Delay { source, ms: 100.0 }]);
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
    let mut reached = std::collections::BTreeSet::new();
    for _ in 0..90 {
        desk.press(Modifiers::NONE, Key::Tab);
        let nodes = desk.window.root().children_recursive();
        let focused = nodes.into_iter().find(|node| node.is_focused());
        reached.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    for label in [
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
    ] {
        assert!(reached.contains(label), "{label} in {reached:?}");
    }
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
    assert_eq!(desk.strip(1), lapel);
    desk.click("Reset the settings of Ann");
    desk.done();
    assert_eq!(desk.strip(1), StripSettings::default());
    let back = "Ann as before the last preset, paste or reset";
    desk.click(back);
    desk.done();
    assert_eq!(desk.strip(1), lapel);
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

/// A show of sixteen strips, two of them worked on.
fn sixteen() -> Arc<FakeDoor> {
    FakeDoor::with(|s| {
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
        }
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
                let mut texts = Vec::new();
                for clipped in &desk.window.output().shapes {
                    let at = clipped.shape.visual_bounding_rect();
                    if at.bottom() < top && at.right() < size.0 * 0.77 {
                        elided(&clipped.shape, &mut texts);
                    }
                }
                assert!(texts.is_empty(), "{language} {size:?}: {texts:?}");
            }
        }
    }
}
