//! What is asked for of the show itself: groups and who belongs to them, names, guests, and the list of
//! sound snapshots. Each is one step to undo, made as soon as this desk holds the show as it is now.

use crate::show::{
    Aux, Edit, Group, Item, Show, Source, StereoLink, padded, trimmed, with_link, without_link,
};
use crate::ui::{
    build::{draft, ids},
    lang,
    view::name,
};

/// See the module's words. Sources, groups, scenes and snapshots are named by their ids, auxes count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A new group, with this source in it, if one is named.
    NewGroup(Option<String>),
    /// Another name for a group.
    NameGroup(String, String),
    /// A group away.
    RemoveGroup(String),
    /// A source (the first) into a group, or out of it.
    Join(String, String, bool),
    /// Another name for an aux.
    NameAux(usize, String),
    /// Two sources the left and the right of one sound; or the first one's link away.
    Link(String, Option<String>),
    /// A source a guest with a return of its own, or none.
    Guest(String, bool),
    /// Another name for a sound snapshot.
    NameSnapshot(String, String),
    /// A sound snapshot away.
    RemoveSnapshot(String),
    /// A sound snapshot to this place among all, counted from 0.
    MoveSnapshot(String, usize),
    /// A scene (the first) that recalls a sound snapshot, or none.
    Recalls(String, Option<String>),
}

impl Asked {
    /// What UNDO will call it, and the edits that do it; none where what it is about is no more, or is so
    /// already.
    pub fn edits(&self, show: &Show) -> Option<(String, Vec<Edit>)> {
        match self {
            Self::NewGroup(member) => Some(new_group(show, member.as_deref())),
            Self::NameGroup(id, label) => {
                let mut sound = show.sound.clone();
                let group = sound.groups.iter_mut().find(|group| group.id == *id)?;
                label.clone_into(&mut group.label);
                Some((rename(label), vec![Edit::Sound(sound)]))
            }
            Self::RemoveGroup(id) => {
                let mut sound = show.sound.clone();
                let at = sound.groups.iter().position(|group| group.id == *id)?;
                let group = sound.groups.remove(at);
                let label = name(&group.label, &group.id).to_owned();
                let step = lang::with("build-step-remove", &[("name", label.into())]);
                Some((step, vec![Edit::Sound(sound)]))
            }
            Self::Join(source, group, joins) => {
                show.sound.group(group)?;
                let step = lang::text("sound-step-group");
                let edit = of_source(show, source, |source| {
                    source.groups.retain(|known| known != group);
                    if *joins {
                        source.groups.push(group.clone());
                    }
                })?;
                Some((step, vec![edit]))
            }
            Self::NameAux(aux, label) => {
                let mut sound = show.sound.clone();
                let mut auxes: [Aux; crate::show::AUXES] = padded(&sound.auxes);
                label.clone_into(&mut auxes.get_mut(aux.checked_sub(1)?)?.label);
                sound.auxes = trimmed(&auxes, &sound.auxes);
                let called = lang::with("sound-aux", &[("n", (*aux).into())]);
                let step = rename(name(label, &called));
                Some((step, vec![Edit::Sound(sound)]))
            }
            Self::Link(left, right) => {
                let mut sound = show.sound.clone();
                sound.links = match right.clone() {
                    Some(right) => {
                        let left = left.clone();
                        with_link(&sound.links, &StereoLink { left, right })
                    }
                    None => without_link(&sound.links, left),
                };
                let step = lang::text("sound-step-link");
                (sound != show.sound).then(|| (step, vec![Edit::Sound(sound)]))
            }
            Self::Guest(source, guest) => {
                let edit = of_source(show, source, |source| source.mix_minus = *guest)?;
                Some((lang::text("sound-step-guest"), vec![edit]))
            }
            Self::NameSnapshot(id, label) => {
                let mut next = show.snapshots.clone();
                let snapshot = next.list.iter_mut().find(|known| known.id == *id)?;
                label.clone_into(&mut snapshot.label);
                Some((rename(label), vec![Edit::Snapshots(next)]))
            }
            Self::RemoveSnapshot(id) => {
                let next = show.snapshots.without(id)?;
                let known = show.snapshots.get(id)?;
                let label = name(&known.label, &known.id).to_owned();
                let step = lang::with("build-step-remove", &[("name", label.into())]);
                Some((step, vec![Edit::Snapshots(next)]))
            }
            Self::MoveSnapshot(id, to) => {
                let mut next = show.snapshots.clone();
                let at = next.list.iter().position(|known| known.id == *id)?;
                let snapshot = next.list.remove(at);
                next.list.insert((*to).min(next.list.len()), snapshot);
                let step = lang::text("sound-step-snapshot-order");
                (next != show.snapshots).then(|| (step, vec![Edit::Snapshots(next)]))
            }
            Self::Recalls(scene, id) => {
                let next = show.snapshots.with_scene(scene, id.as_deref());
                let step = lang::text("sound-step-recalls");
                (next != show.snapshots).then(|| (step, vec![Edit::Snapshots(next)]))
            }
        }
    }
}

fn rename(label: &str) -> String {
    lang::with("build-step-rename", &[("name", label.into())])
}

fn new_group(show: &Show, member: Option<&str>) -> (String, Vec<Edit>) {
    let mut sound = show.sound.clone();
    let usual = lang::text("sound-group");
    let label = ids::new_label(&usual, |l| sound.groups.iter().any(|g| g.label == l));
    let id = ids::new_id(&label, "group", |id| sound.group(id).is_some());
    sound.groups.push(Group {
        id: id.clone(),
        label: label.clone(),
        fader_db: 0.0,
        mute: false,
    });
    let step = lang::with("build-step-add", &[("name", label.into())]);
    let mut edits = vec![Edit::Sound(sound)];
    let joins = |source: &mut Source| source.groups.push(id);
    edits.extend(member.and_then(|member| of_source(show, member, joins)));
    (step, edits)
}

/// The edit that changes a source; none where nothing is changed.
fn of_source(show: &Show, id: &str, change: impl FnOnce(&mut Source)) -> Option<Edit> {
    let source = show.sources.iter().find(|source| source.id == id)?;
    let mut next = source.clone();
    change(&mut next);
    (next != *source).then(|| draft::set(id, Item::Source(next)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::build::testing;

    fn after(show: &mut Show, asked: &Asked) {
        let (step, edits) = asked.edits(show).unwrap();
        assert!(!step.is_empty());
        for edit in edits {
            edit.apply(show).unwrap();
        }
    }

    #[test]
    fn groups_are_made_joined_named_and_removed() {
        let mut show = testing::show();
        let cam = show.sources[0].id.clone();
        after(&mut show, &Asked::NewGroup(Some(cam.clone())));
        after(&mut show, &Asked::NewGroup(None));
        let ids = |show: &Show| -> Vec<String> {
            let groups = show.sound.groups.iter();
            groups.map(|group| group.id.clone()).collect()
        };
        assert_eq!(ids(&show), ["group", "group-2"]);
        assert_eq!(show.sources[0].groups, ["group"]);
        let second = "group-2".to_owned();
        after(&mut show, &Asked::Join(cam.clone(), second.clone(), true));
        assert_eq!(show.sources[0].groups, ["group", "group-2"]);
        let again = Asked::Join(cam.clone(), second.clone(), true);
        assert_eq!(again.edits(&show), None, "it is in it");
        after(
            &mut show,
            &Asked::NameGroup(second.clone(), "Band".to_owned()),
        );
        assert_eq!(show.sound.groups[1].label, "Band");
        after(&mut show, &Asked::RemoveGroup("group".to_owned()));
        assert_eq!(show.sources[0].groups, ["group-2"], "nobody is in it now");
        after(&mut show, &Asked::Join(cam, second, false));
        assert!(show.sources[0].groups.is_empty());
        assert_eq!(Asked::RemoveGroup("no".to_owned()).edits(&show), None);
    }

    #[test]
    fn snapshots_are_named_moved_given_to_scenes_and_removed() {
        let mut show = testing::show();
        show.snapshots = show.taken_by("talk", Some("Talk"));
        show.snapshots = show.taken_by("break", None);
        let talk = || "talk".to_owned();
        after(&mut show, &Asked::NameSnapshot(talk(), "Debate".to_owned()));
        assert_eq!(show.snapshots.list[0].label, "Debate");
        after(&mut show, &Asked::MoveSnapshot(talk(), 1));
        let ids: Vec<&str> = show.snapshots.list.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids, ["break", "talk"]);
        assert_eq!(Asked::MoveSnapshot(talk(), 7).edits(&show), None);
        after(&mut show, &Asked::Recalls("duo".to_owned(), Some(talk())));
        let other = Some("break".to_owned());
        after(&mut show, &Asked::Recalls("duo".to_owned(), other.clone()));
        let scenes: Vec<usize> = show.snapshots.list.iter().map(|s| s.scenes.len()).collect();
        assert_eq!(scenes, [1, 0], "a scene recalls one");
        assert_eq!(Asked::Recalls("duo".to_owned(), other).edits(&show), None);
        after(&mut show, &Asked::Recalls("duo".to_owned(), None));
        assert!(show.snapshots.list[0].scenes.is_empty());
        after(&mut show, &Asked::RemoveSnapshot(talk()));
        assert_eq!(show.snapshots.list.len(), 1);
        assert_eq!(Asked::RemoveSnapshot(talk()).edits(&show), None);
    }

    #[test]
    fn an_aux_is_named_two_strips_linked_and_a_guest_made() {
        let mut show = testing::show();
        after(&mut show, &Asked::NameAux(2, "Stage".to_owned()));
        assert_eq!(show.sound.auxes.len(), 2);
        assert_eq!(show.sound.auxes[1].label, "Stage");
        after(&mut show, &Asked::NameAux(2, String::new()));
        assert!(show.sound.auxes.is_empty(), "as usual, and not said");
        assert_eq!(Asked::NameAux(3, "x".to_owned()).edits(&show), None);
        let [left, right] = [0, 1].map(|n: usize| show.sources[n].id.clone());
        let link = Asked::Link(left.clone(), Some(right.clone()));
        after(&mut show, &link);
        assert_eq!(show.sound.links, [StereoLink { left, right }]);
        assert_eq!(link.edits(&show), None);
        let id = show.sources[1].id.clone();
        after(&mut show, &Asked::Link(id.clone(), None));
        assert!(show.sound.links.is_empty(), "by either side");
        after(&mut show, &Asked::Guest(id.clone(), true));
        assert!(show.sources[1].mix_minus);
        assert_eq!(Asked::Guest(id, true).edits(&show), None);
    }
}
