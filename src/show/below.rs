//! The files below a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders within folders are looked through so deep.
const DEEP: usize = 4;
/// No more entries are looked at: somebody's whole disk is no folder of a show.
const ENTRIES: usize = 20_000;

/// Every file below a folder, by its name from there with `/` between folders. What is hidden is left out,
/// and so are folders for which `skips` says so.
pub(super) fn below(folder: &Path, skips: &dyn Fn(&Path) -> bool) -> BTreeMap<String, PathBuf> {
    let mut looking = Looking {
        skips,
        left: ENTRIES,
        found: BTreeMap::new(),
    };
    looking.look(folder, "", DEEP);
    looking.found
}

struct Looking<'a> {
    skips: &'a dyn Fn(&Path) -> bool,
    left: usize,
    found: BTreeMap<String, PathBuf>,
}

impl Looking<'_> {
    fn look(&mut self, folder: &Path, part: &str, deep: usize) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Some(left) = self.left.checked_sub(1) else {
                return;
            };
            self.left = left;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let path = entry.path();
            let name = format!("{part}{name}");
            if path.is_file() {
                self.found.insert(name, path);
            } else if deep > 1 && path.is_dir() && !(self.skips)(&path) {
                self.look(&path, &format!("{name}/"), deep - 1);
            }
        }
    }
}
