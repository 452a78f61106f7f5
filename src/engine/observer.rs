//! The outputs as the tick holds them: it asks them to start and stop, and looks at how they do. None
//! of it waits.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::core::Observed;
use super::keys::Keys;
use super::reception::Reception;
use super::refusal::Refusal;
use crate::door::{
    DestinationState, DestinationStatus, EditStatus, EncoderStatus, Event, Hub, RecordingState,
    RecordingStatus,
};
use crate::media::House;
use crate::output::receiver::Receiver;
use crate::output::{Bitrate, Encoders, Recorder, RunningDestination, TooMany};
use crate::show::Show;

/// See the module's words.
pub struct Observer {
    /// In the order in which they came.
    pub destinations: Vec<RunningDestination>,
    /// The master.
    pub recorder: Recorder,
    /// The encoders.
    pub encoders: Encoders,
    /// The receiver inside regie, where the show asks for it.
    pub receiver: Option<Reception>,
    /// What the editor says.
    pub edit: Arc<ArcSwap<EditStatus>>,
    /// Which keys are there.
    pub keys: Keys,
    told: Told,
    bitrate: Bitrate,
}

#[derive(Default)]
struct Told {
    /// By id; off where there is none.
    destinations: BTreeMap<String, DestinationState>,
    recording: (RecordingState, Option<String>),
    encoder: Option<(Arc<String>, String)>,
}

impl Observer {
    /// Takes the outputs in its care; the receiver, or why there is none.
    pub fn new(
        recorder: Recorder,
        encoders: Encoders,
        receiver: Option<Result<Receiver, String>>,
        edit: Arc<ArcSwap<EditStatus>>,
        keys: Keys,
    ) -> Self {
        Self {
            told: Told::default(),
            destinations: Vec::new(),
            recorder,
            encoders,
            receiver: receiver.map(Reception::new),
            edit,
            keys,
            bitrate: Bitrate::default(),
        }
    }

    /// Starts or stops destinations.
    pub fn stream(&self, ids: &[String], on: bool) {
        for destination in &self.destinations {
            if ids.contains(&destination.status().id) {
                destination.set_on(on);
            }
        }
    }

    /// Takes out the destinations that a show does not have, or not in this way.
    pub fn part_with(&mut self, stays: impl Fn(&str) -> bool) -> Vec<RunningDestination> {
        let all = std::mem::take(&mut self.destinations);
        let (staying, leaving) = all.into_iter().partition(|d| stays(&d.status().id));
        self.destinations = staying;
        leaving
    }

    /// Starts or stops the master.
    pub fn record(&self, on: bool) {
        self.recorder.set_on(on);
    }

    /// Marks a moment in the master. While a recording is being started, the mark is held until its
    /// file begins.
    ///
    /// # Errors
    /// [`Refusal::NotWriting`] while the recorder has failed: there is no file for it, and whoever
    /// marks must know; [`Refusal::TooManyMarkers`] where it is full of them.
    pub fn mark(&self, time: House, label: &str) -> Result<(), Refusal> {
        let recorder = self.recorder.status();
        if recorder.state == RecordingState::Failed {
            return Err(Refusal::NotWriting(recorder.message.clone()));
        }
        let marked = self.recorder.mark(time, label);
        marked.map_err(|TooMany(most)| Refusal::TooManyMarkers(most))
    }

    /// How all of them do, in the order of this show.
    pub fn observe(&mut self, show: &Show) -> Observed {
        Observed {
            destinations: self.of(show),
            edit: EditStatus::clone(&self.edit.load()),
            recording: self.recording(),
            encoder: EncoderStatus {
                name: self.encoders.name().to_string(),
                message: self.encoders.message(),
                bitrate_bps: self
                    .bitrate
                    .at(std::time::Instant::now(), self.encoders.bytes()),
                restarts: self.encoders.restarts(),
                sound_lost_ms: self.encoders.sound_lost_ms(),
            },
            receiver: self.receiver.as_ref().map(Reception::status),
            ..Observed::default()
        }
    }

    fn of(&self, show: &Show) -> Vec<DestinationStatus> {
        let seen: Vec<_> = self.destinations.iter().map(|d| d.status()).collect();
        show.destinations
            .iter()
            .map(|destination| {
                let found = seen.iter().find(|status| status.id == destination.id);
                let status = found.map(|status| DestinationStatus::clone(status));
                DestinationStatus {
                    id: destination.id.clone(),
                    label: destination.label.clone(),
                    has_key: self.keys.has(&destination.key),
                    ..status.unwrap_or_else(|| DestinationStatus {
                        server: destination.server.clone(),
                        ..DestinationStatus::default()
                    })
                }
            })
            .collect()
    }

    fn recording(&self) -> RecordingStatus {
        (*self.recorder.status()).clone()
    }

    /// Says what changed since it was last asked.
    pub fn tell_changes(&mut self, frame: u64, hub: &Hub) {
        let ids: Vec<Arc<DestinationStatus>> =
            self.destinations.iter().map(|d| d.status()).collect();
        let told = &mut self.told.destinations;
        told.retain(|id, _| ids.iter().any(|status| status.id == *id));
        for status in ids {
            let told = told.entry(status.id.clone()).or_default();
            if *told != status.state {
                *told = status.state;
                hub.say(Event::Destination {
                    id: status.id.clone(),
                    state: status.state,
                    message: status.message.clone(),
                    frame,
                });
            }
        }
        let recording = self.recorder.status();
        let (state, path) = &self.told.recording;
        if (recording.state, &recording.path) != (*state, path) {
            self.told.recording = (recording.state, recording.path.clone());
            hub.say(Event::Recording {
                state: recording.state,
                message: recording.message.clone(),
                path: recording.path.clone(),
                frame,
            });
        }
        let now = (self.encoders.name(), self.encoders.message());
        if self.told.encoder.as_ref() != Some(&now) {
            // The encoder that the show begins with is no news.
            if self.told.encoder.is_some() || !now.1.is_empty() {
                hub.say(Event::Encoder {
                    name: now.0.to_string(),
                    message: now.1.clone(),
                    frame,
                });
            }
            self.told.encoder = Some(now);
        }
    }

    /// Encodes and sends what is still on its way, closes the file, leaves every destination; gives
    /// how each of them did.
    pub fn end(
        self,
        fan_out: std::thread::JoinHandle<()>,
    ) -> (Vec<Arc<DestinationStatus>>, Arc<RecordingStatus>) {
        let Self {
            mut destinations,
            mut recorder,
            encoders,
            receiver,
            ..
        } = self;
        encoders.end();
        if fan_out.join().is_err() {
            tracing::error!("the fan-out panicked");
        }
        // All say goodbye at once: none waits for another's network.
        std::thread::scope(|scope| {
            scope.spawn(|| recorder.end());
            for destination in &mut destinations {
                scope.spawn(|| destination.end());
            }
        });
        drop(receiver);
        let statuses = destinations.iter().map(RunningDestination::status);
        (statuses.collect(), recorder.status())
    }
}
