//! The downstream keys: titles and sources over everything, each with a life of its own. A state machine
//! on frame numbers, as the switcher is: commands in, and for each frame what is drawn.

mod command;
mod filled;
mod journal;
mod known;
mod rundown;
mod shown;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use filled::Filled;
use rundown::Rundown;
use shown::{Shown, What, source};

pub use journal::JournalDownstream;
pub use known::Known;
pub use shown::{Filling, Length, Lengths};
pub use table::Tables;

use super::cast::{Cast, name_of};
use super::switcher::Switcher;
use crate::door::{CueStatus, KeyState, KeyStatus, Tally, TitleStatus};
use crate::show::{Cue, DownstreamKey, Fill, KEYS, Title, padded_keys};
use crate::video::{Over, Overlaid, Pose, TitleKey};

/// What a title that goes leaves of those before it on its key: more would pile up where somebody takes
/// one title a frame.
const LEAVING: usize = 3;
/// Characters of what is told of a cue.
const SUMMARY: usize = 120;

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Downstream {
    keys: [Key; KEYS],
    /// By the ids of the titles.
    titles: BTreeMap<String, Filled>,
    rundown: Rundown,
    /// The last number that was given to a filling.
    numbers: u64,
    known: Known,
    /// What of the switcher was seen last.
    seen: Seen,
    frame: u64,
    /// By slot, the sources that were seen last, and how much of each.
    sources: Vec<(usize, f64)>,
}

/// One key.
#[derive(Clone, Debug, Default)]
struct Key {
    set: DownstreamKey,
    /// What it carries: what was put there last.
    carries: Fill,
    /// What is seen of it: those that go, and behind them the one that stays, if any does.
    shown: Vec<Shown>,
}

/// What is followed of the switcher.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Seen {
    swaps: u64,
    takes: u64,
    /// How far the transition on air is.
    crossed: Option<f64>,
}

impl Seen {
    fn of(switcher: &Switcher) -> Self {
        Self {
            swaps: switcher.swaps(),
            takes: switcher.takes(),
            crossed: switcher.crossed(),
        }
    }
}

impl Key {
    fn current(&self) -> Option<&Shown> {
        self.shown.last().filter(|shown| shown.stays())
    }

    fn current_mut(&mut self) -> Option<&mut Shown> {
        self.shown.last_mut().filter(|shown| shown.stays())
    }

    /// Puts something on it; what was there goes in its own way, or at once where this comes by a cut.
    fn show(&mut self, what: What, cut: bool) {
        self.hide(cut);
        self.shown.push(Shown::coming(what, cut));
        let many = self.shown.len();
        self.shown.drain(..many.saturating_sub(LEAVING + 1));
    }

    /// Takes what is there off.
    fn hide(&mut self, cut: bool) {
        if cut {
            self.shown.clear();
        } else if self.current().is_some_and(|shown| shown.came.is_none()) {
            // Nobody has seen it.
            self.shown.pop();
        } else if let Some(shown) = self.current_mut() {
            shown.leaves = Some(None);
            shown.tied = None;
        }
    }

    fn state(&self, lengths: &Lengths) -> KeyState {
        match self.shown.last() {
            None => KeyState::Off,
            Some(shown) if !shown.is_seen(lengths) => KeyState::Waits,
            Some(shown) if !shown.stays() => KeyState::Leaves,
            Some(_) => KeyState::On,
        }
    }
}

/// The sources that are seen of what lies over the picture, by their slots, and how much of them.
fn sources(over: &Overlaid) -> impl Iterator<Item = (usize, f64)> {
    let draws = match &over.what {
        Over::Stage(stage) => stage.draws.as_slice(),
        Over::Title { .. } => &[],
    };
    let seen = draws.iter().filter(|draw| draw.opacity > 0.0);
    seen.map(|draw| (draw.source, over.opacity))
}

impl Downstream {
    /// As the show says it: nothing is on.
    pub fn new(cast: &Cast) -> Self {
        let mut numbers = 0;
        let titles = cast.show.titles.iter().map(|title| {
            numbers += 1;
            (title.id.clone(), Filled::of(title, numbers))
        });
        let titles = titles.collect();
        Self {
            keys: padded_keys(&cast.show.keys).map(|set| Key {
                carries: set.fill.clone(),
                set,
                shown: Vec::new(),
            }),
            titles,
            rundown: Rundown::default(),
            numbers,
            known: Known::default(),
            seen: Seen::default(),
            frame: 0,
            sources: Vec::new(),
        }
    }

    /// How the keys are set, for the show that is saved.
    pub fn settings(&self) -> Vec<DownstreamKey> {
        crate::show::trimmed_keys(&self.keys.each_ref().map(|key| key.set.clone()))
    }

    /// What was filled in by hand, by the ids of the titles, for the show that is saved.
    pub fn by_hand(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let titles = self.titles.iter();
        titles
            .map(|(id, filled)| (id.clone(), filled.by_hand.clone()))
            .collect()
    }

    /// Every filling of a title that has to be ready: what is seen, what is to be, and what is next.
    pub fn wanted(&self) -> Vec<(String, Filling)> {
        let shown = self.keys.iter().flat_map(|key| &key.shown);
        let shown = shown.flat_map(Shown::wanted);
        let next = self.titles.iter();
        let next = next.map(|(id, filled)| (id.as_str(), &filled.next));
        let mut wanted: Vec<(String, Filling)> = Vec::new();
        for (id, filling) in shown.chain(next) {
            let is_there = wanted
                .iter()
                .any(|(other, known)| other == id && known.number == filling.number);
            if !is_there {
                wanted.push((id.to_owned(), filling.clone()));
            }
        }
        wanted
    }

    /// Says which titles are ready, and which cannot be had: one that was asked for and cannot be had does
    /// not come by itself when it is mended, minutes later.
    pub fn know(&mut self, known: Known) {
        self.known = known;
        for key in &mut self.keys {
            key.shown.retain_mut(|shown| {
                let is_broken = |number: u64, id: &str| {
                    self.known.broken.contains_key(&TitleKey {
                        id: id.to_owned(),
                        filling: number,
                    })
                };
                if let What::Title { id, filling } = &shown.what {
                    shown.next.take_if(|next| is_broken(next.number, id));
                    return shown.came.is_some() || !is_broken(filling.number, id);
                }
                true
            });
        }
    }

    /// Takes in what the switcher does in this frame, after its commands; gives what is drawn over it, from
    /// back to front.
    pub fn tick(&mut self, frame: u64, switcher: &Switcher, cast: &Cast) -> Vec<Overlaid> {
        self.frame = frame;
        let now = Seen::of(switcher);
        let before = std::mem::replace(&mut self.seen, now);
        if now != before {
            self.go_along(before, now, cast);
        }
        for key in &mut self.keys {
            let off_after = key.set.off_after.map(u64::from);
            if let Some(shown) = key.current_mut()
                && let (Some(came), Some(after)) = (shown.came, off_after)
                && shown.tied.is_none()
                && frame >= came + after
            {
                shown.leaves = Some(None);
            }
            let (lengths, fade) = (&self.known.lengths, key.set.frames);
            key.shown
                .retain_mut(|shown| shown.step(frame, lengths, fade));
        }
        if let Some(cue) = self.rundown.on_air() {
            let cue = cast.show.rundown.iter().find(|other| other.id == cue);
            let stays = |title: &str| self.on_key(title).is_some();
            if cue.is_none_or(|cue| !stays(&cue.title)) {
                self.rundown.leave();
            }
        }
        let overs = self.overs(frame, now.crossed.unwrap_or(0.0));
        self.sources = overs.iter().flat_map(sources).collect();
        overs
    }

    /// The slots from which a source is seen on keys.
    pub fn slots_on_air(&self, source: &str) -> impl Iterator<Item = usize> {
        self.sources().filter_map(|taken| taken.slot(source))
    }

    /// How much of a source's sound follows its picture on a key, by its slot: 0 to 1.
    pub fn follow(&self, slot: usize) -> f64 {
        let seen = self.sources.iter().filter(|(source, _)| *source == slot);
        seen.map(|(_, opacity)| *opacity).fold(0.0, f64::max)
    }

    /// Brings tied keys along, and takes those off that go with a take.
    fn go_along(&mut self, before: Seen, now: Seen, cast: &Cast) {
        if now.takes != before.takes {
            for key in self.keys.iter_mut().filter(|key| key.set.off_on_take) {
                if !key.set.tie {
                    key.hide(false);
                }
            }
        }
        let swapped = now.swaps != before.swaps;
        let begins = before.crossed.is_none() && now.crossed.is_some();
        let ends = before.crossed.is_some() && now.crossed.is_none();
        if ends || begins && swapped {
            self.untie(swapped);
        }
        if begins {
            for n in 0..KEYS {
                self.tie(n, cast);
            }
        } else if swapped && before.crossed.is_none() {
            // A cut.
            for n in 0..KEYS {
                self.tie(n, cast);
            }
            self.untie(true);
        }
    }

    /// Has a tied key come with the transition, or go.
    fn tie(&mut self, n: usize, cast: &Cast) {
        if !self.keys[n].set.tie {
            return;
        }
        if let Some(shown) = self.keys[n].current_mut() {
            shown.tied = Some(false);
            return;
        }
        if let Some(what) = self.what(&self.keys[n].carries, cast) {
            let mut shown = Shown::coming(what, true);
            shown.tied = Some(true);
            self.keys[n].shown.push(shown);
        }
    }

    /// Lets tied keys be where the transition brought them, or where they were.
    fn untie(&mut self, completed: bool) {
        for key in &mut self.keys {
            key.shown.retain_mut(|shown| match shown.tied.take() {
                None => true,
                Some(comes) => comes == completed,
            });
        }
    }

    /// What a key shows that carries this, as it stands now.
    fn what(&self, fill: &Fill, cast: &Cast) -> Option<What> {
        match fill {
            Fill::None => None,
            Fill::Title(id) => Some(What::Title {
                id: id.clone(),
                filling: self.titles.get(id)?.next.clone(),
            }),
            Fill::Source(layer) => Some(What::Source(Box::new(source(layer, cast)))),
        }
    }

    fn overs(&self, frame: u64, crossed: f64) -> Vec<Overlaid> {
        let keys = self.keys.iter();
        keys.flat_map(|key| {
            key.shown.iter().filter_map(move |shown| {
                let over = shown.over(frame, &self.known.lengths, key.set.frames, crossed)?;
                (over.opacity > 0.0).then_some(Overlaid {
                    clean: key.set.clean,
                    ..over
                })
            })
        })
        .collect()
    }

    /// What lies over the picture on the PVW monitor: the keys as they are once the next transition has
    /// ended.
    pub fn previewed(&self, cast: &Cast) -> Vec<Overlaid> {
        let mut over = Vec::new();
        for key in &self.keys {
            let shown = match (key.current(), key.set.tie) {
                (Some(shown), false) => Some(shown.clone()),
                (None, true) => self
                    .what(&key.carries, cast)
                    .map(|what| Shown::coming(what, true)),
                _ => None,
            };
            if let Some(mut shown) = shown {
                let shows_at = u64::from(shown.length(&self.known.lengths).shows_at);
                shown
                    .came
                    .get_or_insert(self.frame.saturating_sub(shows_at));
                shown.tied = None;
                shown.cut = true;
                over.extend(shown.over(self.frame, &self.known.lengths, key.set.frames, 1.0));
            }
        }
        over
    }

    /// Which filling of a title is taken next.
    pub fn next(&self, title: &str) -> Option<TitleKey> {
        let filled = self.titles.get(title)?;
        Some(TitleKey {
            id: title.to_owned(),
            filling: filled.next.number,
        })
    }

    /// Each title as it is taken next, all of it there.
    pub fn cued(&self) -> BTreeMap<String, Overlaid> {
        let titles = self.titles.keys().filter_map(|id| {
            let key = self.next(id)?;
            let pose = Pose {
                frame: self.frame,
                age: self
                    .known
                    .lengths
                    .get(&key)
                    .map_or(0, |length| length.shows_at),
                cut: true,
                leaving: None,
            };
            let over = Overlaid {
                what: Over::Title { key, pose },
                opacity: 1.0,
                clean: false,
            };
            Some((id.clone(), over))
        });
        titles.collect()
    }

    /// Which key a title is on, to stay.
    fn on_key(&self, title: &str) -> Option<usize> {
        let is_it = |key: &Key| key.current().is_some_and(|shown| shown.is_title(title));
        self.keys.iter().position(is_it)
    }

    /// For each title that is seen: in which frame it came.
    pub fn came(&self) -> BTreeMap<TitleKey, u64> {
        let shown = self.keys.iter().flat_map(|key| &key.shown);
        shown
            .filter_map(|shown| Some((shown.title()?, shown.came?)))
            .collect()
    }

    /// The sources that are seen on keys.
    pub fn sources(&self) -> impl Iterator<Item = &super::taken::Taken> {
        let shown = self.keys.iter().flat_map(|key| &key.shown);
        shown.filter_map(|shown| match &shown.what {
            What::Source(taken) => Some(&**taken),
            What::Title { .. } => None,
        })
    }

    /// Takes sources off the air at once.
    pub fn drop_sources(&mut self, sources: &[String]) {
        for key in &mut self.keys {
            key.shown.retain(|shown| match &shown.what {
                What::Source(taken) => !sources.iter().any(|source| taken.needs(source)),
                What::Title { .. } => true,
            });
        }
    }

    /// Goes on with a show that was edited. What is on air stays; what the edit brings of fields and
    /// settings holds from now on.
    pub fn recast(&mut self, before: &Cast, cast: &Cast) {
        let renamed = before.renamed(cast);
        for key in &mut self.keys {
            for shown in &mut key.shown {
                if let What::Source(taken) = &mut shown.what {
                    taken.rename(&renamed, before, cast);
                }
            }
        }
        let old: BTreeMap<&str, &Title> = before
            .show
            .titles
            .iter()
            .map(|title| (title.id.as_str(), title))
            .collect();
        let mut titles = BTreeMap::new();
        for title in &cast.show.titles {
            let known = self.titles.remove(&title.id);
            let same = old.get(title.id.as_str());
            let filled = match (known, same) {
                (Some(filled), Some(same)) if same.fields == title.fields => filled,
                (Some(filled), Some(_)) => {
                    let mut next = filled;
                    next.by_hand.clone_from(&title.fields);
                    next.count(&mut self.numbers);
                    next
                }
                _ => {
                    self.numbers += 1;
                    Filled::of(title, self.numbers)
                }
            };
            titles.insert(title.id.clone(), filled);
        }
        self.titles = titles;
        let (was, now) = (padded_keys(&before.show.keys), padded_keys(&cast.show.keys));
        for ((key, was), now) in self.keys.iter_mut().zip(was).zip(now) {
            if was != now {
                if was.fill != now.fill {
                    key.carries.clone_from(&now.fill);
                }
                key.set = now;
            }
        }
        self.rundown.recast(&cast.show.rundown);
    }

    /// The keys for the snapshot.
    pub fn status(&self) -> Vec<KeyStatus> {
        let keys = self.keys.iter().map(|key| {
            let seen = key.shown.last();
            let title = match (seen.map(|shown| &shown.what), &key.carries) {
                (Some(What::Title { id, .. }), _) | (None, Fill::Title(id)) => Some(id.clone()),
                _ => None,
            };
            let source = match (seen.map(|shown| &shown.what), &key.carries) {
                (Some(What::Source(taken)), _) => {
                    taken.layers.first().map(|layer| layer.source.clone())
                }
                (None, Fill::Source(layer)) => Some(layer.source.clone()),
                _ => None,
            };
            let current = key
                .current()
                .filter(|shown| shown.is_seen(&self.known.lengths));
            let came = current.and_then(|shown| shown.came);
            let lasts = current.and_then(|shown| {
                let length = self.known.lengths.get(&shown.title()?)?;
                length.lasts
            });
            let off = [lasts, key.set.off_after].into_iter().flatten().min();
            KeyStatus {
                set: DownstreamKey {
                    fill: key.carries.clone(),
                    ..key.set.clone()
                },
                title,
                source,
                state: key.state(&self.known.lengths),
                since: came,
                off_at: came.zip(off).map(|(came, off)| came + u64::from(off)),
            }
        });
        keys.collect()
    }

    /// The titles for the snapshot; `seen` has what the core does not know of them, in the show's order.
    pub fn titles(&self, cast: &Cast, seen: Vec<TitleStatus>) -> Vec<TitleStatus> {
        let mut seen = seen.into_iter();
        let titles = cast.show.titles.iter().map(|title| {
            let known = seen.next().unwrap_or_default();
            let filled = self.titles.get(&title.id);
            let on = self.on_key(&title.id);
            let shown = on.and_then(|key| self.keys[key].current());
            let aired = shown.and_then(|shown| match &shown.what {
                What::Title { filling, .. } => Some(filling.fields.clone()),
                What::Source(_) => None,
            });
            let is_tied = |key: &Key| {
                key.set.tie && matches!(&key.carries, Fill::Title(id) if *id == title.id)
            };
            TitleStatus {
                id: title.id.clone(),
                label: name_of(&title.label, &title.id),
                key: on.map_or(title.key, |key| key + 1),
                tally: match on {
                    Some(_) if shown.is_some_and(|shown| shown.is_seen(&self.known.lengths)) => {
                        Tally::Program
                    }
                    _ if self.keys.iter().any(is_tied) => Tally::Preview,
                    _ => Tally::Off,
                },
                waits: shown.is_some_and(|shown| {
                    !shown.is_seen(&self.known.lengths) || shown.next.is_some()
                }),
                table: title.table.clone(),
                row: filled.and_then(|filled| filled.row.as_ref().map(|(row, _)| *row)),
                next: filled
                    .map(|filled| filled.next.fields.clone())
                    .unwrap_or_default(),
                aired,
                ..known
            }
        });
        titles.collect()
    }

    /// The rundown for the snapshot.
    pub fn rundown(&self, cast: &Cast) -> Vec<CueStatus> {
        let cues = &cast.show.rundown;
        let status = cues.iter().map(|cue| CueStatus {
            id: cue.id.clone(),
            label: cue.label.clone(),
            title: cue.title.clone(),
            summary: summary(cue),
            state: self.rundown.state(&cue.id, cues),
        });
        status.collect()
    }
}

/// What a cue fills in, in one line.
fn summary(cue: &Cue) -> String {
    let values = cue.fields.values().map(|value| value.trim());
    let values = values.filter(|value| !value.is_empty());
    let line = values.collect::<Vec<_>>().join(" · ").replace('\n', " ");
    match (cue.row, line.is_empty()) {
        (Some(row), true) => format!("#{row}"),
        _ => line.chars().take(SUMMARY).collect(),
    }
}
