//! A key on its way to the place where it is kept. It is said once, from who types it to the engine;
//! in every answer, log and journal it is dots.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::show::Secret;

/// What stands for it wherever it is written.
const HIDDEN: &str = "•••";

/// See the module's words. Writing it (`Serialize`, `Debug`) gives dots; only the wire to the engine
/// says it as it is.
#[derive(Clone)]
pub struct GivenKey(Arc<Secret>);

impl GivenKey {
    /// Takes a key; line ends behind it are cut off.
    pub fn new(key: impl Into<String>) -> Self {
        Self(Arc::new(Secret::new(key)))
    }

    /// The key itself, for the place that keeps it.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

impl fmt::Debug for GivenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenKey(…)")
    }
}

impl PartialEq for GivenKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose() == other.0.expose()
    }
}

impl Serialize for GivenKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

impl<'de> Deserialize<'de> for GivenKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As anything, so that what is no text is refused here: serde's own words would repeat it.
        deserializer.deserialize_any(Text)
    }
}

struct Text;

impl Text {
    fn refuse<E: Error>() -> Result<GivenKey, E> {
        Err(E::custom("this is no key, expected a text"))
    }
}

impl Visitor<'_> for Text {
    type Value = GivenKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<GivenKey, E> {
        Ok(GivenKey::new(key))
    }

    fn visit_string<E: Error>(self, key: String) -> Result<GivenKey, E> {
        Ok(GivenKey::new(key))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<GivenKey, E> {
        Self::refuse()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<GivenKey, E> {
        Self::refuse()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<GivenKey, E> {
        Self::refuse()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<GivenKey, E> {
        Self::refuse()
    }
}

#[cfg(test)]
mod tests {
    use crate::door::{Command, Event};

    #[test]
    fn it_is_read_and_never_written() {
        let line = r#"{"command":"store_key","name":"tube","key":"hunter2"}"#;
        let command: Command = serde_json::from_str(line).unwrap();
        let Command::StoreKey { key, .. } = &command else {
            panic!("{command:?}");
        };
        assert_eq!(key.secret().expose(), "hunter2");
        let done = Event::Done {
            command: command.clone(),
            frame: 1,
            id: Some(2),
        };
        for said in [
            format!("{command:?} {done:?}"),
            serde_json::to_string(&command).unwrap(),
            serde_json::to_string(&done).unwrap(),
        ] {
            assert!(!said.contains("hunter2") && said.contains("tube"), "{said}");
        }
        let heard: Event = serde_json::from_str(&serde_json::to_string(&done).unwrap()).unwrap();
        assert!(matches!(heard, Event::Done { .. }));
    }

    #[test]
    fn what_is_no_text_is_refused_and_not_repeated() {
        for key in [
            "4815162342",
            "-4815162342",
            "4815162342.5",
            "[\"4815162342\"]",
            "{\"4815162342\":1}",
        ] {
            let line = format!(r#"{{"command":"store_key","name":"tube","key":{key}}}"#);
            let error = serde_json::from_str::<Command>(&line)
                .unwrap_err()
                .to_string();
            assert!(!error.contains("4815162342"), "{error}");
        }
    }
}
