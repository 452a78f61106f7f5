//! Clips: any container and codec that GStreamer plays, held to real time.

use std::path::Path;
use std::sync::Arc;

use gstreamer as gst;
use gstreamer::prelude::*;

use super::decode;
use super::feed::{Feed, Pacing};
use super::pipeline::{Built, Setting, SourceError, Span, Start};

/// Builds the pipeline of a clip that is to play `span` of it.
pub(super) fn build(
    setting: &Setting,
    feed: Arc<Feed>,
    path: &Path,
    span: Span,
) -> Result<Built, SourceError> {
    if !path.is_file() {
        return Err(SourceError::Pipeline(format!(
            "no such file: {}",
            path.display()
        )));
    }
    let uri = gst::glib::filename_to_uri(path, None)
        .map_err(|error| SourceError::Pipeline(error.to_string()))?;
    let pipeline = gst::Pipeline::new();
    let decoder = decode::uri_decoder(&uri, 0, setting.decoder_threads)?;
    pipeline.add(&decoder)?;
    let streams = decode::link_streams(&pipeline, &decoder, &feed, Pacing::Paced, setting.format);
    Ok(Built {
        pipeline,
        feed,
        streams: Some(streams),
        start: Start::Seek(span),
        instead: None,
        secrets: None,
    })
}
