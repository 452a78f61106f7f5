//! The slate: what is seen of a source that is lost, its label on dark grey.

use ab_glyph::{Font, FontRef, ScaleFont};

use super::canvas::CanvasPool;
use crate::media::Picture;

/// Dark grey and light grey in limited range.
const GROUND: [u8; 3] = [40, 128, 128];
const INK: f32 = 180.0;

/// Draws a slate with a label. `None` if memory has run out; without the label if the font is broken.
pub fn slate(pool: &CanvasPool, label: &str) -> Option<Picture> {
    let mut canvas = pool.canvas()?;
    canvas.fill(GROUND);
    let (width, height) = canvas.plane_size(0);
    if let Ok(font) = FontRef::try_from_slice(dejavu::sans::regular()) {
        let mut size = height as f32 / 9.0;
        let measured = text_width(&font, size, label);
        let room = width as f32 * 0.9;
        if measured > room {
            size *= room / measured;
        }
        let left = (width as f32 - text_width(&font, size, label)) / 2.0;
        let mut ink = vec![0f32; width * height];
        draw(
            &font,
            size,
            label,
            (left, height as f32 / 2.0 + size / 3.0),
            |x, y, cover| {
                if x < width && y < height {
                    ink[y * width + x] = cover.max(ink[y * width + x]);
                }
            },
        );
        for (row, ink) in canvas.rows(0, 0).zip(ink.chunks_exact(width)) {
            for (pixel, cover) in row.iter_mut().zip(ink) {
                *pixel = (f32::from(*pixel) + (INK - f32::from(*pixel)) * cover).round() as u8;
            }
        }
    }
    canvas.finish(0)
}

fn text_width(font: &FontRef<'_>, size: f32, text: &str) -> f32 {
    let font = font.as_scaled(size);
    text.chars().map(|c| font.h_advance(font.glyph_id(c))).sum()
}

/// Calls `ink(x, y, cover)` for each pixel that the text touches.
fn draw(
    font: &FontRef<'_>,
    size: f32,
    text: &str,
    (mut x, y): (f32, f32),
    mut ink: impl FnMut(usize, usize, f32),
) {
    let scaled = font.as_scaled(size);
    for c in text.chars() {
        let id = scaled.glyph_id(c);
        let glyph = id.with_scale_and_position(size, ab_glyph::point(x, y));
        if let Some(outline) = font.outline_glyph(glyph) {
            let bounds = outline.px_bounds();
            outline.draw(|gx, gy, cover| {
                let (px, py) = (bounds.min.x + gx as f32, bounds.min.y + gy as f32);
                if px >= 0.0 && py >= 0.0 {
                    ink(px as usize, py as usize, cover.min(1.0));
                }
            });
        }
        x += scaled.h_advance(id);
    }
}
