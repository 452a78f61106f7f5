//! How loud the program has been over the whole show: a line of points whose memory does not grow with
//! the hours. When it is full, each two of them become one.

use serde::{Deserialize, Serialize};

use super::Loudness;

/// Points that there are at most.
const MOST: usize = 2048;

/// The loudest of a piece of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoudnessPoint {
    /// Of the momentary loudness, in LUFS; none in silence.
    pub momentary: Option<f32>,
    /// Of the short-term loudness, in LUFS; none in silence.
    pub short_term: Option<f32>,
}

impl LoudnessPoint {
    fn louder(self, other: Self) -> Self {
        // None is below everything.
        let louder = |a: Option<f32>, b: Option<f32>| if a < b { b } else { a };
        Self {
            momentary: louder(self.momentary, other.momentary),
            short_term: louder(self.short_term, other.short_term),
        }
    }
}

/// Loudness from the beginning of the measurement on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoudnessHistory {
    /// Seconds that each point stands for.
    pub every_s: u32,
    /// One after the other without a gap, the oldest first; the last is still being measured.
    pub points: Vec<LoudnessPoint>,
    /// When the first began, in seconds of the engine's uptime.
    pub began_s: f64,
}

impl LoudnessHistory {
    /// A history that begins at this second of the engine's uptime.
    pub fn new(began_s: f64) -> Self {
        Self {
            every_s: 1,
            points: Vec::new(),
            began_s,
        }
    }

    /// Takes in a reading at this second of the engine's uptime.
    pub fn take(&mut self, loudness: &Loudness, now_s: f64) {
        let mut at = self.place(now_s);
        while at >= MOST {
            self.points = self
                .points
                .chunks(2)
                .map(|pair| pair.iter().copied().fold(pair[0], LoudnessPoint::louder))
                .collect();
            self.every_s *= 2;
            at = self.place(now_s);
        }
        if self.points.len() <= at {
            self.points.resize(at + 1, LoudnessPoint::default());
        }
        let reading = LoudnessPoint {
            momentary: loudness.momentary,
            short_term: loudness.short_term,
        };
        self.points[at] = self.points[at].louder(reading);
    }

    fn place(&self, now_s: f64) -> usize {
        ((now_s - self.began_s).max(0.0) / f64::from(self.every_s)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loudness(momentary: f32) -> Loudness {
        Loudness {
            momentary: Some(momentary),
            short_term: Some(momentary - 2.0),
            ..Loudness::default()
        }
    }

    #[test]
    fn a_point_is_the_loudest_of_its_second_and_silence_is_a_gap() {
        let mut history = LoudnessHistory::new(5.0);
        history.take(&loudness(-30.0), 5.1);
        history.take(&loudness(-20.0), 5.5);
        history.take(&loudness(-25.0), 5.9);
        history.take(&loudness(-40.0), 8.0);
        history.take(&Loudness::default(), 8.5);
        let seen: Vec<_> = history.points.iter().map(|p| p.momentary).collect();
        assert_eq!(seen, [Some(-20.0), None, None, Some(-40.0)]);
        assert_eq!(history.points[3].short_term, Some(-42.0));
    }

    #[test]
    fn many_hours_take_no_more_room_and_lose_no_peak() {
        let mut history = LoudnessHistory::new(0.0);
        for second in 0..24 * 3600 {
            let level = if second == 5000 { -9.0 } else { -23.0 };
            history.take(&loudness(level), f64::from(second));
            assert!(history.points.len() <= MOST);
        }
        assert_eq!(history.every_s, 64);
        assert_eq!(history.points.len(), 24 * 3600 / 64);
        assert_eq!(history.points[5000 / 64].momentary, Some(-9.0));
        let loud = history.points.iter().filter(|p| p.momentary > Some(-20.0));
        assert_eq!(loud.count(), 1);
    }

    #[test]
    fn a_long_silence_is_gone_through_at_once() {
        let mut history = LoudnessHistory::new(0.0);
        history.take(&loudness(-23.0), 0.0);
        history.take(&loudness(-23.0), 1e6);
        assert!(history.points.len() <= MOST);
        assert_eq!(history.points.last().unwrap().momentary, Some(-23.0));
        history.take(&loudness(-23.0), -5.0);
        assert_eq!(
            history.points[0].momentary,
            Some(-23.0),
            "time has no way back"
        );
    }
}
