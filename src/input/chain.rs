//! What every source's decoded picture and sound go through: to house format, and out at an appsink.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;

use super::feed::{Feed, Pacing};
use super::pipeline::SourceError;
use crate::media::SAMPLE_RATE;
use crate::show::Format;

/// House format of pictures, at any rate.
pub(super) fn picture_caps(format: Format) -> gst::Caps {
    gst::Caps::builder("video/x-raw")
        .field("format", "I420")
        .field("width", format.width as i32)
        .field("height", format.height as i32)
        .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
        .field("interlace-mode", "progressive")
        .field("colorimetry", "bt709")
        .build()
}

/// House format of sound, but for its channels: those are brought to stereo behind the pipeline.
pub(super) fn sound_caps() -> gst::Caps {
    gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", SAMPLE_RATE as i32)
        .build()
}

/// Makes an element, naming what to install where it is missing.
pub(super) fn make(name: &str) -> Result<gst::Element, SourceError> {
    gst::ElementFactory::make(name)
        .build()
        .map_err(|_| SourceError::MissingElement(name.to_owned()))
}

/// Adds a chain for pictures to the pipeline and gives its head. Each element of it does nothing and
/// costs nothing for pictures that need nothing done.
pub(super) fn add_picture_chain(
    pipeline: &gst::Pipeline,
    feed: &Arc<Feed>,
    pacing: Pacing,
    format: Format,
) -> Result<gst::Pad, SourceError> {
    let deinterlace = make("deinterlace")?;
    let flip = make("videoflip")?;
    flip.set_property_from_str("video-direction", "auto");
    let convert = make("videoconvertscale")?;
    convert.set_property("add-borders", true);
    let filter = gst::ElementFactory::make("capsfilter")
        .property("caps", picture_caps(format))
        .build()
        .map_err(|_| SourceError::MissingElement("capsfilter".into()))?;
    let sink = app_sink(pacing);
    let callback_feed = feed.clone();
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| callback_feed.picture(sink))
            .build(),
    );
    offer_video_meta(sink.upcast_ref());
    let head = link(
        pipeline,
        &[&deinterlace, &flip, &convert, &filter, sink.upcast_ref()],
    )?;
    drop_flood(&head, feed);
    Ok(head)
}

/// Adds a chain for sound to the pipeline and gives its head.
pub(super) fn add_sound_chain(
    pipeline: &gst::Pipeline,
    feed: &Arc<Feed>,
    pacing: Pacing,
) -> Result<gst::Pad, SourceError> {
    let convert = make("audioconvert")?;
    let resample = make("audioresample")?;
    let filter = gst::ElementFactory::make("capsfilter")
        .property("caps", sound_caps())
        .build()
        .map_err(|_| SourceError::MissingElement("capsfilter".into()))?;
    let sink = app_sink(pacing);
    let feed = feed.clone();
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| feed.sound(sink))
            .build(),
    );
    link(pipeline, &[&convert, &resample, &filter, sink.upcast_ref()])
}

fn app_sink(pacing: Pacing) -> gst_app::AppSink {
    gst_app::AppSink::builder()
        .sync(false)
        .max_buffers(2)
        // A paced source is meant to wait; a live one must never be held up.
        .drop(pacing == Pacing::Live)
        .enable_last_sample(false)
        .build()
}

fn link(pipeline: &gst::Pipeline, elements: &[&gst::Element]) -> Result<gst::Pad, SourceError> {
    pipeline.add_many(elements.iter().copied())?;
    gst::Element::link_many(elements.iter().copied())?;
    // From the sink up, so that no data meets an element that is not ready for it.
    for element in elements.iter().rev() {
        element.sync_state_with_parent()?;
    }
    elements[0]
        .static_pad("sink")
        .ok_or_else(|| SourceError::MissingElement("sink pad".into()))
}

/// Tells the decoder that padded rows are welcome. An appsink answers nothing to that question, and
/// a decoder left without an answer copies each picture into unpadded rows.
fn offer_video_meta(sink: &gst::Element) {
    let Some(pad) = sink.static_pad("sink") else {
        return;
    };
    pad.add_probe(gst::PadProbeType::QUERY_DOWNSTREAM, |_, info| {
        if let Some(query) = info.query_mut()
            && let gst::QueryViewMut::Allocation(allocation) = query.view_mut()
        {
            allocation.add_allocation_meta::<gst_video::VideoMeta>(None);
            return gst::PadProbeReturn::Handled;
        }
        gst::PadProbeReturn::Ok
    });
}

/// Drops pictures that come at more than twice the program's rate before they are converted: none of
/// them could be shown.
fn drop_flood(head: &gst::Pad, feed: &Arc<Feed>) {
    let (num, den) = feed.keep_rate();
    let last = AtomicI64::new(i64::MIN);
    head.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let Some((pts, begins)) = info.buffer().and_then(|buffer| {
            let begins = buffer.flags().contains(gst::BufferFlags::DISCONT);
            Some((buffer.pts()?, begins))
        }) else {
            return gst::PadProbeReturn::Ok;
        };
        // Rounded to the nearest, so that an exact cadence of twice the rate keeps every picture.
        let unit = den as i128 * 1_000_000_000;
        let slot = ((pts.nseconds() as i128 * num as i128 + unit / 2) / unit) as i64;
        // The first picture after a seek may carry the time of the last before it.
        if last.swap(slot, Ordering::Relaxed) == slot && !begins {
            // Taken and dropped here: the bindings' way of `Drop` ends in a complaint of GStreamer's.
            drop(info.take_buffer());
            gst::PadProbeReturn::Handled
        } else {
            gst::PadProbeReturn::Ok
        }
    });
}
