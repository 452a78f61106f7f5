//! The sound as the hand sets it: strips, what is behind them, and who hears what beside the program. The
//! core gives it the commands that are its own, and says what is shown, by which it goes.

mod console;
mod ears;
mod gains;
mod line_up;
mod links;
mod lip_sync;
mod listeners;
mod recall;
mod strip;
mod talkback;

use std::collections::BTreeSet;

pub use ears::{Hearing, outputs};
pub use strip::{Faders, Strip};

use self::strip::is_fader;
use super::aligner::{Measured, Watched};
use super::cast::{Cast, SLOTS, name_of};
use super::downstream::Downstream;
use super::journal::{Journal, JournalListener};
use super::refusal::{Refusal, unknown};
use super::switcher::Switcher;
use super::unaligned::Unaligned;
use crate::door::{
    Command, Level, LipSyncAction, LipSyncStatus, ListenStatus, SnapshotAction,
    SoundSnapshotStatus, SoundStatus, TalkbackStatus,
};
use crate::show::{LineUp, Sound, SoundSnapshot, Source, StripSettings, link_of};
use console::{Console, aux_index};
use ears::Ears;
use lip_sync::{LipSync, delay_of_sound};
use listeners::Listeners;
use recall::Recall;
use talkback::Talkback;

/// What is shown, by which the sound goes.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The show.
    pub cast: &'a Cast,
    /// What of it is on air.
    pub switcher: &'a Switcher,
    /// What lies over that.
    pub downstream: &'a Downstream,
    /// The holding slate is over everything.
    pub hold: bool,
}

impl<'a> Shown<'a> {
    /// The slots from which a source is on air: others than its own where it was made anew since.
    pub fn slots_on_air<'s>(&self, source: &'s str) -> impl Iterator<Item = usize> + use<'a, 's> {
        let keyed = self.downstream.slots_on_air(source);
        self.switcher.slots_on_air(source).chain(keyed)
    }
}

/// See the module's words.
#[derive(Clone, Debug)]
pub struct SoundDesk {
    /// By slot.
    strips: Vec<Strip>,
    console: Console,
    /// What is listened to in the house and at desks.
    ears: Ears,
    listeners: Listeners,
    talkback: Talkback,
    lip_sync: LipSync,
    line_up: LineUp,
    /// Faders on their way.
    recall: Recall,
    /// The sound snapshot that was recalled last.
    recalled: String,
    /// How it stood before that.
    before: Option<SoundSnapshot>,
    /// The scene that was taken last.
    goal: String,
}

impl SoundDesk {
    /// As the show says it.
    pub fn opened(shown: &Shown) -> Self {
        let cast = shown.cast;
        let mut strips = vec![Strip::default(); SLOTS];
        for (source, &slot) in cast.show.sources.iter().zip(cast.slots()) {
            strips[slot] = Strip::of(source);
        }
        links::opened(&mut strips, cast);
        Self {
            strips,
            console: Console::of(&cast.show.sound),
            ears: Ears::of(&cast.show.sound),
            listeners: Listeners::default(),
            talkback: Talkback::default(),
            lip_sync: LipSync::default(),
            line_up: LineUp::default(),
            recall: Recall::default(),
            recalled: String::new(),
            before: None,
            goal: shown.switcher.goal().to_owned(),
        }
    }

    /// Goes on with a show that was edited, from what was shown to its cast: what the hand set stays, but for
    /// what `faders` lets through. [`Self::settle`] is to follow.
    pub fn edited(&mut self, before: &Shown, cast: &Cast, faders: &Faders) {
        let old = before.cast;
        let apart = links::apart(&self.strips, old);
        let (mut changed, mut faded) = (BTreeSet::new(), Vec::new());
        for (source, &slot) in cast.show.sources.iter().zip(cast.slots()) {
            let stood = self.strips[slot];
            match old.source_at(slot) {
                // What the hand did to a strip stays; what the edit changed is as the edit says.
                Some(was) => {
                    self.strips[slot].change(was, source, faders);
                    if self.strips[slot].fader_db != stood.fader_db {
                        faded.push(slot);
                    }
                    if self.strips[slot] != stood {
                        changed.insert(slot);
                    }
                }
                None => {
                    faded.push(slot);
                    let was = old.slot(&source.id);
                    // One of its id is on air though its adding was taken back: nothing that is heard
                    // changes by an adding.
                    let heard = || before.slots_on_air(&source.id).next();
                    self.strips[slot] = match was.or_else(heard) {
                        Some(like) => self.strips[like],
                        None => Strip::of(source),
                    };
                    // The same source made anew: its fader is where it was.
                    if let Some(was) = was.and_then(|was| old.source_at(was)) {
                        let stood = self.strips[slot];
                        self.strips[slot].change(was, source, faders);
                        if self.strips[slot] != stood {
                            changed.insert(slot);
                        }
                    }
                }
            }
        }
        self.console
            .change(&old.show.sound, &cast.show.sound, faders);
        let follows = |slot: usize| {
            let is_in_show = cast.slots().contains(&slot);
            let made_anew = || cast.slot(&old.source_at(slot)?.id);
            is_in_show.then_some(slot).or_else(made_anew)
        };
        self.listeners.follow(follows);
        self.talkback.follow(follows);
        self.lip_sync.follow(follows);
        let pans = *faders == Faders::Edited;
        if pans {
            let apart: Vec<_> = apart.iter().map(|sides| sides.map(follows)).collect();
            links::bring_back(&mut self.strips, cast, &apart);
        }
        links::edited(&mut self.strips, (old, cast), &changed, pans);
        for slot in faded {
            self.recall.release(slot);
            let source = cast.source_at(slot);
            if let Some(other) = source.and_then(|source| links::other(&source.id, cast)) {
                self.recall.release(other);
            }
        }
        let renamed = old.renamed(cast);
        self.ears
            .change_with(&old.show.sound, &cast.show.sound, faders);
        self.ears.rename(&renamed);
        line_up::rename(&mut self.line_up, &renamed);
        if let Some(before) = &mut self.before {
            for link in &mut before.links {
                renamed.source(&mut link.left);
                renamed.source(&mut link.right);
            }
            for state in &mut before.strips {
                renamed.source(&mut state.source);
            }
            // Whoever comes by the name of one that has left is another.
            before
                .strips
                .retain(|state| cast.slot(&state.source).is_some());
        }
    }

    /// Goes on where what is shown is another without having been taken: after an edit, or in another engine.
    pub fn settle(&mut self, shown: &Shown) {
        shown.switcher.goal().clone_into(&mut self.goal);
        self.match_strips(shown);
    }

    /// Puts back how it stood for the engine before this one. What the show no longer has is left out.
    /// [`Self::settle`] is to follow.
    pub fn restore(&mut self, journal: &Journal, cast: &Cast) {
        for saved in &journal.strips {
            if let Some(slot) = cast.slot(&saved.source) {
                self.strips[slot] = Strip::restored(saved);
            }
        }
        self.console.restore(&journal.sound);
        for listener in &journal.listening {
            for (sources, after) in [(&listener.before, false), (&listener.after, true)] {
                for slot in sources.iter().filter_map(|id| cast.slot(id)) {
                    // As many as there were find a place again.
                    let _ = self.listeners.listen(&listener.desk, slot, after, true);
                }
            }
        }
        self.ears = Ears::of(&journal.sound);
    }

    /// The sound's part of the journal.
    pub fn journal(&self, cast: &Cast) -> Journal {
        let strips = self
            .goals(cast)
            .map(|(source, strip)| strip.journal(source));
        let seats = self.listeners.seats();
        Journal {
            strips: strips.collect(),
            sound: self.sound(),
            listening: seats
                .map(|(_, seat)| JournalListener {
                    desk: seat.desk.clone(),
                    before: ids(&seat.before, cast),
                    after: ids(&seat.after, cast),
                })
                .collect(),
            ..Journal::default()
        }
    }

    /// Each source's strip, with its fader where it is going, by the source's id.
    fn goals<'a>(&'a self, cast: &'a Cast) -> impl Iterator<Item = (&'a str, Strip)> {
        let strips = sources(&self.strips, cast);
        strips.map(|(source, slot, strip)| {
            let fader_db = self.recall.goal(slot).unwrap_or(strip.fader_db);
            (source.id.as_str(), Strip { fader_db, ..*strip })
        })
    }

    /// The strips, by slot.
    pub fn strips(&self) -> &[Strip] {
        &self.strips
    }

    /// How auxes, groups, the program's own processing and the monitors stand.
    pub fn sound(&self) -> Sound {
        Sound {
            monitor: self.ears.house().clone(),
            monitors: self.ears.own().clone(),
            ..self.console.sound().clone()
        }
    }

    /// The same for the file: a monitor that is dimmed is so for a moment.
    pub fn lasting(&self) -> Sound {
        let mut sound = self.sound();
        for monitor in [&mut sound.monitor]
            .into_iter()
            .chain(sound.monitors.values_mut())
        {
            monitor.dim = false;
        }
        sound
    }

    /// When the program is to be told of as silent, in seconds.
    pub fn silence_s(&self) -> f32 {
        self.console.sound().master.alarm.silence_s
    }

    /// What each monitor plays.
    pub fn hear(&self, cast: &Cast) -> Vec<Hearing> {
        self.ears.hear(&self.listeners, cast)
    }

    /// Brings faders that are on their way a frame further.
    pub fn tick(&mut self, shown: &Shown) {
        self.follow_scene(shown);
        if self.recall.step(&mut self.strips) {
            self.match_strips(shown);
        }
    }

    /// Has the sound follow where another scene is taken that recalls a snapshot of it.
    pub fn follow_scene(&mut self, shown: &Shown) {
        let goal = shown.switcher.goal();
        if goal == self.goal {
            return;
        }
        goal.clone_into(&mut self.goal);
        if let Some(snapshot) = shown.cast.show.snapshots.of_scene(goal) {
            self.recall(snapshot, shown);
        }
    }

    /// How all that stands which a snapshot recalls, for the way back from that. Nothing else is touched by
    /// either.
    fn stands(&self, snapshot: &SoundSnapshot, cast: &Cast) -> SoundSnapshot {
        let other = |source: &str| {
            let link = link_of(&cast.show.sound.links, source)?;
            link.other(source).map(str::to_owned)
        };
        let is_recalled = |source: &str| {
            let other = other(source);
            let mut sides = [Some(source), other.as_deref()].into_iter().flatten();
            let is_safe = |source: &str| cast.show.snapshots.is_safe(source);
            !sides.clone().any(is_safe) && sides.any(|source| snapshot.strip(source).is_some())
        };
        let strips = self.goals(cast).filter(|(source, _)| is_recalled(source));
        let mut stands = self.console.sound().taken();
        stands.auxes.truncate(snapshot.auxes.len());
        let is_in = |group: &str| snapshot.groups.iter().any(|state| state.group == group);
        stands.groups.retain(|state| is_in(&state.group));
        SoundSnapshot {
            id: self.recalled.clone(),
            frames: snapshot.frames,
            strips: strips.map(|(source, strip)| strip.state(source)).collect(),
            ..stands
        }
    }

    /// Has every strip that is not safe, the auxes and the groups stand as they did.
    fn recall(&mut self, snapshot: &SoundSnapshot, shown: &Shown) {
        let cast = shown.cast;
        let stood = self.stands(snapshot, cast);
        self.recall = Recall::over(snapshot.frames);
        let links = &cast.show.sound.links;
        for state in &snapshot.strips {
            let link = link_of(links, &state.source);
            let other = link.and_then(|link| link.other(&state.source));
            let sides = [Some(state.source.as_str()), other];
            let is_safe = |source: &str| cast.show.snapshots.is_safe(source);
            if sides.into_iter().flatten().any(is_safe) {
                continue;
            }
            if let Some(slot) = cast.slot(&state.source) {
                let pan = self.strips[slot].settings.pan;
                let strip = &mut self.strips[slot];
                strip.recall(state);
                // It was stored before they were linked: they stay apart.
                let was_linked = link.is_some_and(|link| snapshot.links.contains(link));
                let other_state = other.and_then(|other| snapshot.strip(other));
                let stood_alike = other_state.is_some_and(|s| s.strip.pan == state.strip.pan);
                if stood_alike && !was_linked {
                    strip.settings.pan = pan;
                }
                // The faders of both sides go to where that of the left was.
                let leader = link.and_then(|link| snapshot.strip(&link.left));
                let fader_db = leader.unwrap_or(state).fader_db;
                self.recall.go(slot, strip, fader_db);
                // Of which only the right is in it: that leads.
                let led = other.filter(|_| leader.is_none());
                if let Some(left) = led.and_then(|left| cast.slot(left)) {
                    let stood = self.strips[left].fader_db;
                    self.strips[left] = Strip {
                        fader_db: stood,
                        ..self.strips[left].linked(&self.strips[slot])
                    };
                    self.recall.go(left, &mut self.strips[left], fader_db);
                }
            }
        }
        self.console.recall(snapshot);
        self.recalled.clone_from(&snapshot.id);
        self.match_strips(shown);
        let stands = SoundSnapshot {
            id: stood.id.clone(),
            ..self.stands(snapshot, cast)
        };
        // A second press that changes nothing takes no way back.
        if stands != stood {
            self.before = Some(stood);
        }
    }

    /// Carries out a command for the sound, or changes nothing; says whether what is listened to may be another.
    ///
    /// # Errors
    /// [`Refusal`], with what was expected.
    pub fn apply(&mut self, command: &Command, shown: &Shown) -> Result<bool, Refusal> {
        let cast = shown.cast;
        match command {
            Command::Fader { source, db } => {
                let strip = slot_of(source, cast)?;
                self.strips[strip].fade(*db)?;
                self.recall.release(strip);
                if let Some(other) = self.lead(strip, shown) {
                    self.recall.release(other);
                }
            }
            Command::Mute { source, on } => {
                let strip = slot_of(source, cast)?;
                self.strips[strip].mute = *on;
                self.lead(strip, shown);
            }
            Command::Afv { source, mode } => {
                let strip = slot_of(source, cast)?;
                self.strips[strip].afv = *mode;
                self.lead(strip, shown);
            }
            Command::Send {
                source,
                aux,
                db,
                pre,
            } => {
                let strip = slot_of(source, cast)?;
                self.strips[strip].send(aux_index(*aux)?, *db, *pre)?;
                self.lead(strip, shown);
            }
            Command::Return { source, db } => {
                let strip = guest(source, cast)?;
                is_fader("return", *db)?;
                self.strips[strip].return_db = *db;
            }
            Command::Talkback { on, guest: to } => {
                if *on && cast.show.sound.talkback.source.is_empty() {
                    return Err(Refusal::NoTalkback);
                }
                let to = to.as_deref().map(|to| guest(to, cast)).transpose()?;
                self.talkback.talk(to, *on);
            }
            Command::LipSync { .. } => self.align(command, shown)?,
            Command::Generator(change) => line_up::change(&mut self.line_up, change, cast)?,
            Command::Pfl { source, on, desk } => self.listen(desk, source, (false, *on), cast)?,
            Command::Afl { source, on, desk } => self.listen(desk, source, (true, *on), cast)?,
            Command::Monitor { .. } => self.ears.change(command, cast)?,
            Command::SoundSnapshot {
                action: SnapshotAction::Back,
                ..
            } => {
                let before = self.before.clone().ok_or(Refusal::NothingRecalled)?;
                self.recall(&before, shown);
            }
            Command::SoundSnapshot { snapshot: id, .. } => {
                let snapshots = &cast.show.snapshots;
                let ids = snapshots.list.iter().map(|s| s.id.as_str());
                let snapshot = snapshots.get(id);
                let snapshot = snapshot.ok_or_else(|| unknown("sound snapshot", id, ids))?;
                self.recall(snapshot, shown);
            }
            Command::Delay { source, ms, frames } => {
                let rate = cast.show.format.rate;
                let of_frames = |frames: u32| (f64::from(frames) * 1000.0 / rate.fps()) as f32;
                let ms = match (*ms, *frames) {
                    (Some(ms), None) => ms,
                    (None, Some(frames)) => of_frames(frames),
                    _ => return Err(Refusal::DelayOfBoth),
                };
                self.set_delay(slot_of(source, cast)?, ms, shown)?;
            }
            Command::CopyStrip { source, from } => {
                let from = self.strips[slot_of(from, cast)?].settings;
                let slot = slot_of(source, cast)?;
                self.strips[slot].work(|settings| Some(settings.worked_like(&from)))?;
                self.lead(slot, shown);
            }
            Command::Aux { .. }
            | Command::Group { .. }
            | Command::Master { .. }
            | Command::MasterEq { .. }
            | Command::Alarm { source: None, .. }
            | Command::NMinusOne { .. } => self.console.apply(command)?,
            _ => self.work_on_strip(command, shown)?,
        }
        Ok(matches!(
            command,
            Command::Pfl { .. } | Command::Afl { .. } | Command::Monitor { .. }
        ))
    }

    /// Changes what a strip does to its sound; all that the command says, or nothing.
    fn work_on_strip(&mut self, command: &Command, shown: &Shown) -> Result<(), Refusal> {
        let Some((source, change)) = command.on_strip() else {
            return Ok(());
        };
        let slot = slot_of(source, shown.cast)?;
        self.strips[slot].work(change)?;
        self.lead(slot, shown);
        Ok(())
    }

    fn set_delay(&mut self, slot: usize, delay_ms: f32, shown: &Shown) -> Result<(), Refusal> {
        self.strips[slot].work(|settings| {
            Some(StripSettings {
                delay_ms,
                ..settings
            })
        })?;
        self.lead(slot, shown);
        Ok(())
    }

    /// Has a desk listen to a source, and to the other side of its link, `after` the fader or before, or
    /// listen no more.
    fn listen(
        &mut self,
        desk: &str,
        source: &str,
        (after, on): (bool, bool),
        cast: &Cast,
    ) -> Result<(), Refusal> {
        let slot = slot_of(source, cast)?;
        self.listeners.listen(desk, slot, after, on)?;
        match links::other(source, cast) {
            Some(other) => self.listeners.listen(desk, other, after, on),
            None => Ok(()),
        }
    }

    /// A strip was set: so is the other side of its link, whose slot is given.
    fn lead(&mut self, slot: usize, shown: &Shown) -> Option<usize> {
        let other = links::lead(&mut self.strips, slot, shown.cast);
        self.match_strips(shown);
        other
    }

    /// Both sides of a link stand like the left. A source that was made anew beneath the program is heard
    /// as it was taken: its fader is that of both.
    fn match_strips(&mut self, shown: &Shown) {
        let cast = shown.cast;
        links::match_all(&mut self.strips, cast);
        for (source, &own) in cast.show.sources.iter().zip(cast.slots()) {
            for slot in shown.slots_on_air(&source.id) {
                if slot != own {
                    self.strips[slot] = Strip {
                        // It is of its pictures, which are others.
                        picture_delay_ms: self.strips[slot].picture_delay_ms,
                        ..self.strips[own]
                    };
                }
            }
        }
    }

    /// Measures a picture against a sound, or takes over what is proposed for them.
    fn align(&mut self, command: &Command, shown: &Shown) -> Result<(), Refusal> {
        let Command::LipSync {
            action,
            picture,
            sound,
        } = command
        else {
            return Ok(());
        };
        let cast = shown.cast;
        match action {
            LipSyncAction::Measure => {
                let picture = picture.as_ref().ok_or(Unaligned::NoPicture)?;
                let sound = slot_of(sound.as_ref().unwrap_or(picture), cast)?;
                self.lip_sync.measure(slot_of(picture, cast)?, sound);
            }
            LipSyncAction::Stop => self.lip_sync.stop(),
            LipSyncAction::Take => {
                let ms = delay_of_sound(self.alignment(cast).as_ref())?;
                if let Some((_, sound)) = self.lip_sync.of() {
                    self.set_delay(sound, ms, shown)?;
                }
            }
        }
        Ok(())
    }

    /// Says what was found of picture and sound last.
    pub fn know_alignment(&mut self, measured: Measured) {
        self.lip_sync.know(measured);
    }

    /// What is to be measured of picture and sound.
    pub fn wants_aligned(&self) -> Option<Watched> {
        self.lip_sync.watched(&self.strips)
    }

    /// What is seen of that.
    fn alignment(&self, cast: &Cast) -> Option<LipSyncStatus> {
        let (picture, sound) = self.lip_sync.of()?;
        let id = |slot| cast.source_at(slot).map(|source| source.id.clone());
        let status = self.lip_sync.status(&self.strips, cast.show.format.rate)?;
        Some(LipSyncStatus {
            picture: id(picture)?,
            sound: id(sound)?,
            ..status
        })
    }

    /// What is seen of the sound behind the strips, with the level of each aux and how far its limiter turns it
    /// down, and the level of what each desk hears that listens by itself.
    pub fn status(&self, cast: &Cast, auxes: &[(Level, f32)], heard: &[Level]) -> SoundStatus {
        let seats = self.listeners.seats();
        let snapshots = &cast.show.snapshots;
        SoundStatus {
            listening: seats
                .map(|(bus, seat)| ListenStatus {
                    desk: seat.desk.clone(),
                    bus,
                    pfl: ids(&seat.before, cast),
                    afl: ids(&seat.after, cast),
                    level: heard.get(usize::from(bus)).copied().unwrap_or_default(),
                })
                .collect(),
            talkback: self.talked(cast),
            lip_sync: self.alignment(cast),
            generator: self.line_up.clone(),
            safe: snapshots.safe.clone(),
            snapshots: snapshots
                .list
                .iter()
                .map(|snapshot| SoundSnapshotStatus {
                    id: snapshot.id.clone(),
                    label: name_of(&snapshot.label, &snapshot.id),
                    scenes: snapshot.scenes.clone(),
                    recalled: snapshot.id == self.recalled,
                })
                .collect(),
            goes_back: self.before.is_some(),
            ..self.console.status(auxes)
        }
    }

    /// What is seen of the director's microphone.
    fn talked(&self, cast: &Cast) -> TalkbackStatus {
        let guests = cast.show.sources.iter().zip(cast.slots());
        let guests = guests.filter(|(s, slot)| s.mix_minus && self.talkback.is_to(**slot));
        TalkbackStatus {
            source: cast.show.sound.talkback.source.clone(),
            all: self.talkback.is_to_all(),
            guests: guests.map(|(source, _)| source.id.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests;

/// Each source with its slot and its strip, in the show's order.
pub fn sources<'a>(
    strips: &'a [Strip],
    cast: &'a Cast,
) -> impl Iterator<Item = (&'a Source, usize, &'a Strip)> {
    let sources = cast.show.sources.iter().zip(cast.slots());
    sources.filter_map(|(source, &slot)| Some((source, slot, strips.get(slot)?)))
}

/// The ids of the sources in these slots.
fn ids(slots: &BTreeSet<usize>, cast: &Cast) -> Vec<String> {
    let sources = slots.iter().filter_map(|&slot| cast.source_at(slot));
    sources.map(|source| source.id.clone()).collect()
}

/// A source's slot.
///
/// # Errors
/// Where the show has no such source.
pub fn slot_of(source: &str, cast: &Cast) -> Result<usize, Refusal> {
    cast.slot(source).ok_or_else(|| {
        let ids = cast.show.sources.iter().map(|s| s.id.as_str());
        unknown("source", source, ids)
    })
}

/// The slot of a source that is a guest.
fn guest(source: &str, cast: &Cast) -> Result<usize, Refusal> {
    let slot = slot_of(source, cast)?;
    let is_guest = cast.source_at(slot).is_some_and(|s| s.mix_minus);
    is_guest
        .then_some(slot)
        .ok_or_else(|| Refusal::NoGuest(source.to_owned()))
}
