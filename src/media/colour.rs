//! BT.709 in limited range, in one place: what the codes of a picture mean, and what a colour's
//! codes are.
//!
//! Formulas: ITU-R BT.709-6, items 3.2 to 3.5. R', G', B' and Y' are 0 (black) to 1 (white), Cb and
//! Cr −0.5 to 0.5; codes are Y = 16 + 219 Y', C = 128 + 224 C'. All of it gamma-coded.

/// Share of R, G and B in luma.
pub const LUMA: [f64; 3] = [0.2126, 0.7152, 0.0722];
/// Cr is (R − Y) divided by this.
pub const CR_SCALE: f64 = 2.0 * (1.0 - LUMA[0]);
/// Cb is (B − Y) divided by this.
pub const CB_SCALE: f64 = 2.0 * (1.0 - LUMA[2]);
/// Part of Cb that is taken off Y to give G.
pub const G_OF_CB: f64 = CB_SCALE * LUMA[2] / LUMA[1];
/// Part of Cr that is taken off Y to give G.
pub const G_OF_CR: f64 = CR_SCALE * LUMA[0] / LUMA[1];

/// Y, Cb and Cr of a colour.
pub const fn to_ycc([r, g, b]: [f64; 3]) -> [f64; 3] {
    let y = LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
    [y, (b - y) / CB_SCALE, (r - y) / CR_SCALE]
}

/// R, G and B of Y, Cb and Cr.
pub const fn to_rgb([y, cb, cr]: [f64; 3]) -> [f64; 3] {
    [
        y + CR_SCALE * cr,
        y - G_OF_CB * cb - G_OF_CR * cr,
        y + CB_SCALE * cb,
    ]
}

/// The codes of Y, Cb and Cr, not rounded and not bounded.
pub const fn codes([y, cb, cr]: [f64; 3]) -> [f64; 3] {
    [16.0 + 219.0 * y, 128.0 + 224.0 * cb, 128.0 + 224.0 * cr]
}

/// Y, Cb and Cr of codes.
pub const fn from_codes([y, u, v]: [f64; 3]) -> [f64; 3] {
    [(y - 16.0) / 219.0, (u - 128.0) / 224.0, (v - 128.0) / 224.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_there_and_back_agree() {
        for rgb in [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.75, 0.1, 0.4]] {
            let back = to_rgb(from_codes(codes(to_ycc(rgb))));
            for (a, b) in rgb.into_iter().zip(back) {
                assert!((a - b).abs() < 1e-12, "{rgb:?} {back:?}");
            }
        }
    }

    #[test]
    fn the_codes_are_those_of_the_recommendation() {
        // 100 % bars as BT.709 codes them.
        let bars: [([f64; 3], [f64; 3]); 6] = [
            ([1.0, 1.0, 1.0], [235.0, 128.0, 128.0]),
            ([1.0, 1.0, 0.0], [219.0, 16.0, 138.0]),
            ([0.0, 1.0, 1.0], [188.0, 154.0, 16.0]),
            ([0.0, 1.0, 0.0], [173.0, 42.0, 26.0]),
            ([1.0, 0.0, 0.0], [63.0, 102.0, 240.0]),
            ([0.0, 0.0, 1.0], [32.0, 240.0, 118.0]),
        ];
        for (rgb, expected) in bars {
            assert_eq!(codes(to_ycc(rgb)).map(f64::round), expected, "{rgb:?}");
        }
        assert!((G_OF_CB - 0.1873).abs() < 5e-5 && (G_OF_CR - 0.4681).abs() < 5e-5);
    }
}
