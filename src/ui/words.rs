//! Numbers and states as people say them.

use super::lang;
pub use super::numbers::{decimal, decimals, rounded, typed};
use super::said::said;
use crate::door::{
    DestinationState, PackingState, PackingStatus, RecordingState, Snapshot, SourceState,
};
use crate::media::CameraMode;

/// `00:12:44`, of seconds.
pub fn clock(seconds: f64) -> String {
    let s = seconds.max(0.0) as u64;
    format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

/// Seconds of recording: over all of its files, or of this one where the engine does not say more.
pub fn recorded_s(snapshot: &Snapshot) -> f64 {
    let length_s = f64::from(snapshot.recording.length_s);
    snapshot.recording_s.unwrap_or(length_s)
}

/// `0:12`, `12:44` or `1:02:03`, of seconds.
pub fn short(seconds: f64) -> String {
    let s = seconds.max(0.0) as u64;
    match s / 3600 {
        0 => format!("{}:{:02}", s / 60, s % 60),
        hours => format!("{hours}:{:02}:{:02}", s / 60 % 60, s % 60),
    }
}

/// A rough length: `3 h 10 min`, `12 min`, `40 s`.
pub fn rough(seconds: f64) -> String {
    let s = seconds.max(0.0) as u64;
    match s {
        0..=119 => format!("{s} s"),
        120..=7199 => format!("{} min", s / 60),
        7200..=35_999 => format!("{} h {:02} min", s / 3600, s / 60 % 60),
        36_000..=172_799 => format!("{} h", s / 3600),
        _ => lang::with("desk-days", &[("n", (s / 86_400).to_string().into())]),
    }
}

/// `4.5 Mb/s` or `160 kb/s`, of bits a second.
pub fn bitrate(bits: u64) -> String {
    if bits >= 999_950 {
        format!("{} Mb/s", megabits(bits))
    } else {
        format!("{} kb/s", (bits + 500) / 1000)
    }
}

/// `4.5`, of bits a second, in millions.
pub fn megabits(bits: u64) -> String {
    decimal(bits as f64 / 1e6, 1)
}

/// `430 MB` or `12.4 GB`, of bytes, in decimal units as disks are sold.
pub fn bytes(bytes: u64) -> String {
    let (key, n) = match bytes {
        0..=999_499_999 => ("desk-mb", decimal(bytes as f64 / 1e6, 0)),
        1_000_000_000_000.. => ("desk-tb", decimal(bytes as f64 / 1e12, 2)),
        _ => ("desk-gb", decimal(bytes as f64 / 1e9, 1)),
    };
    lang::with(key, &[("n", n.into())])
}

/// As [`bytes`], of what may be small: `20 kB`.
pub fn file_bytes(length: u64) -> String {
    match length {
        0..=999_499 => {
            let n = decimal((length as f64 / 1e3).ceil(), 0);
            lang::with("desk-kb", &[("n", n.into())])
        }
        _ => bytes(length),
    }
}

/// With one decimal.
pub fn tenths(number: f32) -> String {
    decimal(f64::from(number), 1)
}

/// A camera's mode: `1920×1080 · 29.97 · MJPEG`.
pub fn camera_mode(mode: &CameraMode) -> String {
    decimals(&mode.in_words())
}

/// `22 914`: thousands apart by a thin space that digits' columns survive.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

/// `−6.0`, with a true minus sign; `−∞` for silence.
pub fn db(db: f32) -> String {
    if db <= -99.9 {
        return "−∞".to_owned();
    }
    let tenths = (db * 10.0).round() / 10.0;
    if tenths < 0.0 {
        format!("−{}", self::tenths(-tenths))
    } else if tenths > 0.0 {
        format!("+{}", self::tenths(tenths))
    } else {
        self::tenths(0.0)
    }
}

/// A source's state in one word.
pub fn source_state(state: SourceState) -> String {
    lang::text(match state {
        SourceState::Connecting => "desk-is-connecting",
        SourceState::Live => "desk-source-live",
        SourceState::Frozen => "desk-is-frozen",
        SourceState::Lost => "desk-is-lost",
        SourceState::Restarting => "desk-is-restarting",
        SourceState::Ended => "desk-is-ended",
    })
}

/// A destination's state in one word.
pub fn destination_state(state: DestinationState) -> String {
    lang::text(match state {
        DestinationState::Off => "desk-is-off",
        DestinationState::Connecting => "desk-is-connecting",
        DestinationState::Live => "desk-is-live",
        DestinationState::Congested => "desk-is-congested",
        DestinationState::Reconnecting => "desk-is-reconnecting",
        DestinationState::Failed => "desk-is-in-need",
    })
}

/// The recorder's state in one word.
pub fn recording_state(state: RecordingState) -> String {
    lang::text(match state {
        RecordingState::Off => "desk-is-off",
        RecordingState::Starting => "desk-is-starting",
        RecordingState::Recording => "desk-is-recording",
        RecordingState::Warning => "desk-is-warning",
        RecordingState::Failed => "desk-is-failed",
    })
}

/// How a copy with media ended; none while it is made.
pub fn packing_end(packing: &PackingStatus) -> Option<String> {
    let folder = packing.folder.display().to_string();
    let why = said(&packing.message);
    match packing.state {
        PackingState::Running => None,
        PackingState::Done => Some(lang::with("menu-packed", &[("folder", folder.into())])),
        PackingState::Stopped => Some(lang::text("menu-pack-stopped")),
        PackingState::Failed => Some(lang::with("menu-not-packed", &[("why", why.into())])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_say_them() {
        assert_eq!(clock(764.9), "00:12:44");
        assert_eq!(clock(-1.0), "00:00:00");
        assert_eq!(clock(90_061.0), "25:01:01");
        assert_eq!(short(12.9), "0:12");
        assert_eq!(short(764.0), "12:44");
        assert_eq!(short(3723.0), "1:02:03");
        assert_eq!(rough(40.0), "40 s");
        assert_eq!(rough(720.0), "12 min");
        assert_eq!(rough(11_400.0), "3 h 10 min");
        assert_eq!(rough(80_000.0), "22 h");
        assert_eq!(rough(400_000.0), "4 days");
        assert_eq!(bitrate(4_500_000), "4.5 Mb/s");
        assert_eq!(bitrate(160_400), "160 kb/s");
        assert_eq!(bitrate(999_960), "1.0 Mb/s");
        assert_eq!(bytes(430_000_000), "430 MB");
        assert_eq!(file_bytes(20_480), "21 kB");
        assert_eq!(file_bytes(2_400_000), "2 MB");
        assert_eq!(bytes(999_600_000), "1.0 GB");
        assert_eq!(bytes(12_400_000_000), "12.4 GB");
        assert_eq!(bytes(2_000_000_000_000), "2.00 TB");
        assert_eq!(count(22_914), "22\u{a0}914");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(db(-6.0), "−6.0");
        assert_eq!(db(-100.0), "−∞");
        assert_eq!(db(2.04), "+2.0");
        assert_eq!(db(-0.01), "0.0");
    }
}
