//! What the pipelines of encoders, recorder and destinations have in common: how data comes in, and
//! how one is put away that may hang.

use crossbeam_channel::{Receiver, bounded};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

/// A live source of buffers that bring their own times. It has no limit of its own: GStreamer's
/// default is smaller than one raw picture, so whoever feeds it looks at its level and never blocks.
pub fn live_source(caps: &gst::Caps) -> gst_app::AppSrc {
    gst_app::AppSrc::builder()
        .caps(caps)
        .format(gst::Format::Time)
        .is_live(true)
        .do_timestamp(false)
        .max_bytes(0)
        .max_buffers(0)
        .build()
}

/// Stops a pipeline on a thread of its own, for a driver, a disk or a network that hangs must hold
/// up nobody. What comes back says so once it has stopped.
pub fn retire(pipeline: gst::Pipeline) -> Receiver<()> {
    let (done, retired) = bounded(1);
    let spawned = std::thread::Builder::new()
        .name("retiring".to_owned())
        .spawn(move || {
            let _ = pipeline.set_state(gst::State::Null);
            let _ = done.send(());
        });
    if let Err(error) = spawned {
        tracing::error!("a pipeline cannot be stopped: {error}");
    }
    retired
}
