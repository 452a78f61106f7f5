//! The show that was opened last, and the demo for who has none yet.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The demo show, as it stands in `scenes/`.
const DEMO: &str = include_str!("../../scenes/demo.ron");

/// So many shows are remembered.
const KEEP: usize = 10;

/// The show that was opened last, if its file is still there; else the demo, copied to the user's
/// own folder so that it can be changed.
///
/// # Errors
/// What the system says of that folder.
pub fn last_or_demo() -> io::Result<PathBuf> {
    let folder = folder()?;
    if let Some(last) = read(&folder).into_iter().next()
        && last.is_file()
    {
        return Ok(last);
    }
    let demo = folder.join("demo.ron");
    if !demo.is_file() {
        fs::write(&demo, DEMO)?;
    }
    Ok(demo)
}

/// Whether this folder is regie's own, where the demo is.
pub fn is_own_folder(folder: &Path) -> bool {
    let own = self::folder().and_then(fs::canonicalize);
    own.is_ok_and(|own| fs::canonicalize(folder).is_ok_and(|folder| folder == own))
}

/// The shows that were opened last whose files are still there, the newest first.
pub fn recent() -> Vec<PathBuf> {
    let all = folder().map(|folder| read(&folder)).unwrap_or_default();
    all.into_iter().filter(|show| show.is_file()).collect()
}

/// Notes that this show was opened. That it could not be noted is no reason not to open it.
pub fn remember(show: &Path) {
    let noted = folder().and_then(|folder| note(&folder, &fs::canonicalize(show)?));
    if let Err(error) = noted {
        tracing::warn!("the last show is not remembered: {error}");
    }
}

/// A line for each show.
fn read(folder: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(folder.join("last")).unwrap_or_default();
    text.lines().map(PathBuf::from).collect()
}

fn note(folder: &Path, show: &Path) -> io::Result<()> {
    let mut all = read(folder);
    all.retain(|known| known != show);
    all.insert(0, show.to_owned());
    all.truncate(KEEP);
    let lines: Vec<String> = all.iter().map(|show| show.display().to_string()).collect();
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(lines.join("\n").as_bytes())?;
    file.persist(folder.join("last"))?;
    Ok(())
}

/// The user's own folder, made where it is missing.
pub(super) fn folder() -> io::Result<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "regie")
        .ok_or_else(|| io::Error::other("there is no home folder"))?;
    fs::create_dir_all(dirs.data_dir())?;
    Ok(dirs.data_dir().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_once() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "a"] {
            note(folder.path(), Path::new(name)).unwrap();
        }
        assert_eq!(read(folder.path()), ["a", "b"].map(PathBuf::from));
        for i in 0..KEEP {
            note(folder.path(), Path::new(&i.to_string())).unwrap();
        }
        assert_eq!(read(folder.path()).len(), KEEP);
        assert_eq!(read(folder.path())[0], Path::new("9"));
    }
}
