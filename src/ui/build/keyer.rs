//! The upstream key of a layer: by the colour of a screen, by luma, or by another source.

use egui::Ui;

use super::parts;
use super::pen::Pen;
use super::picker::Picker;
use crate::show::{ChromaKey, Layer, LayerKey, LinearKey, LumaKey, MATTE_REACH, MatteEdge, Rgb};
use crate::ui::{lang, stage::Pictures, theme, theme::Icon};

const STEP: &str = "build-step-keyer";

/// What kinds there are; without one the whole layer is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    None,
    Chroma,
    Luma,
    Linear,
}

impl Kind {
    const ALL: [(Self, &'static str); 4] = [
        (Self::None, "build-keyer-none"),
        (Self::Chroma, "build-keyer-chroma"),
        (Self::Luma, "build-keyer-luma"),
        (Self::Linear, "build-keyer-linear"),
    ];

    fn of(key: Option<&LayerKey>) -> Self {
        match key {
            None => Self::None,
            Some(LayerKey::Chroma(_)) => Self::Chroma,
            Some(LayerKey::Luma(_)) => Self::Luma,
            Some(LayerKey::Linear(_)) => Self::Linear,
        }
    }
}

/// Draws the controls; `sources` are all of the show, with their names.
pub fn show(
    ui: &mut Ui,
    pen: &mut Pen,
    picker: &mut Picker,
    sources: &[(String, String)],
    pictures: Option<&Pictures>,
) {
    parts::head(ui, &lang::text("build-keyer"));
    let layer = pen.now();
    let kind = Kind::of(layer.keyer.as_ref());
    let others: Vec<_> = sources
        .iter()
        .filter(|(id, _)| *id != layer.source)
        .cloned()
        .collect();
    ui.horizontal_wrapped(|ui| {
        for (other, words) in Kind::ALL {
            let face = lang::text(words);
            let key = match other {
                Kind::None => None,
                Kind::Chroma => Some(LayerKey::Chroma(ChromaKey::default())),
                Kind::Luma => Some(LayerKey::Luma(LumaKey::default())),
                Kind::Linear => others.first().map(|(id, _)| {
                    LayerKey::Linear(LinearKey {
                        matte: id.clone(),
                        invert: false,
                        premultiplied: false,
                    })
                }),
            };
            let can = other != Kind::Linear || key.is_some();
            ui.add_enabled_ui(can, |ui| {
                let pressed = parts::switch(ui, &face, &face, kind == other).clicked();
                if pressed && kind != other {
                    pen.make(STEP, |layer| layer.keyer = key);
                }
            });
        }
    });
    match layer.keyer {
        None => {}
        Some(LayerKey::Chroma(key)) => chroma(ui, pen, key, picker, pictures),
        Some(LayerKey::Luma(key)) => luma(ui, pen, key),
        Some(LayerKey::Linear(key)) => linear(ui, pen, &key, &others),
    }
}

/// Changes the chroma key that is there.
fn with_chroma(layer: &mut Layer, change: impl FnOnce(&mut ChromaKey)) {
    if let Some(LayerKey::Chroma(key)) = &mut layer.keyer {
        change(key);
    }
}

fn with_luma(layer: &mut Layer, change: impl FnOnce(&mut LumaKey)) {
    if let Some(LayerKey::Luma(key)) = &mut layer.keyer {
        change(key);
    }
}

fn with_linear(layer: &mut Layer, change: impl FnOnce(&mut LinearKey)) {
    if let Some(LayerKey::Linear(key)) = &mut layer.keyer {
        change(key);
    }
}

fn chroma(
    ui: &mut Ui,
    pen: &mut Pen,
    key: ChromaKey,
    picker: &mut Picker,
    pictures: Option<&Pictures>,
) {
    let source = pen.now().source;
    parts::row(ui, &lang::text("build-screen"), |ui| {
        for (words, colour) in [
            ("build-screen-green", ChromaKey::GREEN),
            ("build-screen-blue", ChromaKey::BLUE),
        ] {
            let face = lang::text(words);
            if parts::switch(ui, &face, &face, key.colour == colour).clicked() {
                pen.make(STEP, |layer| with_chroma(layer, |key| key.colour = colour));
            }
        }
        pen.colour(
            ui,
            ("build-screen-colour", STEP),
            key.colour,
            |layer, colour| {
                with_chroma(layer, |key| key.colour = colour);
            },
        );
        let face = format!(
            "{} {}",
            theme::icon(Icon::Pipette),
            lang::text("build-pick")
        );
        let say = lang::text("build-pick");
        if parts::switch(ui, &face, &say, picker.picks(&source)).clicked() {
            picker.turn(&source);
        }
    });
    if let Some(pictures) = pictures
        && let Some(colour) = picker.show(ui, &source, &lang::text("build-pick-say"), pictures)
    {
        // What is no screen's colour is refused by the show, and says why.
        pen.make(STEP, |layer| with_chroma(layer, |key| key.colour = colour));
    }
    if is_dull(key.colour) {
        parts::note(ui, &lang::text("build-screen-dull"), theme::AMBER);
    }
    pen.percent(
        ui,
        ("build-tolerance", STEP),
        key.tolerance,
        0.9,
        |layer, value| {
            with_chroma(layer, |key| key.tolerance = value);
        },
    );
    pen.percent(
        ui,
        ("build-key-softness", STEP),
        key.softness,
        1.0,
        |layer, value| {
            with_chroma(layer, |key| key.softness = value);
        },
    );
    pen.percent(ui, ("build-spill", STEP), key.spill, 1.0, |layer, value| {
        with_chroma(layer, |key| key.spill = value);
    });
    edge(ui, pen, key.edge, |layer, edge| {
        with_chroma(layer, |key| key.edge = edge)
    });
}

/// Whether a colour stands out little: what is before it will hardly differ.
fn is_dull(colour: Rgb) -> bool {
    let key = ChromaKey {
        colour,
        ..ChromaKey::default()
    };
    key.stands_out() < 2 * ChromaKey::STANDS_OUT
}

fn luma(ui: &mut Ui, pen: &mut Pen, key: LumaKey) {
    // One pushes the other along.
    pen.percent(
        ui,
        ("build-luma-low", STEP),
        key.low,
        1.0,
        |layer, value| {
            with_luma(layer, |key| {
                key.low = value;
                key.high = key.high.max(value);
            });
        },
    );
    pen.percent(
        ui,
        ("build-luma-high", STEP),
        key.high,
        1.0,
        |layer, value| {
            with_luma(layer, |key| {
                key.high = value;
                key.low = key.low.min(value);
            });
        },
    );
    parts::row(ui, "", |ui| {
        pen.switch(ui, ("build-key-invert", STEP), key.invert, |layer, on| {
            with_luma(layer, |key| key.invert = on);
        });
    });
    edge(ui, pen, key.edge, |layer, edge| {
        with_luma(layer, |key| key.edge = edge)
    });
}

fn linear(ui: &mut Ui, pen: &mut Pen, key: &LinearKey, others: &[(String, String)]) {
    let label = lang::text("build-matte");
    parts::row(ui, &label, |ui| {
        if let Some(matte) = parts::choice(ui, &label, &key.matte, others) {
            pen.make(STEP, |layer| with_linear(layer, |key| key.matte = matte));
        }
    });
    parts::row(ui, "", |ui| {
        pen.switch(ui, ("build-key-invert", STEP), key.invert, |layer, on| {
            with_linear(layer, |key| key.invert = on);
        });
        pen.switch(
            ui,
            ("build-premultiplied", STEP),
            key.premultiplied,
            |layer, on| {
                with_linear(layer, |key| key.premultiplied = on);
            },
        );
    });
}

fn edge(ui: &mut Ui, pen: &mut Pen, edge: MatteEdge, set: fn(&mut Layer, MatteEdge)) {
    let reach = (-MATTE_REACH, MATTE_REACH);
    pen.pixels(
        ui,
        ("build-shrink", STEP),
        edge.shrink,
        reach,
        |layer, shrink| {
            set(layer, MatteEdge { shrink, ..edge });
        },
    );
    let reach = (0.0, MATTE_REACH);
    pen.pixels(
        ui,
        ("build-soften", STEP),
        edge.soften,
        reach,
        |layer, soften| {
            set(layer, MatteEdge { soften, ..edge });
        },
    );
}
