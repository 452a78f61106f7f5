//! Ids that nobody types: short, stable, made of the label that something got first, and new among
//! their like.

/// The most characters that an id may have.
const LONGEST: usize = 32;

/// An id for something of this label; `word` stands for a label of no letter. Not one that is taken.
pub fn new_id(label: &str, word: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut base = plain(label);
    if base.is_empty() {
        base = plain(word);
    }
    // Room for a number.
    base.truncate(LONGEST - 4);
    let base = base.trim_end_matches('-');
    let all = std::iter::once(base.to_owned()).chain((2..).map(|n| format!("{base}-{n}")));
    let mut free = all.filter(|id| !is_taken(id));
    free.next().unwrap_or_default()
}

/// A label that is not taken either: the same with a number.
pub fn new_label(label: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let base = label
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end();
    let base = if base.is_empty() { label } else { base };
    let all = std::iter::once(label.to_owned()).chain((2..).map(|n| format!("{base} {n}")));
    let mut free = all.filter(|label| !is_taken(label));
    free.next().unwrap_or_default()
}

/// Small letters, digits and single dashes.
fn plain(label: &str) -> String {
    let mut out = String::new();
    for c in label.chars().flat_map(char::to_lowercase) {
        match bare(c) {
            Some(letters) => out.push_str(letters),
            None if c.is_ascii_alphanumeric() => out.push(c),
            None if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            None => {}
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// A letter without its accent.
fn bare(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'å' => "a",
        'ä' | 'æ' => "ae",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
        'ö' | 'œ' => "oe",
        'ù' | 'ú' | 'û' => "u",
        'ü' => "ue",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_plain_and_new() {
        let free = |_: &str| false;
        assert_eq!(new_id("Caméra plateau (1)", "x", free), "camera-plateau-1");
        assert_eq!(new_id("  ", "Source", free), "source");
        assert_eq!(new_id("日本", "Scène", free), "scene");
        let taken = ["cam", "cam-2"];
        assert_eq!(new_id("Cam", "x", |id| taken.contains(&id)), "cam-3");
        let long = "a".repeat(60);
        let id = new_id(&long, "x", |id| id.len() < 29);
        assert!(id.len() <= 32 && id.ends_with("-2"), "{id}");
    }

    #[test]
    fn copies_are_numbered() {
        let taken = ["Duo", "Duo 2"];
        assert_eq!(new_label("Duo", |l| taken.contains(&l)), "Duo 3");
        assert_eq!(new_label("Duo 2", |l| taken.contains(&l)), "Duo 3");
        assert_eq!(new_label("Trio", |l| taken.contains(&l)), "Trio");
    }
}
