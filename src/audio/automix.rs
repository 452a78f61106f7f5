//! Gains that strips have from each other, anew for each block: open microphones that share the gain of
//! one, and music that gives way to speech.
//!
//! Sharing is Dan Dugan's rule (US patent 3 992 584, "Automatic microphone mixing", AES 49th Convention,
//! 1974): the gain of a microphone is its level over that of the sum of all, in decibels its level
//! less theirs. The squares of all gains add up to one, whoever speaks, so that the noise of the room and
//! the distance to feedback are those of one open microphone.

use crate::media::{BLOCK, SAMPLE_RATE, db_to_gain};
use crate::show::{Duck, Share, StripSettings};

/// A microphone is as loud as it was in the last pause for so long, as a time constant of its power: so
/// that the gaps within a word are not taken for its end.
const HOLD_MS: f32 = 100.0;
/// Added to every power, of −100 dBFS: who is silent shares with who is silent.
const FLOOR: f32 = 1e-10;
/// Less than this in dB is nothing.
const NOTHING_DB: f32 = 0.01;
const BLOCK_MS: f32 = BLOCK as f32 * 1e3 / SAMPLE_RATE as f32;

/// What is heard of a strip in a block, before its fader.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heard {
    /// Mean square of both sides.
    pub power: f32,
    /// How far it is open: 0 where a fader, a mute or AFV keeps it off the air, 1 where it is on.
    pub open: f32,
}

/// How far a strip is turned down, in dB, 0 or more.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Turned {
    pub share_db: f32,
    pub duck_db: f32,
}

/// See the module's words.
pub struct Automix {
    strips: Vec<Auto>,
    /// What is left of a power after a block of [`HOLD_MS`].
    hold: f32,
}

#[derive(Clone, Copy, Default)]
struct Auto {
    share: Share,
    weight: f32,
    speech: bool,
    duck: Duck,
    /// Its threshold, as a power.
    threshold: f32,
    /// Power that falls no faster than [`HOLD_MS`] lets it.
    held: f32,
    heard: Heard,
    ducked_db: f32,
    /// Blocks since somebody spoke.
    quiet: u32,
    gain: f32,
}

impl Automix {
    /// For so many slots, none of which takes part.
    pub fn new(slots: usize) -> Self {
        let auto = Auto {
            weight: 1.0,
            gain: 1.0,
            quiet: u32::MAX,
            threshold: power(Duck::default().threshold_db),
            ..Auto::default()
        };
        Self {
            strips: vec![auto; slots],
            hold: fall(HOLD_MS),
        }
    }

    /// Settings of a slot, from the next block on.
    pub fn set(&mut self, slot: usize, settings: &StripSettings) {
        if let Some(auto) = self.strips.get_mut(slot) {
            auto.share = settings.share;
            auto.weight = power(settings.share.weight_db);
            auto.speech = settings.speech;
            auto.duck = settings.duck;
            auto.threshold = power(settings.duck.threshold_db);
        }
    }

    /// Another source has the slot.
    pub fn clear(&mut self, slot: usize) {
        if let Some(auto) = self.strips.get_mut(slot) {
            auto.held = 0.0;
            auto.heard = Heard::default();
        }
    }

    /// What was heard of a slot in this block.
    pub fn hear(&mut self, slot: usize, heard: Heard) {
        if let Some(auto) = self.strips.get_mut(slot) {
            auto.heard = heard;
            auto.held = heard.power.max(auto.held * self.hold);
        }
    }

    /// Finds the gains for this block, of all that was heard.
    pub fn work(&mut self) {
        let all: f32 = self.strips.iter().map(Auto::counted).sum();
        let spoken = self.loudest_speech();
        for slot in 0..self.strips.len() {
            let auto = &self.strips[slot];
            let share = if auto.share.on {
                // Itself in full, though it be closed: so that it has its share when it opens.
                let own = auto.level();
                (own / (all - auto.counted() + own).max(own)).sqrt()
            } else {
                1.0
            };
            let other = spoken.iter().flatten().find(|(by, _)| *by != slot);
            let auto = &mut self.strips[slot];
            auto.give_way(other.map_or(0.0, |(_, power)| *power));
            auto.gain = share;
            if auto.ducked_db > 0.0 {
                auto.gain *= db_to_gain(-auto.ducked_db);
            }
        }
    }

    /// The two loudest of those that speak, with their power.
    fn loudest_speech(&self) -> [Option<(usize, f32)>; 2] {
        let mut loudest: [Option<(usize, f32)>; 2] = [None; 2];
        for (slot, auto) in self.strips.iter().enumerate().filter(|(_, a)| a.speech) {
            let power = auto.heard.power * auto.heard.open * auto.heard.open;
            let is_above = |other: Option<(usize, f32)>| other.is_none_or(|(_, p)| power > p);
            if is_above(loudest[0]) {
                loudest = [Some((slot, power)), loudest[0]];
            } else if is_above(loudest[1]) {
                loudest[1] = Some((slot, power));
            }
        }
        loudest
    }

    /// The gain of a slot in this block, to which it goes in the course of it. Exactly one where nothing
    /// turns it down.
    pub fn gain(&self, slot: usize) -> f32 {
        self.strips.get(slot).map_or(1.0, |auto| auto.gain)
    }

    /// How far a slot is turned down, by what.
    pub fn turned(&self, slot: usize) -> Turned {
        self.strips.get(slot).map_or_else(Turned::default, |auto| {
            let duck_db = auto.ducked_db;
            Turned {
                share_db: if auto.share.on {
                    let all_db = -20.0 * auto.gain.max(1e-6).log10();
                    (all_db - duck_db).max(0.0)
                } else {
                    0.0
                },
                duck_db,
            }
        })
    }
}

impl Auto {
    /// Its power as it counts for itself.
    fn level(&self) -> f32 {
        (self.held + FLOOR) * self.weight
    }

    /// Its power as it counts for the others.
    fn counted(&self) -> f32 {
        let open = self.heard.open;
        if self.share.on {
            self.level() * open * open
        } else {
            0.0
        }
    }

    fn give_way(&mut self, spoken: f32) {
        let is_spoken = spoken > self.threshold;
        self.quiet = if is_spoken {
            0
        } else {
            self.quiet.saturating_add(1)
        };
        let is_down = self.duck.on && self.quiet as f32 * BLOCK_MS <= self.duck.hold_ms;
        let wanted = if is_down { self.duck.depth_db } else { 0.0 };
        if wanted == self.ducked_db {
            return;
        }
        let ms = if wanted > self.ducked_db {
            self.duck.attack_ms
        } else {
            self.duck.release_ms
        };
        let left = (self.ducked_db - wanted) * fall(ms);
        self.ducked_db = if left.abs() < NOTHING_DB {
            wanted
        } else {
            wanted + left
        };
    }
}

/// Of a level in dB.
fn power(db: f32) -> f32 {
    let gain = db_to_gain(db);
    gain * gain
}

/// What is left after a block of what dies away with this time constant.
fn fall(ms: f32) -> f32 {
    (-BLOCK_MS / ms).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(power: f32) -> Heard {
        Heard { power, open: 1.0 }
    }

    fn shared(weight_db: f32) -> StripSettings {
        StripSettings {
            share: Share {
                on: true,
                weight_db,
            },
            ..StripSettings::default()
        }
    }

    fn gains(mix: &Automix) -> Vec<f32> {
        (0..mix.strips.len()).map(|slot| mix.gain(slot)).collect()
    }

    /// Brings blocks of steady levels through.
    fn run(mix: &mut Automix, heard: &[Heard], blocks: usize) {
        for _ in 0..blocks {
            for (slot, heard) in heard.iter().enumerate() {
                mix.hear(slot, *heard);
            }
            mix.work();
        }
    }

    #[test]
    fn gain_is_the_level_of_one_over_that_of_all_and_its_squares_add_up_to_one() {
        let mut mix = Automix::new(5);
        let powers = [1e-2, 1e-3, 1e-4, 0.0];
        for slot in 0..4 {
            mix.set(slot, &shared(0.0));
        }
        let mut heard: Vec<Heard> = powers.map(open).to_vec();
        heard.push(open(1.0));
        run(&mut mix, &heard, 1);
        let all: f32 = powers.iter().sum();
        for (slot, power) in powers[..3].iter().enumerate() {
            let wanted = (power / all).sqrt();
            assert!((mix.gain(slot) - wanted).abs() < 1e-5, "{slot}");
            let wanted_db = -20.0 * wanted.log10();
            assert!((mix.turned(slot).share_db - wanted_db).abs() < 1e-2);
        }
        let squares: f32 = gains(&mix)[..4].iter().map(|g| g * g).sum();
        assert!((squares - 1.0).abs() < 1e-5, "{squares}");
        assert_eq!(mix.gain(4), 1.0, "takes no part");
    }

    #[test]
    fn nobody_who_speaks_and_all_who_do_have_as_much_as_one_microphone() {
        for power in [0.0, 1e-6, 1e-2] {
            let mut mix = Automix::new(4);
            (0..4).for_each(|slot| mix.set(slot, &shared(0.0)));
            run(&mut mix, &[open(power); 4], 3);
            assert!(
                gains(&mix).iter().all(|g| (g - 0.5).abs() < 1e-6),
                "{power}"
            );
        }
        let mut mix = Automix::new(1);
        mix.set(0, &shared(0.0));
        run(&mut mix, &[open(1e-3)], 3);
        assert_eq!(mix.gain(0), 1.0, "alone it has every bit");
    }

    #[test]
    fn a_weight_prevails_and_who_is_closed_takes_from_nobody() {
        let mut mix = Automix::new(2);
        mix.set(0, &shared(6.0));
        mix.set(1, &shared(0.0));
        run(&mut mix, &[open(1e-3); 2], 1);
        let ratio = 20.0 * (mix.gain(0) / mix.gain(1)).log10();
        assert!((ratio - 6.0).abs() < 0.01, "{ratio}");
        let closed = Heard {
            power: 1.0,
            open: 0.0,
        };
        run(&mut mix, &[open(1e-3), closed], 1);
        assert_eq!(mix.gain(0), 1.0);
        // It has its share as soon as it opens.
        let before = mix.gain(1);
        run(&mut mix, &[open(1e-3), open(1.0)], 1);
        assert!((mix.gain(1) - before).abs() < 1e-3, "{before}");
    }

    #[test]
    fn the_gaps_of_a_word_are_bridged() {
        let mut mix = Automix::new(2);
        (0..2).for_each(|slot| mix.set(slot, &shared(0.0)));
        run(&mut mix, &[open(1e-2), open(1e-7)], 5);
        let spoken = mix.gain(1);
        run(&mut mix, &[open(0.0), open(1e-7)], 5);
        assert!(mix.gain(1) < 2.0 * spoken, "50 ms: {}", mix.gain(1));
        run(&mut mix, &[open(0.0), open(1e-7)], 200);
        assert!(mix.gain(1) > 0.99, "two seconds: {}", mix.gain(1));
    }

    fn ducked() -> Automix {
        let mut mix = Automix::new(3);
        let mut music = StripSettings::default();
        music.duck.on = true;
        mix.set(0, &music);
        let speech = StripSettings {
            speech: true,
            ..StripSettings::default()
        };
        mix.set(1, &speech);
        mix
    }

    #[test]
    fn music_gives_way_with_its_time_constants_and_is_back_bit_for_bit() {
        let duck = Duck::default();
        let mut mix = ducked();
        let (music, voice) = (open(1e-2), open(1e-2));
        run(&mut mix, &[music, open(1e-5), voice], 20);
        assert_eq!(mix.gain(0), 1.0, "too soft, and one that is no speech");
        // After one time constant, of the way all but 1/e is gone.
        let blocks = (duck.attack_ms / BLOCK_MS) as usize;
        run(&mut mix, &[music, voice], blocks);
        let wanted = duck.depth_db * (1.0 - (-1.0f32).exp());
        let down = mix.turned(0).duck_db;
        assert!((down - wanted).abs() < 0.01, "{down} {wanted}");
        run(&mut mix, &[music, voice], 200);
        assert_eq!(mix.turned(0).duck_db, duck.depth_db);
        assert!((mix.gain(0) - db_to_gain(-duck.depth_db)).abs() < 1e-6);
        // It waits, and comes back.
        let held = (duck.hold_ms / BLOCK_MS) as usize;
        run(&mut mix, &[music, open(0.0)], held);
        assert_eq!(mix.turned(0).duck_db, duck.depth_db);
        let blocks = (duck.release_ms / BLOCK_MS) as usize;
        run(&mut mix, &[music, open(0.0)], blocks);
        let wanted = duck.depth_db * (-1.0f32).exp();
        let down = mix.turned(0).duck_db;
        assert!((down - wanted).abs() < 0.01, "{down} {wanted}");
        run(&mut mix, &[music, open(0.0)], 2000);
        assert_eq!(mix.gain(0), 1.0);
    }

    #[test]
    fn nothing_gives_way_to_itself_or_to_who_is_off_the_air() {
        let mut mix = ducked();
        let closed = Heard {
            power: 1.0,
            open: 0.0,
        };
        run(&mut mix, &[open(1e-2), closed], 50);
        assert_eq!(mix.gain(0), 1.0);
        let mut both = StripSettings {
            speech: true,
            ..StripSettings::default()
        };
        both.duck.on = true;
        mix.set(2, &both);
        run(&mut mix, &[open(1e-2), closed, open(1e-2)], 50);
        assert_eq!(mix.gain(2), 1.0, "itself");
        assert!(mix.gain(0) < 0.5);
        // Two that speak give way to each other, as they are told to.
        run(&mut mix, &[open(1e-2), open(1e-1), open(1e-2)], 50);
        assert!(mix.gain(2) < 0.5);
    }
}
