//! Finds flashes: pictures in which some part is suddenly much brighter than in the one before, so much
//! that nothing which moves about there could be it. A lamp that fills a small part of a wide shot counts.

use std::collections::VecDeque;

use crate::media::{House, NS_PER_S, Picture};

/// The picture is looked at in so many parts each way.
const COLUMNS: usize = 16;
const ROWS: usize = 9;
const TILES: usize = COLUMNS * ROWS;
/// Of each so many pixels one is looked at, each way.
const EVERY: usize = 4;
/// A flash brightens a part by as many codes of 8 bits, on average, from one picture to the next.
const LEAST: f32 = 24.0;
/// And by so many times as much as anything did in the pictures before.
const ABOVE: f32 = 3.0;
/// So many pictures before are compared with, and as many are needed.
const BEFORE: usize = 10;
/// After a flash none is looked for during this time: it may flicker.
const REST_NS: i64 = 2 * NS_PER_S / 5;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Flashes {
    last: Option<[f32; TILES]>,
    /// How much the part brightened that did so most, of the pictures before.
    steps: VecDeque<f32>,
    flashed: Option<House>,
}

impl Flashes {
    /// Looks at the next picture of a source; gives whether it is the first of a flash.
    pub fn see(&mut self, picture: &Picture) -> bool {
        let now = tiles(picture);
        let Some(last) = self.last.replace(now) else {
            return false;
        };
        let step = now.iter().zip(&last).map(|(now, last)| now - last);
        let step = step.fold(0.0, f32::max);
        let rests = self
            .flashed
            .is_some_and(|flashed| (0..REST_NS).contains(&(picture.time - flashed)));
        let before = self.steps.iter().copied().fold(0.0, f32::max);
        let is_flash =
            !rests && self.steps.len() == BEFORE && step >= LEAST && step >= ABOVE * before;
        if is_flash {
            self.flashed = Some(picture.time);
        } else if !rests {
            // What a flash does itself is no measure of what moves.
            if self.steps.len() == BEFORE {
                self.steps.pop_front();
            }
            self.steps.push_back(step);
        }
        is_flash
    }
}

/// The mean luma of each part.
fn tiles(picture: &Picture) -> [f32; TILES] {
    let plane = picture.plane(0);
    let mut sums = [(0u32, 0u32); TILES];
    for y in (0..plane.height).step_by(EVERY) {
        let row = plane.row(y);
        let of_row = &mut sums[y * ROWS / plane.height * COLUMNS..][..COLUMNS];
        for x in (0..plane.width).step_by(EVERY) {
            let (sum, count) = &mut of_row[x * COLUMNS / plane.width];
            *sum += u32::from(row[x]);
            *count += 1;
        }
    }
    sums.map(|(sum, count)| sum as f32 / count.max(1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Rate;
    use crate::show::Format;
    use crate::video::CanvasPool;

    const FORMAT: Format = Format {
        width: 320,
        height: 180,
        rate: Rate(25, 1),
    };

    /// Shows pictures of this luma, of which `lit` brightens a corner of 40 by 40; gives the flashes.
    fn seen(
        pictures: usize,
        luma: impl Fn(usize) -> u8,
        lit: impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        crate::media::start_gstreamer().unwrap();
        let pool = CanvasPool::new(FORMAT).unwrap();
        let mut flashes = Flashes::default();
        let mut found = Vec::new();
        for n in 0..pictures {
            let mut canvas = pool.canvas().unwrap();
            canvas.fill([luma(n), 128, 128]);
            if lit(n) {
                let [y, ..] = canvas.planes();
                for row in 0..40 {
                    y.data[row * y.stride..][..40].fill(235);
                }
            }
            let picture = canvas.finish(FORMAT.rate.time_of(n as u64)).unwrap();
            if flashes.see(&picture) {
                found.push(n);
            }
        }
        found
    }

    #[test]
    fn a_lamp_in_a_corner_is_seen_at_its_first_picture_and_once() {
        let lit = |n: usize| (30..34).contains(&n) || (80..90).contains(&n);
        assert_eq!(seen(120, |_| 40, lit), [30, 80]);
    }

    #[test]
    fn what_fades_flickers_or_moves_all_the_time_is_no_flash() {
        let none: [usize; 0] = [];
        assert_eq!(seen(60, |n| 20 + 3 * n as u8, |_| false), none);
        let flickers = |n: usize| if n.is_multiple_of(2) { 60 } else { 120 };
        assert_eq!(seen(60, flickers, |_| false), none);
        assert_eq!(seen(60, |_| 40, |n| n % 5 < 2), none);
        assert_eq!(seen(3, |_| 40, |n| n == 2), none, "too little was seen");
    }
}
