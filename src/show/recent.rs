//! The show that was opened last, and the demo for who has none yet.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The demo show, as it stands in `scenes/`.
const DEMO: &str = include_str!("../../scenes/demo.ron");

/// The show that was opened last, if its file is still there; else the demo, copied to the user's
/// own folder so that it can be changed.
///
/// # Errors
/// What the system says of that folder.
pub fn last_or_demo() -> io::Result<PathBuf> {
    let folder = folder()?;
    if let Ok(last) = fs::read_to_string(folder.join("last")) {
        let last = PathBuf::from(last.trim_end());
        if last.is_file() {
            return Ok(last);
        }
    }
    let demo = folder.join("demo.ron");
    if !demo.is_file() {
        fs::write(&demo, DEMO)?;
    }
    Ok(demo)
}

/// Notes that this show was opened. That it could not be noted is no reason not to open it.
pub fn remember(show: &Path) {
    let noted = folder().and_then(|folder| {
        let path = fs::canonicalize(show)?;
        fs::write(folder.join("last"), path.display().to_string())
    });
    if let Err(error) = noted {
        tracing::warn!("the last show is not remembered: {error}");
    }
}

/// The user's own folder, made where it is missing.
pub(super) fn folder() -> io::Result<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "regie")
        .ok_or_else(|| io::Error::other("there is no home folder"))?;
    fs::create_dir_all(dirs.data_dir())?;
    Ok(dirs.data_dir().to_owned())
}
