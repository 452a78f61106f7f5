//! A colour wheel: a point that is dragged away from the middle gives more of the colour that lies
//! there and less of those across. Red lies at the top, green and blue a third of the way round, as on
//! a vectorscope turned upright. Geometry alone.

/// Directions of red, green and blue: x to the right, y down.
const DIRECTIONS: [(f64, f64); 3] = {
    const HALF: f64 = 0.5;
    const SIN60: f64 = 0.866_025_403_784_438_6;
    [(0.0, -1.0), (-SIN60, HALF), (SIN60, HALF)]
};

/// What a point gives red, green and blue; the three add up to nothing. The middle is (0, 0), the rim
/// has the distance 1.
pub fn parts((x, y): (f64, f64)) -> [f64; 3] {
    DIRECTIONS.map(|(dx, dy)| x * dx + y * dy)
}

/// The point of these parts; what all three have in common counts for nothing.
pub fn point(parts: [f64; 3]) -> (f64, f64) {
    let sum = |axis: fn((f64, f64)) -> f64| -> f64 {
        let each = parts.iter().zip(DIRECTIONS);
        each.map(|(part, direction)| part * axis(direction)).sum()
    };
    (sum(|d| d.0) * 2.0 / 3.0, sum(|d| d.1) * 2.0 / 3.0)
}

/// The same point, at the rim where it lay beyond it.
pub fn inside((x, y): (f64, f64)) -> (f64, f64) {
    let length = x.hypot(y);
    if length > 1.0 {
        (x / length, y / length)
    } else {
        (x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_comes_back_from_its_parts() {
        for point_in in [(0.0, 0.0), (0.3, -0.2), (-0.9, 0.1), (0.0, 1.0)] {
            let all = parts(point_in);
            assert!(all.iter().sum::<f64>().abs() < 1e-12);
            let (x, y) = point(all);
            assert!((x - point_in.0).abs() < 1e-12 && (y - point_in.1).abs() < 1e-12);
        }
        let [red, green, blue] = parts((0.0, -1.0));
        assert!(red > 0.99 && green < 0.0 && blue < 0.0, "up is red");
    }

    #[test]
    fn what_is_common_to_all_is_no_colour() {
        let (x, y) = point([0.4, 0.4, 0.4]);
        assert!(x.abs() < 1e-12 && y.abs() < 1e-12);
    }

    #[test]
    fn a_hand_beyond_the_rim_holds_the_rim() {
        let (x, y) = inside((3.0, 4.0));
        assert!((x - 0.6).abs() < 1e-12 && (y - 0.8).abs() < 1e-12);
        assert_eq!(inside((0.1, 0.2)), (0.1, 0.2));
    }
}
