//! What sound snapshots name, and how far their faders go.

use std::collections::BTreeMap;

use super::Checker;
use crate::show::model::Show;
use crate::show::snapshot::StripState;

impl Checker<'_> {
    /// What a sound snapshot names is there, and a scene recalls one at the most.
    pub(super) fn snapshots(&mut self, show: &Show, sources: &[&str]) {
        let scenes = show.scenes.iter().map(|scene| scene.id.as_str());
        let scenes: Vec<&str> = scenes.chain(sources.iter().copied()).collect();
        let groups: Vec<&str> = show.sound.groups.iter().map(|g| g.id.as_str()).collect();
        for (n, source) in show.snapshots.safe.iter().enumerate() {
            if !sources.contains(&source.as_str()) {
                self.unknown_source(&format!("snapshots.safe[{n}]"), source, sources);
            }
        }
        let list = &show.snapshots.list;
        self.ids("snapshots.list", list.iter().map(|s| &s.id));
        let mut recalling: BTreeMap<&str, &str> = BTreeMap::new();
        for (n, snapshot) in list.iter().enumerate() {
            let place = format!("snapshots.list[{n}]");
            self.range(&format!("{place}.frames"), snapshot.frames, 0..=1000);
            for (n, scene) in snapshot.scenes.iter().enumerate() {
                let place = format!("{place}.scenes[{n}]");
                if !scenes.contains(&scene.as_str()) {
                    self.unknown_scene(&place, scene, &scenes);
                } else if let Some(other) = recalling.insert(scene, &snapshot.id) {
                    let message = format!(
                        "the scene `{scene}` recalls `{other}` already, expected one snapshot a scene"
                    );
                    self.fault(&place, message);
                }
            }
            self.links(&format!("{place}.links"), &snapshot.links, sources);
            for (n, state) in snapshot.strips.iter().enumerate() {
                self.strip_state(&format!("{place}.strips[{n}]"), state, sources);
            }
            for (n, aux) in snapshot.auxes.iter().enumerate() {
                let place = format!("{place}.auxes[{n}].fader_db");
                self.range(&place, aux.fader_db, -100.0..=10.0);
            }
            for (n, group) in snapshot.groups.iter().enumerate() {
                let place = format!("{place}.groups[{n}]");
                self.range(&format!("{place}.fader_db"), group.fader_db, -100.0..=10.0);
                if !groups.contains(&group.group.as_str()) {
                    self.unknown_group(&format!("{place}.group"), &group.group, &groups);
                }
            }
        }
    }

    fn strip_state(&mut self, place: &str, state: &StripState, sources: &[&str]) {
        if !sources.contains(&state.source.as_str()) {
            self.unknown_source(&format!("{place}.source"), &state.source, sources);
        }
        self.range(&format!("{place}.fader_db"), state.fader_db, -100.0..=10.0);
        for (name, value, range) in state.strip.numbers() {
            self.range(&format!("{place}.strip.{name}"), value, range);
        }
        for (n, send) in state.sends.iter().enumerate() {
            self.range(&format!("{place}.sends[{n}].db"), send.db, -100.0..=10.0);
        }
    }
}
