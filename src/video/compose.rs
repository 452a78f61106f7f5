//! Layers to one picture. A source that fills the frame is handed on as the very buffer that its
//! decoder gave; anything else costs the rectangles that it touches.

use std::sync::Arc;

use super::canvas::{BLACK, Canvas, CanvasPool};
use super::corrected::Corrected;
use super::kernels::{Edge, Share, blend_row, fade_row, share};
use super::scale::{Part, Scaler};
use super::stinger::{StingerShelf, has_cut};
use super::transition::{Blend, bring_in, dip_side, mix, tint, wipe};
use super::wipe::{WipeMap, WipeShelf};
use crate::media::{House, Picture};
use crate::show::{Colour, Format, Layer};

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
                })
            })
            .collect();
        Self { draws }
    }

    /// Whether this source is in the picture at all.
    pub fn shows(&self, source: usize) -> bool {
        self.draws
            .iter()
            .any(|draw| draw.source == source && draw.opacity > 0.0)
    }
}

/// A transition in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// Where it goes.
    pub to: Stage,
    /// How far it is, 0 to 1.
    pub position: f64,
    /// What it looks like.
    pub blend: Blend,
}

impl Crossing {
    /// The name of the wipe that is drawn, if it is one.
    pub fn wipe(&self) -> Option<&str> {
        match &self.blend {
            Blend::Wipe { name, .. } => Some(name),
            _ => None,
        }
    }
}

/// What one tick shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// On PGM.
    pub from: Stage,
    /// The transition that is under way.
    pub to: Option<Crossing>,
    /// 0 is the picture, 1 is black.
    pub black: f64,
}

/// Makes pictures of one size from sources' pictures of any.
pub struct Compositor {
    pool: CanvasPool,
    size: (usize, usize),
    scaler: Scaler,
    /// Scaled layers of the last picture, for those that have not changed.
    scaled: Vec<Scaled>,
    used: usize,
    corrected: Corrected,
    black: Option<Picture>,
    wipes: Arc<WipeShelf>,
    stingers: Arc<StingerShelf>,
    held: Option<Held>,
}

/// Up to here a wipe that gets ready takes over from the mix that was made in its place: it is what
/// was asked for, and hardly anything of the mix has been seen. Later it would be a jump.
const EARLY: f64 = 0.2;

/// The wipe of the transition that is under way.
struct Held {
    name: String,
    map: Option<Arc<WipeMap>>,
}

struct Scaled {
    of: Picture,
    placed: Placed,
    colour: Colour,
    planes: [Vec<u8>; 3],
}

/// Where a draw lands: luma pixels, all even, and the part of the source that is seen there.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Placed {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    part: Part,
}

impl Compositor {
    /// A compositor for frames of this format.
    pub fn new(format: Format) -> Result<Self, gstreamer::glib::BoolError> {
        let pool = CanvasPool::new(format)?;
        let black = pool.canvas().and_then(|mut canvas| {
            canvas.fill(BLACK);
            canvas.finish(0)
        });
        Ok(Self {
            pool,
            wipes: Arc::new(WipeShelf::new((
                format.width as usize,
                format.height as usize,
            ))),
            stingers: Arc::default(),
            held: None,
            size: (format.width as usize, format.height as usize),
            scaler: Scaler::default(),
            scaled: Vec::new(),
            used: 0,
            corrected: Corrected::default(),
            black,
        })
    }

    /// Where it takes wipes from: empty until somebody fills it. A wipe that is not there is drawn
    /// as a mix.
    pub fn wipes(&self) -> &Arc<WipeShelf> {
        &self.wipes
    }

    /// Has it take stingers from here; until then it draws the cut beneath them alone.
    pub fn take_stingers_from(&mut self, shelf: Arc<StingerShelf>) {
        self.stingers = shelf;
    }

    /// The pool that pictures are made from.
    pub fn pool(&self) -> &CanvasPool {
        &self.pool
    }

    /// Makes the picture for house time `time`. `pictures` holds one for each source; a draw of a
    /// source that has none is left out. `None` only if memory has run out.
    pub fn compose(
        &mut self,
        layout: &Layout,
        pictures: &[Option<Picture>],
        time: House,
    ) -> Option<Picture> {
        self.used = 0;
        self.corrected.begin();
        let black = share(layout.black);
        if black == 256 {
            return self.black.clone();
        }
        let mixed = match &layout.to {
            None => {
                self.held = None;
                self.stage(&layout.from, pictures, time)?
            }
            Some(crossing) => self.cross(&layout.from, crossing, pictures, time)?,
        };
        if black == 0 {
            return Some(mixed);
        }
        let mut canvas = self.pool.canvas()?;
        canvas.copy(&mixed);
        for (i, value) in BLACK.into_iter().enumerate() {
            for row in canvas.rows(i, 0) {
                fade_row(row, value, black);
            }
        }
        canvas.finish(time)
    }

    fn stage(
        &mut self,
        stage: &Stage,
        pictures: &[Option<Picture>],
        time: House,
    ) -> Option<Picture> {
        let seen: Vec<(&Draw, &Picture)> = stage
            .draws
            .iter()
            .filter(|draw| share(draw.opacity) > 0)
            .filter_map(|draw| Some((draw, pictures.get(draw.source)?.as_ref()?)))
            .collect();
        // Nothing behind a picture that covers the whole frame is seen.
        let base = seen
            .iter()
            .rposition(|(draw, picture)| self.covers(draw, picture));
        let (mut canvas, rest) = match base {
            Some(base) => {
                let (draw, picture) = seen[base];
                let full = self.corrected.frame(&self.pool, picture, &draw.colour)?;
                if base + 1 == seen.len() {
                    return Some(full);
                }
                let mut canvas = self.pool.canvas()?;
                canvas.copy(&full);
                (canvas, &seen[base + 1..])
            }
            None if seen.is_empty() => return self.black.clone(),
            None => {
                let mut canvas = self.pool.canvas()?;
                canvas.fill(BLACK);
                (canvas, &seen[..])
            }
        };
        for (draw, picture) in rest {
            if let Some(placed) = place(draw, picture, self.size) {
                self.draw(&mut canvas, picture, placed, draw);
            }
        }
        canvas.finish(time)
    }

    fn covers(&self, draw: &Draw, picture: &Picture) -> bool {
        draw.rect == (0.0, 0.0, 1.0, 1.0)
            && draw.crop == (0.0, 0.0, 0.0, 0.0)
            && share(draw.opacity) == 256
            && (picture.width(), picture.height()) == self.size
    }

    fn cross(
        &mut self,
        from: &Stage,
        crossing: &Crossing,
        pictures: &[Option<Picture>],
        time: House,
    ) -> Option<Picture> {
        let position = crossing.position;
        if let Blend::Dip(colour) = crossing.blend {
            let (new, share) = dip_side(position);
            let stage = if new { &crossing.to } else { from };
            let seen = self.stage(stage, pictures, time)?;
            if share == 0 {
                return Some(seen);
            }
            let mut canvas = self.pool.canvas()?;
            tint(&mut canvas, &seen, colour, share);
            return canvas.finish(time);
        }
        if let Blend::Stinger {
            id,
            pictures: n,
            cut,
        } = &crossing.blend
        {
            let has_cut = has_cut(position, *n, *cut);
            let stage = if has_cut { &crossing.to } else { from };
            let seen = self.stage(stage, pictures, time)?;
            let stinger = self.stingers.get(id).filter(|s| !s.is_clear(position));
            let Some(stinger) = stinger else {
                return Some(seen);
            };
            let mut canvas = self.pool.canvas()?;
            canvas.copy(&seen);
            stinger.draw(&mut canvas, position);
            return canvas.finish(time);
        }
        let from = self.stage(from, pictures, time)?;
        let to = self.stage(&crossing.to, pictures, time)?;
        let mut canvas = self.pool.canvas()?;
        match &crossing.blend {
            Blend::Wipe {
                name,
                softness,
                reverse,
            } if let Some(map) = self.wipe(name, position) => {
                let edge = Edge::new(position, *softness, *reverse);
                wipe(&mut canvas, &from, &to, &map, edge);
            }
            Blend::Push(way) => bring_in(&mut canvas, &from, &to, *way, position, true),
            Blend::Slide(way) => bring_in(&mut canvas, &from, &to, *way, position, false),
            Blend::Mix | Blend::Dip(_) | Blend::Wipe { .. } | Blend::Stinger { .. } => {
                mix(&mut canvas, &from, &to, share(position));
            }
        }
        canvas.finish(time)
    }

    /// The wipe of this name, if it was ready when the transition began, or soon after.
    fn wipe(&mut self, name: &str, position: f64) -> Option<Arc<WipeMap>> {
        let held = self.held.as_ref().filter(|held| held.name == name);
        if held.is_none_or(|held| held.map.is_none() && position < EARLY) {
            self.held = Some(Held {
                name: name.to_owned(),
                map: self.wipes.get(name),
            });
        }
        self.held.as_ref()?.map.clone()
    }

    fn draw(&mut self, canvas: &mut Canvas, picture: &Picture, placed: Placed, draw: &Draw) {
        let opacity = share(draw.opacity);
        if draw.colour.is_neutral()
            && let Some((left, top)) = placed.unscaled()
        {
            for i in 0..3 {
                let half = usize::from(i > 0);
                let plane = picture.plane(i);
                let (x, width) = (placed.left >> half, placed.width >> half);
                let rows = canvas.rows(i, placed.top >> half);
                for (y, row) in rows.take(placed.height >> half).enumerate() {
                    let from = &plane.row((top >> half) + y)[left >> half..][..width];
                    lay(&mut row[x..x + width], from, opacity);
                }
            }
            return;
        }
        let index = self.scaled(picture, placed, &draw.colour);
        let Some(scaled) = self.scaled.get(index) else {
            return;
        };
        for (i, plane) in scaled.planes.iter().enumerate() {
            let half = usize::from(i > 0);
            let (x, width) = (placed.left >> half, placed.width >> half);
            let rows = canvas.rows(i, placed.top >> half);
            for (row, from) in rows
                .zip(plane.chunks_exact(width))
                .take(placed.height >> half)
            {
                lay(&mut row[x..x + width], from, opacity);
            }
        }
    }

    /// Index of the scaled layer, made now or kept from the last picture. It is corrected after it
    /// was scaled: most layers are smaller then.
    fn scaled(&mut self, picture: &Picture, placed: Placed, colour: &Colour) -> usize {
        let index = self.used;
        self.used += 1;
        if let Some(kept) = self.scaled.get(index)
            && kept.placed == placed
            && kept.colour == *colour
            && kept.of.same_pixels(picture)
        {
            return index;
        }
        let mut planes = match self.scaled.get_mut(index) {
            Some(old) => std::mem::take(&mut old.planes),
            None => Default::default(),
        };
        for (i, out) in planes.iter_mut().enumerate() {
            let half = usize::from(i > 0);
            let size = (placed.width >> half, placed.height >> half);
            out.resize(size.0 * size.1, 0);
            let (left, top, width, height) = placed.part;
            let step = if i > 0 { 0.5 } else { 1.0 };
            let plane = picture.plane(i);
            // An odd picture's last chroma sample is half outside.
            let part_width = (width * step).min(plane.width as f64 - left * step);
            let part_height = (height * step).min(plane.height as f64 - top * step);
            let part = (left * step, top * step, part_width, part_height);
            if !self.scaler.scale(plane, part, out, size) {
                out.fill(BLACK[i]);
            }
        }
        let size = (placed.width, placed.height);
        self.corrected.planes(&mut planes, size, colour);
        let scaled = Scaled {
            of: picture.clone(),
            placed,
            colour: *colour,
            planes,
        };
        if index < self.scaled.len() {
            self.scaled[index] = scaled;
        } else {
            self.scaled.push(scaled);
        }
        index
    }
}

fn lay(row: &mut [u8], over: &[u8], opacity: Share) {
    if opacity == 256 {
        row.copy_from_slice(over);
    } else {
        blend_row(row, over, opacity);
    }
}

impl Placed {
    /// Where in the source the pixels begin, if they are taken one to one.
    fn unscaled(&self) -> Option<(usize, usize)> {
        let (left, top, width, height) = self.part;
        let even =
            |value: f64| (value.fract() == 0.0 && value % 2.0 == 0.0).then_some(value as usize);
        (width == self.width as f64 && height == self.height as f64)
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
    let (left, width, part_left, part_width) = place_axis(
        (draw.rect.0, draw.rect.2),
        (draw.crop.0, draw.crop.2),
        frame_width,
        picture.width(),
    )?;
    let (top, height, part_top, part_height) = place_axis(
        (draw.rect.1, draw.rect.3),
        (draw.crop.1, draw.crop.3),
        frame_height,
        picture.height(),
    )?;
    Some(Placed {
        left,
        top,
        width,
        height,
        part: (part_left, part_top, part_width, part_height),
    })
}

/// (first pixel, pixels) in the frame and (first, length) in the source, along one axis.
fn place_axis(
    (start, length): (f64, f64),
    (crop_start, crop_end): (f64, f64),
    frame: usize,
    source: usize,
) -> Option<(usize, usize, f64, f64)> {
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
    Some((
        seen_first as usize,
        (seen_last - seen_first) as usize,
        part,
        part_length.min(source as f64 - part),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Rate;

    const FORMAT: Format = Format {
        width: 64,
        height: 32,
        rate: Rate(30, 1),
    };

    fn compositor() -> Compositor {
        crate::media::start_gstreamer().unwrap();
        Compositor::new(FORMAT).unwrap()
    }

    fn flat(compositor: &Compositor, colour: [u8; 3]) -> Option<Picture> {
        let mut canvas = compositor.pool().canvas().unwrap();
        canvas.fill(colour);
        canvas.finish(0)
    }

    fn full(source: usize) -> Draw {
        Draw::full(source)
    }

    fn stage(draws: Vec<Draw>) -> Layout {
        Layout {
            from: Stage { draws },
            ..Layout::default()
        }
    }

    fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
        [0, 1, 2].map(|i| {
            let half = usize::from(i > 0);
            picture.plane(i).row(y >> half)[x >> half]
        })
    }

    const A: [u8; 3] = [100, 60, 200];
    const B: [u8; 3] = [200, 160, 40];

    #[test]
    fn a_full_frame_source_is_passed_on_as_it_is() {
        let mut c = compositor();
        let pictures = [flat(&c, A), flat(&c, B)];
        // What lies behind it is not even looked at.
        let out = c
            .compose(&stage(vec![full(0), full(1)]), &pictures, 5)
            .unwrap();
        assert!(out.same_pixels(pictures[1].as_ref().unwrap()));
    }

    #[test]
    fn picture_in_picture_touches_its_rectangle_alone() {
        let mut c = compositor();
        let pictures = [flat(&c, A), flat(&c, B)];
        let inset = Draw {
            rect: (0.5, 0.25, 0.25, 0.5),
            ..full(1)
        };
        let out = c
            .compose(&stage(vec![full(0), inset]), &pictures, 0)
            .unwrap();
        for y in 0..32 {
            for x in 0..64 {
                let inside = (32..48).contains(&x) && (8..24).contains(&y);
                assert_eq!(pixel(&out, x, y), if inside { B } else { A }, "{x} {y}");
            }
        }
        // The source's own picture is as it was.
        assert_eq!(pixel(pictures[0].as_ref().unwrap(), 40, 10), A);
    }

    #[test]
    fn a_rectangle_may_reach_beyond_the_frame() {
        let mut c = compositor();
        let pictures = [flat(&c, A), flat(&c, B)];
        for rect in [
            (-0.5, -0.5, 1.0, 1.0),
            (0.5, 0.5, 1.0, 1.0),
            (-1.0, -1.0, 3.0, 3.0),
            (2.0, 0.0, 1.0, 1.0),
            (0.0, 0.0, 0.001, 0.001),
        ] {
            let draw = Draw { rect, ..full(1) };
            assert!(
                c.compose(&stage(vec![full(0), draw]), &pictures, 0)
                    .is_some()
            );
        }
    }

    #[test]
    fn crop_takes_the_part_that_stays() {
        let mut c = compositor();
        let mut canvas = c.pool().canvas().unwrap();
        canvas.fill(A);
        for row in canvas.rows(0, 0) {
            row[32..].fill(220);
        }
        let pictures = [canvas.finish(0)];
        let right_half = Draw {
            crop: (0.5, 0.0, 0.0, 0.0),
            rect: (0.0, 0.0, 0.5, 1.0),
            ..full(0)
        };
        let out = c.compose(&stage(vec![right_half]), &pictures, 0).unwrap();
        assert_eq!(pixel(&out, 4, 4)[0], 220);
        assert_eq!(pixel(&out, 40, 4), BLACK);
    }

    #[test]
    fn mix_black_and_opacity_are_linear() {
        let mut c = compositor();
        let pictures = [flat(&c, A), flat(&c, B)];
        let mut layout = stage(vec![full(0)]);
        layout.to = Some(Crossing {
            to: Stage {
                draws: vec![full(1)],
            },
            position: 0.25,
            blend: Blend::Mix,
        });
        assert_eq!(
            pixel(&c.compose(&layout, &pictures, 0).unwrap(), 9, 9),
            [125, 85, 160]
        );
        layout.to = None;
        layout.black = 0.5;
        assert_eq!(
            pixel(&c.compose(&layout, &pictures, 0).unwrap(), 9, 9),
            [58, 94, 164]
        );
        layout.black = 1.0;
        assert_eq!(
            pixel(&c.compose(&layout, &pictures, 0).unwrap(), 9, 9),
            BLACK
        );
        let half = Draw {
            opacity: 0.5,
            ..full(1)
        };
        let out = c
            .compose(&stage(vec![full(0), half]), &pictures, 0)
            .unwrap();
        assert_eq!(pixel(&out, 9, 9), [150, 110, 120]);
    }

    fn half_gain() -> Colour {
        let mut colour = Colour::NEUTRAL;
        colour.gain.master = 0.5;
        colour
    }

    #[test]
    fn a_corrected_full_frame_is_made_once_for_each_picture() {
        let mut c = compositor();
        let pictures = [flat(&c, [216, 128, 128]), flat(&c, B)];
        let colour = half_gain();
        let layout = stage(vec![Draw { colour, ..full(0) }]);
        let out = c.compose(&layout, &pictures, 5).unwrap();
        assert_eq!(pixel(&out, 9, 9), [116, 128, 128]);
        assert_eq!(pixel(pictures[0].as_ref().unwrap(), 9, 9)[0], 216);
        // The same picture again is not corrected again, another one is, and so is another setting.
        let again = c.compose(&layout, &pictures, 6).unwrap();
        assert!(again.same_pixels(&out));
        let others = [flat(&c, [16, 128, 128]), None];
        let other = c.compose(&layout, &others, 7).unwrap();
        assert_eq!(pixel(&other, 9, 9), BLACK);
        let mut colour = colour;
        colour.lift.master = 0.5;
        let layout = stage(vec![Draw { colour, ..full(0) }]);
        let lifted = c.compose(&layout, &others, 8).unwrap();
        // 16 + 219 · 0.5 · 0.5
        assert_eq!(pixel(&lifted, 9, 9), [71, 128, 128]);
    }

    #[test]
    fn a_layer_is_corrected_in_its_rectangle_alone() {
        let mut c = compositor();
        let grey = [216, 128, 128];
        let pictures = [flat(&c, A), flat(&c, grey)];
        // Scaled, and one to one.
        for (rect, crop) in [
            ((0.5, 0.25, 0.25, 0.5), (0.0, 0.0, 0.0, 0.0)),
            ((0.5, 0.25, 0.25, 0.5), (0.5, 0.25, 0.25, 0.25)),
        ] {
            let mut inset = Draw {
                rect,
                crop,
                ..full(1)
            };
            for (colour, expected) in [(half_gain(), [116, 128, 128]), (Colour::NEUTRAL, grey)] {
                inset.colour = colour;
                let layout = stage(vec![full(0), inset.clone()]);
                let out = c.compose(&layout, &pictures, 0).unwrap();
                assert_eq!(pixel(&out, 33, 9), expected);
                assert_eq!(pixel(&out, 31, 9), A);
            }
        }
    }

    #[test]
    fn each_side_of_a_mix_has_its_own_correction() {
        let mut c = compositor();
        let pictures = [flat(&c, [216, 128, 128])];
        let corrected = Draw {
            colour: half_gain(),
            ..full(0)
        };
        let mut layout = stage(vec![full(0)]);
        layout.to = Some(Crossing {
            to: Stage {
                draws: vec![corrected],
            },
            position: 0.5,
            blend: Blend::Mix,
        });
        let out = c.compose(&layout, &pictures, 0).unwrap();
        assert_eq!(pixel(&out, 9, 9), [166, 128, 128]);
    }

    #[test]
    fn a_scene_without_pictures_is_black() {
        let mut c = compositor();
        let out = c.compose(&stage(vec![full(0)]), &[None], 0).unwrap();
        assert_eq!(pixel(&out, 0, 0), BLACK);
        let out = c.compose(&stage(vec![]), &[], 0).unwrap();
        assert_eq!(pixel(&out, 63, 31), BLACK);
    }
}
