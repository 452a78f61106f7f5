//! Eight values that go through the same arithmetic together: left and right of four strips. Filters
//! and detectors wait for their own last sample, so they cannot be made faster along time; side by
//! side they can, and the compiler turns each operation here into vector instructions.

use std::ops::{Add, Mul, Neg, Sub};

/// Values in one [`Lanes`].
pub const LANES: usize = 8;

/// Strips in one [`Lanes`], with two channels each.
pub const STRIPS: usize = LANES / 2;

/// Samples that are summed for all buses before the next: so few that those of every strip stay near
/// the processor.
pub const TILE: usize = 48;

/// Eight values; lane `2·s + c` is channel `c` of strip `s`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(32))]
pub struct Lanes(pub [f32; LANES]);

/// Values of a tile, one for each sample.
pub type Row = [Lanes; TILE];

impl Lanes {
    pub const ZERO: Self = Self([0.0; LANES]);
    pub const ONE: Self = Self([1.0; LANES]);

    /// The same value everywhere.
    #[inline(always)]
    pub const fn all(value: f32) -> Self {
        Self([value; LANES])
    }

    /// One value for each strip, for both its channels.
    #[inline(always)]
    pub fn pairs(values: [f32; STRIPS]) -> Self {
        Self(std::array::from_fn(|lane| values[lane / 2]))
    }

    // Loops, for what the library has in their place is not always taken into the caller.
    #[inline(always)]
    fn map(mut self, f: impl Fn(f32) -> f32) -> Self {
        for value in &mut self.0 {
            *value = f(*value);
        }
        self
    }

    #[inline(always)]
    fn zip(mut self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        for (value, other) in self.0.iter_mut().zip(other.0) {
            *value = f(*value, other);
        }
        self
    }

    #[inline(always)]
    pub fn abs(self) -> Self {
        self.map(f32::abs)
    }

    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }

    /// A number divided by each.
    #[inline(always)]
    pub fn under(self, number: f32) -> Self {
        self.map(|a| number / a)
    }

    /// Without what is smaller than 10⁻²⁰, which is nothing.
    #[inline(always)]
    pub fn without_dust(self) -> Self {
        self.map(|a| if a.abs() > 1e-20 { a } else { 0.0 })
    }

    /// Whether all are the same as those, looked at together.
    #[inline(always)]
    pub fn is(self, other: Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        pairs.fold(true, |all, (a, b)| all & (a == b))
    }

    /// Left and right of each strip change places.
    #[inline(always)]
    pub fn swapped(self) -> Self {
        let [a, b, c, d, e, f, g, h] = self.0;
        Self([b, a, d, c, f, e, h, g])
    }

    /// The four strips added up: left and right.
    #[inline(always)]
    pub fn folded(self) -> [f32; 2] {
        let [a, b, c, d, e, f, g, h] = self.0;
        [(a + c) + (e + g), (b + d) + (f + h)]
    }

    /// Where `self` is above `bound`, from `then`, else from `other`.
    #[inline(always)]
    pub fn if_above(self, bound: Self, then: Self, other: Self) -> Self {
        let mut taken = other;
        for lane in 0..LANES {
            if self.0[lane] > bound.0[lane] {
                taken.0[lane] = then.0[lane];
            }
        }
        taken
    }

    /// Base-2 logarithm, to 4·10⁻⁷; −126 of 0 and of what is too small for a normal number.
    ///
    /// The exponent is taken from the bits; of the mantissa in [√½, √2) the logarithm is the series
    /// of artanh, 2/ln 2·(t + t³/3 + …) with t = (m−1)/(m+1), which at |t| ≤ 0.1716 has left less
    /// than a float can hold after t⁹.
    #[inline(always)]
    pub fn log2(self) -> Self {
        self.map(|x| {
            let bits = if x > f32::MIN_POSITIVE {
                x
            } else {
                f32::MIN_POSITIVE
            }
            .to_bits();
            // So that the mantissa's range begins at √½.
            let shifted = bits.wrapping_sub(0x3f35_04f3);
            let exponent = (shifted as i32) >> 23;
            let mantissa = f32::from_bits(bits.wrapping_sub((exponent as u32) << 23));
            let t = (mantissa - 1.0) / (mantissa + 1.0);
            let t2 = t * t;
            let series = 1.0 + t2 * (1.0 / 3.0 + t2 * (0.2 + t2 * (1.0 / 7.0 + t2 / 9.0)));
            exponent as f32 + t * series * std::f32::consts::LOG2_E * 2.0
        })
    }

    /// Two to the power, to 2·10⁻⁷ of its value and exactly 1 for 0; between −126 and 126.
    ///
    /// The whole number next to it goes into the exponent; of the rest, at most ½, the series of
    /// exp(x·ln 2) is taken to x⁷.
    #[inline(always)]
    pub fn exp2(self) -> Self {
        // Adding and taking away 1.5·2²³ rounds to a whole number without a call.
        const ROUND: f32 = 12_582_912.0;
        const LN_2: f32 = std::f32::consts::LN_2;
        self.map(|x| {
            let x = x.clamp(-126.0, 126.0);
            let rounded = x + ROUND;
            let y = (x - (rounded - ROUND)) * LN_2;
            let tail = 1.0 / 24.0 + y * (1.0 / 120.0 + y * (1.0 / 720.0 + y / 5040.0));
            let series = 1.0 + y * (1.0 + y * (0.5 + y * (1.0 / 6.0 + y * tail)));
            // The whole number is what the lowest bits have gone up or down by.
            let whole = rounded.to_bits().wrapping_sub(ROUND.to_bits());
            f32::from_bits(whole.wrapping_add(127) << 23) * series
        })
    }
}

impl Add for Lanes {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl Sub for Lanes {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

impl Mul for Lanes {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
}

impl Mul<f32> for Lanes {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: f32) -> Self {
        self.map(|a| a * factor)
    }
}

impl Neg for Lanes {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(|a| -a)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm_and_power_are_as_exact_as_said() {
        for i in 0..200_000 {
            let x = 2f32.powf(-60.0 + i as f32 * 0.0005);
            let got = f64::from(Lanes::all(x).log2().0[3]);
            let exact = f64::from(x).log2();
            assert!(
                (got - exact).abs() < 4e-7 * exact.abs().max(1.0),
                "log2 {x}: {got} {exact}"
            );
            let y = -40.0 + i as f32 * 0.0003;
            let got = f64::from(Lanes::all(y).exp2().0[5]);
            let exact = f64::from(y).exp2();
            assert!((got / exact - 1.0).abs() < 2e-7, "exp2 {y}: {got} {exact}");
        }
        assert_eq!(Lanes::ZERO.exp2(), Lanes::ONE);
        assert_eq!(Lanes::ONE.log2(), Lanes::ZERO);
        assert_eq!(Lanes::ZERO.log2(), Lanes::all(-126.0));
    }
}
