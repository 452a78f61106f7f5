//! A clip's transport, in the line under the large picture that it is seen in: play and pause, back to
//! its start, from its start, the bar on which it is moved, and what remains of it.
//!
//! What would change the program at once is guarded: of a clip on air the bar is dragged and not
//! clicked, and to cue it or to start it anew takes a second press.

use egui::{
    Align, Popup, PopupCloseBehavior, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2,
    vec2,
};

use super::{
    guard::{Guard, Guarded},
    keys::{Function, KeyMap},
    lang,
    layout::{self, TransportMore},
    paint::{self, Button},
    rows,
    slide::{self, Asked},
    theme::{self, Icon},
    view::{View, name},
    words,
};
use crate::door::{ClipAction, ClipState, ClipStatus, Command, Snapshot, SourceStatus, Tally};
use crate::show::AtEnd;

/// From here on the end of a clip on air is near, in seconds.
const NEAR_S: f64 = 10.0;
/// While the hand drags, a position is sent so often, in seconds: each of them is a search in a file.
const EVERY_S: f64 = 0.15;
/// Smaller moves are not sent, in seconds.
const LEAST_S: f64 = 0.02;
/// After a move the bar waits so long for the engine to report it, in seconds.
const ECHO_S: f64 = 0.5;
/// The words of what a clip does leave its name no less than this, in points.
const NAME: f32 = 70.0;
/// One press of an arrow key moves a clip so far, in seconds.
const STEP_S: f64 = 1.0;

/// A clip, with the source that it is.
pub type Clip<'a> = (&'a SourceStatus, &'a ClipStatus);

/// The clip among these sources, back to front: the foremost.
pub fn clip_among<'a>(snapshot: &'a Snapshot, sources: &[String]) -> Option<Clip<'a>> {
    let found = |id: &String| {
        let source = snapshot.sources.iter().find(|source| source.id == *id)?;
        Some((source, source.clip.as_ref()?))
    };
    sources.iter().rev().find_map(found)
}

/// The clip of a scene.
pub fn clip_of<'a>(snapshot: &'a Snapshot, scene: &str) -> Option<Clip<'a>> {
    let scene = snapshot.scenes.iter().find(|found| found.id == scene)?;
    clip_among(snapshot, &scene.sources)
}

/// The command that has a clip do this.
pub fn command(source: &str, action: ClipAction, position_s: Option<f64>) -> Command {
    Command::Clip {
        source: source.to_owned(),
        action,
        position_s,
    }
}

/// What the button for playing and pausing asks for.
pub fn play_or_pause(clip: &ClipStatus) -> ClipAction {
    match clip.state {
        ClipState::Playing => ClipAction::Pause,
        _ => ClipAction::Play,
    }
}

/// What guards this action of a clip; nothing where it is not on air, or where it harms nothing.
pub fn guards(source: &SourceStatus, action: ClipAction) -> Option<Guarded> {
    let id = || source.id.clone();
    match action {
        _ if source.tally != Tally::Program => None,
        ClipAction::Cue => Some(Guarded::CueClip(id())),
        ClipAction::Restart => Some(Guarded::RestartClip(id())),
        _ => None,
    }
}

/// A clip on air is about to end, and nothing comes behind it.
fn is_near((source, clip): Clip) -> bool {
    source.tally == Tally::Program
        && clip.state == ClipState::Playing
        && clip.at_end != AtEnd::Loop
        && clip.remaining_s.is_some_and(|left| left <= NEAR_S)
}

/// What remains of a clip, `−0:12`, and `0:00` once it has ended; nothing while that is not known.
fn left(clip: &ClipStatus) -> String {
    if clip.state == ClipState::Ended {
        return words::short(0.0);
    }
    let left = clip.remaining_s.map(|left| words::short(left.ceil()));
    left.map_or_else(String::new, |left| format!("−{left}"))
}

fn colour(clip: Clip) -> egui::Color32 {
    if is_near(clip) {
        theme::AMBER
    } else {
        theme::TEXT
    }
}

/// What it does, as a sign.
fn sign(clip: &ClipStatus) -> Icon {
    match clip.state {
        ClipState::Playing => Icon::Play,
        ClipState::Paused => Icon::Pause,
        ClipState::Cued => Icon::SkipBack,
        ClipState::Ended => Icon::Square,
    }
}

/// What it does, in words; nothing while it plays.
fn state((source, clip): Clip) -> String {
    let waits = clip.on_take && source.tally != Tally::Program;
    let key = match clip.state {
        ClipState::Playing => return String::new(),
        ClipState::Paused => "clips-is-paused",
        ClipState::Cued if waits => "clips-is-waiting",
        ClipState::Cued => "clips-is-cued",
        ClipState::Ended => "clips-is-ended",
    };
    lang::text(key)
}

/// What remains of a clip, in the lower corner of the small picture that it is seen in.
pub fn tag(ui: &Ui, picture: Rect, clip: Clip, id: impl std::hash::Hash + std::fmt::Debug) {
    let (source, status) = clip;
    let text = format!("{} {}", theme::icon(sign(status)), left(status));
    let place = Rect::from_min_max(
        pos2(picture.left() + 2.0, picture.bottom() - 20.0),
        pos2(
            (picture.left() + 78.0).min(picture.right() - 14.0),
            picture.bottom() - 2.0,
        ),
    );
    ui.painter().rect_filled(place, 2, theme::SCRIM);
    let inner = place.shrink2(vec2(4.0, 0.0));
    let bold = theme::bold(13.0);
    paint::line(ui, inner, Align::Min, &text, bold, colour(clip));
    paint::say(ui, place, ("clip", id), &said_left(source, status));
}

/// What remains in the line under a large picture that has no transport.
pub fn remains(ui: &Ui, line: Rect, clip: Clip) {
    let bold = theme::bold(18.0);
    paint::line(ui, line, Align::Max, &left(clip.1), bold, colour(clip));
}

fn said_left(source: &SourceStatus, clip: &ClipStatus) -> String {
    let called = name(&source.label, &source.id);
    let values = [("name", called.into()), ("left", left(clip).into())];
    let said = lang::with("clips-left-of", &values);
    match state((source, clip)) {
        state if state.is_empty() => said,
        state => format!("{said}, {state}"),
    }
}

/// The hand that moves a clip, or has just let go of it.
#[derive(Clone, Debug, PartialEq)]
struct Hand {
    source: String,
    /// Where it has moved it, in seconds.
    to: f64,
    /// When it moved last.
    moved: f64,
    /// What of it was sent last, and when.
    sent: Option<(f64, f64)>,
}

/// See the module's words. Times are seconds.
#[derive(Debug, Default)]
pub struct Transport {
    hand: Option<Hand>,
}

/// What the transports of one frame have in common.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The show.
    pub view: &'a View<'a>,
    /// Which key does what.
    pub keys: &'a KeyMap,
}

impl Transport {
    /// The hand moves this clip: what is to be sent of it now. `ends` is the last of a move.
    fn move_to(&mut self, source: &str, to: f64, now: f64, ends: bool) -> Option<f64> {
        let held = self.hand.take().filter(|hand| hand.source == source);
        let sent = held.and_then(|hand| hand.sent);
        let is_due = match sent {
            None => true,
            Some((at, _)) if (at - to).abs() < LEAST_S => false,
            Some((_, when)) => ends || now - when >= EVERY_S,
        };
        self.hand = Some(Hand {
            source: source.to_owned(),
            to,
            moved: now,
            sent: if is_due { Some((to, now)) } else { sent },
        });
        if ends && let Some(hand) = &mut self.hand {
            // The next move is another.
            hand.sent = None;
        }
        is_due.then_some(to)
    }

    /// Where a clip is as the bar shows it: where the hand has it, until the engine says so too.
    fn position(&self, source: &str, clip: &ClipStatus, now: f64) -> f64 {
        match &self.hand {
            Some(hand) if hand.source == source && now - hand.moved < ECHO_S => hand.to,
            _ => clip.position_s,
        }
    }

    /// Draws the transport of the clip of a scene into the line under its picture, where it has one.
    /// `bus` is `PVW` or `PGM`.
    pub fn show(
        &mut self,
        ui: &Ui,
        line: Rect,
        (bus, scene): (&str, &str),
        desk: Desk,
        guard: &mut Guard,
    ) {
        let view = desk.view;
        let Some(clip) = clip_of(view.snapshot, scene) else {
            return;
        };
        let (source, status) = clip;
        let places = layout::transport(line);
        let plays = status.state == ClipState::Playing;
        let (icon, say) = if plays {
            (Icon::Pause, "clips-pause")
        } else {
            (Icon::Play, "clips-play")
        };
        let play = Told {
            icon,
            say,
            function: Function::ClipPlay,
            action: play_or_pause(status),
        };
        play.button(ui, places.play, bus, source, desk, guard);
        match places.more {
            TransportMore::Apart(cue, restart) => {
                CUE.button(ui, cue, bus, source, desk, guard);
                RESTART.button(ui, restart, bus, source, desk, guard);
            }
            TransportMore::Folded(place) => folded(ui, place, bus, source, desk, guard),
        }
        self.bar(ui, places.bar, (bus, scene), view, clip);
        time(ui, places.left, bus, clip);
    }

    /// Where the clip is, and the hand on it.
    fn bar(&mut self, ui: &Ui, rect: Rect, (bus, scene): (&str, &str), view: &View, clip: Clip) {
        let (source, status) = clip;
        let length = status.length_s.filter(|length| *length > 0.0);
        let sense = match length {
            Some(_) if ui.is_enabled() => Sense::click_and_drag(),
            _ => Sense::hover(),
        };
        let response = ui.interact(rect, egui::Id::unique(("clip bar", bus)), sense);
        let groove = Rect::from_min_max(
            pos2(rect.left() + 6.0, rect.bottom() - 15.0),
            pos2(rect.right() - 6.0, rect.bottom() - 7.0),
        );
        if let Some(length) = length
            && let Some(to) = self.asked(ui, &response, groove, length, view, clip)
        {
            view.send(command(&source.id, ClipAction::Seek, Some(to)));
        }
        let position = self.position(&source.id, status, view.now);
        let most = length.unwrap_or(position.max(1.0));
        let called = name(&source.label, &source.id);
        let label = lang::with(
            "clips-position",
            &[("name", called.into()), ("bus", bus.into())],
        );
        // Whole seconds, so that a screen reader is not told of each frame.
        slide::say(ui, &response, &label, position.round(), (most, STEP_S));

        let part = (position / most).clamp(0.0, 1.0) as f32;
        let x = groove.left() + groove.width() * part;
        let painter = ui.painter();
        painter.rect_filled(groove, 4, theme::RAISED);
        painter.rect_filled(groove.with_max_x(x), 4, theme::DIM);
        let lit = response.hovered() || response.dragged();
        let knob = if lit { theme::TEXT } else { theme::ON };
        if length.is_some() {
            painter.circle_filled(pos2(x, groove.center().y), 7.0, knob);
        }
        let above = rect.with_max_y(groove.top() - 3.0);
        let font = theme::bold(14.0);
        let text = heading(view, scene, source);
        let state = state(clip);
        let (name, rest, shown) = beside_state(ui, above, &state, sign(status));
        let font = paint::shrunk(ui, &text, font, name.width());
        let (used, cut) = paint::fitted(ui, name, Align::Min, &text, font, theme::TEXT);
        let rest = rest.translate(vec2(used - name.width(), 0.0));
        paint::line(ui, rest, Align::Min, &shown, theme::font(12.0), theme::DIM);
        paint::focus_ring(ui, &response);
        if cut || shown != state {
            response.on_hover_text(lang::pair(&text, &state));
        }
    }

    /// Where the hand, the keys or a screen reader want the clip.
    fn asked(
        &mut self,
        ui: &Ui,
        response: &Response,
        groove: Rect,
        length: f64,
        view: &View,
        (source, status): Clip,
    ) -> Option<f64> {
        let id = source.id.as_str();
        let now = view.now;
        match slide::asked(ui, response) {
            Some(Asked::Steps(steps)) => {
                let to = self.position(id, status, now) + steps * STEP_S;
                return self.move_to(id, to.clamp(0.0, length), now, true);
            }
            Some(Asked::Set(to)) => {
                return self.move_to(id, to.clamp(0.0, length), now, true);
            }
            None => {}
        }
        let on_air = source.tally == Tally::Program;
        let clicked = response.clicked() && !on_air;
        if !clicked && !response.dragged() && !response.drag_stopped() {
            return None;
        }
        let hand = ui.input(|i| i.pointer.latest_pos());
        let hand = response.interact_pointer_pos().or(hand)?;
        let part = f64::from((hand.x - groove.left()) / groove.width());
        let ends = clicked || response.drag_stopped();
        self.move_to(id, part.clamp(0.0, 1.0) * length, now, ends)
    }
}

/// What a clip is told by a press.
struct Told {
    icon: Icon,
    /// The text that says so.
    say: &'static str,
    function: Function,
    action: ClipAction,
}

const CUE: Told = Told {
    icon: Icon::SkipBack,
    say: "clips-cue",
    function: Function::ClipCue,
    action: ClipAction::Cue,
};

const RESTART: Told = Told {
    icon: Icon::RotateCcw,
    say: "clips-restart",
    function: Function::ClipRestart,
    action: ClipAction::Restart,
};

impl Told {
    /// What a screen reader says of it, and whether the next press does it that was guarded.
    fn said(&self, bus: &str, source: &SourceStatus, now: f64, guard: &Guard) -> (String, bool) {
        let called = name(&source.label, &source.id);
        let values = [("name", called.into()), ("bus", bus.into())];
        let say = lang::with(self.say, &values);
        let what = guards(source, self.action);
        if what.is_some_and(|what| guard.is_armed(&what, now)) {
            (lang::with("clips-again", &[("what", say.into())]), true)
        } else {
            (say, false)
        }
    }

    /// The key that does the same: the keys are for the clip on PVW.
    fn key(&self, bus: &str, keys: &KeyMap) -> String {
        match bus {
            "PVW" => keys.name(self.function),
            _ => String::new(),
        }
    }

    /// It was pressed: whether it is done, and not only asked about.
    fn press(&self, source: &SourceStatus, view: &View, guard: &mut Guard) -> bool {
        let what = guards(source, self.action);
        let is_done = what.is_none_or(|what| guard.press(&what, view.now));
        if is_done {
            view.send(command(&source.id, self.action, None));
        }
        is_done
    }

    fn button(
        &self,
        ui: &Ui,
        place: Rect,
        bus: &str,
        source: &SourceStatus,
        desk: Desk,
        guard: &mut Guard,
    ) {
        let (say, armed) = self.said(bus, source, desk.view.now, guard);
        let key = self.key(bus, desk.keys);
        let face = theme::icon(self.icon).to_string();
        let mut button = Button::new(&face).say(&say).key(&key).size(18.0);
        if armed {
            button = button.fill(theme::AMBER, theme::ON_TEXT);
        }
        let response = button.show(ui, place, ("clip", bus, self.function));
        if response.clicked() {
            self.press(source, desk.view, guard);
        }
        response.on_hover_text(say);
    }
}

/// Where there is no room for a button each, a menu has them. It stays until one of them is done.
fn folded(ui: &Ui, place: Rect, bus: &str, source: &SourceStatus, desk: Desk, guard: &mut Guard) {
    let called = name(&source.label, &source.id);
    let values = [("name", called.into()), ("bus", bus.into())];
    let say = lang::with("clips-more", &values);
    let face = theme::icon(Icon::Ellipsis).to_string();
    let button = Button::new(&face).say(&say).size(18.0);
    let button = button.show(ui, place, ("clip", bus, "more"));
    let menu = Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    menu.show(|ui| {
        ui.set_width(rows::MENU);
        for told in [CUE, RESTART] {
            let (say, armed) = told.said(bus, source, desk.view.now, guard);
            let text = egui::RichText::new(format!("{}  {say}", theme::icon(told.icon)));
            let mut entry = egui::Button::new(text.clone()).wrap();
            if armed {
                entry = egui::Button::new(text.color(theme::ON_TEXT))
                    .wrap()
                    .fill(theme::AMBER);
            }
            let entry = entry.shortcut_text(told.key(bus, desk.keys));
            let entry = ui.add(entry.min_size(vec2(0.0, layout::TARGET)));
            let enabled = ui.is_enabled();
            entry.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &say));
            if entry.clicked() && told.press(source, desk.view, guard) {
                ui.close();
            }
        }
    });
    button.on_hover_text(say);
}

/// The scene, and the clip where it is called otherwise: `3  Duo: Opening`.
fn heading(view: &View, scene: &str, source: &SourceStatus) -> String {
    let clip = name(&source.label, &source.id);
    match view.scene(scene) {
        Some((i, found)) => match name(&found.label, &found.id) {
            scene if scene == clip => format!("{}  {clip}", i + 1),
            scene => format!("{}  {scene}: {clip}", i + 1),
        },
        None => clip.to_owned(),
    }
}

/// Room for a name, and behind it for the whole of what the clip does, in words or, where those would
/// leave the name too little, as a sign: a long name ends before that.
fn beside_state(ui: &Ui, line: Rect, state: &str, sign: Icon) -> (Rect, Rect, String) {
    if state.is_empty() {
        return (line, line.with_min_x(line.right()), String::new());
    }
    let beside = |shown: &str| {
        // A point more, so that rounding never cuts its end.
        let width = paint::width(ui, shown, theme::font(12.0)).ceil() + 1.0;
        let at = (line.right() - width).max(line.left());
        (line.with_max_x(at - 8.0), line.with_min_x(at))
    };
    let (name, rest) = beside(state);
    if name.width() >= NAME {
        return (name, rest, state.to_owned());
    }
    let sign = theme::icon(sign).to_string();
    let (name, rest) = beside(&sign);
    (name, rest, sign)
}

/// What remains, large, and below it where the clip is and how long it is.
fn time(ui: &Ui, rect: Rect, bus: &str, clip: Clip) {
    let (source, status) = clip;
    let (above, below) = rect.split_top_bottom_at_fraction(0.62);
    let bold = theme::bold(24.0);
    paint::line(ui, above, Align::Max, &left(status), bold, colour(clip));
    let position = words::short(status.position_s);
    let of = match status.length_s {
        Some(length) => format!("{position} / {}", words::short(length)),
        None => position,
    };
    paint::line(ui, below, Align::Max, &of, theme::font(12.0), theme::DIM);
    let said = lang::pair(bus, &format!("{}, {of}", said_left(source, status)));
    paint::say(ui, rect, ("clip time", bus), &said);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn a_drag_sends_some_of_its_places_and_always_its_last() {
        let mut transport = Transport::default();
        assert_eq!(transport.move_to("a", 1.0, 10.0, false), Some(1.0));
        assert_eq!(transport.move_to("a", 2.0, 10.05, false), None, "too soon");
        assert_eq!(transport.move_to("a", 2.0, 10.2, false), Some(2.0));
        assert_eq!(transport.move_to("a", 2.0, 10.6, false), None, "at rest");
        assert_eq!(transport.move_to("a", 3.0, 10.61, true), Some(3.0));
        let clip = ClipStatus::default();
        assert_eq!(transport.position("a", &clip, 10.7), 3.0);
        assert_eq!(transport.position("b", &clip, 10.7), 0.0);
        assert_eq!(transport.position("a", &clip, 11.2), 0.0, "the engine's");
        assert_eq!(transport.move_to("a", 3.0, 12.0, true), Some(3.0), "again");
    }

    #[test]
    fn the_end_is_near_on_air_alone_and_a_loop_has_none() {
        let mut source = testing::snapshot().sources[0].clone();
        let mut clip = ClipStatus {
            remaining_s: Some(9.2),
            ..ClipStatus::default()
        };
        assert!(is_near((&source, &clip)));
        assert_eq!(left(&clip), "−0:10");
        clip.at_end = AtEnd::Loop;
        assert!(!is_near((&source, &clip)));
        clip.at_end = AtEnd::Black;
        clip.state = ClipState::Paused;
        assert!(!is_near((&source, &clip)));
        clip.state = ClipState::Playing;
        clip.remaining_s = Some(10.1);
        assert!(!is_near((&source, &clip)));
        clip.remaining_s = Some(1.0);
        source.tally = Tally::Preview;
        assert!(!is_near((&source, &clip)));
        clip.remaining_s = None;
        assert_eq!(left(&clip), "");
    }

    #[test]
    fn a_clip_that_has_ended_has_nothing_left() {
        let clip = ClipStatus {
            state: ClipState::Ended,
            remaining_s: Some(0.04),
            ..ClipStatus::default()
        };
        assert_eq!(left(&clip), "0:00");
    }

    #[test]
    fn what_a_clip_does_is_read_whole_behind_any_name() {
        let beside = |right: f32| {
            let mut seen = None;
            let ctx = egui::Context::default();
            crate::ui::install_theme(&ctx);
            // Fonts come with the second pass.
            for _ in 0..2 {
                let _ = ctx.run_ui(egui::RawInput::default(), |ui| {
                    let line = Rect::from_min_max(pos2(10.0, 0.0), pos2(right, 20.0));
                    let (name, rest, shown) = beside_state(ui, line, "ended", Icon::Square);
                    let width = paint::width(ui, &shown, theme::font(12.0));
                    seen = Some((name, rest, shown, width));
                });
            }
            seen.unwrap()
        };
        let (name, rest, shown, width) = beside(210.0);
        assert_eq!(shown, "ended");
        assert!(rest.width() >= width && rest.right() <= 210.0, "{rest:?}");
        assert!(name.right() < rest.left() && name.width() > 100.0);
        // Where the words would leave the name nothing, a sign says as much.
        let (name, rest, shown, width) = beside(100.0);
        assert_eq!(shown, theme::icon(Icon::Square).to_string());
        assert!(rest.width() >= width && rest.right() <= 100.0, "{rest:?}");
        assert!(name.right() < rest.left() && name.width() >= 66.0, "{name}");
    }

    #[test]
    fn the_foremost_clip_of_a_scene_is_its_clip() {
        let mut snapshot = testing::snapshot();
        assert_eq!(clip_of(&snapshot, "duo"), None);
        snapshot.sources[0].clip = Some(ClipStatus::default());
        let found = |snapshot: &Snapshot| clip_of(snapshot, "duo").map(|(s, _)| s.id.clone());
        assert_eq!(found(&snapshot).as_deref(), Some("cam"));
        snapshot.sources[1].clip = Some(ClipStatus::default());
        assert_eq!(found(&snapshot).as_deref(), Some("ann"));
    }
}
