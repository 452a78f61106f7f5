//! The fan-out: packets of both tracks in one order, once, and a queue for each consumer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use gstreamer as gst;

use super::encode::Encoded;
use super::queue::PacketQueue;
use super::stamp;
use crate::media::{Headers, NS_PER_S, Packet, Track};
use crate::nice::{self, Nice};

/// So far may one track run ahead before it no longer waits for the other.
const WAIT_NS: i64 = NS_PER_S;

/// The consumers' queues; the list changes when the show is edited.
#[derive(Clone, Default)]
pub struct Consumers {
    queues: Arc<Mutex<Vec<Arc<PacketQueue>>>>,
}

impl Consumers {
    /// Adds a consumer's queue.
    pub fn add(&self, queue: Arc<PacketQueue>) {
        self.queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(queue);
    }

    /// Takes a consumer's queue out.
    pub fn remove(&self, queue: &Arc<PacketQueue>) {
        self.queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|other| !Arc::ptr_eq(other, queue));
    }

    fn push(&self, packet: &Packet) {
        for queue in self
            .queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            queue.push(packet);
        }
    }
}

/// Starts the fan-out; it ends when the encoders have.
pub fn start(input: Receiver<Encoded>, consumers: Consumers) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("fan-out".to_owned())
        .spawn(move || {
            nice::give_way(Nice::Encoder);
            let mut order = Interleaver::default();
            loop {
                match input.recv_timeout(Duration::from_millis(500)) {
                    Ok(encoded) => order.take(encoded, |packet| consumers.push(packet)),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            order.flush(|packet| consumers.push(packet));
        })
}

/// Puts the packets of both tracks in the order of their decoding times.
#[derive(Default)]
struct Interleaver {
    video: VecDeque<Encoded>,
    audio: VecDeque<Encoded>,
    headers: Option<Arc<Headers>>,
    last_video: Option<gst::Caps>,
    last_audio: Option<gst::Caps>,
}

impl Interleaver {
    fn take(&mut self, encoded: Encoded, mut give: impl FnMut(&Packet)) {
        if self.headers.is_none() {
            // The first packet of either track must not leave without the other's header.
            self.note(encoded.track, &encoded.caps);
        }
        match encoded.track {
            Track::Video => self.video.push_back(encoded),
            Track::Audio => self.audio.push_back(encoded),
        }
        while let Some(next) = self.next() {
            if let Some(packet) = self.packet(next) {
                give(&packet);
            }
        }
    }

    fn flush(&mut self, mut give: impl FnMut(&Packet)) {
        while let Some(next) = self.earlier() {
            if let Some(packet) = self.packet(next) {
                give(&packet);
            }
        }
    }

    /// The next packet in order: when both tracks have one, or one has run too far ahead.
    fn next(&mut self) -> Option<Encoded> {
        let span = |queue: &VecDeque<Encoded>| match (queue.front(), queue.back()) {
            (Some(first), Some(last)) => last.dts - first.dts,
            _ => 0,
        };
        let both = !self.video.is_empty() && !self.audio.is_empty();
        if both || span(&self.video) > WAIT_NS || span(&self.audio) > WAIT_NS {
            self.earlier()
        } else {
            None
        }
    }

    fn earlier(&mut self) -> Option<Encoded> {
        match (self.video.front(), self.audio.front()) {
            (Some(video), Some(audio)) if audio.dts < video.dts => self.audio.pop_front(),
            (Some(_), _) => self.video.pop_front(),
            (None, _) => self.audio.pop_front(),
        }
    }

    /// Takes note of a track's header; new ones begin a new epoch.
    fn note(&mut self, track: Track, caps: &gst::Caps) {
        let known = match track {
            Track::Video => &mut self.last_video,
            Track::Audio => &mut self.last_audio,
        };
        if known.as_ref() == Some(caps) {
            return;
        }
        *known = Some(caps.clone());
        if let (Some(video), Some(audio)) = (&self.last_video, &self.last_audio) {
            self.headers = Some(Arc::new(Headers {
                epoch: self.headers.as_ref().map_or(0, |h| h.epoch + 1),
                video: video.clone(),
                audio: audio.clone(),
            }));
        }
    }

    /// `None` until the headers of both tracks are known.
    fn packet(&mut self, encoded: Encoded) -> Option<Packet> {
        self.note(encoded.track, &encoded.caps);
        let headers = self.headers.clone()?;
        let buffer = match encoded.track {
            Track::Video => stamped(&encoded),
            Track::Audio => encoded.buffer,
        };
        Some(Packet {
            track: encoded.track,
            pts: encoded.pts,
            dts: encoded.dts,
            duration: encoded.duration,
            keyframe: encoded.keyframe,
            headers,
            buffer,
        })
    }
}

/// The picture with the moment of its tick written into it, for whoever measures the delay.
fn stamped(encoded: &Encoded) -> gst::Buffer {
    let Ok(map) = encoded.buffer.map_readable() else {
        return encoded.buffer.clone();
    };
    let unit = map.as_slice();
    let (before, after) = unit.split_at(stamp::place(unit, 4));
    let bytes = [before, &stamp::stamp(encoded.pts), after].concat();
    gst::Buffer::from_mut_slice(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(track: Track, dts_ms: i64) -> Encoded {
        Encoded {
            track,
            pts: dts_ms * 1_000_000,
            dts: dts_ms * 1_000_000,
            duration: 0,
            keyframe: true,
            caps: gst::Caps::new_empty_simple(match track {
                Track::Video => "video/x-h264",
                Track::Audio => "audio/mpeg",
            }),
            buffer: gst::Buffer::from_mut_slice(vec![0u8; 4]),
        }
    }

    #[test]
    fn packets_leave_in_the_order_of_decoding() {
        gst::init().unwrap();
        let mut order = Interleaver::default();
        let mut out = Vec::new();
        // The video encoder looks ahead: its packets come much later than the sound's.
        for i in 0..40 {
            order.take(encoded(Track::Audio, i * 21), |p| {
                out.push((p.dts, p.track))
            });
        }
        for i in 0..20 {
            order.take(encoded(Track::Video, i * 33 - 66), |p| {
                out.push((p.dts, p.track))
            });
        }
        order.flush(|p| out.push((p.dts, p.track)));
        assert!(out.windows(2).all(|w| w[0].0 <= w[1].0), "{out:?}");
        let sound = out
            .iter()
            .filter(|(_, track)| *track == Track::Audio)
            .count();
        assert_eq!(sound, 40);
    }

    #[test]
    fn a_track_that_is_silent_does_not_hold_up_the_other() {
        gst::init().unwrap();
        let mut order = Interleaver::default();
        let mut count = 0;
        order.take(encoded(Track::Video, 0), |_| ());
        order.take(encoded(Track::Audio, 0), |_| ());
        for i in 1..200 {
            order.take(encoded(Track::Audio, i * 21), |_| count += 1);
        }
        assert!(count > 140, "{count}");
    }
}
