//! Why a show is not saved with its media.

use std::io;
use std::path::{Path, PathBuf};

use crate::show::SaveError;

/// See the module's words. Nothing is left of the copy.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Files that the show needs.
    #[error("the show is not saved, for not all that it needs can be had: {}", .0.join("; "))]
    Missing(Vec<String>),
    /// Something else is at the copy's place.
    #[error(
        "{folder}: {why}; nothing is changed there, expected a new folder, an empty one, or an \
         earlier copy of this show that nobody has touched"
    )]
    Taken {
        /// The place.
        folder: PathBuf,
        /// What is there.
        why: String,
    },
    /// There is nothing to make it in.
    #[error("there is no folder {0} for the copy to be made in")]
    NoFolder(PathBuf),
    /// The disk is too full.
    #[error(
        "{folder}: the show with its media takes {}, and {} are free there",
        mega(*.needed),
        mega(*.free)
    )]
    NoRoom {
        /// The folder on that disk.
        folder: PathBuf,
        /// Bytes.
        needed: u64,
        /// Bytes.
        free: u64,
    },
    /// A file that somebody is still writing.
    #[error("{0} was changed while it was copied: try again when it is done")]
    Changed(PathBuf),
    /// Somebody asked for it.
    #[error("the copy was stopped")]
    Stopped,
    /// The show itself.
    #[error(transparent)]
    Show(#[from] SaveError),
    /// The system's word.
    #[error("{path}: {error}", path = .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl PackError {
    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            error,
        }
    }
}

/// Bytes in words.
fn mega(bytes: u64) -> String {
    let mega = bytes as f64 / 1e6;
    if mega < 1000.0 {
        format!("{mega:.1} MB")
    } else {
        format!("{:.1} GB", mega / 1000.0)
    }
}
