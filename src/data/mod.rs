//! The rows that titles are filled from: names, questions, results, read from files and fetched from
//! the web by threads of their own. Nobody waits for them: whoever asks gets the last good rows, and
//! beside them what is wrong now.

mod csv;
mod decode;
mod entry;
mod fault;
mod file;
mod json;
mod limits;
mod read;
mod rows;
mod search;
mod tables;
mod watch;
mod web;

pub use entry::{TableState, TableStatus};
pub use read::check_file;
pub use rows::Rows;
pub use search::find;
pub use tables::Tables;
