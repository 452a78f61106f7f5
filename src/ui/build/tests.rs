//! The panels as a hand and a screen reader find them: state in, commands out.

mod adding;
mod clips;
mod colours;
mod keyers;
mod media;
mod scenes;
mod sources;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use egui::{Key, Modifiers, Pos2, Rect, accesskit::Role, pos2, vec2};
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};

use super::outside::Pick;
use super::testing::{Recorder, show};
use super::{Build, Chosen, Files, Vault};
use crate::door::{Command, Event, MonitorId, MonitorPicture, Tally};
use crate::media::colour::{codes, to_ycc};
use crate::media::{CameraInfo, CameraMode, Finding, FoundPicture, Rate};
use crate::show::{
    Afv, ChromaKey, Edit, Item, ItemKind, Rgb, Scene, Secret, Show, Source, SourceKind,
    TransitionKind, TransitionStyle,
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
                    newest: &|what| Some(Arc::new(green(what))),
                    graphics: Graphics::default(),
                    aspect: 16.0 / 9.0,
                    stale: false,
                    safe: false,
                };
                stand.build.follow(&view, true);
                match panel {
                    Panel::Sources => stand.build.sources(ui, &view),
                    Panel::Scenes => stand.build.scenes(ui, &view, &pictures),
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

/// A picture of a green screen.
fn green(what: &MonitorId) -> MonitorPicture {
    let Rgb(r, g, b) = ChromaKey::GREEN;
    let rgb = [r, g, b].map(|part| f64::from(part) / 255.0);
    let [y, u, v] = codes(to_ycc(rgb)).map(|code| code.round() as u8);
    let data = [vec![y; 32 * 18], vec![u; 16 * 9], vec![v; 16 * 9]].concat();
    MonitorPicture {
        what: what.clone(),
        width: 32,
        height: 18,
        frame: 0,
        data,
    }
}

fn empty() -> Show {
    let mut show = show();
    show.sources.clear();
    show.scenes.clear();
    show
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

fn looks_at(scene: &str) -> impl FnOnce(&mut Build) {
    let scene = scene.to_owned();
    move |build| build.chosen = Chosen::Scene(scene)
}

fn looks_at_source(build: &mut Build) {
    build.chosen = Chosen::Source("ann".to_owned());
}

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
