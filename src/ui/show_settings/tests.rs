//! The window as a hand and a screen reader find it: state in, commands out.

use std::sync::Arc;

use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};

use super::ShowSettings;
use crate::door::{Command, DestinationState, Event, RecordingState};
use crate::media::Rate;
use crate::show::{Edit, EncoderName, Format, Latency, Receiver, Show};
use crate::ui::build::testing::{Recorder, show};
use crate::ui::install_theme;
use crate::ui::view::View;

struct Stand {
    panel: ShowSettings,
    door: Arc<Recorder>,
    /// The engine's show, which answers edits as it would.
    show: Show,
    revision: u64,
    answered: u64,
    /// What the next edit is refused with.
    refuses: Option<String>,
    attached: bool,
}

type Window = Harness<'static, Stand>;

fn window() -> (Window, Arc<Recorder>) {
    let door = Arc::new(Recorder::default());
    let mut panel = ShowSettings::default();
    panel.open();
    let stand = Stand {
        panel,
        door: door.clone(),
        show: show(),
        revision: 0,
        answered: 0,
        refuses: None,
        attached: true,
    };
    let mut window = Harness::builder()
        .with_size([900.0, 800.0])
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
                stand.panel.follow(&view, stand.attached);
                let room = ui.ctx().content_rect();
                stand.panel.show(ui, room, &view, stand.attached);
            },
            stand,
        );
    turn(&mut window);
    turn(&mut window);
    (window, door)
}

/// Some frames, with the engine's answers to what was sent; gives the edits.
fn turn(window: &mut Window) -> Vec<Edit> {
    let mut all = Vec::new();
    for _ in 0..6 {
        window.step();
        let stand = window.state_mut();
        for command in stand.door.sent() {
            stand.answered += 1;
            let id = Some(stand.answered);
            let mut answer = Event::Done {
                command: command.clone(),
                frame: 1,
                id,
            };
            match command {
                Command::Edit { edits, .. } => match stand.refuses.take() {
                    Some(message) => answer = Event::Error { message, id },
                    None => {
                        for edit in &edits {
                            edit.apply(&mut stand.show).unwrap();
                        }
                        stand.revision += 1;
                        all.extend(edits);
                    }
                },
                Command::Show {} => stand.panel.take(&Event::Show {
                    revision: stand.revision,
                    show: Arc::new(stand.show.clone()),
                    file: None,
                }),
                Command::Encoders {} => stand.panel.take(&Event::Encoders {
                    encoders: vec!["vah264enc".to_owned(), "x264enc".to_owned()],
                }),
                other => panic!("{other:?}"),
            }
            stand.panel.take(&answer);
        }
    }
    all
}

fn click(window: &mut Window, label: &str) -> Vec<Edit> {
    window.get_by_label(label).click();
    turn(window)
}

/// Unfolds a choice and takes one of it.
fn choose(window: &mut Window, of: &str, one: &str) {
    click(window, of);
    click(window, one);
}

fn is_enabled(window: &Window, label: &str) -> bool {
    !window.get_by_label(label).accesskit_node().is_disabled()
}

#[test]
fn a_format_is_chosen_and_made_with_one_press() {
    let (mut window, _) = window();
    assert!(!is_enabled(&window, "Apply"));
    assert!(window.query_by_label("As the show has it.").is_some());
    choose(&mut window, "Format", "1080p50 (1920 × 1080)");
    assert!(
        window
            .query_by_label("The program starts again: about half a second; nothing is on air.")
            .is_some()
    );
    // What platforms ask for follows the format.
    click(&mut window, "YouTube: 12000");
    let edits = click(&mut window, "Apply");
    let format = Format {
        width: 1920,
        height: 1080,
        rate: Rate(50, 1),
    };
    assert_eq!(edits[0], Edit::Format(format));
    let Edit::Encoder(encoder) = &edits[1] else {
        panic!("{edits:?}")
    };
    assert_eq!((encoder.bitrate_kbps, edits.len()), (12_000, 2));
    assert!(!is_enabled(&window, "Apply"));
}

#[test]
fn the_encoders_of_the_machine_are_offered_and_delay_is_said_in_plain_words() {
    let (mut window, _) = window();
    assert!(
        window
            .query_by_label_contains("a short look ahead")
            .is_some()
    );
    choose(&mut window, "H.264 encoder", "vah264enc");
    click(&mut window, "Delay: Low");
    assert!(window.query_by_label_contains("no looking ahead").is_some());
    let edits = click(&mut window, "Apply");
    let [Edit::Encoder(encoder)] = &edits[..] else {
        panic!("{edits:?}")
    };
    assert_eq!(encoder.name, EncoderName::Element("vah264enc".to_owned()));
    assert_eq!(encoder.latency, Latency::Low);
}

#[test]
fn a_name_needs_no_other_engine_and_a_receiver_does() {
    let (mut window, _) = window();
    window.get_by_label("Name").focus();
    window.step();
    window.get_by_label("Name").type_text(" 2");
    turn(&mut window);
    assert!(window.query_by_label("Takes effect at once.").is_some());
    assert_eq!(
        click(&mut window, "Apply"),
        [Edit::Name("Forum 2".to_owned())]
    );
    click(&mut window, "Receiver inside regie");
    assert!(window.query_by_label_contains("starts again").is_some());
    let address = "127.0.0.1:19350".to_owned();
    assert_eq!(
        click(&mut window, "Apply"),
        [Edit::Receiver(Some(Receiver { address }))]
    );
}

#[test]
fn what_the_shows_rules_forbid_is_said_with_its_field_and_not_sent() {
    let (mut window, _) = window();
    click(&mut window, "Receiver inside regie");
    window.get_by_label("Address").focus();
    window.step();
    window.get_by_label("Address").type_text("x");
    turn(&mut window);
    assert_eq!(click(&mut window, "Apply"), []);
    assert!(
        window
            .query_by_label_contains("receiver, address: ")
            .is_some()
    );
}

#[test]
fn on_air_only_the_name_can_be_changed_and_the_reason_is_said() {
    let (mut window, door) = window();
    choose(&mut window, "Format", "1080p30 (1920 × 1080)");
    assert!(is_enabled(&window, "Apply"));
    door.change(|s| {
        s.destinations[0].state = DestinationState::Live;
        s.recording.state = RecordingState::Recording;
    });
    turn(&mut window);
    for label in ["Format", "H.264 encoder", "Delay: Low", "Apply"] {
        assert!(!is_enabled(&window, label), "{label}");
    }
    assert!(is_enabled(&window, "Name"));
    assert!(
        window
            .query_by_label_contains("YouTube is on air. The master is being recorded.")
            .is_some()
    );
    assert_eq!(click(&mut window, "Apply"), []);
    door.change(|s| {
        s.destinations[0].state = DestinationState::Off;
        s.recording.state = RecordingState::Off;
    });
    turn(&mut window);
    assert_eq!(
        click(&mut window, "Apply").len(),
        1,
        "what was chosen stayed"
    );
}

#[test]
fn a_refusal_is_said_and_what_was_chosen_can_be_put_right() {
    let (mut window, _) = window();
    choose(&mut window, "Format", "2160p30 (3840 × 2160)");
    window.state_mut().refuses = Some("somebody went on air".to_owned());
    assert_eq!(click(&mut window, "Apply"), []);
    assert!(
        window
            .query_by_label_contains("somebody went on air")
            .is_some()
    );
    assert_eq!(click(&mut window, "Apply").len(), 1);
}

#[test]
fn while_the_engine_is_started_again_nothing_is_sent_and_then_the_show_is_asked_for() {
    let (mut window, _) = window();
    choose(&mut window, "Format", "720p60 (1280 × 720)");
    assert_eq!(click(&mut window, "Apply").len(), 1);
    let message = "the format was changed".to_owned();
    let stand = window.state_mut();
    stand.panel.take(&Event::EngineRenews { message });
    stand.attached = false;
    assert_eq!(turn(&mut window), []);
    assert!(
        window
            .query_by_label("The program is starting again…")
            .is_some()
    );
    // Somebody else's undo, while the engine was away.
    let stand = window.state_mut();
    stand.panel.take(&Event::Ready {
        show: "Forum".to_owned(),
        frame: 200,
    });
    stand.show.format = Format::default();
    stand.revision += 1;
    stand.attached = true;
    turn(&mut window);
    assert!(!is_enabled(&window, "Apply"));
    choose(&mut window, "Format", "Another size or rate");
    assert!(window.query_by_label("Width").is_some());
    assert!(window.query_by_label("Height").is_some());
}
