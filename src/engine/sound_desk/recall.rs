//! Faders on their way to where a sound snapshot has them.

use super::strip::Strip;
use crate::media::{db_to_gain, gain_to_db};

/// See the module's words. In between, gains lie on a straight line.
#[derive(Clone, Debug, Default)]
pub struct Recall {
    moves: Vec<Move>,
    frame: u32,
    frames: u32,
}

#[derive(Clone, Debug)]
struct Move {
    slot: usize,
    from: f32,
    to_db: f32,
}

impl Recall {
    /// Faders go over so many frames; none does yet.
    pub fn over(frames: u32) -> Self {
        Self {
            frames,
            ..Self::default()
        }
    }

    /// A fader goes there; at once where no frames are for it.
    pub fn go(&mut self, slot: usize, strip: &mut Strip, to_db: f32) {
        if self.frames == 0 {
            strip.fader_db = to_db;
        } else if strip.fader_db != to_db {
            let from = db_to_gain(strip.fader_db);
            self.moves.push(Move { slot, from, to_db });
        }
    }

    /// Somebody has this fader in hand, or it is another's.
    pub fn release(&mut self, slot: usize) {
        self.moves.retain(|other| other.slot != slot);
    }

    /// Brings the faders a frame further; whether any moved.
    pub fn step(&mut self, strips: &mut [Strip]) -> bool {
        if self.moves.is_empty() {
            return false;
        }
        self.frame += 1;
        let is_there = self.frame >= self.frames;
        let way = self.frame as f32 / self.frames as f32;
        for Move { slot, from, to_db } in &self.moves {
            strips[*slot].fader_db = if is_there {
                *to_db
            } else {
                let to = db_to_gain(*to_db);
                gain_to_db(from + (to - from) * way)
            };
        }
        if is_there {
            self.moves.clear();
        }
        true
    }

    /// Where a fader goes that is on its way.
    pub fn goal(&self, slot: usize) -> Option<f32> {
        let mut moves = self.moves.iter();
        moves.find(|m| m.slot == slot).map(|m| m.to_db)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use crate::door::{Command, SnapshotAction};
    use crate::engine::cast::Cast;
    use crate::engine::core::{Brings, Core, Leaving, Observed};
    use crate::engine::refusal::Refusal;
    use crate::show::{Afv, Show};

    const SHOW: &str = "(version: 1, name: \"x\", sources: [
            (id: \"host\", kind: Test(pattern: Bars)), (id: \"music\", kind: Test(pattern: Ball)),
            (id: \"hall\", kind: Test(pattern: Pinwheel)),
        ], sound: (groups: [(id: \"all\")]), snapshots: (safe: [\"hall\"], list: [
            (id: \"talk\", label: \"Talk\", scenes: [\"host\"], auxes: [(fader_db: -3.0)],
                groups: [(group: \"all\", fader_db: -2.0, mute: true)], strips: [
                (source: \"host\", fader_db: 1.0, afv: On, strip: (trim_db: 4.0), sends: [(db: -9.0)]),
                (source: \"music\", fader_db: -100.0, afv: On),
                (source: \"hall\", fader_db: -20.0, mute: true, afv: Off)]),
            (id: \"break\", frames: 10, scenes: [\"music\"], strips: [
                (source: \"host\", fader_db: 0.0, mute: true, afv: Follow),
                (source: \"music\", fader_db: 0.0, afv: On)]),
        ]))";

    fn show() -> Show {
        crate::show::parse(Path::new("x.ron"), SHOW).unwrap()
    }

    fn core() -> Core {
        Core::new(Arc::new(Cast::opened(show(), 0)))
    }

    fn recall(core: &mut Core, id: &str) -> Result<(), Refusal> {
        let snapshot = id.to_owned();
        let done = core.apply(&Command::SoundSnapshot {
            snapshot,
            action: SnapshotAction::Recall,
            label: None,
        });
        done.map(drop)
    }

    fn take(core: &mut Core, scene: &str) {
        let scene = scene.to_owned();
        core.apply(&Command::Program { scene }).unwrap();
    }

    fn faders(core: &Core) -> [f32; 3] {
        [0, 1, 2].map(|n: usize| core.strips()[n].fader_db)
    }

    fn recalled(core: &Core) -> Vec<bool> {
        let status = core.snapshot(0, Observed::default()).sound;
        status.snapshots.iter().map(|s| s.recalled).collect()
    }

    #[test]
    fn everything_stands_as_it_did_but_for_what_is_safe() {
        let mut core = core();
        assert_eq!(recalled(&core), [false, false]);
        recall(&mut core, "talk").unwrap();
        assert_eq!(faders(&core), [1.0, -100.0, 0.0]);
        let [host, _, hall] = [0, 1, 2].map(|n: usize| core.strips()[n]);
        assert_eq!(
            (host.afv, host.settings.trim_db, host.sends[0].db),
            (Afv::On, 4.0, -9.0)
        );
        assert!(!hall.mute && hall.afv == show().sources[2].afv);
        let sound = core.snapshot(0, Observed::default()).sound;
        assert_eq!(sound.auxes[0].fader_db, -3.0);
        assert_eq!(
            (sound.groups[0].fader_db, sound.groups[0].mute),
            (-2.0, true)
        );
        assert_eq!(recalled(&core), [true, false]);
        let before = core.snapshot(0, Observed::default());
        assert!(recall(&mut core, "nothing").is_err());
        assert_eq!(core.snapshot(0, Observed::default()), before);
    }

    #[test]
    fn faders_take_their_frames_but_for_one_that_is_in_hand() {
        let mut core = core();
        recall(&mut core, "talk").unwrap();
        recall(&mut core, "break").unwrap();
        assert_eq!(
            faders(&core)[1],
            -100.0,
            "nothing moves before the next frame"
        );
        assert!(core.strips()[0].mute, "but what has no way to go");
        let mut seen = Vec::new();
        for _ in 0..5 {
            core.tick(0);
            seen.push(faders(&core)[1]);
        }
        assert!(
            seen.is_sorted() && (seen[4] + 6.02).abs() < 0.01,
            "{seen:?}"
        );
        let fade = Command::Fader {
            source: "music".to_owned(),
            db: -30.0,
        };
        core.apply(&fade).unwrap();
        (0..20).for_each(|_| drop(core.tick(0)));
        assert_eq!(faders(&core), [0.0, -30.0, 0.0]);
    }

    #[test]
    fn a_scene_recalls_its_own_when_it_is_taken_and_not_while_it_stays() {
        let mut core = core();
        assert_eq!(faders(&core), [0.0; 3], "the file says how the show begins");
        take(&mut core, "music");
        assert_eq!(recalled(&core), [false, true]);
        take(&mut core, "host");
        assert_eq!(
            (recalled(&core), faders(&core)[0]),
            (vec![true, false], 1.0)
        );
        let fade = Command::Fader {
            source: "host".to_owned(),
            db: -4.0,
        };
        core.apply(&fade).unwrap();
        take(&mut core, "host");
        take(&mut core, "hall");
        (0..3).for_each(|_| drop(core.tick(0)));
        assert_eq!(faders(&core)[0], -4.0, "a scene that recalls none");
        // With a transition it comes as that begins.
        core.apply(&Command::Preview {
            scene: "host".to_owned(),
        })
        .unwrap();
        core.apply(&Command::TBar { position: 0.3 }).unwrap();
        assert_eq!(faders(&core)[0], 1.0);
    }

    fn back(core: &mut Core) -> Result<(), Refusal> {
        let done = core.apply(&Command::SoundSnapshot {
            snapshot: String::new(),
            action: SnapshotAction::Back,
            label: None,
        });
        done.map(drop)
    }

    #[test]
    fn a_recall_has_a_way_back_and_that_one_too() {
        let mut core = core();
        assert_eq!(back(&mut core), Err(Refusal::NothingRecalled));
        let mute = Command::Mute {
            source: "music".to_owned(),
            on: true,
        };
        core.apply(&mute).unwrap();
        let goes_back = |core: &Core| core.snapshot(0, Observed::default()).sound.goes_back;
        assert!(!goes_back(&core));
        let stood = (core.strips().to_vec(), core.journal().sound);
        recall(&mut core, "talk").unwrap();
        assert!(goes_back(&core));
        let recalled_so = (core.strips().to_vec(), core.journal().sound);
        assert_ne!(recalled_so, stood);
        back(&mut core).unwrap();
        assert_eq!((core.strips().to_vec(), core.journal().sound), stood);
        assert_eq!(recalled(&core), [false, false]);
        back(&mut core).unwrap();
        assert_eq!((core.strips().to_vec(), core.journal().sound), recalled_so);
        assert_eq!(recalled(&core), [true, false]);
        // A second press takes nothing away, and what it does not touch is nobody's to bring back.
        recall(&mut core, "talk").unwrap();
        let fade = Command::Fader {
            source: "hall".to_owned(),
            db: -5.0,
        };
        core.apply(&fade).unwrap();
        back(&mut core).unwrap();
        assert_eq!(faders(&core), [0.0, 0.0, -5.0]);
        assert!(core.strips()[1].mute);
        back(&mut core).unwrap();
        // That of a scene too; over as many frames as it took.
        take(&mut core, "music");
        (0..4).for_each(|_| drop(core.tick(0)));
        back(&mut core).unwrap();
        core.tick(0);
        assert!((-100.0..0.0).contains(&faders(&core)[1]));
        (0..10).for_each(|_| drop(core.tick(0)));
        assert_eq!(faders(&core), [1.0, -100.0, -5.0]);
        // By another name it is the same.
        let mut renamed = core.show().clone();
        "anna".clone_into(&mut renamed.sources[0].id);
        renamed.snapshots.list.clear();
        renamed.scenes.clear();
        let cast = core.cast().next(renamed.into(), |_| false).unwrap();
        core.recast(cast.into(), Leaving::Stays, &Brings::default())
            .unwrap();
        back(&mut core).unwrap();
        (0..11).for_each(|_| drop(core.tick(0)));
        assert_eq!(faders(&core), [0.0, 0.0, -5.0]);
    }

    #[test]
    fn a_next_engine_has_the_faders_where_they_were_going() {
        let mut core = core();
        recall(&mut core, "talk").unwrap();
        recall(&mut core, "break").unwrap();
        core.tick(0);
        let mut next = Core::new(Arc::new(Cast::opened(show(), 0)));
        next.restore(&core.journal());
        assert_eq!(faders(&next)[1], 0.0);
        next.tick(0);
        assert_eq!(
            faders(&next)[1],
            0.0,
            "and nothing is recalled for what was on air"
        );
    }
}
