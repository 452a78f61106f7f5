//! A live source whose clock runs off: its picture and its sound stay together for hours, pictures
//! are repeated or dropped one at a time, and nobody hears that the sound is bent. Simulated from
//! arrival to what is seen and heard, without real time; and what an hour of that leaves behind goes on
//! through the encoders, and is read from the master and from what a receiver got.

mod common;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use gstreamer as gst;
use gstreamer_video as gst_video;
use regie::audio::{BusGains, Meters, Mixer, Order, Strip, StripGain, Track};
use regie::door::DestinationState;
use regie::input::{ClockMap, Slot, slot, sound_ring};
use regie::media::{
    BLOCK, CHANNELS, House, HouseClock, NS_PER_S, Picture, Rate, SAMPLE_RATE, SoundBlock,
    block_start, start_gstreamer,
};
use regie::output::{
    Aim, Consumers, EncoderInput, Encoders, PacketQueue, Recorder, RunningDestination,
    start_fan_out,
};
use regie::show::{Destination, Encoder, EncoderName, Format, Key, RecordingFormat};
use regie::video::video_info;

use common::coded::{self, Painter, Sheet};
use common::rtmp::Receiver;
use common::{media, read, wait};

/// How far behind the house the mixer works, as in the engine.
const BEHIND_NS: i64 = 8_000_000;
/// The clock map has found the source's speed and the mixer its place.
const SETTLED_NS: i64 = 5 * NS_PER_S;
/// In seconds.
const HOUR: i64 = 3600;

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

/// What a source sends, and what is made of that which becomes of it.
trait Scene {
    /// The source's picture `k`, to be seen at this time.
    fn picture(&mut self, k: u64, time: House) -> Picture;
    /// Sample `s` of its sound.
    fn sample(&self, s: u64) -> [f32; CHANNELS];
    /// The tick that is due then shows picture `k`.
    fn shown(&mut self, due: House, k: u64, picture: &Picture);
    /// The mixer gives this.
    fn heard(&mut self, block: &SoundBlock);
}

/// What regie counted of a source.
struct Counted {
    repeated: u64,
    dropped: u64,
    lost: u64,
    drift_ppm: f64,
}

/// The smallest of pictures, for those at which nobody looks.
struct Blank(gst_video::VideoInfo);

impl Blank {
    fn new() -> Self {
        start_gstreamer().unwrap();
        let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, 16, 16);
        Self(info.build().unwrap())
    }

    fn picture(&self, time: House) -> Picture {
        let buffer = gst::Buffer::with_size(self.0.size()).unwrap();
        Picture::new(buffer, &self.0, time).unwrap()
    }
}

/// A mixer of one source, which is in the program.
fn mixer_of(track: Track) -> Mixer {
    let mut mixer = Mixer::new(1, Arc::new(Meters::new(1)));
    mixer.put(0, Some(Box::new(Strip::new(track))));
    mixer.order(Order {
        position: 0,
        ramp: 1,
        strips: vec![StripGain::in_program(1.0, 1.0)],
        settings: Vec::new(),
        buses: BusGains::default(),
    });
    mixer
}

fn simulate(sender: Sender, house: Rate, seconds: i64, scene: &mut impl Scene) -> Counted {
    let (mut pictures_in, mut slot) = slot(house);
    let (mut sound_in, reader) = sound_ring();
    let mut mixer = mixer_of(Track::new(reader, true));
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
                pictures_in.push(scene.picture(next_picture, time));
                next_picture += 1;
            } else {
                let time = map.observe(sound_at(next_sound), sound_due, 0);
                let start = next_sound * sender.packet as u64;
                let samples: Vec<f32> = (start..start + sender.packet as u64)
                    .flat_map(|s| scene.sample(s))
                    .collect();
                let broken = std::mem::replace(&mut breaks, map.breaks()) != map.breaks();
                sound_in.push(&samples, time, broken);
                next_sound += 1;
            }
        }
        if due <= mixed {
            if let Some(picture) = slot.at(due, house.frame_ns()) {
                scene.shown(due, first_picture + picture.number - 1, picture);
            }
            n += 1;
        } else {
            scene.heard(mixer.block());
        }
    }
    let counters = slot.counters();
    Counted {
        repeated: counters.repeated.load(Ordering::Relaxed),
        dropped: counters.dropped.load(Ordering::Relaxed),
        lost: counters.lost.load(Ordering::Relaxed),
        drift_ppm: map.drift_ppm(),
    }
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

/// A source that sends its clock in its sound, looked at where the tick and the mixer give it.
struct Clocks {
    blank: Blank,
    /// The source's.
    rate: Rate,
    /// For each tick: how much later the sound of the picture first shown then is heard, in ns.
    offsets: Vec<i64>,
    /// Numbers of the pictures shown, tick by tick.
    shown: Vec<u64>,
    /// The largest step from one sample to the next of a wave of one hertz.
    steepest: f32,
    /// Ticks whose sound has not been mixed yet: when they were due, and the clock in their picture.
    ticks: VecDeque<(i64, i64)>,
    last_frame: Option<[f32; CHANNELS]>,
}

impl Clocks {
    fn new(rate: Rate) -> Self {
        Self {
            blank: Blank::new(),
            rate,
            offsets: Vec::new(),
            shown: Vec::new(),
            steepest: 0.0,
            ticks: VecDeque::new(),
            last_frame: None,
        }
    }

    fn look_for_clicks(&mut self, block: &SoundBlock) {
        let is_settled = block_start(block.position) > SETTLED_NS;
        for frame in block.samples.chunks_exact(CHANNELS) {
            if let Some(last) = self.last_frame.filter(|_| is_settled) {
                let steps = frame.iter().zip(last).map(|(now, last)| (now - last).abs());
                self.steepest = steps.fold(self.steepest, f32::max);
            }
            self.last_frame = Some([frame[0], frame[1]]);
        }
    }
}

impl Scene for Clocks {
    fn picture(&mut self, _: u64, time: House) -> Picture {
        self.blank.picture(time)
    }

    fn sample(&self, s: u64) -> [f32; CHANNELS] {
        wave(block_start(s))
    }

    fn shown(&mut self, due: House, k: u64, _: &Picture) {
        if due <= SETTLED_NS {
            return;
        }
        if self.shown.last() != Some(&k) {
            self.ticks.push_back((due, self.rate.time_of(k)));
        }
        self.shown.push(k);
    }

    fn heard(&mut self, block: &SoundBlock) {
        self.look_for_clicks(block);
        let start = block_start(block.position);
        let end = block_start(block.position + BLOCK as u64);
        while let Some((due, seen)) = self.ticks.front().copied().filter(|(due, _)| *due < end) {
            let at = ((due - start).max(0) * SAMPLE_RATE as i64 / NS_PER_S) as usize;
            let frame = &block.samples[at * CHANNELS..][..CHANNELS];
            let loud = frame[0].hypot(frame[1]);
            assert!((loud - 0.5).abs() < 0.01, "silence at {due}: {loud}");
            let exact = start + block_start(at as u64);
            let heard = clock_heard(frame) + (due - exact);
            self.offsets.push(difference(seen, heard));
            self.ticks.pop_front();
        }
    }
}

/// Checks what was promised of picture and sound together.
fn check_alignment(offsets: &[i64], house: Rate, what: &str) {
    let mut off: Vec<i64> = offsets.iter().map(|o| o.abs()).collect();
    off.sort_unstable();
    let (median, max) = (off[off.len() / 2], off[off.len() - 1]);
    let mean = offsets.iter().sum::<i64>() / offsets.len() as i64;
    let ms = |ns: i64| ns as f64 / 1e6;
    println!(
        "{what}: median {:.2} ms, most {:.2} ms, mean {:+.2} ms of {}",
        ms(median),
        ms(max),
        ms(mean),
        off.len()
    );
    assert!(median <= 10_000_000, "{what}: median {} ms", ms(median));
    let most = house.frame_ns() / 2 + 5_000_000;
    assert!(max <= most, "{what}: {} ms at the most", ms(max));
}

/// A wave of one hertz rises by so much a sample at the most; a click rises by more.
fn check_smooth(steepest: f32, what: &str) {
    let steep = (0.5 * std::f64::consts::TAU / SAMPLE_RATE as f64) as f32;
    assert!(steepest < 1.05 * steep, "{what}: a click of {steepest}");
}

/// Pictures at the house's rate are repeated or dropped singly, as often as the clock demands.
fn check_cadence(shown: &[u64], sender: &Sender, seconds: i64, what: &str) {
    let steps: Vec<u64> = shown.windows(2).map(|w| w[1] - w[0]).collect();
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

/// A source at the house's own rate whose clock runs off by so much.
fn drifting(house: Rate, ppm: f64) -> Sender {
    Sender {
        ppm,
        rate: house,
        packet: 1024,
        jitter_ns: 6_000_000,
        sound_ahead_ns: 0,
    }
}

/// Its speed was found, and none of it was lost.
fn check_counted(counted: &Counted, sender: &Sender, what: &str) {
    println!(
        "{what}: {} repeated, {} dropped, {:.1} ppm",
        counted.repeated, counted.dropped, counted.drift_ppm
    );
    let off = (counted.drift_ppm - sender.ppm).abs();
    assert!(off < 60.0, "{what}: {} ppm", counted.drift_ppm);
    assert_eq!(counted.lost, 0, "{what}");
}

/// An hour of that.
fn drifts_for_an_hour(house: Rate, ppm: f64) {
    let sender = drifting(house, ppm);
    let mut clocks = Clocks::new(sender.rate);
    let counted = simulate(sender, house, HOUR, &mut clocks);
    let what = format!("{house:?} at {ppm} ppm");
    check_alignment(&clocks.offsets, house, &what);
    check_smooth(clocks.steepest, &what);
    check_cadence(&clocks.shown, &sender, HOUR, &what);
    check_counted(&counted, &sender, &what);
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
    let usual = drifting(Rate(30, 1), 500.0);
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
        let mut clocks = Clocks::new(sender.rate);
        let counted = simulate(sender, house, 240, &mut clocks);
        check_alignment(&clocks.offsets, house, &what);
        check_smooth(clocks.steepest, &what);
        if sender.rate == house {
            check_cadence(&clocks.shown, &sender, 240, &what);
        }
        assert_eq!(counted.lost, 0, "{what}");
    }
}

/// Of the pictures that are encoded.
const SIZE: (u32, u32) = (320, 180);
/// Whom they say they are of.
const SOURCE: u8 = 1;
/// So much of the program may be on its way through the encoders: more than they look ahead, and less
/// than would be turned away.
const AHEAD_NS: i64 = 1_200_000_000;
/// So much is given before the destination must be there; it begins with the next keyframe then.
const FIRST_NS: i64 = NS_PER_S;
/// How much faster than it is the program is made.
const HASTE: i64 = 8;
/// Seconds more, for what cannot be read at either end: pictures from before the keyframe with which the
/// destination begins, and a dip that has pictures on one side alone.
const ENDS: i64 = 8;
/// Reached only where something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// Encoders, a recorder and a destination, as the engine has them.
struct Outputs {
    encoders: Encoders,
    input: EncoderInput,
    fan_out: JoinHandle<()>,
    recorder: Recorder,
    destination: RunningDestination,
    /// A consumer that tells how far the encoders have come.
    follower: Arc<PacketQueue>,
    /// Time of the first picture, and of the newest packet.
    span: Option<(House, House)>,
    frame_ns: i64,
}

/// What was encoded: the master, and pictures that the destination sent.
struct Written {
    master: PathBuf,
    sent: u64,
}

impl Outputs {
    fn start(format: Format, folder: &Path, server: String) -> Self {
        start_gstreamer().unwrap();
        let setting = Encoder {
            name: EncoderName::X264,
            bitrate_kbps: 1000,
            ..Encoder::default()
        };
        let hall = Destination {
            id: "hall".to_owned(),
            label: String::new(),
            server,
            key: Key::Open("hall".to_owned()),
        };
        let aim = Aim::new(folder.to_owned(), "Hour".to_owned(), RecordingFormat::Mkv);
        let bytes = setting.bits_per_second() / 8;
        let (recorder, records) = Recorder::start(aim, bytes, format.rate.fps()).unwrap();
        let (destination, sends) = RunningDestination::start(&hall, format, &setting).unwrap();
        let follower = Arc::new(PacketQueue::new(PATIENCE));
        follower.open();
        let consumers = Consumers::default();
        for queue in [records, sends, follower.clone()] {
            consumers.add(queue);
        }
        let (encoded_in, encoded_out) = crossbeam_channel::unbounded();
        let fan_out = start_fan_out(encoded_out, consumers).unwrap();
        let clock = HouseClock::start();
        let encoders = Encoders::start(clock, format, &setting, encoded_in).unwrap();
        recorder.set_on(true);
        destination.set_on(true);
        Self {
            input: encoders.input(),
            encoders,
            fan_out,
            recorder,
            destination,
            follower,
            span: None,
            frame_ns: format.rate.frame_ns(),
        }
    }

    /// Encodes the picture that is due then, as soon as there is room for it.
    fn picture(&mut self, picture: &Picture, due: House) {
        let room = wait::until(PATIENCE, || self.has_room(due).then_some(()));
        assert!(room.is_some(), "nothing comes out: {:?}", self.span);
        assert!(self.input.picture(picture, due), "no room at {due}");
        std::thread::sleep(Duration::from_nanos((self.frame_ns / HASTE) as u64));
    }

    fn has_room(&mut self, due: House) -> bool {
        let (first, mut newest) = self.span.unwrap_or((due, due));
        while let Some(packet) = self.follower.pop(Duration::ZERO) {
            newest = newest.max(packet.pts);
        }
        self.span = Some((first, newest));
        let is_live = self.destination.status().state == DestinationState::Live;
        due - newest < AHEAD_NS && (is_live || due - first < FIRST_NS)
    }

    fn sound(&self, block: &SoundBlock) {
        assert!(self.input.sound(block), "no room at {}", block.position);
    }

    /// Ends as the engine does; nothing may have gone wrong.
    fn end(mut self) -> Written {
        assert_eq!(self.encoders.message(), "");
        assert_eq!(self.encoders.restarts(), 0);
        self.encoders.end();
        self.fan_out.join().unwrap();
        self.recorder.end();
        self.destination.end();
        let recorded = self.recorder.status();
        assert_eq!(recorded.dropped, 0, "{recorded:?}");
        Written {
            master: recorded.path.as_ref().unwrap().into(),
            sent: self.destination.status().frames,
        }
    }
}

/// A source whose pictures are numbered and whose tone dips, once it is on air: before, nobody looks.
struct OnAir<S> {
    blank: Blank,
    info: gst_video::VideoInfo,
    painter: Painter,
    sheet: Sheet,
    /// A second of its sound.
    tone: Vec<[f32; CHANNELS]>,
    /// When it goes on air.
    begins: House,
    /// Makes the outputs then: encoders that have waited long for their first picture pass for dead.
    start: S,
    outputs: Option<Outputs>,
}

impl<S: FnMut() -> Outputs> OnAir<S> {
    fn new(format: Format, begins: House, start: S) -> Self {
        let (width, height) = (SIZE.0 as usize, SIZE.1 as usize);
        let tone = |s: u64| {
            let left = media::tone_at(coded::tone_of(SOURCE), s) as f32;
            [left, left / 2.0]
        };
        Self {
            blank: Blank::new(),
            info: video_info(format).unwrap(),
            painter: Painter::new(SOURCE, width, height),
            sheet: Sheet::new(width, height),
            tone: (0..SAMPLE_RATE as u64).map(tone).collect(),
            begins,
            start,
            outputs: None,
        }
    }
}

impl<S: FnMut() -> Outputs> Scene for OnAir<S> {
    fn picture(&mut self, k: u64, time: House) -> Picture {
        if time < self.begins {
            return self.blank.picture(time);
        }
        self.painter.draw(k as u32, &mut self.sheet.canvas());
        let buffer = gst::Buffer::from_mut_slice(self.sheet.data.clone());
        Picture::new(buffer, &self.info, time).unwrap()
    }

    fn sample(&self, s: u64) -> [f32; CHANNELS] {
        self.tone[s as usize % SAMPLE_RATE]
    }

    fn shown(&mut self, due: House, _: u64, picture: &Picture) {
        if picture.width() == SIZE.0 as usize {
            let outputs = self.outputs.get_or_insert_with(&mut self.start);
            outputs.picture(picture, due);
        }
    }

    fn heard(&mut self, block: &SoundBlock) {
        if let Some(outputs) = &self.outputs {
            outputs.sound(block);
        }
    }
}

/// Seconds in which the phase of a source's pictures goes once past the house's, so that every offset
/// between them is met with.
fn turn_s(sender: &Sender) -> i64 {
    (1e6 / sender.ppm.abs() / sender.rate.fps()).ceil() as i64
}

/// Reads what was encoded: whole, and picture and sound together.
fn check_file(file: &Path, sender: &Sender, house: Rate, what: &str) {
    let pictures = read::pictures(file);
    assert_eq!(pictures.complaints, Vec::<String>::new(), "{what}");
    assert_eq!(
        read::uneven(&pictures.seen, house.fps(), 0.0015),
        [],
        "{what}"
    );
    let sound = read::sound(file);
    assert_eq!(sound.gaps, [], "{what}");
    let late = read::av_offsets(&pictures.seen, &sound, SOURCE, sender.rate.fps());
    let offsets: Vec<i64> = late.iter().map(|s| (s * NS_PER_S as f64) as i64).collect();
    let turn = turn_s(sender);
    assert!(offsets.len() as i64 >= turn, "{what}: {}", offsets.len());
    check_alignment(&offsets, house, what);
}

/// After an hour of drift, all that the phase can be is encoded, recorded and sent.
fn goes_out_after_an_hour(house: Rate, ppm: f64) {
    let sender = drifting(house, ppm);
    let format = Format {
        width: SIZE.0,
        height: SIZE.1,
        rate: house,
    };
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start();
    let start = || Outputs::start(format, folder.path(), receiver.server("live"));
    let mut scene = OnAir::new(format, HOUR * NS_PER_S, start);
    let seconds = HOUR + turn_s(&sender) + ENDS;
    let counted = simulate(sender, house, seconds, &mut scene);
    let what = format!("after an hour, {house:?} at {ppm} ppm");
    check_counted(&counted, &sender, &what);
    let written = scene.outputs.expect("it was on air").end();
    check_file(
        &written.master,
        &sender,
        house,
        &format!("{what}, recorded"),
    );

    let connections = receiver.connections();
    assert_eq!(connections.len(), 1, "{what}");
    let arrived = wait::until(PATIENCE, || {
        let arrivals = &receiver.connections()[0].arrivals;
        let pictures = arrivals.iter().filter(|a| a.video && !a.header).count();
        (pictures as u64 == written.sent).then_some(())
    });
    assert!(arrived.is_some(), "{what}: {} were sent", written.sent);
    let flv = &connections[0].flv;
    check_file(flv, &sender, house, &format!("{what}, received"));
}

#[test]
fn what_goes_out_after_an_hour_at_30_with_a_fast_clock_is_aligned() {
    goes_out_after_an_hour(Rate(30, 1), 500.0);
}

#[test]
fn what_goes_out_after_an_hour_at_30_with_a_slow_clock_is_aligned() {
    goes_out_after_an_hour(Rate(30, 1), -500.0);
}

#[test]
fn what_goes_out_after_an_hour_at_29_97_with_a_fast_clock_is_aligned() {
    goes_out_after_an_hour(NTSC, 500.0);
}

#[test]
fn what_goes_out_after_an_hour_at_29_97_with_a_slow_clock_is_aligned() {
    goes_out_after_an_hour(NTSC, -500.0);
}
