//! Finds where a sound sets in: a clap, a beep, loud against what was heard before it, to a fraction of a
//! millisecond.

use std::collections::VecDeque;

use crate::media::{CHANNELS, SAMPLE_RATE};

/// The level is taken of each millisecond.
const WINDOW: usize = SAMPLE_RATE / 1000;
/// A sound that sets in is at least as loud as this, as a mean square: −50 dBFS.
const LEAST: f32 = 1e-5;
/// And so many times as loud as what was there: 20 dB.
const ABOVE: f32 = 100.0;
/// What was there is followed over so many milliseconds where it rises, and where it falls.
const RISE_MS: f32 = 500.0;
const FALL_MS: f32 = 150.0;
/// So many milliseconds are heard before anything counts, and pass between two that do.
const REST: u32 = 400;
/// The highest sample is looked for within so many milliseconds from where it is loud.
const ATTACK: usize = 5;
/// And back from there, where it began, so many milliseconds before.
const BACK: usize = 3;
/// A sample belongs to it that is as high as this part of the highest.
const PART: f32 = 0.25;
/// And that stands out of what was there by so much, of its RMS.
const CREST: f32 = 3.5;

/// See the module's words.
#[derive(Debug)]
pub struct Onsets {
    /// The higher magnitude of both channels, of the last milliseconds.
    recent: VecDeque<f32>,
    /// The sample behind the last of them.
    position: u64,
    sum: f32,
    /// Mean square of what was there.
    floor: f32,
    /// Milliseconds in which none is looked for.
    rest: u32,
    /// Loud for so many milliseconds, above this floor, where something sets in.
    loud: Option<(usize, f32)>,
}

impl Onsets {
    /// Begins to listen at this sample of the show.
    pub fn new(position: u64) -> Self {
        Self {
            recent: VecDeque::with_capacity((ATTACK + BACK) * WINDOW),
            position,
            sum: 0.0,
            floor: 0.0,
            rest: REST,
            loud: None,
        }
    }

    /// The sample up to which it has listened.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Listens to what comes next, left and right interleaved; gives each sample of the show at which
    /// something set in.
    pub fn hear(&mut self, sound: &[f32], mut found: impl FnMut(u64)) {
        for frame in sound.chunks_exact(CHANNELS) {
            let level = frame.iter().fold(0f32, |level, s| level.max(s.abs()));
            if self.recent.len() == (ATTACK + BACK) * WINDOW {
                self.recent.pop_front();
            }
            self.recent.push_back(level);
            self.sum += level * level;
            self.position += 1;
            if self.position.is_multiple_of(WINDOW as u64)
                && let Some(onset) = self.window()
            {
                found(onset);
            }
        }
    }

    /// A millisecond has been heard.
    fn window(&mut self) -> Option<u64> {
        let power = std::mem::take(&mut self.sum) / WINDOW as f32;
        let is_loud = power > LEAST.max(ABOVE * self.floor);
        if let Some((loud, _)) = &mut self.loud {
            *loud += 1;
        } else if self.rest == 0 && is_loud {
            self.loud = Some((1, self.floor));
        }
        self.rest = self.rest.saturating_sub(1);
        let over = if power > self.floor { RISE_MS } else { FALL_MS };
        self.floor += (power - self.floor) / over;
        let (_, floor) = self.loud.take_if(|(loud, _)| *loud == ATTACK)?;
        self.rest = REST;
        let first = self.recent.len().saturating_sub(ATTACK * WINDOW);
        let highest = self.recent.range(first..).copied().fold(0.0, f32::max);
        let begins = (PART * highest).max(CREST * floor.sqrt());
        let ago = self.recent.iter().position(|level| *level >= begins)?;
        Some(self.position - (self.recent.len() - ago) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What sets in where in this sound, of one value for both sides, from sample `from` of the show on.
    fn found(from: u64, sound: impl Iterator<Item = f32>) -> Vec<u64> {
        let sound: Vec<f32> = sound.flat_map(|sample| [sample; CHANNELS]).collect();
        let mut onsets = Onsets::new(from);
        let mut found = Vec::new();
        for block in sound.chunks(960) {
            onsets.hear(block, |at| found.push(at - from));
        }
        found
    }

    /// Noise of this RMS that is the same each time: a linear congruence.
    fn noise(rms: f32) -> impl Iterator<Item = f32> {
        let mut state = 1u32;
        std::iter::repeat_with(move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state as f32 / u32::MAX as f32 - 0.5) * rms * 12f32.sqrt()
        })
    }

    /// A beep of this amplitude and pitch from each of these samples on, for 100 ms.
    fn beeps(at: &[usize], amplitude: f32, hz: f32) -> impl Iterator<Item = f32> {
        let at = at.to_vec();
        (0usize..).map(move |n| {
            let last = at.iter().rev().find(|at| **at <= n);
            let since = last.map(|at| n - at).filter(|since| *since < 4800);
            since.map_or(0.0, |since| {
                let turns = hz * since as f32 / SAMPLE_RATE as f32;
                amplitude * (turns * std::f32::consts::TAU).sin()
            })
        })
    }

    const AT: [usize; 3] = [50_017, 98_111, 144_905];

    fn is_within_a_millisecond(found: &[u64]) {
        assert_eq!(found.len(), AT.len(), "{found:?}");
        for (found, at) in found.iter().zip(AT) {
            assert!(found.abs_diff(at as u64) < 24, "{found} and not {at}");
        }
    }

    #[test]
    fn beeps_are_found_within_half_a_millisecond_in_silence_and_in_noise() {
        for (amplitude, hz) in [(0.9, 1000.0), (0.1, 1000.0), (0.01, 440.0), (0.3, 5000.0)] {
            let beeps = || beeps(&AT, amplitude, hz).take(200_000);
            is_within_a_millisecond(&found(7, beeps()));
            // 26 dB below the beep's RMS.
            let noise = noise(amplitude * 0.7 * 0.05);
            is_within_a_millisecond(&found(480, beeps().zip(noise).map(|(a, b)| a + b)));
        }
    }

    #[test]
    fn claps_are_found_where_they_begin() {
        let clap = |n: usize| {
            let since = AT.iter().rev().find(|at| **at <= n).map(|at| n - at);
            since.map_or(0.0, |since| 0.5 * (-(since as f32) / 700.0).exp())
        };
        let claps = noise(1.0).zip(0..).map(|(noise, n)| noise * clap(n));
        let room = noise(0.003).skip(77);
        is_within_a_millisecond(&found(0, claps.zip(room).map(|(a, b)| a + b).take(200_000)));
    }

    #[test]
    fn what_goes_on_swells_or_is_too_soft_sets_in_nowhere() {
        let none: [u64; 0] = [];
        assert_eq!(found(0, noise(0.1).take(200_000)), none);
        assert_eq!(found(0, beeps(&AT, 0.002, 1000.0).take(200_000)), none);
        let swell = noise(0.3).zip(0..).map(|(n, i)| n * i as f32 / 200_000.0);
        assert_eq!(found(0, swell.take(200_000)), none);
    }

    #[test]
    fn a_long_sound_sets_in_once() {
        let music = noise(0.2)
            .zip(0..)
            .map(|(n, i)| if i < 60_000 { 0.0 } else { n });
        let found = found(0, music.take(250_000));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].abs_diff(60_000) < 24, "{found:?}");
    }
}
