//! One bus behind the matrix: its sum, its fader and its limiter.

use super::lanes::{Lanes, STRIPS, TILE};
use super::limiter::Limiter;
use super::ramp::Ramp;
use crate::media::{BLOCK, CHANNELS};

/// The ceiling of every bus but the program, in dBTP.
const CEILING_DB: f32 = -1.0;
/// After so many silent blocks a bus has nothing left: neither in its limiter nor in its meter.
const DRAINED: u32 = 31;

/// See the module's words.
pub struct Bus {
    /// A block, left and right interleaved.
    pub samples: Vec<f32>,
    /// The lowest gain of the limiter in the block; 1 where it has none.
    pub lowest_gain: f32,
    /// The same in every lane.
    gain: Ramp,
    limiter: Option<Limiter>,
    /// Something came in in this block.
    sounds: bool,
    /// Blocks since anything came in.
    silent: u32,
}

impl Bus {
    /// A bus at this gain, without a limiter.
    pub fn plain(gain: f32) -> Self {
        let mut ramp = Ramp::default();
        (0..STRIPS).for_each(|strip| ramp.put(strip, [gain; CHANNELS]));
        Self {
            samples: vec![0.0; BLOCK * CHANNELS],
            lowest_gain: 1.0,
            gain: ramp,
            limiter: None,
            sounds: false,
            silent: DRAINED,
        }
    }

    /// A bus at this gain, with a limiter.
    pub fn limited(gain: f32) -> Self {
        Self {
            limiter: Some(Limiter::new(CEILING_DB)),
            ..Self::plain(gain)
        }
    }

    /// Its gain goes there over so many samples.
    pub fn go(&mut self, gain: f32, samples: u32) {
        (0..STRIPS).for_each(|strip| self.gain.go(strip, [gain; CHANNELS], samples));
    }

    /// Nothing leaves above this, in dBTP, from the next block on.
    pub fn set_ceiling(&mut self, ceiling_db: f32) {
        if let Some(limiter) = &mut self.limiter {
            limiter.set_ceiling(ceiling_db);
        }
    }

    /// Takes in some samples of the block, a tile at the most, from sample `at` on.
    pub fn take(&mut self, at: usize, sums: &[Lanes]) {
        self.sounds = true;
        let out = &mut self.samples[CHANNELS * at..][..CHANNELS * sums.len()];
        for (out, sum) in out.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(sums) {
            *out = sum.folded();
        }
        turn(out, &mut self.gain);
    }

    /// Takes in some samples of the block, from sample `at` on, without those that lie there.
    pub fn take_others(&mut self, at: usize, all: &[f32]) {
        self.sounds |= !self.gain.is_nothing();
        let out = &mut self.samples[CHANNELS * at..][..all.len()];
        for (out, all) in out.iter_mut().zip(all) {
            *out = all - *out;
        }
        turn(out, &mut self.gain);
    }

    /// As [`Self::take_others`], where somebody talks: for each sample how much of that is heard, and how
    /// much less of the others.
    pub fn take_talked(&mut self, at: usize, all: &[f32], said: &[f32], shares: [&[Lanes]; 2]) {
        self.sounds |= !self.gain.is_nothing();
        let out = &mut self.samples[CHANNELS * at..][..all.len()];
        let frames = out.as_chunks_mut::<CHANNELS>().0.iter_mut();
        let heard = all.chunks_exact(CHANNELS).zip(said.chunks_exact(CHANNELS));
        let shares = shares[0].iter().zip(shares[1]);
        for ((out, (all, said)), (talk, less)) in frames.zip(heard).zip(shares) {
            for c in 0..CHANNELS {
                out[c] = (all[c] - out[c]) * (1.0 - less.0[c]) + said[c] * talk.0[c];
            }
        }
        turn(out, &mut self.gain);
    }

    /// Nothing comes in for so many samples, of a tile at the most.
    pub fn pass(&mut self, at: usize, samples: usize) {
        self.samples[CHANNELS * at..][..CHANNELS * samples].fill(0.0);
        if !self.gain.is_still() {
            self.gain.next(&mut [Lanes::ZERO; TILE][..samples]);
        }
    }

    /// Something is put over the block, sample by sample: left and right.
    pub fn overlay(&mut self, put: impl FnMut(&mut [f32])) {
        self.sounds = true;
        self.samples.chunks_exact_mut(CHANNELS).for_each(put);
    }

    /// Brings the block through the limiter.
    pub fn finish(&mut self) {
        self.silent = if std::mem::take(&mut self.sounds) {
            0
        } else {
            (self.silent + 1).min(DRAINED)
        };
        self.lowest_gain = 1.0;
        if self.is_done() {
            self.samples.fill(0.0);
        } else if let Some(limiter) = &mut self.limiter {
            self.lowest_gain = limiter.process(&mut self.samples);
        }
    }

    /// Whether nothing has come in for so long that nothing is left in it.
    pub fn is_done(&self) -> bool {
        self.silent == DRAINED
    }
}

/// Brings interleaved samples, of a tile at the most, to a gain. At unity every bit passes.
fn turn(samples: &mut [f32], gain: &mut Ramp) {
    if gain.is_still() {
        let gain = gain.now().0[0];
        if gain != 1.0 {
            samples.iter_mut().for_each(|sample| *sample *= gain);
        }
        return;
    }
    let frames = samples.as_chunks_mut::<CHANNELS>().0;
    let mut gains = [Lanes::ZERO; TILE];
    gain.next(&mut gains[..frames.len()]);
    for (frame, gain) in frames.iter_mut().zip(gains) {
        *frame = [frame[0] * gain.0[0], frame[1] * gain.0[1]];
    }
}
