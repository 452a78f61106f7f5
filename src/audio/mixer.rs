//! The mixer's core: strips, their sum, the limiter.
//!
//! A block of each source goes into lanes beside three others, through the processors of its strip,
//! through its delay, and weighed by fader, mute, audio-follows-video and pan into the sum. What
//! nothing is done to arrives with the bits it had.

use std::collections::VecDeque;
use std::sync::Arc;

use super::bank::Bank;
use super::delay::Delay;
use super::lanes::{Lanes, STRIPS};
use super::limiter::{LOOKAHEAD, Limiter};
use super::meter::{BankMeter, Meter, Meters};
use super::pan::sides;
use super::ramp::Ramp;
use super::track::Track;
use crate::media::{BLOCK, CHANNELS, SAMPLE_RATE, SoundBlock, block_start};
use crate::show::StripSettings;

/// What a strip does with its source, linear.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StripGain {
    /// Fader and mute.
    pub fader: f32,
    /// Audio follows video: 0 is unheard, 1 is heard.
    pub follow: f32,
}

/// A change of gains, at a sample of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The first sample that it concerns.
    pub position: u64,
    /// Over so many samples the gains go to their new values.
    pub ramp: u32,
    /// By slot.
    pub strips: Vec<StripGain>,
    /// Settings that are new, with their slots. They take effect with the next block.
    pub settings: Vec<(usize, StripSettings)>,
    /// The program's gain: fade to black.
    pub program: f32,
}

/// Without a longer one, gains change over 5 ms: short enough to be a cut, too long to be a click.
pub const SHORT_RAMP: u32 = (BLOCK / 2) as u32;
/// The program's ceiling, in dBTP.
const CEILING_DB: f32 = -1.0;
/// Strips, sum, limiter. A strip has a slot for as long as its source runs.
pub struct Mixer {
    strips: Vec<Option<Box<Strip>>>,
    quads: Vec<Quad>,
    /// The gain of the program, the same in every lane.
    program: Ramp,
    limiter: Limiter,
    meter: Meter,
    meters: Arc<Meters>,
    orders: VecDeque<Order>,
    position: u64,
}

/// One source's sound on its way into the sum.
pub struct Strip {
    track: Track,
    delay: Delay,
}

/// Four strips that are worked on together.
struct Quad {
    bank: Bank,
    meter: BankMeter,
    fader: Ramp,
    follow: Ramp,
    pan: Ramp,
    /// Of each place, whoever has it.
    settings: [StripSettings; STRIPS],
    /// One block of each, as far as it has come.
    block: Vec<Lanes>,
    /// Nothing has been in any of them since it was last silent.
    idle: bool,
}

impl Default for Quad {
    fn default() -> Self {
        let mut pan = Ramp::default();
        (0..STRIPS).for_each(|strip| pan.put(strip, [1.0; CHANNELS]));
        Self {
            bank: Bank::default(),
            meter: BankMeter::default(),
            fader: Ramp::default(),
            follow: Ramp::default(),
            pan,
            settings: Default::default(),
            block: vec![Lanes::ZERO; BLOCK],
            idle: true,
        }
    }
}

impl Mixer {
    /// A mixer of so many empty slots, that begins at sample 0; `meters` has one for each.
    pub fn new(slots: usize, meters: Arc<Meters>) -> Self {
        let mut program = Ramp::default();
        (0..STRIPS).for_each(|strip| program.put(strip, [1.0; CHANNELS]));
        Self {
            strips: (0..slots).map(|_| None).collect(),
            quads: (0..slots.div_ceil(STRIPS))
                .map(|_| Quad::default())
                .collect(),
            program,
            limiter: Limiter::new(CEILING_DB),
            meter: Meter::default(),
            meters,
            orders: VecDeque::new(),
            position: 0,
        }
    }

    /// Gives a slot to a strip, which begins silent, or to none; gives back what was there, for its
    /// memory is not to be freed here.
    pub fn put(&mut self, slot: usize, mut strip: Option<Box<Strip>>) -> Option<Box<Strip>> {
        let Some(place) = self.strips.get_mut(slot) else {
            return strip;
        };
        let settings = self.quads[slot / STRIPS].begin(slot % STRIPS);
        if let Some(strip) = &mut strip {
            strip.delay.set(delay_samples(&settings));
        }
        std::mem::replace(place, strip)
    }

    /// The first sample of the next block.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Goes on at this sample, for a mixer that begins in the middle of the show.
    pub fn begin_at(&mut self, position: u64) {
        self.position = position;
    }

    /// Takes an order; orders come in the order of their positions. One for the past is carried out
    /// at once.
    pub fn order(&mut self, order: Order) {
        self.orders.push_back(order);
    }

    /// How far ahead of its position the mixer needs to know orders, in samples: what is mixed now
    /// is heard when the limiter has looked at it.
    pub const AHEAD: u64 = LOOKAHEAD as u64;

    /// Mixes the next block.
    pub fn block(&mut self) -> SoundBlock {
        // What the limiter gives now is what it was given LOOKAHEAD samples ago, so it is given what
        // is to be heard LOOKAHEAD samples later.
        let start = self.position + Self::AHEAD;
        self.settle(start);
        self.work_on(start);
        let mut sum = vec![0f32; BLOCK * CHANNELS];
        let mut done = 0;
        while done < BLOCK {
            let at = start + done as u64;
            while let Some(order) = self.orders.pop_front_if(|order| order.position <= at) {
                self.carry_out(&order);
            }
            let until = self.orders.front().map_or(BLOCK, |order| {
                ((order.position - start) as usize).min(BLOCK)
            });
            self.mix(done..until, &mut sum[done * CHANNELS..until * CHANNELS]);
            done = until;
        }
        let gain = self.limiter.process(&mut sum);
        let reading = self.meter.read(&sum);
        self.meters.show_program(reading, gain);
        let block = SoundBlock {
            position: self.position,
            samples: sum,
        };
        self.position += BLOCK as u64;
        block
    }

    /// Hands on the settings of all orders of the block that begins at `start`.
    fn settle(&mut self, start: u64) {
        let end = start + BLOCK as u64;
        for order in self.orders.iter().take_while(|order| order.position < end) {
            for (slot, settings) in &order.settings {
                let Some(strip) = self.strips.get_mut(*slot) else {
                    continue;
                };
                self.quads[slot / STRIPS].set(slot % STRIPS, settings);
                if let Some(strip) = strip {
                    strip.delay.set(delay_samples(settings));
                }
            }
        }
    }

    /// Brings each source's block through its processors, its meter and its delay.
    fn work_on(&mut self, start: u64) {
        for (d, (quad, strips)) in self
            .quads
            .iter_mut()
            .zip(self.strips.chunks_mut(STRIPS))
            .enumerate()
        {
            if quad.idle && strips.iter().all(Option::is_none) {
                continue;
            }
            quad.idle = strips.iter().all(Option::is_none);
            for (s, strip) in strips.iter_mut().enumerate() {
                let mut sound = [0f32; BLOCK * CHANNELS];
                if let Some(strip) = strip {
                    strip.track.block(block_start(start), &mut sound);
                    let slot = d * STRIPS + s;
                    self.meters.show_offset(slot, strip.track.late_samples());
                }
                for (lanes, sample) in quad.block.iter_mut().zip(sound.chunks_exact(CHANNELS)) {
                    lanes.0[2 * s..2 * s + CHANNELS].copy_from_slice(sample);
                }
            }
            let worked = quad.bank.process(&mut quad.block);
            let readings = quad.meter.read(&quad.block);
            let fader = quad.fader.now();
            for (s, strip) in strips.iter_mut().enumerate() {
                let Some(strip) = strip else { continue };
                let slot = d * STRIPS + s;
                self.meters.show(slot, readings[s], fader.0[2 * s]);
                for (i, dynamics) in [&worked.gate, &worked.compressor].into_iter().enumerate() {
                    let level_db = dynamics.level_db.map(|levels| levels[s]);
                    self.meters
                        .show_dynamics(slot, i, dynamics.reduction[s], level_db);
                }
                strip.delay.process(&mut quad.block, s);
            }
        }
    }

    /// Adds up some samples of the block.
    fn mix(&mut self, range: std::ops::Range<usize>, out: &mut [f32]) {
        let mut sums = [Lanes::ZERO; BLOCK];
        let sums = &mut sums[range.clone()];
        for quad in self.quads.iter_mut().filter(|quad| !quad.idle) {
            quad.add(range.clone(), sums);
        }
        let program = &mut self.program;
        let moves = !program.is_still() || program.now() != Lanes::ONE;
        for (out, sum) in out.chunks_exact_mut(CHANNELS).zip(sums) {
            let gain = if moves { program.next().0[0] } else { 1.0 };
            for (c, out) in out.iter_mut().enumerate() {
                let [a, b, c, d] = std::array::from_fn(|s| sum.0[2 * s + c]);
                *out = ((a + b) + (c + d)) * gain;
            }
        }
    }

    fn carry_out(&mut self, order: &Order) {
        let ramp = order.ramp.max(1);
        for (slot, gain) in order.strips.iter().enumerate().take(self.strips.len()) {
            let (quad, strip) = (&mut self.quads[slot / STRIPS], slot % STRIPS);
            // A hand on a fader is not a transition: it is followed at once.
            quad.fader.go(strip, [gain.fader; CHANNELS], SHORT_RAMP);
            quad.follow.go(strip, [gain.follow; CHANNELS], ramp);
        }
        self.program.go(0, [order.program; CHANNELS], ramp);
    }
}

impl Quad {
    /// Another strip is in this place, or none: it comes in from silence, to the gains that its place
    /// has. Gives the place's settings.
    fn begin(&mut self, place: usize) -> StripSettings {
        self.bank.clear(place);
        self.meter.clear(place);
        let wanted = self.fader.wanted(place);
        self.fader.put(place, [0.0; CHANNELS]);
        self.fader.go(place, wanted, SHORT_RAMP);
        self.settings[place]
    }

    fn set(&mut self, place: usize, settings: &StripSettings) {
        self.settings[place] = *settings;
        self.bank.set(place, settings);
        self.pan.go(place, sides(settings), SHORT_RAMP);
    }

    /// Adds some samples of its strips, each at its gain, to sums of its lanes.
    fn add(&mut self, range: std::ops::Range<usize>, sums: &mut [Lanes]) {
        let Self {
            fader,
            follow,
            pan,
            block,
            ..
        } = self;
        let samples = sums.iter_mut().zip(&block[range]);
        if [&*fader, &*follow, &*pan]
            .iter()
            .all(|ramp| ramp.is_still())
        {
            let gain = fader.now() * follow.now() * pan.now();
            if gain != Lanes::ZERO {
                for (sum, sample) in samples {
                    *sum = *sum + *sample * gain;
                }
            }
        } else {
            for (sum, sample) in samples {
                *sum = *sum + *sample * (fader.next() * follow.next() * pan.next());
            }
        }
    }
}

impl Strip {
    /// A strip, worked on as its place is set.
    pub fn new(track: Track) -> Self {
        Self {
            track,
            delay: Delay::default(),
        }
    }
}

/// A strip's delay in samples, to the next one.
fn delay_samples(settings: &StripSettings) -> usize {
    (settings.delay_ms * 1e-3 * SAMPLE_RATE as f32)
        .round()
        .max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{SoundWriter, sound_ring};

    /// A mixer of clips that give a constant each, long enough for `blocks`.
    fn mixer(levels: &[f32], blocks: usize) -> (Mixer, Vec<SoundWriter>) {
        let (tracks, writers): (Vec<Track>, _) = levels
            .iter()
            .map(|&level| {
                let (mut writer, reader) = sound_ring();
                for k in 0..=blocks {
                    let block = vec![level; BLOCK * CHANNELS];
                    writer.push(&block, block_start((k * BLOCK) as u64), false);
                }
                (Track::new(reader, false), writer)
            })
            .unzip();
        let meters = Arc::new(Meters::new(levels.len()));
        let mut mixer = Mixer::new(levels.len(), meters);
        for (slot, track) in tracks.into_iter().enumerate() {
            mixer.put(slot, Some(Box::new(Strip::new(track))));
        }
        (mixer, writers)
    }

    fn order(position: u64, ramp: u32, gains: &[f32]) -> Order {
        let strips = gains
            .iter()
            .map(|&follow| StripGain { fader: 1.0, follow })
            .collect();
        Order {
            position,
            ramp,
            strips,
            settings: Vec::new(),
            program: 1.0,
        }
    }

    fn left(mixer: &mut Mixer, blocks: usize) -> Vec<f32> {
        (0..blocks)
            .flat_map(|_| mixer.block().samples.into_iter().step_by(CHANNELS))
            .collect()
    }

    #[test]
    fn a_cut_of_the_sound_begins_on_its_sample() {
        let (mut mixer, _writers) = mixer(&[0.25, 0.5], 60);
        mixer.order(order(0, 1, &[1.0, 0.0]));
        // Frame 7 of 30 begins at sample 11 200, in the middle of a block.
        mixer.order(order(11_200, 1, &[0.0, 1.0]));
        let heard = left(&mut mixer, 50);
        assert!(heard[1000..11_200].iter().all(|&s| s == 0.25));
        assert!(
            heard[11_200..].iter().all(|&s| s == 0.5),
            "{:?}",
            &heard[11_190..11_210]
        );
    }

    #[test]
    fn following_crossfades_over_the_transition_in_a_straight_line() {
        let (mut mixer, _writers) = mixer(&[0.4, 0.4], 80);
        mixer.order(order(0, 1, &[1.0, 0.0]));
        mixer.order(order(4800, 4800, &[0.0, 1.0]));
        let heard = left(&mut mixer, 60);
        // Two alike and in step stay as loud all the way.
        assert!(heard[1000..].iter().all(|&s| (s - 0.4).abs() < 1e-4));
    }

    #[test]
    fn faders_mutes_and_black_leave_no_step() {
        let (mut mixer, _writers) = mixer(&[0.5], 120);
        mixer.order(order(0, 1, &[1.0]));
        let mut muted = order(24_000, 1, &[1.0]);
        muted.strips[0].fader = 0.0;
        mixer.order(muted);
        mixer.order(order(36_000, 1, &[1.0]));
        let mut black = order(42_000, 4800, &[1.0]);
        black.program = 0.0;
        mixer.order(black);
        let heard = left(&mut mixer, 110);
        let steps = heard[1000..].windows(2).map(|w| (w[1] - w[0]).abs());
        assert!(steps.fold(0.0, f32::max) < 0.003);
        assert!(heard[30_000].abs() < 1e-6 && (heard[40_000] - 0.5).abs() < 1e-4);
        assert!(heard[47_000].abs() < 1e-6);
    }

    /// A mixer of one clip that gives these samples on the left, and their opposites on the right.
    fn playing(samples: &[f32]) -> (Mixer, SoundWriter) {
        let (mut writer, reader) = sound_ring();
        let both: Vec<f32> = samples.iter().flat_map(|s| [*s, -s]).collect();
        writer.push(&both, block_start(0), false);
        let mut mixer = Mixer::new(1, Arc::new(Meters::new(1)));
        mixer.put(0, Some(Box::new(Strip::new(Track::new(reader, false)))));
        mixer.order(order(0, 1, &[1.0]));
        (mixer, writer)
    }

    fn noise(samples: usize) -> Vec<f32> {
        let mut seed = 3u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 33_554_432.0 - 0.25
        };
        (0..samples).map(|_| next()).collect()
    }

    #[test]
    fn at_unity_every_bit_arrives() {
        let input = noise(20 * BLOCK);
        let (mut mixer, _writer) = playing(&input);
        let heard = left(&mut mixer, 15);
        // The strip has come in from silence.
        let from = 2 * BLOCK;
        assert!(heard[from..] == input[from..heard.len()]);
    }

    #[test]
    fn settings_come_with_their_order() {
        let input = noise(20 * BLOCK);
        let (mut mixer, _writer) = playing(&input);
        let mut delayed = order((6 * BLOCK) as u64, 1, &[1.0]);
        let settings = StripSettings {
            delay_ms: 10.0,
            invert: true,
            ..StripSettings::default()
        };
        delayed.settings.push((0, settings));
        delayed.settings.push((7, settings));
        mixer.order(delayed);
        let heard = left(&mut mixer, 15);
        assert!(heard[2 * BLOCK..5 * BLOCK] == input[2 * BLOCK..5 * BLOCK]);
        let later = 8 * BLOCK..15 * BLOCK;
        let wanted = input[7 * BLOCK..14 * BLOCK].iter().map(|s| -s);
        assert!(heard[later].iter().copied().eq(wanted));
    }

    #[test]
    fn a_sum_above_full_scale_is_limited() {
        let (mut mixer, _writers) = mixer(&[0.8, 0.8, 0.8], 60);
        mixer.order(order(0, 1, &[1.0, 1.0, 1.0]));
        let heard = left(&mut mixer, 50);
        assert!(heard.iter().all(|s| s.abs() < 0.892));
        assert!(heard[20_000] > 0.87);
    }
}
