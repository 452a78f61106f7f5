//! Layers made ready to be drawn: scaled to where they are seen, corrected, keyed and cut to their shape.
//! What was made for the last picture is kept for those that have not changed since.

use super::canvas::{BLACK, Canvas};
use super::corrected::Corrected;
use super::kernels::{Share, blend_row, share};
use super::keyer::{divide, key};
use super::matte::halved;
use super::outline::{Place, joined, multiply, shadow};
use super::overlay::{Area, Overlay};
use super::scale::{Part, Scaler};
use super::stage::{Draw, Look};
use crate::media::Picture;
use crate::show::Colour;

/// See the module's words.
#[derive(Default)]
pub struct Laid {
    scaler: Scaler,
    kept: Vec<Kept>,
    used: usize,
}

/// A layer as it was last drawn.
struct Kept {
    of: Picture,
    matte: Option<Picture>,
    placed: Placed,
    colour: Colour,
    look: Look,
    /// Its planes, and its alpha where not all of it is seen.
    layer: Overlay,
    /// What its outline leaves of each pixel.
    cover: Option<Vec<u8>>,
    /// What of each pixel is border, where a shadow asks for that.
    ring: Option<Vec<u8>>,
    bands: Vec<Overlay>,
    shadow: Option<Overlay>,
}

/// Where a draw lands: luma pixels, all even, and the part of the source that is seen there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    place: Place,
    part: Part,
}

/// What is drawn of a source: its picture, and that of its matte.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The source's own.
    pub fill: &'a Picture,
    /// Of a linear key's other source.
    pub matte: Option<&'a Picture>,
}

impl Laid {
    /// A new picture begins.
    pub fn begin(&mut self) {
        self.used = 0;
    }

    /// Draws a layer.
    pub fn draw(
        &mut self,
        canvas: &mut Canvas,
        sources: Sources<'_>,
        draw: &Draw,
        corrected: &mut Corrected,
    ) {
        let frame = canvas.plane_size(0);
        let Some(placed) = place(draw, sources.fill, frame) else {
            return;
        };
        let opacity = share(draw.opacity);
        let area = placed.place.seen;
        if draw.look.is_plain()
            && sources.fill.alpha().is_none()
            && draw.colour.is_neutral()
            && let Some((left, top)) = placed.unscaled()
        {
            for i in 0..3 {
                let half = usize::from(i > 0);
                let plane = sources.fill.plane(i);
                let width = area.size().0 >> half;
                let from = |y: usize| &plane.row((top >> half) + y)[left >> half..][..width];
                lay(canvas, i, area, opacity, from);
            }
            return;
        }
        let index = self.ready(sources, placed, draw, frame, corrected);
        let Some(kept) = self.kept.get(index) else {
            return;
        };
        if draw.look.is_plain() && sources.fill.alpha().is_none() {
            for (i, plane) in kept.layer.planes.iter().enumerate().take(3) {
                let width = area.size().0 >> usize::from(i > 0);
                lay(canvas, i, area, opacity, |y| &plane[y * width..][..width]);
            }
            return;
        }
        let behind = kept.shadow.iter();
        for overlay in behind.chain([&kept.layer]).chain(&kept.bands) {
            overlay.draw(canvas, (0, 0), Area::ALL, opacity);
        }
    }

    /// Index of the layer that is ready, made now or kept from the last picture. It is corrected after it
    /// was scaled, for most layers are smaller then, and keyed after both: a mixture of two colours has the
    /// same matte however many pixels it is spread over, and the screen's colour is picked where the
    /// correction is seen.
    fn ready(
        &mut self,
        sources: Sources<'_>,
        placed: Placed,
        draw: &Draw,
        frame: (usize, usize),
        corrected: &mut Corrected,
    ) -> usize {
        let index = self.used;
        self.used += 1;
        let mut old = None;
        if let Some(kept) = self.kept.get_mut(index) {
            let same = |a: Option<&Picture>, b: Option<&Picture>| match (a, b) {
                (Some(a), Some(b)) => a.same_pixels(b),
                (a, b) => a.is_none() && b.is_none(),
            };
            let is_same_place = kept.placed == placed && kept.look == draw.look;
            if is_same_place
                && kept.colour == draw.colour
                && kept.of.same_pixels(sources.fill)
                && same(kept.matte.as_ref(), sources.matte)
            {
                return index;
            }
            if is_same_place {
                old = Some(&mut *kept);
            }
        }
        let place = &placed.place;
        let had_own = old.as_ref().is_some_and(|kept| kept.of.alpha().is_some());
        let (cover, ring, bands, had) = match old {
            Some(kept) => (
                kept.cover.take(),
                kept.ring.take(),
                std::mem::take(&mut kept.bands),
                Some((std::mem::take(&mut kept.layer.planes), kept.shadow.take())),
            ),
            None => {
                let outline = draw.look.outline;
                let ring = draw.look.shadow.and_then(|_| outline.ring(place));
                (outline.cover(place), ring, outline.bands(place), None)
            }
        };
        let (mut planes, had_shadow) = had.unwrap_or_default();
        let size = place.seen.size();
        {
            let [y, u, v, ..] = &mut planes;
            for (i, out) in [y, u, v].into_iter().enumerate() {
                self.scaler.plane(sources.fill, i, placed.part, out, size);
            }
        }
        let [y, u, v, mut alpha, mut half] = planes;
        let mut fill = [y, u, v];
        let own = sources.fill.alpha().map(|plane| {
            let mut own = vec![0; size.0 * size.1];
            self.scaler.scale(plane, placed.part, &mut own, size);
            // Scaled as they were, multiplied by it: what nobody sees does not shine through at the edges.
            divide(&mut fill, size, &own);
            own
        });
        corrected.planes(&mut fill, size, &draw.colour);
        let look = &draw.look;
        let changes = look.key.is_some() || own.is_some() || had_own;
        let is_cut = !look.is_plain() || own.is_some();
        // Without a key and an alpha of its own it is the same for every picture.
        let mut shadow = had_shadow;
        if !is_cut {
            (alpha, half) = (Vec::new(), Vec::new());
        } else if changes || alpha.is_empty() {
            alpha = self.alpha(look, sources, draw, &mut fill, (placed, frame));
            if let Some(own) = &own {
                multiply(&mut alpha, own);
            }
            if let Some(cover) = &cover {
                multiply(&mut alpha, cover);
            }
            half = halved(&alpha, size);
            shadow = look.shadow.as_ref().and_then(|set| {
                let thrown = ring.as_ref().map(|ring| joined(&alpha, ring));
                let thrown = thrown.as_ref().unwrap_or(&alpha);
                self::shadow(set, thrown, place, &mut self.scaler)
            });
        }
        let [y, u, v] = fill;
        let kept = Kept {
            of: sources.fill.clone(),
            matte: sources.matte.cloned(),
            placed,
            colour: draw.colour,
            look: *look,
            layer: Overlay {
                at: (place.seen.left, place.seen.top),
                size,
                planes: [y, u, v, alpha, half],
            },
            cover,
            ring,
            bands,
            shadow,
        };
        if index < self.kept.len() {
            self.kept[index] = kept;
        } else {
            self.kept.push(kept);
        }
        index
    }

    /// What the key leaves of each pixel; the planes become the fill.
    fn alpha(
        &mut self,
        look: &Look,
        sources: Sources<'_>,
        draw: &Draw,
        fill: &mut [Vec<u8>; 3],
        (placed, frame): (Placed, (usize, usize)),
    ) -> Vec<u8> {
        let size = placed.place.seen.size();
        let Some(by) = &look.key else {
            return vec![255; size.0 * size.1];
        };
        let matte = sources.matte.and_then(|picture| {
            let part = place(draw, picture, frame)?.part;
            let mut luma = Vec::new();
            self.scaler.plane(picture, 0, part, &mut luma, size);
            Some(luma)
        });
        key(by, fill, size, matte.as_deref(), placed.place.lines)
    }
}

impl Scaler {
    /// Scales part of a picture's plane; the part and the size are the luma's.
    fn plane(
        &mut self,
        picture: &Picture,
        i: usize,
        (left, top, width, height): Part,
        out: &mut Vec<u8>,
        size: (usize, usize),
    ) {
        let half = usize::from(i > 0);
        let size = (size.0 >> half, size.1 >> half);
        out.resize(size.0 * size.1, 0);
        let step = if i > 0 { 0.5 } else { 1.0 };
        let plane = picture.plane(i);
        // An odd picture's last chroma sample is half outside.
        let part_width = (width * step).min(plane.width as f64 - left * step);
        let part_height = (height * step).min(plane.height as f64 - top * step);
        let part = (left * step, top * step, part_width, part_height);
        if !self.scale(plane, part, out, size) {
            out.fill(BLACK[i]);
        }
    }
}

/// Lays a plane of a layer over its area.
fn lay<'a>(
    canvas: &mut Canvas,
    i: usize,
    area: Area,
    opacity: Share,
    from: impl Fn(usize) -> &'a [u8],
) {
    let half = usize::from(i > 0);
    let (width, height) = area.size();
    let (x, width) = (area.left as usize >> half, width >> half);
    let rows = canvas.rows(i, area.top as usize >> half);
    for (y, row) in rows.take(height >> half).enumerate() {
        let row = &mut row[x..x + width];
        if opacity == 256 {
            row.copy_from_slice(from(y));
        } else {
            blend_row(row, from(y), opacity);
        }
    }
}

impl Placed {
    /// Where in the source the pixels begin, if they are taken one to one.
    fn unscaled(&self) -> Option<(usize, usize)> {
        let (left, top, width, height) = self.part;
        let even =
            |value: f64| (value.fract() == 0.0 && value % 2.0 == 0.0).then_some(value as usize);
        let size = self.place.seen.size();
        ((width, height) == (size.0 as f64, size.1 as f64))
            .then(|| Some((even(left)?, even(top)?)))
            .flatten()
    }
}

/// Rounds a draw to whole chroma samples and cuts off what is outside the frame. `None` if nothing
/// of it is seen.
fn place(
    draw: &Draw,
    picture: &Picture,
    (frame_width, frame_height): (usize, usize),
) -> Option<Placed> {
    let across = place_axis(
        (draw.rect.0, draw.rect.2),
        (draw.crop.0, draw.crop.2),
        frame_width,
        picture.width(),
    )?;
    let down = place_axis(
        (draw.rect.1, draw.rect.3),
        (draw.crop.1, draw.crop.3),
        frame_height,
        picture.height(),
    )?;
    Some(Placed {
        place: Place {
            whole: (across.whole.0, down.whole.0, across.whole.1, down.whole.1),
            seen: Area {
                left: across.seen.0,
                top: down.seen.0,
                right: across.seen.1,
                bottom: down.seen.1,
            },
            lines: frame_height as f64,
        },
        part: (across.part.0, down.part.0, across.part.1, down.part.1),
    })
}

/// A draw along one axis.
struct Axis {
    /// First pixel and that behind the last, in the frame or beyond.
    whole: (f64, f64),
    /// The same of what is in the frame.
    seen: (i32, i32),
    /// First and length in the source.
    part: (f64, f64),
}

fn place_axis(
    (start, length): (f64, f64),
    (crop_start, crop_end): (f64, f64),
    frame: usize,
    source: usize,
) -> Option<Axis> {
    let even = |value: f64| (value * frame as f64 / 2.0).round() * 2.0;
    let (first, last) = (even(start), even(start + length));
    let (seen_first, seen_last) = (first.max(0.0), last.min(frame as f64));
    if seen_last - seen_first < 2.0 {
        return None;
    }
    let part_first = (crop_start * source as f64).round();
    let part_last = source as f64 - (crop_end * source as f64).round();
    if part_last - part_first < 2.0 {
        return None;
    }
    let step = (part_last - part_first) / (last - first);
    let part = part_first + (seen_first - first) * step;
    let part_length = (seen_last - seen_first) * step;
    Some(Axis {
        whole: (first, last),
        seen: (seen_first as i32, seen_last as i32),
        part: (part, part_length.min(source as f64 - part)),
    })
}
