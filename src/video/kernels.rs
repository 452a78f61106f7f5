//! Row kernels. Plain loops over slices that the compiler turns into vector code; each is compiled a
//! second time for AVX2 and chosen once at run time.

use super::wipe::WHITE;

/// A share of 256: 0 is none, 256 is all. Pictures are blended in gamma space, as they are coded.
pub type Share = u16;

/// The share nearest to `value` of 0 to 1.
pub fn share(value: f64) -> Share {
    (value.clamp(0.0, 1.0) * 256.0).round() as Share
}

macro_rules! two_ways {
    ($(#[$doc:meta])* $name:ident, $avx:ident, $plain:ident, ($($arg:ident: $type:ty),*), $body:block) => {
        #[inline(always)]
        fn $plain($($arg: $type),*) $body

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2")]
        fn $avx($($arg: $type),*) {
            $plain($($arg),*);
        }

        $(#[$doc])*
        pub fn $name($($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has AVX2, which is all that the function asks for.
                unsafe { $avx($($arg),*) };
                return;
            }
            $plain($($arg),*);
        }
    };
}

two_ways!(
    /// `out = a + (b − a) · share`, rounded; all three rows of one length.
    mix_row,
    mix_row_avx2,
    mix_row_plain,
    (out: &mut [u8], a: &[u8], b: &[u8], share: Share),
    {
        let keep = 256 - share;
        for ((out, &a), &b) in out.iter_mut().zip(a).zip(b) {
            *out = ((u16::from(a) * keep + u16::from(b) * share + 128) >> 8) as u8;
        }
    }
);

two_ways!(
    /// `row = row + (over − row) · share`, rounded; both rows of one length.
    blend_row,
    blend_row_avx2,
    blend_row_plain,
    (row: &mut [u8], over: &[u8], share: Share),
    {
        let keep = 256 - share;
        for (row, &over) in row.iter_mut().zip(over) {
            *row = ((u16::from(*row) * keep + u16::from(over) * share + 128) >> 8) as u8;
        }
    }
);

two_ways!(
    /// Blends a row towards one value, as fade to black does.
    fade_row,
    fade_row_avx2,
    fade_row_plain,
    (row: &mut [u8], value: u8, share: Share),
    {
        let keep = 256 - share;
        let add = u16::from(value) * share + 128;
        for row in row.iter_mut() {
            *row = ((u16::from(*row) * keep + add) >> 8) as u8;
        }
    }
);

two_ways!(
    /// `out = from + (value − from) · share`, rounded; both rows of one length.
    tint_row,
    tint_row_avx2,
    tint_row_plain,
    (out: &mut [u8], from: &[u8], value: u8, share: Share),
    {
        let keep = 256 - share;
        let add = u16::from(value) * share + 128;
        for (out, &from) in out.iter_mut().zip(from) {
            *out = ((u16::from(from) * keep + add) >> 8) as u8;
        }
    }
);

/// The edge of a wipe at one position: which greys it has passed, and how soft it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Greys below this have begun to change.
    at: u16,
    /// Greys this far below it have changed; at least 1.
    width: u16,
    /// Bits by which a distance is shifted up before it is multiplied.
    shift: u16,
    /// Turns a shifted distance into a share, in 65536ths.
    gain: u16,
    /// Turns white into black where the wipe is reversed.
    flip: u16,
}

impl Edge {
    /// The edge at `position`, 0 to 1. At 0 no grey has begun to change, at 1 every grey has changed.
    pub fn new(position: f64, softness: f64, reverse: bool) -> Self {
        let white = f64::from(WHITE);
        let width = ((softness.clamp(0.0, 1.0) * white).round() as u16).max(1);
        let way = white + f64::from(width);
        // The widest distance gets its highest bit in place, so that none of 256 shares is lost.
        let shift = width.leading_zeros().saturating_sub(1) as u16;
        let widest = u32::from(width) << shift;
        Self {
            at: (position.clamp(0.0, 1.0) * way).round() as u16,
            width,
            shift,
            gain: (256u32 << 16).div_ceil(widest) as u16,
            flip: if reverse { WHITE } else { 0 },
        }
    }
}

two_ways!(
    /// From one row to another where `greys` (0 to [`WHITE`]) say so; all four of one length.
    wipe_row,
    wipe_row_avx2,
    wipe_row_plain,
    (out: &mut [u8], from: &[u8], to: &[u8], greys: &[u16], edge: Edge),
    {
        for (((out, &from), &to), &grey) in out.iter_mut().zip(from).zip(to).zip(greys) {
            let passed = edge.at.saturating_sub(grey ^ edge.flip).min(edge.width) << edge.shift;
            let share = ((u32::from(passed) * u32::from(edge.gain)) >> 16) as u16;
            let sum = u16::from(from) * (256 - share) + u16::from(to) * share;
            *out = ((sum + 128) >> 8) as u8;
        }
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_exact_and_the_middle_is_rounded() {
        let a: Vec<u8> = (0..=255).collect();
        let b: Vec<u8> = (0..=255).rev().collect();
        let mut out = vec![0; 256];
        mix_row(&mut out, &a, &b, 0);
        assert_eq!(out, a);
        mix_row(&mut out, &a, &b, 256);
        assert_eq!(out, b);
        for share in 0..=256 {
            mix_row(&mut out, &a, &b, share);
            for i in 0..256 {
                let exact = f64::from(a[i])
                    + (f64::from(b[i]) - f64::from(a[i])) * f64::from(share) / 256.0;
                assert!((f64::from(out[i]) - exact).abs() <= 0.5, "{i} {share}");
            }
            let mut row = a.clone();
            blend_row(&mut row, &b, share);
            assert_eq!(row, out);
        }
    }

    #[test]
    fn fading_is_blending_with_one_value() {
        let a: Vec<u8> = (0..=255).collect();
        let black = vec![16; 256];
        for share in 0..=256 {
            let (mut faded, mut blended) = (a.clone(), a.clone());
            fade_row(&mut faded, 16, share);
            blend_row(&mut blended, &black, share);
            assert_eq!(faded, blended);
        }
    }

    #[test]
    fn shares_round_to_the_nearest() {
        assert_eq!((share(-1.0), share(0.5), share(2.0)), (0, 128, 256));
    }

    #[test]
    fn tinting_is_fading_from_one_row_to_another() {
        let a: Vec<u8> = (0..=255).collect();
        for share in 0..=256 {
            let (mut tinted, mut faded) = (vec![0; 256], a.clone());
            tint_row(&mut tinted, &a, 90, share);
            fade_row(&mut faded, 90, share);
            assert_eq!(tinted, faded);
        }
    }

    #[test]
    fn a_wipe_is_exact_at_both_ends_whatever_its_softness() {
        let greys: Vec<u16> = (0..=WHITE).collect();
        let (from, to) = (vec![0u8; greys.len()], vec![255u8; greys.len()]);
        let mut out = vec![7; greys.len()];
        for softness in [0.0, 1e-9, 1e-4, 0.003, 0.1, 0.5, 1.0] {
            for reverse in [false, true] {
                wipe_row(
                    &mut out,
                    &from,
                    &to,
                    &greys,
                    Edge::new(0.0, softness, reverse),
                );
                assert!(out == from, "{softness}");
                wipe_row(
                    &mut out,
                    &from,
                    &to,
                    &greys,
                    Edge::new(1.0, softness, reverse),
                );
                assert!(out == to, "{softness}");
            }
        }
    }

    #[test]
    fn a_soft_edge_is_a_straight_line_and_a_hard_one_is_none() {
        let greys: Vec<u16> = (0..=WHITE).collect();
        let (from, to) = (vec![0u8; greys.len()], vec![255u8; greys.len()]);
        let mut out = vec![0; greys.len()];
        for softness in [0.0, 1e-4, 0.003, 0.02, 0.3, 1.0] {
            for position in [0.01, 0.25, 0.5, 0.77, 0.99] {
                let edge = Edge::new(position, softness, false);
                wipe_row(&mut out, &from, &to, &greys, edge);
                let width = (softness * f64::from(WHITE)).round().max(1.0);
                let at = (position * (f64::from(WHITE) + width)).round();
                for (&grey, &out) in greys.iter().zip(&out) {
                    let exact = ((at - f64::from(grey)) / width).clamp(0.0, 1.0) * 255.0;
                    let error = (f64::from(out) - exact).abs();
                    assert!(
                        error <= 1.51,
                        "{softness} {position} {grey}: {out} for {exact}"
                    );
                }
                let mut back = vec![0; greys.len()];
                let edge = Edge::new(position, softness, true);
                wipe_row(&mut back, &from, &to, &greys, edge);
                back.reverse();
                assert!(back == out);
            }
        }
    }
}
