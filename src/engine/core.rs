//! The state of the show: what commands change and snapshots tell. No thread, no clock, no device:
//! the tick brings frame numbers in and carries effects out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::aligner::{Measured, Watched};
use super::book::Passed;
use super::cast::{Cast, SLOTS};
use super::console::{Console, aux_index};
use super::ears::{Ears, Hearing};
use super::journal::{Journal, JournalListener};
use super::line_up;
use super::links;
use super::lip_sync::{LipSync, delay_of_sound};
use super::listeners::Listeners;
use super::recall::Recall;
use super::refusal::{Refusal, unknown};
use super::standing::Standing;
use super::stingers::Lengths;
use super::strip::{Faders, Strip, is_fader};
use super::switcher::Switcher;
use super::taken::Taken;
use super::talkback::Talkback;
use super::unaligned::Unaligned;
use super::waiting::Waiting;
use crate::audio::{BusGains, LISTENERS, SendGain, StripGain};
use crate::door::{
    CardOutputStatus, ClipAction, Command, Counters, DestinationStatus, EditStatus, EncoderStatus,
    Health, Level, LipSyncAction, LipSyncStatus, ListenStatus, Loudness, MonitorStatus,
    ReceiverStatus, RecordingStatus, ReturnStatus, SceneStatus, Snapshot, SnapshotAction,
    SoundAlarm, SoundSnapshotStatus, SoundStatus, SourceStatus, StingerStatus, TalkbackStatus,
    Tally, Transition,
};
use crate::media::{Rate, db_to_gain};
use crate::show::{
    AUXES, Afv, Destination, LineUp, Show, SoundSnapshot, Source, SourceKind, StripSettings,
    TransitionStyle, link_of, trimmed,
};
use crate::video::Layout;

const LABEL_MAX: usize = 200;

/// What a command wants beyond the core's own state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Nothing.
    None,
    /// Start or stop destinations, by their ids.
    Stream(Vec<String>, bool),
    /// Start or stop the master.
    Record(bool),
    /// Mark this frame.
    Marker(String),
    /// Have a clip do something, by slot; with where a seek goes, in seconds.
    Clip(usize, ClipAction, f64),
    /// Listen to what is set.
    Monitor,
    /// Measure the program's loudness anew.
    ResetLoudness,
    /// Give how loud the program has been.
    LoudnessHistory,
    /// Give a snapshot.
    Snapshot,
    /// End the show.
    Quit,
}

/// What is on air, by its labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnAir {
    /// The destinations that are asked for.
    pub destinations: Vec<String>,
    /// The master is asked for.
    pub recording: bool,
}

/// What becomes of a source that is on air and leaves the show by an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The edit is refused: whoever made it may not know.
    Refused,
    /// It is taken off the air at once; so is a destination.
    Meant,
    /// It stays on air until the next take: an undone edit never changes what is seen.
    Stays,
}

/// What a show that was edited changes of that which the hand sets while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brings {
    /// Of the mixer.
    pub faders: Faders,
    /// The transition in use is the show's.
    pub transition: bool,
    /// The step that it is: what that takes off the air and off PVW comes back when it is undone.
    pub passed: Passed,
}

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Core {
    cast: Arc<Cast>,
    switcher: Switcher,
    /// By slot.
    strips: Vec<Strip>,
    console: Console,
    listeners: Listeners,
    talkback: Talkback,
    lip_sync: LipSync,
    line_up: LineUp,
    /// Faders on their way.
    recall: Recall,
    /// The sound snapshot that was recalled last.
    recalled: String,
    /// The scene that was taken last.
    goal: String,
    /// The ids of the destinations that are asked for.
    streaming: BTreeSet<String>,
    recording: bool,
    /// The holding slate is over everything.
    hold: bool,
    /// Edits of the scenes on air are seen at once.
    live_edit: bool,
    /// What is listened to in the house and at desks.
    ears: Ears,
}

/// What the core cannot know by itself, for the snapshot.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// In the show's order, with what the core does not know of them: name, tally and strip are its
    /// own to fill in. Missing ones are taken as connecting.
    pub sources: Vec<SourceStatus>,
    /// In the show's order.
    pub destinations: Vec<DestinationStatus>,
    /// The master.
    pub recording: RecordingStatus,
    /// In the show's order.
    pub stingers: Vec<StingerStatus>,
    /// The encoders.
    pub encoder: EncoderStatus,
    /// The receiver.
    pub receiver: Option<Arc<ReceiverStatus>>,
    /// What is given to sound cards, in the show's order.
    pub sound_outputs: Vec<CardOutputStatus>,
    /// What is listened to, by the names of the desks; that of the house has none.
    pub monitors: BTreeMap<String, CardOutputStatus>,
    /// The show as it is edited.
    pub edit: EditStatus,
    /// Why the transition cannot be made as chosen, empty while it can; and whether that passes by itself.
    pub transition: (String, bool),
    /// Level of the program, and the limiter's reduction in dB.
    pub program: (Level, f32),
    /// What is to be looked at in its sound.
    pub alarm: SoundAlarm,
    /// The same of each aux.
    pub auxes: [(Level, f32); AUXES],
    /// What each desk hears that listens by itself.
    pub listeners: [Level; LISTENERS],
    /// Loudness of the program.
    pub loudness: Loudness,
    /// Frames.
    pub counters: Counters,
    /// The machine.
    pub health: Health,
    /// Seconds since the show was started.
    pub uptime_s: f64,
    /// Seconds on air.
    pub on_air_s: Option<f64>,
    /// Seconds of recording.
    pub recording_s: Option<f64>,
}

impl Core {
    /// The show as its file says it.
    pub fn new(cast: Arc<Cast>) -> Self {
        let mut strips = vec![Strip::default(); SLOTS];
        for (source, &slot) in cast.show.sources.iter().zip(cast.slots()) {
            strips[slot] = Strip::of(source);
        }
        let switcher = Switcher::new(&cast);
        let goal = switcher.goal().to_owned();
        let mut core = Self {
            switcher,
            goal,
            strips,
            console: Console::of(&cast.show.sound),
            listeners: Listeners::default(),
            talkback: Talkback::default(),
            lip_sync: LipSync::default(),
            line_up: LineUp::default(),
            recall: Recall::default(),
            recalled: String::new(),
            streaming: BTreeSet::new(),
            recording: false,
            hold: false,
            live_edit: false,
            ears: Ears::default(),
            cast,
        };
        links::opened(&mut core.strips, &core.cast);
        core
    }

    /// Goes on with a show that was edited. What is on air stays as it was taken, unless edits are
    /// live; what the hand set stays, but for what the edit `brings`.
    ///
    /// # Errors
    /// [`Refusal::OnAir`] or [`Refusal::Streaming`] where `on_air` does not allow what it would do; nothing has changed then.
    pub fn recast(
        &mut self,
        cast: Arc<Cast>,
        on_air: Leaving,
        brings: &Brings,
    ) -> Result<(), Refusal> {
        let before = &self.cast;
        // A source that left the show, not one that was made anew under its id, or has another.
        let leaving: Vec<String> = before
            .show
            .sources
            .iter()
            .zip(before.slots())
            .filter(|(source, slot)| {
                !cast.slots().contains(slot) && cast.slot(&source.id).is_none()
            })
            .map(|(source, _)| source.id.clone())
            .filter(|source| self.switcher.is_on_air(source))
            .collect();
        if let Some(source) = leaving.first()
            && on_air == Leaving::Refused
        {
            return Err(Refusal::OnAir(source.clone()));
        }
        let cut_off = before.show.destinations.iter().find(|old| {
            let stays = |new: &Destination| new.goes_where(old);
            self.streaming.contains(&old.id) && !cast.show.destinations.iter().any(stays)
        });
        if let Some(destination) = cut_off
            && on_air != Leaving::Meant
        {
            return Err(Refusal::Streaming(destination.id.clone()));
        }
        let mut changed = BTreeSet::new();
        for (source, &slot) in cast.show.sources.iter().zip(cast.slots()) {
            let stood = self.strips[slot];
            match before
                .show
                .sources
                .iter()
                .zip(before.slots())
                .find(|(_, s)| **s == slot)
            {
                // What the hand did to a strip stays; what the edit changed is as the edit says.
                Some((old, _)) => {
                    self.strips[slot].change(old, source, &brings.faders);
                    if self.strips[slot].fader_db != stood.fader_db {
                        self.recall.release(slot);
                    }
                    if self.strips[slot] != stood {
                        changed.insert(slot);
                    }
                }
                None => {
                    self.recall.release(slot);
                    let was = before.slot(&source.id);
                    // One of its id is on air though its adding was taken back: nothing that is heard
                    // changes by an adding.
                    let heard = || self.switcher.slots_on_air(&source.id).next();
                    self.strips[slot] = match was.or_else(heard) {
                        Some(like) => self.strips[like],
                        None => Strip::of(source),
                    };
                    // The same source made anew: its fader is where it was.
                    if let Some(old) = was.and_then(|was| before.source_at(was)) {
                        self.strips[slot].change(old, source, &brings.faders);
                    }
                }
            }
        }
        self.console
            .change(&before.show.sound, &cast.show.sound, &brings.faders);
        let follows = |slot: usize| {
            let is_in_show = cast.slots().contains(&slot);
            let made_anew = || cast.slot(&before.source_at(slot)?.id);
            is_in_show.then_some(slot).or_else(made_anew)
        };
        self.listeners.follow(follows);
        self.talkback.follow(follows);
        self.lip_sync.follow(follows);
        let pans = brings.faders == Faders::Edited;
        links::edited(&mut self.strips, (before, &cast), &changed, pans);
        let renamed = before.renamed(&cast);
        self.ears.rename(&renamed);
        line_up::rename(&mut self.line_up, &renamed);
        if on_air == Leaving::Meant {
            self.switcher.drop_sources(&leaving, brings.passed);
        }
        self.switcher.recast(before, &cast, brings.passed);
        if brings.transition {
            let (_, overruled) = self.switcher.chosen_transition();
            let style = cast.show.transition.clone();
            self.switcher.restore_transition(style, overruled);
        }
        if self.live_edit {
            self.switcher.retake(&cast);
        }
        let destinations = &cast.show.destinations;
        self.streaming
            .retain(|id| destinations.iter().any(|d| d.id == *id));
        self.cast = cast;
        // A scene that has another id is not taken by that.
        self.switcher.goal().clone_into(&mut self.goal);
        self.match_strips();
        Ok(())
    }

    /// Both sides of a link stand like the left. A source that was made anew beneath the program is heard
    /// as it was taken: its fader is that of both.
    fn match_strips(&mut self) {
        let cast = self.cast.clone();
        links::match_all(&mut self.strips, &cast);
        for (source, &own) in cast.show.sources.iter().zip(cast.slots()) {
            for slot in self.switcher.slots_on_air(&source.id) {
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

    /// The slots that are in use: of the show, and of what is on air.
    pub fn uses(&self, slot: usize) -> bool {
        self.cast.slots().contains(&slot)
            || self
                .switcher
                .on_air()
                .any(|stage| stage.draws.iter().any(|draw| draw.source == slot))
    }

    /// Puts back what an engine before this one had on air. What the show no longer has is left out.
    pub fn restore(&mut self, journal: &Journal) {
        let program = Taken::new(&journal.program, &journal.program_layers, &self.cast);
        let program = program.going_on(&journal.program_colours, &journal.program_dropped);
        let preview = Waiting::new(&journal.preview).after(&journal.preview_away);
        self.switcher
            .restore(program, preview, journal.black, &self.cast);
        self.switcher
            .restore_transition(journal.transition_style.clone(), journal.overruled);
        for saved in &journal.strips {
            if let Some(slot) = self.cast.slot(&saved.source) {
                self.strips[slot] = Strip::restored(saved);
            }
        }
        self.match_strips();
        self.console.restore(&journal.sound);
        self.switcher.goal().clone_into(&mut self.goal);
        for listener in &journal.listening {
            for (sources, after) in [(&listener.before, false), (&listener.after, true)] {
                for slot in sources.iter().filter_map(|id| self.cast.slot(id)) {
                    // As many as there were find a place again.
                    let _ = self.listeners.listen(&listener.desk, slot, after, true);
                }
            }
        }
        let destinations = self.cast.show.destinations.iter().map(|d| &d.id);
        self.streaming = destinations
            .filter(|id| journal.streaming.contains(*id))
            .cloned()
            .collect();
        self.recording = journal.recording;
        self.hold = journal.hold;
        self.live_edit = journal.live_edit;
        self.ears = Ears::restored(&journal.monitor, &journal.monitors);
    }

    /// What a next engine needs to go on.
    pub fn journal(&self) -> Journal {
        let program = self.switcher.program();
        let (transition_style, overruled) = self.switcher.chosen_transition();
        Journal {
            program: program.scene.clone(),
            program_layers: program.layers.clone(),
            program_colours: program.colours(),
            program_dropped: program.dropped().clone(),
            preview: self.switcher.preview().to_owned(),
            preview_away: self.switcher.away().to_vec(),
            transition_style: transition_style.clone(),
            overruled,
            black: self.switcher.black().1,
            revision: self.cast.revision,
            strips: self
                .sources()
                .map(|(source, strip)| {
                    let slot = self.cast.slot(&source.id);
                    let goal = slot.and_then(|slot| self.recall.goal(slot));
                    let strip = Strip {
                        fader_db: goal.unwrap_or(strip.fader_db),
                        ..*strip
                    };
                    strip.journal(&source.id)
                })
                .collect(),
            sound: self.console.sound().clone(),
            listening: self
                .listeners
                .seats()
                .map(|(_, seat)| JournalListener {
                    desk: seat.desk.clone(),
                    before: self.ids(&seat.before),
                    after: self.ids(&seat.after),
                })
                .collect(),
            streaming: self.streaming.iter().cloned().collect(),
            recording: self.recording,
            hold: self.hold,
            live_edit: self.live_edit,
            monitor: self.ears.house().clone(),
            monitors: self.ears.own().clone(),
            rate: Some(self.cast.show.format.rate),
            ..Journal::default()
        }
    }

    /// How that stands which the hand sets and the file keeps.
    pub fn standing(&self) -> Standing {
        let sounds = self.sources();
        let sounds = sounds.map(|(source, strip)| (source.id.clone(), strip.standing()));
        Standing {
            sounds: sounds.collect(),
            sound: self.console.sound().clone(),
            transition: self.switcher.chosen_transition().0.clone(),
        }
    }

    /// The show.
    pub fn show(&self) -> &Show {
        &self.cast.show
    }

    /// The show as it is played.
    pub fn cast(&self) -> &Arc<Cast> {
        &self.cast
    }

    /// The ids of the sources in these slots.
    fn ids(&self, slots: &BTreeSet<usize>) -> Vec<String> {
        let sources = slots.iter().filter_map(|&slot| self.cast.source_at(slot));
        sources.map(|source| source.id.clone()).collect()
    }

    /// Each source with its strip, in the show's order.
    fn sources(&self) -> impl Iterator<Item = (&Source, &Strip)> {
        let slots = self.cast.slots().iter();
        let strips = slots.filter_map(|&slot| self.strips.get(slot));
        self.cast.show.sources.iter().zip(strips)
    }

    /// The switcher.
    pub fn switcher(&self) -> &Switcher {
        &self.switcher
    }

    /// Says which stingers can be played from now on, and how long they are.
    pub fn know_stingers(&mut self, stingers: Lengths) {
        self.switcher.know_stingers(stingers);
    }

    /// The strips, by slot.
    pub fn strips(&self) -> &[Strip] {
        &self.strips
    }

    /// The ids of the destinations that are asked for.
    pub fn streaming(&self) -> &BTreeSet<String> {
        &self.streaming
    }

    /// What is on air beyond this machine's own monitors; none where nothing is.
    pub fn on_air(&self) -> Option<OnAir> {
        let destinations = self.cast.show.destinations.iter();
        let on_air = OnAir {
            destinations: destinations
                .filter(|d| self.streaming.contains(&d.id))
                .map(|d| label(&d.label, &d.id))
                .collect(),
            recording: self.recording,
        };
        (on_air != OnAir::default()).then_some(on_air)
    }

    /// Whether the master is asked for.
    pub fn is_recording(&self) -> bool {
        self.recording
    }

    /// Carries out a command, or changes nothing.
    ///
    /// # Errors
    /// [`Refusal`], with what was expected.
    pub fn apply(&mut self, command: &Command) -> Result<Effect, Refusal> {
        let effect = self.carry_out(command)?;
        self.follow_scene();
        Ok(effect)
    }

    /// Has the sound follow where another scene is taken that recalls a snapshot of it.
    fn follow_scene(&mut self) {
        if self.switcher.goal() == self.goal {
            return;
        }
        self.switcher.goal().clone_into(&mut self.goal);
        let cast = self.cast.clone();
        if let Some(snapshot) = cast.show.snapshots.of_scene(&self.goal) {
            self.recall(snapshot);
        }
    }

    /// Has every strip that is not safe, the auxes and the groups stand as they did.
    fn recall(&mut self, snapshot: &SoundSnapshot) {
        let cast = self.cast.clone();
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
                let other = other.and_then(|other| snapshot.strip(other));
                if other.is_some_and(|other| other.strip.pan == state.strip.pan) {
                    strip.settings.pan = pan;
                }
                // The faders of both sides go to where that of the left was.
                let leader = link.and_then(|link| snapshot.strip(&link.left));
                let fader_db = leader.unwrap_or(state).fader_db;
                self.recall.go(slot, strip, fader_db);
            }
        }
        self.console.recall(snapshot);
        self.recalled.clone_from(&snapshot.id);
        self.match_strips();
    }

    fn carry_out(&mut self, command: &Command) -> Result<Effect, Refusal> {
        match command {
            Command::Preview { scene } => self.switcher.set_preview(scene, &self.cast)?,
            Command::Program { scene } => self.switcher.set_program(scene, &self.cast)?,
            Command::Cut {} => self.switcher.cut(&self.cast)?,
            Command::Auto {} => self.switcher.auto(&self.cast)?,
            Command::Transition {
                kind,
                frames,
                colour,
                wipe,
                softness,
                reverse,
                direction,
                stinger,
            } => {
                let now = self.switcher.transition(&self.cast).style;
                self.switcher.set_transition(TransitionStyle {
                    kind: *kind,
                    frames: *frames,
                    colour: colour.unwrap_or(now.colour),
                    wipe: wipe.clone().unwrap_or(now.wipe),
                    softness: softness.unwrap_or(now.softness),
                    reverse: reverse.unwrap_or(now.reverse),
                    direction: direction.unwrap_or(now.direction),
                    stinger: stinger.clone().unwrap_or(now.stinger),
                })?;
            }
            Command::TBar { position } => self.switcher.t_bar(*position, &self.cast)?,
            Command::PreviewTransition {} => self.switcher.try_transition(&self.cast)?,
            Command::FadeToBlack { on, frames } => self.switcher.fade_to_black(*on, *frames)?,
            Command::Hold { on } => self.hold = *on,
            Command::Fader { source, db } => {
                let strip = self.strip(source)?;
                self.strips[strip].fade(*db)?;
                self.recall.release(strip);
                if let Some(other) = self.lead(strip) {
                    self.recall.release(other);
                }
            }
            Command::Mute { source, on } => {
                let strip = self.strip(source)?;
                self.strips[strip].mute = *on;
                self.lead(strip);
            }
            Command::Afv { source, mode } => {
                let strip = self.strip(source)?;
                self.strips[strip].afv = *mode;
                self.lead(strip);
            }
            Command::Trim { .. }
            | Command::Polarity { .. }
            | Command::Channels { .. }
            | Command::HighPass { .. }
            | Command::Gate { .. }
            | Command::Eq { .. }
            | Command::Compressor { .. }
            | Command::Pan { .. }
            | Command::Delay { .. }
            | Command::Share { .. }
            | Command::Speech { .. }
            | Command::Duck { .. }
            | Command::Alarm {
                source: Some(_), ..
            }
            | Command::Strip { .. } => self.work_on_strip(command)?,
            Command::Send {
                source,
                aux,
                db,
                pre,
            } => {
                let strip = self.strip(source)?;
                self.strips[strip].send(aux_index(*aux)?, *db, *pre)?;
                self.lead(strip);
            }
            Command::Return { source, db } => {
                let strip = self.guest(source)?;
                is_fader("return", *db)?;
                self.strips[strip].return_db = *db;
            }
            Command::Talkback { on, guest } => {
                if *on && self.cast.show.sound.talkback.source.is_empty() {
                    return Err(Refusal::NoTalkback);
                }
                let slot = match guest {
                    Some(guest) => Some(self.guest(guest)?),
                    None => None,
                };
                self.talkback.talk(slot, *on);
            }
            Command::LipSync { .. } => self.align(command)?,
            Command::Generator(change) => {
                line_up::change(&mut self.line_up, change, &self.cast)?;
            }
            Command::Pfl { source, on, desk } => {
                self.listen(desk, source, false, *on)?;
                return Ok(Effect::Monitor);
            }
            Command::Afl { source, on, desk } => {
                self.listen(desk, source, true, *on)?;
                return Ok(Effect::Monitor);
            }
            Command::SoundSnapshot {
                snapshot: id,
                action: SnapshotAction::Recall,
                ..
            } => {
                let cast = self.cast.clone();
                let list = &cast.show.snapshots.list;
                let ids = list.iter().map(|s| s.id.as_str());
                let snapshot = cast.show.snapshots.get(id);
                let snapshot = snapshot.ok_or_else(|| unknown("sound snapshot", id, ids))?;
                self.recall(snapshot);
            }
            Command::Aux { .. }
            | Command::Group { .. }
            | Command::Master { .. }
            | Command::MasterEq { .. }
            | Command::Alarm { source: None, .. }
            | Command::NMinusOne { .. } => self.console.apply(command)?,
            Command::Clip {
                source,
                action,
                position_s,
            } => {
                let slot = self.strip(source)?;
                let is_clip = |s: &Source| matches!(s.kind, SourceKind::File { .. });
                if !self.cast.source_at(slot).is_some_and(is_clip) {
                    return Err(Refusal::NoClip(source.clone()));
                }
                let position = match (action, position_s) {
                    (ClipAction::Seek, Some(at)) if at.is_finite() && *at >= 0.0 => *at,
                    (ClipAction::Seek, Some(at)) => {
                        return Err(Refusal::OutOfRange {
                            what: "position",
                            value: format!("{at} s"),
                            expected: "0 s or more".to_owned(),
                        });
                    }
                    (ClipAction::Seek, None) => {
                        return Err(Refusal::ClipPosition("seek to where? expected position_s"));
                    }
                    (_, Some(_)) => {
                        return Err(Refusal::ClipPosition(
                            "position_s is for seek alone: expected the command without it",
                        ));
                    }
                    (_, None) => 0.0,
                };
                return Ok(Effect::Clip(slot, *action, position));
            }
            Command::Stream { destination, on } => {
                if !self.destinations().any(|id| id == destination) {
                    return Err(unknown("destination", destination, self.destinations()));
                }
                if *on {
                    self.streaming.insert(destination.clone());
                } else {
                    self.streaming.remove(destination);
                }
                return Ok(Effect::Stream(vec![destination.clone()], *on));
            }
            Command::StreamAll { on } => {
                let ids: Vec<String> = self.destinations().map(str::to_owned).collect();
                self.streaming.clear();
                if *on {
                    self.streaming.extend(ids.iter().cloned());
                }
                return Ok(Effect::Stream(ids, *on));
            }
            Command::Record { on } => {
                self.recording = *on;
                return Ok(Effect::Record(*on));
            }
            Command::Marker { label } => {
                if label.chars().count() > LABEL_MAX {
                    return Err(Refusal::OutOfRange {
                        what: "label",
                        value: format!("of {} characters", label.chars().count()),
                        expected: format!("at most {LABEL_MAX}"),
                    });
                }
                if !self.recording {
                    return Err(Refusal::NotRecording);
                }
                return Ok(Effect::Marker(label.clone()));
            }
            Command::LiveEdit { on } => self.live_edit = *on,
            Command::Monitor { .. } => {
                self.ears.change(command, &self.cast)?;
                return Ok(Effect::Monitor);
            }
            Command::ResetLoudness {} => return Ok(Effect::ResetLoudness),
            Command::LoudnessHistory {} => return Ok(Effect::LoudnessHistory),
            Command::Snapshot {} => return Ok(Effect::Snapshot),
            Command::Edit { .. }
            | Command::PictureDelay { .. }
            | Command::SoundSnapshot { .. }
            | Command::Safe { .. }
            | Command::Link { .. }
            | Command::Undo { .. }
            | Command::Redo { .. }
            | Command::Save { .. }
            | Command::SaveAs { .. }
            | Command::SaveWithMedia { .. }
            | Command::StopSaveWithMedia {}
            | Command::Revert {}
            | Command::TryDestination { .. }
            | Command::StopTrial { .. }
            | Command::StoreKey { .. }
            | Command::ForgetKey { .. }
            | Command::Autosave { .. }
            | Command::Show {} => return Err(Refusal::ForEditor),
            Command::Devices {}
            | Command::Encoders {}
            | Command::TrySource { .. }
            | Command::Subscribe { .. }
            | Command::Unsubscribe { .. } => {
                return Err(Refusal::ForScout);
            }
            Command::Quit {} => return Ok(Effect::Quit),
        }
        Ok(Effect::None)
    }

    fn destinations(&self) -> impl Iterator<Item = &str> {
        self.cast.show.destinations.iter().map(|d| d.id.as_str())
    }

    /// Changes what a strip does to its sound; all that the command says, or nothing.
    fn work_on_strip(&mut self, command: &Command) -> Result<(), Refusal> {
        let Some((source, change)) = command.on_strip() else {
            return Ok(());
        };
        let slot = self.strip(source)?;
        self.strips[slot].work(change)?;
        self.lead(slot);
        Ok(())
    }

    /// Has a desk listen to a source, and to the other side of its link, or listen no more.
    fn listen(&mut self, desk: &str, source: &str, after: bool, on: bool) -> Result<(), Refusal> {
        let slot = self.strip(source)?;
        self.listeners.listen(desk, slot, after, on)?;
        match links::other(source, &self.cast) {
            Some(other) => self.listeners.listen(desk, other, after, on),
            None => Ok(()),
        }
    }

    /// A strip was set: so is the other side of its link, whose slot is given.
    fn lead(&mut self, slot: usize) -> Option<usize> {
        let other = links::lead(&mut self.strips, slot, &self.cast);
        self.match_strips();
        other
    }

    /// What each monitor plays.
    pub fn hear(&self) -> Vec<Hearing> {
        self.ears.hear(&self.listeners, &self.cast)
    }

    /// What each slot's strip does to its sound.
    pub fn settings(&self) -> impl Iterator<Item = StripSettings> {
        self.strips.iter().map(|strip| strip.settings)
    }

    /// Measures a picture against a sound, or takes over what is proposed for them.
    fn align(&mut self, command: &Command) -> Result<(), Refusal> {
        let Command::LipSync {
            action,
            picture,
            sound,
        } = command
        else {
            return Ok(());
        };
        match action {
            LipSyncAction::Measure => {
                let picture = picture.as_ref().ok_or(Unaligned::NoPicture)?;
                let sound = self.strip(sound.as_ref().unwrap_or(picture))?;
                self.lip_sync.measure(self.strip(picture)?, sound);
            }
            LipSyncAction::Stop => self.lip_sync.stop(),
            LipSyncAction::Take => {
                let ms = delay_of_sound(self.alignment().as_ref())?;
                if let Some((_, sound)) = self.lip_sync.of() {
                    self.strips[sound].work(|settings| {
                        Some(StripSettings {
                            delay_ms: ms,
                            ..settings
                        })
                    })?;
                    self.lead(sound);
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
    fn alignment(&self) -> Option<LipSyncStatus> {
        let (picture, sound) = self.lip_sync.of()?;
        let id = |slot| self.cast.source_at(slot).map(|source| source.id.clone());
        let rate = self.cast.show.format.rate;
        let status = self.lip_sync.status(&self.strips, rate)?;
        Some(LipSyncStatus {
            picture: id(picture)?,
            sound: id(sound)?,
            ..status
        })
    }

    fn strip(&self, source: &str) -> Result<usize, Refusal> {
        self.cast.slot(source).ok_or_else(|| {
            let ids = self.cast.show.sources.iter().map(|s| s.id.as_str());
            unknown("source", source, ids)
        })
    }

    /// The slot of a source that is a guest.
    fn guest(&self, source: &str) -> Result<usize, Refusal> {
        let slot = self.strip(source)?;
        let is_guest = self.cast.source_at(slot).is_some_and(|s| s.mix_minus);
        is_guest
            .then_some(slot)
            .ok_or_else(|| Refusal::NoGuest(source.to_owned()))
    }

    /// What the next frame shows; once a frame, after its commands.
    pub fn tick(&mut self) -> Layout {
        let layout = self.switcher.tick();
        self.follow_scene();
        if self.recall.step(&mut self.strips) {
            self.match_strips();
        }
        layout
    }

    /// Whether the holding slate is over everything.
    pub fn holds(&self) -> bool {
        self.hold
    }

    /// The program's gain: fade to black takes it down, but not what is heard with the holding slate.
    fn program_gain(&self) -> f32 {
        if self.hold {
            1.0
        } else {
            1.0 - self.switcher.black().0
        }
    }

    /// The gains that go with the frame last shown, by slot.
    pub fn gains(&self) -> Vec<StripGain> {
        let held = self.hold.then(|| self.heard_with_slate());
        let talkback = &self.cast.show.sound.talkback.source;
        let mut sources: Vec<Option<&Source>> = vec![None; self.strips.len()];
        let mut twins: Vec<Option<usize>> = vec![None; self.strips.len()];
        // What is heard as it was taken is not heard a second time from where it was made anew.
        let mut waits = vec![false; self.strips.len()];
        // What left the show and is still heard belongs to the groups that it had.
        let mut groups: Vec<&[String]> = (0..self.strips.len())
            .map(|slot| self.cast.last_at(slot).map_or(&[][..], |s| &s.groups))
            .collect();
        for (source, &slot) in self.cast.show.sources.iter().zip(self.cast.slots()) {
            sources[slot] = Some(source);
            let on_air = || self.switcher.slots_on_air(&source.id);
            for other in on_air().filter(|other| *other != slot) {
                groups[other] = &source.groups;
                (twins[other], twins[slot]) = (Some(slot), Some(other));
                waits[slot] = on_air().all(|on_air| on_air != slot);
            }
        }
        let is_muted = |slot: usize| {
            let strip = &self.strips[slot];
            self.console
                .gain(strip.fader_db, strip.mute, groups[slot])
                .1
        };
        let talks = self.cast.slot(talkback).is_some_and(|slot| !is_muted(slot));
        self.strips
            .iter()
            .enumerate()
            .map(|(i, strip)| {
                let source = sources[i];
                let (fader, muted) = self.console.gain(strip.fader_db, strip.mute, groups[i]);
                let (fader, muted) = match waits[i] && held.is_none() {
                    true => (0.0, true),
                    false => (fader, muted),
                };
                let follow = match (held, strip.afv) {
                    (Some(heard), _) => f32::from(u8::from(heard == Some(i))),
                    (None, Afv::On) => 1.0,
                    (None, Afv::Off) => 0.0,
                    (None, Afv::Follow) => self.switcher.follow(i) as f32,
                };
                let is_guest = source.is_some_and(|source| source.mix_minus);
                let last = self.cast.last_at(i);
                let is_talkback = last.is_some_and(|source| source.id == *talkback);
                if is_talkback {
                    // Whatever its strip says: only who is talked to hears it.
                    return StripGain {
                        talk: f32::from(u8::from(!muted)),
                        listened: self.listeners.of(i),
                        ..StripGain::in_program(fader, 0.0)
                    };
                }
                let comes_back = is_guest && self.console.off_air() && strip.afv != Afv::Off;
                StripGain {
                    fader,
                    follow,
                    follow_back: if comes_back { 1.0 } else { follow },
                    open: f32::from(u8::from(!muted)),
                    sends: strip.sends.map(|send| SendGain {
                        gain: db_to_gain(send.db),
                        pre: send.pre,
                    }),
                    back: is_guest.then(|| db_to_gain(strip.return_db)),
                    twin: twins[i],
                    linked: source.and_then(|source| links::other(&source.id, &self.cast)),
                    talked: is_guest && talks && self.talkback.is_to(i),
                    talk: 0.0,
                    listened: self.listeners.of(i),
                }
            })
            .collect()
    }

    /// How loud the buses are that go with the frame last shown.
    pub fn buses(&self) -> BusGains {
        BusGains {
            generated: line_up::generated(&self.line_up, &self.cast),
            ..self.console.buses(self.program_gain())
        }
    }

    /// Whether the program goes out and nothing has been heard of it for as long as was set. Faded to black
    /// it is silent because it is meant to be.
    fn is_silent(&self, observed: &Observed) -> bool {
        let silence_s = f64::from(self.console.sound().master.alarm.silence_s);
        let out = [observed.on_air_s, observed.recording_s];
        let is_out = out.into_iter().flatten().any(|out| out >= silence_s);
        observed.alarm.silent && is_out && (self.hold || !self.switcher.black().1)
    }

    /// What is seen of the director's microphone.
    fn talked(&self) -> TalkbackStatus {
        let guests = self.cast.show.sources.iter().zip(self.cast.slots());
        let guests = guests.filter(|(s, slot)| s.mix_minus && self.talkback.is_to(**slot));
        TalkbackStatus {
            source: self.cast.show.sound.talkback.source.clone(),
            all: self.talkback.is_to_all(),
            guests: guests.map(|(source, _)| source.id.clone()).collect(),
        }
    }

    /// What is seen of the sound behind the strips.
    fn sound(&self, auxes: &[(Level, f32)], listeners: &[Level]) -> SoundStatus {
        let seats = self.listeners.seats();
        SoundStatus {
            listening: seats
                .map(|(bus, seat)| ListenStatus {
                    desk: seat.desk.clone(),
                    bus,
                    pfl: self.ids(&seat.before),
                    afl: self.ids(&seat.after),
                    level: listeners.get(usize::from(bus)).copied().unwrap_or_default(),
                })
                .collect(),
            talkback: self.talked(),
            lip_sync: self.alignment(),
            generator: self.line_up.clone(),
            safe: self.cast.show.snapshots.safe.clone(),
            snapshots: self
                .cast
                .show
                .snapshots
                .list
                .iter()
                .map(|snapshot| SoundSnapshotStatus {
                    id: snapshot.id.clone(),
                    label: label(&snapshot.label, &snapshot.id),
                    scenes: snapshot.scenes.clone(),
                    recalled: snapshot.id == self.recalled,
                })
                .collect(),
            ..self.console.status(auxes)
        }
    }

    /// The slot of the source that is heard with the holding slate.
    fn heard_with_slate(&self) -> Option<usize> {
        self.cast.slot(self.cast.show.hold.source.as_deref()?)
    }

    /// Where a source is. Nothing is on air beneath the holding slate, but what is heard with it.
    fn source_tally(&self, source: &str, slot: usize, heard: bool) -> Tally {
        let on_air = match self.hold {
            true => heard && self.heard_with_slate() == Some(slot),
            false => self.switcher.is_on_air(source),
        };
        if on_air {
            Tally::Program
        } else if self.switcher.is_on_preview(slot, &self.cast) {
            Tally::Preview
        } else {
            Tally::Off
        }
    }

    /// Where a scene is, by the tallies of the sources. That of a source alone, where the show has no
    /// other of its id, is wherever the source is: red in any scene on air.
    fn scene_tally(&self, id: &str, sources: &[SourceStatus]) -> Tally {
        let taken = if self.switcher.is_program(id) && !self.hold {
            Tally::Program
        } else if self.switcher.preview() == id {
            Tally::Preview
        } else {
            Tally::Off
        };
        match sources.iter().find(|source| source.id == id) {
            Some(source) if self.cast.is_implied(id) => taken.max(source.tally),
            _ => taken,
        }
    }

    /// The state after frame `frame`.
    pub fn snapshot(&self, frame: u64, observed: Observed) -> Snapshot {
        let show = &self.cast.show;
        let is_silent = self.is_silent(&observed);
        let mut seen = observed.sources.into_iter();
        let gains = self.gains();
        let sounds = |slot: usize| {
            let gain = gains.get(slot);
            gain.is_some_and(|gain| gain.fader > 0.0 && gain.follow > 0.0)
        };
        let is_heard = |source: &str, slot: usize| {
            sounds(slot) || self.switcher.slots_on_air(source).any(sounds)
        };
        let sources: Vec<SourceStatus> = self
            .sources()
            .zip(self.cast.slots())
            .map(|((source, strip), &slot)| {
                let seen = seen.next().unwrap_or_default();
                let returned = seen.back.unwrap_or_default();
                SourceStatus {
                    id: source.id.clone(),
                    label: label(&source.label, &source.id),
                    origin: (&source.kind).into(),
                    tally: self.source_tally(&source.id, slot, is_heard(&source.id, slot)),
                    heard: is_heard(&source.id, slot),
                    fader_db: strip.fader_db,
                    mute: strip.mute,
                    afv: strip.afv,
                    picture_delay_ms: strip.picture_delay_ms,
                    strip: strip.settings,
                    groups: source.groups.clone(),
                    link: link_of(&show.sound.links, &source.id).cloned(),
                    sends: trimmed(&strip.sends, &[]),
                    back: source.mix_minus.then_some(ReturnStatus {
                        db: strip.return_db,
                        ..returned
                    }),
                    ..seen
                }
            })
            .collect();
        let scenes = self
            .cast
            .scenes()
            .map(|scene| SceneStatus {
                id: scene.id.clone(),
                label: label(&scene.label, &scene.id),
                tally: self.scene_tally(&scene.id, &sources),
                sources: scene.layers.iter().map(|l| l.source.clone()).collect(),
            })
            .collect();
        let (black, fade_to_black) = self.switcher.black();
        let mut outputs = observed.monitors;
        let monitors = self.hear().into_iter().map(|hearing| {
            let status = MonitorStatus {
                listens: hearing.set.on && !hearing.solo.is_empty(),
                set: hearing.set,
                output: outputs.remove(&hearing.desk).unwrap_or_default(),
            };
            (hearing.desk, status)
        });
        let mut monitors: BTreeMap<String, MonitorStatus> = monitors.collect();
        Snapshot {
            name: show.name.clone(),
            width: show.format.width,
            height: show.format.height,
            rate: show.format.rate,
            frame,
            uptime_s: observed.uptime_s,
            on_air_s: observed.on_air_s,
            recording_s: observed.recording_s,
            program: self.switcher.program().name().to_owned(),
            preview: self.switcher.preview().to_owned(),
            transition: Transition {
                message: observed.transition.0,
                reads: observed.transition.1,
                ..self.switcher.transition(&self.cast)
            },
            black,
            fade_to_black,
            hold: self.hold,
            sources,
            scenes,
            stingers: observed
                .stingers
                .into_iter()
                .map(|stinger| StingerStatus {
                    label: label(&stinger.label, &stinger.id),
                    ..stinger
                })
                .collect(),
            program_level: observed.program.0,
            limiter_db: observed.program.1,
            loudness: observed.loudness,
            sound: SoundStatus {
                alarm: SoundAlarm {
                    silent: is_silent,
                    ..observed.alarm
                },
                ..self.sound(&observed.auxes, &observed.listeners)
            },
            destinations: observed.destinations,
            recording: observed.recording,
            encoder: observed.encoder,
            receiver: observed.receiver,
            sound_outputs: observed.sound_outputs,
            monitor: monitors.remove("").unwrap_or_default(),
            monitors,
            edit: observed.edit,
            live_edit: self.live_edit,
            counters: observed.counters,
            health: observed.health,
        }
    }
}

/// A label that was left out is the id.
pub(super) fn label(label: &str, id: &str) -> String {
    if label.is_empty() { id } else { label }.to_owned()
}

/// The length over which the sound of a frame changes, in samples: a whole frame while a picture
/// transition runs, else as short as can be.
pub fn ramp_of(moving: bool, rate: Rate) -> u32 {
    if moving {
        rate.sample_of(1) as u32
    } else {
        crate::audio::SHORT_RAMP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two sources, the first on PGM with this saturation.
    fn core(saturation: f32) -> Core {
        let text = format!(
            "(version: 1, name: \"x\", sources: [
                (id: \"a\", kind: Test(pattern: Bars), colour: (saturation: {saturation:?})),
                (id: \"b\", kind: Test(pattern: Bars), colour: (tint: 0.5)),
            ])"
        );
        let show = crate::show::parse(std::path::Path::new("x.ron"), &text).unwrap();
        Core::new(Arc::new(Cast::opened(show, 0)))
    }

    #[test]
    fn a_program_is_silent_only_while_it_goes_out() {
        let mut core = core(1.0);
        let is_silent = |core: &Core, on_air_s, recording_s| {
            let alarm = SoundAlarm {
                silent: true,
                clipping: false,
            };
            let observed = Observed {
                alarm,
                on_air_s,
                recording_s,
                ..Observed::default()
            };
            core.snapshot(0, observed).sound.alarm.silent
        };
        assert!(!is_silent(&core, None, None), "before the show");
        assert!(!is_silent(&core, Some(9.0), Some(2.0)), "not for so long");
        assert!(is_silent(&core, None, Some(10.0)));
        let on = true;
        let black = Command::FadeToBlack { on, frames: None };
        core.apply(&black).unwrap();
        assert!(!is_silent(&core, Some(60.0), None), "faded to black");
        core.apply(&Command::Hold { on }).unwrap();
        assert!(
            is_silent(&core, Some(60.0), None),
            "the slate is to be heard"
        );
    }

    #[test]
    fn an_engine_that_goes_on_shows_the_colours_that_were_taken() {
        let journal = core(0.25).journal();
        let text = serde_json::to_string(&journal).unwrap();
        // The show was edited since; the edit waits for a take, as it would have without a crash.
        let mut next = core(1.5);
        next.restore(&serde_json::from_str(&text).unwrap());
        assert_eq!(next.tick().from.draws[0].colour.saturation, 0.25);
        next.apply(&Command::Cut {}).unwrap();
        assert_eq!(next.tick().from.draws[0].colour.tint, 0.5);
        next.apply(&Command::Cut {}).unwrap();
        assert_eq!(next.tick().from.draws[0].colour.saturation, 1.5);
    }

    #[test]
    fn a_journal_without_colours_leaves_the_shows_own() {
        let mut journal = core(0.25).journal();
        journal.program_colours.clear();
        let mut next = core(1.5);
        next.restore(&journal);
        assert_eq!(next.tick().from.draws[0].colour.saturation, 1.5);
    }

    #[test]
    fn a_source_is_red_wherever_it_is_seen_and_nothing_is_beneath_the_slate() {
        let text = "(version: 1, name: \"x\", sources: [
                (id: \"a\", kind: Test(pattern: Bars)), (id: \"b\", kind: Test(pattern: Bars)),
                (id: \"c\", kind: Test(pattern: Bars)),
            ], scenes: [(id: \"duo\", layers: [(source: \"a\"), (source: \"b\")])])";
        let show = crate::show::parse(std::path::Path::new("x.ron"), text).unwrap();
        let mut core = Core::new(Arc::new(Cast::opened(show, 0)));
        let duo = "duo".to_owned();
        core.apply(&Command::Program { scene: duo }).unwrap();
        core.apply(&Command::Preview {
            scene: "c".to_owned(),
        })
        .unwrap();
        let tallies = |core: &Core| {
            let scenes = core.snapshot(0, Observed::default()).scenes;
            ["duo", "a", "b", "c"].map(|id| scenes.iter().find(|s| s.id == id).unwrap().tally)
        };
        use Tally::{Off, Preview, Program};
        assert_eq!(tallies(&core), [Program, Program, Program, Preview]);
        core.apply(&Command::Hold { on: true }).unwrap();
        assert_eq!(tallies(&core), [Off, Off, Off, Preview]);
    }

    #[test]
    fn guests_off_air_are_in_each_others_returns_where_the_director_says_so() {
        let text = "(version: 1, name: \"x\", sources: [
                (id: \"a\", kind: Test(pattern: Bars), mix_minus: true),
                (id: \"b\", kind: Test(pattern: Bars), mix_minus: true, return_db: -20.0),
                (id: \"c\", kind: Test(pattern: Bars)),
            ])";
        let show = crate::show::parse(std::path::Path::new("x.ron"), text).unwrap();
        let mut core = Core::new(Arc::new(Cast::opened(show, 0)));
        let gains = |core: &Core| {
            let gains = core.gains();
            [0, 1, 2].map(|slot: usize| (gains[slot].follow, gains[slot].follow_back))
        };
        let on_air = [(1.0, 1.0), (0.0, 0.0), (0.0, 0.0)];
        assert_eq!(gains(&core), on_air);
        core.apply(&Command::NMinusOne { off_air: true }).unwrap();
        assert_eq!(gains(&core), [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]);
        core.apply(&Command::Afv {
            source: "b".to_owned(),
            mode: Afv::Off,
        })
        .unwrap();
        assert_eq!(gains(&core), on_air, "who is never heard is not heard");
        let back = [0, 1, 2].map(|slot: usize| core.gains()[slot].back);
        assert_eq!((back[0], back[2]), (Some(1.0), None));
        assert!(back[1].is_some_and(|gain| (gain - 0.1).abs() < 1e-6));
    }

    #[test]
    fn a_scene_that_bears_a_sources_id_is_not_that_source() {
        let text = "(version: 1, name: \"x\", sources: [
                (id: \"a\", kind: Test(pattern: Bars)), (id: \"b\", kind: Test(pattern: Bars)),
            ], scenes: [
                (id: \"a\", layers: [(source: \"b\")]), (id: \"wide\", layers: [(source: \"a\")]),
            ])";
        let show = crate::show::parse(std::path::Path::new("x.ron"), text).unwrap();
        let mut core = Core::new(Arc::new(Cast::opened(show, 0)));
        let tallies = |core: &Core| {
            let snapshot = core.snapshot(0, Observed::default());
            let scene = |id: &str| snapshot.scenes.iter().find(|s| s.id == id).unwrap().tally;
            (["a", "b", "wide"].map(scene), snapshot.sources[0].tally)
        };
        use Tally::{Off, Preview, Program};
        let scene = |id: &str| id.to_owned();
        let take = Command::Program {
            scene: scene("wide"),
        };
        core.apply(&Command::Preview { scene: scene("b") }).unwrap();
        core.apply(&take).unwrap();
        assert_eq!(tallies(&core), ([Off, Preview, Program], Program));
        let take = Command::Program { scene: scene("a") };
        core.apply(&take).unwrap();
        assert_eq!(tallies(&core), ([Program, Program, Off], Off));
    }

    #[test]
    fn what_is_heard_with_the_slate_is_on_air_and_nothing_else() {
        let text = "(version: 1, name: \"x\", hold: (source: \"music\"), sources: [
                (id: \"a\", afv: On, kind: Test(pattern: Bars)),
                (id: \"music\", kind: Test(pattern: Bars)),
            ])";
        let show = crate::show::parse(std::path::Path::new("x.ron"), text).unwrap();
        let mut core = Core::new(Arc::new(Cast::opened(show, 0)));
        let told = |core: &Core| {
            let snapshot = core.snapshot(0, Observed::default());
            let sources = snapshot.sources.iter().map(|s| (s.tally, s.heard));
            let scenes = snapshot.scenes.iter().map(|s| s.tally);
            (sources.collect::<Vec<_>>(), scenes.collect::<Vec<_>>())
        };
        use Tally::{Off, Preview, Program};
        let before = (
            vec![(Program, true), (Preview, false)],
            vec![Program, Preview],
        );
        assert_eq!(told(&core), before);
        core.apply(&Command::Hold { on: true }).unwrap();
        let held = (vec![(Off, false), (Program, true)], vec![Off, Program]);
        assert_eq!(told(&core), held);
        core.apply(&Command::Mute {
            source: "music".to_owned(),
            on: true,
        })
        .unwrap();
        let silent = (vec![(Off, false), (Preview, false)], vec![Off, Preview]);
        assert_eq!(told(&core), silent);
        core.apply(&Command::Hold { on: false }).unwrap();
        assert_eq!(told(&core), before);
    }
}
