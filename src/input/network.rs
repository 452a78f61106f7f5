//! Network sources: RTSP, SRT caller and listener, RTMP and HTTP pull.

use std::sync::Arc;

use gstreamer as gst;
use gstreamer::prelude::*;
use url::Url;

use super::decode;
use super::feed::{Feed, Pacing};
use super::pipeline::{Built, Setting, SourceError, Start};
use crate::media::Cause;
use crate::show::resolve_secrets;

/// HTTP gives a clip, or the segments of a playlist, as fast as they are taken, and a live stream as
/// it comes; the others are live.
pub(super) fn pacing(url: &str) -> Pacing {
    if url.starts_with("http://") || url.starts_with("https://") {
        Pacing::Either
    } else {
        Pacing::Live
    }
}

/// Whether this source waits for a sender to call, for as long as it takes.
pub(super) fn waits_for_caller(url: &str) -> bool {
    url.starts_with("srt://") && url.contains("mode=listener")
}

pub(super) fn build(
    setting: &Setting,
    feed: Arc<Feed>,
    url: &str,
    latency_ms: u32,
) -> Result<Built, SourceError> {
    let resolved =
        resolve_secrets(url).map_err(|error| SourceError::Pipeline(error.to_string()))?;
    let with_latency = with_latency(resolved.url.expose(), latency_ms);
    let pipeline = gst::Pipeline::new();
    let decoder = decode::uri_decoder(&with_latency, latency_ms, setting.decoder_threads).map_err(
        |error| match error {
            SourceError::Pipeline(message) => SourceError::Pipeline(resolved.hidden_in(&message)),
            // Without what holds the secrets nobody can hide them any more.
            SourceError::Broken { technical, .. } => {
                let technical = resolved.hidden_in(&technical);
                let cause = Cause::of_words(&technical, "");
                SourceError::Broken { cause, technical }
            }
            other => other,
        },
    )?;
    pipeline.add(&decoder)?;
    let streams = decode::link_streams(&pipeline, &decoder, &feed, pacing(url), setting.format);
    Ok(Built {
        pipeline,
        feed,
        streams: Some(streams),
        start: Start::Play,
        instead: None,
        secrets: Some(resolved),
    })
}

/// SRT takes its latency from the URL; one that stands there already is kept.
fn with_latency(url: &str, latency_ms: u32) -> String {
    if !url.starts_with("srt://") {
        return url.to_owned();
    }
    let named =
        Url::parse(url).is_ok_and(|parsed| parsed.query_pairs().any(|(name, _)| name == "latency"));
    if named {
        url.to_owned()
    } else {
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}latency={latency_ms}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srt_gets_the_latency_unless_it_has_one() {
        assert_eq!(
            with_latency("srt://:9000?mode=listener", 80),
            "srt://:9000?mode=listener&latency=80"
        );
        assert_eq!(
            with_latency("srt://10.0.0.2:9000?latency=20", 80),
            "srt://10.0.0.2:9000?latency=20"
        );
        assert_eq!(with_latency("rtsp://cam/1", 80), "rtsp://cam/1");
    }
}
