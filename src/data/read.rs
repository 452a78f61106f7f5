//! A file or an answer as a table: which of the two forms it has, and what was assumed of it.

use std::path::Path;

use super::decode::decode;
use super::fault::DataFault;
use super::file::{self, Unread};
use super::rows::Rows;
use super::{csv, json, limits};
use crate::show::Delimiter;

/// A table that was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Read {
    pub rows: Rows,
    /// As what it was read, for people.
    pub form: String,
}

/// Reads the bytes of a file or an answer; `name` is the file's, whose ending may say which form it has.
///
/// # Errors
/// What is wrong, and what was expected.
pub(super) fn read(
    bytes: &[u8],
    name: &str,
    delimiter: Option<Delimiter>,
) -> Result<Read, DataFault> {
    if bytes.len() > limits::BYTES {
        return Err(DataFault::of(format!(
            "there are more than {} MB of it, expected less",
            limits::BYTES >> 20
        )));
    }
    let (text, letters) = decode(bytes)?;
    let begins: String = text.trim_start().chars().take(20).collect();
    let begins = begins.to_ascii_lowercase();
    if begins.starts_with("<!doctype") || begins.starts_with("<html") {
        return Err(DataFault::of("this is a web page, expected CSV or JSON"));
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ends_as = |what: &str| ending.is_some_and(|ending| ending.eq_ignore_ascii_case(what));
    let is_csv = delimiter.is_some() || ends_as("csv") || ends_as("tsv");
    let looks_json = begins.starts_with(['[', '{']);
    if ends_as("json") || (looks_json && !is_csv) {
        let rows = json::read(&text)?;
        let form = "JSON".to_owned();
        return Ok(Read { rows, form });
    }
    let (rows, delimiter) = csv::read(&text, delimiter)?;
    let letters = letters.name();
    let form = match delimiter {
        Some(Delimiter::Comma) => format!("CSV with commas, {letters}"),
        Some(Delimiter::Semicolon) => format!("CSV with semicolons, {letters}"),
        Some(Delimiter::Tab) => format!("CSV with tabs, {letters}"),
        None => format!("one column, {letters}"),
    };
    Ok(Read { rows, form })
}

/// Looks at a file as it would be read for a table; faults call it `shown`.
///
/// # Errors
/// What is wrong, and what was expected.
pub fn check_file(path: &Path, shown: &str, delimiter: Option<Delimiter>) -> Result<(), String> {
    let stamp = file::stamp(path, shown)?;
    let bytes = match file::read(path, shown, stamp) {
        Ok(bytes) => bytes,
        // What is wrong with it is known when it has been written.
        Err(Unread::Changing) => return Ok(()),
        Err(Unread::Fault(fault)) => return Err(fault),
    };
    let read = read(&bytes, shown, delimiter);
    read.map(drop).map_err(|fault| format!("{shown}: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_known_by_the_ending_or_by_the_text() {
        for (bytes, name, form) in [
            (
                &b"a;b\r\nZo\xe9;1\r\n"[..],
                "x.csv",
                "CSV with semicolons, Windows-1252",
            ),
            (b"\xef\xbb\xbfa,b\n1,2\n", "x.CSV", "CSV with commas, UTF-8"),
            (b"\xff\xfea\0\t\0b\0\n\0", "x.txt", "CSV with tabs, UTF-16"),
            (b"name\nann\n", "x", "one column, UTF-8"),
            (b" [{\"a\": 1}]", "", "JSON"),
            (b"[]", "x.json", "JSON"),
            // A list of names may begin with a bracket.
            (b"[name],role\n1,2\n", "x.csv", "CSV with commas, UTF-8"),
        ] {
            assert_eq!(read(bytes, name, None).unwrap().form, form);
        }
    }

    #[test]
    fn what_is_neither_is_refused_by_name() {
        let large = vec![b'a'; limits::BYTES + 1];
        for (bytes, name, said) in [
            (&b""[..], "x.csv", "it is empty"),
            (b"", "x.json", "not JSON"),
            (b"\n<!DOCTYPE html><p>Sign in", "", "this is a web page"),
            (b"<html>", "x.csv", "this is a web page"),
            (&large, "x.csv", "more than 8 MB"),
            (b"\x00\x01\x02\xff\xfe\x80", "", "control character"),
        ] {
            let fault = read(bytes, name, None).unwrap_err();
            assert!(fault.message.contains(said), "{fault}");
        }
    }
}
