//! Filters of a strip: state variable filters, eight lanes of them at once.
//!
//! Of the forms that have the responses of R. Bristow-Johnson's cookbook (the bilinear transform of
//! the same analogue prototypes) this one was chosen because its parameters may move while sound goes
//! through, and because it stays exact in `f32` far down where direct forms do not: A. Simper,
//! "Solving the continuous SVF equations using trapezoidal integration and equivalent currents"
//! (Cytomic, 2013).

use super::lanes::{LANES, Lanes, STRIPS};
use crate::show::Shape;

/// The parameters of a filter for all lanes.
#[derive(Clone, Copy, Debug)]
struct Parameters {
    g: Lanes,
    k: Lanes,
    mix: [Lanes; 3],
}

impl Parameters {
    fn of(shapes: &[Shape; STRIPS]) -> Self {
        let lanes =
            |f: fn(&Shape) -> f64| Lanes::pairs(std::array::from_fn(|s| f(&shapes[s]) as f32));
        Self {
            g: lanes(|s| s.g),
            k: lanes(|s| s.k),
            mix: [
                lanes(|s| s.mix[0]),
                lanes(|s| s.mix[1]),
                lanes(|s| s.mix[2]),
            ],
        }
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(Lanes, Lanes) -> Lanes) -> Self {
        Self {
            g: f(self.g, other.g),
            k: f(self.k, other.k),
            mix: std::array::from_fn(|i| f(self.mix[i], other.mix[i])),
        }
    }
}

/// One filter of each of four strips.
#[derive(Clone, Debug)]
pub struct Filter {
    shapes: [Shape; STRIPS],
    now: Parameters,
    target: Parameters,
    moving: bool,
    state: [Lanes; 2],
}

impl Default for Filter {
    fn default() -> Self {
        let none = Parameters::of(&[Shape::NONE; STRIPS]);
        Self {
            shapes: [Shape::NONE; STRIPS],
            now: none,
            target: none,
            moving: false,
            state: [Lanes::ZERO; 2],
        }
    }
}

impl Filter {
    /// What one strip's filter becomes in the course of the next block.
    pub fn set(&mut self, strip: usize, shape: Shape) {
        if self.shapes[strip] != shape {
            self.shapes[strip] = shape;
            self.target = Parameters::of(&self.shapes);
            self.moving = true;
        }
    }

    /// A strip begins anew: nothing is left of what went through its lanes.
    pub fn clear(&mut self, strip: usize) {
        for state in &mut self.state {
            state.0[2 * strip..2 * strip + 2].fill(0.0);
        }
    }

    /// Whether it gives back what it is given, for every strip, and stays so.
    pub fn is_idle(&self) -> bool {
        !self.moving && self.shapes.iter().all(|shape| shape.mix == Shape::NONE.mix)
    }

    /// Filters a block in place.
    #[inline(always)]
    pub fn process(&mut self, block: &mut [Lanes]) {
        if self.is_idle() {
            self.state = [Lanes::ZERO; 2];
        } else if self.moving {
            self.process_moving(block);
        } else {
            self.process_still(block);
        }
        // What dies away would become numbers that are slow to reckon with.
        self.state = self.state.map(Lanes::without_dust);
    }

    #[inline(always)]
    fn process_still(&mut self, block: &mut [Lanes]) {
        let Parameters { g, k, mix } = self.now;
        let (a1, a2, a3) = coefficients(g, k);
        let mut state = self.state;
        for sample in block {
            *sample = step(*sample, &mut state, (a1, a2, a3), &mix);
        }
        self.state = state;
    }

    fn process_moving(&mut self, block: &mut [Lanes]) {
        let share = 1.0 / block.len() as f32;
        let slope = self.target.zip(self.now, |to, from| (to - from) * share);
        let mut now = self.now;
        for sample in block.iter_mut() {
            now = now.zip(slope, |now, slope| now + slope);
            let turned = coefficients(now.g, now.k);
            *sample = step(*sample, &mut self.state, turned, &now.mix);
        }
        self.now = self.target;
        self.moving = false;
    }
}

#[inline(always)]
fn coefficients(g: Lanes, k: Lanes) -> (Lanes, Lanes, Lanes) {
    let bottom = Lanes::ONE + g * (g + k);
    let a1 = Lanes(std::array::from_fn::<f32, LANES, _>(|i| 1.0 / bottom.0[i]));
    (a1, g * a1, g * g * a1)
}

#[inline(always)]
fn step(
    input: Lanes,
    [first, second]: &mut [Lanes; 2],
    (a1, a2, a3): (Lanes, Lanes, Lanes),
    mix: &[Lanes; 3],
) -> Lanes {
    let over = input - *second;
    let band = a1 * *first + a2 * over;
    let low = *second + a2 * *first + a3 * over;
    *first = band + band - *first;
    *second = low + low - *second;
    mix[0] * input + mix[1] * band + mix[2] * low
}
