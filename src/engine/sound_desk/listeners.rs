//! Who listens to which strip. Each desk listens by itself, to a bus of its own, by its name.

use std::collections::BTreeSet;

use crate::audio::{LISTENERS, Listened};
use crate::engine::refusal::Refusal;

/// The longest name of a desk, in characters.
const NAME: usize = 200;

/// Whether a desk can be named so.
///
/// # Errors
/// Where the name is too long.
pub fn is_name(desk: &str) -> Result<(), Refusal> {
    let length = desk.chars().count();
    if length <= NAME {
        return Ok(());
    }
    Err(Refusal::OutOfRange {
        what: "desk",
        value: format!("of {length} characters"),
        expected: format!("at most {NAME}"),
    })
}

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct Listeners {
    seats: [Option<Seat>; LISTENERS],
}

/// One desk, and the slots that it listens to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// Its name.
    pub desk: String,
    /// Before the fader.
    pub before: BTreeSet<usize>,
    /// After it.
    pub after: BTreeSet<usize>,
}

impl Seat {
    fn is_quiet(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }
}

impl Listeners {
    /// Has a desk listen to a slot, after its fader or before, or listen no more.
    ///
    /// # Errors
    /// Where as many desks listen as can.
    pub fn listen(
        &mut self,
        desk: &str,
        slot: usize,
        after: bool,
        on: bool,
    ) -> Result<(), Refusal> {
        is_name(desk)?;
        let Some(seat) = self.seat(desk, on)? else {
            return Ok(());
        };
        let slots = if after {
            &mut seat.after
        } else {
            &mut seat.before
        };
        if on {
            slots.insert(slot);
        } else {
            slots.remove(&slot);
        }
        Ok(())
    }

    /// The seat of a desk; one that nobody needs is given to it where it has none.
    fn seat(&mut self, desk: &str, needed: bool) -> Result<Option<&mut Seat>, Refusal> {
        let has = |seat: &Option<Seat>| seat.as_ref().is_some_and(|seat| seat.desk == desk);
        let own = self.seats.iter().position(has);
        if own.is_none() && !needed {
            return Ok(None);
        }
        let free = || self.seats.iter().position(Option::is_none);
        let quiet = |seat: &Option<Seat>| seat.as_ref().is_some_and(Seat::is_quiet);
        let quiet = || self.seats.iter().position(quiet);
        let at = own.or_else(free).or_else(quiet);
        let seat = &mut self.seats[at.ok_or(Refusal::TooManyListen(LISTENERS))?];
        let seat = seat.get_or_insert_default();
        if seat.desk != desk {
            desk.clone_into(&mut seat.desk);
        }
        Ok(Some(seat))
    }

    /// Who listens to a slot.
    pub fn of(&self, slot: usize) -> Listened {
        let is_in = |slots: fn(&Seat) -> &BTreeSet<usize>| {
            std::array::from_fn(|n| {
                let seat: Option<&Seat> = self.seats[n].as_ref();
                seat.is_some_and(|seat| slots(seat).contains(&slot))
            })
        };
        Listened {
            before: is_in(|seat| &seat.before),
            after: is_in(|seat| &seat.after),
        }
    }

    /// Follows what has another slot from now on; nobody listens any more to what has none.
    pub fn follow(&mut self, slot: impl Fn(usize) -> Option<usize>) {
        for seat in self.seats.iter_mut().flatten() {
            for slots in [&mut seat.before, &mut seat.after] {
                *slots = slots.iter().filter_map(|old| slot(*old)).collect();
            }
        }
    }

    /// Each desk that listens, with the number of its bus.
    pub fn seats(&self) -> impl Iterator<Item = (u8, &Seat)> {
        let seats = (0..).zip(&self.seats);
        let seats = seats.filter_map(|(n, seat)| Some((n, seat.as_ref()?)));
        seats.filter(|(_, seat)| !seat.is_quiet())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_desk_has_a_bus_of_its_own_for_as_long_as_it_listens() {
        let mut listeners = Listeners::default();
        for n in 0..LISTENERS {
            listeners
                .listen(&format!("desk {n}"), n, false, true)
                .unwrap();
        }
        listeners.listen("desk 1", 0, true, true).unwrap();
        let seen = listeners.of(0);
        assert_eq!(seen.before, [true, false, false, false]);
        assert_eq!(seen.after, [false, true, false, false]);
        let refused = listeners.listen("one more", 0, false, true);
        assert_eq!(refused, Err(Refusal::TooManyListen(LISTENERS)));
        assert_eq!(listeners.listen("one more", 0, false, false), Ok(()));
        listeners.listen("desk 2", 2, false, false).unwrap();
        listeners.listen("one more", 7, false, true).unwrap();
        assert_eq!(listeners.of(7).before, [false, false, true, false]);
        assert_eq!(listeners.of(2), Listened::default());
        listeners.follow(|slot| (slot != 7).then_some(slot));
        let desks: Vec<_> = listeners
            .seats()
            .map(|(n, s)| (n, s.desk.as_str()))
            .collect();
        assert_eq!(desks, [(0, "desk 0"), (1, "desk 1"), (3, "desk 3")]);
    }
}
