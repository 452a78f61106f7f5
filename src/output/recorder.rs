//! The recorder: the program's packets in a file, Matroska or MP4, that plays whatever happens. A disk
//! that is slow or full ends or thins nothing but the recording.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::chapters::{self, Sidecar};
use super::control::{Handle, Wanted};
use super::marks::{Marked, Marks, TooMany, marks};
use super::mending::mend_beside;
use super::mp4;
use super::naming::new_file;
use super::pipeline::{live_source, retire};
use super::queue::PacketQueue;
use super::recover::recover;
use crate::door::{MarkerStatus, RecordingState, RecordingStatus};
use crate::media::{Cause, Headers, House, NS_PER_S, Packet, Track};
use crate::nice::{self, Nice};
use crate::show::RecordingFormat;

/// Program time that a slow disk may be behind before groups of pictures are dropped.
const BACKLOG: Duration = Duration::from_secs(30);
/// Behind by so much, the disk is slow.
const SLOW_NS: i64 = 3 * NS_PER_S;
/// Tags that may wait inside the pipeline.
const IN_PIPELINE: u64 = 32;
/// Fragments of an MP4 that may wait inside the pipeline.
const FRAGMENTS_IN_PIPELINE: u64 = 4;
/// What a picture and the sound of its time take in an MP4's table of contents, in bytes.
const INDEX_BYTES: u64 = 32;
/// With less than this free, a recording is closed while it still can be.
const RESERVE: u64 = 8 << 20;
/// And begins again when there is this much.
const ROOM: u64 = 64 << 20;
/// With less than this much time left, the desk is told.
const WARN_S: f64 = 15.0 * 60.0;
const RETRY: Duration = Duration::from_secs(5);
/// A file that does not close in this time is left as it is; it can be mended.
const CLOSE: gst::ClockTime = gst::ClockTime::from_seconds(10);

/// So many markers of a file are told.
const MARKERS: usize = 12;

/// Where files are written, and what they are named after. Others may change it at any time; it holds
/// from the next file on.
#[derive(Clone, Debug)]
pub struct Aim {
    target: Arc<ArcSwap<Target>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    folder: PathBuf,
    show: String,
    format: RecordingFormat,
}

impl Aim {
    /// A folder, made where it is missing, a show's name, and the kind of file.
    pub fn new(folder: PathBuf, show: String, format: RecordingFormat) -> Self {
        let target = Target {
            folder,
            show,
            format,
        };
        Self {
            target: Arc::new(ArcSwap::from_pointee(target)),
        }
    }

    /// Has the next file written elsewhere, named otherwise, or of another kind.
    pub fn turn(&self, folder: PathBuf, show: String, format: RecordingFormat) {
        let target = Target {
            folder,
            show,
            format,
        };
        self.target.store(Arc::new(target));
    }
}

/// The recorder, as the engine holds it.
pub struct Recorder {
    handle: Handle<RecordingStatus>,
    marks: Marks,
}

impl Recorder {
    /// Starts a recorder that is off, of a program that is encoded at `bytes_per_second` and `fps`
    /// pictures a second. It first mends what an earlier one could not close.
    ///
    /// # Errors
    /// What the system says where there is no thread to be had.
    pub fn start(
        aim: Aim,
        bytes_per_second: u64,
        fps: f64,
    ) -> std::io::Result<(Self, Arc<PacketQueue>)> {
        let queue = Arc::new(PacketQueue::new(BACKLOG));
        let (marks, marked) = marks(chapters::CHAPTERS);
        let packets = queue.clone();
        let name = "recorder".to_owned();
        let handle = Handle::start(name, RecordingStatus::default(), move |wanted| {
            let mut writer = Writer {
                target: aim.target.load_full(),
                aim,
                bytes_per_second,
                fps,
                queue: packets,
                wanted,
                marked,
                status: RecordingStatus::default(),
            };
            writer.run();
        })?;
        Ok((Self { handle, marks }, queue))
    }

    /// Starts or stops recording.
    pub fn set_on(&self, on: bool) {
        self.handle.set_on(on);
    }

    /// Whether it is asked to record.
    pub fn is_on(&self) -> bool {
        self.handle.is_on()
    }

    /// Marks a moment of the program; a chapter of the file in which it lies.
    ///
    /// # Errors
    /// [`TooMany`] where that file has as many as it can have.
    pub fn mark(&self, time: House, label: &str) -> Result<(), TooMany> {
        self.marks.add(time, label)
    }

    /// How it does.
    pub fn status(&self) -> Arc<RecordingStatus> {
        self.handle.status()
    }

    /// Writes what waits, closes the file and ends.
    pub fn end(&mut self) {
        self.handle.end();
    }
}

struct Writer {
    aim: Aim,
    /// Where this file is written, or the next one.
    target: Arc<Target>,
    /// Of the encoders.
    bytes_per_second: u64,
    fps: f64,
    queue: Arc<PacketQueue>,
    wanted: Wanted<RecordingStatus>,
    marked: Marked,
    status: RecordingStatus,
}

/// One file.
struct Part {
    path: PathBuf,
    pipeline: gst::Pipeline,
    muxing: Muxing,
    bus: gst::Bus,
    epoch: u64,
    /// Program time of its first picture.
    base: House,
    sidecar: Option<Sidecar>,
}

/// Who puts packets into a file's form.
enum Muxing {
    /// GStreamer's muxer, in the pipeline.
    Mkv {
        pictures: gst_app::AppSrc,
        sound: gst_app::AppSrc,
    },
    /// regie itself; the pipeline has but to write.
    Mp4 {
        writer: Box<mp4::Writer>,
        file: gst_app::AppSrc,
    },
}

/// How a file ended.
enum PartEnding {
    /// Recording was stopped.
    Stopped,
    /// The encoder was replaced: the next file follows at once.
    NewHeaders(Packet),
    /// It cannot go on.
    Failed(String),
}

impl Writer {
    fn run(&mut self) {
        nice::give_way(Nice::Encoder);
        mend_beside(&self.target.folder);
        while !self.wanted.is_ended() {
            self.follow();
            if !self.wanted.is_on() {
                self.queue.count_missed(false);
                self.tell(RecordingState::Off, "");
                self.wanted.wait(Duration::from_secs(1));
                continue;
            }
            if let Err(message) = self.record() {
                tracing::error!("recording: {message}");
                self.wait(&message);
            }
        }
    }

    /// Takes over where the next file is to be. Called between two files alone.
    fn follow(&mut self) {
        let target = self.aim.target.load_full();
        if target.folder != self.target.folder {
            mend_beside(&target.folder);
        }
        self.target = target;
    }

    /// Waits for the next attempt, and says why.
    fn wait(&mut self, message: &str) {
        let until = Instant::now() + RETRY;
        loop {
            // A folder on another disk may be the cure.
            self.follow();
            self.tell(RecordingState::Failed, message);
            // After it was told: from here on they are refused.
            self.drop_markers();
            // A disk that was full is tried again when there is room.
            let is_time = Instant::now() > until && self.status.free_bytes > ROOM.min(RESERVE * 2);
            if !self.wanted.is_on() || is_time {
                return;
            }
            self.wanted.wait(Duration::from_millis(500));
        }
    }

    /// Records, file after file, until it is stopped.
    fn record(&mut self) -> Result<(), String> {
        self.tell(RecordingState::Starting, "");
        if self.status.free_bytes < RESERVE * 2 {
            return Err(format!(
                "the disk is full: {} MB free in {}",
                self.status.free_bytes >> 20,
                self.target.folder.display()
            ));
        }
        self.queue.open();
        let mut first = loop {
            if !self.wanted.is_on() {
                self.queue.close();
                self.drop_markers();
                return Ok(());
            }
            if let Some(packet) = self.queue.pop(Duration::from_millis(100)) {
                break packet;
            }
        };
        self.queue.count_missed(true);
        loop {
            self.follow();
            let part = Part::open(&self.target, &first)?;
            match self.write(part, first) {
                PartEnding::Stopped => return Ok(()),
                PartEnding::NewHeaders(packet) => first = packet,
                PartEnding::Failed(message) => {
                    self.queue.close();
                    return Err(message);
                }
            }
        }
    }

    /// Writes one file to its end.
    fn write(&mut self, mut part: Part, first: Packet) -> PartEnding {
        self.status.path = Some(part.path.display().to_string());
        self.status.frames = 0;
        self.status.length_s = 0.0;
        self.status.bytes = 0;
        self.status.markers = Arc::default();
        self.marked.begin_file();
        tracing::info!(path = %part.path.display(), "recording");
        let mut told = Instant::now();
        self.take(&mut part, &first);
        let ending = loop {
            if let Some(message) = part.error() {
                break PartEnding::Failed(message);
            }
            if !self.wanted.is_on() {
                // The end of the show is written whole; another stop leaves no hole behind.
                for packet in self.queue.rest(self.wanted.is_ended()) {
                    self.take(&mut part, &packet);
                }
                break PartEnding::Stopped;
            }
            if told.elapsed() > Duration::from_millis(250) {
                told = Instant::now();
                if let Some(message) = self.watch_disk(&part) {
                    break PartEnding::Failed(message);
                }
            }
            self.write_markers(&mut part);
            if part.is_behind() {
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
            let Some(packet) = self.queue.pop(Duration::from_millis(100)) else {
                continue;
            };
            if packet.headers.epoch != part.epoch {
                if packet.track == Track::Video && packet.keyframe {
                    break PartEnding::NewHeaders(packet);
                }
                continue;
            }
            self.take(&mut part, &packet);
        };
        self.write_markers(&mut part);
        let failed = matches!(ending, PartEnding::Failed(_));
        part.close(failed);
        let message = std::mem::take(&mut self.status.message);
        self.tell(self.status.state, &message);
        ending
    }

    fn take(&mut self, part: &mut Part, packet: &Packet) {
        if part.push(packet) && packet.track == Track::Video {
            self.status.frames += 1;
            let end = packet.pts + packet.duration - part.base;
            self.status.length_s = self.status.length_s.max(end as f32 / NS_PER_S as f32);
        }
    }

    /// Tells how the disk fares; what is wrong where the file must be closed.
    fn watch_disk(&mut self, part: &Part) -> Option<String> {
        self.status.bytes = std::fs::metadata(&part.path).map_or(0, |meta| meta.len());
        let behind = self.queue.backlog_ns();
        let trouble = if behind > SLOW_NS {
            Some(format!("the disk is slow: {} s behind", behind / NS_PER_S))
        } else {
            let left = self.status.time_left_s.filter(|&left| left < WARN_S);
            left.map(|left| format!("the disk is full in {:.0} minutes", left / 60.0))
        };
        match trouble {
            Some(message) => self.tell(RecordingState::Warning, &message),
            None => self.tell(RecordingState::Recording, ""),
        }
        (self.status.free_bytes < RESERVE + part.index_bytes(self.status.frames))
            .then(|| "the disk is full; the file was closed while it could be".to_owned())
    }

    fn write_markers(&mut self, part: &mut Part) {
        while let Some((time, label)) = self.marked.take() {
            // One from before this file began was held for it.
            let ms = (time - part.base).max(0).unsigned_abs() / 1_000_000;
            if let Some(sidecar) = &mut part.sidecar
                && let Err(error) = sidecar.add(ms, &label)
            {
                tracing::error!("a marker is lost: {error}");
                continue;
            }
            let markers = Arc::make_mut(&mut self.status.markers);
            if markers.len() == MARKERS {
                markers.remove(0);
            }
            markers.push(MarkerStatus { ms, label });
        }
    }

    /// No file begins for what was marked while one was awaited.
    fn drop_markers(&self) {
        for (_, label) in self.marked.drain() {
            tracing::warn!("a marker has no recording: {label}");
        }
    }

    fn tell(&mut self, state: RecordingState, message: &str) {
        self.status.state = state;
        self.status.message = message.to_owned();
        self.status.dropped = self.queue.dropped();
        self.status.free_bytes = free_bytes(&self.target.folder);
        let aim = self.aim.target.load();
        self.status.folder = aim.folder.display().to_string();
        self.status.format = aim.format;
        // What is written counts, then what will be.
        let is_open = matches!(state, RecordingState::Recording | RecordingState::Warning);
        let written = if is_open { &self.target } else { &*aim }.format;
        let bytes_per_second = self.bytes_per_second + written.overhead(self.fps);
        let room = self.status.free_bytes.saturating_sub(RESERVE);
        self.status.time_left_s = Some(room as f64 / bytes_per_second.max(1) as f64);
        self.wanted.tell(self.status.clone());
    }
}

/// Free space of the disk that holds a folder, be it made yet or not.
fn free_bytes(folder: &Path) -> u64 {
    folder
        .ancestors()
        .find_map(|folder| rustix::fs::statvfs(folder).ok())
        .map_or(0, |disk| disk.f_bavail * disk.f_frsize)
}

impl Part {
    fn open(target: &Target, first: &Packet) -> Result<Self, String> {
        let Target {
            folder,
            show,
            format,
        } = target;
        let path = new_file(folder, show, jiff::Zoned::now().datetime(), *format)
            .map_err(|error| format!("cannot write in {}: {error}", folder.display()))?;
        let sidecar = Sidecar::create(&path)
            .map_err(|error| tracing::error!("no markers in this recording: {error}"))
            .ok();
        Self::pipeline(&path, *format, first, sidecar)
            .map_err(|error| format!("the recorder does not start: {error}"))
    }

    fn pipeline(
        path: &Path,
        format: RecordingFormat,
        first: &Packet,
        sidecar: Option<Sidecar>,
    ) -> Result<Self, gst::glib::BoolError> {
        let Headers {
            video,
            audio,
            epoch,
        } = &*first.headers;
        let sink = gst::ElementFactory::make("filesink")
            .property("location", path.display().to_string())
            .property("sync", false)
            .property("async", false)
            .build()?;
        // What the muxer has given must not be lost with the process.
        sink.set_property_from_str("buffer-mode", "unbuffered");
        let pipeline = gst::Pipeline::new();
        pipeline.add(&sink)?;
        let muxing = match format {
            RecordingFormat::Mkv => {
                let pictures = live_source(video);
                let sound = live_source(audio);
                let muxer = gst::ElementFactory::make("matroskamux").build()?;
                chapters::prepare_muxer(&muxer);
                pipeline.add_many([pictures.upcast_ref(), sound.upcast_ref(), &muxer])?;
                // By name: appsrcs accept any caps, and a muxer offers its first free pad.
                pictures.link_pads(Some("src"), &muxer, Some("video_%u"))?;
                sound.link_pads(Some("src"), &muxer, Some("audio_%u"))?;
                muxer.link(&sink)?;
                Muxing::Mkv { pictures, sound }
            }
            RecordingFormat::Mp4 => {
                let writer = mp4::Writer::new(first).ok_or_else(|| {
                    gst::glib::bool_error!("the encoders do not say what an MP4 needs")
                })?;
                let file = live_source(&gst::Caps::builder("video/quicktime").build());
                pipeline.add(&file)?;
                file.link(&sink)?;
                let writer = Box::new(writer);
                Muxing::Mp4 { writer, file }
            }
        };
        let bus = pipeline
            .bus()
            .ok_or_else(|| gst::glib::bool_error!("the pipeline has no bus"))?;
        nice::streaming_threads_give_way(&pipeline, Nice::Encoder);
        // One that cannot write says so on the bus.
        let _ = pipeline.set_state(gst::State::Playing);
        if let Muxing::Mp4 { writer, file } = &muxing {
            let _ = file.push_buffer(gst::Buffer::from_mut_slice(writer.opening()));
        }
        Ok(Self {
            path: path.to_owned(),
            pipeline,
            muxing,
            bus,
            epoch: *epoch,
            base: first.pts,
            sidecar,
        })
    }

    /// The disk has not taken what it was given.
    fn is_behind(&self) -> bool {
        match &self.muxing {
            Muxing::Mkv { pictures, .. } => pictures.current_level_buffers() > IN_PIPELINE,
            Muxing::Mp4 { file, .. } => file.current_level_buffers() > FRAGMENTS_IN_PIPELINE,
        }
    }

    /// What its table of contents will take when it is closed, in bytes; roughly, and rather too much.
    fn index_bytes(&self, pictures: u64) -> u64 {
        match self.muxing {
            // A few bytes a keyframe.
            Muxing::Mkv { .. } => 0,
            Muxing::Mp4 { .. } => pictures * INDEX_BYTES,
        }
    }

    /// Hands a packet to the muxer; not one from before the first picture.
    fn push(&mut self, packet: &Packet) -> bool {
        let Ok(time) = u64::try_from(packet.pts - self.base) else {
            return false;
        };
        let (pictures, sound) = match &mut self.muxing {
            Muxing::Mkv { pictures, sound } => (pictures, sound),
            Muxing::Mp4 { writer, file } => {
                let fragment = writer.take(packet).map(gst::Buffer::from_mut_slice);
                return fragment.is_none_or(|fragment| file.push_buffer(fragment).is_ok());
            }
        };
        let mut buffer = packet.buffer.copy();
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(time));
            buffer.set_dts(None);
            buffer.set_duration(gst::ClockTime::from_nseconds(packet.duration.max(0) as u64));
            buffer.set_flags(if packet.keyframe {
                gst::BufferFlags::empty()
            } else {
                gst::BufferFlags::DELTA_UNIT
            });
        }
        let input = match packet.track {
            Track::Video => pictures,
            Track::Audio => sound,
        };
        input.push_buffer(buffer).is_ok()
    }

    fn error(&self) -> Option<String> {
        let message = self.bus.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => {
                let (cause, technical) = Cause::of_message(error);
                tracing::warn!(technical, "the recording broke");
                Some(match cause {
                    Cause::NoSpace => Cause::NoSpace.to_string(),
                    cause => format!("cannot write: {cause}"),
                })
            }
            _ => None,
        }
    }

    /// Closes the file and gives it its chapters.
    fn close(mut self, failed: bool) {
        if !failed || self.error().is_none() {
            match &mut self.muxing {
                Muxing::Mkv { pictures, sound } => {
                    let _ = pictures.end_of_stream();
                    let _ = sound.end_of_stream();
                }
                Muxing::Mp4 { writer, file } => {
                    if let Some(last) = writer.finish() {
                        let _ = file.push_buffer(gst::Buffer::from_mut_slice(last));
                    }
                    let _ = file.end_of_stream();
                }
            }
            self.bus
                .timed_pop_filtered(CLOSE, &[gst::MessageType::Eos, gst::MessageType::Error]);
        }
        let ended = retire(self.pipeline);
        if ended.recv_timeout(Duration::from_secs(10)).is_err() {
            tracing::error!("the disk does not answer; the recording is mended at the next start");
            return;
        }
        // Mends what a failure left, and adds the chapters, and an MP4's table of contents, in any case.
        match recover(&self.path) {
            Ok(found) => tracing::info!(path = %self.path.display(), ?found, "recording closed"),
            Err(error) => tracing::error!("{error}"),
        }
    }
}
