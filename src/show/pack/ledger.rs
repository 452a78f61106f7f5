//! The ledger of a copied show: what regie put into the folder. By it a later copy knows that it may
//! take this one's place, and that nothing of anybody's own work would go with it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::error::PackError;
use crate::show::digest::Digest;

/// The ledger's name in the folder.
const NAME: &str = ".regie-copy.json";

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ledger {
    /// The file of the show that was copied.
    show: PathBuf,
    /// By their paths from the folder, with `/` between folders.
    files: BTreeMap<String, Entry>,
}

/// A file that regie put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    bytes: u64,
    /// When it was written, in nanoseconds since 1970.
    written_ns: u64,
    digest: u64,
}

impl Ledger {
    /// Of a copy of the show in this file, with nothing in it yet.
    pub fn begin(show_file: &Path) -> Self {
        Self {
            show: show_file.to_owned(),
            files: BTreeMap::new(),
        }
    }

    /// Whether a folder has one.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(NAME).is_file()
    }

    /// Notes a file that is in the folder now.
    ///
    /// # Errors
    /// [`PackError::Io`].
    pub fn note(&mut self, folder: &Path, name: &str, digest: u64) -> Result<(), PackError> {
        let path = folder.join(name);
        let metadata = fs::metadata(&path).map_err(|error| PackError::io(&path, error))?;
        let entry = Entry {
            bytes: metadata.len(),
            written_ns: written_ns(&metadata),
            digest,
        };
        self.files.insert(name.to_owned(), entry);
        Ok(())
    }

    /// Puts it into the folder.
    ///
    /// # Errors
    /// [`PackError::Io`].
    pub fn write(&self, folder: &Path) -> Result<(), PackError> {
        let path = folder.join(NAME);
        let written = File::create_new(&path).and_then(|file| {
            serde_json::to_writer_pretty(&file, self)?;
            file.sync_all()
        });
        written.map_err(|error| PackError::io(&path, error))
    }

    /// Whether a folder holds a copy of this show and nothing else, each file as it was written or
    /// gone.
    ///
    /// # Errors
    /// What is there instead, in words.
    pub fn check(folder: &Path, show_file: &Path) -> Result<(), String> {
        let text = match fs::read(folder.join(NAME)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err("there is something else in this folder".to_owned());
            }
            Err(error) => return Err(error.to_string()),
        };
        let ledger: Self = serde_json::from_slice(&text)
            .map_err(|_| format!("its {NAME} is not as regie wrote it"))?;
        if ledger.show != show_file {
            let other = ledger.show.display();
            return Err(format!("it is a copy of another show, {other}"));
        }
        ledger.check_below(folder, "")
    }

    /// Everything below the folder, from the part of it that is called so.
    fn check_below(&self, folder: &Path, part: &str) -> Result<(), String> {
        let there = |error: io::Error| error.to_string();
        for entry in folder.join(part).read_dir().map_err(there)? {
            let entry = entry.map_err(there)?;
            let kind = entry.file_type().map_err(there)?;
            let name = entry.file_name();
            let own = name.to_str().map(|name| match part {
                "" => name.to_owned(),
                part => format!("{part}/{name}"),
            });
            let shown = Path::new(part).join(&name);
            let Some(own) = own else {
                return Err(foreign(&shown));
            };
            if kind.is_dir() {
                self.check_below(folder, &own)?;
                continue;
            }
            if own == NAME {
                continue;
            }
            let noted = self.files.get(&own).filter(|_| kind.is_file());
            let noted = noted.ok_or_else(|| foreign(&shown))?;
            if !noted.is_still(&entry.path()).map_err(there)? {
                return Err(format!("{own} was changed since it was copied"));
            }
        }
        Ok(())
    }
}

fn foreign(path: &Path) -> String {
    format!("regie did not put {} there", path.display())
}

impl Entry {
    /// Whether a file is as it was written. Some disks and some ways of carrying a folder change the
    /// times: then it is read.
    fn is_still(&self, path: &Path) -> io::Result<bool> {
        let metadata = fs::metadata(path)?;
        if metadata.len() != self.bytes {
            return Ok(false);
        }
        if written_ns(&metadata) == self.written_ns {
            return Ok(true);
        }
        let mut file = File::open(path)?;
        let mut digest = Digest::default();
        let mut piece = vec![0; 1 << 20];
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(digest.value() == self.digest),
                length => digest.take(&piece[..length]),
            }
        }
    }
}

/// 0 where the system does not say.
fn written_ns(metadata: &fs::Metadata) -> u64 {
    let since = metadata.modified().ok();
    let since = since.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos() as u64)
}
