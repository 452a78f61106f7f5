//! The key and the shape of a layer.

use super::*;
use crate::show::{Border, Layer, LayerKey, LinearKey, LumaKey, Mask, Shadow};

/// The window with the front layer of the scene chosen.
fn front(build: &mut Build) {
    looks_at("duo")(build);
    build.layers.layer = 1;
}

fn layer_of(sent: &[Command]) -> Layer {
    scene_of(sent).layers[1].clone()
}

fn chroma_of(sent: &[Command]) -> ChromaKey {
    match layer_of(sent).keyer {
        Some(LayerKey::Chroma(key)) => key,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_green_screen_is_taken_away_picked_and_trimmed() {
    let (mut window, _) = window(Panel::Inspector, show(), front);
    assert_eq!(
        chroma_of(&click(&mut window, "Chroma")),
        ChromaKey::default()
    );
    assert_eq!(
        chroma_of(&click(&mut window, "Blue")).colour,
        ChromaKey::BLUE
    );
    let sent = type_number(&mut window, "Tolerance #", "25");
    assert!((chroma_of(&sent).tolerance - 0.25).abs() < 1e-6);
    let sent = type_number(&mut window, "Spill #", "50");
    assert!((chroma_of(&sent).spill - 0.5).abs() < 1e-6);
    // In pixels of the program, of which this show has 720 rows.
    let sent = type_number(&mut window, "Shrink #", "3.6");
    assert!((chroma_of(&sent).edge.shrink - 0.005).abs() < 1e-6);
    // Picked in the picture of the source itself, which is wished for.
    click(&mut window, "Pick");
    let picture = window
        .get_by_label("Press on the screen in this picture; Esc stops.")
        .rect();
    let wishes = window.state_mut().build.wishes();
    assert!(
        wishes
            .iter()
            .any(|wish| wish.what == MonitorId::Source("ann".to_owned()))
    );
    window.hover_at(picture.center());
    window.step();
    window.drag_at(picture.center());
    window.step();
    window.drop_at(picture.center());
    let Rgb(r, g, b) = chroma_of(&turn(&mut window)).colour;
    let Rgb(right_r, right_g, right_b) = ChromaKey::GREEN;
    assert!(r.abs_diff(right_r) < 4 && g.abs_diff(right_g) < 4 && b.abs_diff(right_b) < 4);
    assert!(
        window
            .query_by_label_contains("Press on the screen")
            .is_none()
    );
    assert_eq!(layer_of(&click(&mut window, "None")).keyer, None);
}

#[test]
fn a_luma_key_pushes_its_other_end_along_and_a_matte_is_another_source() {
    let (mut window, _) = window(Panel::Inspector, show(), front);
    let luma = |sent: &[Command]| match layer_of(sent).keyer {
        Some(LayerKey::Luma(key)) => key,
        other => panic!("{other:?}"),
    };
    assert_eq!(luma(&click(&mut window, "Luma")), LumaKey::default());
    let key = luma(&type_number(&mut window, "Unseen below #", "60"));
    assert!((key.low - 0.6).abs() < 1e-6 && (key.high - 0.6).abs() < 1e-6);
    assert!(luma(&click(&mut window, "Invert")).invert);
    let sent = click(&mut window, "Fill and matte");
    let linear = LinearKey {
        matte: "cam".to_owned(),
        invert: false,
        premultiplied: false,
    };
    assert_eq!(
        layer_of(&sent).keyer,
        Some(LayerKey::Linear(linear.clone()))
    );
    let sent = click(&mut window, "Premultiplied");
    let linear = LinearKey {
        premultiplied: true,
        ..linear
    };
    assert_eq!(layer_of(&sent).keyer, Some(LayerKey::Linear(linear)));
}

#[test]
fn a_layer_has_a_mask_round_corners_a_border_and_a_shadow() {
    let (mut window, _) = window(Panel::Inspector, show(), front);
    assert_eq!(
        layer_of(&click(&mut window, "Mask")).mask,
        Some(Mask::default())
    );
    let mask = layer_of(&type_number(&mut window, "Hide at the left", "25"))
        .mask
        .unwrap();
    assert!((mask.hide.0 - 0.25).abs() < 1e-9);
    // Both sides together leave something.
    let mask = layer_of(&type_number(&mut window, "Hide at the right", "99"))
        .mask
        .unwrap();
    assert!((mask.hide.2 - 0.74).abs() < 1e-9, "{mask:?}");
    assert!(
        layer_of(&click(&mut window, "Ellipse"))
            .mask
            .unwrap()
            .ellipse
    );
    let sent = type_number(&mut window, "Corners #", "36");
    assert!((layer_of(&sent).radius - 0.05).abs() < 1e-6);
    assert_eq!(
        layer_of(&click(&mut window, "Border")).border,
        Some(Border::default())
    );
    let sent = type_number(&mut window, "Border's width #", "7.2");
    assert!((layer_of(&sent).border.unwrap().width - 0.01).abs() < 1e-6);
    assert_eq!(
        layer_of(&click(&mut window, "Shadow")).shadow,
        Some(Shadow::default())
    );
    let sent = type_number(&mut window, "Downwards #", "-36");
    assert!((layer_of(&sent).shadow.unwrap().offset.1 + 0.05).abs() < 1e-6);
    // Filling the picture keeps all of it.
    let filled = layer_of(&click(&mut window, "Fill the picture"));
    assert!(filled.rect == (0.0, 0.0, 1.0, 1.0) && filled.shadow.is_some() && filled.radius > 0.0);
    assert_eq!(layer_of(&click(&mut window, "Border")).border, None);
}
