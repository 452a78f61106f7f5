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

/// A URL with its secrets, and these alone, for they may turn up in what the connection says.
#[derive(Debug)]
pub struct Resolved {
    /// The whole URL, a secret itself: hand it to the connection, and print it nowhere.
    pub url: Secret,
    /// What was put into it.
    pub secrets: Vec<Secret>,
}

impl Resolved {
    /// The text with these secrets hidden, as they were when the URL was made: the name may lead to
    /// others by now, or nowhere.
    pub fn hidden_in(&self, text: &str) -> String {
        let hide = |text: String, secret: &Secret| secret.hidden_in(&text);
        self.secrets.iter().fold(text.to_owned(), hide)
    }
}

/// The URL with every `{secret:NAME}` replaced by the secret, percent-encoded.
///
/// # Errors
/// [`SecretError::BadName`] where a placeholder is malformed, and everything [`lookup`] gives.
pub fn resolve_secrets(url: &str) -> Result<Resolved, SecretError> {
    resolve_with(url, lookup)
}

/// [`resolve_secrets`], looking up with `lookup`.
pub(super) fn resolve_with(
    url: &str,
    mut lookup: impl FnMut(&str) -> Result<Secret, SecretError>,
) -> Result<Resolved, SecretError> {
    let placeholders = find(url).map_err(|Malformed| SecretError::BadName)?;
    let mut secrets = Vec::new();
    let whole = replace(url, &placeholders, |p| {
        let secret = lookup(p.name)?;
        let encoded = encode_secret(secret.expose());
        secrets.push(secret);
        Ok(encoded)
    })?;
    Ok(Resolved {
        url: Secret::new(whole),
        secrets,
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
        let both = resolve_with("rtsp://{secret:me}:{secret:ab-1}@10.0.0.5/x", reversed).unwrap();
        let url = both.url.expose();
        assert_eq!(url, "rtsp://em%40%C3%A9:1-ba%40%C3%A9@10.0.0.5/x");
        let none = resolve_with("srt://h:1?a=b", reversed).unwrap();
        assert_eq!(none.url.expose(), "srt://h:1?a=b");
        assert_eq!(none.hidden_in("as it is"), "as it is");
    }

    #[test]
    fn what_was_put_in_is_hidden_in_what_the_connection_says() {
        let both = resolve_with("http://h/{secret:me}/{secret:ab-1}", reversed).unwrap();
        let said = both.hidden_in("cannot read http://h/em%40%C3%A9/1-ba%40%C3%A9 (em@é)");
        for secret in ["em%40", "1-ba", "em@"] {
            assert!(!said.contains(secret), "{said}");
        }
        assert!(said.contains("cannot read http://h/"), "{said}");
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
