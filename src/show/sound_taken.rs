//! How the sound of a show stands, taken by a snapshot.

use super::model::Show;
use super::snapshot::{BusState, GroupState, SoundSnapshot, SoundSnapshots, StripState};
use super::sound::padded;

impl Show {
    /// Its snapshots, with its sound as it is in the one of this id, by this label where one is given; one
    /// that there is not comes last.
    #[must_use]
    pub fn taken_by(&self, id: &str, label: Option<&str>) -> SoundSnapshots {
        let mut snapshots = self.snapshots.clone();
        let list = &mut snapshots.list;
        let at = list.iter().position(|snapshot| snapshot.id == id);
        let at = at.unwrap_or_else(|| {
            list.push(SoundSnapshot {
                id: id.to_owned(),
                ..SoundSnapshot::default()
            });
            list.len() - 1
        });
        let taken = &mut list[at];
        if let Some(label) = label {
            label.clone_into(&mut taken.label);
        }
        let strips = self.sources.iter().map(|source| StripState {
            source: source.id.clone(),
            fader_db: source.fader_db,
            mute: source.mute,
            afv: source.afv,
            strip: source.strip,
            sends: source.sends.clone(),
        });
        taken.strips = strips.collect();
        let auxes = padded(&self.sound.auxes);
        let auxes = auxes.iter().map(|aux| BusState {
            fader_db: aux.fader_db,
            mute: aux.mute,
        });
        taken.auxes = auxes.collect();
        let groups = self.sound.groups.iter().map(|group| GroupState {
            group: group.id.clone(),
            fader_db: group.fader_db,
            mute: group.mute,
        });
        taken.groups = groups.collect();
        snapshots
    }
}
