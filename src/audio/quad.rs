//! Four strips that are worked on together: from their sources through their processors, to the gains
//! that they have from each other, and beside that through their delays. Two blocks come of it: one as it
//! comes from the processors, which guests, auxes and who listens before the fader get, and one that is
//! aligned with the picture.

use std::ops::Range;

use super::alarm::{CUT_OFF, Watch};
use super::automix::Heard;
use super::bank::{Bank, Worked};
use super::delay::Delay;
use super::dynamics::{Key, STEPS};
use super::gains::Gains;
use super::lanes::{Lanes, STRIPS};
use super::matrix::{Four, KeptOut};
use super::meter::{BankMeter, Meters};
use super::pan::sides;
use super::ramp::SHORT_RAMP;
use super::track::Track;
use super::wide::wide;
use crate::media::{BLOCK, CHANNELS, House, SAMPLE_RATE};
use crate::show::StripSettings;

/// One source's sound on its way into the sums.
pub struct Strip {
    track: Track,
    delay: Delay,
}

impl Strip {
    /// A strip, worked on as its place is set.
    pub fn new(track: Track) -> Self {
        Self {
            track,
            delay: Delay::default(),
        }
    }
}

/// See the module's words.
pub struct Quad {
    bank: Bank,
    meter: BankMeter,
    /// How loud each is in every bus.
    pub gains: Gains,
    /// Whose returns each is kept out of.
    pub kept_out: [KeptOut; STRIPS],
    /// Of each place, whoever has it.
    settings: [StripSettings; STRIPS],
    watches: [Watch; STRIPS],
    /// The gains that they had last from each other.
    turned: Lanes,
    /// A block of one of them, as it comes from its source.
    sound: Vec<f32>,
    /// One block of each as it comes from the processors.
    block: Vec<Lanes>,
    /// The same behind the delays, where there are any.
    aligned: Vec<Lanes>,
    delays: bool,
    /// The last samples of both.
    last: [Lanes; 2],
    /// Those that have left since the last block.
    leaving: [bool; STRIPS],
    /// Nothing has been in any of them since it was last silent.
    idle: bool,
    /// What the dynamics of those that are linked work by.
    pub key: Box<Key>,
    /// How the block was that is being worked on, and what the dynamics have done with it so far.
    came: Lanes,
    worked: Worked,
}

impl Default for Quad {
    fn default() -> Self {
        Self {
            bank: Bank::default(),
            meter: BankMeter::default(),
            gains: Gains::default(),
            kept_out: Default::default(),
            settings: Default::default(),
            watches: Default::default(),
            turned: Lanes::ONE,
            sound: vec![0.0; BLOCK * CHANNELS],
            block: vec![Lanes::ZERO; BLOCK],
            aligned: vec![Lanes::ZERO; BLOCK],
            delays: false,
            last: [Lanes::ZERO; 2],
            leaving: [false; STRIPS],
            idle: true,
            key: Box::new([Lanes::ZERO; STEPS]),
            came: Lanes::ZERO,
            worked: Worked::default(),
        }
    }
}

impl Quad {
    /// Another strip is in this place: it comes in from silence. One that leaves dies away instead.
    pub fn begin(&mut self, place: usize, strip: Option<&mut Strip>) {
        self.bank.clear(place);
        self.meter.clear(place);
        self.watches[place].clear();
        self.leaving[place] = strip.is_none();
        if let Some(strip) = strip {
            self.gains.come_in(place);
            strip.delay.begin(delay_samples(&self.settings[place]));
        }
    }

    /// Settings of a place, and of the strip that has it.
    pub fn set(&mut self, place: usize, settings: &StripSettings, strip: Option<&mut Strip>) {
        self.settings[place] = *settings;
        self.bank.set(place, settings);
        self.watches[place].set(&settings.alarm);
        self.gains.pan(place, sides(settings));
        if let Some(strip) = strip {
            strip.delay.set(delay_samples(settings));
        }
    }

    /// Whether nothing is to be heard of it.
    pub fn is_idle(&self) -> bool {
        self.idle
    }

    /// Takes in each source's block, which begins at `start`. The first strip has this slot.
    pub fn read(
        &mut self,
        strips: &mut [Option<Box<Strip>>],
        start: House,
        slot: usize,
        meters: &Meters,
    ) {
        let is_left = strips.iter().all(Option::is_none) && self.leaving == [false; STRIPS];
        if self.idle && is_left {
            return;
        }
        self.idle = is_left;
        for (s, strip) in strips.iter_mut().enumerate() {
            if let Some(strip) = strip {
                strip.track.block(start, &mut self.sound);
                meters.show_offset(slot + s, strip.track.late_samples());
            } else {
                self.sound.fill(0.0);
            }
            let [left, right] = [CHANNELS * s, CHANNELS * s + 1];
            let frames = self.sound.as_chunks::<CHANNELS>().0;
            for (sample, frame) in self.block.iter_mut().zip(frames) {
                [sample.0[left], sample.0[right]] = *frame;
            }
        }
    }

    /// Brings each block through its processors and its meter.
    pub fn work_on(&mut self, strips: &[Option<Box<Strip>>], slot: usize, meters: &Meters) {
        if self.idle {
            return;
        }
        self.came = cut_off(&self.block);
        self.worked = self.bank.process(&mut self.block);
        self.show(strips, slot, meters);
    }

    /// As [`Self::work_on`], up to the gate, for what is linked with others: its key is to be joined then.
    pub fn enter(&mut self) {
        if self.idle {
            return self.key.fill(Lanes::ZERO);
        }
        self.came = cut_off(&self.block);
        self.bank.enter(&mut self.block, &mut self.key);
    }

    /// From there up to the compressor, whose key is to be joined then.
    pub fn shape(&mut self) {
        if self.idle {
            return self.key.fill(Lanes::ZERO);
        }
        self.worked.gate = self.bank.shape(&mut self.block, &mut self.key);
    }

    /// And from there to the meter.
    pub fn compress(&mut self, strips: &[Option<Box<Strip>>], slot: usize, meters: &Meters) {
        if !self.idle {
            self.worked.compressor = self.bank.compress(&mut self.block, &self.key);
            self.show(strips, slot, meters);
        }
    }

    /// One strip's block as it is now, left and right interleaved.
    pub fn copy(&self, place: usize, out: &mut [f32]) {
        if self.idle {
            return out.fill(0.0);
        }
        for (out, sample) in out.chunks_exact_mut(CHANNELS).zip(&self.block) {
            out.copy_from_slice(&sample.0[CHANNELS * place..CHANNELS * (place + 1)]);
        }
    }

    /// What is heard of a strip, for the gains that strips have from each other.
    pub fn heard(&self, place: usize) -> Heard {
        if self.idle {
            return Heard::default();
        }
        Heard {
            power: self.meter.power(place),
            open: self.gains.open(place),
        }
    }

    /// Brings each block to the gain that its strip has from the others, and through its delay.
    pub fn turn(&mut self, strips: &mut [Option<Box<Strip>>], gains: [f32; STRIPS]) {
        let wanted = Lanes::pairs(gains);
        if self.idle {
            self.turned = wanted;
            return;
        }
        if self.turned != wanted || wanted != Lanes::ONE {
            turn(&mut self.block, self.turned, wanted);
            self.turned = wanted;
        }
        self.align(strips);
        self.fade_out();
    }

    fn show(&mut self, strips: &[Option<Box<Strip>>], slot: usize, meters: &Meters) {
        let (came, worked) = (self.came, self.worked);
        let readings = self.meter.read(&self.block);
        for s in (0..strips.len()).filter(|s| strips[*s].is_some()) {
            meters.show(slot + s, readings[s], self.gains.fader(s));
            let sides = CHANNELS * s..CHANNELS * (s + 1);
            let is_cut_off = came.0[sides].iter().any(|lowest| *lowest >= CUT_OFF);
            let [left, right] = readings[s].peak;
            let alarmed = self.watches[s].see(left.max(right), is_cut_off);
            meters.show_alarm(slot + s, alarmed);
            for (i, dynamics) in [&worked.gate, &worked.compressor].into_iter().enumerate() {
                let level_db = dynamics.level_db.map(|levels| levels[s]);
                meters.show_dynamics(slot + s, i, dynamics.reduction[s], level_db);
            }
        }
    }

    /// Delays what is to be aligned with the picture.
    fn align(&mut self, strips: &mut [Option<Box<Strip>>]) {
        let delays = strips.iter().flatten().any(|s| !s.delay.is_nothing());
        self.delays = delays || self.leaving.contains(&true);
        let heard = if self.delays {
            self.aligned.copy_from_slice(&self.block);
            &mut self.aligned
        } else {
            &mut self.block
        };
        for (s, strip) in strips.iter_mut().enumerate() {
            if let Some(strip) = strip {
                strip.delay.process(heard, s);
            }
        }
    }

    /// Has what was last heard of those that have left die away.
    fn fade_out(&mut self) {
        for s in (0..STRIPS).filter(|s| self.leaving[*s]) {
            for (block, last) in [&mut self.block, &mut self.aligned]
                .into_iter()
                .zip(self.last)
            {
                for (i, sample) in block.iter_mut().enumerate().take(SHORT_RAMP as usize) {
                    let left = 1.0 - (i + 1) as f32 / SHORT_RAMP as f32;
                    for lane in CHANNELS * s..CHANNELS * (s + 1) {
                        sample.0[lane] += last.0[lane] * left * left * left;
                    }
                }
            }
        }
        self.leaving = [false; STRIPS];
        let end = |block: &[Lanes]| block.last().copied().unwrap_or_default();
        self.last = [end(&self.block), end(self.aligned())];
    }

    fn aligned(&self) -> &[Lanes] {
        if self.delays {
            &self.aligned
        } else {
            &self.block
        }
    }

    /// Some samples of its block, for the matrix.
    pub fn four(&mut self, tile: Range<usize>) -> Four<'_> {
        let aligned = if self.delays {
            &self.aligned
        } else {
            &self.block
        };
        Four {
            gains: &mut self.gains,
            block: &self.block[tile.clone()],
            aligned: &aligned[tile],
            kept_out: &self.kept_out,
        }
    }
}

wide! {
    /// Goes from one gain to another, which is reached with the last sample.
    fn turn(block: &mut [Lanes], from: Lanes, to: Lanes) {
        if from == to {
            block.iter_mut().for_each(|sample| *sample = *sample * to);
            return;
        }
        let slope = (to - from) * (1.0 / block.len() as f32);
        let mut now = from;
        for sample in block {
            now = now + slope;
            *sample = *sample * now;
        }
    }
}

wide! {
    /// Of each two samples in a row the lower magnitude: the highest of them in a block.
    fn cut_off(block: &[Lanes]) -> Lanes {
        let mut before = Lanes::ZERO;
        block.iter().fold(Lanes::ZERO, |highest, sample| {
            let now = sample.abs();
            let lower = now.min(before);
            before = now;
            highest.max(lower)
        })
    }
}

/// A strip's delay in samples, to the next one.
fn delay_samples(settings: &StripSettings) -> usize {
    (settings.delay_ms * 1e-3 * SAMPLE_RATE as f32)
        .round()
        .max(0.0) as usize
}
