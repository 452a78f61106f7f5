//! One transition on its way: how far it is, whoever moves it, and the T-bar's manners.

use super::taken::Taken;
use crate::show::{TransitionKind, TransitionStyle};
use crate::video::{Blend, Crossing, Stage, has_cut, stinger_index};

/// Below this the T-bar counts as back at its start.
const START: f64 = 0.1;
/// Sums of steps miss the end by their rounding.
const ROUNDING: f64 = 1e-9;

/// A transition from what is on PGM to a scene.
#[derive(Clone, Debug)]
pub struct Run {
    /// Where it goes.
    pub to: Taken,
    /// How.
    pub style: TransitionStyle,
    /// It stands still: paused, or held by the T-bar.
    pub paused: bool,
    /// The T-bar has moved it.
    pub by_hand: bool,
    /// Of a stinger: how many pictures it has, and beneath which the new scene is seen.
    stinger: Option<(u32, u32)>,
    /// Where AUTO began, or where the T-bar left it.
    base: f64,
    /// Steps made from there.
    shown: u32,
    /// It was begun in this frame: its first picture is shown even if it was paused at once.
    fresh: bool,
}

impl Run {
    /// A transition that AUTO begins. The tick that starts it shows its first picture.
    pub fn auto(to: Taken, style: TransitionStyle) -> Self {
        Self {
            to,
            style,
            paused: false,
            by_hand: false,
            stinger: None,
            base: 0.0,
            shown: 0,
            fresh: true,
        }
    }

    /// A transition that the T-bar begins. One of no length would be a bar that does nothing up to
    /// its end, so that a mix is made instead of a cut.
    pub fn hand(to: Taken, mut style: TransitionStyle) -> Self {
        if style.kind == TransitionKind::Cut {
            style.kind = TransitionKind::Mix;
        }
        Self {
            paused: true,
            by_hand: true,
            fresh: false,
            ..Self::auto(to, style)
        }
    }

    /// Makes it a stinger of so many pictures with its cut at one of them; a mix where there is none.
    pub fn sting(mut self, stinger: Option<(u32, u32)>) -> Self {
        if self.style.kind == TransitionKind::Stinger {
            match stinger {
                Some((pictures, _)) => self.style.frames = pictures,
                None => self.style.kind = TransitionKind::Mix,
            }
            self.stinger = stinger;
        }
        self
    }

    /// How much of the new scene's sound is heard, 0 to 1.
    pub fn heard(&self) -> f64 {
        match self.stinger {
            Some((pictures, cut)) => f64::from(u8::from(has_cut(self.position(), pictures, cut))),
            None => self.position(),
        }
    }

    /// Which picture of which stinger is seen.
    pub fn stinger_picture(&self) -> Option<(&str, usize)> {
        let (pictures, _) = self.stinger?;
        let picture = stinger_index(self.position(), pictures as usize)?;
        Some((&self.style.stinger, picture))
    }

    /// Holds it at `position`, below 1.
    pub fn hold(&mut self, position: f64) {
        self.base = position;
        self.shown = 0;
        self.paused = true;
        self.by_hand = true;
        self.fresh = false;
    }

    /// One frame further, unless it stands still. Gives whether it has ended.
    pub fn step(&mut self) -> bool {
        if !self.paused || self.fresh {
            self.shown += 1;
        }
        self.fresh = false;
        self.position() >= 1.0
    }

    /// How far it is, 0 to 1. A transition of n frames shows n pictures on its way, the first of
    /// them a step from the start and the last a step from the end.
    pub fn position(&self) -> f64 {
        let steps = f64::from(self.shown) / (f64::from(self.style.frames) + 1.0);
        let position = self.base + steps;
        if position > 1.0 - ROUNDING {
            1.0
        } else {
            position
        }
    }

    /// What is drawn.
    pub fn crossing(&self) -> Crossing {
        Crossing {
            to: self.to.stage.clone(),
            position: self.position(),
            blend: match self.stinger {
                Some((pictures, cut)) => Blend::Stinger {
                    id: self.style.stinger.clone(),
                    pictures,
                    cut,
                },
                None => Blend::of(&self.style),
            },
        }
    }
}

/// A transition tried on the PVW monitor: what it leaves, and the transition.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// On PGM.
    pub from: Stage,
    /// Where it goes, and how.
    pub crossing: Crossing,
}

/// Where the T-bar was last seen, and whether it is heeded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bar {
    /// Where it was when it was last seen, while it is not heeded.
    spent: Option<f64>,
}

impl Bar {
    /// Whether the bar is to be heeded at this position. One whose transition has ended is not, until
    /// it comes up from its start again: what it says on its way back is no new transition.
    pub fn heeds(&mut self, position: f64) -> bool {
        match self.spent {
            None => true,
            Some(last) if position > last && last <= START => {
                self.spent = None;
                true
            }
            Some(_) => {
                self.spent = Some(position);
                false
            }
        }
    }

    /// Its transition ended with the bar here.
    pub fn spend(&mut self, position: f64) {
        self.spent = Some(position);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_bar_comes_up_from_its_start_before_it_is_heeded() {
        let mut bar = Bar::default();
        assert!(bar.heeds(0.4));
        bar.spend(1.0);
        // Said again, and on the whole way back.
        for position in [1.0, 1.0, 0.98, 0.5, 0.51, 0.2, 0.09, 0.0] {
            assert!(!bar.heeds(position), "{position}");
        }
        assert!(bar.heeds(0.02));
        assert!(bar.heeds(1.0));
    }

    #[test]
    fn from_the_very_start_a_bar_may_go_anywhere() {
        let mut bar = Bar::default();
        bar.spend(1.0);
        assert!(!bar.heeds(0.0));
        assert!(bar.heeds(1.0));
    }
}
