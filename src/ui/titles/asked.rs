//! What the titles' panel asks of the engine.

use crate::door::{Command, RundownAction, TitleStatus};
use crate::show::Edit;
use crate::ui::view::View;

/// Whether what is filled in now is not what is on air.
pub fn is_changed(title: &TitleStatus) -> bool {
    title
        .aired
        .as_ref()
        .is_some_and(|aired| *aired != title.next)
}

/// Puts a title on air, with what is filled in now, or takes it off.
pub fn switch(title: &TitleStatus, on: bool) -> Command {
    Command::Title {
        title: title.id.clone(),
        on: Some(on),
        cut: false,
        fields: Default::default(),
        row: None,
        step: None,
    }
}

/// Goes so many rows on in a title's table, if it has one.
pub fn step(title: &TitleStatus, by: i32) -> Option<Command> {
    (!title.table.is_empty()).then(|| Command::Title {
        title: title.id.clone(),
        on: None,
        cut: false,
        fields: Default::default(),
        row: None,
        step: Some(by),
    })
}

/// Works the rundown.
pub fn rundown(action: RundownAction) -> Command {
    Command::Rundown { action, cue: None }
}

/// One edit of the show, under this name.
pub fn edited(view: &View, label: &str, edit: Edit) -> Command {
    Command::Edit {
        revision: Some(view.snapshot.edit.revision),
        label: label.to_owned(),
        joins: false,
        on_air: false,
        edits: vec![edit],
    }
}
