//! Filters of a strip: state variable filters, eight lanes of them at once.
//!
//! Of the forms that have the responses of R. Bristow-Johnson's cookbook (the bilinear transform of
//! the same analogue prototypes) this one was chosen because its parameters may move while sound goes
//! through, and because it stays exact in `f32` far down where direct forms do not: A. Simper,
//! "Solving the continuous SVF equations using trapezoidal integration and equivalent currents"
//! (Cytomic, 2013).

use super::lanes::{Lanes, STRIPS};
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

    #[inline(always)]
    fn process_moving(&mut self, block: &mut [Lanes]) {
        let share = 1.0 / block.len() as f32;
        let slope = self.target.zip(self.now, |to, from| (to - from) * share);
        let (mut now, mut state) = (self.now, self.state);
        for sample in block {
            now = now.zip(slope, |now, slope| now + slope);
            *sample = Turned::of(&now).step(*sample, &mut state);
        }
        self.now = self.target;
        self.moving = false;
        self.leave(state);
    }

    /// What dies away would become numbers that are slow to reckon with.
    #[inline(always)]
    fn leave(&mut self, state: [Lanes; 2]) {
        self.state = state.map(Lanes::without_dust);
    }
}

/// Filters that are gone through together.
const TOGETHER: usize = 4;

/// Filters a block in place, by one filter after another.
#[inline(always)]
pub fn cascade<const N: usize>(filters: &mut [Filter; N], block: &mut [Lanes]) {
    let (mut still, mut count) = ([0; N], 0);
    let all_stand = filters.iter().all(|filter| !filter.moving);
    for (i, filter) in filters.iter_mut().enumerate() {
        if filter.is_idle() {
            filter.state = [Lanes::ZERO; 2];
        } else if all_stand {
            still[count] = i;
            count += 1;
        } else if filter.moving {
            filter.process_moving(block);
        } else {
            together(std::array::from_mut(filter), [0], block);
        }
    }
    for some in still[..count].chunks(TOGETHER) {
        match *some {
            [a] => together(filters, [a], block),
            [a, b] => together(filters, [a, b], block),
            [a, b, c] => together(filters, [a, b, c], block),
            [a, b, c, d] => together(filters, [a, b, c, d], block),
            _ => {}
        }
    }
}

/// Brings each sample through some filters that stand still before the next: while one waits for its own
/// last sample, the others work.
#[inline(always)]
fn together<const N: usize, const K: usize>(
    filters: &mut [Filter; N],
    which: [usize; K],
    block: &mut [Lanes],
) {
    let turned = which.map(|i| Turned::of(&filters[i].now));
    let mut states = which.map(|i| filters[i].state);
    for sample in block {
        for (turned, state) in turned.iter().zip(&mut states) {
            *sample = turned.step(*sample, state);
        }
    }
    for (i, state) in which.into_iter().zip(states) {
        filters[i].leave(state);
    }
}

/// Parameters as a sample needs them: the coefficients of Simper's a₂ and a₃ and of his a₁ doubled, which
/// is exact, so that his doublings are not waited for; the shares of band-pass and low-pass halved in turn.
#[derive(Clone, Copy)]
struct Turned {
    a: [Lanes; 3],
    mix: [Lanes; 3],
}

impl Turned {
    #[inline(always)]
    fn of(parameters: &Parameters) -> Self {
        let Parameters { g, k, mix } = *parameters;
        let bottom = Lanes::ONE + g * (g + k);
        let twice = bottom.under(2.0);
        Self {
            a: [twice, g * twice, g * g * twice],
            mix: [mix[0], mix[1] * 0.5, mix[2] * 0.5],
        }
    }

    #[inline(always)]
    fn step(&self, input: Lanes, [first, second]: &mut [Lanes; 2]) -> Lanes {
        let [a1, a2, a3] = self.a;
        let over = input - *second;
        // Each integrator lies in the middle between what it was and what it will be.
        let band = a1 * *first + a2 * over;
        let raised = *second + (a2 * *first + a3 * over);
        let low = *second + raised;
        *first = band - *first;
        *second = raised;
        self.mix[0] * input + self.mix[1] * band + self.mix[2] * low
    }
}
