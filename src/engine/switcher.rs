//! The switcher: PVW, PGM, transitions, fade to black. A state machine on frame numbers, without a
//! clock or a thread, so that every sequence of commands can be tried at once and exactly.

use super::cast::Cast;
use crate::door::{Tally, Transition, TransitionKind, TransitionState};
use crate::show::{Layer, Scene};
use crate::video::{Layout, Stage};

/// Fade to black takes a second where the command does not say.
const BLACK_S: f64 = 1.0;
/// Longest transition.
pub const LONGEST: u32 = 1000;

/// A scene as it was taken: what is on air does not change when the show is edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The scene's id.
    pub scene: String,
    /// Its layers when it was taken.
    pub layers: Vec<Layer>,
    /// What is drawn.
    pub stage: Stage,
}

impl Taken {
    /// A scene with these layers.
    pub fn new(scene: &str, layers: &[Layer], cast: &Cast) -> Self {
        Self {
            scene: scene.to_owned(),
            layers: layers.to_vec(),
            stage: cast.stage_of(layers),
        }
    }
}

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Switcher {
    program: Taken,
    preview: String,
    kind: TransitionKind,
    frames: u32,
    running: Option<Running>,
    black: Black,
    second: u32,
}

#[derive(Clone, Debug)]
struct Running {
    to: Taken,
    /// Mixed pictures shown so far; the first is shown by the tick that starts it.
    shown: u32,
    frames: u32,
    paused: bool,
    /// What PVW will hold when it has ended.
    then_preview: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Black {
    level: f64,
    step: f64,
    to_black: bool,
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// No such scene.
    #[error("unknown scene \"{0}\": expected one of {1}")]
    UnknownScene(String, String),
    /// A length out of range.
    #[error("{0} frames: expected {1} to {LONGEST}")]
    BadLength(u32, u32),
}

impl Switcher {
    /// PGM holds the first scene, PVW the second; black where the show has none.
    pub fn new(cast: &Cast) -> Self {
        let mut scenes = cast.scenes();
        let first = scenes.next();
        let program = first.map_or_else(
            || Taken::new("", &[], cast),
            |scene| Taken::new(&scene.id, &scene.layers, cast),
        );
        let preview = scenes
            .next()
            .or(first)
            .map_or_else(String::new, |scene| scene.id.clone());
        let second = cast.show.format.rate.fps().round().max(1.0) as u32;
        Self {
            program,
            preview,
            kind: TransitionKind::Mix,
            frames: (second / 2).max(1),
            running: None,
            black: Black {
                level: 0.0,
                step: 0.0,
                to_black: false,
            },
            second,
        }
    }

    /// The scene on PGM; during a transition the one that it leaves.
    pub fn program(&self) -> &Taken {
        &self.program
    }

    /// The scene on PVW; during a transition the one that it goes to.
    pub fn preview(&self) -> &str {
        self.running
            .as_ref()
            .map_or(&self.preview, |running| &running.to.scene)
    }

    /// Puts back what was on air, for an engine that was started again. A scene that is gone from
    /// the show stays on PGM as it was.
    pub fn restore(&mut self, program: Taken, preview: &str, black: bool, cast: &Cast) {
        self.program = program;
        if cast.scene(preview).is_some() {
            self.preview = preview.to_owned();
        }
        self.running = None;
        self.black = Black {
            level: f64::from(u8::from(black)),
            step: 0.0,
            to_black: black,
        };
    }

    /// Puts a scene on PVW. During a transition it is what PVW will hold afterwards: a transition's
    /// goal does not change while it is on air.
    pub fn set_preview(&mut self, scene: &str, cast: &Cast) -> Result<(), SwitchError> {
        find(scene, cast)?;
        match &mut self.running {
            Some(running) => running.then_preview = scene.to_owned(),
            None => self.preview = scene.to_owned(),
        }
        Ok(())
    }

    /// Hot cut: PGM alone. A transition that runs ends here, and PVW keeps what it was to hold.
    pub fn set_program(&mut self, scene: &str, cast: &Cast) -> Result<(), SwitchError> {
        self.program = take(scene, cast)?;
        if let Some(running) = self.running.take() {
            self.preview = running.to.scene;
        }
        Ok(())
    }

    /// Swaps PVW and PGM; completes a transition that runs.
    pub fn cut(&mut self, cast: &Cast) -> Result<(), SwitchError> {
        if self.running.is_some() {
            self.complete();
            return Ok(());
        }
        let next = take(&self.preview, cast)?;
        self.preview = std::mem::replace(&mut self.program, next).scene;
        Ok(())
    }

    /// Starts the transition; pauses or continues one that runs.
    pub fn auto(&mut self, cast: &Cast) -> Result<(), SwitchError> {
        if let Some(running) = &mut self.running {
            running.paused = !running.paused;
            return Ok(());
        }
        if self.kind == TransitionKind::Cut {
            return self.cut(cast);
        }
        let to = take(&self.preview, cast)?;
        self.running = Some(Running {
            to,
            shown: 0,
            frames: self.frames,
            paused: false,
            then_preview: self.program.scene.clone(),
        });
        Ok(())
    }

    /// Chooses what AUTO does. A transition that runs goes on as it began.
    pub fn set_transition(&mut self, kind: TransitionKind, frames: u32) -> Result<(), SwitchError> {
        if !(1..=LONGEST).contains(&frames) {
            return Err(SwitchError::BadLength(frames, 1));
        }
        self.kind = kind;
        self.frames = frames;
        Ok(())
    }

    /// Takes the program to black, or back, over so many frames from wherever it is.
    pub fn fade_to_black(&mut self, on: bool, frames: Option<u32>) -> Result<(), SwitchError> {
        let frames = frames.unwrap_or_else(|| (f64::from(self.second) * BLACK_S) as u32);
        if frames > LONGEST {
            return Err(SwitchError::BadLength(frames, 0));
        }
        self.black.to_black = on;
        self.black.step = match (on, frames) {
            (true, 0) => {
                self.black.level = 1.0;
                0.0
            }
            (false, 0) => {
                self.black.level = 0.0;
                0.0
            }
            (true, frames) => 1.0 / f64::from(frames),
            (false, frames) => -1.0 / f64::from(frames),
        };
        Ok(())
    }

    /// What this tick shows; to be called once a frame, after its commands. A transition of n frames
    /// shows n mixed pictures, the first in the frame in which it was started, and then the new scene
    /// alone.
    pub fn tick(&mut self) -> Layout {
        if self.black.step != 0.0 {
            self.black.level = (self.black.level + self.black.step).clamp(0.0, 1.0);
            // Sums of steps miss the ends by their rounding.
            if self.black.step > 0.0 && self.black.level > 1.0 - 1e-9 {
                self.black.level = 1.0;
                self.black.step = 0.0;
            } else if self.black.step < 0.0 && self.black.level < 1e-9 {
                self.black.level = 0.0;
                self.black.step = 0.0;
            }
        }
        if let Some(running) = &mut self.running {
            if !running.paused || running.shown == 0 {
                running.shown += 1;
            }
            if running.shown > running.frames {
                self.complete();
            }
        }
        self.layout()
    }

    fn layout(&self) -> Layout {
        Layout {
            from: self.program.stage.clone(),
            to: self
                .running
                .as_ref()
                .map(|running| (running.to.stage.clone(), running.position())),
            black: self.black.level,
        }
    }

    /// The transition for the snapshot.
    pub fn transition(&self) -> Transition {
        let (state, position, frames) = match &self.running {
            None => (TransitionState::Idle, 0.0, self.frames),
            Some(running) => {
                let state = if running.paused {
                    TransitionState::Paused
                } else {
                    TransitionState::Running
                };
                (state, running.position(), running.frames)
            }
        };
        Transition {
            kind: self.kind,
            frames,
            state,
            position: position as f32,
        }
    }

    /// The transition that AUTO will make next: kind and frames.
    pub fn chosen_transition(&self) -> (TransitionKind, u32) {
        (self.kind, self.frames)
    }

    /// How black it is, and whether it is going there.
    pub fn black(&self) -> (f32, bool) {
        (self.black.level as f32, self.black.to_black)
    }

    /// Whether something moves from one frame to the next.
    pub fn is_moving(&self) -> bool {
        self.black.step != 0.0 || self.running.as_ref().is_some_and(|running| !running.paused)
    }

    /// How much of a source's sound follows its picture: 0 to 1.
    pub fn follow(&self, source: usize) -> f64 {
        let of = |stage: &Stage| f64::from(u8::from(stage.shows(source)));
        let from = of(&self.program.stage);
        match &self.running {
            None => from,
            Some(running) => from + (of(&running.to.stage) - from) * running.position(),
        }
    }

    /// Where a source is seen.
    pub fn source_tally(&self, source: usize, cast: &Cast) -> Tally {
        let on_air = self.on_air().any(|stage| stage.shows(source));
        let on_preview = || {
            cast.scene(self.preview())
                .is_some_and(|(_, stage)| stage.shows(source))
        };
        if on_air {
            Tally::Program
        } else if on_preview() {
            Tally::Preview
        } else {
            Tally::Off
        }
    }

    /// What is on air: the program, and what a transition goes to.
    pub fn on_air(&self) -> impl Iterator<Item = &Stage> {
        let running = self.running.as_ref().map(|running| &running.to.stage);
        [&self.program.stage].into_iter().chain(running)
    }

    /// Takes sources off the air at once, wherever they are: by slot.
    pub fn drop_sources(&mut self, slots: &[usize]) {
        let running = self.running.as_mut().map(|running| &mut running.to);
        for taken in [&mut self.program].into_iter().chain(running) {
            taken
                .stage
                .draws
                .retain(|draw| !slots.contains(&draw.source));
        }
    }

    /// Goes on with a show that was edited: what is on air stays as it was taken; a scene that left
    /// the show leaves PVW, for the one on PGM.
    pub fn recast(&mut self, cast: &Cast) {
        let program = self.program.scene.clone();
        let gone = |scene: &String| cast.scene(scene).is_none();
        let next = || {
            let is_program = cast.scene(&program).is_some();
            let other = cast.scenes().next().map(|scene| scene.id.clone());
            if is_program {
                program.clone()
            } else {
                other.unwrap_or_default()
            }
        };
        if gone(&self.preview) {
            self.preview = next();
        }
        if let Some(running) = &mut self.running
            && gone(&running.then_preview)
        {
            running.then_preview = next();
        }
    }

    /// Takes the scenes on air as they are now: for a director who edits live.
    pub fn retake(&mut self, cast: &Cast) {
        let running = self.running.as_mut().map(|running| &mut running.to);
        for taken in [&mut self.program].into_iter().chain(running) {
            if let Ok(now) = take(&taken.scene, cast) {
                *taken = now;
            }
        }
    }

    /// Where a scene is.
    pub fn scene_tally(&self, scene: &str) -> Tally {
        let moves_there = || {
            self.running
                .as_ref()
                .is_some_and(|running| running.to.scene == scene)
        };
        if self.program.scene == scene || moves_there() {
            Tally::Program
        } else if self.preview == scene {
            Tally::Preview
        } else {
            Tally::Off
        }
    }

    /// Ends the transition that runs: its goal is on PGM.
    fn complete(&mut self) {
        if let Some(running) = self.running.take() {
            self.program = running.to;
            self.preview = running.then_preview;
        }
    }
}

fn find<'a>(scene: &str, cast: &'a Cast) -> Result<(&'a Scene, &'a Stage), SwitchError> {
    cast.scene(scene).ok_or_else(|| {
        let known: Vec<&str> = cast.scenes().map(|s| s.id.as_str()).collect();
        SwitchError::UnknownScene(scene.to_owned(), known.join(", "))
    })
}

fn take(scene: &str, cast: &Cast) -> Result<Taken, SwitchError> {
    let (scene, stage) = find(scene, cast)?;
    Ok(Taken {
        scene: scene.id.clone(),
        layers: scene.layers.clone(),
        stage: stage.clone(),
    })
}

impl Running {
    fn position(&self) -> f64 {
        f64::from(self.shown) / (f64::from(self.frames) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::{Pattern, Show, Source, SourceKind};

    fn show() -> Show {
        let source = |id: &str| Source {
            id: id.to_owned(),
            label: id.to_owned(),
            kind: SourceKind::Test {
                pattern: Pattern::Bars,
                tone_hz: None,
            },
            fader_db: 0.0,
            mute: false,
            afv: crate::show::Afv::Follow,
            picture_delay_ms: 0,
            colour: Default::default(),
        };
        Show {
            version: 1,
            name: "Test".to_owned(),
            format: Default::default(),
            encoder: Default::default(),
            sources: ["a", "b", "c"].map(source).to_vec(),
            scenes: Vec::new(),
            destinations: Vec::new(),
            recording: Default::default(),
            receiver: None,
        }
    }

    fn switcher() -> (Switcher, Cast) {
        let cast = Cast::opened(show(), 0);
        (Switcher::new(&cast), cast)
    }

    #[test]
    fn a_correction_reaches_the_air_with_the_next_take() {
        let (mut s, cast) = switcher();
        let seen = |s: &mut Switcher| s.tick().from.draws[0].colour;
        let corrected = |saturation: f32, tint: f32| {
            let mut show = Show::clone(&cast.show);
            show.sources[0].colour.saturation = saturation;
            show.sources[1].colour.tint = tint;
            cast.next(std::sync::Arc::new(show), |_| false).unwrap()
        };
        let first = corrected(0.0, 0.5);
        assert!(seen(&mut s).is_neutral());
        s.cut(&first).unwrap();
        assert_eq!(seen(&mut s).tint, 0.5);
        let second = corrected(0.0, -0.5);
        assert_eq!(seen(&mut s).tint, 0.5);
        s.cut(&second).unwrap();
        assert_eq!(seen(&mut s).saturation, 0.0);
        s.cut(&second).unwrap();
        assert_eq!(seen(&mut s).tint, -0.5);
    }

    #[test]
    fn cut_swaps_and_hot_cut_does_not() {
        let (mut s, cast) = switcher();
        assert_eq!((s.program().scene.as_str(), s.preview()), ("a", "b"));
        s.cut(&cast).unwrap();
        assert_eq!((s.program().scene.as_str(), s.preview()), ("b", "a"));
        s.set_program("c", &cast).unwrap();
        assert_eq!((s.program().scene.as_str(), s.preview()), ("c", "a"));
    }

    #[test]
    fn a_mix_of_n_frames_shows_n_mixed_pictures_and_then_swaps() {
        let (mut s, cast) = switcher();
        s.set_transition(TransitionKind::Mix, 4).unwrap();
        s.auto(&cast).unwrap();
        let positions: Vec<Option<f64>> = (0..6).map(|_| s.tick().to.map(|(_, p)| p)).collect();
        let expected = [Some(0.2), Some(0.4), Some(0.6), Some(0.8), None, None];
        assert_eq!(positions, expected);
        assert_eq!((s.program().scene.as_str(), s.preview()), ("b", "a"));
    }

    #[test]
    fn while_auto_runs_auto_pauses_cut_completes_and_a_hot_cut_ends_it() {
        let (mut s, cast) = switcher();
        s.set_transition(TransitionKind::Mix, 10).unwrap();
        s.auto(&cast).unwrap();
        s.tick();
        s.auto(&cast).unwrap();
        let held = s.tick().to.unwrap().1;
        assert_eq!(s.tick().to.unwrap().1, held);
        assert_eq!(s.transition().state, TransitionState::Paused);
        s.auto(&cast).unwrap();
        assert!(s.tick().to.unwrap().1 > held);
        assert_eq!(s.scene_tally("a"), Tally::Program);
        assert_eq!(s.scene_tally("b"), Tally::Program);
        s.cut(&cast).unwrap();
        assert_eq!((s.program().scene.as_str(), s.preview()), ("b", "a"));
        assert!(s.tick().to.is_none());

        s.auto(&cast).unwrap();
        s.tick();
        s.set_program("c", &cast).unwrap();
        assert!(s.tick().to.is_none());
        assert_eq!((s.program().scene.as_str(), s.preview()), ("c", "a"));
    }

    #[test]
    fn a_preview_chosen_while_auto_runs_waits_for_its_end() {
        let (mut s, cast) = switcher();
        s.set_transition(TransitionKind::Mix, 2).unwrap();
        s.auto(&cast).unwrap();
        s.tick();
        s.set_preview("c", &cast).unwrap();
        assert_eq!(s.preview(), "b");
        s.tick();
        s.tick();
        assert_eq!((s.program().scene.as_str(), s.preview()), ("b", "c"));
    }

    #[test]
    fn fade_to_black_reaches_both_ends_exactly_and_turns_round() {
        let (mut s, _) = switcher();
        s.fade_to_black(true, Some(30)).unwrap();
        let levels: Vec<f64> = (0..31).map(|_| s.tick().black).collect();
        assert!(levels[0] > 0.0 && levels[28] < 1.0);
        assert_eq!(levels[29..], [1.0, 1.0]);
        s.fade_to_black(false, Some(10)).unwrap();
        for _ in 0..5 {
            s.tick();
        }
        s.fade_to_black(true, Some(10)).unwrap();
        assert!((s.tick().black - 0.6).abs() < 1e-9);
        s.fade_to_black(false, Some(0)).unwrap();
        assert_eq!(s.tick().black, 0.0);
    }

    #[test]
    fn sound_follows_over_the_transition() {
        let (mut s, cast) = switcher();
        s.set_transition(TransitionKind::Mix, 1).unwrap();
        assert_eq!((s.follow(0), s.follow(1)), (1.0, 0.0));
        s.auto(&cast).unwrap();
        s.tick();
        assert_eq!((s.follow(0), s.follow(1)), (0.5, 0.5));
        s.tick();
        assert_eq!((s.follow(0), s.follow(1)), (0.0, 1.0));
    }

    #[test]
    fn what_is_refused_changes_nothing_and_says_what_was_expected() {
        let (mut s, cast) = switcher();
        let error = s.set_preview("nowhere", &cast).unwrap_err().to_string();
        assert!(
            error.contains("nowhere") && error.contains("a, b, c"),
            "{error}"
        );
        assert!(s.set_transition(TransitionKind::Mix, 0).is_err());
        assert!(s.set_transition(TransitionKind::Mix, 1001).is_err());
        assert!(s.set_program("nowhere", &cast).is_err());
        assert_eq!((s.program().scene.as_str(), s.preview()), ("a", "b"));
    }

    #[test]
    fn red_wins_over_green() {
        let (mut s, cast) = switcher();
        s.set_preview("a", &cast).unwrap();
        assert_eq!(s.scene_tally("a"), Tally::Program);
        assert_eq!(s.source_tally(0, &cast), Tally::Program);
        assert_eq!(s.source_tally(1, &cast), Tally::Off);
        s.set_preview("c", &cast).unwrap();
        assert_eq!(s.source_tally(2, &cast), Tally::Preview);
    }
}
