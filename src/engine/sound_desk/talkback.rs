//! To whom the director's microphone is open. It is closed after a crash: who holds it open is there no
//! more.

use std::collections::BTreeSet;

/// See the module's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Talkback {
    all: bool,
    /// Guests, by their slots.
    guests: BTreeSet<usize>,
    /// Those that are left out, where it is open to all.
    but: BTreeSet<usize>,
}

impl Talkback {
    /// Opens or closes it for a guest, or for all.
    pub fn talk(&mut self, guest: Option<usize>, on: bool) {
        match (guest, on) {
            (Some(slot), true) => {
                self.but.remove(&slot);
                self.guests.insert(slot);
            }
            (Some(slot), false) => {
                self.guests.remove(&slot);
                if self.all {
                    self.but.insert(slot);
                }
            }
            (None, true) => {
                self.all = true;
                self.but.clear();
            }
            (None, false) => *self = Self::default(),
        }
    }

    /// Goes on with the slots that those who were talked to have now; none for who is no more.
    pub fn follow(&mut self, slot: impl Fn(usize) -> Option<usize>) {
        for slots in [&mut self.guests, &mut self.but] {
            *slots = slots.iter().filter_map(|old| slot(*old)).collect();
        }
    }

    /// Whether it is open to all, whoever they are.
    pub fn is_to_all(&self) -> bool {
        self.all && self.but.is_empty()
    }

    /// Whether it is open to a guest.
    pub fn is_to(&self, slot: usize) -> bool {
        (self.all && !self.but.contains(&slot)) || self.guests.contains(&slot)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use crate::door::{Command, TalkbackStatus};
    use crate::engine::cast::Cast;
    use crate::engine::core::{Core, Observed};
    use crate::engine::refusal::Refusal;

    fn core(talkback: &str) -> Core {
        let text = format!(
            "(version: 1, name: \"x\", sources: [
                (id: \"ann\", kind: Test(pattern: Bars), mix_minus: true, afv: On),
                (id: \"bob\", kind: Test(pattern: Ball), mix_minus: true, afv: On),
                (id: \"mic\", kind: Test(pattern: Pinwheel), afv: On, sends: [(db: 0)]),
            ], sound: (talkback: ({talkback})))"
        );
        let show = crate::show::parse(Path::new("x.ron"), &text).unwrap();
        Core::new(Arc::new(Cast::opened(show, 0)))
    }

    fn talk(core: &mut Core, on: bool, guest: Option<&str>) -> Result<(), Refusal> {
        let guest = guest.map(str::to_owned);
        core.apply(&Command::Talkback { on, guest }).map(drop)
    }

    fn told(core: &Core) -> TalkbackStatus {
        core.snapshot(0, Observed::default()).sound.talkback
    }

    #[test]
    fn the_directors_microphone_is_heard_by_whom_it_is_open_to_and_nowhere_else() {
        let mut core = core("source: \"mic\", duck_db: 20");
        let mic = core.gains()[2];
        assert_eq!(
            (mic.follow, mic.follow_back, mic.sends[0].gain),
            (0.0, 0.0, 0.0)
        );
        assert_eq!(mic.talk, 1.0);
        assert!((core.buses().ducked - 0.1).abs() < 1e-6);
        let talked = |core: &Core| [0, 1, 2].map(|n: usize| core.gains()[n].talked);
        assert_eq!(talked(&core), [false; 3]);
        talk(&mut core, true, Some("bob")).unwrap();
        assert_eq!(talked(&core), [false, true, false]);
        assert_eq!(told(&core).guests, ["bob"]);
        talk(&mut core, true, None).unwrap();
        assert_eq!(talked(&core), [true, true, false]);
        // To all but one.
        talk(&mut core, false, Some("ann")).unwrap();
        assert_eq!(talked(&core), [false, true, false]);
        assert!(!told(&core).all && told(&core).guests == ["bob"]);
        talk(&mut core, true, None).unwrap();
        assert_eq!(talked(&core), [true, true, false]);
        // Nobody would hear a word of what everything else is turned down for.
        let mute = |on| Command::Mute {
            source: "mic".to_owned(),
            on,
        };
        core.apply(&mute(true)).unwrap();
        assert_eq!((talked(&core), core.gains()[2].talk), ([false; 3], 0.0));
        core.apply(&mute(false)).unwrap();
        assert_eq!(talked(&core), [true, true, false]);
        talk(&mut core, false, None).unwrap();
        assert_eq!(talked(&core), [false; 3]);
        assert!(told(&core).guests.is_empty() && !told(&core).all);
        let refused = talk(&mut core, true, Some("mic"));
        assert_eq!(refused, Err(Refusal::NoGuest("mic".to_owned())));
        assert!(talk(&mut core, true, Some("zoe")).is_err());
        let mute = Command::Mute {
            source: "mic".to_owned(),
            on: true,
        };
        core.apply(&mute).unwrap();
        assert_eq!(core.gains()[2].talk, 0.0);
        // With the picture of its source on air it is heard no more than before.
        let scene = "mic".to_owned();
        core.apply(&Command::Program { scene }).unwrap();
        core.tick(0);
        assert_eq!(core.gains()[2].follow, 0.0);
    }

    #[test]
    fn without_a_microphone_nobody_is_talked_to() {
        let mut core = core("");
        assert_eq!(talk(&mut core, true, None), Err(Refusal::NoTalkback));
        assert_eq!(talk(&mut core, false, None), Ok(()));
        assert_eq!(core.gains()[2].follow, 1.0);
    }
}
