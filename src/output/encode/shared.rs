//! What the parts of the encoders share: what comes out, what can be wrong, and where both are counted.

use std::sync::atomic::{AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex};

use crossbeam_channel::Sender;
use gstreamer as gst;

use super::side::Side;
use crate::media::{House, HouseClock, Track};

/// What comes out of an encoder.
#[derive(Debug)]
pub struct Encoded {
    /// Which.
    pub track: Track,
    /// Program time, the encoder's priming taken off.
    pub pts: House,
    /// Program time.
    pub dts: House,
    /// Nanoseconds.
    pub duration: i64,
    /// Whether decoding can start here.
    pub keyframe: bool,
    /// With the codec's header.
    pub caps: gst::Caps,
    /// The bytes.
    pub buffer: gst::Buffer,
}

/// Why the encoders cannot run at all.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// GStreamer lacks something.
    #[error("GStreamer has no \"{0}\": is its plugin package installed?")]
    Missing(&'static str),
    /// Said by GStreamer.
    #[error("the encoder cannot be set up: {0}")]
    Pipeline(#[from] gst::glib::BoolError),
    /// No thread to be had.
    #[error("no thread for the encoder: {0}")]
    Thread(#[from] std::io::Error),
}

/// What both encoders and their supervisors share.
pub struct Shared {
    /// The picture's.
    pub pictures: Arc<Side>,
    /// The sound's.
    pub sound: Arc<Side>,
    /// How often either was started again.
    pub restarts: AtomicU32,
    /// Bytes of both so far.
    pub bytes: AtomicU64,
    /// `None` when all is encoded: the fan-out then ends.
    pub out: Mutex<Option<Sender<Encoded>>>,
}

impl Shared {
    /// For encoders whose packets go to `out`.
    pub fn new(clock: HouseClock, out: Sender<Encoded>) -> Self {
        Self {
            pictures: Arc::new(Side::new(Track::Video, clock)),
            sound: Arc::new(Side::new(Track::Audio, clock)),
            restarts: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            out: Mutex::new(Some(out)),
        }
    }
}
