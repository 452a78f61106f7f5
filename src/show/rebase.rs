//! A show that is saved into another folder still finds its media.

use std::path::{Path, PathBuf};

use super::model::Show;
use super::named::paths_mut;

/// Makes the relative paths of media, so far read from the folder `from`, lead to the same files when
/// they are read from the folder `to`: relative where they are below it, else absolute. The master's
/// folder stays as it is written, for a new show records beside its own file.
pub fn rebase(show: &mut Show, from: &Path, to: &Path) {
    for (whose, path) in paths_mut(show) {
        *path = whose.named(moved(path, from, to));
    }
}

fn moved(path: &str, from: &Path, to: &Path) -> String {
    if Path::new(path).is_absolute() || from == to {
        return path.to_owned();
    }
    let whole: PathBuf = from.join(path);
    let short = whole.strip_prefix(to).unwrap_or(&whole);
    // A path that came out of a show is text.
    short.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_are_found_from_another_folder() {
        let (from, to) = (Path::new("/shows/forum"), Path::new("/shows"));
        assert_eq!(moved("cam1.mkv", from, to), "forum/cam1.mkv");
        assert_eq!(moved("/clips/a.mkv", from, to), "/clips/a.mkv");
        let away = Path::new("/usb");
        assert_eq!(moved("cam1.mkv", from, away), "/shows/forum/cam1.mkv");
        assert_eq!(moved("cam1.mkv", from, from), "cam1.mkv");
        let mut show = Show::new("x");
        show.titles = vec![super::super::Title::of("logo", "gfx/logo.svg")];
        rebase(&mut show, from, Path::new("/shows/forum/gfx"));
        // Not one of the templates that are found by their names.
        assert_eq!(show.titles[0].template, "./logo.svg");
    }
}
