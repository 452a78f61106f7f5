//! What leaves the encoders: packets on the program's time line, the same for every destination.

use gstreamer as gst;

use super::House;

/// Which of the two tracks a packet belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
    /// H.264, one access unit a packet, in AVC form (lengths, not start codes).
    Video,
    /// AAC, one raw frame a packet.
    Audio,
}

/// What a muxer must know before the first packet. A new encoder brings new headers.
#[derive(Clone, Debug)]
pub struct Headers {
    /// Counts up with each change of the encoder, so that a consumer sees that it must start anew.
    pub epoch: u64,
    /// `video/x-h264,stream-format=avc,alignment=au,codec_data=…`
    pub video: gst::Caps,
    /// `audio/mpeg,mpegversion=4,stream-format=raw,codec_data=…`
    pub audio: gst::Caps,
}

/// One packet. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Packet {
    /// Which track.
    pub track: Track,
    /// When it is to be seen or heard, in program time.
    pub pts: House,
    /// When it is to be decoded; packets of both tracks are in the order of this.
    pub dts: House,
    /// How long it lasts, in nanoseconds.
    pub duration: i64,
    /// Whether decoding can start here (always so for sound).
    pub keyframe: bool,
    /// The headers in force.
    pub headers: std::sync::Arc<Headers>,
    /// The bytes, without a time of their own.
    pub buffer: gst::Buffer,
}

impl Packet {
    /// Bytes.
    pub fn size(&self) -> usize {
        self.buffer.size()
    }
}
