//! Test pictures and tones, made in the house.

use std::sync::Arc;

use gstreamer as gst;
use gstreamer::prelude::*;

use super::chain;
use super::feed::{Feed, Pacing};
use super::pipeline::{Built, Setting, SourceError, Start};
use crate::show::Pattern;

/// Amplitude of the tone: −20 dBFS.
const TONE: f64 = 0.1;

pub(super) fn build(
    setting: &Setting,
    feed: Arc<Feed>,
    pattern: Pattern,
    tone_hz: Option<f64>,
) -> Result<Built, SourceError> {
    let pipeline = gst::Pipeline::new();
    let source = chain::make("videotestsrc")?;
    source.set_property_from_str("pattern", element_pattern(pattern));
    if matches!(pattern, Pattern::Bars | Pattern::Gradient) {
        // Bars that stand still could as well be frozen.
        source.set_property("horizontal-speed", 2i32);
    }
    let rate = setting.format.rate;
    let caps = gst::Caps::builder("video/x-raw")
        .field("format", "I420")
        .field("width", setting.format.width as i32)
        .field("height", setting.format.height as i32)
        .field(
            "framerate",
            gst::Fraction::new(rate.0 as i32, rate.1 as i32),
        )
        .field("colorimetry", "bt709")
        .build();
    link(&pipeline, &source, caps, |pipeline| {
        chain::add_picture_chain(pipeline, &feed, Pacing::Paced, setting.format)
    })?;
    if let Some(hz) = tone_hz {
        let source = chain::make("audiotestsrc")?;
        source.set_property("freq", hz);
        source.set_property("volume", TONE);
        source.set_property("samplesperbuffer", 960i32);
        link(&pipeline, &source, chain::sound_caps(), |pipeline| {
            chain::add_sound_chain(pipeline, &feed, Pacing::Paced)
        })?;
    }
    Ok(Built {
        pipeline,
        feed,
        streams: None,
        start: Start::Play,
        instead: None,
        secrets: None,
    })
}

fn link(
    pipeline: &gst::Pipeline,
    source: &gst::Element,
    caps: gst::Caps,
    chain: impl FnOnce(&gst::Pipeline) -> Result<gst::Pad, SourceError>,
) -> Result<(), SourceError> {
    let filter = chain::make("capsfilter")?;
    filter.set_property("caps", &caps);
    pipeline.add_many([source, &filter])?;
    source.link(&filter)?;
    let head = chain(pipeline)?;
    filter
        .static_pad("src")
        .ok_or_else(|| SourceError::MissingElement("capsfilter".into()))?
        .link(&head)
        .map_err(|error| SourceError::Pipeline(format!("cannot link a test source: {error}")))?;
    Ok(())
}

fn element_pattern(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Bars => "smpte",
        Pattern::Ball => "ball",
        Pattern::Pinwheel => "pinwheel",
        Pattern::Spokes => "spokes",
        Pattern::Gradient => "gradient",
        Pattern::Snow => "snow",
        Pattern::Black => "black",
        Pattern::White => "white",
        Pattern::Red => "red",
        Pattern::Green => "green",
        Pattern::Blue => "blue",
    }
}
