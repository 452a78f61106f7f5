//! What is wrong with the data of a table, and where in it.

use std::fmt;

/// What is wrong, and what was expected; in words for whoever made the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DataFault {
    /// Line, from 1, where it is about one.
    pub line: Option<usize>,
    /// Character of the line, from 1.
    pub column: Option<usize>,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl DataFault {
    /// About the whole.
    pub fn of(message: impl Into<String>) -> Self {
        Self {
            line: None,
            column: None,
            message: message.into(),
        }
    }

    /// About a line.
    pub fn at_line(line: usize, message: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::of(message)
        }
    }

    /// About a place in a line.
    pub fn at(line: usize, column: usize, message: impl Into<String>) -> Self {
        Self {
            column: Some(column),
            ..Self::at_line(line, message)
        }
    }
}

impl fmt::Display for DataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = &self.message;
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column}: {message}"),
            (Some(line), None) => write!(f, "line {line}: {message}"),
            _ => f.write_str(message),
        }
    }
}
