//! Coded pictures: each says in big black and white cells which source it is from and which number
//! it has, so that a test reads from any recording what was shown when.
//!
//! The code is a strip over the top eighth of the picture: two rows of twenty cells, most
//! significant bit first: 8 bits of source, 24 of number, 8 of checksum. A cell of a 720p picture is
//! 64 × 45 pixels, and still 16 × 11 in a picture-in-picture of a quarter of the width. The rest of
//! the picture moves, so that coding it is a realistic load.

/// Cells in a row of the strip.
pub const COLUMNS: usize = 20;
/// Rows of the strip.
pub const ROWS: usize = 2;
/// Cells in all.
pub const CELLS: usize = COLUMNS * ROWS;
/// Height of the strip as a share of the picture's.
pub const STRIP: f64 = 0.125;
/// Luma of a dark cell.
pub const DARK: u8 = 16;
/// Luma of a bright cell.
pub const BRIGHT: u8 = 235;

/// What a picture says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    /// Which source.
    pub source: u8,
    /// Which picture of it, from 0; 24 bits.
    pub number: u32,
}

impl Code {
    /// A code; the number is taken modulo 2^24.
    pub fn new(source: u8, number: u32) -> Self {
        Self {
            source,
            number: number & 0x00ff_ffff,
        }
    }

    /// The cells, `true` for bright.
    pub fn cells(self) -> [bool; CELLS] {
        let word = (u64::from(self.source) << 32) | (u64::from(self.number) << 8);
        let word = word | u64::from(checksum(self));
        std::array::from_fn(|i| (word >> (CELLS - 1 - i)) & 1 == 1)
    }

    /// The code that these cells spell, if the checksum agrees.
    pub fn from_cells(cells: &[bool; CELLS]) -> Option<Self> {
        let word = cells.iter().fold(0u64, |w, &c| (w << 1) | u64::from(c));
        let code = Self::new((word >> 32) as u8, (word >> 8) as u32);
        (checksum(code) == word as u8).then_some(code)
    }
}

/// CRC-8 (polynomial 0x07) that starts at 0x5a, so that neither an all-dark nor an all-bright strip
/// is a code.
fn checksum(code: Code) -> u8 {
    let [_, a, b, c] = code.number.to_be_bytes();
    let mut crc = 0x5au8;
    for byte in [code.source, a, b, c] {
        crc ^= byte;
        for _ in 0..8 {
            crc = if crc & 0x80 != 0 {
                (crc << 1) ^ 0x07
            } else {
                crc << 1
            };
        }
    }
    crc
}

/// A rectangle in pixels of the picture that it lies in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// The whole of a picture.
    pub fn whole(width: usize, height: usize) -> Self {
        Self::part(width, height, (0.0, 0.0, 1.0, 1.0))
    }

    /// A part of a picture given in fractions: left, top, width, height.
    pub fn part(width: usize, height: usize, (x, y, w, h): (f64, f64, f64, f64)) -> Self {
        let (width, height) = (width as f64, height as f64);
        Self {
            x: x * width,
            y: y * height,
            w: w * width,
            h: h * height,
        }
    }

    /// Where a picture of the display aspect `aspect` (width / height) lies when it is fitted into
    /// a frame with bars beside or above it.
    pub fn letterbox(width: usize, height: usize, aspect: f64) -> Self {
        let (fw, fh) = (width as f64, height as f64);
        let (w, h) = if aspect * fh > fw {
            (fw, fw / aspect)
        } else {
            (fh * aspect, fh)
        };
        Self {
            x: (fw - w) / 2.0,
            y: (fh - h) / 2.0,
            w,
            h,
        }
    }
}

/// The luma plane of a picture.
#[derive(Clone, Copy)]
pub struct Luma<'a> {
    /// Bytes from the first row on.
    pub data: &'a [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Luma<'_> {
    /// Mean luma of a rectangle, clipped to the picture; at least one pixel is looked at.
    pub fn mean(&self, rect: Rect) -> f64 {
        let x0 = (rect.x.round().max(0.0) as usize).min(self.width - 1);
        let y0 = (rect.y.round().max(0.0) as usize).min(self.height - 1);
        let x1 = ((rect.x + rect.w).round() as usize).clamp(x0 + 1, self.width);
        let y1 = ((rect.y + rect.h).round() as usize).clamp(y0 + 1, self.height);
        let sum: u64 = (y0..y1)
            .map(|y| &self.data[y * self.stride + x0..y * self.stride + x1])
            .map(|row| row.iter().map(|&v| u64::from(v)).sum::<u64>())
            .sum();
        sum as f64 / ((x1 - x0) * (y1 - y0)) as f64
    }

    /// How far rows differ from the rows beside them: the combs of two fields woven together give a
    /// high value, clean pictures a low one. Looks below the strip.
    pub fn combing(&self) -> f64 {
        let first = (self.height as f64 * STRIP) as usize + 8;
        let mut sum = 0u64;
        let mut count = 0u64;
        for y in first..self.height - 1 {
            let row = |y: usize| &self.data[y * self.stride..y * self.stride + self.width];
            for ((&a, &b), &c) in row(y - 1).iter().zip(row(y)).zip(row(y + 1)) {
                let (a, b, c) = (i32::from(a), i32::from(b), i32::from(c));
                // Both neighbours on the same side: a comb, not an edge.
                let comb = (b - a).signum() * (b - c).signum() * (b - a).abs().min((b - c).abs());
                sum += comb.max(0) as u64;
                count += 1;
            }
        }
        sum as f64 / count.max(1) as f64
    }
}

/// Mean luma of the inner part of each cell of a picture that lies at `rect`.
pub fn levels(luma: Luma<'_>, rect: Rect) -> [f64; CELLS] {
    let w = rect.w / COLUMNS as f64;
    let h = rect.h * STRIP / ROWS as f64;
    std::array::from_fn(|i| {
        let (column, row) = ((i % COLUMNS) as f64, (i / COLUMNS) as f64);
        luma.mean(Rect {
            x: rect.x + (column + 0.3) * w,
            y: rect.y + (row + 0.3) * h,
            w: w * 0.4,
            h: h * 0.4,
        })
    })
}

/// Reads the code of a picture that lies at `rect`. `None` where cells are neither dark nor bright
/// (two pictures are mixed there) or the checksum does not agree.
pub fn read(luma: Luma<'_>, rect: Rect) -> Option<Code> {
    let middle = (f64::from(DARK) + f64::from(BRIGHT)) / 2.0;
    let levels = levels(luma, rect);
    if levels.iter().any(|level| (level - middle).abs() < 55.0) {
        return None;
    }
    Code::from_cells(&levels.map(|level| level > middle))
}

/// How much of `to` is in a mix of `from` and `to`, 0 to 1, with the largest error of a cell in
/// steps of luma: a least-squares fit over the cells in which the two differ.
pub fn mixed(levels: &[f64; CELLS], from: Code, to: Code) -> (f64, f64) {
    let value = |bright: bool| f64::from(if bright { BRIGHT } else { DARK });
    let (from, to) = (from.cells(), to.cells());
    let (mut over, mut under) = (0.0, 0.0);
    for i in 0..CELLS {
        let (a, b) = (value(from[i]), value(to[i]));
        over += (levels[i] - a) * (b - a);
        under += (b - a) * (b - a);
    }
    let share = over / under;
    let error = (0..CELLS)
        .map(|i| {
            let (a, b) = (value(from[i]), value(to[i]));
            (levels[i] - a - share * (b - a)).abs()
        })
        .fold(0.0, f64::max);
    (share, error)
}

/// The planes of an I420 picture to be drawn: bytes and stride of Y, U and V.
pub struct Canvas<'a> {
    /// Bytes of Y, U, V.
    pub planes: [&'a mut [u8]; 3],
    /// Bytes from row to row.
    pub strides: [usize; 3],
}

/// Draws the pictures of one source.
pub struct Painter {
    source: u8,
    width: usize,
    height: usize,
    /// What scrolls behind: Y, U, V of the picture's size, periodic across.
    ground: [Vec<u8>; 3],
}

impl Painter {
    /// A painter of pictures of this size in pixels.
    pub fn new(source: u8, width: usize, height: usize) -> Self {
        let (cw, ch) = (width.div_ceil(2), height.div_ceil(2));
        let hue = f64::from(source) * 1.1;
        let turn = |x: usize, w: usize| x as f64 / w as f64 * std::f64::consts::TAU;
        // Two fine sines would be too easy for an encoder; cells of noise are like foliage or cloth.
        let noise = |x: usize, y: usize| {
            let mut h = (x as u32).wrapping_mul(0x9e37_79b1)
                ^ (y as u32).wrapping_mul(0x85eb_ca77)
                ^ u32::from(source).wrapping_mul(0xc2b2_ae3d);
            h ^= h >> 15;
            h = h.wrapping_mul(0x2c1b_3c6d);
            h ^= h >> 12;
            f64::from(h & 0xff) / 255.0 - 0.5
        };
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            let v = turn(y, height);
            for x in 0..width {
                let u = turn(x, width);
                let slow = (2.0 * u + hue).sin() * (v + hue).cos() * 40.0;
                let fine = (17.0 * u).sin() * (11.0 * v).sin() * 18.0;
                luma.push((118.0 + slow + fine + noise(x / 3, y / 3) * 30.0) as u8);
            }
        }
        let chroma = |shift: f64| -> Vec<u8> {
            (0..ch)
                .flat_map(|y| (0..cw).map(move |x| (x, y)))
                .map(|(x, y)| {
                    (128.0 + (turn(x, cw) + 2.0 * turn(y, ch) + hue + shift).sin() * 36.0) as u8
                })
                .collect()
        };
        Self {
            source,
            width,
            height,
            ground: [luma, chroma(0.0), chroma(2.0)],
        }
    }

    /// Draws picture `number`.
    pub fn draw(&self, number: u32, canvas: &mut Canvas<'_>) {
        self.draw_at(number, number * 2, canvas);
    }

    /// Draws picture `number` with what moves at the time of half-picture `motion`, so that the two
    /// fields of an interlaced picture can show two moments under one number.
    pub fn draw_at(&self, number: u32, motion: u32, canvas: &mut Canvas<'_>) {
        for plane in 0..3 {
            self.scroll(plane, motion, canvas);
        }
        self.boxes(motion, canvas);
        self.strip(Code::new(self.source, number), canvas);
    }

    fn size(&self, plane: usize) -> (usize, usize) {
        if plane == 0 {
            (self.width, self.height)
        } else {
            (self.width.div_ceil(2), self.height.div_ceil(2))
        }
    }

    fn scroll(&self, plane: usize, motion: u32, canvas: &mut Canvas<'_>) {
        let (w, h) = self.size(plane);
        let by = motion as usize * if plane == 0 { 2 } else { 1 } % w;
        let stride = canvas.strides[plane];
        for y in 0..h {
            let from = &self.ground[plane][y * w..(y + 1) * w];
            let to = &mut canvas.planes[plane][y * stride..y * stride + w];
            to[..w - by].copy_from_slice(&from[by..]);
            to[w - by..].copy_from_slice(&from[..by]);
        }
    }

    /// Three boxes that run to and fro at speeds of their own.
    fn boxes(&self, motion: u32, canvas: &mut Canvas<'_>) {
        let (bw, bh) = (self.width / 8, self.height / 6);
        for (i, speed) in [3u64, 5, 8].into_iter().enumerate() {
            let there = (self.width - bw) as u64;
            let gone = u64::from(motion) * speed * self.width as u64 / 1280 % (2 * there).max(1);
            let x = gone.min(2 * there - gone) as usize & !1;
            let y = (self.height * (i * 2 + 3) / 10) & !1;
            let bottom = (y + bh).min(self.height);
            for row in y..bottom {
                let at = row * canvas.strides[0] + x;
                let light = (60 + 60 * i + (row - y) * 40 / bh.max(1)) as u8;
                canvas.planes[0][at..at + bw].fill(light);
            }
            for plane in 1..3 {
                for row in y / 2..bottom / 2 {
                    let at = row * canvas.strides[plane] + x / 2;
                    canvas.planes[plane][at..at + bw / 2].fill((90 + 40 * (i + plane) / 2) as u8);
                }
            }
        }
    }

    fn strip(&self, code: Code, canvas: &mut Canvas<'_>) {
        let cells = code.cells();
        let rows = (self.height as f64 * STRIP).round() as usize;
        for y in 0..rows {
            let row = (y * ROWS / rows) * COLUMNS;
            let line = &mut canvas.planes[0][y * canvas.strides[0]..][..self.width];
            for (x, pixel) in line.iter_mut().enumerate() {
                let bright = cells[row + x * COLUMNS / self.width];
                *pixel = if bright { BRIGHT } else { DARK };
            }
        }
        for plane in 1..3 {
            let (w, _) = self.size(plane);
            for y in 0..rows.div_ceil(2) {
                canvas.planes[plane][y * canvas.strides[plane]..][..w].fill(128);
            }
        }
    }
}

/// An I420 picture without padding, for those who have no buffer of their own.
pub struct Sheet {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Y, U, V one after the other.
    pub data: Vec<u8>,
}

impl Sheet {
    /// A black sheet.
    pub fn new(width: usize, height: usize) -> Self {
        let chroma = width.div_ceil(2) * height.div_ceil(2);
        let mut data = vec![DARK; width * height];
        data.resize(width * height + 2 * chroma, 128);
        Self {
            width,
            height,
            data,
        }
    }

    /// To be drawn on.
    pub fn canvas(&mut self) -> Canvas<'_> {
        let cw = self.width.div_ceil(2);
        let chroma = cw * self.height.div_ceil(2);
        let (y, uv) = self.data.split_at_mut(self.width * self.height);
        let (u, v) = uv.split_at_mut(chroma);
        Canvas {
            planes: [y, u, v],
            strides: [self.width, cw, cw],
        }
    }

    /// To be read from.
    pub fn luma(&self) -> Luma<'_> {
        Luma {
            data: &self.data[..self.width * self.height],
            stride: self.width,
            width: self.width,
            height: self.height,
        }
    }
}

/// The tone of a source in Hz: whole, so that a loop of whole seconds has no click, and far enough
/// from the others to be told apart in 10 ms.
pub fn tone_of(source: u8) -> f64 {
    700.0 + 300.0 * f64::from(source)
}
