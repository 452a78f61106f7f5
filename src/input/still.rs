//! One picture of a file, in house format: for what stands still.

use std::path::Path;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;

use super::chain::{add_house_format, make};
use super::fault;
use super::pipeline::SourceError;
use super::transparent::Transparent;
use crate::media::Picture;
use crate::show::Format;

/// A file that gives nothing for so long has no picture.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the first picture of a file, fitted into the format. Waits for it: not for the tick.
///
/// # Errors
/// [`SourceError`], with what is wrong in words.
pub fn still(path: &Path, format: Format) -> Result<Picture, SourceError> {
    if !path.is_file() {
        let message = format!("no such file: {}", path.display());
        return Err(SourceError::Pipeline(message));
    }
    let uri = gst::glib::filename_to_uri(path, None)
        .map_err(|error| SourceError::Pipeline(error.to_string()))?;
    let pipeline = gst::Pipeline::new();
    let decoder = make("uridecodebin")?;
    decoder.set_property("uri", uri.as_str());
    pipeline.add(&decoder)?;
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .max_buffers(1)
        .build();
    let (head, filter) = add_house_format(&pipeline, format)?;
    pipeline.add(&sink)?;
    filter.link(&sink)?;
    decoder.connect_pad_added(move |_, pad| {
        if !head.is_linked() {
            // What is no picture does not fit; that there is none is told below.
            let _ = pad.link(&head);
        }
    });
    let picture = first(&pipeline, &sink, format);
    let _ = pipeline.set_state(gst::State::Null);
    picture
}

fn first(
    pipeline: &gst::Pipeline,
    sink: &gst_app::AppSink,
    format: Format,
) -> Result<Picture, SourceError> {
    let none = || SourceError::Pipeline("there is no picture in it".to_owned());
    pipeline.set_state(gst::State::Playing)?;
    let bus = pipeline.bus().ok_or_else(none)?;
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(sample) = sink.try_pull_sample(gst::ClockTime::from_mseconds(50)) {
            let (buffer, caps) = (sample.buffer_owned(), sample.caps());
            let info = caps.and_then(|caps| gst_video::VideoInfo::from_caps(caps).ok());
            let (Some(buffer), Some(info)) = (buffer, info) else {
                return Err(none());
            };
            let picture = match info.has_alpha() {
                true => Transparent::new(format).picture(&buffer, &info, 0),
                false => Picture::new(buffer, &info, 0),
            };
            return picture.ok_or_else(none);
        }
        if let Some(message) = bus.pop_filtered(&[gst::MessageType::Error])
            && let gst::MessageView::Error(error) = message.view()
        {
            return Err(fault::of(error));
        }
        if sink.is_eos() || Instant::now() > until {
            return Err(none());
        }
    }
}
