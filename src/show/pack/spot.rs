//! The place where a copy is to be: what is there already, whether there is room, and how the whole
//! copy comes there at once.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use tempfile::TempDir;

use super::error::PackError;
use super::ledger::Ledger;
use crate::show::atomic::sync_folder;

/// While a copy is being written, its folder's name ends so.
const PART: &str = ".part";
/// In such a folder, the file whose lock its writer holds.
const LOCK: &str = ".regie-writes";
/// What a file may take beyond its length, in bytes.
const EACH: u64 = 8 << 10;
/// What the folder's own files may take, in bytes.
const OWN: u64 = 1 << 20;

/// What is at the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum There {
    /// Nothing, or an empty folder.
    Nothing,
    /// An earlier copy of the same show that nobody has touched.
    Copy,
}

/// See the module's words.
#[derive(Debug)]
pub(super) struct Spot {
    folder: PathBuf,
    /// The folder in which it is.
    above: PathBuf,
    show_file: PathBuf,
    there: There,
}

impl Spot {
    /// Looks at the place for a copy of the show in this file.
    ///
    /// # Errors
    /// [`PackError::Taken`], or what the system says.
    pub fn of(folder: &Path, show_file: &Path) -> Result<Self, PackError> {
        let real = folder
            .canonicalize()
            .or_else(|_| std::path::absolute(folder));
        let real = real.map_err(|error| PackError::io(folder, error))?;
        let above = real.parent().filter(|_| real.file_name().is_some());
        let Some(above) = above.map(Path::to_owned) else {
            return Err(PackError::Taken {
                folder: real,
                why: "this cannot be made".to_owned(),
            });
        };
        if !above.is_dir() {
            return Err(PackError::NoFolder(above));
        }
        let mut spot = Self {
            folder: real,
            above,
            show_file: show_file.to_owned(),
            there: There::Nothing,
        };
        spot.there = spot.look()?;
        Ok(spot)
    }

    /// The copy's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn look(&self) -> Result<There, PackError> {
        let taken = |why| PackError::Taken {
            folder: self.folder.clone(),
            why,
        };
        let metadata = match fs::symlink_metadata(&self.folder) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(There::Nothing),
            Err(error) => return Err(PackError::io(&self.folder, error)),
        };
        if !metadata.is_dir() {
            return Err(taken("it is no folder".to_owned()));
        }
        let mut found = self
            .folder
            .read_dir()
            .map_err(|error| PackError::io(&self.folder, error))?;
        if found.next().is_none() {
            return Ok(There::Nothing);
        }
        match Ledger::check(&self.folder, &self.show_file) {
            Ok(()) => Ok(There::Copy),
            Err(why) => Err(taken(why)),
        }
    }

    /// Whether so many bytes in so many files have room beside what is there.
    ///
    /// # Errors
    /// [`PackError::NoRoom`], or what the system says.
    pub fn check_room(&self, bytes: u64, files: usize) -> Result<(), PackError> {
        self.sweep();
        let disk = rustix::fs::statvfs(&self.above)
            .map_err(|error| PackError::io(&self.above, error.into()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let needed = bytes + EACH * files as u64 + OWN;
        if free < needed {
            return Err(PackError::NoRoom {
                folder: self.above.clone(),
                needed,
                free,
            });
        }
        Ok(())
    }

    fn prefix(&self) -> String {
        let name = self.folder.file_name().unwrap_or_default();
        format!(".{}.", name.to_string_lossy())
    }

    /// Takes away what a copy left that was killed.
    fn sweep(&self) {
        let prefix = self.prefix();
        for entry in self.above.read_dir().into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            let is_part = name.starts_with(&prefix) && name.ends_with(PART);
            if is_part && is_left(&path) {
                match fs::remove_dir_all(&path) {
                    Ok(()) => tracing::info!(path = %path.display(), "half a copy is taken away"),
                    Err(error) => tracing::warn!(path = %path.display(), "left: {error}"),
                }
            }
        }
    }

    /// A folder beside the place, to be written.
    ///
    /// # Errors
    /// [`PackError::Io`].
    pub fn begin(&self) -> Result<Part, PackError> {
        let begin = || {
            let prefix = self.prefix();
            let mut builder = tempfile::Builder::new();
            builder.prefix(&prefix).suffix(PART);
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
            let folder = builder.tempdir_in(&self.above)?;
            let lock = File::create_new(folder.path().join(LOCK))?;
            flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
            Ok(Part {
                folder,
                _lock: lock,
            })
        };
        begin().map_err(|error| PackError::io(&self.above, error))
    }
}

/// Whether nobody writes to such a folder any more.
fn is_left(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(lock) => flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok(),
        // A whole copy that was to be taken away, for another was put in its place.
        Err(_) => Ledger::is_in(folder),
    }
}

/// A copy that is being written. Dropped, it is gone.
#[derive(Debug)]
pub(super) struct Part {
    folder: TempDir,
    _lock: File,
}

impl Part {
    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts the whole copy in its place; an earlier one goes.
    ///
    /// # Errors
    /// [`PackError`], with what was there as it was.
    pub fn put_in_place(mut self, spot: &Spot) -> Result<(), PackError> {
        // What came there since is not overwritten either.
        let there = spot.look()?;
        let lock = self.path().join(LOCK);
        fs::remove_file(&lock).map_err(|error| PackError::io(&lock, error))?;
        let put = match there {
            There::Nothing => fs::rename(self.path(), &spot.folder),
            There::Copy => replace(self.path(), &spot.folder),
        };
        put.map_err(|error| PackError::io(&spot.folder, error))?;
        if there == There::Nothing {
            self.folder.disable_cleanup(true);
        }
        sync_folder(&spot.above).map_err(|error| PackError::io(&spot.above, error))
    }
}

/// Puts a folder in another's place, which gets its name.
fn replace(new: &Path, old: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        // Not every file system can.
        if renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let mut aside = new.as_os_str().to_owned();
    aside.push(".old");
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}
