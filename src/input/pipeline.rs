//! What a kind of source makes and its supervisor runs: the words that both speak, in a file of
//! their own so that neither needs the other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gstreamer as gst;
use gstreamer::prelude::*;

use super::capture::Cards;
use super::feed::Feed;
use super::modes;
use crate::media::{CameraMode, Cause, HouseClock};
use crate::show::{Format, Resolved};

/// Why a source's pipeline could not be built or broke.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// GStreamer lacks something.
    #[error("GStreamer has no \"{0}\": is its plugin package installed?")]
    MissingElement(String),
    /// In plain words.
    #[error("{0}")]
    Pipeline(String),
    /// Nothing comes, and nobody says why; in plain words.
    #[error("{0}")]
    Silent(String),
    /// Said by an element.
    #[error("{cause}")]
    Broken {
        /// In regie's words.
        cause: Cause,
        /// In GStreamer's, for the log.
        technical: String,
    },
}

impl SourceError {
    /// In plain words.
    pub fn plain(words: impl Into<String>) -> Self {
        Self::Pipeline(words.into())
    }

    /// Nothing comes, in plain words.
    pub fn silent(words: impl Into<String>) -> Self {
        Self::Silent(words.into())
    }
}

impl From<gst::glib::BoolError> for SourceError {
    fn from(error: gst::glib::BoolError) -> Self {
        let technical = error.message.to_string();
        Self::Broken {
            cause: Cause::of_words(&technical, ""),
            technical,
        }
    }
}

impl From<gst::StateChangeError> for SourceError {
    fn from(_: gst::StateChangeError) -> Self {
        Self::Pipeline("the pipeline does not start".to_owned())
    }
}

/// What all sources of a show share.
#[derive(Clone, Debug)]
pub struct Setting {
    /// House time.
    pub clock: HouseClock,
    /// House format.
    pub format: Format,
    /// Folder from which relative paths are read.
    pub folder: PathBuf,
    /// Threads that a decoder may use.
    pub decoder_threads: u32,
    /// The sound cards that are open.
    pub cards: Arc<Cards>,
}

/// A pipeline that is ready to be started.
pub(super) struct Built {
    pub pipeline: gst::Pipeline,
    pub feed: Arc<Feed>,
    pub streams: Option<Arc<Streams>>,
    pub start: Start,
    /// What was asked for, where something else is given instead.
    pub instead: Option<Instead>,
    /// The secrets that its URL holds, which its elements may repeat.
    pub secrets: Option<Resolved>,
}

/// A camera's mode that is not to be had.
#[derive(Debug)]
pub(super) struct Instead {
    /// What was asked for.
    pub asked: CameraMode,
    /// Where what is given flows by.
    pub pad: Option<gst::Pad>,
}

impl Instead {
    /// What is not as it was asked for, and what is given.
    pub fn in_words(&self) -> String {
        let caps = self.pad.as_ref().and_then(gst::Pad::current_caps);
        let given = caps.and_then(|caps| modes::of(&caps).into_iter().next());
        let asked = self.asked.in_words();
        match given {
            Some(given) => format!(
                "the camera does not offer {asked}: it gives {}",
                given.in_words()
            ),
            None => format!("the camera does not offer {asked}: it gives what it likes"),
        }
    }
}

/// How a pipeline is started.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start {
    /// At once.
    Play,
    /// A clip: from a position, and over again without a gap where it loops.
    Seek(Span),
}

/// The part of a clip that is played, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// Over and over again.
    pub looped: bool,
    /// Where it begins now.
    pub position: i64,
    /// Where it begins each time it starts over.
    pub first: i64,
    /// Where it ends, if not at the file's end.
    pub last: Option<i64>,
}

/// Which streams a decoder found.
#[derive(Debug, Default)]
pub(super) struct Streams {
    pub picture: AtomicBool,
    pub sound: AtomicBool,
    /// Set when all streams are known.
    pub complete: AtomicBool,
}
