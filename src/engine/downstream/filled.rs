//! What stands in a title of the show, and what will when it is taken next.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::shown::Filling;
use crate::show::Title;

/// See the module's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filled {
    /// What was filled in by hand, or by the show.
    pub by_hand: BTreeMap<String, String>,
    /// The row of its table, counted from 1, and what stands in that.
    pub row: Option<(usize, BTreeMap<String, String>)>,
    /// The cue of the rundown whose turn it is, and what that fills in.
    pub cue: Option<(String, BTreeMap<String, String>)>,
    /// What is taken next.
    pub next: Filling,
}

impl Filled {
    /// As the show says it.
    pub fn of(title: &Title, number: u64) -> Self {
        Self {
            by_hand: title.fields.clone(),
            next: Filling {
                number,
                fields: Arc::new(title.fields.clone()),
            },
            ..Self::default()
        }
    }

    /// What stands in the fields: a row goes before what was filled in by hand, a cue before both, and what
    /// was filled in since before all.
    fn fields(&self) -> BTreeMap<String, String> {
        let mut fields = self.by_hand.clone();
        let row = self.row.iter().map(|(_, fields)| fields);
        let cue = self.cue.iter().map(|(_, fields)| fields);
        for (name, value) in row.chain(cue).flatten() {
            fields.insert(name.clone(), value.clone());
        }
        fields
    }

    /// Fills some fields in by hand; what a row or a cue says of them holds no more.
    pub fn fill(&mut self, fields: &BTreeMap<String, String>) {
        let row = self.row.iter_mut().map(|(_, fields)| fields);
        let cue = self.cue.iter_mut().map(|(_, fields)| fields);
        for others in row.chain(cue) {
            others.retain(|name, _| !fields.contains_key(name));
        }
        let own = fields.iter().map(|(n, v)| (n.clone(), v.clone()));
        self.by_hand.extend(own);
    }

    /// Counts up where something else is to be taken next.
    pub fn count(&mut self, numbers: &mut u64) {
        let fields = self.fields();
        if fields != *self.next.fields {
            *numbers += 1;
            self.next = Filling {
                number: *numbers,
                fields: Arc::new(fields),
            };
        }
    }
}
