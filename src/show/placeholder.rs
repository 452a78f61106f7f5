//! `{secret:NAME}` in a network source's URL: where a password or passphrase would stand, the name
//! under which it is found. The show file and every log hold the name alone.

use super::secrets::{Secret, SecretError, is_secret_name, lookup};

const OPEN: &str = "{secret:";

/// Where one placeholder stands in a text.
pub(super) struct Placeholder<'a> {
    /// First byte of `{secret:`.
    pub start: usize,
    /// One past `}`.
    pub end: usize,
    /// The secret's name.
    pub name: &'a str,
}

/// A `{secret:` that is not followed by a name and `}`.
pub(super) struct Malformed;

/// Every placeholder of a text in order.
pub(super) fn find(text: &str) -> Result<Vec<Placeholder<'_>>, Malformed> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(OPEN).map(|n| at + n) {
        let first = start + OPEN.len();
        let length = text[first..].find('}').ok_or(Malformed)?;
        let name = &text[first..first + length];
        if !is_secret_name(name) {
            return Err(Malformed);
        }
        at = first + length + 1;
        found.push(Placeholder {
            start,
            end: at,
            name,
        });
    }
    Ok(found)
}

/// The text with each placeholder replaced by what `value` gives for it.
pub(super) fn replace<E>(
    text: &str,
    placeholders: &[Placeholder],
    mut value: impl FnMut(&Placeholder) -> Result<String, E>,
) -> Result<String, E> {
    let mut whole = String::with_capacity(text.len());
    let mut at = 0;
    for placeholder in placeholders {
        whole.push_str(&text[at..placeholder.start]);
        whole.push_str(&value(placeholder)?);
        at = placeholder.end;
    }
    whole.push_str(&text[at..]);
    Ok(whole)
}

/// The URL with every `{secret:NAME}` replaced by the secret, percent-encoded. What comes back is a
/// secret itself: hand it to the connection, and print it nowhere.
///
/// # Errors
/// [`SecretError::BadName`] where a placeholder is malformed, and everything [`lookup`] gives.
pub fn resolve_secrets(url: &str) -> Result<String, SecretError> {
    resolve_with(url, lookup)
}

/// [`resolve_secrets`], looking up with `lookup`.
pub(super) fn resolve_with(
    url: &str,
    mut lookup: impl FnMut(&str) -> Result<Secret, SecretError>,
) -> Result<String, SecretError> {
    let placeholders = find(url).map_err(|Malformed| SecretError::BadName)?;
    replace(url, &placeholders, |p| {
        Ok(encode_secret(lookup(p.name)?.expose()))
    })
}

/// Percent-encodes all but the characters that mean nothing in any part of a URL (RFC 3986, 2.3).
pub fn encode_secret(secret: &str) -> String {
    let mut encoded = String::with_capacity(secret.len());
    for byte in secret.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reversed(name: &str) -> Result<Secret, SecretError> {
        Ok(Secret::new(name.chars().rev().collect::<String>() + "@é"))
    }

    #[test]
    fn secrets_are_put_in_encoded() {
        assert_eq!(
            resolve_with("rtsp://{secret:me}:{secret:ab-1}@10.0.0.5/x", reversed).unwrap(),
            "rtsp://em%40%C3%A9:1-ba%40%C3%A9@10.0.0.5/x"
        );
        assert_eq!(
            resolve_with("srt://h:1?a=b", reversed).unwrap(),
            "srt://h:1?a=b"
        );
    }

    #[test]
    fn malformed_and_missing_ones_are_errors() {
        for url in [
            "srt://h?x={secret:",
            "srt://h?x={secret:}",
            "srt://h?x={secret:a b}",
        ] {
            let error = resolve_with(url, reversed).unwrap_err();
            assert!(matches!(error, SecretError::BadName), "{url}: {error}");
        }
        let missing = |_: &str| Err(SecretError::BadName);
        assert!(resolve_with("srt://h?x={secret:a}", missing).is_err());
    }
}
