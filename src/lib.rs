//! regie, a live-production switcher.
//!
//! # One frame's journey from camera to RTMP
//!
//! 1. [`show`]: what is saved. Sources, scenes and destinations have their names here.
//! 2. [`media`]: what flows: a picture in I420, a block of sound, a packet, and house time, by which
//!    all of them are placed.
//! 3. [`data`]: the rows that titles are filled from, out of files and from the web; beside the way, and
//!    as late as they like.
//! 4. [`input`]: each source runs in a pipeline of its own under a supervisor. Its pictures and its
//!    sound get house times from one map, and wait in a slot and a ring.
//! 5. [`video`], [`title`] and [`audio`]: what is done with them: layers to one picture, one picture into
//!    the next, titles over both, strips to the program's sum and those of the other buses, and buses to the clocks of the
//!    sound cards that they are heard by.
//! 6. [`output`]: encoded once, put in order once, and queued for each destination and the recorder.
//! 7. [`engine`]: the tick. Each frame of the program is due at its own moment; the commands that
//!    came in take effect, every slot is asked for its picture, the layers become one picture, and
//!    that goes to the encoder, late or not, under its own number. Beside it, 10 ms at a time, the
//!    mixer.
//! 8. [`door`]: what can be said to the engine and seen of it, in process and over local sockets.
//! 9. [`control`] and `ui`: who says and sees: lines of JSON, and the desk.
//! 10. [`keeper`]: the process that starts the engine, and starts it again when it dies; the engine does
//!     as much for it.
//!
//! Beside the way: [`card`] finds and opens the sound cards of this machine, for sources and for what
//! is heard in the house; [`nice`] says who gives way to whom; [`outlet`] is a way out that nobody may be
//! reading, [`logging`] the log that goes out by it, and [`panics`] what becomes of a thread that
//! panics.
//!
//! Imports go down this list's data path: `ui` and `control` know only the door, the show and what
//! flows; nothing knows `ui`.

pub mod audio;
pub mod card;
pub mod control;
pub mod data;
pub mod door;
pub mod engine;
pub mod input;
pub mod keeper;
pub mod logging;
pub mod media;
pub mod nice;
pub mod outlet;
pub mod output;
pub mod panics;
pub mod show;
pub mod title;
#[cfg(feature = "desk")]
pub mod ui;
pub mod video;
