//! How the sound of a show stands, taken by a snapshot.

use super::model::Show;
use super::snapshot::{BusState, GroupState, SoundSnapshot, SoundSnapshots, StripState};
use super::sound::padded;

impl Show {
    /// How its sound is, by no name.
    #[must_use]
    pub fn sound_taken(&self) -> SoundSnapshot {
        let strips = self.sources.iter().map(|source| StripState {
            source: source.id.clone(),
            fader_db: source.fader_db,
            mute: source.mute,
            afv: source.afv,
            strip: source.strip,
            sends: source.sends.clone(),
        });
        let auxes = padded(&self.sound.auxes);
        let auxes = auxes.iter().map(|aux| BusState {
            fader_db: aux.fader_db,
            mute: aux.mute,
        });
        let groups = self.sound.groups.iter().map(|group| GroupState {
            group: group.id.clone(),
            fader_db: group.fader_db,
            mute: group.mute,
        });
        SoundSnapshot {
            links: self.sound.links.clone(),
            strips: strips.collect(),
            auxes: auxes.collect(),
            groups: groups.collect(),
            ..SoundSnapshot::default()
        }
    }

    /// Its snapshots, with its sound as it is in the one of this id, by this label where one is given; one
    /// that there is not comes last.
    #[must_use]
    pub fn taken_by(&self, id: &str, label: Option<&str>) -> SoundSnapshots {
        let mut snapshots = self.snapshots.clone();
        let before = snapshots.get(id).cloned().unwrap_or_else(|| SoundSnapshot {
            id: id.to_owned(),
            ..SoundSnapshot::default()
        });
        let taken = SoundSnapshot {
            label: label.map_or(before.label, str::to_owned),
            id: before.id,
            scenes: before.scenes,
            frames: before.frames,
            ..self.sound_taken()
        };
        let mut list = snapshots.list.iter_mut();
        match list.find(|snapshot| snapshot.id == id) {
            Some(place) => *place = taken,
            None => snapshots.list.push(taken),
        }
        snapshots
    }
}
