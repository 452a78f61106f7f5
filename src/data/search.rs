//! Finds rows by name while it is typed: whatever the case and the accents, by the beginnings of words.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;

use super::rows::Rows;

/// The rows in which every word of the query begins a word of some cell, by their places in the table:
/// those first that have it in the first columns, and nearer to the beginning; all of them where the
/// query is empty.
pub fn find(rows: &Rows, query: &str) -> Vec<usize> {
    let words: Vec<String> = query
        .split_whitespace()
        .map(|word| Plain::of(word).text)
        .filter(|word| !word.is_empty())
        .collect();
    let place = |cells: &Vec<String>| -> Option<Place> {
        let mut cells = Cells::of(cells);
        let mut whole = Place::default();
        for word in &words {
            let (column, nth) = cells.place_of(word)?;
            whole.column = whole.column.max(column);
            whole.words += nth;
        }
        Some(whole)
    };
    let found = rows.rows.iter().enumerate();
    let mut found: Vec<(Place, usize)> = found
        .filter_map(|(n, cells)| Some((place(cells)?, n)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, n)| n).collect()
}

/// How good a match is: the least is the best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// The last column that it takes.
    column: usize,
    /// How many words stand before those that match, together.
    words: usize,
}

/// The cells of a row, each made plain when it is first looked into.
struct Cells<'a> {
    cells: &'a [String],
    plain: Vec<Plain>,
}

impl<'a> Cells<'a> {
    fn of(cells: &'a [String]) -> Self {
        Self {
            cells,
            plain: Vec::new(),
        }
    }

    /// The first column with a word that begins so, and which of its words does.
    fn place_of(&mut self, word: &str) -> Option<(usize, usize)> {
        (0..self.cells.len()).find_map(|column| {
            if self.plain.len() == column {
                self.plain.push(Plain::of(&self.cells[column]));
            }
            let plain = &self.plain[column];
            let begins = |at: &usize| plain.text.get(*at..).is_some_and(|t| t.starts_with(word));
            Some((column, plain.words.iter().position(begins)?))
        })
    }
}

/// A text without case, accents and what stands between its words, and where those begin.
#[derive(Debug, Default)]
struct Plain {
    text: String,
    words: Vec<usize>,
}

impl Plain {
    fn of(text: &str) -> Self {
        let mut plain = Self::default();
        let mut begins = true;
        if text.is_ascii() {
            for c in text.chars() {
                plain.add(c, c.to_ascii_lowercase(), &mut begins);
            }
            return plain;
        }
        let classes = CanonicalCombiningClassMapBorrowed::new();
        // Compatible forms too: letters of full width, ligatures, and Arabic's by their place in a word.
        let apart = DecomposingNormalizerBorrowed::new_nfkd();
        for c in apart.normalize_iter(text.chars()) {
            // Accents, and Arabic's and Hebrew's vowels; the tatweel only draws a word out.
            if classes.get_u8(c) != 0 || c == '\u{640}' {
                continue;
            }
            for lower in c.to_lowercase() {
                match typed_for(lower) {
                    Some(letters) => letters
                        .chars()
                        .for_each(|letter| plain.add(c, letter, &mut begins)),
                    None => plain.add(c, lower, &mut begins),
                }
            }
        }
        plain
    }

    /// Takes a letter, as it was written and as it is looked for, or what stands between words.
    fn add(&mut self, written: char, letter: char, begins: &mut bool) {
        if !written.is_alphanumeric() {
            *begins = true;
            return;
        }
        // Where words have no space between them each sign may begin one.
        if *begins || is_a_word_alone(written) {
            self.words.push(self.text.len());
        }
        *begins = false;
        self.text.push(letter);
    }
}

/// What is typed for a letter that no rule of Unicode takes apart, by those who do not have it on their
/// keyboard.
fn typed_for(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        // Alef maksura and teh marbuta are written for yeh and heh, and these for them.
        'ى' => "ي",
        'ة' => "ه",
        _ => return None,
    })
}

/// Han, kana, Hangul's syllables by the consonant that they begin with, Thai and Lao: written without
/// spaces, or with a family name before a given one.
fn is_a_word_alone(sign: char) -> bool {
    matches!(
        sign,
        '\u{e00}'..='\u{eff}'
            | '\u{1100}'..='\u{115f}'
            | '\u{3041}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Rows {
        let text = |cell: &&str| (*cell).to_owned();
        let rows: Vec<Vec<String>> = rows.iter().map(|r| r.iter().map(text).collect()).collect();
        Rows {
            columns: (0..rows[0].len()).map(|n| format!("c{n}")).collect(),
            rows,
        }
    }

    #[test]
    fn names_are_found_whatever_is_typed_for_their_letters() {
        for (cell, found, not) in [
            (
                "Zoé Martin",
                vec!["zoe mar", "MAR ZOÉ", "z", "zoe\u{301}", "zoemar"],
                vec!["oe", "zoe x"],
            ),
            (
                "Łukasz Świątek",
                vec!["lukasz swiatek", "łuk", "ŚWIĄ"],
                vec!["kasz"],
            ),
            ("Søren Ångström", vec!["soren", "angs"], vec!["soeren"]),
            (
                "Jürgen Weiß-Groß",
                vec!["jurgen weiss", "gross", "weiss-gro"],
                vec![],
            ),
            (
                "Brontë O’Brien",
                vec!["bronte obrien", "o'brien", "brien"],
                vec![],
            ),
            ("İpek Yılmaz", vec!["ipek yilmaz"], vec![]),
            ("محمّد الأحمد", vec!["محمد", "الاحمد", "محمد ال"], vec!["احمد"]),
            ("ליאורה כּהן", vec!["כהן", "ליא"], vec![]),
            (
                "山田太郎",
                vec!["山田", "太郎", "山田太郎", "郎"],
                vec!["郎太"],
            ),
            ("タナカ ひろし", vec!["ﾀﾅｶ", "ひろし"], vec!["たなか"]),
            ("김민수", vec!["김", "민수"], vec!["수민"]),
            ("François II (ＢＢＣ)", vec!["francois ii bbc"], vec![]),
            ("АЛЕКСЕЙ Ёлкин", vec!["алексеи", "елкин"], vec![]),
        ] {
            let rows = table(&[&[cell]]);
            for query in found {
                assert_eq!(find(&rows, query), [0], "{cell:?}: {query:?}");
            }
            for query in not {
                assert!(find(&rows, query).is_empty(), "{cell:?}: {query:?}");
            }
        }
    }

    #[test]
    fn the_best_come_first() {
        let rows = table(&[
            &["Ann Marlowe", "Host"],
            &["Ben", "Marine biologist"],
            &["Marie Curie", "Physicist"],
            &["Zed", "x"],
            &["Zoé", "Marseille, Marne"],
            &["Mar", ""],
        ]);
        assert_eq!(find(&rows, "mar"), [2, 5, 0, 1, 4]);
        assert_eq!(find(&rows, "mar host"), [0]);
        assert_eq!(find(&rows, ""), [0, 1, 2, 3, 4, 5]);
        assert_eq!(find(&rows, " - "), [0, 1, 2, 3, 4, 5]);
        assert_eq!(find(&rows, "nobody"), [0usize; 0]);
        assert_eq!(find(&Rows::default(), "a"), [0usize; 0]);
    }

    #[test]
    fn ten_thousand_rows_are_looked_through() {
        let row = |n: usize| {
            let name = format!("Zoé Martin-Łuczak {n}");
            vec![
                name,
                "Présidente de l’association".to_owned(),
                format!("{n}"),
            ]
        };
        let rows = Rows {
            columns: vec![String::new(); 3],
            rows: (0..10_000).map(row).collect(),
        };
        assert_eq!(find(&rows, "zoe luc 9999"), [9999]);
        assert_eq!(find(&rows, "assoc").len(), 10_000);
    }

    proptest::proptest! {
        #[test]
        fn a_row_is_found_by_the_beginnings_of_its_words(
            words in proptest::collection::vec("\\p{L}{1,6}", 1..4),
            cut in 1usize..6,
        ) {
            let rows = table(&[&["other"], &[&words.join(" ")]]);
            let begun = words.iter().map(|word| word.chars().take(cut).collect::<String>());
            let query = begun.collect::<Vec<_>>().join(" ");
            proptest::prop_assert!(find(&rows, &query).contains(&1), "{:?}", query);
        }
    }
}
