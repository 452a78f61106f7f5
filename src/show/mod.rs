//! What is saved: the show model, its RON file, validation with line and column.

mod model;

pub use model::*;
