//! Where a strip stands between left and right.

use std::f32::consts::FRAC_PI_4;

use crate::show::{Pick, StripSettings};

/// Gains of left and right for a strip's place.
///
/// What comes on one channel is panned with equal power, by sine and cosine: 3 dB down on both sides
/// in the middle, so that it is as loud wherever it stands. Of stereo sound the balance is set: the
/// side that it is turned away from gets softer, the other stays, and the middle changes nothing.
pub fn sides(settings: &StripSettings) -> [f32; 2] {
    let pan = settings.pan.clamp(-1.0, 1.0);
    if settings.pick == Pick::Stereo {
        [(1.0 - pan).min(1.0), (1.0 + pan).min(1.0)]
    } else {
        let angle = (pan + 1.0) * FRAC_PI_4;
        [angle.cos(), angle.sin()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(pick: Pick, pan: f32) -> [f32; 2] {
        sides(&StripSettings {
            pick,
            pan,
            ..StripSettings::default()
        })
    }

    #[test]
    fn one_channel_is_as_loud_wherever_it_stands() {
        for pan in [-1.0, -0.6, -0.25, 0.0, 0.5, 1.0] {
            let [left, right] = at(Pick::Mono, pan);
            assert!((left * left + right * right - 1.0).abs() < 1e-6, "{pan}");
        }
        let [left, right] = at(Pick::Left, 0.0);
        assert!((20.0 * left.log10() + 3.01).abs() < 0.01 && (left - right).abs() < 1e-6);
        assert!(at(Pick::Right, -1.0)[1].abs() < 1e-6);
    }

    #[test]
    fn the_balance_leaves_the_middle_and_the_near_side_alone() {
        assert_eq!(at(Pick::Stereo, 0.0), [1.0, 1.0]);
        assert_eq!(at(Pick::Stereo, -1.0), [1.0, 0.0]);
        assert_eq!(at(Pick::Stereo, 0.5), [0.5, 1.0]);
    }
}
