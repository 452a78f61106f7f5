//! Files that could not be used: whether they have changed since, so that what needs them is tried
//! again by itself when they come, and not while they are still being written.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::show::Numbered;

/// Length and time of each of the files that are there.
type Seen = Vec<Option<(u64, SystemTime)>>;

/// See the module's words.
#[derive(Debug)]
pub struct Watched {
    paths: Vec<PathBuf>,
    /// As they were when they were tried.
    tried: Seen,
    /// As they were when they were looked at last.
    last: Seen,
}

impl Watched {
    /// Looks at a file before it is tried; at the first of numbered ones and at their folder, which
    /// changes with each that comes.
    pub fn at(path: &Path) -> Self {
        let numbered = path.to_str().and_then(Numbered::of);
        let paths = match numbered {
            Some(numbered) => {
                let first = numbered.first();
                let begin = (first..first + 2).map(|n| PathBuf::from(numbered.file(n)));
                let mut paths: Vec<PathBuf> = begin.collect();
                paths.extend(path.parent().map(Path::to_owned));
                paths
            }
            None => vec![path.to_owned()],
        };
        let seen = look(&paths);
        Self {
            paths,
            tried: seen.clone(),
            last: seen,
        }
    }

    /// Whether any of these has come. Every one is looked at: none is to be said to have come twice.
    pub fn any_has_come(all: &mut [Self]) -> bool {
        let come = |watched: &mut Self| watched.has_come().then_some(());
        all.iter_mut().filter_map(come).count() > 0
    }

    /// Whether it is another than was tried, and was the same the last time: true once.
    pub fn has_come(&mut self) -> bool {
        let now = look(&self.paths);
        let rests = now == self.last && now != self.tried && now.iter().any(Option::is_some);
        self.last.clone_from(&now);
        if rests {
            self.tried = now;
        }
        rests
    }
}

fn look(paths: &[PathBuf]) -> Seen {
    let seen = |path: &PathBuf| {
        let file = std::fs::metadata(path).ok()?;
        Some((file.len(), file.modified().ok()?))
    };
    paths.iter().map(seen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_tried_again_when_it_has_come_and_rests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sting.webm");
        let mut watched = Watched::at(&path);
        assert!(!watched.has_come());
        // It is written, and seen while it is.
        std::fs::write(&path, "half").unwrap();
        assert!(!watched.has_come());
        std::fs::write(&path, "the whole of it").unwrap();
        assert!(!watched.has_come());
        assert!(watched.has_come());
        assert!(!watched.has_come(), "once");
        std::fs::write(&path, "and mended").unwrap();
        assert!(!watched.has_come());
        assert!(watched.has_come());
        std::fs::remove_file(&path).unwrap();
        assert!(!watched.has_come() && !watched.has_come());
    }

    #[test]
    fn numbered_pictures_have_come_when_their_folder_rests() {
        let folder = tempfile::tempdir().unwrap();
        let mut watched = Watched::at(&folder.path().join("sting-%03d.png"));
        for n in 0..3 {
            std::fs::write(folder.path().join(format!("sting-{n:03}.png")), "x").unwrap();
        }
        assert!(!watched.has_come());
        assert!(watched.has_come());
    }
}
