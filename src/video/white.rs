//! White balance: what each channel is multiplied by, so that light of some colour looks white.

use crate::media::colour::LUMA;
use crate::show::Colour;

/// Kelvin at which nothing changes: about daylight, which BT.709 takes for white.
const NEUTRAL_K: f64 = 6500.0;
/// Stops of green light at either end of the tint.
const TINT_STOPS: f64 = 0.5;
/// Exponent of BT.709's transfer characteristic; its straight piece near black is left aside.
const CODED: f64 = 0.45;

/// The gains of gamma-coded R, G and B; all 1 at 6500 K without tint.
///
/// A white sheet in light of the temperature comes out grey, and a grey keeps its luminance. As in a
/// camera, each channel is scaled by itself: von Kries' rule on the picture's own primaries.
pub fn gains(colour: &Colour) -> [f64; 3] {
    let green = (-TINT_STOPS * f64::from(colour.tint)).exp2();
    let (white, light) = (light(NEUTRAL_K), light(f64::from(colour.temperature_k)));
    let linear = [0, 1, 2].map(|c| white[c] / light[c] * if c == 1 { green } else { 1.0 });
    let luminance: f64 = linear
        .iter()
        .zip(LUMA)
        .map(|(gain, luma)| gain * luma)
        .sum();
    linear.map(|gain| (gain / luminance).powf(CODED))
}

/// Linear R, G and B with BT.709's primaries of a black body's light, its luminance 1.
///
/// The Planckian locus in CIE 1960 u, v is M. Krystek's (Color Research & Application 10, 1985),
/// good from 1000 to 15 000 K; the matrix from CIE XYZ is that of IEC 61966-2-1.
fn light(kelvin: f64) -> [f64; 3] {
    let (t, t2) = (kelvin, kelvin * kelvin);
    let u = (0.860_117_757 + 1.541_182_54e-4 * t + 1.286_412_12e-7 * t2)
        / (1.0 + 8.424_202_35e-4 * t + 7.081_451_63e-7 * t2);
    let v = (0.317_398_726 + 4.228_062_45e-5 * t + 4.204_816_91e-8 * t2)
        / (1.0 - 2.897_418_16e-5 * t + 1.614_560_53e-7 * t2);
    let (x, z) = (1.5 * u / v, (4.0 - u - 10.0 * v) / (2.0 * v));
    [
        3.2406 * x - 1.5372 - 0.4986 * z,
        -0.9689 * x + 1.8758 + 0.0415 * z,
        0.0557 * x - 0.2040 + 1.0570 * z,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(temperature_k: f32, tint: f32) -> [f64; 3] {
        gains(&Colour {
            temperature_k,
            tint,
            ..Colour::NEUTRAL
        })
    }

    #[test]
    fn daylight_is_left_alone() {
        for gain in at(6500.0, 0.0) {
            assert!((gain - 1.0).abs() < 1e-12);
        }
        // D65 is near enough to a black body of 6500 K.
        for channel in light(6500.0) {
            assert!((channel - 1.0).abs() < 0.05, "{channel}");
        }
    }

    #[test]
    fn the_lights_are_those_of_the_tables() {
        // x, y of a black body (CIE 15): 2856 K is illuminant A.
        for (kelvin, x, y) in [(2856.0, 0.4476, 0.4074), (10_000.0, 0.2806, 0.2883)] {
            let [r, g, b] = light(kelvin);
            let big_x = 0.4124 * r + 0.3576 * g + 0.1805 * b;
            let big_y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            let big_z = 0.0193 * r + 0.1192 * g + 0.9505 * b;
            let sum = big_x + big_y + big_z;
            assert!((big_x / sum - x).abs() < 0.002, "{kelvin}");
            assert!((big_y / sum - y).abs() < 0.002, "{kelvin}");
            assert!((big_y - 1.0).abs() < 0.001, "{kelvin}");
        }
    }

    #[test]
    fn higher_is_warmer_magenta_has_less_green_and_nothing_breaks_at_the_corners() {
        let mut last = 0.0;
        for kelvin in (2500..=10_000).step_by(100) {
            let [r, _, b] = at(kelvin as f32, 0.0);
            assert!(r / b > last, "{kelvin}");
            last = r / b;
        }
        let (green, magenta) = (at(6500.0, -1.0), at(6500.0, 1.0));
        assert!(green[1] > 1.0 && green[0] < 1.0 && magenta[1] < 1.0 && magenta[0] > 1.0);
        for kelvin in [2500.0, 10_000.0] {
            for tint in [-1.0, 0.0, 1.0] {
                for gain in at(kelvin, tint) {
                    assert!((0.4..2.5).contains(&gain), "{kelvin} {tint} {gain}");
                }
            }
        }
    }
}
