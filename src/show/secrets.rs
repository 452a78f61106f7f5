//! Where secrets are found: a show names them, and holds none. In this order: the variable
//! `REGIE_KEY_NAME`, the system keyring, the secrets file beside the user's settings.
//!
//! A keyring that is missing, locked or silent is no error; the next place is asked.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::atomic;
use super::keyring::{Keyring, SystemKeyring};
use super::words::is_id_character;

pub use super::secret::Secret;

/// The most a secret's name may hold, in characters.
const NAME_LENGTH: usize = 64;

/// No secrets file of sense is larger, in bytes.
const FILE_LENGTH: u64 = 1 << 20;

/// Why a secret could not be found or kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The name is no secret's name. It is not repeated: it may be the secret itself.
    #[error("this is no secret's name, expected 1 to 64 letters, digits, - and _")]
    BadName,
    /// No place knows it.
    #[error(
        "no secret `{name}`, expected it in the variable {variable}, in the system keyring under \
         service regie, or in {file}"
    )]
    NotFound {
        /// The secret's name.
        name: String,
        /// The variable that was looked at.
        variable: String,
        /// The secrets file that was looked at.
        file: String,
    },
    /// Others than its owner may read the secrets file.
    #[error(
        "{file} is open to others (mode {mode:04o}), expected 0600: run chmod 600 on it, and think of its secrets as known"
    )]
    Open {
        /// The secrets file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The secrets file is not of its form.
    #[error("{file}:{line}:{column}: not a secrets file, expected {{\"NAME\": \"secret\"}}")]
    Malformed {
        /// The secrets file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The secrets file could not be read or written.
    #[error("{file}: {error}")]
    Io {
        /// The secrets file or its folder.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// There is no home folder, so no settings.
    #[error("no folder for settings, expected a home folder or the variable REGIE_CONFIG_DIR")]
    NoFolder,
    /// A variable is asked before every place that keeps secrets, and it cannot be changed from here.
    #[error(
        "the variable {variable} is set and goes before what is kept here: unset it and start regie anew"
    )]
    Overruled {
        /// The variable.
        variable: String,
    },
    /// An empty secret, which no place tells from none.
    #[error("the secret is empty, expected at least one character")]
    Empty,
}

/// Where a secret was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the system keyring.
    Keyring,
    /// In this file, which its owner alone can read.
    File(PathBuf),
}

/// Finds a secret by its name: variable, keyring, secrets file. May take up to two seconds where a
/// keyring is silent, once in a process; never call it on the tick.
///
/// # Errors
/// [`SecretError::NotFound`] where no place has it, [`SecretError::Open`] for a secrets file that
/// others can read.
pub fn lookup(name: &str) -> Result<Secret, SecretError> {
    Places::of_this_user().lookup(name)
}

/// Keeps a secret under a name, in the keyring or else the secrets file.
///
/// # Errors
/// As [`lookup`], where the file cannot be written, and [`SecretError::Overruled`] where a variable
/// says another.
pub fn store(name: &str, value: &Secret) -> Result<Kept, SecretError> {
    Places::of_this_user().store(name, value)
}

/// Takes a secret out of the keyring and the secrets file. One that is in neither is no error.
///
/// # Errors
/// As [`store`].
pub fn forget(name: &str) -> Result<(), SecretError> {
    Places::of_this_user().forget(name)
}

/// True for a name that a secret can have.
pub(super) fn is_secret_name(name: &str) -> bool {
    (1..=NAME_LENGTH).contains(&name.len()) && name.chars().all(is_id_character)
}

/// The variable in which a secret is looked for first.
pub(super) fn variable(name: &str) -> String {
    format!("REGIE_KEY_{}", name.to_ascii_uppercase().replace('-', "_"))
}

/// The places where secrets are looked for. Built apart from [`lookup`] so that tests bring theirs.
struct Places<'a> {
    variables: &'a dyn Fn(&str) -> Option<OsString>,
    keyring: &'a dyn Keyring,
    /// Folder of the secrets file.
    folder: Option<PathBuf>,
}

impl Places<'static> {
    fn of_this_user() -> Self {
        let folder = match std::env::var_os("REGIE_CONFIG_DIR") {
            Some(folder) if !folder.is_empty() => Some(PathBuf::from(folder)),
            _ => directories::ProjectDirs::from("", "", "regie")
                .map(|dirs| dirs.config_dir().to_owned()),
        };
        Self {
            variables: &|name| std::env::var_os(name),
            keyring: &SystemKeyring,
            folder,
        }
    }
}

impl Places<'_> {
    fn lookup(&self, name: &str) -> Result<Secret, SecretError> {
        if !is_secret_name(name) {
            return Err(SecretError::BadName);
        }
        let variable = variable(name);
        if let Some(value) = self.set_by_variable(&variable) {
            match value.into_string() {
                Ok(value) => return Ok(Secret::new(value)),
                Err(_) => tracing::warn!(variable, "is not UTF-8 and is passed over"),
            }
        }
        if let Some(secret) = self.keyring.get(name) {
            return Ok(secret);
        }
        let file = self.file();
        if let Some(file) = &file
            && let Some(value) = read_file(file)?.remove(name)
        {
            return Ok(value);
        }
        Err(SecretError::NotFound {
            name: name.to_owned(),
            variable,
            file: match file {
                Some(file) => file.display().to_string(),
                None => "a secrets file, for which there is no folder".to_owned(),
            },
        })
    }

    fn store(&self, name: &str, value: &Secret) -> Result<Kept, SecretError> {
        if !is_secret_name(name) {
            return Err(SecretError::BadName);
        }
        if value.expose().is_empty() {
            return Err(SecretError::Empty);
        }
        self.may_change(name)?;
        if self.keyring.set(name, value) {
            return Ok(Kept::Keyring);
        }
        let file = self.file().ok_or(SecretError::NoFolder)?;
        let mut all = read_file(&file)?;
        all.insert(name.to_owned(), Secret::new(value.expose()));
        write_file(&file, &all)?;
        Ok(Kept::File(file))
    }

    fn forget(&self, name: &str) -> Result<(), SecretError> {
        if !is_secret_name(name) {
            return Err(SecretError::BadName);
        }
        self.may_change(name)?;
        self.keyring.forget(name);
        let Some(file) = self.file() else {
            return Ok(());
        };
        let mut all = read_file(&file)?;
        if all.remove(name).is_some() {
            write_file(&file, &all)?;
        }
        Ok(())
    }

    fn set_by_variable(&self, variable: &str) -> Option<OsString> {
        (self.variables)(variable).filter(|value| !value.is_empty())
    }

    fn may_change(&self, name: &str) -> Result<(), SecretError> {
        let variable = variable(name);
        match self.set_by_variable(&variable) {
            Some(_) => Err(SecretError::Overruled { variable }),
            None => Ok(()),
        }
    }

    fn file(&self) -> Option<PathBuf> {
        self.folder
            .as_ref()
            .map(|folder| folder.join("secrets.ron"))
    }
}

/// All secrets of the file; none where there is no file.
fn read_file(file: &Path) -> Result<BTreeMap<String, Secret>, SecretError> {
    let io = |error| SecretError::Io {
        file: file.to_owned(),
        error,
    };
    let opened = match std::fs::File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(io(error)),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = opened.metadata().map_err(io)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(SecretError::Open {
                file: file.to_owned(),
                mode,
            });
        }
    }
    let mut text = String::new();
    opened
        .take(FILE_LENGTH)
        .read_to_string(&mut text)
        .map_err(io)?;
    let text = Secret::verbatim(text);
    let values: BTreeMap<String, String> =
        ron::from_str(text.expose()).map_err(|error| SecretError::Malformed {
            file: file.to_owned(),
            line: error.span.start.line,
            column: error.span.start.col,
        })?;
    Ok(values
        .into_iter()
        .map(|(name, value)| (name, Secret::new(value)))
        .collect())
}

fn write_file(file: &Path, secrets: &BTreeMap<String, Secret>) -> Result<(), SecretError> {
    let io = |error| SecretError::Io {
        file: file.to_owned(),
        error,
    };
    let plain: BTreeMap<&str, &str> = secrets
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose()))
        .collect();
    let text = ron::ser::to_string_pretty(&plain, ron::ser::PrettyConfig::new())
        .map_err(|error| io(std::io::Error::other(error)))?;
    let text = Secret::verbatim(text + "\n");
    if let Some(folder) = file.parent() {
        make_private_folder(folder).map_err(io)?;
    }
    atomic::replace(file, text.expose().as_bytes(), Some(0o600)).map_err(io)
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// A keyring of the test's own: what it holds, or absent.
    struct Ring(Option<RefCell<BTreeMap<String, String>>>);

    impl Keyring for Ring {
        fn get(&self, name: &str) -> Option<Secret> {
            let held = self.0.as_ref()?.borrow();
            held.get(name).map(Secret::new)
        }

        fn set(&self, name: &str, value: &Secret) -> bool {
            if let Some(held) = &self.0 {
                held.borrow_mut()
                    .insert(name.to_owned(), value.expose().to_owned());
            }
            self.0.is_some()
        }

        fn forget(&self, name: &str) {
            if let Some(held) = &self.0 {
                held.borrow_mut().remove(name);
            }
        }
    }

    fn places<'a>(
        variables: &'a dyn Fn(&str) -> Option<OsString>,
        keyring: &'a Ring,
        folder: &Path,
    ) -> Places<'a> {
        Places {
            variables,
            keyring,
            folder: Some(folder.to_owned()),
        }
    }

    fn none(_: &str) -> Option<OsString> {
        None
    }

    #[test]
    fn the_variable_goes_before_the_keyring_and_that_before_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let absent = Ring(None);
        let present = Ring(Some(RefCell::default()));
        let given = |name: &str| (name == "REGIE_KEY_MY_TUBE").then(|| "by variable\n".into());
        let name = "my-tube";

        let kept = places(&none, &absent, folder.path())
            .store(name, &Secret::new("by file"))
            .unwrap();
        assert_eq!(kept, Kept::File(folder.path().join("secrets.ron")));
        let kept = places(&none, &present, folder.path())
            .store(name, &Secret::new("by keyring"))
            .unwrap();
        assert_eq!(kept, Kept::Keyring);

        let found = |variables: &dyn Fn(&str) -> Option<OsString>, ring: &Ring| {
            let found = places(variables, ring, folder.path()).lookup(name);
            found.unwrap().expose().to_owned()
        };
        assert_eq!(found(&given, &present), "by variable");
        assert_eq!(found(&none, &present), "by keyring");
        assert_eq!(found(&none, &absent), "by file");
        let empty = |_: &str| Some(OsString::new());
        assert_eq!(found(&empty, &absent), "by file");
    }

    #[test]
    fn what_is_forgotten_is_in_no_place() {
        let folder = tempfile::tempdir().unwrap();
        let (absent, present) = (Ring(None), Ring(Some(RefCell::default())));
        for ring in [&absent, &present] {
            let places = places(&none, ring, folder.path());
            places.store("tube", &Secret::new("one")).unwrap();
            places.store("other", &Secret::new("two")).unwrap();
        }
        let places_now = places(&none, &present, folder.path());
        places_now.forget("tube").unwrap();
        places_now.forget("never-there").unwrap();
        for ring in [&absent, &present] {
            let places = places(&none, ring, folder.path());
            assert!(matches!(
                places.lookup("tube"),
                Err(SecretError::NotFound { .. })
            ));
            assert_eq!(places.lookup("other").unwrap().expose(), "two");
        }
    }

    #[test]
    fn what_a_variable_says_is_not_changed_behind_its_back() {
        let folder = tempfile::tempdir().unwrap();
        let given = |name: &str| (name == "REGIE_KEY_TUBE").then(|| "by variable".into());
        let ring = Ring(None);
        let places = places(&given, &ring, folder.path());
        let refused = places.store("tube", &Secret::new("mine")).unwrap_err();
        assert!(refused.to_string().contains("REGIE_KEY_TUBE"), "{refused}");
        assert!(places.forget("tube").is_err());
        assert!(places.store("other", &Secret::new("mine")).is_ok());
    }

    #[test]
    fn what_is_nowhere_says_where_it_was_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let error = places(&none, &Ring(None), folder.path())
            .lookup("my-tube")
            .unwrap_err();
        let message = error.to_string();
        for part in ["`my-tube`", "REGIE_KEY_MY_TUBE", "secrets.ron"] {
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn a_bad_name_is_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", "a b", "sp ecret!", &"x".repeat(65)] {
            let error = places(&none, &Ring(None), folder.path())
                .lookup(name)
                .unwrap_err();
            assert!(matches!(error, SecretError::BadName));
            assert!(name.is_empty() || !error.to_string().contains(name));
        }
    }

    #[test]
    fn a_secret_is_never_shown() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_open_to_others_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let ring = Ring(None);
        let places = places(&none, &ring, folder.path());
        places.store("a", &Secret::new("one")).unwrap();
        places.store("b", &Secret::new("two")).unwrap();
        let file = folder.path().join("secrets.ron");
        let mode = |file: &Path| file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!(places.lookup("a").unwrap().expose(), "one");
        assert_eq!(places.lookup("b").unwrap().expose(), "two");

        for open in [0o640, 0o604, 0o660] {
            std::fs::set_permissions(&file, PermissionsExt::from_mode(open)).unwrap();
            let message = places.lookup("a").unwrap_err().to_string();
            assert!(message.contains("open to others"), "{message}");
            assert!(message.contains(&format!("{open:04o}")), "{message}");
            assert!(!message.contains("one"), "{message}");
            assert!(places.store("c", &Secret::new("three")).is_err());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_malformed_file_is_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secrets.ron");
        atomic::replace(&file, b"{\n\"a\": hunter2}", Some(0o600)).unwrap();
        let error = places(&none, &Ring(None), folder.path())
            .lookup("a")
            .unwrap_err();
        let message = error.to_string();
        assert!(message.contains("secrets.ron:2:"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
