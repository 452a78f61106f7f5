//! A number of a show, for those who ask whether it is in its range.

use std::ops::RangeInclusive;

/// A number by the name that the file has for it, with the range that holds for it.
pub type Number = (&'static str, f32, RangeInclusive<f32>);
