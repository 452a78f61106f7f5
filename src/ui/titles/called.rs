//! What the desk calls titles and cues, and what stands in them.

use crate::door::{CueStatus, TitleStatus};
use crate::ui::{
    lang,
    view::{View, name},
};

/// What a cue is called: its label, else what stands in it first, else its title.
pub fn cue(view: &View, cue: &CueStatus) -> String {
    if !cue.label.is_empty() {
        return cue.label.clone();
    }
    let title = view
        .snapshot
        .titles
        .iter()
        .find(|title| title.id == cue.title);
    let of_title = name(title.map_or("", |title| &title.label), &cue.title).to_owned();
    match cue.summary.as_str() {
        "" => of_title,
        summary => lang::pair(&of_title, summary),
    }
}

/// What stands in a title, in one line: its fields that hold something, in the template's order.
pub fn summary(title: &TitleStatus) -> String {
    let values = title.fields.iter().map(|field| {
        let value = title.next.get(&field.name);
        value.map_or(field.usual.as_str(), String::as_str)
    });
    let values = values.map(str::trim).filter(|value| !value.is_empty());
    values.collect::<Vec<_>>().join(" · ").replace('\n', " ")
}
