//! Strips that the show links in stereo: both sides stand alike, but for what is each one's own.

use std::collections::BTreeSet;

use super::strip::Strip;
use crate::engine::cast::Cast;
use crate::show::{StereoLink, link_of};

/// Where left and right of every new link are panned to.
const PANS: [f32; 2] = [-1.0, 1.0];

/// The slots of a link.
pub fn slots(link: &StereoLink, cast: &Cast) -> Option<[usize; 2]> {
    Some([cast.slot(&link.left)?, cast.slot(&link.right)?])
}

/// The slot of the other side of a source's link.
pub fn other(source: &str, cast: &Cast) -> Option<usize> {
    let link = link_of(&cast.show.sound.links, source)?;
    cast.slot(link.other(source)?)
}

/// One strip was set: so is the other side of its link, whose slot is given.
pub fn lead(strips: &mut [Strip], slot: usize, cast: &Cast) -> Option<usize> {
    let other = other(&cast.source_at(slot)?.id, cast)?;
    strips[other] = strips[other].linked(&strips[slot]);
    Some(other)
}

/// Both sides of every link stand like the left.
pub fn match_all(strips: &mut [Strip], cast: &Cast) {
    for [left, right] in cast.show.sound.links.iter().flat_map(|l| slots(l, cast)) {
        strips[right] = strips[right].linked(&strips[left]);
    }
}

/// A show was opened: where either side is muted both are, then both are like the left.
pub fn opened(strips: &mut [Strip], cast: &Cast) {
    for [left, right] in cast.show.sound.links.iter().flat_map(|l| slots(l, cast)) {
        strips[left].mute |= strips[right].mute;
    }
    match_all(strips, cast);
}

/// The slots of the links that stand as they were panned when they were made.
pub fn apart(strips: &[Strip], cast: &Cast) -> Vec<[usize; 2]> {
    let links = cast.show.sound.links.iter();
    let links = links.filter_map(|link| slots(link, cast));
    links
        .filter(|sides| sides.map(|slot| strips[slot].settings.pan) == PANS)
        .collect()
}

/// Links that stood `apart`, by the slots that their sides have now, go back to the middle where they are no
/// more: whatever is left of them.
pub fn bring_back(strips: &mut [Strip], cast: &Cast, apart: &[[Option<usize>; 2]]) {
    for sides in apart {
        let mut known = cast.show.sound.links.iter();
        if !known.any(|link| slots(link, cast).map(|s| s.map(Some)) == Some(*sides)) {
            for slot in sides.iter().flatten() {
                strips[*slot].settings.pan = 0.0;
            }
        }
    }
}

/// An edit has `changed` the strips of these slots: where that is the right side of a link alone, the left
/// goes by it. New links are panned apart, if the edit brings that; then both sides are like the left.
pub fn edited(
    strips: &mut [Strip],
    (before, cast): (&Cast, &Cast),
    changed: &BTreeSet<usize>,
    pans: bool,
) {
    for link in &cast.show.sound.links {
        let Some([left, right]) = slots(link, cast) else {
            continue;
        };
        let mut known = before.show.sound.links.iter();
        let was = known.any(|was| was == link || slots(was, before) == Some([left, right]));
        let sides = [left, right].into_iter().zip(PANS);
        // A side that comes back with its link, where it was panned by that, finds the other in the middle.
        let comes_back = |(slot, pan): (usize, f32)| {
            before.source_at(slot).is_none() && strips[slot].settings.pan == pan
        };
        let is_whole_again = !was && sides.clone().any(comes_back);
        if (!was && pans) || is_whole_again {
            for (slot, pan) in sides {
                strips[slot].settings.pan = pan;
            }
        }
        if !was {
            // A microphone that is closed is not opened by that.
            strips[left].mute |= strips[right].mute;
        }
        if was && changed.contains(&right) && !changed.contains(&left) {
            strips[left] = strips[left].linked(&strips[right]);
        }
    }
    match_all(strips, cast);
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::door::{Command, SnapshotAction};
    use crate::engine::Faders;
    use crate::engine::core::{Brings, Core, Leaving, Observed};
    use crate::show::{Afv, Show};

    /// A piano with two microphones, and a host; both are linked where `links` says so.
    fn show(links: &str) -> Show {
        let text = format!(
            "(version: 1, name: \"x\", sources: [
                (id: \"low\", kind: Test(pattern: Bars), fader_db: -3.0,
                    strip: (trim_db: 2.0, delay_ms: 20.0, compressor: (on: true))),
                (id: \"high\", kind: Test(pattern: Ball), mix_minus: true, return_db: -7.0,
                    strip: (trim_db: 5.0, invert: true, gate: (on: true))),
                (id: \"host\", kind: Test(pattern: Pinwheel)),
            ], sound: (links: [{links}]), snapshots: (list: [
                (id: \"soft\", frames: 2, strips: [
                    (source: \"high\", fader_db: -9.0, afv: Off),
                    (source: \"low\", fader_db: -20.0, mute: true, afv: On, strip: (trim_db: 1.0))]),
            ]))"
        );
        crate::show::parse(Path::new("x.ron"), &text).unwrap()
    }

    const LINK: &str = "(left: \"low\", right: \"high\")";

    fn core(links: &str) -> Core {
        Core::new(Arc::new(Cast::opened(show(links), 0)))
    }

    /// Goes on with another show.
    fn edit(core: &mut Core, show: Show, faders: Faders) {
        let cast = core.cast().next(Arc::new(show), |_| false).unwrap();
        let brings = Brings {
            faders,
            ..Brings::default()
        };
        core.recast(Arc::new(cast), Leaving::Refused, &brings)
            .unwrap();
    }

    fn fade(core: &mut Core, source: &str, db: f32) {
        let source = source.to_owned();
        core.apply(&Command::Fader { source, db }).unwrap();
    }

    fn faders(core: &Core) -> [f32; 3] {
        [0, 1, 2].map(|slot: usize| core.strips()[slot].fader_db)
    }

    #[test]
    fn a_link_has_the_right_stand_like_the_left_but_for_what_is_its_own() {
        let mut core = core("");
        assert_eq!(faders(&core), [-3.0, 0.0, 0.0]);
        edit(&mut core, show(LINK), Faders::Edited);
        assert_eq!(faders(&core), [-3.0, -3.0, 0.0]);
        let [left, right] = [0, 1].map(|slot: usize| core.strips()[slot]);
        let own = |strip: &Strip| {
            let settings = strip.settings;
            (
                settings.trim_db,
                settings.invert,
                settings.pan,
                strip.return_db,
            )
        };
        assert_eq!(own(&left), (2.0, false, -1.0, 0.0));
        assert_eq!(own(&right), (5.0, true, 1.0, -7.0));
        assert!(right.settings.compressor.on && !right.settings.gate.on);
        assert_eq!(right.settings.delay_ms, 20.0);
        let linked = [0, 1, 2].map(|slot: usize| core.gains()[slot].linked);
        assert_eq!(linked, [Some(1), Some(0), None]);
        let seen = core.snapshot(0, Observed::default()).sources;
        assert_eq!(seen[1].link, Some(show(LINK).sound.links[0].clone()));
        // As it was opened, too.
        assert_eq!(faders(&self::core(LINK)), [-3.0, -3.0, 0.0]);
    }

    #[test]
    fn what_is_set_of_either_side_is_set_of_both_until_they_are_apart() {
        let mut core = core(LINK);
        fade(&mut core, "high", -12.0);
        assert_eq!(faders(&core), [-12.0, -12.0, 0.0]);
        let source = || "high".to_owned();
        for command in [
            Command::Mute {
                source: source(),
                on: true,
            },
            Command::Afv {
                source: source(),
                mode: Afv::On,
            },
            Command::Send {
                source: source(),
                aux: 2,
                db: Some(-4.0),
                pre: Some(true),
            },
            Command::Pan {
                source: source(),
                pan: 0.5,
            },
            Command::Pfl {
                source: source(),
                on: true,
                desk: "one".to_owned(),
            },
        ] {
            core.apply(&command).unwrap();
        }
        let [left, right] = [0, 1].map(|slot: usize| core.strips()[slot]);
        assert!(left.mute && left.afv == Afv::On && left.sends[1].pre);
        assert_eq!((left.settings.pan, right.settings.pan), (0.0, 0.5));
        let listened = core.snapshot(0, Observed::default()).sound.listening;
        assert_eq!(listened[0].pfl, ["low", "high"]);
        // Taken back, it changes nothing that is heard, and each goes its own way again.
        edit(&mut core, show(""), Faders::None);
        fade(&mut core, "low", 3.0);
        assert_eq!(faders(&core), [3.0, -12.0, 0.0]);
    }

    #[test]
    fn snapshots_edits_and_another_engine_keep_both_sides_alike() {
        let mut core = core(LINK);
        let recall = |core: &mut Core| {
            let soft = Command::SoundSnapshot {
                snapshot: "soft".to_owned(),
                action: SnapshotAction::Recall,
                label: None,
            };
            core.apply(&soft).unwrap();
        };
        recall(&mut core);
        core.tick(0);
        let [left, right, _] = faders(&core);
        assert!(
            left == right && (-20.0..-3.0).contains(&left),
            "{left} {right}"
        );
        core.tick(0);
        assert_eq!(faders(&core), [-20.0, -20.0, 0.0], "where the left was");
        let [left, right] = [0, 1].map(|slot: usize| core.strips()[slot]);
        assert!(right.mute && right.afv == Afv::On);
        assert_eq!((left.settings.trim_db, right.settings.trim_db), (1.0, 0.0));
        assert_eq!((left.settings.pan, right.settings.pan), (0.0, 0.0));
        // One that is safe keeps both as they are.
        let mut safe = show(LINK);
        safe.snapshots.safe.push("high".to_owned());
        edit(&mut core, safe.clone(), Faders::Edited);
        fade(&mut core, "low", -1.0);
        recall(&mut core);
        core.tick(0);
        core.tick(0);
        assert_eq!(faders(&core), [-1.0, -1.0, 0.0]);
        // An edit of the right side is one of both.
        safe.sources[1].fader_db = -30.0;
        edit(&mut core, safe.clone(), Faders::Edited);
        assert_eq!(faders(&core), [-30.0, -30.0, 0.0]);
        let journal = core.journal();
        let mut next = Core::new(Arc::new(Cast::opened(safe, 0)));
        next.restore(&journal);
        assert_eq!(faders(&next), [-30.0, -30.0, 0.0]);
        assert_eq!(next.strips()[..2], core.strips()[..2]);
    }

    #[test]
    fn a_link_opens_no_microphone_and_its_end_brings_both_back_to_the_middle() {
        let mut core = core("");
        let mute = Command::Mute {
            source: "high".to_owned(),
            on: true,
        };
        core.apply(&mute).unwrap();
        edit(&mut core, show(LINK), Faders::Edited);
        let of =
            |core: &Core, get: fn(&Strip) -> f32| [0, 1].map(|n: usize| get(&core.strips()[n]));
        let pans = |core: &Core| of(core, |strip| strip.settings.pan);
        let mutes = |core: &Core| of(core, |strip| f32::from(u8::from(strip.mute)));
        assert_eq!((pans(&core), mutes(&core)), (PANS, [1.0, 1.0]));
        // A snapshot from before knows nothing of left and right.
        let soft = Command::SoundSnapshot {
            snapshot: "soft".to_owned(),
            action: SnapshotAction::Recall,
            label: None,
        };
        core.apply(&soft).unwrap();
        assert_eq!(pans(&core), PANS);
        edit(&mut core, show(""), Faders::Edited);
        assert_eq!((pans(&core), mutes(&core)), ([0.0, 0.0], [1.0, 1.0]));
        // Brought back by UNDO it opens none either.
        for (source, on) in [("low", false), ("high", true)] {
            let source = source.to_owned();
            core.apply(&Command::Mute { source, on }).unwrap();
        }
        edit(&mut core, show(LINK), Faders::None);
        assert_eq!((pans(&core), mutes(&core)), ([0.0, 0.0], [1.0, 1.0]));
        edit(&mut core, show(""), Faders::Edited);
        // What somebody panned otherwise stays.
        edit(&mut core, show(LINK), Faders::Edited);
        let pan = Command::Pan {
            source: "low".to_owned(),
            pan: -0.5,
        };
        core.apply(&pan).unwrap();
        edit(&mut core, show(""), Faders::Edited);
        assert_eq!(pans(&core), [-0.5, 1.0]);
    }

    fn recall(core: &mut Core, id: &str) {
        let command = Command::SoundSnapshot {
            snapshot: id.to_owned(),
            action: SnapshotAction::Recall,
            label: None,
        };
        core.apply(&command).unwrap();
    }

    fn pans(core: &Core) -> [f32; 2] {
        [0, 1].map(|slot: usize| core.strips()[slot].settings.pan)
    }

    #[test]
    fn what_is_left_of_a_link_goes_back_to_the_middle() {
        for gone in ["low", "high"] {
            let mut core = core("");
            let scene = "host".to_owned();
            core.apply(&Command::Program { scene }).unwrap();
            edit(&mut core, show(LINK), Faders::Edited);
            assert_eq!(pans(&core), PANS);
            let mut left = show("");
            left.snapshots.list.clear();
            left.sources.retain(|source| source.id != gone);
            edit(&mut core, left, Faders::Edited);
            let cast = core.cast().clone();
            let pan = |source: &str| core.strips()[cast.slot(source).unwrap()].settings.pan;
            let stays = if gone == "low" { "high" } else { "low" };
            assert_eq!(pan(stays), 0.0, "without {gone}");
            // Brought back by UNDO as it was saved.
            let mut again = show(LINK);
            again.snapshots.list.clear();
            again.sources[0].strip.pan = -1.0;
            again.sources[1].strip.pan = 1.0;
            edit(&mut core, again, Faders::None);
            let cast = core.cast().clone();
            let pan = |source: &str| core.strips()[cast.slot(source).unwrap()].settings.pan;
            assert_eq!([pan("low"), pan("high")], PANS, "with {gone} again");
        }
    }

    #[test]
    fn a_snapshot_of_the_right_alone_or_of_a_pair_in_the_middle_is_recalled() {
        let mut with = show(LINK);
        with.snapshots.list[0].strips.remove(1);
        let mut core = Core::new(Arc::new(Cast::opened(with.clone(), 0)));
        recall(&mut core, "soft");
        core.tick(0);
        let [low, high, _] = faders(&core);
        assert!(low == high && (-9.0..-3.0).contains(&low), "{low} {high}");
        core.tick(0);
        assert_eq!(faders(&core), [-9.0, -9.0, 0.0]);
        assert_eq!(core.strips()[0].afv, Afv::Off);
        // One that was stored while they were linked knows where they were.
        with.snapshots = show(LINK).snapshots;
        with.snapshots.list[0].links = with.sound.links.clone();
        let mut core = Core::new(Arc::new(Cast::opened(show(""), 0)));
        edit(&mut core, with, Faders::Edited);
        assert_eq!(pans(&core), PANS);
        recall(&mut core, "soft");
        assert_eq!(pans(&core), [0.0, 0.0]);
    }

    #[test]
    fn an_edit_of_the_right_holds_against_a_recall_that_runs_and_through_another_kind() {
        let mut core = core(LINK);
        recall(&mut core, "soft");
        core.tick(0);
        let mut edited = show(LINK);
        edited.sources[1].fader_db = -33.0;
        edit(&mut core, edited.clone(), Faders::Edited);
        core.tick(0);
        core.tick(0);
        assert_eq!(faders(&core), [-33.0, -33.0, 0.0]);
        edited.sources[1].kind = edited.sources[2].kind.clone();
        edited.sources[1].fader_db = -12.0;
        edit(&mut core, edited, Faders::Edited);
        assert_eq!(faders(&core)[0], -12.0);
    }

    #[test]
    fn a_source_that_has_another_name_or_has_left_takes_its_link_along() {
        let mut core = core(LINK);
        let pan = Command::Pan {
            source: "low".to_owned(),
            pan: -0.25,
        };
        core.apply(&pan).unwrap();
        let mut renamed = show(LINK);
        "deep".clone_into(&mut renamed.sources[0].id);
        "deep".clone_into(&mut renamed.sound.links[0].left);
        renamed.snapshots.list.clear();
        edit(&mut core, renamed.clone(), Faders::Edited);
        assert_eq!(core.strips()[0].settings.pan, -0.25, "it is no new link");
        fade(&mut core, "deep", -8.0);
        assert_eq!(faders(&core)[1], -8.0);
    }
}
