//! Gate and compressor of a strip, eight lanes at once. Left and right are turned down together, by
//! the louder of them, so that the picture of the sound does not lean.
//!
//! Gains are found each [`STEP`] samples from the highest of them, in decibels, and go in straight
//! lines from one to the next: what a detector decides 12 000 times a second nobody hears as steps,
//! and logarithms cost a quarter. Gain computer and smoothing follow D. Giannoulis, M. Massberg and
//! J. Reiss, "Digital Dynamic Range Compressor Design: A Tutorial and Analysis" (JAES 60, 2012): the
//! soft knee of their equation 4 and the smooth decoupled detector of equation 17, in the decibel
//! domain.

use super::lanes::{Lanes, STRIPS, TILE};
use crate::media::{BLOCK, SAMPLE_RATE, db_to_gain};
use crate::show::{Compressor, Gate};

/// Samples from one gain to the next.
pub const STEP: usize = 4;
/// dB of one doubling.
const DB_PER_OCTAVE: f32 = 6.020_6;
/// A closing gate is this much more patient with a falling level than with a rising one.
const HYSTERESIS_DB: f32 = 4.0;
/// A processor is faded in and out over a block when it is switched: so much of it in a step.
const FADE: f32 = STEP as f32 / BLOCK as f32;
/// The gain behind a compressor moves by so many dB in a step at the most: by 24 in a block.
const MAKEUP_FADE_DB: f32 = 24.0 * FADE;
/// Below this, in dB, what dies away has died away: nothing ever becomes a number too small to be
/// normal.
const NOTHING_DB: f32 = 1e-5;

/// Share of the way that is gone in one step, for a time constant in ms.
fn coefficient(ms: f32) -> f32 {
    let steps = f64::from(ms.max(0.01)) * 1e-3 * SAMPLE_RATE as f64 / STEP as f64;
    (1.0 - (-1.0 / steps).exp()) as f32
}

/// Steps of a block.
pub const STEPS: usize = BLOCK / STEP;

/// What gains are found from: the highest of each step of a block, the same for both channels of a strip.
pub type Key = [Lanes; STEPS];

/// The key of a block by itself.
#[inline(always)]
pub fn key_of(block: &[Lanes], key: &mut Key) {
    for (samples, level) in block.as_chunks::<STEP>().0.iter().zip(key) {
        *level = peak(samples);
    }
}

/// The highest of a step, the same for both channels of a strip.
#[inline(always)]
fn peak(samples: &[Lanes]) -> Lanes {
    let peak = samples
        .iter()
        .fold(Lanes::ZERO, |peak, s| peak.max(s.abs()));
    peak.max(peak.swapped())
}

/// A level in dBFS.
#[inline(always)]
fn level_db(peak: Lanes) -> Lanes {
    peak.log2() * DB_PER_OCTAVE
}

/// The gain that a processor has come to.
#[derive(Clone, Debug)]
struct Gain {
    db: Lanes,
    linear: Lanes,
}

impl Default for Gain {
    fn default() -> Self {
        Self {
            db: Lanes::ZERO,
            linear: Lanes::ONE,
        }
    }
}

impl Gain {
    fn is_unity(&self) -> bool {
        self.linear == Lanes::ONE
    }

    /// Goes through some steps, each of which has a gain in dB to come to.
    #[inline(always)]
    fn apply(&mut self, tile: &mut [Lanes], gains_db: &Gains) {
        let mut now = self.clone();
        for (samples, &db) in tile.as_chunks_mut::<STEP>().0.iter_mut().zip(gains_db) {
            if db.is(now.db) {
                // The power is what it was.
                for sample in samples {
                    *sample = *sample * now.linear;
                }
                continue;
            }
            let to = (db * (1.0 / DB_PER_OCTAVE)).exp2();
            let slope = (to - now.linear) * (1.0 / STEP as f32);
            for (i, sample) in samples.iter_mut().enumerate() {
                *sample = *sample * (now.linear + slope * (i + 1) as f32);
            }
            now = Self { db, linear: to };
        }
        *self = now;
    }
}

/// A gain for each step of a tile.
type Gains = [Lanes; TILE / STEP];

/// A value on its way to another, by so much at the most in a step.
#[derive(Clone, Debug, Default)]
struct Glide {
    wanted: Lanes,
    now: Lanes,
}

impl Glide {
    fn is_nothing(&self) -> bool {
        self.now == Lanes::ZERO && self.wanted == Lanes::ZERO
    }

    #[inline(always)]
    fn next(&mut self, reach: f32) -> Lanes {
        let reach = Lanes::all(reach);
        self.now = self.now + (self.wanted - self.now).min(reach).max(-reach);
        self.now
    }
}

/// What a processor heard and did of four strips in a block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dynamics {
    /// How far each was turned down at the most, in dB, 0 or more.
    pub reduction: [f32; STRIPS],
    /// The loudest that came in, in dBFS; none where nothing was looked at.
    pub level_db: Option<[f32; STRIPS]>,
}

fn per_strip(lanes: Lanes) -> [f32; STRIPS] {
    std::array::from_fn(|strip| lanes.0[2 * strip])
}

/// Sets both lanes of a strip.
fn put(lanes: &mut Lanes, strip: usize, value: f32) {
    lanes.0[2 * strip..2 * strip + 2].fill(value);
}

/// A gate for each of four strips.
#[derive(Clone, Debug, Default)]
pub struct Gates {
    presence: Glide,
    /// Linear: that above which each opens, and that down to which it stays open.
    threshold: Lanes,
    patient: Lanes,
    range: Lanes,
    attack: Lanes,
    release: Lanes,
    hold_steps: Lanes,
    /// Steps left in which each stays open.
    open: Lanes,
    /// How far each is closed, in dB, 0 or less.
    envelope: Lanes,
    gain: Gain,
}

impl Gates {
    /// All open and off.
    pub fn new() -> Self {
        let mut gates = Self::default();
        for strip in 0..STRIPS {
            gates.set(strip, &Gate::default());
        }
        gates
    }

    /// Settings of one strip, from the next block on.
    pub fn set(&mut self, strip: usize, gate: &Gate) {
        put(
            &mut self.presence.wanted,
            strip,
            f32::from(u8::from(gate.on)),
        );
        let threshold = gate.threshold_db;
        put(&mut self.threshold, strip, db_to_gain(threshold));
        let patient = db_to_gain(threshold - HYSTERESIS_DB);
        put(&mut self.patient, strip, patient);
        put(&mut self.range, strip, -gate.range_db);
        put(&mut self.attack, strip, coefficient(gate.attack_ms));
        put(&mut self.release, strip, coefficient(gate.release_ms));
        let hold = gate.hold_ms * 1e-3 * (SAMPLE_RATE / STEP) as f32;
        put(&mut self.hold_steps, strip, hold.max(1.0));
    }

    /// A strip begins anew, open.
    pub fn clear(&mut self, strip: usize) {
        put(&mut self.envelope, strip, 0.0);
        put(&mut self.open, strip, 0.0);
    }

    /// Works on a block in place, by its own key or by another; gives what each strip brought and how far
    /// it was closed.
    #[inline(always)]
    pub fn process(&mut self, block: &mut [Lanes], key: Option<&Key>) -> Dynamics {
        if self.presence.is_nothing() && self.gain.is_unity() {
            self.envelope = Lanes::ZERO;
            self.open = Lanes::ZERO;
            return Dynamics::default();
        }
        let Self {
            presence,
            threshold,
            patient,
            range,
            attack,
            release,
            hold_steps,
            open,
            envelope,
            gain,
        } = self;
        let mut lowest = Lanes::ZERO;
        let mut loudest = Lanes::ZERO;
        for (t, tile) in block.chunks_mut(TILE).enumerate() {
            let mut gains_db = [Lanes::ZERO; TILE / STEP];
            let steps = tile.as_chunks::<STEP>().0.iter().enumerate();
            for ((n, samples), gain_db) in steps.zip(&mut gains_db) {
                let level = match key {
                    None => peak(samples),
                    Some(key) => key[t * (TILE / STEP) + n],
                };
                loudest = loudest.max(level);
                let bound = open.if_above(Lanes::ZERO, *patient, *threshold);
                let waited = (*open - Lanes::ONE).max(Lanes::ZERO);
                *open = level.if_above(bound, *hold_steps, waited);
                let target = open.if_above(Lanes::ZERO, Lanes::ZERO, *range);
                let speed = open.if_above(Lanes::ZERO, *attack, *release);
                let moved = *envelope + (target - *envelope) * speed;
                *envelope = moved
                    .abs()
                    .if_above(Lanes::all(NOTHING_DB), moved, Lanes::ZERO);
                *gain_db = *envelope * presence.next(FADE);
                lowest = lowest.min(*gain_db);
            }
            gain.apply(tile, &gains_db);
        }
        Dynamics {
            reduction: per_strip(-lowest),
            level_db: Some(per_strip(level_db(loudest))),
        }
    }
}

/// A compressor for each of four strips.
#[derive(Clone, Debug, Default)]
pub struct Compressors {
    presence: Glide,
    threshold: Lanes,
    /// 1 − 1/ratio.
    slope: Lanes,
    knee: Lanes,
    attack: Lanes,
    release: Lanes,
    makeup: Glide,
    /// Reduction in dB that falls slowly, and that which also rises smoothly.
    held: Lanes,
    envelope: Lanes,
    gain: Gain,
}

impl Compressors {
    /// All off.
    pub fn new() -> Self {
        let mut compressors = Self::default();
        for strip in 0..STRIPS {
            compressors.set(strip, &Compressor::default());
        }
        compressors
    }

    /// Settings of one strip, from the next block on.
    pub fn set(&mut self, strip: usize, compressor: &Compressor) {
        put(
            &mut self.presence.wanted,
            strip,
            f32::from(u8::from(compressor.on)),
        );
        put(&mut self.threshold, strip, compressor.threshold_db);
        put(
            &mut self.slope,
            strip,
            1.0 - 1.0 / compressor.ratio.max(1.0),
        );
        // A knee of nothing is a corner; so small a one is as good, and nothing is divided by 0.
        put(&mut self.knee, strip, compressor.knee_db.max(0.01));
        put(&mut self.attack, strip, coefficient(compressor.attack_ms));
        put(&mut self.release, strip, coefficient(compressor.release_ms));
        put(&mut self.makeup.wanted, strip, compressor.makeup_db);
    }

    /// A strip begins anew, at rest.
    pub fn clear(&mut self, strip: usize) {
        put(&mut self.held, strip, 0.0);
        put(&mut self.envelope, strip, 0.0);
    }

    /// Works on a block in place, by its own key or by another; gives what each strip brought and how far
    /// it was turned down, without the gain behind it.
    #[inline(always)]
    pub fn process(&mut self, block: &mut [Lanes], key: Option<&Key>) -> Dynamics {
        if self.presence.is_nothing() && self.gain.is_unity() {
            self.held = Lanes::ZERO;
            self.envelope = Lanes::ZERO;
            return Dynamics::default();
        }
        let Self {
            presence,
            threshold,
            slope,
            knee,
            attack,
            release,
            makeup,
            held,
            envelope,
            gain,
        } = self;
        let half = *knee * 0.5;
        let over_two_knees = Lanes(knee.0.map(|knee| 0.5 / knee));
        let mut most = Lanes::ZERO;
        let mut loudest = Lanes::ZERO;
        for (t, tile) in block.chunks_mut(TILE).enumerate() {
            let mut gains_db = [Lanes::ZERO; TILE / STEP];
            let steps = tile.as_chunks::<STEP>().0.iter().enumerate();
            for ((n, samples), gain_db) in steps.zip(&mut gains_db) {
                let peak = match key {
                    None => peak(samples),
                    Some(key) => key[t * (TILE / STEP) + n],
                };
                loudest = loudest.max(peak);
                let above = level_db(peak) - *threshold;
                let within = (above + half).max(Lanes::ZERO).min(*knee);
                let beyond = (above - half).max(Lanes::ZERO);
                let wanted = *slope * (within * within * over_two_knees + beyond);
                let fallen = *held + (wanted - *held) * *release;
                *held = wanted.max(fallen);
                let moved = *envelope + (*held - *envelope) * *attack;
                *envelope = moved.if_above(Lanes::all(NOTHING_DB), moved, Lanes::ZERO);
                let present = presence.next(FADE);
                let reduction = *envelope * present;
                most = most.max(reduction);
                *gain_db = makeup.next(MAKEUP_FADE_DB) * present - reduction;
            }
            gain.apply(tile, &gains_db);
        }
        Dynamics {
            reduction: per_strip(most),
            level_db: Some(per_strip(level_db(loudest))),
        }
    }
}
