//! How long a source has been quiet, as its supervisor saw it. Where the whole machine stood still, so
//! did the source: time in which nobody could look is not held against it.

use crate::media::House;

/// What one supervisor saw of one pipeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quiet {
    /// Looks that are further apart than this, in nanoseconds, were kept from being made.
    kept: i64,
    /// When it was looked last.
    looked: House,
    /// When something came last.
    last: House,
    /// How much of the time since then nobody could look, in nanoseconds.
    unseen: i64,
}

impl Quiet {
    /// From `began` on; looks are to be no further apart than `kept` nanoseconds.
    pub fn new(began: House, kept: i64) -> Self {
        Self {
            kept,
            looked: began,
            last: began,
            unseen: 0,
        }
    }

    /// How long nothing came, in nanoseconds, at `now`, where something came at `last`.
    pub fn look(&mut self, now: House, last: House) -> i64 {
        if last != self.last {
            self.last = last;
            self.unseen = 0;
        }
        let since = now - self.looked;
        if since > self.kept {
            self.unseen += since.min(now - last).max(0);
        }
        self.looked = now;
        now - last - self.unseen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;
    const KEPT: i64 = 500 * MS;

    #[test]
    fn time_in_which_nobody_looked_is_not_held_against_a_source() {
        let mut quiet = Quiet::new(0, KEPT);
        assert_eq!(quiet.look(100 * MS, 90 * MS), 10 * MS);
        assert_eq!(quiet.look(200 * MS, 90 * MS), 110 * MS);
        // Three seconds in which neither ran.
        assert_eq!(quiet.look(3200 * MS, 90 * MS), 110 * MS);
        assert_eq!(quiet.look(3300 * MS, 90 * MS), 210 * MS);
        // What comes then begins anew.
        assert_eq!(quiet.look(3400 * MS, 3350 * MS), 50 * MS);
    }

    #[test]
    fn what_came_unseen_counts_from_when_it_came() {
        let mut quiet = Quiet::new(0, KEPT);
        quiet.look(100 * MS, 90 * MS);
        assert_eq!(quiet.look(2000 * MS, 1900 * MS), 0);
        assert_eq!(quiet.look(2100 * MS, 1900 * MS), 100 * MS);
    }

    #[test]
    fn a_source_that_is_watched_all_the_time_has_no_excuse() {
        let mut quiet = Quiet::new(0, KEPT);
        let seen = (1..=40).map(|look| quiet.look(look * KEPT, 0));
        assert_eq!(seen.last(), Some(40 * KEPT));
    }
}
