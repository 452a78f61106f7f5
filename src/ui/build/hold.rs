//! The holding slate, looked at: what is seen and heard while the show has to wait.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Ui;

use super::draft::Draft;
use super::outside::{Errand, Files, Pick};
use super::parts;
use super::typed::Typed;
use crate::show::{Edit, Hold};
use crate::ui::{
    lang, theme,
    theme::Icon,
    view::{View, name},
};

/// The owner of these fields, of which there is one.
const OWNER: &str = " hold";

/// What the panel remembers.
#[derive(Default)]
pub struct Holding {
    typed: Typed,
    picking: Errand<Option<PathBuf>>,
}

impl Holding {
    /// Draws the panel.
    pub fn show(&mut self, ui: &mut Ui, view: &View, draft: &mut Draft, files: &Arc<dyn Files>) {
        let Some(show) = draft.show().cloned() else {
            return;
        };
        let title = lang::text("clips-holding-slate");
        ui.label(egui::RichText::new(title).font(theme::bold(16.0)));
        if view.snapshot.hold {
            parts::note(ui, &lang::text("clips-slate-live"), theme::AMBER);
        } else {
            parts::note(ui, &lang::text("clips-teach-slate"), theme::DIM);
        }
        let hold = &show.hold;
        let mut next = hold.clone();
        let label = lang::text("clips-slate-text");
        parts::row(ui, &label, |ui| {
            if let Some(text) = self.typed.text(ui, (OWNER, "text"), &label, &hold.text) {
                next.text = text;
            }
        });
        self.picture(ui, &mut next, files);
        let label = lang::text("clips-slate-source");
        let sources = show.sources.iter().map(|source| {
            let called = name(&source.label, &source.id).to_owned();
            (Some(source.id.clone()), called)
        });
        let silence = (None, lang::text("clips-slate-silence"));
        let all: Vec<(Option<String>, String)> = std::iter::once(silence).chain(sources).collect();
        parts::row(ui, &label, |ui| {
            if let Some(source) = parts::choice(ui, &label, &hold.source, &all) {
                next.source = source;
            }
        });
        if next != *hold {
            put(draft, next);
        }
    }

    fn picture(&mut self, ui: &mut Ui, next: &mut Hold, files: &Arc<dyn Files>) {
        if let Some(Some(path)) = self.picking.poll() {
            next.picture = Some(path.to_string_lossy().into_owned());
        }
        let label = lang::text("clips-slate-picture");
        let now = next.picture.clone().unwrap_or_default();
        parts::row(ui, &label, |ui| {
            let choose = lang::text("clips-choose-picture");
            if parts::small(ui, Icon::FolderOpen, &choose, !self.picking.runs()).clicked() {
                let files = files.clone();
                self.picking
                    .start(ui.ctx(), move || files.file(&choose, Pick::Picture));
            }
            let away = lang::text("clips-slate-no-picture");
            if parts::small(ui, Icon::X, &away, next.picture.is_some()).clicked() {
                next.picture = None;
            }
            if let Some(path) = self.typed.text(ui, (OWNER, "picture"), &label, &now) {
                next.picture = Some(path).filter(|path| !path.is_empty());
            }
        });
    }
}

fn put(draft: &mut Draft, hold: Hold) {
    draft.make(&lang::text("clips-step-slate"), vec![Edit::Hold(hold)]);
}
