//! What the director switches with: the keys, the transition strip, the monitors and the second window,
//! and what each function of a key does.

use std::path::Path;
use std::sync::Arc;

use egui::{Event as Input, FocusDirection, Id, Key, Rect, Ui};

use super::{
    graphics::Graphics,
    guard::{Guard, Guarded, WINDOW_S},
    holding,
    keys::{self, Focus, FocusTimer, Function, Keys, Panel, Sheet},
    lang,
    layout::PAGE,
    listening,
    multiview::Multiview,
    rates::Rates,
    scroll,
    second::{Display, Second, Told},
    talk::TalkKey,
    tbar,
    transition::{self, Strip},
    transport,
    view::View,
    waker::{Waker, even_rate},
};
use crate::door::{
    ClipAction, Command, DestinationState, Door, RecordingState, Snapshot, TransitionKind,
    TransitionState,
};

/// See the module's words.
pub struct Switch {
    /// Which key does what.
    pub keys: Keys,
    /// Where keys are chosen.
    pub panel: Panel,
    /// The sheet of keys.
    pub sheet: Sheet,
    /// The transition strip.
    pub strip: Strip,
    /// The small monitors of the first window.
    pub multiview: Multiview,
    /// How many of them are on a page.
    pub on_page: usize,
    /// The second window.
    pub second: Second,
    /// How often pictures are made.
    pub rates: Rates,
    /// The displays there are, as they were last seen.
    pub displays: Vec<Display>,
    /// What was asked for that is the whole desk's, to be taken once a frame.
    pub for_the_desk: Vec<Function>,
    focus: FocusTimer,
    held: keys::Held,
    /// What the keys of this frame ask for.
    heard: Vec<Function>,
    /// When Enter ended what was typed, in seconds.
    entered: f64,
    /// What was typed in then: Tab goes on from there.
    typed: Option<Id>,
}

/// After that it is AUTO again after so many seconds.
const ENTER_S: f64 = 1.0;

impl Switch {
    /// For a desk on this door; everything is as usual and kept nowhere.
    pub fn new(door: Arc<dyn Door + Sync>, graphics: Graphics) -> Self {
        Self {
            keys: Keys::default(),
            panel: Panel::default(),
            sheet: Sheet::default(),
            strip: Strip::default(),
            multiview: Multiview::default(),
            on_page: PAGE,
            second: Second::new(door, graphics),
            rates: Rates::new(graphics),
            displays: Vec::new(),
            for_the_desk: Vec::new(),
            focus: FocusTimer::default(),
            held: keys::Held::default(),
            heard: Vec::new(),
            entered: f64::MIN,
            typed: None,
        }
    }

    /// Takes what is kept in this folder of settings, and keeps its changes there.
    pub fn load(&mut self, folder: &Path) {
        self.keys = Keys::load(Some(folder.to_owned()));
        self.multiview = Multiview::load(folder);
    }

    /// Takes the switcher's keys out of the window's events. Call before anything is drawn, for what
    /// is drawn reads them too and may let go of the focus by them. With `questioned` something waits
    /// for an answer, and every key is its. What was pressed in the second window is heard with them.
    pub fn hear(&mut self, ui: &Ui, now: f64, questioned: bool) {
        self.heard = self.take(ui, now, questioned);
        self.heard.extend(self.second.take_asked());
    }

    /// Takes this out of what the keys of this frame ask for; whether it was among it.
    pub fn take_back(&mut self, function: Function) -> bool {
        let before = self.heard.len();
        self.heard.retain(|heard| *heard != function);
        self.heard.len() < before
    }

    /// The field that Enter ended, as long as nothing else was taken since.
    pub fn typed(&self) -> Option<Id> {
        self.typed
    }

    /// What became of the key that talks to all guests, in either window.
    pub fn talk_key(&mut self) -> TalkKey {
        TalkKey {
            pressed: self.take_back(Function::TalkAll),
            down: self.held.talks() || self.second.talks(),
        }
    }

    /// Does what the keys that were heard ask for. Gives how many markers are asked for.
    pub fn listen(&mut self, view: &View, attached: bool, guard: &mut Guard) -> usize {
        let asked = std::mem::take(&mut self.heard);
        self.act_all(asked, view, attached, guard)
    }

    /// As [`Self::listen`], while nothing is known of an engine.
    pub fn listen_alone(&mut self) {
        let asked = std::mem::take(&mut self.heard);
        self.for_the_desk
            .extend(asked.into_iter().filter(|f| f.is_the_desks()));
    }

    /// Takes the switcher's keys out of the window's events.
    fn take(&mut self, ui: &Ui, now: f64, questioned: bool) -> Vec<Function> {
        let ctx = ui.ctx();
        ui.input_mut(|i| self.held.mark(&mut i.events));
        if self.panel.waits_for_key() {
            let keys = &mut self.keys;
            let changed = ui.input_mut(|i| self.panel.take_key(&mut i.events, &mut keys.map));
            if changed {
                keys.save();
            }
            // Tab and the arrows are keys like any other now: they lead nowhere.
            ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
            // Who looks for a key does not leave the control alone.
            self.focus.expired(true, true, now);
            return Vec::new();
        }
        let focused = ctx.memory(|memory| memory.focused());
        let key_pressed = ui.input(|i| {
            i.events
                .iter()
                .any(|e| matches!(e, Input::Key { pressed: true, .. }))
        });
        if ui.input(|i| i.key_pressed(Key::Tab)) {
            keys::reached_by_key(ctx);
        }
        // Who types may stop and think: the next letter must not be a cut.
        let types = ctx.text_edit_focused();
        // What the pointer took keeps its few keys until another is taken.
        let taken = focused.map(|id| keys::focus_of(ctx, id));
        let is_pointed = matches!(taken, Some(Focus::Pointed | Focus::Read));
        let leaves = focused.is_some() && !types && !is_pointed;
        let expired = self.focus.expired(key_pressed, leaves, now);
        let in_menu = egui::Popup::is_any_open(ctx);
        let focus = match focused {
            _ if questioned => Focus::Question,
            Some(id) if expired => {
                ctx.memory_mut(|memory| memory.surrender_focus(id));
                // A menu without the focus would look as if the next key were its.
                egui::Popup::close_all(ctx);
                Focus::Free
            }
            Some(_) if types => Focus::Text,
            Some(id) if scroll::is_list(id) && !is_pointed => Focus::List,
            Some(id) => keys::focus_of(ctx, id),
            None if in_menu => Focus::Menu,
            None => Focus::Free,
        };
        if focused.is_some() || ui.input(|i| i.pointer.any_pressed()) {
            self.typed = None;
        }
        self.spare_enter(ui, focus, now);
        let (map, held) = (&self.keys.map, &mut self.held);
        let asked = ui.input_mut(|i| keys::hear(&mut i.events, focus, map, held));
        // Who switches has left a menu that the pointer opened: the next Enter is AUTO, and not kept for it.
        if focus == Focus::Menu && asked.iter().any(|function| !function.is_the_desks()) {
            egui::Popup::close_all(ctx);
        }
        asked
    }

    /// Who ended what was typed with Enter may press it once more, to be sure, or hold it too long, or type on:
    /// for a moment it is no AUTO, and Space no CUT.
    fn spare_enter(&mut self, ui: &Ui, focus: Focus, now: f64) {
        let is_press = |event: &Input, of: &[Key]| matches!(event, Input::Key { key, pressed: true, .. } if of.contains(key));
        let is_enter = |event: &Input| is_press(event, &[Key::Enter]);
        match focus {
            Focus::Text if ui.input(|i| i.events.iter().any(is_enter)) => {
                self.entered = now;
                self.typed = ui.memory(|memory| memory.focused());
            }
            Focus::Free | Focus::Pointed if now - self.entered < ENTER_S => {
                let takes = |event: &Input| is_press(event, &[Key::Enter, Key::Space]);
                ui.input_mut(|i| i.events.retain(|event| !takes(event)));
            }
            _ => {}
        }
    }

    /// Does what was asked for; gives how many markers are asked for. Of an engine that is away nothing
    /// is asked.
    fn act_all(
        &mut self,
        asked: Vec<Function>,
        view: &View,
        attached: bool,
        guard: &mut Guard,
    ) -> usize {
        let mut markers = 0;
        for function in asked {
            if self.act_here(function, view) || !attached {
                continue;
            }
            match function {
                Function::Marker => markers += 1,
                function => self.act(function, view, guard),
            }
        }
        markers
    }

    /// What concerns this desk alone; gives whether it was that.
    fn act_here(&mut self, function: Function, view: &View) -> bool {
        let scenes = view.snapshot.scenes.len();
        let ways = &mut self.multiview.ways;
        match function {
            Function::PageBefore => self.multiview.turn(false, scenes, self.on_page),
            Function::PageAfter => self.multiview.turn(true, scenes, self.on_page),
            Function::SwapMonitors => ways.swapped = !ways.swapped,
            Function::SafeAreas => ways.safe = !ways.safe,
            Function::SecondWindow => self.second.next(&self.displays),
            Function::KeySheet => self.sheet.open = !self.sheet.open,
            Function::KeyPanel => self.panel.open = !self.panel.open,
            function
                if function.is_the_desks()
                    || function.is_of_titles()
                    || matches!(function, Function::Rename | Function::Sends(_)) =>
            {
                self.for_the_desk.push(function);
            }
            _ => return false,
        }
        true
    }

    fn act(&mut self, function: Function, view: &View, guard: &mut Guard) {
        let snapshot = view.snapshot;
        let scene = |position: u8| {
            let scene = snapshot.scenes.get(usize::from(position));
            scene.map(|scene| scene.id.clone())
        };
        let style = &snapshot.transition.style;
        let revision = Some(snapshot.edit.revision);
        let command = match function {
            Function::Preview(position) => scene(position).map(|scene| Command::Preview { scene }),
            Function::HotCut(position) => scene(position).map(|scene| Command::Program { scene }),
            Function::Cut => Some(Command::Cut {}),
            Function::Auto => Some(Command::Auto {}),
            Function::FadeToBlack => {
                transition::toggle_black(view);
                None
            }
            Function::Kind(kind) => {
                let kind = TransitionKind::ALL.get(usize::from(kind));
                kind.map(|&kind| transition::choose(snapshot, kind))
            }
            Function::Shorter => Some(rate(snapshot, false)),
            Function::Longer => Some(rate(snapshot, true)),
            Function::Reverse => {
                let mut wanted = style.clone();
                wanted.reverse = !wanted.reverse;
                transition::change(style, wanted)
            }
            Function::PreviewTransition => (snapshot.transition.state == TransitionState::Idle)
                .then_some(Command::PreviewTransition {}),
            // A hand on a T-bar that it doesn't see is a hand that meant something else.
            Function::BarForward | Function::BarBack if !self.strip.is_seen => None,
            Function::BarForward => {
                self.strip.bar.nudge(tbar::STEP, view);
                None
            }
            Function::BarBack => {
                self.strip.bar.nudge(-tbar::STEP, view);
                None
            }
            Function::StreamAll => self.stream(view, guard),
            Function::Record => self.record(view, guard),
            Function::Hold => self.hold(view, guard),
            Function::ClipPlay => self.clip(None, view, guard),
            Function::ClipCue => self.clip(Some(ClipAction::Cue), view, guard),
            Function::ClipRestart => self.clip(Some(ClipAction::Restart), view, guard),
            Function::ClearListening => {
                listening::clear(view);
                None
            }
            Function::DimMonitor => Some(listening::dim(!snapshot.monitor.set.dim)),
            Function::KeyAuto(key) => Some(Command::KeyAuto {
                key: usize::from(key) + 1,
            }),
            Function::KeysOff => Some(Command::KeysOff { cut: false }),
            Function::Undo => match &snapshot.edit.undo {
                Some(_) => Some(Command::Undo { revision }),
                None => self.say("switch-undo-nothing", view),
            },
            Function::Redo => match &snapshot.edit.redo {
                Some(_) => Some(Command::Redo { revision }),
                None => self.say("switch-redo-nothing", view),
            },
            Function::Save => Some(Command::Save { over: false }),
            Function::LiveEdit => Some(Command::LiveEdit {
                on: !snapshot.live_edit,
            }),
            _ => None,
        };
        if let Some(command) = command {
            view.send(command);
        }
    }

    /// Says something over the T-bar for as long as a second press would count.
    fn say(&mut self, key: &'static str, view: &View) -> Option<Command> {
        self.strip.note(lang::text(key), view.now + WINDOW_S);
        None
    }

    /// A key is pressed by accident sooner than a button is: both ways it takes two presses.
    fn stream(&mut self, view: &View, guard: &mut Guard) -> Option<Command> {
        let destinations = &view.snapshot.destinations;
        let on = destinations
            .iter()
            .all(|d| d.state == DestinationState::Off);
        if guard.press(&Guarded::AllDestinations, view.now) {
            self.strip.note(String::new(), view.now);
            return Some(Command::StreamAll { on });
        }
        let key = if on {
            "switch-again-live"
        } else {
            "switch-again-stop"
        };
        self.say(key, view)
    }

    fn record(&mut self, view: &View, guard: &mut Guard) -> Option<Command> {
        let on = view.snapshot.recording.state == RecordingState::Off;
        // Nothing is lost by a recording too many: as the button, it takes a second press to stop alone.
        if on || guard.press(&Guarded::Recorder, view.now) {
            self.strip.note(String::new(), view.now);
            return Some(Command::Record { on });
        }
        self.say("switch-again-record-stop", view)
    }

    fn hold(&mut self, view: &View, guard: &mut Guard) -> Option<Command> {
        if holding::press(view, guard) {
            self.strip.note(String::new(), view.now);
            return None;
        }
        self.say(
            if view.snapshot.hold {
                "clips-slate-again-off"
            } else {
                "clips-slate-again"
            },
            view,
        )
    }

    /// Has the clip on PVW do this; play or pause where nothing is said.
    fn clip(
        &mut self,
        action: Option<ClipAction>,
        view: &View,
        guard: &mut Guard,
    ) -> Option<Command> {
        let snapshot = view.snapshot;
        let Some((source, clip)) = transport::clip_of(snapshot, &snapshot.preview) else {
            return self.say("clips-none-on-preview", view);
        };
        let action = action.unwrap_or_else(|| transport::play_or_pause(clip));
        if let Some(what) = transport::guards(source, action) {
            if !guard.press(&what, view.now) {
                return self.say("clips-again-on-air", view);
            }
            self.strip.note(String::new(), view.now);
        }
        Some(transport::command(&source.id, action, None))
    }

    /// Draws what lies over the panels, in this room, keeps the second window open, and looks how often to
    /// paint. Call last.
    pub fn finish(
        &mut self,
        ui: &Ui,
        room: Rect,
        view: &View,
        guard: &mut Guard,
        waker: Option<&Waker>,
    ) {
        self.sheet.show(ui, room, &self.keys.map);
        let map = &mut self.keys.map;
        if self.panel.open && self.panel.show(ui, room, map, guard, view.now) {
            self.keys.save();
        }
        self.multiview.keep();
        self.rates.update(view.snapshot, view.now);
        let told = Told {
            keys: Arc::new(self.keys.map.clone()),
            ways: self.multiview.ways,
            rates: self.fps(view.snapshot),
        };
        self.second.show(ui.ctx(), room, told);
        if let Some(waker) = waker {
            waker.set_most(self.rates.most());
            waker.wake_also(self.second.shows().map(|_| Second::viewport()));
        }
    }

    /// Pictures a second of the large and the small monitors.
    pub fn fps(&self, snapshot: &Snapshot) -> (u32, u32) {
        let most = self.rates.most();
        let large = even_rate(snapshot.rate.fps(), most);
        (large, (most / 3).clamp(1, large))
    }
}

/// The transition a step shorter or longer.
fn rate(snapshot: &Snapshot, longer: bool) -> Command {
    let style = &snapshot.transition.style;
    Command::transition(style.kind, transition::step(style.frames, longer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{build::testing::Recorder, second::Shows};

    #[test]
    fn the_second_windows_key_goes_on_wherever_it_is_pressed() {
        let door = Recorder::default();
        let snapshot = door.state();
        let mut switch = Switch::new(Arc::new(Recorder::default()), Graphics::default());
        let view = View {
            snapshot: &snapshot,
            now: 1.0,
            door: &door,
        };
        let ctx = egui::Context::default();
        let mut press = || {
            switch.second.ask(&[Function::SecondWindow]);
            let _ = ctx.run_ui(egui::RawInput::default(), |ui| switch.hear(ui, 1.0, false));
            switch.listen(&view, true, &mut Guard::default());
            switch.second.shows()
        };
        assert_eq!(press(), Some(Shows::Multiview));
        assert_eq!(press(), Some(Shows::Program));
        assert_eq!(press(), Some(Shows::Clean));
        assert_eq!(press(), None);
        assert_eq!(press(), Some(Shows::Multiview));
    }

    #[test]
    fn what_is_pressed_in_the_second_window_is_taken_back_like_what_is_pressed_in_the_first() {
        let mut switch = Switch::new(Arc::new(Recorder::default()), Graphics::default());
        let ctx = egui::Context::default();
        let hear = |switch: &mut Switch| {
            let _ = ctx.run_ui(egui::RawInput::default(), |ui| switch.hear(ui, 1.0, false));
        };
        switch.second.ask(&[Function::Undo, Function::Cut]);
        hear(&mut switch);
        assert!(switch.take_back(Function::Undo), "panels are arranged");
        assert_eq!(switch.heard, [Function::Cut], "the rest is the switcher's");
        hear(&mut switch);
        assert!(switch.heard.is_empty(), "each is heard once");
    }
}
