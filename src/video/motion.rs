//! How a part of a title comes, travels and goes: plain numbers, counted in frames of the program, so that
//! where it is depends on the frame's number alone.

use super::overlay::Area;
use super::sprite::Moves;
use crate::show::Direction;

/// How a move is spread over its frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ease {
    /// Even.
    Linear,
    /// Slow at first.
    In,
    /// Slow at last.
    #[default]
    Out,
    /// Slow at both ends.
    InOut,
}

impl Ease {
    /// How much of the way is done when so much of the time is over, both 0 to 1: cubic curves (R. Penner,
    /// "Motion, Tweening, and Easing", 2002).
    pub fn at(self, time: f64) -> f64 {
        let t = time.clamp(0.0, 1.0);
        match self {
            Self::Linear => t,
            Self::In => t * t * t,
            Self::Out => 1.0 - (1.0 - t).powi(3),
            Self::InOut if t < 0.5 => 4.0 * t * t * t,
            Self::InOut => 1.0 - (2.0 - 2.0 * t).powi(3) / 2.0,
        }
    }
}

/// How a part of a title comes, or read backwards how it goes. A move of n frames shows n pictures between
/// its ends, the first in the frame in which it is asked for; one of none is a cut.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Move {
    /// Its opacity changes.
    pub fade: bool,
    /// It is so many luma pixels from its place at the outer end: to the right, and down.
    pub slide: (i32, i32),
    /// It is uncovered towards this side, and covered again towards it when it goes.
    pub wipe: Option<Direction>,
    /// Its characters come one after the other. Only where the part has [`super::Reveal`]s.
    pub typed: bool,
    /// Frames before it begins.
    pub delay: u32,
    /// Frames that it takes.
    pub frames: u32,
    /// How it is spread over them.
    pub ease: Ease,
    /// Its template says so. Where none of a title's does, it comes or goes as what carries it does.
    pub said: bool,
}

impl Move {
    /// Frames from the command until it has ended.
    pub fn length(&self) -> u32 {
        self.delay + self.frames
    }

    /// How much of it is done in this frame, counted from 0 at the command: 0 to 1.
    fn done(&self, frame: u32) -> f64 {
        match frame.checked_sub(self.delay) {
            None => 0.0,
            Some(frame) if frame >= self.frames => 1.0,
            Some(frame) => f64::from(frame + 1) / f64::from(self.frames + 1),
        }
    }

    /// How much of it is seen when it comes.
    fn coming(&self, frame: u32) -> f64 {
        self.ease.at(self.done(frame))
    }

    /// How much of it is still seen when it goes.
    fn going(&self, frame: u32) -> f64 {
        1.0 - self.ease.at(self.done(frame))
    }

    fn moves(&self) -> Moves {
        Moves {
            across: self.slide.0 != 0,
            down: self.slide.1 != 0,
        }
    }
}

/// A steady way through a window: a crawl, or a roll. It goes whole luma pixels a frame, so that no
/// picture is softer than another and none stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Travel {
    /// Where it is in its first frame, in luma pixels from where it rests.
    pub from: (i32, i32),
    /// Luma pixels a frame.
    pub step: (i32, i32),
    /// Nothing is seen outside of it.
    pub window: Area,
    /// Frames until it is back where it began; for ever one way where it is none.
    pub every: Option<u32>,
    /// Frames until all of it has gone by; only where it does not come again.
    pub lasts: Option<u32>,
}

impl Travel {
    fn at(&self, age: u32) -> (i32, i32) {
        let frame = match self.every {
            Some(every) => age % every.max(1),
            None => age,
        };
        let frame = i32::try_from(frame).unwrap_or(i32::MAX);
        let way = |from: i32, step: i32| from.saturating_add(step.saturating_mul(frame));
        (way(self.from.0, self.step.0), way(self.from.1, self.step.1))
    }
}

/// Where a title is in its life, in frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pose {
    /// The program's frame.
    pub frame: u64,
    /// Since it came; 0 in its first frame.
    pub age: u32,
    /// It came by a cut: it is there from its first frame on.
    pub cut: bool,
    /// Since it began to go; 0 in the first frame of that.
    pub leaving: Option<u32>,
}

/// What is seen of a part of a title.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Luma pixels from where it rests.
    pub by: (i32, i32),
    /// 0 to 1.
    pub opacity: f64,
    /// Nothing is seen outside of it.
    pub clip: Area,
    /// How many of its characters have been typed, 0 to 1.
    pub typed: f64,
}

/// How a part of a title lives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Motion {
    /// How it comes.
    pub enter: Move,
    /// How it goes.
    pub leave: Move,
    /// What it does meanwhile.
    pub travel: Option<Travel>,
}

impl Motion {
    /// Along which axes it moves.
    pub fn moves(&self) -> Moves {
        let (enter, leave) = (self.enter.moves(), self.leave.moves());
        let travel = self.travel.map_or((0, 0), |travel| travel.step);
        Moves {
            across: enter.across || leave.across || travel.0 != 0,
            down: enter.down || leave.down || travel.1 != 0,
        }
    }

    /// What is seen of a part that rests in `area`.
    pub fn at(&self, pose: Pose, area: Area) -> Seen {
        let come = if pose.cut {
            1.0
        } else {
            self.enter.coming(pose.age)
        };
        let stay = pose.leaving.map_or(1.0, |frame| self.leave.going(frame));
        let far = |slide: i32, share: f64| (f64::from(slide) * (1.0 - share)).round() as i32;
        let (enter, leave) = (self.enter.slide, self.leave.slide);
        let mut by = (
            far(enter.0, come) + far(leave.0, stay),
            far(enter.1, come) + far(leave.1, stay),
        );
        let mut clip = Area::ALL;
        if let Some(travel) = self.travel {
            let way = travel.at(pose.age);
            by = (by.0 + way.0, by.1 + way.1);
            clip = travel.window;
        }
        // A wipe is of what is seen, where it is seen.
        let wiped = match self.travel {
            Some(travel) => travel.window,
            None => area.moved(by),
        };
        if let Some(way) = self.enter.wipe {
            clip = clip.and(uncovered(wiped, way, come));
        }
        if let Some(way) = self.leave.wipe {
            clip = clip.and(left_over(wiped, way, stay));
        }
        // What has not begun, or has ended, is not seen, whatever its kind.
        let fades = |fade: bool, share: f64| match fade || share == 0.0 {
            true => share,
            false => 1.0,
        };
        Seen {
            by,
            opacity: fades(self.enter.fade, come) * fades(self.leave.fade, stay),
            clip,
            typed: match (self.enter.typed, self.leave.typed) {
                (false, false) => 1.0,
                (true, false) => come,
                (false, true) => stay,
                (true, true) => come.min(stay),
            },
        }
    }
}

/// What a wipe towards a side has uncovered of an area.
fn uncovered(area: Area, way: Direction, share: f64) -> Area {
    let part = |length: i32| (f64::from(length) * share).round() as i32;
    let (width, height) = (area.right - area.left, area.bottom - area.top);
    match way {
        Direction::Right => Area {
            right: area.left + part(width),
            ..area
        },
        Direction::Left => Area {
            left: area.right - part(width),
            ..area
        },
        Direction::Down => Area {
            bottom: area.top + part(height),
            ..area
        },
        Direction::Up => Area {
            top: area.bottom - part(height),
            ..area
        },
    }
}

/// What a wipe towards a side has left of an area when this share is still to be covered.
fn left_over(area: Area, way: Direction, share: f64) -> Area {
    let back = match way {
        Direction::Left => Direction::Right,
        Direction::Right => Direction::Left,
        Direction::Up => Direction::Down,
        Direction::Down => Direction::Up,
    };
    uncovered(area, back, share)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Area = Area {
        left: 100,
        top: 50,
        right: 300,
        bottom: 90,
    };

    fn coming(age: u32) -> Pose {
        Pose {
            age,
            ..Pose::default()
        }
    }

    fn going(leaving: u32) -> Pose {
        Pose {
            age: 1000,
            leaving: Some(leaving),
            ..Pose::default()
        }
    }

    #[test]
    fn a_fade_of_n_frames_has_n_steps_and_begins_in_the_frame_of_its_command() {
        let fade = Move {
            fade: true,
            frames: 4,
            ease: Ease::Linear,
            ..Move::default()
        };
        let motion = Motion {
            enter: Move {
                delay: 2,
                ..fade.clone()
            },
            leave: fade,
            travel: None,
        };
        let seen = |pose| (motion.at(pose, AREA).opacity * 10.0).round() / 10.0;
        let come: Vec<f64> = (0..8).map(|age| seen(coming(age))).collect();
        assert_eq!(come, [0.0, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.0]);
        let go: Vec<f64> = (0..5).map(|frame| seen(going(frame))).collect();
        assert_eq!(go, [0.8, 0.6, 0.4, 0.2, 0.0]);
        assert_eq!((motion.enter.length(), motion.leave.length()), (6, 4));
        let cut = Pose {
            cut: true,
            ..coming(0)
        };
        assert_eq!(seen(cut), 1.0);
    }

    #[test]
    fn what_goes_while_it_still_comes_goes_on_from_where_it_is() {
        let fade = Move {
            fade: true,
            frames: 9,
            ease: Ease::Linear,
            ..Move::default()
        };
        let motion = Motion {
            enter: fade.clone(),
            leave: fade,
            travel: None,
        };
        let mut last = motion.at(coming(4), AREA).opacity;
        for frame in 0..10 {
            let pose = Pose {
                age: 5 + frame,
                leaving: Some(frame),
                ..Pose::default()
            };
            let now = motion.at(pose, AREA).opacity;
            assert!((now - last).abs() < 0.11, "{frame}: {last} to {now}");
            last = now;
        }
        assert_eq!(last, 0.0);
    }

    #[test]
    fn a_part_that_waits_for_its_turn_is_not_seen_whatever_its_kind() {
        for enter in [
            Move {
                slide: (-200, 0),
                ..Move::default()
            },
            Move::default(),
        ] {
            let motion = Motion {
                enter: Move {
                    delay: 3,
                    frames: 2,
                    ..enter
                },
                ..Motion::default()
            };
            assert_eq!(motion.at(coming(2), AREA).opacity, 0.0);
            assert_eq!(motion.at(coming(3), AREA).opacity, 1.0);
        }
    }

    #[test]
    fn wipes_uncover_and_cover_again_on_the_side_they_go_to() {
        let wipe = Move {
            wipe: Some(Direction::Right),
            frames: 3,
            ease: Ease::Linear,
            ..Move::default()
        };
        let motion = Motion {
            enter: wipe.clone(),
            leave: wipe,
            travel: None,
        };
        let come = motion.at(coming(0), AREA).clip;
        assert_eq!((come.left, come.right), (100, 150));
        assert_eq!(motion.at(coming(3), AREA).clip.and(AREA), AREA);
        let go = motion.at(going(0), AREA).clip;
        assert_eq!((go.left, go.right), (150, 300));
        assert!(motion.at(going(3), AREA).clip.is_empty());
    }

    #[test]
    fn a_crawl_goes_the_same_way_each_frame_and_comes_again() {
        let window = Area {
            left: 0,
            top: 0,
            right: 640,
            bottom: 360,
        };
        let mut motion = Motion {
            travel: Some(Travel {
                from: (640, 0),
                step: (-3, 0),
                window,
                every: None,
                lasts: None,
            }),
            ..Motion::default()
        };
        for age in [0, 1, 2, 100, 5000] {
            let seen = motion.at(coming(age), AREA);
            assert_eq!(seen.by, (640 - 3 * age as i32, 0));
            assert_eq!((seen.clip, seen.opacity), (window, 1.0));
        }
        if let Some(travel) = &mut motion.travel {
            travel.every = Some(300);
        }
        for age in [0, 7, 299] {
            let again = motion.at(coming(age + 600), AREA).by;
            assert_eq!(again, motion.at(coming(age), AREA).by);
        }
        assert!(motion.moves().across && !motion.moves().down);
    }

    #[test]
    fn every_ease_goes_from_end_to_end_without_turning_back() {
        for ease in [Ease::Linear, Ease::In, Ease::Out, Ease::InOut] {
            let way: Vec<f64> = (0..=100).map(|i| ease.at(f64::from(i) / 100.0)).collect();
            assert_eq!((way[0], way[100]), (0.0, 1.0));
            assert!(way.windows(2).all(|pair| pair[0] <= pair[1]), "{ease:?}");
        }
        assert!((Ease::InOut.at(0.5) - 0.5).abs() < 1e-12);
    }
}
