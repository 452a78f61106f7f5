//! Synthesised plates for keys: somebody with fine hair and things of several colours before a screen that
//! is unevenly lit, with noise, and with the screen's light on all edges; and what a perfect key makes of it.

use regie::media::colour::{codes, to_ycc};

pub const WIDTH: usize = 960;
pub const HEIGHT: usize = 540;
/// Points along each side of a pixel, of which each is in one thing or in none.
const POINTS: usize = 4;

/// R, G and B, 0 to 1, as they are coded.
pub type Colour = [f64; 3];

/// Planes Y, U and V in house format.
pub type Planes = [Vec<u8>; 3];

/// What stands before the screen: nothing of its hue.
const THINGS: [Colour; 12] = [
    [0.23, 0.14, 0.09], // brown hair
    [0.80, 0.68, 0.45], // fair hair
    [0.05, 0.05, 0.06], // black hair
    [0.62, 0.62, 0.64], // grey hair
    [0.82, 0.60, 0.49], // light skin
    [0.36, 0.22, 0.16], // dark skin
    [0.10, 0.13, 0.28], // a dark blue jacket, before green
    [0.93, 0.93, 0.91], // a white shirt
    [0.88, 0.80, 0.15], // yellow
    [0.55, 0.72, 0.90], // light blue, before green
    [0.60, 0.80, 0.52], // light green, before blue
    [0.10, 0.26, 0.15], // a dark green jacket, before blue
];

pub struct Plate {
    /// Of the screen, as it is picked in its middle.
    pub screen: (u8, u8, u8),
    /// As a camera gives it.
    pub planes: Planes,
    /// How much of each pixel is foreground.
    pub alpha: Vec<f64>,
    /// What the foreground looks like in white light, where there is any.
    foreground: Vec<Colour>,
}

/// Numbers that look like chance and are always the same.
struct Noise(u64);

impl Noise {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        // Knuth's MMIX generator; the upper bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn around(&mut self, reach: f64) -> f64 {
        (self.next() + self.next() - 1.0) * reach
    }
}

/// Points that are in nothing, or in one of the things.
struct Points(Vec<u8>);

const NOTHING: u8 = 255;

impl Points {
    fn disc(&mut self, (x, y): (f64, f64), radius: (f64, f64), thing: u8) {
        let p = POINTS as f64;
        let rows = ((y - radius.1) * p).max(0.0) as usize
            ..((y + radius.1) * p).clamp(0.0, HEIGHT as f64 * p) as usize + 1;
        for row in rows.filter(|row| *row < HEIGHT * POINTS) {
            for column in ((x - radius.0) * p).max(0.0) as usize
                ..(((x + radius.0) * p) as usize + 1).min(WIDTH * POINTS)
            {
                let (px, py) = ((column as f64 + 0.5) / p - x, (row as f64 + 0.5) / p - y);
                if (px / radius.0).powi(2) + (py / radius.1).powi(2) <= 1.0 {
                    self.0[row * WIDTH * POINTS + column] = thing;
                }
            }
        }
    }

    /// A hair that bends, from 1 to 3 pixels wide at its root.
    fn hair(&mut self, noise: &mut Noise, root: (f64, f64), thing: u8) {
        let (mut x, mut y) = root;
        let mut way = noise.next() * std::f64::consts::TAU;
        let bend = noise.around(0.06);
        let width = 1.0 + 2.0 * noise.next();
        let long = 60.0 + 80.0 * noise.next();
        for step in 0..(long * 2.0) as usize {
            let left = 1.0 - step as f64 / (long * 2.0);
            self.disc(
                (x, y),
                (width * left / 2.0 + 0.2, width * left / 2.0 + 0.2),
                thing,
            );
            way += bend;
            x += way.cos() * 0.5;
            y += way.sin() * 0.5;
        }
    }
}

impl Plate {
    /// A plate before a screen of this colour.
    pub fn new(screen: (u8, u8, u8), seed: u64) -> Self {
        let mut noise = Noise(seed);
        let mut points = Points(vec![NOTHING; WIDTH * HEIGHT * POINTS * POINTS]);
        for n in 0..160u8 {
            let way = noise.next() * std::f64::consts::TAU;
            let root = (330.0 + 85.0 * way.cos(), 200.0 + 105.0 * way.sin());
            points.hair(&mut noise, root, n % 4);
        }
        let (jacket, other) = if screen.1 > screen.2 {
            (6, 9)
        } else {
            (11, 10)
        };
        points.disc((330.0, 520.0), (190.0, 200.0), jacket);
        points.disc((330.0, 420.0), (55.0, 110.0), 7);
        points.disc((330.0, 205.0), (85.0, 110.0), 4);
        for (n, thing) in [5, 3, 7, 8, other, 2].into_iter().enumerate() {
            let place = (
                640.0 + 120.0 * (n % 3) as f64,
                150.0 + 170.0 * (n / 3) as f64,
            );
            points.disc(place, (45.0, 60.0), thing);
        }
        let mut alpha = Vec::new();
        let mut foreground = Vec::new();
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let (mut many, mut sum) = (0.0, [0.0; 3]);
                for n in 0..POINTS * POINTS {
                    let (dx, dy) = (n % POINTS, n / POINTS);
                    let at = (y * POINTS + dy) * WIDTH * POINTS + x * POINTS + dx;
                    if points.0[at] != NOTHING {
                        many += 1.0;
                        let thing = THINGS[usize::from(points.0[at])];
                        sum.iter_mut()
                            .zip(thing)
                            .for_each(|(sum, part)| *sum += part);
                    }
                }
                alpha.push(many / (POINTS * POINTS) as f64);
                foreground.push(sum.map(|part| part / f64::max(many, 1.0)));
            }
        }
        let light = blurred(&alpha, 9);
        let of = |value: u8| f64::from(value) / 255.0;
        let lit = [of(screen.0), of(screen.1), of(screen.2)];
        let mut seen = Vec::new();
        for (at, (alpha, own)) in alpha.iter().zip(&foreground).enumerate() {
            let (x, y) = (at % WIDTH, at / WIDTH);
            // A tenth brighter at the upper left than in the middle, a tenth darker at the lower right.
            let even = 1.1 - 0.2 * (x as f64 / WIDTH as f64 + y as f64 / HEIGHT as f64) / 2.0;
            let spill = 0.12 * (1.0 - light[at]);
            seen.push([0, 1, 2].map(|i| {
                let own = own[i] + spill * lit[i];
                (alpha * own + (1.0 - alpha) * lit[i] * even).min(1.0)
            }));
        }
        let noise = &mut |reach: f64| noise.around(reach);
        Self {
            screen,
            planes: planes(&seen, noise),
            alpha,
            foreground,
        }
    }

    /// What a perfect key lays over this.
    pub fn over(&self, behind: &[Colour]) -> Planes {
        let mixed: Vec<Colour> = (0..behind.len())
            .map(|at| {
                let (alpha, own) = (self.alpha[at], self.foreground[at]);
                [0, 1, 2].map(|i| alpha * own[i] + (1.0 - alpha) * behind[at][i])
            })
            .collect();
        planes(&mixed, &mut |_| 0.0)
    }

    /// Whether a pixel is at an edge: within two pixels some of it is foreground and some is not.
    pub fn edges(&self) -> Vec<bool> {
        let near = blurred(&self.alpha, 2);
        near.iter()
            .map(|near| (0.001..0.999).contains(near))
            .collect()
    }
}

/// What is laid behind: every brightness and many colours.
pub fn behind() -> Vec<Colour> {
    (0..WIDTH * HEIGHT)
        .map(|at| {
            let (x, y) = (
                (at % WIDTH) as f64 / WIDTH as f64,
                (at / WIDTH) as f64 / HEIGHT as f64,
            );
            let stripes = if (at % WIDTH / 60).is_multiple_of(2) {
                0.15
            } else {
                0.0
            };
            [0.2 + 0.6 * x, 0.25 + 0.3 * y + stripes, 0.7 - 0.5 * x]
        })
        .collect()
}

/// The mean of all pixels so far around each.
fn blurred(of: &[f64], reach: usize) -> Vec<f64> {
    let line = |get: &dyn Fn(usize) -> f64, many: usize, put: &mut dyn FnMut(usize, f64)| {
        for n in 0..many {
            let near = n.saturating_sub(reach)..=(n + reach).min(many - 1);
            let count = near.clone().count() as f64;
            put(n, near.map(get).sum::<f64>() / count);
        }
    };
    let mut across = of.to_vec();
    for y in 0..HEIGHT {
        line(&|x| of[y * WIDTH + x], WIDTH, &mut |x, value| {
            across[y * WIDTH + x] = value
        });
    }
    let mut out = across.clone();
    for x in 0..WIDTH {
        line(&|y| across[y * WIDTH + x], HEIGHT, &mut |y, value| {
            out[y * WIDTH + x] = value
        });
    }
    out
}

/// A picture in house format: chroma sited as MPEG-2 has it. `noise` is added, of two codes either way at the
/// most.
pub fn planes(picture: &[Colour], noise: &mut dyn FnMut(f64) -> f64) -> Planes {
    let coded: Vec<[f64; 3]> = picture
        .iter()
        .map(|colour| codes(to_ycc(*colour)))
        .collect();
    let mut code = |value: f64| (value + noise(2.0)).round().clamp(1.0, 254.0) as u8;
    let luma = coded.iter().map(|pixel| code(pixel[0])).collect();
    let chroma = [1, 2].map(|i| {
        let mut plane = Vec::new();
        for y in (0..HEIGHT).step_by(2) {
            for x in (0..WIDTH).step_by(2) {
                let at = |x: usize| (coded[y * WIDTH + x][i] + coded[(y + 1) * WIDTH + x][i]) / 2.0;
                let around = at(x.saturating_sub(1)) + 2.0 * at(x) + at(x + 1);
                plane.push(code(around / 4.0));
            }
        }
        plane
    });
    let [u, v] = chroma;
    [luma, u, v]
}
