//! How the sound behind the strips stands: auxes, groups and the program's own processing, as the hand
//! sets them and an edited show brings them.

use super::strip::{Faders, is_fader, is_in_range};
use crate::audio::BusGains;
use crate::door::{AuxStatus, Command, GroupStatus, Level, SoundStatus};
use crate::engine::cast::name_of;
use crate::engine::refusal::{Refusal, unknown};
use crate::media::db_to_gain;
use crate::show::{AUXES, SILENCE_DB, Sound, SoundSnapshot, padded};

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Console {
    /// With every aux.
    sound: Sound,
}

impl Console {
    /// As the show says it.
    pub fn of(sound: &Sound) -> Self {
        let mut sound = sound.clone();
        sound.auxes = padded(&sound.auxes).to_vec();
        Self { sound }
    }

    /// How it stands, with every aux.
    pub fn sound(&self) -> &Sound {
        &self.sound
    }

    /// Goes on with a show that was edited: with its auxes and groups, which stand as they did, but for
    /// what `faders` lets through.
    pub fn change(&mut self, old: &Sound, new: &Sound, faders: &Faders) {
        let mut next = Self::of(new).sound.set_as(&self.sound);
        next.auxes = padded(&next.auxes).to_vec();
        let (brings, all) = faders.of_buses();
        if brings {
            let (old, new) = (Self::of(old).sound, Self::of(new).sound);
            let auxes = next.auxes.iter_mut().zip(&old.auxes).zip(&new.auxes);
            for ((aux, old), new) in auxes {
                bring(all, &mut aux.fader_db, old.fader_db, new.fader_db);
                bring(all, &mut aux.mute, old.mute, new.mute);
            }
            for (group, new) in next.groups.iter_mut().zip(&new.groups) {
                let old = old.group(&new.id).unwrap_or(new);
                bring(all, &mut group.fader_db, old.fader_db, new.fader_db);
                bring(all, &mut group.mute, old.mute, new.mute);
            }
            bring(all, &mut next.master, old.master, new.master);
            let (before, after) = (old.n_minus_one, new.n_minus_one);
            bring(all, &mut next.n_minus_one, before, after);
        }
        self.sound = next;
    }

    /// Auxes and groups as a sound snapshot has them.
    pub fn recall(&mut self, snapshot: &SoundSnapshot) {
        for (aux, state) in self.sound.auxes.iter_mut().zip(&snapshot.auxes) {
            (aux.fader_db, aux.mute) = (state.fader_db, state.mute);
        }
        for group in &mut self.sound.groups {
            let mut states = snapshot.groups.iter();
            if let Some(state) = states.find(|state| state.group == group.id) {
                (group.fader_db, group.mute) = (state.fader_db, state.mute);
            }
        }
    }

    /// As a journal has it.
    pub fn restore(&mut self, saved: &Sound) {
        let sound = self.sound.set_as(saved);
        *self = Self::of(&sound);
    }

    /// Carries out a command for an aux, a group or the program; any other changes nothing.
    ///
    /// # Errors
    /// Where there is no such aux, group or band, or a number is out of range; nothing has changed then.
    pub fn apply(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Aux { aux, db, mute } => {
                let aux = &mut self.sound.auxes[aux_index(*aux)?];
                if let Some(db) = *db {
                    is_fader("fader", db)?;
                    aux.fader_db = db;
                }
                aux.mute = mute.unwrap_or(aux.mute);
            }
            Command::Group { group, db, mute } => {
                let ids = || self.sound.groups.iter().map(|g| g.id.as_str());
                let at = ids().position(|id| id == group);
                let at = at.ok_or_else(|| unknown("group", group, ids()))?;
                let group = &mut self.sound.groups[at];
                if let Some(db) = *db {
                    is_fader("fader", db)?;
                    group.fader_db = db;
                }
                group.mute = mute.unwrap_or(group.mute);
            }
            Command::NMinusOne { off_air } => self.sound.n_minus_one.off_air = *off_air,
            _ => {
                let Some(change) = command.on_master() else {
                    return Ok(());
                };
                let next = change(self.sound.master).ok_or(Refusal::NoBand)?;
                is_in_range(next.numbers())?;
                self.sound.master = next;
            }
        }
        Ok(())
    }

    /// Whether guests hear each other also while AFV keeps them off the air.
    pub fn off_air(&self) -> bool {
        self.sound.n_minus_one.off_air
    }

    /// A strip's gain, of its own fader and those of its groups; and whether any of them mutes it.
    pub fn gain(&self, fader_db: f32, mute: bool, groups: &[String]) -> (f32, bool) {
        let (mut db, mut muted) = (fader_db, mute);
        let mut silent = fader_db <= SILENCE_DB;
        for group in groups.iter().filter_map(|id| self.sound.group(id)) {
            db += group.fader_db;
            silent |= group.fader_db <= SILENCE_DB;
            muted |= group.mute;
        }
        let gain = if silent || muted { 0.0 } else { db_to_gain(db) };
        (gain, muted)
    }

    /// What is seen of it, with the level of each aux and how far its limiter turns it down, in dB; the
    /// rest is not its to know.
    pub fn status(&self, auxes: &[(Level, f32)]) -> SoundStatus {
        let groups = self.sound.groups.iter().map(|group| GroupStatus {
            id: group.id.clone(),
            label: name_of(&group.label, &group.id),
            fader_db: group.fader_db,
            mute: group.mute,
        });
        let auxes = self.sound.auxes.iter().zip(auxes);
        let auxes = auxes.map(|(aux, (level, limiter_db))| AuxStatus {
            label: aux.label.clone(),
            fader_db: aux.fader_db,
            mute: aux.mute,
            level: *level,
            limiter_db: *limiter_db,
        });
        SoundStatus {
            auxes: auxes.collect(),
            groups: groups.collect(),
            master: self.sound.master,
            off_air: self.off_air(),
            ..SoundStatus::default()
        }
    }

    /// How loud the buses are, with the program at this gain.
    pub fn buses(&self, program: f32) -> BusGains {
        BusGains {
            program,
            auxes: padded(&self.sound.auxes).map(|aux| match aux.mute {
                true => 0.0,
                false => db_to_gain(aux.fader_db),
            }),
            ducked: db_to_gain(-self.sound.talkback.duck_db),
            master: self.sound.master,
            generated: None,
        }
    }
}

/// Where an aux that is counted from 1 stands.
///
/// # Errors
/// Where there is none of this number.
pub fn aux_index(aux: usize) -> Result<usize, Refusal> {
    let index = aux.checked_sub(1).filter(|index| *index < AUXES);
    index.ok_or_else(|| Refusal::OutOfRange {
        what: "aux",
        value: aux.to_string(),
        expected: format!("1 to {AUXES}"),
    })
}

fn bring<T: PartialEq>(all: bool, place: &mut T, old: T, new: T) {
    if all || old != new {
        *place = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(text: &str) -> Sound {
        ron::from_str(text).unwrap()
    }

    #[test]
    fn groups_add_their_faders_and_mute() {
        let show = sound("(groups: [(id: \"a\", fader_db: -6.0), (id: \"b\", fader_db: 4.0)])");
        let mut console = Console::of(&show);
        let both = ["a".to_owned(), "b".to_owned()];
        let db = |(gain, muted): (f32, bool)| (20.0 * gain.log10(), muted);
        let (level, muted) = db(console.gain(-3.0, false, &both));
        assert!((level + 5.0).abs() < 1e-4 && !muted, "{level}");
        let set = |console: &mut Console, db, mute| {
            let group = "b".to_owned();
            console.apply(&Command::Group { group, db, mute })
        };
        assert_eq!(set(&mut console, Some(-100.0), None), Ok(()));
        assert_eq!(console.gain(0.0, false, &both), (0.0, false));
        assert_eq!(set(&mut console, Some(0.0), Some(true)), Ok(()));
        assert_eq!(console.gain(0.0, false, &both), (0.0, true));
        assert!(!console.gain(0.0, false, &both[..1]).1);
        assert!(set(&mut console, Some(11.0), Some(false)).is_err());
        assert_eq!(console.gain(0.0, false, &both), (0.0, true), "unchanged");
    }

    #[test]
    fn an_edit_brings_what_it_changed_and_leaves_the_hand_alone() {
        let old = sound("(groups: [(id: \"a\"), (id: \"b\")])");
        let mut console = Console::of(&old);
        let fade = |group: &str, db| Command::Group {
            group: group.to_owned(),
            db: Some(db),
            mute: None,
        };
        console.apply(&fade("a", -6.0)).unwrap();
        console.apply(&fade("b", -8.0)).unwrap();
        let aux = Command::Aux {
            aux: 2,
            db: None,
            mute: Some(true),
        };
        console.apply(&aux).unwrap();
        let new = sound(
            "(auxes: [(label: \"PA\")], groups: [(id: \"b\", fader_db: 2.0), (id: \"a\", \
             label: \"A\"), (id: \"c\", fader_db: -1.0)], master: (ceiling_db: -3.0))",
        );
        let faders = |console: &Console| {
            let groups = console.sound().groups.iter();
            groups.map(|g| g.fader_db).collect::<Vec<_>>()
        };
        let mut undone = console.clone();
        undone.change(&old, &new, &Faders::None);
        assert_eq!(faders(&undone), [-8.0, -6.0, -1.0]);
        assert_eq!(undone.sound().master.ceiling_db, -1.0);
        console.change(&old, &new, &Faders::Edited);
        assert_eq!(faders(&console), [2.0, -6.0, -1.0]);
        assert_eq!(console.sound().master.ceiling_db, -3.0);
        assert!(console.sound().auxes[1].mute);
        assert_eq!(console.sound().auxes[0].label, "PA");
        // It comes back as it stood.
        let mut next = Console::of(&new);
        next.restore(console.sound());
        assert_eq!(next.sound(), console.sound());
    }
}
