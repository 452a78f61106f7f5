//! Test pictures and tones, made in the house.

use std::sync::Arc;

use gstreamer as gst;
use gstreamer::prelude::*;

use super::chain;
use super::feed::{Feed, Pacing};
use super::flash::Flash;
use super::pipeline::{Built, Setting, SourceError, Start};
use crate::show::Pattern;

/// Amplitude of the tone: −20 dBFS.
const TONE: f64 = 0.1;

pub(super) fn build(
    setting: &Setting,
    feed: Arc<Feed>,
    pattern: Pattern,
    (tone_hz, beep_ms): (Option<f64>, i32),
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
    let flash = (pattern == Pattern::Flash).then(|| Flash::new(rate, tone_hz, beep_ms));
    let given = link(&pipeline, &source, caps, |pipeline| {
        chain::add_picture_chain(pipeline, &feed, Pacing::Paced, setting.format)
    })?;
    if let Some(flash) = flash {
        flash.light(&given);
    }
    if tone_hz.is_some() || flash.is_some() {
        let source = chain::make("audiotestsrc")?;
        match tone_hz.filter(|_| flash.is_none()) {
            Some(hz) => source.set_property("freq", hz),
            None => source.set_property_from_str("wave", "silence"),
        }
        source.set_property("volume", TONE);
        source.set_property("samplesperbuffer", 960i32);
        let given = link(&pipeline, &source, chain::sound_caps(), |pipeline| {
            chain::add_sound_chain(pipeline, &feed, Pacing::Paced)
        })?;
        if let Some(flash) = flash {
            flash.beep(&given, TONE);
        }
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

/// Links a source by way of these caps to a chain; gives where it comes out of them.
fn link(
    pipeline: &gst::Pipeline,
    source: &gst::Element,
    caps: gst::Caps,
    chain: impl FnOnce(&gst::Pipeline) -> Result<gst::Pad, SourceError>,
) -> Result<gst::Pad, SourceError> {
    let filter = chain::make("capsfilter")?;
    filter.set_property("caps", &caps);
    pipeline.add_many([source, &filter])?;
    source.link(&filter)?;
    let head = chain(pipeline)?;
    let given = filter
        .static_pad("src")
        .ok_or_else(|| SourceError::MissingElement("capsfilter".into()))?;
    given
        .link(&head)
        .map_err(|error| SourceError::Pipeline(format!("cannot link a test source: {error}")))?;
    Ok(given)
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
        // What is no flash is made dark.
        Pattern::White | Pattern::Flash => "white",
        Pattern::Red => "red",
        Pattern::Green => "green",
        Pattern::Blue => "blue",
    }
}
