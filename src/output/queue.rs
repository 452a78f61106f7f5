//! The bounded queue between the fan-out and one consumer. What a slow consumer costs, it costs that
//! consumer alone: whole groups of pictures, never sound before picture.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::media::{Packet, Track};

/// As long may the last pictures of a stream that is stopped be on their way.
const TAIL: Duration = Duration::from_secs(1);

/// A queue of packets for one consumer.
#[derive(Debug)]
pub struct PacketQueue {
    inner: Mutex<Inner>,
    ready: Condvar,
    limit_ns: i64,
}

#[derive(Debug, Default)]
struct Inner {
    packets: VecDeque<Packet>,
    open: bool,
    /// Video packets are passed over until a keyframe comes.
    awaiting_keyframe: bool,
    /// Pictures that were dropped, or never let in while misses counted.
    dropped: u64,
    /// Whether a picture that is not let in counts as dropped.
    counts_missed: bool,
    /// The latest moment of a picture that was taken. Pictures are coded out of their order: those
    /// that are shown before it may still be in the queue, and nothing else may be dropped for them.
    taken_pts: Option<i64>,
}

impl PacketQueue {
    /// A closed queue that holds at most so much program time.
    pub fn new(limit: Duration) -> Self {
        Self {
            inner: Mutex::default(),
            ready: Condvar::new(),
            limit_ns: limit.as_nanos() as i64,
        }
    }

    /// Lets packets in, from the next keyframe on.
    pub fn open(&self) {
        let mut inner = self.lock();
        inner.forget();
        inner.open = true;
        inner.awaiting_keyframe = true;
    }

    /// Lets no more in and forgets what waits.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.forget();
        inner.open = false;
        self.ready.notify_all();
    }

    /// Lets no more in; what waits can still be taken.
    fn shut(&self) {
        self.lock().open = false;
        self.ready.notify_all();
    }

    /// Whether pictures that come while the queue is closed, or before its first keyframe, count as
    /// dropped: they do once a consumer has begun and is meant to go on.
    pub fn count_missed(&self, count: bool) {
        self.lock().counts_missed = count;
    }

    /// Hands a packet over; never waits long.
    pub fn push(&self, packet: &Packet) {
        let mut inner = self.lock();
        let begins = packet.track == Track::Video && packet.keyframe;
        // Sound from before the first picture would have nothing to go with.
        if !inner.open || (inner.awaiting_keyframe && !begins) {
            inner.dropped += u64::from(inner.counts_missed && packet.track == Track::Video);
            return;
        }
        inner.awaiting_keyframe = false;
        inner.packets.push_back(packet.clone());
        if inner.picture_backlog_ns() > self.limit_ns {
            inner.drop_oldest_group();
        }
        inner.drop_beyond(4 * self.limit_ns);
        self.ready.notify_one();
    }

    /// Takes the next packet, waiting for it as long as `patience`.
    pub fn pop(&self, patience: Duration) -> Option<Packet> {
        let mut inner = self.lock();
        if inner.packets.is_empty() {
            inner = self
                .ready
                .wait_timeout(inner, patience)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        inner.take()
    }

    /// Lets no more in, and takes what belongs to what was taken: everything that waits if `all` has
    /// been made, else only what is shown before the last picture taken, which may be on its way yet.
    pub fn rest(&self, all: bool) -> Vec<Packet> {
        let mut rest = Vec::new();
        let until = Instant::now() + TAIL;
        let Some(end) = self.lock().taken_pts.filter(|_| !all) else {
            self.shut();
            let mut inner = self.lock();
            return std::iter::from_fn(|| inner.take()).collect();
        };
        while Instant::now() < until {
            let Some(packet) = self.pop(Duration::from_millis(50)) else {
                continue;
            };
            let is_over = packet.track == Track::Video && packet.dts > end;
            if packet.pts < end {
                rest.push(packet);
            }
            if is_over {
                break;
            }
        }
        self.close();
        rest
    }

    /// Program time that waits, in nanoseconds.
    pub fn backlog_ns(&self) -> i64 {
        self.lock().backlog_ns()
    }

    /// Pictures dropped so far.
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn forget(&mut self) {
        if self.counts_missed {
            let pictures = self.packets.iter().filter(|p| p.track == Track::Video);
            self.dropped += pictures.count() as u64;
        }
        self.packets.clear();
        self.taken_pts = None;
    }

    fn take(&mut self) -> Option<Packet> {
        let packet = self.packets.pop_front()?;
        if packet.track == Track::Video {
            self.taken_pts = self.taken_pts.max(Some(packet.pts));
        }
        Some(packet)
    }

    fn backlog_ns(&self) -> i64 {
        match (self.packets.front(), self.packets.back()) {
            (Some(first), Some(last)) => last.dts - first.dts,
            _ => 0,
        }
    }

    /// Program time from the first picture that waits to the last packet: sound that stays behind when
    /// its pictures were dropped is no reason to drop more.
    fn picture_backlog_ns(&self) -> i64 {
        let first = self.packets.iter().find(|p| p.track == Track::Video);
        match (first, self.packets.back()) {
            (Some(first), Some(last)) => last.dts - first.dts,
            _ => 0,
        }
    }

    /// Drops the pictures up to the next keyframe that does not lead them; their sound stays.
    fn drop_oldest_group(&mut self) {
        let first_picture = self.packets.iter().position(|p| p.track == Track::Video);
        let next_key = first_picture.and_then(|first| {
            self.packets
                .iter()
                .skip(first + 1)
                .position(|p| p.track == Track::Video && p.keyframe)
                .map(|at| first + 1 + at)
        });
        if let Some(until) = next_key {
            let taken = self.taken_pts;
            let mut index = 0;
            let mut dropped = 0;
            self.packets.retain(|packet| {
                let is_due = taken.is_some_and(|taken| packet.pts < taken);
                let goes = index < until && packet.track == Track::Video && !is_due;
                index += 1;
                dropped += u64::from(goes);
                !goes
            });
            self.dropped += dropped;
        }
    }

    /// Drops what is older than this, whatever it is, which is sound whose pictures were dropped
    /// before: the memory is not endless.
    fn drop_beyond(&mut self, limit_ns: i64) {
        while self.backlog_ns() > limit_ns {
            if let Some(packet) = self.packets.pop_front()
                && packet.track == Track::Video
            {
                self.dropped += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Headers;
    use gstreamer as gst;
    use std::sync::Arc;

    fn packets(seconds: i64) -> Vec<Packet> {
        crate::media::start_gstreamer().unwrap();
        let headers = Arc::new(Headers {
            epoch: 0,
            video: gst::Caps::new_empty(),
            audio: gst::Caps::new_empty(),
        });
        let mut all = Vec::new();
        for n in 0..seconds * 30 {
            for track in [Track::Video, Track::Audio] {
                all.push(Packet {
                    track,
                    pts: n * 33_333_333,
                    dts: n * 33_333_333,
                    duration: 33_333_333,
                    keyframe: track == Track::Audio || n % 60 == 0,
                    headers: headers.clone(),
                    buffer: gst::Buffer::new(),
                });
            }
        }
        all
    }

    fn drain(queue: &PacketQueue) -> Vec<Packet> {
        std::iter::from_fn(|| queue.pop(Duration::ZERO)).collect()
    }

    #[test]
    fn begins_with_a_keyframe() {
        let queue = PacketQueue::new(Duration::from_secs(5));
        let all = packets(4);
        queue.push(&all[0]);
        assert!(queue.pop(Duration::ZERO).is_none(), "closed");
        queue.open();
        for packet in &all[7..] {
            queue.push(packet);
        }
        let got = drain(&queue);
        assert!(got[0].keyframe && got[0].track == Track::Video);
        assert_eq!(got[0].dts, 60 * 33_333_333);
    }

    #[test]
    fn a_slow_consumer_loses_whole_groups_and_no_sound() {
        let queue = PacketQueue::new(Duration::from_secs(5));
        queue.open();
        let all = packets(15);
        for packet in &all {
            queue.push(packet);
        }
        let got = drain(&queue);
        let sound = got.iter().filter(|p| p.track == Track::Audio).count();
        assert_eq!(sound, 15 * 30, "all the sound");
        let pictures: Vec<i64> = got
            .iter()
            .filter(|p| p.track == Track::Video)
            .map(|p| p.dts / 33_333_333)
            .collect();
        assert_eq!(pictures[0] % 60, 0, "begins with a keyframe");
        assert!(pictures.windows(2).all(|w| w[1] == w[0] + 1));
        assert_eq!(queue.dropped() as usize + pictures.len(), 15 * 30);
        // No more than what was over the limit, to the next keyframe.
        assert!(pictures.len() >= (5 - 2) * 30, "{}", pictures.len());
    }

    #[test]
    fn no_more_is_dropped_than_what_is_over_the_limit() {
        let queue = PacketQueue::new(Duration::from_secs(5));
        queue.open();
        let group = 60;
        let mut dropped = 0;
        for packet in packets(60) {
            let waited = queue.lock().picture_backlog_ns();
            queue.push(&packet);
            let now = queue.dropped();
            if now == dropped {
                continue;
            }
            // One group at a time, and only when the limit was reached: the sound that stays behind
            // from groups that were dropped is no reason to drop more.
            assert_eq!(now - dropped, group);
            assert!(waited + 33_333_333 > 5 * 1_000_000_000, "{waited}");
            dropped = now;
        }
        let got = drain(&queue);
        let pictures = got.iter().filter(|p| p.track == Track::Video).count() as u64;
        assert_eq!(dropped + pictures, 60 * 30);
        assert!((3 * 30..=5 * 30 + 1).contains(&pictures), "{pictures}");
        // Sound is kept for four times as long, and no longer.
        let sound = got.iter().filter(|p| p.track == Track::Audio).count();
        assert!((19 * 30..=20 * 30 + 1).contains(&sound), "{sound}");
    }

    #[test]
    fn a_stream_that_is_stopped_has_no_hole_at_its_end() {
        crate::media::start_gstreamer().unwrap();
        // Decoded I P B b, shown I B b P: the order of an encoder with B-frames.
        let shown = [0i64, 3, 1, 2, 6, 4, 5, 9, 7, 8];
        let all: Vec<Packet> = packets(1)
            .into_iter()
            .filter(|p| p.track == Track::Video)
            .zip(shown)
            .map(|(packet, at)| Packet {
                pts: at * 33_333_333 + 66_666_666,
                ..packet
            })
            .collect();
        for stop in 1..6 {
            let queue = PacketQueue::new(Duration::from_secs(5));
            queue.open();
            all.iter().for_each(|packet| queue.push(packet));
            let mut got: Vec<Packet> = (0..stop)
                .filter_map(|_| queue.pop(Duration::ZERO))
                .collect();
            got.extend(queue.rest(false));
            let mut times: Vec<i64> = got.iter().map(|p| p.pts / 33_333_333).collect();
            times.sort_unstable();
            assert!(
                times.windows(2).all(|w| w[1] == w[0] + 1),
                "{stop}: {times:?}"
            );
            assert!(queue.pop(Duration::ZERO).is_none());
        }
    }

    #[test]
    fn a_group_half_sent_is_finished_by_the_next_keyframe() {
        let queue = PacketQueue::new(Duration::from_secs(5));
        queue.open();
        let all = packets(20);
        let mut got = Vec::new();
        for (i, packet) in all.iter().enumerate() {
            queue.push(packet);
            // The consumer takes ten packets at first and then nothing.
            if i < 10 {
                got.extend(queue.pop(Duration::ZERO));
            }
        }
        got.extend(drain(&queue));
        let pictures: Vec<&Packet> = got.iter().filter(|p| p.track == Track::Video).collect();
        for pair in pictures.windows(2) {
            assert!(pair[1].dts - pair[0].dts == 33_333_333 || pair[1].keyframe);
        }
    }
}
