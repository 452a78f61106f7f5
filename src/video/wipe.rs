//! Wipes: grey pictures that say where the new picture comes first. Decoded and scaled once, beside
//! the tick, so that a frame of a wipe costs one pass over its rows.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use arc_swap::ArcSwap;

/// White. Greys have 15 bits, so that a grey and the width of an edge together fit into 16.
pub const WHITE: u16 = 0x7fff;
/// No picture may be wider or higher, in pixels.
const LARGEST: u32 = 8192;
/// Neighbours that differ by more are two sides of an edge that was drawn, not a slope: between them
/// the nearest counts, else a line of middle greys would stand out.
const JUMP: u16 = WHITE / 12;

/// Why a picture is no wipe.
#[derive(Debug, thiserror::Error)]
pub enum WipeFault {
    /// It cannot be decoded.
    #[error("it is no PNG that can be read")]
    NoPng(#[from] png::DecodingError),
    /// It is larger than any screen.
    #[error("it is {0}×{1}, expected at most {LARGEST}×{LARGEST}")]
    TooLarge(u32, u32),
}

/// A wipe as it was drawn.
#[derive(Clone, Debug)]
pub struct WipePicture {
    width: usize,
    height: usize,
    /// Row by row, 0 to [`WHITE`].
    greys: Vec<u16>,
}

impl WipePicture {
    /// Decodes a PNG of 8 or 16 bits; of a coloured one its luma (BT.709) counts, transparency does
    /// not.
    ///
    /// # Errors
    /// [`WipeFault`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WipeFault> {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        let (width, height) = decoder.read_header_info()?.size();
        if width > LARGEST || height > LARGEST {
            return Err(WipeFault::TooLarge(width, height));
        }
        // 8192 × 8192 of four colours at 16 bits.
        decoder.set_limits(png::Limits { bytes: 1 << 30 });
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info()?;
        let (colour, depth) = reader.output_color_type();
        let size = reader.output_buffer_size().unwrap_or(0);
        let mut data = vec![0; size];
        reader.next_frame(&mut data)?;
        let samples: Vec<u16> = match depth {
            png::BitDepth::Sixteen => data
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]) >> 1)
                .collect(),
            _ => data.iter().map(|&value| from_8_bits(value)).collect(),
        };
        let greys = match colour {
            png::ColorType::Rgb | png::ColorType::Rgba => {
                samples.chunks_exact(colour.samples()).map(luma).collect()
            }
            _ => samples.into_iter().step_by(colour.samples()).collect(),
        };
        Ok(Self {
            width: width as usize,
            height: height as usize,
            greys,
        })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The grey at a pixel, 0 to [`WHITE`]; beyond the picture that of its edge.
    fn grey(&self, x: usize, y: usize) -> u16 {
        let (x, y) = (x.min(self.width - 1), y.min(self.height - 1));
        self.greys.get(y * self.width + x).copied().unwrap_or(0)
    }

    fn scaled(&self, (width, height): (usize, usize)) -> Vec<u16> {
        let columns: Vec<(usize, u32)> = (0..width).map(|x| place(x, width, self.width)).collect();
        let mut out = Vec::with_capacity(width * height);
        for y in 0..height {
            let (top, down) = place(y, height, self.height);
            for &(left, right) in &columns {
                let corners = [
                    self.grey(left, top),
                    self.grey(left + 1, top),
                    self.grey(left, top + 1),
                    self.grey(left + 1, top + 1),
                ];
                out.push(between(corners, right, down));
            }
        }
        out
    }
}

fn from_8_bits(value: u8) -> u16 {
    ((u32::from(value) * u32::from(WHITE) + 127) / 255) as u16
}

/// Y = 0.2126 R + 0.7152 G + 0.0722 B (ITU-R BT.709), in 65536ths.
fn luma(pixel: &[u16]) -> u16 {
    let weights = [13_933, 46_871, 4732u32];
    let sum: u32 = pixel
        .iter()
        .zip(weights)
        .map(|(&c, w)| u32::from(c) * w)
        .sum();
    ((sum + 0x8000) >> 16) as u16
}

/// Of pixel `at` among `count`, the pixel left of it among `source`, and how far right of that it
/// is, in 256ths. Centres lie on centres.
fn place(at: usize, count: usize, source: usize) -> (usize, u32) {
    let exact = (at as f64 + 0.5) * source as f64 / count as f64 - 0.5;
    let exact = exact.clamp(0.0, (source - 1) as f64);
    (exact as usize, (exact.fract() * 256.0) as u32)
}

/// The grey between four (left, right, left below, right below), or the nearest where there is an
/// edge among them.
fn between(corners: [u16; 4], right: u32, down: u32) -> u16 {
    let (least, most) = corners.iter().fold((WHITE, 0), |(least, most), &grey| {
        (grey.min(least), grey.max(most))
    });
    if most - least > JUMP {
        let nearest = usize::from(right >= 128) + 2 * usize::from(down >= 128);
        return corners[nearest];
    }
    let [a, b, c, d] = corners.map(u32::from);
    let above = a * (256 - right) + b * right;
    let below = c * (256 - right) + d * right;
    ((above * (256 - down) + below * down + 0x8000) >> 16) as u16
}

/// A wipe scaled to a frame: a grey for each sample of luma and of chroma.
#[derive(Clone, Debug)]
pub struct WipeMap {
    size: (usize, usize),
    planes: [Vec<u16>; 2],
}

impl WipeMap {
    /// Scales a picture to frames of this size, in luma pixels.
    pub fn new(picture: &WipePicture, size: (usize, usize)) -> Self {
        Self {
            planes: [picture.scaled(size), picture.scaled(chroma(size))],
            size,
        }
    }

    /// Width and height in luma pixels.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// The rows of plane `i` of an I420 picture.
    pub(super) fn rows(&self, i: usize) -> impl Iterator<Item = &[u16]> {
        let width = if i == 0 {
            self.size.0
        } else {
            chroma(self.size).0
        };
        self.planes[i.min(1)].chunks_exact(width.max(1))
    }
}

fn chroma((width, height): (usize, usize)) -> (usize, usize) {
    (width.div_ceil(2), height.div_ceil(2))
}

/// Wipes of one size, made ready by one thread and drawn from by another, which waits for nothing.
#[derive(Debug)]
pub struct WipeShelf {
    size: (usize, usize),
    maps: ArcSwap<BTreeMap<String, Arc<WipeMap>>>,
}

impl WipeShelf {
    /// An empty shelf for frames of this size, in luma pixels.
    pub fn new(size: (usize, usize)) -> Self {
        Self {
            size,
            maps: ArcSwap::default(),
        }
    }

    /// Width and height of the frames, in luma pixels.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// The wipe of this name, if it is ready.
    pub fn get(&self, name: &str) -> Option<Arc<WipeMap>> {
        self.maps.load().get(name).cloned()
    }

    /// Keeps these wipes and no others. Those of another size are left out.
    pub fn keep(&self, maps: impl IntoIterator<Item = (String, Arc<WipeMap>)>) {
        let fit = maps.into_iter().filter(|(_, map)| map.size == self.size);
        self.maps.store(Arc::new(fit.collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(
        size: (u32, u32),
        colour: png::ColorType,
        depth: png::BitDepth,
        data: &[u8],
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, size.0, size.1);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(data)
            .unwrap();
        bytes
    }

    #[test]
    fn eight_and_sixteen_bits_grey_and_colour_are_read() {
        use png::{BitDepth, ColorType};
        let read = |colour, depth, data: &[u8]| {
            let bytes = encoded((2, 1), colour, depth, data);
            WipePicture::decode(&bytes).unwrap().greys
        };
        assert_eq!(
            read(ColorType::Grayscale, BitDepth::Eight, &[0, 255]),
            [0, WHITE]
        );
        assert_eq!(
            read(
                ColorType::Grayscale,
                BitDepth::Sixteen,
                &[0x12, 0x34, 0xff, 0xff]
            ),
            [0x1234 >> 1, WHITE]
        );
        assert_eq!(
            read(
                ColorType::GrayscaleAlpha,
                BitDepth::Eight,
                &[255, 0, 0, 255]
            ),
            [WHITE, 0]
        );
        let colours = [255, 255, 255, 9, 0, 255, 0, 9];
        let green = (0.7152 * f64::from(WHITE)).round() as u16;
        assert_eq!(
            read(ColorType::Rgba, BitDepth::Eight, &colours),
            [WHITE, green]
        );
        let bits = encoded((2, 1), ColorType::Grayscale, BitDepth::One, &[0b0100_0000]);
        assert_eq!(WipePicture::decode(&bits).unwrap().greys, [0, WHITE]);
    }

    #[test]
    fn what_is_no_picture_is_an_error() {
        let good = encoded(
            (4, 4),
            png::ColorType::Grayscale,
            png::BitDepth::Eight,
            &[7; 16],
        );
        for bytes in [&b""[..], b"no picture", &good[..good.len() / 2]] {
            assert!(matches!(
                WipePicture::decode(bytes),
                Err(WipeFault::NoPng(_))
            ));
        }
        let wide = encoded(
            (8193, 1),
            png::ColorType::Grayscale,
            png::BitDepth::Eight,
            &[0; 8193],
        );
        assert!(matches!(
            WipePicture::decode(&wide),
            Err(WipeFault::TooLarge(8193, 1))
        ));
    }

    #[test]
    fn slopes_stay_smooth_and_edges_stay_hard() {
        let slope = WipePicture {
            width: 64,
            height: 2,
            greys: (0..128).map(|i| (i % 64) * 520).collect(),
        };
        let map = WipeMap::new(&slope, (640, 8));
        let row = map.rows(0).next().unwrap();
        assert!(
            row.windows(2).all(|w| w[0] <= w[1] && w[1] - w[0] < 60),
            "{row:?}"
        );
        let edge = WipePicture {
            width: 4,
            height: 1,
            greys: vec![0, 0, WHITE, WHITE],
        };
        let map = WipeMap::new(&edge, (400, 4));
        for (i, half) in [200, 100, 100].into_iter().enumerate() {
            for row in map.rows(i) {
                assert!(row[..half].iter().all(|&grey| grey == 0));
                assert!(row[half..].iter().all(|&grey| grey == WHITE));
            }
        }
    }

    #[test]
    fn one_to_one_every_grey_stays_itself() {
        let picture = WipePicture {
            width: 5,
            height: 3,
            greys: (0..15).map(|i| i * 2000).collect(),
        };
        assert_eq!(WipeMap::new(&picture, (5, 3)).planes[0], picture.greys);
        assert_eq!(WipeMap::new(&picture, (5, 3)).planes[1].len(), 6);
    }

    #[test]
    fn a_shelf_holds_its_own_size_alone() {
        let picture = WipePicture {
            width: 1,
            height: 1,
            greys: vec![7],
        };
        let map = |size| Arc::new(WipeMap::new(&picture, size));
        let shelf = WipeShelf::new((8, 4));
        shelf.keep([("a".to_owned(), map((8, 4))), ("b".to_owned(), map((4, 4)))]);
        assert!(shelf.get("a").is_some() && shelf.get("b").is_none());
        shelf.keep([]);
        assert!(shelf.get("a").is_none());
    }
}
