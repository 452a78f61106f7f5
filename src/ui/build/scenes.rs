//! The list of scenes by their numbers, and what is done with it. The scenes that sources have of their own
//! stand among them, and become the show's when something is changed in them.

use std::sync::Arc;

use egui::Ui;

use super::draft::{self, Draft};
use super::ids;
use super::list::{self, Entry, List};
use super::style;
use super::tools::{self, Chosen, Tool};
use crate::door::Tally;
use crate::show::{Edit, Item, ItemKind, Layer, Scene, Show};
use crate::ui::{
    guard::Guard,
    lang, theme,
    view::{View, name},
};

/// What the panel remembers.
#[derive(Default)]
pub struct Scenes {
    /// The list.
    pub list: List,
    guard: Guard,
}

impl Scenes {
    /// Draws the panel; the id of a scene that is to be looked at, where one was chosen.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        chosen: Option<&str>,
    ) -> Option<String> {
        let show = Arc::clone(draft.show()?);
        let next = self.tools(ui, view, draft, &show, chosen);
        if show.scenes.is_empty() {
            super::parts::note(ui, &lang::text("build-teach-scenes"), theme::TEXT);
        }
        let mut asked = Vec::new();
        super::parts::scrolled("scenes").show(ui, |ui| {
            let all = show.all_scenes();
            let entries: Vec<Entry> = all
                .iter()
                .enumerate()
                .map(|(at, scene)| entry(view, &show, (at + 1, scene)))
                .collect();
            if !entries.is_empty() {
                asked = self.list.show(ui, ItemKind::Scene, &entries, chosen);
            }
            super::parts::head(ui, &lang::text("build-show-transition"));
            let style = draft.transition(view.snapshot);
            style::of_show(ui, draft, &style, view.now);
        });
        list::carry_out(asked, draft, ItemKind::Scene, rename).or(next)
    }

    fn tools(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        show: &Show,
        chosen: Option<&str>,
    ) -> Option<String> {
        let all = show.all_scenes();
        let at = chosen.and_then(|id| all.iter().position(|scene| scene.id == id));
        let used = chosen.and_then(|id| view.scene(id));
        let used = used.map_or(Tally::Off, |(_, status)| status.tally);
        let tool = tools::show(
            ui,
            (ItemKind::Scene, &lang::text("build-add-scene"), false),
            at.map(|at| Chosen {
                id: &all[at].id,
                at,
                of: all.len(),
                // What a source has of its own goes with the source.
                goes: is_of_show(show, &all[at].id),
            }),
            used,
            (&mut self.guard, view.now),
        )?;
        if tool == Tool::Add {
            let label = lang::text("build-scene");
            let first = show.sources.first().map(|source| Layer::full(&source.id));
            let scene = Scene {
                layers: first.into_iter().collect(),
                ..new(show, &label, None)
            };
            let id = scene.id.clone();
            let step = lang::with("build-step-add", &[("name", scene.label.as_str().into())]);
            draft.make(&step, vec![draft::add(Item::Scene(scene))]);
            return Some(id);
        }
        let n = at?;
        let scene = all.get(n)?;
        let called = name(&scene.label, &scene.id);
        let step = |key: &str| lang::with(key, &[("name", called.into())]);
        match tool {
            Tool::Add => {}
            Tool::Rename => self.list.rename(&scene.id),
            Tool::Copy => {
                let copy = new(show, called, Some(scene));
                let id = copy.id.clone();
                let edit = draft::add(Item::Scene(copy));
                draft.make(&step("build-step-copy"), vec![edit]);
                return Some(id);
            }
            Tool::Up => list::shift(draft, ItemKind::Scene, &scene.id, n.saturating_sub(1)),
            Tool::Down => list::shift(draft, ItemKind::Scene, &scene.id, n + 1),
            Tool::Remove => {
                let edit = Edit::Remove {
                    kind: ItemKind::Scene,
                    id: scene.id.clone(),
                };
                let label = step("build-step-remove");
                if used != Tally::Off {
                    draft.make_on_air(&label, vec![edit]);
                } else {
                    draft.make(&label, vec![edit]);
                }
            }
        }
        None
    }
}

/// Whether the show has written this scene down; the others are what sources have of their own.
fn is_of_show(show: &Show, id: &str) -> bool {
    show.scenes.iter().any(|scene| scene.id == id)
}

/// A new scene of this label, or this label with a number; like another where one is given.
fn new(show: &Show, label: &str, like: Option<&Scene>) -> Scene {
    let label = ids::new_label(label, |l| show.scenes.iter().any(|s| s.label == l));
    let is_taken = |id: &str| {
        show.sources.iter().any(|s| s.id == id) || show.scenes.iter().any(|s| s.id == id)
    };
    Scene {
        id: ids::new_id(&label, "scene", is_taken),
        label,
        layers: like.map(|scene| scene.layers.clone()).unwrap_or_default(),
        transition: like.and_then(|scene| scene.transition.clone()),
    }
}

fn rename(draft: &mut Draft, id: &str, label: &str) {
    let Some(mut scene) = draft.scene(id) else {
        return;
    };
    scene.label = label.to_owned();
    let step = lang::with("build-step-rename", &[("name", label.into())]);
    let edit = draft.put_scene(scene);
    draft.make(&step, vec![edit]);
}

fn entry(view: &View, show: &Show, (number, scene): (usize, &Scene)) -> Entry {
    let called = |id: &str| {
        let source = show.sources.iter().find(|source| source.id == id);
        source.map_or(id, |s| name(&s.label, &s.id)).to_owned()
    };
    let sources: Vec<String> = scene.layers.iter().map(|l| called(&l.source)).collect();
    let detail = if !is_of_show(show, &scene.id) {
        lang::text("build-own-scene")
    } else if sources.is_empty() {
        lang::text("build-no-layers")
    } else {
        sources.join(" + ")
    };
    let status = view.scene(&scene.id);
    Entry {
        id: scene.id.clone(),
        number: Some(number),
        name: name(&scene.label, &scene.id).to_owned(),
        detail,
        tally: status.map_or(Tally::Off, |(_, status)| status.tally),
        look_here: scene.layers.is_empty(),
    }
}
