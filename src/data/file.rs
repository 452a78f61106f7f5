//! Files of tables as they lie on the disk: whether one is another than before, and its bytes.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::SystemTime;

use super::limits;

/// By what a file is known to be the same: length and time, and which it is, for another may have been
/// put in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    node: u64,
}

/// Why a file was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// It is being written: to be looked at again.
    Changing,
    /// What is wrong, and what was expected.
    Fault(String),
}

/// Looks at a file, which faults call `shown`.
///
/// # Errors
/// Where there is none to read.
pub(super) fn stamp(path: &Path, shown: &str) -> Result<Stamp, String> {
    let metadata = path.metadata().map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("there is no file {shown}, expected a file of CSV or JSON"),
        _ => format!("{shown}: {error}, expected a file of CSV or JSON"),
    })?;
    if metadata.is_dir() {
        return Err(format!(
            "{shown} is a folder, expected a file of CSV or JSON"
        ));
    }
    // Opening a pipe would wait for its writer, and a device may have no end.
    if !metadata.is_file() {
        return Err(format!("{shown} is no file, expected one of CSV or JSON"));
    }
    Ok(Stamp::of(&metadata))
}

/// Reads a file that is no longer than a table may be, or so much of it that it is seen to be longer.
///
/// # Errors
/// [`Unread`].
pub(super) fn read(path: &Path, shown: &str, before: Stamp) -> Result<Vec<u8>, Unread> {
    let fault =
        |error: std::io::Error| Unread::Fault(format!("{shown}: {error}, expected a file to read"));
    let file = File::open(path).map_err(fault)?;
    let mut bytes = Vec::new();
    (&file)
        .take(limits::BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    let behind = Stamp::of(&file.metadata().map_err(fault)?);
    if behind == before {
        Ok(bytes)
    } else {
        Err(Unread::Changing)
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            node: node(metadata),
        }
    }
}

#[cfg(unix)]
fn node(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

/// Elsewhere length and time have to do.
#[cfg(not(unix))]
fn node(_: &Metadata) -> u64 {
    0
}
