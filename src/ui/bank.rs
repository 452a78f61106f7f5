//! What this desk's mixer is set to: what the faders of the sources' strips move, the mix or what goes to
//! an aux, and how strips are listened to.

use super::{keys::Function, lang, view::name};
use crate::door::Snapshot;
use crate::show::{BUSES, BusName, PROGRAM};

/// What the faders of the sources' strips move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bank {
    /// The program.
    #[default]
    Mix,
    /// The sends to this aux, counted from 1.
    Sends(usize),
}

impl Bank {
    /// Goes to the sends of an aux, and back from them.
    pub fn turn(&mut self, aux: usize) {
        *self = if *self == Self::Sends(aux) {
            Self::Mix
        } else {
            Self::Sends(aux)
        };
    }
}

/// See the module's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// What the sources' faders move.
    pub bank: Bank,
    /// Strips are listened to after their faders, not before.
    pub after: bool,
}

impl Choices {
    /// Does what keys asked for while the strips are seen.
    pub fn hear(&mut self, asked: &[Function]) {
        for function in asked {
            if let Function::Sends(aux) = function {
                self.bank.turn(usize::from(*aux) + 1);
            }
        }
    }

    /// Leaves the sends; whether the faders moved them.
    pub fn back_to_mix(&mut self) -> bool {
        std::mem::take(&mut self.bank) != Bank::Mix
    }
}

/// What an aux is called, counted from 1: its label, else its number.
pub fn aux_name(snapshot: &Snapshot, aux: usize) -> String {
    let known = snapshot.sound.auxes.get(aux.wrapping_sub(1));
    let usual = lang::with("sound-aux", &[("n", aux.into())]);
    let label = known.map_or("", |aux| aux.label.as_str());
    name(label, &usual).to_owned()
}

/// The name in shows and commands of an aux, counted from 1.
pub fn bus_of(aux: usize) -> &'static str {
    BUSES.get(aux).copied().unwrap_or(PROGRAM)
}

/// What a bus is called, by its name in shows and commands.
pub fn bus_name(snapshot: &Snapshot, bus: &str) -> String {
    match BusName::of(bus) {
        Some(BusName::Program) => lang::text("sound-master"),
        Some(BusName::Aux(n)) => aux_name(snapshot, n + 1),
        Some(BusName::NMinusOne(id)) => {
            let guest = snapshot.sources.iter().find(|source| source.id == id);
            let label = guest.map_or("", |guest| &guest.label);
            format!("N−1 {}", name(label, id))
        }
        Some(BusName::Listening) | None => bus.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_leads_back_and_the_other_one_across() {
        let mut bank = Bank::Mix;
        for (aux, then) in [
            (1, Bank::Sends(1)),
            (2, Bank::Sends(2)),
            (2, Bank::Mix),
            (1, Bank::Sends(1)),
            (1, Bank::Mix),
        ] {
            bank.turn(aux);
            assert_eq!(bank, then);
        }
    }
}
