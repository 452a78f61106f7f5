//! What scopes measure: plain counts of a picture's codes. How they are drawn is said elsewhere.
//!
//! A large picture is looked at on a grid of about 640 by 360 pixels, taken as they are: scaling
//! would smooth away the very peaks that are looked for.

use crate::media::colour::{CB_SCALE, CR_SCALE, G_OF_CB, G_OF_CR};
use crate::media::{Picture, PlaneRef};

/// Columns of a waveform.
pub const COLUMNS: usize = 256;
/// The grid is at most this fine.
const GRID: (usize, usize) = (640, 360);

/// Counts for each of 256 places (first index) and 256 codes (second); they stop at the most that
/// they hold.
pub type Counts = Box<[[u16; 256]; 256]>;

/// Counts for each code.
pub type Histogram = [u32; 256];

/// How often luma has each code (second index) in each of [`COLUMNS`] columns from left to right
/// (first index). Columns of a picture that has fewer repeat.
pub fn waveform(picture: &Picture) -> Counts {
    let mut counts = counts();
    let grid = Grid::of(picture);
    let luma = picture.plane(0);
    for_columns(&grid, |column, y, x| {
        add(&mut counts[column][usize::from(luma.row(y)[x])]);
    });
    counts
}

/// The same for R, G and B, on the scale of luma: 16 is 0 and 235 is 1; what lies beyond 0 to 255
/// counts as those.
pub fn parade(picture: &Picture) -> [Counts; 3] {
    let mut all = [counts(), counts(), counts()];
    let grid = Grid::of(picture);
    let planes = planes(picture);
    for_columns(&grid, |column, y, x| {
        for (counts, code) in all.iter_mut().zip(rgb(&planes, x, y)) {
            add(&mut counts[column][usize::from(code)]);
        }
    });
    all
}

/// How often chroma has each code of Cb (first index) and Cr (second).
pub fn vectorscope(picture: &Picture) -> Counts {
    let mut counts = counts();
    let grid = Grid::of(picture);
    let (u, v) = (picture.plane(1), picture.plane(2));
    // Chroma has half the lines; a fine grid would look at each twice.
    for y in (0..u.height).step_by(grid.step.div_ceil(2)) {
        let (u, v) = (u.row(y), v.row(y));
        for x in (0..u.len()).step_by(grid.step.div_ceil(2)) {
            add(&mut counts[usize::from(u[x])][usize::from(v[x])]);
        }
    }
    counts
}

/// How often there is each code of luma, R, G and B; these three as in [`parade`].
pub fn histogram(picture: &Picture) -> [Histogram; 4] {
    let mut all = [[0; 256]; 4];
    let grid = Grid::of(picture);
    let planes = planes(picture);
    for y in grid.rows() {
        for x in (0..grid.width).step_by(grid.step) {
            all[0][usize::from(planes[0].row(y)[x])] += 1;
            for (histogram, code) in all[1..].iter_mut().zip(rgb(&planes, x, y)) {
                histogram[usize::from(code)] += 1;
            }
        }
    }
    all
}

/// The pixels that are looked at: every `step`th of a picture, both ways.
struct Grid {
    width: usize,
    height: usize,
    step: usize,
}

impl Grid {
    fn of(picture: &Picture) -> Self {
        let (width, height) = (picture.width(), picture.height());
        let step = width.div_ceil(GRID.0).max(height.div_ceil(GRID.1)).max(1);
        Self {
            width,
            height,
            step,
        }
    }

    fn rows(&self) -> impl Iterator<Item = usize> + use<> {
        (0..self.height).step_by(self.step)
    }
}

/// Calls `see(column, y, x)` for every pixel of the grid; a picture of fewer pixels than columns
/// has each in several.
fn for_columns(grid: &Grid, mut see: impl FnMut(usize, usize, usize)) {
    let across = grid.width.div_ceil(grid.step);
    for y in grid.rows() {
        if across >= COLUMNS {
            for k in 0..across {
                see(k * COLUMNS / across, y, k * grid.step);
            }
        } else {
            for column in 0..COLUMNS {
                see(column, y, column * across / COLUMNS * grid.step);
            }
        }
    }
}

fn planes(picture: &Picture) -> [PlaneRef<'_>; 3] {
    [0, 1, 2].map(|i| picture.plane(i))
}

/// R, G and B of a pixel as codes of luma's scale.
fn rgb(planes: &[PlaneRef<'_>; 3], x: usize, y: usize) -> [u8; 3] {
    const ONE: f64 = 65536.0 * 219.0 / 224.0;
    const RED: i32 = (ONE * CR_SCALE) as i32;
    const GREEN: [i32; 2] = [(ONE * G_OF_CB) as i32, (ONE * G_OF_CR) as i32];
    const BLUE: i32 = (ONE * CB_SCALE) as i32;
    let luma = (i32::from(planes[0].row(y)[x]) << 16) + (1 << 15);
    let cb = i32::from(planes[1].row(y / 2)[x / 2]) - 128;
    let cr = i32::from(planes[2].row(y / 2)[x / 2]) - 128;
    [
        luma + RED * cr,
        luma - GREEN[0] * cb - GREEN[1] * cr,
        luma + BLUE * cb,
    ]
    .map(|code| (code >> 16).clamp(0, 255) as u8)
}

fn counts() -> Counts {
    Box::new([[0; 256]; 256])
}

fn add(count: &mut u16) {
    *count = count.saturating_add(1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Rate;
    use crate::media::colour::{codes, to_ycc};
    use crate::show::Format;
    use crate::video::CanvasPool;

    /// A picture by a function of plane, x and y.
    fn picture(width: u32, height: u32, code: impl Fn(usize, usize) -> [u8; 3]) -> Picture {
        crate::media::start_gstreamer().unwrap();
        let rate = Rate(30, 1);
        let format = Format {
            width,
            height,
            rate,
        };
        let mut canvas = CanvasPool::new(format).unwrap().canvas().unwrap();
        for i in 0..3 {
            let scale = if i == 0 { 1 } else { 2 };
            for (y, row) in canvas.rows(i, 0).enumerate() {
                for (x, pixel) in row.iter_mut().enumerate() {
                    *pixel = code(x * scale, y * scale)[i];
                }
            }
        }
        canvas.finish(0).unwrap()
    }

    const BARS: [[f64; 3]; 8] = [
        [0.75, 0.75, 0.75],
        [0.75, 0.75, 0.0],
        [0.0, 0.75, 0.75],
        [0.0, 0.75, 0.0],
        [0.75, 0.0, 0.75],
        [0.75, 0.0, 0.0],
        [0.0, 0.0, 0.75],
        [0.0, 0.0, 0.0],
    ];

    fn bar(n: usize) -> [u8; 3] {
        codes(to_ycc(BARS[n])).map(|code| code.round() as u8)
    }

    /// Colour bars at 75 %, 64 pixels each.
    fn bars() -> Picture {
        picture(512, 256, |x, _| bar(x / 64))
    }

    /// What is counted: (place, code, how often).
    fn found(counts: &Counts) -> Vec<(usize, usize, u16)> {
        let places = counts.iter().enumerate();
        places
            .flat_map(|(place, codes)| {
                let codes = codes.iter().enumerate().filter(|(_, n)| **n > 0);
                codes.map(move |(code, n)| (place, code, *n))
            })
            .collect()
    }

    #[test]
    fn bars_are_eight_steps_of_a_waveform() {
        let counts = waveform(&bars());
        // Two pixels a column, 256 rows.
        let expected: Vec<_> = (0..256)
            .map(|column| (column, usize::from(bar(column / 32)[0]), 512))
            .collect();
        assert_eq!(found(&counts), expected);
    }

    #[test]
    fn bars_are_on_and_off_in_a_parade() {
        for (channel, counts) in parade(&bars()).iter().enumerate() {
            for (column, code, n) in found(counts) {
                let exact = 16.0 + 219.0 * BARS[column / 32][channel];
                assert_eq!(n, 512);
                // Their codes are rounded to begin with.
                assert!(
                    (code as f64 - exact).abs() <= 1.6,
                    "{channel} {column} {code}"
                );
            }
        }
    }

    #[test]
    fn bars_are_on_their_targets_in_a_vectorscope() {
        let counts = vectorscope(&bars());
        let mut expected: Vec<_> = (0..8)
            .map(bar)
            .map(|[_, u, v]| (usize::from(u), usize::from(v), 32 * 128))
            .collect();
        expected.sort_unstable();
        // White and black are both without chroma.
        expected.dedup_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let middle = expected
            .iter_mut()
            .find(|e| (e.0, e.1) == (128, 128))
            .unwrap();
        middle.2 *= 2;
        assert_eq!(found(&counts), expected);
    }

    #[test]
    fn a_gradient_is_a_diagonal_and_a_level_histogram() {
        let ramp = picture(256, 64, |x, _| [x as u8, 128, 128]);
        let counts = waveform(&ramp);
        let diagonal: Vec<_> = (0..256).map(|x| (x, x, 64)).collect();
        assert_eq!(found(&counts), diagonal);
        for histogram in histogram(&ramp) {
            assert_eq!(histogram, [64; 256]);
        }
    }

    #[test]
    fn a_large_picture_is_looked_at_on_a_grid_and_a_small_one_fills_the_columns() {
        let large = picture(1920, 1080, |x, _| [(x / 8) as u8, 128, 128]);
        let seen: u32 = histogram(&large)[0].iter().sum();
        assert_eq!(seen, 640 * 360);
        for (column, code, _) in found(&waveform(&large)) {
            assert!(
                code.abs_diff(column * 1920 / 256 / 8) <= 1,
                "{column} {code}"
            );
        }
        let small = picture(64, 64, |x, _| [(4 * x) as u8, 128, 128]);
        let expected: Vec<_> = (0..256)
            .map(|column| (column, column / 4 * 4, 64))
            .collect();
        assert_eq!(found(&waveform(&small)), expected);
    }
}
