//! Numbers with the decimal sign of the language that is spoken.

use super::lang;

/// With so many places behind the language's decimal sign.
pub fn decimal(number: f64, places: usize) -> String {
    decimals(&format!("{number:.places$}").replace('-', "−"))
}

/// With two places at most, and none that says nothing: `25`, `29.97`.
pub fn rounded(number: f64) -> String {
    decimals(&((number * 100.0).round() / 100.0).to_string())
}

/// A text whose numbers were written with points, with the language's decimal sign in their place.
pub fn decimals(text: &str) -> String {
    decimals_with(text, &lang::text("desk-decimal-sign"))
}

/// As [`decimals`], with this sign.
pub fn decimals_with(text: &str, sign: &str) -> String {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| {
        let byte = at.and_then(|at| bytes.get(at));
        byte.is_some_and(u8::is_ascii_digit)
    };
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if c == '.' && is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)) {
            out.push_str(sign);
        } else {
            out.push(c);
        }
    }
    out
}

/// A number as it was typed, with either decimal sign and either minus.
pub fn typed(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".").replace('−', "-");
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_no_more_places_than_they_need() {
        assert_eq!(rounded(30_000.0 / 1001.0), "29.97");
        assert_eq!(rounded(25.0), "25");
    }

    #[test]
    fn numbers_have_the_languages_decimal_sign() {
        let mode = "1920×1080 · 29.97 · H.264";
        assert_eq!(decimals_with(mode, ","), "1920×1080 · 29,97 · H.264");
        assert_eq!(decimals_with("3.5 s, 12.", ","), "3,5 s, 12.");
        for text in ["−6,5", "-6.5", " -6,5 "] {
            assert_eq!(typed(text), Some(-6.5), "{text}");
        }
        assert_eq!(typed("six"), None);
        assert_eq!(typed("inf"), None);
    }

    /// What is written with decimals is written here, so that none has a point in French.
    #[test]
    fn no_other_part_of_the_desk_writes_decimals() {
        let mut found = Vec::new();
        for (path, source) in crate::ui::reading::sources("src/ui") {
            let code = source.split("#[cfg(test)]\nmod ").next().unwrap();
            let writes = |line: &str| {
                let mut behind = line.split(":.").skip(1);
                behind.any(|rest| rest.starts_with(|c: char| ('1'..='9').contains(&c)))
            };
            if !path.ends_with("ui/numbers.rs") && code.lines().any(writes) {
                found.push(path);
            }
        }
        assert!(found.is_empty(), "decimals with a point: {found:?}");
    }
}
