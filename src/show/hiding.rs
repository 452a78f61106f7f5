//! Keeps a secret out of what others say: a server or an element may repeat it in its own words, with
//! quotes around it and signs escaped.

use super::secrets::Secret;

/// What stands for a secret.
const HIDDEN: &str = "•••";

impl Secret {
    /// The text with each place hidden at which the secret stands: as it is, percent-encoded, or
    /// escaped as between quotes (`\"`, `\n`, `\303\251`, `\u00e9`, `\u{e9}`), the whole of it or
    /// some of its signs. A text beside an empty secret stays as it is.
    pub fn hidden_in(&self, text: &str) -> String {
        let secret = self.expose().as_bytes();
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let found = matched(rest.as_bytes(), secret).filter(|_| !secret.is_empty());
            // Escapes are ASCII, and a secret is whole characters.
            match found.and_then(|length| rest.get(length..)) {
                Some(after) => {
                    out.push_str(HIDDEN);
                    rest = after;
                }
                None => {
                    out.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        out
    }
}

/// How many bytes of the text, from its first, say the secret.
fn matched(text: &[u8], secret: &[u8]) -> Option<usize> {
    if secret.is_empty() {
        return Some(0);
    }
    let follow = |said: &[u8], length: usize| {
        let left = secret.strip_prefix(said)?;
        Some(length + matched(text.get(length..)?, left)?)
    };
    let escaped = escape(text).and_then(|(said, length)| follow(&said, length));
    escaped.or_else(|| follow(text.get(..1)?, 1))
}

/// What the escape at the beginning of a text says, and its length in bytes.
fn escape(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let number = |from: usize, most: usize, radix: u32| {
        let digits = text.get(from..)?.iter().take(most);
        let count = digits
            .take_while(|digit| char::from(**digit).is_digit(radix))
            .count();
        let digits = std::str::from_utf8(text.get(from..from + count)?).ok()?;
        Some((u32::from_str_radix(digits, radix).ok()?, from + count))
    };
    let byte = |(value, length): (u32, usize)| Some((vec![u8::try_from(value).ok()?], length));
    let character = |(value, length): (u32, usize)| {
        let character = char::from_u32(value)?;
        Some((character.to_string().into_bytes(), length))
    };
    match text {
        [b'%', _, _, ..] => number(1, 2, 16).filter(|(_, end)| *end == 3).and_then(byte),
        [b'\\', b'u', b'{', ..] => {
            let (value, end) = number(3, 6, 16)?;
            (text.get(end) == Some(&b'}')).then_some(())?;
            character((value, end + 1))
        }
        [b'\\', b'u', ..] => {
            let (high, end) = number(2, 4, 16).filter(|(_, end)| *end == 6)?;
            // Beyond 16 bits JSON writes a pair.
            let low = match text.get(end..) {
                Some([b'\\', b'u', ..]) if (0xd800..0xdc00).contains(&high) => {
                    number(end + 2, 4, 16)
                }
                _ => None,
            };
            match low {
                Some((low @ 0xdc00..0xe000, end)) => {
                    character((0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), end))
                }
                _ => character((high, end)),
            }
        }
        [b'\\', b'x', ..] => number(2, 2, 16).and_then(byte),
        [b'\\', b'0'..=b'7', ..] => number(1, 3, 8).and_then(byte),
        [b'\\', sign, ..] => {
            let said = match sign {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                sign => *sign,
            };
            Some((vec![said], 2))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::show::encode_secret;

    fn hidden(secret: &str, text: &str) -> String {
        Secret::new(secret).hidden_in(text)
    }

    #[test]
    fn whatever_way_it_is_written_it_is_hidden() {
        let secret = "k \"é\\/+😀?";
        for said in [
            "k \"é\\/+😀?",
            "k%20%22%C3%A9%5C%2F%2B%F0%9F%98%80%3F",
            "k%20%22%c3%a9%5c/+%f0%9f%98%80?",
            "k \\\"é\\\\/+😀?",
            "k \\\"\\303\\251\\\\/+\\360\\237\\230\\200?",
            "k \\\"\\xc3\\xa9\\\\/+😀?",
            "k \\\"\\u00e9\\\\\\/+\\ud83d\\ude00?",
            "k \\u{22}\\u{e9}\\\\/+\\u{1f600}?",
        ] {
            let text = format!("cannot open rtmp://host/live/{said}: refused \"{said}\" é");
            let expected = "cannot open rtmp://host/live/•••: refused \"•••\" é";
            assert_eq!(hidden(secret, &text), expected, "{said}");
        }
    }

    #[test]
    fn what_is_not_the_secret_stays() {
        for text in [
            "",
            "%",
            "%4",
            "\\",
            "\\u{",
            "\\ud83d",
            "100% \\303 ab\\143d é",
        ] {
            assert_eq!(hidden("abd", text), text);
            assert_eq!(hidden("", text), text);
        }
        // A secret that looks as if it were encoded itself.
        assert_eq!(hidden("%41\\n", "<%41\\n>"), "<•••>");
        assert_eq!(hidden("%41\\n", "<A\n>"), "<A\n>");
    }

    proptest! {
        #[test]
        fn no_form_of_any_secret_gets_through(secret in "\\PC{1,12}") {
            prop_assert_eq!(hidden(&secret, &encode_secret(&secret)), HIDDEN);
            for said in [format!("<{secret:?}>"), serde_json::to_string(&secret).unwrap()] {
                let out = hidden(&secret, &said);
                prop_assert!(out.contains(HIDDEN), "{}", out);
            }
        }

        #[test]
        fn any_text_can_be_looked_through(text in any::<String>(), secret in any::<String>()) {
            hidden(&secret, &text);
        }

        #[test]
        fn rubbish_of_escapes_can_be_looked_through(text in "[\\\\%ux{}0-9a-fé]{0,40}") {
            hidden("é\\%", &text);
        }
    }
}
