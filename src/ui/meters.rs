//! Meters: how a level moves on the desk, and how it is drawn.
//!
//! The bar rises at once to what its ballistics read, and falls as they say. The highest reading is marked
//! for 20 s, a clip until it is clicked. Time is passed in.

use std::collections::BTreeMap;

use egui::{Align, Color32, Rect, Ui, pos2};

use super::{ballistics::Ballistics, fills, lang, listening, loudness, paint, theme, words};
use crate::door::{Level, Snapshot};

/// The lowest level that a meter shows, in dBFS.
pub const BOTTOM_DB: f32 = -60.0;
/// How long the highest peak is marked, in seconds.
const HOLD_S: f64 = 20.0;
/// From here on a sample counts as clipped, in dBFS.
const CLIP_DB: f32 = -0.05;
/// Where yellow and red begin, in dBFS.
const YELLOW_DB: f32 = -20.0;
const RED_DB: f32 = -9.0;

/// One channel of a meter. Levels in dBFS, times in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Channel {
    /// What the bar shows.
    pub shown_db: f32,
    /// The highest that it showed in the last 20 s.
    pub hold_db: f32,
    /// Whether a sample clipped since the mark was last cleared.
    pub clipped: bool,
    hold_since: f64,
    updated: f64,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            shown_db: -100.0,
            hold_db: -100.0,
            clipped: false,
            hold_since: f64::MIN,
            updated: 0.0,
        }
    }
}

impl Channel {
    /// Takes the highest sample since the last call, and the highest that the ballistics read; `fall` is
    /// in dB a second.
    fn update(&mut self, (peak_db, read_db): (f32, f32), fall: f64, now: f64) {
        let fallen = self.shown_db - ((now - self.updated).max(0.0) * fall) as f32;
        self.shown_db = read_db.max(fallen).max(-100.0);
        self.updated = now;
        if read_db >= self.hold_db {
            self.hold_db = read_db;
            self.hold_since = now;
        } else if now - self.hold_since > HOLD_S {
            self.hold_db = self.shown_db;
            self.hold_since = now;
        }
        self.clipped |= peak_db >= CLIP_DB;
    }
}

/// Both channels of one meter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meter {
    /// Left and right.
    pub channels: [Channel; 2],
    /// RMS, left and right, in dBFS.
    pub rms_db: [f32; 2],
}

impl Meter {
    /// Takes a new level.
    pub fn update(&mut self, level: &Level, ballistics: Ballistics, now: f64) {
        let read = ballistics.reads(level);
        for (c, channel) in self.channels.iter_mut().enumerate() {
            channel.update((level.peak_db[c], read[c]), ballistics.fall(), now);
        }
        self.rms_db = level.rms_db;
    }

    /// Clears the clip marks and the held peaks.
    pub fn clear(&mut self) {
        for channel in &mut self.channels {
            channel.clipped = false;
            channel.hold_db = channel.shown_db;
        }
    }
}

/// The highest peaks of several snapshots, for a window that is painted less often than the engine
/// ticks must not miss a clip in between. In dBFS.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peaks {
    program: Option<Level>,
    sources: BTreeMap<String, Level>,
    auxes: Vec<Level>,
    returns: BTreeMap<String, Level>,
    listened: Option<Level>,
}

impl Peaks {
    /// Takes a snapshot's peaks in.
    pub fn add(&mut self, snapshot: &Snapshot) {
        self.program = Some(higher(&snapshot.program_level, self.program.as_ref()));
        for source in &snapshot.sources {
            hold(&mut self.sources, &source.id, &source.level);
            if let Some(back) = &source.back {
                hold(&mut self.returns, &source.id, &back.level);
            }
        }
        let auxes = snapshot.sound.auxes.iter().enumerate();
        self.auxes = auxes
            .map(|(n, aux)| higher(&aux.level, self.auxes.get(n)))
            .collect();
        self.listened =
            listening::of(snapshot).map(|status| higher(&status.level, self.listened.as_ref()));
    }
}

/// Keeps the higher of what is held of a source and what it has now.
fn hold(held: &mut BTreeMap<String, Level>, id: &str, level: &Level) {
    match held.get_mut(id) {
        Some(held) => *held = higher(level, Some(held)),
        None => {
            held.insert(id.to_owned(), *level);
        }
    }
}

/// A level with the higher peaks of the two.
fn higher(level: &Level, before: Option<&Level>) -> Level {
    let Some(before) = before else { return *level };
    let higher = |a: [f32; 2], b: [f32; 2]| [a[0].max(b[0]), a[1].max(b[1])];
    Level {
        peak_db: higher(level.peak_db, before.peak_db),
        quasi_db: [0, 1].map(|t| higher(level.quasi_db[t], before.quasi_db[t])),
        ..*level
    }
}

/// The meters of the program and of every source.
#[derive(Debug, Default)]
pub struct Meters {
    /// The program.
    pub program: Meter,
    /// By source id.
    pub sources: BTreeMap<String, Meter>,
    /// The first and the second.
    pub auxes: Vec<Meter>,
    /// What this desk listens to by PFL and AFL.
    pub listened: Meter,
    /// What guests get back, by source id.
    pub returns: BTreeMap<String, Meter>,
    /// How they all move.
    pub ballistics: Ballistics,
}

impl Meters {
    /// Takes the levels of a snapshot, and the peaks of those that came since the last one.
    pub fn update(&mut self, snapshot: &Snapshot, since: &Peaks, now: f64) {
        let ballistics = self.ballistics;
        let level = higher(&snapshot.program_level, since.program.as_ref());
        self.program.update(&level, ballistics, now);
        let levels = snapshot.sources.iter().map(|source| {
            let level = higher(&source.level, since.sources.get(&source.id));
            (source.id.as_str(), level)
        });
        follow(&mut self.sources, levels, ballistics, now);
        let backs = snapshot.sources.iter().filter_map(|source| {
            let level = &source.back.as_ref()?.level;
            let level = higher(level, since.returns.get(&source.id));
            Some((source.id.as_str(), level))
        });
        follow(&mut self.returns, backs, ballistics, now);
        let level = listening::of(snapshot).map(|status| status.level);
        let level = higher(&level.unwrap_or_default(), since.listened.as_ref());
        self.listened.update(&level, ballistics, now);
        let auxes = &snapshot.sound.auxes;
        self.auxes.resize(auxes.len(), Meter::default());
        for (n, (meter, aux)) in self.auxes.iter_mut().zip(auxes).enumerate() {
            let level = higher(&aux.level, since.auxes.get(n));
            meter.update(&level, ballistics, now);
        }
    }
}

/// Takes the levels of those that there are, by their ids, and forgets the others.
fn follow<'a>(
    meters: &mut BTreeMap<String, Meter>,
    levels: impl Iterator<Item = (&'a str, Level)> + Clone,
    ballistics: Ballistics,
    now: f64,
) {
    meters.retain(|id, _| levels.clone().any(|(known, _)| known == id));
    for (id, level) in levels {
        match meters.get_mut(id) {
            Some(meter) => meter.update(&level, ballistics, now),
            None => {
                let mut meter = Meter::default();
                meter.update(&level, ballistics, now);
                meters.insert(id.to_owned(), meter);
            }
        }
    }
}

/// Where a level is on a scale that is linear in dB: 0 at −60 dBFS and below, 1 at 0 dBFS.
pub fn position(db: f32) -> f32 {
    ((db - BOTTOM_DB) / -BOTTOM_DB).clamp(0.0, 1.0)
}

fn colour(db: f32) -> Color32 {
    if db > RED_DB {
        theme::METER_RED
    } else if db > YELLOW_DB {
        theme::METER_YELLOW
    } else {
        theme::METER_GREEN
    }
}

/// Height of a mark in a bar, in points.
const MARK: f32 = 2.0;

/// Draws one upright bar, where there is room for one.
fn bar(ui: &Ui, rect: Rect, channel: &Channel, rms_db: Option<f32>, fill: Fill) {
    if !rect.is_positive() || rect.height() < MARK {
        return;
    }
    let y = |db: f32| rect.bottom() - rect.height() * position(db);
    let zones = [(BOTTOM_DB, YELLOW_DB), (YELLOW_DB, RED_DB), (RED_DB, 0.0)];
    for (from, to) in zones {
        let full = Rect::from_min_max(pos2(rect.left(), y(to)), pos2(rect.right(), y(from)));
        let hue = colour((from + to) / 2.0);
        fill(ui, full, 0, hue.gamma_multiply(0.16));
        if channel.shown_db > from {
            let lit = full.with_min_y(y(channel.shown_db.min(to)));
            fill(ui, lit, 0, hue);
        }
    }
    let mark = |db: f32, hue: Color32| {
        if db > BOTTOM_DB {
            let at = y(db).clamp(rect.top(), rect.bottom() - MARK);
            let line = Rect::from_min_max(pos2(rect.left(), at), pos2(rect.right(), at + MARK));
            fill(ui, line, 0, hue);
        }
    };
    mark(channel.hold_db, colour(channel.hold_db));
    if let Some(rms) = rms_db {
        mark(rms, theme::TEXT);
    }
}

/// Draws a slim pair of bars at the right edge of a picture.
pub fn slim(ui: &Ui, picture: Rect, meter: &Meter) {
    let area = Rect::from_min_max(
        pos2(picture.right() - 11.0, picture.top() + 4.0),
        pos2(picture.right() - 4.0, picture.bottom() - 4.0),
    );
    ui.painter()
        .rect_filled(area.expand(1.5), 1, Color32::from_black_alpha(190));
    halves(ui, area, meter, false, over_picture);
}

/// How a rectangle is filled: under everything, or over a picture.
type Fill = fn(&Ui, Rect, u8, Color32);

fn over_picture(ui: &Ui, rect: Rect, radius: u8, colour: Color32) {
    ui.painter().rect_filled(rect, radius, colour);
}

/// Draws both channels side by side on a panel.
pub fn pair(ui: &Ui, area: Rect, meter: &Meter) {
    halves(ui, area, meter, false, fills::fill);
}

fn halves(ui: &Ui, area: Rect, meter: &Meter, with_rms: bool, fill: Fill) {
    let middle = area.center().x;
    let halves = [area.with_max_x(middle - 1.0), area.with_min_x(middle + 1.0)];
    for (i, half) in halves.into_iter().enumerate() {
        let rms = with_rms.then_some(meter.rms_db[i]);
        bar(ui, half, &meter.channels[i], rms, fill);
    }
}

/// Height of a line of the loudness, in points.
const LOUDNESS_LINE: f32 = 15.0;

/// What is written under a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// The loudness, and what the limiter takes.
    Loudness,
    /// What the limiter takes alone: the loudness stands beside it.
    Limiter,
}

/// How much a sound is turned down, in dB: it pulls down from the top, 20 dB at most of the scale.
pub fn reduction(ui: &Ui, rect: Rect, db: f32) {
    reductions(ui, rect, db, 0.0);
}

/// As [`reduction`]; below it, in another colour, how far something is turned down by what others say.
pub fn reductions(ui: &Ui, rect: Rect, db: f32, by_others_db: f32) {
    fills::fill(ui, rect, 0, theme::BACKGROUND);
    let at = |db: f32| rect.top() + (db / 20.0).clamp(0.0, 1.0) * rect.height();
    let own = rect.with_max_y(at(db));
    fills::fill(ui, own, 0, theme::DIM);
    let others = rect
        .with_min_y(own.bottom())
        .with_max_y(at(db + by_others_db));
    fills::fill(ui, others, 0, theme::BLUE);
}

/// Draws the program's meter: scale, both channels, gain reduction of the limiter, the held peak and
/// its numbers. A click clears the clip mark and the held peak.
pub fn program(ui: &Ui, area: Rect, meter: &mut Meter, snapshot: &Snapshot, numbers: Numbers) {
    let (limiter_db, loudness) = (snapshot.limiter_db, &snapshot.loudness);
    let peak = meter.channels[0].hold_db.max(meter.channels[1].hold_db);
    let clipped = meter.channels.iter().any(|c| c.clipped);
    let said = lang::with(
        if clipped {
            "desk-level-clipped"
        } else {
            "desk-level"
        },
        &[
            ("peak", words::db(peak).into()),
            (
                "rms",
                words::db(meter.rms_db[0].max(meter.rms_db[1])).into(),
            ),
            ("limiter", words::db(-limiter_db).into()),
        ],
    );
    let measured = loudness::said(loudness);
    let response = ui.interact(
        area,
        egui::Id::unique("program meter"),
        egui::Sense::click(),
    );
    response.widget_info(|| {
        let said = format!("{said} · {measured}");
        egui::WidgetInfo::labeled(egui::accesskit::Role::Button, ui.is_enabled(), said)
    });
    let response = response.on_hover_text(&measured);
    if response.clicked() {
        meter.clear();
    }

    let head = area.with_max_y(area.top() + 16.0);
    let (fill, text) = if clipped {
        (theme::METER_RED, theme::ON_TEXT)
    } else {
        (theme::PANEL, theme::DIM)
    };
    fills::fill(ui, head, 2, fill);
    let number = if clipped {
        lang::text("desk-clip")
    } else {
        words::db(peak)
    };
    paint::line(ui, head, Align::Center, &number, theme::font(11.5), text);

    let foot = area.with_min_y(area.bottom() - 16.0);
    let shown = match numbers {
        Numbers::Loudness => &[
            ("desk-short-term", loudness.short_term),
            ("desk-integrated", loudness.integrated),
        ][..],
        Numbers::Limiter => &[],
    };
    let numbers = foot.with_min_y(foot.top() - shown.len() as f32 * LOUDNESS_LINE);
    let bars = Rect::from_min_max(
        pos2(area.left() + 22.0, head.bottom() + 6.0),
        pos2(area.right() - 10.0, numbers.top() - 6.0),
    );
    for (i, (key, value)) in shown.iter().enumerate() {
        let top = numbers.top() + i as f32 * LOUDNESS_LINE;
        let row = numbers.with_min_y(top).with_max_y(top + LOUDNESS_LINE);
        let text = lang::with(key, &[("lufs", loudness::lufs(*value).into())]);
        paint::line(
            ui,
            row,
            Align::Center,
            &text,
            theme::font(11.5),
            theme::TEXT,
        );
    }
    for db in [0.0, -9.0, -20.0, -30.0, -40.0, -50.0, -60.0] {
        let y = bars.bottom() - bars.height() * position(db);
        let row = Rect::from_min_max(pos2(area.left(), y - 7.0), pos2(bars.left() - 4.0, y + 7.0));
        let text = format!("{:.0}", db.abs());
        paint::line(ui, row, Align::Max, &text, theme::font(10.5), theme::DIM);
    }
    halves(ui, bars, meter, true, fills::fill);

    let beside = Rect::from_min_max(
        pos2(bars.right() + 4.0, bars.top()),
        pos2(area.right(), bars.bottom()),
    );
    reduction(ui, beside, limiter_db);
    let text = if limiter_db >= 0.05 {
        words::db(-limiter_db)
    } else {
        "0".to_owned()
    };
    let text = lang::with("desk-limiter", &[("db", text.into())]);
    paint::line(
        ui,
        foot,
        Align::Center,
        &text,
        theme::font(10.5),
        theme::DIM,
    );
    paint::focus_ring(ui, &response);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(db: f32) -> Level {
        Level {
            peak_db: [db; 2],
            quasi_db: [[db - 2.0; 2], [db - 4.0; 2]],
            rms_db: [db; 2],
            correlation: None,
        }
    }

    #[test]
    fn up_at_once_and_down_as_the_ballistics_say() {
        let cases = [
            (Ballistics::DigitalPeak, -10.0, 1.7, 20.0),
            (Ballistics::TypeI, -12.0, 1.7, 20.0),
            (Ballistics::TypeII, -14.0, 2.8, 24.0),
        ];
        for (ballistics, read, seconds, fallen) in cases {
            let mut meter = Meter::default();
            meter.update(&level(-10.0), ballistics, 100.0);
            assert_eq!(meter.channels[0].shown_db, read);
            for step in 1..=20 {
                let now = 100.0 + seconds * f64::from(step) / 20.0;
                meter.update(&level(-100.0), ballistics, now);
            }
            let shown = meter.channels[1].shown_db;
            assert!(
                (shown - read + fallen).abs() < 0.01,
                "{ballistics:?} {shown}"
            );
            assert_eq!(meter.channels[1].hold_db, read);
            meter.update(&level(-3.0), ballistics, 110.0);
            assert_eq!(meter.channels[1].shown_db, read + 7.0);
        }
    }

    #[test]
    fn the_highest_peak_stays_for_20_s() {
        let mut meter = Meter::default();
        let mut hold = |db, now| {
            meter.update(&level(db), Ballistics::DigitalPeak, now);
            meter.channels[0].hold_db
        };
        hold(-6.0, 0.0);
        assert_eq!(hold(-40.0, 19.9), -6.0);
        assert_eq!(hold(-40.0, 20.1), -40.0);
        assert_eq!(hold(-12.0, 21.0), -12.0);
    }

    #[test]
    fn a_clip_stays_until_it_is_cleared_whatever_the_ballistics() {
        for ballistics in Ballistics::ALL {
            let mut meter = Meter::default();
            meter.update(&level(0.0), ballistics, 0.0);
            meter.update(&level(-50.0), ballistics, 100.0);
            assert!(meter.channels[0].clipped);
            meter.clear();
            assert!(!meter.channels[0].clipped);
            meter.update(&level(-0.1), ballistics, 101.0);
            assert!(!meter.channels[0].clipped);
        }
    }

    #[test]
    fn a_clip_between_two_paintings_is_not_missed() {
        let mut snapshot = crate::ui::testing::snapshot();
        let mut peaks = Peaks::default();
        snapshot.program_level.peak_db = [0.0, -30.0];
        snapshot.sources[1].level.peak_db = [-2.0, -3.0];
        peaks.add(&snapshot);
        snapshot.program_level.peak_db = [-50.0, -20.0];
        snapshot.sources[1].level.peak_db = [-40.0; 2];
        peaks.add(&snapshot);
        let mut meters = Meters::default();
        meters.update(&snapshot, &peaks, 1.0);
        assert!(meters.program.channels[0].clipped);
        assert_eq!(meters.program.channels[1].shown_db, -20.0);
        assert_eq!(meters.sources["ann"].channels[0].shown_db, -2.0);
        meters.update(&snapshot, &Peaks::default(), 10.0);
        assert_eq!(meters.program.channels[0].shown_db, -50.0);
    }

    #[test]
    fn the_scale_and_the_colours_are_the_fields_own() {
        assert_eq!(position(-60.0), 0.0);
        assert_eq!(position(-100.0), 0.0);
        assert_eq!(position(-30.0), 0.5);
        assert_eq!(position(3.0), 1.0);
        assert_eq!(colour(-20.0), theme::METER_GREEN);
        assert_eq!(colour(-19.9), theme::METER_YELLOW);
        assert_eq!(colour(-9.0), theme::METER_YELLOW);
        assert_eq!(colour(-8.9), theme::METER_RED);
    }
}
