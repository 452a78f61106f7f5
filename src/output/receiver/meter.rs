//! What the receiver tells of each stream: rates over two seconds, counts since it first came.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::lock;
use crate::door::ReceivedStream;
use crate::media::House;
use crate::output::stamp;

/// Over how long rates and delays are measured.
const WINDOW: Duration = Duration::from_secs(2);
/// Arrivals within this time are added up, which bounds what is kept.
const BUCKET: Duration = Duration::from_millis(50);
/// Delays that are kept at most: 2 s at 240 pictures a second.
const DELAYS: usize = 480;
/// Names that are remembered.
const NAMES: usize = 32;

/// Every stream that came, by name.
#[derive(Default)]
pub struct Streams(Mutex<BTreeMap<String, Meter>>);

impl Streams {
    /// A publisher begins; `None` if the name is live already.
    pub fn publish(self: &Arc<Self>, name: &str, at: Instant) -> Option<Publication> {
        let mut streams = lock(&self.0);
        if streams.get(name).is_some_and(|meter| meter.live) {
            return None;
        }
        if !streams.contains_key(name) && streams.len() >= NAMES {
            let gone = streams
                .iter()
                .filter(|(_, meter)| !meter.live)
                .min_by_key(|(_, meter)| meter.last)
                .map(|(name, _)| name.clone())?;
            streams.remove(&gone);
        }
        let meter = streams
            .entry(name.to_owned())
            .or_insert_with(|| Meter::new(at));
        meter.begin(at);
        Some(Publication {
            streams: Arc::clone(self),
            name: name.to_owned(),
        })
    }

    /// One entry a name, in the order of the names.
    pub fn status(&self, at: Instant) -> Vec<ReceivedStream> {
        lock(&self.0)
            .iter_mut()
            .map(|(name, meter)| meter.status(name, at))
            .collect()
    }
}

/// One publisher's right to a name; the stream ends when it is dropped.
pub struct Publication {
    streams: Arc<Streams>,
    name: String,
}

impl Publication {
    /// Bytes of sound that came.
    pub fn audio(&self, bytes: usize, at: Instant) {
        if let Some(meter) = lock(&self.streams.0).get_mut(&self.name) {
            meter.bytes(bytes, at);
        }
    }

    /// A video tag (FLV 10.1, E.4.3) that came with `timestamp` in ms, at `arrived` in both clocks.
    pub fn video(&self, tag: &[u8], timestamp: u32, arrived: (Instant, House)) {
        if let Some(meter) = lock(&self.streams.0).get_mut(&self.name) {
            meter.video(tag, timestamp, arrived);
        }
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        if let Some(meter) = lock(&self.streams.0).get_mut(&self.name) {
            meter.live = false;
        }
    }
}

/// Measures one stream.
struct Meter {
    live: bool,
    began: Instant,
    last: Instant,
    frames: u64,
    keyframes: u64,
    keyframe_at: Option<u32>,
    keyframe_interval_ms: u32,
    /// Bytes of the length before each NAL unit, as the stream's header says.
    length_size: usize,
    arrivals: VecDeque<(Instant, usize)>,
    delays: VecDeque<(Instant, House)>,
}

impl Meter {
    fn new(at: Instant) -> Self {
        Self {
            live: false,
            began: at,
            last: at,
            frames: 0,
            keyframes: 0,
            keyframe_at: None,
            keyframe_interval_ms: 0,
            length_size: 4,
            arrivals: VecDeque::new(),
            delays: VecDeque::new(),
        }
    }

    /// Counts go on over reconnections; what is measured between two pictures begins anew.
    fn begin(&mut self, at: Instant) {
        self.live = true;
        self.began = at;
        self.last = at;
        self.keyframe_at = None;
        self.length_size = 4;
        self.arrivals.clear();
        self.delays.clear();
    }

    fn bytes(&mut self, bytes: usize, at: Instant) {
        self.last = at;
        match self.arrivals.back_mut() {
            Some((begin, sum)) if at.duration_since(*begin) < BUCKET => *sum += bytes,
            _ => self.arrivals.push_back((at, bytes)),
        }
        self.forget(at);
    }

    fn video(&mut self, tag: &[u8], timestamp: u32, (at, house): (Instant, House)) {
        self.bytes(tag.len(), at);
        let (keyframe, units) = match Tag::of(tag) {
            Tag::Header { length_size } => {
                self.length_size = length_size;
                return;
            }
            Tag::Picture { keyframe, units } => (keyframe, units),
            Tag::Other => return,
        };
        self.frames += 1;
        if keyframe {
            self.keyframes += 1;
            if let Some(before) = self.keyframe_at.replace(timestamp) {
                self.keyframe_interval_ms = timestamp.wrapping_sub(before);
            }
        }
        if let Some(due) = stamp::read(units, self.length_size) {
            if self.delays.len() >= DELAYS {
                self.delays.pop_front();
            }
            self.delays.push_back((at, house.saturating_sub(due)));
        }
    }

    fn forget(&mut self, at: Instant) {
        let old = |time: &Instant| at.saturating_duration_since(*time) > WINDOW;
        while self.arrivals.front().is_some_and(|(time, _)| old(time)) {
            self.arrivals.pop_front();
        }
        while self.delays.front().is_some_and(|(time, _)| old(time)) {
            self.delays.pop_front();
        }
    }

    fn status(&mut self, name: &str, at: Instant) -> ReceivedStream {
        self.forget(at);
        let bytes: usize = self.arrivals.iter().map(|(_, bytes)| bytes).sum();
        let over = at
            .saturating_duration_since(self.began)
            .clamp(BUCKET, WINDOW);
        let mut delays: Vec<House> = self.delays.iter().map(|(_, delay)| *delay).collect();
        delays.sort_unstable();
        ReceivedStream {
            name: name.to_owned(),
            live: self.live,
            bitrate_bps: (bytes as f64 * 8.0 / over.as_secs_f64()) as u64,
            frames: self.frames,
            keyframes: self.keyframes,
            keyframe_interval_s: self.keyframe_interval_ms as f32 / 1000.0,
            delay_ms: delays
                .get(delays.len() / 2)
                .map(|delay| (*delay as f64 / 1e6) as f32),
        }
    }
}

/// A video tag of FLV (Adobe FLV 10.1, E.4.3; with bit 7 set, Enhanced RTMP).
#[derive(Debug, PartialEq, Eq)]
enum Tag<'a> {
    /// The decoder's configuration (ISO 14496-15, 5.2.4.1).
    Header { length_size: usize },
    /// A picture; `units` are its NAL units where it is H.264 in the old form, else empty.
    Picture { keyframe: bool, units: &'a [u8] },
    /// What shows nothing.
    Other,
}

impl<'a> Tag<'a> {
    fn of(tag: &'a [u8]) -> Self {
        let Some(first) = tag.first() else {
            return Self::Other;
        };
        let keyframe = (first >> 4) & 7 == 1;
        match (first & 0x80 != 0, first & 0xf, tag) {
            (true, 1 | 3, _) => Self::Picture {
                keyframe,
                units: &[],
            },
            (true, ..) => Self::Other,
            (false, 7, [_, 0, _, _, _, _, _, _, _, sizes, ..]) => Self::Header {
                length_size: usize::from(sizes & 3) + 1,
            },
            (false, 7, [_, 1, _, _, _, units @ ..]) => Self::Picture { keyframe, units },
            (false, 7, _) => Self::Other,
            _ if first >> 4 == 5 => Self::Other,
            _ => Self::Picture {
                keyframe,
                units: &[],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: House = 1_000_000;

    fn picture(keyframe: bool, due: Option<House>, size: usize) -> Vec<u8> {
        let mut tag = vec![if keyframe { 0x17 } else { 0x27 }, 1, 0, 0, 0];
        tag.extend(due.map(stamp::stamp).unwrap_or_default());
        let left = size.saturating_sub(tag.len() + 4);
        tag.extend((left as u32).to_be_bytes());
        tag.push(if keyframe { 0x65 } else { 0x41 });
        tag.resize(size, 0xaa);
        tag
    }

    #[test]
    fn measures_what_comes() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let streams = Arc::new(Streams::default());
        let publication = streams.publish("live/a", start).unwrap();
        publication.video(&[0x17, 0, 0, 0, 0, 1, 100, 0, 31, 0xff], 0, (start, 0));
        // Ten seconds at 25 pictures a second, a keyframe each 2 s, 1000 bytes a picture; the
        // delay is 80 ms, but 500 ms for one in five.
        for n in 0..250u64 {
            let due = n as House * 40 * MS;
            let delay = if n % 5 == 0 { 500 } else { 80 };
            publication.video(
                &picture(n % 50 == 0, Some(due), 1000),
                (n * 40) as u32,
                (at(n * 40), due + delay * MS),
            );
        }
        let [stream] = &streams.status(at(9960))[..] else {
            panic!("one stream");
        };
        assert!(stream.live);
        assert_eq!((stream.frames, stream.keyframes), (250, 5));
        assert_eq!(stream.keyframe_interval_s, 2.0);
        assert_eq!(stream.delay_ms, Some(80.0));
        let error = stream.bitrate_bps as f64 / 200_000.0 - 1.0;
        assert!(error.abs() < 0.05, "{}", stream.bitrate_bps);
        // What is over says so.
        let stream = &streams.status(at(13_000))[0];
        assert_eq!((stream.bitrate_bps, stream.delay_ms), (0, None));
    }

    #[test]
    fn other_length_sizes_and_wrapping_time() {
        let start = Instant::now();
        let streams = Arc::new(Streams::default());
        let publication = streams.publish("a", start).unwrap();
        publication.video(&[0x17, 0, 0, 0, 0, 1, 100, 0, 31, 0xfd], 0, (start, 0));
        let mut tag = vec![0x17, 1, 0, 0, 0];
        tag.extend(&stamp::stamp(5 * MS)[2..]);
        publication.video(&tag, u32::MAX - 999, (start, 7 * MS));
        publication.video(&tag, 1000, (start, 7 * MS));
        let stream = &streams.status(start)[0];
        assert_eq!(stream.delay_ms, Some(2.0));
        assert_eq!(stream.keyframe_interval_s, 2.0);
    }

    #[test]
    fn a_live_name_is_refused_and_free_again_after() {
        let at = Instant::now();
        let streams = Arc::new(Streams::default());
        let first = streams.publish("a", at).unwrap();
        first.video(&picture(true, None, 50), 0, (at, 0));
        assert!(streams.publish("a", at).is_none());
        assert!(streams.publish("b", at).is_some());
        drop(first);
        assert!(!streams.status(at)[0].live);
        let again = streams.publish("a", at).unwrap();
        again.video(&picture(true, None, 50), 90_000, (at, 0));
        let stream = &streams.status(at)[0];
        assert_eq!((stream.frames, stream.live), (2, true));
        assert_eq!(stream.keyframe_interval_s, 0.0, "not across connections");
    }

    #[test]
    fn remembers_few_names_and_the_live_ones() {
        let at = Instant::now();
        let streams = Arc::new(Streams::default());
        let kept = streams.publish("kept", at).unwrap();
        for n in 0..100u32 {
            assert!(
                streams
                    .publish(&format!("n{n}"), at + Duration::from_millis(n.into()))
                    .is_some()
            );
        }
        let names: Vec<_> = streams.status(at).into_iter().map(|s| s.name).collect();
        assert_eq!(names.len(), NAMES);
        assert!(names.contains(&"kept".to_owned()) && names.contains(&"n99".to_owned()));
        drop(kept);
    }

    #[test]
    fn tags_are_told_apart() {
        assert_eq!(Tag::of(&[]), Tag::Other);
        assert_eq!(Tag::of(&[0x17, 0, 0]), Tag::Other);
        assert_eq!(Tag::of(&[0x17, 2, 0, 0, 0]), Tag::Other);
        assert_eq!(Tag::of(&[0x57, 0, 0, 0, 0]), Tag::Other);
        assert_eq!(Tag::of(&[0x52, 0]), Tag::Other);
        for (first, keyframe) in [(0x12, true), (0x22, false), (0x91, true), (0xa3, false)] {
            let units: &[u8] = &[];
            assert_eq!(Tag::of(&[first, 9]), Tag::Picture { keyframe, units });
        }
    }
}
