//! A title that is an animation: a GIF, an APNG or an animated WebP, numbered pictures, or a clip with
//! transparency. All of it waits in memory, one picture for each frame of the program.

use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fast_image_resize::images::Image;
use fast_image_resize::{MulDiv, PixelType, ResizeOptions, Resizer};
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, Frame, Frames, ImageDecoder, ImageResult};

use crate::engine::decoded::{DecodeFault, Wants, decode};
use crate::media::Rate;
use crate::show::{Format, Numbered};
use crate::title::Made;
use crate::video::{Content, Motion, Moves, Reel, Sprite, Title, TitleLayer};

/// No animation is longer, in seconds: what is longer is a source, which a key carries too.
const LONGEST_S: usize = 60;
/// No file of pictures that move is bigger.
const FILE: u64 = 256 << 20;
/// No picture of it is wider or higher.
const SIDE: u32 = 8192;

/// A part of the program, as fractions of it: left, top, width, height.
type Rect = (f64, f64, f64, f64);

/// See the module's words.
pub struct Clip {
    path: PathBuf,
    rect: Rect,
    looped: bool,
    is_pictures: bool,
}

/// Where an animation lies, in luma pixels; all even.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    at: (i32, i32),
    size: (usize, usize),
}

impl Place {
    /// The middle of a rectangle of the program, in the shape of the pictures.
    fn of((width, height): (f64, f64), rect: Rect, format: Format) -> Self {
        let (full_width, full_height) = (f64::from(format.width), f64::from(format.height));
        let (left, top) = (rect.0 * full_width, rect.1 * full_height);
        let (room_width, room_height) = (rect.2 * full_width, rect.3 * full_height);
        let scale = (room_width / width.max(1.0)).min(room_height / height.max(1.0));
        let even = |length: f64| ((length / 2.0).round() as usize * 2).max(2);
        let size = (even(width * scale), even(height * scale));
        let middle = |start: f64, room: f64, size: usize| {
            ((start + (room - size as f64) / 2.0) / 2.0).round() as i32 * 2
        };
        let at = (
            middle(left, room_width, size.0),
            middle(top, room_height, size.1),
        );
        Self { at, size }
    }
}

impl Clip {
    /// Whether this file is one whose pictures move, by what is in it.
    pub fn is_animation(path: &Path) -> bool {
        if Numbered::of(&path.to_string_lossy()).is_some() {
            return true;
        }
        match extension(path).as_str() {
            "gif" | "apng" => true,
            "png" => open(path).is_ok_and(|file| {
                PngDecoder::new(file).is_ok_and(|decoder| decoder.is_apng().unwrap_or(false))
            }),
            "webp" => open(path).is_ok_and(|file| {
                WebPDecoder::new(file).is_ok_and(|decoder| decoder.has_animation())
            }),
            "jpg" | "jpeg" | "svg" | "svgz" => false,
            _ => true,
        }
    }

    /// An animation in its place; `looped` says whether one that does not say so itself begins again.
    pub fn new(path: PathBuf, rect: Rect, looped: bool) -> Self {
        let is_pictures = matches!(extension(&path).as_str(), "gif" | "apng" | "png" | "webp")
            && Numbered::of(&path.to_string_lossy()).is_none();
        Self {
            path,
            rect,
            looped,
            is_pictures,
        }
    }

    /// Decodes it for a program of this format, with so many bytes at the most.
    pub fn make(&self, format: Format, memory: usize) -> Result<Made, String> {
        let reel = if self.is_pictures {
            self.pictures(format, memory)?
        } else {
            self.stream(format, memory)
                .map_err(|fault| fault.to_string())?
        };
        let layer = TitleLayer {
            content: Content::Reel(reel),
            motion: Motion::default(),
            area: crate::video::Area::ALL,
            reveal: Vec::new(),
        };
        Ok(Made {
            title: Arc::new(Title {
                layers: vec![layer],
                hold: None,
            }),
            warnings: Vec::new(),
            tickers: Vec::new(),
        })
    }

    fn stream(&self, format: Format, memory: usize) -> Result<Reel, DecodeFault> {
        let rect = self.rect;
        let seen = Arc::new(std::sync::Mutex::new(None));
        let place = seen.clone();
        let wants = Wants {
            fit: Arc::new(move |size| {
                let found = Place::of(size, rect, format);
                if let Ok(mut place) = place.lock() {
                    *place = Some(found);
                }
                found.size
            }),
            rate: format.rate,
            memory,
            longest_s: LONGEST_S,
        };
        let decoded = decode(&self.path, &wants)?;
        let at = seen.lock().ok().and_then(|place| *place);
        let at = at.map_or((0, 0), |place: Place| place.at);
        let mut last: Option<(*const crate::video::Overlay, Arc<Sprite>)> = None;
        let mut pictures = Vec::new();
        for overlay in decoded.pictures.into_overlays() {
            // One that stays for several frames is kept once.
            let sprite = overlay.map(|overlay| match &last {
                Some((known, sprite)) if *known == Arc::as_ptr(&overlay) => sprite.clone(),
                _ => {
                    let sprite = Arc::new(Sprite::of_overlay(overlay.clone(), at));
                    last = Some((Arc::as_ptr(&overlay), sprite.clone()));
                    sprite
                }
            });
            pictures.push(sprite);
        }
        Ok(Reel {
            pictures,
            looped: self.looped,
        })
    }

    fn pictures(&self, format: Format, memory: usize) -> Result<Reel, String> {
        let said = |error: image::ImageError| format!("{}: {error}", self.path.display());
        let file = open(&self.path)?;
        let (frames, loops) = frames(&extension(&self.path), file).map_err(said)?;
        let most = (LONGEST_S as f64 * format.rate.fps()) as u64;
        let mut pictures = Vec::new();
        let (mut bytes, mut until_ms) = (0, 0.0);
        let mut resizer = Resizer::new();
        for frame in frames {
            let frame = frame.map_err(said)?;
            let (num, denom) = frame.delay().numer_denom_ms();
            let lasts = f64::from(num) / f64::from(denom.max(1));
            // Browsers show what lasts next to nothing for a tenth of a second.
            until_ms += if lasts < 11.0 { 100.0 } else { lasts };
            let sprite = sprite(&frame, self.rect, format, &mut resizer)?.map(Arc::new);
            bytes += sprite.as_ref().map_or(0, |sprite| sprite.bytes());
            if bytes > memory {
                return Err(DecodeFault::TooBig.to_string());
            }
            let until = frame_at(format.rate, until_ms);
            if until > most {
                return Err(DecodeFault::TooLong(LONGEST_S).to_string());
            }
            while (pictures.len() as u64) < until {
                pictures.push(sprite.clone());
            }
        }
        if pictures.is_empty() {
            return Err(DecodeFault::Empty.to_string());
        }
        Ok(Reel {
            pictures,
            looped: loops || self.looped,
        })
    }
}

fn extension(path: &Path) -> String {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.unwrap_or_default().to_ascii_lowercase()
}

type Bytes = BufReader<Cursor<Vec<u8>>>;

fn open(path: &Path) -> Result<Bytes, String> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let length = std::fs::metadata(path).map_err(said)?.len();
    if length > FILE {
        return Err(format!(
            "{}: {} MB are too many, expected at most {}",
            path.display(),
            length >> 20,
            FILE >> 20
        ));
    }
    let bytes = std::fs::read(path).map_err(said)?;
    Ok(BufReader::new(Cursor::new(bytes)))
}

/// The pictures of an animation, and whether they begin again at their end.
fn frames(extension: &str, file: Bytes) -> ImageResult<(Frames<'static>, bool)> {
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    match extension {
        "gif" => {
            let mut decoder = GifDecoder::new(file)?;
            decoder.set_limits(limits)?;
            Ok((decoder.into_frames(), true))
        }
        "webp" => {
            let mut decoder = WebPDecoder::new(file)?;
            decoder.set_limits(limits)?;
            Ok((decoder.into_frames(), true))
        }
        _ => {
            let decoder = PngDecoder::with_limits(file, limits)?;
            Ok((decoder.apng()?.into_frames(), true))
        }
    }
}

/// The first frame that begins no earlier than this.
fn frame_at(rate: Rate, ms: f64) -> u64 {
    (ms * rate.fps() / 1000.0 - 1e-6).ceil().max(0.0) as u64
}

/// A picture in its place; nothing where it is wholly transparent.
fn sprite(
    frame: &Frame,
    rect: Rect,
    format: Format,
    resizer: &mut Resizer,
) -> Result<Option<Sprite>, String> {
    let buffer = frame.buffer();
    let (width, height) = buffer.dimensions();
    let place = Place::of((f64::from(width), f64::from(height)), rect, format);
    let said = |error: &dyn std::fmt::Display| format!("a picture cannot be scaled: {error}");
    let pixels = buffer.as_raw().clone();
    let mut from =
        Image::from_vec_u8(width, height, pixels, PixelType::U8x4).map_err(|error| said(&error))?;
    // Colours that nobody sees are not to shine through at the edges.
    MulDiv::default()
        .multiply_alpha_inplace(&mut from)
        .map_err(|error| said(&error))?;
    let (to_width, to_height) = (place.size.0 as u32, place.size.1 as u32);
    let mut to = Image::new(to_width, to_height, PixelType::U8x4);
    let options = ResizeOptions::new().use_alpha(false);
    resizer
        .resize(&from, &mut to, &options)
        .map_err(|error| said(&error))?;
    Ok(Sprite::of_rgba(
        place.at,
        place.size,
        to.buffer(),
        Moves::default(),
    ))
}
