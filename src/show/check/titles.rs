//! Titles, downstream keys and the rundown: what they name, and their ranges.

use std::collections::BTreeMap;

use super::{Checker, instead};
use crate::show::model::Show;
use crate::show::title::{DownstreamKey, Fill, KEYS};
use crate::show::transition::TransitionStyle;

/// Characters of what is filled into a field.
const FIELD: usize = 4000;
/// Fields of a title.
const FIELDS: usize = 100;

impl Checker<'_> {
    pub(super) fn titles(&mut self, show: &Show, sources: &[&str]) {
        self.ids("titles", show.titles.iter().map(|t| &t.id));
        for (n, title) in show.titles.iter().enumerate() {
            let place = format!("titles[{n}]");
            if title.template.is_empty() {
                let message = "the template is empty, expected one such as lower-third.svg";
                self.fault(&format!("{place}.template"), message);
            }
            self.range(&format!("{place}.key"), title.key, 1..=KEYS);
            self.table_of(&format!("{place}.table"), &title.table, show);
            self.fields(&format!("{place}.fields"), &title.fields);
            let (left, top, width, height) = title.rect;
            for value in [left, top] {
                self.range(&format!("{place}.rect"), value, -10.0..=10.0);
            }
            for value in [width, height] {
                self.range(&format!("{place}.rect"), value, 0.001..=10.0);
            }
        }
        if show.keys.len() > KEYS {
            let message = format!("{} are too many, expected at most {KEYS}", show.keys.len());
            self.fault("keys", message);
        }
        for (n, key) in show.keys.iter().enumerate() {
            self.key(&format!("keys[{n}]"), key, show, sources);
        }
        self.ids("rundown", show.rundown.iter().map(|cue| &cue.id));
        for (n, cue) in show.rundown.iter().enumerate() {
            let place = format!("rundown[{n}]");
            self.title_of(&format!("{place}.title"), &cue.title, show);
            self.fields(&format!("{place}.fields"), &cue.fields);
            if cue.row == Some(0) {
                let message = "0 is no row, expected one counted from 1";
                self.fault(&format!("{place}.row"), message);
            }
        }
    }

    fn key(&mut self, place: &str, key: &DownstreamKey, show: &Show, sources: &[&str]) {
        match &key.fill {
            Fill::None => {}
            Fill::Title(id) => self.title_of(&format!("{place}.fill"), id, show),
            Fill::Source(layer) => {
                self.layer(&format!("{place}.fill"), layer, sources);
            }
        }
        let most = TransitionStyle::LONGEST;
        self.range(&format!("{place}.frames"), key.frames, 0..=most);
        if let Some(frames) = key.off_after {
            let range = 1..=DownstreamKey::LONGEST;
            self.range(&format!("{place}.off_after"), frames, range);
        }
    }

    fn title_of(&mut self, place: &str, id: &str, show: &Show) {
        let known: Vec<&str> = show.titles.iter().map(|t| t.id.as_str()).collect();
        if known.contains(&id) {
            return;
        }
        let (hint, expected) = instead(id, &known, "a title, of which there is none");
        let id = id.escape_debug();
        let message = format!("no title has the id `{id}`{hint}, expected {expected}");
        self.fault(place, message);
    }

    fn table_of(&mut self, place: &str, id: &str, show: &Show) {
        let known: Vec<&str> = show.tables.iter().map(|t| t.id.as_str()).collect();
        if id.is_empty() || known.contains(&id) {
            return;
        }
        let (hint, expected) = instead(id, &known, "a table, of which there is none");
        let id = id.escape_debug();
        let message = format!("no table has the id `{id}`{hint}, expected {expected}");
        self.fault(place, message);
    }

    fn fields(&mut self, place: &str, fields: &BTreeMap<String, String>) {
        if fields.len() > FIELDS {
            let message = format!("{} are too many, expected at most {FIELDS}", fields.len());
            self.fault(place, message);
        }
        for (name, value) in fields {
            let length = value.chars().count();
            if length > FIELD {
                let message = format!(
                    "{length} characters are too many in \"{name}\", expected at most {FIELD}"
                );
                self.fault(place, message);
            }
        }
    }
}
