//! Changes of a show: plain data, so that a desk can send them, and a function from one show to the
//! next. Nothing here knows what is on air, or who asks.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::hold::Hold;
use super::link;
use super::model::{Destination, Encoder, Format, Receiver, Recording, Scene, Show, Source};
use super::numbers;
use super::snapshot::SoundSnapshots;
use super::sound::Sound;
use super::sound_output::{BusName, SoundOutput};
use super::stinger::Stinger;
use super::table::Table;
use super::title::{Cue, DownstreamKey, Fill, Title};
use super::transition::TransitionStyle;

/// One change of a show. In JSON `{"add":{"item":{"scene":{…}},"at":2}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Puts something new in.
    Add {
        /// What; its id must be new among its like.
        item: Item,
        /// Before the one that is there, counted from 0; at the end where it is left out. A scene's place
        /// is among all scenes, those of sources too, by which they are numbered: at the end it leaves
        /// every other its number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<usize>,
    },
    /// Replaces what is there.
    Set {
        /// The id it has. Where the item brings another, everything that names it follows.
        id: String,
        /// As it is to be.
        item: Item,
    },
    /// Takes something out. A source leaves the scenes that show it.
    Remove {
        /// Of which list.
        kind: ItemKind,
        /// Its id.
        id: String,
    },
    /// Puts something at another place in its list.
    Move {
        /// In which list.
        kind: ItemKind,
        /// Its id.
        id: String,
        /// Its new position, counted from 0; the end where it is beyond it. A scene's is among all
        /// scenes, as in [`Edit::Add`].
        to: usize,
    },
    /// The show's name.
    Name(String),
    /// Picture size and rate.
    Format(Format),
    /// How the program is encoded.
    Encoder(Encoder),
    /// Where the master is written.
    Recording(Recording),
    /// The receiver inside regie.
    Receiver(Option<Receiver>),
    /// What is given to sound cards, all of it.
    SoundOutputs(Vec<SoundOutput>),
    /// What goes over everything while the show has to wait.
    Hold(Hold),
    /// Auxes, groups, the program's own processing, and what guests get back. Sources leave the groups
    /// that are no more.
    Sound(Sound),
    /// Sound snapshots, all of them, and the strips that they do not touch.
    Snapshots(SoundSnapshots),
    /// The downstream keys, all of them. They are used so from now on.
    Keys(Vec<DownstreamKey>),
    /// The transition that AUTO makes, but where a scene has its own. It is used from now on.
    Transition(TransitionStyle),
}

/// What lists of a show hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // they say themselves
#[allow(clippy::large_enum_variant)] // few are made, and none lasts
pub enum Item {
    Source(Source),
    Scene(Scene),
    Destination(Destination),
    Stinger(Stinger),
    Title(Title),
    Cue(Cue),
    Table(Table),
}

/// The lists of a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // they say themselves
pub enum ItemKind {
    Source,
    Scene,
    Destination,
    Stinger,
    Title,
    Cue,
    Table,
}

/// What an edit touches: two edits that share none of these never undo each other's work.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Part {
    /// One thing of a list.
    Item(ItemKind, String),
    /// The order of a list; that of the scenes is their numbers, which sources that come and go change
    /// too.
    Order(ItemKind),
    /// A setting of the whole show, by the name of its field.
    Setting(Cow<'static, str>),
}

impl Part {
    /// A setting of the whole show.
    pub const fn setting(name: &'static str) -> Self {
        Self::Setting(Cow::Borrowed(name))
    }
}

/// Why an edit cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Nothing of this id.
    #[error("there is no {kind} \"{id}\": expected one of {known}")]
    Unknown {
        /// Source, scene or destination.
        kind: &'static str,
        /// The id.
        id: String,
        /// The ids there are.
        known: String,
    },
    /// Another has the id.
    #[error("there is a {kind} \"{id}\" already: expected another id")]
    Taken {
        /// Source, scene or destination.
        kind: &'static str,
        /// The id.
        id: String,
    },
}

impl ItemKind {
    /// What one of it is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Scene => "scene",
            Self::Destination => "destination",
            Self::Stinger => "stinger",
            Self::Title => "title",
            Self::Cue => "cue",
            Self::Table => "table",
        }
    }
}

impl Item {
    /// Which list it belongs to.
    pub fn kind(&self) -> ItemKind {
        match self {
            Self::Source(_) => ItemKind::Source,
            Self::Scene(_) => ItemKind::Scene,
            Self::Destination(_) => ItemKind::Destination,
            Self::Stinger(_) => ItemKind::Stinger,
            Self::Title(_) => ItemKind::Title,
            Self::Cue(_) => ItemKind::Cue,
            Self::Table(_) => ItemKind::Table,
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Source(source) => &source.id,
            Self::Scene(scene) => &scene.id,
            Self::Destination(destination) => &destination.id,
            Self::Stinger(stinger) => &stinger.id,
            Self::Title(title) => &title.id,
            Self::Cue(cue) => &cue.id,
            Self::Table(table) => &table.id,
        }
    }
}

/// Something of a list, by its id.
trait Listed {
    fn id(&self) -> &str;
}

impl Listed for Source {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Scene {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Destination {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Stinger {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Title {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Cue {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Table {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Edit {
    /// Changes the show, or leaves it as it is; gives what was touched. Whether the new show holds
    /// together (ranges, references) is checked afterwards, as for a file.
    ///
    /// # Errors
    /// [`EditError`].
    pub fn apply(&self, show: &mut Show) -> Result<BTreeSet<Part>, EditError> {
        let before = numbers::of(show);
        let sources: Vec<String> = show.sources.iter().map(|s| s.id.clone()).collect();
        let mut touched = self.change(show)?;
        let renamed = match self {
            Self::Set { id, item } if item.id() != id => Some((id.as_str(), item.id())),
            _ => None,
        };
        match self {
            Self::Add { .. } | Self::Set { .. } | Self::Remove { .. } | Self::Move { .. } => {
                numbers::keep(show, &before, renamed);
            }
            _ => return Ok(touched),
        }
        match self {
            Self::Add {
                item: Item::Scene(scene),
                at: Some(to),
            } => numbers::put(show, &scene.id, *to),
            Self::Move {
                kind: ItemKind::Scene,
                id,
                to,
            } => numbers::put(show, id, *to),
            Self::Move {
                kind: ItemKind::Source,
                id,
                ..
            } => numbers::follow_source(show, id, &sources),
            _ => {}
        }
        if numbers::differ(show, &before, renamed) {
            touched.insert(Part::Order(ItemKind::Scene));
        }
        Ok(touched)
    }

    fn change(&self, show: &mut Show) -> Result<BTreeSet<Part>, EditError> {
        match self {
            Self::Add { item, at } => add(show, item, *at),
            Self::Set { id, item } => set(show, id, item),
            Self::Remove { kind, id } => remove(show, *kind, id),
            Self::Move { kind, id, to } => {
                match kind {
                    ItemKind::Source => shift(&mut show.sources, *kind, id, *to),
                    // One that a source has of its own has a number too.
                    ItemKind::Scene if show.sources.iter().any(|s| s.id == *id) => Ok(()),
                    ItemKind::Scene => find(&show.scenes, *kind, id).map(drop),
                    ItemKind::Destination => shift(&mut show.destinations, *kind, id, *to),
                    ItemKind::Stinger => shift(&mut show.stingers, *kind, id, *to),
                    ItemKind::Title => shift(&mut show.titles, *kind, id, *to),
                    ItemKind::Cue => shift(&mut show.rundown, *kind, id, *to),
                    ItemKind::Table => shift(&mut show.tables, *kind, id, *to),
                }?;
                Ok([Part::Order(*kind)].into())
            }
            Self::Name(name) => Ok(setting("name", &mut show.name, name)),
            Self::Format(format) => Ok(setting("format", &mut show.format, format)),
            Self::Encoder(encoder) => Ok(setting("encoder", &mut show.encoder, encoder)),
            Self::Recording(recording) => Ok(setting("recording", &mut show.recording, recording)),
            Self::Receiver(receiver) => Ok(setting("receiver", &mut show.receiver, receiver)),
            Self::SoundOutputs(outputs) => {
                Ok(setting("sound_outputs", &mut show.sound_outputs, outputs))
            }
            Self::Hold(hold) => Ok(setting("hold", &mut show.hold, hold)),
            Self::Sound(sound) => Ok(set_sound(show, sound)),
            Self::Snapshots(snapshots) => Ok(setting("snapshots", &mut show.snapshots, snapshots)),
            Self::Keys(keys) => Ok(setting("keys", &mut show.keys, keys)),
            Self::Transition(style) => Ok(setting("transition", &mut show.transition, style)),
        }
    }
}

fn setting<T: Clone>(name: &'static str, old: &mut T, new: &T) -> BTreeSet<Part> {
    old.clone_from(new);
    [Part::setting(name)].into()
}

fn set_sound(show: &mut Show, sound: &Sound) -> BTreeSet<Part> {
    let mut touched: BTreeSet<Part> = [Part::setting("sound")].into();
    let before = std::mem::replace(&mut show.sound, sound.clone());
    let is_gone = |id: &str| before.group(id).is_some() && sound.group(id).is_none();
    for source in &mut show.sources {
        let many = source.groups.len();
        source.groups.retain(|id| !is_gone(id));
        if source.groups.len() != many {
            touched.insert(Part::Item(ItemKind::Source, source.id.clone()));
        }
    }
    touched.extend(recalled(show, |snapshots| snapshots.drop_groups(is_gone)));
    touched
}

fn add(show: &mut Show, item: &Item, at: Option<usize>) -> Result<BTreeSet<Part>, EditError> {
    let kind = item.kind();
    match item {
        Item::Source(source) => insert(&mut show.sources, kind, source, at),
        Item::Scene(scene) => insert(&mut show.scenes, kind, scene, at),
        Item::Destination(destination) => insert(&mut show.destinations, kind, destination, at),
        Item::Stinger(stinger) => insert(&mut show.stingers, kind, stinger, at),
        Item::Title(title) => insert(&mut show.titles, kind, title, at),
        Item::Cue(cue) => insert(&mut show.rundown, kind, cue, at),
        Item::Table(table) => insert(&mut show.tables, kind, table, at),
    }?;
    Ok([Part::Item(kind, item.id().to_owned())].into())
}

fn set(show: &mut Show, id: &str, item: &Item) -> Result<BTreeSet<Part>, EditError> {
    let kind = item.kind();
    let mut touched: BTreeSet<Part> = [id, item.id()]
        .map(|id| Part::Item(kind, id.to_owned()))
        .into();
    match item {
        Item::Source(source) => {
            replace(&mut show.sources, kind, id, source)?;
            if source.id != id {
                if show.hold.source.as_deref() == Some(id) {
                    show.hold.source = Some(source.id.clone());
                    touched.insert(Part::setting("hold"));
                }
                if show.sound.talkback.source == id {
                    show.sound.talkback.source.clone_from(&source.id);
                    touched.insert(Part::setting("sound"));
                }
                if link::follow_source(&mut show.sound.links, id, Some(&source.id)) {
                    touched.insert(Part::setting("sound"));
                }
                let has = show.scenes.iter().any(|scene| scene.id == id);
                touched.extend(recalled(show, |snapshots| {
                    snapshots.follow_source(id, Some(&source.id), has);
                }));
                for output in &mut show.sound_outputs {
                    if BusName::guest(&output.bus) == Some(id) {
                        output.bus = BusName::n_minus_one(&source.id);
                        touched.insert(Part::setting("sound_outputs"));
                    }
                }
                touched.extend(refill(show, |fill| match fill {
                    Fill::Source(mut layer) => {
                        layer.follow_source(id, &source.id);
                        Fill::Source(layer)
                    }
                    fill => fill,
                }));
                // The scene of its own id, where the show has one, follows too.
                for scene in &mut show.scenes {
                    let mut follows = false;
                    for layer in &mut scene.layers {
                        follows |= layer.follow_source(id, &source.id);
                    }
                    if follows {
                        touched.insert(Part::Item(ItemKind::Scene, scene.id.clone()));
                    }
                }
            }
        }
        Item::Scene(scene) => {
            replace(&mut show.scenes, kind, id, scene)?;
            if scene.id != id {
                touched.extend(recalled(show, |snapshots| {
                    snapshots.follow_scene(id, Some(&scene.id));
                }));
            }
        }
        Item::Destination(destination) => {
            replace(&mut show.destinations, kind, id, destination)?;
        }
        Item::Stinger(stinger) => {
            replace(&mut show.stingers, kind, id, stinger)?;
            touched.extend(rename_stinger(show, id, &stinger.id));
        }
        Item::Title(title) => {
            replace(&mut show.titles, kind, id, title)?;
            if title.id != id {
                touched.extend(refill(show, |fill| match fill {
                    Fill::Title(old) if old == id => Fill::Title(title.id.clone()),
                    fill => fill,
                }));
                for cue in show.rundown.iter_mut().filter(|cue| cue.title == id) {
                    cue.title.clone_from(&title.id);
                    touched.insert(Part::Item(ItemKind::Cue, cue.id.clone()));
                }
            }
        }
        Item::Cue(cue) => replace(&mut show.rundown, kind, id, cue)?,
        Item::Table(table) => {
            replace(&mut show.tables, kind, id, table)?;
            touched.extend(retable(show, id, &table.id));
        }
    }
    Ok(touched)
}

fn remove(show: &mut Show, kind: ItemKind, id: &str) -> Result<BTreeSet<Part>, EditError> {
    let mut touched: BTreeSet<Part> = [Part::Item(kind, id.to_owned())].into();
    match kind {
        ItemKind::Source => {
            take_out(&mut show.sources, kind, id)?;
            if show.hold.source.as_deref() == Some(id) {
                show.hold.source = None;
                touched.insert(Part::setting("hold"));
            }
            if show.sound.talkback.source == id {
                show.sound.talkback.source.clear();
                touched.insert(Part::setting("sound"));
            }
            if link::follow_source(&mut show.sound.links, id, None) {
                touched.insert(Part::setting("sound"));
            }
            let has = show.scenes.iter().any(|scene| scene.id == id);
            touched.extend(recalled(show, |snapshots| {
                snapshots.follow_source(id, None, has);
            }));
            let outputs = show.sound_outputs.len();
            show.sound_outputs
                .retain(|output| BusName::guest(&output.bus) != Some(id));
            if show.sound_outputs.len() != outputs {
                touched.insert(Part::setting("sound_outputs"));
            }
            touched.extend(refill(show, |fill| match fill {
                Fill::Source(layer) if layer.needs(id) => Fill::None,
                fill => fill,
            }));
            for scene in &mut show.scenes {
                let before = scene.layers.len();
                // Without its matte a fill would be seen whole.
                scene.layers.retain(|layer| !layer.needs(id));
                if scene.layers.len() != before {
                    touched.insert(Part::Item(ItemKind::Scene, scene.id.clone()));
                }
            }
        }
        ItemKind::Scene => {
            take_out(&mut show.scenes, kind, id)?;
            // A source of its id has a scene of its own from now on.
            if !show.sources.iter().any(|source| source.id == id) {
                touched.extend(recalled(show, |snapshots| {
                    snapshots.follow_scene(id, None);
                }));
            }
        }
        ItemKind::Destination => take_out(&mut show.destinations, kind, id)?,
        ItemKind::Stinger => take_out(&mut show.stingers, kind, id)?,
        ItemKind::Title => {
            take_out(&mut show.titles, kind, id)?;
            touched.extend(refill(show, |fill| match fill {
                Fill::Title(title) if title == id => Fill::None,
                fill => fill,
            }));
            let leaving = show.rundown.iter().filter(|cue| cue.title == id);
            touched.extend(leaving.map(|cue| Part::Item(ItemKind::Cue, cue.id.clone())));
            show.rundown.retain(|cue| cue.title != id);
        }
        ItemKind::Cue => take_out(&mut show.rundown, kind, id)?,
        ItemKind::Table => {
            take_out(&mut show.tables, kind, id)?;
            touched.extend(retable(show, id, ""));
        }
    }
    Ok(touched)
}

/// Has the sound snapshots follow; says whether that touched them.
fn recalled(show: &mut Show, follow: impl FnOnce(&mut SoundSnapshots)) -> Option<Part> {
    let before = show.snapshots.clone();
    follow(&mut show.snapshots);
    (show.snapshots != before).then(|| Part::setting("snapshots"))
}

/// Has the downstream keys carry something else; says whether that touched them.
fn refill(show: &mut Show, fill: impl Fn(Fill) -> Fill) -> Option<Part> {
    let before = show.keys.clone();
    for key in &mut show.keys {
        key.fill = fill(std::mem::take(&mut key.fill));
    }
    (show.keys != before).then(|| Part::setting("keys"))
}

/// Has every title of a table follow its new id, or have none; gives what was touched.
fn retable(show: &mut Show, id: &str, new: &str) -> Vec<Part> {
    if id == new {
        return Vec::new();
    }
    let titles = show.titles.iter_mut().filter(|title| title.table == id);
    let touched = titles.map(|title| {
        new.clone_into(&mut title.table);
        Part::Item(ItemKind::Title, title.id.clone())
    });
    touched.collect()
}

/// Has every transition that names a stinger follow its new id; gives what was touched.
fn rename_stinger(show: &mut Show, id: &str, new: &str) -> Vec<Part> {
    if id == new {
        return Vec::new();
    }
    let mut touched = Vec::new();
    if show.transition.stinger == id {
        new.clone_into(&mut show.transition.stinger);
        touched.push(Part::setting("transition"));
    }
    for scene in &mut show.scenes {
        if let Some(style) = &mut scene.transition
            && style.stinger == id
        {
            new.clone_into(&mut style.stinger);
            touched.push(Part::Item(ItemKind::Scene, scene.id.clone()));
        }
    }
    touched
}

fn find<T: Listed>(list: &[T], kind: ItemKind, id: &str) -> Result<usize, EditError> {
    list.iter()
        .position(|item| item.id() == id)
        .ok_or_else(|| EditError::Unknown {
            kind: kind.word(),
            id: id.to_owned(),
            known: list.iter().map(T::id).collect::<Vec<_>>().join(", "),
        })
}

fn free<T: Listed>(list: &[T], kind: ItemKind, id: &str) -> Result<(), EditError> {
    if list.iter().any(|item| item.id() == id) {
        return Err(EditError::Taken {
            kind: kind.word(),
            id: id.to_owned(),
        });
    }
    Ok(())
}

fn insert<T: Listed + Clone>(
    list: &mut Vec<T>,
    kind: ItemKind,
    item: &T,
    at: Option<usize>,
) -> Result<(), EditError> {
    free(list, kind, item.id())?;
    list.insert(at.unwrap_or(list.len()).min(list.len()), item.clone());
    Ok(())
}

fn replace<T: Listed + Clone>(
    list: &mut [T],
    kind: ItemKind,
    id: &str,
    item: &T,
) -> Result<(), EditError> {
    let index = find(list, kind, id)?;
    if item.id() != id {
        free(list, kind, item.id())?;
    }
    list[index] = item.clone();
    Ok(())
}

fn take_out<T: Listed>(list: &mut Vec<T>, kind: ItemKind, id: &str) -> Result<(), EditError> {
    let index = find(list, kind, id)?;
    list.remove(index);
    Ok(())
}

fn shift<T: Listed>(
    list: &mut Vec<T>,
    kind: ItemKind,
    id: &str,
    to: usize,
) -> Result<(), EditError> {
    let item = list.remove(find(list, kind, id)?);
    list.insert(to.min(list.len()), item);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::show::{parse, text_of};

    #[test]
    fn sound_snapshots_follow_what_they_name() {
        let text = "(version: 1, name: \"x\", sources: [
                (id: \"a\", kind: Test(pattern: Bars)), (id: \"b\", kind: Test(pattern: Ball)),
            ], scenes: [(id: \"duo\", layers: [(source: \"a\")]), (id: \"b\", layers: [])],
            sound: (groups: [(id: \"g\")]),
            snapshots: (safe: [\"a\", \"b\"], list: [(id: \"s\", scenes: [\"a\", \"duo\", \"b\"],
                strips: [(source: \"a\", fader_db: 0, afv: On), (source: \"b\", fader_db: 0, afv: On)],
                groups: [(group: \"g\", fader_db: 0)])]))";
        let mut show = parse(Path::new("x.ron"), text).unwrap();
        let told = |show: &Show| {
            let one = &show.snapshots.list[0];
            let strips: Vec<String> = one.strips.iter().map(|s| s.source.clone()).collect();
            (
                show.snapshots.safe.join(" "),
                one.scenes.join(" "),
                strips.join(" "),
            )
        };
        let all = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        let rename = |show: &mut Show, kind: ItemKind, old: &str, new: &str| {
            let mut item = match kind {
                ItemKind::Source => {
                    let source = show.sources.iter().find(|s| s.id == old);
                    Item::Source(source.unwrap().clone())
                }
                _ => Item::Scene(show.scenes.iter().find(|s| s.id == old).unwrap().clone()),
            };
            match &mut item {
                Item::Source(source) => new.clone_into(&mut source.id),
                Item::Scene(scene) => new.clone_into(&mut scene.id),
                _ => unreachable!(),
            }
            let id = old.to_owned();
            let touched = Edit::Set { id, item }.apply(show).unwrap();
            assert!(touched.contains(&Part::setting("snapshots")));
        };
        rename(&mut show, ItemKind::Source, "a", "host");
        assert_eq!(told(&show), all("host b", "host duo b", "host b"));
        // The scene of that id is one of the show's own.
        rename(&mut show, ItemKind::Source, "b", "guest");
        assert_eq!(told(&show), all("host guest", "host duo b", "host guest"));
        rename(&mut show, ItemKind::Scene, "duo", "both");
        assert_eq!(told(&show), all("host guest", "host both b", "host guest"));
        let mut remove = |kind, id: &str| {
            let id = id.to_owned();
            Edit::Remove { kind, id }.apply(&mut show).unwrap();
            told(&show)
        };
        let without = remove(ItemKind::Scene, "both");
        assert_eq!(without, all("host guest", "host b", "host guest"));
        let without = remove(ItemKind::Source, "host");
        assert_eq!(without, all("guest", "b", "guest"));
        Edit::Sound(Sound::default()).apply(&mut show).unwrap();
        assert!(show.snapshots.list[0].groups.is_empty());
        assert!(text_of(Path::new("x.ron"), &show, &show).is_ok());
    }

    #[test]
    fn what_a_guest_gets_back_by_a_card_goes_with_the_guest() {
        let text = "(version: 1, name: \"x\",
            sources: [(id: \"ann\", kind: Test(pattern: Bars), mix_minus: true)],
            sound_outputs: [(bus: \"n-1:ann\", device: \"x\"), (bus: \"aux1\", device: \"x\")])";
        let mut show = parse(Path::new("x.ron"), text).unwrap();
        let mut source = show.sources[0].clone();
        source.id = "zoe".to_owned();
        let rename = Edit::Set {
            id: "ann".to_owned(),
            item: Item::Source(source),
        };
        let touched = rename.apply(&mut show).unwrap();
        assert!(touched.contains(&Part::setting("sound_outputs")));
        let buses = |show: &Show| -> Vec<String> {
            let outputs = show.sound_outputs.iter();
            outputs.map(|output| output.bus.clone()).collect()
        };
        assert_eq!(buses(&show), ["n-1:zoe", "aux1"]);
        let leave = Edit::Remove {
            kind: ItemKind::Source,
            id: "zoe".to_owned(),
        };
        let touched = leave.apply(&mut show).unwrap();
        assert!(touched.contains(&Part::setting("sound_outputs")));
        assert_eq!(buses(&show), ["aux1"]);
    }
}
