//! Where the templates of titles lie, and the pictures that are filled into them. What they mean is for
//! `title`.

use std::path::{Path, PathBuf};

/// The folders in which templates lie: of the show whose file is in this folder, and the user's.
pub fn template_folders(folder: &Path) -> Vec<PathBuf> {
    let own = folder.join("titles");
    let user = directories::ProjectDirs::from("", "", "regie");
    let user = user.map(|dirs| dirs.config_dir().join("titles"));
    [own].into_iter().chain(user).collect()
}

/// The folders in which the pictures lie that are filled into titles.
pub fn picture_folders(folder: &Path) -> Vec<PathBuf> {
    let own = [folder.to_owned()].into_iter();
    own.chain(template_folders(folder)).collect()
}
