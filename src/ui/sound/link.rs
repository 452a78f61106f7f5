//! The other side of a strip's stereo link.

use egui::{Id, Rect, Sense, Ui};

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
    // What is in another link leaves that first, and the talkback is no side of a sound.
    let talkback = &view.snapshot.sound.talkback.source;
    let is_free = |other: &&SourceStatus| match (&source.link, &other.link) {
        (None, link) => link.is_none() && ![&source.id, &other.id].contains(&talkback),
        (Some(own), Some(link)) => own == link,
        (Some(_), None) => false,
    };
    let others = view.snapshot.sources.iter().filter(|s| s.id != source.id);
    let others = others.filter(is_free);
    let others = others.map(|other| {
        let label = name(&other.label, &other.id);
        let say = lang::with("sound-link-with", &[("name", label.into())]);
        (Some(other.id.clone()), say)
    });
    let none = (None, lang::text("sound-link-none"));
    let mut all: Vec<(Option<String>, String)> = std::iter::once(none).chain(others).collect();
    let say = lang::with("sound-link-of", &[("name", of.into())]);
    let linked = linked(source, view);
    let shown = linked.as_ref().map(|linked| linked.shown.as_str());
    let shown = shown.map_or_else(|| lang::text("sound-link"), str::to_owned);
    // That it is the right side is said where that is so; it is made so from the left.
    let now = match &linked {
        Some(linked) if !linked.is_left => {
            all.insert(1, (Some(source.id.clone()), linked.how.clone()));
            Some(source.id.clone())
        }
        Some(linked) => Some(linked.other.clone()),
        None => None,
    };
    let chosen = controls::choice(ui, place, &say, (Some(now.clone()), &shown), &all);
    // A long name is cut off where the window is small.
    if let Some(linked) = &linked {
        let whole = ui.interact(place, Id::unique("linked with"), Sense::hover());
        whole.on_hover_text(&linked.how);
    }
    if let Some(chosen) = chosen.filter(|chosen| *chosen != now) {
        asked.push(Asked::Link(source.id.clone(), chosen));
    }
}

/// What a source is linked with.
pub struct Linked {
    /// The other side, by its id.
    other: String,
    is_left: bool,
    /// In short: the other side.
    shown: String,
    /// In words.
    pub how: String,
}

/// What a source is linked with, if it is.
pub fn linked(source: &SourceStatus, view: &View) -> Option<Linked> {
    let link = source.link.as_ref()?;
    let other = link.other(&source.id)?;
    let label = view.source(other).map_or(other, |s| name(&s.label, &s.id));
    let is_left = link.left == source.id;
    let (short, long) = if is_left {
        ("sound-link-other-right", "sound-link-with")
    } else {
        ("sound-link-other-left", "sound-link-with-left")
    };
    let say = |key| lang::with(key, &[("name", label.into())]);
    Some(Linked {
        other: other.to_owned(),
        is_left,
        shown: say(short),
        how: say(long),
    })
}
