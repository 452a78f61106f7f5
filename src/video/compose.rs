//! Layers to one picture. A source that fills the frame is handed on as the very buffer that its
//! decoder gave; anything else costs the rectangles that it touches.

use std::sync::Arc;

use super::canvas::{BLACK, Canvas, CanvasPool};
use super::corrected::Corrected;
use super::kernels::{Edge, fade_row, share};
use super::laid::{Laid, Sources};
use super::motion::Pose;
use super::stage::{Draw, Stage};
use super::stinger::{StingerShelf, has_cut};
use super::title::{TitleKey, TitleShelf};
use super::transition::{Blend, bring_in, dip_side, mix, tint, wipe};
use super::wipe::{WipeMap, WipeShelf};
use crate::media::{House, Picture};
use crate::show::Format;

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

/// What a downstream key shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    /// A title.
    Title {
        /// Which.
        key: TitleKey,
        /// Where in its life.
        pose: Pose,
    },
    /// A source.
    Stage(Stage),
}

/// What lies over the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlaid {
    /// What.
    pub what: Over,
    /// 0 to 1.
    pub opacity: f64,
    /// It is in the clean feed too.
    pub clean: bool,
}

/// What one tick shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// On PGM.
    pub from: Stage,
    /// The transition that is under way.
    pub to: Option<Crossing>,
    /// Over both, from back to front.
    pub over: Vec<Overlaid>,
    /// 0 is the picture, 1 is black.
    pub black: f64,
}

/// Makes pictures of one size from sources' pictures of any.
pub struct Compositor {
    pool: CanvasPool,
    size: (usize, usize),
    laid: Laid,
    corrected: Corrected,
    black: Option<Picture>,
    wipes: Arc<WipeShelf>,
    stingers: Arc<StingerShelf>,
    titles: Arc<TitleShelf>,
    held: Option<Held>,
}

/// A picture being made: one that came whole, or one that can be drawn on.
#[allow(clippy::large_enum_variant)] // there is one at a time
enum Made {
    Whole(Picture),
    Drawn(Canvas),
}

/// Up to here a wipe that gets ready takes over from the mix that was made in its place: it is what
/// was asked for, and hardly anything of the mix has been seen. Later it would be a jump.
const EARLY: f64 = 0.2;

/// The wipe of the transition that is under way.
struct Held {
    name: String,
    map: Option<Arc<WipeMap>>,
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
            titles: Arc::default(),
            held: None,
            size: (format.width as usize, format.height as usize),
            laid: Laid::default(),
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

    /// Has it take titles from here; until then there are none.
    pub fn take_titles_from(&mut self, shelf: Arc<TitleShelf>) {
        self.titles = shelf;
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
        self.laid.begin();
        self.corrected.begin();
        let black = share(layout.black);
        if black == 256 {
            return self.black.clone();
        }
        let mut made = match &layout.to {
            None => {
                self.held = None;
                self.stage(&layout.from, pictures)?
            }
            Some(crossing) => self.cross(&layout.from, crossing, pictures, time)?,
        };
        for over in &layout.over {
            made = self.lay_over(made, over, pictures)?;
        }
        if black == 0 {
            return made.finish(time);
        }
        let mut canvas = self.canvas_of(made)?;
        for (i, value) in BLACK.into_iter().enumerate() {
            for row in canvas.rows(i, 0) {
                fade_row(row, value, black);
            }
        }
        canvas.finish(time)
    }

    /// What was made so far, to be drawn on: a picture that came whole is copied.
    fn canvas_of(&self, made: Made) -> Option<Canvas> {
        match made {
            Made::Drawn(canvas) => Some(canvas),
            Made::Whole(picture) => {
                let mut canvas = self.pool.canvas()?;
                canvas.copy(&picture);
                Some(canvas)
            }
        }
    }

    /// Lays a downstream key over what was made so far. What is not ready is not there.
    fn lay_over(
        &mut self,
        made: Made,
        over: &Overlaid,
        pictures: &[Option<Picture>],
    ) -> Option<Made> {
        match &over.what {
            Over::Title { key, pose } => {
                let Some(title) = self.titles.get(key) else {
                    return Some(made);
                };
                let mut canvas = self.canvas_of(made)?;
                title.draw(&mut canvas, *pose, over.opacity);
                Some(Made::Drawn(canvas))
            }
            Over::Stage(stage) => {
                let mut stage = stage.clone();
                for draw in &mut stage.draws {
                    draw.opacity *= over.opacity;
                }
                self.draw_on(made, &stage.draws, pictures)
            }
        }
    }

    /// Draws sources from back to front on what was made so far.
    fn draw_on(
        &mut self,
        made: Made,
        draws: &[Draw],
        pictures: &[Option<Picture>],
    ) -> Option<Made> {
        let seen: Vec<(&Draw, &Picture)> = draws
            .iter()
            .filter(|draw| share(draw.opacity) > 0)
            .filter_map(|draw| Some((draw, pictures.get(draw.source)?.as_ref()?)))
            .collect();
        // Nothing behind a picture that covers the whole frame is seen.
        let base = seen
            .iter()
            .rposition(|(draw, picture)| self.covers(draw, picture));
        let (made, rest) = match base {
            Some(base) => {
                let (draw, picture) = seen[base];
                let full = self.corrected.frame(&self.pool, picture, &draw.colour)?;
                (Made::Whole(full), &seen[base + 1..])
            }
            None => (made, &seen[..]),
        };
        if rest.is_empty() {
            return Some(made);
        }
        let mut canvas = self.canvas_of(made)?;
        for (draw, fill) in rest {
            let matte = draw.matte().and_then(|slot| pictures.get(slot)?.as_ref());
            let sources = Sources { fill, matte };
            self.laid
                .draw(&mut canvas, sources, draw, &mut self.corrected);
        }
        Some(Made::Drawn(canvas))
    }

    fn stage(&mut self, stage: &Stage, pictures: &[Option<Picture>]) -> Option<Made> {
        let black = Made::Whole(self.black.clone()?);
        self.draw_on(black, &stage.draws, pictures)
    }

    /// A scene as a picture, for what reads it.
    fn seen(
        &mut self,
        stage: &Stage,
        pictures: &[Option<Picture>],
        time: House,
    ) -> Option<Picture> {
        self.stage(stage, pictures)?.finish(time)
    }

    fn covers(&self, draw: &Draw, picture: &Picture) -> bool {
        draw.look.is_plain()
            && picture.alpha().is_none()
            && draw.rect == (0.0, 0.0, 1.0, 1.0)
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
    ) -> Option<Made> {
        let position = crossing.position;
        if let Blend::Dip(colour) = crossing.blend {
            let (new, share) = dip_side(position);
            let stage = if new { &crossing.to } else { from };
            if share == 0 {
                return self.stage(stage, pictures);
            }
            let seen = self.seen(stage, pictures, time)?;
            let mut canvas = self.pool.canvas()?;
            tint(&mut canvas, &seen, colour, share);
            return Some(Made::Drawn(canvas));
        }
        if let Blend::Stinger {
            id,
            pictures: n,
            cut,
        } = &crossing.blend
        {
            let has_cut = has_cut(position, *n, *cut);
            let stage = if has_cut { &crossing.to } else { from };
            let made = self.stage(stage, pictures)?;
            let stinger = self.stingers.get(id).filter(|s| !s.is_clear(position));
            let Some(stinger) = stinger else {
                return Some(made);
            };
            let mut canvas = self.canvas_of(made)?;
            stinger.draw(&mut canvas, position);
            return Some(Made::Drawn(canvas));
        }
        let from = self.seen(from, pictures, time)?;
        let to = self.seen(&crossing.to, pictures, time)?;
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
        Some(Made::Drawn(canvas))
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
}

impl Made {
    fn finish(self, time: House) -> Option<Picture> {
        match self {
            Self::Whole(picture) => Some(picture),
            Self::Drawn(canvas) => canvas.finish(time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Rate;
    use crate::show::{Border, ChromaKey, Colour, Mask, Rgb, Shadow};
    use crate::video::keyer::DrawKey;
    use crate::video::outline::Outline;
    use crate::video::stage::Look;
    use crate::video::transition::yuv;

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

    fn keyed(source: usize, key: DrawKey) -> Draw {
        Draw {
            look: Look {
                key: Some(key),
                ..Look::default()
            },
            ..full(source)
        }
    }

    #[test]
    fn a_key_shows_what_lies_behind_to_the_bit_and_what_stands_before_too() {
        let mut c = compositor();
        let screen = yuv(ChromaKey::GREEN);
        let grey = [180, 128, 128];
        let mut canvas = c.pool().canvas().unwrap();
        canvas.fill(screen);
        for (i, grey) in grey.into_iter().enumerate() {
            for row in canvas.rows(i, 0) {
                let half = row.len() / 2;
                row[half..].fill(grey);
            }
        }
        let pictures = [flat(&c, A), canvas.finish(0)];
        let key = DrawKey::Chroma(ChromaKey::default());
        for opacity in [1.0, 0.5] {
            let keyed = Draw {
                opacity,
                ..keyed(1, key)
            };
            let layout = stage(vec![full(0), keyed]);
            for _ in 0..2 {
                let out = c.compose(&layout, &pictures, 0).unwrap();
                assert_eq!(pixel(&out, 4, 4), A);
                let grey = if opacity == 1.0 { grey } else { [140, 94, 164] };
                assert_eq!(pixel(&out, 60, 20), grey);
            }
        }
    }

    #[test]
    fn a_matte_is_another_source_and_without_it_nothing_is_seen() {
        let mut c = compositor();
        let mut canvas = c.pool().canvas().unwrap();
        canvas.fill([235, 128, 128]);
        for row in canvas.rows(0, 0) {
            row[..32].fill(16);
        }
        let linear = |matte| DrawKey::Linear {
            matte,
            invert: false,
            premultiplied: false,
        };
        let mut pictures = [flat(&c, A), flat(&c, B), canvas.finish(0)];
        let layout = stage(vec![full(0), keyed(1, linear(Some(2)))]);
        let out = c.compose(&layout, &pictures, 0).unwrap();
        assert_eq!((pixel(&out, 8, 8), pixel(&out, 50, 8)), (A, B));
        assert!(layout.from.needs(2) && !layout.from.shows(2) && layout.from.needs(1));
        pictures[2] = None;
        let out = c.compose(&layout, &pictures, 0).unwrap();
        assert_eq!((pixel(&out, 8, 8), pixel(&out, 50, 8)), (A, A));
        let layout = stage(vec![full(0), keyed(1, linear(None))]);
        let out = c.compose(&layout, &pictures, 0).unwrap();
        assert_eq!(pixel(&out, 50, 8), A);
    }

    #[test]
    fn a_border_a_shadow_and_a_mask_are_drawn_where_the_layer_is() {
        let mut c = compositor();
        let pictures = [flat(&c, A), flat(&c, B), flat(&c, [90, 100, 110])];
        let border = Border {
            width: 2.0 / 32.0,
            colour: Rgb(255, 255, 255),
        };
        let shadow = Shadow {
            offset: (8.0 / 32.0, 0.0),
            blur: 0.0,
            opacity: 1.0,
            colour: Rgb(0, 0, 0),
        };
        let inset = Draw {
            rect: (0.25, 0.25, 0.5, 0.5),
            look: Look {
                outline: Outline {
                    border: Some(border),
                    ..Outline::default()
                },
                shadow: Some(shadow),
                key: None,
            },
            ..full(1)
        };
        // Another picture each time, and the same again.
        for (source, inside) in [(1, B), (2, [90, 100, 110]), (2, [90, 100, 110]), (1, B)] {
            let inset = Draw {
                source,
                ..inset.clone()
            };
            let out = c
                .compose(&stage(vec![full(0), inset]), &pictures, 0)
                .unwrap();
            assert_eq!(pixel(&out, 8, 16), A);
            assert_eq!(pixel(&out, 16, 16), [235, 128, 128]);
            assert_eq!(pixel(&out, 20, 16), inside);
            // Its chroma hears a column of the picture beside it.
            assert_eq!(pixel(&out, 47, 16)[0], 235);
            assert_eq!(pixel(&out, 52, 16), BLACK);
            assert_eq!(pixel(&out, 52, 4), A);
        }
        let mask = Mask {
            hide: (0.5, 0.0, 0.0, 0.0),
            ..Mask::default()
        };
        let masked = Draw {
            look: Look {
                outline: Outline {
                    mask: Some(mask),
                    ..Outline::default()
                },
                ..Look::default()
            },
            ..full(1)
        };
        let out = c
            .compose(&stage(vec![full(0), masked]), &pictures, 0)
            .unwrap();
        assert_eq!((pixel(&out, 28, 8), pixel(&out, 40, 8)), (A, B));
    }
}
