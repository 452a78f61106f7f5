//! Adding sources: cameras that are there at one click each, files, a test picture, the network. Where
//! a show has no source yet, this is what it shows instead.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Ui;

use super::card;
use super::devices::{self, Devices};
use super::draft::Draft;
use super::ids;
use super::network::Network;
use super::outside::{Errand, Files, Vault};
use super::parts;
use super::rules;
use crate::door::Event;
use crate::media::CameraMode;
use crate::show::{Afv, Colour, Pattern, Show, Source, SourceKind};
use crate::ui::{lang, theme, theme::Icon, view::View, words};

/// What is being added.
#[derive(Default)]
pub struct Adding {
    /// The choices are unfolded.
    pub open: bool,
    /// The engine has not yet taken what was added: until it has, all that was typed stays.
    asked: bool,
    devices: Devices,
    /// What cameras are to give, by their names, where that was chosen.
    modes: BTreeMap<String, CameraMode>,
    path: String,
    wrong_path: Option<String>,
    picking: Errand<Vec<PathBuf>>,
    network_open: bool,
    network: Network,
}

/// What is outside the window.
pub struct Outside<'a> {
    /// Files that a person chooses.
    pub files: &'a Arc<dyn Files>,
    /// Where passwords are kept.
    pub vault: &'a Arc<dyn Vault>,
}

impl Adding {
    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        self.devices.take(event);
        self.network.take(event);
    }

    /// The engine is gone, and with it what it was asked.
    pub fn detach(&mut self) {
        self.asked = false;
        self.devices = Devices::Unknown;
        self.network.detach();
    }

    /// What the engine made of what was added: once it is taken, the choices fold and begin anew.
    pub fn answered(&mut self, draft: &Draft) {
        if !self.asked || !draft.is_settled() {
            return;
        }
        self.asked = false;
        if draft.refusal().is_none() {
            self.open = false;
            self.path.clear();
            self.network_open = false;
            self.network = Network::default();
        }
    }

    /// Draws the choices; the sources that are to be added.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &View,
        show: &Show,
        outside: &Outside,
    ) -> Vec<Source> {
        let mut new = Vec::new();
        ui.add_enabled_ui(!self.asked, |ui| {
            self.choices(ui, view, show, outside, &mut new);
        });
        self.asked |= !new.is_empty();
        new
    }

    fn choices(
        &mut self,
        ui: &mut Ui,
        view: &View,
        show: &Show,
        outside: &Outside,
        new: &mut Vec<Source>,
    ) {
        parts::head(ui, &lang::text("build-cameras"));
        new.extend(self.cameras(ui, view, show));
        parts::head(ui, &lang::text("build-cards"));
        let card = card::offered(ui, &self.devices);
        new.extend(card.map(|(label, kind)| source(show, &label, kind)));
        parts::head(ui, &lang::text("build-files"));
        new.extend(self.files(ui, show, outside));
        parts::head(ui, &lang::text("build-other-sources"));
        ui.horizontal_wrapped(|ui| {
            if parts::icon_button(ui, Icon::Tv, &lang::text("build-add-bars")).clicked() {
                let kind = SourceKind::Test {
                    pattern: Pattern::Bars,
                    tone_hz: None,
                    beep_ms: 0,
                };
                new.push(source(show, &lang::text("build-bars"), kind));
            }
            let face = lang::text("build-add-network");
            if parts::icon_button(ui, Icon::Globe, &face).clicked() {
                self.network_open = !self.network_open;
                self.network.begin_typing = self.network_open;
            }
        });
        if self.network_open {
            let id = |label: &str| id_for(show, label);
            let added = self.network.show(ui, view, show, outside.vault, id);
            new.extend(added);
        }
    }

    fn cameras(&mut self, ui: &mut Ui, view: &View, show: &Show) -> Option<Source> {
        self.devices.ask(view);
        let mut chosen = None;
        let looks = matches!(self.devices, Devices::Unknown | Devices::Asked(_));
        match &self.devices {
            Devices::Unknown | Devices::Asked(_) => {
                parts::note(ui, &lang::text("build-looking-for-cameras"), theme::DIM);
            }
            Devices::Failed(message) => parts::note(ui, message, theme::AMBER),
            Devices::There(all, _) if all.is_empty() => {
                parts::note(ui, &lang::text("build-no-cameras"), theme::DIM);
            }
            Devices::There(all, _) => {
                for camera in all {
                    let face = lang::with(
                        "build-add-camera",
                        &[("name", camera.label.as_str().into())],
                    );
                    if parts::icon_button(ui, Icon::Camera, &face).clicked() {
                        let device = camera.name.clone();
                        let mode = self.modes.remove(&camera.name);
                        let kind = SourceKind::Camera { device, mode };
                        chosen = Some(source(show, &camera.label, kind));
                    }
                    if !camera.modes.is_empty() {
                        parts::note(ui, &modes(&camera.modes), theme::DIM);
                        let say =
                            lang::with("build-mode-of", &[("name", camera.label.as_str().into())]);
                        let now = self.modes.get(&camera.name).cloned();
                        match devices::choose_mode(ui, &say, &now, &camera.modes) {
                            Some(Some(mode)) => {
                                self.modes.insert(camera.name.clone(), mode);
                            }
                            Some(None) => {
                                self.modes.remove(&camera.name);
                            }
                            None => {}
                        }
                    }
                }
            }
        }
        // It is there from the beginning: nothing below it moves when none is found.
        ui.add_enabled_ui(!looks, |ui| {
            if parts::icon_button(ui, Icon::RefreshCw, &lang::text("build-look-again")).clicked() {
                self.devices = Devices::Unknown;
            }
        });
        chosen
    }

    fn files(&mut self, ui: &mut Ui, show: &Show, outside: &Outside) -> Vec<Source> {
        let mut paths = self.picking.poll().unwrap_or_default();
        ui.add_enabled_ui(!self.picking.runs(), |ui| {
            let face = lang::text("build-choose-files");
            if parts::icon_button(ui, Icon::FolderOpen, &face).clicked() {
                let (files, title) = (outside.files.clone(), face);
                self.picking.start(ui.ctx(), move || files.media(&title));
            }
        });
        let name = lang::text("build-file-to-add");
        ui.horizontal(|ui| {
            let add = lang::text("build-add-file");
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let pressed = parts::small(ui, Icon::Plus, &add, !self.path.trim().is_empty());
                let field = parts::field(ui, &name, &mut self.path, &name);
                if field.changed() {
                    self.wrong_path = None;
                }
                let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
                if (pressed.clicked() || entered) && !self.path.trim().is_empty() {
                    paths.push(PathBuf::from(self.path.trim()));
                }
            });
        });
        let mut new: Vec<Source> = Vec::new();
        let mut so_far = show.clone();
        for path in paths {
            let text = path.to_string_lossy().into_owned();
            let kind = SourceKind::file(&text, false);
            let one = source(&so_far, &label_of(&path), kind);
            match rules::source(show, &one).into_iter().next() {
                Some(fault) => {
                    self.path = text;
                    self.wrong_path = Some(fault);
                }
                None => {
                    self.wrong_path = None;
                    so_far.sources.push(one.clone());
                    new.push(one);
                }
            }
        }
        if let Some(wrong) = &self.wrong_path {
            parts::note(ui, wrong, theme::AMBER);
        }
        new
    }
}

/// A file's name without its folder and its ending.
fn label_of(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// An id for a new source. Not a scene's either: the scene of a source's own id is its own.
pub fn id_for(show: &Show, label: &str) -> String {
    let is_taken = |id: &str| {
        show.sources.iter().any(|s| s.id == id) || show.scenes.iter().any(|s| s.id == id)
    };
    ids::new_id(label, "source", is_taken)
}

/// A new source of this label, or this label with a number where another has it.
pub fn source(show: &Show, label: &str, kind: SourceKind) -> Source {
    let label = ids::new_label(label, |l| show.sources.iter().any(|s| s.label == l));
    Source {
        id: id_for(show, &label),
        label,
        kind,
        fader_db: 0.0,
        mute: false,
        afv: Afv::default(),
        strip: Default::default(),
        picture_delay_ms: 0,
        colour: Colour::NEUTRAL,
        groups: Vec::new(),
        sends: Vec::new(),
        mix_minus: false,
        return_db: 0.0,
    }
}

/// The best modes of a camera on one line: each size once, with its highest rate.
fn modes(modes: &[CameraMode]) -> String {
    let fps = |mode: &CameraMode| mode.rate.map_or(0.0, |rate| rate.fps());
    let mut best: Vec<&CameraMode> = Vec::new();
    for mode in modes {
        let same = |m: &&mut &CameraMode| (m.width, m.height) == (mode.width, mode.height);
        match best.iter_mut().find(same) {
            Some(known) if fps(known) < fps(mode) => *known = mode,
            Some(_) => {}
            None => best.push(mode),
        }
    }
    let said = best.iter().take(4).map(|mode| words::camera_mode(mode));
    said.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::testing::show;
    use super::*;
    use crate::media::Rate;

    #[test]
    fn new_sources_have_new_ids_and_labels() {
        let show = show();
        let kind = SourceKind::Camera {
            device: "x".to_owned(),
            mode: None,
        };
        let one = source(&show, "Stage", kind.clone());
        assert_eq!(
            (one.id.as_str(), one.label.as_str()),
            ("stage-2", "Stage 2")
        );
        let two = source(&show, "Duo", kind);
        assert_eq!(two.id, "duo-2", "a scene has that id");
    }

    #[test]
    fn a_cameras_modes_are_said_once_each_at_their_best() {
        let mode = |width, height, rate: u32, format: &str| CameraMode {
            width,
            height,
            rate: Some(Rate(rate, 1)),
            format: format.to_owned(),
        };
        let all = [
            mode(1920, 1080, 5, "YUY2"),
            mode(1920, 1080, 30, "MJPG"),
            mode(640, 480, 30, "YUY2"),
        ];
        assert_eq!(modes(&all), "1920×1080 · 30 · MJPEG, 640×480 · 30 · YUY2");
    }
}
