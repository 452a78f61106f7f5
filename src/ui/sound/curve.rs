//! Where frequencies and decibels are on the drawing of the equaliser: 20 Hz to 20 kHz, each octave as
//! wide as any other, and 18 dB up and down.

use egui::{Pos2, Rect, pos2};

use crate::show::{Eq, HighPass};

/// The lowest and the highest frequency, in Hz.
pub const HZ: (f32, f32) = (20.0, 20_000.0);
/// The most up or down, in dB.
pub const DB: f32 = 18.0;

/// The drawing's axes in a rectangle.
#[derive(Clone, Copy, Debug)]
pub struct Axes(pub Rect);

impl Axes {
    /// Where a frequency in Hz is, from left to right.
    pub fn x(self, hz: f32) -> f32 {
        let part = (hz / HZ.0).max(1e-6).ln() / (HZ.1 / HZ.0).ln();
        self.0.left() + part.clamp(0.0, 1.0) * self.0.width()
    }

    /// The frequency at a place, in Hz.
    pub fn hz(self, x: f32) -> f32 {
        let part = ((x - self.0.left()) / self.0.width()).clamp(0.0, 1.0);
        HZ.0 * (HZ.1 / HZ.0).powf(part)
    }

    /// Where a gain in dB is; at the edge where it is beyond.
    pub fn y(self, db: f32) -> f32 {
        self.beyond(db.clamp(-DB, DB))
    }

    fn beyond(self, db: f32) -> f32 {
        self.0.center().y - db / DB * self.0.height() / 2.0
    }

    /// The gain at a place, in dB.
    pub fn db(self, y: f32) -> f32 {
        let part = (self.0.center().y - y) / (self.0.height() / 2.0);
        part.clamp(-1.0, 1.0) * DB
    }

    /// A response, gain in dB by frequency in Hz, as a line across the drawing and beyond its edges.
    pub fn line(self, gain_db: impl Fn(f64) -> f64) -> Vec<Pos2> {
        // A point every other point: no bend is sharper.
        let steps = (self.0.width() / 2.0).max(2.0) as usize;
        let places = (0..=steps).map(|i| self.0.left() + self.0.width() * i as f32 / steps as f32);
        places
            .map(|x| {
                pos2(
                    x,
                    self.beyond(gain_db(f64::from(self.hz(x))).max(-200.0) as f32),
                )
            })
            .collect()
    }
}

/// What an equaliser and a high-pass do together to a frequency in Hz, in dB.
pub fn response_db(eq: &Eq, high_pass: Option<&HighPass>, hz: f64) -> f64 {
    let shapes = high_pass.filter(|filter| filter.on).map(HighPass::shapes);
    let shapes = shapes.into_iter().flatten();
    let below: f64 = shapes.map(|shape| shape.response(hz).0).sum();
    below + eq.gain_db(hz)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::StripSettings;
    use egui::vec2;

    fn axes() -> Axes {
        Axes(Rect::from_min_size(pos2(100.0, 50.0), vec2(300.0, 180.0)))
    }

    #[test]
    fn octaves_are_alike_and_what_is_drawn_is_found_again() {
        let axes = axes();
        assert_eq!((axes.x(20.0), axes.x(20_000.0)), (100.0, 400.0));
        assert!((axes.x(200.0) - 200.0).abs() < 0.01);
        assert!((axes.x(2000.0) - 300.0).abs() < 0.01);
        let octave = axes.x(80.0) - axes.x(40.0);
        assert!((axes.x(8000.0) - axes.x(4000.0) - octave).abs() < 0.01);
        for hz in [20.0, 63.0, 1000.0, 15_000.0, 20_000.0] {
            assert!((axes.hz(axes.x(hz)) / hz - 1.0).abs() < 1e-4, "{hz}");
        }
        assert_eq!(
            (axes.y(0.0), axes.y(18.0), axes.y(-18.0)),
            (140.0, 50.0, 230.0)
        );
        for db in [-18.0, -4.5, 0.0, 12.0] {
            assert!((axes.db(axes.y(db)) - db).abs() < 1e-4, "{db}");
        }
    }

    #[test]
    fn beyond_the_edge_is_the_edge() {
        let axes = axes();
        assert_eq!(axes.y(-80.0), 230.0);
        assert_eq!((axes.db(-1000.0), axes.db(1000.0)), (18.0, -18.0));
        assert!((axes.hz(0.0) - 20.0).abs() < 1e-3);
        assert!((axes.hz(9000.0) / 20_000.0 - 1.0).abs() < 1e-4);
    }

    #[test]
    fn the_line_goes_through_what_the_bands_do() {
        let response =
            |strip: &StripSettings, hz: f64| response_db(&strip.eq, Some(&strip.high_pass), hz);
        let mut strip = StripSettings::default();
        strip.eq.bands[1].hz = 1000.0;
        strip.eq.bands[1].gain_db = 9.0;
        strip.eq.bands[1].q = 4.0;
        let highest = |strip: &StripSettings| {
            let line = axes().line(|hz| response(strip, hz));
            let top = line.into_iter().min_by(|a, b| a.y.total_cmp(&b.y));
            top.unwrap()
        };
        assert_eq!(highest(&strip).y, 140.0, "it is off");
        strip.eq.on = true;
        let top = highest(&strip);
        assert!((top.x - axes().x(1000.0)).abs() <= 1.0);
        assert!((top.y - axes().y(9.0)).abs() < 1.0);
        strip.eq.bands[1].on = false;
        assert_eq!(highest(&strip).y, 140.0, "the band is off");
        strip.high_pass.on = true;
        strip.high_pass.hz = 100.0;
        assert!((response(&strip, 100.0) + 3.0).abs() < 0.02);
    }
}
