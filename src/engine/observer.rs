//! The outputs as the tick holds them: it asks them to start and stop, and looks at how they do. None
//! of it waits.

use std::sync::Arc;

use super::core::{Observed, Refusal};
use super::reception::Reception;
use crate::door::{
    DestinationState, DestinationStatus, EncoderStatus, Event, Hub, RecordingState, RecordingStatus,
};
use crate::media::House;
use crate::output::receiver::Receiver;
use crate::output::{Bitrate, Encoders, Recorder, RunningDestination};

/// See the module's words.
pub struct Observer {
    /// In the show's order.
    pub destinations: Vec<RunningDestination>,
    /// The master.
    pub recorder: Recorder,
    /// The encoders.
    pub encoders: Encoders,
    /// The receiver inside regie, where the show asks for it.
    pub receiver: Option<Reception>,
    told: Told,
    bitrate: Bitrate,
}

#[derive(Default)]
struct Told {
    destinations: Vec<DestinationState>,
    recording: (RecordingState, Option<String>),
    encoder: Option<(Arc<String>, String)>,
}

impl Observer {
    /// Takes the outputs in its care; the receiver, or why there is none.
    pub fn new(
        destinations: Vec<RunningDestination>,
        recorder: Recorder,
        encoders: Encoders,
        receiver: Option<Result<Receiver, String>>,
    ) -> Self {
        Self {
            told: Told {
                destinations: vec![DestinationState::Off; destinations.len()],
                ..Told::default()
            },
            destinations,
            recorder,
            encoders,
            receiver: receiver.map(Reception::new),
            bitrate: Bitrate::default(),
        }
    }

    /// Starts or stops destinations.
    pub fn stream(&self, indices: &[usize], on: bool) {
        for destination in indices.iter().filter_map(|&i| self.destinations.get(i)) {
            destination.set_on(on);
        }
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
    /// marks must know.
    pub fn mark(&self, time: House, label: &str) -> Result<(), Refusal> {
        let recorder = self.recorder.status();
        if recorder.state == RecordingState::Failed {
            return Err(Refusal::NotWriting(recorder.message.clone()));
        }
        self.recorder.mark(time, label);
        Ok(())
    }

    /// How all of them do.
    pub fn observe(&mut self) -> Observed {
        Observed {
            destinations: self
                .destinations
                .iter()
                .map(|destination| (*destination.status()).clone())
                .collect(),
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

    fn recording(&self) -> RecordingStatus {
        (*self.recorder.status()).clone()
    }

    /// Says what changed since it was last asked.
    pub fn tell_changes(&mut self, frame: u64, hub: &Hub) {
        for (told, destination) in self.told.destinations.iter_mut().zip(&self.destinations) {
            let status = destination.status();
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
