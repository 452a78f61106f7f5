//! Transitions as they are saved and said: which kind, how long, how it looks. The engine plays them,
//! and `video` draws them.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::wipes::is_wipe_name;

/// How a program goes from one scene to the next. What a kind has no use for is kept for the next
/// kind that is chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionStyle {
    /// Which kind.
    pub kind: TransitionKind,
    /// How long, in program frames, 1 to [`TransitionStyle::LONGEST`].
    #[serde(default = "frames")]
    pub frames: u32,
    /// A dip's colour; black where it is left out.
    #[serde(default)]
    pub colour: Rgb,
    /// The name of a wipe's picture: one of [`super::BUILT_IN_WIPES`], or a PNG without its ending
    /// in one of [`super::wipe_folders`].
    #[serde(default = "wipe")]
    pub wipe: String,
    /// How soft a wipe's edge is: 0 is hard, 1 takes the whole range of the picture's greys.
    #[serde(default)]
    pub softness: f64,
    /// A wipe goes from white to black, a push or slide the other way.
    #[serde(default)]
    pub reverse: bool,
    /// Where the pictures of a push or slide go.
    #[serde(default)]
    pub direction: Direction,
    /// The id of the show's stinger; it is as long as its clip, whatever `frames` says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stinger: String,
}

fn frames() -> u32 {
    15
}

fn wipe() -> String {
    "left-to-right".to_owned()
}

impl Default for TransitionStyle {
    fn default() -> Self {
        Self::of(TransitionKind::default())
    }
}

impl TransitionStyle {
    /// The longest transition, in frames.
    pub const LONGEST: u32 = 1000;

    /// A transition of this kind with everything else as it is where a show leaves it out.
    pub fn of(kind: TransitionKind) -> Self {
        Self {
            kind,
            frames: frames(),
            colour: Rgb::default(),
            wipe: wipe(),
            softness: 0.0,
            reverse: false,
            direction: Direction::default(),
            stinger: String::new(),
        }
    }

    /// What is out of range: the field, what it holds, and what was expected.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        if !(1..=Self::LONGEST).contains(&self.frames) {
            let message = format!(
                "{} is out of range, expected 1 to {}",
                self.frames,
                Self::LONGEST
            );
            faults.push(("frames", message));
        }
        if !(0.0..=1.0).contains(&self.softness) {
            let message = format!("{} is out of range, expected 0 to 1", self.softness);
            faults.push(("softness", message));
        }
        if !is_wipe_name(&self.wipe) {
            let message = "this names no wipe, expected a picture's name without its folder and \
                           its ending"
                .to_owned();
            faults.push(("wipe", message));
        }
        faults
    }

    /// Where the pictures of a push or slide go, reversed where it says so.
    pub fn heading(&self) -> Direction {
        if self.reverse {
            self.direction.opposite()
        } else {
            self.direction
        }
    }
}

/// Kinds of transition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    /// At once.
    #[serde(alias = "Cut")]
    Cut,
    /// A cross-fade, linear in gamma space.
    #[default]
    #[serde(alias = "Mix")]
    Mix,
    /// Out to a colour in the first half, and in from it in the second.
    #[serde(alias = "Dip")]
    Dip,
    /// The new picture comes where a grey picture is black first, and where it is white last.
    #[serde(alias = "Wipe")]
    Wipe,
    /// The new picture pushes the old one out.
    #[serde(alias = "Push")]
    Push,
    /// The new picture comes over the old one, which stays where it is.
    #[serde(alias = "Slide")]
    Slide,
    /// A clip with transparency over both, and a cut beneath it.
    #[serde(alias = "Stinger")]
    Stinger,
}

impl TransitionKind {
    /// Every kind, in the order in which a desk shows them.
    pub const ALL: [Self; 7] = [
        Self::Cut,
        Self::Mix,
        Self::Dip,
        Self::Wipe,
        Self::Push,
        Self::Slide,
        Self::Stinger,
    ];
}

/// Where a picture goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It comes in at the right.
    #[default]
    #[serde(alias = "Left")]
    Left,
    /// It comes in at the left.
    #[serde(alias = "Right")]
    Right,
    /// It comes in at the bottom.
    #[serde(alias = "Up")]
    Up,
    /// It comes in at the top.
    #[serde(alias = "Down")]
    Down,
}

impl Direction {
    /// The other way.
    pub fn opposite(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// A colour as displays show it: red, green and blue of 0 to 255, gamma-encoded, written `#rrggbb`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A text that is no colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no colour, expected {COLOUR}")]
pub struct NoColour;

const COLOUR: &str = "\"#\" and six hexadecimal digits, such as \"#1e90ff\"";

impl FromStr for Rgb {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text.strip_prefix('#').ok_or(NoColour)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoColour);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| NoColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self(red, green, blue))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl Serialize for Rgb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rgb {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|NoColour| D::Error::invalid_value(Unexpected::Str(&text), &COLOUR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_they_are_written() {
        for (text, colour) in [
            ("#000000", Rgb(0, 0, 0)),
            ("#1e90ff", Rgb(0x1e, 0x90, 0xff)),
            ("#ffffff", Rgb(255, 255, 255)),
        ] {
            assert_eq!(text.parse(), Ok(colour));
            assert_eq!(colour.to_string(), text);
        }
        assert_eq!("#AbCdEf".parse(), Ok(Rgb(0xab, 0xcd, 0xef)));
        for text in [
            "", "#", "red", "000000", "#fff", "#12345g", "#+12345", "#1234567", "#é1234",
        ] {
            assert_eq!(text.parse::<Rgb>(), Err(NoColour), "{text}");
        }
    }

    #[test]
    fn what_is_left_out_is_as_documented() {
        let style: TransitionStyle = serde_json::from_str(r#"{"kind":"wipe"}"#).unwrap();
        assert_eq!(style, TransitionStyle::of(TransitionKind::Wipe));
        assert_eq!((style.frames, style.wipe.as_str()), (15, "left-to-right"));
        assert!(style.faults().is_empty());
        assert!(serde_json::from_str::<TransitionStyle>(r#"{"frames":15}"#).is_err());
        assert!(serde_json::from_str::<TransitionStyle>(r#"{"kind":"mix","fames":1}"#).is_err());
    }

    #[test]
    fn what_is_out_of_range_is_told() {
        let good = TransitionStyle::default();
        for (style, field) in [
            (
                TransitionStyle {
                    frames: 0,
                    ..good.clone()
                },
                "frames",
            ),
            (
                TransitionStyle {
                    frames: 1001,
                    ..good.clone()
                },
                "frames",
            ),
            (
                TransitionStyle {
                    softness: -0.1,
                    ..good.clone()
                },
                "softness",
            ),
            (
                TransitionStyle {
                    softness: f64::NAN,
                    ..good.clone()
                },
                "softness",
            ),
            (
                TransitionStyle {
                    wipe: "../secret".to_owned(),
                    ..good.clone()
                },
                "wipe",
            ),
            (
                TransitionStyle {
                    wipe: String::new(),
                    ..good.clone()
                },
                "wipe",
            ),
        ] {
            let faults = style.faults();
            assert_eq!(faults.len(), 1, "{style:?}");
            assert_eq!(faults[0].0, field);
        }
    }

    #[test]
    fn reversing_turns_the_way_round() {
        let style = TransitionStyle {
            reverse: true,
            direction: Direction::Up,
            ..Default::default()
        };
        assert_eq!(style.heading(), Direction::Down);
        for way in [
            Direction::Left,
            Direction::Right,
            Direction::Up,
            Direction::Down,
        ] {
            assert_ne!(way.opposite(), way);
            assert_eq!(way.opposite().opposite(), way);
        }
    }
}
