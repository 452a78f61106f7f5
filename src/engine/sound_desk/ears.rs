//! What is heard at the desks, and which bus of the mixer each name means in the show as it is. The house
//! has a monitor, and a desk may have one of its own. What a desk listens to by PFL and AFL is heard at its
//! own monitor in place of the bus that is set, and at the house's where it has none.

use std::collections::BTreeMap;

use super::listeners::{Listeners, is_name};
use super::strip::Faders;
use crate::audio::BusId;
use crate::door::Command;
use crate::engine::cast::{Cast, Renamed};
use crate::engine::refusal::{Refusal, unknown};
use crate::show::{BusName, MONITORS, Monitor, Sound, SoundOutput};

/// See the module's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ears {
    house: Monitor,
    /// By the names of the desks that have one of their own.
    own: BTreeMap<String, Monitor>,
}

/// What one monitor plays.
#[derive(Clone, Debug, PartialEq)]
pub struct Hearing {
    /// The desk whose it is; empty for the house's.
    pub desk: String,
    /// As it is set.
    pub set: Monitor,
    /// The bus that is set; none where nothing in the show has this name any more.
    pub bus: Option<BusId>,
    /// The buses of the desks that listen by themselves, which are heard in its place.
    pub solo: Vec<u8>,
}

impl Hearing {
    /// Whether the bus that is set is heard.
    pub fn is_bus_heard(&self) -> bool {
        self.solo.is_empty() && BusName::of(&self.set.bus) != Some(BusName::Listening)
    }
}

impl Ears {
    /// As a show has them, or a journal.
    pub fn of(sound: &Sound) -> Self {
        Self {
            house: sound.monitor.clone(),
            own: sound.monitors.clone(),
        }
    }

    /// Goes on with a show that was edited: as they stand, but for each that it has otherwise than before, if
    /// `faders` lets it through.
    pub fn change_with(&mut self, old: &Sound, new: &Sound, faders: &Faders) {
        if !faders.of_buses().0 {
            return;
        }
        if old.monitor != new.monitor {
            self.house.clone_from(&new.monitor);
        }
        for desk in old.monitors.keys().chain(new.monitors.keys()) {
            match new.monitors.get(desk) {
                now if now == old.monitors.get(desk) => {}
                Some(now) => drop(self.own.insert(desk.clone(), now.clone())),
                None => drop(self.own.remove(desk)),
            }
        }
    }

    /// The house's monitor.
    pub fn house(&self) -> &Monitor {
        &self.house
    }

    /// Those of desks that have one of their own.
    pub fn own(&self) -> &BTreeMap<String, Monitor> {
        &self.own
    }

    /// Changes what is listened to; all that the command says, or nothing.
    ///
    /// # Errors
    /// Where it cannot be listened to so, or as many desks have monitors as can.
    pub fn change(&mut self, command: &Command, cast: &Cast) -> Result<(), Refusal> {
        let Command::Monitor {
            desk,
            on,
            device,
            host,
            channels,
            bus,
            level_db,
            dim,
            mono,
        } = command.clone()
        else {
            return Ok(());
        };
        let mut next = match desk.is_empty() {
            true => self.house.clone(),
            false => self.own.get(&desk).cloned().unwrap_or_default(),
        };
        if device.is_some() || host.is_some() {
            next.host = host.filter(|host| !host.is_empty());
        }
        next.on = on.unwrap_or(next.on);
        next.device = device.unwrap_or(next.device);
        next.channels = channels.unwrap_or(next.channels);
        next.level_db = level_db.unwrap_or(next.level_db);
        next.dim = dim.unwrap_or(next.dim);
        next.mono = mono.unwrap_or(next.mono);
        if let Some(bus) = bus {
            if let Some(guest) = BusName::guest(&bus) {
                is_guest(guest, cast)?;
            }
            next.bus = bus;
        }
        if let Some((field, expected)) = next.faults().into_iter().next() {
            return Err(Refusal::Monitor(field, expected));
        }
        if desk.is_empty() {
            self.house = next;
        } else {
            self.make_room(&desk)?;
            self.own.insert(desk, next);
        }
        Ok(())
    }

    /// Has room for a desk's monitor: one that is off makes way.
    fn make_room(&mut self, desk: &str) -> Result<(), Refusal> {
        is_name(desk)?;
        if self.own.contains_key(desk) || self.own.len() < MONITORS {
            return Ok(());
        }
        let off = self.own.iter().find(|(_, monitor)| !monitor.on);
        let off = off.map(|(desk, _)| desk.clone());
        self.own
            .remove(&off.ok_or(Refusal::TooManyMonitors(MONITORS))?);
        Ok(())
    }

    /// Follows guests that have another id in the show.
    pub fn rename(&mut self, renamed: &Renamed) {
        for monitor in [&mut self.house].into_iter().chain(self.own.values_mut()) {
            if let Some(guest) = BusName::guest(&monitor.bus) {
                let mut guest = guest.to_owned();
                renamed.source(&mut guest);
                monitor.bus = BusName::n_minus_one(&guest);
            }
        }
    }

    /// What each plays, the house's first.
    pub fn hear(&self, listeners: &Listeners, cast: &Cast) -> Vec<Hearing> {
        let of = |desk: &str, set: &Monitor| Hearing {
            desk: desk.to_owned(),
            set: set.clone(),
            bus: bus(&set.bus, cast),
            solo: listeners
                .seats()
                .filter(|(_, seat)| self.place_of(&seat.desk) == desk)
                .map(|(n, _)| n)
                .collect(),
        };
        let own = self.own.iter().map(|(desk, set)| of(desk, set));
        [of("", &self.house)].into_iter().chain(own).collect()
    }

    /// Where a desk hears: at its own monitor where it has one that is on, else at the house's.
    fn place_of<'a>(&self, desk: &'a str) -> &'a str {
        match self.own.get(desk) {
            Some(monitor) if monitor.on => desk,
            _ => "",
        }
    }
}

/// The show's outputs, each with its bus.
pub fn outputs(cast: &Cast) -> Vec<(SoundOutput, Option<BusId>)> {
    let outputs = cast.show.sound_outputs.iter();
    outputs
        .map(|output| (output.clone(), bus(&output.bus, cast)))
        .collect()
}

/// The mixer's bus of a name; none where the show has no such guest. For a monitor of nothing but what its desk
/// listens to it is the program, which keeps the card open and is not heard.
pub fn bus(name: &str, cast: &Cast) -> Option<BusId> {
    match BusName::of(name)? {
        BusName::Program | BusName::Listening => Some(BusId::Program),
        BusName::Aux(n) => u8::try_from(n).ok().map(BusId::Aux),
        BusName::NMinusOne(guest) => {
            let slot = cast.slot(guest)?;
            let is_guest = cast.source_at(slot)?.mix_minus;
            is_guest.then_some(BusId::MixMinus(slot))
        }
    }
}

/// Whether the source of this id is a guest.
///
/// # Errors
/// Where it is none, or there is none.
pub fn is_guest(source: &str, cast: &Cast) -> Result<(), Refusal> {
    let mut sources = cast.show.sources.iter();
    match sources.find(|other| other.id == source) {
        Some(source) if source.mix_minus => Ok(()),
        Some(_) => Err(Refusal::NoGuest(source.to_owned())),
        None => {
            let guests = cast.show.sources.iter().filter(|s| s.mix_minus);
            Err(unknown("guest", source, guests.map(|s| s.id.as_str())))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;

    const SHOW: &str = "(version: 1, name: \"x\", sources: [
            (id: \"a\", kind: Test(pattern: Bars)),
            (id: \"ann\", kind: Test(pattern: Bars), mix_minus: true),
        ])";

    fn cast() -> Cast {
        Cast::opened(crate::show::parse(Path::new("x.ron"), SHOW).unwrap(), 0)
    }

    fn monitor(desk: &str, on: bool, bus: &str) -> Command {
        Command::Monitor {
            desk: desk.to_owned(),
            on: Some(on),
            device: None,
            host: None,
            channels: None,
            bus: Some(bus.to_owned()),
            level_db: None,
            dim: None,
            mono: None,
        }
    }

    #[test]
    fn a_desk_hears_what_it_listens_to_at_its_own_monitor_or_at_the_houses() {
        let (mut ears, mut listeners, cast) = (Ears::default(), Listeners::default(), cast());
        ears.change(&monitor("", true, "aux2"), &cast).unwrap();
        ears.change(&monitor("foh", true, "n-1:ann"), &cast)
            .unwrap();
        let solos = |ears: &Ears, listeners: &Listeners| {
            let all = ears.hear(listeners, &cast).into_iter();
            all.map(|h| (h.desk, h.bus, h.solo)).collect::<Vec<_>>()
        };
        let of = |desk: &str, bus, solo: &[u8]| (desk.to_owned(), Some(bus), solo.to_vec());
        let (aux, back) = (BusId::Aux(1), BusId::MixMinus(1));
        assert_eq!(
            solos(&ears, &listeners),
            [of("", aux, &[]), of("foh", back, &[])]
        );
        listeners.listen("foh", 0, false, true).unwrap();
        listeners.listen("stage", 1, true, true).unwrap();
        assert_eq!(
            solos(&ears, &listeners),
            [of("", aux, &[1]), of("foh", back, &[0])]
        );
        ears.change(&monitor("foh", false, "n-1:ann"), &cast)
            .unwrap();
        assert_eq!(solos(&ears, &listeners)[0], of("", aux, &[0, 1]));
        listeners.listen("foh", 0, false, false).unwrap();
        ears.change(&monitor("", true, "listen"), &cast).unwrap();
        let house = &ears.hear(&listeners, &cast)[0];
        assert_eq!(house.solo, [1]);
        assert!(!house.is_bus_heard());
    }

    #[test]
    fn what_is_no_guest_is_refused_and_one_that_leaves_is_nobody_elses_bus() {
        let (mut ears, listeners, before) = (Ears::default(), Listeners::default(), cast());
        let refused = |ears: &mut Ears, bus: &str| {
            let refused = ears.change(&monitor("", true, bus), &before);
            refused.unwrap_err().to_string()
        };
        assert!(refused(&mut ears, "n-1:a").contains("\"a\" is no guest"));
        assert!(refused(&mut ears, "n-1:bob").contains("expected one of ann"));
        assert!(refused(&mut ears, "aux3").contains("`aux2` or `listen`"));
        assert_eq!(ears, Ears::default());
        ears.change(&monitor("", true, "n-1:ann"), &before).unwrap();
        let mut show = (*before.show).clone();
        show.sources[1].id = "zoe".to_owned();
        let next = before.next(Arc::new(show), |_| true).unwrap();
        ears.rename(&before.renamed(&next));
        assert_eq!(ears.house().bus, "n-1:zoe");
        assert_eq!(
            ears.hear(&listeners, &next)[0].bus,
            Some(BusId::MixMinus(1))
        );
        let mut show = (*next.show).clone();
        show.sources[1].mix_minus = false;
        let next = next.next(Arc::new(show), |_| true).unwrap();
        assert_eq!(ears.hear(&listeners, &next)[0].bus, None);
    }

    #[test]
    fn a_monitor_that_is_off_makes_way_for_another_desks() {
        let (mut ears, cast) = (Ears::default(), cast());
        for n in 0..MONITORS {
            let set = monitor(&format!("desk {n}"), n != 2, "program");
            ears.change(&set, &cast).unwrap();
        }
        ears.change(&monitor("one more", true, "aux1"), &cast)
            .unwrap();
        assert_eq!(ears.own().len(), MONITORS);
        assert!(!ears.own().contains_key("desk 2"));
        let refused = ears.change(&monitor("too many", true, "aux1"), &cast);
        assert_eq!(refused, Err(Refusal::TooManyMonitors(MONITORS)));
    }
}
