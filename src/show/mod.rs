//! What is saved: the show model, its RON file, validation with line and column.

mod address;
mod atomic;
mod check;
mod clip;
pub mod colour;
mod disk;
mod edit;
mod fault;
mod file;
mod form;
mod hiding;
mod keyring;
mod locate;
mod model;
mod placeholder;
mod recent;
mod scan;
mod secret;
pub mod secrets;
mod transition;
mod wipes;
mod words;

pub use clip::{AtEnd, Play};
pub use colour::{Colour, Wheel};
pub use disk::resolve as resolve_path;
pub use edit::{Edit, EditError, Item, ItemKind, Part};
pub use fault::Fault;
pub use file::{COPIES, SaveError, load, load_with_text, parse, save, text_of};
pub use model::*;
pub use placeholder::{encode_secret, resolve_secrets};
pub use recent::{last_or_demo, remember};
pub use secrets::{Secret, SecretError};
pub use transition::{Direction, NoColour, Rgb, TransitionKind, TransitionStyle};
pub use wipes::{BUILT_IN_WIPES, WipeError, read_wipe, wipe_folders, wipe_names};
