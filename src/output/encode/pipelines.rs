//! The pipelines of the encoders: which elements they are made of, and how those are set.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::shared::{EncodeError, Encoded, Shared};
use super::side::{Input, Side};
use crate::media::{CHANNELS, NS_PER_S, SAMPLE_RATE, Track};
use crate::nice::{self, Nice};
use crate::output::pipeline::live_source;
use crate::show::{Encoder, EncoderName, Format, Latency, Preset};

/// Pictures that may wait for the encoder; more are turned away. A machine that stands still for a
/// second is made up for; an encoder that is too slow for good is not.
const QUEUE_PICTURES: u64 = 45;
/// Blocks of sound that may wait: six seconds, so that an encoder that is stuck is replaced before
/// any is turned away.
pub const QUEUE_BLOCKS: u64 = 600;
/// An encoder that takes something and gives nothing for so long is dead.
const STALL_NS: i64 = 4 * NS_PER_S;
/// Longer than any encoder looks ahead, in pictures.
const STALL_PICTURES: i64 = 120;
/// The encoder that is always there.
pub const X264: &str = "x264enc";
/// AAC encoders, the best first, each with what it puts before the sound, in samples (measured).
const AAC: [(&str, i64); 2] = [("avenc_aac", 1024), ("voaacenc", 1600)];
/// Hardware encoders in the order in which they are tried.
const HARDWARE: [&str; 6] = [
    "nvh264enc",
    "vah264enc",
    "qsvh264enc",
    "vtenc_h264_hw",
    "mfh264enc",
    "amfh264enc",
];

/// A pipeline with an encoder in it, running.
pub struct Running {
    /// The pipeline.
    pub pipeline: gst::Pipeline,
    /// Its messages.
    pub bus: gst::Bus,
    /// Where it is fed.
    pub input: Arc<Input>,
    /// The encoder's element.
    pub name: String,
    /// It is dead when it gives nothing for so long, in nanoseconds.
    pub stall_ns: i64,
}

/// How long a picture encoder may be silent: at few pictures a second, those it looks ahead at take
/// longer than four seconds.
fn stall_ns(frame_ns: i64) -> i64 {
    STALL_NS.max(STALL_PICTURES * frame_ns)
}

/// Elements to try, the best first; x264 always last.
pub fn candidates(name: &EncoderName) -> Vec<String> {
    let x264 = X264.to_owned();
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

/// The H.264 encoders that this machine has, the one that is tried first by itself first.
pub fn found() -> Vec<String> {
    let mut all = candidates(&EncoderName::Auto);
    all.retain(|name| gst::ElementFactory::find(name).is_some());
    all
}

/// A pipeline with the first of these H.264 encoders that starts.
///
/// # Errors
/// What was wrong with the last of them.
pub fn pictures(
    shared: &Arc<Shared>,
    format: Format,
    setting: &Encoder,
    names: &[String],
) -> Result<Running, EncodeError> {
    let mut last = EncodeError::Missing(X264);
    for name in names {
        let made = gst::ElementFactory::make(name).build();
        match made
            .map_err(EncodeError::from)
            .and_then(|encoder| pictures_by(shared, format, setting, name, encoder))
        {
            Ok(running) => return Ok(running),
            Err(error) => {
                tracing::warn!(encoder = name, "{error}");
                last = error;
            }
        }
    }
    Err(last)
}

fn pictures_by(
    shared: &Arc<Shared>,
    format: Format,
    setting: &Encoder,
    name: &str,
    encoder: gst::Element,
) -> Result<Running, EncodeError> {
    set_up(&encoder, name, format, setting);
    let output = caps_filter(
        gst::Caps::builder("video/x-h264")
            .field("stream-format", "avc")
            .field("alignment", "au")
            .build(),
    )?;
    // Other encoders want other layouts in, and give start codes.
    let chain = if name == X264 {
        vec![encoder, output]
    } else {
        vec![make("videoconvert")?, encoder, make("h264parse")?, output]
    };
    let source = live_source(&crate::video::video_info(format)?.to_caps()?);
    let input = Input::new(source.clone(), QUEUE_PICTURES);
    let sink = sink(shared, &shared.pictures, &input, 0);
    let (pipeline, bus) = start(&source, &chain, &sink)?;
    Ok(Running {
        pipeline,
        bus,
        input,
        name: name.to_owned(),
        stall_ns: stall_ns(format.rate.frame_ns()),
    })
}

/// Bitrate, groups and delay, as far as the element knows them.
pub fn set_up(encoder: &gst::Element, name: &str, format: Format, setting: &Encoder) {
    let group = (setting.gop_s * format.rate.fps()).round().max(1.0) as u32;
    let set = |property: &str, value: &str| {
        if encoder.has_property(property) {
            encoder.set_property_from_str(property, value);
        }
    };
    set("bitrate", &setting.bitrate_kbps.to_string());
    if name != X264 {
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

/// A pipeline with the first of the AAC encoders that this machine has.
///
/// # Errors
/// [`EncodeError::Missing`] where it has none; what GStreamer says where it does not start.
pub fn sound(shared: &Arc<Shared>, kbps: u32) -> Result<Running, EncodeError> {
    let (name, encoder, priming) = aac(kbps).ok_or(EncodeError::Missing(AAC[0].0))?;
    sound_by(shared, name, encoder, priming)
}

/// The best AAC encoder there is, set up; its name, and what it puts before the sound, in samples.
pub fn aac(kbps: u32) -> Option<(&'static str, gst::Element, i64)> {
    AAC.iter().find_map(|&(name, priming)| {
        let encoder = gst::ElementFactory::make(name).build().ok()?;
        encoder.set_property("bitrate", kbps as i32 * 1000);
        // GStreamer's default forces middle and side on every band, and sound that is hard on one
        // side comes out on both.
        if encoder.has_property("aac-ms") {
            encoder.set_property("aac-ms", false);
        }
        Some((name, encoder, priming))
    })
}

/// A pipeline with this AAC encoder, which puts so many samples before the sound.
///
/// # Errors
/// What GStreamer says where it does not start.
pub fn sound_by(
    shared: &Arc<Shared>,
    name: &str,
    encoder: gst::Element,
    priming: i64,
) -> Result<Running, EncodeError> {
    let caps = gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", SAMPLE_RATE as i32)
        .field("channels", CHANNELS as i32)
        .build();
    let output = caps_filter(
        gst::Caps::builder("audio/mpeg")
            .field("mpegversion", 4)
            .field("stream-format", "raw")
            .build(),
    )?;
    let source = live_source(&caps);
    let input = Input::new(source.clone(), QUEUE_BLOCKS);
    let sink = sink(shared, &shared.sound, &input, priming);
    let chain = [make("audioconvert")?, encoder, output];
    let (pipeline, bus) = start(&source, &chain, &sink)?;
    Ok(Running {
        pipeline,
        bus,
        input,
        name: name.to_owned(),
        stall_ns: STALL_NS,
    })
}

/// An element.
///
/// # Errors
/// [`EncodeError::Missing`].
pub fn make(name: &'static str) -> Result<gst::Element, EncodeError> {
    gst::ElementFactory::make(name)
        .build()
        .map_err(|_| EncodeError::Missing(name))
}

/// Lets nothing else through.
///
/// # Errors
/// Where GStreamer has no such element.
pub fn caps_filter(caps: gst::Caps) -> Result<gst::Element, EncodeError> {
    let filter = make("capsfilter")?;
    filter.set_property("caps", &caps);
    Ok(filter)
}

fn start(
    source: &gst_app::AppSrc,
    chain: &[gst::Element],
    sink: &gst_app::AppSink,
) -> Result<(gst::Pipeline, gst::Bus), EncodeError> {
    let pipeline = gst::Pipeline::new();
    let bus = pipeline
        .bus()
        .ok_or_else(|| gst::glib::bool_error!("the pipeline has no bus"))?;
    let mut all = vec![source.clone().upcast()];
    all.extend_from_slice(chain);
    all.push(sink.clone().upcast());
    pipeline.add_many(&all)?;
    gst::Element::link_many(&all)?;
    pipeline.use_clock(Some(&gst::SystemClock::obtain()));
    nice::streaming_threads_give_way(&pipeline, Nice::Encoder);
    if pipeline.set_state(gst::State::Playing).is_err() {
        let _ = pipeline.set_state(gst::State::Null);
        return Err(gst::glib::bool_error!("it does not start").into());
    }
    Ok((pipeline, bus))
}

/// An appsink that hands packets on in program time.
fn sink(
    shared: &Arc<Shared>,
    side: &Arc<Side>,
    input: &Arc<Input>,
    priming: i64,
) -> gst_app::AppSink {
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .enable_last_sample(false)
        .build();
    let (shared, side, input) = (shared.clone(), side.clone(), input.clone());
    let priming_ns = priming * NS_PER_S / SAMPLE_RATE as i64;
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                if input.is_over() {
                    return Err(gst::FlowError::Eos);
                }
                if let Some(encoded) = encoded(&sample, side.track(), priming_ns) {
                    side.gave();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Rate;

    #[test]
    fn who_looks_ahead_at_few_pictures_a_second_is_not_taken_for_dead() {
        let stall = |num, den| stall_ns(Rate(num, den).frame_ns());
        assert_eq!(stall(60, 1), 4 * NS_PER_S);
        assert_eq!(stall(30, 1), 4 * NS_PER_S);
        assert_eq!(stall(10, 1), 12 * NS_PER_S);
        assert_eq!(stall(5, 1), 24 * NS_PER_S);
    }

    #[test]
    fn sound_that_is_hard_on_one_side_stays_there() {
        crate::media::start_gstreamer().unwrap();
        let (_, encoder, _) = aac(160).expect("an AAC encoder");
        let made = gst::parse::bin_from_description(
            "audiotestsrc num-buffers=100 samplesperbuffer=480 freq=1000 volume=0.25 \
             ! audio/x-raw,rate=48000,channels=1 \
             ! audioconvert mix-matrix=\"<<(float)1.0>,<(float)0.0>>\" \
             ! audio/x-raw,channels=2,channel-mask=(bitmask)0x3 ! audioconvert",
            true,
        );
        let heard = gst::parse::bin_from_description(
            "avdec_aac ! audioconvert ! audio/x-raw,format=F32LE,layout=interleaved \
             ! appsink name=heard sync=false",
            true,
        );
        let (made, heard) = (made.unwrap(), heard.unwrap());
        let sink = heard.by_name("heard").unwrap();
        let sink = sink.downcast::<gst_app::AppSink>().unwrap();
        let pipeline = gst::Pipeline::new();
        let chain = [made.upcast_ref(), &encoder, heard.upcast_ref()];
        pipeline.add_many(chain).unwrap();
        gst::Element::link_many(chain).unwrap();
        pipeline.set_state(gst::State::Playing).unwrap();
        let mut most = [0f32; CHANNELS];
        while let Ok(sample) = sink.pull_sample() {
            let map = sample.buffer().unwrap().map_readable().unwrap();
            for (i, bytes) in map.chunks_exact(4).enumerate() {
                let value = f32::from_le_bytes(bytes.try_into().unwrap());
                most[i % CHANNELS] = most[i % CHANNELS].max(value.abs());
            }
        }
        pipeline.set_state(gst::State::Null).unwrap();
        assert!(most[0] > 0.22 && most[1] < 0.002, "{most:?}");
    }
}
