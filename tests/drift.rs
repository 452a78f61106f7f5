//! Sound from and to cards whose clocks are not the house's, with the times of both made up: an hour takes
//! seconds.

use std::collections::VecDeque;
use std::f64::consts::TAU;
use std::sync::Arc;

use regie::audio::{Control, Mixer, Player, Track};
use regie::input::{Split, Vitals, sound_ring};
use regie::media::{BLOCK, CHANNELS, House, SAMPLE_RATE, block_start};

const HZ: f64 = 997.0;
const LOUD: f64 = 0.5;
/// The mixer gives a block so long after its end.
const BEHIND_NS: i64 = 8_000_000;

/// A tone, sample by sample.
struct Tone {
    re: f64,
    im: f64,
    turn: (f64, f64),
}

impl Tone {
    /// Of so many turns a sample.
    fn new(turns: f64) -> Self {
        let (sin, cos) = (turns * TAU).sin_cos();
        Self {
            re: 1.0,
            im: 0.0,
            turn: (cos, sin),
        }
    }

    /// Cosine and sine of the next sample.
    fn next(&mut self) -> (f64, f64) {
        let now = (self.re, self.im);
        let (cos, sin) = self.turn;
        let (re, im) = (now.0 * cos - now.1 * sin, now.0 * sin + now.1 * cos);
        // Rounding must not let it grow.
        let size = 1.5 - 0.5 * (re * re + im * im);
        (self.re, self.im) = (re * size, im * size);
        now
    }
}

/// Takes a tone out and leaves everything else.
struct Notch {
    cos: f64,
    seen: [f64; 4],
}

impl Notch {
    /// Distance of the poles from the circle: so wide that a tone bent by a cent or two stays out.
    const RADIUS: f64 = 0.97;

    fn new(turns: f64) -> Self {
        Self {
            cos: (turns * TAU).cos(),
            seen: [0.0; 4],
        }
    }

    fn next(&mut self, x: f64) -> f64 {
        let [x1, x2, y1, y2] = self.seen;
        let r = Self::RADIUS;
        let y = x - 2.0 * self.cos * x1 + x2 + 2.0 * r * self.cos * y1 - r * r * y2;
        self.seen = [x, x1, y, y1];
        y
    }
}

/// What is heard at a card, measured as it comes.
struct Ear {
    notches: [Notch; 2],
    /// The tone as it would be if the bus were heard without delay.
    truth: Tone,
    sum: (f64, f64),
    frames: usize,
    /// Phase of the last tenth of a second against the truth, in turns.
    phase: Option<f64>,
    /// The most that was left beside the tone, and the most that its pitch was off, in cents.
    rest: f64,
    cents: f64,
    /// How much later it has become since it settled, in seconds: now, at the least and at the most.
    later: (f64, f64, f64),
    window: usize,
}

impl Ear {
    fn new(rate: f64) -> Self {
        let turns = HZ / rate;
        Self {
            notches: [Notch::new(turns), Notch::new(turns)],
            truth: Tone::new(turns),
            sum: (0.0, 0.0),
            frames: 0,
            phase: None,
            rest: 0.0,
            cents: 0.0,
            later: (0.0, 0.0, 0.0),
            window: rate as usize / 10,
        }
    }

    fn hear(&mut self, sample: f64, settled: bool) {
        let mut rest = sample;
        for notch in &mut self.notches {
            rest = notch.next(rest);
        }
        let (cos, sin) = self.truth.next();
        self.sum.0 += sample * sin;
        self.sum.1 += sample * cos;
        self.frames += 1;
        if settled {
            self.rest = self.rest.max(rest.abs());
        }
        if self.frames.is_multiple_of(self.window) {
            let phase = self.sum.1.atan2(self.sum.0) / TAU;
            self.sum = (0.0, 0.0);
            if let Some(before) = self.phase.replace(phase)
                && settled
            {
                let turned = (phase - before + 0.5).rem_euclid(1.0) - 0.5;
                let (now, least, most) = self.later;
                let now = now - turned / HZ;
                self.later = (now, least.min(now), most.max(now));
                let turns = HZ * 0.1;
                let cents = 1200.0 * ((turns + turned) / turns).log2();
                self.cents = self.cents.max(cents.abs());
            }
        }
    }
}

impl Ear {
    /// How far the delay moved, in ms.
    fn wandered(&self) -> f64 {
        (self.later.2 - self.later.1) * 1e3
    }
}

/// Numbers that come in no order, the same each time.
struct Dice(u32);

impl Dice {
    /// Up to so many nanoseconds.
    fn jitter(&mut self, most: i64) -> i64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i64::from(self.0 >> 16) * most / 65_536
    }
}

/// A house whose mixer gives a tone, and a card that takes it.
struct Hall {
    player: Player,
    bus: rtrb::Producer<f32>,
    control: Arc<Control>,
    tone: Tone,
    /// Blocks that were given, and those that the mixer withholds for the moment.
    blocks: u64,
    late: VecDeque<Vec<f32>>,
    holds: bool,
    /// Of the card by the house's clock, in samples a second.
    rate: f64,
    /// Frames that the card has taken.
    taken: u64,
    period: usize,
    out: Vec<f32>,
    dice: Dice,
}

impl Hall {
    fn new(rate: u32, ppm: f64, period: usize) -> Self {
        let (bus, end) = rtrb::RingBuffer::new(SAMPLE_RATE / 2 * CHANNELS);
        let control = Arc::new(Control::default());
        control.set(1.0, false);
        let mut player = Player::new(end, &[1, 2], control.clone());
        player.tune(rate);
        Self {
            player,
            bus,
            control,
            tone: Tone::new(HZ / SAMPLE_RATE as f64),
            blocks: 0,
            late: VecDeque::new(),
            holds: false,
            rate: f64::from(rate) * (1.0 + ppm * 1e-6),
            taken: 0,
            period,
            out: vec![0.0; period * CHANNELS],
            dice: Dice(1),
        }
    }

    /// The card's next period: what it is given.
    fn period(&mut self) -> &[f32] {
        let due = (self.taken as f64 / self.rate * 1e9) as House;
        let now = due + self.dice.jitter(1_500_000);
        while block_start((self.blocks + 1) * BLOCK as u64) + BEHIND_NS + self.dice.jitter(900_000)
            <= now
        {
            let block = (0..BLOCK)
                .flat_map(|_| [(self.tone.next().1 * LOUD) as f32; CHANNELS])
                .collect();
            self.late.push_back(block);
            self.blocks += 1;
        }
        while !self.holds
            && let Some(block) = self.late.pop_front()
        {
            let _ = self.bus.push_entire_slice(&block);
        }
        // The card says that what it is given is heard two periods later.
        let lead = (2.0 * self.period as f64 / self.rate * 1e9) as i64;
        self.player.begin(self.period, now, now + lead);
        self.out.fill(0.0);
        self.player.add(&mut self.out, CHANNELS);
        self.taken += self.period as u64;
        &self.out
    }

    fn seconds(&self) -> f64 {
        self.taken as f64 / self.rate
    }
}

/// Listens for so long; the worst that was heard after the first five seconds, and the least and most
/// that it was late, in ms.
fn listen(rate: u32, ppm: f64, period: usize, seconds: f64) -> (Ear, Hall, (f32, f32)) {
    let mut hall = Hall::new(rate, ppm, period);
    let mut ear = Ear::new(hall.rate);
    let (mut least, mut most) = (f32::MAX, f32::MIN);
    while hall.seconds() < seconds {
        let settled = hall.seconds() > 5.0;
        for frame in hall.period().chunks_exact(CHANNELS) {
            ear.hear(f64::from(frame[0]), settled);
        }
        if settled {
            let latency = hall.control.latency_ms();
            (least, most) = (least.min(latency), most.max(latency));
        }
    }
    (ear, hall, (least, most))
}

fn is_clean(rate: u32, ppm: f64, period: usize, seconds: f64) {
    let what = format!("{rate} Hz {ppm:+} ppm, {period} frames");
    let (ear, hall, (least, most)) = listen(rate, ppm, period, seconds);
    assert_eq!(hall.control.underruns(), 0, "{what}");
    // A saw of one block of the mixer's and one of the card's is in it.
    let saw = 10.0 + period as f32 / rate as f32 * 1000.0;
    assert!(most - least < saw + 4.0, "{what}: {least} to {most} ms");
    assert!(most < 40.0 + 3.0 * saw, "{what}: {most} ms");
    assert!(hall.control.late_samples().abs() < 96.0, "{what}");
    assert!(
        ear.rest < 1e-3 * LOUD,
        "{what}: {} beside the tone",
        ear.rest
    );
    assert!(ear.cents < 3.0, "{what}: {} cents", ear.cents);
    assert!(ear.wandered() < 2.0, "{what}: {} ms", ear.wandered());
}

#[test]
fn an_hour_on_a_card_500_ppm_off_keeps_its_delay_and_never_clicks() {
    std::thread::scope(|scope| {
        for ppm in [500.0, -500.0] {
            scope.spawn(move || is_clean(48_000, ppm, 512, 3600.0));
        }
    });
}

#[test]
fn cards_of_every_rate_and_period_are_served() {
    for (rate, ppm, period) in [
        (44_100, 500.0, 441),
        (44_100, -500.0, 1024),
        (96_000, 500.0, 2048),
        (48_000, 1.0, 480),
        (48_000, -30.0, 64),
        (48_000, 0.0, 4096),
    ] {
        is_clean(rate, ppm, period, 90.0);
    }
}

#[test]
fn a_mixer_that_stops_is_an_underrun_without_a_click_and_is_heard_again() {
    let mut hall = Hall::new(48_000, 120.0, 480);
    let mut heard = Vec::new();
    let mut silent = false;
    while hall.seconds() < 12.0 {
        hall.holds = (4.0..4.3).contains(&hall.seconds());
        let out = hall.period().iter().step_by(CHANNELS).copied();
        let before = heard.len();
        heard.extend(out);
        silent |= hall.seconds() > 4.0 && heard[before..].iter().all(|s| *s == 0.0);
    }
    assert!(silent, "it stopped, and was heard all the same");
    assert_eq!(hall.control.underruns(), 1);
    // Where it stops, its slope ends: a kink of that much at the most. A step would be ten times that.
    let smooth = (LOUD * HZ * TAU / 48e3) as f32;
    let rough = |w: &[f32]| (w[0] - 2.0 * w[1] + w[2]).abs();
    let roughest = heard[4800..].windows(3).map(rough).fold(0.0, f32::max);
    assert!(
        roughest < smooth * 1.1,
        "{roughest} is a click against {smooth}"
    );
    let last = &heard[heard.len() - 48_000..];
    let loudest = last.iter().fold(0.0f32, |most, s| most.max(s.abs()));
    assert!((loudest - LOUD as f32).abs() < 0.01, "{loudest}");
    assert!(
        hall.control.latency_ms() < 80.0,
        "{} ms",
        hall.control.latency_ms()
    );
}

#[test]
fn a_card_that_was_away_plays_what_is_new_and_not_what_waited() {
    let mut hall = Hall::new(48_000, 0.0, 480);
    while hall.seconds() < 3.0 {
        hall.period();
    }
    let before = hall.control.latency_ms();
    // Two seconds in which it took nothing: the ring has run full long since.
    hall.taken += 96_000;
    while hall.seconds() < 9.0 {
        hall.period();
    }
    let after = hall.control.latency_ms();
    assert!(
        (after - before).abs() < 15.0,
        "{before} ms, then {after} ms"
    );
    let loudest = hall
        .period()
        .iter()
        .fold(0.0f32, |most, s| most.max(s.abs()));
    assert!(loudest > 0.4, "{loudest}");
}

#[test]
fn level_dim_and_mono_change_without_a_click_and_one_channel_has_both_sides() {
    let (mut bus, end) = rtrb::RingBuffer::new(SAMPLE_RATE * CHANNELS);
    let control = Arc::new(Control::default());
    let mut player = Player::new(end, &[3], control.clone());
    player.tune(48_000);
    let block: Vec<f32> = [0.5, 0.25].repeat(BLOCK);
    let mut out = vec![0f32; 4 * BLOCK];
    let mut heard = Vec::new();
    let (mut steepest, mut last) = (0f32, 0f32);
    for k in 0..400i64 {
        let _ = bus.push_entire_slice(&block);
        match k {
            0 => control.set(1.0, false),
            150 => control.set(0.1, false),
            250 => control.set(0.1, true),
            _ => {}
        }
        out.fill(0.0);
        player.begin(BLOCK, k * 10_000_000, k * 10_000_000);
        player.add(&mut out, 4);
        for frame in out.chunks_exact(4) {
            assert_eq!([frame[0], frame[1], frame[3]], [0.0; 3]);
            steepest = steepest.max((frame[2] - last).abs());
            last = frame[2];
        }
        heard.push(last);
    }
    let near =
        |k: usize, wanted: f32| assert!((heard[k] - wanted).abs() < 1e-4, "{k}: {}", heard[k]);
    near(140, 0.375);
    near(240, 0.0375);
    near(399, 0.0375);
    assert!(steepest < 0.002, "{steepest} from one sample to the next");
    // On two channels, mono is the same on both.
    let (mut bus, end) = rtrb::RingBuffer::new(SAMPLE_RATE * CHANNELS);
    let mut player = Player::new(end, &[1, 2], control.clone());
    player.tune(48_000);
    control.set(1.0, true);
    let mut out = vec![0f32; CHANNELS * BLOCK];
    for k in 0..100i64 {
        let _ = bus.push_entire_slice(&block);
        out.fill(0.0);
        player.begin(BLOCK, k * 10_000_000, k * 10_000_000);
        player.add(&mut out, CHANNELS);
    }
    for side in [0, 1] {
        assert!((out[side] - 0.375).abs() < 1e-4, "{}", out[side]);
    }
}

/// A tone from a card to the mixer for so long: what is heard after the first 20 seconds.
fn capture(rate: u32, ppm: f64, period: usize, seconds: f64) -> (Ear, Track) {
    let (writer, reader) = sound_ring();
    let mut split = Split::default();
    split.add(0, &[2], writer, Arc::new(Vitals::default()));
    split.begin(rate, 2);
    let mut track = Track::new(reader, true);
    let mut ear = Ear::new(SAMPLE_RATE as f64);
    let mut dice = Dice(7);
    let real = f64::from(rate) * (1.0 + ppm * 1e-6);
    let mut tone = Tone::new(HZ / real);
    let mut given = 0u64;
    let mut coming = VecDeque::new();
    let mut out = vec![0f32; BLOCK * CHANNELS];
    let mut block = vec![0f32; period * 2];
    for k in 0.. {
        let now = block_start((k + 1) * BLOCK as u64) + BEHIND_NS;
        if now as f64 > seconds * 1e9 {
            break;
        }
        // What has been fetched by now: a block is there when its last sample is.
        while coming
            .back()
            .is_none_or(|block: &(u64, House)| block.1 <= now)
        {
            let whole = ((given + period as u64) as f64 / real * 1e9) as House;
            let fetched = whole + dice.jitter(1_500_000);
            let fetched = (fetched / 3_000_000 + 1) * 3_000_000;
            coming.push_back((given, fetched));
            given += period as u64;
        }
        while let Some((index, fetched)) = coming.pop_front_if(|block| block.1 <= now) {
            for frame in block.chunks_exact_mut(2) {
                frame[1] = (tone.next().1 * LOUD) as f32;
            }
            split.take(index, &block, fetched);
        }
        track.block(block_start(k * BLOCK as u64 + Mixer::AHEAD), &mut out);
        let settled = now > 20_000_000_000;
        for frame in out.chunks_exact(CHANNELS) {
            assert_eq!(frame[0], frame[1]);
            ear.hear(f64::from(frame[0]), settled);
        }
    }
    (ear, track)
}

fn is_captured_clean(rate: u32, ppm: f64, period: usize, seconds: f64) {
    let what = format!("from {rate} Hz {ppm:+} ppm, {period} frames");
    let (ear, track) = capture(rate, ppm, period, seconds);
    assert!(track.late_samples().abs() < 96.0, "{what}");
    assert!(
        ear.rest < 1e-3 * LOUD,
        "{what}: {} beside the tone",
        ear.rest
    );
    assert!(ear.cents < 3.0, "{what}: {} cents", ear.cents);
    assert!(ear.wandered() < 8.0, "{what}: {} ms", ear.wandered());
}

#[test]
fn an_hour_from_a_card_500_ppm_off_keeps_its_delay_and_never_clicks() {
    std::thread::scope(|scope| {
        for ppm in [500.0, -500.0] {
            scope.spawn(move || is_captured_clean(48_000, ppm, 512, 3600.0));
        }
    });
}

#[test]
fn cards_of_every_rate_and_period_are_taken_from() {
    for (rate, ppm, period) in [
        (44_100, 500.0, 441),
        (96_000, -500.0, 256),
        (48_000, 0.0, 480),
        (48_000, 40.0, 64),
        (48_000, -200.0, 2048),
        // As a server of sound gives them.
        (48_000, 60.0, 4800),
    ] {
        is_captured_clean(rate, ppm, period, 120.0);
    }
}
