//! Where levels are on the drawing of a gate or a compressor: what comes in from left to right, what goes
//! out from bottom to top, in dBFS.

use egui::{Pos2, Rect, pos2};

/// The drawing's axes in a rectangle, from this level to 0 dBFS.
#[derive(Clone, Copy, Debug)]
pub struct Axes {
    /// Where it is drawn.
    pub rect: Rect,
    /// The lowest level, in dBFS.
    pub least_db: f32,
}

impl Axes {
    /// Where a place is drawn: at the edge where it is beyond.
    pub fn seen(self, at: Pos2) -> Pos2 {
        at.clamp(self.rect.min, self.rect.max)
    }

    /// Where a level that came in as `came` and went out as `went` is; beyond the edge too.
    pub fn at(self, came: f32, went: f32) -> Pos2 {
        let part = |db: f32| 1.0 - db / self.least_db;
        pos2(
            self.rect.left() + part(came) * self.rect.width(),
            self.rect.bottom() - part(went) * self.rect.height(),
        )
    }

    /// The level that came in at a place, and the one that went out, in dBFS; beyond the edge too.
    pub fn levels(self, at: Pos2) -> (f32, f32) {
        let came = (at.x - self.rect.left()) / self.rect.width();
        let went = (self.rect.bottom() - at.y) / self.rect.height();
        (self.least_db * (1.0 - came), self.least_db * (1.0 - went))
    }

    /// What becomes of each level, where `gain_db` is added to it; beyond the edges too.
    pub fn line(self, gain_db: impl Fn(f32) -> f32) -> Vec<Pos2> {
        let steps = (self.rect.width() as usize).max(2);
        let levels = (0..=steps).map(|i| self.least_db * (1.0 - i as f32 / steps as f32));
        levels
            .map(|came| self.at(came, came + gain_db(came)))
            .collect()
    }
}

/// The ratio at which 0 dBFS goes out as `went` dBFS, without the gain behind it.
pub fn ratio(threshold_db: f32, went: f32) -> f32 {
    let above = (-threshold_db).max(1.0);
    let slope = (1.0 + went.min(0.0) / above).max(0.05);
    1.0 / slope
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Compressor;
    use egui::vec2;

    fn axes() -> Axes {
        Axes {
            rect: Rect::from_min_size(pos2(10.0, 20.0), vec2(120.0, 60.0)),
            least_db: -60.0,
        }
    }

    #[test]
    fn levels_are_found_where_they_are_drawn() {
        let axes = axes();
        assert_eq!(axes.at(-60.0, -60.0), pos2(10.0, 80.0));
        assert_eq!(axes.at(0.0, 0.0), pos2(130.0, 20.0));
        assert_eq!(axes.seen(axes.at(0.0, 12.0)), pos2(130.0, 20.0), "the edge");
        for (came, went) in [(-24.0, -33.0), (-50.0, -90.0), (0.0, 9.0)] {
            let (found, out) = axes.levels(axes.at(came, went));
            assert!((found - came).abs() < 1e-3 && (out - went).abs() < 1e-3);
        }
    }

    #[test]
    fn the_ratio_is_that_of_the_curve() {
        for wanted in [1.0, 2.0, 4.0, 20.0] {
            let compressor = Compressor {
                threshold_db: -30.0,
                ratio: wanted,
                knee_db: 6.0,
                ..Compressor::default()
            };
            let went = compressor.settled_db(0.0);
            let found = ratio(-30.0, went);
            assert!((found / wanted - 1.0).abs() < 1e-3, "{wanted}: {found}");
        }
        assert_eq!(ratio(-30.0, -90.0), 20.0, "no more than there is");
        assert_eq!(ratio(-30.0, 12.0), 1.0);
    }
}
