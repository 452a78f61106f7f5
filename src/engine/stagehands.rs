//! The stagehands: what starts and stops sources and destinations while the show runs, so that the
//! tick need not. The tick says what it lacks and hands over what it no longer uses.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::Sender;

use super::cast::name_of;
use super::clip::Clip;
use super::exchange::{Arrival, Departure};
use super::played::Input;
use super::sound::Placing;
use super::watched::Watched;
use crate::audio::{Meters, Strip, Track};
use crate::door::SourceState;
use crate::input::{self, Cards, RunningSource, Setting};
use crate::media::{HouseClock, Picture};
use crate::output::{Aim, Consumers, PacketQueue, RunningDestination};
use crate::show::{Destination, Encoder, Hold, Show, Source, SourceKind};
use crate::video::{CanvasPool, slate};

/// The ends of the line to the mixer's thread.
pub struct StripsEnd {
    /// Strips for slots.
    pub placings: rtrb::Producer<Placing>,
    /// Those that were carried out, and what was there before.
    pub placed: rtrb::Consumer<Placing>,
}

/// See the module's words.
pub struct Stagehands {
    setting: Setting,
    encoder: Encoder,
    pool: CanvasPool,
    meters: Arc<Meters>,
    strips: StripsEnd,
    consumers: Consumers,
    recorder: Aim,
    arrivals: Sender<Arrival>,
    running: BTreeMap<usize, RunningSource>,
    queues: BTreeMap<String, Arc<PacketQueue>>,
    /// Pipelines and connections on their way out.
    leaving: Vec<JoinHandle<()>>,
}

impl Stagehands {
    /// Stagehands of a house; what they start goes to `arrivals`.
    ///
    /// # Errors
    /// Where GStreamer refuses the format.
    pub fn new(
        clock: HouseClock,
        show: &Show,
        folder: PathBuf,
        house: (Arc<Meters>, StripsEnd, Consumers, Aim),
        arrivals: Sender<Arrival>,
    ) -> Result<Self, gstreamer::glib::BoolError> {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        let (meters, strips, consumers, recorder) = house;
        Ok(Self {
            setting: Setting {
                clock,
                format: show.format,
                folder,
                decoder_threads: (cores / show.sources.len().max(1)).max(1) as u32,
                cards: Arc::new(Cards::default()),
            },
            encoder: show.encoder.clone(),
            pool: CanvasPool::new(show.format)?,
            meters,
            strips,
            consumers,
            recorder,
            arrivals,
            running: BTreeMap::new(),
            queues: BTreeMap::new(),
            leaving: Vec::new(),
        })
    }

    /// What all sources of the show share.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Whether a source runs in this slot, or is still on its way out of it.
    pub fn is_taken(&self, slot: usize) -> bool {
        self.running.contains_key(&slot)
    }

    /// Starts a source in a slot that is free.
    pub fn start_source(&mut self, slot: usize, source: &Source, picture_delay_ms: u32) {
        self.tidy();
        let (running, pictures, sound) = match input::start(source, &self.setting) {
            Ok(started) => started,
            Err(error) => {
                tracing::error!(source = source.id, "no thread for a source: {error}");
                return;
            }
        };
        let status = running.status().clone();
        status.vitals.set_picture_delay_ms(picture_delay_ms);
        self.running.insert(slot, running);
        self.meters.clear(slot);
        let track = Track::new(sound, input::is_live(&source.kind));
        self.place(slot, Some(Box::new(Strip::new(track))));
        let clip = status.transport.as_ref();
        let input = Input {
            clip: clip.and_then(|transport| Clip::of(&source.kind, transport)),
            slot: pictures,
            status,
            slate: self.slate(source),
            told: SourceState::Connecting,
            fresh: None,
            held_ns: 0,
            waits_at_start: matches!(
                source.kind,
                SourceKind::File { .. } | SourceKind::Test { .. }
            ),
        };
        let _ = self.arrivals.send(Arrival::Source(slot, Box::new(input)));
    }

    /// Draws a source's slate anew: its label has changed.
    pub fn relabel(&self, slot: usize, source: &Source) {
        let slate = self.slate(source);
        let _ = self.arrivals.send(Arrival::Slate(slot, slate));
    }

    fn slate(&self, source: &Source) -> Option<Picture> {
        slate(&self.pool, &name_of(&source.label, &source.id))
    }

    /// Has the next recording written where the show says, and named after it.
    pub fn aim_recorder(&self, show: &Show) {
        let folder = self.setting.folder.join(&show.recording.folder);
        let format = show.recording.format;
        self.recorder.turn(folder, show.name.clone(), format);
    }

    /// Makes the holding slate of its text, which is quickly done.
    pub fn write_hold(&self, hold: &Hold) {
        if let Some(picture) = slate(&self.pool, &hold.text) {
            let _ = self.arrivals.send(Arrival::Hold(picture));
        }
    }

    /// Makes the holding slate of its picture, or of its text where there is none to be had. Gives the
    /// picture's file where it cannot be used, to be tried again when it has changed.
    pub fn make_hold(&self, hold: &Hold) -> Option<Watched> {
        let Some(path) = &hold.picture else {
            self.write_hold(hold);
            return None;
        };
        let path = self.setting.folder.join(path);
        let file = Watched::at(&path);
        match input::still(&path, self.setting.format) {
            Ok(picture) => {
                let _ = self.arrivals.send(Arrival::Hold(picture));
                None
            }
            Err(error) => {
                tracing::warn!("the holding slate's picture: {error}");
                self.write_hold(hold);
                Some(file)
            }
        }
    }

    /// Starts a destination, which is off.
    pub fn start_destination(&mut self, destination: &Destination) {
        let format = self.setting.format;
        match RunningDestination::start(destination, format, &self.encoder) {
            Ok((running, queue)) => {
                self.consumers.add(queue.clone());
                self.queues.insert(destination.id.clone(), queue);
                let _ = self.arrivals.send(Arrival::Destination(running));
            }
            Err(error) => {
                tracing::error!(destination = destination.id, "no thread for it: {error}");
            }
        }
    }

    /// Ends what the tick no longer uses, beside everything else.
    pub fn end(&mut self, departure: Departure) {
        self.tidy();
        let ending: Box<dyn FnOnce() + Send> = match departure {
            Departure::Source(slot, input) => {
                self.place(slot, None);
                let Some(running) = self.running.remove(&slot) else {
                    return;
                };
                running.stop();
                Box::new(move || {
                    running.join();
                    drop(input);
                })
            }
            Departure::Destination(mut running) => {
                if let Some(queue) = self.queues.remove(&running.status().id) {
                    self.consumers.remove(&queue);
                }
                Box::new(move || running.end())
            }
        };
        let spawned = std::thread::Builder::new()
            .name("leaving".to_owned())
            .spawn(ending);
        match spawned {
            Ok(thread) => self.leaving.push(thread),
            Err(error) => tracing::error!("no thread to end a pipeline: {error}"),
        }
    }

    /// Asks every source to end, at the end of the show.
    pub fn stop_all(&self) {
        for source in self.running.values() {
            source.stop();
        }
    }

    /// Waits for every source to end.
    pub fn end_all(mut self) {
        for (_, source) in std::mem::take(&mut self.running) {
            source.join();
        }
        for thread in self.leaving {
            let _ = thread.join();
        }
    }

    /// Orders a strip for a slot; waits only while the mixer's line is full.
    fn place(&mut self, slot: usize, strip: Option<Box<Strip>>) {
        let mut placing = (slot, strip);
        while let Err(rtrb::PushError::Full(back)) = self.strips.placings.push(placing) {
            placing = back;
            self.tidy();
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// Frees what has left.
    fn tidy(&mut self) {
        while self.strips.placed.pop().is_ok() {}
        self.leaving.retain(|thread| !thread.is_finished());
    }
}
