//! The short strip under a monitor: fader, meter, mute, and whether the sound follows the picture.

use egui::{Align, Rect, Ui, pos2, vec2};

use super::{
    fader::{self, Faders},
    fills, lang, layout,
    meters::{self, Meters},
    paint::{self, Button},
    theme,
    view::{View, name},
};
use crate::{
    door::{Command, SceneStatus, SourceStatus},
    show::Afv,
};

/// A strip narrower than this has everything one below the other, in points.
pub const NARROW: f32 = 88.0;
/// Height of each of the switches of AFV in one, in points.
const SWITCH: f32 = 30.0;
/// Height of the one that goes from mode to mode, in points.
const ONE_SWITCH: f32 = 40.0;
/// Where a fader would be shorter, AFV makes room for it, in points.
const LONG_FADER: f32 = 200.0;

/// Draws the strip of a scene at position `salt`.
pub fn show(
    ui: &Ui,
    rect: Rect,
    salt: usize,
    scene: &SceneStatus,
    view: &View,
    faders: &mut Faders,
    meters: &Meters,
) {
    match view.sound_of(scene) {
        Some(source) => of_source(ui, rect, salt, source, view, faders, meters),
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

/// Draws the strip of a source; egui knows its parts by `salt`.
pub fn of_source(
    ui: &Ui,
    rect: Rect,
    salt: usize,
    source: &SourceStatus,
    view: &View,
    faders: &mut Faders,
    meters: &Meters,
) {
    fills::fill(ui, rect, theme::ROUND, theme::PANEL);
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

    let places = places(rect);
    faders.show(ui, places.lane, salt, source, view);
    if let Some(level) = meters.sources.get(&source.id) {
        meters::pair(ui, places.meter, level);
    }
    // Between the level and the buttons, as high as the level.
    let beside = places
        .meter
        .translate(vec2(places.meter.width() + 1.5, 0.0));
    let beside = beside.with_max_x(beside.left() + 3.0);
    meters::reduction(ui, beside, source.gate_db + source.compressor_db);
    fader::readout(ui, places.readout, source);
    let say = lang::with("desk-mute-it", &[("name", label.into())]);
    let text = lang::text(if source.mute {
        "desk-muted"
    } else {
        "desk-mute"
    });
    if Button::new(&text)
        .say(&say)
        .selected(source.mute)
        .show(ui, places.mute, ("mute", salt))
        .clicked()
    {
        view.send(Command::Mute {
            source: source.id.clone(),
            on: !source.mute,
        });
    }
    follow(ui, places.follow, salt, source, view);
}

/// Where the parts of a strip are.
struct Parts {
    lane: Rect,
    meter: Rect,
    readout: Rect,
    mute: Rect,
    follow: Rect,
}

fn places(rect: Rect) -> Parts {
    if rect.width() < NARROW {
        return narrow(rect.shrink2(vec2(3.0, 8.0)));
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
    Parts {
        lane,
        meter,
        readout,
        mute,
        follow: column.with_min_y(mute.bottom() + 6.0),
    }
}

/// One below the other: the value, the fader with its meter, MUTE, AFV.
fn narrow(inner: Rect) -> Parts {
    let readout = inner.with_max_y(inner.top() + 18.0);
    let others = 18.0 + 4.0 + 6.0 + layout::TARGET + 6.0;
    let follow = if inner.height() - others - 3.0 * SWITCH < LONG_FADER {
        ONE_SWITCH
    } else {
        3.0 * SWITCH
    };
    let follow = inner.with_min_y(inner.bottom() - follow);
    let mute = Rect::from_min_max(
        pos2(inner.left(), follow.top() - 6.0 - layout::TARGET),
        pos2(inner.right(), follow.top() - 6.0),
    );
    let middle = Rect::from_min_max(
        readout.left_bottom() + vec2(0.0, 4.0),
        mute.right_top() - vec2(0.0, 6.0),
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
        follow,
    }
}

/// Audio follows video: three small switches, for it is set before the show; where they have no room,
/// one that goes from each to the next.
fn follow(ui: &Ui, area: Rect, salt: usize, source: &SourceStatus, view: &View) {
    let label = name(&source.label, &source.id);
    let modes = [
        (Afv::Follow, "desk-follow", "desk-sound-follows"),
        (Afv::On, "desk-on", "desk-sound-on"),
        (Afv::Off, "desk-off", "desk-sound-off"),
    ];
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
