//! The panels as a hand and a screen reader find them: state in, commands out.

mod clips;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use egui::{Key, Modifiers, Pos2, Rect, accesskit::Role, pos2, vec2};
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};

use super::outside::Pick;
use super::testing::{Recorder, show};
use super::{Build, Chosen, Files, Vault};
use crate::door::{Command, Event, MonitorId, Tally};
use crate::media::{
    CameraInfo, CameraMode, CardDirection, Finding, FoundPicture, Rate, SoundCardInfo,
};
use crate::show::{
    Afv, Edit, Item, ItemKind, Scene, Secret, Show, Source, SourceKind, TransitionKind,
    TransitionStyle,
};
use crate::ui::graphics::Graphics;
use crate::ui::install_theme;
use crate::ui::stage::Pictures;
use crate::ui::view::View;

/// Which panel a test looks at.
#[derive(Clone, Copy, PartialEq)]
enum Panel {
    Sources,
    Scenes,
    Inspector,
    /// The inspector, with the picture of PVW beside it.
    Placing,
}

/// Where PVW's picture is in the last of them: 640 × 360 points.
const PICTURE: Rect = Rect {
    min: pos2(20.0, 20.0),
    max: pos2(660.0, 380.0),
};

struct Chooses(Vec<PathBuf>);

impl Files for Chooses {
    fn media(&self, _title: &str) -> Vec<PathBuf> {
        self.0.clone()
    }
    fn file(&self, _title: &str, _what: Pick) -> Option<PathBuf> {
        self.0.first().cloned()
    }
}

#[derive(Default)]
struct Keeps(Mutex<Vec<(String, String)>>);

impl Vault for Keeps {
    fn keep(&self, name: &str, secret: &Secret) -> Result<(), String> {
        let mut kept = self.0.lock().unwrap();
        kept.push((name.to_owned(), secret.expose().to_owned()));
        Ok(())
    }
}

struct Stand {
    build: Build,
    door: Arc<Recorder>,
    /// The engine's show, which answers edits as it would.
    show: Show,
    revision: u64,
    answered: u64,
    /// What it says to the next edit, where it refuses that.
    refuses: Option<String>,
}

type Window = Harness<'static, Stand>;

fn window(panel: Panel, show: Show, prepare: impl FnOnce(&mut Build)) -> (Window, Arc<Recorder>) {
    let door = Arc::new(Recorder::default());
    let mut build = Build::default();
    prepare(&mut build);
    let stand = Stand {
        build,
        door: door.clone(),
        show,
        revision: 0,
        answered: 0,
        refuses: None,
    };
    let mut window = Harness::builder()
        .with_size([1100.0, 1400.0])
        .with_step_dt(0.1)
        .with_context_setup(install_theme)
        .build_ui_state(
            move |ui, stand: &mut Stand| {
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
                stand.build.follow(&view, true);
                match panel {
                    Panel::Sources => stand.build.sources(ui, &view),
                    Panel::Scenes => stand.build.scenes(ui, &view),
                    Panel::Inspector => stand.build.inspector(ui, &view, &pictures),
                    Panel::Placing => {
                        stand.build.on_preview(ui, PICTURE, &view);
                        let below = ui.max_rect().with_min_y(PICTURE.bottom() + 20.0);
                        let below = egui::UiBuilder::new().max_rect(below);
                        ui.scope_builder(below, |ui| stand.build.inspector(ui, &view, &pictures));
                    }
                }
            },
            stand,
        );
    turn(&mut window);
    turn(&mut window);
    (window, door)
}

/// Some frames, with the engine's answers to what was sent; gives what was sent but the questions for
/// the show.
fn turn(window: &mut Window) -> Vec<Command> {
    let mut all = Vec::new();
    for _ in 0..6 {
        window.step();
        let stand = window.state_mut();
        for command in stand.door.sent() {
            stand.answered += 1;
            let id = Some(stand.answered);
            match &command {
                Command::Edit { .. } if stand.refuses.is_some() => {
                    let message = stand.refuses.take().unwrap();
                    stand.build.take(&Event::Error { message, id });
                    all.push(command);
                    continue;
                }
                Command::Edit { edits, .. } => {
                    for edit in edits {
                        edit.apply(&mut stand.show).unwrap();
                    }
                    stand.revision += 1;
                }
                Command::Show {} => stand.build.take(&Event::Show {
                    revision: stand.revision,
                    show: Arc::new(stand.show.clone()),
                    file: None,
                }),
                _ => {}
            }
            stand.build.take(&Event::Done {
                command: command.clone(),
                frame: 1,
                id,
            });
            if command != (Command::Show {}) {
                all.push(command);
            }
        }
    }
    all
}

fn click(window: &mut Window, label: &str) -> Vec<Command> {
    window.get_by_label(label).click();
    turn(window)
}

/// The edits of the only command that was sent.
fn edits(sent: &[Command]) -> Vec<Edit> {
    match sent {
        [Command::Edit { edits, .. }] => edits.clone(),
        other => panic!("{other:?}"),
    }
}

fn added(sent: &[Command]) -> Source {
    match &edits(sent)[..] {
        [
            Edit::Add {
                item: Item::Source(source),
                ..
            },
        ] => source.clone(),
        other => panic!("{other:?}"),
    }
}

fn scene_of(sent: &[Command]) -> Scene {
    match &edits(sent)[..] {
        [
            Edit::Set {
                item: Item::Scene(scene),
                ..
            }
            | Edit::Add {
                item: Item::Scene(scene),
                ..
            },
        ] => scene.clone(),
        other => panic!("{other:?}"),
    }
}

fn source_of(sent: &[Command]) -> Source {
    match &edits(sent)[..] {
        [
            Edit::Set {
                item: Item::Source(source),
                ..
            },
        ] => source.clone(),
        other => panic!("{other:?}"),
    }
}

fn transition_of(sent: &[Command]) -> TransitionStyle {
    match &edits(sent)[..] {
        [Edit::Transition(style)] => style.clone(),
        other => panic!("{other:?}"),
    }
}

fn empty() -> Show {
    let mut show = show();
    show.sources.clear();
    show.scenes.clear();
    show
}

#[test]
fn an_empty_show_teaches_and_offers_what_is_there() {
    let (mut window, _) = window(Panel::Sources, empty(), |_| {});
    assert!(
        window
            .query_by_label("Add a camera, a clip or a guest")
            .is_some()
    );
    let camera = CameraInfo {
        name: "usb-C920_1A2B".to_owned(),
        label: "C920".to_owned(),
        node: None,
        modes: Vec::new(),
    };
    let devices = vec![camera];
    window.state_mut().build.take(&Event::Devices {
        devices,
        sound_cards: Vec::new(),
    });
    turn(&mut window);
    let source = added(&click(&mut window, "Add C920"));
    assert_eq!(
        (source.id.as_str(), source.label.as_str()),
        ("c920", "C920")
    );
    let device = "usb-C920_1A2B".to_owned();
    assert_eq!(source.kind, SourceKind::Camera { device, mode: None });
    // It is in the list and looked at; the choices have gone.
    assert!(window.query_by_label_contains("C920, Camera").is_some());
    assert!(window.query_by_label("Add C920").is_none());
}

#[test]
fn a_sound_card_is_added_at_a_click_and_its_channels_are_chosen() {
    let (mut window, _) = window(Panel::Sources, empty(), |_| {});
    let card = |direction| SoundCardInfo {
        host: "alsa".to_owned(),
        device: "hw:CARD=USB,DEV=0".to_owned(),
        label: "USB interface".to_owned(),
        direction,
        channels: 8,
        rates: vec![48_000],
    };
    window.state_mut().build.take(&Event::Devices {
        devices: Vec::new(),
        sound_cards: vec![card(CardDirection::In), card(CardDirection::Out)],
    });
    turn(&mut window);
    let add = "Add USB interface · alsa, 1 + 2";
    let source = added(&click(&mut window, add));
    assert_eq!(source.label, "USB interface");
    let kind = SourceKind::SoundCard {
        device: "hw:CARD=USB,DEV=0".to_owned(),
        host: Some("alsa".to_owned()),
        channels: vec![1, 2],
    };
    assert_eq!(source.kind, kind);
}

fn mode(width: u32, height: u32, rate: u32, format: &str) -> CameraMode {
    CameraMode {
        width,
        height,
        rate: Some(Rate(rate, 1)),
        format: format.to_owned(),
    }
}

fn camera_with_modes() -> Event {
    let camera = CameraInfo {
        name: "usb-C920_1A2B".to_owned(),
        label: "C920".to_owned(),
        node: None,
        modes: vec![mode(1920, 1080, 30, "MJPG"), mode(640, 480, 30, "YUY2")],
    };
    Event::Devices {
        devices: vec![camera],
        sound_cards: Vec::new(),
    }
}

#[test]
fn a_camera_is_added_with_the_mode_that_was_chosen() {
    let (mut window, _) = window(Panel::Sources, empty(), |_| {});
    window.state_mut().build.take(&camera_with_modes());
    turn(&mut window);
    click(&mut window, "Mode of C920");
    click(&mut window, "1920×1080 · 30 · MJPEG");
    let source = added(&click(&mut window, "Add C920"));
    let expected = SourceKind::Camera {
        device: "usb-C920_1A2B".to_owned(),
        mode: Some(mode(1920, 1080, 30, "MJPG")),
    };
    assert_eq!(source.kind, expected);
}

#[test]
fn the_mode_of_a_camera_is_changed_and_one_that_it_does_not_offer_stays_to_be_seen() {
    let mut of_camera = show();
    let gone = mode(1280, 720, 25, "NV12");
    let device = "usb-C920_1A2B".to_owned();
    of_camera.sources[0].kind = SourceKind::Camera {
        device: device.clone(),
        mode: Some(gone),
    };
    let (mut window, _) = window(Panel::Inspector, of_camera, |build| {
        build.chosen = Chosen::Source("cam".to_owned());
    });
    window.state_mut().build.take(&camera_with_modes());
    turn(&mut window);
    let chosen = window.get_by_label("Mode").accesskit_node().value();
    assert_eq!(chosen.as_deref(), Some("1280×720 · 25 · NV12"));
    click(&mut window, "Mode");
    let source = source_of(&click(&mut window, "640×480 · 30 · YUY2"));
    let of = |mode| SourceKind::Camera {
        device: device.clone(),
        mode,
    };
    assert_eq!(source.kind, of(Some(mode(640, 480, 30, "YUY2"))));
    click(&mut window, "Mode");
    let source = source_of(&click(&mut window, "Automatic mode"));
    assert_eq!(source.kind, of(None));
}

#[test]
fn cameras_are_asked_for_only_where_sources_are_added() {
    let (mut window, door) = window(Panel::Sources, show(), |_| {});
    assert_eq!(turn(&mut window), []);
    let sent = click(&mut window, "Add a source");
    assert_eq!(sent, [Command::Devices {}]);
    drop(door);
}

#[test]
fn files_come_from_the_persons_choice_and_from_a_typed_path() {
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join("Opening titles.mp4");
    std::fs::write(&clip, b"x").unwrap();
    let chosen = clip.clone();
    let (mut window, _) = window(Panel::Sources, show(), |build| {
        build.files = Arc::new(Chooses(vec![chosen]));
    });
    click(&mut window, "Add a source");
    window.get_by_label("Choose files…").click();
    let mut sent = turn(&mut window);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while sent.is_empty() && std::time::Instant::now() < until {
        sent = turn(&mut window);
    }
    let source = added(&sent);
    assert_eq!(source.id, "opening-titles");
    let path = clip.to_string_lossy().into_owned();
    assert_eq!(source.kind, SourceKind::file(&path, false));

    click(&mut window, "Add a source");
    let field = window.get_by_label("File to add");
    field.focus();
    turn(&mut window);
    window.get_by_label("File to add").type_text(&path);
    turn(&mut window);
    let again = added(&click(&mut window, "Add this file"));
    assert_eq!(again.label, "Opening titles 2");
}

#[test]
fn what_was_typed_for_a_new_source_stays_until_the_show_has_taken_it() {
    let (mut window, _) = window(Panel::Sources, show(), |_| {});
    click(&mut window, "Add a source");
    let chosen = |window: &Window| window.state().build.chosen.clone();
    window.state_mut().build.chosen = Chosen::Source("ann".to_owned());
    turn(&mut window);
    window.get_by_label("File to add").focus();
    turn(&mut window);
    window.get_by_label("File to add").type_text("/nowhere.mp4");
    turn(&mut window);
    let refusal = "there is no file /nowhere.mp4";
    window.state_mut().refuses = Some(refusal.to_owned());
    click(&mut window, "Add this file");
    let typed = window.get_by_label("File to add").value();
    assert_eq!(typed.as_deref(), Some("/nowhere.mp4"));
    assert!(window.query_by_label(refusal).is_some());
    let before = Chosen::Source("ann".to_owned());
    assert_eq!(chosen(&window), before, "the new one is not there");
    let source = added(&click(&mut window, "Add this file"));
    assert_eq!(chosen(&window), Chosen::Source(source.id.clone()));
    assert_eq!(source.kind, SourceKind::file("/nowhere.mp4", false));
    assert!(window.query_by_label("File to add").is_none());
    click(&mut window, "Add a source");
    let typed = window.get_by_label("File to add").value();
    assert_eq!(typed.unwrap_or_default(), "");
}

#[test]
fn a_refusal_stays_with_what_it_was_about() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    window.state_mut().refuses = Some("somebody else was quicker".to_owned());
    click(&mut window, "Side by side, cropped");
    let is_said = |window: &Window| {
        let refusal = window.query_by_label("somebody else was quicker");
        refusal.is_some()
    };
    assert!(is_said(&window));
    turn(&mut window);
    assert!(is_said(&window), "it stays to be read");
    window.state_mut().build.chosen = Chosen::Source("ann".to_owned());
    turn(&mut window);
    assert!(!is_said(&window), "another panel");
}

#[test]
fn a_network_source_is_tried_before_it_is_added_and_its_password_is_kept_apart() {
    let vault = Arc::new(Keeps::default());
    let kept = vault.clone();
    let (mut window, _) = window(Panel::Sources, show(), |build| build.vault = vault);
    click(&mut window, "Add a source");
    click(&mut window, "Network source…");
    turn(&mut window);
    let field = window.get_by_label("Address");
    assert!(field.is_focused(), "what is typed at once is the address");
    for (field, text) in [
        ("Name", "Balcony"),
        ("Address", "rtsp://10.0.0.9/1"),
        ("User", "me"),
        ("Password", "correct horse"),
    ] {
        window.get_by_label(field).focus();
        turn(&mut window);
        window.get_by_label(field).type_text(text);
        turn(&mut window);
    }
    window.get_by_label("Add").click();
    let mut sent = turn(&mut window);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while sent.is_empty() && std::time::Instant::now() < until {
        sent = turn(&mut window);
    }
    let [Command::TrySource { source }] = &sent[..] else {
        panic!("{sent:?}")
    };
    let kept = kept.0.lock().unwrap().clone();
    let [(name, secret)] = &kept[..] else {
        panic!("{kept:?}")
    };
    assert_eq!(secret, "correct horse");
    let SourceKind::Network { url, .. } = &source.kind else {
        panic!("{source:?}")
    };
    assert_eq!(*url, format!("rtsp://me:{{secret:{name}}}@10.0.0.9/1"));
    // It gave a picture: so it is added, as it was tried.
    window.state_mut().build.take(&Event::Tried {
        source: source.id.clone(),
        found: Some(Finding {
            picture: Some(FoundPicture {
                codec: "H.264".to_owned(),
                width: 1280,
                height: 720,
                rate: None,
            }),
            sound: None,
        }),
        message: String::new(),
    });
    assert_eq!(added(&turn(&mut window)), **source);
}

#[test]
fn a_network_source_that_gives_nothing_is_added_only_on_purpose() {
    let (mut window, _) = window(Panel::Sources, show(), |_| {});
    click(&mut window, "Add a source");
    click(&mut window, "Network source…");
    window.get_by_label("Address").focus();
    turn(&mut window);
    window
        .get_by_label("Address")
        .type_text("gopher://10.0.0.9");
    turn(&mut window);
    assert!(window.query_by_label_contains("rtsp://").is_some());
    assert_eq!(
        click(&mut window, "Add"),
        [],
        "what is wrong cannot be added"
    );
    window.get_by_label("Address").focus();
    turn(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window
        .get_by_label("Address")
        .type_text("srt://10.0.0.9:9000");
    turn(&mut window);
    let sent = click(&mut window, "Add");
    let [Command::TrySource { source }] = &sent[..] else {
        panic!("{sent:?}")
    };
    window.state_mut().build.take(&Event::Tried {
        source: source.id.clone(),
        found: None,
        message: "nothing came for 10 s".to_owned(),
    });
    assert_eq!(turn(&mut window), []);
    assert!(
        window
            .query_by_label_contains("nothing came for 10 s")
            .is_some()
    );
    assert_eq!(added(&click(&mut window, "Add anyway")), **source);
}

#[test]
fn a_source_on_air_is_removed_by_a_second_press_at_the_same_place() {
    let (mut window, door) = window(Panel::Sources, show(), |build| {
        build.chosen = Chosen::Source("cam".to_owned());
    });
    let place = window.get_by_label("Remove").rect();
    assert_eq!(click(&mut window, "Remove"), []);
    // It is said beside the pointer too.
    let again = "ON AIR: again to remove";
    assert_eq!(window.query_all_by_label(again).count(), 2);
    let button = window.get_by_role_and_label(Role::Button, again);
    assert_eq!(button.rect(), place);
    button.click();
    let sent = turn(&mut window);
    let remove = Edit::Remove {
        kind: ItemKind::Source,
        id: "cam".to_owned(),
    };
    assert!(matches!(&sent[..], [Command::Edit { on_air: true, .. }]));
    assert_eq!(edits(&sent), [remove]);
    // One that is not on air goes at once.
    door.change(|s| s.sources[1].tally = Tally::Off);
    window.state_mut().build.chosen = Chosen::Source("ann".to_owned());
    turn(&mut window);
    let sent = click(&mut window, "Remove");
    // The show is empty then, and looks for cameras.
    let [Command::Edit { on_air: false, .. }, Command::Devices {}] = &sent[..] else {
        panic!("{sent:?}")
    };
}

#[test]
fn sources_are_copied_renamed_and_put_elsewhere() {
    let (mut window, _) = window(Panel::Sources, show(), |build| {
        build.chosen = Chosen::Source("cam".to_owned());
    });
    let copy = added(&click(&mut window, "Duplicate"));
    assert_eq!(
        (copy.id.as_str(), copy.label.as_str()),
        ("stage-2", "Stage 2")
    );
    let moved = edits(&click(&mut window, "Further down"));
    let step = |to| Edit::Move {
        kind: ItemKind::Source,
        id: "cam".to_owned(),
        to,
    };
    assert_eq!(moved, [step(1)]);
    click(&mut window, "Rename");
    window.get_by_label("New name").type_text("!");
    turn(&mut window);
    window.key_press(Key::Enter);
    let sent = turn(&mut window);
    assert_eq!(source_of(&sent).label, "Stage!");
    // By the hand: the second row down to the third.
    let from = window.get_by_label_contains("Stage!").rect().center();
    let to = window.get_by_label_contains("Ann").rect().center();
    drag(&mut window, from, to);
    assert_eq!(edits(&turn(&mut window)), [step(2)]);
}

fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    window.hover_at(from);
    window.step();
    window.drag_at(from);
    window.step();
    for part in [0.3, 0.6, 1.0] {
        window.hover_at(from + (to - from) * part);
        window.step();
    }
    window.drop_at(to);
}

#[test]
fn a_scene_is_made_laid_out_and_copied() {
    let (mut window, _) = window(Panel::Scenes, show(), |_| {});
    let sent = click(&mut window, "New scene");
    let scene = scene_of(&sent);
    assert_eq!((scene.id.as_str(), scene.layers.len()), ("scene", 1));
    let copy = scene_of(&click(&mut window, "Duplicate"));
    assert_eq!(
        (copy.id.as_str(), copy.label.as_str()),
        ("scene-2", "Scene 2")
    );
    // A source's own scene is there too, and is looked at by a click.
    window.get_by_label_contains("Ann, Ann").click();
    turn(&mut window);
    let chosen = window.state().build.chosen.clone();
    assert_eq!(chosen, Chosen::Scene("ann".to_owned()));
}

fn looks_at(scene: &str) -> impl FnOnce(&mut Build) {
    let scene = scene.to_owned();
    move |build| build.chosen = Chosen::Scene(scene)
}

#[test]
fn a_ready_layout_is_one_click() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    let sent = click(&mut window, "Side by side, cropped");
    let layers = scene_of(&sent).layers;
    assert_eq!(layers[0].rect, (0.0, 0.0, 0.5, 1.0));
    assert_eq!(layers[1].crop, (0.25, 0.0, 0.25, 0.0));
    let ids: Vec<&str> = layers.iter().map(|l| l.source.as_str()).collect();
    assert_eq!(ids, ["cam", "ann"]);
}

#[test]
fn layers_are_ordered_taken_away_and_added() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    let order =
        |scene: Scene| -> Vec<String> { scene.layers.into_iter().map(|l| l.source).collect() };
    let sent = click(&mut window, "Layer 1, Stage: further to the front");
    assert_eq!(order(scene_of(&sent)), ["ann", "cam"]);
    let sent = click(&mut window, "Remove layer 1, Ann");
    assert_eq!(order(scene_of(&sent)), ["cam"]);
    let sent = click(&mut window, "Add a layer");
    assert_eq!(order(scene_of(&sent)), ["cam", "ann"], "one that it lacks");
}

/// Types a number into a field that is dragged otherwise.
fn type_number(window: &mut Window, label: &str, text: &str) -> Vec<Command> {
    window.get_by_label(label).click();
    window.step();
    window.step();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.step();
    window.event(egui::Event::Text(text.to_owned()));
    window.step();
    window.key_press(Key::Enter);
    turn(window)
}

#[test]
fn numbers_place_and_crop_a_layer_in_percent_and_pixels() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    click(&mut window, "Layer 2: Ann");
    let sent = type_number(&mut window, "Left", "25");
    assert!((scene_of(&sent).layers[1].rect.0 - 0.25).abs() < 1e-9);
    click(&mut window, "Pixels");
    let sent = type_number(&mut window, "Width", "640");
    assert!((scene_of(&sent).layers[1].rect.2 - 0.5).abs() < 1e-9);
    let sent = type_number(&mut window, "Crop at the top", "72");
    assert!((scene_of(&sent).layers[1].crop.1 - 0.1).abs() < 1e-9);
    let sent = type_number(&mut window, "Opacity #", "40");
    assert!((scene_of(&sent).layers[1].opacity - 0.4).abs() < 1e-6);
}

#[test]
fn what_is_on_air_says_when_a_change_is_seen() {
    let (mut window, door) = window(Panel::Inspector, show(), looks_at("duo"));
    let later = "On air: changes are seen with the next take.";
    assert!(window.query_by_label(later).is_none());
    door.change(|s| s.scenes[0].tally = Tally::Program);
    turn(&mut window);
    assert!(window.query_by_label(later).is_some());
    door.change(|s| s.live_edit = true);
    turn(&mut window);
    assert!(window.query_by_label(later).is_none());
    assert!(window.query_by_label_contains("at once").is_some());
}

#[test]
fn a_layer_is_dragged_on_pvw_in_one_step_to_undo() {
    let (mut window, door) = window(Panel::Placing, show(), |build| {
        looks_at("duo")(build);
        build.layers.layer = 1;
    });
    door.change(|s| s.preview = "duo".to_owned());
    turn(&mut window);
    // Ann's layer: 55 % to 95 % across, 10 % to 50 % down. Its middle, one tenth to the left.
    let at = |x: f32, y: f32| PICTURE.min + vec2(x * PICTURE.width(), y * PICTURE.height());
    let from = at(0.75, 0.3);
    window.hover_at(from);
    window.step();
    window.drag_at(from);
    let mut sent = turn(&mut window);
    for x in [0.72, 0.69, 0.66] {
        window.hover_at(at(x, 0.3));
        sent.extend(turn(&mut window));
    }
    window.drop_at(at(0.66, 0.3));
    sent.extend(turn(&mut window));
    let joins: Vec<bool> = sent
        .iter()
        .map(|command| match command {
            Command::Edit { joins, .. } => *joins,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(joins.len() >= 2, "{joins:?}");
    assert!(
        !joins[0] && joins[1..].iter().all(|joins| *joins),
        "{joins:?}"
    );
    let rect = window.state().show.scenes[0].layers[1].rect;
    assert!((rect.0 - 0.46).abs() < 0.02, "{rect:?}");
    assert_eq!((rect.2, rect.3), (0.4, 0.4));

    // A click does not take the keyboard, and the arrow keys are the layer's all the same.
    let before = window.state().show.scenes[0].layers[1].rect;
    window.hover_at(at(0.6, 0.3));
    window.step();
    window.drag_at(at(0.6, 0.3));
    window.step();
    window.drop_at(at(0.6, 0.3));
    turn(&mut window);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    turn(&mut window);
    let after = window.state().show.scenes[0].layers[1].rect;
    let moved = (after.0 - before.0) * 1280.0;
    assert!((moved - 10.0).abs() <= 0.5, "{moved}");
}

#[test]
fn a_corner_is_dragged_and_snaps_unless_alt_is_held() {
    let (mut window, door) = window(Panel::Placing, show(), |build| {
        looks_at("duo")(build);
        build.layers.layer = 1;
    });
    door.change(|s| s.preview = "duo".to_owned());
    turn(&mut window);
    let at = |x: f32, y: f32| PICTURE.min + vec2(x * PICTURE.width(), y * PICTURE.height());
    // The corner at the left and the bottom, near the middle of the program.
    drag(&mut window, at(0.55, 0.5), at(0.505, 0.66));
    turn(&mut window);
    let (left, top, width, height) = window.state().show.scenes[0].layers[1].rect;
    assert!((left - 0.5).abs() < 1e-4 && (left + width - 0.95).abs() < 1e-4);
    assert!((top - 0.1).abs() < 1e-4 && (top + height - 2.0 / 3.0).abs() < 1e-4);
}

#[test]
fn pvw_of_another_scene_has_no_handles() {
    let (mut window, _) = window(Panel::Placing, show(), looks_at("duo"));
    turn(&mut window);
    assert!(window.query_by_label_contains("Place layer").is_none());
    let to_preview = click(&mut window, "Put on PVW");
    let scene = "duo".to_owned();
    assert_eq!(to_preview, [Command::Preview { scene }]);
}

fn looks_at_source(build: &mut Build) {
    build.chosen = Chosen::Source("ann".to_owned());
}

#[test]
fn a_sources_settings_are_changed_in_their_fields() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    window.get_by_label("Id").focus();
    turn(&mut window);
    window.get_by_label("Id").type_text("é!");
    window.step();
    window.key_press(Key::Enter);
    assert_eq!(turn(&mut window), [], "no id");
    assert!(window.query_by_label_contains("malformed id").is_some());
    let sent = type_number(&mut window, "Picture delay", "120");
    assert_eq!(source_of(&sent).picture_delay_ms, 120);
    let sent = click(&mut window, "Tone");
    assert!(matches!(
        source_of(&sent).kind,
        SourceKind::Test {
            tone_hz: Some(_),
            ..
        }
    ));
}

#[test]
fn the_sound_of_a_source_is_shown_as_it_stands_and_moved_at_once() {
    let (mut window, door) = window(Panel::Inspector, show(), looks_at_source);
    let source = || "ann".to_owned();
    door.change(|s| {
        let ann = s.sources.iter_mut().find(|s| s.id == "ann").unwrap();
        (ann.fader_db, ann.mute) = (-4.0, true);
    });
    turn(&mut window);
    let fader = window.get_by_label("Fader");
    assert_eq!(fader.value().as_deref(), Some("−4.0 dB"));
    let sent = type_number(&mut window, "Fader", "-7.5");
    assert_eq!(
        sent,
        [Command::Fader {
            source: source(),
            db: -7.5
        }]
    );
    let sent = click(&mut window, "Mute");
    assert_eq!(
        sent,
        [Command::Mute {
            source: source(),
            on: false
        }]
    );
    window.get_by_label("Sound (AFV)").click();
    turn(&mut window);
    let sent = click(&mut window, "Always heard");
    assert_eq!(
        sent,
        [Command::Afv {
            source: source(),
            mode: Afv::On
        }]
    );
}

#[test]
fn the_shows_own_transition_is_shown_as_it_is_used_and_edited() {
    let (mut window, door) = window(Panel::Scenes, show(), |_| {});
    // A key has chosen another than the show began with.
    door.change(|s| {
        s.transition.chosen = TransitionStyle {
            frames: 22,
            ..TransitionStyle::of(TransitionKind::Push)
        };
    });
    turn(&mut window);
    let frames = window.get_by_label("Length in frames");
    assert_eq!(frames.value().as_deref(), Some("22"));
    let sent = type_number(&mut window, "Length in frames", "30");
    let style = transition_of(&sent);
    assert_eq!((style.kind, style.frames), (TransitionKind::Push, 30));
    window
        .get_by_role_and_label(egui::accesskit::Role::ComboBox, "The show's own transition")
        .click();
    turn(&mut window);
    let sent = click(&mut window, "Dip");
    let style = transition_of(&sent);
    assert_eq!(style.kind, TransitionKind::Dip);
}

#[test]
fn a_new_id_is_followed() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    window.get_by_label("Id").focus();
    turn(&mut window);
    window.get_by_label("Id").type_text("2");
    window.step();
    window.key_press(Key::Enter);
    let sent = turn(&mut window);
    assert_eq!(source_of(&sent).id, "ann2");
    let chosen = window.state().build.chosen.clone();
    assert_eq!(chosen, Chosen::Source("ann2".to_owned()));
    let layers = &window.state().show.scenes[0].layers;
    assert_eq!(layers[1].source, "ann2");
}

#[test]
fn colours_are_set_and_each_is_brought_back() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    click(&mut window, "Colour correction");
    let sent = type_number(&mut window, "Saturation #", "1.5");
    assert_eq!(source_of(&sent).colour.saturation, 1.5);
    let sent = type_number(&mut window, "Gain M", "1.2");
    assert_eq!(source_of(&sent).colour.gain.master, 1.2);
    let wheel = window.get_by_label("Lift wheel").rect().center();
    drag(&mut window, wheel, wheel - vec2(0.0, 20.0));
    turn(&mut window);
    let lift = window.state().show.sources[1].colour.lift;
    assert!(
        lift.r > 0.02 && lift.g < -0.01 && lift.b < -0.01,
        "{lift:?}"
    );
    // The wheel answers keys too: five steps to the right, one back finely, and then the middle.
    window.get_by_label("Lift wheel").focus();
    turn(&mut window);
    let before = window.state().show.sources[1].colour.lift;
    for _ in 0..5 {
        window.key_press(Key::ArrowRight);
        turn(&mut window);
    }
    assert!(window.get_by_label("Lift wheel").is_focused());
    let right = window.state().show.sources[1].colour.lift;
    assert!(right.b > before.b + 0.02 && right.g < before.g - 0.02);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    turn(&mut window);
    let fine = window.state().show.sources[1].colour.lift;
    assert!(fine.b < right.b && fine.b > right.b - 0.005, "{fine:?}");
    window.key_press(Key::Delete);
    turn(&mut window);
    let lift = window.state().show.sources[1].colour.lift;
    assert_eq!((lift.r, lift.g, lift.b), (0.0, 0.0, 0.0));
    let sent = click(&mut window, "Reset: Saturation");
    assert_eq!(source_of(&sent).colour.saturation, 1.0);
    click(&mut window, "Reset lift");
    let sent = click(&mut window, "Reset all colours");
    assert!(source_of(&sent).colour.is_neutral());
}

#[test]
fn scopes_are_wished_for_while_they_are_seen() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    assert!(window.state_mut().build.wishes().is_empty());
    click(&mut window, "Colour correction");
    window.state_mut().build.wishes();
    turn(&mut window);
    let wishes = window.state_mut().build.wishes();
    let ann = MonitorId::Source("ann".to_owned());
    assert!(wishes.iter().any(|wish| wish.what == ann));
    let scopes = wishes
        .iter()
        .filter(|wish| matches!(wish.what, MonitorId::Scope { .. }));
    assert_eq!(scopes.count() % 2, 0);
    click(&mut window, "Waveform");
    click(&mut window, "Vectorscope");
    window.state_mut().build.wishes();
    turn(&mut window);
    let wishes = window.state_mut().build.wishes();
    assert!(wishes.iter().all(|wish| wish.what == ann), "{wishes:?}");
}

#[test]
fn the_scopes_stand_beside_the_colours_however_far_those_scroll() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    window.set_size(vec2(640.0, 380.0));
    turn(&mut window);
    window.get_by_label("Colour correction").scroll_to_me();
    turn(&mut window);
    click(&mut window, "Colour correction");
    let whole = Rect::from_min_size(Pos2::ZERO, vec2(640.0, 380.0));
    for control in ["Lift wheel", "Saturation", "Reset all colours"] {
        window.get_by_label(control).scroll_to_me();
        turn(&mut window);
        turn(&mut window);
        let seen = window.get_by_label(control).rect();
        assert!(whole.contains_rect(seen), "{control}: {seen:?}");
        for scope in ["Waveform of ann", "Vectorscope of ann"] {
            let place = window.get_by_label(scope).rect();
            assert!(whole.contains_rect(place), "{scope}: {place:?}");
            assert!(place.left() >= 260.0 && place.width() >= 60.0, "{place:?}");
        }
    }
}

#[test]
fn a_scene_has_a_transition_of_its_own() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    window.get_by_label("Transition").click();
    turn(&mut window);
    let sent = click(&mut window, "Push");
    let style = scene_of(&sent).transition.unwrap();
    assert_eq!(style.kind, crate::show::TransitionKind::Push);
    let sent = type_number(&mut window, "Length in frames", "40");
    assert_eq!(scene_of(&sent).transition.unwrap().frames, 40);
    window.get_by_label("Transition").click();
    turn(&mut window);
    let sent = click(&mut window, "The usual one");
    assert_eq!(scene_of(&sent).transition, None);
}
