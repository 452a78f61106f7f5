//! The state of the show: what commands change and snapshots tell. No thread, no clock, no device:
//! the tick brings frame numbers in and carries effects out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::aligner::{Measured, Watched};
use super::book::Passed;
use super::cast::{Cast, name_of};
use super::downstream::{Downstream, Filling, Known, Tables};
use super::journal::Journal;
use super::refusal::{Refusal, unknown};
use super::sound_desk::{Faders, Hearing, Shown, SoundDesk, Strip, slot_of, sources};
use super::standing::Standing;
use super::stingers::Lengths;
use super::switcher::Switcher;
use super::taken::Taken;
use super::waiting::Waiting;
use crate::audio::{BusGains, LISTENERS, StripGain};
use crate::door::{
    CardOutputStatus, ClipAction, Command, Counters, DestinationStatus, EditStatus, EncoderStatus,
    Health, Level, Loudness, MonitorStatus, ReceiverStatus, RecordingStatus, ReturnStatus,
    SceneStatus, Snapshot, SnapshotAction, SoundAlarm, SoundStatus, SourceStatus, StingerStatus,
    TableStatus, Tally, TitleStatus, Transition,
};
use crate::media::Rate;
use crate::show::{
    AUXES, Destination, Show, Source, SourceKind, StripSettings, TransitionStyle, link_of, trimmed,
};
use crate::video::{Layout, Stage};

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
    downstream: Downstream,
    /// The rows of tables, by their ids.
    tables: Tables,
    desk: SoundDesk,
    /// The ids of the destinations that are asked for.
    streaming: BTreeSet<String>,
    recording: bool,
    /// The holding slate is over everything.
    hold: bool,
    /// Edits of the scenes on air are seen at once.
    live_edit: bool,
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
    /// In the show's order, with what the core does not know of them.
    pub titles: Vec<TitleStatus>,
    /// In the show's order.
    pub tables: Vec<TableStatus>,
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
        let switcher = Switcher::new(&cast);
        let downstream = Downstream::new(&cast);
        let shown = Shown {
            cast: &cast,
            switcher: &switcher,
            downstream: &downstream,
            hold: false,
        };
        Self {
            desk: SoundDesk::opened(&shown),
            downstream,
            tables: Tables::new(),
            switcher,
            streaming: BTreeSet::new(),
            recording: false,
            hold: false,
            live_edit: false,
            cast,
        }
    }

    /// The desk, with what is shown.
    fn desk(&mut self) -> (&mut SoundDesk, Shown<'_>) {
        let shown = Shown {
            cast: &self.cast,
            switcher: &self.switcher,
            downstream: &self.downstream,
            hold: self.hold,
        };
        (&mut self.desk, shown)
    }

    fn shown(&self) -> Shown<'_> {
        Shown {
            cast: &self.cast,
            switcher: &self.switcher,
            downstream: &self.downstream,
            hold: self.hold,
        }
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
            .filter(|source| self.is_on_air(source))
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
        let before = before.clone();
        let (desk, shown) = self.desk();
        desk.edited(&shown, &cast, &brings.faders);
        if on_air == Leaving::Meant {
            self.switcher.drop_sources(&leaving, brings.passed);
            self.downstream.drop_sources(&leaving);
        }
        self.switcher.recast(&before, &cast, brings.passed);
        self.downstream.recast(&before, &cast);
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
        let (desk, shown) = self.desk();
        desk.settle(&shown);
        Ok(())
    }

    /// The slots that are in use: of the show, and of what is on air.
    pub fn uses(&self, slot: usize) -> bool {
        self.cast.slots().contains(&slot)
            || self
                .stages()
                .any(|stage| stage.slots().any(|other| other == slot))
    }

    /// What is on air, beneath the downstream keys and on them.
    pub fn stages(&self) -> impl Iterator<Item = &Stage> {
        let keys = self.downstream.sources().map(|taken| &taken.stage);
        self.switcher.on_air().chain(keys)
    }

    /// Whether a source is seen on air.
    fn is_on_air(&self, source: &str) -> bool {
        let mut keys = self.downstream.sources();
        self.switcher.is_on_air(source) || keys.any(|taken| taken.needs(source))
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
        self.downstream.restore(&journal.downstream, &self.cast);
        let (desk, shown) = self.desk();
        desk.restore(journal, shown.cast);
        desk.settle(&shown);
        let destinations = self.cast.show.destinations.iter().map(|d| &d.id);
        self.streaming = destinations
            .filter(|id| journal.streaming.contains(*id))
            .cloned()
            .collect();
        self.recording = journal.recording;
        self.hold = journal.hold;
        self.live_edit = journal.live_edit;
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
            downstream: self.downstream.journal(),
            revision: self.cast.revision,
            streaming: self.streaming.iter().cloned().collect(),
            recording: self.recording,
            hold: self.hold,
            live_edit: self.live_edit,
            rate: Some(self.cast.show.format.rate),
            ..self.desk.journal(&self.cast)
        }
    }

    /// How that stands which the hand sets and the file keeps.
    pub fn standing(&self) -> Standing {
        let sounds = sources(self.desk.strips(), &self.cast);
        let sounds = sounds.map(|(source, _, strip)| (source.id.clone(), strip.standing()));
        Standing {
            sounds: sounds.collect(),
            sound: self.desk.lasting(),
            transition: self.switcher.chosen_transition().0.clone(),
            keys: self.downstream.settings(),
            fields: self.downstream.by_hand(),
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

    /// The switcher.
    pub fn switcher(&self) -> &Switcher {
        &self.switcher
    }

    /// Says which stingers can be played from now on, and how long they are.
    pub fn know_stingers(&mut self, stingers: Lengths) {
        self.switcher.know_stingers(stingers);
    }

    /// Says which titles are ready, and which cannot be had.
    pub fn know_titles(&mut self, known: Known) {
        self.downstream.know(known);
    }

    /// Says what stands in the tables.
    pub fn know_tables(&mut self, tables: Tables) {
        self.tables = tables;
        self.downstream.read_again(&self.cast, &self.tables);
    }

    /// Every title that has to be ready, with what is filled in.
    pub fn titles_wanted(&self) -> Vec<(String, Filling)> {
        self.downstream.wanted()
    }

    /// The downstream keys.
    pub fn downstream(&self) -> &Downstream {
        &self.downstream
    }

    /// The strips, by slot.
    pub fn strips(&self) -> &[Strip] {
        self.desk.strips()
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
                .map(|d| name_of(&d.label, &d.id))
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
        let (desk, shown) = self.desk();
        desk.follow_scene(&shown);
        Ok(effect)
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
            Command::Title { .. }
            | Command::Key(_)
            | Command::KeyAuto { .. }
            | Command::KeysOff { .. }
            | Command::Rundown { .. } => {
                self.downstream.apply(command, &self.cast, &self.tables)?;
            }
            Command::Hold { on } => self.hold = *on,
            Command::Fader { .. }
            | Command::Mute { .. }
            | Command::Afv { .. }
            | Command::Trim { .. }
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
            | Command::Alarm { .. }
            | Command::Strip { .. }
            | Command::Send { .. }
            | Command::Return { .. }
            | Command::Talkback { .. }
            | Command::LipSync { .. }
            | Command::Generator(_)
            | Command::Pfl { .. }
            | Command::Afl { .. }
            | Command::Monitor { .. }
            | Command::SoundSnapshot {
                action: SnapshotAction::Recall | SnapshotAction::Back,
                ..
            }
            | Command::CopyStrip { .. }
            | Command::Preset { .. }
            | Command::Aux { .. }
            | Command::Group { .. }
            | Command::Master { .. }
            | Command::MasterEq { .. }
            | Command::NMinusOne { .. } => {
                let (desk, shown) = self.desk();
                return Ok(match desk.apply(command, &shown)? {
                    true => Effect::Monitor,
                    false => Effect::None,
                });
            }
            Command::Clip {
                source,
                action,
                position_s,
            } => {
                let slot = slot_of(source, &self.cast)?;
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
            | Command::Templates {}
            | Command::Media { .. }
            | Command::Rows { .. }
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

    /// What each monitor plays.
    pub fn hear(&self) -> Vec<Hearing> {
        self.desk.hear(&self.cast)
    }

    /// What each slot's strip does to its sound.
    pub fn settings(&self) -> impl Iterator<Item = StripSettings> {
        self.strips().iter().map(|strip| strip.settings)
    }

    /// Says what was found of picture and sound last.
    pub fn know_alignment(&mut self, measured: Measured) {
        self.desk.know_alignment(measured);
    }

    /// What is to be measured of picture and sound.
    pub fn wants_aligned(&self) -> Option<Watched> {
        self.desk.wants_aligned()
    }

    /// What this frame shows; once a frame, after its commands.
    pub fn tick(&mut self, frame: u64) -> Layout {
        let mut layout = self.switcher.tick();
        layout.over = self.downstream.tick(frame, &self.switcher, &self.cast);
        let (desk, shown) = self.desk();
        desk.tick(&shown);
        layout
    }

    /// Whether the holding slate is over everything.
    pub fn holds(&self) -> bool {
        self.hold
    }

    /// The gains that go with the frame last shown, by slot.
    pub fn gains(&self) -> Vec<StripGain> {
        self.desk.gains(&self.shown())
    }

    /// How loud the buses are that go with the frame last shown.
    pub fn buses(&self) -> BusGains {
        self.desk.buses(&self.shown())
    }

    /// Whether the program goes out and nothing has been heard of it for as long as was set. Faded to black
    /// it is silent because it is meant to be.
    fn is_silent(&self, observed: &Observed) -> bool {
        let silence_s = f64::from(self.desk.silence_s());
        let out = [observed.on_air_s, observed.recording_s];
        let is_out = out.into_iter().flatten().any(|out| out >= silence_s);
        observed.alarm.silent && is_out && (self.hold || !self.switcher.black().1)
    }

    /// Where a source is. Nothing is on air beneath the holding slate, but what is heard with it.
    fn source_tally(&self, source: &str, slot: usize, heard: bool) -> Tally {
        let on_air = match self.hold {
            true => heard,
            false => self.is_on_air(source),
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
            sounds(slot) || self.shown().slots_on_air(source).any(sounds)
        };
        let sources: Vec<SourceStatus> = sources(self.desk.strips(), &self.cast)
            .map(|(source, slot, strip)| {
                let seen = seen.next().unwrap_or_default();
                let returned = seen.back.unwrap_or_default();
                SourceStatus {
                    id: source.id.clone(),
                    label: name_of(&source.label, &source.id),
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
                label: name_of(&scene.label, &scene.id),
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
                    label: name_of(&stinger.label, &stinger.id),
                    ..stinger
                })
                .collect(),
            keys: self.downstream.status(),
            titles: self.downstream.titles(&self.cast, observed.titles),
            tables: observed.tables,
            rundown: self.downstream.rundown(&self.cast),
            program_level: observed.program.0,
            limiter_db: observed.program.1,
            loudness: observed.loudness,
            sound: SoundStatus {
                alarm: SoundAlarm {
                    silent: is_silent,
                    ..observed.alarm
                },
                ..self
                    .desk
                    .status(&self.cast, &observed.auxes, &observed.listeners)
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
        assert_eq!(next.tick(0).from.draws[0].colour.saturation, 0.25);
        next.apply(&Command::Cut {}).unwrap();
        assert_eq!(next.tick(1).from.draws[0].colour.tint, 0.5);
        next.apply(&Command::Cut {}).unwrap();
        assert_eq!(next.tick(2).from.draws[0].colour.saturation, 1.5);
    }

    #[test]
    fn a_journal_without_colours_leaves_the_shows_own() {
        let mut journal = core(0.25).journal();
        journal.program_colours.clear();
        let mut next = core(1.5);
        next.restore(&journal);
        assert_eq!(next.tick(0).from.draws[0].colour.saturation, 1.5);
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
