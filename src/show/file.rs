//! The show file: read with every fault told, written whole or not at all, with earlier copies kept.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::fault::Fault;
use super::locate::{Tree, position};
use super::model::Show;
use super::{atomic, check, disk, form, version};

/// So many earlier copies are kept: `NAME.ron.1`, the newest, to `NAME.ron.5`.
pub const COPIES: usize = 5;

/// No show of sense is larger, in bytes.
const LONGEST: u64 = 16 << 20;

/// Why a show was not saved. The file there was is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The show has faults, and could not be opened again. Positions are those in the text that
    /// would have been written.
    #[error("the show is not saved, for it could not be opened again: {}", list(.0))]
    Faulty(Vec<Fault>),
    /// The text could not be made.
    #[error("the show cannot be put into words: {0}")]
    Text(#[from] ron::Error),
    /// A newer regie has written what is there: what it says would be lost.
    #[error(
        "{file}: not saved: a newer regie has written what is there (version {version}, this one \
         knows {}); it is left alone, save under another name",
        super::model::VERSION
    )]
    Newer {
        /// The show file.
        file: PathBuf,
        /// The version of its form.
        version: u32,
    },
    /// The file could not be written.
    #[error("{file}: not saved: {error}")]
    Io {
        /// The show file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

fn list(faults: &[Fault]) -> String {
    let lines: Vec<_> = faults.iter().map(Fault::to_string).collect();
    lines.join("; ")
}

/// Reads a show from text and checks it against itself. `path` is for messages alone: media files
/// and folders are not looked at, so a show on air can be read again though a file has vanished.
///
/// # Errors
/// Every fault of the text, in the order of its lines.
pub fn parse(path: &Path, text: &str) -> Result<Show, Vec<Fault>> {
    read(path, text, |_, _| Vec::new()).map(|(show, _)| show)
}

/// A show that was read from a file.
#[derive(Clone, Debug)]
pub struct Opened {
    /// It is whole in itself.
    pub show: Show,
    /// The very text that was read.
    pub text: String,
    /// What it names and the disk does not have, in the order of its lines: media files, a folder that
    /// takes recordings. It can be played all the same: a clip is lost and looked for again and again, a
    /// mix stands in for a stinger, the plain slate for its picture, and the recorder fails by name.
    pub missing: Vec<Fault>,
}

/// Reads a show file to play it, and looks for what it names on disk. Leaves nothing there.
///
/// # Errors
/// Every fault of the file, with what is missing on disk beside, in the order of its lines; one in
/// line 1 where it cannot be read.
pub fn open(path: &Path) -> Result<Opened, Vec<Fault>> {
    let text = contents(path).map_err(|fault| vec![fault])?;
    let (show, missing) = read(path, &text, |tree, show| {
        disk::check(path, tree, show, None)
    })?;
    Ok(Opened {
        show,
        text,
        missing,
    })
}

/// Reads a show file in which nothing may be wrong: neither in itself, nor with its media files and its
/// recording folder.
///
/// # Errors
/// As [`open`], and all that is missing on disk.
pub fn load(path: &Path) -> Result<Show, Vec<Fault>> {
    let opened = open(path)?;
    if opened.missing.is_empty() {
        Ok(opened.show)
    } else {
        Err(opened.missing)
    }
}

/// Reads a show file as [`load`] does, and looks closer: `more` gives further faults of a show that is sound,
/// each with its place in it, such as `titles[2].template`; it is told the folder that the show lies in.
///
/// # Errors
/// As [`load`], and all that `more` found.
pub fn load_closely(
    path: &Path,
    more: impl FnOnce(&Show, &Path) -> Vec<(String, String)>,
) -> Result<Show, Vec<Fault>> {
    let text = contents(path).map_err(|fault| vec![fault])?;
    let (show, faults) = read(path, &text, |tree, show| {
        let mut faults = disk::check(path, tree, show, None);
        for (place, message) in more(show, atomic::folder(path)) {
            let at = tree.place(&place);
            // What is not there needs no closer look.
            if !faults.iter().any(|fault| (fault.line, fault.column) == at) {
                faults.push(Fault::new(path, at, message).of(&place));
            }
        }
        faults
    })?;
    if faults.is_empty() {
        Ok(show)
    } else {
        Err(faults)
    }
}

fn read(
    path: &Path,
    text: &str,
    missing_of: impl FnOnce(&Tree, &Show) -> Vec<Fault>,
) -> Result<(Show, Vec<Fault>), Vec<Fault>> {
    // Some editors put a mark before UTF-8; RON has none.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(newer) = version::newer(text) {
        // What else is strange about it comes of that.
        let fault = version::fault(path, &Tree::scan(text), newer);
        return Err(fault.into_iter().collect());
    }
    let reading = form::read(path, text);
    let mut faults = reading.faults;
    let mut missing = Vec::new();
    if let Some(show) = &reading.show {
        faults.extend(check::check(
            path,
            &reading.tree,
            show,
            &reading.blanked_sources,
        ));
        missing = missing_of(&reading.tree, show);
    }
    let by_line = |faults: &mut Vec<Fault>| faults.sort_by_key(|f| (f.line, f.column));
    match reading.show {
        Some(show) if faults.is_empty() => {
            by_line(&mut missing);
            Ok((show, missing))
        }
        _ => {
            faults.extend(missing);
            by_line(&mut faults);
            Err(faults)
        }
    }
}

fn contents(path: &Path) -> Result<String, Fault> {
    let fault = |at, message| Fault::new(path, at, message);
    let start = |message| fault((1, 1), message);
    let unreadable = |error: io::Error| {
        start(format!(
            "the file cannot be read: {error}, expected a show file"
        ))
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(start("this is no file, expected a show file".to_owned()));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        return Err(start(format!(
            "the file is too large, expected at most {LONGEST} bytes"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]);
        fault(
            position(&before, valid),
            "this byte is not UTF-8, expected a text file in UTF-8".to_owned(),
        )
    })
}

/// Checks a show that was edited as if it had been loaded, and gives the text that is saved. Media
/// files and folders that `before` named already are not looked at.
///
/// # Errors
/// [`SaveError::Faulty`] with every fault, or [`SaveError::Text`].
pub fn text_of(path: &Path, show: &Show, before: &Show) -> Result<String, SaveError> {
    let text = to_text(show)?;
    let found = read(path, &text, |tree, show| {
        disk::check(path, tree, show, Some(before))
    });
    match found {
        Ok((_, missing)) if !missing.is_empty() => Err(SaveError::Faulty(missing)),
        Ok((read, _)) if read == *show => Ok(text),
        Ok(_) => Err(ron::Error::Message("it reads back as another".to_owned()).into()),
        Err(faults) => Err(SaveError::Faulty(faults)),
    }
}

/// Saves a show: written beside the file, synced, and put in its place at once. The file there was
/// is kept as `NAME.ron.1`, the ones before it as `.2` to `.5`; where nothing changed, nothing is
/// written. Links are followed, permissions kept.
///
/// # Errors
/// [`SaveError`], with the file as it was: also for a show that [`parse`] would refuse, so that
/// what is saved can always be opened again, and for a file that a newer regie has written.
pub fn save(path: &Path, show: &Show) -> Result<(), SaveError> {
    let text = text_of(path, show, show)?;
    let io = |error| SaveError::Io {
        file: path.to_owned(),
        error,
    };
    let old = match fs::read(path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(io(error)),
    };
    let said = old.as_ref().map(|old| String::from_utf8_lossy(old));
    if let Some(version) = said.and_then(|said| version::newer(said.trim_start_matches('\u{feff}')))
    {
        let file = path.to_owned();
        return Err(SaveError::Newer { file, version });
    }
    replace(path, &text, old).map_err(io)
}

/// The text that is saved: a line for each value, with tuples and a scene's layers in one.
pub(super) fn to_text(show: &Show) -> ron::Result<String> {
    let pretty = ron::ser::PrettyConfig::new()
        .struct_names(false)
        .depth_limit(4);
    Ok(form::options().to_string_pretty(show, pretty)? + "\n")
}

/// Puts a text in place of what the file holds.
fn replace(path: &Path, text: &str, old: Option<Vec<u8>>) -> io::Result<()> {
    if old.as_deref() == Some(text.as_bytes()) {
        return Ok(());
    }
    let prepared = atomic::prepare(path, text.as_bytes(), None)?;
    // A file of nothing is what a crash of another program leaves: no copy to push a good one out.
    let Some(old) = old.filter(|old| !old.is_empty()) else {
        return prepared.commit();
    };
    let target = prepared.target().to_owned();
    shift_copies(&target)?;
    let newest = copy_name(&target, 1);
    // A link costs no space and cannot be half made; some file systems have none.
    if fs::hard_link(&target, &newest).is_err() {
        atomic::replace_like(&newest, &old, &target)?;
    }
    prepared.commit().inspect_err(|_| {
        // Both names would be of one file, and change together.
        if let Err(error) = fs::remove_file(&newest) {
            tracing::warn!(file = %newest.display(), %error, "a copy too many is left");
        }
    })
}

/// Makes room for a newest copy; the oldest goes.
fn shift_copies(target: &Path) -> io::Result<()> {
    for n in (1..COPIES).rev() {
        match fs::rename(copy_name(target, n), copy_name(target, n + 1)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Where the `n`th last copy of a show file is kept, 1 to [`COPIES`].
fn copy_name(target: &Path, n: usize) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(format!(".{n}"));
    PathBuf::from(name)
}
