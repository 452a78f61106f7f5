//! How a meter's bar moves: the choice of ballistics, as the field has them.

use serde::{Deserialize, Serialize};

use crate::door::Level;

/// A meter's ballistics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ballistics {
    /// The highest sample; down 20 dB in 1.7 s (IEC 60268-18).
    #[default]
    DigitalPeak,
    /// A programme meter that takes in 5 ms; down 20 dB in 1.7 s (IEC 60268-10, Type I).
    TypeI,
    /// A programme meter that takes in 10 ms; down 24 dB in 2.8 s (IEC 60268-10, Type II).
    TypeII,
}

impl Ballistics {
    /// All that can be chosen.
    pub const ALL: [Self; 3] = [Self::DigitalPeak, Self::TypeI, Self::TypeII];

    /// The key of its name in the desk's language.
    pub fn key(self) -> &'static str {
        match self {
            Self::DigitalPeak => "menu-meter-digital",
            Self::TypeI => "menu-meter-type-one",
            Self::TypeII => "menu-meter-type-two",
        }
    }

    /// How fast its bar falls, in dB a second.
    pub fn fall(self) -> f64 {
        match self {
            Self::DigitalPeak | Self::TypeI => 20.0 / 1.7,
            Self::TypeII => 24.0 / 2.8,
        }
    }

    /// What it reads of a level, left and right, in dBFS.
    pub fn reads(self, level: &Level) -> [f32; 2] {
        match self {
            Self::DigitalPeak => level.peak_db,
            Self::TypeI => level.quasi_db[0],
            Self::TypeII => level.quasi_db[1],
        }
    }
}
