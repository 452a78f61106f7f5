//! What a clock in a title shows: the time of day, a countdown to one or of a length, or what is counted up.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::video::Count;

/// No countdown is longer, in seconds.
const LONGEST_S: i64 = 100 * 3600;

/// See the module's words.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    kind: Kind,
    format: String,
    /// Shown when a countdown is over.
    after: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// The time of day.
    Time(TimeZone),
    /// From a length to nothing, in seconds.
    Down(i64),
    /// To a moment, in seconds since 1970.
    Until(i64),
    /// From nothing, or from so many seconds.
    Up(i64),
}

impl Clock {
    /// A clock by the words of its template (`time HH:mm`, `down m:ss`, `up m:ss`) and what is filled in:
    /// a length (`90`, `5:00`, `1:30:00`) or for a countdown a time of day (`at 20:30`). `now` is the time in
    /// which a time of day is looked for.
    ///
    /// # Errors
    /// What was found, and what was expected.
    pub fn of(
        words: &str,
        value: &str,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, String> {
        let (what, format) = words.trim().split_once(' ').unwrap_or((words.trim(), ""));
        let value = value.trim();
        let kind = match what {
            "time" => Kind::Time(zone(value)?),
            "down" => match value
                .strip_prefix("at ")
                .or_else(|| value.strip_prefix('@'))
            {
                Some(time) => Kind::Until(moment(time.trim(), now)?),
                None => Kind::Down(length(value)?),
            },
            "up" if value.is_empty() => Kind::Up(0),
            "up" => Kind::Up(length(value)?),
            _ => {
                return Err(format!("\"{what}\" is no clock: expected time, down or up"));
            }
        };
        let usual = if what == "time" { "HH:mm" } else { "" };
        let format = if format.is_empty() { usual } else { format };
        Ok(Self {
            kind,
            format: format.to_owned(),
            after: after.map(str::to_owned),
        })
    }

    /// What it counts.
    pub fn count(&self) -> Count {
        match self.kind {
            Kind::Time(_) | Kind::Until(_) => Count::Wall,
            Kind::Down(_) | Kind::Up(_) => Count::Age,
        }
    }

    /// What it shows in this step: seconds since the title came, or since 1970.
    pub fn text(&self, step: i64) -> String {
        let left = match &self.kind {
            Kind::Time(zone) => {
                let Ok(now) = Timestamp::from_second(step) else {
                    return String::new();
                };
                let now = now.to_zoned(zone.clone());
                let (hour, minute) = (i64::from(now.hour()), i64::from(now.minute()));
                return written(
                    &self.format,
                    hour * 3600 + minute * 60 + i64::from(now.second()),
                );
            }
            Kind::Down(length) => (length - step).max(0),
            Kind::Until(end) => (end - step).max(0),
            Kind::Up(from) => return written(&self.format, from + step.max(0)),
        };
        match &self.after {
            Some(after) if left == 0 => after.clone(),
            _ => written(&self.format, left),
        }
    }
}

/// Seconds by a format of `H`, `HH`, `m`, `mm`, `s` and `ss`; the greatest of them takes what is beyond it.
/// Where nothing is said, hours are there when there are some.
fn written(format: &str, seconds: i64) -> String {
    let format = match format {
        "" if seconds >= 3600 => "H:mm:ss",
        "" => "m:ss",
        format => format,
    };
    let has = |c: char| format.contains(c);
    let hours = seconds / 3600;
    let minutes = if has('H') {
        seconds / 60 % 60
    } else {
        seconds / 60
    };
    let rest = if has('H') || has('m') {
        seconds % 60
    } else {
        seconds
    };
    let mut out = String::new();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        let number = match letter {
            'H' => hours,
            'm' => minutes,
            's' => rest,
            other => {
                out.push(other);
                continue;
            }
        };
        let is_double = letters.next_if_eq(&letter).is_some();
        let text = if is_double {
            format!("{number:02}")
        } else {
            number.to_string()
        };
        out.push_str(&text);
    }
    out
}

/// `90`, `5:00` or `1:30:00` in seconds.
fn length(value: &str) -> Result<i64, String> {
    let expected = || format!("\"{value}\" is no length: expected one such as 90, 5:00 or 1:30:00");
    let parts: Vec<&str> = value.split(':').collect();
    if parts.len() > 3 || value.is_empty() {
        return Err(expected());
    }
    let mut seconds: i64 = 0;
    for part in parts {
        let number: i64 = part.trim().parse().map_err(|_| expected())?;
        if !(0..=LONGEST_S).contains(&number) {
            return Err(expected());
        }
        seconds = seconds * 60 + number;
    }
    if seconds > LONGEST_S {
        return Err(expected());
    }
    Ok(seconds)
}

/// The time zone of this name; the system's where there is none.
fn zone(name: &str) -> Result<TimeZone, String> {
    if name.is_empty() || name.contains(':') {
        return Ok(TimeZone::system());
    }
    TimeZone::get(name)
        .map_err(|_| format!("\"{name}\" is no time zone: expected one such as Europe/Paris"))
}

/// The next time that it is so late: today, or tomorrow where that was more than twelve hours ago.
fn moment(value: &str, now: Timestamp) -> Result<i64, String> {
    let expected =
        || format!("\"{value}\" is no time of day: expected one such as 20:30 or 20:30:00");
    let parts: Vec<&str> = value.split(':').collect();
    let number = |at: usize| match parts.get(at) {
        Some(part) => part.trim().parse::<i8>().map_err(|_| expected()),
        None if at == 2 => Ok(0),
        None => Err(expected()),
    };
    if parts.len() > 3 {
        return Err(expected());
    }
    let time = Time::new(number(0)?, number(1)?, number(2)?, 0).map_err(|_| expected())?;
    let here = now.to_zoned(TimeZone::system());
    let today = here.with().time(time).build().map_err(|_| expected())?;
    let end = today.timestamp().as_second();
    let is_past = now.as_second() - end > 12 * 3600;
    Ok(if is_past { end + 24 * 3600 } else { end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(words: &str, value: &str) -> Clock {
        Clock::of(words, value, None, Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn a_countdown_is_at_nothing_when_its_length_is_over() {
        let down = clock("down m:ss", "1:30");
        let shown: Vec<String> = [0, 1, 30, 89, 90, 91].map(|step| down.text(step)).into();
        assert_eq!(shown, ["1:30", "1:29", "1:00", "0:01", "0:00", "0:00"]);
        let after = Clock::of("down", "10", Some("Now"), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(
            (after.text(9), after.text(10)),
            ("0:01".to_owned(), "Now".to_owned())
        );
        assert_eq!(clock("down", "1:00:00").text(0), "1:00:00");
        assert_eq!(clock("down mm:ss", "1:00:00").text(0), "60:00");
        assert_eq!(clock("up ss", "").text(125), "125");
        assert_eq!(clock("up H:mm:ss", "").text(3725), "1:02:05");
    }

    #[test]
    fn a_time_of_day_is_the_next_or_one_just_past() {
        let now: Timestamp = "2026-06-01T19:59:00Z".parse().unwrap();
        let hour = now.to_zoned(TimeZone::system()).hour();
        let at = |minutes: i64| {
            let then = now.as_second() + minutes * 60;
            let then = Timestamp::from_second(then)
                .unwrap()
                .to_zoned(TimeZone::system());
            format!("at {}:{:02}", then.hour(), then.minute())
        };
        let left = |minutes: i64| {
            let clock = Clock::of("down", &at(minutes), None, now).unwrap();
            clock.text(now.as_second())
        };
        assert_eq!(left(31), "31:00", "{hour}");
        assert_eq!(left(-5), "0:00", "it is over");
        let time = clock("time HH:mm:ss", "UTC");
        assert_eq!(time.text(now.as_second()), "19:59:00");
    }

    #[test]
    fn what_is_no_time_says_what_was_expected() {
        for (words, value) in [
            ("down", ""),
            ("down", "soon"),
            ("down", "1:2:3:4"),
            ("down", "-5"),
            ("down", "at 25:00"),
            ("down", "at noon"),
            ("sideways", "5"),
            ("time", "Nowhere/Land"),
            ("down", "999999999999"),
        ] {
            let fault = Clock::of(words, value, None, Timestamp::UNIX_EPOCH).unwrap_err();
            assert!(fault.contains("expected"), "{fault}");
        }
    }
}
