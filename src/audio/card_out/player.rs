//! One bus on its way to a card's clock. All of it runs in the card's own thread: it waits for nothing
//! and allocates nothing.
//!
//! The bus is made by the house's clock, so a sample of it is due at a known time of the house. When the
//! card asks, it is seen how late the sample is that would be given now; that is worked off as it is for
//! sources. How much waits in the ring would say the same with a saw of 10 ms in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use crate::audio::bend::{Bend, Bender};
use crate::audio::step::Step;
use crate::media::{BLOCK, CHANNELS, House, NS_PER_S, SAMPLE_RATE};

/// Frames that are brought to the card's clock at once.
const CHUNK: usize = 64;
/// So many of them are left out at the beginning: as many as the resampler lags behind, and one.
const PRIME: usize = 3;
/// What waits when a card has just been served, in frames of the house: for a mixer that is late. Each
/// time it was too little it becomes more.
const MARGIN: usize = SAMPLE_RATE / 100;
const MARGIN_MOST: usize = SAMPLE_RATE / 10;
/// A bus this far from its time (40 ms) is put right at once.
const FAR: f64 = 0.04 * SAMPLE_RATE as f64;
/// From silence to full scale, in seconds: no change clicks.
const RAMP_S: f32 = 0.02;

/// How an output is set and how it does: shared by whoever set it up and the card's thread. Silent until
/// it is set.
#[derive(Debug, Default)]
pub struct Control {
    gain: AtomicU32,
    mono: AtomicBool,
    leaving: AtomicBool,
    lost: AtomicBool,
    underruns: AtomicU64,
    latency_us: AtomicU32,
    late: AtomicU32,
}

impl Control {
    /// How loud it is, linear, and whether both sides are heard together on both.
    pub fn set(&self, gain: f32, mono: bool) {
        self.gain.store(gain.to_bits(), Ordering::Relaxed);
        self.mono.store(mono, Ordering::Relaxed);
    }

    /// Has it fade out and leave its card.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// Whether it was told to leave.
    pub fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    /// Its card's system does not let go of it.
    pub fn lose(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }

    /// Whether it is lost.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// How often what is heard broke off: there was nothing to give when the card asked, or the card had
    /// not asked for too long.
    pub fn underruns(&self) -> u64 {
        self.underruns.load(Ordering::Relaxed)
    }

    /// From the bus to the loudspeaker, in ms; 0 while nothing is heard.
    pub fn latency_ms(&self) -> f32 {
        self.latency_us.load(Ordering::Relaxed) as f32 / 1000.0
    }

    /// How far the sound is from where it should be, in samples of the house.
    pub fn late_samples(&self) -> f32 {
        f32::from_bits(self.late.load(Ordering::Relaxed))
    }
}

/// See the module's words.
pub struct Player {
    control: Arc<Control>,
    bus: rtrb::Consumer<f32>,
    /// Of the card, counted from 0.
    channels: Vec<usize>,
    rate: u32,
    bender: Option<Bender>,
    /// What was brought to the card's clock, and how many frames of it were given.
    chunk: [f32; CHUNK * CHANNELS],
    given: usize,
    run: Option<Run>,
    bend: Bend,
    step: Step,
    seen: House,
    /// Frames of silence since it stopped: it fades out before it begins again.
    quiet: u32,
    margin: usize,
    /// The most frames of the house that the card took at once of late.
    most: usize,
    /// A side's share of itself and of the other.
    shares: [f32; 2],
}

/// Sound goes out.
struct Run {
    /// When its first frame was heard.
    began: House,
    /// Frames of the bus used up since.
    read: u64,
}

impl Player {
    /// Gives a bus (48 kHz, interleaved stereo) to one or two of a card's channels, counted from 1.
    pub fn new(bus: rtrb::Consumer<f32>, channels: &[u16], control: Arc<Control>) -> Self {
        Self {
            control,
            bus,
            channels: channels
                .iter()
                .map(|c| usize::from(*c).max(1) - 1)
                .collect(),
            rate: 0,
            bender: None,
            chunk: [0.0; CHUNK * CHANNELS],
            given: CHUNK,
            run: None,
            bend: Bend::default(),
            step: Step::default(),
            seen: 0,
            quiet: 0,
            margin: MARGIN,
            most: 0,
            shares: [0.0; 2],
        }
    }

    /// Makes ready for a card of this rate. Allocates: not for the card's thread.
    pub fn tune(&mut self, rate: u32) {
        if self.rate != rate || self.bender.is_none() {
            self.rate = rate;
            self.bender = Bender::new(f64::from(rate) / SAMPLE_RATE as f64, CHUNK);
        }
        self.stop();
        self.quiet = rate;
        self.shares = [0.0; 2];
        self.most = 0;
        self.forget();
    }

    /// The highest of the card's channels that it needs.
    pub fn last_channel(&self) -> u16 {
        self.channels.iter().max().map_or(1, |c| *c as u16 + 1)
    }

    /// How it is set.
    pub fn control(&self) -> &Arc<Control> {
        &self.control
    }

    /// Whether it has faded out for good.
    pub fn has_left(&self) -> bool {
        self.control.is_leaving() && self.shares == [0.0; 2]
    }

    /// The card asks for so many frames, the first of which is heard at `heard_at`.
    pub fn begin(&mut self, frames: usize, now: House, heard_at: House) {
        let house = frames * SAMPLE_RATE / self.rate.max(1) as usize + 1;
        // Some take a lot when they begin, and little ever after.
        self.most = house.max(self.most - self.most / 64);
        let seconds = (now - self.seen) as f64 / NS_PER_S as f64;
        self.seen = now;
        if let Some(run) = &self.run {
            let due = (heard_at - run.began) as f64 * SAMPLE_RATE as f64 / NS_PER_S as f64;
            let late = due - (run.read as f64 - self.left_over());
            self.bend.see(late, seconds.clamp(0.0, 1.0));
            if self.bend.late().abs() > FAR {
                // The card left out calls, or came with too many.
                self.control.underruns.fetch_add(1, Ordering::Relaxed);
                self.stop();
            }
        }
        if self.run.is_none() && self.quiet >= self.rate / 100 {
            self.start(heard_at);
        }
        if let Some(bender) = &mut self.bender {
            bender.bend(self.bend.speed());
        }
        let waits = match self.run {
            Some(_) => self.waiting() as f64 + self.left_over(),
            None => 0.0,
        };
        let latency = match self.run {
            Some(_) => waits / SAMPLE_RATE as f64 + (heard_at - now) as f64 / NS_PER_S as f64,
            None => 0.0,
        };
        let us = (latency * 1e6) as u32;
        self.control.latency_us.store(us, Ordering::Relaxed);
        let late = self.bend.late() as f32;
        self.control.late.store(late.to_bits(), Ordering::Relaxed);
    }

    /// Adds its next frames to those of the card, interleaved, of which each has `width` channels.
    pub fn add(&mut self, out: &mut [f32], width: usize) {
        let slope = 1.0 / (RAMP_S * self.rate.max(1) as f32);
        let gain = match self.control.is_leaving() {
            true => 0.0,
            false => f32::from_bits(self.control.gain.load(Ordering::Relaxed)),
        };
        let wanted = match self.control.mono.load(Ordering::Relaxed) {
            true => [gain / 2.0; 2],
            false => [gain, 0.0],
        };
        let mut pair = [0f32; CHUNK * CHANNELS];
        for out in out.chunks_mut(CHUNK * width) {
            let pair = &mut pair[..out.len() / width * CHANNELS];
            self.give(pair);
            self.step.smooth(pair);
            for (out, sides) in out.chunks_exact_mut(width).zip(pair.chunks_exact(CHANNELS)) {
                for (share, wanted) in self.shares.iter_mut().zip(wanted) {
                    *share += (wanted - *share).clamp(-slope, slope);
                }
                let [own, other] = self.shares;
                let left = sides[0] * own + sides[1] * other;
                let right = sides[1] * own + sides[0] * other;
                match self.channels[..] {
                    [one] => {
                        if let Some(out) = out.get_mut(one) {
                            *out += (left + right) / 2.0;
                        }
                    }
                    [l, r, ..] => {
                        for (channel, side) in [(l, left), (r, right)] {
                            if let Some(out) = out.get_mut(channel) {
                                *out += side;
                            }
                        }
                    }
                    [] => {}
                }
            }
        }
    }

    /// Frames of the bus that wait.
    fn waiting(&self) -> usize {
        self.bus.slots() / CHANNELS
    }

    /// Frames of the house that were brought to the card's clock and not given yet.
    fn left_over(&self) -> f64 {
        (CHUNK - self.given) as f64 * SAMPLE_RATE as f64 / f64::from(self.rate.max(1))
    }

    /// Begins as soon as enough waits, and no more: what is older is left out.
    fn start(&mut self, heard_at: House) {
        let Some(bender) = &mut self.bender else {
            return;
        };
        let room = self.bus.buffer().capacity() / CHANNELS;
        let primes = PRIME * (bender.needs() + 1);
        let needed = self.most + primes + bender.needs() + BLOCK + self.margin;
        let needed = needed.min(room / 2);
        let waiting = self.bus.slots() / CHANNELS;
        if waiting > room * 3 / 4 {
            // Nobody took it for so long that what is new may have found no room.
            return self.forget();
        }
        if waiting < needed {
            return;
        }
        if let Ok(old) = self.bus.read_chunk((waiting - needed) * CHANNELS) {
            old.commit_all();
        }
        bender.restart();
        self.bend.reset();
        // It begins with silence and an edge, which nobody is to hear.
        for _ in 0..PRIME {
            self.turn();
        }
        self.given = CHUNK;
        // It comes in softly, whatever it is in the middle of.
        self.shares = [0.0; 2];
        self.run = Some(Run {
            began: heard_at,
            read: 0,
        });
    }

    /// Leaves out all that waits.
    fn forget(&mut self) {
        let waiting = self.bus.slots();
        if let Ok(old) = self.bus.read_chunk(waiting) {
            old.commit_all();
        }
    }

    fn stop(&mut self) {
        self.run = None;
        self.quiet = 0;
        self.bend.reset();
        self.step.begins();
    }

    /// Fills frames of stereo at the card's rate; silence where there is nothing.
    fn give(&mut self, mut out: &mut [f32]) {
        while !out.is_empty() {
            if self.given == CHUNK && !self.next_chunk() {
                out.fill(0.0);
                let frames = (out.len() / CHANNELS) as u32;
                self.quiet = self.quiet.saturating_add(frames);
                return;
            }
            let samples = (out.len()).min((CHUNK - self.given) * CHANNELS);
            let (now, rest) = out.split_at_mut(samples);
            let at = self.given * CHANNELS;
            now.copy_from_slice(&self.chunk[at..at + samples]);
            self.given += samples / CHANNELS;
            out = rest;
        }
    }

    fn next_chunk(&mut self) -> bool {
        if self.run.is_none() {
            return false;
        }
        let Some(used) = self.turn() else {
            // An engine that has ended is nothing to count.
            if !self.bus.is_abandoned() {
                self.control.underruns.fetch_add(1, Ordering::Relaxed);
                self.margin = (self.margin + MARGIN).min(MARGIN_MOST);
            }
            self.stop();
            return false;
        };
        if let Some(run) = &mut self.run {
            run.read += used as u64;
        }
        self.given = 0;
        true
    }

    /// Brings a chunk to the card's clock; how many frames of the bus it took. None where too few wait.
    fn turn(&mut self) -> Option<usize> {
        let bender = self.bender.as_mut()?;
        let needed = bender.needs();
        if self.bus.slots() / CHANNELS < needed {
            return None;
        }
        let bus = &mut self.bus;
        let take = |input: &mut [f32]| match bus.pop_entire_slice(input) {
            Ok(()) => input.len() / CHANNELS,
            Err(_) => 0,
        };
        bender.run(take, &mut self.chunk).then_some(needed)
    }
}
