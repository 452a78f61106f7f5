//! How loud four strips are in every bus: the columns of the mixer's matrix, on their way from what
//! they were to what they are told to be.

use super::lanes::{Lanes, STRIPS};
use super::order::StripGain;
use super::ramp::{Ramp, SHORT_RAMP};
use super::tap::LISTENERS;
use crate::media::CHANNELS;
use crate::show::AUXES;

/// What four strips give to each bus at one sample.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Of the sound that is aligned with the picture.
    pub program: Lanes,
    /// Of the sound as it comes from the processors: to all guests together.
    pub back: Lanes,
    /// As `back`, to each aux.
    pub auxes: [Lanes; AUXES],
    /// As `back`, to each desk that listens before the fader.
    pub before: [Lanes; LISTENERS],
    /// As `program`, to each desk that listens after it.
    pub after: [Lanes; LISTENERS],
}

/// Which buses may get anything of four strips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub auxes: [bool; AUXES],
    pub listeners: [bool; LISTENERS],
}

/// See the module's words.
pub struct Gains {
    fader: Ramp,
    follow: Ramp,
    follow_back: Ramp,
    open: Ramp,
    pan: Ramp,
    post: [Ramp; AUXES],
    pre: [Ramp; AUXES],
    before: [Ramp; LISTENERS],
    after: [Ramp; LISTENERS],
}

impl Default for Gains {
    fn default() -> Self {
        let mut pan = Ramp::default();
        (0..STRIPS).for_each(|strip| pan.put(strip, [1.0; CHANNELS]));
        Self {
            fader: Ramp::default(),
            follow: Ramp::default(),
            follow_back: Ramp::default(),
            open: Ramp::default(),
            pan,
            post: Default::default(),
            pre: Default::default(),
            before: Default::default(),
            after: Default::default(),
        }
    }
}

impl Gains {
    /// Where one strip's gains go; those of pictures over so many samples.
    pub fn go(&mut self, strip: usize, gain: &StripGain, ramp: u32) {
        let go = |place: &mut Ramp, gain: f32, samples| {
            place.go(strip, [gain; CHANNELS], samples);
        };
        // A hand on a fader is not a transition: it is followed at once.
        go(&mut self.fader, gain.fader, SHORT_RAMP);
        go(&mut self.open, gain.open, SHORT_RAMP);
        go(&mut self.follow, gain.follow, ramp);
        go(&mut self.follow_back, gain.follow_back, ramp);
        for (k, send) in gain.sends.iter().enumerate() {
            let (pre, post) = if send.pre {
                (send.gain, 0.0)
            } else {
                (0.0, send.gain)
            };
            go(&mut self.pre[k], pre, SHORT_RAMP);
            go(&mut self.post[k], post, SHORT_RAMP);
        }
        let one_if = |on: bool| f32::from(u8::from(on));
        for n in 0..LISTENERS {
            let (before, after) = (gain.listened.before[n], gain.listened.after[n]);
            go(&mut self.before[n], one_if(before), SHORT_RAMP);
            go(&mut self.after[n], one_if(after), SHORT_RAMP);
        }
    }

    /// Where one strip stands between left and right.
    pub fn pan(&mut self, strip: usize, sides: [f32; CHANNELS]) {
        self.pan.go(strip, sides, SHORT_RAMP);
    }

    /// Another source has the strip: it comes in from silence, to the gains that its place has.
    pub fn come_in(&mut self, strip: usize) {
        let from_nothing = [&mut self.fader, &mut self.open];
        for ramp in from_nothing.into_iter().chain(&mut self.before) {
            let wanted = ramp.wanted(strip);
            ramp.put(strip, [0.0; CHANNELS]);
            ramp.go(strip, wanted, SHORT_RAMP);
        }
    }

    /// The fader of one strip, where it is now.
    pub fn fader(&self, strip: usize) -> f32 {
        self.fader.now().0[CHANNELS * strip]
    }

    /// How far a strip is open for the program: 0 where fader, mute or AFV keep it off the air.
    pub fn open(&self, strip: usize) -> f32 {
        let follow = self.follow.now().0[CHANNELS * strip];
        if self.fader(strip) > 0.0 { follow } else { 0.0 }
    }

    /// Whether all have arrived.
    pub fn are_still(&self) -> bool {
        let alone = [
            &self.fader,
            &self.follow,
            &self.follow_back,
            &self.open,
            &self.pan,
        ];
        let sends = self.post.iter().chain(&self.pre);
        let listeners = self.before.iter().chain(&self.after);
        let mut all = alone.into_iter().chain(sends).chain(listeners);
        all.all(Ramp::is_still)
    }

    /// Which buses get anything, now or on the way.
    pub fn heard(&self) -> Heard {
        let sounds = |a: &Ramp, b: &Ramp| !(a.is_nothing() && b.is_nothing());
        Heard {
            auxes: std::array::from_fn(|k| sounds(&self.post[k], &self.pre[k])),
            listeners: std::array::from_fn(|n| sounds(&self.before[n], &self.after[n])),
        }
    }

    /// The gains of the last sample.
    #[inline(always)]
    pub fn now(&self) -> Column {
        let pan = self.pan.now();
        let program = self.fader.now() * self.follow.now() * pan;
        let unfaded = self.open.now() * pan;
        Column {
            program,
            back: self.fader.now() * self.follow_back.now() * pan,
            auxes: std::array::from_fn(|k| {
                self.post[k].now() * program + self.pre[k].now() * unfaded
            }),
            before: std::array::from_fn(|n| self.before[n].now()),
            after: std::array::from_fn(|n| self.after[n].now() * program),
        }
    }

    /// The gains of the next sample.
    #[inline(always)]
    pub fn next(&mut self) -> Column {
        let sends = self.post.iter_mut().chain(&mut self.pre);
        let listeners = self.before.iter_mut().chain(&mut self.after);
        let alone = [
            &mut self.fader,
            &mut self.follow,
            &mut self.follow_back,
            &mut self.open,
            &mut self.pan,
        ];
        for ramp in alone.into_iter().chain(sends).chain(listeners) {
            if !ramp.is_still() {
                ramp.next();
            }
        }
        self.now()
    }
}
