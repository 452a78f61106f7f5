//! Why a template cannot be used, in words that say what was expected and where.

use std::path::PathBuf;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TitleFault {
    /// Nothing of this name.
    #[error("there is no template \"{0}\": expected one that comes with regie, or a file in {1}")]
    Unknown(String, String),
    /// It cannot be read from the disk.
    #[error("{0}: {1}")]
    Unread(PathBuf, String),
    /// It is no XML, or one that is too deep or too big.
    #[error("{file}:{line}:{column}: {message}")]
    Syntax {
        /// The template.
        file: String,
        /// Counted from 1.
        line: u32,
        /// Counted from 1.
        column: u32,
        /// What is wrong.
        message: String,
    },
    /// Something in it is refused.
    #[error("{file}:{line}: {message}")]
    Refused {
        /// The template.
        file: String,
        /// Counted from 1.
        line: u32,
        /// What is wrong, and what was expected.
        message: String,
    },
    /// It cannot be drawn.
    #[error("{0}: it cannot be drawn: {1}")]
    Undrawn(String, String),
    /// What is filled into a field.
    #[error("field \"{field}\": {message}")]
    Field {
        /// Its name.
        field: String,
        /// What is wrong, and what was expected.
        message: String,
    },
}
