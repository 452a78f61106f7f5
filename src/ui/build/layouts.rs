//! Ready layouts: where the layers of a scene go, one click each. All rectangles are fractions of the
//! program. Sources have the program's shape, so that equal fractions keep it.

use crate::show::Layer;

/// Side of the small picture of a picture-in-picture.
const SMALL: f64 = 0.3;
/// Distance of the small picture from the program's edges: on the line of title safety.
const MARGIN: f64 = 0.05;

/// Left, top, width and height of a rectangle; or left, top, right and bottom of a crop.
type Sides = (f64, f64, f64, f64);

/// A ready layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// One source.
    Full,
    /// Two halves, each cut to half its width.
    SideBySide,
    /// A small picture in the corner at the left and the top.
    TopLeft,
    /// At the right and the top.
    TopRight,
    /// At the left and the bottom.
    BottomLeft,
    /// At the right and the bottom.
    BottomRight,
    /// Two whole pictures beside each other.
    TwoUp,
    /// A large one and two small.
    ThreeUp,
    /// Four quarters.
    FourUp,
}

impl Ready {
    /// All of them, as they are shown.
    pub const ALL: [Self; 9] = [
        Self::Full,
        Self::SideBySide,
        Self::TwoUp,
        Self::ThreeUp,
        Self::FourUp,
        Self::TopLeft,
        Self::TopRight,
        Self::BottomLeft,
        Self::BottomRight,
    ];

    /// Rectangle and crop of each layer, from back to front.
    pub fn places(self) -> Vec<(Sides, Sides)> {
        const WHOLE: Sides = (0.0, 0.0, 0.0, 0.0);
        let far = 1.0 - MARGIN - SMALL;
        let small = |left: f64, top: f64| {
            vec![
                ((0.0, 0.0, 1.0, 1.0), WHOLE),
                ((left, top, SMALL, SMALL), WHOLE),
            ]
        };
        let third = 1.0 / 3.0;
        match self {
            Self::Full => vec![((0.0, 0.0, 1.0, 1.0), WHOLE)],
            Self::SideBySide => vec![
                ((0.0, 0.0, 0.5, 1.0), (0.25, 0.0, 0.25, 0.0)),
                ((0.5, 0.0, 0.5, 1.0), (0.25, 0.0, 0.25, 0.0)),
            ],
            Self::TopLeft => small(MARGIN, MARGIN),
            Self::TopRight => small(far, MARGIN),
            Self::BottomLeft => small(MARGIN, far),
            Self::BottomRight => small(far, far),
            Self::TwoUp => vec![
                ((0.0, 0.25, 0.5, 0.5), WHOLE),
                ((0.5, 0.25, 0.5, 0.5), WHOLE),
            ],
            Self::ThreeUp => vec![
                ((0.0, third / 2.0, 2.0 * third, 2.0 * third), WHOLE),
                ((2.0 * third, third / 2.0, third, third), WHOLE),
                ((2.0 * third, 0.5, third, third), WHOLE),
            ],
            Self::FourUp => [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)]
                .map(|(left, top)| ((left, top, 0.5, 0.5), WHOLE))
                .to_vec(),
        }
    }

    /// The layers of a scene laid out so: first the sources that it has, from back to front, then
    /// others of the show that it has not. As many as there are sources for; what is too much leaves.
    pub fn arrange(self, layers: &[Layer], sources: &[String]) -> Vec<Layer> {
        let has = |id: &&String| layers.iter().any(|layer| layer.source == **id);
        let own = layers.iter().map(|layer| &layer.source);
        let others = sources.iter().filter(|id| !has(id));
        own.chain(others)
            .zip(self.places())
            .map(|(source, (rect, crop))| Layer {
                rect,
                crop,
                ..Layer::full(source)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_keeps_the_shape_and_stays_in_the_picture() {
        for ready in Ready::ALL {
            for ((left, top, width, height), (l, t, r, b)) in ready.places() {
                let shape = (width / height) / ((1.0 - l - r) / (1.0 - t - b));
                assert!((shape - 1.0).abs() < 1e-9, "{ready:?}: {shape}");
                assert!(left >= 0.0 && top >= 0.0, "{ready:?}");
                assert!(left + width <= 1.0 + 1e-9, "{ready:?}");
                assert!(top + height <= 1.0 + 1e-9, "{ready:?}");
            }
        }
    }

    #[test]
    fn a_scenes_own_sources_come_first_and_others_fill_up() {
        let sources = ["a", "b", "c"].map(str::to_owned);
        let layers = [Layer::full("c")];
        let named = |ready: Ready, layers: &[Layer]| -> Vec<String> {
            let laid = ready.arrange(layers, &sources);
            laid.into_iter().map(|layer| layer.source).collect()
        };
        assert_eq!(named(Ready::TopRight, &layers), ["c", "a"]);
        assert_eq!(named(Ready::FourUp, &layers), ["c", "a", "b"]);
        assert_eq!(named(Ready::Full, &layers), ["c"]);
        assert_eq!(named(Ready::TwoUp, &[]), ["a", "b"]);
        // The same source twice is meant.
        let twice = [Layer::full("c"), Layer::full("c")];
        assert_eq!(named(Ready::SideBySide, &twice), ["c", "c"]);
    }
}
