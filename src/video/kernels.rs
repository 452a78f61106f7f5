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

/// One value laid over another, rounded: alpha 0 leaves what is under it to the bit, and 255 replaces it.
#[inline(always)]
pub fn over(under: u8, pixel: u8, alpha: u8) -> u8 {
    let alpha = u16::from(alpha);
    let sum = u16::from(under) * (255 - alpha) + u16::from(pixel) * alpha + 128;
    // x / 255, rounded, without a division (exact up to 65 535).
    ((sum + (sum >> 8)) >> 8) as u8
}

two_ways!(
    /// Lays a row with alpha over another; all three of one length.
    over_row,
    over_row_avx2,
    over_row_plain,
    (row: &mut [u8], pixels: &[u8], alpha: &[u8]),
    {
        for ((under, &pixel), &alpha) in row.iter_mut().zip(pixels).zip(alpha) {
            *under = over(*under, pixel, alpha);
        }
    }
);

two_ways!(
    /// As [`over_row`], with a share of its alpha.
    over_row_shared,
    over_row_shared_avx2,
    over_row_shared_plain,
    (row: &mut [u8], pixels: &[u8], alpha: &[u8], share: Share),
    {
        for ((under, &pixel), &alpha) in row.iter_mut().zip(pixels).zip(alpha) {
            let alpha = (u16::from(alpha) * share + 128) >> 8;
            *under = over(*under, pixel, alpha as u8);
        }
    }
);

two_ways!(
    /// The lower of each two; both rows of one length.
    lowest_row,
    lowest_row_avx2,
    lowest_row_plain,
    (row: &mut [u8], other: &[u8]),
    {
        for (row, &other) in row.iter_mut().zip(other) {
            *row = (*row).min(other);
        }
    }
);

two_ways!(
    /// `sum += row · weight`; both rows of one length, and the weights of all sums 256 together.
    weigh_row,
    weigh_row_avx2,
    weigh_row_plain,
    (sum: &mut [u16], row: &[u8], weight: u16),
    {
        for (sum, &value) in sum.iter_mut().zip(row) {
            *sum = sum.wrapping_add(u16::from(value) * weight);
        }
    }
);

/// The colour of a screen that is taken out of a picture, and how; see the keyer.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Two planes in U − 128 and V − 128, of which the lower one counts: the screen's part.
    pub planes: [(f32, f32); 2],
    /// The screen's own Y − 16, U − 128 and V − 128.
    pub codes: [f32; 3],
    /// The part from which on nothing is seen.
    pub end: f32,
    /// Alpha gained for each part less than that.
    pub gain: f32,
    /// How much of the screen's colour is taken out, 0 to 1.
    pub spill: f32,
}

two_ways!(
    /// The screen's part in each chroma sample; all three of one length.
    screen_row,
    screen_row_avx2,
    screen_row_plain,
    (parts: &mut [f32], u: &[u8], v: &[u8], screen: Screen),
    {
        let [(u0, v0), (u1, v1)] = screen.planes;
        for ((part, &u), &v) in parts.iter_mut().zip(u).zip(v) {
            let (u, v) = (f32::from(u) - 128.0, f32::from(v) - 128.0);
            *part = (u0 * u + v0 * v).min(u1 * u + v1 * v).clamp(0.0, 2.0);
        }
    }
);

two_ways!(
    /// The lowest and the highest of three rows, column by column; all five of one length.
    span_row,
    span_row_avx2,
    span_row_plain,
    (low: &mut [f32], high: &mut [f32], a: &[f32], b: &[f32], c: &[f32]),
    {
        let of = a.iter().zip(b).zip(c);
        for ((low, high), ((&a, &b), &c)) in low.iter_mut().zip(high).zip(of) {
            *low = a.min(b).min(c);
            *high = a.max(b).max(c);
        }
    }
);

two_ways!(
    /// The sums of two rows; all three of one length.
    sum_row,
    sum_row_avx2,
    sum_row_plain,
    (out: &mut [u16], a: &[u8], b: &[u8]),
    {
        for ((out, &a), &b) in out.iter_mut().zip(a).zip(b) {
            *out = u16::from(a) + u16::from(b);
        }
    }
);

two_ways!(
    /// Half as many columns, of the sums of two rows each: twice its own, and both beside it. One more than
    /// twice as many of them.
    halve_row,
    halve_row_avx2,
    halve_row_plain,
    (out: &mut [u8], sums: &[u16]),
    {
        let right = sums.get(2..).unwrap_or_default().chunks(2);
        for ((out, pair), right) in out.iter_mut().zip(sums.chunks_exact(2)).zip(right) {
            *out = ((pair[0] + 2 * pair[1] + right[0] + 4) >> 3) as u8;
        }
    }
);

two_ways!(
    /// A row of luma's height between two of chroma's: three quarters of the one that is near. All three of
    /// one length.
    between_rows,
    between_rows_avx2,
    between_rows_plain,
    (out: &mut [f32], near: &[f32], far: &[f32]),
    {
        for ((out, &near), &far) in out.iter_mut().zip(near).zip(far) {
            *out = 0.75 * near + 0.25 * far;
        }
    }
);

two_ways!(
    /// Twice as many columns: each as it is, and what lies between it and the next.
    spread_row,
    spread_row_avx2,
    spread_row_plain,
    (out: &mut [f32], row: &[f32]),
    {
        let next = row.get(1..).unwrap_or_default();
        for ((pair, &here), &next) in out.chunks_exact_mut(2).zip(row).zip(next) {
            pair[0] = here;
            pair[1] = (here + next) * 0.5;
        }
        if let (Some(pair), Some(&last)) = (out.chunks_exact_mut(2).nth(next.len()), row.last()) {
            pair.fill(last);
        }
    }
);

two_ways!(
    /// `base += slope · luma`, as far as a part goes; all three of one length.
    bend_row,
    bend_row_avx2,
    bend_row_plain,
    (base: &mut [f32], slope: &[f32], luma: &[u8]),
    {
        for ((base, &slope), &luma) in base.iter_mut().zip(slope).zip(luma) {
            *base = (*base + slope * f32::from(luma)).clamp(0.0, 2.0);
        }
    }
);

two_ways!(
    /// Takes the screen out of a row of luma, and gives alpha; all three of one length.
    unscreen_luma_row,
    unscreen_luma_row_avx2,
    unscreen_luma_row_plain,
    (luma: &mut [u8], alpha: &mut [u8], parts: &[f32], screen: Screen),
    {
        for ((luma, alpha), &part) in luma.iter_mut().zip(alpha).zip(parts) {
            let seen = ((screen.end - part) * screen.gain).clamp(0.0, 1.0);
            *alpha = (seen * 255.0 + 0.5) as i32 as u8;
            let own = f32::from(*luma) - 16.0;
            let alone = (own - part * screen.codes[0]) / seen.max(LEAST);
            let out = 16.5 + own + screen.spill * (alone - own);
            *luma = out.clamp(0.0, 255.0) as i32 as u8;
        }
    }
);

two_ways!(
    /// Takes the screen out of a row of one chroma plane of which it has the code `screen.codes[1]`; all three
    /// of one length.
    unscreen_chroma_row,
    unscreen_chroma_row_avx2,
    unscreen_chroma_row_plain,
    (chroma: &mut [u8], alpha: &[u8], parts: &[f32], screen: Screen),
    {
        for ((chroma, &alpha), &part) in chroma.iter_mut().zip(alpha).zip(parts) {
            let own = f32::from(*chroma) - 128.0;
            let seen = f32::from(alpha) * (1.0 / 255.0);
            let alone = (own - part * screen.codes[1]) / seen.max(LEAST);
            let out = 128.5 + own + screen.spill * (alone - own);
            *chroma = out.clamp(0.0, 255.0) as i32 as u8;
        }
    }
);

/// Nothing is divided by less alpha than this: there is no colour in so little of it.
const LEAST: f32 = 1.0 / 64.0;

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

    #[test]
    fn laying_over_is_exact_at_both_ends_and_rounded_between() {
        for under in 0..=255u8 {
            for pixel in 0..=255u8 {
                assert_eq!(over(under, pixel, 0), under);
                assert_eq!(over(under, pixel, 255), pixel);
                for alpha in [1u8, 64, 127, 128, 200, 254] {
                    let share = f64::from(alpha) / 255.0;
                    let exact = f64::from(under) * (1.0 - share) + f64::from(pixel) * share;
                    assert!((f64::from(over(under, pixel, alpha)) - exact).abs() <= 0.51);
                }
            }
        }
    }
}
