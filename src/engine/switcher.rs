//! The switcher: PVW, PGM, transitions, fade to black. A state machine on frame numbers, without a
//! clock or a thread, so that every sequence of commands can be tried at once and exactly.

use std::collections::BTreeSet;

use super::book::Passed;
use super::cast::Cast;
use super::crossing::{Bar, Run, Trial};
use super::stingers::Lengths;
use super::taken::Taken;
use super::waiting::{Away, Waiting};
use crate::door::{Transition, TransitionState};
use crate::show::{Scene, TransitionKind, TransitionStyle};
use crate::video::{Layout, Stage};

/// Fade to black takes a second where the command does not say.
const BLACK_S: f64 = 1.0;
/// Longest fade to black, in frames.
const LONGEST: u32 = TransitionStyle::LONGEST;

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Switcher {
    program: Taken,
    /// Marked where the director chose a transition while this scene was on PVW, so that it goes
    /// before the scene's own.
    preview: Waiting,
    /// What the director chose.
    style: TransitionStyle,
    running: Option<Running>,
    /// On the PVW monitor alone.
    trial: Option<Run>,
    bar: Bar,
    black: Black,
    second: u32,
    /// The stingers that can be played.
    stingers: Lengths,
    /// How often PVW and PGM were swapped.
    swaps: u64,
    /// How often another scene was taken, or began to be.
    takes: u64,
}

#[derive(Clone, Debug)]
struct Running {
    run: Run,
    /// What PVW will hold when it has ended; marked where somebody put it there while it ran.
    then: Waiting,
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
    /// A take of nothing.
    #[error("nothing is on PVW: put a scene there first")]
    NothingOnPreview,
    /// A length out of range.
    #[error("{0} frames: expected {1} to {LONGEST}")]
    BadLength(u32, u32),
    /// Something else about a transition is out of range.
    #[error("the transition's {0}: {1}")]
    BadStyle(&'static str, String),
    /// The T-bar is somewhere between its ends or at one of them.
    #[error("T-bar at {0}: expected 0 to 1")]
    BadPosition(String),
    /// Nothing can be tried while a transition is on air.
    #[error("a transition is on air: its preview has to wait for its end")]
    OnAir,
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
            preview: Waiting::new(&preview),
            style: cast.show.transition.clone(),
            running: None,
            trial: None,
            bar: Bar::default(),
            black: Black {
                level: 0.0,
                step: 0.0,
                to_black: false,
            },
            second,
            stingers: Lengths::new(),
            swaps: 0,
            takes: 0,
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
            .map_or(&self.preview.scene, |running| &running.run.to.scene)
    }

    /// The scenes that left the show while they were on PVW, and come back to it when that is undone;
    /// the last one last.
    pub fn away(&self) -> &[Away] {
        self.preview.away()
    }

    /// Puts back what was on air, for an engine that was started again. A scene that is gone from
    /// the show stays on PGM as it was.
    pub fn restore(&mut self, program: Taken, preview: Waiting, black: bool, cast: &Cast) {
        self.program = program;
        if cast.scene(&preview.scene).is_some() {
            self.preview = preview;
        }
        self.running = None;
        self.trial = None;
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
        self.trial = None;
        match &mut self.running {
            Some(running) => {
                running.then = Waiting::new(scene);
                running.then.marked = true;
            }
            None => self.preview = Waiting::new(scene),
        }
        Ok(())
    }

    /// Hot cut: PGM alone. A transition that runs ends here, and PVW keeps what it was to hold.
    pub fn set_program(&mut self, scene: &str, cast: &Cast) -> Result<(), SwitchError> {
        self.program = take(scene, cast)?;
        self.takes += 1;
        self.trial = None;
        if let Some(Running { run, .. }) = self.running.take() {
            self.leave(&run);
            let marked = self.preview.marked;
            self.preview = Waiting::new(on_preview(&run.to.scene, &self.program.scene, cast));
            self.preview.marked = marked;
        }
        Ok(())
    }

    /// Swaps PVW and PGM; completes a transition that runs.
    pub fn cut(&mut self, cast: &Cast) -> Result<(), SwitchError> {
        if self.running.is_some() {
            self.complete();
            return Ok(());
        }
        let next = self.waiting(cast)?;
        self.swaps += 1;
        self.takes += 1;
        self.trial = None;
        let left = std::mem::replace(&mut self.program, next).scene;
        self.preview = Waiting::new(on_preview(&left, &self.program.scene, cast));
        Ok(())
    }

    /// What is on PVW, as it goes on air.
    fn waiting(&self, cast: &Cast) -> Result<Taken, SwitchError> {
        if self.preview.scene.is_empty() {
            return Err(SwitchError::NothingOnPreview);
        }
        take(&self.preview.scene, cast)
    }

    /// Starts the transition; pauses or continues one that runs, and takes over one that the T-bar
    /// holds from where it stands.
    pub fn auto(&mut self, cast: &Cast) -> Result<(), SwitchError> {
        if let Some(Running { run, .. }) = &mut self.running {
            run.paused = !run.paused;
            return Ok(());
        }
        let style = self.next_style(cast).clone();
        if style.kind == TransitionKind::Cut {
            return self.cut(cast);
        }
        let to = self.waiting(cast)?;
        let stinger = self.stinger(&style);
        self.begin(Run::auto(to, style).sting(stinger), cast);
        Ok(())
    }

    /// The T-bar: moves the transition by hand, 0 to 1. At 1 it has ended, at 0 it is given up.
    /// After that the bar is not heeded until it comes up from its start again.
    pub fn t_bar(&mut self, position: f64, cast: &Cast) -> Result<(), SwitchError> {
        if !(0.0..=1.0).contains(&position) {
            return Err(SwitchError::BadPosition(position.to_string()));
        }
        let mut bar = self.bar;
        let heeded = bar.heeds(position);
        // A bar that rests at its start has nothing to say to an AUTO that it did not touch.
        let idle = position == 0.0 && !self.running.as_ref().is_some_and(|r| r.run.by_hand);
        if heeded && !idle && self.running.is_none() {
            let to = self.waiting(cast)?;
            let style = self.next_style(cast).clone();
            let stinger = self.stinger(&style);
            self.begin(Run::hand(to, style).sting(stinger), cast);
        }
        self.bar = bar;
        if !heeded || idle {
            return Ok(());
        }
        if position == 0.0 {
            self.give_up();
        } else if let Some(Running { run, .. }) = &mut self.running {
            run.hold(position);
            if position == 1.0 {
                self.complete();
            }
        }
        Ok(())
    }

    /// Shows on the PVW monitor what AUTO would do, from its start.
    pub fn try_transition(&mut self, cast: &Cast) -> Result<(), SwitchError> {
        if self.running.is_some() {
            return Err(SwitchError::OnAir);
        }
        let to = self.waiting(cast)?;
        let style = self.next_style(cast).clone();
        // There is nothing on the way of a cut.
        let stinger = self.stinger(&style);
        self.trial =
            (style.kind != TransitionKind::Cut).then(|| Run::auto(to, style).sting(stinger));
        Ok(())
    }

    /// Chooses what AUTO does, before any scene's own. A transition that runs goes on as it began.
    pub fn set_transition(&mut self, style: TransitionStyle) -> Result<(), SwitchError> {
        if let Some((field, message)) = style.faults().into_iter().next() {
            return Err(match field {
                "frames" => SwitchError::BadLength(style.frames, 1),
                _ => SwitchError::BadStyle(field, message),
            });
        }
        self.style = style;
        self.preview.marked = true;
        self.trial = None;
        Ok(())
    }

    /// Puts back what the director had chosen, for an engine that was started again.
    pub fn restore_transition(&mut self, style: TransitionStyle, overruled: bool) {
        if style.faults().is_empty() {
            self.style = style;
            self.preview.marked = overruled;
        }
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
        if self.running.as_mut().is_some_and(|r| r.run.step()) {
            self.complete();
        }
        if self.trial.as_mut().is_some_and(Run::step) {
            self.trial = None;
        }
        self.layout()
    }

    fn layout(&self) -> Layout {
        Layout {
            from: self.program.stage.clone(),
            to: self.running.as_ref().map(|r| r.run.crossing()),
            over: Vec::new(),
            black: self.black.level,
        }
    }

    /// The transition for the snapshot; its message is not the switcher's to know.
    pub fn transition(&self, cast: &Cast) -> Transition {
        let run = self.running.as_ref().map(|running| &running.run);
        let (style, state) = match run {
            None => (self.next_style(cast), TransitionState::Idle),
            Some(run) if run.paused => (&run.style, TransitionState::Paused),
            Some(run) => (&run.style, TransitionState::Running),
        };
        Transition {
            style: style.clone(),
            of_scene: run.is_none() && self.preferred(cast).is_some(),
            state,
            position: run.map_or(0.0, |run| run.position() as f32),
            then: self.asked_next().map(str::to_owned),
            tried: self.trial.as_ref().map(|run| run.position() as f32),
            message: String::new(),
            reads: false,
            chosen: self.style.clone(),
        }
    }

    /// The scene that was put on PVW while a transition runs, and waits for its end.
    fn asked_next(&self) -> Option<&str> {
        let running = self.running.as_ref();
        let then = running.map(|running| &running.then);
        then.filter(|then| then.marked)
            .map(|then| then.scene.as_str())
    }

    /// The transition that AUTO makes next: the one that was chosen last, by the director, or with
    /// the scene on PVW.
    pub fn next_style<'a>(&'a self, cast: &'a Cast) -> &'a TransitionStyle {
        self.preferred(cast).unwrap_or(&self.style)
    }

    /// What the director chose, and whether it goes before the own transition of the scene on PVW.
    pub fn chosen_transition(&self) -> (&TransitionStyle, bool) {
        (&self.style, self.preview.marked)
    }

    /// The own transition of the scene on PVW, where it holds.
    fn preferred<'a>(&self, cast: &'a Cast) -> Option<&'a TransitionStyle> {
        let (scene, _) = cast.scene(&self.preview.scene)?;
        let own = scene.transition.as_ref();
        own.filter(|_| !self.preview.marked)
    }

    /// What is tried on the PVW monitor.
    pub fn trial(&self) -> Option<Trial> {
        self.trial.as_ref().map(|run| Trial {
            from: self.program.stage.clone(),
            crossing: run.crossing(),
        })
    }

    /// Says which stingers can be played from now on, and how long they are.
    pub fn know_stingers(&mut self, stingers: Lengths) {
        self.stingers = stingers;
    }

    fn stinger(&self, style: &TransitionStyle) -> Option<(u32, u32)> {
        self.stingers.get(&style.stinger).copied()
    }

    /// Which picture of which stinger is on air.
    pub fn stinger_on_air(&self) -> Option<(&str, usize)> {
        self.running.as_ref()?.run.stinger_picture()
    }

    /// The ids of all stingers that may be asked for.
    pub fn stingers_wanted(&self, cast: &Cast) -> BTreeSet<String> {
        self.styles(cast)
            .filter(|style| style.kind == TransitionKind::Stinger)
            .map(|style| style.stinger.clone())
            .collect()
    }

    fn styles<'a>(&'a self, cast: &'a Cast) -> impl Iterator<Item = &'a TransitionStyle> {
        let own = cast.scenes().filter_map(|scene| scene.transition.as_ref());
        let runs = self.running.iter().map(|r| &r.run.style);
        [&self.style].into_iter().chain(own).chain(runs)
    }

    /// The names of all wipes that may be asked for: each once, in no order that means anything.
    pub fn wipes(&self, cast: &Cast) -> BTreeSet<String> {
        self.styles(cast)
            .filter(|style| style.kind == TransitionKind::Wipe)
            .map(|style| style.wipe.clone())
            .collect()
    }

    /// How black it is, and whether it is going there.
    pub fn black(&self) -> (f32, bool) {
        (self.black.level as f32, self.black.to_black)
    }

    /// Counts how often PVW and PGM were swapped, by whatever.
    pub fn swaps(&self) -> u64 {
        self.swaps
    }

    /// Counts how often another scene was taken, or began to be.
    pub fn takes(&self) -> u64 {
        self.takes
    }

    /// How far the transition on air is, 0 to 1.
    pub fn crossed(&self) -> Option<f64> {
        let running = self.running.as_ref();
        running.map(|running| running.run.position())
    }

    /// Whether something moves from one frame to the next. A transition that the T-bar holds does:
    /// what moved it is a command, and its sound goes where its picture goes, not in steps.
    pub fn is_moving(&self) -> bool {
        let moves = |r: &Running| !r.run.paused || r.run.by_hand;
        self.black.step != 0.0 || self.running.as_ref().is_some_and(moves)
    }

    /// How much of a source's sound follows its picture: 0 to 1, by how far a transition is,
    /// whatever its kind.
    pub fn follow(&self, source: usize) -> f64 {
        self.follow_where(|stage| stage.shows(source))
    }

    /// As [`Self::follow`], of what is heard with the pictures where this says so.
    pub fn follow_where(&self, is_heard: impl Fn(&Stage) -> bool) -> f64 {
        let of = |stage: &Stage| f64::from(u8::from(is_heard(stage)));
        let from = of(&self.program.stage);
        match &self.running {
            None => from,
            Some(Running { run, .. }) => from + (of(&run.to.stage) - from) * run.heard(),
        }
    }

    /// Whether a source is seen on air, from whatever slot it was taken.
    pub fn is_on_air(&self, source: &str) -> bool {
        self.taken().any(|taken| taken.needs(source))
    }

    /// The slots from which a source is on air: others than its own where it was made anew since.
    pub fn slots_on_air(&self, source: &str) -> impl Iterator<Item = usize> {
        self.taken().filter_map(|taken| taken.slot(source))
    }

    /// Whether a source, by slot, is drawn by the scene on PVW.
    pub fn is_on_preview(&self, source: usize, cast: &Cast) -> bool {
        cast.scene(self.preview())
            .is_some_and(|(_, stage)| stage.needs(source))
    }

    /// What is on air: the program, and what a transition goes to.
    pub fn on_air(&self) -> impl Iterator<Item = &Stage> {
        self.taken().map(|taken| &taken.stage)
    }

    fn taken(&self) -> impl Iterator<Item = &Taken> {
        let running = self.running.as_ref().map(|running| &running.run.to);
        [&self.program].into_iter().chain(running)
    }

    fn taken_on_air(&mut self) -> impl Iterator<Item = &mut Taken> {
        let running = self.running.as_mut().map(|running| &mut running.run.to);
        [&mut self.program].into_iter().chain(running)
    }

    /// Takes sources off the air at once, wherever they are, with this step.
    pub fn drop_sources(&mut self, sources: &[String], by: Passed) {
        for taken in self.taken_on_air() {
            taken.drop_sources(sources, by);
        }
    }

    /// Goes on with a show that was edited: what is on air stays as it was taken; a scene that left
    /// the show leaves PVW, for the one on PGM. Where a step is taken back, what it took off the air and
    /// off PVW is there again, unless something else was put there since.
    pub fn recast(&mut self, before: &Cast, cast: &Cast, passed: Passed) {
        let renamed = before.renamed(cast);
        for taken in self.taken_on_air() {
            taken.rename(&renamed, before, cast);
            taken.bring_back(cast, passed);
        }
        let first = cast.scenes().next().map(|scene| scene.id.clone());
        let first = first.unwrap_or_default();
        let other = on_preview(&self.program.scene, &first, cast);
        self.trial = None;
        let then = self.running.as_mut().map(|running| &mut running.then);
        for waiting in [&mut self.preview].into_iter().chain(then) {
            waiting.rename(&renamed);
            waiting.recast(cast, passed, other);
        }
    }

    /// Takes the scenes on air as they are now: for a director who edits live.
    pub fn retake(&mut self, cast: &Cast) {
        for taken in self.taken_on_air() {
            if let Ok(now) = take(&taken.scene, cast) {
                *taken = now;
            }
        }
    }

    /// The scene that is on PGM, or to which a transition on air goes.
    pub fn goal(&self) -> &str {
        let running = self.running.as_ref();
        running.map_or(&self.program.scene, |running| &running.run.to.scene)
    }

    /// Whether a scene is on PGM, or a transition on air goes to it.
    pub fn is_program(&self, scene: &str) -> bool {
        let running = self.running.as_ref();
        let goal = running.map(|running| running.run.to.name());
        self.program.name() == scene || goal == Some(scene)
    }

    fn begin(&mut self, run: Run, cast: &Cast) {
        self.takes += 1;
        self.trial = None;
        let then = on_preview(&self.program.scene, &run.to.scene, cast);
        let then = Waiting::new(then);
        self.running = Some(Running { run, then });
    }

    /// Ends the transition that runs: its goal is on PGM.
    fn complete(&mut self) {
        if let Some(running) = self.running.take() {
            let Running { run, then } = running;
            self.leave(&run);
            self.swaps += 1;
            self.program = run.to;
            self.preview = then.unmarked();
        }
    }

    /// Gives up the transition that runs: PGM stays, and PVW holds what it held, or what was put
    /// there meanwhile.
    fn give_up(&mut self) {
        if let Some(Running { then, .. }) = self.running.take()
            && then.scene != self.program.scene
        {
            self.preview = then.unmarked();
        }
    }

    /// Notes where a transition was left by a bar that had moved it.
    fn leave(&mut self, run: &Run) {
        if run.by_hand {
            self.bar.spend(run.position());
        }
    }
}

/// What PVW holds when a scene goes there: that one, or another where the show has it no more.
fn on_preview<'a>(scene: &'a str, other: &'a str, cast: &Cast) -> &'a str {
    match cast.scene(scene) {
        Some(_) => scene,
        None => other,
    }
}

fn find<'a>(scene: &str, cast: &'a Cast) -> Result<(&'a Scene, &'a Stage), SwitchError> {
    cast.scene(scene).ok_or_else(|| {
        let known: Vec<&str> = cast.scenes().map(|s| s.id.as_str()).collect();
        SwitchError::UnknownScene(scene.to_owned(), known.join(", "))
    })
}

fn take(scene: &str, cast: &Cast) -> Result<Taken, SwitchError> {
    let (scene, _) = find(scene, cast)?;
    Ok(Taken::new(&scene.id, &scene.layers, cast))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::{Layer, Pattern, Show, Source, SourceKind};
    use crate::video::Blend;

    fn show() -> Show {
        let source = |id: &str| Source {
            id: id.to_owned(),
            label: id.to_owned(),
            kind: SourceKind::Test {
                pattern: Pattern::Bars,
                tone_hz: None,
                beep_ms: 0,
            },
            fader_db: 0.0,
            mute: false,
            afv: crate::show::Afv::Follow,
            strip: Default::default(),
            picture_delay_ms: 0,
            colour: Default::default(),
            groups: Vec::new(),
            sends: Vec::new(),
            mix_minus: false,
            return_db: 0.0,
        };
        Show {
            sources: ["a", "b", "c"].map(source).to_vec(),
            ..Show::new("Test")
        }
    }

    fn mix(frames: u32) -> TransitionStyle {
        TransitionStyle {
            frames,
            ..TransitionStyle::of(TransitionKind::Mix)
        }
    }

    /// PGM, PVW, and how far the transition is.
    fn seen(s: &Switcher, cast: &Cast) -> (String, String, TransitionState, f32) {
        let now = s.transition(cast);
        let program = s.program().scene.clone();
        (program, s.preview().to_owned(), now.state, now.position)
    }

    fn at(
        program: &str,
        preview: &str,
        state: TransitionState,
        position: f32,
    ) -> (String, String, TransitionState, f32) {
        (program.to_owned(), preview.to_owned(), state, position)
    }

    fn switcher() -> (Switcher, Cast) {
        let cast = Cast::opened(show(), 0);
        (Switcher::new(&cast), cast)
    }

    #[test]
    fn a_take_of_nothing_says_so() {
        let mut empty = show();
        empty.sources.clear();
        let mut s = Switcher::new(&Cast::opened(empty, 0));
        assert_eq!(s.preview(), "");
        // The first sources have come since.
        let cast = Cast::opened(show(), 0);
        let nothing = Err(SwitchError::NothingOnPreview);
        assert_eq!(s.cut(&cast), nothing);
        assert_eq!(s.auto(&cast), nothing);
        assert_eq!(s.t_bar(0.5, &cast), nothing);
        assert_eq!(s.try_transition(&cast), nothing);
        assert_eq!(s.program().scene, "");
        s.set_preview("b", &cast).unwrap();
        s.cut(&cast).unwrap();
        assert_eq!(s.program().scene, "b");
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
    fn a_scene_put_on_preview_during_a_transition_is_said_until_it_is_there() {
        let (mut s, cast) = switcher();
        s.set_transition(mix(4)).unwrap();
        let waits = |s: &Switcher| s.transition(&cast).then;
        s.set_preview("b", &cast).unwrap();
        assert_eq!(waits(&s), None, "it is there at once");
        s.auto(&cast).unwrap();
        s.tick();
        assert_eq!(waits(&s), None, "nobody has asked for one");
        s.set_preview("c", &cast).unwrap();
        assert_eq!(waits(&s).as_deref(), Some("c"));
        assert_eq!(s.preview(), "b");
        s.cut(&cast).unwrap();
        assert_eq!((waits(&s), s.preview()), (None, "c"));
    }

    #[test]
    fn a_mix_of_n_frames_shows_n_mixed_pictures_and_then_swaps() {
        let (mut s, cast) = switcher();
        s.set_transition(mix(4)).unwrap();
        s.auto(&cast).unwrap();
        let positions: Vec<Option<f64>> = (0..6)
            .map(|_| s.tick().to.map(|crossing| crossing.position))
            .collect();
        let expected = [Some(0.2), Some(0.4), Some(0.6), Some(0.8), None, None];
        assert_eq!(positions, expected);
        assert_eq!((s.program().scene.as_str(), s.preview()), ("b", "a"));
    }

    #[test]
    fn while_auto_runs_auto_pauses_cut_completes_and_a_hot_cut_ends_it() {
        let (mut s, cast) = switcher();
        s.set_transition(mix(10)).unwrap();
        s.auto(&cast).unwrap();
        s.tick();
        s.auto(&cast).unwrap();
        let held = s.tick().to.unwrap().position;
        assert_eq!(s.tick().to.unwrap().position, held);
        assert_eq!(s.transition(&cast).state, TransitionState::Paused);
        s.auto(&cast).unwrap();
        assert!(s.tick().to.unwrap().position > held);
        assert!(s.is_program("a"));
        assert!(s.is_program("b"));
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
        s.set_transition(mix(2)).unwrap();
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
        s.set_transition(mix(1)).unwrap();
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
        assert!(s.set_transition(mix(0)).is_err());
        assert!(s.set_transition(mix(1001)).is_err());
        assert!(s.set_program("nowhere", &cast).is_err());
        assert_eq!((s.program().scene.as_str(), s.preview()), ("a", "b"));
    }

    #[test]
    fn red_wins_over_green() {
        let (mut s, cast) = switcher();
        s.set_preview("a", &cast).unwrap();
        assert!(s.is_program("a"));
        assert!(s.is_on_air("a") && !s.is_on_air("b") && !s.is_on_preview(1, &cast));
        s.set_preview("c", &cast).unwrap();
        assert!(!s.is_on_air("c") && s.is_on_preview(2, &cast));
    }

    #[test]
    fn the_bar_goes_up_takes_once_and_is_at_rest() {
        let (mut s, cast) = switcher();
        for position in [0.1, 0.5, 0.9] {
            s.t_bar(position, &cast).unwrap();
            let held = at("a", "b", TransitionState::Paused, position as f32);
            assert_eq!(seen(&s, &cast), held);
            assert_eq!(s.tick().to.unwrap().position, position);
            assert_eq!(s.tick().to.unwrap().position, position, "it stands still");
            assert_eq!(seen(&s, &cast), held);
        }
        assert!(s.is_program("b"));
        s.t_bar(1.0, &cast).unwrap();
        let taken = at("b", "a", TransitionState::Idle, 0.0);
        assert_eq!(seen(&s, &cast), taken);
        assert!(s.tick().to.is_none());
        // Said again, and on the way back to its start.
        for position in [1.0, 1.0, 0.97, 0.5, 0.05, 0.0] {
            s.t_bar(position, &cast).unwrap();
            assert!(s.tick().to.is_none());
            assert_eq!(seen(&s, &cast), taken, "{position}");
        }
        s.t_bar(0.05, &cast).unwrap();
        s.t_bar(1.0, &cast).unwrap();
        assert_eq!(seen(&s, &cast), at("a", "b", TransitionState::Idle, 0.0));
    }

    #[test]
    fn the_bar_back_at_its_start_takes_nothing() {
        let (mut s, cast) = switcher();
        s.t_bar(0.7, &cast).unwrap();
        s.tick();
        s.t_bar(0.0, &cast).unwrap();
        assert_eq!(seen(&s, &cast), at("a", "b", TransitionState::Idle, 0.0));
        assert!(s.tick().to.is_none());
        // It may go up again at once; what was put on PVW meanwhile is there when it comes back.
        s.t_bar(0.3, &cast).unwrap();
        s.set_preview("c", &cast).unwrap();
        assert_eq!(s.preview(), "b");
        s.t_bar(0.0, &cast).unwrap();
        assert_eq!(seen(&s, &cast), at("a", "c", TransitionState::Idle, 0.0));
    }

    #[test]
    fn auto_goes_on_from_where_the_bar_stands() {
        let (mut s, cast) = switcher();
        s.set_transition(mix(4)).unwrap();
        s.t_bar(0.5, &cast).unwrap();
        s.tick();
        s.auto(&cast).unwrap();
        let positions: Vec<Option<f64>> = (0..4)
            .map(|_| s.tick().to.map(|crossing| crossing.position))
            .collect();
        // A fifth each frame, as AUTO goes: 0.7, 0.9, the end.
        assert_eq!(positions, [Some(0.7), Some(0.9), None, None]);
        assert_eq!(seen(&s, &cast), at("b", "a", TransitionState::Idle, 0.0));
        // The bar still stands half way: what it says now is no new transition.
        s.t_bar(0.55, &cast).unwrap();
        assert_eq!(seen(&s, &cast), at("b", "a", TransitionState::Idle, 0.0));
    }

    #[test]
    fn the_bar_takes_over_from_auto_but_not_by_resting() {
        let (mut s, cast) = switcher();
        s.set_transition(mix(9)).unwrap();
        s.auto(&cast).unwrap();
        s.tick();
        s.t_bar(0.0, &cast).unwrap();
        assert_eq!(
            s.tick().to.unwrap().position,
            0.2,
            "a bar at rest changes nothing"
        );
        s.t_bar(0.6, &cast).unwrap();
        assert_eq!(s.tick().to.unwrap().position, 0.6);
        assert_eq!(s.tick().to.unwrap().position, 0.6);
        s.t_bar(0.0, &cast).unwrap();
        assert_eq!(seen(&s, &cast), at("a", "b", TransitionState::Idle, 0.0));
    }

    #[test]
    fn cut_and_hot_cut_end_what_the_bar_began() {
        let (mut s, cast) = switcher();
        s.t_bar(0.4, &cast).unwrap();
        s.cut(&cast).unwrap();
        assert_eq!(seen(&s, &cast), at("b", "a", TransitionState::Idle, 0.0));
        s.t_bar(0.41, &cast).unwrap();
        assert_eq!(seen(&s, &cast), at("b", "a", TransitionState::Idle, 0.0));
        s.t_bar(0.0, &cast).unwrap();
        s.t_bar(0.4, &cast).unwrap();
        s.set_program("c", &cast).unwrap();
        assert_eq!(seen(&s, &cast), at("c", "a", TransitionState::Idle, 0.0));
        s.t_bar(0.5, &cast).unwrap();
        assert!(s.tick().to.is_none());
    }

    #[test]
    fn a_bar_out_of_range_is_refused() {
        let (mut s, cast) = switcher();
        for position in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
            assert!(s.t_bar(position, &cast).is_err(), "{position}");
            assert!(s.tick().to.is_none());
        }
    }

    #[test]
    fn the_bar_mixes_where_auto_would_cut() {
        let (mut s, cast) = switcher();
        s.set_transition(TransitionStyle::of(TransitionKind::Cut))
            .unwrap();
        s.t_bar(0.5, &cast).unwrap();
        assert_eq!(s.tick().to.unwrap().blend, Blend::Mix);
        s.t_bar(1.0, &cast).unwrap();
        assert_eq!(seen(&s, &cast), at("b", "a", TransitionState::Idle, 0.0));
    }

    #[test]
    fn what_was_chosen_last_wins_be_it_with_a_scene_or_by_the_director() {
        let mut show = show();
        let own = TransitionStyle {
            frames: 7,
            ..TransitionStyle::of(TransitionKind::Push)
        };
        show.scenes.push(Scene {
            id: "opener".to_owned(),
            label: String::new(),
            layers: vec![Layer::full("c")],
            transition: Some(own.clone()),
        });
        show.transition = mix(9);
        let cast = Cast::opened(show, 0);
        let mut s = Switcher::new(&cast);
        s.set_program("a", &cast).unwrap();
        s.set_preview("b", &cast).unwrap();
        assert_eq!(
            (s.next_style(&cast), s.transition(&cast).of_scene),
            (&mix(9), false)
        );
        s.set_preview("opener", &cast).unwrap();
        assert_eq!(
            (s.next_style(&cast), s.transition(&cast).of_scene),
            (&own, true)
        );
        s.set_transition(mix(3)).unwrap();
        assert_eq!(
            (s.next_style(&cast), s.transition(&cast).of_scene),
            (&mix(3), false)
        );
        s.set_preview("opener", &cast).unwrap();
        s.auto(&cast).unwrap();
        assert_eq!(
            s.tick().to.unwrap().blend,
            Blend::Push(crate::show::Direction::Left)
        );
        assert_eq!(s.transition(&cast).style, own);
        s.cut(&cast).unwrap();
        assert_eq!(s.program().scene, "opener");
        // Away from it the director's own holds again.
        assert_eq!(s.next_style(&cast), &mix(3));
    }

    #[test]
    fn a_transition_that_is_tried_is_not_on_air_and_ends_by_itself() {
        let (mut s, cast) = switcher();
        s.set_transition(mix(3)).unwrap();
        s.try_transition(&cast).unwrap();
        let mut positions = Vec::new();
        for _ in 0..4 {
            assert!(s.tick().to.is_none());
            positions.push(s.trial().map(|trial| trial.crossing.position));
            assert_eq!(seen(&s, &cast), at("a", "b", TransitionState::Idle, 0.0));
            assert_eq!((s.follow(0), s.follow(1)), (1.0, 0.0));
            assert!(!s.is_program("b") && s.preview() == "b");
        }
        assert_eq!(positions, [Some(0.25), Some(0.5), Some(0.75), None]);
        type Act = fn(&mut Switcher, &Cast) -> Result<(), SwitchError>;
        let ends: [Act; 6] = [
            |s, cast| s.cut(cast),
            |s, cast| s.auto(cast),
            |s, cast| s.t_bar(0.3, cast),
            |s, cast| s.set_preview("c", cast),
            |s, cast| s.set_program("c", cast),
            |s, _| s.set_transition(mix(5)),
        ];
        for end in ends {
            let mut s = s.clone();
            s.try_transition(&cast).unwrap();
            s.tick();
            assert!(s.trial().is_some());
            end(&mut s, &cast).unwrap();
            assert!(s.trial().is_none());
        }
        s.auto(&cast).unwrap();
        assert_eq!(s.try_transition(&cast), Err(SwitchError::OnAir));
    }

    #[test]
    fn sound_follows_the_position_whatever_the_kind() {
        for kind in TransitionKind::ALL {
            let (mut s, cast) = switcher();
            s.set_transition(TransitionStyle::of(kind)).unwrap();
            s.t_bar(0.25, &cast).unwrap();
            s.tick();
            assert_eq!((s.follow(0), s.follow(1)), (0.75, 0.25), "{kind:?}");
            assert!(s.is_moving(), "its sound goes along in a ramp of a frame");
            s.t_bar(1.0, &cast).unwrap();
            s.tick();
            assert_eq!((s.follow(0), s.follow(1)), (0.0, 1.0), "{kind:?}");
        }
    }
}
