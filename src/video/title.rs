//! A title, ready to be drawn: parts, each with its way of coming and going. All of it was made before it
//! is asked for; what the tick does is to look up a place and lay rectangles over the program.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::ArcSwap;

use super::canvas::Canvas;
use super::kernels::share;
use super::motion::{Motion, Move, Pose};
use super::overlay::Area;
use super::sprite::Sprite;
use crate::media::Rate;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Title {
    /// From back to front.
    pub layers: Vec<TitleLayer>,
    /// Frames from its first until it goes by itself, where its template says so.
    pub hold: Option<u32>,
}

/// A part of a title.
#[derive(Debug)]
pub struct TitleLayer {
    /// What is drawn.
    pub content: Content,
    /// How it lives.
    pub motion: Motion,
    /// The rectangle that all of its part covers where it rests; it may be one tile of that.
    pub area: Area,
    /// The places of its characters in the order in which they are typed; empty where it has none.
    pub reveal: Vec<Reveal>,
}

/// The place of a character where its part rests, in luma pixels of the frame.
pub type Reveal = Area;

/// What a part of a title is.
#[derive(Debug)]
pub enum Content {
    /// It never changes.
    Still(Arc<Sprite>),
    /// A clock, or what is counted.
    Ticking(Arc<Ticking>),
    /// Pictures, one a frame of the program.
    Reel(Reel),
}

/// Pictures of an animation, one for each frame of the program.
#[derive(Debug)]
pub struct Reel {
    /// What is seen in each frame; nothing of one that is wholly transparent.
    pub pictures: Vec<Option<Arc<Sprite>>>,
    /// It begins again at its end; else its last picture stays.
    pub looped: bool,
}

/// What a [`Ticking`] part counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// The time since the title came.
    Age,
    /// The time of day, and what is left until one.
    Wall,
}

/// Text that changes with the time: its pictures are made ahead and chosen by the frame's number. One that
/// is not there in time is late alone; the one before it stays.
#[derive(Debug)]
pub struct Ticking {
    /// What it counts.
    pub count: Count,
    /// How many steps a second has.
    pub per_s: u32,
    /// Of the program.
    pub rate: Rate,
    /// The time of day of the program's frame 0, in ns since 1970-01-01 UTC.
    zero_ns: AtomicI64,
    /// By the number of the step.
    pictures: ArcSwap<BTreeMap<i64, Option<Arc<Sprite>>>>,
}

impl Ticking {
    /// One that has no pictures yet.
    pub fn new(count: Count, per_s: u32, rate: Rate) -> Self {
        Self {
            count,
            per_s: per_s.max(1),
            rate,
            zero_ns: AtomicI64::new(0),
            pictures: ArcSwap::default(),
        }
    }

    /// Says which time of day the program's frame 0 has, in ns since 1970-01-01 UTC.
    pub fn set_zero(&self, ns: i64) {
        self.zero_ns.store(ns, Ordering::Relaxed);
    }

    /// Which step a frame shows: whole steps since the title came, or since 1970.
    pub fn step(&self, frame: u64, age: u32) -> i64 {
        let Rate(num, den) = self.rate;
        match self.count {
            Count::Age => {
                let steps = u64::from(age) * u64::from(den) * u64::from(self.per_s);
                (steps / u64::from(num.max(1))) as i64
            }
            Count::Wall => {
                let ns = self.zero_ns.load(Ordering::Relaxed) + self.rate.time_of(frame);
                let steps = i128::from(ns) * i128::from(self.per_s);
                steps.div_euclid(1_000_000_000) as i64
            }
        }
    }

    /// Holds these pictures, by the numbers of their steps, and no others.
    pub fn keep(&self, pictures: BTreeMap<i64, Option<Arc<Sprite>>>) {
        self.pictures.store(Arc::new(pictures));
    }

    /// The pictures that it holds.
    pub fn pictures(&self) -> Arc<BTreeMap<i64, Option<Arc<Sprite>>>> {
        self.pictures.load_full()
    }

    fn at(&self, pose: Pose) -> Option<Arc<Sprite>> {
        let step = self.step(pose.frame, pose.age);
        let pictures = self.pictures.load();
        let (_, sprite) = pictures.range(..=step).next_back()?;
        sprite.clone()
    }
}

impl Reel {
    fn at(&self, pose: Pose) -> Option<&Sprite> {
        let last = self.pictures.len().checked_sub(1)?;
        let age = pose.age as usize;
        let index = if self.looped {
            age % self.pictures.len()
        } else {
            age.min(last)
        };
        self.pictures[index].as_deref()
    }

    fn bytes(&self) -> usize {
        let mut bytes = 0;
        let mut last: Option<&Arc<Sprite>> = None;
        for picture in self.pictures.iter().flatten() {
            // One that stays for several frames is kept once.
            if !last.is_some_and(|last| Arc::ptr_eq(last, picture)) {
                bytes += picture.bytes();
            }
            last = Some(picture);
        }
        bytes
    }
}

impl TitleLayer {
    fn draw(&self, canvas: &mut Canvas, pose: Pose, opacity: f64) {
        match &self.content {
            Content::Still(sprite) => self.draw_sprite(canvas, sprite, pose, opacity),
            Content::Ticking(ticking) => {
                if let Some(sprite) = ticking.at(pose) {
                    self.draw_sprite(canvas, &sprite, pose, opacity);
                }
            }
            Content::Reel(reel) => {
                if let Some(sprite) = reel.at(pose) {
                    self.draw_sprite(canvas, sprite, pose, opacity);
                }
            }
        }
    }

    fn draw_sprite(&self, canvas: &mut Canvas, sprite: &Sprite, pose: Pose, opacity: f64) {
        let seen = self.motion.at(pose, self.area);
        let opacity = share(seen.opacity * opacity);
        if opacity == 0 {
            return;
        }
        if self.reveal.is_empty() || seen.typed >= 1.0 {
            sprite.draw(canvas, seen.by, seen.clip, opacity);
            return;
        }
        let typed = (seen.typed * self.reveal.len() as f64).round() as usize;
        for line in lines(&self.reveal[..typed.min(self.reveal.len())]) {
            let clip = seen.clip.and(line.moved(seen.by));
            sprite.draw(canvas, seen.by, clip, opacity);
        }
    }
}

/// The frames of all of these, where any of them is said.
fn length<'a>(moves: impl Iterator<Item = &'a Move> + Clone) -> Option<u32> {
    let is_said = moves.clone().any(|way| way.said);
    let frames = moves.map(Move::length).max().unwrap_or(0);
    is_said.then_some(frames)
}

/// The places of characters that follow each other in a line as one, so that none is drawn twice.
fn lines(places: &[Reveal]) -> Vec<Area> {
    let mut lines: Vec<Area> = Vec::new();
    for place in places {
        match lines.last_mut() {
            Some(line) if (line.top, line.bottom) == (place.top, place.bottom) => {
                line.left = line.left.min(place.left);
                line.right = line.right.max(place.right);
            }
            _ => lines.push(*place),
        }
    }
    lines
}

impl Title {
    /// Frames from the command until all of it is there; none where it has no way of its own to come.
    pub fn in_frames(&self) -> Option<u32> {
        length(self.layers.iter().map(|layer| &layer.motion.enter))
    }

    /// Frames from the command until nothing of it is there; none where it has no way of its own to go.
    pub fn out_frames(&self) -> Option<u32> {
        length(self.layers.iter().map(|layer| &layer.motion.leave))
    }

    /// Frames from its first until it goes by itself: so many as its template says, or until all that
    /// travels has gone by.
    pub fn lasts(&self) -> Option<u32> {
        let travels = self.layers.iter().filter_map(|l| l.motion.travel?.lasts);
        self.hold.or_else(|| travels.max())
    }

    /// The age at which most of it is seen: half way of what travels or is played, else its first frame.
    pub fn shows_at(&self) -> u32 {
        let ways = self.layers.iter().filter_map(|layer| {
            let travel = layer.motion.travel.and_then(|t| t.every.or(t.lasts));
            let reel = match &layer.content {
                Content::Reel(reel) => u32::try_from(reel.pictures.len()).ok(),
                _ => None,
            };
            travel.or(reel)
        });
        ways.max().unwrap_or(0) / 2
    }

    /// What it takes in memory, but for what ticks.
    pub fn bytes(&self) -> usize {
        let layers = self.layers.iter().map(|layer| match &layer.content {
            Content::Still(sprite) => sprite.bytes(),
            Content::Ticking(_) => 0,
            Content::Reel(reel) => reel.bytes(),
        });
        layers.sum()
    }

    /// Lays it over a canvas of the size for which it was made; `opacity` is 0 to 1.
    pub fn draw(&self, canvas: &mut Canvas, pose: Pose, opacity: f64) {
        for layer in &self.layers {
            layer.draw(canvas, pose, opacity);
        }
    }
}

/// Which title, and filled in with what: numbers of one title's fields are never given twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TitleKey {
    /// The title's id.
    pub id: String,
    /// Counts its fillings.
    pub filling: u64,
}

/// Where compositors take titles from.
#[derive(Debug, Default)]
pub struct TitleShelf(ArcSwap<BTreeMap<TitleKey, Arc<Title>>>);

impl TitleShelf {
    /// A title, if it is ready.
    pub fn get(&self, key: &TitleKey) -> Option<Arc<Title>> {
        self.0.load().get(key).cloned()
    }

    /// Holds these and no others.
    pub fn keep(&self, titles: BTreeMap<TitleKey, Arc<Title>>) {
        self.0.store(Arc::new(titles));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticking(count: Count, rate: Rate) -> Ticking {
        Ticking::new(count, 1, rate)
    }

    #[test]
    fn what_is_counted_changes_on_its_frame() {
        for (rate, seconds, frame) in [
            (Rate(30, 1), 10, 300),
            (Rate(25, 1), 60, 1500),
            // 10 s of 29.97 are 299.7 frames: the first frame at or behind them.
            (Rate(30_000, 1001), 10, 300),
            (Rate(60_000, 1001), 60, 3597),
        ] {
            let ticking = ticking(Count::Age, rate);
            assert_eq!(ticking.step(7, frame - 1), seconds - 1, "{rate:?}");
            assert_eq!(ticking.step(7, frame), seconds, "{rate:?}");
        }
    }

    #[test]
    fn a_clock_changes_in_the_first_frame_of_its_second() {
        let ticking = ticking(Count::Wall, Rate(30, 1));
        ticking.set_zero(1_000_000_000 * 500 + 400_000_000);
        // 0.6 s are 18 frames.
        assert_eq!(ticking.step(17, 0), 500);
        assert_eq!(ticking.step(18, 0), 501);
        assert_eq!(ticking.step(48, 9), 502);
    }

    #[test]
    fn a_picture_that_is_late_leaves_the_one_before_it() {
        let ticking = ticking(Count::Age, Rate(10, 1));
        let sprite = |width: usize| {
            let rgba = vec![255; width * 4];
            let moves = super::super::sprite::Moves::default();
            Sprite::of_rgba((0, 0), (width, 1), &rgba, moves).map(Arc::new)
        };
        ticking.keep([(0, sprite(1)), (1, sprite(2)), (3, None)].into());
        let seen = |age: u32| {
            let pose = Pose {
                age,
                ..Pose::default()
            };
            ticking.at(pose).map(|sprite| sprite.area().right)
        };
        let all: Vec<Option<i32>> = [0, 9, 10, 19, 20, 29, 30].map(seen).into();
        let (one, two) = (Some(1), Some(2));
        assert_eq!(all, [one, one, two, two, two, two, None]);
    }

    #[test]
    fn what_was_typed_of_a_line_is_one_rectangle() {
        let place = |left: i32, top: i32| Area {
            left,
            top,
            right: left + 10,
            bottom: top + 20,
        };
        // From left to right, and a second line from right to left.
        let all = [place(0, 0), place(10, 0), place(50, 20), place(40, 20)];
        let seen: Vec<_> = lines(&all)
            .iter()
            .map(|a| (a.left, a.right, a.top))
            .collect();
        assert_eq!(seen, [(0, 20, 0), (40, 60, 20)]);
    }
}
