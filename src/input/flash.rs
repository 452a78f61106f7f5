//! A flash and a beep at moments that are known to the sample, drawn into what a test source gives: what
//! is a camera's clapper board, for aligning sound with pictures and for testing that.

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_audio as gst_audio;
use gstreamer_video as gst_video;

use crate::media::{NS_PER_S, Rate, SAMPLE_RATE};

/// From one flash to the next, and how far into the stream the first is, in nanoseconds.
const EVERY_NS: i64 = 2 * NS_PER_S;
const FIRST_NS: i64 = NS_PER_S;
/// So long last flash and beep.
const LASTS_NS: i64 = NS_PER_S / 10;
/// At its end the beep dies away over so long; it begins at once.
const FADE_NS: f64 = 5e6;
/// Pitch of the beep where none is asked for.
const HZ: f64 = 1000.0;
/// Black of limited range.
const BLACK: u8 = 16;

/// See the module's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flash {
    rate: Rate,
    hz: f64,
    /// From the flash to its beep.
    after_ns: i64,
}

impl Flash {
    /// Flashes of pictures at this rate, with beeps of this pitch so many ms after them.
    pub(super) fn new(rate: Rate, hz: Option<f64>, beep_ms: i32) -> Self {
        Self {
            rate,
            hz: hz.unwrap_or(HZ),
            after_ns: i64::from(beep_ms) * 1_000_000,
        }
    }

    /// When flash `n` begins: with the first picture that is not before its time.
    fn begins(self, n: i64) -> i64 {
        let wanted = FIRST_NS + n * EVERY_NS;
        let frame = self.rate.frame_at(wanted);
        let time = self.rate.time_of(frame);
        if time < wanted {
            self.rate.time_of(frame + 1)
        } else {
            time
        }
    }

    /// How long after the beginning of a flash this is, where it is in one.
    fn within(self, time: i64) -> Option<i64> {
        let n = (time - FIRST_NS).div_euclid(EVERY_NS);
        let since = time - self.begins(n.max(0));
        (n >= 0 && (0..LASTS_NS).contains(&since)).then_some(since)
    }

    /// The beep at this time of the stream; a sine of amplitude 1.
    fn heard(self, time: i64) -> f64 {
        let Some(since) = self.within(time - self.after_ns) else {
            return 0.0;
        };
        let fade = ((LASTS_NS - since) as f64 / FADE_NS).min(1.0);
        let turns = self.hz * since as f64 / NS_PER_S as f64;
        fade * (turns * std::f64::consts::TAU).sin()
    }

    /// Makes every white picture dark that comes by here and is no flash.
    pub(super) fn light(self, given: &gst::Pad) {
        given.add_probe(gst::PadProbeType::BUFFER, move |pad, probe| {
            let info = pad.current_caps();
            let info = info.and_then(|caps| gst_video::VideoInfo::from_caps(&caps).ok());
            if let (Some(info), Some(buffer)) = (info, probe.buffer_mut())
                && let Some(time) = buffer.pts()
                && self.within(time.nseconds() as i64).is_none()
                && let Ok(mut frame) =
                    gst_video::VideoFrameRef::from_buffer_ref_writable(buffer.make_mut(), &info)
                && let Ok(luma) = frame.plane_data_mut(0)
            {
                luma.fill(BLACK);
            }
            gst::PadProbeReturn::Ok
        });
    }

    /// Puts the beeps, this loud, into the sound that comes by here.
    pub(super) fn beep(self, given: &gst::Pad, amplitude: f64) {
        given.add_probe(gst::PadProbeType::BUFFER, move |pad, probe| {
            let info = pad.current_caps();
            let info = info.and_then(|caps| gst_audio::AudioInfo::from_caps(&caps).ok());
            if let (Some(info), Some(buffer)) = (info, probe.buffer_mut())
                && let Some(time) = buffer.pts()
                && let Ok(mut map) = buffer.make_mut().map_writable()
            {
                let rate = SAMPLE_RATE as f64;
                let first = (time.nseconds() as f64 * rate / NS_PER_S as f64).round() as i64;
                let frames = map.chunks_exact_mut(info.bpf() as usize);
                for (frame, n) in frames.zip(first..) {
                    let time = (n as f64 / rate * NS_PER_S as f64).round() as i64;
                    let sample = (amplitude * self.heard(time)) as f32;
                    for place in frame.chunks_exact_mut(size_of::<f32>()) {
                        place.copy_from_slice(&sample.to_le_bytes());
                    }
                }
            }
            gst::PadProbeReturn::Ok
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flashes_begin_with_a_picture_and_their_beeps_as_long_after_as_was_asked() {
        for rate in [Rate(25, 1), Rate(30_000, 1001), Rate(60, 1)] {
            for ms in [-1000, -40, 0, 333, 1000] {
                let flash = Flash::new(rate, None, ms);
                for n in 0..100 {
                    let begins = flash.begins(n);
                    assert_eq!(rate.time_of(rate.frame_at(begins)), begins, "a picture's");
                    assert!((0..rate.frame_ns() + 2).contains(&(begins - FIRST_NS - n * EVERY_NS)));
                    assert!(flash.within(begins).is_some());
                    assert!(flash.within(begins - 1).is_none());
                    assert!(flash.within(begins + LASTS_NS).is_none());
                    let beep = begins + i64::from(ms) * 1_000_000;
                    assert_eq!(flash.heard(beep - 1), 0.0);
                    // A quarter of a turn of 1 kHz.
                    assert!((flash.heard(beep + 250_000) - 1.0).abs() < 1e-9);
                    assert_eq!(flash.heard(beep + LASTS_NS), 0.0);
                }
            }
        }
    }
}
