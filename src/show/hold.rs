//! The holding slate as it is saved: what is seen and heard while the show has to wait.

use serde::{Deserialize, Serialize};

/// What goes over everything at one command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hold {
    /// Drawn where there is no picture.
    pub text: String,
    /// A picture file, read from the show file's folder if relative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The id of the source that is heard, at its fader; silence without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Default for Hold {
    fn default() -> Self {
        Self {
            text: "Back soon".to_owned(),
            picture: None,
            source: None,
        }
    }
}

impl Hold {
    /// Whether this is what a show that says nothing gets.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
