//! A live source whose clock runs off: its picture and its sound stay together for hours, pictures
//! are repeated or dropped one at a time, and nobody hears that the sound is bent. Simulated from
//! arrival to what is seen and heard, without real time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gstreamer as gst;
use gstreamer_video as gst_video;
use regie::audio::{BusGains, Meters, Mixer, Order, Strip, StripGain, Track};
use regie::input::{ClockMap, Slot, slot, sound_ring};
use regie::media::{BLOCK, CHANNELS, NS_PER_S, Picture, Rate, SAMPLE_RATE, block_start};

/// How far behind the house the mixer works, as in the engine.
const BEHIND_NS: i64 = 8_000_000;
/// The clock map has found the source's speed and the mixer its place.
const SETTLED_NS: i64 = 5 * NS_PER_S;

/// A source and the way to it.
#[derive(Clone, Copy, Debug)]
struct Sender {
    /// How fast its clock runs, in parts per million.
    ppm: f64,
    /// Its pictures a second.
    rate: Rate,
    /// Samples in one packet of its sound.
    packet: usize,
    /// Packets arrive up to so much later than they could.
    jitter_ns: i64,
    /// Its sound is sent so much before its picture, as containers do that interleave by the time of
    /// decoding.
    sound_ahead_ns: i64,
}

impl Sender {
    /// House time at which the source's clock reads `x`; it began 7 s before the show.
    fn house(&self, x: i64) -> i64 {
        (x as f64 / (1.0 + self.ppm * 1e-6)) as i64 - 7 * NS_PER_S
    }

    fn jitter(&self, k: u64) -> i64 {
        // Without a pattern in step with the ticks (SplitMix64).
        let mut z = k.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        ((z >> 11) as f64 / (1u64 << 53) as f64 * self.jitter_ns as f64) as i64
    }
}

/// What was seen and heard of a source.
struct Outcome {
    /// For each tick: how much later the sound of the picture first shown then is heard, in ns.
    offsets: Vec<i64>,
    /// Numbers of the pictures shown, tick by tick.
    shown: Vec<u64>,
    repeated: u64,
    dropped: u64,
    lost: u64,
    /// The largest step from one sample to the next of a wave of one hertz.
    steepest: f32,
    drift_ppm: f64,
}

/// The source's clock in its sound: a full turn each second, sine left and cosine right.
fn wave(x: i64) -> [f32; CHANNELS] {
    let turn = x.rem_euclid(NS_PER_S) as f64 / NS_PER_S as f64 * std::f64::consts::TAU;
    [0.5 * turn.sin() as f32, 0.5 * turn.cos() as f32]
}

/// What the source's clock read, less whole seconds, when it sent what is heard here.
fn clock_heard(frame: &[f32]) -> i64 {
    let turn = f64::from(frame[0]).atan2(f64::from(frame[1])) / std::f64::consts::TAU;
    (turn.rem_euclid(1.0) * NS_PER_S as f64) as i64
}

/// A difference of clocks that are known less whole seconds.
fn difference(a: i64, b: i64) -> i64 {
    (a - b + NS_PER_S / 2).rem_euclid(NS_PER_S) - NS_PER_S / 2
}

fn simulate(sender: Sender, house: Rate, seconds: i64) -> Outcome {
    gst::init().unwrap();
    let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, 16, 16)
        .build()
        .unwrap();
    let (mut pictures_in, mut slot) = slot(house);
    let (mut sound_in, reader) = sound_ring();
    let meters = Arc::new(Meters::new(1));
    let mut mixer = Mixer::new(1, meters);
    mixer.put(0, Some(Box::new(Strip::new(Track::new(reader, true)))));
    mixer.order(Order {
        position: 0,
        ramp: 1,
        strips: vec![StripGain::in_program(1.0, 1.0)],
        settings: Vec::new(),
        buses: BusGains::default(),
    });
    // The one map for both, as a live source's feed has it.
    let mut map = ClockMap::default();
    let mut breaks = 0;
    let lead = Slot::lead_ns(house.frame_ns());

    let picture_at = |k: u64| sender.rate.time_of(k);
    let sound_at = |k: u64| block_start(k * sender.packet as u64);
    let first_picture = (0..).find(|&k| sender.house(picture_at(k)) >= 0).unwrap();
    let first_sound = (0..).find(|&k| sender.house(sound_at(k)) >= 0).unwrap();
    let (mut next_picture, mut next_sound) = (first_picture, first_sound);
    // A picture comes at its moment, a packet of sound when its last sample has been taken.
    let picture_comes = |k: u64| sender.house(picture_at(k)) + sender.jitter(2 * k);
    let sound_comes =
        |k: u64| sender.house(sound_at(k + 1)) - sender.sound_ahead_ns + sender.jitter(2 * k + 1);

    let mut outcome = Outcome {
        offsets: Vec::new(),
        shown: Vec::new(),
        repeated: 0,
        dropped: 0,
        lost: 0,
        steepest: 0.0,
        drift_ppm: 0.0,
    };
    // Ticks whose sound has not been mixed yet: when they were due, and the clock in their picture.
    let mut ticks = std::collections::VecDeque::<(i64, i64)>::new();
    let mut last_frame: Option<[f32; CHANNELS]> = None;
    let mut n = 0;
    let (mut picture_due, mut sound_due);
    loop {
        let due = house.time_of(n);
        let mixed = block_start(mixer.position() + BLOCK as u64) + BEHIND_NS;
        let now = due.min(mixed);
        if now > seconds * NS_PER_S {
            break;
        }
        loop {
            (picture_due, sound_due) = (picture_comes(next_picture), sound_comes(next_sound));
            if picture_due.min(sound_due) > now {
                break;
            }
            if picture_due <= sound_due {
                let time = map.observe(picture_at(next_picture), picture_due, lead);
                let buffer = gst::Buffer::with_size(info.size()).unwrap();
                pictures_in.push(Picture::new(buffer, &info, time).unwrap());
                next_picture += 1;
            } else {
                let time = map.observe(sound_at(next_sound), sound_due, 0);
                let start = next_sound * sender.packet as u64;
                let samples: Vec<f32> = (start..start + sender.packet as u64)
                    .flat_map(|s| wave(block_start(s)))
                    .collect();
                let broken = std::mem::replace(&mut breaks, map.breaks()) != map.breaks();
                sound_in.push(&samples, time, broken);
                next_sound += 1;
            }
        }
        if due <= mixed {
            if let Some(picture) = slot.at(due, house.frame_ns()) {
                let k = first_picture + picture.number - 1;
                if due > SETTLED_NS {
                    if outcome.shown.last() != Some(&picture.number) {
                        ticks.push_back((due, picture_at(k)));
                    }
                    outcome.shown.push(picture.number);
                }
            }
            n += 1;
        } else {
            let block = mixer.block();
            let start = block_start(block.position);
            let end = block_start(block.position + BLOCK as u64);
            for frame in block.samples.chunks_exact(CHANNELS) {
                if let Some(last) = last_frame.filter(|_| start > SETTLED_NS) {
                    let steps = frame.iter().zip(last).map(|(now, last)| (now - last).abs());
                    outcome.steepest = steps.fold(outcome.steepest, f32::max);
                }
                last_frame = Some([frame[0], frame[1]]);
            }
            while let Some((due, seen)) = ticks.front().copied().filter(|(due, _)| *due < end) {
                let at = ((due - start).max(0) * SAMPLE_RATE as i64 / NS_PER_S) as usize;
                let frame = &block.samples[at * CHANNELS..][..CHANNELS];
                let loud = frame[0].hypot(frame[1]);
                assert!((loud - 0.5).abs() < 0.01, "silence at {due}: {loud}");
                let exact = start + block_start(at as u64);
                let heard = clock_heard(frame) + (due - exact);
                outcome.offsets.push(difference(seen, heard));
                ticks.pop_front();
            }
        }
    }
    let counters = slot.counters();
    outcome.repeated = counters.repeated.load(Ordering::Relaxed);
    outcome.dropped = counters.dropped.load(Ordering::Relaxed);
    outcome.lost = counters.lost.load(Ordering::Relaxed);
    outcome.drift_ppm = map.drift_ppm();
    outcome
}

/// Checks what was promised of picture and sound together; gives median and maximum, in ns.
fn check_alignment(outcome: &Outcome, house: Rate, what: &str) -> (i64, i64) {
    let mut off: Vec<i64> = outcome.offsets.iter().map(|o| o.abs()).collect();
    off.sort_unstable();
    let (median, max) = (off[off.len() / 2], off[off.len() - 1]);
    let ms = |ns: i64| ns as f64 / 1e6;
    println!(
        "{what}: median {:.2} ms, most {:.2} ms, repeated {}, dropped {}, lost {}, {:.1} ppm, steepest {:e}",
        ms(median),
        ms(max),
        outcome.repeated,
        outcome.dropped,
        outcome.lost,
        outcome.drift_ppm,
        outcome.steepest
    );
    assert!(median <= 10_000_000, "{what}: median {} ms", ms(median));
    let most = house.frame_ns() / 2 + 5_000_000;
    assert!(max <= most, "{what}: {} ms at the most", ms(max));
    (median, max)
}

/// A wave of one hertz rises by so much a sample at the most; a click rises by more.
fn check_smooth(outcome: &Outcome, what: &str) {
    let steep = (0.5 * std::f64::consts::TAU / SAMPLE_RATE as f64) as f32;
    assert!(
        outcome.steepest < 1.05 * steep,
        "{what}: a click of {}",
        outcome.steepest
    );
}

/// Pictures at the house's rate are repeated or dropped singly, as often as the clock demands.
fn check_cadence(outcome: &Outcome, sender: &Sender, seconds: i64, what: &str) {
    let steps: Vec<u64> = outcome.shown.windows(2).map(|w| w[1] - w[0]).collect();
    assert!(
        steps.iter().all(|&step| step <= 2),
        "{what}: more than one dropped at once"
    );
    let odd: Vec<usize> = (0..steps.len()).filter(|&i| steps[i] != 1).collect();
    let one_way = if sender.ppm > 0.0 { 2 } else { 0 };
    assert!(
        odd.iter().all(|&i| steps[i] == one_way),
        "{what}: both repeats and drops at {odd:?}"
    );
    // As far apart as the clock's error says, but for the jitter about the moment.
    let apart = 1e6 / sender.ppm.abs();
    for pair in odd.windows(2) {
        let far = (pair[1] - pair[0]) as f64;
        assert!(
            (far / apart - 1.0).abs() < 0.5,
            "{what}: {far} ticks apart, {apart} expected"
        );
    }
    let settled = seconds - SETTLED_NS / NS_PER_S;
    let expected = settled as f64 * sender.rate.fps() * sender.ppm.abs() * 1e-6;
    assert!(
        (odd.len() as f64 - expected).abs() <= 2.0,
        "{what}: {} of {expected}",
        odd.len()
    );
}

/// An hour of a source at the house's own rate whose clock runs off by so much.
fn drifts_for_an_hour(house: Rate, ppm: f64) {
    let seconds = 3600;
    let sender = Sender {
        ppm,
        rate: house,
        packet: 1024,
        jitter_ns: 6_000_000,
        sound_ahead_ns: 0,
    };
    let outcome = simulate(sender, house, seconds);
    let what = format!("{house:?} at {ppm} ppm");
    check_alignment(&outcome, house, &what);
    check_smooth(&outcome, &what);
    let off = (outcome.drift_ppm - ppm).abs();
    assert!(off < 60.0, "{what}: {} ppm", outcome.drift_ppm);
    check_cadence(&outcome, &sender, seconds, &what);
    assert_eq!(outcome.lost, 0);
}

const NTSC: Rate = Rate(30_000, 1001);

#[test]
fn an_hour_at_30_with_a_clock_500_ppm_fast() {
    drifts_for_an_hour(Rate(30, 1), 500.0);
}

#[test]
fn an_hour_at_30_with_a_clock_500_ppm_slow() {
    drifts_for_an_hour(Rate(30, 1), -500.0);
}

#[test]
fn an_hour_at_29_97_with_a_clock_500_ppm_fast() {
    drifts_for_an_hour(NTSC, 500.0);
}

#[test]
fn an_hour_at_29_97_with_a_clock_500_ppm_slow() {
    drifts_for_an_hour(NTSC, -500.0);
}

#[test]
fn other_rates_packets_and_networks_stay_aligned_too() {
    let usual = Sender {
        ppm: 500.0,
        rate: Rate(30, 1),
        packet: 1024,
        jitter_ns: 6_000_000,
        sound_ahead_ns: 0,
    };
    for (house, sender) in [
        (
            Rate(30, 1),
            Sender {
                ppm: 0.0,
                jitter_ns: 0,
                ..usual
            },
        ),
        (
            Rate(30, 1),
            Sender {
                ppm: -200.0,
                packet: 480,
                ..usual
            },
        ),
        (
            Rate(30, 1),
            Sender {
                packet: 2048,
                ..usual
            },
        ),
        (
            Rate(30, 1),
            Sender {
                jitter_ns: 40_000_000,
                ..usual
            },
        ),
        (
            Rate(30, 1),
            Sender {
                ppm: -500.0,
                jitter_ns: 60_000_000,
                ..usual
            },
        ),
        (
            Rate(30, 1),
            Sender {
                sound_ahead_ns: 60_000_000,
                ..usual
            },
        ),
        (
            Rate(30, 1),
            Sender {
                ppm: -500.0,
                sound_ahead_ns: 60_000_000,
                ..usual
            },
        ),
        (
            Rate(30, 1),
            Sender {
                rate: Rate(60, 1),
                ..usual
            },
        ),
        (
            NTSC,
            Sender {
                rate: NTSC,
                ppm: -500.0,
                ..usual
            },
        ),
        (
            Rate(25, 1),
            Sender {
                rate: Rate(50, 1),
                ppm: -500.0,
                ..usual
            },
        ),
        (
            Rate(60, 1),
            Sender {
                rate: Rate(60, 1),
                ..usual
            },
        ),
    ] {
        let what = format!("{sender:?} in {house:?}");
        let outcome = simulate(sender, house, 240);
        check_alignment(&outcome, house, &what);
        check_smooth(&outcome, &what);
        if sender.rate == house {
            check_cadence(&outcome, &sender, 240, &what);
        }
        assert_eq!(outcome.lost, 0, "{what}");
    }
}
