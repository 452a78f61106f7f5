//! GStreamer, started.

use std::sync::Once;

use gstreamer as gst;

/// The elements that speak to the network. The types of GIO that they bring with them wait for GObject's lock
/// of classes while they are made; made for the first time by two threads at once, one in the
/// beginning of a class and one in the loading of a plugin, they wait for each other for ever (GLib 2.74).
const NETWORK: [&str; 8] = [
    "rtspsrc",
    "udpsrc",
    "udpsink",
    "souphttpsrc",
    "srtsrc",
    "srtsink",
    "rtmp2src",
    "rtmp2sink",
];

/// Starts GStreamer, once, and has one thread alone make what two cannot make at once. What is missing is
/// told where it is needed.
///
/// # Errors
/// GStreamer's own.
pub fn start_gstreamer() -> Result<(), gst::glib::Error> {
    static MADE: Once = Once::new();
    gst::init()?;
    MADE.call_once(|| {
        for name in NETWORK {
            drop(gst::ElementFactory::make(name).build());
        }
    });
    Ok(())
}
