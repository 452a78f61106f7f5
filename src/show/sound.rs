//! The sound of the whole show, behind the strips: auxes, groups, the program's own processing, and
//! what guests get back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::automatic::Alarm;
use super::link::StereoLink;
use super::number::Number;
use super::sound_output::Monitor;
use super::strip::Eq;

/// Auxes that there are.
pub const AUXES: usize = 2;
/// So many sources can be guests with a return of their own.
pub const MIX_MINUSES: usize = 32;
/// Where a fader or a send is silent, in dB.
pub const SILENCE_DB: f32 = -100.0;

/// See the module's words. Left out, everything is as it is usually.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sound {
    /// The first and the second; one that is left out has the usual.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub auxes: Vec<Aux>,
    /// Sources name those that they belong to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Strips that are two sides of one sound.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<StereoLink>,
    /// What is done to the program.
    #[serde(skip_serializing_if = "Master::is_usual")]
    pub master: Master,
    /// What guests get back.
    #[serde(skip_serializing_if = "NMinusOne::is_usual")]
    pub n_minus_one: NMinusOne,
    /// Who talks to guests, aside from the program.
    #[serde(skip_serializing_if = "Talkback::is_usual")]
    pub talkback: Talkback,
    /// What is listened to in the house.
    #[serde(skip_serializing_if = "Monitor::is_usual")]
    pub monitor: Monitor,
    /// What is listened to at desks that have a monitor of their own, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub monitors: BTreeMap<String, Monitor>,
}

/// A mix of its own, for the hall or a stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Aux {
    /// What the desk shows; its number where it is left out.
    pub label: String,
    /// Its fader, in dB, −100 (silence) to +10.
    pub fader_db: f32,
    /// Muted.
    pub mute: bool,
}

/// A fader and a mute for many strips. One whose fader is left alone is a mute group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// As a source's id.
    pub id: String,
    /// What the desk shows; the id where it is left out.
    #[serde(default)]
    pub label: String,
    /// Goes onto the faders of its sources, in dB, −100 (silence) to +10.
    #[serde(default)]
    pub fader_db: f32,
    /// Mutes its sources.
    #[serde(default)]
    pub mute: bool,
}

/// What is done to the program's sum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Master {
    /// Nothing leaves above it, between samples neither, in dBTP, −9 to 0.
    pub ceiling_db: f32,
    /// How loud the show is meant to be, in LUFS, −40 to −6: a mark for the eye.
    pub target_lufs: f32,
    /// Before the limiter.
    pub eq: Eq,
    /// What an alarm is given for.
    pub alarm: Alarm,
}

impl Default for Master {
    fn default() -> Self {
        Self {
            ceiling_db: -1.0,
            // EBU R 128.
            target_lufs: -23.0,
            eq: Eq::default(),
            alarm: Alarm::PROGRAM,
        }
    }
}

impl Master {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Every number, with where it stands in the file and what it may be.
    pub fn numbers(&self) -> impl Iterator<Item = Number> + use<> {
        let alone = [
            ("ceiling_db", self.ceiling_db, -9.0..=0.0),
            ("target_lufs", self.target_lufs, -40.0..=-6.0),
        ];
        let alone = alone.into_iter().chain(self.eq.numbers());
        alone.chain(self.alarm.numbers())
    }
}

/// What guests get back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NMinusOne {
    /// Guests hear each other also while AFV keeps them off the air.
    pub off_air: bool,
}

impl NMinusOne {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// Who talks to guests, aside from the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Talkback {
    /// The id of the source that is the director's microphone: it is heard by guests that are talked to, and
    /// by nobody else. Empty for none.
    pub source: String,
    /// How much softer everything else is for them meanwhile, in dB, 0 to 60.
    pub duck_db: f32,
}

impl Default for Talkback {
    fn default() -> Self {
        Self {
            source: String::new(),
            duck_db: 15.0,
        }
    }
}

impl Talkback {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// How much of a strip goes to an aux.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Send {
    /// −100 (nothing) to +10 dB.
    pub db: f32,
    /// Whatever fader and AFV do; a mute silences it all the same.
    pub pre: bool,
}

impl Default for Send {
    fn default() -> Self {
        Self {
            db: SILENCE_DB,
            pre: false,
        }
    }
}

/// The first [`AUXES`] of a list that may be shorter.
pub fn padded<T: Clone + Default>(list: &[T]) -> [T; AUXES] {
    std::array::from_fn(|n| list.get(n).cloned().unwrap_or_default())
}

/// A list as short as can be that says the same; `before` where that does.
pub fn trimmed<T: Clone + Default + PartialEq>(list: &[T; AUXES], before: &[T]) -> Vec<T> {
    if padded(before) == *list {
        return before.to_vec();
    }
    let usual = T::default();
    let said = list.iter().rposition(|item| *item != usual);
    list[..said.map_or(0, |last| last + 1)].to_vec()
}

impl Sound {
    /// This, with the faders, the mutes and the settings of another, where that has the same.
    pub fn set_as(&self, hand: &Self) -> Self {
        let mut auxes = padded(&self.auxes);
        for (aux, hand) in auxes.iter_mut().zip(&hand.auxes) {
            (aux.fader_db, aux.mute) = (hand.fader_db, hand.mute);
        }
        let mut groups = self.groups.clone();
        for group in &mut groups {
            if let Some(hand) = hand.group(&group.id) {
                (group.fader_db, group.mute) = (hand.fader_db, hand.mute);
            }
        }
        Self {
            auxes: trimmed(&auxes, &self.auxes),
            groups,
            links: self.links.clone(),
            master: hand.master,
            n_minus_one: hand.n_minus_one,
            talkback: self.talkback.clone(),
            monitor: hand.monitor.clone(),
            monitors: hand.monitors.clone(),
        }
    }

    /// The group of this id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_hand_sets_is_written_where_it_belongs_and_no_more() {
        let text =
            "(auxes: [(label: \"PA\")], groups: [(id: \"choir\", label: \"Choir\"), (id: \"b\")])";
        let show: Sound = ron::from_str(text).unwrap();
        assert_eq!(show.set_as(&show), show);
        let mut hand = show.clone();
        hand.auxes = padded(&hand.auxes).to_vec();
        assert_eq!(show.set_as(&hand), show, "the second aux is as usual");
        hand.auxes[1].mute = true;
        hand.groups[0].fader_db = -6.0;
        hand.groups.swap(0, 1);
        hand.master.ceiling_db = -3.0;
        let set = show.set_as(&hand);
        assert_eq!((set.auxes.len(), set.auxes[0].label.as_str()), (2, "PA"));
        assert!(set.auxes[1].mute && !set.auxes[0].mute);
        assert_eq!(
            (set.groups[0].fader_db, set.groups[1].fader_db),
            (-6.0, 0.0)
        );
        assert_eq!(set.master.ceiling_db, -3.0);
    }

    #[test]
    fn a_list_is_no_longer_than_it_needs_to_be() {
        let on = Send {
            db: -6.0,
            pre: true,
        };
        let off = Send::default();
        assert_eq!(trimmed(&[on, off], &[]), [on]);
        assert_eq!(trimmed(&[off, on], &[]), [off, on]);
        assert_eq!(trimmed(&[off, off], &[off]), [off], "as it was written");
        assert_eq!(trimmed(&[off, off], &[on]), []);
    }
}
