//! What is worked on: the strip of a source, a group, an aux, the monitor or the master.

use crate::door::Snapshot;
use crate::show::AUXES;
use crate::ui::{bank, lang, view::name};

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

    /// What it is called; nothing for what is there no more.
    pub fn called(&self, snapshot: &Snapshot) -> String {
        match self {
            Self::Source(id) => {
                let mut sources = snapshot.sources.iter();
                let found = sources.find(|source| source.id == *id);
                found.map_or("", |s| name(&s.label, &s.id)).to_owned()
            }
            Self::Group(id) => {
                let mut groups = snapshot.sound.groups.iter();
                let found = groups.find(|group| group.id == *id);
                found.map_or("", |g| name(&g.label, &g.id)).to_owned()
            }
            Self::Aux(aux) => bank::aux_name(snapshot, *aux),
            Self::Monitor => lang::text("sound-monitor"),
            Self::Master => lang::text("sound-master"),
        }
    }
}
