//! Who speaks to the engine besides the desk. Each turns what it hears into a command.

pub mod lines;
