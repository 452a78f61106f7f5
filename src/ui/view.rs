//! What every part of the window is given: the engine's state, the time, and the door to speak
//! through.

use super::{lang, said::said};
use crate::door::{Command, Door, SceneStatus, Snapshot, SourceState, SourceStatus};

/// The shape of the program: its width over its height.
pub fn aspect(snapshot: &Snapshot) -> f32 {
    snapshot.width.max(1) as f32 / snapshot.height.max(1) as f32
}

/// One frame's view of the show.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The newest snapshot.
    pub snapshot: &'a Snapshot,
    /// Seconds on the window's clock.
    pub now: f64,
    /// Where commands go.
    pub door: &'a dyn Door,
}

impl View<'_> {
    /// Sends a command. What it did is seen in a later snapshot or event, not here.
    pub fn send(&self, command: Command) {
        tracing::debug!(?command, "sent");
        self.door.send(command);
    }

    /// The scene of this id, with its position.
    pub fn scene(&self, id: &str) -> Option<(usize, &SceneStatus)> {
        self.snapshot
            .scenes
            .iter()
            .enumerate()
            .find(|(_, scene)| scene.id == id)
    }

    /// The source of this id.
    pub fn source(&self, id: &str) -> Option<&SourceStatus> {
        self.snapshot.sources.iter().find(|source| source.id == id)
    }

    /// The source whose fader stands under a scene: the one of its id, else its only one.
    pub fn sound_of(&self, scene: &SceneStatus) -> Option<&SourceStatus> {
        self.source(&scene.id).or_else(|| match &scene.sources[..] {
            [only] => self.source(only),
            _ => None,
        })
    }

    /// What a scene's sources give otherwise than they were asked to, though they give it; empty where
    /// nothing is.
    pub fn warnings(&self, scene: &SceneStatus) -> String {
        let sources = scene.sources.iter().filter_map(|id| self.source(id));
        let warnings = sources.filter(|source| !source.warning.is_empty());
        let said = warnings.map(|source| {
            let label = name(&source.label, &source.id);
            lang::pair(label, &said(&source.warning))
        });
        said.collect::<Vec<_>>().join("\n")
    }

    /// The worst that is wrong with a scene's sources: the state, and what to write on its picture.
    pub fn trouble(&self, scene: &SceneStatus) -> Option<(SourceState, String)> {
        let worst = scene
            .sources
            .iter()
            .filter_map(|id| self.source(id))
            .filter(|source| source.state != SourceState::Live)
            // A clip that was played is as it should be.
            .filter(|source| source.state != SourceState::Ended || source.clip.is_none())
            .max_by_key(|source| severity(source.state))?;
        let text = if scene.sources.len() == 1 || worst.message.is_empty() {
            said(&worst.message)
        } else {
            lang::pair(name(&worst.label, &worst.id), &said(&worst.message))
        };
        Some((worst.state, text))
    }
}

fn severity(state: SourceState) -> u8 {
    match state {
        SourceState::Live => 0,
        SourceState::Ended => 1,
        SourceState::Connecting => 2,
        SourceState::Frozen => 3,
        SourceState::Restarting => 4,
        SourceState::Lost => 5,
    }
}

/// The label, or the id where there is none.
pub fn name<'a>(label: &'a str, id: &'a str) -> &'a str {
    if label.is_empty() { id } else { label }
}
