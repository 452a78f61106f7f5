//! A table as it was read: names of columns, and rows of text under them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::limits;

/// Rows of text. Each row has as many cells as there are columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// The columns' names, each once.
    pub columns: Vec<String>,
    /// The rows in the order of the file.
    pub rows: Vec<Vec<String>>,
}

impl Rows {
    /// A row, counted from 0, by the names of its columns, as a title's fields are named.
    pub fn fields(&self, row: usize) -> Option<BTreeMap<String, String>> {
        let cells = self.columns.iter().cloned().zip(self.rows.get(row)?);
        Some(cells.map(|(name, cell)| (name, cell.clone())).collect())
    }

    /// One cell of a row, counted from 0, by its column's name.
    pub fn cell(&self, row: usize, column: &str) -> Option<&str> {
        let column = self.columns.iter().position(|name| name == column)?;
        self.rows.get(row)?.get(column).map(String::as_str)
    }

    /// About what they take in memory.
    pub(super) fn bytes(&self) -> usize {
        let cells = self.rows.iter().flatten();
        let of = |cell: &String| size_of::<String>() + cell.capacity();
        cells.map(of).sum()
    }
}

/// What is wrong with a text as a cell of a column of this name.
pub(super) fn cell_fault(column: &str, cell: &str) -> Option<String> {
    let is_foreign = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    // No text has more characters than bytes.
    if cell.len() > limits::CELL && cell.chars().count() > limits::CELL {
        return Some(format!(
            "the cell under \"{}\" has {} characters, expected at most {}",
            short(column),
            cell.chars().count(),
            limits::CELL
        ));
    }
    cell.contains(is_foreign).then(|| {
        format!(
            "the cell under \"{}\" holds a control character, expected text",
            short(column)
        )
    })
}

/// What is wrong with the names of columns.
pub(super) fn columns_fault(columns: &[String]) -> Option<String> {
    if columns.len() > limits::COLUMNS {
        return Some(format!(
            "there are {} columns, expected at most {}",
            columns.len(),
            limits::COLUMNS
        ));
    }
    for (n, name) in columns.iter().enumerate() {
        if columns[..n].contains(name) {
            let name = short(name);
            return Some(format!(
                "two columns are called \"{name}\", expected each name once"
            ));
        }
        if let Some(message) = cell_fault(name, name) {
            return Some(message);
        }
    }
    None
}

/// What is wrong with so many rows.
pub(super) fn count_fault(rows: usize) -> Option<String> {
    (rows > limits::ROWS)
        .then(|| format!("there are more than {} rows, expected fewer", limits::ROWS))
}

/// As much of a name as belongs into a message.
pub(super) fn short(name: &str) -> String {
    const MOST: usize = 40;
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = name.chars().take(MOST).map(plain).collect();
    if name.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_told_by_the_names_of_its_columns() {
        let text = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let rows = Rows {
            columns: text(&["name", "role"]),
            rows: vec![text(&["Zoé", "Host"]), text(&["Ann", ""])],
        };
        let fields = rows.fields(1).unwrap();
        assert_eq!(fields["name"], "Ann");
        assert_eq!(fields["role"], "");
        assert_eq!(rows.cell(0, "role"), Some("Host"));
        assert_eq!(rows.cell(0, "rôle"), None);
        assert_eq!(rows.fields(2), None);
        let back: Rows = serde_json::from_str(&serde_json::to_string(&rows).unwrap()).unwrap();
        assert_eq!(back, rows);
    }
}
