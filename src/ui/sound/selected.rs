//! What is worked on: the strip of a source, a group, an aux, the monitor or the master.

use crate::door::Snapshot;
use crate::show::AUXES;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Selected {
    /// A source, by its id.
    Source(String),
    /// A group, by its id.
    Group(String),
    /// An aux, counted from 1.
    Aux(usize),
    /// What is listened to at the desk.
    Monitor,
    /// The program.
    Master,
}

impl Selected {
    /// All that there are, as they stand from left to right.
    pub fn row(snapshot: &Snapshot) -> Vec<Self> {
        let sources = snapshot.sources.iter().map(|s| Self::Source(s.id.clone()));
        let groups = snapshot.sound.groups.iter();
        let groups = groups.map(|group| Self::Group(group.id.clone()));
        let auxes = (1..=AUXES).map(Self::Aux);
        let all = sources.chain(groups).chain(auxes);
        all.chain([Self::Monitor, Self::Master]).collect()
    }
}
