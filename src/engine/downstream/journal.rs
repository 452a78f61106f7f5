//! What the next engine needs to go on with titles and keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Downstream;
use super::filled::Filled;
use super::rundown::Rundown;
use super::shown::{Filling, JournalShown, Shown};
use crate::engine::cast::Cast;
use crate::show::{DownstreamKey, Fill};

/// See the module's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JournalDownstream {
    keys: Vec<JournalKey>,
    titles: BTreeMap<String, JournalTitle>,
    #[serde(default)]
    rundown: Rundown,
    numbers: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct JournalKey {
    set: DownstreamKey,
    carries: Fill,
    shown: Vec<JournalShown>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct JournalTitle {
    by_hand: BTreeMap<String, String>,
    #[serde(default)]
    row: Option<(usize, BTreeMap<String, String>)>,
    #[serde(default)]
    cue: Option<(String, BTreeMap<String, String>)>,
    next: Filling,
}

impl Downstream {
    /// What the next engine needs.
    pub fn journal(&self) -> JournalDownstream {
        let keys = self.keys.iter().map(|key| JournalKey {
            set: key.set.clone(),
            carries: key.carries.clone(),
            shown: key.shown.iter().filter_map(Shown::journal).collect(),
        });
        let titles = self.titles.iter().map(|(id, filled)| {
            let title = JournalTitle {
                by_hand: filled.by_hand.clone(),
                row: filled.row.clone(),
                cue: filled.cue.clone(),
                next: filled.next.clone(),
            };
            (id.clone(), title)
        });
        JournalDownstream {
            keys: keys.collect(),
            titles: titles.collect(),
            rundown: self.rundown.clone(),
            numbers: self.numbers,
        }
    }

    /// Goes on where an engine before this one was. What the show no longer has is left out.
    pub fn restore(&mut self, journal: &JournalDownstream, cast: &Cast) {
        for (key, before) in self.keys.iter_mut().zip(&journal.keys) {
            key.set = before.set.clone();
            key.carries = before.carries.clone();
            let shown = before.shown.iter();
            key.shown = shown
                .filter_map(|shown| Shown::restored(shown, cast))
                .collect();
        }
        for (id, before) in &journal.titles {
            if let Some(filled) = self.titles.get_mut(id) {
                *filled = Filled {
                    by_hand: before.by_hand.clone(),
                    row: before.row.clone(),
                    cue: before.cue.clone(),
                    next: before.next.clone(),
                };
            }
        }
        self.rundown = journal.rundown.clone();
        self.rundown.recast(&cast.show.rundown);
        // A number means one filling, before the crash and after it.
        self.numbers = self.numbers.max(journal.numbers) + self.titles.len() as u64;
    }
}
