//! Row kernels. Plain loops over slices that the compiler turns into vector code; each is compiled a
//! second time for AVX2 and chosen once at run time.

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
}
