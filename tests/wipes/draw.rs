//! How regie's own wipes are drawn: a formula each, from the place in the picture to when the new
//! picture comes there. Black comes first.

use std::f64::consts::{PI, TAU};

/// Pixels across and down.
pub type Size = (usize, usize);

/// Greys of 16 bits, row by row.
pub struct Drawing {
    pub name: &'static str,
    pub size: Size,
    pub greys: Vec<u16>,
}

const SIZE: Size = (640, 360);
const COARSE: Size = (160, 90);
const ASPECT: f64 = 16.0 / 9.0;

/// Where a pixel's centre lies.
#[derive(Clone, Copy)]
struct Place {
    /// 0 at the left, 1 at the right.
    u: f64,
    /// 0 at the top, 1 at the bottom.
    v: f64,
    /// From the middle to the right, in half heights.
    x: f64,
    /// From the middle up, in half heights.
    y: f64,
}

impl Place {
    fn radius(self) -> f64 {
        self.x.hypot(self.y)
    }

    /// From 12 o'clock on, clockwise, 0 to 1.
    fn hour(self) -> f64 {
        (self.x.atan2(self.y) / TAU).rem_euclid(1.0)
    }
}

/// All of them.
pub fn all() -> Vec<Drawing> {
    vec![
        draw("left-to-right", |p| p.u),
        draw("top-to-bottom", |p| p.v),
        draw("diagonal", |p| p.u + p.v),
        draw("diagonal-up", |p| p.u + 1.0 - p.v),
        draw("circle", |p| p.radius()),
        draw("diamond", |p| p.x.abs() + p.y.abs()),
        draw("box", |p| (p.u - 0.5).abs().max((p.v - 0.5).abs())),
        draw("clock", |p| p.hour()),
        draw("fan", |p| p.hour().min(1.0 - p.hour())),
        draw("barn-doors", |p| (p.u - 0.5).abs()),
        draw("barn-doors-vertical", |p| (p.v - 0.5).abs()),
        draw("blinds", |p| (p.v * 8.0).fract()),
        draw("blinds-vertical", |p| (p.u * 12.0).fract()),
        draw("checkers", checkers),
        draw("heart", |p| p.radius() / heart(p)),
        draw("star", |p| p.radius() / star(p.hour())),
        draw("spiral", |p| {
            (p.radius() * 4.0 - p.hour()).floor() + p.hour()
        }),
        draw("wave", |p| p.u + 0.06 * (p.v * 3.0 * TAU).sin()),
        dissolve(),
        clouds(),
    ]
}

/// Draws a formula, its least value black and its greatest white.
fn draw(name: &'static str, formula: impl Fn(Place) -> f64) -> Drawing {
    let values = values(SIZE, formula);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let grey = |value: f64| ((value - least) / (most - least) * 65535.0).round() as u16;
    Drawing {
        name,
        size: SIZE,
        greys: values.into_iter().map(grey).collect(),
    }
}

fn values((width, height): Size, formula: impl Fn(Place) -> f64) -> Vec<f64> {
    (0..width * height)
        .map(|i| {
            let u = ((i % width) as f64 + 0.5) / width as f64;
            let v = ((i / width) as f64 + 0.5) / height as f64;
            formula(Place {
                u,
                v,
                x: (2.0 * u - 1.0) * ASPECT,
                y: 1.0 - 2.0 * v,
            })
        })
        .collect()
}

/// White squares after the black ones, each from left to right.
fn checkers(p: Place) -> f64 {
    let (column, row) = ((p.u * 16.0).floor(), (p.v * 9.0).floor());
    (column + row).rem_euclid(2.0) + (p.u * 16.0).fract()
}

/// How far the curve (x² + y² − 1)³ = x² y³ is from a point somewhat above its middle, in the
/// direction of `p`.
fn heart(p: Place) -> f64 {
    let radius = p.radius().max(1e-6);
    let (dx, dy) = (p.x / radius, p.y / radius);
    let outside = |r: f64| {
        let (x, y) = (r * dx, r * dy + 0.2);
        (x * x + y * y - 1.0).powi(3) > x * x * y.powi(3)
    };
    let (mut inner, mut outer) = (0.0, 3.0);
    for _ in 0..50 {
        let middle = (inner + outer) / 2.0;
        if outside(middle) {
            outer = middle;
        } else {
            inner = middle;
        }
    }
    inner
}

/// How far the edge of a star of five points is at an hour: its points at 1, its corners between
/// them where the lines from point to point cross.
fn star(hour: f64) -> f64 {
    let corner = (PI / 10.0).sin() / (7.0 * PI / 10.0).sin();
    // From a point to the next corner and back, 0 to 1.
    let part = (hour * 5.0).fract();
    let angle = part.min(1.0 - part) * TAU / 5.0;
    let (cx, cy) = (corner * (PI / 5.0).cos(), corner * (PI / 5.0).sin());
    // The line from (1, 0) to the corner, met at this angle.
    cy / (cy * angle.cos() + (1.0 - cx) * angle.sin())
}

/// Grains in an order without order, no two at once.
fn dissolve() -> Drawing {
    let (width, height) = COARSE;
    let mut order: Vec<usize> = (0..width * height).collect();
    let mut random = Random(0x5eed);
    for i in (1..order.len()).rev() {
        order.swap(i, (random.next() * (i + 1) as f64) as usize);
    }
    Drawing {
        name: "dissolve",
        size: COARSE,
        greys: ranks(&order),
    }
}

/// Value noise of five octaves; as much of each grey as of every other.
fn clouds() -> Drawing {
    let size = (320, 180);
    let mut random = Random(0xc10d);
    let octaves: Vec<Vec<f64>> = (0..5)
        .map(|_| (0..64 * 64).map(|_| random.next()).collect())
        .collect();
    let values = values(size, |p| {
        let of = |(k, grid): (usize, &Vec<f64>)| {
            let scale = 3.0 * f64::from(1 << k);
            noise(grid, p.u * ASPECT * scale, p.v * scale) / f64::from(1 << k)
        };
        octaves.iter().enumerate().map(of).sum()
    });
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    Drawing {
        name: "clouds",
        size,
        greys: ranks(&order),
    }
}

/// Noise between the points of a grid of 64 by 64.
fn noise(grid: &[f64], x: f64, y: f64) -> f64 {
    let at = |x: f64, y: f64| grid[(y as usize % 64) * 64 + x as usize % 64];
    let smooth = |t: f64| t * t * (3.0 - 2.0 * t);
    let (right, down) = (smooth(x.fract()), smooth(y.fract()));
    let (x, y) = (x.floor(), y.floor());
    let above = at(x, y) * (1.0 - right) + at(x + 1.0, y) * right;
    let below = at(x, y + 1.0) * (1.0 - right) + at(x + 1.0, y + 1.0) * right;
    above * (1.0 - down) + below * down
}

/// The grey of each pixel by its place in an order of all pixels.
fn ranks(order: &[usize]) -> Vec<u16> {
    let mut greys = vec![0; order.len()];
    for (rank, &pixel) in order.iter().enumerate() {
        greys[pixel] = (rank * 65535 / (order.len() - 1)) as u16;
    }
    greys
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
struct Random(u64);

impl Random {
    /// 0 to below 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}
