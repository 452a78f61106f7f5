//! What the desk keeps of its user's ways, one small RON file for each part, in the folder of their
//! settings. A broken file is put aside and never stops the desk.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Serialize, de::DeserializeOwned};

/// Why something was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It cannot be written as RON.
    #[error("it cannot be written: {0}")]
    Form(#[from] ron::Error),
    /// The system's word.
    #[error("{path} cannot be written: {error}", path = .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// The folder of this user's settings; `None` where there is no home folder. `REGIE_CONFIG_DIR` names
/// another.
pub fn folder() -> Option<PathBuf> {
    match std::env::var_os("REGIE_CONFIG_DIR") {
        Some(folder) if !folder.is_empty() => Some(PathBuf::from(folder)),
        _ => {
            directories::ProjectDirs::from("", "", "regie").map(|dirs| dirs.config_dir().to_owned())
        }
    }
}

/// What a file holds; `None` where there is none, or none that can be read: a broken one is renamed,
/// with the ending `.broken`, so that it is not lost.
pub fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!("{} cannot be read: {error}", path.display());
            return None;
        }
    };
    match ron::from_str(&text) {
        Ok(value) => Some(value),
        Err(error) => {
            let mut aside = path.as_os_str().to_owned();
            aside.push(".broken");
            tracing::warn!("{} is put aside: {error}", path.display());
            if let Err(error) = std::fs::rename(path, &aside) {
                tracing::warn!("{} stays where it is: {error}", path.display());
            }
            None
        }
    }
}

/// Keeps a value in a file, which holds the old or the new contents whatever happens.
///
/// # Errors
/// Where the folder cannot be made or the file cannot be written.
pub fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), KeepError> {
    let pretty = ron::ser::PrettyConfig::default();
    let text = ron::ser::to_string_pretty(value, pretty)?;
    replace(path, text.as_bytes()).map_err(|error| KeepError::Disk {
        path: path.to_owned(),
        error,
    })
}

fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|failed| failed.error)?;
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_a_broken_file_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/numbers.ron");
        assert_eq!(read::<Vec<u8>>(&path), None);
        write(&path, &vec![1u8, 2]).unwrap();
        write(&path, &vec![3u8]).unwrap();
        assert_eq!(read::<Vec<u8>>(&path), Some(vec![3]));
        let beside = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(beside, 1, "nothing is left beside it");

        std::fs::write(&path, "[3, ").unwrap();
        assert_eq!(read::<Vec<u8>>(&path), None);
        assert!(!path.exists());
        let aside = folder.path().join("deep/numbers.ron.broken");
        assert_eq!(std::fs::read_to_string(aside).unwrap(), "[3, ");
        write(&path, &vec![4u8]).unwrap();
        assert_eq!(read::<Vec<u8>>(&path), Some(vec![4]));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = write(&file.join("keys.ron"), &1).unwrap_err().to_string();
        assert!(error.contains("keys.ron"), "{error}");
    }
}
