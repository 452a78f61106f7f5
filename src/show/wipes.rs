//! Where the grey pictures of wipes are found: beside the show, in the user's own folder, in the
//! program itself. What they mean is for `video`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// No picture's file may be longer, in bytes.
const LONGEST: u64 = 64 << 20;
/// No name may be longer, in characters.
const NAME_LENGTH: usize = 64;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        /// The wipes that regie brings, in the order in which a desk shows them.
        pub const BUILT_IN_WIPES: &[&str] = &[$($name),*];

        fn built_in(name: &str) -> Option<&'static [u8]> {
            match name {
                $($name => Some(include_bytes!(concat!("../../assets/wipes/", $name, ".png"))),)*
                _ => None,
            }
        }
    };
}

built_in!(
    "left-to-right",
    "top-to-bottom",
    "diagonal",
    "diagonal-up",
    "circle",
    "diamond",
    "box",
    "clock",
    "fan",
    "barn-doors",
    "barn-doors-vertical",
    "blinds",
    "blinds-vertical",
    "checkers",
    "heart",
    "star",
    "spiral",
    "wave",
    "dissolve",
    "clouds",
);

/// Why a wipe's picture cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum WipeError {
    /// There is none of this name.
    #[error("there is no wipe \"{0}\"")]
    Unknown(String),
    /// The system's word.
    #[error("the wipe {path} cannot be read: {error}", path = .path.display())]
    Unreadable {
        /// The picture.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Longer than any picture should be.
    #[error("the wipe {} is too large", .0.display())]
    TooLarge(PathBuf),
}

/// True for what may be a wipe's name: 1 to 64 characters that cannot lead out of its folder.
pub(super) fn is_wipe_name(name: &str) -> bool {
    (1..=NAME_LENGTH).contains(&name.chars().count())
        && !name.starts_with('.')
        && !name.contains(|c: char| c == '/' || c == '\\' || c == ':' || c.is_control())
}

/// The folders that are looked through for wipes before regie's own, the first first: `wipes/` in
/// the show's folder, and `wipes/` in the user's folder of settings.
pub fn wipe_folders(show_folder: &Path) -> Vec<PathBuf> {
    let user = directories::ProjectDirs::from("", "", "regie");
    [show_folder.join("wipes")]
        .into_iter()
        .chain(user.map(|dirs| dirs.config_dir().join("wipes")))
        .collect()
}

/// The names of all wipes that there are: regie's own, then those found in folders, by name.
pub fn wipe_names(folders: &[PathBuf]) -> Vec<String> {
    let found = found_wipes(folders).into_keys();
    let found = found.filter(|name| built_in(name).is_none());
    let own = BUILT_IN_WIPES.iter().map(|&name| name.to_owned());
    own.chain(found).collect()
}

/// The pictures that folders hold, by their wipes' names; the first folder that has one goes before
/// the next.
pub(super) fn found_wipes(folders: &[PathBuf]) -> BTreeMap<String, PathBuf> {
    let entries = folders.iter().filter_map(|folder| folder.read_dir().ok());
    let mut found = BTreeMap::new();
    for entry in entries.flatten().flatten() {
        let path = entry.path();
        let is_png = path.extension().is_some_and(|e| e == "png" || e == "PNG") && path.is_file();
        let name = path.file_stem().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|name| is_png && is_wipe_name(name)) {
            found.entry(name.to_owned()).or_insert(path);
        }
    }
    found
}

/// Whether regie itself brings a wipe of this name.
pub(super) fn is_built_in(name: &str) -> bool {
    built_in(name).is_some()
}

/// The files in which a wipe of this name is looked for, the first first; none for what is no wipe's
/// name.
pub fn wipe_files(folders: &[PathBuf], name: &str) -> impl Iterator<Item = PathBuf> {
    let folders = if is_wipe_name(name) { folders } else { &[] };
    folders.iter().flat_map(move |folder| {
        ["png", "PNG"].map(|ending| folder.join(format!("{name}.{ending}")))
    })
}

/// The bytes of a wipe's PNG. One in a folder goes before regie's own of the same name.
///
/// # Errors
/// [`WipeError`], by the picture's name. Reads the disk: never for the tick.
pub fn read_wipe(folders: &[PathBuf], name: &str) -> Result<Cow<'static, [u8]>, WipeError> {
    if !is_wipe_name(name) {
        return Err(WipeError::Unknown(name.to_owned()));
    }
    for path in wipe_files(folders, name) {
        let is_open = || {
            path.parent()
                .is_some_and(|folder| folder.read_dir().is_ok())
        };
        match read(&path) {
            Ok(bytes) if bytes.len() as u64 > LONGEST => return Err(WipeError::TooLarge(path)),
            Ok(bytes) => return Ok(Cow::Owned(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // A folder that may not be looked into is as one that is not there.
            Err(error) if is_open() => return Err(WipeError::Unreadable { path, error }),
            Err(_) => {}
        }
    }
    let own = built_in(name).ok_or_else(|| WipeError::Unknown(name.to_owned()))?;
    Ok(Cow::Borrowed(own))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        // Opening a pipe would wait for its writer.
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn every_picture_in_the_assets_is_built_in() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/wipes");
        let mut files: Vec<String> = folder
            .read_dir()
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let mut names: Vec<&str> = BUILT_IN_WIPES.to_vec();
        files.sort();
        names.sort();
        assert_eq!(files, names);
    }

    #[test]
    fn the_first_folder_goes_before_the_next_and_both_before_the_built_in() {
        let (near, far) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = [near.path().to_owned(), far.path().to_owned()];
        fs::write(far.path().join("mine.png"), "far").unwrap();
        fs::write(far.path().join("circle.PNG"), "round").unwrap();
        fs::write(far.path().join("notes.txt"), "no picture").unwrap();
        fs::create_dir(far.path().join("folder.png")).unwrap();
        assert_eq!(&*read_wipe(&folders, "mine").unwrap(), b"far");
        fs::write(near.path().join("mine.png"), "near").unwrap();
        assert_eq!(&*read_wipe(&folders, "mine").unwrap(), b"near");
        assert_eq!(&*read_wipe(&folders, "circle").unwrap(), b"round");
        assert_eq!(&read_wipe(&folders, "clock").unwrap()[1..4], b"PNG");
        let names = wipe_names(&folders);
        assert_eq!(names[..BUILT_IN_WIPES.len()], *BUILT_IN_WIPES);
        assert_eq!(names[BUILT_IN_WIPES.len()..], ["mine"]);
    }

    #[test]
    fn what_cannot_be_had_is_an_error_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().join("missing"), folder.path().to_owned()];
        fs::create_dir(folder.path().join("dir.png")).unwrap();
        for name in ["nowhere", "../nowhere", "", "dir"] {
            let error = read_wipe(&folders, name).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
