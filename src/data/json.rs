//! JSON as services and scripts give it: an array of flat objects, or an object with one such array in
//! it. Texts, numbers and truths are cells, as they are written; nothing is a cell of no text.

use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::fault::DataFault;
use super::rows::{Rows, cell_fault, columns_fault, count_fault, short};

/// Reads a text. The columns come in the order in which they are first named; an object without one of
/// them is empty there.
///
/// # Errors
/// What is no JSON or of another shape, with its place, and more of anything than a table may hold.
pub(super) fn read(text: &str) -> Result<Rows, DataFault> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Whole
        .deserialize(&mut reader)
        .and_then(|rows| reader.end().map(|()| rows));
    let mut rows = read.map_err(|error| fault(text, &error))?;
    let columns = rows.columns.len();
    for cells in &mut rows.rows {
        cells.resize(columns, String::new());
    }
    Ok(rows)
}

/// What the reader says, at its place; in its own words only where the text is no JSON.
fn fault(text: &str, error: &serde_json::Error) -> DataFault {
    let (line, column) = (error.line(), error.column());
    let words = error.to_string();
    let place = format!(" at line {line} column {column}");
    let words = words.strip_suffix(&place).unwrap_or(&words);
    let message = match error.classify() {
        serde_json::error::Category::Data => words.to_owned(),
        _ => format!("this is not JSON: {words}"),
    };
    if line == 0 {
        return DataFault::of(message);
    }
    // The reader counts bytes.
    let said = text.lines().nth(line - 1).unwrap_or_default();
    let before = said.bytes().take(column.saturating_sub(1));
    let characters = before.filter(|byte| byte & 0xc0 != 0x80).count();
    DataFault::at(line, characters + 1, message)
}

/// The whole text.
struct Whole;

impl<'de> DeserializeSeed<'de> for Whole {
    type Value = Rows;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Rows, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Whole {
    type Value = Rows;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects, one for each row")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Rows, A::Error> {
        List("").visit_seq(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rows, A::Error> {
        let mut found: Option<(String, Rows)> = None;
        while let Some(name) = map.next_key::<String>()? {
            let Some(rows) = map.next_value_seed(Perhaps(&name))? else {
                continue;
            };
            if let Some((other, _)) = &found {
                return Err(A::Error::custom(format!(
                    "there are two arrays, \"{}\" and \"{}\", expected one with the rows",
                    short(other),
                    short(&name)
                )));
            }
            found = Some((name, rows));
        }
        let none = || A::Error::custom("there is no array in it, expected one with the rows");
        found.map(|(_, rows)| rows).ok_or_else(none)
    }
}

/// A part of the whole that may be the array.
struct Perhaps<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Perhaps<'_> {
    type Value = Option<Rows>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Perhaps<'_> {
    type Value = Option<Rows>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        List(self.0).visit_seq(list).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// The array, by its name where it has one.
struct List<'n>(&'n str);

impl List<'_> {
    fn visit_seq<'de, A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows, A::Error> {
        let mut rows = Rows::default();
        let mut places = HashMap::new();
        loop {
            let path = format!("{}[{}]", short(self.0), rows.rows.len());
            let row = Row {
                path: &path,
                columns: &mut rows.columns,
                places: &mut places,
            };
            let Some(cells) = list.next_element_seed(row)? else {
                break;
            };
            rows.rows.push(cells);
            if let Some(message) = count_fault(rows.rows.len()) {
                return Err(A::Error::custom(message));
            }
        }
        Ok(rows)
    }
}

/// One object of it.
struct Row<'r> {
    path: &'r str,
    columns: &'r mut Vec<String>,
    places: &'r mut HashMap<String, usize>,
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the cells of a row as {}", self.path)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cells: Vec<Option<String>> = vec![None; self.columns.len()];
        while let Some(name) = map.next_key::<String>()? {
            let column = match self.places.get(&name) {
                Some(column) => *column,
                None => {
                    let column = self.columns.len();
                    self.columns.push(name.clone());
                    self.places.insert(name.clone(), column);
                    // As they come: a thousand of them need not be read first.
                    if let Some(message) = columns_fault(self.columns) {
                        return Err(A::Error::custom(message));
                    }
                    column
                }
            };
            cells.resize(self.columns.len(), None);
            let value: &RawValue = map.next_value()?;
            let text = cell(value.get()).map_err(|what| {
                A::Error::custom(format!(
                    "{}.{} is {what}, expected text, a number, true, false or null",
                    self.path,
                    short(&name)
                ))
            })?;
            if let Some(message) = cell_fault(&name, &text) {
                return Err(A::Error::custom(message));
            }
            if cells[column].replace(text).is_some() {
                return Err(A::Error::custom(format!(
                    "{}.{} comes twice, expected each name once",
                    self.path,
                    short(&name)
                )));
            }
        }
        Ok(cells.into_iter().map(Option::unwrap_or_default).collect())
    }
}

/// A value as the text of a cell, or what it is instead.
fn cell(json: &str) -> Result<String, &'static str> {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).map_err(|_| "no text in Unicode"),
        Some(b'{') => Err("an object"),
        Some(b'[') => Err("an array"),
        _ if json == "null" => Ok(String::new()),
        // A number as it is written: 1.50 stays so.
        _ => Ok(json.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> (String, Vec<String>) {
        let rows = read(text).unwrap();
        let joined = rows.rows.iter().map(|cells| cells.join("|"));
        (rows.columns.join("|"), joined.collect())
    }

    #[test]
    fn objects_are_rows_in_the_order_of_the_text() {
        let list = r#"[{"name": "Zo\u00e9", "points": 1.50, "live": true}, {"name": null},
            {"name": "Łukasz", "team": "B", "points": 12345678901234567890}]"#;
        let (columns, cells) = rows(list);
        assert_eq!(columns, "name|points|live|team");
        assert_eq!(
            cells,
            ["Zoé|1.50|true|", "|||", "Łukasz|12345678901234567890||B"]
        );
        let inside = format!(r#"{{"at": "10:00", "n": 3, "more": {{"a": [1]}}, "rows": {list}}}"#);
        assert_eq!(rows(&inside), rows(list));
        assert_eq!(rows("[]"), (String::new(), vec![]));
    }

    #[test]
    fn faults_name_their_place_and_what_was_expected() {
        let many = format!("[{}{{}}]", "{},".repeat(10_000));
        let wide: Vec<String> = (0..101).map(|n| format!("\"c{n}\": 1")).collect();
        let wide = format!("[{{{}}}]", wide.join(","));
        let deep = "[".repeat(100_000);
        for (text, place, said) in [
            ("", None, "not JSON"),
            ("[{\"é\": 1}, \n {\"é\": 1,}]", Some((2, 10)), "not JSON"),
            ("[{\"a\": 1}] x", Some((1, 12)), "not JSON"),
            ("[{\"a\": 1}", Some((1, 9)), "not JSON"),
            ("3", Some((1, 1)), "expected an array of objects"),
            ("{\"a\": 1}", Some((1, 8)), "there is no array"),
            (
                "{\"a\": [], \"b\": []}",
                Some((1, 18)),
                "two arrays, \"a\" and \"b\"",
            ),
            (
                "[{\"a\": {\"b\": 1}}]",
                None,
                "[0].a is an object, expected text",
            ),
            (
                "{\"q\": [{}, {\"a\": [1]}]}",
                None,
                "q[1].a is an array, expected text",
            ),
            ("[{}, 5]", None, "as [1]"),
            ("[{\"a\": 1, \"a\": 2}]", None, "[0].a comes twice"),
            ("[{\"a\": \"\\u0000\"}]", None, "control character"),
            ("[{\"a\": \"\\ud800\"}]", None, ""),
            (&many, None, "more than 10000 rows"),
            (&wide, None, "101 columns"),
            (&deep, None, ""),
        ] {
            let fault = read(text).unwrap_err();
            assert!(fault.message.contains(said), "{fault}");
            if let (Some((line, column)), Some(at), Some(in_it)) = (place, fault.line, fault.column)
            {
                assert_eq!((at, in_it), (line, column), "{fault}");
            }
            assert!(fault.message.len() < 300, "{fault}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}\",:a-c0-9. tfn\\\\ué]{0,60}") {
            if let Ok(rows) = read(&text) {
                for cells in &rows.rows {
                    proptest::prop_assert_eq!(cells.len(), rows.columns.len());
                }
            }
        }
    }
}
