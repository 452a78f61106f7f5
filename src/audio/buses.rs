//! All buses behind the matrix: each takes its sum, and goes through its limiter.

use super::bus::Bus;
use super::matrix::Sums;
use super::returns::Returns;
use super::tap::{BusId, LISTENERS};
use crate::show::AUXES;

/// See the module's words.
pub struct Buses {
    pub program: Bus,
    pub auxes: [Bus; AUXES],
    pub listeners: [Bus; LISTENERS],
    pub returns: Returns,
}

impl Buses {
    /// For a mixer of so many slots.
    pub fn new(slots: usize) -> Self {
        Self {
            program: Bus::limited(1.0),
            auxes: std::array::from_fn(|_| Bus::limited(1.0)),
            listeners: std::array::from_fn(|_| Bus::plain(1.0)),
            returns: Returns::new(slots),
        }
    }

    /// A bus, where there is one.
    pub fn get(&self, id: BusId) -> Option<&Bus> {
        match id {
            BusId::Program => Some(&self.program),
            BusId::Aux(n) => self.auxes.get(usize::from(n)),
            BusId::Listen(n) => self.listeners.get(usize::from(n)),
            BusId::MixMinus(slot) => self.returns.of(slot),
            BusId::Input(_) | BusId::Strip(_) => None,
        }
    }

    /// A bus that is given out, to put something into, where there is one.
    pub fn given_out(&mut self, id: BusId) -> Option<&mut Bus> {
        match id {
            BusId::Program => Some(&mut self.program),
            BusId::Aux(n) => self.auxes.get_mut(usize::from(n)),
            BusId::MixMinus(slot) => self.returns.of_mut(slot),
            BusId::Listen(_) | BusId::Input(_) | BusId::Strip(_) => None,
        }
    }

    /// Takes in `n` samples of the block from sample `at` on.
    pub fn take(&mut self, at: usize, n: usize, sums: &Sums) {
        self.program.take(at, &sums.program[..n]);
        let talk = sums.heard.talk.then_some(&sums.talk[..n]);
        self.returns.take(at, n, &sums.back[..n], talk);
        let auxes = self.auxes.iter_mut().zip(&sums.auxes).zip(sums.heard.auxes);
        let listeners = self.listeners.iter_mut().zip(&sums.listeners);
        let listeners = listeners.zip(sums.heard.listeners);
        for ((bus, sum), heard) in auxes.chain(listeners) {
            if heard {
                bus.take(at, &sum[..n]);
            } else {
                bus.pass(at, n);
            }
        }
    }

    /// Brings the block of each through its limiter.
    pub fn finish(&mut self) {
        self.program.finish();
        let others = self.auxes.iter_mut().chain(&mut self.listeners);
        others.for_each(Bus::finish);
        self.returns.each(Bus::finish);
    }
}
