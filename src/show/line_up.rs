//! A tone or noise of a known level, by which whatever is fed by a bus is lined up. It is of a moment and in
//! no file.

use serde::{Deserialize, Serialize};

use super::number::Number;
use super::sound_output::PROGRAM;

/// What is generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wave {
    /// One pitch.
    #[default]
    Sine,
    /// Noise that is as loud in every octave, on both sides the same.
    Pink,
}

/// How left and right are told apart, by breaks of 250 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ident {
    /// They are not.
    #[default]
    None,
    /// Left has one each 3 s, and right none (EBU Tech 3304).
    Ebu,
    /// Left has one each 4 s, and 250 ms behind it right has two, 250 ms apart (GLITS).
    Glits,
}

/// How the generator is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineUp {
    /// It is heard.
    pub on: bool,
    /// In which bus: `program`, `aux1`, `aux2`, or `n-1:` and a guest's id.
    pub to: String,
    /// What is generated.
    pub wave: Wave,
    /// Pitch of the sine, 20 to 20 000 Hz.
    pub hz: f32,
    /// Peak level of the sine, −60 to 0 dBFS; noise has the power of that sine. The bus's limiter holds it
    /// below its ceiling.
    pub level_db: f32,
    /// Nothing else is heard of the bus.
    pub alone: bool,
    /// How left and right are told apart.
    pub ident: Ident,
}

/// 1 kHz at −18 dBFS, the alignment level of EBU R 68.
impl Default for LineUp {
    fn default() -> Self {
        Self {
            on: false,
            to: PROGRAM.to_owned(),
            wave: Wave::default(),
            hz: 1000.0,
            level_db: -18.0,
            alone: true,
            ident: Ident::default(),
        }
    }
}

impl LineUp {
    /// Whether it is as it is from the beginning.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// As it is after a change.
    #[must_use]
    pub fn changed(&self, change: &LineUpChange) -> Self {
        Self {
            on: change.on.unwrap_or(self.on),
            to: change.to.clone().unwrap_or_else(|| self.to.clone()),
            wave: change.wave.unwrap_or(self.wave),
            hz: change.hz.unwrap_or(self.hz),
            level_db: change.level_db.unwrap_or(self.level_db),
            alone: change.alone.unwrap_or(self.alone),
            ident: change.ident.unwrap_or(self.ident),
        }
    }

    /// Its numbers with their ranges.
    pub fn numbers(&self) -> [Number; 2] {
        [
            ("hz", self.hz, 20.0..=20_000.0),
            ("level_db", self.level_db, -60.0..=0.0),
        ]
    }
}

/// How the generator is to be set, as in [`LineUp`]; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // as there
pub struct LineUpChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wave: Option<Wave>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hz: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_db: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ident: Option<Ident>,
}
