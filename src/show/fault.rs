//! What is wrong with a show file, and where: the one form in which every check reports.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing wrong in a show file.
///
/// Shown as `FILE:LINE:COLUMN: what is wrong, and what was expected`. The message never repeats a
/// value that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The show file, as it was named by the caller.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The field, such as `sources[0].kind.url`; empty where it is not about one.
    pub field: String,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl Fault {
    /// A fault at a (line, column), both from 1.
    pub(super) fn new(file: &Path, (line, column): (usize, usize), message: String) -> Self {
        Self {
            file: file.to_owned(),
            line,
            column,
            field: String::new(),
            message,
        }
    }

    /// The same, of this field.
    pub(super) fn of(mut self, field: &str) -> Self {
        field.clone_into(&mut self.field);
        self
    }

    /// What is wrong, behind the name of the field: for who has no file before them.
    pub fn in_words(&self) -> String {
        if self.field.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.field, self.message)
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file.display(),
            self.line,
            self.column,
            self.message
        )
    }
}

impl std::error::Error for Fault {}
