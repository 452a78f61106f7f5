//! The sound of a stinger: given to a strip of its own, in step with its pictures.

use std::sync::Arc;

use super::stingers::Ready;
use crate::audio::{Strip, StripGain, Track};
use crate::input::{SoundWriter, sound_ring};
use crate::media::{CHANNELS, House, Rate, SAMPLE_RATE, db_to_gain};

/// So much of it is given ahead of its time, in samples.
const AHEAD: usize = SAMPLE_RATE / 5;

/// See the module's words.
pub struct Sting {
    writer: SoundWriter,
    rate: Rate,
    /// The picture seen in the frame before.
    last: Option<usize>,
    playing: Option<Playing>,
}

struct Playing {
    sound: Arc<Vec<f32>>,
    gain: f32,
    /// House time of its first sample.
    start: House,
    /// Samples given.
    given: usize,
}

impl Sting {
    /// A stinger's sound for a program of this rate, and the strip in which it is heard.
    pub fn new(rate: Rate) -> (Self, Box<Strip>) {
        let (writer, reader) = sound_ring();
        let sting = Self {
            writer,
            rate,
            last: None,
            playing: None,
        };
        let track = Track::new(reader, false);
        (sting, Box::new(Strip::new(track)))
    }

    /// Says what the frame due at `due` shows: which picture of which stinger, if any. It is heard
    /// while its pictures follow each other; one that stands, or is moved by hand, is silent.
    pub fn is_at(
        &mut self,
        picture: Option<usize>,
        ready: impl FnOnce() -> Option<Ready>,
        due: House,
    ) {
        let last = std::mem::replace(&mut self.last, picture);
        let Some(picture) = picture else {
            self.playing = None;
            return;
        };
        let moves = match last {
            None => picture == 0,
            Some(last) => picture == last + 1,
        };
        if !moves {
            self.playing = None;
            return;
        }
        if self.playing.is_none()
            && let Some(ready) = ready()
        {
            self.playing = Some(Playing {
                gain: db_to_gain(ready.level_db),
                sound: ready.sound,
                start: due - self.rate.time_of(picture as u64),
                given: self.rate.sample_of(picture as u64) as usize,
            });
            self.give(picture, true);
        } else {
            self.give(picture, false);
        }
    }

    fn give(&mut self, picture: usize, begins: bool) {
        let Some(playing) = &mut self.playing else {
            return;
        };
        let whole = playing.sound.len() / CHANNELS;
        let until = (self.rate.sample_of(picture as u64) as usize + AHEAD).min(whole);
        if playing.given < until {
            let samples = &playing.sound[playing.given * CHANNELS..until * CHANNELS];
            let offset =
                crate::media::mul_div(playing.given as i64, 1_000_000_000, SAMPLE_RATE as i64);
            self.writer.push(samples, playing.start + offset, begins);
            playing.given = until;
        }
    }

    /// Its gain in this frame.
    pub fn gain(&self) -> StripGain {
        let gain = self.playing.as_ref().map_or(0.0, |playing| playing.gain);
        StripGain::in_program(gain, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::StingerPictures;

    fn ready() -> Option<Ready> {
        Some(Ready {
            pictures: Arc::new(StingerPictures::new((64, 36))),
            sound: Arc::new(vec![0.5; SAMPLE_RATE * CHANNELS]),
            level_db: -6.0,
        })
    }

    #[test]
    fn it_is_heard_while_its_pictures_follow_each_other() {
        let rate = Rate(30, 1);
        let (mut sting, _) = Sting::new(rate);
        let due = |n: u64| rate.time_of(100 + n);
        assert_eq!(sting.gain().fader, 0.0);
        for n in 0..10 {
            sting.is_at(Some(n), ready, due(n as u64));
            assert!((sting.gain().fader - 0.501).abs() < 0.001);
        }
        // It stands, and is silent; when it goes on it is heard from there.
        sting.is_at(Some(9), ready, due(10));
        assert_eq!(sting.gain().fader, 0.0);
        sting.is_at(Some(10), ready, due(11));
        assert!(sting.gain().fader > 0.5);
        assert_eq!(
            sting.playing.as_ref().unwrap().start,
            due(11) - rate.time_of(10)
        );
        // Cut short.
        sting.is_at(None, ready, due(12));
        assert_eq!(sting.gain().fader, 0.0);
        // A bar that throws it into its middle makes no sound.
        sting.is_at(Some(20), ready, due(13));
        assert_eq!(sting.gain().fader, 0.0);
    }
}
