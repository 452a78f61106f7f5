//! The words by which a template says how its parts move: `slide-left fade 12 ease-out delay 3`.

use crate::show::Direction;
use crate::video::{Ease, Move};

/// Frames of a move that does not say how many.
const USUAL: u32 = 12;
/// Frames that it may have.
const LONGEST: u32 = 1000;

/// A move as it is said; where it slides to or from is known when the part's size is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// All but the slide.
    pub way: Move,
    /// Where the part goes when it comes; the other way round when it goes.
    pub slide: Option<Direction>,
    /// How far, in units of the template; as far as the part is wide or high where nothing is said.
    pub distance: Option<f64>,
}

impl Said {
    /// Reads them.
    ///
    /// # Errors
    /// What was found, and what was expected.
    pub fn of(words: &str) -> Result<Self, String> {
        let mut said = Self {
            way: Move {
                frames: USUAL,
                said: true,
                ..Move::default()
            },
            ..Self::default()
        };
        let mut words = words
            .split([' ', ',', ';', '\n', '\t'])
            .filter(|word| !word.is_empty());
        let mut is_cut = false;
        while let Some(word) = words.next() {
            match word {
                "cut" => is_cut = true,
                "fade" => said.way.fade = true,
                "typewriter" | "type" => said.way.typed = true,
                "linear" => said.way.ease = Ease::Linear,
                "ease-in" => said.way.ease = Ease::In,
                "ease-out" => said.way.ease = Ease::Out,
                "ease-in-out" => said.way.ease = Ease::InOut,
                "delay" => {
                    let frames = words.next().unwrap_or("nothing");
                    said.way.delay = frames_of(frames)
                        .ok_or_else(|| format!("delay {frames}: expected 0 to {LONGEST} frames"))?;
                }
                "by" => {
                    let far = words.next().unwrap_or("nothing");
                    let distance = far
                        .parse()
                        .ok()
                        .filter(|n: &f64| n.is_finite() && n.abs() < 1e5);
                    said.distance =
                        Some(distance.ok_or_else(|| format!("by {far}: expected a length"))?);
                }
                _ if word.starts_with("slide-") => said.slide = Some(way_of(word, "slide-")?),
                _ if word.starts_with("wipe-") => said.way.wipe = Some(way_of(word, "wipe-")?),
                _ => {
                    said.way.frames = frames_of(word).ok_or_else(|| {
                        format!(
                            "\"{word}\" is no motion: expected cut, fade, slide-left, wipe-right, \
                             typewriter, frames up to {LONGEST}, linear, ease-in, ease-out, ease-in-out, \
                             delay N or by N"
                        )
                    })?;
                }
            }
        }
        if is_cut {
            said.way.frames = 0;
        }
        Ok(said)
    }
}

fn frames_of(word: &str) -> Option<u32> {
    word.parse().ok().filter(|frames| *frames <= LONGEST)
}

fn way_of(word: &str, kind: &str) -> Result<Direction, String> {
    match &word[kind.len()..] {
        "left" => Ok(Direction::Left),
        "right" => Ok(Direction::Right),
        "up" => Ok(Direction::Up),
        "down" => Ok(Direction::Down),
        _ => Err(format!(
            "\"{word}\": expected {kind}left, {kind}right, {kind}up or {kind}down"
        )),
    }
}

/// A crawl or a roll as it is said: which way, and luma pixels a second where the program has 1080 lines.
pub fn travel(words: &str) -> Result<(Direction, f64), String> {
    let mut words = words.split_whitespace();
    let way = words.next().unwrap_or_default();
    let way = way_of(&format!("-{way}"), "-")
        .map_err(|_| format!("\"{way}\": expected left, right, up or down, and a speed"))?;
    let speed = words.next().unwrap_or("180");
    let speed = speed
        .parse()
        .ok()
        .filter(|n: &f64| (1.0..=4000.0).contains(n))
        .ok_or_else(|| {
            format!("\"{speed}\" is no speed: expected 1 to 4000 pixels a second at 1080 lines")
        })?;
    Ok((way, speed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motions_are_read_and_what_is_none_is_said() {
        let said = Said::of("slide-left fade 18 ease-in-out delay 4 by 60").unwrap();
        assert_eq!(
            (said.slide, said.distance),
            (Some(Direction::Left), Some(60.0))
        );
        assert_eq!((said.way.frames, said.way.delay), (18, 4));
        assert!(said.way.fade && said.way.ease == Ease::InOut);
        assert_eq!(Said::of("cut").unwrap().way.length(), 0);
        assert_eq!(Said::of("wipe-up").unwrap().way.wipe, Some(Direction::Up));
        assert_eq!(Said::of("").unwrap().way.frames, 12);
        for words in [
            "slide-north",
            "bounce",
            "fade 5000",
            "delay",
            "delay x",
            "by far",
        ] {
            let fault = Said::of(words).unwrap_err();
            assert!(fault.contains("expected"), "{words}: {fault}");
        }
        assert_eq!(travel("left 240"), Ok((Direction::Left, 240.0)));
        assert_eq!(travel("up"), Ok((Direction::Up, 180.0)));
        assert!(travel("sideways").is_err() && travel("left 0").is_err());
    }
}
