//! A clip as the tick plays it: when it plays, waits, goes back. It decides on frames and tells the
//! clip's transport, which never makes it wait.

use std::sync::Arc;

use crate::door::{ClipAction, ClipState, ClipStatus};
use crate::input::Transport;
use crate::media::{House, NS_PER_S};
use crate::show::{AtEnd, Play, SourceKind};

/// See the module's words.
#[derive(Debug)]
pub struct Clip {
    transport: Arc<Transport>,
    at_end: AtEnd,
    play: Play,
    /// Where it begins, in nanoseconds.
    first: i64,
    /// Where it ends, if not at the file's end.
    last: Option<i64>,
    state: ClipState,
    /// It was on air in the frame before.
    on_air: bool,
    /// The picture that is shown stays until the one that it was cued to is there.
    frozen: bool,
    /// When it began to play.
    since: House,
    /// Of the picture that was shown last, in nanoseconds.
    position: i64,
}

impl Clip {
    /// The clip that a source is; none where it is no clip.
    pub fn of(kind: &SourceKind, transport: &Arc<Transport>) -> Option<Self> {
        let SourceKind::File {
            play, in_s, out_s, ..
        } = kind
        else {
            return None;
        };
        let nanoseconds = |s: f64| (s * NS_PER_S as f64).round() as i64;
        let first = in_s.map_or(0, nanoseconds);
        Some(Self {
            transport: transport.clone(),
            at_end: kind.at_end(),
            play: *play,
            first,
            last: out_s.map(nanoseconds),
            state: match play {
                Play::Always => ClipState::Playing,
                Play::OnTake => ClipState::Cued,
            },
            on_air: false,
            frozen: false,
            since: House::MIN,
            position: first,
        })
    }

    /// Says whether it is on air in the frame due at `due`: one that waits for its take plays from
    /// this frame on, and goes back to its start when it has left.
    pub fn is_seen(&mut self, on_air: bool, due: House) {
        let was = std::mem::replace(&mut self.on_air, on_air);
        if self.play == Play::OnTake {
            match (was, on_air) {
                (false, true) if self.state != ClipState::Playing => self.begin(due),
                (true, false) => self.cue(self.first, ClipState::Cued),
                _ => {}
            }
        }
        self.transport.call();
    }

    /// Carries out a command in the frame due at `due`; `position_s` is where a seek goes.
    pub fn act(&mut self, action: ClipAction, position_s: f64, due: House) {
        match action {
            ClipAction::Play => match self.state {
                ClipState::Playing => {}
                ClipState::Cued | ClipState::Paused => self.begin(due),
                ClipState::Ended => self.restart(due),
            },
            ClipAction::Pause => {
                if self.state == ClipState::Playing {
                    self.frozen = true;
                    self.cue(self.position, ClipState::Paused);
                }
            }
            ClipAction::Cue => self.cue(self.first, ClipState::Cued),
            ClipAction::Restart => self.restart(due),
            ClipAction::Seek => {
                let to = (position_s * NS_PER_S as f64).round() as i64;
                let end = self.end().unwrap_or(i64::MAX);
                let was = self.state;
                self.cue(to.clamp(0, end), ClipState::Paused);
                if was == ClipState::Playing {
                    self.begin(due);
                }
            }
        }
    }

    /// Whether what was shown last is shown again.
    pub fn stands(&mut self) -> bool {
        if self.frozen && self.transport.is_ready() {
            self.frozen = false;
        }
        self.frozen
    }

    /// Takes down that this picture is shown; `drained` where no other waits. Gives whether it is to
    /// be seen: not where the clip has ended and goes black.
    pub fn shows(&mut self, position: i64, drained: bool) -> bool {
        self.position = position;
        if self.state == ClipState::Playing && self.transport.is_over() && drained {
            match self.at_end {
                // It has no end, though its container may say so now and then.
                AtEnd::Loop => {}
                AtEnd::Rewind => self.cue(self.first, ClipState::Cued),
                AtEnd::Hold | AtEnd::Black => self.state = ClipState::Ended,
            }
        }
        !(self.state == ClipState::Ended && self.at_end == AtEnd::Black)
    }

    /// Whether it gives no new pictures, and that is as it should be.
    pub fn rests(&self) -> bool {
        self.state != ClipState::Playing
    }

    /// Whether its sound is unheard.
    pub fn is_silent(&self) -> bool {
        matches!(self.state, ClipState::Cued | ClipState::Paused)
    }

    /// When it began to play.
    pub fn since(&self) -> House {
        self.since
    }

    /// What is seen of it.
    pub fn status(&self) -> ClipStatus {
        let seconds = |ns: i64| ns as f64 / NS_PER_S as f64;
        let end = self.end();
        // The last picture begins before the end, and stands for it once that is reached. What ended
        // much too early did not come so far.
        let has_come = |end: &i64| {
            self.state == ClipState::Ended && (0..=NS_PER_S).contains(&(end - self.position))
        };
        let position = end.filter(has_come).unwrap_or(self.position);
        ClipStatus {
            state: self.state,
            position_s: seconds(position),
            length_s: self.transport.length().map(seconds),
            // The last picture begins before the end, and is shown to it.
            remaining_s: match self.state {
                ClipState::Ended => Some(0.0),
                _ => end.map(|end| seconds((end - self.position).max(0))),
            },
            on_take: self.play == Play::OnTake,
            at_end: self.at_end,
        }
    }

    fn end(&self) -> Option<i64> {
        match (self.last, self.transport.length()) {
            (Some(last), Some(length)) => Some(last.min(length)),
            (last, length) => last.or(length),
        }
    }

    fn restart(&mut self, due: House) {
        self.cue(self.first, ClipState::Cued);
        self.begin(due);
    }

    fn begin(&mut self, due: House) {
        self.transport.play(due);
        self.state = ClipState::Playing;
        self.since = due;
    }

    fn cue(&mut self, position: i64, state: ClipState) {
        self.transport.cue(position);
        self.state = state;
    }
}
