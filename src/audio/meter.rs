//! Peak, quasi-peak and RMS, written by the mixer, read by whoever shows them, without a lock.

use std::sync::atomic::{AtomicU32, Ordering};

use super::automix::Turned;
use super::lanes::{Lanes, STRIPS};
use super::loudness::LoudnessShown;
use super::quasi::{QuasiPeak, TYPES};
use super::tap::{BusId, LISTENERS};
use super::wide::wide;
use crate::door::{Level, SoundAlarm};
use crate::media::{BLOCK, CHANNELS, gain_to_db};
use crate::show::AUXES;

/// RMS is taken over 300 ms, as the field's meters do.
const RMS_BLOCKS: usize = 30;

/// Two channels softer than this are not compared, as a mean square of their product.
const SILENT: f32 = 1e-14;

/// Nothing softer is told of what dynamics hear, in dBFS.
const FLOOR_DB: f32 = -100.0;

/// One block's peaks and the mean square over 300 ms, linear, for each channel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeterReading {
    /// Highest magnitude.
    pub peak: [f32; CHANNELS],
    /// Quasi-peak of Type I and of Type II.
    pub quasi: [[f32; CHANNELS]; TYPES],
    /// Root of the mean square.
    pub rms: [f32; CHANNELS],
    /// How alike both channels are: 1 in step, 0 strangers, −1 against each other; none in silence.
    pub correlation: Option<f32>,
}

/// How alike two channels are, of their mean squares and of the mean of their product.
fn correlation(squares: [f32; CHANNELS], product: f32) -> Option<f32> {
    let both = squares[0] * squares[1];
    (both > SILENT * SILENT).then(|| (product / both.sqrt()).clamp(-1.0, 1.0))
}

/// The mixer's side of the meters of four strips, or four buses.
#[derive(Debug)]
pub struct BankMeter {
    squares: [Lanes; RMS_BLOCKS],
    products: [Lanes; RMS_BLOCKS],
    next: usize,
    quasi: QuasiPeak,
}

impl Default for BankMeter {
    fn default() -> Self {
        Self {
            squares: [Lanes::ZERO; RMS_BLOCKS],
            products: [Lanes::ZERO; RMS_BLOCKS],
            next: 0,
            quasi: QuasiPeak::default(),
        }
    }
}

impl BankMeter {
    /// Takes in one block.
    pub fn read(&mut self, block: &[Lanes]) -> [MeterReading; STRIPS] {
        let taken = take_in(&mut self.quasi, block);
        self.squares[self.next] = taken.squares * (1.0 / BLOCK as f32);
        self.products[self.next] = taken.products * (1.0 / BLOCK as f32);
        self.next = (self.next + 1) % RMS_BLOCKS;
        let mean = |of: &[Lanes; RMS_BLOCKS]| {
            of.iter().fold(Lanes::ZERO, |sum, s| sum + *s) * (1.0 / RMS_BLOCKS as f32)
        };
        let (mean, product) = (mean(&self.squares), mean(&self.products));
        std::array::from_fn(|strip| {
            let sides = |lanes: &Lanes| [lanes.0[2 * strip], lanes.0[2 * strip + 1]];
            MeterReading {
                peak: sides(&taken.peak),
                quasi: taken.quasi.each_ref().map(sides),
                rms: sides(&mean).map(f32::sqrt),
                correlation: correlation(sides(&mean), product.0[2 * strip]),
            }
        })
    }

    /// Mean square of both sides of one strip in the block that was taken in last.
    pub fn power(&self, strip: usize) -> f32 {
        let last = &self.squares[(self.next + RMS_BLOCKS - 1) % RMS_BLOCKS];
        (last.0[2 * strip] + last.0[2 * strip + 1]) / 2.0
    }

    /// One strip's begins anew.
    pub fn clear(&mut self, strip: usize) {
        for lanes in self.squares.iter_mut().chain(&mut self.products) {
            lanes.0[2 * strip..2 * strip + 2].fill(0.0);
        }
        self.quasi.clear(strip);
    }
}

/// What a block has of each channel.
struct Taken {
    peak: Lanes,
    quasi: [Lanes; TYPES],
    /// Sums over the block.
    squares: Lanes,
    products: Lanes,
}

wide! {
    fn take_in(quasi: &mut QuasiPeak, block: &[Lanes]) -> Taken {
        let (mut peak, mut squares, mut products) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
        for sample in block {
            peak = peak.max(sample.abs());
            squares = squares + *sample * *sample;
            products = products + *sample * sample.swapped();
        }
        Taken {
            peak,
            quasi: quasi.read(block),
            squares,
            products,
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
    quasi: [[AtomicU32; CHANNELS]; TYPES],
    rms: [AtomicU32; CHANNELS],
    /// Of both channels, above −2; 0 where there is none.
    correlation: AtomicU32,
    late_samples: AtomicU32,
    /// The most that gate and compressor turned it down, in dB.
    dynamics: [AtomicU32; 2],
    /// The loudest that came to them, in dB above [`FLOOR_DB`]; 0 where nobody has looked.
    heard: [AtomicU32; 2],
    /// The most that the others turned it down: by sharing, by speaking; in dB.
    turned: [AtomicU32; 2],
    /// Silent (1), clipping (2).
    alarm: AtomicU32,
}

impl Shown {
    fn show(&self, reading: MeterReading, gain: f32) {
        for c in 0..CHANNELS {
            // Bits of floats that are not negative are in the order of the floats.
            self.peak[c].fetch_max((reading.peak[c] * gain).to_bits(), Ordering::Relaxed);
            for (shown, reading) in self.quasi.iter().zip(&reading.quasi) {
                shown[c].fetch_max((reading[c] * gain).to_bits(), Ordering::Relaxed);
            }
            self.rms[c].store((reading.rms[c] * gain).to_bits(), Ordering::Relaxed);
        }
        let correlation = reading.correlation.map_or(0.0, |value| value + 2.0);
        let bits = correlation.to_bits();
        self.correlation.store(bits, Ordering::Relaxed);
    }

    /// Its level; the peaks are kept anew from here.
    fn take(&self) -> Level {
        let db = |bits: u32| gain_to_db(f32::from_bits(bits));
        let taken = |values: &[AtomicU32; CHANNELS]| {
            [0, 1].map(|c: usize| db(values[c].swap(0, Ordering::Relaxed)))
        };
        Level {
            peak_db: taken(&self.peak),
            quasi_db: self.quasi.each_ref().map(taken),
            rms_db: [0, 1].map(|c| db(self.rms[c].load(Ordering::Relaxed))),
            correlation: Some(f32::from_bits(self.correlation.load(Ordering::Relaxed)) - 2.0)
                .filter(|value| *value > -2.0),
        }
    }

    /// Every number of the sound's.
    fn all(&self) -> impl Iterator<Item = &AtomicU32> {
        let quasi = self.quasi.iter().flatten();
        let levels = self.peak.iter().chain(quasi).chain(&self.rms);
        let levels = levels.chain([&self.correlation]);
        let dynamics = self.dynamics.iter().chain(&self.heard);
        levels
            .chain(dynamics)
            .chain(&self.turned)
            .chain([&self.alarm])
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
            // A strip has a meter of its own.
            BusId::Input(_) | BusId::Strip(_) => None,
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

    /// Shows how far the other strips turned one down.
    pub fn show_turned(&self, strip: usize, turned: &Turned) {
        if let Some(shown) = self.shown.get(strip) {
            for (place, db) in shown.turned.iter().zip([turned.share_db, turned.duck_db]) {
                place.fetch_max(db.to_bits(), Ordering::Relaxed);
            }
        }
    }

    /// How far the other strips turned one down at the most since this was asked last.
    pub fn take_turned(&self, strip: usize) -> Turned {
        let Some(shown) = self.shown.get(strip) else {
            return Turned::default();
        };
        let take = |value: &AtomicU32| f32::from_bits(value.swap(0, Ordering::Relaxed));
        Turned {
            share_db: take(&shown.turned[0]),
            duck_db: take(&shown.turned[1]),
        }
    }

    /// Shows whether a strip is silent or too loud, for those who wait for that.
    pub fn show_alarm(&self, strip: usize, alarmed: SoundAlarm) {
        let bits = u32::from(alarmed.silent) | u32::from(alarmed.clipping) << 1;
        if let Some(shown) = self.shown.get(strip) {
            shown.alarm.store(bits, Ordering::Relaxed);
        }
    }

    /// As [`Self::show_alarm`], for the program.
    pub fn show_program_alarm(&self, alarmed: SoundAlarm) {
        self.show_alarm(self.shown.len() - 1, alarmed);
    }

    /// Whether a strip is silent or too loud.
    pub fn alarmed(&self, strip: usize) -> SoundAlarm {
        let bits = self
            .shown
            .get(strip)
            .map_or(0, |shown| shown.alarm.load(Ordering::Relaxed));
        SoundAlarm {
            silent: bits & 1 != 0,
            clipping: bits & 2 != 0,
        }
    }

    /// As [`Self::alarmed`], for the program.
    pub fn program_alarmed(&self) -> SoundAlarm {
        self.alarmed(self.shown.len() - 1)
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

    /// What the third of four reads of 300 ms, of these samples on left and right.
    fn read(samples: impl Fn(usize) -> [f32; CHANNELS]) -> MeterReading {
        let mut meter = BankMeter::default();
        let mut reading = MeterReading::default();
        for block in 0..RMS_BLOCKS {
            let lanes: Vec<Lanes> = (0..BLOCK)
                .map(|i| {
                    let mut lanes = Lanes::ZERO;
                    lanes.0[4..6].copy_from_slice(&samples(block * BLOCK + i));
                    lanes
                })
                .collect();
            let readings = meter.read(&lanes);
            assert!([0, 1, 3].map(|i: usize| readings[i]) == [MeterReading::default(); 3]);
            reading = readings[2];
        }
        reading
    }

    fn sine(n: usize) -> f32 {
        (n as f32 * std::f32::consts::TAU / 48.0).sin()
    }

    #[test]
    fn a_sine_at_full_scale_reads_0_and_minus_3() {
        let reading = read(|n| [sine(n), 0.0]);
        assert!((gain_to_db(reading.peak[0])).abs() < 0.01);
        assert!((gain_to_db(reading.rms[0]) + 3.01).abs() < 0.01);
        assert_eq!(reading.peak[1], 0.0);
    }

    #[test]
    fn channels_in_step_correlate_by_one_and_silence_by_nothing() {
        type Right<'a> = &'a dyn Fn(usize) -> f32;
        let cases: [(Right, Option<f32>); 4] = [
            (&|n| 0.1 * sine(n), Some(1.0)),
            (&|n| -sine(n), Some(-1.0)),
            // A quarter of a turn off.
            (&|n| sine(n + 12), Some(0.0)),
            (&|_| 0.0, None),
        ];
        for (right, wanted) in cases {
            match (read(|n| [sine(n), right(n)]).correlation, wanted) {
                (Some(seen), Some(wanted)) => assert!((seen - wanted).abs() < 1e-3, "{seen}"),
                (seen, _) => assert_eq!(seen, wanted),
            }
        }
        let meters = Meters::new(1);
        assert_eq!(meters.take(0).correlation, None);
        let reading = MeterReading {
            correlation: Some(-1.0),
            ..MeterReading::default()
        };
        meters.show(0, reading, 1.0);
        assert_eq!(meters.take(0).correlation, Some(-1.0));
    }

    #[test]
    fn a_peak_is_kept_until_it_is_looked_at() {
        let meters = Meters::new(1);
        let reading = |peak: f32| MeterReading {
            peak: [peak; 2],
            ..MeterReading::default()
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
