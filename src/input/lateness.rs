//! How late what a live source gives comes against the map's line, and what of it is kept in mind.
//!
//! Sound that was late once is most often late again. What it then needs beyond what it usually needs
//! is kept in hand, the longer the rarer it is: what recurs breaks the sound once or twice, and what
//! was once is forgotten within minutes. It is kept against what is usual and not against the line,
//! so that the line goes on to follow the source's clock meanwhile.

use std::collections::VecDeque;

use crate::media::House;

/// Over how many steps it is looked how late the latest comes.
const WINDOW: usize = 12;
/// And over how many what is late now and then is told from what is usual.
const LONG_WINDOW: usize = 40;
/// Lateness that stays unpunished: the share of all that comes, pictures and sound, that may come
/// after it is due.
const LATE_SHARE: f64 = 0.02;
/// So many of the latest of a step are kept: that share of 1600 and one more. Where more come than
/// that, fewer may be late.
const LATEST: usize = 33;
/// What was late once is kept in mind for so long at least, and for twice that at most.
const KEEP_NS: i64 = 60_000_000_000;
/// What comes again within this recurs, and is kept in mind for so many times as long as it stayed away.
const RECURS_NS: i64 = 600_000_000_000;
const KEEP_TIMES: i64 = 2;
/// What is held up within this was held up by the same.
const SAME_NS: i64 = 3_000_000_000;
/// More than this is not worth the delay: rather a hole now and then.
const MOST_NS: f64 = 220_000_000.0;
/// What is no longer needed is given back at this speed: less than two cents.
const BACK_NS_PER_S: f64 = 1_000_000.0;

/// See the module's words. All times are in nanoseconds.
#[derive(Debug)]
pub struct Lateness {
    /// What came since the last step: the latest of all, the latest sound, and when it came.
    latest: Latest,
    sound: f64,
    spread: Spread,
    window: VecDeque<Step>,
    /// Sound that comes so much later than usual is kept in mind.
    least: f64,
    memory: Memory,
    jitter: f64,
}

/// What was measured in one step against the line.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// How much later than needed nearly all of it came.
    late: f64,
    /// How late the latest sound was.
    sound: f64,
    /// When it came.
    spread: Spread,
}

#[derive(Clone, Copy, Debug)]
struct Spread {
    low: f64,
    high: f64,
}

/// What a step has shown.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// How much later the line should run for nearly all to come before it is due.
    pub late: f64,
    /// How much of what was in hand was given back since the step before.
    pub back: f64,
}

impl Spread {
    const NONE: Self = Self {
        low: f64::MAX,
        high: f64::MIN,
    };
}

impl Step {
    /// How much later than usual its sound came, if that is to be kept in mind.
    fn beyond(&self, usual: f64, least: f64) -> f64 {
        let beyond = self.sound - usual;
        if (least..=MOST_NS).contains(&beyond) {
            beyond
        } else {
            0.0
        }
    }
}

impl Lateness {
    /// Nothing has come yet. Sound that comes so much later than usual is kept in mind.
    pub fn new(least: f64) -> Self {
        Self {
            latest: Latest::default(),
            sound: f64::MIN,
            spread: Spread::NONE,
            window: VecDeque::with_capacity(LONG_WINDOW),
            least,
            memory: Memory::default(),
            jitter: 0.0,
        }
    }

    /// Forgets all but the jitter: the line was drawn anew.
    pub fn restart(&mut self) {
        self.latest.clear();
        self.sound = f64::MIN;
        self.spread = Spread::NONE;
        self.window.clear();
        self.memory = Memory::default();
    }

    /// Something came so late, and is needed `lead` before it is due.
    pub fn see(&mut self, late: f64, lead: i64) {
        self.latest.add(late + lead as f64);
        self.see_spread(late);
    }

    /// Sound came so late, and may come so late again.
    pub fn hear(&mut self, late: f64) {
        self.sound = self.sound.max(late);
    }

    /// Something came so late that was held up, which says nothing of what the rest needs.
    pub fn see_spread(&mut self, late: f64) {
        self.spread.low = self.spread.low.min(late);
        self.spread.high = self.spread.high.max(late);
    }

    /// Sound is held up; whether it was before, not long ago.
    pub fn is_held_up_again(&mut self, now: House) -> bool {
        self.memory.is_held_up_again(now)
    }

    /// Whether the line may run so much later for sound that was late.
    pub fn is_worth(&self, late: f64) -> bool {
        self.usual().is_none_or(|usual| late - usual <= MOST_NS)
    }

    /// The spread of what came.
    pub fn jitter(&self) -> f64 {
        self.jitter
    }

    /// How late the earliest of the window came: 0 or less.
    pub fn earliest(&self) -> f64 {
        let lows = self.window.iter().map(|step| step.spread.low);
        lows.fold(0.0, f64::min)
    }

    /// Whether as many steps were measured as are looked at.
    pub fn is_full(&self) -> bool {
        self.window.len() >= WINDOW
    }

    /// The line runs so much later now.
    pub fn move_by(&mut self, by: f64) {
        self.latest.move_by(by);
        self.sound -= by;
        self.spread.low -= by;
        self.spread.high -= by;
        for step in &mut self.window {
            step.late -= by;
            step.sound -= by;
            step.spread.low -= by;
            step.spread.high -= by;
        }
    }

    /// Ends a step, so many seconds after the last. `None` before anything came that says anything.
    pub fn end_step(&mut self, now: House, seconds: f64) -> Option<Measured> {
        if let Some(late) = self.latest.late() {
            self.latest.clear();
            if self.window.len() == LONG_WINDOW {
                self.leave_behind(now);
            }
            self.window.push_back(Step {
                late,
                sound: std::mem::replace(&mut self.sound, f64::MIN),
                spread: std::mem::replace(&mut self.spread, Spread::NONE),
            });
        }
        let spreads = self.recent().map(|step| step.spread);
        let highest = spreads.clone().map(|s| s.high).fold(f64::MIN, f64::max);
        let lowest = spreads.map(|s| s.low).fold(f64::MAX, f64::min);
        self.jitter = (highest - lowest).max(0.0);
        let before = self.needed()?;
        self.memory.forget(now, seconds);
        let late = self.needed()?;
        let back = before - late;
        Some(Measured { late, back })
    }

    /// Lets the oldest step go. Only now it is known whether what was late in it is usual since.
    fn leave_behind(&mut self, now: House) {
        let usual = self.usual();
        if let (Some(step), Some(usual)) = (self.window.pop_front(), usual) {
            let beyond = step.beyond(usual, self.least);
            if beyond > 0.0 {
                self.memory.keep(beyond, now);
            }
        }
    }

    fn recent(&self) -> impl Iterator<Item = &Step> + Clone {
        self.window.iter().rev().take(WINDOW)
    }

    /// How late sound comes at the latest in three of four steps.
    fn usual(&self) -> Option<f64> {
        let mut sounds = [f64::MIN; LONG_WINDOW];
        for (sound, step) in sounds.iter_mut().zip(&self.window) {
            *sound = step.sound;
        }
        sounds.sort_unstable_by(|a, b| b.total_cmp(a));
        let count = sounds.partition_point(|&sound| sound > f64::MIN);
        sounds[..count].get(count / 4).copied()
    }

    /// How much later the line should run, with what is in hand.
    fn needed(&self) -> Option<f64> {
        let latest = self.recent().map(|step| step.late).reduce(f64::max)?;
        let Some(usual) = self.usual() else {
            return Some(latest);
        };
        let beyond = self.window.iter().map(|s| s.beyond(usual, self.least));
        Some(latest.max(usual + beyond.fold(self.memory.held, f64::max)))
    }
}

/// The latest of one step.
#[derive(Debug)]
struct Latest {
    count: usize,
    /// The latest first.
    few: Vec<f64>,
}

impl Default for Latest {
    fn default() -> Self {
        Self {
            count: 0,
            few: Vec::with_capacity(LATEST),
        }
    }
}

impl Latest {
    fn add(&mut self, late: f64) {
        self.count += 1;
        let place = self.few.partition_point(|&other| other > late);
        if place == LATEST {
            return;
        }
        self.few.truncate(LATEST - 1);
        self.few.insert(place, late);
    }

    fn clear(&mut self) {
        self.count = 0;
        self.few.clear();
    }

    fn move_by(&mut self, by: f64) {
        self.few.iter_mut().for_each(|late| *late -= by);
    }

    /// Of few arrivals the latest; of many the latest but for the share that may be late.
    fn late(&self) -> Option<f64> {
        let spared = (self.count as f64 * LATE_SHARE) as usize;
        self.few.get(spared).or(self.few.last()).copied()
    }
}

/// What sound needs beyond the usual now and then.
#[derive(Debug)]
struct Memory {
    /// So much is in hand for it.
    held: f64,
    /// The most that was needed between the last two turns, and since the last.
    needed: [f64; 2],
    turned: House,
    /// From one turn to the next.
    keep: i64,
    /// When sound was late last, and when it was held up last.
    late: Option<House>,
    held_up: Option<House>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            held: 0.0,
            needed: [0.0; 2],
            turned: 0,
            keep: KEEP_NS,
            late: None,
            held_up: None,
        }
    }
}

impl Memory {
    /// Sound needed so much.
    fn keep(&mut self, beyond: f64, now: House) {
        self.note(now);
        self.needed[1] = self.needed[1].max(beyond);
        self.held = self.held.max(beyond);
    }

    /// Sound was late.
    fn note(&mut self, now: House) {
        let last = self.late.replace(now);
        self.keep = match last.map(|last| now - last) {
            Some(since) if since < RECURS_NS => self.keep.max(KEEP_TIMES * since),
            _ => KEEP_NS,
        };
    }

    fn is_held_up_again(&mut self, now: House) -> bool {
        let since = self.held_up.map_or(i64::MAX, |last| now - last);
        if since < SAME_NS {
            return false;
        }
        self.note(now);
        self.held_up = Some(now);
        since < RECURS_NS
    }

    /// So many seconds have passed: gives back what was not needed for long.
    fn forget(&mut self, now: House, seconds: f64) {
        if now - self.turned >= self.keep {
            self.needed = [self.needed[1], 0.0];
            self.turned = now;
        }
        let needed = self.needed[0].max(self.needed[1]);
        self.held = (self.held - BACK_NS_PER_S * seconds).max(needed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_any_number_of_arrivals_the_latest_few_are_known() {
        let mut latest = Latest::default();
        let space = latest.few.capacity();
        assert_eq!(latest.late(), None);
        for count in [1usize, 2, 49, 50, 100, 187, 750, 1600, 20_000] {
            // In no order, each once.
            for k in 0..count {
                latest.add(((k * 7919 + count / 2) % count) as f64);
            }
            let spared = ((count as f64 * LATE_SHARE) as usize).min(LATEST - 1);
            assert_eq!(
                latest.late(),
                Some((count - 1 - spared) as f64),
                "of {count}"
            );
            latest.move_by(0.5);
            assert_eq!(latest.late(), Some((count - 1 - spared) as f64 - 0.5));
            latest.clear();
        }
        assert_eq!(latest.few.capacity(), space);
    }
}
