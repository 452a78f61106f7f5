//! Sources that GStreamer decodes: clips and network streams, and cameras that compress.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gstreamer as gst;
use gstreamer::prelude::*;

use super::chain;
use super::feed::{Feed, Pacing};
use super::pipeline::{SourceError, Streams};
use crate::show::Format;

/// Links what `decoder` finds (the first picture and the first sound) to chains made as they come.
pub(super) fn link_streams(
    pipeline: &gst::Pipeline,
    decoder: &gst::Element,
    feed: &Arc<Feed>,
    pacing: Pacing,
    format: Format,
) -> Arc<Streams> {
    let streams = Arc::new(Streams::default());
    let weak = pipeline.downgrade();
    let (pad_feed, pad_streams) = (feed.clone(), streams.clone());
    decoder.connect_pad_added(move |decoder, pad| {
        let Some(pipeline) = weak.upgrade() else {
            return;
        };
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let kind = caps
            .structure(0)
            .map(|s| s.name().to_string())
            .unwrap_or_default();
        let head = if kind.starts_with("video/") {
            if pad_streams.picture.swap(true, Ordering::Relaxed) {
                return;
            }
            chain::add_picture_chain(&pipeline, &pad_feed, pacing, format)
        } else if kind.starts_with("audio/") {
            if pad_streams.sound.swap(true, Ordering::Relaxed) {
                return;
            }
            chain::add_sound_chain(&pipeline, &pad_feed, pacing)
        } else {
            return;
        };
        let linked = head.and_then(|head| {
            pad.link(&head)
                .map(|_| ())
                .map_err(|error| SourceError::Pipeline(format!("cannot link {kind}: {error}")))
        });
        if let Err(error) = linked {
            gst::element_error!(decoder, gst::CoreError::Pad, ("{error}"));
        }
    });
    let (done, done_feed) = (streams.clone(), feed.clone());
    decoder.connect("no-more-pads", false, move |_| {
        done.complete.store(true, Ordering::Relaxed);
        done_feed.knows_streams(
            done.picture.load(Ordering::Relaxed),
            done.sound.load(Ordering::Relaxed),
        );
        None
    });
    streams
}

/// A `uridecodebin` for picture and sound in system memory, tuned for live use.
pub(super) fn uri_decoder(
    uri: &str,
    latency_ms: u32,
    decoder_threads: u32,
) -> Result<gst::Element, SourceError> {
    let decoder = chain::make("uridecodebin")?;
    decoder.set_property("uri", uri);
    let wanted = [
        gst::Caps::new_empty_simple("video/x-raw"),
        gst::Caps::new_empty_simple("audio/x-raw"),
    ];
    let caps: gst::Caps = wanted
        .into_iter()
        .fold(gst::Caps::new_empty(), |mut all, caps| {
            all.merge(caps);
            all
        });
    decoder.set_property("caps", &caps);
    tune(&decoder, latency_ms, decoder_threads);
    Ok(decoder)
}

/// Sets what the elements inside a decoder are to do, as they are made.
pub(super) fn tune(decoder: &gst::Element, latency_ms: u32, decoder_threads: u32) {
    let Ok(bin) = decoder.clone().downcast::<gst::Bin>() else {
        return;
    };
    bin.connect_deep_element_added(move |_, _, element| {
        let Some(factory) = element.factory() else {
            return;
        };
        let set = |property: &str, value: u32| {
            if element.has_property(property) {
                element.set_property_from_str(property, &value.to_string());
            }
        };
        match factory.name().as_str() {
            // Frame threads cost delay and switches; several sources share the cores anyway.
            name if name.starts_with("avdec_") => set("max-threads", decoder_threads),
            "rtspsrc" => {
                set("latency", latency_ms);
                set("tcp-timeout", 3_000_000);
                set("timeout", 2_000_000);
            }
            // Waits 700 ms by default for a clock reference that it may not need.
            "tsdemux" => set("latency", latency_ms),
            // Without one it cannot be closed for seconds, and its port is not free until it is.
            "srtsrc" => set("poll-timeout", 100),
            "rtmp2src" => set("timeout", 3),
            "souphttpsrc" => {
                set("timeout", 5);
                set("retries", 0);
            }
            _ => {}
        }
    });
}
