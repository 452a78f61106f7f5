//! House time for a source that gives as fast as it is taken: clips and test pictures. It is paced:
//! its pictures and sound are held back until shortly before they are due.

use crate::media::{House, Rate};

/// How long before it is due a picture or a sound is handed on.
pub const LOOKAHEAD_NS: i64 = 120_000_000;
/// A step in a stream's time stamps beyond this is a jump, not a gap.
const JUMP_NS: i64 = 1_000_000_000;
/// Later than this and a clip has stalled: it goes on from where it is rather than skipping.
const STALL_NS: i64 = 500_000_000;
/// As much for what is fetched over the network, of which each piece comes when it comes: what was
/// late once would be late at each piece, and skipped at each.
const FETCHED_STALL_NS: i64 = 40_000_000;

/// Running times to house times, by one offset for picture and sound that changes only at jumps.
#[derive(Debug)]
pub struct PaceMap {
    rate: Rate,
    stall_ns: i64,
    /// House time less running time; the newest last.
    offsets: Vec<i64>,
    streams: [Option<Stream>; 2],
    /// Whether the pictures have been put on ticks since the last break.
    on_ticks: bool,
    jumps: u64,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    offset: i64,
    generation: usize,
    /// House time at which its next picture or sound should be due.
    expected: House,
    /// The other stream has moved it since.
    moved: bool,
}

/// One of a source's two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    /// Pictures.
    Picture = 0,
    /// Sound.
    Sound = 1,
}

impl PaceMap {
    /// A map for a program of this rate, and a source that is at hand.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            stall_ns: STALL_NS,
            offsets: Vec::new(),
            streams: [None; 2],
            on_ticks: false,
            jumps: 0,
        }
    }

    /// A map for a program of this rate, and a source that is fetched over the network.
    pub fn fetched(rate: Rate) -> Self {
        Self {
            stall_ns: FETCHED_STALL_NS,
            ..Self::new(rate)
        }
    }

    /// A map by which running time `x` is house time `start`.
    pub fn from(rate: Rate, x: i64, start: House) -> Self {
        Self {
            offsets: vec![start - x],
            // Whoever chose the time has put it on a tick.
            on_ticks: true,
            ..Self::new(rate)
        }
    }

    /// House time for running time `x`, which lasts `duration`, at house time `now`; and whether
    /// there was a jump.
    pub fn place(&mut self, kind: StreamKind, x: i64, duration: i64, now: House) -> (House, bool) {
        let newest = self.offsets.len().wrapping_sub(1);
        let mut jumped = false;
        let mut stream = match (self.streams[kind as usize], self.offsets.last()) {
            (Some(stream), _) => stream,
            (None, Some(&offset)) => Stream {
                offset,
                generation: newest,
                expected: x + offset,
                moved: false,
            },
            (None, None) => {
                let offset = self.on_tick(now + LOOKAHEAD_NS) - x;
                self.offsets.push(offset);
                Stream {
                    offset,
                    generation: 0,
                    expected: x + offset,
                    moved: false,
                }
            }
        };
        jumped |= std::mem::take(&mut stream.moved);
        let is_off = |offset: i64| (x.saturating_add(offset) - stream.expected).abs() > JUMP_NS;
        if is_off(stream.offset) {
            jumped = true;
            // The other stream may have made this jump already: go by the same offset.
            stream.offset = match self.offsets.last() {
                Some(&offset) if !is_off(offset) => offset,
                _ => {
                    self.jumps += 1;
                    let offset = stream.expected - x;
                    self.offsets.push(offset);
                    offset
                }
            };
            stream.generation = self.offsets.len() - 1;
        }
        if now - (x + stream.offset) > self.stall_ns {
            jumped = true;
            let newest = self.offsets.len() - 1;
            if stream.generation < newest && now - (x + self.offsets[newest]) <= self.stall_ns {
                stream.offset = self.offsets[newest];
            } else {
                stream.offset = self.on_tick(now + LOOKAHEAD_NS) - x;
                self.offsets.push(stream.offset);
                self.move_other(kind, stream.offset);
            }
            stream.generation = self.offsets.len() - 1;
            self.on_ticks = false;
        }
        if kind == StreamKind::Picture && !self.on_ticks {
            self.on_ticks = true;
            jumped |= self.put_on_tick(x, &mut stream);
        }
        let time = x + stream.offset;
        stream.expected = time + duration;
        self.streams[kind as usize] = Some(stream);
        // Old offsets are only kept to count generations.
        if self.offsets.len() > 64 {
            let keep = self.offsets.split_off(32);
            self.offsets = keep;
            for stream in self.streams.iter_mut().flatten() {
                stream.generation = stream.generation.saturating_sub(32);
            }
        }
        (time, jumped)
    }

    /// Moves the other stream to the newest offset: picture and sound wait together.
    fn move_other(&mut self, kind: StreamKind, offset: i64) {
        let generation = self.offsets.len() - 1;
        if let Some(other) = &mut self.streams[1 - kind as usize] {
            other.expected += offset - other.offset;
            other.offset = offset;
            other.generation = generation;
            other.moved = true;
        }
    }

    /// How often the time stamps jumped.
    pub fn jumps(&self) -> u64 {
        self.jumps
    }

    /// Moves both streams by the part of a frame that puts this picture on a tick: where the sound
    /// came first, it has chosen the offset. Gives whether it moved.
    fn put_on_tick(&mut self, x: i64, stream: &mut Stream) -> bool {
        let frame = self.rate.frame_ns();
        let time = x + stream.offset;
        let later = self.on_tick(time);
        let tick = if later - time > frame / 2 {
            self.on_tick(later - frame - frame / 2)
        } else {
            later
        };
        if tick == time {
            return false;
        }
        stream.offset += tick - time;
        self.offsets.push(stream.offset);
        stream.generation = self.offsets.len() - 1;
        if let Some(sound) = &mut self.streams[StreamKind::Sound as usize] {
            sound.offset = stream.offset;
            sound.generation = stream.generation;
        }
        true
    }

    fn on_tick(&self, time: House) -> House {
        tick_at(self.rate, time)
    }
}

/// The first tick at or after `time`: a clip that starts on a tick keeps an exact cadence.
pub fn tick_at(rate: Rate, time: House) -> House {
    let n = rate.frame_at(time);
    if rate.time_of(n) >= time {
        rate.time_of(n)
    } else {
        rate.time_of(n + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::StreamKind::{Picture, Sound};
    use super::*;

    const FRAME: i64 = 33_333_333;

    #[test]
    fn pieces_that_come_late_are_waited_for_once_and_none_is_skipped() {
        let rate = Rate(30, 1);
        let frame = rate.frame_ns();
        let mut map = PaceMap::fetched(rate);
        let mut late = Vec::new();
        // Pieces of two seconds; each but the first begins 0.4 s late, and then comes at once.
        for piece in 0..5i64 {
            for n in 0..60 {
                let x = (60 * piece + n) * frame;
                let begins = 60 * piece * frame + 400_000_000 * i64::from(piece > 0);
                let held = x - LOOKAHEAD_NS;
                let now = begins.max(held);
                let (time, _) = map.place(StreamKind::Picture, x, frame, now);
                if time < now {
                    late.push((piece, n));
                }
            }
        }
        assert_eq!(late, []);
    }

    #[test]
    fn starts_on_a_tick_and_keeps_picture_and_sound_together() {
        let rate = Rate(30, 1);
        let mut map = PaceMap::new(rate);
        let (first, _) = map.place(Picture, 5_000, FRAME, 1_234_567);
        assert_eq!(first, rate.time_of(rate.frame_at(first)));
        assert!(first >= 1_234_567 + LOOKAHEAD_NS);
        let (sound, _) = map.place(Sound, 5_000, 21_333_333, 1_300_000);
        assert_eq!(sound, first);
    }

    #[test]
    fn pictures_are_put_on_ticks_where_the_sound_came_first() {
        let rate = Rate(30, 1);
        for x in [0, 7_000_000, 66_666_666, 999_999_999] {
            let mut map = PaceMap::new(rate);
            let (first, _) = map.place(Sound, 1_234_567, 21_333_333, 0);
            let (picture, _) = map.place(Picture, x, FRAME, 0);
            assert_eq!(picture, rate.time_of(rate.frame_at(picture)), "{x}");
            let (sound, _) = map.place(Sound, 22_567_900, 21_333_333, 0);
            assert_eq!(sound - 22_567_900, picture - x);
            assert!((sound - first - 21_333_333).abs() <= FRAME / 2 + 1);
            let (next, jumped) = map.place(Picture, x + FRAME, FRAME, 0);
            assert_eq!((next - picture, jumped), (FRAME, false));
        }
    }

    #[test]
    fn a_jump_by_hours_goes_on_without_a_gap_and_together() {
        let mut map = PaceMap::new(Rate(30, 1));
        let mut now = 0;
        let mut last = [0, 0];
        for jump in [0i64, 3_600_000_000_000, -7_200_000_000_000] {
            for k in 0..60 {
                let x = jump + k * FRAME;
                for kind in [Picture, Sound] {
                    let (time, _) = map.place(kind, x, FRAME, now);
                    if last[kind as usize] != 0 {
                        let step = time - last[kind as usize];
                        assert!((step - FRAME).abs() < 1000, "{step}");
                    }
                    last[kind as usize] = time;
                }
                assert_eq!(last[0], last[1]);
                now = last[0] - LOOKAHEAD_NS;
            }
        }
        assert_eq!(map.jumps(), 2);
    }

    #[test]
    fn a_stall_goes_on_from_where_it_was() {
        let mut map = PaceMap::new(Rate(30, 1));
        map.place(Picture, 0, FRAME, 0);
        map.place(Sound, 0, FRAME, 0);
        let late = 10_000_000_000;
        let (picture, jumped) = map.place(Picture, FRAME, FRAME, late);
        assert!(jumped && picture >= late);
        let (sound, _) = map.place(Sound, FRAME, FRAME, late);
        assert_eq!(sound, picture);
    }
}
