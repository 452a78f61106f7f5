//! Placing a layer by hand: what becomes of its rectangle when it, or one of its eight handles, is
//! dragged, and to what it snaps. Geometry alone.
//!
//! Everything is in fractions of the program, x to the right and y down; equal fractions across and
//! down keep a source's shape.

use crate::show::Format;

/// Left, top, width, height.
pub type Area = (f64, f64, f64, f64);

/// Title safety (EBU R 95, 16:9): 5 % from each edge. Action safety is 3.5 %.
const SAFE: [f64; 2] = [0.05, 0.035];

/// No layer is made smaller by hand, as a fraction of the program.
const LEAST: f64 = 0.01;
/// How far a show lets a layer reach, as a multiple of the program.
const REACH: f64 = 10.0;

/// What of a layer is held: each axis is −1 for the left or top edge, 1 for the right or bottom one,
/// and 0 for neither. Both 0 is the whole layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grip {
    /// Across.
    pub x: i8,
    /// Down.
    pub y: i8,
}

impl Grip {
    /// The whole layer.
    pub const ALL: Self = Self { x: 0, y: 0 };

    /// The eight handles: corners first, for where a layer is small they matter most.
    pub const HANDLES: [Self; 8] = [
        Self { x: -1, y: -1 },
        Self { x: 1, y: -1 },
        Self { x: -1, y: 1 },
        Self { x: 1, y: 1 },
        Self { x: 0, y: -1 },
        Self { x: 0, y: 1 },
        Self { x: -1, y: 0 },
        Self { x: 1, y: 0 },
    ];

    /// Where it lies on a layer.
    pub fn on(self, (left, top, width, height): Area) -> (f64, f64) {
        let along = |start: f64, length: f64, side: i8| start + length * f64::from(side + 1) / 2.0;
        (along(left, width, self.x), along(top, height, self.y))
    }
}

/// Lines to which a dragged layer snaps: places across, and places down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// Upright ones.
    pub x: Vec<f64>,
    /// Lying ones.
    pub y: Vec<f64>,
}

impl Lines {
    /// The program's edges, middle, thirds and safe areas, and the edges and middles of other layers.
    pub fn of(others: &[Area]) -> Self {
        let mut both = vec![0.0, 0.5, 1.0, 1.0 / 3.0, 2.0 / 3.0];
        both.extend(SAFE.iter().flat_map(|safe| [*safe, 1.0 - safe]));
        let mut lines = Self {
            x: both.clone(),
            y: both,
        };
        for (left, top, width, height) in others {
            lines.x.extend([*left, left + width / 2.0, left + width]);
            lines.y.extend([*top, top + height / 2.0, top + height]);
        }
        lines
    }
}

/// How a drag is held.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// To what it snaps; none while the hand forbids it.
    pub lines: Option<Lines>,
    /// How near a line must be, across and down.
    pub near: (f64, f64),
    /// A handle keeps the layer's shape.
    pub keep_shape: bool,
}

/// A layer while it is dragged.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Where it is.
    pub area: Area,
    /// The upright line that it snapped to.
    pub line_x: Option<f64>,
    /// The lying line that it snapped to.
    pub line_y: Option<f64>,
}

/// Where a layer is that began at `start` and is held at `grip`, when the hand has moved `by`.
pub fn drag(start: Area, grip: Grip, by: (f64, f64), rules: &Rules) -> Placed {
    if grip == Grip::ALL {
        move_all(start, by, rules)
    } else if rules.keep_shape {
        scale(start, grip, by, rules)
    } else {
        stretch(start, grip, by, rules)
    }
}

/// The nearest line to any of these places, if one is near: what to add, and the line.
fn snap(places: &[f64], lines: Option<&Vec<f64>>, near: f64) -> Option<(f64, f64)> {
    let lines = lines?;
    let all = places
        .iter()
        .flat_map(|place| lines.iter().map(move |line| (line - place, *line)));
    all.filter(|(by, _)| by.abs() <= near)
        .min_by(|(a, _), (b, _)| a.abs().total_cmp(&b.abs()))
}

fn lines_x(rules: &Rules) -> Option<&Vec<f64>> {
    rules.lines.as_ref().map(|lines| &lines.x)
}

fn lines_y(rules: &Rules) -> Option<&Vec<f64>> {
    rules.lines.as_ref().map(|lines| &lines.y)
}

fn move_all((left, top, width, height): Area, by: (f64, f64), rules: &Rules) -> Placed {
    let along = |start: f64, length: f64, lines: Option<&Vec<f64>>, near: f64| {
        let places = [start, start + length / 2.0, start + length];
        match snap(&places, lines, near) {
            Some((more, line)) => (start + more, Some(line)),
            None => (start, None),
        }
    };
    let (left, line_x) = along(left + by.0, width, lines_x(rules), rules.near.0);
    let (top, line_y) = along(top + by.1, height, lines_y(rules), rules.near.1);
    let inside = |value: f64| value.clamp(-REACH, REACH);
    Placed {
        area: (inside(left), inside(top), width, height),
        line_x,
        line_y,
    }
}

/// Moves the edges that are held, each by itself.
fn stretch((left, top, width, height): Area, grip: Grip, by: (f64, f64), rules: &Rules) -> Placed {
    let axis = |start: f64, length: f64, side: i8, by: f64, lines: Option<&Vec<f64>>, near: f64| {
        let end = start + length;
        if side == 0 {
            return (start, length, None);
        }
        let edge = if side < 0 { start } else { end } + by;
        let (edge, line) = match snap(&[edge], lines, near) {
            Some((more, line)) => (edge + more, Some(line)),
            None => (edge, None),
        };
        if side < 0 {
            let edge = edge.clamp((end - REACH).max(-REACH), end - LEAST);
            (edge, end - edge, line)
        } else {
            (start, (edge - start).clamp(LEAST, REACH), line)
        }
    };
    let (left, width, line_x) = axis(left, width, grip.x, by.0, lines_x(rules), rules.near.0);
    let (top, height, line_y) = axis(top, height, grip.y, by.1, lines_y(rules), rules.near.1);
    Placed {
        area: (left, top, width, height),
        line_x,
        line_y,
    }
}

/// Grows or shrinks the layer as a whole, from the edge or corner that is not held.
fn scale(start: Area, grip: Grip, by: (f64, f64), rules: &Rules) -> Placed {
    let (left, top, width, height) = start;
    let across = 1.0 + f64::from(grip.x) * by.0 / width;
    let down = 1.0 + f64::from(grip.y) * by.1 / height;
    let mut factor = match (grip.x, grip.y) {
        (0, _) => down,
        (_, 0) => across,
        // The hand says more by the axis along which it moved further.
        _ if (across - 1.0).abs() >= (down - 1.0).abs() => across,
        _ => down,
    };
    let grown = |factor: f64| {
        let size = (width * factor, height * factor);
        // What is not held stays: the other edge, or the middle.
        let stays = |start: f64, length: f64, new: f64, side: i8| {
            start + (length - new) * f64::from(1 - side) / 2.0
        };
        let left = stays(left, width, size.0, grip.x);
        let top = stays(top, height, size.1, grip.y);
        (left, top, size.0, size.1)
    };
    let (mut line_x, mut line_y) = (None, None);
    let held = grip.on(grown(factor));
    let across = (grip.x != 0)
        .then(|| snap(&[held.0], lines_x(rules), rules.near.0))
        .flatten();
    let down = (grip.y != 0)
        .then(|| snap(&[held.1], lines_y(rules), rules.near.1))
        .flatten();
    // One line at a time: the nearer, for the shape is kept.
    match (across, down) {
        (Some((x, line)), other) if other.is_none_or(|(y, _)| x.abs() <= y.abs()) => {
            factor += f64::from(grip.x) * x / width;
            line_x = Some(line);
        }
        (_, Some((y, line))) => {
            factor += f64::from(grip.y) * y / height;
            line_y = Some(line);
        }
        _ => {}
    }
    let least = LEAST / width.min(height);
    let most = REACH / width.max(height);
    let factor = factor.clamp(least.min(1.0), most.max(1.0));
    Placed {
        area: grown(factor),
        line_x,
        line_y,
    }
}

/// Moves a layer by whole pixels of the program, and onto whole pixels.
pub fn nudge((left, top, width, height): Area, by: (i32, i32), format: Format) -> Area {
    let along = |start: f64, by: i32, pixels: u32| {
        let pixels = f64::from(pixels);
        (((start * pixels).round() + f64::from(by)) / pixels).clamp(-REACH, REACH)
    };
    (
        along(left, by.0, format.width),
        along(top, by.1, format.height),
        width,
        height,
    )
}

/// The layer that a hand means at this place: the one in front, unless the chosen one is there too.
pub fn hit(areas: &[Area], chosen: usize, (x, y): (f64, f64)) -> Option<usize> {
    let is_there = |area: &Area| {
        let (left, top, width, height) = *area;
        (left..=left + width).contains(&x) && (top..=top + height).contains(&y)
    };
    if areas.get(chosen).is_some_and(is_there) {
        return Some(chosen);
    }
    areas.iter().rposition(is_there)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Area = (0.2, 0.3, 0.4, 0.2);

    fn free() -> Rules {
        Rules::default()
    }

    fn snapping(others: &[Area]) -> Rules {
        Rules {
            lines: Some(Lines::of(others)),
            near: (0.01, 0.02),
            keep_shape: false,
        }
    }

    fn near(a: Area, b: Area) {
        for (a, b) in [(a.0, b.0), (a.1, b.1), (a.2, b.2), (a.3, b.3)] {
            assert!((a - b).abs() < 1e-9, "{a} is not {b}");
        }
    }

    #[test]
    fn each_handle_moves_its_own_edges() {
        let by = (0.05, 0.02);
        for (x, y, area) in [
            (-1, -1, (0.25, 0.32, 0.35, 0.18)),
            (1, -1, (0.2, 0.32, 0.45, 0.18)),
            (-1, 1, (0.25, 0.3, 0.35, 0.22)),
            (1, 1, (0.2, 0.3, 0.45, 0.22)),
            (0, -1, (0.2, 0.32, 0.4, 0.18)),
            (0, 1, (0.2, 0.3, 0.4, 0.22)),
            (-1, 0, (0.25, 0.3, 0.35, 0.2)),
            (1, 0, (0.2, 0.3, 0.45, 0.2)),
            (0, 0, (0.25, 0.32, 0.4, 0.2)),
        ] {
            near(drag(START, Grip { x, y }, by, &free()).area, area);
        }
    }

    #[test]
    fn a_handle_does_not_go_through_the_other_edge() {
        let placed = drag(START, Grip { x: -1, y: 0 }, (0.9, 0.0), &free());
        near(placed.area, (0.59, 0.3, 0.01, 0.2));
        let placed = drag(START, Grip { x: 1, y: 1 }, (-3.0, -3.0), &free());
        near(placed.area, (0.2, 0.3, 0.01, 0.01));
        let placed = drag(START, Grip::ALL, (99.0, -99.0), &free());
        near(placed.area, (10.0, -10.0, 0.4, 0.2));
    }

    #[test]
    fn shift_keeps_the_shape_and_the_corner_across() {
        let rules = Rules {
            keep_shape: true,
            ..free()
        };
        let placed = drag(START, Grip { x: 1, y: 1 }, (0.2, 0.01), &rules);
        near(placed.area, (0.2, 0.3, 0.6, 0.3));
        let placed = drag(START, Grip { x: -1, y: -1 }, (0.2, 0.0), &rules);
        near(placed.area, (0.4, 0.4, 0.2, 0.1));
        // A side's handle grows it about the middle of the other axis.
        let placed = drag(START, Grip { x: 1, y: 0 }, (0.2, 0.5), &rules);
        near(placed.area, (0.2, 0.25, 0.6, 0.3));
        let placed = drag(START, Grip { x: 1, y: 1 }, (-9.0, -9.0), &rules);
        assert!(placed.area.2 >= 0.01 && placed.area.3 >= 0.01 - 1e-9);
    }

    #[test]
    fn a_moved_layer_snaps_by_its_edges_and_its_middle() {
        let rules = snapping(&[]);
        let left = drag(START, Grip::ALL, (-0.195, 0.0), &rules);
        near(left.area, (0.0, 0.3, 0.4, 0.2));
        assert_eq!(left.line_x, Some(0.0));
        let right = drag(START, Grip::ALL, (0.406, 0.0), &rules);
        near(right.area, (0.6, 0.3, 0.4, 0.2));
        assert_eq!(right.line_x, Some(1.0));
        let middle = drag(START, Grip::ALL, (0.105, 0.11), &rules);
        near(middle.area, (0.3, 0.4, 0.4, 0.2));
        assert_eq!((middle.line_x, middle.line_y), (Some(0.5), Some(0.5)));
        let safe = drag(START, Grip::ALL, (-0.148, 0.0), &rules);
        assert_eq!(safe.line_x, Some(0.05));
        let nowhere = drag(START, Grip::ALL, (0.025, 0.0), &rules);
        assert_eq!(nowhere.line_x, None);
        near(nowhere.area, (0.225, 0.3, 0.4, 0.2));
    }

    #[test]
    fn it_snaps_to_other_layers_and_a_handle_snaps_too() {
        let other = (0.71, 0.62, 0.2, 0.2);
        let rules = snapping(&[other]);
        let placed = drag(START, Grip { x: 1, y: 1 }, (0.105, 0.13), &rules);
        near(placed.area, (0.2, 0.3, 0.51, 0.32));
        assert_eq!(placed.line_x, Some(0.71));
        let rules = Rules {
            keep_shape: true,
            ..snapping(&[other])
        };
        let placed = drag(START, Grip { x: 1, y: 1 }, (0.105, 0.0), &rules);
        near(placed.area, (0.2, 0.3, 0.51, 0.255));
        assert_eq!((placed.line_x, placed.line_y), (Some(0.71), None));
    }

    #[test]
    fn keys_move_by_whole_pixels() {
        let format = Format::default();
        let moved = nudge((0.2, 0.3, 0.4, 0.2), (1, -10), format);
        near(moved, (257.0 / 1280.0, 206.0 / 720.0, 0.4, 0.2));
        let between = nudge((0.100_3, 0.0, 0.1, 0.1), (1, 0), format);
        near(between, (129.0 / 1280.0, 0.0, 0.1, 0.1));
    }

    #[test]
    fn the_front_is_hit_unless_the_chosen_one_is_there() {
        let areas = [(0.0, 0.0, 1.0, 1.0), (0.5, 0.5, 0.3, 0.3)];
        assert_eq!(hit(&areas, 9, (0.6, 0.6)), Some(1));
        assert_eq!(hit(&areas, 0, (0.6, 0.6)), Some(0));
        assert_eq!(hit(&areas, 1, (0.1, 0.1)), Some(0));
        assert_eq!(hit(&areas, 1, (1.1, 0.1)), None);
    }

    #[test]
    fn handles_lie_on_edges_and_corners() {
        assert_eq!(Grip { x: -1, y: -1 }.on(START), (0.2, 0.3));
        let (x, y) = Grip { x: 1, y: 0 }.on(START);
        assert!((x - 0.6).abs() < 1e-9 && (y - 0.4).abs() < 1e-9);
    }
}
