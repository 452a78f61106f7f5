//! House time and frame rates.
//!
//! There is one epoch, `t0`, taken from the monotonic clock when the engine starts. House time is
//! the number of nanoseconds since then, signed, because a source's first picture may be older.
//! Frame n of the program is due at n·den/num seconds, computed from n alone so that nothing adds up.

use serde::{Deserialize, Serialize};

/// Nanoseconds in a second.
pub const NS_PER_S: i64 = 1_000_000_000;
/// Samples of sound a second, of each channel.
pub const SAMPLE_RATE: usize = 48_000;

/// Nanoseconds since the engine's epoch.
pub type House = i64;

/// The engine's epoch on the machine's monotonic clock, which is GStreamer's system clock too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseClock {
    epoch_ns: i64,
}

impl HouseClock {
    /// An epoch that is now.
    pub fn start() -> Self {
        Self {
            epoch_ns: monotonic_ns(),
        }
    }

    /// An epoch that an engine before this one took, in nanoseconds of the monotonic clock.
    pub fn with_epoch(epoch_ns: i64) -> Self {
        Self { epoch_ns }
    }

    /// The epoch in nanoseconds of the monotonic clock.
    pub fn epoch_ns(self) -> i64 {
        self.epoch_ns
    }

    /// The clock of a program that goes on at another rate: at `time` of this one, the frame that comes
    /// next keeps its number.
    #[must_use]
    pub fn at_rate(self, time: House, before: Rate, now: Rate) -> Self {
        if before == now {
            return self;
        }
        let next = before.frame_at(time) + 1;
        Self {
            epoch_ns: self.epoch_ns + time - now.time_of(next),
        }
    }

    /// House time now.
    pub fn now(self) -> House {
        monotonic_ns() - self.epoch_ns
    }

    /// Sleeps until `time`; returns at once if it has passed.
    pub fn sleep_until(self, time: House) {
        let due = time + self.epoch_ns;
        let request = rustix::time::Timespec {
            tv_sec: due.div_euclid(NS_PER_S),
            tv_nsec: due.rem_euclid(NS_PER_S),
        };
        // An absolute sleep that a signal cut short is simply taken up again.
        while monotonic_ns() < due
            && rustix::thread::clock_nanosleep_absolute(
                rustix::thread::ClockId::Monotonic,
                &request,
            )
            .is_err()
        {}
    }
}

fn monotonic_ns() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec * NS_PER_S + now.tv_nsec
}

/// `value · num / den`, rounded down, without overflow on the way.
pub fn mul_div(value: i64, num: i64, den: i64) -> i64 {
    let wide = i128::from(value) * i128::from(num);
    wide.div_euclid(i128::from(den))
        .clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

/// Frames a second as a fraction: `(30000, 1001)` is 29.97.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate(pub u32, pub u32);

impl Rate {
    /// When frame `n` is due.
    pub fn time_of(self, n: u64) -> House {
        mul_div(n as i64, NS_PER_S * i64::from(self.1), i64::from(self.0))
    }

    /// The newest frame that is due at `time` (0 before the first).
    pub fn frame_at(self, time: House) -> u64 {
        // time_of rounds down, so a frame's own time may fall a nanosecond short of it.
        let n = mul_div(
            time.max(0) + 1,
            i64::from(self.0),
            NS_PER_S * i64::from(self.1),
        );
        n.max(0) as u64
    }

    /// The sample at which frame `n` begins, at [`SAMPLE_RATE`].
    pub fn sample_of(self, n: u64) -> u64 {
        mul_div(
            n as i64,
            SAMPLE_RATE as i64 * i64::from(self.1),
            i64::from(self.0),
        ) as u64
    }

    /// Length of one frame in nanoseconds, rounded down.
    pub fn frame_ns(self) -> i64 {
        self.time_of(1)
    }

    /// Frames a second.
    pub fn fps(self) -> f64 {
        f64::from(self.0) / f64::from(self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_times_agree_at_every_usual_rate() {
        for rate in [
            Rate(24, 1),
            Rate(25, 1),
            Rate(30000, 1001),
            Rate(30, 1),
            Rate(50, 1),
            Rate(60000, 1001),
            Rate(60, 1),
        ] {
            for n in (0..2000).chain([1_000_000, 100_000_000]) {
                assert_eq!(rate.frame_at(rate.time_of(n)), n, "{rate:?} {n}");
                assert_eq!(
                    rate.frame_at(rate.time_of(n + 1) - 2),
                    n,
                    "{rate:?} just before {n} + 1"
                );
            }
        }
    }

    #[test]
    fn frame_numbers_go_on_over_a_change_of_rate() {
        let clock = HouseClock::with_epoch(5_000);
        let (slow, fast) = (Rate(25, 1), Rate(60000, 1001));
        for (before, now) in [(slow, fast), (fast, slow)] {
            let time = 100 * NS_PER_S + 7;
            let next = clock.at_rate(time, before, now);
            let moved = time + clock.epoch_ns() - next.epoch_ns();
            assert_eq!(now.frame_at(moved), before.frame_at(time) + 1);
            assert_eq!(next.at_rate(moved, now, now), next);
        }
    }

    #[test]
    fn samples_do_not_drift_from_frames() {
        let rate = Rate(30000, 1001);
        // An hour of 29.97: 107 892.1 frames, 172 800 000 samples.
        assert_eq!(rate.sample_of(30_000 * 3), 1001 * 48_000 * 3);
        assert_eq!(Rate(25, 1).sample_of(25), 48_000);
    }

    #[test]
    fn mul_div_holds_beyond_64_bits() {
        assert_eq!(mul_div(i64::MAX, 3, 3), i64::MAX);
        assert_eq!(mul_div(-1, 1, 2), -1);
    }
}
