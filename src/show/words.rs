//! Judges words: which known name a misspelt one was meant to be, whether a text looks like a
//! secret itself, and how lists of names read in a message.

/// The most that an id or a secret's name may hold, in characters.
pub(super) const ID_LENGTH: usize = 32;

/// True for 1 to 32 letters, digits, `-` and `_` of ASCII.
pub(super) fn is_id(text: &str) -> bool {
    (1..=ID_LENGTH).contains(&text.len()) && text.chars().all(is_id_character)
}

/// True for letters, digits, `-` and `_` of ASCII.
pub(super) fn is_id_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// `` `a`, `b` or `c` ``.
pub(super) fn one_of<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<_> = names.iter().map(|n| format!("`{}`", n.as_ref())).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// The name that is nearest to a misspelt one, if any is near: a third of its letters may differ.
pub(super) fn nearest<'a, S: AsRef<str>>(word: &str, names: &'a [S]) -> Option<&'a str> {
    // No name is longer; a page of text need not be compared with each.
    if word.len() > 2 * ID_LENGTH {
        return None;
    }
    let allowed = (word.chars().count() / 3).max(1);
    names
        .iter()
        .map(|name| (distance(word, name.as_ref()), name.as_ref()))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Letters to insert, remove, replace or swap with a neighbour, without regard to case
/// (Damerau's distance, optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let differ = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[i - 1][j - 1] + differ);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row[j] = best;
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// True where a text that should be a name looks like a key or password that was pasted in: long,
/// or of the broken rhythm of letters and digits that no one gives a name.
pub(super) fn looks_like_key(text: &str) -> bool {
    let length = text.chars().count();
    let has = |test: fn(&char) -> bool| text.chars().any(|c| test(&c));
    let (upper, lower, digit) = (
        has(|c| c.is_ascii_uppercase()),
        has(|c| c.is_ascii_lowercase()),
        has(|c| c.is_ascii_digit()),
    );
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    if length > 40 || (length >= 20 && upper && lower && digit) {
        return true;
    }
    // abcd-1234-efgh-5678: groups of one size, and digits among them.
    let groups: Vec<&str> = text.split('-').collect();
    let even = groups[0].len() >= 4 && groups.iter().all(|g| g.len() == groups[0].len());
    let with_digits = groups
        .iter()
        .filter(|g| g.contains(|c: char| c.is_ascii_digit()))
        .count();
    if even && ((groups.len() >= 4 && with_digits > 0) || (groups.len() == 3 && with_digits > 1)) {
        return true;
    }
    let changes = |run: &str, test: fn(char, char) -> bool| {
        run.chars()
            .zip(run.chars().skip(1))
            .filter(|(a, b)| test(*a, *b))
            .count()
    };
    runs.iter().any(|run| {
        let mixed =
            run.len() >= 10 && changes(run, |a, b| a.is_ascii_digit() != b.is_ascii_digit()) >= 3;
        let number = run.len() >= 10 && run.chars().all(|c| c.is_ascii_digit());
        let humps = run.len() >= 16
            && changes(run, |a, b| a.is_ascii_lowercase() && b.is_ascii_uppercase()) >= 5;
        mixed || number || humps
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_keys_are_told_from_names() {
        for key in [
            "abcd-1234-efgh-5678",
            "a1b2-c3d4-e5f6-g7h8-i9j0",
            "live_123456789_aBcDeFgHiJkLmNoPqRsT",
            "FB-1234567890-0-AbCdEf",
            "9f86d081884c7d659a2feaa0c55ad015",
            "x7k2p9qz1m4t",
            "kJhGfDsAqWeRtYuI",
            "ab12-cd34-ef56",
        ] {
            assert!(looks_like_key(key), "{key}");
        }
        for name in [
            "youtube",
            "YouTubeMain2026",
            "twitch-2",
            "hall_left",
            "cam1-left-main",
            "stage-cam-4",
            "facebook_page_en",
            "main-hall-wide-left",
            "",
        ] {
            assert!(!looks_like_key(name), "{name}");
        }
    }

    #[test]
    fn misspelt_names_find_the_nearest() {
        let names = ["cam1", "cam2", "bars", "stage-left"];
        assert_eq!(nearest("cma1", &names), Some("cam1"));
        assert_eq!(nearest("Bars", &names), Some("bars"));
        assert_eq!(nearest("stageleft", &names), Some("stage-left"));
        assert_eq!(nearest("guest", &names), None);
        assert_eq!(nearest("", &names), None);
    }

    #[test]
    fn names_are_listed() {
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(one_of(&["a"]), "`a`");
        assert_eq!(one_of::<&str>(&[]), "nothing");
    }
}
