//! Mattes: planes of alpha, 0 to 255, rows without padding.

use std::ops::Range;

use super::kernels::{halve_row, lowest_row, sum_row, weigh_row};
use crate::show::MatteEdge;

/// The matte of the chroma samples (MPEG-2 siting: a sample lies on its left luma column, between two rows).
/// The luma's size is even.
pub fn halved(alpha: &[u8], (width, height): (usize, usize)) -> Vec<u8> {
    let half = width / 2;
    let mut out = vec![0; half * (height / 2)];
    let mut sums = vec![0u16; width + 1];
    let rows = alpha.chunks_exact(2 * width);
    for (out, rows) in out.chunks_exact_mut(half).zip(rows) {
        let (upper, lower) = rows.split_at(width);
        // The column left of the first is taken to be as that.
        sum_row(&mut sums[1..], upper, lower);
        sums[0] = sums[1];
        halve_row(out, &sums);
    }
    out
}

/// How many pixels beyond its edge more of a matte is seen, shrunk or grown and softened so.
pub fn reach(edge: MatteEdge, lines: f64) -> usize {
    let grown = (-edge.shrink * lines).max(0.0).ceil() as usize;
    let softened = match edge.soften > 0.0 {
        true => bell(edge.soften * lines).len() / 2,
        false => 0,
    };
    grown + softened
}

/// Shrunk or grown, and softened.
pub fn edged(alpha: Vec<u8>, size: (usize, usize), edge: MatteEdge, lines: f64) -> Vec<u8> {
    let by = edge.shrink * lines;
    let mut alpha = alpha;
    if by != 0.0 {
        // What is seen grows where what is not seen shrinks.
        let turn = |alpha: &mut Vec<u8>| alpha.iter_mut().for_each(|a| *a = 255 - *a);
        if by < 0.0 {
            turn(&mut alpha);
        }
        alpha = shrunk(&alpha, size, by.abs());
        if by < 0.0 {
            turn(&mut alpha);
        }
    }
    if edge.soften > 0.0 {
        alpha = blurred(&alpha, size, edge.soften * lines);
    }
    alpha
}

/// Shrunk by so many pixels, along rows and columns; between two whole numbers what lies between both.
fn shrunk(alpha: &[u8], size: (usize, usize), by: f64) -> Vec<u8> {
    let (whole, rest) = (by.floor() as usize, by.fract());
    let low = lowest(alpha, size, whole);
    if rest < 1.0 / 256.0 {
        return low;
    }
    let mut lower = lowest(alpha, size, whole + 1);
    let share = (rest * 256.0).round() as u16;
    for (to, low) in lower.iter_mut().zip(low) {
        let sum = u16::from(low) * (256 - share) + u16::from(*to) * share + 128;
        *to = (sum >> 8) as u8;
    }
    lower
}

/// The lowest so far around each pixel; beyond the edges everything is as at them.
fn lowest(alpha: &[u8], (width, height): (usize, usize), reach: usize) -> Vec<u8> {
    if reach == 0 {
        return alpha.to_vec();
    }
    let mut across = alpha.to_vec();
    let flat = Flat::of(alpha, width);
    for (y, row) in alpha.chunks_exact(width).enumerate() {
        let mut around = None;
        for run in flat.not_across(y, reach) {
            let padded = around.get_or_insert_with(|| padded(row, reach));
            let to = &mut across[y * width..][run.clone()];
            for from in 0..=2 * reach {
                lowest_row(to, &padded[from..][run.clone()]);
            }
        }
    }
    let mut out = across.clone();
    let flat = Flat::of(&across, width);
    for y in 0..height {
        for run in flat.not_down(y, reach) {
            let to = &mut out[y * width..][run.clone()];
            for near in y.saturating_sub(reach)..=(y + reach).min(height - 1) {
                lowest_row(to, &across[near * width..][run.clone()]);
            }
        }
    }
    out
}

/// Most of a matte is all seen or not at all: where nothing changes, nothing is to be done. What each block of
/// each row holds, where that is one value.
struct Flat {
    width: usize,
    blocks: Vec<Option<u8>>,
}

/// Pixels of a block.
const BLOCK: usize = 64;

impl Flat {
    fn of(alpha: &[u8], width: usize) -> Self {
        let rows = alpha.chunks_exact(width);
        let blocks = rows.flat_map(|row| row.chunks(BLOCK)).map(|block| {
            let low = block.iter().copied().fold(u8::MAX, u8::min);
            let high = block.iter().copied().fold(u8::MIN, u8::max);
            (low == high).then_some(low)
        });
        Self {
            width,
            blocks: blocks.collect(),
        }
    }

    fn many(&self) -> usize {
        self.width.div_ceil(BLOCK)
    }

    /// The parts of a row in which something changes within so many pixels of the same row.
    fn not_across(&self, y: usize, reach: usize) -> Vec<Range<usize>> {
        let row = &self.blocks[y * self.many()..][..self.many()];
        let beside = reach.div_ceil(BLOCK);
        self.runs(|b| {
            let around = &row[b.saturating_sub(beside)..(b + beside + 1).min(row.len())];
            row[b].is_none() || around.iter().any(|other| *other != row[b])
        })
    }

    /// The parts of a row in which something changes within so many rows.
    fn not_down(&self, y: usize, reach: usize) -> Vec<Range<usize>> {
        let many = self.many();
        let last = self.blocks.len() / many - 1;
        let rows = y.saturating_sub(reach)..=(y + reach).min(last);
        self.runs(|b| {
            let own = self.blocks[y * many + b];
            own.is_none() || rows.clone().any(|y| self.blocks[y * many + b] != own)
        })
    }

    /// Blocks of which this is so, those that touch together, by their pixels.
    fn runs(&self, is_so: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for b in (0..self.many()).filter(|b| is_so(*b)) {
            let (begin, end) = (b * BLOCK, ((b + 1) * BLOCK).min(self.width));
            match runs.last_mut() {
                Some(run) if run.end == begin => run.end = end,
                _ => runs.push(begin..end),
            }
        }
        runs
    }
}

fn padded(row: &[u8], by: usize) -> Vec<u8> {
    let ends = [row.first(), row.last()].map(|end| end.copied().unwrap_or_default());
    let mut padded = vec![ends[0]; by];
    padded.extend_from_slice(row);
    padded.resize(row.len() + 2 * by, ends[1]);
    padded
}

/// Blurred by a bell of this standard deviation, in pixels; beyond the edges everything is as at them.
pub fn blurred(alpha: &[u8], (width, height): (usize, usize), deviation: f64) -> Vec<u8> {
    let weights = bell(deviation);
    let reach = weights.len() / 2;
    let mut sum = vec![0u16; width];
    let mut across = alpha.to_vec();
    let flat = Flat::of(alpha, width);
    for (y, row) in alpha.chunks_exact(width).enumerate() {
        let mut around = None;
        for run in flat.not_across(y, reach) {
            let padded = around.get_or_insert_with(|| padded(row, reach));
            let sum = &mut sum[run.clone()];
            sum.fill(128);
            for (from, weight) in weights.iter().enumerate() {
                weigh_row(sum, &padded[from..][run.clone()], *weight);
            }
            take(&mut across[y * width..][run], sum);
        }
    }
    let mut blurred = across.clone();
    let flat = Flat::of(&across, width);
    for y in 0..height {
        for run in flat.not_down(y, reach) {
            let sum = &mut sum[run.clone()];
            sum.fill(128);
            for (n, weight) in weights.iter().enumerate() {
                let near = (y + n).saturating_sub(reach).min(height - 1);
                weigh_row(sum, &across[near * width..][run.clone()], *weight);
            }
            take(&mut blurred[y * width..][run], sum);
        }
    }
    blurred
}

fn take(out: &mut [u8], sum: &[u16]) {
    for (out, sum) in out.iter_mut().zip(sum) {
        *out = (sum >> 8) as u8;
    }
}

/// A normal distribution in 256ths, as far as any of it is left.
fn bell(deviation: f64) -> Vec<u16> {
    let reach = (3.0 * deviation).ceil() as i32;
    let height = |x: i32| (-0.5 * (f64::from(x) / deviation.max(1e-6)).powi(2)).exp();
    let sum: f64 = (-reach..=reach).map(height).sum();
    let mut weights: Vec<u16> = (-reach..=reach)
        .map(|x| (256.0 * height(x) / sum).round() as u16)
        .collect();
    // What rounding took or gave, so that what is flat stays as it is.
    let others: u16 = weights.iter().sum::<u16>() - weights[reach as usize];
    weights[reach as usize] = 256 - others;
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (usize, usize) = (40, 30);

    /// A square of full alpha from 10 to 20 both ways.
    fn square() -> Vec<u8> {
        let inside = |n: usize| (10..20).contains(&(n % 40)) && (10..20).contains(&(n / 40));
        (0..40 * 30)
            .map(|n| if inside(n) { 255 } else { 0 })
            .collect()
    }

    fn sum(alpha: &[u8]) -> f64 {
        alpha.iter().map(|a| f64::from(*a) / 255.0).sum()
    }

    #[test]
    fn chroma_hears_the_luma_around_it() {
        let mut alpha = vec![0; 8 * 2];
        alpha[2] = 255;
        // Upper of two rows, the sample's own column: a quarter.
        assert_eq!(halved(&alpha, (8, 2)), [0, 64, 0, 0]);
        alpha[2] = 0;
        alpha[3] = 255;
        assert_eq!(halved(&alpha, (8, 2)), [0, 32, 32, 0]);
        for flat in [0, 1, 127, 255] {
            assert!(halved(&[flat; 16], (8, 2)).iter().all(|a| *a == flat));
        }
    }

    #[test]
    fn an_edge_moves_by_as_many_pixels_as_are_asked_for() {
        let moved = |shrink: f64| {
            let edge = MatteEdge {
                shrink,
                soften: 0.0,
            };
            sum(&edged(square(), SIZE, edge, 1000.0))
        };
        assert_eq!(moved(0.0), 100.0);
        assert_eq!(moved(0.001), 64.0);
        assert_eq!(moved(-0.001), 144.0);
        assert_eq!(moved(0.003), 16.0);
        // Half a pixel: half of the pixels along the edge.
        assert!((moved(0.0005) - 82.0).abs() < 0.5, "{}", moved(0.0005));
        // At the edge of the layer nothing is known to lie beyond.
        let full = vec![255; 40 * 30];
        let edge = MatteEdge {
            shrink: 0.005,
            soften: 0.005,
        };
        assert_eq!(edged(full.clone(), SIZE, edge, 1000.0), full);
    }

    #[test]
    fn a_soft_edge_has_as_much_in_it_and_the_width_that_is_asked_for() {
        for deviation in [0.5, 1.0, 2.0] {
            let blurred = blurred(&square(), SIZE, deviation);
            assert!((sum(&blurred) - 100.0).abs() < 0.5, "{}", sum(&blurred));
        }
        // An edge of two pixels' deviation is at 0.841 one deviation inside (the normal distribution).
        let half: Vec<u8> = (0..40 * 30)
            .map(|n| if n % 40 >= 20 { 255 } else { 0 })
            .collect();
        let row = &blurred(&half, SIZE, 2.0)[15 * 40..][..40];
        let at = |x: usize| f64::from(row[x]) / 255.0;
        // Pixel centres lie half a pixel beside the edge.
        assert!(((at(21) + at(22)) / 2.0 - 0.841).abs() < 0.01, "{row:?}");
        assert!((at(19) + at(20) - 1.0).abs() < 0.01);
    }
}
