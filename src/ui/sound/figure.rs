//! The numbers of a strip as they are written, typed and rounded.

use crate::show::SILENCE_DB;
use crate::ui::{
    lang,
    words::{decimal, typed},
};

/// What kind of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Decibels, with their sign.
    Gain,
    /// Decibels of a level, or a range of them.
    Level,
    /// Decibels of a fader: silence is −∞.
    Fader,
    /// A loudness in LUFS.
    Lufs,
    /// A frequency in Hz.
    Hz,
    /// A time in ms.
    Ms,
    /// A time in s; none of it is never.
    Seconds,
    /// So many to one.
    Ratio,
    /// How narrow a band is.
    Q,
    /// −1 left to 1 right.
    Pan,
}

impl Figure {
    /// As it is written, with its unit.
    pub fn text(self, value: f32) -> String {
        let n = f64::from(value);
        match self {
            Self::Gain if n > 0.0 => format!("+{} dB", decimal(n, 1)),
            Self::Gain | Self::Level => format!("{} dB", decimal(n, 1)),
            Self::Fader if value <= SILENCE_DB => "−∞ dB".to_owned(),
            Self::Fader => format!("{} dB", decimal(n, 1)),
            Self::Lufs => format!("{} LUFS", decimal(n, usize::from(n.fract() != 0.0))),
            Self::Hz if n >= 1000.0 => {
                let places = if n >= 10_000.0 { 1 } else { 2 };
                format!("{} kHz", decimal(n / 1000.0, places))
            }
            Self::Hz => format!("{} Hz", decimal(n, 0)),
            Self::Ms => {
                let places = usize::from(n < 100.0 && n.fract() != 0.0);
                format!("{} ms", decimal(n, places))
            }
            Self::Seconds if value <= 0.0 => lang::text("sound-never"),
            Self::Seconds => format!("{} s", decimal(n, usize::from(n.fract() != 0.0))),
            Self::Ratio => format!("{} : 1", decimal(n, 1)),
            Self::Q => format!("Q {}", decimal(n, 2)),
            Self::Pan => {
                let percent = decimal((n.abs() * 100.0).round(), 0);
                let key = match (n * 100.0).round() {
                    0.0 => return lang::text("sound-pan-centre"),
                    ..0.0 => "sound-pan-left",
                    _ => "sound-pan-right",
                };
                lang::with(key, &[("n", percent.into())])
            }
        }
    }

    /// A number as it was typed, with its unit or without; `None` where it is none.
    pub fn read(self, text: &str) -> Option<f64> {
        let text = text.trim().to_lowercase();
        match self {
            Self::Pan => {
                let (sign, rest) = match text.chars().next()? {
                    'c' | 'm' if typed(&text[1..]).is_none() => return Some(0.0),
                    'l' | 'g' => (-1.0, &text[1..]),
                    'r' | 'd' => (1.0, &text[1..]),
                    _ => (1.0, &text[..]),
                };
                let percent = typed(rest.trim_end_matches('%'))?;
                Some(sign * percent / 100.0)
            }
            Self::Hz => {
                let bare = text.trim_end_matches("hz").trim_end();
                match bare.strip_suffix('k') {
                    Some(thousands) => Some(typed(thousands)? * 1000.0),
                    None => typed(bare),
                }
            }
            Self::Fader if is_silence(&text) => Some(f64::from(SILENCE_DB)),
            Self::Lufs => typed(text.trim_end_matches("lufs")),
            Self::Gain | Self::Level | Self::Fader => {
                typed(text.trim_end_matches("db").trim_start_matches('+'))
            }
            Self::Ms => match text.strip_suffix("ms") {
                Some(bare) => typed(bare),
                None => match text.strip_suffix('s') {
                    Some(seconds) => Some(typed(seconds)? * 1000.0),
                    None => typed(&text),
                },
            },
            Self::Seconds if text == lang::text("sound-never").to_lowercase() => Some(0.0),
            Self::Seconds => typed(text.trim_end_matches('s')),
            Self::Ratio => typed(text.split(':').next()?),
            Self::Q => typed(text.trim_start_matches('q')),
        }
    }

    /// The value without places that nobody hears.
    pub fn round(self, value: f32) -> f32 {
        let n = f64::from(value);
        let step = match self {
            Self::Gain | Self::Level | Self::Fader | Self::Lufs => 0.1,
            Self::Ms | Self::Ratio => 0.1,
            Self::Hz if n < 1000.0 => 1.0,
            Self::Hz if n < 10_000.0 => 10.0,
            Self::Hz => 100.0,
            Self::Q | Self::Pan => 0.01,
            Self::Seconds => 1.0,
        };
        // A tenth is divided by and not multiplied with, so that it is the nearest there is.
        ((n / step).round() / (1.0 / step)) as f32
    }

    /// What one point of a drag is worth, and an arrow: no less than it is rounded to.
    pub fn speed(self, value: f32) -> f64 {
        let part = f64::from(value) * 0.01;
        match self {
            // Below that nobody looks for a tenth.
            Self::Fader if value < -40.0 => 1.0,
            Self::Gain | Self::Level | Self::Fader | Self::Lufs => 0.1,
            Self::Hz if value < 1000.0 => part.max(1.0),
            Self::Hz => part.max(10.0),
            Self::Q => part.max(0.01),
            Self::Ms => part.max(0.1),
            Self::Ratio => (part * 2.0).max(0.1),
            Self::Pan => 0.01,
            Self::Seconds => part.max(1.0),
        }
    }
}

/// Whether somebody wrote that nothing is to be heard.
fn is_silence(text: &str) -> bool {
    let bare = text.trim_end_matches("db").trim_end();
    matches!(bare, "−∞" | "-∞" | "∞" | "-inf" | "−inf" | "off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_typed() {
        for (figure, value, text) in [
            (Figure::Gain, 3.0, "+3.0 dB"),
            (Figure::Gain, -18.0, "−18.0 dB"),
            (Figure::Level, -45.5, "−45.5 dB"),
            (Figure::Fader, -100.0, "−∞ dB"),
            (Figure::Fader, -6.5, "−6.5 dB"),
            (Figure::Lufs, -23.0, "−23 LUFS"),
            (Figure::Lufs, -16.5, "−16.5 LUFS"),
            (Figure::Hz, 20.0, "20 Hz"),
            (Figure::Hz, 2500.0, "2.50 kHz"),
            (Figure::Hz, 20_000.0, "20.0 kHz"),
            (Figure::Ms, 0.1, "0.1 ms"),
            (Figure::Ms, 200.0, "200 ms"),
            (Figure::Seconds, 30.0, "30 s"),
            (Figure::Seconds, 0.0, "never"),
            (Figure::Ratio, 2.5, "2.5 : 1"),
            (Figure::Q, 0.71, "Q 0.71"),
            (Figure::Pan, 0.0, "C"),
            (Figure::Pan, -0.3, "L 30"),
            (Figure::Pan, 1.0, "R 100"),
        ] {
            assert_eq!(figure.text(value), text);
            let read = figure.read(text).unwrap() as f32;
            assert!((read - value).abs() < 1e-6, "{text}: {read}");
            assert_eq!(figure.round(value), value, "{text}");
        }
    }

    #[test]
    fn numbers_are_typed_as_people_do() {
        assert_eq!(Figure::Hz.read("2,5k"), Some(2500.0));
        assert_eq!(Figure::Hz.read("350"), Some(350.0));
        assert_eq!(Figure::Gain.read("-3"), Some(-3.0));
        assert_eq!(Figure::Ms.read("0.5 s"), Some(500.0));
        assert_eq!(Figure::Ratio.read("4:1"), Some(4.0));
        assert_eq!(Figure::Pan.read("g 20"), Some(-0.2));
        assert_eq!(Figure::Pan.read("-20"), Some(-0.2));
        for figure in [Figure::Hz, Figure::Gain, Figure::Pan, Figure::Ms] {
            assert_eq!(figure.read("loud"), None, "{figure:?}");
            assert_eq!(figure.read(""), None, "{figure:?}");
        }
    }

    #[test]
    fn an_arrow_is_never_rounded_away() {
        let all = [
            (Figure::Gain, 0.0),
            (Figure::Hz, 20.0),
            (Figure::Hz, 1000.0),
            (Figure::Hz, 9000.0),
            (Figure::Hz, 10_000.0),
            (Figure::Q, 0.1),
            (Figure::Ms, 0.1),
            (Figure::Seconds, 0.0),
            (Figure::Seconds, 500.0),
            (Figure::Ratio, 1.0),
            (Figure::Pan, 0.0),
        ];
        for (figure, value) in all {
            let more = figure.round(value + figure.speed(value) as f32);
            assert!(more > value, "{figure:?} {value}: {more}");
        }
    }

    #[test]
    fn nothing_is_sent_that_nobody_hears() {
        assert_eq!(Figure::Hz.round(1234.5), 1230.0);
        assert_eq!(Figure::Hz.round(99.6), 100.0);
        assert_eq!(Figure::Gain.round(2.96), 3.0);
        assert_eq!(Figure::Gain.round(0.3), 0.3);
    }
}
