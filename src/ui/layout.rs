//! Where everything is: a function of the window's size and of the program's shape alone, so that
//! nothing moves because something else changed.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Monitors on one page.
pub const PAGE: usize = 8;

const MARGIN: f32 = 8.0;
const GAP: f32 = 8.0;
const TOP_BAR: f32 = 36.0;
const LABEL: f32 = 26.0;
const SMALL_LABEL: f32 = 24.0;
const TRANSITION: f32 = 58.0;
const HEALTH: f32 = 30.0;
const PAGER: f32 = 44.0;
/// Width of the program meter beside PGM.
const METER: f32 = 58.0;
/// A strip that would be lower than this cannot hold its controls.
const STRIP_MIN: f32 = 132.0;
const STRIP_MAX: f32 = 340.0;

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

/// Rectangles in points.
#[derive(Clone, Debug, PartialEq)]
pub struct Places {
    /// Show, clock, ON AIR, REC.
    pub top: Rect,
    /// PVW.
    pub preview: MonitorPlace,
    /// PGM.
    pub program: MonitorPlace,
    /// The program's meter.
    pub meter: Rect,
    /// Destinations, recorder, receiver.
    pub outputs: Rect,
    /// CUT, AUTO, FTB and what belongs to them.
    pub transition: Rect,
    /// The small monitors, left to right.
    pub small: [MonitorPlace; PAGE],
    /// The strip under each small monitor; none in a window too low for it.
    pub strips: Option<[Rect; PAGE]>,
    /// The page buttons.
    pub pager: Rect,
    /// The health strip.
    pub health: Rect,
    /// The list of events, which lies over the strips when it is unfolded.
    pub events: Rect,
}

/// Places everything in a window of `size` points, for a program of `aspect` (width / height).
pub fn places(size: Vec2, aspect: f32) -> Places {
    let aspect = aspect.clamp(0.25, 4.0);
    let inner = size.x - 2.0 * MARGIN;
    let outputs_width = (size.x * 0.205).clamp(232.0, 400.0);
    let left_width = inner - outputs_width - GAP;

    // What is below the large pictures has a least height; the pictures take what is left, and no
    // more than the width allows.
    let small_width = (inner - PAGER - GAP * PAGE as f32) / PAGE as f32;
    let high = |width: f32| (width - 2.0 * BORDER) / aspect.max(16.0 / 9.0) + 2.0 * BORDER;
    let small_height = high(small_width);
    let below =
        GAP + TRANSITION + GAP + small_height + SMALL_LABEL + 4.0 + STRIP_MIN + MARGIN + HEALTH;
    let top = Rect::from_min_size(Pos2::ZERO, vec2(size.x, TOP_BAR));
    let pictures_top = TOP_BAR + 4.0;
    let by_width = (left_width - METER - 2.0 * GAP) / 2.0;
    let room = size.y - pictures_top - LABEL - below;
    let height = high(by_width).min(room).max(120.0);
    let width = by_width;

    let monitor = |x: f32, y: f32, width: f32, height: f32, label: f32| MonitorPlace {
        picture: Rect::from_min_size(pos2(x, y), vec2(width, height)),
        label: Rect::from_min_size(pos2(x, y + height), vec2(width, label)),
    };
    let preview = monitor(MARGIN, pictures_top, width, height, LABEL);
    let program = monitor(MARGIN + width + GAP, pictures_top, width, height, LABEL);
    let meter = Rect::from_min_max(
        pos2(program.picture.right() + GAP, pictures_top),
        pos2(MARGIN + left_width, program.label.bottom()),
    );
    let transition_top = program.label.bottom() + GAP;
    let transition =
        Rect::from_min_size(pos2(MARGIN, transition_top), vec2(left_width, TRANSITION));
    let outputs = Rect::from_min_max(
        pos2(size.x - MARGIN - outputs_width, pictures_top),
        pos2(size.x - MARGIN, transition.bottom()),
    );

    let small_top = transition.bottom() + GAP;
    let small = std::array::from_fn(|i| {
        let x = MARGIN + i as f32 * (small_width + GAP);
        monitor(x, small_top, small_width, small_height, SMALL_LABEL)
    });
    let health = Rect::from_min_max(pos2(0.0, size.y - HEALTH), pos2(size.x, size.y));
    let strips_top = small_top + small_height + SMALL_LABEL + 4.0;
    let strip_height = (health.top() - MARGIN - strips_top).min(STRIP_MAX);
    let strips = (strip_height >= STRIP_MIN - 0.5).then(|| {
        std::array::from_fn(|i| {
            let MonitorPlace { picture, .. } = small[i];
            Rect::from_min_size(
                pos2(picture.left(), strips_top),
                vec2(small_width, strip_height),
            )
        })
    });
    let events = Rect::from_min_max(
        pos2(
            (size.x - MARGIN - 640.0).max(MARGIN),
            strips_top.min(health.top() - STRIP_MIN),
        ),
        pos2(size.x - MARGIN, health.top() - 4.0),
    );
    let pager = Rect::from_min_size(
        pos2(size.x - MARGIN - PAGER, small_top),
        vec2(PAGER, small_height + SMALL_LABEL),
    );
    Places {
        top,
        preview,
        program,
        meter,
        outputs,
        transition,
        small,
        strips,
        pager,
        health,
        events,
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
    /// Fade to black, apart from the others.
    pub black: Rect,
}

/// Places the controls of the transition in their row.
pub fn transition(row: Rect) -> TransitionPlaces {
    let unit = (row.width() / 1014.0).clamp(0.7, 1.3);
    let mut x = row.left();
    let mut take = |width: f32, gap: f32| {
        let out = Rect::from_min_size(pos2(x, row.top()), vec2(width * unit, row.height()));
        x += (width + gap) * unit;
        out
    };
    let cut = take(112.0, 6.0);
    let auto = take(128.0, 12.0);
    let bar = take(200.0, 12.0);
    let kinds = take(220.0, 12.0);
    let rate = take(132.0, 12.0);
    let marker = take(64.0, 0.0);
    let black = row.with_min_x(row.right() - 92.0 * unit);
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
        black,
    }
}

/// The upper and the lower half of a rectangle, with a gap between.
fn halves(rect: Rect) -> (Rect, Rect) {
    let middle = rect.center().y;
    (rect.with_max_y(middle - 2.0), rect.with_min_y(middle + 2.0))
}

/// Size of the question that is asked at the end, in points. It lies in the middle of the window.
pub const CLOSING: Vec2 = vec2(460.0, 274.0);

/// The closing question's parts. Rectangles in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosingPlaces {
    /// The question.
    pub head: Rect,
    /// What is on.
    pub on: Rect,
    /// Leaves the show running.
    pub leave: Rect,
    /// Ends the show.
    pub end: Rect,
    /// Stays.
    pub stay: Rect,
}

/// Places the closing question in a rectangle of the size [`CLOSING`].
pub fn closing(rect: Rect) -> ClosingPlaces {
    let area = rect.shrink(20.0);
    let head = area.with_max_y(area.top() + 24.0);
    let on = Rect::from_min_size(head.left_bottom(), vec2(area.width(), 50.0));
    let row = |i: f32| {
        let top = on.bottom() + 12.0 + i * (TARGET + 8.0);
        Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), TARGET))
    };
    ClosingPlaces {
        head,
        on,
        leave: row(0.0),
        end: row(1.0),
        stay: row(2.0),
    }
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

    fn all(p: &Places) -> Vec<(String, Rect)> {
        let mut rects = vec![
            ("top".to_owned(), p.top),
            ("preview".to_owned(), p.preview.picture),
            ("preview label".to_owned(), p.preview.label),
            ("program".to_owned(), p.program.picture),
            ("program label".to_owned(), p.program.label),
            ("meter".to_owned(), p.meter),
            ("outputs".to_owned(), p.outputs),
            ("transition".to_owned(), p.transition),
            ("pager".to_owned(), p.pager),
            ("health".to_owned(), p.health),
        ];
        for (i, place) in p.small.iter().enumerate() {
            rects.push((format!("small {i}"), place.picture));
            rects.push((format!("small label {i}"), place.label));
        }
        for (i, strip) in p.strips.iter().flatten().enumerate() {
            rects.push((format!("strip {i}"), *strip));
        }
        rects
    }

    #[test]
    fn nothing_overlaps_and_nothing_leaves_the_window() {
        for (w, h) in [
            (1024.0, 640.0),
            (1280.0, 720.0),
            (1280.0, 800.0),
            (1366.0, 768.0),
            (1600.0, 900.0),
            (1920.0, 1080.0),
            (2560.0, 1440.0),
            (3440.0, 1440.0),
        ] {
            for aspect in [9.0 / 16.0, 4.0 / 3.0, 16.0 / 9.0, 2.39] {
                let places = places(vec2(w, h), aspect);
                let window = Rect::from_min_size(Pos2::ZERO, vec2(w, h)).expand(0.01);
                let rects = all(&places);
                for (i, (name, rect)) in rects.iter().enumerate() {
                    assert!(rect.is_positive(), "{name} at {w}×{h} {aspect}: {rect}");
                    assert!(window.contains_rect(*rect), "{name} at {w}×{h}: {rect}");
                    for (other, there) in &rects[i + 1..] {
                        let shared = rect.intersect(*there);
                        assert!(
                            shared.width() < 0.01 || shared.height() < 0.01,
                            "{name} and {other} at {w}×{h} {aspect}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_usual_windows_have_large_pictures_and_strips() {
        for (w, h) in [(1280.0, 800.0), (1920.0, 1080.0)] {
            let places = places(vec2(w, h), 16.0 / 9.0);
            assert!(places.strips.is_some(), "{w}×{h}");
            assert!(places.program.picture.width() > w * 0.35, "{w}×{h}");
            let inside = places.program.picture.shrink(BORDER);
            assert!((inside.width() / inside.height() - 16.0 / 9.0).abs() < 0.01);
            assert!(places.small[0].picture.height() >= 44.0);
        }
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
        let apart = |rects: &[Rect], within: Rect| {
            for (i, a) in rects.iter().enumerate() {
                assert!(within.contains_rect(*a), "{a} in {within}");
                for b in &rects[i + 1..] {
                    let both = a.intersect(*b);
                    assert!(!both.is_positive(), "{a} and {b}");
                }
            }
        };
        for size in [
            vec2(1024.0, 640.0),
            vec2(1280.0, 800.0),
            vec2(1920.0, 1080.0),
        ] {
            let row = places(size, 16.0 / 9.0).transition;
            let t = transition(row);
            let mut rects = vec![
                t.cut, t.auto, t.said, t.bar, t.shorter, t.length, t.longer, t.trial, t.more,
                t.marker, t.black,
            ];
            rects.extend(t.kinds);
            apart(&rects, row);
        }
        let rect = Rect::from_min_size(Pos2::ZERO, CLOSING);
        let c = closing(rect);
        apart(&[c.head, c.on, c.leave, c.end, c.stay], rect);
    }
}
