//! Replaces a file as a whole or not at all: whoever reads it, and whatever fails on the way, finds
//! the old contents or the new.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use tempfile::NamedTempFile;

/// While contents are being written, their file's name ends so.
const NEW: &str = ".new";
/// What is older than this and locked by nobody is left by a process that died.
const LEFT: Duration = Duration::from_secs(2);

/// New contents, written and synced beside the file they are to replace. Dropped, they are gone.
pub(super) struct Prepared {
    file: NamedTempFile,
    target: PathBuf,
}

/// Writes and syncs new contents beside `target`. Their permissions are `mode` (Unix bits), else
/// those of the file there is, else what the user's umask leaves of 0666.
pub(super) fn prepare(target: &Path, contents: &[u8], mode: Option<u32>) -> io::Result<Prepared> {
    prepare_as(target, contents, permissions(mode))
}

fn prepare_as(target: &Path, contents: &[u8], wanted: Option<Permissions>) -> io::Result<Prepared> {
    // Where the name is a link, what it leads to is replaced, not the link.
    let target = match target.canonicalize() {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => target.to_owned(),
        Err(error) => return Err(error),
    };
    let permissions = match (wanted, target.metadata()) {
        (Some(wanted), _) => Some(wanted),
        (None, Ok(existing)) => Some(existing.permissions()),
        (None, Err(_)) => None,
    };
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".{name}.");
    sweep(folder(&target), &prefix);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(NEW);
    // Never wider than the file that it becomes, not even for a moment.
    if let Some(fresh) = new_file_permissions().filter(|_| permissions.is_none()) {
        builder.permissions(fresh);
    }
    let mut file = builder.tempfile_in(folder(&target)).map_err(bare)?;
    // By this others know that it is being written. Where a disk knows no locks, nobody sweeps.
    let _ = flock(file.as_file(), FlockOperation::NonBlockingLockExclusive);
    file.write_all(contents)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    Ok(Prepared { file, target })
}

/// The error without the name of the file that was to be made for a moment: nobody else knows it.
pub(super) fn bare(error: io::Error) -> io::Error {
    let said = error.to_string();
    let (words, _) = said.split_once(" at path \"").unwrap_or((&said, ""));
    let number = words
        .rsplit_once("(os error ")
        .and_then(|(_, number)| number.strip_suffix(')')?.parse().ok());
    number.map_or(error, io::Error::from_raw_os_error)
}

/// Takes away what a process left that died while it wrote.
fn sweep(folder: &Path, prefix: &str) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(prefix) || !name.ends_with(NEW) {
            continue;
        }
        // One that was made a moment ago may not be locked yet.
        let is_old = |meta: std::fs::Metadata| meta.modified().ok()?.elapsed().ok();
        let age = entry.metadata().ok().and_then(is_old);
        let path = entry.path();
        let is_left = |file: File| flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
        if age.is_some_and(|age| age > LEFT) && File::open(&path).is_ok_and(is_left) {
            match std::fs::remove_file(&path) {
                Ok(()) => tracing::info!(path = %path.display(), "half a file is taken away"),
                Err(error) => tracing::warn!(path = %path.display(), "left: {error}"),
            }
        }
    }
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

/// As [`replace`], with the permissions of another file.
pub(super) fn replace_like(target: &Path, contents: &[u8], like: &Path) -> io::Result<()> {
    let permissions = like.metadata()?.permissions();
    prepare_as(target, contents, Some(permissions))?.commit()
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
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file; the rename is as lasting as the system makes it.
#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_a_dead_process_left_is_taken_away_and_what_another_writes_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let before = std::time::SystemTime::now() - 2 * LEFT;
        let mut open = Vec::new();
        for name in [".a.ron.dead.new", ".a.ron.alive.new", ".b.ron.dead.new"] {
            let file = File::create(at(name)).unwrap();
            file.set_modified(before).unwrap();
            open.push(file);
        }
        File::create(at(".a.ron.young.new")).unwrap();
        flock(&open[1], FlockOperation::NonBlockingLockExclusive).unwrap();
        replace(&at("a.ron"), b"new", None).unwrap();
        let mut left: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let expected = [
            ".a.ron.alive.new",
            ".a.ron.young.new",
            ".b.ron.dead.new",
            "a.ron",
        ];
        assert_eq!(left, expected);
        assert_eq!(fs::read(at("a.ron")).unwrap(), b"new");
    }

    #[test]
    fn an_error_names_no_file_that_was_to_be_made_for_a_moment() {
        let error = replace(Path::new("/proc/self/a.ron"), b"new", None).unwrap_err();
        let said = error.to_string();
        assert!(error.raw_os_error().is_some(), "{said}");
        assert!(
            !said.contains("a.ron") && !said.contains("at path"),
            "{said}"
        );
        let other = io::Error::other("something else");
        assert_eq!(bare(other).to_string(), "something else");
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_has_the_permissions_of_what_it_is_a_copy_of() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (file, copy) = (folder.path().join("a"), folder.path().join("a.1"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        replace_like(&copy, b"old", &file).unwrap();
        assert_eq!(fs::read(&copy).unwrap(), b"old");
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }
}
