//! What a show needs of the disk: media files that can be read, a folder that takes recordings.
//! Looks, and leaves nothing behind.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::atomic::{bare, folder};
use super::fault::Fault;
use super::locate::Tree;
use super::model::{Show, SourceKind};
use super::numbered::Numbered;
use super::table::TableFrom;

/// Checks what the show names on disk, but for what a show before it named already: an edit is not
/// to be refused because a file of another source has vanished.
pub(super) fn check(file: &Path, tree: &Tree, show: &Show, before: Option<&Show>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |place: &str, message| {
        faults.push(Fault::new(file, tree.place(place), message).of(place));
    };
    for (n, source) in show.sources.iter().enumerate() {
        let is_known = |before: &Show| before.sources.iter().any(|old| old.kind == source.kind);
        if let SourceKind::File { path, .. } = &source.kind
            && !path.is_empty()
            && !before.is_some_and(is_known)
            && let Err(message) = readable(&first(file, path))
        {
            fault(&format!("sources[{n}].kind.path"), message);
        }
    }
    for (n, stinger) in show.stingers.iter().enumerate() {
        let is_known = |before: &Show| before.stingers.iter().any(|old| old.path == stinger.path);
        if !stinger.path.is_empty()
            && !before.is_some_and(is_known)
            && let Err(message) = readable(&first(file, &stinger.path))
        {
            fault(&format!("stingers[{n}].path"), message);
        }
    }
    for (n, title) in show.titles.iter().enumerate() {
        let is_known = |before: &Show| {
            let mut old = before.titles.iter();
            old.any(|old| old.template == title.template)
        };
        let Some(path) = title.file().filter(|path| !path.is_empty()) else {
            continue;
        };
        if !before.is_some_and(is_known)
            && let Err(message) = readable(&first(file, path))
        {
            fault(&format!("titles[{n}].template"), message);
        }
    }
    for (n, table) in show.tables.iter().enumerate() {
        let is_known = |before: &Show| before.tables.iter().any(|old| old.from == table.from);
        if let TableFrom::File(path) = &table.from
            && !path.is_empty()
            && !before.is_some_and(is_known)
            && let Err(message) = readable_as(&resolve(file, path), "a file of CSV or JSON")
        {
            fault(&format!("tables[{n}].from[0]"), message);
        }
    }
    if let Some(picture) = &show.hold.picture
        && before.is_none_or(|before| before.hold.picture != show.hold.picture)
        && let Err(message) = readable(&resolve(file, picture))
    {
        fault("hold.picture", message);
    }
    if before.is_some_and(|before| before.recording == show.recording) {
        return faults;
    }
    let recordings = resolve(file, &show.recording.folder);
    if show.recording.folder.is_empty() {
        let message = "the folder is empty, expected one for recordings".to_owned();
        fault("recording.folder", message);
    } else if let Err(message) = writable(&recordings) {
        fault("recording.folder", message);
    }
    faults
}

/// A path of a show as [`resolve`] gives it. Numbered pictures are no file of that name; they begin with this
/// one.
fn first(show_file: &Path, path: &str) -> PathBuf {
    let path = resolve(show_file, path);
    let numbered = Numbered::of(&path.to_string_lossy());
    numbered.map_or(path, |pictures| PathBuf::from(pictures.first_file()))
}

/// A path of a show: read from the show file's folder where it is relative.
pub fn resolve(show_file: &Path, path: &str) -> PathBuf {
    folder(show_file).join(path)
}

pub(super) fn readable(path: &Path) -> Result<(), String> {
    readable_as(path, "a media file")
}

/// Whether there is a file to read, where `expected` is.
fn readable_as(path: &Path, expected: &str) -> Result<(), String> {
    let shown = path.display();
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(format!("there is no file {shown}, expected {expected}"));
        }
        Err(error) => return Err(format!("{shown}: {error}, expected {expected}")),
    };
    if metadata.is_dir() {
        return Err(format!("{shown} is a folder, expected {expected}"));
    }
    // Opening a pipe would wait for its writer.
    if metadata.is_file()
        && let Err(error) = std::fs::File::open(path)
    {
        return Err(format!("{shown}: {error}, expected a file to read"));
    }
    Ok(())
}

/// True where a file can be made in the folder, or in the nearest one above that there is.
fn writable(path: &Path) -> Result<(), String> {
    let shown = path.display();
    // A bare name is beside the show; its ancestors end at an empty path.
    let there = path.ancestors().find_map(|ancestor| {
        let ancestor = if ancestor == Path::new("") {
            Path::new(".")
        } else {
            ancestor
        };
        match ancestor.metadata() {
            Ok(metadata) => Some(Ok((ancestor, metadata))),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
            Err(error) => Some(Err(error)),
        }
    });
    let why = match there {
        Some(Ok((ancestor, metadata))) if !metadata.is_dir() => {
            format!("{} is no folder", ancestor.display())
        }
        // The file has no name, or is gone again at once.
        Some(Ok((ancestor, _))) => match tempfile::tempfile_in(ancestor) {
            Ok(_) => return Ok(()),
            Err(error) => bare(error).to_string(),
        },
        Some(Err(error)) => error.to_string(),
        None => "no folder above it exists".to_owned(),
    };
    Err(format!(
        "no recording can be written to {shown}: {why}, expected a folder to write to"
    ))
}
