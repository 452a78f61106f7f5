//! The line-up generator: a sine or pink noise of an exact level, put into a bus behind its fader and before
//! its limiter.

use std::f64::consts::{PI, TAU};

use super::bus::Bus;
use super::order::Generated;
use super::tap::BusId;
use crate::media::{CHANNELS, SAMPLE_RATE};
use crate::show::{Ident, Wave};

/// It comes and goes over 50 ms, in the shape of half a cosine. Its level goes by all of the scale in as long.
const FADE: f64 = 0.05 * SAMPLE_RATE as f64;
/// Its sides are cut off and come back over 5 ms; its pitch goes by all that there are in as long.
const GLIDE: f64 = 0.005 * SAMPLE_RATE as f64;
/// The highest pitch, in Hz.
const HIGHEST: f64 = 20_000.0;
/// So long is an interruption that tells the sides apart, in samples: 250 ms.
const BREAK: u64 = SAMPLE_RATE as u64 / 4;
/// Samples of white noise from which it is found how loud the pink filter makes it.
const MEASURED: usize = 1 << 17;

/// See the module's words.
pub struct Generator {
    wanted: Option<Generated>,
    /// What is heard: it goes before another bus or another wave comes.
    now: Option<Generated>,
    /// From 0, where nothing is heard of it, to 1.
    fade: f64,
    level: f64,
    /// How far everything else gives way to it, from 0 to 1.
    gives_way: f64,
    /// Of the sine, in turns, and its pitch in Hz.
    phase: f64,
    hz: f64,
    /// Samples since it came.
    since: u64,
    sides: [f64; CHANNELS],
    noise: Pink,
}

impl Default for Generator {
    fn default() -> Self {
        Self {
            wanted: None,
            now: None,
            fade: 0.0,
            level: 0.0,
            gives_way: 0.0,
            phase: 0.0,
            hz: 0.0,
            since: 0,
            sides: [1.0; CHANNELS],
            noise: Pink::default(),
        }
    }
}

impl Generator {
    /// This is to be heard; nothing with `None`.
    pub fn set(&mut self, wanted: Option<Generated>) {
        self.wanted = wanted;
    }

    /// The bus in which it is heard now.
    pub fn bus(&mut self) -> Option<BusId> {
        if self.now.is_none() {
            self.now = self.wanted;
            (self.phase, self.since, self.sides) = (0.0, 0, [1.0; CHANNELS]);
            self.level = self.now.map_or(0.0, |now| f64::from(now.level));
            self.hz = self.now.map_or(0.0, |now| f64::from(now.hz));
            self.gives_way = f64::from(u8::from(self.now.is_some_and(|now| now.alone)));
        }
        self.now.map(|now| now.bus)
    }

    /// There is no such bus any more: nothing is heard of it.
    pub fn lose(&mut self) {
        (self.now, self.fade) = (None, 0.0);
    }

    /// Puts it into a block of that bus.
    pub fn play(&mut self, bus: &mut Bus) {
        let Some(mut now) = self.now else { return };
        // What else it becomes it can become while it is heard.
        let stays = self
            .wanted
            .filter(|wanted| (wanted.bus, wanted.wave) == (now.bus, now.wave));
        if let Some(wanted) = stays {
            now = wanted;
        }
        let alone = f64::from(u8::from(now.alone));
        bus.overlay(|frame| {
            let step = if stays.is_some() { 1.0 } else { -1.0 } / FADE;
            self.fade = (self.fade + step).clamp(0.0, 1.0);
            let gain = 0.5 - 0.5 * (PI * self.fade).cos();
            let sample = self.next(&now) * gain;
            self.gives_way += (alone - self.gives_way).clamp(-1.0 / FADE, 1.0 / FADE);
            let kept = 1.0 - gain * self.gives_way;
            for (sample_of, side) in frame.iter_mut().zip(self.sides) {
                *sample_of = (f64::from(*sample_of) * kept + sample * side) as f32;
            }
        });
        self.now = (self.fade > 0.0).then_some(now);
    }

    /// The next sample of it at its level; brings both sides to where they are to be.
    fn next(&mut self, now: &Generated) -> f64 {
        for (side, heard) in self.sides.iter_mut().zip(sides(now.ident, self.since)) {
            let wanted = f64::from(u8::from(heard));
            *side += (wanted - *side).clamp(-1.0 / GLIDE, 1.0 / GLIDE);
        }
        self.since += 1;
        let away = f64::from(now.level) - self.level;
        self.level += away.clamp(-1.0 / FADE, 1.0 / FADE);
        let value = match now.wave {
            Wave::Sine => {
                let value = (TAU * self.phase).sin();
                let away = f64::from(now.hz) - self.hz;
                self.hz += away.clamp(-HIGHEST / GLIDE, HIGHEST / GLIDE);
                self.phase = (self.phase + self.hz / SAMPLE_RATE as f64).fract();
                value
            }
            Wave::Pink => self.noise.next(),
        };
        value * self.level
    }
}

/// Which sides are heard so many samples after it began.
fn sides(ident: Ident, since: u64) -> [bool; CHANNELS] {
    // The number of the quarter of a second, at the end of which each round begins anew.
    let quarter = |seconds: u64| since / BREAK % (4 * seconds);
    match ident {
        Ident::None => [true; CHANNELS],
        Ident::Ebu => [quarter(3) != 11, true],
        Ident::Glits => {
            let quarter = quarter(4);
            [quarter != 11, !matches!(quarter, 13 | 15)]
        }
    }
}

/// White noise through a filter that takes 3 dB away with each octave: Paul Kellet's, which is right within
/// 0.05 dB above 10 Hz.
struct Pink {
    state: u64,
    poles: [f64; 6],
    last: f64,
    /// Brings it to the power of a sine of amplitude 1.
    gain: f64,
}

/// Where its poles are, and how much of each there is.
const POLES: [(f64, f64); 6] = [
    (0.99886, 0.0555179),
    (0.99332, 0.0750759),
    (0.969, 0.153852),
    (0.8665, 0.3104856),
    (0.55, 0.5329522),
    (-0.7616, -0.016898),
];
/// Of the noise now, and of the sample before.
const DIRECT: f64 = 0.5362;
const BEFORE: f64 = 0.115926;
/// Variance of white noise from −1 to 1.
const WHITE: f64 = 1.0 / 3.0;
/// Mean square of a sine of amplitude 1.
const SINE: f64 = 0.5;

impl Default for Pink {
    fn default() -> Self {
        let mut pink = Self {
            state: 0x9e37_79b9_7f4a_7c15,
            poles: [0.0; 6],
            last: 0.0,
            gain: 1.0,
        };
        // The power that a filter lets through of white noise is that of its answer to one impulse.
        let answer = (0..MEASURED).map(|n| pink.filter(if n == 0 { 1.0 } else { 0.0 }));
        let energy: f64 = answer.map(|sample| sample * sample).sum();
        pink.gain = (SINE / (WHITE * energy)).sqrt();
        pink
    }
}

impl Pink {
    fn filter(&mut self, white: f64) -> f64 {
        for (pole, (keeps, takes)) in self.poles.iter_mut().zip(POLES) {
            *pole = keeps * *pole + takes * white;
        }
        let before = std::mem::replace(&mut self.last, BEFORE * white);
        self.poles.iter().sum::<f64>() + before + DIRECT * white
    }

    fn next(&mut self) -> f64 {
        // Marsaglia, "Xorshift RNGs" (2003).
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let white = (self.state >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
        self.filter(white) * self.gain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{BLOCK, db_to_gain};

    fn generated(wave: Wave, hz: f32, level_db: f32) -> Generated {
        Generated {
            bus: BusId::Program,
            wave,
            hz,
            level: db_to_gain(level_db),
            alone: true,
            ident: Ident::None,
        }
    }

    /// So many blocks of one side of a bus in which there is this constant.
    fn heard(generator: &mut Generator, blocks: usize, below: f32, side: usize) -> Vec<f32> {
        let mut bus = Bus::plain(1.0);
        let mut heard = Vec::new();
        for _ in 0..blocks {
            bus.samples.fill(below);
            if generator.bus().is_some() {
                generator.play(&mut bus);
            }
            heard.extend(bus.samples.iter().skip(side).step_by(CHANNELS));
        }
        heard
    }

    /// Cosine and sine of this pitch in whole turns of it.
    fn amplitude(samples: &[f32], hz: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, sample) in samples.iter().enumerate() {
            let angle = TAU * hz * n as f64 / SAMPLE_RATE as f64;
            re += f64::from(*sample) * angle.cos();
            im += f64::from(*sample) * angle.sin();
        }
        2.0 * re.hypot(im) / samples.len() as f64
    }

    #[test]
    fn the_sine_has_its_level_and_no_harmonics() {
        for (hz, level_db) in [(1000.0, -18.0), (20.0, -60.0), (50.0, 0.0), (7000.0, -1.0)] {
            let mut generator = Generator::default();
            generator.set(Some(generated(Wave::Sine, hz, level_db)));
            let all = heard(&mut generator, 200, 0.0, 0);
            // One second, when it has come: whole turns.
            let sound = &all[48_000..];
            let hz = f64::from(hz);
            let level = amplitude(sound, hz);
            let off = 20.0 * level.log10() - f64::from(level_db);
            assert!(off.abs() < 0.01, "{hz} Hz: {off} dB off");
            let harmonics = (2..=12)
                .map(|n| hz * f64::from(n))
                .filter(|hz| *hz < 24_000.0);
            let power: f64 = harmonics.map(|hz| amplitude(sound, hz).powi(2)).sum();
            let thd = 20.0 * (power.sqrt() / level).log10();
            assert!(thd < -120.0, "{hz} Hz at {level_db} dB: {thd} dB");
        }
    }

    #[test]
    fn the_noise_has_the_power_of_its_sine_and_falls_by_3_db_an_octave() {
        let mut generator = Generator::default();
        generator.set(Some(generated(Wave::Pink, 1000.0, -18.0)));
        let sound = heard(&mut generator, 3000, 0.0, 1)[BLOCK * 10..].to_vec();
        let power = sound.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / sound.len() as f64;
        let level = 10.0 * (power / SINE).log10();
        assert!((level + 18.0).abs() < 0.3, "{level}");
        // The mean power around a frequency, in many short stretches.
        let density = |hz: f64| {
            let each = sound.chunks_exact(4800).map(|part| {
                let around = (-4..=4).map(|n| amplitude(part, hz + f64::from(n) * 10.0).powi(2));
                around.sum::<f64>()
            });
            10.0 * each.sum::<f64>().log10()
        };
        let [low, middle, high] = [250.0, 1000.0, 8000.0].map(density);
        assert!((low - middle - 6.02).abs() < 0.8, "{low} {middle}");
        assert!((middle - high - 9.03).abs() < 0.8, "{middle} {high}");
    }

    #[test]
    fn it_comes_changes_and_goes_without_a_click_and_replaces_what_is_there_or_joins_it() {
        for alone in [true, false] {
            let mut generator = Generator::default();
            let tone = Generated {
                alone,
                ..generated(Wave::Sine, 1000.0, -20.0)
            };
            generator.set(Some(tone));
            let mut all = heard(&mut generator, 20, 0.25, 0);
            let mean = all[BLOCK * 10..].iter().sum::<f32>() / (BLOCK * 10) as f32;
            assert!(
                (mean - if alone { 0.0 } else { 0.25 }).abs() < 1e-3,
                "{mean}"
            );
            generator.set(Some(Generated {
                level: 0.05,
                hz: 440.0,
                ..tone
            }));
            all.extend(heard(&mut generator, 20, 0.25, 0));
            // Another wave, and none.
            let noise = Wave::Pink;
            generator.set(Some(Generated {
                wave: noise,
                ..tone
            }));
            let until_noise = heard(&mut generator, 5, 0.25, 0);
            all.extend(until_noise);
            // A sine of this amplitude and pitch bends by so much from sample to sample.
            let smooth = 0.1 * (TAU * 1000.0 / SAMPLE_RATE as f64).powi(2) as f32;
            let bends = all.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs());
            let roughest = bends.fold(0.0, f32::max);
            assert!(roughest < 1.5 * smooth, "{roughest} {smooth}");
            generator.set(None);
            let end = heard(&mut generator, 20, 0.25, 0);
            assert!(end[BLOCK * 12..].iter().all(|s| *s == 0.25));
            assert_eq!(generator.bus(), None);
        }
    }

    #[test]
    fn the_sides_are_told_apart_by_their_breaks() {
        let silent = |ident: Ident, side: usize, seconds: usize| {
            let mut generator = Generator::default();
            let tone = generated(Wave::Sine, 1000.0, -18.0);
            generator.set(Some(Generated { ident, ..tone }));
            let all = heard(&mut generator, seconds * 100, 0.0, side);
            let quarters = all.chunks_exact(SAMPLE_RATE / 4).enumerate();
            let is_silent = |part: &[f32]| part[1000..11_000].iter().all(|s| *s == 0.0);
            let found = quarters.filter(|(_, part)| is_silent(part));
            found.map(|(n, _)| n).collect::<Vec<_>>()
        };
        // Tech 3304: each three seconds; GLITS: each four, left once and right twice.
        assert_eq!(silent(Ident::Ebu, 0, 7), [11, 23]);
        assert_eq!(silent(Ident::Glits, 0, 8), [11, 27]);
        assert_eq!(silent(Ident::Glits, 1, 8), [13, 15, 29, 31]);
        let none: [usize; 0] = [];
        assert_eq!(silent(Ident::Ebu, 1, 7), none);
        assert_eq!(silent(Ident::None, 0, 5), none);
    }
}
