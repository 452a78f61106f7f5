//! How loud four strips are in every bus: the columns of the mixer's matrix, on their way from what
//! they were to what they are told to be.

use super::lanes::{Lanes, Row, STRIPS, TILE};
use super::order::StripGain;
use super::ramp::{Ramp, SHORT_RAMP, TALK_RAMP};
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
    /// As `back`, to guests that are talked to.
    pub talk: Lanes,
    /// As `back`, to each desk that listens before the fader.
    pub before: [Lanes; LISTENERS],
    /// As `program`, to each desk that listens after it.
    pub after: [Lanes; LISTENERS],
}

/// A [`Column`] for each sample of a tile. Those of buses of which nothing is heard are left as they are.
pub struct Columns {
    pub program: Row,
    pub back: Row,
    pub auxes: [Row; AUXES],
    pub talk: Row,
    pub before: [Row; LISTENERS],
    pub after: [Row; LISTENERS],
    levels: Levels,
}

/// Of what the columns are made.
struct Levels {
    fader: Row,
    pan: Row,
    open: Row,
    post: Row,
    pre: Row,
}

impl Default for Columns {
    fn default() -> Self {
        let row = [Lanes::ZERO; TILE];
        Self {
            program: row,
            back: row,
            auxes: [row; AUXES],
            talk: row,
            before: [row; LISTENERS],
            after: [row; LISTENERS],
            levels: Levels {
                fader: row,
                pan: row,
                open: row,
                post: row,
                pre: row,
            },
        }
    }
}

/// Which buses may get anything of four strips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub auxes: [bool; AUXES],
    pub talk: bool,
    pub listeners: [bool; LISTENERS],
}

/// See the module's words.
pub struct Gains {
    fader: Ramp,
    follow: Ramp,
    follow_back: Ramp,
    open: Ramp,
    talk: Ramp,
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
            talk: Ramp::default(),
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
        go(&mut self.talk, gain.talk, TALK_RAMP);
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
        let from_nothing = [&mut self.fader, &mut self.open, &mut self.talk];
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
            &self.talk,
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
            talk: !self.talk.is_nothing(),
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
            talk: self.talk.now() * pan,
            before: std::array::from_fn(|n| self.before[n].now()),
            after: std::array::from_fn(|n| self.after[n].now() * program),
        }
    }

    /// Gives the gains of the next samples, `n` of a tile, to the program, to all guests, and to the other
    /// buses of which something is heard.
    #[inline(always)]
    pub fn next(&mut self, n: usize, heard: &Heard, out: &mut Columns) {
        let Columns { levels, .. } = out;
        self.fader.next(&mut levels.fader[..n]);
        self.pan.next(&mut levels.pan[..n]);
        self.open.next(&mut levels.open[..n]);
        self.follow.next(&mut out.program[..n]);
        self.follow_back.next(&mut out.back[..n]);
        for i in 0..n {
            let (fader, pan) = (levels.fader[i], levels.pan[i]);
            out.program[i] = fader * out.program[i] * pan;
            out.back[i] = fader * out.back[i] * pan;
            levels.open[i] = levels.open[i] * pan;
        }
        if heard.talk {
            self.talk.next(&mut out.talk[..n]);
            for (talk, pan) in out.talk[..n].iter_mut().zip(&levels.pan) {
                *talk = *talk * *pan;
            }
        }
        for k in (0..AUXES).filter(|k| heard.auxes[*k]) {
            self.post[k].next(&mut levels.post[..n]);
            self.pre[k].next(&mut levels.pre[..n]);
            for i in 0..n {
                out.auxes[k][i] = levels.post[i] * out.program[i] + levels.pre[i] * levels.open[i];
            }
        }
        for k in (0..LISTENERS).filter(|k| heard.listeners[*k]) {
            self.before[k].next(&mut out.before[k][..n]);
            self.after[k].next(&mut out.after[k][..n]);
            for (after, program) in out.after[k][..n].iter_mut().zip(&out.program) {
                *after = *after * *program;
            }
        }
    }
}
