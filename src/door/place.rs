//! Where the door of a show is found on this machine: sockets, lock, journal and log, in a folder
//! that nobody else can enter, named after the show file.
//!
//! A desk must find the engine whoever started either, so nothing here depends on the session: not
//! on its variables (but one that is regie's own), and not on which compiler built the program.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{FlockOperation, flock};

use crate::show::Digest;

/// The variable that names another folder than the usual one.
const FOLDER: &str = "REGIE_RUNTIME_DIR";
/// Systems have room for 104 bytes or more in a socket's address; the last is zero.
const SOCKET_PATH_MAX: usize = 100;
/// Somebody who only looks whether a show is kept holds its lock for a moment: it is asked for again so
/// often, this far apart. Counted, for in a moment in which the machine stands still nobody lets go.
const LOOKERS: u32 = 20;
const LOOK: Duration = Duration::from_millis(10);

/// The places of one show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    base: PathBuf,
}

impl Place {
    /// The places of the show in this file; makes their folder: `$REGIE_RUNTIME_DIR`, or
    /// `/tmp/regie-UID`.
    ///
    /// # Errors
    /// What the system says of the folder or the show file, or that the folder belongs to somebody
    /// else.
    pub fn of(show_file: &Path) -> io::Result<Self> {
        Self::within(private_folder()?, show_file)
    }

    /// The places of the show in this file, in a folder that is there and is this user's alone: where
    /// somebody else's `REGIE_RUNTIME_DIR` leads.
    ///
    /// # Errors
    /// What the system says of the show file, or that the folder's name is too long for sockets.
    pub fn within(folder: PathBuf, show_file: &Path) -> io::Result<Self> {
        let path = fs::canonicalize(show_file)?;
        let stem: String = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(16)
            .collect();
        let number = Digest::of(path.as_os_str().as_bytes());
        let place = Self::at(folder.join(format!("{stem}-{number:016x}")));
        if place.pictures().as_os_str().len() > SOCKET_PATH_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "{}: the name is too long for a folder of sockets; expected a shorter {FOLDER}",
                    folder.display()
                ),
            ));
        }
        Ok(place)
    }

    /// The places that [`Self::base`] of another process names. They stay where they are whatever
    /// becomes of the show file.
    pub fn at(base: PathBuf) -> Self {
        Self { base }
    }

    /// What all of the names begin with.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// Socket for commands, events and snapshots.
    pub fn socket(&self) -> PathBuf {
        self.with("sock")
    }

    /// Socket for monitor pictures.
    pub fn pictures(&self) -> PathBuf {
        self.with("pictures")
    }

    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.with("journal")
    }

    /// What a keeper without a terminal says. The log of the show before ends in `.log.old`.
    pub fn log(&self) -> PathBuf {
        self.with("log")
    }

    /// The file whose lock is the show's.
    pub fn lock_file(&self) -> PathBuf {
        self.with("lock")
    }

    /// The show's text as it was when the show began.
    fn show(&self) -> PathBuf {
        self.with("show")
    }

    /// What can be undone, where it goes on with another engine.
    fn past(&self) -> PathBuf {
        self.with("past")
    }

    /// Takes the show for the keeper that calls; `None` where another keeps it. It is kept for as
    /// long as the file, or a copy of its handle in any process, is open.
    ///
    /// # Errors
    /// What the system says of the file.
    pub fn lock(&self) -> io::Result<Option<File>> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(self.lock_file())?;
        for _ in 0..LOOKERS {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Some(file)),
                Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(LOOK),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Whether a keeper or an engine has the show now.
    ///
    /// # Errors
    /// What the system says of the lock's file.
    pub fn is_kept(&self) -> io::Result<bool> {
        let file = match File::open(self.lock_file()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            opened => opened?,
        };
        // Shared, so that those who look do not see each other.
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => Ok(false),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Begins a new log; the one before is kept as `.log.old`.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin_log(&self) -> io::Result<File> {
        let log = self.log();
        if fs::metadata(&log).is_ok_and(|meta| meta.len() > 0) {
            fs::rename(&log, self.with("log.old"))?;
        }
        self.append_to_log()
    }

    /// Opens the log to go on with it.
    ///
    /// # Errors
    /// What the system says.
    pub fn append_to_log(&self) -> io::Result<File> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(self.log())
    }

    /// Keeps the text of a show that begins, so that it can go on whatever becomes of its file. For
    /// this user's eyes alone.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep_show(&self, text: &str) -> io::Result<()> {
        self.put(&self.show(), text)
    }

    /// The text that was kept.
    ///
    /// # Errors
    /// What the system says.
    pub fn kept_show(&self) -> io::Result<String> {
        fs::read_to_string(self.show())
    }

    /// Keeps what can be undone, for an engine that takes the place of this one. For this user's eyes
    /// alone.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep_past(&self, text: &str) -> io::Result<()> {
        self.put(&self.past(), text)
    }

    /// What was kept by [`Self::keep_past`].
    ///
    /// # Errors
    /// What the system says.
    pub fn kept_past(&self) -> io::Result<String> {
        fs::read_to_string(self.past())
    }

    /// Takes away what was kept by [`Self::keep_past`]: it does not lead to the show any more.
    pub fn forget_past(&self) {
        remove(&self.past());
    }

    fn put(&self, path: &Path, text: &str) -> io::Result<()> {
        let folder = self.base.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path)?;
        Ok(())
    }

    /// Takes away what a show that has ended leaves. Only for who holds the lock, when no engine
    /// lives. Lock and log stay.
    pub fn clear(&self) {
        let (journal, show, past) = (self.journal(), self.show(), self.past());
        for path in [journal, show, past, self.socket(), self.pictures()] {
            remove(&path);
        }
    }

    /// Shows those who sweep old files out of `/tmp` that these are in use; once a day is enough.
    pub fn freshen(&self) {
        for path in [self.lock_file(), self.show(), self.log()] {
            let touched = File::options()
                .append(true)
                .open(&path)
                .and_then(|file| file.set_modified(SystemTime::now()));
            if let Err(error) = touched {
                tracing::debug!(path = %path.display(), "not freshened: {error}");
            }
        }
    }

    fn with(&self, ending: &str) -> PathBuf {
        let mut name = OsString::from(self.base.as_os_str());
        name.push(".");
        name.push(ending);
        PathBuf::from(name)
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), "cannot be removed: {error}");
    }
}

/// A folder of this user alone. `XDG_RUNTIME_DIR` would not do: a program started by a timer has
/// none, and it goes with the user's last session while the show goes on.
fn private_folder() -> io::Result<PathBuf> {
    let user = rustix::process::getuid().as_raw();
    let folder = match std::env::var_os(FOLDER).filter(|dir| !dir.is_empty()) {
        Some(folder) => std::path::absolute(folder)?,
        None => PathBuf::from(format!("/tmp/regie-{user}")),
    };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)?;
    let meta = fs::symlink_metadata(&folder)?;
    if !meta.is_dir() || meta.uid() != user {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!(
                "{} belongs to somebody else; {FOLDER} can name another folder",
                folder.display()
            ),
        ));
    }
    if meta.mode() & 0o077 != 0 {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Place) {
        let folder = tempfile::tempdir().unwrap();
        let show = folder.path().join("My show.ron");
        fs::write(&show, "()").unwrap();
        let place = Place::within(folder.path().to_owned(), &show).unwrap();
        (folder, place)
    }

    #[test]
    fn names_are_the_same_for_every_build() {
        let (folder, place) = place();
        let again = Place::within(
            folder.path().to_owned(),
            &folder.path().join(".").join("My show.ron"),
        );
        assert_eq!(again.unwrap(), place);
        let name = place.base().file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("Myshow-"), "{name}");
    }

    #[test]
    fn a_folder_too_long_for_sockets_is_refused_in_words() {
        let (folder, _) = place();
        let long = folder.path().join("x".repeat(80));
        let error = Place::within(long, &folder.path().join("My show.ron")).unwrap_err();
        assert!(error.to_string().contains(FOLDER), "{error}");
    }

    #[test]
    fn whoever_looks_takes_nothing() {
        let (_folder, place) = place();
        assert!(!place.is_kept().unwrap());
        let lock = place.lock().unwrap().unwrap();
        assert!(place.is_kept().unwrap());
        assert!(place.lock().unwrap().is_none());
        let handed = lock.try_clone().unwrap();
        drop(lock);
        assert!(place.is_kept().unwrap(), "an heir holds it");
        drop(handed);
        assert!(!place.is_kept().unwrap());

        // A keeper that starts in the middle of somebody's look is not refused.
        let looker = File::open(place.lock_file()).unwrap();
        flock(&looker, FlockOperation::NonBlockingLockShared).unwrap();
        let starting = {
            let place = place.clone();
            std::thread::spawn(move || place.lock().unwrap().is_some())
        };
        std::thread::sleep(Duration::from_millis(20));
        drop(looker);
        assert!(starting.join().unwrap());
    }

    #[test]
    fn the_log_before_and_the_show_are_kept_and_private() {
        let (_folder, place) = place();
        for text in ["first", "second", ""] {
            write!(place.begin_log().unwrap(), "{text}").unwrap();
        }
        write!(place.begin_log().unwrap(), "third").unwrap();
        write!(place.append_to_log().unwrap(), " and more").unwrap();
        assert_eq!(fs::read_to_string(place.log()).unwrap(), "third and more");
        let old = fs::read_to_string(place.with("log.old")).unwrap();
        assert_eq!(old, "second", "an empty log pushes nothing out");

        place.keep_show("(version: 1)").unwrap();
        assert_eq!(place.kept_show().unwrap(), "(version: 1)");
        for path in [place.show(), place.log()] {
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        }
        place.clear();
        assert!(place.kept_show().is_err());
    }
}
