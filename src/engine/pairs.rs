//! Flashes that were seen and beeps that were heard, put together: how much later the picture is than the
//! sound, over several events.

use std::collections::VecDeque;

use crate::media::{House, NS_PER_S};

/// A flash and a beep belong together that are no further apart, and that have no other so near.
const TOGETHER_NS: i64 = NS_PER_S;
/// The newest so many events count.
const EVENTS: usize = 10;
/// And as few are enough, if as large a part of all agrees.
pub const ENOUGH: usize = 3;
const AGREEING: f64 = 2.0 / 3.0;
/// What is found of a sound, at the worst: events agree that are a picture and this apart.
const SOUND_NS: i64 = 2_000_000;

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    flashes: VecDeque<House>,
    /// So many of them have been put together or left alone.
    settled: usize,
    beeps: VecDeque<House>,
    /// How much later each flash was than its beep.
    apart: VecDeque<i64>,
}

/// How much later the picture is, over all events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// The median of those that agree, in nanoseconds.
    pub median_ns: i64,
    /// From the lowest of them to the highest.
    pub spread_ns: i64,
    /// Enough agree.
    pub agrees: bool,
}

impl Pairs {
    /// A flash was seen.
    pub fn see(&mut self, time: House) {
        self.flashes.push_back(time);
    }

    /// A beep was heard.
    pub fn hear(&mut self, time: House) {
        self.beeps.push_back(time);
    }

    /// Everything up to this time has been seen and heard: puts together what is.
    pub fn settle(&mut self, until: House) {
        // Until then another beep could belong to the flash, and another flash to that.
        while let Some(flash) = self.flashes.get(self.settled).copied()
            && flash + 2 * TOGETHER_NS < until
        {
            self.settled += 1;
            if let Some(beep) = only_near(&self.beeps, flash)
                && only_near(&self.flashes, beep) == Some(flash)
            {
                if self.apart.len() == EVENTS {
                    self.apart.pop_front();
                }
                self.apart.push_back(flash - beep);
            }
        }
        let is_past = |time: &mut House| *time + 4 * TOGETHER_NS < until;
        while self.settled > 0 && self.flashes.pop_front_if(is_past).is_some() {
            self.settled -= 1;
        }
        while self.beeps.pop_front_if(is_past).is_some() {}
    }

    /// How many were put together.
    pub fn events(&self) -> usize {
        self.apart.len()
    }

    /// How much later the picture is, whose pictures come each so many nanoseconds. `None` before any event.
    pub fn offset(&self, picture_ns: i64) -> Option<Offset> {
        let mut all: Vec<i64> = self.apart.iter().copied().collect();
        all.sort_unstable();
        // The most of them that are as near to each other as they can be told apart.
        let within = picture_ns + SOUND_NS;
        let near = |from: usize| all[from..].partition_point(|apart| apart - all[from] <= within);
        let from = (0..all.len()).max_by_key(|from| (near(*from), usize::MAX - from))?;
        let agreeing = &all[from..from + near(from)];
        let most = agreeing.len();
        Some(Offset {
            median_ns: (agreeing[(most - 1) / 2] + agreeing[most / 2]) / 2,
            spread_ns: agreeing[most - 1] - agreeing[0],
            agrees: most >= ENOUGH && most as f64 >= AGREEING * all.len() as f64,
        })
    }
}

/// The one of these times that is near, where only one is.
fn only_near(times: &VecDeque<House>, time: House) -> Option<House> {
    let mut near = times
        .iter()
        .filter(|other| (*other - time).abs() <= TOGETHER_NS);
    let first = near.next().copied();
    first.filter(|_| near.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;
    const PICTURE: i64 = 33 * MS;

    /// Flashes each so many ms, each with a beep so many ms after it.
    fn pairs(every: i64, after: &[i64]) -> Pairs {
        let mut pairs = Pairs::default();
        for (n, after) in (1..).zip(after) {
            let flash = n * every * MS;
            pairs.see(flash);
            pairs.hear(flash + after * MS);
            pairs.settle(flash + every * MS / 2);
        }
        pairs.settle(100_000 * MS);
        pairs
    }

    #[test]
    fn the_median_of_those_that_agree_is_proposed() {
        let found = pairs(3000, &[-40, -45, -38, -42, -700]).offset(PICTURE);
        let expected = Offset {
            median_ns: 41 * MS,
            spread_ns: 7 * MS,
            agrees: true,
        };
        assert_eq!(found, Some(expected), "one is far off, four agree");
        let late = pairs(3000, &[120; 14]);
        assert_eq!(late.events(), EVENTS, "the old are forgotten");
        assert_eq!(late.offset(PICTURE).unwrap().median_ns, -120 * MS);
    }

    #[test]
    fn too_few_events_and_such_as_disagree_say_nothing() {
        assert_eq!(pairs(3000, &[]).offset(PICTURE), None);
        assert!(!pairs(3000, &[40, 41]).offset(PICTURE).unwrap().agrees);
        let disagree = pairs(3000, &[-200, 0, 200, 400, -400]).offset(PICTURE);
        assert!(!disagree.unwrap().agrees);
        let half = pairs(3000, &[0, 0, 0, 300, 300, 300]).offset(PICTURE);
        assert!(!half.unwrap().agrees);
    }

    #[test]
    fn what_could_belong_to_either_of_two_belongs_to_none() {
        // Each beep is as near to the next flash as to its own.
        assert_eq!(pairs(1200, &[-600, -600, -600, -600]).events(), 0);
        assert_eq!(pairs(2500, &[-600, -600, -600, -600]).events(), 4);
        let mut lonely = Pairs::default();
        lonely.see(3000 * MS);
        lonely.hear(9000 * MS);
        lonely.settle(90_000 * MS);
        assert_eq!(lonely.events(), 0);
    }
}
