//! Where tables come from.

use super::Checker;
use crate::show::address;
use crate::show::table::{Table, TableFrom};

impl Checker<'_> {
    pub(super) fn tables(&mut self, tables: &[Table]) {
        self.ids("tables", tables.iter().map(|table| &table.id));
        for (n, table) in tables.iter().enumerate() {
            let place = format!("tables[{n}].from");
            match &table.from {
                TableFrom::File(path) if path.is_empty() => self.fault(
                    &format!("{place}[0]"),
                    "the path is empty, expected a file of CSV or JSON",
                ),
                TableFrom::File(_) => {}
                TableFrom::Url { url, every_s } => {
                    for message in address::web_faults(url) {
                        self.fault(&format!("{place}.url"), message);
                    }
                    self.range(&format!("{place}.every_s"), *every_s, 1..=3600);
                }
            }
        }
    }
}
