//! Tries a camera, a network source or a sound card before it is in a show: in a pipeline of its own, for
//! some seconds, with nobody looking.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;

use super::feed::{Ends, Feed, Pacing, Vitals};
use super::pipeline::{Built, Setting, SourceError};
use super::slot::slot;
use super::sound::sound_ring;
use super::supervisor::{end_aside, first_error};
use super::{camera, card, fault, network};
use crate::media::{Finding, FoundPicture, FoundSound, Rate};
use crate::nice::{self, Nice};
use crate::show::{Resolved, Source, SourceKind};

/// Something must have come after so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// After the first picture or sound the rest may take so long.
const REST: Duration = Duration::from_secs(2);
const POLL: gst::ClockTime = gst::ClockTime::from_mseconds(50);

/// Tries a source: what it gives. Takes up to 12 s, so never call it on the tick.
///
/// # Errors
/// What is wrong with it, in plain words and without its secrets; also where nothing came in time,
/// and for kinds of source that need no trial.
pub fn attempt(source: &Source, setting: &Setting) -> Result<Finding, SourceError> {
    nice::give_way(Nice::Decoder);
    let told = |error, secrets: Option<&Resolved>| {
        SourceError::Pipeline(fault::told(error, &source.id, &source.kind, secrets))
    };
    if let Some((card, channels)) = card::of(&source.kind) {
        let found = card::attempt(&card, channels, setting, PATIENCE);
        return found.map_err(|error| told(error, None));
    }
    let (mut built, vitals) = build(source, setting).map_err(|error| told(error, None))?;
    let secrets = built.secrets.take();
    let waits = matches!(&source.kind, SourceKind::Network { url, .. }
        if network::waits_for_caller(url));
    run(built, &vitals, waits).map_err(|error| told(error, secrets.as_ref()))
}

fn build(source: &Source, setting: &Setting) -> Result<(Built, Arc<Vitals>), SourceError> {
    let vitals = Arc::new(Vitals::new(0));
    // Nobody reads the other ends: what comes is counted and lost.
    let (pictures, _) = slot(setting.format.rate);
    let (sound, _) = sound_ring();
    let ends = Arc::new(Mutex::new(Ends { pictures, sound }));
    let feed = |pacing, copies| {
        Feed::new(
            setting.clock,
            pacing,
            setting.format,
            vitals.clone(),
            ends,
            copies,
            None,
        )
    };
    let built = match &source.kind {
        SourceKind::Camera { device, mode } => {
            let feed = feed(Pacing::Live, true);
            camera::build(setting, feed, device, mode.as_ref())
        }
        SourceKind::Network { url, latency_ms } => {
            let feed = feed(network::pacing(url), false);
            network::build(setting, feed, url, *latency_ms)
        }
        _ => Err(SourceError::Pipeline(
            "cameras, network sources and sound cards are tried, and this is none of them"
                .to_owned(),
        )),
    }?;
    Ok((built, vitals))
}

fn run(built: Built, vitals: &Vitals, waits: bool) -> Result<Finding, SourceError> {
    let Some(bus) = built.pipeline.bus() else {
        return Err(SourceError::Pipeline("the pipeline has no bus".to_owned()));
    };
    built.pipeline.use_clock(Some(&gst::SystemClock::obtain()));
    nice::streaming_threads_give_way(&built.pipeline, Nice::Decoder);
    let found = match built.pipeline.set_state(gst::State::Playing) {
        Ok(_) => follow(&built, &bus, vitals, waits),
        Err(error) => Err(first_error(&bus).unwrap_or_else(|| error.into())),
    };
    built.feed.release();
    bus.unset_sync_handler();
    end_aside(built.pipeline);
    found
}

/// Names of the codecs, as the streams' tags say them.
#[derive(Default)]
struct Codecs {
    picture: String,
    sound: String,
}

fn follow(
    built: &Built,
    bus: &gst::Bus,
    vitals: &Vitals,
    waits: bool,
) -> Result<Finding, SourceError> {
    let began = Instant::now();
    let mut first: Option<Instant> = None;
    let mut codecs = Codecs::default();
    loop {
        if let Some(message) = bus.timed_pop(POLL) {
            match message.view() {
                gst::MessageView::Error(error) => {
                    return Err(fault::of(error));
                }
                gst::MessageView::Latency(_) => {
                    let _ = built.pipeline.recalculate_latency();
                }
                gst::MessageView::Tag(tag) => {
                    let tags = tag.tags();
                    if let Some(name) = tags.get::<gst::tags::VideoCodec>() {
                        codecs.picture = name.get().to_owned();
                    }
                    if let Some(name) = tags.get::<gst::tags::AudioCodec>() {
                        codecs.sound = name.get().to_owned();
                    }
                }
                gst::MessageView::Eos(_) if first.is_none() => {
                    let message = "the sender ended the stream".to_owned();
                    return Err(SourceError::Pipeline(message));
                }
                gst::MessageView::Eos(_) => return Ok(gather(built, codecs)),
                _ => {}
            }
            continue;
        }
        let streams = built.streams.as_deref();
        let has = |stream: fn(&super::pipeline::Streams) -> bool| streams.is_some_and(stream);
        let (picture, sound) = (
            vitals.last_picture().is_some(),
            vitals.last_sound().is_some(),
        );
        if picture || sound {
            first.get_or_insert_with(Instant::now);
        }
        let complete = has(|s| s.complete.load(Ordering::Relaxed))
            && picture == has(|s| s.picture.load(Ordering::Relaxed))
            && sound == has(|s| s.sound.load(Ordering::Relaxed));
        if first.is_some_and(|first| complete || first.elapsed() > REST) {
            return Ok(gather(built, codecs));
        }
        if first.is_none() && began.elapsed() > PATIENCE {
            return Err(if waits {
                SourceError::plain("no sender has called in 10 s; it may call later")
            } else {
                SourceError::silent("nothing came for 10 s")
            });
        }
    }
}

/// What stands on the decoder's pads.
fn gather(built: &Built, codecs: Codecs) -> Finding {
    let mut finding = Finding::default();
    let is_decoder = |element: &gst::Element| {
        element
            .factory()
            .is_some_and(|factory| factory.name().ends_with("decodebin"))
    };
    let mut elements = built.pipeline.children();
    elements.retain(is_decoder);
    for pad in elements.iter().flat_map(|decoder| decoder.src_pads()) {
        let Some(caps) = pad.current_caps() else {
            continue;
        };
        let Some(structure) = caps.structure(0) else {
            continue;
        };
        let number = |name| {
            let number = structure.get::<i32>(name).ok();
            number.and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
        };
        if structure.name().starts_with("video/") {
            let rate = structure.get::<gst::Fraction>("framerate").ok();
            let rate = rate.and_then(|rate| {
                let part = |n: i32| u32::try_from(n).ok().filter(|&n| n > 0);
                Some(Rate(part(rate.numer())?, part(rate.denom())?))
            });
            finding.picture.get_or_insert_with(|| FoundPicture {
                codec: codecs.picture.clone(),
                width: number("width"),
                height: number("height"),
                rate,
            });
        } else if structure.name().starts_with("audio/") {
            finding.sound.get_or_insert_with(|| FoundSound {
                codec: codecs.sound.clone(),
                rate_hz: number("rate"),
                channels: number("channels"),
            });
        }
    }
    finding
}
