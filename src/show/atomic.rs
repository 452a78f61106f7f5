//! Replaces a file as a whole or not at all: whoever reads it, and whatever fails on the way, finds
//! the old contents or the new.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// New contents, written and synced beside the file they are to replace. Dropped, they are gone.
pub(super) struct Prepared {
    file: NamedTempFile,
    target: PathBuf,
}

/// Writes and syncs new contents beside `target`. Their permissions are `mode` (Unix bits), else
/// those of the file there is, else what the user's umask leaves of 0666.
pub(super) fn prepare(target: &Path, contents: &[u8], mode: Option<u32>) -> io::Result<Prepared> {
    // Where the name is a link, what it leads to is replaced, not the link.
    let target = match target.canonicalize() {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => target.to_owned(),
        Err(error) => return Err(error),
    };
    let permissions = match (permissions(mode), target.metadata()) {
        (Some(wanted), _) => Some(wanted),
        (None, Ok(existing)) => Some(existing.permissions()),
        (None, Err(_)) => None,
    };
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".{name}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".new");
    // Never wider than the file that it becomes, not even for a moment.
    if let Some(fresh) = new_file_permissions().filter(|_| permissions.is_none()) {
        builder.permissions(fresh);
    }
    let mut file = builder.tempfile_in(folder(&target))?;
    file.write_all(contents)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    Ok(Prepared { file, target })
}

impl Prepared {
    /// The file that is to be replaced, links followed.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Puts the new contents in place, and syncs the folder.
    pub fn commit(self) -> io::Result<()> {
        self.file.persist(&self.target).map_err(|e| e.error)?;
        sync_folder(folder(&self.target))
    }
}

/// [`prepare`] and [`Prepared::commit`] at once.
pub(super) fn replace(target: &Path, contents: &[u8], mode: Option<u32>) -> io::Result<()> {
    prepare(target, contents, mode)?.commit()
}

/// The folder that holds a file.
pub(super) fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn permissions(mode: Option<u32>) -> Option<Permissions> {
    mode.map(std::os::unix::fs::PermissionsExt::from_mode)
}

#[cfg(not(unix))]
fn permissions(_mode: Option<u32>) -> Option<Permissions> {
    None
}

#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    permissions(Some(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file; the rename is as lasting as the system makes it.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
