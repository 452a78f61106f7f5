//! The one map from a live source's running time to house time, for its pictures and its sound.
//!
//! A source's clock drifts and its packets come irregularly. The map is a straight line that a slow
//! second-order loop bends so that nearly every picture and sound has come when it is due, and not
//! much earlier. Because both go by the same line, they stay together.

use super::lateness::Lateness;
use crate::media::House;

/// How often the line is corrected.
const STEP_NS: i64 = 250_000_000;
/// A source so much later than its line has jumped, and one so much earlier than the earliest of the last
/// seconds: the line is drawn anew.
const JUMP_NS: f64 = 300_000_000.0;
/// So long after the line was drawn it is put right at once if what comes proves to be late: what is
/// late would not be heard until the line has bent far enough.
const RAISE_NS: i64 = 1_500_000_000;
/// And so long if all that comes proves to be early by this much: a sender that began with a burst.
const LOWER_NS: i64 = 5_000_000_000;
const EARLY_NS: f64 = 10_000_000.0;
/// Sound that comes so late is not heard, though the mixer waits a little: the line is put right at once, by one
/// break, for what is late once is late again.
const MISSED_NS: f64 = 5_000_000.0;
/// But later than this it was held up somewhere, and what comes behind it catches up most often: it is put
/// right where that happens again within some minutes, or where the next step ends with something that is
/// missed, too.
const HELD_UP_NS: f64 = 40_000_000.0;
/// In hand between the latest arrivals and the tick.
const MARGIN_NS: f64 = 4_000_000.0;
/// Loop gains a second: natural period about a minute, critically damped. Slow enough that jitter of
/// the arrivals does not become wow in the sound.
const GAIN_P: f64 = 0.2;
const GAIN_I: f64 = GAIN_P * GAIN_P / 4.0;
/// An error within this is drift's doing; 500 ppm keep the line 2.5 ms off until they are known.
const NEAR_NS: f64 = 6_000_000.0;
/// The line's slope is at most this far from 1: clocks are within ±500 ppm, and changes of the delay
/// must not be heard as a change of pitch.
const SLOPE_MAX: f64 = 0.002;

/// See the module's words.
#[derive(Debug)]
pub struct ClockMap {
    line: Option<Line>,
    step_end: House,
    lateness: Lateness,
    /// Sound was held up and has not caught up yet.
    held_up: bool,
    /// How late the last sound was.
    sound_late: f64,
    /// The last of the step before was missed.
    has_missed: bool,
    jumps: u64,
    breaks: u64,
    drawn: House,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    x0: i64,
    y0: f64,
    /// Drift of the source against the house: house nanoseconds a source nanosecond, less one.
    drift: f64,
    /// The correction of the delay that is being made now, likewise.
    trim: f64,
}

impl Line {
    fn at(&self, x: i64) -> f64 {
        self.y0 + (x - self.x0) as f64 * (1.0 + self.drift + self.trim)
    }
}

impl Default for ClockMap {
    fn default() -> Self {
        Self {
            line: None,
            step_end: 0,
            lateness: Lateness::new(MARGIN_NS + MISSED_NS),
            held_up: false,
            sound_late: f64::MIN,
            has_missed: false,
            jumps: 0,
            breaks: 0,
            drawn: 0,
        }
    }
}

impl ClockMap {
    /// Takes note that something of running time `x` came at `arrival`, and gives the house time at
    /// which it is to be seen or heard. It is needed `lead` nanoseconds before that.
    pub fn observe(&mut self, x: i64, arrival: House, lead: i64) -> House {
        let Some(line) = self.line else {
            return self.anchor(x, arrival, lead);
        };
        let late = arrival as f64 - line.at(x);
        if late > JUMP_NS || late < self.lateness.earliest() - JUMP_NS {
            self.jumps += 1;
            return self.anchor(x, arrival, lead);
        }
        // A picture that is late is one that is repeated, and no reason to break the sound.
        if lead == 0 {
            self.sound_late = late;
            if arrival - self.drawn >= RAISE_NS {
                if self.is_to_be_raised(late, arrival) {
                    self.raise(late);
                    return self.line.map_or(arrival, |line| line.at(x) as House);
                }
                if !self.held_up {
                    self.lateness.hear(late);
                }
            }
        }
        if lead == 0 && self.held_up && late >= MISSED_NS {
            self.lateness.see_spread(late);
        } else {
            self.lateness.see(late, lead);
        }
        if arrival >= self.step_end {
            self.correct(x, arrival);
        }
        self.line.map_or(arrival, |line| line.at(x) as House)
    }

    /// How far the source's clock runs fast (+) or slow (−) of the house's, in parts per million.
    pub fn drift_ppm(&self) -> f64 {
        self.line.map_or(0.0, |line| -line.drift * 1e6)
    }

    /// The spread of the arrivals in nanoseconds.
    pub fn jitter_ns(&self) -> f64 {
        self.lateness.jitter()
    }

    /// How often the source's time jumped.
    pub fn jumps(&self) -> u64 {
        self.jumps
    }

    /// How often the line was broken off, by a jump or to put it right: what comes next does not go
    /// on where the last ended.
    pub fn breaks(&self) -> u64 {
        self.breaks
    }

    fn anchor(&mut self, x: i64, arrival: House, lead: i64) -> House {
        self.breaks += 1;
        self.drawn = arrival;
        let y0 = arrival as f64 + lead as f64 + MARGIN_NS + self.lateness.jitter();
        self.line = Some(Line {
            x0: x,
            y0,
            drift: self.line.map_or(0.0, |line| line.drift),
            trim: 0.0,
        });
        self.lateness.restart();
        self.held_up = false;
        self.sound_late = f64::MIN;
        self.has_missed = false;
        self.step_end = arrival + STEP_NS;
        y0 as House
    }

    /// Whether sound that came so late is reason enough to draw the line later at once.
    fn is_to_be_raised(&mut self, late: f64, arrival: House) -> bool {
        let was_held_up = self.held_up;
        self.held_up = late >= HELD_UP_NS || (was_held_up && late >= -MARGIN_NS);
        let is_reason = if self.held_up {
            !was_held_up && self.lateness.is_held_up_again(arrival)
        } else {
            late >= MISSED_NS
        };
        is_reason && self.lateness.is_worth(late)
    }

    /// Draws the line later at once: sound was missed that came so much later than needed.
    fn raise(&mut self, late: f64) {
        let by = late + MARGIN_NS;
        self.breaks += 1;
        if let Some(line) = &mut self.line {
            line.y0 += by;
        }
        self.held_up = false;
        self.has_missed = false;
        self.lateness.hear(late);
        self.lateness.see(late, 0);
        self.move_by(by);
    }

    /// What was measured against the line, against one that runs so much later.
    fn move_by(&mut self, by: f64) {
        self.lateness.move_by(by);
        self.sound_late -= by;
    }

    fn correct(&mut self, x: i64, arrival: House) {
        let seconds = (arrival - self.step_end + STEP_NS) as f64 / 1e9;
        self.step_end = arrival + STEP_NS;
        // What was held up and has been caught up with meanwhile is no reason.
        let misses = self.sound_late >= MISSED_NS;
        let has_missed = std::mem::replace(&mut self.has_missed, misses);
        // What is hardly late by now has caught up.
        self.held_up &= misses;
        let age = arrival - self.drawn;
        if misses && has_missed && age >= RAISE_NS {
            return self.raise(self.sound_late);
        }
        let measured = self.lateness.end_step(arrival, seconds);
        let (Some(line), Some(measured)) = (self.line.as_mut(), measured) else {
            return;
        };
        let error = measured.late + MARGIN_NS;
        let is_early = error < -EARLY_NS && self.lateness.is_full();
        if (age < RAISE_NS && error > 0.0) || (age < LOWER_NS && is_early) {
            self.breaks += 1;
            line.y0 += error;
            return self.move_by(error);
        }
        line.y0 = line.at(x);
        line.x0 = x;
        // A delay that is far off says nothing of the clock's speed, and would be taken for it.
        if error.abs() < NEAR_NS {
            line.drift = (line.drift + GAIN_I * error / 1e9 * seconds).clamp(-SLOPE_MAX, SLOPE_MAX);
        }
        let trim = GAIN_P * error / 1e9 - measured.back / STEP_NS as f64;
        line.trim = trim.clamp(-SLOPE_MAX, SLOPE_MAX);
        // What was measured against the old line is moved onto the new one as it bends. The drift is
        // the source's own and moves nothing.
        let moved = line.trim * STEP_NS as f64;
        self.move_by(moved);
    }
}

#[cfg(test)]
mod tests;
