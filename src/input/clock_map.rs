//! The one map from a live source's running time to house time, for its pictures and its sound.
//!
//! A source's clock drifts and its packets come irregularly. The map is a straight line that a slow
//! second-order loop bends so that nearly every picture and sound has come when it is due, and not
//! much earlier. Because both go by the same line, they stay together.

use std::collections::VecDeque;

use crate::media::House;

/// How often the line is corrected.
const STEP_NS: i64 = 250_000_000;
/// Over how many steps the lateness is looked at.
const WINDOW: usize = 12;
/// Lateness that stays unpunished: the share of pictures that may come after they are due.
const LATE_SHARE: f64 = 0.02;
/// A source this far from its line has jumped, and the line is drawn anew.
const JUMP_NS: i64 = 300_000_000;
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
/// right where the next step ends with something that is missed, too.
const HELD_UP_NS: f64 = 40_000_000.0;
/// What was missed is kept in mind for so long, as a time constant in seconds: what is late now and then
/// would break the sound each time.
const MEMORY_S: f64 = 60.0;
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
    step: Vec<f64>,
    step_end: House,
    spread: Spread,
    window: VecDeque<Step>,
    /// How late that was which was missed, as in [`Step::late`], less what has been forgotten of it.
    missed: f64,
    /// When that was.
    raised: Option<House>,
    /// Something was held up, and what came since was missed too.
    held_up: bool,
    /// How late the last sound was.
    sound_late: f64,
    /// The last of the step before was missed.
    has_missed: bool,
    jitter_ns: f64,
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

/// What was measured in one step against the line.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// How much later than needed nearly all of it came.
    late: f64,
    /// When it came.
    spread: Spread,
}

#[derive(Clone, Copy, Debug)]
struct Spread {
    low: f64,
    high: f64,
}

impl Spread {
    const NONE: Self = Self {
        low: f64::MAX,
        high: f64::MIN,
    };
}

impl Step {
    /// The same against a line that runs so much later.
    fn moved(&mut self, by: f64) {
        self.late -= by;
        self.spread.low -= by;
        self.spread.high -= by;
    }
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
            step: Vec::with_capacity(128),
            step_end: 0,
            spread: Spread::NONE,
            window: VecDeque::with_capacity(WINDOW),
            missed: f64::MIN,
            raised: None,
            held_up: false,
            sound_late: f64::MIN,
            has_missed: false,
            jitter_ns: 0.0,
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
        if late.abs() > JUMP_NS as f64 {
            self.jumps += 1;
            return self.anchor(x, arrival, lead);
        }
        let needed = late + lead as f64;
        // A picture that is late is one that is repeated, and no reason to break the sound.
        if lead == 0 {
            self.held_up = late >= HELD_UP_NS || (self.held_up && late >= MISSED_NS);
            if late >= MISSED_NS && !self.held_up && arrival - self.drawn >= RAISE_NS {
                self.raise(late, arrival);
                return self.line.map_or(arrival, |line| line.at(x) as House);
            }
            self.sound_late = late;
        }
        if self.step.len() < self.step.capacity() {
            self.step.push(needed);
        }
        self.spread.low = self.spread.low.min(late);
        self.spread.high = self.spread.high.max(late);
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
        self.jitter_ns
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
        let y0 = arrival as f64 + lead as f64 + MARGIN_NS + self.jitter_ns;
        self.line = Some(Line {
            x0: x,
            y0,
            drift: self.line.map_or(0.0, |line| line.drift),
            trim: 0.0,
        });
        self.spread = Spread::NONE;
        self.step.clear();
        self.window.clear();
        self.missed = f64::MIN;
        self.held_up = false;
        self.sound_late = f64::MIN;
        self.has_missed = false;
        self.step_end = arrival + STEP_NS;
        y0 as House
    }

    /// Draws the line later at once: something was missed that came so much later than needed.
    fn raise(&mut self, late: f64, arrival: House) {
        let by = late + MARGIN_NS;
        self.breaks += 1;
        if let Some(line) = &mut self.line {
            line.y0 += by;
        }
        self.missed = self.missed.max(late);
        self.raised = Some(arrival);
        self.has_missed = false;
        self.move_by(by);
        self.step.iter_mut().for_each(|late| *late -= by);
        self.spread.low -= by;
        self.spread.high -= by;
    }

    /// What was measured against the line, against one that runs so much later.
    fn move_by(&mut self, by: f64) {
        self.window.iter_mut().for_each(|step| step.moved(by));
        self.missed -= by;
        self.sound_late -= by;
    }

    fn correct(&mut self, x: i64, arrival: House) {
        let Some(line) = self.line.as_mut() else {
            return;
        };
        self.step.sort_by(f64::total_cmp);
        let Some(&last) = self.step.last() else {
            return;
        };
        // Few arrivals in a step: its latest; many: all but the share that may be late.
        let index = (self.step.len() as f64 * (1.0 - LATE_SHARE)).ceil() as usize;
        let late = self
            .step
            .get(index.saturating_sub(1))
            .copied()
            .unwrap_or(last);
        if self.window.len() == WINDOW {
            self.window.pop_front();
        }
        let spread = std::mem::replace(&mut self.spread, Spread::NONE);
        self.window.push_back(Step { late, spread });
        // What was held up and has been caught up with meanwhile is no reason.
        let sound_late = self.sound_late;
        let misses = sound_late >= MISSED_NS;
        let has_missed = std::mem::replace(&mut self.has_missed, misses);
        let spreads = self.window.iter().map(|step| step.spread);
        let highest = spreads.clone().map(|s| s.high).fold(f64::MIN, f64::max);
        let lowest = spreads.map(|s| s.low).fold(f64::MAX, f64::min);
        self.jitter_ns = (highest - lowest).max(0.0);

        let latest = self.window.iter().map(|s| s.late).fold(f64::MIN, f64::max);
        let seconds = (arrival - self.step_end + STEP_NS) as f64 / 1e9;
        let beyond = self.missed - latest;
        if beyond > 0.0 {
            self.missed = latest + beyond * (-seconds / MEMORY_S).exp();
        }
        let error = latest.max(self.missed) + MARGIN_NS;
        let age = arrival - self.drawn;
        let is_full = self.window.len() == WINDOW;
        if (age < RAISE_NS && error > 0.0) || (age < LOWER_NS && is_full && error < -EARLY_NS) {
            self.breaks += 1;
            line.y0 += error;
            self.move_by(error);
            self.step.clear();
            self.step_end = arrival + STEP_NS;
            return;
        }
        if misses && has_missed {
            self.step.clear();
            self.step_end = arrival + STEP_NS;
            return self.raise(sound_late, arrival);
        }
        line.y0 = line.at(x);
        line.x0 = x;
        // A delay that is far off says nothing of the clock's speed, and would be taken for it; nor does one
        // that goes back to what it was.
        let goes_back = |raised| arrival - raised < 2 * (MEMORY_S * 1e9) as i64;
        if error.abs() < NEAR_NS && !self.raised.is_some_and(goes_back) {
            line.drift = (line.drift + GAIN_I * error / 1e9 * seconds).clamp(-SLOPE_MAX, SLOPE_MAX);
        }
        line.trim = (GAIN_P * error / 1e9).clamp(-SLOPE_MAX, SLOPE_MAX);
        // What was measured against the old line is moved onto the new one as it bends. The drift is
        // the source's own and moves nothing.
        let moved = line.trim * STEP_NS as f64;
        self.move_by(moved);
        self.step.clear();
        self.step_end = arrival + STEP_NS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a 30 fps source with `ppm` and jitter for `seconds`; gives the map and the last errors
    /// of the presentation times against the ideal line, less their mean.
    fn run(ppm: f64, jitter_ms: f64, seconds: u64) -> (ClockMap, Vec<f64>, f64) {
        let mut map = ClockMap::default();
        let mut errors = Vec::new();
        let mut late = 0;
        let count = seconds * 30;
        for k in 0..count {
            let x = (k as f64 * 1e9 / 30.0) as i64;
            let truth = 5e9 + x as f64 * (1.0 - ppm * 1e-6);
            let wobble = ((k * 7919) % 1000) as f64 / 1000.0 * jitter_ms * 1e6;
            let arrival = (truth + wobble) as i64;
            let shown = map.observe(x, arrival, 0);
            if k > count / 2 {
                errors.push(shown as f64 - truth);
                late += u32::from(shown < arrival);
            }
        }
        let share = f64::from(late) / errors.len() as f64;
        (map, errors, share)
    }

    #[test]
    fn follows_a_clock_500_ppm_off() {
        for ppm in [500.0, -500.0, 0.0] {
            let (map, errors, late) = run(ppm, 6.0, 600);
            assert!(
                (map.drift_ppm() - ppm).abs() < 60.0,
                "{} at {ppm}",
                map.drift_ppm()
            );
            let low = errors.iter().copied().fold(f64::MAX, f64::min);
            let high = errors.iter().copied().fold(f64::MIN, f64::max);
            assert!(high - low < 4e6, "wanders by {} ms", (high - low) / 1e6);
            assert!(high < 20e6, "delay of {} ms", high / 1e6);
            assert!(late < 0.01, "{late} came late");
            assert_eq!(map.jumps(), 0);
        }
    }

    #[test]
    fn a_jump_by_hours_is_caught_at_once_both_ways() {
        let mut map = ClockMap::default();
        let hour = 3_600_000_000_000i64;
        let mut arrival = 0;
        for jump in [0, 5 * hour, -7 * hour, hour] {
            for k in 0..90i64 {
                arrival += 33_333_333;
                let shown = map.observe(jump + k * 33_333_333 + arrival % 7, arrival, 0);
                assert!(
                    (shown - arrival).abs() < 100_000_000,
                    "{shown} at {arrival}"
                );
            }
        }
        assert_eq!(map.jumps(), 3);
    }

    #[test]
    fn a_short_stall_does_not_move_the_delay_for_good() {
        let mut map = ClockMap::default();
        let mut last = 0;
        for k in 0..3000i64 {
            let x = k * 33_333_333;
            // Two hundred milliseconds of silence at one moment, then all at once.
            let arrival = if (300..306).contains(&k) {
                306 * 33_333_333
            } else {
                x
            };
            last = map.observe(x, arrival, 0) - x;
        }
        assert!(last < 25_000_000, "delay {last}");
    }

    #[test]
    fn what_proves_to_be_late_is_put_right_within_a_second_or_two() {
        let mut map = ClockMap::default();
        let mut late = Vec::new();
        for k in 0..300i64 {
            let x = k * 33_333_333;
            let picture = map.observe(x, x, 0);
            // A packet of sound whose first sample is 60 ms old when it comes.
            let sound = map.observe(x - 60_000_000, x + 1, 0);
            assert_eq!(picture - sound, 60_000_000, "{k}");
            if sound < x {
                late.push(k);
            }
        }
        assert!(late.iter().all(|&k| k < 60), "{late:?}");
        assert!((2..=4).contains(&map.breaks()), "{}", map.breaks());
        assert_eq!(map.jumps(), 0);
    }

    /// Blocks of a tenth of a second, from a server of sound, of which some come later; how many come
    /// after they are due from half a minute on, the breaks from then on, and the delay at the end in ms.
    fn blocks(later_ms: impl Fn(i64) -> i64) -> (usize, u64, f64) {
        let mut map = ClockMap::default();
        let (mut missed, mut breaks, mut delay) = (0, 0, 0);
        for k in 0..3000i64 {
            let x = k * 100_000_000;
            let arrival = x + 100_000_000 + later_ms(k) * 1_000_000;
            let due = map.observe(x, arrival, 0);
            // The mixer waits for so long.
            missed += usize::from(k > 300 && arrival > due + 5_000_000);
            if k == 300 {
                breaks = map.breaks();
            }
            delay = due - x - 100_000_000;
        }
        (missed, map.breaks() - breaks, delay as f64 / 1e6)
    }

    #[test]
    fn what_is_late_from_now_on_or_now_and_then_breaks_the_sound_once() {
        let (missed, breaks, delay) = blocks(|_| 0);
        assert_eq!((missed, breaks), (0, 0));
        assert!(delay < 10.0, "{delay} ms");
        // For good.
        for ms in [10, 15, 30] {
            let (missed, breaks, delay) = blocks(|k| if k > 600 { ms } else { 0 });
            assert_eq!((missed, breaks), (0, 1), "by {ms} ms");
            assert!(delay < ms as f64 + 10.0, "{delay} ms");
        }
        // Now and then.
        let (missed, breaks, delay) = blocks(|k| if k % 200 == 199 { 12 } else { 0 });
        assert!(
            (1..=3).contains(&breaks),
            "{missed} missed, {breaks} breaks"
        );
        assert!(delay < 25.0, "{delay} ms");
        // Once, and never again: it is forgotten.
        let (_, breaks, delay) = blocks(|k| if k == 600 { 30 } else { 0 });
        assert_eq!(breaks, 1);
        assert!(delay < 10.0, "{delay} ms");
        // By so much that it was held up first, for good.
        let (missed, breaks, delay) = blocks(|k| if k > 600 { 120 } else { 0 });
        assert!(
            missed < 10 && breaks == 1,
            "{missed} missed, {breaks} breaks"
        );
        assert!((120.0..135.0).contains(&delay), "{delay} ms");
    }

    #[test]
    fn a_sender_that_begins_with_a_burst_is_not_behind_for_good() {
        let mut map = ClockMap::default();
        let mut behind = 0;
        for k in 0..300i64 {
            let x = k * 33_333_333;
            // A quarter of a second waited somewhere on the way.
            let arrival = (x - 250_000_000).max(0);
            behind = map.observe(x, arrival, 0) - arrival;
        }
        assert!(behind < 15_000_000, "{behind}");
    }
}
