//! The bounded queue between the fan-out and one consumer. What a slow consumer costs, it costs that
//! consumer alone: whole groups of pictures, never sound before picture.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::media::{Packet, Track};

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
    pub fn shut(&self) {
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
        if inner.backlog_ns() > self.limit_ns {
            inner.drop_oldest_group(self.limit_ns);
        }
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
        inner.packets.pop_front()
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
    }

    fn backlog_ns(&self) -> i64 {
        match (self.packets.front(), self.packets.back()) {
            (Some(first), Some(last)) => last.dts - first.dts,
            _ => 0,
        }
    }

    /// Drops the pictures up to the next keyframe that does not lead them; their sound stays. Sound
    /// alone beyond four times the limit is dropped too: the memory is not endless.
    fn drop_oldest_group(&mut self, limit_ns: i64) {
        let first_picture = self.packets.iter().position(|p| p.track == Track::Video);
        let next_key = first_picture.and_then(|first| {
            self.packets
                .iter()
                .skip(first + 1)
                .position(|p| p.track == Track::Video && p.keyframe)
                .map(|at| first + 1 + at)
        });
        if let Some(until) = next_key {
            let mut index = 0;
            let mut dropped = 0;
            self.packets.retain(|packet| {
                let goes = index < until && packet.track == Track::Video;
                index += 1;
                dropped += u64::from(goes);
                !goes
            });
            self.dropped += dropped;
        }
        while self.backlog_ns() > 4 * limit_ns {
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
        gst::init().unwrap();
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
