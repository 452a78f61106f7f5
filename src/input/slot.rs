//! The slot: where a source's pictures wait until a tick shows them.
//!
//! The source's thread writes into a lock-free ring, the tick reads. Which picture a tick shows is
//! decided by the pictures' own times, not by which came last: taking the newest repeats and loses
//! pictures even when both clocks are the same.
//!
//! What waits is bounded by time and by the show's rate, because a raw picture is large (3 MB at
//! 1080p): nothing that is due more than [`FAR_NS`] from now is kept, and of what is, two pictures
//! for one tick at most. A source of any higher rate settles at one for each tick, so a delay of
//! 2 s holds 2 s of the show: 60 pictures and 190 MB at 1080p30, 240 and 750 MB at 1080p120. Beyond
//! that, pictures for a distant time are lost, and of too many for one tick all that no tick would
//! show are dropped as they come; both are counted.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::Sender;

use crate::media::{House, NS_PER_S, Picture, Rate};

/// For so long pictures may wait between source and tick, and a late tick loses none. A flood beyond
/// it is counted as lost.
const RING_NS: i64 = NS_PER_S / 2;
/// And so many at any rate.
const RING_LEAST: usize = 32;
/// A picture that would be due later than this is not worth its memory: its time is wrong. The
/// longest delay of a picture is 2 s; the rest is for what a source sends ahead.
const FAR_NS: i64 = 3 * NS_PER_S;
/// A picture exactly between two ticks belongs to the later one: decided with this much in hand, so
/// that rounding of time stamps cannot tip it.
const TIE: i64 = 1_000_000;
/// How far past half a frame a picture may be off before its turn is broken. Without it a source
/// whose pictures fall just between two ticks would repeat one and drop one at every second tick.
const HYSTERESIS: i64 = 3_000_000;

/// Counters of one slot, read by whoever shows them.
#[derive(Debug, Default)]
pub struct SlotCounters {
    /// Pictures that the source gave.
    pub frames: AtomicU64,
    /// Pictures that came too late or too many to be shown.
    pub lost: AtomicU64,
    /// Ticks that showed a picture again.
    pub repeated: AtomicU64,
    /// Pictures passed over because a newer one was due.
    pub dropped: AtomicU64,
}

/// The source's end.
pub struct SlotWriter {
    ring: rtrb::Producer<Picture>,
    counters: Arc<SlotCounters>,
}

/// The tick's end.
pub struct Slot {
    ring: rtrb::Consumer<Picture>,
    counters: Arc<SlotCounters>,
    waiting: VecDeque<Picture>,
    shown: Option<Picture>,
    watcher: Option<Sender<Picture>>,
}

/// A slot of a show of this rate, and its writer.
pub fn slot(rate: Rate) -> (SlotWriter, Slot) {
    // A source may give twice as many as the show has frames; what is more was dropped before.
    let twice = |ns: i64| 2 * (ns / rate.frame_ns().max(1)) as usize;
    let (producer, consumer) = rtrb::RingBuffer::new(twice(RING_NS).max(RING_LEAST));
    let counters = Arc::new(SlotCounters::default());
    (
        SlotWriter {
            ring: producer,
            counters: counters.clone(),
        },
        Slot {
            ring: consumer,
            counters,
            waiting: VecDeque::with_capacity(twice(FAR_NS + RING_NS)),
            shown: None,
            watcher: None,
        },
    )
}

impl SlotWriter {
    /// Hands a picture over. Never waits: a full ring loses it and counts it.
    pub fn push(&mut self, mut picture: Picture) {
        picture.number = self.counters.frames.fetch_add(1, Ordering::Relaxed) + 1;
        if self.ring.push(picture).is_err() {
            self.counters.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The slot's counters.
    pub fn counters(&self) -> Arc<SlotCounters> {
        self.counters.clone()
    }
}

impl Slot {
    /// The picture for the tick that is due at `due`, for frames of `frame_ns`: the one whose own
    /// time is nearest. `None` until the first has come.
    ///
    /// Guarantees: pictures are shown in the order they came; the one shown is at most half a frame
    /// and [`HYSTERESIS`] from its time while there are pictures; a source at the house's rate
    /// repeats or drops one picture at a time, as often as its clock demands.
    pub fn at(&mut self, due: House, frame_ns: i64) -> Option<&Picture> {
        self.take_in(due, frame_ns);
        let limit = due + frame_ns / 2 - TIE;
        let newest_due = self
            .waiting
            .iter()
            .rposition(|picture| picture.time <= limit);
        let chosen = match newest_due {
            // The next in turn was a little early for this tick, and nothing else is due.
            None => match self.waiting.front() {
                Some(next) if self.is_next_in_turn(next, due, frame_ns) => Some(0),
                _ => None,
            },
            // One would be passed over: show it all the same where it is only just too late.
            Some(1) if self.is_in_turn(&self.waiting[0], due, frame_ns) => Some(0),
            Some(index) => Some(index),
        };
        match chosen {
            Some(index) => {
                self.counters
                    .dropped
                    .fetch_add(index as u64, Ordering::Relaxed);
                self.waiting.drain(..index);
                self.shown = self.waiting.pop_front();
            }
            None if self.shown.is_some() => {
                self.counters.repeated.fetch_add(1, Ordering::Relaxed);
            }
            None => {}
        }
        self.shown.as_ref()
    }

    /// How long before its own time a picture may be shown, in nanoseconds, and so must have come.
    pub fn lead_ns(frame_ns: i64) -> i64 {
        frame_ns / 2 + HYSTERESIS
    }

    /// Gives every picture that comes, shown or not, to who looks at them all; to nobody with `None`. Who
    /// is too slow goes without.
    pub fn watch(&mut self, watcher: Option<Sender<Picture>>) {
        self.watcher = watcher;
    }

    /// Number of the picture that was shown last.
    pub fn shown(&self) -> Option<u64> {
        self.shown.as_ref().map(|picture| picture.number)
    }

    /// The picture that was shown last.
    pub fn current(&self) -> Option<&Picture> {
        self.shown.as_ref()
    }

    /// Whether no picture waits to be shown.
    pub fn is_drained(&self) -> bool {
        self.waiting.is_empty() && self.ring.is_empty()
    }

    /// Forgets all pictures, for a source that is lost or starts anew.
    pub fn clear(&mut self) {
        while self.ring.pop().is_ok() {}
        self.waiting.clear();
        self.shown = None;
    }

    /// The slot's counters.
    pub fn counters(&self) -> &SlotCounters {
        &self.counters
    }

    fn take_in(&mut self, due: House, frame_ns: i64) {
        while let Ok(picture) = self.ring.pop() {
            if let Some(watcher) = &self.watcher {
                let _ = watcher.try_send(picture.clone());
            }
            if picture.time > due + FAR_NS {
                self.counters.lost.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            // Time stamps that jumped back start the order anew: what waits would never be due.
            if self
                .waiting
                .back()
                .is_some_and(|last| picture.time < last.time)
            {
                self.counters
                    .lost
                    .fetch_add(self.waiting.len() as u64, Ordering::Relaxed);
                self.waiting.clear();
            }
            self.thin(picture.time, due, frame_ns);
            self.waiting.push_back(picture);
        }
    }

    /// Drops the last that waits if the picture of time `next` takes its place at its tick, and
    /// there are more than one a tick. At about the house's rate the turn decides, not the tick.
    fn thin(&mut self, next: House, due: House, frame_ns: i64) {
        let Some(last) = self.waiting.back() else {
            return;
        };
        // The tick, counted from this one, at which a picture is the newest that is due.
        let tick = |time: House| (time + TIE - due - frame_ns / 2 - 1).div_euclid(frame_ns);
        let before = self.waiting.iter().nth_back(1).or(self.shown.as_ref());
        let is_dense = before.is_some_and(|before| next - before.time < frame_ns * 5 / 4);
        if is_dense && tick(last.time) == tick(next) {
            self.waiting.pop_back();
            self.counters.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn is_in_turn(&self, picture: &Picture, due: House, frame_ns: i64) -> bool {
        self.is_at_house_rate(picture, frame_ns) && picture.time >= due - frame_ns / 2 - HYSTERESIS
    }

    fn is_next_in_turn(&self, picture: &Picture, due: House, frame_ns: i64) -> bool {
        self.is_at_house_rate(picture, frame_ns) && picture.time <= due + frame_ns / 2 + HYSTERESIS
    }

    /// Whether this picture follows the one shown by about one house frame: only then is there a
    /// turn to keep. Other rates repeat and drop by the pictures' times alone.
    fn is_at_house_rate(&self, picture: &Picture, frame_ns: i64) -> bool {
        self.shown
            .as_ref()
            .is_some_and(|shown| (picture.time - shown.time - frame_ns).abs() < frame_ns / 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gstreamer as gst;
    use gstreamer_video as gst_video;

    fn picture(time: House) -> Picture {
        static INIT: std::sync::Once = std::sync::Once::new();
        INIT.call_once(|| crate::media::start_gstreamer().unwrap());
        let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, 16, 16)
            .build()
            .unwrap();
        Picture::new(gst::Buffer::with_size(info.size()).unwrap(), &info, time).unwrap()
    }

    /// Feeds pictures at `times` (arriving `early` before they are due) and gives the number shown
    /// at each of `ticks` ticks of `frame_ns`.
    fn run(times: impl Iterator<Item = House>, ticks: u64, frame_ns: f64, early: i64) -> Vec<u64> {
        let (mut writer, mut slot) = slot(Rate((1e9 / frame_ns).round() as u32, 1));
        let mut times = times.peekable();
        (0..ticks)
            .map(|n| {
                let due = (n as f64 * frame_ns) as i64;
                while times.peek().is_some_and(|t| t - early <= due) {
                    writer.push(picture(times.next().unwrap()));
                }
                slot.at(due, frame_ns as i64).map_or(0, |p| p.number)
            })
            .collect()
    }

    const F30: f64 = 1e9 / 30.0;

    #[test]
    fn the_same_rate_shows_each_picture_once() {
        let shown = run(
            (0..).map(|k| (f64::from(k) * F30) as i64),
            300,
            F30,
            100_000_000,
        );
        assert_eq!(shown, (1..=300).collect::<Vec<_>>());
    }

    #[test]
    fn twenty_five_in_thirty_repeats_one_in_six_evenly() {
        let shown = run((0..).map(|k| k * 40_000_000), 600, F30, 100_000_000);
        let repeats: Vec<usize> = (1..600).filter(|&n| shown[n] == shown[n - 1]).collect();
        assert!(
            shown.windows(2).all(|w| w[1] - w[0] <= 1),
            "one was dropped"
        );
        assert!(repeats.windows(2).all(|w| w[1] - w[0] == 6), "{repeats:?}");
        assert_eq!(repeats.len(), 100);
    }

    #[test]
    fn sixty_and_fifty_in_thirty_keep_their_cadence() {
        let shown = run((0..).map(|k| k * 1_000_000_000 / 60), 300, F30, 100_000_000);
        assert!(shown.windows(2).all(|w| w[1] - w[0] == 2), "{shown:?}");
        let shown = run((0..).map(|k| k * 20_000_000), 300, F30, 100_000_000);
        for three in shown.windows(4).step_by(3) {
            assert_eq!(three[3] - three[0], 5, "{three:?}");
        }
    }

    #[test]
    fn a_clock_500_ppm_off_repeats_or_drops_singly_and_rarely() {
        for ppm in [500.0, -500.0] {
            for phase in [0.0, 10e6, 16.6e6, 25e6] {
                let step = F30 * (1.0 + ppm * 1e-6);
                // A jitter of ±2 ms on top, without a pattern in step with the ticks.
                let times = (0..).map(move |k| {
                    let jitter = f64::from((k * 7919) % 4001 - 2000) * 1000.0;
                    (f64::from(k) * step + phase + jitter) as i64
                });
                let shown = run(times, 18_000, F30, 60_000_000);
                let steps: Vec<u64> = shown.windows(2).map(|w| w[1] - w[0]).collect();
                let odd = steps.iter().skip(5).filter(|&&s| s != 1).count();
                assert!(
                    steps.iter().skip(5).all(|&s| s <= 2),
                    "more than one dropped"
                );
                // Ten minutes at 500 ppm are nine frames.
                assert!((8..=10).contains(&odd), "{odd} at {ppm} ppm, phase {phase}");
            }
        }
    }

    #[test]
    fn the_picture_shown_is_never_further_than_half_a_frame_and_5_ms() {
        let (mut writer, mut slot) = slot(Rate(30, 1));
        let step = F30 * 1.0005;
        let mut next = 0u64;
        for n in 0..20_000u64 {
            let due = (n as f64 * F30) as i64;
            while (next as f64 * step) as i64 - 60_000_000 <= due {
                writer.push(picture((next as f64 * step) as i64));
                next += 1;
            }
            let off = (slot.at(due, F30 as i64).unwrap().time - due).abs();
            assert!(off <= F30 as i64 / 2 + HYSTERESIS, "{off} at {n}");
        }
    }

    #[test]
    fn times_that_jump_back_lose_what_waited_and_go_on() {
        let (mut writer, mut slot) = slot(Rate(30, 1));
        writer.push(picture(2_000_000_000));
        assert!(slot.at(0, F30 as i64).is_none());
        writer.push(picture(0));
        assert_eq!(slot.at(0, F30 as i64).unwrap().number, 2);
        assert_eq!(slot.counters().lost.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_picture_for_a_distant_time_is_lost_and_blocks_nothing() {
        let (mut writer, mut slot) = slot(Rate(30, 1));
        writer.push(picture(1_000_000_000_000));
        writer.push(picture(0));
        assert_eq!(slot.at(0, F30 as i64).unwrap().number, 2);
        assert_eq!(slot.counters().lost.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_delay_of_two_seconds_loses_nothing() {
        let times = (0..).map(|k| (f64::from(k) * F30) as i64 + 2_000_000_000);
        let shown = run(times, 300, F30, 2_000_000_000);
        assert_eq!(shown[60..], (1..=240).collect::<Vec<_>>());
    }

    const F120: f64 = 1e9 / 120.0;

    #[test]
    fn a_delay_of_two_seconds_loses_nothing_at_120_frames() {
        let times = (0..).map(|k| (f64::from(k) * F120) as i64 + 2_000_000_000);
        let shown = run(times, 1200, F120, 2_000_000_000);
        assert_eq!(shown[240..], (1..=960).collect::<Vec<_>>());
    }

    #[test]
    fn twice_the_rate_and_two_seconds_late_keeps_its_cadence_and_one_picture_a_tick() {
        for phase in [0, 1_000_000, 2_083_333, 3_500_000] {
            let (mut writer, mut slot) = slot(Rate(120, 1));
            let time_of = |k: u64| (k as f64 * F120 / 2.0) as i64 + phase + 2_000_000_000;
            let mut next = 0;
            let mut shown = Vec::new();
            let mut most = 0;
            for n in 0..1200u64 {
                let due = (n as f64 * F120) as i64;
                while time_of(next) - 2_000_000_000 <= due {
                    writer.push(picture(time_of(next)));
                    next += 1;
                }
                shown.extend(slot.at(due, F120 as i64).map(|p| p.number));
                most = most.max(slot.waiting.len());
            }
            // The first few are shown as the delay begins to run out.
            let steps = shown[5..].windows(2).map(|w| w[1] - w[0]);
            assert!(steps.clone().all(|step| step == 2), "{phase}: {shown:?}");
            assert!((239..=244).contains(&most), "{phase}: {most} waited");
            let counters = slot.counters();
            assert_eq!(counters.lost.load(Ordering::Relaxed), 0, "{phase}");
            let (frames, dropped) = (&counters.frames, &counters.dropped);
            let (frames, dropped) = (
                frames.load(Ordering::Relaxed),
                dropped.load(Ordering::Relaxed),
            );
            let kept =
                (shown.windows(2).filter(|w| w[0] != w[1]).count() + slot.waiting.len()) as u64;
            assert_eq!(frames - dropped, kept + 1, "{phase}");
        }
    }

    #[test]
    fn what_waits_is_bounded_whatever_comes() {
        // Any rate and any jitter, all of it seconds early.
        for (rate, step) in [
            (30, 1_000),
            (30, 5_000_000),
            (120, 700_000),
            (120, 6_000_000),
        ] {
            let frame = Rate(rate, 1).frame_ns();
            let (mut writer, mut slot) = slot(Rate(rate, 1));
            let room = slot.waiting.capacity();
            let mut time = 5 * NS_PER_S / 2;
            let mut k = 0i64;
            for n in 0..1000 {
                let due = n * frame;
                for _ in 0..30 {
                    if time < due + 5 * NS_PER_S {
                        k += 1;
                        time += step + (k * 7919) % step;
                        writer.push(picture(time));
                    }
                }
                slot.at(due, frame);
                let bound = 2 * (FAR_NS / frame + 1) as usize;
                assert!(
                    slot.waiting.len() <= bound,
                    "{} at {rate}",
                    slot.waiting.len()
                );
                assert!(slot.waiting.len() <= room, "it grew beyond {room}");
            }
        }
    }

    #[test]
    fn who_watches_sees_every_picture_and_holds_up_none() {
        let (mut writer, mut slot) = slot(Rate(30, 1));
        let (watcher, seen) = crossbeam_channel::bounded(4);
        slot.watch(Some(watcher));
        // Two for each tick, of which one is dropped.
        for k in 0..6 {
            writer.push(picture(k * 16_000_000));
        }
        slot.at(0, F30 as i64);
        let times = |seen: &crossbeam_channel::Receiver<Picture>| -> Vec<House> {
            seen.try_iter().map(|picture| picture.time).collect()
        };
        assert_eq!(times(&seen), [0, 16_000_000, 32_000_000, 48_000_000]);
        assert_eq!(slot.at(80_000_000, F30 as i64).map(|p| p.number), Some(6));
        slot.watch(None);
        writer.push(picture(100_000_000));
        slot.at(100_000_000, F30 as i64);
        assert!(times(&seen).is_empty());
    }

    #[test]
    fn a_flood_is_counted_and_the_newest_due_is_shown() {
        let (mut writer, mut slot) = slot(Rate(30, 1));
        for k in 0..1000 {
            writer.push(picture(k));
        }
        assert!(slot.at(0, F30 as i64).is_some());
        let counters = slot.counters();
        let seen = counters.lost.load(Ordering::Relaxed) + counters.dropped.load(Ordering::Relaxed);
        assert_eq!(seen, 999);
    }
}
