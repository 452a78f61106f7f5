//! Bits a second over the last two seconds, from a count of bytes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(2);

/// See the module's words.
#[derive(Debug, Default)]
pub struct Bitrate {
    samples: VecDeque<(Instant, u64)>,
}

impl Bitrate {
    /// Takes in that `bytes` in all have gone by at `now`; gives bits a second.
    pub fn at(&mut self, now: Instant, bytes: u64) -> u64 {
        self.samples.push_back((now, bytes));
        while self.samples.len() > 2
            && self
                .samples
                .front()
                .is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.samples.pop_front();
        }
        match self.samples.front() {
            Some((at, first)) if now > *at => {
                let bits = bytes.saturating_sub(*first) as f64 * 8.0;
                (bits / now.duration_since(*at).as_secs_f64()) as u64
            }
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_reads_its_rate_and_a_stopped_one_falls_to_nothing() {
        let mut bitrate = Bitrate::default();
        let start = Instant::now();
        let mut rate = 0;
        for tenth in 0..50u32 {
            rate = bitrate.at(
                start + Duration::from_millis(100) * tenth,
                u64::from(tenth) * 12_500,
            );
        }
        assert_eq!(rate, 1_000_000);
        for tenth in 50..80u32 {
            rate = bitrate.at(start + Duration::from_millis(100) * tenth, 49 * 12_500);
        }
        assert_eq!(rate, 0);
    }
}
