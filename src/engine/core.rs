//! The state of the show: what commands change and snapshots tell. No thread, no clock, no device:
//! the tick brings frame numbers in and carries effects out.

use std::sync::Arc;

use super::journal::{Journal, JournalStrip};
use super::switcher::{SwitchError, Switcher};
use super::taken::Taken;
use crate::audio::StripGain;
use crate::door::{
    Command, Counters, DestinationStatus, EncoderStatus, Health, Level, ReceiverStatus,
    RecordingStatus, SceneStatus, Snapshot, SourceStatus, Transition,
};
use crate::media::{Rate, db_to_gain};
use crate::show::{Afv, Show, TransitionStyle};
use crate::video::Layout;

const FADER_MAX_DB: f32 = 10.0;
const FADER_MIN_DB: f32 = -100.0;
const PICTURE_DELAY_MAX_MS: u32 = 2000;
const LABEL_MAX: usize = 200;

/// What a command wants beyond the core's own state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Nothing.
    None,
    /// Start or stop destinations, by index.
    Stream(Vec<usize>, bool),
    /// Start or stop the master.
    Record(bool),
    /// Mark this frame.
    Marker(String),
    /// Delay a source's picture, by index.
    PictureDelay(usize, u32),
    /// Give a snapshot.
    Snapshot,
    /// End the show.
    Quit,
}

/// Why a command was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// By the switcher.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// No such source or destination.
    #[error("unknown {what} \"{id}\": expected one of {known}")]
    Unknown {
        /// Source or destination.
        what: &'static str,
        /// The id.
        id: String,
        /// The ids there are.
        known: String,
    },
    /// A number out of range.
    #[error("{what} {value}: expected {expected}")]
    OutOfRange {
        /// What it is.
        what: &'static str,
        /// The number.
        value: String,
        /// The range.
        expected: String,
    },
    /// A marker while nothing is recorded.
    #[error("a marker needs a recording: start the recorder first")]
    NotRecording,
    /// A marker while the recorder cannot write; with what is wrong.
    #[error("no marker was set, for nothing is being recorded: {0}")]
    NotWriting(String),
}

/// A strip's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strip {
    /// In dB.
    pub fader_db: f32,
    /// Muted.
    pub mute: bool,
    /// Audio follows video.
    pub afv: Afv,
    /// Delay of the picture against the sound, in ms.
    pub picture_delay_ms: u32,
}

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Core {
    show: Show,
    switcher: Switcher,
    strips: Vec<Strip>,
    streaming: Vec<bool>,
    recording: bool,
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
    /// The encoders.
    pub encoder: EncoderStatus,
    /// The receiver.
    pub receiver: Option<Arc<ReceiverStatus>>,
    /// Why the transition cannot be made as chosen; empty while it can.
    pub transition: String,
    /// Level of the program, and the limiter's reduction in dB.
    pub program: (Level, f32),
    /// Frames.
    pub counters: Counters,
    /// The machine.
    pub health: Health,
    /// Seconds since the show was started.
    pub uptime_s: f64,
}

impl Core {
    /// The show as its file says it.
    pub fn new(show: Show) -> Self {
        let strips = show
            .sources
            .iter()
            .map(|source| Strip {
                fader_db: source.fader_db,
                mute: source.mute,
                afv: source.afv,
                picture_delay_ms: source.picture_delay_ms,
            })
            .collect();
        Self {
            switcher: Switcher::new(&show),
            strips,
            streaming: vec![false; show.destinations.len()],
            recording: false,
            show,
        }
    }

    /// Puts back what an engine before this one had on air. What the show no longer has is left out.
    pub fn restore(&mut self, journal: &Journal) {
        let program = Taken::new(&journal.program, &journal.program_layers, &self.show);
        self.switcher
            .restore(program, &journal.preview, journal.black);
        self.switcher
            .restore_transition(journal.transition_style.clone(), journal.overruled);
        for saved in &journal.strips {
            if let Some(index) = self.show.source_index(&saved.source) {
                self.strips[index] = Strip {
                    fader_db: saved.fader_db.clamp(FADER_MIN_DB, FADER_MAX_DB),
                    mute: saved.mute,
                    afv: saved.afv,
                    picture_delay_ms: saved.picture_delay_ms.min(PICTURE_DELAY_MAX_MS),
                };
            }
        }
        for (on, destination) in self.streaming.iter_mut().zip(&self.show.destinations) {
            *on = journal.streaming.contains(&destination.id);
        }
        self.recording = journal.recording;
    }

    /// What a next engine needs to go on.
    pub fn journal(&self) -> Journal {
        let program = self.switcher.program();
        let (transition_style, overruled) = self.switcher.chosen_transition();
        Journal {
            program: program.scene.clone(),
            program_layers: program.layers.clone(),
            preview: self.switcher.preview().to_owned(),
            transition_style: transition_style.clone(),
            overruled,
            black: self.switcher.black().1,
            strips: self
                .show
                .sources
                .iter()
                .zip(&self.strips)
                .map(|(source, strip)| JournalStrip {
                    source: source.id.clone(),
                    fader_db: strip.fader_db,
                    mute: strip.mute,
                    afv: strip.afv,
                    picture_delay_ms: strip.picture_delay_ms,
                })
                .collect(),
            streaming: self
                .show
                .destinations
                .iter()
                .zip(&self.streaming)
                .filter(|(_, on)| **on)
                .map(|(destination, _)| destination.id.clone())
                .collect(),
            recording: self.recording,
            ..Journal::default()
        }
    }

    /// The show.
    pub fn show(&self) -> &Show {
        &self.show
    }

    /// The switcher.
    pub fn switcher(&self) -> &Switcher {
        &self.switcher
    }

    /// The strips, in the order of the sources.
    pub fn strips(&self) -> &[Strip] {
        &self.strips
    }

    /// Which destinations are asked for.
    pub fn streaming(&self) -> &[bool] {
        &self.streaming
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
        match command {
            Command::Preview { scene } => self.switcher.set_preview(scene)?,
            Command::Program { scene } => self.switcher.set_program(scene, &self.show)?,
            Command::Cut {} => self.switcher.cut(&self.show)?,
            Command::Auto {} => self.switcher.auto(&self.show)?,
            Command::Transition {
                kind,
                frames,
                colour,
                wipe,
                softness,
                reverse,
                direction,
            } => {
                let now = self.switcher.transition().style;
                self.switcher.set_transition(TransitionStyle {
                    kind: *kind,
                    frames: *frames,
                    colour: colour.unwrap_or(now.colour),
                    wipe: wipe.clone().unwrap_or(now.wipe),
                    softness: softness.unwrap_or(now.softness),
                    reverse: reverse.unwrap_or(now.reverse),
                    direction: direction.unwrap_or(now.direction),
                })?;
            }
            Command::TBar { position } => self.switcher.t_bar(*position, &self.show)?,
            Command::PreviewTransition {} => self.switcher.try_transition(&self.show)?,
            Command::FadeToBlack { on, frames } => self.switcher.fade_to_black(*on, *frames)?,
            Command::Fader { source, db } => {
                let strip = self.strip(source)?;
                if !(FADER_MIN_DB..=FADER_MAX_DB).contains(db) {
                    return Err(Refusal::OutOfRange {
                        what: "fader",
                        value: format!("{db} dB"),
                        expected: format!("{FADER_MIN_DB} to {FADER_MAX_DB} dB"),
                    });
                }
                self.strips[strip].fader_db = *db;
            }
            Command::Mute { source, on } => {
                let strip = self.strip(source)?;
                self.strips[strip].mute = *on;
            }
            Command::Afv { source, mode } => {
                let strip = self.strip(source)?;
                self.strips[strip].afv = *mode;
            }
            Command::PictureDelay { source, ms } => {
                let strip = self.strip(source)?;
                if *ms > PICTURE_DELAY_MAX_MS {
                    return Err(Refusal::OutOfRange {
                        what: "picture delay",
                        value: format!("{ms} ms"),
                        expected: format!("0 to {PICTURE_DELAY_MAX_MS} ms"),
                    });
                }
                self.strips[strip].picture_delay_ms = *ms;
                return Ok(Effect::PictureDelay(strip, *ms));
            }
            Command::Stream { destination, on } => {
                let index = self
                    .show
                    .destinations
                    .iter()
                    .position(|d| d.id == *destination)
                    .ok_or_else(|| {
                        let ids = self.show.destinations.iter().map(|d| d.id.as_str());
                        unknown("destination", destination, ids)
                    })?;
                self.streaming[index] = *on;
                return Ok(Effect::Stream(vec![index], *on));
            }
            Command::StreamAll { on } => {
                self.streaming.fill(*on);
                return Ok(Effect::Stream((0..self.streaming.len()).collect(), *on));
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
            Command::Snapshot {} => return Ok(Effect::Snapshot),
            Command::Quit {} => return Ok(Effect::Quit),
        }
        Ok(Effect::None)
    }

    fn strip(&self, source: &str) -> Result<usize, Refusal> {
        self.show.source_index(source).ok_or_else(|| {
            let ids = self.show.sources.iter().map(|s| s.id.as_str());
            unknown("source", source, ids)
        })
    }

    /// What the next frame shows; once a frame, after its commands.
    pub fn tick(&mut self) -> Layout {
        self.switcher.tick()
    }

    /// The gains that go with the frame last shown.
    pub fn gains(&self) -> Vec<StripGain> {
        self.strips
            .iter()
            .enumerate()
            .map(|(i, strip)| StripGain {
                fader: if strip.mute {
                    0.0
                } else {
                    db_to_gain(strip.fader_db)
                },
                follow: match strip.afv {
                    Afv::On => 1.0,
                    Afv::Off => 0.0,
                    Afv::Follow => self.switcher.follow(i) as f32,
                },
            })
            .collect()
    }

    /// The state after frame `frame`.
    pub fn snapshot(&self, frame: u64, observed: Observed) -> Snapshot {
        let show = &self.show;
        let mut seen = observed.sources.into_iter();
        let sources = show
            .sources
            .iter()
            .zip(&self.strips)
            .enumerate()
            .map(|(i, (source, strip))| SourceStatus {
                id: source.id.clone(),
                label: label(&source.label, &source.id),
                tally: self.switcher.source_tally(i, show),
                fader_db: strip.fader_db,
                mute: strip.mute,
                afv: strip.afv,
                picture_delay_ms: strip.picture_delay_ms,
                ..seen.next().unwrap_or_default()
            })
            .collect();
        let scenes = self
            .switcher
            .scenes()
            .iter()
            .map(|scene| SceneStatus {
                id: scene.id.clone(),
                label: label(&scene.label, &scene.id),
                tally: self.switcher.scene_tally(&scene.id),
                sources: scene.layers.iter().map(|l| l.source.clone()).collect(),
            })
            .collect();
        let (black, fade_to_black) = self.switcher.black();
        Snapshot {
            name: show.name.clone(),
            width: show.format.width,
            height: show.format.height,
            rate: show.format.rate,
            frame,
            uptime_s: observed.uptime_s,
            program: self.switcher.program().scene.clone(),
            preview: self.switcher.preview().to_owned(),
            transition: Transition {
                message: observed.transition,
                ..self.switcher.transition()
            },
            black,
            fade_to_black,
            sources,
            scenes,
            program_level: observed.program.0,
            limiter_db: observed.program.1,
            destinations: observed.destinations,
            recording: observed.recording,
            encoder: observed.encoder,
            receiver: observed.receiver,
            counters: observed.counters,
            health: observed.health,
        }
    }
}

/// A label that was left out is the id.
pub(super) fn label(label: &str, id: &str) -> String {
    if label.is_empty() { id } else { label }.to_owned()
}

fn unknown<'a>(what: &'static str, id: &str, known: impl Iterator<Item = &'a str>) -> Refusal {
    Refusal::Unknown {
        what,
        id: id.to_owned(),
        known: known.collect::<Vec<_>>().join(", "),
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
