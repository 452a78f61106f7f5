//! The meters of all buses, four of which are measured at a time, as strips are.

use super::bus::Bus;
use super::buses::Buses;
use super::lanes::{Lanes, STRIPS};
use super::meter::{BankMeter, MeterReading, Meters};
use super::tap::{BusId, LISTENERS};
use crate::media::{BLOCK, CHANNELS};
use crate::show::AUXES;

/// See the module's words.
pub struct BusMeters {
    /// In the order of [`id`].
    fours: Vec<Four>,
    /// A block of four buses.
    block: Vec<Lanes>,
}

#[derive(Default)]
struct Four {
    meter: BankMeter,
    /// Those of which something was measured in the last block.
    measured: [bool; STRIPS],
}

/// Places before those of the returns, which are by slot.
const BEFORE: usize = 1 + AUXES + LISTENERS;

/// Which bus has this place among all that there may be.
fn id(place: usize) -> BusId {
    const LISTEN: usize = 1 + AUXES;
    match place {
        0 => BusId::Program,
        1..LISTEN => BusId::Aux(place as u8 - 1),
        LISTEN..BEFORE => BusId::Listen((place - LISTEN) as u8),
        _ => BusId::MixMinus(place - BEFORE),
    }
}

impl BusMeters {
    /// For a mixer of so many slots.
    pub fn new(slots: usize) -> Self {
        let fours = (BEFORE + slots).div_ceil(STRIPS);
        Self {
            fours: (0..fours).map(|_| Four::default()).collect(),
            block: vec![Lanes::ZERO; BLOCK],
        }
    }

    /// Measures the block of each bus, and shows it; gives what was read of the program.
    pub fn measure(&mut self, buses: &Buses, shown: &Meters) -> MeterReading {
        let mut program = MeterReading::default();
        for (n, four) in self.fours.iter_mut().enumerate() {
            let ids: [BusId; STRIPS] = std::array::from_fn(|k| id(n * STRIPS + k));
            let readings = four.read(ids.map(|id| buses.get(id)), &mut self.block);
            for (id, reading) in ids.into_iter().zip(readings) {
                let Some((reading, lowest_gain)) = reading else {
                    continue;
                };
                shown.show_bus(id, reading, lowest_gain);
                if id == BusId::Program {
                    program = reading;
                }
            }
        }
        program
    }
}

impl Four {
    /// What is new to be shown of each: its levels, and the lowest gain of its limiter.
    fn read(
        &mut self,
        buses: [Option<&Bus>; STRIPS],
        block: &mut [Lanes],
    ) -> [Option<(MeterReading, f32)>; STRIPS] {
        let buses = buses.map(|bus| bus.filter(|bus| !bus.is_done()));
        let measured = buses.map(|bus| bus.is_some());
        let before = std::mem::replace(&mut self.measured, measured);
        let readings = if measured.contains(&true) {
            for (k, bus) in buses.iter().enumerate() {
                let samples = bus.map(|bus| &bus.samples[..]);
                gather(block, k, samples);
            }
            self.meter.read(block)
        } else {
            Default::default()
        };
        std::array::from_fn(|k| match buses[k] {
            Some(bus) => Some((readings[k], bus.lowest_gain)),
            None if before[k] => {
                self.meter.clear(k);
                Some((MeterReading::default(), 1.0))
            }
            None => None,
        })
    }
}

/// Puts interleaved samples, or silence, into the lanes of one of four.
fn gather(block: &mut [Lanes], place: usize, samples: Option<&[f32]>) {
    let [left, right] = [CHANNELS * place, CHANNELS * place + 1];
    let Some(samples) = samples else {
        for sample in block {
            [sample.0[left], sample.0[right]] = [0.0; CHANNELS];
        }
        return;
    };
    for (sample, frame) in block.iter_mut().zip(samples.as_chunks::<CHANNELS>().0) {
        [sample.0[left], sample.0[right]] = *frame;
    }
}
