//! Mends a recording that was not closed: `kill -9`, a power cut, a full disk.
//!
//! Such a file plays, but shows no length and cannot be sought in. All that is missing can be made
//! from what is there, without copying: only heads are read, one or a few per cluster or fragment. The
//! same closes a file properly, for what it makes can only be made at the end.

use std::fs::File;
use std::io;
use std::path::Path;

use super::chapters::{ChaptersError, open, remove_sidecar, waiting_chapters, waiting_labels};
use super::matroska::Layout;
use super::mend::{Mending, Step, apply};
use super::mp4;
use super::naming;
use crate::show::RecordingFormat;

/// What was done to a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// It had been closed properly; nothing but chapters was missing.
    pub whole: bool,
    /// Bytes that were cut off: an unfinished block or element.
    pub lost_bytes: u64,
    /// Its length in milliseconds.
    pub duration_ms: u64,
    /// Chapters that were added.
    pub chapters: usize,
}

/// Mends the recording at `path`, adds the chapters that wait beside it and removes their sidecar.
/// No picture or sound is lost but the last, where it is not whole. The file must not be in use. May
/// be called again after any failure, and is safe against a power cut at any moment.
///
/// On a full disk the file is cut clean and gets its length, and the rest waits for a call that finds
/// room; that is an error still.
///
/// # Errors
/// [`ChaptersError`]: [`ChaptersError::Empty`] and [`ChaptersError::NotMatroska`] for what holds
/// nothing to play, which is left as it is.
pub fn recover(path: &Path) -> Result<Recovered, ChaptersError> {
    match naming::format_of(path) {
        Some(RecordingFormat::Mp4) => recover_mp4(path),
        _ => recover_matroska(path),
    }
}

fn recover_matroska(path: &Path) -> Result<Recovered, ChaptersError> {
    let failed = ChaptersError::io(path);
    let mut file = open(path)?;
    let layout = Layout::scan(&mut file).map_err(ChaptersError::layout(path))?;
    let whole = layout.is_whole();
    let duration = if whole {
        layout.duration
    } else {
        layout.measure_duration(&mut file).map_err(failed)?
    };
    let duration_ns = (duration * layout.scale as f64) as u64;
    let (chapters, count) = waiting_chapters(path, duration_ns)?.unzip();
    let mending = Mending::plan(&layout, &mut file, true, chapters.as_deref()).map_err(failed)?;
    if let Err(error) = apply(&mut file, &mending.steps) {
        if error.kind() == io::ErrorKind::StorageFull {
            mend_without_growing(path, &mut file)?;
        }
        return Err(failed(error));
    }
    if chapters.is_some() && !mending.with_chapters {
        return Err(ChaptersError::NoRoom(path.to_owned()));
    }
    remove_sidecar(path)?;
    let lost_bytes = if whole {
        0
    } else {
        layout.file_length - layout.end
    };
    Ok(Recovered {
        whole,
        lost_bytes,
        duration_ms: duration_ns / 1_000_000,
        chapters: count.unwrap_or(0),
    })
}

/// Puts the whole table of contents behind the last fragment, and hides the fragments in one go.
fn recover_mp4(path: &Path) -> Result<Recovered, ChaptersError> {
    let failed = ChaptersError::io(path);
    let mut file = open(path)?;
    let layout = mp4::Layout::scan(&mut file).map_err(ChaptersError::mp4(path))?;
    if layout.whole {
        // Its chapters came with its table of contents.
        remove_sidecar(path)?;
        return Ok(Recovered {
            whole: true,
            lost_bytes: 0,
            duration_ms: layout.duration_ms,
            chapters: 0,
        });
    }
    let chapters = waiting_labels(path)?;
    let ending = mp4::ending(&layout.heads, &layout.tables, &chapters, layout.end);
    let mut steps = Vec::new();
    if layout.file_length > layout.end {
        steps.push(Step::Truncate(layout.end));
    }
    steps.push(Step::Write {
        at: layout.end,
        bytes: ending,
    });
    steps.push(Step::Write {
        at: layout.begin,
        bytes: mp4::hiding(layout.begin, layout.end),
    });
    if let Err(error) = apply(&mut file, &steps) {
        if error.kind() == io::ErrorKind::StorageFull {
            // In fragments it plays as well as before.
            apply(&mut file, &[Step::Truncate(layout.end)]).map_err(failed)?;
        }
        return Err(failed(error));
    }
    remove_sidecar(path)?;
    Ok(Recovered {
        whole: false,
        lost_bytes: layout.file_length - layout.end,
        duration_ms: layout.duration_ms,
        chapters: chapters.len(),
    })
}

/// What can be done on a full disk: the file is cut clean and gets its length.
pub(super) fn mend_without_growing(path: &Path, file: &mut File) -> Result<(), ChaptersError> {
    let failed = ChaptersError::io(path);
    let layout = Layout::scan(file).map_err(ChaptersError::layout(path))?;
    let mending = Mending::plan(&layout, file, false, None).map_err(failed)?;
    apply(file, &mending.steps).map_err(failed)
}
