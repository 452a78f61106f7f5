//! The short strip under a monitor: fader, meter, mute, and whether the sound follows the picture.

use egui::{Align, Pos2, Rect, Ui, pos2, vec2};

use super::{
    bank::{self, Bank},
    fader::{self, Fader, Faders, Moves},
    fills, lang, layout, listening,
    meters::{self, Meters},
    paint::{self, Button},
    talk::{Talk, To},
    theme,
    view::{View, name},
};
use crate::{
    door::{Command, SceneStatus, SourceStatus},
    show::{Afv, Send},
};

/// A strip narrower than this has everything one below the other, in points.
pub const NARROW: f32 = 88.0;
/// One in the mixer too that is narrower than this: their words are read whole.
const NARROW_LONG: f32 = 112.0;
/// Height of each of the switches of AFV in one, in points.
const SWITCH: f32 = 30.0;
/// Height of the one that goes from mode to mode, in points.
const ONE_SWITCH: f32 = 40.0;
/// Where a fader would be shorter, AFV makes room for it, in points.
const LONG_FADER: f32 = 200.0;
/// Where a fader would be shorter than this, the buttons make room for it, in points.
const LEAST_FADER: f32 = 110.0;
/// Height of the fader's value, in points.
const READOUT: f32 = 18.0;
/// Height of what listens to a strip, in points.
const LISTEN: f32 = 30.0;
/// Side of the mark of a strip that no sound snapshot touches, in points.
const MARK: f32 = 12.0;
/// Height of what talks to a guest, in points.
const TALK: f32 = 30.0;
/// Least height of AFV above it, in points; and of its three switches there.
const LEAST_FOLLOW: f32 = 32.0;
const LEAST_SWITCHES: f32 = 56.0;

/// The ways of AFV, each with the keys of its face and of what it means.
pub const AFV: [(Afv, &str, &str); 3] = [
    (Afv::Follow, "desk-follow", "desk-sound-follows"),
    (Afv::On, "desk-on", "desk-sound-on"),
    (Afv::Off, "desk-off", "desk-sound-off"),
];

/// What is at hand in every strip.
pub struct Hands<'a> {
    /// The faders under a hand.
    pub faders: &'a mut Faders,
    /// Whom this desk talks to.
    pub talk: &'a mut Talk,
    /// The levels as they are shown.
    pub meters: &'a Meters,
}

/// Draws the strip of a scene at position `salt`.
pub fn show(ui: &Ui, rect: Rect, salt: usize, scene: &SceneStatus, view: &View, hands: &mut Hands) {
    match view.sound_of(scene) {
        Some(source) => of_source(ui, (rect, salt), source, view, hands, Kind::Short),
        None => mixed(ui, rect, scene, view),
    }
}

/// A scene of several sources has no fader of its own: it says whose sound it brings.
fn mixed(ui: &Ui, rect: Rect, scene: &SceneStatus, view: &View) {
    fills::fill(ui, rect, theme::ROUND, theme::PANEL);
    let names: Vec<&str> = scene
        .sources
        .iter()
        .filter_map(|id| view.source(id))
        .map(|source| name(&source.label, &source.id))
        .collect();
    let text = format!("{}\n{}", lang::text("desk-sound-of"), names.join(", "));
    paint::lines(
        ui,
        rect.shrink(10.0),
        Align::Center,
        &text,
        theme::font(12.0),
        theme::DIM,
    );
}

/// Where a strip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Under a monitor: what a director needs.
    Short,
    /// In the mixer: it can be listened to, after its fader or before, and its fader moves what the bank
    /// says.
    Long {
        /// What the fader moves.
        bank: Bank,
        /// It is listened to after its fader.
        after: bool,
        /// There are guests to be talked to: every strip keeps the room for it, so that all are alike.
        talks: bool,
        /// It is chosen which strips stay out of sound snapshots.
        safes: bool,
    },
}

/// The buttons of a strip that not each one has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// What listens to it.
    pub listens: bool,
    /// What talks to it.
    pub talks: bool,
}

/// Draws the strip of a source; egui knows its parts by `salt`.
pub fn of_source(
    ui: &Ui,
    (rect, salt): (Rect, usize),
    source: &SourceStatus,
    view: &View,
    hands: &mut Hands,
    kind: Kind,
) {
    let is_guest = source.back.is_some();
    let (bank, after, talks, safes) = match kind {
        Kind::Short => (Bank::Mix, None, is_guest, false),
        Kind::Long {
            bank,
            after,
            talks,
            safes,
        } => (bank, Some(after), talks, safes),
    };
    let fill = match bank {
        Bank::Mix => theme::PANEL,
        Bank::Sends(_) => theme::SENDS,
    };
    fills::fill(ui, rect, theme::ROUND, fill);
    let label = name(&source.label, &source.id);
    let heard = source.heard;
    if heard {
        let bar = rect.with_max_y(rect.top() + 3.0);
        fills::fill(ui, bar, 1, theme::RED);
    }
    paint::say(
        ui,
        rect.with_max_y(rect.top() + 3.0),
        ("heard", salt),
        &lang::with(
            if heard {
                "desk-sound-on-air"
            } else {
                "desk-sound-off-air"
            },
            &[("name", label.into())],
        ),
    );

    let rows = Rows {
        listens: after.is_some(),
        talks,
    };
    let places = places(rect, rows);
    let (moves, db, say) = match bank {
        Bank::Mix => {
            let say = lang::with("desk-fader", &[("name", label.into())]);
            (Moves::Source(&source.id), source.fader_db, say)
        }
        Bank::Sends(aux) => {
            let to = bank::aux_name(view.snapshot, aux);
            let values = [("name", label.into()), ("aux", to.into())];
            let say = lang::with("sound-send-of", &values);
            (Moves::Send(&source.id, aux), send(source, aux).db, say)
        }
    };
    let fader = Fader {
        moves,
        db,
        say: &say,
    };
    hands.faders.show(ui, places.lane, salt, fader, view);
    if let Some(level) = hands.meters.sources.get(&source.id) {
        meters::pair(ui, places.meter, level);
    }
    let own_db = source.gate_db + source.compressor_db;
    let by_others_db = source.share_db + source.duck_db;
    meters::reductions(ui, reduced(places.meter), own_db, by_others_db);
    if view.snapshot.sound.safe.contains(&source.id) {
        safe_mark(ui, (places.meter, salt), label);
    }
    if let Some(linked) = super::sound::linked(source, view) {
        link_mark(ui, (places.meter, salt), label, &linked.how);
    }
    fader::readout(ui, places.readout, db, source.mute);
    let say = lang::with("desk-mute-it", &[("name", label.into())]);
    if mute(ui, places.mute, ("mute", salt), &say, source.mute) {
        view.send(Command::Mute {
            source: source.id.clone(),
            on: !source.mute,
        });
    }
    if let (Some(after), Some(place)) = (after, places.listen) {
        listen(ui, (place, salt), source, view, after);
    }
    // A guest can always be talked to; the rest stands with what is done to the selected strip, too.
    let talks_instead = is_guest && places.talks_instead() && !safes;
    match bank {
        _ if talks_instead => {}
        _ if safes => safe(ui, (places.follow, salt), source, view),
        Bank::Mix => follow(ui, places.follow, salt, source, view),
        Bank::Sends(aux) => tap(ui, (places.follow, salt), source, view, aux),
    }
    let talks = is_guest && (talks_instead || !places.talks_instead());
    if let Some(place) = places.talk.filter(|_| talks) {
        let to = To::Guest(source.id.clone());
        hands.talk.button(ui, (place, ("talk", salt)), to, "", view);
    }
}

/// How much of a source goes to an aux, counted from 1.
pub fn send(source: &SourceStatus, aux: usize) -> Send {
    let send = source.sends.get(aux.wrapping_sub(1));
    send.copied().unwrap_or_default()
}

/// How far a sound is turned down, between its level and what is beside it, as high as the level.
pub fn beside(ui: &Ui, meter: Rect, reduction_db: f32) {
    meters::reduction(ui, reduced(meter), reduction_db);
}

fn reduced(meter: Rect) -> Rect {
    let beside = meter.translate(vec2(meter.width() + 1.5, 0.0));
    beside.with_max_x(beside.left() + 3.0)
}

/// Over the level: no sound snapshot touches this strip.
fn safe_mark(ui: &Ui, (meter, salt): (Rect, usize), label: &str) {
    let above = pos2(meter.center().x, meter.top() - MARK / 2.0 - 1.0);
    let say = lang::with("sound-is-safe", &[("name", label.into())]);
    mark(ui, above, theme::Icon::Lock, ("safe", salt), &say);
}

/// Below the level: the strip is one side of a stereo link.
fn link_mark(ui: &Ui, (meter, salt): (Rect, usize), label: &str, how: &str) {
    let below = pos2(meter.center().x, meter.bottom() + MARK / 2.0 + 1.0);
    let values = [("name", label.into()), ("how", how.into())];
    let say = lang::with("sound-is-linked", &values);
    mark(ui, below, theme::Icon::Link2, ("linked", salt), &say);
}

/// A small sign beside the level, with what it says.
fn mark(ui: &Ui, middle: Pos2, icon: theme::Icon, id: (&str, usize), say: &str) {
    let place = Rect::from_center_size(middle, vec2(MARK, MARK));
    let face = theme::icon(icon).to_string();
    let font = theme::font(MARK - 1.0);
    paint::line(ui, place, Align::Center, &face, font, theme::BLUE);
    paint::say(ui, place, id, say).on_hover_text(say);
}

/// Keeps a strip out of sound snapshots, where AFV has its place otherwise.
fn safe(ui: &Ui, (area, salt): (Rect, usize), source: &SourceStatus, view: &View) {
    let on = view.snapshot.sound.safe.contains(&source.id);
    let label = name(&source.label, &source.id);
    let say = lang::with("sound-safe-of", &[("name", label.into())]);
    let face = lang::text("sound-safe");
    let button = Button::new(&face).say(&say).size(11.5).selected(on);
    let button = if on {
        button.fill(theme::BLUE, theme::ON_TEXT)
    } else {
        button
    };
    if button
        .show(ui, one_switch(area), ("keep safe", salt))
        .clicked()
    {
        view.send(Command::Safe {
            source: source.id.clone(),
            on: !on,
        });
    }
}

/// A mute; whether it was pressed.
pub fn mute(
    ui: &Ui,
    rect: Rect,
    id: impl std::hash::Hash + std::fmt::Debug,
    say: &str,
    on: bool,
) -> bool {
    let text = lang::text(if on { "desk-muted" } else { "desk-mute" });
    let button = Button::new(&text).say(say).selected(on);
    button.show(ui, rect, id).clicked()
}

/// Listens to a strip. Lit in blue: somebody's monitor is not the program now.
fn listen(ui: &Ui, (place, salt): (Rect, usize), source: &SourceStatus, view: &View, after: bool) {
    let label = name(&source.label, &source.id);
    let (pfl, afl) = listening::to(view.snapshot, &source.id);
    let (on, is_after) = (pfl || afl, if pfl || afl { afl } else { after });
    let (face, say) = if is_after {
        ("AFL", "sound-afl-of")
    } else {
        ("PFL", "sound-pfl-of")
    };
    let say = lang::with(say, &[("name", label.into())]);
    let mut button = Button::new(face).say(&say).size(12.0).selected(on);
    if on {
        button = button.fill(theme::BLUE, theme::ON_TEXT);
    }
    if button.show(ui, place, ("listen", salt)).clicked() {
        listening::turn(view, &source.id, after);
    }
}

/// The part of AFV's place that one switch takes.
pub fn one_switch(area: Rect) -> Rect {
    area.with_max_y(area.bottom().min(area.top() + ONE_SWITCH))
}

/// Where a send takes its sound: before the fader or after it.
fn tap(ui: &Ui, (area, salt): (Rect, usize), source: &SourceStatus, view: &View, aux: usize) {
    let now = send(source, aux);
    let label = name(&source.label, &source.id);
    let to = bank::aux_name(view.snapshot, aux);
    let say = lang::with(
        "sound-send-pre-of",
        &[("name", label.into()), ("aux", to.as_str().into())],
    );
    let text = lang::text(if now.pre { "sound-pre" } else { "sound-post" });
    let place = one_switch(area);
    let button = Button::new(&text).say(&say).size(11.5).key(&to);
    if button
        .selected(now.pre)
        .show(ui, place, ("tap", salt))
        .clicked()
    {
        view.send(Command::Send {
            source: source.id.clone(),
            aux,
            db: None,
            pre: Some(!now.pre),
        });
    }
}

/// Where the parts of a strip are.
pub struct Parts {
    /// The fader.
    pub lane: Rect,
    /// The level beside it.
    pub meter: Rect,
    /// The fader's value.
    pub readout: Rect,
    /// The mute.
    pub mute: Rect,
    /// What listens to it, where that is asked for.
    pub listen: Option<Rect>,
    /// AFV, or what else there is of it.
    pub follow: Rect,
    /// What talks to it, where that is asked for: in AFV's place where there is no room for both.
    pub talk: Option<Rect>,
}

impl Parts {
    /// Whether what talks has AFV's place.
    pub fn talks_instead(&self) -> bool {
        self.talk == Some(self.follow)
    }
}

fn places(rect: Rect, rows: Rows) -> Parts {
    let listens = rows.listens;
    if rect.width() < if listens { NARROW_LONG } else { NARROW } {
        return narrow(rect, rows);
    }
    let inner = rect.shrink2(vec2(4.0, 8.0));
    let lane_width = (rect.width() * 0.28).clamp(26.0, 44.0);
    let lane = inner.with_max_x(inner.left() + lane_width);
    let meter = Rect::from_min_max(
        pos2(lane.right() + 2.0, inner.top() + 8.0),
        pos2(lane.right() + 12.0, inner.bottom() - 8.0),
    );
    let column = inner.with_min_x(meter.right() + 6.0);
    let readout = column.with_max_y(column.top() + 18.0);
    let mute = Rect::from_min_size(
        pos2(column.left(), readout.bottom() + 4.0),
        vec2(column.width(), layout::TARGET),
    );
    let listen = listens.then(|| {
        let top = mute.bottom() + 4.0;
        mute.with_min_y(top).with_max_y(top + LISTEN)
    });
    let above = listen.unwrap_or(mute).bottom();
    let follow = column.with_min_y(above + 6.0);
    let has_room = follow.height() - TALK - 6.0 >= LEAST_FOLLOW;
    let talk = (rows.talks && has_room).then(|| follow.with_min_y(follow.bottom() - TALK));
    let mut follow = follow.with_max_y(talk.map_or(follow.bottom(), |talk| talk.top() - 6.0));
    if talk.is_some() && follow.height() < LEAST_SWITCHES {
        follow = one_switch(follow);
    }
    Parts {
        lane,
        meter,
        readout,
        mute,
        listen,
        follow,
        talk,
    }
}

/// The heights of what stands one below the other, and the room around it and between, in points.
struct Heights {
    edge: f32,
    gap: f32,
    mute: f32,
    listen: f32,
    follow: f32,
    /// None where what talks has AFV's place.
    talk: Option<f32>,
}

impl Heights {
    const USUAL: Self = Self {
        edge: 8.0,
        gap: 4.0,
        mute: layout::TARGET,
        listen: LISTEN,
        follow: ONE_SWITCH,
        talk: Some(TALK),
    };
    const LOW: Self = Self {
        mute: 36.0,
        listen: 26.0,
        follow: 32.0,
        ..Self::USUAL
    };
    const LOWEST: Self = Self {
        edge: 5.0,
        gap: 3.0,
        mute: 32.0,
        listen: 24.0,
        follow: 32.0,
        talk: None,
    };

    /// What is left of a strip of this height for its fader.
    fn fader(&self, height: f32, Rows { listens, talks }: Rows) -> f32 {
        let listen = if listens { self.listen + self.gap } else { 0.0 };
        let talk = self.talk.filter(|_| talks);
        let talk = talk.map_or(0.0, |talk| talk + self.gap);
        let others = READOUT + 2.0 * self.gap + 2.0 + self.mute + self.gap + self.follow;
        height - 2.0 * self.edge - others - listen - talk
    }
}

/// One below the other: the value, the fader with its meter, MUTE, what listens, AFV, what talks. Where a
/// fader would be too short to be moved finely, the buttons are lower; and where that is not enough, what
/// talks has AFV's place: that is set before the show.
pub fn narrow(rect: Rect, rows: Rows) -> Parts {
    let has_room = |heights: &Heights| heights.fader(rect.height(), rows) >= LEAST_FADER;
    let all = [Heights::USUAL, Heights::LOW];
    let heights = all.into_iter().find(has_room).unwrap_or(Heights::LOWEST);
    let Heights { edge, gap, .. } = heights;
    let inner = rect.shrink2(vec2(3.0, edge));
    let readout = inner.with_max_y(inner.top() + READOUT);
    let above = |below: f32, height: f32| inner.with_max_y(below).with_min_y(below - height);
    let talk = heights.talk.filter(|_| rows.talks);
    let talk = talk.map(|talk| above(inner.bottom(), talk));
    let foot = talk.map_or(inner.bottom(), |talk| talk.top() - gap);
    // Beneath a long fader AFV has three switches.
    let is_long = heights.fader(rect.height(), rows) - 3.0 * SWITCH >= LONG_FADER - heights.follow;
    let follow = above(
        foot,
        if is_long {
            3.0 * SWITCH
        } else {
            heights.follow
        },
    );
    let listen = rows
        .listens
        .then(|| above(follow.top() - gap, heights.listen));
    let mute = above(listen.unwrap_or(follow).top() - gap, heights.mute);
    let middle = Rect::from_min_max(
        readout.left_bottom() + vec2(0.0, gap),
        mute.right_top() - vec2(0.0, gap + 2.0),
    );
    let lane = middle.with_max_x(middle.right() - 14.0);
    Parts {
        lane,
        meter: middle
            .with_min_x(lane.right() + 2.0)
            .with_max_x(lane.right() + 12.0)
            .shrink2(vec2(0.0, 8.0)),
        readout,
        mute,
        listen,
        follow,
        talk: talk.or(rows.talks.then_some(follow)),
    }
}

/// Audio follows video: three small switches, for it is set before the show; where they have no room,
/// one that goes from each to the next.
fn follow(ui: &Ui, area: Rect, salt: usize, source: &SourceStatus, view: &View) {
    let label = name(&source.label, &source.id);
    let modes = AFV;
    let send = |mode| {
        view.send(Command::Afv {
            source: source.id.clone(),
            mode,
        });
    };
    if area.height() <= ONE_SWITCH {
        let at = modes.iter().position(|(mode, ..)| *mode == source.afv);
        let at = at.unwrap_or(0);
        let (mode, text, meaning) = modes[at];
        let say = format!("{}, {label}", lang::text(meaning));
        if Button::new(&lang::text(text))
            .say(&say)
            .size(11.5)
            .key("AFV")
            .selected(mode == Afv::Follow)
            .show(ui, area, ("afv", salt))
            .clicked()
        {
            // From following to off: on the way there no microphone is opened.
            send(modes[(at + modes.len() - 1) % modes.len()].0);
        }
        return;
    }
    let caption = if area.height() > 96.0 { 18.0 } else { 0.0 };
    if caption > 0.0 {
        let rect = area.with_max_y(area.top() + caption);
        paint::line(
            ui,
            rect,
            Align::Center,
            "AFV",
            theme::font(11.0),
            theme::DIM,
        );
    }
    let switches = area.with_min_y(area.top() + caption);
    let height = (switches.height() / 3.0).clamp(16.0, 40.0);
    for (i, (mode, text, meaning)) in modes.into_iter().enumerate() {
        let rect = Rect::from_min_size(
            pos2(switches.left(), switches.top() + i as f32 * height),
            vec2(switches.width(), height - 2.0),
        );
        let say = format!("{}, {label}", lang::text(meaning));
        if Button::new(&lang::text(text))
            .say(&say)
            .size(11.5)
            .selected(source.afv == mode)
            .show(ui, rect, ("afv", salt, i))
            .clicked()
        {
            send(mode);
        }
    }
}
