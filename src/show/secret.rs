//! A secret in memory: it can be handed on, and neither shown nor logged.

use std::fmt;

/// A stream key, password or passphrase. Neither shown nor logged; overwritten when dropped.
pub struct Secret(String);

impl Secret {
    /// Takes a secret; line ends that a file or shell left behind it are cut off.
    pub fn new(value: impl Into<String>) -> Self {
        let mut value = value.into();
        value.truncate(value.trim_end_matches(['\r', '\n']).len());
        Self(value)
    }

    /// Takes a text that holds secrets, as it is.
    pub(super) fn verbatim(value: String) -> Self {
        Self(value)
    }

    /// The secret itself, for the connection that needs it. Print it nowhere.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        // The compiler may not leave out a write that something looks at.
        std::hint::black_box(&bytes);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
