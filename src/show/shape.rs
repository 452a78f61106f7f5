//! What the filters and the dynamics of a strip do, as numbers: how they are set, and their responses,
//! which the desk draws from the same formulas that the mixer works by.

use std::f64::consts::PI;

use super::strip::{Band, BandKind, Compressor, Eq, Gate, HighPass};
use crate::media::SAMPLE_RATE;

/// One filter, whatever its shape: how fast and how damped its two integrators are, and what is taken
/// of its input, its band-pass and its low-pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// tan(π·f/rate), turned by the gain for shelves.
    pub g: f64,
    /// 1/Q, turned by the gain for bells.
    pub k: f64,
    /// Shares of input, band-pass and low-pass.
    pub mix: [f64; 3],
}

impl Shape {
    /// Gives back what it is given.
    pub const NONE: Self = Self {
        g: 0.1,
        k: 1.0,
        mix: [1.0, 0.0, 0.0],
    };

    /// The shape of a band.
    pub fn of(band: &Band) -> Self {
        // Twice the house's rate is beyond what tan can take.
        let hz = f64::from(band.hz).clamp(1.0, 0.49 * SAMPLE_RATE as f64);
        let g = (PI * hz / SAMPLE_RATE as f64).tan();
        let k = 1.0 / f64::from(band.q).max(0.01);
        let a = 10f64.powf(f64::from(band.gain_db) / 40.0);
        let (g, k, mix) = match band.kind {
            BandKind::Bell => {
                let k = k / a;
                (g, k, [1.0, k * (a * a - 1.0), 0.0])
            }
            BandKind::LowShelf => (g / a.sqrt(), k, [1.0, k * (a - 1.0), a * a - 1.0]),
            BandKind::HighShelf => {
                let mix = [a * a, k * (1.0 - a) * a, 1.0 - a * a];
                (g * a.sqrt(), k, mix)
            }
            BandKind::LowPass => (g, k, [0.0, 0.0, 1.0]),
            BandKind::HighPass => (g, k, [1.0, -k, -1.0]),
            BandKind::Notch => (g, k, [1.0, -k, 0.0]),
        };
        Self { g, k, mix }
    }

    /// The same shape with nothing taken of it: what it goes to when it is switched off.
    pub fn silent(self) -> Self {
        Self {
            mix: Self::NONE.mix,
            ..self
        }
    }

    /// What it does to a frequency: gain in dB and phase in degrees.
    pub fn response(&self, hz: f64) -> (f64, f64) {
        // The trapezoidal integrator is the bilinear transform: s = j·tan(π·f/rate)/g.
        let s = (PI * hz / SAMPLE_RATE as f64).tan() / self.g;
        // 1 / (s² + k·s + 1), with s on the imaginary axis.
        let (re, im) = (1.0 - s * s, self.k * s);
        let size = re * re + im * im;
        let (re, im) = (re / size, -im / size);
        let [input, band, low] = self.mix;
        // Band-pass is s times the low-pass.
        let (re, im) = (input + low * re - band * s * im, low * im + band * s * re);
        (
            10.0 * (re * re + im * im).log10(),
            im.atan2(re).to_degrees(),
        )
    }
}

impl HighPass {
    /// The two filters in a row that make it.
    pub fn shapes(&self) -> [Shape; 2] {
        // Poles of the 4th order lie at π/8 and 3π/8 from the axis.
        [1.0, 3.0].map(|n: f64| {
            Shape::of(&Band {
                on: true,
                kind: BandKind::HighPass,
                hz: self.hz,
                gain_db: 0.0,
                q: (0.5 / (n * PI / 8.0).cos()) as f32,
            })
        })
    }
}

impl Eq {
    /// What its bands do together to a frequency, in dB: nothing where it is off.
    pub fn gain_db(&self, hz: f64) -> f64 {
        let bands = self.bands.iter().filter(|band| self.on && band.on);
        bands.map(|band| Shape::of(band).response(hz).0).sum()
    }
}

impl Gate {
    /// How far it turns a level down that stays for long, in dB, 0 or less. Levels are in dBFS; whether
    /// it works is not asked.
    pub fn settled_db(&self, level_db: f32) -> f32 {
        if level_db > self.threshold_db {
            0.0
        } else {
            -self.range_db
        }
    }
}

impl Compressor {
    /// What it does to a level that stays for long, in dB, the gain behind it included. Levels are in
    /// dBFS; whether it works is not asked.
    pub fn settled_db(&self, level_db: f32) -> f32 {
        // Equation 4 of Giannoulis, Massberg and Reiss, which the mixer works by.
        let (above, half) = (level_db - self.threshold_db, self.knee_db / 2.0);
        let over = if above >= half {
            above
        } else if above <= -half {
            0.0
        } else {
            (above + half).powi(2) / (2.0 * self.knee_db)
        };
        self.makeup_db - over * (1.0 - 1.0 / self.ratio.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain in dB and phase in degrees of the filter of R. Bristow-Johnson's "Cookbook formulae for
    /// audio equalizer biquad filter coefficients", whose band-width is given by Q.
    fn cookbook(band: &Band, hz: f64) -> (f64, f64) {
        let rate = SAMPLE_RATE as f64;
        let w0 = 2.0 * PI * f64::from(band.hz) / rate;
        let (cos, alpha) = (w0.cos(), w0.sin() / (2.0 * f64::from(band.q)));
        let a = 10f64.powf(f64::from(band.gain_db) / 40.0);
        let root = 2.0 * a.sqrt() * alpha;
        let (b, d) = match band.kind {
            BandKind::LowPass => {
                let b = (1.0 - cos) / 2.0;
                ([b, 1.0 - cos, b], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
            }
            BandKind::HighPass => {
                let b = (1.0 + cos) / 2.0;
                ([b, -1.0 - cos, b], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
            }
            BandKind::Notch => (
                [1.0, -2.0 * cos, 1.0],
                [1.0 + alpha, -2.0 * cos, 1.0 - alpha],
            ),
            BandKind::Bell => (
                [1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a],
                [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a],
            ),
            BandKind::LowShelf => (
                [
                    a * (a + 1.0 - (a - 1.0) * cos + root),
                    2.0 * a * (a - 1.0 - (a + 1.0) * cos),
                    a * (a + 1.0 - (a - 1.0) * cos - root),
                ],
                [
                    a + 1.0 + (a - 1.0) * cos + root,
                    -2.0 * (a - 1.0 + (a + 1.0) * cos),
                    a + 1.0 + (a - 1.0) * cos - root,
                ],
            ),
            BandKind::HighShelf => (
                [
                    a * (a + 1.0 + (a - 1.0) * cos + root),
                    -2.0 * a * (a - 1.0 + (a + 1.0) * cos),
                    a * (a + 1.0 + (a - 1.0) * cos - root),
                ],
                [
                    a + 1.0 - (a - 1.0) * cos + root,
                    2.0 * (a - 1.0 - (a + 1.0) * cos),
                    a + 1.0 - (a - 1.0) * cos - root,
                ],
            ),
        };
        let w = 2.0 * PI * hz / rate;
        let at = |c: [f64; 3]| {
            let re = c[0] + c[1] * w.cos() + c[2] * (2.0 * w).cos();
            let im = -c[1] * w.sin() - c[2] * (2.0 * w).sin();
            (re, im)
        };
        let ((nr, ni), (dr, di)) = (at(b), at(d));
        let size = dr * dr + di * di;
        let (re, im) = ((nr * dr + ni * di) / size, (ni * dr - nr * di) / size);
        (
            10.0 * (re * re + im * im).log10(),
            im.atan2(re).to_degrees(),
        )
    }

    #[test]
    fn responses_are_those_of_the_cookbook() {
        let kinds = [
            BandKind::Bell,
            BandKind::LowShelf,
            BandKind::HighShelf,
            BandKind::LowPass,
            BandKind::HighPass,
            BandKind::Notch,
        ];
        let mut bands = Vec::new();
        for kind in kinds {
            for hz in [20.0, 97.0, 1000.0, 6300.0, 15_000.0, 20_000.0] {
                for (gain_db, q) in [(18.0, 0.3), (-18.0, 0.71), (6.0, 3.0), (-1.5, 10.0)] {
                    bands.push(Band {
                        on: true,
                        kind,
                        hz,
                        gain_db,
                        q,
                    });
                }
            }
        }
        for band in bands {
            for step in 0..60 {
                let seen = 20.0 * 1100f64.powf(f64::from(step) / 59.0);
                let (gain, phase) = Shape::of(&band).response(seen);
                let (wanted, turned) = cookbook(&band, seen);
                if wanted < -100.0 {
                    // In the middle of a notch is nothing, and no phase.
                    assert!(gain < -100.0, "{band:?} at {seen} Hz: {gain}");
                    continue;
                }
                assert!(
                    (gain - wanted).abs() < 1e-3,
                    "{band:?} at {seen} Hz: {gain} {wanted}"
                );
                let off = (phase - turned + 540.0).rem_euclid(360.0) - 180.0;
                assert!(off.abs() < 0.01, "{band:?} at {seen} Hz: {phase} {turned}");
            }
        }
    }
}
