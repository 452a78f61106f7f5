//! A clip with transparency, decoded whole into memory: its pictures on the frames of the program, and its
//! sound. What decodes may be late; what is in memory is not.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;

use crate::media::{CHANNELS, Cause, Rate, SAMPLE_RATE};
use crate::nice::{self, Nice};
use crate::show::Numbered;
use crate::video::{StingerPicture, StingerPictures};

/// One that gives nothing for so long is broken.
const PATIENCE: Duration = Duration::from_secs(10);

/// Which size pictures are to have that are so wide and so high as they are meant to be seen.
pub type Fit = Arc<dyn Fn((f64, f64)) -> (usize, usize) + Send + Sync>;

/// What is asked for.
#[derive(Clone)]
pub struct Wants {
    /// The size of the pictures.
    pub fit: Fit,
    /// Of the program.
    pub rate: Rate,
    /// Bytes that the pictures may take.
    pub memory: usize,
    /// Seconds that it may be long.
    pub longest_s: usize,
}

/// What came.
#[derive(Debug)]
pub struct Decoded {
    /// One for each frame of the program.
    pub pictures: StingerPictures,
    /// Interleaved stereo at the house's rate; empty where it has none.
    pub sound: Vec<f32>,
}

/// Why a clip cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeFault {
    /// No file.
    #[error("there is no file {0}")]
    NoFile(String),
    /// GStreamer cannot.
    #[error("{0}")]
    Broken(String),
    /// It takes more memory than there is for it.
    #[error("its pictures take too much memory: expected a shorter one, or one that covers less")]
    TooBig,
    /// It is too long.
    #[error("it is longer than {0} s")]
    TooLong(usize),
    /// Nothing came for a while.
    #[error("nothing comes from its file")]
    Stuck,
    /// A file without pictures.
    #[error("it has no pictures")]
    Empty,
}

impl From<gst::glib::BoolError> for DecodeFault {
    fn from(error: gst::glib::BoolError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Decodes a clip, all of it.
///
/// # Errors
/// [`DecodeFault`].
pub fn decode(path: &Path, wants: &Wants) -> Result<Decoded, DecodeFault> {
    let text = path.display().to_string();
    let numbered = Numbered::of(&text);
    if numbered.is_none() && !path.is_file() {
        return Err(DecodeFault::NoFile(text));
    }
    let pipeline = gst::Pipeline::new();
    let pictures = picture_sink(&pipeline, wants.fit.clone())?;
    let sound = sound_sink();
    let source = match &numbered {
        Some(numbered) => numbered_pictures(&pipeline, numbered, wants.rate)?,
        None => decoder(&pipeline, path, &sound)?,
    };
    if numbered.is_some() {
        source.link(&pictures.entry)?;
    } else {
        link_pictures(&source, &pictures.entry);
    }
    nice::streaming_threads_give_way(&pipeline, Nice::Monitor);
    let read = collect(&pipeline, &pictures.sink, &sound, wants);
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

/// Anything to pictures with alpha, of the size that is asked for.
fn picture_sink(pipeline: &gst::Pipeline, fit: Fit) -> Result<PictureSink, gst::glib::BoolError> {
    let queue = make("queue")?;
    let convert = make("videoconvertscale")?;
    convert.set_property("add-borders", false);
    // From one YCbCr to another, of eight bits, GStreamer's converter makes every alpha 0 or 255; of sixteen it
    // does not. The size stays, for what an untagged picture's colours mean depends on it.
    let widen = make("videoconvert")?;
    let wide = make("capsfilter")?;
    let caps = gst::Caps::builder("video/x-raw").field("format", "AYUV64");
    wide.set_property("caps", caps.build());
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .max_buffers(4)
        .build();
    // What size that is depends on the pictures, which say theirs before the first comes.
    let weak = sink.downgrade();
    let entry = queue
        .static_pad("sink")
        .ok_or_else(|| gst::glib::bool_error!("no pad"))?;
    entry.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        if let Some(gst::EventView::Caps(event)) = info.event().map(|event| event.view())
            && let Ok(video) = gst_video::VideoInfo::from_caps(event.caps())
            && let Some(sink) = weak.upgrade()
        {
            let par = f64::from(video.par().numer()) / f64::from(video.par().denom().max(1));
            let seen = (f64::from(video.width()) * par, f64::from(video.height()));
            let (width, height) = fit(seen);
            let caps = gst::Caps::builder("video/x-raw")
                .field("format", "A420")
                .field("width", width as i32)
                .field("height", height as i32)
                .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
                .field("colorimetry", "bt709")
                .build();
            sink.set_caps(Some(&caps));
        }
        gst::PadProbeReturn::Ok
    });
    let elements = [&queue, &widen, &wide, &convert, sink.upcast_ref()];
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
    pictures: &Numbered,
    rate: Rate,
) -> Result<gst::Element, gst::glib::BoolError> {
    let source = make("multifilesrc")?;
    source.set_property("location", pictures.for_printf());
    source.set_property("start-index", pictures.first() as i32);
    let caps = gst::Caps::builder("image/png")
        .field(
            "framerate",
            gst::Fraction::new(rate.0 as i32, rate.1 as i32),
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
            tracing::warn!("a clip's sound cannot be had: {error}");
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
    wants: &Wants,
) -> Result<Decoded, DecodeFault> {
    let no_bus = || DecodeFault::Broken("the pipeline has no bus".to_owned());
    let bus = pipeline.bus().ok_or_else(no_bus)?;
    let broken = |bus: &gst::Bus| {
        let message = bus.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => {
                let (cause, technical) = Cause::of_message(error);
                tracing::warn!(technical, "a clip cannot be read");
                Some(DecodeFault::Broken(cause.to_string()))
            }
            _ => None,
        }
    };
    let mut made: Option<StingerPictures> = None;
    let mut on_time = OnTime::new(wants.rate);
    let mut heard: Vec<f32> = Vec::new();
    let most = (wants.longest_s as f64 * wants.rate.fps()) as usize;
    if pipeline.set_state(gst::State::Playing).is_err() {
        let unreadable = || DecodeFault::Broken("it cannot be read".to_owned());
        return Err(broken(&bus).unwrap_or_else(unreadable));
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
        if made
            .as_ref()
            .is_some_and(|made| made.bytes() > wants.memory)
        {
            return Err(DecodeFault::TooBig);
        }
        let pictures_so_far = made.as_ref().map_or(0, StingerPictures::len);
        if pictures_so_far > most || heard.len() > wants.longest_s * SAMPLE_RATE * CHANNELS {
            return Err(DecodeFault::TooLong(wants.longest_s));
        }
        if let Some(fault) = broken(&bus) {
            return Err(fault);
        }
        let silent = sound.parent().is_none() || sound.is_eos();
        if pictures.is_eos() && silent {
            break;
        }
        if came.elapsed() > PATIENCE {
            return Err(DecodeFault::Stuck);
        }
    }
    let length = pipeline.query_duration::<gst::ClockTime>();
    let length = length.map_or(0, |length| length.nseconds() as i64);
    let mut made = made.ok_or(DecodeFault::Empty)?;
    on_time.end(&mut made, length);
    if made.is_empty() {
        return Err(DecodeFault::Empty);
    }
    Ok(Decoded {
        pictures: made,
        sound: heard,
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

    fn add(
        &mut self,
        made: &mut Option<StingerPictures>,
        sample: &gst::Sample,
    ) -> Result<(), DecodeFault> {
        let (Some(buffer), Some(caps)) = (sample.buffer(), sample.caps()) else {
            return Ok(());
        };
        let unreadable = || DecodeFault::Broken("one of its pictures cannot be read".to_owned());
        let info = gst_video::VideoInfo::from_caps(caps).map_err(|_| unreadable())?;
        let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info)
            .map_err(|_| unreadable())?;
        let size = (info.width() as usize, info.height() as usize);
        let made = made.get_or_insert_with(|| StingerPictures::new(size));
        if !made.is_of(size) {
            return Err(unreadable());
        }
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
