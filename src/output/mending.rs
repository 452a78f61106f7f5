//! Mends what a crash left in the folder of recordings, beside the new recording: a long one on a
//! slow disk takes a while, and the show does not wait for it.

use std::path::{Path, PathBuf};

use super::chapters::{self, ChaptersError};
use super::recover::{Recovered, recover};
use crate::nice::{self, Nice};

/// Mends the recordings in a folder that were not closed, on a thread of its own. Those that are
/// being written or mended by others are left to them.
pub fn mend_beside(folder: &Path) {
    mend_by(folder, recover);
}

fn mend_by(
    folder: &Path,
    mend: impl Fn(&Path) -> Result<Recovered, ChaptersError> + Send + 'static,
) {
    // A folder that is not there yet holds nothing.
    let unfinished = chapters::unfinished(folder).unwrap_or_default();
    if unfinished.is_empty() {
        return;
    }
    let spawned = std::thread::Builder::new()
        .name("mending".to_owned())
        .spawn(move || {
            nice::give_way(Nice::Monitor);
            for path in unfinished {
                mend_one(path, &mend);
            }
        });
    if let Err(error) = spawned {
        tracing::warn!("earlier recordings are not mended: {error}");
    }
}

fn mend_one(path: PathBuf, mend: impl Fn(&Path) -> Result<Recovered, ChaptersError>) {
    // Held until it is done. Somebody may have been quicker since the folder was looked through.
    let Some(_claim) = chapters::claim(&path) else {
        return;
    };
    match mend(&path) {
        Ok(found) => tracing::info!(path = %path.display(), ?found, "recording mended"),
        Err(error) => tracing::warn!("{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crossbeam_channel::{RecvTimeoutError, bounded, unbounded};

    use crate::output::chapters::{Sidecar, sidecar_path};

    /// Reached only where something is broken.
    const PATIENCE: Duration = Duration::from_secs(30);

    fn left_behind(folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, b"torn").unwrap();
        std::fs::write(sidecar_path(&path), b"").unwrap();
        path
    }

    #[test]
    fn nobody_waits_and_what_others_hold_is_left_to_them() {
        let folder = tempfile::tempdir().unwrap();
        let old = left_behind(folder.path(), "a.mkv");
        let next = left_behind(folder.path(), "b.mkv");
        let taken = left_behind(folder.path(), "c.mkv");
        // Another show records into the same folder.
        let others = folder.path().join("d.mkv");
        std::fs::write(&others, b"growing").unwrap();
        let others_sidecar = Sidecar::create(&others).unwrap();

        let (begun, begins) = unbounded();
        let (go, goes) = bounded::<()>(0);
        mend_by(folder.path(), move |path| {
            begun.send(path.to_owned()).unwrap();
            goes.recv().unwrap();
            Err(ChaptersError::Empty(path.to_owned()))
        });
        // It has come back, though nothing is mended yet.
        assert_eq!(begins.recv_timeout(PATIENCE).unwrap(), old);
        assert!(chapters::claim(&old).is_none(), "it is held meanwhile");
        // A new recording begins beside it, and another process takes one that waits.
        let new = folder.path().join("0 new.mkv");
        std::fs::write(&new, b"growing").unwrap();
        let new_sidecar = Sidecar::create(&new).unwrap();
        let taking = chapters::claim(&taken).unwrap();
        go.send(()).unwrap();
        assert_eq!(begins.recv_timeout(PATIENCE).unwrap(), next);
        go.send(()).unwrap();
        // The thread ends, and with it its end of the channel: there was no other.
        assert_eq!(
            begins.recv_timeout(PATIENCE),
            Err(RecvTimeoutError::Disconnected)
        );
        assert_eq!(chapters::unfinished(folder.path()).unwrap(), [old, next]);
        drop((others_sidecar, new_sidecar, taking));
    }

    #[test]
    fn a_folder_that_is_not_there_is_no_trouble() {
        mend_beside(Path::new("/nowhere/at/all"));
    }
}
