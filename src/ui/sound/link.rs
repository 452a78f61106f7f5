//! The other side of a strip's stereo link.

use egui::{Rect, Ui};

use super::asked::Asked;
use super::controls;
use crate::door::SourceStatus;
use crate::ui::{
    lang,
    view::{View, name},
};

/// Draws it for a source that is called `of`, which is the left side of what it is linked with here.
pub fn show(
    ui: &mut Ui,
    place: Rect,
    (source, of): (&SourceStatus, &str),
    view: &View,
    asked: &mut Vec<Asked>,
) {
    let others = view.snapshot.sources.iter().filter(|s| s.id != source.id);
    let others = others.map(|other| {
        let label = name(&other.label, &other.id);
        let say = lang::with("sound-link-with", &[("name", label.into())]);
        (Some(other.id.clone()), say)
    });
    let none = (None, lang::text("sound-link-none"));
    let all: Vec<(Option<String>, String)> = std::iter::once(none).chain(others).collect();
    let say = lang::with("sound-link-of", &[("name", of.into())]);
    let (now, shown) = match linked(source, view) {
        Some((other, shown)) => (Some(other), shown),
        None => (None, lang::text("sound-link")),
    };
    let chosen = controls::choice(ui, place, &say, (Some(now.clone()), &shown), &all);
    if let Some(chosen) = chosen.filter(|chosen| *chosen != now) {
        asked.push(Asked::Link(source.id.clone(), chosen));
    }
}

/// What a source is linked with, by its id, and how that is shown: this one's side first.
pub fn linked(source: &SourceStatus, view: &View) -> Option<(String, String)> {
    let link = source.link.as_ref()?;
    let other = link.other(&source.id)?;
    let label = view.source(other).map_or(other, |s| name(&s.label, &s.id));
    let key = if link.left == source.id {
        "sound-link-left"
    } else {
        "sound-link-right"
    };
    Some((other.to_owned(), lang::with(key, &[("name", label.into())])))
}
