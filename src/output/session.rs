//! One RTMP connection, from its making to its goodbye: the same for a destination on air and for one
//! that is tried before the show.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use url::Url;

use super::flv;
use super::pipeline::{live_source, retire};
use super::trouble::Trouble;
use crate::media::{Cause, Headers, technical};
use crate::nice::{self, Nice};
use crate::show::{Destination, Encoder, Format, Key, secrets};

/// A connection, or one that is being made. Dropping it without [`Session::end`] leaves it open until
/// the process ends.
pub struct Session {
    pipeline: gst::Pipeline,
    input: gst_app::AppSrc,
    bus: gst::Bus,
    sent: Arc<Sent>,
    host: String,
    /// Kept out of every message, where it is one.
    secret: secrets::Secret,
    is_secret: bool,
}

/// What reached the sink.
#[derive(Default)]
struct Sent {
    tags: AtomicU64,
    bytes: AtomicU64,
}

/// Host and port as a server's URL has them, for messages; an IPv6 address in its brackets.
pub fn place_of(server: &str) -> String {
    let url = Url::parse(server).ok();
    url.as_ref().map_or_else(|| server.to_owned(), authority)
}

/// Host and port as a URL has them, an IPv6 address in its brackets.
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The host of a server's URL.
pub fn host_of(server: &str) -> String {
    Url::parse(server)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| server.to_owned())
}

impl Session {
    /// Begins to connect; how that goes is seen by [`Session::check`]. Looks the key up, which may
    /// take two seconds. `behind_key` is what the server is told behind the key.
    ///
    /// # Errors
    /// Where the key is not to be had, or GStreamer lacks something.
    pub fn start(destination: &Destination, behind_key: &str) -> Result<Self, Trouble> {
        let secret = match &destination.key {
            Key::Open(name) => secrets::Secret::new(name.clone()),
            Key::Secret(name) => {
                secrets::lookup(name).map_err(|error| Trouble::person(error.to_string()))?
            }
        };
        let is_secret = matches!(destination.key, Key::Secret(_));
        Self::connect(&destination.server, secret, is_secret, behind_key).map_err(|error| {
            tracing::error!(%error, "no RTMP");
            Trouble::person(Cause::NoPlugin("rtmp://".to_owned()).to_string())
        })
    }

    fn connect(
        server: &str,
        secret: secrets::Secret,
        is_secret: bool,
        behind_key: &str,
    ) -> Result<Self, gst::glib::BoolError> {
        let caps = gst::Caps::new_empty_simple("video/x-flv");
        let input = live_source(&caps);
        let sink = gst::ElementFactory::make("rtmp2sink")
            .property("sync", false)
            .property("async", false)
            .property("enable-last-sample", false)
            .property("chunk-size", 4096u32)
            .build()?;
        let server_only = server.trim_end_matches('/');
        let location = format!("{server_only}/{}{behind_key}", secret.expose());
        sink.set_property("location", location);
        let sent = Arc::new(Sent::default());
        let counted = sent.clone();
        if let Some(pad) = sink.static_pad("sink") {
            pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
                counted.tags.fetch_add(1, Ordering::Relaxed);
                if let Some(buffer) = info.buffer() {
                    counted
                        .bytes
                        .fetch_add(buffer.size() as u64, Ordering::Relaxed);
                }
                gst::PadProbeReturn::Ok
            });
        }
        let pipeline = gst::Pipeline::new();
        pipeline.add_many([input.upcast_ref(), &sink])?;
        input.link(&sink)?;
        let bus = pipeline
            .bus()
            .ok_or_else(|| gst::glib::bool_error!("the pipeline has no bus"))?;
        nice::streaming_threads_give_way(&pipeline, Nice::Encoder);
        let session = Self {
            pipeline,
            input,
            bus,
            sent,
            host: place_of(server),
            secret,
            is_secret,
        };
        // An attempt that fails at once says why on the bus.
        let _ = session.pipeline.set_state(gst::State::Playing);
        Ok(session)
    }

    /// Sends metadata and headers, `time_ns` into the connection; gives how many tags. When the last
    /// of them has reached the sink ([`Session::tags`]) the server has taken the others: the
    /// connection stands.
    pub fn open(&self, headers: &Headers, format: Format, encoder: &Encoder, time_ns: i64) -> u64 {
        let tags = flv::opening(headers, format, encoder, time_ns);
        let count = tags.len() as u64;
        for tag in tags {
            let _ = self.input.push_buffer(tag);
        }
        count
    }

    /// Sends an FLV tag, as soon as those before it have gone.
    ///
    /// # Errors
    /// Where the connection broke.
    pub fn push(&self, tag: gst::Buffer) -> Result<(), Trouble> {
        if self.input.push_buffer(tag).is_ok() {
            return Ok(());
        }
        self.check()?;
        Err(Trouble::passing("the connection broke"))
    }

    /// Tags that reached the sink.
    pub fn tags(&self) -> u64 {
        self.sent.tags.load(Ordering::Relaxed)
    }

    /// Bytes of tags that reached the sink.
    pub fn bytes(&self) -> u64 {
        self.sent.bytes.load(Ordering::Relaxed)
    }

    /// Tags that wait to be sent.
    pub fn waiting(&self) -> u64 {
        self.input.current_level_buffers()
    }

    /// What went wrong since it was last asked.
    ///
    /// # Errors
    /// That.
    pub fn check(&self) -> Result<(), Trouble> {
        while let Some(message) = self.bus.pop() {
            if let gst::MessageView::Error(error) = message.view() {
                let text = error.error().message().to_owned();
                let debug = error.debug().unwrap_or_default();
                // Read first: a stream's name may be a word of the message.
                let mut trouble = Trouble::of_rtmp(&text, &debug, &self.host);
                let mut technical = technical(&text, &debug);
                if self.is_secret {
                    trouble.message = self.secret.hidden_in(&trouble.message);
                    technical = self.secret.hidden_in(&technical);
                }
                tracing::warn!(host = self.host, technical, "{}", trouble.message);
                return Err(trouble);
            }
        }
        Ok(())
    }

    /// Ends it: a sink that hangs in the network does not hold up the next. Where it stands, goodbye
    /// is said: the sink does so when the stream ends, and only then.
    pub fn end(self, goodbye: bool) {
        if goodbye {
            let _ = self.input.end_of_stream();
            self.bus.timed_pop_filtered(
                gst::ClockTime::from_seconds(2),
                &[gst::MessageType::Eos, gst::MessageType::Error],
            );
        }
        let _ = retire(self.pipeline).recv_timeout(Duration::from_secs(2));
    }
}
