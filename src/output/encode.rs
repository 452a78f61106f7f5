//! The encoders: one H.264 and one AAC for every destination and the recorder.
//!
//! Each runs in a pipeline of its own under a supervisor, so that a hardware encoder that dies in the
//! middle of the show is replaced by x264 while the sound goes on.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use crossbeam_channel::{Receiver, Sender, bounded};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use crate::media::{
    BLOCK, CHANNELS, House, HouseClock, NS_PER_S, Picture, SAMPLE_RATE, SoundBlock, Track,
    block_start,
};
use crate::nice::{self, Nice};
use crate::show::{Encoder, EncoderName, Format, Latency, Preset};

/// Pictures that may wait for the encoder; more are turned away. A machine that stands still for a
/// second is made up for; an encoder that is too slow for good is not.
const QUEUE_PICTURES: u64 = 45;
/// An encoder that takes pictures and gives none for so long is dead.
const STALL_NS: i64 = 4 * NS_PER_S;
/// What AAC encoders put before the sound, in samples (measured for both).
const PRIMING_AVENC: i64 = 1024;
const PRIMING_VOAAC: i64 = 1600;
/// Hardware encoders in the order in which they are tried.
const HARDWARE: [&str; 6] = [
    "nvh264enc",
    "vah264enc",
    "qsvh264enc",
    "vtenc_h264_hw",
    "mfh264enc",
    "amfh264enc",
];

/// What comes out of an encoder.
#[derive(Debug)]
pub struct Encoded {
    /// Which.
    pub track: Track,
    /// Program time, the encoder's priming taken off.
    pub pts: House,
    /// Program time.
    pub dts: House,
    /// Nanoseconds.
    pub duration: i64,
    /// Whether decoding can start here.
    pub keyframe: bool,
    /// With the codec's header.
    pub caps: gst::Caps,
    /// The bytes.
    pub buffer: gst::Buffer,
}

/// Why the encoders cannot run at all.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// GStreamer lacks something.
    #[error("GStreamer has no \"{0}\": is its plugin package installed?")]
    Missing(&'static str),
    /// Said by GStreamer.
    #[error("the encoder cannot be set up: {0}")]
    Pipeline(#[from] gst::glib::BoolError),
    /// No thread to be had.
    #[error("no thread for the encoder: {0}")]
    Thread(#[from] std::io::Error),
}

/// Both encoders, running.
pub struct Encoders {
    shared: Arc<Shared>,
    stop: Vec<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
    frame_ns: i64,
}

/// The end into which the tick and the mixer put what is to be encoded.
#[derive(Clone)]
pub struct EncoderInput {
    shared: Arc<Shared>,
    frame_ns: i64,
}

struct Shared {
    clock: HouseClock,
    picture_input: ArcSwapOption<gst_app::AppSrc>,
    sound_input: ArcSwapOption<gst_app::AppSrc>,
    last_in: AtomicI64,
    last_out: AtomicI64,
    name: ArcSwap<String>,
    message: ArcSwap<String>,
    restarts: AtomicU32,
    bytes: AtomicU64,
    /// `None` when all is encoded: the fan-out then ends.
    out: Mutex<Option<Sender<Encoded>>>,
}

impl Encoders {
    /// Starts both; packets come out at `out` in the order of each track, the tracks unordered.
    pub fn start(
        clock: HouseClock,
        format: Format,
        setting: &Encoder,
        out: Sender<Encoded>,
    ) -> Result<Self, EncodeError> {
        let shared = Arc::new(Shared {
            clock,
            picture_input: ArcSwapOption::empty(),
            sound_input: ArcSwapOption::empty(),
            last_in: AtomicI64::new(0),
            last_out: AtomicI64::new(0),
            name: ArcSwap::default(),
            message: ArcSwap::default(),
            restarts: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            out: Mutex::new(Some(out)),
        });
        let mut encoders = Self {
            shared: shared.clone(),
            stop: Vec::new(),
            threads: Vec::new(),
            frame_ns: format.rate.frame_ns(),
        };
        let first = picture_pipeline(&shared, format, setting, &candidates(&setting.name))?;
        let picture_setting = setting.clone();
        let picture_shared = shared.clone();
        encoders.supervise("encoder", first, move |names| {
            picture_pipeline(&picture_shared, format, &picture_setting, names)
        })?;
        let kbps = setting.audio_kbps;
        let first = sound_pipeline(&shared, kbps)?;
        let sound_shared = shared.clone();
        encoders.supervise("sound encoder", first, move |_| {
            sound_pipeline(&sound_shared, kbps)
        })?;
        Ok(encoders)
    }

    fn supervise(
        &mut self,
        name: &str,
        first: Running,
        build: impl Fn(&[String]) -> Result<Running, EncodeError> + Send + 'static,
    ) -> Result<(), EncodeError> {
        let (stop, stopped) = bounded(1);
        let shared = self.shared.clone();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || watch(&shared, first, &stopped, build))?;
        self.stop.push(stop);
        self.threads.push(thread);
        Ok(())
    }

    /// Where pictures and sound go in.
    pub fn input(&self) -> EncoderInput {
        EncoderInput {
            shared: self.shared.clone(),
            frame_ns: self.frame_ns,
        }
    }

    /// The H.264 encoder in use.
    pub fn name(&self) -> Arc<String> {
        self.shared.name.load_full()
    }

    /// What is wrong; empty while all is well.
    pub fn message(&self) -> Arc<String> {
        self.shared.message.load_full()
    }

    /// How often an encoder was started again.
    pub fn restarts(&self) -> u32 {
        self.shared.restarts.load(Ordering::Relaxed)
    }

    /// Bytes encoded so far, picture and sound.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Encodes what is still on its way and ends.
    pub fn end(self) {
        for input in [&self.shared.picture_input, &self.shared.sound_input] {
            if let Some(input) = input.load_full() {
                let _ = input.end_of_stream();
            }
        }
        for stop in &self.stop {
            let _ = stop.try_send(());
        }
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("an encoder's supervisor panicked");
            }
        }
        *self
            .shared
            .out
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl EncoderInput {
    /// Gives the program's picture that is due at `time`. Never waits: gives whether it was taken.
    pub fn picture(&self, picture: &Picture, time: House) -> bool {
        let Some(input) = self.shared.picture_input.load_full() else {
            return false;
        };
        if input.current_level_buffers() >= QUEUE_PICTURES {
            return false;
        }
        // Shares the pixels; time and flags are the program's own.
        let mut buffer = picture.buffer().copy();
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(time.max(0) as u64));
            buffer.set_dts(None);
            buffer.set_duration(gst::ClockTime::from_nseconds(self.frame_ns as u64));
            buffer.set_flags(gst::BufferFlags::empty());
            buffer.unset_flags(gst::BufferFlags::DISCONT | gst::BufferFlags::RESYNC);
        }
        self.shared
            .last_in
            .store(self.shared.clock.now(), Ordering::Relaxed);
        input.push_buffer(buffer).is_ok()
    }

    /// Gives a block of the program's sound. Never waits.
    pub fn sound(&self, block: &SoundBlock) -> bool {
        let Some(input) = self.shared.sound_input.load_full() else {
            return false;
        };
        // Two seconds: an encoder so far behind is dead, and its supervisor knows.
        if input.current_level_buffers() >= 200 {
            return false;
        }
        let bytes: Vec<u8> = block.samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        let mut buffer = gst::Buffer::from_mut_slice(bytes);
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(
                block_start(block.position) as u64
            ));
            buffer.set_duration(gst::ClockTime::from_nseconds(
                BLOCK as u64 * NS_PER_S as u64 / SAMPLE_RATE as u64,
            ));
        }
        input.push_buffer(buffer).is_ok()
    }
}

struct Running {
    pipeline: gst::Pipeline,
    track: Track,
}

/// Elements to try, the best first; x264 always last.
fn candidates(name: &EncoderName) -> Vec<String> {
    let x264 = "x264enc".to_owned();
    match name {
        EncoderName::X264 => vec![x264],
        EncoderName::Element(name) if *name == x264 => vec![x264],
        EncoderName::Element(name) => vec![name.clone(), x264],
        EncoderName::Auto => HARDWARE
            .iter()
            .filter(|name| gst::ElementFactory::find(name).is_some())
            .map(|name| (*name).to_owned())
            .chain([x264])
            .collect(),
    }
}

fn picture_pipeline(
    shared: &Arc<Shared>,
    format: Format,
    setting: &Encoder,
    names: &[String],
) -> Result<Running, EncodeError> {
    let mut last = EncodeError::Missing("x264enc");
    for name in names {
        match try_picture_pipeline(shared, format, setting, name) {
            Ok(running) => {
                let wanted = match &setting.name {
                    EncoderName::Element(wanted) => Some(wanted.as_str()),
                    _ => None,
                };
                let message = match wanted {
                    Some(wanted) if wanted != name => {
                        format!("{wanted} does not run; {name} is used instead")
                    }
                    _ => String::new(),
                };
                shared.message.store(Arc::new(message));
                shared.name.store(Arc::new(name.clone()));
                return Ok(running);
            }
            Err(error) => {
                tracing::warn!(encoder = name, "{error}");
                last = error;
            }
        }
    }
    Err(last)
}

fn try_picture_pipeline(
    shared: &Arc<Shared>,
    format: Format,
    setting: &Encoder,
    name: &str,
) -> Result<Running, EncodeError> {
    let encoder = gst::ElementFactory::make(name).build()?;
    set_up(&encoder, name, format, setting);
    let caps = crate::video::video_info(format)?.to_caps()?;
    let input = gst_app::AppSrc::builder()
        .caps(&caps)
        .format(gst::Format::Time)
        .is_live(true)
        .do_timestamp(false)
        .max_bytes(0)
        .max_buffers(0)
        .build();
    let output = caps_filter(
        gst::Caps::builder("video/x-h264")
            .field("stream-format", "avc")
            .field("alignment", "au")
            .build(),
    )?;
    let sink = sink(shared, Track::Video, 0);
    let pipeline = gst::Pipeline::new();
    let mut chain: Vec<gst::Element> = vec![input.clone().upcast()];
    if name != "x264enc" {
        // Other encoders want other layouts in, and give start codes.
        chain.push(make("videoconvert")?);
    }
    chain.push(encoder);
    if name != "x264enc" {
        chain.push(make("h264parse")?);
    }
    chain.push(output);
    chain.push(sink.upcast());
    start(&pipeline, &chain)?;
    shared.last_out.store(shared.clock.now(), Ordering::Relaxed);
    shared.last_in.store(shared.clock.now(), Ordering::Relaxed);
    shared.picture_input.store(Some(Arc::new(input)));
    Ok(Running {
        pipeline,
        track: Track::Video,
    })
}

/// Bitrate, groups and delay, as far as the element knows them.
fn set_up(encoder: &gst::Element, name: &str, format: Format, setting: &Encoder) {
    let group = (setting.gop_s * format.rate.fps()).round().max(1.0) as u32;
    let set = |property: &str, value: &str| {
        if encoder.has_property(property) {
            encoder.set_property_from_str(property, value);
        }
    };
    set("bitrate", &setting.bitrate_kbps.to_string());
    if name != "x264enc" {
        for property in [
            "gop-size",
            "key-int-max",
            "max-keyframe-interval",
            "gop-length",
        ] {
            set(property, &group.to_string());
        }
        return;
    }
    set("key-int-max", &group.to_string());
    set("speed-preset", preset_name(setting.preset));
    set("pass", "cbr");
    // Keyframes come on schedule and at no other time: that is where destinations begin.
    set("option-string", &x264_options(setting.latency));
    if setting.latency == Latency::Low {
        set("tune", "zerolatency");
    }
}

fn preset_name(preset: Preset) -> &'static str {
    match preset {
        Preset::Ultrafast => "ultrafast",
        Preset::Superfast => "superfast",
        Preset::Veryfast => "veryfast",
        Preset::Faster => "faster",
        Preset::Fast => "fast",
        Preset::Medium => "medium",
    }
}

/// What x264 is told beyond the element's own properties, in x264's own words.
fn x264_options(latency: Latency) -> String {
    match latency {
        Latency::Low => "scenecut=0".to_owned(),
        Latency::Normal => "scenecut=0:sync-lookahead=0:rc-lookahead=10:bframes=2".to_owned(),
        Latency::Quality => "scenecut=0".to_owned(),
    }
}

fn sound_pipeline(shared: &Arc<Shared>, kbps: u32) -> Result<Running, EncodeError> {
    let (encoder, priming) = match gst::ElementFactory::make("avenc_aac").build() {
        Ok(encoder) => {
            encoder.set_property("bitrate", kbps as i32 * 1000);
            (encoder, PRIMING_AVENC)
        }
        Err(_) => {
            let encoder = make("voaacenc")?;
            encoder.set_property("bitrate", kbps as i32 * 1000);
            (encoder, PRIMING_VOAAC)
        }
    };
    let caps = gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", SAMPLE_RATE as i32)
        .field("channels", CHANNELS as i32)
        .build();
    let input = gst_app::AppSrc::builder()
        .caps(&caps)
        .format(gst::Format::Time)
        .is_live(true)
        .do_timestamp(false)
        .max_bytes(0)
        .max_buffers(0)
        .build();
    let output = caps_filter(
        gst::Caps::builder("audio/mpeg")
            .field("mpegversion", 4)
            .field("stream-format", "raw")
            .build(),
    )?;
    let sink = sink(shared, Track::Audio, priming);
    let pipeline = gst::Pipeline::new();
    let chain = [
        input.clone().upcast(),
        make("audioconvert")?,
        encoder,
        output,
        sink.upcast(),
    ];
    start(&pipeline, &chain)?;
    shared.sound_input.store(Some(Arc::new(input)));
    Ok(Running {
        pipeline,
        track: Track::Audio,
    })
}

fn make(name: &'static str) -> Result<gst::Element, EncodeError> {
    gst::ElementFactory::make(name)
        .build()
        .map_err(|_| EncodeError::Missing(name))
}

fn caps_filter(caps: gst::Caps) -> Result<gst::Element, EncodeError> {
    let filter = make("capsfilter")?;
    filter.set_property("caps", &caps);
    Ok(filter)
}

fn start(pipeline: &gst::Pipeline, chain: &[gst::Element]) -> Result<(), EncodeError> {
    pipeline.add_many(chain)?;
    gst::Element::link_many(chain)?;
    pipeline.use_clock(Some(&gst::SystemClock::obtain()));
    nice::streaming_threads_give_way(pipeline, Nice::Encoder);
    if pipeline.set_state(gst::State::Playing).is_err() {
        let _ = pipeline.set_state(gst::State::Null);
        return Err(gst::glib::bool_error!("it does not start").into());
    }
    Ok(())
}

/// An appsink that hands packets on in program time.
fn sink(shared: &Arc<Shared>, track: Track, priming: i64) -> gst_app::AppSink {
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .enable_last_sample(false)
        .build();
    let shared = shared.clone();
    let priming_ns = priming * NS_PER_S / SAMPLE_RATE as i64;
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                if let Some(encoded) = encoded(&sample, track, priming_ns) {
                    if track == Track::Video {
                        shared.last_out.store(shared.clock.now(), Ordering::Relaxed);
                    }
                    shared
                        .bytes
                        .fetch_add(encoded.buffer.size() as u64, Ordering::Relaxed);
                    let out = shared.out.lock().unwrap_or_else(PoisonError::into_inner);
                    if out.as_ref().is_none_or(|out| out.send(encoded).is_err()) {
                        return Err(gst::FlowError::Eos);
                    }
                }
                Ok(gst::FlowSuccess::Ok)
            })
            .build(),
    );
    sink
}

/// x264's times count from a segment that starts at 1000 hours: only running time is program time.
fn encoded(sample: &gst::Sample, track: Track, priming_ns: i64) -> Option<Encoded> {
    let buffer = sample.buffer_owned()?;
    let caps = sample.caps_owned()?;
    let segment = sample.segment()?.downcast_ref::<gst::format::Time>()?;
    let running = |time: gst::ClockTime| match segment.to_running_time_full(time) {
        Some(gst::Signed::Positive(time)) => Some(time.nseconds() as i64),
        Some(gst::Signed::Negative(time)) => Some(-(time.nseconds() as i64)),
        None => None,
    };
    let pts = running(buffer.pts()?)? - priming_ns;
    let dts = buffer
        .dts()
        .and_then(running)
        .map_or(pts, |dts| dts - priming_ns);
    Some(Encoded {
        track,
        pts,
        dts,
        duration: buffer.duration().map_or(0, |d| d.nseconds() as i64),
        keyframe: track == Track::Audio || !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT),
        caps,
        buffer,
    })
}

/// Watches one encoder, and builds it anew when it dies: a hardware encoder is not trusted twice.
fn watch(
    shared: &Arc<Shared>,
    mut running: Running,
    stopped: &Receiver<()>,
    build: impl Fn(&[String]) -> Result<Running, EncodeError>,
) {
    nice::give_way(Nice::Encoder);
    loop {
        let reason = follow(shared, &running, stopped);
        let input = match running.track {
            Track::Video => &shared.picture_input,
            Track::Audio => &shared.sound_input,
        };
        input.store(None);
        let pipeline = running.pipeline.clone();
        let Some(reason) = reason else {
            let _ = pipeline.set_state(gst::State::Null);
            return;
        };
        // A driver that hangs must not hold up its successor.
        std::thread::spawn(move || pipeline.set_state(gst::State::Null));
        let failed = shared.name.load_full();
        tracing::error!(encoder = failed.as_str(), "{reason}");
        shared.restarts.fetch_add(1, Ordering::Relaxed);
        running = loop {
            match build(&["x264enc".to_owned()]) {
                Ok(next) => break next,
                Err(error) => {
                    shared.message.store(Arc::new(error.to_string()));
                    if stopped.recv_timeout(Duration::from_secs(1)).is_ok() {
                        return;
                    }
                }
            }
        };
        if running.track == Track::Video {
            shared.message.store(Arc::new(format!(
                "{failed} failed ({reason}); x264enc is used instead"
            )));
        }
    }
}

/// Gives why the encoder died, or `None` when it was asked to end and has.
fn follow(shared: &Shared, running: &Running, stopped: &Receiver<()>) -> Option<String> {
    let bus = running.pipeline.bus()?;
    let mut end_by: Option<Instant> = None;
    loop {
        if let Some(message) = bus.timed_pop(gst::ClockTime::from_mseconds(100)) {
            match message.view() {
                gst::MessageView::Error(error) => return Some(error.error().message().to_string()),
                gst::MessageView::Eos(_) => return None,
                gst::MessageView::Latency(_) => {
                    let _ = running.pipeline.recalculate_latency();
                }
                _ => {}
            }
        }
        if end_by.is_none() && stopped.try_recv().is_ok() {
            end_by = Some(Instant::now() + Duration::from_secs(5));
        }
        if end_by.is_some_and(|by| Instant::now() > by) {
            return None;
        }
        let quiet =
            shared.last_in.load(Ordering::Relaxed) - shared.last_out.load(Ordering::Relaxed);
        if running.track == Track::Video && quiet > STALL_NS {
            return Some("it gives no pictures any more".to_owned());
        }
    }
}
