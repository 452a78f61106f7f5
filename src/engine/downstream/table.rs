//! What titles take from the rows of tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Downstream;
use super::shown::What;
use crate::data::Rows;
use crate::engine::cast::Cast;
use crate::engine::refusal::Refusal;

/// The last good rows of tables, by the ids of those.
pub type Tables = BTreeMap<String, Arc<Rows>>;

/// A row's number, counted from 1, and what stands in it by the names of the columns.
pub type Row = (usize, BTreeMap<String, String>);

/// A row of a table.
///
/// # Errors
/// [`Refusal`]: there is none of this number.
pub fn row(tables: &Tables, table: &str, number: usize) -> Result<Row, Refusal> {
    let rows = tables
        .get(table)
        .ok_or_else(|| Refusal::NoRows(table.to_owned()))?;
    let at = number.checked_sub(1);
    let fields = at.and_then(|at| rows.fields(at));
    let fields = fields.ok_or_else(|| Refusal::NoRow {
        table: table.to_owned(),
        row: number,
        rows: rows.rows.len(),
    })?;
    Ok((number, fields))
}

/// Where a row is now, of which this stood in the first column: others may have been put before it.
fn moved(rows: &Rows, (number, fields): &Row) -> usize {
    let first = rows.columns.first();
    let Some((first, name)) = first.and_then(|first| Some((first, fields.get(first)?))) else {
        return *number;
    };
    let is_it = |number: usize| {
        let at = number.checked_sub(1);
        at.and_then(|at| rows.cell(at, first)) == Some(name)
    };
    let mut all = (1..=rows.rows.len()).filter(|number| is_it(*number));
    match is_it(*number) {
        true => *number,
        false => all.next().unwrap_or(*number),
    }
}

impl Downstream {
    /// Takes up what stands in the tables now: in what is taken next, and on air where the show has a title
    /// follow its row. A row that is gone stays as it was read last.
    pub fn read_again(&mut self, cast: &Cast, tables: &Tables) {
        for title in &cast.show.titles {
            let Some(filled) = self.titles.get_mut(&title.id) else {
                continue;
            };
            let (Some(before), Some(rows)) = (&filled.row, tables.get(&title.table)) else {
                continue;
            };
            let Ok((number, mut fields)) = row(tables, &title.table, moved(rows, before)) else {
                continue;
            };
            // What was filled in by hand since goes before it.
            let by_hand =
                |name: &String| filled.by_hand.contains_key(name) && !before.1.contains_key(name);
            fields.retain(|name, _| !by_hand(name));
            if (number, &fields) == (before.0, &before.1) {
                continue;
            }
            let old = filled.next.fields.clone();
            filled.row = Some((number, fields));
            filled.count(&mut self.numbers);
            let is_seen = |what: &What| matches!(what, What::Title { id, filling } if *id == title.id && filling.fields == old);
            // What is prepared for the next take stays out of what is on air.
            let follows = title.follow
                && self.keys.iter().any(|key| {
                    key.current().is_some_and(|shown| match &shown.next {
                        Some(next) => shown.is_title(&title.id) && next.fields == old,
                        None => is_seen(&shown.what),
                    })
                });
            if follows {
                self.take(&title.id, false, cast);
            }
        }
    }
}
