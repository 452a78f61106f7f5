//! Four strips at once, from their sources to their faders: trim and channels, high-pass, gate,
//! equaliser, compressor. A processor that is off for all four costs nothing, and what goes through
//! one that is off comes out with the same bits.

use super::dynamics::{Compressors, Dynamics, Gates, Key, key_of};
use super::filter::{Filter, cascade};
use super::lanes::Lanes;
use super::wide::wide;
use crate::media::db_to_gain;
use crate::show::{BANDS, Pick, Shape, StripSettings};

/// Processors of four strips.
#[derive(Clone, Debug)]
pub struct Bank {
    entry: Entry,
    high_pass: [Filter; 2],
    gates: Gates,
    eq: [Filter; BANDS],
    compressors: Compressors,
}

/// What each strip's dynamics heard and did in a block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worked {
    pub gate: Dynamics,
    pub compressor: Dynamics,
}

impl Default for Bank {
    fn default() -> Self {
        Self {
            entry: Entry::default(),
            high_pass: Default::default(),
            gates: Gates::new(),
            eq: Default::default(),
            compressors: Compressors::new(),
        }
    }
}

impl Bank {
    /// Settings of one strip; they are gone to in the course of the next block.
    pub fn set(&mut self, strip: usize, settings: &StripSettings) {
        self.entry.set(strip, settings);
        let on = |on: bool, shape: Shape| if on { shape } else { shape.silent() };
        let shapes = settings.high_pass.shapes();
        for (filter, shape) in self.high_pass.iter_mut().zip(shapes) {
            filter.set(strip, on(settings.high_pass.on, shape));
        }
        self.gates.set(strip, &settings.gate);
        for (filter, band) in self.eq.iter_mut().zip(&settings.eq.bands) {
            filter.set(strip, on(settings.eq.on && band.on, Shape::of(band)));
        }
        self.compressors.set(strip, &settings.compressor);
    }

    /// Another source has the strip: nothing is left of the one before.
    pub fn clear(&mut self, strip: usize) {
        self.high_pass
            .iter_mut()
            .for_each(|filter| filter.clear(strip));
        self.eq.iter_mut().for_each(|filter| filter.clear(strip));
        self.gates.clear(strip);
        self.compressors.clear(strip);
    }

    /// Works on a block of whole steps of the dynamics in place.
    pub fn process(&mut self, block: &mut [Lanes]) -> Worked {
        process(self, block)
    }

    /// The first part of [`Self::process`], up to the gate; gives the key by which that works.
    pub fn enter(&mut self, block: &mut [Lanes], key: &mut Key) {
        enter(self, block, key);
    }

    /// The second part, up to the compressor: the gate works by this key. Gives that of the compressor.
    pub fn shape(&mut self, block: &mut [Lanes], key: &mut Key) -> Dynamics {
        shape(self, block, key)
    }

    /// The last part: the compressor works by this key.
    pub fn compress(&mut self, block: &mut [Lanes], key: &Key) -> Dynamics {
        compress(self, block, key)
    }
}

wide! {
    fn process(bank: &mut Bank, block: &mut [Lanes]) -> Worked {
        bank.entry.process(block);
        cascade(&mut bank.high_pass, block);
        let gate = bank.gates.process(block, None);
        cascade(&mut bank.eq, block);
        let compressor = bank.compressors.process(block, None);
        Worked { gate, compressor }
    }
}

wide! {
    fn enter(bank: &mut Bank, block: &mut [Lanes], key: &mut Key) {
        bank.entry.process(block);
        cascade(&mut bank.high_pass, block);
        key_of(block, key);
    }
}

wide! {
    fn shape(bank: &mut Bank, block: &mut [Lanes], key: &mut Key) -> Dynamics {
        let gate = bank.gates.process(block, Some(key));
        cascade(&mut bank.eq, block);
        key_of(block, key);
        gate
    }
}

wide! {
    fn compress(bank: &mut Bank, block: &mut [Lanes], key: &Key) -> Dynamics {
        bank.compressors.process(block, Some(key))
    }
}

/// Trim, polarity and the pick of channels: each side is so much of its own and so much of the other.
#[derive(Clone, Debug)]
struct Entry {
    now: [Lanes; 2],
    wanted: [Lanes; 2],
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            now: [Lanes::ONE, Lanes::ZERO],
            wanted: [Lanes::ONE, Lanes::ZERO],
        }
    }
}

impl Entry {
    fn set(&mut self, strip: usize, settings: &StripSettings) {
        let sign = if settings.invert { -1.0 } else { 1.0 };
        let gain = sign * db_to_gain(settings.trim_db);
        // (own, other) for left and for right.
        let shares = match settings.pick {
            Pick::Stereo => [(1.0, 0.0), (1.0, 0.0)],
            Pick::Mono => [(0.5, 0.5), (0.5, 0.5)],
            Pick::Left => [(1.0, 0.0), (0.0, 1.0)],
            Pick::Right => [(0.0, 1.0), (1.0, 0.0)],
        };
        for (c, (own, other)) in shares.into_iter().enumerate() {
            self.wanted[0].0[2 * strip + c] = own * gain;
            self.wanted[1].0[2 * strip + c] = other * gain;
        }
    }

    #[inline(always)]
    fn process(&mut self, block: &mut [Lanes]) {
        if self.now != self.wanted {
            let share = 1.0 / block.len() as f32;
            let slope = [0, 1].map(|i: usize| (self.wanted[i] - self.now[i]) * share);
            let [mut own, mut other] = self.now;
            for sample in block {
                own = own + slope[0];
                other = other + slope[1];
                *sample = *sample * own + sample.swapped() * other;
            }
            self.now = self.wanted;
        } else if self.now != [Lanes::ONE, Lanes::ZERO] {
            let [own, other] = self.now;
            for sample in block {
                *sample = *sample * own + sample.swapped() * other;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::audio::dynamics::STEP;
    use crate::audio::lanes::STRIPS;
    use crate::media::{BLOCK, SAMPLE_RATE};
    use crate::show::{Band, BandKind, Compressor, Gate};

    /// Sends a sine of a level that may change with the time through the first strip, and gives what
    /// came out on the left.
    fn through(
        settings: &StripSettings,
        hz: f64,
        seconds: f64,
        level: impl Fn(f64) -> f64,
    ) -> Vec<f64> {
        let mut bank = Bank::default();
        bank.set(0, settings);
        let blocks = (seconds * SAMPLE_RATE as f64) as usize / BLOCK;
        let mut heard = Vec::new();
        for b in 0..blocks {
            let mut block: Vec<_> = (0..BLOCK)
                .map(|i| {
                    let t = (b * BLOCK + i) as f64 / SAMPLE_RATE as f64;
                    Lanes::all((level(t) * (TAU * hz * t).sin()) as f32)
                })
                .collect();
            bank.process(&mut block);
            heard.extend(block.iter().map(|s| f64::from(s.0[0])));
        }
        heard
    }

    /// The part of a sine in some samples that begin `from` samples into the time: amplitude, phase in
    /// degrees, and everything else, as the amplitude of a sine of the same power.
    fn fit(heard: &[f64], hz: f64, from: usize) -> (f64, f64, f64) {
        let n = heard.len() as f64;
        let angle = |i: usize| TAU * hz * (i + from) as f64 / SAMPLE_RATE as f64;
        let sum = |f: fn(f64) -> f64| -> f64 {
            let terms = heard.iter().enumerate().map(|(i, x)| x * f(angle(i)));
            2.0 * terms.sum::<f64>() / n
        };
        let (s, c) = (sum(f64::sin), sum(f64::cos));
        let rest = heard.iter().enumerate();
        let rest = rest.map(|(i, x)| (x - s * angle(i).sin() - c * angle(i).cos()).powi(2));
        let rest = (2.0 * rest.sum::<f64>() / n).sqrt();
        ((s * s + c * c).sqrt(), c.atan2(s).to_degrees(), rest)
    }

    fn db(ratio: f64) -> f64 {
        20.0 * ratio.log10()
    }

    /// A strip in which everything works and nothing is changed.
    fn at_unity() -> StripSettings {
        let mut strip = StripSettings::default();
        strip.eq.on = true;
        strip.high_pass.on = true;
        strip.high_pass.hz = 20.0;
        strip.gate.on = true;
        strip.compressor = Compressor {
            on: true,
            threshold_db: 0.0,
            knee_db: 0.0,
            ..strip.compressor
        };
        strip
    }

    #[test]
    fn what_is_off_leaves_every_bit_as_it_is() {
        let mut seed = 7u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let mut bank = Bank::default();
        // Its neighbours work, so that everything is gone through.
        let mut busy = at_unity();
        busy.eq.bands[1].gain_db = 6.0;
        for strip in 1..STRIPS {
            bank.set(strip, &busy);
        }
        for _ in 0..20 {
            let input: Vec<Lanes> = (0..BLOCK)
                .map(|_| Lanes(std::array::from_fn(|_| noise())))
                .collect();
            let mut block = input.clone();
            bank.process(&mut block);
            for (out, was) in block.iter().zip(&input) {
                assert_eq!(
                    [out.0[0].to_bits(), out.0[1].to_bits()],
                    [was.0[0].to_bits(), was.0[1].to_bits()]
                );
            }
            assert!(
                block
                    .iter()
                    .zip(&input)
                    .any(|(out, was)| out.0[2] != was.0[2])
            );
        }
    }

    #[test]
    fn dynamics_tell_what_they_hear_and_a_band_that_is_off_changes_no_bit() {
        let sine = |gain: f32| -> Vec<Lanes> {
            let at = |i: usize| (TAU * 997.0 * i as f64 / SAMPLE_RATE as f64).sin() as f32;
            (0..BLOCK).map(|i| Lanes::all(gain * at(i))).collect()
        };
        let mut bank = Bank::default();
        let mut strip = StripSettings::default();
        bank.set(0, &strip);
        let idle = bank.process(&mut sine(0.1));
        assert_eq!((idle.gate.level_db, idle.compressor.level_db), (None, None));
        strip.eq.on = true;
        strip.eq.bands[1].gain_db = 12.0;
        strip.eq.bands[1].hz = 1000.0;
        strip.eq.bands[1].on = false;
        bank.set(0, &strip);
        let mut block = sine(0.1);
        bank.process(&mut block);
        assert_eq!(block, sine(0.1));
        strip.eq.bands[1].on = true;
        strip.gate.on = true;
        strip.compressor.on = true;
        bank.set(0, &strip);
        let mut worked = Worked::default();
        for _ in 0..50 {
            worked = bank.process(&mut sine(0.1));
        }
        let heard = |dynamics: Dynamics| dynamics.level_db.map_or(-1000.0, |levels| levels[0]);
        let (gate, compressor) = (heard(worked.gate), heard(worked.compressor));
        assert!((gate + 20.0).abs() < 0.2, "before the equaliser: {gate}");
        assert!((compressor + 8.0).abs() < 0.5, "behind it: {compressor}");
    }

    #[test]
    fn distortion_and_noise_of_everything_at_unity_are_below_minus_120_db() {
        for hz in [100.0, 997.0, 6000.0] {
            let heard = through(&at_unity(), hz, 3.0, |_| 0.891);
            let from = heard.len() - SAMPLE_RATE;
            let (amplitude, _, rest) = fit(&heard[from..], hz, from);
            let thd_n = db(rest / amplitude);
            assert!(thd_n < -120.0, "{hz} Hz: {thd_n:.1} dB");
        }
    }

    /// What comes of an impulse in each strip, on the left; the right has the same.
    fn impulse_responses(bank: &mut Bank) -> [Vec<f64>; STRIPS] {
        let mut heard: [Vec<f64>; STRIPS] = Default::default();
        // In the first block they go to what they are to be.
        for b in 0..200 {
            let mut block = vec![Lanes::ZERO; BLOCK];
            if b == 1 {
                block[0] = Lanes::ONE;
            }
            bank.process(&mut block);
            for sample in block.iter().filter(|_| b > 0) {
                for (strip, heard) in heard.iter_mut().enumerate() {
                    assert_eq!(sample.0[2 * strip], sample.0[2 * strip + 1]);
                    heard.push(f64::from(sample.0[2 * strip]));
                }
            }
        }
        heard
    }

    /// Gain in dB and phase in degrees that an impulse response has at a frequency.
    fn response(impulse: &[f64], hz: f64) -> (f64, f64) {
        let (turn_im, turn_re) = (-TAU * hz / SAMPLE_RATE as f64).sin_cos();
        let (mut re, mut im) = (0.0, 0.0);
        // From the end, so that each step turns all that came behind it.
        for sample in impulse.iter().rev() {
            (re, im) = (
                re * turn_re - im * turn_im + sample,
                re * turn_im + im * turn_re,
            );
        }
        (db(re.hypot(im)), im.atan2(re).to_degrees())
    }

    #[test]
    fn filters_have_their_gain_and_phase_in_what_is_heard() {
        let kinds = [
            BandKind::Bell,
            BandKind::LowShelf,
            BandKind::HighShelf,
            BandKind::LowPass,
            BandKind::HighPass,
            BandKind::Notch,
        ];
        let mut bands = Vec::new();
        for kind in kinds {
            for hz in [40.0, 300.0, 2500.0, 16_000.0] {
                for (gain_db, q) in [(12.0, 0.5), (-15.0, 0.71), (4.0, 6.0)] {
                    bands.push(Band {
                        on: true,
                        kind,
                        hz,
                        gain_db,
                        q,
                    });
                }
            }
        }
        for (n, bands) in bands.as_chunks::<STRIPS>().0.iter().enumerate() {
            let mut bank = Bank::default();
            for (strip, band) in bands.iter().enumerate() {
                let mut settings = StripSettings::default();
                settings.eq.on = true;
                // In any of the four places, beside others that are flat.
                settings.eq.bands[(n + strip) % BANDS] = *band;
                bank.set(strip, &settings);
            }
            let heard = impulse_responses(&mut bank);
            for (heard, band) in heard.iter().zip(bands) {
                for step in 0..24 {
                    let hz = 20.0 * 1000f64.powf(f64::from(step) / 23.0);
                    let (wanted_db, wanted_phase) = Shape::of(band).response(hz);
                    if wanted_db < -50.0 {
                        continue;
                    }
                    let (gain_db, phase) = response(heard, hz);
                    let off = (gain_db - wanted_db).abs();
                    assert!(off < 0.01, "{band:?} at {hz} Hz: {gain_db} {wanted_db}");
                    let turned = (phase - wanted_phase + 540.0).rem_euclid(360.0) - 180.0;
                    assert!(
                        turned.abs() < 0.1,
                        "{band:?} at {hz} Hz: {phase} {wanted_phase}"
                    );
                }
            }
        }
    }

    #[test]
    fn filters_in_a_row_have_what_each_has() {
        let mut settings = StripSettings::default();
        settings.high_pass.on = true;
        settings.high_pass.hz = 80.0;
        settings.eq.on = true;
        for (band, gain_db) in settings.eq.bands.iter_mut().zip([6.0, -9.0, 4.0, -3.0]) {
            band.gain_db = gain_db;
        }
        for off in 0..=BANDS {
            // All of them, and three whose rest is passed over.
            if let Some(band) = settings.eq.bands.get_mut(off) {
                band.on = false;
            }
            let mut bank = Bank::default();
            bank.set(2, &settings);
            let heard = &impulse_responses(&mut bank)[2];
            let bands = settings.eq.bands.iter().filter(|band| band.on);
            let shapes = bands.map(Shape::of).chain(settings.high_pass.shapes());
            let shapes: Vec<Shape> = shapes.collect();
            for hz in [40.0, 90.0, 400.0, 1900.0, 7000.0, 18_000.0] {
                let wanted = shapes.iter().map(|shape| shape.response(hz).0);
                let (wanted, seen) = (wanted.sum::<f64>(), response(heard, hz).0);
                assert!((seen - wanted).abs() < 0.01, "{hz} Hz: {seen} {wanted}");
            }
            if let Some(band) = settings.eq.bands.get_mut(off) {
                band.on = true;
            }
        }
    }

    #[test]
    fn the_high_pass_is_a_butterworth_of_24_db_an_octave() {
        let mut strip = StripSettings::default();
        strip.high_pass.on = true;
        strip.high_pass.hz = 200.0;
        for hz in [50.0, 100.0, 200.0, 400.0, 2000.0] {
            let heard = through(&strip, hz, 1.5, |_| 0.5);
            let from = heard.len() - SAMPLE_RATE / 2;
            let (amplitude, _, _) = fit(&heard[from..], hz, from);
            // The bilinear transform bends the frequencies.
            let bent = |hz: f64| (TAU / 2.0 * hz / SAMPLE_RATE as f64).tan();
            let wanted = -10.0 * (1.0 + (bent(200.0) / bent(hz)).powi(8)).log10();
            assert!(
                (db(amplitude / 0.5) - wanted).abs() < 0.02,
                "{hz} Hz: {} {wanted}",
                db(amplitude / 0.5)
            );
        }
    }

    #[test]
    fn the_compressor_follows_its_curve() {
        let compressor = Compressor {
            on: true,
            threshold_db: -24.0,
            ratio: 4.0,
            knee_db: 12.0,
            makeup_db: 3.0,
            ..Compressor::default()
        };
        let strip = StripSettings {
            compressor,
            ..StripSettings::default()
        };
        for level_db in [-50.0, -33.0, -28.0, -24.0, -20.0, -15.0, -6.0, 0.0f64] {
            let level = 10f64.powf(level_db / 20.0);
            // Many samples to the period and none at the same place: the peak is met.
            let heard = through(&strip, 997.0, 2.0, |_| level);
            let from = heard.len() - SAMPLE_RATE / 2;
            let (amplitude, _, _) = fit(&heard[from..], 997.0, from);
            let over = level_db + 24.0;
            let wanted = 3.0
                + level_db
                + (1.0 / 4.0 - 1.0)
                    * if over < -6.0 {
                        0.0
                    } else if over > 6.0 {
                        over
                    } else {
                        (over + 6.0).powi(2) / 24.0
                    };
            assert!(
                (db(amplitude) - wanted).abs() < 0.15,
                "{level_db} dBFS: {:.3} {wanted:.3}",
                db(amplitude)
            );
            // What the desk draws.
            let drawn = level_db + f64::from(compressor.settled_db(level_db as f32));
            assert!((drawn - wanted).abs() < 1e-3, "{drawn} {wanted}");
        }
    }

    /// When the gain from `from_s` on has gone 63 % of its way in decibels to where it is at the end.
    fn way(gain_db: &[f64], from_s: f64) -> f64 {
        let from = (from_s * SAMPLE_RATE as f64) as usize;
        let (start, end) = (gain_db[from - 100], gain_db[gain_db.len() - 1]);
        let there = start + (end - start) * (1.0 - (-1.0f64).exp());
        let beyond = |gain: &f64| (gain - start).abs() >= (there - start).abs();
        gain_db[from..].iter().position(beyond).expect("it arrives") as f64 / SAMPLE_RATE as f64
    }

    /// The gain of a constant that changes its level, sample by sample, in dB.
    fn gains(strip: &StripSettings, seconds: f64, level: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut bank = Bank::default();
        bank.set(0, strip);
        let mut gains = Vec::new();
        for b in 0..(seconds * 100.0) as usize {
            let at = |i: usize| level((b * BLOCK + i) as f64 / SAMPLE_RATE as f64);
            let mut block: Vec<_> = (0..BLOCK).map(|i| Lanes::all(at(i) as f32)).collect();
            bank.process(&mut block);
            gains.extend(
                block
                    .iter()
                    .enumerate()
                    .map(|(i, s)| db(f64::from(s.0[0]) / at(i))),
            );
        }
        gains
    }

    #[test]
    fn the_compressor_takes_its_times() {
        for (attack_ms, release_ms) in [(1.0, 50.0), (20.0, 200.0), (5.0, 1000.0)] {
            let compressor = Compressor {
                on: true,
                threshold_db: -30.0,
                ratio: 10.0,
                knee_db: 0.0,
                attack_ms,
                release_ms,
                makeup_db: 0.0,
            };
            let strip = StripSettings {
                compressor,
                ..StripSettings::default()
            };
            let rises = gains(&strip, 1.0, |t| if t < 0.5 { 0.001 } else { 0.5 });
            let attack = way(&rises, 0.5) * 1e3;
            let wanted = f64::from(attack_ms);
            // A step of the detector is a twelfth of a millisecond.
            assert!(
                (attack - wanted).abs() < 0.15 + 0.02 * wanted,
                "attack {attack} ms, not {wanted}"
            );
            let falls = gains(&strip, 8.0, |t| if t < 0.5 { 0.5 } else { 0.001 });
            let release = way(&falls, 0.5) * 1e3;
            // It lets go, and then the smoothing of the attack comes behind it.
            let wanted = f64::from(release_ms + attack_ms);
            assert!(
                (release - wanted).abs() < 0.02 * wanted,
                "release {release} ms, not {wanted}"
            );
        }
    }

    #[test]
    fn the_gate_opens_holds_and_closes_by_its_times() {
        for (attack_ms, hold_ms, release_ms) in
            [(2.0, 100.0, 50.0), (0.5, 10.0, 20.0), (20.0, 300.0, 400.0)]
        {
            let gate = Gate {
                on: true,
                threshold_db: -40.0,
                range_db: 20.0,
                attack_ms,
                hold_ms,
                release_ms,
            };
            let strip = StripSettings {
                gate,
                ..StripSettings::default()
            };
            let opens = gains(&strip, 6.0, |t| if t < 5.0 { 0.001 } else { 0.1 });
            assert!((opens[5 * SAMPLE_RATE - 100] + 20.0).abs() < 0.01);
            let attack = way(&opens, 5.0) * 1e3;
            let off = (attack - f64::from(attack_ms)).abs();
            assert!(off < 0.2 + 0.02 * f64::from(attack_ms), "attack {attack}");
            assert!(opens.last().is_some_and(|gain| gain.abs() < 1e-5));
            let closes = gains(&strip, 6.0, |t| if t < 0.5 { 0.1 } else { 0.001 });
            let held = 0.5 + f64::from(hold_ms) * 1e-3 - 1e-3;
            assert!(closes[(held * SAMPLE_RATE as f64) as usize].abs() < 1e-5);
            let release = way(&closes, 0.5) * 1e3;
            let wanted = f64::from(hold_ms + release_ms);
            let off = (release - wanted).abs();
            assert!(off < 0.5 + 0.01 * wanted, "release {release}");
            // Between the two thresholds it stays as it is.
            let lingers = gains(&strip, 2.0, |t| if t < 0.5 { 0.1 } else { 0.0075 });
            assert!(lingers[24_000..].iter().all(|gain| gain.abs() < 1e-5));
        }
    }

    #[test]
    fn no_change_of_a_setting_is_a_click() {
        let mut strips = vec![StripSettings::default(), at_unity()];
        let mut strip = at_unity();
        strip.trim_db = 12.0;
        strip.invert = true;
        strips.push(strip);
        strip.pick = Pick::Left;
        strip.eq.bands[0].gain_db = 12.0;
        strip.eq.bands[2] = Band {
            on: true,
            kind: BandKind::Notch,
            hz: 440.0,
            gain_db: 0.0,
            q: 0.5,
        };
        strips.push(strip);
        strip.high_pass.hz = 400.0;
        strip.compressor.threshold_db = -40.0;
        strip.compressor.makeup_db = 10.0;
        strip.gate.threshold_db = 0.0;
        strips.push(strip);
        strips.push(StripSettings::default());
        let mut bank = Bank::default();
        let (mut last, mut steepest) = (0f32, 0f32);
        let level = 0.1;
        for b in 0..strips.len() * 50 {
            if b % 50 == 0 {
                bank.set(0, &strips[b / 50]);
            }
            let mut block: Vec<_> = (0..BLOCK)
                .map(|i| {
                    let t = (b * BLOCK + i) as f64 / SAMPLE_RATE as f64;
                    Lanes::all((level * (TAU * 110.0 * t).sin()) as f32)
                })
                .collect();
            bank.process(&mut block);
            for sample in &block {
                steepest = steepest.max((sample.0[0] - last).abs());
                last = sample.0[0];
            }
        }
        // The sine itself at the highest gain that any of them has (22 dB and a filter's 12).
        let sine = 2.0 * std::f64::consts::PI * 110.0 / SAMPLE_RATE as f64 * level;
        assert!(f64::from(steepest) < sine * 50.0, "{steepest}");
        assert!(steepest > 0.0);
    }

    #[test]
    fn what_goes_wrong_in_one_strip_stays_there() {
        let mut bank = Bank::default();
        for strip in 0..STRIPS {
            bank.set(strip, &at_unity());
        }
        let mut block = vec![Lanes::all(0.25); BLOCK];
        for sample in &mut block[..STEP] {
            sample.0[0] = f32::INFINITY;
        }
        bank.process(&mut block);
        assert!(block.iter().all(|s| s.0[2..].iter().all(|v| v.is_finite())));
        bank.clear(0);
        let mut block = vec![Lanes::all(0.25); BLOCK];
        bank.process(&mut block);
        assert!(block.iter().all(|s| s.0.iter().all(|v| v.is_finite())));
    }
}
