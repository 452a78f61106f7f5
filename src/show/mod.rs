//! What is saved: the show model, its RON file, validation with line and column.

mod address;
mod afv;
mod atomic;
mod automatic;
pub mod autosave;
mod check;
mod clip;
pub mod colour;
mod digest;
mod disk;
mod edit;
mod fault;
mod file;
mod form;
mod hiding;
mod hold;
mod keying;
mod keyring;
mod layer;
mod limits;
mod line_up;
mod link;
mod locate;
mod model;
mod named;
mod number;
mod numbered;
mod numbers;
mod outline;
pub mod pack;
mod placeholder;

mod rebase;
mod recent;
mod scan;
mod secret;
pub mod secrets;
mod shape;
mod snapshot;
mod sound;
mod sound_output;
mod sound_taken;
mod stinger;
mod strip;
mod strip_preset;
mod table;
mod title;
mod transition;
mod version;
mod wipes;
mod words;

pub use afv::Afv;
pub use automatic::{Alarm, Duck, Share};
pub use clip::{AtEnd, Play};
pub use colour::{Colour, Wheel};
pub use digest::Digest;
pub use disk::resolve as resolve_path;
pub use edit::{Edit, EditError, Item, ItemKind, Part};
pub use fault::Fault;
pub use file::{COPIES, Opened, SaveError, load, open, parse, save, text_of};
pub use hold::Hold;
pub use keying::{ChromaKey, LayerKey, LinearKey, LumaKey, MATTE_REACH, MatteEdge};
pub use layer::Layer;
pub use line_up::{Ident, LineUp, LineUpChange, Wave};
pub use link::{StereoLink, link_of, with_link, without_link, without_pair};
pub use model::*;
pub use number::Number;
pub use numbered::Numbered;
pub use outline::{Border, Mask, SHAPE_REACH, Shadow};
pub use placeholder::{Resolved, encode_secret, resolve_secrets};

pub use rebase::rebase;
pub use recent::{is_own_folder, last_or_demo, recent, remember};
pub use secrets::{Secret, SecretError};
pub use shape::Shape;
pub use snapshot::{BusState, GroupState, SoundSnapshot, SoundSnapshots, StripState};
pub use sound::{
    AUXES, Aux, Group, MIX_MINUSES, Master, NMinusOne, SILENCE_DB, Send, Sound, Talkback,
};
pub use sound::{padded, trimmed};
pub use sound_output::{
    AUX_1, AUX_2, BUSES, BusName, LISTENING, MONITORS, Monitor, N_MINUS_ONE, PROGRAM, SoundOutput,
};
pub use stinger::Stinger;
pub use strip::{BANDS, Band, BandKind, Compressor, Eq, Gate, HighPass, Pick, StripSettings};
pub use strip_preset::StripPreset;
pub use table::{Delimiter, Table, TableFrom};
pub use title::{Cue, DownstreamKey, Fill, KEYS, Title, padded_keys, trimmed_keys};
pub use transition::{Direction, NoColour, Rgb, TransitionKind, TransitionStyle};
pub use wipes::{BUILT_IN_WIPES, WipeError, read_wipe, wipe_files, wipe_folders, wipe_names};
