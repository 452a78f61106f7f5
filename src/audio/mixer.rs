//! The mixer's core: strips, their sum, the limiter.

use std::collections::VecDeque;
use std::sync::Arc;

use super::limiter::{LOOKAHEAD, Limiter};
use super::meter::{Meter, Meters};
use super::track::Track;
use crate::media::{BLOCK, CHANNELS, SoundBlock, block_start};

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
    /// The program's gain: fade to black.
    pub program: f32,
}

/// Without a longer one, gains change over 5 ms: short enough to be a cut, too long to be a click.
pub const SHORT_RAMP: u32 = (BLOCK / 2) as u32;

/// Strips, sum, limiter. A strip has a slot for as long as its source runs.
pub struct Mixer {
    strips: Vec<Option<Box<Strip>>>,
    program: Ramp,
    limiter: Limiter,
    meter: Meter,
    meters: Arc<Meters>,
    orders: VecDeque<Order>,
    position: u64,
    /// One block of each slot, one after the other.
    blocks: Vec<f32>,
}

/// One source's sound on its way into the sum.
pub struct Strip {
    track: Track,
    meter: Meter,
    fader: Ramp,
    follow: Ramp,
}

/// A gain on its way.
#[derive(Clone, Copy, Debug)]
struct Ramp {
    value: f32,
    target: f32,
    step: f32,
    left: u32,
}

impl Ramp {
    fn at(value: f32) -> Self {
        Self {
            value,
            target: value,
            step: 0.0,
            left: 0,
        }
    }

    fn go(&mut self, target: f32, samples: u32) {
        if target != self.target || self.left > 0 {
            self.target = target;
            self.left = samples.max(1);
            self.step = (target - self.value) / self.left as f32;
        }
    }

    fn next(&mut self) -> f32 {
        if self.left > 0 {
            self.left -= 1;
            self.value = if self.left == 0 {
                self.target
            } else {
                self.value + self.step
            };
        }
        self.value
    }

    fn is_still(&self) -> bool {
        self.left == 0
    }
}

impl Mixer {
    /// A mixer of so many empty slots, that begins at sample 0; `meters` has one for each.
    pub fn new(slots: usize, meters: Arc<Meters>) -> Self {
        Self {
            blocks: vec![0.0; slots * BLOCK * CHANNELS],
            strips: (0..slots).map(|_| None).collect(),
            program: Ramp::at(1.0),
            limiter: Limiter::default(),
            meter: Meter::default(),
            meters,
            orders: VecDeque::new(),
            position: 0,
        }
    }

    /// Gives a slot to a strip, which begins silent, or to none; gives back what was there, for its
    /// memory is not to be freed here.
    pub fn put(&mut self, slot: usize, strip: Option<Box<Strip>>) -> Option<Box<Strip>> {
        match self.strips.get_mut(slot) {
            Some(place) => std::mem::replace(place, strip),
            None => strip,
        }
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
        let mut sum = vec![0f32; BLOCK * CHANNELS];
        for (i, (strip, block)) in self
            .strips
            .iter_mut()
            .zip(self.blocks.chunks_exact_mut(BLOCK * CHANNELS))
            .enumerate()
        {
            let Some(strip) = strip else { continue };
            strip.track.block(block_start(start), block);
            let reading = strip.meter.read(block);
            self.meters.show(i, reading, strip.fader.value);
            self.meters.show_offset(i, strip.track.late_samples());
        }
        let mut done = 0;
        while done < BLOCK {
            let at = start + done as u64;
            while self
                .orders
                .front()
                .is_some_and(|order| order.position <= at)
            {
                if let Some(order) = self.orders.pop_front() {
                    self.carry_out(&order);
                }
            }
            let until = self.orders.front().map_or(BLOCK, |order| {
                ((order.position - start) as usize).min(BLOCK)
            });
            let range = done * CHANNELS..until * CHANNELS;
            let blocks = self.blocks.chunks_exact(BLOCK * CHANNELS);
            for (strip, block) in self.strips.iter_mut().zip(blocks) {
                let Some(strip) = strip else { continue };
                strip.add(&block[range.clone()], &mut sum[range.clone()]);
            }
            if !(self.program.is_still() && self.program.value == 1.0) {
                for frame in sum[range].chunks_exact_mut(CHANNELS) {
                    let gain = self.program.next();
                    frame.iter_mut().for_each(|sample| *sample *= gain);
                }
            }
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

    fn carry_out(&mut self, order: &Order) {
        let ramp = order.ramp.max(1);
        for (strip, gain) in self.strips.iter_mut().zip(&order.strips) {
            let Some(strip) = strip else { continue };
            // A hand on a fader is not a transition: it is followed at once.
            strip.fader.go(gain.fader, SHORT_RAMP);
            strip.follow.go(gain.follow, ramp);
        }
        self.program.go(order.program, ramp);
    }
}

impl Strip {
    /// A strip that is silent until an order says otherwise.
    pub fn new(track: Track) -> Self {
        Self {
            track,
            meter: Meter::default(),
            fader: Ramp::at(0.0),
            follow: Ramp::at(0.0),
        }
    }

    fn add(&mut self, from: &[f32], sum: &mut [f32]) {
        if self.fader.is_still() && self.follow.is_still() {
            let gain = self.fader.value * self.follow.value;
            if gain != 0.0 {
                for (sum, from) in sum.iter_mut().zip(from) {
                    *sum += from * gain;
                }
            }
            return;
        }
        for (sum, from) in sum
            .chunks_exact_mut(CHANNELS)
            .zip(from.chunks_exact(CHANNELS))
        {
            let gain = self.fader.next() * self.follow.next();
            for c in 0..CHANNELS {
                sum[c] += from[c] * gain;
            }
        }
    }
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

    #[test]
    fn a_sum_above_full_scale_is_limited() {
        let (mut mixer, _writers) = mixer(&[0.8, 0.8, 0.8], 60);
        mixer.order(order(0, 1, &[1.0, 1.0, 1.0]));
        let heard = left(&mut mixer, 50);
        assert!(heard.iter().all(|s| s.abs() < 0.892));
        assert!(heard[20_000] > 0.88);
    }
}
