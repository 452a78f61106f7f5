//! Who gives way to whom. The tick and the mixer run as they are; everything else is niced below
//! them, so that an overload costs monitor pictures and returns before it costs the program.

use std::sync::atomic::{AtomicI32, Ordering};

use gstreamer as gst;
use gstreamer::prelude::*;

/// Where an engine stands among the programs of its machine, if the system lets it.
const AHEAD: i32 = -10;
/// Where it does stand.
static STANDING: AtomicI32 = AtomicI32::new(0);

/// How far a thread gives way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Nice {
    /// The encoder and what sends its packets.
    Encoder = 2,
    /// Decoders.
    Decoder = 4,
    /// Who reads and answers a desk's commands: soon, but many of them must not crowd the tick.
    Door = 6,
    /// Monitor pictures.
    Monitor = 10,
}

/// Puts this process before the others of its machine, as far as the system allows: a compiler or a
/// browser must not cost the program a frame. To be called before other threads are started.
pub fn stand_ahead() {
    match rustix::process::setpriority_process(None, AHEAD) {
        Ok(()) => STANDING.store(AHEAD, Ordering::Relaxed),
        Err(error) => tracing::debug!("the engine stands among the others: {error}"),
    }
}

/// Nices the calling thread. It stays as it is where the system refuses.
pub fn give_way(to: Nice) {
    // On Linux "process 0" of setpriority is the calling thread.
    let nice = STANDING.load(Ordering::Relaxed) + to as i32;
    if let Err(error) = rustix::process::setpriority_process(None, nice) {
        tracing::debug!("could not nice a thread: {error}");
    }
}

/// Nices every streaming thread of a pipeline as it starts, and passes all messages on to the bus.
pub fn streaming_threads_give_way(pipeline: &gst::Pipeline, to: Nice) {
    let Some(bus) = pipeline.bus() else { return };
    bus.set_sync_handler(move |_, message| {
        if let gst::MessageView::StreamStatus(status) = message.view()
            && status.get().0 == gst::StreamStatusType::Enter
        {
            give_way(to);
        }
        gst::BusSyncReply::Pass
    });
}
