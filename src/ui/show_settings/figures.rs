//! What people choose a program's picture and bitrate by: the usual formats, what platforms ask for, and
//! what looking ahead costs.

use crate::media::Rate;
use crate::show::{Encoder, Format, Latency, Preset};
use crate::ui::words;

/// The usual formats, the smallest first.
pub const FORMATS: [Format; 9] = [
    format(1280, 720, 25),
    format(1280, 720, 30),
    format(1280, 720, 50),
    format(1280, 720, 60),
    format(1920, 1080, 25),
    format(1920, 1080, 30),
    format(1920, 1080, 50),
    format(1920, 1080, 60),
    format(3840, 2160, 30),
];

/// The usual rates, for any size.
pub const RATES: [Rate; 8] = [
    Rate(24, 1),
    Rate(25, 1),
    Rate(30000, 1001),
    Rate(30, 1),
    Rate(48, 1),
    Rate(50, 1),
    Rate(60000, 1001),
    Rate(60, 1),
];

const fn format(width: u32, height: u32, fps: u32) -> Format {
    Format {
        width,
        height,
        rate: Rate(fps, 1),
    }
}

/// Pictures a second, as people write them: 25, 29.97.
pub fn fps(rate: Rate) -> String {
    words::rounded(rate.fps())
}

/// A usual format's name with its size: `1080p50 (1920 × 1080)`.
pub fn name(format: Format) -> String {
    let (width, height) = (format.width, format.height);
    format!("{height}p{} ({width} × {height})", fps(format.rate))
}

/// What the platforms recommend for H.264 of this format, in kb/s; those that do not take one so large are
/// left out.
///
/// Sources: YouTube Help, "Choose live encoder settings, bitrates and resolutions"; Twitch, "Broadcasting
/// Guidelines".
pub fn usual_kbps(format: Format) -> Vec<(&'static str, u32)> {
    let fast = format.rate.fps() > 30.5;
    // Upright pictures count by their short side.
    let lines = format.height.min(format.width);
    let of = |slow: u32, quick: u32| if fast { quick } else { slow };
    let mut usual = vec![(
        "YouTube",
        match lines {
            0..=720 => of(4000, 6000),
            721..=1080 => of(10_000, 12_000),
            1081..=1440 => of(15_000, 24_000),
            _ => of(30_000, 35_000),
        },
    )];
    match lines {
        0..=720 => usual.push(("Twitch", of(3000, 4500))),
        721..=1080 => usual.push(("Twitch", of(4500, 6000))),
        _ => {}
    }
    usual
}

/// About how long a picture stays in x264, in seconds: the pictures that it looks ahead at, and those that
/// its threads work on.
pub fn delay_s(latency: Latency, encoder: &Encoder, rate: Rate) -> f64 {
    let pictures = match latency {
        // It is given out in the same moment.
        Latency::Low => return 0.0,
        Latency::Normal => 10,
        // x264's own lookahead for each preset.
        Latency::Quality => match encoder.preset {
            Preset::Ultrafast | Preset::Superfast => 3,
            Preset::Veryfast => 10 + AHEAD_OF_TIME,
            Preset::Faster => 20 + AHEAD_OF_TIME,
            Preset::Fast => 30 + AHEAD_OF_TIME,
            Preset::Medium => 40 + AHEAD_OF_TIME,
        },
    };
    f64::from(pictures + THREADS) / rate.fps()
}

/// Pictures that its threads work on at the same time, on a machine of few cores.
const THREADS: u32 = 3;
/// Pictures that wait for the thread that looks ahead, where it has one.
const AHEAD_OF_TIME: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show;

    #[test]
    fn every_format_is_one_that_a_show_can_have() {
        for format in FORMATS {
            let text = format!(
                "(version: 1, name: \"x\", format: (width: {}, height: {}, rate: ({}, 1)))",
                format.width, format.height, format.rate.0
            );
            let read = show::parse(std::path::Path::new("x.ron"), &text).unwrap();
            assert_eq!(read.format, format);
        }
        let names: Vec<String> = FORMATS.map(name).to_vec();
        assert!(
            names.contains(&"1080p50 (1920 × 1080)".to_owned()),
            "{names:?}"
        );
    }

    #[test]
    fn platforms_ask_for_more_where_there_is_more() {
        assert_eq!(
            usual_kbps(format(1280, 720, 30)),
            [("YouTube", 4000), ("Twitch", 3000)]
        );
        assert_eq!(
            usual_kbps(format(1080, 1920, 60)),
            [("YouTube", 12_000), ("Twitch", 6000)]
        );
        assert_eq!(usual_kbps(format(3840, 2160, 30)), [("YouTube", 30_000)]);
    }

    #[test]
    fn looking_further_ahead_takes_longer() {
        let encoder = Encoder::default();
        let delay = |latency, fps| delay_s(latency, &encoder, Rate(fps, 1));
        assert!(delay(Latency::Low, 30) < delay(Latency::Normal, 30));
        assert!(delay(Latency::Normal, 30) < delay(Latency::Quality, 30));
        assert!(delay(Latency::Normal, 60) < delay(Latency::Normal, 30));
    }
}
