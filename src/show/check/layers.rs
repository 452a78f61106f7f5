//! Layers: their sources, their places, their keys and their shapes.

use super::{Checker, REACH};
use crate::show::keying::{ChromaKey, LayerKey, MATTE_REACH, MatteEdge};
use crate::show::layer::Layer;
use crate::show::outline::{Mask, SHAPE_REACH};

impl Checker<'_> {
    pub(super) fn layer(&mut self, place: &str, layer: &Layer, sources: &[&str]) {
        self.source_of(&format!("{place}.source"), &layer.source, sources);
        let (left, top, width, height) = layer.rect;
        for (n, value) in [left, top].into_iter().enumerate() {
            self.range(&format!("{place}.rect[{n}]"), value, -REACH..=REACH);
        }
        for (n, value) in [(2, width), (3, height)] {
            let place = format!("{place}.rect[{n}]");
            self.range(&place, value, 0.0..=REACH);
            if value == 0.0 {
                self.fault(&place, "a layer of no size, expected more than 0");
            }
        }
        self.sides(&format!("{place}.crop"), layer.crop, |sides| {
            format!("{sides} cut off the whole source, expected less than 1 together")
        });
        self.range(&format!("{place}.opacity"), layer.opacity, 0.0..=1.0);
        if let Some(key) = &layer.keyer {
            self.layer_key(&format!("{place}.keyer"), key, sources);
        }
        self.shape(place, layer);
    }

    fn source_of(&mut self, place: &str, source: &str, known: &[&str]) {
        if !known.contains(&source) {
            self.unknown_source(place, source, known);
        }
    }

    /// Parts of something that are taken off at left, top, right and bottom.
    fn sides(&mut self, place: &str, sides: (f64, f64, f64, f64), too_much: fn(&str) -> String) {
        let (left, top, right, bottom) = sides;
        let before = self.faults.len();
        for (n, value) in [left, top, right, bottom].into_iter().enumerate() {
            self.range(&format!("{place}[{n}]"), value, 0.0..=1.0);
        }
        if self.faults.len() > before {
            return;
        }
        for (sides, sum) in [
            ("left and right", left + right),
            ("top and bottom", top + bottom),
        ] {
            if sum >= 1.0 {
                self.fault(place, too_much(sides));
            }
        }
    }

    fn layer_key(&mut self, place: &str, key: &LayerKey, sources: &[&str]) {
        match key {
            LayerKey::Chroma(key) => {
                if key.stands_out() < ChromaKey::STANDS_OUT {
                    let message = "this is no colour of a screen, expected red, green or blue to be above \
                                   both others by 24 of 255 at least";
                    self.fault(&format!("{place}.colour"), message);
                }
                self.range(&format!("{place}.tolerance"), key.tolerance, 0.0..=0.9);
                self.range(&format!("{place}.softness"), key.softness, 0.0..=1.0);
                self.range(&format!("{place}.spill"), key.spill, 0.0..=1.0);
                self.matte_edge(&format!("{place}.edge"), key.edge);
            }
            LayerKey::Luma(key) => {
                self.range(&format!("{place}.low"), key.low, 0.0..=1.0);
                self.range(&format!("{place}.high"), key.high, 0.0..=1.0);
                if key.low > key.high {
                    let message = format!("{} is below low, expected {} to 1", key.high, key.low);
                    self.fault(&format!("{place}.high"), message);
                }
                self.matte_edge(&format!("{place}.edge"), key.edge);
            }
            LayerKey::Linear(key) => self.source_of(&format!("{place}.matte"), &key.matte, sources),
        }
    }

    fn matte_edge(&mut self, place: &str, edge: MatteEdge) {
        let reach = MATTE_REACH;
        self.range(&format!("{place}.shrink"), edge.shrink, -reach..=reach);
        self.range(&format!("{place}.soften"), edge.soften, 0.0..=reach);
    }

    fn shape(&mut self, place: &str, layer: &Layer) {
        self.range(&format!("{place}.radius"), layer.radius, 0.0..=SHAPE_REACH);
        if let Some(Mask { hide, feather, .. }) = layer.mask {
            self.sides(&format!("{place}.mask.hide"), hide, |sides| {
                format!("{sides} hide all of it, expected less than 1 together")
            });
            let place = format!("{place}.mask.feather");
            self.range(&place, feather, 0.0..=SHAPE_REACH);
        }
        if let Some(border) = layer.border {
            let place = format!("{place}.border.width");
            self.range(&place, border.width, 0.0..=SHAPE_REACH);
        }
        if let Some(shadow) = layer.shadow {
            for (n, value) in [shadow.offset.0, shadow.offset.1].into_iter().enumerate() {
                let place = format!("{place}.shadow.offset[{n}]");
                self.range(&place, value, -SHAPE_REACH..=SHAPE_REACH);
            }
            self.range(&format!("{place}.shadow.blur"), shadow.blur, 0.0..=0.1);
            self.range(
                &format!("{place}.shadow.opacity"),
                shadow.opacity,
                0.0..=1.0,
            );
        }
    }
}
