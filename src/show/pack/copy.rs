//! Files copied a piece at a time, so that it can be watched and stopped, and so that no disk is ever
//! far behind: a recorder may write to the same.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::error::PackError;
use super::plan::Wanted;
use crate::show::atomic::sync_folder;
use crate::show::digest::Digest;

/// So much is read and written at once, in bytes.
const PIECE: usize = 1 << 20;
/// So much may wait to reach the disk, in bytes.
const BEHIND: usize = 16 << 20;

/// Who watches a copy.
pub trait Watch {
    /// Asked before each piece: whether to go on.
    fn is_wanted(&mut self) -> bool;

    /// Told before each piece: which file is being copied, how many bytes of all files have been, and
    /// how many there are.
    fn copies(&mut self, file: &str, bytes: u64, of: u64);
}

/// The copies of one show's files.
pub(super) struct Copying<'a> {
    folder: &'a Path,
    done: u64,
    total: u64,
    watch: &'a mut dyn Watch,
    folders: BTreeSet<PathBuf>,
}

impl<'a> Copying<'a> {
    /// Into a folder; so many bytes in all.
    pub fn begin(folder: &'a Path, total: u64, watch: &'a mut dyn Watch) -> Self {
        Self {
            folder,
            done: 0,
            total,
            watch,
            folders: [folder.to_owned()].into(),
        }
    }

    /// Copies a file and syncs it; gives the digest of what was copied.
    ///
    /// # Errors
    /// [`PackError`].
    pub fn copy(&mut self, wanted: &Wanted) -> Result<u64, PackError> {
        let from = wanted.from.as_path();
        let to = self.folder.join(&wanted.to);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(|error| PackError::io(folder, error))?;
            for folder in folder.ancestors().take_while(|f| *f != self.folder) {
                self.folders.insert(folder.to_owned());
            }
        }
        let read_error = |error| PackError::io(from, error);
        let write_error = |error| PackError::io(&to, error);
        let mut source = File::open(from).map_err(read_error)?;
        let before = source.metadata().map_err(read_error)?;
        let mut copy = File::create_new(&to).map_err(write_error)?;
        let mut piece = vec![0; PIECE];
        let (mut copied, mut behind) = (0, 0);
        let mut digest = Digest::default();
        loop {
            if !self.watch.is_wanted() {
                return Err(PackError::Stopped);
            }
            self.watch.copies(&wanted.to, self.done, self.total);
            let length = match source.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(read_error(error)),
            };
            copied += length as u64;
            // There is room for as much as was planned; a file that grows may never end.
            if copied > wanted.bytes {
                return Err(PackError::Changed(from.to_owned()));
            }
            digest.take(&piece[..length]);
            copy.write_all(&piece[..length]).map_err(write_error)?;
            self.done += length as u64;
            behind += length;
            if behind >= BEHIND {
                copy.sync_data().map_err(write_error)?;
                behind = 0;
            }
        }
        let after = source.metadata().map_err(read_error)?;
        let is_same =
            before.len() == after.len() && before.modified().ok() == after.modified().ok();
        if copied != wanted.bytes || !is_same {
            return Err(PackError::Changed(from.to_owned()));
        }
        copy.sync_all().map_err(write_error)?;
        Ok(digest.value())
    }

    /// Makes the names of all files last.
    ///
    /// # Errors
    /// [`PackError::Io`].
    pub fn sync_folders(&self) -> Result<(), PackError> {
        let sync =
            |folder: &PathBuf| sync_folder(folder).map_err(|error| PackError::io(folder, error));
        self.folders.iter().try_for_each(sync)
    }
}
