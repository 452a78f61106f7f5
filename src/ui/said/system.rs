//! What the operating system says of files, in the desk's words: its own are those of whoever wrote it,
//! in English, and end in a number.

use rustix::io::Errno;

use super::super::lang::Language;

/// What stands behind an error of a file that never had its name.
const AT_PATH: &str = " at path ";
const NUMBER: &str = "(os error ";

/// A text that ends in one of the system's errors, as this language says it, and how many of its bytes
/// are the error; none where it does not, or the error is a rare one.
pub fn said(language: &Language, text: &str) -> Option<(usize, String)> {
    let (whole, _) = text.split_once(AT_PATH).unwrap_or((text, ""));
    let (words, number) = whole.rsplit_once(NUMBER)?;
    let number: i32 = number.strip_suffix(')')?.parse().ok()?;
    let error = language.say(key(Errno::from_raw_os_error(number))?, &[])?;
    let begins = words.rfind(": ").map_or(0, |at| at + 2);
    let (before, _) = text.split_at(begins);
    Some((text.len() - begins, format!("{before}{error}")))
}

fn key(error: Errno) -> Option<&'static str> {
    Some(match error {
        Errno::ACCESS => "system-access",
        Errno::PERM => "system-not-permitted",
        Errno::NOSPC => "system-disk-full",
        Errno::ROFS => "system-read-only",
        Errno::NOENT => "system-nothing-there",
        Errno::IO => "system-disk-broken",
        Errno::DQUOT => "system-quota",
        Errno::EXIST => "system-exists",
        Errno::NOTDIR => "system-no-folder",
        Errno::ISDIR => "system-is-folder",
        _ => return None,
    })
}
