//! What was edited and not saved, kept beside the show file: never in its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::atomic;
use super::file::parse;
use super::model::Show;
use super::recent;

/// An autosave that differs from its show file.
#[derive(Clone, Debug, PartialEq)]
pub struct Autosave {
    /// Where it lies.
    pub path: PathBuf,
    /// What it holds.
    pub show: Show,
}

/// Where autosaves of this show file may lie: beside it, and in the user's own folder for where
/// nothing can be written beside it.
fn places(show_file: &Path) -> Vec<PathBuf> {
    let mut beside = show_file.as_os_str().to_owned();
    beside.push(".autosave");
    let mut places = vec![PathBuf::from(beside)];
    if let Ok(folder) = recent::folder() {
        // The whole path is in the name: shows of the same name in two folders are two.
        let path = fs::canonicalize(show_file).unwrap_or_else(|_| show_file.to_owned());
        let name: String = path
            .to_string_lossy()
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || c == '.' {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        places.push(folder.join(format!("{name}.autosave")));
    }
    places
}

/// Keeps a show's text; gives where.
///
/// # Errors
/// What the system says of the last place that was tried.
pub fn write(show_file: &Path, text: &str) -> io::Result<PathBuf> {
    let mut last = io::Error::other("there is no place for it");
    for place in places(show_file) {
        match atomic::replace(&place, text.as_bytes(), None) {
            Ok(()) => return Ok(place),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The autosave that is left of a show, the newest where there are two; none where it holds the same
/// as `show`, or cannot be read.
pub fn find(show_file: &Path, show: &Show) -> Option<Autosave> {
    let newest = places(show_file)
        .into_iter()
        .filter_map(|place| Some((place.metadata().ok()?.modified().ok()?, place)))
        .max()?;
    let path = newest.1;
    let text = fs::read_to_string(&path).ok()?;
    match parse(&path, &text) {
        Ok(kept) if kept == *show => None,
        Ok(kept) => Some(Autosave { path, show: kept }),
        Err(_) => {
            tracing::warn!(path = %path.display(), "the autosave is broken and is left alone");
            None
        }
    }
}

/// Takes every autosave of a show away: it is saved.
pub fn remove(show_file: &Path) {
    for place in places(show_file) {
        if let Err(error) = fs::remove_file(&place)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %place.display(), "an autosave is left: {error}");
        }
    }
}

/// Puts an autosave aside, under the name `….old`, for one that nobody has decided about.
pub fn put_aside(path: &Path) {
    let mut old = path.as_os_str().to_owned();
    old.push(".old");
    if let Err(error) = fs::rename(path, &old) {
        tracing::warn!(path = %path.display(), "the autosave cannot be put aside: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> String {
        format!("(version: 1, name: \"{name}\")")
    }

    #[test]
    fn it_lies_beside_the_show_and_is_found_where_it_differs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("show.ron");
        fs::write(&file, text("saved")).unwrap();
        let saved = parse(&file, &text("saved")).unwrap();
        assert_eq!(find(&file, &saved), None);
        let path = write(&file, &text("edited")).unwrap();
        assert_eq!(path, folder.path().join("show.ron.autosave"));
        let found = find(&file, &saved).unwrap();
        assert_eq!(
            (found.path.clone(), found.show.name.as_str()),
            (path, "edited")
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), text("saved"));
        assert_eq!(find(&file, &found.show), None, "the same is nothing new");
        write(&file, "(version: 1, nonsense").unwrap();
        assert_eq!(find(&file, &saved), None);
        write(&file, &text("again")).unwrap();
        put_aside(&found.path);
        assert_eq!(find(&file, &saved), None);
        assert!(folder.path().join("show.ron.autosave.old").is_file());
        write(&file, &text("once more")).unwrap();
        remove(&file);
        assert_eq!(find(&file, &saved), None);
    }
}
