//! The shape of a layer's rectangle: how much of each pixel its mask and its round corners leave, its
//! border, and the shadow of what is seen. All of it is made when a layer is placed, not for each picture.

use super::matte::{blurred, halved};
use super::overlay::{Area, Overlay};
use super::scale::Scaler;
use super::transition::yuv;
use crate::media::PlaneRef;
use crate::show::{Border, Mask, Rgb, Shadow};

/// A layer's rectangle, which may reach beyond the frame, and the part of it that lies within; luma pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Left, top, right and bottom.
    pub whole: (f64, f64, f64, f64),
    /// What is in the frame: even.
    pub seen: Area,
    /// Rows of the frame, in which lengths are told.
    pub lines: f64,
}

/// What of a rectangle is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outline {
    /// What is masked off.
    pub mask: Option<Mask>,
    /// Along its inside.
    pub border: Option<Border>,
    /// Of its corners, in heights of the program.
    pub radius: f64,
}

/// A rectangle with round corners.
#[derive(Clone, Copy)]
struct Round {
    middle: (f32, f32),
    /// Half of its width and height.
    half: (f32, f32),
    radius: f32,
}

/// How much of each pixel of row `y` is covered, 0 to 1; the first one's column is `left`. Plain arithmetic
/// in single precision, so that a frame of it takes a millisecond or two.
trait Cover {
    fn cover(&self, left: i32, y: i32, row: &mut [f32]);
}

/// The middle of a pixel.
fn middle(at: i32) -> f32 {
    at as f32 + 0.5
}

/// The coverage by the distance from an edge, which is above 0 outside.
fn covered(distance: f32) -> f32 {
    (0.5 - distance).clamp(0.0, 1.0)
}

impl Round {
    fn of((left, top, right, bottom): (f64, f64, f64, f64), radius: f64) -> Self {
        let half = ((right - left) / 2.0, (bottom - top) / 2.0);
        let single = |(x, y): (f64, f64)| (x as f32, y as f32);
        Self {
            middle: single(((left + right) / 2.0, (top + bottom) / 2.0)),
            half: single(half),
            radius: radius.min(half.0).min(half.1) as f32,
        }
    }

    /// Smaller by so much on each side.
    fn inset(self, by: f64) -> Self {
        let by = by as f32;
        Self {
            half: (self.half.0 - by, self.half.1 - by),
            radius: (self.radius - by).max(0.0),
            ..self
        }
    }

    /// How far each pixel of a row lies outside; below 0 inside.
    fn distance(&self, left: i32, y: i32, row: &mut [f32]) {
        let flat = (self.half.0 - self.radius, self.half.1 - self.radius);
        let down = (middle(y) - self.middle.1).abs() - flat.1;
        let outside = down.max(0.0) * down.max(0.0);
        for (x, distance) in row.iter_mut().enumerate() {
            let across = (middle(left + x as i32) - self.middle.0).abs() - flat.0;
            let beyond = across.max(0.0);
            *distance =
                (beyond * beyond + outside).sqrt() + across.max(down).min(0.0) - self.radius;
        }
    }
}

impl Cover for Round {
    fn cover(&self, left: i32, y: i32, row: &mut [f32]) {
        self.distance(left, y, row);
        row.iter_mut().for_each(|value| *value = covered(*value));
    }
}

/// A border: what is within one and without the other.
struct Ring {
    outer: Round,
    /// None where nothing is left within.
    inner: Option<Round>,
}

impl Cover for Ring {
    fn cover(&self, left: i32, y: i32, row: &mut [f32]) {
        self.outer.cover(left, y, row);
        if let Some(inner) = &self.inner {
            let mut within = vec![0.0; row.len()];
            inner.cover(left, y, &mut within);
            for (value, within) in row.iter_mut().zip(within) {
                *value = (*value - within).max(0.0);
            }
        }
    }
}

/// What a mask leaves.
struct Masked {
    kept: Round,
    ellipse: bool,
    feather: f32,
    invert: bool,
}

impl Masked {
    fn of(mask: &Mask, place: &Place) -> Self {
        let (left, top, right, bottom) = place.whole;
        let (width, height) = (right - left, bottom - top);
        let hide = mask.hide;
        let kept = (
            left + hide.0 * width,
            top + hide.1 * height,
            right - hide.2 * width,
            bottom - hide.3 * height,
        );
        Self {
            kept: Round::of(kept, 0.0),
            ellipse: mask.ellipse,
            feather: (mask.feather * place.lines) as f32,
            invert: mask.invert,
        }
    }

    /// The first order of the distance from an ellipse: f / |gradient of f|.
    fn ellipse_distance(&self, left: i32, y: i32, row: &mut [f32]) {
        let (a, b) = (self.kept.half.0.max(0.5), self.kept.half.1.max(0.5));
        let down = (middle(y) - self.kept.middle.1) / b;
        for (x, distance) in row.iter_mut().enumerate() {
            let across = (middle(left + x as i32) - self.kept.middle.0) / a;
            let f = (across * across + down * down).sqrt();
            let slope = (across * across / (a * a) + down * down / (b * b)).sqrt();
            *distance = (f - 1.0) * f / slope.max(1e-6);
        }
    }
}

impl Cover for Masked {
    fn cover(&self, left: i32, y: i32, row: &mut [f32]) {
        if self.ellipse {
            self.ellipse_distance(left, y, row);
        } else {
            self.kept.distance(left, y, row);
        }
        for value in row.iter_mut() {
            // What is hidden is hidden: a soft edge lies inside.
            let seen = if self.feather > 1.0 {
                (-*value / self.feather).clamp(0.0, 1.0)
            } else {
                covered(*value)
            };
            *value = if self.invert { 1.0 - seen } else { seen };
        }
    }
}

impl Outline {
    fn round(&self, place: &Place) -> Round {
        Round::of(place.whole, self.radius * place.lines)
    }

    fn border(&self, place: &Place) -> f64 {
        self.border.map_or(0.0, |border| border.width * place.lines)
    }

    /// How much of each pixel in the frame is seen, 0 to 255; nothing where all of it is.
    pub fn cover(&self, place: &Place) -> Option<Vec<u8>> {
        if *self == Self::default() {
            return None;
        }
        // It ends beneath its border, which draws the edge.
        let border = self.border(place);
        let round = self.round(place).inset((border - 1.0).max(border / 2.0));
        let mut cover = plane(place.seen, &round);
        if let Some(mask) = &self.mask {
            let masked = plane(place.seen, &Masked::of(mask, place));
            multiply(&mut cover, &masked);
        }
        Some(cover)
    }

    /// How much of each pixel in the frame is border, 0 to 255.
    pub fn ring(&self, place: &Place) -> Option<Vec<u8>> {
        Some(plane(place.seen, &self.ring_of(place)?))
    }

    fn ring_of(&self, place: &Place) -> Option<Ring> {
        let width = self.border(place);
        let outer = self.round(place);
        let inner = outer.inset(width);
        let is_left = inner.half.0 > 0.0 && inner.half.1 > 0.0;
        (width > 0.0).then_some(Ring {
            outer,
            inner: is_left.then_some(inner),
        })
    }

    /// The border, in as few pixels as it takes.
    pub fn bands(&self, place: &Place) -> Vec<Overlay> {
        let (Some(border), Some(ring)) = (self.border, self.ring_of(place)) else {
            return Vec::new();
        };
        let thick = (self.border(place) as f32).max(ring.outer.radius).ceil() as i32 + 2;
        let (left, top, right, bottom) = place.whole;
        let whole = Area {
            left: left.floor() as i32,
            top: top.floor() as i32,
            right: right.ceil() as i32,
            bottom: bottom.ceil() as i32,
        };
        // Even, and never over each other.
        let ends = |first: i32, last: i32| {
            let begins = (first + thick).min(last) & !1;
            (begins, (last - thick).max(begins) & !1)
        };
        let (upper, lower) = ends(whole.top, whole.bottom);
        let (before, behind) = ends(whole.left, whole.right);
        let between = Area {
            top: upper,
            bottom: lower,
            ..whole
        };
        let sides = [
            Area {
                bottom: upper,
                ..whole
            },
            Area {
                top: lower,
                ..whole
            },
            Area {
                right: before,
                ..between
            },
            Area {
                left: behind,
                ..between
            },
        ];
        let sides = sides.into_iter().map(|area| area.and(place.seen));
        let sides = sides.filter(|area| !area.is_empty());
        let drawn = sides.map(|area| {
            let at = (area.left, area.top);
            flat(border.colour, at, area.size(), plane(area, &ring))
        });
        drawn.collect()
    }
}

fn plane(area: Area, shape: &impl Cover) -> Vec<u8> {
    let (width, height) = area.size();
    let mut plane = Vec::with_capacity(width * height);
    let mut row = vec![0.0; width];
    for y in area.top..area.bottom {
        shape.cover(area.left, y, &mut row);
        plane.extend(row.iter().map(|value| (value * 255.0 + 0.5) as i32 as u8));
    }
    plane
}

/// Alpha times alpha.
pub fn multiply(alpha: &mut [u8], by: &[u8]) {
    for (alpha, by) in alpha.iter_mut().zip(by) {
        let product = u16::from(*alpha) * u16::from(*by) + 128;
        *alpha = ((product + (product >> 8)) >> 8) as u8;
    }
}

/// One colour with this alpha; the size is even.
fn flat(colour: Rgb, at: (i32, i32), size: (usize, usize), alpha: Vec<u8>) -> Overlay {
    let [y, u, v] = yuv(colour);
    let half = halved(&alpha, size);
    let planes = [
        vec![y; alpha.len()],
        vec![u; half.len()],
        vec![v; half.len()],
        alpha,
        half,
    ];
    Overlay { at, size, planes }
}

/// Alpha laid over alpha.
pub fn joined(alpha: &[u8], over: &[u8]) -> Vec<u8> {
    alpha.iter().zip(over).map(|(a, b)| (*a).max(*b)).collect()
}

/// The bell that a shadow is blurred by is never wider than this, in pixels: wider ones are made of a smaller
/// picture.
const WIDEST: f64 = 4.0;

/// The shadow of what is seen of a layer: `alpha` is that of its part in the frame.
pub fn shadow(
    shadow: &Shadow,
    alpha: &[u8],
    place: &Place,
    scaler: &mut Scaler,
) -> Option<Overlay> {
    let (width, height) = place.seen.size();
    let deviation = shadow.blur * place.lines;
    let reach = ((3.0 * deviation / 2.0).ceil() as i32 + 1) * 2;
    let by =
        [shadow.offset.0, shadow.offset.1].map(|by| (by * place.lines / 2.0).round() as i32 * 2);
    let shrink = (deviation / WIDEST).max(1.0);
    let small = (
        ((width as f64 / shrink).round() as usize).max(1),
        ((height as f64 / shrink).round() as usize).max(1),
    );
    let step = (
        width as f64 / small.0 as f64,
        height as f64 / small.1 as f64,
    );
    let mut shrunk = vec![0; small.0 * small.1];
    let whole = (0.0, 0.0, width as f64, height as f64);
    if !scaler.scale(plane_of(alpha, width), whole, &mut shrunk, small) {
        return None;
    }
    // Beyond the frame the layer goes on as it is at the edge; where it ends, nothing is.
    let room = (
        (f64::from(reach) / step.0).ceil() as usize,
        (f64::from(reach) / step.1).ceil() as usize,
    );
    let (left, top, right, bottom) = place.whole;
    let seen = place.seen;
    let goes_on = [
        left < f64::from(seen.left),
        top < f64::from(seen.top),
        right > f64::from(seen.right),
        bottom > f64::from(seen.bottom),
    ];
    let (padded, size) = widened(&shrunk, small, room, goes_on);
    let padded = blurred(&padded, size, deviation / step.0.max(step.1));
    let out = (width + 2 * reach as usize, height + 2 * reach as usize);
    let part = (
        room.0 as f64 - f64::from(reach) / step.0,
        room.1 as f64 - f64::from(reach) / step.1,
        out.0 as f64 / step.0,
        out.1 as f64 / step.1,
    );
    let part = (
        part.0,
        part.1,
        part.2.min(size.0 as f64 - part.0),
        part.3.min(size.1 as f64 - part.1),
    );
    let mut alpha = vec![0; out.0 * out.1];
    if !scaler.scale(plane_of(&padded, size.0), part, &mut alpha, out) {
        return None;
    }
    let opacity = (shadow.opacity * 256.0).round() as u16;
    for alpha in &mut alpha {
        *alpha = ((u16::from(*alpha) * opacity + 128) >> 8) as u8;
    }
    let at = (seen.left - reach + by[0], seen.top - reach + by[1]);
    Some(flat(shadow.colour, at, out, alpha))
}

fn plane_of(data: &[u8], width: usize) -> PlaneRef<'_> {
    PlaneRef {
        data,
        stride: width,
        width,
        height: data.len() / width.max(1),
    }
}

/// A plane with more room on each side: as at its edge where it goes on (left, top, right, bottom), else
/// empty.
fn widened(
    alpha: &[u8],
    (width, height): (usize, usize),
    (across, down): (usize, usize),
    goes_on: [bool; 4],
) -> (Vec<u8>, (usize, usize)) {
    let size = (width + 2 * across, height + 2 * down);
    let mut out = vec![0; size.0 * size.1];
    for (y, row) in out.chunks_exact_mut(size.0).enumerate() {
        let is_there = (y >= down || goes_on[1]) && (y < down + height || goes_on[3]);
        if !is_there {
            continue;
        }
        let from = &alpha[y.saturating_sub(down).min(height - 1) * width..][..width];
        row[across..across + width].copy_from_slice(from);
        if goes_on[0] {
            row[..across].fill(from[0]);
        }
        if goes_on[2] {
            row[across + width..].fill(from[width - 1]);
        }
    }
    (out, size)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place {
        whole: (10.0, 20.0, 90.0, 80.0),
        seen: Area {
            left: 10,
            top: 20,
            right: 90,
            bottom: 80,
        },
        lines: 100.0,
    };

    fn sum(alpha: &[u8]) -> f64 {
        alpha.iter().map(|a| f64::from(*a) / 255.0).sum()
    }

    /// How much of each pixel lies within a shape, by 16 × 16 points.
    fn truth(place: &Place, inside: impl Fn(f64, f64) -> bool) -> Vec<f64> {
        let area = place.seen;
        let pixels =
            (area.top..area.bottom).flat_map(|y| (area.left..area.right).map(move |x| (x, y)));
        let points = |(x, y): (i32, i32)| {
            let many = (0..256).filter(|n| {
                let (dx, dy) = (f64::from(n % 16) + 0.5, f64::from(n / 16) + 0.5);
                inside(f64::from(x) + dx / 16.0, f64::from(y) + dy / 16.0)
            });
            many.count() as f64 / 256.0
        };
        pixels.map(points).collect()
    }

    fn rounded(x: f64, y: f64, inset: f64, radius: f64) -> bool {
        let across = ((x - 50.0).abs() - 40.0 + inset + radius).max(0.0);
        let down = ((y - 50.0).abs() - 30.0 + inset + radius).max(0.0);
        across.hypot(down) <= radius
            && (x - 50.0).abs() <= 40.0 - inset
            && (y - 50.0).abs() <= 30.0 - inset
    }

    #[test]
    fn corners_are_round_and_straight_sides_sharp() {
        let outline = Outline {
            radius: 0.2,
            ..Outline::default()
        };
        let cover = outline.cover(&PLACE).unwrap();
        let right = truth(&PLACE, |x, y| rounded(x, y, 0.0, 20.0));
        for (cover, right) in cover.iter().zip(&right) {
            assert!(
                (f64::from(*cover) / 255.0 - right).abs() < 0.08,
                "{cover} {right}"
            );
        }
        assert!((sum(&cover) - right.iter().sum::<f64>()).abs() < 2.0);
        // More than there is room for makes a stadium.
        let most = Outline {
            radius: 0.5,
            ..outline
        };
        let area = 60.0 * 20.0 + std::f64::consts::PI * 900.0;
        assert!((sum(&most.cover(&PLACE).unwrap()) - area).abs() < 5.0);
        assert!(Outline::default().cover(&PLACE).is_none());
    }

    #[test]
    fn a_border_is_as_wide_as_it_says_and_its_bands_are_all_of_it() {
        for radius in [0.0, 0.15] {
            let border = Border {
                width: 0.05,
                colour: Rgb(255, 0, 0),
            };
            let outline = Outline {
                border: Some(border),
                radius,
                mask: None,
            };
            let ring = outline.ring(&PLACE).unwrap();
            let inner = (radius * 100.0 - 5.0).max(0.0);
            let right = truth(&PLACE, |x, y| {
                rounded(x, y, 0.0, radius * 100.0) && !rounded(x, y, 5.0, inner)
            });
            for (ring, right) in ring.iter().zip(&right) {
                assert!(
                    (f64::from(*ring) / 255.0 - right).abs() < 0.1,
                    "{ring} {right}"
                );
            }
            let mut drawn = vec![0u16; ring.len()];
            for band in outline.bands(&PLACE) {
                for (n, alpha) in band.planes[3].iter().enumerate() {
                    let x = band.at.0 - 10 + (n % band.size.0) as i32;
                    let y = band.at.1 - 20 + (n / band.size.0) as i32;
                    drawn[y as usize * 80 + x as usize] += u16::from(*alpha);
                }
            }
            assert!(
                ring.iter()
                    .zip(&drawn)
                    .all(|(ring, drawn)| u16::from(*ring) == *drawn)
            );
        }
    }

    #[test]
    fn a_mask_hides_its_sides_and_is_soft_inwards() {
        let masked = |mask: Mask| {
            Outline {
                mask: Some(mask),
                ..Outline::default()
            }
            .cover(&PLACE)
            .unwrap()
        };
        let mask = Mask {
            hide: (0.25, 0.5, 0.0, 0.0),
            ..Mask::default()
        };
        let cover = masked(mask);
        for (n, cover) in cover.iter().enumerate() {
            let inside = n % 80 >= 20 && n / 80 >= 30;
            assert_eq!(*cover, if inside { 255 } else { 0 }, "{n}");
        }
        let turned = masked(Mask {
            invert: true,
            ..mask
        });
        assert!(cover.iter().zip(&turned).all(|(a, b)| a + b == 255));
        let soft = masked(Mask {
            feather: 0.1,
            ..mask
        });
        let row = &soft[45 * 80..][..80];
        assert_eq!((row[19], row[25], row[31]), (0, 140, 255));
        let round = masked(Mask {
            ellipse: true,
            ..Mask::default()
        });
        let area = std::f64::consts::PI * 40.0 * 30.0;
        assert!(
            (sum(&round) - area).abs() < area * 0.005,
            "{} {area}",
            sum(&round)
        );
    }

    #[test]
    fn a_shadow_has_as_much_in_it_as_what_throws_it_and_lies_where_it_is_asked_for() {
        for blur in [0.0, 0.02, 0.1] {
            let set = Shadow {
                offset: (0.06, 0.08),
                blur,
                opacity: 0.5,
                colour: Rgb(0, 0, 0),
            };
            let thrown = shadow(&set, &[255; 80 * 60], &PLACE, &mut Scaler::default()).unwrap();
            let alpha = &thrown.planes[3];
            let (mut all, mut across, mut down) = (0.0, 0.0, 0.0);
            for (n, alpha) in alpha.iter().enumerate() {
                let alpha = f64::from(*alpha) / 255.0;
                all += alpha;
                across += alpha * (f64::from(thrown.at.0) + (n % thrown.size.0) as f64 + 0.5);
                down += alpha * (f64::from(thrown.at.1) + (n / thrown.size.0) as f64 + 0.5);
            }
            assert!((all - 2400.0).abs() < 48.0, "{blur}: {all}");
            assert!(
                (across / all - 56.0).abs() < 0.6 && (down / all - 58.0).abs() < 0.6,
                "{blur}"
            );
        }
        // What goes on beyond the frame throws a shadow there too: at its edge it is as deep as within.
        let place = Place {
            whole: (10.0, 20.0, 90.0, 200.0),
            ..PLACE
        };
        let set = Shadow {
            offset: (0.0, 0.0),
            blur: 0.05,
            opacity: 1.0,
            colour: Rgb(0, 0, 0),
        };
        let thrown = shadow(&set, &[255; 80 * 60], &place, &mut Scaler::default()).unwrap();
        let at = |y: i32| {
            thrown.planes[3][(y - thrown.at.1) as usize * thrown.size.0 + thrown.size.0 / 2]
        };
        assert!(at(79) >= 253 && at(20) < 140, "{} {}", at(79), at(20));
    }
}
