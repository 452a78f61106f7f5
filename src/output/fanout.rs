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

/// So far beyond the other encoder's delay may one track run ahead before it no longer waits.
const WAIT_NS: i64 = NS_PER_S;
/// The least from one picture's decoding to the next, as RTMP counts. An encoder with B-frames begins
/// to decode before it shows anything: where it takes another's place, that may be too early.
const STEP_NS: i64 = 1_000_000;
/// No encoder looks ahead so far.
const LONGEST_NS: i64 = 30 * NS_PER_S;

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
///
/// - Nothing leaves before both tracks have begun.
/// - A picture encoder that looks ahead gives its packets seconds after the sound's. How far one track
///   was ahead when the other began, or came too late since, is how long they wait for each other.
/// - A track that falls silent holds up the other for that long and a second, no longer.
struct Interleaver {
    video: VecDeque<Encoded>,
    audio: VecDeque<Encoded>,
    headers: Option<Arc<Headers>>,
    last_video: Option<gst::Caps>,
    last_audio: Option<gst::Caps>,
    /// So far may one track run ahead.
    wait_ns: i64,
    /// Decoding time of the last packet that left.
    left: Option<i64>,
    /// Decoding time of the last picture that came.
    last_dts: Option<i64>,
}

impl Default for Interleaver {
    fn default() -> Self {
        Self {
            video: VecDeque::new(),
            audio: VecDeque::new(),
            headers: None,
            last_video: None,
            last_audio: None,
            wait_ns: WAIT_NS,
            left: None,
            last_dts: None,
        }
    }
}

impl Interleaver {
    fn take(&mut self, mut encoded: Encoded, mut give: impl FnMut(&Packet)) {
        if encoded.track == Track::Video {
            let next = self.last_dts.map_or(encoded.dts, |last| last + STEP_NS);
            encoded.dts = encoded.dts.max(next);
            self.last_dts = Some(encoded.dts);
        }
        if self.headers.is_none() {
            // The first packet of either track must not leave without the other's header.
            self.note(encoded.track, &encoded.caps);
        }
        let (own, other) = match encoded.track {
            Track::Video => (&mut self.video, &self.audio),
            Track::Audio => (&mut self.audio, &self.video),
        };
        let newest = other.back().map(|other| other.dts).or(self.left);
        let ahead = newest.map_or(0, |newest| newest - encoded.dts);
        let is_late = self.left.is_none_or(|left| left > encoded.dts);
        own.push_back(encoded);
        if self.headers.is_none() {
            if own.len() > 1 && own[own.len() - 1].dts - own[0].dts > LONGEST_NS {
                own.pop_front();
            }
            return;
        }
        if is_late {
            self.wait_ns = self.wait_ns.max(ahead + WAIT_NS).min(LONGEST_NS);
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
        if both || span(&self.video) > self.wait_ns || span(&self.audio) > self.wait_ns {
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
        self.left = self.left.max(Some(encoded.dts));
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
        crate::media::start_gstreamer().unwrap();
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

    /// What leaves when the sound comes at once and each picture so much later.
    fn delayed(by_ms: impl Fn(i64) -> i64, seconds: i64) -> Vec<(i64, Track)> {
        crate::media::start_gstreamer().unwrap();
        let mut arrivals: Vec<(i64, i64, Track)> = (0..seconds * 47)
            .map(|i| (i * 21, i * 21, Track::Audio))
            .chain((0..seconds * 30).map(|i| (i * 33 + by_ms(i * 33), i * 33 - 66, Track::Video)))
            .collect();
        arrivals.sort_by_key(|(at, _, _)| *at);
        let mut order = Interleaver::default();
        let mut out = Vec::new();
        for (_, dts, track) in arrivals {
            order.take(encoded(track, dts), |p| out.push((p.dts, p.track)));
        }
        order.flush(|p| out.push((p.dts, p.track)));
        out
    }

    #[test]
    fn pictures_that_are_looked_ahead_at_keep_their_order_with_the_sound() {
        for delay in [0, 500, 2_000, 8_000] {
            let out = delayed(|_| delay, 20);
            assert_eq!(out.len(), 20 * (30 + 47), "{delay}: nothing is lost");
            assert!(out.windows(2).all(|w| w[0].0 <= w[1].0), "{delay}");
        }
    }

    #[test]
    fn pictures_of_an_encoder_that_took_anothers_place_are_not_decoded_before_the_others() {
        crate::media::start_gstreamer().unwrap();
        let mut order = Interleaver::default();
        let mut out = Vec::new();
        let shown_at = |n: i64| n * 33_000_000;
        let mut take = |pts: i64, dts: i64| {
            let picture = Encoded {
                pts,
                dts,
                ..encoded(Track::Video, 0)
            };
            order.take(picture, |p| out.push((p.dts, p.pts, p.track)));
            order.take(encoded(Track::Audio, pts / 1_000_000), |p| {
                out.push((p.dts, p.pts, p.track));
            });
        };
        (0..30).for_each(|n| take(shown_at(n), shown_at(n)));
        (30..60).for_each(|n| take(shown_at(n), shown_at(n - 3)));
        order.flush(|p| out.push((p.dts, p.pts, p.track)));
        assert!(out.windows(2).all(|w| w[0].0 <= w[1].0), "{out:?}");
        let pictures: Vec<_> = out.iter().filter(|p| p.2 == Track::Video).collect();
        assert_eq!(pictures.len(), 60);
        assert!(pictures.windows(2).all(|w| w[0].0 < w[1].0), "{pictures:?}");
        assert!(pictures.iter().all(|(dts, pts, _)| dts <= pts));
    }

    #[test]
    fn an_encoder_that_becomes_slower_is_waited_for_longer() {
        let out = delayed(|at| if at < 5_000 { 100 } else { 2_500 }, 30);
        let last = out.windows(2).rposition(|w| w[0].0 > w[1].0);
        // At most what was on its way when it became slower.
        let learnt = last.map_or(0, |at| out[at].0 / 1_000_000);
        assert!(learnt < 10_000, "{learnt} ms");
        assert_eq!(out.len(), 30 * (30 + 47));
    }

    #[test]
    fn a_track_that_is_silent_does_not_hold_up_the_other() {
        crate::media::start_gstreamer().unwrap();
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
