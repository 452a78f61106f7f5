//! One bus behind the matrix: its sum, its fader, its limiter and its meter.

use super::lanes::{Lanes, STRIPS};
use super::limiter::Limiter;
use super::meter::{Meter, MeterReading};
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
    /// The same in every lane.
    gain: Ramp,
    limiter: Option<Limiter>,
    meter: Meter,
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
            gain: ramp,
            limiter: None,
            meter: Meter::default(),
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

    /// Takes in some samples of the block, from sample `at` on.
    pub fn take(&mut self, at: usize, sums: &[Lanes]) {
        self.sounds = true;
        let gain = gains(&mut self.gain);
        let out = self.samples[CHANNELS * at..].chunks_exact_mut(CHANNELS);
        for ((out, sum), gain) in out.zip(sums).zip(gain) {
            let [left, right] = sum.folded();
            out[0] = left * gain;
            out[1] = right * gain;
        }
    }

    /// Takes in some samples of the block, from sample `at` on, without those that lie there.
    pub fn take_others(&mut self, at: usize, all: &[f32]) {
        self.sounds |= !self.gain.is_nothing();
        let gain = gains(&mut self.gain);
        let out = self.samples[CHANNELS * at..].chunks_exact_mut(CHANNELS);
        for ((out, all), gain) in out.zip(all.chunks_exact(CHANNELS)).zip(gain) {
            out[0] = (all[0] - out[0]) * gain;
            out[1] = (all[1] - out[1]) * gain;
        }
    }

    /// As [`Self::take_others`], where somebody talks: for each sample how much of that is heard, and how
    /// much of the others.
    pub fn take_talked(
        &mut self,
        at: usize,
        all: &[f32],
        said: &[f32],
        mut shares: impl FnMut() -> (f32, f32),
    ) {
        self.sounds |= !self.gain.is_nothing();
        let gain = gains(&mut self.gain);
        let out = self.samples[CHANNELS * at..].chunks_exact_mut(CHANNELS);
        let heard = all.chunks_exact(CHANNELS).zip(said.chunks_exact(CHANNELS));
        for ((out, (all, said)), gain) in out.zip(heard).zip(gain) {
            let (talk, others) = shares();
            for c in 0..CHANNELS {
                out[c] = ((all[c] - out[c]) * others + said[c] * talk) * gain;
            }
        }
    }

    /// Nothing comes in for so many samples.
    pub fn pass(&mut self, at: usize, samples: usize) {
        self.samples[CHANNELS * at..CHANNELS * (at + samples)].fill(0.0);
        if !self.gain.is_still() {
            (0..samples).for_each(|_| {
                self.gain.next();
            });
        }
    }

    /// Something is put over the block, sample by sample: left and right.
    pub fn overlay(&mut self, put: impl FnMut(&mut [f32])) {
        self.sounds = true;
        self.samples.chunks_exact_mut(CHANNELS).for_each(put);
    }

    /// Brings the block through limiter and meter; gives what was measured, and the lowest gain of the
    /// limiter.
    pub fn finish(&mut self) -> (MeterReading, f32) {
        let sounds = std::mem::take(&mut self.sounds);
        self.silent = if sounds {
            0
        } else {
            (self.silent + 1).min(DRAINED)
        };
        if self.silent == DRAINED {
            self.samples.fill(0.0);
            return (MeterReading::default(), 1.0);
        }
        let gain = match &mut self.limiter {
            Some(limiter) => limiter.process(&mut self.samples),
            None => 1.0,
        };
        (self.meter.read(&self.samples), gain)
    }

    /// Whether nothing has come in for so long that nothing is left in it.
    pub fn is_done(&self) -> bool {
        self.silent == DRAINED
    }
}

/// The gains of the next samples. At unity every bit passes.
fn gains(ramp: &mut Ramp) -> impl Iterator<Item = f32> {
    let unity = ramp.is_still() && ramp.now() == Lanes::ONE;
    std::iter::repeat_with(move || if unity { 1.0 } else { ramp.next().0[0] })
}
