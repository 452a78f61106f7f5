//! The mixer's buses, at once and exactly: what guests get back, auxes, PFL and groups' gains, on tones
//! and constants; and that a block of them asks for no memory.

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::sync::Arc;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use regie::audio::{
    BusGains, BusId, Generated, Meters, Mixer, Order, SHORT_RAMP, SendGain, Strip, StripGain,
    TapEnd, Track, tap,
};
use regie::input::{SoundWriter, sound_ring};
use regie::media::{BLOCK, CHANNELS, SAMPLE_RATE, block_start, db_to_gain};
use regie::show::{Ident, Master, Pick, Share, StripSettings, Wave as LineUpWave};

#[global_allocator]
static GUARD: AllocDisabler = AllocDisabler;

/// What a source gives at a sample.
type Wave = Box<dyn Fn(u64) -> f32>;

fn tone(hz: f64, level: f64) -> Wave {
    Box::new(move |i| (level * (TAU * hz * i as f64 / SAMPLE_RATE as f64).sin()) as f32)
}

fn level(level: f32) -> Wave {
    Box::new(move |_| level)
}

/// A mixer with its sources and ways out.
struct Rig {
    mixer: Mixer,
    sources: Vec<(Wave, Option<SoundWriter>, u64)>,
    gains: Vec<StripGain>,
    buses: BusGains,
    settings: Vec<(usize, StripSettings)>,
    ends: BTreeMap<BusId, TapEnd>,
}

impl Rig {
    /// All strips in the program at unity, none a guest.
    fn new(waves: Vec<Wave>) -> Self {
        let n = waves.len();
        let mut rig = Self {
            mixer: Mixer::new(n, Arc::new(Meters::new(n))),
            sources: waves.into_iter().map(|wave| (wave, None, 0)).collect(),
            gains: vec![StripGain::in_program(1.0, 1.0); n],
            buses: BusGains::default(),
            settings: Vec::new(),
            ends: BTreeMap::new(),
        };
        (0..n).for_each(|slot| rig.join(slot));
        rig
    }

    /// Every strip is a guest.
    fn of_guests(waves: Vec<Wave>) -> Self {
        let mut rig = Self::new(waves);
        rig.gains.iter_mut().for_each(|gain| gain.back = Some(1.0));
        rig
    }

    fn join(&mut self, slot: usize) {
        let (writer, reader) = sound_ring();
        let strip = Strip::new(Track::new(reader, false));
        self.mixer.put(slot, Some(Box::new(strip)));
        self.sources[slot].1 = Some(writer);
        self.sources[slot].2 = self.mixer.position() / BLOCK as u64;
    }

    fn leave(&mut self, slot: usize) {
        self.mixer.put(slot, None);
        self.sources[slot].1 = None;
    }

    fn listen(&mut self, bus: BusId) {
        let (tap, end) = tap(4);
        self.mixer.tap(self.ends.len(), Some((bus, tap)));
        self.ends.insert(bus, end);
    }

    /// Has the gains take effect.
    fn order(&mut self) {
        self.mixer.order(Order {
            position: self.mixer.position(),
            ramp: SHORT_RAMP,
            strips: self.gains.clone(),
            settings: std::mem::take(&mut self.settings),
            buses: self.buses,
        });
    }

    /// The sources give what the next block needs.
    fn feed(&mut self) {
        let needed = self.mixer.position() / BLOCK as u64 + 2;
        for (wave, writer, next) in &mut self.sources {
            let Some(writer) = writer else { continue };
            for block in *next..needed {
                let from = block * BLOCK as u64;
                let samples = from..from + BLOCK as u64;
                let sound: Vec<f32> = samples.flat_map(|i| [wave(i), -wave(i)]).collect();
                writer.push(&sound, block_start(from), false);
            }
            *next = needed;
        }
    }

    /// Mixes so many blocks; gives the left side of every bus that is listened to.
    fn run(&mut self, blocks: usize) -> BTreeMap<BusId, Vec<f32>> {
        let mut heard: BTreeMap<BusId, Vec<f32>> = BTreeMap::new();
        let mut block = vec![0f32; BLOCK * CHANNELS];
        for _ in 0..blocks {
            self.feed();
            let program = self.mixer.block().samples.clone();
            while self.mixer.spent().is_some() {}
            for (bus, end) in &mut self.ends {
                end.samples.pop_entire_slice(&mut block).unwrap();
                assert!(*bus != BusId::Program || block == program);
                let left = block.iter().step_by(CHANNELS);
                heard.entry(*bus).or_default().extend(left);
            }
        }
        assert!(self.ends.values().all(|end| end.lost() == 0));
        heard
    }
}

/// How much of a tone's cosine and sine is in samples that hold whole waves of it.
fn parts(heard: &[f32], hz: f64) -> (f64, f64) {
    let (mut re, mut im) = (0f64, 0f64);
    for (i, &sample) in heard.iter().enumerate() {
        let angle = TAU * hz * i as f64 / SAMPLE_RATE as f64;
        re += f64::from(sample) * angle.cos();
        im += f64::from(sample) * angle.sin();
    }
    let share = 2.0 / heard.len() as f64;
    (re * share, im * share)
}

/// The amplitude of a tone in such samples.
fn amplitude(heard: &[f32], hz: f64) -> f64 {
    let (re, im) = parts(heard, hz);
    re.hypot(im)
}

fn db(ratio: f64) -> f64 {
    20.0 * ratio.max(1e-12).log10()
}

const GUESTS: usize = 10;
const LEVEL: f64 = 0.05;

fn hz(guest: usize) -> f64 {
    // Whole waves in each block.
    500.0 + 200.0 * guest as f64
}

/// In each return its own is not, and every other is at its level: `gain` is what a guest (first) gets of
/// another, 0 for one who is not heard.
fn returns_are(rig: &mut Rig, when: &str, gain: impl Fn(usize, usize) -> f64) {
    rig.order();
    rig.run(8);
    let heard = rig.run(10);
    for guest in 0..GUESTS {
        let back = &heard[&BusId::MixMinus(guest)];
        for other in 0..GUESTS {
            let seen = db(amplitude(back, hz(other)) / LEVEL);
            let wanted = gain(guest, other);
            if other == guest || wanted == 0.0 {
                assert!(seen < -90.0, "{when}: {other} to {guest}: {seen:.1} dB");
            } else {
                let wanted = db(wanted);
                let off = (seen - wanted).abs();
                assert!(
                    off < 0.1,
                    "{when}: {other} to {guest}: {seen:.2}, not {wanted:.2} dB"
                );
            }
        }
    }
}

/// All but one.
fn but(out: usize) -> impl Fn(usize, usize) -> f64 {
    move |_, of| f64::from(u8::from(of != out))
}

fn all(_: usize, _: usize) -> f64 {
    1.0
}

#[test]
fn ten_guests_hear_each_other_and_never_themselves() {
    let mut rig = Rig::of_guests((0..GUESTS).map(|n| tone(hz(n), LEVEL)).collect());
    (0..GUESTS).for_each(|n| rig.listen(BusId::MixMinus(n)));
    rig.listen(BusId::Program);
    returns_are(&mut rig, "all of them", all);

    rig.leave(3);
    returns_are(&mut rig, "one has left", but(3));
    rig.join(3);
    returns_are(&mut rig, "and has come back", all);

    (rig.gains[5].fader, rig.gains[5].open) = (0.0, 0.0);
    returns_are(&mut rig, "a mute", but(5));
    (rig.gains[5].fader, rig.gains[5].open) = (1.0, 1.0);

    rig.gains[2].listened.before[0] = true;
    rig.gains[6].listened.after[3] = true;
    returns_are(&mut rig, "PFL and AFL", all);

    rig.gains[4].fader = 0.5;
    returns_are(&mut rig, "a fader", |_, of| if of == 4 { 0.5 } else { 1.0 });
    // A group is a fader of many at once.
    (0..5).for_each(|n| rig.gains[n].fader *= 0.25);
    let grouped = |_: usize, of: usize| match of {
        4 => 0.125,
        0..4 => 0.25,
        _ => 1.0,
    };
    returns_are(&mut rig, "a group", grouped);

    // Everything of every strip at once, as a recall does it.
    let pressed = StripSettings {
        trim_db: -6.0,
        delay_ms: 120.0,
        ..StripSettings::default()
    };
    rig.settings = (0..GUESTS).map(|n| (n, pressed)).collect();
    rig.gains.iter_mut().for_each(|gain| gain.fader = 1.0);
    returns_are(&mut rig, "a recall", |_, _| 10f64.powf(-0.3));
    rig.settings = (0..GUESTS).map(|n| (n, StripSettings::default())).collect();
    returns_are(&mut rig, "and back", all);

    // All are as loud as each other: ten open microphones have the gain of one.
    let shared = StripSettings {
        share: Share {
            on: true,
            weight_db: 0.0,
        },
        ..StripSettings::default()
    };
    rig.settings = (0..GUESTS).map(|n| (n, shared)).collect();
    returns_are(&mut rig, "they share", |_, _| 10f64.powf(-0.5));
    rig.settings = (0..GUESTS).map(|n| (n, StripSettings::default())).collect();
    returns_are(&mut rig, "they share no more", all);

    // Off air by AFV, and what the director makes of that.
    (rig.gains[7].follow, rig.gains[7].follow_back) = (0.0, 0.0);
    returns_are(&mut rig, "off air", but(7));
    // It speaks to two of them all the same.
    rig.gains[7].talk = 1.0;
    (rig.gains[0].talked, rig.gains[1].talked) = (true, true);
    rig.buses.ducked = 0.25;
    let talkback = |to: usize, of: usize| match (to, of) {
        (0 | 1, 7) => 1.0,
        (_, 7) => 0.0,
        (0 | 1, _) => 0.25,
        _ => 1.0,
    };
    returns_are(&mut rig, "talkback", talkback);
    rig.gains[7].talk = 0.0;
    rig.gains.iter_mut().for_each(|gain| gain.talked = false);
    returns_are(&mut rig, "no more of it", but(7));
    rig.gains[7].follow_back = 1.0;
    returns_are(&mut rig, "heard off air", all);

    // The program is black, and they talk on.
    rig.buses.program = 0.0;
    returns_are(&mut rig, "black", all);
    let heard = rig.run(2);
    assert!(heard[&BusId::Program].iter().all(|s| *s == 0.0));

    // One who is no guest any more is heard by the others all the same.
    rig.gains[9].back = None;
    rig.order();
    rig.run(50);
    let heard = rig.run(10);
    assert!(heard[&BusId::MixMinus(9)].iter().all(|s| *s == 0.0));
    let seen = db(amplitude(&heard[&BusId::MixMinus(0)], hz(9)) / LEVEL);
    assert!(seen.abs() < 0.1, "{seen}");
}

#[test]
fn a_guest_who_comes_as_another_goes_gets_something_back_at_once() {
    // As many as a show can have, and one more place for who comes.
    let most = 32;
    let mut rig = Rig::of_guests((0..=most).map(|n| tone(hz(n % 4), 0.01)).collect());
    rig.gains[most].back = None;
    rig.order();
    rig.run(5);
    rig.gains[0].back = None;
    rig.gains[most].back = Some(1.0);
    rig.listen(BusId::MixMinus(most));
    rig.order();
    rig.run(6);
    let heard = rig.run(10);
    let seen = amplitude(&heard[&BusId::MixMinus(most)], hz(1));
    assert!((seen - 0.08).abs() < 0.001, "{seen}");
}

#[test]
fn a_guest_that_is_made_anew_never_hears_itself_from_its_other_slot() {
    // It is on air from slot 0 and in the show in slot 1; another is heard beside it.
    let back = |own: f64| {
        let waves = vec![tone(hz(0), own), tone(hz(1), own), tone(hz(2), LEVEL)];
        let mut rig = Rig::new(waves);
        rig.gains[0].back = Some(1.0);
        rig.gains[1].follow_back = 0.0;
        let buses = [BusId::MixMinus(0), BusId::MixMinus(1)];
        buses.into_iter().for_each(|bus| rig.listen(bus));
        rig.order();
        let mut heard: [Vec<f32>; 2] = Default::default();
        for block in 0..160 {
            let gains = &mut rig.gains;
            match block {
                10 => {
                    (gains[0].back, gains[1].back) = (None, Some(1.0));
                    (gains[0].twin, gains[1].twin) = (Some(1), Some(0));
                    rig.order();
                }
                40 => {
                    // A take: from the one slot to the other.
                    (gains[0].follow, gains[0].follow_back) = (0.0, 0.0);
                    gains[1].follow_back = 1.0;
                    (gains[0].twin, gains[1].twin) = (None, None);
                    rig.order();
                    rig.leave(0);
                }
                _ => {}
            }
            for (heard, (_, more)) in heard.iter_mut().zip(rig.run(1)) {
                heard.extend(more);
            }
        }
        heard
    };
    let (with, without) = (back(0.2), back(0.0));
    for (with, without) in with.iter().zip(&without) {
        let most = with.iter().zip(without).map(|(a, b)| (a - b).abs());
        let most = db(f64::from(most.fold(0.0, f32::max)) / 0.2);
        assert!(most < -90.0, "{most:.1} dB");
        assert!(without.iter().any(|s| s.abs() > 0.04));
    }
}

#[test]
fn who_has_the_slot_of_a_twin_is_heard_by_the_other() {
    let mut rig = Rig::of_guests(vec![tone(hz(0), LEVEL), tone(hz(1), LEVEL)]);
    (rig.gains[0].twin, rig.gains[1].twin) = (Some(1), Some(0));
    rig.listen(BusId::MixMinus(0));
    rig.order();
    rig.leave(1);
    rig.run(5);
    rig.join(1);
    (rig.gains[0].twin, rig.gains[1].twin) = (None, None);
    rig.order();
    rig.run(6);
    let heard = rig.run(10);
    let seen = amplitude(&heard[&BusId::MixMinus(0)], hz(1));
    assert!(db(seen / LEVEL).abs() < 0.1, "{seen}");
}

/// What is done to a rig block by block, of everything that there is.
fn act(rig: &mut Rig, block: usize) {
    let own = rig.gains.len() - 1;
    match block {
        10 => rig.gains[1].fader = 0.2,
        20 => rig.leave(2),
        30 => rig.join(2),
        40 => (rig.gains[own].fader, rig.gains[own].open) = (0.0, 0.0),
        50 => (rig.gains[own].fader, rig.gains[own].open) = (1.0, 1.0),
        60 => rig.gains[own].listened.before = [true; 4],
        65 => rig.gains[own].listened.after = [true; 4],
        70 => rig.gains[own].follow = 0.0,
        75 => rig.gains[own].follow_back = 0.0,
        80 => (rig.gains[own].follow, rig.gains[own].follow_back) = (1.0, 1.0),
        90 => rig.gains.iter_mut().for_each(|gain| gain.fader *= 0.5),
        100 => {
            let delayed = StripSettings {
                delay_ms: 30.0,
                pan: -0.3,
                ..StripSettings::default()
            };
            rig.settings = (0..=own).map(|n| (n, delayed)).collect();
        }
        110 => {
            rig.gains[own].sends[0] = SendGain {
                gain: 0.5,
                pre: false,
            }
        }
        115 => rig.gains[own].sends[0].pre = true,
        120 => rig.leave(own),
        130 => rig.join(own),
        140 => rig.gains[own].back = Some(0.5),
        _ => return,
    }
    rig.order();
}

#[test]
fn at_no_moment_is_anything_of_a_guest_in_its_return() {
    // With its tone and with silence in its place it gets back the same, through every change.
    let back = |own: f64| {
        let mut waves: Vec<Wave> = (0..4).map(|n| tone(hz(n), LEVEL)).collect();
        waves.push(tone(hz(4), own));
        let mut rig = Rig::of_guests(waves);
        rig.listen(BusId::MixMinus(4));
        rig.order();
        let mut heard = Vec::new();
        for block in 0..160 {
            act(&mut rig, block);
            heard.append(rig.run(1).get_mut(&BusId::MixMinus(4)).unwrap());
        }
        heard
    };
    let (with, without) = (back(0.2), back(0.0));
    let most = with.iter().zip(&without).map(|(a, b)| (a - b).abs());
    let most = db(f64::from(most.fold(0.0, f32::max)) / 0.2);
    assert!(most < -90.0, "{most:.1} dB");
    assert!(without.iter().any(|s| s.abs() > 0.1));
}

#[test]
fn no_change_is_a_step_on_any_bus() {
    let mut rig = Rig::of_guests((0..5).map(|_| level(0.1)).collect());
    for gain in &mut rig.gains {
        gain.sends[1] = SendGain {
            gain: 1.0,
            pre: false,
        };
        gain.listened.before[1] = true;
        gain.listened.after[2] = true;
    }
    let buses = [
        BusId::Program,
        BusId::Aux(0),
        BusId::Aux(1),
        BusId::MixMinus(0),
        BusId::MixMinus(4),
        BusId::Listen(0),
        BusId::Listen(1),
        BusId::Listen(2),
    ];
    buses.into_iter().for_each(|bus| rig.listen(bus));
    rig.order();
    rig.run(5);
    let mut last = rig.run(1);
    for block in 0..200 {
        act(&mut rig, block);
        match block {
            150 => rig.buses.auxes = [0.3, 0.0],
            160 => rig.gains.iter_mut().for_each(|gain| gain.back = None),
            170 => rig.gains.iter_mut().for_each(|gain| gain.back = Some(1.0)),
            _ => {}
        }
        if matches!(block, 150 | 160 | 170) {
            rig.order();
        }
        let heard = rig.run(1);
        for (bus, heard) in &heard {
            let before = last[bus].last().copied();
            let all: Vec<f32> = before.into_iter().chain(heard.iter().copied()).collect();
            let steps = all.windows(2).map(|w| (w[1] - w[0]).abs());
            let most = steps.fold(0.0, f32::max);
            // All five at once over 5 ms, three times as steep at the start of a fading: 0.0063.
            assert!(most < 0.007, "{bus:?} in block {block}: {most}");
        }
        last = heard;
    }
}

#[test]
fn who_listens_is_heard_by_nobody_else_to_the_last_bit() {
    let program = |busy: bool| {
        let mut rig = Rig::new((0..6).map(|n| tone(hz(n), 0.1)).collect());
        rig.gains[1].fader = 0.3;
        rig.gains[2].follow = 0.0;
        rig.listen(BusId::Program);
        rig.order();
        let mut heard = Vec::new();
        for block in 0..60 {
            if busy && block % 7 == 0 {
                for (n, gain) in rig.gains.iter_mut().enumerate() {
                    gain.listened.before[n % 4] = block % 2 == 0;
                    gain.listened.after[(n + 1) % 4] = block % 3 == 0;
                    gain.sends = [SendGain {
                        gain: 1.0,
                        pre: block % 2 == 1,
                    }; 2];
                    gain.back = (block > 20).then_some(1.0);
                }
                rig.buses.auxes = [1.0, 0.1];
                rig.order();
            }
            heard.append(rig.run(1).get_mut(&BusId::Program).unwrap());
        }
        heard
    };
    let (quiet, busy) = (program(false), program(true));
    assert!(quiet == busy);
    assert!(quiet.iter().any(|s| s.abs() > 0.2));
}

/// A strip and a program in which every equaliser is on and flat, and nothing else changes anything.
fn flat() -> (StripSettings, Master) {
    let (mut strip, mut master) = (StripSettings::default(), Master::default());
    (strip.eq.on, master.eq.on) = (true, true);
    (strip, master)
}

#[test]
fn at_unity_every_bit_arrives_with_every_bus_on() {
    let mut seed = 3u64;
    let noise: Vec<f32> = (0..60 * BLOCK)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 40) as f32 / 33_554_432.0 - 0.25
        })
        .collect();
    let source = noise.clone();
    let mut rig = Rig::of_guests(vec![
        Box::new(move |i| source[i as usize]),
        level(0.0),
        level(0.0),
    ]);
    for gain in &mut rig.gains {
        gain.sends = [SendGain {
            gain: 1.0,
            pre: false,
        }; 2];
        gain.listened.before = [true; 4];
    }
    let (strip, master) = flat();
    rig.settings = (0..3).map(|n| (n, strip)).collect();
    rig.buses.master = master;
    let same = [
        BusId::Program,
        BusId::Aux(0),
        BusId::Listen(3),
        BusId::MixMinus(1),
    ];
    same.into_iter().for_each(|bus| rig.listen(bus));
    rig.order();
    rig.run(3);
    let heard = rig.run(40);
    let from = 3 * BLOCK;
    for bus in [BusId::Program, BusId::Aux(0), BusId::MixMinus(1)] {
        assert!(heard[&bus] == noise[from..from + 40 * BLOCK], "{bus:?}");
    }
    // Without a limiter in its way it is heard that much earlier.
    let early = from + Mixer::AHEAD as usize;
    assert!(heard[&BusId::Listen(3)] == noise[early..early + 40 * BLOCK]);
}

#[test]
fn the_whole_way_to_the_program_adds_less_than_minus_120_db() {
    let high = 0.85;
    for hz in [100.0, 1000.0, 6000.0] {
        let mut rig = Rig::new(vec![tone(hz, high), level(0.0)]);
        let (mut strip, mut master) = flat();
        strip.high_pass.on = true;
        strip.high_pass.hz = 20.0;
        strip.gate.on = true;
        strip.compressor.on = true;
        (strip.compressor.threshold_db, strip.compressor.knee_db) = (0.0, 0.0);
        strip.delay_ms = 20.0;
        strip.share.on = true;
        // One that works, and one that takes it back.
        for eq in [&mut strip.eq, &mut master.eq] {
            eq.bands[1].gain_db = 6.0;
            eq.bands[2] = eq.bands[1];
            eq.bands[2].gain_db = -6.0;
        }
        rig.settings = vec![(0, strip)];
        rig.buses.master = master;
        rig.listen(BusId::Program);
        rig.order();
        rig.run(300);
        let heard = &rig.run(100)[&BusId::Program];
        let (re, im) = parts(heard, hz);
        let squares = heard.iter().enumerate().map(|(i, sample)| {
            let angle = TAU * hz * i as f64 / SAMPLE_RATE as f64;
            (f64::from(*sample) - re * angle.cos() - im * angle.sin()).powi(2)
        });
        let rest = (2.0 * squares.sum::<f64>() / heard.len() as f64).sqrt();
        let thd_n = db(rest / re.hypot(im));
        assert!(thd_n < -120.0, "{hz} Hz: {thd_n:.1} dB");
        let seen = db(re.hypot(im) / high);
        assert!(seen.abs() < 0.02, "{hz} Hz: {seen} dB");
    }
}

#[test]
fn a_fader_is_the_gain_that_it_says_and_pan_has_its_law() {
    let high = 0.25;
    for fader_db in [10.0, 0.0, -0.1, -6.0, -20.0, -60.0, -99.0] {
        let mut rig = Rig::new(vec![tone(1000.0, high)]);
        rig.gains[0].fader = db_to_gain(fader_db as f32);
        rig.listen(BusId::Program);
        rig.order();
        rig.run(5);
        let heard = rig.run(10);
        let seen = db(amplitude(&heard[&BusId::Program], 1000.0) / high);
        assert!((seen - fader_db).abs() < 0.01, "{fader_db}: {seen}");
    }
    // One side is heard here: the left, of one channel with equal power, of stereo as a balance.
    for (pick, pan, wanted) in [
        (Pick::Left, 0.0, 0.5f64.sqrt()),
        (Pick::Left, -1.0, 1.0),
        (Pick::Left, 1.0, 0.0),
        (Pick::Left, 0.5, (TAU * 3.0 / 16.0).cos()),
        (Pick::Stereo, 0.0, 1.0),
        (Pick::Stereo, -1.0, 1.0),
        (Pick::Stereo, 0.5, 0.5),
        (Pick::Stereo, 1.0, 0.0),
    ] {
        let mut rig = Rig::new(vec![tone(1000.0, high)]);
        let strip = StripSettings {
            pick,
            pan,
            ..StripSettings::default()
        };
        rig.settings = vec![(0, strip)];
        rig.listen(BusId::Program);
        rig.order();
        rig.run(5);
        let heard = rig.run(10);
        let seen = amplitude(&heard[&BusId::Program], 1000.0) / high;
        assert!((seen - wanted).abs() < 1e-4, "{pick:?} {pan}: {seen}");
    }
}

#[test]
fn sends_are_taken_before_the_fader_or_after_it_and_before_the_delay() {
    let mut rig = Rig::new(vec![level(0.1)]);
    rig.listen(BusId::Aux(0));
    rig.listen(BusId::Aux(1));
    let is = |rig: &mut Rig, when: &str, wanted: [f32; 2]| {
        rig.order();
        rig.run(3);
        let heard = rig.run(1);
        for (n, wanted) in [0u8, 1].into_iter().zip(wanted) {
            let seen = heard[&BusId::Aux(n)][BLOCK - 1];
            assert!(
                (seen - wanted).abs() < 1e-6,
                "{when}: aux {n}: {seen}, not {wanted}"
            );
        }
    };
    is(&mut rig, "no sends", [0.0, 0.0]);
    rig.gains[0].sends = [
        SendGain {
            gain: 0.5,
            pre: false,
        },
        SendGain {
            gain: 2.0,
            pre: true,
        },
    ];
    is(&mut rig, "sends", [0.05, 0.2]);
    rig.gains[0].fader = 0.5;
    is(&mut rig, "a fader", [0.025, 0.2]);
    rig.gains[0].follow = 0.0;
    is(&mut rig, "off air", [0.0, 0.2]);
    rig.gains[0].follow = 1.0;
    (rig.gains[0].fader, rig.gains[0].open) = (0.0, 0.0);
    is(&mut rig, "a mute", [0.0, 0.0]);
    (rig.gains[0].fader, rig.gains[0].open) = (1.0, 1.0);
    rig.buses.auxes = [0.1, 0.0];
    is(&mut rig, "masters", [0.005, 0.0]);

    let mut rig = Rig::new(vec![tone(997.0, 0.2)]);
    let delayed = StripSettings {
        delay_ms: 100.0,
        ..StripSettings::default()
    };
    rig.settings = vec![(0, delayed)];
    rig.gains[0].sends[0] = SendGain {
        gain: 1.0,
        pre: false,
    };
    [BusId::Aux(0), BusId::Program]
        .into_iter()
        .for_each(|bus| rig.listen(bus));
    rig.order();
    rig.run(20);
    let heard = rig.run(20);
    let late = SAMPLE_RATE / 10;
    let (aux, program) = (&heard[&BusId::Aux(0)], &heard[&BusId::Program]);
    assert!(program[late..] == aux[..aux.len() - late]);
}

#[test]
fn aux_and_returns_are_limited() {
    let mut rig = Rig::of_guests((0..6).map(|_| level(0.5)).collect());
    rig.gains
        .iter_mut()
        .for_each(|gain| gain.sends[0].gain = 1.0);
    let buses = [BusId::Aux(0), BusId::MixMinus(2)];
    buses.into_iter().for_each(|bus| rig.listen(bus));
    rig.order();
    let heard = rig.run(60);
    for bus in buses {
        let heard = &heard[&bus];
        assert!(heard.iter().all(|s| s.abs() < 0.8913), "{bus:?}");
        assert!(heard[heard.len() - 1] > 0.86, "{bus:?}");
    }
}

#[test]
fn the_masters_ceiling_and_equaliser_are_heard_in_the_program_alone() {
    let mut rig = Rig::of_guests(vec![tone(500.0, 0.9), tone(500.0, 0.2)]);
    [BusId::Program, BusId::MixMinus(1)]
        .into_iter()
        .for_each(|bus| rig.listen(bus));
    let amplitudes = |rig: &mut Rig| {
        rig.order();
        rig.run(100);
        let heard = rig.run(10);
        [BusId::Program, BusId::MixMinus(1)].map(|bus| db(amplitude(&heard[&bus], 500.0)))
    };
    rig.buses.master.ceiling_db = -6.0;
    let [program, back] = amplitudes(&mut rig);
    assert!((program + 6.1).abs() < 0.2, "{program}");
    assert!((back - db(0.891)).abs() < 0.3, "{back}");
    rig.buses.master.ceiling_db = 0.0;
    let eq = &mut rig.buses.master.eq;
    eq.on = true;
    (eq.bands[1].hz, eq.bands[1].gain_db) = (500.0, -12.0);
    let [program, _] = amplitudes(&mut rig);
    assert!((program - db(1.1) + 12.0).abs() < 0.1, "{program}");
}

/// Samples that are far from those beside them, as a click is: the highest second difference.
fn roughness(heard: &[f32]) -> f32 {
    let of = |w: &[f32]| (w[0] - 2.0 * w[1] + w[2]).abs();
    heard.windows(3).map(of).fold(0.0, f32::max)
}

#[test]
fn open_microphones_share_the_gain_of_one_and_who_begins_to_speak_has_it() {
    // One speaks all the time, another for a second in between, the third is a room alone.
    let speaks = |hz: f64, from: u64, to: u64| -> Wave {
        let (on, off) = (tone(hz, 0.2), tone(hz, 0.001));
        let second = SAMPLE_RATE as u64;
        let edge = 480.0;
        Box::new(move |i| {
            let into = (i as f64 - (from * second) as f64).min((to * second) as f64 - i as f64);
            let share = (into / edge).clamp(0.0, 1.0) as f32;
            share * on(i) + (1.0 - share) * off(i)
        })
    };
    let mut rig = Rig::new(vec![
        speaks(500.0, 0, 9),
        speaks(700.0, 2, 3),
        tone(900.0, 0.001),
    ]);
    let share = |weight_db| StripSettings {
        share: Share {
            on: true,
            weight_db,
        },
        ..StripSettings::default()
    };
    rig.settings = (0..3).map(|slot| (slot, share(0.0))).collect();
    rig.listen(BusId::Program);
    rig.order();
    let heard = &rig.run(500)[&BusId::Program];
    let at = |tenth: usize, hz: f64| {
        let from = tenth * SAMPLE_RATE / 10;
        db(amplitude(&heard[from..from + SAMPLE_RATE / 10], hz))
    };
    let alone = db(0.2);
    assert!((at(10, 500.0) - alone).abs() < 0.1, "{}", at(10, 500.0));
    // 46 dB softer, and turned down by as much.
    assert!((at(10, 900.0) - db(0.001) + 46.0).abs() < 0.3);
    for hz in [500.0, 700.0] {
        assert!((at(25, hz) - alone + 3.0).abs() < 0.1, "{}", at(25, hz));
    }
    assert!((at(45, 500.0) - alone).abs() < 0.1);
    let steady = roughness(&heard[48_000..72_000]);
    let begins = roughness(&heard[90_000..110_000]);
    assert!(begins < 3.0 * steady, "{begins} {steady}");
}

#[test]
fn music_gives_way_to_speech_in_every_bus_and_comes_back_as_it_was() {
    let mut music = StripSettings::default();
    music.duck.on = true;
    let voice = StripSettings {
        speech: true,
        ..StripSettings::default()
    };
    let second = SAMPLE_RATE as u64;
    let said = tone(700.0, 0.1);
    let speech = move |i: u64| {
        let is_said = (second..2 * second).contains(&i);
        if is_said { said(i) } else { 0.0 }
    };
    let mut rig = Rig::new(vec![tone(500.0, 0.2), Box::new(speech)]);
    rig.gains[0].sends[0].gain = 1.0;
    rig.settings = vec![(0, music), (1, voice)];
    let buses = [BusId::Program, BusId::Aux(0)];
    buses.iter().for_each(|bus| rig.listen(*bus));
    rig.order();
    let heard = rig.run(1500);
    for bus in buses {
        let at = |tenth: usize| {
            let from = tenth * SAMPLE_RATE / 10;
            db(amplitude(&heard[&bus][from..from + SAMPLE_RATE / 10], 500.0) / 0.2)
        };
        assert!(at(8).abs() < 0.01, "{bus:?}: {}", at(8));
        let depth = -music.duck.depth_db as f64;
        assert!((at(18) - depth).abs() < 0.1, "{bus:?}: {}", at(18));
    }
    let program = &heard[&BusId::Program];
    let (first, last) = (&program[500..24_000], &program[662_900..686_400]);
    // Whole waves lie between them.
    assert_eq!(first.len(), last.len());
    assert_eq!((662_900 - 500) % 96, 0);
    assert!(first.iter().zip(last).all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn who_talks_is_heard_by_whom_it_is_said_to_and_the_rest_gives_way() {
    let mut rig = Rig::of_guests((0..4).map(|n| tone(hz(n), LEVEL)).collect());
    // The last one is the director's microphone.
    rig.gains[3] = StripGain {
        talk: 0.0,
        ..StripGain::in_program(1.0, 0.0)
    };
    let buses = [
        BusId::Program,
        BusId::Aux(0),
        BusId::MixMinus(0),
        BusId::MixMinus(1),
    ];
    buses.iter().for_each(|bus| rig.listen(*bus));
    rig.gains[0].sends[0].gain = 1.0;
    rig.buses.ducked = 0.25;
    rig.order();
    rig.run(20);
    rig.gains[3].talk = 1.0;
    rig.gains[0].talked = true;
    rig.order();
    let opens = rig.run(10);
    let smooth = roughness(&opens[&BusId::MixMinus(0)]);
    let heard = rig.run(10);
    let at = |bus: BusId, n: usize| db(amplitude(&heard[&bus], hz(n)) / LEVEL);
    let to = BusId::MixMinus(0);
    assert!(at(to, 3).abs() < 0.1, "{}", at(to, 3));
    for other in [1, 2] {
        assert!((at(to, other) - db(0.25)).abs() < 0.1, "{}", at(to, other));
    }
    assert!(at(to, 0) < -90.0, "not itself");
    assert!(smooth < 2.0 * roughness(&heard[&to]) + 1e-3, "{smooth}");
    for bus in [BusId::Program, BusId::Aux(0), BusId::MixMinus(1)] {
        assert!(at(bus, 3) < -90.0, "{bus:?}: {}", at(bus, 3));
    }
    for other in [0, 2] {
        assert!(at(BusId::MixMinus(1), other).abs() < 0.1);
    }
    // It closes, and everything is as it was to the last bit.
    rig.gains[3].talk = 0.0;
    rig.gains[0].talked = false;
    rig.order();
    rig.run(10);
    let heard = rig.run(10);
    let at = |n: usize| db(amplitude(&heard[&to], hz(n)) / LEVEL);
    assert!(at(3) < -90.0 && at(1).abs() < 0.1, "{} {}", at(3), at(1));
}

/// A line-up tone of 1 kHz at −18 dBFS.
fn line_up(bus: BusId) -> Generated {
    Generated {
        bus,
        wave: LineUpWave::Sine,
        hz: 1000.0,
        level: db_to_gain(-18.0),
        alone: true,
        ident: Ident::None,
    }
}

#[test]
fn the_line_up_tone_is_in_its_bus_alone_whatever_the_faders_say_and_exactly_as_loud_as_it_is_set() {
    let mut rig = Rig::of_guests(vec![tone(400.0, 0.2), tone(700.0, 0.2)]);
    let buses = [BusId::Program, BusId::Aux(1), BusId::MixMinus(0)];
    buses.iter().for_each(|bus| rig.listen(*bus));
    rig.buses.auxes[1] = 0.0;
    for bus in buses {
        rig.buses.generated = Some(line_up(bus));
        rig.order();
        rig.run(40);
        // Whole turns of all three.
        let heard = rig.run(10);
        for other in buses {
            let level = db(amplitude(&heard[&other], 1000.0));
            if other == bus {
                assert!((level + 18.0).abs() < 0.01, "{bus:?}: {level}");
                let rest = db(amplitude(&heard[&other], 700.0));
                assert!(rest < -90.0, "{bus:?}: {rest}");
            } else {
                assert!(level < -90.0, "{other:?} while it is in {bus:?}: {level}");
            }
        }
        rig.buses.generated = Some(Generated {
            alone: false,
            ..line_up(bus)
        });
        rig.order();
        rig.run(40);
        let heard = rig.run(10);
        assert!((db(amplitude(&heard[&bus], 1000.0)) + 18.0).abs() < 0.01);
        if bus != BusId::Aux(1) {
            let rest = db(amplitude(&heard[&bus], 700.0));
            assert!((rest - db(0.2)).abs() < 0.05, "{bus:?}: {rest}");
        }
    }
    // A guest that is one no more takes it along, and another bus has it.
    rig.gains[0].back = None;
    rig.order();
    rig.run(100);
    rig.buses.generated = Some(line_up(BusId::Program));
    rig.order();
    rig.run(40);
    let program = &rig.run(10)[&BusId::Program];
    assert!((db(amplitude(program, 1000.0)) + 18.0).abs() < 0.01);
}

#[test]
fn a_strip_is_given_as_it_came_and_as_it_was_worked_on_each_at_its_own_time() {
    let mut rig = Rig::new(vec![tone(400.0, 0.1), tone(700.0, 0.2)]);
    let [input, strip] = [BusId::Input(1), BusId::Strip(1)];
    [input, strip].iter().for_each(|bus| rig.listen(*bus));
    let settings = StripSettings {
        trim_db: -6.0,
        delay_ms: 100.0,
        ..StripSettings::default()
    };
    rig.settings = vec![(1, settings)];
    rig.gains[1].fader = 0.0;
    rig.order();
    let heard = rig.run(30);
    let later = |bus: BusId| &heard[&bus][10 * BLOCK..20 * BLOCK];
    assert!((db(amplitude(later(input), 700.0)) - db(0.2)).abs() < 1e-3);
    assert!((db(amplitude(later(strip), 700.0)) - db(0.2) + 6.0).abs() < 1e-3);
    assert!(amplitude(later(strip), 400.0) < 1e-6);
    // Sample by sample what the source gives at this time of the house: no delay is in it.
    let began = rig.ends[&input].began().unwrap();
    assert_eq!(rig.ends[&strip].began(), Some(began));
    let wave = tone(700.0, 0.2);
    for n in (5 * BLOCK..25 * BLOCK).step_by(97) {
        let given = wave(began + n as u64);
        assert!((heard[&input][n] - given).abs() < 1e-6, "{n}");
        assert!(
            (heard[&strip][n] - given * db_to_gain(-6.0)).abs() < 1e-5,
            "{n}"
        );
    }
}

/// Everything on in every strip.
fn busy() -> StripSettings {
    let mut strip = StripSettings {
        trim_db: 3.0,
        pan: 0.3,
        delay_ms: 40.0,
        ..StripSettings::default()
    };
    strip.high_pass.on = true;
    strip.gate.on = true;
    strip.eq.on = true;
    strip.eq.bands[2].gain_db = 6.0;
    strip.compressor.on = true;
    strip.share.on = true;
    strip.duck.on = true;
    strip.speech = true;
    strip
}

#[test]
fn a_block_asks_for_no_memory_and_gives_none_back() {
    let mut rig = Rig::of_guests((0..12).map(|n| tone(hz(n), 0.4)).collect());
    // A source with a clock of its own besides.
    let (mut live, reader) = sound_ring();
    rig.mixer
        .put(11, Some(Box::new(Strip::new(Track::new(reader, true)))));
    rig.sources[11].1 = None;
    let mut buses = vec![BusId::Program, BusId::Aux(0), BusId::Listen(1)];
    buses.extend([BusId::Input(3), BusId::Strip(4)]);
    buses.extend((0..10).map(BusId::MixMinus));
    buses.iter().for_each(|bus| rig.listen(*bus));
    rig.settings = (0..12).map(|n| (n, busy())).collect();
    rig.order();
    let sound = vec![0.1f32; BLOCK * CHANNELS];
    for at in 0..6 {
        live.push(&sound, block_start(at * BLOCK as u64), false);
    }
    let mut block = vec![0f32; BLOCK * CHANNELS];
    for k in 0..300u64 {
        rig.feed();
        live.push(&sound, block_start((k + 6) * BLOCK as u64), false);
        if k % 3 == 0 {
            for (n, gain) in rig.gains.iter_mut().enumerate() {
                let on = k % 2 == 0;
                gain.fader = if on { 1.0 } else { 0.2 };
                gain.sends[n % 2] = SendGain { gain: 1.0, pre: on };
                gain.listened.before[1] = on;
                gain.back = (n as u64 != k % 7).then_some(1.0);
                gain.talked = n as u64 == k % 5;
                gain.talk = if n == 4 && on { 1.0 } else { 0.0 };
            }
            let bus = BusId::MixMinus((k % 4) as usize);
            rig.buses.generated = (k % 9 > 2).then_some(line_up(bus));
            rig.buses.master.eq.on = k % 2 == 0;
            rig.buses.master.eq.bands[0].gain_db = 6.0;
            rig.settings = vec![(
                (k % 12) as usize,
                if k % 2 == 0 {
                    busy()
                } else {
                    StripSettings::default()
                },
            )];
            rig.order();
        }
        if k % 50 == 25 {
            // A recall: everything of every strip.
            rig.settings = (0..12).map(|n| (n, busy())).collect();
            rig.order();
        }
        let mixer = &mut rig.mixer;
        let mut mix = || {
            let samples = &mixer.block().samples;
            samples.iter().fold(0f32, |most, s| most.max(s.abs()))
        };
        // The first are for warming up.
        let peak = if k < 10 { mix() } else { assert_no_alloc(mix) };
        assert!(k < 10 || peak > 0.02, "{k}: {peak}");
        // One leaves, and another comes in its place. What is given back is let go of here.
        let slot = (k / 20 % 11) as usize;
        if k % 20 == 12 {
            let gone = assert_no_alloc(|| rig.mixer.put(slot, None));
            assert!(gone.is_some());
            rig.sources[slot].1 = None;
        } else if k % 20 == 15 {
            let (writer, reader) = sound_ring();
            let strip = Some(Box::new(Strip::new(Track::new(reader, false))));
            let gone = assert_no_alloc(|| rig.mixer.put(slot, strip));
            assert!(gone.is_none());
            rig.sources[slot].1 = Some(writer);
            rig.sources[slot].2 = rig.mixer.position() / BLOCK as u64;
        }
        while rig.mixer.spent().is_some() {}
        for end in rig.ends.values_mut() {
            end.samples.pop_entire_slice(&mut block).unwrap();
        }
    }
}
