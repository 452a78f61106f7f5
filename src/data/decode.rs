//! Bytes into text: spreadsheets write UTF-8 with a mark or without, UTF-16 with a mark, and where
//! they are older Windows' own Western letters.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::fault::DataFault;

/// In which letters a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    Utf8,
    Utf16,
    /// Assumed of what is no UTF-8.
    Windows1252,
}

impl Letters {
    /// What they are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// The text, without its mark.
///
/// # Errors
/// Where it breaks off within a character, or is plainly of another kind.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Letters), DataFault> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        // A zip, as .xlsx and .ods are, or the older .xls.
        return Err(DataFault::of(
            "this is a workbook, expected its sheet saved as CSV",
        ));
    }
    for (mark, letters) in [(&b"\xff\xfe"[..], UTF_16LE), (&b"\xfe\xff"[..], UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let text = letters.decode_without_bom_handling_and_without_replacement(rest);
            let text = text.ok_or_else(|| {
                DataFault::of("this is no whole text in UTF-16, expected all of it")
            })?;
            return Ok((text.into_owned(), Letters::Utf16));
        }
    }
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf");
    let bytes = marked.unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), Letters::Utf8)),
        Err(error) => {
            let (good, _) = bytes.split_at(error.valid_up_to());
            let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
            if error.error_len().is_none() && (marked.is_some() || !good.is_ascii()) {
                return Err(DataFault::at_line(
                    line,
                    "the text breaks off within a character, expected all of it",
                ));
            }
            if marked.is_some() {
                return Err(DataFault::at_line(
                    line,
                    "the text begins as UTF-8 and holds something else here, expected one or the other",
                ));
            }
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            Ok((text.into_owned(), Letters::Windows1252))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_write_is_read() {
        let utf16 = |to: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            let mut bytes = mark.to_vec();
            bytes.extend("Zoé\tŁ😀".encode_utf16().flat_map(to));
            bytes
        };
        for (bytes, text, letters) in [
            ("Zoé;Ł".as_bytes().to_vec(), "Zoé;Ł", Letters::Utf8),
            (b"\xef\xbb\xbfZo\xc3\xa9".to_vec(), "Zoé", Letters::Utf8),
            (b"Zo\xe9;\x80 5".to_vec(), "Zoé;€ 5", Letters::Windows1252),
            (b"Zo\xe9".to_vec(), "Zoé", Letters::Windows1252),
            (
                utf16(u16::to_le_bytes, [0xff, 0xfe]),
                "Zoé\tŁ😀",
                Letters::Utf16,
            ),
            (
                utf16(u16::to_be_bytes, [0xfe, 0xff]),
                "Zoé\tŁ😀",
                Letters::Utf16,
            ),
        ] {
            assert_eq!(decode(&bytes), Ok((text.to_owned(), letters)));
        }
    }

    #[test]
    fn what_breaks_off_or_is_no_text_is_refused() {
        for (bytes, line, said) in [
            (&b"Zo\xc3\xa9\nJos\xc3"[..], Some(2), "breaks off"),
            (b"\xef\xbb\xbfJos\xc3", Some(1), "breaks off"),
            (b"\xef\xbb\xbfa\nJos\xe9;b", Some(2), "begins as UTF-8"),
            (b"\xff\xfea\0b", None, "UTF-16"),
            (b"PK\x03\x04....", None, "workbook"),
        ] {
            let fault = decode(bytes).unwrap_err();
            assert!(fault.message.contains(said), "{fault}");
            assert_eq!(fault.line, line, "{fault}");
        }
    }
}
