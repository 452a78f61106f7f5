//! What helps the sound engineer beside the strip itself, as a hand and a screen reader find it: state in,
//! commands out.

use std::sync::Arc;

use egui::accesskit::Toggled;
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};

use super::{Editor, Selected};
use crate::door::{
    Command, Event, LipSyncAction, LipSyncProposal, LipSyncState, LipSyncStatus, Reading,
    ReturnStatus,
};
use crate::media::SPECTRUM_BANDS;
use crate::show::{Ident, LineUpChange, Wave};
use crate::ui::bank::Choices;
use crate::ui::build::testing::Recorder;
use crate::ui::fader::Faders;
use crate::ui::install_theme;
use crate::ui::meters::Meters;
use crate::ui::strip::Hands;
use crate::ui::talk::Talk;
use crate::ui::view::View;

struct Stand {
    editor: Editor,
    door: Arc<Recorder>,
    choices: Choices,
    faders: Faders,
    talk: Talk,
    meters: Meters,
}

type Window = Harness<'static, Stand>;

fn window(selected: Selected) -> (Window, Arc<Recorder>) {
    let door = Arc::new(Recorder::default());
    let mut editor = Editor::default();
    editor.choose(selected);
    let stand = Stand {
        editor,
        door: door.clone(),
        choices: Choices::default(),
        faders: Faders::default(),
        talk: Talk::default(),
        meters: Meters::default(),
    };
    let mut window = Harness::builder()
        .with_size([1200.0, 700.0])
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
                let rect = ui.max_rect();
                let mut hands = Hands {
                    faders: &mut stand.faders,
                    talk: &mut stand.talk,
                    meters: &stand.meters,
                };
                let (editor, choices) = (&mut stand.editor, &mut stand.choices);
                editor.show(ui, rect, &view, &mut hands, choices);
            },
            stand,
        );
    window.run_steps(2);
    sent(&door);
    (window, door)
}

/// What was sent since the last call, but for what is only asked.
fn sent(door: &Recorder) -> Vec<Command> {
    let mut sent = door.sent();
    sent.retain(|command| !matches!(command, Command::Devices {} | Command::Show {}));
    sent
}

fn click(window: &mut Window, door: &Recorder, label: &str) -> Vec<Command> {
    // What is said where the pointer rests comes behind it.
    let first = window.query_all_by_label(label).next();
    first.expect(label).click();
    window.run_steps(3);
    sent(door)
}

fn stage() -> Selected {
    Selected::Source("cam".to_owned())
}

fn measured(state: LipSyncState, proposal: Option<LipSyncProposal>) -> LipSyncStatus {
    LipSyncStatus {
        picture: "ann".to_owned(),
        sound: "cam".to_owned(),
        flashes: 4,
        beeps: 5,
        events: 4,
        offset_ms: Some(66.7),
        spread_ms: Some(9.0),
        picture_ms: 33.3,
        state,
        proposal,
    }
}

#[test]
fn a_strip_is_measured_against_a_picture_and_its_delay_taken_over_by_one_click() {
    let (mut window, door) = window(stage());
    assert_eq!(click(&mut window, &door, "Lip-sync of Stage"), []);
    let begun = click(&mut window, &door, "Measure against the picture of Ann");
    let measure = Command::LipSync {
        action: LipSyncAction::Measure,
        picture: Some("ann".to_owned()),
        sound: Some("cam".to_owned()),
    };
    assert_eq!(begun, [measure]);
    let show = |status: LipSyncStatus| door.change(|s| s.sound.lip_sync = Some(status));
    show(measured(LipSyncState::NothingSeen, None));
    window.run_steps(2);
    let said = |window: &Window, text: &str| window.query_by_label_contains(text).is_some();
    assert!(said(&window, "No flash was seen"));
    assert!(said(&window, "Flashes seen: 4 · beeps heard: 5 · pairs: 4"));
    assert!(!said(&window, "Delay the sound"));
    let frames = 2.0;
    let sound = LipSyncProposal::Sound { ms: 66.7, frames };
    show(measured(LipSyncState::Ready, Some(sound)));
    window.run_steps(2);
    assert!(said(
        &window,
        "The picture is 66.7 ms later than the sound (within 9 ms"
    ));
    let lip_sync = |action| Command::LipSync {
        action,
        picture: None,
        sound: None,
    };
    let label = "Delay the sound by 66.7 ms (2.0 frames)";
    window.get_by_label_contains(label).click();
    window.run_steps(3);
    assert_eq!(sent(&door), [lip_sync(LipSyncAction::Take)]);
    let ended = click(&mut window, &door, "Measure against the picture of Ann");
    assert_eq!(ended, [lip_sync(LipSyncAction::Stop)]);
}

#[test]
fn a_later_sound_offers_the_delay_of_the_picture() {
    let (mut window, door) = window(stage());
    let proposal = LipSyncProposal::Picture {
        ms: 80,
        frames: 2.4,
    };
    let later = LipSyncStatus {
        offset_ms: Some(-80.0),
        ..measured(LipSyncState::Ready, Some(proposal))
    };
    door.change(|s| s.sound.lip_sync = Some(later));
    click(&mut window, &door, "Lip-sync of Stage");
    let why = window.query_by_label_contains("The sound is 80 ms later");
    assert!(why.is_some());
    let label = "Delay the picture of Ann by 80 ms (2.4 frames)";
    window.get_by_label_contains(label).click();
    window.run_steps(3);
    let source = "ann".to_owned();
    assert_eq!(sent(&door), [Command::PictureDelay { source, ms: 80 }]);
}

#[test]
fn the_line_up_tone_is_set_switched_and_sent_to_any_bus() {
    let (mut window, door) = window(Selected::Monitor);
    door.change(|s| s.sources[1].back = Some(ReturnStatus::default()));
    window.run_steps(2);
    let change = |change| [Command::Generator(change)];
    let same = LineUpChange::default;
    let on = Some(true);
    let done = click(&mut window, &door, "Line-up tone on");
    assert_eq!(done, change(LineUpChange { on, ..same() }));
    door.change(|s| s.sound.generator.on = true);
    window.run_steps(2);
    let switch = window.get_by_label("Line-up tone on");
    assert_eq!(switch.accesskit_node().toggled(), Some(Toggled::True));
    let alone = Some(false);
    let done = click(
        &mut window,
        &door,
        "The line-up tone replaces what is there",
    );
    assert_eq!(done, change(LineUpChange { alone, ..same() }));
    click(&mut window, &door, "Bus of the line-up tone");
    let to = Some("n-1:ann".to_owned());
    let done = click(&mut window, &door, "N−1 Ann");
    assert_eq!(done, change(LineUpChange { to, ..same() }));
    click(&mut window, &door, "What the generator gives");
    let wave = Some(Wave::Pink);
    let done = click(&mut window, &door, "Pink noise");
    assert_eq!(done, change(LineUpChange { wave, ..same() }));
    click(&mut window, &door, "Breaks that tell left and right apart");
    let ident = Some(Ident::Glits);
    let done = click(&mut window, &door, "GLITS");
    assert_eq!(done, change(LineUpChange { ident, ..same() }));
}

#[test]
fn the_line_up_tone_goes_on_air_at_the_second_press() {
    let (mut window, door) = window(Selected::Monitor);
    door.change(|s| s.on_air_s = Some(60.0));
    let change = |change| [Command::Generator(change)];
    let same = LineUpChange::default;
    assert_eq!(click(&mut window, &door, "Line-up tone on"), []);
    window.run_steps(4);
    let done = click(&mut window, &door, "Again to put the tone on air");
    let on = Some(true);
    assert_eq!(done, change(LineUpChange { on, ..same() }));

    // Mixed with the program, it takes two presses to replace that, and one to go.
    door.change(|s| {
        s.sound.generator.on = true;
        s.sound.generator.alone = false;
    });
    let alone = "The line-up tone replaces what is there";
    assert_eq!(click(&mut window, &door, alone), []);
    window.run_steps(4);
    let again = "Again to put the tone on air in place of the program";
    let done = click(&mut window, &door, again);
    let is_alone = Some(true);
    assert_eq!(
        done,
        change(LineUpChange {
            alone: is_alone,
            ..same()
        })
    );
    let off = Some(false);
    let done = click(&mut window, &door, "Line-up tone on");
    assert_eq!(done, change(LineUpChange { on: off, ..same() }));

    // From another bus it comes to the program switched off.
    door.change(|s| s.sound.generator.to = "aux1".to_owned());
    window.run_steps(2);
    click(&mut window, &door, "Bus of the line-up tone");
    let done = click(&mut window, &door, "Program");
    let to = Some("program".to_owned());
    assert_eq!(
        done,
        change(LineUpChange {
            to,
            on: off,
            ..same()
        })
    );
    // Where nobody hears the program, one press is enough.
    door.change(|s| {
        s.on_air_s = None;
        s.sound.generator.on = false;
        s.sound.generator.to = "program".to_owned();
    });
    let done = click(&mut window, &door, "Line-up tone on");
    assert_eq!(done, change(LineUpChange { on, ..same() }));
}

#[test]
fn a_spectrum_is_asked_for_while_it_is_drawn_and_for_what_is_selected() {
    let (mut window, door) = window(stage());
    window.run_steps(20);
    assert_eq!(sent(&door), [], "nobody wants to see it");
    let asked = click(&mut window, &door, "Spectrum of Stage");
    let of = |wanted: Option<&str>, command: &Command| {
        matches!(command, Command::Subscribe {
            to: Reading::Spectrum, source, seconds: Some(_), ..
        } if source.as_deref() == wanted)
    };
    assert!(asked.len() == 1 && of(Some("cam"), &asked[0]), "{asked:?}");
    let mut bands_db = vec![-120.0; SPECTRUM_BANDS];
    bands_db[60] = -18.0;
    let told = |source: &str| Event::Spectrum {
        frame: 7,
        source: Some(source.to_owned()),
        bands_db: bands_db.clone(),
    };
    window.state_mut().editor.take(&told("cam"));
    window.run_steps(1);
    let is_said = |window: &Window| {
        let loudest = window.query_by_label_contains("Stage is loudest at 640 Hz");
        loudest.is_some()
    };
    assert!(is_said(&window));
    // Again and again, and what is told no more is drawn no more.
    window.run_steps(25);
    assert!(sent(&door).len() >= 2);
    assert!(!is_said(&window));
    window.state_mut().editor.choose(Selected::Master);
    window.run_steps(2);
    let asked = sent(&door);
    assert!(asked.len() == 1 && of(None, &asked[0]), "{asked:?}");
    window.state_mut().editor.take(&told("cam"));
    window.run_steps(1);
    assert!(!is_said(&window), "it is of another");
    let ended = click(&mut window, &door, "Spectrum of Program");
    let (to, source) = (Reading::Spectrum, None);
    assert_eq!(ended, [Command::Unsubscribe { to, source }]);
    window.run_steps(20);
    assert_eq!(sent(&door), []);
}
