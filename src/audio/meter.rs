//! Peak and RMS, written by the mixer, read by whoever shows them, without a lock.

use std::sync::atomic::{AtomicU32, Ordering};

use super::lanes::{Lanes, STRIPS};
use super::loudness::LoudnessShown;
use super::tap::{BusId, LISTENERS};
use crate::door::Level;
use crate::media::{BLOCK, CHANNELS, gain_to_db};
use crate::show::AUXES;

/// RMS is taken over 300 ms, as the field's meters do.
const RMS_BLOCKS: usize = 30;

/// Nothing softer is told of what dynamics hear, in dBFS.
const FLOOR_DB: f32 = -100.0;

/// The mixer's side of one meter.
#[derive(Debug)]
pub struct Meter {
    squares: [[f32; CHANNELS]; RMS_BLOCKS],
    next: usize,
}

/// One block's peak and the mean square over 300 ms, linear, for each channel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeterReading {
    /// Highest magnitude.
    pub peak: [f32; CHANNELS],
    /// Root of the mean square.
    pub rms: [f32; CHANNELS],
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            squares: [[0.0; CHANNELS]; RMS_BLOCKS],
            next: 0,
        }
    }
}

impl Meter {
    /// Takes in one block of interleaved stereo.
    pub fn read(&mut self, block: &[f32]) -> MeterReading {
        let mut peak = [0f32; CHANNELS];
        let mut sum = [0f32; CHANNELS];
        for frame in block.chunks_exact(CHANNELS) {
            for c in 0..CHANNELS {
                peak[c] = peak[c].max(frame[c].abs());
                sum[c] += frame[c] * frame[c];
            }
        }
        self.squares[self.next] = sum.map(|sum| sum / BLOCK as f32);
        self.next = (self.next + 1) % RMS_BLOCKS;
        let mut rms = [0f32; CHANNELS];
        for (c, rms) in rms.iter_mut().enumerate() {
            let mean: f32 = self.squares.iter().map(|s| s[c]).sum::<f32>() / RMS_BLOCKS as f32;
            *rms = mean.sqrt();
        }
        MeterReading { peak, rms }
    }
}

/// The mixer's side of the meters of four strips.
#[derive(Debug)]
pub struct BankMeter {
    squares: [Lanes; RMS_BLOCKS],
    next: usize,
}

impl Default for BankMeter {
    fn default() -> Self {
        Self {
            squares: [Lanes::ZERO; RMS_BLOCKS],
            next: 0,
        }
    }
}

impl BankMeter {
    /// Takes in one block of four strips.
    pub fn read(&mut self, block: &[Lanes]) -> [MeterReading; STRIPS] {
        let (mut peak, mut sum) = (Lanes::ZERO, Lanes::ZERO);
        for sample in block {
            peak = peak.max(sample.abs());
            sum = sum + *sample * *sample;
        }
        self.squares[self.next] = sum * (1.0 / BLOCK as f32);
        self.next = (self.next + 1) % RMS_BLOCKS;
        let mean =
            self.squares.iter().fold(Lanes::ZERO, |sum, s| sum + *s) * (1.0 / RMS_BLOCKS as f32);
        std::array::from_fn(|strip| MeterReading {
            peak: [peak.0[2 * strip], peak.0[2 * strip + 1]],
            rms: [mean.0[2 * strip].sqrt(), mean.0[2 * strip + 1].sqrt()],
        })
    }

    /// One strip's begins anew.
    pub fn clear(&mut self, strip: usize) {
        for squares in &mut self.squares {
            squares.0[2 * strip..2 * strip + 2].fill(0.0);
        }
    }
}

/// The shown side of many meters: peaks are kept until they are looked at.
#[derive(Debug)]
pub struct Meters {
    shown: Vec<Shown>,
    /// Auxes, desks that listen, then what each strip gets back.
    buses: Vec<Shown>,
    reduction: AtomicU32,
    /// Loudness of the program.
    pub loudness: LoudnessShown,
}

#[derive(Debug, Default)]
struct Shown {
    peak: [AtomicU32; CHANNELS],
    rms: [AtomicU32; CHANNELS],
    late_samples: AtomicU32,
    /// The most that gate and compressor turned it down, in dB.
    dynamics: [AtomicU32; 2],
    /// The loudest that came to them, in dB above [`FLOOR_DB`]; 0 where nobody has looked.
    heard: [AtomicU32; 2],
}

impl Shown {
    fn show(&self, reading: MeterReading, gain: f32) {
        for c in 0..CHANNELS {
            // Bits of floats that are not negative are in the order of the floats.
            self.peak[c].fetch_max((reading.peak[c] * gain).to_bits(), Ordering::Relaxed);
            self.rms[c].store((reading.rms[c] * gain).to_bits(), Ordering::Relaxed);
        }
    }

    /// Its level; the peak is kept anew from here.
    fn take(&self) -> Level {
        let db = |bits: u32| gain_to_db(f32::from_bits(bits));
        Level {
            peak_db: [0, 1].map(|c| db(self.peak[c].swap(0, Ordering::Relaxed))),
            rms_db: [0, 1].map(|c| db(self.rms[c].load(Ordering::Relaxed))),
        }
    }

    /// Every number of the sound's.
    fn all(&self) -> impl Iterator<Item = &AtomicU32> {
        let levels = self.peak.iter().chain(&self.rms);
        levels.chain(&self.dynamics).chain(&self.heard)
    }
}

impl Meters {
    /// Meters for so many strips, and one more for the program.
    pub fn new(strips: usize) -> Self {
        Self {
            shown: (0..=strips).map(|_| Shown::default()).collect(),
            buses: (0..AUXES + LISTENERS + strips)
                .map(|_| Shown::default())
                .collect(),
            reduction: AtomicU32::new(1f32.to_bits()),
            loudness: LoudnessShown::default(),
        }
    }

    /// Shows a strip's reading behind a fader of this gain.
    pub fn show(&self, strip: usize, reading: MeterReading, gain: f32) {
        if let Some(shown) = self.shown.get(strip) {
            shown.show(reading, gain);
        }
    }

    /// Shows the reading of a bus, and the lowest gain of its limiter.
    pub fn show_bus(&self, bus: BusId, reading: MeterReading, limiter_gain: f32) {
        if bus == BusId::Program {
            return self.show_program(reading, limiter_gain);
        }
        if let Some(shown) = self.bus(bus) {
            shown.show(reading, 1.0);
            // Without a sign, also where it is nothing.
            let reduction = gain_to_db(limiter_gain).abs();
            shown.dynamics[0].fetch_max(reduction.to_bits(), Ordering::Relaxed);
        }
    }

    /// The level of a bus, and how far its limiter turned it down, in dB, 0 or more.
    pub fn take_bus(&self, bus: BusId) -> (Level, f32) {
        if bus == BusId::Program {
            return self.take_program();
        }
        self.bus(bus).map_or_else(Default::default, |shown| {
            let reduction = shown.dynamics[0].swap(0, Ordering::Relaxed);
            (shown.take(), f32::from_bits(reduction))
        })
    }

    fn bus(&self, bus: BusId) -> Option<&Shown> {
        let place = match bus {
            BusId::Program => None,
            BusId::Aux(n) => Some(usize::from(n)).filter(|n| *n < AUXES),
            BusId::Listen(n) => {
                let n = Some(usize::from(n)).filter(|n| *n < LISTENERS);
                n.map(|n| AUXES + n)
            }
            BusId::MixMinus(slot) => Some(AUXES + LISTENERS + slot),
        };
        self.buses.get(place?)
    }

    /// Shows the program's reading and the lowest gain of its limiter.
    fn show_program(&self, reading: MeterReading, limiter_gain: f32) {
        self.show(self.shown.len() - 1, reading, 1.0);
        self.reduction
            .fetch_min(limiter_gain.to_bits(), Ordering::Relaxed);
    }

    /// Shows how late (+) or early (−) a strip's sound is, in samples.
    pub fn show_offset(&self, strip: usize, samples: f32) {
        if let Some(shown) = self.shown.get(strip) {
            shown
                .late_samples
                .store(samples.to_bits(), Ordering::Relaxed);
        }
    }

    /// Shows how far a strip's gate (0) or compressor (1) turned it down, in dB, 0 or more, and the
    /// loudest that it heard, in dBFS, where it listened.
    pub fn show_dynamics(&self, strip: usize, which: usize, reduction: f32, heard: Option<f32>) {
        let Some(shown) = self.shown.get(strip) else {
            return;
        };
        shown.dynamics[which].fetch_max(reduction.to_bits(), Ordering::Relaxed);
        if let Some(level_db) = heard {
            let above = (level_db - FLOOR_DB).max(f32::MIN_POSITIVE);
            shown.heard[which].fetch_max(above.to_bits(), Ordering::Relaxed);
        }
    }

    /// How far gate and compressor turned a strip down at the most since this was asked last, in dB, and
    /// the loudest that each heard, in dBFS.
    pub fn take_dynamics(&self, strip: usize) -> [(f32, Option<f32>); 2] {
        self.shown.get(strip).map_or([(0.0, None); 2], |shown| {
            let take = |value: &AtomicU32| f32::from_bits(value.swap(0, Ordering::Relaxed));
            [0, 1].map(|i: usize| {
                let above = take(&shown.heard[i]);
                let heard = (above > 0.0).then_some(above + FLOOR_DB);
                (take(&shown.dynamics[i]), heard)
            })
        })
    }

    /// A slot has gone to another strip: what was shown of the one before is forgotten.
    pub fn clear(&self, strip: usize) {
        self.show_offset(strip, 0.0);
        if let Some(shown) = self.shown.get(strip) {
            for value in shown.all() {
                value.store(0, Ordering::Relaxed);
            }
        }
    }

    /// A strip's level; its peak is kept anew from here.
    pub fn take(&self, strip: usize) -> Level {
        let shown = self.shown.get(strip);
        shown.map_or_else(Level::default, Shown::take)
    }

    /// The program's level and how far the limiter turned it down, in dB, 0 or more.
    pub fn take_program(&self) -> (Level, f32) {
        let gain = f32::from_bits(self.reduction.swap(1f32.to_bits(), Ordering::Relaxed));
        (self.take(self.shown.len() - 1), -gain_to_db(gain))
    }

    /// How late (+) a strip's sound is, in samples.
    pub fn offset(&self, strip: usize) -> f32 {
        self.shown.get(strip).map_or(0.0, |shown| {
            f32::from_bits(shown.late_samples.load(Ordering::Relaxed))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_at_full_scale_reads_0_and_minus_3() {
        let mut meter = Meter::default();
        let mut reading = MeterReading::default();
        for block in 0..RMS_BLOCKS {
            let samples: Vec<f32> = (0..BLOCK)
                .flat_map(|i| {
                    let phase = (block * BLOCK + i) as f32 * std::f32::consts::TAU / 48.0;
                    [phase.sin(), 0.0]
                })
                .collect();
            reading = meter.read(&samples);
        }
        assert!((gain_to_db(reading.peak[0])).abs() < 0.01);
        assert!((gain_to_db(reading.rms[0]) + 3.01).abs() < 0.01);
        assert_eq!(reading.peak[1], 0.0);
    }

    #[test]
    fn a_peak_is_kept_until_it_is_looked_at() {
        let meters = Meters::new(1);
        let reading = |peak: f32| MeterReading {
            peak: [peak; 2],
            rms: [0.0; 2],
        };
        meters.show(0, reading(1.0), 1.0);
        meters.show(0, reading(0.1), 1.0);
        assert!((meters.take(0).peak_db[0]).abs() < 0.01);
        assert_eq!(meters.take(0).peak_db[0], -100.0);
    }

    #[test]
    fn the_loudest_that_dynamics_heard_is_kept_until_it_is_looked_at() {
        let meters = Meters::new(2);
        assert_eq!(meters.take_dynamics(0), [(0.0, None); 2]);
        meters.show_dynamics(0, 1, 3.0, Some(-12.0));
        meters.show_dynamics(0, 1, 5.0, Some(-30.0));
        meters.show_dynamics(1, 0, 0.0, Some(-1000.0));
        let [gate, (reduction, heard)] = meters.take_dynamics(0);
        assert_eq!((gate, reduction), ((0.0, None), 5.0));
        assert!((heard.unwrap() + 12.0).abs() < 1e-3);
        assert_eq!(
            meters.take_dynamics(1)[0].1,
            Some(FLOOR_DB),
            "silence is heard too"
        );
        assert_eq!(meters.take_dynamics(0), [(0.0, None); 2]);
    }
}
