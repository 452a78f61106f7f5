//! The bands of a spectrum, for who computes it and who draws it.

/// So many bands: their middles lie a twelfth of an octave apart, from 20 Hz to just below 20 kHz.
pub const SPECTRUM_BANDS: usize = 120;

/// The middle of a band, counted from 0, in Hz.
pub fn band_hz(band: usize) -> f32 {
    20.0 * (band as f32 / 12.0).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bands_reach_from_20_hz_to_20_khz() {
        assert_eq!(band_hz(0), 20.0);
        assert!((band_hz(12) - 40.0).abs() < 1e-4);
        let last = band_hz(SPECTRUM_BANDS - 1);
        assert!((19_000.0..20_000.0).contains(&last), "{last}");
    }
}
