//! The T-bar: the hand's way through a transition. It has the manners of a real one: after a take it
//! stays at the end where it is, and the next transition is made on the way back. While AUTO runs it
//! goes along.

use egui::{Id, Rect, Sense, Ui, pos2, vec2};

use super::{
    fills, lang, paint,
    slide::{self, Asked},
    theme,
    view::View,
};
use crate::door::{Command, Snapshot, TransitionState};

/// One press of a key moves it so far.
pub const STEP: f64 = 0.05;
/// From here on it is at its end, for a hand is not that exact.
const END: f64 = 0.998;
/// Smaller moves are not sent.
const LEAST: f64 = 0.002;
/// After a move it waits so long for the engine to report it, in seconds.
const ECHO_S: f64 = 0.4;
/// A take that was sent is reported within this many seconds.
const TAKE_S: f64 = 1.0;

/// A hand on the bar, or one that has just let go.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Hand {
    /// How far the transition is by this hand, 0 to 1.
    progress: f64,
    /// What was sent of it last.
    sent: f64,
    /// When it moved last, in seconds.
    moved: f64,
    /// It holds the bar now.
    holds: bool,
    /// The transition ended otherwise: nothing more is heard of this hand until it lets go.
    spent: bool,
}

/// See the module's words. Positions are 0 to 1, times seconds.
#[derive(Clone, Debug, Default)]
pub struct TBar {
    /// It rests at the other end.
    flipped: bool,
    hand: Option<Hand>,
    /// Where the transition goes that the engine is making.
    goes_to: Option<String>,
    /// The bar had a part in it.
    by_hand: bool,
    /// When a take of its own was sent that is not yet reported.
    took: Option<f64>,
    /// Where on the cap the hand took hold, in points.
    offset: f32,
}

impl TBar {
    /// Told once a frame what the engine does: what is to be sent.
    pub fn follow(&mut self, snapshot: &Snapshot, now: f64) -> Vec<f64> {
        let idle = snapshot.transition.state == TransitionState::Idle;
        if let Some(hand) = self.hand
            && !hand.holds
            && now - hand.moved > ECHO_S
        {
            self.hand = None;
        }
        if !idle {
            if self.goes_to.is_none() {
                self.goes_to = Some(snapshot.preview.clone());
            }
            return Vec::new();
        }
        let Some(to) = self.goes_to.take() else {
            return Vec::new();
        };
        if self.took.take().is_some_and(|at| now - at < TAKE_S) {
            return Vec::new();
        }
        // AUTO, CUT or another hand ended it.
        if snapshot.program == to {
            self.flipped = !self.flipped;
        }
        if let Some(hand) = &mut self.hand {
            hand.spent |= hand.sent > 0.0;
        }
        // So that the engine heeds the bar the next time.
        match std::mem::take(&mut self.by_hand) {
            true => vec![0.0],
            false => Vec::new(),
        }
    }

    /// How far the transition is, as the bar shows it.
    fn progress(&self, snapshot: &Snapshot) -> f64 {
        match (self.hand, snapshot.transition.state) {
            (Some(hand), _) if !hand.spent => hand.progress,
            (_, TransitionState::Idle) => 0.0,
            _ => f64::from(snapshot.transition.position),
        }
    }

    /// Where the cap is: 0 at the left, 1 at the right.
    pub fn place(&self, snapshot: &Snapshot) -> f64 {
        self.placed(self.progress(snapshot))
    }

    fn placed(&self, progress: f64) -> f64 {
        if self.flipped {
            1.0 - progress
        } else {
            progress
        }
    }

    /// A hand takes hold: what is to be sent.
    pub fn grab(&mut self, snapshot: &Snapshot, now: f64) -> Vec<f64> {
        let progress = self.progress(snapshot);
        let is_new = self.hand.is_none_or(|hand| hand.spent);
        let sent = match self.hand {
            Some(hand) if !hand.spent => hand.sent,
            _ => progress,
        };
        self.hand = Some(Hand {
            progress,
            sent,
            moved: now,
            holds: true,
            spent: false,
        });
        // The engine heeds a bar that comes up from its start.
        let idle = snapshot.transition.state == TransitionState::Idle;
        if is_new && idle {
            vec![0.0]
        } else {
            Vec::new()
        }
    }

    /// The hand moves the cap to a place: what is to be sent.
    pub fn move_to(&mut self, place: f64, now: f64) -> Vec<f64> {
        let wanted = self.placed(place.clamp(0.0, 1.0));
        let Some(hand) = &mut self.hand else {
            return Vec::new();
        };
        if hand.spent {
            return Vec::new();
        }
        let progress = if wanted < LEAST { 0.0 } else { wanted };
        if (progress - hand.progress).abs() > f64::EPSILON {
            hand.moved = now;
        }
        hand.progress = progress;
        if progress >= END {
            (hand.progress, hand.sent) = (0.0, 0.0);
            self.flipped = !self.flipped;
            self.took = Some(now);
            self.by_hand = false;
            return vec![1.0, 0.0];
        }
        let is_back = progress == 0.0 && hand.sent != 0.0;
        if !is_back && (progress - hand.sent).abs() < LEAST {
            return Vec::new();
        }
        hand.sent = progress;
        self.by_hand = progress > 0.0;
        vec![progress]
    }

    /// The hand lets go.
    pub fn let_go(&mut self, now: f64) {
        if let Some(hand) = &mut self.hand {
            hand.holds = false;
            hand.moved = now;
        }
    }

    /// Moves it by a part of its way, as a key does: what is to be sent.
    pub fn step(&mut self, by: f64, snapshot: &Snapshot, now: f64) -> Vec<f64> {
        let progress = self.progress(snapshot);
        if by < 0.0 && progress == 0.0 {
            return Vec::new();
        }
        let mut send = self.grab(snapshot, now);
        // Twenty twentieths are one.
        let to = ((progress + by) / LEAST).round() * LEAST;
        send.extend(self.move_to(self.placed(to.clamp(0.0, 1.0)), now));
        self.let_go(now);
        send
    }

    /// Moves it by a part of its way and tells the engine.
    pub fn nudge(&mut self, by: f64, view: &View) {
        for position in self.step(by, view.snapshot, view.now) {
            view.send(Command::TBar { position });
        }
    }

    /// Draws it, with its way in the rectangle from left to right, and sends what the hand does.
    pub fn show(&mut self, ui: &Ui, rect: Rect, view: &View) {
        let snapshot = view.snapshot;
        let mut send = self.follow(snapshot, view.now);
        let id = Id::unique("t-bar");
        let sense = if ui.is_enabled() {
            Sense::click_and_drag()
        } else {
            Sense::hover()
        };
        let response = ui.interact(rect, id, sense);
        let cap = vec2(20.0, rect.height().min(44.0) - 2.0);
        let track = rect.shrink2(vec2(cap.x / 2.0 + 1.0, 0.0));
        let x_of = |place: f64| track.left() + track.width() * place as f32;

        if response.drag_started() {
            let origin = ui.input(|i| i.pointer.press_origin());
            let cap_x = x_of(self.place(snapshot));
            self.offset = origin.map_or(0.0, |at| at.x - cap_x);
            send.extend(self.grab(snapshot, view.now));
        }
        if response.dragged()
            && let Some(at) = ui.input(|i| i.pointer.latest_pos())
        {
            let place = (at.x - self.offset - track.left()) / track.width();
            send.extend(self.move_to(f64::from(place), view.now));
        }
        if response.drag_stopped() {
            self.let_go(view.now);
        }
        match slide::asked(ui, &response) {
            Some(Asked::Steps(steps)) => send.extend(self.step(steps * STEP, snapshot, view.now)),
            Some(Asked::Set(percent)) => {
                let by = (percent / 100.0).clamp(0.0, 1.0) - self.progress(snapshot);
                send.extend(self.step(by, snapshot, view.now));
            }
            None => {}
        }
        for position in send {
            view.send(Command::TBar { position });
        }

        let progress = self.progress(snapshot);
        let label = lang::text("switch-bar");
        let percent = (progress * 100.0).round();
        slide::say(ui, &response, &label, percent, (100.0, STEP * 100.0));

        let groove = Rect::from_center_size(track.center(), vec2(track.width(), 6.0));
        fills::fill(ui, groove, 3, theme::RAISED);
        let (rest, at) = (x_of(self.placed(0.0)), x_of(self.placed(progress)));
        let done = Rect::from_x_y_ranges(rest.min(at)..=rest.max(at), groove.y_range());
        fills::fill(ui, done, 3, theme::DIM);
        for place in [0.0, 0.5, 1.0] {
            let high = if place == 0.5 { 8.0 } else { 14.0 };
            let y = rect.center().y;
            ui.painter()
                .vline(x_of(place).round(), y - high..=y + high, (1.0, theme::LINE));
        }
        let knob = Rect::from_center_size(pos2(at, rect.center().y), cap);
        let lit = response.dragged() || response.hovered();
        let fill = if lit { theme::ON } else { theme::DIM };
        ui.painter().rect_filled(knob, 3, fill);
        ui.painter().vline(
            knob.center().x,
            knob.y_range().shrink(6.0),
            (2.0, theme::ON_TEXT),
        );
        paint::focus_ring(ui, &response);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    const NOTHING: [f64; 0] = [];

    fn engine(snapshot: &mut Snapshot, state: TransitionState, position: f32) {
        snapshot.transition.state = state;
        snapshot.transition.position = position;
    }

    fn swap(snapshot: &mut Snapshot) {
        std::mem::swap(&mut snapshot.program, &mut snapshot.preview);
        engine(snapshot, TransitionState::Idle, 0.0);
    }

    #[test]
    fn a_drag_takes_and_the_next_one_goes_back() {
        let mut s = testing::snapshot();
        let mut bar = TBar::default();
        assert_eq!(bar.place(&s), 0.0);
        assert_eq!(bar.grab(&s, 1.0), [0.0], "it comes up from its start");
        assert_eq!(bar.move_to(0.4, 1.1), [0.4]);
        assert_eq!(bar.move_to(0.4, 1.2), NOTHING);
        engine(&mut s, TransitionState::Paused, 0.4);
        assert_eq!(bar.follow(&s, 1.2), NOTHING);
        assert_eq!(bar.move_to(1.2, 1.3), [1.0, 0.0], "taken, and ready again");
        swap(&mut s);
        assert_eq!(bar.follow(&s, 1.4), NOTHING);
        assert_eq!(bar.place(&s), 1.0, "it stays where it is");
        // The same hand goes on, back to the left: a new transition.
        assert_eq!(bar.move_to(1.0, 1.5), NOTHING);
        assert_eq!(bar.move_to(0.7, 1.6), [1.0 - 0.7]);
        engine(&mut s, TransitionState::Paused, 0.3);
        assert_eq!(bar.follow(&s, 1.6), NOTHING);
        assert_eq!(bar.move_to(1.0, 1.7), [0.0], "given up");
        engine(&mut s, TransitionState::Idle, 0.0);
        bar.follow(&s, 1.8);
        bar.let_go(1.8);
        assert_eq!(bar.follow(&s, 3.0), NOTHING);
        assert_eq!(bar.place(&s), 1.0);
    }

    #[test]
    fn it_goes_along_with_auto_and_stays_where_auto_ends() {
        let mut s = testing::snapshot();
        let mut bar = TBar::default();
        for (place, position) in [(0.25, 0.25f32), (0.75, 0.75)] {
            engine(&mut s, TransitionState::Running, position);
            assert_eq!(bar.follow(&s, 1.0), NOTHING);
            assert_eq!(bar.place(&s), place);
        }
        swap(&mut s);
        assert_eq!(bar.follow(&s, 1.1), NOTHING);
        assert_eq!(bar.place(&s), 1.0);
        engine(&mut s, TransitionState::Running, 0.25);
        assert_eq!(bar.follow(&s, 1.2), NOTHING);
        assert_eq!(bar.place(&s), 0.75, "on its way back");
    }

    #[test]
    fn a_hand_takes_over_from_auto_where_it_is() {
        let mut s = testing::snapshot();
        let mut bar = TBar::default();
        engine(&mut s, TransitionState::Running, 0.5);
        bar.follow(&s, 1.0);
        assert_eq!(bar.grab(&s, 1.0), NOTHING, "0 would give it up");
        assert_eq!(bar.move_to(0.5, 1.0), NOTHING);
        assert_eq!(bar.move_to(0.6, 1.1), [0.6]);
    }

    #[test]
    fn a_cut_under_the_hand_is_not_followed_by_a_second_take() {
        let mut s = testing::snapshot();
        let mut bar = TBar::default();
        bar.grab(&s, 1.0);
        bar.move_to(0.4, 1.0);
        engine(&mut s, TransitionState::Paused, 0.4);
        bar.follow(&s, 1.1);
        swap(&mut s);
        assert_eq!(bar.follow(&s, 1.2), [0.0], "the engine heeds it again");
        assert_eq!(bar.move_to(0.7, 1.3), NOTHING, "but not this hand");
        assert_eq!(bar.move_to(1.0, 1.3), NOTHING);
        bar.let_go(1.4);
        bar.follow(&s, 2.0);
        assert_eq!(bar.place(&s), 1.0);
        assert_eq!(bar.grab(&s, 2.1), [0.0]);
        assert_eq!(bar.move_to(0.9, 2.2), [1.0 - 0.9]);
    }

    #[test]
    fn keys_move_it_in_twenty_steps_to_a_take() {
        let mut s = testing::snapshot();
        let mut bar = TBar::default();
        assert_eq!(bar.step(-STEP, &s, 1.0), NOTHING, "there is no way back");
        assert_eq!(bar.step(STEP, &s, 1.0), [0.0, 0.05]);
        engine(&mut s, TransitionState::Paused, 0.05);
        for i in 2..20 {
            bar.follow(&s, 1.0);
            let sent = bar.step(STEP, &s, 1.0);
            assert_eq!(sent.len(), 1);
            assert!((sent[0] - f64::from(i) * STEP).abs() < 1e-9, "{sent:?}");
        }
        assert_eq!(bar.step(STEP, &s, 1.0), [1.0, 0.0]);
        swap(&mut s);
        assert_eq!(bar.follow(&s, 1.1), NOTHING);
        assert_eq!(bar.place(&s), 1.0);
    }
}
