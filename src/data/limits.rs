//! How much a table may hold: far more than anybody looks through during a show, and little enough to
//! be read and searched at once.

use std::time::Duration;

/// Bytes of a file or an answer.
pub(super) const BYTES: usize = 8 << 20;
/// Rows below the names of the columns.
pub(super) const ROWS: usize = 10_000;
/// Columns.
pub(super) const COLUMNS: usize = 100;
/// Characters of a cell, and of a column's name.
pub(super) const CELL: usize = 4000;
/// What the rows of all tables together may take, in bytes.
pub(super) const MEMORY: usize = 256 << 20;

/// A connection must be there so soon.
pub(super) const CONNECT: Duration = Duration::from_secs(5);
/// And the whole answer so soon, wherever else the server leads.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
/// A server may lead on to another address so often.
pub(super) const REDIRECTS: usize = 5;
/// Fetches under way at once, those among them that nobody waits for any more.
pub(super) const FETCHES: usize = 64;
