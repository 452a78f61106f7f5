//! What is drawn: the layers of a scene as it was taken, each with the slot of its source.

use super::keyer::DrawKey;
use super::outline::Outline;
use crate::show::{Colour, Layer, LayerKey, Shadow};

/// One source in a picture; see [`Layer`] for the units.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// The source's slot: which of the pictures.
    pub source: usize,
    /// Left, top, width, height as fractions of the frame.
    pub rect: (f64, f64, f64, f64),
    /// Cut off at left, top, right, bottom as fractions of the source.
    pub crop: (f64, f64, f64, f64),
    /// 0 to 1.
    pub opacity: f64,
    /// The source's correction when the scene was taken.
    pub colour: Colour,
    /// Its key and its shape.
    pub look: Look,
}

/// What of a layer is seen, and what is drawn around it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Its upstream key.
    pub key: Option<DrawKey>,
    /// Mask, corners and border.
    pub outline: Outline,
    /// Thrown on what lies behind it.
    pub shadow: Option<Shadow>,
}

impl Look {
    /// Whether its whole rectangle is seen and nothing else.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// That of a layer, with the slots of sources.
    fn of(layer: &Layer, find: impl Fn(&str) -> Option<usize>) -> Self {
        let key = layer.keyer.as_ref().map(|key| match key {
            LayerKey::Chroma(key) => DrawKey::Chroma(*key),
            LayerKey::Luma(key) => DrawKey::Luma(*key),
            LayerKey::Linear(key) => DrawKey::Linear {
                matte: find(&key.matte),
                invert: key.invert,
                premultiplied: key.premultiplied,
            },
        });
        Self {
            key,
            outline: Outline {
                mask: layer.mask,
                border: layer.border,
                radius: layer.radius,
            },
            shadow: layer.shadow,
        }
    }
}

impl Draw {
    /// A source that fills the frame.
    pub fn full(source: usize) -> Self {
        Self {
            source,
            rect: (0.0, 0.0, 1.0, 1.0),
            crop: (0.0, 0.0, 0.0, 0.0),
            opacity: 1.0,
            colour: Colour::NEUTRAL,
            look: Look::default(),
        }
    }

    /// The slot of the source by whose brightness it is keyed.
    pub fn matte(&self) -> Option<usize> {
        match self.look.key {
            Some(DrawKey::Linear { matte, .. }) => matte,
            _ => None,
        }
    }
}

/// A scene as it was taken: what is drawn, from back to front.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// From back to front, on black.
    pub draws: Vec<Draw>,
}

impl Stage {
    /// The layers of a scene, each with the slot and the correction of its source; those of unknown
    /// ones are left out.
    pub fn of(layers: &[Layer], find: impl Fn(&str) -> Option<(usize, Colour)>) -> Self {
        let draws = layers
            .iter()
            .filter_map(|layer| {
                let (source, colour) = find(&layer.source)?;
                Some(Draw {
                    source,
                    rect: layer.rect,
                    crop: layer.crop,
                    opacity: layer.opacity,
                    colour,
                    look: Look::of(layer, |id| find(id).map(|(slot, _)| slot)),
                })
            })
            .collect();
        Self { draws }
    }

    /// Whether this source is seen itself; a matte is not.
    pub fn shows(&self, source: usize) -> bool {
        let mut draws = self.draws.iter().filter(|draw| draw.opacity > 0.0);
        draws.any(|draw| draw.source == source)
    }

    /// Whether the picture depends on this source: it is seen, or another is keyed by it.
    pub fn needs(&self, source: usize) -> bool {
        let mut draws = self.draws.iter().filter(|draw| draw.opacity > 0.0);
        draws.any(|draw| draw.source == source || draw.matte() == Some(source))
    }

    /// The slots of all sources that it was made of, seen or not.
    pub fn slots(&self) -> impl Iterator<Item = usize> {
        let draws = self.draws.iter();
        draws.flat_map(|draw| [Some(draw.source), draw.matte()].into_iter().flatten())
    }
}
