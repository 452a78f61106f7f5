//! Names for recordings: told apart by show and time, accepted by every file system, and never one
//! that is taken, so that no recording is ever written over another.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;

use super::chapters::sidecar_path;
use crate::show::RecordingFormat;

/// Bytes that a show's name may take of a file's name. Some file systems hold 143 bytes in all
/// (eCryptfs), and the time, a number and the sidecar's ending need their share.
const SHOW_BYTES: usize = 80;

/// How many files of one show may carry the same second.
const TRIES: u32 = 1000;

/// Which format a recording has, by its name.
pub fn format_of(path: &Path) -> Option<RecordingFormat> {
    let ending = path.extension()?.to_str()?;
    RecordingFormat::ALL
        .into_iter()
        .find(|format| format.ending() == ending)
}

/// Makes an empty file `SHOW 2026-11-21 20.41.07.mkv` in `folder` and gives its path; the ending is the
/// format's. Where that name is taken (by a file, or by the chapters of one) it is `… (2).mkv` and so on.
/// The folder is made where it is missing.
///
/// `when` is local time, as a person at the desk reads it.
///
/// # Errors
/// What the file system says; [`io::ErrorKind::AlreadyExists`] where a thousand names are taken.
pub fn new_file(
    folder: &Path,
    show: &str,
    when: DateTime,
    format: RecordingFormat,
) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let ending = format.ending();
    let stem = format!("{} {}", safe(show), when.strftime("%Y-%m-%d %H.%M.%S"));
    for number in 1..=TRIES {
        let path = folder.join(if number == 1 {
            format!("{stem}.{ending}")
        } else {
            format!("{stem} ({number}).{ending}")
        });
        if sidecar_path(&path).exists() {
            continue;
        }
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        format!("{TRIES} recordings are named {stem}"),
    ))
}

/// A show's name as part of a file's name: what some file system, shell or eye would trip over is
/// left out or becomes `-`. Never empty.
fn safe(show: &str) -> String {
    let mut name = String::new();
    for c in show.chars() {
        let c = match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            c if c.is_whitespace() => ' ',
            c if c.is_control() || invisible(c) => continue,
            c => c,
        };
        if c == ' ' && name.ends_with(' ') {
            continue;
        }
        if name.len() + c.len_utf8() > SHOW_BYTES {
            break;
        }
        name.push(c);
    }
    // A dot in front hides the file, a hyphen makes it look like an option, Windows drops the rest.
    let name = name
        .trim_start_matches([' ', '.', '-'])
        .trim_end_matches([' ', '.']);
    if name.is_empty() {
        "Recording".to_owned()
    } else {
        name.to_owned()
    }
}

/// Characters that show nothing but change how a name looks or compares: zero-width ones, changes
/// of writing direction, the byte order mark, what is no character.
fn invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}'
            | '\u{e0000}'..='\u{10ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn when() -> DateTime {
        date(2026, 11, 21).at(20, 41, 7, 999)
    }

    fn name(path: &Path) -> &str {
        path.file_name().and_then(|n| n.to_str()).unwrap()
    }

    #[test]
    fn names_tell_show_and_time() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("not/there/yet");
        let path = new_file(&deep, "Évening: Q/A", when(), RecordingFormat::Mkv).unwrap();
        assert_eq!(name(&path), "Évening- Q-A 2026-11-21 20.41.07.mkv");
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    }

    #[test]
    fn a_taken_name_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = new_file(folder.path(), "Demo", when(), RecordingFormat::Mkv).unwrap();
        fs::write(&first, b"precious").unwrap();
        // The chapters of a file that someone moved away must not become another file's.
        fs::write(
            folder
                .path()
                .join("Demo 2026-11-21 20.41.07 (2).mkv.chapters"),
            b"",
        )
        .unwrap();
        let second = new_file(folder.path(), "Demo", when(), RecordingFormat::Mkv).unwrap();
        assert_eq!(name(&second), "Demo 2026-11-21 20.41.07 (3).mkv");
        assert_eq!(fs::read(&first).unwrap(), b"precious");
    }

    #[test]
    fn many_at_once_get_a_name_each() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..20)
                .map(|_| {
                    scope.spawn(|| {
                        new_file(folder.path(), "Demo", when(), RecordingFormat::Mkv).unwrap()
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        let unique: std::collections::BTreeSet<_> = paths.iter().collect();
        assert_eq!(unique.len(), 20);
    }

    #[test]
    fn a_folder_that_cannot_be_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"").unwrap();
        assert!(new_file(&file, "Demo", when(), RecordingFormat::Mkv).is_err());
    }

    #[test]
    fn hostile_names_become_plain_ones() {
        for (show, expected) in [
            ("", "Recording"),
            ("../../etc/passwd", "etc-passwd"),
            ("...", "Recording"),
            ("-rf", "rf"),
            ("a\u{202e}vkm.exe\0\n b", "avkm.exe b"),
            ("日本 ショー", "日本 ショー"),
            ("trailing. ", "trailing"),
        ] {
            assert_eq!(safe(show), expected, "{show:?}");
        }
    }

    #[test]
    fn the_ending_says_the_format() {
        let folder = tempfile::tempdir().unwrap();
        for format in RecordingFormat::ALL {
            let path = new_file(folder.path(), "Demo", when(), format).unwrap();
            assert_eq!(format_of(&path), Some(format));
        }
        assert_eq!(format_of(Path::new("a.mkv.chapters")), None);
    }

    proptest! {
        #[test]
        fn any_show_gets_a_file_of_its_own(show in any::<String>()) {
            let folder = tempfile::tempdir().unwrap();
            let path = new_file(folder.path(), &show, when(), RecordingFormat::Mkv).unwrap();
            prop_assert_eq!(path.parent(), Some(folder.path()));
            prop_assert!(name(&path).len() + ".chapters".len() <= 143);
            prop_assert!(!name(&path).contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|', '\0']));
            prop_assert!(name(&path).ends_with(" 2026-11-21 20.41.07.mkv"));
            prop_assert!(path.is_file());
        }

        #[test]
        fn long_names_are_cut_between_characters(show in "\\PC{0,300}") {
            prop_assert!(safe(&show).len() <= SHOW_BYTES);
            prop_assert!(!safe(&show).is_empty());
        }
    }
}
