//! Talkback at this desk: to whom it talks, and for how long. A button or a key opens the microphone as it
//! goes down and closes it as it is let go; a short press leaves it open until the next one. What is lit is
//! what the engine says.

use egui::{Context, Event, Key, Rect, TouchPhase, Ui};

use super::{
    lang,
    paint::{self, Button},
    theme::{self, Icon},
    view::{View, name},
};
use crate::door::{Command, Door, Snapshot, SourceState, TalkbackStatus};

/// What is let go sooner after it was pressed stays open, in seconds.
pub const LATCH_S: f64 = 0.3;
/// A button that is lower has its key behind its face and not beneath it, in points.
const LOW: f32 = 36.0;
/// One that is narrower has no room for two words, in points.
const NARROW: f32 = 80.0;
/// The engine's answer is there after so many seconds; until then what was done here counts.
const ECHO_S: f64 = 0.5;

/// Who is talked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// All guests, whoever they are.
    All,
    /// The guest of this id.
    Guest(String),
}

/// What holds the microphone open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// The pointer, or a finger.
    Pointer,
    /// This key, on the button that has the focus.
    Control(Key),
    /// The key that talks to all.
    Function,
}

#[derive(Clone, Debug)]
struct Hold {
    to: To,
    by: By,
    since: f64,
}

/// The key that talks to all guests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TalkKey {
    /// It went down in this frame.
    pub pressed: bool,
    /// It is down.
    pub down: bool,
}

/// See the module's words. Each frame: [`Talk::follow`], then the buttons.
#[derive(Debug, Default)]
pub struct Talk {
    holds: Vec<Hold>,
    /// To whom this desk has opened it and not closed it, and when.
    opened: Vec<(To, f64)>,
    /// To whom it has just closed it, and when.
    closed: Vec<(To, f64)>,
    /// To whom it is to be closed once the engine is there again.
    owed: Vec<To>,
}

impl Talk {
    /// Told once a frame: lets go of what is held no longer, and hears the key.
    pub fn follow(&mut self, ctx: &Context, view: &View, key: TalkKey, attached: bool) {
        if !attached {
            self.holds.clear();
            let opened = self.opened.drain(..).map(|(to, _)| to);
            self.owed.extend(opened);
            return;
        }
        for to in std::mem::take(&mut self.owed) {
            self.close(to, view.door, view.now);
        }
        let told = &view.snapshot.sound.talkback;
        let is_new = |at: f64| view.now - at < ECHO_S;
        self.opened
            .retain(|(to, at)| is_new(*at) || is_open(told, to));
        self.closed.retain(|(_, at)| is_new(*at));
        if loses_the_hand(ctx) {
            self.let_go(view.door, view.now);
        }
        let is_held = |by: By| {
            ctx.input(|i| match by {
                By::Pointer => i.pointer.primary_down() && !i.pointer.primary_released(),
                By::Control(key) => i.key_down(key),
                By::Function => key.down,
            })
        };
        let holds = std::mem::take(&mut self.holds);
        let (held, ended) = holds.into_iter().partition(|hold| is_held(hold.by));
        self.holds = held;
        for hold in ended {
            self.end(hold, view);
        }
        if key.pressed {
            self.press(To::All, By::Function, key.down, view);
        }
    }

    /// A button that talks, in a place and by what egui is to know it, with the key that does the same.
    pub fn button(
        &mut self,
        ui: &Ui,
        (rect, id): (Rect, (&'static str, usize)),
        to: To,
        key: &str,
        view: &View,
    ) {
        let open = is_open(&view.snapshot.sound.talkback, &to);
        let why = why_not(view.snapshot);
        let (face, say) = match &to {
            To::All => (
                lang::text("sound-talk-all"),
                lang::text("sound-talk-to-all"),
            ),
            To::Guest(id) => {
                let called = view.source(id).map_or(id.as_str(), |s| name(&s.label, id));
                let say = lang::with("sound-talk-to", &[("name", called.into())]);
                (lang::text("sound-talk"), say)
            }
        };
        let is_narrow = rect.width() < NARROW;
        let face = match &to {
            To::All if is_narrow => lang::text("sound-talk-all-short"),
            _ => face,
        };
        let off = theme::icon(Icon::MicOff);
        let (face, say) = match &why {
            Some(why) if is_narrow => (off.to_string(), lang::pair(&say, why)),
            Some(why) => (format!("{off} {face}"), lang::pair(&say, why)),
            None => (face, say),
        };
        let is_low = rect.height() < LOW && !key.is_empty();
        let (face, key) = if is_low {
            (format!("{face} · {key}"), "")
        } else {
            (face, key)
        };
        let button = Button::new(&face).say(&say).size(12.0).key(key);
        let button = button.selected(open);
        let button = match (open, &why) {
            (true, None) => button.fill(theme::AMBER, theme::ON_TEXT),
            (true, Some(_)) => button.fill(theme::PANEL, theme::AMBER),
            (false, Some(_)) => button.fill(theme::PANEL, theme::DIM),
            (false, None) => button,
        };
        let response = button.show(ui, rect, id).on_hover_text(&say);
        if paint::touched(ui, &response) {
            let down = ui.input(|i| i.pointer.primary_down());
            self.press(to, By::Pointer, down, view);
        } else if response.clicked() && !ui.input(|i| i.pointer.any_released()) {
            // By key, or by a screen reader, which holds nothing.
            let keys = [Key::Space, Key::Enter];
            let key = ui.input(|i| keys.into_iter().find(|key| i.key_pressed(*key)));
            let by = key.map_or(By::Pointer, By::Control);
            let down = key.is_some_and(|key| ui.input(|i| i.key_down(key)));
            self.press(to, by, down, view);
        }
    }

    /// Closes what is held: who held it is not there to let go.
    pub fn let_go(&mut self, door: &dyn Door, now: f64) {
        for hold in std::mem::take(&mut self.holds) {
            self.close(hold.to, door, now);
        }
    }

    /// It is pressed: opens what is closed, as long as it is `down` or, if that was short, until the next
    /// press; closes what is open.
    fn press(&mut self, to: To, by: By, down: bool, view: &View) {
        if self.is_open(&to, view) {
            self.close(to, view.door, view.now);
            return;
        }
        self.closed.retain(|(closed, _)| *closed != to);
        self.opened.push((to.clone(), view.now));
        view.send(command(&to, true));
        if down {
            let since = view.now;
            self.holds.push(Hold { to, by, since });
        }
    }

    fn end(&mut self, hold: Hold, view: &View) {
        if view.now - hold.since >= LATCH_S {
            self.close(hold.to, view.door, view.now);
        }
    }

    fn close(&mut self, to: To, door: &dyn Door, now: f64) {
        self.opened.retain(|(opened, _)| *opened != to);
        self.holds.retain(|hold| hold.to != to);
        let command = command(&to, false);
        tracing::debug!(?command, "sent");
        door.send(command);
        self.closed.push((to, now));
    }

    /// Whether the next press closes it. A guest that is talked to with all others is not so by itself.
    fn is_open(&self, to: &To, view: &View) -> bool {
        let told = &view.snapshot.sound.talkback;
        let alone = *to == To::All || !told.all;
        let is_in = |list: &[(To, f64)]| list.iter().any(|(one, _)| one == to);
        is_in(&self.opened) || (alone && is_open(told, to) && !is_in(&self.closed))
    }
}

/// Whether there is anybody to talk to.
pub fn has_guests(snapshot: &Snapshot) -> bool {
    snapshot.sources.iter().any(|source| source.back.is_some())
}

/// Why nobody would be heard who talks; none where they would.
pub fn why_not(snapshot: &Snapshot) -> Option<String> {
    let id = &snapshot.sound.talkback.source;
    if id.is_empty() {
        return Some(lang::text("sound-talk-no-source"));
    }
    let source = snapshot.sources.iter().find(|source| source.id == *id)?;
    let named = [("name", name(&source.label, &source.id).into())];
    match source.state {
        SourceState::Lost | SourceState::Restarting => Some(lang::with("sound-talk-lost", &named)),
        _ if source.mute => Some(lang::with("sound-talk-muted", &named)),
        _ => None,
    }
}

fn is_open(told: &TalkbackStatus, to: &To) -> bool {
    match to {
        To::All => told.all,
        To::Guest(id) => told.all || told.guests.contains(id),
    }
}

fn command(to: &To, on: bool) -> Command {
    let guest = match to {
        To::All => None,
        To::Guest(id) => Some(id.clone()),
    };
    Command::Talkback { on, guest }
}

/// Whether nobody will tell when the hand lets go: the window is left or is to close, or what was a touch
/// is none any more.
fn loses_the_hand(ctx: &Context) -> bool {
    ctx.input(|i| {
        let is_lost = |event: &Event| {
            matches!(
                event,
                Event::WindowFocused(false)
                    | Event::Touch {
                        phase: TouchPhase::Cancel,
                        ..
                    }
            )
        };
        i.events.iter().any(is_lost) || i.viewport().close_requested()
    })
}
