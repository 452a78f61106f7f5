//! What leaves the house, in the order of its way: encoded once, put in order once, and queued for
//! each destination and the recorder; beside it the try of a destination, the small receiver, and
//! what is done to a recording once it is written.

mod encode;
mod fanout;
mod pipeline;
mod queue;

mod bitrate;
mod control;
mod destination;
mod flv;
mod session;
mod trouble;
mod waiting;

mod greet;
mod try_out;

mod marks;
mod recorder;

pub mod chapters;
mod ebml;
mod matroska;
mod mend;
mod mending;
mod mp4;
mod naming;
pub mod receiver;
#[cfg(test)]
mod recording_tests;
mod recover;
pub mod stamp;

pub use bitrate::Bitrate;
pub use destination::RunningDestination;
pub use encode::{EncodeError, Encoded, EncoderInput, Encoders, h264_encoders};
pub use fanout::{Consumers, start as start_fan_out};
pub use marks::TooMany;
pub use naming::new_file;
pub use queue::PacketQueue;
pub use recorder::{Aim, Recorder};
pub use recover::{Recovered, recover};
pub use try_out::{TryOut, Watcher};
