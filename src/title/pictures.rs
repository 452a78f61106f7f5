//! The pictures that a template shows: files beside it or beside the show, and what it holds itself. Nothing
//! is fetched, nothing outside of those folders is read, and none is bigger than can be drawn.

use std::io::Cursor;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};

use super::fault::TitleFault;
use super::fonts::{Fonts, USUAL};
use super::guard;
use super::tree::Element;

/// Bytes of a file at the most.
const BYTES: u64 = 64 << 20;
/// Pixels of a picture at the most.
const PIXELS: u64 = 100_000_000;
/// So many pixels are read in the time in which an element is drawn, about.
const ELEMENT: u64 = 50_000;

/// The file of this name in one of these folders.
///
/// # Errors
/// What was found, and what was expected.
pub fn find(name: &str, folders: &[PathBuf]) -> Result<PathBuf, String> {
    let path = Path::new(name);
    let is_up = path.components().any(|part| part == Component::ParentDir);
    if name.contains("://") || name.starts_with("data:") || is_up {
        return Err(format!(
            "\"{name}\": expected the name of a file beside the show"
        ));
    }
    for folder in folders {
        let path = folder.join(path);
        if path.is_file() && is_within(&path, folders) {
            return Ok(path);
        }
    }
    let within = folders.iter().map(|folder| folder.display().to_string());
    let within = within.collect::<Vec<_>>().join(" or ");
    Err(format!(
        "there is no picture \"{name}\": expected it in {within}"
    ))
}

/// Whether a file is in one of these folders, wherever links lead.
fn is_within(path: &Path, folders: &[PathBuf]) -> bool {
    let Ok(path) = path.canonicalize() else {
        return false;
    };
    folders.iter().any(|folder| {
        let folder = folder.canonicalize();
        folder.is_ok_and(|folder| path.starts_with(folder))
    })
}

/// What a file holds.
enum Held {
    /// Pixels.
    Pixels { kind: Box<ImageKind>, many: u64 },
    /// A drawing, of which nothing is to be feared.
    Drawing { text: String, elements: u64 },
}

fn read(path: &Path) -> Result<Held, String> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let length = std::fs::metadata(path).map_err(said)?.len();
    if length > BYTES {
        let (many, most) = (length >> 20, BYTES >> 20);
        return Err(format!(
            "{}: {many} MB are too many, expected at most {most}",
            path.display()
        ));
    }
    let bytes = std::fs::read(path).map_err(said)?;
    let is_drawing = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
    if is_drawing {
        return drawing(path, bytes);
    }
    let pixels = kind(Arc::new(bytes)).map(|(kind, many)| Held::Pixels {
        kind: Box::new(kind),
        many,
    });
    pixels.map_err(|message| format!("{}: {message}", path.display()))
}

/// A drawing that may be drawn.
fn drawing(path: &Path, bytes: Vec<u8>) -> Result<Held, String> {
    let file = &path.display().to_string();
    let text = String::from_utf8(bytes).map_err(|_| {
        let message = "it is no text in UTF-8: expected an SVG".to_owned();
        TitleFault::Unread(path.to_owned(), message).to_string()
    })?;
    let root = Element::parse(file, text.trim_start_matches('\u{feff}'));
    let root = root.map_err(|fault| fault.to_string())?;
    guard::check(file, &root).map_err(|fault| fault.to_string())?;
    let elements = guard::weight(&root, &|_| 1);
    Ok(Held::Drawing { text, elements })
}

/// A drawing within a template. What it shows, it holds itself.
fn nested(text: &str, fonts: &Fonts) -> Result<ImageKind, String> {
    let options = Options {
        font_family: USUAL.to_owned(),
        fontdb: fonts.database(),
        font_resolver: fonts.resolver(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, bytes, _| embedded(bytes)),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_str(text.trim_start_matches('\u{feff}'), &options);
    tree.map(ImageKind::SVG).map_err(|error| error.to_string())
}

/// Pixels that a drawing holds itself.
fn embedded(bytes: Arc<Vec<u8>>) -> Option<ImageKind> {
    kind(bytes)
        .map(|(kind, _)| kind)
        .map_err(|message| tracing::warn!("a picture within a template: {message}"))
        .ok()
}

/// A picture by what is in it, and how many pixels it has.
fn kind(bytes: Arc<Vec<u8>>) -> Result<(ImageKind, u64), String> {
    let format = image::guess_format(&bytes).map_err(|_| no_picture())?;
    let reader = image::ImageReader::with_format(Cursor::new(bytes.as_slice()), format);
    let (width, height) = reader.into_dimensions().map_err(|_| no_picture())?;
    let many = u64::from(width) * u64::from(height);
    if many > PIXELS {
        return Err(format!(
            "{width} × {height} pixels are too many, expected at most {} million",
            PIXELS / 1_000_000
        ));
    }
    let kind = match format {
        image::ImageFormat::Png => ImageKind::PNG(bytes),
        image::ImageFormat::Jpeg => ImageKind::JPEG(bytes),
        image::ImageFormat::WebP => ImageKind::WEBP(bytes),
        image::ImageFormat::Gif => ImageKind::GIF(bytes),
        _ => return Err(no_picture()),
    };
    Ok((kind, many))
}

fn no_picture() -> String {
    "it is no picture that can be read: expected PNG, JPEG, WebP or SVG".to_owned()
}

/// What it costs to draw a picture that a template names, in elements of a drawing.
///
/// # Errors
/// What is wrong with the picture.
pub fn weigh(href: &str, folders: &[PathBuf]) -> Result<u64, String> {
    let href = href.trim();
    if href.is_empty() || href.starts_with("data:") || href.starts_with('#') {
        return Ok(1);
    }
    Ok(match load(href, folders)? {
        Held::Pixels { many, .. } => 1 + many / ELEMENT,
        Held::Drawing { elements, .. } => elements,
    })
}

fn load(href: &str, folders: &[PathBuf]) -> Result<Held, String> {
    let path = Path::new(href);
    if path.is_absolute() && is_within(path, folders) {
        return read(path);
    }
    read(&find(href, folders)?)
}

/// Gives resvg the pictures that a template may show.
pub fn resolver<'a>(folders: &'a [PathBuf], fonts: &'a Fonts) -> ImageHrefResolver<'a> {
    ImageHrefResolver {
        resolve_data: Box::new(|_, bytes, _| embedded(bytes)),
        resolve_string: Box::new(move |href, _| {
            let picture = load(href.trim(), folders).and_then(|held| match held {
                Held::Pixels { kind, .. } => Ok(*kind),
                Held::Drawing { text, .. } => nested(&text, fonts),
            });
            picture.map_err(|message| tracing::warn!("{message}")).ok()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_in_the_folders_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let png = crate::show::read_wipe(&[], "circle").unwrap();
        std::fs::write(folder.path().join("logo.png"), &png).unwrap();
        std::fs::write(outside.path().join("secret.png"), &png).unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).unwrap();
        let folders = [folder.path().to_owned()];
        assert!(find("logo.png", &folders).is_ok());
        let elsewhere = outside.path().join("secret.png");
        for name in [
            "no.png",
            "../logo.png",
            "link/secret.png",
            elsewhere.to_str().unwrap(),
            "http://127.0.0.1/x.png",
            "/etc/passwd",
        ] {
            let fault = find(name, &folders).unwrap_err();
            assert!(fault.contains("expected"), "{fault}");
            assert!(weigh(name, &folders).is_err(), "{name}");
        }
        let svg = |text: &str| {
            let text = format!("<svg xmlns='http://www.w3.org/2000/svg'>{text}</svg>");
            std::fs::write(folder.path().join("logo.svg"), text).unwrap();
            weigh("logo.svg", &folders)
        };
        assert_eq!(svg("<rect width='9' height='9'/>"), Ok(2));
        assert!(
            svg("<script>0</script>")
                .unwrap_err()
                .contains("logo.svg:1")
        );
        assert!(svg("<image href='http://127.0.0.1/x.png'/>").is_err());
        assert!(svg("<rect").unwrap_err().contains("logo.svg:1"));
        std::fs::write(folder.path().join("text.png"), "no picture").unwrap();
        assert!(
            weigh("text.png", &folders)
                .unwrap_err()
                .contains("expected PNG")
        );
    }

    #[test]
    fn a_picture_that_unfolds_to_too_much_is_refused_by_its_size() {
        // The head of a PNG of 60 000 × 60 000 pixels.
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend(60_000u32.to_be_bytes());
        png.extend(60_000u32.to_be_bytes());
        png.extend([8, 6, 0, 0, 0]);
        let sum = crc(&png[12..]);
        png.extend(sum.to_be_bytes());
        png.extend(b"\0\0\0\0IDAT");
        let fault = kind(Arc::new(png)).unwrap_err();
        assert!(
            fault.contains("60000") || fault.contains("expected"),
            "{fault}"
        );
    }

    /// As PNG has it.
    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = u32::MAX;
        for byte in bytes {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            }
        }
        !crc
    }
}
