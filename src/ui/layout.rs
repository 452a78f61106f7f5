//! Where everything is: a function of the window's size and of the program's shape alone, so that
//! nothing moves because something else changed.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Monitors on one page.
pub const PAGE: usize = 8;

const MARGIN: f32 = 8.0;
/// Space between what lies side by side, in points.
pub const GAP: f32 = 8.0;
const TOP_BAR: f32 = 36.0;
/// Height of the line under a large picture, in points.
pub const LABEL: f32 = 26.0;
/// Height of the line under PVW and PGM, in points: a clip's [`transport`] has room in it.
const TRANSPORT: f32 = TARGET + 3.0;
/// Least width of a clip's name beside its [`transport`], in points.
pub const CLIP_NAME: f32 = 90.0;
/// Width of what says PVW or PGM at its left, in points.
pub const TAG: f32 = 44.0;
const SMALL_LABEL: f32 = 24.0;
const TRANSITION: f32 = 58.0;
const HEALTH: f32 = 46.0;
const PAGER: f32 = 44.0;
/// Width of the program meter beside PGM.
const METER: f32 = 58.0;
/// A strip that would be lower than this cannot hold its controls.
const STRIP_MIN: f32 = 132.0;
const STRIP_MAX: f32 = 340.0;
/// One that is narrower stands under no monitor.
const STRIP_NARROWEST: f32 = 96.0;

/// Height of a line in the list of events, in points.
pub const EVENT: f32 = 20.0;
const EVENTS_EDGE: f32 = 10.0;
const EVENTS_GAP: f32 = 4.0;

/// Everything finds room in a window of this size, in points.
pub const SMALLEST: Vec2 = vec2(1024.0, 640.0);

/// The row of CUT and AUTO needs this width for its words, in points.
pub const STAGE_LEAST: f32 = 740.0;
/// So wide it is in a usual window, in points.
const STAGE_USUAL: f32 = 1014.0;

/// Least side of what a hand must hit in a hurry, in points.
pub const TARGET: f32 = 44.0;

/// Width of a tally's border around a picture, in points.
pub const BORDER: f32 = 3.0;

/// A picture with its label under it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonitorPlace {
    /// The picture with its border, in points.
    pub picture: Rect,
    /// The line under it.
    pub label: Rect,
}

/// The window's fixed bars, and the room between them. Rectangles in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Places {
    /// Menus, show, clock, ON AIR, REC.
    pub top: Rect,
    /// What the arrangement's panels share.
    pub panels: Rect,
    /// The health strip.
    pub health: Rect,
    /// What has to be said and answered is here, in the lower half of what is wrong in the health strip:
    /// that has the upper half meanwhile, and nothing is covered.
    pub notice: Rect,
}

/// Places the bars in a window of `size` points.
pub fn places(size: Vec2) -> Places {
    let top = Rect::from_min_size(Pos2::ZERO, vec2(size.x, TOP_BAR));
    let health = Rect::from_min_max(pos2(0.0, size.y - HEALTH), pos2(size.x, size.y));
    let panels = Rect::from_min_max(
        pos2(MARGIN, top.bottom() + 4.0),
        pos2(size.x - MARGIN, health.top() - MARGIN),
    );
    Places {
        top,
        panels,
        health,
        notice: problem(health, true).1,
    }
}

/// The button of the list of events in the health strip.
pub fn events_button(strip: Rect) -> Rect {
    let inner = strip.shrink2(vec2(10.0, 3.0));
    inner.with_min_x(inner.right() - 124.0)
}

/// Where the health strip says what is wrong, and where a notice is, if one is there.
pub fn problem(strip: Rect, with_notice: bool) -> (Rect, Rect) {
    let whole = Rect::from_min_max(
        pos2(health_figures(strip).right() + 6.0, strip.top() + 1.0),
        pos2(events_button(strip).left() - 8.0, strip.bottom() - 1.0),
    );
    let (above, notice) = whole.split_top_bottom_at_fraction(0.5);
    (if with_notice { above } else { whole }, notice)
}

/// The list of events at the foot of the panels, which end above it while it is unfolded: as many lines
/// as they can spare, where what is above `least`, in points from the top, is needed whole.
pub fn events(panels: Rect, least: Option<f32>) -> Rect {
    let least = least.unwrap_or(panels.top() + panels.height() * 0.75);
    let spare = panels.bottom() - least - EVENTS_EDGE - EVENTS_GAP;
    // Where it must lie over what is needed in any case, one line more tells twice as much.
    let lines = match (spare / EVENT).floor() {
        few if few < 2.0 => 3.0,
        lines => lines.min(10.0),
    };
    panels.with_min_y(panels.bottom() - lines * EVENT - EVENTS_EDGE)
}

/// Where the panels end above that list, in points from the top.
pub fn above_events(events: Rect) -> f32 {
    events.top() - EVENTS_GAP
}

/// Where the health strip has its figures.
pub fn health_figures(strip: Rect) -> Rect {
    let inner = strip.shrink2(vec2(10.0, 3.0));
    let width = (strip.width() * 0.44).clamp(390.0, 620.0);
    inner.with_max_x(inner.left() + width)
}

/// The two rows of those figures: of the program, and of the machine and the outputs.
pub fn health_rows(strip: Rect) -> (Rect, Rect) {
    health_figures(strip).split_top_bottom_at_fraction(0.5)
}

/// The room for what opens over the panels: the place of the most use that touches nothing of `keep`,
/// the pictures and what takes one to the other, and as little as may be of `spare`, where there are
/// controls too. All of `panels` where nothing is to be kept clear.
pub fn room(panels: Rect, keep: &[Rect], spare: &[Rect]) -> Rect {
    let edges = |of: fn(&Rect) -> [f32; 2], own: [f32; 2]| {
        let all = keep.iter().flat_map(|rect| {
            let [least, most] = of(rect);
            [least - GAP, most + GAP]
        });
        all.chain(own).collect::<Vec<f32>>()
    };
    let across = edges(|r| [r.left(), r.right()], [panels.left(), panels.right()]);
    let down = edges(|r| [r.top(), r.bottom()], [panels.top(), panels.bottom()]);
    let mut best = (0.0, panels);
    for (left, right) in pairs(&across) {
        for (top, bottom) in pairs(&down) {
            let rect = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
            let is_free = |keep: &Rect| !keep.shrink(1.0).intersects(rect);
            if !panels.expand(0.5).contains_rect(rect) || !keep.iter().all(is_free) {
                continue;
            }
            let window = window(rect, WINDOW);
            let covered = spare.iter().map(|spare| spare.intersect(window));
            let covered: f32 = covered.filter(|r| r.is_positive()).map(|r| r.area()).sum();
            let is_narrow = window.width() < 400.0 || window.height() < 180.0;
            let use_of = window.area() - covered / 2.0 + rect.area() / 1e3;
            let use_of = if is_narrow { use_of / 4.0 } else { use_of };
            if use_of > best.0 {
                best = (use_of, rect);
            }
        }
    }
    best.1
}

fn pairs(edges: &[f32]) -> impl Iterator<Item = (f32, f32)> {
    let each = edges.iter().flat_map(|a| edges.iter().map(|b| (*a, *b)));
    each.filter(|(a, b)| a < b)
}

/// The largest that a window within the window gets, in points.
pub const WINDOW: Vec2 = vec2(620.0, 560.0);

/// A window within the window: in the lower right corner of the room there is, no larger than `most`.
pub fn window(room: Rect, most: Vec2) -> Rect {
    Rect::from_min_max(room.max - room.size().min(most), room.max)
}

/// How large everything is drawn, in percent: as it was chosen, but so that a window of `size` points
/// (at 100 %) still has room for all of it.
pub fn scale(chosen: u32, size: Vec2) -> f32 {
    let most = (size.x / SMALLEST.x).min(size.y / SMALLEST.y);
    // A window still smaller is cut off rather than made illegible.
    (chosen as f32 / 100.0).min(most).max(0.75)
}

/// PVW and PGM with what belongs to them. Rectangles in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StagePlaces {
    /// PVW.
    pub preview: MonitorPlace,
    /// PGM.
    pub program: MonitorPlace,
    /// The program's meter.
    pub meter: Option<Rect>,
    /// CUT, AUTO, FTB and what belongs to them.
    pub transition: Rect,
}

fn monitor(x: f32, y: f32, size: Vec2, label: f32) -> MonitorPlace {
    MonitorPlace {
        picture: Rect::from_min_size(pos2(x, y), size),
        label: Rect::from_min_size(pos2(x, y + size.y), vec2(size.x, label)),
    }
}

/// Height of a picture of this width with its border, for a program of `aspect` (width / height).
fn high(width: f32, aspect: f32) -> f32 {
    (width - 2.0 * BORDER) / aspect.max(16.0 / 9.0) + 2.0 * BORDER
}

/// Places PVW, PGM, the meter and the transition in a rectangle, for a program of `aspect`. The lines
/// under the pictures have room for a [`transport`] whether the show has a clip or not: the first one
/// moves nothing.
pub fn stage(rect: Rect, aspect: f32, with_meter: bool) -> StagePlaces {
    let aspect = aspect.clamp(0.25, 4.0);
    let line = TRANSPORT;
    let meter_width = if with_meter { METER + GAP } else { 0.0 };
    let room = rect.height() - line - GAP - TRANSITION;
    let by_width = (rect.width() - meter_width - GAP) / 2.0;
    let size = vec2(by_width, high(by_width, aspect).min(room).max(60.0));
    let preview = monitor(rect.left(), rect.top(), size, line);
    let program = monitor(rect.left() + size.x + GAP, rect.top(), size, line);
    let meter = Rect::from_min_max(
        pos2(program.picture.right() + GAP, rect.top()),
        pos2(rect.right(), program.label.bottom()),
    );
    let transition = Rect::from_min_size(
        pos2(rect.left(), program.label.bottom() + GAP),
        vec2(rect.width(), TRANSITION),
    );
    StagePlaces {
        preview,
        program,
        meter: with_meter.then_some(meter),
        transition,
    }
}

/// A clip's transport in the line under a large picture, left to right. Rectangles in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransportPlaces {
    /// Plays and pauses.
    pub play: Rect,
    /// What else it is told.
    pub more: TransportMore,
    /// Its name, and where it is.
    pub bar: Rect,
    /// What remains of it.
    pub left: Rect,
}

/// Where a transport has what there is beside play and pause. Rectangles in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TransportMore {
    /// A button each: back to its start, to wait there; and from its start.
    Apart(Rect, Rect),
    /// In a menu behind this button.
    Folded(Rect),
}

/// Places a transport in the line under a large picture. Before a clip's name has less than
/// [`CLIP_NAME`], the buttons fold.
pub fn transport(line: Rect) -> TransportPlaces {
    let line = line.with_min_y(line.bottom() - TARGET);
    let button = |i: f32| {
        let x = line.left() + TAG + 6.0 + i * (TARGET + 4.0);
        Rect::from_min_size(pos2(x, line.top()), vec2(TARGET, line.height()))
    };
    let left = line.with_min_x(line.right() - 86.0);
    let bar_after =
        |last: Rect| Rect::from_x_y_ranges(last.right() + 6.0..=left.left() - 6.0, line.y_range());
    let bar = bar_after(button(2.0));
    let (more, bar) = if bar.width() < CLIP_NAME {
        (TransportMore::Folded(button(1.0)), bar_after(button(1.0)))
    } else {
        (TransportMore::Apart(button(1.0), button(2.0)), bar)
    };
    TransportPlaces {
        play: button(0.0),
        more,
        bar,
        left,
    }
}

/// The small monitors with what belongs to them. Rectangles in points.
#[derive(Clone, Debug, PartialEq)]
pub struct MonitorsPlaces {
    /// The small monitors, left to right.
    pub small: [MonitorPlace; PAGE],
    /// The strip under each small monitor; none where there is no room for it.
    pub strips: Option<[Rect; PAGE]>,
    /// The page buttons.
    pub pager: Rect,
}

/// Places the small monitors in a rectangle, for a program of `aspect`, with strips if they are asked
/// for and there is room.
pub fn monitors(rect: Rect, aspect: f32, strips: bool) -> MonitorsPlaces {
    let width = (rect.width() - PAGER - GAP * PAGE as f32) / PAGE as f32;
    let room = (rect.height() - SMALL_LABEL).max(30.0);
    let size = vec2(width, high(width, aspect.clamp(0.25, 4.0)).min(room));
    let small: [MonitorPlace; PAGE] = std::array::from_fn(|i| {
        let x = rect.left() + i as f32 * (width + GAP);
        monitor(x, rect.top(), size, SMALL_LABEL)
    });
    let top = small[0].label.bottom() + 4.0;
    let height = (rect.bottom() - top).min(STRIP_MAX);
    let has_room = height >= STRIP_MIN - 0.5 && width >= STRIP_NARROWEST;
    let strips = (strips && has_room).then(|| {
        small.map(|place| Rect::from_min_size(pos2(place.picture.left(), top), vec2(width, height)))
    });
    let pager = Rect::from_min_size(
        pos2(rect.right() - PAGER, rect.top()),
        vec2(PAGER, size.y + SMALL_LABEL),
    );
    MonitorsPlaces {
        small,
        strips,
        pager,
    }
}

impl MonitorsPlaces {
    /// Where the strips end when they have no more room than their controls need, in points from the
    /// top.
    pub fn least_foot(&self) -> Option<f32> {
        let first = self.strips.as_ref().map(|strips| strips[0]);
        first.map(|strip| strip.top() + STRIP_MIN)
    }

    /// Ends the strips above `foot`, so far as they can still hold their controls.
    pub fn end_above(&mut self, foot: f32) {
        for strip in self.strips.iter_mut().flatten() {
            let least = strip.top() + STRIP_MIN;
            strip.max.y = strip.max.y.min(foot.max(least));
        }
    }
}

/// The controls of the transition, left to right. Rectangles in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransitionPlaces {
    /// CUT.
    pub cut: Rect,
    /// AUTO.
    pub auto: Rect,
    /// What AUTO will make, in words.
    pub said: Rect,
    /// The T-bar.
    pub bar: Rect,
    /// The kinds of transition, in two rows.
    pub kinds: [Rect; 8],
    /// Makes the transition shorter.
    pub shorter: Rect,
    /// Its length, to be typed.
    pub length: Rect,
    /// Makes it longer.
    pub longer: Rect,
    /// Tries the transition on PVW.
    pub trial: Rect,
    /// Everything else about the transition.
    pub more: Rect,
    /// The marker.
    pub marker: Rect,
    /// The holding slate.
    pub hold: Rect,
    /// Fade to black, apart from the others.
    pub black: Rect,
}

/// Places the controls of the transition in their row.
pub fn transition(row: Rect) -> TransitionPlaces {
    // From the least width on everything grows, but not all of it alike: what is written on a button needs
    // its room first. Beyond the usual width all of it grows alike.
    let grown = ((row.width() - STAGE_LEAST) / (STAGE_USUAL - STAGE_LEAST)).clamp(0.0, 1.0);
    let unit = (row.width() / STAGE_USUAL).clamp(1.0, 1.3);
    let between = |least: f32, usual: f32| (least + (usual - least) * grown) * unit;
    let mut x = row.left();
    let mut take = |width: (f32, f32), gap: (f32, f32)| {
        let size = vec2(between(width.0, width.1), row.height());
        let out = Rect::from_min_size(pos2(x, row.top()), size);
        x += size.x + between(gap.0, gap.1);
        out
    };
    let cut = take((66.0, 100.0), (4.0, 6.0));
    let auto = take((72.0, 114.0), (8.0, 12.0));
    let bar = take((88.0, 160.0), (8.0, 12.0));
    let kinds = take((193.0, 220.0), (8.0, 12.0));
    let rate = take((106.0, 128.0), (8.0, 12.0));
    let marker = take((49.0, 58.0), (4.0, 6.0));
    let hold = take((52.0, 66.0), (0.0, 0.0));
    let black = row.with_min_x(row.right() - between(62.0, 92.0));
    let (above, below) = halves(rate);
    let third = |i: f32, n: f32| {
        let width = above.width() / 3.3;
        let left = above.left() + above.width() * i;
        Rect::from_min_size(pos2(left, above.top()), vec2(width * n, above.height()))
    };
    let middle = rate.center().x;
    TransitionPlaces {
        cut,
        auto,
        said: bar.with_max_y(bar.top() + 14.0),
        bar: bar.with_min_y(bar.top() + 14.0),
        kinds: std::array::from_fn(|i| {
            let (column, width) = ((i % 4) as f32, (kinds.width() - 12.0) / 4.0);
            let (above, below) = halves(kinds);
            let half = if i < 4 { above } else { below };
            let left = half.left() + column * (width + 4.0);
            Rect::from_min_size(pos2(left, half.top()), vec2(width, half.height()))
        }),
        shorter: third(0.0, 1.0),
        length: third(1.1 / 3.3, 1.1),
        longer: above.with_min_x(above.right() - above.width() / 3.3),
        trial: below.with_max_x(middle - 2.0),
        more: below.with_min_x(middle + 2.0),
        marker,
        hold,
        black,
    }
}

/// The upper and the lower half of a rectangle, with a gap between.
fn halves(rect: Rect) -> (Rect, Rect) {
    let middle = rect.center().y;
    (rect.with_max_y(middle - 2.0), rect.with_min_y(middle + 2.0))
}

/// Width of what the question that is asked at the end says of the show, in points.
pub const CLOSING_WIDTH: f32 = 440.0;
/// The least room for it, so that the answers lie where they always do.
const CLOSING_SAYS: f32 = 50.0;

/// Size of that question, with what it says so tall and so many answers, in points. It lies in the
/// middle of the window.
pub fn closing_size(says: f32, answers: usize) -> Vec2 {
    let says = says.max(CLOSING_SAYS);
    vec2(
        CLOSING_WIDTH + 40.0,
        76.0 + says + answers as f32 * (TARGET + 8.0),
    )
}

/// Places the question: its head, what is on, and a row for each answer. Rectangles in points.
pub fn closing(rect: Rect, says: f32) -> (Rect, Rect, impl Fn(usize) -> Rect) {
    let area = rect.shrink(20.0);
    let head = area.with_max_y(area.top() + 24.0);
    let on = Rect::from_min_size(
        head.left_bottom(),
        vec2(area.width(), says.max(CLOSING_SAYS)),
    );
    let row = move |i: usize| {
        let top = on.bottom() + 12.0 + i as f32 * (TARGET + 8.0);
        Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), TARGET))
    };
    (head, on, row)
}

/// Where a picture of this aspect lies in a monitor's place, within the border: as large as it may,
/// in the middle, on whole pixels, and an even number of them each way, so that a picture of that
/// size is shown pixel for pixel. `scale` is pixels per point.
pub fn picture(place: Rect, aspect: f32, scale: f32) -> Rect {
    let area = place.shrink(BORDER);
    let size = if area.width() / area.height() > aspect {
        vec2(area.height() * aspect, area.height())
    } else {
        vec2(area.width(), area.width() / aspect)
    };
    let even = |points: f32| (points * scale / 2.0).floor().max(1.0) * 2.0 / scale;
    let size = vec2(even(size.x), even(size.y));
    let whole = |points: f32| (points * scale).round() / scale;
    let corner = area.center() - size / 2.0;
    Rect::from_min_size(pos2(whole(corner.x), whole(corner.y)), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(rects: &[(&str, Rect)], within: Rect) {
        let within = within.expand(0.01);
        for (i, (name, rect)) in rects.iter().enumerate() {
            assert!(within.contains_rect(*rect), "{name} {rect} in {within}");
            for (other, there) in &rects[i + 1..] {
                let shared = rect.intersect(*there);
                assert!(
                    shared.width() < 0.01 || shared.height() < 0.01,
                    "{name} and {other} in {within}"
                );
            }
        }
    }

    const WINDOWS: [(f32, f32); 8] = [
        (1024.0, 640.0),
        (1280.0, 720.0),
        (1280.0, 800.0),
        (1366.0, 768.0),
        (1600.0, 900.0),
        (1920.0, 1080.0),
        (2560.0, 1440.0),
        (3440.0, 1440.0),
    ];

    #[test]
    fn nothing_overlaps_and_nothing_leaves_its_panel() {
        for (w, h) in WINDOWS {
            let p = places(vec2(w, h));
            let bars = [("top", p.top), ("panels", p.panels), ("health", p.health)];
            apart(&bars, Rect::from_min_size(Pos2::ZERO, vec2(w, h)));
            let (problem, notice) = problem(p.health, true);
            assert_eq!(notice, p.notice);
            let parts = [
                ("figures", health_figures(p.health)),
                ("problem", problem),
                ("notice", notice),
                ("events", events_button(p.health)),
            ];
            apart(&parts, p.health);
            let shapes = [9.0 / 16.0, 4.0 / 3.0, 16.0 / 9.0, 2.39];
            for aspect in shapes {
                // As the director's arrangement divides the room.
                let above = p
                    .panels
                    .with_max_y(p.panels.top() + p.panels.height() * 0.505);
                let above = above.with_max_x(above.left() + above.width() * 0.785);
                let s = stage(above, aspect, true);
                let parts = [
                    ("preview", s.preview.picture),
                    ("preview label", s.preview.label),
                    ("program", s.program.picture),
                    ("program label", s.program.label),
                    ("meter", s.meter.unwrap()),
                    ("transition", s.transition),
                ];
                apart(&parts, above);
                let line = s.program.label;
                let t = transport(line);
                let mut parts = vec![("play", t.play), ("bar", t.bar), ("left", t.left)];
                match t.more {
                    TransportMore::Apart(cue, restart) => {
                        parts.extend([("cue", cue), ("restart", restart)]);
                    }
                    TransportMore::Folded(more) => parts.push(("more", more)),
                }
                assert!(t.bar.width() >= CLIP_NAME, "its name in {w}×{h}");
                apart(&parts, line.with_min_x(line.left() + TAG));
                for (name, rect) in parts {
                    assert!(rect.height() >= TARGET - 0.1, "{name} in {w}×{h}");
                    assert!(rect.width() >= TARGET - 0.1, "{name} in {w}×{h}");
                }
                let below = p.panels.with_min_y(above.bottom() + GAP);
                let m = monitors(below, aspect, true);
                let mut parts = vec![("pager", m.pager)];
                for place in m.small {
                    parts.extend([("small", place.picture), ("label", place.label)]);
                }
                parts.extend(m.strips.iter().flatten().map(|strip| ("strip", *strip)));
                apart(&parts, below);
                assert!(m.strips.is_some(), "{w}×{h} {aspect}");
            }
        }
    }

    #[test]
    fn what_opens_has_room_beside_the_pictures() {
        for (w, h) in WINDOWS {
            let all = places(vec2(w, h)).panels;
            // The director's arrangement, and the sound engineer's.
            let high = all.top() + all.height() * 0.51;
            let stage = all.with_max_y(high).with_max_x(all.left() + w * 0.78);
            let below = all.with_min_y(high + GAP);
            let room = room(all, &[stage], &[below]);
            assert!(!room.intersects(stage), "{w}×{h}: {room}");
            let found = window(room, WINDOW);
            assert!(found.width() > 400.0 && found.height() > 200.0, "{found}");

            let right = all.with_min_x(all.left() + all.width() * 0.77 + GAP);
            let program = right.with_max_y(right.top() + all.height() * 0.27);
            let mixer = all.with_max_x(right.left() - GAP);
            let room = super::room(all, &[program], &[mixer]);
            assert!(!room.intersects(program), "{w}×{h}: {room}");
            let found = window(room, WINDOW);
            assert!(found.width() > 400.0 && found.height() > 200.0, "{found}");
        }
        let all = places(vec2(1280.0, 800.0)).panels;
        assert_eq!(room(all, &[], &[]), all);
    }

    #[test]
    fn the_events_shorten_the_strips_and_nothing_else() {
        for (w, h) in WINDOWS {
            let p = places(vec2(w, h));
            let below = p.panels.with_min_y(p.panels.center().y + GAP);
            let before = monitors(below, 16.0 / 9.0, true);
            let mut after = before.clone();
            let events = events(p.panels, before.least_foot());
            after.end_above(above_events(events));
            assert_eq!((before.small, before.pager), (after.small, after.pager));
            for (strip, whole) in after.strips.unwrap().iter().zip(before.strips.unwrap()) {
                assert_eq!(strip.min, whole.min);
                assert!(strip.height() >= STRIP_MIN - 0.1, "{w}×{h}");
                let clear = strip.bottom() <= events.top();
                assert!(clear || h < 700.0, "{w}×{h}");
            }
        }
    }

    #[test]
    fn the_usual_windows_have_large_pictures() {
        for (w, h) in [(1280.0, 800.0), (1920.0, 1080.0)] {
            let panels = places(vec2(w, h)).panels;
            let above = panels.with_max_y(panels.top() + panels.height() * 0.505);
            let above = above.with_max_x(above.left() + above.width() * 0.785);
            let s = stage(above, 16.0 / 9.0, true);
            assert!(s.program.picture.width() > w * 0.35, "{w}×{h}");
            let shown = picture(s.program.picture, 16.0 / 9.0, 1.0);
            assert!(shown.width() > w * 0.3, "{w}×{h}: {shown}");
        }
    }

    #[test]
    fn a_scale_leaves_room_for_everything() {
        assert_eq!(scale(100, vec2(1280.0, 800.0)), 1.0);
        assert_eq!(scale(200, vec2(3840.0, 2160.0)), 2.0);
        assert_eq!(scale(200, vec2(1280.0, 800.0)), 1.25);
        assert_eq!(scale(75, vec2(3840.0, 2160.0)), 0.75);
        assert_eq!(scale(100, vec2(640.0, 400.0)), 0.75);
    }

    #[test]
    fn a_picture_keeps_its_shape_and_lies_on_whole_pixels() {
        for scale in [1.0, 1.25, 2.0] {
            for aspect in [0.5625, 1.3333, 16.0 / 9.0] {
                let place = Rect::from_min_size(pos2(10.3, 20.7), vec2(171.4, 99.9));
                let picture = picture(place, aspect, scale);
                assert!(place.shrink(BORDER - 1.0).contains_rect(picture));
                for edge in [picture.left(), picture.top()] {
                    let px = edge * scale;
                    assert!((px - px.round()).abs() < 1e-3, "{px}");
                }
                for side in [picture.width(), picture.height()] {
                    let px = side * scale;
                    assert!((px / 2.0 - (px / 2.0).round()).abs() < 1e-3, "{px}");
                }
                let shape = picture.width() / picture.height();
                assert!((shape / aspect - 1.0).abs() < 0.03, "{shape} {aspect}");
            }
        }
    }

    #[test]
    fn the_transition_and_the_closing_question_fit_their_places() {
        for (w, h) in WINDOWS {
            let panels = places(vec2(w, h)).panels;
            let row = stage(
                panels.with_max_x(panels.left() + panels.width() * 0.785),
                1.78,
                true,
            );
            let t = transition(row.transition);
            let mut parts = vec![
                ("cut", t.cut),
                ("auto", t.auto),
                ("said", t.said),
                ("bar", t.bar),
                ("shorter", t.shorter),
                ("length", t.length),
                ("longer", t.longer),
                ("trial", t.trial),
                ("more", t.more),
                ("marker", t.marker),
                ("hold", t.hold),
                ("black", t.black),
            ];
            parts.extend(t.kinds.map(|kind| ("kind", kind)));
            apart(&parts, row.transition);
        }
        for (answers, says) in [(3, 17.0), (4, 17.0), (4, 140.0)] {
            let rect = Rect::from_min_size(Pos2::ZERO, closing_size(says, answers));
            let (head, on, row) = closing(rect, says);
            assert!(on.height() >= says);
            let mut parts = vec![("head", head), ("on", on)];
            parts.extend((0..answers).map(|i| ("row", row(i))));
            apart(&parts, rect);
        }
    }
}
