//! What is known of the titles from who makes them ready.

use std::collections::BTreeMap;

use super::shown::{Filling, Lengths};
use crate::engine::refusal::{Refusal, unknown};
use crate::title::is_field;
use crate::video::TitleKey;

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What is ready.
    pub lengths: Lengths,
    /// What cannot be had as it is filled in, and why.
    pub broken: BTreeMap<TitleKey, String>,
    /// By the ids of the titles: why a template cannot be read.
    pub unread: BTreeMap<String, String>,
    /// By the ids of the titles: what can be filled in, where the template was read.
    pub fields: BTreeMap<String, Vec<String>>,
}

impl Known {
    /// Whether a title may come, filled in so: one that is not ready yet may.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn can_come(&self, id: &str, filling: &Filling) -> Result<(), Refusal> {
        let key = TitleKey {
            id: id.to_owned(),
            filling: filling.number,
        };
        if self.lengths.contains_key(&key) {
            return Ok(());
        }
        let why = self.broken.get(&key).or_else(|| self.unread.get(id));
        why.map_or(Ok(()), |why| Err(Refusal::BrokenTitle(why.clone())))
    }

    /// Whether a title has fields of these names, as far as that is known.
    ///
    /// # Errors
    /// The one that it has not, and those that it has.
    pub fn has_fields<'a>(
        &self,
        id: &str,
        mut names: impl Iterator<Item = &'a String>,
    ) -> Result<(), Refusal> {
        let Some(fields) = self.fields.get(id) else {
            return Ok(());
        };
        let is_none = |name: &&String| !fields.iter().any(|field| is_field(name, field));
        match names.find(is_none) {
            None => Ok(()),
            Some(name) => Err(unknown("field", name, fields.iter().map(String::as_str))),
        }
    }
}
