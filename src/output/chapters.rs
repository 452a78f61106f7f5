//! Markers of a recording wait in a sidecar until they become its chapters.
use std::path::{Path, PathBuf};

/// Where the markers of a recording wait: its path with `.chapters` behind.
pub fn sidecar_path(recording: &Path) -> PathBuf {
    let mut name = recording.as_os_str().to_owned();
    name.push(".chapters");
    PathBuf::from(name)
}
