//! Stingers are prepared beside the tick: decoded by a thread of their own, whole, as soon as a show,
//! a scene or a director names them. Until one is ready, and where one is broken, a mix is made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;

use super::preparer;
use super::watched::Watched;
use crate::door::{Hub, StingerState, StingerStatus};
use crate::media::{CHANNELS, Cause, Rate, SAMPLE_RATE};
use crate::nice::{self, Nice};
use crate::show::{Format, Numbered, Stinger, TransitionKind, TransitionStyle};
use crate::video::{StingerPicture, StingerPictures, StingerShelf};

/// All stingers together may take so much memory.
const MEMORY: usize = 512 << 20;
/// No stinger is longer, in seconds.
const LONGEST_S: usize = 20;
/// One that gives nothing for so long is broken.
const PATIENCE: Duration = Duration::from_secs(10);

/// A stinger that is ready.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Its pictures.
    pub pictures: Arc<StingerPictures>,
    /// Its sound, interleaved stereo at the house's rate; empty where it has none.
    pub sound: Arc<Vec<f32>>,
    /// Level of the sound in dB.
    pub level_db: f32,
}

/// As the show has it, and what became of it: ready, or what is wrong.
type Prepared = BTreeMap<String, (Stinger, Result<Ready, String>)>;

/// By id: how many pictures a stinger has, and beneath which the new scene is seen.
pub type Lengths = BTreeMap<String, (u32, u32)>;

/// See the module's words.
#[derive(Debug)]
pub struct Stingers {
    prepared: ArcSwap<Prepared>,
    /// Counts what changed of it.
    changes: AtomicU64,
    wanted: ArcSwap<Vec<Stinger>>,
    wake: Sender<()>,
}

impl Stingers {
    /// Starts the thread, which fills `shelf`. Relative paths are read from `folder`. It ends when
    /// `stopped` is closed.
    pub fn start(
        folder: PathBuf,
        format: Format,
        shelf: Arc<StingerShelf>,
        hub: Arc<Hub>,
        stopped: Receiver<()>,
    ) -> std::io::Result<Arc<Self>> {
        let (wake, woken) = bounded(1);
        let stingers = Arc::new(Self {
            prepared: ArcSwap::default(),
            changes: AtomicU64::new(0),
            wanted: ArcSwap::default(),
            wake,
        });
        let own = stingers.clone();
        preparer::start("stingers", hub, (woken, stopped), move |complain| {
            own.prepare(&folder, format, &shelf, complain)
        })?;
        Ok(stingers)
    }

    /// Asks for those of these ids and for no others. Never waits. One that was broken is tried again
    /// each time, for its file may have been mended.
    pub fn want(&self, ids: &BTreeSet<String>, all: &[Stinger]) {
        let wanted: Vec<Stinger> = all
            .iter()
            .filter(|s| ids.contains(&s.id))
            .cloned()
            .collect();
        let same = **self.wanted.load() == wanted;
        if same && self.prepared.load().values().all(|(_, made)| made.is_ok()) {
            return;
        }
        self.wanted.store(Arc::new(wanted));
        let _ = self.wake.try_send(());
    }

    /// One that is ready.
    pub fn get(&self, id: &str) -> Option<Ready> {
        let prepared = self.prepared.load();
        let (_, made) = prepared.get(id)?;
        made.as_ref().ok().cloned()
    }

    /// Counts up whenever another is ready, or broken.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// How long those are that are ready, and where their cuts are: both in program frames.
    pub fn lengths(&self) -> Lengths {
        let prepared = self.prepared.load();
        let ready = prepared.iter().filter_map(|(id, (stinger, made))| {
            let frames = made.as_ref().ok()?.pictures.len() as u32;
            Some((id.clone(), (frames, stinger.cut_frame)))
        });
        ready.collect()
    }

    /// Whether the stinger that this style asks for is being read for the first time.
    pub fn reads(&self, style: &TransitionStyle) -> bool {
        style.kind == TransitionKind::Stinger
            && !self.prepared.load().contains_key(&style.stinger)
            && self.wanted.load().iter().any(|s| s.id == style.stinger)
    }

    /// What is wrong with the stinger that this style asks for; empty where nothing is.
    pub fn problem(&self, style: &TransitionStyle) -> String {
        if style.kind != TransitionKind::Stinger {
            return String::new();
        }
        match self.prepared.load().get(&style.stinger) {
            Some((_, Err(message))) => message.clone(),
            Some((_, Ok(_))) => String::new(),
            None if self.reads(style) => {
                format!("the stinger \"{}\" is still being read", style.stinger)
            }
            None if style.stinger.is_empty() => "no stinger is chosen".to_owned(),
            None => format!("the show has no stinger \"{}\"", style.stinger),
        }
    }

    /// How each of these does, in their order.
    pub fn status(&self, all: &[Stinger]) -> Vec<StingerStatus> {
        let (prepared, wanted) = (self.prepared.load(), self.wanted.load());
        let status = |stinger: &Stinger| {
            let made = prepared.get(&stinger.id);
            // One that was changed since is another.
            let made = made.filter(|(read, _)| read == stinger);
            let (state, message, frames) = match made {
                Some((_, Ok(ready))) => {
                    let frames = ready.pictures.len() as u32;
                    (StingerState::Ready, String::new(), Some(frames))
                }
                Some((_, Err(message))) => (StingerState::Broken, message.clone(), None),
                None if wanted.contains(stinger) => (StingerState::Reading, String::new(), None),
                None => (StingerState::Unread, String::new(), None),
            };
            StingerStatus {
                id: stinger.id.clone(),
                label: stinger.label.clone(),
                state,
                message,
                frames,
            }
        };
        all.iter().map(status).collect()
    }

    /// Reads what is wanted and not there yet; gives the files of those that are broken, to be tried
    /// again when they have changed.
    fn prepare(
        &self,
        folder: &Path,
        format: Format,
        shelf: &StingerShelf,
        complain: &dyn Fn(String),
    ) -> Vec<Watched> {
        let mut broken = Vec::new();
        let wanted = self.wanted.load_full();
        let before = self.prepared.load_full();
        // What is ready stays to be had while others are read: it may be on air.
        let is_ready = |stinger: &&Stinger| {
            let old = before.get(&stinger.id);
            old.is_some_and(|(old, made)| old == *stinger && made.is_ok())
        };
        let kept = wanted.iter().filter(is_ready);
        let kept =
            kept.filter_map(|stinger| Some((stinger.id.clone(), before.get(&stinger.id)?.clone())));
        let mut prepared: Prepared = kept.collect();
        let ready = prepared.values().filter_map(|(_, made)| made.as_ref().ok());
        let held: usize = ready.map(|ready| ready.pictures.bytes()).sum();
        let mut left = MEMORY.saturating_sub(held);
        self.show(&prepared, shelf);
        for stinger in wanted.iter().filter(|stinger| !is_ready(stinger)) {
            let path = folder.join(&stinger.path);
            let file = Watched::at(&path);
            let made = read(&path, stinger, format, left)
                .map_err(|why| format!("the stinger \"{}\": {why}", stinger.id));
            match &made {
                Ok(ready) => left = left.saturating_sub(ready.pictures.bytes()),
                // Told once, not at each command while it stays as it is.
                Err(message) => {
                    broken.push(file);
                    let told = before
                        .get(&stinger.id)
                        .and_then(|(_, old)| old.as_ref().err());
                    if told != Some(message) {
                        complain(message.clone());
                    }
                }
            }
            prepared.insert(stinger.id.clone(), (stinger.clone(), made));
            // Each is to be had as soon as it is ready.
            self.show(&prepared, shelf);
        }
        broken
    }

    fn show(&self, prepared: &Prepared, shelf: &StingerShelf) {
        let ready = prepared
            .iter()
            .filter_map(|(id, (_, made))| Some((id.clone(), made.as_ref().ok()?.pictures.clone())));
        shelf.keep(ready.collect());
        self.prepared.store(Arc::new(prepared.clone()));
        self.changes.fetch_add(1, Ordering::Release);
    }
}

/// Decodes a stinger, all of it.
fn read(path: &Path, stinger: &Stinger, format: Format, memory: usize) -> Result<Ready, String> {
    let text = path.display().to_string();
    let numbered = Numbered::of(&text);
    if numbered.is_none() && !path.is_file() {
        return Err(format!("there is no file {text}"));
    }
    let pipeline = gst::Pipeline::new();
    let pictures = picture_sink(&pipeline, format).map_err(|error| error.to_string())?;
    let sound = sound_sink();
    let head = match &numbered {
        Some(numbered) => numbered_pictures(&pipeline, &numbered.for_printf(), format),
        None => decoder(&pipeline, path, &sound),
    };
    let source = head.map_err(|error| error.to_string())?;
    let entry = pictures.entry.clone();
    if numbered.is_some() {
        source.link(&entry).map_err(|error| error.to_string())?;
    } else {
        link_pictures(&source, &entry);
    }
    nice::streaming_threads_give_way(&pipeline, Nice::Monitor);
    let read = collect(&pipeline, &pictures.sink, &sound, stinger, format, memory);
    if let Some(bus) = pipeline.bus() {
        bus.unset_sync_handler();
    }
    let _ = pipeline.set_state(gst::State::Null);
    read
}

struct PictureSink {
    entry: gst::Element,
    sink: gst_app::AppSink,
}

fn make(name: &str) -> Result<gst::Element, gst::glib::BoolError> {
    gst::ElementFactory::make(name).build()
}

/// Anything to pictures with alpha, of the program's size.
fn picture_sink(
    pipeline: &gst::Pipeline,
    format: Format,
) -> Result<PictureSink, gst::glib::BoolError> {
    let queue = make("queue")?;
    let convert = make("videoconvertscale")?;
    convert.set_property("add-borders", false);
    let caps = gst::Caps::builder("video/x-raw")
        .field("format", "A420")
        .field("width", format.width as i32)
        .field("height", format.height as i32)
        .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
        .field("colorimetry", "bt709")
        .build();
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .max_buffers(4)
        .caps(&caps)
        .build();
    let elements = [&queue, &convert, sink.upcast_ref()];
    pipeline.add_many(elements)?;
    gst::Element::link_many(elements)?;
    Ok(PictureSink { entry: queue, sink })
}

fn sound_sink() -> gst_app::AppSink {
    let caps = gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", SAMPLE_RATE as i32)
        .field("channels", CHANNELS as i32)
        .build();
    gst_app::AppSink::builder().sync(false).caps(&caps).build()
}

fn numbered_pictures(
    pipeline: &gst::Pipeline,
    pattern: &str,
    format: Format,
) -> Result<gst::Element, gst::glib::BoolError> {
    let source = make("multifilesrc")?;
    source.set_property("location", pattern);
    let caps = gst::Caps::builder("image/png")
        .field(
            "framerate",
            gst::Fraction::new(format.rate.0 as i32, format.rate.1 as i32),
        )
        .build();
    source.set_property("caps", &caps);
    let decoder = make("pngdec")?;
    pipeline.add_many([&source, &decoder])?;
    source.link(&decoder)?;
    Ok(decoder)
}

fn decoder(
    pipeline: &gst::Pipeline,
    path: &Path,
    sound: &gst_app::AppSink,
) -> Result<gst::Element, gst::glib::BoolError> {
    let decoder = make("uridecodebin")?;
    let uri = gst::glib::filename_to_uri(path, None)
        .map_err(|_| gst::glib::bool_error!("no path that can be read"))?;
    decoder.set_property("uri", uri.as_str());
    pipeline.add(&decoder)?;
    let weak = pipeline.downgrade();
    let sound = sound.clone();
    decoder.connect_pad_added(move |_, pad| {
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let is_sound = caps
            .structure(0)
            .is_some_and(|s| s.name().starts_with("audio/"));
        if let Some(pipeline) = weak.upgrade()
            && is_sound
            && sound.parent().is_none()
            && let Err(error) = link_sound(&pipeline, pad, &sound)
        {
            tracing::warn!("a stinger's sound cannot be had: {error}");
        }
    });
    Ok(decoder)
}

fn link_sound(
    pipeline: &gst::Pipeline,
    pad: &gst::Pad,
    sound: &gst_app::AppSink,
) -> Result<(), gst::glib::BoolError> {
    let queue = make("queue")?;
    let (convert, resample) = (make("audioconvert")?, make("audioresample")?);
    let elements = [&queue, &convert, &resample, sound.upcast_ref()];
    pipeline.add_many(elements)?;
    gst::Element::link_many(elements)?;
    for element in elements.iter().rev() {
        element.sync_state_with_parent()?;
    }
    let head = queue
        .static_pad("sink")
        .ok_or_else(|| gst::glib::bool_error!("no pad"))?;
    pad.link(&head)
        .map_err(|error| gst::glib::bool_error!("{}", error))?;
    Ok(())
}

fn link_pictures(decoder: &gst::Element, entry: &gst::Element) {
    let entry = entry.clone();
    decoder.connect_pad_added(move |decoder, pad| {
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let is_picture = caps
            .structure(0)
            .is_some_and(|s| s.name().starts_with("video/"));
        let head = entry.static_pad("sink").filter(|pad| !pad.is_linked());
        if let Some(head) = head
            && is_picture
            && let Err(error) = pad.link(&head)
        {
            gst::element_error!(decoder, gst::CoreError::Pad, ("{error}"));
        }
    });
}

/// Runs the pipeline to its end and takes everything in.
fn collect(
    pipeline: &gst::Pipeline,
    pictures: &gst_app::AppSink,
    sound: &gst_app::AppSink,
    stinger: &Stinger,
    format: Format,
    memory: usize,
) -> Result<Ready, String> {
    let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
    let broken = |bus: &gst::Bus| {
        let message = bus.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => {
                let (cause, technical) = Cause::of_message(error);
                tracing::warn!(stinger = stinger.id, technical, "cannot be read");
                Some(cause.to_string())
            }
            _ => None,
        }
    };
    let size = (format.width as usize, format.height as usize);
    let mut made = StingerPictures::new(size);
    let mut on_time = OnTime::new(format.rate);
    let mut heard: Vec<f32> = Vec::new();
    let most = (LONGEST_S as f64 * format.rate.fps()) as usize;
    if pipeline.set_state(gst::State::Playing).is_err() {
        return Err(broken(&bus).unwrap_or_else(|| "it cannot be read".to_owned()));
    }
    let mut came = Instant::now();
    let wait = gst::ClockTime::from_mseconds(20);
    loop {
        if let Some(sample) = pictures.try_pull_sample(wait) {
            came = Instant::now();
            on_time.add(&mut made, &sample)?;
        }
        while let Some(sample) = sound.try_pull_sample(gst::ClockTime::ZERO) {
            came = Instant::now();
            add_sound(&mut heard, &sample);
        }
        if made.bytes() > memory {
            return Err(format!(
                "its pictures do not fit: all stingers together may take {} MB; make it shorter, or \
                 cover less of the picture",
                MEMORY >> 20
            ));
        }
        if made.len() > most || heard.len() > LONGEST_S * SAMPLE_RATE * CHANNELS {
            return Err(format!("it is longer than {LONGEST_S} s"));
        }
        if let Some(message) = broken(&bus) {
            return Err(message);
        }
        let silent = sound.parent().is_none() || sound.is_eos();
        if pictures.is_eos() && silent {
            break;
        }
        if came.elapsed() > PATIENCE {
            return Err("nothing comes from its file".to_owned());
        }
    }
    let length = pipeline.query_duration::<gst::ClockTime>();
    on_time.end(
        &mut made,
        length.map_or(0, |length| length.nseconds() as i64),
    );
    if made.is_empty() {
        return Err("it has no pictures".to_owned());
    }
    if stinger.cut_frame as usize >= made.len() {
        return Err(format!(
            "its cut is at frame {} of {}: expected less",
            stinger.cut_frame,
            made.len()
        ));
    }
    Ok(Ready {
        pictures: Arc::new(made),
        sound: Arc::new(heard),
        level_db: stinger.level_db,
    })
}

/// Puts pictures of any rate on the frames of the program: each stays until the next is due. (Some
/// decoders give nothing for a picture that is as the one before.)
struct OnTime {
    rate: Rate,
    /// The picture that is seen now, and until when it lasts, in nanoseconds.
    now: Option<(StingerPicture, i64)>,
    /// Time of the first.
    base: i64,
}

/// Time stamps may be rounded by so much.
const ROUNDING_NS: i64 = 2_000_000;

impl OnTime {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            now: None,
            base: 0,
        }
    }

    fn add(&mut self, made: &mut StingerPictures, sample: &gst::Sample) -> Result<(), String> {
        let (Some(buffer), Some(caps)) = (sample.buffer(), sample.caps()) else {
            return Ok(());
        };
        let unreadable = || "one of its pictures cannot be read".to_owned();
        let info = gst_video::VideoInfo::from_caps(caps).map_err(|_| unreadable())?;
        let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info)
            .map_err(|_| unreadable())?;
        let nanoseconds = |time: Option<gst::ClockTime>| time.map(|t| t.nseconds() as i64);
        let Some(pts) = nanoseconds(buffer.pts()) else {
            return Err(unreadable());
        };
        if self.now.is_none() {
            self.base = pts;
        }
        let time = pts - self.base;
        self.fill(made, time);
        let lasts = nanoseconds(buffer.duration()).unwrap_or_else(|| self.rate.frame_ns());
        self.now = Some((made.picture(&frame), time + lasts));
        Ok(())
    }

    /// Everything has come of a clip of this length in nanoseconds: the last picture is seen as long as
    /// it lasts, or to the clip's end where that is far behind it.
    fn end(&mut self, made: &mut StingerPictures, length: i64) {
        if let Some((_, until)) = &self.now {
            let rest = length - until;
            let far = rest > 2 * self.rate.frame_ns();
            self.fill(made, if far { length } else { *until });
        }
    }

    fn fill(&self, made: &mut StingerPictures, until: i64) {
        if let Some((picture, _)) = &self.now {
            while self.rate.time_of(made.len() as u64) + ROUNDING_NS < until {
                made.push(picture);
            }
        }
    }
}

fn add_sound(heard: &mut Vec<f32>, sample: &gst::Sample) {
    if let Some(buffer) = sample.buffer()
        && let Ok(map) = buffer.map_readable()
    {
        let samples = map.as_slice().chunks_exact(4);
        heard.extend(samples.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])));
    }
}
