//! A show with everything it needs, in a folder that can be carried to another machine: the show file,
//! its media beside it, the user's own wipes and templates, and a text for whoever opens it there.
//!
//! The folder is written under another name beside its place and put there when it is whole, so that
//! a part of it is never taken for all of it. What lies at its place already is left alone, unless it
//! is an earlier copy of the same show that nobody has touched.

mod copy;
mod error;
mod ledger;
mod letter;
mod plan;
mod spot;
mod titles;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

pub use copy::Watch;
pub use error::PackError;

use super::file::{load, to_text};
use super::{SaveError, Show};
use copy::Copying;
use ledger::Ledger;
use plan::Plan;
use spot::Spot;

/// The name of the text for whoever opens the show elsewhere.
const LETTER: &str = "README.txt";

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The show's file in its folder.
    pub show_file: PathBuf,
    /// Media files that were copied.
    pub files: usize,
    /// Their length, in bytes.
    pub bytes: u64,
    /// The names of the keys and passwords that the other machine needs: they are not in the folder.
    pub keys: Vec<String>,
}

/// Writes a show with its media into `folder`, which is made: a new one, an empty one, or an earlier
/// copy. Relative paths are read from the folder of `show_file`. May take as long as the disks need.
///
/// # Errors
/// [`PackError`]. Nothing is left of it, and what was there is as it was.
pub fn pack(
    show: &Show,
    show_file: &Path,
    folder: &Path,
    watch: &mut dyn Watch,
) -> Result<Packed, PackError> {
    let show_file = &absolute(show_file)?;
    let spot = Spot::of(folder, show_file)?;
    let plan = Plan::of(show, show_file)?;
    let bytes = plan.bytes();
    spot.check_room(bytes, plan.files.len())?;

    let part = spot.begin()?;
    let mut copying = Copying::begin(part.path(), bytes, watch);
    let mut ledger = Ledger::begin(show_file);
    for file in &plan.files {
        let digest = copying.copy(file)?;
        ledger.note(part.path(), &file.to, digest)?;
    }
    let text = to_text(&plan.show).map_err(SaveError::Text)?;
    for (name, text) in [(plan.show_name.as_str(), &text), (LETTER, &plan.letter)] {
        write(&part.path().join(name), text)?;
        ledger.note(part.path(), name, super::Digest::of(text.as_bytes()))?;
    }
    ledger.write(part.path())?;
    // It must be a show that opens, there as here.
    load(&part.path().join(&plan.show_name)).map_err(SaveError::Faulty)?;
    copying.sync_folders()?;
    part.put_in_place(&spot)?;
    Ok(Packed {
        show_file: spot.folder().join(&plan.show_name),
        files: plan.files.len(),
        bytes,
        keys: plan.keys,
    })
}

/// The folder for a copy, where a user named one: itself where it is not there yet, empty or a copy
/// already, else one in it that is called as the show's file is.
pub fn folder_in(named: &Path, show_file: &Path) -> PathBuf {
    let is_empty = named
        .read_dir()
        .is_ok_and(|mut found| found.next().is_none());
    if is_empty || !named.exists() || Ledger::is_in(named) {
        return named.to_owned();
    }
    named.join(show_file.file_stem().unwrap_or_default())
}

/// Where the show file of a copy in this folder is.
pub fn show_file_in(folder: &Path, show_file: &Path) -> PathBuf {
    folder.join(plan::show_name(show_file))
}

fn absolute(path: &Path) -> Result<PathBuf, PackError> {
    let real = path.canonicalize().or_else(|_| std::path::absolute(path));
    real.map_err(|error| PackError::io(path, error))
}

fn write(path: &Path, text: &str) -> Result<(), PackError> {
    let written = fs::File::create_new(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| PackError::io(path, error))
}

#[cfg(test)]
mod tests;
