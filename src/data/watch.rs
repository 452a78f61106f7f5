//! A file that is read again whenever it has changed and rests: not while it is being written.

use std::path::PathBuf;

use super::file::{self, Stamp, Unread};

/// See the module's words.
#[derive(Debug)]
pub(super) struct Watch {
    path: PathBuf,
    /// What faults call it: as the show does.
    shown: String,
    /// As it was when it was read.
    read: Option<Stamp>,
    /// As it was when it was looked at last.
    last: Option<Stamp>,
    /// It was never looked at: it is read at once.
    is_new: bool,
}

/// What a look at a file gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It is as it was, or has not come to rest.
    Nothing,
    /// It is another: all of it.
    Bytes(Vec<u8>),
    /// It cannot be had: what is wrong, and what was expected.
    Fault(String),
}

impl Watch {
    pub fn new(path: PathBuf, shown: &str) -> Self {
        Self {
            path,
            shown: shown.to_owned(),
            read: None,
            last: None,
            is_new: true,
        }
    }

    /// What faults call it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Looks at the file, and reads it where it is another than was read and the same as the last time.
    pub fn look(&mut self) -> Seen {
        let now = match file::stamp(&self.path, &self.shown) {
            Ok(now) => now,
            Err(fault) => {
                // It is read again when it comes back, be it the same.
                (self.read, self.last) = (None, None);
                return Seen::Fault(fault);
            }
        };
        let rests = self.last.replace(now) == Some(now) || self.is_new;
        if !rests || self.read == Some(now) {
            return Seen::Nothing;
        }
        self.is_new = false;
        match file::read(&self.path, &self.shown, now) {
            Ok(bytes) => {
                self.read = Some(now);
                Seen::Bytes(bytes)
            }
            Err(Unread::Changing) => Seen::Nothing,
            // Tried again the next time: what it may be read by is not seen from it.
            Err(Unread::Fault(fault)) => Seen::Fault(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_read_at_once_and_then_when_it_rests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("speakers.csv");
        let mut watch = Watch::new(path.clone(), "speakers.csv");
        let fault = |seen: Seen| match seen {
            Seen::Fault(fault) => fault,
            other => panic!("{other:?}"),
        };
        let said = fault(watch.look());
        assert_eq!(
            said,
            "there is no file speakers.csv, expected a file of CSV or JSON"
        );
        fs::write(&path, "a\n1\n").unwrap();
        assert_eq!(watch.look(), Seen::Bytes(b"a\n1\n".to_vec()));
        assert_eq!(watch.look(), Seen::Nothing);
        // It is written, and seen while it is.
        fs::write(&path, "a\n1\n2").unwrap();
        assert_eq!(watch.look(), Seen::Nothing);
        fs::write(&path, "a\n1\n23\n").unwrap();
        assert_eq!(watch.look(), Seen::Nothing);
        assert_eq!(watch.look(), Seen::Bytes(b"a\n1\n23\n".to_vec()));
        assert_eq!(watch.look(), Seen::Nothing);
        // Another of the same length and time is put in its place.
        let other = folder.path().join("other");
        fs::write(&other, "a\n1\n24\n").unwrap();
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        let opened = fs::File::options().write(true).open(&other).unwrap();
        opened.set_modified(time).unwrap();
        fs::rename(&other, &path).unwrap();
        assert_eq!(watch.look(), Seen::Nothing);
        assert_eq!(watch.look(), Seen::Bytes(b"a\n1\n24\n".to_vec()));
        // It goes, and comes back as it was.
        fs::rename(&path, &other).unwrap();
        assert!(fault(watch.look()).contains("there is no file"));
        fs::rename(&other, &path).unwrap();
        assert_eq!(watch.look(), Seen::Nothing);
        assert_eq!(watch.look(), Seen::Bytes(b"a\n1\n24\n".to_vec()));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(fault(watch.look()).contains("is a folder"));
    }
}
