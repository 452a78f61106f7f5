//! What an aux is called.

use egui::Ui;

use super::asked::Asked;
use crate::ui::{
    build::{parts, typed::Typed},
    lang,
    view::View,
};

/// The owners of the fields, by the number of the aux.
const OWNERS: [&str; 2] = ["aux 1", "aux 2"];

/// Draws it; auxes count from 1.
pub fn show(ui: &mut Ui, aux: usize, view: &View, typed: &mut Typed, asked: &mut Vec<Asked>) {
    let index = aux.wrapping_sub(1);
    let known = view.snapshot.sound.auxes.get(index);
    let now = known.map_or("", |aux| aux.label.as_str());
    let owner = OWNERS.get(index).copied().unwrap_or_default();
    let label = lang::text("build-label");
    parts::row(ui, &label, |ui| {
        if let Some(text) = typed.text(ui, (owner, "label"), &label, now) {
            asked.push(Asked::NameAux(aux, text));
        }
    });
}
