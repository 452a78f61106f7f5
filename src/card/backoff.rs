//! How long to wait before what broke is tried again.

use std::time::Duration;

/// Waits between attempts: what comes back is to be heard and seen within seconds.
const WAITS: [Duration; 4] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_millis(1000),
    Duration::from_millis(2000),
];
/// What ran for so long has earned a quick new start.
const STABLE: Duration = Duration::from_secs(10);

/// Counts the attempts that failed.
#[derive(Debug, Default)]
pub struct Backoff {
    attempts: usize,
}

impl Backoff {
    /// It broke after it ran for so long; gives how long to wait.
    pub fn broke(&mut self, ran: Duration) -> Duration {
        if ran > STABLE {
            self.attempts = 0;
        }
        let wait = WAITS[self.attempts.min(WAITS.len() - 1)];
        self.attempts += 1;
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_what_ran_long_is_back_soon() {
        let mut backoff = Backoff::default();
        let soon = Duration::from_secs(1);
        let waits: Vec<_> = (0..6).map(|_| backoff.broke(soon).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 2000, 2000]);
        assert_eq!(backoff.broke(Duration::from_secs(60)).as_millis(), 250);
    }
}
