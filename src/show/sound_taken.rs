//! How the sound of a show stands, taken by a snapshot.

use super::model::Show;
use super::snapshot::{BusState, GroupState, SoundSnapshot, SoundSnapshots, StripState};
use super::sound::{Sound, padded};

impl Sound {
    /// A snapshot of it, by no name and without strips.
    #[must_use]
    pub fn taken(&self) -> SoundSnapshot {
        let auxes = padded(&self.auxes);
        let auxes = auxes.iter().map(|aux| BusState {
            fader_db: aux.fader_db,
            mute: aux.mute,
        });
        let groups = self.groups.iter().map(|group| GroupState {
            group: group.id.clone(),
            fader_db: group.fader_db,
            mute: group.mute,
        });
        SoundSnapshot {
            links: self.links.clone(),
            auxes: auxes.collect(),
            groups: groups.collect(),
            ..SoundSnapshot::default()
        }
    }
}

impl Show {
    /// Its snapshots, with its sound as it is in the one of this id, by this label where one is given; one
    /// that there is not comes last.
    #[must_use]
    pub fn taken_by(&self, id: &str, label: Option<&str>) -> SoundSnapshots {
        let mut snapshots = self.snapshots.clone();
        let before = snapshots.get(id).cloned().unwrap_or_else(|| SoundSnapshot {
            id: id.to_owned(),
            ..SoundSnapshot::default()
        });
        let strips = self.sources.iter().map(|source| StripState {
            source: source.id.clone(),
            fader_db: source.fader_db,
            mute: source.mute,
            afv: source.afv,
            strip: source.strip,
            sends: source.sends.clone(),
        });
        let taken = SoundSnapshot {
            label: label.map_or(before.label, str::to_owned),
            id: before.id,
            scenes: before.scenes,
            frames: before.frames,
            strips: strips.collect(),
            ..self.sound.taken()
        };
        let mut list = snapshots.list.iter_mut();
        match list.find(|snapshot| snapshot.id == id) {
            Some(place) => *place = taken,
            None => snapshots.list.push(taken),
        }
        snapshots
    }
}
