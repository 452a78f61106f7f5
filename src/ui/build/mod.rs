//! Building a show in the window: its sources and scenes in lists, what is chosen beside them with all
//! that can be changed of it, and the layers of the scene on PVW under the hand.
//!
//! Everything here changes the show, and what is on air stays as it was taken until the next take,
//! unless edits are live.

mod add;
pub(super) mod card;
mod clip;
mod colour;
pub(super) mod devices;
pub(super) mod draft;
mod handles;
mod hold;
pub(super) mod ids;
mod keyer;
mod layers;
mod layouts;
mod list;
mod media;
mod network;
mod outline;
pub(super) mod outside;
pub(super) mod parts;
mod pen;
mod picker;
mod placing;
mod rules;
mod scenes;
mod scopes;
mod source;
mod sources;
mod stingers;
mod style;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod tools;
pub(super) mod typed;
mod typing;
mod wheel;
mod words;

use std::sync::Arc;

use egui::{Rect, Ui, UiBuilder};

use super::{lang, stage::Pictures, theme, view::View};
use crate::door::{Event, MonitorRequest};
use add::Outside;
use devices::Devices;
use draft::Draft;
use hold::Holding;
use layers::Layers;
use media::Media;
use outside::{Files, SystemFiles, SystemVault, Vault};
use placing::Placing;
use scenes::Scenes;
use source::Inspector;
use sources::Sources;
use stingers::Stingers;

/// From so many points of width on, the scopes stand beside the controls.
const BESIDE: f32 = 600.0;

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Chosen {
    #[default]
    Nothing,
    Source(String),
    Scene(String),
    Stinger(String),
    /// A file of the media pool, by its path.
    File(String),
    Hold,
}

/// What the list in the middle holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Scenes,
    Stingers,
    Media,
    Hold,
}

/// The state of these panels. Each frame: [`Build::take`] every event, [`Build::follow`], then the
/// panels, then [`Build::wishes`].
pub struct Build {
    draft: Draft,
    chosen: Chosen,
    /// What was looked at when the inspector was drawn last.
    looked_at: Chosen,
    /// What was chosen last of all that the engine has.
    before: Chosen,
    sources: Sources,
    tab: Tab,
    scenes: Scenes,
    stingers: Stingers,
    hold: Holding,
    media: Media,
    layers: Layers,
    inspector: Inspector,
    placing: Placing,
    /// A scene was looked at when this was drawn last: its layers are placed on PVW.
    places: bool,
    /// One of the panels was drawn since the engine's show was last looked at.
    is_seen: bool,
    files: Arc<dyn Files>,
    vault: Arc<dyn Vault>,
}

impl Default for Build {
    fn default() -> Self {
        Self {
            draft: Draft::default(),
            chosen: Chosen::Nothing,
            looked_at: Chosen::Nothing,
            before: Chosen::Nothing,
            sources: Sources::default(),
            tab: Tab::default(),
            scenes: Scenes::default(),
            stingers: Stingers::default(),
            hold: Holding::default(),
            media: Media::default(),
            layers: Layers::default(),
            inspector: Inspector::default(),
            placing: Placing::default(),
            places: false,
            is_seen: false,
            files: Arc::new(SystemFiles),
            vault: Arc::new(SystemVault),
        }
    }
}

impl Build {
    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        self.draft.take(event);
        self.sources.adding.take(event);
        self.inspector.devices.take(event);
        self.media.pool.take(event);
    }

    /// Begins to rename what has the keyboard in a list, or else what is chosen; nothing while the lists
    /// are not seen. Call before [`Self::follow`].
    pub fn rename(&mut self) {
        if !self.is_seen {
            return;
        }
        let mut lists = vec![&mut self.sources.list];
        match self.tab {
            Tab::Scenes => lists.push(&mut self.scenes.list),
            Tab::Stingers => lists.push(&mut self.stingers.list),
            Tab::Media | Tab::Hold => {}
        }
        match lists.iter_mut().find(|list| list.has_focus) {
            Some(list) => list.ask_name(),
            None => lists.into_iter().for_each(|list| list.ask_name()),
        }
    }

    /// Told once a frame, before the panels: holds on to the engine's show while a panel is seen, and
    /// sends what was changed.
    pub fn follow(&mut self, view: &View, attached: bool) {
        if !attached {
            self.draft.detach();
            self.sources.adding.detach();
            self.media.pool.detach();
            self.inspector.devices = Devices::default();
            return;
        }
        if std::mem::take(&mut self.is_seen) || self.draft.has_more() {
            self.draft.follow(view.door, view.snapshot);
        }
        self.hold_on();
    }

    /// What was chosen because it was added goes back to what was chosen before, where the engine has
    /// refused it; so does what somebody else took away.
    fn hold_on(&mut self) {
        let Some(show) = self.draft.show().filter(|_| self.draft.is_settled()) else {
            return;
        };
        let is_there = |chosen: &Chosen| match chosen {
            Chosen::Nothing | Chosen::Hold | Chosen::File(_) => true,
            Chosen::Source(id) => show.sources.iter().any(|source| source.id == *id),
            Chosen::Scene(id) => show.all_scenes().iter().any(|scene| scene.id == *id),
            Chosen::Stinger(id) => show.stingers.iter().any(|stinger| stinger.id == *id),
        };
        if is_there(&self.chosen) {
            if self.before != self.chosen {
                self.before = self.chosen.clone();
            }
            return;
        }
        self.chosen = if is_there(&self.before) {
            self.before.clone()
        } else {
            Chosen::Nothing
        };
        // Why it was refused stays to be read.
        self.looked_at = self.chosen.clone();
    }

    /// The list of sources.
    pub fn sources(&mut self, ui: &mut Ui, view: &View) {
        self.is_seen = true;
        let chosen = match &self.chosen {
            Chosen::Source(id) => Some(id.as_str()),
            _ => None,
        };
        let outside = Outside {
            files: &self.files,
            vault: &self.vault,
        };
        let next = self
            .sources
            .show(ui, view, &mut self.draft, chosen, &outside);
        if let Some(id) = next {
            self.chosen = Chosen::Source(id);
        }
    }

    /// The list of scenes, or what else is in its place: stingers, media, and the holding slate.
    pub fn scenes(&mut self, ui: &mut Ui, view: &View, pictures: &Pictures) {
        self.is_seen = true;
        self.tabs(ui);
        let draft = &mut self.draft;
        match self.tab {
            Tab::Scenes => {
                let chosen = match &self.chosen {
                    Chosen::Scene(id) => Some(id.as_str()),
                    _ => None,
                };
                if let Some(id) = self.scenes.show(ui, view, draft, chosen) {
                    self.chosen = Chosen::Scene(id);
                    self.layers.layer = 0;
                }
            }
            Tab::Stingers => {
                let chosen = match &self.chosen {
                    Chosen::Stinger(id) => Some(id.as_str()),
                    _ => None,
                };
                let files = &self.files;
                if let Some(id) = self.stingers.show(ui, view, draft, chosen, files) {
                    self.chosen = Chosen::Stinger(id);
                }
            }
            Tab::Media => {
                let chosen = match &self.chosen {
                    Chosen::File(path) => Some(path.as_str()),
                    _ => None,
                };
                if let Some(path) = self.media.show(ui, view, chosen, pictures) {
                    self.chosen = Chosen::File(path);
                }
            }
            Tab::Hold => parts::note(ui, &lang::text("clips-teach-slate"), theme::DIM),
        }
    }

    fn tabs(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            // All of them in one row, in any language.
            ui.spacing_mut().button_padding.x = 6.0;
            for (tab, key, say) in [
                (Tab::Scenes, "clips-tab-scenes", "clips-tab-scenes"),
                (Tab::Stingers, "clips-tab-stingers", "clips-tab-stingers"),
                (Tab::Media, "clips-tab-media", "clips-tab-media"),
                (Tab::Hold, "clips-tab-slate", "clips-holding-slate"),
            ] {
                let (face, say) = (lang::text(key), lang::text(say));
                if parts::switch(ui, &face, &say, self.tab == tab).clicked() {
                    self.tab = tab;
                    if tab == Tab::Hold {
                        self.chosen = Chosen::Hold;
                    }
                }
            }
        });
    }

    /// What is chosen, with all that can be changed of it.
    pub fn inspector(&mut self, ui: &mut Ui, view: &View, pictures: &Pictures) {
        self.is_seen = true;
        if self.looked_at != self.chosen {
            self.looked_at = self.chosen.clone();
            self.draft.forget_refusal();
        }
        if let Some(refusal) = self.draft.refusal() {
            parts::note(ui, refusal, theme::AMBER);
        }
        self.places = matches!(self.chosen, Chosen::Scene(_));
        let room = ui.available_rect_before_wrap();
        let scoped = match &self.chosen {
            Chosen::Source(id) if self.inspector.colours && room.width() >= BESIDE => {
                Some(id.clone())
            }
            _ => None,
        };
        let (controls, beside) = match scoped {
            Some(_) => room.split_left_right_at_fraction(0.5),
            None => (room, room),
        };
        let below = scoped.is_none().then_some(pictures);
        ui.scope_builder(UiBuilder::new().max_rect(controls), |ui| {
            ui.shrink_clip_rect(controls.expand(2.0));
            self.inspected(ui, view, below);
        });
        // They stay while the controls scroll.
        if let Some(id) = scoped {
            let place = beside.with_min_x(beside.left() + 8.0);
            self.inspector.scopes.beside(ui, place, &id, pictures);
        }
    }

    /// What is chosen; the scopes of a source below its colours where there are `pictures`.
    fn inspected(&mut self, ui: &mut Ui, view: &View, pictures: Option<&Pictures>) {
        parts::scrolled("inspector").show(ui, |ui| {
            ui.set_width(ui.available_width());
            match self.chosen.clone() {
                Chosen::Nothing => parts::note(ui, &lang::text("build-choose"), theme::DIM),
                Chosen::Source(id) => {
                    let draft = &mut self.draft;
                    let outside = (pictures, &self.files);
                    if let Some(id) = self.inspector.show(ui, view, draft, &id, outside) {
                        self.chosen = Chosen::Source(id);
                    }
                }
                Chosen::Scene(id) => {
                    self.layers.show(ui, view, &mut self.draft, &id, pictures);
                }
                Chosen::Stinger(id) => {
                    let (draft, files) = (&mut self.draft, &self.files);
                    self.stingers.inspect(ui, view, draft, &id, files);
                }
                Chosen::File(path) => {
                    let draft = &mut self.draft;
                    self.media.inspect(ui, view, draft, &path, pictures);
                }
                Chosen::Hold => self.hold.show(ui, view, &mut self.draft, &self.files),
            }
        });
    }

    /// The layers of the scene on PVW, over its picture, while a scene is looked at. `picture` is the
    /// picture itself, without its border.
    pub fn on_preview(&mut self, ui: &mut Ui, picture: Rect, view: &View) {
        // The inspector says so anew with each frame in which it is drawn.
        if std::mem::take(&mut self.places) {
            // PVW shows another scene: nothing of this one can be placed there.
            if self.chosen == Chosen::Scene(view.snapshot.preview.clone()) {
                let layer = &mut self.layers.layer;
                self.placing.show(ui, picture, view, &mut self.draft, layer);
            }
        }
    }

    /// Wishes for what the panels have drawn.
    pub fn wishes(&mut self) -> Vec<MonitorRequest> {
        let scopes = self.inspector.scopes.wishes();
        let others = self.layers.wishes().into_iter().chain(self.media.wishes());
        scopes.into_iter().chain(others).collect()
    }
}
