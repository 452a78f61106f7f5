//! Clips: any container and codec that GStreamer plays, held to real time; and numbered pictures, one for each
//! frame of the program.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gstreamer as gst;
use gstreamer::prelude::*;

use super::chain;
use super::decode;
use super::feed::{Feed, Pacing};
use super::pipeline::{Built, Setting, SourceError, Span, Start};
use crate::show::Numbered;

/// Builds the pipeline of a clip that is to play `span` of it.
pub(super) fn build(
    setting: &Setting,
    feed: Arc<Feed>,
    path: &Path,
    span: Span,
) -> Result<Built, SourceError> {
    let numbered = Numbered::of(&path.to_string_lossy());
    let first = numbered.as_ref().map(|all| PathBuf::from(all.first_file()));
    let file = first.as_deref().unwrap_or(path);
    if !file.is_file() {
        let message = format!("no such file: {}", file.display());
        return Err(SourceError::Pipeline(message));
    }
    if is_animated_webp(file) {
        return Err(SourceError::plain(
            "an animated WebP can be a title, but not a source",
        ));
    }
    let pipeline = gst::Pipeline::new();
    let decoder = match &numbered {
        Some(numbered) => {
            let source = chain::make("imagesequencesrc")?;
            source.set_property("location", numbered.for_printf());
            source.set_property("start-index", numbered.first() as i32);
            let rate = setting.format.rate;
            let rate = gst::Fraction::new(rate.0 as i32, rate.1 as i32);
            source.set_property("framerate", rate);
            let decoder = chain::make("decodebin")?;
            decode::tune(&decoder, 0, setting.decoder_threads);
            pipeline.add_many([&source, &decoder])?;
            source.link(&decoder)?;
            decoder
        }
        None => {
            let uri = gst::glib::filename_to_uri(path, None)
                .map_err(|error| SourceError::Pipeline(error.to_string()))?;
            let decoder = decode::uri_decoder(&uri, 0, setting.decoder_threads)?;
            pipeline.add(&decoder)?;
            decoder
        }
    };
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

/// GStreamer decodes none, and says nothing that explains it. (WebP container specification, "Extended File
/// Format": `VP8X`, of whose flags the second bit is that of an animation.)
fn is_animated_webp(path: &Path) -> bool {
    let mut head = [0; 21];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    let [kind, what, chunk] = [&head[..4], &head[8..12], &head[12..16]];
    read.is_ok() && kind == b"RIFF" && what == b"WEBP" && chunk == b"VP8X" && head[20] & 2 != 0
}
