//! The kinds of transition, their directions and the wipes, as the whole desk calls them.

use super::{lang, view::name};
use crate::door::{Direction, Snapshot, StingerState, StingerStatus, TransitionKind};

/// A kind's name as it is in shows and commands.
pub fn id(kind: TransitionKind) -> String {
    let name = serde_json::to_value(kind).ok();
    let name = name.as_ref().and_then(serde_json::Value::as_str);
    name.unwrap_or_default().to_owned()
}

/// What the desk calls a kind.
pub fn words(kind: TransitionKind) -> String {
    let id = id(kind);
    let known = [
        ("cut", "switch-kind-cut"),
        ("mix", "switch-kind-mix"),
        ("dip", "switch-kind-dip"),
        ("wipe", "switch-kind-wipe"),
        ("push", "switch-kind-push"),
        ("slide", "switch-kind-slide"),
        ("stinger", "switch-kind-stinger"),
    ];
    let key = known.iter().find(|(name, _)| *name == id);
    key.map_or(id, |(_, key)| lang::text(key))
}

/// What the desk calls the transition that AUTO makes, and its length in frames: of a stinger its own
/// name and length.
pub fn said(snapshot: &Snapshot) -> (String, u32) {
    let style = &snapshot.transition.style;
    let mut stingers = snapshot.stingers.iter();
    let stinger = stingers.find(|stinger| stinger.id == style.stinger);
    match stinger.filter(|_| style.kind == TransitionKind::Stinger) {
        Some(stinger) => {
            let called = name(&stinger.label, &stinger.id).to_owned();
            (called, stinger.frames.unwrap_or(style.frames))
        }
        None => (words(style.kind), style.frames),
    }
}

/// How a stinger does, and what is wrong with it.
pub fn stinger(stinger: &StingerStatus) -> String {
    match stinger.state {
        StingerState::Unread => lang::text("clips-stinger-unread"),
        StingerState::Reading => lang::text("clips-stinger-reading"),
        StingerState::Ready => {
            let frames = stinger.frames.unwrap_or_default();
            lang::with("clips-stinger-ready", &[("n", frames.into())])
        }
        StingerState::Broken => {
            let why = super::said::said(&stinger.message);
            lang::with("clips-stinger-broken", &[("why", why.into())])
        }
    }
}

/// What the desk calls the way that a picture goes.
pub fn direction(direction: Direction) -> String {
    lang::text(match direction {
        Direction::Left => "switch-direction-left",
        Direction::Right => "switch-direction-right",
        Direction::Up => "switch-direction-up",
        Direction::Down => "switch-direction-down",
    })
}

/// What the desk calls a wipe; one of the user's own by its file's name.
pub fn wipe(name: &str) -> String {
    let known = [
        ("left-to-right", "switch-wipe-left-to-right"),
        ("top-to-bottom", "switch-wipe-top-to-bottom"),
        ("diagonal", "switch-wipe-diagonal"),
        ("diagonal-up", "switch-wipe-diagonal-up"),
        ("circle", "switch-wipe-circle"),
        ("diamond", "switch-wipe-diamond"),
        ("box", "switch-wipe-box"),
        ("clock", "switch-wipe-clock"),
        ("fan", "switch-wipe-fan"),
        ("barn-doors", "switch-wipe-barn-doors"),
        ("barn-doors-vertical", "switch-wipe-barn-doors-vertical"),
        ("blinds", "switch-wipe-blinds"),
        ("blinds-vertical", "switch-wipe-blinds-vertical"),
        ("checkers", "switch-wipe-checkers"),
        ("heart", "switch-wipe-heart"),
        ("star", "switch-wipe-star"),
        ("spiral", "switch-wipe-spiral"),
        ("wave", "switch-wipe-wave"),
        ("dissolve", "switch-wipe-dissolve"),
        ("clouds", "switch-wipe-clouds"),
    ];
    let key = known.iter().find(|(known, _)| *known == name);
    key.map_or_else(|| name.to_owned(), |(_, key)| lang::text(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::BUILT_IN_WIPES;

    #[test]
    fn each_kind_and_each_wipe_that_regie_brings_has_words() {
        for kind in TransitionKind::ALL {
            assert_ne!(words(kind), id(kind), "{kind:?}");
        }
        for name in BUILT_IN_WIPES {
            assert_ne!(wipe(name), *name);
            assert!(!wipe(name).contains('-'), "{name} has no words");
        }
        assert_eq!(wipe("of mine"), "of mine");
    }
}
