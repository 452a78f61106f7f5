//! What the mixer does with each strip and each bus, from how the desk stands and what is shown.

use super::{Shown, SoundDesk, line_up, links};
use crate::audio::{BusGains, SendGain, StripGain};
use crate::media::db_to_gain;
use crate::show::{Afv, Source};
use crate::video::Stage;

/// What of the show a slot is.
#[derive(Clone, Copy, Debug, Default)]
struct Part<'a> {
    /// The source that has it in the show.
    source: Option<&'a Source>,
    /// The groups of what is heard of it: what left the show and is still heard belongs to those that it had.
    groups: &'a [String],
    /// Where the same source runs a second time: as it was taken, and as it was made anew since.
    twin: Option<usize>,
    /// It is heard as it was taken, and not a second time from here.
    waits: bool,
}

/// What each slot is.
fn parts<'a>(slots: usize, shown: &Shown<'a>) -> Vec<Part<'a>> {
    let cast = shown.cast;
    let groups = |slot| cast.last_at(slot).map_or(&[][..], |source| &source.groups);
    let of = |slot| Part {
        groups: groups(slot),
        ..Part::default()
    };
    let mut parts: Vec<Part> = (0..slots).map(of).collect();
    for (source, &slot) in cast.show.sources.iter().zip(cast.slots()) {
        parts[slot].source = Some(source);
        let on_air = || shown.slots_on_air(&source.id);
        for other in on_air().filter(|other| *other != slot) {
            parts[other].groups = &source.groups;
            (parts[other].twin, parts[slot].twin) = (Some(slot), Some(other));
            parts[slot].waits = on_air().all(|on_air| on_air != slot);
        }
    }
    parts
}

/// One side of a link.
#[derive(Clone, Debug, Default)]
struct Side {
    /// The slot from which the other side is heard.
    other: usize,
    /// All slots of this side's source, and all of the other's.
    own: Vec<usize>,
    others: Vec<usize>,
}

impl Side {
    /// Whether it is heard with a picture: with its own, and with the other side's where it has none there.
    fn is_heard(&self, slot: usize, stage: &Stage) -> bool {
        let shows = |slots: &[usize]| slots.iter().any(|slot| stage.shows(*slot));
        stage.shows(slot) || (shows(&self.others) && !shows(&self.own))
    }

    /// How much it is heard with what lies on keys: with its own, and with the other side's where it has none
    /// there.
    fn is_keyed(&self, keyed: impl Fn(usize) -> f64) -> f64 {
        let most = |slots: &[usize]| slots.iter().map(|slot| keyed(*slot)).fold(0.0, f64::max);
        match most(&self.own) {
            0.0 => most(&self.others),
            own => own,
        }
    }
}

/// The slots that are heard as left and right, each with what its link is for it.
fn linked(parts: &[Part], shown: &Shown) -> Vec<Option<Side>> {
    let mut linked = vec![None; parts.len()];
    for link in &shown.cast.show.sound.links {
        let Some(slots) = links::slots(link, shown.cast) else {
            continue;
        };
        let heard = slots.map(|slot| match parts[slot].twin {
            Some(twin) if parts[slot].waits && !shown.hold => twin,
            _ => slot,
        });
        let all = slots.map(|slot| [Some(slot), parts[slot].twin]);
        let [left, right] = all.map(|slots| slots.into_iter().flatten().collect::<Vec<_>>());
        linked[heard[0]] = Some(Side {
            other: heard[1],
            own: left.clone(),
            others: right.clone(),
        });
        linked[heard[1]] = Some(Side {
            other: heard[0],
            own: right,
            others: left,
        });
    }
    linked
}

impl SoundDesk {
    /// The gains that go with the frame last shown, by slot.
    pub fn gains(&self, shown: &Shown) -> Vec<StripGain> {
        let held = shown.hold.then(|| heard_with_slate(shown));
        let talkback = &shown.cast.show.sound.talkback.source;
        let parts = parts(self.strips.len(), shown);
        let linked = linked(&parts, shown);
        let gain = |slot: usize| {
            let strip = &self.strips[slot];
            let groups = parts[slot].groups;
            self.console.gain(strip.fader_db, strip.mute, groups)
        };
        let talks = shown.cast.slot(talkback).is_some_and(|slot| !gain(slot).1);
        // Two sides of one sound are on air together.
        let keyed = |slot: usize| shown.downstream.follow(slot);
        let follow = |slot: usize| match &linked[slot] {
            Some(side) => {
                let beneath = |stage: &Stage| side.is_heard(slot, stage);
                let beneath = shown.switcher.follow_where(beneath);
                beneath.max(side.is_keyed(keyed))
            }
            None => shown.switcher.follow(slot).max(keyed(slot)),
        };
        let other = |slot: usize| linked[slot].as_ref().map(|side| side.other);
        let is_held = |slot: usize| held.is_some_and(|heard| heard == Some(slot));
        let strips = self.strips.iter().zip(&parts).enumerate();
        let strips = strips.map(|(i, (strip, part))| {
            let (fader, muted) = match part.waits && held.is_none() {
                true => (0.0, true),
                false => gain(i),
            };
            let follow = match (held, strip.afv) {
                (Some(_), _) if is_held(i) || other(i).is_some_and(is_held) => 1.0,
                (Some(_), _) | (None, Afv::Off) => 0.0,
                (None, Afv::On) => 1.0,
                (None, Afv::Follow) => follow(i) as f32,
            };
            let is_guest = part.source.is_some_and(|source| source.mix_minus);
            let last = shown.cast.last_at(i);
            let is_talkback = last.is_some_and(|source| source.id == *talkback);
            if is_talkback {
                // Whatever its strip says: only who is talked to hears it.
                return StripGain {
                    talk: f32::from(u8::from(!muted)),
                    listened: self.listeners.of(i),
                    ..StripGain::in_program(fader, 0.0)
                };
            }
            let comes_back = is_guest && self.console.off_air() && strip.afv != Afv::Off;
            StripGain {
                fader,
                follow,
                follow_back: if comes_back { 1.0 } else { follow },
                open: f32::from(u8::from(!muted)),
                sends: strip.sends.map(|send| SendGain {
                    gain: db_to_gain(send.db),
                    pre: send.pre,
                }),
                back: is_guest.then(|| db_to_gain(strip.return_db)),
                twin: part.twin,
                linked: other(i),
                talked: is_guest && talks && self.talkback.is_to(i),
                talk: 0.0,
                listened: self.listeners.of(i),
            }
        });
        strips.collect()
    }

    /// How loud the buses are that go with the frame last shown.
    pub fn buses(&self, shown: &Shown) -> BusGains {
        // Fade to black takes the program down, but not what is heard with the holding slate.
        let program = match shown.hold {
            true => 1.0,
            false => 1.0 - shown.switcher.black().0,
        };
        BusGains {
            generated: line_up::generated(&self.line_up, shown.cast),
            ..self.console.buses(program)
        }
    }
}

/// The slot of the source that is heard with the holding slate.
fn heard_with_slate(shown: &Shown) -> Option<usize> {
    shown.cast.slot(shown.cast.show.hold.source.as_deref()?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use crate::door::Command;
    use crate::engine::cast::Cast;
    use crate::engine::core::{Brings, Core, Leaving};
    use crate::show::Afv;

    #[test]
    fn guests_off_air_are_in_each_others_returns_where_the_director_says_so() {
        let text = "(version: 1, name: \"x\", sources: [
                (id: \"a\", kind: Test(pattern: Bars), mix_minus: true),
                (id: \"b\", kind: Test(pattern: Bars), mix_minus: true, return_db: -20.0),
                (id: \"c\", kind: Test(pattern: Bars)),
            ])";
        let show = crate::show::parse(Path::new("x.ron"), text).unwrap();
        let mut core = Core::new(Arc::new(Cast::opened(show, 0)));
        let gains = |core: &Core| {
            let gains = core.gains();
            [0, 1, 2].map(|slot: usize| (gains[slot].follow, gains[slot].follow_back))
        };
        let on_air = [(1.0, 1.0), (0.0, 0.0), (0.0, 0.0)];
        assert_eq!(gains(&core), on_air);
        core.apply(&Command::NMinusOne { off_air: true }).unwrap();
        assert_eq!(gains(&core), [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]);
        core.apply(&Command::Afv {
            source: "b".to_owned(),
            mode: Afv::Off,
        })
        .unwrap();
        assert_eq!(gains(&core), on_air, "who is never heard is not heard");
        let back = [0, 1, 2].map(|slot: usize| core.gains()[slot].back);
        assert_eq!((back[0], back[2]), (Some(1.0), None));
        assert!(back[1].is_some_and(|gain| (gain - 0.1).abs() < 1e-6));
    }

    const PIANO: &str = "(version: 1, name: \"x\", sources: [
            (id: \"low\", kind: Test(pattern: Bars)), (id: \"high\", kind: Test(pattern: Ball)),
            (id: \"host\", kind: Test(pattern: Pinwheel)),
        ], hold: (source: \"high\"), scenes: [(id: \"both\", layers: [(source: \"high\")])], sound: (links: [(left: \"low\", right: \"high\")]))";

    fn piano() -> Core {
        let show = crate::show::parse(Path::new("x.ron"), PIANO).unwrap();
        Core::new(Arc::new(Cast::opened(show, 0)))
    }

    fn take(core: &mut Core, scene: &str) {
        let scene = scene.to_owned();
        core.apply(&Command::Program { scene }).unwrap();
        core.tick(0);
    }

    #[test]
    fn both_sides_of_a_link_are_on_air_where_either_is_seen() {
        let mut core = piano();
        let heard = |core: &Core| [0, 1, 2].map(|slot: usize| core.gains()[slot].follow);
        for scene in ["low", "high"] {
            take(&mut core, scene);
            assert_eq!(heard(&core), [1.0, 1.0, 0.0], "{scene}");
        }
        // From the picture of one to that of the other it does not dip.
        let low = "low".to_owned();
        core.apply(&Command::Preview { scene: low }).unwrap();
        core.apply(&Command::TBar { position: 0.5 }).unwrap();
        core.tick(0);
        assert_eq!(heard(&core), [1.0, 1.0, 0.0]);
        core.apply(&Command::TBar { position: 1.0 }).unwrap();
        core.tick(0);
        take(&mut core, "host");
        assert_eq!(heard(&core), [0.0, 0.0, 1.0]);
        core.apply(&Command::Hold { on: true }).unwrap();
        assert_eq!(heard(&core), [1.0, 1.0, 0.0], "with the slate, too");
    }

    #[test]
    fn a_side_that_was_made_anew_beneath_the_program_is_still_one_with_the_other() {
        let mut core = piano();
        take(&mut core, "high");
        let mut show = core.show().clone();
        show.sources[1].kind = show.sources[2].kind.clone();
        let is_taken = |slot: usize| slot < 3;
        let cast = core.cast().next(Arc::new(show), is_taken).unwrap();
        let anew = cast.slot("high").unwrap();
        assert!(anew > 2);
        core.recast(Arc::new(cast), Leaving::Refused, &Brings::default())
            .unwrap();
        let gains = core.gains();
        let linked = |slot: usize| gains[slot].linked;
        assert_eq!(
            (linked(0), linked(1), linked(anew)),
            (Some(1), Some(0), None)
        );
        assert_eq!((gains[0].follow, gains[1].follow), (1.0, 1.0));
        // With the slate it is heard as it is now, from both sides.
        core.apply(&Command::Hold { on: true }).unwrap();
        let gains = core.gains();
        let heard = |slot: usize| (gains[slot].follow, gains[slot].fader);
        let linked = |slot: usize| gains[slot].linked;
        assert_eq!((heard(0), heard(anew)), ((1.0, 1.0), (1.0, 1.0)));
        assert_eq!((linked(0), linked(anew)), (Some(anew), Some(0)));
        core.apply(&Command::Hold { on: false }).unwrap();
        // As it was taken fades into as it is now, and the other side stays.
        let high = "both".to_owned();
        core.apply(&Command::Preview { scene: high }).unwrap();
        core.apply(&Command::TBar { position: 0.5 }).unwrap();
        core.tick(0);
        let gains = core.gains();
        let follow = [0, 1, anew].map(|slot| gains[slot].follow);
        assert_eq!(follow, [1.0, 0.5, 0.5]);
        take(&mut core, "host");
        take(&mut core, "low");
        let gains = core.gains();
        let linked = |slot: usize| gains[slot].linked;
        assert_eq!((linked(0), linked(anew)), (Some(anew), Some(0)));
        assert_eq!((gains[0].follow, gains[anew].follow), (1.0, 1.0));
    }
}
