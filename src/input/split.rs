//! What a card gives, split among all that take channels of it. All of them get their times from one map,
//! so that microphones on one card stay together to the sample.

use std::sync::Arc;

use super::clock_map::ClockMap;
use super::convert::Convert;
use super::feed::Vitals;
use super::sound::SoundWriter;
use crate::media::{CHANNELS, House, NS_PER_S, SAMPLE_RATE};

/// See the module's words.
#[derive(Default)]
pub struct Split {
    taps: Vec<Tap>,
    map: ClockMap,
    rate: u32,
    channels: u16,
}

impl Split {
    /// The card was opened anew, with so many samples a second and channels.
    pub fn begin(&mut self, rate: u32, channels: u16) {
        (self.rate, self.channels) = (rate, channels);
        self.map = ClockMap::default();
        for tap in &mut self.taps {
            tap.seen_breaks = 0;
            tap.convert = None;
        }
    }

    /// Takes channels, counted from 1: two are left and right, one is heard on both sides. What comes
    /// goes into `sound`, at its times of the house.
    pub fn add(&mut self, number: u32, channels: &[u16], sound: SoundWriter, vitals: Arc<Vitals>) {
        let first = channels.first().copied().unwrap_or(1);
        self.taps.push(Tap {
            number,
            channels: [first, channels.get(1).copied().unwrap_or(first)],
            sound,
            vitals,
            seen_breaks: 0,
            convert: None,
            stereo: Vec::new(),
        });
    }

    /// Takes no more for this one.
    pub fn remove(&mut self, number: u32) {
        self.taps.retain(|tap| tap.number != number);
    }

    /// The highest channel that anybody takes.
    pub fn last_channel(&self) -> u16 {
        let all = self.taps.iter().flat_map(|tap| tap.channels);
        all.max().unwrap_or(1)
    }

    /// Takes a block that has come `now`, interleaved, whose first frame has this index since the card
    /// was opened.
    pub fn take(&mut self, index: u64, block: &[f32], now: House) {
        let (rate, channels) = (self.rate.max(1), usize::from(self.channels.max(1)));
        let x = (i128::from(index) * i128::from(NS_PER_S) / i128::from(rate)) as i64;
        let time = self.map.observe(x, now, 0);
        for tap in &mut self.taps {
            tap.take(block, channels, rate, time, self.map.breaks());
            tap.vitals.hear(now, &self.map);
        }
    }
}

/// One source's channels of a card.
struct Tap {
    number: u32,
    /// Left and right, from 1.
    channels: [u16; CHANNELS],
    sound: SoundWriter,
    vitals: Arc<Vitals>,
    /// The breaks of the map that it has seen; none yet where it is 0, for a map begins with one.
    seen_breaks: u64,
    /// Where the card has another rate than the house.
    convert: Option<Convert>,
    stereo: Vec<f32>,
}

impl Tap {
    /// Takes its channels out of a block whose first frame is to be heard at `time`.
    fn take(&mut self, block: &[f32], channels: usize, rate: u32, time: House, breaks: u64) {
        let jump = std::mem::replace(&mut self.seen_breaks, breaks) != breaks;
        // A channel that the card does not have is silent until it is opened anew.
        let of = |frame: &[f32], c: u16| {
            frame
                .get(usize::from(c).wrapping_sub(1))
                .copied()
                .unwrap_or(0.0)
        };
        let frames = block.chunks_exact(channels);
        let [left, right] = self.channels;
        self.stereo.clear();
        self.stereo
            .extend(frames.flat_map(|frame| [of(frame, left), of(frame, right)]));
        if rate as usize == SAMPLE_RATE {
            self.sound.push(&self.stereo, time, jump);
            return;
        }
        if self.convert.is_none() {
            self.convert = match Convert::new(rate) {
                Ok(convert) => Some(convert),
                Err(error) => return tracing::error!("sound of {rate} Hz: {error}"),
            };
        }
        if let Some(convert) = &mut self.convert {
            if jump {
                convert.restart();
            }
            let time = time - convert.lag_ns();
            self.sound.push(convert.take(&self.stereo), time, jump);
        }
    }
}
