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
    /// In its own words.
    pub text: String,
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

fn newest(show_file: &Path) -> Option<PathBuf> {
    let places = places(show_file).into_iter();
    let dated = places.filter_map(|place| Some((place.metadata().ok()?.modified().ok()?, place)));
    dated.max().map(|(_, place)| place)
}

/// The autosave that is left of a show, the newest where there are two; none where it holds the same
/// as `show`, or cannot be read.
pub fn find(show_file: &Path, show: &Show) -> Option<Autosave> {
    let path = newest(show_file)?;
    let text = fs::read_to_string(&path).ok()?;
    match parse(&path, &text) {
        Ok(kept) if kept == *show => None,
        Ok(show) => Some(Autosave { path, show, text }),
        Err(_) => {
            tracing::warn!(path = %path.display(), "the autosave is broken and is left alone");
            None
        }
    }
}

/// What the newest autosave of a show says; none where there is none.
pub fn text(show_file: &Path) -> Option<String> {
    fs::read_to_string(newest(show_file)?).ok()
}

/// Puts every autosave aside, under the name `….old`, that is another than `own`: it is of somebody who
/// has decided nothing about it, or of another show that goes by the same file.
pub fn put_others_aside(show_file: &Path, own: Option<&str>) {
    for place in places(show_file) {
        match fs::read(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(there) if Some(there.as_slice()) == own.map(str::as_bytes) => {}
            _ => put_aside(&place),
        }
    }
}

/// Takes the autosave away that says this: it is saved.
pub fn remove_own(show_file: &Path, own: Option<&str>) {
    for place in places(show_file) {
        let there = fs::read(&place).ok();
        if there.is_some() && there.as_deref() == own.map(str::as_bytes) {
            take_away(&place);
        }
    }
}

/// Takes every autosave of a show away: nobody wants it.
pub fn remove(show_file: &Path) {
    for place in places(show_file) {
        take_away(&place);
    }
}

fn take_away(place: &Path) {
    if let Err(error) = fs::remove_file(place)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %place.display(), "an autosave is left: {error}");
    }
}

fn put_aside(path: &Path) {
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
        put_others_aside(&file, Some("nothing of the kind"));
        assert_eq!(find(&file, &saved), None);
        assert!(folder.path().join("show.ron.autosave.old").is_file());
        write(&file, &text("once more")).unwrap();
        remove(&file);
        assert_eq!(find(&file, &saved), None);
        write(&file, &text("mine")).unwrap();
        put_others_aside(&file, Some(&text("mine")));
        remove_own(&file, Some(&text("not mine")));
        assert!(find(&file, &saved).is_some());
        remove_own(&file, Some(&text("mine")));
        assert_eq!(find(&file, &saved), None);
        let old = fs::read_to_string(folder.path().join("show.ron.autosave.old")).unwrap();
        assert_eq!(old, text("again"), "one's own is not put aside");
    }
}
