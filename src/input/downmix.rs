//! Sound of any number of channels to the house's stereo, as loud as a listener expects it.
//!
//! GStreamer's own mix divides by the sum of what goes into a side, so that nothing can clip, and a
//! film's 5.1 comes out 13 dB under the same film's stereo. Here it is the mix of ITU-R BS.775: front
//! left and right as they are, the centre and the surrounds at −3 dB, no LFE, and no division. What
//! is louder than full scale is the limiter's work.

use std::f32::consts::FRAC_1_SQRT_2;

use gstreamer_audio as gst_audio;
use gstreamer_audio::AudioChannelPosition as Place;

use crate::media::CHANNELS;

/// How much of each channel goes to the left and to the right.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Downmix {
    gains: Vec<[f32; CHANNELS]>,
}

impl Downmix {
    /// For sound of this form.
    pub fn new(info: &gst_audio::AudioInfo) -> Self {
        Self::of(info.channels() as usize, info.positions())
    }

    /// For so many channels at these places; `None` where nobody knows their places.
    fn of(channels: usize, places: Option<&[Place]>) -> Self {
        let gains = match (channels, places) {
            // One alone is the whole programme, wherever it says it belongs.
            (1, _) => vec![[1.0, 1.0]],
            (_, Some(places)) => places.iter().map(|&place| gain(place)).collect(),
            // Without places the first two are taken for left and right, as GStreamer does.
            (_, None) => (0..channels)
                .map(|channel| [f32::from(channel == 0), f32::from(channel == 1)])
                .collect(),
        };
        Self { gains }
    }

    /// Interleaved f32 in the machine's little-endian bytes to interleaved stereo. What is left of a
    /// frame at the end is dropped.
    pub fn stereo(&self, bytes: &[u8]) -> Vec<f32> {
        let frames = bytes.chunks_exact((self.gains.len() * size_of::<f32>()).max(1));
        let mut out = Vec::with_capacity(frames.len() * CHANNELS);
        for frame in frames {
            let mut sum = [0f32; CHANNELS];
            for (bytes, gains) in frame.chunks_exact(size_of::<f32>()).zip(&self.gains) {
                let sample = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                for (sum, gain) in sum.iter_mut().zip(gains) {
                    // A channel that is not heard may hold what is no number.
                    if *gain != 0.0 {
                        *sum += sample * gain;
                    }
                }
            }
            out.extend(sum);
        }
        out
    }
}

/// Left and right share of a channel. BS.775 knows the first five places and a single surround, which
/// goes to both sides at half; the others go the way of their nearest.
fn gain(place: Place) -> [f32; CHANNELS] {
    const SIDE: f32 = FRAC_1_SQRT_2;
    match place {
        Place::FrontLeft | Place::FrontLeftOfCenter | Place::WideLeft => [1.0, 0.0],
        Place::FrontRight | Place::FrontRightOfCenter | Place::WideRight => [0.0, 1.0],
        Place::FrontCenter => [SIDE, SIDE],
        Place::RearLeft
        | Place::SideLeft
        | Place::SurroundLeft
        | Place::TopFrontLeft
        | Place::TopSideLeft
        | Place::TopRearLeft
        | Place::BottomFrontLeft => [SIDE, 0.0],
        Place::RearRight
        | Place::SideRight
        | Place::SurroundRight
        | Place::TopFrontRight
        | Place::TopSideRight
        | Place::TopRearRight
        | Place::BottomFrontRight => [0.0, SIDE],
        Place::RearCenter
        | Place::TopCenter
        | Place::TopFrontCenter
        | Place::TopRearCenter
        | Place::BottomFrontCenter => [0.5, 0.5],
        Place::Mono => [1.0, 1.0],
        // LFE, and what is to be heard nowhere.
        _ => [0.0, 0.0],
    }
}

#[cfg(test)]
mod tests {
    use super::Place::{
        FrontCenter, FrontLeft, FrontRight, Lfe1, RearCenter, RearLeft, RearRight, SideLeft,
        SideRight,
    };
    use super::*;

    /// What is heard of a sound that is 1 in one channel after the other.
    fn heard(channels: usize, places: Option<&[Place]>) -> Vec<[f32; 2]> {
        let mix = Downmix::of(channels, places);
        (0..channels)
            .map(|loud| {
                let frame: Vec<u8> = (0..channels)
                    .flat_map(|channel| f32::from(channel == loud).to_le_bytes())
                    .collect();
                match mix.stereo(&frame)[..] {
                    [left, right] => [left, right],
                    ref other => panic!("{other:?}"),
                }
            })
            .collect()
    }

    const L: [f32; 2] = [1.0, 0.0];
    const R: [f32; 2] = [0.0, 1.0];
    const C: [f32; 2] = [0.707_106_77, 0.707_106_77];
    const LS: [f32; 2] = [0.707_106_77, 0.0];
    const RS: [f32; 2] = [0.0, 0.707_106_77];
    const NO: [f32; 2] = [0.0, 0.0];
    const CS: [f32; 2] = [0.5, 0.5];

    #[test]
    fn each_layout_is_mixed_as_receivers_do() {
        type Layout = (&'static str, &'static [Place], &'static [[f32; 2]]);
        let layouts: [Layout; 10] = [
            ("stereo", &[FrontLeft, FrontRight], &[L, R]),
            ("2.1", &[FrontLeft, FrontRight, Lfe1], &[L, R, NO]),
            ("3.0", &[FrontLeft, FrontRight, FrontCenter], &[L, R, C]),
            (
                "quad",
                &[FrontLeft, FrontRight, RearLeft, RearRight],
                &[L, R, LS, RS],
            ),
            (
                "4.0",
                &[FrontLeft, FrontRight, FrontCenter, RearCenter],
                &[L, R, C, CS],
            ),
            (
                "5.0",
                &[FrontLeft, FrontRight, FrontCenter, RearLeft, RearRight],
                &[L, R, C, LS, RS],
            ),
            (
                "5.1",
                &[
                    FrontLeft,
                    FrontRight,
                    FrontCenter,
                    Lfe1,
                    RearLeft,
                    RearRight,
                ],
                &[L, R, C, NO, LS, RS],
            ),
            (
                "5.1 in the order of AC-3 and with side speakers",
                &[
                    FrontLeft,
                    FrontCenter,
                    FrontRight,
                    SideLeft,
                    SideRight,
                    Lfe1,
                ],
                &[L, C, R, LS, RS, NO],
            ),
            (
                "6.1",
                &[
                    FrontLeft,
                    FrontRight,
                    FrontCenter,
                    Lfe1,
                    RearCenter,
                    SideLeft,
                    SideRight,
                ],
                &[L, R, C, NO, CS, LS, RS],
            ),
            (
                "7.1",
                &[
                    FrontLeft,
                    FrontRight,
                    FrontCenter,
                    Lfe1,
                    RearLeft,
                    RearRight,
                    SideLeft,
                    SideRight,
                ],
                &[L, R, C, NO, LS, RS, LS, RS],
            ),
        ];
        for (name, places, expected) in layouts {
            assert_eq!(heard(places.len(), Some(places)), expected, "{name}");
        }
    }

    #[test]
    fn one_channel_is_on_both_sides_and_unplaced_ones_are_taken_in_order() {
        for places in [None, Some(&[Place::Mono][..]), Some(&[FrontCenter][..])] {
            assert_eq!(heard(1, places), [[1.0, 1.0]]);
        }
        assert_eq!(heard(2, None), [L, R]);
        assert_eq!(heard(4, None), [L, R, NO, NO]);
    }

    #[test]
    fn channels_add_up_beyond_full_scale_and_a_broken_lfe_harms_nothing() {
        let places = [
            FrontLeft,
            FrontRight,
            FrontCenter,
            Lfe1,
            RearLeft,
            RearRight,
        ];
        let mix = Downmix::of(6, Some(&places));
        let frame = [1.0, -1.0, 1.0, f32::NAN, 1.0, 0.0];
        let mut bytes: Vec<u8> = frame.iter().flat_map(|s: &f32| s.to_le_bytes()).collect();
        bytes.extend([0, 0, 0]);
        let out = mix.stereo(&bytes);
        assert_eq!(out.len(), 2);
        assert!((out[0] - 2.414_213_7).abs() < 1e-6, "{out:?}");
        assert!((out[1] + 0.292_893_23).abs() < 1e-6, "{out:?}");
    }
}
