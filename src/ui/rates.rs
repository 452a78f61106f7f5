//! How often the window is painted and monitors are made: as often as they may, and less while the
//! engine or the window is late. The program goes before its pictures on a desk.

use super::graphics::Graphics;
use crate::door::Snapshot;

/// The rate is a whole part of the full one, at least this part.
const LEAST: u32 = 4;
/// It is looked at so often, in seconds.
const LOOK_S: f64 = 1.0;
/// So long must all be well before more is asked for, in seconds.
const CALM_S: f64 = 10.0;
/// A tick that takes more than this part of its frame is close to being late.
const TICK: f64 = 0.8;
/// Painting that takes more than this part of the time between two paintings leaves the rest of the
/// machine too little.
const PAINT: f64 = 0.7;

/// See the module's words. Times in seconds.
#[derive(Debug)]
pub struct Rates {
    graphics: Graphics,
    /// The full rate is divided by this.
    divisor: u32,
    looked: Option<f64>,
    pressed: f64,
    /// What the engine has counted as not in time.
    late: u64,
    /// Painting since the last look: how often, and how long in all.
    painted: (u32, f64),
}

impl Rates {
    /// The full rate for a window that is drawn so.
    pub fn new(graphics: Graphics) -> Self {
        Self {
            graphics,
            divisor: 1,
            looked: None,
            pressed: f64::MIN,
            late: 0,
            painted: (0, 0.0),
        }
    }

    /// The window was painted, and that took so long.
    pub fn painted(&mut self, seconds: f64) {
        self.painted.0 += 1;
        self.painted.1 += seconds;
    }

    /// Told once a frame what the engine says.
    pub fn update(&mut self, snapshot: &Snapshot, now: f64) {
        let looked = *self.looked.get_or_insert(now);
        if now - looked < LOOK_S {
            return;
        }
        let first = self.pressed == f64::MIN;
        self.looked = Some(now);
        let counters = &snapshot.counters;
        let late = counters.late + counters.repeated + counters.skipped;
        // An engine that was started again counts anew.
        let is_late = !first && late > self.late;
        self.late = late;
        let tick_s = f64::from(snapshot.health.tick_ms) / 1000.0;
        let (count, seconds) = std::mem::take(&mut self.painted);
        let paint_s = seconds / f64::from(count.max(1));
        let over_s = now - looked;
        tracing::trace!(count, over_s, paint_s, most = self.most(), "paintings");
        let is_pressed = is_late
            || tick_s * snapshot.rate.fps() > TICK
            || paint_s * f64::from(self.most()) > PAINT;
        if first {
            self.pressed = now;
        }
        if is_pressed {
            self.pressed = now;
            if self.divisor < LEAST {
                self.divisor *= 2;
                tracing::debug!(is_late, tick_s, paint_s, "fewer monitor pictures");
            }
        } else if now - self.pressed >= CALM_S && self.divisor > 1 {
            self.divisor /= 2;
            self.pressed = now;
            tracing::debug!("more monitor pictures");
        }
    }

    /// The window is painted at most so many times a second.
    pub fn most(&self) -> u32 {
        (self.graphics.most_fps() / self.divisor).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    fn rates() -> Rates {
        Rates::new(Graphics {
            format: None,
            software: false,
        })
    }

    #[test]
    fn the_rate_gives_way_to_a_late_engine_and_comes_back() {
        let mut snapshot = testing::snapshot();
        let mut rates = rates();
        snapshot.counters.late = 7;
        for second in 0..5 {
            rates.update(&snapshot, f64::from(second));
        }
        assert_eq!(rates.most(), 30, "what was late before counts for nothing");
        snapshot.counters.repeated += 1;
        rates.update(&snapshot, 5.0);
        assert_eq!(rates.most(), 15);
        for second in 6..15 {
            rates.update(&snapshot, f64::from(second));
            assert_eq!(rates.most(), 15, "{second}");
        }
        rates.update(&snapshot, 15.0);
        assert_eq!(rates.most(), 30);
        for second in 16..30 {
            snapshot.counters.late += 1;
            rates.update(&snapshot, f64::from(second));
        }
        assert_eq!(rates.most(), 7, "and no less");
        snapshot.counters = Default::default();
        for second in 30..60 {
            rates.update(&snapshot, f64::from(second));
        }
        assert_eq!(rates.most(), 30, "an engine that began anew");
    }

    #[test]
    fn it_gives_way_to_long_ticks_and_to_long_painting() {
        let mut snapshot = testing::snapshot();
        let mut rates = rates();
        rates.update(&snapshot, 0.0);
        rates.painted(0.005);
        rates.update(&snapshot, 1.0);
        assert_eq!(rates.most(), 30);
        rates.painted(0.03);
        rates.painted(0.03);
        rates.update(&snapshot, 2.0);
        assert_eq!(rates.most(), 15, "30 ms of 33 for painting");
        rates.painted(0.03);
        rates.update(&snapshot, 3.0);
        assert_eq!(rates.most(), 15, "30 ms of 66 will do");
        snapshot.health.tick_ms = 30.0;
        rates.update(&snapshot, 4.0);
        assert_eq!(rates.most(), 7);
    }
}
