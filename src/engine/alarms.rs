//! Which alarms of the sound have been told.

use std::collections::BTreeMap;

use crate::door::{Event, Snapshot, SoundAlarm};

/// See the module's words.
#[derive(Debug, Default)]
pub struct Alarms {
    program: SoundAlarm,
    /// Those that are given, by the ids of the sources.
    sources: BTreeMap<String, SoundAlarm>,
}

impl Alarms {
    /// An event for each alarm that is another than it was when this was asked last.
    pub fn changes(&mut self, now: &Snapshot) -> Vec<Event> {
        let mut changes = Vec::new();
        let mut tell = |source: Option<&str>, alarm: SoundAlarm| {
            changes.push(Event::Alarm {
                source: source.map(str::to_owned),
                alarm,
                frame: now.frame,
            });
        };
        if self.program != now.sound.alarm {
            self.program = now.sound.alarm;
            tell(None, self.program);
        }
        for source in &now.sources {
            let told = self.sources.get(&source.id).copied().unwrap_or_default();
            if told == source.alarm {
                continue;
            }
            tell(Some(&source.id), source.alarm);
            if source.alarm.is_none() {
                self.sources.remove(&source.id);
            } else {
                self.sources.insert(source.id.clone(), source.alarm);
            }
        }
        if !self.sources.is_empty() {
            let is_there = |id: &String| now.sources.iter().any(|source| source.id == *id);
            self.sources.retain(|id, _| is_there(id));
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::engine::cast::Cast;
    use crate::engine::core::{Core, Observed};

    #[test]
    fn an_alarm_is_told_when_it_comes_and_when_it_goes() {
        let text = "(version: 1, name: \"x\", sources: [
                (id: \"a\", kind: Test(pattern: Bars)), (id: \"b\", kind: Test(pattern: Bars)),
            ])";
        let show = crate::show::parse(Path::new("x.ron"), text).unwrap();
        let core = Core::new(Arc::new(Cast::opened(show, 0)));
        let mut now = core.snapshot(0, Observed::default());
        let mut alarms = Alarms::default();
        let mut told = |now: &Snapshot| -> Vec<(Option<String>, bool, bool)> {
            let changes = alarms.changes(now).into_iter();
            let of = |event| match event {
                Event::Alarm { source, alarm, .. } => (source, alarm.silent, alarm.clipping),
                other => panic!("{other:?}"),
            };
            changes.map(of).collect()
        };
        assert_eq!(told(&now), []);
        now.sources[1].alarm.silent = true;
        now.sound.alarm.clipping = true;
        let b = || Some("b".to_owned());
        assert_eq!(told(&now), [(None, false, true), (b(), true, false)]);
        assert_eq!(told(&now), []);
        now.sources[1].alarm.clipping = true;
        now.sound.alarm.clipping = false;
        assert_eq!(told(&now), [(None, false, false), (b(), true, true)]);
        // Another that comes under its name is told anew.
        let gone = now.sources.pop().unwrap();
        assert_eq!(told(&now), []);
        now.sources.push(gone);
        assert_eq!(told(&now), [(b(), true, true)]);
    }
}
