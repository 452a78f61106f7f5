//! The shape of a layer: its mask, its corners, its border and its shadow.

use egui::Ui;

use super::parts;
use super::pen::{PERCENT, Pen};
use crate::show::{Border, Layer, Mask, SHAPE_REACH, Shadow};
use crate::ui::lang;

const STEP: &str = "build-step-shape";

/// A side of a mask: its words' key, how much is hidden, and how it is set.
type Side = (&'static str, f64, fn(&mut Mask, f64));

/// Draws the controls.
pub fn show(ui: &mut Ui, pen: &mut Pen) {
    parts::head(ui, &lang::text("build-shape"));
    let layer = pen.now();
    ui.horizontal_wrapped(|ui| {
        let (mask, border, shadow) = (layer.mask, layer.border, layer.shadow);
        pen.switch(ui, ("build-mask", STEP), mask.is_some(), |layer, on| {
            layer.mask = on.then(Mask::default);
        });
        pen.switch(ui, ("build-border", STEP), border.is_some(), |layer, on| {
            layer.border = on.then(Border::default);
        });
        pen.switch(ui, ("build-shadow", STEP), shadow.is_some(), |layer, on| {
            layer.shadow = on.then(Shadow::default);
        });
    });
    let corners = (0.0, SHAPE_REACH);
    pen.pixels(
        ui,
        ("build-radius", STEP),
        layer.radius,
        corners,
        |layer, value| {
            layer.radius = value;
        },
    );
    if let Some(mask) = layer.mask {
        self::mask(ui, pen, mask);
    }
    if let Some(border) = layer.border {
        let reach = (0.0, SHAPE_REACH);
        let key = "build-border-width";
        pen.pixels(ui, (key, STEP), border.width, reach, |layer, width| {
            layer.border = Some(Border { width, ..border });
        });
        let key = "build-border-colour";
        parts::row(ui, &lang::text(key), |ui| {
            pen.colour(ui, (key, STEP), border.colour, |layer, colour| {
                layer.border = Some(Border { colour, ..border });
            });
        });
    }
    if let Some(shadow) = layer.shadow {
        self::shadow(ui, pen, shadow);
    }
}

fn mask(ui: &mut Ui, pen: &mut Pen, mask: Mask) {
    let (left, top, right, bottom) = mask.hide;
    let sides: [Side; 4] = [
        ("build-mask-left", left, |mask, value| {
            mask.hide.0 = value.min(0.99 - mask.hide.2)
        }),
        ("build-mask-right", right, |mask, value| {
            mask.hide.2 = value.min(0.99 - mask.hide.0)
        }),
        ("build-mask-top", top, |mask, value| {
            mask.hide.1 = value.min(0.99 - mask.hide.3)
        }),
        ("build-mask-bottom", bottom, |mask, value| {
            mask.hide.3 = value.min(0.99 - mask.hide.1)
        }),
    ];
    for (label, pair) in [
        ("build-mask-sides", &sides[..2]),
        ("build-mask-ends", &sides[2..]),
    ] {
        parts::row(ui, &lang::text(label), |ui| {
            for (key, value, set) in pair {
                let mut shown = value * 100.0;
                let range = 0.0..=99.0;
                let response = parts::number(ui, &lang::text(key), &mut shown, range, PERCENT);
                pen.apply(&response, (key, STEP), |layer: &mut Layer| {
                    let mut mask = mask;
                    set(&mut mask, shown / 100.0);
                    layer.mask = Some(mask);
                });
            }
        });
    }
    pen.pixels(
        ui,
        ("build-feather", STEP),
        mask.feather,
        (0.0, SHAPE_REACH),
        |layer, feather| {
            layer.mask = Some(Mask { feather, ..mask });
        },
    );
    parts::row(ui, "", |ui| {
        pen.switch(
            ui,
            ("build-ellipse", STEP),
            mask.ellipse,
            |layer, ellipse| {
                layer.mask = Some(Mask { ellipse, ..mask });
            },
        );
        pen.switch(
            ui,
            ("build-mask-invert", STEP),
            mask.invert,
            |layer, invert| {
                layer.mask = Some(Mask { invert, ..mask });
            },
        );
    });
}

fn shadow(ui: &mut Ui, pen: &mut Pen, shadow: Shadow) {
    let reach = (-SHAPE_REACH, SHAPE_REACH);
    pen.pixels(
        ui,
        ("build-shadow-across", STEP),
        shadow.offset.0,
        reach,
        |layer, across| {
            let offset = (across, shadow.offset.1);
            layer.shadow = Some(Shadow { offset, ..shadow });
        },
    );
    pen.pixels(
        ui,
        ("build-shadow-down", STEP),
        shadow.offset.1,
        reach,
        |layer, down| {
            let offset = (shadow.offset.0, down);
            layer.shadow = Some(Shadow { offset, ..shadow });
        },
    );
    pen.pixels(
        ui,
        ("build-shadow-blur", STEP),
        shadow.blur,
        (0.0, 0.1),
        |layer, blur| {
            layer.shadow = Some(Shadow { blur, ..shadow });
        },
    );
    let key = "build-shadow-opacity";
    pen.percent(ui, (key, STEP), shadow.opacity, 1.0, |layer, opacity| {
        layer.shadow = Some(Shadow { opacity, ..shadow });
    });
    let key = "build-shadow-colour";
    parts::row(ui, &lang::text(key), |ui| {
        pen.colour(ui, (key, STEP), shadow.colour, |layer, colour| {
            layer.shadow = Some(Shadow { colour, ..shadow });
        });
    });
}
