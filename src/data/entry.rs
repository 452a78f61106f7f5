//! What is known of a table: its last good rows, and what is wrong now.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::read::Read;
use super::rows::Rows;

/// How a table does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableState {
    /// It is being read for the first time.
    #[default]
    Reading,
    /// Its rows are those of its file or address.
    Ready,
    /// It cannot be read now, and its last good rows stay.
    Stale,
    /// It could never be read.
    Broken,
}

/// A table as people are told of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableStatus {
    /// Its id.
    pub id: String,
    /// How it does.
    pub state: TableState,
    /// What is wrong and what was expected, where it is stale or broken; as what it was read, where it
    /// is ready.
    pub message: String,
    /// How many rows there are to choose from.
    pub rows: usize,
    /// The names of its columns.
    pub columns: Vec<String>,
}

/// See the module's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entry {
    good: Option<Arc<Rows>>,
    /// As what those were read.
    form: String,
    /// What is wrong now.
    fault: Option<String>,
}

impl Entry {
    /// What there is of it to show.
    pub fn rows(&self) -> Option<&Arc<Rows>> {
        self.good.as_ref()
    }

    /// What its rows take in memory, in bytes.
    pub fn bytes(&self) -> usize {
        self.good.as_ref().map_or(0, |rows| rows.bytes())
    }

    /// It was read; says whether that changes anything.
    pub fn take(&mut self, read: Read) -> bool {
        let is_same = self.good.as_deref() == Some(&read.rows) && self.form == read.form;
        if !is_same {
            self.good = Some(Arc::new(read.rows));
            self.form = read.form;
        }
        self.fault.take().is_some() || !is_same
    }

    /// It is known to be as it was read; says whether that changes anything.
    pub fn confirm(&mut self) -> bool {
        self.fault.take().is_some()
    }

    /// It cannot be read; what was good stays. Says whether that is news.
    pub fn fail(&mut self, fault: String) -> bool {
        let is_news = self.fault.as_ref() != Some(&fault);
        self.fault = Some(fault);
        is_news
    }

    /// As people are told of it.
    pub fn status(&self, id: &str) -> TableStatus {
        let (state, message) = match (&self.fault, &self.good) {
            (Some(fault), Some(_)) => (TableState::Stale, fault),
            (Some(fault), None) => (TableState::Broken, fault),
            (None, Some(_)) => (TableState::Ready, &self.form),
            (None, None) => (TableState::Reading, &self.form),
        };
        let good = self.good.as_deref();
        TableStatus {
            id: id.to_owned(),
            state,
            message: message.clone(),
            rows: good.map_or(0, |rows| rows.rows.len()),
            columns: good.map(|rows| rows.columns.clone()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str) -> Read {
        Read {
            rows: Rows {
                columns: vec!["name".to_owned()],
                rows: vec![vec![cell.to_owned()]],
            },
            form: "JSON".to_owned(),
        }
    }

    #[test]
    fn what_was_good_stays_until_there_is_better() {
        let mut entry = Entry::default();
        let told = |entry: &Entry| {
            let status = entry.status("t");
            (status.state, status.message, status.rows)
        };
        assert_eq!(told(&entry), (TableState::Reading, String::new(), 0));
        assert!(entry.fail("gone".to_owned()));
        assert!(!entry.fail("gone".to_owned()), "told once");
        assert_eq!(told(&entry), (TableState::Broken, "gone".to_owned(), 0));
        assert!(entry.take(read("Ann")));
        assert!(!entry.take(read("Ann")), "the same");
        assert_eq!(told(&entry), (TableState::Ready, "JSON".to_owned(), 1));
        let before = entry.rows().cloned();
        assert!(entry.fail("late".to_owned()));
        assert_eq!(told(&entry), (TableState::Stale, "late".to_owned(), 1));
        assert_eq!(entry.rows(), before.as_ref());
        assert!(entry.confirm() && !entry.confirm());
        assert_eq!(told(&entry).0, TableState::Ready);
        assert!(entry.take(read("Zoé")));
        assert_eq!(entry.rows().unwrap().cell(0, "name"), Some("Zoé"));
    }
}
