//! Sound snapshots: how strips, auxes and groups stood, to be recalled by hand or with a scene; and the
//! strips that no recall touches.

use serde::{Deserialize, Serialize};

use super::afv::Afv;
use super::link::{self, StereoLink};
use super::sound::Send;
use super::strip::StripSettings;

/// See the module's words. Left out, there are none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SoundSnapshots {
    /// The ids of the sources whose strips stay as they are, whatever is recalled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub safe: Vec<String>,
    /// All of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<SoundSnapshot>,
}

/// How the sound stood once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoundSnapshot {
    /// As a source's id.
    pub id: String,
    /// What the desk shows; the id where it is left out.
    #[serde(default)]
    pub label: String,
    /// The ids of the scenes that recall it when they go on air.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenes: Vec<String>,
    /// Faders go to where they were over so many frames, 0 to 1000; at once where it is 0.
    #[serde(default)]
    pub frames: u32,
    /// The strips that were linked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<StereoLink>,
    /// Those that were there. Others stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strips: Vec<StripState>,
    /// As [`super::Sound::auxes`], without their labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub auxes: Vec<BusState>,
    /// Those that were there. Others stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupState>,
}

/// How a strip stood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StripState {
    /// A source's id.
    pub source: String,
    /// As [`super::Source::fader_db`].
    pub fader_db: f32,
    /// Muted.
    #[serde(default)]
    pub mute: bool,
    /// Audio follows video.
    pub afv: Afv,
    /// What is done to its sound.
    #[serde(default, skip_serializing_if = "StripSettings::is_neutral")]
    pub strip: StripSettings,
    /// To each aux.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<Send>,
}

/// How a bus stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusState {
    /// In dB, −100 (silence) to +10.
    pub fader_db: f32,
    /// Muted.
    #[serde(default)]
    pub mute: bool,
}

/// How a group stood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupState {
    /// A group's id.
    pub group: String,
    /// In dB, −100 (silence) to +10.
    pub fader_db: f32,
    /// Muted.
    #[serde(default)]
    pub mute: bool,
}

impl SoundSnapshot {
    /// How a source's strip stood; none where it was not there.
    pub fn strip(&self, source: &str) -> Option<&StripState> {
        self.strips.iter().find(|state| state.source == source)
    }
}

impl SoundSnapshots {
    /// The snapshot of this id.
    pub fn get(&self, id: &str) -> Option<&SoundSnapshot> {
        self.list.iter().find(|snapshot| snapshot.id == id)
    }

    /// The snapshot that a scene recalls.
    pub fn of_scene(&self, scene: &str) -> Option<&SoundSnapshot> {
        let names = |snapshot: &&SoundSnapshot| snapshot.scenes.iter().any(|id| id == scene);
        self.list.iter().find(names)
    }

    /// Whether no recall touches a source's strip.
    pub fn is_safe(&self, source: &str) -> bool {
        self.safe.iter().any(|id| id == source)
    }

    /// These without the one of this id; `None` where there is none.
    #[must_use]
    pub fn without(&self, id: &str) -> Option<Self> {
        self.get(id)?;
        let mut next = self.clone();
        next.list.retain(|snapshot| snapshot.id != id);
        Some(next)
    }

    /// These, with a scene recalling the one of this id, or none, and no other.
    #[must_use]
    pub fn with_scene(&self, scene: &str, id: Option<&str>) -> Self {
        let mut next = self.clone();
        for snapshot in &mut next.list {
            let recalls = id == Some(snapshot.id.as_str());
            if !recalls {
                snapshot.scenes.retain(|known| known != scene);
            } else if !snapshot.scenes.iter().any(|known| known == scene) {
                snapshot.scenes.push(scene.to_owned());
            }
        }
        next
    }

    /// These, with a source's strip among those that stay as they are, or not.
    #[must_use]
    pub fn with_safe(&self, source: &str, on: bool) -> Self {
        let mut next = self.clone();
        next.safe.retain(|id| id != source);
        if on {
            next.safe.push(source.to_owned());
        }
        next
    }

    /// A source has another id, or is no more; its own scene goes with it, where it `has` none of that
    /// id besides.
    pub(super) fn follow_source(&mut self, old: &str, new: Option<&str>, has: bool) {
        follow(&mut self.safe, old, new);
        for snapshot in &mut self.list {
            link::follow_source(&mut snapshot.links, old, new);
            match new {
                Some(new) => {
                    let named = |state: &&mut StripState| state.source == old;
                    let named = snapshot.strips.iter_mut().filter(named);
                    named.for_each(|state| new.clone_into(&mut state.source));
                }
                None => snapshot.strips.retain(|state| state.source != old),
            }
        }
        if !has {
            self.follow_scene(old, new);
        }
    }

    /// A scene has another id, or is no more.
    pub(super) fn follow_scene(&mut self, old: &str, new: Option<&str>) {
        for snapshot in &mut self.list {
            follow(&mut snapshot.scenes, old, new);
        }
    }

    /// These groups are no more.
    pub(super) fn drop_groups(&mut self, is_gone: impl Fn(&str) -> bool) {
        for snapshot in &mut self.list {
            snapshot.groups.retain(|state| !is_gone(&state.group));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn follow(ids: &mut Vec<String>, old: &str, new: Option<&str>) {
    match new {
        Some(new) => {
            let named = ids.iter_mut().filter(|id| *id == old);
            named.for_each(|id| new.clone_into(id));
        }
        None => ids.retain(|id| id != old),
    }
}
