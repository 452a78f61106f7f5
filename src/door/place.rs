//! Where the door of a show is found on this machine: sockets, lock and journal, in a folder that
//! nobody else can enter, named after the show file.

use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The places of one show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    folder: PathBuf,
    name: String,
}

impl Place {
    /// The places of the show in this file; makes their folder.
    ///
    /// # Errors
    /// What the system says of the folder, or that it belongs to somebody else.
    pub fn of(show_file: &Path) -> io::Result<Self> {
        Self::within(private_folder()?, show_file)
    }

    /// The places of the show in this file, in a folder that is there and is this user's alone: where
    /// somebody else's `XDG_RUNTIME_DIR` leads.
    ///
    /// # Errors
    /// What the system says of the show file.
    pub fn within(folder: PathBuf, show_file: &Path) -> io::Result<Self> {
        let path = fs::canonicalize(show_file)?;
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        let stem: String = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(16)
            .collect();
        Ok(Self {
            folder,
            name: format!("{stem}-{:016x}", hasher.finish()),
        })
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

    /// What a keeper without a terminal says.
    pub fn log(&self) -> PathBuf {
        self.with("log")
    }

    /// Takes the show for the keeper that calls; `None` where another keeps it. It is kept for as
    /// long as the file is open.
    pub fn lock(&self) -> io::Result<Option<File>> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.with("lock"))?;
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn with(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }
}

/// A folder of this user alone, on a disk that is emptied with the session where there is one.
fn private_folder() -> io::Result<PathBuf> {
    let user = rustix::process::getuid().as_raw();
    let folder = match std::env::var_os("XDG_RUNTIME_DIR").filter(|dir| !dir.is_empty()) {
        Some(runtime) => PathBuf::from(runtime).join("regie"),
        None => std::env::temp_dir().join(format!("regie-{user}")),
    };
    match fs::DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let meta = fs::symlink_metadata(&folder)?;
    if !meta.is_dir() || meta.uid() != user {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("{} belongs to somebody else", folder.display()),
        ));
    }
    if meta.mode() & 0o077 != 0 {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(folder)
}
